//! Matching a trapdoor against the index of a record.

use std::sync::Arc;

use super::hint::Hint;
use super::index::{KeywordIndex, RecordIndex};
use super::keys::SCHEME;
use super::trapdoor::Trapdoor;
use crate::curve::{G1Affine, MillerLines, pairing_product_prepared};
use crate::error::Error;
use crate::fabeo::{Elements, Sums};
use crate::policy::{Chosen, Policy, Tree};

/// A trapdoor made ready for many matches: the Miller lines of `T2` and `T3`, which take part in every one, are
/// computed once. About 40 KB.
#[derive(Clone)]
pub(super) struct PreparedTrapdoor {
    T0: G1Affine,
    T: Arc<Elements>,
    T2: MillerLines,
    T3: MillerLines,
    hints: Vec<Hint>,
}

impl PreparedTrapdoor {
    /// [`Error::IdentityPoint`] if `T2` or `T3` is the identity, which neither a decoded trapdoor has nor, except with
    /// probability 2^-254, a new one.
    pub(super) fn new(trapdoor: &Trapdoor) -> Result<Self, Error> {
        Ok(Self {
            T0: trapdoor.T0,
            T: Arc::clone(&trapdoor.T),
            T2: MillerLines::prepare(&trapdoor.T2)?,
            T3: MillerLines::prepare(&trapdoor.T3)?,
            hints: trapdoor.hints.clone(),
        })
    }

    /// As [`Trapdoor::matches`].
    pub(super) fn matches(&self, record: &RecordIndex) -> Result<bool, Error> {
        if self.candidates(record).next().is_none() {
            return Ok(false);
        }
        match self.choose(record.policy()) {
            Some(chosen) => self.matches_any(record, &chosen),
            None => Ok(false),
        }
    }

    /// As [`PreparedTrapdoor::matches`], with rows and coefficients that were chosen.
    pub(super) fn matches_any(&self, record: &RecordIndex, chosen: &[Chosen]) -> Result<bool, Error> {
        for keyword in self.candidates(record) {
            if self.matches_keyword(record.policy().tree(), chosen, keyword)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The keywords whose hint agrees, or all if there is none on either side. A record of a period that was not asked for
    /// has no candidates.
    pub(super) fn candidates<'r>(&self, record: &'r RecordIndex) -> impl Iterator<Item = &'r KeywordIndex> {
        record.keywords().iter().filter(|keyword| match keyword.hint() {
            Some(hint) => self.hints.is_empty() || self.hints.iter().any(|own| own.agrees(hint)),
            None => true,
        })
    }

    /// The cheapest rows that the shown attributes satisfy, if they satisfy the policy.
    pub(super) fn choose(&self, policy: &Policy) -> Option<Vec<Chosen>> {
        policy.tree().choose(|row| self.T.satisfy(&row.term))
    }

    /// The match proper, for rows and coefficients that were chosen.
    pub(super) fn matches_keyword(
        &self,
        tree: &Tree,
        chosen: &[Chosen],
        index: &KeywordIndex,
    ) -> Result<bool, Error> {
        // e(T0, c1) * prod_j e( sum_{rho(i)=j} [gamma_i]T_{T_i}, c2_j ) * e( - sum [gamma_i]c3_i, T2 ) * e( -E, T3 ) = 1
        let Sums { uses, rows } = index.rows.combine(tree, chosen, |term| self.T.of_row(&SCHEME, term))?;
        let mut pairs = vec![(self.T0, index.c1()?)];
        pairs.extend_from_slice(&uses);
        let prepared = [(rows, &self.T2), (-index.E()?, &self.T3)];
        Ok(pairing_product_prepared(&pairs, &prepared)?.is_one())
    }
}
