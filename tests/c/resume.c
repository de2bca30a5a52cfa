/* Publications that are interrupted at every call, and finished from the error's data; the stages
   of a publication; a store that names its objects; a remote ledger that receives queries. */
#include "test.h"

static const uint8_t record[] = "HbA1c 7.2 %, metformin 1000 mg";
enum { RECORD_LEN = sizeof record - 1 };

/* --- calls that fail ---------------------------------------------------------------------------------------------- */
typedef enum { WORKS, IS_NOT_DONE, ANSWER_IS_LOST } fate;
static int calls, fails_at;
static fate fault;

/* The outcome of this call. */
static fate next_call(void) { return calls++ == fails_at ? fault : WORKS; }
static medseal_status answer(fate outcome) { return outcome == WORKS ? MEDSEAL_OK : MEDSEAL_ERR_IO; }

/* --- a store ------------------------------------------------------------------------------------------------------- */
typedef struct {
    uint8_t bytes[1024];
    size_t len, read;
    char address[64];
    size_t address_len;
} object;
static object objects[4];
static size_t object_count;
static bool names_objects;

static medseal_status begin(void *ctx, void **upload) {
    (void)ctx;
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    *upload = calloc(1, sizeof(object));
    return *upload != NULL ? MEDSEAL_OK : MEDSEAL_ERR_IO;
}
static medseal_status append_bytes(void *ctx, void *upload, const uint8_t *data, size_t len) {
    object *o = upload;
    fate outcome = next_call();
    (void)ctx;
    if (outcome == IS_NOT_DONE || len > sizeof o->bytes - o->len) return MEDSEAL_ERR_IO;
    memcpy(o->bytes + o->len, data, len);
    o->len += len;
    return answer(outcome);
}
static medseal_status name(void *ctx, void *upload, const medseal_digest *digest, medseal_sink *sink) {
    char address[64];
    size_t len = sizeof address;
    fate outcome = next_call();
    (void)ctx, (void)upload;
    if (outcome != WORKS) return MEDSEAL_ERR_IO;
    if (names_objects) return medseal_sink_write(sink, BYTES("store:first-object"), NULL);
    CHECK(medseal_address_of(digest, address, &len, NULL) == MEDSEAL_OK);
    return medseal_sink_write(sink, (const uint8_t *)address, len, NULL);
}
static object *at_address(const char *address, size_t len) {
    for (size_t i = 0; i < object_count; i++)
        if (objects[i].address_len == len && memcmp(objects[i].address, address, len) == 0) return &objects[i];
    return NULL;
}
static medseal_status commit(void *ctx, void *upload, const char *address, size_t len) {
    object *o = upload;
    fate outcome = next_call();
    (void)ctx;
    CHECK(len <= sizeof o->address);
    if (outcome != IS_NOT_DONE && at_address(address, len) == NULL) {
        CHECK(object_count < 4);
        memcpy(o->address, address, len);
        o->address_len = len;
        objects[object_count++] = *o;
    }
    free(o);
    return answer(outcome);
}
static void discard(void *ctx, void *upload) {
    (void)ctx;
    free(upload);
}
static medseal_status open_object(void *ctx, const char *address, size_t len, void **reading) {
    object *there = at_address(address, len);
    (void)ctx;
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    if (there == NULL) return MEDSEAL_ERR_UNKNOWN_OBJECT;
    there->read = 0;
    *reading = there;
    return MEDSEAL_OK;
}
static medseal_status read_object(void *ctx, void *reading, uint8_t *buffer, size_t len, size_t *count) {
    object *o = reading;
    (void)ctx;
    *count = o->len - o->read < len ? o->len - o->read : len;
    memcpy(buffer, o->bytes + o->read, *count);
    o->read += *count;
    return MEDSEAL_OK;
}
static void close_object(void *ctx, void *reading) { (void)ctx, (void)reading; }
static medseal_status confirm(void *ctx, const char *address, size_t len) {
    (void)ctx;
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    return at_address(address, len) != NULL ? MEDSEAL_OK : MEDSEAL_ERR_UNKNOWN_OBJECT;
}

