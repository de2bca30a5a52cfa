//! Certificates of main nodes, and of members who answer other members.
//!
//! ```text
//! proof     = [s_MN] hash_to_g2(POP,  name || role || Q_MN)
//! signature = [s]    hash_to_g2(CERT, name || role || Q_MN || serial || not before || not after)
//! ```
//! The proof covers the name: it cannot be used for a different name. The serial number is random,
//! because a counter would repeat after a fork, or when a backup is restored.

use core::ops::RangeInclusive;

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{G1Affine, G2Affine, SecretScalar, random_bytes};
use crate::domain::{CERTIFICATE, POSSESSION};
use crate::error::Error;
use crate::hash::hash_to_g2;
use crate::id::id;
use crate::identity::name::Name;
use crate::identity::nodes::{Node, SuperNodePublicKey};
use crate::identity::registry::VerifiedRegistry;
use crate::identity::signature::{self, Body};

/// The purpose of a certified key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Authenticates hospitals and answers them.
    MainNode = 1,
    /// A member that answers other members, and sends them what members share.
    Member = 2,
}

impl Role {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        match r.u8()? {
            1 => Ok(Self::MainNode),
            2 => Ok(Self::Member),
            _ => Err(Error::InvalidField),
        }
    }
}

id! {
    /// The serial number under which a certificate is revoked: 16 random bytes.
    CertificateSerial: 16
}

impl CertificateSerial {
    /// Draws a serial number. A super node draws it itself; several authorities must all
    /// receive the same one.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn random(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Ok(Self(*random_bytes(rng)?))
    }
}

/// The owner of a key, and its purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subject {
    name: Name,
    role: Role,
    Q_MN: G1Affine,
}

impl Subject {
    /// Returns the point under which possession is proved.
    fn possession_point(&self) -> G2Affine {
        let mut w = Writer::new();
        self.write(&mut w);
        hash_to_g2(POSSESSION, w.as_slice())
    }

    fn write(&self, w: &mut Writer) {
        self.name.write(w);
        w.u8(self.role as u8);
        w.g1(&self.Q_MN);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let name = Name::read(r)?;
        Ok(Self { name, role: Role::read(r)?, Q_MN: r.g1()? })
    }
}

/// A request by a main node or a member for a certificate, with the proof that it holds
/// the secret of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRequest {
    subject: Subject,
    proof: G2Affine,
}

impl CertificateRequest {
    pub(super) fn new(node: &Node, s_MN: &SecretScalar) -> Self {
        let subject = Subject { name: node.name.clone(), role: node.role, Q_MN: node.Q_MN };
        let proof = *signature::sign(s_MN, &subject.possession_point());
        Self { subject, proof }
    }

    /// Returns the name to be certified.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.subject.name
    }

    /// Returns the role to be certified.
    #[must_use]
    pub fn role(&self) -> Role {
        self.subject.role
    }

    /// Returns the statement for the super node to sign, if the proof verifies and the
    /// period is not empty.
    pub(crate) fn certifiable(
        &self,
        serial: CertificateSerial,
        validity: RangeInclusive<u64>,
    ) -> Result<Statement, Error> {
        // e(P1, proof) = e(Q_MN, H)
        if !signature::verifies(&self.subject.Q_MN, &self.subject.possession_point(), &self.proof) {
            return Err(Error::InvalidSignature);
        }
        if validity.is_empty() {
            return Err(Error::InvalidField);
        }
        let (not_before, not_after) = validity.into_inner();
        Ok(Statement { subject: self.subject.clone(), serial, not_before, not_after })
    }
}

impl Object for CertificateRequest {
    const KIND: Kind = Kind::CertificateRequest;

    fn write(&self, w: &mut Writer) {
        self.subject.write(w);
        w.g2(&self.proof);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { subject: Subject::read(r)?, proof: r.g2()? })
    }
}
/// The statement of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    subject: Subject,
    serial: CertificateSerial,
    not_before: u64,
    not_after: u64,
}

