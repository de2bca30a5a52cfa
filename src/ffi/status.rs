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
/// The constants themselves are written out, because cbindgen does not see what a macro makes.
macro_rules! statuses {
    ($($status:ident $text:literal $(= $error:pat)?,)*) => {
        /// Each status with its name and its text, in order.
        const TEXTS: &[(medseal_status, &str)] = &[$(($status, concat!($text, "\0")),)*];

        pub(super) fn status_of(error: &Error) -> medseal_status {
            match error { $($($error => $status,)?)* }
        }
    };
}

/// Success.
pub const MEDSEAL_OK: i32 = 0;

// --- general: any function may return these ---
/// General: a required pointer is NULL.
pub const MEDSEAL_ERR_NULL_POINTER: i32 = 1;
/// General: a length above PTRDIFF_MAX, a number that the parameter does not allow, a misaligned
/// pointer, or a struct_size that is too small.
pub const MEDSEAL_ERR_INVALID_ARGUMENT: i32 = 2;
/// General: the pointer is not a live object of this type: it has a different type, or was freed.
pub const MEDSEAL_ERR_WRONG_HANDLE: i32 = 3;
/// General: a stateful object is in use by another call: in another thread, or in the call that
/// runs this callback.
pub const MEDSEAL_ERR_BUSY: i32 = 4;
/// General: a bug in the library. The objects that the call used may be in an invalid state: free
/// them.
pub const MEDSEAL_ERR_INTERNAL: i32 = 5;

// --- about how a function was used ---
/// The buffer is too small for the output. The length is now the number of bytes that the output
/// needs. Nothing was written, and the call had no effect.
pub const MEDSEAL_ERR_BUFFER_TOO_SMALL: i32 = 6;
/// The object can be used only once, and was already used.
pub const MEDSEAL_ERR_SPENT: i32 = 7;
/// The object does not have the requested part, such as the envelope of an entry without one.
pub const MEDSEAL_ERR_ABSENT: i32 = 8;
/// This process is a copy, by fork(), of the process that made the object. Sealers, openers,
/// sessions, the states of a handshake or of a key generation and replay caches in memory work only
/// in the process that made them.
pub const MEDSEAL_ERR_FORKED: i32 = 9;
/// There is not enough memory for an input of this size. The call had no effect.
pub const MEDSEAL_ERR_OUT_OF_MEMORY: i32 = 10;

// --- decoding ---
/// Decoding: the input ends before the object does.
pub const MEDSEAL_ERR_TRUNCATED: i32 = 16;
/// Decoding: bytes follow the end of the object.
pub const MEDSEAL_ERR_TRAILING_BYTES: i32 = 17;
/// Decoding: the input does not begin with the magic `MS`.
pub const MEDSEAL_ERR_WRONG_MAGIC: i32 = 18;
/// Decoding: this library does not read this format version.
pub const MEDSEAL_ERR_UNSUPPORTED_VERSION: i32 = 19;
/// Decoding: the bytes encode a different kind of object.
pub const MEDSEAL_ERR_WRONG_KIND: i32 = 20;
/// Decoding: a scalar is out of range.
pub const MEDSEAL_ERR_INVALID_SCALAR: i32 = 21;
/// Decoding: a group element is not the canonical encoding of a point on the curve.
pub const MEDSEAL_ERR_INVALID_POINT: i32 = 22;
/// Decoding: a point is outside the prime-order subgroup.
pub const MEDSEAL_ERR_POINT_NOT_IN_SUBGROUP: i32 = 23;
/// Decoding: a group element is the identity where that is not allowed.
pub const MEDSEAL_ERR_IDENTITY_POINT: i32 = 24;
/// Decoding: items that must be sorted and distinct are not.
pub const MEDSEAL_ERR_NOT_SORTED: i32 = 25;
/// Decoding, and text from the caller: a text is not UTF-8, is not in canonical form, or has
/// characters that are not allowed here.
pub const MEDSEAL_ERR_INVALID_TEXT: i32 = 26;
/// Decoding, and values from the caller: a field has a value that the object does not allow.
pub const MEDSEAL_ERR_INVALID_FIELD: i32 = 27;
/// Decoding, and input from the caller: a size or a count exceeds a limit, which the message names.
pub const MEDSEAL_ERR_LIMIT_EXCEEDED: i32 = 28;

