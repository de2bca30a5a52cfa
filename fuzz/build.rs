//! For the target `capi`, writes a call of every function that the C header declares, with a
//! suitable value for each parameter.
//!
//! It omits functions that use files or sinks, and the few that return no status. Structs
//! of callbacks are NULL.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const HEADERS: [&str; 2] = ["../include/medseal.h", "../include/medseal_full.h"];

fn main() {
    for header in HEADERS {
        println!("cargo::rerun-if-changed={header}");
    }
    let header = HEADERS.map(|header| fs::read_to_string(header).expect("the header is there")).concat();
    let header = without_comments(&header);
    let flat = header.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut declarations, mut calls, mut left_out) = (String::new(), String::new(), String::new());
    let (mut decoders, mut frees) = (String::new(), String::new());
    let mut count = 0;
    for declaration in header.split(';') {
        let Some((before, parameters)) = declaration.split_once('(') else { continue };
        let mut before = before.split_whitespace().rev();
        let (Some(name), Some(result)) = (before.next(), before.next()) else { continue };
        if !name.starts_with("medseal_") || parameters.contains("(*") {
            continue;
        }
        let call = match result {
            "medseal_status" => call(&header, name, parameters.trim_end_matches(')')),
            "void" if name.ends_with("_free") => free(name),
            _ => None,
        };
        if let Some(kind) = name.strip_prefix("medseal_").and_then(|name| name.strip_suffix("_free")) {
            writeln!(frees, "        \"{kind}\" => unsafe {{ {name}(object) }},")
                .expect("a string takes all");
            let decode = format!("medseal_{kind}_decode");
            // Decoders that take only the bytes. A hospital's also takes a public key.
            if flat.contains(&format!("{decode}(const uint8_t *data, size_t len, medseal_{kind} **")) {
                writeln!(decoders, "        \"{kind}\" => Some({decode}),").expect("a string takes all");
            }
        }
        if let Some(call) = call {
            declarations += &call.declaration;
            writeln!(calls, "        {count} => {{\n{}        }}", call.code).expect("a string takes all");
            count += 1;
        } else {
            writeln!(left_out, "    // {name}").expect("a string takes all");
        }
    }
    assert!(count > 250, "the header is not what this reads: {count} functions");
    let text = format!(
        "pub const FUNCTIONS: u16 = {count};\n\nunsafe extern \"C\" {{\n{declarations}    // Left out:\n{left_out}}}\n\n\
         pub(crate) unsafe fn call(number: u16, i: &mut Input<'_>) {{\n    match number {{\n{calls}        _ => {{}}\n    }}\n}}\n\n\
         pub(crate) unsafe fn free(kind: &str, object: *mut c_void) {{\n    match kind {{\n{frees}        _ => {{}}\n    }}\n}}\n\n\
         pub(crate) fn decoder(kind: &str) -> Option<Decode> {{\n    match kind {{\n{decoders}        _ => None,\n    }}\n}}\n"
    );
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("calls.rs"), text).expect("the folder can be written to");
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("*/").map_or("", |(_, code)| code))
}

struct Call {
    declaration: String,
    code: String,
}

fn free(name: &str) -> Option<Call> {
    let kind = name.strip_prefix("medseal_")?.strip_suffix("_free")?;
    Some(Call {
        declaration: format!("    fn {name}(object: *mut c_void);\n"),
        code: format!(
            "            let object = i.take(\"{kind}\");\n            unsafe {{ {name}(object) }};\n"
        ),
    })
}

/// Whether a type is opaque, and therefore a handle.
fn is_handle(header: &str, kind: &str) -> bool {
    header.contains(&format!("typedef struct medseal_{kind} medseal_{kind};"))
}

/// Whether a type is a struct of numbers.
fn is_plain(header: &str, kind: &str) -> bool {
    let body = header.split_once(&format!("typedef struct medseal_{kind} {{"));
    body.and_then(|(_, rest)| rest.split_once('}')).is_some_and(|(body, _)| !body.contains('*'))
}

