//! The one error type of the crate.

use core::fmt;
use std::io::{self, ErrorKind};

use crate::limits::Limit;

mod io_error;
mod keyword;
mod policy;

pub use io_error::IoError;
pub use keyword::KeywordError;
pub use policy::{PolicyError, PolicyErrorKind};

/// Why an operation did not succeed.
///
/// Each variant is one cause. A failure that depends on a secret (a decryption, a MAC, a
/// signature, an authentication) is a single variant without text, which does not tell which
/// check failed. What an operating system, a stream, a ledger or a store reported is kept:
/// [`source`](std::error::Error::source) returns it. [`is_transient`](Self::is_transient)
/// says whether to try again.
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
    /// The format version is not one that this library reads.
    UnsupportedVersion,
    /// The bytes encode another kind of object.
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
    /// Text is not valid UTF-8 or not in its canonical form.
    InvalidText,
    /// A field holds a value that its object does not allow.
    InvalidField,
    /// Something is larger or more numerous than the format allows.
    LimitExceeded(Limit),

    // --- input from the caller ---
    /// The system's random number generator failed.
    RandomnessUnavailable,
    /// A policy or an attribute does not parse; the offset and what was expected are inside.
    Policy(PolicyError),
    /// The attributes do not satisfy the policy.
    PolicyNotSatisfied,
    /// The key was not issued for this attribute.
    UnknownAttribute,
    /// The query was made under the public key of another authority, or joins queries of two.
    OtherAuthority,
    /// A text is no keyword; the reason is inside.
    InvalidKeyword(KeywordError),
    /// A range or an index lies outside the object that it refers to.
    OutOfRange,
    /// The operation was cancelled by the caller.
    Cancelled,
    /// The object was made in another process, of which this one is a copy by `fork`: it works
    /// there alone, since two copies of it would encrypt different messages under one keystream, or
    /// accept a request twice.
    Forked,
    /// The memory that an input of this size takes cannot be had.
    OutOfMemory,

    // --- cryptographic refusals: deliberately coarse ---
    /// Decryption failed: wrong key, or damaged or exchanged data.
    DecryptionFailed,
    /// A signature, or a certificate's or registry's signature, does not verify.
    InvalidSignature,
    /// A received key does not belong to the public key that is said to have issued it.
    InvalidKey,
    /// Mutual authentication failed.
    AuthenticationFailed,
    /// A Merkle inclusion or consistency proof does not verify.
    InvalidProof,
    /// Data does not have the digest under which it was announced.
    DigestMismatch,

    // --- identity: registration, certificates, handshake ---
    /// A hospital of this name is registered already.
    NameTaken,
    /// No hospital of this name is registered.
    UnknownName,
    /// The hospital's registration was revoked.
    HospitalRevoked,
    /// The certificate is not valid at this time.
    CertificateExpired,
    /// The certificate's serial number was revoked.
    CertificateRevoked,
    /// The certificate is for another role than the one that it is verified for.
    CertificateRole,
    /// The registry is older than one that was seen before, or lacks a revocation that stood in it.
    RegistryRollback,
    /// Two registries with valid signatures contradict each other.
    RegistryConflict,
    /// The request's time is outside the accepted window.
    RequestOutsideWindow,
    /// The request was seen before.
    RequestReplayed,
    /// The replay cache is full; nothing was forgotten to make room.
    ReplayCacheFull,
    /// This hospital has used up its share of the replay cache.
    ReplayQuotaExceeded,
    /// A session's direction was closed, or its message counter is used up.
    SessionClosed,

    // --- members' key ---
    /// The members' key of this epoch is not held.
    MembersKeyMissing {
        /// The epoch that is asked for.
        epoch: u32,
    },
    /// A members' key is not the one of its epoch: another is committed to, held, or backed up, or
    /// a share of it is wrong. What was sealed under a wrong key would be lost.
    WrongMembersKey,
    /// The entry does not carry the members' epoch that its charter demands.
    EpochRefused,
    /// Fewer hospitals confirm a backup of the members' key, or fewer shares of it are
    /// there, than are needed.
    BackupsMissing,

    // --- ledger and object store ---
    /// The ledger holds this entry already.
    DuplicateEntry,
    /// The ledger holds no such entry.
    UnknownEntry,
    /// The entry was made under a charter that another has succeeded. It can be made anew under the
    /// present one, once a final head shows that it is not on the ledger.
    EraPassed,
    /// The entry names a charter that is not known here.
    UnknownCharter,
    /// The charter does not follow on those that are known: its number, its predecessor, or
    /// its ledger is another.
    CharterOutOfOrder,
    /// Two different charters have this number. Both are evidence against those who signed them.
    CharterConflict,
    /// The charter's final head is not one that this ledger has had.
    FinalHeadRefused,
    /// The ledger's head is older than the reader accepts.
    StaleHead,
    /// The entry came to the ledger after the head that the reader trusts; ask for a newer head.
    AfterTrustedHead,
    /// The ledger left out the item of this height.
    HeightMissing {
        /// The height.
        height: u64,
    },
    /// The entry's claim policy is not the one that the ledger demands.
    ClaimPolicyRefused,
    /// The entry's wrapped key and its keyword indexes do not share one access policy.
    AccessPolicyMismatch,
    /// The chain of blocks is broken at this height.
    ChainBroken {
        /// Height of the first block that does not check out.
        height: u64,
    },
    /// The ledger itself failed; the entry was not judged. A ledger that can say more returns
    /// [`Error::Io`], with its error inside:
    /// `io::Error::new(ErrorKind::HostUnreachable, error).into()`.
    LedgerUnavailable,
    /// The object store holds nothing at this address.
    UnknownObject,
    /// Reading or writing failed; the [`io::Error`] is inside.
    Io(IoError),
}