// --- input from the caller ---
/// The operating system's random number generator failed.
pub const MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE: i32 = 40;
/// A policy or an attribute does not parse. The position is the byte offset of the error, and the
/// message says what was expected there. Decoding also returns it, for text inside an object.
pub const MEDSEAL_ERR_POLICY: i32 = 41;
/// The attributes do not satisfy the policy.
pub const MEDSEAL_ERR_POLICY_NOT_SATISFIED: i32 = 43;
/// The key was not issued for this attribute.
pub const MEDSEAL_ERR_UNKNOWN_ATTRIBUTE: i32 = 44;
/// A keyword, its field or its word is empty, the canonical form is longer than 256 bytes, or a
/// character is not allowed; the message says which.
pub const MEDSEAL_ERR_INVALID_KEYWORD: i32 = 45;
/// A range or an index is outside the object.
pub const MEDSEAL_ERR_OUT_OF_RANGE: i32 = 46;
/// A progress callback cancelled the operation.
pub const MEDSEAL_ERR_CANCELLED: i32 = 47;
/// The query was made under the public key of a different authority, or joins queries of two.
pub const MEDSEAL_ERR_OTHER_AUTHORITY: i32 = 48;

// --- cryptographic refusals: they do not say why ---
/// Decryption failed: the key is wrong, or the data was damaged or replaced.
pub const MEDSEAL_ERR_DECRYPTION_FAILED: i32 = 60;
/// A signature does not verify.
pub const MEDSEAL_ERR_INVALID_SIGNATURE: i32 = 61;
/// A key was not issued under the given public key.
pub const MEDSEAL_ERR_INVALID_KEY: i32 = 62;
/// Mutual authentication failed.
pub const MEDSEAL_ERR_AUTHENTICATION_FAILED: i32 = 63;
/// A Merkle proof does not verify.
pub const MEDSEAL_ERR_INVALID_PROOF: i32 = 64;
/// The data does not match the digest that was announced for it.
pub const MEDSEAL_ERR_DIGEST_MISMATCH: i32 = 65;

// --- identities, certificates, handshake ---
/// A hospital with this name is already registered.
pub const MEDSEAL_ERR_NAME_TAKEN: i32 = 80;
/// No hospital with this name is registered.
pub const MEDSEAL_ERR_UNKNOWN_NAME: i32 = 81;
/// The hospital's registration was revoked.
pub const MEDSEAL_ERR_HOSPITAL_REVOKED: i32 = 82;
/// The certificate has expired, or is not valid yet.
pub const MEDSEAL_ERR_CERTIFICATE_EXPIRED: i32 = 83;
/// The certificate was revoked.
pub const MEDSEAL_ERR_CERTIFICATE_REVOKED: i32 = 84;
/// The registry is older than one seen before, or lacks one of its revocations.
pub const MEDSEAL_ERR_REGISTRY_ROLLBACK: i32 = 85;
/// The request's time is outside the accepted window.
pub const MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW: i32 = 86;
/// The request was already used.
pub const MEDSEAL_ERR_REQUEST_REPLAYED: i32 = 87;
/// The replay cache is full. It forgets no request to make room.
pub const MEDSEAL_ERR_REPLAY_CACHE_FULL: i32 = 88;
/// The hospital has used up its share of the replay cache.
pub const MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED: i32 = 89;
/// The session is closed in this direction, or its message counter is exhausted.
pub const MEDSEAL_ERR_SESSION_CLOSED: i32 = 90;
/// The certificate is for a role other than the expected one.
pub const MEDSEAL_ERR_CERTIFICATE_ROLE: i32 = 91;

