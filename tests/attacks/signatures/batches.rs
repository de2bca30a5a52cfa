//! Outsiders without any credential, whose signatures are each off by an error of their choice: a verifier adds the errors
//! up under weights, and they want the sum to be nothing. And holders of one authority's credentials, who want them to
//! count as another's.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use blstrs::{G1Projective, Scalar};
use ff::Field;
use medseal::abs::{Claim, Signature, verify_batch};

use super::challenges::Completed;
use super::prover::{H_a, H_b, H_u, Means, PartOfLeaf, Parts, Prover, Statement, z};
use super::verifier::{pairs_hold, proof_holds, sum_holds};
use super::{Authority, REFUSED};
use crate::ground::{P1, Transcript, canonical, random_scalar, rng, weights};
use crate::rule::{Rule, all};

/// Which claims of a batch the library names as bad.
fn bad(claims: &[Claim<'_>]) -> Vec<usize> {
    verify_batch(claims, NonZeroUsize::MIN).err().map_or_else(Vec::new, |bad| bad.positions().to_vec())
}

fn decoded(signature: &[u8]) -> Signature {
    Signature::from_bytes(signature).unwrap()
}

/// What the weights of one signature come from; a careless verifier leaves out the signature from some byte on, or all of it.
fn seed(statement: &Statement<'_>, signature: Option<&[u8]>) -> [u8; 32] {
    let said = Transcript::new()
        .item("X", statement.X)
        .item("policy", statement.rule.parsed().canonical())
        .item("context", statement.context)
        .item("message", statement.message);
    signature.into_iter().fold(said, |t, signature| t.item("signature", signature)).digest("ABS-VERIFY")
}

/// What the weights of a batch come from.
fn seed_of_batch(seeds: &[[u8; 32]]) -> [u8; 32] {
    let number = Transcript::new().item("claims", (seeds.len() as u64).to_be_bytes());
    seeds.iter().fold(number, |t, seed| t.item("claim", seed)).digest("ABS-BATCH")
}

/// The fields of a signature, which are what a seed is made of.
fn fields(signature: &[u8]) -> Option<&[u8]> {
    Some(&signature[4..])
}

/// The secret that an outsider takes for `x`.
fn y() -> Scalar {
    Scalar::from(99)
}

/// By nobody: every leaf has a right proof about `A' = [s]H_b` and `B' = [s y]H_b`, so that its error is `[s (x - y)]H_b`.
fn by_nobody(statement: &Statement<'_>, errors: &[Scalar]) -> Vec<u8> {
    let prover = Prover::new(Scalar::from(11), rng(7));
    let leaf = |(attribute, s): (_, &Scalar)| {
        // B' = [rho]D + [w]H_b - [e]A'
        let e = Scalar::from(5);
        prover.by_equation(attribute, H_b() * s, [Scalar::ZERO, s * (y() + e), e])
    };
    let leaves: Vec<_> =
        statement.attributes().into_iter().map(Vec::as_slice).zip(errors).map(leaf).collect();
    prover.sign(statement, &leaves, |c| Completed { challenges: vec![*c; errors.len()], shares: vec![] })
}

/// The error that cancels an error of one, under these weights.
fn cancelling(mut weights: impl Iterator<Item = Scalar>) -> Scalar {
    let [d_0, d_1] = [(); 2].map(|()| weights.next().unwrap());
    -d_0 * d_1.invert().unwrap()
}

#[test]
fn errors_of_one_signature_that_cancel_under_weights_known_beforehand_are_found() {
    let (authority, rule) = (Authority::new(1), all(["a", "b"]));
    let statement = authority.statement(&rule);
    let first = by_nobody(&statement, &[Scalar::ONE; 2]);
    // The seed without the signature, with the counts alone, and with C, which stay when an error changes.
    let seeds = [None, Some(8), Some(8 + 48)]
        .map(|hashed| seed(&statement, hashed.map(|length| &fields(&first).unwrap()[..length])));
    let known = |i: usize| seeds.get(i).map(|seed| weights("ABS-WEIGHT", *seed).take(2).collect());
    for i in 0..=seeds.len() {
        // The last are no weights at all.
        let weights: Vec<Scalar> = known(i).unwrap_or_else(|| vec![Scalar::ONE; 2]);
        let error = cancelling(weights.iter().copied());
        let forged = by_nobody(&statement, &[Scalar::ONE, error]);
        assert_eq!(authority.verify(&rule, &forged), REFUSED, "{i}");
        let parts = Parts::read(&forged);
        assert!(proof_holds(&statement, &parts) && !pairs_hold(&authority.X, &parts));
        assert!(sum_holds(&authority.X, &parts.leaves, weights), "{i}");
    }
    let signature = authority.signed("a, b", &rule, 1);
    let of_all = weights("ABS-WEIGHT", seed(&statement, fields(&signature)));
    assert!(sum_holds(&authority.X, &Parts::read(&signature).leaves, of_all));
    assert_eq!(authority.verify(&rule, &signature), Ok(()));
}

#[test]
fn errors_of_a_batch_that_cancel_under_weights_known_beforehand_are_found() {
    let (authority, rule) = (Authority::new(1), Rule::from("a"));
    let (statement, policy) = (authority.statement(&rule), rule.parsed());
    let one = by_nobody(&statement, &[Scalar::ONE]);
    let (said, of_one) = (seed(&statement, None), seed(&statement, fields(&one)));
    // From the number of claims; from the first; from what is said in all; from all but the last signature.
    let seeds = [seed_of_batch(&[]), of_one, seed_of_batch(&[said, said]), seed_of_batch(&[of_one, said])];
    let known = seeds.iter().map(|seed| weights("ABS-WEIGHT", *seed).take(2).collect::<Vec<_>>());
    // And none at all, under which they cancel in pairs.
    for weights in known.chain([vec![Scalar::ONE; 2]]) {
        let other = by_nobody(&statement, &[cancelling(weights.iter().copied())]);
        let leaves = [&one, &other].map(|signature| Parts::read(signature).leaves.remove(0));
        assert!(sum_holds(&authority.X, &leaves, weights));

        let honest = decoded(&authority.signed("a", &rule, 1));
        let (one, other) = (decoded(&one), decoded(&other));
        let [honest, one, other] =
            [&honest, &one, &other].map(|signature| authority.claim(&policy, signature));
        assert_eq!(bad(&[one, other]), [0, 1]);
        assert_eq!(bad(&[other, one]), [0, 1]);
        assert_eq!(bad(&[honest, one, honest, other, one]), [1, 3, 4]);
        assert_eq!(bad(&[honest, honest]), []);
    }
}

/// An outsider's one leaf with the error of `s`, of which everything is made but the challenge. Its messages differ; nonces
/// that repeat betray nothing but the outsider's own `u`.
struct Workshop {
    C: G1Projective,
    T_0: G1Projective,
    T: G1Projective,
    leaf: [G1Projective; 2],
    witnesses: [Scalar; 5],
    nonces: [Scalar; 5],
}

impl Workshop {
    fn new(s: Scalar, seed: u64) -> Self {
        let mut rng = rng(seed);
        let [u, t, e] = core::array::from_fn(|_| random_scalar(&mut rng));
        let nonces @ [k_u, k_t, k_rho, k_w, k_e] = core::array::from_fn(|_| random_scalar(&mut rng));
        let C = H_u() * u + H_b() * t;
        let D = P1() + C + H_a() * z(&canonical("a"));
        let A = H_b() * s;
        // B' = [rho]D + [w]H_b - [e]A' = [s y]H_b
        let witnesses = [u, t, Scalar::ZERO, s * (y() + e), e];
        let (T_0, T) = (H_u() * k_u + H_b() * k_t, D * k_rho + H_b() * k_w - A * k_e);
        Self { C, T_0, T, leaf: [A, A * y()], witnesses, nonces }
    }

    fn sign(&self, statement: &Statement<'_>) -> Vec<u8> {
        let [A, B] = self.leaf;
        let c = statement.challenge(&self.C, &[(A, B)], &self.T_0, &[self.T]);
        let [z_u, z_t, z_rho, z_w, z_e] = core::array::from_fn(|i| self.nonces[i] + c * self.witnesses[i]);
        let leaves = vec![PartOfLeaf { A, B, z: [z_rho, z_w, z_e] }];
        Parts { C: self.C, c, z_u, z_t, shares: vec![], leaves }.bytes()
    }
}

/// Weights of so many bits, so that the search takes a moment instead of 2^23 steps.
const BITS: u32 = 32;
/// Signatures in each list of the search, a power of two.
const LIST: u32 = 12;

fn small(weight: Scalar) -> u64 {
    let bytes: [u8; 8] = *weight.to_bytes_be().last_chunk().unwrap();
    1 + u64::from_be_bytes(bytes) % (1 << BITS)
}

#[test]
fn an_outsider_cannot_forge_a_batch_whose_errors_cancel() {
    let (authority, rule) = (Authority::new(1), Rule::from("a"));
    let policy = rule.parsed();
    let message = |i: u64| format!("message {i}");
    fn said<'a>(authority: &'a Authority, rule: &'a Rule, message: &'a str) -> Statement<'a> {
        Statement { message: message.as_bytes(), ..authority.statement(rule) }
    }
    // Four lists of signatures by nobody, with errors of 1, -1, -1, 1, and with the weight that each would have by itself.
    let lists = [Scalar::ONE, -Scalar::ONE, -Scalar::ONE, Scalar::ONE];
    let mut number = 0..;
    let lists = lists.map(|s| {
        let workshop = Workshop::new(s, 1);
        let forge = |i: u64| {
            let message = message(i);
            let statement = said(&authority, &rule, &message);
            let signature = workshop.sign(&statement);
            let own = weights("ABS-WEIGHT", seed(&statement, fields(&signature))).next().unwrap();
            (message, signature, small(own))
        };
        number.by_ref().take(1 << LIST).map(forge).collect::<Vec<_>>()
    });
    // Wagner's search: differences of the first two lists, and of the last two, that end in zeros; of these an equal pair.
    let differences = |[plus, minus]: [&[(String, Vec<u8>, u64)]; 2]| {
        let low = |weight: u64| weight % (1 << LIST);
        let mut by_low: HashMap<u64, Vec<usize>> = HashMap::new();
        minus
            .iter()
            .enumerate()
            .for_each(|(j, (.., weight))| by_low.entry(low(*weight)).or_default().push(j));
        let found = plus.iter().enumerate().flat_map(|(i, (.., weight))| {
            let partners = by_low.get(&low(*weight)).into_iter().flatten();
            partners.map(move |j| (weight.wrapping_sub(minus[*j].2), (i, *j)))
        });
        found.collect::<Vec<_>>()
    };
    let left: HashMap<u64, (usize, usize)> = differences([&lists[0], &lists[1]]).into_iter().collect();
    let right = differences([&lists[3], &lists[2]]);
    let ((i, j), (l, k)) = right
        .into_iter()
        .find_map(|(of_right, right)| Some((*left.get(&of_right.wrapping_neg())?, right)))
        .expect("weights this small have such a batch");
    let found = [&lists[0][i], &lists[1][j], &lists[2][k], &lists[3][l]];

    // A verifier is fooled by weights of each signature alone, and not by weights as small of the whole batch.
    let statements = found.map(|(message, ..)| said(&authority, &rule, message));
    let parts = found.map(|(_, signature, _)| Parts::read(signature));
    for (statement, parts) in statements.iter().zip(&parts) {
        assert!(proof_holds(statement, parts));
    }
    let leaves = || parts.iter().flat_map(|parts| &parts.leaves);
    assert!(sum_holds(&authority.X, leaves(), found.map(|(.., weight)| Scalar::from(*weight))));
    let seeds: Vec<_> =
        statements.iter().zip(found).map(|(said, (_, bytes, _))| seed(said, fields(bytes))).collect();
    let of_batch = weights("ABS-WEIGHT", seed_of_batch(&seeds)).map(|weight| Scalar::from(small(weight)));
    assert!(!sum_holds(&authority.X, leaves(), of_batch));

    // Here the forgery fails, alone or among others, and is named.
    let signatures = found.map(|(_, signature, _)| decoded(signature));
    let honest = decoded(&authority.signed("a", &rule, 1));
    let honest = authority.claim(&policy, &honest);
    let claim =
        |i: usize| Claim { message: statements[i].message, ..authority.claim(&policy, &signatures[i]) };
    let forged: [Claim<'_>; 4] = core::array::from_fn(claim);
    assert_eq!(bad(&forged), [0, 1, 2, 3]);
    assert_eq!(bad(&[honest, forged[0], forged[1], honest, forged[2], forged[3]]), [1, 2, 4, 5]);
    for Claim { public_key, policy, context, message, signature } in forged {
        assert_eq!(public_key.verify(policy, context, message, signature), REFUSED);
    }
    assert_eq!(bad(&[honest, honest, honest]), []);
}