impl Error {
    /// Whether it says that bytes do not decode: the bytes are at fault, and the ledger that
    /// keeps them has not failed.
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

    /// Whether the same call can succeed later although the caller changes nothing: the ledger
    /// is unavailable, the replay cache is full, or [`Error::Io`] is of a kind that passes,
    /// such as a lost connection.
    ///
    /// Every other error comes again. An error of [`ErrorKind::Other`] is not taken for transient:
    /// a stream, ledger or store that knows better gives its error another kind.
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
            Self::Truncated => f.write_str("the input ends too early"),
            Self::TrailingBytes => f.write_str("there are bytes after the end of the object"),
            Self::WrongMagic => f.write_str("this is not a medseal object"),
            Self::UnsupportedVersion => f.write_str("the format version is not supported"),
            Self::WrongKind => f.write_str("this is another kind of object"),
            Self::InvalidScalar => f.write_str("a scalar is out of range"),
            Self::InvalidPoint => f.write_str("a group element is not a valid point"),
            Self::PointNotInSubgroup => f.write_str("a group element is outside the prime-order subgroup"),
            Self::IdentityPoint => f.write_str("a group element is the identity"),
            Self::NotSorted => f.write_str("items are not sorted or not distinct"),
            Self::InvalidText => f.write_str("text is not valid or not in canonical form"),
            Self::InvalidField => f.write_str("a field holds a value that is not allowed"),
            Self::LimitExceeded(limit) => write!(f, "limit exceeded: {limit}"),
            Self::RandomnessUnavailable => f.write_str("the random number generator failed"),
            Self::Policy(error) => error.fmt(f),
            Self::PolicyNotSatisfied => f.write_str("the attributes do not satisfy the policy"),
            Self::UnknownAttribute => f.write_str("the key was not issued for this attribute"),
            Self::OtherAuthority => f.write_str("the query belongs to another authority"),
            Self::InvalidKeyword(error) => error.fmt(f),
            Self::OutOfRange => f.write_str("the range lies outside the object"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Forked => f.write_str("the object belongs to the process that made it, before a fork"),
            Self::OutOfMemory => f.write_str("the memory for this cannot be had"),
            Self::DecryptionFailed => f.write_str("decryption failed"),
            Self::InvalidSignature => f.write_str("the signature is not valid"),
            Self::InvalidKey => f.write_str("the key was not issued under this public key"),
            Self::AuthenticationFailed => f.write_str("authentication failed"),
            Self::InvalidProof => f.write_str("the proof is not valid"),
            Self::DigestMismatch => f.write_str("the data does not have the announced digest"),
            Self::NameTaken => f.write_str("a hospital of this name is registered already"),
            Self::UnknownName => f.write_str("no hospital of this name is registered"),
            Self::HospitalRevoked => f.write_str("the hospital's registration was revoked"),
            Self::CertificateExpired => f.write_str("the certificate is not valid at this time"),
            Self::CertificateRevoked => f.write_str("the certificate was revoked"),
            Self::CertificateRole => f.write_str("the certificate is for another role"),
            Self::RegistryRollback => f.write_str("the registry is older than one seen before"),
            Self::RegistryConflict => f.write_str("two registries contradict each other"),
            Self::RequestOutsideWindow => f.write_str("the request's time is outside the accepted window"),
            Self::RequestReplayed => f.write_str("the request was seen before"),
            Self::ReplayCacheFull => f.write_str("the replay cache is full"),
            Self::ReplayQuotaExceeded => f.write_str("the hospital's share of the replay cache is used up"),
            Self::SessionClosed => f.write_str("the session is closed in this direction"),
            Self::MembersKeyMissing { epoch } => write!(f, "the members' key of epoch {epoch} is not held"),
            Self::WrongMembersKey => f.write_str("this is not the members' key of its epoch"),
            Self::EpochRefused => f.write_str("the entry does not carry the members' epoch that is demanded"),
            Self::BackupsMissing => f.write_str("too few backups or shares of the members' key"),
            Self::DuplicateEntry => f.write_str("the ledger holds this entry already"),
            Self::UnknownEntry => f.write_str("the ledger holds no such entry"),
            Self::EraPassed => f.write_str("era passed: the entry was made under an earlier charter"),
            Self::UnknownCharter => f.write_str("the entry names a charter that is not known"),
            Self::CharterOutOfOrder => f.write_str("the charter does not follow on those that are known"),
            Self::CharterConflict => f.write_str("there is another charter of this number"),
            Self::FinalHeadRefused => f.write_str("the charter's final head is not one of this ledger's"),
            Self::StaleHead => f.write_str("the ledger's head is too old"),
            Self::AfterTrustedHead => f.write_str("the entry is newer than the head that is trusted"),
            Self::HeightMissing { height } => write!(f, "the ledger left out the item at height {height}"),
            Self::ClaimPolicyRefused => {
                f.write_str("the claim policy is not the one that the ledger demands")
            }
            Self::AccessPolicyMismatch => {
                f.write_str("the wrapped key and the keyword indexes have different policies")
            }
            Self::ChainBroken { height } => write!(f, "the chain is broken at block {height}"),
            Self::LedgerUnavailable => f.write_str("the ledger failed"),
            Self::UnknownObject => f.write_str("the object store holds nothing at this address"),
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
