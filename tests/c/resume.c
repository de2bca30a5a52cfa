/* Publications that are interrupted at every call, and finished from the error's data; the stages
   of a publication; a store that names its objects; a remote ledger that receives queries. */
#include "own.h"

static own_store objects;
static own_ledger entries;

/* A remote node, which receives the bytes of a query and answers with the bytes of the results. */
static int searches;
static medseal_ledger *elsewhere;
static medseal_search_public_key *authority;
static medseal_status search_elsewhere(void *ctx, const uint8_t *query, size_t len, uint64_t from, medseal_sink *sink) {
    OWNED(query) *received = NULL;
    OWNED(found) *found = NULL;
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
    return status;
}

static stream the_record, the_disk;

static void forget_everything(void) {
    objects.count = 0;
    own_ledger_begin(&entries);
    calls = 0;
}

static medseal_database *empty_database(void) {
    medseal_database *database = NULL;
    OK(medseal_database_new(the_super_node_public_key, the_identity, &database, &err));
    return database;
}

/* Opens a record, under the ledger's present head. */
static void check_opens(medseal_consortium parties, const medseal_entry_id *id, const medseal_abe_decryption_key *key) {
    medseal_tree_head now;
    OK(medseal_ledger_head(parties.ledger, &now, &err));
    NEW(trusted_head, head, medseal_trusted_head_new(&now, 7, 8, 1, &head, &err));
    parties.head = head;
    out_len = sizeof out;
    OK(medseal_open_bytes(&parties, id, key, out, &out_len, NULL, &err));
    CHECK(out_len == RECORD_LEN && same(out, record, RECORD_LEN));
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
                CHECK(status == (objects.count == 1 ? MEDSEAL_OK : MEDSEAL_ERR_UNKNOWN_OBJECT));
                if (status == MEDSEAL_OK) {
                    resumed++;
                    CHECK(entries.count == 2);
                    check_opens(*parties, &published.place.id, key);
                }
            } else if (happened) {
                CHECK(objects.count == 0 && entries.count == 1);
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
    medseal_entry_id id;
    medseal_digest digest;
    medseal_sealed *unkept = NULL;
    medseal_published published;
    uint64_t time_ms = 0;
    uint32_t charter = 0;
    writer_to(&the_disk);

    forget_everything();
    fails_at = -1;
    objects.names_objects = true;
    memset(&chosen, 7, sizeof chosen);
    OK(medseal_draft_new(&chosen, &the_draft, &err));
    READ(medseal_draft_encode(the_draft, at, &out_len, &err));
    NEW(draft, draft, medseal_draft_decode(out, out_len, &draft, &err));
    OK(medseal_upload(parties, draft, reader_of(&the_record, record, RECORD_LEN), &the_disk.writer, NULL, &the_sealed, &err));
    medseal_draft_free(draft);
    READ(medseal_sealed_encode(the_sealed, at, &out_len, &err));
    CHECK(out_len == the_disk.len && same(out, the_disk.bytes, out_len) && objects.count == 1);
    medseal_database *database = empty_database();
    NEW(sealed, kept, medseal_sealed_decode(the_disk.bytes, the_disk.len, &kept, &err));
    OK(medseal_prepare(parties, kept, with, database, NULL, &the_prepared, &err));
    READ(medseal_prepared_encode(the_prepared, at, &out_len, &err));
    NEW(entry, entry, medseal_prepared_entry(the_prepared, &entry, &err));
    OK(medseal_entry_fields(entry, &charter, &id, &there, &digest, &time_ms, &err));
    CHECK(memcmp(&there, &chosen, sizeof there) == 0);
    READS("store:first-object", medseal_entry_address(entry, (char *)at, &out_len, &err));
    NEW(merkle_frontier, frontier, medseal_prepared_database(the_prepared, &frontier, &err));
    medseal_merkle_frontier_free(frontier);
    OK(medseal_prepared_draft(the_prepared, &draft, &err));
    NEW(prepared, alone, medseal_prepare(parties, the_sealed, with, NULL, NULL, &alone, &err));
    GIVES(MEDSEAL_ERR_ABSENT, medseal_prepared_database(alone, &frontier, &err));
    GIVES(MEDSEAL_ERR_DIGEST_MISMATCH, medseal_finish(parties, alone, database, NULL, NULL, &published, &err));
    OK(medseal_finish(parties, the_prepared, database, NULL, NULL, &published, &err));
    CHECK(published.is_new == 1 && memcmp(&published.place.id, &id, sizeof id) == 0);
    OK(medseal_finish(parties, the_prepared, database, NULL, NULL, &published, &err));
    CHECK(published.is_new == 0);
    /* If the caller cannot keep the data, nothing is stored. */
    forget_everything();
    the_disk.fails = 1;
    GIVES(MEDSEAL_ERR_IO, medseal_upload(parties, the_draft, reader_of(&the_record, record, RECORD_LEN),
        &the_disk.writer, NULL, &unkept, &err));
    CHECK(objects.count == 0);
    GIVES(MEDSEAL_ERR_UNKNOWN_OBJECT, medseal_finish(parties, the_prepared, NULL, NULL, NULL, &published, &err));
    CHECK(err.step == MEDSEAL_STEP_STORE && entries.count == 1);
    objects.names_objects = false;
    medseal_database_free(database);
}

/* The library asks the node, which has the entries. */
static void a_query_travels(medseal_ledger_callbacks callbacks) {
    size_t hits = 0, hits_here = 0, malformed = 0;
    uint64_t next = 0, next_here = 0;

    elsewhere = the_ledger;
    callbacks.search = search_elsewhere;
    NEW(ledger, ledger, medseal_ledger_from_callbacks(&callbacks, &ledger, &err));
    NEW(search_key, key, medseal_member_keys_search(the_member_keys, &key, &err));
    NEW(trapdoor, trapdoor, medseal_search_trapdoor(key, the_keyword, the_attributes, NULL, 0, &trapdoor, &err));
    NEW(query, query, medseal_query_new(trapdoor, authority, &query, &err));
    NEW(found, there, medseal_ledger_search(ledger, query, authority, 0, 1, NULL, &there, &err));
    NEW(found, here, medseal_ledger_search(the_ledger, query, authority, 0, 1, NULL, &here, &err));
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
}

void resume_run(void) {
    const medseal_ledger_callbacks ledger_callbacks = own_ledger_callbacks(&entries);
    const medseal_store_callbacks store_callbacks = own_store_callbacks(&objects);
    medseal_consortium parties = {sizeof parties, NULL, NULL, the_charters, NULL, 1, NULL};
    an_office office;

    NEW(ledger, ledger, medseal_ledger_from_callbacks(&ledger_callbacks, &ledger, &err));
    NEW(store, store, medseal_store_from_callbacks(&store_callbacks, &store, &err));
    office_open(&office);
    NEW(abe_decryption_key, decryption, medseal_member_keys_decryption(the_member_keys, &decryption, &err));
    OK(medseal_public_parameters_search(the_public_parameters, &authority, &err));
    parties.ledger = ledger;
    parties.store = store;

    a_failure_gives_what_to_finish_from(&parties, &office.publication, decryption);
    stages(&parties, &office.publication);
    a_query_travels(ledger_callbacks);

    office_close(&office);
    medseal_search_public_key_free(authority);
}
