/// @file medseal_full.h
/// @brief The whole C interface. It includes medseal.h, whose first page holds for all functions.
///
/// Generated from src/ffi by include/generate; do not edit.

#ifndef MEDSEAL_FULL_H
#define MEDSEAL_FULL_H

#include "medseal.h"

#ifdef __cplusplus
extern "C" {
#endif

/// @addtogroup values Values that are passed as structs: digests, ids and receipts
/// @{

#define MEDSEAL_POSSESSION_BYTES 48 ///< Bytes of a medseal_possession.
#define MEDSEAL_CERTIFICATE_SERIAL_BYTES 16 ///< Bytes of a medseal_certificate_serial.
#define MEDSEAL_SESSION_ID_BYTES 32 ///< Bytes of a medseal_session_id.
#define MEDSEAL_SECRET_BYTES 32 ///< Bytes of a medseal_secret.

/// A proof that the master secret of a public key is known. Public.
typedef struct medseal_possession {
    uint8_t bytes[MEDSEAL_POSSESSION_BYTES]; ///< The bytes.
} medseal_possession;

/// The serial number of a certificate, which a revocation names. Public, random.
typedef struct medseal_certificate_serial {
    uint8_t bytes[MEDSEAL_CERTIFICATE_SERIAL_BYTES]; ///< The bytes.
} medseal_certificate_serial;

/// The id of a session, the same on both sides. Public.
typedef struct medseal_session_id {
    uint8_t bytes[MEDSEAL_SESSION_ID_BYTES]; ///< The bytes.
} medseal_session_id;

/// Thirty-two secret bytes. Wipe them with medseal_wipe() when you are done.
typedef struct medseal_secret {
    uint8_t bytes[MEDSEAL_SECRET_BYTES]; ///< The bytes.
} medseal_secret;

/// @}

/// @addtogroup callbacks Callbacks: streams, progress, and the output of a callback
/// @{

/// The output of a callback. It belongs to the library, and is valid until the callback returns.
typedef struct medseal_sink medseal_sink;

/// Appends bytes to the output of a callback.
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED if the output becomes longer than an entry can be,
///         MEDSEAL_ERR_OUT_OF_MEMORY
MEDSEAL_MUST_USE medseal_status medseal_sink_write(medseal_sink *sink, const uint8_t *data, size_t len,
    medseal_error *err);

/// @}

/// @addtogroup attributes Attributes
/// @{

/// Makes a set of one attribute, a label without a value, such as `emergency`.
/// @return MEDSEAL_ERR_POLICY if the label is not allowed
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_label(const char *label, size_t label_len,
    medseal_attributes **attributes, medseal_error *err);

/// Makes a set of one attribute with a text, such as `role=doctor`. The text is a single value:
/// nothing in it is read as syntax, and `3` remains a text.
/// @param text UTF-8, any characters except control characters and hidden ones
/// @return MEDSEAL_ERR_POLICY if the label or the text is not allowed
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_text(const char *label, size_t label_len, const char *text,
    size_t text_len, medseal_attributes **attributes, medseal_error *err);

/// Makes a set of one attribute with a number, such as `clearance=3`.
/// @param number the number
/// @return MEDSEAL_ERR_POLICY if the label is not allowed
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_number(const char *label, size_t label_len, uint32_t number,
    medseal_attributes **attributes, medseal_error *err);

/// Makes a set of one attribute with a date, such as `valid_until=2027-01-31`.
/// @return MEDSEAL_ERR_POLICY if the label or the date is not allowed
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_date(const char *label, size_t label_len, uint32_t year,
    uint32_t month, uint32_t day, medseal_attributes **attributes, medseal_error *err);

/// Makes the union of sets of attributes. Without sets, it is empty.
/// @return MEDSEAL_ERR_POLICY if a label has two numbers, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_attributes_join(const medseal_attributes *const *sets, size_t count,
    medseal_attributes **attributes, medseal_error *err);

/// Writes a set of attributes as text in canonical form.
MEDSEAL_MUST_USE medseal_status medseal_attributes_text(const medseal_attributes *attributes, char *out,
    size_t *out_len, medseal_error *err);
/// Returns the number of attributes in a set.
MEDSEAL_MUST_USE medseal_status medseal_attributes_count(const medseal_attributes *attributes, size_t *count,
    medseal_error *err);

/// @}

/// @addtogroup policy Policies
/// @{

#define MEDSEAL_COMPARE_EQUAL 0 ///< `label = value`
#define MEDSEAL_COMPARE_NOT_EQUAL 1 ///< `label != value`: the label has a different value.
#define MEDSEAL_COMPARE_LESS 2 ///< `label < value`
#define MEDSEAL_COMPARE_AT_MOST 3 ///< `label <= value`
#define MEDSEAL_COMPARE_GREATER 4 ///< `label > value`
#define MEDSEAL_COMPARE_AT_LEAST 5 ///< `label >= value`

/// Makes a policy from a label without a value, such as `emergency`. Attributes that have this
/// label satisfy it.
/// @return MEDSEAL_ERR_POLICY if the label is not allowed
MEDSEAL_MUST_USE medseal_status medseal_policy_of_label(const char *label, size_t label_len, medseal_policy **policy,
    medseal_error *err);

/// Makes a policy that compares a label with a text, such as `ward="3 East"`. The text is a
/// single value; nothing in it is read as syntax.
/// @param comparison MEDSEAL_COMPARE_EQUAL or MEDSEAL_COMPARE_NOT_EQUAL
/// @param text UTF-8, any characters except control characters and hidden ones
/// @return MEDSEAL_ERR_POLICY if the label or the text is not allowed, or the comparison does
///         not apply to texts
MEDSEAL_MUST_USE medseal_status medseal_policy_compare_text(const char *label, size_t label_len, int32_t comparison,
    const char *text, size_t text_len, medseal_policy **policy, medseal_error *err);

/// Makes a policy that compares a label with a number, such as `clearance>=3`.
/// @param comparison one of the MEDSEAL_COMPARE_ values
/// @param number the number to compare with
/// @return MEDSEAL_ERR_POLICY if the label is not allowed, or no number satisfies the
///         comparison
MEDSEAL_MUST_USE medseal_status medseal_policy_compare_number(const char *label, size_t label_len, int32_t comparison,
    uint32_t number, medseal_policy **policy, medseal_error *err);

/// Makes a policy that compares a label with a date, such as `valid_until>=2027-01-31`.
/// @param comparison one of the MEDSEAL_COMPARE_ values
/// @return MEDSEAL_ERR_POLICY if the label or the date is not allowed, or no date satisfies the
///         comparison
MEDSEAL_MUST_USE medseal_status medseal_policy_compare_date(const char *label, size_t label_len, int32_t comparison,
    uint32_t year, uint32_t month, uint32_t day, medseal_policy **policy, medseal_error *err);

/// Makes a policy that requires a number in a range, such as `clearance in 3..15`. It is often
/// much smaller than two comparisons.
/// @param from the least number in the range
/// @param to the greatest number in the range
/// @return MEDSEAL_ERR_POLICY if the label is not allowed or the range is empty
MEDSEAL_MUST_USE medseal_status medseal_policy_between_numbers(const char *label, size_t label_len, uint32_t from,
    uint32_t to, medseal_policy **policy, medseal_error *err);

/// Makes a policy that requires a date in a range, such as `until in 2026-01-01..2026-12-31`,
/// both days included. It is often much smaller than two comparisons.
/// @return MEDSEAL_ERR_POLICY if the label or a date is not allowed or the range is empty
MEDSEAL_MUST_USE medseal_status medseal_policy_between_dates(const char *label, size_t label_len, uint32_t from_year,
    uint32_t from_month, uint32_t from_day, uint32_t to_year, uint32_t to_month, uint32_t to_day,
    medseal_policy **policy, medseal_error *err);

/// Makes a policy that is satisfied if at least `threshold` of the given policies are. A
/// threshold of 1 means *or*; a threshold of `count` means *and*.
/// @param threshold how many must be satisfied, from 1 to `count`
/// @param count how many, at least 1
/// @return MEDSEAL_ERR_POLICY if `threshold` or `count` is not allowed, or the policy becomes
///         too large
MEDSEAL_MUST_USE medseal_status medseal_policy_threshold(size_t threshold, const medseal_policy *const *policies,
    size_t count, medseal_policy **policy, medseal_error *err);

/// Makes the negation of a policy.
/// @return MEDSEAL_ERR_POLICY if it cannot be negated
MEDSEAL_MUST_USE medseal_status medseal_policy_not(const medseal_policy *negated, medseal_policy **policy,
    medseal_error *err);

/// Writes the text of a policy in canonical form. Two policies are the same if their texts are.
MEDSEAL_MUST_USE medseal_status medseal_policy_text(const medseal_policy *policy, char *out, size_t *out_len,
    medseal_error *err);

/// Writes what a set of attributes lacks to satisfy a policy: a short text of one or more
/// lines, empty if the set satisfies the policy.
MEDSEAL_MUST_USE medseal_status medseal_policy_diagnose(const medseal_policy *policy,
    const medseal_attributes *attributes, char *out, size_t *out_len, medseal_error *err);

/// Returns the number of rows of a policy. Wrapped keys and indexes have elements for each row.
/// Attributes that are required together are one row, however many there are. A comparison of
/// numbers is one row or a few.
MEDSEAL_MUST_USE medseal_status medseal_policy_rows(const medseal_policy *policy, size_t *rows, medseal_error *err);

/// @}

/// @addtogroup members The members' key of each epoch
/// @{

#define MEDSEAL_EPOCH_COMMITMENT_BYTES 32 ///< Bytes of the commitment in a medseal_epoch_commitment.

/// A hospital's confirmation that it has a backup of a members' key.
MEDSEAL_OBJECT(medseal_backup_confirmation);
/// One holder's share of a members' key. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_key_share);

/// All shares of a members' key, for the person who distributes them. It is secret, and wiped
/// when freed.
MEDSEAL_HANDLE(medseal_key_shares);

/// The members' epoch that a consortium requires, and the commitment to its key. Public. All zeros
/// mean none.
typedef struct medseal_epoch_commitment {
    uint32_t epoch; ///< The number of the epoch, from 1.
    uint8_t bytes[MEDSEAL_EPOCH_COMMITMENT_BYTES]; ///< The commitment.
} medseal_epoch_commitment;

/// Makes the key of an epoch. One member makes it for all members. It is in use once the epoch
/// has begun.
/// @return MEDSEAL_ERR_INVALID_FIELD for epoch 0
MEDSEAL_MUST_USE medseal_status medseal_members_key_generate(uint32_t epoch, medseal_members_key **key,
    medseal_error *err);

/// Returns the epoch of a members' key.
MEDSEAL_MUST_USE medseal_status medseal_members_key_epoch(const medseal_members_key *key, uint32_t *epoch,
    medseal_error *err);

/// Checks that a key is the one that the consortium commits to for this epoch. A record sealed
/// under any other key is lost.
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_INVALID_FIELD if the commitment is
///         invalid
MEDSEAL_MUST_USE medseal_status medseal_members_key_check(const medseal_members_key *key,
    const medseal_epoch_commitment *commitment, medseal_error *err);

/// Splits a members' key among holders who keep their shares offline. Any `threshold` of them
/// can restore the key; fewer learn nothing.
/// @param threshold the number of shares that restore it, at least 2
/// @param holders the number of shares to make
/// @return MEDSEAL_ERR_OUT_OF_RANGE unless 2 <= threshold <= holders
MEDSEAL_MUST_USE medseal_status medseal_members_key_split(const medseal_members_key *key, uint8_t threshold,
    uint8_t holders, medseal_key_shares **shares, medseal_error *err);

/// Returns one share of a members' key.
MEDSEAL_MUST_USE medseal_status medseal_key_shares_get(const medseal_key_shares *shares, size_t index,
    medseal_key_share **share, medseal_error *err);

/// Restores a members' key from shares. Uses only the first shares, as many as the threshold of
/// the split.
/// @return MEDSEAL_ERR_BACKUPS_MISSING if there are too few, MEDSEAL_ERR_WRONG_MEMBERS_KEY if
///         one is wrong or given twice, or they belong to a different key,
///         MEDSEAL_ERR_INVALID_FIELD if the commitment is invalid
MEDSEAL_MUST_USE medseal_status medseal_members_key_restore(const medseal_key_share *const *shares, size_t count,
    const medseal_epoch_commitment *commitment, medseal_members_key **key, medseal_error *err);

/// Returns the parts of a share that are not secret.
/// @param epoch where to put the epoch whose key was split
/// @param threshold where to put the number of shares that restore the key
/// @param index where to put the number of this share, from 1
MEDSEAL_MUST_USE medseal_status medseal_key_share_status(const medseal_key_share *share, uint32_t *epoch,
    uint8_t *threshold, uint8_t *index, medseal_error *err);

/// Returns the set of held keys with one more key. Adding a key that is already held changes
/// nothing.
/// @param held the keys that you hold; NULL for none
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if a different key of this epoch is held,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_members_keys_add(const medseal_members_keys *held,
    const medseal_members_key *key, medseal_members_keys **keys, medseal_error *err);

/// Returns the union of the held keys and the keys received from another member.
/// @param held the keys that you hold; NULL for none
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if a different key of one of their epochs is held,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_members_keys_merge(const medseal_members_keys *held,
    const medseal_members_keys *received, medseal_members_keys **keys, medseal_error *err);

/// Returns the number of epochs for which a member holds keys.
MEDSEAL_MUST_USE medseal_status medseal_members_keys_count(const medseal_members_keys *keys, size_t *count,
    medseal_error *err);
/// Returns one of the epochs for which a member holds keys, in ascending order.
MEDSEAL_MUST_USE medseal_status medseal_members_keys_epoch(const medseal_members_keys *keys, size_t index,
    uint32_t *epoch, medseal_error *err);

/// Returns the key of an epoch.
/// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING
MEDSEAL_MUST_USE medseal_status medseal_members_keys_get(const medseal_members_keys *keys, uint32_t epoch,
    medseal_members_key **key, medseal_error *err);

/// Confirms a backup of a members' key. Pass the bytes as read back from the backup, not those
/// in memory.
/// @param restored the byte form of the key, from the backup
/// @param name the name of the hospital that keeps the backup, UTF-8
/// @return a decoding status if the backup is damaged
MEDSEAL_MUST_USE medseal_status medseal_backup_confirm(const uint8_t *restored, size_t restored_len, const char *name,
    size_t name_len, medseal_backup_confirmation **confirmation, medseal_error *err);

/// Writes the name of the hospital that confirms a backup.
MEDSEAL_MUST_USE medseal_status medseal_backup_confirmation_hospital(const medseal_backup_confirmation *confirmation,
    char *out, size_t *out_len, medseal_error *err);

/// Begins an epoch: returns the commitment that the charter must state. If a members' key is
/// lost, every record of its epoch is lost. Therefore three different hospitals must first
/// confirm a restored backup.
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if one of them confirms a different key,
///         MEDSEAL_ERR_BACKUPS_MISSING if they come from fewer than three hospitals
MEDSEAL_MUST_USE medseal_status medseal_begin_epoch(const medseal_members_key *key,
    const medseal_backup_confirmation *const *confirmations, size_t count, medseal_epoch_commitment *commitment,
    medseal_error *err);

/// @}

/// @addtogroup abe_keys Keys for key wrapping, of the authority and of its users
/// @{

/// The authority's master key for key wrapping. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_abe_master_key);
/// Makes a master key for key wrapping.
MEDSEAL_MUST_USE medseal_status medseal_abe_master_key_generate(medseal_abe_master_key **master, medseal_error *err);
/// Returns the public key of a master key.
MEDSEAL_MUST_USE medseal_status medseal_abe_master_key_public(const medseal_abe_master_key *master,
    medseal_abe_public_key **public_key, medseal_error *err);

