//! What makes a head final for somebody who was not there: the header of a block, and the signatures of a quorum of
//! validators on it.
//!
//! ```text
//! certified head = header || finalization, in the engine's form: round, parent's round, digest, who signed, signatures
//! ```
//! # What does a certificate prove?
//! More than two thirds of the validators of one charter signed, for this ledger, that the block of this header is final.
//! As long as fewer than a third of them lie, no other block of this height is, so the ledger had this head, and all later
//! heads continue it. Whether it is the *newest* head, a certificate cannot say: ask several nodes, and never go back
//! behind a head, an epoch, or a charter that you have seen. Who holds the old keys of validators that a newer charter
//! dismissed can sign other blocks of *their* epochs, and of later ones in their name; [`CertifiedHead::follows`] refuses them.

use bytes::Buf as _;
use commonware_codec::{Copying, Encode as _, Read as _};
use commonware_consensus::Epochable as _;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types;
use commonware_parallel::Sequential;
use medseal::Error;
use medseal::ledger::Charters;
use medseal::limits::VALIDATORS;
use medseal::merkle::Head;

use crate::block::{Digest, Header};
use crate::keys::{namespace, participants};

pub(crate) type Finalization = types::Finalization<Scheme, Digest>;

/// A head of the ledger, with the signatures that make it final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedHead {
    header: Header,
    finalization: Finalization,
}

impl CertifiedHead {
    /// The most bytes that it has.
    pub const BYTES: usize = Header::BYTES + (1 << 15);

    pub(crate) fn new(header: Header, finalization: Finalization) -> Self {
        Self { header, finalization }
    }

    /// The block's header, which counts when [`verify`](Self::verify) succeeded.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The head, which counts when [`verify`](Self::verify) succeeded.
    #[must_use]
    pub fn head(&self) -> Head {
        self.header.head
    }

    /// Checks that a quorum of the validators that the header names signed it, for this ledger.
    ///
    /// # Errors
    /// [`Error::UnknownCharter`] if the validators are those of a charter that is not among these: fetch the newer ones
    /// first. [`Error::InvalidSignature`] otherwise.
    pub fn verify(&self, charters: &Charters) -> Result<&Header, Error> {
        let charter = charters.get(self.header.validators)?;
        let validators = participants(charter).map_err(|_| Error::InvalidSignature)?;
        let scheme = Scheme::verifier(&namespace(&charters.ledger()), validators);
        let is_of_header = self.finalization.proposal.payload == self.header.digested()
            && self.finalization.epoch().get() == self.header.epoch;
        if is_of_header && self.finalization.verify(&mut rand::rng(), &scheme, &Sequential) {
            Ok(&self.header)
        } else {
            Err(Error::InvalidSignature)
        }
    }

    /// Whether this head may follow on one that was verified before: it is no shorter, of no earlier epoch, and
    /// not of an earlier charter's validators.
    #[must_use]
    pub fn follows(&self, earlier: &Self) -> bool {
        let (new, old) = (&self.header, &earlier.header);
        new.height >= old.height
            && new.head.size >= old.head.size
            && new.epoch >= old.epoch
            && new.validators >= old.validators
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.header.to_bytes(), self.finalization.encode().to_vec()].concat()
    }

    /// Decodes it. Nothing is verified.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let r = &mut Copying(bytes);
        let header = Header::read(r).map_err(|_| Error::InvalidField)?;
        let finalization = Finalization::read_cfg(r, &VALIDATORS).map_err(|_| Error::InvalidField)?;
        if r.remaining() == 0 { Ok(Self { header, finalization }) } else { Err(Error::TrailingBytes) }
    }
}
