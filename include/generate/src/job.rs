//! Selects what medseal.h declares: everything needed to share records from a hospital.
//! medseal_full.h has the rest.

use std::collections::BTreeSet;

use crate::layout::Section;

/// The functions of the main job. The types and sizes that they use are included with them, and so
/// are all statuses and steps.
const JOB: &[&str] = &[
    "medseal_status_text",
    "medseal_version_number",
    "medseal_version_text",
    "medseal_wipe",
    // --- attributes and policies ---
    "medseal_attributes_parse",
    "medseal_attributes_free",
    "medseal_attributes_needed",
    "medseal_policy_parse",
    "medseal_policy_check",
    "medseal_policy_free",
    // --- keys, from their byte forms ---
    "medseal_authority_setup",
    "medseal_authority_public_parameters",
    "medseal_authority_issue",
    "medseal_authority_free",
    "medseal_public_parameters_decode",
    "medseal_public_parameters_abe",
    "medseal_public_parameters_free",
    "medseal_member_keys_decode",
    "medseal_member_keys_decryption",
    "medseal_member_keys_signing",
    "medseal_member_keys_search",
    "medseal_member_keys_free",
    "medseal_members_keys_decode",
    "medseal_members_keys_free",
    "medseal_members_key_free",
    "medseal_abe_public_key_free",
    "medseal_abe_decryption_key_free",
    "medseal_abs_signing_key_free",
    "medseal_search_key_attributes",
    "medseal_search_key_free",
    "medseal_keyword_key_decode",
    "medseal_keyword_key_free",
    "medseal_record_key_free",
    // --- without a ledger ---
    "medseal_seal_and_wrap",
    "medseal_unwrap_and_open",
    "medseal_abe_wrapped_key_encode",
    "medseal_abe_wrapped_key_decode",
    "medseal_abe_wrapped_key_free",
    // --- the consortium ---
    "medseal_super_node_public_key_decode",
    "medseal_super_node_public_key_free",
    "medseal_charters_decode",
    "medseal_charters_free",
    "medseal_ledger_head",
    "medseal_ledger_free",
    "medseal_trusted_head_new",
    "medseal_trusted_head_free",
    "medseal_directory_store_open",
    "medseal_store_free",
    // --- publish, find, open ---
    "medseal_keyword_new",
    "medseal_keyword_free",
    "medseal_publish",
    "medseal_publish_bytes",
    "medseal_publish_file",
    "medseal_finish",
    "medseal_prepared_free",
    "medseal_find",
    "medseal_found_count",
    "medseal_found_hit",
    "medseal_found_free",
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
