/* A ledger in a database: entries are rows of SQLite, and the library reaches them through callbacks.
 *
 *     sqlite_ledger DATABASE FILE
 *
 * Publishes the file, searches the whole ledger, opens the new entry again and compares. Each run adds an entry to the
 * same ledger. Beside DATABASE there are DATABASE.objects, a directory of sealed records, and DATABASE.authority, the
 * authority's secret keys (an authority would keep them elsewhere).
 *
 * Needs POSIX and SQLite. Each failure is one line on standard error, and the exit status 1.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <medseal.h>

#define TEXT(literal) literal, sizeof(literal) - 1

static medseal_error err = MEDSEAL_ERROR_INIT;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "sqlite_ledger: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void check(medseal_status status, const char *doing) {
    if (status != MEDSEAL_OK) {
        fail(doing, err.message);
    }
}

/* --- the ledger ---
 *
 * The height of an entry is its row. `state` is the frontier of a Merkle tree over all ids: enough to append to it, and
 * its root is what the ledger commits to. Callbacks come on the thread that uses the ledger; this program has one. A
 * server that has more gives each a connection of its own.
 */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS entries (height INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, entry BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), frontier BLOB NOT NULL);";

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    return sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK ? statement : NULL;
}

/* The frontier in the database, or an empty one. */
static medseal_status load_frontier(sqlite3 *database, medseal_merkle_frontier **frontier) {
    sqlite3_stmt *row = prepare(database, "SELECT frontier FROM state");
    medseal_status status = MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    switch (sqlite3_step(row)) {
    case SQLITE_ROW:
        status = medseal_merkle_frontier_decode(sqlite3_column_blob(row, 0), (size_t)sqlite3_column_bytes(row, 0),
                                                frontier, NULL);
        break;
    case SQLITE_DONE:
        status = medseal_merkle_frontier_new(frontier, NULL);
        break;
    }
    sqlite3_finalize(row);
    return status;
}