/* --- a ledger ------------------------------------------------------------------------------------------------------ */
static uint8_t entries[4][1 << 14];
static size_t entry_lens[4];
static medseal_entry_id ids[4];
static uint64_t entry_count;
/* The charter, and after it the entries. */
static medseal_merkle_tree *tree;
static uint8_t charter_bytes[4096];
static size_t charter_len;

static medseal_status append(void *ctx, const uint8_t *entry, size_t len, const medseal_entry_id *id, uint32_t charter,
                             uint64_t *height, bool *was_there) {
    fate outcome = next_call();
    (void)ctx;
    CHECK(len <= sizeof entries[0] && entry_count < 4 && charter == 1);
    if (outcome == IS_NOT_DONE) return MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    for (uint64_t i = 0; i < entry_count; i++)
        if (memcmp(&ids[i], id, sizeof *id) == 0) {
            *height = i + 1;
            *was_there = true;
            return answer(outcome);
        }
    memcpy(entries[entry_count], entry, len);
    entry_lens[entry_count] = len;
    ids[entry_count] = *id;
    *height = ++entry_count;
    CHECK(medseal_merkle_tree_append(tree, entry, len, NULL, NULL) == MEDSEAL_OK);
    return answer(outcome);
}
static medseal_status at_height(void *ctx, uint64_t height, medseal_sink *sink) {
    (void)ctx;
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    if (height > entry_count) return MEDSEAL_ERR_UNKNOWN_ENTRY;
    if (height == 0) return medseal_sink_write(sink, charter_bytes, charter_len, NULL);
    return medseal_sink_write(sink, entries[height - 1], entry_lens[height - 1], NULL);
}
static medseal_status of_id(void *ctx, const medseal_entry_id *id, medseal_sink *sink) {
    for (uint64_t i = 0; i < entry_count; i++)
        if (memcmp(&ids[i], id, sizeof *id) == 0) return at_height(ctx, i + 1, sink);
    return MEDSEAL_ERR_UNKNOWN_ENTRY;
}
static medseal_status head_of(void *ctx, medseal_tree_head *head) {
    (void)ctx;
    return next_call() == WORKS ? medseal_merkle_tree_head(tree, head, NULL) : MEDSEAL_ERR_IO;
}
static medseal_status prove(void *ctx, const medseal_entry_id *id, uint64_t size, medseal_sink *sink) {
    medseal_inclusion_proof *proof = NULL;
    uint8_t bytes[512];
    size_t len = sizeof bytes;
    uint64_t i = 0;
    (void)ctx;
    while (i < entry_count && memcmp(&ids[i], id, sizeof *id) != 0) i++;
    if (i == entry_count) return MEDSEAL_ERR_UNKNOWN_ENTRY;
    CHECK(medseal_merkle_tree_prove_inclusion(tree, i + 1, size, &proof, NULL) == MEDSEAL_OK);
    CHECK(medseal_inclusion_proof_encode(proof, bytes, &len, NULL) == MEDSEAL_OK);
    medseal_inclusion_proof_free(proof);
    return medseal_sink_write(sink, bytes, len, NULL);
}

/* A remote node, which receives the bytes of a query and answers with the bytes of the results. */
static int searches;
static medseal_ledger *elsewhere;
static medseal_search_public_key *authority;
static medseal_status search_elsewhere(void *ctx, const uint8_t *query, size_t len, uint64_t from, medseal_sink *sink) {
    medseal_query *received = NULL;
    medseal_found *found = NULL;
    static uint8_t bytes[4096];
    size_t bytes_len = sizeof bytes;
    (void)ctx;
    searches++;
    CHECK(medseal_query_decode(query, len, &received, NULL) == MEDSEAL_OK);
    medseal_status status = medseal_ledger_search(elsewhere, received, authority, from, 1, NULL, &found, NULL);
    if (status == MEDSEAL_OK) {
        CHECK(medseal_found_encode(found, bytes, &bytes_len, NULL) == MEDSEAL_OK);
        status = medseal_sink_write(sink, bytes, bytes_len, NULL);
    }
    medseal_query_free(received);
    medseal_found_free(found);
    return status;
}

