/// @file medseal.h
/// @brief Share medical records over a consortium ledger, from C and C++: the main job.
///
/// Seal a record under a policy, publish it, find it, open it. medseal_full.h includes this file
/// and declares the rest: every role, scheme and object. Generated from src/ffi by
/// include/generate; do not edit.
///
/// The rules on this page hold for every function. The declarations do not repeat them.
///
/// @section objects Objects
/// Most types are opaque. MEDSEAL_OBJECT declares a type and the functions that encode, decode and
/// free an object of it; MEDSEAL_HANDLE declares only the last of these. A parameter of type
/// `medseal_x **` receives a pointer to a new object, or NULL on failure unless the function says
/// otherwise. Free the object with `medseal_x_free`. Objects can be freed in any order: each keeps
/// copies of what it was made from, and refers to none. `_free` accepts NULL, and wipes secrets. If
/// an object can be used only once, the function says so; free it all the same.
///
/// `_encode` writes the canonical byte form of an object to a buffer. If the object is secret, wipe
/// the bytes when you are done. `_decode` is the only way to read it, and checks everything:
/// lengths, limits, and that points are on the curve and in the right group. The one exception is
/// an entry: its key and its index hold so many points that checking them for a stranger would cost
/// too much. medseal_entry_validate() checks these points after the claim policy and the signature.
/// Matching and opening check the points that they use.
///
/// A pointer to an object of another type gives MEDSEAL_ERR_WRONG_HANDLE, and `_free` ignores it.
/// The library usually detects a pointer to a freed object in the same way, but using one is
/// undefined behaviour. If you free an object while calls use it, `_free` takes effect when the
/// last of these calls returns. Later calls get MEDSEAL_ERR_WRONG_HANDLE until then.
///
/// @section errors Errors
/// A function that can fail returns MEDSEAL_OK, which is 0, or a positive MEDSEAL_ERR_ value. Its
/// last parameter is a pointer to a medseal_error for the details, which may be NULL. There is no
/// global error. Each function lists the statuses that it returns in addition to MEDSEAL_OK and
/// these:
/// - the *general* statuses: MEDSEAL_ERR_NULL_POINTER, MEDSEAL_ERR_INVALID_ARGUMENT,
///   MEDSEAL_ERR_WRONG_HANDLE, MEDSEAL_ERR_BUSY and MEDSEAL_ERR_INTERNAL;
/// - MEDSEAL_ERR_BUFFER_TOO_SMALL, if it fills a buffer;
/// - MEDSEAL_ERR_INVALID_TEXT, if it takes text that is not UTF-8;
/// - MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, if it makes anything at random: keys, ids, and what is
///   sealed, wrapped, indexed or signed under attributes;
/// - MEDSEAL_ERR_CANCELLED, if it takes a progress callback;
/// - MEDSEAL_ERR_LEDGER_UNAVAILABLE and MEDSEAL_ERR_IO, if it takes a ledger, also in a
///   medseal_consortium;
/// - MEDSEAL_ERR_ABSENT, if its name begins with `medseal_memory_ledger_` and the ledger that it
///   takes is not in memory;
/// - the *decoding* statuses, if it takes a sealed record, for one that does not begin like one,
///   and if its name ends with `_decode`: those from MEDSEAL_ERR_TRUNCATED to
///   MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_POLICY, and MEDSEAL_ERR_INVALID_KEY for parts that do
///   not belong together.
///
/// On failure, every output number and struct is zero. Every output length is zero too, unless the
/// buffer was too small. Objects that the call would have changed stay as they were, unless the
/// function says otherwise. Failures that depend on a secret do not say why. The message names the
/// invalid argument, or the file.
///
/// If the medseal_error itself is invalid, because it is misaligned or its struct_size is too
/// small, all outputs stay as they were. If memory for a record, or for a part of one, cannot be
/// allocated, the function returns MEDSEAL_ERR_OUT_OF_MEMORY. If a smaller allocation fails, the
/// process aborts.
///
/// @section parameters Parameters
/// Parameters come in this order: the object that does the work; the inputs; numbers; the number of
/// threads; the progress callback; the outputs; the medseal_error. Associated data follows the
/// input that it belongs to, and the context of a signature precedes the message. Among the
/// outputs, buffers and objects precede structs and numbers. Parameters without a description are
/// what their type and name say: `x_len` is the length of `x`, and `count` is the number of items.
/// A function that works *as* another one takes and returns the same, except where it says
/// otherwise. These parameters are the same everywhere, unless a function describes them:
/// - `index`, if it is a number: which item, from zero. The function returns
///   MEDSEAL_ERR_OUT_OF_RANGE if there are fewer;
/// - `height`: the place of an item on a ledger, from zero;
/// - `epoch`: the number of a members' epoch, from 1, and `members`: the members' keys that you
///   hold, or NULL;
/// - `from_ms` and `to_ms`: the first and the last millisecond of a validity, in Unix milliseconds;
/// - `year`: 1970 to 9999, `month`: 1 to 12, and `day`: the day of the month, from 1;
/// - `public_key`, if it is a super node's: from a trusted source;
/// - `reader`: supplies what is read, and `writer`: receives what is written;
/// - `threads`: how many threads may work; 0 for as many as there are processors;
/// - `now_ms`: the time, in Unix milliseconds;
/// - `chunk_log2`: the chunk size of a sealed record as a power of two, 10 to 24; 0 for the usual
///   16, which is 64 KiB;
/// - `progress`: the progress callback, or NULL;
/// - `receipt`: where to put the digest and the lengths, or NULL;
/// - `directory`: a directory of one authority alone, which keeps what it must not forget;
/// - `messages`: those of authorities, and `culprits`: where to put the numbers of those whose
///   messages were refused, then zeros. `culprits_count` says how many fit; NULL with 0 if you
///   do not want them.
///
/// An input is a pointer and a length in bytes. The pointer may be NULL if the length is 0. Inputs
/// must not change before the call returns: neither another thread nor a callback of the call may
/// write to them. Text is UTF-8. It needs no NUL at its end, and the library does not look for one.
///
/// `out` is your buffer. Set `*out_len` to its size; the function sets it to the number of bytes
/// written. If the buffer is too small, the function returns MEDSEAL_ERR_BUFFER_TOO_SMALL and sets
/// `*out_len` to the size that it needs. The buffer and all objects then stay as they were, and the
/// other outputs are cleared as on any failure. To ask for the size, pass NULL with length 0.
/// Output text has no NUL at its end. Outputs of fixed size are structs.
///
/// An output may share memory with an input of the same call. The input is then lost, even if the
/// call fails. Outputs must not overlap each other, or memory that a callback receives or uses. Use
/// medseal_wipe() to wipe secrets that were written to your memory. Lengths above PTRDIFF_MAX are
/// invalid. The library frees only what it allocated; do not free its objects with free().
///
/// Structs that begin with `struct_size` may get more fields at their end in a later version. That
/// version still accepts the smaller structs of older callers. If a struct is larger than the
/// library expects, the library reads or fills the fields that it knows.
///
/// @section files Files
/// Paths are UTF-8. A new file must not exist. It gets its name when it is complete, so a failure
/// or a crash leaves no file of this name. The exception is a MEDSEAL_ERR_IO from syncing the
/// directory, the last step, which leaves the complete file. A crash can leave a file `.medseal-*`
/// in the directory; you can delete it.
///
/// @section threads Threads
/// You may call every function on any thread. Objects are *immutable* unless their type says that
/// they have state: any number of threads may use one at once. The same holds for ledgers, stores
/// and replay caches. An object *with state*, such as a sealer, a session or a Merkle tree, serves
/// one call at a time. A second call gets MEDSEAL_ERR_BUSY; use a lock if you want it to wait. Do
/// not free an object while a call begins to use it. The only global state is tables of public
/// constants. The library starts threads only in functions that take their number, and joins them
/// before it returns. A calling thread needs a stack of 128 KiB. The threads that the library
/// starts have the default stack size.
///
/// @section fork Processes
/// After fork(), both processes may use the library, whatever other threads of the parent were
/// doing: no call waits for a thread that the child does not have. Sealers, openers, sessions, the
/// states of a handshake or of a key generation, and replay caches in memory are exceptions. Two
/// copies of these would encrypt different messages under one keystream, each accept the same
/// request, or deal one polynomial in two sessions. They work only in the process that made them.
/// In the other process their functions return MEDSEAL_ERR_FORKED, and `_free` frees the copy. Do
/// not use an object in the child that a call of another thread was using: an object with state
/// gives MEDSEAL_ERR_BUSY, and a ledger or a store in memory may wait forever.
///
/// @section callbacks Callbacks
/// A struct of function pointers begins with `struct_size` and your pointer `ctx`, which the
/// library passes to every callback. Callbacks run on the calling thread unless the function says
/// otherwise, and return a medseal_status. A callback must return exactly once: no C++ exception
/// and no longjmp may leave it, and if it forks, it must end the child itself. If `drop_ctx` is not
/// NULL, the library calls it exactly once, when it no longer needs `ctx`. If an object took over
/// the struct, that is when the object is freed. Otherwise it is at the end of the call, even if
/// the call fails. The library does not call `drop_ctx` if the struct itself is invalid, being NULL
/// or of a wrong size, or if the medseal_error is invalid.
///
/// @section compatibility Compatibility
/// Within one soname, functions and constants are only added, and only structs that begin with
/// `struct_size` grow, at their end. The file include/abi.txt in the sources lists the whole
/// interface, with the layouts on systems with 64-bit pointers. On other systems the layouts follow
/// from this header by the rules of the system, and are not tested.
///
/// @section randomness Randomness
/// Randomness comes from the operating system. If the system fails to supply it, the function
/// returns MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE.

