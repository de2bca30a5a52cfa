//! Policies and sets of attributes for tests, written and random.

use proptest::prelude::*;

use super::{Attributes, Policy, PolicyErrorKind};
use crate::Error;

pub(crate) fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

pub(crate) fn attributes(text: &str) -> Attributes {
    Attributes::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Policies with every language element, over a few labels: `a` to `d` alone, a text under `t` and
/// `u`, a small number under `n`, a date under `d`.
pub(crate) fn policies() -> impl Strategy<Value = String> {
    let text = prop_oneof!["[tu] ?(=|!=) ?[xyz]", "[tu] in \\{[xy](, [yz]){0,2}\\}"];
    let number = prop_oneof![
        "n ?(=|!=|<|<=|>|>=) ?[1-8]",
        "n in [0-4]\\.\\.[4-8]",
        "n in \\{[0-4], [2-8]\\}",
        "d ?(=|!=|<|<=|>|>=) ?1970-01-0[2-8]",
    ];
    let group = |inner: BoxedStrategy<String>| {
        let list = prop::collection::vec(inner, 1..5);
        prop_oneof![
            list.clone().prop_map(|l| format!("({})", l.join(" and "))),
            list.clone().prop_map(|l| format!("({})", l.join(" OR "))),
            list.clone().prop_map(|l| l.join("&")),
            (list, 1..5usize).prop_map(|(l, k)| format!("{} of ({})", k.min(l.len()), l.join(","))),
        ]
    };
    let with_value = prop_oneof![text, number];
    let negated = with_value.clone().prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![group(inner.clone().boxed()), inner.prop_map(|p| format!("not ({p})"))]
    });
    // Values of several kinds must not be under a `not`.
    let mixed = "n in \\{[0-4], x, 1970-01-0[2-8]\\}";
    let leaf = prop_oneof![4 => "[abcd]", 8 => with_value, 1 => mixed, 4 => negated.prop_map(|p| format!("! ({p})"))];
    let policies = leaf.prop_recursive(3, 16, 4, move |inner| group(inner.boxed()));
    policies.prop_filter("conditions on one label contradict each other", |text| match Policy::parse(text) {
        Ok(_) => true,
        Err(Error::Policy(error)) => error.kind() != PolicyErrorKind::EmptyIntersection,
        Err(_) => true,
    })
}

/// Sets of the attributes that occur in [`policies`].
pub(crate) fn keys() -> impl Strategy<Value = Attributes> {
    let label = prop::collection::vec("[abcd]", 0..4);
    let text = prop::collection::vec("[tu]=[xyz]", 0..3);
    let number = prop::option::of("n=[0-9]");
    let date = prop::option::of("d=(1970-01-0[1-9]|3)");
    (label, text, number, date).prop_map(|(l, t, n, d)| {
        Attributes::parse(&l.into_iter().chain(t).chain(n).chain(d).collect::<Vec<_>>().join(",")).unwrap()
    })
}
