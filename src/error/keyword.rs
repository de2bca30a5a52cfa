//! Why a text is not a keyword.

texts! {
    /// Why a text is not a keyword.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum KeywordError {
        /// The keyword consists only of white space and invisible characters.
        Empty => "the keyword is empty",
        /// The field before the first colon is empty.
        EmptyField => "the field before the keyword's colon is empty",
        /// The word after the first colon is empty.
        EmptyWord => "the word after the keyword's colon is empty",
        /// The field, given separately from its word, contains a colon.
        ColonInField => "the keyword's field contains a colon",
        /// The canonical form is longer than [`KEYWORD_BYTES`](crate::limits::KEYWORD_BYTES) bytes.
        TooLong => "the keyword has more than 256 bytes",
        /// The keyword contains a character that is not allowed: a control character, a blank or a
        /// placeholder, a character that Unicode 16.0 does not assign, or one whose compatibility
        /// form contains a space, such as a free-standing accent.
        RefusedCharacter =>
            "the keyword contains a control character, a blank or placeholder, a free-standing accent, or a character that Unicode 16.0 does not assign",
    }
}

impl std::error::Error for KeywordError {}
