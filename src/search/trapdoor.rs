//! Trapdoors, with which a node can search for a user.

use core::fmt;
use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use super::hint::{Hint, Hints};
use super::keys::{IssuedSearchKey, SearchKey};
use super::keyword::Keyword;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{
    Curve, G1_BYTES, G1Affine, G1Projective, G2Affine, batch_affine_g1, decode_g1, decode_g2,
    mul_generator_g2, random_nonzero_scalar, random_scalar,
};
use crate::domain::SEARCH_TRAPDOOR_NONCE;
use crate::error::Error;
use crate::fabeo::Elements;
use crate::limits::{self, Limit};
use crate::policy::Attributes;
use crate::secret::Secret;
use crate::transcript::Transcript;

/// Lets a node search for one keyword in the indexes whose policy the shown attributes satisfy.
///
/// A node learns these attributes, the result of each match, and the hints, if there are any. The
/// group elements reveal neither the keyword, nor whether another trapdoor is for the same keyword
/// or from the same user. A trapdoor works for anyone, on every index of the same authority, also
/// on later ones: send it inside a session.
#[derive(Clone)]
pub struct Trapdoor {
    attributes: Attributes,
    pub(super) hints: Vec<Hint>,
    pub(super) T0: G1Affine,
    /// `T_a` and `T_l`.
    pub(super) T: Arc<Elements>,
    pub(super) T2: G2Affine,
    pub(super) T3: G2Affine,
}

impl SearchKey {
    /// Makes a trapdoor for a keyword, without contacting anyone.
    ///
    /// The trapdoor lists the attributes in `showing` and finds what they satisfy. The list tells
    /// the node about the user, so show only the attributes that the relevant policies need
    /// ([`Attributes::needed_by`]). To show all attributes of the key, pass
    /// [`SearchKey::attributes`].
    ///
    /// # Errors
    /// - [`Error::UnknownAttribute`] if this key was not issued for all of them.
    /// - [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn trapdoor(
        &self,
        keyword: &Keyword,
        showing: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Trapdoor, Error> {
        self.trapdoor_hinted(keyword, showing, &[], rng)
    }

    /// Makes a trapdoor as [`SearchKey::trapdoor`] does, with a hint for each period in
    /// `hints`. It does not find indexes with hints of other periods. Read what [`Hints`]
    /// leak before you use them.
    ///
    /// # Errors
    /// - As [`SearchKey::trapdoor`].
    /// - [`Error::NotSorted`] if the periods are not in ascending order.
    /// - [`Error::LimitExceeded`] for more than [`HINTED_PERIODS`](limits::HINTED_PERIODS).
    pub fn trapdoor_hinted(
        &self,
        keyword: &Keyword,
        showing: &Attributes,
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

        let IssuedSearchKey { K, Z } = &self.issued;
        let x_w = self.kappa.slot_value(keyword);
        // t <- Zq*, y <- Zq, hedged with the key, the keyword and the attributes. Two trapdoors
        // with the same t and y would give the trapdoor of every keyword, so a generator that
        // repeats itself must not produce them.
        let mut rng = Transcript::new()
            .bytes("kappa", self.kappa.0.as_slice())
            .g1("K0", &K.K0)
            .g1("Z0", &Z.K0)
            .scalar("x_w", &x_w)
            .bytes("attributes", showing.fields().as_slice())
            .hedge(SEARCH_TRAPDOOR_NONCE, rng)?;
        let t = random_nonzero_scalar(&mut rng)?;
        let y = random_scalar(&mut rng)?;
        // T0 = [t](K0 + [y]Z0 + [x_w](K1 + [y]Z1))
        let K0_y = Secret::new(*Z.K0 * *y + *K.K0);
        let K1_y = Secret::new(*Z.K1 * *y + *K.K1);
        let T0 = ((*K0_y + *K1_y * *x_w) * *t).to_affine();
        // T_a = [t](K_a + [y]Z_a)     T_l = [t](N_l + [y]Z_l)
        let shown = showing.expanded();
        let texts: Vec<_> = showing
            .single_texts()
            .into_iter()
            .filter_map(|(l, v)| Some((l, v, K.elements.text(l)?.1, Z.elements.text(l)?.1)))
            .collect();
        let points = shown
            .iter()
            .map(|a| match (K.elements.K.get(a), Z.elements.K.get(a)) {
                (Some(K_a), Some(Z_a)) => Ok((&**K_a, &**Z_a)),
                _ => Err(Error::UnknownAttribute),
            })
            .chain(texts.iter().map(|(.., N_l, Z_l)| Ok((*N_l, *Z_l))))
            .map(|pair| pair.map(|(K_a, Z_a)| (*Z_a * *y + *K_a) * *t))
            .collect::<Result<Vec<G1Projective>, Error>>()?;
        let mut points = batch_affine_g1(&points).into_iter().map(Secret::new);
        let T = Arc::new(Elements {
            K: shown.into_iter().zip(points.by_ref()).collect(),
            N: texts.into_iter().zip(points).map(|((l, v, ..), T_l)| (l.into(), v.into(), T_l)).collect(),
        });
        // T2 = [t](K2 + [y]Z2)     T3 = [t]P2
        let T2 = ((*Z.K2 * *y + *K.K2) * *t).to_affine();
        let T3 = mul_generator_g2(&t).to_affine();
        Ok(Trapdoor { attributes: showing.clone(), hints, T0, T, T2, T3 })
    }
}

impl Trapdoor {
    /// Returns the attributes that this trapdoor shows.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }
}

/// Redacted: anyone who reads a trapdoor can search with it.
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
        self.T.K.values().for_each(|T_a| w.g1(T_a));
        for (l, _) in self.attributes.single_texts() {
            let T_l = self.T.text(l);
            w.u8(T_l.is_some().into());
            if let Some((_, T_l)) = T_l {
                w.g1(T_l);
            }
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
        // All bytes must be present before the first point is decoded: a
        // trapdoor can have thousands.
        let (T0, T2, T3) = (r.array()?, r.array()?, r.array()?);
        let expanded = attributes.expanded();
        let K = r.raw(G1_BYTES * expanded.len())?;
        let mut N = Vec::new();
        for (l, v) in attributes.single_texts() {
            if r.flag()? {
                N.push((l, v, r.array::<G1_BYTES>()?));
            }
        }
        if r.remaining() > 0 {
            return Err(Error::TrailingBytes);
        }
        let mut K = Reader::new(K);
        let K = expanded.into_iter().map(|a| Ok((a, Secret::new(K.g1()?)))).collect::<Result<_, Error>>()?;
        let N = N.into_iter().map(|(l, v, T_l)| Ok((l.into(), v.into(), Secret::new(decode_g1(&T_l)?))));
        let N = N.collect::<Result<_, Error>>()?;
        let (T0, T2, T3) = (decode_g1(&T0)?, decode_g2(&T2)?, decode_g2(&T3)?);
        Ok(Self { attributes, hints, T0, T: Arc::new(Elements { K, N }), T2, T3 })
    }
}
