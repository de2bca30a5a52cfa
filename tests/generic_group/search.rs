//! Search: does a view tell which keyword an index holds, or that two indexes or trapdoors go together?

use std::collections::BTreeSet;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::algebra::{Policy, Poly, UNIVERSE, View, constant, power, random, var};
use crate::{all_hashes, hashed, slot};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(6)
}

fn everything() -> BTreeSet<char> {
    BTreeSet::from(UNIVERSE)
}

/// `U0`, `U1`, `A`, all `H(a)`; `B`.
fn public() -> View {
    let g1 = [constant(1), var("u0", 0), var("u1", 0), var("alpha", 0)].into_iter().chain(all_hashes());
    View::default().with(g1, [constant(1), var("b", 0)])
}

/// The search key of user `i`: the part with `alpha`, and the one to re-randomise with.
fn key(view: View, i: u8, attributes: &BTreeSet<char>) -> View {
    let (r, d, inverse) = (var("r", i), var("d", i), power("b", 0, -1));
    let with_alpha =
        [&inverse * &(var("alpha", 0) + var("u0", 0) * r.clone()), &inverse * &(var("u1", 0) * r.clone())];
    let without = [&inverse * &(var("u0", 0) * d.clone()), &inverse * &(var("u1", 0) * d.clone())];
    let per_attribute = attributes.iter().flat_map(|a| [hashed(*a) * r.clone(), hashed(*a) * d.clone()]);
    let g1: Vec<Poly> = with_alpha.into_iter().chain(without).chain(per_attribute).collect();
    view.with(g1, [r, d])
}

/// Index `n` of a keyword, `F` its slot.
fn index(view: View, n: u8, policy: &Policy, F: &Poly) -> View {
    const S: [&str; 2] = ["s'0", "s'1"];
    let s = var("s", n);
    let shares = policy.share(&s, n);
    let c3: Vec<Poly> =
        shares.iter().map(|(lambda, a, j)| lambda * F + var(S[usize::from(*j)], n) * hashed(*a)).collect();
    let uses: BTreeSet<u8> = shares.iter().map(|(_, _, j)| *j).collect();
    let c2 = uses.into_iter().map(|j| var(S[usize::from(j)], n));
    let (E, c1) = (var("alpha", 0) * s.clone(), var("b", 0) * s.clone());
    view.with(c3.into_iter().chain([E]), [c1].into_iter().chain(c2))
}

/// Trapdoor `n` of a user for a keyword, `F` its slot; `fresh` if it is re-randomised with `y`.
fn trapdoor(view: View, n: u8, user: u8, attributes: &BTreeSet<char>, F: &Poly, fresh: bool) -> View {
    let (t, mut r) = (var("t", n), var("q", user));
    if fresh {
        r = r + var("y", n) * var("e", user);
    }
    let T0 = &(&t * &power("b", 0, -1)) * &(var("alpha", 0) + F * &r);
    let T_a = attributes.iter().map(|a| &(&hashed(*a) * &r) * &t);
    view.with([T0].into_iter().chain(T_a), [&r * &t, t.clone()])
}

/// `view` does not tell of which of two keywords an index is.
fn hides(policy: &Policy, view: &View, keywords: [&Poly; 2]) -> bool {
    let [v, w] = keywords.map(|x| index(view.clone(), 0, policy, &slot(x)));
    v.looks_like(&w)
}

#[test]
fn an_index_hides_its_keyword_from_everyone_without_a_satisfying_trapdoor_for_it() {
    let mut rng = rng();
    for policy in Policy::examined() {
        let [v, w, other, another] = [(); 4].map(|()| random(&mut rng));
        let unsatisfying = policy.largest_unsatisfying();
        let mut keys = public();
        for (i, attributes) in (0..).zip(&unsatisfying) {
            keys = key(keys, i, attributes);
        }
        let one_key = key(public(), 0, unsatisfying.first().unwrap_or(&BTreeSet::new()));
        assert!(hides(&policy, &keys, [&v, &w]), "{policy:?}: all keys that do not satisfy it");

        let seen = trapdoor(keys, 0, 8, &everything(), &slot(&other), true);
        let seen = trapdoor(seen, 1, 8, &everything(), &slot(&another), true);
        assert!(hides(&policy, &seen, [&v, &w]), "{policy:?}: trapdoors for other keywords");

        let matched = trapdoor(one_key.clone(), 0, 8, &everything(), &slot(&other), true);
        let matched = index(matched, 1, &policy, &slot(&other));
        assert!(hides(&policy, &matched, [&v, &w]), "{policy:?}: beside an index that is matched");

        let beside = index(one_key, 1, &policy, &slot(&v));
        assert!(hides(&policy, &beside, [&v, &w]), "{policy:?}: beside another index of the keyword");

        if let Some(some) = unsatisfying.iter().find(|set| !set.is_empty()) {
            let short = trapdoor(public(), 0, 8, some, &slot(&v), true);
            assert!(hides(&policy, &short, [&v, &w]), "{policy:?}: a trapdoor for it that does not satisfy");
        }
        let satisfying = trapdoor(public(), 0, 8, &everything(), &slot(&v), true);
        assert!(!hides(&policy, &satisfying, [&v, &w]), "{policy:?}: a satisfying trapdoor for it tells");
    }
}

