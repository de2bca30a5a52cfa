//! The policy language: a table of policies, and properties of all policies.

mod bytes;
mod comparisons;
mod errors;
mod numbers;
mod shares;

use proptest::prelude::*;

use super::samples::{attributes, keys, policies, policy};
use super::*;
use crate::Error;
use crate::limits::{self, Limit};

const TABLE: &str = include_str!("../../tests/data/policies.txt");

/// The error of a refused policy.
fn refusal(text: &str) -> PolicyError {
    match Policy::parse(text) {
        Err(Error::Policy(error)) => error,
        other => panic!("{text}: {other:?}"),
    }
}

fn kind<T: core::fmt::Debug>(result: Result<T, Error>) -> PolicyErrorKind {
    match result {
        Err(Error::Policy(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn policies_of_the_table_hold_and_survive() {
    let (mut current, mut cases) = (None, 0);
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((key, expected)) = line.split_once("=> ").filter(|_| line.starts_with(' ')) else {
            let policy = policy(line);
            assert_eq!(Policy::parse(policy.canonical()).unwrap().canonical(), policy.canonical());
            assert_eq!(Policy::from_bytes(&policy.to_bytes()).unwrap(), policy);
            current = Some(policy);
            continue;
        };
        let (policy, key) = (current.as_ref().unwrap(), attributes(key));
        let expected = if expected == "no" { None } else { Some(expected.parse().unwrap()) };
        assert_eq!(policy.rows_used(&key), expected, "{policy} with {key}");
        assert_eq!(policy.is_satisfied_by(&key), expected.is_some(), "{policy} with {key}");
        assert_eq!(policy.diagnose(&key).is_none(), expected.is_some(), "{policy} with {key}");
        cases += 1;
    }
    assert!(cases >= 150);
}

#[test]
fn canonical_text_matches_the_docs() {
    for (written, canonical) in [
        ("  a  ", "a"),
        ("((a))", "a"),
        ("A AND b Or NOT c = x", "A and b or not c=x"),
        ("a&b|c&&!d=x||e", "a and b or c and not d=x or e"),
        ("(a and b) or c", "a and b or c"),
        ("(a or b) and c", "(a or b) and c"),
        ("a and (b and c)", "a and (b and c)"),
        ("(a or b) or c", "(a or b) or c"),
        ("not (a = x)", "not a=x"),
        ("not ( a=x or b=y )", "not (a=x or b=y)"),
        ("not not a=x", "not not a=x"),
        ("1 of (a)", "a"),
        ("1 of (a, b)", "a or b"),
        ("2 of (a, b)", "a and b"),
        ("2 of(a,b,c)", "2 of (a, b, c)"),
        ("2 of (a or b, (c and d), not e=x)", "2 of (a or b, c and d, not e=x)"),
        ("2 of (a, b) and c", "(a and b) and c"),
        ("not 2 of (a=x, b=x, c=x)", "not 2 of (a=x, b=x, c=x)"),
        ("x IN { a ,b}", "x in {a, b}"),
        ("x in {a}", "x in {a}"),
        ("x in 1 .. 2", "x in 1..2"),
        ("  x  in  3  ..  4", "x in 3..4"),
        ("x in 2026-01-01..2026-12-31", "x in 2026-01-01..2026-12-31"),
        ("x >= 3 and x<9 and x != 5", "x>=3 and x<9 and x!=5"),
        ("x=\"word\"", "x=word"),
        ("x=\"two words\"", "x=\"two words\""),
        ("x=\"3\"", "x=\"3\""),
        ("x=\"1999-1-1\"", "x=\"1999-1-1\""),
        ("x=\"and\"", "x=\"and\""),
        ("x=\"a..b\"", "x=\"a..b\""),
        ("x=\"\"", "x=\"\""),
        ("x=\"\\\"\\\\\"", "x=\"\\\"\\\\\""),
        ("x=\"e\u{301}\"", "x=\"\u{e9}\""),
        ("x=\"a\u{301}\u{323}\"", "x=\"\u{1ea1}\u{301}\""),
        ("x\n=\t-5", "x=-5"),
    ] {
        assert_eq!(policy(written).canonical(), canonical);
        assert_eq!(policy(canonical).canonical(), canonical);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn canonical_text_parses_to_its_policy(text in policies()) {
        let policy = policy(&text);
        let again = Policy::parse(policy.canonical()).unwrap();
        prop_assert_eq!(again.canonical(), policy.canonical());
        prop_assert_eq!(again.tree(), policy.tree());
        prop_assert_eq!(Policy::from_bytes(&policy.to_bytes()).unwrap(), policy);
    }

    #[test]
    fn needed_attributes_satisfy_their_policies(texts in proptest::collection::vec(policies(), 1..4), key in keys()) {
        let policies: Vec<_> = texts.iter().map(|text| policy(text)).collect();
        let satisfied: Vec<_> = policies.iter().filter(|policy| policy.is_satisfied_by(&key)).collect();
        let needed = key.needed_by(&policies);
        prop_assert!(needed.iter().all(|one| key.contains(one)));
        prop_assert!(satisfied.iter().all(|policy| policy.is_satisfied_by(&needed)));
        // With one fewer, they can be satisfied only by negating a label for which the
        // key has a second text.
        let negates_more = needed.iter().any(|one| key.of_label(one.label()).len() > 1);
        for one in &needed {
            let fewer = Attributes::new(needed.iter().filter(|other| *other != one).cloned()).unwrap();
            prop_assert!(satisfied.iter().any(|policy| !policy.is_satisfied_by(&fewer)) || negates_more);
        }
    }

    #[test]
    fn a_negation_excludes_what_it_negates(text in policies(), key in keys()) {
        let policy = policy(&text);
        if let Ok(negated) = policy.clone().negated() {
            prop_assert!(!(policy.is_satisfied_by(&key) && negated.is_satisfied_by(&key)));
            let twice = negated.negated().unwrap();
            prop_assert_eq!(twice.is_satisfied_by(&key), policy.is_satisfied_by(&key));
        }
    }

    #[test]
    fn attributes_survive_their_text_and_bytes(key in keys()) {
        prop_assert_eq!(&Attributes::parse(&key.to_string()).unwrap(), &key);
        prop_assert_eq!(&Attributes::from_bytes(&key.to_bytes()).unwrap(), &key);
        prop_assert_eq!(&Attributes::new(key.iter().rev().cloned()).unwrap(), &key);
        prop_assert!(key.expanded().is_sorted_by(|a, b| a < b));
    }
}

#[test]
fn policies_from_values_are_those_from_text() {
    let date = |text: &str| text.parse::<Date>().unwrap();
    let doctor = Policy::attribute(&Attribute::with_value("role", "doctor").unwrap()).unwrap();
    let emergency = Policy::attribute(&Attribute::new("emergency").unwrap()).unwrap();
    let ward = Policy::compare("ward", Comparison::AtLeast, 12).unwrap();
    let until = Policy::compare("until", Comparison::Greater, date("2027-01-31")).unwrap();
    let born = Policy::between("born", date("1970-01-01"), date("1999-12-31")).unwrap();
    let role = Policy::one_of("role", ["head nurse", "doctor"]).unwrap();
    let either = Policy::any([doctor.clone(), emergency]).unwrap();
    let all = Policy::all([either, ward.clone(), role.negated().unwrap()]).unwrap();
    let policy = Policy::threshold(2, [all, until, born]).unwrap();
    assert_eq!(
        policy.canonical(),
        "2 of ((role=doctor or emergency) and ward>=12 and not role in {\"head nurse\", doctor}, \
         until>2027-01-31, born in 1970-01-01..1999-12-31)"
    );
    assert_eq!(Policy::parse(policy.canonical()).unwrap(), policy);
    assert_eq!(Policy::all([doctor.clone()]).unwrap(), doctor);
    assert_eq!(
        Policy::threshold(2, [doctor.clone(), ward.clone()]).unwrap(),
        Policy::all([doctor, ward]).unwrap()
    );
}

#[test]
fn policies_from_values_are_checked() {
    let a = policy("a");
    assert_eq!(kind(Policy::all([])), PolicyErrorKind::EmptySet);
    assert_eq!(kind(Policy::any([])), PolicyErrorKind::EmptySet);
    assert_eq!(kind(Policy::threshold(0, [a.clone()])), PolicyErrorKind::InvalidThreshold);
    assert_eq!(kind(Policy::threshold(2, [a.clone()])), PolicyErrorKind::InvalidThreshold);
    assert_eq!(kind(a.clone().negated()), PolicyErrorKind::NegatedLabel);
    assert_eq!(kind(Policy::one_of("x", [""; 0])), PolicyErrorKind::EmptySet);
    assert_eq!(kind(Policy::one_of("and", ["x"])), PolicyErrorKind::ReservedWord);
    assert_eq!(kind(Policy::compare("x=1 or y", Comparison::Equal, 2)), PolicyErrorKind::InvalidLabel);
    assert_eq!(kind(Policy::compare("x", Comparison::Less, "a")), PolicyErrorKind::ExpectedNumber);
    assert_eq!(kind(Policy::compare("x", Comparison::Less, 0)), PolicyErrorKind::EmptyRange);
    assert_eq!(kind(Policy::compare("x", Comparison::Equal, "\u{200b}")), PolicyErrorKind::HiddenCharacter);
    assert_eq!(kind(Policy::between("x", 2, 1)), PolicyErrorKind::EmptyRange);
    assert_eq!(kind(Policy::between("x", 2, Date::new(2026, 1, 1).unwrap())), PolicyErrorKind::MixedRange);
    let too_many = PolicyErrorKind::LimitExceeded(Limit::PolicyLeaves);
    assert_eq!(kind(Policy::any(core::iter::repeat(a.clone()))), too_many);
    let labels = (0..=limits::POLICY_LEAVES).map(|i| policy(&format!("a{i}")));
    assert_eq!(kind(Policy::all(labels.clone())), too_many);
    assert_eq!(kind(Policy::any(labels)), too_many);
    assert_eq!(kind(Policy::one_of("x", core::iter::repeat("y"))), too_many);
    assert_eq!(
        kind(Policy::any(core::iter::repeat_n(a, limits::USE_NUMBERS + 1))),
        PolicyErrorKind::LimitExceeded(Limit::UseNumbers)
    );
    let injected = Policy::compare("x", Comparison::Equal, "y\" or z=\"").unwrap();
    assert_eq!(injected.canonical(), "x=\"y\\\" or z=\\\"\"");
    assert_eq!(injected.rows(), 1);
}

#[test]
fn attributes_from_values_are_those_from_text() {
    let date = Date::new(2027, 1, 31).unwrap();
    let set = Attributes::new([
        Attribute::with_value("valid_until", date).unwrap(),
        Attribute::with_value("level", "3").unwrap(),
        Attribute::with_value("role", "head nurse").unwrap(),
        Attribute::new("emergency").unwrap(),
        Attribute::with_value("clearance", 3).unwrap(),
        Attribute::new("emergency").unwrap(),
    ])
    .unwrap();
    let text = "role=\"head nurse\", level=\"3\", clearance=3, emergency, valid_until=2027-01-31";
    assert_eq!(set.to_string(), text);
    assert_eq!(attributes(text), set);
    assert_eq!((set.len(), set.is_empty(), attributes(" ").is_empty()), (5, false, true));
    assert!(set.contains(&Attribute::parse("clearance=3").unwrap()));
    assert!(!set.contains(&Attribute::parse("clearance=4").unwrap()));
    assert_eq!(set.iter().map(Attribute::label).max_by_key(|l| l.len()), Some("valid_until"));
}

#[test]
fn sets_hold_one_number_per_label() {
    let refused = |set: Vec<Attribute>| Attributes::new(set).unwrap_err();
    let several = PolicyErrorKind::SeveralNumbers;
    let number = |label: &str, n: u32| Attribute::with_value(label, n).unwrap();
    assert!(Attributes::new([number("x", 1), number("x", 1), number("y", 2)]).is_ok());
    assert!(attributes("x=1, x=one, x, x=two").len() == 4);
    assert_eq!(kind(Attributes::new([number("x", 1), Attribute::parse("x=2026-01-01").unwrap()])), several);
    let sorted = Attributes::new(["a", "x=1", "x=2"].map(|a| Attribute::parse(a).unwrap())).unwrap_err();
    assert_eq!(sorted, Error::Policy(PolicyError::new(2, several)));
    let in_text = Attributes::parse("x=1, y=1, x=2").unwrap_err();
    assert_eq!(in_text, Error::Policy(PolicyError::new(10, several)));

    let numbers = |n, value| (0..n).map(|i| number(&format!("x{i}"), value)).collect::<Vec<_>>();
    let labels = |n| (0..n).map(|i| Attribute::new(&format!("y{i}")).unwrap());
    assert_eq!(refused(numbers(65, 0)), Error::LimitExceeded(Limit::NumbersPerKey));
    for (value, count) in [(0, 9), (7, 23), (20_779, 68), (u32::MAX, 128)] {
        let rest = 8192 - 64 * count;
        let set = Attributes::new(numbers(64, value).into_iter().chain(labels(rest))).unwrap();
        assert_eq!(set.expanded().len(), 8192);
        let over = numbers(64, value).into_iter().chain(labels(rest + 1)).collect();
        assert_eq!(refused(over), Error::LimitExceeded(Limit::AttributesPerKey));
    }
    assert_eq!(refused(labels(8193).collect()), Error::LimitExceeded(Limit::AttributesPerKey));
    assert_eq!(Attributes::new(labels(8192)).unwrap().len(), 8192);
    // Attributes are counted as they arrive, so an attribute that is repeated endlessly does
    // not occupy the caller.
    let again = |n| Attributes::new(core::iter::repeat_n(number("x", 1), n));
    assert_eq!(again(8193), Err(Error::LimitExceeded(Limit::AttributesPerKey)));
    assert_eq!(again(8192).unwrap().len(), 1);
}

#[test]
fn values_normalise_as_parsed_text_does() {
    let kind = |text: String| kind(Attribute::with_value("x", text));
    let too_long = PolicyErrorKind::LimitExceeded(Limit::AttributeLength);
    assert_eq!(kind("a".repeat(257)), too_long);
    assert_eq!(kind("a\u{200b}".into()), PolicyErrorKind::HiddenCharacter);
    assert!(Attribute::with_value("x", "north wing").is_ok());
    // A text that cannot become short enough is not normalised.
    assert_eq!(kind("a".repeat(1021) + "\u{200b}"), PolicyErrorKind::HiddenCharacter);
    assert_eq!(kind("a".repeat(1022) + "\u{200b}"), too_long);
    let composed = Attribute::with_value("x", "\u{e9}".repeat(128)).unwrap();
    assert_eq!(Attribute::with_value("x", "e\u{301}".repeat(128)).unwrap(), composed);
    assert!(policy(&composed.to_string()).is_satisfied_by(&Attributes::new([composed]).unwrap()));
}

#[test]
fn blanks_and_leading_underscores_are_allowed() {
    let attribute = Attribute::with_value("_a", "b").unwrap();
    assert_eq!(Attribute::parse("  _a = b  ").unwrap(), attribute);
    let set: Attributes = " _a = b , c ".parse().unwrap();
    assert_eq!((&set).into_iter().collect::<Vec<_>>(), [&Attribute::new("c").unwrap(), &attribute]);
    assert_eq!(policy(" _a = b ").canonical(), "_a=b");
}

#[test]
fn removes_a_repeated_number_under_negation_once() {
    for (twice, once) in [
        ("not n in {3, 0, 3, 0}", "not n in {0, 3}"),
        ("not n in {4294967295, 4294967295}", "not n in {4294967295}"),
    ] {
        assert_eq!(policy(twice).tree(), policy(once).tree());
    }
    let policy = policy("not n in {3, 3}");
    assert!(!policy.is_satisfied_by(&attributes("n=3")) && policy.is_satisfied_by(&attributes("n=4")));
}

#[test]
fn only_single_text_labels_can_be_negated() {
    assert_eq!(
        attributes("b=x, a=y, a=z, c, d=3, e=3, e=x, f=\"3\", f").single_texts(),
        [("b", "x"), ("f", "3")]
    );
}

#[test]
fn a_diagnosis_names_what_is_missing() {
    let unmet = |p: &str, a: &str| policy(p).diagnose(&attributes(a)).unwrap().to_string();
    assert_eq!(unmet("a", ""), "a");
    assert_eq!(unmet("a and b", "a"), "b");
    assert_eq!(
        unmet("a and role=doctor", "a, role=nurse, role=head"),
        "role=doctor, where the key has role=head, role=nurse"
    );
    assert_eq!(unmet("2 of (a, b, c)", "b"), "one of:\n  a\n  c");
    assert_eq!(unmet("3 of (a, b, c, d, e)", "b"), "2 of:\n  a\n  c\n  d\n  e");
    assert_eq!(
        unmet("a and (b or c and d)", ""),
        "all of:\n  a\n  one of:\n    b\n    all of:\n      c\n      d"
    );
    assert_eq!(unmet("not (role=x or n<3)", "role=x, n=5"), "not role=x, where the key has role=x");
    // A negation that only appears to hold.
    for (key, has) in [("", "none"), ("role=y, role=z", "role=y, role=z"), ("role=3", "role=3")] {
        let told = format!("role!=x, which asks for exactly one text, where the key has {has}");
        assert_eq!(unmet("role!=x", key), told);
    }
    assert_eq!(unmet("n!=3", ""), "n!=3");
}
