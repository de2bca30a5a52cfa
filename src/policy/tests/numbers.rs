//! The tree of digits, covers, sets of numbers, and dates.

use std::collections::HashSet;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::super::number::{Bound, NumberKind, NumberSet, Place};
use super::super::{Date, Number, Policy, Term};

/// Returns a number's hexadecimal digits, without leading zeros. Zero has no digits.
fn digits(number: u32) -> Vec<u8> {
    let written = if number == 0 { String::new() } else { format!("{number:x}") };
    written.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect()
}

/// Whether the bound holds for the number, by its digits.
fn holds(bound: &Bound, number: u32) -> bool {
    let digits = digits(number);
    match bound.place {
        Place::Length => (digits.len() >= bound.c.into()) == bound.reached,
        Place::Digit { m, j, prefix } => {
            let begins =
                digits.iter().take(j.into()).fold(0, |begins, digit| begins * 16 + u32::from(*digit));
            digits.len() == usize::from(m)
                && begins == prefix
                && (digits[usize::from(j)] >= bound.c) == bound.reached
        }
    }
}

fn set(ranges: &[(u32, u32)]) -> NumberSet {
    NumberSet::new(NumberKind::Integer, ranges.to_vec())
}

fn is_inside(ranges: &[(u32, u32)], number: u32) -> bool {
    ranges.iter().any(|(from, to)| (from..=to).contains(&&number))
}

/// Checks that a number in the ranges satisfies one row of their cover and any other number none,
/// and that no bound occurs in two rows. Returns the number of rows.
fn check_cover(ranges: &[(u32, u32)], numbers: impl IntoIterator<Item = u32>) -> usize {
    let numbers_of = set(ranges);
    if numbers_of.is_empty() || numbers_of.is_full() {
        return 0;
    }
    let cover = numbers_of.cover(usize::MAX);
    let mut seen = HashSet::new();
    for row in &cover {
        assert!((1..=2).contains(&row.len()), "{ranges:?}");
        assert!(row.iter().all(|bound| seen.insert(format!("{bound:?}"))), "{ranges:?}");
    }
    let edges = ranges
        .iter()
        .flat_map(|(from, to)| [*from, *to, from.wrapping_sub(1), to.wrapping_add(1), from / 2 + to / 2]);
    for number in edges.chain(numbers).chain([0, 1, 15, 16, 255, 256, u32::MAX]) {
        let met = cover.iter().filter(|row| row.iter().all(|bound| holds(bound, number))).count();
        assert_eq!(met, usize::from(is_inside(ranges, number)), "{ranges:?}, {number}");
        let key: Vec<Bound> = Bound::all(number).collect();
        let held = cover.iter().filter(|row| row.iter().all(|bound| key.contains(bound))).count();
        assert_eq!(held, met, "{ranges:?}, {number}");
    }
    cover.len()
}

/// Numbers near the end of a length, short numbers, and any numbers.
fn number() -> impl Strategy<Value = u32> {
    let near_length = (0..=8u32, -2i64..=2).prop_map(|(digits, step)| {
        u32::try_from((16i64.pow(digits) + step).clamp(0, u32::MAX.into())).unwrap()
    });
    prop_oneof![any::<u32>(), near_length, (any::<u32>(), 0..32u32).prop_map(|(n, s)| n >> s), 0..300u32]
}

fn ranges(most: usize) -> impl Strategy<Value = Vec<(u32, u32)>> {
    let range = (number(), number()).prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop::collection::vec(range, 1..=most)
}

#[test]
fn keys_hold_every_bound_of_numbers() {
    for (number, count) in [(0, 8), (7, 8 + 14), (0x5a, 8 + 14 + 15), (20_779, 67), (u32::MAX, 127)] {
        let bounds: Vec<Bound> = Bound::all(number).collect();
        assert_eq!((bounds.len(), Bound::count(number)), (count, count), "{number}");
        assert!(bounds.iter().all(|bound| holds(bound, number)), "{number}");
        let spelt: HashSet<String> = bounds.iter().map(|bound| format!("{bound:?}")).collect();
        assert_eq!(spelt.len(), count);
        // At each place, every bound that separates numbers.
        let at = |is_at: &dyn Fn(Place) -> bool| bounds.iter().filter(|b| is_at(b.place)).count();
        assert_eq!(at(&|place| place == Place::Length), 8);
        for digit in 0..digits(number).len() {
            let here = |place| matches!(place, Place::Digit { j, .. } if usize::from(j) == digit);
            assert_eq!(at(&here), if digit == 0 { 14 } else { 15 });
        }
    }
}

