//! Selects what medseal.h declares: everything needed to share records from a hospital.
//! medseal_full.h has the rest.

use std::collections::BTreeSet;

use crate::layout::Section;

/// The functions of the main job. The types and sizes that they use are included with them, and so
/// are all statuses and steps. The functions that all objects have are declared with their types.
const JOB: &[&str] = &[
    "medseal_status_text",
    "medseal_version_number",
    "medseal_version_text",
    "medseal_wipe",
    // --- attributes and policies ---
    "medseal_attributes_parse",
    "medseal_attributes_needed",
    "medseal_policy_parse",
    "medseal_policy_check",
    // --- keys, from their byte forms ---
    "medseal_authority_setup",
    "medseal_authority_public_parameters",
    "medseal_authority_issue",
    "medseal_public_parameters_abe",
    "medseal_member_keys_decryption",
    "medseal_member_keys_signing",
    "medseal_member_keys_search",
    "medseal_search_key_attributes",
    // --- without a ledger ---
    "medseal_seal_and_wrap",
    "medseal_unwrap_and_open",
    // --- the consortium ---
    "medseal_charters_decode",
    "medseal_ledger_head",
    "medseal_trusted_head_new",
    "medseal_directory_store_open",
    // --- publish, find, open ---
    "medseal_keyword_new",
    "medseal_publish",
    "medseal_publish_bytes",
    "medseal_publish_file",
    "medseal_finish",
    "medseal_find",
    "medseal_found_count",
    "medseal_found_hit",
    "medseal_open",
    "medseal_open_bytes",
    "medseal_open_file",
];
/// The prefixes of the constants of the main job.
const CONSTANTS: &[&str] = &["MEDSEAL_OK", "MEDSEAL_ERR_", "MEDSEAL_NO_POSITION", "MEDSEAL_STEP_"];

/// The names of the main job, and all names that their declarations use.
pub fn names(sections: &[Section]) -> BTreeSet<&str> {
    let items = || sections.iter().flat_map(|section| &section.items);
    let constant = |name: &str| CONSTANTS.iter().any(|prefix| name.starts_with(prefix));
    let names = items().map(|item| item.name.as_str()).filter(|name| constant(name) || JOB.contains(name));
    let mut names = names.collect::<BTreeSet<_>>();
    for name in JOB {
        assert!(names.contains(name), "{name} is in no section");
    }
    loop {
        let used = items().filter(|item| names.contains(item.name.as_str())).flat_map(|item| item.words());
        let used = used.collect::<BTreeSet<_>>();
        let more = items().map(|item| item.name.as_str()).filter(|name| used.contains(name));
        let count = names.len();
        names = names.iter().copied().chain(more).collect();
        if names.len() == count {
            return names;
        }
    }
}
