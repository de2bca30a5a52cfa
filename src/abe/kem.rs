//! Encapsulates a fresh key under a policy, and decapsulates it.

use crate::threads::Threads;
use rand_core::{CryptoRng, RngCore};
use subtle::{Choice, ConstantTimeEq};

use super::keys::{DecryptionKey, PublicKey};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{
    Curve, Encoded, G2Affine, Gt, Scalar, SecretG1, SecretGt, check_each_encoded, mul_generator_g2,
    pairing_product, random_bytes, random_nonzero_scalar,
};
use crate::domain::{ABE, ABE_COMMITMENT, ABE_ENCAPSULATION_NONCE, ABE_SLOT, KDF_KEM_KEYS, KDF_KEM_MASK};
use crate::error::Error;
use crate::fabeo::{Drawn, Key, Rows};
use crate::hash::{hash_to_scalar, hmac};
use crate::kdf::{kdf, split};
use crate::policy::{Chosen, Policy};
use crate::secret::{Secret, SecretKey};
use crate::transcript::Transcript;

/// A 32-byte key that is shared with everyone who can decapsulate. It is fresh, and must
/// encrypt one message only. The shared key of a [`WrappedKey`](crate::abe::WrappedKey)
/// encrypts the wrapped secret.
#[derive(Debug)]
pub struct SharedKey(pub(super) SecretKey);

/// Lets keys whose attributes satisfy a policy recover a [`SharedKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encapsulation {
    pub(super) body: Body,
    /// The MAC of the body.
    c6: [u8; 32],
}

/// The fields that `c6` authenticates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    policy: Policy,
    c1: G2Affine,
    /// `c2`, `c3` and `c4`.
    pub(super) rows: Rows,
    pub(super) com: [u8; 32],
    c5: [u8; 32],
}

impl SharedKey {
    /// Returns the 32 bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PublicKey {
    /// Makes a fresh key and encapsulates it under a policy.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn encapsulate(
        &self,
        policy: &Policy,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Encapsulation, SharedKey), Error> {
        self.encapsulate_for(policy, b"", b"", Threads::ONE, rng)
    }

    /// Encapsulates a fresh key that will seal `secret`. The randomness is hedged with all inputs,
    /// so two secrets are never sealed under one key, even if the generator repeats itself.
    pub(super) fn encapsulate_for(
        &self,
        policy: &Policy,
        secret: &[u8],
        aad: &[u8],
        threads: Threads,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Encapsulation, SharedKey), Error> {
        let Self(public) = self;
        let mut rng = Transcript::new()
            .g2("A", &public.A)
            .bytes("policy", policy.canonical().as_bytes())
            .bytes("secret", secret)
            .bytes("aad", aad)
            .hedge(ABE_ENCAPSULATION_NONCE, rng)?;
        // m <- {0,1}^256
        let m = random_bytes::<32>(&mut rng)?;
        let com = commitment(&m, policy);
        let x = slot_value(&com);
        // s <- Zq*
        let s = random_nonzero_scalar(&mut rng)?;
        // c1 = [s]P2
        let c1 = mul_generator_g2(&s).to_affine();
        let drawn = Drawn::new(policy.tree(), &s, &mut rng)?;
        let bases = public.points().of_rows(policy.tree(), threads);
        let rows = Rows::build(policy.tree(), &bases, public.slot, &x, &drawn, threads)?;
        // D = Z^s;   c5 = m xor kdf(D, "kem-mask", c1 || com)
        let D = Secret::new(public.pow_Z(&s));
        let c5 = xor(&m, &mask(&D, &c1, &com));
        let (k_mac, k_out) = keys(&m, &com);
        // c6 = HMAC(k_mac, header || policy || c1 || c2 || c3 || c4 || com || c5)
        let body = Body { policy: policy.clone(), c1, rows, com, c5: *c5 };
        let c6 = body.mac(&k_mac);
        Ok((Encapsulation { body, c6 }, SharedKey(k_out)))
    }
}

impl DecryptionKey {
    /// Recovers the shared key from an encapsulation.
    ///
    /// Computes one product of pairings: two, and one for each use number among the used
    /// rows (one, if the policy uses no attribute twice). The work grows with the used
    /// rows, not with the policy.
    ///
    /// # Errors
    /// - [`Error::PolicyNotSatisfied`] if the attributes do not satisfy the policy. This depends
    ///   only on the names of the key's attributes.
    /// - [`Error::DecryptionFailed`] if another authority issued the key, or the encapsulation is
    ///   damaged or combined from several.
    pub fn decapsulate(&self, encapsulation: &Encapsulation) -> Result<SharedKey, Error> {
        let chosen = encapsulation
            .policy()
            .tree()
            .choose(|row| self.0.elements.satisfy(&row.term))
            .ok_or(Error::PolicyNotSatisfied)?;
        let D = self.pair(encapsulation, &chosen).map_err(|_| Error::DecryptionFailed)?;
        encapsulation.open(&D)
    }

