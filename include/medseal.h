/**
 * @file medseal.h
 * @brief Sharing medical records over a consortium ledger, from C and C++.
 *
 * Generated from src/ffi by include/generate; do not edit.
 *
 * @section objects Objects
 * Most types are opaque, and made by a function that puts a pointer to a new object in its last parameter before `err`.
 * Whoever gets it frees it with the type's `_free`, which takes NULL too. What a function makes never refers to what it was made
 * from: objects are freed in any order. Freeing an object wipes the secrets in it. Where an object can be used once, the
 * function says so; it is freed all the same.
 *
 * `_encode` writes an object's one canonical byte form, and `_decode` reads it. Decoding checks everything: lengths,
 * limits, that points are on the curve and in the right group. There is no other way to read, and none that is unsafe.
 *
 * Each object carries its type. A pointer to another type of object, or one that was freed and whose memory was not
 * used again since, gives MEDSEAL_ERR_WRONG_HANDLE; `_free` ignores it. Do not rely on this: a stale pointer is a fault.
 *
 * @section errors Errors
 * Every function that can fail returns a medseal_status: MEDSEAL_OK, which is 0, or a positive MEDSEAL_ERR_ value. A
 * pointer to a medseal_error, the last parameter, gets the details; it may be NULL. There is no global error.
 *
 * Each function lists what it may return. Two groups have a name. *General* statuses come from any function:
 * MEDSEAL_ERR_NULL_POINTER, MEDSEAL_ERR_INVALID_ARGUMENT, MEDSEAL_ERR_WRONG_HANDLE, MEDSEAL_ERR_BUSY and
 * MEDSEAL_ERR_INTERNAL. *Decoding* statuses come from bytes that are not what they should be: those from
 * MEDSEAL_ERR_TRUNCATED to MEDSEAL_ERR_LIMIT_EXCEEDED, and MEDSEAL_ERR_POLICY.
 *
 * When a function fails, each object that it would have made is NULL, each number or struct that it would have written
 * is zero, and each output length is zero, unless the buffer was too small. An object that it would have changed is as it
 * was, unless the function says otherwise. What depends on a secret fails without saying why.
 *
 * @section memory Memory
 * Inputs are a pointer and a length in bytes; the pointer may be NULL if the length is 0. They are read during the call
 * only. Text is UTF-8, needs no NUL at its end, and is not checked for one: a NUL is a character like any other.
 *
 * Outputs of variable size go to a buffer of yours, whose length is passed by pointer: it says how large the buffer is, and
 * then how many bytes were written. If it is too small, the function returns MEDSEAL_ERR_BUFFER_TOO_SMALL, sets the length
 * to what is needed, and does nothing else; NULL with length 0 asks for the size this way. Text that is written has no
 * NUL at its end either. Outputs of fixed size are structs.
 *
 * An output may lie in the same memory as an input of the same call, but outputs may not overlap each other. Lengths above
 * PTRDIFF_MAX are refused. The library never frees what it did not allocate, and nothing of it is to be freed with free().
 *
 * @section threads Threads
 * Every function may be called on any thread. *Immutable* objects, which are most, may be used by any number of threads at
 * once. Objects *with state* (sealers, sessions, ledgers and such; their type says so) serve one call at a time: a second
 * one gets MEDSEAL_ERR_BUSY, and you may use a lock to wait instead. An object must not be freed while a call uses it. The
 * library keeps no state of its own, starts threads only where a function takes their number, and joins them before it
 * returns.
 *
 * @section callbacks Callbacks
 * Structs of function pointers begin with `struct_size` and a pointer `ctx` for you, which is handed to every function.
 * Callbacks are called on the thread that made the call, unless said otherwise, and return a medseal_status. They must
 * return: no C++ exception and no longjmp may leave them. `drop_ctx`, if not NULL, is called exactly once when the
 * library is done with `ctx`: with a struct that is accepted into an object, when that is freed; else at the end of the
 * call, whether it failed or not. It is not called if the struct itself is refused, as NULL or for its size.
 *
 * @section randomness Randomness
 * is the operating system's. If that fails, the function returns MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE.
 */

