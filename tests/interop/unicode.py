"""Text in Unicode 16.0: docs/formats.md, "Text".

`unicodedata2` has the database of that version; Python's own `str.casefold` has that of the interpreter (14.0 in Python 3.11), to which `NEWER`
adds what versions 15 and 16 fold. What is accepted follows from the general categories, not from the ranges that the library has."""

import unicodedata2

from ground import require

assert unicodedata2.unidata_version == "16.0.0"


def code_points(*ranges):
    return {c for first, last in ranges for c in range(first, last + 1)}


# Assigned, with the property Default_Ignorable_Code_Point.
IGNORABLE = code_points(
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x2064), (0x2066, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0001, 0xE0001), (0xE0020, 0xE007F), (0xE0100, 0xE01EF),
)
WHITE_SPACE = code_points((0x9, 0xD), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
                          (0x205F, 0x205F), (0x3000, 0x3000))
SHAPELESS = code_points((0x13430, 0x1345F)) | {0x2800, 0x2D7F, 0x1107F, 0x16FE4, 0x1BC9D, 0x1D159, 0xFFFC, 0xFFFD}
REFUSED = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
NEWER = {0x1C89: 0x1C8A, 0xA7CB: 0x264, 0xA7CC: 0xA7CD, 0xA7DA: 0xA7DB, 0xA7DC: 0x19B} | {c: c + 0x20 for c in range(0x10D50, 0x10D66)}


def accepted(c):
    """Assigned, and seen by a person."""
    return c == " " or unicodedata2.category(c) not in REFUSED and ord(c) not in IGNORABLE | SHAPELESS


def nfc(text):
    """The normal form of a text value."""
    require(all(map(accepted, text)), "a character that is refused")
    return unicodedata2.normalize("NFC", text)


def name(text):
    """A name, which is in its normal form already."""
    require(text and nfc(text) == text and text == text.strip(" ") and "  " not in text, "not a name")
    return text


def foldable(c):
    if ord(c) in WHITE_SPACE | IGNORABLE:
        return True
    return accepted(c) and " " not in unicodedata2.normalize("NFKD", c)


def folded_character(c):
    """NFKC_Casefold of one character: until nothing changes."""
    after = "".join(x.translate(NEWER).casefold() for x in c if ord(x) not in IGNORABLE)
    after = unicodedata2.normalize("NFKC", after)
    return c if after == c else "".join(map(folded_character, after))


def casefold(text):
    """NFKC_Casefold of NFD, character by character, as the Unicode Standard has it."""
    require(all(map(foldable, text)), "a character that is refused")
    return unicodedata2.normalize("NFC", "".join(map(folded_character, unicodedata2.normalize("NFD", text))))


def words(text):
    """Trimmed, and one space for each run of white space."""
    spaced = "".join(" " if ord(c) in WHITE_SPACE else c for c in text)
    return " ".join(part for part in spaced.split(" ") if part)


def keyword(text):
    """The canonical keyword, as bytes."""
    parts = list(map(words, casefold(text).split(":", 1)))
    require(all(parts), "an empty part")
    out = ":".join(parts).encode()
    require(len(out) <= 256, "too long")
    return out
