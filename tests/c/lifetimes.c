/* Objects that are freed while a call uses them, and a call's use of memory and stack. */
#include <pthread.h>
#include <sys/resource.h>

#include "test.h"

static medseal_prepared_query *a_query;
static medseal_record_key *a_key;
static medseal_status after_free;

static medseal_status free_the_query(void *ctx, int32_t step, uint64_t done) {
    bool yes = false;
    (void)ctx, (void)step;
    if (done == 1) {
        medseal_prepared_query_free(a_query);
        after_free = medseal_prepared_query_match(a_query, the_search_index, &yes, NULL);
        medseal_prepared_query_free(a_query); /* nothing more happens */
    }
    return MEDSEAL_OK;
}

static medseal_status free_the_key(void *ctx, uint8_t *buffer, size_t len, size_t *count) {
    int *reads = ctx;
    if (*reads == 1) medseal_record_key_free(a_key);
    *count = (*reads)++ < 3 ? len : 0;
    memset(buffer, *reads, *count);
    return MEDSEAL_OK;
}

static medseal_status count_bytes(void *ctx, const uint8_t *data, size_t len) {
    (void)data;
    *(size_t *)ctx += len;
    return MEDSEAL_OK;
}

static void freed_in_use(void) {
    const medseal_search_index *indexes[4];
    int32_t results[4] = {0, 0, 0, 0};
    medseal_progress progress = {sizeof progress, NULL, free_the_query, NULL};
    for (int i = 0; i < 4; i++) indexes[i] = the_search_index;
    OK(medseal_query_prepare(the_query, the_search_public_key, &a_query, &err));
    OK(medseal_prepared_query_match_many(a_query, indexes, 4, 1, &progress, results, &err));
    CHECK(after_free == MEDSEAL_ERR_WRONG_HANDLE);
    for (int i = 0; i < 4; i++) CHECK(results[i] == 1);

    int reads = 0;
    size_t written = 0;
    medseal_reader reader = {sizeof reader, &reads, free_the_key, NULL};
    medseal_writer writer = {sizeof writer, &written, count_bytes, NULL};
    OK(medseal_record_key_generate(&a_key, &err));
    OK(medseal_record_seal_stream(a_key, &reader, &writer, 0, 1, NULL, NULL, &err));
    CHECK(written > 65536); /* more than was read before it was freed */
}

static long peak(void) {
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return usage.ru_maxrss; /* in KiB */
}

/* Sealing and opening a record take no memory of its size besides the caller's buffers. */
static void no_copies(void) {
    const size_t len = 64u << 20;
    uint64_t length = 0;
    OK(medseal_record_sealed_length(len, 0, &length, &err));
    size_t sealed_len = (size_t)length, opened_len = len;
    uint8_t *record = malloc(len), *sealed = malloc(sealed_len);
    CHECK(record != NULL && sealed != NULL);
    memset(record, 1, len);
    memset(sealed, 2, sealed_len);
    long before = peak();
    OK(medseal_record_seal(the_record_key, record, len, 0, 2, sealed, &sealed_len, NULL, &err));
    memset(record, 3, len);
    OK(medseal_record_open(the_record_key, sealed, sealed_len, NULL, 2, record, &opened_len, NULL, &err));
    CHECK(opened_len == len && record[0] == 1 && record[len - 1] == 1);
    CHECK(peak() - before < 16 * 1024);
    /* A failure leaves nothing of a record. */
    sealed[sealed_len - 1] ^= 1;
    memset(record, 0, len);
    GIVES(MEDSEAL_ERR_DECRYPTION_FAILED,
          medseal_record_open(the_record_key, sealed, sealed_len, NULL, 2, record, &opened_len, NULL, &err));
    for (size_t i = 0; i < len; i += 512) CHECK(record[i] == 0);
    free(record);
    free(sealed);
}

/* Every scheme once, on a stack of the size that the header requires. */
static void *on_little_stack(void *unused) {
    OWNED(authority) *authority = NULL;
    OWNED(attributes) *attributes = NULL;
    OWNED(member_keys) *keys = NULL;
    OWNED(abe_wrapped_key) *wrapped = NULL;
    OWNED(abs_signature) *signature = NULL;
    OWNED(policy) *policy = NULL;
    uint8_t secret[16];
    size_t secret_len = sizeof secret, sealed_len = 4096, opened_len = 4096;
    bool yes = false;
    (void)unused;
    OK(medseal_authority_setup(&authority, &err));
    OK(medseal_attributes_parse(TEXT("role=doctor, clearance=3"), &attributes, &err));
    OK(medseal_authority_issue(authority, attributes, &keys, &err));
    OK(medseal_policy_parse(TEXT("((((((((role=doctor and clearance>=2)))))))) or 2 of (ward=a, ward=b, not ward=c)"), &policy,
                            &err));
    OK(medseal_abe_wrap(the_abe_public_key, the_policy, BYTES("secret"), NULL, 0, NULL, &wrapped, &err));
    OK(medseal_abe_unwrap(the_abe_decryption_key, wrapped, NULL, 0, NULL, secret, &secret_len, &err));
    OK(medseal_abs_sign(the_abs_signing_key, the_policy, NULL, 0, BYTES("message"), &signature, &err));
    OK(medseal_abs_verify(the_abs_public_key, the_policy, NULL, 0, BYTES("message"), signature, &err));
    OK(medseal_prepared_query_match(the_prepared_query, the_search_index, &yes, &err));
    CHECK(yes);
    uint8_t *sealed = malloc(4096), *opened = malloc(4096);
    CHECK(sealed != NULL && opened != NULL);
    OK(medseal_record_seal(the_record_key, BYTES("record"), 10, 1, sealed, &sealed_len, NULL, &err));
    OK(medseal_record_open(the_record_key, sealed, sealed_len, NULL, 1, opened, &opened_len, NULL, &err));
    OWNED(validated) *validated = NULL;
    OK(medseal_entry_validate(the_entry, the_charters, &validated, &err));
    free(sealed);
    free(opened);
    return NULL;
}

static void little_stack(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 128 * 1024) == 0);
    CHECK(pthread_create(&thread, &attributes, on_little_stack, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_attr_destroy(&attributes) == 0);
}

void lifetimes_run(bool large) {
    freed_in_use();
    if (large) no_copies();
    little_stack();
}