    /// Computes `D` from the chosen rows and their coefficients.
    fn pair(&self, encapsulation: &Encapsulation, chosen: &[Chosen]) -> Result<SecretGt, Error> {
        let Body { policy, c1, rows, com, .. } = &encapsulation.body;
        let Self(Key { K0, K1, K2, elements, .. }) = self;
        let sums = rows.combine(policy.tree(), chosen, |term| elements.of_row(&ABE, term))?;
        // K_F = K0 + [x]K1
        let K_F = SecretG1::from(**K1 * slot_value(com) + **K0);
        // D = e(K_F, c1) * prod_j e( sum_{i in I, rho(i)=j} [gamma_i]K_{T_i}, c2_j )
        //                * e( - sum_{i in I} [gamma_i]c3_i, K2 )
        let mut pairs = Secret::new(Vec::with_capacity(sums.uses.len() + 2));
        pairs.push((*K_F, *c1));
        pairs.extend_from_slice(&sums.uses);
        pairs.push((sums.rows, **K2));
        Ok(Secret::new(pairing_product(&pairs)?))
    }
}

impl Encapsulation {
    /// Returns the policy, which is public.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.body.policy
    }

    /// Checks every group element. Decapsulation checks only the elements that it uses; the MAC
    /// covers the bytes of the others.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::PointNotInSubgroup`] or [`Error::IdentityPoint`] if
    /// an element is malformed.
    pub fn validate(&self) -> Result<(), Error> {
        check_each_encoded(&[self.encoded().collect()]).into_iter().collect()
    }

    /// Returns every group element of the rows.
    pub(crate) fn encoded(&self) -> impl Iterator<Item = Encoded<'_>> {
        self.body.rows.encoded()
    }

    /// Recovers the shared key with `D`. Both checks are computed before the single branch.
    fn open(&self, D: &Gt) -> Result<SharedKey, Error> {
        let Body { policy, c1, com, c5, .. } = &self.body;
        // m = c5 xor kdf(D, "kem-mask", c1 || com)
        let m = xor(c5, &mask(D, c1, com));
        let (k_mac, k_out) = keys(&m, com);
        let opens: Choice = commitment(&m, policy).ct_eq(com) & self.body.mac(&k_mac).ct_eq(&self.c6);
        if bool::from(opens) { Ok(SharedKey(k_out)) } else { Err(Error::DecryptionFailed) }
    }
}

/// `com = SHA-256(m, policy)`
fn commitment(m: &[u8; 32], policy: &Policy) -> [u8; 32] {
    Transcript::new().bytes("m", m).bytes("policy", policy.canonical().as_bytes()).digest(ABE_COMMITMENT)
}

/// `x = hash_to_scalar(com)`
fn slot_value(com: &[u8; 32]) -> Scalar {
    hash_to_scalar(ABE_SLOT, com)
}

/// `kdf(D, "kem-mask", c1 || com)`
fn mask(D: &Gt, c1: &G2Affine, com: &[u8; 32]) -> Secret<[u8; 32]> {
    let context = [c1.to_compressed().as_slice(), com].concat();
    kdf(D.to_bytes().as_slice(), KDF_KEM_MASK, &context)
}

/// `(k_mac, k_out) = kdf(m, "kem-keys", com)`
fn keys(m: &[u8; 32], com: &[u8; 32]) -> (SecretKey, SecretKey) {
    split(&kdf::<64>(m, KDF_KEM_KEYS, com)).into()
}

fn xor(a: &[u8; 32], b: &[u8; 32]) -> Secret<[u8; 32]> {
    let mut out = Secret::new(*a);
    for (out, b) in out.iter_mut().zip(b) {
        *out ^= b;
    }
    out
}

impl Body {
    fn mac(&self, k_mac: &SecretKey) -> [u8; 32] {
        let mut w = Writer::new();
        w.header(Encapsulation::KIND);
        self.write(&mut w);
        hmac(k_mac, &[w.as_slice()])
    }

    fn write(&self, w: &mut Writer) {
        self.policy.write(w);
        w.g2(&self.c1);
        self.rows.write(w);
        w.raw(&self.com);
        w.raw(&self.c5);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let policy = Policy::read(r)?;
        let c1 = r.g2()?;
        let rows = Rows::read(r, policy.tree())?;
        Ok(Self { policy, c1, rows, com: r.array()?, c5: r.array()? })
    }
}

impl Object for Encapsulation {
    const KIND: Kind = Kind::AbeEncapsulation;

    fn write(&self, w: &mut Writer) {
        self.body.write(w);
        w.raw(&self.c6);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { body: Body::read(r)?, c6: r.array()? })
    }
}
