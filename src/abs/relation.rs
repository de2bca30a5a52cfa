//! The pairing check that credentials and signatures share: many pairs `(A, B)` with `B = [x]A`, checked at once.

use crate::curve::{
    Curve, G1Affine, G1Projective, G2Affine, Group, OddMultiples, PrimeCurveAffine, Scalar, SecretG1,
    pairing_product, straus_g1,
};
use crate::error::Error;

/// `(sum [d_i]A_i, sum [d_i]B_i)` with weights `d_i` of 128 bits. If some `B_i` is not `[x]A_i`, the sums satisfy
/// the relation with probability 2^-128 over the weights, provided that these are fixed after the pairs.
#[derive(Clone, Copy)]
pub(super) struct Relation {
    A: G1Projective,
    B: G1Projective,
}

impl Relation {
    /// For public points.
    pub(super) fn of_public(pairs: impl Iterator<Item = (G1Affine, G1Affine, Scalar)>) -> Self {
        const WIDTH: u32 = 4; // the weights have half the length of a scalar
        let (mut A, mut B, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (A_i, B_i, d_i) in pairs {
            A.push(OddMultiples::new(&A_i, WIDTH));
            B.push(OddMultiples::new(&B_i, WIDTH));
            weights.push(d_i);
        }
        let sum = |points: &[OddMultiples]| {
            straus_g1(&points.iter().zip(weights.iter().copied()).collect::<Vec<_>>())
        };
        Self { A: sum(&A), B: sum(&B) }
    }

    /// For a credential's secret points, of which no copy is left behind.
    pub(super) fn of_secret<'a>(pairs: impl Iterator<Item = (&'a SecretG1, &'a SecretG1, Scalar)>) -> Self {
        let nothing = Self { A: G1Projective::identity(), B: G1Projective::identity() };
        pairs.fold(nothing, |sum, (A, B, d)| Self { A: sum.A + **A * d, B: sum.B + **B * d })
    }
}

/// Checks all relations, each for the `X` of its authority, in one product of pairings: two for one authority, and one more for
/// each further one.
pub(super) fn all_hold<'a>(
    relations: impl IntoIterator<Item = (&'a G2Affine, &'a Relation)>,
) -> Result<bool, Error> {
    // e(sum A, X) e(-sum B, P2) = 1
    let mut minus_B = G1Projective::identity();
    let mut by_authority: Vec<(G2Affine, G1Projective)> = Vec::new();
    for (X, Relation { A, B }) in relations {
        minus_B -= B;
        match by_authority.iter_mut().find(|(known, _)| known == X) {
            Some((_, sum)) => *sum += A,
            None => by_authority.push((*X, *A)),
        }
    }
    let mut pairs: Vec<_> = by_authority.into_iter().map(|(X, A)| (A.to_affine(), X)).collect();
    pairs.push((minus_B.to_affine(), G2Affine::generator()));
    Ok(pairing_product(&pairs)?.is_one())
}
