//! `search`, `open` and `status`: reading the ledger.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use comfy_table::Cell;
use medseal::Threads;
use medseal::ledger::{EntryId, Ledger};
use medseal::policy::Attributes;
use medseal::rand_core::OsRng;
use medseal::search::{Keyword, Query};
use medseal_consortium::client::Searching;
use tempfile::NamedTempFile;

use super::remote::Session;
use crate::config::reason;
use crate::files;
use crate::report::{At, Failure, Progress, bytes, duration, now_ms, print, right, short, table, wide_table};

#[derive(Args)]
pub(crate) struct Search {
    /// The keywords, all of which an entry must have
    #[arg(required = true)]
    words: Vec<String>,
    /// The keys of the member who searches [default: `reader` in the configuration]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The member's attributes that the nodes see [default: all attributes of the keys]
    #[arg(long, value_name = "ATTRIBUTES")]
    showing: Option<String>,
    /// The height at which to begin
    #[arg(long, value_name = "HEIGHT", default_value_t = 0)]
    from: u64,
    /// Search at two nodes, and find out which one is wrong if they differ
    #[arg(long)]
    compare: bool,
    /// Match this many ranges of 64 entries locally, at random places, to catch a node that omits
    /// matches
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    check_ranges: usize,
}

#[derive(Args)]
pub(crate) struct Open {
    /// The entry, as `search` shows it
    entry: String,
    /// Where to write the record; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The keys of the member who opens it [default: `reader` in the configuration]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

pub(crate) fn search(config: &Path, search: &Search) -> Result<(), Failure> {
    let words = search.words.iter().map(|word| Keyword::new(word).at(format!("{word:?}")));
    let words = words.collect::<Result<Vec<_>, _>>()?;
    let showing = search.showing.as_ref().map(|text| Attributes::parse(text).at("--showing")).transpose()?;
    let searching = Searching { compare: search.compare, ranges: search.check_ranges, range_entries: 64 };
    let session = Session::connect(config, searching)?;
    let keys =
        session.member(search.keys.as_deref(), session.config.hospital()?.reader.as_ref(), "reader")?;
    let showing = showing.as_ref().unwrap_or(keys.attributes());
    let authority = &session.charters.current().terms().parameters.search;
    let queries =
        words.iter().map(|word| Ok(Query::new(keys.search.trapdoor(word, showing, &mut OsRng)?, authority)));
    let queries =
        queries.collect::<Result<Vec<_>, medseal::Error>>().at("asking for these attributes (--showing)")?;
    let query = Query::all(queries).at("making the query")?;

    let start = Instant::now();
    let bar = Progress::new("searching", None);
    let threads = Threads::new(0);
    let found = session.remote.search(&query, authority, search.from, threads, &mut |done| bar.show(done));
    drop(bar);
    session.tell();
    let found = found.map_err(|error| Failure::new(format!("searching: {}", reason(&error))))?;
    let mut rows = wide_table(["height", "entry", "for", "made"]);
    for hit in &found.hits {
        // Checks what a node found: the entry is under the head, and signed under a charter.
        let row = match session.remote.get(&hit.id) {
            Ok(entry) => {
                let statement = entry.statement();
                [
                    right(hit.height),
                    hit.id.to_string().into(),
                    entry.access().to_string().into(),
                    Cell::new(date(statement.time)),
                ]
            }
            Err(error) => {
                [right(hit.height), hit.id.to_string().into(), reason(&error).into(), Cell::new("")]
            }
        };
        rows.add_row(row);
    }
    session.keep()?;
    print(rows)?;
    let malformed = found.malformed.len();
    print(format!(
        "{} found in {}{}; to search only newer entries later: --from {}",
        found.hits.len(),
        duration(start.elapsed()),
        if malformed > 0 { format!(", {malformed} malformed") } else { String::new() },
        found.next
    ))
}

/// The date of a time, in UTC.
pub(super) fn date(ms: u64) -> String {
    let days = u32::try_from(ms / (24 * 60 * 60 * 1000)).ok().and_then(medseal::policy::Date::from_days);
    days.map_or_else(String::new, |date| date.to_string())
}

fn entry_id(text: &str) -> Option<EntryId> {
    let mut id = [0; EntryId::BYTES];
    if text.len() != 2 * id.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in id.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(id.into())
}

pub(crate) fn open(config: &Path, open: &Open) -> Result<(), Failure> {
    let id = entry_id(&open.entry).ok_or_else(|| {
        Failure::new(format!("{:?} is not an entry's id: copy its 64 digits from `search`", open.entry))
    })?;
    if open.out.exists() {
        return Err(Failure::new(format!("{} exists already, and is not overwritten", open.out.display())));
    }
    let session = Session::connect(config, Default::default())?;
    let keys = session.member(open.keys.as_deref(), session.config.hospital()?.reader.as_ref(), "reader")?;
    let store = session.config.stores()?;
    let consortium = session.consortium(&store)?;

    let start = Instant::now();
    let writing = format!("cannot write {}", open.out.display());
    // Only its owner may read it, and it gets its name after everything is checked.
    let mut copy = NamedTempFile::new_in(files::folder(&open.out)).at(&writing)?;
    let bar = Progress::new("opening", None);
    let opened = consortium.open(&id, &keys.decryption, &mut copy, &mut |done| bar.show(done));
    drop(bar);
    let opened = opened.map_err(|error| Failure::new(format!("entry {}: {}", short(&id), reason(&error))))?;
    copy.as_file().sync_all().at(&writing)?;
    copy.persist_noclobber(&open.out).at(&writing)?;
    session.keep()?;
    session.tell();
    let (length, time) = (bytes(opened.length), duration(start.elapsed()));
    print(format!("{}: {length} in {time}, checked against the ledger", open.out.display()))
}

pub(crate) fn status(config: &Path) -> Result<(), Failure> {
    let session = Session::connect(config, Default::default())?;
    let mut rows = table([
        "node",
        "blocks",
        "items",
        "charter",
        "epoch",
        "validators",
        "waiting",
        "peers",
        "last block",
    ]);
    let mut down = 0;
    for (name, status) in session.remote.status() {
        match status {
            Ok(status) => {
                let ago = Duration::from_millis(now_ms().saturating_sub(status.last_block_ms));
                let last = if status.last_block_ms == 0 {
                    "none".to_owned()
                } else {
                    format!("{} s ago", ago.as_secs())
                };
                let validator = if status.is_validator { "" } else { ", not this one" };
                rows.add_row([
                    Cell::new(name),
                    right(status.blocks),
                    right(status.items),
                    right(status.charter),
                    right(status.epoch),
                    right(format!("{}{validator}", status.validators)),
                    right(format!("{}, {}", status.pool_entries, bytes(status.pool_bytes as u64))),
                    right(status.peers),
                    right(last),
                ]);
            }
            Err(failure) => {
                down += 1;
                rows.add_row([Cell::new(name), Cell::new(format!("DOWN: {failure}"))]);
            }
        }
    }
    session.keep()?;
    print(rows)?;
    let validators = session.charters.current().terms().validators.len();
    let may_fail = validators.saturating_sub(1) / 3;
    if down > may_fail {
        return Err(Failure::new(format!(
            "{down} of {validators} nodes are down; nothing becomes final while more than {may_fail} are"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_named_by_64_digits() {
        let id = entry_id(&"0f".repeat(32)).unwrap();
        assert_eq!(id.to_string(), "0f".repeat(32));
        for odd in [
            "",
            "0f",
            &"0f".repeat(31),
            &"0f".repeat(33),
            &"zz".repeat(32),
            &"ä".repeat(32),
            &"+f".repeat(32),
        ] {
            assert_eq!(entry_id(odd), None, "{odd}");
        }
    }
}