#[test]
fn ranges_of_a_window_are_covered_exactly() {
    for base in [0, 10, 250, 4_090, 65_530, 0x00ff_fffa, 0x0fff_fffa, 0x7fff_fff9, u32::MAX - 11] {
        for from in base..=base + 11 {
            for to in from..=base + 11 {
                check_cover(&[(from, to)], base..=base + 11);
            }
            check_cover(&[(from, u32::MAX)], base..=base + 11);
            check_cover(&[(0, from)], base..=base + 11);
        }
    }
}

#[test]
fn covers_match_the_formats_page() {
    let page = include_str!("../../../docs/formats.md");
    let (_, page) = page.split_once("its day number:\n\n```text\n").unwrap();
    let (examples, _) = page.split_once("\n```").unwrap();
    assert_eq!(examples.lines().count(), 6);
    for example in examples.lines() {
        let (text, cover) = example.split_once("  ").unwrap();
        let rows = Policy::parse(text).unwrap().tree().rows().to_vec();
        // A label of one letter and the kind, then the form.
        let written = rows.iter().map(|row| {
            let Term::All(all) = &row.term else { panic!("{text}") };
            let mut bounds: Vec<_> = all.iter().map(|attribute| bound(&attribute.as_bytes()[6..])).collect();
            // The lower end comes first.
            bounds.sort_by_key(|(_, reached, _)| !reached);
            let ends: Vec<_> = bounds
                .iter()
                .map(|(_, reached, c)| format!("{}{c:x}", if *reached { ">=" } else { "<" }))
                .collect();
            format!("{}{}", bounds[0].0, ends.join(","))
        });
        assert!(written.eq(cover.split_whitespace()), "{text}");
    }
}

/// Returns the place of an answer, whether it is yes, and its bound.
fn bound(form: &[u8]) -> (String, bool, u8) {
    match form {
        [1, k, answer] => ("length".into(), *answer == 1, *k),
        [2, m, _, prefix @ .., c, answer] => {
            let prefix: String = prefix.iter().map(|digit| format!("{digit:x}")).collect();
            (format!("{m}:{prefix}"), *answer == 1, *c)
        }
        _ => panic!("{form:?}"),
    }
}

#[test]
fn sixteen_excluded_users_take_about_72_rows() {
    let mut rng = ChaCha20Rng::seed_from_u64(16);
    let mut rows = 0;
    for _ in 0..200 {
        let users = (0..16).map(|_| rng.next_u32() % 10_000).map(|user| (user, user)).collect();
        rows += NumberSet::new(NumberKind::Integer, users).complement().cover(usize::MAX).len();
    }
    assert!((65..=80).contains(&(rows / 200)), "{}", rows / 200);
}

#[test]
fn a_cover_stops_at_too_many_rows() {
    let scattered = (0..1024u32).map(|i| i.wrapping_mul(0x9e37_79b1)).map(|n| (n, n)).collect();
    let others = NumberSet::new(NumberKind::Integer, scattered).complement();
    let all = others.cover(usize::MAX).len();
    assert!(all > 5_000);
    let stopped = others.cover(1024).len();
    assert!((1025..1025 + 16).contains(&stopped), "{stopped}");
    assert_eq!(others.cover(all).len(), all);
}

#[test]
fn ranges_that_touch_are_one() {
    assert_eq!(set(&[(7, 9), (4, 4), (3, 3), (9, 12), (5, 2)]), set(&[(3, 4), (7, 12)]));
    assert_eq!(set(&[(3, 3), (4, u32::MAX)]).complement(), set(&[(0, 2)]));
    assert!(set(&[(0, 3), (4, u32::MAX)]).is_full() && !set(&[(0, 3), (5, u32::MAX)]).is_full());
}