#ifndef MEDSEAL_H
#define MEDSEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header; medseal_version_number() has that of the library. */
#define MEDSEAL_VERSION_MAJOR 0
/** The version of this header. */
#define MEDSEAL_VERSION_MINOR 1
/** The version of this header. */
#define MEDSEAL_VERSION_PATCH 0
/** The version of this header in one number, which grows with each version. */
#define MEDSEAL_VERSION_NUMBER \
    ((MEDSEAL_VERSION_MAJOR << 16) + (MEDSEAL_VERSION_MINOR << 8) + MEDSEAL_VERSION_PATCH)
/** The version of this header as text. */
#define MEDSEAL_VERSION_TEXT "0.1.0"

/** On functions whose status must not be ignored. */
#if defined(__GNUC__)
#define MEDSEAL_MUST_USE __attribute__((warn_unused_result))
#else
#define MEDSEAL_MUST_USE
#endif

/** What a medseal_error begins as: `medseal_error err = MEDSEAL_ERROR_INIT;` */
#define MEDSEAL_ERROR_INIT {sizeof(medseal_error), 0, 0, 0, {0}}

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup status What a function returns, and the optional detail beside it
 * @{
 */

/** Success. */
#define MEDSEAL_OK 0

/** General: a pointer is NULL that must not be. */
#define MEDSEAL_ERR_NULL_POINTER 1

/**
 * General: a length above PTRDIFF_MAX, a number that the parameter does not allow, a misaligned pointer, or a
 * struct_size that is too small.
 */
#define MEDSEAL_ERR_INVALID_ARGUMENT 2

/**
 * General: the pointer does not lead to an object of this kind. It may be one of another kind, or one that was freed.
 */
#define MEDSEAL_ERR_WRONG_HANDLE 3

/** General: a stateful object is in use by another call, of another thread or of the caller of this callback. */
#define MEDSEAL_ERR_BUSY 4

/** General: a fault inside the library. The objects in use may be unfinished: free them. */
#define MEDSEAL_ERR_INTERNAL 5

/** The output does not fit; the length now says how many bytes it needs. Nothing was written and nothing happened. */
#define MEDSEAL_ERR_BUFFER_TOO_SMALL 6

/** The object can be used once, and was. */
#define MEDSEAL_ERR_SPENT 7

/** This object does not have what was asked for, such as an entry without an envelope. */
#define MEDSEAL_ERR_ABSENT 8

/** Decoding: the input ends before the object does. */
#define MEDSEAL_ERR_TRUNCATED 16

/** Decoding: bytes follow the end of the object. */
#define MEDSEAL_ERR_TRAILING_BYTES 17

/** Decoding: the input does not begin as objects of this library do. */
#define MEDSEAL_ERR_WRONG_MAGIC 18

/** Decoding: the format version is not one that this library reads. */
#define MEDSEAL_ERR_UNSUPPORTED_VERSION 19

/** Decoding: the bytes encode another kind of object. */
#define MEDSEAL_ERR_WRONG_KIND 20

/** Decoding: a scalar is out of range. */
#define MEDSEAL_ERR_INVALID_SCALAR 21

/** Decoding: a group element is not the canonical encoding of a point on the curve. */
#define MEDSEAL_ERR_INVALID_POINT 22

/** Decoding: a point is outside the prime-order subgroup. */
#define MEDSEAL_ERR_POINT_NOT_IN_SUBGROUP 23

/** Decoding: a group element is the identity where that is not allowed. */
#define MEDSEAL_ERR_IDENTITY_POINT 24

/** Decoding: items that must be sorted and distinct are not. */
#define MEDSEAL_ERR_NOT_SORTED 25

/**
 * Decoding, and text from the caller: it is not valid UTF-8, or not in its canonical form, or has characters that are
 * not allowed here.
 */
#define MEDSEAL_ERR_INVALID_TEXT 26

/** Decoding, and values from the caller: a value that the object does not allow. */
#define MEDSEAL_ERR_INVALID_FIELD 27

/** Decoding, and input from the caller: larger or more numerous than allowed; the message names the limit. */
#define MEDSEAL_ERR_LIMIT_EXCEEDED 28

/** The operating system's random number generator failed. */
#define MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE 40

/**
 * A policy or an attribute does not parse; the position is the byte offset of the fault, the message says what was
 * expected there. Decoding reports it too, for text inside of an object.
 */
#define MEDSEAL_ERR_POLICY 41

/** The scheme does not support negation: key wrapping alone does. */
#define MEDSEAL_ERR_NEGATION_UNSUPPORTED 42

/** The attributes do not satisfy the policy. */
#define MEDSEAL_ERR_POLICY_NOT_SATISFIED 43

/** The key was not issued for this attribute. */
#define MEDSEAL_ERR_UNKNOWN_ATTRIBUTE 44

/** A keyword is empty, or longer than 256 bytes, after normalisation. */
#define MEDSEAL_ERR_INVALID_KEYWORD 45

/** A range or an index lies outside of the object. */
#define MEDSEAL_ERR_OUT_OF_RANGE 46

/** A progress callback cancelled the operation. */
#define MEDSEAL_ERR_CANCELLED 47

/** Decryption failed: another key, or damaged or exchanged data. */
#define MEDSEAL_ERR_DECRYPTION_FAILED 60

/** A signature does not verify. */
#define MEDSEAL_ERR_INVALID_SIGNATURE 61

/** A key was not issued under the public key that is said to have issued it. */
#define MEDSEAL_ERR_INVALID_KEY 62

/** Mutual authentication failed. */
#define MEDSEAL_ERR_AUTHENTICATION_FAILED 63

/** A Merkle proof does not verify. */
#define MEDSEAL_ERR_INVALID_PROOF 64

/** Data does not have the digest under which it was announced. */
#define MEDSEAL_ERR_DIGEST_MISMATCH 65

/** A hospital of this name is registered already. */
#define MEDSEAL_ERR_NAME_TAKEN 80

/** No hospital of this name is registered. */
#define MEDSEAL_ERR_UNKNOWN_NAME 81

/** The hospital's registration was revoked. */
#define MEDSEAL_ERR_HOSPITAL_REVOKED 82

/** The certificate is not valid at this time. */
#define MEDSEAL_ERR_CERTIFICATE_EXPIRED 83

/** The certificate was revoked. */
#define MEDSEAL_ERR_CERTIFICATE_REVOKED 84

/** The registry is older than one that was seen before. */
#define MEDSEAL_ERR_REGISTRY_ROLLBACK 85

/** The request's time is outside of the accepted window. */
#define MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW 86

/** The request was seen before. */
#define MEDSEAL_ERR_REQUEST_REPLAYED 87

/** The replay cache is full; nothing was forgotten to make room. */
#define MEDSEAL_ERR_REPLAY_CACHE_FULL 88

/** The hospital has used up its share of the replay cache. */
#define MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED 89

/** The session is closed in this direction, or its message counter is used up. */
#define MEDSEAL_ERR_SESSION_CLOSED 90

/** The ledger holds this entry already. */
#define MEDSEAL_ERR_DUPLICATE_ENTRY 100

/** The ledger holds no such entry. */
#define MEDSEAL_ERR_UNKNOWN_ENTRY 101

/** The entry's claim policy is not the one that the ledger demands. */
#define MEDSEAL_ERR_CLAIM_POLICY_REFUSED 102

/** The wrapped key and the keyword index have different access policies. */
#define MEDSEAL_ERR_ACCESS_POLICY_MISMATCH 103

/** The chain of blocks is broken; the position is the first block that does not check out. */
#define MEDSEAL_ERR_CHAIN_BROKEN 104

/** The ledger failed: the entry was not judged. */
#define MEDSEAL_ERR_LEDGER_UNAVAILABLE 105

/** The object store holds nothing at this address. */
#define MEDSEAL_ERR_UNKNOWN_OBJECT 106

/** Reading or writing failed. */
#define MEDSEAL_ERR_IO 107

/** The position of an error that has none. */
#define MEDSEAL_NO_POSITION UINT64_MAX

/** Bytes of the message of a medseal_error, its NUL included. */
#define MEDSEAL_ERROR_MESSAGE_BYTES 224

/**
 * What every function that can fail returns: MEDSEAL_OK, or one of the positive MEDSEAL_ERR_ values. Values are only
 * ever added; treat one that you do not know as a failure. medseal_status_text() gives the text of each.
 */
typedef int32_t medseal_status;

/**
 * Why a call failed, for a person to read. Every function that can fail takes one as its last parameter, or NULL.
 *
 * It is yours: nothing in it is allocated, and each call writes all of it, on success too. Set struct_size before the
 * first use, best with `medseal_error err = MEDSEAL_ERROR_INIT;`. What depends on a secret fails without saying why.
 */
typedef struct medseal_error {
    /**
     * sizeof(medseal_error), set by you. A later version of the library may know more fields, and then fills only
     * those that your size covers.
     */
    size_t struct_size;
    /**
     * Where: the byte offset in a policy's text, the index of a signature or an entry that is refused, the number of a
     * broken block. MEDSEAL_NO_POSITION if there is no such place.
     */
    uint64_t position;
    /** What the function returned. */
    medseal_status status;
    /** One of the MEDSEAL_STEP_ values if publishing failed; else MEDSEAL_STEP_NONE. */
    int32_t step;
    /** One line of English in UTF-8, ended by NUL; empty on success. */
    char message[MEDSEAL_ERROR_MESSAGE_BYTES];
} medseal_error;

/** @} */

/**
 * @defgroup values What travels by value: digests, ids, and what is read of them at once
 * @{
 */

/** Bytes of a medseal_digest. */
#define MEDSEAL_DIGEST_BYTES 32

/** Bytes of a medseal_summary. */
#define MEDSEAL_SUMMARY_BYTES 32

/** Bytes of a medseal_entry_id. */
#define MEDSEAL_ENTRY_ID_BYTES 32

/** Bytes of a medseal_record_id. */
#define MEDSEAL_RECORD_ID_BYTES 16

/** The digest of a sealed record, or the root of a Merkle tree: a SHA-256 hash. Public. */
typedef struct medseal_digest {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_DIGEST_BYTES];
} medseal_digest;

