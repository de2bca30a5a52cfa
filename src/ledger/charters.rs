//! The charters of one ledger, as a node or a reader keeps them: verified, each
//! following the one before.

use std::sync::Arc;

use crate::codec::{self, Kind, Object, Reader, Writer};
use crate::error::Error;
use crate::identity::SuperNodePublicKey;
use crate::ledger::address::LedgerId;
use crate::ledger::charter::{Charter, CharterDraft, CharterHash, Terms};
use crate::limits::{CHARTERS, Limit};
use crate::merkle::Head;

/// A verified chain of charters, from the first to the newest known one.
///
/// It only grows. Store its [bytes](Self::to_bytes) across restarts: a node that continues from an
/// older chain can be led to a different one.
#[derive(Clone, Debug)]
pub struct Charters {
    super_node: SuperNodePublicKey,
    first: Arc<Charter>,
    /// The charters from number 2 on.
    later: Vec<Arc<Charter>>,
}

impl Charters {
    /// Starts a chain with a ledger's first charter. Take the super node's key from a trusted
    /// source. [`ledger`](Self::ledger) tells which of its ledgers this is.
    ///
    /// # Errors
    /// [`Error::CharterOutOfOrder`] if it is not a first charter; [`Error::InvalidSignature`] if
    /// the signature of the super node, or of a validator that it names, is invalid.
    pub fn new(first: Charter, super_node: &SuperNodePublicKey) -> Result<Self, Error> {
        if first.number() != 1 {
            return Err(Error::CharterOutOfOrder);
        }
        first.verify(super_node)?;
        Ok(Self { super_node: *super_node, first: Arc::new(first), later: Vec::new() })
    }

    /// Verifies the next charter and adds it. A charter that is already known changes nothing.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`]; [`Error::CharterConflict`] if a different charter of this
    /// number is known: the two together are evidence; [`Error::CharterOutOfOrder`] if it does not
    /// follow the newest one; [`Error::LimitExceeded`] above 65,536.
    pub fn push(&mut self, charter: &Charter) -> Result<(), Error> {
        if self.check_next(charter)? {
            self.add(charter.clone());
        }
        Ok(())
    }

    /// Returns true if the charter is the next one, and false if it is already known.
    pub(super) fn check_next(&self, charter: &Charter) -> Result<bool, Error> {
        let known = self.get(charter.number()).unwrap_or_else(|_| self.current());
        let is_next = check_after(known, charter, &self.super_node)?;
        if is_next && self.later.len() + 1 >= CHARTERS {
            return Err(Error::LimitExceeded(Limit::Charters));
        }
        Ok(is_next)
    }

    /// Adds a charter for which [`check_next`](Self::check_next) returned true.
    pub(super) fn add(&mut self, charter: impl Into<Arc<Charter>>) {
        self.later.push(charter.into());
    }

    /// Makes the draft of the next charter, for the super node or several authorities to sign.
    /// `final_head` is the ledger's head; check it before you sign. The validators sign for
    /// [`ledger`](Self::ledger).
    #[must_use]
    pub fn draft(&self, terms: Terms, final_head: Head) -> CharterDraft {
        let newest = self.current();
        CharterDraft {
            ledger: Some(self.ledger()),
            number: newest.number().saturating_add(1),
            previous: newest.hash(),
            terms,
            final_head: Some(final_head),
        }
    }

    /// Returns the ledger's id, for which entries are signed.
    #[must_use]
    pub fn ledger(&self) -> LedgerId {
        self.first.ledger()
    }

    /// Returns the key under which the charters were verified.
    #[must_use]
    pub fn super_node(&self) -> &SuperNodePublicKey {
        &self.super_node
    }

    /// Returns the charter with this number.
    ///
    /// # Errors
    /// [`Error::UnknownCharter`].
    pub fn get(&self, number: u32) -> Result<&Arc<Charter>, Error> {
        if number == 1 {
            return Ok(&self.first);
        }
        let found = self.later.binary_search_by_key(&number, |charter| charter.number());
        found.ok().and_then(|at| self.later.get(at)).ok_or(Error::UnknownCharter)
    }

    /// Returns the newest charter. It governs new items.
    #[must_use]
    pub fn current(&self) -> &Arc<Charter> {
        self.later.last().unwrap_or(&self.first)
    }

    /// Returns the current charter if it has this number and this hash.
    pub(super) fn check_current(&self, number: u32, hash: Option<CharterHash>) -> Result<&Charter, Error> {
        let current = self.current();
        if number == current.number() && hash.is_none_or(|hash| hash == current.hash()) {
            Ok(current)
        } else if number > 0 && number < current.number() {
            Err(Error::EraPassed)
        } else {
            Err(Error::UnknownCharter)
        }
    }

    /// Decodes and verifies a chain of charters by this super node. Take the key
    /// from a trusted source.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if the bytes name a different super node; those of [`new`](Self::new)
    /// and [`push`](Self::push); a decoding error of [`Error`] if the bytes are not an output of
    /// [`to_bytes`](Self::to_bytes).
    pub fn from_bytes(bytes: &[u8], super_node: &SuperNodePublicKey) -> Result<Self, Error> {
        let charters: Self = codec::decode(bytes)?;
        if charters.super_node == *super_node { Ok(charters) } else { Err(Error::InvalidKey) }
    }
}

/// Returns true if `charter` follows a known one, and false if it is the same. Verifies the
/// signature last, because it costs most.
pub(super) fn check_after(
    known: &Charter,
    charter: &Charter,
    super_node: &SuperNodePublicKey,
) -> Result<bool, Error> {
    if charter.ledger() != known.ledger() {
        return Err(Error::CharterOutOfOrder);
    }
    if charter.number() == known.number() {
        if charter.hash() == known.hash() {
            return Ok(false);
        }
        return charter.verify(super_node).and(Err(Error::CharterConflict));
    }
    if charter.number() < known.number() || *charter.previous() != known.hash() {
        return Err(Error::CharterOutOfOrder);
    }
    charter.verify(super_node).map(|()| true)
}

impl Object for Charters {
    const KIND: Kind = Kind::Charters;

    fn write(&self, w: &mut Writer) {
        self.super_node.write(w);
        w.count(self.later.len() + 1);
        core::iter::once(&self.first).chain(&self.later).for_each(|charter| charter.write(w));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let super_node = SuperNodePublicKey::read(r)?;
        let count = r.count(CHARTERS, Limit::Charters)?;
        if count == 0 {
            return Err(Error::InvalidField);
        }
        let mut charters = Self::new(Charter::read(r)?, &super_node)?;
        for _ in 1..count {
            let charter = Charter::read(r)?;
            if !charters.check_next(&charter)? {
                return Err(Error::CharterOutOfOrder);
            }
            charters.add(charter);
        }
        Ok(charters)
    }
}
