//! Publishing many records, several at a time.

use std::io::Read;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use ctr::cipher::{KeyIvInit, StreamCipher};
use rand_core::{CryptoRng, RngCore, impls};

use crate::aead::Aes256Ctr;
use crate::curve::random_bytes;
use crate::error::Error;
use crate::share::consortium::Consortium;
use crate::share::database::Database;
use crate::share::publish::{At as _, Publication, PublishError, Published, Step};
use crate::threads;

impl Consortium<'_> {
    /// Publishes records one after another, as [`publish`](Self::publish) does each, and works on as many of them at once
    /// as the consortium has threads.
    ///
    /// Each is handed to `published` as soon as its entry is on the ledger, in the order of the records, whatever the
    /// number of threads; breaking cancels what follows. With a generator that repeats itself, so do the entries. The
    /// next records are taken from `records` only when there is a thread for them, so that files need not all be open
    /// at once.
    ///
    /// # Errors
    /// [`PublishError`] of the first record that fails: the one after the last that was handed over. Nothing of it and
    /// of those that follow is on the ledger, and `database` covers those that are. [`Error::Cancelled`] at
    /// [`Step::Append`] if `published` broke.
    pub fn publish_many<'p, R: Read + Send>(
        &self,
        records: impl IntoIterator<Item = (R, Publication<'p>)>,
        mut database: Option<&mut Database>,
        rng: &mut (impl CryptoRng + RngCore),
        published: &mut dyn FnMut(Published) -> ControlFlow<()>,
    ) -> Result<(), PublishError> {
        let mut records = records.into_iter();
        loop {
            // The first failure ends all that comes after it, and nothing before it.
            let (mut jobs, mut failure) = (Vec::new(), None);
            for (record, publication) in records.by_ref().take(self.threads.get()) {
                match self.check(&publication).and_then(|()| Derived::new(rng)) {
                    Ok(derived) => jobs.push((record, publication, derived)),
                    Err(error) => {
                        failure = Some(error);
                        break;
                    }
                }
            }
            if jobs.is_empty() {
                return failure.map_or(Ok(()), Err);
            }
            let prepared = threads::map(self.threads, &mut jobs, |(record, publication, rng)| {
                let go_on = &mut |_, _| ControlFlow::Continue(());
                self.prepare(record, publication, NonZeroUsize::MIN, rng, go_on)
            });

            let mut next = database.as_deref().cloned();
            let mut signing = Vec::new();
            for (prepared, (_, publication, rng)) in prepared.into_iter().zip(&mut jobs) {
                match prepared {
                    Ok(prepared) => {
                        next = next.map(|database| database.with(&prepared.subject.digest));
                        signing.push((prepared, next.clone(), publication, rng));
                    }
                    Err(error) => {
                        failure = Some(error);
                        break;
                    }
                }
            }
            let entries =
                threads::map(self.threads, &mut signing, |(prepared, database, publication, rng)| {
                    let members = self.members_key(self.terms()).at(Step::Envelope)?;
                    let envelope = prepared.envelope(database.as_ref(), members, *rng)?;
                    self.sign(&prepared.subject, &prepared.contents, envelope, publication, *rng)
                });

            for ((prepared, next, ..), entry) in signing.into_iter().zip(entries) {
                let entry = entry?;
                let stored = prepared.store()?;
                let done = self.append_stored(stored, entry)?;
                if let (Some(database), Some(next)) = (database.as_deref_mut(), next) {
                    *database = next;
                }
                if published(done).is_break() {
                    return Err(PublishError { step: Step::Append, error: Error::Cancelled });
                }
            }
            if let Some(failure) = failure {
                return Err(failure);
            }
        }
    }
}

/// A generator for one record, from 32 bytes of the caller's: the keystream of AES-256 in counter mode. So what is drawn
/// for a record does not depend on what others draw at the same time.
struct Derived(Aes256Ctr);

impl Derived {
    fn new(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, PublishError> {
        let seed = random_bytes::<32>(rng).map_err(|error| PublishError { step: Step::Seal, error })?;
        Ok(Self(Aes256Ctr::new((&*seed).into(), &[0; 16].into())))
    }
}

impl RngCore for Derived {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
        self.0.apply_keystream(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Derived {}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_derived_generator_gives_one_stream_whichever_way_it_is_asked() {
        let derived = || Derived::new(&mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        let mut stream = [0; 12];
        derived().fill_bytes(&mut stream);
        assert_ne!(stream, [0; 12]);
        // Whatever stood in the buffer.
        let mut filled = [0xff; 12];
        derived().try_fill_bytes(&mut filled).unwrap();
        assert_eq!(filled, stream);
        let mut in_parts = derived();
        let (first, rest) = (in_parts.next_u32().to_le_bytes(), in_parts.next_u64().to_le_bytes());
        assert_eq!([&first[..], &rest].concat(), stream);
    }
}