// --- ledger and store ---
/// The entry is already on the ledger.
pub const MEDSEAL_ERR_DUPLICATE_ENTRY: i32 = 100;
/// The ledger has no such entry.
pub const MEDSEAL_ERR_UNKNOWN_ENTRY: i32 = 101;
/// The entry's claim policy is not the one that its charter requires.
pub const MEDSEAL_ERR_CLAIM_POLICY_REFUSED: i32 = 102;
/// The wrapped key and the keyword index have different access policies.
pub const MEDSEAL_ERR_ACCESS_POLICY_MISMATCH: i32 = 103;
/// The chain of blocks is broken; the position is the first block that does not verify.
pub const MEDSEAL_ERR_CHAIN_BROKEN: i32 = 104;
/// The ledger failed, and gave no verdict on the entry.
pub const MEDSEAL_ERR_LEDGER_UNAVAILABLE: i32 = 105;
/// The object store has no object at this address.
pub const MEDSEAL_ERR_UNKNOWN_OBJECT: i32 = 106;
/// Reading or writing failed.
pub const MEDSEAL_ERR_IO: i32 = 107;
/// The entry was made under a charter that is no longer current. Make it again under the current
/// charter, once a final head shows that the entry is not on the ledger.
pub const MEDSEAL_ERR_ERA_PASSED: i32 = 108;
/// The entry names an unknown charter.
pub const MEDSEAL_ERR_UNKNOWN_CHARTER: i32 = 109;
/// The charter does not follow the newest known charter: its number, its predecessor or its ledger
/// differs.
pub const MEDSEAL_ERR_CHARTER_OUT_OF_ORDER: i32 = 110;
/// Two different charters have this number. Both are evidence against their signers.
pub const MEDSEAL_ERR_CHARTER_CONFLICT: i32 = 111;
/// The charter's final head was never a head of this ledger.
pub const MEDSEAL_ERR_FINAL_HEAD_REFUSED: i32 = 112;
/// The ledger's head is older than the reader accepts.
pub const MEDSEAL_ERR_STALE_HEAD: i32 = 113;
/// The entry was appended after the head that the reader trusts. Fetch a newer head.
pub const MEDSEAL_ERR_AFTER_TRUSTED_HEAD: i32 = 114;
/// The ledger omitted an item; the position is its height.
pub const MEDSEAL_ERR_HEIGHT_MISSING: i32 = 115;

// --- members' key ---
/// The members' key of an epoch is missing; the position is the epoch.
pub const MEDSEAL_ERR_MEMBERS_KEY_MISSING: i32 = 120;
/// A members' key is not the key of its epoch: it differs from the committed, held or backed-up
/// key, or one of its shares is wrong.
pub const MEDSEAL_ERR_WRONG_MEMBERS_KEY: i32 = 121;
/// Too few hospitals confirm a backup of the members' key, or there are too few shares of it.
pub const MEDSEAL_ERR_BACKUPS_MISSING: i32 = 122;
/// The entry does not use the members' epoch that its charter requires.
pub const MEDSEAL_ERR_EPOCH_REFUSED: i32 = 123;
/// Authorities are at fault. The message names them; the position is the number of the first.
pub const MEDSEAL_ERR_CULPRITS: i32 = 130;
/// Too few authorities answered correctly. The message names those whose answers are wrong.
pub const MEDSEAL_ERR_TOO_FEW_AUTHORITIES: i32 = 131;
/// The authority has already signed or confirmed something else, according to its records.
pub const MEDSEAL_ERR_ALREADY_SIGNED: i32 = 132;
/// The authority has no part in this step.
pub const MEDSEAL_ERR_NO_PART: i32 = 133;
/// Two registries with valid signatures contradict each other.
pub const MEDSEAL_ERR_REGISTRY_CONFLICT: i32 = 134;

