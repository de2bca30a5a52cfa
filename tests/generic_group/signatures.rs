//! Signatures: can a generic adversary forge one for a statement that no entitled member signed?
//!
//! A forgery is elements `S`, `W_j` of `G1` and `V`, `V_f`, `V'_i` of `G2`, each a combination of
//! known elements. The weights are hashed from all of them, and the equation of each use number
//! must therefore hold separately. This is a system of linear equations in the coefficients.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::algebra::{
    Policy, Poly, Tagged, User, View, all, constant, is_solvable, not, random, tagged, user, var,
};
use crate::{blinding, eta, hashes, key as key_under, of_negative, satisfied, slot};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(8)
}

fn alpha() -> Poly {
    var("alpha", 0)
}

pub(crate) fn public() -> View {
    View::default().with(hashes().chain([alpha()]), [constant(1), alpha()])
}

fn key(view: View, i: u8, user: &User) -> View {
    key_under(view, i, user, &alpha())
}

/// The scheme, or the scheme without one of its parts.
struct Scheme<'a> {
    /// The slot of the statement.
    F: Poly,
    rho: &'a [usize],
    /// The weights of the use numbers, if they are known before the signature.
    early: Option<&'a [Poly]>,
}

impl Scheme<'_> {
    /// `e(S + sum [d_j]W_j, P2) = e(h, A) e(F, V) prod e([d_rho(i)]H(T_i), V_i) prod
    /// e([d_rho(i)](P_l + [h(v)]Q_l), V'_i)`
    fn forges(&self, view: &View, policy: &Policy) -> bool {
        let part = |j: usize, poly: Poly| match self.early {
            Some(weights) => (0, &weights[j] * &poly),
            None => (j, poly),
        };
        let (rows, free) = (policy.rows(), policy.free());
        let tau = self.rho.iter().max().map_or(0, |most| most + 1);
        let mut columns: Vec<Tagged> = Vec::new();
        // S and the W_j.
        for f in &view.g1 {
            columns.extend((0..tau).map(|j| tagged([part(j, f.clone())])));
        }
        for g in &view.g2 {
            // V, and each V_f.
            for at in 0..=free {
                let value = |of: usize| if at == of { g.clone() } else { Poly::default() };
                let V_i = policy.dual(&value(0), &(1..=free).map(value).collect::<Vec<_>>());
                let of_rows = rows.iter().zip(V_i).zip(self.rho);
                let of_rows = of_rows.map(|((row, V_i), j)| part(*j, -(&blinding(row) * &V_i)));
                let of_slot = (at == 0).then(|| part(0, -(&self.F * g)));
                columns.push(tagged(of_rows.chain(of_slot)));
            }
            // Each V'_i.
            let negative = rows.iter().zip(self.rho);
            let negative =
                negative.filter_map(|(row, j)| Some(tagged([part(*j, -(&of_negative(row)? * g))])));
            columns.extend(negative);
        }
        is_solvable(&columns, &tagged([part(0, eta() * alpha())]))
    }
}

/// Whether the unmodified scheme can be forged.
pub(crate) fn forges(view: &View, policy: &Policy, x: &Poly) -> bool {
    Scheme { F: slot(x), rho: &policy.rho(), early: None }.forges(view, policy)
}

/// Signature `n` of an honest signer: `V` and the others uniform, `S` and `W_j` functions of them.
fn signature(view: View, n: u8, policy: &Policy, F: &Poly) -> View {
    const FREE: [&str; 6] = ["V1", "V2", "V3", "V4", "V5", "V6"];
    const NOT: [&str; 5] = ["V'0", "V'1", "V'2", "V'3", "V'4"];
    let V = var("V", n);
    let V_f: Vec<_> = (0..policy.free()).map(|f| var(FREE[f], n)).collect();
    let rho = policy.rho();
    let mut W = vec![Poly::default(); rho.iter().max().map_or(0, |most| most + 1)];
    W[0] = eta() * alpha() + F * &V;
    let mut V_not = Vec::new();
    for ((row, V_i), j) in policy.rows().into_iter().zip(policy.dual(&V, &V_f)).zip(rho) {
        W[j] = &W[j] + &(&blinding(row) * &V_i);
        if let Some(of_value) = of_negative(row) {
            let V_i = var(NOT[V_not.len()], n);
            W[j] = &W[j] + &(&of_value * &V_i);
            V_not.push(V_i);
        }
    }
    view.with(W, [V].into_iter().chain(V_f).chain(V_not))
}

/// Keys for all maximal sets that do not satisfy a policy.
fn coalition(view: View, policy: &Policy) -> View {
    (0..).zip(policy.unsatisfying()).fold(view, |view, (i, user)| key(view, i, &user))
}

