//! Multiplication of bases that are multiplied often, in constant time: two to three times as fast as of other points.

use std::sync::LazyLock;

use group::GroupOps;
use group::prime::PrimeCurveAffine;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{
    Curve, G1Affine, G1Projective, G2Affine, G2Projective, Group, NegateIf, SCALAR_BYTES, Scalar,
    batch_affine_g1, batch_affine_g2,
};
use crate::secret::{Secret, Wipe};

/// Bits of a window.
const BITS: usize = 5;
/// `[1]B .. [16]B`: a window's digit goes from -15 to 16.
const MULTIPLES: usize = 1 << (BITS - 1);
/// Windows of a scalar and of the carry out of its last digit.
const WINDOWS: usize = (8 * SCALAR_BYTES).div_ceil(BITS);

/// A point with its multiples: `[i 32^w]P` for `i` in 1..=16, `w` in 0..52. 80 KB in G1, 160 KB in G2; building it
/// costs about as much as ten multiplications.
#[derive(Clone)]
pub(crate) struct FixedBase<A>(Vec<A>);

impl FixedBase<G1Affine> {
    pub(crate) fn new(base: &G1Affine) -> Self {
        // A secret base is wiped with its table.
        let mut multiples = multiples::<G1Projective>(base.into());
        let table = Self(batch_affine_g1(&multiples));
        multiples.iter_mut().for_each(Wipe::wipe);
        table
    }
}

impl FixedBase<G2Affine> {
    pub(crate) fn new(base: &G2Affine) -> Self {
        Self(batch_affine_g2(&multiples::<G2Projective>(base.into())))
    }
}

fn multiples<C: Group>(base: C) -> Vec<C> {
    let mut out = Vec::with_capacity(WINDOWS * MULTIPLES);
    let mut unit = base;
    for _ in 0..WINDOWS {
        let mut multiple = C::identity();
        for _ in 0..MULTIPLES {
            multiple += unit;
            out.push(multiple);
        }
        unit = multiple.double();
    }
    out
}

impl<A> FixedBase<A>
where
    A: PrimeCurveAffine + ConditionallySelectable + NegateIf,
    A::Curve: Curve<AffineRepr = A> + GroupOps<A>,
{
    /// `[k]P = sum_w [d_w][32^w]P`, where every multiple of a window is read under a mask.
    pub(crate) fn mul(&self, k: &Scalar) -> A::Curve {
        let mut sum = A::Curve::identity();
        for (window, digit) in self.0.chunks_exact(MULTIPLES).zip(digits(k).iter()) {
            // A digit above 16 stands for itself less 32; the next one has the carry.
            let negative = is_negative(*digit);
            let magnitude = u8::conditional_select(digit, &(32 - digit), negative);
            let mut point = A::identity();
            for (i, multiple) in (1u8..).zip(window) {
                point.conditional_assign(multiple, i.ct_eq(&magnitude));
            }
            point.negate_if(negative);
            sum += point;
        }
        sum
    }
}

impl<A: Wipe> Wipe for FixedBase<A> {
    fn wipe(&mut self) {
        self.0.iter_mut().for_each(Wipe::wipe);
    }
}

impl<A> core::fmt::Debug for FixedBase<A> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("FixedBase")
    }
}

/// The windows of a scalar from the lowest, each with the carry of the one before: 0 to 32.
fn digits(k: &Scalar) -> Secret<[u8; WINDOWS]> {
    let bytes = Secret::new(k.to_bytes_le());
    let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or(0));
    let mut digits = Secret::<[u8; WINDOWS]>::zeroed();
    let mut carry = 0;
    for (w, digit) in digits.iter_mut().enumerate() {
        let at = BITS * w / 8;
        let bits = (byte(at) | byte(at + 1) << 8) >> (BITS * w % 8) & ((1 << BITS) - 1);
        *digit = bits as u8 + carry;
        carry = is_negative(*digit).unwrap_u8();
    }
    digits
}

/// Whether a digit of 0 to 32 is above 16.
fn is_negative(digit: u8) -> Choice {
    Choice::from((MULTIPLES as u8).wrapping_sub(digit) >> 7)
}

static P1: LazyLock<FixedBase<G1Affine>> =
    LazyLock::new(|| FixedBase::<G1Affine>::new(&G1Affine::generator()));
static P2: LazyLock<FixedBase<G2Affine>> =
    LazyLock::new(|| FixedBase::<G2Affine>::new(&G2Affine::generator()));

/// `[k]P1`
pub(crate) fn mul_generator_g1(k: &Scalar) -> G1Projective {
    P1.mul(k)
}

/// `[k]P2`
pub(crate) fn mul_generator_g2(k: &Scalar) -> G2Projective {
    P2.mul(k)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{Field, random_scalar};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    #[test]
    fn fixed_bases_give_what_plain_multiplication_gives() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let two_to = |n: u64| Scalar::from(2).pow_vartime([n]);
        let edges = [
            Scalar::ZERO,
            Scalar::ONE,
            -Scalar::ONE,
            Scalar::from(16),
            Scalar::from(17),
            Scalar::from(31),
            Scalar::from(32),
            Scalar::from(u64::MAX),
            two_to(254),
            two_to(254) - Scalar::ONE,
            -Scalar::from(15),
        ];
        let p: G1Affine = (G1Affine::generator() * *random_scalar(&mut rng).unwrap()).into();
        let random = (0..20).map(|_| *random_scalar(&mut rng).unwrap());
        let table = FixedBase::<G1Affine>::new(&p);
        for k in edges.into_iter().chain(random) {
            assert_eq!(table.mul(&k), p * k);
            assert_eq!(mul_generator_g1(&k), G1Affine::generator() * k);
            assert_eq!(mul_generator_g2(&k), G2Affine::generator() * k);
        }
    }
}