/// Issues a decryption key for attributes. The work grows with the number of attributes; a
/// number or a date counts as 9 to 128 of them.
/// @param attributes the attributes of the key
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_abe_issue(const medseal_abe_master_key *master,
    const medseal_attributes *attributes, medseal_abe_decryption_key **key, medseal_error *err);

/// Checks a proof that the master secret of a public key is known. Require it before you wrap
/// under a new key. Without it, members of a different authority may have keys under this one.
/// @param proof the proof, from medseal_generation_certificate_possession()
/// @return MEDSEAL_ERR_INVALID_PROOF, or a decoding status if the proof is not a point
MEDSEAL_MUST_USE medseal_status medseal_abe_public_key_verify_possession(const medseal_abe_public_key *public_key,
    const medseal_possession *proof, medseal_error *err);

/// Returns the attributes of a decryption key.
MEDSEAL_MUST_USE medseal_status medseal_abe_decryption_key_attributes(const medseal_abe_decryption_key *key,
    medseal_attributes **attributes, medseal_error *err);

/// Checks that a decryption key was issued under a public key. Do this once, when you receive
/// the key.
/// @return MEDSEAL_ERR_INVALID_KEY
MEDSEAL_MUST_USE medseal_status medseal_abe_decryption_key_verify(const medseal_abe_decryption_key *key,
    const medseal_abe_public_key *public_key, medseal_error *err);

/// @}

/// @addtogroup abe Key wrapping: record keys under a policy
/// @{

/// A fresh shared key under a policy, for your own protocols.
MEDSEAL_OBJECT(medseal_abe_encapsulation);

/// Wraps a secret under a policy.
/// @param policy who can unwrap it: keys whose attributes satisfy this policy
/// @param secret_len its length in bytes, at most 4096
/// @param aad associated data: authenticated, and required unchanged for unwrapping
/// @param members a members' key that is also required for unwrapping, or NULL
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_abe_wrap(const medseal_abe_public_key *public_key, const medseal_policy *policy,
    const uint8_t *secret, size_t secret_len, const uint8_t *aad, size_t aad_len, const medseal_members_key *members,
    medseal_abe_wrapped_key **wrapped, medseal_error *err);

/// Unwraps a secret. Wipe the output when you no longer need it.
/// @param aad the associated data with which it was wrapped
/// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_POLICY_NOT_SATISFIED,
///         MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status if a point that is first checked
///         here is invalid
MEDSEAL_MUST_USE medseal_status medseal_abe_unwrap(const medseal_abe_decryption_key *key,
    const medseal_abe_wrapped_key *wrapped, const uint8_t *aad, size_t aad_len, const medseal_members_keys *members,
    uint8_t *out, size_t *out_len, medseal_error *err);

/// Returns the epoch of the members' key that a wrapped key needs.
/// @param epoch where to put the number of the epoch; 0 if no members' key is needed
MEDSEAL_MUST_USE medseal_status medseal_abe_wrapped_key_epoch(const medseal_abe_wrapped_key *wrapped, uint32_t *epoch,
    medseal_error *err);

/// Returns the policy of a wrapped key.
MEDSEAL_MUST_USE medseal_status medseal_abe_wrapped_key_policy(const medseal_abe_wrapped_key *wrapped,
    medseal_policy **policy, medseal_error *err);

/// Checks whether a key for these attributes would satisfy the policy of a wrapped key. Costs
/// no pairing.
MEDSEAL_MUST_USE medseal_status medseal_abe_could_unwrap(const medseal_abe_wrapped_key *wrapped,
    const medseal_attributes *attributes, bool *could, medseal_error *err);

/// Makes a fresh shared key, and its encapsulation under a policy.
/// @param policy who can decapsulate it: keys whose attributes satisfy this policy
/// @param shared where to put the shared key; wipe it when you are done
MEDSEAL_MUST_USE medseal_status medseal_abe_encapsulate(const medseal_abe_public_key *public_key,
    const medseal_policy *policy, medseal_abe_encapsulation **encapsulation, medseal_secret *shared,
    medseal_error *err);

/// Recovers the shared key of an encapsulation.
/// @param shared where to put the shared key; wipe it when you are done
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status
///         if a point that is first checked here is invalid
MEDSEAL_MUST_USE medseal_status medseal_abe_decapsulate(const medseal_abe_decryption_key *key,
    const medseal_abe_encapsulation *encapsulation, medseal_secret *shared, medseal_error *err);

/// @}

/// @addtogroup abs Attribute-based signatures: an entitled member signs, anonymously
/// @{

/// The authority's master key for signatures. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_abs_master_key);
/// The authority's public key for signatures.
MEDSEAL_OBJECT(medseal_abs_public_key);

/// A signature that shows that the signer's attributes satisfy a policy, and reveals nothing
/// else about the signer.
MEDSEAL_OBJECT(medseal_abs_signature);

/// The input of medseal_abs_verify(), for medseal_abs_verify_batch(). The struct owns nothing.
typedef struct medseal_abs_claim {
    const medseal_abs_public_key *public_key; ///< The authority's public key.
    const medseal_policy *policy; ///< The policy that the signer claims to satisfy.
    const uint8_t *context; ///< The purpose of the signature.
    size_t context_len; ///< The length of the context in bytes.
    const uint8_t *message; ///< The message.
    size_t message_len; ///< The length of the message in bytes.
    const medseal_abs_signature *signature; ///< The signature.
} medseal_abs_claim;

/// Makes a master key for signatures.
MEDSEAL_MUST_USE medseal_status medseal_abs_master_key_generate(medseal_abs_master_key **master, medseal_error *err);
/// Returns the public key of a master key.
MEDSEAL_MUST_USE medseal_status medseal_abs_master_key_public(const medseal_abs_master_key *master,
    medseal_abs_public_key **public_key, medseal_error *err);

/// Issues a signing key for attributes.
/// @param attributes the attributes of the key
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_abs_issue(const medseal_abs_master_key *master,
    const medseal_attributes *attributes, medseal_abs_signing_key **key, medseal_error *err);

/// As medseal_abe_public_key_verify_possession(). Require it before a charter names a new key.
MEDSEAL_MUST_USE medseal_status medseal_abs_public_key_verify_possession(const medseal_abs_public_key *public_key,
    const medseal_possession *proof, medseal_error *err);
/// Returns the attributes of a signing key.
MEDSEAL_MUST_USE medseal_status medseal_abs_signing_key_attributes(const medseal_abs_signing_key *key,
    medseal_attributes **attributes, medseal_error *err);

/// Checks that a signing key was issued under a public key. Do this once, when you receive the
/// key.
/// @return MEDSEAL_ERR_INVALID_KEY
MEDSEAL_MUST_USE medseal_status medseal_abs_signing_key_verify(const medseal_abs_signing_key *key,
    const medseal_abs_public_key *public_key, medseal_error *err);

/// Signs a message under a policy that the attributes of the key satisfy.
/// @param policy the policy, which the verifier must know
/// @param context the purpose of the signature; it is not valid for any other
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_abs_sign(const medseal_abs_signing_key *key, const medseal_policy *policy,
    const uint8_t *context, size_t context_len, const uint8_t *message, size_t message_len,
    medseal_abs_signature **signature, medseal_error *err);

/// Verifies a signature.
/// @param policy the policy that the signer claims to satisfy
/// @param context the purpose of the signature
/// @return MEDSEAL_ERR_INVALID_SIGNATURE
MEDSEAL_MUST_USE medseal_status medseal_abs_verify(const medseal_abs_public_key *public_key,
    const medseal_policy *policy, const uint8_t *context, size_t context_len, const uint8_t *message,
    size_t message_len, const medseal_abs_signature *signature, medseal_error *err);

/// Verifies many signatures, which is faster than verifying each one. If some are invalid, the
/// position in the medseal_error is the index of the first.
/// @return MEDSEAL_ERR_INVALID_SIGNATURE if a signature is invalid
MEDSEAL_MUST_USE medseal_status medseal_abs_verify_batch(const medseal_abs_claim *claims, size_t count, size_t threads,
    medseal_error *err);

/// @}

/// @addtogroup search_keys Keys for keyword search, of the authority and of its members
/// @{

/// The authority's master key for search. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_search_master_key);
/// The authority's public key for search.
MEDSEAL_OBJECT(medseal_search_public_key);
/// Makes a master key for search.
MEDSEAL_MUST_USE medseal_status medseal_search_master_key_generate(medseal_search_master_key **master,
    medseal_error *err);
/// Returns the public key of a master key.
MEDSEAL_MUST_USE medseal_status medseal_search_master_key_public(const medseal_search_master_key *master,
    medseal_search_public_key **public_key, medseal_error *err);

/// Issues a search key for attributes.
/// @param attributes the attributes of the key
/// @param keyword_key the members' keyword key, which the search key carries
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_search_issue(const medseal_search_master_key *master,
    const medseal_attributes *attributes, const medseal_keyword_key *keyword_key, medseal_search_key **key,
    medseal_error *err);

/// Checks that a search key was issued under a public key. Do this once, when you receive the
/// key.
/// @return MEDSEAL_ERR_INVALID_KEY
MEDSEAL_MUST_USE medseal_status medseal_search_key_verify(const medseal_search_key *key,
    const medseal_search_public_key *public_key, medseal_error *err);

/// Makes a keyword key.
MEDSEAL_MUST_USE medseal_status medseal_keyword_key_generate(medseal_keyword_key **key, medseal_error *err);

/// @}

/// @addtogroup search Keyword search: keywords and indexes
/// @{

/// Pad the indexes of a record to the next power of two, which reveals little about the number of
/// keywords.
#define MEDSEAL_PADDING_POWER_OF_TWO 0
#define MEDSEAL_PADDING_NONE 1 ///< Do not pad: the number of indexes is the number of keywords.

/// The keywords of a record, hidden under its access policy.
MEDSEAL_OBJECT(medseal_search_index);

/// Makes a keyword from a field and a word, such as `diagnosis` and `e11.9`.
/// @return MEDSEAL_ERR_INVALID_KEYWORD
MEDSEAL_MUST_USE medseal_status medseal_keyword_with_field(const char *field, size_t field_len, const char *word,
    size_t word_len, medseal_keyword **keyword, medseal_error *err);

/// Writes a keyword in normal form.
MEDSEAL_MUST_USE medseal_status medseal_keyword_text(const medseal_keyword *keyword, char *out, size_t *out_len,
    medseal_error *err);

/// Indexes the keywords of a record under a policy.
/// @param keyword_key the members' keyword key
/// @param keywords the keywords, at most 256
/// @param policy the access policy: who may find the record
/// @param padding MEDSEAL_PADDING_POWER_OF_TWO or MEDSEAL_PADDING_NONE
/// @param hints NULL unless the deployment has agreed on hints
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed
MEDSEAL_MUST_USE medseal_status medseal_search_index_record(const medseal_search_public_key *public_key,
    const medseal_keyword_key *keyword_key, const medseal_keyword *const *keywords, size_t count,
    const medseal_policy *policy, int32_t padding, const medseal_hints *hints, medseal_search_index **index,
    medseal_error *err);

/// Returns the number of keywords in a keyword index, including padding.
MEDSEAL_MUST_USE medseal_status medseal_search_index_count(const medseal_search_index *index, size_t *count,
    medseal_error *err);
/// Returns the policy of a keyword index.
MEDSEAL_MUST_USE medseal_status medseal_search_index_policy(const medseal_search_index *index, medseal_policy **policy,
    medseal_error *err);

/// Checks every point of a keyword index, including those that decoding leaves to matching.
/// Ledger nodes do this.
/// @return a decoding status
MEDSEAL_MUST_USE medseal_status medseal_search_index_validate(const medseal_search_index *index, medseal_error *err);

/// @}

/// @addtogroup query Trapdoors and queries, with which a ledger node searches
/// @{

#define MEDSEAL_QUERY_PARTS 1024 ///< The greatest number of parts in a query. Each trapdoor, *and* and *or* is a part.
#define MEDSEAL_QUERY_DEPTH 32 ///< The greatest nesting depth of a query. A query for one keyword has depth one.
#define MEDSEAL_MATCH_NO 0 ///< The record does not match.
#define MEDSEAL_MATCH_YES 1 ///< The record matches.
#define MEDSEAL_MATCH_MALFORMED 2 ///< The keyword index of the record is malformed.

/// A query that a ledger node has prepared for many matches. Takes about 40 KB for each
/// trapdoor.
MEDSEAL_HANDLE(medseal_prepared_query);

/// A query to a ledger node: trapdoors, joined by *and* and *or*. Send its byte form to the
/// node inside a session.
MEDSEAL_OBJECT(medseal_query);

/// A trapdoor lets a ledger node find one keyword among the records that its attributes may
/// see. The node does not learn the keyword.
MEDSEAL_OBJECT(medseal_trapdoor);

/// Makes a trapdoor for a keyword.
/// @param showing the attributes that the trapdoor shows and matches with, a subset of the
///                key's. Show only those that the policies need, from
///                medseal_attributes_needed(): all attributes of the key, from
///                medseal_search_key_attributes(), may identify the user to a node
/// @param hints the periods to give hints for, ascending; NULL with 0 for none
/// @param hints_count the number of hints, at most 256
/// @return MEDSEAL_ERR_UNKNOWN_ATTRIBUTE if the key was not issued for a shown attribute,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed,
///         MEDSEAL_ERR_NOT_SORTED if their periods do not ascend
MEDSEAL_MUST_USE medseal_status medseal_search_trapdoor(const medseal_search_key *key, const medseal_keyword *keyword,
    const medseal_attributes *showing, const medseal_hints *hints, size_t hints_count, medseal_trapdoor **trapdoor,
    medseal_error *err);

/// Returns the attributes that a trapdoor shows.
MEDSEAL_MUST_USE medseal_status medseal_trapdoor_attributes(const medseal_trapdoor *trapdoor,
    medseal_attributes **attributes, medseal_error *err);

/// Makes a query for one keyword.
/// @param authority the public key under which the trapdoor's key was issued
MEDSEAL_MUST_USE medseal_status medseal_query_new(const medseal_trapdoor *trapdoor,
    const medseal_search_public_key *authority, medseal_query **query, medseal_error *err);

/// Makes a query that a record matches if it matches all of the given queries.
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED above MEDSEAL_QUERY_PARTS or MEDSEAL_QUERY_DEPTH or if
///         the result is too long, MEDSEAL_ERR_OTHER_AUTHORITY if the queries belong to several
///         authorities, MEDSEAL_ERR_OUT_OF_RANGE if there are none
MEDSEAL_MUST_USE medseal_status medseal_query_all(const medseal_query *const *queries, size_t count,
    medseal_query **query, medseal_error *err);

/// As medseal_query_all(), for records that match at least one of the given queries.
MEDSEAL_MUST_USE medseal_status medseal_query_any(const medseal_query *const *queries, size_t count,
    medseal_query **query, medseal_error *err);

/// Prepares a query on a node whose records are indexed under this public key.
/// @return MEDSEAL_ERR_OTHER_AUTHORITY if the query was made under a different public key
MEDSEAL_MUST_USE medseal_status medseal_query_prepare(const medseal_query *query,
    const medseal_search_public_key *authority, medseal_prepared_query **prepared, medseal_error *err);

/// Checks whether the keyword index of a record matches a query.
/// @return a decoding status if the index is malformed
MEDSEAL_MUST_USE medseal_status medseal_prepared_query_match(const medseal_prepared_query *query,
    const medseal_search_index *index, bool *matches, medseal_error *err);

