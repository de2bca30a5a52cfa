//! The public keys of the super node and of a main node.

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{G1Affine, G2Affine};
use crate::error::Error;
use crate::identity::certificate::Role;
use crate::identity::name::Name;
use crate::identity::signature;

/// `P_SN`: the public key of the super node, known to the whole consortium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuperNodePublicKey(pub(crate) G1Affine);

impl SuperNodePublicKey {
    /// Returns whether `S = [s]H`: a signature on the message that was hashed to `H`.
    pub(crate) fn verifies(&self, H: &G2Affine, S: &G2Affine) -> bool {
        signature::verifies(&self.0, H, S)
    }
}

impl Object for SuperNodePublicKey {
    const KIND: Kind = Kind::SuperNodePublicKey;

    fn write(&self, w: &mut Writer) {
        w.g1(&self.0);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self(r.g1()?))
    }
}
/// The public side of a main node or an answering member. Both sides of a
/// handshake must have the same.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) super_node: SuperNodePublicKey,
    pub(super) name: Name,
    pub(super) role: Role,
    pub(super) Q_MN: G1Affine,
}
