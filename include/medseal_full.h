/**
 * @file medseal_full.h
 * @brief The whole C interface. It includes medseal.h, whose first page holds for all functions.
 *
 * Generated from src/ffi by include/generate; do not edit.
 */

#ifndef MEDSEAL_FULL_H
#define MEDSEAL_FULL_H

#include "medseal.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup values What travels by value: digests, ids, and what is read of them at once
 * @{ */

#define MEDSEAL_POSSESSION_BYTES 48 /**< Bytes of a medseal_possession. */
#define MEDSEAL_CERTIFICATE_SERIAL_BYTES 16 /**< Bytes of a medseal_certificate_serial. */
#define MEDSEAL_SESSION_ID_BYTES 32 /**< Bytes of a medseal_session_id. */
#define MEDSEAL_SECRET_BYTES 32 /**< Bytes of a medseal_secret. */

/** A proof that somebody has the master secret of a public key. Public. */
typedef struct medseal_possession {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_POSSESSION_BYTES];
} medseal_possession;

/** The serial number of a certificate, under which it is revoked. Public, random. */
typedef struct medseal_certificate_serial {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_CERTIFICATE_SERIAL_BYTES];
} medseal_certificate_serial;

/** The id of a session, the same on both sides. Public. */
typedef struct medseal_session_id {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_SESSION_ID_BYTES];
} medseal_session_id;

/** Thirty-two secret bytes. Wipe them with medseal_wipe() when you are done. */
typedef struct medseal_secret {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_SECRET_BYTES];
} medseal_secret;

/** @} */

/** @addtogroup callbacks Callbacks: streams, progress, and where a callback puts bytes
 * @{ */

/**
 * Where a callback puts the bytes that it was asked for. It belongs to the library, and lives
 * until the callback returns.
 */
typedef struct medseal_sink medseal_sink;

/**
 * Puts bytes where a callback was asked to, after those that it put there before.
 *
 * @param sink what the callback was given
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED if there are more than an entry can have,
 *         MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_sink_write(medseal_sink *sink, const uint8_t *data, size_t len,
    medseal_error *err);

/** @} */

/** @addtogroup attributes Attributes
 * @{ */

