//! The authority of key wrapping and of signatures: `alpha`, and `A = [alpha]P2`.

use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use super::bases::{Points, Slot};
use super::key::Key;
use crate::codec::{Object, Writer};
use crate::curve::{
    Curve, FixedTarget, G1_BYTES, G1Affine, G2Affine, Gt, OnFirstUse, PrimeCurveAffine, Scalar, SecretScalar,
    decode_g1, mul_generator_g2, pairing_product, random_nonzero_scalar,
};
use crate::domain::{G1Tag, Scheme};
use crate::error::Error;
use crate::hash::hash_to_g1;
use crate::policy::Attributes;
use crate::secret::Secret;
use crate::transcript::{Transcript, weights};

/// The master secret `alpha`. Only `[alpha]h` opens and signs everything; `[alpha]P2` is public.
#[derive(Debug)]
pub(crate) struct Master {
    pub(crate) alpha: SecretScalar,
    pub(crate) public: Public,
}

/// `A = [alpha]P2`, and values that are computed from it once.
#[derive(Clone)]
pub(crate) struct Public {
    pub(crate) A: G2Affine,
    /// `Z = e(h, A)`
    pub(crate) Z: Gt,
    /// The scheme's bases.
    pub(crate) slot: &'static Slot,
    /// Shared by all clones of this key.
    shared: Arc<Shared>,
}

struct Shared {
    points: Points,
    powers_of_Z: OnFirstUse<FixedTarget>,
    used_Z: AtomicU32,
}

impl Master {
    pub(crate) fn generate(
        scheme: &'static Scheme,
        slot: &'static Slot,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        // alpha <- Zq*
        Self::new(scheme, slot, random_nonzero_scalar(rng)?)
    }

    pub(crate) fn new(
        scheme: &'static Scheme,
        slot: &'static Slot,
        alpha: SecretScalar,
    ) -> Result<Self, Error> {
        // A = [alpha]P2
        let A = mul_generator_g2(&alpha).to_affine();
        Ok(Self { alpha, public: Public::new(scheme, slot, A)? })
    }

    /// Issues a key for a set of attributes.
    pub(crate) fn issue(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Key, Error> {
        let (points, slot) = (self.public.points(), self.public.slot);
        // r <- Zq*, hedged: two users with the same r could combine their keys.
        let mut rng = Transcript::new()
            .scalar("alpha", &self.alpha)
            .bytes("attributes", attributes.fields().as_slice())
            .hedge(points.scheme.key_nonce, rng)?;
        let r = random_nonzero_scalar(&mut rng)?;
        // K0 = [alpha]h + [r]U0
        let alpha_h = Secret::new(slot.mul_h(&self.alpha));
        Ok(Key::new(points, slot, attributes, &alpha_h, &r, &r))
    }
}

/// One authority's shares: `alpha_i` of the master secret, and `beta_i` of zero.
pub(crate) struct MasterShare<'s> {
    pub(crate) alpha: &'s SecretScalar,
    pub(crate) beta: &'s SecretScalar,
}

impl Public {
    pub(crate) fn new(scheme: &'static Scheme, slot: &'static Slot, A: G2Affine) -> Result<Self, Error> {
        let Z = pairing_product(&[(slot.h, A)])?;
        let shared =
            Shared { points: Points::new(scheme), powers_of_Z: OnFirstUse::new(), used_Z: AtomicU32::new(0) };
        Ok(Self { A, Z, slot, shared: Arc::new(shared) })
    }

    pub(crate) fn points(&self) -> &Points {
        &self.shared.points
    }

    /// Computes `Z^s` in constant time. The table of powers of `Z` halves the time. Making it takes
    /// as long as four exponentiations.
    pub(crate) fn pow_Z(&self, s: &Scalar) -> Gt {
        const POWERS_FROM: u32 = 4;
        let Shared { powers_of_Z, used_Z, .. } = &*self.shared;
        if powers_of_Z.get().is_none() && used_Z.fetch_add(1, Ordering::Relaxed) == POWERS_FROM {
            powers_of_Z.get_or_init(|| FixedTarget::new(&self.Z));
        }
        powers_of_Z.get().map_or_else(|| self.Z.pow(s), |powers| powers.pow(s))
    }

