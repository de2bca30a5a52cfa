//! Keywords in one canonical spelling, and the key that turns them into slot values.

use core::fmt;
use core::str::FromStr;

use zeroize::Zeroizing;

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve;
use crate::curve::SecretScalar;
use crate::domain::{MAC_KEYWORD, SEARCH_KEYWORD, SEARCH_KEYWORD_KEY};
use crate::error::{Error, KeywordError};
use crate::hash::{hash_to_scalar, hmac};
use crate::limits;
use crate::secret::{Secret, SecretKey};
use crate::text::{folded, is_foldable, is_white_space};
use crate::transcript::Transcript;
use rand_core::{CryptoRng, RngCore};

/// A keyword in canonical form, 1 to 256 bytes, optionally with a field.
///
/// # Which spellings are equal?
/// The canonical form is Unicode's NFKC_Casefold in version 16.0 (after NFD), trimmed, with each
/// run of inner white space folded to one space. Case, composition, width and ligatures therefore
/// do not matter, `ß` equals `ss`, and invisible characters (a byte order mark, a soft hyphen, a
/// direction mark) are dropped. Writers and searchers use this same form. Nothing else is unified:
/// there is no stemming, no synonyms, no removal of accents, and `'` and `’` differ.
///
/// The first colon, if any, separates the field from the word: `diagnosis:e11.9` is the word
/// `e11.9` in the field `diagnosis`. It differs from the bare word `e11.9` and from `drug:e11.9`.
/// White space around that colon does not matter. Further colons belong to the word.
///
/// # Which characters are refused?
/// Characters that Unicode 16.0 does not assign, control characters, characters without a shape,
/// and characters that stand for text with a space in it (`´`, `¨`, `ﷺ`).
///
/// ```
/// use medseal::search::Keyword;
///
/// # fn main() -> Result<(), medseal::Error> {
/// assert_eq!(Keyword::new("  Type 2\tDIABETES ")?, Keyword::new("type 2 diabetes")?);
/// assert_eq!(Keyword::new("Großhirn")?, Keyword::new("GROSSHIRN")?);
/// assert_eq!(Keyword::with_field("Diagnosis", "E11.9")?, Keyword::new("diagnosis: e11.9")?);
/// assert_ne!(Keyword::with_field("diagnosis", "E11.9")?, Keyword::new("e11.9")?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Keyword(Zeroizing<String>);

impl Keyword {
    /// Returns the canonical form of `text`. Text before the first colon is the field.
    ///
    /// # Errors
    /// [`Error::InvalidKeyword`] if the keyword is empty, if the field or the word beside a first
    /// colon is empty, if the whole is longer than [`KEYWORD_BYTES`](limits::KEYWORD_BYTES) bytes,
    /// or if it contains a refused character.
    pub fn new(text: &str) -> Result<Self, Error> {
        Ok(Self::of(text.chars())?)
    }

    /// Returns the keyword `field:word`.
    ///
    /// # Errors
    /// As [`Keyword::new`], and [`Error::InvalidKeyword`] if the field contains a colon.
    pub fn with_field(field: &str, word: &str) -> Result<Self, Error> {
        if folded(field.chars()).any(|c| c == FIELD_END) {
            return Err(KeywordError::ColonInField.into());
        }
        Ok(Self::of(field.chars().chain([FIELD_END]).chain(word.chars()))?)
    }

