//! Measures the time to publish and search many files.

use std::fmt;
use std::fs::{self, File};
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use medseal::Error;
use medseal::ledger::{Item, Ledger};
use medseal::search::{Keyword, RecordIndex};
use medseal::share::{DirectoryStore, ObjectStore};
use postgres::{Config, NoTls};
use rustix::time::{ClockId, clock_gettime};

use crate::Clinic;

/// The results. Processor time is that of this process, without the server.
#[derive(Clone, Debug)]
pub struct Rates {
    entries: usize,
    threads: usize,
    publishing: Spent,
    searching: Spent,
    searching_again: Spent,
    hits: usize,
    decoding_entries: Spent,
    decoding_indexes: Spent,
    entry_bytes: usize,
    index_bytes: usize,
    table_bytes: i64,
}

#[derive(Clone, Copy, Debug)]
struct Spent {
    wall: Duration,
    processor: Duration,
}

impl Spent {
    fn on<T>(work: impl FnOnce() -> T) -> (T, Self) {
        let (start, before) = (Instant::now(), processor());
        let done = work();
        (done, Self { wall: start.elapsed(), processor: processor() - before })
    }
}

fn processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Returns all files below a directory, sorted by name.
///
/// # Errors
/// If a directory cannot be read.
pub fn files_below(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut paths = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let files = paths.iter().map(|path| files_below(path)).collect::<io::Result<Vec<_>>>()?;
    Ok(files.concat())
}

/// Returns the keywords of a file: its name, the name's extension, and its directory.
///
/// # Errors
/// As for [`Keyword::new`].
pub fn keywords(file: &Path) -> Result<Vec<Keyword>, Error> {
    let parts = [file.file_stem(), file.extension(), file.parent().and_then(Path::file_name)];
    parts.into_iter().flatten().map(|part| Keyword::new(&part.to_string_lossy())).collect()
}

/// Publishes files on several threads. Returns their number.
///
/// # Errors
/// The first failure, with the file's name.
pub fn publish_all(
    clinic: &Clinic,
    ledger: &dyn Ledger,
    store: &dyn ObjectStore,
    files: &[PathBuf],
    threads: usize,
) -> io::Result<()> {
    let consortium = clinic.consortium(ledger, store).map_err(io::Error::other)?;
    let next = AtomicUsize::new(0);
    let publish_some = || {
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let named = |error: &dyn fmt::Display| io::Error::other(format!("{}: {error}", path.display()));
            let keywords = keywords(path).map_err(|error| named(&error))?;
            let record = File::open(path).map_err(|error| named(&error))?;
            let published = clinic.publish(&consortium, record, &keywords, &mut |_| Ok(()));
            published.map_err(|error| named(&error))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads = (0..threads).map(|_| scope.spawn(publish_some)).collect::<Vec<_>>();
        let died = |_| Err(io::Error::other("a thread panicked"));
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(died))
    })
}

impl Rates {
    /// Publishes all files on two threads, searches them on one, and measures the time.
    ///
    /// # Errors
    /// Those of publishing and searching.
    pub fn measure(clinic: &Clinic, config: &Config, objects: &Path, files: &[PathBuf]) -> io::Result<Self> {
        let threads = 2;
        let ledger = clinic.ledger(config).map_err(io::Error::other)?;
        let store = DirectoryStore::open(objects).map_err(io::Error::other)?;
        let (published, publishing) = Spent::on(|| publish_all(clinic, &ledger, &store, files, threads));
        published?;

        let consortium = clinic.consortium(&ledger, &store).map_err(io::Error::other)?;
        let word = Keyword::new("dcm").map_err(io::Error::other)?;
        let (found, searching) = Spent::on(|| clinic.find(&consortium, &word));
        let (again, searching_again) = Spent::on(|| clinic.find(&consortium, &word));
        again.map_err(io::Error::other)?;
        let hits = found.map_err(io::Error::other)?.hits.len();

        let items = ledger.scan(0).map(|(_, item)| item).collect::<Result<Vec<_>, _>>();
        let items = items.map_err(io::Error::other)?;
        let entries = items.iter().filter_map(Item::entry).collect::<Vec<_>>();
        let bytes = entries.iter().map(|entry| entry.to_bytes()).collect::<Vec<_>>();
        let indexes = entries.iter().map(|entry| entry.statement().index.to_bytes()).collect::<Vec<_>>();
        let ((), decoding_entries) =
            Spent::on(|| bytes.iter().for_each(|it| drop(black_box(Item::from_bytes(it)))));
        let ((), decoding_indexes) =
            Spent::on(|| indexes.iter().for_each(|it| drop(black_box(RecordIndex::from_bytes(it)))));

        let mut client = config.connect(NoTls).map_err(io::Error::other)?;
        let sizes = "SELECT pg_total_relation_size('items') + pg_total_relation_size('indexes')";
        let table_bytes = client.query_one(sizes, &[]).map_err(io::Error::other)?.get(0);
        let [entry_bytes, index_bytes] = [&bytes, &indexes].map(|it| it.iter().map(Vec::len).sum());
        Ok(Self {
            entries: entries.len(),
            threads,
            publishing,
            searching,
            searching_again,
            hits,
            decoding_entries,
            decoding_indexes,
            entry_bytes,
            index_bytes,
            table_bytes,
        })
    }
}

impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = |time: Duration| time.as_secs_f64() * 1e3 / self.entries.max(1) as f64;
        let Self { entries, threads, publishing, searching, hits, .. } = self;
        let rate = *entries as f64 / publishing.wall.as_secs_f64();
        writeln!(f, "published {entries} entries on {threads} threads: {rate:.1} entries/s")?;
        writeln!(f, "processor time per entry: {:.2} ms", each(publishing.processor))?;
        writeln!(
            f,
            "searched all of them on one thread, {hits} hits: {:.2} ms per match, {:.2} ms of processor time",
            each(searching.wall),
            each(searching.processor)
        )?;
        writeln!(f, "again: {:.2} ms of processor time per match", each(self.searching_again.processor))?;
        writeln!(f, "decoding an entry: {:.3} ms", each(self.decoding_entries.processor))?;
        writeln!(f, "decoding an index: {:.3} ms", each(self.decoding_indexes.processor))?;
        let (entry_bytes, index_bytes) =
            (self.entry_bytes / (*entries).max(1), self.index_bytes / (*entries).max(1));
        writeln!(f, "bytes per entry: {entry_bytes}; of its index: {index_bytes}")?;
        write!(f, "bytes per entry in the database: {}", self.table_bytes / (*entries).max(1) as i64)
    }
}
