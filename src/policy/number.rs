//! Integers, dates, sets of them, and the bounds on hexadecimal digits that represent a set.
//!
//! A number has 32 bits and is written in hexadecimal without leading zeros: `m` digits
//! `d_0 .. d_{m-1}`, the most significant first, `m = 0` for 0. It is compared in a tree, at the
//! root by its length and below that digit by digit. At each place on the path to its number, a key
//! has for each bound an attribute that says whether the length or the digit reaches the bound. A
//! set of numbers is the `or` of a few rows of one or two such answers, its *cover*. A number in
//! the set satisfies exactly one of the rows, and any other number none.

use core::fmt;
use core::iter;
use core::str::FromStr;

use jiff::civil;

use crate::error::{Error, PolicyError, PolicyErrorKind};

/// A day of the calendar, in UTC, from 1970-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since 1970-01-01.
    days: u32,
}

impl Date {
    const EPOCH: civil::Date = civil::date(1970, 1, 1);

    /// Returns the day of this year, month (1 to 12) and day of the month.
    ///
    /// # Errors
    /// [`Error::Policy`] if there is no such day, or if it is before 1970 or after 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, Error> {
        Self::of(i16::try_from(year).ok(), i8::try_from(month).ok(), i8::try_from(day).ok())
            .ok_or(PolicyError::new(0, PolicyErrorKind::InvalidDate).into())
    }

    /// Returns the day that is `days` after 1970-01-01, or `None` after 9999-12-31. For a Unix time
    /// in seconds, divide by 86,400.
    #[must_use]
    pub fn from_days(days: u32) -> Option<Self> {
        (days <= Self::last().days).then_some(Self { days })
    }

    /// Returns the days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> u32 {
        self.days
    }

    fn of(year: Option<i16>, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let date = civil::Date::new(year?, month?, day?).ok()?;
        Self::from_civil(date)
    }

    fn from_civil(date: civil::Date) -> Option<Self> {
        let days = date.duration_since(Self::EPOCH).as_hours() / 24;
        u32::try_from(days).ok().map(|days| Self { days })
    }

    /// Returns 9999-12-31.
    fn last() -> Self {
        Self::from_civil(civil::Date::MAX).unwrap_or(Self { days: 0 })
    }

    fn civil(self) -> civil::Date {
        Self::EPOCH.saturating_add(jiff::Span::new().days(i64::from(self.days)))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.civil();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl FromStr for Date {
    type Err = Error;

    /// Parses `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match Number::parse(text) {
            Some(Ok(Number::Date(date))) => Ok(date),
            _ => Err(PolicyError::new(0, PolicyErrorKind::InvalidDate).into()),
        }
    }
}

/// An integer or a date. An integer and a date are never equal, and neither is
/// greater than the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Number {
    /// An unsigned 32-bit integer.
    Integer(u32),
    /// A date.
    Date(Date),
}

impl Number {
    /// Parses a bare word that is a number: digits only, or three groups of digits
    /// joined by `-`. Such a word is never text, even if the number is invalid. Returns
    /// `None` if the word is text.
    pub(crate) fn parse(word: &str) -> Option<Result<Self, PolicyErrorKind>> {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if digits(word) {
            return Some(if word.len() > 1 && word.starts_with('0') {
                Err(PolicyErrorKind::LeadingZero)
            } else {
                word.parse().map(Self::Integer).map_err(|_| PolicyErrorKind::NumberOutOfRange)
            });
        }
        let mut groups = word.split('-');
        let (year, month, day) = (groups.next()?, groups.next()?, groups.next()?);
        if groups.next().is_some() || ![year, month, day].into_iter().all(digits) {
            return None;
        }
        let date = match (year.len(), month.len(), day.len()) {
            (4, 2, 2) => Date::of(year.parse().ok(), month.parse().ok(), day.parse().ok()),
            _ => None,
        };
        Some(date.map(Self::Date).ok_or(PolicyErrorKind::InvalidDate))
    }