/** Writes the byte form of a set of attributes. */
MEDSEAL_MUST_USE medseal_status medseal_attributes_encode(const medseal_attributes *attributes, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a set of attributes, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_attributes_decode(const uint8_t *data, size_t len,
    medseal_attributes **attributes, medseal_error *err);

/**
 * Makes a set of one attribute that is a label alone, such as `emergency`.
 *
 * @return MEDSEAL_ERR_POLICY if the label is not allowed
 */
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_label(const char *label, size_t label_len,
    medseal_attributes **attributes, medseal_error *err);

/**
 * Makes a set of one attribute with a text, such as `role=doctor`. The text is one value
 * whatever it has in it: nothing in it is read as syntax, and `3` stays a text.
 *
 * @param text UTF-8, any characters but control and hidden ones
 * @return MEDSEAL_ERR_POLICY if the label or the text is not allowed
 */
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_text(const char *label, size_t label_len, const char *text,
    size_t text_len, medseal_attributes **attributes, medseal_error *err);

/**
 * Makes a set of one attribute with a number, such as `clearance=3`.
 *
 * @param number the number
 * @return MEDSEAL_ERR_POLICY if the label is not allowed
 */
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_number(const char *label, size_t label_len, uint32_t number,
    medseal_attributes **attributes, medseal_error *err);

/**
 * Makes a set of one attribute with a date, such as `valid_until=2027-01-31`.
 *
 * @param year 1970 to 9999
 * @param month 1 to 12
 * @param day the day of the month, from 1
 * @return MEDSEAL_ERR_POLICY if the label or the date is not allowed
 */
MEDSEAL_MUST_USE medseal_status medseal_attributes_of_date(const char *label, size_t label_len, uint32_t year,
    uint32_t month, uint32_t day, medseal_attributes **attributes, medseal_error *err);

/**
 * Makes the set of all attributes of some sets; the empty set of none.
 *
 * @param sets the sets, which are copied
 * @return MEDSEAL_ERR_POLICY if a label has two numbers, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_attributes_join(const medseal_attributes *const *sets, size_t count,
    medseal_attributes **attributes, medseal_error *err);

/** Writes a set of attributes as text in its canonical form. */
MEDSEAL_MUST_USE medseal_status medseal_attributes_text(const medseal_attributes *attributes, char *out,
    size_t *out_len, medseal_error *err);
/** How many attributes a set has. */
MEDSEAL_MUST_USE medseal_status medseal_attributes_count(const medseal_attributes *attributes, size_t *count,
    medseal_error *err);

/** @} */

/** @addtogroup policy Policies
 * @{ */

#define MEDSEAL_COMPARE_EQUAL 0 /**< `label = value` */
#define MEDSEAL_COMPARE_NOT_EQUAL 1 /**< `label != value`: the label has a value, but another. */
#define MEDSEAL_COMPARE_LESS 2 /**< `label < value` */
#define MEDSEAL_COMPARE_AT_MOST 3 /**< `label <= value` */
#define MEDSEAL_COMPARE_GREATER 4 /**< `label > value` */
#define MEDSEAL_COMPARE_AT_LEAST 5 /**< `label >= value` */

/** Writes the byte form of a policy. */
MEDSEAL_MUST_USE medseal_status medseal_policy_encode(const medseal_policy *policy, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a policy, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_policy_decode(const uint8_t *data, size_t len, medseal_policy **policy,
    medseal_error *err);

/**
 * Makes a policy of a label alone, such as `emergency`: the attributes have it, without a
 * value.
 *
 * @return MEDSEAL_ERR_POLICY if the label is not allowed
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_of_label(const char *label, size_t label_len, medseal_policy **policy,
    medseal_error *err);

/**
 * Makes a policy that compares a label with a text, such as `ward="3 East"`. The text is one
 * value whatever it has in it.
 *
 * @param comparison MEDSEAL_COMPARE_EQUAL or MEDSEAL_COMPARE_NOT_EQUAL
 * @param text UTF-8, any characters but control and hidden ones
 * @return MEDSEAL_ERR_POLICY if the label or the text is not allowed, MEDSEAL_ERR_POLICY for
 *         comparisons that texts do not have
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_compare_text(const char *label, size_t label_len, int32_t comparison,
    const char *text, size_t text_len, medseal_policy **policy, medseal_error *err);

/**
 * Makes a policy that compares a label with a number, such as `clearance>=3`.
 *
 * @param comparison one of the MEDSEAL_COMPARE_ values
 * @param number the number
 * @return MEDSEAL_ERR_POLICY if the label is not allowed or no number compares so
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_compare_number(const char *label, size_t label_len, int32_t comparison,
    uint32_t number, medseal_policy **policy, medseal_error *err);

/**
 * Makes a policy that compares a label with a date, such as `valid_until>=2027-01-31`.
 *
 * @param comparison one of the MEDSEAL_COMPARE_ values
 * @param year 1970 to 9999
 * @param month 1 to 12
 * @param day the day of the month, from 1
 * @return MEDSEAL_ERR_POLICY if the label or the date is not allowed or no date compares so
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_compare_date(const char *label, size_t label_len, int32_t comparison,
    uint32_t year, uint32_t month, uint32_t day, medseal_policy **policy, medseal_error *err);

/**
 * Makes a policy that a number lies between two, such as `clearance in 3..15`: often much
 * smaller than two comparisons.
 *
 * @param from the least
 * @param to the greatest
 * @return MEDSEAL_ERR_POLICY if the label is not allowed or no number lies between
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_between_numbers(const char *label, size_t label_len, uint32_t from,
    uint32_t to, medseal_policy **policy, medseal_error *err);

/**
 * Makes a policy that a date lies between two, such as `until in 2026-01-01..2026-12-31`:
 * often much smaller than two comparisons.
 *
 * @param from_year the first day: its year, 1970 to 9999
 * @param from_month its month, 1 to 12
 * @param from_day its day of the month, from 1
 * @param to_year the last day: its year, 1970 to 9999
 * @param to_month its month, 1 to 12
 * @param to_day its day of the month, from 1
 * @return MEDSEAL_ERR_POLICY if the label or a date is not allowed or no date lies between
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_between_dates(const char *label, size_t label_len, uint32_t from_year,
    uint32_t from_month, uint32_t from_day, uint32_t to_year, uint32_t to_month, uint32_t to_day,
    medseal_policy **policy, medseal_error *err);

/**
 * Makes a policy that is satisfied if at least so many of some policies are: 1 of them is
 * *or*, all of them is *and*.
 *
 * @param threshold how many, from 1 to `count`
 * @param policies the policies, which are copied
 * @param count how many, at least 1
 * @return MEDSEAL_ERR_POLICY if the numbers are not allowed or the policy becomes larger than
 *         one can be
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_threshold(size_t threshold, const medseal_policy *const *policies,
    size_t count, medseal_policy **policy, medseal_error *err);

/**
 * Makes the negation of a policy.
 *
 * @return MEDSEAL_ERR_POLICY if it cannot be negated
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_not(const medseal_policy *negated, medseal_policy **policy,
    medseal_error *err);

/** Writes a policy as text in its canonical form: policies with the same text are the same. */
MEDSEAL_MUST_USE medseal_status medseal_policy_text(const medseal_policy *policy, char *out, size_t *out_len,
    medseal_error *err);

/**
 * Says what attributes lack for a policy, as a short text of one or more lines;
 * empty if they satisfy it.
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_diagnose(const medseal_policy *policy,
    const medseal_attributes *attributes, char *out, size_t *out_len, medseal_error *err);

/**
 * How many rows a policy has: what wrapped keys and indexes have elements for. Attributes that
 * are asked for together are one row, however many; a comparison of numbers is one or a few.
 */
MEDSEAL_MUST_USE medseal_status medseal_policy_rows(const medseal_policy *policy, size_t *rows, medseal_error *err);

/** @} */

/** @addtogroup members The members' key of each epoch
 * @{ */

#define MEDSEAL_EPOCH_COMMITMENT_BYTES 32 /**< Bytes of the commitment in a medseal_epoch_commitment. */

/** What a hospital says of its backup of a members' key. */
typedef struct medseal_backup_confirmation medseal_backup_confirmation;
/** One holder's share of a members' key. It is secret, and wiped when freed. */
typedef struct medseal_key_share medseal_key_share;

/**
 * All shares of a members' key, for the person who gives them out. It is secret, and wiped
 * when freed.
 */
typedef struct medseal_key_shares medseal_key_shares;

/**
 * The members' epoch that a consortium demands, and the commitment to its key. Public.
 * All zeros stand for none.
 */
typedef struct medseal_epoch_commitment {
    /** The number of the epoch, from 1 on. */
    uint32_t epoch;
    /** The commitment. */
    uint8_t bytes[MEDSEAL_EPOCH_COMMITMENT_BYTES];
} medseal_epoch_commitment;

/** Writes the byte form of a members' key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_members_key_encode(const medseal_members_key *key, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a members' key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_members_key_decode(const uint8_t *data, size_t len, medseal_members_key **key,
    medseal_error *err);

/**
 * Makes the key of an epoch, of which one member makes one for all. It serves
 * when the epoch has begun.
 *
 * @param epoch the number of the epoch, from 1 on
 * @return MEDSEAL_ERR_INVALID_FIELD for epoch 0
 */
MEDSEAL_MUST_USE medseal_status medseal_members_key_generate(uint32_t epoch, medseal_members_key **key,
    medseal_error *err);

/** The epoch of a members' key. */
MEDSEAL_MUST_USE medseal_status medseal_members_key_epoch(const medseal_members_key *key, uint32_t *epoch,
    medseal_error *err);

/**
 * Checks that a key is the one of the epoch that the consortium commits to. A record sealed
 * under another is lost.
 *
 * @param commitment what the consortium commits to
 * @return MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_INVALID_FIELD if the commitment is none
 */
MEDSEAL_MUST_USE medseal_status medseal_members_key_check(const medseal_members_key *key,
    const medseal_epoch_commitment *commitment, medseal_error *err);

/**
 * Splits a members' key among holders who keep their shares offline: any `threshold` of them
 * restore it, fewer learn nothing.
 *
 * @param threshold how many shares restore it, at least 2
 * @param holders how many shares there are to be
 * @return MEDSEAL_ERR_OUT_OF_RANGE unless 2 <= threshold <= holders
 */
MEDSEAL_MUST_USE medseal_status medseal_members_key_split(const medseal_members_key *key, uint8_t threshold,
    uint8_t holders, medseal_key_shares **shares, medseal_error *err);

/** Frees the shares of a members' key, and wipes it. */
void medseal_key_shares_free(medseal_key_shares *shares);

/**
 * One of the shares of a members' key.
 *
 * @param index which, from zero
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_key_shares_get(const medseal_key_shares *shares, size_t index,
    medseal_key_share **share, medseal_error *err);

/**
 * Restores a members' key from shares. As many are used as it was split for, the first ones.
 *
 * @param shares array of shares
 * @param commitment what the consortium commits to
 * @return MEDSEAL_ERR_BACKUPS_MISSING if there are too few, MEDSEAL_ERR_WRONG_MEMBERS_KEY if
 *         one is wrong or stands there twice, or they are of another key,
 *         MEDSEAL_ERR_INVALID_FIELD if the commitment is none
 */
MEDSEAL_MUST_USE medseal_status medseal_members_key_restore(const medseal_key_share *const *shares, size_t count,
    const medseal_epoch_commitment *commitment, medseal_members_key **key, medseal_error *err);

/** Writes the byte form of a share of a members' key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_key_share_encode(const medseal_key_share *share, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a share of a members' key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_key_share_decode(const uint8_t *data, size_t len, medseal_key_share **share,
    medseal_error *err);
/** Frees a share of a members' key, and wipes it. */
void medseal_key_share_free(medseal_key_share *share);

/**
 * What a share says of itself.
 *
 * @param epoch where to put the epoch whose key was split
 * @param threshold where to put how many shares restore it
 * @param index where to put which share this is, from 1 on
 */
MEDSEAL_MUST_USE medseal_status medseal_key_share_status(const medseal_key_share *share, uint32_t *epoch,
    uint8_t *threshold, uint8_t *index, medseal_error *err);

/** Writes the byte form of the members' keys of several epochs. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_members_keys_encode(const medseal_members_keys *keys, uint8_t *out,
    size_t *out_len, medseal_error *err);

/**
 * Makes a set of those that are held and one key more. The same key once more changes nothing.
 *
 * @param held the set that is held; NULL for none
 * @param key the key to take up
 * @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of this epoch is held,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_members_keys_add(const medseal_members_keys *held,
    const medseal_members_key *key, medseal_members_keys **keys, medseal_error *err);

/**
 * Makes a set of those that are held and all that another member handed on.
 *
 * @param held the set that is held; NULL for none
 * @param received the set that was received
 * @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of one of its epochs is held,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_members_keys_merge(const medseal_members_keys *held,
    const medseal_members_keys *received, medseal_members_keys **keys, medseal_error *err);

/** How many epochs a member holds keys of. */
MEDSEAL_MUST_USE medseal_status medseal_members_keys_count(const medseal_members_keys *keys, size_t *count,
    medseal_error *err);

/**
 * One of the epochs that a member holds keys of, in order.
 *
 * @param index which, from zero
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_members_keys_epoch(const medseal_members_keys *keys, size_t index,
    uint32_t *epoch, medseal_error *err);

/**
 * The key of an epoch.
 *
 * @param epoch the number of the epoch
 * @return MEDSEAL_ERR_MEMBERS_KEY_MISSING
 */
MEDSEAL_MUST_USE medseal_status medseal_members_keys_get(const medseal_members_keys *keys, uint32_t epoch,
    medseal_members_key **key, medseal_error *err);

/** Writes the byte form of a confirmed backup. */
MEDSEAL_MUST_USE medseal_status medseal_backup_confirmation_encode(const medseal_backup_confirmation *confirmation,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of a confirmed backup, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_backup_confirmation_decode(const uint8_t *data, size_t len,
    medseal_backup_confirmation **confirmation, medseal_error *err);
/** Frees a confirmed backup. */
void medseal_backup_confirmation_free(medseal_backup_confirmation *confirmation);

/**
 * Confirms a backup of a members' key, with the bytes as they were read back from it, and
 * not with those in memory.
 *
 * @param restored the byte form of the key, from the backup
 * @param name the name of the hospital that has the backup, UTF-8
 * @return a decoding status if the backup is damaged
 */
MEDSEAL_MUST_USE medseal_status medseal_backup_confirm(const uint8_t *restored, size_t restored_len, const char *name,
    size_t name_len, medseal_backup_confirmation **confirmation, medseal_error *err);

/** Writes the name of the hospital that confirms a backup. */
MEDSEAL_MUST_USE medseal_status medseal_backup_confirmation_hospital(const medseal_backup_confirmation *confirmation,
    char *out, size_t *out_len, medseal_error *err);

/**
 * Begins an epoch: gives the commitment that the consortium is to state. A lost members' key
 * loses every record of its epoch, so three different hospitals have to confirm a restored
 * backup first.
 *
 * @param key the key of the epoch
 * @param confirmations array of confirmed backups
 * @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if one of them is of another key,
 *         MEDSEAL_ERR_BACKUPS_MISSING if they are of fewer hospitals
 */
MEDSEAL_MUST_USE medseal_status medseal_begin_epoch(const medseal_members_key *key,
    const medseal_backup_confirmation *const *confirmations, size_t count, medseal_epoch_commitment *commitment,
    medseal_error *err);

/** @} */

/** @addtogroup abe_keys Keys for key wrapping: the authority's, and its users'
 * @{ */

/** The authority's master key for key wrapping. It is secret, and wiped when freed. */
typedef struct medseal_abe_master_key medseal_abe_master_key;
/** Writes the byte form of a master key for key wrapping. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_abe_master_key_encode(const medseal_abe_master_key *master, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a master key for key wrapping, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abe_master_key_decode(const uint8_t *data, size_t len,
    medseal_abe_master_key **master, medseal_error *err);
/** Frees a master key for key wrapping, and wipes it. */
void medseal_abe_master_key_free(medseal_abe_master_key *master);
/** Makes a master key for key wrapping. */
MEDSEAL_MUST_USE medseal_status medseal_abe_master_key_generate(medseal_abe_master_key **master, medseal_error *err);
/** The public key of a master key. */
MEDSEAL_MUST_USE medseal_status medseal_abe_master_key_public(const medseal_abe_master_key *master,
    medseal_abe_public_key **public_key, medseal_error *err);

/**
 * Issues a decryption key for attributes. Work grows with their number, of which a number or a
 * date among them counts as 9 to 128.
 *
 * @param attributes what the key is for
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_issue(const medseal_abe_master_key *master,
    const medseal_attributes *attributes, medseal_abe_decryption_key **key, medseal_error *err);

/** Writes the byte form of a public key for key wrapping. */
MEDSEAL_MUST_USE medseal_status medseal_abe_public_key_encode(const medseal_abe_public_key *public_key, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a public key for key wrapping, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abe_public_key_decode(const uint8_t *data, size_t len,
    medseal_abe_public_key **public_key, medseal_error *err);

/**
 * Checks a proof that somebody has the master secret of a public key. Require it before you
 * wrap under a new key: without it, the members of another authority may have keys under this
 * one.
 *
 * @param proof the proof, from medseal_generation_certificate_possession()
 * @return MEDSEAL_ERR_INVALID_PROOF, or a decoding status if the proof is no point
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_public_key_verify_possession(const medseal_abe_public_key *public_key,
    const medseal_possession *proof, medseal_error *err);

/** Writes the byte form of a decryption key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_abe_decryption_key_encode(const medseal_abe_decryption_key *key, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a decryption key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abe_decryption_key_decode(const uint8_t *data, size_t len,
    medseal_abe_decryption_key **key, medseal_error *err);
/** The attributes that a decryption key is for. */
MEDSEAL_MUST_USE medseal_status medseal_abe_decryption_key_attributes(const medseal_abe_decryption_key *key,
    medseal_attributes **attributes, medseal_error *err);

/**
 * Checks that a decryption key was issued under a public key. Do this once, when you get a
 * key.
 *
 * @return MEDSEAL_ERR_INVALID_KEY
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_decryption_key_verify(const medseal_abe_decryption_key *key,
    const medseal_abe_public_key *public_key, medseal_error *err);

/** @} */

/** @addtogroup abe Key wrapping: a record's key under a policy
 * @{ */

/** A fresh shared key under a policy, for protocols of your own. */
typedef struct medseal_abe_encapsulation medseal_abe_encapsulation;

/**
 * Wraps a secret under a policy.
 *
 * @param policy whose attributes satisfy this can unwrap it
 * @param secret_len its bytes, at most 4096
 * @param aad what is authenticated with it and has to be the same for unwrapping
 * @param members the members' key that unwrapping is to need as well, or NULL
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_wrap(const medseal_abe_public_key *public_key, const medseal_policy *policy,
    const uint8_t *secret, size_t secret_len, const uint8_t *aad, size_t aad_len, const medseal_members_key *members,
    medseal_abe_wrapped_key **wrapped, medseal_error *err);

/**
 * Unwraps a secret. The bytes are secret: wipe them when you are done.
 *
 * @param aad what was authenticated with it
 * @param members the members' keys that are held, or NULL
 * @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_POLICY_NOT_SATISFIED,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status if a point that was not needed to
 *         read the wrapped key is wrong
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_unwrap(const medseal_abe_decryption_key *key,
    const medseal_abe_wrapped_key *wrapped, const uint8_t *aad, size_t aad_len, const medseal_members_keys *members,
    uint8_t *out, size_t *out_len, medseal_error *err);

/**
 * The epoch of the members' key that a wrapped key needs.
 *
 * @param epoch where to put the number of the epoch; 0 if it needs none
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_wrapped_key_epoch(const medseal_abe_wrapped_key *wrapped, uint32_t *epoch,
    medseal_error *err);

/** The policy of a wrapped key. */
MEDSEAL_MUST_USE medseal_status medseal_abe_wrapped_key_policy(const medseal_abe_wrapped_key *wrapped,
    medseal_policy **policy, medseal_error *err);

/**
 * Whether a key for these attributes would satisfy the policy of a wrapped
 * key. It costs no pairing.
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_could_unwrap(const medseal_abe_wrapped_key *wrapped,
    const medseal_attributes *attributes, bool *could, medseal_error *err);

/** Writes the byte form of an encapsulation. */
MEDSEAL_MUST_USE medseal_status medseal_abe_encapsulation_encode(const medseal_abe_encapsulation *encapsulation,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of an encapsulation, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abe_encapsulation_decode(const uint8_t *data, size_t len,
    medseal_abe_encapsulation **encapsulation, medseal_error *err);
/** Frees an encapsulation. */
void medseal_abe_encapsulation_free(medseal_abe_encapsulation *encapsulation);

/**
 * Makes a fresh shared key, and its encapsulation under a policy.
 *
 * @param policy whose attributes satisfy this can decapsulate it
 * @param shared where to put the shared key; wipe it when you are done
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_encapsulate(const medseal_abe_public_key *public_key,
    const medseal_policy *policy, medseal_abe_encapsulation **encapsulation, medseal_secret *shared,
    medseal_error *err);

/**
 * Recovers the shared key of an encapsulation.
 *
 * @param shared where to put the shared key; wipe it when you are done
 * @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status
 *         if a point that was not needed to read the encapsulation is wrong
 */
MEDSEAL_MUST_USE medseal_status medseal_abe_decapsulate(const medseal_abe_decryption_key *key,
    const medseal_abe_encapsulation *encapsulation, medseal_secret *shared, medseal_error *err);

/** @} */

/** @addtogroup abs Signatures by attributes: by somebody entitled to, without saying who
 * @{ */

/** The authority's master key for signatures. It is secret, and wiped when freed. */
typedef struct medseal_abs_master_key medseal_abs_master_key;
/** The authority's public key for signatures. */
typedef struct medseal_abs_public_key medseal_abs_public_key;

/**
 * A signature that shows that the signer's attributes satisfy a policy, and nothing else of
 * the signer.
 */
typedef struct medseal_abs_signature medseal_abs_signature;

/** What medseal_abs_verify() takes, for medseal_abs_verify_batch(). It owns nothing. */
typedef struct medseal_abs_claim {
    /** The authority's public key. */
    const medseal_abs_public_key *public_key;
    /** The policy that the signer is said to satisfy. */
    const medseal_policy *policy;
    /** What the signature is for. */
    const uint8_t *context;
    /** Bytes of the context. */
    size_t context_len;
    /** The message. */
    const uint8_t *message;
    /** Bytes of the message. */
    size_t message_len;
    /** The signature. */
    const medseal_abs_signature *signature;
} medseal_abs_claim;

/** Writes the byte form of a master key for signatures. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_abs_master_key_encode(const medseal_abs_master_key *master, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a master key for signatures, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abs_master_key_decode(const uint8_t *data, size_t len,
    medseal_abs_master_key **master, medseal_error *err);
/** Frees a master key for signatures, and wipes it. */
void medseal_abs_master_key_free(medseal_abs_master_key *master);
/** Makes a master key for signatures. */
MEDSEAL_MUST_USE medseal_status medseal_abs_master_key_generate(medseal_abs_master_key **master, medseal_error *err);
/** The public key of a master key. */
MEDSEAL_MUST_USE medseal_status medseal_abs_master_key_public(const medseal_abs_master_key *master,
    medseal_abs_public_key **public_key, medseal_error *err);

/**
 * Issues a signing key for attributes.
 *
 * @param attributes what the key is for
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_abs_issue(const medseal_abs_master_key *master,
    const medseal_attributes *attributes, medseal_abs_signing_key **key, medseal_error *err);

/** Writes the byte form of a public key for signatures. */
MEDSEAL_MUST_USE medseal_status medseal_abs_public_key_encode(const medseal_abs_public_key *public_key, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a public key for signatures, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abs_public_key_decode(const uint8_t *data, size_t len,
    medseal_abs_public_key **public_key, medseal_error *err);
/** Frees a public key for signatures. */
void medseal_abs_public_key_free(medseal_abs_public_key *public_key);

/**
 * Checks a proof that somebody has the master secret of a public key. Require it before a
 * charter names a new key: without it, the members of another authority may have keys under
 * this one.
 *
 * @param proof the proof, from medseal_generation_certificate_possession()
 * @return MEDSEAL_ERR_INVALID_PROOF, or a decoding status if the proof is no point
 */
MEDSEAL_MUST_USE medseal_status medseal_abs_public_key_verify_possession(const medseal_abs_public_key *public_key,
    const medseal_possession *proof, medseal_error *err);

/** Writes the byte form of a signing key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_abs_signing_key_encode(const medseal_abs_signing_key *key, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a signing key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abs_signing_key_decode(const uint8_t *data, size_t len,
    medseal_abs_signing_key **key, medseal_error *err);
/** The attributes that a signing key is for. */
MEDSEAL_MUST_USE medseal_status medseal_abs_signing_key_attributes(const medseal_abs_signing_key *key,
    medseal_attributes **attributes, medseal_error *err);

/**
 * Checks that a signing key was issued under a public key. Do this once, when you get a key.
 *
 * @return MEDSEAL_ERR_INVALID_KEY
 */
MEDSEAL_MUST_USE medseal_status medseal_abs_signing_key_verify(const medseal_abs_signing_key *key,
    const medseal_abs_public_key *public_key, medseal_error *err);

/** Writes the byte form of a signature. */
MEDSEAL_MUST_USE medseal_status medseal_abs_signature_encode(const medseal_abs_signature *signature, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a signature, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_abs_signature_decode(const uint8_t *data, size_t len,
    medseal_abs_signature **signature, medseal_error *err);
/** Frees a signature. */
void medseal_abs_signature_free(medseal_abs_signature *signature);

/**
 * Signs a message as one whose attributes satisfy a policy.
 *
 * @param policy the policy, which the verifier has to know
 * @param context what the signature is for, so that it counts for nothing else
 * @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_abs_sign(const medseal_abs_signing_key *key, const medseal_policy *policy,
    const uint8_t *context, size_t context_len, const uint8_t *message, size_t message_len,
    medseal_abs_signature **signature, medseal_error *err);

/**
 * Verifies a signature.
 *
 * @param policy the policy that the signer is said to satisfy
 * @param context what the signature is for
 * @return MEDSEAL_ERR_INVALID_SIGNATURE
 */
MEDSEAL_MUST_USE medseal_status medseal_abs_verify(const medseal_abs_public_key *public_key,
    const medseal_policy *policy, const uint8_t *context, size_t context_len, const uint8_t *message,
    size_t message_len, const medseal_abs_signature *signature, medseal_error *err);

/**
 * Verifies many signatures, which is faster than each by itself. If some are not valid, the
 * position in the medseal_error is the index of the first of them.
 *
 * @param claims the signatures, with what they are about
 * @return if all are valid, MEDSEAL_ERR_INVALID_SIGNATURE
 */
MEDSEAL_MUST_USE medseal_status medseal_abs_verify_batch(const medseal_abs_claim *claims, size_t count, size_t threads,
    medseal_error *err);

/** @} */

/** @addtogroup search_keys Keys for keyword search: the authority's, and its members'
 * @{ */

/** The authority's master key for search. It is secret, and wiped when freed. */
typedef struct medseal_search_master_key medseal_search_master_key;
/** The authority's public key for search. */
typedef struct medseal_search_public_key medseal_search_public_key;
/** Writes the byte form of a master key for search. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_search_master_key_encode(const medseal_search_master_key *master, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a master key for search, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_search_master_key_decode(const uint8_t *data, size_t len,
    medseal_search_master_key **master, medseal_error *err);
/** Frees a master key for search, and wipes it. */
void medseal_search_master_key_free(medseal_search_master_key *master);
/** Makes a master key for search. */
MEDSEAL_MUST_USE medseal_status medseal_search_master_key_generate(medseal_search_master_key **master,
    medseal_error *err);
/** The public key of a master key. */
MEDSEAL_MUST_USE medseal_status medseal_search_master_key_public(const medseal_search_master_key *master,
    medseal_search_public_key **public_key, medseal_error *err);

/**
 * Issues a search key for attributes.
 *
 * @param attributes what the key is for
 * @param keyword_key the members' keyword key, which the search key carries
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_search_issue(const medseal_search_master_key *master,
    const medseal_attributes *attributes, const medseal_keyword_key *keyword_key, medseal_search_key **key,
    medseal_error *err);

/** Writes the byte form of a public key for search. */
MEDSEAL_MUST_USE medseal_status medseal_search_public_key_encode(const medseal_search_public_key *public_key,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of a public key for search, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_search_public_key_decode(const uint8_t *data, size_t len,
    medseal_search_public_key **public_key, medseal_error *err);
/** Frees a public key for search. */
void medseal_search_public_key_free(medseal_search_public_key *public_key);
/** Writes the byte form of a search key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_search_key_encode(const medseal_search_key *key, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a search key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_search_key_decode(const uint8_t *data, size_t len, medseal_search_key **key,
    medseal_error *err);

/**
 * Checks that a search key was issued under a public key. Do this once, when you get a key.
 *
 * @return MEDSEAL_ERR_INVALID_KEY
 */
MEDSEAL_MUST_USE medseal_status medseal_search_key_verify(const medseal_search_key *key,
    const medseal_search_public_key *public_key, medseal_error *err);

/** Writes the byte form of a keyword key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_keyword_key_encode(const medseal_keyword_key *key, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Makes a keyword key. */
MEDSEAL_MUST_USE medseal_status medseal_keyword_key_generate(medseal_keyword_key **key, medseal_error *err);

/** @} */

/** @addtogroup search Keyword search: keywords and indexes
 * @{ */

/** Pad the indexes of a record to the next power of two, so that their number tells little. */
#define MEDSEAL_PADDING_POWER_OF_TWO 0
#define MEDSEAL_PADDING_NONE 1 /**< Do not pad: the number of indexes is the number of keywords. */

/** The keywords of a record, hidden under its access policy. */
typedef struct medseal_search_index medseal_search_index;

/**
 * A keyword of a field, such as `e11.9` of `diagnosis`.
 *
 * @return MEDSEAL_ERR_INVALID_KEYWORD
 */
MEDSEAL_MUST_USE medseal_status medseal_keyword_with_field(const char *field, size_t field_len, const char *word,
    size_t word_len, medseal_keyword **keyword, medseal_error *err);

/** Writes a keyword in its normal form. */
MEDSEAL_MUST_USE medseal_status medseal_keyword_text(const medseal_keyword *keyword, char *out, size_t *out_len,
    medseal_error *err);
/** Writes the byte form of a keyword index. */
MEDSEAL_MUST_USE medseal_status medseal_search_index_encode(const medseal_search_index *index, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a keyword index, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_search_index_decode(const uint8_t *data, size_t len,
    medseal_search_index **index, medseal_error *err);
/** Frees a keyword index. */
void medseal_search_index_free(medseal_search_index *index);

/**
 * Indexes the keywords of a record under a policy.
 *
 * @param keyword_key the members' keyword key
 * @param keywords the keywords, at most 256
 * @param policy who may find the record
 * @param padding MEDSEAL_PADDING_POWER_OF_TWO or MEDSEAL_PADDING_NONE
 * @param hints NULL unless the deployment has agreed on hints
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed
 */
MEDSEAL_MUST_USE medseal_status medseal_search_index_record(const medseal_search_public_key *public_key,
    const medseal_keyword_key *keyword_key, const medseal_keyword *const *keywords, size_t count,
    const medseal_policy *policy, int32_t padding, const medseal_hints *hints, medseal_search_index **index,
    medseal_error *err);

/** How many keywords a keyword index holds, padding included. */
MEDSEAL_MUST_USE medseal_status medseal_search_index_count(const medseal_search_index *index, size_t *count,
    medseal_error *err);
/** The policy of a keyword index. */
MEDSEAL_MUST_USE medseal_status medseal_search_index_policy(const medseal_search_index *index, medseal_policy **policy,
    medseal_error *err);

/**
 * Checks every point of a keyword index, also those that decoding leaves for matching:
 * what a ledger node does.
 *
 * @return a decoding status
 */
MEDSEAL_MUST_USE medseal_status medseal_search_index_validate(const medseal_search_index *index, medseal_error *err);

/** @} */

/** @addtogroup query Trapdoors and queries: how a ledger node searches
 * @{ */

/** How many parts a query may have: its trapdoors, and each *and* and *or* over some of them. */
#define MEDSEAL_QUERY_PARTS 1024
#define MEDSEAL_QUERY_DEPTH 32 /**< How deep the parts of a query may lie; a query for one keyword is one deep. */
#define MEDSEAL_MATCH_NO 0 /**< The record does not match. */
#define MEDSEAL_MATCH_YES 1 /**< The record matches. */
#define MEDSEAL_MATCH_MALFORMED 2 /**< The record could not be judged: its keyword index is malformed. */

/** A query made ready for many matches, by a ledger node. About 40 KB for each trapdoor. */
typedef struct medseal_prepared_query medseal_prepared_query;

/**
 * What a user asks of a ledger node: trapdoors, joined by *and* and *or*. Its byte form is
 * what travels there; send it inside a session.
 */
typedef struct medseal_query medseal_query;

/**
 * What lets a ledger node find one keyword among the records that its attributes may see,
 * without telling it the keyword.
 */
typedef struct medseal_trapdoor medseal_trapdoor;

/** Writes the byte form of a trapdoor. */
MEDSEAL_MUST_USE medseal_status medseal_trapdoor_encode(const medseal_trapdoor *trapdoor, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a trapdoor, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_trapdoor_decode(const uint8_t *data, size_t len, medseal_trapdoor **trapdoor,
    medseal_error *err);
/** Frees a trapdoor. */
void medseal_trapdoor_free(medseal_trapdoor *trapdoor);

/**
 * Makes a trapdoor for a keyword.
 *
 * @param showing the attributes that the trapdoor shows and matches with, some of the key's:
 *                those that the policies at hand need, of medseal_attributes_needed(). Those
 *                of medseal_search_key_attributes() are all of them, by which a node may know
 *                its user
 * @param hints the periods to give hints for, ascending; NULL with 0 for none
 * @param hints_count how many, at most 256
 * @return MEDSEAL_ERR_UNKNOWN_ATTRIBUTE if the key was not issued for one that is shown,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed,
 *         MEDSEAL_ERR_NOT_SORTED if their periods do not ascend
 */
MEDSEAL_MUST_USE medseal_status medseal_search_trapdoor(const medseal_search_key *key, const medseal_keyword *keyword,
    const medseal_attributes *showing, const medseal_hints *hints, size_t hints_count, medseal_trapdoor **trapdoor,
    medseal_error *err);

/** The attributes that a trapdoor shows. */
MEDSEAL_MUST_USE medseal_status medseal_trapdoor_attributes(const medseal_trapdoor *trapdoor,
    medseal_attributes **attributes, medseal_error *err);
/** Writes the byte form of a query. */
MEDSEAL_MUST_USE medseal_status medseal_query_encode(const medseal_query *query, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a query, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_query_decode(const uint8_t *data, size_t len, medseal_query **query,
    medseal_error *err);
/** Frees a query. */
void medseal_query_free(medseal_query *query);

/**
 * Makes a query for one keyword.
 *
 * @param trapdoor the trapdoor, which is copied
 * @param authority the public key under which the trapdoor's key was issued
 */
MEDSEAL_MUST_USE medseal_status medseal_query_new(const medseal_trapdoor *trapdoor,
    const medseal_search_public_key *authority, medseal_query **query, medseal_error *err);

/**
 * A query that a record matches if it matches all of these.
 *
 * @param queries the parts, which are copied
 * @param count how many, at least one
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED above MEDSEAL_QUERY_PARTS or MEDSEAL_QUERY_DEPTH or if
 *         they are too long together, MEDSEAL_ERR_OTHER_AUTHORITY if they are of several
 *         authorities, MEDSEAL_ERR_OUT_OF_RANGE if there are none
 */
MEDSEAL_MUST_USE medseal_status medseal_query_all(const medseal_query *const *queries, size_t count,
    medseal_query **query, medseal_error *err);

/**
 * A query that a record matches if it matches at least one of these.
 *
 * @param queries the parts, which are copied
 * @param count how many, at least one
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED above MEDSEAL_QUERY_PARTS or MEDSEAL_QUERY_DEPTH or if
 *         they are too long together, MEDSEAL_ERR_OTHER_AUTHORITY if they are of several
 *         authorities, MEDSEAL_ERR_OUT_OF_RANGE if there are none
 */
MEDSEAL_MUST_USE medseal_status medseal_query_any(const medseal_query *const *queries, size_t count,
    medseal_query **query, medseal_error *err);

/** Frees a prepared query. */
void medseal_prepared_query_free(medseal_prepared_query *query);

/**
 * Prepares a query, on a node whose records are indexed under a public key.
 *
 * @return MEDSEAL_ERR_OTHER_AUTHORITY if the query belongs to another public key
 */
MEDSEAL_MUST_USE medseal_status medseal_query_prepare(const medseal_query *query,
    const medseal_search_public_key *authority, medseal_prepared_query **prepared, medseal_error *err);

/**
 * Whether a record matches a query, by its keyword index.
 *
 * @return a decoding status if the index is malformed
 */
MEDSEAL_MUST_USE medseal_status medseal_prepared_query_match(const medseal_prepared_query *query,
    const medseal_search_index *index, bool *matches, medseal_error *err);

/**
 * Judges many records on several threads.
 *
 * @param progress told how many are done, on the caller's thread; or NULL
 * @param results where to put `count` answers, each MEDSEAL_MATCH_NO, MEDSEAL_MATCH_YES or MEDSEAL_MATCH_MALFORMED
 * @return MEDSEAL_ERR_CANCELLED
 */
MEDSEAL_MUST_USE medseal_status medseal_prepared_query_match_many(const medseal_prepared_query *query,
    const medseal_search_index *const *indexes, size_t count, size_t threads, const medseal_progress *progress,
    int32_t *results, medseal_error *err);

/** @} */

/** @addtogroup authority The authority: all master keys together, and what it gives to members
 * @{ */

/** Writes the byte form of an authority. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_authority_encode(const medseal_authority *authority, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of an authority, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_authority_decode(const uint8_t *data, size_t len, medseal_authority **authority,
    medseal_error *err);
/** The members' keyword key, which owners need to index keywords. Search keys carry it. */
MEDSEAL_MUST_USE medseal_status medseal_authority_keyword_key(const medseal_authority *authority,
    medseal_keyword_key **key, medseal_error *err);

/**
 * The same authority with another keyword key, for when a member or an owner did not keep the
 * one that they had.
 *
 * Keep the byte form of the new authority in place of the old one's, distribute the new public
 * parameters, which commit to the new keyword key, give the keyword key to those who index,
 * and issue every member's keys anew: under the new parameters the old ones are refused. Old
 * search keys go on searching old indexes; new ones find what is indexed under the new keyword
 * key, that is, new records and those whose entries are published again. The public keys in
 * the parameters, decryption keys and signing keys stay as they are.
 *
 * @param authority the authority, which stays as it is
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_renew_keyword_key(const medseal_authority *authority,
    medseal_authority **renewed, medseal_error *err);

/** Writes the byte form of public parameters. */
MEDSEAL_MUST_USE medseal_status medseal_public_parameters_encode(const medseal_public_parameters *parameters,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** The public key for signatures among public parameters. */
MEDSEAL_MUST_USE medseal_status medseal_public_parameters_abs(const medseal_public_parameters *parameters,
    medseal_abs_public_key **public_key, medseal_error *err);
/** The public key for search among public parameters. */
MEDSEAL_MUST_USE medseal_status medseal_public_parameters_search(const medseal_public_parameters *parameters,
    medseal_search_public_key **public_key, medseal_error *err);
/** Writes the byte form of a member's keys. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_member_keys_encode(const medseal_member_keys *keys, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** The attributes that a member's keys are for. */
MEDSEAL_MUST_USE medseal_status medseal_member_keys_attributes(const medseal_member_keys *keys,
    medseal_attributes **attributes, medseal_error *err);

/**
 * Checks that a member's keys were issued by the authority with these public parameters, and
 * that the search key carries the members' keyword key. Do this once, when you get keys.
 *
 * @return MEDSEAL_ERR_INVALID_KEY
 */
MEDSEAL_MUST_USE medseal_status medseal_member_keys_verify(const medseal_member_keys *keys,
    const medseal_public_parameters *parameters, medseal_error *err);

/** @} */

/** @addtogroup record Sealed records, in memory
 * @{ */

#define MEDSEAL_RECORD_KEY_BYTES 36 /**< Bytes of an encoded medseal_record_key. */

/** Writes the byte form of a record key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_record_key_encode(const medseal_record_key *key, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a record key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_record_key_decode(const uint8_t *data, size_t len, medseal_record_key **key,
    medseal_error *err);
/** Makes a record key from the operating system's randomness. */
MEDSEAL_MUST_USE medseal_status medseal_record_key_generate(medseal_record_key **key, medseal_error *err);

/**
 * How many bytes a record of this length has when it is sealed.
 *
 * @param length bytes of the record
 * @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_OUT_OF_RANGE
 *         if the record is too long
 */
MEDSEAL_MUST_USE medseal_status medseal_record_sealed_length(uint64_t length, uint32_t chunk_log2,
    uint64_t *sealed_length, medseal_error *err);

/**
 * How many bytes the record in a sealed record has, as its header and size say;
 * opening it checks that.
 *
 * @return a decoding status, MEDSEAL_ERR_DECRYPTION_FAILED if no record has this size
 */
MEDSEAL_MUST_USE medseal_status medseal_record_opened_length(const uint8_t *sealed, size_t sealed_len, uint64_t *length,
    medseal_error *err);

/**
 * Seals a record that is in memory. The output takes what medseal_record_sealed_length() says.
 *
 * @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed,
 *         MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_seal(const medseal_record_key *key, const uint8_t *record,
    size_t record_len, uint32_t chunk_log2, size_t threads, uint8_t *out, size_t *out_len, medseal_receipt *receipt,
    medseal_error *err);

/**
 * Opens a sealed record that is in memory. The output takes what
 * medseal_record_opened_length() says, and holds the record only if all of it is as it was
 * sealed; on failure what was written of it is wiped.
 *
 * @param digest the digest that it must have, or NULL
 * @return a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH,
 *         MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_open(const medseal_record_key *key, const uint8_t *sealed,
    size_t sealed_len, const medseal_digest *digest, size_t threads, uint8_t *out, size_t *out_len,
    medseal_receipt *receipt, medseal_error *err);

/**
 * Opens a part of a sealed record that is in memory, checking only the chunks that hold it.
 *
 * @param offset the first byte of the record that is wanted
 * @param length how many bytes are wanted: what the output takes
 * @return a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_OUT_OF_RANGE if the record ends before, MEDSEAL_ERR_DECRYPTION_FAILED,
 *         MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_open_range(const medseal_record_key *key, const uint8_t *sealed,
    size_t sealed_len, uint64_t offset, uint64_t length, uint8_t *out, size_t *out_len, medseal_error *err);

/**
 * The digest of a sealed record that is in memory. It takes no key.
 *
 * @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record
 */
MEDSEAL_MUST_USE medseal_status medseal_record_digest(const uint8_t *sealed, size_t sealed_len, medseal_digest *digest,
    medseal_error *err);

/**
 * The keyed summary of a record.
 *
 * @param digest the digest of the sealed record
 */
MEDSEAL_MUST_USE medseal_status medseal_record_summary(const medseal_record_key *key, const medseal_digest *digest,
    medseal_summary *summary, medseal_error *err);

/**
 * Checks the keyed summary of a record.
 *
 * @param digest the digest of the sealed record
 * @param summary what was announced
 * @return MEDSEAL_ERR_DIGEST_MISMATCH
 */
MEDSEAL_MUST_USE medseal_status medseal_record_summary_verify(const medseal_record_key *key,
    const medseal_digest *digest, const medseal_summary *summary, medseal_error *err);

/** @} */

/** @addtogroup stream Sealed records little by little: as bytes come, as streams, as files
 * @{ */

/**
 * A sealed record that is being opened as its bytes come. It is secret, and wiped when freed.
 * It has state: one call at a time.
 */
typedef struct medseal_opener medseal_opener;

/**
 * A record that is being sealed as its bytes come. It is secret, and wiped when freed. It has
 * state: one call at a time.
 */
typedef struct medseal_sealer medseal_sealer;

/** Frees a sealer, and wipes it. */
void medseal_sealer_free(medseal_sealer *sealer);

/**
 * Begins to seal a record.
 *
 * @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed
 */
MEDSEAL_MUST_USE medseal_status medseal_sealer_new(const medseal_record_key *key, uint32_t chunk_log2,
    medseal_sealer **sealer, medseal_error *err);

/**
 * Takes the next bytes of the record, and gives the bytes of the sealed record that follow
 * from them. If the buffer is too small, nothing was taken: call again with a larger one.
 *
 * @param record the next bytes
 * @return MEDSEAL_ERR_SPENT if it is finished, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_sealer_update(medseal_sealer *sealer, const uint8_t *record, size_t record_len,
    uint8_t *out, size_t *out_len, medseal_error *err);

/**
 * Takes the end of the record, and gives the last bytes of the sealed record. The sealer is
 * spent.
 *
 * @return MEDSEAL_ERR_SPENT if it is finished, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_sealer_finish(medseal_sealer *sealer, uint8_t *out, size_t *out_len,
    medseal_receipt *receipt, medseal_error *err);

/** Frees an opener, and wipes it. */
void medseal_opener_free(medseal_opener *opener);
/** Begins to open a sealed record. */
MEDSEAL_MUST_USE medseal_status medseal_opener_new(const medseal_record_key *key, medseal_opener **opener,
    medseal_error *err);

/**
 * Takes the next bytes of the sealed record, and gives the chunks of the record that are
 * complete and verified. Only after medseal_opener_finish() is what was given the whole
 * record. If the buffer is too small, nothing was taken: call again with a larger one. After
 * any other failure each later call fails too.
 *
 * @param sealed the next bytes
 * @return MEDSEAL_ERR_BUFFER_TOO_SMALL with what it may need at most, MEDSEAL_ERR_SPENT if it
 *         is finished, a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_opener_update(medseal_opener *opener, const uint8_t *sealed, size_t sealed_len,
    uint8_t *out, size_t *out_len, medseal_error *err);

/**
 * Takes the end of the sealed record, and gives the last bytes of the record. The opener is
 * spent, also by a failure, except if the buffer is too small.
 *
 * @param digest the digest that the sealed record must have, or NULL
 * @return MEDSEAL_ERR_BUFFER_TOO_SMALL with what it may need at most, MEDSEAL_ERR_SPENT if it
 *         is finished, MEDSEAL_ERR_TRUNCATED, MEDSEAL_ERR_DECRYPTION_FAILED,
 *         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_opener_finish(medseal_opener *opener, const medseal_digest *digest,
    uint8_t *out, size_t *out_len, medseal_receipt *receipt, medseal_error *err);

/**
 * Seals a record from one stream to another. Memory does not grow with it.
 *
 * @param reader gives the record
 * @param writer takes the sealed record
 * @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_IO,
 *         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_seal_stream(const medseal_record_key *key, const medseal_reader *reader,
    const medseal_writer *writer, uint32_t chunk_log2, size_t threads, const medseal_progress *progress,
    medseal_receipt *receipt, medseal_error *err);

/**
 * Opens a sealed record from one stream to another. Memory does not grow with it. What is
 * written was verified, but only after success it is the whole record: throw it away after a
 * failure.
 *
 * @param reader gives the sealed record
 * @param writer takes the record
 * @param digest the digest that the sealed record must have, or NULL
 * @return a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_IO,
 *         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_open_stream(const medseal_record_key *key, const medseal_reader *reader,
    const medseal_writer *writer, const medseal_digest *digest, size_t threads, const medseal_progress *progress,
    medseal_receipt *receipt, medseal_error *err);

/**
 * Seals a file into a new file, which gets its name when it is whole: after a failure or a
 * crash there is none of this name (a MEDSEAL_ERR_IO from syncing its folder, at the very end,
 * leaves the whole file). A crash can leave a file `.medseal-*` in the folder, which can be
 * deleted.
 *
 * @param from the record's path, UTF-8
 * @param to the sealed record's path, UTF-8, where no file is yet
 * @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_IO,
 *         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_seal_file(const medseal_record_key *key, const char *from,
    size_t from_len, const char *to, size_t to_len, uint32_t chunk_log2, size_t threads,
    const medseal_progress *progress, medseal_receipt *receipt, medseal_error *err);

/**
 * Opens a sealed file into a new file, which gets its name when it is whole: after a failure
 * or a crash there is none of this name (a MEDSEAL_ERR_IO from syncing its folder, at the very
 * end, leaves the whole file). A crash can leave a file `.medseal-*` in the folder, which can
 * be deleted.
 *
 * @param from the sealed record's path, UTF-8
 * @param to the record's path, UTF-8, where no file is yet
 * @param digest the digest that the sealed record must have, or NULL
 * @return a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_IO,
 *         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_open_file(const medseal_record_key *key, const char *from,
    size_t from_len, const char *to, size_t to_len, const medseal_digest *digest, size_t threads,
    const medseal_progress *progress, medseal_receipt *receipt, medseal_error *err);

/**
 * Opens a part of a sealed file, checking only the chunks that hold it.
 *
 * @param from the sealed record's path, UTF-8
 * @param offset the first byte of the record that is wanted
 * @param length how many bytes are wanted
 * @param writer takes them
 * @return a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_OUT_OF_RANGE if the record ends before, MEDSEAL_ERR_DECRYPTION_FAILED,
 *         MEDSEAL_ERR_IO, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_open_file_range(const medseal_record_key *key, const char *from,
    size_t from_len, uint64_t offset, uint64_t length, const medseal_writer *writer, medseal_error *err);

/**
 * The digest of a sealed record that a stream gives. It takes no key.
 *
 * @param reader gives the sealed record
 * @param receipt where to put digest and lengths
 * @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record,
 *         MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY
 */
MEDSEAL_MUST_USE medseal_status medseal_record_digest_stream(const medseal_reader *reader, size_t threads,
    const medseal_progress *progress, medseal_receipt *receipt, medseal_error *err);

/** @} */

/** @addtogroup chunk_tree The tree of chunks behind a record digest, and proofs of single chunks
 * @{ */

/** Proof that a chunk belongs to the sealed record of a digest. */
typedef struct medseal_chunk_proof medseal_chunk_proof;
/** The tree behind the digest of a sealed record, which proves chunks to an auditor. */
typedef struct medseal_chunk_tree medseal_chunk_tree;
/** Frees a chunk tree. */
void medseal_chunk_tree_free(medseal_chunk_tree *tree);

/**
 * Reads a sealed record and keeps the tree behind its digest: 64 bytes for each chunk.
 *
 * @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record
 */
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_read(const uint8_t *sealed, size_t sealed_len,
    medseal_chunk_tree **tree, medseal_error *err);

/**
 * As medseal_chunk_tree_read(), from a stream.
 *
 * @param reader gives the sealed record
 * @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record,
 *         MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED
 */
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_read_stream(const medseal_reader *reader, size_t threads,
    const medseal_progress *progress, medseal_chunk_tree **tree, medseal_error *err);

/**
 * The digest and the number of chunks of a sealed record, from its chunk tree.
 *
 * @param digest where to put the digest
 * @param chunks where to put the number of chunks
 */
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_digest(const medseal_chunk_tree *tree, medseal_digest *digest,
    uint64_t *chunks, medseal_error *err);

/**
 * Proves a chunk.
 *
 * @param index which chunk, from zero
 * @return MEDSEAL_ERR_OUT_OF_RANGE if there is no such chunk
 */
MEDSEAL_MUST_USE medseal_status medseal_chunk_tree_prove(const medseal_chunk_tree *tree, uint64_t index,
    medseal_chunk_proof **proof, medseal_error *err);

/** Writes the byte form of a chunk proof. */
MEDSEAL_MUST_USE medseal_status medseal_chunk_proof_encode(const medseal_chunk_proof *proof, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a chunk proof, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_chunk_proof_decode(const uint8_t *data, size_t len, medseal_chunk_proof **proof,
    medseal_error *err);
/** Frees a chunk proof. */
void medseal_chunk_proof_free(medseal_chunk_proof *proof);

/**
 * Where the chunk of a proof lies in the sealed record, with its tag.
 *
 * @param index where to put which chunk it is, from zero
 * @param offset where to put its first byte
 * @param length where to put its bytes
 */
MEDSEAL_MUST_USE medseal_status medseal_chunk_proof_place(const medseal_chunk_proof *proof, uint64_t *index,
    uint64_t *offset, uint64_t *length, medseal_error *err);

/**
 * Verifies that a chunk belongs to the sealed record of a digest. It takes no key.
 *
 * @param chunk the bytes at the place that medseal_chunk_proof_place() names
 * @return MEDSEAL_ERR_INVALID_PROOF
 */
MEDSEAL_MUST_USE medseal_status medseal_chunk_proof_verify(const medseal_chunk_proof *proof,
    const medseal_digest *digest, const uint8_t *chunk, size_t chunk_len, medseal_error *err);

/** @} */

/** @addtogroup merkle Merkle trees: a hospital's database digest, with proofs
 * @{ */

/** Proof that a tree only grew from one head to another. */
typedef struct medseal_consistency_proof medseal_consistency_proof;
/** Proof that an entry stands at an index of a tree. */
typedef struct medseal_inclusion_proof medseal_inclusion_proof;

/**
 * The compact state of a Merkle tree: appends and has a root, proves nothing. It has
 * state: one call at a time.
 */
typedef struct medseal_merkle_frontier medseal_merkle_frontier;

/**
 * A Merkle tree as in RFC 9162, which proves: 64 bytes for each entry. It has
 * state: one call at a time.
 */
typedef struct medseal_merkle_tree medseal_merkle_tree;

/** Writes the byte form of a Merkle tree. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_encode(const medseal_merkle_tree *tree, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a Merkle tree, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_decode(const uint8_t *data, size_t len, medseal_merkle_tree **tree,
    medseal_error *err);
/** Frees a Merkle tree. */
void medseal_merkle_tree_free(medseal_merkle_tree *tree);
/** Makes an empty tree. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_new(medseal_merkle_tree **tree, medseal_error *err);

/**
 * Appends an entry, such as the 32 bytes of a record's digest.
 *
 * @param index where to put the entry's index, or NULL
 */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_append(medseal_merkle_tree *tree, const uint8_t *entry,
    size_t entry_len, uint64_t *index, medseal_error *err);

/** How far a tree has come. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_head(const medseal_merkle_tree *tree, medseal_tree_head *head,
    medseal_error *err);

/**
 * What a tree was when it had fewer entries.
 *
 * @param size how many
 * @return MEDSEAL_ERR_OUT_OF_RANGE if it has fewer
 */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_head_at(const medseal_merkle_tree *tree, uint64_t size,
    medseal_tree_head *head, medseal_error *err);

/**
 * Proves that an entry stands at an index of a tree.
 *
 * @param index which entry, from zero
 * @param size among how many of the first entries
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_prove_inclusion(const medseal_merkle_tree *tree, uint64_t index,
    uint64_t size, medseal_inclusion_proof **proof, medseal_error *err);

/**
 * Proves that a tree only grew from one size to another.
 *
 * @param old_size how many entries it had
 * @param size how many it has
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_prove_consistency(const medseal_merkle_tree *tree,
    uint64_t old_size, uint64_t size, medseal_consistency_proof **proof, medseal_error *err);

/** Writes the byte form of a Merkle frontier. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_encode(const medseal_merkle_frontier *frontier, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a Merkle frontier, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_decode(const uint8_t *data, size_t len,
    medseal_merkle_frontier **frontier, medseal_error *err);
/** Frees a Merkle frontier. */
void medseal_merkle_frontier_free(medseal_merkle_frontier *frontier);
/** Makes the frontier of an empty tree. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_new(medseal_merkle_frontier **frontier, medseal_error *err);

/**
 * Appends an entry, such as the 32 bytes of a record's digest.
 *
 * @param index where to put the entry's index, or NULL
 */
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_append(medseal_merkle_frontier *frontier, const uint8_t *entry,
    size_t entry_len, uint64_t *index, medseal_error *err);

/** How far a tree has come, by its frontier. */
MEDSEAL_MUST_USE medseal_status medseal_merkle_frontier_head(const medseal_merkle_frontier *frontier,
    medseal_tree_head *head, medseal_error *err);
/** Writes the byte form of an inclusion proof. */
MEDSEAL_MUST_USE medseal_status medseal_inclusion_proof_encode(const medseal_inclusion_proof *proof, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of an inclusion proof, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_inclusion_proof_decode(const uint8_t *data, size_t len,
    medseal_inclusion_proof **proof, medseal_error *err);
/** Frees an inclusion proof. */
void medseal_inclusion_proof_free(medseal_inclusion_proof *proof);

/**
 * What an inclusion proof is about.
 *
 * @param index where to put the index of the entry
 * @param size where to put the size of the tree
 */
MEDSEAL_MUST_USE medseal_status medseal_inclusion_proof_place(const medseal_inclusion_proof *proof, uint64_t *index,
    uint64_t *size, medseal_error *err);

/**
 * Verifies that an entry stands in a tree where the proof says.
 *
 * @param head the tree's head, which you have from a source that you trust
 * @return MEDSEAL_ERR_INVALID_PROOF
 */
MEDSEAL_MUST_USE medseal_status medseal_inclusion_proof_verify(const medseal_inclusion_proof *proof,
    const medseal_tree_head *head, const uint8_t *entry, size_t entry_len, medseal_error *err);

/** Writes the byte form of a consistency proof. */
MEDSEAL_MUST_USE medseal_status medseal_consistency_proof_encode(const medseal_consistency_proof *proof, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a consistency proof, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_consistency_proof_decode(const uint8_t *data, size_t len,
    medseal_consistency_proof **proof, medseal_error *err);
/** Frees a consistency proof. */
void medseal_consistency_proof_free(medseal_consistency_proof *proof);

/**
 * What a consistency proof is about.
 *
 * @param old_size where to put the size that the tree had
 * @param size where to put the size that it has
 */
MEDSEAL_MUST_USE medseal_status medseal_consistency_proof_sizes(const medseal_consistency_proof *proof,
    uint64_t *old_size, uint64_t *size, medseal_error *err);

/**
 * Verifies that a tree only grew from one head to another.
 *
 * @param old the head that you know
 * @param head the new head
 * @return MEDSEAL_ERR_INVALID_PROOF
 */
MEDSEAL_MUST_USE medseal_status medseal_consistency_proof_verify(const medseal_consistency_proof *proof,
    const medseal_tree_head *old, const medseal_tree_head *head, medseal_error *err);

/** @} */

/** @addtogroup envelope Identities, the super node's public key, and what is sealed under both:
 * @{ */

/**
 * What a main node or an envelope tells a hospital of a record: location, database digest,
 * summary. It is secret, and wiped when freed.
 */
typedef struct medseal_disclosure medseal_disclosure;

/** A hospital's identity, to which envelopes are sealed. */
typedef struct medseal_identity medseal_identity;
/** A message sealed to a hospital's identity. */
typedef struct medseal_identity_envelope medseal_identity_envelope;
/** Writes the byte form of a super node's public key. */
MEDSEAL_MUST_USE medseal_status medseal_super_node_public_key_encode(const medseal_super_node_public_key *public_key,
    uint8_t *out, size_t *out_len, medseal_error *err);

/**
 * Seals a message to an identity: only the registered hospital can open it.
 *
 * @param message the message, at most 16 MiB
 * @param aad what is authenticated with it and has to be the same for opening
 * @param members the members' key that opening is to need as well, or NULL
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_identity_seal(const medseal_super_node_public_key *public_key,
    const medseal_identity *recipient, const uint8_t *message, size_t message_len, const uint8_t *aad, size_t aad_len,
    const medseal_members_key *members, medseal_identity_envelope **envelope, medseal_error *err);

/** Frees an identity. */
void medseal_identity_free(medseal_identity *identity);
/** Writes the byte form of an envelope. */
MEDSEAL_MUST_USE medseal_status medseal_identity_envelope_encode(const medseal_identity_envelope *envelope,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of an envelope, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_identity_envelope_decode(const uint8_t *data, size_t len,
    medseal_identity_envelope **envelope, medseal_error *err);
/** Frees an envelope. */
void medseal_identity_envelope_free(medseal_identity_envelope *envelope);
/** Writes the byte form of a disclosure. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_disclosure_encode(const medseal_disclosure *disclosure, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a disclosure, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_disclosure_decode(const uint8_t *data, size_t len,
    medseal_disclosure **disclosure, medseal_error *err);
/** Frees a disclosure, and wipes it. */
void medseal_disclosure_free(medseal_disclosure *disclosure);

/**
 * Makes a disclosure.
 *
 * @param location where the sealed record is kept, at most 1024 bytes
 * @param database the hospital's database digest
 * @param summary the record's keyed summary
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_disclosure_new(const uint8_t *location, size_t location_len,
    const medseal_digest *database, const medseal_summary *summary, medseal_disclosure **disclosure,
    medseal_error *err);

/**
 * What a disclosure says.
 *
 * @param out buffer for the location
 * @param database where to put the hospital's database digest
 * @param summary where to put the record's keyed summary
 */
MEDSEAL_MUST_USE medseal_status medseal_disclosure_read(const medseal_disclosure *disclosure, uint8_t *out,
    size_t *out_len, medseal_digest *database, medseal_summary *summary, medseal_error *err);

/** @} */

/** @addtogroup hospital Hospitals: their registration, and the identity that comes of it
 * @{ */

/** A registered hospital: what it keeps. It is secret, and wiped when freed. */
typedef struct medseal_hospital medseal_hospital;

/**
 * What the super node answers to a registration: it goes to the hospital over a secure
 * channel. It is secret, and wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_identity_key medseal_identity_key;

/** What a hospital sends to be registered. */
typedef struct medseal_registration_request medseal_registration_request;
/** Writes the byte form of a registration request. */
MEDSEAL_MUST_USE medseal_status medseal_registration_request_encode(const medseal_registration_request *request,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of a registration request, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_registration_request_decode(const uint8_t *data, size_t len,
    medseal_registration_request **request, medseal_error *err);
/** Frees a registration request. */
void medseal_registration_request_free(medseal_registration_request *request);

/**
 * Makes a request to be registered.
 *
 * @param name the hospital's name, UTF-8 of 1 to 255 bytes
 * @param record what the registration is about, at most 1024 bytes
 * @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_registration_request_new(const char *name, size_t name_len,
    const uint8_t *record, size_t record_len, medseal_registration_request **request, medseal_error *err);

/** Writes the name in a registration request. */
MEDSEAL_MUST_USE medseal_status medseal_registration_request_name(const medseal_registration_request *request,
    char *out, size_t *out_len, medseal_error *err);
/** Writes the record in a registration request. */
MEDSEAL_MUST_USE medseal_status medseal_registration_request_record(const medseal_registration_request *request,
    uint8_t *out, size_t *out_len, medseal_error *err);

/**
 * Writes the byte form of an identity key. The bytes are secret: wipe them when you are done.
 * Fails with MEDSEAL_ERR_SPENT if a hospital has accepted it.
 */
MEDSEAL_MUST_USE medseal_status medseal_identity_key_encode(const medseal_identity_key *key, uint8_t *out,
    size_t *out_len, medseal_error *err);

/** Reads the byte form of an identity key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_identity_key_decode(const uint8_t *data, size_t len, medseal_identity_key **key,
    medseal_error *err);
/** Frees an identity key, and wipes it. */
void medseal_identity_key_free(medseal_identity_key *key);
/** Writes the byte form of a hospital. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_hospital_encode(const medseal_hospital *hospital, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Frees a hospital, and wipes it. */
void medseal_hospital_free(medseal_hospital *hospital);

/**
 * Reads a hospital from its byte form, checking everything. The super node's public key comes
 * from a source that you trust, and not from the same file.
 *
 * @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to another super node
 */
MEDSEAL_MUST_USE medseal_status medseal_hospital_decode(const uint8_t *data, size_t len,
    const medseal_super_node_public_key *public_key, medseal_hospital **hospital, medseal_error *err);

/**
 * Accepts an identity key, which is spent, and makes the hospital of it.
 *
 * @param key what the super node answered; spent also if it is refused
 * @param public_key the super node's public key, from a source that you trust
 * @return MEDSEAL_ERR_INVALID_KEY if the key is not for this request, MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_hospital_accept(const medseal_registration_request *request,
    medseal_identity_key *key, const medseal_super_node_public_key *public_key, medseal_hospital **hospital,
    medseal_error *err);

/** Writes the name of a hospital. */
MEDSEAL_MUST_USE medseal_status medseal_hospital_name(const medseal_hospital *hospital, char *out, size_t *out_len,
    medseal_error *err);
/** The identity of a hospital. */
MEDSEAL_MUST_USE medseal_status medseal_hospital_identity(const medseal_hospital *hospital, medseal_identity **identity,
    medseal_error *err);

/**
 * Opens an envelope to a hospital. The bytes are secret: wipe them when you are done.
 *
 * @param aad what was authenticated with it: for an entry's envelope, the record digest
 * @param members the members' keys that are held, or NULL
 * @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_DECRYPTION_FAILED
 */
MEDSEAL_MUST_USE medseal_status medseal_hospital_open(const medseal_hospital *hospital,
    const medseal_identity_envelope *envelope, const uint8_t *aad, size_t aad_len, const medseal_members_keys *members,
    uint8_t *out, size_t *out_len, medseal_error *err);

/** @} */

/** @addtogroup main_node Main nodes and their certificates
 * @{ */

#define MEDSEAL_ROLE_MAIN_NODE 1 /**< A certified key authenticates hospitals and answers them. */
/** A certified key is a member's, who answers other members and hands on what members share. */
#define MEDSEAL_ROLE_MEMBER 2

/** A certificate that nobody has verified yet. */
typedef struct medseal_certificate medseal_certificate;
/** What a main node sends to be certified. */
typedef struct medseal_certificate_request medseal_certificate_request;
/** A main node: its name and secret. It is secret, and wiped when freed. */
typedef struct medseal_main_node medseal_main_node;
/** A certificate whose signature is verified. */
typedef struct medseal_verified_certificate medseal_verified_certificate;
/** Writes the byte form of a main node. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_main_node_encode(const medseal_main_node *node, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Frees a main node, and wipes it. */
void medseal_main_node_free(medseal_main_node *node);

/**
 * Reads a main node from its byte form, checking everything. The super node's public key comes
 * from a source that you trust, and not from the same file.
 *
 * @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to another super node
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_decode(const uint8_t *data, size_t len,
    const medseal_super_node_public_key *public_key, medseal_main_node **node, medseal_error *err);

/**
 * Makes a main node, or a member as one who answers other members.
 *
 * @param name its name, UTF-8 of 1 to 255 bytes
 * @param role one of the MEDSEAL_ROLE_ values
 * @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_generate(const char *name, size_t name_len, int32_t role,
    const medseal_super_node_public_key *public_key, medseal_main_node **node, medseal_error *err);

/** The request for certification of a main node, with its proof that it holds its secret. */
MEDSEAL_MUST_USE medseal_status medseal_main_node_certificate_request(const medseal_main_node *node,
    medseal_certificate_request **request, medseal_error *err);
/** Writes the byte form of a request for certification. */
MEDSEAL_MUST_USE medseal_status medseal_certificate_request_encode(const medseal_certificate_request *request,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of a request for certification, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_certificate_request_decode(const uint8_t *data, size_t len,
    medseal_certificate_request **request, medseal_error *err);
/** Frees a request for certification. */
void medseal_certificate_request_free(medseal_certificate_request *request);
/** Writes the name in a request for certification. */
MEDSEAL_MUST_USE medseal_status medseal_certificate_request_name(const medseal_certificate_request *request, char *out,
    size_t *out_len, medseal_error *err);
/** Writes the byte form of a certificate. */
MEDSEAL_MUST_USE medseal_status medseal_certificate_encode(const medseal_certificate *certificate, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a certificate, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_certificate_decode(const uint8_t *data, size_t len,
    medseal_certificate **certificate, medseal_error *err);
/** Frees a certificate. */
void medseal_certificate_free(medseal_certificate *certificate);

/**
 * Verifies a certificate, and that it is for the role that its holder is asked to play.
 *
 * @param public_key the super node's public key, from a source that you trust
 * @param role one of the MEDSEAL_ROLE_ values
 * @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CERTIFICATE_ROLE
 */
MEDSEAL_MUST_USE medseal_status medseal_certificate_verify(const medseal_certificate *certificate,
    const medseal_super_node_public_key *public_key, int32_t role, medseal_verified_certificate **verified,
    medseal_error *err);

/** Frees a verified certificate. */
void medseal_verified_certificate_free(medseal_verified_certificate *certificate);
/** Writes the name in a certificate. */
MEDSEAL_MUST_USE medseal_status medseal_verified_certificate_name(const medseal_verified_certificate *certificate,
    char *out, size_t *out_len, medseal_error *err);

/**
 * What a certificate says besides the name.
 *
 * @param serial where to put its serial number
 * @param from_ms where to put from when it is valid, in Unix milliseconds
 * @param to_ms where to put until when it is valid, in Unix milliseconds
 */
MEDSEAL_MUST_USE medseal_status medseal_verified_certificate_validity(const medseal_verified_certificate *certificate,
    medseal_certificate_serial *serial, uint64_t *from_ms, uint64_t *to_ms, medseal_error *err);

/** @} */

/** @addtogroup registry The registry: who is a member, and whose certificate is revoked
 * @{ */

/** A registry that nobody has verified yet: who is registered, and what is revoked. */
typedef struct medseal_registry medseal_registry;
/** A registry whose signature is verified. */
typedef struct medseal_verified_registry medseal_verified_registry;
/** Writes the byte form of a registry. */
MEDSEAL_MUST_USE medseal_status medseal_registry_encode(const medseal_registry *registry, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a registry, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_registry_decode(const uint8_t *data, size_t len, medseal_registry **registry,
    medseal_error *err);
/** Frees a registry. */
void medseal_registry_free(medseal_registry *registry);

/**
 * Verifies a registry: the first one, or one after a restart. If you hold a verified one,
 * call medseal_verified_registry_succeeded_by() instead. It also refuses a second
 * registry of one number.
 *
 * @param public_key the super node's public key, from a source that you trust
 * @param last_seen the sequence number of the newest registry that you saw before; 0 for none
 * @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
 */
MEDSEAL_MUST_USE medseal_status medseal_registry_verify(const medseal_registry *registry,
    const medseal_super_node_public_key *public_key, uint64_t last_seen, medseal_verified_registry **verified,
    medseal_error *err);

/** Frees a verified registry. */
void medseal_verified_registry_free(medseal_verified_registry *registry);

/**
 * Verifies the registry that takes a verified one's place: how you go on from registry to
 * registry. The same one once more is taken; another one of the same sequence number comes
 * from a super node that was restored from an older state, and is refused.
 *
 * @param registry the registry that you hold
 * @param next the one that you received
 * @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
 */
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_succeeded_by(const medseal_verified_registry *registry,
    const medseal_registry *next, medseal_verified_registry **verified, medseal_error *err);

/**
 * Which registry this is. Keep the sequence number for the next medseal_registry_verify().
 *
 * @param sequence where to put its sequence number
 * @param time_ms where to put when it was signed, in Unix milliseconds
 * @param hospitals where to put the number of hospitals
 */
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_status(const medseal_verified_registry *registry,
    uint64_t *sequence, uint64_t *time_ms, size_t *hospitals, medseal_error *err);

/**
 * Writes the name of a registered hospital.
 *
 * @param index which, from zero
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_hospital(const medseal_verified_registry *registry,
    size_t index, char *out, size_t *out_len, medseal_error *err);

/**
 * The identity of a registered hospital.
 *
 * @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_identity(const medseal_verified_registry *registry,
    const char *name, size_t name_len, medseal_identity **identity, medseal_error *err);

/**
 * Whether a certificate is revoked.
 *
 * @param serial the certificate's serial number
 */
MEDSEAL_MUST_USE medseal_status medseal_verified_registry_revokes(const medseal_verified_registry *registry,
    const medseal_certificate_serial *serial, bool *revoked, medseal_error *err);

/** @} */

/** @addtogroup super_node The super node: registers hospitals, certifies main nodes, keeps the registry
 * @{ */

/**
 * The super node: its master key and the registry. Keep it anew after each
 * change. It is secret, and wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_super_node medseal_super_node;

/** Writes the byte form of a super node. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_super_node_encode(const medseal_super_node *node, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a super node, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_super_node_decode(const uint8_t *data, size_t len, medseal_super_node **node,
    medseal_error *err);
/** Frees a super node, and wipes it. */
void medseal_super_node_free(medseal_super_node *node);
/** Makes a super node. */
MEDSEAL_MUST_USE medseal_status medseal_super_node_generate(medseal_super_node **node, medseal_error *err);
/** The public key of a super node. */
MEDSEAL_MUST_USE medseal_status medseal_super_node_public(const medseal_super_node *node,
    medseal_super_node_public_key **public_key, medseal_error *err);

/**
 * Registers a hospital and makes its identity key, which goes back over a secure channel. That
 * the request comes from the hospital of that name is yours to establish.
 *
 * @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED if this very request was
 *         registered and revoked, MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is full
 */
MEDSEAL_MUST_USE medseal_status medseal_super_node_register(medseal_super_node *node,
    const medseal_registration_request *request, medseal_identity_key **key, medseal_error *err);

/**
 * Revokes the registration of a hospital, with the next published registry.
 *
 * @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED if it is revoked already,
 *         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_super_node_revoke_hospital(medseal_super_node *node, const char *name,
    size_t name_len, medseal_error *err);

/**
 * Certifies a main node that proves that it holds its secret. That the request comes from the
 * node of that name is yours to establish.
 *
 * @param from_ms from when it is valid, in Unix milliseconds
 * @param to_ms until when it is valid, in Unix milliseconds, that one included
 * @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof does not verify,
 *         MEDSEAL_ERR_INVALID_FIELD if the period is empty
 */
MEDSEAL_MUST_USE medseal_status medseal_super_node_certify(medseal_super_node *node,
    const medseal_certificate_request *request, uint64_t from_ms, uint64_t to_ms, medseal_certificate **certificate,
    medseal_error *err);

/**
 * Revokes a certificate, with the next published registry.
 *
 * @param serial the certificate's serial number
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_super_node_revoke_certificate(medseal_super_node *node,
    const medseal_certificate_serial *serial, medseal_error *err);

/**
 * Signs the registry as it stands, with the next sequence number.
 *
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED if it has become too long, MEDSEAL_ERR_OUT_OF_RANGE if
 *         sequence numbers are used up
 */
MEDSEAL_MUST_USE medseal_status medseal_super_node_publish(medseal_super_node *node, uint64_t now_ms,
    medseal_registry **registry, medseal_error *err);

/** @} */

/** @addtogroup authorities Several authorities: static keys, rosters, and sessions of key generation and resharing
 * @{ */

#define MEDSEAL_SESSION_WAITS 0 /**< The session waits for messages. */
#define MEDSEAL_SESSION_CHECKED 1 /**< All that the authority was dealt is right: it stores its share and confirms. */
/** Nothing more comes of the session: it failed, or the authority has dealt and gets no share. */
#define MEDSEAL_SESSION_OVER 2
#define MEDSEAL_MASTER_KEY_WRAPPING 1 /**< The master secret of key wrapping. */
#define MEDSEAL_MASTER_SIGNATURES 2 /**< The master secret of signatures. */

/**
 * An authority's static key: it signs and opens the authority's messages. It is secret, and
 * wiped when freed.
 */
typedef struct medseal_authority_key medseal_authority_key;

/** A signed message of an authority. Its bytes are yours to carry, over any channel. */
typedef struct medseal_authority_message medseal_authority_message;

/**
 * The public side of an authority's static key. Compare its fingerprint in person: nobody
 * certifies it.
 */
typedef struct medseal_authority_public_key medseal_authority_public_key;

/**
 * One authority in a key generation or resharing. Feed it with every message that arrives,
 * send every message that it has. It is secret, and wiped when freed. It has state: one call
 * at a time.
 */
typedef struct medseal_authority_session medseal_authority_session;

/**
 * One authority's share of all master secrets. Store and back it up as you do a master key,
 * and delete it after a resharing. It is secret, and wiped when freed.
 */
typedef struct medseal_authority_share medseal_authority_share;

/** The public keys of a generation of shares, verified. */
typedef struct medseal_generation medseal_generation;

/**
 * All authorities' signatures on the public keys of a generation. It says nothing until it is
 * verified.
 */
typedef struct medseal_generation_certificate medseal_generation_certificate;

/** Who the authorities are, numbered from 1, and how many of them are needed. */
typedef struct medseal_roster medseal_roster;
/** Writes the byte form of an authority's static key. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_authority_key_encode(const medseal_authority_key *key, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of an authority's static key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_authority_key_decode(const uint8_t *data, size_t len,
    medseal_authority_key **key, medseal_error *err);
/** Frees an authority's static key, and wipes it. */
void medseal_authority_key_free(medseal_authority_key *key);

/**
 * Makes a static key.
 *
 * @return MEDSEAL_ERR_INVALID_TEXT
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_key_generate(const char *name, size_t name_len,
    medseal_authority_key **key, medseal_error *err);

/** The public side of a static key. */
MEDSEAL_MUST_USE medseal_status medseal_authority_key_public(const medseal_authority_key *key,
    medseal_authority_public_key **public_key, medseal_error *err);
/** Writes the byte form of an authority's public key. */
MEDSEAL_MUST_USE medseal_status medseal_authority_public_key_encode(const medseal_authority_public_key *public_key,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of an authority's public key, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_authority_public_key_decode(const uint8_t *data, size_t len,
    medseal_authority_public_key **public_key, medseal_error *err);
/** Frees an authority's public key. */
void medseal_authority_public_key_free(medseal_authority_public_key *public_key);

/**
 * Writes the name of an authority.
 *
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_public_key_name(const medseal_authority_public_key *public_key,
    char *out, size_t *out_len, medseal_error *err);

/** What people compare. */
MEDSEAL_MUST_USE medseal_status medseal_authority_public_key_fingerprint(const medseal_authority_public_key *public_key,
    medseal_digest *fingerprint, medseal_error *err);
/** Writes the byte form of a roster of authorities. */
MEDSEAL_MUST_USE medseal_status medseal_roster_encode(const medseal_roster *roster, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a roster of authorities, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_roster_decode(const uint8_t *data, size_t len, medseal_roster **roster,
    medseal_error *err);
/** Frees a roster of authorities. */
void medseal_roster_free(medseal_roster *roster);

/**
 * Makes a roster of authorities whose fingerprints were compared. Everybody gives the keys in
 * the same order, and each try of a key generation or resharing its own context.
 *
 * @param threshold how many are needed: at least 2, and more than half
 * @param keys their public keys
 * @param count how many, at most 255
 * @param context what they are for
 * @return MEDSEAL_ERR_OUT_OF_RANGE for another threshold, MEDSEAL_ERR_INVALID_PROOF,
 *         MEDSEAL_ERR_INVALID_FIELD if a name or key is there twice
 */
MEDSEAL_MUST_USE medseal_status medseal_roster_new(uint8_t threshold, const medseal_authority_public_key *const *keys,
    size_t count, const uint8_t *context, size_t context_len, medseal_roster **roster, medseal_error *err);

/**
 * What stands for a roster: authorities compare it before they begin, and
 * members before they trust it.
 */
MEDSEAL_MUST_USE medseal_status medseal_roster_digest(const medseal_roster *roster, medseal_digest *digest,
    medseal_error *err);

/**
 * How many authorities there are, and how many are needed.
 *
 * @param threshold where to put how many are needed
 * @param size where to put how many there are
 */
MEDSEAL_MUST_USE medseal_status medseal_roster_size(const medseal_roster *roster, uint8_t *threshold, uint8_t *size,
    medseal_error *err);

/**
 * Writes the name of the authority with a number.
 *
 * @param index its number, from 1
 * @return MEDSEAL_ERR_ABSENT if nobody has this number
 */
MEDSEAL_MUST_USE medseal_status medseal_roster_name(const medseal_roster *roster, uint8_t index, char *out,
    size_t *out_len, medseal_error *err);

/** Writes the byte form of a message of an authority. */
MEDSEAL_MUST_USE medseal_status medseal_authority_message_encode(const medseal_authority_message *message, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a message of an authority, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_authority_message_decode(const uint8_t *data, size_t len,
    medseal_authority_message **message, medseal_error *err);
/** Frees a message of an authority. */
void medseal_authority_message_free(medseal_authority_message *message);

/**
 * Where a message belongs.
 *
 * @param round where to put its round, or NULL: 0 to 4 in a session, greater ones in answers
 *              to requests
 * @param from where to put the number of its sender, or NULL
 * @param to where to put the number of its receiver, or NULL: 0 if it is for all, or for who
 *           asked
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_message_header(const medseal_authority_message *message,
    uint8_t *round, uint8_t *from, uint8_t *to, medseal_error *err);

/** Frees a session, and wipes it. */
void medseal_authority_session_free(medseal_authority_session *session);

/**
 * Begins a key generation.
 *
 * @param roster who takes part
 * @return MEDSEAL_ERR_NO_PART for a key that the roster does not name
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_generate(const medseal_roster *roster,
    const medseal_authority_key *key, medseal_authority_session **session, medseal_error *err);

/**
 * Begins a resharing: exactly a threshold of old authorities deal to a new roster,
 * which may be the old one.
 *
 * @param generation the old generation
 * @param quorum the numbers of those who deal, in ascending order
 * @param roster who gets shares
 * @param share its share of the old generation if it deals, or NULL
 * @return MEDSEAL_ERR_INVALID_FIELD for another quorum, MEDSEAL_ERR_OUT_OF_RANGE,
 *         MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
 *         takes no part
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_reshare(const medseal_generation *generation,
    const uint8_t *quorum, size_t quorum_count, const medseal_roster *roster, const medseal_authority_key *key,
    const medseal_authority_share *share, medseal_authority_session **session, medseal_error *err);

/**
 * Begins the making of one master secret anew, by all authorities of a generation.
 *
 * @param generation the old generation
 * @param secret MEDSEAL_MASTER_KEY_WRAPPING or MEDSEAL_MASTER_SIGNATURES
 * @param share its share of the old generation
 * @return MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
 *         takes no part
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_renew(const medseal_generation *generation, int32_t secret,
    const medseal_authority_key *key, const medseal_authority_share *share, medseal_authority_session **session,
    medseal_error *err);

/**
 * Takes a message, and every step that it makes possible. What does not belong here is
 * refused, and the session goes on; ask medseal_authority_session_state() whether it does, and
 * send what it still has.
 *
 * @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_receive(medseal_authority_session *session,
    const medseal_authority_message *message, medseal_error *err);

/**
 * The next message to be sent: to all who take part, or to the one that it names.
 *
 * @return MEDSEAL_ERR_ABSENT if there is none, MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_next(medseal_authority_session *session,
    medseal_authority_message **message, medseal_error *err);

/**
 * What a session waits for.
 *
 * @param state where to put a MEDSEAL_SESSION_ value
 * @return MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_state(medseal_authority_session *session, int32_t *state,
    medseal_error *err);

/**
 * Writes whose messages a session waits for, a line for each: the step, the authority's number
 * and name, and that it sent nothing. Empty if the session waits for nobody.
 *
 * @return MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_missing(medseal_authority_session *session, char *out,
    size_t *out_len, medseal_error *err);

/**
 * Stores the share durably in a directory, and only then signs. Afterwards the authority keeps
 * the share, whatever it waits for: others may have its signature.
 *
 * @return MEDSEAL_ERR_NO_PART before the session is checked, MEDSEAL_ERR_ALREADY_SIGNED if
 *         another resharing of the generation was confirmed, MEDSEAL_ERR_IO, MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_confirm(medseal_authority_session *session,
    const char *directory, size_t directory_len, medseal_error *err);

/**
 * Share and certificate, once all authorities have confirmed. The session is then spent.
 *
 * @return MEDSEAL_ERR_ABSENT before that, MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_session_finish(medseal_authority_session *session,
    medseal_authority_share **share, medseal_generation_certificate **certificate, medseal_error *err);

/** Writes the byte form of an authority's share. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_authority_share_encode(const medseal_authority_share *share, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of an authority's share, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_authority_share_decode(const uint8_t *data, size_t len,
    medseal_authority_share **share, medseal_error *err);
/** Frees an authority's share, and wipes it. */
void medseal_authority_share_free(medseal_authority_share *share);

/**
 * The confirmation that the share is stored, once more: after a crash, or when
 * another authority lacks it.
 *
 * @return MEDSEAL_ERR_INVALID_KEY for another authority's key
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_share_confirmation(const medseal_authority_share *share,
    const medseal_authority_key *key, medseal_authority_message **message, medseal_error *err);

/**
 * The certificate, from a share and the confirmations of all authorities: after a crash.
 *
 * @param messages the confirmations
 * @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_share_certify(const medseal_authority_share *share,
    const medseal_authority_message *const *messages, size_t count, medseal_generation_certificate **certificate,
    medseal_error *err);

/** Writes the byte form of the certificate of a generation. */
MEDSEAL_MUST_USE medseal_status medseal_generation_certificate_encode(const medseal_generation_certificate *certificate,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of the certificate of a generation, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_generation_certificate_decode(const uint8_t *data, size_t len,
    medseal_generation_certificate **certificate, medseal_error *err);
/** Frees the certificate of a generation. */
void medseal_generation_certificate_free(medseal_generation_certificate *certificate);

/**
 * Verifies a certificate.
 *
 * @param roster the roster that you trust
 * @return MEDSEAL_ERR_INVALID_KEY for another roster, MEDSEAL_ERR_CULPRITS naming in `err` who
 *         is at fault
 */
MEDSEAL_MUST_USE medseal_status medseal_generation_certificate_verify(const medseal_generation_certificate *certificate,
    const medseal_roster *roster, medseal_generation **generation, medseal_error *err);

/**
 * The proofs of all authorities together that they have the master secrets of the public keys.
 * They say nothing until they are verified, each under its public key.
 *
 * @param abe where to put the proof for medseal_abe_public_key_verify_possession()
 * @param abs where to put the proof for medseal_abs_public_key_verify_possession()
 */

    MEDSEAL_MUST_USE medseal_status medseal_generation_certificate_possession(const medseal_generation_certificate *certificate,
    medseal_possession *abe, medseal_possession *abs, medseal_error *err);

/** Frees a generation. */
void medseal_generation_free(medseal_generation *generation);
/** The number of a generation, from 1. */
MEDSEAL_MUST_USE medseal_status medseal_generation_number(const medseal_generation *generation, uint32_t *number,
    medseal_error *err);

/**
 * The consortium's public parameters, for a charter.
 *
 * @param keyword_key the members' keyword key, to which the parameters commit
 */
MEDSEAL_MUST_USE medseal_status medseal_generation_public_parameters(const medseal_generation *generation,
    const medseal_keyword_key *keyword_key, medseal_public_parameters **parameters, medseal_error *err);

/** The public key for key wrapping. */
MEDSEAL_MUST_USE medseal_status medseal_generation_abe(const medseal_generation *generation,
    medseal_abe_public_key **public_key, medseal_error *err);
/** The public key for signatures. */
MEDSEAL_MUST_USE medseal_status medseal_generation_abs(const medseal_generation *generation,
    medseal_abs_public_key **public_key, medseal_error *err);
/** The public key for search. */
MEDSEAL_MUST_USE medseal_status medseal_generation_search(const medseal_generation *generation,
    medseal_search_public_key **public_key, medseal_error *err);
/** The public key for identities. */
MEDSEAL_MUST_USE medseal_status medseal_generation_super_node(const medseal_generation *generation,
    medseal_super_node_public_key **public_key, medseal_error *err);

/** @} */

/** @addtogroup holders Requests to several authorities, their answers, and what these make together
 * @{ */

/**
 * An authority with its share, at work. It is secret, and wiped when freed. It has
 * state: one call at a time.
 */
typedef struct medseal_authority_holder medseal_authority_holder;

/**
 * A request for keys or for an identity key: each authority makes sure who asks, and decides
 * for itself.
 */
typedef struct medseal_authority_request medseal_authority_request;

/**
 * A request with the one-time secret that opens the answers. It is secret, and wiped when
 * freed.
 */
typedef struct medseal_pending_request medseal_pending_request;

/** A registry before it is signed. It has state: one call at a time. */
typedef struct medseal_registry_draft medseal_registry_draft;
/** Writes the byte form of a request to authorities. */
MEDSEAL_MUST_USE medseal_status medseal_authority_request_encode(const medseal_authority_request *request, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a request to authorities, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_authority_request_decode(const uint8_t *data, size_t len,
    medseal_authority_request **request, medseal_error *err);
/** Frees a request to authorities. */
void medseal_authority_request_free(medseal_authority_request *request);
/** Writes the name of the member or hospital that asks. */
MEDSEAL_MUST_USE medseal_status medseal_authority_request_name(const medseal_authority_request *request, char *out,
    size_t *out_len, medseal_error *err);

/**
 * The attributes that keys are asked for.
 *
 * @return MEDSEAL_ERR_ABSENT in a request for an identity key
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_request_attributes(const medseal_authority_request *request,
    medseal_attributes **attributes, medseal_error *err);

/**
 * The registration that an identity key is asked for.
 *
 * @return MEDSEAL_ERR_ABSENT in a request for keys
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_request_registration(const medseal_authority_request *request,
    medseal_registration_request **registration, medseal_error *err);

/** Writes the byte form of a pending request. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_pending_request_encode(const medseal_pending_request *pending, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a pending request, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_pending_request_decode(const uint8_t *data, size_t len,
    medseal_pending_request **pending, medseal_error *err);
/** Frees a pending request, and wipes it. */
void medseal_pending_request_free(medseal_pending_request *pending);

/**
 * Asks for a member's keys.
 *
 * @return MEDSEAL_ERR_INVALID_TEXT
 */
MEDSEAL_MUST_USE medseal_status medseal_pending_request_keys(const char *member, size_t member_len,
    const medseal_attributes *attributes, uint64_t now_ms, medseal_pending_request **pending, medseal_error *err);

/** Asks for a hospital's identity key, once its registration stands in a registry. */
MEDSEAL_MUST_USE medseal_status medseal_pending_request_identity(const medseal_registration_request *registration,
    uint64_t now_ms, medseal_pending_request **pending, medseal_error *err);
/** The request, which goes to the authorities. */
MEDSEAL_MUST_USE medseal_status medseal_pending_request_request(const medseal_pending_request *pending,
    medseal_authority_request **request, medseal_error *err);

/**
 * Puts together a member's keys from the answers of a threshold of authorities, each of which
 * is checked.
 *
 * @param keyword_key the keyword key, from another member
 * @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
 *         MEDSEAL_ERR_INVALID_FIELD for a request of another kind
 */
MEDSEAL_MUST_USE medseal_status medseal_pending_request_combine_keys(const medseal_pending_request *pending,
    const medseal_generation *generation, const medseal_authority_message *const *messages, size_t count,
    const medseal_keyword_key *keyword_key, medseal_member_keys **keys, uint8_t *culprits, size_t culprits_count,
    medseal_error *err);

/**
 * Puts together a hospital's identity key from the answers of a threshold of authorities, each
 * of which is checked.
 *
 * @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
 *         MEDSEAL_ERR_INVALID_FIELD for a request of another kind
 */
MEDSEAL_MUST_USE medseal_status medseal_pending_request_combine_identity(const medseal_pending_request *pending,
    const medseal_generation *generation, const medseal_authority_message *const *messages, size_t count,
    medseal_identity_key **key, uint8_t *culprits, size_t culprits_count, medseal_error *err);

/** Writes the byte form of a draft of a registry. */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_encode(const medseal_registry_draft *draft, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a draft of a registry, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_decode(const uint8_t *data, size_t len,
    medseal_registry_draft **draft, medseal_error *err);
/** Frees a draft of a registry. */
void medseal_registry_draft_free(medseal_registry_draft *draft);
/** The first registry, with nobody in it. */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_first(uint64_t now_ms, medseal_registry_draft **draft,
    medseal_error *err);

/**
 * A draft of the registry after one.
 *
 * @param registry the newest registry
 * @return MEDSEAL_ERR_OUT_OF_RANGE after the last number
 */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_next(const medseal_verified_registry *registry, uint64_t now_ms,
    medseal_registry_draft **draft, medseal_error *err);

/**
 * Gives a draft another number, when authorities have signed different bodies under one.
 *
 * @param sequence the greater number
 */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_renumber(medseal_registry_draft *draft, uint64_t sequence,
    medseal_error *err);

/**
 * Registers a hospital in a draft.
 *
 * @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_register(medseal_registry_draft *draft,
    const medseal_registration_request *request, medseal_error *err);

/**
 * Revokes the registration of a hospital in a draft.
 *
 * @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_revoke_hospital(medseal_registry_draft *draft, const char *name,
    size_t name_len, medseal_error *err);

/**
 * Revokes a certificate in a draft.
 *
 * @param serial its serial number
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_registry_draft_revoke_certificate(medseal_registry_draft *draft,
    const medseal_certificate_serial *serial, medseal_error *err);

/** Frees an authority at work, and wipes it. */
void medseal_authority_holder_free(medseal_authority_holder *holder);

/**
 * Takes up work with a share, which the certificate makes usable.
 *
 * @param share its share
 * @param certificate the certificate of the share's generation
 * @return MEDSEAL_ERR_INVALID_KEY if they do not belong together, MEDSEAL_ERR_CULPRITS naming
 *         in `err` who is at fault
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_new(const medseal_authority_key *key,
    const medseal_authority_share *share, const medseal_generation_certificate *certificate,
    medseal_authority_holder **holder, medseal_error *err);

/**
 * Answers a request for keys with parts of them. That the member has these attributes is for
 * each authority to know. Work grows with the attributes.
 *
 * @return MEDSEAL_ERR_INVALID_FIELD for a request of another kind
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_issue(medseal_authority_holder *holder,
    const medseal_authority_request *request, medseal_authority_message **message, medseal_error *err);

/**
 * Answers a request for an identity key with a part of it, if exactly this registration stands
 * in a registry.
 *
 * @return MEDSEAL_ERR_INVALID_SIGNATURE for a registry of another super node,
 *         MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_FIELD
 *         for a request of another kind
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_extract(medseal_authority_holder *holder,
    const medseal_authority_request *request, const medseal_verified_registry *registry,
    medseal_authority_message **message, medseal_error *err);

/**
 * Signs a part of a main node's certificate.
 *
 * @param serial the serial number, 16 random bytes, which all are given
 * @param from_ms the first millisecond of its validity
 * @param to_ms the last
 * @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof of possession is wrong,
 *         MEDSEAL_ERR_INVALID_FIELD if the period is empty
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_certify(medseal_authority_holder *holder,
    const medseal_certificate_request *request, const medseal_certificate_serial *serial, uint64_t from_ms,
    uint64_t to_ms, medseal_authority_message **message, medseal_error *err);

/**
 * Takes note of a complete registry: what this authority signs from now on follows it.
 *
 * @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK,
 *         MEDSEAL_ERR_REGISTRY_CONFLICT if it contradicts a known one: both are kept, and this
 *         authority signs no more, MEDSEAL_ERR_IO
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_saw_registry(medseal_authority_holder *holder,
    const medseal_registry *registry, const char *directory, size_t directory_len, medseal_verified_registry **verified,
    medseal_error *err);

/**
 * Signs a part of a registry: one body for each number, recorded durably before.
 *
 * @return MEDSEAL_ERR_ALREADY_SIGNED if the record speaks against it: another body of this
 *         number, another predecessor, a lost revocation; MEDSEAL_ERR_REGISTRY_CONFLICT,
 *         MEDSEAL_ERR_IO
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_sign_registry(medseal_authority_holder *holder,
    medseal_registry_draft *draft, const char *directory, size_t directory_len, medseal_authority_message **message,
    medseal_error *err);

/**
 * Puts together a main node's certificate from the parts of a threshold of authorities, each
 * of which is checked.
 *
 * @param serial the serial number, 16 random bytes, which all are given
 * @param from_ms the first millisecond of its validity
 * @param to_ms the last
 * @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
 *         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_FIELD
 */
MEDSEAL_MUST_USE medseal_status medseal_generation_combine_certificate(const medseal_generation *generation,
    const medseal_certificate_request *request, const medseal_certificate_serial *serial, uint64_t from_ms,
    uint64_t to_ms, const medseal_authority_message *const *messages, size_t count, medseal_certificate **certificate,
    uint8_t *culprits, size_t culprits_count, medseal_error *err);

/**
 * Puts together a registry from the parts of a threshold of authorities, each of which is
 * checked.
 *
 * @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong
 */
MEDSEAL_MUST_USE medseal_status medseal_generation_combine_registry(const medseal_generation *generation,
    medseal_registry_draft *draft, const medseal_authority_message *const *messages, size_t count,
    medseal_registry **registry, uint8_t *culprits, size_t culprits_count, medseal_error *err);

/** @} */

/** @addtogroup charter Charters: what a ledger demands, signed by the super node
 * @{ */

/** A charter as it travels: what it demands counts when it was taken into a chain of charters. */
typedef struct medseal_charter medseal_charter;
/** A main node that stands as a validator of one ledger. */
typedef struct medseal_validator medseal_validator;

/** What a charter demands. It owns nothing. */
typedef struct medseal_terms {
    /** sizeof(medseal_terms). */
    size_t struct_size;
    /** The ledger's readable name: UTF-8 of 1 to 255 bytes. */
    const char *name;
    /** Bytes of the name. */
    size_t name_len;
    /** Who may upload: the policy that every entry states and every signer satisfies. */
    const medseal_policy *claim;
    /** The authority's public parameters, with the key under which entries are signed. */
    const medseal_public_parameters *parameters;
    /**
     * The nodes that decide what stands on the ledger, sorted by name; at most 256. NULL
     * with count 0 for none.
     */
    const medseal_validator *const *validators;
    /** How many validators. */
    size_t validator_count;
    /**
     * The members' epoch that entries have to carry, as medseal_begin_epoch
     * gave it; zeros for none.
     */
    medseal_epoch_commitment epoch;
} medseal_terms;

/** Writes the byte form of a validator. */
MEDSEAL_MUST_USE medseal_status medseal_validator_encode(const medseal_validator *validator, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a validator, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_validator_decode(const uint8_t *data, size_t len, medseal_validator **validator,
    medseal_error *err);
/** Frees a validator. */
void medseal_validator_free(medseal_validator *validator);

/**
 * The 32 bytes that a validator's key of the ledger's engine has to sign, to show that it
 * belongs to this main node.
 *
 * @param ledger the ledger's id; NULL for the first charter of a new one
 * @param engine_key the public key for the engine, in the engine's form
 * @param engine_key_len its bytes, at most 8192
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_validator_statement(const medseal_main_node *node,
    const medseal_digest *ledger, const uint8_t *engine_key, size_t engine_key_len, medseal_digest *statement,
    medseal_error *err);

/**
 * A main node stands as a validator, and vouches for its key of the ledger's engine.
 *
 * @param ledger the ledger's id; NULL for the first charter of a new one
 * @param engine_key the public key for the engine, in the engine's form
 * @param engine_key_len its bytes, at most 8192
 * @param engine_signature the engine key's signature on
 *                         medseal_main_node_validator_statement(); this library does not know
 *                         the engine, and does not check it
 * @param engine_signature_len its bytes, at most 8192
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_validator(const medseal_main_node *node, const medseal_digest *ledger,
    const uint8_t *engine_key, size_t engine_key_len, const uint8_t *engine_signature, size_t engine_signature_len,
    medseal_validator **validator, medseal_error *err);

/** Writes the name of a validator. */
MEDSEAL_MUST_USE medseal_status medseal_validator_name(const medseal_validator *validator, char *out, size_t *out_len,
    medseal_error *err);
/** Writes a validator's public key for the ledger's engine. */
MEDSEAL_MUST_USE medseal_status medseal_validator_engine_key(const medseal_validator *validator, uint8_t *out,
    size_t *out_len, medseal_error *err);

/**
 * Writes the signature of a validator's engine key on medseal_validator_statement(). The
 * signer of a charter checks it: this library does not know the engine.
 */
MEDSEAL_MUST_USE medseal_status medseal_validator_engine_signature(const medseal_validator *validator, uint8_t *out,
    size_t *out_len, medseal_error *err);

/**
 * The 32 bytes that the validator's engine key has to have signed.
 *
 * @param ledger the ledger's id; NULL for the first charter of a new one
 */
MEDSEAL_MUST_USE medseal_status medseal_validator_statement(const medseal_validator *validator,
    const medseal_digest *ledger, medseal_digest *statement, medseal_error *err);

/** Writes the byte form of a charter. */
MEDSEAL_MUST_USE medseal_status medseal_charter_encode(const medseal_charter *charter, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a charter, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_charter_decode(const uint8_t *data, size_t len, medseal_charter **charter,
    medseal_error *err);
/** Frees a charter. */
void medseal_charter_free(medseal_charter *charter);

/**
 * Signs the next charter of a ledger, or the first one of a new ledger. The super node does
 * not remember which it has signed: sign one of each number, and keep it before you hand it
 * out.
 *
 * @param charters the ledger's charters; NULL for a first one
 * @param terms what the charter demands
 * @param final_head the ledger's head, which you have checked. Of a first charter the final
 *                   head of the ledger that it continues, or NULL
 * @return MEDSEAL_ERR_NOT_SORTED if the validators are not sorted by name and distinct,
 *         MEDSEAL_ERR_INVALID_FIELD if two have a key in common or the final head has no
 *         items, MEDSEAL_ERR_INVALID_SIGNATURE if a validator did not sign for this ledger,
 *         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_super_node_sign_charter(medseal_super_node *node,
    const medseal_charters *charters, const medseal_terms *terms, const medseal_tree_head *final_head,
    medseal_charter **charter, medseal_error *err);

/**
 * The parts of a charter that have a fixed size.
 *
 * @param number where to put its number, from 1
 * @param ledger where to put the ledger's id, which is the hash of its first charter
 * @param hash where to put the charter's hash
 * @param previous where to put the hash of the charter before; zeros in the first
 * @param final_head where to put the ledger's head when it was signed; zeros if it names none
 * @param validators where to put how many validators it names
 */
MEDSEAL_MUST_USE medseal_status medseal_charter_fields(const medseal_charter *charter, uint32_t *number,
    medseal_digest *ledger, medseal_digest *hash, medseal_digest *previous, medseal_tree_head *final_head,
    size_t *validators, medseal_error *err);

/** Writes the ledger's readable name in a charter. */
MEDSEAL_MUST_USE medseal_status medseal_charter_name(const medseal_charter *charter, char *out, size_t *out_len,
    medseal_error *err);
/** The policy that a charter demands of uploaders. */
MEDSEAL_MUST_USE medseal_status medseal_charter_claim(const medseal_charter *charter, medseal_policy **policy,
    medseal_error *err);
/** The public parameters in a charter. */
MEDSEAL_MUST_USE medseal_status medseal_charter_parameters(const medseal_charter *charter,
    medseal_public_parameters **parameters, medseal_error *err);

/**
 * A validator that a charter names.
 *
 * @param index which, from zero, by name
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_charter_validator(const medseal_charter *charter, size_t index,
    medseal_validator **validator, medseal_error *err);

/** Writes the byte form of a chain of charters. */
MEDSEAL_MUST_USE medseal_status medseal_charters_encode(const medseal_charters *charters, uint8_t *out, size_t *out_len,
    medseal_error *err);

/**
 * The chain that begins with a ledger's first charter. The super node's key comes from a
 * trusted source; which of its ledgers this is, medseal_charters_ledger() tells.
 *
 * @param first the first charter, which is copied
 * @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it is not a first one,
 *         MEDSEAL_ERR_INVALID_SIGNATURE
 */
MEDSEAL_MUST_USE medseal_status medseal_charters_new(const medseal_charter *first,
    const medseal_super_node_public_key *public_key, medseal_charters **charters, medseal_error *err);

/**
 * The chain with the next charter. With one that is known already it is the same chain. Keep
 * the bytes of the newest chain: who goes on from an older one can be led to another.
 *
 * @param charters the chain, which stays as it is
 * @param charter the next charter, which is copied
 * @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER, MEDSEAL_ERR_INVALID_SIGNATURE,
 *         MEDSEAL_ERR_CHARTER_CONFLICT if the chain has another charter of this number, which
 *         together with this one is evidence, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_charters_push(const medseal_charters *charters, const medseal_charter *charter,
    medseal_charters **next, medseal_error *err);

/**
 * A charter of a chain.
 *
 * @param number its number, from 1; 0 for the newest
 * @return MEDSEAL_ERR_UNKNOWN_CHARTER
 */
MEDSEAL_MUST_USE medseal_status medseal_charters_get(const medseal_charters *charters, uint32_t number,
    medseal_charter **charter, medseal_error *err);

/** The ledger's id, for which entries are signed. */
MEDSEAL_MUST_USE medseal_status medseal_charters_ledger(const medseal_charters *charters, medseal_digest *ledger,
    medseal_error *err);

/** @} */

/** @addtogroup charter_draft Charters that several authorities sign: each its part of a draft
 * @{ */

/** A charter before several authorities sign it. */
typedef struct medseal_charter_draft medseal_charter_draft;
/** Writes the byte form of a draft of a charter. */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_encode(const medseal_charter_draft *draft, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a draft of a charter, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_decode(const uint8_t *data, size_t len,
    medseal_charter_draft **draft, medseal_error *err);
/** Frees a draft of a charter. */
void medseal_charter_draft_free(medseal_charter_draft *draft);

/**
 * A draft of the next charter of a ledger, or of the first one of a new ledger, for several
 * authorities to sign.
 *
 * @param charters the ledger's charters; NULL for a first one
 * @param terms what the charter demands
 * @param final_head the ledger's head. Of a first charter the final head of the ledger that it
 *                   continues, or NULL
 * @param number 0 for the number after that of the newest charter; a greater one if
 *               authorities have signed different bodies under that
 * @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_new(const medseal_charters *charters, const medseal_terms *terms,
    const medseal_tree_head *final_head, uint32_t number, medseal_charter_draft **draft, medseal_error *err);

/**
 * The parts of a draft of a charter that have a fixed size.
 *
 * @param number where to put its number, from 1
 * @param ledger where to put the ledger's id, which is the hash of its first charter
 * @param hash where to put the hash by which authorities compare what they sign, the charter's
 * @param previous where to put the hash of the charter before; zeros in the first
 * @param final_head where to put the ledger's head, which those who sign check; zeros if it
 *                   names none
 * @param epoch where to put the members' epoch that entries have to carry; zeros for none
 * @param validators where to put how many validators it names
 */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_fields(const medseal_charter_draft *draft, uint32_t *number,
    medseal_digest *ledger, medseal_digest *hash, medseal_digest *previous, medseal_tree_head *final_head,
    medseal_epoch_commitment *epoch, size_t *validators, medseal_error *err);

/** Writes the ledger's readable name in a draft of a charter. */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_name(const medseal_charter_draft *draft, char *out,
    size_t *out_len, medseal_error *err);
/** The policy that a draft of a charter demands of uploaders. */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_claim(const medseal_charter_draft *draft, medseal_policy **policy,
    medseal_error *err);
/** The public parameters in a draft of a charter. */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_parameters(const medseal_charter_draft *draft,
    medseal_public_parameters **parameters, medseal_error *err);

/**
 * A validator that a draft of a charter names.
 *
 * @param index which, from zero, by name
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_charter_draft_validator(const medseal_charter_draft *draft, size_t index,
    medseal_validator **validator, medseal_error *err);

/**
 * Takes note of a complete charter: what this authority signs for its ledger from now on
 * follows it.
 *
 * @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it does not
 *         follow the newest that is known, MEDSEAL_ERR_CHARTER_CONFLICT if another one of its
 *         number is known: both are kept, and this authority signs no more charters of the
 *         ledger, MEDSEAL_ERR_IO
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_saw_charter(medseal_authority_holder *holder,
    const medseal_charter *charter, const char *directory, size_t directory_len, medseal_error *err);

/**
 * Signs a part of a charter: one body for each number of a ledger, recorded durably before.
 * Check before what the draft demands, its final head, and that somebody has the secrets of
 * its public keys: medseal_abe_public_key_verify_possession() and
 * medseal_abs_public_key_verify_possession().
 *
 * @return MEDSEAL_ERR_ALREADY_SIGNED if the record speaks against it: another body of this
 *         number, or another predecessor; MEDSEAL_ERR_CHARTER_CONFLICT, MEDSEAL_ERR_IO, those
 *         of medseal_super_node_sign_charter()
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_holder_sign_charter(medseal_authority_holder *holder,
    const medseal_charter_draft *draft, const char *directory, size_t directory_len,
    medseal_authority_message **message, medseal_error *err);

/**
 * Puts together a charter from the parts of a threshold of authorities, each of which is
 * checked.
 *
 * @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong; those of
 *         medseal_super_node_sign_charter()
 */
MEDSEAL_MUST_USE medseal_status medseal_generation_combine_charter(const medseal_generation *generation,
    const medseal_charter_draft *draft, const medseal_authority_message *const *messages, size_t count,
    medseal_charter **charter, uint8_t *culprits, size_t culprits_count, medseal_error *err);

/** @} */

/** @addtogroup session Sessions: what the two sides of a handshake say to each other under its keys
 * @{ */

#define MEDSEAL_SESSION_OVERHEAD 49 /**< How many bytes a session message has more than its plaintext. */

/**
 * An authenticated session. It lives in memory only: its counters must not be set back. It is
 * secret, and wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_session medseal_session;

/** A message of a session. */
typedef struct medseal_session_message medseal_session_message;
/** Frees a session, and wipes it. */
void medseal_session_free(medseal_session *session);
/** Whom a session is with: writes the peer's name. */
MEDSEAL_MUST_USE medseal_status medseal_session_peer(const medseal_session *session, char *out, size_t *out_len,
    medseal_error *err);

/**
 * The identifier of a session: the same on both sides, different for every session, and
 * public.
 */
MEDSEAL_MUST_USE medseal_status medseal_session_read_id(const medseal_session *session, medseal_session_id *id,
    medseal_error *err);

/**
 * Seals the next message to the peer.
 *
 * @param plaintext the message, at most 16 MiB
 * @param aad what is authenticated with it and has to be the same for opening
 * @param last 0, or 1 for the last message, which closes this direction
 * @return MEDSEAL_ERR_SESSION_CLOSED, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_session_seal(medseal_session *session, const uint8_t *plaintext,
    size_t plaintext_len, const uint8_t *aad, size_t aad_len, int32_t last, medseal_session_message **message,
    medseal_error *err);

/**
 * Opens the next message from the peer. The output takes MEDSEAL_SESSION_OVERHEAD bytes less
 * than the encoded message has. If the buffer is too small, or the message is refused, the
 * session still waits for it.
 *
 * @param aad what was authenticated with it
 * @return MEDSEAL_ERR_DECRYPTION_FAILED unless it is the peer's next message,
 *         MEDSEAL_ERR_SESSION_CLOSED after the last one, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_session_open(medseal_session *session, const medseal_session_message *message,
    const uint8_t *aad, size_t aad_len, uint8_t *out, size_t *out_len, medseal_error *err);

/** Whether the peer's last message was opened. A connection that ends before was cut off. */
MEDSEAL_MUST_USE medseal_status medseal_session_closed_by_peer(const medseal_session *session, bool *closed,
    medseal_error *err);

/**
 * A secret for another use, the same on both sides, one for each label.
 *
 * @param label what it is for
 * @param secret where to put the secret; wipe it when you are done
 */
MEDSEAL_MUST_USE medseal_status medseal_session_export(const medseal_session *session, const uint8_t *label,
    size_t label_len, medseal_secret *secret, medseal_error *err);

/** Writes the byte form of a session message. */
MEDSEAL_MUST_USE medseal_status medseal_session_message_encode(const medseal_session_message *message, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a session message, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_session_message_decode(const uint8_t *data, size_t len,
    medseal_session_message **message, medseal_error *err);
/** Frees a session message. */
void medseal_session_message_free(medseal_session_message *message);

/**
 * Which message of its direction this is.
 *
 * @param number where to put its number, from zero
 * @param last where to put whether it says that it is the last, which is authenticated once it
 *             was opened
 */
MEDSEAL_MUST_USE medseal_status medseal_session_message_place(const medseal_session_message *message, uint64_t *number,
    bool *last, medseal_error *err);

/** @} */

/** @addtogroup replay Replay caches: which requests a main node has seen
 * @{ */

/**
 * The usual window of a replay cache: how far a request's time may lie from the main
 * node's, in milliseconds.
 */
#define MEDSEAL_REPLAY_WINDOW_MS 30000

/** A main node's memory of accepted requests. Any number of threads may use it at once. */
typedef struct medseal_replay_cache medseal_replay_cache;

/**
 * A memory of accepted requests of your own, for main nodes that share one: several with one
 * secret must, or each accepts a request once. Callbacks may come on several threads at once, if
 * you use the cache on several.
 */
typedef struct medseal_replay_callbacks {
    /** sizeof(medseal_replay_callbacks). */
    size_t struct_size;
    /** For you; may be NULL. */
    void *ctx;
    /** How far a request's time may lie from the main node's, before or after, in milliseconds. */
    uint64_t window_ms;
    /**
     * Remembers a request unless it is known, in one step: of two calls with the same `ephemeral`
     * one succeeds. Returns MEDSEAL_OK, MEDSEAL_ERR_REQUEST_REPLAYED if it is known,
     * MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW if it is so old that it may have been forgotten,
     * MEDSEAL_ERR_REPLAY_CACHE_FULL or MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, and anything else if it
     * fails. A request is kept until its time lies more than the window in the past, whatever the
     * pressure. Not NULL.
     */
    medseal_status (*remember)(void *ctx,
                               const uint8_t *ephemeral,
                               size_t ephemeral_len,
                               uint64_t time_ms,
                               const char *hospital,
                               size_t hospital_len,
                               uint64_t now_ms);
    /** Called once when the cache is freed; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_replay_callbacks;

/** Frees a replay cache. */
void medseal_replay_cache_free(medseal_replay_cache *cache);

/**
 * Makes a replay cache in memory. It refuses requests until the window after its start is
 * over, because the process may have accepted them before it was restarted.
 *
 * @param window_ms how far a request's time may lie from the main node's, in milliseconds;
 *                  MEDSEAL_REPLAY_WINDOW_MS
 * @param capacity how many requests it remembers at most, up to 1048576
 * @param quota how many of one hospital, from 1 up to the capacity
 * @param start_ms when the process starts, in Unix milliseconds
 * @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_INVALID_FIELD
 */
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_new(uint64_t window_ms, uint32_t capacity, uint32_t quota,
    uint64_t start_ms, medseal_replay_cache **cache, medseal_error *err);

/**
 * Makes a replay cache of your own.
 *
 * @param callbacks what keeps it
 */
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_from_callbacks(const medseal_replay_callbacks *callbacks,
    medseal_replay_cache **cache, medseal_error *err);

/**
 * How many requests a replay cache in memory remembers.
 *
 * @return MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT if it was saved
 */
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_count(const medseal_replay_cache *cache, size_t *count,
    medseal_error *err);

/**
 * Saves a replay cache in memory, so that a restarted process can go on with it. It is spent,
 * unless the buffer is too small: what it would accept later would not be saved.
 *
 * @return MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_encode(const medseal_replay_cache *cache, uint8_t *out,
    size_t *out_len, medseal_error *err);

/**
 * Goes on with a replay cache that was saved. Use what was saved last, and once.
 *
 * @return a decoding status
 */
MEDSEAL_MUST_USE medseal_status medseal_replay_cache_decode(const uint8_t *data, size_t len,
    medseal_replay_cache **cache, medseal_error *err);

/** @} */

/** @addtogroup handshake Mutual authentication of hospitals and main nodes
 * @{ */

/**
 * A request that a main node has accepted: the hospital is authenticated. It is secret, and
 * wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_accepted_request medseal_accepted_request;

/** Third message of the handshake: hospital to main node. */
typedef struct medseal_auth_confirmation medseal_auth_confirmation;
/** Second message of the handshake: main node to hospital. */
typedef struct medseal_auth_reply medseal_auth_reply;
/** First message of the handshake: hospital to main node. */
typedef struct medseal_auth_request medseal_auth_request;

/**
 * A main node that waits for the hospital's confirmation, or goes on without. It is secret,
 * and wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_awaiting_confirmation medseal_awaiting_confirmation;

/**
 * A hospital that waits for a main node's reply. It is secret, and wiped when freed. It has
 * state: one call at a time.
 */
typedef struct medseal_awaiting_reply medseal_awaiting_reply;

/** Writes the byte form of a request. */
MEDSEAL_MUST_USE medseal_status medseal_auth_request_encode(const medseal_auth_request *request, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a request, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_auth_request_decode(const uint8_t *data, size_t len,
    medseal_auth_request **request, medseal_error *err);
/** Frees a request. */
void medseal_auth_request_free(medseal_auth_request *request);
/** Writes the byte form of a reply. */
MEDSEAL_MUST_USE medseal_status medseal_auth_reply_encode(const medseal_auth_reply *reply, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a reply, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_auth_reply_decode(const uint8_t *data, size_t len, medseal_auth_reply **reply,
    medseal_error *err);
/** Frees a reply. */
void medseal_auth_reply_free(medseal_auth_reply *reply);
/** Writes the byte form of a confirmation. */
MEDSEAL_MUST_USE medseal_status medseal_auth_confirmation_encode(const medseal_auth_confirmation *confirmation,
    uint8_t *out, size_t *out_len, medseal_error *err);
/** Reads the byte form of a confirmation, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_auth_confirmation_decode(const uint8_t *data, size_t len,
    medseal_auth_confirmation **confirmation, medseal_error *err);
/** Frees a confirmation. */
void medseal_auth_confirmation_free(medseal_auth_confirmation *confirmation);
/** Frees a hospital's side of a handshake, and wipes it. */
void medseal_awaiting_reply_free(medseal_awaiting_reply *awaiting);

/**
 * Starts a handshake at a hospital.
 *
 * @param certificate the main node's certificate
 * @param registry the newest registry
 * @return MEDSEAL_ERR_CERTIFICATE_EXPIRED, MEDSEAL_ERR_CERTIFICATE_REVOKED,
 *         MEDSEAL_ERR_INVALID_SIGNATURE if certificate or registry are of another super node
 */
MEDSEAL_MUST_USE medseal_status medseal_hospital_start(const medseal_hospital *hospital,
    const medseal_verified_certificate *certificate, const medseal_verified_registry *registry, uint64_t now_ms,
    medseal_awaiting_reply **awaiting, medseal_auth_request **request, medseal_error *err);

/**
 * Finishes a handshake at the hospital: the main node is authenticated.
 *
 * @param awaiting the hospital's side, which is spent, also by a reply that is refused
 * @param reply the main node's reply
 * @param disclosure what the main node tells
 * @param confirmation what to send back
 * @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_hospital_finish(medseal_awaiting_reply *awaiting,
    const medseal_auth_reply *reply, medseal_session **session, medseal_disclosure **disclosure,
    medseal_auth_confirmation **confirmation, medseal_error *err);

/** Frees an accepted request, and wipes it. */
void medseal_accepted_request_free(medseal_accepted_request *accepted);

/**
 * Judges a hospital's request at a main node.
 *
 * @param registry the newest registry
 * @param cache what remembers requests
 * @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_UNKNOWN_NAME,
 *         MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_SIGNATURE if the registry is of
 *         another super node, MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW,
 *         MEDSEAL_ERR_REQUEST_REPLAYED, MEDSEAL_ERR_REPLAY_CACHE_FULL,
 *         MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, MEDSEAL_ERR_IO if the cache fails,
 *         MEDSEAL_ERR_SPENT if it was saved, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_accept(const medseal_main_node *node,
    const medseal_auth_request *request, const medseal_verified_registry *registry, const medseal_replay_cache *cache,
    uint64_t now_ms, medseal_accepted_request **accepted, medseal_error *err);

/**
 * Writes the name of the hospital whose request was accepted.
 *
 * @return MEDSEAL_ERR_SPENT if it was replied to
 */
MEDSEAL_MUST_USE medseal_status medseal_accepted_request_hospital(const medseal_accepted_request *accepted, char *out,
    size_t *out_len, medseal_error *err);

/**
 * Replies to an accepted request.
 *
 * @param accepted the accepted request, which is spent
 * @param disclosure what to tell the hospital
 * @return MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_reply(medseal_accepted_request *accepted,
    const medseal_disclosure *disclosure, medseal_auth_reply **reply, medseal_awaiting_confirmation **awaiting,
    medseal_error *err);

/** Frees a main node's side of a handshake, and wipes it. */
void medseal_awaiting_confirmation_free(medseal_awaiting_confirmation *awaiting);

/**
 * Finishes a handshake at the main node with the hospital's confirmation, which shows
 * that it has the session.
 *
 * @param awaiting the main node's side, which is spent, also by a confirmation that is refused
 * @param confirmation the hospital's confirmation
 * @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_confirm(medseal_awaiting_confirmation *awaiting,
    const medseal_auth_confirmation *confirmation, medseal_session **session, medseal_error *err);

/**
 * Finishes a handshake at the main node without a confirmation: that the hospital has the
 * session shows with its first message.
 *
 * @param awaiting the main node's side, which is spent
 * @return MEDSEAL_ERR_SPENT
 */
MEDSEAL_MUST_USE medseal_status medseal_main_node_session(medseal_awaiting_confirmation *awaiting,
    medseal_session **session, medseal_error *err);

/** @} */

/** @addtogroup entry Entries of the ledger: what owners sign and every node checks
 * @{ */

/** A signed entry about a sealed record: what a ledger keeps. */
typedef struct medseal_entry medseal_entry;
/** Entries that a node may append: they were validated under the charter that was current then. */
typedef struct medseal_validated medseal_validated;

/** What an entry is made of. It owns nothing. */
typedef struct medseal_statement {
    /** sizeof(medseal_statement). */
    size_t struct_size;
    /** The number of the charter under which the entry is made. */
    uint32_t charter;
    /** The record's id. */
    medseal_record_id record;
    /** The digest of the sealed record. */
    medseal_digest digest;
    /** The time by the uploader's clock, in Unix milliseconds. */
    uint64_t time_ms;
    /**
     * Where the sealed record is: 1 to 1024 characters of ASCII. NULL with length 0 for the
     * address of the digest.
     */
    const char *address;
    /** Bytes of the address. */
    size_t address_len;
    /** The policy that the charter demands of uploaders. */
    const medseal_policy *claim;
    /**
     * The record key, wrapped under the access policy with medseal_entry_wrap_aad()
     * of the digest as `aad`.
     */
    const medseal_abe_wrapped_key *wrapped;
    /** The index of the record's keywords, under the same access policy. */
    const medseal_search_index *index;
    /** A message to the hospital whose record it is, or NULL. */
    const medseal_identity_envelope *envelope;
} medseal_statement;

/** Makes a random record id. */
MEDSEAL_MUST_USE medseal_status medseal_record_id_generate(medseal_record_id *id, medseal_error *err);

/**
 * What a record key has to be wrapped with as `aad`, so that it belongs to one sealed record.
 *
 * @param digest the digest of the sealed record
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_wrap_aad(const medseal_digest *digest, medseal_digest *aad,
    medseal_error *err);

/** Writes the address of the sealed record with a digest: 64 hexadecimal digits. */
MEDSEAL_MUST_USE medseal_status medseal_address_of(const medseal_digest *digest, char *out, size_t *out_len,
    medseal_error *err);
/** Writes the byte form of an entry. */
MEDSEAL_MUST_USE medseal_status medseal_entry_encode(const medseal_entry *entry, uint8_t *out, size_t *out_len,
    medseal_error *err);

/**
 * Reads the byte form of an entry, checking all but points of its parts:
 * medseal_entry_validate() checks them all, and each is checked where it is used.
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_decode(const uint8_t *data, size_t len, medseal_entry **entry,
    medseal_error *err);

/** Frees an entry. */
void medseal_entry_free(medseal_entry *entry);

/**
 * Builds an entry and signs it for a ledger.
 *
 * @param statement what it says
 * @param ledger the ledger's id
 * @param key the uploader's signing key
 * @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the key does not satisfy the claim policy,
 *         MEDSEAL_ERR_ACCESS_POLICY_MISMATCH, MEDSEAL_ERR_INVALID_TEXT,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_sign(const medseal_statement *statement, const medseal_digest *ledger,
    const medseal_abs_signing_key *key, medseal_entry **entry, medseal_error *err);

/** Frees validated entries. */
void medseal_validated_free(medseal_validated *validated);

/**
 * What every node checks before it accepts an entry, in this order: the charter that it names
 * is the current one, its claim policy, one access policy, the signature, every point of its
 * key and its index. The points come last: they cost most, and only an entitled signer gets
 * that far; medseal_entry_decode() leaves them.
 *
 * @param entry the entry, which is copied
 * @return MEDSEAL_ERR_ERA_PASSED, MEDSEAL_ERR_UNKNOWN_CHARTER,
 *         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_ACCESS_POLICY_MISMATCH,
 *         MEDSEAL_ERR_INVALID_SIGNATURE, a decoding status
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_validate(const medseal_entry *entry, const medseal_charters *charters,
    medseal_validated **validated, medseal_error *err);

/**
 * Validates many entries, which is faster than each by itself. If some are refused, the
 * position in the medseal_error is the index of the first of them.
 *
 * @param entries the entries, which are copied
 * @return if all are accepted, else as medseal_entry_validate() for the first that is refused
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_validate_all(const medseal_entry *const *entries, size_t count,
    const medseal_charters *charters, size_t threads, medseal_validated **validated, medseal_error *err);

/**
 * Checks what every reader checks of an entry from any source: it was made under the charter
 * that it names, and it stands under a head that the reader trusts. medseal_open() does the
 * same.
 *
 * @param proof the proof that it stands under the head
 * @return MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
 *         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_PROOF
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_check(const medseal_entry *entry, const medseal_charters *charters,
    const medseal_inclusion_proof *proof, const medseal_trusted_head *head, medseal_error *err);

/**
 * The parts of an entry that have a fixed size.
 *
 * @param charter where to put the number of the charter under which it was made
 * @param id where to put its id
 * @param record where to put the record's id
 * @param digest where to put the digest of the sealed record
 * @param time_ms where to put its time, in Unix milliseconds
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_fields(const medseal_entry *entry, uint32_t *charter,
    medseal_entry_id *id, medseal_record_id *record, medseal_digest *digest, uint64_t *time_ms, medseal_error *err);

/** Writes the address of the sealed record that an entry is about. */
MEDSEAL_MUST_USE medseal_status medseal_entry_address(const medseal_entry *entry, char *out, size_t *out_len,
    medseal_error *err);
/** The policy that the uploader's attributes satisfy. */
MEDSEAL_MUST_USE medseal_status medseal_entry_claim(const medseal_entry *entry, medseal_policy **policy,
    medseal_error *err);
/** The policy of who may find and open the record. */
MEDSEAL_MUST_USE medseal_status medseal_entry_access(const medseal_entry *entry, medseal_policy **policy,
    medseal_error *err);

/**
 * The wrapped record key in an entry. Its points are checked by medseal_entry_validate(), and
 * those that are used when it is unwrapped.
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_wrapped_key(const medseal_entry *entry, medseal_abe_wrapped_key **wrapped,
    medseal_error *err);

/**
 * The keyword index in an entry. Its points are checked by medseal_entry_validate(), and those
 * that are used when it is matched.
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_index(const medseal_entry *entry, medseal_search_index **index,
    medseal_error *err);

/**
 * The envelope in an entry.
 *
 * @return MEDSEAL_ERR_ABSENT if it has none
 */
MEDSEAL_MUST_USE medseal_status medseal_entry_envelope(const medseal_entry *entry, medseal_identity_envelope **envelope,
    medseal_error *err);

/** The signature of an entry. */
MEDSEAL_MUST_USE medseal_status medseal_entry_signature(const medseal_entry *entry, medseal_abs_signature **signature,
    medseal_error *err);

/** @} */

/** @addtogroup ledger Ledgers: one of your own by callbacks, or the reference ledger in memory
 * @{ */

/**
 * A ledger of your own. It keeps items: entries and charters, each of them bytes at a height,
 * numbered from zero without gaps and visible in that order; item 0 is the first charter. You
 * append charters to it yourself. Callbacks may come on several threads at once, if you use
 * the ledger on several.
 *
 * MEDSEAL_ERR_LEDGER_UNAVAILABLE and MEDSEAL_ERR_IO, and every status that has nothing to do
 * with ledgers, say that the ledger failed: it may or may not have the entry, and the same entry
 * may be appended again.
 */
typedef struct medseal_ledger_callbacks {
    /** sizeof(medseal_ledger_callbacks). */
    size_t struct_size;
    /** For you; may be NULL. */
    void *ctx;
    /**
     * Appends an entry, which was validated under the charter of this number: if another is
     * current by now, it returns MEDSEAL_ERR_ERA_PASSED. If an entry of this id is there, it adds
     * nothing and sets `*was_there`. Says the height in `*height`. Not NULL.
     */
    medseal_status (*append)(void *ctx,
                             const uint8_t *entry,
                             size_t entry_len,
                             const medseal_entry_id *id,
                             uint32_t charter,
                             uint64_t *height,
                             bool *was_there);
    /**
     * Gives the bytes of the item at a height to medseal_sink_write().
     * MEDSEAL_ERR_UNKNOWN_ENTRY from the ledger's end on. A search names a height whose bytes
     * are no item, and goes on. Not NULL.
     */
    medseal_status (*at)(void *ctx, uint64_t height, medseal_sink *item);
    /**
     * Gives the bytes of the entry of an id to medseal_sink_write(). MEDSEAL_ERR_UNKNOWN_ENTRY if
     * there is none. Not NULL.
     */
    medseal_status (*get)(void *ctx, const medseal_entry_id *id, medseal_sink *entry);
    /**
     * Says how far the ledger has come: how many items it has, and the root of the Merkle tree
     * over their bytes. A medseal_merkle_tree to which the items are appended says both. Not NULL.
     */
    medseal_status (*head)(void *ctx, medseal_tree_head *head);
    /**
     * Gives the bytes of the medseal_inclusion_proof of the entry of an id, under the head that
     * the ledger had when it had `size` items, to medseal_sink_write(). MEDSEAL_ERR_UNKNOWN_ENTRY
     * if there is no such entry, MEDSEAL_ERR_AFTER_TRUSTED_HEAD if it came later,
     * MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items. Not NULL.
     */
    medseal_status (*prove)(void *ctx, const medseal_entry_id *id, uint64_t size, medseal_sink *proof);
    /**
     * Searches where the entries are: sends the byte form of a query there, where a node reads it
     * with medseal_query_decode() and runs medseal_ledger_search(), and gives the byte form of
     * what the node found to medseal_sink_write(). `from` is the height to begin at. May be NULL:
     * then the library reads and matches every entry.
     */
    medseal_status (*search)(void *ctx, const uint8_t *query, size_t query_len, uint64_t from, medseal_sink *found);
    /** Called once when the ledger is freed; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_ledger_callbacks;

/**
 * Makes a ledger of your own.
 *
 * @param callbacks what keeps it
 */
MEDSEAL_MUST_USE medseal_status medseal_ledger_from_callbacks(const medseal_ledger_callbacks *callbacks,
    medseal_ledger **ledger, medseal_error *err);

/**
 * Appends a validated entry. If an entry of its id is there, nothing is added.
 *
 * @param height where to put its height
 * @param was_there where to put whether it was there before, or NULL
 * @return MEDSEAL_ERR_ERA_PASSED if another charter is current by now,
 *         MEDSEAL_ERR_UNKNOWN_CHARTER if it was validated for another ledger,
 *         MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, MEDSEAL_ERR_INVALID_ARGUMENT for
 *         more entries than one
 */
MEDSEAL_MUST_USE medseal_status medseal_ledger_append(const medseal_ledger *ledger, const medseal_validated *validated,
    uint64_t *height, bool *was_there, medseal_error *err);

/**
 * The item at a height: an entry or a charter. If it cannot be had, the position in the
 * medseal_error is the height.
 *
 * @param height the height
 * @param entry the entry; NULL if it is a charter
 * @param charter the charter; NULL if it is an entry
 * @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a decoding
 *         status if a ledger of your own gives no item
 */
MEDSEAL_MUST_USE medseal_status medseal_ledger_at(const medseal_ledger *ledger, uint64_t height, medseal_entry **entry,
    medseal_charter **charter, medseal_error *err);

/**
 * The entry of an id.
 *
 * @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO,
 *         MEDSEAL_ERR_DIGEST_MISMATCH if a ledger of your own gives another entry, a decoding
 *         status if it gives none
 */
MEDSEAL_MUST_USE medseal_status medseal_ledger_get(const medseal_ledger *ledger, const medseal_entry_id *id,
    medseal_entry **entry, medseal_error *err);

/**
 * Proves that an entry stands under the head that the ledger had when it had so many items.
 *
 * @param size the size of the head
 * @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_AFTER_TRUSTED_HEAD if it came later,
 *         MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items,
 *         MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a decoding status if a ledger of
 *         your own gives no proof
 */
MEDSEAL_MUST_USE medseal_status medseal_ledger_prove(const medseal_ledger *ledger, const medseal_entry_id *id,
    uint64_t size, medseal_inclusion_proof **proof, medseal_error *err);

/** Writes the byte form of what a search found. */
MEDSEAL_MUST_USE medseal_status medseal_found_encode(const medseal_found *found, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of what a search found, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_found_decode(const uint8_t *data, size_t len, medseal_found **found,
    medseal_error *err);

/**
 * Searches a ledger, as a node that holds public parameters only. An entry whose policy the
 * trapdoors' attributes do not satisfy costs no pairing. One that cannot be judged does not
 * end the search: see medseal_found_malformed().
 *
 * @param authority the public key under which the ledger's entries are indexed
 * @param from the height to begin at
 * @param progress told how many entries are done, on the caller's thread; or NULL
 * @return MEDSEAL_ERR_OTHER_AUTHORITY if the query was made under another public key,
 *         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_HEIGHT_MISSING with the height as position if the
 *         ledger leaves one out, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a decoding
 *         status if a ledger of your own answers nothing that was found
 */
MEDSEAL_MUST_USE medseal_status medseal_ledger_search(const medseal_ledger *ledger, const medseal_query *query,
    const medseal_search_public_key *authority, uint64_t from, size_t threads, const medseal_progress *progress,
    medseal_found **found, medseal_error *err);

/**
 * An entry that could not be judged: what the ledger gave is no entry, or its index is
 * malformed.
 *
 * @param index which, from zero, in the ledger's order
 * @param height where to put its height
 * @param why where to put the decoding status that says what is wrong with it
 * @return MEDSEAL_ERR_OUT_OF_RANGE
 */
MEDSEAL_MUST_USE medseal_status medseal_found_malformed(const medseal_found *found, size_t index, uint64_t *height,
    medseal_status *why, medseal_error *err);

/** @} */

/** @addtogroup memory_ledger The reference ledger in memory: its blocks, its proofs, its byte form
 * @{ */

/** What a block of a reference ledger says about the chain up to it. */
typedef struct medseal_block_header medseal_block_header;

/**
 * Makes a reference ledger in memory, which holds its first charter: for tests,
 * examples and as a model.
 *
 * @param first the first charter, which is copied
 * @return as medseal_charters_new()
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_new(const medseal_charter *first,
    const medseal_super_node_public_key *public_key, medseal_ledger **ledger, medseal_error *err);

/**
 * The charters that stand on a reference ledger.
 *
 * @return MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_charters(const medseal_ledger *ledger,
    medseal_charters **charters, medseal_error *err);

/**
 * Appends the next charter to a reference ledger, where it governs what follows. One that
 * stands there already changes nothing. Of two charters of one number the first counts, and
 * the other is kept as evidence.
 *
 * @param charter the charter, which is copied
 * @param height where to put its height
 * @return what medseal_charters_push() returns, MEDSEAL_ERR_FINAL_HEAD_REFUSED if its final
 *         head is not one that this ledger has had, MEDSEAL_ERR_LEDGER_UNAVAILABLE,
 *         MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_append_charter(const medseal_ledger *ledger,
    const medseal_charter *charter, uint64_t *height, medseal_error *err);

/**
 * A charter that a reference ledger refused because another of its number stands there.
 *
 * @param index which, from zero
 * @return MEDSEAL_ERR_OUT_OF_RANGE if there are not so many, MEDSEAL_ERR_LEDGER_UNAVAILABLE,
 *         MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_evidence(const medseal_ledger *ledger, size_t index,
    medseal_charter **charter, medseal_error *err);

/**
 * Appends validated entries to a reference ledger as one block: all of them, or none. If some
 * are refused, the first decides the status, and the position in the medseal_error is its
 * index.
 *
 * @param validated the entries
 * @param height where to put the height of the first
 * @return as medseal_ledger_append(), MEDSEAL_ERR_DUPLICATE_ENTRY if one is there already,
 *         MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_append_block(const medseal_ledger *ledger,
    const medseal_validated *validated, uint64_t *height, medseal_error *err);

/**
 * Checks the whole chain of a reference ledger anew: every item, every root, every hash.
 *
 * @return MEDSEAL_ERR_CHAIN_BROKEN with the position of the first block that does not check
 *         out, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_verify(const medseal_ledger *ledger, medseal_error *err);

/**
 * The header of a block of a reference ledger.
 *
 * @param number which block, from zero
 * @return MEDSEAL_ERR_OUT_OF_RANGE, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a
 *         ledger of your own
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_block(const medseal_ledger *ledger, uint64_t number,
    medseal_block_header **header, medseal_error *err);

/**
 * Writes all blocks of a reference ledger.
 *
 * @return MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_encode(const medseal_ledger *ledger, uint8_t *out,
    size_t *out_len, medseal_error *err);

/**
 * Reads a reference ledger, checking every item under the charter that held there, and the
 * whole chain. That it is the newest, it cannot show: compare its head and its id with those
 * from another source.
 *
 * @param public_key the super node's public key, from a trusted source
 * @return a decoding status, MEDSEAL_ERR_CHAIN_BROKEN with the position of the first block
 *         that does not check out
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_decode(const uint8_t *data, size_t len,
    const medseal_super_node_public_key *public_key, medseal_ledger **ledger, medseal_error *err);

/** Writes the byte form of a block header. */
MEDSEAL_MUST_USE medseal_status medseal_block_header_encode(const medseal_block_header *header, uint8_t *out,
    size_t *out_len, medseal_error *err);
/** Reads the byte form of a block header, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_block_header_decode(const uint8_t *data, size_t len,
    medseal_block_header **header, medseal_error *err);
/** Frees a block header. */
void medseal_block_header_free(medseal_block_header *header);

/**
 * What a block header says.
 *
 * @param number where to put the block's number, from zero
 * @param items where to put how many items there are up to its end
 * @param root where to put the Merkle root over all of them
 * @param previous where to put the hash of the block before
 * @param hash where to put the block's hash
 */
MEDSEAL_MUST_USE medseal_status medseal_block_header_fields(const medseal_block_header *header, uint64_t *number,
    uint64_t *items, medseal_digest *root, medseal_digest *previous, medseal_digest *hash, medseal_error *err);

/** @} */

/** @addtogroup store Object stores: one of your own by callbacks, a directory, or memory
 * @{ */

/**
 * An object store of your own: it keeps bytes at an address, and is trusted for nothing. Callbacks
 * may come on several threads at once, if you use the store on several; those of one upload or one
 * reading come one after another.
 */
typedef struct medseal_store_callbacks {
    /** sizeof(medseal_store_callbacks). */
    size_t struct_size;
    /** For you; may be NULL. */
    void *ctx;
    /** Begins an upload, and puts something of yours for it into `*upload`. Not NULL. */
    medseal_status (*begin)(void *ctx, void **upload);
    /** Takes all of the next bytes of an upload. Not NULL. */
    medseal_status (*write)(void *ctx, void *upload, const uint8_t *data, size_t len);
    /**
     * Says at which address the object of an upload will be, after its last byte and before
     * anything is signed about it: 1 to 1024 printable ASCII characters without spaces, to
     * medseal_sink_write(). `digest` is the record digest of what was written. May be NULL: then
     * the address is the digest's, as of medseal_address_of().
     */
    medseal_status (*address)(void *ctx, void *upload, const medseal_digest *digest, medseal_sink *address);
    /**
     * Ends an upload: keeps what was written at the address, durably, and all of it or nothing. An
     * object that is there already is left as it is; MEDSEAL_ERR_DIGEST_MISMATCH if that is
     * another. `upload` is not used again, whatever is returned. Not NULL.
     */
    medseal_status (*commit)(void *ctx, void *upload, const char *address, size_t address_len);
    /** Ends an upload that is not committed, and forgets what was written. Not NULL. */
    void (*discard)(void *ctx, void *upload);
    /**
     * Begins to read the object at an address, and puts something of yours for it into `*reading`.
     * MEDSEAL_ERR_UNKNOWN_OBJECT if there is none. Not NULL.
     */
    medseal_status (*open)(void *ctx, const char *address, size_t address_len, void **reading);
    /**
     * Reads at most `len` bytes to `buffer` and says how many in `*read`: zero
     * only at the end. Not NULL.
     */
    medseal_status (*read)(void *ctx, void *reading, uint8_t *buffer, size_t len, size_t *read);
    /** Ends a reading. Not NULL. */
    void (*close)(void *ctx, void *reading);
    /**
     * Sees that an object stands at an address, and durably: what `commit` promises, asked again
     * by one who did not hear its answer. MEDSEAL_ERR_UNKNOWN_OBJECT if there is none. May be
     * NULL: then `open` answers it.
     */
    medseal_status (*confirm)(void *ctx, const char *address, size_t address_len);
    /** Called once when the store is freed; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_store_callbacks;

/**
 * Makes an object store of your own.
 *
 * @param callbacks what keeps it
 */
MEDSEAL_MUST_USE medseal_status medseal_store_from_callbacks(const medseal_store_callbacks *callbacks,
    medseal_store **store, medseal_error *err);

/** Makes an object store in memory: for tests and examples. */
MEDSEAL_MUST_USE medseal_status medseal_memory_store_new(medseal_store **store, medseal_error *err);

/** @} */

/** @addtogroup share The main job: seal and wrap, unwrap and open; publish, find and open on a ledger
 * @{ */

/**
 * What a publication begins with, before a byte leaves the process: the record's id and its
 * key. It is secret, as its byte form is, and wiped when freed.
 */
typedef struct medseal_draft medseal_draft;

/**
 * A record that is sealed and has an address. It is secret, as its byte form is, and wiped
 * when freed.
 */
typedef struct medseal_sealed medseal_sealed;

/** Frees a hospital's database. */
void medseal_database_free(medseal_database *database);
/** Makes the empty database of a hospital. */
MEDSEAL_MUST_USE medseal_status medseal_database_new(const medseal_super_node_public_key *public_key,
    const medseal_identity *identity, medseal_database **database, medseal_error *err);

/**
 * Goes on with a database from the frontier that medseal_database_frontier() gave.
 *
 * @param frontier the frontier, which is copied
 */
MEDSEAL_MUST_USE medseal_status medseal_database_resume(const medseal_super_node_public_key *public_key,
    const medseal_identity *identity, const medseal_merkle_frontier *frontier, medseal_database **database,
    medseal_error *err);

/**
 * The digest of a database: the Merkle root over its record digests. Keep it from others than
 * the hospital and main nodes.
 */
MEDSEAL_MUST_USE medseal_status medseal_database_digest(const medseal_database *database, medseal_digest *digest,
    medseal_error *err);

/** The state of a database, to be kept after each publication. */
MEDSEAL_MUST_USE medseal_status medseal_database_frontier(const medseal_database *database,
    medseal_merkle_frontier **frontier, medseal_error *err);
/** Writes the byte form of a draft. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_draft_encode(const medseal_draft *draft, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a draft, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_draft_decode(const uint8_t *data, size_t len, medseal_draft **draft,
    medseal_error *err);
/** Frees a draft, and wipes it. */
void medseal_draft_free(medseal_draft *draft);

/**
 * Makes a draft. Keep its byte form before you go on.
 *
 * @param record the record's id, which all who read the ledger see; NULL for a random one
 */
MEDSEAL_MUST_USE medseal_status medseal_draft_new(const medseal_record_id *record, medseal_draft **draft,
    medseal_error *err);

/** Writes the byte form of a sealed publication. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_sealed_encode(const medseal_sealed *sealed, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a sealed publication, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_sealed_decode(const uint8_t *data, size_t len, medseal_sealed **sealed,
    medseal_error *err);
/** Frees a sealed publication, and wipes it. */
void medseal_sealed_free(medseal_sealed *sealed);

/**
 * Seals a record into the store. Before the object is committed, so that it has an owner
 * whatever happens, `keep` gets the byte form of the sealed publication, all of it in one
 * call, and keeps it durably. If `keep` fails nothing is stored.
 *
 * Each time a draft is uploaded the record is sealed anew, to another digest and address:
 * throw away what was kept of the time before. A crash or a MEDSEAL_ERR_IO after `keep` leaves
 * open whether the object is there: go on with what was kept; medseal_finish() tells.
 *
 * @param reader gives the record
 * @param keep takes the byte form of the sealed publication
 * @return MEDSEAL_ERR_IO, MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD of the
 *         store, MEDSEAL_ERR_INVALID_TEXT if the store names no address, MEDSEAL_ERR_CANCELLED
 */
MEDSEAL_MUST_USE medseal_status medseal_upload(const medseal_consortium *consortium, const medseal_draft *draft,
    const medseal_reader *reader, const medseal_writer *keep, const medseal_progress *progress, medseal_sealed **sealed,
    medseal_error *err);

/** Writes the byte form of a prepared publication. The bytes are secret: wipe them when you are done. */
MEDSEAL_MUST_USE medseal_status medseal_prepared_encode(const medseal_prepared *prepared, uint8_t *out, size_t *out_len,
    medseal_error *err);
/** Reads the byte form of a prepared publication, checking everything. */
MEDSEAL_MUST_USE medseal_status medseal_prepared_decode(const uint8_t *data, size_t len, medseal_prepared **prepared,
    medseal_error *err);

/**
 * Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the
 * envelope, signs. It changes nothing and tells nobody. Keep the byte form of what it makes
 * before you go on.
 *
 * Do not prepare two records from one state of a database: finish the first, and go on from
 * the state that it leaves.
 *
 * @param publication under which policy, by which keywords, signed by whom
 * @param database the hospital's database, whose hospital gets an envelope; or NULL
 * @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the claim
 *         policy, MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public
 *         parameters, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are
 *         not allowed, MEDSEAL_ERR_CANCELLED
 */
MEDSEAL_MUST_USE medseal_status medseal_prepare(const medseal_consortium *consortium, const medseal_sealed *sealed,
    const medseal_publication *publication, const medseal_database *database, const medseal_progress *progress,
    medseal_prepared **prepared, medseal_error *err);

/** The draft of a prepared publication, for uploading the record again if its object is gone. */
MEDSEAL_MUST_USE medseal_status medseal_prepared_draft(const medseal_prepared *prepared, medseal_draft **draft,
    medseal_error *err);
/** The entry of a prepared publication. */
MEDSEAL_MUST_USE medseal_status medseal_prepared_entry(const medseal_prepared *prepared, medseal_entry **entry,
    medseal_error *err);

/**
 * The state of the hospital's database with the record of a prepared publication.
 *
 * @return MEDSEAL_ERR_ABSENT if it was prepared without a database
 */
MEDSEAL_MUST_USE medseal_status medseal_prepared_database(const medseal_prepared *prepared,
    medseal_merkle_frontier **frontier, medseal_error *err);

/**
 * Shares a published record under another policy, or by other keywords: appends a new entry
 * about the same sealed record. The old one stays, and everyone who could open the record
 * still can. The sealed record is read once, to see that it is there.
 *
 * @param entry the id of an entry about the record
 * @param publication under which policy, by which keywords, signed by whom
 * @param resume what medseal_finish() goes on from after a failure, or NULL where nothing
 *               remains to be done. May be NULL itself
 * @param published where to put what was published
 * @return as medseal_publish(), and MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_UNKNOWN_OBJECT,
 *         MEDSEAL_ERR_DECRYPTION_FAILED if this is not the record's key
 */
MEDSEAL_MUST_USE medseal_status medseal_rewrap(const medseal_consortium *consortium, const medseal_entry_id *entry,
    const medseal_record_key *key, const medseal_publication *publication, const medseal_progress *progress,
    medseal_prepared **resume, medseal_published *published, medseal_error *err);

/**
 * Unwraps the key of the record that an entry is about.
 *
 * @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED,
 *         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_UNKNOWN_CHARTER,
 *         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_INVALID_SIGNATURE or
 *         MEDSEAL_ERR_INVALID_PROOF if the ledger gives an entry that it should not have
 *         accepted, or what medseal_ledger_get() and medseal_ledger_prove() return
 */
MEDSEAL_MUST_USE medseal_status medseal_unwrap_record_key(const medseal_consortium *consortium,
    const medseal_entry_id *entry, const medseal_abe_decryption_key *key, medseal_record_key **record_key,
    medseal_error *err);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
