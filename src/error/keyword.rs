//! Why a text is no keyword.

use core::fmt;

/// Why a text is no keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeywordError {
    /// Nothing is left of it but white space and characters that nobody sees.
    Empty,
    /// A colon stands first, so that the field before it is empty.
    EmptyField,
    /// Nothing follows the colon behind the field.
    EmptyWord,
    /// A field that is given apart from its word holds a colon.
    ColonInField,
    /// It has more than [`KEYWORD_BYTES`](crate::limits::KEYWORD_BYTES) bytes
    /// in canonical spelling.
    TooLong,
    /// A control character, one without a shape, one that Unicode 16.0 does not assign, or one that
    /// stands for text with a space in it, such as a free-standing accent.
    RefusedCharacter,
}

impl fmt::Display for KeywordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the keyword is empty",
            Self::EmptyField => "the field before the keyword's colon is empty",
            Self::EmptyWord => "the word after the keyword's colon is empty",
            Self::ColonInField => "the keyword's field holds a colon",
            Self::TooLong => "the keyword has more than 256 bytes",
            Self::RefusedCharacter => {
                "the keyword holds a control character, one without a shape of its own, or one that Unicode 16.0 does not assign"
            }
        })
    }
}

impl std::error::Error for KeywordError {}