fn call(header: &str, name: &str, parameters: &str) -> Option<Call> {
    // A sink exists only inside a callback, and file paths could be any user's.
    if name.starts_with("medseal_sink_") || name.contains("_file") || name.contains("_directory") {
        return None;
    }
    let parameters = parameters.split(',').map(|parameter| {
        let parameter = parameter.split_whitespace().collect::<Vec<_>>().join(" ");
        let at = parameter.rfind([' ', '*']).map_or(0, |at| at + 1);
        (parameter[..at].trim_end().to_owned(), parameter[at..].to_owned())
    });
    let parameters: Vec<_> = parameters.collect();
    let (mut types, mut arguments) = (Vec::new(), Vec::new());
    let (mut before, mut after) = (String::new(), String::new());
    let (mut n, mut objects) = (0, None);
    while let Some((kind, parameter)) = parameters.get(n) {
        let next = parameters.get(n + 1);
        let follows = |other: &str| next.is_some_and(|(kind, _)| kind == other);
        let object = kind.trim_start_matches("const ").strip_prefix("medseal_");
        let object = object.map(|object| object.trim_end_matches(" *").trim_end_matches(['*', ' ']));
        let pointer = || if kind.starts_with("const") { "*const c_void" } else { "*mut c_void" };
        n += 1;
        let prepare = match kind.as_str() {
            "medseal_error *" => {
                types.push("*mut Error".to_owned());
                arguments.push("i.error()".to_owned());
                continue;
            }
            "const uint8_t *" | "const char *" if follows("size_t") => {
                n += 1;
                types.extend(["*const u8".into(), "usize".into()]);
                arguments.extend([format!("a{n}.as_ptr()"), format!("a{n}.len()")]);
                if kind.contains("char") { "i.text()".into() } else { "i.bytes()".into() }
            }
            "uint8_t *" | "char *" if follows("size_t *") => {
                n += 1;
                types.extend(["*mut u8".into(), "*mut usize".into()]);
                arguments.extend([format!("a{n}.pointer()"), format!("&raw mut a{n}.length")]);
                writeln!(after, "            a{n}.check(status);").ok()?;
                "i.buffer()".into()
            }
            "size_t" | "uint64_t" | "uint32_t" | "int32_t" => {
                let rust = match kind.as_str() {
                    "size_t" => "usize",
                    "uint64_t" => "u64",
                    "uint32_t" => "u32",
                    _ => "i32",
                };
                types.push(rust.into());
                arguments.push(format!("a{n}"));
                if parameter == "threads" { "i.threads()".into() } else { format!("i.number() as {rust}") }
            }
            "size_t *" | "uint64_t *" | "uint32_t *" | "int32_t *" | "bool *" => {
                types.push("*mut c_void".into());
                arguments.push(format!("a{n}.pointer()"));
                // An answer for each object; there may be no objects.
                let asked = objects.filter(|_| parameter == "results");
                let condition = asked.map_or(String::new(), |m: usize| format!("if !a{m}.is_empty() "));
                writeln!(after, "            {condition}{{ a{n}.check(status); }}").ok()?;
                "Plain::unset()".into()
            }
            _ if kind.ends_with("*const *") && follows("size_t") => {
                let object = object?.trim_end_matches(" *const");
                n += 1;
                types.extend(["*const *mut c_void".into(), "usize".into()]);
                arguments.extend([format!("a{n}.as_ptr()"), format!("a{n}.len()")]);
                objects = Some(n);
                format!("i.handles(\"{object}\")")
            }
            _ if kind.ends_with("**") && is_handle(header, object?) => {
                types.push("*mut *mut c_void".into());
                arguments.push(format!("&raw mut a{n}"));
                writeln!(after, "            i.keep(\"{}\", a{n}, status);", object?).ok()?;
                "UNSET".into()
            }
            _ if is_handle(header, object?) => {
                types.push("*mut c_void".into());
                arguments.push(format!("a{n}"));
                format!("i.handle(\"{}\")", object?)
            }
            _ if is_plain(header, object?) => {
                types.push(pointer().into());
                arguments.push(format!("a{n}.pointer()"));
                if kind.starts_with("const") {
                    "i.plain()".into()
                } else {
                    writeln!(after, "            a{n}.check(status);").ok()?;
                    "Plain::unset()".to_owned()
                }
            }
            // Structs of pointers and functions are not generated. If the parameter is
            // optional, the call proceeds.
            _ => {
                types.push(pointer().into());
                arguments.push("null_mut()".into());
                continue;
            }
        };
        writeln!(before, "            #[allow(unused_mut)]\n            let mut a{n} = {prepare};").ok()?;
    }
    let list: String = types.iter().enumerate().map(|(n, kind)| format!("p{n}: {kind}, ")).collect();
    Some(Call {
        declaration: format!("    fn {name}({list}) -> i32;\n"),
        code: format!(
            "{before}            let status = unsafe {{ {name}({}) }};\n            i.check(\"{name}\", status);\n{after}",
            arguments.join(", ")
        ),
    })
}
