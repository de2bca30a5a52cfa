//! Charters that several authorities sign: each its part, of one body for each number of a ledger.

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
        charter.draft().history()
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

    /// It has none.
    fn keeps_revocations_of(&self, _: &Self) -> bool {
        true
    }

    fn of(charter: &Charter) -> Self {
        charter.draft().clone()
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
    /// Takes note of a complete charter: what this holder signs for its ledger
    /// from now on follows it.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`]; [`Error::CharterOutOfOrder`] if it does not follow the newest
    /// that is known; [`Error::CharterConflict`] if another charter of this number is known: both
    /// are kept in the records, and this holder signs no more charters of the ledger;
    /// [`Error::Io`] if the records fail.
    pub fn saw_charter(&self, charter: &Charter, records: &mut dyn Records) -> Result<(), Failure> {
        self.saw_numbered::<CharterDraft>(charter, records).map(drop)
    }

    /// Signs its part of a charter: one body for each number of a ledger, recorded durably
    /// before it signs. What the terms demand, that the final head is the ledger's, and that
    /// somebody [has](crate::abs::PublicKey::verify_possession) the secrets of the public keys
    /// is for each authority to check.
    ///
    /// # Errors
    /// Those of [`SuperNode::sign_charter`](crate::identity::SuperNode::sign_charter);
    /// [`Failure::AlreadySigned`] if another body was signed under this number or a greater one;
    /// [`Failure::WrongPredecessor`] if it does not follow the newest complete charter of its
    /// ledger that this holder has [seen](Self::saw_charter); [`Error::CharterConflict`] after two
    /// charters of one number were seen; [`Error::Io`] if the records fail.
    pub fn sign_charter(&self, draft: &CharterDraft, records: &mut dyn Records) -> Result<Message, Failure> {
        draft.check()?;
        self.sign_numbered(draft, records)
    }
}

impl Generation {
    /// Puts together a charter from the parts of a threshold of authorities,
    /// each of which is checked.
    ///
    /// # Errors
    /// [`Failure::TooFew`] if fewer parts than that are right; it names whose are not. Those of
    /// [`SuperNode::sign_charter`](crate::identity::SuperNode::sign_charter).
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
