//! Sums of a few multiples with **public** scalars, about twice as fast as the bucket method for so few: Straus'
//! method with signed windows (wNAF), and half as many doublings by the endomorphism of Gallant, Lambert and
//! Vanstone (CRYPTO 2001).
//!
//! With the curve's parameter z, q = z^4 - z^2 + 1, so that `-z^2` is a primitive cube root of one modulo q, and
//! on the subgroup of order q the map `(x, y) -> (beta x, y)` is multiplication by it, for the right cube root `beta`
//! of one in the field. Hence `[z^2](x, y) = (beta x, -y)`, and `k = k_0 + k_1 z^2` splits a scalar in halves.

use blst::{blst_fp, blst_fp_cneg, blst_fp_mul};

use super::{G1Affine, G1Projective, Group, Scalar, batch_affine_g1};

/// `z^2`, 128 bits.
const Z_SQUARED: u128 = 0xac45_a401_0001_a402_0000_0001_0000_0000;
/// The bits of a half, and of a carry out of it.
const DIGITS: usize = 129;

/// `beta`, in Montgomery form.
const BETA: blst_fp = blst_fp {
    l: [
        0x30f1_361b_798a_64e8,
        0xf3b8_ddab_7ece_5a2a,
        0x16a8_ca3a_c615_77f7,
        0xc26a_2ff8_74fd_029b,
        0x3636_b766_6070_1c6e,
        0x051b_a4ab_241b_6160,
    ],
};

/// The odd multiples `[1]P, [3]P .. [2^(width-1) - 1]P` of a point of the subgroup, each with its own multiple by
/// `z^2`.
#[derive(Clone)]
pub(crate) struct OddMultiples {
    width: u32,
    pairs: Vec<[G1Affine; 2]>,
}

impl core::fmt::Debug for OddMultiples {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OddMultiples")
    }
}

impl OddMultiples {
    /// A wider window, of 2 to 8 bits, suits a point that is used more often.
    pub(crate) fn new(point: &G1Affine, width: u32) -> Self {
        let double = G1Projective::from(point).double();
        let odd: Vec<G1Projective> =
            core::iter::successors(Some(point.into()), |multiple| Some(multiple + double))
                .take(1 << (width - 2))
                .collect();
        let pairs = batch_affine_g1(&odd).into_iter().map(|point| [point, times_z_squared(&point)]).collect();
        Self { width, pairs }
    }

    /// Adds the multiple that a digit names: of the point, or of the point times `z^2`.
    fn add(&self, sum: &mut G1Projective, digit: i8, half: usize) {
        let odd = usize::from(digit.unsigned_abs() / 2);
        if let Some(point) = self.pairs.get(odd).and_then(|pair| pair.get(half)) {
            if digit > 0 {
                *sum += point;
            } else {
                *sum -= point;
            }
        }
    }
}

/// `sum [k_i]P_i` for public scalars: the running time depends on them.
pub(crate) fn straus_g1(terms: &[(&OddMultiples, Scalar)]) -> G1Projective {
    let digits: Vec<[[i8; DIGITS]; 2]> = terms
        .iter()
        .map(|(multiples, k)| halves(k).map(|half| signed_windows(half, multiples.width)))
        .collect();
    let mut sum = G1Projective::identity();
    for bit in (0..DIGITS).rev() {
        sum = sum.double();
        for ((multiples, _), halves) in terms.iter().zip(&digits) {
            for (half, digits) in halves.iter().enumerate() {
                match digits.get(bit) {
                    Some(0) | None => {}
                    Some(digit) => multiples.add(&mut sum, *digit, half),
                }
            }
        }
    }
    sum
}

/// `(beta x, -y)`
fn times_z_squared(point: &G1Affine) -> G1Affine {
    let mut image = *point;
    let coordinates = image.as_mut();
    let (x, y) = (coordinates.x, coordinates.y);
    // SAFETY: reads initialised field elements, writes one each.
    unsafe {
        blst_fp_mul(&mut coordinates.x, &x, &BETA);
        blst_fp_cneg(&mut coordinates.y, &y, true);
    }
    image
}

