//! An attacker's view of policies: the text, which honest code parses, and gates and rows, built by
//! hand according to `docs/formats.md`. Nothing here relies on the library's parser.

use std::ops::RangeInclusive;

use blstrs::Scalar;
use ff::Field;
use medseal::policy::Policy;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use crate::ground::{Canonical, Held, canonical, digit, length, random_scalar};

/// The requirement of one row.
#[derive(Clone, PartialEq)]
pub(crate) enum Row {
    /// All of these attributes.
    All(Vec<Canonical>),
    /// Exactly one value of the label, which is a different text.
    Not { label: String, text: String },
}

#[derive(Clone)]
pub(crate) enum Node {
    Row(Row),
    /// At least this many of the children.
    Gate(usize, Vec<Node>),
}

/// A policy before its conversion into rows.
#[derive(Clone)]
enum Asks {
    Has(Canonical),
    Not {
        label: String,
        text: String,
    },
    /// A number in one of these ranges. `kind` is 2 for integers, 3 for dates.
    Number {
        label: String,
        kind: u8,
        ranges: Vec<(u64, u64)>,
    },
    Gate(usize, Vec<Asks>),
}

#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) text: String,
    asks: Asks,
    pub(crate) root: Node,
}

impl From<&str> for Rule {
    /// An attribute.
    fn from(attribute: &str) -> Self {
        Self::new(attribute.to_owned(), Asks::Has(canonical(attribute)))
    }
}

/// `not label=text`
pub(crate) fn not(label: &str, text: &str) -> Rule {
    let asks = Asks::Not { label: label.to_owned(), text: text.to_owned() };
    Rule::new(format!("not {label}={text}"), asks)
}

pub(crate) fn all(rules: impl IntoIterator<Item = impl Into<Rule>>) -> Rule {
    let (texts, children) = unzip(rules);
    Rule::new(format!("({})", texts.join(" and ")), Asks::Gate(children.len(), children))
}

pub(crate) fn any(rules: impl IntoIterator<Item = impl Into<Rule>>) -> Rule {
    let (texts, children) = unzip(rules);
    Rule::new(format!("({})", texts.join(" or ")), Asks::Gate(1, children))
}

pub(crate) fn of(k: usize, rules: impl IntoIterator<Item = impl Into<Rule>>) -> Rule {
    let (texts, children) = unzip(rules);
    Rule::new(format!("{k} of ({})", texts.join(", ")), Asks::Gate(k, children))
}

fn unzip(rules: impl IntoIterator<Item = impl Into<Rule>>) -> (Vec<String>, Vec<Asks>) {
    rules.into_iter().map(|rule| rule.into()).map(|rule: Rule| (rule.text, rule.asks)).unzip()
}

/// A comparison as written, and the numbers that satisfy it. An open range ends with the
/// last number of its kind.
pub(crate) fn number(text: &str, label: &str, kind: u8, range: RangeInclusive<u64>) -> Rule {
    numbers(text, label, kind, &[range])
}

/// Like [`number`], with several ranges that do not touch.
pub(crate) fn numbers(text: &str, label: &str, kind: u8, ranges: &[RangeInclusive<u64>]) -> Rule {
    // The last date has no successor.
    let last = |to: u64| if kind == 3 && to == 2_932_896 { u64::from(u32::MAX) } else { to };
    let ranges = ranges.iter().map(|range| (*range.start(), last(*range.end()))).collect();
    Rule::new(text.to_owned(), Asks::Number { label: label.to_owned(), kind, ranges })
}

/// A policy with an attribute in two rows.
pub(crate) fn shared_attribute() -> Rule {
    of(2, [all(["a", "b"]), all(["a", "c"]), "d".into()])
}