    fn of(text: impl Iterator<Item = char> + Clone) -> Result<Self, KeywordError> {
        if !text.clone().all(is_foldable) {
            return Err(KeywordError::RefusedCharacter);
        }
        // Reserve room for all of it: a string that grows leaves copies behind.
        let mut keyword = Zeroizing::new(String::with_capacity(limits::KEYWORD_BYTES));
        // The position of the word after its field, and whether white space
        // precedes the next character.
        let (mut word, mut spaced) = (None, false);
        for c in folded(text) {
            if is_white_space(c) {
                spaced = true;
                continue;
            }
            let ends_field = c == FIELD_END && word.is_none();
            let inside = !keyword.is_empty() && word != Some(keyword.len()) && !ends_field;
            let space = if spaced && inside { " " } else { "" };
            spaced = false;
            if ends_field && keyword.is_empty() {
                return Err(KeywordError::EmptyField);
            }
            if keyword.len() + space.len() + c.len_utf8() > limits::KEYWORD_BYTES {
                return Err(KeywordError::TooLong);
            }
            keyword.push_str(space);
            keyword.push(c);
            if ends_field {
                word = Some(keyword.len());
            }
        }
        if keyword.is_empty() {
            return Err(KeywordError::Empty);
        }
        if word == Some(keyword.len()) {
            return Err(KeywordError::EmptyWord);
        }
        Ok(Self(keyword))
    }

    /// Returns the canonical text, including the field.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the field, if there is one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.split_once(FIELD_END).map(|(field, _)| field)
    }

    /// Returns the word without its field.
    #[must_use]
    pub fn word(&self) -> &str {
        self.0.split_once(FIELD_END).map_or(self.as_str(), |(_, word)| word)
    }
}

const FIELD_END: char = ':';

impl FromStr for Keyword {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Redacted: a keyword reveals something about a patient and must not reach a log by accident.
impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyword(<redacted>)")
    }
}

/// `kappa`: 32 random bytes that every member of a consortium (owners and
/// users) holds, and no node.
///
/// Medical keywords can be guessed: all codes of ICD-10 fit in a file. The data that a node sees
/// depends on a keyword only through this key, so a node cannot test guesses.
///
/// Byte form: header, `kappa` (32 bytes); 36 bytes in all.
#[derive(Debug)]
pub struct KeywordKey(pub(super) SecretKey);

impl KeywordKey {
    /// Generates a keyword key, once for a consortium.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        curve::random_bytes(rng).map(Self)
    }

    /// Returns the public commitment to this key.
    #[must_use]
    pub fn commitment(&self) -> KeywordCommitment {
        // com = SHA-256(SEARCH-KAPPA, kappa)
        KeywordCommitment(Transcript::new().bytes("kappa", self.0.as_slice()).digest(SEARCH_KEYWORD_KEY))
    }

    /// Computes the slot value `x_w` of a keyword.
    pub(super) fn slot_value(&self, keyword: &Keyword) -> SecretScalar {
        // x_w = hash_to_scalar(SEARCH-KW, HMAC(kappa, "keyword" || len || keyword))
        let (length, bytes) = length_prefixed(keyword);
        let mac = Secret::new(hmac(&self.0, &[MAC_KEYWORD.0.as_bytes(), &length, bytes]));
        Secret::new(hash_to_scalar(SEARCH_KEYWORD, mac.as_slice()))
    }

    /// Copies the key, for the search keys that carry it.
    pub(super) fn duplicate(&self) -> Self {
        Self(Secret::new(*self.0))
    }
}

/// A 32-byte commitment to a [`KeywordKey`]. It shows whether two parties hold the same key, and
/// reveals nothing about the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeywordCommitment([u8; 32]);

impl KeywordCommitment {
    pub(crate) fn write(&self, w: &mut Writer) {
        w.raw(&self.0);
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array().map(Self)
    }
}

/// Returns the length as four bytes, big-endian, and the text. [`limits::KEYWORD_BYTES`] keeps
/// the length below 2^32.
pub(super) fn length_prefixed(keyword: &Keyword) -> ([u8; 4], &[u8]) {
    ((keyword.0.len() as u32).to_be_bytes(), keyword.0.as_bytes())
}

impl Object for KeywordKey {
    const KIND: Kind = Kind::KeywordKey;

