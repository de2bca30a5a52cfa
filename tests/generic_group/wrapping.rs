//! Key wrapping: is `eta alpha s`, the exponent of the mask, computable?

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::algebra::{Policy, Poly, User, View, all, constant, not, random, user, var};
use crate::{elements, eta, hashes, key as key_under, rows, satisfied, slot};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(4)
}

pub(crate) fn alpha() -> Poly {
    var("alpha", 0)
}

pub(crate) fn mask() -> Poly {
    eta() * alpha() * var("s", 0)
}

/// The hashed points, and `[alpha]P1`, which may be public; `A`.
pub(crate) fn public() -> View {
    View::default().with(hashes().chain([alpha()]), [constant(1), alpha()])
}

fn key(view: View, i: u8, user: &User) -> View {
    key_under(view, i, user, &alpha())
}

/// A key for all attributes, narrowed to one tag, `K0 + [x]K1`: the equivalent
/// of a decryption oracle.
fn narrowed_key(view: View, i: u8, x: &Poly) -> View {
    let r = var("n", i);
    let K_F = eta() * alpha() + slot(x) * r.clone();
    view.with([K_F].into_iter().chain(elements(&satisfied(), &r)), [r])
}

/// A ciphertext for the tag `x`.
pub(crate) fn ciphertext(view: View, policy: &Policy, x: &Poly) -> View {
    ciphertext_under(view, policy, &policy.rho(), x)
}

fn ciphertext_under(view: View, policy: &Policy, rho: &[usize], x: &Poly) -> View {
    let s = var("s", 0);
    rows(view, 0, policy, rho, &policy.share(&s, 0), &slot(x)).with([], [s])
}

#[test]
fn only_a_satisfying_key_opens() {
    let mut rng = rng();
    for policy in Policy::examined_and_random(&mut rng) {
        let x = random(&mut rng);
        let sealed = ciphertext(public(), &policy, &x);
        assert!(!sealed.computes(&mask()), "{policy:?} opens without a key");
        assert!(key(sealed.clone(), 0, &satisfied()).computes(&mask()), "{policy:?}");

        // One key for every maximal set that does not satisfy the policy, and an
        // oracle for another tag.
        let mut pooled = sealed;
        for (i, user) in (0..).zip(policy.unsatisfying()) {
            pooled = key(pooled, i, &user);
        }
        pooled = narrowed_key(pooled, 0, &random(&mut rng));
        assert!(!pooled.computes(&mask()), "{policy:?} opens to a coalition");
        assert!(
            narrowed_key(pooled, 1, &x).computes(&mask()),
            "{policy:?}: the oracle for its own tag opens it"
        );
    }
}

#[test]
fn other_ciphertexts_do_not_help() {
    let mut rng = rng();
    let policy = Policy::Gate(2, vec![all("AB"), all("AC"), all("D")]);
    let sealed = ciphertext(public(), &policy, &random(&mut rng));
    // Another one under the same policy, with its mask.
    let s = var("s", 1);
    let other = rows(sealed, 1, &policy, &policy.rho(), &policy.share(&s, 1), &slot(&random(&mut rng)));
    let other = other.with([&(&eta() * &alpha()) * &s], [s]);
    let pooled = (0..).zip(policy.unsatisfying()).fold(other, |view, (i, user)| key(view, i, &user));
    assert!(!pooled.computes(&mask()));
    assert!(key(pooled, 9, &satisfied()).computes(&mask()));
}

#[test]
fn why_nobody_knows_the_logarithm_of_h() {
    let policy = all("A");
    let sealed = ciphertext(public(), &policy, &random(&mut rng()));
    assert!(!sealed.computes(&mask()));
    assert!(sealed.clone().with([eta() * alpha()], []).computes(&mask()), "[alpha]h opens everything");
    // With h = P1, the public [alpha]P1 is [alpha]h.
    assert!(sealed.computes(&(alpha() * var("s", 0))));
}

#[test]
fn why_rows_have_use_numbers() {
    use Policy::Gate;
    let x = random(&mut rng());
    let either = |other| Gate(1, vec![all("A"), all(other)]);
    for (policy, without) in [
        (Gate(2, vec![either("B"), either("C")]), "B"),
        (Gate(2, vec![all("AB"), all("AC"), all("D")]), "BCD"),
    ] {
        let view = |rho: &[usize]| key(ciphertext_under(public(), &policy, rho, &x), 0, &user(without));
        let rho = policy.rho();
        assert!(view(&vec![0; rho.len()]).computes(&mask()), "{policy:?}: one number for all");
        assert!(!view(&rho).computes(&mask()), "{policy:?}");
    }
}

#[test]
fn users_of_a_policy_share_no_r() {
    for policy in [all("AB"), Policy::Gate(2, vec![all("A"), Policy::Gate(1, vec![all("B"), all("C")])])] {
        let sealed = ciphertext(public(), &policy, &random(&mut rng()));
        let two = |second| key(key(sealed.clone(), 0, &user("A")), second, &user("B"));
        assert!(two(0).computes(&mask()), "the same r twice, as of a generator that repeats itself");
        assert!(!two(1).computes(&mask()));
    }
}

#[test]
fn why_narrowed_keys_are_not_given_away() {
    // Two narrowings with the same r give a key for every tag.
    let mut rng = rng();
    let policy = all("A");
    let sealed = ciphertext(public(), &policy, &random(&mut rng));
    let [one, two] = [(); 2].map(|()| random(&mut rng));
    let narrowed = narrowed_key(sealed, 0, &one);
    assert!(!narrowed.computes(&mask()));
    assert!(narrowed_key(narrowed, 0, &two).computes(&mask()));
}

#[test]
fn a_negative_row_opens_to_another_value() {
    let x = random(&mut rng());
    let opens = |policy: &Policy, rho: &[usize], users: &[User]| {
        let sealed = ciphertext_under(public(), policy, rho, &x);
        (0..).zip(users).fold(sealed, |view, (i, user)| key(view, i, user)).computes(&mask())
    };
    // not L=u
    let policy = not('u');
    assert!(opens(&policy, &[0], &[user("").with('v')]));
    assert!(!opens(&policy, &[0], &[user("A").with('u'), user("").with('u')]), "the excluded value");
    assert!(!opens(&policy, &[0], &[user("ABCD")]), "no such label");

    // A and not L=u
    let policy = Policy::Gate(2, vec![all("A"), not('u')]);
    assert!(opens(&policy, &[0, 0], &[user("A").with('v')]));
    assert!(!opens(&policy, &[0, 0], &[user("A").with('u'), user("B").with('v'), user("A")]), "pooled");

    // not L=u and not L=v, with a use number each
    let policy = Policy::Gate(2, vec![not('u'), not('v')]);
    assert_eq!(policy.rho(), [0, 1]);
    assert!(opens(&policy, &[0, 1], &[user("").with('w')]));
    let pooled = [user("").with('u'), user("").with('v')];
    assert!(!opens(&policy, &[0, 1], &pooled));
    assert!(opens(&policy, &[0, 0], &pooled), "why uses are numbered: one s' for both rows is broken");
}
