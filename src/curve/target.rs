//! The target group, multiplicative: the subgroup of prime order of `Fp12`. Its elements have norm
//! one over `Fp6`, and are never transmitted.
#![expect(unsafe_code, reason = "calls into blst; each block says why it is sound")]

use blst::{
    blst_bendian_from_fp12, blst_fp12, blst_fp12_conjugate, blst_fp12_cyclotomic_sqr,
    blst_fp12_frobenius_map, blst_fp12_is_one, blst_fp12_mul,
};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use super::fixed_base::digits;
use super::{GT_BYTES, Scalar};
use crate::secret::{Secret, Wipe};

/// An element of the target group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gt(pub(super) blst_fp12);

impl Gt {
    /// Returns the neutral element.
    pub(crate) fn one() -> Self {
        Self(blst_fp12::default())
    }

    pub(crate) fn is_one(&self) -> bool {
        // SAFETY: reads one initialised element.
        unsafe { blst_fp12_is_one(&self.0) }
    }

    /// Returns the 576-byte form that is hashed: twelve big-endian field elements, in blst's order.
    pub(crate) fn to_bytes(self) -> Secret<[u8; GT_BYTES]> {
        let mut out = Secret::<[u8; GT_BYTES]>::zeroed();
        // SAFETY: blst writes 576 bytes, which the array has.
        unsafe { blst_bendian_from_fp12(out.as_mut_ptr(), &self.0) };
        out
    }

    pub(crate) fn mul(&self, other: &Self) -> Self {
        let mut out = blst_fp12::default();
        // SAFETY: reads two initialised elements, writes one.
        unsafe { blst_fp12_mul(&mut out, &self.0, &other.0) };
        Self(out)
    }

    fn square(&self) -> Self {
        let mut out = blst_fp12::default();
        // SAFETY: reads one initialised element, writes one. Every `Gt` comes from a final exponentiation, so
        // that it lies in the cyclotomic subgroup.
        unsafe { blst_fp12_cyclotomic_sqr(&mut out, &self.0) };
        Self(out)
    }

    fn conjugate(mut self) -> Self {
        // SAFETY: conjugates one initialised element in place.
        unsafe { blst_fp12_conjugate(&mut self.0) };
        self
    }

    /// Computes `self^(p^n)`.
    fn frobenius(&self, n: usize) -> Self {
        let mut out = blst_fp12::default();
        // SAFETY: reads one initialised element, writes one; `n` is 1, 2 or 3, as blst demands.
        unsafe { blst_fp12_frobenius_map(&mut out, &self.0, n) };
        Self(out)
    }

    /// Computes `self^(|z|^i)` for i from 0 to 3. The field's order is congruent to the curve
    /// parameter `z` modulo the group's order, so the Frobenius map gives the powers by
    /// `z^i`. `z` is negative.
    fn pow_z(&self, i: usize) -> Self {
        match i {
            0 => *self,
            i if i % 2 == 0 => self.frobenius(i),
            i => self.frobenius(i).conjugate(),
        }
    }

    /// Computes `self^k` in constant time.
    ///
    /// `k = sum k_i |z|^i` has four digits of 64 bits. The powers of the four `self^(|z|^i)` are
    /// computed together. Each product of bases is read with a mask over the whole table.
    pub(crate) fn pow(&self, k: &Scalar) -> Self {
        let bases = [0, 1, 2, 3].map(|i| self.pow_z(i));
        let mut table = [Self::one(); 16];
        let mut filled = 1;
        for base in &bases {
            let (products, rest) = table.split_at_mut(filled);
            for (with_base, product) in rest.iter_mut().zip(products) {
                *with_base = product.mul(base);
            }
            filled *= 2;
        }
        let k = Secret::new(digits_to_the_base_of_z(k));
        let mut out = Self::one();
        for bit in (0..64).rev() {
            let index = (0u8..).zip(k.iter()).fold(0, |index, (i, digit)| index | (digit >> bit & 1) << i);
            let mut chosen = Self::one();
            for (i, product) in (0u64..).zip(&table) {
                chosen.conditional_assign(product, i.ct_eq(&index));
            }
            out = out.square().mul(&chosen);
        }
        out
    }
}

/// Bits in a window of [`FixedTarget`].
const BITS: usize = 5;
/// Windows of 64 bits. The last has four bits, which leaves room for a carry.
const WINDOWS: usize = 13;
const MULTIPLES: usize = 1 << (BITS - 1);

/// An element with its powers `g^(i 32^w)` for `i` in 1..=16, `w` in 0..13. The table takes 120 KB,
/// and making it takes as long as three or four calls of [`Gt::pow`].
pub(crate) struct FixedTarget(Vec<Gt>);