/* --- a disk -------------------------------------------------------------------------------------------------------- */
static uint8_t sealed_file[1 << 14];
static size_t sealed_len;

static medseal_status keep(void *ctx, const uint8_t *data, size_t len) {
    (void)ctx;
    CHECK(len <= sizeof sealed_file);
    memcpy(sealed_file, data, len);
    sealed_len = len;
    return MEDSEAL_OK;
}
static medseal_status keep_nothing(void *ctx, const uint8_t *data, size_t len) {
    (void)ctx, (void)data, (void)len;
    return MEDSEAL_ERR_IO;
}

static size_t bytes_read;
static medseal_status read_record(void *ctx, uint8_t *buffer, size_t len, size_t *count) {
    (void)ctx;
    *count = RECORD_LEN - bytes_read < len ? RECORD_LEN - bytes_read : len;
    memcpy(buffer, record + bytes_read, *count);
    bytes_read += *count;
    return MEDSEAL_OK;
}
static medseal_reader the_record(void) {
    medseal_reader reader = {sizeof reader, NULL, read_record, NULL};
    bytes_read = 0;
    return reader;
}

static void forget_everything(void) {
    object_count = 0;
    entry_count = 0;
    calls = 0;
    medseal_merkle_tree_free(tree);
    OK(medseal_merkle_tree_new(&tree, &err));
    OK(medseal_merkle_tree_append(tree, charter_bytes, charter_len, NULL, &err));
}

static medseal_database *empty_database(void) {
    medseal_database *database = NULL;
    OK(medseal_database_new(the_super_node_public_key, the_identity, &database, &err));
    return database;
}

/* Opens a record, under the ledger's present head. */
static void check_opens(medseal_consortium parties, const medseal_entry_id *id, const medseal_abe_decryption_key *key) {
    medseal_tree_head now;
    medseal_trusted_head *head = NULL;
    OK(medseal_ledger_head(parties.ledger, &now, &err));
    OK(medseal_trusted_head_new(&now, 7, 8, 1, &head, &err));
    parties.head = head;
    out_len = sizeof out;
    OK(medseal_open_bytes(&parties, id, key, out, &out_len, NULL, &err));
    CHECK(out_len == RECORD_LEN && memcmp(out, record, RECORD_LEN) == 0);
    medseal_trusted_head_free(head);
}

static void a_failure_gives_what_to_finish_from(const medseal_consortium *parties, const medseal_publication *with,
                                                const medseal_abe_decryption_key *key) {
    medseal_published published;
    int resumed = 0;
    for (fault = IS_NOT_DONE; fault <= ANSWER_IS_LOST; fault++) {
        for (int fails = 0;; fails++) {
            forget_everything();
            medseal_database *database = empty_database();
            medseal_prepared *resume = NULL, *again = NULL;
            fails_at = fails;
            medseal_status status =
                medseal_publish_bytes(parties, with, record, RECORD_LEN, database, NULL, &resume, &published, &err);
            bool happened = calls > fails;
            CHECK((status == MEDSEAL_OK) == !happened);
            fails_at = -1;
            if (resume != NULL) {
                CHECK(err.step == MEDSEAL_STEP_STORE || err.step == MEDSEAL_STEP_APPEND);
                out_len = sizeof out;
                OK(medseal_prepared_encode(resume, out, &out_len, &err));
                OK(medseal_prepared_decode(out, out_len, &again, &err));
                status = medseal_finish(parties, again, database, NULL, NULL, &published, &err);
                CHECK(status == (object_count == 1 ? MEDSEAL_OK : MEDSEAL_ERR_UNKNOWN_OBJECT));
                if (status == MEDSEAL_OK) {
                    resumed++;
                    CHECK(entry_count == 1);
                    check_opens(*parties, &published.place.id, key);
                }
            } else if (happened) {
                CHECK(object_count == 0 && entry_count == 0);
            }
            medseal_prepared_free(resume);
            medseal_prepared_free(again);
            medseal_database_free(database);
            if (!happened) break;
        }
    }
    CHECK(resumed == 3); /* the ledger failed; the store's answer was lost; the ledger's answer was lost */
}

