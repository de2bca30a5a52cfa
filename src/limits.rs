//! Every limit of the formats. Limits are checked before anything is allocated, both when an object
//! is built and when it is decoded. Every object that can be built can therefore be read.

use core::fmt;

/// Attributes in one key. A number counts as the 9 to 128 attributes of its expansion.
pub const ATTRIBUTES_PER_KEY: usize = 8192;
/// Attributes with a number in one key.
pub const NUMBERS_PER_KEY: usize = 64;
/// Leaves of a policy, after the expansion of comparisons: the attributes that all its rows
/// require, and the texts that it negates.
pub const POLICY_LEAVES: usize = 1024;
/// Use numbers of a policy. A row takes the least number that no earlier row with a common
/// attribute has; a negation takes the least that no earlier negation of the same label has.
pub const USE_NUMBERS: usize = 32;
/// Nesting depth of a policy.
pub const POLICY_DEPTH: usize = 32;
/// Bytes of a policy's text.
pub const POLICY_TEXT_BYTES: usize = 1 << 20;
/// Bytes of an attribute's label, and of its text value.
pub const ATTRIBUTE_BYTES: usize = 256;
/// Bytes of a keyword in its canonical form, including its field.
pub const KEYWORD_BYTES: usize = 256;
/// Keywords of one record.
pub const KEYWORDS_PER_RECORD: usize = 256;
/// Periods for which one trapdoor carries a hint.
pub const HINTED_PERIODS: usize = 256;
/// Parts of a query: its trapdoors, and each `and` and `or`.
pub const QUERY_PARTS: usize = 1024;
/// Nesting depth of a query; a single trapdoor has depth one.
pub const QUERY_DEPTH: usize = 32;
/// Bytes of a query.
pub const QUERY_BYTES: usize = 1 << 24;
/// Bytes of a hospital's or node's name.
pub const NAME_BYTES: usize = 255;
/// Bytes of a registration record.
pub const REGISTRATION_RECORD_BYTES: usize = 1024;
/// The maximum number of hospitals in a registry, of revoked identities of one hospital, and
/// of revoked certificates.
pub const REGISTRY_ITEMS: usize = 1 << 16;
/// Bytes of a registry, without its signature.
pub const REGISTRY_BYTES: usize = 1 << 25;
/// Requests in a replay cache.
pub const REPLAY_CACHE_REQUESTS: usize = 1 << 20;
/// Bytes of a secret wrapped under a policy.
pub const WRAPPED_SECRET_BYTES: usize = 4096;
/// Epochs whose keys a member can hold.
pub const MEMBERS_EPOCHS: usize = 1 << 16;
/// Bytes of an object's address.
pub const ADDRESS_BYTES: usize = 1024;
/// Bytes of the contents of an identity envelope or a session message.
pub const MESSAGE_BYTES: usize = 1 << 24;
/// Hashes in a Merkle proof.
pub const PROOF_HASHES: usize = 64;
/// Bytes of a signed message, and of its context.
pub const SIGNED_BYTES: usize = 1 << 28;
/// Bytes of a signature: more than any policy within the limits requires.
pub const SIGNATURE_BYTES: usize = 1 << 18;
/// Bytes of a ledger entry.
pub const ENTRY_BYTES: usize = 1 << 26;
/// Validators in a charter.
pub const VALIDATORS: usize = 256;
/// Bytes of a validator's key for the ledger's engine, and of a signature under that key.
pub const ENGINE_KEY_BYTES: usize = 1 << 13;
/// Charters of one ledger.
pub const CHARTERS: usize = 1 << 16;

/// The limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`ATTRIBUTES_PER_KEY`]
    AttributesPerKey,
    /// [`NUMBERS_PER_KEY`]
    NumbersPerKey,
    /// [`POLICY_LEAVES`]
    PolicyLeaves,
    /// [`USE_NUMBERS`]
    UseNumbers,
    /// [`POLICY_DEPTH`]
    PolicyDepth,
    /// [`POLICY_TEXT_BYTES`]
    PolicyText,
    /// [`ATTRIBUTE_BYTES`]
    AttributeLength,
    /// [`KEYWORDS_PER_RECORD`]
    KeywordsPerRecord,
    /// [`HINTED_PERIODS`]
    HintedPeriods,
    /// [`QUERY_PARTS`]
    QueryParts,
    /// [`QUERY_DEPTH`]
    QueryDepth,
    /// [`QUERY_BYTES`]
    QueryLength,
    /// [`NAME_BYTES`]
    NameLength,
    /// [`REGISTRATION_RECORD_BYTES`]
    RegistrationRecord,
    /// [`REGISTRY_ITEMS`]
    RegistryItems,
    /// [`REGISTRY_BYTES`]
    RegistryLength,
    /// [`REPLAY_CACHE_REQUESTS`]
    ReplayCacheRequests,
    /// [`WRAPPED_SECRET_BYTES`]
    WrappedSecret,
    /// [`MEMBERS_EPOCHS`]
    MembersEpochs,
    /// [`ADDRESS_BYTES`]
    AddressLength,
    /// [`MESSAGE_BYTES`]
    MessageLength,
    /// [`PROOF_HASHES`]
    ProofHashes,
    /// [`SIGNED_BYTES`]
    Signed,
    /// [`SIGNATURE_BYTES`]
    SignatureLength,
    /// [`ENTRY_BYTES`]
    EntryLength,
    /// [`VALIDATORS`]
    Validators,
    /// [`ENGINE_KEY_BYTES`]
    EngineKeyLength,
    /// [`CHARTERS`]
    Charters,
}

