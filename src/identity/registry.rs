//! The registry: the registered and revoked hospitals, and the revoked certificates.
//!
//! ```text
//! signature = [s] hash_to_g2(REGISTRY, body)
//! ```
//! The body is parsed only after its signature is verified. In the first body, the hash of the
//! preceding body is zeros.

use std::collections::{BTreeMap, BTreeSet};

use crate::codec::{Object, Part, Reader, Writer, fields};
use crate::curve::{G2_BYTES, G2Affine, SecretScalar};
use crate::domain::REGISTRY;
use crate::error::Error;
use crate::hash::{hash_to_g2, sha256};
use crate::identity::certificate::{CertificateSerial, VerifiedCertificate};
use crate::identity::name::Name;
use crate::identity::nodes::{Node, SuperNodePublicKey};
use crate::identity::registration::{Identity, RegistrationRequest};
use crate::identity::signature::{self, Body};
use crate::limits::{Limit, REGISTRY_BYTES, REGISTRY_ITEMS};

/// A registry that is not verified yet. Use it only after [`verify`](Registry::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    body: Vec<u8>,
    signature: G2Affine,
}

impl Registry {
    pub(super) fn sign(draft: &RegistryDraft, s: &SecretScalar) -> Result<Self, Error> {
        let body = draft.body();
        let signature = *signature::sign(s, &body.point());
        Self::new(body, signature)
    }

    pub(crate) fn new(body: Body, signature: G2Affine) -> Result<Self, Error> {
        if body.bytes.len() > REGISTRY_BYTES {
            return Err(Error::LimitExceeded(Limit::RegistryLength));
        }
        Ok(Self { body: body.bytes, signature })
    }

    /// Returns the digest of the signed body, which the next body contains.
    pub(super) fn digest(&self) -> [u8; 32] {
        sha256(&[&self.body])
    }

    /// Verifies the super node's signature, and that the registry is not older than one seen
    /// before. Use this for the first registry, and after a restart. If you hold a verified
    /// registry, call [`VerifiedRegistry::succeeded_by`] instead: it also rejects a second registry
    /// with the same number.
    ///
    /// `last_seen` is the [sequence number](VerifiedRegistry::sequence) of the newest registry that
    /// the caller has ever verified, kept across restarts; 0 if there was none.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`]; [`Error::RegistryRollback`] if its sequence number
    /// is below `last_seen`.
    pub fn verify(&self, super_node: &SuperNodePublicKey, last_seen: u64) -> Result<VerifiedRegistry, Error> {
        if !super_node.verifies(&hash_to_g2(REGISTRY, &self.body), &self.signature) {
            return Err(Error::InvalidSignature);
        }
        let signed = Reader::whole(&self.body, RegistryDraft::read)?;
        if signed.sequence < last_seen {
            return Err(Error::RegistryRollback);
        }
        Ok(VerifiedRegistry { super_node: *super_node, signed, digest: self.digest() })
    }
}

fields!(Object for Registry { body [REGISTRY_BYTES, RegistryLength], signature: G2Affine });

/// A registry with a verified signature.
///
/// Its holder must limit its age: an attacker who withholds newer registries keeps a revoked
/// hospital valid until [`time_ms`](Self::time_ms) is too old.
#[derive(Clone, Debug)]
pub struct VerifiedRegistry {
    super_node: SuperNodePublicKey,
    pub(crate) signed: RegistryDraft,
    /// Of the signed body.
    pub(crate) digest: [u8; 32],
}

impl VerifiedRegistry {
    /// Verifies the registry that replaces this one.
    ///
    /// Accepts this registry itself again. Rejects a different registry with the same sequence
    /// number, and a registry with the next number that follows a different one. Keep both as
    /// evidence, and stop what depends on them: either the super node was restored from an older
    /// state, or too many authorities signed twice.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] if it is not from the same super node;
    /// [`Error::RegistryRollback`] if its sequence number is lower, or it lacks a revocation of
    /// this one; [`Error::RegistryConflict`] if the two cannot belong to one history.
    pub fn succeeded_by(&self, next: &Registry) -> Result<Self, Error> {
        let next = next.verify(&self.super_node, self.sequence())?;
        let conflicts = match next.sequence() - self.sequence() {
            0 => next.digest != self.digest,
            1 => next.signed.predecessor != self.digest,
            _ => false,
        };
        if conflicts {
            return Err(Error::RegistryConflict);
        }
        if next.signed.listings.keep_revocations_of(&self.signed.listings) {
            Ok(next)
        } else {
            Err(Error::RegistryRollback)
        }
    }

    /// Returns a draft of the registry after this one, for several authorities to sign. `now_ms` is
    /// in Unix milliseconds.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] after the last sequence number.
    pub fn draft_next(&self, now_ms: u64) -> Result<RegistryDraft, Error> {
        let sequence = self.sequence().checked_add(1).ok_or(Error::OutOfRange)?;
        let listings = self.signed.listings.clone();
        Ok(RegistryDraft { sequence, predecessor: self.digest, time_ms: now_ms, listings })
    }