/* The stages one by one, with what can be asked of them. */
static void stages(const medseal_consortium *parties, const medseal_publication *with) {
    medseal_record_id chosen, there;
    medseal_entry *entry = NULL;
    medseal_entry_id id;
    medseal_digest digest;
    medseal_draft *draft = NULL;
    medseal_merkle_frontier *frontier = NULL;
    medseal_prepared *alone = NULL;
    medseal_sealed *kept = NULL, *unkept = NULL;
    medseal_published published;
    uint64_t time_ms = 0;
    uint32_t charter = 0;
    medseal_reader reader = the_record();
    medseal_writer to_disk = {sizeof to_disk, NULL, keep, NULL};

    forget_everything();
    fails_at = -1;
    names_objects = true;
    memset(&chosen, 7, sizeof chosen);
    OK(medseal_draft_new(&chosen, &the_draft, &err));
    READ(medseal_draft_encode(the_draft, at, &out_len, &err));
    OK(medseal_draft_decode(out, out_len, &draft, &err));
    OK(medseal_upload(parties, draft, &reader, &to_disk, NULL, &the_sealed, &err));
    medseal_draft_free(draft);
    READ(medseal_sealed_encode(the_sealed, at, &out_len, &err));
    CHECK(out_len == sealed_len && memcmp(out, sealed_file, out_len) == 0 && object_count == 1);
    medseal_database *database = empty_database();
    OK(medseal_sealed_decode(sealed_file, sealed_len, &kept, &err));
    OK(medseal_prepare(parties, kept, with, database, NULL, &the_prepared, &err));
    medseal_sealed_free(kept);
    READ(medseal_prepared_encode(the_prepared, at, &out_len, &err));
    OK(medseal_prepared_entry(the_prepared, &entry, &err));
    OK(medseal_entry_fields(entry, &charter, &id, &there, &digest, &time_ms, &err));
    CHECK(memcmp(&there, &chosen, sizeof there) == 0);
    READS("store:first-object", medseal_entry_address(entry, (char *)at, &out_len, &err));
    medseal_entry_free(entry);
    OK(medseal_prepared_database(the_prepared, &frontier, &err));
    medseal_merkle_frontier_free(frontier);
    OK(medseal_prepared_draft(the_prepared, &draft, &err));
    medseal_draft_free(draft);
    OK(medseal_prepare(parties, the_sealed, with, NULL, NULL, &alone, &err));
    GIVES(MEDSEAL_ERR_ABSENT, medseal_prepared_database(alone, &frontier, &err));
    GIVES(MEDSEAL_ERR_DIGEST_MISMATCH, medseal_finish(parties, alone, database, NULL, NULL, &published, &err));
    OK(medseal_finish(parties, the_prepared, database, NULL, NULL, &published, &err));
    CHECK(published.is_new == 1 && memcmp(&published.place.id, &id, sizeof id) == 0);
    OK(medseal_finish(parties, the_prepared, database, NULL, NULL, &published, &err));
    CHECK(published.is_new == 0);
    /* If the caller cannot keep the data, nothing is stored. */
    forget_everything();
    reader = the_record();
    to_disk.write = keep_nothing;
    GIVES(MEDSEAL_ERR_IO, medseal_upload(parties, the_draft, &reader, &to_disk, NULL, &unkept, &err));
    CHECK(object_count == 0);
    GIVES(MEDSEAL_ERR_UNKNOWN_OBJECT, medseal_finish(parties, the_prepared, NULL, NULL, NULL, &published, &err));
    CHECK(err.step == MEDSEAL_STEP_STORE && entry_count == 0);
    names_objects = false;
    medseal_prepared_free(alone);
    medseal_database_free(database);
}

