//! Disputes: the public messages of a session, the complaints about it, and the
//! authorities at fault.

use std::collections::BTreeMap;

use rand_core::{CryptoRng, RngCore};

use super::deal::{Dealt, Opening};
use super::failure::{Culprit, Failure, Fault, Round, blamed};
use super::message::{Expected, Header, Message, Sealed};
use super::plan::Plan;
use super::proof::{Proof, prove_equality, verify_equality};
use super::roster::AuthorityKey;
use crate::codec::{Reader, Writer, decode, encode};
use crate::curve::{G1Affine, SecretG1};
use crate::error::Error;
use crate::limits::{Limit, MESSAGE_BYTES};
use crate::secret::Secret;

/// The public messages of a session, by which complaints are judged.
#[derive(Clone, Debug)]
pub struct Proceedings {
    pub(super) plan: Plan,
    pub(super) session: [u8; 32],
    pub(super) openings: BTreeMap<u8, Opening>,
}

/// This authority received wrong values. Names the authorities at fault, and contains the
/// complaints, which must be sent to all. The session is over. Start the next one without the
/// authorities that all have [judged](Proceedings::judge) to be at fault.
#[derive(Debug)]
pub struct Dispute {
    /// The authorities at fault, or another cause.
    pub failure: Failure,
    /// One complaint about each dealer whose message is provably wrong.
    pub complaints: Vec<Message>,
}

impl From<Failure> for Dispute {
    fn from(failure: Failure) -> Self {
        Self { failure, complaints: Vec::new() }
    }
}

impl core::fmt::Display for Dispute {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.failure.fmt(f)
    }
}

impl std::error::Error for Dispute {}

impl Proceedings {
    pub(super) fn blame(&self, message: &Message, fault: Fault) -> Culprit {
        self.plan.dealing_roster().blame(Round::Deal, message.from(), fault)
    }

    /// Opens a message of round 2 with the receiver's key. If the contents are wrong, the error has
    /// the sealed part; it has none if the sender cannot have made the sealed part.
    pub(super) fn open<'m>(
        &self,
        message: &'m Message,
        key: &AuthorityKey,
    ) -> Result<Dealt, Option<Sealed<'m>>> {
        let context = message.header.to_bytes();
        let sealed = Sealed::read(&message.body, &context).map_err(|_| None)?;
        let D = sealed.shared(&key.k);
        match self.dealt(message, &sealed, &D, key.K()) {
            Some(dealt) => Ok(dealt),
            None => Err(Some(sealed)),
        }
    }

    /// Returns the dealt values of a message of round 2, if they are correct.
    fn dealt(&self, message: &Message, sealed: &Sealed<'_>, D: &SecretG1, K: &G1Affine) -> Option<Dealt> {
        let plaintext = sealed.open(D, K, &message.header.to_bytes()).ok()?;
        let dealt = Dealt::read(&plaintext, &self.plan).ok()?;
        let opening = self.openings.get(&message.from())?;
        dealt.fits(&self.plan, opening, message.to()).then_some(dealt)
    }

    pub(super) fn complain(
        &self,
        key: &AuthorityKey,
        from: u8,
        accused: &Message,
        sealed: Option<&Sealed<'_>>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Message, Error> {
        let mut w = Writer::new();
        w.var(&encode(accused));
        w.flag(sealed.is_some());
        if let Some(sealed) = sealed {
            let D = sealed.shared(&key.k);
            w.g1(&D);
            prove_equality(&accused.header.to_bytes(), &key.k, [key.K(), &sealed.C, &D], rng)?.write(&mut w);
        }
        let header = Header { session: self.session, round: Round::Complain, from, to: 0 };
        Ok(Message::sign(key, header, w.into_vec()))
    }

    /// Judges a complaint: returns the authority at fault, either the accused dealer or the
    /// complaining authority. Everyone who saw the session reaches the same verdict.
    ///
    /// # Errors
    /// [`Failure::Culprits`] if the message is not a complaint by an authority of this session: it
    /// then proves nothing.
    pub fn judge(&self, complaint: &Message) -> Result<Culprit, Failure> {
        let roster = &self.plan.roster;
        let (session, senders) = (self.session, roster.indices().collect());
        let expected = Expected { session, round: Round::Complain, to: 0, roster, senders };
        expected.check(complaint).map_err(blamed)?;
        let unfounded = roster.blame(Round::Complain, complaint.from(), Fault::FalseComplaint);
        Ok(self.founded(complaint).unwrap_or(unfounded))
    }

    /// Returns the dealer that a complaint proves to be at fault.
    fn founded(&self, complaint: &Message) -> Option<Culprit> {
        let mut r = Reader::new(&complaint.body);
        let accused: Message = decode(r.var(MESSAGE_BYTES, Limit::MessageLength).ok()?).ok()?;
        let shown = match r.flag().ok()? {
            true => Some((r.g1().ok()?, Proof::read(&mut r, 1).ok()?)),
            false => None,
        };
        r.finish().ok()?;
        // The accused message belongs to this session, and a dealer sent it to the
        // complaining authority.
        self.plan.of_dealers(self.session, Round::Deal, complaint.from(), None).check(&accused).ok()?;
        let wrong = self.blame(&accused, Fault::WrongValue);
        let context = accused.header.to_bytes();
        let Ok(sealed) = Sealed::read(&accused.body, &context) else { return Some(wrong) };
        let (D, proof) = shown?;
        let K = self.plan.roster.seat(complaint.from())?.K;
        verify_equality(&context, [&K, &sealed.C, &D], &proof).ok()?;
        let right = self.dealt(&accused, &sealed, &Secret::new(D), &K).is_some();
        (!right).then_some(wrong)
    }
}
