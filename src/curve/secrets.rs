//! Scalars, points and pairing values as secrets: how each is wiped.

use zeroize::Zeroize;

use super::{G1Affine, G1Projective, G2Affine, G2Projective, Gt, Scalar};
use crate::secret::{Secret, Wipe};

/// A secret scalar.
pub(crate) type SecretScalar = Secret<Scalar>;
/// A secret point of a key, as it is stored.
pub(crate) type SecretG1 = Secret<G1Affine>;
/// A secret point of a key, as it is stored.
pub(crate) type SecretG2 = Secret<G2Affine>;
/// A secret pairing value.
pub(crate) type SecretGt = Secret<Gt>;

impl From<G1Projective> for SecretG1 {
    fn from(mut point: G1Projective) -> Self {
        let secret = Self::new(G1Affine::from(&point));
        point.wipe();
        secret
    }
}

impl From<G2Projective> for SecretG2 {
    fn from(mut point: G2Projective) -> Self {
        let secret = Self::new(G2Affine::from(&point));
        point.wipe();
        secret
    }
}

impl Wipe for Scalar {
    fn wipe(&mut self) {
        // SAFETY: a scalar is four plain limbs, for which all zeros is a valid value, and has no destructor.
        unsafe { zeroize::zeroize_flat_type(self) };
    }
}

impl Wipe for G1Affine {
    fn wipe(&mut self) {
        let point = self.as_mut();
        point.x.l.zeroize();
        point.y.l.zeroize();
    }
}

impl Wipe for G2Affine {
    fn wipe(&mut self) {
        let point = self.as_mut();
        for c in point.x.fp.iter_mut().chain(&mut point.y.fp) {
            c.l.zeroize();
        }
    }
}

impl Wipe for G1Projective {
    fn wipe(&mut self) {
        let point = self.as_mut();
        point.x.l.zeroize();
        point.y.l.zeroize();
        point.z.l.zeroize();
    }
}

impl Wipe for G2Projective {
    fn wipe(&mut self) {
        let point = self.as_mut();
        for c in point.x.fp.iter_mut().chain(&mut point.y.fp).chain(&mut point.z.fp) {
            c.l.zeroize();
        }
    }
}

/// A factor of a product of pairings.
impl Wipe for (G1Affine, G2Affine) {
    fn wipe(&mut self) {
        self.0.wipe();
        self.1.wipe();
    }
}

/// Points, factors, and the values of a dual sharing.
impl<T: Wipe> Wipe for Vec<T> {
    fn wipe(&mut self) {
        self.iter_mut().for_each(Wipe::wipe);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::Group;

    #[test]
    fn wiping_clears_scalars_and_points() {
        let mut scalar = Scalar::from(7);
        scalar.wipe();
        assert_eq!(scalar, Scalar::from(0));
        let mut point = G1Projective::generator();
        point.wipe();
        assert!(bool::from(point.is_identity()));
        let mut point = G2Projective::generator();
        point.wipe();
        assert!(bool::from(point.is_identity()));
    }
}
