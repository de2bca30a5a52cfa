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

/// What was expected where an attribute or a policy does not parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    // --- syntax ---
    /// A condition or a group is expected.
    ExpectedCondition,
    /// A label is expected.
    ExpectedLabel,
    /// `and`, `or` or the end is expected.
    ExpectedOperatorOrEnd,
    /// A parenthesis is open: `and`, `or` or `)` is expected.
    ExpectedOperatorOrParenthesis,
    /// The list of a threshold is open: `and`, `or`, `,` or `)` is expected.
    ExpectedOperatorOrComma,
    /// A number starts a threshold: `of` is expected.
    ExpectedOf,
    /// A list in parentheses is expected after `of`.
    ExpectedParenthesisAfterOf,
    /// A comparison needs a value.
    ExpectedValue,
    /// A set or a range is expected after `in`.
    ExpectedSetOrRange,
    /// `,` or `}` is expected in a set.
    ExpectedCommaOrBrace,
    /// `..` is expected after the first number of a range.
    ExpectedRange,
    /// Only numbers and dates are ordered.
    ExpectedNumber,
    /// `,` or the end is expected in a list of attributes.
    ExpectedCommaOrEnd,

    // --- words and values ---
    /// A label starts with an ASCII letter or `_`, and continues with ASCII letters, digits, `_`,
    /// `.` and `-`. It does not contain `..`.
    InvalidLabel,
    /// `and`, `or`, `not`, `of` and `in` cannot be labels, and must be quoted as values.
    ReservedWord,
    /// Text with characters that a bare word cannot have needs double quotes.
    UnquotedText,
    /// The closing quote is missing.
    UnterminatedText,
    /// In quotes, `"` or another backslash must follow a backslash.
    InvalidEscape,
    /// The character is not visible (a control, zero-width or direction-changing character, or a
    /// blank that looks like a space), or Unicode 16.0 does not assign it.
    HiddenCharacter,
    /// A whole number must be below 2^32. Text that consists of digits needs double quotes.
    NumberOutOfRange,
    /// A whole number must not have leading zeros. Text that consists of digits
    /// needs double quotes.
    LeadingZero,
    /// The date does not exist, is not in the form `YYYY-MM-DD`, or is before 1970-01-01.
    InvalidDate,

    // --- meaning ---
    /// The threshold is zero, or greater than the number of members in its list.
    InvalidThreshold,
    /// A set or a list has no members.
    EmptySet,
    /// No number satisfies the comparison or is in the range.
    EmptyRange,
    /// Every number satisfies the comparison or is in the range.
    FullRange,
    /// No number satisfies the comparison together with the earlier ones on the same
    /// label in the same `and`.
    EmptyIntersection,
    /// The comparison and an earlier one on the same label in the same `and` require different
    /// kinds: an integer and a date. A key has one number for a label.
    MixedIntersection,
    /// One end of a range is a number and the other is a date.
    MixedRange,
    /// `not` applies to a set of values of several kinds. No key satisfies it: it would need a
    /// different text *and* a different number for the label.
    MixedNegation,
    /// `not` applies to a label without a value. A key cannot prove that it does not have the
    /// label.
    NegatedLabel,
    /// A set of attributes has two numbers for one label.
    SeveralNumbers,
    /// A size or a count exceeds a limit.
    LimitExceeded(Limit),
}

impl fmt::Display for PolicyErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExpectedCondition => "expected a condition such as `role=doctor`, `not`, `(` or `2 of (`",
            Self::ExpectedLabel => "expected a label",
            Self::ExpectedOperatorOrEnd => "expected `and`, `or` or the end",
            Self::ExpectedOperatorOrParenthesis => "expected `and`, `or` or `)`",
            Self::ExpectedOperatorOrComma => "expected `and`, `or`, `,` or `)`",
            Self::ExpectedOf => "expected `of` after the number",
            Self::ExpectedParenthesisAfterOf => "expected `(` after `of`",
            Self::ExpectedValue => "expected a value: a word, a number, a date or text in double quotes",
            Self::ExpectedSetOrRange => "expected `{` or a number after `in`",
            Self::ExpectedCommaOrBrace => "expected `,` or `}`",
            Self::ExpectedRange => "expected `..` after the first number of a range",
            Self::ExpectedNumber => "expected a number or a date: only these are ordered",
            Self::ExpectedCommaOrEnd => "expected `,` or the end",
            Self::InvalidLabel => {
                "expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`"
            }
            Self::ReservedWord => "expected another word: `and`, `or`, `not`, `of` and `in` are reserved",
            Self::UnquotedText => "expected double quotes around text that contains this character",
            Self::UnterminatedText => "expected a closing `\"` for the text that begins here",
            Self::InvalidEscape => "expected `\"` or `\\` after the backslash",
            Self::HiddenCharacter => "expected visible characters that Unicode 16.0 assigns",
            Self::NumberOutOfRange => "expected a whole number from 0 to 4294967295, or text in double quotes",
            Self::LeadingZero => "expected a number without leading zeros, or text in double quotes",
            Self::InvalidDate => {
                "expected an existing date as YYYY-MM-DD, 1970-01-01 or later, or text in double quotes"
            }
            Self::InvalidThreshold => "expected a threshold from 1 to the number of alternatives",
            Self::EmptySet => "expected at least one member",
            Self::EmptyRange => "expected a comparison that some number satisfies",
            Self::FullRange => "expected a comparison that not every number satisfies",
            Self::EmptyIntersection => {
                "expected a comparison that some number satisfies together with the earlier ones on the same label"
            }
            Self::MixedIntersection => {
                "expected a comparison of the same kind as the earlier ones, integers or dates: a key has one number for a label"
            }
            Self::MixedRange => "expected two numbers or two dates",
            Self::MixedNegation => {
                "expected only texts, only integers or only dates in a set under `not`: no key satisfies a mixture"
            }
            Self::NegatedLabel => "expected a value after the label: `not` needs one",
            Self::SeveralNumbers => "expected only one number for the label",
            Self::LimitExceeded(limit) => return write!(f, "expected {limit}"),
        })
    }
}