#[test]
fn a_satisfying_key_signs_others_forge_nothing() {
    let mut rng = rng();
    for policy in Policy::examined_and_random(&mut rng) {
        let [x, other, another] = [(); 3].map(|()| random(&mut rng));
        assert!(!forges(&public(), &policy, &x), "{policy:?} without a key");
        assert!(forges(&key(public(), 0, &satisfied()), &policy, &x), "{policy:?}");
        let keys = coalition(public(), &policy);
        assert!(!forges(&keys, &policy, &x), "{policy:?}: a coalition");
        // With signatures of others on other statements, under the same policy.
        let one = key(public(), 0, policy.unsatisfying().first().unwrap_or(&user("")));
        let seen = signature(signature(one, 1, &policy, &slot(&other)), 2, &policy, &slot(&another));
        assert!(!forges(&seen, &policy, &x), "{policy:?}: signatures on other statements");
        // For the same statement it is a signature, and anyone can re-randomise it.
        assert!(forges(&signature(public(), 1, &policy, &slot(&x)), &policy, &x), "{policy:?}");
    }
}

#[test]
fn signatures_under_other_policies_do_not_help() {
    let mut rng = rng();
    let [x, other] = [(); 2].map(|()| random(&mut rng));
    let strong = Policy::Gate(2, vec![all("AB"), all("AC"), all("D")]);
    for policy in [all("A"), Policy::Gate(1, vec![all("A"), all("B")]), all("AB")] {
        let view = signature(coalition(public(), &policy), 1, &strong, &slot(&other));
        assert!(!forges(&view, &policy, &x), "{policy:?}");
    }
}

#[test]
fn why_the_statement_is_a_slot() {
    // Without it, F is the same for all statements, and a signature on one is
    // a signature on another.
    let (policy, fixed) = (all("A"), var("u0", 0));
    let seen = signature(public(), 1, &policy, &fixed);
    let without = Scheme { F: fixed, rho: &[0], early: None };
    assert!(without.forges(&seen, &policy) && !without.forges(&public(), &policy));
    let mut rng = rng();
    let [x, other] = [(); 2].map(|()| random(&mut rng));
    assert!(!forges(&signature(public(), 1, &policy, &slot(&other)), &policy, &x));
}

#[test]
fn why_rows_are_numbered_by_use() {
    let x = random(&mut rng());
    let either = |other| Policy::Gate(1, vec![all("A"), all(other)]);
    for (policy, view) in [
        (Policy::Gate(2, vec![all("AB"), all("AC"), all("D")]), key(public(), 0, &user("BCD"))),
        (Policy::Gate(2, vec![either("B"), either("C")]), key(public(), 0, &user("B"))),
        (Policy::Gate(2, vec![not('u'), not('v')]), key(public(), 0, &user("").with('u'))),
    ] {
        let rho = policy.rho();
        let one = vec![0; rho.len()];
        let broken = Scheme { F: slot(&x), rho: &one, early: None };
        assert!(broken.forges(&view, &policy), "{policy:?}: one number for all");
        assert!(!forges(&view, &policy, &x), "{policy:?}");
    }
}

#[test]
fn why_weights_are_hashed_from_the_elements() {
    let mut rng = rng();
    let x = random(&mut rng);
    let weights = [constant(1), random(&mut rng), random(&mut rng)];
    for (policy, view) in [
        (Policy::Gate(2, vec![all("AB"), all("AC"), all("D")]), key(public(), 0, &user("BCD"))),
        (Policy::Gate(1, vec![all("A"), all("A")]), key(public(), 0, &user(""))),
        (Policy::Gate(2, vec![not('u'), not('v')]), key(public(), 0, &user(""))),
    ] {
        let rho = policy.rho();
        let early = Scheme { F: slot(&x), rho: &rho, early: Some(&weights) };
        assert!(early.forges(&view, &policy), "{policy:?}: known beforehand");
        assert!(!forges(&view, &policy, &x), "{policy:?}");
    }
}

#[test]
fn why_signers_randomise_and_share_no_r() {
    let mut rng = rng();
    let policy = all("AB");
    let [x, one, two] = [(); 3].map(|()| random(&mut rng));
    // Two signatures with the same randomness give the slot's element for every statement.
    let seen =
        |n: [u8; 2]| signature(signature(public(), n[0], &policy, &slot(&one)), n[1], &policy, &slot(&two));
    assert!(forges(&seen([1, 1]), &policy, &x));
    assert!(!forges(&seen([1, 2]), &policy, &x));
    // Two users with the same r act as one.
    let users = |n: [u8; 2]| key(key(public(), n[0], &user("A")), n[1], &user("B"));
    assert!(forges(&users([0, 0]), &policy, &x));
    assert!(!forges(&users([0, 1]), &policy, &x));
}
