//! The allowed text of names, values and keywords, which people compare by eye or which is hashed.
//!
//! Everything is defined on one version of Unicode, 16.0. The tables list the code points that this
//! version assigns. Their normal forms and case folding never change in a later version. Tables of
//! any version from 16.0 on therefore give the same results, and all builds accept the same texts.
//! Code points that version 16.0 does not assign are refused.

use core::cmp::Ordering;

use caseless::Caseless;
use unicode_normalization::char::decompose_compatible;
use unicode_normalization::{UnicodeNormalization, is_nfc};

mod table;

use table::{ACCEPTED, IGNORABLE, WHITE_SPACE};

fn is_in(ranges: &[(u32, u32)], c: char) -> bool {
    let place = |(first, last): &(u32, u32)| match u32::from(c) {
        c if c < *first => Ordering::Greater,
        c if c > *last => Ordering::Less,
        _ => Ordering::Equal,
    };
    ranges.binary_search_by(place).is_ok()
}

/// Reports whether a character is allowed in names and values: Unicode 16.0 assigns it, and it is
/// visible. Characters with which two different texts could look alike are refused: controls and
/// format characters (zero-width characters, direction marks and overrides, fillers, variation
/// selectors, tags), every blank other than the space, and characters without a shape. Private use
/// is refused because its shapes are not known.
pub(crate) fn is_accepted(c: char) -> bool {
    is_in(&ACCEPTED, c)
}

/// Reports whether a text is a name: not empty, in Unicode's composed form (NFC), of accepted
/// characters, and with no spaces except single ones inside.
pub(crate) fn is_name(text: &str) -> bool {
    let spaced = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    !text.is_empty() && !spaced && text.chars().all(is_accepted) && is_nfc(text)
}

pub(crate) fn is_white_space(c: char) -> bool {
    is_in(&WHITE_SPACE, c)
}

/// Reports whether [`folded`] takes a character: accepted characters, white space, and invisible
/// characters, which it drops. The 52 characters that it would turn into text with a space in it,
/// such as a free-standing accent, are refused.
pub(crate) fn is_foldable(c: char) -> bool {
    let mut spaced = false;
    decompose_compatible(c, |part| spaced |= part == ' ');
    is_white_space(c) || is_in(&IGNORABLE, c) || is_accepted(c) && !spaced
}

