/* Shares a record: seals it under a policy, publishes it, finds it by keyword and opens it again.
 *
 *     share_record FILE STORE [POLICY [KEYWORD]]
 *
 * Sealed records go to the directory STORE/objects, the opened copy to STORE/opened. The file is never completely in
 * memory, and may have any size. A failure prints one line to standard error and returns exit status 1. Every _free
 * function accepts NULL.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "example.h"

/* Issues the keys of a member with these attributes. */
static medseal_member_keys *issue(const medseal_authority *authority, const char *text) {
    medseal_attributes *attributes;
    medseal_member_keys *keys;
    check(medseal_attributes_parse(text, strlen(text), &attributes, &err), text);
    check(medseal_authority_issue(authority, attributes, &keys, &err), "issuing keys");
    medseal_attributes_free(attributes);
    return keys;
}

/* Joins the lines of a text. */
static void join_lines(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from == '\n') {
            *to++ = ' ';
            from += strspn(from + 1, " "); /* the next line's indentation */
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* Fails with a list of everything missing if the attributes do not satisfy the policy. */
static void require_satisfied(const medseal_policy *access, const medseal_attributes *attributes) {
    size_t len = 0;
    const medseal_status status = medseal_policy_diagnose(access, attributes, NULL, &len, &err);
    if (status == MEDSEAL_ERR_BUFFER_TOO_SMALL) {
        char *missing = malloc(len + 1);
        if (missing == NULL) {
            fail("comparing policy and attributes", strerror(errno));
        }
        check(medseal_policy_diagnose(access, attributes, missing, &len, &err), "comparing policy and attributes");
        missing[len] = '\0';
        join_lines(missing);
        fail("the doctor does not satisfy the policy", missing);
    }
    check(status, "comparing policy and attributes");
}

/* A medseal_reader over a FILE. */
static medseal_status read_file(void *ctx, uint8_t *buffer, size_t len, size_t *read) {
    FILE *file = ctx;
    *read = fread(buffer, 1, len, file);
    return ferror(file) ? MEDSEAL_ERR_IO : MEDSEAL_OK;
}

/* A medseal_progress: prints the name of each step once. Any status but MEDSEAL_OK would cancel. */
static medseal_status report(void *ctx, int32_t step, uint64_t done) {
    static const char *const names[] = {"",        "seal", "digest", "wrap",  "index",
                                        "envelope", "sign", "store",  "append"};
    int32_t *last = ctx;
    (void)done;
    if (step != *last && step > 0 && (size_t)step < sizeof(names) / sizeof(names[0])) {
        printf("  %s\n", names[step]);
        *last = step;
    }
    return MEDSEAL_OK;
}

/* Seals a file into the store, and appends an entry about it to the ledger. */
static medseal_published publish(const medseal_consortium *consortium, const medseal_publication *publication,
                                 const char *path) {
    medseal_published published;
    int32_t last = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail(path, strerror(errno));
    }
    const medseal_reader reader = {.struct_size = sizeof(reader), .ctx = file, .read = read_file};
    const medseal_progress progress = {.struct_size = sizeof(progress), .ctx = &last, .report = report};
    check(medseal_publish(consortium, publication, &reader, NULL, &progress, NULL, NULL, &published, &err), path);
    fclose(file);
    return published;
}

/* Searches, and shows only the attributes that the record's policy needs. */
static medseal_found *find(const medseal_consortium *consortium, const medseal_keyword *keyword,
                           const medseal_search_key *key, const medseal_policy *access) {
    medseal_attributes *held, *showing;
    medseal_found *found;
    check(medseal_search_key_attributes(key, &held, &err), "reading the key's attributes");
    check(medseal_attributes_needed(held, &access, 1, &showing, &err), "choosing what to show");
    const medseal_search search = {.struct_size = sizeof(search), .keyword = keyword, .key = key, .showing = showing};
    check(medseal_find(consortium, &search, NULL, &found, &err), "searching");
    medseal_attributes_free(held);
    medseal_attributes_free(showing);
    return found;
}

