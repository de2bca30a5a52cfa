/* Threads that share public objects while each has its own secret objects, and an object with state
   that two threads use at once. */
#include <pthread.h>

#include "test.h"

enum { THREADS = 4 };

#define MUST(call) \
    do { \
        if ((call) != MEDSEAL_OK) return (void *)#call; \
    } while (0)

void *every_scheme(void *unused) {
    OWNED(authority) *authority = NULL;
    OWNED(attributes) *attributes = NULL;
    OWNED(member_keys) *keys = NULL;
    OWNED(policy) *policy = NULL;
    OWNED(abe_decryption_key) *key = NULL;
    OWNED(abe_wrapped_key) *wrapped = NULL;
    OWNED(record_key) *record_key = NULL;
    OWNED(abs_signature) *signature = NULL;
    OWNED(validated) *validated = NULL;
    uint8_t secret[16], sealed[256], opened[64];
    size_t secret_len = sizeof secret, sealed_len = sizeof sealed, opened_len = sizeof opened;
    bool yes = false;
    medseal_error mine = MEDSEAL_ERROR_INIT, *detail = &mine; /* each thread has its own */
    (void)unused;
    MUST(medseal_authority_setup(&authority, detail));
    MUST(medseal_attributes_parse(TEXT("role=doctor, clearance=3"), &attributes, detail));
    MUST(medseal_authority_issue(authority, attributes, &keys, detail));
    MUST(medseal_policy_parse(TEXT("((((((((role=doctor and clearance>=2)))))))) or 2 of (ward=a, ward=b, not ward=c)"),
                              &policy, detail));
    MUST(medseal_abe_issue(the_abe_master_key, attributes, &key, detail));
    MUST(medseal_abe_wrap(the_abe_public_key, the_policy, BYTES("secret"), NULL, 0, NULL, &wrapped, detail));
    MUST(medseal_abe_unwrap(key, wrapped, NULL, 0, NULL, secret, &secret_len, detail));
    if (secret_len != 6 || memcmp(secret, "secret", 6) != 0) return (void *)"another secret";
    MUST(medseal_abs_sign(the_abs_signing_key, the_policy, NULL, 0, BYTES("message"), &signature, detail));
    MUST(medseal_abs_verify(the_abs_public_key, the_policy, NULL, 0, BYTES("message"), signature, detail));
    MUST(medseal_prepared_query_match(the_prepared_query, the_search_index, &yes, detail));
    if (!yes) return (void *)"no match";
    MUST(medseal_record_key_generate(&record_key, detail));
    MUST(medseal_record_seal(record_key, BYTES("record"), 10, 1, sealed, &sealed_len, NULL, detail));
    MUST(medseal_record_open(record_key, sealed, sealed_len, NULL, 1, opened, &opened_len, NULL, detail));
    MUST(medseal_entry_validate(the_entry, the_charters, &validated, detail));
    MUST(medseal_memory_ledger_verify(the_ledger, detail));
    /* With state: it serves one call at a time, and says so. */
    for (int i = 0; i < 100; i++) {
        medseal_status status = medseal_merkle_frontier_append(the_merkle_frontier, BYTES("x"), NULL, NULL);
        if (status != MEDSEAL_OK && status != MEDSEAL_ERR_BUSY) return (void *)"append";
    }
    return NULL;
}

void threads_run(void) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, every_scheme, NULL) == 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        CHECK(pthread_join(threads[i], &failed) == 0);
        if (failed != NULL) FAIL((const char *)failed);
    }
}