/// Computes NFKC_Casefold of NFD, for [foldable](is_foldable) characters. The result is equal for
/// texts that differ only in case, composition, width or invisible characters.
///
/// It stores nothing itself. A run of more than three combining marks, or a character that
/// decomposes into more than four, takes memory inside `unicode-normalization`, which is not wiped.
pub(crate) fn folded(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    // NFKC(fold(NFKD(fold(drop(NFD(text))))))
    let dropped = text.nfd().filter(|c| !is_in(&IGNORABLE, *c));
    dropped.default_case_fold().nfkd().default_case_fold().nfkc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{RngCore, SeedableRng};
    use sha2::{Digest, Sha256};
    use unicode_general_category::{GeneralCategory as Category, get_general_category};
    use unicode_normalization::IsNormalized::Yes;
    use unicode_normalization::is_nfc_quick;

    fn all(holds: fn(char) -> bool) -> Vec<char> {
        ('\0'..=char::MAX).filter(|c| holds(*c)).collect()
    }

    #[test]
    fn every_table_is_that_of_version_16() {
        assert_eq!(unicode_general_category::UNICODE_VERSION, (16, 0, 0));
        assert_eq!(caseless::UNICODE_VERSION, (16, 0, 0));
        assert!(unicode_normalization::UNICODE_VERSION >= (16, 0, 0));
    }

    #[test]
    fn accepted_characters_are_assigned_and_visible() {
        let unseen = |c| {
            matches!(c, '\u{2800}' | '\u{2d7f}' | '\u{1107f}' | '\u{13440}'..='\u{13455}' | '\u{16fe4}')
                || matches!(c, '\u{1bc9d}' | '\u{1d159}' | '\u{fffc}' | '\u{fffd}')
        };
        for c in '\0'..=char::MAX {
            let expected = match get_general_category(c) {
                Category::Unassigned | Category::Control | Category::Format | Category::PrivateUse => false,
                Category::SpaceSeparator => c == ' ',
                Category::LineSeparator | Category::ParagraphSeparator => false,
                _ => !is_in(&IGNORABLE, c) && !unseen(c),
            };
            assert_eq!(is_accepted(c), expected, "{c:?}");
        }
    }

    #[test]
    fn every_range_edge_is_exact() {
        for ranges in [ACCEPTED.as_slice(), &IGNORABLE, &WHITE_SPACE] {
            assert!(ranges.is_sorted_by(|(_, last), (first, _)| last + 1 < *first));
            for &(first, last) in ranges {
                let holds = |c| char::from_u32(c).is_some_and(|c| is_in(ranges, c));
                assert!(holds(first) && holds(last) && !holds(first - 1) && !holds(last + 1), "{first:x}");
            }
        }
    }

    #[test]
    fn ignorable_characters_are_assigned_and_refused() {
        for c in all(|c| is_in(&IGNORABLE, c) || is_white_space(c)) {
            assert_ne!(get_general_category(c), Category::Unassigned, "{c:?}");
            assert!(!is_accepted(c) || c == ' ', "{c:?}");
        }
        assert_eq!(all(is_white_space), all(char::is_whitespace));
    }

    #[test]
    fn rejects_characters_that_fold_to_spaces() {
        let spaced = all(|c| is_accepted(c) && !is_foldable(c));
        assert_eq!(spaced.len(), 52);
        for c in spaced {
            assert!(c != ' ' && folded([c].into_iter()).any(|c| c == ' '), "{c:?}");
        }
        for c in all(|c| is_foldable(c) && !is_white_space(c)) {
            assert!(folded([c].into_iter()).all(|c| is_accepted(c) && is_foldable(c) && c != ' '), "{c:?}");
        }
    }

    /// The normal and folded forms of all accepted characters, and of a million random pairs and
    /// triples with marks. The digest is the same for tables of Unicode 16, 17 and 18. If this test
    /// fails with another version of a dependency, that version changes hashed bytes.
    #[test]
    fn normal_and_folded_forms_are_pinned() {
        let (accepted, foldable) = (all(is_accepted), all(is_foldable));
        let mark = |c: &&char| is_nfc_quick(['a', **c].into_iter()) != Yes;
        let marks: Vec<char> = accepted.iter().filter(mark).copied().collect();
        let mut digest = Sha256::new();
        let mut note = |text: &[char]| {
            let normal: String = text.iter().copied().nfc().collect();
            let folds: String = folded(text.iter().copied()).collect();
            for form in [normal, folds] {
                digest.update((form.len() as u32).to_be_bytes());
                digest.update(form);
            }
        };
        foldable.iter().for_each(|c| note(&[*c]));
        let mut rng = ChaCha20Rng::seed_from_u64(16);
        let mut one_of = |from: &[char]| from[rng.next_u32() as usize % from.len()];
        for _ in 0..500_000 {
            note(&[one_of(&foldable), one_of(&marks)]);
            note(&[one_of(&foldable), one_of(&marks), one_of(&marks)]);
        }
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "06f39daae578a72b2d8bf64d67b44af7472533753b22ba55cdbdb14b0752f13d");
    }

    #[test]
    fn names_are_composed_visible_and_trimmed() {
        let hidden = ["St\u{200b}Anna", "\u{202e}annA tS", "a\nb", "St. Anna\u{1acf}", "St.\u{a0}Anna"];
        let spaced = ["", " ", " St. Anna", "St. Anna ", "St.  Anna"];
        for text in hidden.into_iter().chain(spaced).chain(["cafe\u{301}"]) {
            assert!(!is_name(text), "{text:?}");
        }
        for text in ["St. Anna", "caf\u{e9}", "\u{6771}\u{5927}\u{75c5}\u{9662}", "a", "1"] {
            assert!(is_name(text), "{text:?}");
        }
    }
}
