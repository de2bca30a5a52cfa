//! Writes `include/medseal.h` and `include/abi.txt`, or with `--check` fails if they are not what `src/ffi` says. With
//! `--misuse FILE` it writes a program that calls every function wrongly, of the header as it is.

mod abi;
mod misuse;
mod objects;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

/// One section of the header each, in its order.
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
const WIDTH: usize = 120;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("two folders below the root");
    let arguments = env::args().skip(1).collect::<Vec<_>>();
    let check = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--check"] => true,
        ["--misuse", file] => {
            let header = fs::read_to_string(root.join("include/medseal.h")).expect("the header");
            fs::write(file, misuse::write(&misuse::read(&header))).expect("the file can be written");
            return ExitCode::SUCCESS;
        }
        _ => panic!("unknown arguments: {arguments:?}"),
    };
    let header = generate(root);
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
    write("include/medseal.h", &header);
    // Of the header as it was just written.
    write("include/abi.txt", &abi::snapshot(root, &header));
    exit
}

fn generate(root: &Path) -> String {
    let sections = SOURCES.iter().map(|source| section(root, source)).collect::<String>();
    format!("{}{sections}{}", preamble(root), include_str!("../closing.h"))
}

/// The page on top, with the version of the package.
fn preamble(root: &Path) -> String {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    let parts = version.expect("a version").split('.').collect::<Vec<_>>();
    let [major, minor, patch] = parts[..] else { panic!("a version has three parts") };
    let text = include_str!("../preamble.h");
    text.replace("@MAJOR@", major).replace("@MINOR@", minor).replace("@PATCH@", patch)
}

/// What one source declares, under the first line of its documentation.
fn section(root: &Path, source: &str) -> String {
    let rust = text(&root.join("src/ffi").join(source));
    let title = rust.lines().next().and_then(|line| line.strip_prefix("//! ")).expect("a title");
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    // All types that stand here, also those that only other sections use.
    let types = rust.lines().filter_map(|line| {
        let name = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub type "))?;
        name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
    });
    config.export.include.extend(types.filter(|name| name.starts_with("medseal_")).map(str::to_owned));
    let builder = cbindgen::Builder::new().with_config(config).with_src(objects::written_out(source, &rust));
    let mut body = Vec::new();
    builder.generate().expect("the source parses").write(&mut body);
    let body = String::from_utf8(body).expect("a header is text");
    // Every struct has its typedef; one name is enough where it is used.
    let body = body.replace("typedef struct ", "typedef @").replace("struct medseal_", "medseal_");
    let body = body.replace("typedef @", "typedef struct ");
    let title = title.trim_end_matches('.');
    format!(
        "/**\n * @defgroup {source} {title}\n * @{{\n */\n\n{}\n/** @}} */\n\n",
        short_comments(body.trim())
    )
}

/// A module's file, with those of its folder in the places where it names them.
fn text(module: &Path) -> String {
    let rust = fs::read_to_string(module.with_extension("rs")).expect("a source of the interface");
    let lines = rust.lines().map(|line| match line.strip_prefix("pub(super) mod ") {
        Some(part) => text(&module.join(part.trim_end_matches(';'))).replace("//!", "//"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

/// Comments of one line on one line.
fn short_comments(text: &str) -> String {
    let (mut out, mut lines) = (String::new(), text.lines().peekable());
    while let Some(line) = lines.next() {
        let mut ahead = lines.clone();
        let (words, end) = (ahead.next(), ahead.next());
        let indent = line.len() - line.trim_start().len();
        match words.and_then(|words| words.trim_start().strip_prefix("* ")) {
            Some(words)
                if line.trim() == "/**"
                    && end.is_some_and(|end| end.trim() == "*/")
                    && indent + words.len() + 7 <= WIDTH =>
            {
                out.push_str(&format!("{:indent$}/** {words} */\n", ""));
                lines.nth(1);
            }
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}
