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
#define MEDSEAL_VERSION_MAJOR @MAJOR@
/// The version of this header.
#define MEDSEAL_VERSION_MINOR @MINOR@
/// The version of this header.
#define MEDSEAL_VERSION_PATCH @PATCH@
/// The version of this header in one number, which grows with each version.
#define MEDSEAL_VERSION_NUMBER \
    ((MEDSEAL_VERSION_MAJOR << 16) + (MEDSEAL_VERSION_MINOR << 8) + MEDSEAL_VERSION_PATCH)
/// The version of this header as text.
#define MEDSEAL_VERSION_TEXT "@MAJOR@.@MINOR@.@PATCH@"

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

