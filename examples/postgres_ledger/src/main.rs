//! A demonstration of a ledger in PostgreSQL.
//!
//! ```text
//! postgres_ledger                             demonstrates the ledger on a temporary server
//! postgres_ledger measure DIRECTORY           measures publishing and searching all files on a temporary server
//! postgres_ledger publish URL HOME FILE..     publishes files and all files below directories
//! postgres_ledger search URL HOME KEYWORD     lists what a doctor finds by a keyword
//! ```
//! URL names a database, as `host=127.0.0.1 user=clinic dbname=ledger` or
//! `postgresql://clinic@127.0.0.1/ledger`. HOME is a directory for the parties' keys
//! and the sealed records.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use medseal::ledger::Ledger;
use medseal::search::Keyword;
use medseal::share::DirectoryStore;
use postgres::NoTls;
use postgres_ledger::{Blocking, Clinic, Rates, Server, files_below, publish_all};
use tokio::runtime::Runtime;
use tokio::time::sleep;

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let arguments = arguments.iter().map(String::as_str).collect::<Vec<_>>();
    let done = match arguments.as_slice() {
        [] => demonstrate(),
        ["measure", directory] => measure(Path::new(directory)),
        ["publish", url, home, files @ ..] if !files.is_empty() => publish(url, Path::new(home), files),
        ["search", url, home, keyword] => search(url, Path::new(home), keyword),
        _ => Err(
            "usage: postgres_ledger [measure DIRECTORY | publish URL HOME FILE.. | search URL HOME KEYWORD]"
                .into(),
        ),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("postgres_ledger: {error}");
            ExitCode::FAILURE
        }
    }
}

fn publish(url: &str, home: &Path, files: &[&str]) -> Result<(), Box<dyn Error>> {
    let clinic = Clinic::open(home)?;
    let (ledger, store) = (clinic.ledger(&url.parse()?)?, DirectoryStore::open(home.join("objects"))?);
    let mut all = Vec::new();
    for file in files {
        all.extend(files_below(Path::new(file))?);
    }
    publish_all(&clinic, &ledger, &store, &all, 2)?;
    println!("published {} files; the ledger has {} items", all.len(), ledger.head()?.size);
    Ok(())
}

fn search(url: &str, home: &Path, keyword: &str) -> Result<(), Box<dyn Error>> {
    let clinic = Clinic::open(home)?;
    let (ledger, store) = (clinic.ledger(&url.parse()?)?, DirectoryStore::open(home.join("objects"))?);
    let consortium = clinic.consortium(&ledger, &store)?;
    let found = clinic.find(&consortium, &Keyword::new(keyword)?)?;
    for hit in &found.hits {
        println!("{} {} {} bytes", hit.height, hit.id, clinic.read(&consortium, &hit.id)?.len());
    }
    for malformed in &found.malformed {
        println!("height {} is malformed: {}", malformed.height, malformed.error);
    }
    Ok(())
}

fn measure(directory: &Path) -> Result<(), Box<dyn Error>> {
    let (server, home) = (Server::start()?, tempfile::tempdir()?);
    let files = files_below(directory)?;
    println!("{}", Rates::measure(&Clinic::new()?, &server.config(), home.path(), &files)?);
    Ok(())
}

fn demonstrate() -> Result<(), Box<dyn Error>> {
    let (server, home) = (Server::start()?, tempfile::tempdir()?);
    let clinic = Clinic::new()?;
    let (ledger, store) = (clinic.ledger(&server.config())?, DirectoryStore::open(home.path())?);
    let (glucose, visits) = (Keyword::new("glucose")?, 8);

    // Two threads append to one ledger.
    let consortium = clinic.consortium(&ledger, &store)?;
    let publish = |visit: u32| {
        let record = format!("visit {visit}: glucose 5.4 mmol/l");
        let keywords = std::slice::from_ref(&glucose);
        clinic
            .publish(&consortium, record.as_bytes(), keywords, &mut |_| Ok(()))
            .map(|done| done.place.height)
    };
    let heights = thread::scope(|scope| {
        let threads =
            [0, 1].map(|of| scope.spawn(move || (of..visits).step_by(2).map(publish).collect::<Vec<_>>()));
        threads.map(|thread| thread.join().unwrap_or_default())
    });
    for (thread, heights) in heights.into_iter().enumerate() {
        println!(
            "thread {thread} published at heights {:?}",
            heights.into_iter().collect::<Result<Vec<_>, _>>()?
        );
    }

    // The server is killed. After its restart, the acknowledged entries are there, and the ledger
    // reconnects by itself.
    server.kill()?;
    println!("the server was killed and restarted");
    server.restart()?;
    println!("published at height {}", publish(visits)?);

    // Damage a row by hand.
    let mut client = server.config().connect(NoTls)?;
    client.execute("UPDATE indexes SET index = set_byte(index, 3, 0) WHERE height = 3", &[])?;
    let found = clinic.find(&clinic.consortium(&ledger, &store)?, &glucose)?;
    println!("found {} entries; malformed: {:?}", found.hits.len(), found.malformed);

    // From async code: a search beside a task that should run every millisecond.
    let runtime = Runtime::new()?;
    let (beats, shared) = (Arc::new(AtomicU64::new(0)), Arc::new((clinic, ledger, store)));
    runtime.spawn({
        let beats = Arc::clone(&beats);
        async move {
            loop {
                sleep(Duration::from_millis(1)).await;
                beats.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let search = {
        let shared = Arc::clone(&shared);
        move || {
            let (clinic, ledger, store) = &*shared;
            clinic.find(&clinic.consortium(ledger, store)?, &glucose)
        }
    };
    let found = runtime.block_on(Blocking::new(2).run(search))??;
    let beats = beats.load(Ordering::Relaxed);
    println!("found {} entries from async code, while another task ran {beats} times", found.hits.len());
    Ok(())
}
