//! What `src/ffi/objects.rs` makes by macro, written out for cbindgen: the forms there, filled with
//! the rows of `src/objects.rs`.

use std::path::Path;
use std::{env, fs, process};

#[path = "../../../src/objects.rs"]
mod table;

const FORMS: &str = include_str!("../../../src/ffi/objects.rs");

struct Row<'a> {
    secrecy: &'a str,
    state: &'a str,
    name: &'a str,
    object: &'a str,
    words: &'a str,
    encode: &'a str,
    decode: &'a str,
    /// The function that checks what decoding leaves; empty if it leaves nothing.
    later: &'a str,
    free: &'a str,
}

macro_rules! rows {
    ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
        const ROWS: &[Option<Row<'static>>] = &[$(row!($row),)*];
    };
}

macro_rules! row {
    (by_hand) => {
        None
    };
    ({
        $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident($object:ident) $words:literal,
        $encode:ident, $decode:ident, $free:ident
    }) => {
        Some(Row {
            secrecy: stringify!($secrecy),
            state: stringify!($state),
            name: stringify!($name),
            object: stringify!($object),
            words: $words,
            encode: stringify!($encode),
            decode: stringify!($decode),
            later: concat!($($(stringify!($later))?)?),
            free: stringify!($free),
        })
    };
}
table::objects!(rows);

/// A source of the interface, with the functions of its objects behind their structs, and those of
/// its other handles in the place of `free!`. It stands in a file, which cbindgen wants.
pub fn written_out(source: &str, rust: &str) -> std::path::PathBuf {
    let mut text = String::new();
    let mut lines = rust.lines();
    let mut object = None;
    while let Some(line) = lines.next() {
        if line == "give! {" {
            text += &give(&lines.by_ref().take_while(|line| *line != "}").collect::<Vec<_>>());
            continue;
        }
        if let Some(first) = line.strip_prefix("free!(") {
            let mut call = first.to_owned();
            while !call.ends_with(");") {
                call += lines.next().expect("a call ends").trim_start();
            }
            text += &free(&call);
            continue;
        }
        text += &format!("{line}\n");
        if let Some(name) = line.strip_prefix("pub struct ") {
            let name = name.split(' ').next();
            object = ROWS.iter().flatten().find(|row| Some(row.name) == name);
        }
        if let Some(row) = object.take_if(|_| line == "}") {
            text += &form("encode", row);
            if row.decode != "by_hand" {
                text += &form("decode", row);
            }
            text += &form("free", row);
        }
    }
    let folder = env::temp_dir().join(format!("medseal-header-{}", process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join(Path::new(source).with_extension("rs"));
    fs::write(&path, text).expect("a temporary folder is writable");
    path
}

/// Of comments, and of `medseal_y(x: medseal_x) -> y: object medseal_y { .. }`.
fn give(lines: &[&str]) -> String {
    let (comments, call): (Vec<&str>, Vec<&str>) =
        lines.iter().map(|line| line.trim()).partition(|line| line.starts_with("///"));
    let call = call.join(" ");
    let parse = || {
        let (name, rest) = call.split_once('(')?;
        let (object, rest) = rest.split_once(") -> ")?;
        let object = object
            .split_once(": ")
            .map_or(String::new(), |(object, kind)| format!("{object}: *const {kind}, "));
        let (made, _) = rest.split_once(" {")?;
        let made = match made.split_once(": ") {
            None if made == "text" => "out: *mut c_char, out_len: *mut usize".to_owned(),
            None => "out: *mut u8, out_len: *mut usize".to_owned(),
            Some((made, out)) => match out.split_once(' ')? {
                ("object", out) => format!("{made}: *mut *mut {out}"),
                (_, out) => format!("{made}: *mut {out}"),
            },
        };
        Some(format!(
            "{}\n#[must_use]\n#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {name}({object}{made}, err: *mut medseal_error) \
             -> medseal_status {{}}\n",
            comments.join("\n")
        ))
    };
    parse().unwrap_or_else(|| panic!("not what a give! looks like: {call}"))
}

/// Of `secret medseal_x(x) "an x":medseal_x_free);`.
fn free(call: &str) -> String {
    let parse = || {
        let (secrecy, rest) = call.split_once(' ')?;
        let (name, rest) = rest.split_once('(')?;
        let (object, rest) = rest.split_once(") \"")?;
        let (words, free) = rest.split_once("\":")?;
        let free = free.trim_start().strip_suffix(");")?;
        Some(form(
            "free",
            &Row { secrecy, state: "", name, object, words, encode: "", decode: "", later: "", free },
        ))
    };
    parse().unwrap_or_else(|| panic!("not what a free! looks like: {call}"))
}

/// One function: its comment and its signature.
fn form(which: &str, row: &Row<'_>) -> String {
    let body = FORMS.split_once(&format!("macro_rules! {which} {{\n")).expect("the form").1;
    let (form, _) = body.split_once("            // SAFETY").expect("a body");
    let form = form.rsplit_once("=> {\n").expect("an arm").1;
    let spent = match row.state {
        "once" => ".\n/// Fails with MEDSEAL_ERR_SPENT if a hospital has accepted it",
        _ => "",
    };
    let words = match (which, row.secrecy) {
        ("encode", "secret") => format!("{}. The bytes are secret: wipe them when you are done", row.words),
        ("free", "secret") => format!("{}, and wipes it", row.words),
        _ => row.words.to_owned(),
    };
    let checked = match row.later {
        "" => "everything".to_owned(),
        later => format!(
            "all but points of its parts:\n/// {later}() checks them all, and each is checked where it is used"
        ),
    };
    let filled = [
        ("$spent", spent),
        ("$words", words.as_str()),
        ("$checked", checked.as_str()),
        ("$object", row.object),
        ("$encode", row.encode),
        ("$decode", row.decode),
        ("$free", row.free),
        ("$name", row.name),
    ];
    let mut text = String::from("\n");
    for line in form.lines() {
        let mut line = line.trim_start().to_owned();
        for (variable, value) in filled {
            line = line.replace(variable, value);
        }
        text += &format!("{line}\n");
    }
    text + "}\n"
}