#[test]
fn why_the_exponent_b_is_hidden() {
    let mut rng = rng();
    let (v, w) = (random(&mut rng), random(&mut rng));
    let policy = Policy::Leaf('A');
    assert!(hides(&policy, &public(), [&v, &w]));
    // With [s]P2 beside c1 = [s b]P2, a guess is tested by e(c3, P2) = e(F, [s]P2) e(H(a), c2).
    let bare = public().with([], [var("s", 0)]);
    assert!(!hides(&policy, &bare, [&v, &w]));
    // So it is with [1/b]F(v), which turns c1 into e(F(v), P2)^s.
    let inverse = public().with([&power("b", 0, -1) * &slot(&v)], []);
    assert!(!hides(&policy, &inverse, [&v, &w]));
    // The bases over b turn every guess into such a test, and [b]H(a) takes the mask off e(c3, B).
    let over_b = [var("u0", 0), var("u1", 0)].map(|U| power("b", 0, -1) * U);
    assert!(!hides(&policy, &public().with(over_b, []), [&v, &w]));
    let times_b = public().with([var("b", 0) * hashed('A')], []);
    assert!(!hides(&policy, &times_b, [&v, &w]));
    // A generator over b alone does not tell: it shows e(P1, P2)^s, and no base of the slot.
    assert!(hides(&policy, &public().with([power("b", 0, -1)], []), [&v, &w]));
}

#[test]
fn why_a_trapdoor_is_not_the_key_for_its_keyword() {
    let mut rng = rng();
    let [v, w, one, other] = [(); 4].map(|()| random(&mut rng));
    let policy = Policy::Leaf('A');
    // K0 + [x]K1 as it is: two of one user give K0 and K1, and with them the trapdoor of every keyword.
    let raw = |view: View, x: &Poly| {
        let r = var("r", 0);
        let T0 = &power("b", 0, -1) * &(var("alpha", 0) + slot(x) * r.clone());
        view.with(all_hashes().map(|h| h * r.clone()).chain([T0]), [r.clone()])
    };
    assert!(!hides(&policy, &raw(raw(public(), &one), &other), [&v, &w]));
    // Re-randomised with y, but not scaled with t: no equation is left. That t is there too is the belt to these braces.
    let unscaled = |view: View, n: u8, x: &Poly| {
        let r = var("r", 0) + var("y", n) * var("e", 0);
        let T0 = &power("b", 0, -1) * &(var("alpha", 0) + slot(x) * r.clone());
        view.with(all_hashes().map(|h| h * r.clone()).chain([T0]), [r.clone()])
    };
    let two = |x: &Poly, y: &Poly| unscaled(unscaled(public(), 0, x), 1, y);
    assert!(hides(&policy, &two(&one, &other), [&v, &w]), "y alone hides the key as well");
    let word = |n| var("x", n);
    assert!(two(&word(0), &word(1)).looks_like(&two(&word(0), &word(0))), "and the keywords");
    let seen = trapdoor(public(), 0, 0, &everything(), &slot(&one), true);
    let seen = trapdoor(seen, 1, 0, &everything(), &slot(&other), true);
    assert!(hides(&policy, &seen, [&v, &w]));
}

#[test]
fn trapdoors_do_not_show_that_they_come_from_one_user_or_ask_for_one_keyword() {
    let AB = BTreeSet::from(['A', 'B']);
    // The node lacks the keyword key, so that keywords are unknown to it.
    let word = |n| slot(&var("x", n));
    let two = |users: [u8; 2], words: [u8; 2], fresh| {
        let view = trapdoor(public(), 0, users[0], &AB, &word(words[0]), fresh);
        trapdoor(view, 1, users[1], &AB, &word(words[1]), fresh)
    };
    for fresh in [true, false] {
        let plain = two([0, 0], [0, 1], fresh);
        assert_eq!(plain.looks_like(&two([0, 1], [0, 1], fresh)), fresh, "one user or two");
        assert_eq!(plain.looks_like(&two([0, 0], [0, 0], fresh)), fresh, "one keyword or two");
    }
}
