/**
 * @file medseal.h
 * @brief Sharing medical records over a consortium ledger, from C and C++: the main job.
 *
 * Seal a record for those whose attributes satisfy a policy, publish it, find it, open it. medseal_full.h
 * includes this file and has the rest: every role, every scheme, every object. Generated from src/ffi by
 * include/generate; do not edit.
 *
 * What follows holds for every function, and is not said again where it is declared.
 *
 * @section objects Objects
 * Most types are opaque. A parameter of type `medseal_x **` gets a pointer to a new object, or NULL on
 * failure, unless the function says otherwise. Free it with `medseal_x_free`, in any order: what a function
 * makes never refers to what it was made from. `_free` takes NULL too, and wipes secrets. Where an object can
 * be used once, the function says so; it is freed all the same.
 *
 * `_encode` writes an object's one canonical byte form to a buffer, and `_decode` reads it, checking
 * everything: lengths, limits, that points are on the curve and in the right group. There is no other way to
 * read. One object is larger than a stranger may make you check: the points of an entry's key and index are
 * checked by medseal_entry_validate(), after the claim policy and the signature, and those that are used when
 * it is matched or opened.
 *
 * A pointer to another type of object gives MEDSEAL_ERR_WRONG_HANDLE, and `_free` ignores it. A pointer to an
 * object that was freed is usually noticed in the same way, but to use one is undefined behaviour. `_free` of
 * an object that a call is using takes effect when the last such call returns; calls that begin after it get
 * MEDSEAL_ERR_WRONG_HANDLE until then.
 *
 * @section errors Errors
 * A function that can fail returns MEDSEAL_OK, which is 0, or a positive MEDSEAL_ERR_ value, and takes as its
 * last parameter a pointer to a medseal_error for the details, which may be NULL. There is no global error.
 * Beside each function stands what it returns besides MEDSEAL_OK and
 * - the *general* statuses: MEDSEAL_ERR_NULL_POINTER, MEDSEAL_ERR_INVALID_ARGUMENT, MEDSEAL_ERR_WRONG_HANDLE,
 *   MEDSEAL_ERR_BUSY and MEDSEAL_ERR_INTERNAL;
 * - MEDSEAL_ERR_BUFFER_TOO_SMALL, if it fills a buffer;
 * - the *decoding* statuses, if its name ends with `_decode`: those from MEDSEAL_ERR_TRUNCATED to
 *   MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_POLICY, and MEDSEAL_ERR_INVALID_KEY for parts that do not belong
 *   together.
 *
 * On failure each number or struct that would have been written is zero, and each output length is zero,
 * unless the buffer was too small. An object that would have changed is as it was, unless the function says
 * otherwise. What depends on a secret fails without saying why. One failure leaves all outputs as they were: a
 * medseal_error that is refused, because it is misaligned or its struct_size too small. The message names the
 * argument that is refused, or the file. If memory for a record, or a part of one, cannot be allocated, the
 * function returns MEDSEAL_ERR_OUT_OF_MEMORY; if a smaller piece cannot, the process is aborted.
 *
 * @section parameters Parameters
 * First the object whose work it is, then what it works on, with associated data behind what it belongs to and
 * the context of a signature in front of the message; then numbers, the number of threads, and who is told the
 * progress. Then come the outputs: the buffer, or the objects, before structs and numbers. The medseal_error
 * is the last. What is not described is what its type and name say: `x_len` is the length of `x`, and `count`
 * the number of items. A function that works *as* another takes and returns the same, besides what it says.
 *
 * Inputs are a pointer and a length in bytes; the pointer may be NULL if the length is 0. They must not change
 * before the call returns: not by another thread, and not by a callback of the call. Text is UTF-8, needs no
 * NUL at its end, and is not checked for one.
 *
 * `out` is a buffer of yours, and `*out_len` says how large it is, and then how many bytes were written. If it
 * is too small, the function returns MEDSEAL_ERR_BUFFER_TOO_SMALL, sets the length to what is needed, leaves
 * the buffer and what it works on as they were, and clears the other outputs as by any failure; NULL with
 * length 0 asks for the size this way. Text that is written has no NUL at its end either. Outputs of fixed
 * size are structs.
 *
 * An output may lie in the same memory as an input of the same call, which is then lost, also if the call
 * fails; but not in memory that a callback is given or uses, and outputs may not overlap each other. Wipe
 * secrets that were written to memory of yours with medseal_wipe(). Lengths above PTRDIFF_MAX are refused. The
 * library never frees what it did not allocate, and nothing of it is to be freed with free().
 *
 * Structs that begin with `struct_size` may get more fields at their end in a later version, which then takes
 * the smaller structs of those who do not know them; a struct that is larger than the library knows is read,
 * or filled, as far as it knows.
 *
 * @section threads Threads
 * Every function may be called on any thread. Objects are *immutable* unless their type says that they have
 * state: any number of threads may use them at once. The same holds for ledgers, stores and replay caches. An
 * object *with state* (a sealer, a session, a Merkle tree) serves one call at a time: a second one gets
 * MEDSEAL_ERR_BUSY, and you may use a lock to wait instead. An object must not be freed while a call begins to
 * use it. The library keeps no state, starts threads only where it is told their number, and joins them before
 * it returns. A thread that calls it needs a stack of 128 KiB; the threads that it starts have those of the
 * system.
 *
 * @section fork Processes
 * After fork() both processes may use the library, whatever other threads of the first were doing: no call
 * waits for a thread that the child does not have. But sealers, openers, sessions, the states of a handshake
 * or of a key generation and replay caches in memory work only in the process that made them; two copies would
 * encrypt different messages under one keystream, each accept a request, or deal one polynomial in two
 * sessions. In the other process their functions return MEDSEAL_ERR_FORKED, and `_free` frees the copy. An
 * object that a call of another thread was using is not to be used in the child: one with state gives
 * MEDSEAL_ERR_BUSY, and a ledger or store in memory may wait for ever.
 *
 * @section callbacks Callbacks
 * Structs of function pointers begin with `struct_size` and a pointer `ctx` for you, which is handed to every
 * function. Callbacks are called on the thread that made the call, unless said otherwise, and return a
 * medseal_status. They must return: no C++ exception and no longjmp may leave them; and once only, so that a
 * callback that forks ends the child itself. `drop_ctx`, if not NULL, is called exactly once when the library
 * is done with `ctx`: with a struct that is accepted into an object, when that is freed; else at the end of
 * the call, whether it failed or not. It is not called if the struct itself is refused, as NULL or for its
 * size, or if the medseal_error is.
 *
 * @section compatibility Compatibility
 * Within one soname functions and constants are only added, and only structs that begin with `struct_size`
 * grow. The file abi.txt beside this one in the sources has all of it, layouts included, for systems with
 * pointers of 64 bits; on others they follow from this header by the rules of the system, and nothing is
 * tested there.
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
#define MEDSEAL_VERSION_MAJOR @MAJOR@
/** The version of this header. */
#define MEDSEAL_VERSION_MINOR @MINOR@
/** The version of this header. */
#define MEDSEAL_VERSION_PATCH @PATCH@
/** The version of this header in one number, which grows with each version. */
#define MEDSEAL_VERSION_NUMBER \
    ((MEDSEAL_VERSION_MAJOR << 16) + (MEDSEAL_VERSION_MINOR << 8) + MEDSEAL_VERSION_PATCH)
/** The version of this header as text. */
#define MEDSEAL_VERSION_TEXT "@MAJOR@.@MINOR@.@PATCH@"

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