/// Matches many records on several threads.
/// @param progress receives the number of records matched, on the caller's thread; or NULL
/// @param results where to put `count` answers, each MEDSEAL_MATCH_NO, MEDSEAL_MATCH_YES or MEDSEAL_MATCH_MALFORMED
/// @return MEDSEAL_ERR_CANCELLED
MEDSEAL_MUST_USE medseal_status medseal_prepared_query_match_many(const medseal_prepared_query *query,
    const medseal_search_index *const *indexes, size_t count, size_t threads, const medseal_progress *progress,
    int32_t *results, medseal_error *err);

/// @}

/// @addtogroup authority The authority: its master keys, and the keys that it issues to members
/// @{

/// Returns the members' keyword key, which owners need to index keywords. Search keys carry it.
MEDSEAL_MUST_USE medseal_status medseal_authority_keyword_key(const medseal_authority *authority,
    medseal_keyword_key **key, medseal_error *err);

/// Returns the same authority with a new keyword key. Use it if a member or an owner leaked the
/// old keyword key.
///
/// Store the byte form of the new authority instead of the old one. Distribute the new public
/// parameters, which commit to the new keyword key. Give the keyword key to those who index.
/// Reissue every member's keys: the old ones are refused under the new parameters. Old search
/// keys still search old indexes. New search keys find what is indexed under the new keyword
/// key: new records, and those whose entries are published again. The public keys in the
/// parameters, the decryption keys and the signing keys do not change.
/// @param authority the authority, which does not change
MEDSEAL_MUST_USE medseal_status medseal_authority_renew_keyword_key(const medseal_authority *authority,
    medseal_authority **renewed, medseal_error *err);

/// Returns the public key for signatures in public parameters.
MEDSEAL_MUST_USE medseal_status medseal_public_parameters_abs(const medseal_public_parameters *parameters,
    medseal_abs_public_key **public_key, medseal_error *err);
/// Returns the public key for search in public parameters.
MEDSEAL_MUST_USE medseal_status medseal_public_parameters_search(const medseal_public_parameters *parameters,
    medseal_search_public_key **public_key, medseal_error *err);
/// Returns the attributes of a member's keys.
MEDSEAL_MUST_USE medseal_status medseal_member_keys_attributes(const medseal_member_keys *keys,
    medseal_attributes **attributes, medseal_error *err);

/// Checks that a member's keys were issued by the authority with these public parameters, and
/// that the search key carries the members' keyword key. Do this once, when you receive the
/// keys.
/// @return MEDSEAL_ERR_INVALID_KEY
MEDSEAL_MUST_USE medseal_status medseal_member_keys_verify(const medseal_member_keys *keys,
    const medseal_public_parameters *parameters, medseal_error *err);

/// @}

/// @addtogroup record Sealed records in memory
/// @{

#define MEDSEAL_RECORD_KEY_BYTES 36 ///< The size of an encoded medseal_record_key in bytes.

/// Makes a record key from the operating system's randomness.
MEDSEAL_MUST_USE medseal_status medseal_record_key_generate(medseal_record_key **key, medseal_error *err);

/// Returns the length of a sealed record, from the length of the record.
/// @param length the length of the record in bytes
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_OUT_OF_RANGE
///         if the record is too long
MEDSEAL_MUST_USE medseal_status medseal_record_sealed_length(uint64_t length, uint32_t chunk_log2,
    uint64_t *sealed_length, medseal_error *err);

/// Returns the length of the record in a sealed record, according to its header and size.
/// Opening the record checks this length.
/// @return a decoding status, MEDSEAL_ERR_DECRYPTION_FAILED if no sealed record has this size
MEDSEAL_MUST_USE medseal_status medseal_record_opened_length(const uint8_t *sealed, size_t sealed_len, uint64_t *length,
    medseal_error *err);

/// Seals a record in memory. The output has the length that medseal_record_sealed_length()
/// returns.
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed
MEDSEAL_MUST_USE medseal_status medseal_record_seal(const medseal_record_key *key, const uint8_t *record,
    size_t record_len, uint32_t chunk_log2, size_t threads, uint8_t *out, size_t *out_len, medseal_receipt *receipt,
    medseal_error *err);

/// Opens a sealed record in memory. The output has the length that
/// medseal_record_opened_length() returns. It contains the record only if all of it is as it
/// was sealed; on failure, what was written is wiped.
/// @param digest the digest that the sealed record must have, or NULL
/// @return MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH
MEDSEAL_MUST_USE medseal_status medseal_record_open(const medseal_record_key *key, const uint8_t *sealed,
    size_t sealed_len, const medseal_digest *digest, size_t threads, uint8_t *out, size_t *out_len,
    medseal_receipt *receipt, medseal_error *err);

/// Opens a part of a sealed record in memory. Checks only the chunks that contain this part.
/// @param offset the offset of the first byte to read, in the record
/// @param length the number of bytes to read, which is the length of the output
/// @return MEDSEAL_ERR_OUT_OF_RANGE if the part reaches past the end of the record,
///         MEDSEAL_ERR_DECRYPTION_FAILED
MEDSEAL_MUST_USE medseal_status medseal_record_open_range(const medseal_record_key *key, const uint8_t *sealed,
    size_t sealed_len, uint64_t offset, uint64_t length, uint8_t *out, size_t *out_len, medseal_error *err);

/// Computes the digest of a sealed record in memory. Needs no key.
/// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if the input is not a sealed
///         record
MEDSEAL_MUST_USE medseal_status medseal_record_digest(const uint8_t *sealed, size_t sealed_len, medseal_digest *digest,
    medseal_error *err);

/// Computes the keyed summary of a record.
MEDSEAL_MUST_USE medseal_status medseal_record_summary(const medseal_record_key *key, const medseal_digest *digest,
    medseal_summary *summary, medseal_error *err);

/// Checks the keyed summary of a record.
/// @param summary the summary that was announced
/// @return MEDSEAL_ERR_DIGEST_MISMATCH
MEDSEAL_MUST_USE medseal_status medseal_record_summary_verify(const medseal_record_key *key,
    const medseal_digest *digest, const medseal_summary *summary, medseal_error *err);

/// @}

/// @addtogroup stream Sealed records in pieces: incrementally, as streams, and as files
/// @{

/// Opens a sealed record incrementally. It is secret, and wiped when freed. It has state: one
/// call at a time.
MEDSEAL_HANDLE(medseal_opener);

/// Seals a record incrementally. It is secret, and wiped when freed. It has state: one call at
/// a time.
MEDSEAL_HANDLE(medseal_sealer);

/// Begins to seal a record.
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed
MEDSEAL_MUST_USE medseal_status medseal_sealer_new(const medseal_record_key *key, uint32_t chunk_log2,
    medseal_sealer **sealer, medseal_error *err);

/// Seals the next bytes of the record, and writes the next bytes of the sealed record. If the
/// buffer is too small, no input is consumed: call again with a larger buffer.
/// @return MEDSEAL_ERR_SPENT if the sealer is finished, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_sealer_update(medseal_sealer *sealer, const uint8_t *record, size_t record_len,
    uint8_t *out, size_t *out_len, medseal_error *err);

/// Ends the record, and writes the last bytes of the sealed record. The sealer is then spent.
/// @return MEDSEAL_ERR_SPENT if it is finished, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_sealer_finish(medseal_sealer *sealer, uint8_t *out, size_t *out_len,
    medseal_receipt *receipt, medseal_error *err);

/// Begins to open a sealed record.
MEDSEAL_MUST_USE medseal_status medseal_opener_new(const medseal_record_key *key, medseal_opener **opener,
    medseal_error *err);

/// Opens the next bytes of the sealed record, and writes the chunks of the record that are
/// complete and verified. Only the success of medseal_opener_finish() shows that the output is
/// the whole record. If the buffer is too small, no input is consumed: call again with a larger
/// buffer. After any other failure, every later call fails too.
/// @return MEDSEAL_ERR_BUFFER_TOO_SMALL with the greatest size that it may need,
///         MEDSEAL_ERR_SPENT if the opener is finished, MEDSEAL_ERR_DECRYPTION_FAILED,
///         MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_opener_update(medseal_opener *opener, const uint8_t *sealed, size_t sealed_len,
    uint8_t *out, size_t *out_len, medseal_error *err);

/// Ends the sealed record, and writes the last bytes of the record. The opener is then spent,
/// even on failure, unless the buffer was too small.
/// @param digest the digest that the sealed record must have, or NULL
/// @return MEDSEAL_ERR_BUFFER_TOO_SMALL with the greatest size that it may need,
///         MEDSEAL_ERR_SPENT if the opener is finished, MEDSEAL_ERR_TRUNCATED,
///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_opener_finish(medseal_opener *opener, const medseal_digest *digest,
    uint8_t *out, size_t *out_len, medseal_receipt *receipt, medseal_error *err);

/// Seals a record from one stream to another. Memory use does not grow with the record.
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_IO,
///         MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_record_seal_stream(const medseal_record_key *key, const medseal_reader *reader,
    const medseal_writer *writer, uint32_t chunk_log2, size_t threads, const medseal_progress *progress,
    medseal_receipt *receipt, medseal_error *err);

/// Opens a sealed record from one stream to another. Memory use does not grow with the record.
/// Every byte written is verified, but only success shows that they are the whole record. After
/// a failure, discard what was written.
/// @param digest the digest that the sealed record must have, or NULL
/// @return MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_record_open_stream(const medseal_record_key *key, const medseal_reader *reader,
    const medseal_writer *writer, const medseal_digest *digest, size_t threads, const medseal_progress *progress,
    medseal_receipt *receipt, medseal_error *err);

/// As medseal_record_seal_stream(), from a file to a new file (@ref files).
MEDSEAL_MUST_USE medseal_status medseal_record_seal_file(const medseal_record_key *key, const char *from,
    size_t from_len, const char *to, size_t to_len, uint32_t chunk_log2, size_t threads,
    const medseal_progress *progress, medseal_receipt *receipt, medseal_error *err);
/// As medseal_record_open_stream(), from a file to a new file (@ref files).
MEDSEAL_MUST_USE medseal_status medseal_record_open_file(const medseal_record_key *key, const char *from,
    size_t from_len, const char *to, size_t to_len, const medseal_digest *digest, size_t threads,
    const medseal_progress *progress, medseal_receipt *receipt, medseal_error *err);

/// Opens a part of a sealed file. Checks only the chunks that contain this part.
/// @param from the path of the sealed file, UTF-8
/// @param offset the offset of the first byte to read, in the record
/// @param length the number of bytes to read
/// @return MEDSEAL_ERR_OUT_OF_RANGE if the part reaches past the end of the record,
///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_record_open_file_range(const medseal_record_key *key, const char *from,
    size_t from_len, uint64_t offset, uint64_t length, const medseal_writer *writer, medseal_error *err);

/// Computes the digest of a sealed record from a stream. Needs no key.
/// @param receipt where to put the digest and the lengths
/// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if the input is not a sealed
///         record, MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_record_digest_stream(const medseal_reader *reader, size_t threads,
    const medseal_progress *progress, medseal_receipt *receipt, medseal_error *err);

/// @}

/// @addtogroup chunk_tree The chunk tree of a record digest, and proofs of single chunks
/// @{

/// A proof that a chunk belongs to the sealed record with a digest.
MEDSEAL_OBJECT(medseal_chunk_proof);

/// The tree of chunks whose root gives the digest of a sealed record. It proves chunks to an
/// auditor.
MEDSEAL_HANDLE(medseal_chunk_tree);

/// Makes the chunk tree of a sealed record. It takes 64 bytes for each chunk.
/// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if the input is not a sealed
///         record
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_read(const uint8_t *sealed, size_t sealed_len,
    medseal_chunk_tree **tree, medseal_error *err);

/// As medseal_chunk_tree_read(), from a stream.
/// @return as medseal_chunk_tree_read(), and MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_read_stream(const medseal_reader *reader, size_t threads,
    const medseal_progress *progress, medseal_chunk_tree **tree, medseal_error *err);

/// Returns the digest and the number of chunks of a sealed record, from its chunk tree.
/// @param digest where to put the digest
/// @param chunks where to put the number of chunks
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_digest(const medseal_chunk_tree *tree, medseal_digest *digest,
    uint64_t *chunks, medseal_error *err);

/// Proves a chunk.
/// @return MEDSEAL_ERR_OUT_OF_RANGE if there is no such chunk
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_prove(const medseal_chunk_tree *tree, uint64_t index,
    medseal_chunk_proof **proof, medseal_error *err);

/// Returns the place in the sealed record of the chunk of a proof, including its tag.
/// @param index where to put the number of the chunk, from zero
/// @param offset where to put the offset of its first byte
/// @param length where to put its length in bytes
MEDSEAL_MUST_USE medseal_status medseal_chunk_proof_place(const medseal_chunk_proof *proof, uint64_t *index,
    uint64_t *offset, uint64_t *length, medseal_error *err);

/// Verifies that a chunk belongs to the sealed record with a digest. Needs no key.
/// @param chunk the bytes at the place that medseal_chunk_proof_place() names
/// @return MEDSEAL_ERR_INVALID_PROOF
MEDSEAL_MUST_USE medseal_status medseal_chunk_proof_verify(const medseal_chunk_proof *proof,
    const medseal_digest *digest, const uint8_t *chunk, size_t chunk_len, medseal_error *err);

/// @}

/// @addtogroup merkle Merkle trees: a hospital's database digest, with proofs
/// @{

/// A proof that a tree only grew from one head to another.
MEDSEAL_OBJECT(medseal_consistency_proof);
/// A proof that a tree has an entry at an index.
MEDSEAL_OBJECT(medseal_inclusion_proof);

/// The compact state of a Merkle tree, which can append entries and compute the root, but not
/// make proofs. It has state: one call at a time.
MEDSEAL_OBJECT(medseal_merkle_frontier);

/// A Merkle tree as in RFC 9162, which can make proofs. It takes 64 bytes of memory for each
/// entry. It has state: one call at a time.
MEDSEAL_OBJECT(medseal_merkle_tree);

/// Makes an empty tree.
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_new(medseal_merkle_tree **tree, medseal_error *err);

/// Appends an entry, such as the 32 bytes of a record's digest.
/// @param index where to put the entry's index, or NULL
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_append(medseal_merkle_tree *tree, const uint8_t *entry,
    size_t entry_len, uint64_t *index, medseal_error *err);

/// Returns the head of a tree.
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_head(const medseal_merkle_tree *tree, medseal_tree_head *head,
    medseal_error *err);

/// Returns an earlier head of a tree.
/// @param size the number of entries under that head
/// @return MEDSEAL_ERR_OUT_OF_RANGE if the tree has fewer entries
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_head_at(const medseal_merkle_tree *tree, uint64_t size,
    medseal_tree_head *head, medseal_error *err);

/// Proves that a tree has an entry at an index.
/// @param size the size of the tree for the proof: its first `size` entries
/// @return MEDSEAL_ERR_OUT_OF_RANGE
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_prove_inclusion(const medseal_merkle_tree *tree, uint64_t index,
    uint64_t size, medseal_inclusion_proof **proof, medseal_error *err);

/// Proves that a tree only grew from one size to another.
/// @param old_size the number of entries at the start
/// @param size the number of entries at the end
/// @return MEDSEAL_ERR_OUT_OF_RANGE
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_prove_consistency(const medseal_merkle_tree *tree,
    uint64_t old_size, uint64_t size, medseal_consistency_proof **proof, medseal_error *err);

/// Makes the frontier of an empty tree.
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_new(medseal_merkle_frontier **frontier, medseal_error *err);

/// Appends an entry, such as the 32 bytes of a record's digest.
/// @param index where to put the entry's index, or NULL
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_append(medseal_merkle_frontier *frontier, const uint8_t *entry,
    size_t entry_len, uint64_t *index, medseal_error *err);

