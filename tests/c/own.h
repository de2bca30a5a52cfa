/* A ledger and a store of one's own, by callbacks, whose calls can fail, and streams over memory. */
#ifndef MEDSEAL_OWN_H
#define MEDSEAL_OWN_H

#include "test.h"

static const uint8_t record[] = "HbA1c 7.2 %, metformin 1000 mg";
enum { RECORD_LEN = sizeof record - 1 };

static inline int same(const void *a, const void *b, size_t len) { return memcmp(a, b, len) == 0; }

/* The calls of ledgers and stores so far, the number of the one that fails, and how. */
typedef enum { WORKS, IS_NOT_DONE, ANSWER_IS_LOST } fate;
extern int calls, fails_at;
extern fate fault;

typedef struct {
    uint8_t bytes[1 << 18];
    size_t len, read;
    int dropped, fails;
    medseal_reader reader;
    medseal_writer writer;
} stream;
/* Both begin anew. */
const medseal_reader *reader_of(stream *s, const uint8_t *bytes, size_t len);
const medseal_writer *writer_to(stream *s);

typedef struct {
    int calls, cancel_at, dropped;
    int32_t last_step;
    uint64_t last_done;
    medseal_progress progress;
} listener;
const medseal_progress *progress_to(listener *l);

/* Item 0 is the_charter. */
typedef struct {
    medseal_entry_id ids[8];
    uint8_t *items[8];
    size_t lens[8];
    uint64_t count;
    medseal_merkle_tree *tree;
    uint64_t damaged_height; /* what is there is not an entry, as after the failure of a disk */
    int dropped;
} own_ledger;
/* Begins with the charter, and forgets what there is. */
void own_ledger_begin(own_ledger *ledger);
void own_ledger_end(own_ledger *ledger);
medseal_ledger_callbacks own_ledger_callbacks(own_ledger *ledger);

typedef struct {
    stream content;
    char address[64];
    size_t address_len;
} own_object;
typedef struct {
    own_object objects[4];
    size_t count;
    bool names_objects;
    int uploads, readings, dropped;
} own_store;
medseal_store_callbacks own_store_callbacks(own_store *store);

#endif
