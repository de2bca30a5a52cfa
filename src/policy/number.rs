//! Numbers: integers, dates, and the prefixes that stand for ranges of them.
//!
//! A number is 32 bits. A key that has `v` has its 33 prefixes of 0 to 32 leading bits; a range is the `or` of the
//! few prefixes that cover it exactly, of which every `v` in the range has exactly one and any other `v` none.

use core::fmt;
use core::ops::RangeInclusive;
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

    /// The day of this year, month (1 to 12) and day of the month.
    ///
    /// # Errors
    /// [`Error::Policy`] if there is no such day, or if it lies before 1970.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, Error> {
        Self::of(i16::try_from(year).ok(), i8::try_from(month).ok(), i8::try_from(day).ok())
            .ok_or(PolicyError::new(0, PolicyErrorKind::InvalidDate).into())
    }

    /// The day that comes `days` after 1970-01-01, which are the seconds since then divided by 86,400; none after
    /// 9999-12-31.
    #[must_use]
    pub fn from_days(days: u32) -> Option<Self> {
        (days <= Self::last().days).then_some(Self { days })
    }

    /// Days since 1970-01-01.
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

    /// 9999-12-31.
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

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match Number::parse(text) {
            Some(Ok(Number::Date(date))) => Ok(date),
            _ => Err(PolicyError::new(0, PolicyErrorKind::InvalidDate).into()),
        }
    }
}

/// An integer or a date. The two never compare equal, nor is one greater than the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Number {
    /// An unsigned 32-bit integer.
    Integer(u32),
    /// A date.
    Date(Date),
}

impl Number {
    /// Reads a bare word that is a number: digits only, or three groups of digits joined by `-`. Such a word is
    /// never text, whether it is a good number or not. `None`: the word is text.
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

    /// The 32 bits.
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

/// Which kind of number. A comparison compares one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NumberKind {
    Integer,
    Date,
}

impl NumberKind {
    /// The greatest number of the kind.
    pub(crate) fn last(self) -> u32 {
        match self {
            Self::Integer => u32::MAX,
            Self::Date => Date::last().days,
        }
    }

    /// What of the kind lies outside the ranges, which ascend, and overlap only where they are equal.
    pub(crate) fn outside(self, ranges: &[RangeInclusive<u32>]) -> Vec<RangeInclusive<u32>> {
        let mut gaps = Vec::with_capacity(ranges.len() + 1);
        let mut next = Some(0);
        for range in ranges {
            if let (Some(from), Some(to)) = (next, range.start().checked_sub(1))
                && from <= to
            {
                gaps.push(from..=to);
            }
            next = range.end().checked_add(1);
        }
        if let Some(from) = next.filter(|from| *from <= self.last()) {
            gaps.push(from..=self.last());
        }
        gaps
    }

    /// The fewest prefixes that together hold the numbers of the range and no other number of the kind, in
    /// ascending order.
    pub(crate) fn cover(self, range: &RangeInclusive<u32>) -> Vec<Prefix> {
        // Nothing of the kind lies beyond its last number, so that the block that holds it may end anywhere above.
        let is_open = *range.end() == self.last();
        let (mut from, end) = (u64::from(*range.start()), u64::from(*range.end()) + 1);
        let mut cover = Vec::new();
        while from < end {
            // The largest aligned block that begins here and does not reach over the end of a range that has one.
            let aligned = from.trailing_zeros();
            let fitting = if is_open { 32 } else { (end - from).ilog2() };
            let free = aligned.min(fitting);
            // Both fit: `from` lies below 2^32, and `free` is at most 32.
            cover.push(Prefix { length: (32 - free) as u8, bits: from as u32 });
            from += 1 << free;
        }
        cover
    }
}

/// The leading `length` bits of a number; the other bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub(crate) length: u8,
    pub(crate) bits: u32,
}

impl Prefix {
    pub(crate) fn whole(bits: u32) -> Self {
        Self { length: 32, bits }
    }

    /// The 33 prefixes of a number, from none of its bits to all.
    pub(crate) fn all(bits: u32) -> impl Iterator<Item = Self> {
        (0..=32u8).map(move |length| {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            Self { length, bits: bits & mask }
        })
    }
}
