//! Excluding users: keys carry their user's number, and policies name the excluded numbers.
//! `tests/meaning.rs` shows that such a policy means the same to all schemes.

use medseal::policy::{Attributes, Policy};

#[test]
fn shutting_out_costs_rows_not_uses() {
    let rows = |count: u32| {
        let numbers: Vec<String> = (0..count).map(|i| (17 + i * 619 % 10_000).to_string()).collect();
        let policy =
            Policy::parse(&format!("role=doctor and not uid in {{{}}}", numbers.join(", "))).unwrap();
        let reader = Attributes::parse("role=doctor, uid=10001").unwrap();
        assert_eq!((policy.uses(), policy.rows_used(&reader)), (1, Some(2)), "{count}");
        policy.rows()
    };
    // The row of the role, and the cover of all other numbers.
    assert_eq!([1, 2, 16].map(rows), [6, 12, 80]);
}
