//! Signatures of a batch, each with an error that the attacker chose. A verifier adds the errors
//! with weights, and the attacker wants the sum to be zero. Nodes that verify singly and nodes that
//! verify batches must agree.

use medseal::Threads;
use std::collections::HashMap;

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::abs::{Claim, Signature, verify_batch};

use super::signer::{Means, Nonces, Parts};
use super::verifier::{
    batch_weights, equation, holds, holds_under, seed, seed_of_batch, sum_holds, use_weights,
};
use super::{Authority, REFUSED, rightly};
use crate::ground::{P1, P2, canonical, rng};
use crate::keys::ABS;
use crate::rule::{Rule, any, of};

/// The claims of a batch that the library reports as invalid.
fn bad(claims: &[Claim<'_>]) -> Vec<usize> {
    verify_batch(claims, Threads::ONE).err().map_or_else(Vec::new, |bad| bad.positions().to_vec())
}

fn decoded(signature: &Parts) -> Signature {
    Signature::from_bytes(&signature.bytes()).unwrap()
}

/// The fields of a signature, the input of a seed.
fn fields(signature: &Parts) -> Vec<u8> {
    signature.bytes()[4..].to_vec()
}

#[test]
fn signature_errors_cancelling_under_guessed_weights_fail() {
    let (authority, rule) = (Authority::new(1), of(2, ["a", "a", "b"]));
    let statement = authority.statement(&rule);
    let signature = authority.signed("a", &rule, 1);
    let before = fields(&signature);
    // A seed without the signature, with its unchanged parts only, or from the original
    // signature; and no weights.
    let seeds =
        [None, Some(0), Some(before.len())].map(|end| seed(&statement, end.map(|end| &before[..end])));
    let known = seeds.iter().map(|seed| use_weights(*seed)[1]).chain([Scalar::ONE]);
    for d_1 in known {
        let mut forged = signature.clone();
        forged.W[0] += P1();
        forged.S -= P1() * d_1;
        assert!(holds_under(&statement, &rule.rho(), &forged, &[Scalar::ONE, d_1]));
        assert!(!holds(&statement, &forged));
        authority.refuses(&rule, &forged);
    }
    authority.accepts(&rule, &signature);
}

#[test]
fn batch_errors_cancelling_under_guessed_weights_fail() {
    let (authority, rule) = (Authority::new(1), Rule::from("a"));
    let (statement, policy) = (authority.statement(&rule), rule.parsed());
    let signatures = [1, 2].map(|seed| authority.signed("a", &rule, seed));
    let [one, two] = signatures.each_ref().map(fields);
    let claim = |signature: Option<&'static [u8]>| (statement, signature);
    // From the number of claims; from all statements; from the first claim; from all original
    // claims; constant; none.
    let seeds = [
        seed_of_batch(2, &[]),
        seed_of_batch(2, &[claim(None), claim(None)]),
        seed_of_batch(2, &[(statement, Some(&one)), claim(None)]),
        seed_of_batch(2, &[(statement, Some(&one)), (statement, Some(&two))]),
        [0; 32],
    ];
    let known = seeds.map(|seed| [batch_weights(seed)[0], batch_weights(seed)[1]]);
    for [w_0, w_1] in known.into_iter().chain([[Scalar::ONE; 2]]) {
        let [mut one, mut two] = signatures.clone();
        one.S += P1() * w_1;
        two.S -= P1() * w_0;
        let equations = [&one, &two].map(|s| equation(&statement, &rule.rho(), s, &[Scalar::ONE]));
        assert!(sum_holds(&equations, &[w_0, w_1]));
        let (honest, one, two) = (decoded(&signatures[0]), decoded(&one), decoded(&two));
        let [honest, one, two] = [&honest, &one, &two].map(|signature| authority.claim(&policy, signature));
        assert_eq!(bad(&[one, two]), [0, 1]);
        assert_eq!(bad(&[two, one]), [0, 1]);
        assert_eq!(bad(&[honest, one, honest, two, one]), [1, 3, 4]);
        assert_eq!(bad(&[honest, honest]), [0; 0]);
    }
}

#[test]
fn two_kinds_of_weights_need_two_streams() {
    // If w_n and d_j came from one stream, w_1 d_2 would equal w_2 d_1. The same difference in W_2
    // of one signature and in W_1 of the next would pass, whatever the weights are.
    let (authority, rule) = (Authority::new(1), any(["a", "a", "a"]));
    let (statement, policy) = (authority.statement(&rule), rule.parsed());
    let [first, mut second, mut third] = [1, 2, 3].map(|seed| authority.signed("a", &rule, seed));
    let unaltered = [&first, &second, &third].map(decoded);
    second.W[1] += P1();
    third.W[0] -= P1();
    let altered = [first, second, third];
    let all: Vec<_> = altered.iter().map(fields).collect();
    let claims: Vec<_> = all.iter().map(|fields| (statement, Some(fields.as_slice()))).collect();
    let seed = seed_of_batch(3, &claims);
    let equations = |d: &[Scalar]| altered.each_ref().map(|s| equation(&statement, &rule.rho(), s, d));
    let d = use_weights(seed);
    // One stream: d_0 = w_0 = 1, or d_1, d_2 with the indices of w_0, w_1.
    assert!(sum_holds(&equations(&d), &d[..3]));
    // Two.
    assert!(!sum_holds(&equations(&d), &batch_weights(seed)[..3]));
    // It fails alone and in the batch.
    let signatures = altered.each_ref().map(decoded);
    let claims = signatures.each_ref().map(|signature| authority.claim(&policy, signature));
    assert_eq!(bad(&claims), [1, 2]);
    altered[1..].iter().for_each(|altered| authority.refuses(&rule, altered));
    // And where d_1, d_2 have the indices of w_0, w_1.
    let mut moved = altered.clone();
    (moved[0].W[1], moved[1].W[1]) = (moved[0].W[1] + P1(), moved[1].W[1] - P1());
    (moved[1].W[0], moved[2].W[0]) = (moved[1].W[0] - P1(), moved[2].W[0] + P1());
    let equations = moved.each_ref().map(|s| equation(&statement, &rule.rho(), s, &d));
    assert!(sum_holds(&equations, &d[1..4]));
    let moved = moved.each_ref().map(decoded);
    let claims = moved.each_ref().map(|signature| authority.claim(&policy, signature));
    assert_eq!(bad(&claims), [0, 1]);
    assert_eq!(bad(&unaltered.each_ref().map(|signature| authority.claim(&policy, signature))), [0; 0]);
}

/// The size of weights in bits. The search then takes a moment instead of 2^43 steps.
const BITS: u32 = 24;
/// The number of signatures in each list of the search, a power of two, and the number of bits that
/// the first step of the search cancels.
const LIST: u32 = 10;
const STEP: u32 = 8;

fn small(weight: Scalar) -> u64 {
    let bytes: [u8; 8] = *weight.to_bytes_be().last_chunk().unwrap();
    1 + u64::from_be_bytes(bytes) % (1 << BITS)
}

#[test]
fn cancelling_errors_do_not_pass_batches() {
    let (authority, rule) = (Authority::new(1), Rule::from("a"));
    let (statement, policy) = (authority.statement(&rule), rule.parsed());
    let genuine = authority.signed("a", &rule, 1);
    // Anyone can make further signatures from one, here by adding P2 to V each time, with errors of
    // P1 or -P1. Each has the weight that it would have alone.
    let more = ABS.F(&statement.x()) + ABS.H(&canonical("a"));
    let mut next = genuine.clone();
    let lists = [P1(), -P1(), -P1(), P1()].map(|error| {
        let forge = |_| {
            (next.S, next.V) = (next.S + more, next.V + P2());
            let forged = Parts { S: next.S + error, ..next.clone() };
            let own = batch_weights(seed(&statement, Some(&fields(&forged))))[0];
            (forged, small(own))
        };
        (0..1 << LIST).map(forge).collect::<Vec<_>>()
    });
    // Wagner's search: differences of the first two lists, and of the last two, that end in zeros;
    // then an equal pair among these.
    let differences = |plus: &[(Parts, u64)], minus: &[(Parts, u64)]| {
        let low = |weight: u64| weight % (1 << STEP);
        let mut by_low: HashMap<u64, Vec<usize>> = HashMap::new();
        minus.iter().enumerate().for_each(|(j, (_, weight))| by_low.entry(low(*weight)).or_default().push(j));
        let found = plus.iter().enumerate().flat_map(|(i, (_, weight))| {
            let partners = by_low.get(&low(*weight)).into_iter().flatten();
            partners.map(move |j| (weight.wrapping_sub(minus[*j].1), (i, *j)))
        });
        found.collect::<Vec<_>>()
    };
    let left: HashMap<u64, (usize, usize)> = differences(&lists[0], &lists[1]).into_iter().collect();
    let ((i, j), (l, k)) = differences(&lists[3], &lists[2])
        .into_iter()
        .find_map(|(of_right, right)| Some((*left.get(&of_right.wrapping_neg())?, right)))
        .unwrap();
    let found = [&lists[0][i], &lists[1][j], &lists[2][k], &lists[3][l]];

    // Weights that depend on each signature alone fail to protect a verifier. Equally small weights
    // that depend on the whole batch do protect it.
    let equations = found.map(|(forged, _)| equation(&statement, &rule.rho(), forged, &[Scalar::ONE]));
    assert!(sum_holds(&equations, &found.map(|(_, weight)| Scalar::from(*weight))));
    let all = found.map(|(forged, _)| fields(forged));
    let claims: Vec<_> = all.iter().map(|fields| (statement, Some(fields.as_slice()))).collect();
    let of_batch: Vec<_> =
        batch_weights(seed_of_batch(4, &claims)).into_iter().map(|w| Scalar::from(small(w))).collect();
    assert!(!sum_holds(&equations, &of_batch));

    // Here the batch fails, alone or among others, and the altered claims are reported.
    let signatures = found.map(|(forged, _)| decoded(forged));
    let honest = decoded(&genuine);
    let honest = authority.claim(&policy, &honest);
    let forged = signatures.each_ref().map(|signature| authority.claim(&policy, signature));
    assert_eq!(bad(&forged), [0, 1, 2, 3]);
    assert_eq!(bad(&[honest, forged[0], forged[1], honest, forged[2], forged[3]]), [1, 2, 4, 5]);
    for Claim { public_key, policy, context, message, signature } in forged {
        assert_eq!(public_key.verify(policy, context, message, signature), REFUSED);
    }
    assert_eq!(bad(&[honest, honest, honest]), [0; 0]);
}

#[test]
fn derived_identities_are_accepted_alike() {
    // Some of a gate's children follow from V and the points of the others. A derived point may be
    // the identity: it is not sent, and is no reason to refuse.
    let authority = Authority::new(1);
    let key = authority.key("a, c", 1);
    let [zero, one, half] = [Scalar::ZERO, Scalar::ONE, Scalar::from(2).invert().unwrap()];
    // V_1 = [k]V makes the point of the second child the identity.
    for (rule, gamma, k) in [
        (any(["a", "b"]), vec![one, zero], one),
        (any(["a".into(), any(["b", "d"])]), vec![one, zero, zero], one),
        (of(2, ["a", "b", "c"]), vec![one + half, zero, -half], one + half),
    ] {
        let (statement, policy) = (authority.statement(&rule), rule.parsed());
        let mut nonces = Nonces::draw(&rule, &mut rng(3));
        nonces.free[0] = nonces.r * k;
        let means = Means::new(&key, &rule, &G1Projective::identity());
        let signature = means.sign(&statement, &gamma, &nonces);
        assert_eq!(signature.V * k, signature.V_f[0]);
        authority.accepts(&rule, &signature);
        let others = [4, 5].map(|seed| decoded(&rightly(&statement, &key, seed)));
        let derived = decoded(&signature);
        let [one, two, derived] =
            [&others[0], &others[1], &derived].map(|signature| authority.claim(&policy, signature));
        for batch in [vec![derived], vec![derived; 2], vec![one, derived, two], vec![derived, one, derived]] {
            assert_eq!(bad(&batch), [0; 0], "{}", rule.text);
        }
        // An additional point is refused in both.
        let altered = decoded(&Parts { S: signature.S + P1(), ..signature.clone() });
        assert_eq!(bad(&[derived, authority.claim(&policy, &altered), one]), [1]);
    }
    // An identity that is sent is refused in both, although the equation holds.
    let rule = any(["a", "a"]);
    let (statement, policy) = (authority.statement(&rule), rule.parsed());
    let mut nonces = Nonces::draw(&rule, &mut rng(3));
    nonces.free[0] = nonces.r;
    let means = Means::new(&key, &rule, &G1Projective::identity());
    let sent = means.sign(&statement, &[one, zero], &nonces);
    assert!(bool::from(sent.W[0].is_identity()) && holds(&statement, &sent));
    authority.refuses(&rule, &sent);
    let (sent, right) = (decoded(&sent), decoded(&rightly(&statement, &key, 4)));
    let [sent, right] = [&sent, &right].map(|signature| authority.claim(&policy, signature));
    assert_eq!(bad(&[right, sent, right]), [1]);
    assert_eq!(bad(&[right, right]), [0; 0]);
}

#[test]
fn a_batch_keeps_authorities_apart() {
    let [one, two] = [1, 9].map(Authority::new);
    let rule = Rule::from("a");
    let policy = rule.parsed();
    let [of_one, of_two] = [&one, &two].map(|authority| authority.key("a", 1));
    // Under one authority's name, by a key of either.
    let sign = |named: &Authority, key| decoded(&rightly(&named.statement(&rule), key, 7));
    let [honest, mislabelled, exchanged, right] =
        [sign(&one, &of_one), sign(&two, &of_one), sign(&one, &of_two), sign(&two, &of_two)];
    let [honest, exchanged] = [&honest, &exchanged].map(|signature| one.claim(&policy, signature));
    let [mislabelled, right] = [&mislabelled, &right].map(|signature| two.claim(&policy, signature));
    assert_eq!(bad(&[honest, mislabelled]), [1]);
    assert_eq!(bad(&[mislabelled, honest]), [0]);
    // Two errors do not compensate for each other, although the keys were swapped.
    assert_eq!(bad(&[mislabelled, exchanged]), [0, 1]);
    // Claims that fail for different reasons are reported in order.
    let other_message = Claim { message: b"another", ..honest };
    let undecodable = Signature::from_bytes(&two.signed("a", &any(["a", "b"]), 1).bytes()).unwrap();
    let undecodable = two.claim(&policy, &undecodable);
    assert_eq!(bad(&[mislabelled, other_message, honest, undecodable, mislabelled]), [0, 1, 3, 4]);
    assert_eq!(bad(&[honest, right]), [0; 0]);
    assert_eq!(bad(&[]), [0; 0]);
}
