//! Writes `include/abi.txt` from the header: every constant with its value, every type with its
//! layout, every function with its signature. The values and layouts come from a C compiler: this
//! module generates a program that prints them, and runs it.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

const TOP: &str = "\
The binary interface of libmedseal on systems with pointers of 64 bits, as a C compiler reads medseal_full.h. Written by
include/generate. Within one soname lines are only added; save that a struct which begins with struct_size may grow at its
end, that an object may get another function, and that names of parameters may change. Before each field stand its offset
and its size. \"object T: encode, decode, free\" is an opaque type with those of these functions that are named:

medseal_status T_encode(const T *, uint8_t *out, size_t *out_len, medseal_error *err)
medseal_status T_decode(const uint8_t *data, size_t len, T **, medseal_error *err)
void T_free(T *)

";

/// The functions that an object can have, by the text before and after the name of a parameter.
const OF_OBJECTS: [(&str, &str, &str); 3] = [
    ("encode", "medseal_status T_encode(const T *", ", uint8_t *out, size_t *out_len, medseal_error *err)"),
    ("decode", "medseal_status T_decode(const uint8_t *data, size_t len, T **", ", medseal_error *err)"),
    ("free", "void T_free(T *", ")"),
];

pub fn snapshot(root: &Path, header: &str) -> String {
    let folder = env::temp_dir().join(format!("medseal-abi-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let (source, program) = (folder.join("abi.c"), folder.join("abi"));
    fs::write(&source, printing(&without_comments(header))).expect("a temporary folder is writable");
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let compiled = Command::new(&compiler)
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(root.join("include"))
        .arg(&source)
        .arg("-o")
        .arg(&program)
        .status();
    assert!(compiled.is_ok_and(|status| status.success()), "{compiler} does not compile the header");
    let printed = Command::new(&program).output().expect("what was compiled runs");
    assert!(printed.status.success(), "it is for pointers of 64 bits");
    fs::remove_dir_all(&folder).expect("it was made above");
    TOP.to_owned() + &String::from_utf8(printed.stdout).expect("text")
}

/// The program. It includes the header, so the compiler reads the declarations.
fn printing(header: &str) -> String {
    let mut body = String::new();
    let say = |body: &mut String, line: &str| {
        let _ = writeln!(body, "    puts({line:?});");
    };
    for (name, value) in header.lines().filter_map(|line| line.strip_prefix("#define ")?.split_once(' ')) {
        let _ = writeln!(body, "    printf(\"constant {name} %llu\\n\", (unsigned long long){name});");
        assert!(!value.starts_with('-'), "{name} needs a sign here");
    }
    let code = header.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    let mut declarations = declarations(&code);
    let objects = objects(&mut declarations);
    for declaration in declarations {
        let Some(typedef) = declaration.strip_prefix("typedef ") else {
            say(&mut body, &format!("function {declaration}"));
            continue;
        };
        let Some((_, fields)) = typedef.split_once('{') else {
            let opaque = typedef.strip_prefix("struct ").and_then(|rest| rest.split_once(' '));
            match opaque.and_then(|(name, _)| objects.get(name)) {
                Some(object) => say(&mut body, object),
                None => say(&mut body, &format!("type {typedef}")),
            }
            continue;
        };
        let (fields, name) = fields.rsplit_once('}').expect("a struct ends");
        let name = name.trim();
        let _ = writeln!(
            body,
            "    printf(\"struct {name}: %zu bytes, aligned to %zu\\n\", sizeof({name}), ALIGNMENT({name}));"
        );
        for field in fields.split(';').map(str::trim).filter(|field| !field.is_empty()) {
            let member = name_of(field);
            let _ = writeln!(
                body,
                "    printf(\"    %zu %zu %s\\n\", offsetof({name}, {member}), sizeof((({name} *)0)->{member}), {field:?});"
            );
        }
    }
    format!(
        "#include <stdio.h>\n#include \"medseal_full.h\"\n#define ALIGNMENT(type) offsetof(struct {{ char c; type t; }}, t)\n\
         int main(void) {{\n    if (sizeof(void *) != 8) return 1;\n{body}    return 0;\n}}\n"
    )
}

/// The line of each object, by its type. Takes their functions out of the declarations.
fn objects(declarations: &mut Vec<String>) -> BTreeMap<String, String> {
    let opaque = declarations.iter().filter_map(|declaration| {
        let (name, _) = declaration.strip_prefix("typedef struct ")?.split_once(' ')?;
        (!declaration.contains('{')).then(|| name.to_owned())
    });
    let mut objects = BTreeMap::new();
    for name in opaque.collect::<Vec<_>>() {
        let mut verbs = Vec::new();
        for (verb, before, after) in OF_OBJECTS {
            let before = before.replace('T', &name);
            let is_this = |declaration: &String| {
                let parameter = declaration.strip_prefix(&before).and_then(|rest| rest.strip_suffix(after));
                parameter.is_some_and(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
            };
            if let Some(at) = declarations.iter().position(is_this) {
                declarations.remove(at);
                verbs.push(verb);
            }
        }
        if !verbs.is_empty() {
            objects.insert(name.clone(), format!("object {name}: {}", verbs.join(", ")));
        }
    }
    objects
}

/// The declarations, which end with a semicolon outside of braces, with single spaces.
fn declarations(code: &str) -> Vec<String> {
    let (mut found, mut begin, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => {
                found
                    .push(single_spaces(&code[begin..at]).trim_start_matches("MEDSEAL_MUST_USE ").to_owned());
                begin = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn single_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of a field. In a function pointer it follows the first star; otherwise it is at the
/// end.
fn name_of(field: &str) -> String {
    let end = |c: char| !c.is_alphanumeric() && c != '_';
    let text = match field.split_once("(*") {
        Some((_, rest)) => rest.split(end).next().expect("a name"),
        None => field.split('[').next().expect("a field").trim().rsplit(end).next().expect("a name"),
    };
    text.to_owned()
}

fn without_comments(header: &str) -> String {
    header
        .lines()
        .map(|line| format!("{}\n", line.split("//").next().unwrap_or_default().trim_end()))
        .collect()
}
