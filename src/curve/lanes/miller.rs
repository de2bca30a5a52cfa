//! The Miller loop of the optimal ate pairing, for eight products at once.
//!
//! Steps: Beuchat, González-Díaz, Mitsunari, Okamoto, Rodríguez-Henríquez, Teruya, *High-speed
//! software implementation of the optimal ate pairing over Barreto-Naehrig curves* (ePrint
//! 2010/354), as in blst, so that both give the same lines.

use blst::{blst_fp6, blst_p1_affine, blst_p2_affine};

use super::constants::numbers_of;
use super::field::{Fp, Mask, REDUCED};
use super::number::Number;
use super::point::{DOUBLINGS, Point2};
use super::tower::{Fp2, Fp12, Line};
use super::vector::WIDTH;
use crate::curve::MillerLines;

/// The lines of a point that is paired in all lanes.
pub(in crate::curve) struct SharedLines(Vec<[[Number; 2]; 3]>);

/// A point of G1 in each lane, as it enters a line.
pub(super) struct Left {
    minus_two_x: Fp<8>,
    two_y: Fp<8>,
    /// The lanes whose point is the identity: there, all lines are one.
    identity: Mask,
}

/// A point of G2 in each lane, and the multiple of it that the loop has reached.
pub(super) struct Right {
    x: Fp2<REDUCED>,
    y: Fp2<REDUCED>,
    multiple: Point2,
}

/// A line before it is evaluated at a point of G1.
struct Coefficients {
    l0: Fp2<28>,
    l1: Fp2<80>,
    l2: Fp2<12>,
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

#[inline]
#[target_feature(enable = "avx512ifma")]
fn constant2<const B: u64>(c: &[Number; 2]) -> Fp2<B> {
    Fp2([Fp::constant(&c[0]), Fp::constant(&c[1])])
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
        let multiple = Point2 { x: *x.widened(), y: *y.widened(), z: Fp2::one() };
        Self { x, y, multiple }
    }

    /// ```text
    /// A = x^2     B = y^2     C = B^2     D = 2 ((x + B)^2 - A - C)     E = 3 A     F = E^2
    /// x' = F - 2 D            y' = E (D - x') - 8 C                     z' = (y + z)^2 - B - z^2
    /// l0 = (E + x)^2 - A - F - 4 B       l1 = E z^2       l2 = z' z^2
    /// ```
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    fn double(&mut self) -> Coefficients {
        let Point2 { x, y, z } = &mut self.multiple;
        let (A, B, zz) = (x.squared(), y.squared(), z.squared());
        let C = B.squared();
        let D: Fp2<12> = x.plus::<_, 56>(&B).squared().minus::<8, 12>(&A.plus(&C));
        let D: Fp2<24> = D.doubled();
        let E: Fp2<12> = A.doubled::<8>().plus(&A);
        let F = E.squared();
        let l0 = E.plus::<_, 64>(x).squared();
        *x = F.minus(&D.doubled::<48>());
        *z = y.plus::<_, 48>(z).squared().minus(&B.plus::<_, 8>(&zz));
        let C: Fp2<32> = C.doubled::<8>().doubled::<16>().doubled();
        *y = E.times(&D.minus::<_, 76>(x)).minus(&C);
        let B: Fp2<16> = B.doubled::<8>().doubled();
        Coefficients {
            l0: l0.minus(&A.plus::<_, 8>(&F).plus::<_, 24>(&B)),
            l1: *E.times(&zz).widened(),
            l2: *z.times(&zz).widened(),
        }
    }

    /// ```text
    /// U = x_Q z^2     S = y_Q z^3     H = U - x     I = 4 H^2     J = H I     r = 2 (S - y)     V = x I
    /// x' = r^2 - J - 2 V     y' = r (V - x') - 2 y J     z' = (z + H)^2 - z^2 - H^2
    /// l0 = 2 (r x_Q - y_Q z')     l1 = r     l2 = z'
    /// ```
    #[inline(never)]
    #[target_feature(enable = "avx512ifma")]
    fn add(&mut self) -> Coefficients {
        let Point2 { x, y, z } = &mut self.multiple;
        let zz = z.squared();
        let U = self.x.times(&zz);
        let S = self.y.times(z).times(&zz);
        let H: Fp2<56> = U.minus(x);
        let HH = H.squared();
        let I: Fp2<16> = HH.doubled::<8>().doubled();
        let J = H.times(&I);
        let r: Fp2<80> = S.minus::<_, 40>(y).doubled();
        let V = x.times(&I);
        *x = r.squared().minus(&V.doubled::<8>().plus::<_, 12>(&J));
        *y = r.times(&V.minus::<_, 56>(x)).minus(&J.times(y).doubled::<8>());
        *z = z.plus::<_, 68>(&H).squared().minus(&zz.plus::<_, 8>(&HH));
        let l0: Fp2<8> = r.times(&self.x).minus(&self.y.times(z));
        Coefficients { l0: l0.doubled(), l1: r, l2: *z }
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
