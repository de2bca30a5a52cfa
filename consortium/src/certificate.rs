//! A proof that a head is final, for anyone: the header of a block, and the signatures of a
//! quorum of validators on it.
//!
//! ```text
//! certified head = header || finalization, in the engine's form: round, parent's round, digest, signers, signatures
//! ```
//! # What does a certificate prove?
//! More than two thirds of the validators of one charter signed, for this ledger, that the block of
//! this header is final. As long as fewer than a third of them lie, no other block of this height
//! is final. The ledger therefore had this head, and all later heads continue it. A certificate
//! does not prove that the head is the *newest*: ask several nodes, and never go back behind a
//! head, an epoch, or a charter that you have seen. An attacker with the old keys of validators
//! that a newer charter dismissed can sign other blocks of *their* epochs, and of later ones in
//! their name. [`CertifiedHead::follows`] refuses these.

use std::cmp::Ordering;

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
    /// The greatest length in bytes.
    pub const BYTES: usize = Header::BYTES + (1 << 15);

    pub(crate) fn new(header: Header, finalization: Finalization) -> Self {
        Self { header, finalization }
    }

    /// The block's header. Trust it only after [`verify`](Self::verify) has succeeded.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The head. Trust it only after [`verify`](Self::verify) has succeeded.
    #[must_use]
    pub fn head(&self) -> Head {
        self.header.head
    }

    /// Checks that a quorum of the validators that the header names signed it, for this ledger.
    ///
    /// # Errors
    /// [`Error::UnknownCharter`] if the validators belong to a charter that is not among these:
    /// fetch the newer ones first. [`Error::InvalidSignature`] otherwise.
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

    /// Whether this head may follow one that was verified before. With the same validators, it must
    /// not be shorter or from an earlier epoch. A head by a newer charter's validators always
    /// follows: if it is shorter, the other was forged with the keys of dismissed validators. A
    /// head by an earlier charter's validators never follows.
    #[must_use]
    pub fn follows(&self, earlier: &Self) -> bool {
        let (new, old) = (&self.header, &earlier.header);
        match new.validators.cmp(&old.validators) {
            Ordering::Less => false,
            Ordering::Equal => {
                new.height >= old.height && new.head.size >= old.head.size && new.epoch >= old.epoch
            }
            Ordering::Greater => true,
        }
    }

    /// The byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.header.to_bytes(), self.finalization.encode().to_vec()].concat()
    }

    /// Decodes the byte form, without verifying anything.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if the bytes are not a certified head.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let r = &mut Copying(bytes);
        let header = Header::read(r).map_err(|_| Error::InvalidField)?;
        let finalization = Finalization::read_cfg(r, &VALIDATORS).map_err(|_| Error::InvalidField)?;
        if r.remaining() == 0 { Ok(Self { header, finalization }) } else { Err(Error::TrailingBytes) }
    }
}

#[cfg(test)]
mod tests {
    use commonware_consensus::simplex::types::{Finalize, Proposal};
    use commonware_consensus::types::{Epoch, Round, View};
    use commonware_utils::iter::NonEmpty;

    use super::*;
    use crate::block::Block;
    use crate::support::{self, WORLD};

    /// A certificate that these nodes signed for a header, in an epoch.
    fn certified(header: &Header, signers: &[usize], epoch: u64) -> Option<CertifiedHead> {
        let scheme = |n: &usize| {
            let validators = participants(&WORLD.first).unwrap();
            let key = WORLD.nodes[*n].1.private().clone();
            Scheme::signer(&namespace(&WORLD.first.ledger()), validators, key).unwrap()
        };
        let proposal =
            Proposal::new(Round::new(Epoch::new(epoch), View::new(5)), View::new(4), header.digested());
        let votes = signers.iter().map(|n| Finalize::sign(&scheme(n), proposal.clone()).unwrap());
        let mut votes = votes.collect::<Vec<_>>().into_iter();
        let first = votes.next()?;
        let finalization =
            Finalization::from_owned_finalizes(&scheme(&0), NonEmpty::new(first, votes), &Sequential).ok()?;
        Some(CertifiedHead::new(header.clone(), finalization))
    }

