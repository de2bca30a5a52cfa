//! Shamir's sharing over the scalars (1979): values of a secret polynomial, and
//! Lagrange coefficients at zero.

use crate::curve::{Field, Scalar, SecretScalar};
use crate::error::Error;
use crate::secret::{Secret, collect};

/// Draws the coefficients of a secret polynomial, with this constant or a random one.
pub(crate) fn coefficients(
    constant: Option<&SecretScalar>,
    terms: usize,
    mut draw: impl FnMut() -> Result<SecretScalar, Error>,
) -> Result<Secret<Vec<Scalar>>, Error> {
    let coefficient = |k| match constant {
        Some(constant) if k == 0 => Ok(**constant),
        _ => draw().map(|a| *a),
    };
    Ok(Secret::new(collect((0..terms).map(coefficient))?))
}

/// Computes `f(x) = sum a_k x^k` from the coefficients, `a_0` first.
pub(crate) fn value_at<'a>(
    coefficients: impl IntoIterator<Item = &'a Scalar, IntoIter: DoubleEndedIterator>,
    x: u64,
) -> SecretScalar {
    let x = Scalar::from(x);
    let mut value = Secret::new(Scalar::ZERO);
    for a in coefficients.into_iter().rev() {
        *value *= x;
        *value += a;
    }
    value
}

/// Computes `l_i = prod_{j != i} x_j / (x_j - x_i)` for places that are distinct and not zero. With
/// these, `sum l_i f(x_i) = f(0)` for every `f` whose degree is less than the number of places.
pub(crate) fn lagrange<X: Copy + Into<i64>>(places: &[X]) -> Vec<Scalar> {
    let places: Vec<i64> = places.iter().map(|x| (*x).into()).collect();
    // prod_j x_j  /  (x_i prod_{j != i} (x_j - x_i)), with one inversion for all denominators
    let numerator = product(places.iter().copied());
    let denominators = places.iter().map(|x_i| {
        let differences = places.iter().filter(|x_j| *x_j != x_i).map(|x_j| x_j - x_i);
        product(differences.chain([*x_i]))
    });
    let mut coefficients: Vec<Scalar> = denominators.collect();
    invert_all(&mut coefficients);
    for coefficient in &mut coefficients {
        *coefficient *= numerator;
    }
    coefficients
}

/// Computes the product of small integers. Several of them are multiplied before each reduction.
fn product(factors: impl Iterator<Item = i64>) -> Scalar {
    let (mut product, mut small, mut negative) = (Scalar::ONE, 1u64, false);
    for factor in factors {
        negative ^= factor < 0;
        let factor = factor.unsigned_abs();
        small = small.checked_mul(factor).unwrap_or_else(|| {
            product *= Scalar::from(small);
            factor
        });
    }
    product *= Scalar::from(small);
    if negative { -product } else { product }
}

/// Inverts scalars, none of them zero, with one inversion (Montgomery's trick).
fn invert_all(scalars: &mut [Scalar]) {
    // before_i = prod_{j < i} x_j
    let mut before = Vec::with_capacity(scalars.len());
    let mut product = Scalar::ONE;
    for scalar in scalars.iter() {
        before.push(product);
        product *= scalar;
    }
    let mut inverse = product.invert().unwrap_or(Scalar::ZERO);
    for (scalar, before) in scalars.iter_mut().zip(before).rev() {
        let rest = inverse * *scalar;
        *scalar = inverse * before;
        inverse = rest;
    }
}