impl FixedTarget {
    pub(crate) fn new(base: &Gt) -> Self {
        let mut powers = Vec::with_capacity(WINDOWS * MULTIPLES);
        let mut unit = *base;
        for _ in 0..WINDOWS {
            let mut power = unit;
            for _ in 1..MULTIPLES {
                powers.push(power);
                power = power.mul(&unit);
            }
            powers.push(power);
            unit = power.square();
        }
        Self(powers)
    }

    /// Computes `g^k` in constant time, about twice as fast as [`Gt::pow`].
    ///
    /// `k = sum k_i |z|^i` as in [`Gt::pow`]. Each `g^(k_i)` is a product of powers, and every
    /// power of a window is read under a mask.
    pub(crate) fn pow(&self, k: &Scalar) -> Gt {
        let k = Secret::new(digits_to_the_base_of_z(k));
        (0..).zip(k.iter()).fold(Gt::one(), |product, (i, k_i)| product.mul(&self.pow_64(*k_i).pow_z(i)))
    }

    fn pow_64(&self, k: u64) -> Gt {
        let mut product = Gt::one();
        let k = Secret::new(k.to_le_bytes());
        for (window, (magnitude, negative)) in self.0.chunks_exact(MULTIPLES).zip(digits(k.as_slice(), BITS))
        {
            let mut power = Gt::one();
            for (i, candidate) in (1u8..).zip(window) {
                power.conditional_assign(candidate, i.ct_eq(&magnitude));
            }
            // In a group of norm one, the conjugate is the inverse.
            power.conditional_assign(&power.conjugate(), negative);
            product = product.mul(&power);
        }
        product
    }
}

/// Returns the digits of `k` to the base `|z|`, from the lowest, by division in constant time.
/// There are four, since the group's order is `z^4 - z^2 + 1`.
fn digits_to_the_base_of_z(k: &Scalar) -> [u64; 4] {
    const ABS_Z: u128 = 0xd201_0000_0001_0000;
    let mut number = Secret::new(k.to_bytes_be());
    let mut digits = [0; 4];
    for digit in &mut digits {
        let mut remainder = 0u128;
        for byte in number.iter_mut() {
            let mut quotient = 0;
            for bit in (0..8).rev() {
                remainder = remainder << 1 | u128::from(*byte >> bit & 1);
                let reduced = remainder.wrapping_sub(ABS_Z);
                let fits = Choice::from(1 ^ (reduced >> 127) as u8);
                remainder.conditional_assign(&reduced, fits);
                quotient = quotient << 1 | fits.unwrap_u8();
            }
            *byte = quotient;
        }
        *digit = remainder as u64;
    }
    digits
}

impl ConditionallySelectable for Gt {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        let mut out = *a;
        out.conditional_assign(b, choice);
        out
    }

    fn conditional_assign(&mut self, other: &Self, choice: Choice) {
        for (x, y) in self.0.fp6.iter_mut().zip(&other.0.fp6) {
            for (x, y) in x.fp2.iter_mut().zip(&y.fp2) {
                for (x, y) in x.fp.iter_mut().zip(&y.fp) {
                    for (x, y) in x.l.iter_mut().zip(&y.l) {
                        x.conditional_assign(y, choice);
                    }
                }
            }
        }
    }
}

impl Wipe for Gt {
    fn wipe(&mut self) {
        for c in self.0.fp6.iter_mut().flat_map(|c| &mut c.fp2).flat_map(|c| &mut c.fp) {
            c.l.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::samples::rng;
    use crate::curve::{Field, G1Affine, G2Affine, PrimeCurveAffine, pairing_product, random_scalar};

    impl PartialEq for Gt {
        fn eq(&self, other: &Self) -> bool {
            *self.to_bytes() == *other.to_bytes()
        }
    }

    #[test]
    fn exponents_follow_the_laws() {
        let e = pairing_product(&[(G1Affine::generator(), G2Affine::generator())]).unwrap();
        assert!(e.pow(&Scalar::ZERO).is_one());
        assert_eq!(e.pow(&Scalar::ONE), e);
        assert_eq!(e.pow(&-Scalar::ONE).mul(&e), Gt::one());
        assert_eq!(e.pow(&Scalar::from(300)), e.pow(&Scalar::from(299)).mul(&e));
        // Around the base of the digits, and compared with multiplication in G1.
        let z = Scalar::from(0xd201_0000_0001_0000);
        let random = *random_scalar(&mut rng(1)).unwrap();
        for k in [z, z - Scalar::ONE, z.square(), z.square() - Scalar::ONE, z.square() * z, random] {
            let in_g1 = pairing_product(&[((G1Affine::generator() * k).into(), G2Affine::generator())]);
            assert_eq!(e.pow(&k), in_g1.unwrap());
            assert_eq!(e.pow(&k), FixedTarget::new(&e).pow(&k));
        }
    }
}
