//! The authority's master and public key, and the search keys that it issues to users.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rand_core::{CryptoRng, RngCore};

use super::keyword::{KeywordCommitment, KeywordKey};
use crate::codec::{Kind, Object, Reader, Writer, byte_form};
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, Group, PrimeCurveAffine, Scalar, SecretG1, SecretG2,
    SecretScalar, batch_affine_g1, msm_g1, mul_generator_g1, mul_generator_g2, pairing_product,
    random_nonzero_scalar,
};
use crate::domain::{
    SEARCH_ATTRIBUTE, SEARCH_KEY_CHECK, SEARCH_KEY_NONCE, SEARCH_U0, SEARCH_U1, SEARCH_WEIGHT,
};
use crate::error::Error;
use crate::fabeo::Slot;
use crate::hash::hash_to_g1;
use crate::policy::{Attributes, CanonicalAttribute};
use crate::secret::{Secret, Wipe};
use crate::transcript::{Transcript, weights};

/// `U0` and `U1`. They come from hashing, so that nobody knows a logarithm of one to the other.
pub(super) static SLOT: LazyLock<Slot> = LazyLock::new(|| Slot::new(SEARCH_U0, SEARCH_U1));

/// `H(a)`.
pub(super) fn base_of(a: &CanonicalAttribute) -> G1Affine {
    hash_to_g1(SEARCH_ATTRIBUTE, a.as_bytes())
}

/// The authority's secret for search, `alpha` and `b`. It opens no record: key wrapping has a master key of its own.
///
/// Byte form: header, `alpha` (32 bytes), `b` (32); 68 bytes in all.
#[derive(Debug)]
pub struct MasterKey {
    alpha: SecretScalar,
    b: SecretScalar,
    public_key: PublicKey,
}

/// The authority's public key for search, under which members index their keywords.
///
/// Byte form: header, `A` (48 bytes), `B` (96); 148 bytes in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub(super) A: G1Affine,
    pub(super) B: G2Affine,
}

/// A user's key to search with, for a set of attributes.
///
/// Byte form: header, attributes, `kappa` (32 bytes), then two parts of `X2` (96), `X0` (48), `X1` (48) and one `X_a`
/// (48) for each attribute, a number counting as its 33 prefixes.
#[derive(Debug)]
pub struct SearchKey {
    attributes: Attributes,
    pub(super) kappa: KeywordKey,
    /// The part with `alpha`, under the exponent `r`.
    pub(super) K: Part,
    /// The part without, under the exponent `d`: what `K` is re-randomised with.
    pub(super) Z: Part,
}

/// `X0`, `X1`, `X_a`, `X2` for X = K or Z.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) X0: SecretG1,
    pub(super) X1: SecretG1,
    pub(super) X: BTreeMap<CanonicalAttribute, SecretG1>,
    pub(super) X2: SecretG2,
}

impl MasterKey {
    /// Makes a master key for search.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        // alpha, b <- Zq*
        Ok(Self::new(random_nonzero_scalar(rng)?, random_nonzero_scalar(rng)?))
    }

    fn new(alpha: SecretScalar, b: SecretScalar) -> Self {
        // A = [alpha]P1      B = [b]P2
        //
        // Nothing else is published that carries b or 1/b: with [b]H(a) in G1, or with [1/b]U0 and [1/b]U1, anybody
        // could test which keyword an index holds.
        let A = mul_generator_g1(&alpha).to_affine();
        let B = mul_generator_g2(&b).to_affine();
        Self { alpha, b, public_key: PublicKey { A, B } }
    }

    /// The public key that belongs to this master key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    /// Issues a search key for a set of attributes, which carries a copy of the consortium's keyword key.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn issue(
        &self,
        attributes: &Attributes,
        keyword_key: &KeywordKey,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<SearchKey, Error> {
        let H: Vec<_> = attributes.expanded().into_iter().map(|a| (base_of(&a), a)).collect();
        // The inverse exists: b is not zero, as it was drawn or decoded.
        let b_inverse = Secret::new(self.b.invert().unwrap_or(Scalar::ZERO));
        // r, d <- Zq*, together with the master key and the attributes: two users with one r and d could combine their
        // keys, so that a generator that repeats itself must not give it to them.
        let mut set = Writer::new();
        attributes.write(&mut set);
        let mut nonces = Transcript::new();
        nonces.scalar("alpha", &self.alpha).scalar("b", &self.b).bytes("attributes", set.as_slice());
        let r = nonces.hedged(SEARCH_KEY_NONCE, rng)?;
        let d = nonces.hedged(SEARCH_KEY_NONCE, rng)?;
        // K0 = [1/b]([alpha]P1 + [r]U0)    K1 = [r/b]U1    K_a = [r]H(a)    K2 = [r]P2
        let alpha_P1 = Secret::new(mul_generator_g1(&self.alpha));
        let K = Part::new(&alpha_P1, &r, &b_inverse, &H);
        // Z0 = [d/b]U0                     Z1 = [d/b]U1    Z_a = [d]H(a)    Z2 = [d]P2
        let Z = Part::new(&G1Projective::identity(), &d, &b_inverse, &H);
        Ok(SearchKey { attributes: attributes.clone(), kappa: keyword_key.duplicate(), K, Z })
    }
}