    fn header() -> Header {
        let genesis = Block::genesis(&WORLD.first);
        let head = genesis.header().head;
        Block::following(&genesis, 0, 1, vec![b"item".to_vec()], head).header().clone()
    }

    #[test]
    fn convinces_with_a_quorum() {
        for signers in [&[0, 1, 2][..], &[1, 2, 3], &[0, 1, 2, 3]] {
            let head = certified(&header(), signers, 0).unwrap();
            assert_eq!(head.verify(&WORLD.charters), Ok(&header()));
            assert!(head.to_bytes().len() <= CertifiedHead::BYTES);
            let read = CertifiedHead::from_bytes(&head.to_bytes()).unwrap();
            assert_eq!(read, head);
            assert_eq!(read.verify(&WORLD.charters), Ok(&header()));
        }
    }

    #[test]
    fn rejects_fewer_than_a_quorum() {
        assert!(certified(&header(), &[0, 1], 0).is_none_or(|head| head.verify(&WORLD.charters).is_err()));
        // One vote is attributed to another validator.
        let bytes = certified(&header(), &[0, 1, 2], 0).unwrap().to_bytes();
        for at in Header::BYTES..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let verified =
                CertifiedHead::from_bytes(&changed).map(|head| head.verify(&WORLD.charters).is_ok());
            assert_ne!(verified, Ok(true), "byte {at}");
        }
    }

    #[test]
    fn rejects_another_header_epoch_or_ledger() {
        let head = certified(&header(), &[0, 1, 2], 0).unwrap();
        let bad = Err(Error::InvalidSignature);
        let with = |change: fn(&mut Header)| {
            let mut changed = head.clone();
            change(&mut changed.header);
            changed.verify(&WORLD.charters).cloned()
        };
        assert_eq!(with(|header| header.head.size += 1), bad);
        assert_eq!(with(|header| header.height += 1), bad);
        assert_eq!(with(|header| header.epoch += 1), bad);
        assert_eq!(with(|header| header.validators = 2), Err(Error::UnknownCharter));
        assert_eq!(certified(&header(), &[0, 1, 2], 1).unwrap().verify(&WORLD.charters).cloned(), bad);
        // The same validators, on another ledger.
        let other = support::founded_by(5);
        let charters = Charters::new(other, &WORLD.super_node.public_key()).unwrap();
        assert_eq!(head.verify(&charters).cloned(), bad);
        assert_eq!(head.verify(&WORLD.charters), Ok(&header()));
    }

    #[test]
    fn rejects_malformed_bytes() {
        let bytes = certified(&header(), &[0, 1, 2], 0).unwrap().to_bytes();
        for length in 0..bytes.len() {
            assert!(CertifiedHead::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(CertifiedHead::from_bytes(&[&bytes[..], &[0]].concat()), Err(Error::TrailingBytes));
        assert!(CertifiedHead::from_bytes(&bytes).is_ok());
    }

    #[test]
    fn follows_only_what_is_not_later() {
        let earlier = certified(&header(), &[0, 1, 2], 0).unwrap();
        let with = |change: fn(&mut Header)| {
            let mut later = earlier.clone();
            change(&mut later.header);
            later
        };
        let later = with(|header| {
            header.height += 1;
            header.head.size += 1;
            header.epoch += 1;
            header.validators += 1;
        });
        assert!(later.follows(&earlier) && earlier.follows(&earlier));
        assert!(!earlier.follows(&later));
        // Dismissed validators sign in a later epoch.
        let mut dismissed = with(|header| header.height += 9);
        dismissed.header.epoch += 9;
        dismissed.header.head.size += 9;
        assert!(!dismissed.follows(&later));
        // A client that knows nothing newer believes them until it hears the newer validators.
        assert!(dismissed.follows(&earlier) && later.follows(&dismissed));
    }
}
