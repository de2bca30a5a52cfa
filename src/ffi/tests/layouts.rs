//! Rust lays the structs of the interface out as C compilers do.

use std::fmt::Write;
use std::mem::offset_of;

use crate::ffi::abs::medseal_abs_claim;
use crate::ffi::callbacks::{medseal_progress, medseal_reader, medseal_writer};
use crate::ffi::charter::medseal_terms;
use crate::ffi::entry::medseal_statement;
use crate::ffi::ledger::{medseal_ledger_callbacks, medseal_place};
use crate::ffi::members::medseal_epoch_commitment;
use crate::ffi::merkle::medseal_tree_head;
use crate::ffi::replay::medseal_replay_callbacks;
use crate::ffi::search::medseal_hints;
use crate::ffi::share::consortium::medseal_consortium;
use crate::ffi::share::find::medseal_search;
use crate::ffi::share::publish::{medseal_publication, medseal_published};
use crate::ffi::status::medseal_error;
use crate::ffi::store::medseal_store_callbacks;
use crate::ffi::values::{
    medseal_certificate_serial, medseal_digest, medseal_entry_id, medseal_possession, medseal_receipt,
    medseal_record_id, medseal_secret, medseal_session_id, medseal_summary,
};

fn size_of_field<S, F>(_: impl Fn(&S) -> &F) -> usize {
    size_of::<F>()
}

/// As in `include/abi.txt`, without the types of the fields.
macro_rules! layouts {
    ($($name:ident { $($field:ident),* })*) => {{
        let mut text = String::new();
        $(
            let (name, size, align) = (stringify!($name), size_of::<$name>(), align_of::<$name>());
            writeln!(text, "struct {name}: {size} bytes, aligned to {align}").unwrap();
            $(
                let (offset, size) = (offset_of!($name, $field), size_of_field(|all: &$name| &all.$field));
                writeln!(text, "    {offset} {size} {}", stringify!($field)).unwrap();
            )*
        )*
        text
    }};
}

#[test]
#[cfg(target_pointer_width = "64")]
fn c_structs_have_the_same_layout() {
    let rust = layouts! {
        medseal_error { struct_size, position, status, step, message }
        medseal_digest { bytes }
        medseal_possession { bytes }
        medseal_summary { bytes }
        medseal_entry_id { bytes }
        medseal_record_id { bytes }
        medseal_certificate_serial { bytes }
        medseal_session_id { bytes }
        medseal_secret { bytes }
        medseal_receipt { digest, length, sealed_length }
        medseal_reader { struct_size, ctx, read, drop_ctx }
        medseal_writer { struct_size, ctx, write, drop_ctx }
        medseal_progress { struct_size, ctx, report, drop_ctx }
        medseal_epoch_commitment { epoch, bytes }
        medseal_abs_claim { public_key, policy, context, context_len, message, message_len, signature }
        medseal_hints { bits, period }
        medseal_tree_head { size, root }
        medseal_terms { struct_size, name, name_len, claim, parameters, validators, validator_count, epoch }
        medseal_replay_callbacks { struct_size, ctx, window_ms, remember, drop_ctx }
        medseal_statement {
            struct_size, charter, record, digest, time_ms, address, address_len, claim, wrapped, index, envelope
        }
        medseal_ledger_callbacks { struct_size, ctx, append, at, get, head, prove, search, drop_ctx }
        medseal_place { height, id }
        medseal_store_callbacks {
            struct_size, ctx, begin, write, address, commit, discard, open, read, close, confirm, drop_ctx
        }
        medseal_consortium { struct_size, ledger, store, charters, head, threads, members }
        medseal_publication {
            struct_size, access, keywords, keyword_count, keyword_key, hints, signing_key, time_ms
        }
        medseal_published { place, is_new, record, summary, receipt }
        medseal_search { struct_size, keyword, key, showing, hints, hints_count, from }
    };
    let mut c = String::new();
    for line in include_str!("../../../include/abi.txt").lines() {
        if line.starts_with("struct ") {
            writeln!(c, "{line}").unwrap();
        } else if let Some(field) = line.strip_prefix("    ") {
            let mut parts = field.splitn(3, ' ');
            let (offset, size, declaration) =
                (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            // The name follows the first star of a function pointer; otherwise it is at the end.
            let part = declaration.split_once("(*").map_or(declaration, |(_, rest)| rest);
            let part = part.split([')', '[']).next().unwrap();
            let name = part.rsplit([' ', '*']).next().unwrap();
            writeln!(c, "    {offset} {size} {name}").unwrap();
        }
    }
    assert!(c.lines().count() > 100, "include/abi.txt lists no structs");
    for (c, rust) in c.lines().zip(rust.lines()) {
        assert_eq!(c, rust);
    }
    assert_eq!(c.lines().count(), rust.lines().count());
}
