/* An error names its cause: the argument, the array item, or the file and the system's message. */
#include "test.h"

#define SAYS(status, text, call) \
    do { \
        GIVES(status, call); \
        if (strstr(err.message, text) == NULL) FAIL("not said: " text); \
    } while (0)

void messages_run(void) {
    const medseal_search_index *indexes[2];
    medseal_policy *policy = NULL;
    medseal_abe_wrapped_key *wrapped = NULL;
    medseal_sealer *sealer = NULL;
    medseal_receipt receipt;
    medseal_progress progress = {sizeof progress - 1, NULL, NULL, NULL};
    int32_t results[2];
    uint64_t length;
    size_t len = 4;
    uint8_t bytes[4];
    SAYS(MEDSEAL_ERR_NULL_POINTER, "`policy` is NULL",
         medseal_abe_wrap(the_abe_public_key, NULL, BYTES("secret"), NULL, 0, NULL, &wrapped, &err));
    SAYS(MEDSEAL_ERR_NULL_POINTER, "`public_key` is NULL",
         medseal_abe_wrap(NULL, the_policy, BYTES("secret"), NULL, 0, NULL, &wrapped, &err));
    SAYS(MEDSEAL_ERR_NULL_POINTER, "`policy` is NULL", medseal_policy_parse(TEXT("a"), NULL, &err));
    SAYS(MEDSEAL_ERR_NULL_POINTER, "`text` is NULL", medseal_policy_parse(NULL, 1, &policy, &err));
    SAYS(MEDSEAL_ERR_INVALID_ARGUMENT, "`text` has a length above PTRDIFF_MAX",
         medseal_policy_parse("a", SIZE_MAX, &policy, &err));
    SAYS(MEDSEAL_ERR_NULL_POINTER, "the length of `out` is NULL", medseal_record_key_encode(the_record_key, bytes, NULL, &err));
    SAYS(MEDSEAL_ERR_NULL_POINTER, "`out` is NULL", medseal_record_key_encode(the_record_key, NULL, &len, &err));
    SAYS(MEDSEAL_ERR_WRONG_HANDLE, "`policy` has the wrong type, or was freed",
         medseal_abe_wrap(the_abe_public_key, (const medseal_policy *)(const void *)the_record_key, BYTES("secret"), NULL, 0, NULL,
                          &wrapped, &err));
    indexes[0] = the_search_index;
    indexes[1] = NULL;
    SAYS(MEDSEAL_ERR_NULL_POINTER, "`indexes[1]` is NULL",
         medseal_prepared_query_match_many(the_prepared_query, indexes, 2, 1, NULL, results, &err));
    SAYS(MEDSEAL_ERR_INVALID_ARGUMENT, "`progress` has a struct_size that is too small",
         medseal_prepared_query_match_many(the_prepared_query, indexes, 1, 1, &progress, results, &err));
    progress.struct_size = sizeof progress;
    SAYS(MEDSEAL_ERR_NULL_POINTER, "`progress.report` is NULL",
         medseal_prepared_query_match_many(the_prepared_query, indexes, 1, 1, &progress, results, &err));
    SAYS(MEDSEAL_ERR_INVALID_FIELD, "`chunk_log2` must be 10 to 24", medseal_record_sealed_length(1, 99, &length, &err));
    SAYS(MEDSEAL_ERR_INVALID_FIELD, "`chunk_log2` must be 10 to 24", medseal_sealer_new(the_record_key, 9, &sealer, &err));
    SAYS(MEDSEAL_ERR_IO, "no/such/file: No such file or directory",
         medseal_record_seal_file(the_record_key, TEXT("no/such/file"), TEXT("out"), 0, 1, NULL, &receipt, &err));
    SAYS(MEDSEAL_ERR_IO, "no/such/folder/out: No such file or directory",
         medseal_record_seal_file(the_record_key, TEXT("/dev/null"), TEXT("no/such/folder/out"), 0, 1, NULL, &receipt, &err));
    SAYS(MEDSEAL_ERR_IO, "no/such/file: No such file or directory",
         medseal_record_open_file(the_record_key, TEXT("no/such/file"), TEXT("out"), NULL, 1, NULL, &receipt, &err));
    SAYS(MEDSEAL_ERR_IO, "no/such/file: No such file or directory",
         medseal_record_open_file_range(the_record_key, TEXT("no/such/file"), 0, 1, &the_writer, &err));
}
