//! Queries: trapdoors that a user sends to a node, and their preparation by the node.

use crate::threads::Threads;
use core::borrow::Borrow;
use core::fmt;
use core::ops::ControlFlow;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::cache::SearchIndexCache;
use super::formula::Formula;
use super::index::RecordIndex;
use super::keys::PublicKey;
use super::matching::{PreparedTrapdoor, Question, answer_each};
use super::trapdoor::Trapdoor;
use crate::codec::{Kind, Object, Reader, Writer, encode};
use crate::error::Error;
use crate::limits::{Limit, QUERY_BYTES, QUERY_PARTS};
use crate::policy::Chosen;

/// A user's query to a node: a trapdoor, or several joined by `and` and `or`. It is evaluated for
/// each record over that record's keywords.
///
/// A query names its authority, so a node can distinguish a query for another authority from one
/// that finds nothing. It reveals to the node everything that its trapdoors reveal, and which of
/// them match, as far as the node needs to test them. Like a trapdoor, it is a bearer token:
/// send it inside a session.
///
/// It has at most [`QUERY_PARTS`] parts, nested at most
/// [`QUERY_DEPTH`](crate::limits::QUERY_DEPTH) deep, in at most [`QUERY_BYTES`].
#[derive(Clone)]
pub struct Query {
    authority: [u8; 32],
    asked: Formula<Trapdoor>,
}

impl Query {
    /// Makes a query for one keyword, from a trapdoor of a key that was issued
    /// under this public key.
    #[must_use]
    pub fn new(trapdoor: Trapdoor, authority: &PublicKey) -> Self {
        Self { authority: authority.digest(), asked: Formula::Keyword(trapdoor) }
    }

    /// Makes a query that matches a record if all of these queries match.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] if there are no queries.
    /// - [`Error::OtherAuthority`] if they belong to different authorities.
    /// - [`Error::LimitExceeded`] if together they are too many, too deep or too long.
    pub fn all(queries: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        Self::joined(queries, Formula::All)
    }

    /// Makes a query that matches a record if at least one of these queries matches.
    ///
    /// # Errors
    /// As [`Query::all`].
    pub fn any(queries: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        Self::joined(queries, Formula::Any)
    }

    fn joined(
        queries: impl IntoIterator<Item = Self>,
        gate: fn(Vec<Formula<Trapdoor>>) -> Formula<Trapdoor>,
    ) -> Result<Self, Error> {
        let mut queries = queries.into_iter();
        let Self { authority, asked } = queries.next().ok_or(Error::OutOfRange)?;
        let mut parts = vec![asked];
        for query in queries {
            if query.authority != authority {
                return Err(Error::OtherAuthority);
            }
            parts.push(query.asked);
            if parts.len() >= QUERY_PARTS {
                return Err(Error::LimitExceeded(Limit::QueryParts));
            }
        }
        let joined = Self { authority, asked: gate(parts) };
        joined.asked.check_size()?;
        if encode(&joined).len() > QUERY_BYTES {
            return Err(Error::LimitExceeded(Limit::QueryLength));
        }
        Ok(joined)
    }

    /// Returns the trapdoors, from left to right.
    #[must_use]
    pub fn trapdoors(&self) -> Vec<&Trapdoor> {
        let mut trapdoors = Vec::new();
        self.asked.visit(&mut |trapdoor| trapdoors.push(trapdoor));
        trapdoors
    }

    /// Verifies that the query names this public key.
    ///
    /// # Errors
    /// [`Error::OtherAuthority`] if it names another.
    pub fn check(&self, authority: &PublicKey) -> Result<(), Error> {
        if self.authority == authority.digest() { Ok(()) } else { Err(Error::OtherAuthority) }
    }

    /// Prepares the query for many matches, on a node whose records are indexed
    /// under this public key.
    ///
    /// # Errors
    /// [`Error::OtherAuthority`] if the query names another public key.
    pub fn prepare(&self, authority: &PublicKey) -> Result<PreparedQuery, Error> {
        self.check(authority)?;
        Ok(PreparedQuery(self.asked.try_map(&mut PreparedTrapdoor::new)?))
    }
}

