//! Search: does a view reveal the keyword of an index, or link two indexes or trapdoors?

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::algebra::{Policy, Poly, User, View, all, constant, not, power, random, user, var};
use crate::{elements, eta, hashed, hashes, rows, satisfied, slot};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(6)
}

fn b() -> Poly {
    var("b", 0)
}

/// `[gamma]h`, which nobody may have.
fn gamma_h() -> Poly {
    eta() * var("gamma", 0)
}

/// The hashed points, `A`; `B`.
fn public() -> View {
    View::default().with(hashes().chain([gamma_h() * b()]), [constant(1), b()])
}

/// The search key of user `i`: the part with `gamma`, and the part for re-randomisation.
fn key(view: View, i: u8, user: &User) -> View {
    let (rho, delta) = (var("rho", i), var("delta", i));
    let (r, d) = (&b() * &rho, &b() * &delta);
    let with_gamma = [gamma_h() + var("u0", 0) * rho.clone(), var("u1", 0) * rho];
    let without = [var("u0", 0) * delta.clone(), var("u1", 0) * delta];
    let elements = elements(user, &r).into_iter().chain(elements(user, &d));
    view.with(with_gamma.into_iter().chain(without).chain(elements), [r, d])
}

/// Index `n` of a keyword, `F` its slot.
fn index(view: View, n: u8, policy: &Policy, F: &Poly) -> View {
    let s = var("s", n);
    let view = rows(view, n, policy, &policy.rho(), &policy.share(&s, n), F);
    view.with([gamma_h() * b() * s.clone()], [b() * s])
}

/// Trapdoor `n` of a user for a keyword, `F` its slot; `fresh` if it is re-randomised with `y`.
fn trapdoor(view: View, n: u8, i: u8, user: &User, F: &Poly, fresh: bool) -> View {
    let (t, mut rho) = (var("t", n), var("rho'", i));
    if fresh {
        rho = rho + var("y", n) * var("delta'", i);
    }
    let T0 = &t * &(gamma_h() + F * &rho);
    let r = &(&b() * &rho) * &t;
    view.with([T0].into_iter().chain(elements(user, &r)), [r, t])
}

/// `view` does not reveal which of two keywords an index has.
fn hides(policy: &Policy, view: &View, keywords: [&Poly; 2]) -> bool {
    let [v, w] = keywords.map(|x| index(view.clone(), 0, policy, &slot(x)));
    v.looks_like(&w)
}

#[test]
fn only_satisfying_trapdoors_recognise_an_index() {
    let mut rng = rng();
    let everything = satisfied();
    for policy in Policy::examined_and_random(&mut rng) {
        let [v, w, other] = [(); 3].map(|()| random(&mut rng));
        let unsatisfying = policy.unsatisfying();
        let keys = (0..).zip(&unsatisfying).fold(public(), |view, (i, user)| key(view, i, user));
        let one_key = key(public(), 0, unsatisfying.last().unwrap_or(&user("")));
        assert!(hides(&policy, &keys, [&v, &w]), "{policy:?}: all keys that do not satisfy it");

        let seen = trapdoor(one_key.clone(), 0, 8, &everything, &slot(&other), true);
        assert!(hides(&policy, &seen, [&v, &w]), "{policy:?}: a trapdoor for another keyword");

        let matched = trapdoor(public(), 0, 8, &everything, &slot(&other), true);
        let matched = index(matched, 1, &policy, &slot(&other));
        assert!(hides(&policy, &matched, [&v, &w]), "{policy:?}: beside an index that is matched");

        let beside = index(one_key, 1, &policy, &slot(&v));
        assert!(hides(&policy, &beside, [&v, &w]), "{policy:?}: beside another index of the keyword");

        if let Some(some) = unsatisfying.last() {
            let short = trapdoor(public(), 0, 8, some, &slot(&v), true);
            assert!(hides(&policy, &short, [&v, &w]), "{policy:?}: a trapdoor for it that does not satisfy");
        }
        let satisfying = trapdoor(public(), 0, 8, &everything, &slot(&v), true);
        assert!(!hides(&policy, &satisfying, [&v, &w]), "{policy:?}: a satisfying trapdoor for it tells");
    }
}

#[test]
fn why_the_exponent_b_is_hidden() {
    let mut rng = rng();
    let (v, w) = (random(&mut rng), random(&mut rng));
    let policy = all("A");
    assert!(hides(&policy, &public(), [&v, &w]));
    // With [s]P2 beside c1 = [s b]P2, a guess is tested by e(c3, P2) = e(F, [s]P2) e(H(a), c2).
    let bare = public().with([], [var("s", 0)]);
    assert!(!hides(&policy, &bare, [&v, &w]));
    // The same holds for [1/b]F(v), which turns c1 into e(F(v), P2)^s.
    let inverse = public().with([&power("b", 0, -1) * &slot(&v)], []);
    assert!(!hides(&policy, &inverse, [&v, &w]));
    // The bases over b turn every guess into such a test, and [b]H(a) takes the mask off e(c3, B).
    let over_b = [var("u0", 0), var("u1", 0)].map(|U| power("b", 0, -1) * U);
    assert!(!hides(&policy, &public().with(over_b, []), [&v, &w]));
    let times_b = public().with([b() * hashed('A')], []);
    assert!(!hides(&policy, &times_b, [&v, &w]));
    // A generator divided by b reveals nothing: it gives e(P1, P2)^s, and no base of the slot.
    assert!(hides(&policy, &public().with([power("b", 0, -1)], []), [&v, &w]));
}