impl Limit {
    /// All limits except `MembersEpochs`, which no ledger entry has. Their positions are part of
    /// the byte form of [`Found`](crate::ledger::Found).
    pub(crate) const ALL: [Self; 27] = [
        Self::AttributesPerKey,
        Self::NumbersPerKey,
        Self::PolicyLeaves,
        Self::UseNumbers,
        Self::PolicyDepth,
        Self::PolicyText,
        Self::AttributeLength,
        Self::KeywordsPerRecord,
        Self::HintedPeriods,
        Self::QueryParts,
        Self::QueryDepth,
        Self::QueryLength,
        Self::NameLength,
        Self::RegistrationRecord,
        Self::RegistryItems,
        Self::RegistryLength,
        Self::ReplayCacheRequests,
        Self::WrappedSecret,
        Self::AddressLength,
        Self::MessageLength,
        Self::ProofHashes,
        Self::Signed,
        Self::SignatureLength,
        Self::EntryLength,
        Self::Validators,
        Self::EngineKeyLength,
        Self::Charters,
    ];
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (most, what) = match self {
            Self::AttributesPerKey => (ATTRIBUTES_PER_KEY, "attributes in a key"),
            Self::NumbersPerKey => (NUMBERS_PER_KEY, "numbers in a key"),
            Self::PolicyLeaves => (POLICY_LEAVES, "leaves in a policy"),
            Self::UseNumbers => {
                (USE_NUMBERS, "use numbers in a policy: rows that share an attribute need different ones")
            }
            Self::PolicyDepth => (POLICY_DEPTH, "levels of nesting in a policy"),
            Self::PolicyText => (POLICY_TEXT_BYTES, "bytes of policy text"),
            Self::AttributeLength => (ATTRIBUTE_BYTES, "bytes in a label or value"),
            Self::KeywordsPerRecord => (KEYWORDS_PER_RECORD, "keywords for a record"),
            Self::HintedPeriods => (HINTED_PERIODS, "periods with a hint in a trapdoor"),
            Self::QueryParts => (QUERY_PARTS, "parts in a query"),
            Self::QueryDepth => (QUERY_DEPTH, "levels of nesting in a query"),
            Self::QueryLength => (QUERY_BYTES, "bytes in a query"),
            Self::NameLength => (NAME_BYTES, "bytes in a name"),
            Self::RegistrationRecord => (REGISTRATION_RECORD_BYTES, "bytes in a registration record"),
            Self::RegistryItems => (REGISTRY_ITEMS, "items of a kind in a registry"),
            Self::RegistryLength => (REGISTRY_BYTES, "bytes in a registry"),
            Self::ReplayCacheRequests => (REPLAY_CACHE_REQUESTS, "requests in a replay cache"),
            Self::WrappedSecret => (WRAPPED_SECRET_BYTES, "bytes in a wrapped secret"),
            Self::MembersEpochs => (MEMBERS_EPOCHS, "epochs with a members' key"),
            Self::AddressLength => (ADDRESS_BYTES, "bytes in an address"),
            Self::MessageLength => (MESSAGE_BYTES, "bytes in a message"),
            Self::ProofHashes => (PROOF_HASHES, "hashes in a Merkle proof"),
            Self::Signed => (SIGNED_BYTES, "bytes in a signed message or its context"),
            Self::SignatureLength => (SIGNATURE_BYTES, "bytes in a signature"),
            Self::EntryLength => (ENTRY_BYTES, "bytes in an entry"),
            Self::Validators => (VALIDATORS, "validators in a charter"),
            Self::EngineKeyLength => (ENGINE_KEY_BYTES, "bytes in a validator's engine key or its signature"),
            Self::Charters => (CHARTERS, "charters of a ledger"),
        };
        write!(f, "at most {most} {what}")
    }
}