/// Returns the head of the tree that a frontier describes.
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_head(const medseal_merkle_frontier *frontier,
    medseal_tree_head *head, medseal_error *err);

/// Returns the index and the size that an inclusion proof is for.
/// @param index where to put the index of the entry
/// @param size where to put the size of the tree
MEDSEAL_MUST_USE medseal_status medseal_inclusion_proof_place(const medseal_inclusion_proof *proof, uint64_t *index,
    uint64_t *size, medseal_error *err);

/// Verifies that a tree has an entry at the index of the proof.
/// @param head the head of the tree, from a trusted source
/// @return MEDSEAL_ERR_INVALID_PROOF
MEDSEAL_MUST_USE medseal_status medseal_inclusion_proof_verify(const medseal_inclusion_proof *proof,
    const medseal_tree_head *head, const uint8_t *entry, size_t entry_len, medseal_error *err);

/// Returns the sizes that a consistency proof is for.
/// @param old_size where to put the old size of the tree
/// @param size where to put the new size
MEDSEAL_MUST_USE medseal_status medseal_consistency_proof_sizes(const medseal_consistency_proof *proof,
    uint64_t *old_size, uint64_t *size, medseal_error *err);

/// Verifies that a tree only grew from one head to another.
/// @param old the head that you know
/// @param head the new head
/// @return MEDSEAL_ERR_INVALID_PROOF
MEDSEAL_MUST_USE medseal_status medseal_consistency_proof_verify(const medseal_consistency_proof *proof,
    const medseal_tree_head *old, const medseal_tree_head *head, medseal_error *err);

/// @}

/// @addtogroup envelope Identities, the super node's public key, and envelopes sealed under both
/// @{

/// The information about a record that a main node or an envelope gives a hospital: the
/// location, the database digest and the summary. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_disclosure);

/// A hospital's identity, to which envelopes are sealed.
MEDSEAL_HANDLE(medseal_identity);
/// A message sealed to a hospital's identity.
MEDSEAL_OBJECT(medseal_identity_envelope);

/// Seals a message to an identity: only the registered hospital can open it.
/// @param message the message, at most 16 MiB
/// @param aad associated data: authenticated, and required unchanged for opening
/// @param members a members' key that is also required for opening, or NULL
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_identity_seal(const medseal_super_node_public_key *public_key,
    const medseal_identity *recipient, const uint8_t *message, size_t message_len, const uint8_t *aad, size_t aad_len,
    const medseal_members_key *members, medseal_identity_envelope **envelope, medseal_error *err);

/// Makes a disclosure.
/// @param location the location of the sealed record, at most 1024 bytes
/// @param database the hospital's database digest
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_disclosure_new(const uint8_t *location, size_t location_len,
    const medseal_digest *database, const medseal_summary *summary, medseal_disclosure **disclosure,
    medseal_error *err);

/// Returns the contents of a disclosure.
/// @param database where to put the hospital's database digest
/// @param summary where to put the record's keyed summary
MEDSEAL_MUST_USE medseal_status medseal_disclosure_read(const medseal_disclosure *disclosure, uint8_t *out,
    size_t *out_len, medseal_digest *database, medseal_summary *summary, medseal_error *err);

/// @}

/// @addtogroup hospital Hospitals: their registration, and the identity that results
/// @{

/// The state that a registered hospital keeps. It is secret, and wiped when freed.
MEDSEAL_HANDLE(medseal_hospital);
MEDSEAL_ENCODE(medseal_hospital);

/// A hospital's identity key, the super node's answer to a registration. Send it to the
/// hospital over a secure channel. It is secret, and wiped when freed. It has state: one call
/// at a time. Encoding it fails with MEDSEAL_ERR_SPENT if a hospital has accepted it.
MEDSEAL_OBJECT(medseal_identity_key);

/// A hospital's request for registration.
MEDSEAL_OBJECT(medseal_registration_request);

/// Makes a request for registration.
/// @param name the hospital's name, UTF-8 of 1 to 255 bytes
/// @param record the basis of the registration, such as an agreement; at most 1024 bytes
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_registration_request_new(const char *name, size_t name_len,
    const uint8_t *record, size_t record_len, medseal_registration_request **request, medseal_error *err);

/// Writes the name in a registration request.
MEDSEAL_MUST_USE medseal_status medseal_registration_request_name(const medseal_registration_request *request,
    char *out, size_t *out_len, medseal_error *err);
/// Writes the record in a registration request.
MEDSEAL_MUST_USE medseal_status medseal_registration_request_record(const medseal_registration_request *request,
    uint8_t *out, size_t *out_len, medseal_error *err);

/// Reads a hospital from its byte form, and checks everything. Get the super node's public key
/// from a trusted source, not from the same file.
/// @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to a different super node
MEDSEAL_MUST_USE medseal_status medseal_hospital_decode(const uint8_t *data, size_t len,
    const medseal_super_node_public_key *public_key, medseal_hospital **hospital, medseal_error *err);

/// Makes a hospital from an identity key. The key is then spent.
/// @param key the super node's answer, which is spent even if it is refused
/// @return MEDSEAL_ERR_INVALID_KEY if the key is not for this request, MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_hospital_accept(const medseal_registration_request *request,
    medseal_identity_key *key, const medseal_super_node_public_key *public_key, medseal_hospital **hospital,
    medseal_error *err);

/// Writes the name of a hospital.
MEDSEAL_MUST_USE medseal_status medseal_hospital_name(const medseal_hospital *hospital, char *out, size_t *out_len,
    medseal_error *err);
/// Returns the identity of a hospital.
MEDSEAL_MUST_USE medseal_status medseal_hospital_identity(const medseal_hospital *hospital, medseal_identity **identity,
    medseal_error *err);

/// Opens an envelope to a hospital. Wipe the output when you no longer need it.
/// @param aad the associated data with which it was sealed: for an entry's envelope, the record
///            digest
/// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_DECRYPTION_FAILED
MEDSEAL_MUST_USE medseal_status medseal_hospital_open(const medseal_hospital *hospital,
    const medseal_identity_envelope *envelope, const uint8_t *aad, size_t aad_len, const medseal_members_keys *members,
    uint8_t *out, size_t *out_len, medseal_error *err);

/// @}

/// @addtogroup main_node Main nodes and their certificates
/// @{

#define MEDSEAL_ROLE_MAIN_NODE 1 ///< The holder of the certified key authenticates hospitals and answers them.
/// The holder of the certified key is a member, who answers other members and passes on what
/// members share.
#define MEDSEAL_ROLE_MEMBER 2

/// A certificate that is not yet verified.
MEDSEAL_OBJECT(medseal_certificate);
/// A main node's request for certification.
MEDSEAL_OBJECT(medseal_certificate_request);
/// A main node: its name and its secret. It is secret, and wiped when freed.
MEDSEAL_HANDLE(medseal_main_node);
MEDSEAL_ENCODE(medseal_main_node);
/// A certificate whose signature is verified.
MEDSEAL_HANDLE(medseal_verified_certificate);

/// Reads a main node from its byte form, and checks everything. Get the super node's public key
/// from a trusted source, not from the same file.
/// @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to a different super node
MEDSEAL_MUST_USE medseal_status medseal_main_node_decode(const uint8_t *data, size_t len,
    const medseal_super_node_public_key *public_key, medseal_main_node **node, medseal_error *err);

/// Makes a main node, or a member that answers other members.
/// @param name its name, UTF-8 of 1 to 255 bytes
/// @param role one of the MEDSEAL_ROLE_ values
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_main_node_generate(const char *name, size_t name_len, int32_t role,
    const medseal_super_node_public_key *public_key, medseal_main_node **node, medseal_error *err);

/// Makes a main node's request for certification, with a proof of possession of its secret.
MEDSEAL_MUST_USE medseal_status medseal_main_node_certificate_request(const medseal_main_node *node,
    medseal_certificate_request **request, medseal_error *err);
/// Writes the name in a request for certification.
MEDSEAL_MUST_USE medseal_status medseal_certificate_request_name(const medseal_certificate_request *request, char *out,
    size_t *out_len, medseal_error *err);

/// Verifies a certificate, and checks that it is for the expected role.
/// @param role one of the MEDSEAL_ROLE_ values
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CERTIFICATE_ROLE
MEDSEAL_MUST_USE medseal_status medseal_certificate_verify(const medseal_certificate *certificate,
    const medseal_super_node_public_key *public_key, int32_t role, medseal_verified_certificate **verified,
    medseal_error *err);

/// Writes the name in a certificate.
MEDSEAL_MUST_USE medseal_status medseal_verified_certificate_name(const medseal_verified_certificate *certificate,
    char *out, size_t *out_len, medseal_error *err);

/// Returns the serial number and the validity of a certificate.
/// @param serial where to put its serial number
/// @param from_ms where to put the start of its validity, in Unix milliseconds
/// @param to_ms where to put the end of its validity, in Unix milliseconds
MEDSEAL_MUST_USE medseal_status medseal_verified_certificate_validity(const medseal_verified_certificate *certificate,
    medseal_certificate_serial *serial, uint64_t *from_ms, uint64_t *to_ms, medseal_error *err);

/// @}

/// @addtogroup registry The registry: the registered hospitals, and what is revoked
/// @{

/// A registry that is not yet verified: the registered hospitals, and what is revoked.
MEDSEAL_OBJECT(medseal_registry);
/// A registry whose signature is verified.
MEDSEAL_HANDLE(medseal_verified_registry);

/// Verifies a registry: the first one, or the first after a restart. If you hold a verified
/// registry, call medseal_verified_registry_succeeded_by() instead, which also refuses a
/// different registry with the same number.
/// @param last_seen the sequence number of the newest registry that you have seen; 0 for none
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
MEDSEAL_MUST_USE medseal_status medseal_registry_verify(const medseal_registry *registry,
    const medseal_super_node_public_key *public_key, uint64_t last_seen, medseal_verified_registry **verified,
    medseal_error *err);

/// Verifies the registry that succeeds a verified one. Call it for each new registry. Accepts
/// the same registry again. Refuses a different registry with the same sequence number: it
/// comes from a super node that was restored from an older state.
/// @param registry the verified registry that you hold
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_succeeded_by(const medseal_verified_registry *registry,
    const medseal_registry *next, medseal_verified_registry **verified, medseal_error *err);

/// Returns the number, the time and the size of a registry. Store the sequence number for the
/// next medseal_registry_verify().
/// @param sequence where to put its sequence number
/// @param time_ms where to put the time at which it was signed, in Unix milliseconds
/// @param hospitals where to put the number of hospitals
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_status(const medseal_verified_registry *registry,
    uint64_t *sequence, uint64_t *time_ms, size_t *hospitals, medseal_error *err);

/// Writes the name of a registered hospital. They are in the order of their names.
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_hospital(const medseal_verified_registry *registry,
    size_t index, char *out, size_t *out_len, medseal_error *err);

/// Returns the identity of a registered hospital.
/// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_identity(const medseal_verified_registry *registry,
    const char *name, size_t name_len, medseal_identity **identity, medseal_error *err);

/// Checks whether a certificate is revoked.
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_revokes(const medseal_verified_registry *registry,
    const medseal_certificate_serial *serial, bool *revoked, medseal_error *err);

/// @}

/// @addtogroup super_node The super node: it registers hospitals, certifies main nodes, and keeps the registry
/// @{

/// The super node: its master key and the registry. Store its byte form after each change. It
/// is secret, and wiped when freed. It has state: one call at a time.
MEDSEAL_OBJECT(medseal_super_node);

/// Makes a super node.
MEDSEAL_MUST_USE medseal_status medseal_super_node_generate(medseal_super_node **node, medseal_error *err);
/// Returns the public key of a super node.
MEDSEAL_MUST_USE medseal_status medseal_super_node_public(const medseal_super_node *node,
    medseal_super_node_public_key **public_key, medseal_error *err);

/// Registers a hospital and makes its identity key. Send the key to the hospital over a secure
/// channel. You must establish that the request comes from the hospital with this name.
/// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED if this request was already
///         registered and revoked, MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is full
MEDSEAL_MUST_USE medseal_status medseal_super_node_register(medseal_super_node *node,
    const medseal_registration_request *request, medseal_identity_key **key, medseal_error *err);

/// Revokes the registration of a hospital. It takes effect with the next published registry.
/// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED if it is already revoked,
///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_super_node_revoke_hospital(medseal_super_node *node, const char *name,
    size_t name_len, medseal_error *err);

/// Certifies a main node that proves possession of its secret. You must establish that the
/// request comes from the node with this name.
/// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof does not verify,
///         MEDSEAL_ERR_INVALID_FIELD if the period is empty
MEDSEAL_MUST_USE medseal_status medseal_super_node_certify(medseal_super_node *node,
    const medseal_certificate_request *request, uint64_t from_ms, uint64_t to_ms, medseal_certificate **certificate,
    medseal_error *err);

/// Revokes a certificate. It takes effect with the next published registry.
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_super_node_revoke_certificate(medseal_super_node *node,
    const medseal_certificate_serial *serial, medseal_error *err);

/// Signs the current registry, with the next sequence number.
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is too long, MEDSEAL_ERR_OUT_OF_RANGE if
///         there are no more sequence numbers
MEDSEAL_MUST_USE medseal_status medseal_super_node_publish(medseal_super_node *node, uint64_t now_ms,
    medseal_registry **registry, medseal_error *err);

/// @}

/// @addtogroup authorities Several authorities: static keys, rosters, and sessions of key generation and resharing
/// @{

#define MEDSEAL_SESSION_WAITS 0 ///< The session waits for messages.
/// Everything dealt to the authority is valid. It must now store its share and confirm.
#define MEDSEAL_SESSION_CHECKED 1
#define MEDSEAL_SESSION_OVER 2 ///< The session is over: it failed, or the authority has dealt and gets no share.
#define MEDSEAL_MASTER_KEY_WRAPPING 1 ///< The master secret of key wrapping.
#define MEDSEAL_MASTER_SIGNATURES 2 ///< The master secret of signatures.

/// An authority's static key: it signs and opens the authority's messages. It is secret, and
/// wiped when freed.
MEDSEAL_OBJECT(medseal_authority_key);

/// A signed message of an authority. You deliver its bytes, over any channel.
MEDSEAL_OBJECT(medseal_authority_message);

/// The public key of an authority's static key. Compare its fingerprint in person, because
/// nothing certifies it.
MEDSEAL_OBJECT(medseal_authority_public_key);

/// One authority in a key generation or resharing. Pass it every message that arrives, and send
/// every message that it returns. It is secret, and wiped when freed. It has state: one call at
/// a time.
MEDSEAL_HANDLE(medseal_authority_session);

/// One authority's share of all master secrets. Store and back it up like a master key, and
/// delete it after a resharing. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_authority_share);

/// The verified public keys of a generation of shares.
MEDSEAL_HANDLE(medseal_generation);

/// The signatures of all authorities on the public keys of a generation. It proves nothing
/// until you verify it.
MEDSEAL_OBJECT(medseal_generation_certificate);

/// The list of the authorities, numbered from 1, and the threshold: how many of them are
/// needed.
MEDSEAL_OBJECT(medseal_roster);

/// Makes a static key.
/// @return MEDSEAL_ERR_INVALID_TEXT
MEDSEAL_MUST_USE medseal_status medseal_authority_key_generate(const char *name, size_t name_len,
    medseal_authority_key **key, medseal_error *err);

/// Returns the public key of a static key.
MEDSEAL_MUST_USE medseal_status medseal_authority_key_public(const medseal_authority_key *key,
    medseal_authority_public_key **public_key, medseal_error *err);

/// Writes the name of an authority.
///
MEDSEAL_MUST_USE medseal_status medseal_authority_public_key_name(const medseal_authority_public_key *public_key,
    char *out, size_t *out_len, medseal_error *err);

