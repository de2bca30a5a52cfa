//! What the documents say about the policy language and the kinds of objects is true.

use medseal::policy::Policy;

const POLICY_LANGUAGE: &str = include_str!("../docs/policy-language.md");
const FORMATS: &str = include_str!("../docs/formats.md");
const CODEC: &str = include_str!("../src/codec.rs");

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

#[test]
fn every_policy_in_the_documents_parses_to_its_canonical_form() {
    let policies = blocks(POLICY_LANGUAGE, "policy");
    assert!(policies.len() >= 6);
    for text in policies {
        let policy = Policy::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(Policy::parse(policy.canonical()).unwrap(), policy, "{text}");
    }
}

#[test]
fn the_table_of_kinds_is_that_of_the_code() {
    let kinds: Vec<(&str, &str)> =
        CODEC.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = 0x")).collect();
    assert!(kinds.len() > 30);
    for (name, value) in &kinds {
        assert!(FORMATS.contains(&format!("| `0x{value}` | `{name}` |")), "{name} = 0x{value}");
    }
    assert_eq!(FORMATS.matches("| `0x").count(), kinds.len(), "a kind that does not exist");
}
