#include "own.h"

int calls, fails_at = -1;
fate fault;

/* The outcome of this call. */
static fate next_call(void) { return calls++ == fails_at ? fault : WORKS; }
static medseal_status answer(fate outcome) { return outcome == WORKS ? MEDSEAL_OK : MEDSEAL_ERR_IO; }

/* --- streams and progress ------------------------------------------------------------------------------------------ */
static void drop_stream(void *ctx) { ((stream *)ctx)->dropped++; }

static medseal_status read_stream(void *ctx, uint8_t *buffer, size_t len, size_t *count) {
    stream *s = ctx;
    size_t rest = s->len - s->read;
    if (s->fails) return MEDSEAL_ERR_IO;
    *count = rest < len ? rest : len;
    if (*count > 7) *count = 7; /* little by little */
    memcpy(buffer, s->bytes + s->read, *count);
    s->read += *count;
    return MEDSEAL_OK;
}

static medseal_status write_stream(void *ctx, const uint8_t *data, size_t len) {
    stream *s = ctx;
    if (s->fails || len > sizeof s->bytes - s->len) return MEDSEAL_ERR_IO;
    if (len > 0) memcpy(s->bytes + s->len, data, len);
    s->len += len;
    return MEDSEAL_OK;
}

const medseal_writer *writer_to(stream *s) {
    memset(s, 0, sizeof *s);
    s->reader = (medseal_reader){sizeof s->reader, s, read_stream, drop_stream};
    s->writer = (medseal_writer){sizeof s->writer, s, write_stream, drop_stream};
    return &s->writer;
}

const medseal_reader *reader_of(stream *s, const uint8_t *bytes, size_t len) {
    writer_to(s);
    memcpy(s->bytes, bytes, len);
    s->len = len;
    return &s->reader;
}

static medseal_status listen(void *ctx, int32_t step, uint64_t done) {
    listener *l = ctx;
    l->last_step = step;
    l->last_done = done;
    return ++l->calls == l->cancel_at ? MEDSEAL_ERR_CANCELLED : MEDSEAL_OK;
}

static void drop_listener(void *ctx) { ((listener *)ctx)->dropped++; }

const medseal_progress *progress_to(listener *l) {
    memset(l, 0, sizeof *l);
    l->progress = (medseal_progress){sizeof l->progress, l, listen, drop_listener};
    return &l->progress;
}

/* --- a ledger ------------------------------------------------------------------------------------------------------ */
static void push(own_ledger *l, const uint8_t *item, size_t item_len) {
    uint64_t index = 99;
    l->items[l->count] = malloc(item_len);
    memcpy(l->items[l->count], item, item_len);
    l->lens[l->count] = item_len;
    CHECK(medseal_merkle_tree_append(l->tree, item, item_len, &index, NULL) == MEDSEAL_OK && index == l->count);
    l->count++;
}

void own_ledger_end(own_ledger *l) {
    for (uint64_t i = 0; i < l->count; i++) free(l->items[i]);
    l->count = 0;
    medseal_merkle_tree_free(l->tree);
    l->tree = NULL;
}

void own_ledger_begin(own_ledger *l) {
    own_ledger_end(l);
    l->damaged_height = UINT64_MAX;
    OK(medseal_merkle_tree_new(&l->tree, &err));
    READ(medseal_charter_encode(the_charter, at, &out_len, &err));
    push(l, out, out_len);
}

/* The height of an entry, or `count`. */
static uint64_t height_of(const own_ledger *l, const medseal_entry_id *id) {
    uint64_t i = 1;
    while (i < l->count && !same(&l->ids[i], id, sizeof *id)) i++;
    return i;
}

static medseal_status append(void *ctx, const uint8_t *entry, size_t entry_len, const medseal_entry_id *id,
                             uint32_t charter, uint64_t *height, bool *was_there) {
    own_ledger *l = ctx;
    fate outcome = next_call();
    if (outcome == IS_NOT_DONE) return MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    *height = height_of(l, id);
    *was_there = *height < l->count;
    if (*was_there) return answer(outcome);
    if (charter != 1) return MEDSEAL_ERR_ERA_PASSED;
    if (l->count == 8) return MEDSEAL_ERR_LEDGER_UNAVAILABLE;
    l->ids[l->count] = *id;
    push(l, entry, entry_len);
    return answer(outcome);
}

/* A sink exists only while a callback runs. None of this writes to it. */
static void sink_misuse(medseal_sink *sink) {
    medseal_error detail = MEDSEAL_ERROR_INIT;
    CHECK(medseal_sink_write(NULL, BYTES("x"), &detail) == MEDSEAL_ERR_NULL_POINTER);
    CHECK(medseal_sink_write((medseal_sink *)(void *)the_policy, BYTES("x"), &detail) == MEDSEAL_ERR_WRONG_HANDLE);
    CHECK(medseal_sink_write(sink, NULL, 1, &detail) == MEDSEAL_ERR_NULL_POINTER);
    CHECK(medseal_sink_write(sink, (const uint8_t *)"x", SIZE_MAX, &detail) == MEDSEAL_ERR_INVALID_ARGUMENT);
    CHECK(medseal_sink_write(sink, (const uint8_t *)"x", 0, &detail) == MEDSEAL_OK);
    CHECK(medseal_sink_write(sink, NULL, 0, NULL) == MEDSEAL_OK);
    detail.struct_size--;
    CHECK(medseal_sink_write(sink, BYTES("x"), &detail) == MEDSEAL_ERR_INVALID_ARGUMENT);
}

