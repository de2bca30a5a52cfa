//! Expands the macros of `src/ffi` for cbindgen, the functions in every `export!`, and writes opaque
//! types with the macros of the header, by the rows of `src/objects.rs`.

#[path = "../../../src/objects.rs"]
mod table;

pub const FIRST_PAGE: &str = include_str!("../preamble.h");

struct Row {
    secrecy: &'static str,
    name: &'static str,
    by_hand: &'static str,
}

macro_rules! rows {
    ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
        const ROWS: &[Option<Row>] = &[$(row!($row),)*];
    };
}

macro_rules! row {
    (by_hand) => {
        None
    };
    ({
        $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident $(, $by_hand:ident)?
    }) => {
        Some(Row {
            secrecy: stringify!($secrecy),
            name: stringify!($name),
            by_hand: stringify!($($by_hand)?),
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
            "statuses! {" => text += &statuses(lines.by_ref().take_while(|line| *line != "}")),
            line => text += &format!("{line}\n"),
        }
    }
    text
}

/// How the header declares an opaque type of a source, in place of cbindgen's `typedef`.
pub fn declared(name: &str, source: &str) -> String {
    match ROWS.iter().flatten().find(|row| row.name == name) {
        Some(Row { by_hand: "", .. }) => format!("MEDSEAL_OBJECT({name});"),
        Some(_) => format!("MEDSEAL_HANDLE({name});\nMEDSEAL_ENCODE({name});"),
        None if source.contains(&format!("struct {name}: ")) => format!("MEDSEAL_HANDLE({name});"),
        None => format!("typedef struct {name} {name};"),
    }
}

/// Checks that the comment of a type says whether it is secret. The first page of the header says
/// that its bytes are secret, too.
pub fn check_secrecy(name: &str, comment: &str) {
    let secret = ROWS.iter().flatten().any(|row| row.secrecy == "secret" && row.name == name);
    assert!(!secret || comment.contains("is secret"), "{name} is secret");
}

/// A header with its macros for objects expanded, which the first page defines.
pub fn expanded(header: &str) -> String {
    let mut text = String::new();
    for line in header.lines() {
        let call = line.strip_prefix("MEDSEAL_").and_then(|call| call.trim_end().strip_suffix(");"));
        match call.and_then(|call| call.split_once('(')) {
            Some((name, object)) if !name.contains(' ') => text += &definition(name, object),
            _ => text += &format!("{line}\n"),
        }
    }
    text
}

fn definition(name: &str, object: &str) -> String {
    let (_, body) = FIRST_PAGE.split_once(&format!("#define MEDSEAL_{name}(TYPE) \\\n")).expect("a macro");
    let (body, _) = body.split_once("\n\n").expect("a macro ends");
    let lines = body.split("\n").map(|line| line.trim().trim_end_matches(" \\"));
    let body = lines.collect::<Vec<_>>().join("\n").replace("TYPE##", object).replace("TYPE", object);
    expanded(&format!("{body};\n"))
}

/// The contents of `statuses!`: comments precede `MEDSEAL_X = 1, "text" = error,`.
fn statuses<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let constants = lines.map(|line| match line.trim_start() {
        comment if comment.starts_with("///") => format!("{comment}\n"),
        row if row.starts_with("MEDSEAL_") => {
            let (constant, _) = row.split_once(',').expect("a row");
            format!("pub const {};\n", constant.replacen(" =", ": i32 =", 1))
        }
        _ => String::new(),
    });
    constants.collect()
}

/// The contents of an `export!`. Comments precede `struct medseal_x;`, or with its own content
/// `struct medseal_x: stateful X;`, or
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
            let name = structure.split(':').next().expect("a name");
            text += &format!("pub struct {name} {{\n    _opaque: [u8; 0],\n}}\n");
            call.clear();
            continue;
        }
        if let Some(bytes) = call.strip_prefix("bytes ") {
            text = with_bytes(text, bytes).unwrap_or_else(|| panic!("not what bytes look like: {call}"));
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

/// Ends a text with the constant and the struct of `medseal_x[MEDSEAL_X_BYTES = 32] of X;`, whose
/// comment is at the end of the text.
fn with_bytes(text: String, call: &str) -> Option<String> {
    let (name, rest) = call.split_once('[')?;
    let (count, _) = rest.split_once(']')?;
    let (count, bytes) = count.split_once(" = ")?;
    let lines = text.lines().rev().take_while(|line| line.starts_with("///"));
    let (before, comment) = text.split_at(text.len() - lines.map(|line| line.len() + 1).sum::<usize>());
    Some(format!(
        "{before}/// Bytes of a {name}.\npub const {count}: usize = {bytes};\n{comment}#[repr(C)]\npub struct {name} {{\n\
         /// The bytes.\npub bytes: [u8; {count}],\n}}\n"
    ))
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
