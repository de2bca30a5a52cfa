//! Envelopes to an identity: encryption that needs only a hospital's `Q_ID` and the
//! super node's public key.
//!
//! The key encapsulation of Boneh and Franklin (CRYPTO 2001) in a type 3 group, with authenticated
//! encryption. It is secure against chosen ciphertexts in the random oracle model under the gap
//! bilinear Diffie-Hellman assumption. There is no forward secrecy: `S_ID`, or the super node's
//! secret, opens an envelope at any time, together with the members' key if it uses one.
//!
//! Envelopes that stay on a ledger use the members' key: opened envelopes would reveal which
//! entries belong to one hospital.
//!
//! Sealing takes two multiplications in G1 and a pairing, opening a pairing. An envelope is 88
//! bytes longer than its plaintext, and has 4 bytes of header.

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::aead;
use crate::codec::{Part, Writer, fields};
use crate::curve::{
    Curve, G1Affine, G2Affine, SecretG1, SecretGt, mul_generator_g1, pairing_product, random_nonzero_scalar,
};
use crate::domain::{KDF_ENVELOPE, KDF_MEMBERS_ENVELOPE};
use crate::error::Error;
use crate::identity::nodes::SuperNodePublicKey;
use crate::identity::registration::Identity;
use crate::kdf::kdf;
use crate::limits::{Limit, MESSAGE_BYTES};
use crate::members::{self, MembersKey, MembersKeys};
use crate::secret::SecretKey;

/// A message that only the hospital with one identity can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityEnvelope {
    epoch: u32,
    C: G1Affine,
    sealed: Vec<u8>,
}

impl SuperNodePublicKey {
    /// Seals a message to a hospital registered with this super node. `aad` is the context of the
    /// envelope: it is not inside, and the hospital must know it to open the envelope. With a
    /// members' key, the hospital also needs that key.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] above [`MESSAGE_BYTES`]; [`Error::RandomnessUnavailable`].
    pub fn seal_to(
        &self,
        recipient: &Identity,
        plaintext: &[u8],
        aad: &[u8],
        members: Option<&MembersKey>,
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
        let sealed = aead::seal(envelope_key(&shared, &C, recipient, self, members), aad, plaintext);
        Ok(IdentityEnvelope { epoch: members.map_or(0, MembersKey::epoch), C, sealed })
    }
}

impl IdentityEnvelope {
    /// Returns the epoch of the members' key that opening needs; 0 for none.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    pub(super) fn open(
        &self,
        super_node: &SuperNodePublicKey,
        Q_ID: &Identity,
        S_ID: &G2Affine,
        aad: &[u8],
        members: Option<&MembersKeys>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let members = MembersKeys::of(members, self.epoch)?;
        // e(C, S_ID)
        let shared = SecretGt::new(pairing_product(&[(self.C, *S_ID)])?);
        aead::open(&envelope_key(&shared, &self.C, Q_ID, super_node, members), aad, &self.sealed)
    }
}

/// `k_e = kdf(K || members' key, "members-envelope", epoch || C)`, or `K` for epoch 0, where
/// `K = kdf(shared, "envelope", C || Q_ID || P_SN)`
fn envelope_key(
    shared: &SecretGt,
    C: &G1Affine,
    Q_ID: &Identity,
    super_node: &SuperNodePublicKey,
    members: Option<&MembersKey>,
) -> SecretKey {
    let mut context = Writer::new();
    context.g1(C);
    context.g2(&Q_ID.0);
    context.g1(&super_node.0);
    let K = kdf(shared.to_bytes().as_slice(), KDF_ENVELOPE, context.as_slice());
    members::over(members, K, KDF_MEMBERS_ENVELOPE, &C.to_compressed())
}

fields!(Object for IdentityEnvelope {
    epoch: u32,
    C: G1Affine,
    sealed [MESSAGE_BYTES + aead::OVERHEAD, MessageLength],
});