/**
 * The keyed summary of a record: whoever has the record key can check with it that the digest is the record's. Compare
 * it with medseal_record_summary_verify, which takes the same time for all.
 */
typedef struct medseal_summary {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_SUMMARY_BYTES];
} medseal_summary;

/** The id of an entry: the hash of its statement. Public. */
typedef struct medseal_entry_id {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_ENTRY_ID_BYTES];
} medseal_entry_id;

/** The id of a record, which stays when it is published again for others. Public: draw it at random. */
typedef struct medseal_record_id {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_RECORD_ID_BYTES];
} medseal_record_id;

/** What sealing or opening a record tells about it. */
typedef struct medseal_receipt {
    /** The digest of the sealed record. */
    medseal_digest digest;
    /** Bytes of the record. */
    uint64_t length;
    /** Bytes of the sealed record. */
    uint64_t sealed_length;
} medseal_receipt;

/**
 * For callers that cannot read macros.
 *
 * @return MEDSEAL_DIGEST_BYTES
 */
size_t medseal_digest_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * @return MEDSEAL_SUMMARY_BYTES
 */
size_t medseal_summary_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * @return MEDSEAL_ENTRY_ID_BYTES
 */
size_t medseal_entry_id_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * @return MEDSEAL_RECORD_ID_BYTES
 */
