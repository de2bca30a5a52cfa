//! Gives the shared C library its soname, which Cargo does not do; nothing else is built here.
//!
//! A program that was linked with one version runs with every later one of the same soname. Cargo's rule for versions
//! decides which those are: while the major version is 0 a new minor version may break the interface, so the name is
//! `libmedseal.so.0.1`; from 1.0 on it is `libmedseal.so.1`. `include/packaging/install` and `cargo cinstall` name the files
//! by the same rule. Without a soname the programs would record the path that they were linked with.
//!
//! What the library exports is not decided here: for a `cdylib` the compiler writes a version script that lists the
//! functions marked as exported and hides all others, the curve backend's too (`tests/c/run` checks it).

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_CAPI").is_none() {
        return;
    }
    let variable = |name| env::var(name).unwrap_or_default();
    let (major, minor) = (variable("CARGO_PKG_VERSION_MAJOR"), variable("CARGO_PKG_VERSION_MINOR"));
    let compatible = if major == "0" { format!("0.{minor}") } else { major };
    match (variable("CARGO_CFG_TARGET_VENDOR").as_str(), variable("CARGO_CFG_TARGET_FAMILY").as_str()) {
        ("apple", _) => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libmedseal.{compatible}.dylib");
        }
        (_, "unix") => println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libmedseal.so.{compatible}"),
        // Windows names libraries by their file alone.
        _ => {}
    }
}
