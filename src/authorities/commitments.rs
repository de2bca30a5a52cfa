//! Commitments to the four polynomials, of one dealer or summed over all.

use super::polynomial::{Base, committed_at};
use crate::codec::{Part, Reader, Writer};
use crate::curve::{G1Affine, G2Affine, Scalar};
use crate::error::Error;

/// `[a_k]P` of every coefficient: of `alpha` and `alpha'` in G2 from the constant on, of zero in G2
/// from the linear term on, of `s` in G1. A polynomial that is not dealt has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commitments {
    pub(super) in_g2: [Vec<G2Affine>; 3],
    pub(super) in_g1: Vec<G1Affine>,
}

/// `A_i`, `A'_i`, `B_i` and `P_i`: the public side of one authority's shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicShares {
    pub(super) wrapping: G2Affine,
    pub(super) signing: G2Affine,
    pub(super) zero: G2Affine,
    pub(super) identity: G1Affine,
}

impl Commitments {
    pub(super) fn terms(&self) -> [usize; 4] {
        let [wrapping, signing, zero] = &self.in_g2;
        [wrapping.len(), signing.len(), zero.len(), self.in_g1.len()]
    }

    /// Returns `[f(i)]P` of each polynomial.
    pub(super) fn at(&self, index: u8) -> PublicShares {
        let [wrapping, signing, zero] = &self.in_g2;
        PublicShares {
            wrapping: committed_at(wrapping, 0, index),
            signing: committed_at(signing, 0, index),
            zero: committed_at(zero, 1, index),
            identity: committed_at(&self.in_g1, 0, index),
        }
    }

    /// Returns `A`, `A'` and `P_SN`.
    pub(super) fn constants(&self) -> Option<(G2Affine, G2Affine, G1Affine)> {
        let [wrapping, signing, _] = &self.in_g2;
        Some((*wrapping.first()?, *signing.first()?, *self.in_g1.first()?))
    }

    /// Returns the weighted sum of all dealers' commitments. A polynomial that nobody deals keeps
    /// its old commitments.
    pub(super) fn combine(dealers: &[&Self], weights: &[Vec<Scalar>; 4], old: Option<&Self>) -> Self {
        let [wrapping, signing, zero, identity] = weights;
        let in_g2 = |number: usize, weights: &[Scalar]| {
            let each: Vec<&[G2Affine]> =
                dealers.iter().filter_map(|dealer| dealer.in_g2.get(number)).map(Vec::as_slice).collect();
            let kept = old.and_then(|old| old.in_g2.get(number));
            sum(&each, weights, kept)
        };
        let in_g1: Vec<&[G1Affine]> = dealers.iter().map(|dealer| dealer.in_g1.as_slice()).collect();
        Self {
            in_g2: [in_g2(0, wrapping), in_g2(1, signing), in_g2(2, zero)],
            in_g1: sum(&in_g1, identity, old.map(|old| &old.in_g1)),
        }
    }
}

impl Part for Commitments {
    fn write(&self, w: &mut Writer) {
        self.terms().iter().for_each(|terms| w.u8(*terms as u8)); // at most 255
        self.in_g2.iter().flatten().for_each(|C| C.write(w));
        self.in_g1.iter().for_each(|C| C.write(w));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let [wrapping, signing, zero, identity] = r.array::<4>()?;
        let in_g2 = [read(r, wrapping)?, read(r, signing)?, read(r, zero)?];
        Ok(Self { in_g2, in_g1: read(r, identity)? })
    }
}

fn sum<P: Base>(dealers: &[&[P]], weights: &[Scalar], kept: Option<&Vec<P>>) -> Vec<P> {
    let terms = dealers.first().map_or(0, |dealer| dealer.len());
    if let (0, Some(kept)) = (terms, kept) {
        return kept.clone();
    }
    let of_term = |k: usize| dealers.iter().filter_map(|dealer| dealer.get(k).copied()).collect::<Vec<P>>();
    (0..terms).map(|k| P::sum(&of_term(k), weights)).collect()
}

fn read<P: Base>(r: &mut Reader<'_>, terms: u8) -> Result<Vec<P>, Error> {
    (0..terms).map(|_| P::read(r)).collect()
}