size_t medseal_record_id_bytes(void);

/** @} */

/**
 * @defgroup version Versions and texts
 * @{
 */

/**
 * The version of the library in use, which may be newer than the header: (major << 16) + (minor << 8) + patch, as
 * MEDSEAL_VERSION_NUMBER.
 *
 * Threads: any.
 *
 * @return the number
 */
uint32_t medseal_version_number(void);

/**
 * The version of the library in use, such as "0.1.0".
 *
 * Threads: any.
 *
 * @return static text ended by NUL; not to be freed
 */
const char *medseal_version_text(void);

/**
 * The text of a status, in English.
 *
 * Threads: any.
 *
 * @param status any number
 * @return static text ended by NUL; not to be freed; "an unknown status" for a number that is none
 */
const char *medseal_status_text(medseal_status status);

/** @} */

/**
 * @defgroup policy Attributes and policies
 * @{
 */

/**
 * A set of attributes, such as `role=doctor, clearance=3`: what a key is issued for. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_attributes medseal_attributes;

/**
 * A policy, such as `role=doctor and (ward=12 or clearance>=3)`: what attributes must satisfy. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_policy medseal_policy;

/**
 * Writes the byte form of a set of attributes.
 *
 * @param attributes what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_encode(const medseal_attributes *attributes,
                                         uint8_t *out,
                                         size_t *out_len,
                                         medseal_error *err);

/**
 * Reads a set of attributes from its byte form, checking everything.
 *
 * @param data the bytes
 * @param len how many
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_decode(const uint8_t *data,
                                         size_t len,
                                         medseal_attributes **attributes,
                                         medseal_error *err);

/**
 * Frees a set of attributes.
 *
 * @param attributes the object, which no call is using any more; NULL does nothing
 */
