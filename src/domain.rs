//! Every domain separation tag and key derivation label, in one place.
//!
//! A tag is `MEDSEAL-V1-<SCHEME>-<PURPOSE>-` followed by the name of its suite. The type of a tag
//! determines the function that takes it, so no tag serves two functions. The tests assert that all
//! are distinct and none is a prefix of another.

/// A tag for `hash_to_g1`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct G1Tag(pub(crate) &'static [u8]);
/// A tag for `hash_to_g2`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct G2Tag(pub(crate) &'static [u8]);
/// A tag for `hash_to_scalar`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScalarTag(pub(crate) &'static [u8]);
/// A tag for a SHA-256 digest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DigestTag(pub(crate) &'static [u8]);
/// A label of the key derivation function, or of a MAC under a derived key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label(pub(crate) &'static str);

macro_rules! tag {
    (G1Tag $purpose:literal) => { tag!(G1Tag $purpose "BLS12381G1_XMD:SHA-256_SSWU_RO_") };
    (G2Tag $purpose:literal) => { tag!(G2Tag $purpose "BLS12381G2_XMD:SHA-256_SSWU_RO_") };
    (ScalarTag $purpose:literal) => { tag!(ScalarTag $purpose "BLS12381FR_XMD:SHA-256_RO_") };
    (DigestTag $purpose:literal) => { tag!(DigestTag $purpose "SHA-256") };
    ($type:ident $purpose:literal $suite:literal) => {
        $type(concat!("MEDSEAL-V1-", $purpose, "-", $suite).as_bytes())
    };
}

/// The tags that separate the keys and rows of key wrapping, signatures and search.
pub(crate) struct Scheme {
    /// The base `h` of the master key.
    pub(crate) h: G1Tag,
    /// The slot's base `U0`.
    pub(crate) U0: G1Tag,
    /// The slot's base `U1`.
    pub(crate) U1: G1Tag,
    /// `H(a)` of an attribute.
    pub(crate) attribute: G1Tag,
    /// `P_l` of a label, for negative rows.
    pub(crate) P: G1Tag,
    /// `Q_l` of a label, for negative rows.
    pub(crate) Q: G1Tag,
    /// `h(v)` of a text value, for negative rows.
    pub(crate) value: ScalarTag,
    /// The weights of a key's verification.
    pub(crate) key_weight: ScalarTag,
    /// The seed of these weights.
    pub(crate) key_check: DigestTag,
    /// Hedges the randomness of a user's key.
    pub(crate) key_nonce: DigestTag,
}

macro_rules! schemes {
    ($(#[$doc:meta] $NAME:ident {
        h = $h:literal;
        U0 = $U0:literal;
        U1 = $U1:literal;
        attribute = $attribute:literal;
        P = $P:literal;
        Q = $Q:literal;
        value = $value:literal;
        key_weight = $key_weight:literal;
        key_check = $key_check:literal;
        key_nonce = $key_nonce:literal;
    })*) => {
        $(#[$doc] pub(crate) static $NAME: Scheme = Scheme {
            h: tag!(G1Tag $h),
            U0: tag!(G1Tag $U0),
            U1: tag!(G1Tag $U1),
            attribute: tag!(G1Tag $attribute),
            P: tag!(G1Tag $P),
            Q: tag!(G1Tag $Q),
            value: tag!(ScalarTag $value),
            key_weight: tag!(ScalarTag $key_weight),
            key_check: tag!(DigestTag $key_check),
            key_nonce: tag!(DigestTag $key_nonce),
        };)*
    };
}

