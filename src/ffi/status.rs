//! Statuses, and the optional details of an error.

use std::borrow::Cow;
use std::ffi::c_char;
use std::fmt;
use std::io;

use crate::authorities;
use crate::error::Error;
use crate::ledger::Refusal;

/// The return type of every function that can fail: MEDSEAL_OK, or one of the positive MEDSEAL_ERR_
/// values. Later versions may add values, so treat an unknown one as a failure.
/// medseal_status_text() returns the text of each.
pub type medseal_status = i32;

/// Turns the table below into constants, texts and the translation from and to the crate's error.
macro_rules! statuses {
    ($($(#[doc = $doc:literal])+ $status:ident = $number:literal, $text:literal $(= $error:pat)?,)*) => {
        $(
            $(#[doc = $doc])+
            pub const $status: i32 = $number;
        )*

        /// Each status with its name and its text, in order.
        const TEXTS: &[(medseal_status, &str)] = &[$(($status, concat!($text, "\0")),)*];

        pub(super) fn status_of(error: &Error) -> medseal_status {
            match error { $($($error => $status,)?)* }
        }
    };
}

statuses! {
    /// Success.
    MEDSEAL_OK = 0, "success",

    // --- general: any function may return these ---
    /// General: a required pointer is NULL.
    MEDSEAL_ERR_NULL_POINTER = 1, "a pointer is NULL",
    /// General: a length above PTRDIFF_MAX, a number that the parameter does not allow, a
    /// misaligned pointer, or a struct_size that is too small.
    MEDSEAL_ERR_INVALID_ARGUMENT = 2, "an argument is invalid",
    /// General: the pointer is not a live object of this type: it has a different type, or was
    /// freed.
    MEDSEAL_ERR_WRONG_HANDLE = 3, "the handle has the wrong type, or was freed",
    /// General: a stateful object is in use by another call: in another thread, or in the call that
    /// runs this callback.
    MEDSEAL_ERR_BUSY = 4, "the object is in use by another call",
    /// General: a bug in the library. The objects that the call used may be in an invalid state:
    /// free them.
    MEDSEAL_ERR_INTERNAL = 5, "internal error in the library",

    // --- about how a function was used ---
    /// The buffer is too small for the output. The length is now the number of bytes that the
    /// output needs. Nothing was written, and the call had no effect.
    MEDSEAL_ERR_BUFFER_TOO_SMALL = 6, "the output buffer is too small",
    /// The object can be used only once, and was already used.
    MEDSEAL_ERR_SPENT = 7, "the object was already used",
    /// The object does not have the requested part, such as the envelope of an entry without one.
    MEDSEAL_ERR_ABSENT = 8, "the object does not have the requested part",
    /// This process is a copy, by fork(), of the process that made the object. Sealers, openers,
    /// sessions, the states of a handshake or of a key generation and replay caches in memory work
    /// only in the process that made them.
    MEDSEAL_ERR_FORKED = 9, "the object cannot be used after a fork: make a new one in this process"
        = Error::Forked,
    /// There is not enough memory for an input of this size. The call had no effect.
    MEDSEAL_ERR_OUT_OF_MEMORY = 10, "not enough memory" = Error::OutOfMemory,

    // --- decoding ---
    /// Decoding: the input ends before the object does.
    MEDSEAL_ERR_TRUNCATED = 16, "the input is truncated" = Error::Truncated,
    /// Decoding: bytes follow the end of the object.
    MEDSEAL_ERR_TRAILING_BYTES = 17, "unexpected bytes follow the object" = Error::TrailingBytes,
    /// Decoding: the input does not begin with the magic `MS`.
    MEDSEAL_ERR_WRONG_MAGIC = 18, "the input is not a medseal object" = Error::WrongMagic,
    /// Decoding: this library does not read this format version.
    MEDSEAL_ERR_UNSUPPORTED_VERSION = 19, "the format version is not supported" = Error::UnsupportedVersion,
    /// Decoding: the bytes encode a different kind of object.
    MEDSEAL_ERR_WRONG_KIND = 20, "the input is a different kind of object" = Error::WrongKind,
    /// Decoding: a scalar is out of range.
    MEDSEAL_ERR_INVALID_SCALAR = 21, "a scalar is out of range" = Error::InvalidScalar,
    /// Decoding: a group element is not the canonical encoding of a point on the curve.
    MEDSEAL_ERR_INVALID_POINT = 22, "a group element is not a valid point" = Error::InvalidPoint,
    /// Decoding: a point is outside the prime-order subgroup.
    MEDSEAL_ERR_POINT_NOT_IN_SUBGROUP = 23, "a group element is outside the prime-order subgroup"
        = Error::PointNotInSubgroup,
    /// Decoding: a group element is the identity where that is not allowed.
    MEDSEAL_ERR_IDENTITY_POINT = 24, "a group element is the identity" = Error::IdentityPoint,
    /// Decoding: items that must be sorted and distinct are not.
    MEDSEAL_ERR_NOT_SORTED = 25, "items are not sorted, or not distinct" = Error::NotSorted,
    /// Decoding, and text from the caller: a text is not UTF-8, is not in canonical form, or has
    /// characters that are not allowed here.
    MEDSEAL_ERR_INVALID_TEXT = 26, "a text is not valid, or not in canonical form" = Error::InvalidText,
    /// Decoding, and values from the caller: a field has a value that the object does not allow.
    MEDSEAL_ERR_INVALID_FIELD = 27, "a field has an invalid value" = Error::InvalidField,
    /// Decoding, and input from the caller: a size or a count exceeds a limit, which the message
    /// names.
    MEDSEAL_ERR_LIMIT_EXCEEDED = 28, "a limit is exceeded" = Error::LimitExceeded(_),

    // --- input from the caller ---
    /// The operating system's random number generator failed.
    MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE = 40, "the random number generator failed"
        = Error::RandomnessUnavailable,
    /// A policy or an attribute does not parse. The position is the byte offset of the error, and
    /// the message says what was expected there. Decoding also returns it, for text inside an
    /// object.
    MEDSEAL_ERR_POLICY = 41, "a policy or an attribute does not parse" = Error::Policy(_),
    /// The attributes do not satisfy the policy.
    MEDSEAL_ERR_POLICY_NOT_SATISFIED = 43, "the attributes do not satisfy the policy"
        = Error::PolicyNotSatisfied,
    /// The key was not issued for this attribute.
    MEDSEAL_ERR_UNKNOWN_ATTRIBUTE = 44, "the key was not issued for this attribute" = Error::UnknownAttribute,
    /// A keyword, its field or its word is empty, the canonical form is longer than 256 bytes, or a
    /// character is not allowed; the message says which.
    MEDSEAL_ERR_INVALID_KEYWORD = 45, "the keyword is not valid" = Error::InvalidKeyword(_),
    /// A range or an index is outside the object.
    MEDSEAL_ERR_OUT_OF_RANGE = 46, "the range is outside the object" = Error::OutOfRange,
    /// A progress callback cancelled the operation.
    MEDSEAL_ERR_CANCELLED = 47, "the operation was cancelled" = Error::Cancelled,
    /// The query was made under the public key of a different authority, or joins queries of two.
    MEDSEAL_ERR_OTHER_AUTHORITY = 48, "the query was made under the public key of a different authority"
        = Error::OtherAuthority,

    // --- cryptographic refusals: they do not say why ---
    /// Decryption failed: the key is wrong, or the data was damaged or replaced.
    MEDSEAL_ERR_DECRYPTION_FAILED = 60, "decryption failed" = Error::DecryptionFailed,
    /// A signature does not verify.
    MEDSEAL_ERR_INVALID_SIGNATURE = 61, "the signature is not valid" = Error::InvalidSignature,
    /// A key was not issued under the given public key.
    MEDSEAL_ERR_INVALID_KEY = 62, "the key was not issued under this public key" = Error::InvalidKey,
    /// Mutual authentication failed.
    MEDSEAL_ERR_AUTHENTICATION_FAILED = 63, "authentication failed" = Error::AuthenticationFailed,
    /// A Merkle proof does not verify.
    MEDSEAL_ERR_INVALID_PROOF = 64, "the proof is not valid" = Error::InvalidProof,
    /// The data does not match the digest that was announced for it.
    MEDSEAL_ERR_DIGEST_MISMATCH = 65, "the data does not match its digest" = Error::DigestMismatch,

    // --- identities, certificates, handshake ---
    /// A hospital with this name is already registered.
    MEDSEAL_ERR_NAME_TAKEN = 80, "a hospital with this name is already registered" = Error::NameTaken,
    /// No hospital with this name is registered.
    MEDSEAL_ERR_UNKNOWN_NAME = 81, "no hospital with this name is registered" = Error::UnknownName,
    /// The hospital's registration was revoked.
    MEDSEAL_ERR_HOSPITAL_REVOKED = 82, "the hospital's registration was revoked" = Error::HospitalRevoked,
    /// The certificate has expired, or is not valid yet.
    MEDSEAL_ERR_CERTIFICATE_EXPIRED = 83, "the certificate is not valid at this time"
        = Error::CertificateExpired,
    /// The certificate was revoked.
    MEDSEAL_ERR_CERTIFICATE_REVOKED = 84, "the certificate was revoked" = Error::CertificateRevoked,
    /// The registry is older than one seen before, or lacks one of its revocations.
    MEDSEAL_ERR_REGISTRY_ROLLBACK = 85, "the registry is older than one seen before, or lacks a revocation: fetch the newest"
        = Error::RegistryRollback,
    /// The request's time is outside the accepted window.
    MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW = 86, "the request's time is outside the accepted window: check the clocks"
        = Error::RequestOutsideWindow,
    /// The request was already used.
    MEDSEAL_ERR_REQUEST_REPLAYED = 87, "the request was already used: make a new one"
        = Error::RequestReplayed,
    /// The replay cache is full. It forgets no request to make room.
    MEDSEAL_ERR_REPLAY_CACHE_FULL = 88, "the replay cache is full: retry later" = Error::ReplayCacheFull,
    /// The hospital has used up its share of the replay cache.
    MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED = 89, "the hospital has used up its share of the replay cache: retry later"
        = Error::ReplayQuotaExceeded,
    /// The session is closed in this direction, or its message counter is exhausted.
    MEDSEAL_ERR_SESSION_CLOSED = 90, "the session is closed in this direction: start a new one"
        = Error::SessionClosed,
    /// The certificate is for a role other than the expected one.
    MEDSEAL_ERR_CERTIFICATE_ROLE = 91, "the certificate is for a different role" = Error::CertificateRole,

    // --- ledger and store ---
    /// The entry is already on the ledger.
    MEDSEAL_ERR_DUPLICATE_ENTRY = 100, "the entry is already on the ledger" = Error::DuplicateEntry,
    /// The ledger has no such entry.
    MEDSEAL_ERR_UNKNOWN_ENTRY = 101, "the ledger has no such entry" = Error::UnknownEntry,
    /// The entry's claim policy is not the one that its charter requires.
    MEDSEAL_ERR_CLAIM_POLICY_REFUSED = 102, "the claim policy is not the one that the charter requires"
        = Error::ClaimPolicyRefused,
    /// The wrapped key and the keyword index have different access policies.
    MEDSEAL_ERR_ACCESS_POLICY_MISMATCH = 103, "the wrapped key and the keyword index have different policies"
        = Error::AccessPolicyMismatch,
    /// The chain of blocks is broken; the position is the first block that does not verify.
    MEDSEAL_ERR_CHAIN_BROKEN = 104, "the chain of blocks is broken" = Error::ChainBroken { .. },
    /// The ledger failed, and gave no verdict on the entry.
    MEDSEAL_ERR_LEDGER_UNAVAILABLE = 105, "the ledger failed: retry later" = Error::LedgerUnavailable,
    /// The object store has no object at this address.
    MEDSEAL_ERR_UNKNOWN_OBJECT = 106, "the object store has no object at this address" = Error::UnknownObject,
    /// Reading or writing failed.
    MEDSEAL_ERR_IO = 107, "input or output failed" = Error::Io(_),
    /// The entry was made under a charter that is no longer current. Make it again under the
    /// current charter, once a final head shows that the entry is not on the ledger.
    MEDSEAL_ERR_ERA_PASSED = 108, "the entry was made under an earlier charter: make it again under the current one"
        = Error::EraPassed,
    /// The entry names an unknown charter.
    MEDSEAL_ERR_UNKNOWN_CHARTER = 109, "the entry names an unknown charter: fetch the newest charters"
        = Error::UnknownCharter,
    /// The charter does not follow the newest known charter: its number, its predecessor or its
    /// ledger differs.
    MEDSEAL_ERR_CHARTER_OUT_OF_ORDER = 110, "the charter does not follow the newest known charter"
        = Error::CharterOutOfOrder,
    /// Two different charters have this number. Both are evidence against their signers.
    MEDSEAL_ERR_CHARTER_CONFLICT = 111, "another charter has the same number: keep both as evidence"
        = Error::CharterConflict,
    /// The charter's final head was never a head of this ledger.
    MEDSEAL_ERR_FINAL_HEAD_REFUSED = 112, "the charter's final head is not a head of this ledger"
        = Error::FinalHeadRefused,
    /// The ledger's head is older than the reader accepts.
    MEDSEAL_ERR_STALE_HEAD = 113, "the ledger's head is too old: fetch a newer one" = Error::StaleHead,
    /// The entry was appended after the head that the reader trusts. Fetch a newer head.
    MEDSEAL_ERR_AFTER_TRUSTED_HEAD = 114, "the entry is newer than the trusted head: fetch a newer head"
        = Error::AfterTrustedHead,
    /// The ledger omitted an item; the position is its height.
    MEDSEAL_ERR_HEIGHT_MISSING = 115, "the ledger omitted an item" = Error::HeightMissing { .. },

    // --- members' key ---
    /// The members' key of an epoch is missing; the position is the epoch.
    MEDSEAL_ERR_MEMBERS_KEY_MISSING = 120, "the members' key of an epoch is missing: ask another member for it"
        = Error::MembersKeyMissing { .. },
    /// A members' key is not the key of its epoch: it differs from the committed, held or backed-up
    /// key, or one of its shares is wrong.
    MEDSEAL_ERR_WRONG_MEMBERS_KEY = 121, "the key is not the members' key of its epoch"
        = Error::WrongMembersKey,
    /// Too few hospitals confirm a backup of the members' key, or there are too few shares of it.
    MEDSEAL_ERR_BACKUPS_MISSING = 122, "there are too few backups or shares of the members' key"
        = Error::BackupsMissing,
    /// The entry does not use the members' epoch that its charter requires.
    MEDSEAL_ERR_EPOCH_REFUSED = 123, "the entry does not use the members' epoch that its charter requires"
        = Error::EpochRefused,
    /// Authorities are at fault. The message names them; the position is the number of the first.
    MEDSEAL_ERR_CULPRITS = 130, "an authority is at fault",
    /// Too few authorities answered correctly. The message names those whose answers are wrong.
    MEDSEAL_ERR_TOO_FEW_AUTHORITIES = 131, "too few authorities answered correctly",
    /// The authority has already signed or confirmed something else, according to its records.
    MEDSEAL_ERR_ALREADY_SIGNED = 132, "the authority has already signed something else",
    /// The authority has no part in this step.
    MEDSEAL_ERR_NO_PART = 133, "the authority has no part in this step",
    /// Two registries with valid signatures contradict each other.
    MEDSEAL_ERR_REGISTRY_CONFLICT = 134, "two signed registries contradict each other: keep both as evidence"
        = Error::RegistryConflict,
}

/// The text of a status, with a NUL at its end.
pub(super) fn text_of(status: medseal_status) -> &'static str {
    let known = TEXTS.iter().find(|(known, _)| *known == status);
    known.map_or("an unknown status\0", |(_, text)| text)
}

/// The error for the status of a ledger's callback. Statuses with which a ledger may refuse an
/// entry keep their meaning; all others mean that the ledger failed.
pub(super) fn ledger_error(status: medseal_status) -> Error {
    match status {
        MEDSEAL_ERR_DUPLICATE_ENTRY => Error::DuplicateEntry,
        MEDSEAL_ERR_UNKNOWN_ENTRY => Error::UnknownEntry,
        MEDSEAL_ERR_CLAIM_POLICY_REFUSED => Error::ClaimPolicyRefused,
        MEDSEAL_ERR_ACCESS_POLICY_MISMATCH => Error::AccessPolicyMismatch,
        MEDSEAL_ERR_EPOCH_REFUSED => Error::EpochRefused,
        MEDSEAL_ERR_INVALID_SIGNATURE => Error::InvalidSignature,
        MEDSEAL_ERR_OTHER_AUTHORITY => Error::OtherAuthority,
        MEDSEAL_ERR_LIMIT_EXCEEDED => Error::LimitExceeded(crate::limits::Limit::EntryLength),
        MEDSEAL_ERR_ERA_PASSED => Error::EraPassed,
        MEDSEAL_ERR_UNKNOWN_CHARTER => Error::UnknownCharter,
        MEDSEAL_ERR_AFTER_TRUSTED_HEAD => Error::AfterTrustedHead,
        MEDSEAL_ERR_OUT_OF_RANGE => Error::OutOfRange,
        MEDSEAL_ERR_IO => failed(),
        _ => Error::LedgerUnavailable,
    }
}

/// The error for the status of a store's callback.
pub(super) fn store_error(status: medseal_status) -> Error {
    match status {
        MEDSEAL_ERR_UNKNOWN_OBJECT => Error::UnknownObject,
        MEDSEAL_ERR_DIGEST_MISMATCH => Error::DigestMismatch,
        MEDSEAL_ERR_INVALID_FIELD => Error::InvalidField,
        _ => failed(),
    }
}

/// The error for the status of a replay cache's callback.
pub(super) fn replay_error(status: medseal_status) -> Error {
    match status {
        MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW => Error::RequestOutsideWindow,
        MEDSEAL_ERR_REQUEST_REPLAYED => Error::RequestReplayed,
        MEDSEAL_ERR_REPLAY_CACHE_FULL => Error::ReplayCacheFull,
        MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED => Error::ReplayQuotaExceeded,
        _ => failed(),
    }
}

/// A callback failed without a reason.
pub(super) fn failed() -> Error {
    Error::Io(io::ErrorKind::Other.into())
}

/// The position of an error without a position.
pub const MEDSEAL_NO_POSITION: u64 = u64::MAX;

/// The size of the message in a medseal_error, including its NUL.
pub const MEDSEAL_ERROR_MESSAGE_BYTES: usize = 224;

/// Describes why a call failed, for people to read. Every function that can fail takes a pointer to
/// one as its last parameter; it may be NULL.
///
/// It belongs to you. Nothing in it is allocated, and each call writes all of it, also on success.
/// Set struct_size before the first use, preferably with `medseal_error err = MEDSEAL_ERROR_INIT;`.
/// Failures that depend on a secret do not say why.
#[repr(C)]
pub struct medseal_error {
    /// sizeof(medseal_error), which you set. A later version of the library may have more fields;
    /// it fills only those that this size covers.
    pub struct_size: usize,
    /// The position of the error: the byte offset in the text of a policy, the index of a refused
    /// signature or entry, the height of an entry that cannot be read, the number of a broken
    /// block, or the epoch of a missing members' key. MEDSEAL_NO_POSITION if the error has none.
    pub position: u64,
    /// The status that the function returned.
    pub status: medseal_status,
    /// One of the MEDSEAL_STEP_ values if publishing failed; otherwise MEDSEAL_STEP_NONE.
    pub step: i32,
    /// One line of English in UTF-8, with a NUL at its end; empty on success.
    pub message: [c_char; MEDSEAL_ERROR_MESSAGE_BYTES],
}

/// The name of an argument, or of an item of an array, in the header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    name: &'static str,
    item: Option<usize>,
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self { name, item: None }
    }
}

