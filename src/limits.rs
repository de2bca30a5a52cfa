//! Every limit of the formats. Limits are checked before anything is allocated, both when an object
//! is built and when it is decoded. Every object that can be built can therefore be read.

use core::fmt;

/// Defines each limit with its constant and its text. The order of the numbered ones is part of a
/// byte form.
macro_rules! limits {
    (numbered {
        $($(#[$doc:meta])* $Limit:ident: $LIMIT:ident = $most:expr, $text:literal;)*
    }
    others {
        $($(#[$other_doc:meta])* $Other:ident: $OTHER:ident = $other_most:expr, $other_text:literal;)*
    }) => {
        $($(#[$doc])* pub const $LIMIT: usize = $most;)*
        $($(#[$other_doc])* pub const $OTHER: usize = $other_most;)*

        /// The limit that was exceeded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Limit {
            $(#[doc = concat!("[`", stringify!($LIMIT), "`]")] $Limit,)*
            $(#[doc = concat!("[`", stringify!($OTHER), "`]")] $Other,)*
        }

        impl Limit {
            /// All limits except `MembersEpochs`, which no ledger entry has. Their positions are
            /// part of the byte form of [`Found`](crate::ledger::Found).
            pub(crate) const ALL: [Self; [$(stringify!($Limit)),*].len()] = [$(Self::$Limit),*];
        }

        impl fmt::Display for Limit {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (most, what) = match self {
                    $(Self::$Limit => ($LIMIT, $text),)*
                    $(Self::$Other => ($OTHER, $other_text),)*
                };
                write!(f, "at most {most} {what}")
            }
        }
    };
}

limits! {
    numbered {
        /// Attributes in one key. A number counts as the 9 to 128 attributes of its expansion.
        AttributesPerKey: ATTRIBUTES_PER_KEY = 8192, "attributes in a key";
        /// Attributes with a number in one key.
        NumbersPerKey: NUMBERS_PER_KEY = 64, "numbers in a key";
        /// Leaves of a policy, after the expansion of comparisons: the attributes that all its rows
        /// require, and the texts that it negates.
        PolicyLeaves: POLICY_LEAVES = 1024, "leaves in a policy";
        /// Use numbers of a policy. A row takes the least number that no earlier row with a common
        /// attribute has; a negation takes the least that no earlier negation of the same label
        /// has.
        UseNumbers: USE_NUMBERS = 32,
            "use numbers in a policy: rows that share an attribute need different ones";
        /// Nesting depth of a policy.
        PolicyDepth: POLICY_DEPTH = 32, "levels of nesting in a policy";
        /// Bytes of a policy's text.
        PolicyText: POLICY_TEXT_BYTES = 1 << 20, "bytes of policy text";
        /// Bytes of an attribute's label, and of its text value.
        AttributeLength: ATTRIBUTE_BYTES = 256, "bytes in a label or value";
        /// Keywords of one record.
        KeywordsPerRecord: KEYWORDS_PER_RECORD = 256, "keywords for a record";
        /// Periods for which one trapdoor carries a hint.
        HintedPeriods: HINTED_PERIODS = 256, "periods with a hint in a trapdoor";
        /// Parts of a query: its trapdoors, and each `and` and `or`.
        QueryParts: QUERY_PARTS = 1024, "parts in a query";
        /// Nesting depth of a query; a single trapdoor has depth one.
        QueryDepth: QUERY_DEPTH = 32, "levels of nesting in a query";
        /// Bytes of a query.
        QueryLength: QUERY_BYTES = 1 << 24, "bytes in a query";
        /// Bytes of a hospital's or node's name.
        NameLength: NAME_BYTES = 255, "bytes in a name";
        /// Bytes of a registration record.
        RegistrationRecord: REGISTRATION_RECORD_BYTES = 1024, "bytes in a registration record";
        /// The maximum number of hospitals in a registry, of revoked identities of one hospital,
        /// and of revoked certificates.
        RegistryItems: REGISTRY_ITEMS = 1 << 16, "items of a kind in a registry";
        /// Bytes of a registry, without its signature.
        RegistryLength: REGISTRY_BYTES = 1 << 25, "bytes in a registry";
        /// Requests in a replay cache.
        ReplayCacheRequests: REPLAY_CACHE_REQUESTS = 1 << 20, "requests in a replay cache";
        /// Bytes of a secret wrapped under a policy.
        WrappedSecret: WRAPPED_SECRET_BYTES = 4096, "bytes in a wrapped secret";
        /// Bytes of an object's address.
        AddressLength: ADDRESS_BYTES = 1024, "bytes in an address";
        /// Bytes of the contents of an identity envelope or a session message.
        MessageLength: MESSAGE_BYTES = 1 << 24, "bytes in a message";
        /// Hashes in a Merkle proof.
        ProofHashes: PROOF_HASHES = 64, "hashes in a Merkle proof";
        /// Bytes of a signed message, and of its context.
        Signed: SIGNED_BYTES = 1 << 28, "bytes in a signed message or its context";
        /// Bytes of a signature: more than any policy within the limits requires.
        SignatureLength: SIGNATURE_BYTES = 1 << 18, "bytes in a signature";
        /// Bytes of a ledger entry.
        EntryLength: ENTRY_BYTES = 1 << 26, "bytes in an entry";
        /// Validators in a charter.
        Validators: VALIDATORS = 256, "validators in a charter";
        /// Bytes of a validator's key for the ledger's engine, and of a signature under that key.
        EngineKeyLength: ENGINE_KEY_BYTES = 1 << 13, "bytes in a validator's engine key or its signature";
        /// Charters of one ledger.
        Charters: CHARTERS = 1 << 16, "charters of a ledger";
    }
    others {
        /// Epochs whose keys a member can hold.
        MembersEpochs: MEMBERS_EPOCHS = 1 << 16, "epochs with a members' key";
    }
}

/// Bytes of a keyword in its canonical form, including its field.
pub const KEYWORD_BYTES: usize = 256;
