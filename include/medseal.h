/**
 * @file medseal.h
 * @brief Sharing medical records over a consortium ledger, from C and C++.
 *
 * Generated from src/ffi by include/generate; do not edit.
 *
 * @section objects Objects
 * Most types are opaque. A function that makes an object puts a pointer to it into one of its last parameters.
 * The caller frees it with the type's `_free`, which takes NULL too. What a function makes never refers to
 * what it was made from: objects are freed in any order. Freeing an object wipes the secrets in it. Where an object
 * can be used once, the function says so; it is freed all the same.
 *
 * `_encode` writes an object's one canonical byte form, and `_decode` reads it. Decoding checks everything:
 * lengths, limits, that points are on the curve and in the right group. There is no other way to read, and none
 * that is unsafe. One object is larger than a stranger may make you check: the points of an entry's key and index are
 * checked by medseal_entry_validate(), after the claim policy and the signature, and those that are used when it is
 * matched or opened.
 *
 * Each object carries its type. A pointer to another type of object gives MEDSEAL_ERR_WRONG_HANDLE, and `_free` ignores
 * it. A pointer to an object that was freed is usually noticed in the same way, but to use one is undefined behaviour.
 * `_free` of an object that a call is using, out of a callback of that call or on another thread, takes effect when the
 * last such call returns; calls that begin after `_free` get MEDSEAL_ERR_WRONG_HANDLE as long as that has not happened.
 *
 * @section errors Errors
 * Every function that can fail returns a medseal_status: MEDSEAL_OK, which is 0, or a positive MEDSEAL_ERR_ value.
 * A pointer to a medseal_error, the last parameter, gets the details; it may be NULL. There is no global error.
 *
 * Each function lists what it may return. Two groups have a name. *General* statuses come from any function:
 * MEDSEAL_ERR_NULL_POINTER, MEDSEAL_ERR_INVALID_ARGUMENT, MEDSEAL_ERR_WRONG_HANDLE, MEDSEAL_ERR_BUSY and
 * MEDSEAL_ERR_INTERNAL. *Decoding* statuses come from bytes that are not what they should be: those from
 * MEDSEAL_ERR_TRUNCATED to MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_POLICY, and MEDSEAL_ERR_INVALID_KEY for parts
 * that do not belong together.
 *
 * When a function fails, each object that it would have made is NULL, unless the function makes it for that case and
 * says so, each number or struct that it would have written is zero, and each output length is zero, unless the buffer
 * was too small. An object that it would have changed is as it was, unless the function says otherwise. What depends on a secret fails without saying why. One
 * failure leaves all outputs as they were: a medseal_error that is refused, because it is misaligned or its struct_size
 * too small.
 *
 * The message names the argument that is refused, or the file. If memory for a record, or a part of one, cannot be
 * allocated, the function returns MEDSEAL_ERR_OUT_OF_MEMORY; if a smaller piece cannot, the process is aborted.
 *
 * Structs that begin with `struct_size` may get more fields at their end in a later version, which then takes the
 * smaller structs of those who do not know them; a struct that is larger than the library knows is read, or filled, as
 * far as it knows.
 *
 * @section parameters Parameters
 * The order is the same everywhere: first the object whose work it is, then what it works on, with associated data
 * behind what it belongs to and the context of a signature in front of the message; then numbers, the number of
 * threads, and who is told the progress. Then come the outputs: the buffer, or the objects, before structs and numbers.
 * The medseal_error is the last.
 *
 * @section memory Memory
 * Inputs are a pointer and a length in bytes; the pointer may be NULL if the length is 0. They are read during the call
 * only, and must not change before it returns: not by another thread, and not by a callback of the call. Text is UTF-8,
 * needs no NUL at its end, and is not checked for one: a NUL is a character like any other.
 *
 * Outputs of variable size go to a buffer of yours, whose length is passed by pointer: it says how large the buffer is,
 * and then how many bytes were written. If it is too small, the function returns MEDSEAL_ERR_BUFFER_TOO_SMALL, sets the
 * length to what is needed, leaves the buffer and what it works on as they were, and clears the other outputs as by any
 * failure; NULL with length 0 asks for the size this way. Text that is written has no NUL at its end either. Outputs of
 * fixed size are structs.
 *
 * An output may lie in the same memory as an input of the same call, which is then lost, also if the call fails; but
 * not in memory that a callback is given or uses, and outputs may not overlap each other. Secrets that were written to
 * memory of yours are yours to wipe, with medseal_wipe().
 * Lengths above PTRDIFF_MAX are refused. The library never frees what it did not allocate, and nothing of it is to
 * be freed with free().
 *
 * @section threads Threads
 * Every function may be called on any thread. *Immutable* objects, which are most, may be used by any number of threads
 * at once, and so may ledgers, stores and replay caches. Objects *with state* (sealers, sessions, Merkle trees and
 * such; their type says so) serve one call at a time: a second one gets MEDSEAL_ERR_BUSY, and you may use a lock to
 * wait instead. An object must not be freed while a call begins to use it. The library keeps no state of its own,
 * starts threads only where a function takes their number, and joins them before it returns. A thread that calls it
 * needs a stack of 128 KiB; the threads that it starts have those of the system.
 *
 * @section fork Processes
 * After fork() both processes may use the library, whatever other threads of the first were doing: no call waits for a
 * thread that the child does not have. But sealers, openers, sessions, the states of a handshake or of a key generation
 * and replay caches in memory work only in the process that made them; two copies would encrypt different messages
 * under one keystream, each accept a request, or deal one polynomial in two sessions. In the other process their
 * functions return MEDSEAL_ERR_FORKED, and `_free` frees the copy. An object that a call of another thread was using is
 * not to be used in the child: one with state gives MEDSEAL_ERR_BUSY, and a ledger or store in memory may wait for
 * ever.
 *
 * @section callbacks Callbacks
 * Structs of function pointers begin with `struct_size` and a pointer `ctx` for you, which is handed to every function.
 * Callbacks are called on the thread that made the call, unless said otherwise, and return a medseal_status. They must
 * return: no C++ exception and no longjmp may leave them; and once only, so that a callback that forks ends the child
 * itself. `drop_ctx`, if not NULL, is called exactly once when the library is done with `ctx`: with a struct that is
 * accepted into an object, when that is freed; else at the end of the call, whether it failed or not. It is not called
 * if the struct itself is refused, as NULL or for its size, or if the medseal_error is.
 *
 * @section compatibility Compatibility
 * Within one soname functions and constants are only added, and only structs that begin with `struct_size` grow. The
 * file abi.txt beside this one in the sources has all of it, layouts included, for systems with pointers of 64 bits; on
 * others they follow from this header by the rules of the system, and nothing is tested there.
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
 * General: the pointer does not lead to an object of this kind. It may be one of another kind, or one that was
 * freed.
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

/**
 * The object was made in another process, of which this one is a copy by fork(). Sealers, openers, sessions, the
 * states of a handshake or of a key generation and replay caches in memory work in the process alone that made them.
 */
#define MEDSEAL_ERR_FORKED 9

/** The memory that an input of this size takes cannot be had. Nothing happened. */
#define MEDSEAL_ERR_OUT_OF_MEMORY 10

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
 * Decoding, and text from the caller: it is not valid UTF-8, or not in its canonical form, or has characters
 * that are
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

/** The attributes do not satisfy the policy. */
#define MEDSEAL_ERR_POLICY_NOT_SATISFIED 43

/** The key was not issued for this attribute. */
#define MEDSEAL_ERR_UNKNOWN_ATTRIBUTE 44

/**
 * A keyword, its field or its word is empty, has more than 256 bytes in its normal form, or holds a character that
 * is refused; the message says which.
 */
#define MEDSEAL_ERR_INVALID_KEYWORD 45

/** A range or an index lies outside of the object. */
#define MEDSEAL_ERR_OUT_OF_RANGE 46

/** A progress callback cancelled the operation. */
#define MEDSEAL_ERR_CANCELLED 47

/** The query was made under the public key of another authority, or joins queries of two. */
#define MEDSEAL_ERR_OTHER_AUTHORITY 48

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

/** The certificate is for another role than the one that it is verified for. */
#define MEDSEAL_ERR_CERTIFICATE_ROLE 91

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

/**
 * The entry was made under a charter that another has succeeded. It can be made anew under the present one, once a
 * final head shows that it is not on the ledger.
 */
#define MEDSEAL_ERR_ERA_PASSED 108

/** The entry names a charter that is not known here. */
#define MEDSEAL_ERR_UNKNOWN_CHARTER 109

/** The charter does not follow on those that are known: its number, its predecessor, or its ledger is another. */
#define MEDSEAL_ERR_CHARTER_OUT_OF_ORDER 110

/** Two different charters have this number. Both are evidence against those who signed them. */
#define MEDSEAL_ERR_CHARTER_CONFLICT 111

/** The charter's final head is not one that this ledger has had. */
#define MEDSEAL_ERR_FINAL_HEAD_REFUSED 112

/** The ledger's head is older than the reader accepts. */
#define MEDSEAL_ERR_STALE_HEAD 113

/** The entry came to the ledger after the head that the reader trusts: ask for a newer head. */
#define MEDSEAL_ERR_AFTER_TRUSTED_HEAD 114

/** The ledger left out an item; the position is its height. */
#define MEDSEAL_ERR_HEIGHT_MISSING 115

/** The members' key of an epoch is not held; the position is the epoch. */
#define MEDSEAL_ERR_MEMBERS_KEY_MISSING 120

/**
 * A members' key is not the one of its epoch: another is committed to, held, or backed up, or a share of it is wrong.
 */
#define MEDSEAL_ERR_WRONG_MEMBERS_KEY 121

/** Fewer hospitals confirm a backup of the members' key, or fewer shares of it are there, than are needed. */
#define MEDSEAL_ERR_BACKUPS_MISSING 122

/** An entry does not carry the members' epoch that its charter demands. */
#define MEDSEAL_ERR_EPOCH_REFUSED 123

/** Authorities are at fault: the message names them, the position is the number of the first. */
#define MEDSEAL_ERR_CULPRITS 130

/** Fewer authorities answered rightly than are needed: the message names whose answers are wrong. */
#define MEDSEAL_ERR_TOO_FEW_AUTHORITIES 131

/** The authority has signed or confirmed something else, which stands in its records. */
#define MEDSEAL_ERR_ALREADY_SIGNED 132

/** The authority has no part in this step. */
#define MEDSEAL_ERR_NO_PART 133

/** Two registries with valid signatures contradict each other. */
#define MEDSEAL_ERR_REGISTRY_CONFLICT 134

/** The position of an error that has none. */
#define MEDSEAL_NO_POSITION UINT64_MAX

/** Bytes of the message of a medseal_error, its NUL included. */
#define MEDSEAL_ERROR_MESSAGE_BYTES 224

/**
 * What every function that can fail returns: MEDSEAL_OK, or one of the positive MEDSEAL_ERR_ values. Values
 * are only
 * ever added; treat one that you do not know as a failure. medseal_status_text() gives the text of each.
 */
typedef int32_t medseal_status;

/**
 * Why a call failed, for a person to read. Every function that can fail takes one as its last parameter, or NULL.
 *
 * It is yours: nothing in it is allocated, and each call writes all of it, on success too. Set struct_size
 * before the
 * first use, best with `medseal_error err = MEDSEAL_ERROR_INIT;`. What depends on a secret fails without
 * saying why.
 */