/// Returns the fingerprint, which people compare in person.
MEDSEAL_MUST_USE medseal_status medseal_authority_public_key_fingerprint(const medseal_authority_public_key *public_key,
    medseal_digest *fingerprint, medseal_error *err);

/// Makes a roster of authorities whose fingerprints were compared. All participants must pass
/// the keys in the same order. Use a new context for each attempt at a key generation or
/// resharing.
/// @param threshold the number of authorities that are needed: at least 2, and more than half
/// @param keys the public keys of the authorities
/// @param count the number of authorities, at most 255
/// @param context the purpose of the roster, such as the attempt
/// @return MEDSEAL_ERR_OUT_OF_RANGE if the threshold is not allowed, MEDSEAL_ERR_INVALID_PROOF,
///         MEDSEAL_ERR_INVALID_FIELD if a name or a key occurs twice
MEDSEAL_MUST_USE medseal_status medseal_roster_new(uint8_t threshold, const medseal_authority_public_key *const *keys,
    size_t count, const uint8_t *context, size_t context_len, medseal_roster **roster, medseal_error *err);

/// Returns the digest of a roster. Authorities compare it before they begin, and members before
/// they trust the roster.
MEDSEAL_MUST_USE medseal_status medseal_roster_digest(const medseal_roster *roster, medseal_digest *digest,
    medseal_error *err);

/// Returns the threshold and the size of a roster.
/// @param threshold where to put the number of authorities that are needed
/// @param size where to put the number of authorities
MEDSEAL_MUST_USE medseal_status medseal_roster_size(const medseal_roster *roster, uint8_t *threshold, uint8_t *size,
    medseal_error *err);

/// Writes the name of an authority.
/// @param index the number of the authority, from 1
/// @return MEDSEAL_ERR_ABSENT if no authority has this number
MEDSEAL_MUST_USE medseal_status medseal_roster_name(const medseal_roster *roster, uint8_t index, char *out,
    size_t *out_len, medseal_error *err);

/// Returns the round, the sender and the receiver of a message.
/// @param round where to put its round, or NULL: 0 to 4 in a session, a greater number in
///              answers to requests
/// @param from where to put the number of its sender, or NULL
/// @param to where to put the number of its receiver, or NULL: 0 if it is for all, or for the
///           requester
MEDSEAL_MUST_USE medseal_status medseal_authority_message_header(const medseal_authority_message *message,
    uint8_t *round, uint8_t *from, uint8_t *to, medseal_error *err);

/// Begins a key generation.
/// @param roster the authorities that take part
/// @return MEDSEAL_ERR_NO_PART for a key that the roster does not name
MEDSEAL_MUST_USE medseal_status medseal_authority_session_generate(const medseal_roster *roster,
    const medseal_authority_key *key, medseal_authority_session **session, medseal_error *err);

/// Begins a resharing. A quorum of exactly the threshold of old authorities deals to a new
/// roster, which may be the same as the old one.
/// @param generation the old generation
/// @param quorum the numbers of the dealers, in ascending order
/// @param roster the authorities that get shares
/// @param share the authority's share of the old generation if it deals, or NULL
/// @return MEDSEAL_ERR_INVALID_FIELD if the quorum is not allowed, MEDSEAL_ERR_OUT_OF_RANGE,
///         MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
///         takes no part
MEDSEAL_MUST_USE medseal_status medseal_authority_session_reshare(const medseal_generation *generation,
    const uint8_t *quorum, size_t quorum_count, const medseal_roster *roster, const medseal_authority_key *key,
    const medseal_authority_share *share, medseal_authority_session **session, medseal_error *err);

/// Begins to renew one master secret. All authorities of a generation take part.
/// @param generation the old generation
/// @param secret MEDSEAL_MASTER_KEY_WRAPPING or MEDSEAL_MASTER_SIGNATURES
/// @param share the authority's share of the old generation
/// @return MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
///         takes no part
MEDSEAL_MUST_USE medseal_status medseal_authority_session_renew(const medseal_generation *generation, int32_t secret,
    const medseal_authority_key *key, const medseal_authority_share *share, medseal_authority_session **session,
    medseal_error *err);

/// Processes a message, and takes every step that it makes possible. A message that does not
/// belong to the session is refused, and the session continues. After an error, check with
/// medseal_authority_session_state() whether it does, and send the messages that it still has.
/// @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_authority_session_receive(medseal_authority_session *session,
    const medseal_authority_message *message, medseal_error *err);

/// Returns the next message to send: to all who take part, or to the receiver that it names.
/// @return MEDSEAL_ERR_ABSENT if there is none, MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_authority_session_next(medseal_authority_session *session,
    medseal_authority_message **message, medseal_error *err);

/// Returns what a session waits for.
/// @param state where to put a MEDSEAL_SESSION_ value
/// @return MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_authority_session_state(medseal_authority_session *session, int32_t *state,
    medseal_error *err);

/// Writes the authorities whose messages a session waits for. Each line has the step, the
/// authority's number and name, and says that it has sent nothing. The text is empty if the
/// session waits for no authority.
/// @return MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_authority_session_missing(medseal_authority_session *session, char *out,
    size_t *out_len, medseal_error *err);

/// Durably stores the share in a directory, and then signs the confirmation. From then on, the
/// authority must keep the share, because others may have its signature.
/// @return MEDSEAL_ERR_NO_PART before the session is checked, MEDSEAL_ERR_ALREADY_SIGNED if a
///         different resharing of the generation was confirmed, MEDSEAL_ERR_IO,
///         MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_authority_session_confirm(medseal_authority_session *session,
    const char *directory, size_t directory_len, medseal_error *err);

/// Returns the share and the certificate, once all authorities have confirmed. The session is
/// then spent.
/// @return MEDSEAL_ERR_ABSENT if some have not confirmed, MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_authority_session_finish(medseal_authority_session *session,
    medseal_authority_share **share, medseal_generation_certificate **certificate, medseal_error *err);

/// Returns the confirmation that the share is stored. Use it after a crash, or if another
/// authority lacks the confirmation.
/// @return MEDSEAL_ERR_INVALID_KEY for the key of a different authority
MEDSEAL_MUST_USE medseal_status medseal_authority_share_confirmation(const medseal_authority_share *share,
    const medseal_authority_key *key, medseal_authority_message **message, medseal_error *err);

/// Returns the certificate, from a share and the confirmations of all authorities. Use it after
/// a crash.
/// @return MEDSEAL_ERR_CULPRITS (`err` names the authorities at fault)
MEDSEAL_MUST_USE medseal_status medseal_authority_share_certify(const medseal_authority_share *share,
    const medseal_authority_message *const *messages, size_t count, medseal_generation_certificate **certificate,
    medseal_error *err);

/// Verifies a certificate.
/// @param roster the roster that you trust
/// @return MEDSEAL_ERR_INVALID_KEY for a different roster, MEDSEAL_ERR_CULPRITS (`err` names
///         the authorities at fault)
MEDSEAL_MUST_USE medseal_status medseal_generation_certificate_verify(const medseal_generation_certificate *certificate,
    const medseal_roster *roster, medseal_generation **generation, medseal_error *err);

/// Returns the proofs that the authorities together have the master secrets of the public keys.
/// They prove nothing until you verify each under its public key.
/// @param abe where to put the proof for medseal_abe_public_key_verify_possession()
/// @param abs where to put the proof for medseal_abs_public_key_verify_possession()
MEDSEAL_MUST_USE medseal_status medseal_generation_certificate_possession(const medseal_generation_certificate *certificate,
    medseal_possession *abe, medseal_possession *abs, medseal_error *err);

/// Returns the number of a generation.
/// @param number where to put its number, from 1
MEDSEAL_MUST_USE medseal_status medseal_generation_number(const medseal_generation *generation, uint32_t *number,
    medseal_error *err);

/// Returns the consortium's public parameters, for a charter.
/// @param keyword_key the members' keyword key, to which the parameters commit
MEDSEAL_MUST_USE medseal_status medseal_generation_public_parameters(const medseal_generation *generation,
    const medseal_keyword_key *keyword_key, medseal_public_parameters **parameters, medseal_error *err);

/// Returns the public key for key wrapping.
MEDSEAL_MUST_USE medseal_status medseal_generation_abe(const medseal_generation *generation,
    medseal_abe_public_key **public_key, medseal_error *err);
/// Returns the public key for signatures.
MEDSEAL_MUST_USE medseal_status medseal_generation_abs(const medseal_generation *generation,
    medseal_abs_public_key **public_key, medseal_error *err);
/// Returns the public key for search.
MEDSEAL_MUST_USE medseal_status medseal_generation_search(const medseal_generation *generation,
    medseal_search_public_key **public_key, medseal_error *err);
/// Returns the public key for identities.
MEDSEAL_MUST_USE medseal_status medseal_generation_super_node(const medseal_generation *generation,
    medseal_super_node_public_key **public_key, medseal_error *err);

/// @}

/// @addtogroup holders Requests to several authorities, their answers, and the combined results
/// @{

/// An authority that works with its share. It is secret, and wiped when freed. It has state:
/// one call at a time.
MEDSEAL_HANDLE(medseal_authority_holder);

/// A request for keys or for an identity key. Each authority must identify the requester, and
/// decides independently.
MEDSEAL_OBJECT(medseal_authority_request);

/// A request, with the one-time secret that opens the answers. It is secret, and wiped when
/// freed.
MEDSEAL_OBJECT(medseal_pending_request);

/// A registry that is not yet signed. It has state: one call at a time.
MEDSEAL_OBJECT(medseal_registry_draft);
/// Writes the name of the member or hospital that makes the request.
MEDSEAL_MUST_USE medseal_status medseal_authority_request_name(const medseal_authority_request *request, char *out,
    size_t *out_len, medseal_error *err);

/// Returns the attributes for which keys are requested.
/// @return MEDSEAL_ERR_ABSENT if it is a request for an identity key
MEDSEAL_MUST_USE medseal_status medseal_authority_request_attributes(const medseal_authority_request *request,
    medseal_attributes **attributes, medseal_error *err);

/// Returns the registration for which an identity key is requested.
/// @return MEDSEAL_ERR_ABSENT if it is a request for keys
MEDSEAL_MUST_USE medseal_status medseal_authority_request_registration(const medseal_authority_request *request,
    medseal_registration_request **registration, medseal_error *err);

/// Makes a request for a member's keys.
/// @return MEDSEAL_ERR_INVALID_TEXT
MEDSEAL_MUST_USE medseal_status medseal_pending_request_keys(const char *member, size_t member_len,
    const medseal_attributes *attributes, uint64_t now_ms, medseal_pending_request **pending, medseal_error *err);

/// Makes a request for a hospital's identity key. The registration must already be in a
/// registry.
MEDSEAL_MUST_USE medseal_status medseal_pending_request_identity(const medseal_registration_request *registration,
    uint64_t now_ms, medseal_pending_request **pending, medseal_error *err);

/// Returns the request. Send it to the authorities.
MEDSEAL_MUST_USE medseal_status medseal_pending_request_request(const medseal_pending_request *pending,
    medseal_authority_request **request, medseal_error *err);

/// Combines the answers of a threshold of authorities into a member's keys. Checks each answer.
/// @param keyword_key the members' keyword key, from another member
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong),
///         MEDSEAL_ERR_INVALID_FIELD for a request of the other kind
MEDSEAL_MUST_USE medseal_status medseal_pending_request_combine_keys(const medseal_pending_request *pending,
    const medseal_generation *generation, const medseal_authority_message *const *messages, size_t count,
    const medseal_keyword_key *keyword_key, medseal_member_keys **keys, uint8_t *culprits, size_t culprits_count,
    medseal_error *err);

/// Combines the answers of a threshold of authorities into a hospital's identity key. Checks
/// each answer.
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong),
///         MEDSEAL_ERR_INVALID_FIELD for a request of the other kind
MEDSEAL_MUST_USE medseal_status medseal_pending_request_combine_identity(const medseal_pending_request *pending,
    const medseal_generation *generation, const medseal_authority_message *const *messages, size_t count,
    medseal_identity_key **key, uint8_t *culprits, size_t culprits_count, medseal_error *err);

/// Makes a draft of the first registry, which is empty.
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_first(uint64_t now_ms, medseal_registry_draft **draft,
    medseal_error *err);

/// Makes a draft of the next registry.
/// @param registry the newest registry
/// @return MEDSEAL_ERR_OUT_OF_RANGE if there are no more sequence numbers
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_next(const medseal_verified_registry *registry, uint64_t now_ms,
    medseal_registry_draft **draft, medseal_error *err);

/// Gives a draft a greater number. Use it if authorities have signed different bodies under the
/// current one.
/// @param sequence the greater number
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_renumber(medseal_registry_draft *draft, uint64_t sequence,
    medseal_error *err);

/// Registers a hospital in a draft.
/// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_register(medseal_registry_draft *draft,
    const medseal_registration_request *request, medseal_error *err);

/// Revokes the registration of a hospital in a draft.
/// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_revoke_hospital(medseal_registry_draft *draft, const char *name,
    size_t name_len, medseal_error *err);

/// Revokes a certificate in a draft.
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_revoke_certificate(medseal_registry_draft *draft,
    const medseal_certificate_serial *serial, medseal_error *err);

/// Makes an authority from its share and the certificate of the share's generation.
/// @param certificate the certificate of the share's generation
/// @return MEDSEAL_ERR_INVALID_KEY if they do not belong together, MEDSEAL_ERR_CULPRITS (`err`
///         names the authorities at fault)
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_new(const medseal_authority_key *key,
    const medseal_authority_share *share, const medseal_generation_certificate *certificate,
    medseal_authority_holder **holder, medseal_error *err);

/// Answers a request for keys with this authority's parts of the keys. Each authority must
/// establish that the member has these attributes. The work grows with the number of
/// attributes.
/// @return MEDSEAL_ERR_INVALID_FIELD for a request of the other kind
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_issue(medseal_authority_holder *holder,
    const medseal_authority_request *request, medseal_authority_message **message, medseal_error *err);

/// Answers a request for an identity key with this authority's part of the key, if a registry
/// contains exactly this registration.
/// @return MEDSEAL_ERR_INVALID_SIGNATURE for a registry of a different super node,
///         MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_FIELD
///         for a request of the other kind
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_extract(medseal_authority_holder *holder,
    const medseal_authority_request *request, const medseal_verified_registry *registry,
    medseal_authority_message **message, medseal_error *err);

/// Signs this authority's part of a main node's certificate.
/// @param serial the serial number: 16 random bytes, the same for all authorities
/// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof of possession is wrong,
///         MEDSEAL_ERR_INVALID_FIELD if the period is empty
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_certify(medseal_authority_holder *holder,
    const medseal_certificate_request *request, const medseal_certificate_serial *serial, uint64_t from_ms,
    uint64_t to_ms, medseal_authority_message **message, medseal_error *err);

/// Records a complete registry. From now on, this authority signs only registries that follow
/// it.
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK,
///         MEDSEAL_ERR_REGISTRY_CONFLICT if it contradicts a known registry (both are kept, and
///         this authority signs no more), MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_saw_registry(medseal_authority_holder *holder,
    const medseal_registry *registry, const char *directory, size_t directory_len, medseal_verified_registry **verified,
    medseal_error *err);

/// Signs this authority's part of a registry. The authority signs one body for each number, and
/// durably records it before it signs.
/// @return MEDSEAL_ERR_ALREADY_SIGNED if the authority has recorded a different body with this
///         number, a different predecessor, or a revocation that the draft lacks,
///         MEDSEAL_ERR_REGISTRY_CONFLICT, MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_sign_registry(medseal_authority_holder *holder,
    medseal_registry_draft *draft, const char *directory, size_t directory_len, medseal_authority_message **message,
    medseal_error *err);