#ifndef MEDSEAL_H
#define MEDSEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The version of this header; medseal_version_number() returns that of the library.
#define MEDSEAL_VERSION_MAJOR 0
/// The version of this header.
#define MEDSEAL_VERSION_MINOR 1
/// The version of this header.
#define MEDSEAL_VERSION_PATCH 0
/// The version of this header in one number, which grows with each version.
#define MEDSEAL_VERSION_NUMBER \
    ((MEDSEAL_VERSION_MAJOR << 16) + (MEDSEAL_VERSION_MINOR << 8) + MEDSEAL_VERSION_PATCH)
/// The version of this header as text.
#define MEDSEAL_VERSION_TEXT "0.1.0"

/// Marks functions whose status must not be ignored.
#if defined(__GNUC__)
#define MEDSEAL_MUST_USE __attribute__((warn_unused_result))
#else
#define MEDSEAL_MUST_USE
#endif

/// Declares an opaque type, and the function that frees an object of it: see @ref objects.
#define MEDSEAL_HANDLE(TYPE) \
    typedef struct TYPE TYPE; \
    void TYPE##_free(TYPE *object)

/// Declares the function that encodes an object.
#define MEDSEAL_ENCODE(TYPE) \
    MEDSEAL_MUST_USE medseal_status TYPE##_encode(const TYPE *object, uint8_t *out, size_t *out_len, \
        medseal_error *err)

/// Declares an opaque type, and the functions that encode, decode and free an object of it.
#define MEDSEAL_OBJECT(TYPE) \
    MEDSEAL_HANDLE(TYPE); \
    MEDSEAL_ENCODE(TYPE); \
    MEDSEAL_MUST_USE medseal_status TYPE##_decode(const uint8_t *data, size_t len, TYPE **object, \
        medseal_error *err)

/// The initial value of a medseal_error: `medseal_error err = MEDSEAL_ERROR_INIT;`
#define MEDSEAL_ERROR_INIT {sizeof(medseal_error), 0, 0, 0, {0}}

