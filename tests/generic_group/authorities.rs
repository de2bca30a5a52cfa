//! Several authorities, 2 of 3 and 3 of 4: attacks with parts of keys, and with the shares
//! of corrupt authorities.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::algebra::{Policy, Poly, User, View, all, constant, not, random, var};
use crate::{elements, eta, satisfied, signatures, wrapping};

const COEFFICIENTS: [&str; 3] = ["f1", "f2", "f3"];
const OF_ZERO: [&str; 3] = ["z1", "z2", "z3"];

/// `sum_k x^k a_k` for `k` from 1 to `t - 1`.
fn higher(names: [&'static str; 3], t: u8, i: u8) -> Poly {
    let term = |k: u8| &constant(u64::from(i).pow(u32::from(k))) * &var(names[usize::from(k) - 1], 0);
    (1..t).map(term).fold(Poly::default(), |sum, term| sum + term)
}

/// `t` of `n` authorities.
#[derive(Clone, Copy)]
struct Authorities {
    t: u8,
    n: u8,
    /// Whether parts of keys are bound to a request by a share of zero.
    bound: bool,
}

impl Authorities {
    /// `alpha_i = f(i)`
    fn alpha(self, i: u8) -> Poly {
        wrapping::alpha() + higher(COEFFICIENTS, self.t, i)
    }

    /// `beta_i`
    fn beta(self, i: u8) -> Poly {
        higher(OF_ZERO, self.t, i)
    }

    /// The commitments of all authorities: `A_i` and `B_i`.
    fn public(self, view: View) -> View {
        view.with([], (1..=self.n).flat_map(|i| [self.alpha(i), self.beta(i)]))
    }

    /// Authority `i` answers a user's request `request`, with its own randomness.
    fn part(self, view: View, i: u8, request: u8, user: &User) -> View {
        let r = var("r", 16 * request + i);
        let G = var("G", request);
        let binding = if self.bound { &self.beta(i) * &G } else { Poly::default() };
        let K0 = &eta() * &self.alpha(i) + binding + var("u0", 0) * r.clone();
        let K1 = var("u1", 0) * r.clone();
        let elements = elements(user, &r);
        view.with([G, K0, K1].into_iter().chain(elements), [r])
    }

    /// Corrupt authorities multiply every point of `G1` by their shares.
    fn corrupt(self, view: View, corrupt: impl Iterator<Item = u8>) -> View {
        let points = view.g1.clone();
        let times = |share: Poly| points.iter().map(move |point| point * &share).collect::<Vec<_>>();
        corrupt.fold(view, |view, i| {
            let multiples: Vec<_> = [self.alpha(i), self.beta(i)].into_iter().flat_map(times).collect();
            view.with(multiples, [])
        })
    }
}

fn policies() -> [Policy; 4] {
    [
        all("A"),
        all("AB"),
        Policy::Gate(2, vec![all("AB"), all("AC"), all("D")]),
        Policy::Gate(2, vec![all("A"), not('u')]),
    ]
}

/// Whether a view opens a ciphertext under a policy, and whether it signs under
/// it; both have to agree.
fn can(parts: impl Fn(View) -> View, policy: &Policy, x: &Poly) -> bool {
    let opens = parts(wrapping::ciphertext(wrapping::public(), policy, x)).computes(&wrapping::mask());
    let signs = signatures::forges(&parts(signatures::public()), policy, x);
    assert_eq!(opens, signs, "{policy:?}");
    opens
}

#[test]
fn parts_of_one_request_make_a_key() {
    let mut rng = ChaCha20Rng::seed_from_u64(10);
    for (t, n) in [(2, 3), (3, 4)] {
        let authorities = Authorities { t, n, bound: true };
        for policy in policies() {
            let x = random(&mut rng);
            let from = |view, count: u8, request: fn(u8) -> u8, authorities: Authorities| {
                let view = authorities.public(view);
                (1..=count).fold(view, |view, i| authorities.part(view, i, request(i), &satisfied()))
            };
            assert!(can(|view| from(view, t, |_| 1, authorities), &policy, &x), "{t} of {n}");
            assert!(!can(|view| from(view, t - 1, |_| 1, authorities), &policy, &x), "{t} of {n}: one fewer");
            assert!(
                !can(|view| from(view, n, |i| i, authorities), &policy, &x),
                "{t} of {n}: different requests"
            );
            let unbound = Authorities { bound: false, ..authorities };
            assert!(
                can(|view| from(view, n, |i| i, unbound), &policy, &x),
                "{t} of {n}: why requests are bound"
            );
        }
    }
}

#[test]
fn corrupt_authorities_need_an_honest_one() {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    for (t, n) in [(2, 3), (3, 4)] {
        let authorities = Authorities { t, n, bound: true };
        for policy in policies() {
            let x = random(&mut rng);
            // Each honest authority answers users who do not satisfy the policy.
            let refused = |view: View| {
                let view = authorities.public(view);
                let users: Vec<User> = policy.unsatisfying().into_iter().take(2).collect();
                let view = (1..).zip(&users).fold(view, |view, (request, user)| {
                    (t..=n).fold(view, |view, i| authorities.part(view, i, request, user))
                });
                authorities.corrupt(view, 1..t)
            };
            assert!(!can(refused, &policy, &x), "{t} of {n}: t - 1 corrupt ones, keys of others");
            let vouched = |view: View| {
                let view = authorities.part(authorities.public(view), t, 1, &satisfied());
                authorities.corrupt(view, 1..t)
            };
            assert!(can(vouched, &policy, &x), "{t} of {n}: with one honest part");
        }
    }
}
