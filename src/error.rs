//! The error type of the crate.

use core::fmt;
use std::io::{self, ErrorKind};

use crate::limits::Limit;

mod io_error;
mod keyword;
mod policy;

pub use io_error::IoError;
pub use keyword::KeywordError;
pub use policy::{PolicyError, PolicyErrorKind};

/// Why an operation failed.
///
/// Each variant is one cause. A failure that depends on a secret (a decryption, a MAC, a signature,
/// an authentication) is a single variant that does not show which check failed. An error from the
/// operating system, a stream, a ledger or a store is kept: [`source`](std::error::Error::source)
/// returns it. [`is_transient`](Self::is_transient) says whether a retry can help.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    // --- bytes that do not decode ---
    /// The input ends before the object does.
    Truncated,
    /// Bytes follow the end of the object.
    TrailingBytes,
    /// The input does not begin with the magic `MS`.
    WrongMagic,
    /// This library does not read this format version.
    UnsupportedVersion,
    /// The bytes encode a different kind of object.
    WrongKind,
    /// A scalar is not reduced modulo the group order, or is zero where zero is not allowed.
    InvalidScalar,
    /// A group element is not the canonical encoding of a point on the curve.
    InvalidPoint,
    /// A point is on the curve but outside the prime-order subgroup.
    PointNotInSubgroup,
    /// A group element is the identity where the identity is not allowed.
    IdentityPoint,
    /// Items that must be sorted and distinct are not.
    NotSorted,
    /// A text is not valid UTF-8, is not in its canonical form, or contains a character
    /// that is not allowed.
    InvalidText,
    /// A field has a value that its object does not allow.
    InvalidField,
    /// A size or a count exceeds a limit of the format.
    LimitExceeded(Limit),

    // --- input from the caller ---
    /// The system's random number generator failed.
    RandomnessUnavailable,
    /// A policy or an attribute does not parse. The [`PolicyError`] holds the offset and
    /// what was expected there.
    Policy(PolicyError),
    /// The attributes do not satisfy the policy.
    PolicyNotSatisfied,
    /// The key was not issued for this attribute.
    UnknownAttribute,
    /// The query was made under the public key of a different authority, or joins
    /// queries of two authorities.
    OtherAuthority,
    /// The text is not a valid keyword. The [`KeywordError`] holds the reason.
    InvalidKeyword(KeywordError),
    /// A range or an index is outside the object that it refers to.
    OutOfRange,
    /// The caller cancelled the operation.
    Cancelled,
    /// This process is a copy, by `fork`, of the process that made the object. The object works
    /// only in that process: two copies would encrypt different messages under one keystream, or
    /// accept a request twice.
    Forked,
    /// There is not enough memory for an input of this size.
    OutOfMemory,

    // --- cryptographic refusals: deliberately coarse ---
    /// Decryption failed: the key is wrong, or the data was damaged or replaced.
    DecryptionFailed,
    /// A signature, or a certificate's or registry's signature, does not verify.
    InvalidSignature,
    /// A received key was not issued under the given public key.
    InvalidKey,
    /// Mutual authentication failed.
    AuthenticationFailed,
    /// A Merkle inclusion or consistency proof does not verify.
    InvalidProof,
    /// The data does not match the digest that was announced for it.
    DigestMismatch,

    // --- identity: registration, certificates, handshake ---
    /// A hospital with this name is already registered.
    NameTaken,
    /// No hospital with this name is registered.
    UnknownName,
    /// The hospital's registration was revoked.
    HospitalRevoked,
    /// The certificate has expired, or is not valid yet.
    CertificateExpired,
    /// The certificate's serial number was revoked.
    CertificateRevoked,
    /// The certificate is for a role other than the expected one.
    CertificateRole,
    /// The registry is older than one seen before, or lacks one of its revocations.
    RegistryRollback,
    /// Two registries with valid signatures contradict each other.
    RegistryConflict,
    /// The request's time is outside the accepted window.
    RequestOutsideWindow,
    /// The request was already used.
    RequestReplayed,
    /// The replay cache is full. It forgets no request to make room.
    ReplayCacheFull,
    /// This hospital has used up its share of the replay cache.
    ReplayQuotaExceeded,
    /// The session was closed in this direction, or its message counter is exhausted.
    SessionClosed,

    // --- members' key ---
    /// The members' key of this epoch is missing.
    MembersKeyMissing {
        /// The epoch.
        epoch: u32,
    },
    /// A members' key is not the key of its epoch: it differs from the committed, held or backed-up
    /// key, or one of its shares is wrong. Records sealed under a wrong key would be lost.
    WrongMembersKey,
    /// The entry does not use the members' epoch that its charter requires.
    EpochRefused,
    /// Too few hospitals confirm a backup of the members' key, or there are too few shares of it.
    BackupsMissing,

    // --- ledger and object store ---
    /// The entry is already on the ledger.
    DuplicateEntry,
    /// The ledger has no such entry.
    UnknownEntry,
    /// The entry was made under a charter that is no longer current. Make it again under the
    /// current charter, once a final head shows that the entry is not on the ledger.
    EraPassed,
    /// The entry names an unknown charter.
    UnknownCharter,
    /// The charter does not follow the newest known charter: its number, its predecessor
    /// or its ledger differs.
    CharterOutOfOrder,
    /// Two different charters have this number. Both are evidence against their signers.
    CharterConflict,
    /// The charter's final head was never a head of this ledger.
    FinalHeadRefused,
    /// The ledger's head is older than the reader accepts.
    StaleHead,
    /// The entry was appended after the head that the reader trusts. Fetch a newer head.
    AfterTrustedHead,
    /// The ledger omitted the item at this height.
    HeightMissing {
        /// The height.
        height: u64,
    },
    /// The entry's claim policy is not the one that its charter requires.
    ClaimPolicyRefused,
    /// The entry's wrapped key and its keyword index have different access policies.
    AccessPolicyMismatch,
    /// The chain of blocks is broken at this height.
    ChainBroken {
        /// Number of the first block that does not verify.
        height: u64,
    },
    /// The ledger failed, and gave no verdict on the entry. A ledger that knows more
    /// returns [`Error::Io`] with its own error inside:
    /// `io::Error::new(ErrorKind::HostUnreachable, error).into()`.
    LedgerUnavailable,
    /// The object store has no object at this address.
    UnknownObject,
    /// Reading or writing failed. The [`IoError`] holds the [`io::Error`].
    Io(IoError),
}

