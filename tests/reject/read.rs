//! Reads `tests/reject/<object>.txt`: the edits of the golden object, and their errors.
//!
//! ```text
//! fault: edit -> error # what is wrong
//! ```
//! The edit is `at n BYTES`, which replaces this many bytes, or `all BYTES`, which replaces
//! everything. Bytes are in hexadecimal. `00*47` repeats bytes 47 times, and `4..52` are bytes of
//! the golden object. A line that begins with spaces continues the line above.
//!
//! `element n SIZE` is five edits: each of five invalid encodings replaces the group element of
//! this size at byte n. Each fails with the line's error or, if that is `its own`, with the
//! error of the encoding.

/// One malformed object.
pub(crate) struct Reject {
    pub(crate) fault: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) error: String,
}

pub(crate) fn rejects(text: &str, golden: &[u8]) -> Vec<Reject> {
    let text = text.replace("\n    ", " ");
    let of_line = |line| reject(line, golden).unwrap_or_else(|| panic!("no reject: {line}"));
    text.lines().flat_map(of_line).collect()
}

fn reject(line: &str, golden: &[u8]) -> Option<Vec<Reject>> {
    let (fault, rest) = line.split_once(": ")?;
    let (edit, rest) = rest.split_once(" -> ")?;
    let (error, _) = rest.split_once(" # ")?;
    let (how, rest) = edit.split_once(' ')?;
    let patched = |at: usize, by: &[u8]| Some([golden.get(..at)?, by, golden.get(at + by.len()..)?].concat());
    let bytes = match how {
        "at" => {
            let (at, by) = rest.split_once(' ')?;
            patched(at.parse().ok()?, &bytes(by, golden)?)?
        }
        "all" => bytes(rest, golden)?,
        "element" => {
            let (at, size) = rest.split_once(' ')?;
            let at = at.parse().ok()?;
            let each = no_elements(size.parse().ok()?).into_iter().map(|(what, element, its_own)| {
                let error = if error == "its own" { its_own } else { error };
                let fault = format!("{fault}-{what}");
                Some(Reject { fault, bytes: patched(at, &element)?, error: error.to_owned() })
            });
            return each.collect();
        }
        _ => return None,
    };
    Some(vec![Reject { fault: fault.to_owned(), bytes, error: error.to_owned() }])
}

/// Encodings that are not a group element, of `size` bytes compressed, with their errors.
fn no_elements(size: usize) -> [(&'static str, Vec<u8>, &'static str); 5] {
    let with_x = |first: u8, x: u8| [&[first], vec![0; size - 2].as_slice(), &[x]].concat();
    // The smallest x of a point on the curve and outside the subgroup. No point with
    // x = 1 is on the curve.
    let outside = if size == 48 { 4 } else { 2 };
    [
        ("identity", with_x(0xc0, 0), "IdentityPoint"),
        ("outside-subgroup", with_x(0x80, outside), "PointNotInSubgroup"),
        ("off-curve", with_x(0x80, 1), "InvalidPoint"),
        ("beyond-the-field", vec![0xff; size], "InvalidPoint"),
        ("not-compressed", with_x(0, outside), "InvalidPoint"),
    ]
}

fn bytes(text: &str, golden: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for word in text.split(' ') {
        if let Some((from, to)) = word.split_once("..") {
            bytes.extend(golden.get(from.parse().ok()?..to.parse().ok()?)?);
        } else {
            let (word, times) = word.split_once('*').unwrap_or((word, "1"));
            bytes.extend(hex::decode(word).ok()?.repeat(times.parse().ok()?));
        }
    }
    Some(bytes)
}
