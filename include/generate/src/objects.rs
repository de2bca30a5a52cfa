//! Expands the macros of `src/ffi` for cbindgen: the forms of `src/ffi/objects.rs`, filled with the
//! rows of `src/objects.rs`, and the functions in every `export!`.

use std::path::Path;
use std::{env, fs, process};

#[path = "../../../src/objects.rs"]
mod table;

const FORMS: &str = include_str!("../../../src/ffi/objects.rs");

struct Row<'a> {
    secrecy: &'a str,
    name: &'a str,
    object: &'a str,
    encode: &'a str,
    decode: &'a str,
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
        $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident($object:ident),
        $encode:ident, $decode:ident, $free:ident
    }) => {
        Some(Row {
            secrecy: stringify!($secrecy),
            name: stringify!($name),
            object: stringify!($object),
            encode: stringify!($encode),
            decode: stringify!($decode),
            free: stringify!($free),
        })
    };
}
table::objects!(rows);

/// A source with every `export!` expanded.
pub fn exported(rust: &str) -> String {
    let (mut text, mut lines) = (String::new(), rust.lines());
    while let Some(line) = lines.next() {
        match line {
            "export! {" => text += &items(lines.by_ref().take_while(|line| *line != "}")),
            line => text += &format!("{line}\n"),
        }
    }
    text
}

/// A source of the interface, in a file for cbindgen. The functions of its objects follow their
/// structs, and those of its other handles replace `free!`.
pub fn written_out(source: &str, rust: &str) -> std::path::PathBuf {
    let mut text = String::new();
    let mut lines = rust.lines();
    let mut object = None;
    while let Some(line) = lines.next() {
        if let Some(call) = line.strip_prefix("free!(").and_then(|call| call.strip_suffix(");")) {
            text += &free(call).unwrap_or_else(|| panic!("not what a free! looks like: {call}"));
            continue;
        }
        text += &format!("{line}\n");
        if let Some(name) = line.strip_prefix("pub struct ") {
            let name = name.split(' ').next();
            object = ROWS.iter().flatten().find(|row| Some(row.name) == name);
            // The first page of the header says that the bytes of such an object are secret, too.
            let mut comment = text.lines().rev().skip(1).take_while(|line| line.starts_with("///"));
            let secret = object.is_some_and(|row| row.secrecy == "secret");
            assert!(!secret || comment.any(|line| line.contains("is secret")), "{line} is secret");
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

/// The contents of an `export!`. Comments precede `struct medseal_x;`, or with its own handle
/// `struct medseal_x(x): stateful X, medseal_x_free;`, or
/// `medseal_x(a: object A, b, b_len: bytes) -> (c: value C) { .. }`.
fn items<'a>(mut lines: impl Iterator<Item = &'a str>) -> String {
    let (mut text, mut call) = (String::new(), String::new());
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        if line.trim_start().starts_with("///") {
            text += &format!("{}\n", line.trim_start());
            continue;
        }
        call += line.trim();
        if let Some(structure) = call.strip_prefix("struct ").and_then(|call| call.strip_suffix(';')) {
            text += &opaque(structure).unwrap_or_else(|| panic!("not what a struct looks like: {call}"));
            call.clear();
            continue;
        }
        call.push(' ');
        if call.starts_with("struct ") || call.matches(')').count() < 2 {
            continue;
        }
        if !line.ends_with('}') {
            lines.find(|line| *line == "    }").expect("a function ends");
        }
        text += &signature(&call).unwrap_or_else(|| panic!("not what an export! looks like: {call}"));
        call.clear();
    }
    text
}

/// An opaque struct, and its `free!` if it is not an object of the table.
fn opaque(call: &str) -> Option<String> {
    let (name, rest) = call.split_once('(').unwrap_or((call, ""));
    let text = format!("pub struct {name} {{\n    _opaque: [u8; 0],\n}}\n");
    if rest.is_empty() {
        return Some(text);
    }
    let (object, rest) = rest.split_once("): ")?;
    let (_, free) = rest.rsplit_once(',')?;
    Some(format!("{text}free!({name}({object}) {});\n", free.trim_start()))
}

fn signature(call: &str) -> Option<String> {
    let (name, rest) = call.split_once('(')?;
    let (inputs, rest) = rest.split_once(')')?;
    let (outputs, _) = rest.split_once("-> (")?.1.split_once(')')?;
    let mut parameters = Vec::new();
    for (list, type_of) in [(inputs, input as fn(&str, &str) -> [String; 2]), (outputs, output)] {
        // The name of a length follows the name of what it counts, and the kind follows both.
        let mut names = Vec::new();
        for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((last, kind)) = part.split_once(": ") else {
                names.push(part);
                continue;
            };
            names.push(last);
            let (kind, object) = kind.split_once(' ').unwrap_or((kind, ""));
            let types = type_of(kind, object);
            parameters.extend(names.drain(..).zip(types).map(|(name, kind)| format!("{name}: {kind}")));
        }
    }
    parameters.push("err: *mut medseal_error".to_owned());
    let parameters = parameters.join(", ");
    Some(format!(
        "#[must_use]\n#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {name}({parameters}) -> medseal_status {{}}\n\n"
    ))
}

/// The types of a parameter of `export!` and of its length.
fn input(kind: &str, object: &str) -> [String; 2] {
    let pointer = match kind.trim_end_matches("_or_null") {
        "object" | "peek" | "value" | "values" | "sized" | "callbacks" => format!("*const {object}"),
        "state" | "once" => format!("*mut {object}"),
        "objects" | "copies" => format!("*const *const {object}"),
        "place" => format!("*mut *mut {object}"),
        "bytes" => "*const u8".to_owned(),
        "text" | "name" => "*const c_char".to_owned(),
        "reader" | "writer" | "progress" | "consortium" | "publication" => format!("*const medseal_{kind}"),
        "buffer" => return ["*mut u8".to_owned(), "*mut usize".to_owned()],
        number => number.to_owned(),
    };
    [pointer, "usize".to_owned()]
}

/// The types of an output of `export!` and of its length.
fn output(kind: &str, object: &str) -> [String; 2] {
    let pointer = match kind.trim_end_matches("_or_null") {
        "object" => format!("*mut *mut {object}"),
        "value" => format!("*mut {object}"),
        "numbers" => return [format!("*mut {object}"), "usize".to_owned()],
        "bool" => "*mut bool".to_owned(),
        "secret" => "*mut medseal_secret".to_owned(),
        "bytes" => "*mut u8".to_owned(),
        "text" => "*mut c_char".to_owned(),
        other => panic!("not an output of export!: {other}"),
    };
    [pointer, "*mut usize".to_owned()]
}

/// Parses `medseal_x(x) medseal_x_free`.
fn free(call: &str) -> Option<String> {
    let (name, rest) = call.split_once('(')?;
    let (object, free) = rest.split_once(") ")?;
    Some(form("free", &Row { secrecy: "", name, object, encode: "", decode: "", free }))
}

/// The signature of one function.
fn form(which: &str, row: &Row<'_>) -> String {
    let body = FORMS.split_once(&format!("macro_rules! {which} {{\n")).expect("the form").1;
    let (form, _) = body.split_once("            // SAFETY").expect("a body");
    let form = form.rsplit_once("=> {\n").expect("an arm").1;
    let filled = [
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