/// Redacted: anyone who reads a query can search with it.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").finish_non_exhaustive()
    }
}

impl Object for Query {
    const KIND: Kind = Kind::Query;

    fn write(&self, w: &mut Writer) {
        w.raw(&self.authority);
        self.asked.write(w, &mut |trapdoor, w| w.var(trapdoor.fields().as_slice()));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        // The header has already been read.
        if r.remaining() > QUERY_BYTES - 4 {
            return Err(Error::LimitExceeded(Limit::QueryLength));
        }
        let authority = r.array()?;
        // Read the whole formula within its limits before the first point is decoded.
        let asked = Formula::read(r, &mut |r| r.var(QUERY_BYTES, Limit::QueryLength))?;
        if r.remaining() > 0 {
            return Err(Error::TrailingBytes);
        }
        let asked = asked.try_map(&mut |fields| Trapdoor::read(&mut Reader::new(fields)))?;
        Ok(Self { authority, asked })
    }
}

/// A query prepared for many matches. The Miller lines of each trapdoor's `T2` and `T3` are
/// computed once. Takes about 40 KB for each trapdoor.
///
/// The cheapest trapdoors are tested first. Testing stops when the answer is known.
#[derive(Clone)]
pub struct PreparedQuery(Formula<PreparedTrapdoor>);

/// Redacted, as a query is.
impl fmt::Debug for PreparedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedQuery").finish_non_exhaustive()
    }
}

/// The number of records that a thread evaluates together.
const TOGETHER: usize = 64;

/// The result of [`PreparedQuery::match_many`]. Positions are those of the
/// slice, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judged {
    /// Records that match.
    pub matches: Vec<usize>,
    /// Records whose index is malformed, each with its error. They do not end the search: a
    /// publisher cannot prevent others' records from being found.
    pub malformed: Vec<(usize, Error)>,
    /// The position at which to start the next search: one after the last record.
    pub next: usize,
}

impl Trapdoor {
    /// Reports whether the trapdoor's keyword is among the record's **and** the attributes that it
    /// shows satisfy the record's policy. If no hint of a record agrees, its policy is not
    /// evaluated. If its policy is not satisfied, no group element is decoded. For many records,
    /// make a [`Query`], which is prepared once.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::PointNotInSubgroup`] or [`Error::IdentityPoint`] if
    /// the index is malformed.
    pub fn matches(&self, record: &RecordIndex) -> Result<bool, Error> {
        PreparedQuery::of(self)?.matches(record)
    }
}

impl PreparedQuery {
    /// Prepares a query for the keyword of one trapdoor.
    pub(super) fn of(trapdoor: &Trapdoor) -> Result<Self, Error> {
        PreparedTrapdoor::new(trapdoor).map(|trapdoor| Self(Formula::Keyword(trapdoor)))
    }

    /// Reports whether a record matches.
    ///
    /// # Errors
    /// As [`Trapdoor::matches`], if the answer depends on a malformed index.
    pub fn matches(&self, record: &RecordIndex) -> Result<bool, Error> {
        let mut judged = self.judge(&[record], None);
        judged.pop().unwrap_or(Err(Error::OutOfRange))
    }

