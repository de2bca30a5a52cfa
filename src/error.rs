//! The error type of the crate.

use std::io::{self, ErrorKind};

use crate::limits::Limit;

/// Defines a public enum, of errors for example, with the text of each variant beside it. A text
/// may name the variant's value.
macro_rules! texts {
    ($(#[$attribute:meta])* pub enum $Enum:ident {
        $($(#[$doc:meta])* $Variant:ident $(($value:ident: $Type:ty))?
            $({ #[$field_doc:meta] $field:ident: $Field:ty })? => $text:literal,)*
    }) => {
        $(#[$attribute])*
        pub enum $Enum {
            $($(#[$doc])* $Variant $(($Type))? $({ #[$field_doc] $field: $Field })?,)*
        }

        impl core::fmt::Display for $Enum {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    $(Self::$Variant $(($value))? $({ $field })? => texts!(f $text $($value)? $($field)?),)*
                }
            }
        }
    };
    ($f:ident $text:literal) => { $f.write_str($text) };
    ($f:ident $text:literal $value:ident) => { write!($f, $text) };
}

pub(crate) use texts;

mod io_error;
mod keyword;
mod policy;

pub use io_error::IoError;
pub use keyword::KeywordError;
pub use policy::{PolicyError, PolicyErrorKind};

texts! {
    /// Why an operation failed.
    ///
    /// Each variant is one cause. A failure that depends on a secret (a decryption, a MAC, a
    /// signature, an authentication) is a single variant that does not show which check failed. An
    /// error from the operating system, a stream, a ledger or a store is kept:
    /// [`source`](std::error::Error::source) returns it. [`is_transient`](Self::is_transient) says
    /// whether a retry can help.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum Error {
        // --- bytes that do not decode ---
        /// The input ends before the object does.
        Truncated => "the input is truncated",
        /// Bytes follow the end of the object.
        TrailingBytes => "unexpected bytes follow the object",
        /// The input does not begin with the magic `MS`.
        WrongMagic => "the input is not a medseal object",
        /// This library does not read this format version.
        UnsupportedVersion => "the format version is not supported",
        /// The bytes encode a different kind of object.
        WrongKind => "the input is a different kind of object",
        /// A scalar is not reduced modulo the group order, or is zero where zero is not allowed.
        InvalidScalar => "a scalar is out of range",
        /// A group element is not the canonical encoding of a point on the curve.
        InvalidPoint => "a group element is not a valid point",
        /// A point is on the curve but outside the prime-order subgroup.
        PointNotInSubgroup => "a group element is outside the prime-order subgroup",
        /// A group element is the identity where the identity is not allowed.
        IdentityPoint => "a group element is the identity",
        /// Items that must be sorted and distinct are not.
        NotSorted => "items are not sorted, or not distinct",
        /// A text is not valid UTF-8, is not in its canonical form, or contains a character
        /// that is not allowed.
        InvalidText => "a text is not valid, or not in canonical form",
        /// A field has a value that its object does not allow.
        InvalidField => "a field has an invalid value",
        /// A size or a count exceeds a limit of the format.
        LimitExceeded(limit: Limit) => "limit exceeded: {limit}",

        // --- input from the caller ---
        /// The system's random number generator failed.
        RandomnessUnavailable => "the random number generator failed",
        /// A policy or an attribute does not parse. The [`PolicyError`] holds the offset and
        /// what was expected there.
        Policy(error: PolicyError) => "{error}",
        /// The attributes do not satisfy the policy.
        PolicyNotSatisfied => "the attributes do not satisfy the policy",
        /// The key was not issued for this attribute.
        UnknownAttribute => "the key was not issued for this attribute",
        /// The query was made under the public key of a different authority, or joins
        /// queries of two authorities.
        OtherAuthority => "the query was made under the public key of a different authority",
        /// The text is not a valid keyword. The [`KeywordError`] holds the reason.
        InvalidKeyword(error: KeywordError) => "{error}",
        /// A range or an index is outside the object that it refers to.
        OutOfRange => "the range is outside the object",
        /// The caller cancelled the operation.
        Cancelled => "the operation was cancelled",
        /// This process is a copy, by `fork`, of the process that made the object. The object works
        /// only in that process: two copies would encrypt different messages under one keystream,
        /// or accept a request twice.
        Forked => "the object cannot be used after a fork: make a new one in this process",
        /// There is not enough memory for an input of this size.
        OutOfMemory => "not enough memory",

        // --- cryptographic refusals: deliberately coarse ---
        /// Decryption failed: the key is wrong, or the data was damaged or replaced.
        DecryptionFailed => "decryption failed",
        /// A signature, or a certificate's or registry's signature, does not verify.
        InvalidSignature => "the signature is not valid",
        /// A received key was not issued under the given public key.
        InvalidKey => "the key was not issued under this public key",
        /// Mutual authentication failed.
        AuthenticationFailed => "authentication failed",
        /// A Merkle inclusion or consistency proof does not verify.
        InvalidProof => "the proof is not valid",
        /// The data does not match the digest that was announced for it.
        DigestMismatch => "the data does not match its digest",

        // --- identity: registration, certificates, handshake ---
        /// A hospital with this name is already registered.
        NameTaken => "a hospital with this name is already registered",
        /// No hospital with this name is registered.
        UnknownName => "no hospital with this name is registered",
        /// The hospital's registration was revoked.
        HospitalRevoked => "the hospital's registration was revoked",
        /// The certificate has expired, or is not valid yet.
        CertificateExpired => "the certificate is not valid at this time",
        /// The certificate's serial number was revoked.
        CertificateRevoked => "the certificate was revoked",
        /// The certificate is for a role other than the expected one.
        CertificateRole => "the certificate is for a different role",
        /// The registry is older than one seen before, or lacks one of its revocations.
        RegistryRollback =>
            "the registry is older than one seen before, or lacks a revocation: fetch the newest",
        /// Two registries with valid signatures contradict each other.
        RegistryConflict => "two signed registries contradict each other: keep both as evidence",
        /// The request's time is outside the accepted window.
        RequestOutsideWindow => "the request's time is outside the accepted window: check the clocks",
        /// The request was already used.
        RequestReplayed => "the request was already used: make a new one",
        /// The replay cache is full. It forgets no request to make room.
        ReplayCacheFull => "the replay cache is full: retry later",
        /// This hospital has used up its share of the replay cache.
        ReplayQuotaExceeded => "the hospital has used up its share of the replay cache: retry later",
        /// The session was closed in this direction, or its message counter is exhausted.
        SessionClosed => "the session is closed in this direction: start a new one",

        // --- members' key ---
        /// The members' key of this epoch is missing.
        MembersKeyMissing {
            /// The epoch.
            epoch: u32
        } => "the members' key of epoch {epoch} is missing: ask another member for it",
        /// A members' key is not the key of its epoch: it differs from the committed, held or
        /// backed-up key, or one of its shares is wrong. Records sealed under a wrong key would be
        /// lost.
        WrongMembersKey => "the key is not the members' key of its epoch",
        /// The entry does not use the members' epoch that its charter requires.
        EpochRefused => "the entry does not use the members' epoch that its charter requires",
        /// Too few hospitals confirm a backup of the members' key, or there are too few shares of
        /// it.
        BackupsMissing => "there are too few backups or shares of the members' key",

        // --- ledger and object store ---
        /// The entry is already on the ledger.
        DuplicateEntry => "the entry is already on the ledger",
        /// The ledger has no such entry.
        UnknownEntry => "the ledger has no such entry",
        /// The entry was made under a charter that is no longer current. Make it again under the
        /// current charter, once a final head shows that the entry is not on the ledger.
        EraPassed => "the entry was made under an earlier charter: make it again under the current one",
        /// The entry names an unknown charter.
        UnknownCharter => "the entry names an unknown charter: fetch the newest charters",
        /// The charter does not follow the newest known charter: its number, its predecessor
        /// or its ledger differs.
        CharterOutOfOrder => "the charter does not follow the newest known charter",
        /// Two different charters have this number. Both are evidence against their signers.
        CharterConflict => "another charter has the same number: keep both as evidence",
        /// The charter's final head was never a head of this ledger.
        FinalHeadRefused => "the charter's final head is not a head of this ledger",
        /// The ledger's head is older than the reader accepts.
        StaleHead => "the ledger's head is too old: fetch a newer one",
        /// The entry was appended after the head that the reader trusts. Fetch a newer head.
        AfterTrustedHead => "the entry is newer than the trusted head: fetch a newer head",
        /// The ledger omitted the item at this height.
        HeightMissing {
            /// The height.
            height: u64
        } => "the ledger omitted the item at height {height}",
        /// The entry's claim policy is not the one that its charter requires.
        ClaimPolicyRefused => "the claim policy is not the one that the charter requires",
        /// The entry's wrapped key and its keyword index have different access policies.
        AccessPolicyMismatch => "the wrapped key and the keyword index have different policies",
        /// The chain of blocks is broken at this height.
        ChainBroken {
            /// Number of the first block that does not verify.
            height: u64
        } => "the chain is broken at block {height}",
        /// The ledger failed, and gave no verdict on the entry. A ledger that knows more
        /// returns [`Error::Io`] with its own error inside:
        /// `io::Error::new(ErrorKind::HostUnreachable, error).into()`.
        LedgerUnavailable => "the ledger failed: retry later",
        /// The object store has no object at this address.
        UnknownObject => "the object store has no object at this address",
        /// Reading or writing failed. The [`IoError`] holds the [`io::Error`].
        Io(error: IoError) => "input or output failed: {error}",
    }
}

impl Error {
    /// Returns whether the error means that bytes do not decode. Then the bytes are wrong, and the
    /// ledger that stores them has not failed.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(self, Self::LimitExceeded(_)) || Self::DECODING.contains(self)
    }

    /// The errors of decoding, except limits. Their positions are part of the byte form of
    /// [`Found`](crate::ledger::Found).
    pub(crate) const DECODING: [Self; 12] = [
        Self::Truncated,
        Self::TrailingBytes,
        Self::WrongMagic,
        Self::UnsupportedVersion,
        Self::WrongKind,
        Self::InvalidScalar,
        Self::InvalidPoint,
        Self::PointNotInSubgroup,
        Self::IdentityPoint,
        Self::NotSorted,
        Self::InvalidText,
        Self::InvalidField,
    ];

    /// Returns whether the same call can succeed later without a change by the caller. This is so
    /// if the ledger is unavailable, if the replay cache is full, or if [`Error::Io`] has a kind
    /// that passes, such as a lost connection.
    ///
    /// Every other error is permanent. [`ErrorKind::Other`] counts as permanent: a stream, ledger
    /// or store that knows better must give its error a different kind.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::LedgerUnavailable | Self::ReplayCacheFull | Self::ReplayQuotaExceeded => true,
            Self::Io(error) => matches!(
                error.kind(),
                ErrorKind::Interrupted
                    | ErrorKind::WouldBlock
                    | ErrorKind::TimedOut
                    | ErrorKind::ConnectionRefused
                    | ErrorKind::ConnectionReset
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::NotConnected
                    | ErrorKind::BrokenPipe
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::NetworkDown
                    | ErrorKind::ResourceBusy
            ),
            _ => false,
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Policy(error) => Some(error),
            Self::Io(error) => Some(error.get()),
            _ => None,
        }
    }
}

impl From<PolicyError> for Error {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

impl From<KeywordError> for Error {
    fn from(error: KeywordError) -> Self {
        Self::InvalidKeyword(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::OutOfMemory => Self::OutOfMemory,
            _ => Self::Io(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn keeps_the_source_of_a_failure() {
        let cause = Error::InvalidText; // any error that is not the system's
        let error = Error::from(io::Error::new(ErrorKind::TimedOut, cause.clone()));
        let source = error.source().and_then(|source| source.downcast_ref::<io::Error>()).unwrap();
        assert_eq!(source.get_ref().and_then(|inner| inner.downcast_ref::<Error>()), Some(&cause));
        assert_eq!(error.to_string(), format!("input or output failed: {cause}"));
        // Equality is that of the kinds.
        assert_eq!(error, Error::Io(ErrorKind::TimedOut.into()));
        assert_ne!(error, Error::Io(ErrorKind::NotFound.into()));
        assert!(Error::DecryptionFailed.source().is_none());
    }

    #[test]
    fn only_what_passes_is_transient() {
        for transient in [
            Error::LedgerUnavailable,
            Error::ReplayCacheFull,
            Error::Io(ErrorKind::TimedOut.into()),
            Error::Io(ErrorKind::ConnectionReset.into()),
        ] {
            assert!(transient.is_transient(), "{transient}");
        }
        for lasting in [
            Error::DecryptionFailed,
            Error::DuplicateEntry,
            Error::Cancelled,
            Error::Io(ErrorKind::NotFound.into()),
            Error::Io(ErrorKind::StorageFull.into()),
            Error::Io(ErrorKind::Other.into()),
        ] {
            assert!(!lasting.is_transient(), "{lasting}");
        }
    }
}
