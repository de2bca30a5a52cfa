//! Writes `include/medseal.h`, `include/medseal_full.h` and `include/abi.txt`, or with `--check`
//! fails if they do not match `src/ffi`. With `--misuse FILE`, reads the existing headers and
//! writes a program that calls every function wrongly.

mod abi;
mod job;
mod layout;
mod misuse;
mod objects;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, process};

use layout::Section;

/// The sources, one for each section of the headers, in order.
const SOURCES: &[&str] = &[
    "status",
    "values",
    "version",
    "callbacks",
    "attributes",
    "policy",
    "members",
    "abe_keys",
    "abe",
    "abs",
    "search_keys",
    "search",
    "query",
    "authority",
    "record",
    "stream",
    "chunk_tree",
    "merkle",
    "envelope",
    "hospital",
    "main_node",
    "registry",
    "super_node",
    "authorities",
    "holders",
    "charter",
    "charter_draft",
    "session",
    "replay",
    "handshake",
    "entry",
    "ledger",
    "memory_ledger",
    "store",
    "share",
];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("two folders below the root");
    let arguments = env::args().skip(1).collect::<Vec<_>>();
    let check = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--check"] => true,
        ["--misuse", file] => {
            let header = |name| fs::read_to_string(root.join("include").join(name)).expect("a header");
            let text = header("medseal.h") + &header("medseal_full.h");
            fs::write(file, misuse::write(&misuse::read(&objects::expanded(&text))))
                .expect("the file can be written");
            return ExitCode::SUCCESS;
        }
        _ => panic!("unknown arguments: {arguments:?}"),
    };
    let sections = SOURCES.iter().map(|source| section(root, source)).collect::<Vec<_>>();
    let job = job::names(&sections);
    let in_job = |item: &layout::Item| job.contains(item.name.as_str());
    let mut exit = ExitCode::SUCCESS;
    let mut write = |path: &str, text: &str| {
        if !check {
            fs::write(root.join(path), text).expect("the folders are there");
        } else if fs::read_to_string(root.join(path)).ok().as_deref() != Some(text) {
            eprintln!(
                "{path} is not what src/ffi says: run this without --check, and look at the difference"
            );
            exit = ExitCode::FAILURE;
        }
    };
    let text = preamble(root) + &layout::write(&sections, false, in_job) + include_str!("../closing.h");
    write("include/medseal.h", &text);
    let rest = layout::write(&sections, true, |item| !in_job(item));
    write(
        "include/medseal_full.h",
        &(include_str!("../preamble_full.h").to_owned() + &rest + include_str!("../closing.h")),
    );
    // From the headers just written.
    write(
        "include/abi.txt",
        &abi::snapshot(root, &objects::expanded(&layout::write(&sections, false, |_| true))),
    );
    exit
}

/// The first comment of the header, with the version of the package.
fn preamble(root: &Path) -> String {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    let parts = version.expect("a version").split('.').collect::<Vec<_>>();
    let [major, minor, patch] = parts[..] else { panic!("a version has three parts") };
    let text = objects::FIRST_PAGE;
    text.replace("@MAJOR@", major).replace("@MINOR@", minor).replace("@PATCH@", patch)
}

fn section(root: &Path, source: &'static str) -> Section {
    let text = text(&root.join("src/ffi").join(source));
    let rust = objects::exported(&text);
    let title = rust.lines().next().and_then(|line| line.strip_prefix("//! ")).expect("a title");
    let title = title.trim_end_matches('.').to_owned();
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    // All types of this source, including those that only other sections use.
    let types = rust.lines().filter_map(|line| {
        let name = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub type "))?;
        name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
    });
    config.export.include.extend(types.filter(|name| name.starts_with("medseal_")).map(str::to_owned));
    let file = env::temp_dir().join(format!("medseal-header-{}-{source}.rs", process::id()));
    fs::write(&file, rust).expect("a temporary folder is writable");
    let builder = cbindgen::Builder::new().with_config(config).with_src(&file);
    let mut body = Vec::new();
    builder.generate().expect("the source parses").write(&mut body);
    let body = String::from_utf8(body).expect("a header is text");
    // Every struct has a typedef, so uses need only the one name.
    let body = body.replace("typedef struct ", "typedef @").replace("struct medseal_", "medseal_");
    let body = body.replace("typedef @", "typedef struct ");
    fs::remove_file(&file).expect("it was written above");
    Section { source, title, items: layout::items(&body, &text) }
}

/// A module's file, with the files of its folder inserted where it declares them.
fn text(module: &Path) -> String {
    let rust = fs::read_to_string(module.with_extension("rs")).expect("a source of the interface");
    let lines = rust.lines().map(|line| match line.strip_prefix("pub(super) mod ") {
        Some(part) => text(&module.join(part.trim_end_matches(';'))).replace("//!", "//"),
        None => format!("{line}\n"),
    });
    lines.collect()
}