static medseal_status at_height(void *ctx, uint64_t height, medseal_sink *sink) {
    own_ledger *l = ctx;
    medseal_status status;
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    if (height >= l->count) return MEDSEAL_ERR_UNKNOWN_ENTRY;
    if (height == l->damaged_height) return medseal_sink_write(sink, BYTES("no entry"), NULL);
    sink_misuse(sink);
    /* In two pieces, because one may. */
    status = medseal_sink_write(sink, l->items[height], 10, NULL);
    return status != MEDSEAL_OK ? status
                                : medseal_sink_write(sink, l->items[height] + 10, l->lens[height] - 10, NULL);
}

static medseal_status of_id(void *ctx, const medseal_entry_id *id, medseal_sink *sink) {
    own_ledger *l = ctx;
    uint64_t height = height_of(l, id);
    return height < l->count ? at_height(l, height, sink) : MEDSEAL_ERR_UNKNOWN_ENTRY;
}

static medseal_status head_of(void *ctx, medseal_tree_head *head) {
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    return medseal_merkle_tree_head(((own_ledger *)ctx)->tree, head, NULL);
}

static medseal_status prove(void *ctx, const medseal_entry_id *id, uint64_t size, medseal_sink *sink) {
    own_ledger *l = ctx;
    OWNED(inclusion_proof) *proof = NULL;
    uint8_t bytes[512];
    size_t len = sizeof bytes;
    uint64_t height = height_of(l, id);
    if (height == l->count) return MEDSEAL_ERR_UNKNOWN_ENTRY;
    if (height >= size) return MEDSEAL_ERR_AFTER_TRUSTED_HEAD;
    medseal_status status = medseal_merkle_tree_prove_inclusion(l->tree, height, size, &proof, NULL);
    if (status != MEDSEAL_OK) return status;
    CHECK(medseal_inclusion_proof_encode(proof, bytes, &len, NULL) == MEDSEAL_OK);
    return medseal_sink_write(sink, bytes, len, NULL);
}

static void drop_ledger(void *ctx) {
    own_ledger *l = ctx;
    own_ledger_end(l);
    l->dropped++;
}

medseal_ledger_callbacks own_ledger_callbacks(own_ledger *l) {
    medseal_ledger_callbacks callbacks = {sizeof callbacks, l, append, at_height, of_id, head_of, prove, NULL, drop_ledger};
    return callbacks;
}

/* --- a store ------------------------------------------------------------------------------------------------------- */
static medseal_status begin(void *ctx, void **upload) {
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    ((own_store *)ctx)->uploads++;
    return (*upload = calloc(1, sizeof(own_object))) != NULL ? MEDSEAL_OK : MEDSEAL_ERR_IO;
}

static medseal_status append_bytes(void *ctx, void *upload, const uint8_t *data, size_t len) {
    fate outcome = next_call();
    (void)ctx;
    if (outcome == IS_NOT_DONE) return MEDSEAL_ERR_IO;
    medseal_status status = write_stream(&((own_object *)upload)->content, data, len);
    return status != MEDSEAL_OK ? status : answer(outcome);
}

static medseal_status name(void *ctx, void *upload, const medseal_digest *digest, medseal_sink *sink) {
    char address[64];
    size_t len = sizeof address;
    (void)upload;
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    if (((own_store *)ctx)->names_objects) return medseal_sink_write(sink, BYTES("store:first-object"), NULL);
    CHECK(medseal_address_of(digest, address, &len, NULL) == MEDSEAL_OK);
    return medseal_sink_write(sink, (const uint8_t *)address, len, NULL);
}

static own_object *at_address(own_store *s, const char *address, size_t len) {
    for (size_t i = 0; i < s->count; i++)
        if (s->objects[i].address_len == len && same(s->objects[i].address, address, len)) return &s->objects[i];
    return NULL;
}

static void discard(void *ctx, void *upload) {
    ((own_store *)ctx)->uploads--;
    free(upload);
}

static medseal_status commit(void *ctx, void *upload, const char *address, size_t len) {
    own_store *s = ctx;
    own_object *o = upload;
    fate outcome = next_call();
    CHECK(len <= sizeof o->address);
    if (outcome != IS_NOT_DONE && at_address(s, address, len) == NULL) {
        CHECK(s->count < 4);
        memcpy(o->address, address, len);
        o->address_len = len;
        s->objects[s->count++] = *o;
    }
    discard(ctx, upload);
    return answer(outcome);
}

static medseal_status open_object(void *ctx, const char *address, size_t len, void **reading) {
    own_store *s = ctx;
    const own_object *there = at_address(s, address, len);
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    if (there == NULL) return MEDSEAL_ERR_UNKNOWN_OBJECT;
    if ((*reading = malloc(sizeof(stream))) == NULL) return MEDSEAL_ERR_IO;
    memcpy(*reading, &there->content, sizeof there->content);
    s->readings++;
    return MEDSEAL_OK;
}

static medseal_status read_object(void *ctx, void *reading, uint8_t *buffer, size_t len, size_t *count) {
    (void)ctx;
    return read_stream(reading, buffer, len, count);
}

static void close_object(void *ctx, void *reading) {
    ((own_store *)ctx)->readings--;
    free(reading);
}

static medseal_status confirm(void *ctx, const char *address, size_t len) {
    if (next_call() != WORKS) return MEDSEAL_ERR_IO;
    return at_address(ctx, address, len) != NULL ? MEDSEAL_OK : MEDSEAL_ERR_UNKNOWN_OBJECT;
}

static void drop_store(void *ctx) { ((own_store *)ctx)->dropped++; }

medseal_store_callbacks own_store_callbacks(own_store *s) {
    medseal_store_callbacks callbacks = {sizeof callbacks, s,           begin,       append_bytes, name,    commit,
                                         discard,          open_object, read_object, close_object, confirm, drop_store};
    return callbacks;
}
