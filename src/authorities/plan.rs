//! The task of a session between authorities: who deals what to whom.

use super::commitments::{Commitments, PublicShares};
use super::failure::Round;
use super::generation::Generation;
use super::message::Expected;
use super::roster::{AuthorityKey, Roster};
use crate::curve::{Field, Scalar};
use crate::domain::AUTHORITY_PLAN;
use crate::error::Error;
use crate::shamir::lagrange;
use crate::transcript::Transcript;

/// The task of a session. All participants must have the same plan: its digest
/// enters every message.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) roster: Roster,
    pub(super) task: Task,
}

#[derive(Clone, Debug)]
pub(super) enum Task {
    Generate,
    Reshare { old: Box<Generation>, quorum: Vec<u8> },
    Renew { old: Box<Generation>, secret: MasterSecret },
}

/// A master secret that can be renewed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterSecret {
    /// `alpha` of key wrapping. Owners must wrap again.
    KeyWrapping = 1,
    /// `alpha'` of signatures. The ledger gets a new public key for verification.
    Signatures = 2,
}

/// The source of a secret's constant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Fresh,
    /// The dealer's share of the previous generation.
    OldShare,
    /// Nobody deals it: all keep their shares.
    Kept,
}

impl Plan {
    /// Makes generation 1: all keys, by these authorities together.
    #[must_use]
    pub fn generate(roster: Roster) -> Self {
        Self { roster, task: Task::Generate }
    }

    /// Shares the same master secrets again among a new roster, which may be the old one. Exactly a
    /// threshold of old authorities deal: `quorum` is their numbers in ascending order. Old and new
    /// shares cannot be combined.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if the quorum has a different number of authorities, or
    /// is not sorted; [`Error::OutOfRange`] if one is not in the old roster, or there
    /// are no more generations.
    pub fn reshare(old: &Generation, quorum: &[u8], roster: Roster) -> Result<Self, Error> {
        if quorum.len() != usize::from(old.roster.threshold()) || !quorum.is_sorted_by(|a, b| a < b) {
            return Err(Error::InvalidField);
        }
        if quorum.iter().any(|index| old.roster.seat(*index).is_none()) || old.number == u32::MAX {
            return Err(Error::OutOfRange);
        }
        Ok(Self { roster, task: Task::Reshare { old: Box::new(old.clone()), quorum: quorum.to_vec() } })
    }

    /// Renews one master secret by all authorities of a generation, with fresh shares of
    /// zero: after `t` of its shares leaked, or when fewer than `t` are left. All other
    /// secrets stay the same.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there are no more generations.
    pub fn renew(old: &Generation, secret: MasterSecret) -> Result<Self, Error> {
        if old.number == u32::MAX {
            return Err(Error::OutOfRange);
        }
        Ok(Self { roster: old.roster.clone(), task: Task::Renew { old: Box::new(old.clone()), secret } })
    }

    /// Returns the roster of the authorities that receive shares.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Returns the number of the resulting generation.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.old().map_or(1, |old| old.number + 1)
    }

    /// Returns the digest that authorities compare before they start.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut transcript = Transcript::new();
        transcript.bytes("roster", &self.roster.digest());
        match &self.task {
            Task::Generate => transcript.bytes("generate", &[]),
            Task::Reshare { old, quorum } => {
                transcript.bytes("reshare", &old.digest()).bytes("quorum", quorum)
            }
            Task::Renew { old, secret } => {
                transcript.bytes("renew", &old.digest()).bytes("secret", &[*secret as u8])
            }
        };
        transcript.digest(AUTHORITY_PLAN)
    }

    pub(super) fn old(&self) -> Option<&Generation> {
        match &self.task {
            Task::Generate => None,
            Task::Reshare { old, .. } | Task::Renew { old, .. } => Some(old),
        }
    }

    /// Returns the roster of the dealers' numbers.
    pub(super) fn dealing_roster(&self) -> &Roster {
        self.old().map_or(&self.roster, |old| &old.roster)
    }

    /// Returns their numbers, in ascending order.
    pub(super) fn dealers(&self) -> Vec<u8> {
        match &self.task {
            Task::Reshare { quorum, .. } => quorum.clone(),
            _ => self.dealing_roster().indices().collect(),
        }
    }

    pub(super) fn dealer_index(&self, key: &AuthorityKey) -> Option<u8> {
        self.dealing_roster().index_of_key(key.K()).filter(|index| self.dealers().contains(index))
    }

    /// Returns the sources of `alpha`, `alpha'`, zero and `s`.
    pub(super) fn sources(&self) -> [Source; 4] {
        use Source::{Fresh, Kept, OldShare};
        match &self.task {
            Task::Generate => [Fresh; 4],
            Task::Reshare { .. } => [OldShare, OldShare, Fresh, OldShare],
            Task::Renew { secret: MasterSecret::KeyWrapping, .. } => [Fresh, Kept, Fresh, Kept],
            Task::Renew { secret: MasterSecret::Signatures, .. } => [Kept, Fresh, Fresh, Kept],
        }
    }

    /// Returns whether dealers send a seed for the search key: their own, or the existing one.
    pub(super) fn deals_seeds(&self) -> bool {
        !matches!(self.task, Task::Renew { .. })
    }

    /// Returns the number of commitments for each polynomial.
    pub(super) fn terms(&self) -> [usize; 4] {
        let t = usize::from(self.roster.threshold());
        let mut terms = self.sources().map(|source| if source == Source::Kept { 0 } else { t });
        let [_, _, zero, _] = &mut terms;
        *zero -= 1;
        terms
    }

    /// Returns the weights of the dealers' polynomials: Lagrange's coefficients for old
    /// shares, and one otherwise.
    pub(super) fn weights(&self) -> [Vec<Scalar>; 4] {
        let dealers = self.dealers();
        self.sources().map(|source| match source {
            Source::OldShare => lagrange(&dealers),
            _ => vec![Scalar::ONE; dealers.len()],
        })
    }

    /// Returns whether the constants of a dealer of a resharing are its own shares.
    pub(super) fn deals_own_constants(&self, dealer: u8, commitments: &Commitments) -> bool {
        match &self.task {
            Task::Reshare { old, .. } => {
                let PublicShares { wrapping, signing, identity, .. } = old.commitments.at(dealer);
                commitments.constants() == Some((wrapping, signing, identity))
            }
            _ => true,
        }
    }

    /// Expects messages of all dealers except this one.
    pub(super) fn of_dealers(
        &self,
        session: [u8; 32],
        round: Round,
        to: u8,
        except: Option<u8>,
    ) -> Expected<'_> {
        let senders = self.dealers().into_iter().filter(|index| Some(*index) != except).collect();
        Expected { session, round, to, roster: self.dealing_roster(), senders }
    }
}
