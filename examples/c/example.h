/* What the larger examples share: a failure prints one line and ends the program. A server would free its objects. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <stdio.h>
#include <stdlib.h>

#include <medseal_full.h>

/* A string literal as pointer and length. */
#define TEXT(literal) literal, sizeof(literal) - 1
#define BYTES(literal) (const uint8_t *)literal, sizeof(literal) - 1

static const char *program;
static medseal_error err = MEDSEAL_ERROR_INIT;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s: %s\n", program, what, why);
    exit(EXIT_FAILURE);
}

static void check(medseal_status status, const char *doing) {
    if (status != MEDSEAL_OK) {
        fail(doing, err.message);
    }
}

#endif
