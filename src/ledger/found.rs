//! The result of a search, in the form that a node returns.

use crate::codec::{Kind, Object, Part, Reader, Writer, fields};
use crate::error::Error;
use crate::ledger::entry::EntryId;
use crate::limits::Limit;

/// The position of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its height.
    pub height: u64,
    /// Its id.
    pub id: EntryId,
}

fields!(Part for Place { height: u64, id: EntryId });

/// An entry that the search could not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Its height.
    pub height: u64,
    /// Why: the item does not decode, or an element of its index that the match needs
    /// is not a valid point.
    pub error: Error,
}

/// The result of a search, and the height at which to continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The matching entries, in the ledger's order.
    pub hits: Vec<Place>,
    /// The malformed entries, in the ledger's order. They do not end the search: neither a
    /// malicious uploader nor a disk error hides the other entries. A ledger that validates its
    /// entries and does not damage them has none.
    pub malformed: Vec<Malformed>,
    /// Where to continue: one more than the last height that was read. A later search from here
    /// reads only new items.
    pub next: u64,
}

/// Marks a limit. The position of the limit is added.
const LIMIT: u8 = 0x80;

fn number(error: &Error) -> u8 {
    let place = match error {
        Error::LimitExceeded(limit) => {
            Limit::ALL.iter().position(|one| one == limit).map(|n| n as u8 | LIMIT)
        }
        other => Error::DECODING.iter().position(|one| one == other).map(|n| n as u8),
    };
    // A ledger can report an entry as malformed with an error that is not in the list.
    place.unwrap_or(Error::DECODING.len() as u8 - 1)
}

fn error(number: u8) -> Result<Error, Error> {
    let error = if number & LIMIT == 0 {
        Error::DECODING.get(usize::from(number)).cloned()
    } else {
        Limit::ALL.get(usize::from(number & !LIMIT)).copied().map(Error::LimitExceeded)
    };
    error.ok_or(Error::InvalidField)
}

impl Object for Found {
    const KIND: Kind = Kind::Found;

    fn write(&self, w: &mut Writer) {
        w.u64(self.next);
        w.u64(self.hits.len() as u64);
        self.hits.iter().for_each(|hit| hit.write(w));
        w.u64(self.malformed.len() as u64);
        for malformed in &self.malformed {
            w.u64(malformed.height);
            w.u8(number(&malformed.error));
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let next = r.u64()?;
        let hits = list(r, next, |place: &Place| place.height, Place::read)?;
        let malformed = list(
            r,
            next,
            |malformed: &Malformed| malformed.height,
            |r| Ok(Malformed { height: r.u64()?, error: error(r.u8()?)? }),
        )?;
        Ok(Self { hits, malformed, next })
    }
}

/// Reads items whose heights ascend and are below `next`.
fn list<T>(
    r: &mut Reader<'_>,
    next: u64,
    height: impl Fn(&T) -> u64,
    read: impl Fn(&mut Reader<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    // Nothing is allocated for items that are not there: reading ends with the bytes.
    let items = (0..r.u64()?).map(|_| read(r)).collect::<Result<Vec<_>, Error>>()?;
    if !items.is_sorted_by(|one, later| height(one) < height(later)) {
        return Err(Error::NotSorted);
    }
    match items.last() {
        Some(last) if height(last) >= next => Err(Error::OutOfRange),
        _ => Ok(items),
    }
}
