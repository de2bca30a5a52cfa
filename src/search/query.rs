//! Queries: `and` and `or` over trapdoors, one record at a time or many on several threads.

use core::borrow::Borrow;
use core::num::NonZeroUsize;
use core::ops::ControlFlow;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::cache::SearchIndexCache;
use super::index::RecordIndex;
use super::matching::{PreparedTrapdoor, Question, answer_each};
use crate::error::Error;
use crate::policy::Chosen;

/// What a node is asked to find: a keyword, or a combination of queries. It is judged for each record over that
/// record's keywords.
///
/// The node learns which of the trapdoors match, as far as it has to try them: the cheapest are tried first, and none
/// after the answer is clear.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Query {
    /// The record has this keyword, and shows it to these attributes.
    Keyword(PreparedTrapdoor),
    /// All of these hold. With none of them: true.
    All(Vec<Query>),
    /// One of these holds. With none of them: false.
    Any(Vec<Query>),
}

/// Records that a thread judges together.
const TOGETHER: usize = 64;

/// How far [`Query::match_many`] has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Records judged.
    pub done: usize,
    /// Records to judge, from the start position to the end.
    pub total: usize,
}

/// What [`Query::match_many`] found. Positions count from the beginning of the slice, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Records that match.
    pub matches: Vec<usize>,
    /// Records that could not be judged because their index is malformed, and why. They do not end the search: nobody
    /// who may publish can stop others from being found.
    pub malformed: Vec<(usize, Error)>,
    /// Where to start the next time: one after the last record.
    pub next: usize,
}

impl From<PreparedTrapdoor> for Query {
    fn from(trapdoor: PreparedTrapdoor) -> Self {
        Self::Keyword(trapdoor)
    }
}

impl Query {
    /// Whether a record matches.
    ///
    /// # Errors
    /// As [`PreparedTrapdoor::matches`], if the answer depends on an index that is malformed.
    pub fn matches(&self, record: &RecordIndex) -> Result<bool, Error> {
        let mut judged = self.judge(&[record], None);
        judged.pop().unwrap_or(Err(Error::OutOfRange))
    }

    /// Judges the records from position `start` on, on `threads` threads, and lists those that match.
    ///
    /// The result does not depend on the number of threads. `progress` is called on the caller's thread after each
    /// record; when it breaks, the search is cancelled as soon as the records in hand are judged. The positions of a
    /// ledger do not change, so that a repeated search starts at [`Found::next`] and costs only what is new.
    ///
    /// On processors with AVX-512 IFMA eight indexes are matched at once.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if `start` lies beyond the end; [`Error::Cancelled`] if `progress` broke.
    pub fn match_many<R: Borrow<RecordIndex> + Sync>(
        &self,
        records: &[R],
        start: usize,
        threads: NonZeroUsize,
        progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        self.match_many_cached(records, start, threads, None, progress)
    }