void medseal_attributes_free(medseal_attributes *attributes);

/**
 * Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
 *
 * @param text UTF-8
 * @param text_len its bytes
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_parse(const char *text,
                                        size_t text_len,
                                        medseal_attributes **attributes,
                                        medseal_error *err);

/**
 * Writes a set of attributes as text in its canonical form.
 *
 * @param attributes the attributes
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_text(const medseal_attributes *attributes,
                                       char *out,
                                       size_t *out_len,
                                       medseal_error *err);

/**
 * How many attributes a set has.
 *
 * @param attributes the attributes
 * @param count where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_count(const medseal_attributes *attributes,
                                        size_t *count,
                                        medseal_error *err);

/**
 * Writes the byte form of a policy.
 *
 * @param policy what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_encode(const medseal_policy *policy,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_error *err);

/**
 * Reads a policy from its byte form, checking everything.
 *
 * @param data the bytes
 * @param len how many
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_decode(const uint8_t *data,
                                     size_t len,
                                     medseal_policy **policy,
                                     medseal_error *err);

/**
 * Frees a policy.
 *
 * @param policy the object, which no call is using any more; NULL does nothing
 */
void medseal_policy_free(medseal_policy *policy);

/**
 * Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
 *
 * @param text UTF-8
 * @param text_len its bytes
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_parse(const char *text,
                                    size_t text_len,
                                    medseal_policy **policy,
                                    medseal_error *err);

/**
 * Writes a policy as text in its canonical form: policies with the same text are the same.
 *
 * @param policy the policy
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_text(const medseal_policy *policy,
                                   char *out,
                                   size_t *out_len,
                                   medseal_error *err);

/**
 * Whether attributes satisfy a policy.
 *
 * @param policy the policy
 * @param attributes the attributes
 * @param satisfied where to put the answer
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_check(const medseal_policy *policy,
                                    const medseal_attributes *attributes,
                                    bool *satisfied,
                                    medseal_error *err);

/**
 * Says what attributes lack for a policy, as a short text of one or more lines; empty if they satisfy it.
 *
 * @param policy the policy
 * @param attributes the attributes
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_diagnose(const medseal_policy *policy,
                                       const medseal_attributes *attributes,
                                       char *out,
                                       size_t *out_len,
                                       medseal_error *err);

/**
 * How many leaves a policy has, with comparisons expanded: what the sizes of wrapped keys, indexes and signatures
 * grow with.
 *
 * @param policy the policy
 * @param leaves where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_leaves(const medseal_policy *policy,
                                     size_t *leaves,
                                     medseal_error *err);

/**
 * Whether a policy has a negation, which key wrapping supports, and signatures and search do not.
 *
 * @param policy the policy
 * @param negation where to put the answer
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_has_negation(const medseal_policy *policy,
                                           bool *negation,
                                           medseal_error *err);

/** @} */

/**
 * @defgroup record Sealed records, in memory
 * @{
 */

/** Bytes of an encoded medseal_record_key. */
#define MEDSEAL_RECORD_KEY_BYTES 36

/**
 * The key of a sealed record. It is secret, and wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_record_key medseal_record_key;

/**
 * For callers that cannot read macros.
 *
 * @return MEDSEAL_RECORD_KEY_BYTES
 */
size_t medseal_record_key_bytes(void);