/// Combines the parts of a threshold of authorities into a main node's certificate. Checks each
/// part.
/// @param serial the serial number: 16 random bytes, the same for all authorities
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong),
///         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_FIELD
MEDSEAL_MUST_USE medseal_status medseal_generation_combine_certificate(const medseal_generation *generation,
    const medseal_certificate_request *request, const medseal_certificate_serial *serial, uint64_t from_ms,
    uint64_t to_ms, const medseal_authority_message *const *messages, size_t count, medseal_certificate **certificate,
    uint8_t *culprits, size_t culprits_count, medseal_error *err);

/// Combines the parts of a threshold of authorities into a registry. Checks each part.
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong)
MEDSEAL_MUST_USE medseal_status medseal_generation_combine_registry(const medseal_generation *generation,
    medseal_registry_draft *draft, const medseal_authority_message *const *messages, size_t count,
    medseal_registry **registry, uint8_t *culprits, size_t culprits_count, medseal_error *err);

/// @}

/// @addtogroup charter Charters: the terms of a ledger, signed by the super node
/// @{

/// A charter in transit. Its terms apply once it is in a chain of charters.
MEDSEAL_OBJECT(medseal_charter);
/// A main node as a validator of one ledger.
MEDSEAL_OBJECT(medseal_validator);

/// The terms of a charter. The struct owns nothing.
typedef struct medseal_terms {
    size_t struct_size; ///< sizeof(medseal_terms).
    const char *name; ///< The ledger's readable name: UTF-8 of 1 to 255 bytes.
    size_t name_len; ///< The length of the name in bytes.
    /// The claim policy: who may upload. Every entry states it, and every signer satisfies it.
    const medseal_policy *claim;
    /// The authority's public parameters, which include the key that verifies entries.
    const medseal_public_parameters *parameters;
    /// The nodes that decide what the ledger accepts, sorted by name; at most 256. NULL with count
    /// 0 for none.
    const medseal_validator *const *validators;
    size_t validator_count; ///< The number of validators.
    /// The members' epoch that entries must use, from medseal_begin_epoch(); zeros for none.
    medseal_epoch_commitment epoch;
} medseal_terms;

/// Returns the 32 bytes that a validator's engine key must sign, to show that it belongs to
/// this main node.
/// @param ledger the ledger's id; NULL for the first charter of a new one
/// @param engine_key the public key for the engine, in the engine's form
/// @param engine_key_len its length in bytes, at most 8192
MEDSEAL_MUST_USE medseal_status medseal_main_node_validator_statement(const medseal_main_node *node,
    const medseal_digest *ledger, const uint8_t *engine_key, size_t engine_key_len, medseal_digest *statement,
    medseal_error *err);

/// Makes a main node a validator, and vouches for its engine key.
/// @param ledger the ledger's id; NULL for the first charter of a new one
/// @param engine_key the public key for the engine, in the engine's form
/// @param engine_key_len its length in bytes, at most 8192
/// @param engine_signature the engine key's signature on
///                         medseal_main_node_validator_statement(). The library does not know
///                         the engine, and does not check it
/// @param engine_signature_len its length in bytes, at most 8192
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_main_node_validator(const medseal_main_node *node, const medseal_digest *ledger,
    const uint8_t *engine_key, size_t engine_key_len, const uint8_t *engine_signature, size_t engine_signature_len,
    medseal_validator **validator, medseal_error *err);

/// Writes the name of a validator.
MEDSEAL_MUST_USE medseal_status medseal_validator_name(const medseal_validator *validator, char *out, size_t *out_len,
    medseal_error *err);
/// Writes a validator's public key for the engine of the ledger.
MEDSEAL_MUST_USE medseal_status medseal_validator_engine_key(const medseal_validator *validator, uint8_t *out,
    size_t *out_len, medseal_error *err);

/// Writes the signature of a validator's engine key on medseal_validator_statement(). The
/// signer of a charter must check it: the library does not know the engine.
MEDSEAL_MUST_USE medseal_status medseal_validator_engine_signature(const medseal_validator *validator, uint8_t *out,
    size_t *out_len, medseal_error *err);

/// Returns the 32 bytes that the validator's engine key must have signed.
/// @param ledger the ledger's id; NULL for the first charter of a new one
MEDSEAL_MUST_USE medseal_status medseal_validator_statement(const medseal_validator *validator,
    const medseal_digest *ledger, medseal_digest *statement, medseal_error *err);

/// Signs the next charter of a ledger, or the first charter of a new ledger. The super node
/// does not remember which charters it has signed. Sign only one for each number, and store it
/// before you distribute it.
/// @param charters the ledger's charters; NULL for a first charter
/// @param final_head the ledger's head, which you have checked. For a first charter, the final
///                   head of the ledger that it continues, or NULL
/// @return MEDSEAL_ERR_NOT_SORTED if the validators are not sorted by name and distinct,
///         MEDSEAL_ERR_INVALID_FIELD if two have the same key, or the final head has no items,
///         MEDSEAL_ERR_INVALID_SIGNATURE if a validator did not sign for this ledger,
///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_super_node_sign_charter(medseal_super_node *node,
    const medseal_charters *charters, const medseal_terms *terms, const medseal_tree_head *final_head,
    medseal_charter **charter, medseal_error *err);

/// Returns the parts of a charter that have a fixed size.
/// @param number where to put its number, from 1
/// @param ledger where to put the ledger's id, which is the hash of its first charter
/// @param hash where to put the charter's hash
/// @param previous where to put the hash of the previous charter; zeros in the first
/// @param final_head where to put the ledger's head when the charter was signed; zeros if the
///                   charter names none
/// @param validators where to put the number of validators
MEDSEAL_MUST_USE medseal_status medseal_charter_fields(const medseal_charter *charter, uint32_t *number,
    medseal_digest *ledger, medseal_digest *hash, medseal_digest *previous, medseal_tree_head *final_head,
    size_t *validators, medseal_error *err);

/// Writes the ledger's readable name in a charter.
MEDSEAL_MUST_USE medseal_status medseal_charter_name(const medseal_charter *charter, char *out, size_t *out_len,
    medseal_error *err);
/// Returns the policy that a charter requires uploaders to satisfy.
MEDSEAL_MUST_USE medseal_status medseal_charter_claim(const medseal_charter *charter, medseal_policy **policy,
    medseal_error *err);
/// Returns the public parameters in a charter.
MEDSEAL_MUST_USE medseal_status medseal_charter_parameters(const medseal_charter *charter,
    medseal_public_parameters **parameters, medseal_error *err);
/// Returns a validator that a charter names. They are in the order of their names.
MEDSEAL_MUST_USE medseal_status medseal_charter_validator(const medseal_charter *charter, size_t index,
    medseal_validator **validator, medseal_error *err);

/// Makes a chain from a ledger's first charter. Get the super node's key from a trusted source.
/// medseal_charters_ledger() returns the id of the ledger.
/// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it is not a first charter,
///         MEDSEAL_ERR_INVALID_SIGNATURE
MEDSEAL_MUST_USE medseal_status medseal_charters_new(const medseal_charter *first,
    const medseal_super_node_public_key *public_key, medseal_charters **charters, medseal_error *err);

/// Returns the chain extended by the next charter, or the same chain if it already has this
/// charter. Store the bytes of the newest chain: if you continue from an older one, you can be
/// misled onto a different chain.
/// @param charters the chain, which does not change
/// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER, MEDSEAL_ERR_INVALID_SIGNATURE,
///         MEDSEAL_ERR_CHARTER_CONFLICT if the chain has a different charter with this number
///         (both together are evidence), MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_charters_push(const medseal_charters *charters, const medseal_charter *charter,
    medseal_charters **next, medseal_error *err);

/// Returns a charter of a chain.
/// @param number its number, from 1; 0 for the newest
/// @return MEDSEAL_ERR_UNKNOWN_CHARTER
MEDSEAL_MUST_USE medseal_status medseal_charters_get(const medseal_charters *charters, uint32_t number,
    medseal_charter **charter, medseal_error *err);

/// Returns the id of the ledger. Entries are signed for this id.
MEDSEAL_MUST_USE medseal_status medseal_charters_ledger(const medseal_charters *charters, medseal_digest *ledger,
    medseal_error *err);

/// @}

/// @addtogroup charter_draft Charters that several authorities sign, each its part of a draft
/// @{

/// A charter that several authorities have yet to sign.
MEDSEAL_OBJECT(medseal_charter_draft);

/// Makes a draft of the next charter of a ledger, or of the first charter of a new ledger, for
/// several authorities to sign.
/// @param charters the ledger's charters; NULL for a first charter
/// @param final_head the ledger's head. For a first charter, the final head of the ledger that
///                   it continues, or NULL
/// @param number 0 for the number after that of the newest charter; a greater number if
///               authorities have signed different bodies under that one
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_new(const medseal_charters *charters, const medseal_terms *terms,
    const medseal_tree_head *final_head, uint32_t number, medseal_charter_draft **draft, medseal_error *err);

/// Returns the parts of a draft of a charter that have a fixed size.
/// @param number where to put its number, from 1
/// @param ledger where to put the ledger's id, which is the hash of its first charter
/// @param hash where to put the hash of the charter, by which authorities compare what they
///             sign
/// @param previous where to put the hash of the previous charter; zeros in the first
/// @param final_head where to put the ledger's head, which the signers check; zeros if the
///                   draft names none
/// @param epoch where to put the members' epoch that entries must use; zeros for none
/// @param validators where to put the number of validators
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_fields(const medseal_charter_draft *draft, uint32_t *number,
    medseal_digest *ledger, medseal_digest *hash, medseal_digest *previous, medseal_tree_head *final_head,
    medseal_epoch_commitment *epoch, size_t *validators, medseal_error *err);

/// Writes the ledger's readable name in a draft of a charter.
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_name(const medseal_charter_draft *draft, char *out,
    size_t *out_len, medseal_error *err);
/// Returns the policy that a draft of a charter requires uploaders to satisfy.
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_claim(const medseal_charter_draft *draft, medseal_policy **policy,
    medseal_error *err);
/// Returns the public parameters in a draft of a charter.
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_parameters(const medseal_charter_draft *draft,
    medseal_public_parameters **parameters, medseal_error *err);
/// As medseal_charter_validator(), for a draft of a charter.
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_validator(const medseal_charter_draft *draft, size_t index,
    medseal_validator **validator, medseal_error *err);

/// Records a complete charter. From now on, this authority signs only charters that follow it
/// on its ledger.
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it does not
///         follow the newest known charter, MEDSEAL_ERR_CHARTER_CONFLICT if a different charter
///         with its number is known (both are kept, and this authority signs no more charters
///         of the ledger), MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_saw_charter(medseal_authority_holder *holder,
    const medseal_charter *charter, const char *directory, size_t directory_len, medseal_error *err);

/// Signs a part of a charter. The authority signs one body for each number of a ledger, and
/// durably records it before it signs. First check the terms of the draft, its final head, and
/// the proofs that the secrets of its public keys are known:
/// medseal_abe_public_key_verify_possession() and medseal_abs_public_key_verify_possession().
/// @return MEDSEAL_ERR_ALREADY_SIGNED if the authority has recorded a different body with this
///         number or a different predecessor, MEDSEAL_ERR_CHARTER_CONFLICT, MEDSEAL_ERR_IO,
///         what medseal_super_node_sign_charter() returns
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_sign_charter(medseal_authority_holder *holder,
    const medseal_charter_draft *draft, const char *directory, size_t directory_len,
    medseal_authority_message **message, medseal_error *err);

/// Combines the parts of a threshold of authorities into a charter. Checks each part.
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong), what
///         medseal_super_node_sign_charter() returns
MEDSEAL_MUST_USE medseal_status medseal_generation_combine_charter(const medseal_generation *generation,
    const medseal_charter_draft *draft, const medseal_authority_message *const *messages, size_t count,
    medseal_charter **charter, uint8_t *culprits, size_t culprits_count, medseal_error *err);

/// @}

/// @addtogroup session Sessions: messages between the two sides of a handshake, under its keys
/// @{

#define MEDSEAL_SESSION_OVERHEAD 49 ///< The difference in bytes between an encoded session message and its plaintext.

/// An authenticated session. It exists only in memory, because its counters must never go back.
/// It is secret, and wiped when freed. It has state: one call at a time.
MEDSEAL_HANDLE(medseal_session);

/// A message of a session.
MEDSEAL_OBJECT(medseal_session_message);
/// Writes the name of the peer of a session.
MEDSEAL_MUST_USE medseal_status medseal_session_peer(const medseal_session *session, char *out, size_t *out_len,
    medseal_error *err);

/// Returns the id of a session: the same on both sides, different for every session, and
/// public.
MEDSEAL_MUST_USE medseal_status medseal_session_read_id(const medseal_session *session, medseal_session_id *id,
    medseal_error *err);

/// Seals the next message to the peer.
/// @param plaintext the message, at most 16 MiB
/// @param aad associated data: authenticated, and required unchanged for opening
/// @param last 0, or 1 for the last message, which closes this direction
/// @return MEDSEAL_ERR_SESSION_CLOSED, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_session_seal(medseal_session *session, const uint8_t *plaintext,
    size_t plaintext_len, const uint8_t *aad, size_t aad_len, int32_t last, medseal_session_message **message,
    medseal_error *err);

/// Opens the next message from the peer. The output is MEDSEAL_SESSION_OVERHEAD bytes shorter
/// than the encoded message. If the buffer is too small, or the message is refused, the session
/// still expects this message.
/// @param aad the associated data with which it was sealed
/// @return MEDSEAL_ERR_DECRYPTION_FAILED unless it is the peer's next message,
///         MEDSEAL_ERR_SESSION_CLOSED after the last message, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_session_open(medseal_session *session, const medseal_session_message *message,
    const uint8_t *aad, size_t aad_len, uint8_t *out, size_t *out_len, medseal_error *err);

/// Checks whether the peer's last message was opened. A connection that ends before that was
/// cut off.
MEDSEAL_MUST_USE medseal_status medseal_session_closed_by_peer(const medseal_session *session, bool *closed,
    medseal_error *err);

/// Derives a secret for another use. It is the same on both sides, and different for each
/// label.
/// @param label the purpose of the secret
/// @param secret where to put the secret; wipe it when you no longer need it
MEDSEAL_MUST_USE medseal_status medseal_session_export(const medseal_session *session, const uint8_t *label,
    size_t label_len, medseal_secret *secret, medseal_error *err);

/// Returns the number of a message in its direction of the session.
/// @param number where to put its number, from zero
/// @param last where to put whether it claims to be the last message; the claim is
///             authenticated once the message is opened
MEDSEAL_MUST_USE medseal_status medseal_session_message_place(const medseal_session_message *message, uint64_t *number,
    bool *last, medseal_error *err);

/// @}

/// @addtogroup replay Replay caches, which remember the requests that a main node has accepted
/// @{

/// The usual window of a replay cache: the greatest difference between a request's time and the
/// main node's, in milliseconds.
#define MEDSEAL_REPLAY_WINDOW_MS 30000

/// A main node's memory of accepted requests. Any number of threads may use it at once.
MEDSEAL_HANDLE(medseal_replay_cache);