    /// As [`Query::match_many`], with a cache of the records' points: what it has need not be decoded, and it is filled on the
    /// way.
    ///
    /// # Errors
    /// As [`Query::match_many`].
    pub fn match_many_cached<R: Borrow<RecordIndex> + Sync>(
        &self,
        records: &[R],
        start: usize,
        threads: NonZeroUsize,
        cache: Option<&SearchIndexCache>,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        let total = records.len().checked_sub(start).ok_or(Error::OutOfRange)?;
        // What is judged together: enough to fill lanes, and no more than gives each thread its share.
        let together = total.div_ceil(threads.get()).clamp(1, TOGETHER);
        let judge = |from: usize| {
            let records = records.get(from..).unwrap_or_default();
            let records: Vec<_> = records.iter().take(together).map(Borrow::borrow).collect();
            (from..).zip(self.judge(&records, cache))
        };
        let next = AtomicUsize::new(start);
        let mut judged = thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            let mut workers = 0;
            for _ in 0..threads.get().min(total) {
                let (sender, next, judge) = (sender.clone(), &next, &judge);
                let worker = thread::Builder::new().spawn_scoped(scope, move || {
                    loop {
                        let from = next.fetch_add(together, Ordering::Relaxed);
                        if from >= records.len() || judge(from).any(|outcome| sender.send(outcome).is_err()) {
                            break;
                        }
                    }
                });
                if worker.is_err() {
                    break; // those that run do it all
                }
                workers += 1;
            }
            drop(sender);
            // If no thread can be had, this one does it.
            let end = if workers == 0 { records.len() } else { start };
            let here = (start..end).step_by(together).flat_map(&judge);
            let mut judged = Vec::with_capacity(total);
            for outcome in receiver.into_iter().chain(here) {
                judged.push(outcome);
                if progress(Progress { done: judged.len(), total }).is_break() {
                    // The receiver is dropped, and the threads stop when they cannot send.
                    return Err(Error::Cancelled);
                }
            }
            Ok(judged)
        })?;
        judged.sort_unstable_by_key(|(position, _)| *position);
        let mut found = Found { next: records.len(), ..Found::default() };
        for (position, outcome) in judged {
            match outcome {
                Ok(true) => found.matches.push(position),
                Ok(false) => {}
                Err(error) => found.malformed.push((position, error)),
            }
        }
        Ok(found)
    }

    /// Judges each record. In each round every record that is undecided asks its next question.
    fn judge(&self, records: &[&RecordIndex], cache: Option<&SearchIndexCache>) -> Vec<Result<bool, Error>> {
        let mut plans: Vec<_> = records.iter().map(|record| Ok(self.plan(record))).collect();
        loop {
            let (asking, questions): (Vec<_>, Vec<_>) = plans
                .iter()
                .zip(records)
                .enumerate()
                .filter_map(|(i, (plan, record))| Some((i, plan.as_ref().ok()?.question(record)?)))
                .unzip();
            if questions.is_empty() {
                break;
            }
            for (i, answer) in asking.into_iter().zip(answer_each(&questions, cache)) {
                if let Some(place) = plans.get_mut(i) {
                    match (&mut *place, answer) {
                        (Ok(plan), Ok(answer)) => plan.answer(answer),
                        (_, Err(error)) => *place = Err(error),
                        (Err(_), Ok(_)) => {}
                    }
                }
            }
        }
        plans.into_iter().map(|plan| plan.map(|plan| matches!(plan, Plan::Known(true)))).collect()
    }

    /// What remains to be done for a record once its hints and its policy have been looked at; nothing is paired for that.
    fn plan(&self, record: &RecordIndex) -> Plan<'_> {
        match self {
            // Hints are compared in nanoseconds, a policy in microseconds.
            Self::Keyword(trapdoor) => match trapdoor.candidates(record).count() {
                0 => Plan::Known(false),
                candidates => match trapdoor.choose(record.policy()) {
                    Some(chosen) => Plan::Keyword { trapdoor, chosen, candidates, tried: 0 },
                    None => Plan::Known(false),
                },
            },
            Self::All(queries) => Plan::combine(queries, record, false),
            Self::Any(queries) => Plan::combine(queries, record, true),
        }
    }
}

/// A query for one record.
enum Plan<'q> {
    Known(bool),
    /// To be tried against so many keywords, with these rows.
    Keyword {
        trapdoor: &'q PreparedTrapdoor,
        chosen: Vec<Chosen>,
        candidates: usize,
        tried: usize,
    },
    /// Cheapest first, none of them known. The first that gives `decisive` decides.
    Combined {
        parts: Vec<Plan<'q>>,
        decisive: bool,
    },
}

impl<'q> Plan<'q> {
    fn combine(queries: &'q [Query], record: &RecordIndex, decisive: bool) -> Self {
        let mut parts = Vec::with_capacity(queries.len());
        for query in queries {
            match query.plan(record) {
                Self::Known(known) if known == decisive => return Self::Known(decisive),
                Self::Known(_) => {}
                part => parts.push(part),
            }
        }
        if parts.is_empty() {
            return Self::Known(!decisive);
        }
        parts.sort_by_key(Self::cost);
        Self::Combined { parts, decisive }
    }

    /// What trying it takes at most, in rows to be added up.
    fn cost(&self) -> usize {
        /// What decoding and pairing cost beside the rows.
        const MATCH: usize = 30;
        match self {
            Self::Known(_) => 0,
            Self::Keyword { chosen, candidates, .. } => candidates * (MATCH + chosen.len()),
            Self::Combined { parts, .. } => parts.iter().map(Self::cost).sum(),
        }
    }

    /// What to ask next, unless the answer is known.
    fn question<'a>(&'a self, record: &'a RecordIndex) -> Option<Question<'a>> {
        match self {
            Self::Known(_) => None,
            Self::Keyword { trapdoor, chosen, tried, .. } => {
                let keyword = trapdoor.candidates(record).nth(*tried)?;
                Some(Question { trapdoor, tree: record.policy().tree(), chosen, keyword })
            }
            Self::Combined { parts, .. } => parts.first()?.question(record),
        }
    }

    /// Takes the answer to the question.
    fn answer(&mut self, matched: bool) {
        match self {
            Self::Known(_) => {}
            Self::Keyword { candidates, tried, .. } => {
                *tried += 1;
                if matched || tried == candidates {
                    *self = Self::Known(matched);
                }
            }
            Self::Combined { parts, decisive } => {
                let Some(first) = parts.first_mut() else { return };
                first.answer(matched);
                let Self::Known(known) = *first else { return };
                parts.remove(0);
                if known == *decisive || parts.is_empty() {
                    *self = Self::Known(known);
                }
            }
        }
    }
}