#ifdef __cplusplus
extern "C" {
#endif

/// @defgroup status Statuses, and the optional details of an error
/// @{

#define MEDSEAL_OK 0 ///< Success.
#define MEDSEAL_ERR_NULL_POINTER 1 ///< General: a required pointer is NULL.
/// General: a length above PTRDIFF_MAX, a number that the parameter does not allow, a
/// misaligned pointer, or a struct_size that is too small.
#define MEDSEAL_ERR_INVALID_ARGUMENT 2
/// General: the pointer is not a live object of this type: it has a different type, or was
/// freed.
#define MEDSEAL_ERR_WRONG_HANDLE 3
/// General: a stateful object is in use by another call: in another thread, or in the call that
/// runs this callback.
#define MEDSEAL_ERR_BUSY 4
/// General: a bug in the library. The objects that the call used may be in an invalid state:
/// free them.
#define MEDSEAL_ERR_INTERNAL 5
/// The buffer is too small for the output. The length is now the number of bytes that the
/// output needs. Nothing was written, and the call had no effect.
#define MEDSEAL_ERR_BUFFER_TOO_SMALL 6
#define MEDSEAL_ERR_SPENT 7 ///< The object can be used only once, and was already used.
/// The object does not have the requested part, such as the envelope of an entry without one.
#define MEDSEAL_ERR_ABSENT 8
/// This process is a copy, by fork(), of the process that made the object. Sealers, openers,
/// sessions, the states of a handshake or of a key generation and replay caches in memory work
/// only in the process that made them.
#define MEDSEAL_ERR_FORKED 9
#define MEDSEAL_ERR_OUT_OF_MEMORY 10 ///< There is not enough memory for an input of this size. The call had no effect.
#define MEDSEAL_ERR_TRUNCATED 16 ///< Decoding: the input ends before the object does.
#define MEDSEAL_ERR_TRAILING_BYTES 17 ///< Decoding: bytes follow the end of the object.
#define MEDSEAL_ERR_WRONG_MAGIC 18 ///< Decoding: the input does not begin with the magic `MS`.
#define MEDSEAL_ERR_UNSUPPORTED_VERSION 19 ///< Decoding: this library does not read this format version.
#define MEDSEAL_ERR_WRONG_KIND 20 ///< Decoding: the bytes encode a different kind of object.
#define MEDSEAL_ERR_INVALID_SCALAR 21 ///< Decoding: a scalar is out of range.
/// Decoding: a group element is not the canonical encoding of a point on the curve.
#define MEDSEAL_ERR_INVALID_POINT 22
#define MEDSEAL_ERR_POINT_NOT_IN_SUBGROUP 23 ///< Decoding: a point is outside the prime-order subgroup.
#define MEDSEAL_ERR_IDENTITY_POINT 24 ///< Decoding: a group element is the identity where that is not allowed.
#define MEDSEAL_ERR_NOT_SORTED 25 ///< Decoding: items that must be sorted and distinct are not.
/// Decoding, and text from the caller: a text is not UTF-8, is not in canonical form, or has
/// characters that are not allowed here.
#define MEDSEAL_ERR_INVALID_TEXT 26
/// Decoding, and values from the caller: a field has a value that the object does not allow.
#define MEDSEAL_ERR_INVALID_FIELD 27
/// Decoding, and input from the caller: a size or a count exceeds a limit, which the message
/// names.
#define MEDSEAL_ERR_LIMIT_EXCEEDED 28
#define MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE 40 ///< The operating system's random number generator failed.
/// A policy or an attribute does not parse. The position is the byte offset of the error, and
/// the message says what was expected there. Decoding also returns it, for text inside an
/// object.
#define MEDSEAL_ERR_POLICY 41
#define MEDSEAL_ERR_POLICY_NOT_SATISFIED 43 ///< The attributes do not satisfy the policy.
#define MEDSEAL_ERR_UNKNOWN_ATTRIBUTE 44 ///< The key was not issued for this attribute.
/// A keyword, its field or its word is empty, the canonical form is longer than 256 bytes, or a
/// character is not allowed; the message says which.
#define MEDSEAL_ERR_INVALID_KEYWORD 45
#define MEDSEAL_ERR_OUT_OF_RANGE 46 ///< A range or an index is outside the object.
#define MEDSEAL_ERR_CANCELLED 47 ///< A progress callback cancelled the operation.
/// The query was made under the public key of a different authority, or joins queries of two.
#define MEDSEAL_ERR_OTHER_AUTHORITY 48
#define MEDSEAL_ERR_DECRYPTION_FAILED 60 ///< Decryption failed: the key is wrong, or the data was damaged or replaced.
#define MEDSEAL_ERR_INVALID_SIGNATURE 61 ///< A signature does not verify.
#define MEDSEAL_ERR_INVALID_KEY 62 ///< A key was not issued under the given public key.
#define MEDSEAL_ERR_AUTHENTICATION_FAILED 63 ///< Mutual authentication failed.
#define MEDSEAL_ERR_INVALID_PROOF 64 ///< A Merkle proof does not verify.
#define MEDSEAL_ERR_DIGEST_MISMATCH 65 ///< The data does not match the digest that was announced for it.
#define MEDSEAL_ERR_NAME_TAKEN 80 ///< A hospital with this name is already registered.
#define MEDSEAL_ERR_UNKNOWN_NAME 81 ///< No hospital with this name is registered.
#define MEDSEAL_ERR_HOSPITAL_REVOKED 82 ///< The hospital's registration was revoked.
#define MEDSEAL_ERR_CERTIFICATE_EXPIRED 83 ///< The certificate has expired, or is not valid yet.
#define MEDSEAL_ERR_CERTIFICATE_REVOKED 84 ///< The certificate was revoked.
/// The registry is older than one seen before, or lacks one of its revocations.
#define MEDSEAL_ERR_REGISTRY_ROLLBACK 85
#define MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW 86 ///< The request's time is outside the accepted window.
#define MEDSEAL_ERR_REQUEST_REPLAYED 87 ///< The request was already used.
#define MEDSEAL_ERR_REPLAY_CACHE_FULL 88 ///< The replay cache is full. It forgets no request to make room.
#define MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED 89 ///< The hospital has used up its share of the replay cache.
#define MEDSEAL_ERR_SESSION_CLOSED 90 ///< The session is closed in this direction, or its message counter is exhausted.
#define MEDSEAL_ERR_CERTIFICATE_ROLE 91 ///< The certificate is for a role other than the expected one.
#define MEDSEAL_ERR_DUPLICATE_ENTRY 100 ///< The entry is already on the ledger.
#define MEDSEAL_ERR_UNKNOWN_ENTRY 101 ///< The ledger has no such entry.
#define MEDSEAL_ERR_CLAIM_POLICY_REFUSED 102 ///< The entry's claim policy is not the one that its charter requires.
/// The wrapped key and the keyword index have different access policies.
#define MEDSEAL_ERR_ACCESS_POLICY_MISMATCH 103
/// The chain of blocks is broken; the position is the first block that does not verify.
#define MEDSEAL_ERR_CHAIN_BROKEN 104
#define MEDSEAL_ERR_LEDGER_UNAVAILABLE 105 ///< The ledger failed, and gave no verdict on the entry.
#define MEDSEAL_ERR_UNKNOWN_OBJECT 106 ///< The object store has no object at this address.
#define MEDSEAL_ERR_IO 107 ///< Reading or writing failed.
/// The entry was made under a charter that is no longer current. Make it again under the
/// current charter, once a final head shows that the entry is not on the ledger.
#define MEDSEAL_ERR_ERA_PASSED 108
#define MEDSEAL_ERR_UNKNOWN_CHARTER 109 ///< The entry names an unknown charter.
/// The charter does not follow the newest known charter: its number, its predecessor or its
/// ledger differs.
#define MEDSEAL_ERR_CHARTER_OUT_OF_ORDER 110
/// Two different charters have this number. Both are evidence against their signers.
#define MEDSEAL_ERR_CHARTER_CONFLICT 111
#define MEDSEAL_ERR_FINAL_HEAD_REFUSED 112 ///< The charter's final head was never a head of this ledger.
#define MEDSEAL_ERR_STALE_HEAD 113 ///< The ledger's head is older than the reader accepts.
/// The entry was appended after the head that the reader trusts. Fetch a newer head.
#define MEDSEAL_ERR_AFTER_TRUSTED_HEAD 114
#define MEDSEAL_ERR_HEIGHT_MISSING 115 ///< The ledger omitted an item; the position is its height.
#define MEDSEAL_ERR_MEMBERS_KEY_MISSING 120 ///< The members' key of an epoch is missing; the position is the epoch.
/// A members' key is not the key of its epoch: it differs from the committed, held or backed-up
/// key, or one of its shares is wrong.
#define MEDSEAL_ERR_WRONG_MEMBERS_KEY 121
/// Too few hospitals confirm a backup of the members' key, or there are too few shares of it.
#define MEDSEAL_ERR_BACKUPS_MISSING 122
#define MEDSEAL_ERR_EPOCH_REFUSED 123 ///< The entry does not use the members' epoch that its charter requires.
/// Authorities are at fault. The message names them; the position is the number of the first.
#define MEDSEAL_ERR_CULPRITS 130
/// Too few authorities answered correctly. The message names those whose answers are wrong.
#define MEDSEAL_ERR_TOO_FEW_AUTHORITIES 131
/// The authority has already signed or confirmed something else, according to its records.
#define MEDSEAL_ERR_ALREADY_SIGNED 132
#define MEDSEAL_ERR_NO_PART 133 ///< The authority has no part in this step.
#define MEDSEAL_ERR_REGISTRY_CONFLICT 134 ///< Two registries with valid signatures contradict each other.
#define MEDSEAL_NO_POSITION UINT64_MAX ///< The position of an error without a position.
#define MEDSEAL_ERROR_MESSAGE_BYTES 224 ///< The size of the message in a medseal_error, including its NUL.

/// The return type of every function that can fail: MEDSEAL_OK, or one of the positive MEDSEAL_ERR_
/// values. Later versions may add values, so treat an unknown one as a failure.
/// medseal_status_text() returns the text of each.
typedef int32_t medseal_status;

/// Describes why a call failed, for people to read. Every function that can fail takes a pointer to
/// one as its last parameter; it may be NULL.
///
/// It belongs to you. Nothing in it is allocated, and each call writes all of it, also on success.
/// Set struct_size before the first use, preferably with `medseal_error err = MEDSEAL_ERROR_INIT;`.
/// Failures that depend on a secret do not say why.
typedef struct medseal_error {
    /// sizeof(medseal_error), which you set. A later version of the library may have more fields;
    /// it fills only those that this size covers.
    size_t struct_size;
    /// The position of the error: the byte offset in the text of a policy, the index of a refused
    /// signature or entry, the height of an entry that cannot be read, the number of a broken
    /// block, or the epoch of a missing members' key. MEDSEAL_NO_POSITION if the error has none.
    uint64_t position;
    medseal_status status; ///< The status that the function returned.
    int32_t step; ///< One of the MEDSEAL_STEP_ values if publishing failed; otherwise MEDSEAL_STEP_NONE.
    /// One line of English in UTF-8, with a NUL at its end; empty on success.
    char message[MEDSEAL_ERROR_MESSAGE_BYTES];
} medseal_error;

/// @}

/// @defgroup values Values that are passed as structs: digests, ids and receipts
/// @{

#define MEDSEAL_DIGEST_BYTES 32 ///< Bytes of a medseal_digest.
#define MEDSEAL_SUMMARY_BYTES 32 ///< Bytes of a medseal_summary.
#define MEDSEAL_ENTRY_ID_BYTES 32 ///< Bytes of a medseal_entry_id.
#define MEDSEAL_RECORD_ID_BYTES 16 ///< Bytes of a medseal_record_id.

/// The digest of a sealed record, or the root of a Merkle tree: a SHA-256 hash. Public.
typedef struct medseal_digest {
    uint8_t bytes[MEDSEAL_DIGEST_BYTES]; ///< The bytes.
} medseal_digest;

/// The keyed summary of a record. With the record key, it shows that a digest belongs to the
/// record. Compare it with medseal_record_summary_verify(), which takes constant time.
typedef struct medseal_summary {
    uint8_t bytes[MEDSEAL_SUMMARY_BYTES]; ///< The bytes.
} medseal_summary;

/// The id of an entry: the hash of its statement. Public.
typedef struct medseal_entry_id {
    uint8_t bytes[MEDSEAL_ENTRY_ID_BYTES]; ///< The bytes.
} medseal_entry_id;

/// The id of a record. It stays the same when the record is published again under another
/// policy. Public; it should be random.
typedef struct medseal_record_id {
    uint8_t bytes[MEDSEAL_RECORD_ID_BYTES]; ///< The bytes.
} medseal_record_id;

/// The digest and the lengths of a record that was sealed or opened.
typedef struct medseal_receipt {
    medseal_digest digest; ///< The digest of the sealed record.
    uint64_t length; ///< The length of the record in bytes.
    uint64_t sealed_length; ///< The length of the sealed record in bytes.
} medseal_receipt;

/// @}

/// @defgroup version Versions and texts
/// @{

/// Returns the version of the library in use, which may be newer than the header, as
/// MEDSEAL_VERSION_NUMBER: (major << 16) + (minor << 8) + patch.
/// @return the version number
uint32_t medseal_version_number(void);

/// Returns the version of the library in use, such as "0.1.0".
/// @return static text with a NUL at its end; do not free it
const char *medseal_version_text(void);

/// Wipes memory that held a secret. Unlike memset(), the compiler does not optimise it away.
/// @param data the memory; if it is NULL, the function does nothing
void medseal_wipe(void *data, size_t len);

/// Returns the text of a status, in English.
/// @param status a status; any number is allowed
/// @return static text with a NUL at its end; do not free it. "an unknown status" if the number is
///         not a status
const char *medseal_status_text(medseal_status status);

/// @}

/// @defgroup callbacks Callbacks: streams, progress, and the output of a callback
/// @{

#define MEDSEAL_STEP_NONE 0 ///< No step: the progress of an operation other than publishing.
#define MEDSEAL_STEP_SEAL 1 ///< Publishing: reading and encrypting the record.
#define MEDSEAL_STEP_DIGEST 2 ///< Publishing: computing the digests.
#define MEDSEAL_STEP_WRAP 3 ///< Publishing: wrapping the record key under the access policy.
#define MEDSEAL_STEP_INDEX 4 ///< Publishing: indexing the keywords under the access policy.
#define MEDSEAL_STEP_ENVELOPE 5 ///< Publishing: sealing the envelope to the hospital.
#define MEDSEAL_STEP_SIGN 6 ///< Publishing: signing the entry.
#define MEDSEAL_STEP_STORE 7 ///< Publishing: storing the sealed record.
#define MEDSEAL_STEP_APPEND 8 ///< Publishing: appending the entry to the ledger.

/// A stream that a function reads from.
typedef struct medseal_reader {
    size_t struct_size; ///< sizeof(medseal_reader).
    void *ctx; ///< For you; may be NULL.
    /// Reads at most `len` bytes to `buffer`, and sets `*read` to the number of bytes read: zero
    /// only at the end. If it returns anything except MEDSEAL_OK, the function fails with
    /// MEDSEAL_ERR_IO. Not NULL.
    medseal_status (*read)(void *ctx, uint8_t *buffer, size_t len, size_t *read);
    void (*drop_ctx)(void *ctx); ///< Called once when the function is done; may be NULL.
} medseal_reader;

/// A stream that a function writes to.
typedef struct medseal_writer {
    size_t struct_size; ///< sizeof(medseal_writer).
    void *ctx; ///< For you; may be NULL.
    /// Writes all of the `len` bytes at `data`. If it returns anything except MEDSEAL_OK, the
    /// function fails with MEDSEAL_ERR_IO. Not NULL.
    medseal_status (*write)(void *ctx, const uint8_t *data, size_t len);
    void (*drop_ctx)(void *ctx); ///< Called once when the function is done; may be NULL.
} medseal_writer;

/// A callback that receives the progress of a function, and can cancel it.
typedef struct medseal_progress {
    size_t struct_size; ///< sizeof(medseal_progress).
    void *ctx; ///< For you; may be NULL.
    /// Receives the step, one of the MEDSEAL_STEP_ values, and the amount done: bytes of the
    /// record, or entries of a search. If it returns anything except MEDSEAL_OK, the function stops
    /// and returns MEDSEAL_ERR_CANCELLED. Not NULL.
    medseal_status (*report)(void *ctx, int32_t step, uint64_t done);
    void (*drop_ctx)(void *ctx); ///< Called once when the function is done; may be NULL.
} medseal_progress;

/// @}

/// @defgroup attributes Attributes
/// @{

/// A set of attributes, such as `role=doctor, clearance=3`. Keys are issued for such a set.
MEDSEAL_OBJECT(medseal_attributes);

/// Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
/// @return MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_attributes_parse(const char *text, size_t text_len,
    medseal_attributes **attributes, medseal_error *err);

