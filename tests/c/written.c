/* Writes what Rust reads in tests/from_c.rs: every object's byte form into a file with the name of its type, a record that is
   published into a folder, and the ledger that says so. */
#include "test.h"

static const char *folder;

static void save(const char *name, const char *end, const void *bytes, size_t len) {
    char path[512];
    FILE *file;
    CHECK(snprintf(path, sizeof path, "%s/%s.%s", folder, name, end) < (int)sizeof path);
    CHECK((file = fopen(path, "wb")) != NULL && fwrite(bytes, 1, len, file) == len && fclose(file) == 0);
}

#define SAVE(type) \
    out_len = sizeof out; \
    OK(medseal_##type##_encode(the_##type, out, &out_len, &err)); \
    save(#type, "object", out, out_len);

#define ENCODED(X) \
    X(attributes) X(policy) X(abe_master_key) X(abe_public_key) X(abe_decryption_key) X(abe_wrapped_key) X(abe_encapsulation) \
    X(abs_master_key) X(abs_public_key) X(abs_signing_key) X(abs_signature) X(search_master_key) X(search_public_key) \
    X(search_key) X(keyword_key) X(search_index) X(trapdoor) X(query) X(authority) X(public_parameters) X(member_keys) X(record_key) \
    X(chunk_proof) X(merkle_tree) X(merkle_frontier) X(inclusion_proof) X(consistency_proof) X(super_node) \
    X(super_node_public_key) X(identity_envelope) X(registration_request) X(identity_key) X(hospital) X(main_node) X(certificate_request) \
    X(certificate) X(registry) X(disclosure) X(auth_request) X(auth_reply) X(auth_confirmation) X(session_message) X(entry) \
    X(block_header) X(validator) X(charter) X(charters) X(found) X(draft) X(sealed) X(prepared) \
    X(members_key) X(members_keys) X(key_share) X(backup_confirmation) X(authority_key) X(authority_public_key) \
    X(roster) X(authority_message) X(authority_share) X(generation_certificate) X(authority_request) X(pending_request) \
    X(registry_draft) X(charter_draft)

/* A record in a store that Rust opens, too. */
static void publish(void) {
    medseal_consortium parties = {sizeof parties, the_ledger, NULL, the_charters, NULL, 1, NULL};
    medseal_store *store = NULL;
    medseal_attributes *attributes = NULL;
    medseal_member_keys *office = NULL;
    medseal_abs_signing_key *signing = NULL;
    medseal_keyword_key *keyword_key = NULL;
    const medseal_keyword *keywords[1];
    medseal_publication publication;
    medseal_published published;
    char path[512];

    CHECK(snprintf(path, sizeof path, "%s/objects", folder) < (int)sizeof path);
    OK(medseal_directory_store_open(path, strlen(path), &store, &err));
    OK(medseal_attributes_parse(TEXT("office"), &attributes, &err));
    OK(medseal_authority_issue(the_authority, attributes, &office, &err));
    OK(medseal_member_keys_signing(office, &signing, &err));
    OK(medseal_authority_keyword_key(the_authority, &keyword_key, &err));
    keywords[0] = the_keyword;
    memset(&publication, 0, sizeof publication);
    publication.struct_size = sizeof publication;
    publication.access = the_policy;
    publication.keywords = keywords;
    publication.keyword_count = 1;
    publication.keyword_key = keyword_key;
    publication.signing_key = signing;
    publication.time_ms = 1795000000000u;
    parties.store = store;
    OK(medseal_publish_bytes(&parties, &publication, BYTES("HbA1c 7.2 %"), NULL, NULL, NULL, &published, &err));
    save("published", "id", published.place.id.bytes, sizeof published.place.id.bytes);
    out_len = sizeof out;
    OK(medseal_memory_ledger_encode(the_ledger, out, &out_len, &err));
    save("ledger", "snapshot", out, out_len);

    medseal_store_free(store);
    medseal_attributes_free(attributes);
    medseal_member_keys_free(office);
    medseal_abs_signing_key_free(signing);
    medseal_keyword_key_free(keyword_key);
}

void written_run(const char *directory) {
    medseal_secret shared;
    medseal_replay_cache *cache = NULL;
    folder = directory;
    ENCODED(SAVE)
    OK(medseal_abe_decapsulate(the_abe_decryption_key, the_abe_encapsulation, &shared, &err));
    save("shared", "secret", shared.bytes, sizeof shared.bytes);
    OK(medseal_replay_cache_new(MEDSEAL_REPLAY_WINDOW_MS, 100, 10, 1795000000000u - 100000, &cache, &err));
    out_len = sizeof out;
    OK(medseal_replay_cache_encode(cache, out, &out_len, &err)); /* spends it */
    save("replay_cache", "object", out, out_len);
    medseal_replay_cache_free(cache);
    publish();
}
