//! Trapdoors: what a user hands to a node so that it can search.

use core::fmt;
use std::collections::BTreeMap;

use rand_core::{CryptoRng, RngCore};

use super::keys::SearchKey;
use super::keyword::Keyword;
use crate::codec::{Kind, Object, Reader, Writer, byte_form};
use crate::curve::{
    Curve, G1Affine, G1Projective, G2Affine, G2Projective, Group, batch_affine_g1, random_nonzero_scalar,
};
use crate::error::Error;
use crate::policy::{Attributes, CanonicalAttribute};

/// Lets a node search for one keyword, wherever the shown attributes satisfy the policy of an index.
///
/// It tells the node these attributes, the result of each match, and nothing else: neither the keyword, nor whether
/// another trapdoor is for the same keyword or from the same user. It works on every index of the same authority,
/// also on later ones, in whoever's hands: send it inside a session.
///
/// Byte form: header, shown attributes, `T0` (48 bytes), `T2` (96), `T3` (96), one `T_a` (48) for each attribute, a
/// number counting as its 33 prefixes.
pub struct Trapdoor {
    attributes: Attributes,
    pub(super) T0: G1Affine,
    pub(super) T: BTreeMap<CanonicalAttribute, G1Affine>,
    pub(super) T2: G2Affine,
    pub(super) T3: G2Affine,
}

impl SearchKey {
    /// A trapdoor for a keyword that shows all attributes of this key. Needs nobody else.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn trapdoor(
        &self,
        keyword: &Keyword,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Trapdoor, Error> {
        self.trapdoor_showing(keyword, self.attributes(), rng)
    }

    /// A trapdoor that shows some of this key's attributes: it finds what these satisfy, and is shorter.
    ///
    /// # Errors
    /// [`Error::UnknownAttribute`] if this key was not issued for all of them; [`Error::RandomnessUnavailable`] if
    /// `rng` fails.
    pub fn trapdoor_showing(
        &self,
        keyword: &Keyword,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Trapdoor, Error> {
        let (K, Z) = (&self.K, &self.Z);
        let x_w = self.kappa.slot_value(keyword);
        // t, y <- Zq*
        let (t, y) = (random_nonzero_scalar(rng)?, random_nonzero_scalar(rng)?);
        // T0 = [t](K0 + [y]Z0 + [x_w](K1 + [y]Z1))
        let K1_y = *Z.X1 * *y + *K.X1;
        let T0 = ((*Z.X0 * *y + *K.X0 + K1_y * *x_w) * *t).to_affine();
        // T_a = [t](K_a + [y]Z_a)
        let shown = attributes.expanded();
        let T_a = shown
            .iter()
            .map(|a| match (K.X.get(a), Z.X.get(a)) {
                (Some(K_a), Some(Z_a)) => Ok((**Z_a * *y + **K_a) * *t),
                _ => Err(Error::UnknownAttribute),
            })
            .collect::<Result<Vec<G1Projective>, Error>>()?;
        let T = shown.into_iter().zip(batch_affine_g1(&T_a)).collect();
        // T2 = [t](K2 + [y]Z2)     T3 = [t]P2
        let T2 = ((*Z.X2 * *y + *K.X2) * *t).to_affine();
        let T3 = (G2Projective::generator() * *t).to_affine();
        Ok(Trapdoor { attributes: attributes.clone(), T0, T, T2, T3 })
    }
}

impl Trapdoor {
    /// The attributes that this trapdoor shows.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }
}

/// Whoever reads a trapdoor can search with it: it does not go into a log by accident.
impl fmt::Debug for Trapdoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trapdoor").field("attributes", &self.attributes).finish_non_exhaustive()
    }
}

impl Object for Trapdoor {
    const KIND: Kind = Kind::Trapdoor;

    fn write(&self, w: &mut Writer) {
        self.attributes.write(w);
        w.g1(&self.T0);
        w.g2(&self.T2);
        w.g2(&self.T3);
        for T_a in self.T.values() {
            w.g1(T_a);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let attributes = Attributes::read(r)?;
        let T0 = r.g1()?;
        let (T2, T3) = (r.g2()?, r.g2()?);
        let T = attributes.expanded().into_iter().map(|a| Ok((a, r.g1()?))).collect::<Result<_, Error>>()?;
        Ok(Self { attributes, T0, T, T2, T3 })
    }
}

byte_form!(Trapdoor);
