//! Byte forms: canonical, strict, and injective where they are hashed. Damage is `tests/golden.rs`'s.

use std::collections::HashSet;

use super::super::attribute::normal_text;
use super::super::number::{Bound, NumberKind, Place};
use super::*;
use crate::codec::{Kind, Writer};
use crate::text::is_accepted;

fn object(kind: Kind, fields: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::new();
    w.header(kind);
    fields(&mut w);
    w.into_vec()
}

fn policy_bytes(text: &str) -> Vec<u8> {
    object(Kind::Policy, |w| w.var(text.as_bytes()))
}

#[test]
fn hashed_bytes_are_pinned() {
    let rows = |text: &str| attributes(text).expanded();
    assert_eq!(rows("a")[0].as_bytes(), b"\0\0\0\x01a\x00");
    assert_eq!(rows("a=bc")[0].as_bytes(), b"\0\0\0\x01a\x01\0\0\0\x02bc");
    let number = rows("a=258");
    assert_eq!(number.len(), 8 + 15 * 3);
    assert_eq!(number[0].as_bytes(), b"\0\0\0\x01a\x02\0\0\0\x01\x02");
    assert_eq!(number[3].as_bytes(), b"\0\0\0\x01a\x02\x01\x03\x01");
    assert_eq!(number[4].as_bytes(), b"\0\0\0\x01a\x02\x01\x04\x00");
    assert_eq!(number[9].as_bytes(), b"\0\0\0\x01a\x02\x02\x03\x00\x02\x00");
    assert_eq!(number[23].as_bytes(), b"\0\0\0\x01a\x02\x02\x03\x01\x01\x01\x00");
    assert_eq!(number[39].as_bytes(), b"\0\0\0\x01a\x02\x02\x03\x02\x01\0\x02\x01");
    assert_eq!(number[52].as_bytes(), b"\0\0\0\x01a\x02\x02\x03\x02\x01\0\x0f\x00");
    let date = rows("a=1970-01-04");
    assert_eq!(date[0].as_bytes(), b"\0\0\0\x01a\x03\0\0\0\0\x03");
    assert_eq!(date[10].as_bytes(), b"\0\0\0\x01a\x03\x02\x01\x00\x03\x01");
}

/// `tests/reject/policy.txt` has further texts.
#[test]
fn policies_decode_from_canonical_text_only() {
    for text in [" a", "a  and b", "x = 3", "1 of (a, b)", "x in {a,b}", "x in 1 .. 2", "a\0"] {
        assert_eq!(Policy::from_bytes(&policy_bytes(text)), Err(Error::InvalidText), "{text}");
    }
    assert!(Policy::from_bytes(&policy_bytes("a and b")).is_ok());
}

/// `tests/reject/attributes.txt` has further faults.
#[test]
fn attributes_decode_in_order_within_limits() {
    type Field<'a> = (&'a str, u8, &'a [u8]);
    let decode = |fields: &[Field<'_>]| {
        Attributes::from_bytes(&object(Kind::Attributes, |w| {
            w.count(fields.len());
            for (label, kind, value) in fields {
                w.var(label.as_bytes());
                w.u8(*kind);
                w.raw(value);
            }
        }))
    };
    assert!(decode(&[]).is_ok());
    assert!(decode(&[("a", 0, b""), ("b", 0, b""), ("aa", 0, b"")]).is_ok());
    assert_eq!(decode(&[("aa", 0, b""), ("b", 0, b"")]), Err(Error::NotSorted));
    assert_eq!(decode(&[("a", 2, b"\0\0\0\x01"), ("a", 3, b"\0\0\0\x01")]), Err(Error::InvalidField));
    assert!(decode(&[("a", 1, b"\0\0\0\x02\xc3\xa9")]).is_ok());
    assert_eq!(decode(&[("a", 1, b"\0\0\0\x01\xff")]), Err(Error::InvalidText));
    let count = |n| Attributes::from_bytes(&object(Kind::Attributes, |w| w.u32(n)));
    assert_eq!(count(u32::MAX), Err(Error::LimitExceeded(Limit::AttributesPerKey)));
    assert_eq!(count(8192), Err(Error::Truncated));
    let labels: Vec<_> = (0..65).map(|i| format!("x{i:02}")).collect();
    let numbers: Vec<Field<'_>> = labels.iter().map(|label| (&**label, 2, &b"\0\0\0\x01"[..])).collect();
    assert_eq!(decode(&numbers), Err(Error::LimitExceeded(Limit::NumbersPerKey)));
    assert!(decode(&numbers[1..]).is_ok());
}

#[test]
fn attributes_sort_by_hashed_bytes() {
    let words = "a, b, aa, a=x, a=xx, a=b, b=b, a=\"\", a.b, a=\"1970-01-01\", a=\"3\"";
    let mut all: Vec<Attribute> = attributes(words).iter().cloned().collect();
    all.extend(["a=3", "a=256", "b=3", "a=1970-01-01", "aa=70000"].map(|a| Attribute::parse(a).unwrap()));
    all.sort();
    let bytes = |a: &Attribute| Attributes::new([a.clone()]).unwrap().expanded().swap_remove(0);
    assert!(all.iter().map(bytes).is_sorted_by(|a, b| a < b));
}

/// Some peers accept names that equal internal ones. Users' keys then had attributes that
/// the users did not hold.
#[test]
fn no_two_attributes_are_spelt_alike() {
    let mut seen = HashSet::new();
    let numbers = ["x=0", "y=0", "x=1970-01-01", "x_0=0"];
    let labels = ["x", "y", "xy", "x.y", "x_y", "x-y"];
    let texts = ["x=\"\"", "x=y", "x=\"0\"", "x=\"\\\"\"", "x=\"/0/\"", "x=\"x=0\"", "x=\"0,0\""];
    for set in numbers.into_iter().chain(labels).chain(texts) {
        for row in attributes(set).expanded() {
            assert!(seen.insert(row), "{set}");
        }
    }
    assert_eq!(seen.len(), 4 * 9 + 13);
    assert!(Attribute::new("x/32/0").is_err());
    assert!(Attribute::new("x\0").is_err());
    // A text cannot extend into the next field either: it is preceded by its length.
    let bound = Bound { place: Place::Length, c: 1, reached: false };
    let bound = CanonicalAttribute::of_bound("x", NumberKind::Integer, bound);
    assert_ne!(CanonicalAttribute::of_text("x", "\x01\x01\0"), bound);
}

/// A peer that splits names at `_` took `a_b` and `a_c` for one attribute.
#[test]
fn no_label_character_separates_anything() {
    for (a, b) in
        [("a_b", "a_c"), ("a.b", "a.c"), ("a-b", "a-c"), ("x=a_b", "x=a_c"), ("x=\"a=b\"", "x=\"a=c\"")]
    {
        assert!(!policy(a).is_satisfied_by(&attributes(b)));
        assert_eq!(policy(a).rows_used(&attributes(b)), None);
        assert!(policy(a).is_satisfied_by(&attributes(a)));
        assert_eq!(policy(a).rows_used(&attributes(a)), Some(1));
    }
}

#[test]
fn normalisation_is_stable_and_hides_nothing() {
    for c in ('\0'..=char::MAX).filter(|c| is_accepted(*c)) {
        let text = normal_text(c.encode_utf8(&mut [0; 4])).unwrap();
        assert!(text.chars().all(is_accepted), "{c:?}");
        assert_eq!(normal_text(&text).unwrap(), text, "{c:?}");
    }
}
