//! For the target `capi`, writes a call of every function in `include/abi.txt`, with a suitable
//! value for each parameter.
//!
//! It omits functions that use files or sinks, and the few that return no status. Structs
//! of callbacks are NULL.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const INTERFACE: &str = "../include/abi.txt";

/// The functions that an object `T` can have.
const OF_OBJECTS: [(&str, &str); 3] = [
    ("encode", "medseal_status T_encode(const T *object, uint8_t *out, size_t *out_len, medseal_error *err)"),
    ("decode", "medseal_status T_decode(const uint8_t *data, size_t len, T **object, medseal_error *err)"),
    ("free", "void T_free(T *object)"),
];

fn main() {
    println!("cargo::rerun-if-changed={INTERFACE}");
    let interface = fs::read_to_string(INTERFACE).expect("the interface is there");
    let (mut declarations, mut calls, mut left_out) = (String::new(), String::new(), String::new());
    let (mut decoders, mut frees) = (String::new(), String::new());
    let mut count = 0;
    for declaration in functions(&interface) {
        let (before, parameters) = declaration.split_once('(').expect("a function");
        let (result, name) = before.rsplit_once([' ', '*']).expect("a result and a name");
        let parameters = parameters.trim_end_matches(')');
        let call = match result {
            "medseal_status" => call(&interface, name, parameters),
            "void" if name.ends_with("_free") => free(name),
            _ => None,
        };
        let kind = |verb: &str| name.strip_prefix("medseal_")?.strip_suffix(verb);
        if let Some(kind) = kind("_free") {
            writeln!(frees, "        \"{kind}\" => unsafe {{ {name}(object) }},")
                .expect("a string takes all");
        }
        // Decoders that take only the bytes. A hospital's also takes a public key.
        if let Some(kind) = kind("_decode").filter(|_| parameters.matches(',').count() == 3) {
            writeln!(decoders, "        \"{kind}\" => Some({name}),").expect("a string takes all");
        }
        if let Some(call) = call {
            declarations += &call.declaration;
            writeln!(calls, "        {count} => {{\n{}        }}", call.code).expect("a string takes all");
            count += 1;
        } else {
            writeln!(left_out, "    // {name}").expect("a string takes all");
        }
    }
    assert!(count > 250, "the interface is not what this reads: {count} functions");
    let text = format!(
        "pub const FUNCTIONS: u16 = {count};\n\nunsafe extern \"C\" {{\n{declarations}    // Left out:\n{left_out}}}\n\n\
         pub(crate) unsafe fn call(number: u16, i: &mut Input<'_>) {{\n    match number {{\n{calls}        _ => {{}}\n    }}\n}}\n\n\
         pub(crate) unsafe fn free(kind: &str, object: *mut c_void) {{\n    match kind {{\n{frees}        _ => {{}}\n    }}\n}}\n\n\
         pub(crate) fn decoder(kind: &str) -> Option<Decode> {{\n    match kind {{\n{decoders}        _ => None,\n    }}\n}}\n"
    );
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("calls.rs"), text).expect("the folder can be written to");
}

fn functions(interface: &str) -> Vec<String> {
    let declared = interface.lines().flat_map(|line| match line.split_once(' ') {
        Some(("function", declaration)) => vec![declaration.to_owned()],
        Some(("object", object)) => {
            let (name, verbs) = object.split_once(": ").expect("the functions of an object");
            let has = OF_OBJECTS.iter().filter(|(verb, _)| verbs.split(", ").any(|it| it == *verb));
            has.map(|(_, declaration)| {
                declaration.replace("T_", &format!("{name}_")).replace("T *", &format!("{name} *"))
            })
            .collect()
        }
        _ => Vec::new(),
    });
    declared.collect()
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
fn is_handle(interface: &str, kind: &str) -> bool {
    interface.contains(&format!("object medseal_{kind}: "))
}

/// Whether a type is a struct of numbers.
fn is_plain(interface: &str, kind: &str) -> bool {
    let body = interface.split_once(&format!("struct medseal_{kind}: "));
    body.is_some_and(|(_, rest)| {
        !rest.lines().skip(1).take_while(|line| line.starts_with(' ')).any(|field| field.contains('*'))
    })
}

fn call(interface: &str, name: &str, parameters: &str) -> Option<Call> {
    // A sink exists only inside a callback, and file paths could be any user's.
    if name.starts_with("medseal_sink_") || name.contains("_file") || name.contains("_directory") {
        return None;
    }
    let parameters = parameters.split(',').map(|parameter| {
        let parameter = parameter.trim();
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
            _ if kind.ends_with("**") && is_handle(interface, object?) => {
                types.push("*mut *mut c_void".into());
                arguments.push(format!("&raw mut a{n}"));
                writeln!(after, "            i.keep(\"{}\", a{n}, status);", object?).ok()?;
                "UNSET".into()
            }
            _ if is_handle(interface, object?) => {
                types.push("*mut c_void".into());
                arguments.push(format!("a{n}"));
                format!("i.handle(\"{}\")", object?)
            }
            _ if is_plain(interface, object?) => {
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