static medseal_status insert_entry(sqlite3 *database, uint64_t height, const medseal_entry_id *id,
                                   const uint8_t *entry, size_t entry_len) {
    sqlite3_stmt *insert = prepare(database, "INSERT INTO entries VALUES (?, ?, ?)");
    sqlite3_bind_int64(insert, 1, (sqlite3_int64)height);
    sqlite3_bind_blob(insert, 2, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
    sqlite3_bind_blob64(insert, 3, entry, entry_len, SQLITE_STATIC);
    const int done = sqlite3_step(insert);
    const int why = sqlite3_extended_errcode(database);
    sqlite3_finalize(insert);
    if (done == SQLITE_DONE) {
        return MEDSEAL_OK;
    }
    return why == SQLITE_CONSTRAINT_UNIQUE ? MEDSEAL_ERR_DUPLICATE_ENTRY : MEDSEAL_ERR_LEDGER_UNAVAILABLE;
}

static medseal_status store_frontier(sqlite3 *database, const medseal_merkle_frontier *frontier) {
    uint8_t bytes[4096]; /* 32 for each set bit of the number of entries, and 12 */
    size_t len = sizeof(bytes);
    medseal_status status = medseal_merkle_frontier_encode(frontier, bytes, &len, NULL);
    if (status != MEDSEAL_OK) {
        return status;
    }
    sqlite3_stmt *replace = prepare(database, "INSERT OR REPLACE INTO state VALUES (1, ?)");
    sqlite3_bind_blob64(replace, 1, bytes, len, SQLITE_STATIC);
    const int done = sqlite3_step(replace);
    sqlite3_finalize(replace);
    return done == SQLITE_DONE ? MEDSEAL_OK : MEDSEAL_ERR_LEDGER_UNAVAILABLE;
}

/* Appends an entry, which the library has validated: both tables change, or none. */
static medseal_status ledger_append(void *ctx, const uint8_t *entry, size_t entry_len, const medseal_entry_id *id,
                                    uint64_t *height) {
    sqlite3 *database = ctx;
    medseal_merkle_frontier *frontier = NULL;
    if (sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
        return MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    }
    medseal_status status = load_frontier(database, &frontier);
    if (status == MEDSEAL_OK) {
        status = medseal_merkle_frontier_append(frontier, id->bytes, sizeof(id->bytes), height, NULL);
    }
    if (status == MEDSEAL_OK) {
        status = insert_entry(database, *height, id, entry, entry_len);
    }
    if (status == MEDSEAL_OK) {
        status = store_frontier(database, frontier);
    }
    if (status == MEDSEAL_OK && sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        status = MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    }
    if (status != MEDSEAL_OK) {
        sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
    }
    medseal_merkle_frontier_free(frontier);
    return status;
}

/* Gives the entry of a row, if there is one, to the library, and ends the statement. */
static medseal_status give_entry(sqlite3_stmt *row, medseal_sink *sink) {
    medseal_status status = MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    switch (sqlite3_step(row)) {
    case SQLITE_ROW:
        status = medseal_sink_write(sink, sqlite3_column_blob(row, 0), (size_t)sqlite3_column_bytes(row, 0), NULL);
        break;
    case SQLITE_DONE:
        status = MEDSEAL_ERR_UNKNOWN_ENTRY;
        break;
    }
    sqlite3_finalize(row);
    return status;
}

static medseal_status ledger_at(void *ctx, uint64_t height, medseal_sink *entry) {
    sqlite3_stmt *row = prepare(ctx, "SELECT entry FROM entries WHERE height = ?");
    sqlite3_bind_int64(row, 1, (sqlite3_int64)height);
    return give_entry(row, entry);
}

static medseal_status ledger_get(void *ctx, const medseal_entry_id *id, medseal_sink *entry) {
    sqlite3_stmt *row = prepare(ctx, "SELECT entry FROM entries WHERE id = ?");
    sqlite3_bind_blob(row, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
    return give_entry(row, entry);
}

static medseal_status ledger_head(void *ctx, medseal_head *head) {
    medseal_merkle_frontier *frontier = NULL;
    medseal_tree_head tree;
    medseal_status status = load_frontier(ctx, &frontier);
    if (status == MEDSEAL_OK) {
        status = medseal_merkle_frontier_head(frontier, &tree, NULL);
    }
    medseal_merkle_frontier_free(frontier);
    if (status == MEDSEAL_OK) {
        head->height = tree.size;
        head->hash = tree.root;
    }
    return status;
}

/* The library is done with the ledger. */
static void ledger_drop(void *ctx) { sqlite3_close(ctx); }

static medseal_ledger *open_ledger(const char *path, const medseal_demands *demands) {
    sqlite3 *database;
    medseal_ledger *ledger;
    if (sqlite3_open(path, &database) != SQLITE_OK || sqlite3_exec(database, schema, NULL, NULL, NULL) != SQLITE_OK) {
        fail(path, sqlite3_errmsg(database));
    }
    const medseal_ledger_callbacks callbacks = {
        .struct_size = sizeof(callbacks),
        .ctx = database,
        .append = ledger_append,
        .at = ledger_at,
        .get = ledger_get,
        .head = ledger_head,
        .drop_ctx = ledger_drop,
    };
    check(medseal_ledger_from_callbacks(demands, &callbacks, &ledger, &err), "making the ledger");
    return ledger;
}

/* --- the authority, which outlives a run --- */

static medseal_authority *load_or_setup_authority(const char *path) {
    uint8_t bytes[4096];
    size_t len = sizeof(bytes);
    medseal_authority *authority;
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        len = fread(bytes, 1, sizeof(bytes), file);
        check(medseal_authority_decode(bytes, len, &authority, &err), path);
    } else {
        check(medseal_authority_setup(&authority, &err), "setting up the authority");
        check(medseal_authority_encode(authority, bytes, &len, &err), "encoding the authority");
        /* A new file, which nobody else can read. */
        const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
        file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
        if (file == NULL || fwrite(bytes, 1, len, file) != len || fflush(file) != 0) {
            fail(path, strerror(errno));
        }
    }
    fclose(file);
    memset(bytes, 0, sizeof(bytes));
    return authority;
}

/* --- the record --- */

/* A medseal_writer that takes exactly the bytes of a file. */
static medseal_status compare(void *ctx, const uint8_t *data, size_t len) {
    FILE *original = ctx;
    uint8_t bytes[4096];
    while (len > 0) {
        const size_t part = len < sizeof(bytes) ? len : sizeof(bytes);
        if (fread(bytes, 1, part, original) != part || memcmp(bytes, data, part) != 0) {
            return MEDSEAL_ERR_IO;
        }
        data += part;
        len -= part;
    }
    return MEDSEAL_OK;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: sqlite_ledger DATABASE FILE\n", stderr);
        return EXIT_FAILURE;
    }
    char objects[4096], secrets[4096];
    if (snprintf(objects, sizeof(objects), "%s.objects", argv[1]) >= (int)sizeof(objects) ||
        snprintf(secrets, sizeof(secrets), "%s.authority", argv[1]) >= (int)sizeof(secrets)) {
        fail(argv[1], "the path is too long");
    }
    FILE *original = fopen(argv[2], "rb");
    if (original == NULL) {
        fail(argv[2], strerror(errno));
    }

    /* The authority, and one member who is records office and doctor. */
    medseal_authority *authority = load_or_setup_authority(secrets);
    medseal_public_parameters *parameters;
    medseal_abs_public_key *signatures;
    medseal_attributes *attributes;
    medseal_member_keys *member;
    medseal_keyword_key *keyword_key;
    medseal_abs_signing_key *signing_key;
    medseal_search_key *search_key;
    medseal_abe_decryption_key *decryption_key;
    check(medseal_authority_public_parameters(authority, &parameters, &err), "reading the public parameters");
    check(medseal_public_parameters_abs(parameters, &signatures, &err), "reading the signatures' public key");
    check(medseal_authority_keyword_key(authority, &keyword_key, &err), "reading the keyword key");
    check(medseal_attributes_parse(TEXT("role=records_office, duty=doctor"), &attributes, &err), "parsing attributes");
    check(medseal_authority_issue(authority, attributes, &member, &err), "issuing keys");
    check(medseal_member_keys_signing(member, &signing_key, &err), "reading the signing key");
    check(medseal_member_keys_search(member, &search_key, &err), "reading the search key");
    check(medseal_member_keys_decryption(member, &decryption_key, &err), "reading the decryption key");

    /* The ledger in the database, and a store beside it. */
    medseal_policy *claim, *access;
    medseal_demands *demands;
    medseal_store *store;
    check(medseal_policy_parse(TEXT("role=records_office"), &claim, &err), "parsing the claim policy");
    check(medseal_policy_parse(TEXT("duty=doctor"), &access, &err), "parsing the access policy");
    check(medseal_demands_new(TEXT("clinics"), claim, signatures, &demands, &err), "making the ledger's demands");
    check(medseal_directory_store_open(objects, strlen(objects), &store, &err), objects);
    medseal_ledger *ledger = open_ledger(argv[1], demands);

    /* Publish. */
    medseal_keyword *keyword;
    medseal_published published;
    check(medseal_keyword_new(TEXT("diagnosis:e11.9"), &keyword, &err), "reading the keyword");
    const medseal_keyword *const keywords[] = {keyword};
    const medseal_consortium consortium = {
        .struct_size = sizeof(consortium),
        .parameters = parameters,
        .claim = claim,
        .ledger = ledger,
        .store = store,
        .threads = 1,
    };
    const medseal_publication publication = {
        .struct_size = sizeof(publication),
        .access = access,
        .keywords = keywords,
        .keyword_count = 1,
        .keyword_key = keyword_key,
        .signing_key = signing_key,
        .time_ms = (uint64_t)time(NULL) * 1000,
    };
    check(medseal_publish_file(&consortium, &publication, argv[2], strlen(argv[2]), NULL, NULL, NULL, NULL, &published, &err),
          argv[2]);

    /* Find, in all entries of all runs. */
    medseal_head head;
    medseal_found *found;
    size_t hits, malformed;
    uint64_t next;
    check(medseal_ledger_head(ledger, &head, &err), "reading the ledger's head");
    medseal_attributes *held, *showing;
    const medseal_policy *const policies[] = {access};
    check(medseal_search_key_attributes(search_key, &held, &err), "reading the key's attributes");
    check(medseal_attributes_needed(held, policies, 1, &showing, &err), "choosing what to show");
    const medseal_search search = {
        .struct_size = sizeof(search),
        .keyword = keyword,
        .key = search_key,
        .showing = showing,
    };
    check(medseal_find(&consortium, &search, NULL, &found, &err), "searching");
    medseal_attributes_free(held);
    medseal_attributes_free(showing);
    check(medseal_found_count(found, &hits, &malformed, &next, &err), "counting what was found");
    printf("%zu of %" PRIu64 " entries have the keyword\n", hits, head.height);

    /* Open the new one, and compare it with the file as it comes. */
    medseal_receipt receipt;
    const medseal_writer writer = {.struct_size = sizeof(writer), .ctx = original, .write = compare};
    check(medseal_open(&consortium, &published.place.id, decryption_key, &writer, NULL, &receipt, &err),
          "opening the record");
    if (fgetc(original) != EOF) {
        fail("opening the record", "it ends before the file does");
    }
    printf("entry %" PRIu64 ": opened %" PRIu64 " bytes, the same as in %s\n", published.place.height, receipt.length,
           argv[2]);

    fclose(original);
    medseal_found_free(found);
    medseal_keyword_free(keyword);
    medseal_ledger_free(ledger); /* closes the database */
    medseal_store_free(store);
    medseal_demands_free(demands);
    medseal_policy_free(access);
    medseal_policy_free(claim);
    medseal_abe_decryption_key_free(decryption_key);
    medseal_search_key_free(search_key);
    medseal_abs_signing_key_free(signing_key);
    medseal_keyword_key_free(keyword_key);
    medseal_member_keys_free(member);
    medseal_attributes_free(attributes);
    medseal_abs_public_key_free(signatures);
    medseal_public_parameters_free(parameters);
    medseal_authority_free(authority);
    return EXIT_SUCCESS;
}
