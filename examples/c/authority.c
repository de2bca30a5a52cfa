/* One authority as a separate program: it generates a consortium's keys together with the others.
 *
 *     authority FOLDER SECONDS NUMBER NAME NAME...
 *
 * Each hospital runs this program. NUMBER, from 1, is the position of its NAME. Every later operation
 * needs more than half of the authorities. FOLDER stands for a network: signed and sealed messages
 * are files in it. Use a new folder for each attempt. FOLDER/NUMBER is private to one authority, and
 * contains its static key and its share. If no message arrives for SECONDS, the program names the
 * authority whose message is missing.
 *
 * It needs POSIX. A failure prints one line to standard error and returns exit status 1.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "example.h"

enum { MOST = 16, PATH = 1024, MESSAGE_BYTES = 1 << 16 };

static const char *folder;
static int own;             /* this authority's number */
static char records[PATH]; /* its private folder */
static uint8_t bytes[MESSAGE_BYTES];

/* Returns the path of a file that authority `from` publishes: message `n`, or its public key if `n` is 0. */
static const char *shown(int from, int n) {
    static char path[PATH];
    if (snprintf(path, sizeof(path), n == 0 ? "%s/%d.public" : "%s/%d.message-%d", folder, from, n) >= PATH) {
        fail(folder, "is too long");
    }
    return path;
}

/* Reads a file. Returns its length, or 0 if it does not exist yet. */
static size_t read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    size_t len = 0;
    if (file == NULL && errno == ENOENT) return 0;
    if (file == NULL) fail(path, strerror(errno));
    len = fread(bytes, 1, sizeof(bytes), file);
    if (ferror(file) || !feof(file)) fail(path, "cannot be read");
    fclose(file);
    return len;
}

