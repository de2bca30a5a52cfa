/* Every role does its work, from setup to opening, with the ledger and the store in memory and with
   both as callbacks. It keeps one object of every kind for the other tests. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "misuse.h"
#include "own.h"

#define DEFINE(name) medseal_##name *the_##name;
HANDLES(DEFINE)
#undef DEFINE
medseal_error err = MEDSEAL_ERROR_INIT;
uint8_t out[1 << 18];
size_t out_len;
int dropped, drops;
medseal_consortium the_consortium;
medseal_publication the_publication;
medseal_search the_search;
medseal_record_id the_record_id;
medseal_statement the_statement;
medseal_abs_claim the_abs_claim;
const medseal_digest the_digest;
const medseal_certificate_serial the_certificate_serial;
const medseal_epoch_commitment the_epoch_commitment;
const medseal_possession the_possession;
const medseal_summary the_summary;
const medseal_entry_id the_entry_id;
const medseal_tree_head the_tree_head;
medseal_terms the_terms;
const medseal_hints the_hints;

/* --- which functions READ has tried one byte short ------------------------------------------------------------ */
static const char *tried[512];
static size_t tried_count;

/* `call` begins with the name and a parenthesis. */
static int is_call_of(const char *call, const char *function) {
    size_t len = strlen(function);
    return strncmp(call, function, len) == 0 && call[len] == '(';
}

int was_one_byte_short(const char *function) {
    for (size_t i = 0; i < tried_count; i++)
        if (is_call_of(tried[i], function)) return 1;
    return 0;
}

void one_byte_short(const char *call) {
    for (size_t i = 0; i < tried_count; i++)
        if (strcmp(tried[i], call) == 0) return;
    CHECK(tried_count < sizeof tried / sizeof tried[0]);
    tried[tried_count++] = call;
}

#define NOW_MS 1795000000000u

static stream a_stream, another_stream;

/* --- callbacks: what the generated tests use: they count the releases of their ctx ------------------------- */
medseal_reader the_reader;
medseal_writer the_writer;
medseal_progress the_progress;
medseal_ledger_callbacks the_ledger_callbacks;
medseal_store_callbacks the_store_callbacks;

static void count_drop(void *ctx) {
    (void)ctx;
    dropped++;
}
static medseal_status remember_all(void *ctx, const uint8_t *ephemeral, size_t ephemeral_len, uint64_t time_ms,
                                   const char *hospital, size_t hospital_len, uint64_t now_ms) {
    (void)ctx, (void)ephemeral, (void)time_ms, (void)hospital, (void)hospital_len, (void)now_ms;
    return ephemeral_len == 48 ? MEDSEAL_OK : MEDSEAL_ERR_IO;
}
const medseal_replay_callbacks the_replay_callbacks = {sizeof the_replay_callbacks, NULL, 30000, remember_all, count_drop};

/* --- answers ------------------------------------------------------------------------------------------------- */
static bool satisfies(const medseal_attributes *attributes, const medseal_policy *policy) {
    bool yes = false;
    OK(medseal_policy_check(policy, attributes, &yes, &err));
    return yes;
}

static bool matches(const medseal_prepared_query *query, const medseal_search_index *index) {
    bool yes = false;
    OK(medseal_prepared_query_match(query, index, &yes, &err));
    return yes;
}

/* The output of the last call is the record. */
static bool record_is_out(void) { return out_len == RECORD_LEN && same(out, record, RECORD_LEN); }

