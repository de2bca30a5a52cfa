//! A verifier of an attacker's own, one equation after the other, who can be told to be careless.

use blstrs::{G1Projective, G2Affine, G2Projective, Scalar};
use ff::Field;
use group::Group;

use super::challenges::of_leaves;
use super::prover::{H_a, H_b, H_u, PartOfLeaf, Parts, Statement, z};
use crate::ground::{P1, P2, is_one, pair};

/// Whether the proof is right: everything but the pairs.
pub(super) fn proof_holds(statement: &Statement<'_>, signature: &Parts) -> bool {
    let Parts { C, c, z_u, z_t, shares, leaves } = signature;
    let Some(challenges) = of_leaves(statement.rule, c, shares) else { return false };
    let attributes = statement.attributes();
    if leaves.len() != attributes.len() {
        return false;
    }
    // T_0 = [z_u]H_u + [z_t]H_b - [c]C
    let T_0 = H_u() * z_u + H_b() * z_t - C * c;
    let T = leaves.iter().zip(&challenges).zip(attributes).map(|((leaf, c_l), attribute)| {
        let PartOfLeaf { A, B, z: [z_rho, z_w, z_e] } = leaf;
        // T_l = [z_rho]D_l + [z_w]H_b - [z_e]A' - [c_l]B'  with  D_l = P1 + C + [z]H_a
        let D = P1() + C + H_a() * z(attribute);
        D * z_rho + H_b() * z_w - A * z_e - B * c_l
    });
    let pairs: Vec<_> = leaves.iter().map(|leaf| (leaf.A, leaf.B)).collect();
    statement.challenge(C, &pairs, &T_0, &T.collect::<Vec<_>>()) == *c
}

/// `e(sum [d_l]A'_l, X) = e(sum [d_l]B'_l, P2)`
pub(super) fn sum_holds<'a>(
    X: &[u8; 96],
    leaves: impl IntoIterator<Item = &'a PartOfLeaf>,
    weights: impl IntoIterator<Item = Scalar>,
) -> bool {
    let X = G2Projective::from(G2Affine::from_compressed(X).unwrap());
    let (mut A, mut B) = (G1Projective::identity(), G1Projective::identity());
    for (leaf, d) in leaves.into_iter().zip(weights) {
        A += leaf.A * d;
        B += leaf.B * d;
    }
    is_one(&pair(&[(A, X), (-B, P2())]))
}

/// `e(A', X) = e(B', P2)` of every leaf by itself.
pub(super) fn pairs_hold(X: &[u8; 96], signature: &Parts) -> bool {
    signature.leaves.iter().all(|leaf| sum_holds(X, [leaf], [Scalar::ONE]))
}
