//! The C++ wrapper and the README match the generated C header.

use std::collections::BTreeSet;
use std::fs;

const HEADER: &str = concat!(include_str!("../include/medseal.h"), include_str!("../include/medseal_full.h"));
const README: &str = include_str!("../README.md");
const BASIS: &str = include_str!("../include/medseal/basis.hpp");

/// The words of a text that begin with a prefix.
fn words<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(prefix))
        .collect()
}

#[test]
fn the_cpp_wrapper_uses_every_function() {
    let lines = include_str!("../include/abi.txt").lines();
    let names = lines.flat_map(|line| match line.split_once(' ') {
        Some(("function", declaration)) => {
            let (front, _) = declaration.split_once('(').unwrap();
            vec![front.rsplit([' ', '*']).next().unwrap().to_owned()]
        }
        Some(("object", object)) => {
            let (name, verbs) = object.split_once(": ").unwrap();
            verbs.split(", ").map(|verb| format!("{name}_{verb}")).collect()
        }
        _ => Vec::new(),
    });
    let functions: BTreeSet<String> = names.collect();
    assert!(functions.len() > 300);
    let wrapper = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/include/medseal")).unwrap();
    let wrapper = wrapper.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect::<String>();
    // Those that basis.hpp uses by the names of the types, which it lists. Each is a class.
    let listed = |list: &str| {
        let (_, names) = BASIS.split_once(&format!("#define {list}(X)")).unwrap();
        let names = names.split(['#', '/']).next().unwrap();
        names.split("X(").skip(1).map(|name| name.split_once(')').unwrap().0)
    };
    let coded = listed("MEDSEAL_PUBLIC").chain(listed("MEDSEAL_SECRET"));
    let coded = coded.map(|name| (name, ["encode", "decode", "free"].as_slice()));
    let all = coded.chain(listed("MEDSEAL_UNCODED").map(|name| (name, ["free"].as_slice())));
    let mut by_type = BTreeSet::new();
    for (name, verbs) in all {
        assert!(wrapper.contains(&format!("class {name} : public ")), "{name}");
        by_type.extend(verbs.iter().map(|verb| format!("medseal_{name}_{verb}")));
    }
    let used = words(&wrapper, "medseal_").into_iter().map(str::to_owned);
    let used: BTreeSet<String> = used.chain(by_type).collect();
    let missing: Vec<_> = functions.difference(&used).collect();
    assert!(missing.is_empty(), "not in include/medseal/*.hpp: {missing:?}");
}

#[test]
fn the_header_states_the_crates_version() {
    for (macro_name, value) in [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR").to_owned()),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR").to_owned()),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH").to_owned()),
        ("TEXT", format!("{:?}", env!("CARGO_PKG_VERSION"))),
    ] {
        assert!(HEADER.contains(&format!("#define MEDSEAL_VERSION_{macro_name} {value}\n")), "{macro_name}");
    }
}

#[test]
fn the_readmes_first_program_is_tested() {
    let (_, block) = README.split_once("```c\n").unwrap();
    let (program, _) = block.split_once("```").unwrap();
    assert_eq!(program, include_str!("../examples/c/first.c"));
}