/* --- the roles -------------------------------------------------------------------------------------------------- */
/* Each field of a form stays one value, whatever its content. */
static void attributes_and_policies_of_values(void) {
    medseal_attributes *parts[4] = {NULL};
    medseal_policy *leaves[5] = {NULL};
    size_t count = 0;

    OK(medseal_attributes_of_text(TEXT("ward"), TEXT("x\", role=\"doctor"), &parts[0], &err));
    READS("ward=\"x\\\", role=\\\"doctor\"", medseal_attributes_text(parts[0], (char *)at, &out_len, &err));
    OK(medseal_attributes_of_number(TEXT("clearance"), 4, &parts[1], &err));
    OK(medseal_attributes_of_date(TEXT("until"), 2027, 1, 31, &parts[2], &err));
    OK(medseal_attributes_of_label(TEXT("emergency"), &parts[3], &err));
    NEW(attributes, both, medseal_attributes_join((const medseal_attributes *const *)parts, 4, &both, &err));
    OK(medseal_attributes_count(both, &count, &err));
    CHECK(count == 4);
    NEW(attributes, none, medseal_attributes_join(NULL, 0, &none, &err));
    OK(medseal_attributes_count(none, &count, &err));
    CHECK(count == 0);
    NEW(attributes, other, medseal_attributes_of_number(TEXT("clearance"), 5, &other, &err));
    const medseal_attributes *two[2] = {parts[1], other};
    medseal_attributes *refused = (medseal_attributes *)&err;
    GIVES(MEDSEAL_ERR_POLICY, medseal_attributes_join(two, 2, &refused, &err));
    CHECK(refused == NULL);
    GIVES(MEDSEAL_ERR_POLICY, medseal_attributes_of_label(TEXT("a b"), &refused, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_attributes_of_label(TEXT("role=doctor"), &refused, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_attributes_of_text(TEXT("ward"), TEXT("a\nb"), &refused, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_attributes_of_date(TEXT("until"), 2027, 2, 29, &refused, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_attributes_of_date(TEXT("until"), 2027 + 65536, 1, 31, &refused, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_attributes_of_date(TEXT("until"), 2027, 1 + 256, 31, &refused, &err));
    GIVES(MEDSEAL_ERR_INVALID_TEXT, medseal_attributes_of_text(TEXT("ward"), TEXT("\xff"), &refused, &err));

    OK(medseal_policy_compare_text(TEXT("ward"), MEDSEAL_COMPARE_EQUAL, TEXT("x\", role=\"doctor"), &leaves[0], &err));
    OK(medseal_policy_compare_number(TEXT("clearance"), MEDSEAL_COMPARE_AT_LEAST, 3, &leaves[1], &err));
    OK(medseal_policy_between_dates(TEXT("until"), 2027, 1, 1, 2027, 12, 31, &leaves[2], &err));
    OK(medseal_policy_of_label(TEXT("emergency"), &leaves[3], &err));
    OK(medseal_policy_between_numbers(TEXT("clearance"), 4, 4, &leaves[4], &err));
    NEW(policy, all, medseal_policy_threshold(5, (const medseal_policy *const *)leaves, 5, &all, &err));
    CHECK(satisfies(both, all));
    CHECK(!satisfies(none, all));
    medseal_policy_free(leaves[3]);
    OK(medseal_policy_compare_date(TEXT("until"), MEDSEAL_COMPARE_LESS, 2027, 1, 31, &leaves[3], &err));
    CHECK(!satisfies(both, leaves[3]));
    NEW(policy, not_all, medseal_policy_not(leaves[3], &not_all, &err));
    CHECK(satisfies(both, not_all));
    NEW(policy, none_of_them, medseal_policy_threshold(1, (const medseal_policy *const *)leaves, 5, &none_of_them,
        &err));
    CHECK(!satisfies(none, none_of_them));

    medseal_policy *bad = (medseal_policy *)&err;
    GIVES(MEDSEAL_ERR_INVALID_ARGUMENT, medseal_policy_compare_number(TEXT("clearance"), 6, 3, &bad, &err));
    CHECK(bad == NULL);
    GIVES(MEDSEAL_ERR_POLICY, medseal_policy_compare_number(TEXT("clearance"), MEDSEAL_COMPARE_LESS, 0, &bad, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_policy_compare_text(TEXT("ward"), MEDSEAL_COMPARE_LESS, TEXT("x"), &bad, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_policy_threshold(6, (const medseal_policy *const *)leaves, 5, &bad, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_policy_threshold(0, (const medseal_policy *const *)leaves, 5, &bad, &err));
    GIVES(MEDSEAL_ERR_POLICY, medseal_policy_between_numbers(TEXT("clearance"), 5, 4, &bad, &err));

    for (size_t i = 0; i < 4; i++) medseal_attributes_free(parts[i]);
    for (size_t i = 0; i < 5; i++) medseal_policy_free(leaves[i]);
}

static void versions_and_policies(void) {
    size_t count = 0;
    OWNED(attributes) *visitor = NULL;

    CHECK(medseal_version_number() == MEDSEAL_VERSION_NUMBER);
    CHECK(strcmp(medseal_version_text(), MEDSEAL_VERSION_TEXT) == 0);
    CHECK(strcmp(medseal_status_text(MEDSEAL_OK), "success") == 0);
    CHECK(strcmp(medseal_status_text(-1), "an unknown status") == 0);
    uint8_t secret[3] = {1, 2, 3};
    medseal_wipe(secret, 2);
    CHECK(secret[0] == 0 && secret[1] == 0 && secret[2] == 3);
    medseal_wipe(secret, 0);
    medseal_wipe(secret, SIZE_MAX); /* no memory is so large: nothing is done */
    medseal_wipe(NULL, 3);
    CHECK(secret[2] == 3);

    OK(medseal_attributes_parse(TEXT("role = doctor , clearance=3"), &the_attributes, &err));
    READS("role=doctor, clearance=3", medseal_attributes_text(the_attributes, (char *)at, &out_len, &err));
    OK(medseal_attributes_count(the_attributes, &count, &err));
    CHECK(count == 2);
    OK(medseal_policy_parse(TEXT("role=doctor and (ward=12 or clearance >= 3)"), &the_policy, &err));
    READ(medseal_policy_text(the_policy, (char *)at, &out_len, &err));
    CHECK(satisfies(the_attributes, the_policy));
    READS("", medseal_policy_diagnose(the_policy, the_attributes, (char *)at, &out_len, &err));
    OK(medseal_policy_rows(the_policy, &count, &err));
    CHECK(count == 4); /* role, ward, and two for the comparison */

    NEW(policy, negative, medseal_policy_parse(TEXT("not role=doctor"), &negative, &err));
    OK(medseal_policy_rows(negative, &count, &err));
    CHECK(count == 1);
    CHECK(!satisfies(the_attributes, negative));
    OK(medseal_attributes_parse(TEXT("role=visitor"), &visitor, &err));
    READ(medseal_policy_diagnose(the_policy, visitor, (char *)at, &out_len, &err));
    CHECK(out_len > 10);
    medseal_policy_free(negative);

    GIVES(MEDSEAL_ERR_POLICY, medseal_policy_parse(TEXT("role=doctor andd"), &negative, &err));
    CHECK(negative == NULL && err.position == 12);
    GIVES(MEDSEAL_ERR_INVALID_TEXT, medseal_policy_parse(TEXT("role=\xff"), &negative, &err));
    CHECK(err.position == 5);
    GIVES(MEDSEAL_ERR_POLICY, medseal_policy_parse(NULL, 0, &negative, &err));
    CHECK(medseal_policy_parse(NULL, 0, &negative, NULL) == MEDSEAL_ERR_POLICY); /* the detail is optional */
}

static void key_wrapping(void) {
    medseal_secret made, got;
    bool yes = false;

    OK(medseal_abe_master_key_generate(&the_abe_master_key, &err));
    OK(medseal_abe_master_key_public(the_abe_master_key, &the_abe_public_key, &err));
    OK(medseal_abe_issue(the_abe_master_key, the_attributes, &the_abe_decryption_key, &err));
    OK(medseal_abe_decryption_key_verify(the_abe_decryption_key, the_abe_public_key, &err));
    NEW(attributes, attributes, medseal_abe_decryption_key_attributes(the_abe_decryption_key, &attributes, &err));
    READS("role=doctor, clearance=3", medseal_attributes_text(attributes, (char *)at, &out_len, &err));

    OK(medseal_abe_wrap(the_abe_public_key, the_policy, BYTES("secret"), BYTES("aad"), NULL, &the_abe_wrapped_key, &err));
    NEW(policy, policy, medseal_abe_wrapped_key_policy(the_abe_wrapped_key, &policy, &err));
    OK(medseal_abe_could_unwrap(the_abe_wrapped_key, attributes, &yes, &err));
    CHECK(yes);
    READS("secret", medseal_abe_unwrap(the_abe_decryption_key, the_abe_wrapped_key, BYTES("aad"), NULL, at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_DECRYPTION_FAILED,
                   medseal_abe_unwrap(the_abe_decryption_key, the_abe_wrapped_key, BYTES("other"), NULL, at, &out_len, &err));
    NEW(abe_wrapped_key, wrapped, medseal_abe_wrap(the_abe_public_key, policy, BYTES("again"), NULL, 0, NULL,
        &wrapped, &err));
    READS("again", medseal_abe_unwrap(the_abe_decryption_key, wrapped, NULL, 0, NULL, at, &out_len, &err));
    medseal_abe_wrapped_key_free(wrapped);
    static const uint8_t long_secret[4097];
    GIVES(MEDSEAL_ERR_LIMIT_EXCEEDED,
          medseal_abe_wrap(the_abe_public_key, policy, long_secret, sizeof long_secret, NULL, 0, NULL, &wrapped, &err));
    CHECK(wrapped == NULL);

    uint8_t sealed[256];
    size_t sealed_len = 0;
    READ(medseal_seal_and_wrap(the_abe_public_key, policy, BYTES("record"), NULL, at, &out_len, &wrapped, &err));
    sealed_len = out_len;
    memcpy(sealed, out, sealed_len);
    READS("record", medseal_unwrap_and_open(the_abe_decryption_key, wrapped, sealed, sealed_len, NULL, at, &out_len, &err));
    sealed[sealed_len - 1] ^= 1;
    WRITES_NOTHING(MEDSEAL_ERR_DECRYPTION_FAILED,
                   medseal_unwrap_and_open(the_abe_decryption_key, wrapped, sealed, sealed_len, NULL, at, &out_len, &err));

    OK(medseal_abe_encapsulate(the_abe_public_key, policy, &the_abe_encapsulation, &made, &err));
    OK(medseal_abe_decapsulate(the_abe_decryption_key, the_abe_encapsulation, &got, &err));
    CHECK(same(&made, &got, sizeof made));
}

static void signatures(void) {
    medseal_abs_claim claims[3];
    OK(medseal_abs_master_key_generate(&the_abs_master_key, &err));
    OK(medseal_abs_master_key_public(the_abs_master_key, &the_abs_public_key, &err));
    OK(medseal_abs_issue(the_abs_master_key, the_attributes, &the_abs_signing_key, &err));
    OK(medseal_abs_signing_key_verify(the_abs_signing_key, the_abs_public_key, &err));
    NEW(attributes, attributes, medseal_abs_signing_key_attributes(the_abs_signing_key, &attributes, &err));
    OK(medseal_abs_sign(the_abs_signing_key, the_policy, BYTES("context"), BYTES("message"), &the_abs_signature, &err));
    OK(medseal_abs_verify(the_abs_public_key, the_policy, BYTES("context"), BYTES("message"), the_abs_signature, &err));
    GIVES(MEDSEAL_ERR_INVALID_SIGNATURE, medseal_abs_verify(the_abs_public_key, the_policy, BYTES("context"),
                                                            BYTES("massage"), the_abs_signature, &err));
    for (int i = 0; i < 3; i++)
        claims[i] = (medseal_abs_claim){
            the_abs_public_key, the_policy, BYTES("context"), BYTES("message"), the_abs_signature};
    OK(medseal_abs_verify_batch(claims, 3, 2, &err));
    OK(medseal_abs_verify_batch(NULL, 0, 1, &err));
    claims[2].message_len = 6;
    claims[1].context_len = 6;
    GIVES(MEDSEAL_ERR_INVALID_SIGNATURE, medseal_abs_verify_batch(claims, 3, 2, &err));
    CHECK(err.position == 1);
    claims[1].signature = NULL;
    GIVES(MEDSEAL_ERR_NULL_POINTER, medseal_abs_verify_batch(claims, 3, 2, &err));
}

static void searching(void) {
    const medseal_keyword *keywords[2];
    const medseal_query *queries[2];
    const medseal_search_index *indexes[3];
    medseal_hints hints = {4, 2026};
    listener l;
    int32_t results[3];
    size_t count = 0;

    OK(medseal_search_master_key_generate(&the_search_master_key, &err));
    OK(medseal_search_master_key_public(the_search_master_key, &the_search_public_key, &err));
    OK(medseal_keyword_key_generate(&the_keyword_key, &err));
    OK(medseal_search_issue(the_search_master_key, the_attributes, the_keyword_key, &the_search_key, &err));
    OK(medseal_search_key_verify(the_search_key, the_search_public_key, &err));
    NEW(attributes, attributes, medseal_search_key_attributes(the_search_key, &attributes, &err));
    OK(medseal_keyword_new(TEXT("Metformin"), &the_keyword, &err));
    READS("metformin", medseal_keyword_text(the_keyword, (char *)at, &out_len, &err));
    NEW(keyword, keyword, medseal_keyword_with_field(TEXT("diagnosis"), TEXT("E11.9"), &keyword, &err));
    READS("diagnosis:e11.9", medseal_keyword_text(keyword, (char *)at, &out_len, &err));
    keywords[0] = the_keyword;
    keywords[1] = keyword;
    OK(medseal_search_index_record(the_search_public_key, the_keyword_key, keywords, 2, the_policy,
                                   MEDSEAL_PADDING_POWER_OF_TWO, NULL, &the_search_index, &err));
    OK(medseal_search_index_count(the_search_index, &count, &err));
    CHECK(count == 2);
    NEW(policy, policy, medseal_search_index_policy(the_search_index, &policy, &err));
    OK(medseal_search_index_validate(the_search_index, &err));
    NEW(search_index, hinted, medseal_search_index_record(the_search_public_key, the_keyword_key, keywords, 2,
        policy, MEDSEAL_PADDING_NONE, &hints, &hinted, &err));
    NEW(search_index, other, medseal_search_index_record(the_search_public_key, the_keyword_key, NULL, 0, policy,
        MEDSEAL_PADDING_NONE, NULL, &other, &err));
    medseal_search_index_free(other);
    OK(medseal_search_index_record(the_search_public_key, the_keyword_key, keywords + 1, 1, policy,
                                   MEDSEAL_PADDING_NONE, NULL, &other, &err));
    medseal_search_index *none = NULL;
    GIVES(MEDSEAL_ERR_INVALID_ARGUMENT, medseal_search_index_record(the_search_public_key, the_keyword_key, keywords, 2,
                                                                    policy, 2, NULL, &none, &err));

    OK(medseal_search_trapdoor(the_search_key, the_keyword, attributes, NULL, 0, &the_trapdoor, &err));
    NEW(trapdoor, trapdoor, medseal_search_trapdoor(the_search_key, keyword, attributes, &hints, 1, &trapdoor, &err));
    medseal_attributes_free(attributes);
    OK(medseal_trapdoor_attributes(trapdoor, &attributes, &err));
    OK(medseal_query_new(the_trapdoor, the_search_public_key, &the_query, &err));
    NEW(query, query, medseal_query_new(trapdoor, the_search_public_key, &query, &err));
    OK(medseal_query_prepare(the_query, the_search_public_key, &the_prepared_query, &err));
    queries[0] = the_query;
    queries[1] = query;
    NEW(query, joined, medseal_query_all(queries, 2, &joined, &err));
    /* It travels. */
    READ(medseal_query_encode(joined, at, &out_len, &err));
    medseal_query_free(joined);
    OK(medseal_query_decode(out, out_len, &joined, &err));
    NEW(prepared_query, all, medseal_query_prepare(joined, the_search_public_key, &all, &err));
    medseal_query_free(joined);
    OK(medseal_query_any(queries, 2, &joined, &err));
    NEW(prepared_query, any, medseal_query_prepare(joined, the_search_public_key, &any, &err));
    medseal_query_free(joined);
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_query_all(NULL, 0, &joined, &err));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_query_any(NULL, 0, &joined, &err));
    /* A key of another authority is reported, also among others. */
    NEW(search_master_key, strange_master, medseal_search_master_key_generate(&strange_master, &err));
    NEW(search_public_key, strange_key, medseal_search_master_key_public(strange_master, &strange_key, &err));
    OK(medseal_query_new(the_trapdoor, strange_key, &joined, &err));
    queries[1] = joined;
    medseal_prepared_query *unprepared = NULL;
    medseal_query *mixed = NULL;
    GIVES(MEDSEAL_ERR_OTHER_AUTHORITY, medseal_query_prepare(joined, the_search_public_key, &unprepared, &err));
    GIVES(MEDSEAL_ERR_OTHER_AUTHORITY, medseal_query_any(queries, 2, &mixed, &err));
    CHECK(matches(the_prepared_query, the_search_index));
    CHECK(matches(all, hinted));
    CHECK(!matches(all, other));
    CHECK(matches(any, other));
    indexes[0] = the_search_index;
    indexes[1] = other;
    indexes[2] = hinted;
    OK(medseal_prepared_query_match_many(all, indexes, 3, 2, progress_to(&l), results, &err));
    CHECK(results[0] == MEDSEAL_MATCH_YES && results[1] == MEDSEAL_MATCH_NO && results[2] == MEDSEAL_MATCH_YES);
    CHECK(l.calls == 3 && l.last_done == 3 && l.dropped == 1);
    progress_to(&l);
    l.cancel_at = 1;
    GIVES(MEDSEAL_ERR_CANCELLED, medseal_prepared_query_match_many(all, indexes, 3, 1, &l.progress, results, &err));
    CHECK(l.dropped == 1 && results[0] == 0);
    OK(medseal_prepared_query_match_many(all, indexes, 3, 0, NULL, results, &err)); /* on all processors */
    CHECK(results[0] == MEDSEAL_MATCH_YES && results[1] == MEDSEAL_MATCH_NO && results[2] == MEDSEAL_MATCH_YES);
}

static void path_in(char *path, const char *directory, const char *name) {
    CHECK(snprintf(path, 512, "%s/%s", directory, name) < 512);
}

static medseal_status die(void *ctx, int32_t step, uint64_t done) {
    (void)ctx, (void)step, (void)done;
    return raise(SIGKILL) == 0 ? MEDSEAL_OK : MEDSEAL_ERR_INTERNAL;
}

/* If a process is killed while it opens a file, nothing exists under the new file's name. */
static void killed_while_opening(const char *from, const char *to) {
    const medseal_progress progress = {.struct_size = sizeof progress, .report = die};
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        medseal_status ended = medseal_record_open_file(the_record_key, STRING(from), STRING(to), NULL, 1,
                                                        &progress, NULL, &err);
        _exit(ended == MEDSEAL_OK ? 1 : 2);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK(fopen(to, "rb") == NULL);
}

static void records(const char *directory) {
    static uint8_t sealed[4096];
    size_t sealed_len = sizeof sealed, opened = 0;
    uint64_t length = 0, offset = 0, index = 0, chunks = 0;
    medseal_receipt receipt, again;
    medseal_summary summary;
    medseal_digest digest, wrong = {{1}};
    listener l;
    char from[512], to[512], back[512];
    FILE *file;

    OK(medseal_record_key_generate(&the_record_key, &err));
    READ(medseal_record_key_encode(the_record_key, at, &out_len, &err));
    CHECK(out_len == MEDSEAL_RECORD_KEY_BYTES);
    OK(medseal_record_sealed_length(RECORD_LEN, 0, &length, &err));
    READ(medseal_record_seal(the_record_key, record, RECORD_LEN, 0, 1, at, &out_len, &receipt, &err));
    CHECK(out_len == length && receipt.sealed_length == length && receipt.length == RECORD_LEN);
    memcpy(sealed, out, out_len);
    sealed_len = out_len;
    memset(&again, 0xa5, sizeof again);
    out_len = 1;
    GIVES(MEDSEAL_ERR_BUFFER_TOO_SMALL,
          medseal_record_open(the_record_key, sealed, sealed_len, NULL, 1, out, &out_len, &again, &err));
    for (size_t i = 0; i < sizeof again; i++) CHECK(((const uint8_t *)&again)[i] == 0); /* what else there is is cleared */
    OK(medseal_record_opened_length(sealed, sealed_len, &length, &err));
    CHECK(length == RECORD_LEN);
    OK(medseal_record_digest(sealed, sealed_len, &digest, &err));
    CHECK(same(&digest, &receipt.digest, sizeof digest));
    READ(medseal_record_open(the_record_key, sealed, sealed_len, &digest, 0, at, &out_len, &again, &err));
    CHECK(record_is_out() && same(&again, &receipt, sizeof again));
    READS("7.2", medseal_record_open_range(the_record_key, sealed, sealed_len, 6, 3, at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_OUT_OF_RANGE,
                   medseal_record_open_range(the_record_key, sealed, sealed_len, RECORD_LEN, 1, at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_OUT_OF_RANGE,
                   medseal_record_open_range(the_record_key, sealed, sealed_len, UINT64_MAX, UINT64_MAX, at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_DIGEST_MISMATCH,
                   medseal_record_open(the_record_key, sealed, sealed_len, &wrong, 1, at, &out_len, NULL, &err));
    WRITES_NOTHING(MEDSEAL_ERR_INVALID_FIELD,
                   medseal_record_seal(the_record_key, record, RECORD_LEN, 25, 1, at, &out_len, NULL, &err));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_record_sealed_length(UINT64_MAX, 0, &length, &err));
    OK(medseal_record_summary(the_record_key, &digest, &summary, &err));
    OK(medseal_record_summary_verify(the_record_key, &digest, &summary, &err));
    GIVES(MEDSEAL_ERR_DIGEST_MISMATCH, medseal_record_summary_verify(the_record_key, &wrong, &summary, &err));
    /* Truncated anywhere, or with any bit flipped, it does not open, and nothing is written. */
    for (size_t len = 0; len < sealed_len; len++) {
        out_len = sizeof out;
        memset(out, 0xa5, 64);
        CHECK(medseal_record_open(the_record_key, sealed, len, NULL, 1, out, &out_len, NULL, &err) != MEDSEAL_OK);
        CHECK(out_len == 0 && out[0] == 0xa5);
    }
    for (size_t i = 0; i < sealed_len; i++) {
        sealed[i] ^= (uint8_t)(1 << (i % 8));
        out_len = sizeof out;
        CHECK(medseal_record_open(the_record_key, sealed, sealed_len, NULL, 1, out, &out_len, NULL, &err) != MEDSEAL_OK);
        sealed[i] ^= (uint8_t)(1 << (i % 8));
    }
    /* In place: an output may lie where an input is. */
    memcpy(out, sealed, sealed_len);
    out_len = sizeof out;
    OK(medseal_record_open(the_record_key, out, sealed_len, NULL, 1, out, &out_len, NULL, &err));
    CHECK(record_is_out());

    /* As bytes come. */
    OK(medseal_sealer_new(the_record_key, 10, &the_sealer, &err));
    NEW(sealer, sealer, medseal_sealer_new(the_record_key, 0, &sealer, &err));
    READ(medseal_sealer_update(sealer, record, 10, at, &out_len, &err));
    memcpy(sealed, out, out_len);
    sealed_len = out_len;
    READ(medseal_sealer_update(sealer, record + 10, RECORD_LEN - 10, at, &out_len, &err));
    memcpy(sealed + sealed_len, out, out_len);
    sealed_len += out_len;
    READ(medseal_sealer_finish(sealer, at, &out_len, &receipt, &err));
    memcpy(sealed + sealed_len, out, out_len);
    sealed_len += out_len;
    CHECK(sealed_len == receipt.sealed_length);
    WRITES_NOTHING(MEDSEAL_ERR_SPENT, medseal_sealer_update(sealer, record, 1, at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_SPENT, medseal_sealer_finish(sealer, at, &out_len, NULL, &err));
    medseal_sealer_free(sealer);
    OK(medseal_opener_new(the_record_key, &the_opener, &err));
    NEW(opener, opener, medseal_opener_new(the_record_key, &opener, &err));
    for (size_t i = 0; i < sealed_len; i++) {
        size_t given = sizeof out - opened;
        OK(medseal_opener_update(opener, sealed + i, 1, out + opened, &given, &err));
        opened += given;
    }
    CHECK(opened == 0);
    READ_AT_MOST(medseal_opener_finish(opener, &receipt.digest, at, &out_len, &again, &err));
    CHECK(record_is_out() && same(&again, &receipt, sizeof again));
    WRITES_NOTHING(MEDSEAL_ERR_SPENT, medseal_opener_finish(opener, NULL, at, &out_len, NULL, &err));
    medseal_opener_free(opener);
    static uint8_t longer[3000];
    for (size_t i = 0; i < sizeof longer; i++) longer[i] = (uint8_t)i;
    OK(medseal_sealer_new(the_record_key, 10, &sealer, &err));
    READ(medseal_sealer_update(sealer, longer, sizeof longer, at, &out_len, &err));
    memcpy(sealed, out, out_len);
    sealed_len = out_len;
    OK(medseal_opener_new(the_record_key, &opener, &err));
    READ_AT_MOST(medseal_opener_update(opener, sealed, sealed_len, at, &out_len, &err)); /* all but the last chunk */
    CHECK(out_len >= 1024 && same(out, longer, out_len));

    /* As streams. */
    OK(medseal_record_seal_stream(the_record_key, reader_of(&a_stream, record, RECORD_LEN),
        writer_to(&another_stream), 10, 1, progress_to(&l), &receipt, &err));
    CHECK(a_stream.dropped == 1 && another_stream.dropped == 1 && l.dropped == 1 && l.last_step == MEDSEAL_STEP_NONE);
    CHECK(another_stream.len == receipt.sealed_length);
    memcpy(sealed, another_stream.bytes, another_stream.len);
    sealed_len = another_stream.len;
    OK(medseal_record_digest_stream(reader_of(&a_stream, sealed, sealed_len), 1, NULL, &again, &err));
    CHECK(same(&again, &receipt, sizeof again) && a_stream.dropped == 1);
    OK(medseal_record_open_stream(the_record_key, reader_of(&a_stream, sealed, sealed_len),
        writer_to(&another_stream), &receipt.digest, 0, NULL, &again, &err));
    CHECK(another_stream.len == RECORD_LEN && same(another_stream.bytes, record, RECORD_LEN));
    reader_of(&a_stream, sealed, sealed_len);
    a_stream.fails = 1;
    GIVES(MEDSEAL_ERR_IO, medseal_record_open_stream(the_record_key, &a_stream.reader, writer_to(&another_stream),
        NULL, 1, NULL, NULL, &err));
    CHECK(a_stream.dropped == 1 && another_stream.dropped == 1);
    progress_to(&l);
    l.cancel_at = 1;
    GIVES(MEDSEAL_ERR_CANCELLED, medseal_record_seal_stream(the_record_key, reader_of(&a_stream, record, RECORD_LEN),
        writer_to(&another_stream), 0, 1, &l.progress, NULL, &err));
    CHECK(a_stream.dropped == 1 && another_stream.dropped == 1 && l.dropped == 1);

    /* As files. */
    path_in(from, directory, "record");
    path_in(to, directory, "sealed");
    path_in(back, directory, "back");
    CHECK((file = fopen(from, "wb")) != NULL && fwrite(record, 1, RECORD_LEN, file) == RECORD_LEN && fclose(file) == 0);
    OK(medseal_record_seal_file(the_record_key, STRING(from), STRING(to), 0, 1, NULL, &receipt, &err));
    GIVES(MEDSEAL_ERR_IO, medseal_record_seal_file(the_record_key, STRING(from), STRING(to), 0, 1, NULL, NULL, &err));
    GIVES(MEDSEAL_ERR_DIGEST_MISMATCH,
          medseal_record_open_file(the_record_key, STRING(to), STRING(back), &wrong, 1, NULL, NULL, &err));
    killed_while_opening(to, back);
    OK(medseal_record_open_file(the_record_key, STRING(to), STRING(back), &receipt.digest, 1, NULL, &again, &err));
    CHECK((file = fopen(back, "rb")) != NULL && fread(out, 1, 100, file) == RECORD_LEN && fclose(file) == 0);
    CHECK(same(out, record, RECORD_LEN));
    OK(medseal_record_open_file_range(the_record_key, STRING(to), 6, 3, writer_to(&another_stream), &err));
    CHECK(another_stream.len == 3 && same(another_stream.bytes, "7.2", 3) && another_stream.dropped == 1);

    /* Proofs of chunks. */
    NEW(chunk_tree, tree, medseal_chunk_tree_read_stream(reader_of(&a_stream, sealed, sealed_len), 1, NULL, &tree, &err));
    OK(medseal_chunk_tree_read(sealed, sealed_len, &the_chunk_tree, &err));
    OK(medseal_chunk_tree_digest(the_chunk_tree, &digest, &chunks, &err));
    CHECK(chunks == 1);
    OK(medseal_chunk_tree_prove(tree, 0, &the_chunk_proof, &err));
    OK(medseal_chunk_proof_place(the_chunk_proof, &index, &offset, &length, &err));
    CHECK(index == 0 && offset + length <= sealed_len);
    OK(medseal_chunk_proof_verify(the_chunk_proof, &digest, sealed + offset, (size_t)length, &err));
    GIVES(MEDSEAL_ERR_INVALID_PROOF,
          medseal_chunk_proof_verify(the_chunk_proof, &wrong, sealed + offset, (size_t)length, &err));
}

static void trees(void) {
    medseal_tree_head head, old, by_frontier;
    uint64_t index = 0, size = 0;
    OK(medseal_merkle_tree_new(&the_merkle_tree, &err));
    OK(medseal_merkle_frontier_new(&the_merkle_frontier, &err));
    for (uint8_t i = 0; i < 5; i++) {
        OK(medseal_merkle_tree_append(the_merkle_tree, &i, 1, &index, &err));
        CHECK(index == i);
        OK(medseal_merkle_frontier_append(the_merkle_frontier, &i, 1, NULL, &err));
    }
    OK(medseal_merkle_tree_head(the_merkle_tree, &head, &err));
    OK(medseal_merkle_frontier_head(the_merkle_frontier, &by_frontier, &err));
    CHECK(same(&head, &by_frontier, sizeof head) && head.size == 5);
    OK(medseal_merkle_tree_head_at(the_merkle_tree, 3, &old, &err));
    OK(medseal_merkle_tree_prove_inclusion(the_merkle_tree, 2, 5, &the_inclusion_proof, &err));
    OK(medseal_inclusion_proof_place(the_inclusion_proof, &index, &size, &err));
    CHECK(index == 2 && size == 5);
    OK(medseal_inclusion_proof_verify(the_inclusion_proof, &head, BYTES("\2"), &err));
    GIVES(MEDSEAL_ERR_INVALID_PROOF, medseal_inclusion_proof_verify(the_inclusion_proof, &head, BYTES("\3"), &err));
    OK(medseal_merkle_tree_prove_consistency(the_merkle_tree, 3, 5, &the_consistency_proof, &err));
    OK(medseal_consistency_proof_sizes(the_consistency_proof, &index, &size, &err));
    CHECK(index == 3 && size == 5);
    OK(medseal_consistency_proof_verify(the_consistency_proof, &old, &head, &err));
    GIVES(MEDSEAL_ERR_INVALID_PROOF, medseal_consistency_proof_verify(the_consistency_proof, &head, &head, &err));
}

static void identities(void) {
    OWNED(verified_registry) *verified = NULL;
    medseal_digest database = {{7}}, database_again;
    medseal_summary summary = {{8}}, summary_again;
    medseal_certificate_serial serial = {{0}}, other_serial = {{0}};
    uint64_t from_ms = 0, to_ms = 0, sequence = 0;
    size_t hospitals = 0;
    bool yes = false;

    OK(medseal_super_node_generate(&the_super_node, &err));
    OK(medseal_super_node_public(the_super_node, &the_super_node_public_key, &err));
    OK(medseal_registration_request_new(TEXT("clinic.example"), BYTES("agreement"), &the_registration_request, &err));
    READS("clinic.example", medseal_registration_request_name(the_registration_request, (char *)at, &out_len, &err));
    READS("agreement", medseal_registration_request_record(the_registration_request, at, &out_len, &err));
    OK(medseal_super_node_register(the_super_node, the_registration_request, &the_identity_key, &err));
    READ(medseal_identity_key_encode(the_identity_key, at, &out_len, &err));
    NEW(identity_key, key, medseal_identity_key_decode(out, out_len, &key, &err));
    OK(medseal_hospital_accept(the_registration_request, key, the_super_node_public_key, &the_hospital, &err));
    medseal_hospital *second = NULL;
    GIVES(MEDSEAL_ERR_SPENT,
          medseal_hospital_accept(the_registration_request, key, the_super_node_public_key, &second, &err));
    WRITES_NOTHING(MEDSEAL_ERR_SPENT, medseal_identity_key_encode(key, at, &out_len, &err));
    medseal_identity_key_free(key);
    GIVES(MEDSEAL_ERR_NAME_TAKEN, medseal_super_node_register(the_super_node, the_registration_request, &key, &err));
    READS("clinic.example", medseal_hospital_name(the_hospital, (char *)at, &out_len, &err));
    OK(medseal_hospital_identity(the_hospital, &the_identity, &err));

    OK(medseal_main_node_generate(TEXT("node.example"), MEDSEAL_ROLE_MAIN_NODE, the_super_node_public_key, &the_main_node, &err));
    OK(medseal_main_node_certificate_request(the_main_node, &the_certificate_request, &err));
    READS("node.example", medseal_certificate_request_name(the_certificate_request, (char *)at, &out_len, &err));
    OK(medseal_super_node_certify(the_super_node, the_certificate_request, NOW_MS, NOW_MS + 1000, &the_certificate, &err));
    NEW(certificate, certificate, medseal_super_node_certify(the_super_node, the_certificate_request, NOW_MS,
        NOW_MS + 1000, &certificate, &err));
    OK(medseal_certificate_verify(the_certificate, the_super_node_public_key, MEDSEAL_ROLE_MAIN_NODE, &the_verified_certificate, &err));
    READS("node.example", medseal_verified_certificate_name(the_verified_certificate, (char *)at, &out_len, &err));
    OK(medseal_verified_certificate_validity(the_verified_certificate, &serial, &from_ms, &to_ms, &err));
    CHECK(from_ms == NOW_MS && to_ms == NOW_MS + 1000);
    CHECK(memcmp(&serial, &other_serial, sizeof serial) != 0);

    NEW(registration_request, gone, medseal_registration_request_new(TEXT("closed.example"), NULL, 0, &gone, &err));
    OK(medseal_super_node_register(the_super_node, gone, &key, &err));
    OK(medseal_super_node_revoke_hospital(the_super_node, TEXT("closed.example"), &err));
    GIVES(MEDSEAL_ERR_UNKNOWN_NAME, medseal_super_node_revoke_hospital(the_super_node, TEXT("nobody"), &err));
    memset(&other_serial, 7, sizeof other_serial);
    OK(medseal_super_node_revoke_certificate(the_super_node, &other_serial, &err));
    NEW(registry, registry, medseal_super_node_publish(the_super_node, NOW_MS, &registry, &err));
    OK(medseal_super_node_publish(the_super_node, NOW_MS + 1, &the_registry, &err));
    OK(medseal_registry_verify(the_registry, the_super_node_public_key, 0, &the_verified_registry, &err));
    GIVES(MEDSEAL_ERR_REGISTRY_ROLLBACK, medseal_registry_verify(registry, the_super_node_public_key, 2, &verified, &err));
    GIVES(MEDSEAL_ERR_REGISTRY_ROLLBACK,
          medseal_verified_registry_succeeded_by(the_verified_registry, registry, &verified, &err));
    OK(medseal_verified_registry_succeeded_by(the_verified_registry, the_registry, &verified, &err));
    medseal_verified_registry_free(verified);
    READ(medseal_super_node_encode(the_super_node, at, &out_len, &err));
    NEW(super_node, set_back, medseal_super_node_decode(out, out_len, &set_back, &err));
    medseal_registry_free(registry);
    OK(medseal_super_node_publish(the_super_node, NOW_MS + 2, &registry, &err));
    NEW(registry, other, medseal_super_node_publish(set_back, NOW_MS + 3, &other, &err));
    OK(medseal_verified_registry_succeeded_by(the_verified_registry, registry, &verified, &err));
    medseal_verified_registry *after = NULL;
    GIVES(MEDSEAL_ERR_REGISTRY_CONFLICT, medseal_verified_registry_succeeded_by(verified, other, &after, &err));
    OK(medseal_verified_registry_status(the_verified_registry, &sequence, &from_ms, &hospitals, &err));
    CHECK(sequence == 2 && from_ms == NOW_MS + 1 && hospitals >= 1);
    READ(medseal_verified_registry_hospital(the_verified_registry, 0, (char *)at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_OUT_OF_RANGE,
                   medseal_verified_registry_hospital(the_verified_registry, hospitals, (char *)at, &out_len, &err));
    NEW(identity, identity, medseal_verified_registry_identity(the_verified_registry, TEXT("clinic.example"),
        &identity, &err));
    medseal_identity_free(identity);
    GIVES(MEDSEAL_ERR_HOSPITAL_REVOKED,
          medseal_verified_registry_identity(the_verified_registry, TEXT("closed.example"), &identity, &err));
    OK(medseal_verified_registry_revokes(the_verified_registry, &other_serial, &yes, &err));
    CHECK(yes);

    OK(medseal_identity_seal(the_super_node_public_key, the_identity, BYTES("to you"), BYTES("aad"), NULL, &the_identity_envelope,
                             &err));
    READS("to you", medseal_hospital_open(the_hospital, the_identity_envelope, BYTES("aad"), NULL, at, &out_len, &err));
    OK(medseal_disclosure_new(BYTES("location"), &database, &summary, &the_disclosure, &err));
    READS("location",
          medseal_disclosure_read(the_disclosure, at, &out_len, &database_again, &summary_again, &err));
    CHECK(same(&database, &database_again, 32) && same(&summary, &summary_again, 32));
}

static void handshakes(void) {
    OWNED(accepted_request) *accepted = NULL;
    OWNED(awaiting_confirmation) *confirming = NULL;
    OWNED(auth_request) *request = NULL;
    OWNED(auth_reply) *reply = NULL;
    OWNED(auth_confirmation) *confirmation = NULL;
    medseal_session *none = NULL;
    medseal_session_id id, same_id;
    medseal_secret here, there;
    uint64_t number = 1;
    size_t count = 0;
    bool yes = true;
    uint8_t saved[8192];

    OK(medseal_replay_cache_new(MEDSEAL_REPLAY_WINDOW_MS, 100, 10, NOW_MS - 100000, &the_replay_cache, &err));
    OK(medseal_hospital_start(the_hospital, the_verified_certificate, the_verified_registry, NOW_MS, &the_awaiting_reply,
                              &the_auth_request, &err));
    OK(medseal_main_node_accept(the_main_node, the_auth_request, the_verified_registry, the_replay_cache, NOW_MS,
                                &the_accepted_request, &err));
    READS("clinic.example", medseal_accepted_request_hospital(the_accepted_request, (char *)at, &out_len, &err));
    GIVES(MEDSEAL_ERR_REQUEST_REPLAYED, medseal_main_node_accept(the_main_node, the_auth_request, the_verified_registry,
                                                                 the_replay_cache, NOW_MS, &accepted, &err));
    OK(medseal_replay_cache_count(the_replay_cache, &count, &err));
    CHECK(count == 1);

    NEW(awaiting_reply, awaiting, medseal_hospital_start(the_hospital, the_verified_certificate,
        the_verified_registry, NOW_MS, &awaiting, &request, &err));
    NEW(replay_cache, cache, medseal_replay_cache_from_callbacks(&the_replay_callbacks, &cache, &err));
    OK(medseal_main_node_accept(the_main_node, request, the_verified_registry, cache, NOW_MS, &accepted, &err));
    GIVES(MEDSEAL_ERR_ABSENT, medseal_replay_cache_count(cache, &count, &err));
    dropped = 0;
    medseal_replay_cache_free(cache);
    CHECK(dropped == 1);
    OK(medseal_main_node_reply(accepted, the_disclosure, &the_auth_reply, &the_awaiting_confirmation, &err));
    GIVES(MEDSEAL_ERR_SPENT, medseal_main_node_reply(accepted, the_disclosure, &reply, &confirming, &err));
    CHECK(reply == NULL && confirming == NULL);
    NEW(disclosure, disclosure, medseal_hospital_finish(awaiting, the_auth_reply, &the_session, &disclosure,
        &the_auth_confirmation, &err));
    medseal_disclosure_free(disclosure);
    GIVES(MEDSEAL_ERR_SPENT, medseal_hospital_finish(awaiting, the_auth_reply, &none, &disclosure, &confirmation, &err));
    CHECK(disclosure == NULL && none == NULL && confirmation == NULL);
    medseal_awaiting_reply_free(awaiting);
    medseal_accepted_request_free(accepted);
    medseal_auth_request_free(request);

    /* Another one, to its end on both sides. */
    OK(medseal_hospital_start(the_hospital, the_verified_certificate, the_verified_registry, NOW_MS, &awaiting, &request,
                              &err));
    OK(medseal_main_node_accept(the_main_node, request, the_verified_registry, the_replay_cache, NOW_MS, &accepted, &err));
    OK(medseal_main_node_reply(accepted, the_disclosure, &reply, &confirming, &err));
    NEW(session, hospital, medseal_hospital_finish(awaiting, reply, &hospital, &disclosure, &confirmation, &err));
    NEW(session, node, medseal_main_node_confirm(confirming, confirmation, &node, &err));
    GIVES(MEDSEAL_ERR_SPENT, medseal_main_node_session(confirming, &none, &err));
    READS("node.example", medseal_session_peer(hospital, (char *)at, &out_len, &err));
    READS("clinic.example", medseal_session_peer(node, (char *)at, &out_len, &err));
    OK(medseal_session_read_id(hospital, &id, &err));
    OK(medseal_session_read_id(node, &same_id, &err));
    CHECK(same(&id, &same_id, sizeof id));
    OK(medseal_session_export(hospital, BYTES("label"), &here, &err));
    OK(medseal_session_export(node, BYTES("label"), &there, &err));
    CHECK(same(&here, &there, sizeof here));
    OK(medseal_session_seal(hospital, BYTES("hello"), BYTES("aad"), 0, &the_session_message, &err));
    READ(medseal_session_message_encode(the_session_message, at, &out_len, &err));
    CHECK(out_len == 5 + MEDSEAL_SESSION_OVERHEAD);
    READS("hello", medseal_session_open(node, the_session_message, BYTES("aad"), at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_DECRYPTION_FAILED,
                   medseal_session_open(node, the_session_message, BYTES("aad"), at, &out_len, &err));
    OK(medseal_session_closed_by_peer(node, &yes, &err));
    CHECK(!yes);
    NEW(session_message, message, medseal_session_seal(hospital, BYTES("bye"), NULL, 0, 1, &message, &err));
    OK(medseal_session_message_place(message, &number, &yes, &err));
    CHECK(number == 1 && yes);
    READS("bye", medseal_session_open(node, message, NULL, 0, at, &out_len, &err));
    OK(medseal_session_closed_by_peer(node, &yes, &err));
    CHECK(yes);
    medseal_session_message_free(message);
    GIVES(MEDSEAL_ERR_SESSION_CLOSED, medseal_session_seal(hospital, BYTES("more"), NULL, 0, 0, &message, &err));
    GIVES(MEDSEAL_ERR_INVALID_ARGUMENT, medseal_session_seal(node, BYTES("x"), NULL, 0, 2, &message, &err));
    medseal_session_free(node);
    OK(medseal_main_node_session(the_awaiting_confirmation, &node, &err));

    /* A cache that is saved goes on elsewhere, once. */
    OK(medseal_replay_cache_new(MEDSEAL_REPLAY_WINDOW_MS, 100, 10, NOW_MS - 100000, &cache, &err));
    READ(medseal_replay_cache_encode(cache, at, &out_len, &err));
    memcpy(saved, out, out_len);
    size_t saved_len = out_len;
    WRITES_NOTHING(MEDSEAL_ERR_SPENT, medseal_replay_cache_encode(cache, at, &out_len, &err));
    GIVES(MEDSEAL_ERR_SPENT, medseal_replay_cache_count(cache, &count, &err));
    medseal_replay_cache_free(cache);
    OK(medseal_replay_cache_decode(saved, saved_len, &cache, &err));
}

void office_open(an_office *office) {
    memset(office, 0, sizeof *office);
    NEW(attributes, attributes, medseal_attributes_parse(TEXT("office"), &attributes, &err));
    OK(medseal_authority_issue(the_authority, attributes, &office->keys, &err));
    OK(medseal_member_keys_signing(office->keys, &office->signing, &err));
    OK(medseal_authority_keyword_key(the_authority, &office->keyword_key, &err));
    office->keywords[0] = the_keyword;
    office->publication = (medseal_publication){
        sizeof office->publication, the_policy, office->keywords, 1, office->keyword_key, NULL, office->signing, NOW_MS};
}

void office_close(an_office *office) {
    medseal_member_keys_free(office->keys);
    medseal_abs_signing_key_free(office->signing);
    medseal_keyword_key_free(office->keyword_key);
}

/* The consortium trusts the ledger's current head, and no longer its earlier one. */
static void trust(medseal_consortium *consortium, medseal_trusted_head **head) {
    medseal_tree_head now;
    medseal_trusted_head_free(*head);
    OK(medseal_ledger_head(consortium->ledger, &now, &err));
    OK(medseal_trusted_head_new(&now, NOW_MS, NOW_MS + 5, 5, head, &err));
    consortium->head = *head;
}

/* The super node signs the first charter of a ledger, with one validator. */
static void found(const medseal_policy *claim) {
    const medseal_validator *validators[1];
    medseal_terms terms = {sizeof terms, TEXT("clinics"), claim, the_public_parameters, validators, 1, {0, {0}}};
    medseal_digest statement, asked, ledger, hash, previous, id;
    medseal_tree_head final_head;
    medseal_charter *charter = NULL;
    uint32_t number = 0;
    size_t count = 0;

    OK(medseal_main_node_validator_statement(the_main_node, NULL, BYTES("engine key"), &statement, &err));
    OK(medseal_main_node_validator(the_main_node, NULL, BYTES("engine key"), BYTES("by the engine"), &the_validator, &err));
    OK(medseal_validator_statement(the_validator, NULL, &asked, &err));
    CHECK(same(&statement, &asked, sizeof asked));
    READS("node.example", medseal_validator_name(the_validator, (char *)at, &out_len, &err));
    READS("engine key", medseal_validator_engine_key(the_validator, at, &out_len, &err));
    READS("by the engine", medseal_validator_engine_signature(the_validator, at, &out_len, &err));
    validators[0] = the_validator;
    OK(medseal_super_node_sign_charter(the_super_node, NULL, &terms, NULL, &the_charter, &err));
    OK(medseal_charter_fields(the_charter, &number, &ledger, &hash, &previous, &final_head, &count, &err));
    CHECK(number == 1 && same(&ledger, &hash, sizeof hash) && final_head.size == 0 && count == 1);
    READS("clinics", medseal_charter_name(the_charter, (char *)at, &out_len, &err));
    NEW(policy, policy, medseal_charter_claim(the_charter, &policy, &err));
    NEW(public_parameters, parameters, medseal_charter_parameters(the_charter, &parameters, &err));
    NEW(validator, validator, medseal_charter_validator(the_charter, 0, &validator, &err));
    medseal_validator_free(validator);
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_charter_validator(the_charter, 1, &validator, &err));

    OK(medseal_charters_new(the_charter, the_super_node_public_key, &the_charters, &err));
    OK(medseal_charters_ledger(the_charters, &id, &err));
    CHECK(same(&id, &hash, sizeof id));
    NEW(charters, same_ones, medseal_charters_push(the_charters, the_charter, &same_ones, &err));
    medseal_charters_free(same_ones);
    GIVES(MEDSEAL_ERR_UNKNOWN_CHARTER, medseal_charters_get(the_charters, 2, &charter, &err));
    READ(medseal_charters_encode(the_charters, at, &out_len, &err));
    OK(medseal_charters_decode(out, out_len, the_super_node_public_key, &same_ones, &err));
    medseal_charters_free(same_ones);
    GIVES(MEDSEAL_ERR_TRUNCATED, medseal_charters_decode(out, out_len - 1, the_super_node_public_key, &same_ones, &err));

    /* A validator of another ledger. */
    terms.name = "others";
    terms.name_len = 6;
    final_head.size = 0;
    GIVES(MEDSEAL_ERR_INVALID_FIELD,
          medseal_super_node_sign_charter(the_super_node, the_charters, &terms, &final_head, &charter, &err));
    final_head.size = 1;
    GIVES(MEDSEAL_ERR_INVALID_SIGNATURE,
          medseal_super_node_sign_charter(the_super_node, the_charters, &terms, &final_head, &charter, &err));
}

/* The claim policy changes, on a copy of the ledger: old ones stay readable, no new ones are accepted. */
static void another_era(const medseal_consortium *consortium, medseal_ledger *ledger, const medseal_entry_id *id,
                        const medseal_abe_decryption_key *key) {
    medseal_terms terms = {sizeof terms, TEXT("clinics"), the_policy, the_public_parameters, NULL, 0, {0, {0}}};
    medseal_validated *validated = NULL;
    OWNED(trusted_head) *head = NULL;
    medseal_tree_head now;
    medseal_consortium reader = *consortium;
    uint64_t height = 0;

    OK(medseal_ledger_head(ledger, &now, &err));
    NEW(charter, next, medseal_super_node_sign_charter(the_super_node, the_charters, &terms, &now, &next, &err));
    OK(medseal_memory_ledger_append_charter(ledger, next, &height, &err));
    CHECK(height == now.size);
    OK(medseal_memory_ledger_append_charter(ledger, next, &height, &err));
    NEW(charters, charters, medseal_memory_ledger_charters(ledger, &charters, &err));
    NEW(charters, pushed, medseal_charters_push(the_charters, next, &pushed, &err));
    medseal_charters_free(pushed);
    NEW(charter, kept, medseal_charters_get(charters, 0, &kept, &err));
    medseal_charter_free(kept);

    GIVES(MEDSEAL_ERR_ERA_PASSED, medseal_entry_validate(the_entry, charters, &validated, &err));
    reader.ledger = ledger;
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_memory_ledger_evidence(ledger, 0, &kept, &err));
    terms.name = "elsewhere";
    terms.name_len = 9;
    NEW(charter, other, medseal_super_node_sign_charter(the_super_node, the_charters, &terms, &now, &other, &err));
    GIVES(MEDSEAL_ERR_CHARTER_CONFLICT, medseal_memory_ledger_append_charter(ledger, other, &height, &err));
    GIVES(MEDSEAL_ERR_CHARTER_CONFLICT, medseal_charters_push(charters, other, &pushed, &err));
    OK(medseal_memory_ledger_evidence(ledger, 0, &kept, &err));
    medseal_charter_free(other);
    now.size--;
    OK(medseal_super_node_sign_charter(the_super_node, charters, &terms, &now, &other, &err));
    GIVES(MEDSEAL_ERR_FINAL_HEAD_REFUSED, medseal_memory_ledger_append_charter(ledger, other, &height, &err));
    GIVES(MEDSEAL_ERR_CHARTER_OUT_OF_ORDER, medseal_charters_push(the_charters, other, &pushed, &err));

    reader.charters = charters;
    trust(&reader, &head);
    READ(medseal_open_bytes(&reader, id, key, at, &out_len, NULL, &err));
    CHECK(record_is_out());
    OK(medseal_memory_ledger_verify(ledger, &err));
}

static bool same_keyword_key(const medseal_keyword_key *one, const medseal_keyword_key *other) {
    uint8_t a[64], b[64];
    size_t a_len = sizeof a, b_len = sizeof b;
    OK(medseal_keyword_key_encode(one, a, &a_len, &err));
    OK(medseal_keyword_key_encode(other, b, &b_len, &err));
    return a_len == b_len && same(a, b, a_len);
}

/* Owner, ledger node and user, with any ledger and store. */
static void share(medseal_consortium *consortium, const char *directory, int in_memory) {
    an_office office;
    OWNED(record_key) *unwrapped = NULL;
    OWNED(found) *found = NULL;
    medseal_published published, second;
    medseal_place place;
    medseal_entry_id id;
    medseal_record_id record_id;
    medseal_digest digest, before, after;
    medseal_statement statement;
    medseal_receipt receipt;
    medseal_tree_head head;
    OWNED(trusted_head) *trusted = NULL;
    medseal_trusted_head *stale = NULL;
    medseal_charter *charter = NULL;
    medseal_digest ledger_id;
    uint32_t number = 0;
    bool was_there = false;
    listener l;
    uint64_t time_ms = 0, next = 0, height = 0;
    size_t hits = 0, malformed = 0;
    medseal_status why = MEDSEAL_OK;
    char path[512], opened[512];

    office_open(&office);
    NEW(attributes, attributes, medseal_attributes_parse(TEXT("role=visitor"), &attributes, &err));
    NEW(member_keys, visitor, medseal_authority_issue(the_authority, attributes, &visitor, &err));
    medseal_attributes_free(attributes);
    OK(medseal_member_keys_verify(office.keys, the_public_parameters, &err));
    OK(medseal_member_keys_attributes(office.keys, &attributes, &err));
    NEW(abe_decryption_key, decryption, medseal_member_keys_decryption(the_member_keys, &decryption, &err));
    NEW(abe_decryption_key, others, medseal_member_keys_decryption(visitor, &others, &err));
    NEW(search_key, search, medseal_member_keys_search(the_member_keys, &search, &err));
    NEW(authority, renewed, medseal_authority_renew_keyword_key(the_authority, &renewed, &err));
    NEW(keyword_key, renewed_key, medseal_authority_keyword_key(renewed, &renewed_key, &err));
    NEW(keyword_key, same_key, medseal_authority_keyword_key(the_authority, &same_key, &err));
    CHECK(same_keyword_key(same_key, office.keyword_key) && !same_keyword_key(renewed_key, office.keyword_key));
    NEW(public_parameters, renewed_parameters, medseal_authority_public_parameters(renewed, &renewed_parameters, &err));
    GIVES(MEDSEAL_ERR_INVALID_KEY, medseal_member_keys_verify(office.keys, renewed_parameters, &err));
    NEW(policy, claim, medseal_policy_parse(TEXT("office"), &claim, &err));
    OK(medseal_charters_ledger(the_charters, &ledger_id, &err));

    /* The owner publishes. */
    OK(medseal_database_digest(the_database, &before, &err));
    NEW(record_key, key, medseal_publish(consortium, &office.publication, reader_of(&a_stream, record, RECORD_LEN),
        the_database, progress_to(&l), &key, &the_prepared, &published, &err));
    CHECK(a_stream.dropped == 1 && l.dropped == 1 && l.last_step == MEDSEAL_STEP_APPEND && l.calls > 5);
    CHECK(published.receipt.length == RECORD_LEN && published.place.height == 1 && published.is_new == 1);
    CHECK(the_prepared == NULL);
    OK(medseal_database_digest(the_database, &after, &err));
    CHECK(!same(&before, &after, sizeof after));
    OK(medseal_record_summary_verify(key, &published.receipt.digest, &published.summary, &err));
    NEW(merkle_frontier, frontier, medseal_database_frontier(the_database, &frontier, &err));
    NEW(database, resumed, medseal_database_resume(the_super_node_public_key, the_identity, frontier, &resumed, &err));
    OK(medseal_database_digest(resumed, &before, &err));
    CHECK(same(&before, &after, sizeof after));
    medseal_publication unsigned_one = office.publication;
    NEW(abs_signing_key, not_entitled, medseal_member_keys_signing(visitor, &not_entitled, &err));
    unsigned_one.signing_key = not_entitled;
    GIVES(MEDSEAL_ERR_POLICY_NOT_SATISFIED,
          medseal_publish_bytes(consortium, &unsigned_one, record, RECORD_LEN, NULL, NULL, NULL, &second, &err));
    CHECK(err.step == MEDSEAL_STEP_SEAL || err.step == MEDSEAL_STEP_SIGN);
    reader_of(&a_stream, record, RECORD_LEN);
    a_stream.fails = 1;
    GIVES(MEDSEAL_ERR_IO, medseal_publish(consortium, &office.publication, &a_stream.reader, NULL, NULL, NULL, NULL,
        &second, &err));
    CHECK(err.step == MEDSEAL_STEP_SEAL && second.place.height == 0);
    if (in_memory) {
        OK(medseal_publish_bytes(consortium, &office.publication, record, RECORD_LEN, NULL, NULL, NULL, &second, &err));
        path_in(path, directory, "record");
        OK(medseal_publish_file(consortium, &office.publication, STRING(path), NULL, NULL, NULL, NULL, &second, &err));
        CHECK(second.place.height == 3);
    }

    /* A ledger node reads, validates, and proves. */
    OK(medseal_ledger_head(consortium->ledger, &head, &err));
    CHECK(head.size == (in_memory ? 4u : 2u));
    NEW(entry, entry, medseal_ledger_get(consortium->ledger, &published.place.id, &entry, &err));
    NEW(validated, validated, medseal_entry_validate(entry, the_charters, &validated, &err));
    OK(medseal_ledger_append(consortium->ledger, validated, &height, &was_there, &err));
    CHECK(height == 1 && was_there);
    OK(medseal_ledger_append(consortium->ledger, validated, &height, NULL, &err));
    medseal_validated_free(validated);
    const medseal_entry *entries[2];
    entries[0] = entries[1] = entry;
    OK(medseal_entry_validate_all(entries, 2, the_charters, 2, &validated, &err));
    GIVES(MEDSEAL_ERR_INVALID_ARGUMENT,
          medseal_ledger_append(consortium->ledger, validated, &height, &was_there, &err));
    medseal_validated_free(validated);
    validated = NULL;
    OK(medseal_entry_fields(entry, &number, &id, &record_id, &digest, &time_ms, &err));
    CHECK(same(&id, &published.place.id, sizeof id) && same(&record_id, &published.record, sizeof record_id));
    CHECK(same(&digest, &published.receipt.digest, sizeof digest) && time_ms == NOW_MS && number == 1);
    READ(medseal_entry_address(entry, (char *)at, &out_len, &err));
    memcpy(path, out, out_len);
    size_t address_len = out_len;
    READ(medseal_address_of(&digest, (char *)at, &out_len, &err));
    CHECK(out_len == address_len && same(path, out, out_len));
    NEW(policy, stated, medseal_entry_claim(entry, &stated, &err));
    NEW(policy, access, medseal_entry_access(entry, &access, &err));
    NEW(abe_wrapped_key, wrapped, medseal_entry_wrapped_key(entry, &wrapped, &err));
    NEW(search_index, index, medseal_entry_index(entry, &index, &err));
    NEW(identity_envelope, envelope, medseal_entry_envelope(entry, &envelope, &err));
    NEW(abs_signature, signature, medseal_entry_signature(entry, &signature, &err));
    READ(medseal_hospital_open(the_hospital, envelope, digest.bytes, sizeof digest.bytes, NULL, at, &out_len, &err));
    NEW(disclosure, disclosure, medseal_disclosure_decode(out, out_len, &disclosure, &err));

    /* A reader checks it: by its charter, and under a head that is not too old. */
    trust(consortium, &trusted);
    GIVES(MEDSEAL_ERR_STALE_HEAD, medseal_trusted_head_new(&head, NOW_MS, NOW_MS + 6, 5, &stale, &err));
    NEW(inclusion_proof, proof, medseal_ledger_prove(consortium->ledger, &id, head.size, &proof, &err));
    OK(medseal_entry_check(entry, the_charters, proof, trusted, &err));
    medseal_inclusion_proof_free(proof);
    GIVES(MEDSEAL_ERR_AFTER_TRUSTED_HEAD, medseal_ledger_prove(consortium->ledger, &id, 1, &proof, &err));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_ledger_prove(consortium->ledger, &id, 99, &proof, &err));
    GIVES(MEDSEAL_ERR_INVALID_PROOF, medseal_entry_check(entry, the_charters, the_inclusion_proof, trusted, &err));

    /* The same entry, built by hand. */
    medseal_digest aad;
    OK(medseal_entry_wrap_aad(&digest, &aad, &err));
    out_len = sizeof out;
    OK(medseal_abe_unwrap(decryption, wrapped, aad.bytes, sizeof aad.bytes, NULL, out, &out_len, &err));
    statement = (medseal_statement){.struct_size = sizeof statement, .charter = 1, .digest = digest, .time_ms = NOW_MS,
                                    .claim = claim, .wrapped = wrapped, .index = index};
    OK(medseal_record_id_generate(&statement.record, &err));
    if (in_memory) {
        OK(medseal_entry_sign(&statement, &ledger_id, office.signing, &the_entry, &err));
        OK(medseal_entry_validate(the_entry, the_charters, &the_validated, &err));
        OK(medseal_ledger_append(consortium->ledger, the_validated, &height, &was_there, &err));
        CHECK(height == 4 && !was_there);
        medseal_identity_envelope *none = NULL;
        GIVES(MEDSEAL_ERR_ABSENT, medseal_entry_envelope(the_entry, &none, &err));
        statement.record.bytes[0] ^= 1;
        statement.address = "elsewhere";
        statement.address_len = 9;
        NEW(entry, one, medseal_entry_sign(&statement, &ledger_id, office.signing, &one, &err));
        statement.record.bytes[0] ^= 2;
        statement.envelope = envelope;
        NEW(entry, two, medseal_entry_sign(&statement, &ledger_id, office.signing, &two, &err));
        entries[0] = one;
        entries[1] = two;
        OK(medseal_entry_validate_all(entries, 2, the_charters, 1, &validated, &err));
        OK(medseal_memory_ledger_append_block(consortium->ledger, validated, &height, &err));
        CHECK(height == 5);
        GIVES(MEDSEAL_ERR_DUPLICATE_ENTRY,
              medseal_memory_ledger_append_block(consortium->ledger, validated, &height, &err));
        CHECK(err.position == 0);
        medseal_validated_free(validated);
        medseal_entry_free(one);
        ledger_id.bytes[0] ^= 1;
        OK(medseal_entry_sign(&statement, &ledger_id, office.signing, &one, &err));
        entries[1] = one;
        GIVES(MEDSEAL_ERR_INVALID_SIGNATURE, medseal_entry_validate(one, the_charters, &validated, &err));
        GIVES(MEDSEAL_ERR_INVALID_SIGNATURE,
              medseal_entry_validate_all(entries + 1, 1, the_charters, 1, &validated, &err));
        CHECK(err.position == 0 && validated == NULL);
        OK(medseal_memory_ledger_verify(consortium->ledger, &err));
        OK(medseal_memory_ledger_block(consortium->ledger, 0, &the_block_header, &err));
        medseal_digest root, previous, hash;
        uint64_t block = 9, count = 0;
        OK(medseal_block_header_fields(the_block_header, &block, &count, &root, &previous, &hash, &err));
        CHECK(block == 0 && count == 1);
        READ(medseal_memory_ledger_encode(consortium->ledger, at, &out_len, &err));
        NEW(ledger, copy, medseal_memory_ledger_decode(out, out_len, the_super_node_public_key, &copy, &err));
        another_era(consortium, copy, &id, decryption);
        medseal_ledger_free(copy);
        READ(medseal_memory_ledger_encode(consortium->ledger, at, &out_len, &err));
        out[out_len / 2] ^= 1;
        CHECK(medseal_memory_ledger_decode(out, out_len, the_super_node_public_key, &copy, &err) != MEDSEAL_OK && copy == NULL);
    } else {
        out_len = sizeof out;
        GIVES(MEDSEAL_ERR_ABSENT, medseal_memory_ledger_encode(consortium->ledger, out, &out_len, &err));
        GIVES(MEDSEAL_ERR_ABSENT, medseal_memory_ledger_verify(consortium->ledger, &err));
    }
    medseal_entry_free(entry);
    OK(medseal_ledger_at(consortium->ledger, 0, &entry, &charter, &err));
    CHECK(entry == NULL && charter != NULL);
    medseal_charter_free(charter);
    OK(medseal_ledger_at(consortium->ledger, 1, &entry, &charter, &err));
    CHECK(entry != NULL && charter == NULL);
    medseal_entry_free(entry);
    GIVES(MEDSEAL_ERR_UNKNOWN_ENTRY, medseal_ledger_at(consortium->ledger, 99, &entry, &charter, &err));

    /* A user finds and opens. */
    const medseal_policy *const at_hand[] = {the_policy};
    NEW(attributes, held, medseal_search_key_attributes(search, &held, &err));
    NEW(attributes, showing, medseal_attributes_needed(held, at_hand, 1, &showing, &err));
    medseal_search what = {sizeof what, the_keyword, search, showing, NULL, 0, 0};
    OK(medseal_find(consortium, &what, NULL, &found, &err));
    READ(medseal_found_encode(found, at, &out_len, &err));
    medseal_found_free(found);
    OK(medseal_found_decode(out, out_len, &found, &err));
    OK(medseal_found_count(found, &hits, &malformed, &next, &err));
    CHECK(hits == (in_memory ? 6u : 1u) && malformed == 0 && next == hits + 1);
    OK(medseal_found_hit(found, 0, &place, &err));
    CHECK(place.height == 1 && same(&place.id, &id, sizeof id));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_found_hit(found, hits, &place, &err));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_found_malformed(found, 0, &height, &why, &err));
    if (in_memory) the_found = found; else medseal_found_free(found);
    NEW(search_public_key, indexing, medseal_public_parameters_search(the_public_parameters, &indexing, &err));
    NEW(trapdoor, trapdoor, medseal_search_trapdoor(search, the_keyword, showing, NULL, 0, &trapdoor, &err));
    NEW(query, query, medseal_query_new(trapdoor, indexing, &query, &err));
    OK(medseal_ledger_search(consortium->ledger, query, indexing, 0, 2, progress_to(&l), &found, &err));
    medseal_found *unfound = NULL;
    GIVES(MEDSEAL_ERR_OTHER_AUTHORITY,
          medseal_ledger_search(consortium->ledger, query, the_search_public_key, 0, 2, NULL, &unfound, &err));
    CHECK(l.calls > 0 && l.dropped == 1);

    consortium->head = NULL;
    GIVES(MEDSEAL_ERR_AFTER_TRUSTED_HEAD, medseal_unwrap_record_key(consortium, &id, decryption, &unwrapped, &err));
    trust(consortium, &trusted);
    OK(medseal_unwrap_record_key(consortium, &id, decryption, &unwrapped, &err));
    OK(medseal_open(consortium, &id, decryption, writer_to(&another_stream), progress_to(&l), &receipt, &err));
    CHECK(another_stream.len == RECORD_LEN && same(another_stream.bytes, record, RECORD_LEN));
    CHECK(another_stream.dropped == 1 && l.dropped == 1);
    READ(medseal_open_bytes(consortium, &id, decryption, at, &out_len, &receipt, &err));
    CHECK(record_is_out());
    path_in(opened, directory, in_memory ? "opened" : "opened too");
    OK(medseal_open_file(consortium, &id, decryption, STRING(opened), NULL, NULL, &err));
    GIVES(MEDSEAL_ERR_POLICY_NOT_SATISFIED, medseal_open(consortium, &id, others, writer_to(&another_stream), NULL,
        NULL, &err));
    CHECK(another_stream.len == 0 && another_stream.dropped == 1);
    medseal_record_key *none = NULL;
    GIVES(MEDSEAL_ERR_POLICY_NOT_SATISFIED, medseal_unwrap_record_key(consortium, &id, others, &none, &err));

    /* The owner shares it with visitors, too. */
    NEW(policy, visitors, medseal_policy_parse(TEXT("role=visitor"), &visitors, &err));
    office.publication.access = visitors;
    OK(medseal_rewrap(consortium, &id, key, &office.publication, NULL, NULL, &second, &err));
    trust(consortium, &trusted);
    READ(medseal_open_bytes(consortium, &second.place.id, others, at, &out_len, NULL, &err));
    GIVES(MEDSEAL_ERR_DECRYPTION_FAILED,
          medseal_rewrap(consortium, &id, the_record_key, &office.publication, NULL, NULL, &second, &err));

    consortium->head = NULL;
    office_close(&office);
}

/* One of five entries does not decode: the others are found, and this one is reported. */
static void one_entry_is_damaged(medseal_consortium *parties, own_ledger *mine) {
    medseal_entry *entry = NULL;
    medseal_charter *charter = NULL;
    medseal_place place;
    uint64_t next = 0, height = 0;
    size_t hits = 0, malformed = 0;
    medseal_status why = MEDSEAL_OK;

    NEW(search_key, search, medseal_member_keys_search(the_member_keys, &search, &err));
    medseal_search what = {sizeof what, the_keyword, search, the_attributes, NULL, 0, 0};
    /* The ledger's content is trusted: the first entry at all heights. */
    for (uint64_t i = 2; i < 6; i++) {
        free(mine->items[i]);
        mine->items[i] = malloc(mine->lens[1]);
        memcpy(mine->items[i], mine->items[1], mine->lens[1]);
        mine->ids[i] = mine->ids[1];
        mine->lens[i] = mine->lens[1];
    }
    CHECK(mine->count <= 6);
    mine->count = 6;
    mine->damaged_height = 4;
    NEW(found, found, medseal_find(parties, &what, NULL, &found, &err));
    OK(medseal_found_count(found, &hits, &malformed, &next, &err));
    CHECK(hits == 4 && malformed == 1 && next == 6);
    OK(medseal_found_hit(found, 3, &place, &err));
    CHECK(place.height == 5);
    OK(medseal_found_malformed(found, 0, &height, &why, &err));
    CHECK(height == 4 && why == MEDSEAL_ERR_WRONG_MAGIC);
    medseal_found_free(found);
    GIVES(MEDSEAL_ERR_WRONG_MAGIC, medseal_ledger_at(parties->ledger, 4, &entry, &charter, &err));
    CHECK(err.position == 4);
    mine->damaged_height = UINT64_MAX;
    OK(medseal_find(parties, &what, NULL, &found, &err));
    OK(medseal_found_count(found, &hits, &malformed, &next, &err));
    CHECK(hits == 5 && malformed == 0 && next == 6);
}

static void consortium(const char *directory) {
    medseal_tree_head head;
    medseal_ledger *ledger = NULL;
    medseal_store *store = NULL;
    static own_ledger mine;
    static own_store objects;
    const medseal_ledger_callbacks ledger_callbacks = own_ledger_callbacks(&mine);
    medseal_store_callbacks store_callbacks = own_store_callbacks(&objects);
    medseal_consortium parties = {sizeof parties, NULL, NULL, NULL, NULL, 2, NULL};
    char path[512];

    OK(medseal_authority_setup(&the_authority, &err));
    OK(medseal_authority_public_parameters(the_authority, &the_public_parameters, &err));
    OK(medseal_authority_issue(the_authority, the_attributes, &the_member_keys, &err));
    NEW(abe_public_key, abe, medseal_public_parameters_abe(the_public_parameters, &abe, &err));
    NEW(abs_public_key, abs, medseal_public_parameters_abs(the_public_parameters, &abs, &err));
    NEW(search_public_key, search, medseal_public_parameters_search(the_public_parameters, &search, &err));
    NEW(policy, claim, medseal_policy_parse(TEXT("office"), &claim, &err));
    found(claim);
    OK(medseal_database_new(the_super_node_public_key, the_identity, &the_database, &err));
    OK(medseal_memory_ledger_new(the_charter, the_super_node_public_key, &the_ledger, &err));
    OK(medseal_memory_store_new(&the_store, &err));
    parties.charters = the_charters;
    parties.ledger = the_ledger;
    parties.store = the_store;
    share(&parties, directory, 1);

    own_ledger_begin(&mine);
    store_callbacks.address = NULL; /* the library names the objects, and opens them to confirm them */
    store_callbacks.confirm = NULL;
    OK(medseal_ledger_from_callbacks(&ledger_callbacks, &ledger, &err));
    OK(medseal_store_from_callbacks(&store_callbacks, &store, &err));
    parties.ledger = ledger;
    parties.store = store;
    share(&parties, directory, 0);
    one_entry_is_damaged(&parties, &mine);
    medseal_ledger_free(ledger);
    medseal_store_free(store);
    CHECK(mine.dropped == 1 && objects.dropped == 1 && objects.uploads == 0 && objects.readings == 0);

    OK(medseal_ledger_head(the_ledger, &head, &err));
    OK(medseal_trusted_head_new(&head, NOW_MS, NOW_MS, 0, &the_trusted_head, &err));
    path_in(path, directory, "objects");
    OK(medseal_directory_store_open(STRING(path), &store, &err));
    medseal_store_free(store);
}

/* Exchanges the messages of two sessions, until neither has any. */
static void exchange(medseal_authority_session *sessions[2]) {
    int sent = 1;
    while (sent > 0) {
        sent = 0;
        for (int i = 0; i < 2; i++) {
            medseal_authority_message *message = NULL;
            while (medseal_authority_session_next(sessions[i], &message, &err) == MEDSEAL_OK) {
                uint8_t round = 0, from = 0, to = 0;
                OK(medseal_authority_message_header(message, &round, &from, &to, &err));
                CHECK(round <= 4 && from == i + 1);
                OK(medseal_authority_session_receive(sessions[1 - i], message, &err));
                sent++;
                medseal_authority_message_free(message);
            }
            CHECK(err.status == MEDSEAL_ERR_ABSENT);
        }
    }
}

/* Both confirm and finish. */
static void complete(medseal_authority_session *sessions[2], char folders[2][512], medseal_authority_share *shares[2],
                     medseal_generation_certificate **certificate) {
    int32_t state = -1;
    exchange(sessions);
    for (int i = 0; i < 2; i++) {
        OK(medseal_authority_session_state(sessions[i], &state, &err));
        CHECK(state == MEDSEAL_SESSION_CHECKED);
        GIVES(MEDSEAL_ERR_ABSENT, medseal_authority_session_finish(sessions[i], &shares[i], certificate, &err));
        OK(medseal_authority_session_confirm(sessions[i], STRING(folders[i]), &err));
        GIVES(MEDSEAL_ERR_NO_PART, medseal_authority_session_confirm(sessions[i], STRING(folders[i]), &err));
        READ(medseal_authority_session_missing(sessions[i], (char *)at, &out_len, &err));
        CHECK(out_len > 0);
    }
    exchange(sessions);
    for (int i = 0; i < 2; i++) {
        medseal_generation_certificate_free(*certificate);
        OK(medseal_authority_session_finish(sessions[i], &shares[i], certificate, &err));
        GIVES(MEDSEAL_ERR_SPENT, medseal_authority_session_state(sessions[i], &state, &err));
        medseal_authority_session_free(sessions[i]);
    }
}

/* Both sign the charter that founds a ledger, and the next one. */
static void charter_of_two(medseal_authority_holder *holders[2], char folders[2][512],
                           const medseal_generation_certificate *certificate, const medseal_abe_public_key *abe,
                           const medseal_abs_public_key *abs_key, const medseal_super_node_public_key *super_node) {
    medseal_possession wrapping, signing;
    medseal_terms terms = {sizeof terms, TEXT("of two"), the_policy, NULL, NULL, 0, {0, {0}}};
    medseal_authority_message *parts[2] = {NULL, NULL}, *refused = NULL;
    const medseal_authority_message *const *both = (const medseal_authority_message *const *)parts;
    OWNED(charter) *first = NULL;
    OWNED(charter_draft) *next = NULL;
    medseal_validator *validator = NULL;
    medseal_digest ledger, hash, previous;
    medseal_tree_head final_head = {3, {{1}}}, said_head;
    medseal_epoch_commitment epoch;
    uint32_t number = 0;
    size_t count = 9;
    uint8_t culprits[4] = {9, 9, 9, 9};

    OK(medseal_generation_certificate_possession(certificate, &wrapping, &signing, &err));
    OK(medseal_abe_public_key_verify_possession(abe, &wrapping, &err));
    OK(medseal_abs_public_key_verify_possession(abs_key, &signing, &err));
    GIVES(MEDSEAL_ERR_INVALID_PROOF, medseal_abe_public_key_verify_possession(abe, &signing, &err));
    GIVES(MEDSEAL_ERR_INVALID_PROOF, medseal_abs_public_key_verify_possession(abs_key, &wrapping, &err));
    NEW(public_parameters, parameters, medseal_generation_public_parameters(the_generation, the_keyword_key,
        &parameters, &err));
    terms.parameters = parameters;
    OK(medseal_charter_draft_new(NULL, &terms, NULL, 0, &the_charter_draft, &err));
    OK(medseal_charter_draft_fields(the_charter_draft, &number, &ledger, &hash, &previous, &said_head, &epoch, &count, &err));
    CHECK(number == 1 && count == 0 && said_head.size == 0 && epoch.epoch == 0 && same(&ledger, &hash, sizeof hash));
    READS("of two", medseal_charter_draft_name(the_charter_draft, (char *)at, &out_len, &err));
    NEW(policy, claim, medseal_charter_draft_claim(the_charter_draft, &claim, &err));
    NEW(public_parameters, said, medseal_charter_draft_parameters(the_charter_draft, &said, &err));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_charter_draft_validator(the_charter_draft, 0, &validator, &err));
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_holder_sign_charter(holders[i], the_charter_draft, STRING(folders[i]), &parts[i], &err));
    GIVES(MEDSEAL_ERR_TOO_FEW_AUTHORITIES,
          medseal_generation_combine_charter(the_generation, the_charter_draft, both, 1, &first, NULL, 0, &err));
    OK(medseal_generation_combine_charter(the_generation, the_charter_draft, both, 2, &first, culprits, 4, &err));
    CHECK(culprits[0] == 0);
    for (int i = 0; i < 2; i++) medseal_authority_message_free(parts[i]);
    NEW(charters, charters, medseal_charters_new(first, super_node, &charters, &err));

    /* The next has number 3: number 2 was given up. */
    OK(medseal_charter_draft_new(charters, &terms, &final_head, 0, &next, &err));
    GIVES(MEDSEAL_ERR_ALREADY_SIGNED,
          medseal_authority_holder_sign_charter(holders[0], next, STRING(folders[0]), &refused, &err));
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_holder_saw_charter(holders[i], first, STRING(folders[i]), &err));
    OK(medseal_authority_holder_sign_charter(holders[0], next, STRING(folders[0]), &parts[0], &err));
    medseal_authority_message_free(parts[0]);
    NEW(charter_draft, later, medseal_charter_draft_new(charters, &terms, &final_head, 3, &later, &err));
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_holder_sign_charter(holders[i], later, STRING(folders[i]), &parts[i], &err));
    GIVES(MEDSEAL_ERR_ALREADY_SIGNED,
          medseal_authority_holder_sign_charter(holders[0], next, STRING(folders[0]), &refused, &err));
    NEW(charter, second, medseal_generation_combine_charter(the_generation, later, both, 2, &second, NULL, 0, &err));
    NEW(charters, pushed, medseal_charters_push(charters, second, &pushed, &err));
    for (int i = 0; i < 2; i++) medseal_authority_message_free(parts[i]);
}

/* Two authorities, both of which are needed. */
static void authorities(const char *directory) {
    medseal_authority_key *keys[2] = {NULL, NULL};
    const medseal_authority_public_key *publics[2];
    medseal_authority_public_key *public_keys[2] = {NULL, NULL};
    medseal_authority_session *sessions[2] = {NULL, NULL};
    medseal_authority_share *shares[2] = {NULL, NULL}, *next_shares[2] = {NULL, NULL};
    medseal_authority_holder *holders[2] = {NULL, NULL};
    medseal_authority_message *answers[2] = {NULL, NULL};
    const medseal_authority_message *const *both = (const medseal_authority_message *const *)answers;
    const medseal_authority_message *twice[2];
    medseal_generation_certificate *certificate = NULL;
    OWNED(member_keys) *member = NULL;
    OWNED(registration_request) *asked = NULL;
    OWNED(registry) *registry = NULL;
    OWNED(main_node) *node = NULL;
    medseal_certificate_serial seven = {{7}};
    medseal_digest digest, digest_again;
    uint8_t threshold = 0, size = 0, culprits[4] = {9, 9, 9, 9};
    const uint8_t quorum[2] = {1, 2};
    uint32_t number = 0;
    char folders[2][512];

    for (int i = 0; i < 2; i++) {
        CHECK(snprintf(folders[i], sizeof folders[i], "%s/authority-%d", directory, i) < (int)sizeof folders[i]);
        CHECK(mkdir(folders[i], 0700) == 0);
        OK(medseal_authority_key_generate(i == 0 ? "one.example" : "two.example", 11, &keys[i], &err));
        OK(medseal_authority_key_public(keys[i], &public_keys[i], &err));
        publics[i] = public_keys[i];
    }
    READS("one.example", medseal_authority_public_key_name(publics[0], (char *)at, &out_len, &err));
    OK(medseal_authority_public_key_fingerprint(publics[0], &digest, &err));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_roster_new(1, publics, 2, BYTES("C"), &the_roster, &err));
    OK(medseal_roster_new(2, publics, 2, BYTES("C"), &the_roster, &err));
    OK(medseal_roster_digest(the_roster, &digest_again, &err));
    CHECK(!same(&digest, &digest_again, 32));
    OK(medseal_roster_size(the_roster, &threshold, &size, &err));
    CHECK(threshold == 2 && size == 2);
    READS("two.example", medseal_roster_name(the_roster, 2, (char *)at, &out_len, &err));
    WRITES_NOTHING(MEDSEAL_ERR_ABSENT, medseal_roster_name(the_roster, 3, (char *)at, &out_len, &err));

    for (int i = 0; i < 2; i++) OK(medseal_authority_session_generate(the_roster, keys[i], &sessions[i], &err));
    OK(medseal_authority_session_generate(the_roster, keys[0], &the_authority_session, &err));
    READS("committing: authority 2 (two.example) sent nothing\n",
          medseal_authority_session_missing(the_authority_session, (char *)at, &out_len, &err));
    complete(sessions, folders, shares, &certificate);
    OK(medseal_generation_certificate_verify(certificate, the_roster, &the_generation, &err));
    OK(medseal_generation_number(the_generation, &number, &err));
    CHECK(number == 1);
    for (int i = 0; i < 2; i++) OK(medseal_authority_share_confirmation(shares[i], keys[i], &answers[i], &err));
    NEW(generation_certificate, again, medseal_authority_share_certify(shares[0], both, 2, &again, &err));
    medseal_generation_certificate_free(again);
    again = NULL;
    GIVES(MEDSEAL_ERR_CULPRITS, medseal_authority_share_certify(shares[0], both, 1, &again, &err));
    CHECK(err.position == 2 && strstr(err.message, "two.example") != NULL);
    the_authority_message = answers[0];
    medseal_authority_message_free(answers[1]);
    for (int i = 0; i < 2; i++) OK(medseal_authority_holder_new(keys[i], shares[i], certificate, &holders[i], &err));

    /* Keys for a member; then with one authority's answer twice. */
    NEW(attributes, attributes, medseal_attributes_parse(TEXT("role=doctor"), &attributes, &err));
    OK(medseal_pending_request_keys(TEXT("Dr. Ada"), attributes, NOW_MS, &the_pending_request, &err));
    OK(medseal_pending_request_request(the_pending_request, &the_authority_request, &err));
    READS("Dr. Ada", medseal_authority_request_name(the_authority_request, (char *)at, &out_len, &err));
    medseal_attributes_free(attributes);
    OK(medseal_authority_request_attributes(the_authority_request, &attributes, &err));
    GIVES(MEDSEAL_ERR_ABSENT, medseal_authority_request_registration(the_authority_request, &asked, &err));
    for (int i = 0; i < 2; i++) OK(medseal_authority_holder_issue(holders[i], the_authority_request, &answers[i], &err));
    twice[0] = answers[0], twice[1] = answers[0];
    GIVES(MEDSEAL_ERR_TOO_FEW_AUTHORITIES,
          medseal_pending_request_combine_keys(the_pending_request, the_generation, twice, 2, the_keyword_key, &member, NULL,
                                               0, &err));
    CHECK(strstr(err.message, "one.example") != NULL);
    OK(medseal_pending_request_combine_keys(the_pending_request, the_generation, both, 2, the_keyword_key, &member, culprits,
                                            4, &err));
    CHECK(culprits[0] == 0 && culprits[3] == 0);
    for (int i = 0; i < 2; i++) medseal_authority_message_free(answers[i]);
    NEW(abe_public_key, abe, medseal_generation_abe(the_generation, &abe, &err));
    NEW(abs_public_key, abs_key, medseal_generation_abs(the_generation, &abs_key, &err));
    NEW(search_public_key, search, medseal_generation_search(the_generation, &search, &err));
    NEW(super_node_public_key, super_node, medseal_generation_super_node(the_generation, &super_node, &err));

    /* A registry, then an identity key by it. */
    NEW(registration_request, registration, medseal_registration_request_new(TEXT("clinic.example"), NULL, 0,
        &registration, &err));
    OK(medseal_registry_draft_first(NOW_MS, &the_registry_draft, &err));
    OK(medseal_registry_draft_register(the_registry_draft, registration, &err));
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_holder_sign_registry(holders[i], the_registry_draft, STRING(folders[i]), &answers[i], &err));
    OK(medseal_generation_combine_registry(the_generation, the_registry_draft, both, 2, &registry, culprits, 4, &err));
    for (int i = 0; i < 2; i++) medseal_authority_message_free(answers[i]);
    NEW(verified_registry, verified, medseal_authority_holder_saw_registry(holders[0], registry, STRING(folders[0]),
        &verified, &err));
    NEW(verified_registry, seen, medseal_authority_holder_saw_registry(holders[1], registry, STRING(folders[1]),
        &seen, &err));
    medseal_verified_registry_free(seen);
    NEW(pending_request, pending, medseal_pending_request_identity(registration, NOW_MS, &pending, &err));
    NEW(authority_request, request, medseal_pending_request_request(pending, &request, &err));
    medseal_attributes *none = NULL;
    GIVES(MEDSEAL_ERR_ABSENT, medseal_authority_request_attributes(request, &none, &err));
    OK(medseal_authority_request_registration(request, &asked, &err));
    for (int i = 0; i < 2; i++) OK(medseal_authority_holder_extract(holders[i], request, verified, &answers[i], &err));
    NEW(identity_key, identity_key, medseal_pending_request_combine_identity(pending, the_generation, both, 2,
        &identity_key, culprits, 4, &err));
    NEW(hospital, hospital, medseal_hospital_accept(registration, identity_key, super_node, &hospital, &err));
    for (int i = 0; i < 2; i++) medseal_authority_message_free(answers[i]);

    /* A main node's certificate, and the next registry, which revokes it and the hospital. */
    OK(medseal_main_node_generate(TEXT("node.example"), MEDSEAL_ROLE_MAIN_NODE, super_node, &node, &err));
    NEW(certificate_request, node_request, medseal_main_node_certificate_request(node, &node_request, &err));
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_holder_certify(holders[i], node_request, &seven, NOW_MS, NOW_MS + 1, &answers[i], &err));
    NEW(certificate, node_certificate, medseal_generation_combine_certificate(the_generation, node_request, &seven,
        NOW_MS, NOW_MS + 1, both, 2, &node_certificate, culprits, 4, &err));
    for (int i = 0; i < 2; i++) medseal_authority_message_free(answers[i]);
    NEW(registry_draft, draft, medseal_registry_draft_next(verified, NOW_MS + 1, &draft, &err));
    OK(medseal_registry_draft_revoke_hospital(draft, TEXT("clinic.example"), &err));
    OK(medseal_registry_draft_revoke_certificate(draft, &seven, &err));
    OK(medseal_registry_draft_renumber(draft, 1, &err));
    GIVES(MEDSEAL_ERR_ALREADY_SIGNED, medseal_authority_holder_sign_registry(holders[0], draft, folders[0],
                                                                             strlen(folders[0]), &answers[0], &err));
    OK(medseal_registry_draft_renumber(draft, 2, &err));
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_holder_sign_registry(holders[i], draft, STRING(folders[i]), &answers[i], &err));
    NEW(registry, second_registry, medseal_generation_combine_registry(the_generation, draft, both, 2,
        &second_registry, NULL, 0, &err));
    OK(medseal_verified_registry_succeeded_by(verified, second_registry, &seen, &err));
    for (int i = 0; i < 2; i++) medseal_authority_message_free(answers[i]);

    charter_of_two(holders, folders, certificate, abe, abs_key, super_node);

    /* New shares, then a new master secret of signatures. */
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_session_reshare(the_generation, quorum, 2, the_roster, keys[i], shares[i], &sessions[i], &err));
    again = NULL;
    complete(sessions, folders, next_shares, &again);
    NEW(generation, renewed, medseal_generation_certificate_verify(again, the_roster, &renewed, &err));
    for (int i = 0; i < 2; i++)
        OK(medseal_authority_session_renew(renewed, MEDSEAL_MASTER_SIGNATURES, keys[i], next_shares[i], &sessions[i], &err));
    for (int i = 0; i < 2; i++) medseal_authority_session_free(sessions[i]);

    the_authority_key = keys[0];
    the_authority_public_key = public_keys[0];
    the_authority_share = shares[0];
    the_generation_certificate = certificate;
    the_authority_holder = holders[0];
    medseal_authority_key_free(keys[1]);
    medseal_authority_public_key_free(public_keys[1]);
    medseal_authority_share_free(shares[1]);
    medseal_authority_holder_free(holders[1]);
    for (int i = 0; i < 2; i++) medseal_authority_share_free(next_shares[i]);
}

