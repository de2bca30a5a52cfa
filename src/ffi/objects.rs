//! The functions that encode, decode and free every object of the table, and those that free the
//! other handles.
//!
//! The header declares them with macros of the same meaning, MEDSEAL_OBJECT and others, and describes
//! them on its first page.

use super::abi::{Caller, guard};
use super::handle::handle;
use super::status::{Failure, medseal_error, medseal_status};
use super::{
    abe::*, abe_keys::*, abs::*, attributes::*, authorities::generation::*, authorities::roster::*,
    authority::*, charter::*, charter_draft::*, chunk_tree::*, entry::*, envelope::*, handshake::*,
    holders::*, hospital::*, ledger::*, main_node::*, members::*, memory_ledger::*, merkle::*, policy::*,
    query::*, record::*, registry::*, search::*, search_keys::*, session::*,
    share::publish::medseal_prepared, share::stages::*, super_node::*,
};
use crate::{
    abe, abs, authorities, authority, identity, ledger, members, merkle, policy, record, search, share,
};

macro_rules! functions {
    ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
        $(function!($row);)*
    };
}

macro_rules! function {
    (by_hand) => {};
    ({
        $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident $(, $by_hand:ident)?
    }) => {
        handle!($state $name($type));
        free!($name);
        encode!($state $name);
        decode!($($by_hand)? $state $name: $type $(, $check $(in $later)?)?);
    };
}

/// What is behind a handle, to be written.
macro_rules! content {
    (shared $c:ident $object:ident) => {
        $c.get("object", $object)?.to_bytes()
    };
    (stateful $c:ident $object:ident) => {
        $c.get_mut("object", $object)?.to_bytes()
    };
    (once $c:ident $object:ident) => {
        $c.get_mut("object", $object)?.as_ref().ok_or_else(Failure::spent)?.to_bytes()
    };
}

/// What is put behind a handle.
macro_rules! contained {
    (once $read:ident) => {
        Some($read)
    };
    ($state:ident $read:ident) => {
        $read
    };
}

/// What decoding checks about an object besides its form.
macro_rules! checked {
    ($read:ident $check:ident) => {
        $read.$check()?
    };
    ($read:ident $check:ident in $later:ident) => {
        let _: unsafe extern "C" fn(_, _, _, _) -> _ = $later; // which is there
    };
}

macro_rules! encode {
    ($state:ident $name:ident) => {
        impl $name {
            #[must_use]
            #[unsafe(export_name = concat!(stringify!($name), "_encode"))]
            pub unsafe extern "C" fn encode(
                object: *const Self,
                out: *mut u8,
                out_len: *mut usize,
                err: *mut medseal_error,
            ) -> medseal_status {
                // SAFETY: the caller must follow the header's rules for pointers.
                guard(unsafe { Caller::new(err) }, |c| {
                    let out = c.buffer("out", out, out_len)?;
                    out.put(&content!($state c object))
                })
            }
        }
    };
}

macro_rules! decode {
    (by_hand $($rest:tt)*) => {};
    ($state:ident $name:ident: $type:ty $(, $check:ident $(in $later:ident)?)?) => {
        impl $name {
            #[must_use]
            #[unsafe(export_name = concat!(stringify!($name), "_decode"))]
            pub unsafe extern "C" fn decode(
                data: *const u8,
                len: usize,
                object: *mut *mut Self,
                err: *mut medseal_error,
            ) -> medseal_status {
                // SAFETY: the caller must follow the header's rules for pointers.
                guard(unsafe { Caller::new(err) }, |c| {
                    let object = c.out("object", object)?;
                    let read = <$type>::from_bytes(c.bytes("data", data, len)?)?;
                    $(checked!(read $check $(in $later)?);)?
                    object.set(contained!($state read))
                })
            }
        }
    };
}

macro_rules! free {
    ($name:ident) => {
        impl $name {
            #[unsafe(export_name = concat!(stringify!($name), "_free"))]
            pub unsafe extern "C" fn free(object: *mut Self) {
                // SAFETY: the caller must follow the header's rules for pointers.
                let caller = unsafe { $crate::ffi::abi::Caller::new(std::ptr::null_mut()) };
                $crate::ffi::abi::guard_free(caller, object);
            }
        }
    };
}
pub(super) use free;

crate::objects::objects!(functions);
