//! Points of both curves in Jacobian coordinates, eight at once, and whether they are in the
//! subgroups of prime order.
//!
//! Additions are incomplete: if both points are equal up to the sign, or one is the identity, the
//! result has `Z = 0`, and so do all results derived from it. No multiple of a point of prime order
//! that occurs here is such a case. A point that ends with `Z = 0` is therefore outside the
//! subgroup, or the identity.
//!
//! Tests by endomorphisms: Scott, *A note on group membership tests for G1, G2 and GT on BLS
//! pairing-friendly curves* (ePrint 2021/1130). Formulas: `dbl-2009-l` and `add-2007-bl` of the
//! Explicit-Formulas Database.

use super::constants::Constants;
use super::field::{Fp, Mask, REDUCED};
use super::tower::Fp2;

/// `|z| = 0xd201000000010000` as a chain: the number of doublings in each run. An addition of the
/// point precedes each run except the first.
pub(super) const DOUBLINGS: [usize; 6] = [1, 2, 3, 9, 32, 16];

/// The same formulas for the coordinates of both curves, which are of the form `y^2 = x^3 + b`.
macro_rules! points {
    ($Point:ident, $Field:ident) => {
        #[derive(Clone, Copy)]
        struct $Point {
            x: $Field<52>,
            y: $Field<36>,
            z: $Field<12>,
        }

        impl $Point {
            /// ```text
            /// A = x^2     B = y^2     C = B^2     D = 2 ((x + B)^2 - A - C)     E = 3 A     F = E^2
            /// x' = F - 2 D     y' = E (D - x') - 8 C     z' = 2 y z
            /// ```
            #[inline(never)]
            #[target_feature(enable = "avx512ifma")]
            fn double(&mut self) {
                let (A, B) = (self.x.squared(), self.y.squared());
                let C = B.squared();
                let D: $Field<12> = self.x.plus::<_, 56>(&B).squared().minus::<8, 12>(&A.plus(&C));
                let D: $Field<24> = D.doubled();
                let E: $Field<12> = A.doubled::<8>().plus(&A);
                let F = E.squared();
                self.z = self.y.times(&self.z).doubled();
                self.x = F.minus(&D.doubled::<48>());
                let C: $Field<32> = C.doubled::<8>().doubled::<16>().doubled();
                self.y = E.times(&D.minus::<_, 76>(&self.x)).minus(&C);
            }

            /// ```text
            /// U1 = x1 z2^2     U2 = x2 z1^2     S1 = y1 z2^3     S2 = y2 z1^3
            /// H = U2 - U1      I = (2 H)^2      J = H I          r = 2 (S2 - S1)     V = U1 I
            /// x' = r^2 - J - 2 V     y' = r (V - x') - 2 S1 J     z' = 2 z1 z2 H
            /// ```
            #[inline(never)]
            #[target_feature(enable = "avx512ifma")]
            fn add(&mut self, other: &Self) {
                let (zz1, zz2) = (self.z.squared(), other.z.squared());
                let (U1, U2) = (self.x.times(&zz2), other.x.times(&zz1));
                let S1 = self.y.times(&other.z).times(&zz2);
                let S2 = other.y.times(&self.z).times(&zz1);
                let H: $Field<8> = U2.minus(&U1);
                let I = H.doubled::<16>().squared();
                let J = H.times(&I);
                let r: $Field<16> = S2.minus::<_, 8>(&S1).doubled();
                let V = U1.times(&I);
                self.x = r.squared().minus(&V.doubled::<8>().plus::<_, 12>(&J));
                self.y = r.times(&V.minus::<_, 56>(&self.x)).minus(&S1.times(&J).doubled::<8>());
                self.z = self.z.times(&other.z).times(&H).doubled();
            }

            /// `[|z|]P`
            #[target_feature(enable = "avx512ifma")]
            fn times_z(&self) -> Self {
                let mut multiple = *self;
                for (run, doublings) in DOUBLINGS.into_iter().enumerate() {
                    if run > 0 {
                        multiple.add(self);
                    }
                    for _ in 0..doublings {
                        multiple.double();
                    }
                }
                multiple
            }

            /// Whether this is the affine point, and not the identity.
            #[target_feature(enable = "avx512ifma")]
            fn is(&self, x: &$Field<REDUCED>, y: &$Field<REDUCED>) -> Mask {
                let zz = self.z.squared();
                let x = x.times(&zz).minus::<_, 56>(&self.x);
                let y = y.times(&zz.times(&self.z)).minus::<_, 40>(&self.y);
                x.is_zero() & y.is_zero() & !self.z.is_zero()
            }
        }
    };
}
points!(Point1, Fp);
points!(Point2, Fp2);

/// The lanes whose point on the curve is in G1: `[z^2](x, y) = (beta x, -y)`, with a primitive
/// third root `beta` of one.
#[target_feature(enable = "avx512ifma")]
pub(super) fn in_g1(x: &Fp<REDUCED>, y: &Fp<REDUCED>, constants: &Constants) -> Mask {
    let point = Point1 { x: *x.widened(), y: *y.widened(), z: Fp::one() };
    point.times_z().times_z().is(&x.times(&constants.beta()), &y.negated())
}

/// The lanes whose point on the curve is in G2: `[z](x, y) = psi(x, y) = (psi_x conj(x), psi_y
/// conj(y))`; `z` is negative.
#[target_feature(enable = "avx512ifma")]
pub(super) fn in_g2(x: &Fp2<REDUCED>, y: &Fp2<REDUCED>, constants: &Constants) -> Mask {
    let point = Point2 { x: *x.widened(), y: *y.widened(), z: Fp2::one() };
    let [psi_x, psi_y] = constants.psi();
    let psi = (x.conjugate().times(&psi_x), y.conjugate().times(&psi_y));
    point.times_z().is(&psi.0, &psi.1.negated())
}
