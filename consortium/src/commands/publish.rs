//! `submit` and `charter`: writing to the ledger.

use std::fs::{self, File};
use std::ops::ControlFlow::Continue;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use medseal::Error;
use medseal::ledger::Charter;
use medseal::merkle::Frontier;
use medseal::policy::Policy;
use medseal::rand_core::OsRng;
use medseal::search::{Keyword, KeywordKey};
use medseal::share::{Consortium, Database, Draft, Prepared, Publication, Published};

use super::remote::{Session, hospital};
use crate::config::reason;
use crate::files;
use crate::report::{At, Failure, Progress, bytes, duration, now_ms, print, right, short, wide_table};

#[derive(Args)]
pub(crate) struct Submit {
    /// The records; without any, finishes what an earlier call left unfinished
    files: Vec<PathBuf>,
    /// Who may find and open them
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// Keywords under which they are found
    #[arg(long, value_name = "WORD", num_args = 1..)]
    keyword: Vec<String>,
}

#[derive(Args)]
pub(crate) struct SubmitCharter {
    /// The charter that the offices signed
    file: PathBuf,
}

/// A hospital's unfinished publications, and the digest over everything that it published.
struct Desk {
    state: PathBuf,
    database: Database,
    _lock: File,
}

impl Desk {
    fn open(session: &Session) -> Result<Self, Failure> {
        let state = session.state.clone();
        files::make_folder(&state.join("unfinished"))?;
        let lock = File::create(state.join("lock")).at(format!("cannot write {}", state.display()))?;
        lock.try_lock().at("another `submit` is running: wait until it ends")?;
        let (key, identity) = (session.config.super_node, *hospital(&session.config)?.identity());
        let path = state.join("database");
        let database = match path.exists() {
            true => Database::resume(key, identity, files::read_secret(&path, Frontier::from_bytes)?),
            false => Database::new(key, identity),
        };
        Ok(Self { state, database, _lock: lock })
    }