/// @}

/// @defgroup policy Policies
/// @{

/// A policy that attributes must satisfy, such as `role=doctor and (ward=12 or clearance>=3)`.
MEDSEAL_OBJECT(medseal_policy);

/// Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
/// @return MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_policy_parse(const char *text, size_t text_len, medseal_policy **policy,
    medseal_error *err);

/// Checks whether attributes satisfy a policy.
MEDSEAL_MUST_USE medseal_status medseal_policy_check(const medseal_policy *policy, const medseal_attributes *attributes,
    bool *satisfied, medseal_error *err);

/// Returns the attributes of a set that policies need: for each policy that the set satisfies,
/// the attributes required by the rows that a key for the set uses, as few as possible. Show
/// only these when you search: the attributes that a trapdoor shows can identify its user.
/// @param attributes the set, such as the attributes of a key
/// @param policies the policies of the records to be found
MEDSEAL_MUST_USE medseal_status medseal_attributes_needed(const medseal_attributes *attributes,
    const medseal_policy *const *policies, size_t count, medseal_attributes **needed, medseal_error *err);

/// @}

/// @defgroup members The members' key of each epoch
/// @{

/// The key that all members share in one epoch. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_members_key);

/// The members' keys that a member holds, one for each epoch. A member passes them on to
/// another member inside a session. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_members_keys);

