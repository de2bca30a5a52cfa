//! Defines `to_bytes` and `from_bytes` of every object in the table of objects.

use zeroize::Zeroizing;

use crate::codec::{self, Kind, Object};
use crate::error::Error;
use crate::{
    abe, abs, authorities, authority, identity, ledger, members, merkle, policy, record, search, share,
};

macro_rules! byte_forms {
    ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
        $($(#[cfg(feature = $feature)])? byte_form!($kind $row);)*
    };
}

macro_rules! byte_form {
    ($kind:ident by_hand) => {};
    ($kind:ident {
        $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident $(, $by_hand:ident)?
    }) => {
        impl $type {
            byte_form!(@encode $secrecy);
            byte_form!(@decode $($by_hand)?);
        }
        const _: () = assert!(<$type as Object>::KIND as u8 == Kind::$kind as u8);
    };
    (@encode public) => {
        /// Returns the canonical byte form.
        #[must_use]
        pub fn to_bytes(&self) -> Vec<u8> {
            codec::encode(self)
        }
    };
    (@encode secret) => {
        /// Returns the canonical byte form. It contains secrets, and is wiped when dropped.
        #[must_use]
        pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
            Zeroizing::new(codec::encode(self))
        }
    };
    (@decode by_hand) => {};
    (@decode) => {
        /// Decodes the canonical byte form. Checks everything, except elements that the type checks
        /// on use or in `validate`.
        ///
        /// # Errors
        /// A decoding error of [`Error`] if the bytes are not exactly the output of `to_bytes`.
        pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
            codec::decode(bytes)
        }
    };
}

crate::objects::objects!(byte_forms);

#[cfg(test)]
mod tests {
    use super::*;

    fn any_thread<T: Send + Sync>() {}

    macro_rules! shared {
        ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
            $($(#[cfg(feature = $feature)])? shared!(@ $row);)*
        };
        (@ by_hand) => {};
        (@ { $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $($rest:tt)* }) => {
            any_thread::<$type>();
        };
    }

    #[test]
    fn every_object_and_state_is_send_and_sync() {
        crate::objects::objects!(shared);
        any_thread::<(Error, crate::IoError, share::PublishError, ledger::Refusal, abs::BadClaims)>();
        any_thread::<(abe::SharedKey, search::Keyword, search::PreparedQuery, search::SearchIndexCache)>();
        any_thread::<(record::Sealer, record::Opener, record::OpenedRecord, record::ChunkTree)>();
        any_thread::<(identity::VerifiedCertificate, identity::VerifiedRegistry, identity::MemoryReplayCache)>(
        );
        any_thread::<(identity::AwaitingReply, identity::AcceptedRequest, identity::AwaitingConfirmation)>();
        any_thread::<(identity::Established, identity::Session)>();
        any_thread::<(ledger::Charters, ledger::Validated, ledger::CheckedEntry, ledger::TrustedHead)>();
        any_thread::<(share::Consortium<'_>, share::Database, share::Published)>();
        any_thread::<(share::DirectoryStore, share::MemoryStore)>();
        #[cfg(feature = "memory-ledger")]
        any_thread::<ledger::MemoryLedger>();
    }
}
