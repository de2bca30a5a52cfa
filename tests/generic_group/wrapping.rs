//! Key wrapping: is `alpha s`, the exponent of the mask, computable?

use std::collections::BTreeSet;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::algebra::{Policy, Poly, UNIVERSE, View, constant, random, var};
use crate::{all_hashes, hashed, slot};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(4)
}

fn alpha() -> Poly {
    var("a1", 0) * var("a2", 0)
}

fn mask() -> Poly {
    alpha() * var("s", 0)
}

/// `U0`, `U1`, `A1`, all `H(a)`, all `P_l`, `Q_l`; `A2`.
fn public() -> View {
    let g1 = [constant(1), var("u0", 0), var("u1", 0), var("a1", 0)].into_iter().chain(all_hashes());
    let labels = [var("p", b'L'), var("q", b'L'), var("p", b'M'), var("q", b'M')];
    View::default().with(g1.chain(labels), [constant(1), var("a2", 0)])
}

/// `P_l + [h(v)]Q_l`.
fn value(label: char, v: &Poly) -> Poly {
    var("p", label as u8) + v * &var("q", label as u8)
}

/// The key of user `i`.
fn key(view: View, i: u8, attributes: &BTreeSet<char>, texts: &[(char, &Poly)]) -> View {
    let r = var("r", i);
    let K0 = alpha() + var("u0", 0) * r.clone();
    let K1 = var("u1", 0) * r.clone();
    let K_a = attributes.iter().map(|a| hashed(*a) * r.clone());
    let N_l = texts.iter().map(|(l, v)| value(*l, v) * r.clone());
    view.with([K0, K1].into_iter().chain(K_a).chain(N_l), [r.clone()])
}

/// A key for all attributes that is narrowed to one tag, `K0 + [x]K1`: what an oracle for decryption amounts to.
fn narrowed_key(view: View, i: u8, x: &Poly) -> View {
    let r = var("n", i);
    let K_F = alpha() + slot(x) * r.clone();
    view.with([K_F].into_iter().chain(all_hashes().map(|h| h * r.clone())), [r.clone()])
}

/// The rows of a ciphertext for the tag `x`, one `s'` for each use number.
fn ciphertext(view: View, policy: &Policy, x: &Poly) -> View {
    rows_of(view, policy.share(&var("s", 0), 0), x)
}

/// The same with one `s'` for all uses.
fn ciphertext_with_one_s_prime(view: View, policy: &Policy, x: &Poly) -> View {
    let shares = policy.share(&var("s", 0), 0);
    rows_of(view, shares.into_iter().map(|(lambda, a, _)| (lambda, a, 0)).collect(), x)
}

fn rows_of(view: View, shares: Vec<(Poly, char, u8)>, x: &Poly) -> View {
    let c3: Vec<Poly> =
        shares.iter().map(|(lambda, a, j)| lambda * &slot(x) + var("s'", *j) * hashed(*a)).collect();
    let uses: BTreeSet<u8> = shares.iter().map(|(_, _, j)| *j).collect();
    view.with(c3, [var("s", 0)].into_iter().chain(uses.into_iter().map(|j| var("s'", j))))
}

#[test]
fn a_satisfying_key_opens_and_all_others_together_do_not() {
    let mut rng = rng();
    let everything = BTreeSet::from(UNIVERSE);
    for policy in Policy::examined() {
        let x = random(&mut rng);
        let sealed = ciphertext(public(), &policy, &x);
        assert!(!sealed.computes(&mask()), "{policy:?} opens without a key");
        assert!(key(sealed.clone(), 0, &everything, &[]).computes(&mask()), "{policy:?}");

        // Every largest set that does not satisfy the policy, one key each, and an oracle for other tags.
        let mut pooled = sealed;
        for (i, attributes) in (0..).zip(policy.largest_unsatisfying()) {
            pooled = key(pooled, i, &attributes, &[]);
        }
        for i in 0..2 {
            pooled = narrowed_key(pooled, i, &random(&mut rng));
        }
        assert!(!pooled.computes(&mask()), "{policy:?} opens to a coalition");
        assert!(
            narrowed_key(pooled, 2, &x).computes(&mask()),
            "{policy:?}: the oracle for its own tag opens it"
        );
    }
}

#[test]
fn why_the_master_secret_is_published_in_two_halves() {
    let sealed = ciphertext(public(), &Policy::Leaf('A'), &random(&mut rng()));
    assert!(sealed.clone().with([alpha()], []).computes(&mask()), "[alpha]P1 opens everything");
    assert!(!sealed.computes(&mask()));
}