/// @}

/// @defgroup abe_keys Keys for key wrapping, of the authority and of its users
/// @{

/// A user's key for attributes. It unwraps what is wrapped under the policies that these
/// attributes satisfy. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_abe_decryption_key);

/// The authority's public key for key wrapping.
MEDSEAL_OBJECT(medseal_abe_public_key);

/// @}

/// @defgroup abe Key wrapping: record keys under a policy
/// @{

/// A secret of at most 4096 bytes, wrapped under a policy.
MEDSEAL_OBJECT(medseal_abe_wrapped_key);

/// @}

/// @defgroup abs Attribute-based signatures: an entitled member signs, anonymously
/// @{

/// A user's key for attributes. It signs under the policies that these attributes satisfy. It
/// is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_abs_signing_key);

/// @}

/// @defgroup search_keys Keys for keyword search, of the authority and of its members
/// @{

/// The members' keyword key. Without it, nobody can test keywords against an index or a
/// trapdoor. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_keyword_key);

/// A user's key for attributes. It makes trapdoors. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_search_key);
/// Returns the attributes of a search key.
MEDSEAL_MUST_USE medseal_status medseal_search_key_attributes(const medseal_search_key *key,
    medseal_attributes **attributes, medseal_error *err);

/// @}

/// @defgroup search Keyword search: keywords and indexes
/// @{

