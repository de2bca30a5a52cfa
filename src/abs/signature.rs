//! The signed statement, and the elements of a signature.

use crate::abs::keys::PublicKey;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{G1_BYTES, G1Affine, G2_BYTES, G2Affine, Scalar};
use crate::domain::ABS_STATEMENT;
use crate::error::Error;
use crate::limits::{Limit, SIGNATURE_BYTES, SIGNED_BYTES};
use crate::policy::{Policy, Tree};
use crate::transcript::Transcript;

/// An anonymous signature by a member whose attributes satisfy a policy. It does not contain
/// the policy; the verifier supplies it. Decoding does not check the elements of a
/// signature; verification does.
///
/// Encoded: `S`, `W_1` to `W_{tau-1}` (48 bytes each), `V`, the `V_f`, the `V'_i` (96 each). The
/// length with the header is `4 + 48 t + 96 (1 + g + n)` bytes. Here `t` is the number of uses of
/// the attribute that the policy uses most, `g` the number of alternatives (`m - k` for each gate
/// `k of m`), and `n` the number of negative rows. A conjunction of attributes has 148 bytes. The
/// length depends on the policy only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(pub(super) Vec<u8>);

/// The points of a signature.
#[derive(Debug)]
pub(super) struct Elements {
    pub(super) S: G1Affine,
    /// `W_1 .. W_{tau-1}`
    pub(super) W: Vec<G1Affine>,
    pub(super) V: G2Affine,
    /// `V_f`, one for each free value.
    pub(super) V_f: Vec<G2Affine>,
    /// `V'_i`, one for each negative row.
    pub(super) V_not: Vec<G2Affine>,
}

/// Computes `x = hash_to_scalar(A, canonical policy, ctx, msg)`, the value of the slot: under this
/// authority, a member who satisfies this policy signed this message in this context.
///
/// # Errors
/// [`Error::LimitExceeded`] if the message or the context is longer than [`SIGNED_BYTES`].
pub(super) fn slot_value(
    public_key: &PublicKey,
    policy: &Policy,
    context: &[u8],
    message: &[u8],
) -> Result<Scalar, Error> {
    if message.len().max(context.len()) > SIGNED_BYTES {
        return Err(Error::LimitExceeded(Limit::Signed));
    }
    Ok(Transcript::new()
        .g2("A", &public_key.0.A)
        .bytes("policy", policy.canonical().as_bytes())
        .bytes("context", context)
        .bytes("message", message)
        .challenge(ABS_STATEMENT))
}

impl Elements {
    pub(super) fn encode(&self) -> Signature {
        let mut w = Writer::new();
        w.g1(&self.S);
        self.W.iter().for_each(|W_j| w.g1(W_j));
        w.g2(&self.V);
        self.V_f.iter().chain(&self.V_not).for_each(|V| w.g2(V));
        Signature(w.into_vec())
    }
}

impl Signature {
    /// Reads a signature under a known policy, which determines its length.
    pub(crate) fn read_under(r: &mut Reader<'_>, policy: &Policy) -> Result<Self, Error> {
        Ok(Self(r.raw(length(policy.tree()))?.to_vec()))
    }

    /// Decodes the points of a signature under this policy. Each must be in the subgroup and not
    /// the identity. The length is checked before the first point is decoded.
    pub(super) fn elements(&self, tree: &Tree) -> Result<Elements, Error> {
        if self.0.len() != length(tree) {
            return Err(Error::InvalidSignature);
        }
        let (W, V_f, V_not) = (tree.uses().saturating_sub(1), tree.free_values(), tree.negative_rows());
        let mut r = Reader::new(&self.0);
        let mut read = || {
            Ok::<_, Error>(Elements {
                S: r.g1()?,
                W: (0..W).map(|_| r.g1()).collect::<Result<_, _>>()?,
                V: r.g2()?,
                V_f: (0..V_f).map(|_| r.g2()).collect::<Result<_, _>>()?,
                V_not: (0..V_not).map(|_| r.g2()).collect::<Result<_, _>>()?,
            })
        };
        read().map_err(|_| Error::InvalidSignature)
    }
}

/// Returns the length in bytes of a signature under a policy.
fn length(tree: &Tree) -> usize {
    G1_BYTES * tree.uses().max(1) + G2_BYTES * (1 + tree.free_values() + tree.negative_rows())
}

impl Object for Signature {
    const KIND: Kind = Kind::AbsSignature;

    fn write(&self, w: &mut Writer) {
        w.raw(&self.0);
    }

    /// Reads all remaining bytes: the number of elements follows from the
    /// policy, which is not here.
    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        const LEAST: usize = G1_BYTES + G2_BYTES;
        match r.remaining() {
            0..LEAST => Err(Error::Truncated),
            length if length > SIGNATURE_BYTES => Err(Error::LimitExceeded(Limit::SignatureLength)),
            length if length % G1_BYTES != 0 => Err(Error::InvalidField),
            length => Ok(Self(r.raw(length)?.to_vec())),
        }
    }
}