/// Policies with sets that satisfy them and sets that do not.
pub(crate) fn policies() -> Vec<(Rule, &'static [&'static str], &'static [&'static str])> {
    let last = u64::from(u32::MAX);
    let level = |text, range| number(text, "level", 2, range);
    vec![
        ("a".into(), &["a", "a, b", "a, a=x"], &["", "b", "a=x", "A", "a=1"]),
        (all(["a", "b"]), &["a, b", "a, b, c"], &["a", "b", "c"]),
        (all(["a", "b", "c", "d"]), &["a, b, c, d"], &["a, b, c", "b, c, d", "a", "e"]),
        (any(["a", "b"]), &["a", "b", "a, b"], &["c"]),
        (all([any(["a", "b"]), any(["c", "d"])]), &["a, c", "b, d", "a, b, c, d"], &["a, b", "c, d", "d"]),
        (
            all(["a".into(), any(["b".into(), all(["c".into(), any(["d", "e"])])])]),
            &["a, b", "a, c, e"],
            &["a, c", "b, c, d", "a, d, e"],
        ),
        (any([all(["a", "b"]), "c".into()]), &["a, b", "c"], &["a", "b"]),
        // thresholds
        (of(2, ["a", "b", "c"]), &["a, b", "b, c", "a, c", "a, b, c"], &["a", "c", "d, e"]),
        (of(3, ["a", "b", "c", "d", "e"]), &["a, c, e", "c, d, e", "a, b, c, d, e"], &["a, e", "d, e, f"]),
        (
            of(2, [all(["a", "b"]), "c".into(), of(2, ["d", "e", "f"])]),
            &["a, b, c", "c, d, f", "a, b, e, f"],
            &["a, c, d", "a, b, f"],
        ),
        // an attribute used more than once
        (any([all(["a", "b"]), all(["a", "c"])]), &["a, b", "a, c"], &["b, c", "a"]),
        (all(["a".into(), any(["a", "b"]), of(2, ["a", "b", "c"])]), &["a, b", "a, c"], &["a", "b, c"]),
        (of(2, ["a", "a", "b"]), &["a"], &["b", "c"]),
        (shared_attribute(), &["a, b, c", "a, b, d", "a, c, d"], &["b, c, d", "a, b", "a, d", "d"]),
        (all(["a".into(), any(["a", "b"]), any(["a", "c"])]), &["a"], &["b, c"]),
        (
            of(2, ["a".into(), all(["b", "c"]), of(2, ["d", "e", "a"])]),
            &["a, b, c", "a, d", "b, c, d, e"],
            &["a", "b, c", "d, e"],
        ),
        // text, sets
        (
            "role=doctor".into(),
            &["role=doctor", "role=doctor, role=nurse"],
            &["role", "role=Doctor", "doctor"],
        ),
        (r#"ward="north wing""#.into(), &[r#"ward="north wing""#], &["ward=north", "wing"]),
        (
            any(["role=doctor", "role=nurse"]).written("role in {doctor, nurse}"),
            &["role=doctor", "role=nurse"],
            &["role=porter"],
        ),
        // numbers and dates
        ("level=3".into(), &["level=3"], &["level=4", r#"level="3""#]),
        (
            level("level>=3", 3..=last),
            &["level=3", "level=4", "level=4294967295"],
            &["level=2", "level=0", "rank=3"],
        ),
        (
            all(["role=doctor".into(), level("level>=3", 3..=last)]),
            &["role=doctor, level=3", "role=doctor, level=4294967295"],
            &["role=doctor, level=2", "role=nurse, level=3", "role=doctor", "level=3"],
        ),
        (
            all([level("level in 10..20", 10..=20), "a".into()]),
            &["level=10, a", "level=15, a", "level=20, a"],
            &["level=9, a", "level=21, a", "level=15"],
        ),
        (
            all([level("level in 3..100", 3..=100), level("level<=40", 0..=40), "a".into()]),
            &["level=3, a", "level=40, a"],
            &["level=2, a", "level=41, a", "level=20"],
        ),
        (
            numbers("level!=77", "level", 2, &[0..=76, 78..=last]),
            &["level=76", "level=0", "level=78", "level=65536"],
            &["level=77", "a", r#"level="78""#],
        ),
        (
            number("until>=2026-11-22", "until", 3, 20_779..=2_932_896),
            &["until=2026-11-22", "until=2031-01-01"],
            &["until=2026-11-21", "until=20779"],
        ),
        // negation
        (
            not("role", "doctor"),
            &["role=nurse", "role=porter, a"],
            &["role=doctor", "role", "a", "role=1", "role=nurse, role=porter"],
        ),
        (
            all([not("role", "doctor"), "a".into()]),
            &["role=nurse, a"],
            &["role=nurse", "role=doctor, a", "a", "role=nurse, role=porter, a"],
        ),
        (
            all(["a".into(), not("role", "doctor"), not("role", "nurse")]),
            &["role=porter, a"],
            &["role=nurse, a", "role=doctor, a", "role=porter", "role=x, role=y, a"],
        ),
        (
            all([not("role", "doctor"), not("ward", "north")]),
            &["role=nurse, ward=south"],
            &["role=nurse", "role=nurse, ward=north"],
        ),
        (
            all([not("role", "doctor"), not("role", "nurse")]).written("not role in {doctor, nurse}"),
            &["role=porter"],
            &["role=doctor", "role=nurse"],
        ),
        (
            of(2, ["a".into(), not("role", "doctor"), not("ward", "north")]),
            &["a, role=nurse", "role=x, ward=y"],
            &["a, role=doctor", "a", "role=x", "role=x, ward=north"],
        ),
        (level("not level<3", 3..=last), &["level=3"], &["level=2", "a"]),
    ]
}

/// A policy with every kind of gate and row, over `a` to `d`, texts `x` to `z` of `t` and
/// `u`, small numbers of `n` and the first dates of `d`. Each range contains 5, and no two
/// are mutually exclusive.
pub(crate) fn random(rng: &mut ChaCha20Rng, depth: u32) -> Rule {
    let mut below = |n: u32| rng.next_u32() % n;
    let label = ["t", "u"][below(2) as usize];
    let text = ["x", "y", "z"][below(3) as usize];
    let (from, to) = (1 + u64::from(below(5)), u64::from(below(5)) + 5);
    match below(if depth == 0 { 8 } else { 16 }) {
        0 | 1 => ["a", "b", "c", "d"][below(4) as usize].into(),
        2 => format!("{label}={text}").as_str().into(),
        3 => not(label, text),
        4 => any(["t=x", "t=y"]).written("t in {x, y}"),
        5 => number(&format!("n in {from}..{to}"), "n", 2, from..=to),
        6 => number(&format!("n>={from}"), "n", 2, from..=u64::from(u32::MAX)),
        7 => {
            let written = format!("d in 1970-01-{:02}..1970-01-{:02}", from + 1, to + 1);
            number(&written, "d", 3, from..=to)
        }
        _ => {
            let n = 2 + below(3);
            let k = 1 + below(n);
            of(k as usize, (0..n).map(|_| random(rng, depth - 1)).collect::<Vec<_>>())
        }
    }
}

impl Asks {
    /// The parts of an `and`, including those of nested `and`s. Conditions on
    /// one number are merged.
    fn parts(self, parts: &mut Vec<Self>) {
        match self {
            Self::Gate(k, children) if k == children.len() => {
                children.into_iter().for_each(|child| child.parts(parts));
            }
            Self::Number { label, kind, ranges } => {
                for part in parts.iter_mut() {
                    if let Self::Number { label: other, kind: of_other, ranges: before } = part
                        && *other == label
                    {
                        assert_eq!(*of_other, kind, "no key has two numbers of a label");
                        let both = before
                            .iter()
                            .flat_map(|(a, b)| ranges.iter().map(|(c, d)| (*a.max(c), *b.min(d))));
                        *before = both.filter(|(from, to)| from <= to).collect();
                        return;
                    }
                }
                parts.push(Self::Number { label, kind, ranges });
            }
            other => parts.push(other),
        }
    }

    fn node(self) -> Node {
        let mut parts = Vec::new();
        self.parts(&mut parts);
        // All directly required attributes form one row, at the place of the first.
        let (mut children, mut merged, mut first) = (Vec::new(), Vec::new(), None);
        for part in parts {
            let own = match part {
                Self::Has(attribute) => vec![attribute],
                Self::Number { label, kind, ranges } => {
                    let mut rows = cover(&label, kind, &ranges);
                    if rows.len() > 1 {
                        children.push(Node::Gate(1, rows.into_iter().map(Node::all).collect()));
                        continue;
                    }
                    rows.remove(0)
                }
                Self::Not { label, text } => {
                    children.push(Node::Row(Row::Not { label, text }));
                    continue;
                }
                Self::Gate(k, inner) => {
                    children.push(Node::Gate(k, inner.into_iter().map(Self::node).collect()));
                    continue;
                }
            };
            merged.extend(own);
            first.get_or_insert_with(|| {
                children.push(Node::all(vec![]));
                children.len() - 1
            });
        }
        if let Some(first) = first {
            children[first] = Node::all(merged);
        }
        if children.len() == 1 { children.remove(0) } else { Node::Gate(children.len(), children) }
    }
}

/// The rows: a number in the ranges satisfies exactly one of them, any other number none.
fn cover(label: &str, kind: u8, ranges: &[(u64, u64)]) -> Vec<Vec<Canonical>> {
    let numbers = |m: u8| if m == 0 { (0, 0) } else { (1 << (4 * (m - 1)), (1 << (4 * m)) - 1) };
    let mut rows =
        runs((0..=8).map(|m| (m, share(ranges, numbers(m)))), 8, &|k, answer| length(label, kind, k, answer));
    for m in (1..=8).filter(|m| share(ranges, numbers(*m)) == Some(false)) {
        below(label, kind, ranges, m, &[], &mut rows);
    }
    rows
}

/// The rows for numbers of `m` digits with this prefix.
fn below(label: &str, kind: u8, ranges: &[(u64, u64)], m: u8, prefix: &[u8], rows: &mut Vec<Vec<Canonical>>) {
    let rest = 4 * (u32::from(m) - 1 - prefix.len() as u32);
    let numbers = |c: u8| {
        let begun = prefix.iter().chain([&c]).fold(0_u64, |number, digit| number << 4 | u64::from(*digit));
        (begun << rest, ((begun + 1) << rest) - 1)
    };
    let answers = u8::from(prefix.is_empty())..=15;
    rows.extend(runs(answers.clone().map(|c| (c, share(ranges, numbers(c)))), 15, &|c, answer| {
        digit(label, kind, m, prefix, c, answer)
    }));
    for c in answers.filter(|c| share(ranges, numbers(*c)) == Some(false)) {
        below(label, kind, ranges, m, &[prefix, &[c]].concat(), rows);
    }
}

/// Whether the ranges contain all numbers from one to another; `None` if they contain none of them.
fn share(ranges: &[(u64, u64)], (first, last): (u64, u64)) -> Option<bool> {
    let meeting: Vec<_> = ranges.iter().filter(|(from, to)| *from <= last && first <= *to).collect();
    (!meeting.is_empty()).then(|| meeting.iter().any(|(from, to)| *from <= first && last <= *to))
}

/// A row for each maximal run of answers entirely in the set: at least its first, at most its last.
fn runs(
    answers: impl Iterator<Item = (u8, Option<bool>)>,
    greatest: u8,
    bound: &dyn Fn(u8, bool) -> Canonical,
) -> Vec<Vec<Canonical>> {
    let answers: Vec<_> = answers.collect();
    let least = answers[0].0;
    let whole = answers.chunk_by(|one, next| one.1 == next.1).filter(|run| run[0].1 == Some(true));
    whole
        .map(|run| {
            let (from, to) = (run[0].0, run[run.len() - 1].0);
            let first = (from > least).then(|| bound(from, true));
            first.into_iter().chain((to < greatest).then(|| bound(to + 1, false))).collect()
        })
        .collect()
}

impl Row {
    /// Whether a set of attributes satisfies this row.
    pub(crate) fn is_met(&self, held: &Held) -> bool {
        match self {
            Self::All(T) => T.iter().all(|a| held.expanded.contains(a)),
            Self::Not { label, text } => {
                held.single_texts.iter().any(|(own, value)| own == label && value != text)
            }
        }
    }

    /// Whether the two need different use numbers.
    fn counts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Not { label: one, .. }, Self::Not { label: other, .. }) => one == other,
            (Self::All(one), Self::All(other)) => one.iter().any(|a| other.contains(a)),
            _ => false,
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        matches!(self, Self::Not { .. })
    }
}

impl Rule {
    fn new(text: String, asks: Asks) -> Self {
        Self { text, root: asks.clone().node(), asks }
    }

    /// The same rows under another text.
    pub(crate) fn written(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    /// The policy, parsed by honest code.
    pub(crate) fn parsed(&self) -> Policy {
        Policy::parse(&self.text).unwrap()
    }

    pub(crate) fn rows(&self) -> Vec<&Row> {
        self.root.rows()
    }

    /// The use number of each row.
    pub(crate) fn rho(&self) -> Vec<usize> {
        let rows = self.rows();
        let mut rho: Vec<usize> = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let taken: Vec<_> = (0..i).filter(|j| rows[*j].counts_with(row)).map(|j| rho[j]).collect();
            rho.push((0..).find(|number| !taken.contains(number)).unwrap());
        }
        rho
    }

    pub(crate) fn tau(&self) -> usize {
        self.rho().iter().max().unwrap() + 1
    }

    /// The places of the negative rows.
    pub(crate) fn negative(&self) -> Vec<usize> {
        let rows = self.rows().into_iter().enumerate();
        rows.filter(|(_, row)| row.is_negative()).map(|(i, _)| i).collect()
    }

    /// Rows and coefficients that a program without a policy check would try: those for a holder of
    /// everything, starting further and further to the right; and all rows unweighted.
    pub(crate) fn choices(&self) -> Vec<Vec<(usize, Scalar)>> {
        let n = self.rows().len();
        let mut choices: Vec<_> = (0..n).filter_map(|first| self.coefficients(|row| row >= first)).collect();
        choices.push((0..n).map(|row| (row, Scalar::ONE)).collect());
        choices
    }

    /// Coefficients with which the shares of the usable rows add up to the secret. `None` if
    /// the rows do not suffice.
    pub(crate) fn coefficients(&self, may: impl Fn(usize) -> bool) -> Option<Vec<(usize, Scalar)>> {
        self.root.coefficients(0, &may)
    }

    pub(crate) fn is_met(&self, held: &Held) -> bool {
        let rows = self.rows();
        self.coefficients(|row| rows[row].is_met(held)).is_some()
    }

    /// Shares of `s` for the rows.
    pub(crate) fn share(&self, s: &Scalar, rng: &mut ChaCha20Rng) -> Vec<Scalar> {
        self.root.share(s, rng)
    }
}

/// The Lagrange coefficients at `x` of these places.
pub(crate) fn lagrange(places: &[Scalar], x: &Scalar) -> Vec<Scalar> {
    let coefficient = |i: &Scalar| {
        let others = places.iter().filter(|j| *j != i);
        others.map(|j| (x - j) * (i - j).invert().unwrap()).product::<Scalar>()
    };
    places.iter().map(coefficient).collect()
}

impl Node {
    fn all(mut attributes: Vec<Canonical>) -> Self {
        attributes.sort();
        attributes.dedup();
        Self::Row(Row::All(attributes))
    }

    pub(crate) fn rows(&self) -> Vec<&Row> {
        match self {
            Self::Row(row) => vec![row],
            Self::Gate(_, children) => children.iter().flat_map(Self::rows).collect(),
        }
    }

    /// Like [`Rule::coefficients`], for a part of the policy whose rows begin at `first`.
    fn coefficients(&self, first: usize, may: &dyn Fn(usize) -> bool) -> Option<Vec<(usize, Scalar)>> {
        let Self::Gate(k, children) = self else { return may(first).then(|| vec![(first, Scalar::ONE)]) };
        let mut at = first;
        let mut able = Vec::new();
        for (i, child) in (1_u64..).zip(children) {
            able.extend(child.coefficients(at, may).map(|chosen| (Scalar::from(i), chosen)));
            at += child.rows().len();
        }
        able.truncate(*k);
        let (places, chosen): (Vec<_>, Vec<_>) = able.into_iter().unzip();
        // f(0) = sum f(i) prod_{j != i} j/(j - i); at an `and` the shares add up
        let weights = match *k == children.len() {
            true => vec![Scalar::ONE; *k],
            false => lagrange(&places, &Scalar::ZERO),
        };
        let scaled = weights
            .iter()
            .zip(&chosen)
            .flat_map(|(weight, chosen)| chosen.iter().map(move |(row, gamma)| (*row, gamma * weight)));
        (places.len() == *k).then(|| scaled.collect())
    }

    fn share(&self, z: &Scalar, rng: &mut ChaCha20Rng) -> Vec<Scalar> {
        let Self::Gate(k, children) = self else { return vec![*z] };
        let mut drawn: Vec<_> = (1..*k).map(|_| random_scalar(rng)).collect();
        if *k == children.len() {
            drawn.push(z - drawn.iter().sum::<Scalar>());
        } else {
            // f(i) = z + f_1 i + .. + f_{k-1} i^{k-1}
            let f = |i: u64| drawn.iter().rev().fold(Scalar::ZERO, |sum, f| (sum + f) * Scalar::from(i)) + z;
            drawn = (1_u64..).take(children.len()).map(f).collect();
        }
        children.iter().zip(&drawn).flat_map(|(child, share)| child.share(share, rng)).collect()
    }
}

/// A fault in how a gate shares `s`.
type Fault = fn(&Scalar) -> Vec<Scalar>;

/// Policies that `a, b, c` satisfies and `a` alone does not, each with shares that give the whole
/// secret to its first child.
pub(crate) fn whole_secret_to_one_child() -> [(Rule, Fault); 3] {
    [
        (all(["a".into(), any(["b", "c"])]), |s| vec![*s, Scalar::ZERO, Scalar::ZERO]),
        (of(2, ["a", "b", "c"]), |s| vec![*s; 3]),
        (all(["a".into(), of(2, ["b", "c", "d"])]), |s| vec![*s, Scalar::ZERO, Scalar::ZERO, Scalar::ZERO]),
    ]
}
