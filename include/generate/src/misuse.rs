//! Writes `misuse.c` from the header. The program calls every function with one wrong pointer at a
//! time, in every way that the library can detect, and with zero items behind each counted pointer.
//! It truncates and damages every object that has a byte form, and lists the functions that fill a
//! buffer.
//!
//! It reads the header including its documentation, which says which parameters may be NULL.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

pub struct Parameter {
    /// The declared type, without the name.
    pub kind: String,
    pub name: String,
    optional: bool,
}

pub struct Function {
    pub name: String,
    result: String,
    pub parameters: Vec<Parameter>,
}

pub struct Header {
    pub functions: Vec<Function>,
    /// Opaque types.
    handles: BTreeSet<String>,
    /// Structs that begin with `struct_size`.
    sized: BTreeSet<String>,
}

pub fn read(header: &str) -> Header {
    let mut read = Header { functions: Vec::new(), handles: BTreeSet::new(), sized: BTreeSet::new() };
    let (mut comment, mut structure) = (String::new(), String::new());
    let mut documented = BTreeMap::<String, String>::new();
    let header = header.replace("\\\n", ""); // what is continued on the next line
    let mut lines = header.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if let Some(words) = line.strip_prefix("///") {
            comment += &format!("{words}\n");
            continue;
        }
        let mut documentation = std::mem::take(&mut comment);
        if let Some(name) = line.strip_prefix("typedef struct ") {
            let name = name.trim_end_matches(" {");
            match name.split_once(' ') {
                Some((name, _)) => drop(read.handles.insert(name.to_owned())),
                None => name.clone_into(&mut structure),
            }
        } else if line.starts_with("size_t struct_size;") {
            read.sized.insert(structure.clone());
        } else if line.contains(" medseal_") || line.contains("*medseal_") {
            if line.contains("typedef") || line.starts_with('#') || line.contains("(*") || !line.contains('(')
            {
                continue;
            }
            let mut declaration = line.trim_start_matches("MEDSEAL_MUST_USE").trim().to_owned();
            while !declaration.ends_with(';') {
                declaration.push(' ');
                declaration.push_str(lines.next().expect("a declaration ends").trim());
            }
            // "As medseal_x()": the other function has the descriptions.
            let other = documentation.split_once(" As ").and_then(|(_, text)| text.split_once('('));
            if let Some(text) = other.and_then(|(other, _)| documented.get(other)) {
                documentation.push_str(text);
            }
            let function = function(&declaration, &documentation);
            documented.insert(function.name.clone(), documentation);
            read.functions.push(function);
        }
    }
    read
}

fn function(declaration: &str, documentation: &str) -> Function {
    let declaration = declaration.trim().trim_end_matches(");");
    let (front, parameters) = declaration.split_once('(').expect("a function has parameters");
    let (result, name) = split_name(front);
    let parameters = parameters.split(',').map(str::trim).filter(|parameter| *parameter != "void");
    let parameter = |parameter: &str| {
        let (kind, name) = split_name(parameter);
        let marker = format!("@param {name} ");
        let text = documentation.split_once(&marker).map_or("", |(_, text)| text);
        let text =
            text.split("@param").next().unwrap_or_default().split("@return").next().unwrap_or_default();
        let may = ["or NULL", "NULL for", "NULL unless", "May be NULL"];
        // Parameters without a description are described at the top of the header.
        let everywhere = text.is_empty() && matches!(name.as_str(), "progress" | "receipt" | "members");
        let optional = name == "err" || everywhere || may.iter().any(|words| text.contains(words));
        Parameter { kind, name, optional }
    };
    Function { name, result, parameters: parameters.map(parameter).collect() }
}

fn split_name(text: &str) -> (String, String) {
    let at = text.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    (text[..at].trim().replace(" *", "*"), text[at..].to_owned())
}

