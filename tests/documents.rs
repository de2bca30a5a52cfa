//! The documents' statements about the policy language, the kinds of objects
//! and the tests are true.

#![expect(clippy::panic, reason = "in helpers, which clippy does not take for tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use medseal::Error;
use medseal::limits;
use medseal::policy::{Attributes, Policy};

#[path = "../src/objects.rs"]
mod objects;

const POLICY_LANGUAGE: &str = include_str!("../docs/policy-language.md");
const FORMATS: &str = include_str!("../docs/formats.md");
const SECURITY: &str = include_str!("../docs/security.md");
const INTEROPERABILITY: &str = include_str!("../docs/interoperability.md");
const DOMAIN: &str = include_str!("../src/domain.rs");

/// The lines of all code blocks that are marked with `language`.
fn blocks<'a>(document: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}");
    let mut inside = false;
    let mut lines = Vec::new();
    for line in document.lines() {
        match line {
            _ if line == fence => inside = true,
            "```" => inside = false,
            _ if inside => lines.push(line),
            _ => {}
        }
    }
    lines
}

/// The cells of the tables with this heading in the first column, without the backquotes of code.
fn table<'a>(document: &'a str, first: &str) -> Vec<Vec<&'a str>> {
    let mut inside = false;
    let mut rows = Vec::new();
    for line in document.lines() {
        let Some(row) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            inside &= line.starts_with('|');
            continue;
        };
        // A cell that contains only code.
        let bare = |cell: &'a str| match cell.strip_prefix('`').and_then(|code| code.strip_suffix('`')) {
            Some(code) if !code.contains('`') => code,
            _ => cell,
        };
        let cells: Vec<_> = row.split(" | ").map(bare).collect();
        let is_head = cells.first() == Some(&first);
        if inside {
            rows.push(cells);
        }
        inside |= is_head;
    }
    rows
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn documented_policies_have_canonical_forms() {
    let policies = blocks(POLICY_LANGUAGE, "policy");
    assert!(policies.len() >= 3);
    for text in policies {
        let policy = policy(text);
        assert_eq!(Policy::parse(policy.canonical()).unwrap(), policy, "{text}");
    }
}

#[test]
fn documented_cases_hold() {
    let (mut current, mut cases) = (None, 0);
    for line in blocks(POLICY_LANGUAGE, "cases") {
        let Some((attributes, expected)) = line.strip_prefix("    ").and_then(|line| line.split_once(" => "))
        else {
            current = Some(policy(line));
            continue;
        };
        let policy = current.as_ref().unwrap();
        let attributes = Attributes::parse(attributes).unwrap();
        let expected = (expected != "no").then(|| expected.parse().unwrap());
        assert_eq!(policy.rows_used(&attributes), expected, "{policy} with {attributes}");
        assert_eq!(policy.is_satisfied_by(&attributes), expected.is_some(), "{policy} with {attributes}");
        cases += 1;
    }
    assert!(cases >= 30);
}

#[test]
fn comparisons_cost_the_documented_rows() {
    let costs = table(POLICY_LANGUAGE, "comparison");
    let (general, particular) = costs.split_at(7);
    assert!(particular.len() > 15);
    for row in particular {
        let [comparison, rows] = row[..] else { panic!("{row:?}") };
        assert_eq!(policy(comparison).rows(), rows.parse::<usize>().unwrap(), "{comparison}");
    }
    // The greatest valid numbers. The tests of the covers show that there are no greater ones.
    for (row, (is, greatest)) in general.iter().zip([
        ("=", "x=5"),
        ("one bound, integers", "x<=572662306"),
        ("one bound, dates", "x<=8094-08-05"),
        ("a range of integers", "x in 286331154..4008636141"),
        ("a range of dates", "x in 2161-05-25..9817-02-19"),
        ("!=", "x!=2290649224"),
    ]) {
        assert_eq!(row[..], [is, &policy(greatest).rows().to_string()], "{greatest}");
    }
}

#[test]
fn documented_errors_are_returned() {
    let of_policies = table(POLICY_LANGUAGE, "written");
    let of_policies: Vec<_> = of_policies.iter().filter(|row| row[1].starts_with("at byte")).collect();
    assert!(of_policies.len() > 25);
    for row in of_policies {
        let Err(Error::Policy(error)) = Policy::parse(row[0]) else { panic!("{row:?}") };
        assert_eq!(error.to_string(), row[1], "{}", row[0]);
    }
    let of_attributes = table(POLICY_LANGUAGE, "attributes");
    assert_eq!(of_attributes.len(), 3);
    for row in of_attributes {
        let Err(Error::Policy(error)) = Attributes::parse(row[0]) else { panic!("{row:?}") };
        assert_eq!(error.to_string(), row[1], "{}", row[0]);
    }
}