schemes! {
    /// The tags of key wrapping.
    ABE {
        h = "ABE-H";
        U0 = "ABE-U0";
        U1 = "ABE-U1";
        attribute = "ABE-ATTR";
        P = "ABE-NEG-P";
        Q = "ABE-NEG-Q";
        value = "ABE-VALUE";
        key_weight = "ABE-WEIGHT";
        key_check = "ABE-KEY-CHECK";
        key_nonce = "ABE-KEY-NONCE";
    }
    /// The tags of signatures.
    ABS {
        h = "ABS-H";
        U0 = "ABS-U0";
        U1 = "ABS-U1";
        attribute = "ABS-ATTR";
        P = "ABS-NEG-P";
        Q = "ABS-NEG-Q";
        value = "ABS-VALUE";
        key_weight = "ABS-KEY-WEIGHT";
        key_check = "ABS-KEY-CHECK";
        key_nonce = "ABS-KEY-NONCE";
    }
    /// The tags of search.
    SEARCH {
        h = "SEARCH-H";
        U0 = "SEARCH-U0";
        U1 = "SEARCH-U1";
        attribute = "SEARCH-ATTR";
        P = "SEARCH-NEG-P";
        Q = "SEARCH-NEG-Q";
        value = "SEARCH-VALUE";
        key_weight = "SEARCH-WEIGHT";
        key_check = "SEARCH-KEY-CHECK";
        key_nonce = "SEARCH-KEY-NONCE";
    }
}

