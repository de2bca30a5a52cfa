//! The pages in `docs/performance`: copies results there, and makes tables and plots of them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::plots::{self, Line, Panel};
use crate::results;

const PAGES: &str = "docs/performance";
const RESULTS: [&str; 4] = ["floors.json", "instructions.json", "peers.json", "search-scale.json"];
pub fn render() {
    let taken = Path::new(PAGES).join("results");
    fs::create_dir_all(&taken).unwrap();
    for name in RESULTS {
        let made = results::folder().join(name);
        if made.exists() {
            fs::copy(&made, taken.join(name)).unwrap();
            println!("taken: {}", made.display());
        }
    }
    let read = |name: &str| -> Option<Value> {
        Some(serde_json::from_slice(&fs::read(taken.join(name)).ok()?).unwrap())
    };
    let mut page = String::from(HEAD);
    if let Some(results) = read("floors.json") {
        floors(&mut page, &results);
    }
    if let Some(results) = read("instructions.json") {
        instructions(&mut page, &results);
    }
    if let Some(results) = read("peers.json") {
        peers(&mut page, &results);
    }
    if let Some(results) = read("search-scale.json") {
        search_scale(&mut page, &results);
    }
    write(&Path::new(PAGES).join("README.md"), &page);
}

const HEAD: &str = "# Performance\n\n\
    `just render-performance` makes this page from the files in [results](results). Each section names the \
    machine, the date, the revision and the command of its measurement. A *load* well above zero means \
    that the machine was busy with other work. Ratios are then more reliable than times.\n";

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    println!("written: {}", path.display());
}

fn rows(results: &Value) -> &[Value] {
    results["rows"].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or(f64::NAN)
}

fn machine_line(results: &Value) -> String {
    let machine = &results["machine"];
    let [date, processor, system, compiler, revision, load] =
        ["date", "processor", "system", "compiler", "revision", "load"].map(|key| text(machine, key));
    let cores = &machine["cores"];
    let versions = machine["versions"].as_object().map_or(String::new(), |versions| {
        let list: Vec<String> =
            versions.iter().map(|(name, v)| format!("{name} {}", v.as_str().unwrap_or_default())).collect();
        format!(" {}.", list.join(", "))
    });
    format!(
        "*{date}, revision {revision}; {processor}, {cores} cores, load {load} at the start; {system}; {compiler}.{versions}*\n"
    )
}

// ---------------------------------------------------------------------------------------------------------
// Operations and their floors
// ---------------------------------------------------------------------------------------------------------

fn floors(page: &mut String, results: &Value) {
    let rows = rows(results);
    write!(
        page,
        "\n## Operations and their floors\n\n{}\n\
         One thread. Policies require all of `n` attributes; those of `or` require one. Keys cache the \
         points of the attributes and policies that they have used: `first` is a key's first use, \
         everything else is measured from the tenth use on. Times are in milliseconds, the least of many \
         runs. The ratio to the *floor* is in parentheses: only the group operations, hashes and cipher \
         calls that the equation needs, directly on the backend. Operation and floor alternate. `just \
         floors`.\n\n{}\n{}\n{}",
        machine_line(results),
        operation_table(rows, "ns", "ms"),
        single_table(rows, "ns", "ms"),
        record_table(rows),
    )
    .unwrap();
}

fn instructions(page: &mut String, results: &Value) {
    let rows = rows(results);
    write!(
        page,
        "\n## Instructions\n\n{}\n\
         Millions of instructions, counted by valgrind's callgrind, and in parentheses the ratio to the \
         floor's. The count is the same on every run of one build, and shows a change even on a busy \
         machine. It does not measure time: callgrind models neither caches nor parallel instructions, and \
         emulates a processor without SHA instructions. `just instructions`.\n\n{}\n{}",
        machine_line(results),
        operation_table(rows, "instructions", "millions"),
        single_table(rows, "instructions", "millions"),
    )
    .unwrap();
}

/// Returns the table of the operations that depend on the number of attributes: one line for each
/// operation, one column for each number.
fn operation_table(rows: &[Value], key: &str, unit: &str) -> String {
    let by_attributes: Vec<&Value> =
        rows.iter().filter(|row| is_by_attributes(text(row, "operation"))).collect();
    let mut sizes: Vec<u64> = by_attributes.iter().filter_map(|row| row["n"].as_u64()).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut table = format!("| {unit} (times the floor) |");
    sizes.iter().for_each(|n| write!(table, " {n} |").unwrap());
    table += "\n|---|";
    sizes.iter().for_each(|_| table += "---|");
    let mut seen: Vec<&str> = Vec::new();
    for row in &by_attributes {
        let operation = text(row, "operation");
        if seen.contains(&operation) {
            continue;
        }
        seen.push(operation);
        write!(table, "\n| {operation} |").unwrap();
        for n in &sizes {
            let row = by_attributes.iter().find(|r| text(r, "operation") == operation && r["n"] == *n);
            match row {
                Some(r) => {
                    write!(table, " {:.1} ({:.2}) |", number(r, key) / 1e6, number(r, "ratio")).unwrap();
                }
                None => table += " |",
            }
        }
    }
    table + "\n"
}