/* Structs of parameters that point to the objects that are kept, and callbacks. */
static void keep_structs(void) {
    static const medseal_keyword *keywords[1];
    static const medseal_validator *validators[1];
    static listener l;
    static own_ledger entries;
    static own_store objects;
    the_reader = *reader_of(&a_stream, record, 0);
    the_writer = *writer_to(&another_stream);
    the_progress = *progress_to(&l);
    the_ledger_callbacks = own_ledger_callbacks(&entries);
    the_store_callbacks = own_store_callbacks(&objects);
    the_reader.drop_ctx = the_writer.drop_ctx = the_progress.drop_ctx = count_drop;
    the_ledger_callbacks.drop_ctx = the_store_callbacks.drop_ctx = count_drop;
    keywords[0] = the_keyword;
    validators[0] = the_validator;
    the_consortium = (medseal_consortium){
        sizeof the_consortium, the_ledger, the_store, the_charters, the_trusted_head, 1, NULL};
    the_publication = (medseal_publication){
        sizeof the_publication, the_policy, keywords, 1, the_keyword_key, NULL, the_abs_signing_key, 0};
    the_search = (medseal_search){sizeof the_search, the_keyword, the_search_key, the_attributes, NULL, 0, 0};
    the_terms = (medseal_terms){
        sizeof the_terms, TEXT("clinics"), the_policy, the_public_parameters, validators, 1, {0, {0}}};
    the_statement = (medseal_statement){.struct_size = sizeof the_statement, .charter = 1, .claim = the_policy,
                                        .wrapped = the_abe_wrapped_key, .index = the_search_index};
    the_abs_claim = (medseal_abs_claim){
        the_abs_public_key, the_policy, NULL, 0, NULL, 0, the_abs_signature};
}

