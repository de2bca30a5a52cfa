//! Constants of the curve's endomorphisms. blst computes them on first use.

use blst::{
    blst_fp, blst_fp2, blst_fp2_inverse, blst_fp2_mul, blst_fp12, blst_fp12_frobenius_map, blst_fp12_one,
};

use super::field::{Fp, number_of};
use super::number::Number;
use super::tower::Fp2;
use crate::curve::{G1Affine, G2Affine, PrimeCurveAffine, Scalar};

/// The curve's parameter is `-Z`.
const Z: u64 = 0xd201_0000_0001_0000;

pub(super) struct Constants {
    beta: Number,
    psi: [[Number; 2]; 2],
    /// Of `w^i v^j`, raised to `p^n`: for n = 1, 2, 3.
    frobenius: [[[[Number; 2]; 3]; 2]; 3],
}

impl Constants {
    pub(super) fn new() -> Self {
        let (P1, P2) = (G1Affine::generator(), G2Affine::generator());
        let z = Scalar::from(Z);
        // [z^2]P1 = (beta x, -y)
        let multiple = G1Affine::from(P1 * (z * z));
        let beta = quotient(&real(&multiple.as_ref().x), &real(&P1.as_ref().x));
        // [z]P2 = (psi_x conj(x), psi_y conj(y))
        let multiple = G2Affine::from(P2 * -z);
        let (multiple, P2) = (multiple.as_ref(), P2.as_ref());
        let psi = [quotient(&multiple.x, &conjugate(&P2.x)), quotient(&multiple.y, &conjugate(&P2.y))];
        let frobenius = [1, 2, 3].map(|n| [0, 1].map(|i| [0, 1, 2].map(|j| frobenius_of(i, j, n))));
        Self {
            beta: number_of(&beta.fp[0]),
            psi: psi.map(|c| numbers_of(&c)),
            frobenius: frobenius.map(|n| n.map(|i| i.map(|c| numbers_of(&c)))),
        }
    }

    #[target_feature(enable = "avx512ifma")]
    pub(super) fn beta(&self) -> Fp<1> {
        Fp::constant(&self.beta)
    }

    #[target_feature(enable = "avx512ifma")]
    pub(super) fn psi(&self) -> [Fp2<1>; 2] {
        let [x, y] = &self.psi;
        [constant2(x), constant2(y)]
    }

    /// The factor of the coefficient of `w^i v^j` in the `n`th power of the Frobenius map, `n` from
    /// 1 to 3.
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn frobenius(&self, n: usize, i: usize, j: usize) -> Fp2<1> {
        constant2(&self.frobenius[n - 1][i][j])
    }
}

#[inline]
#[target_feature(enable = "avx512ifma")]
pub(super) fn constant2<const B: u64>(c: &[Number; 2]) -> Fp2<B> {
    Fp2([Fp::constant(&c[0]), Fp::constant(&c[1])])
}

pub(super) fn numbers_of(x: &blst_fp2) -> [Number; 2] {
    [number_of(&x.fp[0]), number_of(&x.fp[1])]
}

fn real(x: &blst_fp) -> blst_fp2 {
    blst_fp2 { fp: [*x, blst_fp::default()] }
}

fn quotient(a: &blst_fp2, b: &blst_fp2) -> blst_fp2 {
    let (mut inverse, mut quotient) = (blst_fp2::default(), blst_fp2::default());
    // SAFETY: reads initialised elements, writes two.
    unsafe {
        blst_fp2_inverse(&mut inverse, b);
        blst_fp2_mul(&mut quotient, a, &inverse);
    }
    quotient
}

fn conjugate(x: &blst_fp2) -> blst_fp2 {
    let mut conjugate = *x;
    // SAFETY: reads one initialised element, writes another.
    unsafe { blst::blst_fp_cneg(&mut conjugate.fp[1], &x.fp[1], true) };
    conjugate
}

/// The factor of `w^i v^j` in the `p^n`-th power.
fn frobenius_of(i: usize, j: usize, n: usize) -> blst_fp2 {
    let (mut element, mut image) = (blst_fp12::default(), blst_fp12::default());
    // SAFETY: blst's one is a constant; reads one initialised element, writes one; `n` is 1, 2 or
    // 3, as blst demands.
    unsafe {
        element.fp6[0].fp2[0] = blst_fp2::default();
        element.fp6[i].fp2[j] = (*blst_fp12_one()).fp6[0].fp2[0];
        blst_fp12_frobenius_map(&mut image, &element, n);
    }
    image.fp6[i].fp2[j]
}
