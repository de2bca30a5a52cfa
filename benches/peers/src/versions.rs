//! The versions that were built.

use serde_json::{Map, Value};

const LOCK: &str = include_str!("../Cargo.lock");

/// Of these packages, by name.
pub fn versions(names: &[&str]) -> Value {
    let version = |name: &&str| {
        // Of several versions the newest, which comes last, is the one that is used here.
        let packages = LOCK.split("[[package]]").filter(|p| p.contains(&format!("name = \"{name}\"\n")));
        let package = packages.last()?;
        let version = package.lines().find_map(|line| line.strip_prefix("version = "))?;
        Some((name.to_string(), Value::from(version.trim_matches('"'))))
    };
    Value::Object(names.iter().filter_map(version).collect::<Map<_, _>>())
}
