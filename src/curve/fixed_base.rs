//! Constant-time multiplication of frequently used bases, two to three times as fast
//! as that of other points.

use group::GroupOps;
use group::prime::PrimeCurveAffine;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{
    Curve, Entry, G1Affine, G1Projective, G2Affine, G2Projective, Group, Lazy, SCALAR_BYTES, Scalar,
    batch_affine_g1, batch_affine_g2,
};
use crate::secret::{Secret, Wipe};

/// Bits in a window.
const BITS: usize = 5;
/// Bits in a window of a base that every operation uses.
const WIDE: usize = 6;

/// A point with its multiples `[i 2^(bits w)]P` for each window `w` of a scalar, and `i`
/// from 1 to `2^(bits - 1)`.
///
/// With five bits in a window, the table takes 80 KB in G1 and 160 KB in G2, and costs about as
/// much as ten multiplications. With six bits, it takes 130 KB and 260 KB and costs sixteen; a
/// multiplication then takes a sixth less time.
#[derive(Clone)]
pub(crate) struct FixedBase<A> {
    bits: usize,
    multiples: Vec<A>,
}

impl FixedBase<G1Affine> {
    /// Makes a table for a frequently used base.
    pub(crate) fn new(base: &G1Affine) -> Self {
        Self::with_windows(base, BITS)
    }

    /// Makes a larger table, for a base that every operation uses.
    pub(crate) fn wide(base: &G1Affine) -> Self {
        Self::with_windows(base, WIDE)
    }

    fn with_windows(base: &G1Affine, bits: usize) -> Self {
        // A secret base is wiped with its table.
        let mut points = multiples::<G1Projective>(base.into(), bits);
        let multiples = batch_affine_g1(&points);
        points.iter_mut().for_each(Wipe::wipe);
        Self { bits, multiples }
    }
}

impl FixedBase<G2Affine> {
    /// Makes a larger table, for a base that every operation uses.
    pub(crate) fn wide(base: &G2Affine) -> Self {
        Self { bits: WIDE, multiples: batch_affine_g2(&multiples::<G2Projective>(base.into(), WIDE)) }
    }
}

fn multiples<C: Group>(base: C, bits: usize) -> Vec<C> {
    let (windows, each) = ((8 * SCALAR_BYTES).div_ceil(bits), 1 << (bits - 1));
    let mut out = Vec::with_capacity(windows * each);
    let mut unit = base;
    for _ in 0..windows {
        let mut multiple = C::identity();
        for _ in 0..each {
            multiple += unit;
            out.push(multiple);
        }
        unit = multiple.double();
    }
    out
}

impl<A> FixedBase<A>
where
    A: Entry,
    A::Curve: Curve<AffineRepr = A> + GroupOps<A>,
{
    /// Computes `[k]P = sum_w [d_w][2^(bits w)]P`. Every multiple of a window is read under a mask.
    ///
    /// Before the last window, the sum and the point that is added to it are never the same point,
    /// unless both are the identity. The sum is `[s]P` with `|s| < 2^(bits w)`, the multiple is
    /// `[m]P` with `|m|` at least that, and `|m - s|` is below the group's order.
    pub(crate) fn mul(&self, k: &Scalar) -> A::Curve {
        let k = Secret::new(k.to_bytes_le());
        let mut sum = A::Curve::identity();
        let mut last = A::identity();
        for (window, (magnitude, negative)) in
            self.multiples.chunks_exact(1 << (self.bits - 1)).zip(digits(k.as_slice(), self.bits))
        {
            let mut point = A::identity();
            for (i, multiple) in (1u8..).zip(window) {
                point.assign_if(multiple, i.ct_eq(&magnitude));
            }
            point.negate_if(negative);
            core::mem::replace(&mut last, point).add_to_other(&mut sum);
        }
        sum + last
    }
}

impl<A: Wipe> Wipe for FixedBase<A> {
    fn wipe(&mut self) {
        self.multiples.iter_mut().for_each(Wipe::wipe);
    }
}

/// Returns the digits of a little-endian number to the base `2^bits`, from the lowest and without
/// an end: a magnitude of at most `2^(bits - 1)`, and whether it is negative. A larger digit is
/// replaced by itself minus `2^bits`, with a carry to the next digit. `bits` is at most six.
pub(super) fn digits(bytes: &[u8], bits: usize) -> impl Iterator<Item = (u8, Choice)> {
    let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or(0));
    let (half, mut carry) = (1u8 << (bits - 1), 0);
    (0..).step_by(bits).map(move |at| {
        let window = (byte(at / 8) | byte(at / 8 + 1) << 8) >> (at % 8) & ((1 << bits) - 1);
        let digit = window as u8 + carry;
        let negative = Choice::from(half.wrapping_sub(digit) >> 7);
        carry = negative.unwrap_u8();
        (u8::conditional_select(&digit, &(2 * half - digit), negative), negative)
    })
}

static P1: Lazy<FixedBase<G1Affine>> = Lazy::new(|| FixedBase::<G1Affine>::wide(&G1Affine::generator()));
static P2: Lazy<FixedBase<G2Affine>> = Lazy::new(|| FixedBase::<G2Affine>::wide(&G2Affine::generator()));

/// Computes `[k]P1` in constant time.
pub(crate) fn mul_generator_g1(k: &Scalar) -> G1Projective {
    P1.mul(k)
}

/// Computes `[k]P2` in constant time.
pub(crate) fn mul_generator_g2(k: &Scalar) -> G2Projective {
    P2.mul(k)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::samples::rng;
    use crate::curve::{Field, random_scalar};

    #[test]
    fn fixed_bases_agree_with_plain_multiplication() {
        let mut rng = rng(1);
        let two_to = |n: u64| Scalar::from(2).pow_vartime([n]);
        let small = [0, 1, 16, 17, 31, 32, 33, 63, 64, u64::MAX].map(Scalar::from);
        let edges = [
            -Scalar::ONE,
            -Scalar::from(15),
            two_to(254),
            two_to(254) - Scalar::ONE,
            // [7 * 2^252]P is added to itself in the last window of six bits
            Scalar::from(14) * two_to(252),
        ];
        let p: G1Affine = (G1Affine::generator() * *random_scalar(&mut rng).unwrap()).into();
        let random = (0..20).map(|_| *random_scalar(&mut rng).unwrap());
        let tables = [FixedBase::<G1Affine>::new(&p), FixedBase::<G1Affine>::wide(&p)];
        for k in small.into_iter().chain(edges).chain(random) {
            tables.iter().for_each(|table| assert_eq!(table.mul(&k), p * k));
            assert_eq!(mul_generator_g1(&k), G1Affine::generator() * k);
            assert_eq!(mul_generator_g2(&k), G2Affine::generator() * k);
        }
    }
}