/// For each callback struct, a required function: without it the struct is wrong.
const CALLBACKS: &[(&str, &str)] = &[
    ("medseal_reader", "read"),
    ("medseal_writer", "write"),
    ("medseal_progress", "report"),
    ("medseal_replay_callbacks", "remember"),
    ("medseal_ledger_callbacks", "get"),
    ("medseal_store_callbacks", "close"),
];

/// A parameter's right value, with the declarations that it needs.
#[derive(Default)]
struct Argument {
    declare: String,
    value: String,
    /// Wrong values, with the statements that precede them, and the status that they give.
    wrong: Vec<(String, String, &'static str)>,
    /// What must hold after a failure of another parameter.
    after: String,
    callbacks: usize,
}

impl Argument {
    fn new(declare: String, value: String, after: String) -> Self {
        Self { declare, value, after, ..Self::default() }
    }

    /// Adds the right value, which is wrong after these statements.
    fn wrong_after(&mut self, before: &str, status: &'static str) {
        self.wrong.push((before.to_owned(), self.value.clone(), status));
    }

    /// Adds a wrong value.
    fn wrong_as(&mut self, value: &str, status: &'static str) {
        self.wrong.push((String::new(), value.to_owned(), status));
    }
}

const NULL: &str = "MEDSEAL_ERR_NULL_POINTER";
const INVALID: &str = "MEDSEAL_ERR_INVALID_ARGUMENT";
const WRONG: &str = "MEDSEAL_ERR_WRONG_HANDLE";

fn argument(header: &Header, parameter: &Parameter, next: Option<&Parameter>) -> Argument {
    let Parameter { kind, name, optional } = parameter;
    let base = kind.trim_start_matches("const ").trim_end_matches(['*', ' ']).trim_end_matches("*const");
    let base = base.trim();
    let (is_input, is_handle) = (kind.starts_with("const "), header.handles.contains(base));
    let counted = next.is_some_and(|next| {
        next.kind == "size_t" && (next.name.ends_with("len") || next.name.ends_with("count"))
    });
    let none = String::new;
    let mut required = !optional;
    let mut argument = if !kind.contains('*') {
        required = false;
        Argument::new(none(), if name == "threads" { "1" } else { "0" }.to_owned(), none())
    } else if base == "medseal_error" {
        required = false;
        Argument::new(none(), "&err".to_owned(), none())
    } else if is_handle && kind.ends_with("*const*") {
        // An array of handles; its count is set to one where it is counted.
        let declare = format!("const {base} *{name}_[1] = {{{}}};", the(base));
        Argument::new(declare, format!("{name}_"), none())
    } else if is_handle && kind.ends_with("**") {
        let declare = format!("{base} *{name}_ = ({base} *)&err;");
        Argument::new(declare, format!("&{name}_"), format!("CHECK({name}_ == NULL); "))
    } else if is_handle {
        Argument::new(none(), the(base), none())
    } else if is_input && base.starts_with("medseal_") {
        required &= !counted || base == "medseal_abs_claim";
        Argument::new(format!("{base} {name}_ = {};", the(base)), format!("&{name}_"), none())
    } else if is_input {
        Argument::new(none(), format!("({kind})\"data\""), none())
    } else if next.is_some_and(|next| next.kind == "size_t*") && name == "out" {
        required = true;
        Argument::new(none(), format!("({kind})out"), none())
    } else if name == "out_len" {
        let declare = "size_t out_len_ = sizeof out;".to_owned();
        Argument::new(declare, "&out_len_".to_owned(), "CHECK(out_len_ == 0); ".to_owned())
    } else {
        let declare = format!("{base} {name}_[4]; FILL({name}_);");
        Argument::new(declare, format!("{name}_"), format!("CLEARED({name}_); "))
    };
    if required {
        argument.wrong_as("NULL", NULL);
    }
    if base == "medseal_error" {
        argument.wrong_after("err.struct_size = 0;", INVALID);
    } else if is_handle && kind.ends_with("*const*") {
        argument.wrong_after(&format!("{name}_[0] = NULL;"), NULL);
        argument.wrong_after(&format!("{name}_[0] = (const {base} *){};", other(base)), WRONG);
    } else if is_handle && !kind.ends_with("**") {
        argument.wrong_as(&format!("({base} *){}", other(base)), WRONG);
        argument.wrong_as(&format!("({base} *)(uintptr_t)((uintptr_t){} + 1)", the(base)), INVALID);
    } else if is_input && header.sized.contains(base) {
        argument.wrong_after(&format!("{name}_.struct_size = sizeof {name}_ - 1;"), INVALID);
        if let Some((_, function)) = CALLBACKS.iter().find(|(name, _)| *name == base) {
            argument.callbacks = 1;
            argument.wrong_after(&format!("{name}_.{function} = NULL; DROPS(1);"), NULL);
        }
    } else if name == "out_len" {
        argument.wrong_after("out_len_ = SIZE_MAX;", INVALID);
    }
    argument
}

/// The test object of a type.
fn the(kind: &str) -> String {
    kind.replacen("medseal_", "the_", 1)
}

/// An object of a different type.
fn other(kind: &str) -> &'static str {
    if kind == "medseal_attributes" { "(void *)the_policy" } else { "(void *)the_attributes" }
}

