//! A consortium of one clinic, whose records are for doctors, and its ledger.

use medseal::Threads;
use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::SystemTime;

use medseal::Error;
use medseal::identity::{Name, SuperNode};
use medseal::ledger::{Charter, CharterDraft, Charters, EntryId, Found, Ledger, Terms, TrustedHead};
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;
use medseal::search::Keyword;
use medseal::share::{
    Authority, Consortium, Draft, MemberKeys, ObjectStore, Prepared, Publication, PublishError, Published,
    Search, Step,
};
use postgres::Config;

use crate::PostgresLedger;

/// The parties, with their secret keys, which would be apart from each other elsewhere.
#[derive(Debug)]
pub struct Clinic {
    authority: Authority,
    super_node: SuperNode,
    charter: Charter,
    charters: Charters,
    records_office: MemberKeys,
    doctor: MemberKeys,
    access: Policy,
}

impl Clinic {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn new() -> Result<Self, Error> {
        Self::of(Authority::setup(&mut OsRng)?, SuperNode::generate(&mut OsRng)?)
    }

    /// The one whose keys are in a directory; a new one if there are none.
    ///
    /// # Errors
    /// [`Error::Io`], a decoding error, [`Error::RandomnessUnavailable`].
    pub fn open(home: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(home)?;
        let authority =
            kept(&home.join("authority"), || Ok(Authority::setup(&mut OsRng)?.to_bytes().to_vec()))?;
        let node =
            kept(&home.join("super_node"), || Ok(SuperNode::generate(&mut OsRng)?.to_bytes().to_vec()))?;
        Self::of(Authority::from_bytes(&authority)?, SuperNode::from_bytes(&node)?)
    }

    /// The same authority and super node give the same charter, which is how a
    /// ledger is opened again.
    fn of(authority: Authority, super_node: SuperNode) -> Result<Self, Error> {
        let claim = Policy::parse("role=records_office")?;
        let terms = Terms::new(Name::new("postgres")?, claim, authority.public_parameters());
        let charter = super_node.sign_charter(CharterDraft::first(terms, None))?;
        Ok(Self {
            charters: Charters::new(charter.clone(), &super_node.public_key())?,
            charter,
            records_office: authority.issue(&Attributes::parse("role=records_office")?, &mut OsRng)?,
            doctor: authority.issue(&Attributes::parse("role=doctor")?, &mut OsRng)?,
            access: Policy::parse("role=doctor")?,
            authority,
            super_node,
        })
    }

    /// The clinic's ledger in a database.
    ///
    /// # Errors
    /// Those of [`PostgresLedger::open`].
    pub fn ledger(&self, config: &Config) -> Result<PostgresLedger, Error> {
        PostgresLedger::open(config, &self.charter, &self.super_node.public_key())
    }

    /// The clinic's ledger in a database, which says of each failure at once that it failed.
    ///
    /// # Errors
    /// Those of [`PostgresLedger::open`].
    pub fn impatient_ledger(&self, config: &Config) -> Result<PostgresLedger, Error> {
        PostgresLedger::with_attempts(config, &self.charter, &self.super_node.public_key(), 1)
    }

    /// The super node.
    #[must_use]
    pub fn super_node(&self) -> &SuperNode {
        &self.super_node
    }

    /// The first charter, and what follows on it.
    #[must_use]
    pub fn charters(&self) -> &Charters {
        &self.charters
    }

    /// The consortium as its members see it now.
    ///
    /// # Errors
    /// Those of [`Ledger::head`].
    pub fn consortium<'a>(
        &'a self,
        ledger: &'a dyn Ledger,
        store: &'a dyn ObjectStore,
    ) -> Result<Consortium<'a>, Error> {
        let head = TrustedHead::new(ledger.head()?, 0, 0, 0)?;
        let (charters, threads) = (&self.charters, Threads::ONE);
        Ok(Consortium { ledger, store, charters, head, members: None, threads })
    }

    /// Publishes a record stage by stage. `keep` is handed what to go on from, before it is needed.
    ///
    /// # Errors
    /// [`PublishError`]; of `keep` as of [`Step::Store`].
    pub fn publish(
        &self,
        consortium: &Consortium<'_>,
        record: impl Read,
        keywords: &[Keyword],
        keep: &mut dyn FnMut(&Prepared) -> Result<(), Error>,
    ) -> Result<Published, PublishError> {
        let failed = |error: Error| PublishError { step: Step::Store, error, resume: None };
        let draft = Draft::new(&mut OsRng).map_err(failed)?;
        let publication = Publication {
            access: &self.access,
            keywords,
            keyword_key: self.authority.keyword_key(),
            hints: None,
            signing_key: &self.records_office.signing,
            time_ms: now_ms(),
        };
        let uploaded = consortium.upload(&draft, record, &mut OsRng, &mut go_on)?;
        let prepared = consortium.prepare(uploaded.sealed(), &publication, None, &mut OsRng, &mut go_on)?;
        keep(&prepared).map_err(failed)?;
        let _ = uploaded.commit().map_err(failed)?;
        self.finish(consortium, &prepared)
    }

    /// Goes on with a publication, as often as it takes.
    ///
    /// # Errors
    /// [`PublishError`].
    pub fn finish(
        &self,
        consortium: &Consortium<'_>,
        prepared: &Prepared,
    ) -> Result<Published, PublishError> {
        consortium.finish(prepared, None, &mut go_on)
    }

    /// What a doctor finds by a keyword.
    ///
    /// # Errors
    /// Those of [`Consortium::find`].
    pub fn find(&self, consortium: &Consortium<'_>, keyword: &Keyword) -> Result<Found, Error> {
        let (key, showing) = (&self.doctor.search, self.doctor.attributes());
        let search = Search { keyword, key, showing, hints: &[], from: 0 };
        consortium.find(&search, &mut OsRng, &mut |_| ControlFlow::Continue(()))
    }

    /// What a doctor reads.
    ///
    /// # Errors
    /// Those of [`Consortium::open`].
    pub fn read(&self, consortium: &Consortium<'_>, id: &EntryId) -> Result<Vec<u8>, Error> {
        let mut record = Vec::new();
        consortium.open(id, &self.doctor.decryption, &mut record, &mut |_| ControlFlow::Continue(()))?;
        Ok(record)
    }
}

fn go_on(_: Step, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn now_ms() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_millis() as u64)
}

/// The bytes of a file, which is made if it is missing, for its owner alone.
fn kept(path: &Path, make: impl FnOnce() -> Result<Vec<u8>, Error>) -> Result<Vec<u8>, Error> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes = make()?;
            let mut file = File::create_new(path)?;
            file.set_permissions(Permissions::from_mode(0o600))?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            Ok(bytes)
        }
        read => Ok(read?),
    }
}
