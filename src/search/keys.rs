//! The authority's master key and public key, and the search keys of users.

use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use super::keyword::{KeywordCommitment, KeywordKey};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, Group, Lazy, PrimeCurveAffine, Scalar, SecretScalar,
    mul_generator_g2, pairing_product, random_nonzero_scalar,
};
use crate::domain::{SEARCH, SEARCH_AUTHORITY, SEARCH_MASTER};
use crate::error::Error;
use crate::fabeo::{Key, Points, Slot};
use crate::policy::Attributes;
use crate::secret::{Secret, SecretKey};
use crate::transcript::{Transcript, weights};

/// `h`, `U0` and `U1`.
pub(super) static SLOT: Lazy<Slot> = Lazy::new(|| Slot::new(&SEARCH));

/// The authority's master secret for search, `gamma` and `b`. It opens no record: key wrapping
/// has another master key.
///
/// Byte form: header, `gamma` (32 bytes), `b` (32); 68 bytes in all.
#[derive(Debug)]
pub struct MasterKey {
    gamma: SecretScalar,
    b: SecretScalar,
    public_key: PublicKey,
}

/// The authority's public key for search. Members index their keywords under it.
///
/// Clones share a cache of points, of at most 8,192 attributes and 128 policy rows. A frequently
/// used row takes 80 KB, a negative one 160 KB.
///
/// Byte form: header, `A` (48 bytes), `B` (96); 148 bytes in all.
#[derive(Clone)]
pub struct PublicKey {
    pub(super) A: G1Affine,
    pub(super) B: G2Affine,
    pub(super) points: Arc<Points>,
}

/// The part of a search key that an authority issues: everything except the keyword
/// key, which members share.
#[derive(Debug)]
pub(crate) struct IssuedSearchKey {
    /// The part with `gamma`, under the exponent `rho`.
    pub(super) K: Key,
    /// The part without `gamma`, under the exponent `delta`. It re-randomises `K`.
    pub(super) Z: Key,
}

/// A user's search key for a set of attributes.
#[derive(Debug)]
pub struct SearchKey {
    pub(super) kappa: KeywordKey,
    pub(super) issued: IssuedSearchKey,
}

impl MasterKey {
    /// Generates a master key for search.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        // gamma, b <- Zq*
        Ok(Self::new(random_nonzero_scalar(rng)?, random_nonzero_scalar(rng)?))
    }

    /// Derives the master key from a seed. Several authorities combine their parts to one seed.
    pub(crate) fn from_seed(seed: &SecretKey) -> Result<Self, Error> {
        // gamma, b = hash_to_scalar(SEARCH-MASTER, seed, name)
        let scalar = |name| {
            let scalar =
                Transcript::new().bytes("seed", seed.as_slice()).bytes("name", name).challenge(SEARCH_MASTER);
            if bool::from(scalar.is_zero()) { Err(Error::InvalidScalar) } else { Ok(Secret::new(scalar)) }
        };
        Ok(Self::new(scalar(b"gamma")?, scalar(b"b")?))
    }

    fn new(gamma: SecretScalar, b: SecretScalar) -> Self {
        // A = [gamma b]h      B = [b]P2
        //
        // No other element that carries b or 1/b is published, nor is [gamma]h. With [b]H(a) in G1,
        // or with [1/b]U0 and [1/b]U1, anyone could test which keyword an index holds.
        let A = SLOT.mul_h(&Secret::new(*gamma * *b)).to_affine();
        let B = mul_generator_g2(&b).to_affine();
        Self { gamma, b, public_key: PublicKey::new(A, B) }
    }

    /// Returns the public key of this master key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    /// Issues a search key for a set of attributes. The key carries a copy of the
    /// consortium's keyword key.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn issue(
        &self,
        attributes: &Attributes,
        keyword_key: &KeywordKey,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<SearchKey, Error> {
        Ok(self.issue_without(attributes, rng)?.with(keyword_key))
    }

    /// Issues a search key without the keyword key.
    pub(crate) fn issue_without(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<IssuedSearchKey, Error> {
        // rho, delta <- Zq*, hedged with the master key and the attributes. Two users with
        // the same rho and delta could combine their keys, so a generator that repeats itself
        // must not produce them.
        let mut rng = Transcript::new()
            .scalar("gamma", &self.gamma)
            .scalar("b", &self.b)
            .bytes("attributes", attributes.fields().as_slice())
            .hedge(SEARCH.key_nonce, rng)?;
        let (rho, delta) = (random_nonzero_scalar(&mut rng)?, random_nonzero_scalar(&mut rng)?);
        let part = |M: &G1Projective, rho: &SecretScalar| {
            let b_rho = Secret::new(*self.b * **rho);
            Key::new(&self.public_key.points, &SLOT, attributes, M, rho, &b_rho)
        };
        // K0 = [gamma]h + [rho]U0    K1 = [rho]U1      K_a = [b rho]H(a)
        // K2 = [b rho]P2 = [rho]B
        let K = part(&Secret::new(SLOT.mul_h(&self.gamma)), &rho);
        //     Z0 = [delta]U0   Z1 = [delta]U1   Z_a = [b delta]H(a)   Z2 = [b delta]P2 = [delta]B
        let Z = part(&G1Projective::identity(), &delta);
        Ok(IssuedSearchKey { K, Z })
    }
}

