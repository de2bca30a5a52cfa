//! The text of a set of attributes: it has one canonical text and one byte form, which
//! contain each attribute.

#![no_main]

use libfuzzer_sys::fuzz_target;
use medseal::policy::{Attributes, Policy};

fuzz_target!(|text: &str| {
    let Ok(attributes) = Attributes::parse(text) else { return };
    let canonical = attributes.to_string();
    let again = Attributes::parse(&canonical).expect("the canonical text is a set of attributes");
    assert_eq!(again, attributes);
    assert_eq!(again.to_string(), canonical);
    assert_eq!(Attributes::from_bytes(&attributes.to_bytes()).expect("what was encoded decodes"), attributes);
    assert_eq!(attributes.iter().count(), attributes.len());
    for attribute in attributes.iter() {
        assert!(attributes.contains(attribute));
        // An attribute is also a policy that requires it, and the set satisfies it.
        let policy = Policy::parse(&attribute.to_string()).expect("an attribute is a policy");
        assert!(policy.is_satisfied_by(&attributes), "{policy}");
    }
    assert_eq!(Attributes::new(attributes.iter().cloned()).expect("a set is a set"), attributes);
});
