//! Hints: a few bits of a keyword that let a node skip most indexes without a pairing.

use super::keyword::{Keyword, KeywordKey, length_prefixed};
use crate::codec::{Reader, Writer};
use crate::domain::MAC_HINT;
use crate::error::Error;
use crate::hash::hmac;

/// The hints of indexes and trapdoors: their number of bits, and their period. Off by default.
///
/// A hint is the first `bits` bits of `HMAC(kappa, "hint" || period || len || keyword)`. An index
/// carries the hint of its keyword in one period. A trapdoor carries the hints of its keyword in
/// the periods that it asks about. A node tests only the indexes whose hint agrees, which takes
/// `2^bits` times fewer pairings.
///
/// # What do hints leak?
/// - **To anyone who reads indexes:** the class of each keyword, out of `2^bits`, within a period.
///   Equal keywords have equal classes, so indexes of different classes have different keywords. A
///   class that is larger than chance suggests a frequent diagnosis.
/// - **To anyone who reads trapdoors:** the classes of their keywords, and which classes of
///   different periods belong together. A new period breaks the link between indexes.
/// - **To every member, and to a node that colludes with one:** a guess can be tested against every
///   index, whatever its policy. The test excludes all indexes except one in `2^bits`.
///
/// Choose few bits, and periods as short as your searches allow. Do not use hints if members must
/// not learn the keywords of records that they may not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hints {
    bits: u8,
    period: u32,
}

/// The hint of one keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) hints: Hints,
    /// Below `2^bits`.
    pub(super) value: u16,
}

impl Hints {
    /// The maximum number of bits.
    pub const MOST_BITS: u8 = 16;

    /// Makes hints of `bits` bits in a period. The deployment defines the meaning of a period's
    /// number, for example a month.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for more than [`Hints::MOST_BITS`] bits.
    pub fn new(bits: u8, period: u32) -> Result<Self, Error> {
        if bits <= Self::MOST_BITS { Ok(Self { bits, period }) } else { Err(Error::OutOfRange) }
    }

    /// Returns the number of bits that an index reveals about its keyword.
    #[must_use]
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// Returns the period.
    #[must_use]
    pub fn period(&self) -> u32 {
        self.period
    }

    pub(super) fn hint(self, bytes: [u8; 2]) -> Hint {
        let value = u32::from(u16::from_be_bytes(bytes)) >> (Self::MOST_BITS - self.bits);
        Hint { hints: self, value: value as u16 }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.u8(self.bits);
        w.u32(self.period);
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(r.u8()?, r.u32()?).map_err(|_| Error::InvalidField)
    }
}

impl Hint {
    /// Reports whether the periods are equal and the bits that both have agree.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let first = |hint: &Self, bits: u8| u32::from(hint.value) >> (hint.hints.bits - bits);
        let bits = self.hints.bits.min(other.hints.bits);
        self.hints.period == other.hints.period && first(self, bits) == first(other, bits)
    }

    /// Writes the value alone: two bytes.
    pub(super) fn write_value(&self, w: &mut Writer) {
        w.raw(&self.value.to_be_bytes());
    }

    pub(super) fn read_value(r: &mut Reader<'_>, hints: Hints) -> Result<Self, Error> {
        let value = u16::from_be_bytes(r.array()?);
        if u32::from(value) >> hints.bits == 0 { Ok(Self { hints, value }) } else { Err(Error::InvalidField) }
    }
}

impl KeywordKey {
    pub(super) fn hint(&self, hints: Hints, keyword: &Keyword) -> Hint {
        // The first bits of HMAC(kappa, "hint" || period || len || keyword)
        let (length, bytes) = length_prefixed(keyword);
        let period = hints.period.to_be_bytes();
        let [first, second, ..] = hmac(&self.0, &[MAC_HINT.0.as_bytes(), &period, &length, bytes]);
        hints.hint([first, second])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::curve::samples::rng;

    fn key() -> KeywordKey {
        KeywordKey::generate(&mut rng(1)).unwrap()
    }

    fn hint(bits: u8, period: u32, word: &str) -> Hint {
        key().hint(Hints::new(bits, period).unwrap(), &Keyword::new(word).unwrap())
    }

    #[test]
    fn hints_depend_on_keyword_and_period() {
        let words: Vec<String> = (0..64).map(|i| format!("word {i}")).collect();
        let values = |period: u32| words.iter().map(|w| hint(16, period, w).value).collect::<Vec<_>>();
        assert!(values(1).into_iter().collect::<HashSet<_>>().len() > 60);
        assert_ne!(values(1), values(2));
        for bits in 0..=16 {
            for word in &words {
                let (short, long) = (hint(bits, 1, word), hint(16, 1, word));
                assert_eq!(u32::from(short.value), u32::from(long.value) >> (16 - bits));
                assert!(short.agrees(&long) && long.agrees(&short));
                assert!(!short.agrees(&hint(bits, 2, word)));
            }
        }
        let classes = |bits| words.iter().filter(|w| hint(bits, 1, w).agrees(&hint(16, 1, "word 0"))).count();
        assert_eq!((classes(0), classes(16)), (64, 1));
        assert!(classes(3) < 32);
    }

    #[test]
    fn there_are_at_most_16_bits() {
        assert_eq!(Hints::new(17, 0), Err(Error::OutOfRange));
        assert_eq!(Hints::new(16, 7).map(|h| (h.bits(), h.period())), Ok((16, 7)));
    }
}