/* Three hospitals restore an epoch's key from backups, the epoch begins, and wrapping uses it. */
static void members(void) {
    static const char *const names[] = {"clinic.example", "general.example", "st-mary.example"};
    OWNED(members_key) *key = NULL;
    OWNED(members_keys) *more = NULL;
    medseal_backup_confirmation *confirmed[3] = {NULL, NULL, NULL};
    medseal_epoch_commitment committed, none = {0, {0}};
    uint32_t epoch = 0;
    uint8_t threshold = 0, index = 0;
    size_t count = 0;

    GIVES(MEDSEAL_ERR_INVALID_FIELD, medseal_members_key_generate(0, &key, &err));
    OK(medseal_members_key_generate(1, &the_members_key, &err));
    NEW(members_key, other, medseal_members_key_generate(1, &other, &err));
    NEW(members_key, later, medseal_members_key_generate(2, &later, &err));
    OK(medseal_members_key_epoch(later, &epoch, &err));
    CHECK(epoch == 2);
    READ(medseal_members_key_encode(the_members_key, at, &out_len, &err));
    for (size_t i = 0; i < 3; i++) {
        OK(medseal_backup_confirm(out, out_len, STRING(names[i]), &confirmed[i], &err));
    }
    GIVES(MEDSEAL_ERR_TRUNCATED, medseal_backup_confirm(out, out_len - 1, TEXT("clinic.example"),
                                                        &the_backup_confirmation, &err));
    the_backup_confirmation = confirmed[0];
    const medseal_backup_confirmation *const three[] = {confirmed[0], confirmed[1], confirmed[2]};
    const medseal_backup_confirmation *const twice[] = {confirmed[0], confirmed[1], confirmed[1]};
    READS("clinic.example", medseal_backup_confirmation_hospital(confirmed[0], (char *)at, &out_len, &err));
    GIVES(MEDSEAL_ERR_BACKUPS_MISSING, medseal_begin_epoch(the_members_key, twice, 3, &committed, &err));
    CHECK(committed.epoch == 0);
    GIVES(MEDSEAL_ERR_WRONG_MEMBERS_KEY, medseal_begin_epoch(other, three, 3, &committed, &err));
    OK(medseal_begin_epoch(the_members_key, three, 3, &committed, &err));
    CHECK(committed.epoch == 1);
    OK(medseal_members_key_check(the_members_key, &committed, &err));
    GIVES(MEDSEAL_ERR_WRONG_MEMBERS_KEY, medseal_members_key_check(other, &committed, &err));
    GIVES(MEDSEAL_ERR_WRONG_MEMBERS_KEY, medseal_members_key_check(other, &none, &err));

    OK(medseal_members_key_split(the_members_key, 2, 3, &the_key_shares, &err));
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_key_shares_get(the_key_shares, 3, &the_key_share, &err));
    OK(medseal_key_shares_get(the_key_shares, 2, &the_key_share, &err));
    OK(medseal_key_share_status(the_key_share, &epoch, &threshold, &index, &err));
    CHECK(epoch == 1 && threshold == 2 && index == 3);
    NEW(key_share, first, medseal_key_shares_get(the_key_shares, 0, &first, &err));
    const medseal_key_share *const shares[] = {first, the_key_share};
    const medseal_key_share *const same_share[] = {first, first};
    GIVES(MEDSEAL_ERR_BACKUPS_MISSING, medseal_members_key_restore(shares, 1, &committed, &key, &err));
    GIVES(MEDSEAL_ERR_WRONG_MEMBERS_KEY, medseal_members_key_restore(same_share, 2, &committed, &key, &err));
    OK(medseal_members_key_restore(shares, 2, &committed, &key, &err));
    OK(medseal_members_key_check(key, &committed, &err));

    NEW(members_keys, keys, medseal_members_keys_add(NULL, key, &keys, &err));
    GIVES(MEDSEAL_ERR_WRONG_MEMBERS_KEY, medseal_members_keys_add(keys, other, &more, &err));
    OK(medseal_members_keys_add(NULL, later, &more, &err));
    OK(medseal_members_keys_merge(keys, more, &the_members_keys, &err));
    OK(medseal_members_keys_count(the_members_keys, &count, &err));
    OK(medseal_members_keys_epoch(the_members_keys, 1, &epoch, &err));
    CHECK(count == 2 && epoch == 2);
    GIVES(MEDSEAL_ERR_OUT_OF_RANGE, medseal_members_keys_epoch(the_members_keys, 2, &epoch, &err));
    medseal_members_key_free(key);
    GIVES(MEDSEAL_ERR_MEMBERS_KEY_MISSING, medseal_members_keys_get(the_members_keys, 7, &key, &err));
    CHECK(err.position == 7);
    OK(medseal_members_keys_get(the_members_keys, 1, &key, &err));
    OK(medseal_members_key_check(key, &committed, &err));

    NEW(abe_wrapped_key, wrapped, medseal_abe_wrap(the_abe_public_key, the_policy, BYTES("ours"), NULL, 0, later,
        &wrapped, &err));
    OK(medseal_abe_wrapped_key_epoch(wrapped, &epoch, &err));
    CHECK(epoch == 2);
    WRITES_NOTHING(MEDSEAL_ERR_MEMBERS_KEY_MISSING,
                   medseal_abe_unwrap(the_abe_decryption_key, wrapped, NULL, 0, keys, at, &out_len, &err));
    READS("ours", medseal_abe_unwrap(the_abe_decryption_key, wrapped, NULL, 0, the_members_keys, at, &out_len, &err));

    medseal_backup_confirmation_free(confirmed[1]);
    medseal_backup_confirmation_free(confirmed[2]);
}

