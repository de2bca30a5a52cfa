//! The documents' statements about the policy language, the kinds of objects
//! and the tests are true.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in helpers, which clippy does not take for tests")]

use std::collections::BTreeSet;
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
fn the_kinds_table_matches_the_code() {
    macro_rules! lines {
        ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
            [$((stringify!($number), stringify!($kind), [$($doc),+].concat()),)*]
        };
    }
    let kinds = objects::objects!(lines);
    for (number, kind, doc) in &kinds {
        let (module, holds) = doc.trim().split_once(": ").unwrap();
        let line = format!("| `{number}` | `{kind}` | {module} | {holds} |");
        assert!(FORMATS.contains(&line), "{line}");
    }
    assert_eq!(FORMATS.matches("| `0x").count(), kinds.len(), "a kind that does not exist");
}

#[test]
fn listed_faults_and_attacks_name_tests() {
    let (_, sections) = SECURITY.split_once("\n## 12 Faults of other libraries\n").unwrap();
    let (faults, attacks) = sections.split_once("\n## 13 The attacks, and where they are mounted\n").unwrap();
    assert!(tests_named_in(faults) >= 18);
    assert!(tests_named_in(attacks) >= 250);
}

/// The number of tests that a section names, as "`test`, `test` (`file`)". Each must exist.
fn tests_named_in(section: &str) -> usize {
    let section = section.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut tests = 0;
    for (at, _) in section.match_indices(" (`") {
        let (before, after) = section.split_at(at);
        let file = after.trim_start_matches(" (`").split('`').next().unwrap();
        if !file.ends_with(".rs") {
            continue;
        }
        let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        let source = source.unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut left = before;
        while let Some((rest, name)) = left.strip_suffix('`').and_then(|left| left.rsplit_once('`')) {
            // A test function, or one of a block of property tests.
            let at = source.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{name} is not in {file}"));
            let before = source[..at].lines().rev().take(4).any(|line| line.trim() == "#[test]");
            assert!(before, "{name} in {file} is no test");
            tests += 1;
            let Some(others) = rest.strip_suffix(", ") else { break };
            left = others;
        }
    }
    tests
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