fn is_by_attributes(operation: &str) -> bool {
    ["abe ", "abs ", "search "].iter().any(|part| operation.starts_with(part))
}

/// Returns the table of batch, handshake and envelope.
fn single_table(rows: &[Value], key: &str, unit: &str) -> String {
    let mut table = format!("| | {unit} (times the floor) |\n|---|---|\n");
    for row in rows {
        let operation = text(row, "operation");
        if !is_by_attributes(operation) && !operation.starts_with("record ") {
            writeln!(table, "| {operation} | {:.2} ({:.2}) |", number(row, key) / 1e6, number(row, "ratio"))
                .unwrap();
        }
    }
    table
}

fn record_table(rows: &[Value]) -> String {
    let mut table = String::from(
        "`seal` and `open` are `seal_into` and `open_into` with memory that they get from the system for the result, \
         which costs a page fault for every 4 KiB; what `open` returns is wiped when it is dropped. A chunk is hashed to its end before \
         any of it is decrypted, so that opening reads it twice.\n\n\
         | record | bytes | GB/s | times the floor |\n|---|---|---|---|\n",
    );
    for row in rows.iter().filter(|row| text(row, "operation").starts_with("record ")) {
        let (operation, bytes) = (text(row, "operation").trim_start_matches("record "), number(row, "n"));
        let speed = bytes / number(row, "ns");
        writeln!(table, "| {operation} | {} | {speed:.2} | {:.2} |", length(bytes), number(row, "ratio"))
            .unwrap();
    }
    table
}

fn length(bytes: f64) -> String {
    match bytes as u64 {
        b if b >= 1 << 20 => format!("{} MiB", b >> 20),
        b if b >= 1 << 10 => format!("{} KiB", b >> 10),
        b => format!("{b}"),
    }
}

// ---------------------------------------------------------------------------------------------------------
// Peers
// ---------------------------------------------------------------------------------------------------------

fn peers(page: &mut String, results: &Value) {
    let of = |work: &str| -> Vec<&Value> {
        rows(results).iter().filter(|row| text(row, "work") == work).collect()
    };
    let (wrapping, sealing) = (of("wrapping"), of("sealing"));
    write!(
        page,
        "\n## Beside other libraries\n\n{}\n\
         The libraries do the same work alternately in one run, on one thread. The least processor time of \
         each counts. `just peers`.\n\n\
         **Key wrapping.** 32 bytes under a policy that requires all of `n` attributes, by a user who has \
         exactly these. Keys and ciphertexts are encoded when they are made, and a ciphertext is decoded \
         before it is opened. The libraries differ. rabe uses the smaller curve BN254, with about 100 bits \
         of security; its schemes are secure only against chosen plaintexts, and have neither numbers nor \
         negations. CIRCL uses our curve with the same security, in Go with its own assembly, and has \
         negations. It was measured after the others of its `n`, not alternately with them. medseal caches \
         the points of attributes and policies that it has used, and the least time benefits from this. The \
         cost of a first use is above, as `abe encapsulate, first`.\n\n",
        machine_line(results),
    )
    .unwrap();
    page.push_str(&schemes(&wrapping));
    page.push_str("\n| n | library | issue, ms | encrypt, ms | decrypt, ms | key, bytes | ciphertext, bytes |\n|---|---|---|---|---|---|---|\n");
    for row in &wrapping {
        let ours = wrapping.iter().find(|r| r["library"] == "medseal" && r["n"] == row["n"]);
        let cell = |key: &str, unit: f64| {
            let value = number(row, key);
            let times = ours.map_or(1.0, |ours| value / number(ours, key));
            if row["library"] == "medseal" {
                format!("{:.1}", value / unit)
            } else {
                format!("{:.1} ({times:.1}×)", value / unit)
            }
        };
        let [issue, encrypt, decrypt] = ["issue_ns", "encrypt_ns", "decrypt_ns"].map(|key| cell(key, 1e6));
        let (n, library, key, ciphertext) =
            (&row["n"], text(row, "library"), &row["key_bytes"], &row["ciphertext_bytes"]);
        writeln!(page, "| {n} | {library} | {issue} | {encrypt} | {decrypt} | {key} | {ciphertext} |")
            .unwrap();
    }
    let panel = |title: &str, y, key: &str, unit: f64| Panel {
        title: title.into(),
        x: "attributes",
        y,
        lines: lines(&wrapping, "library", key, unit),
    };
    plots::draw(
        &image("wrapping-times.svg"),
        &[
            panel("issue a key", "ms", "issue_ns", 1e6),
            panel("encrypt", "ms", "encrypt_ns", 1e6),
            panel("decrypt", "ms", "decrypt_ns", 1e6),
        ],
    );
    plots::draw(
        &image("wrapping-sizes.svg"),
        &[panel("key", "bytes", "key_bytes", 1.0), panel("ciphertext", "bytes", "ciphertext_bytes", 1.0)],
    );
    page.push_str("\n![Times by the number of attributes](wrapping-times.svg)\n\n![Sizes by the number of attributes](wrapping-sizes.svg)\n\n");

    page.push_str("**Sealing.** A record in memory, into a new buffer, in chunks of 64 KiB. Sealing spends \
        most of its time in SHA-256 (`just bench digest` beside `just bench seal_into`). This is the cost \
        of a record's digest and of a tag that commits to its key; AES-GCM uses the cheaper GHASH instead.\n\n");
    page.push_str(&schemes(&sealing));
    page.push_str("\n| record | library | seal, GB/s | open, GB/s | added, bytes |\n|---|---|---|---|---|\n");
    for row in &sealing {
        let bytes = number(row, "n");
        let [seal, open] = ["seal_ns", "open_ns"].map(|key| bytes / number(row, key));
        let (library, added) = (text(row, "library"), number(row, "sealed_bytes") - bytes);
        writeln!(page, "| {} | {library} | {seal:.2} | {open:.2} | {added} |", length(bytes)).unwrap();
    }
}