    /// Issues one authority's part of a key, for the request that is hashed to `G`.
    /// [`Key::combine`] makes a key of parts of one request: `sum l_i alpha_i = alpha` and
    /// `sum l_i beta_i = 0`. Parts of different requests do not combine to a key.
    pub(crate) fn issue_part(
        &self,
        share: &MasterShare<'_>,
        G: &G1Affine,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Key, Error> {
        let mut rng = Transcript::new()
            .scalar("alpha", share.alpha)
            .g1("request", G)
            .bytes("attributes", attributes.fields().as_slice())
            .hedge(self.points().scheme.key_nonce, rng)?;
        let r = random_nonzero_scalar(&mut rng)?;
        // K0 = [alpha_i]h + [beta_i]G + [r]U0
        let M = Secret::new(self.slot.mul_h(share.alpha) + *Secret::new(G * **share.beta));
        Ok(Key::new(self.points(), self.slot, attributes, &M, &r, &r))
    }

    /// Returns the point that a proof of possession multiplies by `alpha`.
    pub(crate) fn possession_point(&self, tag: G1Tag) -> G1Affine {
        hash_to_g1(tag, &self.A.to_compressed())
    }

    /// Verifies a proof of possession, `[alpha]H`.
    pub(crate) fn check_possession(&self, tag: G1Tag, proof: &[u8; G1_BYTES]) -> Result<(), Error> {
        // e(proof, P2) = e(H, A)
        let proof = decode_g1(proof)?;
        let H = self.possession_point(tag);
        let product = pairing_product(&[(-proof, G2Affine::generator()), (H, self.A)])?;
        if product.is_one() { Ok(()) } else { Err(Error::InvalidProof) }
    }

    /// Verifies that a key was issued under this public key, for all of its attributes. Computes
    /// one product of three pairings.
    pub(crate) fn check(&self, key: &Key) -> Result<(), Error> {
        // e(K0, P2) = Z e(U0, K2)
        self.check_K0(key, &[(self.slot.h, self.A)])
    }

    /// Verifies one authority's part of a key for the request that is hashed to `G`, with
    /// `A_i = [alpha_i]P2` and `B_i = [beta_i]P2`. Computes one product of four pairings.
    pub(crate) fn check_part(
        &self,
        key: &Key,
        A_i: &G2Affine,
        G: &G1Affine,
        B_i: &G2Affine,
    ) -> Result<(), Error> {
        // e(K0, P2) = e(h, A_i) e(G, B_i) e(U0, K2)
        self.check_K0(key, &[(self.slot.h, *A_i), (*G, *B_i)])
    }

    /// Verifies `e(K0, P2) = e(U0, K2) prod e(base, public)` and the equations of the other
    /// elements. They are summed with weights that depend on the whole key.
    fn check_K0(&self, key: &Key, masters: &[(G1Affine, G2Affine)]) -> Result<(), Error> {
        //     e(K1, P2) = e(U1, K2)   e(K_a, P2) = e(H(a), K2)   e(N_l, P2) = e(P_l + [h(v)]Q_l, K2)
        let scheme = self.points().scheme;
        let mut fields = Writer::new();
        key.write(&mut fields);
        let mut seed = Transcript::new();
        match masters {
            [(_, A)] => seed.g2("A", A),
            _ => masters
                .iter()
                .fold(&mut seed, |seed, (base, public)| seed.g1("base", base).g2("public", public)),
        };
        let seed = seed.bytes("key", fields.as_slice()).digest(scheme.key_check);
        let w: Vec<_> = weights(scheme.key_weight, seed).take(key.len()).collect();
        let w_0 = w.first().ok_or(Error::InvalidKey)?;
        let sums = key.weighted(self.points(), self.slot, &w);
        let mut factors = Secret::new(Vec::with_capacity(2 + masters.len()));
        factors.push(((*sums.slot + *sums.elements).to_affine(), G2Affine::generator()));
        factors.push(((-sums.bases).to_affine(), *key.K2));
        factors.extend(masters.iter().map(|(base, public)| ((-(base * w_0)).to_affine(), *public)));
        let product = pairing_product(&factors)?;
        if product.is_one() { Ok(()) } else { Err(Error::InvalidKey) }
    }
}

impl PartialEq for Public {
    fn eq(&self, other: &Self) -> bool {
        self.A == other.A
    }
}

impl Eq for Public {}

impl core::fmt::Debug for Public {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Public").field("A", &self.A).finish_non_exhaustive()
    }
}

/// Defines what the master key and the public key of key wrapping and of signatures have in
/// common: `MasterKey(Master)` and `PublicKey(Public)`.
macro_rules! authority_keys {
    ($scheme:ident, $slot:ident, $possession:ident, $master_kind:ident, $public_kind:ident) => {
        impl MasterKey {
            /// Generates a master key.
            ///
            /// # Errors
            /// [`Error::RandomnessUnavailable`] if `rng` fails.
            pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
                Master::generate(&$scheme, &$slot, rng).map(Self)
            }

            /// Returns the public key of this master key.
            #[must_use]
            pub fn public_key(&self) -> PublicKey {
                PublicKey(self.0.public.clone())
            }
        }

        impl PublicKey {
            /// Makes a public key from `A`, which several authorities announce as the sum of their
            /// parts.
            pub(crate) fn new(A: G2Affine) -> Result<Self, Error> {
                Public::new(&$scheme, &$slot, A).map(Self)
            }

            pub(crate) fn public(&self) -> &Public {
                &self.0
            }

            /// Returns the point that a proof of possession multiplies by `alpha`.
            pub(crate) fn possession_point(&self) -> G1Affine {
                self.0.possession_point($possession)
            }
        }

        impl Object for MasterKey {
            const KIND: Kind = Kind::$master_kind;

            fn write(&self, w: &mut Writer) {
                w.scalar(&self.0.alpha);
            }

            fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
                Master::new(&$scheme, &$slot, r.nonzero_scalar()?).map(Self)
            }
        }

        impl Object for PublicKey {
            const KIND: Kind = Kind::$public_kind;

            fn write(&self, w: &mut Writer) {
                w.g2(&self.0.A);
            }

            fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
                Self::new(r.g2()?)
            }
        }
    };
}
pub(crate) use authority_keys;
