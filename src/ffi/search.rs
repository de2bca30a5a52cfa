//! Keyword search: keywords and indexes.

use super::export::export;

use rand_core::OsRng;

use super::abi::Plain;
use super::policy::medseal_policy;
use super::search_keys::{medseal_keyword_key, medseal_search_public_key};
use super::status::Failure;
use crate::error::Error;
use crate::search::{Hints, IndexOptions, Keyword, Padding};

export! {
    /// A keyword in normal form: NFKC_Casefold of Unicode 16.0, with single spaces. It is secret,
    /// and wiped when freed.
    struct medseal_keyword: shared Keyword;

    /// Makes a keyword from text, such as `metformin`, or `diagnosis:e11.9` with a field.
    /// @return MEDSEAL_ERR_INVALID_KEYWORD
    medseal_keyword_new(text, text_len: text) -> (keyword: object medseal_keyword) { Keyword::new(text)? }

    /// Makes a keyword from a field and a word, such as `diagnosis` and `e11.9`.
    /// @return MEDSEAL_ERR_INVALID_KEYWORD
    medseal_keyword_with_field(
        field, field_len: text, word, word_len: text
    ) -> (keyword: object medseal_keyword) {
        Keyword::with_field(field, word)?
    }

    /// Writes a keyword in normal form.
    medseal_keyword_text(keyword: object medseal_keyword) -> (out, out_len: text) { keyword.as_str() }
}

/// Pad the indexes of a record to the next power of two, which reveals little about the number of
/// keywords.
pub const MEDSEAL_PADDING_POWER_OF_TWO: i32 = 0;
/// Do not pad: the number of indexes is the number of keywords.
pub const MEDSEAL_PADDING_NONE: i32 = 1;

/// Hints make a search cheaper, and reveal something about the keywords. Use them only if the whole
/// deployment has agreed on them. Anyone who holds the keyword key can test a guess against every
/// index that carries hints, whatever its policy, and exclude all except one in 2^bits.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_hints {
    /// The number of bits that each keyword reveals, at most 16.
    pub bits: u32,
    /// The period during which the bits stay the same, such as a year.
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

export! {
    /// The keywords of a record, hidden under its access policy.
    struct medseal_search_index;

    /// Indexes the keywords of a record under a policy.
    /// @param keyword_key the members' keyword key
    /// @param keywords the keywords, at most 256
    /// @param policy the access policy: who may find the record
    /// @param padding MEDSEAL_PADDING_POWER_OF_TWO or MEDSEAL_PADDING_NONE
    /// @param hints NULL unless the deployment has agreed on hints
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed
    medseal_search_index_record(
        public_key: object medseal_search_public_key, keyword_key: object medseal_keyword_key,
        keywords, count: copies medseal_keyword, policy: object medseal_policy, padding: i32,
        hints: value_or_null medseal_hints
    ) -> (index: object medseal_search_index) {
        let kappa = keyword_key;
        let padding = match padding {
            MEDSEAL_PADDING_POWER_OF_TWO => Padding::PowerOfTwo,
            MEDSEAL_PADDING_NONE => Padding::None,
            _ => return Err(Failure::invalid("padding", "is not a MEDSEAL_PADDING_ value")),
        };
        let options = IndexOptions::default().padding(padding);
        let options =
            hints.map(|hints| hints.read()).transpose()?.map_or(options, |hints| options.hints(hints));
        public_key.index_record(kappa, &keywords, policy, options, &mut OsRng)?
    }

    /// Returns the number of keywords in a keyword index, including padding.
    medseal_search_index_count(index: object medseal_search_index) -> (count: value usize) { index.len() }

    /// Returns the policy of a keyword index.
    medseal_search_index_policy(index: object medseal_search_index) -> (policy: object medseal_policy) {
        index.policy().clone()
    }

    /// Checks every point of a keyword index, including those that decoding leaves to matching.
    /// Ledger nodes do this.
    /// @return a decoding status
    medseal_search_index_validate(index: object medseal_search_index) -> () { index.validate()? }
}