impl Statement {
    /// Returns the fields that the super node signs.
    pub(crate) fn body(&self) -> Body {
        let mut w = Writer::new();
        self.write(&mut w);
        Body::new(CERTIFICATE, w.into_vec())
    }

    fn write(&self, w: &mut Writer) {
        self.subject.write(w);
        w.raw(self.serial.as_bytes());
        w.u64(self.not_before);
        w.u64(self.not_after);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (subject, serial) = (Subject::read(r)?, CertificateSerial(r.array()?));
        let statement = Self { subject, serial, not_before: r.u64()?, not_after: r.u64()? };
        if statement.not_before > statement.not_after {
            return Err(Error::InvalidField);
        }
        Ok(statement)
    }
}

/// A certificate that is not verified yet. Use it only after [`verify`](Certificate::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    statement: Statement,
    signature: G2Affine,
}

impl Certificate {
    pub(crate) fn new(statement: Statement, signature: G2Affine) -> Self {
        Self { statement, signature }
    }

    /// Returns the serial number, under which it can be revoked.
    #[must_use]
    pub fn serial(&self) -> CertificateSerial {
        self.statement.serial
    }

    /// Verifies the super node's signature, and that the certificate is for the expected role. Each
    /// handshake checks the period and the revocation.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`]; [`Error::CertificateRole`]
    pub fn verify(&self, super_node: &SuperNodePublicKey, role: Role) -> Result<VerifiedCertificate, Error> {
        let Statement { subject, serial, not_before, not_after } = &self.statement;
        // e(P1, signature) = e(P_SN, H)
        if !signature::verifies(&super_node.0, &self.statement.body().point(), &self.signature) {
            return Err(Error::InvalidSignature);
        }
        if subject.role != role {
            return Err(Error::CertificateRole);
        }
        Ok(VerifiedCertificate {
            node: Node { super_node: *super_node, name: subject.name.clone(), role, Q_MN: subject.Q_MN },
            serial: *serial,
            validity: *not_before..=*not_after,
        })
    }
}

impl Object for Certificate {
    const KIND: Kind = Kind::Certificate;

    fn write(&self, w: &mut Writer) {
        self.statement.write(w);
        w.g2(&self.signature);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { statement: Statement::read(r)?, signature: r.g2()? })
    }
}
/// A certificate that was verified for a role. A hospital can [start](super::Hospital::start) a
/// handshake with its main node or member.
#[derive(Clone, Debug)]
pub struct VerifiedCertificate {
    node: Node,
    serial: CertificateSerial,
    validity: RangeInclusive<u64>,
}

impl VerifiedCertificate {
    /// Returns the name of the main node or member.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.node.name
    }

    /// Returns the role for which it was verified.
    #[must_use]
    pub fn role(&self) -> Role {
        self.node.role
    }

    /// Returns the serial number, under which it can be revoked.
    #[must_use]
    pub fn serial(&self) -> CertificateSerial {
        self.serial
    }

    /// Returns the period in which it is valid, in Unix milliseconds.
    #[must_use]
    pub fn validity(&self) -> &RangeInclusive<u64> {
        &self.validity
    }

    /// Returns the main node, if this super node certified it and the certificate
    /// is valid at this time.
    pub(super) fn node_at(
        &self,
        now_ms: u64,
        super_node: &SuperNodePublicKey,
        registry: &VerifiedRegistry,
    ) -> Result<&Node, Error> {
        registry.check_signer(super_node)?;
        if self.node.super_node != *super_node {
            return Err(Error::InvalidSignature);
        }
        if !self.validity.contains(&now_ms) {
            return Err(Error::CertificateExpired);
        }
        if registry.is_certificate_revoked(&self.serial) {
            return Err(Error::CertificateRevoked);
        }
        Ok(&self.node)
    }
}
