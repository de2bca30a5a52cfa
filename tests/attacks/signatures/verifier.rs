//! An attacker's own verifier, with options that make it careless. It descends the tree, while
//! the library ascends it.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;

use super::signer::{Parts, Statement, dual};
use crate::ground::{P2, Transcript, is_one, pair, weights};
use crate::keys::ABS;

/// The factors of a product that is one if a signature is valid, with chosen weights and use
/// numbers: `e( S + sum [d_j]W_j, P2 ) = Z * e( F, V ) * prod_i e( [d_rho(i)]H(T_i), V_i ) *
/// prod_{negative i} e( .., V'_i )`
pub(super) fn equation(
    statement: &Statement<'_>,
    rho: &[usize],
    signature: &Parts,
    d: &[Scalar],
) -> Vec<(G1Projective, G2Projective)> {
    let Parts { S, W, V, V_f, V_not } = signature;
    let left = W.iter().zip(&d[1..]).map(|(W_j, d_j)| W_j * d_j).sum::<G1Projective>() + S;
    let mut pairs = vec![(left, P2()), (-ABS.h(), *statement.A), (-ABS.F(&statement.x()), *V)];
    let mut V_not = V_not.iter();
    for ((row, V_i), j) in statement.rule.rows().into_iter().zip(dual(&statement.rule.root, *V, V_f)).zip(rho)
    {
        pairs.push((-ABS.blinding(row) * d[*j], V_i));
        pairs.extend(ABS.of_negative(row).map(|of_value| (-of_value * d[*j], *V_not.next().unwrap())));
    }
    pairs
}

pub(super) fn holds_under(statement: &Statement<'_>, rho: &[usize], signature: &Parts, d: &[Scalar]) -> bool {
    is_one(&pair(&equation(statement, rho, signature, d)))
}

/// Whether a signature is valid, with weights that depend on all of it.
pub(super) fn holds(statement: &Statement<'_>, signature: &Parts) -> bool {
    let bytes = signature.bytes();
    let d = use_weights(seed(statement, Some(&bytes[4..])));
    holds_under(statement, &statement.rule.rho(), signature, &d)
}

/// Equations added up with weights.
pub(super) fn sum_holds(equations: &[Vec<(G1Projective, G2Projective)>], w: &[Scalar]) -> bool {
    let scaled = equations.iter().zip(w).flat_map(|(pairs, w)| pairs.iter().map(move |(P, Q)| (P * w, *Q)));
    is_one(&pair(&scaled.collect::<Vec<_>>()))
}

/// The hash input of a claim. A careless verifier omits the signature,
/// entirely or from some byte on.
fn absorb(transcript: Transcript, statement: &Statement<'_>, signature: Option<&[u8]>) -> Transcript {
    let said = transcript
        .item("A", crate::ground::g2_bytes(statement.A))
        .item("policy", statement.policy())
        .item("x", statement.x().to_bytes_be());
    signature.into_iter().fold(said, |t, signature| t.item("signature", signature))
}

/// The source of the weights of one signature.
pub(super) fn seed(statement: &Statement<'_>, signature: Option<&[u8]>) -> [u8; 32] {
    absorb(Transcript::new(), statement, signature).digest("ABS-VERIFY")
}

/// The source of the weights of a batch.
pub(super) fn seed_of_batch(number: usize, claims: &[(Statement<'_>, Option<&[u8]>)]) -> [u8; 32] {
    let transcript = Transcript::new().item("claims", (number as u64).to_be_bytes());
    let all = claims.iter().fold(transcript, |t, (statement, signature)| absorb(t, statement, *signature));
    all.digest("ABS-BATCH")
}

/// `d_0 = 1`, and the weights of the other use numbers.
pub(super) fn use_weights(seed: [u8; 32]) -> Vec<Scalar> {
    [Scalar::ONE].into_iter().chain(weights("ABS-WEIGHT", seed)).take(8).collect()
}

/// The weights `w_n` of a batch.
pub(super) fn batch_weights(seed: [u8; 32]) -> Vec<Scalar> {
    weights("ABS-BATCH-WEIGHT", seed).take(8).collect()
}
