//! Stores results in cargo's target folder, from which the pages in `docs/performance` are made.

use std::path::PathBuf;
use std::{env, fs};

use serde_json::{Value, json};

/// Writes rows, and the machine on which they were measured.
pub(crate) fn save(name: &str, machine: Value, rows: &[Value]) {
    let path = folder().join(name);
    fs::create_dir_all(folder()).unwrap();
    let results = json!({"machine": machine, "rows": rows});
    fs::write(&path, serde_json::to_vec_pretty(&results).unwrap()).unwrap();
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