    /// Evaluates the records from position `start` on, on `threads` threads, and
    /// lists those that match.
    ///
    /// The result does not depend on the number of threads. `progress` receives the number of
    /// evaluated records, on the caller's thread. If it breaks, the search ends with an error once
    /// the records in progress are done. Positions in a ledger do not change: a repeated search
    /// starts at [`Judged::next`] and evaluates only new records.
    ///
    /// On processors with AVX-512 IFMA, eight indexes are matched at once.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] if `start` is beyond the end.
    /// - [`Error::Cancelled`] if `progress` breaks.
    pub fn match_many<R: Borrow<RecordIndex> + Sync>(
        &self,
        records: &[R],
        start: usize,
        threads: Threads,
        progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Judged, Error> {
        self.match_many_cached(records, start, threads, None, progress)
    }

    /// Evaluates records as [`match_many`](Self::match_many) does, with a cache of their points.
    /// Cached points need no decoding. The search adds new points to the cache.
    ///
    /// # Errors
    /// As [`match_many`](Self::match_many).
    pub fn match_many_cached<R: Borrow<RecordIndex> + Sync>(
        &self,
        records: &[R],
        start: usize,
        threads: Threads,
        cache: Option<&SearchIndexCache>,
        mut progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Judged, Error> {
        let total = records.len().checked_sub(start).ok_or(Error::OutOfRange)?;
        // Evaluate enough records together to fill the lanes, but leave each thread its share.
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
            // If no thread could be spawned, this thread does all the work.
            let end = if workers == 0 { records.len() } else { start };
            let here = (start..end).step_by(together).flat_map(&judge);
            let mut judged = Vec::with_capacity(total);
            for outcome in receiver.into_iter().chain(here) {
                judged.push(outcome);
                if progress(judged.len() as u64).is_break() {
                    // The receiver is dropped, and the threads stop when they cannot send.
                    return Err(Error::Cancelled);
                }
            }
            Ok(judged)
        })?;
        judged.sort_unstable_by_key(|(position, _)| *position);
        let mut found = Judged { next: records.len(), ..Judged::default() };
        for (position, outcome) in judged {
            match outcome {
                Ok(true) => found.matches.push(position),
                Ok(false) => {}
                Err(error) => found.malformed.push((position, error)),
            }
        }
        Ok(found)
    }

    /// Evaluates each record. In each round, every undecided record asks its next question.
    fn judge(&self, records: &[&RecordIndex], cache: Option<&SearchIndexCache>) -> Vec<Result<bool, Error>> {
        let mut plans: Vec<_> = records.iter().map(|record| Ok(Plan::of(&self.0, record))).collect();
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
}

/// The evaluation of a query for one record, after its hints and its policy have been checked.
enum Plan<'q> {
    Known(bool),
    /// To be tested against `candidates` keywords, with the `chosen` rows.
    Keyword {
        trapdoor: &'q PreparedTrapdoor,
        chosen: Vec<Chosen>,
        candidates: usize,
        tried: usize,
    },
    /// Undecided parts, cheapest first. The first part that gives `decisive` decides.
    Combined {
        parts: Vec<Plan<'q>>,
        decisive: bool,
    },
}

impl<'q> Plan<'q> {
    /// Plans the evaluation, without a pairing.
    fn of(query: &'q Formula<PreparedTrapdoor>, record: &RecordIndex) -> Self {
        match query {
            // Hints are compared in nanoseconds, a policy in microseconds.
            Formula::Keyword(trapdoor) => match trapdoor.candidates(record).count() {
                0 => Self::Known(false),
                candidates => match trapdoor.choose(record.policy()) {
                    Some(chosen) => Self::Keyword { trapdoor, chosen, candidates, tried: 0 },
                    None => Self::Known(false),
                },
            },
            Formula::All(parts) => Self::combine(parts, record, false),
            Formula::Any(parts) => Self::combine(parts, record, true),
        }
    }

    fn combine(queries: &'q [Formula<PreparedTrapdoor>], record: &RecordIndex, decisive: bool) -> Self {
        let mut parts = Vec::with_capacity(queries.len());
        for query in queries {
            match Self::of(query, record) {
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

    /// Estimates the maximum cost, in rows to be summed.
    fn cost(&self) -> usize {
        /// The cost of decoding and pairing, besides the rows.
        const MATCH: usize = 30;
        match self {
            Self::Known(_) => 0,
            Self::Keyword { chosen, candidates, .. } => candidates * (MATCH + chosen.len()),
            Self::Combined { parts, .. } => parts.iter().map(Self::cost).sum(),
        }
    }

    /// Returns the next question, unless the answer is known.
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
