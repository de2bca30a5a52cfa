//! The whole flow: an owner publishes a record, and a user finds and opens it
//! (section 3.4 of the model).
//!
//! # Who takes part?
//! The [`Authority`] issues [`MemberKeys`] for attributes. A *data owner* (a patient, or the
//! hospital for them) [publishes](Consortium::publish) a record: the sealed record goes to an
//! [`ObjectStore`], and an entry about it to a [`Ledger`](crate::ledger::Ledger). A *data user*
//! [finds](Consortium::find) entries by keyword and [opens](Consortium::open) records. Neither
//! store nor ledger holds a secret.
//!
//! # What are the steps?
//! | step | what happens | section |
//! |---|---|---|
//! | seal | AES-256-CTR and HMAC under a fresh record key, straight into the store's upload | 3.4 (3) |
//! | digest | the record's digest, its keyed summary, the hospital's database digest | 3.2, 3.4 (3) |
//! | wrap | the record key under the access policy, tied to the record's digest | 3.4 (3) |
//! | index | the keywords under the same policy | 3.4 (3) |
//! | envelope | keyed summary, database digest and location, to the hospital's identity | 3.2 |
//! | sign | by a member whose attributes satisfy the claim policy | 1, 5 |
//! | store | the upload is committed at the address | 3.4 (3) |
//! | append | the entry is appended to the ledger | 3.4 (3) |
//! | find | trapdoor, match | 3.4 (4) |
//! | open | entry, object, unwrap, decrypt, with the digest checked while reading | 3.4 (5) |
//!
//! Without a ledger and a store, [`seal_and_wrap`] and [`unwrap_and_open`] are one call each.
//!
//! # What if something fails?
//! A failed publication names the step, and leaves nothing without an owner. If the object may be
//! stored or the entry appended, the caller has a [`Prepared`] publication to
//! [finish](Consortium::finish). Finishing makes exactly one entry, even if it is repeated. To
//! survive a crash at any moment, call the stages one by one, and store each before the next:
//! [`Draft`], [`Sealed`], [`Prepared`]. Each has a byte form and contains the record key.
//!
//! # What does opening guarantee?
//! A record that opens without an error was sealed for an entry that an entitled member signed in
//! its time, and that the reader's trusted head covers. Every byte of output was sealed under the
//! record key. After an error, discard the output.
//!
//! # How is access revoked?
//! Published ciphertexts cannot be revoked. Put a date in the policy instead (`role=doctor and
//! valid_until >= 2027-01-31`): the authority issues keys with a `valid_until` in the near future,
//! and issues them again in time. Hospitals are revoked in the super node's registry, from the next
//! handshake on. To exclude a user who can open a record, publish it again under a new record key.
//! [`Consortium::rewrap`] gives more users access.
//!
//! ```
//! # #[cfg(feature = "memory-ledger")] {
//! use std::ops::ControlFlow;
//!
//! use medseal::identity::{Name, SuperNode};
//! use medseal::ledger::{CharterDraft, Ledger, MemoryLedger, Terms, TrustedHead};
//! use medseal::policy::{Attributes, Policy};
//! use medseal::search::Keyword;
//! use medseal::Threads;
//! use medseal::share::{Authority, Consortium, Draft, MemoryStore, Prepared, Publication, Search};
//! use medseal::rand_core::OsRng;
//!
//! // The authority issues keys for attributes.
//! let authority = Authority::setup(&mut OsRng)?;
//! let clinic = authority.issue(&Attributes::parse("hospital")?, &mut OsRng)?;
//! let doctor = authority.issue(&Attributes::parse("role=doctor")?, &mut OsRng)?;
//!
//! // The super node signs the charter of a ledger that takes entries from hospitals.
//! let super_node = SuperNode::generate(&mut OsRng)?;
//! let terms = Terms::new(Name::new("north")?, Policy::parse("hospital")?, authority.public_parameters());
//! let charter = super_node.sign_charter(CharterDraft::first(terms, None))?;
//! let (ledger, store) = (MemoryLedger::new(charter, &super_node.public_key())?, MemoryStore::new());
//!
//! // A member trusts the charters, and a head of the ledger that is at most an hour old.
//! let charters = ledger.charters()?;
//! let now_ms = 1_795_000_000_000;
//! let head_now = || TrustedHead::new(ledger.head()?, now_ms, now_ms, 3_600_000);
//! let consortium = Consortium {
//!     ledger: &ledger,
//!     store: &store,
//!     charters: &charters,
//!     head: head_now()?,
//!     members: None,
//!     threads: Threads::ONE,
//! };
//!
//! // The owner publishes a record for doctors.
//! let publication = Publication {
//!     access: &Policy::parse("role=doctor")?,
//!     keywords: &[Keyword::new("diabetes")?],
//!     keyword_key: authority.keyword_key(),
//!     hints: None,
//!     signing_key: &clinic.signing,
//!     time_ms: now_ms,
//! };
//! let record = b"HbA1c 7.2 %";
//! consortium.publish(&record[..], &publication, None, &mut OsRng, |_, _| ControlFlow::Continue(()))?;
//!
//! // A doctor with a newer trusted head finds and opens it.
//! let consortium = Consortium { head: head_now()?, ..consortium };
//! let go_on = |_| ControlFlow::Continue(());
//! let search = Search {
//!     keyword: &Keyword::new("Diabetes")?,
//!     key: &doctor.search,
//!     showing: &Attributes::parse("role=doctor")?,
//!     hints: &[],
//!     from: 0,
//! };
//! let found = consortium.find(&search, &mut OsRng, go_on)?;
//! let mut opened = Vec::new();
//! consortium.open(&found.hits[0].id, &doctor.decryption, &mut opened, go_on)?;
//! assert_eq!(opened, record);
//!
//! // To survive a crash at any moment, store each stage before the next.
//! let keep = |secret: &[u8]| assert!(!secret.is_empty()); // on a disk, encrypted
//! let go_on = |_, _| ControlFlow::Continue(());
//! let draft = Draft::new(&mut OsRng)?;
//! keep(&draft.to_bytes());
//! let uploaded = consortium.upload(&draft, &record[..], &mut OsRng, go_on)?;
//! let prepared = consortium.prepare(uploaded.sealed(), &publication, None, &mut OsRng, go_on)?;
//! keep(&prepared.to_bytes());
//! uploaded.commit()?;
//! let prepared = Prepared::from_bytes(&prepared.to_bytes())?; // after the crash
//! assert!(consortium.finish(&prepared, None, go_on)?.new);
//! assert!(!consortium.finish(&prepared, None, go_on)?.new); // it was there
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod consortium;
mod database;
mod epoch;
mod find;
mod open;
mod publish;
mod seal;
mod stages;
mod store;

pub use crate::authority::{Authority, MemberKeys, PublicParameters};
pub use consortium::Consortium;
pub use database::Database;
pub use epoch::{BACKUPS, BackupConfirmation, begin_epoch};
pub use find::Search;
pub use publish::{Publication, PublishError, Published, Step};
pub use seal::{seal_and_wrap, unwrap_and_open};
pub use stages::{Draft, Prepared, Sealed, Uploaded};
pub use store::{DirectoryStore, MemoryStore, ObjectStore, Upload};
