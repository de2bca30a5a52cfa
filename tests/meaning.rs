//! A policy has the same meaning everywhere. On random policies and sets of attributes, the
//! library's policy check, unwrapping, signing and matching all agree with
//! `docs/policy-language.md`, computed here in the simplest way.
//!
//! `tests/attacks` shows that a key which does not satisfy a policy also fails
//! without the local check.

#![expect(clippy::indexing_slicing, clippy::panic, reason = "in helpers, not in tests")]

use std::fmt;

use medseal::policy::{Attributes, Policy, PolicyErrorKind};
use medseal::search::{Keyword, KeywordKey, Padding, Trapdoor};
use medseal::{Error, abe, abs, search};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Text(&'static str),
    Integer(u32),
    /// A day of January 2027.
    Date(u32),
}

impl Value {
    fn is_text(self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// The comparison of two values of one kind. Texts have only equality.
    fn compares(self, symbol: &str, other: Self) -> bool {
        let (one, two) = match (self, other) {
            (Self::Integer(one), Self::Integer(two)) | (Self::Date(one), Self::Date(two)) => (one, two),
            _ => return symbol == "=" && self == other,
        };
        match symbol {
            "=" => one == two,
            "<" => one < two,
            "<=" => one <= two,
            ">" => one > two,
            ">=" => one >= two,
            _ => panic!("{symbol}"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Date(day) => write!(f, "2027-01-{day:02}"),
        }
    }
}

/// A set of attributes.
struct Key(Vec<(&'static str, Option<Value>)>);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (label, value)) in self.0.iter().enumerate() {
            write!(f, "{}{label}", if i == 0 { "" } else { ", " })?;
            value.map_or(Ok(()), |value| write!(f, "={value}"))?;
        }
        Ok(())
    }
}

/// A condition on the values of a label: the label, a value of the kind, the accepted values, and
/// whether these are the refused ones instead.
type Condition<'e> = (&'static str, Value, Box<dyn Fn(Value) -> bool + 'e>, bool);

enum Expr {
    Label(&'static str),
    Compare(&'static str, &'static str, Value),
    /// All values are of one kind, or none of them is under a `not`.
    OneOf(&'static str, Vec<Value>),
    Between(&'static str, Value, Value),
    Not(Box<Expr>),
    Gate(usize, Vec<Expr>),
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => f.write_str(label),
            Self::Compare(label, symbol, value) => write!(f, "{label}{symbol}{value}"),
            Self::OneOf(label, values) => {
                let values: Vec<_> = values.iter().map(Value::to_string).collect();
                write!(f, "{label} in {{{}}}", values.join(", "))
            }
            Self::Between(label, from, to) => write!(f, "{label} in {from}..{to}"),
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::Gate(k, children) => {
                let written: Vec<_> = children.iter().map(Expr::to_string).collect();
                match *k {
                    1 => write!(f, "({})", written.join(" or ")),
                    k if k == children.len() => write!(f, "({})", written.join(" and ")),
                    k => write!(f, "{k} of ({})", written.join(", ")),
                }
            }
        }
    }
}

impl Expr {
    /// The meaning. A `not` makes each condition require another value, and
    /// replaces a gate by its dual.
    fn is_met(&self, key: &Key, negated: bool) -> bool {
        match self {
            Self::Label(label) => key.0.contains(&(*label, None)),
            Self::Not(inner) => inner.is_met(key, !negated),
            Self::Gate(k, children) => {
                let met = children.iter().filter(|child| child.is_met(key, negated)).count();
                met >= if negated { children.len() - k + 1 } else { *k }
            }
            _ => self.condition(negated).is_some_and(|condition| met(key, condition)),
        }
    }

