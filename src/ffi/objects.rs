//! The functions that encode, decode and free every object of the table, and those that free the
//! other handles.
//!
//! Two programs read this file: the compiler, and the generator of the header, as text. The
//! generator fills the same forms from the same rows, wherever this folder has a struct of the table
//! or a `free!`. The first page of the header describes them.

use super::abi::{Caller, guard};
use super::handle::handle;
use super::status::{Failure, medseal_error, medseal_status};
use super::{
    abe::*, abe_keys::*, abs::*, attributes::*, authorities::generation::*, authorities::roster::*,
    authority::*, charter::*, charter_draft::*, chunk_tree::*, entry::*, envelope::*, handshake::*,
    holders::*, hospital::*, ledger::*, main_node::*, members::*, memory_ledger::*, merkle::*, policy::*,
    query::*, record::*, registry::*, search::*, search_keys::*, session::*, share::stages::*, super_node::*,
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
        $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident($object:ident),
        $encode:ident, $decode:ident, $free:ident
    }) => {
        function!(@handle $state $name $type);
        encode!($state $name($object) $encode);
        decode!($state $name($object) $decode: $type $(, $check $(in $later)?)?);
        free!($name($object) $free);
    };
    (@handle shared $name:ident $type:ty) => { handle!(shared $name($type)); };
    (@handle stateful $name:ident $type:ty) => { handle!(stateful $name($type)); };
    (@handle once $name:ident $type:ty) => { handle!(stateful $name(Option<$type>)); };
}

/// What is behind a handle, to be written.
macro_rules! content {
    (shared $c:ident $object:ident) => {
        $c.get(stringify!($object), $object)?.to_bytes()
    };
    (stateful $c:ident $object:ident) => {
        $c.get_mut(stringify!($object), $object)?.to_bytes()
    };
    (once $c:ident $object:ident) => {
        $c.get_mut(stringify!($object), $object)?.as_ref().ok_or_else(Failure::spent)?.to_bytes()
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
    ($state:ident $name:ident($object:ident) $encode:ident) => {
        #[must_use]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $encode(
            $object: *const $name,
            out: *mut u8,
            out_len: *mut usize,
            err: *mut medseal_error,
        ) -> medseal_status {
            // SAFETY: the caller must follow the header's rules for pointers.
            guard(unsafe { Caller::new(err) }, |c| {
                let out = c.buffer("out", out, out_len)?;
                out.put(&content!($state c $object))
            })
        }
    };
}

macro_rules! decode {
    ($state:ident $name:ident($object:ident) by_hand: $type:ty) => {};
    ($state:ident $name:ident($object:ident) $decode:ident: $type:ty $(, $check:ident $(in $later:ident)?)?) => {
        #[must_use]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $decode(
            data: *const u8,
            len: usize,
            $object: *mut *mut $name,
            err: *mut medseal_error,
        ) -> medseal_status {
            // SAFETY: the caller must follow the header's rules for pointers.
            guard(unsafe { Caller::new(err) }, |c| {
                let $object = c.out(stringify!($object), $object)?;
                let read = <$type>::from_bytes(c.bytes("data", data, len)?)?;
                $(checked!(read $check $(in $later)?);)?
                $object.set(contained!($state read))
            })
        }
    };
}

macro_rules! free {
    ($name:ident($object:ident) $free:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $free($object: *mut $name) {
            // SAFETY: the caller must follow the header's rules for pointers.
            let caller = unsafe { $crate::ffi::abi::Caller::new(std::ptr::null_mut()) };
            $crate::ffi::abi::guard_free(caller, $object);
        }
    };
}
pub(super) use free;

crate::objects::objects!(functions);
