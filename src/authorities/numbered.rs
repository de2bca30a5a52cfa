//! One body for each number: what an authority records durably before it signs its part.
//!
//! Two quorums share `2t - n` authorities. If fewer than that many sign two bodies of one number, there is one of each.
//!
//! ```text
//! record = 0, or 1 || the newest that is complete, with its signature || 0, or 1 || the last of which a part was signed
//! ```

use super::failure::{Failure, Round};
use super::records::Records;
use crate::codec::{Object, Reader, Writer, decode, encode};
use crate::error::Error;
use crate::identity::{Body, Registry, RegistryDraft, SuperNodePublicKey, VerifiedRegistry};
use crate::limits::{Limit, REGISTRY_BYTES};

/// A body before it is signed that carries a number, its predecessor's hash, and revocations.
pub(super) trait Numbered: Object + Clone + PartialEq {
    /// With its signature.
    type Signed: Object + Clone;
    /// With its signature verified.
    type Verified;
    /// The step in which parts of it are signed.
    const ROUND: Round;
    /// The names of its records.
    const BOOK: &'static str;
    const CONFLICT: &'static str;
    /// That two of them cannot be of one history.
    const CONFLICTING: Error;

    fn number(&self) -> u64;
    fn body(&self) -> Body;
    /// Whether it comes after another one, or is the first if there is none.
    fn follows(&self, newest: Option<&Self::Verified>) -> bool;
    fn keeps_revocations_of(&self, earlier: &Self) -> bool;
    fn of(verified: &Self::Verified) -> Self;
    fn verify(signed: &Self::Signed, super_node: &SuperNodePublicKey) -> Result<Self::Verified, Error>;
    fn succeed(newest: &Self::Verified, next: &Self::Signed) -> Result<Self::Verified, Error>;
}

impl Numbered for RegistryDraft {
    type Signed = Registry;
    type Verified = VerifiedRegistry;
    const ROUND: Round = Round::Registry;
    const BOOK: &'static str = "registries";
    const CONFLICT: &'static str = "registry-conflict";
    const CONFLICTING: Error = Error::RegistryConflict;

    fn number(&self) -> u64 {
        self.sequence()
    }

    fn body(&self) -> Body {
        self.body()
    }

    fn follows(&self, newest: Option<&VerifiedRegistry>) -> bool {
        self.follows(newest)
    }

    fn keeps_revocations_of(&self, earlier: &Self) -> bool {
        self.keeps_revocations_of(earlier)
    }

    fn of(verified: &VerifiedRegistry) -> Self {
        verified.to_draft()
    }

    fn verify(signed: &Registry, super_node: &SuperNodePublicKey) -> Result<VerifiedRegistry, Error> {
        signed.verify(super_node, 0)
    }

    fn succeed(newest: &VerifiedRegistry, next: &Registry) -> Result<VerifiedRegistry, Error> {
        newest.succeeded_by(next)
    }
}

/// What an authority knows of one kind of numbered bodies.
pub(super) struct Book<B: Numbered> {
    seen: Option<B::Signed>,
    signed: Option<B>,
}

impl<B: Numbered> Book<B> {
    /// Takes note of a complete one. One that contradicts what is known is kept beside it, and nothing is signed any more.
    pub(super) fn saw(
        super_node: &SuperNodePublicKey,
        next: &B::Signed,
        records: &mut dyn Records,
    ) -> Result<B::Verified, Failure> {
        let mut book = Self::load(records)?;
        let verified = match &book.seen {
            None => B::verify(next, super_node)?,
            Some(seen) => match B::succeed(&B::verify(seen, super_node)?, next) {
                Err(error) if error == B::CONFLICTING => {
                    let mut w = Writer::new();
                    w.var(&encode(seen));
                    w.var(&encode(next));
                    records.put(B::CONFLICT, w.as_slice()).map_err(Error::from)?;
                    return Err(error.into());
                }
                result => result?,
            },
        };
        book.seen = Some(next.clone());
        book.store(records)?;
        Ok(verified)
    }

    /// Records that a body is about to be signed, unless what stands in the records speaks against it.
    pub(super) fn record(
        super_node: &SuperNodePublicKey,
        body: &B,
        records: &mut dyn Records,
    ) -> Result<(), Failure> {
        if records.get(B::CONFLICT).map_err(Error::from)?.is_some() {
            return Err(B::CONFLICTING.into());
        }
        let mut book = Self::load(records)?;
        if book.signed.as_ref() == Some(body) {
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
        if seen.as_ref().is_some_and(|seen| !body.keeps_revocations_of(&B::of(seen))) {
            return Err(Failure::LosesRevocation);
        }
        book.signed = Some(body.clone());
        Ok(book.store(records)?)
    }

    fn load(records: &dyn Records) -> Result<Self, Error> {
        let Some(bytes) = records.get(B::BOOK)? else { return Ok(Self { seen: None, signed: None }) };
        let mut r = Reader::new(&bytes);
        let most = REGISTRY_BYTES + 256;
        let seen = if r.flag()? { Some(decode(r.var(most, Limit::RegistryLength)?)?) } else { None };
        let signed = if r.flag()? { Some(B::read(&mut r)?) } else { None };
        r.finish()?;
        Ok(Self { seen, signed })
    }

    fn store(&self, records: &mut dyn Records) -> Result<(), Error> {
        let mut w = Writer::new();
        w.u8(self.seen.is_some().into());
        self.seen.iter().for_each(|seen| w.var(&encode(seen)));
        w.u8(self.signed.is_some().into());
        self.signed.iter().for_each(|signed| signed.write(&mut w));
        Ok(records.put(B::BOOK, w.as_slice())?)
    }
}
