/* The pinned objects that Rust wrote: each decodes here, and encodes to the same bytes. A record
   that Rust sealed opens. Every file must be known. */
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

#define SAME(type, decode) \
    if (strcmp(name, #type) == 0) { \
        medseal_##type *object = NULL; \
        OK(decode); \
        out_len = sizeof out; \
        OK(medseal_##type##_encode(object, out, &out_len, &err)); \
        CHECK(out_len == len && memcmp(out, bytes, len) == 0); \
        medseal_##type##_free(object); \
        known++; \
    }
#define SAME_ALONE(type) SAME(type, medseal_##type##_decode(bytes, len, &object, &err))
#define SAME_UNDER(type) SAME(type, medseal_##type##_decode(bytes, len, super_node, &object, &err))

/* The name of a file becomes that of its type. */
static void to_type(char *name) {
    static const char *const examples[] = {"_hinted", "_identity"};
    for (char *c = name; *c != 0; c++)
        if (*c == '-') *c = '_';
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(name), end = strlen(examples[i]);
        if (len > end && strcmp(name + len - end, examples[i]) == 0) name[len - end] = 0;
    }
}

void golden_run(const char *directory) {
    DIR *folder = opendir(directory);
    struct dirent *entry;
    size_t len;
    OWNED(record_key) *key = NULL;
    CHECK(folder != NULL);
    len = load(directory, "super-node-public-key");
    NEW(super_node_public_key, super_node, medseal_super_node_public_key_decode(bytes, len, &super_node, &err));
    while ((entry = readdir(folder)) != NULL) {
        char name[64];
        int known = 0;
        if (sscanf(entry->d_name, "%63[^.].hex", name) != 1 || entry->d_name[0] == '.') continue;
        len = load(directory, name);
        to_type(name);
        ENCODED_ALONE(SAME_ALONE)
        ENCODED_UNDER(SAME_UNDER)
        SAME_ALONE(replay_cache)
        /* These two are read together with something else. */
        if (known == 0 && strcmp(name, "sealed_record") != 0 && strcmp(name, "snapshot") != 0) FAIL(entry->d_name);
    }
    CHECK(closedir(folder) == 0);

    len = load(directory, "record-key");
    OK(medseal_record_key_decode(bytes, len, &key, &err));
    len = load(directory, "sealed-record");
    out_len = sizeof out;
    OK(medseal_record_open(key, bytes, len, NULL, 1, out, &out_len, NULL, &err));
    CHECK(out_len == 3000);
    for (size_t i = 0; i < out_len; i++) CHECK(out[i] == (uint8_t)i);
}