/// Returns the scheme of each library.
fn schemes(rows: &[&Value]) -> String {
    let mut list: Vec<String> =
        rows.iter().map(|row| format!("- {}: {}\n", text(row, "library"), text(row, "how"))).collect();
    list.dedup();
    let mut seen = Vec::new();
    list.retain(|line| {
        !seen.contains(line) && {
            seen.push(line.clone());
            true
        }
    });
    list.concat()
}

fn lines(rows: &[&Value], by: &str, key: &str, unit: f64) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let name = row[by].as_str().map_or_else(|| row[by].to_string(), String::from);
        let point = (number(row, "n"), number(row, key) / unit);
        match lines.iter_mut().find(|line| line.name == name) {
            Some(line) => line.points.push(point),
            None => lines.push(Line { name, points: vec![point] }),
        }
    }
    lines
}

fn image(name: &str) -> PathBuf {
    Path::new(PAGES).join(name)
}

// ---------------------------------------------------------------------------------------------------------
// Search over a ledger
// ---------------------------------------------------------------------------------------------------------

fn search_scale(page: &mut String, results: &Value) {
    let rows: Vec<&Value> = rows(results).iter().collect();
    write!(
        page,
        "\n## Search over a ledger\n\n{}\n\
         One query over entries of one keyword each under a policy of three attributes, on one thread, \
         from memory. Each entry has its own index. Every processor can match *one by one*; a processor \
         with AVX-512 IFMA uses *lanes* ([how](lanes.md)). A *cache* keeps the decoded points from an \
         earlier search. The ways alternate on blocks of 1,024 entries, and *speed-up* is relative to the \
         first. *Growth* is the power of the number of entries by which the time grew since the smaller \
         ledger: 1 is linear. [security.md](../security.md#5-search-what-it-tells) describes what hints \
         reveal. `just search-scale`.\n\n\
         | bits of hints | entries | way | search | µs per entry | entries per second | speed-up | cache, MB | hits | growth |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
        machine_line(results),
    )
    .unwrap();
    for (i, row) in rows.iter().enumerate() {
        let (bits, entries, seconds) = (&row["hint_bits"], number(row, "n"), number(row, "seconds"));
        let smaller = rows[..i].iter().rev().find(|r| r["hint_bits"] == *bits && r["way"] == row["way"]);
        let growth = smaller.map_or(String::new(), |b| {
            format!("{:.2}", (seconds / number(b, "seconds")).ln() / (entries / number(b, "n")).ln())
        });
        writeln!(
            page,
            "| {bits} | {entries} | {} | {} | {:.2} | {:.0} | {:.2} | {:.1} | {} | {growth} |",
            text(row, "way"),
            duration(seconds),
            seconds * 1e6 / entries,
            entries / seconds,
            number(row, "times"),
            number(row, "cache_bytes") / 1e6,
            row["hits"],
        )
        .unwrap();
    }
    let mut all = Vec::new();
    for way in ["one by one", "lanes", "lanes, cached"] {
        let rows: Vec<&Value> = rows.iter().copied().filter(|row| text(row, "way") == way).collect();
        let mut lines = lines(&rows, "hint_bits", "seconds", 1.0);
        lines.iter_mut().for_each(|line| line.name = format!("{} bits of hints, {way}", line.name));
        all.extend(lines);
    }
    let panel = Panel { title: "one search".into(), x: "entries", y: "seconds", lines: all };
    plots::draw(&image("search-scale.svg"), &[panel]);
    page.push_str("\n![Time of a search by the number of entries](search-scale.svg)\n");
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s >= 120.0 => format!("{:.0} min", s / 60.0),
        s if s >= 1.0 => format!("{s:.1} s"),
        s => format!("{:.1} ms", s * 1e3),
    }
}
