//! The Miller loop of the optimal ate pairing, for eight products at once.
//!
//! Steps: Costello, Lange, Naehrig, *Faster pairing computations on curves with high-degree twists*
//! (ePrint 2009/615). The lines equal blst's except for factors in `Fp2`, which the final
//! exponentiation maps to one.

use blst::{blst_fp6, blst_p1_affine, blst_p2_affine};

use super::constants::{constant2, numbers_of};
use super::field::{Fp, Mask, REDUCED};
use super::number::Number;
use super::point::DOUBLINGS;
use super::tower::{Fp2, Fp12, Line};
use super::vector::WIDTH;
use crate::curve::MillerLines;

/// The lines of a point that all lanes pair with.
pub(in crate::curve) struct SharedLines(Vec<[[Number; 2]; 3]>);

/// A point of G1 in each lane, in the form that a line uses.
pub(super) struct Left {
    minus_two_x: Fp<8>,
    two_y: Fp<8>,
    /// The lanes whose point is the identity. There, all lines are one.
    identity: Mask,
}

/// A point of G2 in each lane, and the multiple `(X/Z, Y/Z)` of it that the loop has reached.
pub(super) struct Right {
    x: Fp2<REDUCED>,
    y: Fp2<REDUCED>,
    X: Fp2<REDUCED>,
    Y: Fp2<52>,
    Z: Fp2<REDUCED>,
}

/// A line before it is evaluated at a point of G1.
struct Coefficients {
    l0: Fp2<200>,
    l1: Fp2<56>,
    l2: Fp2<8>,
}

impl SharedLines {
    pub(in crate::curve) fn new(MillerLines(lines): &MillerLines) -> Self {
        Self(lines.iter().map(|blst_fp6 { fp2 }| fp2.map(|c| numbers_of(&c))).collect())
    }

    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn at(&self, step: usize) -> Coefficients {
        let [l0, l1, l2] = &self.0[step];
        Coefficients { l0: constant2(l0), l1: constant2(l1), l2: constant2(l2) }
    }
}

impl Left {
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn new(points: &[&blst_p1_affine; WIDTH]) -> Self {
        let x = Fp::from_blst(&points.map(|point| &point.x));
        let y = Fp::from_blst(&points.map(|point| &point.y));
        Self {
            minus_two_x: x.doubled::<8>().negated(),
            two_y: y.doubled(),
            // blst's identity is (0, 0), and no other point of the curve has a zero here: its order
            // is odd.
            identity: y.is_zero(),
        }
    }
}

impl Right {
    #[target_feature(enable = "avx512ifma")]
    pub(super) fn new(points: &[&blst_p2_affine; WIDTH]) -> Self {
        let [x, y] = [points.map(|point| &point.x), points.map(|point| &point.y)]
            .map(|c| Fp2([Fp::from_blst(&c.map(|c| &c.fp[0])), Fp::from_blst(&c.map(|c| &c.fp[1]))]));
        Self { x, y, X: x, Y: *y.widened(), Z: Fp2::one() }
    }

    /// The curve is `y^2 = x^3 + 4 xi`.
    /// ```text
    /// A = X^2     B = Y^2     E = 12 xi Z^2     F = 3 E     H = Y Z
    /// X' = 2 X Y (B - F)      Y' = (B + F)^2 - 12 E^2       Z' = 8 B H
    /// l0 = 2 (B - E)          l1 = 3 A                      l2 = 2 H
    /// ```
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    fn double(&mut self) -> Coefficients {
        let Self { X, Y, Z, .. } = self;
        let (A, B) = (X.squared(), Y.squared());
        let E: Fp2<96> = Z.squared().times_xi::<8>().multiple::<12, 96>();
        let F: Fp2<288> = E.multiple::<3, 288>();
        let H = Y.times(Z);
        *X = X.times(Y).doubled::<8>().times(&B.minus::<_, 292>(&F));
        *Y = B.plus::<_, 292>(&F).squared().minus(&E.squared().multiple::<12, 48>());
        *Z = B.times(&H.multiple::<8, 32>());
        Coefficients {
            l0: B.minus::<_, 100>(&E).doubled(),
            l1: *A.multiple::<3, 12>().widened(),
            l2: H.doubled(),
        }
    }

    /// ```text
    /// L = X - x Z     T = Y - y Z     C = T^2     D = L^2     E = L D     G = X D     H = E + Z C - 2 G
    /// X' = L H                        Y' = T (G - H) - E Y                Z' = Z E
    /// l0 = 2 (T x - L y)              l1 = T                              l2 = L
    /// ```
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    fn add(&mut self) -> Coefficients {
        let Self { x, y, X, Y, Z } = self;
        let L: Fp2<8> = X.minus(&x.times(Z));
        let T: Fp2<56> = Y.minus(&y.times(Z));
        let (C, D) = (T.squared(), L.squared());
        let (E, G) = (L.times(&D), X.times(&D));
        let H: Fp2<16> = E.plus::<_, 8>(&Z.times(&C)).minus(&G.doubled::<8>());
        *X = L.times(&H);
        *Y = *T.times(&G.minus::<_, 20>(&H)).minus::<_, 8>(&E.times(Y)).widened();
        *Z = Z.times(&E);
        let l0: Fp2<8> = T.times(x).minus(&L.times(y));
        Coefficients { l0: *l0.doubled::<16>().widened(), l1: T, l2: L }
    }
}

impl Coefficients {
    /// `l0 - 2 x_P l1 v + 2 y_P l2 v w`
    #[inline]
    #[target_feature(enable = "avx512ifma")]
    fn at(&self, P: &Left) -> Line {
        let l0 = if P.identity == 0 { self.l0 } else { self.l0.or(&Fp2::one(), P.identity) };
        Line { l0, l1: self.l1.times_fp(&P.minus_two_x), l2: self.l2.times_fp(&P.two_y) }
    }
}

/// The product of the Miller functions of all pairs in each lane.
#[target_feature(enable = "avx512ifma")]
pub(super) fn miller_loop(pairs: &mut [(Left, Right)], shared: &[(Left, &SharedLines)]) -> Fp12 {
    let mut f = Fp12::one();
    let mut step = 0;
    for (run, doublings) in DOUBLINGS.into_iter().enumerate() {
        if run > 0 {
            for (P, Q) in &mut *pairs {
                f.multiply_by_line(&Q.add().at(P));
            }
            for (P, lines) in shared {
                f.multiply_by_line(&lines.at(step).at(P));
            }
            step += 1;
        }
        for _ in 0..doublings {
            if step > 0 {
                f.square();
            }
            for (P, Q) in &mut *pairs {
                f.multiply_by_line(&Q.double().at(P));
            }
            for (P, lines) in shared {
                f.multiply_by_line(&lines.at(step).at(P));
            }
            step += 1;
        }
    }
    // z is negative.
    f.conjugate()
}