impl Error {
    /// Returns whether the error means that bytes do not decode. Then the bytes are wrong, and the
    /// ledger that stores them has not failed.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(
            self,
            Self::Truncated
                | Self::TrailingBytes
                | Self::WrongMagic
                | Self::UnsupportedVersion
                | Self::WrongKind
                | Self::InvalidScalar
                | Self::InvalidPoint
                | Self::PointNotInSubgroup
                | Self::IdentityPoint
                | Self::NotSorted
                | Self::InvalidText
                | Self::InvalidField
                | Self::LimitExceeded(_)
        )
    }

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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the input is truncated"),
            Self::TrailingBytes => f.write_str("unexpected bytes follow the object"),
            Self::WrongMagic => f.write_str("the input is not a medseal object"),
            Self::UnsupportedVersion => f.write_str("the format version is not supported"),
            Self::WrongKind => f.write_str("the input is a different kind of object"),
            Self::InvalidScalar => f.write_str("a scalar is out of range"),
            Self::InvalidPoint => f.write_str("a group element is not a valid point"),
            Self::PointNotInSubgroup => f.write_str("a group element is outside the prime-order subgroup"),
            Self::IdentityPoint => f.write_str("a group element is the identity"),
            Self::NotSorted => f.write_str("items are not sorted, or not distinct"),
            Self::InvalidText => f.write_str("a text is not valid, or not in canonical form"),
            Self::InvalidField => f.write_str("a field has an invalid value"),
            Self::LimitExceeded(limit) => write!(f, "limit exceeded: {limit}"),
            Self::RandomnessUnavailable => f.write_str("the random number generator failed"),
            Self::Policy(error) => error.fmt(f),
            Self::PolicyNotSatisfied => f.write_str("the attributes do not satisfy the policy"),
            Self::UnknownAttribute => f.write_str("the key was not issued for this attribute"),
            Self::OtherAuthority => {
                f.write_str("the query was made under the public key of a different authority")
            }
            Self::InvalidKeyword(error) => error.fmt(f),
            Self::OutOfRange => f.write_str("the range is outside the object"),
            Self::Cancelled => f.write_str("the operation was cancelled"),
            Self::Forked => {
                f.write_str("the object cannot be used after a fork: make a new one in this process")
            }
            Self::OutOfMemory => f.write_str("not enough memory"),
            Self::DecryptionFailed => f.write_str("decryption failed"),
            Self::InvalidSignature => f.write_str("the signature is not valid"),
            Self::InvalidKey => f.write_str("the key was not issued under this public key"),
            Self::AuthenticationFailed => f.write_str("authentication failed"),
            Self::InvalidProof => f.write_str("the proof is not valid"),
            Self::DigestMismatch => f.write_str("the data does not match its digest"),
            Self::NameTaken => f.write_str("a hospital with this name is already registered"),
            Self::UnknownName => f.write_str("no hospital with this name is registered"),
            Self::HospitalRevoked => f.write_str("the hospital's registration was revoked"),
            Self::CertificateExpired => f.write_str("the certificate is not valid at this time"),
            Self::CertificateRevoked => f.write_str("the certificate was revoked"),
            Self::CertificateRole => f.write_str("the certificate is for a different role"),
            Self::RegistryRollback => f.write_str(
                "the registry is older than one seen before, or lacks a revocation: fetch the newest",
            ),
            Self::RegistryConflict => {
                f.write_str("two signed registries contradict each other: keep both as evidence")
            }
            Self::RequestOutsideWindow => {
                f.write_str("the request's time is outside the accepted window: check the clocks")
            }
            Self::RequestReplayed => f.write_str("the request was already used: make a new one"),
            Self::ReplayCacheFull => f.write_str("the replay cache is full: retry later"),
            Self::ReplayQuotaExceeded => {
                f.write_str("the hospital has used up its share of the replay cache: retry later")
            }
            Self::SessionClosed => f.write_str("the session is closed in this direction: start a new one"),
            Self::MembersKeyMissing { epoch } => {
                write!(f, "the members' key of epoch {epoch} is missing: ask another member for it")
            }
            Self::WrongMembersKey => f.write_str("the key is not the members' key of its epoch"),
            Self::EpochRefused => {
                f.write_str("the entry does not use the members' epoch that its charter requires")
            }
            Self::BackupsMissing => f.write_str("there are too few backups or shares of the members' key"),
            Self::DuplicateEntry => f.write_str("the entry is already on the ledger"),
            Self::UnknownEntry => f.write_str("the ledger has no such entry"),
            Self::EraPassed => f.write_str(
                "the entry was made under an earlier charter: make it again under the current one",
            ),
            Self::UnknownCharter => {
                f.write_str("the entry names an unknown charter: fetch the newest charters")
            }
            Self::CharterOutOfOrder => f.write_str("the charter does not follow the newest known charter"),
            Self::CharterConflict => {
                f.write_str("another charter has the same number: keep both as evidence")
            }
            Self::FinalHeadRefused => f.write_str("the charter's final head is not a head of this ledger"),
            Self::StaleHead => f.write_str("the ledger's head is too old: fetch a newer one"),
            Self::AfterTrustedHead => {
                f.write_str("the entry is newer than the trusted head: fetch a newer head")
            }
            Self::HeightMissing { height } => write!(f, "the ledger omitted the item at height {height}"),
            Self::ClaimPolicyRefused => {
                f.write_str("the claim policy is not the one that the charter requires")
            }
            Self::AccessPolicyMismatch => {
                f.write_str("the wrapped key and the keyword index have different policies")
            }
            Self::ChainBroken { height } => write!(f, "the chain is broken at block {height}"),
            Self::LedgerUnavailable => f.write_str("the ledger failed: retry later"),
            Self::UnknownObject => f.write_str("the object store has no object at this address"),
            Self::Io(error) => write!(f, "input or output failed: {error}"),
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