macro_rules! tags {
    ($($type:ident { $($(#[$doc:meta])* $name:ident = $purpose:literal;)* })*) => {
        $($($(#[$doc])* pub(crate) const $name: $type = tag!($type $purpose);)*)*
        #[cfg(test)]
        const TAGS: &[&[u8]] = &[$($($name.0,)*)*];
    };
}

tags! {
    G1Tag {
        /// Key wrapping: the point `G` of a request to several authorities.
        ABE_REQUEST = "ABE-REQUEST";
        /// Key wrapping: proof of possession of `alpha`.
        ABE_POSSESSION = "ABE-POP";
        /// Signatures: the point `G` of a request to several authorities.
        ABS_REQUEST = "ABS-REQUEST";
        /// Signatures: proof of possession of `alpha`.
        ABS_POSSESSION = "ABS-POP";
    }
    G2Tag {
        /// Identity: `Q_ID` of a registration.
        IDENTITY = "IDENTITY";
        /// Identity: a certificate's fields.
        CERTIFICATE = "CERT";
        /// Identity: proof of possession of a main node's secret.
        POSSESSION = "POP";
        /// Identity: a registry's fields.
        REGISTRY = "REGISTRY";
        /// Authorities: proof of possession of a static key.
        AUTHORITY_POSSESSION = "AUTHORITY-POP";
        /// Authorities: a message.
        AUTHORITY_MESSAGE = "AUTHORITY-MESSAGE";
        /// Ledger: a charter's fields.
        CHARTER = "CHARTER";
        /// Ledger: a validator's fields.
        VALIDATOR = "VALIDATOR";
    }
    ScalarTag {
        /// Authentication: the hospital's ephemeral secret `x`.
        AUTH_NONCE = "AUTH-NONCE";
        /// Authentication: the main node's ephemeral secret `y`.
        AUTH_REPLY_NONCE = "AUTH-REPLY-NONCE";
        /// Authentication: `r`.
        AUTH = "AUTH-R";
        /// Key wrapping: the slot value of a commitment.
        ABE_SLOT = "ABE-SLOT";
        /// Signatures: the slot value of a statement.
        ABS_STATEMENT = "ABS-STATEMENT";
        /// Signatures: the weights `d_j` of the use numbers.
        ABS_WEIGHT = "ABS-WEIGHT";
        /// Signatures: the weights `w_n` of the signatures of a batch.
        ABS_BATCH_WEIGHT = "ABS-BATCH-WEIGHT";
        /// Search: the slot value of a keyword.
        SEARCH_KEYWORD = "SEARCH-KW";
        /// Search: `gamma` and `b`, from the seed that several authorities share.
        SEARCH_MASTER = "SEARCH-MASTER";
        /// Authorities: proof of knowledge of a dealer's coefficients.
        AUTHORITY_PROOF = "AUTHORITY-PROOF";
        /// Authorities: proof of knowledge of the one-time secret of a sealed message.
        AUTHORITY_SEALER = "AUTHORITY-SEALER";
        /// Authorities: proof that a complaint opens a message correctly.
        AUTHORITY_EQUALITY = "AUTHORITY-EQUALITY";
    }
    DigestTag {
        /// Authentication: the transcript hash `th`.
        AUTH_TRANSCRIPT = "AUTH-TRANSCRIPT";
        /// Key wrapping: the commitment that is the tag of a ciphertext.
        ABE_COMMITMENT = "ABE-COM";
        /// Key wrapping: hedges the randomness of an encapsulation.
        ABE_ENCAPSULATION_NONCE = "ABE-ENCAPSULATION-NONCE";
        /// Signatures: hedges the randomness of a signature.
        ABS_NONCE = "ABS-NONCE";
        /// Signatures: seed of the weights of one verification.
        ABS_VERIFY = "ABS-VERIFY";
        /// Signatures: seed of the weights of a batch.
        ABS_BATCH = "ABS-BATCH";
        /// Search: hedges the randomness of an index.
        SEARCH_INDEX_NONCE = "SEARCH-INDEX-NONCE";
        /// Search: hedges the randomness of a trapdoor.
        SEARCH_TRAPDOOR_NONCE = "SEARCH-TRAPDOOR-NONCE";
        /// Search: the key of an index in a node's cache.
        SEARCH_CACHE = "SEARCH-CACHE";
        /// Search: the digest of the public key by which a query names its authority.
        SEARCH_AUTHORITY = "SEARCH-AUTHORITY";
        /// Search: the commitment to the keyword key.
        SEARCH_KEYWORD_KEY = "SEARCH-KAPPA";
        /// Members: the commitment to the key of an epoch.
        MEMBERS_EPOCH = "MEMBERS-EPOCH";
        /// Members: hedges the randomness of a split key.
        MEMBERS_SPLIT_NONCE = "MEMBERS-SPLIT-NONCE";
        /// Authorities: fingerprint of a static key, compared in person.
        AUTHORITY_FINGERPRINT = "AUTHORITY-FINGERPRINT";
        /// Authorities: the members of a roster, and the threshold.
        AUTHORITY_ROSTER = "AUTHORITY-ROSTER";
        /// Authorities: the purpose of a session.
        AUTHORITY_PLAN = "AUTHORITY-PLAN";
        /// Authorities: commitment to a dealer's commitments, before they are revealed.
        AUTHORITY_COMMITMENT = "AUTHORITY-COMMITMENT";
        /// Authorities: the id of a session.
        AUTHORITY_SESSION = "AUTHORITY-SESSION";
        /// Authorities: commitment to a dealer's seed.
        AUTHORITY_SEED = "AUTHORITY-SEED-COM";
        /// Authorities: the seed of the search key, from all seeds.
        AUTHORITY_SEEDS = "AUTHORITY-SEEDS";
        /// Authorities: the public keys of a generation.
        AUTHORITY_GENERATION = "AUTHORITY-GENERATION";
        /// Authorities: the digest by which replies name a request.
        AUTHORITY_REQUEST = "AUTHORITY-REQUEST";
        /// Authorities: hedges the randomness of polynomials, proofs and sealed messages.
        AUTHORITY_NONCE = "AUTHORITY-NONCE";
        /// Ledger: the id of an entry.
        ENTRY_ID = "ENTRY-ID";
        /// Ledger: the context under which an entry is signed.
        ENTRY_CONTEXT = "ENTRY-CONTEXT";
        /// Ledger: the hash of a charter; that of the first charter is the ledger's id.
        CHARTER_HASH = "CHARTER-HASH";
        /// Ledger: the statement that a validator's engine key signs.
        VALIDATOR_STATEMENT = "VALIDATOR-STATEMENT";
        // Tags are reserved in every build. Without the reference ledger, nothing hashes a block.
        /// Ledger: the hash of a block.
        #[cfg_attr(not(any(feature = "memory-ledger", test)), expect(dead_code))]
        BLOCK = "LEDGER-BLOCK";
        /// Ledger: the aad that binds a wrapped key to its record.
        RECORD_KEY_AAD = "WRAP-AAD";
    }
}

/// The prefix of a record digest.
pub(crate) const RECORD_DIGEST: &[u8] = b"MEDSEAL-V1-RECORD";

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident = $label:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Label = Label($label);)*
        #[cfg(test)]
        const LABELS: &[&str] = &[$($label,)*];
    };
}

labels! {
    /// Authenticated encryption: cipher and MAC key.
    SEAL = "seal";
    /// Authentication: key of `W`.
    KDF_AUTH_IDENTITY = "auth-identity";
    /// Authentication: key of `M`.
    KDF_AUTH_PAYLOAD = "auth-payload";
    /// Authentication: the session's keys.
    KDF_AUTH_SESSION = "auth-session";
    /// Authentication: hedges the main node's ephemeral secret.
    KDF_AUTH_HEDGE = "hedge";
    /// Authentication: the seed `d || z` of the hospital's ephemeral ML-KEM key.
    KDF_AUTH_KEM_SEED = "auth-kem-seed";
    /// Authentication: `m` of the main node's encapsulation.
    KDF_AUTH_KEM_MESSAGE = "auth-kem-message";
    /// Sessions: key of one message.
    KDF_SESSION_MESSAGE = "message";
    /// Sessions: exported secrets.
    KDF_SESSION_EXPORT = "export";
    /// Identity envelope: its key.
    KDF_ENVELOPE = "envelope";
    /// Identity envelope: its key together with the members' key.
    KDF_MEMBERS_ENVELOPE = "members-envelope";
    /// Members: confirms a restored backup of a key.
    KDF_MEMBERS_BACKUP = "members-backup";
    /// Key wrapping: the output key together with the members' key.
    KDF_WRAP_MEMBERS = "wrap-members";
    /// Key wrapping: mask of `m`.
    KDF_KEM_MASK = "kem-mask";
    /// Key wrapping: MAC key and output key.
    KDF_KEM_KEYS = "kem-keys";
    /// Records: cipher and MAC key.
    KDF_RECORD = "record";
    /// Records: key of the keyed summary.
    KDF_SUMMARY = "keyed-summary";
    /// Authorities: key of a sealed message.
    KDF_AUTHORITY = "authority-message";
    /// Authentication: the main node's confirmation `AK`.
    MAC_RESPONDER = "responder";
    /// Authentication: the hospital's confirmation.
    MAC_INITIATOR = "initiator";
    /// Search: a keyword under the keyword key.
    MAC_KEYWORD = "keyword";
    /// Search: a hint under the keyword key.
    MAC_HINT = "hint";
    /// Records: MAC of the header.
    MAC_HEADER = "header";
    /// Records: MAC of a chunk.
    MAC_CHUNK = "chunk";
    /// Records: the keyed summary.
    MAC_SUMMARY = "summary";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_labels_are_prefix_free() {
        let of_schemes = [&ABE, &ABS, &SEARCH].into_iter().flat_map(|s| {
            let points = [s.h, s.U0, s.U1, s.attribute, s.P, s.Q].map(|tag| tag.0);
            points.into_iter().chain([s.value.0, s.key_weight.0, s.key_check.0, s.key_nonce.0])
        });
        let tags = TAGS.iter().copied().chain(of_schemes).chain([RECORD_DIGEST]).collect::<Vec<_>>();
        for (i, a) in tags.iter().enumerate() {
            assert!(a.starts_with(b"MEDSEAL-V1-") && a.len() <= 255);
            for (j, b) in tags.iter().enumerate() {
                assert!(i == j || !b.starts_with(a), "{} {}", a.escape_ascii(), b.escape_ascii());
            }
        }
        for (i, a) in LABELS.iter().enumerate() {
            for (j, b) in LABELS.iter().enumerate() {
                assert!(i == j || !b.starts_with(a), "{a} {b}");
            }
        }
    }
}