/// A keyword in normal form: NFKC_Casefold of Unicode 16.0, with single spaces. It is secret,
/// and wiped when freed.
MEDSEAL_HANDLE(medseal_keyword);

/// Hints make a search cheaper, and reveal something about the keywords. Use them only if the whole
/// deployment has agreed on them. Anyone who holds the keyword key can test a guess against every
/// index that carries hints, whatever its policy, and exclude all except one in 2^bits.
typedef struct medseal_hints {
    uint32_t bits; ///< The number of bits that each keyword reveals, at most 16.
    uint32_t period; ///< The period during which the bits stay the same, such as a year.
} medseal_hints;

/// Makes a keyword from text, such as `metformin`, or `diagnosis:e11.9` with a field.
/// @return MEDSEAL_ERR_INVALID_KEYWORD
MEDSEAL_MUST_USE medseal_status medseal_keyword_new(const char *text, size_t text_len, medseal_keyword **keyword,
    medseal_error *err);

/// @}

/// @defgroup authority The authority: its master keys, and the keys that it issues to members
/// @{

/// The attribute authority: its master keys for key wrapping, signatures and search, and the
/// members' keyword key. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_authority);

/// A member's keys for attributes: the decryption key, the signing key and the search key. It
/// is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_member_keys);

/// The public keys of an authority.
MEDSEAL_OBJECT(medseal_public_parameters);
/// Sets up an authority.
MEDSEAL_MUST_USE medseal_status medseal_authority_setup(medseal_authority **authority, medseal_error *err);
/// Returns the public parameters of an authority, which every participant needs.
MEDSEAL_MUST_USE medseal_status medseal_authority_public_parameters(const medseal_authority *authority,
    medseal_public_parameters **parameters, medseal_error *err);

/// Issues a member's keys for attributes: the decryption key, the signing key and the search
/// key.
/// @param attributes the certified attributes of the member
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
MEDSEAL_MUST_USE medseal_status medseal_authority_issue(const medseal_authority *authority,
    const medseal_attributes *attributes, medseal_member_keys **keys, medseal_error *err);

/// Returns the public key for key wrapping in public parameters.
MEDSEAL_MUST_USE medseal_status medseal_public_parameters_abe(const medseal_public_parameters *parameters,
    medseal_abe_public_key **public_key, medseal_error *err);

/// Returns a copy of the decryption key in a member's keys. Checks every point, which takes a
/// while if there are many attributes.
MEDSEAL_MUST_USE medseal_status medseal_member_keys_decryption(const medseal_member_keys *keys,
    medseal_abe_decryption_key **key, medseal_error *err);

/// Returns a copy of the signing key in a member's keys. Checks every point, which takes a
/// while if there are many attributes.
MEDSEAL_MUST_USE medseal_status medseal_member_keys_signing(const medseal_member_keys *keys,
    medseal_abs_signing_key **key, medseal_error *err);

/// Returns a copy of the search key in a member's keys. Checks every point, which takes a while
/// if there are many attributes.
MEDSEAL_MUST_USE medseal_status medseal_member_keys_search(const medseal_member_keys *keys, medseal_search_key **key,
    medseal_error *err);

/// @}

/// @defgroup record Sealed records in memory
/// @{

/// The key of a sealed record. It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_record_key);

/// @}

/// @defgroup merkle Merkle trees: a hospital's database digest, with proofs
/// @{

/// The size and the root of a tree.
typedef struct medseal_tree_head {
    uint64_t size; ///< The number of entries.
    medseal_digest root; ///< The root over these entries.
} medseal_tree_head;

/// @}

/// @defgroup envelope Identities, the super node's public key, and envelopes sealed under both
/// @{

/// The super node's public key, on which all identities are based.
MEDSEAL_OBJECT(medseal_super_node_public_key);

/// @}

/// @defgroup charter Charters: the terms of a ledger, signed by the super node
/// @{

/// The verified charters of one ledger, each of which follows the previous one.
MEDSEAL_HANDLE(medseal_charters);
MEDSEAL_ENCODE(medseal_charters);

/// Reads a chain of charters from its byte form, and verifies all of it.
/// @return MEDSEAL_ERR_INVALID_KEY if the bytes name a different super node, what
///         medseal_charters_push() returns, a decoding status
MEDSEAL_MUST_USE medseal_status medseal_charters_decode(const uint8_t *data, size_t len,
    const medseal_super_node_public_key *public_key, medseal_charters **charters, medseal_error *err);

/// @}

/// @defgroup entry Ledger entries, which owners sign and every node checks
/// @{

/// A ledger head that a reader trusts, and that was recent enough when the reader took it.
MEDSEAL_HANDLE(medseal_trusted_head);

