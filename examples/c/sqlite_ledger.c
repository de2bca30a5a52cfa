/* A ledger in a database: entries and charters are rows of SQLite, and the library reaches them through callbacks.
 *
 *     sqlite_ledger DATABASE FILE
 *
 * It publishes the file, searches the whole ledger, opens the new record and compares it with the file. Each run adds
 * an entry to the same ledger. Beside DATABASE it keeps DATABASE.objects, a directory of sealed records, and
 * DATABASE.authority and DATABASE.super_node, the secret keys of these two (who would keep them elsewhere).
 *
 * It needs POSIX and SQLite. A failure prints one line to standard error and returns exit status 1.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "example.h"

/* --- the ledger ---
 *
 * The height of an item is its row, assigned in the transaction that appends it: there are no gaps. The Merkle tree
 * over the items, for heads and proofs, is built when the database is opened, and grows with it.
 * Callbacks run on the thread that uses the ledger; this program has one thread. A server with more
 * threads gives each thread its own connection.
 */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS items (height INTEGER PRIMARY KEY, id BLOB UNIQUE, item BLOB NOT NULL)";

typedef struct {
    sqlite3 *database;
    medseal_merkle_tree *tree;
    uint64_t size;    /* of the tree */
    uint32_t charter; /* the number of the current one; this program never changes it */
} ledger_state;

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    return sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK ? statement : NULL;
}

/* Adds new items to the tree, including those of other processes. */
static medseal_status catch_up(ledger_state *ledger) {
    sqlite3_stmt *row = prepare(ledger->database, "SELECT height, item FROM items WHERE height >= ? ORDER BY height");
    sqlite3_bind_int64(row, 1, (sqlite3_int64)ledger->size);
    medseal_status status = MEDSEAL_OK;
    int step;
    while (status == MEDSEAL_OK && (step = sqlite3_step(row)) != SQLITE_DONE) {
        if (step != SQLITE_ROW || (uint64_t)sqlite3_column_int64(row, 0) != ledger->size) {
            status = MEDSEAL_ERR_LEDGER_UNAVAILABLE;
        } else {
            status = medseal_merkle_tree_append(ledger->tree, sqlite3_column_blob(row, 1),
                                                (size_t)sqlite3_column_bytes(row, 1), NULL, NULL);
            ledger->size += status == MEDSEAL_OK;
        }
    }
    sqlite3_finalize(row);
    return status;
}

