//! Sealed records and their digests (the paper's sections 3.2 and 3.4).
//!
//! A data owner seals a record under a fresh [`RecordKey`] and stores the sealed bytes in an object
//! store that is trusted for nothing. A user who obtains the key, by key wrapping, opens the record
//! or a part of it. Anyone who has the sealed bytes can compute the [`RecordDigest`], which is on
//! the ledger, and check a single chunk against it, without the key.
//!
//! # What is promised?
//! - **Secrecy and integrity.** AES-256-CTR, then HMAC-SHA-256 over the hash of each chunk's
//!   ciphertext, the chunk's number and whether it is the last. A truncated, extended, exchanged,
//!   repeated or altered chunk is refused at the first chunk where the change shows. **No byte of a
//!   chunk is released before its tag is verified.** The security is that of encrypt-then-MAC
//!   (Bellare, Namprempre 2000) with keys from HKDF. The stream of chunks follows Hoang,
//!   Reyhanitabar, Rogaway and Vizár (*Online Authenticated-Encryption and its Nonce-Reuse
//!   Misuse-Resistance*, 2015).
//! - **One key only.** The header's tag commits to the key, so no sealed
//!   record opens under two keys.
//! - **One digest, one record.** The digest covers the header and the tags. If SHA-256 is collision
//!   resistant, two sealed records never share a digest or an address derived from it.
//!
//! The length of a record is not hidden.
//!
//! # What are the digests?
//! The [`RecordDigest`] is the paper's *summary of the data ciphertext*, and the [`KeyedSummary`]
//! its *Mac*: only users who can read the record can make or check it. Section 8 of
//! `docs/schemes.md` has every equation, `docs/formats.md` the bytes.
//!
//! # Which function do I call?
//! | | seal | open | digest |
//! |---|---|---|---|
//! | in memory | [`RecordKey::seal`] | [`RecordKey::open`] | [`RecordDigest::of`] |
//! | in memory, into a buffer | [`RecordKey::seal_into`] | [`RecordKey::open_into`] | |
//! | in memory, in place | [`RecordKey::seal_in_place`] | [`RecordKey::open_in_place`] | |
//! | from a reader to a writer | [`RecordKey::seal_stream`] | [`RecordKey::open_stream`] | [`RecordDigest::of_stream`] |
//! | in pieces | [`Sealer`] | [`Opener`] | |
//! | a part | | [`RecordKey::open_range`], [`RecordKey::open_range_stream`] | [`ChunkProof`] |
//!
//! All give the same bytes. With more than one thread, large records are sealed and
//! opened on several cores. Memory does not grow with the record, except for a record
//! that is itself in memory.
//!
//! ```
//! use medseal::record::{OpenOptions, RecordDigest, RecordKey, SealOptions};
//!
//! let key = RecordKey::generate(&mut medseal::rand_core::OsRng)?;
//! let (sealed, receipt) = key.seal(b"MRI, left knee", &SealOptions::default(), &mut medseal::rand_core::OsRng)?;
//! assert_eq!(RecordDigest::of(&sealed)?, receipt.digest);
//! let opened = key.open(&sealed, &OpenOptions::default().expect_digest(receipt.digest))?;
//! assert_eq!(*opened, *b"MRI, left knee");
//! assert_eq!(*key.open_range(&sealed, 5, 4)?, *b"left");
//! # Ok::<(), medseal::Error>(())
//! ```

mod chunk;
mod digest;
mod header;
mod key;
mod memory;
mod open;
mod opened;
mod options;
mod pipeline;
mod proof;
mod range;
mod seal;
mod stream;

#[cfg(test)]
mod tests;

pub use digest::{KeyedSummary, Receipt, RecordDigest};
pub use header::{ChunkSize, opened_length};
pub use key::RecordKey;
pub use open::Opener;
pub use opened::OpenedRecord;
pub use options::{OpenOptions, SealOptions};
pub use proof::{ChunkProof, ChunkTree};
pub use seal::Sealer;
pub use stream::no_progress;