statuses! {
    MEDSEAL_OK "success",
    MEDSEAL_ERR_NULL_POINTER "a pointer is NULL",
    MEDSEAL_ERR_INVALID_ARGUMENT "an argument is invalid",
    MEDSEAL_ERR_WRONG_HANDLE "the handle has the wrong type, or was freed",
    MEDSEAL_ERR_BUSY "the object is in use by another call",
    MEDSEAL_ERR_INTERNAL "internal error in the library",
    MEDSEAL_ERR_BUFFER_TOO_SMALL "the output buffer is too small",
    MEDSEAL_ERR_SPENT "the object was already used",
    MEDSEAL_ERR_ABSENT "the object does not have the requested part",
    MEDSEAL_ERR_FORKED "the object cannot be used after a fork: make a new one in this process" = Error::Forked,
    MEDSEAL_ERR_OUT_OF_MEMORY "not enough memory" = Error::OutOfMemory,
    MEDSEAL_ERR_TRUNCATED "the input is truncated" = Error::Truncated,
    MEDSEAL_ERR_TRAILING_BYTES "unexpected bytes follow the object" = Error::TrailingBytes,
    MEDSEAL_ERR_WRONG_MAGIC "the input is not a medseal object" = Error::WrongMagic,
    MEDSEAL_ERR_UNSUPPORTED_VERSION "the format version is not supported" = Error::UnsupportedVersion,
    MEDSEAL_ERR_WRONG_KIND "the input is a different kind of object" = Error::WrongKind,
    MEDSEAL_ERR_INVALID_SCALAR "a scalar is out of range" = Error::InvalidScalar,
    MEDSEAL_ERR_INVALID_POINT "a group element is not a valid point" = Error::InvalidPoint,
    MEDSEAL_ERR_POINT_NOT_IN_SUBGROUP "a group element is outside the prime-order subgroup" = Error::PointNotInSubgroup,
    MEDSEAL_ERR_IDENTITY_POINT "a group element is the identity" = Error::IdentityPoint,
    MEDSEAL_ERR_NOT_SORTED "items are not sorted, or not distinct" = Error::NotSorted,
    MEDSEAL_ERR_INVALID_TEXT "a text is not valid, or not in canonical form" = Error::InvalidText,
    MEDSEAL_ERR_INVALID_FIELD "a field has an invalid value" = Error::InvalidField,
    MEDSEAL_ERR_LIMIT_EXCEEDED "a limit is exceeded" = Error::LimitExceeded(_),
    MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE "the random number generator failed" = Error::RandomnessUnavailable,
    MEDSEAL_ERR_POLICY "a policy or an attribute does not parse" = Error::Policy(_),
    MEDSEAL_ERR_POLICY_NOT_SATISFIED "the attributes do not satisfy the policy" = Error::PolicyNotSatisfied,
    MEDSEAL_ERR_UNKNOWN_ATTRIBUTE "the key was not issued for this attribute" = Error::UnknownAttribute,
    MEDSEAL_ERR_INVALID_KEYWORD "the keyword is not valid" = Error::InvalidKeyword(_),
    MEDSEAL_ERR_OUT_OF_RANGE "the range is outside the object" = Error::OutOfRange,
    MEDSEAL_ERR_CANCELLED "the operation was cancelled" = Error::Cancelled,
    MEDSEAL_ERR_OTHER_AUTHORITY "the query was made under the public key of a different authority" = Error::OtherAuthority,
    MEDSEAL_ERR_DECRYPTION_FAILED "decryption failed" = Error::DecryptionFailed,
    MEDSEAL_ERR_INVALID_SIGNATURE "the signature is not valid" = Error::InvalidSignature,
    MEDSEAL_ERR_INVALID_KEY "the key was not issued under this public key" = Error::InvalidKey,
    MEDSEAL_ERR_AUTHENTICATION_FAILED "authentication failed" = Error::AuthenticationFailed,
    MEDSEAL_ERR_INVALID_PROOF "the proof is not valid" = Error::InvalidProof,
    MEDSEAL_ERR_DIGEST_MISMATCH "the data does not match its digest" = Error::DigestMismatch,
    MEDSEAL_ERR_NAME_TAKEN "a hospital with this name is already registered" = Error::NameTaken,
    MEDSEAL_ERR_UNKNOWN_NAME "no hospital with this name is registered" = Error::UnknownName,
    MEDSEAL_ERR_HOSPITAL_REVOKED "the hospital's registration was revoked" = Error::HospitalRevoked,
    MEDSEAL_ERR_CERTIFICATE_EXPIRED "the certificate is not valid at this time" = Error::CertificateExpired,
    MEDSEAL_ERR_CERTIFICATE_REVOKED "the certificate was revoked" = Error::CertificateRevoked,
    MEDSEAL_ERR_REGISTRY_ROLLBACK "the registry is older than one seen before, or lacks a revocation: fetch the newest" = Error::RegistryRollback,
    MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW "the request's time is outside the accepted window: check the clocks" = Error::RequestOutsideWindow,
    MEDSEAL_ERR_REQUEST_REPLAYED "the request was already used: make a new one" = Error::RequestReplayed,
    MEDSEAL_ERR_REPLAY_CACHE_FULL "the replay cache is full: retry later" = Error::ReplayCacheFull,
    MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED "the hospital has used up its share of the replay cache: retry later" = Error::ReplayQuotaExceeded,
    MEDSEAL_ERR_SESSION_CLOSED "the session is closed in this direction: start a new one" = Error::SessionClosed,
    MEDSEAL_ERR_CERTIFICATE_ROLE "the certificate is for a different role" = Error::CertificateRole,
    MEDSEAL_ERR_DUPLICATE_ENTRY "the entry is already on the ledger" = Error::DuplicateEntry,
    MEDSEAL_ERR_UNKNOWN_ENTRY "the ledger has no such entry" = Error::UnknownEntry,
    MEDSEAL_ERR_CLAIM_POLICY_REFUSED "the claim policy is not the one that the charter requires" = Error::ClaimPolicyRefused,
    MEDSEAL_ERR_ACCESS_POLICY_MISMATCH "the wrapped key and the keyword index have different policies" = Error::AccessPolicyMismatch,
    MEDSEAL_ERR_CHAIN_BROKEN "the chain of blocks is broken" = Error::ChainBroken { .. },
    MEDSEAL_ERR_LEDGER_UNAVAILABLE "the ledger failed: retry later" = Error::LedgerUnavailable,
    MEDSEAL_ERR_UNKNOWN_OBJECT "the object store has no object at this address" = Error::UnknownObject,
    MEDSEAL_ERR_IO "input or output failed" = Error::Io(_),
    MEDSEAL_ERR_ERA_PASSED "the entry was made under an earlier charter: make it again under the current one" = Error::EraPassed,
    MEDSEAL_ERR_UNKNOWN_CHARTER "the entry names an unknown charter: fetch the newest charters" = Error::UnknownCharter,
    MEDSEAL_ERR_CHARTER_OUT_OF_ORDER "the charter does not follow the newest known charter" = Error::CharterOutOfOrder,
    MEDSEAL_ERR_CHARTER_CONFLICT "another charter has the same number: keep both as evidence" = Error::CharterConflict,
    MEDSEAL_ERR_FINAL_HEAD_REFUSED "the charter's final head is not a head of this ledger" = Error::FinalHeadRefused,
    MEDSEAL_ERR_STALE_HEAD "the ledger's head is too old: fetch a newer one" = Error::StaleHead,
    MEDSEAL_ERR_AFTER_TRUSTED_HEAD "the entry is newer than the trusted head: fetch a newer head" = Error::AfterTrustedHead,
    MEDSEAL_ERR_HEIGHT_MISSING "the ledger omitted an item" = Error::HeightMissing { .. },
    MEDSEAL_ERR_MEMBERS_KEY_MISSING "the members' key of an epoch is missing: ask another member for it" = Error::MembersKeyMissing { .. },
    MEDSEAL_ERR_WRONG_MEMBERS_KEY "the key is not the members' key of its epoch" = Error::WrongMembersKey,
    MEDSEAL_ERR_BACKUPS_MISSING "there are too few backups or shares of the members' key" = Error::BackupsMissing,
    MEDSEAL_ERR_EPOCH_REFUSED "the entry does not use the members' epoch that its charter requires" = Error::EpochRefused,
    MEDSEAL_ERR_CULPRITS "an authority is at fault",
    MEDSEAL_ERR_TOO_FEW_AUTHORITIES "too few authorities answered correctly",
    MEDSEAL_ERR_ALREADY_SIGNED "the authority has already signed something else",
    MEDSEAL_ERR_NO_PART "the authority has no part in this step",
    MEDSEAL_ERR_REGISTRY_CONFLICT "two signed registries contradict each other: keep both as evidence" = Error::RegistryConflict,
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