#[test]
fn why_index_rows_have_use_numbers() {
    // With two rows of one attribute under one use number, a trapdoor without the
    // attribute distinguishes.
    let mut rng = rng();
    let (v, w) = (random(&mut rng), random(&mut rng));
    let policy = Policy::Gate(2, vec![all("AB"), all("AC"), all("D")]);
    let seen = trapdoor(public(), 0, 8, &user("BCD"), &slot(&v), true);
    let under = |rho: &[usize], x: &Poly| {
        let s = var("s", 0);
        let view = rows(seen.clone(), 0, &policy, rho, &policy.share(&s, 0), &slot(x));
        view.with([gamma_h() * b() * s.clone()], [b() * s])
    };
    let hides = |rho: &[usize]| under(rho, &v).looks_like(&under(rho, &w));
    assert!(!hides(&[0; 3]) && hides(&policy.rho()));
    let policy = not('u');
    let seen = trapdoor(public(), 0, 8, &user("").with('u'), &slot(&v), true);
    assert!(self::hides(&policy, &seen, [&v, &w]), "the excluded value");
}

#[test]
fn a_trapdoor_is_not_a_keywords_key() {
    let mut rng = rng();
    let [v, w, one, other] = [(); 4].map(|()| random(&mut rng));
    let (policy, everything) = (all("A"), satisfied());
    // Unrandomised K0 + [x]K1: two from one user give K0 and K1, and therefore the
    // trapdoor of every keyword.
    let raw = |view: View, x: &Poly| {
        let rho = var("rho", 0);
        let r = &b() * &rho;
        let T0 = gamma_h() + slot(x) * rho;
        view.with(elements(&everything, &r).into_iter().chain([T0]), [r])
    };
    assert!(!hides(&policy, &raw(raw(public(), &one), &other), [&v, &w]));
    let seen = trapdoor(public(), 0, 0, &everything, &slot(&one), true);
    let seen = trapdoor(seen, 1, 0, &everything, &slot(&other), true);
    assert!(hides(&policy, &seen, [&v, &w]));
}

#[test]
fn trapdoors_reveal_neither_user_nor_keyword() {
    // With two attributes, and with an attribute and a text. The node lacks the keyword key;
    // keywords are unknown to it.
    let word = |n| slot(&var("x", n));
    for shown in [user("AB"), user("A").with('v')] {
        let two = |users: [u8; 2], words: [u8; 2], fresh| {
            let view = trapdoor(public(), 0, users[0], &shown, &word(words[0]), fresh);
            trapdoor(view, 1, users[1], &shown, &word(words[1]), fresh)
        };
        for fresh in [true, false] {
            let plain = two([0, 0], [0, 1], fresh);
            assert_eq!(plain.looks_like(&two([0, 1], [0, 1], fresh)), fresh, "one user or two");
            assert_eq!(plain.looks_like(&two([0, 0], [0, 0], fresh)), fresh, "one keyword or two");
        }
    }
}

#[test]
fn keywords_show_only_through_matches() {
    // Two trapdoors and two indexes, with every way to have the same or different keywords.
    let mut assignments = vec![vec![]];
    for _ in 0..4 {
        assignments = assignments.iter().flat_map(|words| each_next_keyword(words)).collect();
    }
    assert_eq!(assignments.len(), 15);
    let word = |n| slot(&var("x", n));
    for policy in Policy::examined() {
        let unsatisfying = policy.unsatisfying().pop().unwrap_or(user(""));
        for (user, satisfies) in [(satisfied(), true), (unsatisfying, false)] {
            let view = |words: &[u8]| {
                let view = trapdoor(public(), 0, 0, &satisfied(), &word(words[0]), true);
                let view = trapdoor(view, 1, 1, &user, &word(words[1]), true);
                (0..2).fold(view, |view, n| index(view, n, &policy, &word(words[2 + usize::from(n)])))
            };
            let matches = |words: &[u8]| {
                let by = |trapdoor: usize, satisfies| {
                    [2, 3].map(|index: usize| satisfies && words[trapdoor] == words[index])
                };
                [by(0, true), by(1, satisfies)]
            };
            let mut seen: Vec<([[bool; 2]; 2], View)> = Vec::new();
            for words in &assignments {
                let (matches, view) = (matches(words), view(words));
                let alike = seen.iter().map(|(other, _)| *other == matches);
                let looks: Vec<_> = seen.iter().map(|(_, other)| other.looks_like(&view)).collect();
                assert!(alike.eq(looks.iter().copied()), "{policy:?}, {user:?}: {words:?}");
                if !looks.contains(&true) {
                    seen.push((matches, view));
                }
            }
        }
    }
}

/// These keywords, and one more: each of them, or a new one.
fn each_next_keyword(words: &[u8]) -> Vec<Vec<u8>> {
    let new = words.iter().max().map_or(0, |last| last + 1);
    (0..=new).map(|next| words.iter().copied().chain([next]).collect()).collect()
}

#[test]
fn with_the_keyword_key_guesses_are_tested() {
    // With x_w known, e(T0, B) = e(A, T3) e(F(x_w), T2) tests the keyword, whatever the trapdoor
    // shows. This is documented.
    let mut rng = rng();
    let [v, w] = [(); 2].map(|()| random(&mut rng));
    let seen = |x: &Poly| trapdoor(public(), 0, 0, &user(""), &slot(x), true);
    assert!(!seen(&v).looks_like(&seen(&w)));
}
