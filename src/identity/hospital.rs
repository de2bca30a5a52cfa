//! A registered hospital.

use zeroize::Zeroizing;

use crate::codec::{self, Kind, Object, Reader, Writer};
use crate::curve::SecretG2;
use crate::error::Error;
use crate::identity::envelope::IdentityEnvelope;
use crate::identity::name::Name;
use crate::identity::nodes::SuperNodePublicKey;
use crate::identity::registration::{Identity, IdentityKey, RegistrationRequest};
use crate::identity::signature;
use crate::members::MembersKeys;

/// A hospital with its identity key.
///
/// It starts handshakes with main nodes ([`Hospital::start`]) and opens envelopes to its identity
/// ([`Hospital::open`]).
#[derive(Debug)]
pub struct Hospital {
    pub(super) super_node: SuperNodePublicKey,
    pub(super) registration: RegistrationRequest,
    pub(super) Q_ID: Identity,
    pub(super) S_ID: SecretG2,
}

impl Hospital {
    /// Accepts the super node's answer to a registration. Verifies that the key belongs
    /// to this registration.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if this super node did not extract the key for this request.
    pub fn accept(
        registration: RegistrationRequest,
        key: IdentityKey,
        super_node: &SuperNodePublicKey,
    ) -> Result<Self, Error> {
        let (Q_ID, IdentityKey(S_ID)) = (registration.identity(), key);
        // e(P1, S_ID) = e(P_SN, Q_ID)
        if !signature::verifies(&super_node.0, &Q_ID.0, &S_ID) {
            return Err(Error::InvalidKey);
        }
        Ok(Self { super_node: *super_node, registration, Q_ID, S_ID })
    }

    /// Returns the name under which it is registered.
    #[must_use]
    pub fn name(&self) -> &Name {
        self.registration.name()
    }

    /// Returns its identity, to which envelopes are sealed.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.Q_ID
    }

    /// Returns the super node with which it is registered.
    #[must_use]
    pub fn super_node(&self) -> &SuperNodePublicKey {
        &self.super_node
    }

    /// Decodes a hospital, and verifies its key under `super_node`. Take `super_node` from a
    /// trusted source: this then detects a damaged or replaced file before a handshake fails.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if this super node did not extract the key; a decoding error of
    /// [`Error`] if the bytes are not an output of [`to_bytes`](Self::to_bytes).
    pub fn from_bytes(bytes: &[u8], super_node: &SuperNodePublicKey) -> Result<Self, Error> {
        // The pairing check alone would accept the file's `P_SN` and `S_ID` if both are negated.
        let hospital: Self = codec::decode(bytes)?;
        if hospital.super_node == *super_node { Ok(hospital) } else { Err(Error::InvalidKey) }
    }

    /// Opens an envelope that was sealed to this hospital's identity with the same `aad`.
    /// Uses the key in `members` of the [epoch](IdentityEnvelope::epoch) that the envelope
    /// names; none for epoch 0.
    ///
    /// # Errors
    /// [`Error::MembersKeyMissing`]; [`Error::DecryptionFailed`] if it was sealed
    /// differently, or was changed.
    pub fn open(
        &self,
        envelope: &IdentityEnvelope,
        aad: &[u8],
        members: Option<&MembersKeys>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        envelope.open(&self.super_node, &self.Q_ID, &self.S_ID, aad, members)
    }
}

impl Object for Hospital {
    const KIND: Kind = Kind::Hospital;

    fn write(&self, w: &mut Writer) {
        self.super_node.write(w);
        self.registration.write(w);
        w.g2(&self.S_ID);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let super_node = SuperNodePublicKey::read(r)?;
        Self::accept(RegistrationRequest::read(r)?, IdentityKey::read(r)?, &super_node)
    }
}
