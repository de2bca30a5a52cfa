//! Trapdoors: what a user hands to a node so that it can search.

use core::fmt;
use std::collections::BTreeMap;

use rand_core::{CryptoRng, RngCore};

use super::hint::{Hint, Hints};
use super::keys::SearchKey;
use super::keyword::Keyword;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{Curve, G1Affine, G1Projective, G2Affine, batch_affine_g1, mul_generator_g2};
use crate::domain::SEARCH_TRAPDOOR_NONCE;
use crate::error::Error;
use crate::limits::{self, Limit};
use crate::policy::{Attributes, CanonicalAttribute};
use crate::secret::Secret;
use crate::transcript::Transcript;

/// Lets a node search for one keyword, wherever the shown attributes satisfy the policy of an index.
///
/// It tells the node these attributes, the result of each match, its hints if it has any, and nothing else: neither the keyword, nor whether
/// another trapdoor is for the same keyword or from the same user. It works on every index of the same authority,
/// also on later ones, in whoever's hands: send it inside a session.
///
/// Byte form: header, shown attributes, number of hints (4 bytes), each with bits (1), period (4) and value (2), in
/// ascending order of periods, `T0` (48), `T2` (96), `T3` (96), one `T_a` (48) for each attribute, a number counting
/// as its 33 prefixes.
pub struct Trapdoor {
    attributes: Attributes,
    pub(super) hints: Vec<Hint>,
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
        self.trapdoor_hinted(keyword, attributes, &[], rng)
    }

    /// As [`SearchKey::trapdoor_showing`], with a hint for each period asked: indexes with hints of other periods are
    /// not found. Read what [`Hints`] tell before you use them.
    ///
    /// # Errors
    /// As [`SearchKey::trapdoor_showing`]; [`Error::NotSorted`] if the periods are not in ascending order;
    /// [`Error::LimitExceeded`] for more than [`HINTED_PERIODS`](limits::HINTED_PERIODS).
    pub fn trapdoor_hinted(
        &self,
        keyword: &Keyword,
        attributes: &Attributes,
        hints: &[Hints],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Trapdoor, Error> {
        if hints.len() > limits::HINTED_PERIODS {
            return Err(Error::LimitExceeded(Limit::HintedPeriods));
        }
        if !hints.is_sorted_by(|one, next| one.period() < next.period()) {
            return Err(Error::NotSorted);
        }
        let hints = hints.iter().map(|hints| self.kappa.hint(*hints, keyword)).collect();

        let (K, Z) = (&self.K, &self.Z);
        let x_w = self.kappa.slot_value(keyword);
        // t, y <- Zq*, together with the key, the keyword and the attributes: two trapdoors with one t and y would give the
        // trapdoor of every keyword, so that a generator that repeats itself must not give it to them.
        let mut shown = Writer::new();
        attributes.write(&mut shown);
        let mut nonces = Transcript::new();
        nonces
            .bytes("kappa", self.kappa.kappa())
            .g1("K0", &K.X0)
            .g1("Z0", &Z.X0)
            .scalar("x_w", &x_w)
            .bytes("attributes", shown.as_slice());
        let t = nonces.hedged(SEARCH_TRAPDOOR_NONCE, rng)?;
        let y = nonces.hedged(SEARCH_TRAPDOOR_NONCE, rng)?;
        // T0 = [t](K0 + [y]Z0 + [x_w](K1 + [y]Z1))
        let K0_y = Secret::new(*Z.X0 * *y + *K.X0);
        let K1_y = Secret::new(*Z.X1 * *y + *K.X1);
        let T0 = ((*K0_y + *K1_y * *x_w) * *t).to_affine();
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
        let T3 = mul_generator_g2(&t).to_affine();
        Ok(Trapdoor { attributes: attributes.clone(), hints, T0, T, T2, T3 })
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
        w.count(self.hints.len());
        for hint in &self.hints {
            hint.hints.write(w);
            hint.write_value(w);
        }
        w.g1(&self.T0);
        w.g2(&self.T2);
        w.g2(&self.T3);
        for T_a in self.T.values() {
            w.g1(T_a);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let attributes = Attributes::read(r)?;
        let count = r.count(limits::HINTED_PERIODS, Limit::HintedPeriods)?;
        let hints = (0..count)
            .map(|_| {
                let hints = Hints::read(r)?;
                Hint::read_value(r, hints)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        if !hints.is_sorted_by(|one, next| one.hints.period() < next.hints.period()) {
            return Err(Error::NotSorted);
        }
        let T0 = r.g1()?;
        let (T2, T3) = (r.g2()?, r.g2()?);
        let T = attributes.expanded().into_iter().map(|a| Ok((a, r.g1()?))).collect::<Result<_, Error>>()?;
        Ok(Self { attributes, hints, T0, T, T2, T3 })
    }
}