    pub(crate) fn kind(self) -> NumberKind {
        match self {
            Self::Integer(_) => NumberKind::Integer,
            Self::Date(_) => NumberKind::Date,
        }
    }

    /// Returns the 32 bits.
    pub(crate) fn bits(self) -> u32 {
        match self {
            Self::Integer(value) => value,
            Self::Date(date) => date.days,
        }
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self::Integer(value)
    }
}

impl From<Date> for Number {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Date(date) => date.fmt(f),
        }
    }
}

/// The kind of a number. Numbers of different kinds do not compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NumberKind {
    Integer,
    Date,
}

impl NumberKind {
    /// Returns the greatest number of the kind.
    pub(crate) fn last(self) -> u32 {
        match self {
            Self::Integer => u32::MAX,
            Self::Date => Date::last().days,
        }
    }
}

/// A set of numbers of one kind, which a condition requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NumberSet {
    kind: NumberKind,
    /// The first and the last number of each range, in ascending order. Ranges do not touch. No
    /// date follows the last one, so a range that contains it extends to the end of the 32 bits,
    /// which takes fewer rows.
    ranges: Vec<(u32, u32)>,
}

/// How much of a range is in a set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    Nothing,
    Part,
    All,
}

impl NumberSet {
    /// Makes a set of the numbers in the ranges. Each range has a first and a last number; the
    /// order of ranges is free. A range that ends before it begins is empty.
    pub(crate) fn new(kind: NumberKind, mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.retain(|(from, to)| from <= to);
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match joined.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = to.max(*end),
                _ => joined.push((from, to)),
            }
        }
        if let Some((_, end)) = joined.last_mut().filter(|(_, end)| *end == kind.last()) {
            *end = u32::MAX;
        }
        Self { kind, ranges: joined }
    }

    pub(crate) fn kind(&self) -> NumberKind {
        self.kind
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Reports whether the set has every number of the kind.
    pub(crate) fn is_full(&self) -> bool {
        self.ranges == [(0, u32::MAX)]
    }

    pub(crate) fn contains(&self, number: Number) -> bool {
        number.kind() == self.kind && self.share((number.bits(), number.bits())) == Share::All
    }

    /// Returns the numbers of the kind that are not in the set.
    pub(crate) fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = Some(0);
        for (from, to) in &self.ranges {
            gaps.extend(next.zip(from.checked_sub(1)));
            next = to.checked_add(1);
        }
        gaps.extend(next.map(|next| (next, u32::MAX)));
        Self { kind: self.kind, ranges: gaps }
    }

    /// Returns the numbers that are in both sets, which must be of one kind.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut ours, mut theirs) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        while let (Some((from, to)), Some((other_from, other_to))) = (ours.peek(), theirs.peek()) {
            let both = (*from.max(other_from), *to.min(other_to));
            ranges.extend((both.0 <= both.1).then_some(both));
            if to < other_to {
                ours.next()
            } else {
                theirs.next()
            };
        }
        Self { kind: self.kind, ranges }
    }

    fn share(&self, (from, to): (u32, u32)) -> Share {
        let at = self.ranges.partition_point(|(_, end)| *end < from);
        match self.ranges.get(at) {
            Some((start, end)) if *start <= from && to <= *end => Share::All,
            Some((start, _)) if *start <= to => Share::Part,
            _ => Share::Nothing,
        }
    }

    /// Returns rows such that each number in the set satisfies exactly one, and any other
    /// number none. A row has one or two bounds. No bound occurs in two rows. If there are
    /// more than `most` rows, returns enough of them to exceed `most`. The set must be
    /// neither empty nor full.
    pub(crate) fn cover(&self, most: usize) -> Vec<Vec<Bound>> {
        let mut rows = Vec::new();
        self.cover_below(Place::Length, most, &mut rows);
        rows
    }

    fn cover_below(&self, place: Place, most: usize, rows: &mut Vec<Vec<Bound>>) {
        let answers = place.least()..=place.greatest();
        let shares: Vec<_> = answers.map(|c| (c, self.share(place.numbers(c)))).collect();
        // Makes a row for each maximal run of answers with all their numbers in the set.
        for run in shares.chunk_by(|(_, one), (_, next)| one == next) {
            if let ([(from, Share::All), ..], [.., (to, _)]) = (run, run) {
                let reached = (*from > place.least()).then_some(Bound { place, c: *from, reached: true });
                let missed = (*to < place.greatest()).then_some(Bound { place, c: to + 1, reached: false });
                rows.push(reached.into_iter().chain(missed).collect());
            }
        }
        // Descends below each answer with some of its numbers in the set.
        for (c, share) in shares {
            if share == Share::Part
                && rows.len() <= most
                && let Some(below) = place.below(c)
            {
                self.cover_below(below, most, rows);
            }
        }
    }
}