impl Part {
    /// `X0 = [1/b](M + [r]U0)`, `X1 = [r/b]U1`, `X_a = [r]H(a)`, `X2 = [r]P2`.
    fn new(M: &G1Projective, r: &Scalar, b_inverse: &Scalar, H: &[(G1Affine, CanonicalAttribute)]) -> Self {
        let M_over_b = Secret::new(M * b_inverse);
        let [r_over_b_U0, r_over_b_U1] = SLOT.times(&Secret::new(*r * b_inverse)).map(Secret::new);
        let mut points: Vec<G1Projective> = H.iter().map(|(base, _)| base * r).collect();
        let affine = Secret::new(batch_affine_g1(&points));
        let affine = affine.iter().copied().map(Secret::new);
        points.iter_mut().for_each(Wipe::wipe);
        Self {
            X0: SecretG1::from(*M_over_b + *r_over_b_U0),
            X1: SecretG1::from(*r_over_b_U1),
            X: H.iter().map(|(_, a)| a.clone()).zip(affine).collect(),
            X2: SecretG2::from(mul_generator_g2(r)),
        }
    }

    /// The weighted sums of `X0` and `X1`, and of the `X_a`.
    fn weighted(&self, w: &[Scalar]) -> [G1Projective; 2] {
        let (w_slot, w_attributes) = w.split_at_checked(2).unwrap_or((w, &[]));
        let slot = Secret::new(vec![*self.X0, *self.X1]);
        let X_a = Secret::new(self.X.values().map(|X_a| **X_a).collect::<Vec<_>>());
        [msm_g1(&slot, w_slot), msm_g1(&X_a, w_attributes)]
    }

    fn write(&self, w: &mut Writer) {
        w.g2(&self.X2);
        for point in [&self.X0, &self.X1].into_iter().chain(self.X.values()) {
            w.g1(point);
        }
    }

    fn read(r: &mut Reader<'_>, attributes: &Attributes) -> Result<Self, Error> {
        let X2 = r.g2().map(Secret::new)?;
        let mut point = || r.g1().map(Secret::new);
        let (X0, X1) = (point()?, point()?);
        let X = attributes.expanded().into_iter().map(|a| Ok((a, point()?))).collect::<Result<_, Error>>()?;
        Ok(Self { X0, X1, X, X2 })
    }
}

impl SearchKey {
    /// The attributes that this key was issued for.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The commitment to the keyword key that this key carries.
    #[must_use]
    pub fn keyword_commitment(&self) -> KeywordCommitment {
        self.kappa.commitment()
    }

    /// Checks that this key was issued under a public key, for all of its attributes. The keyword key is not part of the
    /// public key: see [`keyword_commitment`](Self::keyword_commitment).
    ///
    /// One product of four pairings, whatever the number of attributes: the equations are added up with weights that
    /// depend on the whole key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if it was not.
    pub fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        // e(K0, B) = e(A, P2) e(U0, K2)    e(K1, B) = e(U1, K2)    e(K_a, P2) = e(H(a), K2)
        // e(Z0, B) = e(U0, Z2)             e(Z1, B) = e(U1, Z2)    e(Z_a, P2) = e(H(a), Z2)
        //
        // The weights are a hash of the key. What the time of the sums tells of them is of no use to anybody.
        let weights = self.weights(public_key);
        let (w_K, w_Z) = weights.split_at(weights.len() / 2);
        let w_0 = w_K.first().ok_or(Error::InvalidKey)?;
        let mut sums = [self.K.weighted(w_K), self.Z.weighted(w_Z)];
        let [[K_slot, K_attributes], [Z_slot, Z_attributes]] = sums;
        let bases: Vec<_> = [SLOT.U0, SLOT.U1].into_iter().chain(self.K.X.keys().map(base_of)).collect();
        let product = pairing_product(&[
            ((K_slot + Z_slot).to_affine(), public_key.B),
            ((K_attributes + Z_attributes - public_key.A * w_0).to_affine(), G2Affine::generator()),
            ((-msm_g1(&bases, w_K)).to_affine(), *self.K.X2),
            ((-msm_g1(&bases, w_Z)).to_affine(), *self.Z.X2),
        ])?;
        sums.as_flattened_mut().iter_mut().for_each(Wipe::wipe);
        if product.is_one() { Ok(()) } else { Err(Error::InvalidKey) }
    }

    /// One weight for each point of G1.
    pub(super) fn weights(&self, public_key: &PublicKey) -> Vec<Scalar> {
        let mut key = Writer::new();
        self.write(&mut key);
        let seed = Transcript::new()
            .g1("A", &public_key.A)
            .g2("B", &public_key.B)
            .bytes("key", key.as_slice())
            .digest(SEARCH_KEY_CHECK);
        weights(SEARCH_WEIGHT, seed).take(2 * (2 + self.K.X.len())).collect()
    }
}

impl Object for MasterKey {
    const KIND: Kind = Kind::SearchMasterKey;

    fn write(&self, w: &mut Writer) {
        w.scalar(&self.alpha);
        w.scalar(&self.b);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self::new(r.nonzero_scalar()?, r.nonzero_scalar()?))
    }
}

impl Object for PublicKey {
    const KIND: Kind = Kind::SearchPublicKey;

    fn write(&self, w: &mut Writer) {
        w.g1(&self.A);
        w.g2(&self.B);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { A: r.g1()?, B: r.g2()? })
    }
}

impl Object for SearchKey {
    const KIND: Kind = Kind::SearchKey;

    fn write(&self, w: &mut Writer) {
        self.attributes.write(w);
        self.kappa.write(w);
        self.K.write(w);
        self.Z.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let attributes = Attributes::read(r)?;
        let kappa = KeywordKey::read(r)?;
        let K = Part::read(r, &attributes)?;
        let Z = Part::read(r, &attributes)?;
        Ok(Self { attributes, kappa, K, Z })
    }
}

byte_form!(secret MasterKey);
byte_form!(PublicKey);
byte_form!(secret SearchKey);