#[test]
fn why_each_use_of_an_attribute_has_an_s_prime_of_its_own() {
    use Policy::{Gate, Leaf};
    let either = |other| Gate(1, vec![Leaf('A'), Leaf(other)]);
    let policy = Gate(2, vec![either('B'), either('C')]);
    let (x, B) = (random(&mut rng()), BTreeSet::from(['B']));
    assert!(
        policy.largest_unsatisfying().iter().any(|set| set.is_superset(&B)),
        "B alone does not satisfy it"
    );
    // The difference of the rows of A is [lambda_1 - lambda_2]F: with one share the other is known, too.
    let broken = ciphertext_with_one_s_prime(public(), &policy, &x);
    assert!(key(broken, 0, &B, &[]).computes(&mask()), "one s' for both uses");
    assert!(!key(ciphertext(public(), &policy, &x), 0, &B, &[]).computes(&mask()));
}

#[test]
fn why_the_users_of_one_policy_cannot_share_an_r() {
    let AB = Policy::Gate(2, vec![Policy::Leaf('A'), Policy::Leaf('B')]);
    let (sealed, [A, B]) =
        (ciphertext(public(), &AB, &random(&mut rng())), ['A', 'B'].map(|a| BTreeSet::from([a])));
    let two = |second| key(key(sealed.clone(), 0, &A, &[]), second, &B, &[]);
    assert!(two(0).computes(&mask()), "the same r twice, as of a generator that repeats itself");
    assert!(!two(1).computes(&mask()));
}

/// A row: the share, and `label != value`, or a positive leaf.
enum Row<'a> {
    Positive(char),
    Negative(char, &'a Poly),
}

/// The tag of [`rows`].
fn tag() -> Poly {
    random(&mut ChaCha20Rng::seed_from_u64(5))
}

fn rows(rows: &[(Poly, Row<'_>, u8)]) -> View {
    let x = tag();
    let mut view = public().with([], [var("s", 0)]);
    for (lambda, row, j) in rows {
        let s = var("s'", *j);
        let c3 = |base: Poly| lambda * &slot(&x) + base * s.clone();
        view = match row {
            Row::Positive(a) => view.with([c3(hashed(*a))], [s.clone()]),
            Row::Negative(l, v) => view.with([c3(var("q", *l as u8)), value(*l, v) * s.clone()], [s.clone()]),
        };
    }
    view
}

#[test]
fn a_negative_leaf_opens_to_one_key_with_another_value_and_to_nobody_else() {
    let mut rng = rng();
    let (a, b, c) = (random(&mut rng), random(&mut rng), random(&mut rng));
    let (s, v) = (var("s", 0), var("v0", 0));
    let set = |text: &str| text.chars().collect::<BTreeSet<char>>();
    let (none, A, B) = (set(""), set("A"), set("B"));

    // not L=a
    let sealed = rows(&[(s.clone(), Row::Negative('L', &a), 0)]);
    assert!(key(sealed.clone(), 0, &none, &[('L', &b)]).computes(&mask()));
    let same = key(key(sealed.clone(), 0, &A, &[('L', &a)]), 1, &none, &[('L', &a)]);
    assert!(!same.computes(&mask()), "the excluded value");
    assert!(!key(sealed, 0, &set("AB"), &[('M', &b)]).computes(&mask()), "no such label");

    // A and not L=a
    let share = || s.clone() + v.clone();
    let sealed = rows(&[(share(), Row::Positive('A'), 0), (-v.clone(), Row::Negative('L', &a), 0)]);
    assert!(key(sealed.clone(), 0, &A, &[('L', &b)]).computes(&mask()));
    let pooled = key(key(sealed, 0, &A, &[('L', &a)]), 1, &B, &[('L', &b)]);
    assert!(!pooled.computes(&mask()), "pooled");

    // An oracle for other tags that has every attribute and another value, and for its own tag.
    let sealed = rows(&[(s.clone(), Row::Negative('L', &a), 0)]);
    let oracle = |x: &Poly| {
        let r = var("n", 0);
        let all = all_hashes().chain([value('L', &b)]).map(|base| base * r.clone());
        sealed.clone().with(all.chain([alpha() + slot(x) * r.clone()]), [r.clone()])
    };
    assert!(!oracle(&random(&mut rng)).computes(&mask()), "a key for another tag");
    assert!(oracle(&tag()).computes(&mask()), "a key for its own tag");

    // not L=a and not L=b, with a use number each
    let twice = |j| rows(&[(share(), Row::Negative('L', &a), 0), (-v.clone(), Row::Negative('L', &b), j)]);
    assert!(key(twice(1), 0, &none, &[('L', &c)]).computes(&mask()));
    let pooled = |view| key(key(view, 0, &none, &[('L', &a)]), 1, &none, &[('L', &b)]);
    assert!(!pooled(twice(1)).computes(&mask()));
    assert!(pooled(twice(0)).computes(&mask()), "why uses are numbered: one s' for both leaves is broken");
}
