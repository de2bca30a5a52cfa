//! Secret polynomials, and Feldman's commitments to them.

use rand_core::{CryptoRng, RngCore};

use crate::codec::Part;
use crate::curve::{
    Curve, Field, G1Affine, G2Affine, Scalar, SecretScalar, msm_g1, msm_g2, mul_generator_g1,
    mul_generator_g2, random_nonzero_scalar,
};
use crate::error::Error;
use crate::secret::{Secret, Wipe};
use crate::shamir::{coefficients, value_at};

/// A secret polynomial. Its lowest power is 0, or 1 if it shares zero: it then has no constant.
#[derive(Debug)]
pub(super) struct Polynomial {
    lowest: u32,
    pub(super) coefficients: Secret<Vec<Scalar>>,
}

impl Polynomial {
    /// Draws `f` of degree `t - 1` with this constant, or a random one.
    pub(super) fn sharing(
        constant: Option<&SecretScalar>,
        t: u8,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        let coefficients = coefficients(constant, t.into(), || random_nonzero_scalar(rng))?;
        Ok(Self { lowest: 0, coefficients })
    }

    /// Draws `f` of degree `t - 1` with `f(0) = 0`.
    pub(super) fn sharing_zero(t: u8, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        let coefficients = coefficients(None, usize::from(t) - 1, || random_nonzero_scalar(rng))?;
        Ok(Self { lowest: 1, coefficients })
    }

    /// `f(x)`
    pub(super) fn at(&self, x: u8) -> SecretScalar {
        let mut value = value_at(self.coefficients.iter(), x.into());
        if self.lowest == 1 {
            *value *= Scalar::from(u64::from(x));
        }
        value
    }

    /// `[a_k]P` of every coefficient.
    pub(super) fn commit<P: Base>(&self) -> Vec<P> {
        self.coefficients.iter().map(P::commit).collect()
    }
}

/// A group with its generator `P`: `P2` for the master secrets of attribute keys, `P1`
/// for the super node's.
pub(super) trait Base: Copy + Part + PartialEq + Wipe {
    /// `[k]P`, in constant time.
    fn commit(k: &Scalar) -> Self;
    /// `sum [k_i]P_i` of public points and scalars.
    fn sum(points: &[Self], k: &[Scalar]) -> Self;
}

impl Base for G1Affine {
    fn commit(k: &Scalar) -> Self {
        mul_generator_g1(k).to_affine()
    }

    fn sum(points: &[Self], k: &[Scalar]) -> Self {
        msm_g1(points, k).to_affine()
    }
}

impl Base for G2Affine {
    fn commit(k: &Scalar) -> Self {
        mul_generator_g2(k).to_affine()
    }

    fn sum(points: &[Self], k: &[Scalar]) -> Self {
        msm_g2(points, k).to_affine()
    }
}

/// Returns `[f(x)]P = sum [x^k]C_k`, from commitments whose lowest power is `lowest`.
pub(super) fn committed_at<P: Base>(commitments: &[P], lowest: u64, x: u8) -> P {
    let x = Scalar::from(u64::from(x));
    let powers: Vec<Scalar> = core::iter::successors(Some(x.pow_vartime([lowest])), |power| Some(power * x))
        .take(commitments.len())
        .collect();
    P::sum(commitments, &powers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shamir::lagrange;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    #[test]
    fn t_values_give_the_constant() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for (t, indices) in
            [(2u8, vec![1u8, 2]), (2, vec![255, 3]), (3, vec![4, 1, 2]), (5, vec![9, 2, 7, 1, 200])]
        {
            let secret = random_nonzero_scalar(&mut rng).unwrap();
            for (f, lowest, constant) in [
                (Polynomial::sharing(Some(&secret), t, &mut rng).unwrap(), 0, *secret),
                (Polynomial::sharing_zero(t, &mut rng).unwrap(), 1, Scalar::ZERO),
            ] {
                let at_zero = |indices: &[u8]| -> Scalar {
                    indices.iter().zip(lagrange(indices)).map(|(i, l)| *f.at(*i) * l).sum()
                };
                assert_eq!(at_zero(&indices), constant);
                // One value fewer gives a different result.
                assert_ne!(at_zero(&indices[1..]), constant);
                // The commitments tell every value.
                for i in &indices {
                    assert_eq!(
                        committed_at(&f.commit::<G2Affine>(), lowest, *i),
                        G2Affine::commit(&f.at(*i))
                    );
                    assert_eq!(
                        committed_at(&f.commit::<G1Affine>(), lowest, *i),
                        G1Affine::commit(&f.at(*i))
                    );
                }
                assert_eq!(f.coefficients.len() as u64, u64::from(t) - lowest);
            }
        }
    }
}