/// The callbacks of your own replay cache. Main nodes that have the same secret must share one
/// cache; otherwise each of them accepts a request once. If you use the cache on several threads,
/// callbacks may run on several threads at once.
typedef struct medseal_replay_callbacks {
    size_t struct_size; ///< sizeof(medseal_replay_callbacks).
    void *ctx; ///< For you; may be NULL.
    /// The greatest difference between a request's time and the main node's, before or after, in
    /// milliseconds.
    uint64_t window_ms;
    /// Remembers a request unless it is known. This is atomic: of two calls with the same
    /// `ephemeral`, one succeeds. Returns MEDSEAL_OK, MEDSEAL_ERR_REQUEST_REPLAYED if the request
    /// is known, MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW if it is so old that it may have been
    /// forgotten, MEDSEAL_ERR_REPLAY_CACHE_FULL, MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, or any other
    /// status if the cache fails. It must keep a request until the request's time is further in the
    /// past than the window, however full the cache is. Not NULL.
    medseal_status (*remember)(void *ctx,
                               const uint8_t *ephemeral,
                               size_t ephemeral_len,
                               uint64_t time_ms,
                               const char *hospital,
                               size_t hospital_len,
                               uint64_t now_ms);
    void (*drop_ctx)(void *ctx); ///< Called once when the cache is freed; may be NULL.
} medseal_replay_callbacks;

/// Makes a replay cache in memory. It refuses requests until the window after its start is
/// over, because the process may have accepted them before it was restarted.
/// @param window_ms the greatest difference between a request's time and the main node's, in
///                  milliseconds; usually MEDSEAL_REPLAY_WINDOW_MS
/// @param capacity the greatest number of requests that it remembers, at most 1048576
/// @param quota the greatest number of requests from one hospital, from 1 to the capacity
/// @param start_ms the start time of the process, in Unix milliseconds
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_INVALID_FIELD
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_new(uint64_t window_ms, uint32_t capacity, uint32_t quota,
    uint64_t start_ms, medseal_replay_cache **cache, medseal_error *err);

/// Makes a replay cache from your callbacks.
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_from_callbacks(const medseal_replay_callbacks *callbacks,
    medseal_replay_cache **cache, medseal_error *err);

/// Returns the number of requests that a replay cache in memory remembers.
/// @return MEDSEAL_ERR_ABSENT if the cache is not in memory, MEDSEAL_ERR_SPENT if it was saved
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_count(const medseal_replay_cache *cache, size_t *count,
    medseal_error *err);

/// Writes the state of a replay cache in memory, which a restarted process can restore. The
/// cache is then spent, unless the buffer was too small, because later requests would not be in
/// the saved state.
/// @return MEDSEAL_ERR_ABSENT if the cache is not in memory, MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_encode(const medseal_replay_cache *cache, uint8_t *out,
    size_t *out_len, medseal_error *err);

/// Restores a saved replay cache. Use only the newest saved state, and only once.
/// @return a decoding status
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_decode(const uint8_t *data, size_t len,
    medseal_replay_cache **cache, medseal_error *err);

/// @}

/// @addtogroup handshake Mutual authentication of hospitals and main nodes
/// @{

/// A request that a main node has accepted. The hospital is authenticated. It is secret, and
/// wiped when freed. It has state: one call at a time.
MEDSEAL_HANDLE(medseal_accepted_request);

/// The third message of the handshake, from the hospital to the main node.
MEDSEAL_OBJECT(medseal_auth_confirmation);
/// The second message of the handshake, from the main node to the hospital.
MEDSEAL_OBJECT(medseal_auth_reply);
/// The first message of the handshake, from the hospital to the main node.
MEDSEAL_OBJECT(medseal_auth_request);

/// A main node that is waiting for the hospital's confirmation, or continues without it. It is
/// secret, and wiped when freed. It has state: one call at a time.
MEDSEAL_HANDLE(medseal_awaiting_confirmation);

/// A hospital that is waiting for a main node's reply. It is secret, and wiped when freed. It
/// has state: one call at a time.
MEDSEAL_HANDLE(medseal_awaiting_reply);

/// Starts a handshake at a hospital.
/// @param registry the newest registry
/// @return MEDSEAL_ERR_CERTIFICATE_EXPIRED, MEDSEAL_ERR_CERTIFICATE_REVOKED,
///         MEDSEAL_ERR_INVALID_SIGNATURE if the certificate or the registry is from a different
///         super node
MEDSEAL_MUST_USE medseal_status medseal_hospital_start(const medseal_hospital *hospital,
    const medseal_verified_certificate *certificate, const medseal_verified_registry *registry, uint64_t now_ms,
    medseal_awaiting_reply **awaiting, medseal_auth_request **request, medseal_error *err);

/// Finishes a handshake at the hospital. The main node is then authenticated.
/// @param awaiting the hospital's state, which is spent even if the reply is refused
/// @param disclosure receives what the main node discloses
/// @param confirmation receives the confirmation to send back
/// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_hospital_finish(medseal_awaiting_reply *awaiting,
    const medseal_auth_reply *reply, medseal_session **session, medseal_disclosure **disclosure,
    medseal_auth_confirmation **confirmation, medseal_error *err);

/// Authenticates a hospital's request at a main node.
/// @param registry the newest registry
/// @param cache the cache of accepted requests
/// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_UNKNOWN_NAME,
///         MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_SIGNATURE if the registry is from
///         a different super node, MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW,
///         MEDSEAL_ERR_REQUEST_REPLAYED, MEDSEAL_ERR_REPLAY_CACHE_FULL,
///         MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, MEDSEAL_ERR_IO if the cache fails,
///         MEDSEAL_ERR_SPENT if the cache was saved, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_main_node_accept(const medseal_main_node *node,
    const medseal_auth_request *request, const medseal_verified_registry *registry, const medseal_replay_cache *cache,
    uint64_t now_ms, medseal_accepted_request **accepted, medseal_error *err);

/// Writes the name of the hospital whose request was accepted.
/// @return MEDSEAL_ERR_SPENT if the request was already answered
MEDSEAL_MUST_USE medseal_status medseal_accepted_request_hospital(const medseal_accepted_request *accepted, char *out,
    size_t *out_len, medseal_error *err);

/// Replies to an accepted request.
/// @param accepted the accepted request, which is spent
/// @param disclosure what the main node discloses to the hospital
/// @return MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_main_node_reply(medseal_accepted_request *accepted,
    const medseal_disclosure *disclosure, medseal_auth_reply **reply, medseal_awaiting_confirmation **awaiting,
    medseal_error *err);

/// Finishes a handshake at the main node with the hospital's confirmation, which shows that the
/// hospital has the session.
/// @param awaiting the main node's state, which is spent even if the confirmation is refused
/// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
MEDSEAL_MUST_USE medseal_status medseal_main_node_confirm(medseal_awaiting_confirmation *awaiting,
    const medseal_auth_confirmation *confirmation, medseal_session **session, medseal_error *err);

/// Finishes a handshake at the main node without a confirmation. The hospital's first message
/// then shows that it has the session.
/// @param awaiting the main node's state, which is spent
/// @return MEDSEAL_ERR_SPENT
MEDSEAL_MUST_USE medseal_status medseal_main_node_session(medseal_awaiting_confirmation *awaiting,
    medseal_session **session, medseal_error *err);

/// @}

/// @addtogroup entry Ledger entries, which owners sign and every node checks
/// @{

/// A signed entry about a sealed record. Ledgers keep entries.
MEDSEAL_OBJECT(medseal_entry);
/// Entries that a node may append, validated under the charter that was current at that time.
MEDSEAL_HANDLE(medseal_validated);

/// The parts of an entry. The struct owns nothing.
typedef struct medseal_statement {
    size_t struct_size; ///< sizeof(medseal_statement).
    uint32_t charter; ///< The number of the charter under which the entry is made.
    medseal_record_id record; ///< The record's id.
    medseal_digest digest; ///< The digest of the sealed record.
    uint64_t time_ms; ///< The time by the uploader's clock, in Unix milliseconds.
    /// The address of the sealed record: 1 to 1024 ASCII characters. NULL with length 0 for the
    /// address of the digest.
    const char *address;
    size_t address_len; ///< The length of the address in bytes.
    const medseal_policy *claim; ///< The policy that the charter requires uploaders to satisfy.
    /// The record key, wrapped under the access policy. Its `aad` is medseal_entry_wrap_aad() of
    /// the digest.
    const medseal_abe_wrapped_key *wrapped;
    const medseal_search_index *index; ///< The index of the record's keywords, under the same access policy.
    const medseal_identity_envelope *envelope; ///< A message to the hospital that owns the record, or NULL.
} medseal_statement;

/// Makes a random record id.
MEDSEAL_MUST_USE medseal_status medseal_record_id_generate(medseal_record_id *id, medseal_error *err);

/// Returns the `aad` with which a record key must be wrapped. It binds the key to one sealed
/// record.
MEDSEAL_MUST_USE medseal_status medseal_entry_wrap_aad(const medseal_digest *digest, medseal_digest *aad,
    medseal_error *err);

/// Writes the address of the sealed record with a digest: 64 hexadecimal digits.
MEDSEAL_MUST_USE medseal_status medseal_address_of(const medseal_digest *digest, char *out, size_t *out_len,
    medseal_error *err);

/// Builds an entry and signs it for a ledger.
/// @param key the uploader's signing key
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the key does not satisfy the claim policy,
///         MEDSEAL_ERR_ACCESS_POLICY_MISMATCH, MEDSEAL_ERR_INVALID_TEXT,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_entry_sign(const medseal_statement *statement, const medseal_digest *ledger,
    const medseal_abs_signing_key *key, medseal_entry **entry, medseal_error *err);

/// Validates an entry, as every node does before it accepts one. Checks in this order: the
/// entry names the current charter; its claim policy is right; its key and its index have the
/// same access policy; the signature; every point of the key and the index. The points are
/// checked last: they cost most, and only an entitled signer gets that far.
/// medseal_entry_decode() does not check them.
/// @return MEDSEAL_ERR_ERA_PASSED, MEDSEAL_ERR_UNKNOWN_CHARTER,
///         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_ACCESS_POLICY_MISMATCH,
///         MEDSEAL_ERR_INVALID_SIGNATURE, a decoding status
MEDSEAL_MUST_USE medseal_status medseal_entry_validate(const medseal_entry *entry, const medseal_charters *charters,
    medseal_validated **validated, medseal_error *err);

/// Validates many entries, which is faster than validating each one. If some are refused, the
/// position in the medseal_error is the index of the first.
/// @return as medseal_entry_validate(), for the first entry that is refused
MEDSEAL_MUST_USE medseal_status medseal_entry_validate_all(const medseal_entry *const *entries, size_t count,
    const medseal_charters *charters, size_t threads, medseal_validated **validated, medseal_error *err);

/// Checks an entry from any source, as every reader does: it was made under the charter that it
/// names, and a head that the reader trusts includes it. medseal_open() does the same.
/// @param proof the proof that the head includes the entry
/// @return MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
///         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_PROOF
MEDSEAL_MUST_USE medseal_status medseal_entry_check(const medseal_entry *entry, const medseal_charters *charters,
    const medseal_inclusion_proof *proof, const medseal_trusted_head *head, medseal_error *err);

/// Returns the parts of an entry that have a fixed size.
/// @param charter where to put the number of its charter
/// @param id where to put its id
/// @param record where to put the record's id
/// @param digest where to put the digest of the sealed record
/// @param time_ms where to put its time, in Unix milliseconds
MEDSEAL_MUST_USE medseal_status medseal_entry_fields(const medseal_entry *entry, uint32_t *charter,
    medseal_entry_id *id, medseal_record_id *record, medseal_digest *digest, uint64_t *time_ms, medseal_error *err);

/// Writes the address of the sealed record that an entry is about.
MEDSEAL_MUST_USE medseal_status medseal_entry_address(const medseal_entry *entry, char *out, size_t *out_len,
    medseal_error *err);
/// Returns the claim policy of an entry, which the uploader's attributes satisfy.
MEDSEAL_MUST_USE medseal_status medseal_entry_claim(const medseal_entry *entry, medseal_policy **policy,
    medseal_error *err);
/// Returns the access policy of an entry: who may find and open the record.
MEDSEAL_MUST_USE medseal_status medseal_entry_access(const medseal_entry *entry, medseal_policy **policy,
    medseal_error *err);

/// Returns the wrapped record key in an entry. medseal_entry_validate() checks its points;
/// unwrapping checks those that it uses.
MEDSEAL_MUST_USE medseal_status medseal_entry_wrapped_key(const medseal_entry *entry, medseal_abe_wrapped_key **wrapped,
    medseal_error *err);

/// Returns the keyword index in an entry. medseal_entry_validate() checks its points; matching
/// checks those that it uses.
MEDSEAL_MUST_USE medseal_status medseal_entry_index(const medseal_entry *entry, medseal_search_index **index,
    medseal_error *err);

/// Returns the envelope in an entry.
/// @return MEDSEAL_ERR_ABSENT if it has none
MEDSEAL_MUST_USE medseal_status medseal_entry_envelope(const medseal_entry *entry, medseal_identity_envelope **envelope,
    medseal_error *err);

/// Returns the signature of an entry.
MEDSEAL_MUST_USE medseal_status medseal_entry_signature(const medseal_entry *entry, medseal_abs_signature **signature,
    medseal_error *err);

/// @}

/// @addtogroup ledger Ledgers: your own, implemented by callbacks, or the reference ledger in memory
/// @{

/// The callbacks of your own ledger. A ledger stores items, which are entries and charters. An item
/// is a byte string at a height. Heights count from zero without gaps, and readers see the items in
/// this order. Item 0 is the first charter. The library never appends a charter; you do. If you use
/// the ledger on several threads, callbacks may run on several threads at once.
///
/// MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO and every status that does not concern ledgers
/// mean that the ledger failed. It may or may not have the entry, and the same entry may be
/// appended again.
typedef struct medseal_ledger_callbacks {
    size_t struct_size; ///< sizeof(medseal_ledger_callbacks).
    void *ctx; ///< For you; may be NULL.
    /// Appends an entry that was validated under the charter with this number. Returns
    /// MEDSEAL_ERR_ERA_PASSED if a different charter is current now. If the ledger already has an
    /// entry with this id, adds nothing and sets `*was_there`. Sets `*height` to the height of the
    /// entry. Not NULL.
    medseal_status (*append)(void *ctx,
                             const uint8_t *entry,
                             size_t entry_len,
                             const medseal_entry_id *id,
                             uint32_t charter,
                             uint64_t *height,
                             bool *was_there);
    /// Passes the bytes of the item at a height to medseal_sink_write(). Returns
    /// MEDSEAL_ERR_UNKNOWN_ENTRY for heights past the last item. If the bytes at a height are not
    /// an item, a search reports the height as malformed and continues. Not NULL.
    medseal_status (*at)(void *ctx, uint64_t height, medseal_sink *item);
    /// Passes the bytes of the entry with this id to medseal_sink_write(). Returns
    /// MEDSEAL_ERR_UNKNOWN_ENTRY if there is none. Not NULL.
    medseal_status (*get)(void *ctx, const medseal_entry_id *id, medseal_sink *entry);
    /// Sets `*head` to the head of the ledger: the number of items, and the root of the Merkle tree
    /// over their bytes. Append each item to a medseal_merkle_tree to compute both. Not NULL.
    medseal_status (*head)(void *ctx, medseal_tree_head *head);
    /// Proves that the head of the first `size` items includes the entry with this id: passes the
    /// bytes of a medseal_inclusion_proof to medseal_sink_write(). Returns
    /// MEDSEAL_ERR_UNKNOWN_ENTRY if there is no such entry, MEDSEAL_ERR_AFTER_TRUSTED_HEAD if the
    /// entry was appended later, and MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items. Not
    /// NULL.
    medseal_status (*prove)(void *ctx, const medseal_entry_id *id, uint64_t size, medseal_sink *proof);
    /// Searches on a node: sends it the byte form of a query, and passes the byte form of the
    /// result to medseal_sink_write(). The node decodes the query with medseal_query_decode() and
    /// runs medseal_ledger_search(). `from` is the height at which the search begins. May be NULL:
    /// then the library reads and matches every entry.
    medseal_status (*search)(void *ctx, const uint8_t *query, size_t query_len, uint64_t from, medseal_sink *found);
    void (*drop_ctx)(void *ctx); ///< Called once when the ledger is freed; may be NULL.
} medseal_ledger_callbacks;