    /// Returns the sequence number: the `last_seen` of a verification after a restart.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.signed.sequence
    }

    /// Returns the time at which it was published, in Unix milliseconds.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.signed.time_ms
    }

    /// Returns the current identity of a hospital.
    ///
    /// # Errors
    /// [`Error::UnknownName`]; [`Error::HospitalRevoked`] if its registration was revoked.
    pub fn identity(&self, hospital: &Name) -> Result<&Identity, Error> {
        let listing = self.signed.listings.hospitals.get(hospital).ok_or(Error::UnknownName)?;
        listing.standing.as_ref().ok_or(Error::HospitalRevoked)
    }

    /// Returns the names of the registered hospitals, sorted, without revoked ones.
    pub fn hospitals(&self) -> impl Iterator<Item = &Name> {
        let hospitals = self.signed.listings.hospitals.iter();
        hospitals.filter(|(_, listing)| listing.standing.is_some()).map(|(name, _)| name)
    }

    /// Returns whether the certificate with this serial number is revoked.
    #[must_use]
    pub fn is_certificate_revoked(&self, serial: &CertificateSerial) -> bool {
        self.signed.listings.revoked_certificates.contains(serial)
    }

    /// Checks that this super node signed it.
    pub(crate) fn check_signer(&self, super_node: &SuperNodePublicKey) -> Result<(), Error> {
        if self.super_node == *super_node { Ok(()) } else { Err(Error::InvalidSignature) }
    }

    /// Returns the node of a certificate, if this super node certified it, and the certificate is
    /// valid at this time and not revoked.
    pub(super) fn node_at<'c>(
        &self,
        certificate: &'c VerifiedCertificate,
        now_ms: u64,
        super_node: &SuperNodePublicKey,
    ) -> Result<&'c Node, Error> {
        self.check_signer(super_node)?;
        if certificate.node.super_node != *super_node {
            return Err(Error::InvalidSignature);
        }
        if !certificate.validity().contains(&now_ms) {
            return Err(Error::CertificateExpired);
        }
        if self.is_certificate_revoked(&certificate.serial()) {
            return Err(Error::CertificateRevoked);
        }
        Ok(&certificate.node)
    }

    /// Returns whether this identity of this name was revoked.
    pub(super) fn is_identity_revoked(&self, hospital: &Name, identity: &Identity) -> bool {
        let listing = self.signed.listings.hospitals.get(hospital);
        listing.is_some_and(|listing| listing.revoked.contains(identity))
    }
}

/// A registry before it is signed. Several authorities agree on it and then sign it.
///
/// Its byte form is the header and the signed body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryDraft {
    pub(crate) sequence: u64,
    pub(crate) predecessor: [u8; 32],
    pub(super) time_ms: u64,
    pub(crate) listings: Listings,
}

impl RegistryDraft {
    /// Makes the first, empty registry, at a time in Unix milliseconds.
    #[must_use]
    pub fn first(now_ms: u64) -> Self {
        Self { sequence: 1, predecessor: [0; 32], time_ms: now_ms, listings: Listings::default() }
    }

    /// Returns the sequence number.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Changes the number. This is needed if authorities have signed different bodies under one
    /// number: all then use a greater one.
    pub fn renumber(&mut self, sequence: u64) {
        self.sequence = sequence;
    }

    /// Registers a hospital. Each authority must verify that the request comes from the
    /// hospital with that name.
    ///
    /// # Errors
    /// As for [`SuperNode::register`](crate::identity::SuperNode::register).
    pub fn register(&mut self, request: &RegistrationRequest) -> Result<(), Error> {
        self.listings.register(request.name(), request.identity())
    }

    /// Revokes the current registration of a hospital.
    ///
    /// # Errors
    /// As for [`SuperNode::revoke_hospital`](crate::identity::SuperNode::revoke_hospital).
    pub fn revoke_hospital(&mut self, name: &Name) -> Result<(), Error> {
        self.listings.revoke_hospital(name)
    }

    /// Revokes a certificate.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] if 65,536 are already revoked.
    pub fn revoke_certificate(&mut self, serial: CertificateSerial) -> Result<(), Error> {
        self.listings.revoke_certificate(serial)
    }

    pub(crate) fn body(&self) -> Body {
        Body { tag: REGISTRY, bytes: Writer::of(|w| self.write(w)).into_vec() }
    }
}

fields!(Object for RegistryDraft {
    sequence: u64,
    predecessor: [u8; 32],
    time_ms: u64,
    listings: Listings,
});

/// The registrations and revocations that the super node records and publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listings {
    hospitals: BTreeMap<Name, Listing>,
    revoked_certificates: BTreeSet<CertificateSerial>,
}

/// The registration and revocations of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Listing {
    standing: Option<Identity>,
    revoked: Vec<Identity>,
}