typedef struct medseal_error {
    /**
     * sizeof(medseal_error), set by you. A later version of the library may know more fields, and then fills only
     * those that your size covers.
     */
    size_t struct_size;
    /**
     * Where: the byte offset in a policy's text, the index of a signature or an entry that is refused, the
     * height of an entry that cannot be had, the number of a broken block, the epoch whose members' key is not
     * held. MEDSEAL_NO_POSITION if there is no such place.
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

/** Bytes of a medseal_certificate_serial. */
#define MEDSEAL_CERTIFICATE_SERIAL_BYTES 16

/** Bytes of a medseal_session_id. */
#define MEDSEAL_SESSION_ID_BYTES 32

/** Bytes of a medseal_secret. */
#define MEDSEAL_SECRET_BYTES 32

/** The digest of a sealed record, or the root of a Merkle tree: a SHA-256 hash. Public. */
typedef struct medseal_digest {
    /** The bytes. */
    uint8_t bytes[MEDSEAL_DIGEST_BYTES];
} medseal_digest;

/**
 * The keyed summary of a record. A holder of the record key can check with it that the digest is
 * the record's. Compare it with medseal_record_summary_verify, which takes the same time for all.
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
 * Threads: any, and many at once.
 *
 * @return MEDSEAL_DIGEST_BYTES
 */
size_t medseal_digest_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * Threads: any, and many at once.
 *
 * @return MEDSEAL_SUMMARY_BYTES
 */
size_t medseal_summary_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * Threads: any, and many at once.
 *
 * @return MEDSEAL_ENTRY_ID_BYTES
 */
size_t medseal_entry_id_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * Threads: any, and many at once.
 *
 * @return MEDSEAL_RECORD_ID_BYTES
 */
size_t medseal_record_id_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * Threads: any, and many at once.
 *
 * @return MEDSEAL_CERTIFICATE_SERIAL_BYTES
 */
size_t medseal_certificate_serial_bytes(void);

/**
 * For callers that cannot read macros.
 *
 * Threads: any, and many at once.
 *
 * @return MEDSEAL_SESSION_ID_BYTES
 */
size_t medseal_session_id_bytes(void);

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
 * Wipes memory that held a secret. Compilers leave out a memset() of memory that is not read again; this they do not.
 *
 * Threads: any.
 *
 * @param data the memory; NULL does nothing
 * @param len its bytes
 */
void medseal_wipe(void *data, size_t len);

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
 * @defgroup callbacks Callbacks: streams, progress, and where a callback puts bytes
 * @{
 */

/** No step in particular: a progress that is not that of publishing. */
#define MEDSEAL_STEP_NONE 0

/** Publishing: reading and encrypting the record. */
#define MEDSEAL_STEP_SEAL 1

/** Publishing: computing the digests. */
#define MEDSEAL_STEP_DIGEST 2

/** Publishing: wrapping the record key under the access policy. */
#define MEDSEAL_STEP_WRAP 3

/** Publishing: indexing the keywords under the access policy. */
#define MEDSEAL_STEP_INDEX 4

/** Publishing: sealing the envelope to the hospital. */
#define MEDSEAL_STEP_ENVELOPE 5

/** Publishing: signing the entry. */
#define MEDSEAL_STEP_SIGN 6

/** Publishing: storing the sealed record. */
#define MEDSEAL_STEP_STORE 7

/** Publishing: appending the entry to the ledger. */
#define MEDSEAL_STEP_APPEND 8

/**
 * Where a callback puts the bytes that it was asked for. It belongs to the library, and lives until the
 * callback returns.
 */
typedef struct medseal_sink medseal_sink;

/** Where a function reads from, little by little. */
typedef struct medseal_reader {
    /** sizeof(medseal_reader). */
    size_t struct_size;
    /** For you; may be NULL. */
    void *ctx;
    /**
     * Reads at most `len` bytes to `buffer` and says how many in `*read`: zero only at the end.
     * Not NULL. Any status but MEDSEAL_OK makes the function fail with MEDSEAL_ERR_IO.
     */
    medseal_status (*read)(void *ctx, uint8_t *buffer, size_t len, size_t *read);
    /** Called once when the function is done; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_reader;

/** Where a function writes to, little by little. */
typedef struct medseal_writer {
    /** sizeof(medseal_writer). */
    size_t struct_size;
    /** For you; may be NULL. */
    void *ctx;
    /**
     * Takes all of the `len` bytes at `data`. Not NULL. Any status but MEDSEAL_OK makes the function fail with
     * MEDSEAL_ERR_IO.
     */
    medseal_status (*write)(void *ctx, const uint8_t *data, size_t len);
    /** Called once when the function is done; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_writer;

/** Who is told how far a function has come, and can cancel it. */
typedef struct medseal_progress {
    /** sizeof(medseal_progress). */
    size_t struct_size;
    /** For you; may be NULL. */
    void *ctx;
    /**
     * Told the step, one of the MEDSEAL_STEP_ values, and how much is done: bytes of the record,
     * or entries of a search. Not NULL. Any status but MEDSEAL_OK cancels: the function fails with
     * MEDSEAL_ERR_CANCELLED.
     */
    medseal_status (*report)(void *ctx, int32_t step, uint64_t done);
    /** Called once when the function is done; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_progress;

/**
 * Puts bytes where a callback was asked to, after those that it put there before.
 *
 * Threads: any; one call at a time with the same `sink`.
 *
 * @param sink what the callback was given
 * @param data the bytes
 * @param len how many
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED if there are more than an entry can have,
 *         MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_sink_write(medseal_sink *sink,
                                  const uint8_t *data,
                                  size_t len,
                                  medseal_error *err);

/** @} */

/**
 * @defgroup attributes Attributes
 * @{
 */

/**
 * A set of attributes, such as `role=doctor, clearance=3`: what a key is issued for. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_attributes medseal_attributes;

/**
 * Writes the byte form of a set of attributes.
 *
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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
 * Threads: any, when no call uses the object any more.
 *
 * @param attributes the object, which no call is using any more; NULL does nothing
 */
void medseal_attributes_free(medseal_attributes *attributes);

/**
 * Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
 *
 * Threads: any, and many at once.
 *
 * @param text UTF-8
 * @param text_len its bytes
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT
 *         if it is not UTF-8, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_parse(const char *text,
                                        size_t text_len,
                                        medseal_attributes **attributes,
                                        medseal_error *err);

/**
 * Makes a set of one attribute that is a label alone, such as `emergency`.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8,
 *         or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_of_label(const char *label,
                                           size_t label_len,
                                           medseal_attributes **attributes,
                                           medseal_error *err);

/**
 * Makes a set of one attribute with a text, such as `role=doctor`. The text is one value whatever it has in it:
 * nothing in it is read as syntax, and `3` stays a text.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param text UTF-8, any characters but control and hidden ones
 * @param text_len its bytes
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label or the text is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is
 *         not UTF-8, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_of_text(const char *label,
                                          size_t label_len,
                                          const char *text,
                                          size_t text_len,
                                          medseal_attributes **attributes,
                                          medseal_error *err);

/**
 * Makes a set of one attribute with a number, such as `clearance=3`.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param number the number
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8,
 *         or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_of_number(const char *label,
                                            size_t label_len,
                                            uint32_t number,
                                            medseal_attributes **attributes,
                                            medseal_error *err);

/**
 * Makes a set of one attribute with a date, such as `valid_until=2027-01-31`.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param year 1970 to 9999
 * @param month 1 to 12
 * @param day the day of the month, from 1
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label or the date is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is
 *         not UTF-8, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_of_date(const char *label,
                                          size_t label_len,
                                          uint32_t year,
                                          uint32_t month,
                                          uint32_t day,
                                          medseal_attributes **attributes,
                                          medseal_error *err);

/**
 * Makes the set of all attributes of some sets; the empty set of none.
 *
 * Threads: any, and many at once.
 *
 * @param sets the sets, which are copied
 * @param count how many
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if a label has two numbers, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_join(const medseal_attributes *const *sets,
                                       size_t count,
                                       medseal_attributes **attributes,
                                       medseal_error *err);

/**
 * Writes a set of attributes as text in its canonical form.
 *
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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

/** @} */

/**
 * @defgroup policy Policies
 * @{
 */

/** `label = value` */
#define MEDSEAL_COMPARE_EQUAL 0

/** `label != value`: the label has a value, but another. */
#define MEDSEAL_COMPARE_NOT_EQUAL 1

/** `label < value` */
#define MEDSEAL_COMPARE_LESS 2

/** `label <= value` */
#define MEDSEAL_COMPARE_AT_MOST 3

/** `label > value` */
#define MEDSEAL_COMPARE_GREATER 4

/** `label >= value` */
#define MEDSEAL_COMPARE_AT_LEAST 5

/**
 * A policy, such as `role=doctor and (ward=12 or clearance>=3)`: what attributes must satisfy. Immutable: any
 * number of threads may use it at once.
 */
typedef struct medseal_policy medseal_policy;

/**
 * Writes the byte form of a policy.
 *
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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
 * Threads: any, when no call uses the object any more.
 *
 * @param policy the object, which no call is using any more; NULL does nothing
 */
void medseal_policy_free(medseal_policy *policy);

/**
 * Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
 *
 * Threads: any, and many at once.
 *
 * @param text UTF-8
 * @param text_len its bytes
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT
 *         if it is not UTF-8, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_parse(const char *text,
                                    size_t text_len,
                                    medseal_policy **policy,
                                    medseal_error *err);

/**
 * Makes a policy of a label alone, such as `emergency`: the attributes have it, without a value.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8,
 *         or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_of_label(const char *label,
                                       size_t label_len,
                                       medseal_policy **policy,
                                       medseal_error *err);

/**
 * Makes a policy that compares a label with a text, such as `ward="3 East"`. The text is one value whatever it has
 * in it.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param comparison MEDSEAL_COMPARE_EQUAL or MEDSEAL_COMPARE_NOT_EQUAL
 * @param text UTF-8, any characters but control and hidden ones
 * @param text_len its bytes
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label or the text is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is
 *         not UTF-8, MEDSEAL_ERR_POLICY for comparisons that texts do not have, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_compare_text(const char *label,
                                           size_t label_len,
                                           int32_t comparison,
                                           const char *text,
                                           size_t text_len,
                                           medseal_policy **policy,
                                           medseal_error *err);

/**
 * Makes a policy that compares a label with a number, such as `clearance>=3`.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param comparison one of the MEDSEAL_COMPARE_ values
 * @param number the number
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label is not allowed or no number compares so,
 *         MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_compare_number(const char *label,
                                             size_t label_len,
                                             int32_t comparison,
                                             uint32_t number,
                                             medseal_policy **policy,
                                             medseal_error *err);

/**
 * Makes a policy that compares a label with a date, such as `valid_until>=2027-01-31`.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param comparison one of the MEDSEAL_COMPARE_ values
 * @param year 1970 to 9999
 * @param month 1 to 12
 * @param day the day of the month, from 1
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label or the date is not allowed or no date compares so,
 *         MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_compare_date(const char *label,
                                           size_t label_len,
                                           int32_t comparison,
                                           uint32_t year,
                                           uint32_t month,
                                           uint32_t day,
                                           medseal_policy **policy,
                                           medseal_error *err);

/**
 * Makes a policy that a number lies between two, such as `clearance in 3..15`: often much smaller than two
 * comparisons.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param from the least
 * @param to the greatest
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label is not allowed or no number lies
 *         between, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_between_numbers(const char *label,
                                              size_t label_len,
                                              uint32_t from,
                                              uint32_t to,
                                              medseal_policy **policy,
                                              medseal_error *err);

/**
 * Makes a policy that a date lies between two, such as `until in 2026-01-01..2026-12-31`: often much smaller than two
 * comparisons.
 *
 * Threads: any, and many at once.
 *
 * @param label a word such as `role`, UTF-8
 * @param label_len its bytes
 * @param from_year the first day: its year, 1970 to 9999
 * @param from_month its month, 1 to 12
 * @param from_day its day of the month, from 1
 * @param to_year the last day: its year, 1970 to 9999
 * @param to_month its month, 1 to 12
 * @param to_day its day of the month, from 1
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the label or a date is not allowed or no date
 *         lies between, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_between_dates(const char *label,
                                            size_t label_len,
                                            uint32_t from_year,
                                            uint32_t from_month,
                                            uint32_t from_day,
                                            uint32_t to_year,
                                            uint32_t to_month,
                                            uint32_t to_day,
                                            medseal_policy **policy,
                                            medseal_error *err);

/**
 * Makes a policy that is satisfied if at least so many of some policies are: 1 of them is *or*, all of them is
 * *and*.
 *
 * Threads: any, and many at once.
 *
 * @param threshold how many, from 1 to `count`
 * @param policies the policies, which are copied
 * @param count how many, at least 1
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if the numbers are not allowed or the policy becomes larger than one can
 *         be, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_threshold(size_t threshold,
                                        const medseal_policy *const *policies,
                                        size_t count,
                                        medseal_policy **policy,
                                        medseal_error *err);

/**
 * Makes the negation of a policy.
 *
 * Threads: any, and many at once.
 *
 * @param negated the policy
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY if it cannot be negated, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_not(const medseal_policy *negated,
                                  medseal_policy **policy,
                                  medseal_error *err);

/**
 * Writes a policy as text in its canonical form: policies with the same text are the same.
 *
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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
 * How many rows a policy has: what wrapped keys and indexes have elements for. Attributes that are asked for together are one
 * row, however many; a comparison of numbers is one or a few.
 *
 * Threads: any, and many at once.
 *
 * @param policy the policy
 * @param rows where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_policy_rows(const medseal_policy *policy,
                                   size_t *rows,
                                   medseal_error *err);

/**
 * Those of a set of attributes that policies need: for each policy that the set satisfies, what the rows ask for that a
 * key for the set uses, as few as can be. Show these and no others when you search: what a trapdoor shows can identify
 * its user.
 *
 * Threads: any, and many at once.
 *
 * @param attributes the set, such as a key's
 * @param policies the policies at hand
 * @param count how many
 * @param needed where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_attributes_needed(const medseal_attributes *attributes,
                                         const medseal_policy *const *policies,
                                         size_t count,
                                         medseal_attributes **needed,
                                         medseal_error *err);

/** @} */

/**
 * @defgroup members The members' key of each epoch
 * @{
 */

/** Bytes of the commitment in a medseal_epoch_commitment. */
#define MEDSEAL_EPOCH_COMMITMENT_BYTES 32

/** What a hospital says of its backup of a members' key. Immutable: any number of threads may use it at once. */
typedef struct medseal_backup_confirmation medseal_backup_confirmation;

/**
 * One holder's share of a members' key. It is secret, and wiped when freed. Immutable: any number of threads may use it
 * at once.
 */
typedef struct medseal_key_share medseal_key_share;

/**
 * All shares of a members' key, for the person who gives them out. It is secret, and wiped when
 * freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_key_shares medseal_key_shares;

/**
 * The key that all members share in one epoch. It is secret, and wiped when freed. Immutable: any number of threads may
 * use it at once.
 */
typedef struct medseal_members_key medseal_members_key;

/**
 * The members' keys of the epochs that a member holds, one for each: what one member hands on to another, inside a
 * session. It is secret, and wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_members_keys medseal_members_keys;

/** The members' epoch that a consortium demands, and the commitment to its key. Public. All zeros stand for none. */
typedef struct medseal_epoch_commitment {
    /** The number of the epoch, from 1 on. */
    uint32_t epoch;
    /** The commitment. */
    uint8_t bytes[MEDSEAL_EPOCH_COMMITMENT_BYTES];
} medseal_epoch_commitment;

/**
 * Writes the byte form of a members' key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_key_encode(const medseal_members_key *key,
                                          uint8_t *out,
                                          size_t *out_len,
                                          medseal_error *err);

/**
 * Reads a members' key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_members_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_key_decode(const uint8_t *data,
                                          size_t len,
                                          medseal_members_key **key,
                                          medseal_error *err);

/**
 * Frees a members' key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_members_key_free(medseal_members_key *key);

/**
 * Makes the key of an epoch, of which one member makes one for all. It serves when the epoch has begun.
 *
 * Threads: any, and many at once.
 *
 * @param epoch the number of the epoch, from 1 on
 * @param key where to put the new object, to be freed with medseal_members_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD for epoch 0, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_key_generate(uint32_t epoch,
                                            medseal_members_key **key,
                                            medseal_error *err);

/**
 * The epoch of a members' key.
 *
 * Threads: any, and many at once.
 *
 * @param key the key
 * @param epoch where to put the number of its epoch
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_key_epoch(const medseal_members_key *key,
                                         uint32_t *epoch,
                                         medseal_error *err);

/**
 * Checks that a key is the one of the epoch that the consortium commits to. A record sealed under another is lost.
 *
 * Threads: any, and many at once.
 *
 * @param key the key
 * @param commitment what the consortium commits to
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_INVALID_FIELD if the commitment is none, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_key_check(const medseal_members_key *key,
                                         const medseal_epoch_commitment *commitment,
                                         medseal_error *err);

/**
 * Splits a members' key among holders who keep their shares offline: any `threshold` of them restore it, fewer learn
 * nothing.
 *
 * Threads: any, and many at once.
 *
 * @param key the key
 * @param threshold how many shares restore it, at least 2
 * @param holders how many shares there are to be
 * @param shares where to put the new object, to be freed with medseal_key_shares_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE unless 2 <= threshold <= holders, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or
 *         a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_key_split(const medseal_members_key *key,
                                         uint8_t threshold,
                                         uint8_t holders,
                                         medseal_key_shares **shares,
                                         medseal_error *err);

/**
 * Frees the shares of a members' key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param shares the object, which no call is using any more; NULL does nothing
 */
void medseal_key_shares_free(medseal_key_shares *shares);

/**
 * One of the shares of a members' key.
 *
 * Threads: any, and many at once.
 *
 * @param shares the shares
 * @param index which, from zero
 * @param share where to put the new object, to be freed with medseal_key_share_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_key_shares_get(const medseal_key_shares *shares,
                                      size_t index,
                                      medseal_key_share **share,
                                      medseal_error *err);

/**
 * Restores a members' key from shares. As many are used as it was split for, the first ones.
 *
 * Threads: any, and many at once.
 *
 * @param shares array of shares
 * @param count how many
 * @param commitment what the consortium commits to
 * @param key where to put the new object, to be freed with medseal_members_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BACKUPS_MISSING if there are too few, MEDSEAL_ERR_WRONG_MEMBERS_KEY if one is wrong or
 *         stands there twice, or they are of another key, MEDSEAL_ERR_INVALID_FIELD if the commitment is none, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_key_restore(const medseal_key_share *const *shares,
                                           size_t count,
                                           const medseal_epoch_commitment *commitment,
                                           medseal_members_key **key,
                                           medseal_error *err);

/**
 * Writes the byte form of a share of a members' key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param share what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_key_share_encode(const medseal_key_share *share,
                                        uint8_t *out,
                                        size_t *out_len,
                                        medseal_error *err);

/**
 * Reads a share of a members' key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param share where to put the new object, to be freed with medseal_key_share_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_key_share_decode(const uint8_t *data,
                                        size_t len,
                                        medseal_key_share **share,
                                        medseal_error *err);

/**
 * Frees a share of a members' key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param share the object, which no call is using any more; NULL does nothing
 */
void medseal_key_share_free(medseal_key_share *share);

/**
 * What a share says of itself.
 *
 * Threads: any, and many at once.
 *
 * @param share the share
 * @param epoch where to put the epoch whose key was split
 * @param threshold where to put how many shares restore it
 * @param index where to put which share this is, from 1 on
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_key_share_status(const medseal_key_share *share,
                                        uint32_t *epoch,
                                        uint8_t *threshold,
                                        uint8_t *index,
                                        medseal_error *err);

/**
 * Writes the byte form of the members' keys of several epochs. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param keys what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_keys_encode(const medseal_members_keys *keys,
                                           uint8_t *out,
                                           size_t *out_len,
                                           medseal_error *err);

/**
 * Reads the members' keys of several epochs from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param keys where to put the new object, to be freed with medseal_members_keys_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_keys_decode(const uint8_t *data,
                                           size_t len,
                                           medseal_members_keys **keys,
                                           medseal_error *err);

/**
 * Frees the members' keys of several epochs, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param keys the object, which no call is using any more; NULL does nothing
 */
void medseal_members_keys_free(medseal_members_keys *keys);

/**
 * Makes a set of those that are held and one key more. The same key once more changes nothing.
 *
 * Threads: any, and many at once.
 *
 * @param held the set that is held; NULL for none
 * @param key the key to take up
 * @param keys where to put the new object, to be freed with medseal_members_keys_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of this epoch is held,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_keys_add(const medseal_members_keys *held,
                                        const medseal_members_key *key,
                                        medseal_members_keys **keys,
                                        medseal_error *err);

/**
 * Makes a set of those that are held and all that another member handed on.
 *
 * Threads: any, and many at once.
 *
 * @param held the set that is held; NULL for none
 * @param received the set that was received
 * @param keys where to put the new object, to be freed with medseal_members_keys_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of one of its epochs is held,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_keys_merge(const medseal_members_keys *held,
                                          const medseal_members_keys *received,
                                          medseal_members_keys **keys,
                                          medseal_error *err);

/**
 * How many epochs a member holds keys of.
 *
 * Threads: any, and many at once.
 *
 * @param keys the set
 * @param count where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_keys_count(const medseal_members_keys *keys,
                                          size_t *count,
                                          medseal_error *err);

/**
 * One of the epochs that a member holds keys of, in order.
 *
 * Threads: any, and many at once.
 *
 * @param keys the set
 * @param index which, from zero
 * @param epoch where to put the number of the epoch
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_keys_epoch(const medseal_members_keys *keys,
                                          size_t index,
                                          uint32_t *epoch,
                                          medseal_error *err);

/**
 * The key of an epoch.
 *
 * Threads: any, and many at once.
 *
 * @param keys the set
 * @param epoch the number of the epoch
 * @param key where to put the new object, to be freed with medseal_members_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_MEMBERS_KEY_MISSING, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_members_keys_get(const medseal_members_keys *keys,
                                        uint32_t epoch,
                                        medseal_members_key **key,
                                        medseal_error *err);

/**
 * Writes the byte form of a confirmed backup.
 *
 * Threads: any, and many at once.
 *
 * @param confirmation what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_backup_confirmation_encode(const medseal_backup_confirmation *confirmation,
                                                  uint8_t *out,
                                                  size_t *out_len,
                                                  medseal_error *err);

/**
 * Reads a confirmed backup from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param confirmation where to put the new object, to be freed with medseal_backup_confirmation_free; NULL on
 *                     failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_backup_confirmation_decode(const uint8_t *data,
                                                  size_t len,
                                                  medseal_backup_confirmation **confirmation,
                                                  medseal_error *err);

/**
 * Frees a confirmed backup.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param confirmation the object, which no call is using any more; NULL does nothing
 */
void medseal_backup_confirmation_free(medseal_backup_confirmation *confirmation);

/**
 * Confirms a backup of a members' key, with the bytes as they were read back from it, and not with those in memory.
 *
 * Threads: any, and many at once.
 *
 * @param restored the byte form of the key, from the backup
 * @param restored_len its bytes
 * @param name the name of the hospital that has the backup, UTF-8
 * @param name_len its bytes
 * @param confirmation where to put the new object, to be freed with medseal_backup_confirmation_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status if the backup is damaged, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_backup_confirm(const uint8_t *restored,
                                      size_t restored_len,
                                      const char *name,
                                      size_t name_len,
                                      medseal_backup_confirmation **confirmation,
                                      medseal_error *err);

/**
 * Writes the name of the hospital that confirms a backup.
 *
 * Threads: any, and many at once.
 *
 * @param confirmation the confirmation
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_backup_confirmation_hospital(const medseal_backup_confirmation *confirmation,
                                                    char *out,
                                                    size_t *out_len,
                                                    medseal_error *err);

/**
 * Begins an epoch: gives the commitment that the consortium is to state. A lost members' key loses every record of its
 * epoch, so three different hospitals have to confirm a restored backup first.
 *
 * Threads: any, and many at once.
 *
 * @param key the key of the epoch
 * @param confirmations array of confirmed backups
 * @param count how many
 * @param commitment where to put the commitment
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_WRONG_MEMBERS_KEY if one of them is of another key, MEDSEAL_ERR_BACKUPS_MISSING if they
 *         are of fewer hospitals, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_begin_epoch(const medseal_members_key *key,
                                   const medseal_backup_confirmation *const *confirmations,
                                   size_t count,
                                   medseal_epoch_commitment *commitment,
                                   medseal_error *err);

/** @} */

/**
 * @defgroup abe_keys Keys for key wrapping: the authority's, and its users'
 * @{
 */

/**
 * A user's key for attributes, which unwraps what is wrapped under policies that they satisfy. It is secret,
 * and wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_abe_decryption_key medseal_abe_decryption_key;

/**
 * The authority's master key for key wrapping. It is secret, and wiped when freed. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_abe_master_key medseal_abe_master_key;

/** The authority's public key for key wrapping. Immutable: any number of threads may use it at once. */
typedef struct medseal_abe_public_key medseal_abe_public_key;

/**
 * Writes the byte form of a master key for key wrapping. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param master what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_master_key_encode(const medseal_abe_master_key *master,
                                             uint8_t *out,
                                             size_t *out_len,
                                             medseal_error *err);

/**
 * Reads a master key for key wrapping from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param master where to put the new object, to be freed with medseal_abe_master_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_master_key_decode(const uint8_t *data,
                                             size_t len,
                                             medseal_abe_master_key **master,
                                             medseal_error *err);

/**
 * Frees a master key for key wrapping, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param master the object, which no call is using any more; NULL does nothing
 */
void medseal_abe_master_key_free(medseal_abe_master_key *master);

/**
 * Makes a master key for key wrapping.
 *
 * Threads: any, and many at once.
 *
 * @param master where to put the new object, to be freed with medseal_abe_master_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_master_key_generate(medseal_abe_master_key **master,
                                               medseal_error *err);

/**
 * The public key of a master key.
 *
 * Threads: any, and many at once.
 *
 * @param master the master key
 * @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_master_key_public(const medseal_abe_master_key *master,
                                             medseal_abe_public_key **public_key,
                                             medseal_error *err);

/**
 * Issues a decryption key for attributes. Work grows with their number, of which a number or a date among
 * them counts as 9 to 128.
 *
 * Threads: any, and many at once.
 *
 * @param master the master key
 * @param attributes what the key is for
 * @param key where to put the new object, to be freed with medseal_abe_decryption_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_issue(const medseal_abe_master_key *master,
                                 const medseal_attributes *attributes,
                                 medseal_abe_decryption_key **key,
                                 medseal_error *err);

/**
 * Writes the byte form of a public key for key wrapping.
 *
 * Threads: any, and many at once.
 *
 * @param public_key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_public_key_encode(const medseal_abe_public_key *public_key,
                                             uint8_t *out,
                                             size_t *out_len,
                                             medseal_error *err);

/**
 * Reads a public key for key wrapping from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_public_key_decode(const uint8_t *data,
                                             size_t len,
                                             medseal_abe_public_key **public_key,
                                             medseal_error *err);

/**
 * Frees a public key for key wrapping.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param public_key the object, which no call is using any more; NULL does nothing
 */
void medseal_abe_public_key_free(medseal_abe_public_key *public_key);

/**
 * Writes the byte form of a decryption key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_decryption_key_encode(const medseal_abe_decryption_key *key,
                                                 uint8_t *out,
                                                 size_t *out_len,
                                                 medseal_error *err);

/**
 * Reads a decryption key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_abe_decryption_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_decryption_key_decode(const uint8_t *data,
                                                 size_t len,
                                                 medseal_abe_decryption_key **key,
                                                 medseal_error *err);

/**
 * Frees a decryption key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_abe_decryption_key_free(medseal_abe_decryption_key *key);

/**
 * The attributes that a decryption key is for.
 *
 * Threads: any, and many at once.
 *
 * @param key the decryption key
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_decryption_key_attributes(const medseal_abe_decryption_key *key,
                                                     medseal_attributes **attributes,
                                                     medseal_error *err);

/**
 * Checks that a decryption key was issued under a public key. Do this once, when you get a key.
 *
 * Threads: any, and many at once.
 *
 * @param key the decryption key
 * @param public_key the authority's public key
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_decryption_key_verify(const medseal_abe_decryption_key *key,
                                                 const medseal_abe_public_key *public_key,
                                                 medseal_error *err);

/** @} */

/**
 * @defgroup abe Key wrapping: a record's key under a policy
 * @{
 */

/**
 * A fresh shared key under a policy, for protocols of your own. Immutable: any number of threads may use it at
 * once.
 */
typedef struct medseal_abe_encapsulation medseal_abe_encapsulation;

/** A secret of at most 4096 bytes, wrapped under a policy. Immutable: any number of threads may use it at once. */
typedef struct medseal_abe_wrapped_key medseal_abe_wrapped_key;

/**
 * Writes the byte form of a wrapped key.
 *
 * Threads: any, and many at once.
 *
 * @param wrapped what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_wrapped_key_encode(const medseal_abe_wrapped_key *wrapped,
                                              uint8_t *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * Reads a wrapped key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param wrapped where to put the new object, to be freed with medseal_abe_wrapped_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_wrapped_key_decode(const uint8_t *data,
                                              size_t len,
                                              medseal_abe_wrapped_key **wrapped,
                                              medseal_error *err);

/**
 * Frees a wrapped key.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param wrapped the object, which no call is using any more; NULL does nothing
 */
void medseal_abe_wrapped_key_free(medseal_abe_wrapped_key *wrapped);

/**
 * Wraps a secret under a policy.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the authority's public key
 * @param policy whose attributes satisfy this can unwrap it
 * @param secret the secret
 * @param secret_len its bytes, at most 4096
 * @param aad what is authenticated with it and has to be the same for unwrapping
 * @param aad_len its bytes
 * @param members the members' key that unwrapping is to need as well, or NULL
 * @param wrapped where to put the new object, to be freed with medseal_abe_wrapped_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_wrap(const medseal_abe_public_key *public_key,
                                const medseal_policy *policy,
                                const uint8_t *secret,
                                size_t secret_len,
                                const uint8_t *aad,
                                size_t aad_len,
                                const medseal_members_key *members,
                                medseal_abe_wrapped_key **wrapped,
                                medseal_error *err);

/**
 * Unwraps a secret. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param key the decryption key
 * @param wrapped the wrapped key
 * @param aad what was authenticated with it
 * @param aad_len its bytes
 * @param members the members' keys that are held, or NULL
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_MEMBERS_KEY_MISSING,
 *         MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status if a point that was not needed to read
 *         the wrapped key is wrong, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_unwrap(const medseal_abe_decryption_key *key,
                                  const medseal_abe_wrapped_key *wrapped,
                                  const uint8_t *aad,
                                  size_t aad_len,
                                  const medseal_members_keys *members,
                                  uint8_t *out,
                                  size_t *out_len,
                                  medseal_error *err);

/**
 * The epoch of the members' key that a wrapped key needs.
 *
 * Threads: any, and many at once.
 *
 * @param wrapped the wrapped key
 * @param epoch where to put the number of the epoch; 0 if it needs none
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_wrapped_key_epoch(const medseal_abe_wrapped_key *wrapped,
                                             uint32_t *epoch,
                                             medseal_error *err);

/**
 * The policy of a wrapped key.
 *
 * Threads: any, and many at once.
 *
 * @param wrapped the wrapped key
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_wrapped_key_policy(const medseal_abe_wrapped_key *wrapped,
                                              medseal_policy **policy,
                                              medseal_error *err);

/**
 * Whether a key for these attributes would satisfy the policy of a wrapped key. It costs no pairing.
 *
 * Threads: any, and many at once.
 *
 * @param wrapped the wrapped key
 * @param attributes the attributes
 * @param could where to put the answer
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_could_unwrap(const medseal_abe_wrapped_key *wrapped,
                                        const medseal_attributes *attributes,
                                        bool *could,
                                        medseal_error *err);

/**
 * Writes the byte form of an encapsulation.
 *
 * Threads: any, and many at once.
 *
 * @param encapsulation what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_encapsulation_encode(const medseal_abe_encapsulation *encapsulation,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads an encapsulation from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param encapsulation where to put the new object, to be freed with medseal_abe_encapsulation_free; NULL on
 *                      failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_encapsulation_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_abe_encapsulation **encapsulation,
                                                medseal_error *err);

/**
 * Frees an encapsulation.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param encapsulation the object, which no call is using any more; NULL does nothing
 */
void medseal_abe_encapsulation_free(medseal_abe_encapsulation *encapsulation);

/**
 * Makes a fresh shared key, and its encapsulation under a policy.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the authority's public key
 * @param policy whose attributes satisfy this can decapsulate it
 * @param encapsulation where to put the new object, to be freed with medseal_abe_encapsulation_free; NULL on
 *                      failure
 * @param shared where to put the shared key; wipe it when you are done
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_encapsulate(const medseal_abe_public_key *public_key,
                                       const medseal_policy *policy,
                                       medseal_abe_encapsulation **encapsulation,
                                       medseal_secret *shared,
                                       medseal_error *err);

/**
 * Recovers the shared key of an encapsulation.
 *
 * Threads: any, and many at once.
 *
 * @param key the decryption key
 * @param encapsulation the encapsulation
 * @param shared where to put the shared key; wipe it when you are done
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, a decoding
 *         status if a point that was not needed to read the encapsulation is wrong, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abe_decapsulate(const medseal_abe_decryption_key *key,
                                       const medseal_abe_encapsulation *encapsulation,
                                       medseal_secret *shared,
                                       medseal_error *err);

/** @} */

/**
 * @defgroup abs Signatures by attributes: by somebody entitled to, without saying who
 * @{
 */

/**
 * The authority's master key for signatures. It is secret, and wiped when freed. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_abs_master_key medseal_abs_master_key;

/** The authority's public key for signatures. Immutable: any number of threads may use it at once. */
typedef struct medseal_abs_public_key medseal_abs_public_key;

/**
 * A signature that shows that the signer's attributes satisfy a policy, and nothing else of the signer.
 * Immutable: any number of threads may use it at once.
 */
typedef struct medseal_abs_signature medseal_abs_signature;

/**
 * A user's key for attributes, which signs under policies that they satisfy. It is secret, and wiped when
 * freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_abs_signing_key medseal_abs_signing_key;

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

/**
 * Writes the byte form of a master key for signatures. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param master what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_master_key_encode(const medseal_abs_master_key *master,
                                             uint8_t *out,
                                             size_t *out_len,
                                             medseal_error *err);

/**
 * Reads a master key for signatures from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param master where to put the new object, to be freed with medseal_abs_master_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_master_key_decode(const uint8_t *data,
                                             size_t len,
                                             medseal_abs_master_key **master,
                                             medseal_error *err);

/**
 * Frees a master key for signatures, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param master the object, which no call is using any more; NULL does nothing
 */
void medseal_abs_master_key_free(medseal_abs_master_key *master);

/**
 * Makes a master key for signatures.
 *
 * Threads: any, and many at once.
 *
 * @param master where to put the new object, to be freed with medseal_abs_master_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_master_key_generate(medseal_abs_master_key **master,
                                               medseal_error *err);

/**
 * The public key of a master key.
 *
 * Threads: any, and many at once.
 *
 * @param master the master key
 * @param public_key where to put the new object, to be freed with medseal_abs_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_master_key_public(const medseal_abs_master_key *master,
                                             medseal_abs_public_key **public_key,
                                             medseal_error *err);

/**
 * Issues a signing key for attributes.
 *
 * Threads: any, and many at once.
 *
 * @param master the master key
 * @param attributes what the key is for
 * @param key where to put the new object, to be freed with medseal_abs_signing_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_issue(const medseal_abs_master_key *master,
                                 const medseal_attributes *attributes,
                                 medseal_abs_signing_key **key,
                                 medseal_error *err);

/**
 * Writes the byte form of a public key for signatures.
 *
 * Threads: any, and many at once.
 *
 * @param public_key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_public_key_encode(const medseal_abs_public_key *public_key,
                                             uint8_t *out,
                                             size_t *out_len,
                                             medseal_error *err);

/**
 * Reads a public key for signatures from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key where to put the new object, to be freed with medseal_abs_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_public_key_decode(const uint8_t *data,
                                             size_t len,
                                             medseal_abs_public_key **public_key,
                                             medseal_error *err);

/**
 * Frees a public key for signatures.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param public_key the object, which no call is using any more; NULL does nothing
 */
void medseal_abs_public_key_free(medseal_abs_public_key *public_key);

/**
 * Writes the byte form of a signing key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_signing_key_encode(const medseal_abs_signing_key *key,
                                              uint8_t *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * Reads a signing key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_abs_signing_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_signing_key_decode(const uint8_t *data,
                                              size_t len,
                                              medseal_abs_signing_key **key,
                                              medseal_error *err);

/**
 * Frees a signing key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_abs_signing_key_free(medseal_abs_signing_key *key);

/**
 * The attributes that a signing key is for.
 *
 * Threads: any, and many at once.
 *
 * @param key the signing key
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_signing_key_attributes(const medseal_abs_signing_key *key,
                                                  medseal_attributes **attributes,
                                                  medseal_error *err);

/**
 * Checks that a signing key was issued under a public key. Do this once, when you get a key.
 *
 * Threads: any, and many at once.
 *
 * @param key the signing key
 * @param public_key the authority's public key
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_signing_key_verify(const medseal_abs_signing_key *key,
                                              const medseal_abs_public_key *public_key,
                                              medseal_error *err);

/**
 * Writes the byte form of a signature.
 *
 * Threads: any, and many at once.
 *
 * @param signature what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_signature_encode(const medseal_abs_signature *signature,
                                            uint8_t *out,
                                            size_t *out_len,
                                            medseal_error *err);

/**
 * Reads a signature from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param signature where to put the new object, to be freed with medseal_abs_signature_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_signature_decode(const uint8_t *data,
                                            size_t len,
                                            medseal_abs_signature **signature,
                                            medseal_error *err);

/**
 * Frees a signature.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param signature the object, which no call is using any more; NULL does nothing
 */
void medseal_abs_signature_free(medseal_abs_signature *signature);

/**
 * Signs a message as one whose attributes satisfy a policy.
 *
 * Threads: any, and many at once.
 *
 * @param key the signing key
 * @param policy the policy, which the verifier has to know
 * @param context what the signature is for, so that it counts for nothing else
 * @param context_len its bytes
 * @param message the message
 * @param message_len its bytes
 * @param signature where to put the new object, to be freed with medseal_abs_signature_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_LIMIT_EXCEEDED,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_sign(const medseal_abs_signing_key *key,
                                const medseal_policy *policy,
                                const uint8_t *context,
                                size_t context_len,
                                const uint8_t *message,
                                size_t message_len,
                                medseal_abs_signature **signature,
                                medseal_error *err);

/**
 * Verifies a signature.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the authority's public key
 * @param policy the policy that the signer is said to satisfy
 * @param context what the signature is for
 * @param context_len its bytes
 * @param message the message
 * @param message_len its bytes
 * @param signature the signature
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_verify(const medseal_abs_public_key *public_key,
                                  const medseal_policy *policy,
                                  const uint8_t *context,
                                  size_t context_len,
                                  const uint8_t *message,
                                  size_t message_len,
                                  const medseal_abs_signature *signature,
                                  medseal_error *err);

/**
 * Verifies many signatures, which is faster than each by itself. If some are not valid, the position in the
 * medseal_error is the index of the first of them.
 *
 * Threads: any, and many at once.
 *
 * @param claims the signatures, with what they are about
 * @param count how many
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param err detail, or NULL
 * @return MEDSEAL_OK if all are valid, MEDSEAL_ERR_INVALID_SIGNATURE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_abs_verify_batch(const medseal_abs_claim *claims,
                                        size_t count,
                                        size_t threads,
                                        medseal_error *err);

/** @} */

/**
 * @defgroup search_keys Keys for keyword search: the authority's, and its members'
 * @{
 */

/**
 * The members' keyword key: without it nobody can try keywords on an index or a trapdoor. It is secret, and
 * wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_keyword_key medseal_keyword_key;

/**
 * A user's key for attributes, which makes trapdoors. It is secret, and wiped when freed. Immutable: any
 * number of threads may use it at once.
 */
typedef struct medseal_search_key medseal_search_key;

/**
 * The authority's master key for search. It is secret, and wiped when freed. Immutable: any number of threads
 * may use it at once.
 */
typedef struct medseal_search_master_key medseal_search_master_key;

/** The authority's public key for search. Immutable: any number of threads may use it at once. */
typedef struct medseal_search_public_key medseal_search_public_key;

/**
 * Writes the byte form of a master key for search. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param master what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_master_key_encode(const medseal_search_master_key *master,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads a master key for search from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param master where to put the new object, to be freed with medseal_search_master_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_master_key_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_search_master_key **master,
                                                medseal_error *err);

/**
 * Frees a master key for search, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param master the object, which no call is using any more; NULL does nothing
 */
void medseal_search_master_key_free(medseal_search_master_key *master);

/**
 * Makes a master key for search.
 *
 * Threads: any, and many at once.
 *
 * @param master where to put the new object, to be freed with medseal_search_master_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_master_key_generate(medseal_search_master_key **master,
                                                  medseal_error *err);

/**
 * The public key of a master key.
 *
 * Threads: any, and many at once.
 *
 * @param master the master key
 * @param public_key where to put the new object, to be freed with medseal_search_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_master_key_public(const medseal_search_master_key *master,
                                                medseal_search_public_key **public_key,
                                                medseal_error *err);

/**
 * Issues a search key for attributes.
 *
 * Threads: any, and many at once.
 *
 * @param master the master key
 * @param attributes what the key is for
 * @param keyword_key the members' keyword key, which the search key carries
 * @param key where to put the new object, to be freed with medseal_search_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_issue(const medseal_search_master_key *master,
                                    const medseal_attributes *attributes,
                                    const medseal_keyword_key *keyword_key,
                                    medseal_search_key **key,
                                    medseal_error *err);

/**
 * Writes the byte form of a public key for search.
 *
 * Threads: any, and many at once.
 *
 * @param public_key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_public_key_encode(const medseal_search_public_key *public_key,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads a public key for search from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key where to put the new object, to be freed with medseal_search_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_public_key_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_search_public_key **public_key,
                                                medseal_error *err);

/**
 * Frees a public key for search.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param public_key the object, which no call is using any more; NULL does nothing
 */
void medseal_search_public_key_free(medseal_search_public_key *public_key);

/**
 * Writes the byte form of a search key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_key_encode(const medseal_search_key *key,
                                         uint8_t *out,
                                         size_t *out_len,
                                         medseal_error *err);

/**
 * Reads a search key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_search_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_key_decode(const uint8_t *data,
                                         size_t len,
                                         medseal_search_key **key,
                                         medseal_error *err);

/**
 * Frees a search key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_search_key_free(medseal_search_key *key);

/**
 * The attributes that a search key is for.
 *
 * Threads: any, and many at once.
 *
 * @param key the search key
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_key_attributes(const medseal_search_key *key,
                                             medseal_attributes **attributes,
                                             medseal_error *err);

/**
 * Checks that a search key was issued under a public key. Do this once, when you get a key.
 *
 * Threads: any, and many at once.
 *
 * @param key the search key
 * @param public_key the authority's public key
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_key_verify(const medseal_search_key *key,
                                         const medseal_search_public_key *public_key,
                                         medseal_error *err);

/**
 * Writes the byte form of a keyword key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_keyword_key_encode(const medseal_keyword_key *key,
                                          uint8_t *out,
                                          size_t *out_len,
                                          medseal_error *err);

/**
 * Reads a keyword key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_keyword_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_keyword_key_decode(const uint8_t *data,
                                          size_t len,
                                          medseal_keyword_key **key,
                                          medseal_error *err);

/**
 * Frees a keyword key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_keyword_key_free(medseal_keyword_key *key);

/**
 * Makes a keyword key.
 *
 * Threads: any, and many at once.
 *
 * @param key where to put the new object, to be freed with medseal_keyword_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_keyword_key_generate(medseal_keyword_key **key, medseal_error *err);

/** @} */

/**
 * @defgroup search Keyword search: keywords and indexes
 * @{
 */

/** Pad the indexes of a record to the next power of two, so that their number tells little. */
#define MEDSEAL_PADDING_POWER_OF_TWO 0

/** Do not pad: the number of indexes is the number of keywords. */
#define MEDSEAL_PADDING_NONE 1

/**
 * A keyword in its normal form: NFKC_Casefold of Unicode 16.0, single spaces. It is secret, and wiped when freed.
 * Immutable: any number of threads may use it at once.
 */
typedef struct medseal_keyword medseal_keyword;

/** The keywords of a record, hidden under its access policy. Immutable: any number of threads may use it at once. */
typedef struct medseal_search_index medseal_search_index;

/**
 * Hints, which make a search cheaper and tell something of the keywords: for deployments that have
 * agreed on them. Anyone who holds the keyword key can test a guess against every index that
 * carries hints, whatever its policy, and exclude all but one in 2^bits.
 */
typedef struct medseal_hints {
    /** How many bits each keyword shows, at most 16. */
    uint32_t bits;
    /** The period in which the bits stay the same, such as a year. */
    uint32_t period;
} medseal_hints;

/**
 * Frees a keyword, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param keyword the object, which no call is using any more; NULL does nothing
 */
void medseal_keyword_free(medseal_keyword *keyword);

/**
 * A keyword of this text, such as `metformin`, or with its field, such as `diagnosis:e11.9`.
 *
 * Threads: any, and many at once.
 *
 * @param text UTF-8
 * @param text_len its bytes
 * @param keyword where to put the new object, to be freed with medseal_keyword_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEYWORD, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_keyword_new(const char *text,
                                   size_t text_len,
                                   medseal_keyword **keyword,
                                   medseal_error *err);

/**
 * A keyword of a field, such as `e11.9` of `diagnosis`.
 *
 * Threads: any, and many at once.
 *
 * @param field UTF-8
 * @param field_len its bytes
 * @param word UTF-8
 * @param word_len its bytes
 * @param keyword where to put the new object, to be freed with medseal_keyword_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEYWORD, MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_keyword_with_field(const char *field,
                                          size_t field_len,
                                          const char *word,
                                          size_t word_len,
                                          medseal_keyword **keyword,
                                          medseal_error *err);

/**
 * Writes a keyword in its normal form.
 *
 * Threads: any, and many at once.
 *
 * @param keyword the keyword
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_keyword_text(const medseal_keyword *keyword,
                                    char *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * Writes the byte form of a keyword index.
 *
 * Threads: any, and many at once.
 *
 * @param index what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_index_encode(const medseal_search_index *index,
                                           uint8_t *out,
                                           size_t *out_len,
                                           medseal_error *err);

/**
 * Reads a keyword index from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param index where to put the new object, to be freed with medseal_search_index_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_index_decode(const uint8_t *data,
                                           size_t len,
                                           medseal_search_index **index,
                                           medseal_error *err);

/**
 * Frees a keyword index.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param index the object, which no call is using any more; NULL does nothing
 */
void medseal_search_index_free(medseal_search_index *index);

/**
 * Indexes the keywords of a record under a policy.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the authority's public key
 * @param keyword_key the members' keyword key
 * @param keywords the keywords, at most 256
 * @param count how many
 * @param policy who may find the record
 * @param padding MEDSEAL_PADDING_POWER_OF_TWO or MEDSEAL_PADDING_NONE
 * @param hints NULL unless the deployment has agreed on hints
 * @param index where to put the new object, to be freed with medseal_search_index_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not
 *         allowed, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_index_record(const medseal_search_public_key *public_key,
                                           const medseal_keyword_key *keyword_key,
                                           const medseal_keyword *const *keywords,
                                           size_t count,
                                           const medseal_policy *policy,
                                           int32_t padding,
                                           const medseal_hints *hints,
                                           medseal_search_index **index,
                                           medseal_error *err);

/**
 * How many keywords a keyword index holds, padding included.
 *
 * Threads: any, and many at once.
 *
 * @param index the keyword index
 * @param count where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_index_count(const medseal_search_index *index,
                                          size_t *count,
                                          medseal_error *err);

/**
 * The policy of a keyword index.
 *
 * Threads: any, and many at once.
 *
 * @param index the keyword index
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_index_policy(const medseal_search_index *index,
                                           medseal_policy **policy,
                                           medseal_error *err);

/**
 * Checks every point of a keyword index, also those that decoding leaves for matching: what a ledger node does.
 *
 * Threads: any, and many at once.
 *
 * @param index the keyword index
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_index_validate(const medseal_search_index *index,
                                             medseal_error *err);

/** @} */

/**
 * @defgroup query Trapdoors and queries: how a ledger node searches
 * @{
 */

/** How many parts a query may have: its trapdoors, and each *and* and *or* over some of them. */
#define MEDSEAL_QUERY_PARTS 1024

/** How deep the parts of a query may lie; a query for one keyword is one deep. */
#define MEDSEAL_QUERY_DEPTH 32

/** The record does not match. */
#define MEDSEAL_MATCH_NO 0

/** The record matches. */
#define MEDSEAL_MATCH_YES 1

/** The record could not be judged: its keyword index is malformed. */
#define MEDSEAL_MATCH_MALFORMED 2

/**
 * A query made ready for many matches, by a ledger node. About 40 KB for each trapdoor. Immutable: any number of threads
 * may use it at once.
 */
typedef struct medseal_prepared_query medseal_prepared_query;

/**
 * What a user asks of a ledger node: trapdoors, joined by *and* and *or*. Its byte form is what travels there; send it
 * inside a session. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_query medseal_query;

/**
 * What lets a ledger node find one keyword among the records that its attributes may see, without telling it
 * the keyword. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_trapdoor medseal_trapdoor;

/**
 * Writes the byte form of a trapdoor.
 *
 * Threads: any, and many at once.
 *
 * @param trapdoor what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_trapdoor_encode(const medseal_trapdoor *trapdoor,
                                       uint8_t *out,
                                       size_t *out_len,
                                       medseal_error *err);

/**
 * Reads a trapdoor from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param trapdoor where to put the new object, to be freed with medseal_trapdoor_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_trapdoor_decode(const uint8_t *data,
                                       size_t len,
                                       medseal_trapdoor **trapdoor,
                                       medseal_error *err);

/**
 * Frees a trapdoor.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param trapdoor the object, which no call is using any more; NULL does nothing
 */
void medseal_trapdoor_free(medseal_trapdoor *trapdoor);

/**
 * Makes a trapdoor for a keyword.
 *
 * Threads: any, and many at once.
 *
 * @param key the search key
 * @param keyword the keyword
 * @param showing the attributes that the trapdoor shows and matches with, some of the key's: those that the policies at
 *                hand need, of medseal_attributes_needed(). Those of medseal_search_key_attributes() are all of them,
 *                by which a node may know its user
 * @param hints the periods to give hints for, ascending; NULL with 0 for none
 * @param hints_count how many, at most 256
 * @param trapdoor where to put the new object, to be freed with medseal_trapdoor_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_ATTRIBUTE if the key was not issued for one that is
 *         shown, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not
 *         allowed, MEDSEAL_ERR_NOT_SORTED if their periods do not ascend,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_search_trapdoor(const medseal_search_key *key,
                                       const medseal_keyword *keyword,
                                       const medseal_attributes *showing,
                                       const medseal_hints *hints,
                                       size_t hints_count,
                                       medseal_trapdoor **trapdoor,
                                       medseal_error *err);

/**
 * The attributes that a trapdoor shows.
 *
 * Threads: any, and many at once.
 *
 * @param trapdoor the trapdoor
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_trapdoor_attributes(const medseal_trapdoor *trapdoor,
                                           medseal_attributes **attributes,
                                           medseal_error *err);

/**
 * Writes the byte form of a query.
 *
 * Threads: any, and many at once.
 *
 * @param query what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_query_encode(const medseal_query *query,
                                    uint8_t *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * Reads a query from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param query where to put the new object, to be freed with medseal_query_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_query_decode(const uint8_t *data,
                                    size_t len,
                                    medseal_query **query,
                                    medseal_error *err);

/**
 * Frees a query.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param query the object, which no call is using any more; NULL does nothing
 */
void medseal_query_free(medseal_query *query);

/**
 * Makes a query for one keyword.
 *
 * Threads: any, and many at once.
 *
 * @param trapdoor the trapdoor, which is copied
 * @param authority the public key under which the trapdoor's key was issued
 * @param query where to put the new object, to be freed with medseal_query_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_query_new(const medseal_trapdoor *trapdoor,
                                 const medseal_search_public_key *authority,
                                 medseal_query **query,
                                 medseal_error *err);

/**
 * A query that a record matches if it matches all of these.
 *
 * Threads: any, and many at once.
 *
 * @param queries the parts, which are copied
 * @param count how many, at least one
 * @param query where to put the new object, to be freed with medseal_query_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED above MEDSEAL_QUERY_PARTS or MEDSEAL_QUERY_DEPTH or if they are too
 *         long together, MEDSEAL_ERR_OTHER_AUTHORITY if they are of several authorities, MEDSEAL_ERR_OUT_OF_RANGE if
 *         there are none, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_query_all(const medseal_query *const *queries,
                                 size_t count,
                                 medseal_query **query,
                                 medseal_error *err);

/**
 * A query that a record matches if it matches at least one of these.
 *
 * Threads: any, and many at once.
 *
 * @param queries the parts, which are copied
 * @param count how many, at least one
 * @param query where to put the new object, to be freed with medseal_query_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED above MEDSEAL_QUERY_PARTS or MEDSEAL_QUERY_DEPTH or if they are too
 *         long together, MEDSEAL_ERR_OTHER_AUTHORITY if they are of several authorities, MEDSEAL_ERR_OUT_OF_RANGE if
 *         there are none, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_query_any(const medseal_query *const *queries,
                                 size_t count,
                                 medseal_query **query,
                                 medseal_error *err);

/**
 * Frees a prepared query.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param query the object, which no call is using any more; NULL does nothing
 */
void medseal_prepared_query_free(medseal_prepared_query *query);

/**
 * Prepares a query, on a node whose records are indexed under a public key.
 *
 * Threads: any, and many at once.
 *
 * @param query the query
 * @param authority the public key
 * @param prepared where to put the new object, to be freed with medseal_prepared_query_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OTHER_AUTHORITY if the query belongs to another public key, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_query_prepare(const medseal_query *query,
                                     const medseal_search_public_key *authority,
                                     medseal_prepared_query **prepared,
                                     medseal_error *err);

/**
 * Whether a record matches a query, by its keyword index.
 *
 * Threads: any, and many at once.
 *
 * @param query the prepared query
 * @param index the keyword index
 * @param matches where to put the answer
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status if the index is malformed, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepared_query_match(const medseal_prepared_query *query,
                                            const medseal_search_index *index,
                                            bool *matches,
                                            medseal_error *err);

/**
 * Judges many records on several threads.
 *
 * Threads: any, and many at once.
 *
 * @param query the prepared query
 * @param indexes their keyword indexes
 * @param count how many
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param progress told how many are done, on the caller's thread; or NULL
 * @param results where to put `count` answers, each MEDSEAL_MATCH_NO, MEDSEAL_MATCH_YES or MEDSEAL_MATCH_MALFORMED
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_CANCELLED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepared_query_match_many(const medseal_prepared_query *query,
                                                 const medseal_search_index *const *indexes,
                                                 size_t count,
                                                 size_t threads,
                                                 const medseal_progress *progress,
                                                 int32_t *results,
                                                 medseal_error *err);

/** @} */

/**
 * @defgroup authority The authority: all master keys together, and what it gives to members
 * @{
 */

/**
 * The attribute authority: its master keys for key wrapping, signatures and search, and the members' keyword
 * key. It is secret, and wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_authority medseal_authority;

/**
 * A member's keys for attributes: to decrypt, to sign, and to search. It is secret, and wiped when freed.
 * Immutable: any number of threads may use it at once.
 */
typedef struct medseal_member_keys medseal_member_keys;

/** The public keys of an authority. Immutable: any number of threads may use it at once. */
typedef struct medseal_public_parameters medseal_public_parameters;

/**
 * Writes the byte form of an authority. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param authority what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_encode(const medseal_authority *authority,
                                        uint8_t *out,
                                        size_t *out_len,
                                        medseal_error *err);

/**
 * Reads an authority from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param authority where to put the new object, to be freed with medseal_authority_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_decode(const uint8_t *data,
                                        size_t len,
                                        medseal_authority **authority,
                                        medseal_error *err);

/**
 * Frees an authority, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param authority the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_free(medseal_authority *authority);

/**
 * Sets up an authority.
 *
 * Threads: any, and many at once.
 *
 * @param authority where to put the new object, to be freed with medseal_authority_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_authority_setup(medseal_authority **authority, medseal_error *err);

/**
 * The public parameters of an authority, which everybody needs.
 *
 * Threads: any, and many at once.
 *
 * @param authority the authority
 * @param parameters where to put the new object, to be freed with medseal_public_parameters_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_public_parameters(const medseal_authority *authority,
                                                   medseal_public_parameters **parameters,
                                                   medseal_error *err);

/**
 * Issues a member's keys for attributes: to decrypt, to sign, and to search.
 *
 * Threads: any, and many at once.
 *
 * @param authority the authority
 * @param attributes what the member is certified to be
 * @param keys where to put the new object, to be freed with medseal_member_keys_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_issue(const medseal_authority *authority,
                                       const medseal_attributes *attributes,
                                       medseal_member_keys **keys,
                                       medseal_error *err);

/**
 * The members' keyword key, which owners need to index keywords. Search keys carry it.
 *
 * Threads: any, and many at once.
 *
 * @param authority the authority
 * @param key where to put the new object, to be freed with medseal_keyword_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_keyword_key(const medseal_authority *authority,
                                             medseal_keyword_key **key,
                                             medseal_error *err);

/**
 * The same authority with another keyword key, for when a member or an owner did not keep the one that they had.
 *
 * Keep the byte form of the new authority in place of the old one's, distribute the new public parameters, which
 * commit to the new keyword key, give the keyword key to those who index, and issue every member's keys anew: under
 * the new parameters the old ones are refused. Old search keys go on searching old indexes; new ones find what is
 * indexed under the new keyword key, that is, new records and those whose entries are published again. The public
 * keys in the parameters, decryption keys and signing keys stay as they are.
 *
 * Threads: any, and many at once.
 *
 * @param authority the authority, which stays as it is
 * @param renewed where to put the new object, to be freed with medseal_authority_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_renew_keyword_key(const medseal_authority *authority,
                                                   medseal_authority **renewed,
                                                   medseal_error *err);

/**
 * Writes the byte form of public parameters.
 *
 * Threads: any, and many at once.
 *
 * @param parameters what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_public_parameters_encode(const medseal_public_parameters *parameters,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads public parameters from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param parameters where to put the new object, to be freed with medseal_public_parameters_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_public_parameters_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_public_parameters **parameters,
                                                medseal_error *err);

/**
 * Frees public parameters.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param parameters the object, which no call is using any more; NULL does nothing
 */
void medseal_public_parameters_free(medseal_public_parameters *parameters);

/**
 * The public key for key wrapping among public parameters.
 *
 * Threads: any, and many at once.
 *
 * @param parameters the public parameters
 * @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_public_parameters_abe(const medseal_public_parameters *parameters,
                                             medseal_abe_public_key **public_key,
                                             medseal_error *err);

/**
 * The public key for signatures among public parameters.
 *
 * Threads: any, and many at once.
 *
 * @param parameters the public parameters
 * @param public_key where to put the new object, to be freed with medseal_abs_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_public_parameters_abs(const medseal_public_parameters *parameters,
                                             medseal_abs_public_key **public_key,
                                             medseal_error *err);

/**
 * The public key for search among public parameters.
 *
 * Threads: any, and many at once.
 *
 * @param parameters the public parameters
 * @param public_key where to put the new object, to be freed with medseal_search_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_public_parameters_search(const medseal_public_parameters *parameters,
                                                medseal_search_public_key **public_key,
                                                medseal_error *err);

/**
 * Writes the byte form of a member's keys. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param keys what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_member_keys_encode(const medseal_member_keys *keys,
                                          uint8_t *out,
                                          size_t *out_len,
                                          medseal_error *err);

/**
 * Reads a member's keys from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param keys where to put the new object, to be freed with medseal_member_keys_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_member_keys_decode(const uint8_t *data,
                                          size_t len,
                                          medseal_member_keys **keys,
                                          medseal_error *err);

/**
 * Frees a member's keys, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param keys the object, which no call is using any more; NULL does nothing
 */
void medseal_member_keys_free(medseal_member_keys *keys);

/**
 * The attributes that a member's keys are for.
 *
 * Threads: any, and many at once.
 *
 * @param keys the member's keys
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_member_keys_attributes(const medseal_member_keys *keys,
                                              medseal_attributes **attributes,
                                              medseal_error *err);

/**
 * Checks that a member's keys were issued by the authority with these public parameters, and that the search key
 * carries the members' keyword key. Do this once, when you get keys.
 *
 * Threads: any, and many at once.
 *
 * @param keys the member's keys
 * @param parameters the authority's public parameters
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_member_keys_verify(const medseal_member_keys *keys,
                                          const medseal_public_parameters *parameters,
                                          medseal_error *err);

/**
 * A copy of the decryption key among a member's keys. It checks every point, and so takes a while for many
 * attributes.
 *
 * Threads: any, and many at once.
 *
 * @param keys the member's keys
 * @param key where to put the new object, to be freed with medseal_abe_decryption_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_member_keys_decryption(const medseal_member_keys *keys,
                                              medseal_abe_decryption_key **key,
                                              medseal_error *err);

/**
 * A copy of the signing key among a member's keys. It checks every point, and so takes a while for many
 * attributes.
 *
 * Threads: any, and many at once.
 *
 * @param keys the member's keys
 * @param key where to put the new object, to be freed with medseal_abs_signing_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_member_keys_signing(const medseal_member_keys *keys,
                                           medseal_abs_signing_key **key,
                                           medseal_error *err);

/**
 * A copy of the search key among a member's keys. It checks every point, and so takes a while for many attributes.
 *
 * Threads: any, and many at once.
 *
 * @param keys the member's keys
 * @param key where to put the new object, to be freed with medseal_search_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_member_keys_search(const medseal_member_keys *keys,
                                          medseal_search_key **key,
                                          medseal_error *err);

/** @} */

/**
 * @defgroup record Sealed records, in memory
 * @{
 */

/** Bytes of an encoded medseal_record_key. */
#define MEDSEAL_RECORD_KEY_BYTES 36

/**
 * The key of a sealed record. It is secret, and wiped when freed. Immutable: any number of threads may use it
 * at once.
 */
typedef struct medseal_record_key medseal_record_key;

/**
 * For callers that cannot read macros.
 *
 * Threads: any, and many at once.
 *
 * @return MEDSEAL_RECORD_KEY_BYTES
 */
size_t medseal_record_key_bytes(void);

/**
 * Writes the byte form of a record key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_record_key_free(medseal_record_key *key);

/**
 * Makes a record key from the operating system's randomness.
 *
 * Threads: any, and many at once.
 *
 * @param key where to put the new object, to be freed with medseal_record_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_record_key_generate(medseal_record_key **key, medseal_error *err);

/**
 * How many bytes a record of this length has when it is sealed.
 *
 * Threads: any, and many at once.
 *
 * @param length bytes of the record
 * @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
 * @param sealed_length where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed,
 *         MEDSEAL_ERR_OUT_OF_RANGE if the record is too long, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_sealed_length(uint64_t length,
                                            uint32_t chunk_log2,
                                            uint64_t *sealed_length,
                                            medseal_error *err);

/**
 * How many bytes the record in a sealed record has, as its header and size say; opening it checks that.
 *
 * Threads: any, and many at once.
 *
 * @param sealed the sealed record
 * @param sealed_len its bytes
 * @param length where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, MEDSEAL_ERR_DECRYPTION_FAILED if no record has this size, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_opened_length(const uint8_t *sealed,
                                            size_t sealed_len,
                                            uint64_t *length,
                                            medseal_error *err);

/**
 * Seals a record that is in memory. The output takes what medseal_record_sealed_length() says.
 *
 * Threads: any, and many at once.
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
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed,
 *         MEDSEAL_ERR_OUT_OF_MEMORY, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
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
 * Opens a sealed record that is in memory. The output takes what medseal_record_opened_length()
 * says, and holds the record only if all of it is as it was sealed; on failure what was written of
 * it is wiped.
 *
 * Threads: any, and many at once.
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
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
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
 * Threads: any, and many at once.
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
 *         MEDSEAL_ERR_OUT_OF_RANGE if the record ends before, MEDSEAL_ERR_DECRYPTION_FAILED,
 *         MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
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
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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
 * Threads: any, and many at once.
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

/**
 * @defgroup stream Sealed records little by little: as bytes come, as streams, as files
 * @{
 */

/**
 * A sealed record that is being opened as its bytes come. It is secret, and wiped when freed. It has state:
 * one call at a time.
 */
typedef struct medseal_opener medseal_opener;

/**
 * A record that is being sealed as its bytes come. It is secret, and wiped when freed. It has state: one call
 * at a time.
 */
typedef struct medseal_sealer medseal_sealer;

/**
 * Frees a sealer, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param sealer the object, which no call is using any more; NULL does nothing
 */
void medseal_sealer_free(medseal_sealer *sealer);

/**
 * Begins to seal a record.
 *
 * Threads: any, and many at once.
 *
 * @param key the record key
 * @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
 * @param sealer where to put the new object, to be freed with medseal_sealer_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_sealer_new(const medseal_record_key *key,
                                  uint32_t chunk_log2,
                                  medseal_sealer **sealer,
                                  medseal_error *err);

/**
 * Takes the next bytes of the record, and gives the bytes of the sealed record that follow from
 * them. If the buffer is too small, nothing was taken: call again with a larger one.
 *
 * Threads: any; one call at a time with the same `sealer`.
 *
 * @param sealer the sealer
 * @param record the next bytes
 * @param record_len how many
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_SPENT if it is finished,
 *         MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_sealer_update(medseal_sealer *sealer,
                                     const uint8_t *record,
                                     size_t record_len,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_error *err);

/**
 * Takes the end of the record, and gives the last bytes of the sealed record. The sealer is spent.
 *
 * Threads: any; one call at a time with the same `sealer`.
 *
 * @param sealer the sealer
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_SPENT if it is finished,
 *         MEDSEAL_ERR_FORKED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_sealer_finish(medseal_sealer *sealer,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_receipt *receipt,
                                     medseal_error *err);

/**
 * Frees an opener, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param opener the object, which no call is using any more; NULL does nothing
 */
void medseal_opener_free(medseal_opener *opener);

/**
 * Begins to open a sealed record.
 *
 * Threads: any, and many at once.
 *
 * @param key the record key
 * @param opener where to put the new object, to be freed with medseal_opener_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_opener_new(const medseal_record_key *key,
                                  medseal_opener **opener,
                                  medseal_error *err);

/**
 * Takes the next bytes of the sealed record, and gives the chunks of the record that are complete
 * and verified. Only after medseal_opener_finish() is what was given the whole record. If the
 * buffer is too small, nothing was taken: call again with a larger one. After any other failure
 * each later call fails too.
 *
 * Threads: any; one call at a time with the same `opener`.
 *
 * @param opener the opener
 * @param sealed the next bytes
 * @param sealed_len how many
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL with what it may need at most, MEDSEAL_ERR_SPENT if it
 *         is finished, a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_opener_update(medseal_opener *opener,
                                     const uint8_t *sealed,
                                     size_t sealed_len,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_error *err);

/**
 * Takes the end of the sealed record, and gives the last bytes of the record. The opener is spent,
 * also by a failure, except if the buffer is too small.
 *
 * Threads: any; one call at a time with the same `opener`.
 *
 * @param opener the opener
 * @param digest the digest that the sealed record must have, or NULL
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL with what it may need at most, MEDSEAL_ERR_SPENT if it
 *         is finished, MEDSEAL_ERR_TRUNCATED, MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH,
 *         MEDSEAL_ERR_FORKED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_opener_finish(medseal_opener *opener,
                                     const medseal_digest *digest,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_receipt *receipt,
                                     medseal_error *err);

/**
 * Seals a record from one stream to another. Memory does not grow with it.
 *
 * Threads: any, and many at once.
 *
 * @param key the record key
 * @param reader gives the record
 * @param writer takes the sealed record
 * @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param progress told the bytes of the record that are done, or NULL
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_IO,
 *         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY,
 *         or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_seal_stream(const medseal_record_key *key,
                                          const medseal_reader *reader,
                                          const medseal_writer *writer,
                                          uint32_t chunk_log2,
                                          size_t threads,
                                          const medseal_progress *progress,
                                          medseal_receipt *receipt,
                                          medseal_error *err);

/**
 * Opens a sealed record from one stream to another. Memory does not grow with it. What is written
 * was verified, but only after success it is the whole record: throw it away after a failure.
 *
 * Threads: any, and many at once.
 *
 * @param key the record key
 * @param reader gives the sealed record
 * @param writer takes the record
 * @param digest the digest that the sealed record must have, or NULL
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param progress told the bytes of the record that are done, or NULL
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED,
 *         MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_open_stream(const medseal_record_key *key,
                                          const medseal_reader *reader,
                                          const medseal_writer *writer,
                                          const medseal_digest *digest,
                                          size_t threads,
                                          const medseal_progress *progress,
                                          medseal_receipt *receipt,
                                          medseal_error *err);

/**
 * Seals a file into a new file, which gets its name when it is whole: after a failure or a crash there is
 * none of this name (a MEDSEAL_ERR_IO from syncing its folder, at the very end, leaves the whole file). A crash can
 * leave a file `.medseal-*` in the folder, which can be deleted.
 *
 * Threads: any, and many at once.
 *
 * @param key the record key
 * @param from the record's path, UTF-8
 * @param from_len its bytes
 * @param to the sealed record's path, UTF-8, where no file is yet
 * @param to_len its bytes
 * @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param progress told the bytes of the record that are done, or NULL
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_INVALID_TEXT
 *         if a path is not UTF-8, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE,
 *         MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_seal_file(const medseal_record_key *key,
                                        const char *from,
                                        size_t from_len,
                                        const char *to,
                                        size_t to_len,
                                        uint32_t chunk_log2,
                                        size_t threads,
                                        const medseal_progress *progress,
                                        medseal_receipt *receipt,
                                        medseal_error *err);

/**
 * Opens a sealed file into a new file, which gets its name when it is whole: after a failure or a crash there is
 * none of this name (a MEDSEAL_ERR_IO from syncing its folder, at the very end, leaves the whole file). A crash can
 * leave a file `.medseal-*` in the folder, which can be deleted.
 *
 * Threads: any, and many at once.
 *
 * @param key the record key
 * @param from the sealed record's path, UTF-8
 * @param from_len its bytes
 * @param to the record's path, UTF-8, where no file is yet
 * @param to_len its bytes
 * @param digest the digest that the sealed record must have, or NULL
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param progress told the bytes of the record that are done, or NULL
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_INVALID_TEXT if a path is not
 *         UTF-8, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_open_file(const medseal_record_key *key,
                                        const char *from,
                                        size_t from_len,
                                        const char *to,
                                        size_t to_len,
                                        const medseal_digest *digest,
                                        size_t threads,
                                        const medseal_progress *progress,
                                        medseal_receipt *receipt,
                                        medseal_error *err);

/**
 * Opens a part of a sealed file, checking only the chunks that hold it.
 *
 * Threads: any, and many at once.
 *
 * @param key the record key
 * @param from the sealed record's path, UTF-8
 * @param from_len its bytes
 * @param offset the first byte of the record that is wanted
 * @param length how many bytes are wanted
 * @param writer takes them
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status if this does not begin like a sealed record,
 *         MEDSEAL_ERR_OUT_OF_RANGE if the record ends before, MEDSEAL_ERR_DECRYPTION_FAILED,
 *         MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8, MEDSEAL_ERR_IO, MEDSEAL_ERR_OUT_OF_MEMORY, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_open_file_range(const medseal_record_key *key,
                                              const char *from,
                                              size_t from_len,
                                              uint64_t offset,
                                              uint64_t length,
                                              const medseal_writer *writer,
                                              medseal_error *err);

/**
 * The digest of a sealed record that a stream gives. It takes no key.
 *
 * Threads: any, and many at once.
 *
 * @param reader gives the sealed record
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param progress told the bytes of the record that are done, or NULL
 * @param receipt where to put digest and lengths
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record,
 *         MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_record_digest_stream(const medseal_reader *reader,
                                            size_t threads,
                                            const medseal_progress *progress,
                                            medseal_receipt *receipt,
                                            medseal_error *err);

/** @} */

/**
 * @defgroup chunk_tree The tree of chunks behind a record digest, and proofs of single chunks
 * @{
 */

/**
 * Proof that a chunk belongs to the sealed record of a digest. Immutable: any number of threads may use it at
 * once.
 */
typedef struct medseal_chunk_proof medseal_chunk_proof;

/**
 * The tree behind the digest of a sealed record, which proves chunks to an auditor. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_chunk_tree medseal_chunk_tree;

/**
 * Frees a chunk tree.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param tree the object, which no call is using any more; NULL does nothing
 */
void medseal_chunk_tree_free(medseal_chunk_tree *tree);

/**
 * Reads a sealed record and keeps the tree behind its digest: 64 bytes for each chunk.
 *
 * Threads: any, and many at once.
 *
 * @param sealed the sealed record
 * @param sealed_len its bytes
 * @param tree where to put the new object, to be freed with medseal_chunk_tree_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_tree_read(const uint8_t *sealed,
                                       size_t sealed_len,
                                       medseal_chunk_tree **tree,
                                       medseal_error *err);

/**
 * As medseal_chunk_tree_read(), from a stream.
 *
 * Threads: any, and many at once.
 *
 * @param reader gives the sealed record
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param progress told the bytes of the record that are done, or NULL
 * @param tree where to put the new object, to be freed with medseal_chunk_tree_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed
 *         record, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_tree_read_stream(const medseal_reader *reader,
                                              size_t threads,
                                              const medseal_progress *progress,
                                              medseal_chunk_tree **tree,
                                              medseal_error *err);

/**
 * The digest and the number of chunks of a sealed record, from its chunk tree.
 *
 * Threads: any, and many at once.
 *
 * @param tree the chunk tree
 * @param digest where to put the digest
 * @param chunks where to put the number of chunks
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_tree_digest(const medseal_chunk_tree *tree,
                                         medseal_digest *digest,
                                         uint64_t *chunks,
                                         medseal_error *err);

/**
 * Proves a chunk.
 *
 * Threads: any, and many at once.
 *
 * @param tree the chunk tree
 * @param index which chunk, from zero
 * @param proof where to put the new object, to be freed with medseal_chunk_proof_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE if there is no such chunk, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_tree_prove(const medseal_chunk_tree *tree,
                                        uint64_t index,
                                        medseal_chunk_proof **proof,
                                        medseal_error *err);

/**
 * Writes the byte form of a chunk proof.
 *
 * Threads: any, and many at once.
 *
 * @param proof what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_proof_encode(const medseal_chunk_proof *proof,
                                          uint8_t *out,
                                          size_t *out_len,
                                          medseal_error *err);

/**
 * Reads a chunk proof from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param proof where to put the new object, to be freed with medseal_chunk_proof_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_proof_decode(const uint8_t *data,
                                          size_t len,
                                          medseal_chunk_proof **proof,
                                          medseal_error *err);

/**
 * Frees a chunk proof.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param proof the object, which no call is using any more; NULL does nothing
 */
void medseal_chunk_proof_free(medseal_chunk_proof *proof);

/**
 * Where the chunk of a proof lies in the sealed record, with its tag.
 *
 * Threads: any, and many at once.
 *
 * @param proof the proof
 * @param index where to put which chunk it is, from zero
 * @param offset where to put its first byte
 * @param length where to put its bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_proof_place(const medseal_chunk_proof *proof,
                                         uint64_t *index,
                                         uint64_t *offset,
                                         uint64_t *length,
                                         medseal_error *err);

/**
 * Verifies that a chunk belongs to the sealed record of a digest. It takes no key.
 *
 * Threads: any, and many at once.
 *
 * @param proof the proof
 * @param digest the digest
 * @param chunk the bytes at the place that medseal_chunk_proof_place() names
 * @param chunk_len how many
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_PROOF, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_chunk_proof_verify(const medseal_chunk_proof *proof,
                                          const medseal_digest *digest,
                                          const uint8_t *chunk,
                                          size_t chunk_len,
                                          medseal_error *err);

/** @} */

/**
 * @defgroup merkle Merkle trees: a hospital's database digest, with proofs
 * @{
 */

/** Proof that a tree only grew from one head to another. Immutable: any number of threads may use it at once. */
typedef struct medseal_consistency_proof medseal_consistency_proof;

/** Proof that an entry stands at an index of a tree. Immutable: any number of threads may use it at once. */
typedef struct medseal_inclusion_proof medseal_inclusion_proof;

/** The compact state of a Merkle tree: appends and has a root, proves nothing. It has state: one call at a time. */
typedef struct medseal_merkle_frontier medseal_merkle_frontier;

/** A Merkle tree as in RFC 9162, which proves: 64 bytes for each entry. It has state: one call at a time. */
typedef struct medseal_merkle_tree medseal_merkle_tree;

/** How far a tree has come, and its root then. */
typedef struct medseal_tree_head {
    /** How many entries it has. */
    uint64_t size;
    /** The root over them. */
    medseal_digest root;
} medseal_tree_head;

/**
 * Writes the byte form of a Merkle tree.
 *
 * Threads: any; one call at a time with the same `tree`.
 *
 * @param tree what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_tree_encode(const medseal_merkle_tree *tree,
                                          uint8_t *out,
                                          size_t *out_len,
                                          medseal_error *err);

/**
 * Reads a Merkle tree from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param tree where to put the new object, to be freed with medseal_merkle_tree_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_tree_decode(const uint8_t *data,
                                          size_t len,
                                          medseal_merkle_tree **tree,
                                          medseal_error *err);

/**
 * Frees a Merkle tree.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param tree the object, which no call is using any more; NULL does nothing
 */
void medseal_merkle_tree_free(medseal_merkle_tree *tree);

/**
 * Makes an empty tree.
 *
 * Threads: any, and many at once.
 *
 * @param tree where to put the new object, to be freed with medseal_merkle_tree_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_merkle_tree_new(medseal_merkle_tree **tree, medseal_error *err);

/**
 * Appends an entry, such as the 32 bytes of a record's digest.
 *
 * Threads: any; one call at a time with the same `tree`.
 *
 * @param tree the tree
 * @param entry the entry
 * @param entry_len its bytes
 * @param index where to put the entry's index, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_tree_append(medseal_merkle_tree *tree,
                                          const uint8_t *entry,
                                          size_t entry_len,
                                          uint64_t *index,
                                          medseal_error *err);

/**
 * How far a tree has come.
 *
 * Threads: any; one call at a time with the same `tree`.
 *
 * @param tree the tree
 * @param head where to put size and root
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_tree_head(const medseal_merkle_tree *tree,
                                        medseal_tree_head *head,
                                        medseal_error *err);

/**
 * What a tree was when it had fewer entries.
 *
 * Threads: any; one call at a time with the same `tree`.
 *
 * @param tree the tree
 * @param size how many
 * @param head where to put size and root
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE if it has fewer, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_tree_head_at(const medseal_merkle_tree *tree,
                                           uint64_t size,
                                           medseal_tree_head *head,
                                           medseal_error *err);

/**
 * Proves that an entry stands at an index of a tree.
 *
 * Threads: any; one call at a time with the same `tree`.
 *
 * @param tree the tree
 * @param index which entry, from zero
 * @param size among how many of the first entries
 * @param proof where to put the new object, to be freed with medseal_inclusion_proof_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_tree_prove_inclusion(const medseal_merkle_tree *tree,
                                                   uint64_t index,
                                                   uint64_t size,
                                                   medseal_inclusion_proof **proof,
                                                   medseal_error *err);

/**
 * Proves that a tree only grew from one size to another.
 *
 * Threads: any; one call at a time with the same `tree`.
 *
 * @param tree the tree
 * @param old_size how many entries it had
 * @param size how many it has
 * @param proof where to put the new object, to be freed with medseal_consistency_proof_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_tree_prove_consistency(const medseal_merkle_tree *tree,
                                                     uint64_t old_size,
                                                     uint64_t size,
                                                     medseal_consistency_proof **proof,
                                                     medseal_error *err);

/**
 * Writes the byte form of a Merkle frontier.
 *
 * Threads: any; one call at a time with the same `frontier`.
 *
 * @param frontier what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_frontier_encode(const medseal_merkle_frontier *frontier,
                                              uint8_t *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * Reads a Merkle frontier from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_frontier_decode(const uint8_t *data,
                                              size_t len,
                                              medseal_merkle_frontier **frontier,
                                              medseal_error *err);

/**
 * Frees a Merkle frontier.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param frontier the object, which no call is using any more; NULL does nothing
 */
void medseal_merkle_frontier_free(medseal_merkle_frontier *frontier);

/**
 * Makes the frontier of an empty tree.
 *
 * Threads: any, and many at once.
 *
 * @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_frontier_new(medseal_merkle_frontier **frontier,
                                           medseal_error *err);

/**
 * Appends an entry, such as the 32 bytes of a record's digest.
 *
 * Threads: any; one call at a time with the same `frontier`.
 *
 * @param frontier the frontier
 * @param entry the entry
 * @param entry_len its bytes
 * @param index where to put the entry's index, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_frontier_append(medseal_merkle_frontier *frontier,
                                              const uint8_t *entry,
                                              size_t entry_len,
                                              uint64_t *index,
                                              medseal_error *err);

/**
 * How far a tree has come, by its frontier.
 *
 * Threads: any; one call at a time with the same `frontier`.
 *
 * @param frontier the frontier
 * @param head where to put size and root
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_merkle_frontier_head(const medseal_merkle_frontier *frontier,
                                            medseal_tree_head *head,
                                            medseal_error *err);

/**
 * Writes the byte form of an inclusion proof.
 *
 * Threads: any, and many at once.
 *
 * @param proof what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_inclusion_proof_encode(const medseal_inclusion_proof *proof,
                                              uint8_t *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * Reads an inclusion proof from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param proof where to put the new object, to be freed with medseal_inclusion_proof_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_inclusion_proof_decode(const uint8_t *data,
                                              size_t len,
                                              medseal_inclusion_proof **proof,
                                              medseal_error *err);

/**
 * Frees an inclusion proof.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param proof the object, which no call is using any more; NULL does nothing
 */
void medseal_inclusion_proof_free(medseal_inclusion_proof *proof);

/**
 * What an inclusion proof is about.
 *
 * Threads: any, and many at once.
 *
 * @param proof the proof
 * @param index where to put the index of the entry
 * @param size where to put the size of the tree
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_inclusion_proof_place(const medseal_inclusion_proof *proof,
                                             uint64_t *index,
                                             uint64_t *size,
                                             medseal_error *err);

/**
 * Verifies that an entry stands in a tree where the proof says.
 *
 * Threads: any, and many at once.
 *
 * @param proof the proof
 * @param head the tree's head, which you have from a source that you trust
 * @param entry the entry
 * @param entry_len its bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_PROOF, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_inclusion_proof_verify(const medseal_inclusion_proof *proof,
                                              const medseal_tree_head *head,
                                              const uint8_t *entry,
                                              size_t entry_len,
                                              medseal_error *err);

/**
 * Writes the byte form of a consistency proof.
 *
 * Threads: any, and many at once.
 *
 * @param proof what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_consistency_proof_encode(const medseal_consistency_proof *proof,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads a consistency proof from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param proof where to put the new object, to be freed with medseal_consistency_proof_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_consistency_proof_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_consistency_proof **proof,
                                                medseal_error *err);

/**
 * Frees a consistency proof.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param proof the object, which no call is using any more; NULL does nothing
 */
void medseal_consistency_proof_free(medseal_consistency_proof *proof);

/**
 * What a consistency proof is about.
 *
 * Threads: any, and many at once.
 *
 * @param proof the proof
 * @param old_size where to put the size that the tree had
 * @param size where to put the size that it has
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_consistency_proof_sizes(const medseal_consistency_proof *proof,
                                               uint64_t *old_size,
                                               uint64_t *size,
                                               medseal_error *err);

/**
 * Verifies that a tree only grew from one head to another.
 *
 * Threads: any, and many at once.
 *
 * @param proof the proof
 * @param old the head that you know
 * @param head the new head
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_PROOF, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_consistency_proof_verify(const medseal_consistency_proof *proof,
                                                const medseal_tree_head *old,
                                                const medseal_tree_head *head,
                                                medseal_error *err);

/** @} */

/**
 * @defgroup envelope Identities, the super node's public key, and what is sealed under both: disclosures in envelopes
 * @{
 */

/**
 * What a main node or an envelope tells a hospital of a record: location, database digest, summary. It is
 * secret, and wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_disclosure medseal_disclosure;

/** A hospital's identity, to which envelopes are sealed. Immutable: any number of threads may use it at once. */
typedef struct medseal_identity medseal_identity;

/** A message sealed to a hospital's identity. Immutable: any number of threads may use it at once. */
typedef struct medseal_identity_envelope medseal_identity_envelope;

/** The super node's public key: what all identities rest on. Immutable: any number of threads may use it at once. */
typedef struct medseal_super_node_public_key medseal_super_node_public_key;

/**
 * Writes the byte form of a super node's public key.
 *
 * Threads: any, and many at once.
 *
 * @param public_key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_public_key_encode(const medseal_super_node_public_key *public_key,
                                                    uint8_t *out,
                                                    size_t *out_len,
                                                    medseal_error *err);

/**
 * Reads a super node's public key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key where to put the new object, to be freed with medseal_super_node_public_key_free; NULL on
 *                   failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_public_key_decode(const uint8_t *data,
                                                    size_t len,
                                                    medseal_super_node_public_key **public_key,
                                                    medseal_error *err);

/**
 * Frees a super node's public key.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param public_key the object, which no call is using any more; NULL does nothing
 */
void medseal_super_node_public_key_free(medseal_super_node_public_key *public_key);

/**
 * Seals a message to an identity: only the registered hospital can open it.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the super node's public key
 * @param recipient the hospital's identity
 * @param message the message, at most 16 MiB
 * @param message_len its bytes
 * @param aad what is authenticated with it and has to be the same for opening
 * @param aad_len its bytes
 * @param members the members' key that opening is to need as well, or NULL
 * @param envelope where to put the new object, to be freed with medseal_identity_envelope_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_identity_seal(const medseal_super_node_public_key *public_key,
                                     const medseal_identity *recipient,
                                     const uint8_t *message,
                                     size_t message_len,
                                     const uint8_t *aad,
                                     size_t aad_len,
                                     const medseal_members_key *members,
                                     medseal_identity_envelope **envelope,
                                     medseal_error *err);

/**
 * Frees an identity.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param identity the object, which no call is using any more; NULL does nothing
 */
void medseal_identity_free(medseal_identity *identity);

/**
 * Writes the byte form of an envelope.
 *
 * Threads: any, and many at once.
 *
 * @param envelope what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_identity_envelope_encode(const medseal_identity_envelope *envelope,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads an envelope from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param envelope where to put the new object, to be freed with medseal_identity_envelope_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_identity_envelope_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_identity_envelope **envelope,
                                                medseal_error *err);

/**
 * Frees an envelope.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param envelope the object, which no call is using any more; NULL does nothing
 */
void medseal_identity_envelope_free(medseal_identity_envelope *envelope);

/**
 * Writes the byte form of a disclosure. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param disclosure what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_disclosure_encode(const medseal_disclosure *disclosure,
                                         uint8_t *out,
                                         size_t *out_len,
                                         medseal_error *err);

/**
 * Reads a disclosure from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param disclosure where to put the new object, to be freed with medseal_disclosure_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_disclosure_decode(const uint8_t *data,
                                         size_t len,
                                         medseal_disclosure **disclosure,
                                         medseal_error *err);

/**
 * Frees a disclosure, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param disclosure the object, which no call is using any more; NULL does nothing
 */
void medseal_disclosure_free(medseal_disclosure *disclosure);

/**
 * Makes a disclosure.
 *
 * Threads: any, and many at once.
 *
 * @param location where the sealed record is kept, at most 1024 bytes
 * @param location_len its bytes
 * @param database the hospital's database digest
 * @param summary the record's keyed summary
 * @param disclosure where to put the new object, to be freed with medseal_disclosure_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_disclosure_new(const uint8_t *location,
                                      size_t location_len,
                                      const medseal_digest *database,
                                      const medseal_summary *summary,
                                      medseal_disclosure **disclosure,
                                      medseal_error *err);

/**
 * What a disclosure says.
 *
 * Threads: any, and many at once.
 *
 * @param disclosure the disclosure
 * @param out buffer of *out_len bytes for the location; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param database where to put the hospital's database digest
 * @param summary where to put the record's keyed summary
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_disclosure_read(const medseal_disclosure *disclosure,
                                       uint8_t *out,
                                       size_t *out_len,
                                       medseal_digest *database,
                                       medseal_summary *summary,
                                       medseal_error *err);

/** @} */

/**
 * @defgroup hospital Hospitals: their registration, and the identity that comes of it
 * @{
 */

/**
 * A registered hospital: what it keeps. It is secret, and wiped when freed. Immutable: any number of threads
 * may use it at once.
 */
typedef struct medseal_hospital medseal_hospital;

/**
 * What the super node answers to a registration: it goes to the hospital over a secure channel. It is secret,
 * and wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_identity_key medseal_identity_key;

/** What a hospital sends to be registered. Immutable: any number of threads may use it at once. */
typedef struct medseal_registration_request medseal_registration_request;

/**
 * Writes the byte form of a registration request.
 *
 * Threads: any, and many at once.
 *
 * @param request what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registration_request_encode(const medseal_registration_request *request,
                                                   uint8_t *out,
                                                   size_t *out_len,
                                                   medseal_error *err);

/**
 * Reads a registration request from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param request where to put the new object, to be freed with medseal_registration_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_registration_request_decode(const uint8_t *data,
                                                   size_t len,
                                                   medseal_registration_request **request,
                                                   medseal_error *err);

/**
 * Frees a registration request.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param request the object, which no call is using any more; NULL does nothing
 */
void medseal_registration_request_free(medseal_registration_request *request);

/**
 * Makes a request to be registered.
 *
 * Threads: any, and many at once.
 *
 * @param name the hospital's name, UTF-8 of 1 to 255 bytes
 * @param name_len its bytes
 * @param record what the registration is about, at most 1024 bytes
 * @param record_len its bytes
 * @param request where to put the new object, to be freed with medseal_registration_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registration_request_new(const char *name,
                                                size_t name_len,
                                                const uint8_t *record,
                                                size_t record_len,
                                                medseal_registration_request **request,
                                                medseal_error *err);

/**
 * Writes the name in a registration request.
 *
 * Threads: any, and many at once.
 *
 * @param request the request
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registration_request_name(const medseal_registration_request *request,
                                                 char *out,
                                                 size_t *out_len,
                                                 medseal_error *err);

/**
 * Writes the record in a registration request.
 *
 * Threads: any, and many at once.
 *
 * @param request the request
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registration_request_record(const medseal_registration_request *request,
                                                   uint8_t *out,
                                                   size_t *out_len,
                                                   medseal_error *err);

/**
 * Writes the byte form of an identity key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any; one call at a time with the same `key`.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_SPENT if a hospital has accepted it, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_identity_key_encode(const medseal_identity_key *key,
                                           uint8_t *out,
                                           size_t *out_len,
                                           medseal_error *err);

/**
 * Reads an identity key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_identity_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_identity_key_decode(const uint8_t *data,
                                           size_t len,
                                           medseal_identity_key **key,
                                           medseal_error *err);

/**
 * Frees an identity key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_identity_key_free(medseal_identity_key *key);

/**
 * Writes the byte form of a hospital. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param hospital what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_encode(const medseal_hospital *hospital,
                                       uint8_t *out,
                                       size_t *out_len,
                                       medseal_error *err);

/**
 * Frees a hospital, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param hospital the object, which no call is using any more; NULL does nothing
 */
void medseal_hospital_free(medseal_hospital *hospital);

/**
 * Reads a hospital from its byte form, checking everything. The super node's public key comes from a
 * source that you trust, and not from the same file.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key the super node's public key
 * @param hospital where to put the new object, to be freed with medseal_hospital_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to another super node, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_decode(const uint8_t *data,
                                       size_t len,
                                       const medseal_super_node_public_key *public_key,
                                       medseal_hospital **hospital,
                                       medseal_error *err);

/**
 * Accepts an identity key, which is spent, and makes the hospital of it.
 *
 * Threads: any; one call at a time with the same `key`.
 *
 * @param request the hospital's request
 * @param key what the super node answered; spent also if it is refused
 * @param public_key the super node's public key, from a source that you trust
 * @param hospital where to put the new object, to be freed with medseal_hospital_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY if the key is not for this request, MEDSEAL_ERR_SPENT, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_accept(const medseal_registration_request *request,
                                       medseal_identity_key *key,
                                       const medseal_super_node_public_key *public_key,
                                       medseal_hospital **hospital,
                                       medseal_error *err);

/**
 * Writes the name of a hospital.
 *
 * Threads: any, and many at once.
 *
 * @param hospital the hospital
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_name(const medseal_hospital *hospital,
                                     char *out,
                                     size_t *out_len,
                                     medseal_error *err);

/**
 * The identity of a hospital.
 *
 * Threads: any, and many at once.
 *
 * @param hospital the hospital
 * @param identity where to put the new object, to be freed with medseal_identity_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_identity(const medseal_hospital *hospital,
                                         medseal_identity **identity,
                                         medseal_error *err);

/**
 * Opens an envelope to a hospital. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param hospital the hospital
 * @param envelope the envelope
 * @param aad what was authenticated with it: for an entry's envelope, the record digest
 * @param aad_len its bytes
 * @param members the members' keys that are held, or NULL
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_MEMBERS_KEY_MISSING,
 *         MEDSEAL_ERR_DECRYPTION_FAILED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_open(const medseal_hospital *hospital,
                                     const medseal_identity_envelope *envelope,
                                     const uint8_t *aad,
                                     size_t aad_len,
                                     const medseal_members_keys *members,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_error *err);

/** @} */

/**
 * @defgroup main_node Main nodes and their certificates
 * @{
 */

/** A certified key authenticates hospitals and answers them. */
#define MEDSEAL_ROLE_MAIN_NODE 1

/** A certified key is a member's, who answers other members and hands on what members share. */
#define MEDSEAL_ROLE_MEMBER 2

/** A certificate that nobody has verified yet. Immutable: any number of threads may use it at once. */
typedef struct medseal_certificate medseal_certificate;

/** What a main node sends to be certified. Immutable: any number of threads may use it at once. */
typedef struct medseal_certificate_request medseal_certificate_request;

/**
 * A main node: its name and secret. It is secret, and wiped when freed. Immutable: any number of threads may
 * use it at once.
 */
typedef struct medseal_main_node medseal_main_node;

/** A certificate whose signature is verified. Immutable: any number of threads may use it at once. */
typedef struct medseal_verified_certificate medseal_verified_certificate;

/**
 * Writes the byte form of a main node. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param node what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_encode(const medseal_main_node *node,
                                        uint8_t *out,
                                        size_t *out_len,
                                        medseal_error *err);

/**
 * Frees a main node, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param node the object, which no call is using any more; NULL does nothing
 */
void medseal_main_node_free(medseal_main_node *node);

/**
 * Reads a main node from its byte form, checking everything. The super node's public key comes from a
 * source that you trust, and not from the same file.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key the super node's public key
 * @param node where to put the new object, to be freed with medseal_main_node_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to another super node, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_decode(const uint8_t *data,
                                        size_t len,
                                        const medseal_super_node_public_key *public_key,
                                        medseal_main_node **node,
                                        medseal_error *err);

/**
 * Makes a main node, or a member as one who answers other members.
 *
 * Threads: any, and many at once.
 *
 * @param name its name, UTF-8 of 1 to 255 bytes
 * @param name_len its bytes
 * @param role one of the MEDSEAL_ROLE_ values
 * @param public_key the super node's public key
 * @param node where to put the new object, to be freed with medseal_main_node_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_generate(const char *name,
                                          size_t name_len,
                                          int32_t role,
                                          const medseal_super_node_public_key *public_key,
                                          medseal_main_node **node,
                                          medseal_error *err);

/**
 * The request for certification of a main node, with its proof that it holds its secret.
 *
 * Threads: any, and many at once.
 *
 * @param node the main node
 * @param request where to put the new object, to be freed with medseal_certificate_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_certificate_request(const medseal_main_node *node,
                                                     medseal_certificate_request **request,
                                                     medseal_error *err);

/**
 * Writes the byte form of a request for certification.
 *
 * Threads: any, and many at once.
 *
 * @param request what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_certificate_request_encode(const medseal_certificate_request *request,
                                                  uint8_t *out,
                                                  size_t *out_len,
                                                  medseal_error *err);

/**
 * Reads a request for certification from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param request where to put the new object, to be freed with medseal_certificate_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_certificate_request_decode(const uint8_t *data,
                                                  size_t len,
                                                  medseal_certificate_request **request,
                                                  medseal_error *err);

/**
 * Frees a request for certification.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param request the object, which no call is using any more; NULL does nothing
 */
void medseal_certificate_request_free(medseal_certificate_request *request);

/**
 * Writes the name in a request for certification.
 *
 * Threads: any, and many at once.
 *
 * @param request the request
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_certificate_request_name(const medseal_certificate_request *request,
                                                char *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Writes the byte form of a certificate.
 *
 * Threads: any, and many at once.
 *
 * @param certificate what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_certificate_encode(const medseal_certificate *certificate,
                                          uint8_t *out,
                                          size_t *out_len,
                                          medseal_error *err);

/**
 * Reads a certificate from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param certificate where to put the new object, to be freed with medseal_certificate_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_certificate_decode(const uint8_t *data,
                                          size_t len,
                                          medseal_certificate **certificate,
                                          medseal_error *err);

/**
 * Frees a certificate.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param certificate the object, which no call is using any more; NULL does nothing
 */
void medseal_certificate_free(medseal_certificate *certificate);

/**
 * Verifies a certificate, and that it is for the role that its holder is asked to play.
 *
 * Threads: any, and many at once.
 *
 * @param certificate the certificate
 * @param public_key the super node's public key, from a source that you trust
 * @param role one of the MEDSEAL_ROLE_ values
 * @param verified where to put the new object, to be freed with medseal_verified_certificate_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CERTIFICATE_ROLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_certificate_verify(const medseal_certificate *certificate,
                                          const medseal_super_node_public_key *public_key,
                                          int32_t role,
                                          medseal_verified_certificate **verified,
                                          medseal_error *err);

/**
 * Frees a verified certificate.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param certificate the object, which no call is using any more; NULL does nothing
 */
void medseal_verified_certificate_free(medseal_verified_certificate *certificate);

/**
 * Writes the name in a certificate.
 *
 * Threads: any, and many at once.
 *
 * @param certificate the certificate
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_verified_certificate_name(const medseal_verified_certificate *certificate,
                                                 char *out,
                                                 size_t *out_len,
                                                 medseal_error *err);

/**
 * What a certificate says besides the name.
 *
 * Threads: any, and many at once.
 *
 * @param certificate the certificate
 * @param serial where to put its serial number
 * @param from_ms where to put from when it is valid, in Unix milliseconds
 * @param to_ms where to put until when it is valid, in Unix milliseconds
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_verified_certificate_validity(const medseal_verified_certificate *certificate,
                                                     medseal_certificate_serial *serial,
                                                     uint64_t *from_ms,
                                                     uint64_t *to_ms,
                                                     medseal_error *err);

/** @} */

/**
 * @defgroup registry The registry: who is a member, and whose certificate is revoked
 * @{
 */

/**
 * A registry that nobody has verified yet: who is registered, and what is revoked. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_registry medseal_registry;

/** A registry whose signature is verified. Immutable: any number of threads may use it at once. */
typedef struct medseal_verified_registry medseal_verified_registry;

/**
 * Writes the byte form of a registry.
 *
 * Threads: any, and many at once.
 *
 * @param registry what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_encode(const medseal_registry *registry,
                                       uint8_t *out,
                                       size_t *out_len,
                                       medseal_error *err);

/**
 * Reads a registry from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param registry where to put the new object, to be freed with medseal_registry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_decode(const uint8_t *data,
                                       size_t len,
                                       medseal_registry **registry,
                                       medseal_error *err);

/**
 * Frees a registry.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param registry the object, which no call is using any more; NULL does nothing
 */
void medseal_registry_free(medseal_registry *registry);

/**
 * Verifies a registry: the first one, or one after a restart. If you hold a verified one, call
 * medseal_verified_registry_succeeded_by() instead. It also refuses a second registry of one number.
 *
 * Threads: any, and many at once.
 *
 * @param registry the registry
 * @param public_key the super node's public key, from a source that you trust
 * @param last_seen the sequence number of the newest registry that you saw before; 0 for none
 * @param verified where to put the new object, to be freed with medseal_verified_registry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status, or a
 *         general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_verify(const medseal_registry *registry,
                                       const medseal_super_node_public_key *public_key,
                                       uint64_t last_seen,
                                       medseal_verified_registry **verified,
                                       medseal_error *err);

/**
 * Frees a verified registry.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param registry the object, which no call is using any more; NULL does nothing
 */
void medseal_verified_registry_free(medseal_verified_registry *registry);

/**
 * Verifies the registry that takes a verified one's place: how you go on from registry to registry. The same one
 * once more is taken; another one of the same sequence number comes from a super node that was restored from an
 * older state, and is refused.
 *
 * Threads: any, and many at once.
 *
 * @param registry the registry that you hold
 * @param next the one that you received
 * @param verified where to put the new object, to be freed with medseal_verified_registry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status, or a
 *         general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_verified_registry_succeeded_by(const medseal_verified_registry *registry,
                                                      const medseal_registry *next,
                                                      medseal_verified_registry **verified,
                                                      medseal_error *err);

/**
 * Which registry this is. Keep the sequence number for the next medseal_registry_verify().
 *
 * Threads: any, and many at once.
 *
 * @param registry the registry
 * @param sequence where to put its sequence number
 * @param time_ms where to put when it was signed, in Unix milliseconds
 * @param hospitals where to put the number of hospitals
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_verified_registry_status(const medseal_verified_registry *registry,
                                                uint64_t *sequence,
                                                uint64_t *time_ms,
                                                size_t *hospitals,
                                                medseal_error *err);

/**
 * Writes the name of a registered hospital.
 *
 * Threads: any, and many at once.
 *
 * @param registry the registry
 * @param index which, from zero
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_verified_registry_hospital(const medseal_verified_registry *registry,
                                                  size_t index,
                                                  char *out,
                                                  size_t *out_len,
                                                  medseal_error *err);

/**
 * The identity of a registered hospital.
 *
 * Threads: any, and many at once.
 *
 * @param registry the registry
 * @param name the hospital's name, UTF-8
 * @param name_len its bytes
 * @param identity where to put the new object, to be freed with medseal_identity_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_verified_registry_identity(const medseal_verified_registry *registry,
                                                  const char *name,
                                                  size_t name_len,
                                                  medseal_identity **identity,
                                                  medseal_error *err);

/**
 * Whether a certificate is revoked.
 *
 * Threads: any, and many at once.
 *
 * @param registry the registry
 * @param serial the certificate's serial number
 * @param revoked where to put the answer
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_verified_registry_revokes(const medseal_verified_registry *registry,
                                                 const medseal_certificate_serial *serial,
                                                 bool *revoked,
                                                 medseal_error *err);

/** @} */

/**
 * @defgroup super_node The super node: registers hospitals, certifies main nodes, keeps the registry
 * @{
 */

/**
 * The super node: its master key and the registry. Keep it anew after each
 * change. It is secret, and wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_super_node medseal_super_node;

/**
 * Writes the byte form of a super node. The bytes are secret: wipe them when you are done.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_encode(const medseal_super_node *node,
                                         uint8_t *out,
                                         size_t *out_len,
                                         medseal_error *err);

/**
 * Reads a super node from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param node where to put the new object, to be freed with medseal_super_node_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_decode(const uint8_t *data,
                                         size_t len,
                                         medseal_super_node **node,
                                         medseal_error *err);

/**
 * Frees a super node, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param node the object, which no call is using any more; NULL does nothing
 */
void medseal_super_node_free(medseal_super_node *node);

/**
 * Makes a super node.
 *
 * Threads: any, and many at once.
 *
 * @param node where to put the new object, to be freed with medseal_super_node_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_super_node_generate(medseal_super_node **node, medseal_error *err);

/**
 * The public key of a super node.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node the super node
 * @param public_key where to put the new object, to be freed with medseal_super_node_public_key_free; NULL on
 *                   failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_public(const medseal_super_node *node,
                                         medseal_super_node_public_key **public_key,
                                         medseal_error *err);

/**
 * Registers a hospital and makes its identity key, which goes back over a secure channel. That the
 * request comes from the hospital of that name is yours to establish.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node the super node
 * @param request the hospital's request
 * @param key where to put the new object, to be freed with medseal_identity_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED if this very request
 *         was registered and revoked, MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is full, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_register(medseal_super_node *node,
                                           const medseal_registration_request *request,
                                           medseal_identity_key **key,
                                           medseal_error *err);

/**
 * Revokes the registration of a hospital, with the next published registry.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node the super node
 * @param name the hospital's name, UTF-8
 * @param name_len its bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED if it is revoked already,
 *         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_revoke_hospital(medseal_super_node *node,
                                                  const char *name,
                                                  size_t name_len,
                                                  medseal_error *err);

/**
 * Certifies a main node that proves that it holds its secret. That the request comes from the node
 * of that name is yours to establish.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node the super node
 * @param request the main node's request
 * @param from_ms from when it is valid, in Unix milliseconds
 * @param to_ms until when it is valid, in Unix milliseconds, that one included
 * @param certificate where to put the new object, to be freed with medseal_certificate_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE if the proof does not verify,
 *         MEDSEAL_ERR_INVALID_FIELD if the period is empty, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_certify(medseal_super_node *node,
                                          const medseal_certificate_request *request,
                                          uint64_t from_ms,
                                          uint64_t to_ms,
                                          medseal_certificate **certificate,
                                          medseal_error *err);

/**
 * Revokes a certificate, with the next published registry.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node the super node
 * @param serial the certificate's serial number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_revoke_certificate(medseal_super_node *node,
                                                     const medseal_certificate_serial *serial,
                                                     medseal_error *err);

/**
 * Signs the registry as it stands, with the next sequence number.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node the super node
 * @param now_ms the time in Unix milliseconds
 * @param registry where to put the new object, to be freed with medseal_registry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED if it has become too long,
 *         MEDSEAL_ERR_OUT_OF_RANGE if sequence numbers are used up, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_publish(medseal_super_node *node,
                                          uint64_t now_ms,
                                          medseal_registry **registry,
                                          medseal_error *err);

/** @} */

/**
 * @defgroup authorities Several authorities: static keys, rosters, and sessions of key generation and resharing
 * @{
 */

/** The session waits for messages. */
#define MEDSEAL_SESSION_WAITS 0

/** All that the authority was dealt is right: it stores its share and confirms. */
#define MEDSEAL_SESSION_CHECKED 1

/** Nothing more comes of the session: it failed, or the authority has dealt and gets no share. */
#define MEDSEAL_SESSION_OVER 2

/** The master secret of key wrapping. */
#define MEDSEAL_MASTER_KEY_WRAPPING 1

/** The master secret of signatures. */
#define MEDSEAL_MASTER_SIGNATURES 2

/**
 * An authority's static key: it signs and opens the authority's messages. It is secret, and wiped when freed.
 * Immutable: any number of threads may use it at once.
 */
typedef struct medseal_authority_key medseal_authority_key;

/**
 * A signed message of an authority. Its bytes are yours to carry, over any channel. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_authority_message medseal_authority_message;

/**
 * The public side of an authority's static key. Compare its fingerprint in person: nobody certifies it. Immutable:
 * any number of threads may use it at once.
 */
typedef struct medseal_authority_public_key medseal_authority_public_key;

/**
 * One authority in a key generation or resharing. Feed it with every message that arrives, send every message that
 * it has. It is secret, and wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_authority_session medseal_authority_session;

/**
 * One authority's share of all master secrets. Store and back it up as you do a master key, and delete it after a
 * resharing. It is secret, and wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_authority_share medseal_authority_share;

/** The public keys of a generation of shares, verified. Immutable: any number of threads may use it at once. */
typedef struct medseal_generation medseal_generation;

/**
 * All authorities' signatures on the public keys of a generation. It says nothing until it is verified. Immutable:
 * any number of threads may use it at once.
 */
typedef struct medseal_generation_certificate medseal_generation_certificate;

/**
 * Who the authorities are, numbered from 1, and how many of them are needed. Immutable: any number of threads may
 * use it at once.
 */
typedef struct medseal_roster medseal_roster;

/**
 * Writes the byte form of an authority's static key. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_key_encode(const medseal_authority_key *key,
                                            uint8_t *out,
                                            size_t *out_len,
                                            medseal_error *err);

/**
 * Reads an authority's static key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param key where to put the new object, to be freed with medseal_authority_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_key_decode(const uint8_t *data,
                                            size_t len,
                                            medseal_authority_key **key,
                                            medseal_error *err);

/**
 * Frees an authority's static key, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param key the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_key_free(medseal_authority_key *key);

/**
 * Makes a static key.
 *
 * Threads: any, and many at once.
 *
 * @param name the authority's name, UTF-8
 * @param name_len its bytes
 * @param key where to put the new object, to be freed with medseal_authority_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_key_generate(const char *name,
                                              size_t name_len,
                                              medseal_authority_key **key,
                                              medseal_error *err);

/**
 * The public side of a static key.
 *
 * Threads: any, and many at once.
 *
 * @param key the static key
 * @param public_key where to put the new object, to be freed with medseal_authority_public_key_free; NULL on
 *                   failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_key_public(const medseal_authority_key *key,
                                            medseal_authority_public_key **public_key,
                                            medseal_error *err);

/**
 * Writes the byte form of an authority's public key.
 *
 * Threads: any, and many at once.
 *
 * @param public_key what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_public_key_encode(const medseal_authority_public_key *public_key,
                                                   uint8_t *out,
                                                   size_t *out_len,
                                                   medseal_error *err);

/**
 * Reads an authority's public key from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key where to put the new object, to be freed with medseal_authority_public_key_free; NULL on
 *                   failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_public_key_decode(const uint8_t *data,
                                                   size_t len,
                                                   medseal_authority_public_key **public_key,
                                                   medseal_error *err);

/**
 * Frees an authority's public key.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param public_key the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_public_key_free(medseal_authority_public_key *public_key);

/**
 * Writes the name of an authority.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the public key
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_public_key_name(const medseal_authority_public_key *public_key,
                                                 char *out,
                                                 size_t *out_len,
                                                 medseal_error *err);

/**
 * What people compare.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the public key
 * @param fingerprint where to put 32 bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_public_key_fingerprint(const medseal_authority_public_key *public_key,
                                                        medseal_digest *fingerprint,
                                                        medseal_error *err);

/**
 * Writes the byte form of a roster of authorities.
 *
 * Threads: any, and many at once.
 *
 * @param roster what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_roster_encode(const medseal_roster *roster,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_error *err);

/**
 * Reads a roster of authorities from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param roster where to put the new object, to be freed with medseal_roster_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_roster_decode(const uint8_t *data,
                                     size_t len,
                                     medseal_roster **roster,
                                     medseal_error *err);

/**
 * Frees a roster of authorities.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param roster the object, which no call is using any more; NULL does nothing
 */
void medseal_roster_free(medseal_roster *roster);

/**
 * Makes a roster of authorities whose fingerprints were compared. Everybody gives the keys in the same order, and
 * each try of a key generation or resharing its own context.
 *
 * Threads: any, and many at once.
 *
 * @param threshold how many are needed: at least 2, and more than half
 * @param keys their public keys
 * @param count how many, at most 255
 * @param context what they are for
 * @param context_len its bytes
 * @param roster where to put the new object, to be freed with medseal_roster_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE for another threshold, MEDSEAL_ERR_INVALID_PROOF,
 *         MEDSEAL_ERR_INVALID_FIELD if a name or key is there twice, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_roster_new(uint8_t threshold,
                                  const medseal_authority_public_key *const *keys,
                                  size_t count,
                                  const uint8_t *context,
                                  size_t context_len,
                                  medseal_roster **roster,
                                  medseal_error *err);

/**
 * What stands for a roster: authorities compare it before they begin, and members before they trust it.
 *
 * Threads: any, and many at once.
 *
 * @param roster the roster
 * @param digest where to put 32 bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_roster_digest(const medseal_roster *roster,
                                     medseal_digest *digest,
                                     medseal_error *err);

/**
 * How many authorities there are, and how many are needed.
 *
 * Threads: any, and many at once.
 *
 * @param roster the roster
 * @param threshold where to put how many are needed
 * @param size where to put how many there are
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_roster_size(const medseal_roster *roster,
                                   uint8_t *threshold,
                                   uint8_t *size,
                                   medseal_error *err);

/**
 * Writes the name of the authority with a number.
 *
 * Threads: any, and many at once.
 *
 * @param roster the roster
 * @param index its number, from 1
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_ABSENT if nobody has this number, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_roster_name(const medseal_roster *roster,
                                   uint8_t index,
                                   char *out,
                                   size_t *out_len,
                                   medseal_error *err);

/**
 * Writes the byte form of a message of an authority.
 *
 * Threads: any, and many at once.
 *
 * @param message what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_message_encode(const medseal_authority_message *message,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads a message of an authority from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_message_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_authority_message **message,
                                                medseal_error *err);

/**
 * Frees a message of an authority.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param message the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_message_free(medseal_authority_message *message);

/**
 * Where a message belongs.
 *
 * Threads: any, and many at once.
 *
 * @param message the message
 * @param round where to put its round, or NULL: 0 to 4 in a session, greater ones in answers to requests
 * @param from where to put the number of its sender, or NULL
 * @param to where to put the number of its receiver, or NULL: 0 if it is for all, or for who asked
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_message_header(const medseal_authority_message *message,
                                                uint8_t *round,
                                                uint8_t *from,
                                                uint8_t *to,
                                                medseal_error *err);

/**
 * Frees a session, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param session the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_session_free(medseal_authority_session *session);

/**
 * Begins a key generation.
 *
 * Threads: any, and many at once.
 *
 * @param roster who takes part
 * @param key this authority's static key
 * @param session where to put the new object, to be freed with medseal_authority_session_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_NO_PART for a key that the roster does not name,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_generate(const medseal_roster *roster,
                                                  const medseal_authority_key *key,
                                                  medseal_authority_session **session,
                                                  medseal_error *err);

/**
 * Begins a resharing: exactly a threshold of old authorities deal to a new roster, which may be the old one.
 *
 * Threads: any, and many at once.
 *
 * @param generation the old generation
 * @param quorum the numbers of those who deal, in ascending order
 * @param quorum_count how many
 * @param roster who gets shares
 * @param key this authority's static key
 * @param share its share of the old generation if it deals, or NULL
 * @param session where to put the new object, to be freed with medseal_authority_session_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD for another quorum, MEDSEAL_ERR_OUT_OF_RANGE,
 *         MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that takes no part,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_reshare(const medseal_generation *generation,
                                                 const uint8_t *quorum,
                                                 size_t quorum_count,
                                                 const medseal_roster *roster,
                                                 const medseal_authority_key *key,
                                                 const medseal_authority_share *share,
                                                 medseal_authority_session **session,
                                                 medseal_error *err);

/**
 * Begins the making of one master secret anew, by all authorities of a generation.
 *
 * Threads: any, and many at once.
 *
 * @param generation the old generation
 * @param secret MEDSEAL_MASTER_KEY_WRAPPING or MEDSEAL_MASTER_SIGNATURES
 * @param key this authority's static key
 * @param share its share of the old generation
 * @param session where to put the new object, to be freed with medseal_authority_session_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that takes no
 *         part, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_renew(const medseal_generation *generation,
                                               int32_t secret,
                                               const medseal_authority_key *key,
                                               const medseal_authority_share *share,
                                               medseal_authority_session **session,
                                               medseal_error *err);

/**
 * Takes a message, and every step that it makes possible. What does not belong here is refused, and the session
 * goes on; ask medseal_authority_session_state() whether it does, and send what it still has.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param message the message
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, MEDSEAL_ERR_SPENT,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_receive(medseal_authority_session *session,
                                                 const medseal_authority_message *message,
                                                 medseal_error *err);

/**
 * The next message to be sent: to all who take part, or to the one that it names.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT if there is none, MEDSEAL_ERR_SPENT, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_next(medseal_authority_session *session,
                                              medseal_authority_message **message,
                                              medseal_error *err);

/**
 * What a session waits for.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param state where to put a MEDSEAL_SESSION_ value
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_SPENT, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_state(medseal_authority_session *session,
                                               int32_t *state,
                                               medseal_error *err);

/**
 * Stores the share durably in a directory, and only then signs. Afterwards the authority keeps the share, whatever
 * it waits for: others may have its signature.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
 * @param directory_len its bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_NO_PART before the session is checked, MEDSEAL_ERR_ALREADY_SIGNED if another
 *         resharing of the generation was confirmed, MEDSEAL_ERR_IO, MEDSEAL_ERR_SPENT, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_confirm(medseal_authority_session *session,
                                                 const char *directory,
                                                 size_t directory_len,
                                                 medseal_error *err);

/**
 * Share and certificate, once all authorities have confirmed. The session is then spent.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param share where to put the new object, to be freed with medseal_authority_share_free; NULL on failure
 * @param certificate where to put the new object, to be freed with medseal_generation_certificate_free; NULL on
 *                    failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT before that, MEDSEAL_ERR_SPENT, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_session_finish(medseal_authority_session *session,
                                                medseal_authority_share **share,
                                                medseal_generation_certificate **certificate,
                                                medseal_error *err);

/**
 * Writes the byte form of an authority's share. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param share what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_share_encode(const medseal_authority_share *share,
                                              uint8_t *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * Reads an authority's share from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param share where to put the new object, to be freed with medseal_authority_share_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_share_decode(const uint8_t *data,
                                              size_t len,
                                              medseal_authority_share **share,
                                              medseal_error *err);

/**
 * Frees an authority's share, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param share the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_share_free(medseal_authority_share *share);

/**
 * The confirmation that the share is stored, once more: after a crash, or when another authority lacks it.
 *
 * Threads: any, and many at once.
 *
 * @param share the share
 * @param key this authority's static key
 * @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY for another authority's key, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_share_confirmation(const medseal_authority_share *share,
                                                    const medseal_authority_key *key,
                                                    medseal_authority_message **message,
                                                    medseal_error *err);

/**
 * The certificate, from a share and the confirmations of all authorities: after a crash.
 *
 * Threads: any, and many at once.
 *
 * @param share the share
 * @param messages the confirmations
 * @param count how many
 * @param certificate where to put the new object, to be freed with medseal_generation_certificate_free; NULL on
 *                    failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_share_certify(const medseal_authority_share *share,
                                               const medseal_authority_message *const *messages,
                                               size_t count,
                                               medseal_generation_certificate **certificate,
                                               medseal_error *err);

/**
 * Writes the byte form of the certificate of a generation.
 *
 * Threads: any, and many at once.
 *
 * @param certificate what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_certificate_encode(const medseal_generation_certificate *certificate,
                                                     uint8_t *out,
                                                     size_t *out_len,
                                                     medseal_error *err);

/**
 * Reads the certificate of a generation from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param certificate where to put the new object, to be freed with medseal_generation_certificate_free; NULL on
 *                    failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_certificate_decode(const uint8_t *data,
                                                     size_t len,
                                                     medseal_generation_certificate **certificate,
                                                     medseal_error *err);

/**
 * Frees the certificate of a generation.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param certificate the object, which no call is using any more; NULL does nothing
 */
void medseal_generation_certificate_free(medseal_generation_certificate *certificate);

/**
 * Verifies a certificate.
 *
 * Threads: any, and many at once.
 *
 * @param certificate the certificate
 * @param roster the roster that you trust
 * @param generation where to put the new object, to be freed with medseal_generation_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY for another roster, MEDSEAL_ERR_CULPRITS naming in `err` who is at
 *         fault, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_certificate_verify(const medseal_generation_certificate *certificate,
                                                     const medseal_roster *roster,
                                                     medseal_generation **generation,
                                                     medseal_error *err);

/**
 * Frees a generation.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param generation the object, which no call is using any more; NULL does nothing
 */
void medseal_generation_free(medseal_generation *generation);

/**
 * The number of a generation, from 1.
 *
 * Threads: any, and many at once.
 *
 * @param generation the generation
 * @param number where to put its number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_number(const medseal_generation *generation,
                                         uint32_t *number,
                                         medseal_error *err);

/**
 * The public key for key wrapping.
 *
 * Threads: any, and many at once.
 *
 * @param generation the generation
 * @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_abe(const medseal_generation *generation,
                                      medseal_abe_public_key **public_key,
                                      medseal_error *err);

/**
 * The public key for signatures.
 *
 * Threads: any, and many at once.
 *
 * @param generation the generation
 * @param public_key where to put the new object, to be freed with medseal_abs_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_abs(const medseal_generation *generation,
                                      medseal_abs_public_key **public_key,
                                      medseal_error *err);

/**
 * The public key for search.
 *
 * Threads: any, and many at once.
 *
 * @param generation the generation
 * @param public_key where to put the new object, to be freed with medseal_search_public_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_search(const medseal_generation *generation,
                                         medseal_search_public_key **public_key,
                                         medseal_error *err);

/**
 * The public key for identities.
 *
 * Threads: any, and many at once.
 *
 * @param generation the generation
 * @param public_key where to put the new object, to be freed with medseal_super_node_public_key_free; NULL on
 *                   failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_super_node(const medseal_generation *generation,
                                             medseal_super_node_public_key **public_key,
                                             medseal_error *err);

/** @} */

/**
 * @defgroup holders Requests to several authorities, their answers, and what these make together
 * @{
 */

/** An authority with its share, at work. It is secret, and wiped when freed. It has state: one call at a time. */
typedef struct medseal_authority_holder medseal_authority_holder;

/**
 * A request for keys or for an identity key: each authority makes sure who asks, and decides for itself.
 * Immutable: any number of threads may use it at once.
 */
typedef struct medseal_authority_request medseal_authority_request;

/**
 * A request with the one-time secret that opens the answers. It is secret, and wiped when freed. Immutable: any
 * number of threads may use it at once.
 */
typedef struct medseal_pending_request medseal_pending_request;

/** A registry before it is signed. It has state: one call at a time. */
typedef struct medseal_registry_draft medseal_registry_draft;

/**
 * Writes the byte form of a request to authorities.
 *
 * Threads: any, and many at once.
 *
 * @param request what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_request_encode(const medseal_authority_request *request,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads a request to authorities from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param request where to put the new object, to be freed with medseal_authority_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_request_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_authority_request **request,
                                                medseal_error *err);

/**
 * Frees a request to authorities.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param request the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_request_free(medseal_authority_request *request);

/**
 * Writes the name of the member or hospital that asks.
 *
 * Threads: any, and many at once.
 *
 * @param request the request
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_request_name(const medseal_authority_request *request,
                                              char *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * The attributes that keys are asked for.
 *
 * Threads: any, and many at once.
 *
 * @param request the request
 * @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT in a request for an identity key, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_request_attributes(const medseal_authority_request *request,
                                                    medseal_attributes **attributes,
                                                    medseal_error *err);

/**
 * The registration that an identity key is asked for.
 *
 * Threads: any, and many at once.
 *
 * @param request the request
 * @param registration where to put the new object, to be freed with medseal_registration_request_free; NULL on
 *                     failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT in a request for keys, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_request_registration(const medseal_authority_request *request,
                                                      medseal_registration_request **registration,
                                                      medseal_error *err);

/**
 * Writes the byte form of a pending request. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param pending what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_pending_request_encode(const medseal_pending_request *pending,
                                              uint8_t *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * Reads a pending request from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param pending where to put the new object, to be freed with medseal_pending_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_pending_request_decode(const uint8_t *data,
                                              size_t len,
                                              medseal_pending_request **pending,
                                              medseal_error *err);

/**
 * Frees a pending request, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param pending the object, which no call is using any more; NULL does nothing
 */
void medseal_pending_request_free(medseal_pending_request *pending);

/**
 * Asks for a member's keys.
 *
 * Threads: any, and many at once.
 *
 * @param member the member's name, UTF-8
 * @param member_len its bytes
 * @param attributes the attributes
 * @param now_ms the time, in Unix milliseconds
 * @param pending where to put the new object, to be freed with medseal_pending_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_pending_request_keys(const char *member,
                                            size_t member_len,
                                            const medseal_attributes *attributes,
                                            uint64_t now_ms,
                                            medseal_pending_request **pending,
                                            medseal_error *err);

/**
 * Asks for a hospital's identity key, once its registration stands in a registry.
 *
 * Threads: any, and many at once.
 *
 * @param registration the registration
 * @param now_ms the time, in Unix milliseconds
 * @param pending where to put the new object, to be freed with medseal_pending_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_pending_request_identity(const medseal_registration_request *registration,
                                                uint64_t now_ms,
                                                medseal_pending_request **pending,
                                                medseal_error *err);

/**
 * The request, which goes to the authorities.
 *
 * Threads: any, and many at once.
 *
 * @param pending the pending request
 * @param request where to put the new object, to be freed with medseal_authority_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_pending_request_request(const medseal_pending_request *pending,
                                               medseal_authority_request **request,
                                               medseal_error *err);

/**
 * Puts together a member's keys from the answers of a threshold of authorities, each of which is checked.
 *
 * Threads: any, and many at once.
 *
 * @param pending the pending request
 * @param generation the public keys
 * @param messages their answers
 * @param count how many
 * @param keyword_key the keyword key, from another member
 * @param keys where to put the new object, to be freed with medseal_member_keys_free; NULL on failure
 * @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
 *                 if you do not want them
 * @param culprits_count how many fit
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
 *         MEDSEAL_ERR_INVALID_FIELD for a request of another kind, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_pending_request_combine_keys(const medseal_pending_request *pending,
                                                    const medseal_generation *generation,
                                                    const medseal_authority_message *const *messages,
                                                    size_t count,
                                                    const medseal_keyword_key *keyword_key,
                                                    medseal_member_keys **keys,
                                                    uint8_t *culprits,
                                                    size_t culprits_count,
                                                    medseal_error *err);

/**
 * Puts together a hospital's identity key from the answers of a threshold of authorities, each of which is
 * checked.
 *
 * Threads: any, and many at once.
 *
 * @param pending the pending request
 * @param generation the public keys
 * @param messages their answers
 * @param count how many
 * @param key where to put the new object, to be freed with medseal_identity_key_free; NULL on failure
 * @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
 *                 if you do not want them
 * @param culprits_count how many fit
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
 *         MEDSEAL_ERR_INVALID_FIELD for a request of another kind, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_pending_request_combine_identity(const medseal_pending_request *pending,
                                                        const medseal_generation *generation,
                                                        const medseal_authority_message *const *messages,
                                                        size_t count,
                                                        medseal_identity_key **key,
                                                        uint8_t *culprits,
                                                        size_t culprits_count,
                                                        medseal_error *err);

/**
 * Writes the byte form of a draft of a registry.
 *
 * Threads: any; one call at a time with the same `draft`.
 *
 * @param draft what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_encode(const medseal_registry_draft *draft,
                                             uint8_t *out,
                                             size_t *out_len,
                                             medseal_error *err);

/**
 * Reads a draft of a registry from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param draft where to put the new object, to be freed with medseal_registry_draft_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_decode(const uint8_t *data,
                                             size_t len,
                                             medseal_registry_draft **draft,
                                             medseal_error *err);

/**
 * Frees a draft of a registry.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param draft the object, which no call is using any more; NULL does nothing
 */
void medseal_registry_draft_free(medseal_registry_draft *draft);

/**
 * The first registry, with nobody in it.
 *
 * Threads: any, and many at once.
 *
 * @param now_ms the time, in Unix milliseconds
 * @param draft where to put the new object, to be freed with medseal_registry_draft_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_first(uint64_t now_ms,
                                            medseal_registry_draft **draft,
                                            medseal_error *err);

/**
 * A draft of the registry after one.
 *
 * Threads: any, and many at once.
 *
 * @param registry the newest registry
 * @param now_ms the time, in Unix milliseconds
 * @param draft where to put the new object, to be freed with medseal_registry_draft_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE after the last number, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_next(const medseal_verified_registry *registry,
                                           uint64_t now_ms,
                                           medseal_registry_draft **draft,
                                           medseal_error *err);

/**
 * Gives a draft another number, when authorities have signed different bodies under one.
 *
 * Threads: any; one call at a time with the same `draft`.
 *
 * @param draft the draft
 * @param sequence the greater number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_renumber(medseal_registry_draft *draft,
                                               uint64_t sequence,
                                               medseal_error *err);

/**
 * Registers a hospital in a draft.
 *
 * Threads: any; one call at a time with the same `draft`.
 *
 * @param draft the draft
 * @param request the hospital's request
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_LIMIT_EXCEEDED, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_register(medseal_registry_draft *draft,
                                               const medseal_registration_request *request,
                                               medseal_error *err);

/**
 * Revokes the registration of a hospital in a draft.
 *
 * Threads: any; one call at a time with the same `draft`.
 *
 * @param draft the draft
 * @param name the hospital's name, UTF-8
 * @param name_len its bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_revoke_hospital(medseal_registry_draft *draft,
                                                      const char *name,
                                                      size_t name_len,
                                                      medseal_error *err);

/**
 * Revokes a certificate in a draft.
 *
 * Threads: any; one call at a time with the same `draft`.
 *
 * @param draft the draft
 * @param serial its serial number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_registry_draft_revoke_certificate(medseal_registry_draft *draft,
                                                         const medseal_certificate_serial *serial,
                                                         medseal_error *err);

/**
 * Frees an authority at work, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param holder the object, which no call is using any more; NULL does nothing
 */
void medseal_authority_holder_free(medseal_authority_holder *holder);

/**
 * Takes up work with a share, which the certificate makes usable.
 *
 * Threads: any, and many at once.
 *
 * @param key this authority's static key
 * @param share its share
 * @param certificate the certificate of the share's generation
 * @param holder where to put the new object, to be freed with medseal_authority_holder_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY if they do not belong together, MEDSEAL_ERR_CULPRITS naming in `err`
 *         who is at fault, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_holder_new(const medseal_authority_key *key,
                                            const medseal_authority_share *share,
                                            const medseal_generation_certificate *certificate,
                                            medseal_authority_holder **holder,
                                            medseal_error *err);

/**
 * Answers a request for keys with parts of them. That the member has these attributes is for each authority to
 * know. Work grows with the attributes.
 *
 * Threads: any; one call at a time with the same `holder`.
 *
 * @param holder the authority
 * @param request the request
 * @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD for a request of another kind, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE,
 *         or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_holder_issue(medseal_authority_holder *holder,
                                              const medseal_authority_request *request,
                                              medseal_authority_message **message,
                                              medseal_error *err);

/**
 * Answers a request for an identity key with a part of it, if exactly this registration stands in a registry.
 *
 * Threads: any; one call at a time with the same `holder`.
 *
 * @param holder the authority
 * @param request the request
 * @param registry the registry
 * @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE for a registry of another super node,
 *         MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_FIELD for a request of
 *         another kind, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_holder_extract(medseal_authority_holder *holder,
                                                const medseal_authority_request *request,
                                                const medseal_verified_registry *registry,
                                                medseal_authority_message **message,
                                                medseal_error *err);

/**
 * Signs a part of a main node's certificate.
 *
 * Threads: any; one call at a time with the same `holder`.
 *
 * @param holder the authority
 * @param request the node's request
 * @param serial the serial number, 16 random bytes, which all are given
 * @param from_ms the first millisecond of its validity
 * @param to_ms the last
 * @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE if the proof of possession is wrong, MEDSEAL_ERR_INVALID_FIELD
 *         if the period is empty, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_holder_certify(medseal_authority_holder *holder,
                                                const medseal_certificate_request *request,
                                                const medseal_certificate_serial *serial,
                                                uint64_t from_ms,
                                                uint64_t to_ms,
                                                medseal_authority_message **message,
                                                medseal_error *err);

/**
 * Takes note of a complete registry: what this authority signs from now on follows it.
 *
 * Threads: any; one call at a time with the same `holder`.
 *
 * @param holder the authority
 * @param registry the registry
 * @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
 * @param directory_len its bytes
 * @param verified where to put the new object, to be freed with medseal_verified_registry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, MEDSEAL_ERR_REGISTRY_CONFLICT
 *         if it contradicts a known one: both are kept, and this authority signs no more, MEDSEAL_ERR_IO, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_holder_saw_registry(medseal_authority_holder *holder,
                                                     const medseal_registry *registry,
                                                     const char *directory,
                                                     size_t directory_len,
                                                     medseal_verified_registry **verified,
                                                     medseal_error *err);

/**
 * Signs a part of a registry: one body for each number, recorded durably before.
 *
 * Threads: any; one call at a time with the same `holder` or `draft`.
 *
 * @param holder the authority
 * @param draft the registry
 * @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
 * @param directory_len its bytes
 * @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ALREADY_SIGNED if the record speaks against it: another body of this number,
 *         another predecessor, a lost revocation; MEDSEAL_ERR_REGISTRY_CONFLICT, MEDSEAL_ERR_IO, or a general
 *         status
 */
MEDSEAL_MUST_USE
medseal_status medseal_authority_holder_sign_registry(medseal_authority_holder *holder,
                                                      medseal_registry_draft *draft,
                                                      const char *directory,
                                                      size_t directory_len,
                                                      medseal_authority_message **message,
                                                      medseal_error *err);

/**
 * Puts together a main node's certificate from the parts of a threshold of authorities, each of which is checked.
 *
 * Threads: any, and many at once.
 *
 * @param generation the public keys
 * @param request the node's request
 * @param serial the serial number, 16 random bytes, which all are given
 * @param from_ms the first millisecond of its validity
 * @param to_ms the last
 * @param messages their answers
 * @param count how many
 * @param certificate where to put the new object, to be freed with medseal_certificate_free; NULL on failure
 * @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
 *                 if you do not want them
 * @param culprits_count how many fit
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
 *         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_FIELD, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_combine_certificate(const medseal_generation *generation,
                                                      const medseal_certificate_request *request,
                                                      const medseal_certificate_serial *serial,
                                                      uint64_t from_ms,
                                                      uint64_t to_ms,
                                                      const medseal_authority_message *const *messages,
                                                      size_t count,
                                                      medseal_certificate **certificate,
                                                      uint8_t *culprits,
                                                      size_t culprits_count,
                                                      medseal_error *err);

/**
 * Puts together a registry from the parts of a threshold of authorities, each of which is checked.
 *
 * Threads: any; one call at a time with the same `draft`.
 *
 * @param generation the public keys
 * @param draft the registry
 * @param messages their answers
 * @param count how many
 * @param registry where to put the new object, to be freed with medseal_registry_free; NULL on failure
 * @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
 *                 if you do not want them
 * @param culprits_count how many fit
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_generation_combine_registry(const medseal_generation *generation,
                                                   medseal_registry_draft *draft,
                                                   const medseal_authority_message *const *messages,
                                                   size_t count,
                                                   medseal_registry **registry,
                                                   uint8_t *culprits,
                                                   size_t culprits_count,
                                                   medseal_error *err);

/** @} */

/**
 * @defgroup charter Charters: what a ledger demands, signed by the super node
 * @{
 */

/**
 * A charter as it travels: what it demands counts when it was taken into a chain of charters. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_charter medseal_charter;

/**
 * The charters of one ledger, verified, each on the one before. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_charters medseal_charters;

/** A main node that stands as a validator of one ledger. Immutable: any number of threads may use it at once. */
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
    /** The nodes that decide what stands on the ledger, sorted by name; at most 256. NULL with count 0 for none. */
    const medseal_validator *const *validators;
    /** How many validators. */
    size_t validator_count;
    /** The members' epoch that entries have to carry, as medseal_begin_epoch gave it; zeros for none. */
    medseal_epoch_commitment epoch;
} medseal_terms;

/**
 * Writes the byte form of a validator.
 *
 * Threads: any, and many at once.
 *
 * @param validator what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_validator_encode(const medseal_validator *validator,
                                        uint8_t *out,
                                        size_t *out_len,
                                        medseal_error *err);

/**
 * Reads a validator from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param validator where to put the new object, to be freed with medseal_validator_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_validator_decode(const uint8_t *data,
                                        size_t len,
                                        medseal_validator **validator,
                                        medseal_error *err);

/**
 * Frees a validator.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param validator the object, which no call is using any more; NULL does nothing
 */
void medseal_validator_free(medseal_validator *validator);

/**
 * The 32 bytes that a validator's key of the ledger's engine has to sign, to show that it belongs to this main node.
 *
 * Threads: any, and many at once.
 *
 * @param node the main node
 * @param ledger the ledger's id; NULL for the first charter of a new one
 * @param engine_key the public key for the engine, in the engine's form
 * @param engine_key_len its bytes, at most 8192
 * @param statement where to put the 32 bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_validator_statement(const medseal_main_node *node,
                                                     const medseal_digest *ledger,
                                                     const uint8_t *engine_key,
                                                     size_t engine_key_len,
                                                     medseal_digest *statement,
                                                     medseal_error *err);

/**
 * A main node stands as a validator, and vouches for its key of the ledger's engine.
 *
 * Threads: any, and many at once.
 *
 * @param node the main node
 * @param ledger the ledger's id; NULL for the first charter of a new one
 * @param engine_key the public key for the engine, in the engine's form
 * @param engine_key_len its bytes, at most 8192
 * @param engine_signature the engine key's signature on medseal_main_node_validator_statement(); this library does not
 *                         know the engine, and does not check it
 * @param engine_signature_len its bytes, at most 8192
 * @param validator where to put the new object, to be freed with medseal_validator_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_validator(const medseal_main_node *node,
                                           const medseal_digest *ledger,
                                           const uint8_t *engine_key,
                                           size_t engine_key_len,
                                           const uint8_t *engine_signature,
                                           size_t engine_signature_len,
                                           medseal_validator **validator,
                                           medseal_error *err);

/**
 * Writes the name of a validator.
 *
 * Threads: any, and many at once.
 *
 * @param validator the validator
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_validator_name(const medseal_validator *validator,
                                      char *out,
                                      size_t *out_len,
                                      medseal_error *err);

/**
 * Writes a validator's public key for the ledger's engine.
 *
 * Threads: any, and many at once.
 *
 * @param validator the validator
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_validator_engine_key(const medseal_validator *validator,
                                            uint8_t *out,
                                            size_t *out_len,
                                            medseal_error *err);

/**
 * Writes the signature of a validator's engine key on medseal_validator_statement(). The signer of
 * a charter checks it: this library does not know the engine.
 *
 * Threads: any, and many at once.
 *
 * @param validator the validator
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_validator_engine_signature(const medseal_validator *validator,
                                                  uint8_t *out,
                                                  size_t *out_len,
                                                  medseal_error *err);

/**
 * The 32 bytes that the validator's engine key has to have signed.
 *
 * Threads: any, and many at once.
 *
 * @param validator the validator
 * @param ledger the ledger's id; NULL for the first charter of a new one
 * @param statement where to put the 32 bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_validator_statement(const medseal_validator *validator,
                                           const medseal_digest *ledger,
                                           medseal_digest *statement,
                                           medseal_error *err);

/**
 * Writes the byte form of a charter.
 *
 * Threads: any, and many at once.
 *
 * @param charter what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charter_encode(const medseal_charter *charter,
                                      uint8_t *out,
                                      size_t *out_len,
                                      medseal_error *err);

/**
 * Reads a charter from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param charter where to put the new object, to be freed with medseal_charter_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_charter_decode(const uint8_t *data,
                                      size_t len,
                                      medseal_charter **charter,
                                      medseal_error *err);

/**
 * Frees a charter.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param charter the object, which no call is using any more; NULL does nothing
 */
void medseal_charter_free(medseal_charter *charter);

/**
 * Signs the next charter of a ledger, or the first one of a new ledger. The super node does not remember which it has
 * signed: sign one of each number, and keep it before you hand it out.
 *
 * Threads: any; one call at a time with the same `node`.
 *
 * @param node the super node
 * @param charters the ledger's charters; NULL for a first one
 * @param terms what the charter demands
 * @param final_head the ledger's head, which you have checked. Of a first charter the final head of the ledger that it
 *                   continues, or NULL
 * @param charter where to put the new object, to be freed with medseal_charter_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_NOT_SORTED if the validators are not sorted by name and distinct,
 *         MEDSEAL_ERR_INVALID_FIELD if two have a key in common or the final head has no items,
 *         MEDSEAL_ERR_INVALID_SIGNATURE if a validator did not sign for this ledger, MEDSEAL_ERR_INVALID_TEXT,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_super_node_sign_charter(medseal_super_node *node,
                                               const medseal_charters *charters,
                                               const medseal_terms *terms,
                                               const medseal_tree_head *final_head,
                                               medseal_charter **charter,
                                               medseal_error *err);

/**
 * The parts of a charter that have a fixed size.
 *
 * Threads: any, and many at once.
 *
 * @param charter the charter
 * @param number where to put its number, from 1
 * @param ledger where to put the ledger's id, which is the hash of its first charter
 * @param hash where to put the charter's hash
 * @param previous where to put the hash of the charter before; zeros in the first
 * @param final_head where to put the ledger's head when it was signed; zeros if it names none
 * @param validators where to put how many validators it names
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charter_fields(const medseal_charter *charter,
                                      uint32_t *number,
                                      medseal_digest *ledger,
                                      medseal_digest *hash,
                                      medseal_digest *previous,
                                      medseal_tree_head *final_head,
                                      size_t *validators,
                                      medseal_error *err);

/**
 * Writes the ledger's readable name in a charter.
 *
 * Threads: any, and many at once.
 *
 * @param charter the charter
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charter_name(const medseal_charter *charter,
                                    char *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * The policy that a charter demands of uploaders.
 *
 * Threads: any, and many at once.
 *
 * @param charter the charter
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charter_claim(const medseal_charter *charter,
                                     medseal_policy **policy,
                                     medseal_error *err);

/**
 * The public parameters in a charter.
 *
 * Threads: any, and many at once.
 *
 * @param charter the charter
 * @param parameters where to put the new object, to be freed with medseal_public_parameters_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charter_parameters(const medseal_charter *charter,
                                          medseal_public_parameters **parameters,
                                          medseal_error *err);

/**
 * A validator that a charter names.
 *
 * Threads: any, and many at once.
 *
 * @param charter the charter
 * @param index which, from zero, by name
 * @param validator where to put the new object, to be freed with medseal_validator_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charter_validator(const medseal_charter *charter,
                                         size_t index,
                                         medseal_validator **validator,
                                         medseal_error *err);

/**
 * Writes the byte form of a chain of charters.
 *
 * Threads: any, and many at once.
 *
 * @param charters what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charters_encode(const medseal_charters *charters,
                                       uint8_t *out,
                                       size_t *out_len,
                                       medseal_error *err);

/**
 * Frees a chain of charters.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param charters the object, which no call is using any more; NULL does nothing
 */
void medseal_charters_free(medseal_charters *charters);

/**
 * The chain that begins with a ledger's first charter. The super node's key comes from a trusted source; which of its
 * ledgers this is, medseal_charters_ledger() tells.
 *
 * Threads: any, and many at once.
 *
 * @param first the first charter, which is copied
 * @param public_key the super node's public key
 * @param charters where to put the new object, to be freed with medseal_charters_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it is not a first one, MEDSEAL_ERR_INVALID_SIGNATURE, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charters_new(const medseal_charter *first,
                                    const medseal_super_node_public_key *public_key,
                                    medseal_charters **charters,
                                    medseal_error *err);

/**
 * The chain with the next charter. With one that is known already it is the same chain. Keep the bytes of the newest
 * chain: who goes on from an older one can be led to another.
 *
 * Threads: any, and many at once.
 *
 * @param charters the chain, which stays as it is
 * @param charter the next charter, which is copied
 * @param next where to put the new object, to be freed with medseal_charters_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_CHARTER_OUT_OF_ORDER, MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CHARTER_CONFLICT if
 *         the chain has another charter of this number, which together with this one is evidence,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charters_push(const medseal_charters *charters,
                                     const medseal_charter *charter,
                                     medseal_charters **next,
                                     medseal_error *err);

/**
 * A charter of a chain.
 *
 * Threads: any, and many at once.
 *
 * @param charters the chain
 * @param number its number, from 1; 0 for the newest
 * @param charter where to put the new object, to be freed with medseal_charter_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_CHARTER, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charters_get(const medseal_charters *charters,
                                    uint32_t number,
                                    medseal_charter **charter,
                                    medseal_error *err);

/**
 * The ledger's id, for which entries are signed.
 *
 * Threads: any, and many at once.
 *
 * @param charters the chain
 * @param ledger where to put the id
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_charters_ledger(const medseal_charters *charters,
                                       medseal_digest *ledger,
                                       medseal_error *err);

/**
 * Reads a chain of charters from its byte form, verifying all of it.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key the super node's public key, from a trusted source
 * @param charters where to put the new object, to be freed with medseal_charters_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY if the bytes name another super node, what medseal_charters_push()
 *         returns, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_charters_decode(const uint8_t *data,
                                       size_t len,
                                       const medseal_super_node_public_key *public_key,
                                       medseal_charters **charters,
                                       medseal_error *err);

/** @} */

/**
 * @defgroup session Sessions: what the two sides of a handshake say to each other under its keys
 * @{
 */

/** How many bytes a session message has more than its plaintext. */
#define MEDSEAL_SESSION_OVERHEAD 49

/**
 * An authenticated session. It lives in memory only: its counters must not be set back. It is secret, and
 * wiped when freed. It has state: one call at a time.
 */
typedef struct medseal_session medseal_session;

/** A message of a session. Immutable: any number of threads may use it at once. */
typedef struct medseal_session_message medseal_session_message;

/**
 * Frees a session, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param session the object, which no call is using any more; NULL does nothing
 */
void medseal_session_free(medseal_session *session);

/**
 * Whom a session is with: writes the peer's name.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_peer(const medseal_session *session,
                                    char *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * The identifier of a session: the same on both sides, different for every session, and public.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param id where to put it
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_read_id(const medseal_session *session,
                                       medseal_session_id *id,
                                       medseal_error *err);

/**
 * Seals the next message to the peer.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param plaintext the message, at most 16 MiB
 * @param plaintext_len its bytes
 * @param aad what is authenticated with it and has to be the same for opening
 * @param aad_len its bytes
 * @param last 0, or 1 for the last message, which closes this direction
 * @param message where to put the new object, to be freed with medseal_session_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_SESSION_CLOSED, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_FORKED, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_seal(medseal_session *session,
                                    const uint8_t *plaintext,
                                    size_t plaintext_len,
                                    const uint8_t *aad,
                                    size_t aad_len,
                                    int32_t last,
                                    medseal_session_message **message,
                                    medseal_error *err);

/**
 * Opens the next message from the peer. The output takes MEDSEAL_SESSION_OVERHEAD bytes less than
 * the encoded message has. If the buffer is too small, or the message is refused, the session
 * still waits for it.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param message the message
 * @param aad what was authenticated with it
 * @param aad_len its bytes
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_DECRYPTION_FAILED unless it is the peer's
 *         next message, MEDSEAL_ERR_SESSION_CLOSED after the last one, MEDSEAL_ERR_FORKED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_open(medseal_session *session,
                                    const medseal_session_message *message,
                                    const uint8_t *aad,
                                    size_t aad_len,
                                    uint8_t *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * Whether the peer's last message was opened. A connection that ends before was cut off.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param closed where to put the answer
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_closed_by_peer(const medseal_session *session,
                                              bool *closed,
                                              medseal_error *err);

/**
 * A secret for another use, the same on both sides, one for each label.
 *
 * Threads: any; one call at a time with the same `session`.
 *
 * @param session the session
 * @param label what it is for
 * @param label_len its bytes
 * @param secret where to put the secret; wipe it when you are done
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_export(const medseal_session *session,
                                      const uint8_t *label,
                                      size_t label_len,
                                      medseal_secret *secret,
                                      medseal_error *err);

/**
 * Writes the byte form of a session message.
 *
 * Threads: any, and many at once.
 *
 * @param message what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_message_encode(const medseal_session_message *message,
                                              uint8_t *out,
                                              size_t *out_len,
                                              medseal_error *err);

/**
 * Reads a session message from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param message where to put the new object, to be freed with medseal_session_message_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_message_decode(const uint8_t *data,
                                              size_t len,
                                              medseal_session_message **message,
                                              medseal_error *err);

/**
 * Frees a session message.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param message the object, which no call is using any more; NULL does nothing
 */
void medseal_session_message_free(medseal_session_message *message);

/**
 * Which message of its direction this is.
 *
 * Threads: any, and many at once.
 *
 * @param message the message
 * @param number where to put its number, from zero
 * @param last where to put whether it says that it is the last, which is authenticated once it was opened
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_session_message_place(const medseal_session_message *message,
                                             uint64_t *number,
                                             bool *last,
                                             medseal_error *err);

/** @} */

/**
 * @defgroup replay Replay caches: which requests a main node has seen
 * @{
 */

/** The usual window of a replay cache: how far a request's time may lie from the main node's, in milliseconds. */
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

/**
 * Frees a replay cache.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param cache the object, which no call is using any more; NULL does nothing
 */
void medseal_replay_cache_free(medseal_replay_cache *cache);

/**
 * Makes a replay cache in memory. It refuses requests until the window after its start is over,
 * because the process may have accepted them before it was restarted.
 *
 * Threads: any, and many at once.
 *
 * @param window_ms how far a request's time may lie from the main node's, in milliseconds;
 *                  MEDSEAL_REPLAY_WINDOW_MS
 * @param capacity how many requests it remembers at most, up to 1048576
 * @param quota how many of one hospital, from 1 up to the capacity
 * @param start_ms when the process starts, in Unix milliseconds
 * @param cache where to put the new object, to be freed with medseal_replay_cache_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_INVALID_FIELD, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_replay_cache_new(uint64_t window_ms,
                                        uint32_t capacity,
                                        uint32_t quota,
                                        uint64_t start_ms,
                                        medseal_replay_cache **cache,
                                        medseal_error *err);

/**
 * Makes a replay cache of your own.
 *
 * Threads: any, and many at once.
 *
 * @param callbacks what keeps it
 * @param cache where to put the new object, to be freed with medseal_replay_cache_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_replay_cache_from_callbacks(const medseal_replay_callbacks *callbacks,
                                                   medseal_replay_cache **cache,
                                                   medseal_error *err);

/**
 * How many requests a replay cache in memory remembers.
 *
 * Threads: any, and many at once.
 *
 * @param cache the replay cache
 * @param count where to put the number
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT if it was saved, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_replay_cache_count(const medseal_replay_cache *cache,
                                          size_t *count,
                                          medseal_error *err);

/**
 * Saves a replay cache in memory, so that a restarted process can go on with it. It is spent,
 * unless the buffer is too small: what it would accept later would not be saved.
 *
 * Threads: any, and many at once.
 *
 * @param cache the replay cache
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_ABSENT if it is not in memory,
 *         MEDSEAL_ERR_SPENT, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_replay_cache_encode(const medseal_replay_cache *cache,
                                           uint8_t *out,
                                           size_t *out_len,
                                           medseal_error *err);

/**
 * Goes on with a replay cache that was saved. Use what was saved last, and once.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param cache where to put the new object, to be freed with medseal_replay_cache_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_replay_cache_decode(const uint8_t *data,
                                           size_t len,
                                           medseal_replay_cache **cache,
                                           medseal_error *err);

/** @} */

/**
 * @defgroup handshake Mutual authentication of hospitals and main nodes
 * @{
 */

/**
 * A request that a main node has accepted: the hospital is authenticated. It is secret, and wiped when freed.
 * It has state: one call at a time.
 */
typedef struct medseal_accepted_request medseal_accepted_request;

/** Third message of the handshake: hospital to main node. Immutable: any number of threads may use it at once. */
typedef struct medseal_auth_confirmation medseal_auth_confirmation;

/** Second message of the handshake: main node to hospital. Immutable: any number of threads may use it at once. */
typedef struct medseal_auth_reply medseal_auth_reply;

/** First message of the handshake: hospital to main node. Immutable: any number of threads may use it at once. */
typedef struct medseal_auth_request medseal_auth_request;

/**
 * A main node that waits for the hospital's confirmation, or goes on without. It is secret, and wiped when
 * freed. It has state: one call at a time.
 */
typedef struct medseal_awaiting_confirmation medseal_awaiting_confirmation;

/**
 * A hospital that waits for a main node's reply. It is secret, and wiped when freed. It has state: one call at
 * a time.
 */
typedef struct medseal_awaiting_reply medseal_awaiting_reply;

/**
 * Writes the byte form of a request.
 *
 * Threads: any, and many at once.
 *
 * @param request what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_auth_request_encode(const medseal_auth_request *request,
                                           uint8_t *out,
                                           size_t *out_len,
                                           medseal_error *err);

/**
 * Reads a request from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param request where to put the new object, to be freed with medseal_auth_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_auth_request_decode(const uint8_t *data,
                                           size_t len,
                                           medseal_auth_request **request,
                                           medseal_error *err);

/**
 * Frees a request.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param request the object, which no call is using any more; NULL does nothing
 */
void medseal_auth_request_free(medseal_auth_request *request);

/**
 * Writes the byte form of a reply.
 *
 * Threads: any, and many at once.
 *
 * @param reply what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_auth_reply_encode(const medseal_auth_reply *reply,
                                         uint8_t *out,
                                         size_t *out_len,
                                         medseal_error *err);

/**
 * Reads a reply from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param reply where to put the new object, to be freed with medseal_auth_reply_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_auth_reply_decode(const uint8_t *data,
                                         size_t len,
                                         medseal_auth_reply **reply,
                                         medseal_error *err);

/**
 * Frees a reply.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param reply the object, which no call is using any more; NULL does nothing
 */
void medseal_auth_reply_free(medseal_auth_reply *reply);

/**
 * Writes the byte form of a confirmation.
 *
 * Threads: any, and many at once.
 *
 * @param confirmation what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_auth_confirmation_encode(const medseal_auth_confirmation *confirmation,
                                                uint8_t *out,
                                                size_t *out_len,
                                                medseal_error *err);

/**
 * Reads a confirmation from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param confirmation where to put the new object, to be freed with medseal_auth_confirmation_free; NULL on
 *                     failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_auth_confirmation_decode(const uint8_t *data,
                                                size_t len,
                                                medseal_auth_confirmation **confirmation,
                                                medseal_error *err);

/**
 * Frees a confirmation.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param confirmation the object, which no call is using any more; NULL does nothing
 */
void medseal_auth_confirmation_free(medseal_auth_confirmation *confirmation);

/**
 * Frees a hospital's side of a handshake, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param awaiting the object, which no call is using any more; NULL does nothing
 */
void medseal_awaiting_reply_free(medseal_awaiting_reply *awaiting);

/**
 * Starts a handshake at a hospital.
 *
 * Threads: any, and many at once.
 *
 * @param hospital the hospital
 * @param certificate the main node's certificate
 * @param registry the newest registry
 * @param now_ms the time in Unix milliseconds
 * @param awaiting where to put the new object, to be freed with medseal_awaiting_reply_free; NULL on failure
 * @param request where to put the new object, to be freed with medseal_auth_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_CERTIFICATE_EXPIRED, MEDSEAL_ERR_CERTIFICATE_REVOKED,
 *         MEDSEAL_ERR_INVALID_SIGNATURE if certificate or registry are of another super node,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_start(const medseal_hospital *hospital,
                                      const medseal_verified_certificate *certificate,
                                      const medseal_verified_registry *registry,
                                      uint64_t now_ms,
                                      medseal_awaiting_reply **awaiting,
                                      medseal_auth_request **request,
                                      medseal_error *err);

/**
 * Finishes a handshake at the hospital: the main node is authenticated.
 *
 * Threads: any; one call at a time with the same `awaiting`.
 *
 * @param awaiting the hospital's side, which is spent, also by a reply that is refused
 * @param reply the main node's reply
 * @param session where to put the new object, to be freed with medseal_session_free; NULL on failure
 * @param disclosure where to put what the main node tells, to be freed with medseal_disclosure_free; NULL on
 *                   failure
 * @param confirmation where to put what to send back, to be freed with medseal_auth_confirmation_free; NULL on
 *                     failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_hospital_finish(medseal_awaiting_reply *awaiting,
                                       const medseal_auth_reply *reply,
                                       medseal_session **session,
                                       medseal_disclosure **disclosure,
                                       medseal_auth_confirmation **confirmation,
                                       medseal_error *err);

/**
 * Frees an accepted request, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param accepted the object, which no call is using any more; NULL does nothing
 */
void medseal_accepted_request_free(medseal_accepted_request *accepted);

/**
 * Judges a hospital's request at a main node.
 *
 * Threads: any, and many at once.
 *
 * @param node the main node
 * @param request the hospital's request
 * @param registry the newest registry
 * @param cache what remembers requests
 * @param now_ms the time in Unix milliseconds
 * @param accepted where to put the new object, to be freed with medseal_accepted_request_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_UNKNOWN_NAME,
 *         MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_SIGNATURE if the registry is of another super node,
 *         MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW, MEDSEAL_ERR_REQUEST_REPLAYED, MEDSEAL_ERR_REPLAY_CACHE_FULL,
 *         MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, MEDSEAL_ERR_IO if the cache fails, MEDSEAL_ERR_SPENT if it was saved,
 *         MEDSEAL_ERR_FORKED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_accept(const medseal_main_node *node,
                                        const medseal_auth_request *request,
                                        const medseal_verified_registry *registry,
                                        const medseal_replay_cache *cache,
                                        uint64_t now_ms,
                                        medseal_accepted_request **accepted,
                                        medseal_error *err);

/**
 * Writes the name of the hospital whose request was accepted.
 *
 * Threads: any; one call at a time with the same `accepted`.
 *
 * @param accepted the accepted request
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_SPENT if it was replied to, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_accepted_request_hospital(const medseal_accepted_request *accepted,
                                                 char *out,
                                                 size_t *out_len,
                                                 medseal_error *err);

/**
 * Replies to an accepted request.
 *
 * Threads: any; one call at a time with the same `accepted`.
 *
 * @param accepted the accepted request, which is spent
 * @param disclosure what to tell the hospital
 * @param reply where to put the new object, to be freed with medseal_auth_reply_free; NULL on failure
 * @param awaiting where to put the new object, to be freed with medseal_awaiting_confirmation_free; NULL on
 *                 failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, MEDSEAL_ERR_FORKED, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_reply(medseal_accepted_request *accepted,
                                       const medseal_disclosure *disclosure,
                                       medseal_auth_reply **reply,
                                       medseal_awaiting_confirmation **awaiting,
                                       medseal_error *err);

/**
 * Frees a main node's side of a handshake, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param awaiting the object, which no call is using any more; NULL does nothing
 */
void medseal_awaiting_confirmation_free(medseal_awaiting_confirmation *awaiting);

/**
 * Finishes a handshake at the main node with the hospital's confirmation, which shows that it has the session.
 *
 * Threads: any; one call at a time with the same `awaiting`.
 *
 * @param awaiting the main node's side, which is spent, also by a confirmation that is refused
 * @param confirmation the hospital's confirmation
 * @param session where to put the new object, to be freed with medseal_session_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED, or a
 *         general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_confirm(medseal_awaiting_confirmation *awaiting,
                                         const medseal_auth_confirmation *confirmation,
                                         medseal_session **session,
                                         medseal_error *err);

/**
 * Finishes a handshake at the main node without a confirmation: that the hospital has the session shows with
 * its first message.
 *
 * Threads: any; one call at a time with the same `awaiting`.
 *
 * @param awaiting the main node's side, which is spent
 * @param session where to put the new object, to be freed with medseal_session_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_SPENT, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_main_node_session(medseal_awaiting_confirmation *awaiting,
                                         medseal_session **session,
                                         medseal_error *err);

/** @} */

/**
 * @defgroup entry Entries of the ledger: what owners sign and every node checks
 * @{
 */

/** A signed entry about a sealed record: what a ledger keeps. Immutable: any number of threads may use it at once. */
typedef struct medseal_entry medseal_entry;

/**
 * A head of the ledger that a reader trusts, and that was not too old when the reader took it. Immutable: any number
 * of threads may use it at once.
 */
typedef struct medseal_trusted_head medseal_trusted_head;

/**
 * Entries that a node may append: they were validated under the charter that was current then. Immutable: any number
 * of threads may use it at once.
 */
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
    /** Where the sealed record is: 1 to 1024 characters of ASCII. NULL with length 0 for the address of the digest. */
    const char *address;
    /** Bytes of the address. */
    size_t address_len;
    /** The policy that the charter demands of uploaders. */
    const medseal_policy *claim;
    /** The record key, wrapped under the access policy with medseal_entry_wrap_aad() of the digest as `aad`. */
    const medseal_abe_wrapped_key *wrapped;
    /** The index of the record's keywords, under the same access policy. */
    const medseal_search_index *index;
    /** A message to the hospital whose record it is, or NULL. */
    const medseal_identity_envelope *envelope;
} medseal_statement;

/**
 * Makes a random record id.
 *
 * Threads: any, and many at once.
 *
 * @param id where to put it
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_record_id_generate(medseal_record_id *id, medseal_error *err);

/**
 * What a record key has to be wrapped with as `aad`, so that it belongs to one sealed record.
 *
 * Threads: any, and many at once.
 *
 * @param digest the digest of the sealed record
 * @param aad where to put the 32 bytes
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_wrap_aad(const medseal_digest *digest,
                                      medseal_digest *aad,
                                      medseal_error *err);

/**
 * Writes the address of the sealed record with a digest: 64 hexadecimal digits.
 *
 * Threads: any, and many at once.
 *
 * @param digest the digest
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_address_of(const medseal_digest *digest,
                                  char *out,
                                  size_t *out_len,
                                  medseal_error *err);

/**
 * Writes the byte form of an entry.
 *
 * Threads: any, and many at once.
 *
 * @param entry what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_encode(const medseal_entry *entry,
                                    uint8_t *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * Reads an entry from its byte form, checking all but points of its parts: medseal_entry_validate() checks them
 * all, and each is checked where it is used.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param entry where to put the new object, to be freed with medseal_entry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_decode(const uint8_t *data,
                                    size_t len,
                                    medseal_entry **entry,
                                    medseal_error *err);

/**
 * Frees an entry.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param entry the object, which no call is using any more; NULL does nothing
 */
void medseal_entry_free(medseal_entry *entry);

/**
 * Builds an entry and signs it for a ledger.
 *
 * Threads: any, and many at once.
 *
 * @param statement what it says
 * @param ledger the ledger's id
 * @param key the uploader's signing key
 * @param entry where to put the new object, to be freed with medseal_entry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED if the key does not satisfy the claim policy,
 *         MEDSEAL_ERR_ACCESS_POLICY_MISMATCH, MEDSEAL_ERR_INVALID_TEXT,
 *         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_sign(const medseal_statement *statement,
                                  const medseal_digest *ledger,
                                  const medseal_abs_signing_key *key,
                                  medseal_entry **entry,
                                  medseal_error *err);

/**
 * Frees validated entries.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param validated the object, which no call is using any more; NULL does nothing
 */
void medseal_validated_free(medseal_validated *validated);

/**
 * What every node checks before it accepts an entry, in this order: the charter that it names is the current one, its
 * claim policy, one access policy, the signature, every point of its key and its index. The points come last: they cost
 * most, and only an entitled signer gets that far; medseal_entry_decode() leaves them.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry, which is copied
 * @param charters the ledger's charters
 * @param validated where to put the new object, to be freed with medseal_validated_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ERA_PASSED, MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
 *         MEDSEAL_ERR_ACCESS_POLICY_MISMATCH, MEDSEAL_ERR_INVALID_SIGNATURE, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_validate(const medseal_entry *entry,
                                      const medseal_charters *charters,
                                      medseal_validated **validated,
                                      medseal_error *err);

/**
 * Validates many entries, which is faster than each by itself. If some are refused, the position
 * in the medseal_error is the index of the first of them.
 *
 * Threads: any, and many at once.
 *
 * @param entries the entries, which are copied
 * @param count how many
 * @param charters the ledger's charters
 * @param threads how many threads may work; 0 for as many as there are processors
 * @param validated where to put the new object, to be freed with medseal_validated_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK if all are accepted, else as medseal_entry_validate() for the first that is refused
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_validate_all(const medseal_entry *const *entries,
                                          size_t count,
                                          const medseal_charters *charters,
                                          size_t threads,
                                          medseal_validated **validated,
                                          medseal_error *err);

/**
 * Frees a trusted head.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param head the object, which no call is using any more; NULL does nothing
 */
void medseal_trusted_head_free(medseal_trusted_head *head);

/**
 * Takes a head that was the ledger's at time_ms. Fails with MEDSEAL_ERR_STALE_HEAD if time_ms and
 * now_ms are further apart than max_age_ms. The reader decides where the head comes from: their
 * own node, a main node in a session, or as many validators as the consortium requires. Take a new
 * head before this one is too old.
 *
 * Threads: any, and many at once.
 *
 * @param head the head
 * @param time_ms when it was the ledger's, in Unix milliseconds
 * @param now_ms the time now, in Unix milliseconds
 * @param max_age_ms how old it may be, in milliseconds
 * @param trusted where to put the new object, to be freed with medseal_trusted_head_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_STALE_HEAD, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_trusted_head_new(const medseal_tree_head *head,
                                        uint64_t time_ms,
                                        uint64_t now_ms,
                                        uint64_t max_age_ms,
                                        medseal_trusted_head **trusted,
                                        medseal_error *err);

/**
 * Checks what every reader checks of an entry from any source: it was made under the charter that
 * it names, and it stands under a head that the reader trusts. medseal_open() does the same.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param charters the ledger's charters
 * @param proof the proof that it stands under the head
 * @param head the head
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
 *         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_PROOF, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_check(const medseal_entry *entry,
                                   const medseal_charters *charters,
                                   const medseal_inclusion_proof *proof,
                                   const medseal_trusted_head *head,
                                   medseal_error *err);

/**
 * The parts of an entry that have a fixed size.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param charter where to put the number of the charter under which it was made
 * @param id where to put its id
 * @param record where to put the record's id
 * @param digest where to put the digest of the sealed record
 * @param time_ms where to put its time, in Unix milliseconds
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_fields(const medseal_entry *entry,
                                    uint32_t *charter,
                                    medseal_entry_id *id,
                                    medseal_record_id *record,
                                    medseal_digest *digest,
                                    uint64_t *time_ms,
                                    medseal_error *err);

/**
 * Writes the address of the sealed record that an entry is about.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_address(const medseal_entry *entry,
                                     char *out,
                                     size_t *out_len,
                                     medseal_error *err);

/**
 * The policy that the uploader's attributes satisfy.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_claim(const medseal_entry *entry,
                                   medseal_policy **policy,
                                   medseal_error *err);

/**
 * The policy of who may find and open the record.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_access(const medseal_entry *entry,
                                    medseal_policy **policy,
                                    medseal_error *err);

/**
 * The wrapped record key in an entry. Its points are checked by medseal_entry_validate(), and those that are used when it
 * is unwrapped.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param wrapped where to put the new object, to be freed with medseal_abe_wrapped_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_wrapped_key(const medseal_entry *entry,
                                         medseal_abe_wrapped_key **wrapped,
                                         medseal_error *err);

/**
 * The keyword index in an entry. Its points are checked by medseal_entry_validate(), and those that are used when it is
 * matched.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param index where to put the new object, to be freed with medseal_search_index_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_index(const medseal_entry *entry,
                                   medseal_search_index **index,
                                   medseal_error *err);

/**
 * The envelope in an entry.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param envelope where to put the new object, to be freed with medseal_identity_envelope_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT if it has none, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_envelope(const medseal_entry *entry,
                                      medseal_identity_envelope **envelope,
                                      medseal_error *err);

/**
 * The signature of an entry.
 *
 * Threads: any, and many at once.
 *
 * @param entry the entry
 * @param signature where to put the new object, to be freed with medseal_abs_signature_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_entry_signature(const medseal_entry *entry,
                                       medseal_abs_signature **signature,
                                       medseal_error *err);

/** @} */

/**
 * @defgroup ledger Ledgers: one of your own by callbacks, or the reference ledger in memory
 * @{
 */

/**
 * What a search found, and how far it came. Its byte form is what a ledger node answers. Immutable: any number of
 * threads may use it at once.
 */
typedef struct medseal_found medseal_found;

/**
 * A ledger: entries and charters in one order, of which none is ever changed or taken away. Any number of threads may
 * use it at once.
 */
typedef struct medseal_ledger medseal_ledger;

/**
 * A ledger of your own. It keeps items: entries and charters, each of them bytes at a height, numbered from zero
 * without gaps and visible in that order; item 0 is the first charter. You append charters to it yourself. Callbacks may
 * come on several threads at once, if you use the ledger on several.
 *
 * MEDSEAL_ERR_LEDGER_UNAVAILABLE and MEDSEAL_ERR_IO, and every status that has nothing to do with ledgers, say
 * that the ledger failed: it may or may not have the entry, and the same entry may be appended again.
 */
typedef struct medseal_ledger_callbacks {
    /** sizeof(medseal_ledger_callbacks). */
    size_t struct_size;
    /** For you; may be NULL. */
    void *ctx;
    /**
     * Appends an entry, which was validated under the charter of this number: if another is current by now, it returns
     * MEDSEAL_ERR_ERA_PASSED. If an entry of this id is there, it adds nothing and sets `*was_there`. Says the height in
     * `*height`. Not NULL.
     */
    medseal_status (*append)(void *ctx,
                             const uint8_t *entry,
                             size_t entry_len,
                             const medseal_entry_id *id,
                             uint32_t charter,
                             uint64_t *height,
                             bool *was_there);
    /**
     * Gives the bytes of the item at a height to medseal_sink_write(). MEDSEAL_ERR_UNKNOWN_ENTRY from the
     * ledger's end on. A search names a height whose bytes are no item, and goes on. Not NULL.
     */
    medseal_status (*at)(void *ctx, uint64_t height, medseal_sink *item);
    /**
     * Gives the bytes of the entry of an id to medseal_sink_write(). MEDSEAL_ERR_UNKNOWN_ENTRY if there is
     * none. Not NULL.
     */
    medseal_status (*get)(void *ctx, const medseal_entry_id *id, medseal_sink *entry);
    /**
     * Says how far the ledger has come: how many items it has, and the root of the Merkle tree over their bytes. A
     * medseal_merkle_tree to which the items are appended says both. Not NULL.
     */
    medseal_status (*head)(void *ctx, medseal_tree_head *head);
    /**
     * Gives the bytes of the medseal_inclusion_proof of the entry of an id, under the head that the ledger had when it had
     * `size` items, to medseal_sink_write(). MEDSEAL_ERR_UNKNOWN_ENTRY if there is no such entry,
     * MEDSEAL_ERR_AFTER_TRUSTED_HEAD if it came later, MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items. Not NULL.
     */
    medseal_status (*prove)(void *ctx, const medseal_entry_id *id, uint64_t size, medseal_sink *proof);
    /**
     * Searches where the entries are: sends the byte form of a query there, where a node reads it with
     * medseal_query_decode() and runs medseal_ledger_search(), and gives the byte form of what the node found to
     * medseal_sink_write(). `from` is the height to begin at. May be NULL: then the library reads and matches every entry.
     */
    medseal_status (*search)(void *ctx, const uint8_t *query, size_t query_len, uint64_t from, medseal_sink *found);
    /** Called once when the ledger is freed; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_ledger_callbacks;

/** Where an entry stands. */
typedef struct medseal_place {
    /** Its height, from zero. */
    uint64_t height;
    /** Its id. */
    medseal_entry_id id;
} medseal_place;

/**
 * Frees a ledger.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param ledger the object, which no call is using any more; NULL does nothing
 */
void medseal_ledger_free(medseal_ledger *ledger);

/**
 * Makes a ledger of your own.
 *
 * Threads: any, and many at once.
 *
 * @param callbacks what keeps it
 * @param ledger where to put the new object, to be freed with medseal_ledger_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_ledger_from_callbacks(const medseal_ledger_callbacks *callbacks,
                                             medseal_ledger **ledger,
                                             medseal_error *err);

/**
 * Appends a validated entry. If an entry of its id is there, nothing is added.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param validated the entry: one
 * @param height where to put its height
 * @param was_there where to put whether it was there before, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ERA_PASSED if another charter is current by now, MEDSEAL_ERR_UNKNOWN_CHARTER if it was
 *         validated for another ledger, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, MEDSEAL_ERR_INVALID_ARGUMENT for
 *         more entries than one, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_ledger_append(const medseal_ledger *ledger,
                                     const medseal_validated *validated,
                                     uint64_t *height,
                                     bool *was_there,
                                     medseal_error *err);

/**
 * The item at a height: an entry or a charter. If it cannot be had, the position in the medseal_error is the height.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param height the height
 * @param entry where to put the new object, to be freed with medseal_entry_free; NULL on failure, and if it is a charter
 * @param charter where to put the new object, to be freed with medseal_charter_free; NULL on failure, and if it is an
 *                entry
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a decoding
 *         status if a ledger of your own gives no item, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_ledger_at(const medseal_ledger *ledger,
                                 uint64_t height,
                                 medseal_entry **entry,
                                 medseal_charter **charter,
                                 medseal_error *err);

/**
 * The entry of an id.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param id the id
 * @param entry where to put the new object, to be freed with medseal_entry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO,
 *         MEDSEAL_ERR_DIGEST_MISMATCH if a
 *         ledger of your own gives another entry, a decoding status if it gives none, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_ledger_get(const medseal_ledger *ledger,
                                  const medseal_entry_id *id,
                                  medseal_entry **entry,
                                  medseal_error *err);

/**
 * How far a ledger has come: the number of items, and the root of the Merkle tree over their bytes.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param head where to put size and root
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_ledger_head(const medseal_ledger *ledger,
                                   medseal_tree_head *head,
                                   medseal_error *err);

/**
 * Proves that an entry stands under the head that the ledger had when it had so many items.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param id the entry's id
 * @param size the size of the head
 * @param proof where to put the new object, to be freed with medseal_inclusion_proof_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_AFTER_TRUSTED_HEAD if it came later,
 *         MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a
 *         decoding status if a ledger of your own gives no proof, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_ledger_prove(const medseal_ledger *ledger,
                                    const medseal_entry_id *id,
                                    uint64_t size,
                                    medseal_inclusion_proof **proof,
                                    medseal_error *err);

/**
 * Writes the byte form of what a search found.
 *
 * Threads: any, and many at once.
 *
 * @param found what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_found_encode(const medseal_found *found,
                                    uint8_t *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * Reads what a search found from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param found where to put the new object, to be freed with medseal_found_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_found_decode(const uint8_t *data,
                                    size_t len,
                                    medseal_found **found,
                                    medseal_error *err);

/**
 * Frees what a search found.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param found the object, which no call is using any more; NULL does nothing
 */
void medseal_found_free(medseal_found *found);

/**
 * Searches a ledger, as a node that holds public parameters only. An entry whose policy the trapdoors'
 * attributes do not
 * satisfy costs no pairing. One that cannot be judged does not end the search: see medseal_found_malformed().
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param query the query
 * @param authority the public key under which the ledger's entries are indexed
 * @param from the height to begin at
 * @param threads how many threads may match; 0 for as many as there are processors
 * @param progress told how many entries are done, on the caller's thread; or NULL
 * @param found where to put the new object, to be freed with medseal_found_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OTHER_AUTHORITY if the query was made under another public key,
 *         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_HEIGHT_MISSING with the height as position if the ledger leaves one out,
 *         MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a decoding status if a ledger of your own answers nothing
 *         that was found, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_ledger_search(const medseal_ledger *ledger,
                                     const medseal_query *query,
                                     const medseal_search_public_key *authority,
                                     uint64_t from,
                                     size_t threads,
                                     const medseal_progress *progress,
                                     medseal_found **found,
                                     medseal_error *err);

/**
 * How much was found.
 *
 * Threads: any, and many at once.
 *
 * @param found what a search found
 * @param hits where to put how many entries match
 * @param malformed where to put how many could not be judged: none in a ledger that validates and keeps what it has
 * @param next where to put where to go on: a later search from here sees only what is new
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_found_count(const medseal_found *found,
                                   size_t *hits,
                                   size_t *malformed,
                                   uint64_t *next,
                                   medseal_error *err);

/**
 * An entry that matches.
 *
 * Threads: any, and many at once.
 *
 * @param found what a search found
 * @param index which, from zero, in the ledger's order
 * @param place where to put where it stands
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_found_hit(const medseal_found *found,
                                 size_t index,
                                 medseal_place *place,
                                 medseal_error *err);

/**
 * An entry that could not be judged: what the ledger gave is no entry, or its index is malformed.
 *
 * Threads: any, and many at once.
 *
 * @param found what a search found
 * @param index which, from zero, in the ledger's order
 * @param height where to put its height
 * @param why where to put the decoding status that says what is wrong with it
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_found_malformed(const medseal_found *found,
                                       size_t index,
                                       uint64_t *height,
                                       medseal_status *why,
                                       medseal_error *err);

/** @} */

/**
 * @defgroup memory_ledger The reference ledger in memory: its blocks, its proofs, its byte form
 * @{
 */

/**
 * What a block of a reference ledger says about the chain up to it. Immutable: any number of threads may use
 * it at once.
 */
typedef struct medseal_block_header medseal_block_header;

/**
 * Makes a reference ledger in memory, which holds its first charter: for tests, examples and as a model.
 *
 * Threads: any, and many at once.
 *
 * @param first the first charter, which is copied
 * @param public_key the super node's public key
 * @param ledger where to put the new object, to be freed with medseal_ledger_free; NULL on failure
 * @param err detail, or NULL
 * @return as medseal_charters_new()
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_new(const medseal_charter *first,
                                         const medseal_super_node_public_key *public_key,
                                         medseal_ledger **ledger,
                                         medseal_error *err);

/**
 * The charters that stand on a reference ledger.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param charters where to put the new object, to be freed with medseal_charters_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_charters(const medseal_ledger *ledger,
                                              medseal_charters **charters,
                                              medseal_error *err);

/**
 * Appends the next charter to a reference ledger, where it governs what follows. One that stands there already changes
 * nothing. Of two charters of one number the first counts, and the other is kept as evidence.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param charter the charter, which is copied
 * @param height where to put its height
 * @param err detail, or NULL
 * @return MEDSEAL_OK, what medseal_charters_push() returns, MEDSEAL_ERR_FINAL_HEAD_REFUSED if its final head is not one
 *         that this ledger has had, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_append_charter(const medseal_ledger *ledger,
                                                    const medseal_charter *charter,
                                                    uint64_t *height,
                                                    medseal_error *err);

/**
 * A charter that a reference ledger refused because another of its number stands there.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param index which, from zero
 * @param charter where to put the new object, to be freed with medseal_charter_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE if there are not so many, MEDSEAL_ERR_LEDGER_UNAVAILABLE,
 *         MEDSEAL_ERR_ABSENT for a ledger of your own, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_evidence(const medseal_ledger *ledger,
                                              size_t index,
                                              medseal_charter **charter,
                                              medseal_error *err);

/**
 * Appends validated entries to a reference ledger as one block: all of them, or none. If some are
 * refused, the first decides the status, and the position in the medseal_error is its index.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param validated the entries
 * @param height where to put the height of the first
 * @param err detail, or NULL
 * @return MEDSEAL_OK, as medseal_ledger_append(), MEDSEAL_ERR_DUPLICATE_ENTRY if one is there already,
 *         MEDSEAL_ERR_ABSENT for a ledger of your own
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_append_block(const medseal_ledger *ledger,
                                                  const medseal_validated *validated,
                                                  uint64_t *height,
                                                  medseal_error *err);

/**
 * Checks the whole chain of a reference ledger anew: every item, every root, every
 * hash.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_CHAIN_BROKEN with the position of the first block that does not check out,
 *         MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_ledger_verify(const medseal_ledger *ledger, medseal_error *err);

/**
 * The header of a block of a reference ledger.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param number which block, from zero
 * @param header where to put the new object, to be freed with medseal_block_header_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT
 *         for a ledger of your own, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_block(const medseal_ledger *ledger,
                                           uint64_t number,
                                           medseal_block_header **header,
                                           medseal_error *err);

/**
 * Writes all blocks of a reference ledger.
 *
 * Threads: any, and many at once.
 *
 * @param ledger the ledger
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_LEDGER_UNAVAILABLE,
 *         MEDSEAL_ERR_ABSENT for a ledger of your own, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_encode(const medseal_ledger *ledger,
                                            uint8_t *out,
                                            size_t *out_len,
                                            medseal_error *err);

/**
 * Reads a reference ledger, checking every item under the charter that held there, and the whole chain. That it is the
 * newest, it cannot show: compare its head and its id with those from another source.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param public_key the super node's public key, from a trusted source
 * @param ledger where to put the new object, to be freed with medseal_ledger_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, MEDSEAL_ERR_CHAIN_BROKEN with the position of the first
 *         block that does not check out, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_memory_ledger_decode(const uint8_t *data,
                                            size_t len,
                                            const medseal_super_node_public_key *public_key,
                                            medseal_ledger **ledger,
                                            medseal_error *err);

/**
 * Writes the byte form of a block header.
 *
 * Threads: any, and many at once.
 *
 * @param header what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_block_header_encode(const medseal_block_header *header,
                                           uint8_t *out,
                                           size_t *out_len,
                                           medseal_error *err);

/**
 * Reads a block header from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param header where to put the new object, to be freed with medseal_block_header_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_block_header_decode(const uint8_t *data,
                                           size_t len,
                                           medseal_block_header **header,
                                           medseal_error *err);

/**
 * Frees a block header.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param header the object, which no call is using any more; NULL does nothing
 */
void medseal_block_header_free(medseal_block_header *header);

/**
 * What a block header says.
 *
 * Threads: any, and many at once.
 *
 * @param header the header
 * @param number where to put the block's number, from zero
 * @param items where to put how many items there are up to its end
 * @param root where to put the Merkle root over all of them
 * @param previous where to put the hash of the block before
 * @param hash where to put the block's hash
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_block_header_fields(const medseal_block_header *header,
                                           uint64_t *number,
                                           uint64_t *items,
                                           medseal_digest *root,
                                           medseal_digest *previous,
                                           medseal_digest *hash,
                                           medseal_error *err);

/** @} */

/**
 * @defgroup store Object stores: one of your own by callbacks, a directory, or memory
 * @{
 */

/** An object store. Any number of threads may use it at once. */
typedef struct medseal_store medseal_store;

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
     * Says at which address the object of an upload will be, after its last byte and before anything is signed about it:
     * 1 to 1024 printable ASCII characters without spaces, to medseal_sink_write(). `digest` is the record digest of
     * what was written. May be NULL: then the address is the digest's, as of medseal_address_of().
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
    /** Reads at most `len` bytes to `buffer` and says how many in `*read`: zero only at the end. Not NULL. */
    medseal_status (*read)(void *ctx, void *reading, uint8_t *buffer, size_t len, size_t *read);
    /** Ends a reading. Not NULL. */
    void (*close)(void *ctx, void *reading);
    /**
     * Sees that an object stands at an address, and durably: what `commit` promises, asked again by one who did not hear
     * its answer. MEDSEAL_ERR_UNKNOWN_OBJECT if there is none. May be NULL: then `open` answers it.
     */
    medseal_status (*confirm)(void *ctx, const char *address, size_t address_len);
    /** Called once when the store is freed; may be NULL. */
    void (*drop_ctx)(void *ctx);
} medseal_store_callbacks;

/**
 * Frees an object store.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param store the object, which no call is using any more; NULL does nothing
 */
void medseal_store_free(medseal_store *store);

/**
 * Makes an object store of your own.
 *
 * Threads: any, and many at once.
 *
 * @param callbacks what keeps it
 * @param store where to put the new object, to be freed with medseal_store_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_store_from_callbacks(const medseal_store_callbacks *callbacks,
                                            medseal_store **store,
                                            medseal_error *err);

/**
 * Makes an object store in a directory: a file for each object, named by its address.
 *
 * Threads: any, and many at once.
 *
 * @param path the directory, UTF-8, which is made if it is missing
 * @param path_len its bytes
 * @param store where to put the new object, to be freed with medseal_store_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8, MEDSEAL_ERR_IO, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_directory_store_open(const char *path,
                                            size_t path_len,
                                            medseal_store **store,
                                            medseal_error *err);

/**
 * Makes an object store in memory: for tests and examples.
 *
 * Threads: any, and many at once.
 *
 * @param store where to put the new object, to be freed with medseal_store_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE medseal_status medseal_memory_store_new(medseal_store **store, medseal_error *err);

/** @} */

/**
 * @defgroup share The whole flow: publish, find, open
 * @{
 */

/**
 * A hospital's list of records: their digest, and the identity to which envelopes about them are sealed. It
 * has state: one call at a time.
 */
typedef struct medseal_database medseal_database;

/**
 * What a publication begins with, before a byte leaves the process: the record's id and its key. It is secret, as its
 * byte form is, and wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_draft medseal_draft;

/**
 * A publication of which all is made and nothing remains but to append the entry. It is secret, as its byte form is, and
 * wiped when freed. Immutable: any number of threads may use it at once.
 */
typedef struct medseal_prepared medseal_prepared;

/**
 * A record that is sealed and has an address. It is secret, as its byte form is, and wiped when freed. Immutable: any
 * number of threads may use it at once.
 */
typedef struct medseal_sealed medseal_sealed;

/** Whom a publication or a search goes to. It owns nothing. */
typedef struct medseal_consortium {
    /** sizeof(medseal_consortium). */
    size_t struct_size;
    /** Where entries stand. */
    const medseal_ledger *ledger;
    /** Where sealed records are kept. */
    const medseal_store *store;
    /**
     * The ledger's charters: entries are published under the current one, and what is read is judged by the one that it
     * names.
     */
    const medseal_charters *charters;
    /** The head under which entries that are read have to stand; NULL to publish and find, and open nothing. */
    const medseal_trusted_head *head;
    /** How many threads seal, open and search; 0 for as many as there are processors. */
    size_t threads;
    /** The members' keys that are held, or NULL. */
    const medseal_members_keys *members;
} medseal_consortium;

/** What to publish a record with. It owns nothing. */
typedef struct medseal_publication {
    /** sizeof(medseal_publication). */
    size_t struct_size;
    /** Who may find and open it. */
    const medseal_policy *access;
    /** By which keywords it is found; at most 256. */
    const medseal_keyword *const *keywords;
    /** How many keywords. */
    size_t keyword_count;
    /** The members' keyword key. */
    const medseal_keyword_key *keyword_key;
    /** NULL, unless the whole deployment has agreed on hints. */
    const medseal_hints *hints;
    /** Signs the entry, without telling whose key it is. It satisfies the consortium's claim policy. */
    const medseal_abs_signing_key *signing_key;
    /** The time by the uploader's clock, in Unix milliseconds, which all readers of the ledger see. */
    uint64_t time_ms;
} medseal_publication;

/** What was published. */
typedef struct medseal_published {
    /** Where its entry stands. */
    medseal_place place;
    /** 1 if the entry was appended now; 0 if it stood there already, since an attempt before this one got through. */
    int32_t is_new;
    /** The record's id. */
    medseal_record_id record;
    /** The record's keyed summary. Keep it from others than those who can open the record. */
    medseal_summary summary;
    /** Digest and lengths. The address stands in the entry. */
    medseal_receipt receipt;
} medseal_published;

/** What is to be found. It owns nothing. */
typedef struct medseal_search {
    /** sizeof(medseal_search). */
    size_t struct_size;
    /** The keyword. */
    const medseal_keyword *keyword;
    /** The searcher's key. */
    const medseal_search_key *key;
    /**
     * The attributes that the nodes see, and that records are found by: those that the policies at hand need, of
     * medseal_attributes_needed(). Those of medseal_search_key_attributes() are all that the key has, by which a node
     * may know its user.
     */
    const medseal_attributes *showing;
    /** The periods to give hints for, ascending, at most 256; NULL unless the whole deployment has agreed on hints. */
    const medseal_hints *hints;
    /** How many. */
    size_t hints_count;
    /** The height to begin at. */
    uint64_t from;
} medseal_search;

/**
 * Frees a hospital's database.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param database the object, which no call is using any more; NULL does nothing
 */
void medseal_database_free(medseal_database *database);

/**
 * Makes the empty database of a hospital.
 *
 * Threads: any, and many at once.
 *
 * @param public_key the super node's public key
 * @param identity the hospital's identity
 * @param database where to put the new object, to be freed with medseal_database_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_database_new(const medseal_super_node_public_key *public_key,
                                    const medseal_identity *identity,
                                    medseal_database **database,
                                    medseal_error *err);

/**
 * Goes on with a database from the frontier that medseal_database_frontier() gave.
 *
 * Threads: any; one call at a time with the same `frontier`.
 *
 * @param public_key the super node's public key
 * @param identity the hospital's identity
 * @param frontier the frontier, which is copied
 * @param database where to put the new object, to be freed with medseal_database_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_database_resume(const medseal_super_node_public_key *public_key,
                                       const medseal_identity *identity,
                                       const medseal_merkle_frontier *frontier,
                                       medseal_database **database,
                                       medseal_error *err);

/**
 * The digest of a database: the Merkle root over its record digests. Keep it from others than the hospital and
 * main nodes.
 *
 * Threads: any; one call at a time with the same `database`.
 *
 * @param database the database
 * @param digest where to put the digest
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_database_digest(const medseal_database *database,
                                       medseal_digest *digest,
                                       medseal_error *err);

/**
 * The state of a database, to be kept after each publication.
 *
 * Threads: any; one call at a time with the same `database`.
 *
 * @param database the database
 * @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_database_frontier(const medseal_database *database,
                                         medseal_merkle_frontier **frontier,
                                         medseal_error *err);

/**
 * Publishes a record: seals it into the store as it is read, and appends an entry about it to the
 * ledger. Memory does not grow with the record. The step in the medseal_error says what failed. If the
 * object or the entry may be where it belongs all the same, there is something to resume from; otherwise
 * nothing is stored, and the record can be published anew. To survive a crash at any moment go through the
 * stages one by one: medseal_draft_new(), medseal_upload(), medseal_prepare(), medseal_finish().
 *
 * Threads: any; one call at a time with the same `database`.
 *
 * @param consortium whom to
 * @param publication under which policy, by which keywords, signed by whom
 * @param reader gives the record
 * @param database the hospital's database, to which the record is added and whose hospital gets an envelope;
 *                 or NULL
 * @param progress told the step and how many bytes of the record were read, or NULL
 * @param key where to put the record key, for sharing the record under another policy later; NULL
 *            on failure. May be NULL itself. To be freed with medseal_record_key_free
 * @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
 *               done. May be NULL itself. To be freed with medseal_prepared_free
 * @param published where to put what was published
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the
 *         claim policy, MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public
 *         parameters, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not
 *         allowed, what medseal_ledger_append() returns, MEDSEAL_ERR_DIGEST_MISMATCH or
 *         MEDSEAL_ERR_INVALID_FIELD of the store, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_publish(const medseal_consortium *consortium,
                               const medseal_publication *publication,
                               const medseal_reader *reader,
                               medseal_database *database,
                               const medseal_progress *progress,
                               medseal_record_key **key,
                               medseal_prepared **resume,
                               medseal_published *published,
                               medseal_error *err);

/**
 * As medseal_publish(), for a record that is in memory.
 *
 * Threads: any; one call at a time with the same `database`.
 *
 * @param consortium whom to
 * @param publication under which policy, by which keywords, signed by whom
 * @param record the record
 * @param record_len its bytes
 * @param database the hospital's database, to which the record is added and whose hospital gets an envelope;
 *                 or NULL
 * @param key where to put the record key, for sharing the record under another policy later; NULL
 *            on failure. May be NULL itself. To be freed with medseal_record_key_free
 * @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
 *               done. May be NULL itself. To be freed with medseal_prepared_free
 * @param published where to put what was published
 * @param err detail, or NULL
 * @return as medseal_publish()
 */
MEDSEAL_MUST_USE
medseal_status medseal_publish_bytes(const medseal_consortium *consortium,
                                     const medseal_publication *publication,
                                     const uint8_t *record,
                                     size_t record_len,
                                     medseal_database *database,
                                     medseal_record_key **key,
                                     medseal_prepared **resume,
                                     medseal_published *published,
                                     medseal_error *err);

/**
 * As medseal_publish(), for a record that is a file.
 *
 * Threads: any; one call at a time with the same `database`.
 *
 * @param consortium whom to
 * @param publication under which policy, by which keywords, signed by whom
 * @param path the record's path, UTF-8
 * @param path_len its bytes
 * @param database the hospital's database, to which the record is added and whose hospital gets an envelope;
 *                 or NULL
 * @param progress told the step and how many bytes of the record were read, or NULL
 * @param key where to put the record key, for sharing the record under another policy later; NULL
 *            on failure. May be NULL itself. To be freed with medseal_record_key_free
 * @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
 *               done. May be NULL itself. To be freed with medseal_prepared_free
 * @param published where to put what was published
 * @param err detail, or NULL
 * @return as medseal_publish(), and MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8
 */
MEDSEAL_MUST_USE
medseal_status medseal_publish_file(const medseal_consortium *consortium,
                                    const medseal_publication *publication,
                                    const char *path,
                                    size_t path_len,
                                    medseal_database *database,
                                    const medseal_progress *progress,
                                    medseal_record_key **key,
                                    medseal_prepared **resume,
                                    medseal_published *published,
                                    medseal_error *err);

/**
 * Writes the byte form of a draft. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param draft what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_draft_encode(const medseal_draft *draft,
                                    uint8_t *out,
                                    size_t *out_len,
                                    medseal_error *err);

/**
 * Reads a draft from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param draft where to put the new object, to be freed with medseal_draft_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_draft_decode(const uint8_t *data,
                                    size_t len,
                                    medseal_draft **draft,
                                    medseal_error *err);

/**
 * Frees a draft, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param draft the object, which no call is using any more; NULL does nothing
 */
void medseal_draft_free(medseal_draft *draft);

/**
 * Makes a draft. Keep its byte form before you go on.
 *
 * Threads: any, and many at once.
 *
 * @param record the record's id, which all who read the ledger see; NULL for a random one
 * @param draft where to put the new object, to be freed with medseal_draft_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_draft_new(const medseal_record_id *record,
                                 medseal_draft **draft,
                                 medseal_error *err);

/**
 * Writes the byte form of a sealed publication. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param sealed what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_sealed_encode(const medseal_sealed *sealed,
                                     uint8_t *out,
                                     size_t *out_len,
                                     medseal_error *err);

/**
 * Reads a sealed publication from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param sealed where to put the new object, to be freed with medseal_sealed_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_sealed_decode(const uint8_t *data,
                                     size_t len,
                                     medseal_sealed **sealed,
                                     medseal_error *err);

/**
 * Frees a sealed publication, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param sealed the object, which no call is using any more; NULL does nothing
 */
void medseal_sealed_free(medseal_sealed *sealed);

/**
 * Seals a record into the store. Before the object is committed, so that it has an owner whatever happens, `keep` gets
 * the byte form of the sealed publication, all of it in one call, and keeps it durably. If `keep` fails nothing is
 * stored.
 *
 * Each time a draft is uploaded the record is sealed anew, to another digest and address: throw away what was kept of
 * the time before. A crash or a MEDSEAL_ERR_IO after `keep` leaves open whether the object is there: go on with what was
 * kept; medseal_finish() tells.
 *
 * Threads: any, and many at once.
 *
 * @param consortium whom to
 * @param draft the draft
 * @param reader gives the record
 * @param keep takes the byte form of the sealed publication
 * @param progress told the step and how many bytes of the record were read, or NULL
 * @param sealed where to put the new object, to be freed with medseal_sealed_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_IO, MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD of the store,
 *         MEDSEAL_ERR_INVALID_TEXT if the store names no address, MEDSEAL_ERR_CANCELLED,
 *         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_upload(const medseal_consortium *consortium,
                              const medseal_draft *draft,
                              const medseal_reader *reader,
                              const medseal_writer *keep,
                              const medseal_progress *progress,
                              medseal_sealed **sealed,
                              medseal_error *err);

/**
 * Writes the byte form of a prepared publication. The bytes are secret: wipe them when you are done.
 *
 * Threads: any, and many at once.
 *
 * @param prepared what to write
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepared_encode(const medseal_prepared *prepared,
                                       uint8_t *out,
                                       size_t *out_len,
                                       medseal_error *err);

/**
 * Reads a prepared publication from its byte form, checking everything.
 *
 * Threads: any, and many at once.
 *
 * @param data the bytes
 * @param len how many
 * @param prepared where to put the new object, to be freed with medseal_prepared_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, a decoding status, or a general one
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepared_decode(const uint8_t *data,
                                       size_t len,
                                       medseal_prepared **prepared,
                                       medseal_error *err);

/**
 * Frees a prepared publication, and wipes it.
 *
 * Threads: any, when no call uses the object any more.
 *
 * @param prepared the object, which no call is using any more; NULL does nothing
 */
void medseal_prepared_free(medseal_prepared *prepared);

/**
 * Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the envelope, signs. It changes
 * nothing and tells nobody. Keep the byte form of what it makes before you go on.
 *
 * Do not prepare two records from one state of a database: finish the first, and go on from the state that it leaves.
 *
 * Threads: any; one call at a time with the same `database`.
 *
 * @param consortium whom to
 * @param sealed the sealed record
 * @param publication under which policy, by which keywords, signed by whom
 * @param database the hospital's database, whose hospital gets an envelope; or NULL
 * @param progress told the step and how many bytes the record has, or NULL
 * @param prepared where to put the new object, to be freed with medseal_prepared_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the
 *         claim policy, MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public
 *         parameters, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not
 *         allowed, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepare(const medseal_consortium *consortium,
                               const medseal_sealed *sealed,
                               const medseal_publication *publication,
                               const medseal_database *database,
                               const medseal_progress *progress,
                               medseal_prepared **prepared,
                               medseal_error *err);

/**
 * Ends a publication, also one that was begun in another process: sees that the object is in the store, and appends the
 * entry unless it is on the ledger already. Call it as often as you like: there is one entry.
 *
 * Threads: any; one call at a time with the same `database`.
 *
 * @param consortium whom to
 * @param prepared the prepared publication
 * @param database the hospital's database that it was prepared with, in the state before it or after it, which is then in
 *                 the state after it; or NULL, if you keep medseal_prepared_database()
 * @param progress told the step and how many bytes the record has, or NULL
 * @param key where to put the record key, for sharing the record under another policy later; NULL
 *            on failure. May be NULL itself. To be freed with medseal_record_key_free
 * @param published where to put what was published
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_OBJECT if the object is not in the store: then upload the record again from
 *         medseal_prepared_draft(), and throw this one away; MEDSEAL_ERR_DIGEST_MISMATCH if the database is in another
 *         state, what medseal_ledger_append() returns, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_finish(const medseal_consortium *consortium,
                              const medseal_prepared *prepared,
                              medseal_database *database,
                              const medseal_progress *progress,
                              medseal_record_key **key,
                              medseal_published *published,
                              medseal_error *err);

/**
 * The draft of a prepared publication, for uploading the record again if its object is gone.
 *
 * Threads: any, and many at once.
 *
 * @param prepared the prepared publication
 * @param draft where to put the new object, to be freed with medseal_draft_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepared_draft(const medseal_prepared *prepared,
                                      medseal_draft **draft,
                                      medseal_error *err);

/**
 * The entry of a prepared publication.
 *
 * Threads: any, and many at once.
 *
 * @param prepared the prepared publication
 * @param entry where to put the new object, to be freed with medseal_entry_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepared_entry(const medseal_prepared *prepared,
                                      medseal_entry **entry,
                                      medseal_error *err);

/**
 * The state of the hospital's database with the record of a prepared publication.
 *
 * Threads: any, and many at once.
 *
 * @param prepared the prepared publication
 * @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT if it was prepared without a database, or a general status
 */
MEDSEAL_MUST_USE
medseal_status medseal_prepared_database(const medseal_prepared *prepared,
                                         medseal_merkle_frontier **frontier,
                                         medseal_error *err);

/**
 * Shares a published record under another policy, or by other keywords: appends a new entry about
 * the same sealed record. The old one stays, and everyone who could open the record still can. The
 * sealed record is read once, to see that it is there.
 *
 * Threads: any, and many at once.
 *
 * @param consortium whom to
 * @param entry the id of an entry about the record
 * @param key the record key
 * @param publication under which policy, by which keywords, signed by whom
 * @param progress told the step and how many bytes were read, or NULL
 * @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
 *               done. May be NULL itself. To be freed with medseal_prepared_free
 * @param published where to put what was published
 * @param err detail, or NULL
 * @return as medseal_publish(), and MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_UNKNOWN_OBJECT,
 *         MEDSEAL_ERR_DECRYPTION_FAILED if this is not the record's key
 */
MEDSEAL_MUST_USE
medseal_status medseal_rewrap(const medseal_consortium *consortium,
                              const medseal_entry_id *entry,
                              const medseal_record_key *key,
                              const medseal_publication *publication,
                              const medseal_progress *progress,
                              medseal_prepared **resume,
                              medseal_published *published,
                              medseal_error *err);

/**
 * Finds the entries that have a keyword and whose policy the shown attributes satisfy. Who signed them is checked
 * when one is opened. For several keywords make a query and hand it to medseal_ledger_search().
 *
 * Threads: any, and many at once.
 *
 * @param consortium where
 * @param search what is to be found
 * @param progress told how many entries are done, or NULL
 * @param found where to put the new object, to be freed with medseal_found_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, as medseal_search_trapdoor(), or as medseal_ledger_search()
 */
MEDSEAL_MUST_USE
medseal_status medseal_find(const medseal_consortium *consortium,
                            const medseal_search *search,
                            const medseal_progress *progress,
                            medseal_found **found,
                            medseal_error *err);

/**
 * Unwraps the key of the record that an entry is about.
 *
 * Threads: any, and many at once.
 *
 * @param consortium where
 * @param entry the entry's id
 * @param key the decryption key
 * @param record_key where to put the new object, to be freed with medseal_record_key_free; NULL on failure
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH,
 *         MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_INVALID_SIGNATURE or
 *         MEDSEAL_ERR_INVALID_PROOF if the ledger gives an entry that it should not have accepted, or what
 *         medseal_ledger_get() and medseal_ledger_prove() return
 */
MEDSEAL_MUST_USE
medseal_status medseal_unwrap_record_key(const medseal_consortium *consortium,
                                         const medseal_entry_id *entry,
                                         const medseal_abe_decryption_key *key,
                                         medseal_record_key **record_key,
                                         medseal_error *err);

/**
 * Opens the record of an entry that somebody entitled signed and that stands under the consortium's head. What is
 * written was sealed under the record key, but only after success it is the whole record, and the one that was signed
 * for: throw it away after a failure. Memory does not grow with the record.
 *
 * Threads: any, and many at once.
 *
 * @param consortium where
 * @param entry the entry's id
 * @param key the decryption key
 * @param writer takes the record
 * @param progress told how many bytes of the record are done, or NULL
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_UNKNOWN_OBJECT, MEDSEAL_ERR_DECRYPTION_FAILED,
 *         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
 *         MEDSEAL_ERR_INVALID_SIGNATURE or MEDSEAL_ERR_INVALID_PROOF if the ledger gives an entry that it should not have
 *         accepted, MEDSEAL_ERR_CANCELLED, a decoding status if the store has no sealed record there, or what
 *         medseal_ledger_get() and medseal_ledger_prove() return
 */
MEDSEAL_MUST_USE
medseal_status medseal_open(const medseal_consortium *consortium,
                            const medseal_entry_id *entry,
                            const medseal_abe_decryption_key *key,
                            const medseal_writer *writer,
                            const medseal_progress *progress,
                            medseal_receipt *receipt,
                            medseal_error *err);

/**
 * As medseal_open(), to memory. All of the work is done to find the size, so bring a buffer that is large enough.
 *
 * Threads: any, and many at once.
 *
 * @param consortium where
 * @param entry the entry's id
 * @param key the decryption key
 * @param out buffer of *out_len bytes; NULL with 0 asks for the size
 * @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return as medseal_open(), and MEDSEAL_ERR_BUFFER_TOO_SMALL
 */
MEDSEAL_MUST_USE
medseal_status medseal_open_bytes(const medseal_consortium *consortium,
                                  const medseal_entry_id *entry,
                                  const medseal_abe_decryption_key *key,
                                  uint8_t *out,
                                  size_t *out_len,
                                  medseal_receipt *receipt,
                                  medseal_error *err);

/**
 * As medseal_open(), to a new file, which gets its name when it is whole: after a failure or a crash there is
 * none of this name (a MEDSEAL_ERR_IO from syncing its folder, at the very end, leaves the whole file). A crash can
 * leave a file `.medseal-*` in the folder, which can be deleted.
 *
 * Threads: any, and many at once.
 *
 * @param consortium where
 * @param entry the entry's id
 * @param key the decryption key
 * @param path the record's path, UTF-8, where no file is yet
 * @param path_len its bytes
 * @param progress told how many bytes of the record are done, or NULL
 * @param receipt where to put digest and lengths, or NULL
 * @param err detail, or NULL
 * @return as medseal_open(), and MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8
 */
MEDSEAL_MUST_USE
medseal_status medseal_open_file(const medseal_consortium *consortium,
                                 const medseal_entry_id *entry,
                                 const medseal_abe_decryption_key *key,
                                 const char *path,
                                 size_t path_len,
                                 const medseal_progress *progress,
                                 medseal_receipt *receipt,
                                 medseal_error *err);

/** @} */

#ifdef __cplusplus
}
#endif

#endif /* MEDSEAL_H */