impl Name {
    pub(super) fn item(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            None => write!(f, "`{}`", self.name),
            Some(item) => write!(f, "`{}[{item}]`", self.name),
        }
    }
}

/// Why a function failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: medseal_status,
    pub(super) position: Option<u64>,
    pub(super) step: i32,
    pub(super) message: Cow<'static, str>,
}

impl Failure {
    pub(super) fn new(status: medseal_status, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, position: None, step: 0, message: message.into() }
    }

    /// A failure that says what is wrong with the argument of this name.
    pub(super) fn of(status: medseal_status, name: Name, what: &'static str) -> Self {
        Self::new(status, format!("{name} {what}"))
    }

    pub(super) fn invalid(name: &'static str, what: &'static str) -> Self {
        Self::of(MEDSEAL_ERR_INVALID_ARGUMENT, name.into(), what)
    }

    /// A failure with a path and the system's error.
    pub(super) fn file(path: &str, error: &io::Error) -> Self {
        Self::new(MEDSEAL_ERR_IO, format!("{path}: {error}"))
    }

    pub(super) fn spent() -> Self {
        Self::new(MEDSEAL_ERR_SPENT, "the object was already used")
    }

    pub(super) fn absent(message: &'static str) -> Self {
        Self::new(MEDSEAL_ERR_ABSENT, message)
    }

    pub(super) fn at(self, position: u64) -> Self {
        Self { position: Some(position), ..self }
    }
}