impl Listings {
    pub(super) fn register(&mut self, name: &Name, identity: Identity) -> Result<(), Error> {
        let added = match self.hospitals.get(name) {
            Some(Listing { standing: Some(_), .. }) => return Err(Error::NameTaken),
            Some(listing) if listing.revoked.contains(&identity) => return Err(Error::HospitalRevoked),
            Some(_) => G2_BYTES,
            None => {
                check_room(self.hospitals.len())?;
                Listing::bytes(name, 1)
            }
        };
        if self.body_bytes_at_most() + added > REGISTRY_BYTES {
            return Err(Error::LimitExceeded(Limit::RegistryLength));
        }
        self.hospitals.entry(name.clone()).or_default().standing = Some(identity);
        Ok(())
    }

    /// Returns the length of the signed body once everything is revoked that can be: revoking a
    /// hospital moves its identity, and revoking a certificate adds its serial number.
    fn body_bytes_at_most(&self) -> usize {
        let hospitals = self.hospitals.iter().map(|(name, listing)| {
            Listing::bytes(name, usize::from(listing.standing.is_some()) + listing.revoked.len())
        });
        8 + 32 + 8 + 4 + hospitals.sum::<usize>() + 4 + CertificateSerial::BYTES * REGISTRY_ITEMS
    }

    /// Returns whether everything that an earlier registry revokes is also revoked here.
    pub(crate) fn keep_revocations_of(&self, earlier: &Self) -> bool {
        let keeps = |(name, earlier): (&Name, &Listing)| {
            let revoked = self.hospitals.get(name).map_or(&[][..], |listing| &listing.revoked);
            earlier.revoked.iter().all(|identity| revoked.contains(identity))
        };
        self.revoked_certificates.is_superset(&earlier.revoked_certificates)
            && earlier.hospitals.iter().all(keeps)
    }

    pub(super) fn revoke_hospital(&mut self, name: &Name) -> Result<(), Error> {
        let listing = self.hospitals.get_mut(name).ok_or(Error::UnknownName)?;
        check_room(listing.revoked.len())?;
        listing.revoked.push(listing.standing.take().ok_or(Error::HospitalRevoked)?);
        Ok(())
    }

    pub(super) fn revoke_certificate(&mut self, serial: CertificateSerial) -> Result<(), Error> {
        check_room(self.revoked_certificates.len())?;
        self.revoked_certificates.insert(serial);
        Ok(())
    }

    /// Adds a name with this many revoked identities.
    #[cfg(test)]
    pub(super) fn stuff(&mut self, name: &Name, revoked: usize) {
        let point = Identity(<G2Affine as crate::curve::PrimeCurveAffine>::generator());
        self.hospitals.insert(name.clone(), Listing { standing: None, revoked: vec![point; revoked] });
    }
}

impl Part for Listings {
    fn write(&self, w: &mut Writer) {
        w.count(self.hospitals.len());
        for (name, listing) in &self.hospitals {
            name.write(w);
            w.flag(listing.standing.is_some());
            if let Some(identity) = &listing.standing {
                w.g2(&identity.0);
            }
            w.count(listing.revoked.len());
            for identity in &listing.revoked {
                w.g2(&identity.0);
            }
        }
        w.count(self.revoked_certificates.len());
        for serial in &self.revoked_certificates {
            serial.write(w);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let mut listings = Self::default();
        for _ in 0..r.count(REGISTRY_ITEMS, Limit::RegistryItems)? {
            let name = Name::read(r)?;
            if listings.hospitals.last_key_value().is_some_and(|(last, _)| *last >= name) {
                return Err(Error::NotSorted);
            }
            listings.hospitals.insert(name, Listing::read(r)?);
        }
        for _ in 0..r.count(REGISTRY_ITEMS, Limit::RegistryItems)? {
            let serial = CertificateSerial::read(r)?;
            if listings.revoked_certificates.last().is_some_and(|last| *last >= serial) {
                return Err(Error::NotSorted);
            }
            listings.revoked_certificates.insert(serial);
        }
        Ok(listings)
    }
}

impl Listing {
    /// Returns the length of the listing with its name and this many identities.
    fn bytes(name: &Name, identities: usize) -> usize {
        4 + name.as_str().len() + 1 + 4 + identities * G2_BYTES
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let standing = if r.flag()? { Some(Identity(r.g2()?)) } else { None };
        let count = r.count(REGISTRY_ITEMS, Limit::RegistryItems)?;
        let revoked = (0..count).map(|_| Ok(Identity(r.g2()?))).collect::<Result<Vec<_>, Error>>()?;
        if standing.is_none() && revoked.is_empty() {
            return Err(Error::InvalidField);
        }
        Ok(Self { standing, revoked })
    }
}

fn check_room(present: usize) -> Result<(), Error> {
    if present < REGISTRY_ITEMS { Ok(()) } else { Err(Error::LimitExceeded(Limit::RegistryItems)) }
}