pub fn write(header: &Header) -> String {
    let mut out = String::from(
        "/* Generated by include/generate of medseal_full.h; do not edit.\n   Every function with each pointer wrong, the others being right; \
         every object cut, and damaged. */\n#include \"misuse.h\"\n\n",
    );
    let mut calls = Vec::new();
    for function in header.functions.iter().filter(|function| function.result == "medseal_status") {
        // A callback's arguments exist only while it runs.
        if function.parameters.iter().any(|parameter| parameter.kind.contains("medseal_sink")) {
            continue;
        }
        misuse(&mut out, header, function);
        calls.push(format!("misuse_{}();", function.name));
    }
    let mut frees = Vec::new();
    for function in header.functions.iter().filter(|function| function.name.ends_with("_free")) {
        let kind = function.name.trim_end_matches("_free");
        frees.push(format!("{}(({kind} *){}); {0}(NULL);", function.name, other(kind)));
    }
    let body = calls.iter().chain(&frees).map(|call| format!("    {call}\n")).collect::<String>();
    let _ = write!(out, "void misuse_run(void) {{\n    dropped = drops = 0;\n{body}}}\n\n");

    let buffers = header.functions.iter().filter(|f| f.parameters.iter().any(|p| p.name == "out_len"));
    let buffers = buffers.map(|function| format!("    SHORT({});\n", function.name)).collect::<String>();
    let _ = write!(out, "void buffers_run(void) {{\n{buffers}}}\n\n");

    let shapes: BTreeMap<_, _> =
        header.functions.iter().map(|function| (function.name.as_str(), function.parameters.len())).collect();
    let forms = header.handles.iter().filter_map(|kind| {
        let shape = |verb: &str| shapes.get(format!("{kind}_{verb}").as_str()).copied();
        let form = match (kind.as_str(), shape("encode")?, shape("decode")?) {
            // Saving a replay cache spends it.
            ("medseal_replay_cache", ..) => return None,
            ("medseal_hospital" | "medseal_main_node" | "medseal_charters", 4, 5) => "FORM_UNDER",
            (_, 4, 4) => "FORM",
            _ => return None,
        };
        Some(format!("    {form}({})\n", kind.trim_start_matches("medseal_")))
    });
    let forms = forms.collect::<String>();
    let _ = write!(out, "void forms_run(size_t stride) {{\n{forms}}}\n");
    out
}

