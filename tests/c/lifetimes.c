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

/* Every scheme, on a stack of the size that the header requires. */
static void little_stack(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    void *failed = NULL;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 128 * 1024) == 0);
    CHECK(pthread_create(&thread, &attributes, every_scheme, NULL) == 0);
    CHECK(pthread_join(thread, &failed) == 0 && failed == NULL);
    CHECK(pthread_attr_destroy(&attributes) == 0);
}

void lifetimes_run(bool large) {
    freed_in_use();
    if (large) no_copies();
    little_stack();
}