    fn write(&self, w: &mut Writer) {
        w.raw(self.0.as_slice());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.secret().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::samples::rng;
    use proptest::prelude::*;

    fn keyword(text: &str) -> Keyword {
        Keyword::new(text).unwrap()
    }

    fn refusal(text: &str) -> KeywordError {
        match Keyword::new(text) {
            Err(Error::InvalidKeyword(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    fn key() -> KeywordKey {
        KeywordKey::generate(&mut rng(1)).unwrap()
    }

    #[test]
    fn spellings_of_one_keyword_are_equal() {
        for (written, canonical) in [
            ("Diabetes", "diabetes"),
            ("  type\u{a0}2 \t diabetes\n", "type 2 diabetes"),
            ("ﬁbrosis", "fibrosis"),                              // ligature
            ("Ｅ１１．９", "e11.9"),                              // full width
            ("cafe\u{301}", "caf\u{e9}"),                         // combining accent
            ("CAFE\u{301}", "caf\u{e9}"),                         //
            ("J\u{30c}", "\u{1f0}"),                              // composes only once it is folded
            ("Großhirn", "grosshirn"),                            // sharp s
            ("GROẞHIRN", "grosshirn"),                            //
            ("ΝΌΣΟΣ", "νόσοσ"),                                   // final sigma
            ("\u{fc6}\u{345}\u{301}x", "\u{fc6}\u{301}\u{3b9}x"), // an iota below stands behind the accent
            ("a\u{2011}b", "a\u{2010}b"),                         // a hyphen that does not break
            ("diagnosis : E11.9", "diagnosis:e11.9"),             // white space around the colon
            ("Diagnosis：E11.9", "diagnosis:e11.9"),              // full-width colon
            ("a:b:c", "a:b:c"),
        ] {
            assert_eq!(keyword(written).as_str(), canonical);
        }
        // Marks that only look alike remain different.
        let apostrophes = ["crohn's", "crohn\u{2bc}s", "crohn\u{2019}s"].map(keyword);
        assert!(apostrophes[0] != apostrophes[1] && apostrophes[1] != apostrophes[2]);
    }

    #[test]
    fn drops_invisible_characters() {
        for invisible in ['\u{feff}', '\u{200b}', '\u{ad}', '\u{200f}', '\u{2060}', '\u{fe0f}', '\u{e0041}'] {
            for text in [format!("{invisible}diabetes"), format!("dia{invisible}betes{invisible}")] {
                assert_eq!(keyword(&text), keyword("diabetes"), "{text:?}");
            }
            let only = format!(" {invisible}\t");
            assert_eq!(refusal(&only), KeywordError::Empty, "{only:?}");
            assert_eq!(refusal(&format!("{only}:x")), KeywordError::EmptyField);
            assert_eq!(refusal(&format!("x:{only}")), KeywordError::EmptyWord);
        }
    }

    #[test]
    fn refuses_unstable_characters() {
        let unassigned = ["a\u{1acf}\u{323}", "a\u{378}", "a\u{2065}", "a\u{e0000}", "\u{e000}"];
        let spaced = ["\u{a8}", "\u{b4}", "\u{37a}", "\u{fdfa}", "a\u{b8}"];
        let shapeless = ["a\u{13441}", "a\u{2800}", "a\u{fffd}", "a\0", "a\u{fff9}"];
        for text in [unassigned, spaced, shapeless].concat() {
            assert_eq!(refusal(text), KeywordError::RefusedCharacter, "{text:?}");
            assert_eq!(Keyword::with_field("x", text), Err(KeywordError::RefusedCharacter.into()));
            assert_eq!(Keyword::with_field(text, "x"), Err(KeywordError::RefusedCharacter.into()));
        }
    }

    #[test]
    fn single_character_spellings_are_fixed_points() {
        let mut taken = 0;
        for c in '\0'..=char::MAX {
            for text in
                [format!("{c}"), format!("a{c}\u{301}"), format!("{c}\u{345}\u{301}:\u{323}{c}\u{338}")]
            {
                if let Ok(once) = Keyword::new(&text) {
                    assert_eq!(Keyword::new(once.as_str()).unwrap(), once, "{text:?}");
                    taken += 1;
                }
            }
        }
        assert!(taken > 3 * 150_000, "{taken}");
    }

    proptest! {
        #[test]
        fn normalisation_is_idempotent(text in "\\PC{0,40}", field in "\\PC{0,10}", pair: [char; 2]) {
            for text in [text.clone(), format!("{field}:{text}"), pair.iter().collect()] {
                if let Ok(once) = Keyword::new(&text) {
                    prop_assert_eq!(Keyword::new(once.as_str()).unwrap(), once);
                }
            }
        }

        #[test]
        fn fields_are_separate_or_in_the_text(word in "\\PC{0,20}", field in "[^:]{0,10}") {
            if let Ok(apart) = Keyword::with_field(&field, &word) {
                prop_assert_eq!(apart.clone(), Keyword::new(&format!("{field}:{word}")).unwrap());
                prop_assert_eq!(Keyword::with_field(apart.field().unwrap(), apart.word()).unwrap(), apart);
            }
        }
    }

    #[test]
    fn a_field_is_part_of_the_keyword() {
        let e11 = Keyword::with_field("Diagnosis", "E11.9").unwrap();
        assert_eq!((e11.field(), e11.word()), (Some("diagnosis"), "e11.9"));
        assert_eq!(e11, keyword("diagnosis:E11.9"));
        assert_ne!(e11, keyword("E11.9"));
        assert_ne!(e11, keyword("drug:E11.9"));
        assert_eq!((keyword("e11.9").field(), keyword("e11.9").word()), (None, "e11.9"));
        assert_eq!(Keyword::with_field("a", "b:c").unwrap().field(), Some("a"));
        for field in ["a:b", "a\u{ff1a}b"] {
            assert_eq!(Keyword::with_field(field, "c"), Err(KeywordError::ColonInField.into()));
        }
        // A final sigma stays final, whatever follows the colon.
        assert_eq!(keyword("ΑΣ:Α"), keyword("ΑΣ : Α"));
    }

    #[test]
    fn empty_and_long_keywords_are_refused() {
        use KeywordError::{Empty, EmptyField, EmptyWord, TooLong};
        for (expected, text) in [
            (Empty, ""),
            (Empty, "  "),
            (Empty, "\u{2003}"),
            (EmptyField, ":"),
            (EmptyField, ":x"),
            (EmptyField, " : x"),
            (EmptyWord, "a:"),
            (EmptyWord, "a : \t"),
            (TooLong, &"x".repeat(257)),
            (TooLong, &"é".repeat(129)),
            (TooLong, &"ß".repeat(129)),
            (TooLong, &format!("x:{} y", "z".repeat(253))),
        ] {
            assert_eq!(refusal(text), expected, "{text:?}");
        }
        assert_eq!(Keyword::with_field("", "a"), Err(EmptyField.into()));
        assert_eq!(Keyword::with_field("a", ""), Err(EmptyWord.into()));
        assert_eq!(
            Keyword::new(":x").unwrap_err().to_string(),
            "the field before the keyword's colon is empty"
        );
        assert!(Keyword::new(&format!("x : {} y \u{feff} ", "z".repeat(252))).is_ok());
        assert!(Keyword::new(&"x".repeat(256)).is_ok());
        assert!(Keyword::new(&"é".repeat(128)).is_ok());
    }

    #[test]
    fn keywords_and_their_keys_are_not_printed() {
        assert_eq!(format!("{:?} {:?}", keyword("hiv"), key()), "Keyword(<redacted>) KeywordKey(<redacted>)");
    }

    #[test]
    fn slot_values_depend_on_key_and_keyword() {
        let (key, other) = (key(), KeywordKey::generate(&mut rng(2)).unwrap());
        let x = key.slot_value(&keyword("drug:metformin"));
        assert_eq!(*x, *key.slot_value(&keyword("Drug: Metformin")));
        assert_ne!(*x, *key.slot_value(&keyword("metformin")));
        assert_ne!(*x, *other.slot_value(&keyword("drug:metformin")));
        assert_ne!(key.commitment(), other.commitment());
    }
}
