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

use crate::codec::{Part, Reader, Writer, fields};
use crate::curve::{G2Affine, SecretScalar, random_bytes};
use crate::domain::{CERTIFICATE, POSSESSION};
use crate::error::Error;
use crate::hash::hash_to_g2;
use crate::id::id;
use crate::identity::name::Name;
use crate::identity::nodes::{Node, Role, Subject, SuperNodePublicKey};
use crate::identity::signature::{self, Body};

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

impl Subject {
    /// Returns the point under which possession is proved.
    fn possession_point(&self) -> G2Affine {
        let w = Writer::of(|w| self.write(w));
        hash_to_g2(POSSESSION, w.as_slice())
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
        let proof = *signature::sign(s_MN, &node.subject.possession_point());
        Self { subject: node.subject.clone(), proof }
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

fields!(Object for CertificateRequest { subject: Subject, proof: G2Affine });

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
        Body { tag: CERTIFICATE, bytes: Writer::of(|w| self.write(w)).into_vec() }
    }
}

impl Part for Statement {
    fn write(&self, w: &mut Writer) {
        self.subject.write(w);
        self.serial.write(w);
        w.u64(self.not_before);
        w.u64(self.not_after);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (subject, serial) = (Subject::read(r)?, CertificateSerial::read(r)?);
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
        if !super_node.verifies(&self.statement.body().point(), &self.signature) {
            return Err(Error::InvalidSignature);
        }
        if subject.role != role {
            return Err(Error::CertificateRole);
        }
        Ok(VerifiedCertificate {
            node: Node { super_node: *super_node, subject: subject.clone() },
            serial: *serial,
            validity: *not_before..=*not_after,
        })
    }
}

fields!(Object for Certificate { statement: Statement, signature: G2Affine });

/// A certificate that was verified for a role. A hospital can [start](super::Hospital::start) a
/// handshake with its main node or member.
#[derive(Clone, Debug)]
pub struct VerifiedCertificate {
    pub(super) node: Node,
    serial: CertificateSerial,
    validity: RangeInclusive<u64>,
}

impl VerifiedCertificate {
    /// Returns the name of the main node or member.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.node.subject.name
    }

    /// Returns the role for which it was verified.
    #[must_use]
    pub fn role(&self) -> Role {
        self.node.subject.role
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
}
