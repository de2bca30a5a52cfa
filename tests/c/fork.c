/* Forked processes: while another thread runs the library's first-use initialisation, and with
   objects that must not work twice. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

static void *first_use(void *failed) {
    OWNED(authority) *authority = NULL;
    OWNED(attributes) *attributes = NULL;
    OWNED(member_keys) *keys = NULL;
    if (medseal_authority_setup(&authority, NULL) != MEDSEAL_OK ||
        medseal_attributes_parse(TEXT("role=doctor"), &attributes, NULL) != MEDSEAL_OK ||
        medseal_authority_issue(authority, attributes, &keys, NULL) != MEDSEAL_OK) {
        return failed;
    }
    return NULL;
}

static int status_of(pid_t child) {
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

/* In a separate process that has not used the library: forks after a thread has been in its first
   call for this time. */
static int forks_during_first_use(long microseconds) {
    int failed;
    pthread_t thread;
    void *result = NULL;
    struct timespec wait = {0, 0};
    wait.tv_nsec = microseconds * 1000;
    if (pthread_create(&thread, NULL, first_use, &failed) != 0) return 2;
    nanosleep(&wait, NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(60); /* if it waits for the thread that it does not have */
        _exit(first_use(&failed) == NULL ? 0 : 3);
    }
    int status = status_of(child);
    if (pthread_join(thread, &result) != 0 || result != NULL) return 4;
    return status == 0 ? 0 : 5;
}

void fork_first_use_run(void) {
    for (long microseconds = 0; microseconds < 8000; microseconds += 250) {
        pid_t child = fork();
        if (child == 0) _exit(forks_during_first_use(microseconds));
        CHECK(status_of(child) == 0);
    }
}

static void in_the_child(void) {
    uint8_t some[64];
    size_t len = sizeof some;
    medseal_session *session = NULL;
    medseal_session_message *message = NULL;
    medseal_disclosure *disclosure = NULL;
    medseal_auth_confirmation *confirmation = NULL;
    medseal_auth_reply *reply = NULL;
    medseal_awaiting_confirmation *awaiting = NULL;
    medseal_accepted_request *accepted = NULL;
    GIVES(MEDSEAL_ERR_FORKED, medseal_sealer_update(the_sealer, BYTES("other"), out, &out_len, &err));
    CHECK(out_len == 0);
    GIVES(MEDSEAL_ERR_FORKED, medseal_opener_update(the_opener, BYTES("other"), some, &len, &err));
    GIVES(MEDSEAL_ERR_FORKED, medseal_session_seal(the_session, BYTES("other"), NULL, 0, 0, &message, &err));
    len = sizeof some;
    GIVES(MEDSEAL_ERR_FORKED, medseal_session_open(the_session, the_session_message, NULL, 0, some, &len, &err));
    GIVES(MEDSEAL_ERR_FORKED,
          medseal_hospital_finish(the_awaiting_reply, the_auth_reply, &session, &disclosure, &confirmation, &err));
    GIVES(MEDSEAL_ERR_FORKED, medseal_main_node_reply(the_accepted_request, the_disclosure, &reply, &awaiting, &err));
    GIVES(MEDSEAL_ERR_FORKED, medseal_main_node_accept(the_main_node, the_auth_request, the_verified_registry,
                                                      the_replay_cache, 1795000000000u, &accepted, &err));
    CHECK(message == NULL && session == NULL && reply == NULL && accepted == NULL);
    /* Objects without a keystream work in both. */
    OK(medseal_merkle_frontier_append(the_merkle_frontier, BYTES("x"), NULL, &err));
    medseal_sealer_free(the_sealer);
    medseal_session_free(the_session);
}

void fork_state_run(void) {
    medseal_sealer *theirs = the_sealer;
    uint8_t sealed[256], opened[64];
    size_t len = sizeof sealed, more = 0, opened_len = sizeof opened;
    NEW(record_key, key, medseal_record_key_generate(&key, &err));
    OK(medseal_sealer_new(key, 0, &the_sealer, &err));
    OK(medseal_sealer_update(the_sealer, NULL, 0, sealed, &len, &err));
    out_len = sizeof out;
    pid_t child = fork();
    if (child == 0) {
        in_the_child();
        /* Not _exit: memcheck would report memory that the parent still uses as lost. */
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    CHECK(status_of(child) == 0);
    more = sizeof sealed - len;
    OK(medseal_sealer_update(the_sealer, BYTES("HIV negative"), sealed + len, &more, &err));
    len += more;
    more = sizeof sealed - len;
    OK(medseal_sealer_finish(the_sealer, sealed + len, &more, NULL, &err));
    OK(medseal_record_open(key, sealed, len + more, NULL, 1, opened, &opened_len, NULL, &err));
    CHECK(opened_len == 12 && memcmp(opened, "HIV negative", 12) == 0);
    medseal_sealer_free(the_sealer);
    the_sealer = theirs;
}
