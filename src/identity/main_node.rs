//! A main node, or a member that answers other members, with its static key pair.

use rand_core::{CryptoRng, RngCore};

use crate::codec::{self, Kind, Object, Part, Reader, Writer};
use crate::curve::{Curve, G1Affine, G2Affine, SecretScalar, mul_generator_g1, random_nonzero_scalar};
use crate::error::Error;
use crate::identity::certificate::CertificateRequest;
use crate::identity::name::Name;
use crate::identity::nodes::{Node, Role, Subject, SuperNodePublicKey};
use crate::identity::signature;

/// A main node with its secret `s_MN`.
///
/// It authenticates hospitals and answers them ([`MainNode::accept`]). Hospitals need its
/// certificate; the main node does not. A member that sends other members what they share also has
/// one, with [`Role::Member`]. The member that wants the keys starts the handshake.
#[derive(Debug)]
pub struct MainNode {
    pub(super) node: Node,
    pub(super) s_MN: SecretScalar,
}

impl MainNode {
    /// Generates a main node (or a member in this role) with this name and a fresh key pair, in the
    /// consortium of this super node.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn generate(
        name: Name,
        role: Role,
        super_node: &SuperNodePublicKey,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        Ok(Self::new(*super_node, name, role, random_nonzero_scalar(rng)?))
    }

    fn new(super_node: SuperNodePublicKey, name: Name, role: Role, s_MN: SecretScalar) -> Self {
        // Q_MN = [s_MN]P1
        let Q_MN = mul_generator_g1(&s_MN).to_affine();
        Self { node: Node { super_node, subject: Subject { name, role, Q_MN } }, s_MN }
    }

    /// Returns the name under which it is certified.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.node.subject.name
    }

    /// Returns the role for which it is certified.
    #[must_use]
    pub fn role(&self) -> Role {
        self.node.subject.role
    }

    /// `Q_MN`
    pub(crate) fn public_point(&self) -> &G1Affine {
        &self.node.subject.Q_MN
    }

    /// Returns `[s_MN]H`, where `H` was hashed under a tag of signatures.
    pub(crate) fn sign(&self, H: &G2Affine) -> G2Affine {
        *signature::sign(&self.s_MN, H)
    }

    /// Returns a request for a certificate, with the proof that this node holds its secret.
    #[must_use]
    pub fn certificate_request(&self) -> CertificateRequest {
        CertificateRequest::new(&self.node, &self.s_MN)
    }

    /// Decodes a main node of the consortium with this super node. Take the key from a trusted
    /// source: a main node with a replaced `P_SN` would reject every hospital, or accept those of a
    /// different super node.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if the bytes name a different super node; a decoding error of
    /// [`Error`] if the bytes are not an output of [`to_bytes`](Self::to_bytes).
    pub fn from_bytes(bytes: &[u8], super_node: &SuperNodePublicKey) -> Result<Self, Error> {
        let main_node: Self = codec::decode(bytes)?;
        if main_node.node.super_node == *super_node { Ok(main_node) } else { Err(Error::InvalidKey) }
    }
}

impl Object for MainNode {
    const KIND: Kind = Kind::MainNode;

    fn write(&self, w: &mut Writer) {
        self.node.super_node.write(w);
        self.node.subject.name.write(w);
        self.node.subject.role.write(w);
        w.scalar(&self.s_MN);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self::new(SuperNodePublicKey::read(r)?, Name::read(r)?, Role::read(r)?, r.nonzero_scalar()?))
    }
}
