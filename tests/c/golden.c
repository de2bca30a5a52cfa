/* The objects that Rust wrote and the repository pins: each decodes here, and encodes to the same bytes; a record that Rust sealed
   opens. Every file has to be known. */
#include <dirent.h>

#include "test.h"

static uint8_t bytes[1 << 16];

static size_t load(const char *directory, const char *name) {
    char path[512];
    FILE *file;
    unsigned byte;
    size_t len = 0;
    CHECK(snprintf(path, sizeof path, "%s/%s.hex", directory, name) < (int)sizeof path);
    CHECK((file = fopen(path, "r")) != NULL);
    while (len < sizeof bytes && fscanf(file, " %2x", &byte) == 1) bytes[len++] = (uint8_t)byte;
    CHECK(feof(file) && fclose(file) == 0 && len > 4);
    return len;
}

#define SAME(type) SAME_BY(type, medseal_##type##_decode(bytes, len, &object, &err))
/* The same for what is decoded under the super node's public key. */
#define SAME_UNDER(type) SAME_BY(type, medseal_##type##_decode(bytes, len, super_node, &object, &err))
#define SAME_BY(type, decode) \
    do { \
        medseal_##type *object = NULL; \
        OK(decode); \
        out_len = sizeof out; \
        OK(medseal_##type##_encode(object, out, &out_len, &err)); \
        CHECK(out_len == len && memcmp(out, bytes, len) == 0); \
        medseal_##type##_free(object); \
    } while (0)

#define ALL(X) \
    X("abe-decryption-key", abe_decryption_key) X("abe-encapsulation", abe_encapsulation) \
    X("abe-master-key", abe_master_key) X("abe-public-key", abe_public_key) X("abe-wrapped-key", abe_wrapped_key) \
    X("abs-master-key", abs_master_key) X("abs-public-key", abs_public_key) X("abs-signature", abs_signature) \
    X("abs-signing-key", abs_signing_key) X("attributes", attributes) X("auth-confirmation", auth_confirmation) \
    X("auth-reply", auth_reply) X("auth-request", auth_request) X("authority", authority) \
    X("block-header", block_header) X("certificate-request", certificate_request) X("certificate", certificate) \
    X("chunk-proof", chunk_proof) X("consistency-proof", consistency_proof) X("disclosure", disclosure) \
    X("charter", charter) X("validator", validator) X("entry", entry) X("identity-envelope", identity_envelope) \
    X("identity-key", identity_key) X("inclusion-proof", inclusion_proof) X("keyword-key", keyword_key) \
    X("member-keys", member_keys) X("merkle-frontier", merkle_frontier) \
    X("merkle-tree", merkle_tree) X("policy", policy) X("public-parameters", public_parameters) \
    X("record-key", record_key) X("registration-request", registration_request) X("registry", registry) \
    X("search-index-hinted", search_index) X("search-index", search_index) X("search-key", search_key) \
    X("search-master-key", search_master_key) X("search-public-key", search_public_key) \
    X("session-message", session_message) X("super-node-public-key", super_node_public_key) \
    X("authority-key", authority_key) X("authority-public-key", authority_public_key) X("roster", roster) \
    X("authority-message", authority_message) X("authority-share", authority_share) \
    X("generation-certificate", generation_certificate) X("authority-request", authority_request) \
    X("authority-request-identity", authority_request) X("pending-request", pending_request) \
    X("registry-draft", registry_draft) X("charter-draft", charter_draft) \
    X("super-node", super_node) X("trapdoor-hinted", trapdoor) X("trapdoor", trapdoor) X("replay-cache", replay_cache) \
    X("query", query) X("found", found) X("draft", draft) X("sealed", sealed) X("prepared", prepared) \
    X("members-key", members_key) X("members-keys", members_keys) X("key-share", key_share) \
    X("backup-confirmation", backup_confirmation)

void golden_run(const char *directory) {
    DIR *folder = opendir(directory);
    struct dirent *entry;
    size_t len;
    medseal_record_key *key = NULL;
    medseal_super_node_public_key *super_node = NULL;
    CHECK(folder != NULL);
    len = load(directory, "super-node-public-key");
    OK(medseal_super_node_public_key_decode(bytes, len, &super_node, &err));
    while ((entry = readdir(folder)) != NULL) {
        char name[64];
        int known = 0;
        if (sscanf(entry->d_name, "%63[^.].hex", name) != 1 || entry->d_name[0] == '.') continue;
        len = load(directory, name);
#define ONE(file, type) \
    if (strcmp(name, file) == 0) { \
        SAME(type); \
        known++; \
    }
        ALL(ONE)
        if (strcmp(name, "hospital") == 0) {
            SAME_UNDER(hospital);
            known++;
        }
        if (strcmp(name, "main-node") == 0) {
            SAME_UNDER(main_node);
            known++;
        }
        if (strcmp(name, "charters") == 0) {
            SAME_UNDER(charters);
            known++;
        }
        /* These two are read together with something else. */
        if (known == 0 && strcmp(name, "sealed-record") != 0 && strcmp(name, "snapshot") != 0) FAIL(entry->d_name);
    }
    CHECK(closedir(folder) == 0);
    medseal_super_node_public_key_free(super_node);

    len = load(directory, "record-key");
    OK(medseal_record_key_decode(bytes, len, &key, &err));
    len = load(directory, "sealed-record");
    out_len = sizeof out;
    OK(medseal_record_open(key, bytes, len, NULL, 1, out, &out_len, NULL, &err));
    CHECK(out_len == 3000);
    for (size_t i = 0; i < out_len; i++) CHECK(out[i] == (uint8_t)i);
    medseal_record_key_free(key);
}
