//! Envelopes to an identity: encryption that needs a hospital's `Q_ID` and the super node's public key only.
//!
//! The key encapsulation of Boneh and Franklin (CRYPTO 2001) in a type 3 group, with authenticated encryption:
//! secure against chosen ciphertexts in the random oracle model under the gap bilinear Diffie-Hellman assumption.
//! Whoever holds `S_ID` opens it, at any time, and so does the super node: there is no forward secrecy.
//!
//! ```text
//! k <- Zq*;  C = [k]P1;  K = kdf(e([k]P_SN, Q_ID), "envelope", C || Q_ID || P_SN)
//! IdentityEnvelope = C (48) || seal(K, aad, plaintext)                 a length before what is sealed
//! ```
//! Sealing takes two multiplications in G1 and a pairing, opening a pairing. It adds 84 bytes to the plaintext
//! and 4 of header.

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::aead;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{
    Curve, G1Affine, G2Affine, SecretG1, SecretGt, mul_generator_g1, pairing_product, random_nonzero_scalar,
};
use crate::domain::KDF_ENVELOPE;
use crate::error::Error;
use crate::identity::nodes::SuperNodePublicKey;
use crate::identity::registration::Identity;
use crate::kdf::kdf;
use crate::limits::{Limit, MESSAGE_BYTES};
use crate::secret::SecretKey;

/// A message that the hospital of one identity can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityEnvelope {
    C: G1Affine,
    sealed: Vec<u8>,
}

impl SuperNodePublicKey {
    /// Seals a message to a hospital registered with this super node. `aad` is what the envelope belongs to; it
    /// is not inside, and the hospital must know it to open.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] above [`MESSAGE_BYTES`]; [`Error::RandomnessUnavailable`].
    pub fn seal_to(
        &self,
        recipient: &Identity,
        plaintext: &[u8],
        aad: &[u8],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<IdentityEnvelope, Error> {
        if plaintext.len() > MESSAGE_BYTES {
            return Err(Error::LimitExceeded(Limit::MessageLength));
        }
        let k = random_nonzero_scalar(rng)?;
        // C = [k]P1
        let C = mul_generator_g1(&k).to_affine();
        // e([k]P_SN, Q_ID)
        let kP_SN = SecretG1::from(self.0 * *k);
        let shared = SecretGt::new(pairing_product(&[(*kP_SN, recipient.0)])?);
        let sealed = aead::seal(envelope_key(&shared, &C, recipient, self), aad, plaintext);
        Ok(IdentityEnvelope { C, sealed })
    }
}

impl IdentityEnvelope {
    pub(super) fn open(
        &self,
        super_node: &SuperNodePublicKey,
        Q_ID: &Identity,
        S_ID: &G2Affine,
        aad: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        // e(C, S_ID)
        let shared = SecretGt::new(pairing_product(&[(self.C, *S_ID)])?);
        aead::open(&envelope_key(&shared, &self.C, Q_ID, super_node), aad, &self.sealed)
    }
}

/// `K = kdf(shared, "envelope", C || Q_ID || P_SN)`
fn envelope_key(
    shared: &SecretGt,
    C: &G1Affine,
    Q_ID: &Identity,
    super_node: &SuperNodePublicKey,
) -> SecretKey {
    let mut context = Writer::new();
    context.g1(C);
    context.g2(&Q_ID.0);
    context.g1(&super_node.0);
    kdf(shared.to_bytes().as_slice(), KDF_ENVELOPE, context.as_slice())
}

impl Object for IdentityEnvelope {
    const KIND: Kind = Kind::IdentityEnvelope;

    fn write(&self, w: &mut Writer) {
        w.g1(&self.C);
        w.var(&self.sealed);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let C = r.g1()?;
        Ok(Self { C, sealed: r.var(MESSAGE_BYTES + aead::OVERHEAD, Limit::MessageLength)?.to_vec() })
    }
}