/// Makes a trusted head from a head that the ledger had at time_ms. Fails with
/// MEDSEAL_ERR_STALE_HEAD if time_ms and now_ms are further apart than max_age_ms. You decide
/// where the head comes from: your own node, a main node in a session, or as many validators as
/// the consortium requires. Take a new head before this one is too old.
/// @param time_ms the time at which the ledger had this head, in Unix milliseconds
/// @param max_age_ms the greatest accepted age of the head, in milliseconds
/// @return MEDSEAL_ERR_STALE_HEAD
MEDSEAL_MUST_USE medseal_status medseal_trusted_head_new(const medseal_tree_head *head, uint64_t time_ms,
    uint64_t now_ms, uint64_t max_age_ms, medseal_trusted_head **trusted, medseal_error *err);

/// @}

/// @defgroup ledger Ledgers: your own, implemented by callbacks, or the reference ledger in memory
/// @{

/// The result of a search, and the height that the search reached. A ledger node answers with
/// its byte form.
MEDSEAL_OBJECT(medseal_found);

/// A ledger: entries and charters in one order. None is ever changed or removed. Any number of
/// threads may use it at once.
MEDSEAL_HANDLE(medseal_ledger);

/// The place of an entry on a ledger.
typedef struct medseal_place {
    uint64_t height; ///< The height of the entry, from zero.
    medseal_entry_id id; ///< The id of the entry.
} medseal_place;

/// Returns the head of a ledger: the number of items, and the root of the Merkle tree over
/// their bytes.
MEDSEAL_MUST_USE medseal_status medseal_ledger_head(const medseal_ledger *ledger, medseal_tree_head *head,
    medseal_error *err);

/// Returns the counts of a search, and where to continue.
/// @param hits where to put the number of entries that match
/// @param malformed where to put the number of malformed entries. It is zero in a ledger that
///                  validates its entries and does not lose or change them
/// @param next where to put the height at which a later search should begin, to see only new
///             entries
MEDSEAL_MUST_USE medseal_status medseal_found_count(const medseal_found *found, size_t *hits, size_t *malformed,
    uint64_t *next, medseal_error *err);

/// Returns the place of an entry that matches. They are in the ledger's order.
MEDSEAL_MUST_USE medseal_status medseal_found_hit(const medseal_found *found, size_t index, medseal_place *place,
    medseal_error *err);

/// @}

/// @defgroup store Object stores: your own, implemented by callbacks, a directory, or memory
/// @{

/// An object store. Any number of threads may use it at once.
MEDSEAL_HANDLE(medseal_store);

/// Opens an object store in a directory. Each object is a file, named by its address.
/// @param path the path of the directory, UTF-8; it is created if it does not exist
/// @return MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_directory_store_open(const char *path, size_t path_len, medseal_store **store,
    medseal_error *err);

/// @}

/// @defgroup share The main job: seal and wrap, unwrap and open; publish, find and open on a ledger
/// @{

/// A hospital's list of records: their digest, and the identity that receives the envelopes. It
/// has state: one call at a time.
MEDSEAL_HANDLE(medseal_database);

/// The third stage: a publication whose entry is made and signed, and only has to be appended.
/// It is secret, and wiped when freed.
MEDSEAL_OBJECT(medseal_prepared);

/// The ledger, the store and the keys that the functions of this section use. The struct owns
/// nothing.
typedef struct medseal_consortium {
    size_t struct_size; ///< sizeof(medseal_consortium).
    const medseal_ledger *ledger; ///< The ledger.
    const medseal_store *store; ///< The object store that has the sealed records.
    /// The ledger's charters. An entry is published under the current charter, and is checked under
    /// the charter that it names.
    const medseal_charters *charters;
    /// The trusted head that must include every entry that is opened; NULL if you only publish and
    /// find.
    const medseal_trusted_head *head;
    size_t threads; ///< The number of threads that seal, open and search; 0 for the number of processors.
    const medseal_members_keys *members; ///< The members' keys that you hold, or NULL.
} medseal_consortium;

/// The policy, keywords and keys of a publication. The struct owns nothing.
typedef struct medseal_publication {
    size_t struct_size; ///< sizeof(medseal_publication).
    const medseal_policy *access; ///< The access policy: who may find and open the record.
    const medseal_keyword *const *keywords; ///< The keywords of the record; at most 256.
    size_t keyword_count; ///< The number of keywords.
    const medseal_keyword_key *keyword_key; ///< The members' keyword key.
    const medseal_hints *hints; ///< Hints for search; NULL unless the whole deployment has agreed on them.
    /// The key that signs the entry, anonymously. Its attributes must satisfy the consortium's
    /// claim policy.
    const medseal_abs_signing_key *signing_key;
    uint64_t time_ms; ///< The time by the uploader's clock, in Unix milliseconds. All readers of the ledger see it.
} medseal_publication;

/// What was published.
typedef struct medseal_published {
    medseal_place place; ///< The place of its entry on the ledger.
    int32_t is_new; ///< 1 if this call appended the entry; 0 if an earlier attempt had already appended it.
    medseal_record_id record; ///< The record's id.
    medseal_summary summary; ///< The record's keyed summary. Show it only to those who can open the record.
    medseal_receipt receipt; ///< The digest and the lengths. The address is in the entry.
} medseal_published;

/// The input of a search. The struct owns nothing.
typedef struct medseal_search {
    size_t struct_size; ///< sizeof(medseal_search).
    const medseal_keyword *keyword; ///< The keyword.
    const medseal_search_key *key; ///< The searcher's key.
    /// The attributes that the search shows to the nodes. A record is found only if they satisfy
    /// its policy. Show only the attributes that the policies need, from
    /// medseal_attributes_needed(): all attributes of the key, from
    /// medseal_search_key_attributes(), may identify the user to a node.
    const medseal_attributes *showing;
    /// The periods to give hints for, ascending, at most 256. NULL unless the whole deployment has
    /// agreed on hints.
    const medseal_hints *hints;
    size_t hints_count; ///< The number of hints.
    uint64_t from; ///< The height at which the search begins.
} medseal_search;

