//! The public keys of the super node and of main nodes, and what a key is for.

use crate::codec::{Part, Reader, Writer, fields};
use crate::curve::{G1Affine, G2Affine};
use crate::error::Error;
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

fields!(Object for SuperNodePublicKey { 0: G1Affine });

/// The purpose of a certified key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Authenticates hospitals and answers them.
    MainNode = 1,
    /// A member that answers other members, and sends them what members share.
    Member = 2,
}

impl Part for Role {
    fn write(&self, w: &mut Writer) {
        w.u8(*self as u8);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        match r.u8()? {
            1 => Ok(Self::MainNode),
            2 => Ok(Self::Member),
            _ => Err(Error::InvalidField),
        }
    }
}

/// The owner of a key, and its purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) name: Name,
    pub(super) role: Role,
    pub(super) Q_MN: G1Affine,
}

fields!(Part for Subject { name: Name, role: Role, Q_MN: G1Affine });

/// The public side of a main node or an answering member. Both sides of a
/// handshake must have the same.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) super_node: SuperNodePublicKey,
    pub(super) subject: Subject,
}
