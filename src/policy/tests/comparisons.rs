//! Comparisons in a policy: their meaning, and their cost.

use proptest::prelude::*;

use super::super::number::NumberKind;
use super::*;

type Meaning = fn(&u32, &u32) -> bool;

const COMPARISONS: [(&str, Meaning); 6] =
    [("=", u32::eq), ("!=", u32::ne), ("<", u32::lt), ("<=", u32::le), (">", u32::gt), (">=", u32::ge)];

/// Writes the number as a policy or a key does; there are fewer dates than 32-bit numbers.
fn written(kind: NumberKind, bits: u32) -> String {
    match kind {
        NumberKind::Integer => bits.to_string(),
        NumberKind::Date => Date::from_days(bits).unwrap().to_string(),
    }
}

/// Numbers around zero, a power of two and the last number of each kind, ten for each.
fn windows() -> impl Iterator<Item = (NumberKind, u32)> {
    [NumberKind::Integer, NumberKind::Date]
        .into_iter()
        .flat_map(|kind| [0, (1 << 21) - 5, kind.last() - 9].map(|base| (kind, base)))
}

/// How many numbers of a kind satisfy a condition.
#[derive(Clone, Copy, PartialEq)]
enum Met {
    None,
    Some,
    All,
}

fn met_by(kind: NumberKind, symbol: &str, number: u32) -> Met {
    match symbol {
        "<" if number == 0 => Met::None,
        ">" if number == kind.last() => Met::None,
        ">=" if number == 0 => Met::All,
        "<=" if number == kind.last() => Met::All,
        _ => Met::Some,
    }
}

/// Checks that a policy is satisfied by exactly the keys whose number is `inside`, each with one
/// row, and its negation by the others. A comparison that no number or every number satisfies is
/// refused, with and without `not`.
fn check(text: &str, keys: &[(u32, Attributes)], met: Met, inside: impl Fn(u32) -> bool) {
    for (text, negated) in [(text.to_owned(), false), (format!("not {text}"), true)] {
        let refused = match met {
            Met::Some => None,
            Met::None => Some(PolicyErrorKind::EmptyRange),
            Met::All => Some(PolicyErrorKind::FullRange),
        };
        if let Some(refused) = refused {
            assert_eq!(refusal(&text).kind(), refused, "{text}");
            continue;
        }
        let policy = policy(&text);
        for (number, key) in keys {
            let row = (inside(*number) != negated).then_some(1);
            assert_eq!(policy.rows_used(key), row, "{text} with {key}");
            assert_eq!(policy.is_satisfied_by(key), row.is_some(), "{text} with {key}");
        }
    }
}

#[test]
fn small_range_comparisons_mean_what_they_say() {
    for (kind, base) in windows() {
        let numbers = base..=base + 9;
        let keys: Vec<_> = numbers
            .clone()
            .map(|number| (number, attributes(&format!("n={}", written(kind, number)))))
            .collect();
        for from in numbers.clone() {
            let first = written(kind, from);
            for (symbol, meaning) in COMPARISONS {
                let met = met_by(kind, symbol, from);
                check(&format!("n{symbol}{first}"), &keys, met, |number| meaning(&number, &from));
            }
            for to in from..=base + 9 {
                let last = written(kind, to);
                check(&format!("n in {first}..{last}"), &keys, Met::Some, |n| (from..=to).contains(&n));
                check(&format!("n in {{{first}, {last}}}"), &keys, Met::Some, |n| n == from || n == to);
            }
        }
    }
}

#[test]
fn refuses_impossible_and_universal_numbers() {
    for text in ["n in 4..3", "n in 2026-01-02..2026-01-01"] {
        assert_eq!(refusal(&format!("not {text}")).kind(), PolicyErrorKind::EmptyRange, "not {text}");
    }
    for text in ["n in 0..4294967295", "n in 1970-01-01..9999-12-31"] {
        assert_eq!(refusal(&format!("not {text}")).kind(), PolicyErrorKind::FullRange, "not {text}");
        assert_eq!(refusal(&format!("n>3 and {text}")), PolicyError::new(8, PolicyErrorKind::FullRange));
    }
    assert_eq!(policy("n in 0..4294967294").rows_used(&attributes("n=0")), Some(1));
}

#[test]
fn refuses_contradictions_on_one_label() {
    for (text, at) in [
        ("n<3 and n>7", 8),
        ("n=3 and n=4", 8),
        ("n in {3, 4} and a and n=5", 22),
        ("n<3 and (a and not (n<3 or b=x))", 20),
        ("not (n<=7 or a=x or n>=8)", 20),
        ("n>5 and n<8 and n!=6 and n!=7 and n<100", 25),
        ("d>2027-01-31 and d<2027-02-01", 17),
    ] {
        assert_eq!(refusal(text), PolicyError::new(at, PolicyErrorKind::EmptyIntersection), "{text}");
    }
    for (text, at) in [
        ("n<3 and n<1970-01-04", 8),
        ("n=1970-01-04 and (b or a) and n=3", 30),
        ("n!=3 and not n in {1970-01-04}", 13),
    ] {
        assert_eq!(refusal(text), PolicyError::new(at, PolicyErrorKind::MixedIntersection), "{text}");
    }
}

#[test]
fn negated_sets_hold_one_kind_of_value() {
    // Without `not`, or under two of them, it is a choice between values.
    for text in ["n in {3, \"x\"}", "not not n in {3, \"x\"}"] {
        assert_eq!(policy(text).rows_used(&attributes("n=x")), Some(1));
        assert_eq!(policy(text).rows_used(&attributes("n=3")), Some(1));
    }
    let mixed = Policy::one_of("n", [Value::from(3), Value::from("x")]).unwrap();
    assert_eq!(kind(mixed.negated()), PolicyErrorKind::MixedNegation);
}

/// Numbers close to each other or to a block's end, where a cover is most likely to be wrong.
fn numbers() -> impl Strategy<Value = (NumberKind, [u32; 3])> {
    prop::sample::select(vec![NumberKind::Integer, NumberKind::Date]).prop_flat_map(|kind| {
        let random = (0..=kind.last(), -2i64..=2, 0..32u32, any::<u32>());
        let near = random.prop_map(move |(number, step, shift, other)| {
            let inside = |number: i64| u32::try_from(number.clamp(0, kind.last().into())).unwrap();
            let number = number >> shift;
            [number, inside(i64::from(number) + step), inside((other >> shift).into())]
        });
        (Just(kind), near.prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn comparisons_mean_what_they_say(
        (kind, [a, b, held]) in numbers(), (symbol, meaning) in prop::sample::select(&COMPARISONS[..])
    ) {
        let (most_of_a_bound, most_of_a_range) = match kind {
            NumberKind::Integer => (9, 15),
            NumberKind::Date => (7, 11),
        };
        let key = [(held, attributes(&format!("n={}", written(kind, held))))];
        let comparison = format!("n{symbol}{}", written(kind, a));
        let met = met_by(kind, symbol, a);
        check(&comparison, &key, met, |number| meaning(&number, &a));
        if met == Met::Some {
            let most = if symbol == "!=" { 17 } else { most_of_a_bound };
            prop_assert!(policy(&comparison).rows() <= most, "{}", comparison);
        }
        let (from, to) = (a.min(b), a.max(b));
        let met = if (from, to) == (0, kind.last()) { Met::All } else { Met::Some };
        let range = format!("n in {}..{}", written(kind, from), written(kind, to));
        check(&range, &key, met, |number| (from..=to).contains(&number));
        if met == Met::Some {
            prop_assert!(policy(&range).rows() <= most_of_a_range, "{}", range);
        }
    }
}