impl PublicKey {
    fn new(A: G1Affine, B: G2Affine) -> Self {
        Self { A, B, points: Arc::new(Points::new(&SEARCH)) }
    }

    /// Returns the digest by which a query names its authority.
    pub(super) fn digest(&self) -> [u8; 32] {
        Transcript::new().g1("A", &self.A).g2("B", &self.B).digest(SEARCH_AUTHORITY)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.A == other.A && self.B == other.B
    }
}

impl Eq for PublicKey {}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PublicKey").field("A", &self.A).field("B", &self.B).finish()
    }
}

impl IssuedSearchKey {
    /// Completes the search key with a member's keyword key.
    pub(crate) fn with(self, keyword_key: &KeywordKey) -> SearchKey {
        SearchKey { kappa: keyword_key.duplicate(), issued: self }
    }

    /// Verifies this key as [`SearchKey::verify`] does.
    pub(crate) fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        let mut fields = Writer::new();
        self.K.attributes.write(&mut fields);
        self.write_points(&mut fields);
        self.check(fields.as_slice(), public_key)
    }

    /// Verifies the two parts of a key under a public key. The weights depend on the whole key,
    /// whose bytes are `fields`.
    fn check(&self, fields: &[u8], PublicKey { A, B, points }: &PublicKey) -> Result<(), Error> {
        let Self { K, Z } = self;
        //     e(K0, B) = e(A, P2) e(U0, K2)   e(K1, B) = e(U1, K2)   e(K_a, P2) = e(H(a), K2)   N_l likewise
        //     e(Z0, B) = e(U0, Z2)            e(Z1, B) = e(U1, Z2)   e(Z_a, P2) = e(H(a), Z2)   Z_l likewise
        let seed = Transcript::new().g1("A", A).g2("B", B).bytes("key", fields).digest(SEARCH.key_check);
        // One weight for each point of G1.
        let weights: Vec<Scalar> = weights(SEARCH.key_weight, seed).take(K.len() + Z.len()).collect();
        let (w_K, w_Z) = weights.split_at(K.len());
        let w_0 = w_K.first().ok_or(Error::InvalidKey)?;
        let (sum_K, sum_Z) = (K.weighted(points, &SLOT, w_K), Z.weighted(points, &SLOT, w_Z));
        let product = pairing_product(&Secret::new(vec![
            ((*sum_K.slot + *sum_Z.slot).to_affine(), *B),
            ((*sum_K.elements + *sum_Z.elements - *A * w_0).to_affine(), G2Affine::generator()),
            ((-sum_K.bases).to_affine(), *K.K2),
            ((-sum_Z.bases).to_affine(), *Z.K2),
        ]))?;
        if product.is_one() { Ok(()) } else { Err(Error::InvalidKey) }
    }

    pub(crate) fn write_points(&self, w: &mut Writer) {
        self.K.write_points(w);
        self.Z.write_points(w);
    }

    pub(crate) fn read_points(r: &mut Reader<'_>, attributes: &Attributes) -> Result<Self, Error> {
        let K = Key::read_points(r, attributes.clone())?;
        Ok(Self { K, Z: Key::read_points(r, attributes.clone())? })
    }
}

impl SearchKey {
    /// Returns the attributes for which this key was issued.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.issued.K.attributes
    }

    /// Returns the commitment to the keyword key that this key carries.
    #[must_use]
    pub fn keyword_commitment(&self) -> KeywordCommitment {
        self.kappa.commitment()
    }

    /// Verifies that this key was issued under a public key, for all of its attributes. It does not
    /// check the keyword key, which is not part of the public key: see
    /// [`keyword_commitment`](Self::keyword_commitment).
    ///
    /// Computes one product of four pairings, whatever the number of attributes. The equations are
    /// summed with weights that depend on the whole key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if it was not.
    pub fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        self.issued.check(self.fields().as_slice(), public_key)
    }
}

impl Object for MasterKey {
    const KIND: Kind = Kind::SearchMasterKey;

    fn write(&self, w: &mut Writer) {
        w.scalar(&self.gamma);
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
        Ok(Self::new(r.g1()?, r.g2()?))
    }
}

impl Object for SearchKey {
    const KIND: Kind = Kind::SearchKey;

    fn write(&self, w: &mut Writer) {
        self.attributes().write(w);
        self.kappa.write(w);
        self.issued.write_points(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let attributes = Attributes::read(r)?;
        Ok(Self { kappa: KeywordKey::read(r)?, issued: IssuedSearchKey::read_points(r, &attributes)? })
    }
}