int main(int argc, char **argv) {
    program = "share_record";
    if (argc < 3 || argc > 5) {
        fputs("usage: share_record FILE STORE [POLICY [KEYWORD]]\n", stderr);
        return EXIT_FAILURE;
    }
    const char *policy_text = argc > 3 ? argv[3] : "role=doctor and (department=cardiology or clearance>=3)";
    const char *keyword_text = argc > 4 ? argv[4] : "diagnosis:e11.9";
    char objects[4096], opened[4096];
    if (snprintf(objects, sizeof(objects), "%s/objects", argv[2]) >= (int)sizeof(objects) ||
        snprintf(opened, sizeof(opened), "%s/opened", argv[2]) >= (int)sizeof(opened)) {
        fail(argv[2], "the path is too long");
    }

    /* The arguments. */
    medseal_policy *access;
    medseal_keyword *keyword;
    check(medseal_policy_parse(policy_text, strlen(policy_text), &access, &err), policy_text);
    check(medseal_keyword_new(keyword_text, strlen(keyword_text), &keyword, &err), keyword_text);

    /* The authority sets up, and issues keys to a records office, a doctor and a nurse. */
    medseal_authority *authority;
    medseal_public_parameters *parameters;
    medseal_keyword_key *keyword_key;
    check(medseal_authority_setup(&authority, &err), "setting up the authority");
    check(medseal_authority_public_parameters(authority, &parameters, &err), "reading the public parameters");
    check(medseal_authority_keyword_key(authority, &keyword_key, &err), "reading the keyword key");
    medseal_member_keys *office = issue(authority, "role=records_office");
    medseal_member_keys *doctor = issue(authority, "role=doctor, department=cardiology, clearance=4");
    medseal_member_keys *nurse = issue(authority, "role=nurse, department=cardiology");

    /* Can the doctor open it? If not, report what is missing. */
    medseal_attributes *attributes;
    check(medseal_member_keys_attributes(doctor, &attributes, &err), "reading the doctor's attributes");
    require_satisfied(access, attributes);
    medseal_attributes_free(attributes);

    /* The super node signs the charter of a ledger that accepts entries from a records office. The ledger is in memory,
       the store in a directory. */
    medseal_policy *claim;
    medseal_super_node *super_node;
    medseal_super_node_public_key *public_key;
    medseal_charter *charter;
    medseal_charters *charters;
    medseal_ledger *ledger;
    medseal_store *store;
    check(medseal_policy_parse(TEXT("role=records_office"), &claim, &err), "parsing the claim policy");
    check(medseal_super_node_generate(&super_node, &err), "making the super node");
    check(medseal_super_node_public(super_node, &public_key, &err), "reading the super node's public key");
    const medseal_terms terms = {sizeof(terms), TEXT("clinics"), claim, parameters, NULL, 0, {0, {0}}};
    check(medseal_super_node_sign_charter(super_node, NULL, &terms, NULL, &charter, &err), "signing the charter");
    check(medseal_charters_new(charter, public_key, &charters, &err), "checking the charter");
    check(medseal_memory_ledger_new(charter, public_key, &ledger, &err), "making the ledger");
    check(medseal_directory_store_open(objects, strlen(objects), &store, &err), objects);

    /* The office publishes the record. */
    medseal_abs_signing_key *signing_key;
    check(medseal_member_keys_signing(office, &signing_key, &err), "reading the office's signing key");
    const medseal_keyword *const keywords[] = {keyword};
    medseal_consortium consortium = {
        .struct_size = sizeof(consortium),
        .ledger = ledger,
        .store = store,
        .charters = charters,
        .threads = 2,
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
    const medseal_published published = publish(&consortium, &publication, argv[1]);
    printf("published %" PRIu64 " bytes as %" PRIu64 " sealed bytes\n", published.receipt.length,
           published.receipt.sealed_length);

    /* A reader trusts a head of the ledger: here, its current one. */
    medseal_tree_head head;
    medseal_trusted_head *trusted;
    check(medseal_ledger_head(ledger, &head, &err), "reading the ledger's head");
    check(medseal_trusted_head_new(&head, publication.time_ms, publication.time_ms, 0, &trusted, &err),
          "trusting the ledger's head");
    consortium.head = trusted;

    /* A nurse finds nothing, and cannot open it either. */
    medseal_search_key *search_key;
    medseal_abe_decryption_key *decryption_key;
    medseal_found *found;
    medseal_place place;
    size_t hits, malformed;
    uint64_t next;
    check(medseal_member_keys_search(nurse, &search_key, &err), "reading the nurse's search key");
    check(medseal_member_keys_decryption(nurse, &decryption_key, &err), "reading the nurse's decryption key");
    found = find(&consortium, keyword, search_key, access);
    check(medseal_found_count(found, &hits, &malformed, &next, &err), "counting the results");
    if (hits > 0) {
        puts("the nurse finds it: the policy allows that");
    } else {
        const medseal_status refused = medseal_open_file(&consortium, &published.place.id, decryption_key, opened,
                                                         strlen(opened), NULL, NULL, &err);
        if (refused == MEDSEAL_OK) {
            fail("the nurse", "opened a record that she cannot find");
        }
        if (refused != MEDSEAL_ERR_POLICY_NOT_SATISFIED) {
            fail(opened, err.message);
        }
        printf("the nurse finds nothing and opens nothing: %s\n", err.message);
    }
    medseal_found_free(found);
    medseal_search_key_free(search_key);
    medseal_abe_decryption_key_free(decryption_key);

    /* The doctor finds it and opens it. A later search from `next` would read only new items. */
    check(medseal_member_keys_search(doctor, &search_key, &err), "reading the doctor's search key");
    check(medseal_member_keys_decryption(doctor, &decryption_key, &err), "reading the doctor's decryption key");
    found = find(&consortium, keyword, search_key, access);
    check(medseal_found_hit(found, 0, &place, &err), "reading the result");
    check(medseal_open_file(&consortium, &place.id, decryption_key, opened, strlen(opened), NULL, NULL, &err), opened);
    printf("the doctor finds it at height %" PRIu64 " and opens it to %s\n", place.height, opened);

    medseal_found_free(found);
    medseal_search_key_free(search_key);
    medseal_abe_decryption_key_free(decryption_key);
    medseal_abs_signing_key_free(signing_key);
    medseal_store_free(store);
    medseal_ledger_free(ledger);
    medseal_trusted_head_free(trusted);
    medseal_charters_free(charters);
    medseal_charter_free(charter);
    medseal_super_node_public_key_free(public_key);
    medseal_super_node_free(super_node);
    medseal_policy_free(claim);
    medseal_member_keys_free(nurse);
    medseal_member_keys_free(doctor);
    medseal_member_keys_free(office);
    medseal_keyword_key_free(keyword_key);
    medseal_public_parameters_free(parameters);
    medseal_authority_free(authority);
    medseal_keyword_free(keyword);
    medseal_policy_free(access);
    return EXIT_SUCCESS;
}