/* A certificate of one role is refused for the other. */
static void certified_member(void) {
    OWNED(main_node) *member = NULL;
    OWNED(verified_certificate) *verified = NULL;
    GIVES(MEDSEAL_ERR_INVALID_ARGUMENT,
          medseal_main_node_generate(TEXT("clinic.example"), 3, the_super_node_public_key, &member, &err));
    OK(medseal_main_node_generate(TEXT("clinic.example"), MEDSEAL_ROLE_MEMBER, the_super_node_public_key, &member, &err));
    NEW(certificate_request, request, medseal_main_node_certificate_request(member, &request, &err));
    NEW(certificate, certificate, medseal_super_node_certify(the_super_node, request, NOW_MS, NOW_MS + 1000,
        &certificate, &err));
    GIVES(MEDSEAL_ERR_CERTIFICATE_ROLE, medseal_certificate_verify(certificate, the_super_node_public_key,
                                                                   MEDSEAL_ROLE_MAIN_NODE, &verified, &err));
    CHECK(verified == NULL);
    OK(medseal_certificate_verify(certificate, the_super_node_public_key, MEDSEAL_ROLE_MEMBER, &verified, &err));
}

void roles_run(const char *directory) {
    attributes_and_policies_of_values();
    versions_and_policies();
    key_wrapping();
    members();
    signatures();
    searching();
    records(directory);
    trees();
    identities();
    certified_member();
    handshakes();
    consortium(directory);
    authorities(directory);
    keep_structs();
}