    /// The condition, if this is one on values. `!=` is `=` under a `not`.
    fn condition(&self, negated: bool) -> Option<Condition<'_>> {
        Some(match self {
            Self::Compare(label, "!=", with) => {
                (label, *with, Box::new(move |value| value.compares("=", *with)), !negated)
            }
            Self::Compare(label, symbol, with) => {
                (label, *with, Box::new(move |value| value.compares(symbol, *with)), negated)
            }
            Self::OneOf(label, values) => {
                (label, values[0], Box::new(move |value| values.contains(&value)), negated)
            }
            Self::Between(label, from, to) => {
                let inside = move |value: Value| value.compares(">=", *from) && value.compares("<=", *to);
                (label, *from, Box::new(inside), negated)
            }
            _ => return None,
        })
    }

    fn negates_text(&self, negated: bool) -> bool {
        match self {
            Self::Not(inner) => inner.negates_text(!negated),
            Self::Gate(_, children) => children.iter().any(|child| child.negates_text(negated)),
            _ => self.condition(negated).is_some_and(|(_, like, _, negated)| negated && like.is_text()),
        }
    }

    /// Whether an `and` requires the impossible: numbers of both kinds under one label, or a
    /// number from an empty set.
    fn contradicts_itself(&self, negated: bool) -> bool {
        let mut parts = Vec::new();
        self.parts(negated, &mut parts);
        let numbers: Vec<_> = parts.iter().filter_map(|(part, negated)| part.number(*negated)).collect();
        let contradictory = numbers.iter().any(|(label, like, ..)| {
            let together: Vec<_> = numbers.iter().filter(|(other, ..)| other == label).collect();
            let kinds = together.iter().any(|(_, other, ..)| !same_kind(*like, *other));
            // 0 to 12 contains all values named in these conditions and their neighbours, which
            // suffice to decide whether any number is left.
            let left = (0..=12)
                .map(|n| if matches!(like, Value::Date(_)) { Value::Date(n) } else { Value::Integer(n) });
            let in_all = |value| together.iter().all(|(.., holds, negated)| holds(value) != *negated);
            kinds || !left.into_iter().any(in_all)
        });
        let below = parts.iter().any(|(part, negated)| match part {
            Self::Gate(_, children) => children.iter().any(|child| child.contradicts_itself(*negated)),
            _ => false,
        });
        contradictory || below
    }

    /// The parts of an `and`, including those of nested `and`s, and whether they are under a `not`.
    fn parts<'e>(&'e self, negated: bool, parts: &mut Vec<(&'e Self, bool)>) {
        match self {
            Self::Not(inner) => inner.parts(!negated, parts),
            Self::Gate(k, children) if *k == if negated { 1 } else { children.len() } => {
                children.iter().for_each(|child| child.parts(negated, parts));
            }
            other => parts.push((other, negated)),
        }
    }

    /// The condition, if it is one on numbers of one kind.
    fn number(&self, negated: bool) -> Option<Condition<'_>> {
        let mixed = |values: &[Value]| values.iter().any(|value| !same_kind(*value, values[0]));
        if matches!(self, Self::OneOf(_, values) if mixed(values)) {
            return None;
        }
        self.condition(negated).filter(|(_, like, ..)| !like.is_text())
    }
}

fn met(key: &Key, (label, like, test, negated): Condition<'_>) -> bool {
    let held: Vec<Value> =
        key.0.iter().filter(|(l, _)| *l == label).filter_map(|(_, value)| *value).collect();
    match like {
        _ if !negated => held.iter().any(|value| test(*value)),
        Value::Text(_) => held.len() == 1 && held[0].is_text() && !test(held[0]),
        // Another number of the same kind.
        _ => held.iter().any(|value| value.compares("=", *value) && same_kind(*value, like) && !test(*value)),
    }
}

fn same_kind(one: Value, two: Value) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&two)
}

// ---------------------------------------------------------------------------------------------------------
// Chance
// ---------------------------------------------------------------------------------------------------------

fn below(rng: &mut ChaCha20Rng, end: u32) -> u32 {
    rng.next_u32() % end
}

fn one_of<T: Copy>(rng: &mut ChaCha20Rng, all: &[T]) -> T {
    all[below(rng, all.len() as u32) as usize]
}

const BARE: [&str; 3] = ["a", "b", "emergency"];
const TEXTS: [&str; 3] = ["x", "y", "St. Anna"];

