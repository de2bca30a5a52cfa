//! Where an attribute or a policy does not parse, and what was expected there.

use core::fmt;

use crate::limits::Limit;

/// Why an attribute, a set of attributes or a policy is refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyError {
    offset: usize,
    kind: PolicyErrorKind,
}

impl PolicyError {
    pub(crate) fn new(offset: usize, kind: PolicyErrorKind) -> Self {
        Self { offset, kind }
    }

    /// Bytes before the place of the fault, in the text that was parsed. A policy that is built
    /// from values is parsed as the text that it has; a label or text that is given alone counts
    /// from its own beginning.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What was expected.
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
    // --- the shape of the text ---
    /// A condition, or a group of them, must stand here.
    ExpectedCondition,
    /// A label must stand here.
    ExpectedLabel,
    /// Only `and`, `or` or the end may follow.
    ExpectedOperatorOrEnd,
    /// A parenthesis is open; only `and`, `or` or `)` may follow.
    ExpectedOperatorOrParenthesis,
    /// The list of a threshold is open; only `and`, `or`, `,` or `)` may follow.
    ExpectedOperatorOrComma,
    /// A number begins a threshold, so that `of` must follow.
    ExpectedOf,
    /// `of` is followed by its list in parentheses.
    ExpectedParenthesisAfterOf,
    /// A comparison needs a value.
    ExpectedValue,
    /// `in` is followed by a set or a range.
    ExpectedSetOrRange,
    /// In a set, `,` or `}` must follow.
    ExpectedCommaOrBrace,
    /// The first number of a range is followed by `..`.
    ExpectedRange,
    /// Only numbers and dates are ordered.
    ExpectedNumber,
    /// In a list of attributes, only `,` or the end may follow.
    ExpectedCommaOrEnd,

    // --- words and values ---
    /// A label begins with an ASCII letter or `_` and goes on with ASCII letters, digits, `_`,
    /// `.` and `-`; never `..`.
    InvalidLabel,
    /// `and`, `or`, `not`, `of` and `in` are no labels, and as values they are quoted.
    ReservedWord,
    /// Text with other characters than those of a bare word stands in double quotes.
    UnquotedText,
    /// Text in quotes does not end.
    UnterminatedText,
    /// In quotes, a backslash is followed by `"` or by another backslash.
    InvalidEscape,
    /// A character that nobody sees: a control, a zero-width or a direction-changing character, or
    /// a blank that looks like a space; or one that Unicode 16.0 does not assign.
    HiddenCharacter,
    /// A whole number must lie below 2^32. Text of digits stands in double quotes.
    NumberOutOfRange,
    /// A whole number has no leading zeros. Text of digits stands in double quotes.
    LeadingZero,
    /// The day does not exist, or is not written `YYYY-MM-DD`, or lies before 1970-01-01.
    InvalidDate,

    // --- the sense of it ---
    /// The threshold is zero, or more than its list has members.
    InvalidThreshold,
    /// A set or a list has no members.
    EmptySet,
    /// No number compares so, or lies in the range.
    EmptyRange,
    /// Every number compares so, or lies in the range.
    FullRange,
    /// No number meets the comparison together with those before it that stand on the same
    /// label in the same `and`.
    EmptyIntersection,
    /// In one `and`, the comparison asks for a date of the label and one before it for an integer,
    /// or the other way round; a key has one number of a label.
    MixedIntersection,
    /// One end of a range is a number and the other is a date.
    MixedRange,
    /// `not` stands on a set of values of several kinds, which no key meets: it would have to have
    /// another text *and* another number under the label.
    MixedNegation,
    /// `not` stands on a label without a value, of which nothing could tell that
    /// a key does not have it.
    NegatedLabel,
    /// A set of attributes holds two numbers of one label.
    SeveralNumbers,
    /// Something is larger or more numerous than allowed.
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
            Self::ExpectedNumber => "expected a number or a date, for only these are ordered",
            Self::ExpectedCommaOrEnd => "expected `,` or the end",
            Self::InvalidLabel => {
                "expected a label: a letter A to Z or `_`, then letters A to Z, digits, `_`, `.` or `-`, without `..`"
            }
            Self::ReservedWord => "expected another word: `and`, `or`, `not`, `of` and `in` are reserved",
            Self::UnquotedText => "expected double quotes around text with such a character",
            Self::UnterminatedText => "expected a closing `\"` for the text that begins here",
            Self::InvalidEscape => "expected `\"` or `\\` after the backslash",
            Self::HiddenCharacter => "expected characters that can be seen and that Unicode 16.0 assigns",
            Self::NumberOutOfRange => "expected a whole number from 0 to 4294967295, or double quotes around text",
            Self::LeadingZero => "expected a number without leading zeros, or double quotes around text",
            Self::InvalidDate => {
                "expected a real date written YYYY-MM-DD, 1970-01-01 or later, or double quotes around text"
            }
            Self::InvalidThreshold => "expected a threshold from 1 to the number of alternatives",
            Self::EmptySet => "expected at least one member",
            Self::EmptyRange => "expected a comparison that some number meets",
            Self::FullRange => "expected a comparison that not every number meets",
            Self::EmptyIntersection => {
                "expected a comparison that some number meets together with those before it on the same label"
            }
            Self::MixedIntersection => {
                "expected a comparison of the same kind as those before it, integers or dates, for a key has one number of a label"
            }
            Self::MixedRange => "expected two numbers or two dates",
            Self::MixedNegation => {
                "expected only texts, only integers or only dates in a set under `not`, for no key meets a mixture"
            }
            Self::NegatedLabel => "expected a value after the label, for `not` needs one",
            Self::SeveralNumbers => "expected no second number for the label",
            Self::LimitExceeded(limit) => return write!(f, "expected {limit}"),
        })
    }
}