#[test]
fn credentials_of_one_authority_do_not_count_as_anothers_in_a_batch_of_both() {
    let [one, two] = [1, 9].map(Authority::new);
    let rule = Rule::from("a");
    let policy = rule.parsed();
    let [of_one, of_two] = [&one, &two].map(|authority| authority.holder("a", 1));
    // A right proof under the name of an authority, about a credential of either.
    let sign = |named: &Authority, holder: &super::Holder| {
        let means = Some(Means::Forced(holder.credential("a")));
        Prover::new(holder.u, rng(7)).sign_by(&named.statement(&rule), &[means])
    };
    let mislabelled = sign(&two, &of_one);
    assert!(proof_holds(&two.statement(&rule), &Parts::read(&mislabelled)));
    assert_eq!(two.verify(&rule, &mislabelled), REFUSED);
    let [honest, mislabelled, exchanged, right] =
        [sign(&one, &of_one), mislabelled, sign(&one, &of_two), sign(&two, &of_two)]
            .map(|bytes| decoded(&bytes));
    let [honest, exchanged] = [&honest, &exchanged].map(|signature| one.claim(&policy, signature));
    let [forged, right] = [&mislabelled, &right].map(|signature| two.claim(&policy, signature));
    assert_eq!(bad(&[honest, forged]), [1]);
    assert_eq!(bad(&[forged, honest]), [0]);
    // Two errors do not make up for each other, though the credentials were exchanged.
    assert_eq!(bad(&[forged, exchanged]), [0, 1]);
    // Claims that fail for different reasons are named in their order.
    let other_message = Claim { message: b"another", ..honest };
    assert_eq!(bad(&[forged, other_message, honest, forged]), [0, 1, 3]);
    assert_eq!(bad(&[honest, right]), []);
}