/// `t` and `u` have texts, `n` has integers and occasionally a text or a date,
/// and `until` has dates.
fn condition(rng: &mut ChaCha20Rng, under_not: bool) -> Expr {
    let label = one_of(rng, &["t", "u"]);
    let text = |rng: &mut ChaCha20Rng| Value::Text(one_of(rng, &TEXTS));
    let number = |rng: &mut ChaCha20Rng| Value::Integer(1 + below(rng, 7));
    let date = |rng: &mut ChaCha20Rng| Value::Date(2 + below(rng, 9));
    let symbols = ["=", "!=", "<", "<=", ">", ">="];
    match below(rng, if under_not { 8 } else { 10 }) {
        0 | 1 => Expr::Compare(label, one_of(rng, &["=", "!="]), text(rng)),
        2 => Expr::OneOf(label, (0..=below(rng, 3)).map(|_| text(rng)).collect()),
        3 | 4 => Expr::Compare("n", one_of(rng, &symbols), number(rng)),
        5 => Expr::Compare(one_of(rng, &["until", "until", "n"]), one_of(rng, &symbols), date(rng)),
        6 => {
            let (one, two) = (1 + below(rng, 7), 1 + below(rng, 7));
            Expr::Between("n", Value::Integer(one.min(two)), Value::Integer(one.max(two)))
        }
        7 => Expr::OneOf("n", (0..=below(rng, 3)).map(|_| number(rng)).collect()),
        8 => Expr::OneOf("n", vec![number(rng), text(rng), date(rng)]),
        _ => Expr::Label(one_of(rng, &BARE)),
    }
}

fn policy(rng: &mut ChaCha20Rng, depth: u32, under_not: bool) -> Expr {
    match below(rng, 6) {
        0 => Expr::Not(Box::new(policy(rng, depth.saturating_sub(1), true))),
        1..=3 if depth > 0 => {
            let children: Vec<_> =
                (0..2 + below(rng, 3)).map(|_| policy(rng, depth - 1, under_not)).collect();
            Expr::Gate(1 + below(rng, children.len() as u32) as usize, children)
        }
        _ => condition(rng, under_not),
    }
}

fn key(rng: &mut ChaCha20Rng) -> Key {
    let mut key = vec![("member", None)];
    key.extend(BARE.into_iter().filter(|_| below(rng, 2) == 0).map(|label| (label, None)));
    for label in ["t", "u"] {
        // None, one (twice as likely), or two, which may be equal.
        key.extend((0..one_of(rng, &[0, 1, 1, 2])).map(|_| (label, Some(Value::Text(one_of(rng, &TEXTS))))));
    }
    match below(rng, 6) {
        0 => {}
        1 => key.push(("n", Some(Value::Text("x")))),
        2 => key.push(("n", Some(Value::Date(1 + below(rng, 9))))),
        _ => key.push(("n", Some(Value::Integer(below(rng, 9))))),
    }
    if below(rng, 4) > 0 {
        key.push(("until", Some(Value::Date(1 + below(rng, 11)))));
    }
    key.sort_by_key(|(label, value)| (*label, value.map(|value| value.to_string())));
    key.dedup_by(|one, two| one == two);
    Key(key)
}

// ---------------------------------------------------------------------------------------------------------
// The comparison
// ---------------------------------------------------------------------------------------------------------

/// The library's policy, if there is one.
fn parsed(expr: &Expr) -> Option<Policy> {
    match Policy::parse(&expr.to_string()) {
        Ok(policy) => {
            assert!(!expr.contradicts_itself(false), "{expr} should be an error");
            Some(policy)
        }
        Err(Error::Policy(error)) => {
            let kinds = [PolicyErrorKind::EmptyIntersection, PolicyErrorKind::MixedIntersection];
            assert!(expr.contradicts_itself(false) && kinds.contains(&error.kind()), "{expr}: {error}");
            None
        }
        Err(error) => panic!("{expr}: {error}"),
    }
}

