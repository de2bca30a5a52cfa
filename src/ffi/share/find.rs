//! Finding.

use crate::ffi::export::export;
use rand_core::OsRng;

use crate::ffi::abi::Versioned;
use crate::ffi::attributes::medseal_attributes;
use crate::ffi::ledger::medseal_found;
use crate::ffi::search::{medseal_hints, medseal_keyword};
use crate::ffi::search_keys::medseal_search_key;
use crate::share::Search;

/// The input of a search. The struct owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_search {
    /// sizeof(medseal_search).
    pub struct_size: usize,
    /// The keyword.
    pub keyword: *const medseal_keyword,
    /// The searcher's key.
    pub key: *const medseal_search_key,
    /// The attributes that the search shows to the nodes. A record is found only if they satisfy
    /// its policy. Show only the attributes that the policies need, from
    /// medseal_attributes_needed(): all attributes of the key, from
    /// medseal_search_key_attributes(), may identify the user to a node.
    pub showing: *const medseal_attributes,
    /// The periods to give hints for, ascending, at most 256. NULL unless the whole deployment has
    /// agreed on hints.
    pub hints: *const medseal_hints,
    /// The number of hints.
    pub hints_count: usize,
    /// The height at which the search begins.
    pub from: u64,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_search {}

export! {
    /// Finds the entries that have a keyword and whose policy the shown attributes satisfy. The
    /// signature of an entry is not checked until you open it. To search for several keywords, make
    /// a query and pass it to medseal_ledger_search().
    /// @return as medseal_search_trapdoor(), or as medseal_ledger_search()
    medseal_find(
        consortium: consortium, search: sized medseal_search, progress: progress
    ) -> (found: object medseal_found) with c {
        let hints =
            c.values("search.hints", search.hints, search.hints_count)?.iter().map(medseal_hints::read);
        let search = Search {
            keyword: c.get("search.keyword", search.keyword)?,
            key: c.get("search.key", search.key)?,
            showing: c.get("search.showing", search.showing)?,
            hints: &hints.collect::<Result<Vec<_>, _>>()?,
            from: search.from,
        };
        consortium.find(&search, &mut OsRng, &mut progress.counts())?
    }
}
