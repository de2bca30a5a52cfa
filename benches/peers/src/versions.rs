//! The versions of the measured libraries.

use serde_json::{Map, Value};

const LOCK: &str = include_str!("../Cargo.lock");

/// Returns the versions of these packages.
pub fn versions(names: &[&str]) -> Value {
    let version = |name: &&str| {
        // If there are several versions, this package uses the newest, which comes last.
        let packages = LOCK.split("[[package]]").filter(|p| p.contains(&format!("name = \"{name}\"\n")));
        let package = packages.last()?;
        let version = package.lines().find_map(|line| line.strip_prefix("version = "))?;
        Some((name.to_string(), Value::from(version.trim_matches('"'))))
    };
    Value::Object(names.iter().filter_map(version).collect::<Map<_, _>>())
}

/// Returns the version of CIRCL, which the program in Go uses.
pub fn circl() -> Value {
    let required = include_str!("../circl/go.mod").lines().find_map(|line| line.strip_prefix("require "));
    required.and_then(|line| line.rsplit_once(" v")).map_or(Value::Null, |(_, version)| version.into())
}
