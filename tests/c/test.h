/* The common parts of the tests of the C interface. */
#ifndef MEDSEAL_TEST_H
#define MEDSEAL_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "medseal_full.h"

/* The detail of the last call; every call in the tests passes it. */
extern medseal_error err;

#define FAIL(what) (fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, what, err.message), exit(1))
#define CHECK(condition) \
    do { \
        if (!(condition)) FAIL(#condition); \
    } while (0)
#define GIVES(wanted, call) \
    do { \
        medseal_status given_ = (call); \
        if (given_ != (wanted)) { \
            fprintf(stderr, "%s gives \"%s\" instead of \"%s\"\n", #call, medseal_status_text(given_), \
                    medseal_status_text(wanted)); \
            FAIL("status"); \
        } \
        CHECK(err.status == (wanted)); \
        CHECK((err.message[0] == 0) == ((wanted) == MEDSEAL_OK)); \
    } while (0)
#define OK(call) GIVES(MEDSEAL_OK, call)

/* A string literal as pointer and length. */
#define TEXT(literal) literal, sizeof(literal) - 1
#define BYTES(literal) (const uint8_t *)literal, sizeof(literal) - 1
/* A text that ends with a NUL. */
#define STRING(text) text, strlen(text)

/* Calls a function that fills a buffer, `at` with `&out_len`: first to get the size, then one byte
   short, then correctly. The output is in `out`, its length in `out_len`. If it does not fit,
   nothing is written. buffers_run() lists all functions for which this must have been done. */
extern uint8_t out[1 << 18];
extern size_t out_len;
void one_byte_short(const char *call);
#define READ(call) READ_IF(out_len == needed_, call)
/* The same, if the reported size is an upper bound. */
#define READ_AT_MOST(call) READ_IF(out_len <= needed_, call)
#define READ_IF(condition, call) \
    do { \
        uint8_t *at = NULL; \
        out_len = 0; \
        medseal_status first_ = (call); \
        size_t needed_ = out_len; \
        CHECK(first_ == (needed_ > 0 ? MEDSEAL_ERR_BUFFER_TOO_SMALL : MEDSEAL_OK)); \
        CHECK(needed_ < sizeof out); \
        memset(out, 0xa5, sizeof out); \
        at = out; \
        if (needed_ > 0) { \
            out_len = needed_ - 1; \
            GIVES(MEDSEAL_ERR_BUFFER_TOO_SMALL, call); \
            one_byte_short(#call); \
            CHECK(out_len == needed_); \
            for (size_t i_ = 0; i_ < needed_ + 8; i_++) CHECK(out[i_] == 0xa5); \
        } \
        OK(call); \
        CHECK((condition) && out[out_len] == 0xa5 && out[needed_] == 0xa5); \
    } while (0)
#define READS(expected, call) \
    do { \
        READ(call); \
        if (out_len != sizeof(expected) - 1 || memcmp(out, expected, out_len) != 0) FAIL("another output"); \
    } while (0)
/* Such a call that fails, although the buffer is large enough. */
#define WRITES_NOTHING(wanted, call) \
    do { \
        uint8_t *at = out; \
        out_len = sizeof out; \
        GIVES(wanted, call); \
        CHECK(out_len == 0); \
    } while (0)

/* One object of every kind, made by roles_run(): those with a byte form, those decoded under the
   super node's public key, and all. */
#define ENCODED_ALONE(X) \
    X(attributes) X(policy) X(abe_master_key) X(abe_public_key) X(abe_decryption_key) X(abe_wrapped_key) \
    X(abe_encapsulation) X(abs_master_key) X(abs_public_key) X(abs_signing_key) X(abs_signature) X(search_master_key) \
    X(search_public_key) X(search_key) X(keyword_key) X(search_index) X(trapdoor) X(query) X(authority) \
    X(public_parameters) X(member_keys) X(record_key) X(chunk_proof) X(merkle_tree) X(merkle_frontier) \
    X(inclusion_proof) X(consistency_proof) X(super_node) X(super_node_public_key) X(identity_envelope) \
    X(registration_request) X(identity_key) X(certificate_request) X(certificate) X(registry) X(disclosure) \
    X(auth_request) X(auth_reply) X(auth_confirmation) X(session_message) X(entry) X(block_header) X(validator) \
    X(charter) X(found) X(draft) X(sealed) X(prepared) X(members_key) X(members_keys) X(key_share) \
    X(backup_confirmation) X(authority_key) X(authority_public_key) X(roster) X(authority_message) X(authority_share) \
    X(generation_certificate) X(authority_request) X(pending_request) X(registry_draft) X(charter_draft)
#define ENCODED_UNDER(X) X(hospital) X(main_node) X(charters)
#define ENCODED(X) ENCODED_ALONE(X) ENCODED_UNDER(X)
#define HANDLES(X) \
    ENCODED(X) X(keyword) X(prepared_query) X(sealer) X(opener) X(chunk_tree) X(identity) X(verified_certificate) \
    X(verified_registry) X(awaiting_reply) X(accepted_request) X(awaiting_confirmation) X(session) X(replay_cache) \
    X(validated) X(trusted_head) X(ledger) X(store) X(database) X(key_shares) X(authority_session) X(generation) \
    X(authority_holder)
#define DECLARE(name) \
    extern medseal_##name *the_##name; \
    static inline void free_##name(medseal_##name **object) { medseal_##name##_free(*object); }
HANDLES(DECLARE)
#undef DECLARE
/* The type of variables whose objects are freed at the end of the scope. */
#define OWNED(name) __attribute__((cleanup(free_##name))) medseal_##name
/* Declares such an object, which this call makes. */
#define NEW(type, name, call) \
    OWNED(type) *name = NULL; \
    OK(call)

/* An office that may publish, and its publication: under the_policy, found by the_keyword. */
typedef struct {
    medseal_member_keys *keys;
    medseal_abs_signing_key *signing;
    medseal_keyword_key *keyword_key;
    const medseal_keyword *keywords[1];
    medseal_publication publication;
} an_office;
void office_open(an_office *office);
void office_close(an_office *office);

/* Callbacks that count the releases of their ctx. */
extern int dropped;
extern medseal_reader the_reader;
extern medseal_writer the_writer;
extern medseal_progress the_progress;
extern const medseal_replay_callbacks the_replay_callbacks;
extern medseal_ledger_callbacks the_ledger_callbacks;
extern medseal_store_callbacks the_store_callbacks;

void roles_run(const char *directory);
void resume_run(void);
void misuse_run(void);
void messages_run(void);
void buffers_run(void);
void forms_run(size_t stride);
/* A thread that uses every scheme once. Returns what failed. */
void *every_scheme(void *unused);
void threads_run(void);
void fork_first_use_run(void);
void fork_state_run(void);
/* With a large record, or without one. */
void lifetimes_run(bool large);
void golden_run(const char *directory);
void written_run(const char *directory);

#endif