/**
 * Writes the byte form of a record key. The bytes are secret: wipe them when you are done.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_key_encode(const medseal_record_key *key,
                                         uint8_t *out,
                                         size_t *out_len,
                                         medseal_error *err);

/**
 * Reads a record key from its byte form, checking everything.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_record_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_key_decode(const uint8_t *data,
                                         size_t len,
                                         medseal_record_key **key,
                                         medseal_error *err);

/**
 * Frees a record key, and wipes it.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_record_key_free(medseal_record_key *key);

/**
 * Makes a record key from the operating system's randomness.
 *
 * @param key where to put the new object, to be freed with medseal_record_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_record_key_generate(medseal_record_key **key, medseal_error *err);

/**
 * How many bytes a record of this length has when it is sealed.
 *
 * @param length bytes of the record
 * @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
 * @param sealed_length where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE if the chunk size is not allowed or the record is too long, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_sealed_length(uint64_t length,
                                            uint32_t chunk_log2,
                                            uint64_t *sealed_length,
                                            medseal_error *err);

/**
 * How many bytes the record in a sealed record has, as its header and size say; opening it checks that.
 *
 * @param sealed the sealed record
 * @param sealed_len its bytes
 * @param length where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, MEDSEAL_ERR_DECRYPTION_FAILED if no record has this size, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_opened_length(const uint8_t *sealed,
                                            size_t sealed_len,
                                            uint64_t *length,
                                            medseal_error *err);

/**
 * Seals a record that is in memory. The output takes what medseal_record_sealed_length() says.
 *
 * @param key the record key
 * @param record the record
 * @param record_len its bytes
 * @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_OUT_OF_RANGE if the chunk size is not allowed,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_seal(const medseal_record_key *key,
                                   const uint8_t *record,
                                   size_t record_len,
                                   uint32_t chunk_log2,
                                   size_t threads,
                                   uint8_t *out,
                                   size_t *out_len,
                                   medseal_receipt *receipt,
                                   medseal_error *err);

/**
 * Opens a sealed record that is in memory. The output takes what medseal_record_opened_length() says, and holds the
 * record only if all of it is as it was sealed; on failure nothing is written.
 *
 * @param key the record key
 * @param sealed the sealed record
 * @param sealed_len its bytes
 * @param digest the digest that it must have, or NULL
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_open(const medseal_record_key *key,
                                   const uint8_t *sealed,
                                   size_t sealed_len,
                                   const medseal_digest *digest,
                                   size_t threads,
                                   uint8_t *out,
                                   size_t *out_len,
                                   medseal_receipt *receipt,
                                   medseal_error *err);

/**
 * Opens a part of a sealed record that is in memory, checking only the chunks that hold it.
 *
 * @param key the record key
 * @param sealed the sealed record
 * @param sealed_len its bytes
 * @param offset the first byte of the record that is wanted
 * @param length how many bytes are wanted: what the output takes
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_OUT_OF_RANGE if the record ends before, MEDSEAL_ERR_DECRYPTION_FAILED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_open_range(const medseal_record_key *key,
                                         const uint8_t *sealed,
                                         size_t sealed_len,
                                         uint64_t offset,
                                         uint64_t length,
                                         uint8_t *out,
                                         size_t *out_len,
                                         medseal_error *err);

/**
 * The digest of a sealed record that is in memory. It takes no key.
 *
 * @param sealed the sealed record
 * @param sealed_len its bytes
 * @param digest where to put the digest
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_digest(const uint8_t *sealed,
                                     size_t sealed_len,
                                     medseal_digest *digest,
                                     medseal_error *err);

/**
 * The keyed summary of a record.
 *
 * @param key the record key
 * @param digest the digest of the sealed record
 * @param summary where to put the summary
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_summary(const medseal_record_key *key,
                                      const medseal_digest *digest,
                                      medseal_summary *summary,
                                      medseal_error *err);

/**
 * Checks the keyed summary of a record.
 *
 * @param key the record key
 * @param digest the digest of the sealed record
 * @param summary what was announced
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_DIGEST_MISMATCH, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_summary_verify(const medseal_record_key *key,
                                             const medseal_digest *digest,
                                             const medseal_summary *summary,
                                             medseal_error *err);

/** @} */

#ifdef __cplusplus
}
#endif

#endif /* MEDSEAL_H */
