/* The building blocks of the generated tests. */
#ifndef MEDSEAL_MISUSE_H
#define MEDSEAL_MISUSE_H

#include "test.h"

extern medseal_consortium the_consortium;
extern medseal_publication the_publication;
extern medseal_search the_search;
extern medseal_record_id the_record_id;
extern medseal_statement the_statement;
extern medseal_abs_claim the_abs_claim;
extern const medseal_certificate_serial the_certificate_serial;
extern const medseal_epoch_commitment the_epoch_commitment;
extern const medseal_possession the_possession;
extern const medseal_digest the_digest;
extern const medseal_summary the_summary;
extern const medseal_entry_id the_entry_id;
extern const medseal_tree_head the_tree_head;
extern medseal_terms the_terms;
extern const medseal_hints the_hints;

/* The number of callback contexts that must be released. */
extern int drops;
#define DROPS(count) (drops += (count))
#define DROPPED() \
    do { \
        CHECK(dropped == drops); \
        dropped = drops = 0; \
    } while (0)

/* Fills an output of fixed size, and checks that failing cleared it. */
#define FILL(place) memset(place, 0xa5, sizeof place)
#define CLEARED(place) \
    do { \
        for (size_t i_ = 0; i_ < sizeof place[0]; i_++) CHECK(((const unsigned char *)place)[i_] == 0); \
    } while (0)

#define REFUSES(wanted, call) GIVES(wanted, call)

/* Whether READ has tried a function with a buffer that is one byte short. */
int was_one_byte_short(const char *function);
#define SHORT(function) \
    do { \
        if (!was_one_byte_short(#function)) FAIL(#function " was never called with a buffer one byte short"); \
    } while (0)

/* No bytes, with and without a pointer: the function treats both the same, and reports no pointer
   error. `after` frees its result. */
#define EMPTY(with, without, after) \
    do { \
        medseal_status with_ = (with); \
        after; \
        medseal_status without_ = (without); \
        after; \
        if (with_ != without_) FAIL(#without); \
        CHECK(with_ != MEDSEAL_ERR_NULL_POINTER && with_ != MEDSEAL_ERR_INTERNAL); \
    } while (0)

/* If the detail itself is refused, nothing is done and nothing is written. */
#define REFUSES_DETAIL(wanted, call) \
    do { \
        medseal_status given_ = (call); \
        err.struct_size = sizeof err; \
        CHECK(given_ == (wanted)); \
        dropped = drops = 0; \
    } while (0)

static inline int is_decoding(medseal_status status) {
    return (status >= MEDSEAL_ERR_TRUNCATED && status <= MEDSEAL_ERR_LIMIT_EXCEEDED) || status == MEDSEAL_ERR_POLICY ||
           status == MEDSEAL_ERR_INVALID_KEY || status == MEDSEAL_ERR_INVALID_SIGNATURE ||
           status == MEDSEAL_ERR_INVALID_PROOF || status == MEDSEAL_ERR_OUT_OF_RANGE || status == MEDSEAL_ERR_CULPRITS ||
           status == MEDSEAL_ERR_CHARTER_OUT_OF_ORDER;
}

/* A policy determines a signature's elements: at some lengths it may fit another policy. */
#define MAY_BE_CUT(name) (strcmp(#name, "abs_signature") == 0)

/* Encodes and decodes an object. Then decodes it truncated and with flipped bits at every place:
   this fails with a decoding status, or the result encodes to the same bytes. The memory is as long
   as the bytes, which exposes reads beyond them. */
#define FORM(name) FORM_BY(name, DECODE)
/* The same for objects that are decoded under the super node's public key. */
#define FORM_UNDER(name) FORM_BY(name, DECODE_UNDER)
#define DECODE(name, bytes, len) medseal_##name##_decode(bytes, len, &object, &err)
#define DECODE_UNDER(name, bytes, len) \
    medseal_##name##_decode(bytes, len, the_super_node_public_key, &object, &err)
#define SAME_OR_REFUSED(name, decode, changed, length, may_decode) \
    do { \
        if (decode(name, changed, length) == MEDSEAL_OK) { \
            CHECK(may_decode); \
            out_len = sizeof out; \
            OK(medseal_##name##_encode(object, out, &out_len, &err)); \
            CHECK(out_len == (length) && memcmp(out, changed, length) == 0); \
        } else { \
            CHECK(is_decoding(err.status) && object == NULL); \
        } \
        medseal_##name##_free(object); \
    } while (0)
#define FORM_BY(name, decode) \
    do { \
        medseal_##name *object = NULL; \
        READ(medseal_##name##_encode(the_##name, at, &out_len, &err)); \
        size_t len = out_len; \
        uint8_t *bytes = malloc(len); \
        CHECK(bytes != NULL); \
        memcpy(bytes, out, len); \
        OK(decode(name, bytes, len)); \
        READ(medseal_##name##_encode(object, at, &out_len, &err)); \
        CHECK(out_len == len && memcmp(out, bytes, len) == 0); \
        medseal_##name##_free(object); \
        for (size_t cut = 0; cut < len; cut += cut < 8 ? 1 : stride) { \
            uint8_t *begin = malloc(cut > 0 ? cut : 1); \
            CHECK(begin != NULL); \
            memcpy(begin, bytes, cut); \
            SAME_OR_REFUSED(name, decode, begin, cut, MAY_BE_CUT(name)); \
            free(begin); \
        } \
        for (size_t i = 0; i < len; i += i < 8 ? 1 : stride) { \
            bytes[i] ^= (uint8_t)(1 << (i % 8)); \
            SAME_OR_REFUSED(name, decode, bytes, len, true); \
            bytes[i] ^= (uint8_t)(1 << (i % 8)); \
        } \
        free(bytes); \
    } while (0);

#endif