/// A place in the tree of digits, at which numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Compares the length, 0 to 8 digits.
    Length,
    /// Compares the digit `d_j` of numbers with `m` digits that begin with the
    /// `j` digits of `prefix`.
    Digit { m: u8, j: u8, prefix: u32 },
}

impl Place {
    /// Returns the least answer. Only 0 has no digits, and no other number begins with a zero.
    fn least(self) -> u8 {
        u8::from(matches!(self, Self::Digit { j: 0, .. }))
    }

    fn greatest(self) -> u8 {
        match self {
            Self::Length => 8,
            Self::Digit { .. } => 15,
        }
    }

    /// Returns the place below the answer `c`, or `None` below the last digit.
    fn below(self, c: u8) -> Option<Self> {
        match self {
            Self::Length => (c > 0).then_some(Self::Digit { m: c, j: 0, prefix: 0 }),
            Self::Digit { m, j, prefix } => {
                (j + 1 < m).then_some(Self::Digit { m, j: j + 1, prefix: prefix << 4 | u32::from(c) })
            }
        }
    }

    /// Returns the first and the last number with the answer `c`.
    fn numbers(self, c: u8) -> (u32, u32) {
        let last_of = |digits: u8| u32::MAX.checked_shr(32 - 4 * u32::from(digits)).unwrap_or(0);
        match self {
            Self::Length => (c.checked_sub(1).map_or(0, |shorter| last_of(shorter) + 1), last_of(c)),
            Self::Digit { m, j, prefix } => {
                let free = m - 1 - j;
                let first = (prefix << 4 | u32::from(c)) << (4 * free);
                (first, first | last_of(free))
            }
        }
    }

    /// Returns the answer of a number whose path contains this place.
    fn answer(self, number: u32) -> u8 {
        // Both fit: at most 8, and at most 15.
        match self {
            Self::Length => (32 - number.leading_zeros()).div_ceil(4) as u8,
            Self::Digit { m, j, .. } => (number >> (4 * (m - 1 - j)) & 15) as u8,
        }
    }

    /// Returns the places on the path of a number.
    fn of(number: u32) -> impl Iterator<Item = Self> {
        iter::successors(Some(Self::Length), move |place| place.below(place.answer(number)))
    }
}

/// Whether the answer at a place reaches `c` or misses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) place: Place,
    pub(crate) c: u8,
    pub(crate) reached: bool,
}

impl Bound {
    /// Returns all bounds that hold for a number: eight on its length, 14 on its first digit and 15
    /// on each further digit.
    pub(crate) fn all(number: u32) -> impl Iterator<Item = Self> {
        Place::of(number).flat_map(move |place| {
            let answer = place.answer(number);
            (place.least() + 1..=place.greatest()).map(move |c| Self { place, c, reached: answer >= c })
        })
    }

    /// Returns the number of bounds that hold for a number.
    pub(crate) fn count(number: u32) -> usize {
        Place::of(number).map(|place| usize::from(place.greatest() - place.least())).sum()
    }
}
