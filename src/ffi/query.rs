//! Trapdoors and queries, with which a ledger node searches.

use super::export::export;
use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::attributes::medseal_attributes;
use super::callbacks::{Listener, medseal_progress};
use super::search::{medseal_hints, medseal_keyword, medseal_search_index};
use super::search_keys::{medseal_search_key, medseal_search_public_key};
use super::status::{medseal_error, medseal_status};
use crate::limits::{QUERY_DEPTH, QUERY_PARTS};
use crate::search::{PreparedQuery, Query};
use crate::threads::Threads;

export! {
    /// A trapdoor lets a ledger node find one keyword among the records that its attributes may
    /// see. The node does not learn the keyword.
    struct medseal_trapdoor;

    /// Makes a trapdoor for a keyword.
    /// @param showing the attributes that the trapdoor shows and matches with, a subset of the
    ///                key's. Show only those that the policies need, from
    ///                medseal_attributes_needed(): all attributes of the key, from
    ///                medseal_search_key_attributes(), may identify the user to a node
    /// @param hints the periods to give hints for, ascending; NULL with 0 for none
    /// @param hints_count the number of hints, at most 256
    /// @return MEDSEAL_ERR_UNKNOWN_ATTRIBUTE if the key was not issued for a shown attribute,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed,
    ///         MEDSEAL_ERR_NOT_SORTED if their periods do not ascend
    medseal_search_trapdoor(
        key: object medseal_search_key, keyword: object medseal_keyword, showing: object medseal_attributes,
        hints, hints_count: values medseal_hints
    ) -> (trapdoor: object medseal_trapdoor) {
        let hints = hints.iter().map(medseal_hints::read);
        let hints = hints.collect::<Result<Vec<_>, _>>()?;
        key.trapdoor_hinted(keyword, showing, &hints, &mut OsRng)?
    }

    /// Returns the attributes that a trapdoor shows.
    medseal_trapdoor_attributes(
        trapdoor: object medseal_trapdoor
    ) -> (attributes: object medseal_attributes) {
        trapdoor.attributes().clone()
    }
}

/// The greatest number of parts in a query. Each trapdoor, *and* and *or* is a part.
pub const MEDSEAL_QUERY_PARTS: usize = 1024;
/// The greatest nesting depth of a query. A query for one keyword has depth one.
pub const MEDSEAL_QUERY_DEPTH: usize = 32;
const _: () = assert!(MEDSEAL_QUERY_PARTS == QUERY_PARTS && MEDSEAL_QUERY_DEPTH == QUERY_DEPTH);

export! {
    /// A query to a ledger node: trapdoors, joined by *and* and *or*. Send its byte form to the
    /// node inside a session.
    struct medseal_query;

    /// Makes a query for one keyword.
    /// @param authority the public key under which the trapdoor's key was issued
    medseal_query_new(
        trapdoor: object medseal_trapdoor, authority: object medseal_search_public_key
    ) -> (query: object medseal_query) {
        Query::new(trapdoor.clone(), authority)
    }

    /// Makes a query that a record matches if it matches all of the given queries.
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED above MEDSEAL_QUERY_PARTS or MEDSEAL_QUERY_DEPTH or if
    ///         the result is too long, MEDSEAL_ERR_OTHER_AUTHORITY if the queries belong to several
    ///         authorities, MEDSEAL_ERR_OUT_OF_RANGE if there are none
    medseal_query_all(queries, count: objects medseal_query) -> (query: object medseal_query) {
        Query::all(queries.into_iter().cloned())?
    }

    /// As medseal_query_all(), for records that match at least one of the given queries.
    medseal_query_any(queries, count: objects medseal_query) -> (query: object medseal_query) {
        Query::any(queries.into_iter().cloned())?
    }

    /// A query that a ledger node has prepared for many matches. Takes about 40 KB for each
    /// trapdoor.
    struct medseal_prepared_query: shared PreparedQuery;

    /// Prepares a query on a node whose records are indexed under this public key.
    /// @return MEDSEAL_ERR_OTHER_AUTHORITY if the query was made under a different public key
    medseal_query_prepare(
        query: object medseal_query, authority: object medseal_search_public_key
    ) -> (prepared: object medseal_prepared_query) {
        query.prepare(authority)?
    }

    /// Checks whether the keyword index of a record matches a query.
    /// @return a decoding status if the index is malformed
    medseal_prepared_query_match(
        query: object medseal_prepared_query, index: object medseal_search_index
    ) -> (matches: bool) {
        query.matches(index)?
    }
}

/// The record does not match.
pub const MEDSEAL_MATCH_NO: i32 = 0;
/// The record matches.
pub const MEDSEAL_MATCH_YES: i32 = 1;
/// The keyword index of the record is malformed.
pub const MEDSEAL_MATCH_MALFORMED: i32 = 2;

/// Matches many records on several threads.
/// @param progress receives the number of records matched, on the caller's thread; or NULL
/// @param results where to put `count` answers, each MEDSEAL_MATCH_NO, MEDSEAL_MATCH_YES or MEDSEAL_MATCH_MALFORMED
/// @return MEDSEAL_ERR_CANCELLED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_prepared_query_match_many(
    query: *const medseal_prepared_query,
    indexes: *const *const medseal_search_index,
    count: usize,
    threads: usize,
    progress: *const medseal_progress,
    results: *mut i32,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let results = c.out_values("results", results, count)?;
        let mut progress = progress?;
        let (query, indexes) = (c.get("query", query)?, c.get_all("indexes", indexes, count)?);
        let threads = Threads::new(threads);
        let found = query.match_many(&indexes, 0, threads, progress.counts())?;
        let mut answers = vec![MEDSEAL_MATCH_NO; count];
        let malformed = found.malformed.iter().map(|(position, _)| (position, MEDSEAL_MATCH_MALFORMED));
        let judged = found.matches.iter().map(|position| (position, MEDSEAL_MATCH_YES)).chain(malformed);
        for (position, answer) in judged {
            if let Some(place) = answers.get_mut(*position) {
                *place = answer;
            }
        }
        results.set(&answers)
    })
}
