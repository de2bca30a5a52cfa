//! Charters that several authorities sign. Each signs its part, of one body for
//! each number of a ledger.

use super::charter::{Charter, CharterDraft};
use super::charters::check_after;
use crate::authorities::{Combined, Failure, Generation, Holder, Message, Numbered, Records, Round};
use crate::error::Error;
use crate::identity::{Body, SuperNodePublicKey};

impl Numbered for CharterDraft {
    type Signed = Charter;
    type Verified = Charter;
    const ROUND: Round = Round::Charter;
    const CONFLICTING: Error = Error::CharterConflict;

    fn history(&self) -> String {
        format!("charters-{}", self.ledger())
    }

    fn history_of(charter: &Charter) -> String {
        charter.draft.history()
    }

    fn number(&self) -> u64 {
        self.number.into()
    }

    fn body(&self) -> Body {
        self.body()
    }

    fn follows(&self, newest: Option<&Charter>) -> bool {
        match newest {
            None => self.number == 1,
            Some(newest) => self.number > newest.number() && self.previous == newest.hash(),
        }
    }

    /// A charter has no revocations.
    fn keeps_revocations_of(&self, _: &Self) -> bool {
        true
    }

    fn of(charter: &Charter) -> &Self {
        &charter.draft
    }

    fn verify(charter: &Charter, super_node: &SuperNodePublicKey) -> Result<Charter, Error> {
        charter.verify(super_node)?;
        Ok(charter.clone())
    }

    fn succeed(newest: &Charter, next: &Charter, super_node: &SuperNodePublicKey) -> Result<Charter, Error> {
        // The newest once more can carry another signature, which nobody has verified.
        if !check_after(newest, next, super_node)? {
            next.verify(super_node)?;
        }
        Ok(next.clone())
    }
}

impl Holder {
    /// Records a complete charter. What this holder signs next for its ledger must follow it.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`]; [`Error::CharterOutOfOrder`] if it does not follow the newest
    /// known charter; [`Error::CharterConflict`] if a different charter with this number is known:
    /// both stay in the records, and this holder signs no more charters for the ledger;
    /// [`Error::Io`] if the records fail.
    pub fn saw_charter(&self, charter: &Charter, records: &mut dyn Records) -> Result<(), Failure> {
        self.saw_numbered::<CharterDraft>(charter, records).map(drop)
    }

    /// Signs its part of a charter: one body for each number of a ledger, recorded durably before
    /// signing. Each authority must check the terms, that the final head is the ledger's, and that
    /// someone [has](crate::abs::PublicKey::verify_possession) the secrets of the public keys.
    ///
    /// # Errors
    /// As for [`SuperNode::sign_charter`](crate::identity::SuperNode::sign_charter), and as for
    /// [`sign_registry`](Self::sign_registry) with the charters of the ledger instead of the
    /// registries; [`Error::CharterConflict`] if the holder has seen two with one number.
    pub fn sign_charter(&self, draft: &CharterDraft, records: &mut dyn Records) -> Result<Message, Failure> {
        draft.check()?;
        self.sign_numbered(draft, records)
    }
}

impl Generation {
    /// Combines the parts of a threshold of authorities into a charter. Verifies each part.
    ///
    /// # Errors
    /// [`Failure::TooFew`] if too few parts are correct; it names the authorities whose parts are
    /// wrong. As for [`SuperNode::sign_charter`](crate::identity::SuperNode::sign_charter).
    pub fn combine_charter(
        &self,
        draft: &CharterDraft,
        parts: &[Message],
    ) -> Result<Combined<Charter>, Failure> {
        draft.check()?;
        let (signature, culprits) = self.combine_signature(Round::Charter, &draft.body(), parts)?;
        Ok(Combined { value: draft.clone().signed(signature), culprits })
    }
}
