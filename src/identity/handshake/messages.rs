//! The three messages.

use crate::aead;
use crate::codec::{Kind, Object, Part, Reader, Writer, fields};
use crate::curve::{G1_BYTES, G1Affine, G2_BYTES, decode_g1};
use crate::error::Error;
use crate::kem::{Ciphertext, EncapsulationKey};
use crate::limits::{ADDRESS_BYTES, Limit, NAME_BYTES};

/// Bytes of `W`.
const W_BYTES: usize = 1 + NAME_BYTES + 16 + 32 + G2_BYTES + aead::OVERHEAD;

/// Maximum bytes of `M`: a disclosure with `R`, in an envelope, sealed.
const M_BYTES: usize = 96 + ADDRESS_BYTES + 4 + G1_BYTES + 4 + 2 * aead::OVERHEAD;

/// The first message, from the hospital to the main node: 1,676 bytes for every hospital.
///
/// Decoding checks `X` and `ek`: a main node never receives unreduced coefficients.
///
/// Requests of two hospitals are indistinguishable from two requests of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthRequest {
    pub(super) X: G1Affine,
    pub(super) tc: u64,
    pub(super) ek: EncapsulationKey,
    pub(super) W: [u8; W_BYTES],
}

impl AuthRequest {
    /// Returns the time at which the hospital made it, in Unix milliseconds by its clock. It is
    /// authenticated once the request is accepted.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.tc
    }
}

impl Object for AuthRequest {
    const KIND: Kind = Kind::AuthRequest;

    fn write(&self, w: &mut Writer) {
        w.g1(&self.X);
        w.u64(self.tc);
        w.raw(&self.ek.to_bytes());
        w.raw(&self.W);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (X, tc, ek, W) = (r.array()?, r.u64()?, r.array()?, r.array()?);
        Ok(Self { X: decode_g1(&X)?, tc, ek: EncapsulationKey::from_bytes(&ek)?, W })
    }
}
/// The second message, from the main node to the hospital: 1,392 bytes plus the location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthReply {
    pub(super) T: G1Affine,
    pub(super) ct: Ciphertext,
    pub(super) AK: [u8; 32],
    pub(super) M: Vec<u8>,
}

impl Object for AuthReply {
    const KIND: Kind = Kind::AuthReply;

    fn write(&self, w: &mut Writer) {
        w.g1(&self.T);
        w.raw(&self.ct.0);
        w.raw(&self.AK);
        w.var(&self.M);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (T, ct, AK) = (r.array()?, Ciphertext(r.array()?), r.array()?);
        let M = r.var(M_BYTES, Limit::MessageLength)?.to_vec();
        Ok(Self { T: decode_g1(&T)?, ct, AK, M })
    }
}
/// The third message, from the hospital to the main node: 36 bytes. It is optional, and proves to
/// the main node that the hospital holds the session's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthConfirmation(pub(super) [u8; 32]);

fields!(Object for AuthConfirmation { 0: [u8; 32] });