/* Finds the height of the entry with an id. Returns MEDSEAL_ERR_UNKNOWN_ENTRY if there is none. */
static medseal_status height_of(ledger_state *ledger, const medseal_entry_id *id, uint64_t *height) {
    sqlite3_stmt *row = prepare(ledger->database, "SELECT height FROM items WHERE id = ?");
    sqlite3_bind_blob(row, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
    medseal_status status = MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    switch (sqlite3_step(row)) {
    case SQLITE_ROW:
        *height = (uint64_t)sqlite3_column_int64(row, 0);
        status = MEDSEAL_OK;
        break;
    case SQLITE_DONE:
        status = MEDSEAL_ERR_UNKNOWN_ENTRY;
        break;
    }
    sqlite3_finalize(row);
    return status;
}

/* Inserts an item. `id` is NULL for a charter, which has none. */
static medseal_status insert_item(ledger_state *ledger, const medseal_entry_id *id, const uint8_t *item,
                                  size_t item_len) {
    sqlite3_stmt *insert = prepare(ledger->database, "INSERT INTO items VALUES (?, ?, ?)");
    sqlite3_bind_int64(insert, 1, (sqlite3_int64)ledger->size);
    if (id != NULL) {
        sqlite3_bind_blob(insert, 2, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
    }
    sqlite3_bind_blob64(insert, 3, item, item_len, SQLITE_STATIC);
    const int done = sqlite3_step(insert);
    sqlite3_finalize(insert);
    return done == SQLITE_DONE ? MEDSEAL_OK : MEDSEAL_ERR_LEDGER_UNAVAILABLE;
}

/* Appends an entry, which was validated under a charter. An entry that is already there stays at its height. */
static medseal_status ledger_append(void *ctx, const uint8_t *entry, size_t entry_len, const medseal_entry_id *id,
                                    uint32_t charter, uint64_t *height, bool *was_there) {
    ledger_state *ledger = ctx;
    if (sqlite3_exec(ledger->database, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
        return MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    }
    medseal_status status = catch_up(ledger);
    if (status == MEDSEAL_OK) {
        status = height_of(ledger, id, height);
        *was_there = status == MEDSEAL_OK;
    }
    if (status == MEDSEAL_ERR_UNKNOWN_ENTRY) {
        *height = ledger->size;
        status = charter == ledger->charter ? insert_item(ledger, id, entry, entry_len) : MEDSEAL_ERR_ERA_PASSED;
    }
    if (status == MEDSEAL_OK && sqlite3_exec(ledger->database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        status = MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    }
    if (status != MEDSEAL_OK) {
        sqlite3_exec(ledger->database, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

/* Passes the item of a row, if there is one, to the library, and finalizes the statement. */
static medseal_status give_item(sqlite3_stmt *row, medseal_sink *sink) {
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

static medseal_status ledger_at(void *ctx, uint64_t height, medseal_sink *item) {
    sqlite3_stmt *row = prepare(((ledger_state *)ctx)->database, "SELECT item FROM items WHERE height = ?");
    sqlite3_bind_int64(row, 1, (sqlite3_int64)height);
    return give_item(row, item);
}

static medseal_status ledger_get(void *ctx, const medseal_entry_id *id, medseal_sink *entry) {
    sqlite3_stmt *row = prepare(((ledger_state *)ctx)->database, "SELECT item FROM items WHERE id = ?");
    sqlite3_bind_blob(row, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
    return give_item(row, entry);
}

static medseal_status ledger_head(void *ctx, medseal_tree_head *head) {
    ledger_state *ledger = ctx;
    const medseal_status status = catch_up(ledger);
    return status == MEDSEAL_OK ? medseal_merkle_tree_head(ledger->tree, head, NULL) : status;
}

/* Proves that the head of the first `size` items covers an entry. */
static medseal_status ledger_prove(void *ctx, const medseal_entry_id *id, uint64_t size, medseal_sink *sink) {
    ledger_state *ledger = ctx;
    medseal_inclusion_proof *proof = NULL;
    uint64_t height;
    uint8_t bytes[4096]; /* 32 for each level of the tree, and 24 */
    size_t len = sizeof(bytes);
    medseal_status status = catch_up(ledger);
    if (status == MEDSEAL_OK) {
        status = height_of(ledger, id, &height);
    }
    if (status == MEDSEAL_OK) {
        status = height < size ? medseal_merkle_tree_prove_inclusion(ledger->tree, height, size, &proof, NULL)
                               : MEDSEAL_ERR_AFTER_TRUSTED_HEAD;
    }
    if (status == MEDSEAL_OK) {
        status = medseal_inclusion_proof_encode(proof, bytes, &len, NULL);
    }
    medseal_inclusion_proof_free(proof);
    return status == MEDSEAL_OK ? medseal_sink_write(sink, bytes, len, NULL) : status;
}

/* Called when the library no longer needs the ledger. */
static void ledger_drop(void *ctx) {
    ledger_state *ledger = ctx;
    medseal_merkle_tree_free(ledger->tree);
    sqlite3_close(ledger->database);
}

/* Opens the database. If it is new, the super node signs the first charter, the first item of the ledger. Otherwise the
 * charter is already there, and is verified under the super node's key. */
static medseal_ledger *open_ledger(const char *path, ledger_state *state, medseal_super_node *super_node,
                                   const medseal_terms *terms, medseal_charters **charters) {
    medseal_super_node_public_key *public_key;
    medseal_charter *first;
    medseal_entry *none;
    medseal_ledger *ledger;
    medseal_tree_head head;
    if (sqlite3_open(path, &state->database) != SQLITE_OK ||
        sqlite3_exec(state->database, schema, NULL, NULL, NULL) != SQLITE_OK) {
        fail(path, sqlite3_errmsg(state->database));
    }
    check(medseal_merkle_tree_new(&state->tree, &err), "making the ledger's tree");
    const medseal_ledger_callbacks callbacks = {
        .struct_size = sizeof(callbacks),
        .ctx = state,
        .append = ledger_append,
        .at = ledger_at,
        .get = ledger_get,
        .head = ledger_head,
        .prove = ledger_prove,
        .drop_ctx = ledger_drop,
    };
    check(medseal_ledger_from_callbacks(&callbacks, &ledger, &err), "making the ledger");
    check(medseal_ledger_head(ledger, &head, &err), "reading the ledger's head");
    if (head.size == 0) {
        uint8_t bytes[4096];
        size_t len = sizeof(bytes);
        check(medseal_super_node_sign_charter(super_node, NULL, terms, NULL, &first, &err), "signing the charter");
        check(medseal_charter_encode(first, bytes, &len, &err), "encoding the charter");
        check(insert_item(state, NULL, bytes, len), "appending the charter");
        medseal_charter_free(first);
    }
    check(medseal_ledger_at(ledger, 0, &none, &first, &err), "reading the first charter");
    check(medseal_super_node_public(super_node, &public_key, &err), "reading the super node's public key");
    check(medseal_charters_new(first, public_key, charters, &err), "checking the first charter");
    state->charter = 1;
    medseal_super_node_public_key_free(public_key);
    medseal_charter_free(first);
    return ledger;
}

/* --- the authority and the super node, which outlive a run --- */

/* Reads a file of at most *len bytes; false if there is none. */
static bool load(const char *path, uint8_t *bytes, size_t *len) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    *len = fread(bytes, 1, *len, file);
    fclose(file);
    return true;
}

/* Writes a new file that only its owner can read. */
static void save(const char *path, const uint8_t *bytes, size_t len) {
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (file == NULL || fwrite(bytes, 1, len, file) != len || fflush(file) != 0) {
        fail(path, strerror(errno));
    }
    fclose(file);
}

static medseal_authority *load_or_setup_authority(const char *path) {
    uint8_t bytes[4096];
    size_t len = sizeof(bytes);
    medseal_authority *authority;
    if (load(path, bytes, &len)) {
        check(medseal_authority_decode(bytes, len, &authority, &err), path);
    } else {
        check(medseal_authority_setup(&authority, &err), "setting up the authority");
        check(medseal_authority_encode(authority, bytes, &len, &err), "encoding the authority");
        save(path, bytes, len);
    }
    medseal_wipe(bytes, sizeof(bytes));
    return authority;
}

static medseal_super_node *load_or_make_super_node(const char *path) {
    uint8_t bytes[4096];
    size_t len = sizeof(bytes);
    medseal_super_node *node;
    if (load(path, bytes, &len)) {
        check(medseal_super_node_decode(bytes, len, &node, &err), path);
    } else {
        check(medseal_super_node_generate(&node, &err), "making the super node");
        check(medseal_super_node_encode(node, bytes, &len, &err), "encoding the super node");
        save(path, bytes, len);
    }
    medseal_wipe(bytes, sizeof(bytes));
    return node;
}

/* --- the record --- */

/* A medseal_writer that accepts only the bytes of a file. */
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
    program = "sqlite_ledger";
    if (argc != 3) {
        fputs("usage: sqlite_ledger DATABASE FILE\n", stderr);
        return EXIT_FAILURE;
    }
    char objects[4096], secrets[4096], node[4096];
    if (snprintf(objects, sizeof(objects), "%s.objects", argv[1]) >= (int)sizeof(objects) ||
        snprintf(secrets, sizeof(secrets), "%s.authority", argv[1]) >= (int)sizeof(secrets) ||
        snprintf(node, sizeof(node), "%s.super_node", argv[1]) >= (int)sizeof(node)) {
        fail(argv[1], "the path is too long");
    }
    FILE *original = fopen(argv[2], "rb");
    if (original == NULL) {
        fail(argv[2], strerror(errno));
    }

    /* The authority, and one member who is both records office and doctor. */
    medseal_authority *authority = load_or_setup_authority(secrets);
    medseal_public_parameters *parameters;
    medseal_attributes *attributes;
    medseal_member_keys *member;
    medseal_keyword_key *keyword_key;
    medseal_abs_signing_key *signing_key;
    medseal_search_key *search_key;
    medseal_abe_decryption_key *decryption_key;
    check(medseal_authority_public_parameters(authority, &parameters, &err), "reading the public parameters");
    check(medseal_authority_keyword_key(authority, &keyword_key, &err), "reading the keyword key");
    check(medseal_attributes_parse(TEXT("role=records_office, duty=doctor"), &attributes, &err), "parsing attributes");
    check(medseal_authority_issue(authority, attributes, &member, &err), "issuing keys");
    check(medseal_member_keys_signing(member, &signing_key, &err), "reading the signing key");
    check(medseal_member_keys_search(member, &search_key, &err), "reading the search key");
    check(medseal_member_keys_decryption(member, &decryption_key, &err), "reading the decryption key");

    /* The ledger in the database, and a store beside it. */
    medseal_policy *claim, *access;
    medseal_charters *charters;
    medseal_store *store;
    check(medseal_policy_parse(TEXT("role=records_office"), &claim, &err), "parsing the claim policy");
    check(medseal_policy_parse(TEXT("duty=doctor"), &access, &err), "parsing the access policy");
    check(medseal_directory_store_open(objects, strlen(objects), &store, &err), objects);
    ledger_state state = {0};
    medseal_super_node *super_node = load_or_make_super_node(node);
    const medseal_terms terms = {sizeof(terms), TEXT("clinics"), claim, parameters, NULL, 0, {0, {0}}};
    medseal_ledger *ledger = open_ledger(argv[1], &state, super_node, &terms, &charters);

    /* Publish. */
    medseal_keyword *keyword;
    medseal_published published;
    check(medseal_keyword_new(TEXT("diagnosis:e11.9"), &keyword, &err), "reading the keyword");
    const medseal_keyword *const keywords[] = {keyword};
    medseal_consortium consortium = {
        .struct_size = sizeof(consortium),
        .ledger = ledger,
        .store = store,
        .charters = charters,
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
    medseal_tree_head head;
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
    check(medseal_found_count(found, &hits, &malformed, &next, &err), "counting the results");
    printf("%zu of %" PRIu64 " entries have the keyword\n", hits, head.size - 1);

    /* Trust the current head of the database. A remote reader would get it from another source. */
    medseal_trusted_head *trusted;
    check(medseal_trusted_head_new(&head, publication.time_ms, publication.time_ms, 0, &trusted, &err),
          "trusting the ledger's head");
    consortium.head = trusted;

    /* Open the new record, and compare it with the file while reading. */
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
    medseal_trusted_head_free(trusted);
    medseal_charters_free(charters);
    medseal_super_node_free(super_node);
    medseal_policy_free(access);
    medseal_policy_free(claim);
    medseal_abe_decryption_key_free(decryption_key);
    medseal_search_key_free(search_key);
    medseal_abs_signing_key_free(signing_key);
    medseal_keyword_key_free(keyword_key);
    medseal_member_keys_free(member);
    medseal_attributes_free(attributes);
    medseal_public_parameters_free(parameters);
    medseal_authority_free(authority);
    return EXIT_SUCCESS;
}