    fn unfinished(&self) -> Result<Vec<PathBuf>, Failure> {
        let folder = self.state.join("unfinished");
        let entries = fs::read_dir(&folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let entries = entries.at(format!("cannot read {}", folder.display()))?;
        Ok(entries.into_iter().map(|entry| entry.path()).filter(|path| path.extension().is_none()).collect())
    }

    /// Appends the entry of a publication. Call it until it succeeds.
    fn finish(
        &mut self,
        consortium: &Consortium<'_>,
        path: &Path,
        prepared: &Prepared,
    ) -> Result<Published, Failure> {
        let finished = consortium.finish(prepared, Some(&mut self.database), &mut |_, _| Continue(()));
        let published = match finished {
            Ok(published) => published,
            Err(failed) => {
                // Trying again does not help with these two.
                let is_over = matches!(failed.error, Error::UnknownObject | Error::EraPassed);
                if is_over {
                    fs::remove_file(path).at(format!("cannot delete {}", path.display()))?;
                }
                let advice = match failed.error.is_transient() {
                    _ if is_over => "; this publication was discarded: submit the record again",
                    true => "; run `submit` again to finish it",
                    false => "",
                };
                let (step, error) = (failed.step, reason(&failed.error));
                return Err(Failure::new(format!("{step}: {error}{advice} ({})", path.display())));
            }
        };
        files::replace(&self.state.join("database"), &self.database.frontier().to_bytes())?;
        fs::remove_file(path).at(format!("cannot delete {}", path.display()))?;
        Ok(published)
    }
}

pub(crate) fn submit(config: &Path, submit: &Submit) -> Result<(), Failure> {
    let access = match &submit.policy {
        Some(policy) => Some(Policy::parse(policy).at("--policy")?),
        None if submit.files.is_empty() => None,
        None => return Err(Failure::new("--policy is missing: it states who may find and open the records")),
    };
    let keywords = submit.keyword.iter().map(|word| Keyword::new(word).at(format!("--keyword {word:?}")));
    let keywords = keywords.collect::<Result<Vec<_>, _>>()?;
    let records = submit.files.iter().map(|path| open(path)).collect::<Result<Vec<_>, _>>()?;

    let session = Session::connect(config, Default::default())?;
    let section = session.config.hospital()?;
    let keys = session.member(None, section.uploader.as_ref(), "uploader")?;
    let keyword_key = section.keyword_key.as_ref();
    let keyword_key = keyword_key
        .ok_or_else(|| Failure::new(format!("{} is missing", session.config.field("keyword_key"))))?;
    let keyword_key = files::read_secret(&session.config.resolve(keyword_key), KeywordKey::from_bytes)?;
    session.config.tidy()?;
    let store = session.config.stores()?;
    let consortium = session.consortium(&store)?;
    let mut desk = Desk::open(&session)?;
    let mut rows = wide_table(["record", "size", "time", "height", "entry", "sealed record"]);
    let mut row = |name: String, start: Instant, published: &Published| {
        let (height, entry) = (published.place.height, published.place.id.to_string());
        let time = duration(start.elapsed());
        let address = short(&published.address);
        rows.add_row([
            name.into(),
            right(bytes(published.length)),
            right(time),
            right(height),
            entry.into(),
            address.into(),
        ]);
    };

    for path in desk.unfinished()? {
        let start = Instant::now();
        let prepared = files::read_secret(&path, Prepared::from_bytes)?;
        match desk.finish(&consortium, &path, &prepared) {
            Ok(published) => row("(left unfinished)".to_owned(), start, &published),
            Err(failure) if !path.exists() => failure.say("medseal-consortium"),
            Err(failure) => return Err(failure),
        }
    }
    for ((path, (record, size)), access) in submit.files.iter().zip(records).zip(access.iter().cycle()) {
        let start = Instant::now();
        let publication = Publication {
            access,
            keywords: &keywords,
            keyword_key: &keyword_key,
            hints: None,
            signing_key: &keys.signing,
            time_ms: now_ms(),
        };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let published = publish(&mut desk, &consortium, record, size, &publication)
            .map_err(|failure| Failure::new(format!("{}: {}", path.display(), failure.0)))?;
        row(name, start, &published);
    }
    session.keep()?;
    session.tell();
    print(rows)
}

fn open(path: &Path) -> Result<(File, Option<u64>), Failure> {
    let unreadable = format!("cannot read {}", path.display());
    let file = File::open(path).at(&unreadable)?;
    let metadata = file.metadata().at(&unreadable)?;
    if metadata.is_dir() {
        return Err(Failure::new(format!("{unreadable}: it is a directory")));
    }
    Ok((file, metadata.is_file().then_some(metadata.len())))
}

/// Seals a record into the store, and appends its entry. Before anything can be stored, a file in
/// the state folder records how to resume.
fn publish(
    desk: &mut Desk,
    consortium: &Consortium<'_>,
    record: File,
    size: Option<u64>,
    publication: &Publication<'_>,
) -> Result<Published, Failure> {
    let bar = Progress::new("sealing", size);
    let mut progress = |_, done| bar.show(done);
    let failed = |failed: medseal::share::PublishError| {
        Failure::new(format!("{}: {}", failed.step, reason(&failed.error)))
    };
    let draft = Draft::new(&mut OsRng).at("making a record key")?;
    let uploaded = consortium.upload(&draft, record, &mut OsRng, &mut progress).map_err(failed)?;
    let database = Some(&desk.database);
    let prepared = consortium.prepare(uploaded.sealed(), publication, database, &mut OsRng, &mut progress);
    let prepared = prepared.map_err(failed)?;
    drop(bar);
    let path = desk.state.join("unfinished").join(prepared.entry().id().to_string());
    files::create_secret(&path, &prepared.to_bytes())?;
    if let Err(error) = uploaded.commit() {
        // If the object cannot be stored, there is nothing to finish. If it may be, the next call
        // finds out.
        if !error.is_transient() {
            fs::remove_file(&path).at(format!("cannot delete {}", path.display()))?;
        }
        return Err(Failure::new(format!("the store: {}", reason(&error))));
    }
    desk.finish(consortium, &path, &prepared)
}

pub(crate) fn submit_charter(config: &Path, submit: &SubmitCharter) -> Result<(), Failure> {
    let charter = files::read(&submit.file, Charter::from_bytes)?;
    let session = Session::connect(config, Default::default())?;
    let number = charter.number();
    let submitted = session.remote.submit_charter(&charter);
    let height = submitted.map_err(|error| Failure::new(format!("charter {number}: {}", reason(&error))))?;
    session.keep()?;
    print(format!("charter {number} is at height {height}"))
}
