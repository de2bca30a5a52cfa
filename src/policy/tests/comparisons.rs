//! Comparisons as a policy holds them: what they mean, and what they cost.

use proptest::prelude::*;

use super::super::number::NumberKind;
use super::*;

type Meaning = fn(&u32, &u32) -> bool;

const COMPARISONS: [(&str, Meaning); 6] =
    [("=", u32::eq), ("!=", u32::ne), ("<", u32::lt), ("<=", u32::le), (">", u32::gt), (">=", u32::ge)];

/// The number as a policy or a key writes it; there are dates of so many days only.
fn written(kind: NumberKind, bits: u32) -> String {
    match kind {
        NumberKind::Integer => bits.to_string(),
        NumberKind::Date => Date::from_days(bits).unwrap().to_string(),
    }
}

/// Around zero, a power of two and the last number of each kind: ten numbers each.
fn windows() -> impl Iterator<Item = (NumberKind, u32)> {
    [NumberKind::Integer, NumberKind::Date]
        .into_iter()
        .flat_map(|kind| [0, (1 << 21) - 5, kind.last() - 9].map(|base| (kind, base)))
}

/// A policy is met by exactly the keys whose number is `inside`, each with one row. One that no number meets, be it
/// `inside` or outside, is refused under a `not`.
fn check(text: &str, keys: &[(u32, Attributes)], is_met: bool, inside: impl Fn(u32) -> bool) {
    for (text, negated) in [(text.to_owned(), false), (format!("not {text}"), true)] {
        let meets = |number| inside(number) != negated;
        match Policy::parse(&text) {
            Ok(policy) => {
                for (number, key) in keys {
                    let row = meets(*number).then_some(1);
                    assert_eq!(policy.rows_used(key), row, "{text} with {key}");
                    assert_eq!(policy.is_satisfied_by(key), row.is_some(), "{text} with {key}");
                }
            }
            Err(Error::Policy(error)) => {
                assert_eq!(error.kind(), PolicyErrorKind::EmptyRange, "{text}");
                assert!(!is_met || keys.iter().all(|(number, _)| !meets(*number)), "{text}");
            }
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

#[test]
fn every_comparison_over_small_ranges_means_what_it_says_and_takes_one_row() {
    for (kind, base) in windows() {
        let numbers = base..=base + 9;
        let keys: Vec<_> = numbers
            .clone()
            .map(|number| (number, attributes(&format!("n={}", written(kind, number)))))
            .collect();
        for from in numbers.clone() {
            let first = written(kind, from);
            for (symbol, meaning) in COMPARISONS {
                let is_met = !(symbol == "<" && from == 0 || symbol == ">" && from == kind.last());
                check(&format!("n{symbol}{first}"), &keys, is_met, |number| meaning(&number, &from));
            }
            for to in from..=base + 9 {
                let last = written(kind, to);
                check(&format!("n in {first}..{last}"), &keys, true, |n| (from..=to).contains(&n));
                check(&format!("n in {{{first}, {last}}}"), &keys, true, |n| n == from || n == to);
            }
        }
    }
}

#[test]
fn a_comparison_that_no_number_meets_is_refused_with_and_without_not() {
    for text in
        ["n<0", "n>4294967295", "n>9999-12-31", "n<1970-01-01", "n in 4..3", "n in 2026-01-02..2026-01-01"]
    {
        assert_eq!(refusal(text).kind(), PolicyErrorKind::EmptyRange, "{text}");
        assert_eq!(refusal(&format!("not {text}")).kind(), PolicyErrorKind::EmptyRange, "not {text}");
    }
    for text in ["n>=0", "n<=4294967295", "n<=9999-12-31", "n>=1970-01-01", "n in 0..4294967295"] {
        assert_eq!(policy(text).rows(), 1);
        assert_eq!(refusal(&format!("not {text}")).kind(), PolicyErrorKind::EmptyRange, "not {text}");
    }
}

#[test]
fn a_set_under_not_holds_values_of_one_kind_because_no_key_meets_a_mixture() {
    for text in ["not n in {3, \"x\"}", "not n in {3, 1970-01-04}", "not (a=z and n in {x, 1970-01-04})"] {
        assert_eq!(refusal(text).kind(), PolicyErrorKind::MixedNegation, "{text}");
    }
    // Without `not`, or under two of them, it is a choice between them.
    for text in ["n in {3, \"x\"}", "not not n in {3, \"x\"}"] {
        assert_eq!(policy(text).rows_used(&attributes("n=x")), Some(1));
        assert_eq!(policy(text).rows_used(&attributes("n=3")), Some(1));
    }
    let mixed = Policy::one_of("n", [Value::from(3), Value::from("x")]).unwrap();
    let Err(Error::Policy(refused)) = mixed.negated() else { panic!("a mixture was negated") };
    assert_eq!(refused.kind(), PolicyErrorKind::MixedNegation);
    assert_eq!(policy("not n in {3, 5}").rows_used(&attributes("n=4")), Some(1));
    assert_eq!(policy("not n in {x, y}").rows_used(&attributes("n=z")), Some(2));
}

#[test]
fn a_bound_of_dates_takes_22_rows_at_most_and_a_range_of_them_40() {
    let rows = |from, to| NumberKind::Date.cover(&(from..=to)).len();
    let last = NumberKind::Date.last();
    assert_eq!(rows(1, last), 22);
    // All of the ones below 2^21, and as many as a number up to the last date has above.
    assert_eq!(rows(1, (1 << 21) + (1 << 19) + (1 << 18) - 2), 40);
}

/// Numbers near one another or near a block's end, which is where a cover could go wrong.
fn numbers(kind: NumberKind) -> impl Strategy<Value = [u32; 3]> {
    let near =
        (0..=kind.last(), -2i64..=2, 0..32u32, any::<u32>()).prop_map(move |(number, step, shift, other)| {
            let inside = |number: i64| u32::try_from(number.clamp(0, kind.last().into())).unwrap();
            let number = number >> shift;
            [number, inside(i64::from(number) + step), inside((other >> shift).into())]
        });
    near.prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn comparisons_over_all_integers_mean_what_they_say_and_take_one_row(
        [a, b, held] in numbers(NumberKind::Integer), (symbol, meaning) in prop::sample::select(&COMPARISONS[..])
    ) {
        of_kind(NumberKind::Integer, a, b, held, symbol, meaning, (32, 62));
    }

    #[test]
    fn comparisons_over_all_dates_mean_what_they_say_and_take_one_row(
        [a, b, held] in numbers(NumberKind::Date), (symbol, meaning) in prop::sample::select(&COMPARISONS[..])
    ) {
        of_kind(NumberKind::Date, a, b, held, symbol, meaning, (22, 40));
    }
}

fn of_kind(
    kind: NumberKind,
    a: u32,
    b: u32,
    held: u32,
    symbol: &str,
    meaning: Meaning,
    most: (usize, usize),
) {
    let key = [(held, attributes(&format!("n={}", written(kind, held))))];
    let (from, to) = (a.min(b), a.max(b));
    let is_met = !(symbol == "<" && a == 0 || symbol == ">" && a == kind.last());
    let comparison = format!("n{symbol}{}", written(kind, a));
    check(&comparison, &key, is_met, |number| meaning(&number, &a));
    if is_met && symbol != "!=" {
        assert!(policy(&comparison).rows() <= most.0, "{comparison}");
    }
    let range = format!("n in {}..{}", written(kind, from), written(kind, to));
    check(&range, &key, true, |number| (from..=to).contains(&number));
    assert!(policy(&range).rows() <= most.1, "{range}");
}
