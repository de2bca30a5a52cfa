//! One body for each number: what an authority records durably before it signs its part. Registries
//! are numbered, and so are the charters of each ledger.
//!
//! ```text
//! record = 0, or 1 || the newest that is complete, with its signature || 0, or 1 || the last of which a part was signed
//! ```

use super::failure::{Failure, Round};
use super::records::Records;
use crate::codec::{Object, Part, Reader, Writer, encode};
use crate::error::Error;
use crate::identity::{Body, Registry, RegistryDraft, SuperNodePublicKey, VerifiedRegistry};

/// An unsigned body with a number and its predecessor's hash. It may contain revocations.
pub(crate) trait Numbered: Object + Clone {
    /// The body with its signature.
    type Signed: Object + Clone;
    /// The body with its signature verified.
    type Verified;
    /// The step in which its parts are signed.
    const ROUND: Round;
    /// The error for two bodies that cannot belong to one history.
    const CONFLICTING: Error;

    /// Returns the name of the record of its history, in which each number occurs once.
    fn history(&self) -> String;
    fn history_of(signed: &Self::Signed) -> String;
    fn number(&self) -> u64;
    fn body(&self) -> Body;
    /// Returns whether it follows `newest`, or is the first if there is none.
    fn follows(&self, newest: Option<&Self::Verified>) -> bool;
    fn keeps_revocations_of(&self, earlier: &Self) -> bool;
    fn of(verified: &Self::Verified) -> &Self;
    fn verify(signed: &Self::Signed, super_node: &SuperNodePublicKey) -> Result<Self::Verified, Error>;
    /// Verifies the body that replaces the newest one, or is the same.
    fn succeed(
        newest: &Self::Verified,
        next: &Self::Signed,
        super_node: &SuperNodePublicKey,
    ) -> Result<Self::Verified, Error>;
}

impl Numbered for RegistryDraft {
    type Signed = Registry;
    type Verified = VerifiedRegistry;
    const ROUND: Round = Round::Registry;
    const CONFLICTING: Error = Error::RegistryConflict;

    fn history(&self) -> String {
        "registries".to_owned()
    }

    fn history_of(_: &Registry) -> String {
        "registries".to_owned()
    }

    fn number(&self) -> u64 {
        self.sequence
    }

    fn body(&self) -> Body {
        self.body()
    }

    fn follows(&self, newest: Option<&VerifiedRegistry>) -> bool {
        match newest {
            None => self.predecessor == [0; 32],
            Some(newest) => self.predecessor == newest.digest && self.sequence > newest.sequence(),
        }
    }

    fn keeps_revocations_of(&self, earlier: &Self) -> bool {
        self.listings.keep_revocations_of(&earlier.listings)
    }

    fn of(verified: &VerifiedRegistry) -> &Self {
        &verified.signed
    }

    fn verify(signed: &Registry, super_node: &SuperNodePublicKey) -> Result<VerifiedRegistry, Error> {
        signed.verify(super_node, 0)
    }

    fn succeed(
        newest: &VerifiedRegistry,
        next: &Registry,
        _: &SuperNodePublicKey,
    ) -> Result<VerifiedRegistry, Error> {
        newest.succeeded_by(next)
    }
}

/// What an authority knows about one history of numbered bodies.
pub(super) struct Book<B: Numbered> {
    seen: Option<B::Signed>,
    signed: Option<B>,
}

impl<B: Numbered> Book<B> {
    /// Records a complete body. If it contradicts the known one, both are kept, and
    /// nothing more is signed.
    pub(super) fn saw(
        super_node: &SuperNodePublicKey,
        next: &B::Signed,
        records: &mut dyn Records,
    ) -> Result<B::Verified, Failure> {
        let history = B::history_of(next);
        let mut book = Self::load(&history, records)?;
        let verified = match &book.seen {
            None => B::verify(next, super_node)?,
            Some(seen) => match B::succeed(&B::verify(seen, super_node)?, next, super_node) {
                Err(error) if error == B::CONFLICTING => {
                    let mut w = Writer::new();
                    w.var(&encode(seen));
                    w.var(&encode(next));
                    records.put(&conflict(&history), w.as_slice()).map_err(Error::from)?;
                    return Err(error.into());
                }
                result => result?,
            },
        };
        book.seen = Some(next.clone());
        book.store(&history, records)?;
        Ok(verified)
    }

    /// Records that a body is about to be signed, unless the records forbid it.
    pub(super) fn record(
        super_node: &SuperNodePublicKey,
        body: &B,
        records: &mut dyn Records,
    ) -> Result<(), Failure> {
        let history = body.history();
        if records.get(&conflict(&history)).map_err(Error::from)?.is_some() {
            return Err(B::CONFLICTING.into());
        }
        let mut book = Self::load(&history, records)?;
        if book.signed.as_ref().is_some_and(|signed| signed.body().bytes == body.body().bytes) {
            return Ok(());
        }
        let seen = book.seen.as_ref().map(|seen| B::verify(seen, super_node)).transpose()?;
        if let Some(signed) = &book.signed {
            if body.number() <= signed.number() {
                return Err(Failure::AlreadySigned { number: signed.number() });
            }
            if !body.keeps_revocations_of(signed) {
                return Err(Failure::LosesRevocation);
            }
        }
        if !body.follows(seen.as_ref()) {
            return Err(Failure::WrongPredecessor);
        }
        if seen.as_ref().is_some_and(|seen| !body.keeps_revocations_of(B::of(seen))) {
            return Err(Failure::LosesRevocation);
        }
        book.signed = Some(body.clone());
        Ok(book.store(&history, records)?)
    }

    fn load(history: &str, records: &dyn Records) -> Result<Self, Error> {
        let Some(bytes) = records.get(history)? else { return Ok(Self { seen: None, signed: None }) };
        Reader::whole(&bytes, |r| Ok(Self { seen: Option::read(r)?, signed: Option::read(r)? }))
    }

    fn store(&self, history: &str, records: &mut dyn Records) -> Result<(), Error> {
        let mut w = Writer::new();
        self.seen.write(&mut w);
        self.signed.write(&mut w);
        Ok(records.put(history, w.as_slice())?)
    }
}

/// Returns the name of the record of two contradicting bodies.
fn conflict(history: &str) -> String {
    format!("{history}-conflict")
}
