//! The member's own store, and those of others.

use std::io::Read;

use medseal::Error;
use medseal::ledger::Address;
use medseal::share::{ObjectStore, Upload};

/// Several stores as one: writes records to the first, and reads them from all, in order.
///
/// An address shows the kind of its store. The first store of that kind that has the object returns
/// it. Returns [`Error::UnknownObject`] only if all stores do.
#[derive(Default)]
pub struct Stores(Vec<Box<dyn ObjectStore>>);

impl Stores {
    /// Combines these stores. The first is the member's own.
    #[must_use]
    pub fn new(stores: Vec<Box<dyn ObjectStore>>) -> Self {
        Self(stores)
    }
}

impl std::fmt::Debug for Stores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stores").field("stores", &self.0.len()).finish()
    }
}

impl ObjectStore for Stores {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        self.0.first().ok_or(Error::OutOfRange)?.begin()
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        let mut failed = Error::UnknownObject;
        for store in &self.0 {
            match store.get(address) {
                Err(Error::UnknownObject) => {}
                Err(error) => failed = error,
                found => return found,
            }
        }
        Err(failed)
    }

    fn confirm(&self, address: &Address) -> Result<(), Error> {
        self.0.first().ok_or(Error::OutOfRange)?.confirm(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medseal::share::MemoryStore;
    use std::io;

    /// A store that is down.
    struct Down;

    impl ObjectStore for Down {
        fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
            Err(io::Error::from(io::ErrorKind::ConnectionRefused).into())
        }

        fn get(&self, _: &Address) -> Result<Box<dyn Read + '_>, Error> {
            Err(io::Error::from(io::ErrorKind::ConnectionRefused).into())
        }
    }

    fn holding(bytes: &[u8], address: &Address) -> Box<dyn ObjectStore> {
        let store = MemoryStore::new();
        let mut upload = store.begin().unwrap();
        upload.write_all(bytes).unwrap();
        upload.commit(address).unwrap();
        Box::new(store)
    }

    #[test]
    fn says_unknown_only_if_all_do() {
        let (mine, theirs, nobodys) =
            ("mine".parse().unwrap(), "theirs".parse().unwrap(), "x".parse().unwrap());
        let both = Stores::new(vec![holding(b"1", &mine), holding(b"2", &theirs)]);
        let read = |stores: &Stores, address| {
            let mut bytes = Vec::new();
            stores.get(address)?.read_to_end(&mut bytes)?;
            Ok::<_, Error>(bytes)
        };
        assert_eq!(read(&both, &mine).unwrap(), b"1");
        assert_eq!(read(&both, &theirs).unwrap(), b"2");
        assert_eq!(read(&both, &nobodys), Err(Error::UnknownObject));
        // An object in another store is not in the own store.
        assert_eq!(both.confirm(&mine), Ok(()));
        assert_eq!(both.confirm(&theirs), Err(Error::UnknownObject));

        let one_down = Stores::new(vec![holding(b"1", &mine), Box::new(Down), holding(b"2", &theirs)]);
        assert_eq!(read(&one_down, &theirs).unwrap(), b"2");
        assert!(matches!(read(&one_down, &nobodys), Err(Error::Io(_))));
    }
}
