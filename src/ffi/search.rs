//! Keyword search: keywords and indexes.

use std::ffi::c_char;

use rand_core::OsRng;

use super::abi::{Caller, Plain, guard};
use super::handle::handle;
use super::objects::{free, give};
use super::policy::medseal_policy;
use super::search_keys::{medseal_keyword_key, medseal_search_public_key};
use super::status::{Failure, medseal_error, medseal_status};
use crate::error::Error;
use crate::search::{Hints, IndexOptions, Keyword, Padding};

/// A keyword in its normal form: NFKC_Casefold of Unicode 16.0, single spaces. It is secret, and
/// wiped when freed.
pub struct medseal_keyword {
    _opaque: [u8; 0],
}
handle!(shared medseal_keyword(Keyword));

free!(secret medseal_keyword(keyword) "a keyword": medseal_keyword_free);

/// A keyword of this text, such as `metformin`, or with its field, such as `diagnosis:e11.9`.
///
/// @param text UTF-8
/// @return MEDSEAL_ERR_INVALID_KEYWORD, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_keyword_new(
    text: *const c_char,
    text_len: usize,
    keyword: *mut *mut medseal_keyword,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let keyword = c.out("keyword", keyword)?;
        keyword.set(Keyword::new(c.text("text", text, text_len)?)?)
    })
}

/// A keyword of a field, such as `e11.9` of `diagnosis`.
///
/// @param field UTF-8
/// @param word UTF-8
/// @return MEDSEAL_ERR_INVALID_KEYWORD, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_keyword_with_field(
    field: *const c_char,
    field_len: usize,
    word: *const c_char,
    word_len: usize,
    keyword: *mut *mut medseal_keyword,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let keyword = c.out("keyword", keyword)?;
        keyword.set(Keyword::with_field(c.text("field", field, field_len)?, c.text("word", word, word_len)?)?)
    })
}

give! {
    /// Writes a keyword in its normal form.
    medseal_keyword_text(keyword: medseal_keyword) -> text { keyword.as_str() }
}

/// Pad the indexes of a record to the next power of two, so that their number tells little.
pub const MEDSEAL_PADDING_POWER_OF_TWO: i32 = 0;
/// Do not pad: the number of indexes is the number of keywords.
pub const MEDSEAL_PADDING_NONE: i32 = 1;

/// Hints, which make a search cheaper and tell something of the keywords: for deployments that have
/// agreed on them. Anyone who holds the keyword key can test a guess against every index that
/// carries hints, whatever its policy, and exclude all but one in 2^bits.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_hints {
    /// How many bits each keyword shows, at most 16.
    pub bits: u32,
    /// The period in which the bits stay the same, such as a year.
    pub period: u32,
}

// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_hints {}

impl medseal_hints {
    pub(super) fn read(&self) -> Result<Hints, Failure> {
        let bits = u8::try_from(self.bits).map_err(|_| Error::OutOfRange)?;
        Ok(Hints::new(bits, self.period)?)
    }
}

/// Hints, or `None` for NULL.
pub(super) fn hints_if_any(c: &Caller, hints: *const medseal_hints) -> Result<Option<Hints>, Failure> {
    if hints.is_null() { Ok(None) } else { c.value("hints", hints)?.read().map(Some) }
}

/// The keywords of a record, hidden under its access policy.
pub struct medseal_search_index {
    _opaque: [u8; 0],
}

/// Indexes the keywords of a record under a policy.
///
/// @param public_key the authority's public key
/// @param keyword_key the members' keyword key
/// @param keywords the keywords, at most 256
/// @param policy who may find the record
/// @param padding MEDSEAL_PADDING_POWER_OF_TWO or MEDSEAL_PADDING_NONE
/// @param hints NULL unless the deployment has agreed on hints
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_search_index_record(
    public_key: *const medseal_search_public_key,
    keyword_key: *const medseal_keyword_key,
    keywords: *const *const medseal_keyword,
    count: usize,
    policy: *const medseal_policy,
    padding: i32,
    hints: *const medseal_hints,
    index: *mut *mut medseal_search_index,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let index = c.out("index", index)?;
        let (public_key, kappa, policy) =
            (c.get("public_key", public_key)?, c.get("keyword_key", keyword_key)?, c.get("policy", policy)?);
        let keywords = c.get_all("keywords", keywords, count)?.into_iter().cloned().collect::<Vec<_>>();
        let padding = match padding {
            MEDSEAL_PADDING_POWER_OF_TWO => Padding::PowerOfTwo,
            MEDSEAL_PADDING_NONE => Padding::None,
            _ => return Err(Failure::invalid("padding", "is not a MEDSEAL_PADDING_ value")),
        };
        let options = IndexOptions::default().padding(padding);
        let options = hints_if_any(c, hints)?.map_or(options, |hints| options.hints(hints));
        index.set(public_key.index_record(kappa, &keywords, policy, options, &mut OsRng)?)
    })
}

give! {
    /// How many keywords a keyword index holds, padding included.
    ///
    /// @param index the keyword index
    /// @param count where to put the number
    medseal_search_index_count(index: medseal_search_index) -> count: value usize { index.len() }
}

give! {
    /// The policy of a keyword index.
    ///
    /// @param index the keyword index
    medseal_search_index_policy(index: medseal_search_index) -> policy: object medseal_policy {
        index.policy().clone()
    }
}

/// Checks every point of a keyword index, also those that decoding leaves for matching:
/// what a ledger node does.
///
/// @param index the keyword index
/// @return a decoding status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_search_index_validate(
    index: *const medseal_search_index,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| Ok(c.get("index", index)?.validate()?))
}
