//! Registration: the request of a hospital to the super node, and the identity
//! key that it receives.

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Part, Writer, fields};
use crate::curve::{G2Affine, SecretG2, random_bytes};
use crate::domain::IDENTITY;
use crate::error::Error;
use crate::hash::{hash_to_g2, sha256};
use crate::identity::name::Name;
use crate::limits::{Limit, REGISTRATION_RECORD_BYTES};

/// A hospital's request for registration: its name, a random number `R` and its
/// registration record `R1`.
///
/// The hospital keeps it: the request and the super node's [`IdentityKey`] together make a
/// [`Hospital`](super::Hospital). Send it over a channel on which the super node knows the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRequest {
    name: Name,
    R: [u8; 16],
    record: Vec<u8>,
}

impl RegistrationRequest {
    /// Makes a request with this name and a fresh `R`.
    ///
    /// `record` is the paper's *data request record* `R1`: any bytes up to 1 KiB, for instance the
    /// agreement under which the hospital joins. Its digest becomes part of the identity.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] if the record is too long; [`Error::RandomnessUnavailable`].
    pub fn new(name: Name, record: &[u8], rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        if record.len() > REGISTRATION_RECORD_BYTES {
            return Err(Error::LimitExceeded(Limit::RegistrationRecord));
        }
        Ok(Self { name, R: *random_bytes(rng)?, record: record.to_vec() })
    }

    /// Returns the name to be registered.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Returns the registration record `R1`.
    #[must_use]
    pub fn record(&self) -> &[u8] {
        &self.record
    }

    /// Returns the identity that this request registers.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identifiers().identity()
    }

    pub(super) fn identifiers(&self) -> Identifiers {
        Identifiers { name: self.name.clone(), R: self.R, record_digest: sha256(&[&self.record]) }
    }
}

fields!(Object for RegistrationRequest {
    name: Name,
    R: [u8; 16],
    record [REGISTRATION_RECORD_BYTES, RegistrationRecord],
});

/// `(ID, R, SHA-256(R1))`: the inputs of an identity.
#[derive(Clone, Debug)]
pub(super) struct Identifiers {
    pub(super) name: Name,
    pub(super) R: [u8; 16],
    pub(super) record_digest: [u8; 32],
}

impl Identifiers {
    /// The paper's `H(ID xor R xor R1)` maps many triples to one identity. An injective
    /// encoding gives each its own.
    pub(super) fn identity(&self) -> Identity {
        let mut w = Writer::new();
        self.name.write(&mut w);
        w.raw(&self.R);
        w.raw(&self.record_digest);
        // Q_ID = hash_to_g2(IDENTITY, len || ID || R || SHA-256(R1))
        Identity(hash_to_g2(IDENTITY, w.as_slice()))
    }
}

/// `Q_ID`: the public point of one registration of one hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity(pub(crate) G2Affine);

/// `S_ID = [s]Q_ID`: the super node's answer to a registration. Send it once,
/// over a secure channel.
#[derive(Debug)]
pub struct IdentityKey(pub(crate) SecretG2);

fields!(Object for IdentityKey { 0: SecretG2 });
