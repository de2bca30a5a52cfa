//! A line with a policy and lines with the attributes of keys: a policy has one canonical text and
//! one byte form, and all ways to decide whether a key satisfies it agree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use medseal::policy::{Attributes, Policy};

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let Ok(policy) = Policy::parse(lines.next().unwrap_or_default()) else { return };

    let again = Policy::parse(policy.canonical()).expect("the canonical text is a policy");
    assert_eq!(again.canonical(), policy.canonical());
    assert_eq!(again, policy);
    assert_eq!((again.rows(), again.uses()), (policy.rows(), policy.uses()));
    assert_eq!(policy.to_string(), policy.canonical());
    let bytes = policy.to_bytes();
    assert_eq!(Policy::from_bytes(&bytes).expect("what was encoded decodes"), policy);

    for key in lines.filter_map(|line| Attributes::parse(line).ok()) {
        let satisfied = policy.is_satisfied_by(&key);
        assert_eq!(policy.rows_used(&key).is_some(), satisfied);
        assert_eq!(policy.diagnose(&key).is_none(), satisfied);
        assert_eq!(again.is_satisfied_by(&key), satisfied);
        assert!(policy.rows_used(&key).unwrap_or_default() <= policy.rows());
    }
});
