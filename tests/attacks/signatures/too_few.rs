//! Provers who know fewer leaves than a gate asks for, and choose the challenges of more than may be chosen, or leave out
//! what they lack.

use blstrs::Scalar;
use ff::Field;
use medseal::Error;

use super::challenges::{Completed, polynomial};
use super::prover::{Leaf, Parts, Prover};
use super::{Authority, REFUSED, rightly};
use crate::ground::{canonical, random_scalar, rng};
use crate::rule::{Rule, all, any, of};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// How the shares are made of the polynomial through `c` and all challenges that were chosen, which are one too many; at an
/// `or`, of these challenges themselves.
type Squeeze = fn(&[Scalar]) -> Vec<Scalar>;

const SQUEEZED: [(&str, Squeeze); 5] = [
    ("all of them", |f| f.to_vec()),
    ("without the last", |f| f[..f.len() - 1].to_vec()),
    ("without the first", |f| f[1..].to_vec()),
    ("the last two added up", |f| {
        let (last, rest) = f.split_last().unwrap();
        let (next, rest) = rest.split_last().unwrap_or((last, &[]));
        [rest, &[*next + last]].concat()
    }),
    ("none", |_| vec![]),
];

#[test]
fn a_prover_who_knows_one_child_less_than_a_gate_asks_for_fails() {
    let authority = Authority::new(1);
    for (k, n) in [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3), (2, 4), (3, 4), (4, 4)] {
        let names = &NAMES[..n];
        let rule = of(k, names.iter().copied()).written(&match k {
            1 => names.join(" or "),
            _ if k == n => names.join(" and "),
            _ => format!("{k} of ({})", names.join(", ")),
        });
        let statement = authority.statement(&rule);
        // Every set of one child less than the gate asks for.
        for known in (0..1_u32 << n).filter(|known| known.count_ones() as usize == k - 1) {
            let set = (0..n).filter(|i| known >> i & 1 == 1).map(|i| NAMES[i]);
            let holder = authority.holder(&set.chain(["other"]).collect::<Vec<_>>().join(", "), 2);
            for (what, squeeze) in SQUEEZED {
                let mut prover = Prover::new(holder.u, rng(7));
                let mut draws = rng(8);
                let mut chosen = Vec::new();
                let leaves: Vec<Leaf> = (1_u64..)
                    .zip(names)
                    .map(|(i, name)| {
                        let attribute = canonical(name);
                        if let Some(credential) = holder.on(&attribute) {
                            return prover.with(&attribute, credential);
                        }
                        let c = random_scalar(&mut draws);
                        chosen.push((Scalar::from(i), c));
                        prover.simulated(&attribute, holder.credential("other"), c)
                    })
                    .collect();
                let forged = prover.sign(&statement, &leaves, |c| {
                    let points: Vec<_> = [(Scalar::ZERO, *c)].into_iter().chain(chosen.clone()).collect();
                    let f = polynomial(&points);
                    let shares =
                        if k == 1 { chosen.iter().map(|(_, c)| *c).collect() } else { f[1..].to_vec() };
                    // What the polynomial gives to those that are known.
                    let at = |i: u64| f.iter().rev().fold(Scalar::ZERO, |sum, f| sum * Scalar::from(i) + f);
                    Completed { challenges: (1..).take(n).map(at).collect(), shares: squeeze(&shares) }
                });
                // As many shares as leaves there are in no signature at all.
                let no_signature = Parts::read(&forged).shares.len() >= n;
                let expected = if no_signature { Err(Error::InvalidField) } else { REFUSED };
                assert_eq!(authority.verify(&rule, &forged), expected, "{}: {known:b}, {what}", rule.text);
            }
        }
        let enough = authority.holder(&names[n - k..].join(", "), 3);
        assert_eq!(authority.verify(&rule, &rightly(&statement, &enough, 4)), Ok(()), "{}", rule.text);
    }
}