#[test]
fn documented_policies_behave_as_documented() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let (mut met, mut unmet, mut errors) = (0, 0, 0);
    for _ in 0..4000 {
        let (expr, key) = (policy(rng, 3, false), key(rng));
        let Some(policy) = parsed(&expr) else {
            errors += 1;
            continue;
        };
        let attributes = Attributes::parse(&key.to_string()).unwrap();
        let expected = expr.is_met(&key, false);
        assert_eq!(policy.is_satisfied_by(&attributes), expected, "{expr} with {key}");
        assert_eq!(policy.rows_used(&attributes).is_some(), expected, "{expr} with {key}");
        assert_eq!(policy.diagnose(&attributes).is_none(), expected, "{expr} with {key}");
        if expected { met += 1 } else { unmet += 1 }
    }
    assert!(met > 800 && unmet > 800 && errors > 100, "{met} met, {unmet} not, {errors} errors");
}

/// The keys of one user in the three schemes.
struct User {
    key: Key,
    decryption: abe::DecryptionKey,
    signing: abs::SigningKey,
    trapdoor: Trapdoor,
}

#[test]
fn satisfied_policies_unwrap_sign_and_match() {
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let wrapping = abe::MasterKey::generate(rng).unwrap();
    let signing = abs::MasterKey::generate(rng).unwrap();
    let searching = search::MasterKey::generate(rng).unwrap();
    let kappa = KeywordKey::generate(rng).unwrap();
    let word = Keyword::new("diabetes").unwrap();
    let users: Vec<User> = (0..16)
        .map(|_| {
            let key = key(rng);
            let attributes = Attributes::parse(&key.to_string()).unwrap();
            let trapdoor =
                searching.issue(&attributes, &kappa, rng).unwrap().trapdoor(&word, &attributes, rng).unwrap();
            User {
                decryption: wrapping.issue(&attributes, rng).unwrap(),
                signing: signing.issue(&attributes, rng).unwrap(),
                trapdoor,
                key,
            }
        })
        .collect();

    let mut seen = [[0; 2]; 3];
    let mut policies = 0;
    while policies < 48 {
        let expr = policy(rng, 2, false);
        let Some(policy) = parsed(&expr) else { continue };
        // Half of them have a negation of a text, and none is large enough to
        // dominate the running time.
        if policy.rows() > 64 || expr.negates_text(false) != (policies % 2 == 0) {
            continue;
        }
        policies += 1;
        let wrapped = wrapping.public_key().wrap(&policy, b"record key", b"", None, rng).unwrap();
        let words = std::slice::from_ref(&word);
        let index = searching.public_key().index_record(&kappa, words, &policy, Padding::None, rng).unwrap();
        let mut sides = [0; 2];
        for _ in 0..8 {
            // At most three of each side: every policy then has as many as can be found.
            let user = one_of(rng, &users.iter().collect::<Vec<_>>());
            let met = expr.is_met(&user.key, false);
            sides[usize::from(met)] += 1;
            if sides[usize::from(met)] > 2 {
                continue;
            }
            let (refused, case) = (Error::PolicyNotSatisfied, format!("{expr} with {}", user.key));
            match user.decryption.unwrap_key(&wrapped, b"", None) {
                Ok(key) => assert!(met && *key == b"record key", "{case}"),
                Err(error) => assert!(!met && error == refused, "{case}: {error}"),
            }
            seen[0][usize::from(met)] += 1;
            match user.signing.sign(&policy, b"", b"message", rng) {
                Ok(signature) => {
                    assert!(met, "{case}");
                    signing.public_key().verify(&policy, b"", b"message", &signature).unwrap();
                }
                Err(error) => assert!(!met && error == refused, "{case}: {error}"),
            }
            seen[1][usize::from(met)] += 1;
            assert_eq!(user.trapdoor.matches(&index).unwrap(), met, "{case}");
            seen[2][usize::from(met)] += 1;
        }
    }
    assert!(seen.iter().flatten().all(|count| *count > 20), "{seen:?}");
}