/// `k_0` and `k_1` of `k = k_0 + k_1 z^2`, both below `z^2`: long division, bit by bit.
fn halves(k: &Scalar) -> [u128; 2] {
    let (mut remainder, mut quotient) = (0u128, 0u128);
    for byte in k.to_bytes_be() {
        for bit in (0..8).rev() {
            let carry = remainder >> 127 == 1;
            remainder = remainder << 1 | u128::from(byte >> bit & 1);
            quotient <<= 1;
            if carry || remainder >= Z_SQUARED {
                remainder = remainder.wrapping_sub(Z_SQUARED);
                quotient |= 1;
            }
        }
    }
    [remainder, quotient]
}

/// The digits of `k`, from the lowest, that are zero or odd, below `2^(width-1)` in magnitude; of `width` in a row at
/// most one is not zero.
fn signed_windows(mut k: u128, width: u32) -> [i8; DIGITS] {
    let mut digits = [0i8; DIGITS];
    for digit in &mut digits {
        if k & 1 == 1 {
            let low = (k & ((1 << width) - 1)) as i16;
            let signed = if low >> (width - 1) == 1 { low - (1 << width) } else { low };
            // A half is below z^2, far enough from 2^128 for what is added here.
            k = k.wrapping_sub(signed as u128);
            *digit = signed as i8;
        }
        k >>= 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{Curve, Field, PrimeCurveAffine, random_scalar};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    fn z_squared() -> Scalar {
        let z = Scalar::from(0xd201_0000_0001_0000);
        z.square()
    }

    #[test]
    fn the_endomorphism_multiplies_by_z_squared() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for _ in 0..4 {
            let p = (G1Projective::generator() * *random_scalar(&mut rng).unwrap()).to_affine();
            assert_eq!(times_z_squared(&p), (p * z_squared()).to_affine());
        }
        assert_eq!(times_z_squared(&G1Affine::identity()), G1Affine::identity());
    }

    #[test]
    fn halves_and_windows_give_the_scalar_back() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let wide = |k: u128| {
            Scalar::from((k >> 64) as u64) * Scalar::from(1 << 32).square() + Scalar::from(k as u64)
        };
        let edges =
            [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, z_squared(), z_squared() - Scalar::ONE, -z_squared()];
        for k in edges.into_iter().chain((0..40).map(|_| *random_scalar(&mut rng).unwrap())) {
            let [k_0, k_1] = halves(&k);
            assert!(k_0 < Z_SQUARED && k_1 <= Z_SQUARED);
            assert_eq!(wide(k_0) + wide(k_1) * z_squared(), k);
            for width in 2..=8 {
                for half in [k_0, k_1] {
                    let digits = signed_windows(half, width);
                    let sum = digits.iter().rev().fold(Scalar::ZERO, |sum, digit| {
                        let magnitude = Scalar::from(u64::from(digit.unsigned_abs()));
                        sum.double() + if *digit < 0 { -magnitude } else { magnitude }
                    });
                    assert_eq!(sum, wide(half));
                    assert!(
                        digits
                            .iter()
                            .all(|d| *d == 0 || d % 2 != 0 && u32::from(d.unsigned_abs()) < 1 << (width - 1))
                    );
                }
            }
        }
    }

    #[test]
    fn sums_agree_with_separate_multiplications() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        for width in 2..=8 {
            let mut points: Vec<G1Affine> = (0..5)
                .map(|_| (G1Projective::generator() * *random_scalar(&mut rng).unwrap()).to_affine())
                .collect();
            // Equal, opposite and neutral points, and scalars to match.
            points.extend([points[0], -points[0], G1Affine::identity()]);
            let mut scalars: Vec<Scalar> = (0..8).map(|_| *random_scalar(&mut rng).unwrap()).collect();
            scalars[1] = Scalar::ZERO;
            scalars[2] = -Scalar::ONE;
            scalars[5] = scalars[0];
            scalars[6] = scalars[0];
            let multiples: Vec<_> = points.iter().map(|p| OddMultiples::new(p, width)).collect();
            let terms: Vec<_> = multiples.iter().zip(scalars.iter().copied()).collect();
            for n in 0..=8 {
                let expected: G1Projective = points.iter().zip(&scalars).take(n).map(|(p, k)| p * k).sum();
                assert_eq!(straus_g1(&terms[..n]), expected);
            }
        }
    }
}
