//! Reads `tests/reject/<object>.txt`: what is done to the golden object, and
//! the error that this is.
//!
//! ```text
//! fault: edit -> error # what is wrong
//! ```
//! The edit is `at n BYTES`, which replaces so many bytes; `first n`, which leaves no others;
//! `then BYTES`, which appends; or `all BYTES`, with nothing of the golden object. Bytes are
//! in hexadecimal; `00*47` is one that stands 47 times. A line that begins with spaces goes
//! on with the one above.

/// One malformed object.
pub(crate) struct Reject {
    pub(crate) fault: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) error: String,
}

pub(crate) fn rejects(text: &str, golden: &[u8]) -> Vec<Reject> {
    let text = text.replace("\n    ", " ");
    text.lines().map(|line| reject(line, golden).unwrap_or_else(|| panic!("no reject: {line}"))).collect()
}

fn reject(line: &str, golden: &[u8]) -> Option<Reject> {
    let (fault, rest) = line.split_once(": ")?;
    let (edit, rest) = rest.split_once(" -> ")?;
    let (error, _) = rest.split_once(" # ")?;
    let (how, rest) = edit.split_once(' ')?;
    let bytes = match how {
        "at" => {
            let (at, by) = rest.split_once(' ')?;
            let (at, by) = (at.parse::<usize>().ok()?, bytes(by)?);
            [golden.get(..at)?, &by, golden.get(at + by.len()..)?].concat()
        }
        "first" => golden.get(..rest.parse().ok()?)?.to_vec(),
        "then" => [golden, &bytes(rest)?].concat(),
        "all" => bytes(rest)?,
        _ => return None,
    };
    Some(Reject { fault: fault.to_owned(), bytes, error: error.to_owned() })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for word in text.split(' ') {
        match word.split_once('*') {
            Some((byte, times)) => bytes.extend(hex::decode(byte).ok()?.repeat(times.parse().ok()?)),
            None => bytes.extend(hex::decode(word).ok()?),
        }
    }
    Some(bytes)
}
