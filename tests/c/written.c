/* Writes the input of tests/from_c.rs: every object's byte form in a file with the name of its
   type, a record published into a folder, and its ledger. */
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

/* A record in a store that Rust opens, too. */
static void publish(void) {
    medseal_consortium parties = {sizeof parties, the_ledger, NULL, the_charters, NULL, 1, NULL};
    an_office office;
    medseal_published published;
    char path[512];

    CHECK(snprintf(path, sizeof path, "%s/objects", folder) < (int)sizeof path);
    NEW(store, store, medseal_directory_store_open(path, strlen(path), &store, &err));
    office_open(&office);
    parties.store = store;
    OK(medseal_publish_bytes(&parties, &office.publication, BYTES("HbA1c 7.2 %"), NULL, NULL, NULL, &published, &err));
    save("published", "id", published.place.id.bytes, sizeof published.place.id.bytes);
    out_len = sizeof out;
    OK(medseal_memory_ledger_encode(the_ledger, out, &out_len, &err));
    save("ledger", "snapshot", out, out_len);

    office_close(&office);
}

void written_run(const char *directory) {
    medseal_secret shared;
    folder = directory;
    ENCODED(SAVE)
    OK(medseal_abe_decapsulate(the_abe_decryption_key, the_abe_encapsulation, &shared, &err));
    save("shared", "secret", shared.bytes, sizeof shared.bytes);
    NEW(replay_cache, cache, medseal_replay_cache_new(MEDSEAL_REPLAY_WINDOW_MS, 100, 10, 1795000000000u - 100000,
        &cache, &err));
    out_len = sizeof out;
    OK(medseal_replay_cache_encode(cache, out, &out_len, &err)); /* spends it */
    save("replay_cache", "object", out, out_len);
    publish();
}
