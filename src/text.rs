//! What text may be where people compare it by eye: names, labels, values.

use unicode_normalization::is_nfc;

/// Characters that nobody sees, by which two texts could look alike and differ: controls, interlinear marks, what
/// Unicode lists as `Default_Ignorable_Code_Point` (zero-width characters, direction marks and overrides, fillers,
/// variation selectors, tags), and every blank other than the space: all white space, and the Braille pattern
/// without dots.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || c.is_whitespace() && c != ' '
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What a name may be: not empty, in Unicode's composed form (NFC), without hidden characters, and with no spaces but
/// single ones inside.
pub(crate) fn is_name(text: &str) -> bool {
    let spaced = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    !text.is_empty() && !spaced && !text.contains(is_hidden) && is_nfc(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_nothing_that_nobody_sees() {
        let hidden = ["St\u{200b}Anna", "\u{202e}annA tS", "St. Anna\u{feff}", "St.\u{ad}Anna", "a\nb", "\0"];
        for text in [
            "",
            " ",
            " St. Anna",
            "St. Anna ",
            "St. Anna\u{3000}",
            "St.\u{a0}Anna",
            "St.\u{2800}Anna",
            "St.  Anna",
            "cafe\u{301}",
        ]
        .into_iter()
        .chain(hidden)
        {
            assert!(!is_name(text), "{text:?}");
        }
        for text in ["St. Anna", "caf\u{e9}", "\u{6771}\u{5927}\u{75c5}\u{9662}", "a", "1"] {
            assert!(is_name(text), "{text:?}");
        }
    }
}