/* Writes a file atomically. */
static void write_file(const char *path, size_t len) {
    char temporary[PATH];
    int file;
    if (snprintf(temporary, sizeof(temporary), "%s/new", records) >= PATH) fail(records, "is too long");
    file = open(temporary, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (file < 0 || write(file, bytes, len) != (ssize_t)len || fsync(file) != 0 || close(file) != 0 ||
        rename(temporary, path) != 0) {
        fail(path, strerror(errno));
    }
}

static void wait_a_little(void) {
    const struct timespec time = {0, 20 * 1000 * 1000};
    nanosleep(&time, NULL);
}

/* Returns the static key, read from the records or newly made. */
static medseal_authority_key *static_key(const char *name) {
    medseal_authority_key *key = NULL;
    medseal_authority_public_key *public_key = NULL;
    char path[PATH + 8];
    size_t len;
    snprintf(path, sizeof(path), "%s/key", records);
    len = read_file(path);
    if (len > 0) {
        check(medseal_authority_key_decode(bytes, len, &key, &err), path);
    } else {
        check(medseal_authority_key_generate(name, strlen(name), &key, &err), "making a key");
        len = sizeof(bytes);
        check(medseal_authority_key_encode(key, bytes, &len, &err), "storing the key");
        write_file(path, len);
    }
    medseal_wipe(bytes, sizeof(bytes));
    check(medseal_authority_key_public(key, &public_key, &err), "the public key");
    len = sizeof(bytes);
    check(medseal_authority_public_key_encode(public_key, bytes, &len, &err), "showing the public key");
    write_file(shown(own, 0), len);
    medseal_authority_public_key_free(public_key);
    return key;
}

/* Makes the roster of authorities. People compare the printed fingerprints in person: nobody certifies authorities. */
static medseal_roster *compare(char *const names[], int count, time_t patience) {
    medseal_authority_public_key *keys[MOST] = {NULL};
    medseal_roster *roster = NULL;
    static const char context[] = "our consortium, first try";
    const time_t begun = time(NULL);
    for (int i = 1; i <= count; i++) {
        medseal_digest fingerprint;
        size_t len;
        while ((len = read_file(shown(i, 0))) == 0) {
            if (time(NULL) - begun > patience) fail(names[i - 1], "has shown no public key");
            wait_a_little();
        }
        check(medseal_authority_public_key_decode(bytes, len, &keys[i - 1], &err), names[i - 1]);
        check(medseal_authority_public_key_fingerprint(keys[i - 1], &fingerprint, &err), names[i - 1]);
        printf("authority %d, %s: ", i, names[i - 1]);
        for (size_t k = 0; k < 8; k++) printf("%02x", fingerprint.bytes[k]);
        printf("..\n");
    }
    check(medseal_roster_new((uint8_t)(count / 2 + 1), (const medseal_authority_public_key *const *)keys, (size_t)count,
                             (const uint8_t *)context, strlen(context), &roster, &err),
          "the roster");
    for (int i = 0; i < count; i++) medseal_authority_public_key_free(keys[i]);
    return roster;
}

/* Sends every message that the session has. */
static void send_all(medseal_authority_session *session) {
    static int sent;
    medseal_authority_message *message = NULL;
    while (medseal_authority_session_next(session, &message, &err) == MEDSEAL_OK) {
        size_t len = sizeof(bytes);
        check(medseal_authority_message_encode(message, bytes, &len, &err), "sending");
        write_file(shown(own, ++sent), len);
        medseal_authority_message_free(message);
    }
}

/* Takes the next message of an authority, if there is one, and passes it to the session if it is for us. */
static int receive(medseal_authority_session *session, int from, int *taken) {
    medseal_authority_message *message = NULL;
    uint8_t to = 0;
    const size_t len = read_file(shown(from, *taken + 1));
    if (len == 0) return 0;
    *taken += 1;
    check(medseal_authority_message_decode(bytes, len, &message, &err), "a message");
    check(medseal_authority_message_header(message, NULL, NULL, &to, &err), "a message");
    if (to == 0 || to == own) {
        const medseal_status status = medseal_authority_session_receive(session, message, &err);
        if (status != MEDSEAL_OK) {
            const medseal_error failure = err;
            send_all(session); /* complaints, which name the authorities at fault */
            fail("the session", failure.message);
        }
    }
    medseal_authority_message_free(message);
    return 1;
}

/* Runs the whole session, until all have confirmed. */
static void generate(medseal_authority_session *session, int count, time_t patience, medseal_authority_share **share,
                     medseal_generation_certificate **certificate) {
    int taken[MOST] = {0};
    time_t heard = time(NULL);
    for (;;) {
        int32_t state = MEDSEAL_SESSION_WAITS;
        send_all(session);
        for (int i = 1; i <= count; i++) {
            if (i != own && receive(session, i, &taken[i - 1])) heard = time(NULL);
        }
        check(medseal_authority_session_state(session, &state, &err), "the session");
        if (state == MEDSEAL_SESSION_CHECKED) {
            /* The share is stored durably before this authority signs that it has it. */
            check(medseal_authority_session_confirm(session, records, strlen(records), &err), "confirming");
        }
        if (medseal_authority_session_finish(session, share, certificate, &err) == MEDSEAL_OK) return;
        if (err.status != MEDSEAL_ERR_ABSENT) fail("finishing", err.message);
        if (time(NULL) - heard > patience) {
            char missing[PATH];
            size_t len = sizeof(missing) - 1;
            check(medseal_authority_session_missing(session, missing, &len, &err), "listing the missing authorities");
            missing[len] = 0;
            missing[strcspn(missing, "\n")] = 0;
            fail("the session waits", missing);
        }
        wait_a_little();
    }
}

int main(int argc, char *argv[]) {
    const int count = argc - 4;
    char *const *names = argv + 4;
    medseal_authority_key *key;
    medseal_roster *roster;
    medseal_authority_session *session = NULL;
    medseal_authority_share *share = NULL;
    medseal_generation_certificate *certificate = NULL;
    medseal_authority_holder *holder = NULL;
    char path[PATH + 16];
    size_t len = sizeof(bytes);
    time_t patience;
    program = "authority";
    if (count < 2 || count > MOST || (own = atoi(argv[3])) < 1 || own > count) {
        fail("usage", "authority FOLDER SECONDS NUMBER NAME NAME...");
    }
    folder = argv[1];
    patience = atoi(argv[2]);
    if (snprintf(records, sizeof(records), "%s/%d", folder, own) >= PATH - 8) fail(folder, "is too long");
    if (mkdir(records, 0700) != 0 && errno != EEXIST) fail(records, strerror(errno));

    key = static_key(names[own - 1]);
    roster = compare(names, count, patience);
    check(medseal_authority_session_generate(roster, key, &session, &err), "starting the session");
    generate(session, count, patience, &share, &certificate);

    /* The certificate is public. It makes the share usable. */
    check(medseal_authority_holder_new(key, share, certificate, &holder, &err), "starting work");
    check(medseal_generation_certificate_encode(certificate, bytes, &len, &err), "the certificate");
    snprintf(path, sizeof(path), "%s/certificate", records);
    write_file(path, len);
    printf("certified by all: the keys of %d authorities, of which %d are needed\n", count, count / 2 + 1);

    medseal_authority_holder_free(holder);
    medseal_generation_certificate_free(certificate);
    medseal_authority_share_free(share);
    medseal_authority_session_free(session);
    medseal_roster_free(roster);
    medseal_authority_key_free(key);
    return 0;
}