/// Makes a ledger from your callbacks.
MEDSEAL_MUST_USE medseal_status medseal_ledger_from_callbacks(const medseal_ledger_callbacks *callbacks,
    medseal_ledger **ledger, medseal_error *err);

/// Appends a validated entry. If the ledger already has an entry with this id, adds nothing.
/// @param was_there where to put whether the ledger already had the entry, or NULL
/// @return MEDSEAL_ERR_ERA_PASSED if a different charter is current now,
///         MEDSEAL_ERR_UNKNOWN_CHARTER if the entry was validated for another ledger,
///         MEDSEAL_ERR_INVALID_ARGUMENT if `validated` has more than one entry
MEDSEAL_MUST_USE medseal_status medseal_ledger_append(const medseal_ledger *ledger, const medseal_validated *validated,
    uint64_t *height, bool *was_there, medseal_error *err);

/// Returns the item at a height: an entry or a charter. If it cannot be read, the position in the
/// medseal_error is the height.
/// @param entry receives the entry, or is set to NULL if the item is a charter
/// @param charter receives the charter, or is set to NULL if the item is an entry
/// @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a decoding
///         status if your ledger does not return an item
MEDSEAL_MUST_USE medseal_status medseal_ledger_at(const medseal_ledger *ledger, uint64_t height, medseal_entry **entry,
    medseal_charter **charter, medseal_error *err);

/// Returns the entry with an id.
/// @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_DIGEST_MISMATCH if your ledger returns a
///         different entry, a decoding status if it does not return an entry
MEDSEAL_MUST_USE medseal_status medseal_ledger_get(const medseal_ledger *ledger, const medseal_entry_id *id,
    medseal_entry **entry, medseal_error *err);

/// Proves that an earlier head of the ledger includes an entry.
/// @param size the number of items under that head
/// @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_AFTER_TRUSTED_HEAD if the entry was appended
///         later, MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items, a decoding status if
///         your ledger does not return a proof
MEDSEAL_MUST_USE medseal_status medseal_ledger_prove(const medseal_ledger *ledger, const medseal_entry_id *id,
    uint64_t size, medseal_inclusion_proof **proof, medseal_error *err);

/// Searches a ledger, as a node that holds only public parameters does. An entry whose policy
/// the attributes of the trapdoors do not satisfy costs no pairing. A malformed entry does not
/// end the search: see medseal_found_malformed().
/// @param authority the public key under which the ledger's entries are indexed
/// @param from the height at which the search begins
/// @param progress receives the number of entries searched, on the caller's thread; or NULL
/// @return MEDSEAL_ERR_OTHER_AUTHORITY if the query was made under another public key,
///         MEDSEAL_ERR_HEIGHT_MISSING with the height as position if the ledger omits an item,
///         a decoding status if your ledger does not return a valid result
MEDSEAL_MUST_USE medseal_status medseal_ledger_search(const medseal_ledger *ledger, const medseal_query *query,
    const medseal_search_public_key *authority, uint64_t from, size_t threads, const medseal_progress *progress,
    medseal_found **found, medseal_error *err);

/// Returns the height of a malformed entry: the bytes from the ledger are not an entry, or its
/// index is malformed. They are in the ledger's order.
/// @param why where to put the decoding status that says what is wrong
MEDSEAL_MUST_USE medseal_status medseal_found_malformed(const medseal_found *found, size_t index, uint64_t *height,
    medseal_status *why, medseal_error *err);

/// @}

/// @addtogroup memory_ledger The reference ledger in memory: its blocks, proofs and byte form
/// @{

/// The header of a block of a reference ledger, which describes the chain up to that block.
MEDSEAL_OBJECT(medseal_block_header);

/// Makes a reference ledger in memory that has its first charter. It is for tests and examples,
/// and a model for your own ledger.
/// @return as medseal_charters_new()
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_new(const medseal_charter *first,
    const medseal_super_node_public_key *public_key, medseal_ledger **ledger, medseal_error *err);

/// Returns the charters on a reference ledger.
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_charters(const medseal_ledger *ledger,
    medseal_charters **charters, medseal_error *err);

/// Appends the next charter to a reference ledger. It governs the entries that follow.
/// Appending a charter that is already there changes nothing. If two charters have the same
/// number, the first is valid, and the other is kept as evidence.
/// @return what medseal_charters_push() returns, MEDSEAL_ERR_FINAL_HEAD_REFUSED if its final
///         head was never a head of this ledger
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_append_charter(const medseal_ledger *ledger,
    const medseal_charter *charter, uint64_t *height, medseal_error *err);

/// Returns a charter that a reference ledger refused because it has a different one with this
/// number.
/// @return MEDSEAL_ERR_OUT_OF_RANGE if there are fewer
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_evidence(const medseal_ledger *ledger, size_t index,
    medseal_charter **charter, medseal_error *err);

/// Appends validated entries to a reference ledger as one block: all of them, or none. If some
/// are refused, the status is that of the first one, and the position in the medseal_error is
/// its index.
/// @param height where to put the height of the first entry
/// @return as medseal_ledger_append(), for any number of entries;
///         MEDSEAL_ERR_DUPLICATE_ENTRY if the ledger already has one
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_append_block(const medseal_ledger *ledger,
    const medseal_validated *validated, uint64_t *height, medseal_error *err);

/// Verifies the whole chain of a reference ledger again: every item, every root and every hash.
/// @return MEDSEAL_ERR_CHAIN_BROKEN with the number of the first invalid block as position
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_verify(const medseal_ledger *ledger, medseal_error *err);

/// Returns the header of a block of a reference ledger.
/// @param number which block, from zero
/// @return MEDSEAL_ERR_OUT_OF_RANGE
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_block(const medseal_ledger *ledger, uint64_t number,
    medseal_block_header **header, medseal_error *err);

/// Writes all blocks of a reference ledger.
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_encode(const medseal_ledger *ledger, uint8_t *out,
    size_t *out_len, medseal_error *err);

/// Reads a reference ledger. Checks every item under the charter in force at its height, and
/// the whole chain. This does not show that it is the newest state: compare its head and its id
/// with those from another source.
/// @return a decoding status, MEDSEAL_ERR_CHAIN_BROKEN with the number of the first invalid
///         block as position
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_decode(const uint8_t *data, size_t len,
    const medseal_super_node_public_key *public_key, medseal_ledger **ledger, medseal_error *err);

/// Returns the fields of a block header.
/// @param number where to put the block's number, from zero
/// @param items where to put the number of items up to its end
/// @param root where to put the Merkle root over all of them
/// @param previous where to put the hash of the previous block
/// @param hash where to put the block's hash
MEDSEAL_MUST_USE medseal_status medseal_block_header_fields(const medseal_block_header *header, uint64_t *number,
    uint64_t *items, medseal_digest *root, medseal_digest *previous, medseal_digest *hash, medseal_error *err);

/// @}

/// @addtogroup store Object stores: your own, implemented by callbacks, a directory, or memory
/// @{

/// The callbacks of your own object store. A store keeps bytes at an address, and the library does
/// not trust it. If you use the store on several threads, callbacks may run on several threads at
/// once. Those of one upload, or of one reading, run one after another.
typedef struct medseal_store_callbacks {
    size_t struct_size; ///< sizeof(medseal_store_callbacks).
    void *ctx; ///< For you; may be NULL.
    /// Begins an upload, and sets `*upload` to your pointer for it. Not NULL.
    medseal_status (*begin)(void *ctx, void **upload);
    /// Takes all of the next bytes of an upload. Not NULL.
    medseal_status (*write)(void *ctx, void *upload, const uint8_t *data, size_t len);
    /// Passes the address that the object of an upload will have to medseal_sink_write(): 1 to 1024
    /// printable ASCII characters without spaces. The library calls it after the last byte of the
    /// object, and before anything about the object is signed. `digest` is the record digest of the
    /// bytes written. May be NULL: then the address is that of medseal_address_of() for the digest.
    medseal_status (*address)(void *ctx, void *upload, const medseal_digest *digest, medseal_sink *address);
    /// Ends an upload: durably stores all of what was written at the address, or nothing. If the
    /// address already has an object, leaves it as it is, and returns MEDSEAL_ERR_DIGEST_MISMATCH
    /// if it is a different one. The library does not use `upload` again, whatever the status. Not
    /// NULL.
    medseal_status (*commit)(void *ctx, void *upload, const char *address, size_t address_len);
    /// Ends an upload without committing it, and discards what was written. Not NULL.
    void (*discard)(void *ctx, void *upload);
    /// Begins to read the object at an address, and sets `*reading` to your pointer for it. Returns
    /// MEDSEAL_ERR_UNKNOWN_OBJECT if there is none. Not NULL.
    medseal_status (*open)(void *ctx, const char *address, size_t address_len, void **reading);
    /// Reads at most `len` bytes to `buffer`, and sets `*read` to the number of bytes read: zero
    /// only at the end. Not NULL.
    medseal_status (*read)(void *ctx, void *reading, uint8_t *buffer, size_t len, size_t *read);
    void (*close)(void *ctx, void *reading); ///< Ends a reading. Not NULL.
    /// Checks that an object is durably stored at an address. The library calls it when it does not
    /// know whether an earlier `commit` succeeded. Returns MEDSEAL_ERR_UNKNOWN_OBJECT if there is
    /// none. May be NULL: then the library calls `open` instead.
    medseal_status (*confirm)(void *ctx, const char *address, size_t address_len);
    void (*drop_ctx)(void *ctx); ///< Called once when the store is freed; may be NULL.
} medseal_store_callbacks;

/// Makes an object store from your callbacks.
MEDSEAL_MUST_USE medseal_status medseal_store_from_callbacks(const medseal_store_callbacks *callbacks,
    medseal_store **store, medseal_error *err);
/// Makes an object store in memory, for tests and examples.
MEDSEAL_MUST_USE medseal_status medseal_memory_store_new(medseal_store **store, medseal_error *err);

/// @}

/// @addtogroup share The main job: seal and wrap, unwrap and open; publish, find and open on a ledger
/// @{

/// The first stage of a publication, before a byte leaves the process: the record's id and key.
/// It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_draft);

/// The second stage: a record that is sealed and has an address. It is secret, and wiped when
/// freed.
MEDSEAL_OBJECT(medseal_sealed);

/// Makes an empty database for a hospital.
MEDSEAL_MUST_USE medseal_status medseal_database_new(const medseal_super_node_public_key *public_key,
    const medseal_identity *identity, medseal_database **database, medseal_error *err);
/// Restores a database from the frontier that medseal_database_frontier() returned.
MEDSEAL_MUST_USE medseal_status medseal_database_resume(const medseal_super_node_public_key *public_key,
    const medseal_identity *identity, const medseal_merkle_frontier *frontier, medseal_database **database,
    medseal_error *err);

/// Returns the digest of a database: the Merkle root over its record digests. Show it only to
/// the hospital and to main nodes.
MEDSEAL_MUST_USE medseal_status medseal_database_digest(const medseal_database *database, medseal_digest *digest,
    medseal_error *err);

/// Returns the state of a database. Store it after each publication.
MEDSEAL_MUST_USE medseal_status medseal_database_frontier(const medseal_database *database,
    medseal_merkle_frontier **frontier, medseal_error *err);

/// Makes a draft. Store its byte form before you continue.
/// @param record the record's id, which all readers of the ledger see; NULL for a random one
MEDSEAL_MUST_USE medseal_status medseal_draft_new(const medseal_record_id *record, medseal_draft **draft,
    medseal_error *err);

/// Seals a record into the store. Before the object is committed, `keep` receives the whole
/// byte form of the sealed publication in one call, and must store it durably: without it, a
/// crash could leave an object that nobody knows of. If `keep` fails, nothing is stored.
///
/// Each upload of a draft seals the record again, with a different digest and address. Discard
/// what `keep` stored in an earlier upload. After a crash, or a MEDSEAL_ERR_IO after `keep`,
/// the object may or may not be in the store. Continue with what `keep` stored:
/// medseal_finish() checks whether the object is there.
/// @param keep stores the byte form of the sealed publication
/// @return MEDSEAL_ERR_IO, MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD from the
///         store, MEDSEAL_ERR_INVALID_TEXT if the store returns no valid address
MEDSEAL_MUST_USE medseal_status medseal_upload(const medseal_consortium *consortium, const medseal_draft *draft,
    const medseal_reader *reader, const medseal_writer *keep, const medseal_progress *progress, medseal_sealed **sealed,
    medseal_error *err);

/// Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the
/// envelope and signs. It changes nothing, in the ledger, the store or the database. Store the
/// byte form of the result before you continue.
///
/// Do not prepare two records from the same state of a database. Finish the first, and prepare
/// the second from the state that it leaves.
/// @param database the database of the hospital that gets an envelope, or NULL
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the claim
///         policy, MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_WRONG_MEMBERS_KEY,
///         MEDSEAL_ERR_INVALID_KEY if the keyword key does not match the public parameters,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed
MEDSEAL_MUST_USE medseal_status medseal_prepare(const medseal_consortium *consortium, const medseal_sealed *sealed,
    const medseal_publication *publication, const medseal_database *database, const medseal_progress *progress,
    medseal_prepared **prepared, medseal_error *err);

/// Returns the draft of a prepared publication, for uploading the record again if its object is
/// lost.
MEDSEAL_MUST_USE medseal_status medseal_prepared_draft(const medseal_prepared *prepared, medseal_draft **draft,
    medseal_error *err);

/// Returns the entry of a prepared publication.
MEDSEAL_MUST_USE medseal_status medseal_prepared_entry(const medseal_prepared *prepared, medseal_entry **entry,
    medseal_error *err);

/// Returns the state that the hospital's database has after a prepared publication.
/// @return MEDSEAL_ERR_ABSENT if the publication was prepared without a database
MEDSEAL_MUST_USE medseal_status medseal_prepared_database(const medseal_prepared *prepared,
    medseal_merkle_frontier **frontier, medseal_error *err);

/// Shares a published record under another policy or with other keywords: appends a new entry
/// about the same sealed record. The old entry remains, and everyone who could open the record
/// still can. The call reads the sealed record once, to check that it exists.
/// @param entry the id of an entry about the record
/// @param publication the new access policy, the keywords and the signing key
/// @param resume receives, after a failure, a publication that medseal_finish() can finish; it
///               is set to NULL if there is none. May be NULL
/// @return as medseal_publish(), and MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_UNKNOWN_OBJECT,
///         MEDSEAL_ERR_DECRYPTION_FAILED if the key is not the record's
MEDSEAL_MUST_USE medseal_status medseal_rewrap(const medseal_consortium *consortium, const medseal_entry_id *entry,
    const medseal_record_key *key, const medseal_publication *publication, const medseal_progress *progress,
    medseal_prepared **resume, medseal_published *published, medseal_error *err);

/// Unwraps the record key in an entry.
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_MEMBERS_KEY_MISSING,
///         MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_DECRYPTION_FAILED,
///         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_UNKNOWN_CHARTER,
///         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_INVALID_SIGNATURE or
///         MEDSEAL_ERR_INVALID_PROOF if the ledger returns an entry that it should not have
///         accepted, or what medseal_ledger_get() and medseal_ledger_prove() return
MEDSEAL_MUST_USE medseal_status medseal_unwrap_record_key(const medseal_consortium *consortium,
    const medseal_entry_id *entry, const medseal_abe_decryption_key *key, medseal_record_key **record_key,
    medseal_error *err);

/// @}

#ifdef __cplusplus
}
#endif

#endif