fn misuse(out: &mut String, header: &Header, function: &Function) {
    let parameters = &function.parameters;
    let mut arguments = parameters
        .iter()
        .enumerate()
        .map(|(i, p)| argument(header, p, parameters.get(i + 1)))
        .collect::<Vec<_>>();
    // The number of items behind the pointer before it.
    for i in 1..arguments.len() {
        let (before, name) = (&parameters[i - 1], &parameters[i].name);
        if parameters[i].kind == "size_t"
            && before.kind.contains('*')
            && (name.ends_with("len") || name.ends_with("count"))
        {
            let bytes = before.kind.contains("char") || before.kind.contains("uint8_t");
            arguments[i].value = if bytes { "4" } else { "1" }.to_owned();
            arguments[i].wrong.push((String::new(), "SIZE_MAX".to_owned(), INVALID));
        }
    }
    if parameters.iter().any(|p| p.name == "results") {
        let count = parameters.iter().position(|p| p.name == "count").expect("results are counted");
        arguments[count].value = "1".to_owned();
    }
    let _ = writeln!(out, "static void misuse_{}(void) {{", function.name);
    for (i, wrong) in arguments.iter().enumerate() {
        for (before, value, status) in &wrong.wrong {
            let used = format!("{}_", parameters[i].name);
            let needed = arguments.iter().enumerate().filter(|(j, argument)| {
                !argument.declare.is_empty() && (i != *j || value.contains(&used) || before.contains(&used))
            });
            let declare = needed.map(|(_, argument)| argument.declare.as_str()).collect::<Vec<_>>().join(" ");
            let values = arguments.iter().enumerate();
            let values = values.map(|(j, argument)| if i == j { value } else { &argument.value }.as_str());
            let values = values.collect::<Vec<_>>().join(", ");
            let refused_detail = parameters[i].kind.contains("medseal_error");
            let others = arguments.iter().enumerate().filter(|(j, _)| i != *j || before.contains("_len_"));
            let (mut after, mut drops) = (String::new(), 0);
            if !refused_detail {
                for (j, argument) in others {
                    // The capacity for answers is then unknown.
                    let results = parameters[j].name == "results" && parameters[i].name == "count";
                    if !(results || parameters[i].name == format!("{}_count", parameters[j].name)) {
                        after.push_str(&argument.after);
                    }
                    drops += argument.callbacks;
                }
            }
            let check = if refused_detail { "REFUSES_DETAIL" } else { "REFUSES" };
            let _ = writeln!(
                out,
                "    {{ {declare} {before} DROPS({drops}); {check}({status}, {}({values})); {after}DROPPED(); }}",
                function.name
            );
        }
    }
    for i in 1..arguments.len() {
        let counts = parameters[i].kind == "size_t" && parameters[i - 1].kind.starts_with("const ");
        if counts && parameters[i - 1].kind.contains('*') && arguments[i].wrong.len() == 1 {
            empty(out, function, &arguments, i - 1);
        }
    }
    out.push_str("}\n\n");
}

/// The call without any items behind the pointer at `i`.
fn empty(out: &mut String, function: &Function, arguments: &[Argument], i: usize) {
    let declare = arguments.iter().map(|argument| argument.declare.as_str()).filter(|text| !text.is_empty());
    let declare = declare.collect::<Vec<_>>().join(" ");
    let call = |pointer: &str| {
        let values = arguments.iter().enumerate().map(|(j, argument)| match j {
            _ if j == i => pointer.to_owned(),
            _ if j == i + 1 => "0".to_owned(),
            _ => argument.value.clone(),
        });
        format!("{}({})", function.name, values.collect::<Vec<_>>().join(", "))
    };
    let mut after = String::new();
    for Parameter { kind, name, .. } in &function.parameters {
        if name == "out_len" {
            after.push_str("out_len_ = sizeof out; ");
        } else if kind.starts_with("medseal_") && kind.ends_with("**") {
            let _ = write!(after, "{}_free({name}_); {name}_ = NULL; ", kind.trim_end_matches(['*', ' ']));
        }
    }
    let drops = 2 * arguments.iter().map(|argument| argument.callbacks).sum::<usize>();
    let _ = writeln!(
        out,
        "    {{ {declare} DROPS({drops}); EMPTY({}, {}, {after}(void)0); DROPPED(); }}",
        call(&arguments[i].value),
        call("NULL")
    );
}