#[test]
fn documented_limits_match_the_code() {
    let documented = table(POLICY_LANGUAGE, "limit");
    let documented: Vec<usize> =
        documented.iter().map(|row| row[1].replace(',', "").parse().unwrap()).collect();
    assert_eq!(
        documented,
        [
            limits::POLICY_LEAVES,
            limits::USE_NUMBERS,
            limits::POLICY_DEPTH,
            limits::POLICY_TEXT_BYTES,
            limits::ATTRIBUTE_BYTES,
            limits::ATTRIBUTES_PER_KEY,
            limits::NUMBERS_PER_KEY,
        ]
    );
}

#[test]
fn the_documented_diagnosis_is_given() {
    let policy = policy("role=doctor and clearance>=3 and (ward=12 or emergency)");
    let unmet = policy.diagnose(&Attributes::parse("role=doctor, clearance=2").unwrap()).unwrap();
    assert!(POLICY_LANGUAGE.contains(&format!("```text\n{unmet}\n```")));
}

#[test]
fn the_layouts_name_every_kind() {
    macro_rules! kinds {
        ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
            [$((stringify!($number), stringify!($kind)),)*]
        };
    }
    let kinds = objects::objects!(kinds);
    for (number, kind) in kinds {
        assert_eq!(FORMATS.matches(&format!("`{number}` `{kind}`")).count(), 1, "{number} {kind}");
    }
    assert_eq!(FORMATS.matches("`0x").count(), kinds.len(), "a kind that does not exist");
}

/// Section 13 lists "`file` (number of its tests)" of `tests/attacks`, and "`file`: `test`, `test`"
/// of other files. Elsewhere, names of at least three underscores are tests.
#[test]
fn listed_faults_and_attacks_name_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let attacks = root.join("tests/attacks");
    let read =
        |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (before, section) = SECURITY.split_once("\n## 13 The attacks, and where they are mounted\n").unwrap();
    let (_, list) = section.split_once("\n- ").unwrap();
    let (mut sources, mut tests, mut named_in) = (BTreeMap::new(), 0, None);
    for pair in list.split('`').collect::<Vec<_>>()[1..].chunks_exact(2) {
        let (code, after) = (pair[0], pair[1]);
        if code.ends_with(".rs") {
            let count = after.trim_start().strip_prefix('(').and_then(|after| after.split(')').next());
            let source = read(&if count.is_some() { attacks.join(code) } else { root.join(code) });
            if let Some(count) = count {
                assert_eq!(count, source.matches("#[test]").count().to_string(), "tests of {code}");
                tests += count.parse::<usize>().unwrap();
            }
            named_in = count.is_none().then_some(code);
            sources.insert(code, source);
        } else if let Some(file) = named_in {
            assert!(is_test(&sources[file], code), "{code} is no test in {file}");
            tests += 1;
        }
        if after.contains("\n- ") {
            named_in = None;
        }
    }
    assert!(tests >= 300);
    let mut folders = vec![attacks.clone()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if read(&path).contains("#[test]") {
                let file = path.strip_prefix(&attacks).unwrap().to_str().unwrap();
                assert!(sources.contains_key(file), "{file} is not in section 13");
            }
        }
    }
    for name in before.split('`').skip(1).step_by(2).filter(|code| code.matches('_').count() >= 3) {
        assert!(sources.values().any(|source| is_test(source, name)), "{name} is no listed test");
    }
}

/// Whether this is a test function, or one of a block of property tests.
fn is_test(source: &str, name: &str) -> bool {
    let at = source.find(&format!("fn {name}("));
    at.is_some_and(|at| source[..at].lines().rev().take(4).any(|line| line.trim() == "#[test]"))
}

#[test]
fn interoperability_page_lists_tags_and_labels() {
    let quoted = DOMAIN.lines().filter_map(|line| line.trim().strip_suffix("\";")?.split_once(" = \""));
    let mut count = 0;
    for (name, text) in quoted {
        assert!(INTEROPERABILITY.contains(&format!("`{text}`")), "{name}");
        count += 1;
    }
    assert!(count > 50, "the tags were not found");
}

#[test]
fn the_import_list_names_every_module() {
    let contributing = include_str!("../CONTRIBUTING.md");
    let (_, after) = contributing.split_once("## Where things go").unwrap();
    let list = after.split("```").nth(1).unwrap();
    let named: BTreeSet<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("src/"))
        .flat_map(|line| line.get(..36).unwrap_or(line).split_whitespace())
        .collect();
    let modules = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let modules: BTreeSet<String> = modules
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| !["lib", "vectors"].contains(&name.as_str()))
        .collect();
    assert_eq!(named, modules.iter().map(String::as_str).collect());
}

#[test]
fn every_link_leads_to_a_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(|page| root.join(page));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut links = 0;
    for page in pages.into_iter().chain(docs).filter(|path| path.extension().is_some_and(|e| e == "md")) {
        let text = fs::read_to_string(&page).unwrap();
        for (_, after) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let target = after.split([')', '#']).next().unwrap();
            let file = target.rsplit('/').next().unwrap();
            // Brackets in equations look like links, but are not.
            if !target.contains("://") && (file.is_empty() && target.len() > 1 || file.contains('.')) {
                assert!(page.parent().unwrap().join(target).exists(), "{}: {target}", page.display());
                links += 1;
            }
        }
    }
    assert!(links > 10);
}
