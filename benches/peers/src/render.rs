//! The tables in `docs/performance`. In the page, a table follows a marker with its name and ends at
//! the next empty line. Everything else in the page is written by hand.

use std::fs;

use serde_json::Value;

use crate::results;

const PAGE: &str = "docs/performance/README.md";

/// The results of a benchmark, and its tables.
type Section = (&'static str, &'static [(&'static str, fn(&[Value]) -> String)]);

const SECTIONS: [Section; 3] = [
    ("floors", &[("by attributes", by_attributes), ("single", single), ("records", records)]),
    ("peers", &[("wrapping", wrapping), ("sealing", sealing)]),
    ("search-scale", &[("searches", searches)]),
];

/// Rewrites the tables of the benchmarks that were run.
pub fn render() {
    let mut page = fs::read_to_string(PAGE).unwrap();
    for (name, tables) in SECTIONS {
        let Ok(results) = fs::read(results::folder().join(format!("{name}.json"))) else { continue };
        let results: Value = serde_json::from_slice(&results).unwrap();
        put(&mut page, name, &machine(&results["machine"]));
        for (table, of) in tables {
            put(&mut page, table, &of(results["rows"].as_array().unwrap()));
        }
        println!("written to {PAGE}: {name}");
    }
    fs::write(PAGE, page).unwrap();
}

fn put(page: &mut String, name: &str, text: &str) {
    let marker = format!("<!-- {name} -->\n");
    let start = page.find(&marker).unwrap_or_else(|| panic!("no place for {name}")) + marker.len();
    let end = page[start..].find("\n\n").map_or(page.len(), |length| start + length + 1);
    page.replace_range(start..end, text);
}

fn machine(machine: &Value) -> String {
    let [date, processor, system, compiler, revision, load] =
        ["date", "processor", "system", "compiler", "revision", "load"].map(|key| text(machine, key));
    let mut said = format!(
        "*{date}, revision {revision}; {processor}, {} cores, load {load} at the start; {system}; {compiler}.",
        machine["cores"]
    );
    let versions = machine["versions"].as_object().into_iter().flatten();
    let versions: Vec<_> = versions.map(|(name, v)| format!("{name} {}", v.as_str().unwrap())).collect();
    if !versions.is_empty() {
        said += &format!(" {}.", versions.join(", "));
    }
    said + "*\n"
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap()
}

/// A table in Markdown, with the first row as its head.
fn table(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut lines = Vec::new();
    for cells in rows {
        lines.push(format!("| {} |\n", cells.join(" | ")));
        if lines.len() == 1 {
            lines.push(format!("|{}\n", "---|".repeat(cells.len())));
        }
    }
    lines.concat()
}

fn head(cells: &str) -> Vec<String> {
    cells.split(", ").map(str::to_owned).collect()
}

fn is_by_attributes(row: &Value) -> bool {
    ["abe ", "abs ", "search "].iter().any(|part| text(row, "operation").starts_with(part))
}

fn is_of_records(row: &Value) -> bool {
    text(row, "operation").starts_with("record ")
}

/// A row for each operation, a column for each number of attributes.
fn by_attributes(rows: &[Value]) -> String {
    let rows = || rows.iter().filter(|row| is_by_attributes(row));
    let (mut sizes, mut operations) = (Vec::new(), Vec::new());
    for row in rows() {
        if !sizes.contains(&row["n"]) {
            sizes.push(row["n"].clone());
        }
        if !operations.contains(&text(row, "operation")) {
            operations.push(text(row, "operation"));
        }
    }
    let head = [vec!["ms (times the floor)".into()], sizes.iter().map(Value::to_string).collect()].concat();
    table([head].into_iter().chain(operations.into_iter().map(|operation| {
        let cells = sizes.iter().map(|n| {
            let row = rows().find(|row| text(row, "operation") == operation && row["n"] == *n);
            row.map_or(String::new(), |row| milliseconds(row, 1))
        });
        [operation.to_owned()].into_iter().chain(cells).collect()
    })))
}

fn milliseconds(row: &Value, digits: usize) -> String {
    format!("{:.digits$} ({:.2})", number(row, "ns") / 1e6, number(row, "ratio"))
}

fn single(rows: &[Value]) -> String {
    let rows = rows.iter().filter(|row| !is_by_attributes(row) && !is_of_records(row));
    let rows = rows.map(|row| vec![text(row, "operation").to_owned(), milliseconds(row, 2)]);
    table([head("operation, ms (times the floor)")].into_iter().chain(rows))
}

fn records(rows: &[Value]) -> String {
    let rows = rows.iter().filter(|row| is_of_records(row)).map(|row| {
        let (operation, bytes) = (text(row, "operation").trim_start_matches("record "), number(row, "n"));
        let speed = format!("{:.2}", bytes / number(row, "ns"));
        vec![operation.to_owned(), length(bytes), speed, format!("{:.2}", number(row, "ratio"))]
    });
    table([head("record, bytes, GB/s, times the floor")].into_iter().chain(rows))
}

fn length(bytes: f64) -> String {
    match bytes as u64 {
        b if b >= 1 << 20 => format!("{} MiB", b >> 20),
        b => format!("{} KiB", b >> 10),
    }
}

fn wrapping(rows: &[Value]) -> String {
    let rows = || rows.iter().filter(|row| row["work"] == "wrapping");
    let cells = rows().map(|row| {
        let ours = rows().find(|other| other["library"] == "medseal" && other["n"] == row["n"]).unwrap();
        let times = ["issue_ns", "encrypt_ns", "decrypt_ns"].map(|key| {
            let (time, times) = (number(row, key), number(row, key) / number(ours, key));
            let times = if row == ours { String::new() } else { format!(" ({times:.1}×)") };
            format!("{:.1}{times}", time / 1e6)
        });
        let sizes = ["key_bytes", "ciphertext_bytes"].map(|key| row[key].to_string());
        [vec![row["n"].to_string(), text(row, "library").into()], times.into(), sizes.into()].concat()
    });
    let head = "n; library; issue, ms; encrypt, ms; decrypt, ms; key, bytes; ciphertext, bytes";
    table([head.split("; ").map(str::to_owned).collect()].into_iter().chain(cells))
}

fn sealing(rows: &[Value]) -> String {
    let rows = rows.iter().filter(|row| row["work"] == "sealing").map(|row| {
        let bytes = number(row, "n");
        let [seal, open] = ["seal_ns", "open_ns"].map(|key| format!("{:.2}", bytes / number(row, key)));
        let added = (number(row, "sealed_bytes") - bytes).to_string();
        vec![length(bytes), text(row, "library").into(), seal, open, added]
    });
    table([head("record, library, seal GB/s, open GB/s, added bytes")].into_iter().chain(rows))
}

fn searches(rows: &[Value]) -> String {
    let cells = rows.iter().map(|row| {
        let (entries, seconds) = (number(row, "n"), number(row, "seconds"));
        vec![
            row["hint_bits"].to_string(),
            entries.to_string(),
            text(row, "way").into(),
            duration(seconds),
            format!("{:.2}", seconds * 1e6 / entries),
            format!("{:.0}", entries / seconds),
            format!("{:.2}", number(row, "times")),
            format!("{:.1}", number(row, "cache_bytes") / 1e6),
            row["hits"].to_string(),
            row["growth"].as_f64().map_or(String::new(), |growth| format!("{growth:.2}")),
        ]
    });
    let head = head(
        "bits of hints, entries, way, search, µs per entry, entries per second, speed-up, MB of cache, hits, \
         growth",
    );
    table([head].into_iter().chain(cells))
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s >= 120.0 => format!("{:.0} min", s / 60.0),
        s if s >= 1.0 => format!("{s:.1} s"),
        s => format!("{:.1} ms", s * 1e3),
    }
}