impl From<Refusal> for Failure {
    fn from(Refusal { position, error }: Refusal) -> Self {
        Self::from(error).at(position as u64)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Self::new(status_of(&error), error.to_string());
        match error {
            Error::Policy(policy) => failure.at(policy.offset() as u64),
            Error::ChainBroken { height } | Error::HeightMissing { height } => failure.at(height),
            Error::MembersKeyMissing { epoch } => failure.at(epoch.into()),
            _ => failure,
        }
    }
}

impl From<authorities::Failure> for Failure {
    fn from(failure: authorities::Failure) -> Self {
        use authorities::Failure as F;
        let status = match &failure {
            F::Error(error) => return error.clone().into(),
            F::Culprits(_) => MEDSEAL_ERR_CULPRITS,
            F::TooFew { .. } => MEDSEAL_ERR_TOO_FEW_AUTHORITIES,
            F::NoPart => MEDSEAL_ERR_NO_PART,
            F::AlreadySigned { .. }
            | F::AlreadyConfirmed { .. }
            | F::WrongPredecessor
            | F::LosesRevocation => MEDSEAL_ERR_ALREADY_SIGNED,
        };
        let first = failure.culprits().first().map(|culprit| u64::from(culprit.index));
        Self { position: first, ..Self::new(status, failure.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_distinct_numbers_and_texts() {
        for (i, (status, text)) in TEXTS.iter().enumerate() {
            assert!(
                TEXTS.iter().skip(i + 1).all(|(other, words)| other != status && words != text),
                "{text}"
            );
            assert_eq!(text.matches('\0').count(), 1);
        }
        assert_eq!(text_of(-1), "an unknown status\0");
    }

    #[test]
    fn callbacks_report_only_what_fits_their_kind() {
        type Kind = (fn(medseal_status) -> Error, medseal_status, usize);
        let kinds: [Kind; 3] = [
            (ledger_error, MEDSEAL_ERR_LEDGER_UNAVAILABLE, 14),
            (store_error, MEDSEAL_ERR_IO, 4),
            (replay_error, MEDSEAL_ERR_IO, 5),
        ];
        for (error_of, failed, known) in kinds {
            let same = TEXTS.iter().filter(|(status, _)| status_of(&error_of(*status)) == *status);
            assert_eq!(same.count(), known);
            let others = TEXTS.iter().map(|(status, _)| (*status, status_of(&error_of(*status))));
            assert!(others.clone().all(|(status, gives)| gives == status || gives == failed));
        }
    }
}
