//! Where an attribute or a policy does not parse, and what was expected there.

use core::fmt;

use crate::limits::Limit;

/// Why and where an attribute, a set of attributes or a policy does not parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyError {
    offset: usize,
    kind: PolicyErrorKind,
}

impl PolicyError {
    pub(crate) fn new(offset: usize, kind: PolicyErrorKind) -> Self {
        Self { offset, kind }
    }

    /// Returns the byte offset of the error in the parsed text. For a policy built from
    /// values, the offset refers to the policy's text. For a separate label or text value, it
    /// refers to that value.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns what was expected.
    #[must_use]
    pub fn kind(&self) -> PolicyErrorKind {
        self.kind
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.kind)
    }
}

impl std::error::Error for PolicyError {}

texts! {
    /// What was expected where an attribute or a policy does not parse.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum PolicyErrorKind {
        // --- syntax ---
        /// A condition or a group is expected.
        ExpectedCondition => "expected a condition such as `role=doctor`, `not`, `(` or `2 of (`",
        /// A label is expected.
        ExpectedLabel => "expected a label",
        /// `and`, `or` or the end is expected.
        ExpectedOperatorOrEnd => "expected `and`, `or` or the end",
        /// A parenthesis is open: `and`, `or` or `)` is expected.
        ExpectedOperatorOrParenthesis => "expected `and`, `or` or `)`",
        /// The list of a threshold is open: `and`, `or`, `,` or `)` is expected.
        ExpectedOperatorOrComma => "expected `and`, `or`, `,` or `)`",
        /// A number starts a threshold: `of` is expected.
        ExpectedOf => "expected `of` after the number",
        /// A list in parentheses is expected after `of`.
        ExpectedParenthesisAfterOf => "expected `(` after `of`",
        /// A comparison needs a value.
        ExpectedValue => "expected a value: a word, a number, a date or text in double quotes",
        /// A set or a range is expected after `in`.
        ExpectedSetOrRange => "expected `{` or a number after `in`",
        /// `,` or `}` is expected in a set.
        ExpectedCommaOrBrace => "expected `,` or `}`",
        /// `..` is expected after the first number of a range.
        ExpectedRange => "expected `..` after the first number of a range",
        /// Only numbers and dates are ordered.
        ExpectedNumber => "expected a number or a date: only these are ordered",
        /// `,` or the end is expected in a list of attributes.
        ExpectedCommaOrEnd => "expected `,` or the end",

        // --- words and values ---
        /// A label starts with an ASCII letter or `_`, and continues with ASCII letters, digits,
        /// `_`, `.` and `-`. It does not contain `..`.
        InvalidLabel =>
            "expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`",
        /// `and`, `or`, `not`, `of` and `in` cannot be labels, and must be quoted as values.
        ReservedWord => "expected another word: `and`, `or`, `not`, `of` and `in` are reserved",
        /// Text with characters that a bare word cannot have needs double quotes.
        UnquotedText => "expected double quotes around text that contains this character",
        /// The closing quote is missing.
        UnterminatedText => "expected a closing `\"` for the text that begins here",
        /// In quotes, `"` or another backslash must follow a backslash.
        InvalidEscape => "expected `\"` or `\\` after the backslash",
        /// The character is not visible (a control, zero-width or direction-changing character, or
        /// a blank that looks like a space), or Unicode 16.0 does not assign it.
        HiddenCharacter => "expected visible characters that Unicode 16.0 assigns",
        /// A whole number must be below 2^32. Text that consists of digits needs double quotes.
        NumberOutOfRange => "expected a whole number from 0 to 4294967295, or text in double quotes",
        /// A whole number must not have leading zeros. Text that consists of digits
        /// needs double quotes.
        LeadingZero => "expected a number without leading zeros, or text in double quotes",
        /// The date does not exist, is not in the form `YYYY-MM-DD`, or is before 1970-01-01.
        InvalidDate =>
            "expected an existing date as YYYY-MM-DD, 1970-01-01 or later, or text in double quotes",

        // --- meaning ---
        /// The threshold is zero, or greater than the number of members in its list.
        InvalidThreshold => "expected a threshold from 1 to the number of alternatives",
        /// A set or a list has no members.
        EmptySet => "expected at least one member",
        /// No number satisfies the comparison or is in the range.
        EmptyRange => "expected a comparison that some number satisfies",
        /// Every number satisfies the comparison or is in the range.
        FullRange => "expected a comparison that not every number satisfies",
        /// No number satisfies the comparison together with the earlier ones on the same
        /// label in the same `and`.
        EmptyIntersection =>
            "expected a comparison that some number satisfies together with the earlier ones on the same label",
        /// The comparison and an earlier one on the same label in the same `and` require different
        /// kinds: an integer and a date. A key has one number for a label.
        MixedIntersection =>
            "expected a comparison of the same kind as the earlier ones, integers or dates: a key has one number for a label",
        /// One end of a range is a number and the other is a date.
        MixedRange => "expected two numbers or two dates",
        /// `not` applies to a set of values of several kinds. No key satisfies it: it would need a
        /// different text *and* a different number for the label.
        MixedNegation =>
            "expected only texts, only integers or only dates in a set under `not`: no key satisfies a mixture",
        /// `not` applies to a label without a value. A key cannot prove that it does not have the
        /// label.
        NegatedLabel => "expected a value after the label: `not` needs one",
        /// A set of attributes has two numbers for one label.
        SeveralNumbers => "expected only one number for the label",
        /// A size or a count exceeds a limit.
        LimitExceeded(limit: Limit) => "expected {limit}",
    }
}