/* The library asks the node, which has the entries. */
static void a_query_travels(medseal_ledger_callbacks callbacks) {
    medseal_ledger *ledger = NULL;
    medseal_search_key *key = NULL;
    medseal_trapdoor *trapdoor = NULL;
    medseal_query *query = NULL;
    medseal_found *there = NULL, *here = NULL;
    size_t hits = 0, hits_here = 0, malformed = 0;
    uint64_t next = 0, next_here = 0;

    elsewhere = the_ledger;
    callbacks.search = search_elsewhere;
    OK(medseal_ledger_from_callbacks(&callbacks, &ledger, &err));
    OK(medseal_member_keys_search(the_member_keys, &key, &err));
    OK(medseal_search_trapdoor(key, the_keyword, the_attributes, NULL, 0, &trapdoor, &err));
    OK(medseal_query_new(trapdoor, authority, &query, &err));
    OK(medseal_ledger_search(ledger, query, authority, 0, 1, NULL, &there, &err));
    OK(medseal_ledger_search(the_ledger, query, authority, 0, 1, NULL, &here, &err));
    OK(medseal_found_count(there, &hits, &malformed, &next, &err));
    OK(medseal_found_count(here, &hits_here, &malformed, &next_here, &err));
    CHECK(hits > 0 && hits == hits_here && next == next_here && searches == 1);
    medseal_found_free(there);
    /* A refusal there is a refusal here. */
    there = NULL;
    GIVES(MEDSEAL_ERR_OTHER_AUTHORITY,
          medseal_ledger_search(ledger, query, the_search_public_key, 0, 1, NULL, &there, &err));
    CHECK(searches == 1);
    medseal_search_public_key *own = authority;
    authority = the_search_public_key;
    GIVES(MEDSEAL_ERR_OTHER_AUTHORITY, medseal_ledger_search(ledger, query, own, 0, 1, NULL, &there, &err));
    authority = own;
    CHECK(searches == 2);
    medseal_found_free(here);
    medseal_query_free(query);
    medseal_trapdoor_free(trapdoor);
    medseal_search_key_free(key);
    medseal_ledger_free(ledger);
}

void resume_run(void) {
    medseal_ledger_callbacks ledger_callbacks = {sizeof ledger_callbacks, NULL, append, at_height, of_id, head_of, prove,
                                                 NULL,                    NULL};
    medseal_store_callbacks store_callbacks = {sizeof store_callbacks, NULL,        begin,        append_bytes, name, commit,
                                               discard,                open_object, read_object,  close_object, confirm,
                                               NULL};
    medseal_consortium parties = {sizeof parties, NULL, NULL, the_charters, NULL, 1, NULL};
    medseal_ledger *ledger = NULL;
    medseal_store *store = NULL;
    an_office office;
    medseal_abe_decryption_key *decryption = NULL;

    fails_at = -1;
    charter_len = sizeof charter_bytes;
    OK(medseal_charter_encode(the_charter, charter_bytes, &charter_len, &err));
    OK(medseal_ledger_from_callbacks(&ledger_callbacks, &ledger, &err));
    OK(medseal_store_from_callbacks(&store_callbacks, &store, &err));
    office_open(&office);
    OK(medseal_member_keys_decryption(the_member_keys, &decryption, &err));
    OK(medseal_public_parameters_search(the_public_parameters, &authority, &err));
    parties.ledger = ledger;
    parties.store = store;

    a_failure_gives_what_to_finish_from(&parties, &office.publication, decryption);
    stages(&parties, &office.publication);
    a_query_travels(ledger_callbacks);

    medseal_ledger_free(ledger);
    medseal_store_free(store);
    office_close(&office);
    medseal_abe_decryption_key_free(decryption);
    medseal_search_public_key_free(authority);
    medseal_merkle_tree_free(tree);
}
