//! Prefixes, covers and dates.

use proptest::prelude::*;

use super::super::number::{NumberKind, Prefix};
use super::super::{Date, Number, Policy, Term};

fn covering(kind: NumberKind, from: u32, to: u32, value: u32) -> usize {
    let cover = kind.cover(&(from..=to));
    Prefix::all(value).filter(|prefix| cover.contains(prefix)).count()
}

#[test]
fn a_cover_holds_the_numbers_of_its_range_once_and_no_others() {
    for base in [0, 1 << 16, u32::MAX - 33] {
        let values = || base..=base + 33;
        for from in values() {
            for to in from..=base + 33 {
                for value in values().chain([0, u32::MAX]) {
                    let inside = (from..=to).contains(&value);
                    assert_eq!(covering(NumberKind::Integer, from, to, value), usize::from(inside));
                }
            }
        }
    }
}

#[test]
fn a_cover_has_at_most_32_prefixes_for_one_bound_and_62_for_two() {
    let length = |from, to| NumberKind::Integer.cover(&(from..=to)).len();
    assert_eq!(length(0, u32::MAX), 1);
    assert_eq!(length(1, u32::MAX), 32);
    assert_eq!(length(0, u32::MAX - 1), 32);
    assert_eq!(length(1, u32::MAX - 1), 62);
    assert_eq!(length(7, 7), 1);
}

#[test]
fn a_range_of_dates_up_to_the_last_is_covered_as_one_without_end() {
    let last = NumberKind::Date.last();
    assert_eq!(Date::from_days(last).unwrap().to_string(), "9999-12-31");
    assert_eq!(Date::from_days(last + 1), None);
    assert_eq!(NumberKind::Date.cover(&(0..=last)), [Prefix { length: 0, bits: 0 }]);
    for value in [0, 1, 2, 3, last - 1, last] {
        assert_eq!(covering(NumberKind::Date, 2, last, value), usize::from(value >= 2));
    }
}

#[test]
fn covers_are_those_on_the_page_about_formats() {
    let page = include_str!("../../../docs/formats.md");
    let (_, page) = page.split_once("and for dates in days:\n\n```text\n").unwrap();
    let (examples, _) = page.split_once("\n```").unwrap();
    assert_eq!(examples.lines().count(), 5);
    for example in examples.lines() {
        let (text, cover) = example.split_once("  ").unwrap();
        let policy = Policy::parse(text).unwrap();
        // The bytes end with the prefix: its length, and its bits.
        let prefixes = policy.tree().leaves().iter().map(|leaf| {
            let Term::Attribute(attribute) = &leaf.term else { panic!("{text}") };
            let (_, [length, bits @ ..]) = attribute.as_bytes().split_last_chunk::<5>().unwrap();
            format!("{}/{length}", u32::from_be_bytes(*bits))
        });
        let prefixes: Vec<String> = prefixes.collect();
        let written: Vec<&str> = cover.split_whitespace().collect();
        match written.iter().position(|prefix| *prefix == "...") {
            Some(gap) => {
                assert_eq!(prefixes[..gap], written[..gap], "{text}");
                assert_eq!(prefixes.last().unwrap(), written[gap + 1], "{text}");
            }
            None => assert_eq!(prefixes, written, "{text}"),
        }
    }
}

#[test]
fn the_outside_of_ranges_is_what_they_leave() {
    let outside = |ranges: &[_]| NumberKind::Integer.outside(ranges);
    assert_eq!(outside(&[]), [0..=u32::MAX]);
    assert_eq!(outside(&[0..=u32::MAX]), []);
    assert_eq!(outside(&[0..=3]), [4..=u32::MAX]);
    assert_eq!(outside(&[3..=u32::MAX]), [0..=2]);
    assert_eq!(outside(&[1..=1, 2..=2, 5..=6]), [0..=0, 3..=4, 7..=u32::MAX]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn covers_hold_over_32_bits(a: u32, b: u32, value: u32, shift in 0..32u32) {
        // Shifted numbers meet block boundaries.
        let (from, to) = ((a >> shift).min(b), (a >> shift).max(b));
        let cover = NumberKind::Integer.cover(&(from..=to));
        prop_assert!(cover.len() <= 62);
        prop_assert!(cover.is_sorted_by_key(|prefix| prefix.bits));
        for value in [value, from, to, from.wrapping_sub(1), to.wrapping_add(1)] {
            let inside = usize::from((from..=to).contains(&value));
            prop_assert_eq!(covering(NumberKind::Integer, from, to, value), inside);
        }
        prop_assert!(NumberKind::Integer.cover(&(from..=u32::MAX)).len() <= 32);
        prop_assert!(NumberKind::Integer.cover(&(0..=to)).len() <= 32);
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
    for (year, month, day) in [
        (2023, 2, 29),
        (2100, 2, 29),
        (2026, 13, 1),
        (2026, 0, 1),
        (2026, 1, 0),
        (1969, 12, 31),
        (10000, 1, 1),
    ] {
        assert!(Date::new(year, month, day).is_err());
    }
    assert!("2026-1-1".parse::<Date>().is_err());
    assert!("20779".parse::<Date>().is_err());
}

#[test]
fn a_word_of_digits_or_of_the_shape_of_a_date_is_a_number_or_an_error() {
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