#[test]
fn a_prover_who_knows_no_child_of_an_or_and_not_all_of_an_and_fails() {
    let authority = Authority::new(1);
    let holder = authority.holder("a, other", 1);
    let [a, b, c] = ["a", "b", "c"].map(canonical);
    let [y_b, y_c] = [1234, 5678].map(Scalar::from);
    let sign = |rule: &Rule, known: bool, complete: &dyn Fn(&Scalar) -> Completed| {
        let statement = authority.statement(rule);
        let mut prover = Prover::new(holder.u, rng(7));
        let other = holder.credential("other");
        let first =
            if known { prover.with(&a, holder.credential("a")) } else { prover.simulated(&c, other, y_c) };
        let leaves = [first, prover.simulated(&b, other, y_b)];
        prover.sign(&statement, &leaves, complete)
    };
    // An `or` of two that are simulated: the challenge of either comes out right, not of both.
    let neither = any(["c", "b"]);
    for share in [|_: &Scalar, y_c: Scalar, _: Scalar| y_c, |c: &Scalar, _: Scalar, y_b: Scalar| c - y_b] {
        let complete =
            |c: &Scalar| Completed { challenges: vec![y_c, y_b], shares: vec![share(c, y_c, y_b)] };
        assert_eq!(authority.verify(&neither, &sign(&neither, false, &complete)), REFUSED);
    }
    // An `and` of one that is known, which would need shares.
    let both = all(["a", "b"]);
    let shares: [fn(&Scalar, Scalar) -> Vec<Scalar>; 3] =
        [|_, _| vec![], |c, y_b| vec![c - y_b], |_, y_b| vec![y_b]];
    for shares in shares {
        let complete = |c: &Scalar| Completed { challenges: vec![*c, y_b], shares: shares(c, y_b) };
        assert_eq!(authority.verify(&both, &sign(&both, true, &complete)), REFUSED);
    }
    // The same is right for an `or`.
    let either = any(["a", "b"]);
    let complete = |c: &Scalar| Completed { challenges: vec![c - y_b, y_b], shares: vec![c - y_b] };
    assert_eq!(authority.verify(&either, &sign(&either, true, &complete)), Ok(()));
}

#[test]
fn a_signature_that_leaves_out_a_leaf_is_refused() {
    // An `and` gives every leaf the root's challenge, so that whoever leaves out what they lack proves the rest rightly.
    let authority = Authority::new(1);
    let table: [(Rule, &[&str], &str); 4] = [
        (all(["a", "b"]), &["a"], "a"),
        (all(["a", "b", "c"]), &["a", "b"], "a, b"),
        (all(["a".into(), any(["b", "c"])]), &["a"], "a"),
        (all([all(["a", "b"]), all(["c", "d"])]), &["a", "b", "c"], "a, b, c"),
    ];
    for (rule, proved, set) in &table {
        let holder = authority.holder(set, 1);
        let short = |rule: &Rule| {
            let mut prover = Prover::new(holder.u, rng(7));
            let leaves: Vec<_> =
                proved.iter().map(|name| prover.with(&canonical(name), holder.credential(name))).collect();
            let complete = |c: &Scalar| Completed { challenges: vec![*c; leaves.len()], shares: vec![] };
            prover.sign(&authority.statement(rule), &leaves, complete)
        };
        assert_eq!(authority.verify(rule, &short(rule)), REFUSED, "{}", rule.text);
        // The same proof is right where it is whole.
        let whole = if proved.len() == 1 { proved[0].into() } else { all(proved.iter().copied()) };
        assert_eq!(authority.verify(&whole, &short(&whole)), Ok(()), "{}", whole.text);
        // Nor may there be one too many.
        let mut long = Parts::read(&short(&whole));
        long.leaves.push(long.leaves[0].clone());
        assert_eq!(authority.verify(&whole, &long.bytes()), REFUSED, "{}", whole.text);
    }
}
