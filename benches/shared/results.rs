//! Stores results in cargo's target folder, from which the tables in `docs/performance` are made.

use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

/// Writes rows, a line each, and the machine they were taken on.
pub(crate) fn save(name: &str, machine: Value, rows: &[Value]) {
    let path = folder().join(name);
    fs::create_dir_all(folder()).unwrap();
    let rows = rows.iter().map(|row| format!("    {row}")).collect::<Vec<_>>().join(",\n");
    let results = format!("{{\n  \"machine\": {machine},\n  \"rows\": [\n{rows}\n  ]\n}}\n");
    fs::write(&path, results).unwrap();
    println!("written to {}", path.display());
}

/// Returns `performance` in cargo's target folder.
pub(crate) fn folder() -> PathBuf {
    target().join("performance")
}

/// Returns cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}