/// Seals a record in memory under a fresh key, and wraps that key under a policy. Store or send
/// both parts: neither is secret, and both are needed to open the record. To find records by
/// keyword on a ledger, publish them instead.
/// @param policy who can open the record: keys whose attributes satisfy this policy
/// @param members a members' key that is also required to open the record, or NULL
MEDSEAL_MUST_USE medseal_status medseal_seal_and_wrap(const medseal_abe_public_key *public_key,
    const medseal_policy *policy, const uint8_t *record, size_t record_len, const medseal_members_key *members,
    uint8_t *out, size_t *out_len, medseal_abe_wrapped_key **wrapped, medseal_error *err);

/// Unwraps the key of a sealed record in memory, and opens the record. The output is the whole
/// record, as it was sealed, or nothing.
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_MEMBERS_KEY_MISSING,
///         MEDSEAL_ERR_DECRYPTION_FAILED if the key belongs to another authority, or a part was
///         changed or exchanged
MEDSEAL_MUST_USE medseal_status medseal_unwrap_and_open(const medseal_abe_decryption_key *key,
    const medseal_abe_wrapped_key *wrapped, const uint8_t *sealed, size_t sealed_len,
    const medseal_members_keys *members, uint8_t *out, size_t *out_len, medseal_error *err);

/// Publishes a record: seals it into the store as it is read, and appends an entry about it to
/// the ledger. Memory use does not grow with the record.
///
/// On failure, the step in the medseal_error says which step failed. If the object may be in
/// the store or the entry on the ledger, the call sets `resume`. Otherwise nothing is stored,
/// and you can publish the record again. To survive a crash at any point, call the stages one
/// by one: medseal_draft_new(), medseal_upload(), medseal_prepare(), medseal_finish().
/// @param database the hospital's database, or NULL. The record is added to it, and its
///                 hospital gets an envelope
/// @param key receives the record key, for sharing the record under another policy later.
///            May be NULL
/// @param resume receives, after a failure, a publication that medseal_finish() can finish; it
///               is set to NULL if there is none. May be NULL
/// @return what medseal_prepare() and medseal_ledger_append() return,
///         MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD from the store,
///         MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_publish(const medseal_consortium *consortium,
    const medseal_publication *publication, const medseal_reader *reader, medseal_database *database,
    const medseal_progress *progress, medseal_record_key **key, medseal_prepared **resume, medseal_published *published,
    medseal_error *err);

/// As medseal_publish(), for a record that is in memory.
MEDSEAL_MUST_USE medseal_status medseal_publish_bytes(const medseal_consortium *consortium,
    const medseal_publication *publication, const uint8_t *record, size_t record_len, medseal_database *database,
    medseal_record_key **key, medseal_prepared **resume, medseal_published *published, medseal_error *err);

/// As medseal_publish(), for a record that is a file.
/// @param path the path of the record, UTF-8
MEDSEAL_MUST_USE medseal_status medseal_publish_file(const medseal_consortium *consortium,
    const medseal_publication *publication, const char *path, size_t path_len, medseal_database *database,
    const medseal_progress *progress, medseal_record_key **key, medseal_prepared **resume, medseal_published *published,
    medseal_error *err);

/// Finishes a publication, which may have begun in another process: checks that the object is
/// in the store, and appends the entry unless it is already on the ledger. You can repeat the
/// call; the entry is appended only once.
/// @param database the hospital's database that the publication was prepared with, or NULL if
///                 you store medseal_prepared_database(). It may be in the state before or
///                 after the publication; the call leaves it in the state after
/// @param key receives the record key, for sharing the record under another policy later.
///            May be NULL
/// @return MEDSEAL_ERR_UNKNOWN_OBJECT if the object is not in the store: upload the record
///         again from medseal_prepared_draft(), and discard this publication;
///         MEDSEAL_ERR_DIGEST_MISMATCH if the database is in another state, what
///         medseal_ledger_append() returns, MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_finish(const medseal_consortium *consortium, const medseal_prepared *prepared,
    medseal_database *database, const medseal_progress *progress, medseal_record_key **key,
    medseal_published *published, medseal_error *err);

/// Finds the entries that have a keyword and whose policy the shown attributes satisfy. The
/// signature of an entry is not checked until you open it. To search for several keywords, make
/// a query and pass it to medseal_ledger_search().
/// @return as medseal_search_trapdoor(), or as medseal_ledger_search()
MEDSEAL_MUST_USE medseal_status medseal_find(const medseal_consortium *consortium, const medseal_search *search,
    const medseal_progress *progress, medseal_found **found, medseal_error *err);

/// Opens the record of an entry. Checks first that an entitled member signed the entry, and
/// that the consortium's trusted head includes it. Every byte that reaches the writer was
/// sealed under the record key, but only success shows that this is the whole record, and the
/// one that the entry signs. After a failure, discard what was written. Memory use does not
/// grow with the record.
/// @return what medseal_unwrap_record_key() returns, MEDSEAL_ERR_UNKNOWN_OBJECT, a decoding
///         status if the object in the store is not a sealed record, MEDSEAL_ERR_IO
MEDSEAL_MUST_USE medseal_status medseal_open(const medseal_consortium *consortium, const medseal_entry_id *entry,
    const medseal_abe_decryption_key *key, const medseal_writer *writer, const medseal_progress *progress,
    medseal_receipt *receipt, medseal_error *err);

/// As medseal_open(), to memory. Asking for the size does all of the work, so pass a buffer
/// that is large enough.
MEDSEAL_MUST_USE medseal_status medseal_open_bytes(const medseal_consortium *consortium, const medseal_entry_id *entry,
    const medseal_abe_decryption_key *key, uint8_t *out, size_t *out_len, medseal_receipt *receipt, medseal_error *err);

/// As medseal_open(), to a new file (@ref files).
MEDSEAL_MUST_USE medseal_status medseal_open_file(const medseal_consortium *consortium, const medseal_entry_id *entry,
    const medseal_abe_decryption_key *key, const char *path, size_t path_len, const medseal_progress *progress,
    medseal_receipt *receipt, medseal_error *err);

/// @}

#ifdef __cplusplus
}
#endif

#endif
