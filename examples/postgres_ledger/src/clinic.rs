//! A consortium of one clinic and its ledger. Its records are for doctors.

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

/// The parties, with their secret keys. In practice, each keeps its own.
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
    /// Makes a new clinic.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn new() -> Result<Self, Error> {
        Self::of(Authority::setup(&mut OsRng)?, SuperNode::generate(&mut OsRng)?)
    }

    /// Opens the clinic whose keys are in a directory, or makes a new one if there are none.
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

    /// The same authority and super node always make the same charter. This is how a
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

    /// Opens the clinic's ledger in a database.
    ///
    /// # Errors
    /// As for [`PostgresLedger::open`].
    pub fn ledger(&self, config: &Config) -> Result<PostgresLedger, Error> {
        PostgresLedger::open(config, &self.charter, &self.super_node.public_key())
    }

    /// Opens the clinic's ledger in a database, without retries.
    ///
    /// # Errors
    /// As for [`PostgresLedger::open`].
    pub fn impatient_ledger(&self, config: &Config) -> Result<PostgresLedger, Error> {
        PostgresLedger::with_attempts(config, &self.charter, &self.super_node.public_key(), 1)
    }

    /// Returns the super node.
    #[must_use]
    pub fn super_node(&self) -> &SuperNode {
        &self.super_node
    }

    /// Returns the chain of charters that starts with the first.
    #[must_use]
    pub fn charters(&self) -> &Charters {
        &self.charters
    }

    /// Returns the current consortium from its members' point of view.
    ///
    /// # Errors
    /// As for [`Ledger::head`].
    pub fn consortium<'a>(
        &'a self,
        ledger: &'a dyn Ledger,
        store: &'a dyn ObjectStore,
    ) -> Result<Consortium<'a>, Error> {
        let head = TrustedHead::new(ledger.head()?, 0, 0, 0)?;
        let (charters, threads) = (&self.charters, Threads::ONE);
        Ok(Consortium { ledger, store, charters, head, members: None, threads })
    }

    /// Publishes a record stage by stage. `keep` receives each stage before it is needed.
    ///
    /// # Errors
    /// [`PublishError`]; for errors of `keep`, with [`Step::Store`].
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

    /// Resumes a publication. It may be called any number of times.
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

    /// Returns the entries that a doctor finds by a keyword.
    ///
    /// # Errors
    /// As for [`Consortium::find`].
    pub fn find(&self, consortium: &Consortium<'_>, keyword: &Keyword) -> Result<Found, Error> {
        let (key, showing) = (&self.doctor.search, self.doctor.attributes());
        let search = Search { keyword, key, showing, hints: &[], from: 0 };
        consortium.find(&search, &mut OsRng, &mut |_| ControlFlow::Continue(()))
    }

    /// Returns the record that a doctor opens.
    ///
    /// # Errors
    /// As for [`Consortium::open`].
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

/// Returns the bytes of a file. If it is missing, makes it, with access for its owner only.
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