#[test]
fn sets_with_the_last_date_are_unbounded() {
    let last = NumberKind::Date.last();
    assert_eq!(Date::from_days(last).unwrap().to_string(), "9999-12-31");
    assert_eq!(Date::from_days(last + 1), None);
    let dates = |ranges: &[_]| NumberSet::new(NumberKind::Date, ranges.to_vec());
    assert!(dates(&[(0, last)]).is_full());
    assert!(dates(&[(0, last)]).complement().is_empty());
    assert!(!dates(&[(0, last - 1)]).is_full());
    assert_eq!(dates(&[(0, 4)]).complement(), dates(&[(5, last)]));
    assert!(!set(&[(0, last)]).is_full());
    assert!(dates(&[(5, last)]).cover(99).len() < set(&[(5, last)]).cover(99).len());
    let day = |days| Number::Date(Date::from_days(days).unwrap());
    assert!(dates(&[(5, last)]).contains(day(last)) && !dates(&[(5, last)]).contains(day(4)));
    assert!(!dates(&[(5, last)]).contains(Number::Integer(7)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn covers_hold_over_32_bits(ranges in ranges(6), numbers in prop::collection::vec(number(), 8)) {
        check_cover(&ranges, numbers);
    }

    #[test]
    fn excluded_values_add_at_most_16_rows(values in prop::collection::vec(number(), 1..=16)) {
        let values: Vec<_> = values.into_iter().map(|value| (value, value)).collect();
        prop_assert!(set(&values).complement().cover(usize::MAX).len() <= 1 + 16 * values.len());
    }

    #[test]
    fn sets_contain_the_numbers_of_ranges(a in ranges(5), b in ranges(5), numbers in prop::collection::vec(number(), 8)) {
        let (first, second) = (set(&a), set(&b));
        let (both, outside) = (first.intersection(&second), first.complement());
        let edges = a.iter().chain(&b);
        let edges = edges.flat_map(|(from, to)| [*from, *to, from.wrapping_sub(1), to.wrapping_add(1)]);
        for number in edges.chain(numbers) {
            let (in_a, in_b) = (is_inside(&a, number), is_inside(&b, number));
            let number = Number::Integer(number);
            prop_assert_eq!(first.contains(number), in_a);
            prop_assert_eq!(both.contains(number), in_a && in_b);
            prop_assert_eq!(outside.contains(number), !in_a);
        }
        prop_assert_eq!(&outside.complement(), &first);
        prop_assert!(first.intersection(&outside).is_empty());
        prop_assert_eq!(&both, &second.intersection(&first));
    }

    #[test]
    fn dates_and_days_agree(days in 0..2_932_897u32) {
        let date = Date::from_days(days).unwrap();
        prop_assert_eq!(date.to_string().parse::<Date>().unwrap().days(), days);
    }
}

#[test]
fn dates_are_those_of_the_calendar() {
    assert_eq!(Date::new(1970, 1, 1).unwrap().days(), 0);
    assert_eq!(Date::new(2026, 11, 22).unwrap().days(), 20779);
    assert_eq!(Date::new(2024, 2, 29).unwrap().to_string(), "2024-02-29");
    assert!(Date::new(10000, 1, 1).is_err());
    for text in ["2023-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "1969-12-31", "20779"]
    {
        assert!(text.parse::<Date>().is_err(), "{text}");
    }
}

#[test]
fn numeric_words_are_numbers_or_errors() {
    let good = |word| Number::parse(word).unwrap().is_ok();
    assert!(good("0") && good("4294967295") && good("1970-01-01") && good("2024-02-29"));
    for word in
        ["00", "007", "4294967296", "99999999999999999999", "2023-02-29", "2026-1-1", "1-2-3", "12026-01-01"]
    {
        assert!(Number::parse(word).unwrap().is_err(), "{word}");
    }
    for word in ["", "-", "--", "-5", "1-", "1-2", "1-2-3-4", "1.5", "a1", "1a", "2026-01-0x", "2026-01-"] {
        assert!(Number::parse(word).is_none(), "{word}");
    }
}
