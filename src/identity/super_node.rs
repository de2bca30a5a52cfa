//! The super node: registers hospitals, certifies main nodes, revokes both, and
//! publishes the registry.

use core::ops::RangeInclusive;

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Object, Part, Reader, Writer};
use crate::curve::{Curve, G2Affine, SecretScalar, mul_generator_g1, random_nonzero_scalar};
use crate::error::Error;
use crate::identity::certificate::{Certificate, CertificateRequest, CertificateSerial};
use crate::identity::name::Name;
use crate::identity::nodes::SuperNodePublicKey;
use crate::identity::registration::{IdentityKey, RegistrationRequest};
use crate::identity::registry::{Listings, Registry, RegistryDraft};
use crate::identity::signature;

/// The super node, with the identity master secret `s` and its records.
///
/// It can compute every identity key that it has issued: anyone who holds it can impersonate any
/// hospital and open every identity envelope that uses no members' key. It cannot open recorded
/// handshakes or sessions. Its byte form contains everything. Store it after each change: a super
/// node restored from an older state lacks later registrations and revocations. Main nodes reject
/// its registries only until their sequence numbers pass the last one seen
/// ([`succeeded_by`](crate::identity::VerifiedRegistry::succeeded_by)).
#[derive(Debug)]
pub struct SuperNode {
    s: SecretScalar,
    public_key: SuperNodePublicKey,
    sequence: u64,
    /// Of the last registry's body.
    digest: [u8; 32],
    listings: Listings,
}

impl SuperNode {
    /// Generates a super node with a fresh master secret and no registrations.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Ok(Self::new(random_nonzero_scalar(rng)?))
    }

    fn new(s: SecretScalar) -> Self {
        // P_SN = [s]P1
        let public_key = SuperNodePublicKey(mul_generator_g1(&s).to_affine());
        Self { s, public_key, sequence: 0, digest: [0; 32], listings: Listings::default() }
    }

    /// `P_SN`
    #[must_use]
    pub fn public_key(&self) -> SuperNodePublicKey {
        self.public_key
    }

    /// Registers a hospital and extracts its identity key. Send the key back over a secure channel.
    ///
    /// The caller must verify that the request comes from the hospital with that name. A name whose
    /// registration was revoked may be registered again, with a fresh request.
    ///
    /// # Errors
    /// [`Error::NameTaken`] if the name is registered; [`Error::HospitalRevoked`] if this very
    /// request was registered and revoked; [`Error::LimitExceeded`] if the registry is full: it
    /// reserves room for every possible revocation.
    pub fn register(&mut self, request: &RegistrationRequest) -> Result<IdentityKey, Error> {
        let Q_ID = request.identity();
        self.listings.register(request.name(), Q_ID)?;
        // S_ID = [s]Q_ID
        Ok(IdentityKey(signature::sign(&self.s, &Q_ID.0)))
    }

    /// Revokes the current registration of a hospital. It takes effect with the
    /// next published registry.
    ///
    /// # Errors
    /// [`Error::UnknownName`]; [`Error::HospitalRevoked`] if it is already revoked;
    /// [`Error::LimitExceeded`] if this name was revoked 65,536 times.
    pub fn revoke_hospital(&mut self, name: &Name) -> Result<(), Error> {
        self.listings.revoke_hospital(name)
    }

    /// Certifies a main node that proves that it holds its secret, for a period in Unix
    /// milliseconds, both ends included. The serial number is random.
    ///
    /// The caller must verify that the request comes from the node with that name.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] if the proof of possession does not verify;
    /// [`Error::InvalidField`] if the period is empty; [`Error::RandomnessUnavailable`].
    pub fn certify(
        &self,
        request: &CertificateRequest,
        validity: RangeInclusive<u64>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Certificate, Error> {
        let statement = request.certifiable(CertificateSerial::random(rng)?, validity)?;
        let signature = self.sign(&statement.body().point());
        Ok(Certificate::new(statement, signature))
    }

    /// Revokes a certificate. It takes effect with the next published registry.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] if 65,536 are already revoked.
    pub fn revoke_certificate(&mut self, serial: CertificateSerial) -> Result<(), Error> {
        self.listings.revoke_certificate(serial)
    }

    /// Signs the current registry with the next sequence number. `now_ms` is in Unix milliseconds.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] if the registry is longer than
    /// [`REGISTRY_BYTES`](crate::limits::REGISTRY_BYTES), which
    /// [`register`](Self::register) prevents.
    pub fn publish(&mut self, now_ms: u64) -> Result<Registry, Error> {
        let sequence = self.sequence.checked_add(1).ok_or(Error::OutOfRange)?;
        let (predecessor, listings) = (self.digest, self.listings.clone());
        let draft = RegistryDraft { sequence, predecessor, time_ms: now_ms, listings };
        let registry = Registry::sign(&draft, &self.s)?;
        (self.sequence, self.digest) = (sequence, registry.digest());
        Ok(registry)
    }

    /// Returns `[s]H`, where `H` was hashed under a tag of signatures.
    pub(crate) fn sign(&self, H: &G2Affine) -> G2Affine {
        *signature::sign(&self.s, H)
    }
}

impl Object for SuperNode {
    const KIND: Kind = Kind::SuperNode;

    fn write(&self, w: &mut Writer) {
        w.scalar(&self.s);
        w.u64(self.sequence);
        w.raw(&self.digest);
        self.listings.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let mut super_node = Self::new(r.nonzero_scalar()?);
        super_node.sequence = r.u64()?;
        super_node.digest = r.array()?;
        super_node.listings = Listings::read(r)?;
        Ok(super_node)
    }
}
