/* A hospital and a main node, in two processes, authenticate each other over a socket and then share a session.
 *
 *     handshake
 *
 * It needs POSIX (fork, socketpair). A failure prints one line to standard error and returns exit status 1. Every
 * _free function accepts NULL.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "example.h"

#define HOUR UINT64_C(3600000) /* milliseconds */

static uint64_t now_ms(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        fail("the clock", "cannot be read");
    }
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- messages on the wire: their length in two bytes, then the byte form of an object --- */

#define MESSAGE_BYTES 4096

typedef struct {
    uint8_t bytes[MESSAGE_BYTES];
    size_t len;
} message;

/* An empty message, with room for an encoded object. */
static message empty(void) {
    message m = {{0}, MESSAGE_BYTES};
    return m;
}

static void put(int socket, const uint8_t *bytes, size_t len) {
    while (len > 0) {
        ssize_t sent = send(socket, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0) {
            fail("the other side", "has hung up");
        }
        bytes += sent;
        len -= (size_t)sent;
    }
}

static void take(int socket, uint8_t *bytes, size_t len) {
    while (len > 0) {
        ssize_t received = recv(socket, bytes, len, 0);
        if (received <= 0) {
            fail("the other side", "has hung up");
        }
        bytes += received;
        len -= (size_t)received;
    }
}

static void send_message(int socket, const message *m) {
    const uint8_t prefix[2] = {(uint8_t)(m->len >> 8), (uint8_t)m->len};
    put(socket, prefix, sizeof(prefix));
    put(socket, m->bytes, m->len);
}

static message receive_message(int socket) {
    uint8_t prefix[2];
    message m = empty();
    take(socket, prefix, sizeof(prefix));
    m.len = (size_t)prefix[0] << 8 | prefix[1];
    if (m.len > sizeof(m.bytes)) {
        fail("the other side", "sent a message that is too long");
    }
    take(socket, m.bytes, m.len);
    return m;
}

/* --- preparation: the super node registers the hospital and certifies the main node --- */

/* The participants. Each process uses only its own side and the public objects. */
typedef struct {
    medseal_hospital *hospital;
    medseal_main_node *main_node;
    medseal_certificate *certificate; /* of the main node; public */
    medseal_registry *registry;       /* of hospitals; public */
    medseal_super_node_public_key *trusted;
} consortium;

static consortium found_consortium(void) {
    consortium c;
    medseal_super_node *super_node;
    medseal_registration_request *registration;
    medseal_identity_key *identity_key;
    medseal_certificate_request *request;
    const uint64_t now = now_ms();

    check(medseal_super_node_generate(&super_node, &err), "generating the super node's key");
    check(medseal_super_node_public(super_node, &c.trusted, &err), "reading the super node's public key");

    check(medseal_registration_request_new(TEXT("clinic.example"), BYTES("data sharing agreement"), &registration,
                                           &err),
          "asking for registration");
    check(medseal_super_node_register(super_node, registration, &identity_key, &err), "registering the hospital");
    check(medseal_hospital_accept(registration, identity_key, c.trusted, &c.hospital, &err),
          "accepting the identity key");

    check(medseal_main_node_generate(TEXT("main-node.example"), MEDSEAL_ROLE_MAIN_NODE, c.trusted, &c.main_node, &err),
          "generating the main node's key");
    check(medseal_main_node_certificate_request(c.main_node, &request, &err), "asking for a certificate");
    check(medseal_super_node_certify(super_node, request, now, now + 24 * 365 * HOUR, &c.certificate, &err),
          "certifying the main node");
    check(medseal_super_node_publish(super_node, now, &c.registry, &err), "publishing the registry");

    medseal_certificate_request_free(request);
    medseal_identity_key_free(identity_key);
    medseal_registration_request_free(registration);
    medseal_super_node_free(super_node);
    return c;
}

static void free_consortium(consortium *c) {
    medseal_hospital_free(c->hospital);
    medseal_main_node_free(c->main_node);
    medseal_certificate_free(c->certificate);
    medseal_registry_free(c->registry);
    medseal_super_node_public_key_free(c->trusted);
}

/* --- the hospital's process --- */

static void run_hospital(const consortium *c, int socket) {
    medseal_verified_certificate *certificate;
    medseal_verified_registry *registry;
    medseal_awaiting_reply *awaiting;
    medseal_auth_request *request;
    medseal_auth_reply *reply;
    medseal_session *session;
    medseal_disclosure *disclosure;
    medseal_auth_confirmation *confirmation;
    medseal_session_message *sealed;
    medseal_digest database;
    medseal_summary summary;
    message m;
    uint8_t text[256];
    size_t text_len = sizeof(text);

    /* Verify what the super node signed. A hospital stores the registry's number, and passes it here next time. */
    check(medseal_certificate_verify(c->certificate, c->trusted, MEDSEAL_ROLE_MAIN_NODE, &certificate, &err), "checking the certificate");
    check(medseal_registry_verify(c->registry, c->trusted, 0, &registry, &err), "checking the registry");

    /* 1. The request. An observer cannot tell which hospital sent it. */
    check(medseal_hospital_start(c->hospital, certificate, registry, now_ms(), &awaiting, &request, &err),
          "starting the handshake");
    m = empty();
    check(medseal_auth_request_encode(request, m.bytes, &m.len, &err), "encoding the request");
    send_message(socket, &m);

    /* 2. The reply: it authenticates the main node, and discloses the location of the record. */
    m = receive_message(socket);
    check(medseal_auth_reply_decode(m.bytes, m.len, &reply, &err), "decoding the reply");
    check(medseal_hospital_finish(awaiting, reply, &session, &disclosure, &confirmation, &err),
          "authenticating the main node");
    check(medseal_disclosure_read(disclosure, text, &text_len, &database, &summary, &err),
          "reading the disclosure");
    printf("hospital: the record is at %.*s\n", (int)text_len, (const char *)text);

    /* 3. The confirmation. */
    m = empty();
    check(medseal_auth_confirmation_encode(confirmation, m.bytes, &m.len, &err), "encoding the confirmation");
    send_message(socket, &m);

    /* In the session: a question, which is also the last message from this side. */
    check(medseal_session_seal(session, BYTES("where is last week's MRI?"), BYTES("question"), 1, &sealed, &err),
          "sealing the question");
    m = empty();
    check(medseal_session_message_encode(sealed, m.bytes, &m.len, &err), "encoding the question");
    send_message(socket, &m);
    medseal_session_message_free(sealed);

    /* The answer. */
    m = receive_message(socket);
    check(medseal_session_message_decode(m.bytes, m.len, &sealed, &err), "decoding the answer");
    text_len = sizeof(text);
    check(medseal_session_open(session, sealed, BYTES("answer"), text, &text_len, &err), "opening the answer");
    printf("hospital: the answer is \"%.*s\"\n", (int)text_len, (const char *)text);

    medseal_session_message_free(sealed);
    medseal_auth_confirmation_free(confirmation);
    medseal_disclosure_free(disclosure);
    medseal_session_free(session);
    medseal_auth_reply_free(reply);
    medseal_auth_request_free(request);
    medseal_awaiting_reply_free(awaiting);
    medseal_verified_registry_free(registry);
    medseal_verified_certificate_free(certificate);
}

/* --- the main node's process --- */

static void run_main_node(const consortium *c, int socket) {
    medseal_verified_registry *registry;
    medseal_replay_cache *cache;
    medseal_auth_request *request;
    medseal_accepted_request *accepted;
    medseal_disclosure *disclosure;
    medseal_auth_reply *reply;
    medseal_awaiting_confirmation *awaiting;
    medseal_auth_confirmation *confirmation;
    medseal_session *session;
    medseal_session_message *sealed;
    const medseal_digest database = {{1}}; /* what the main node knows about the hospital's records */
    const medseal_summary summary = {{2}};
    message m;
    uint8_t text[256];
    size_t text_len = sizeof(text);

    check(medseal_registry_verify(c->registry, c->trusted, 0, &registry, &err), "checking the registry");
    /* Requests may be 30 seconds old, and are remembered for as long. A node that has just started rejects requests that
     * may be replays; this one claims that it has been up for an hour. */
    check(medseal_replay_cache_new(30 * 1000, 1 << 16, 1 << 10, now_ms() - HOUR, &cache, &err),
          "making the replay cache");

    /* 1. The request: it authenticates the hospital. */
    m = receive_message(socket);
    check(medseal_auth_request_decode(m.bytes, m.len, &request, &err), "decoding the request");
    check(medseal_main_node_accept(c->main_node, request, registry, cache, now_ms(), &accepted, &err),
          "authenticating the hospital");
    check(medseal_accepted_request_hospital(accepted, (char *)text, &text_len, &err), "reading the hospital's name");
    printf("main node: authenticated %.*s\n", (int)text_len, (const char *)text);

    /* 2. The reply, with a disclosure about a record. */
    check(medseal_disclosure_new(BYTES("objects/2d09bb97"), &database, &summary, &disclosure, &err),
          "making the disclosure");
    check(medseal_main_node_reply(accepted, disclosure, &reply, &awaiting, &err), "replying");
    m = empty();
    check(medseal_auth_reply_encode(reply, m.bytes, &m.len, &err), "encoding the reply");
    send_message(socket, &m);

    /* 3. The confirmation proves that the hospital has the session too. */
    m = receive_message(socket);
    check(medseal_auth_confirmation_decode(m.bytes, m.len, &confirmation, &err), "decoding the confirmation");
    check(medseal_main_node_confirm(awaiting, confirmation, &session, &err), "checking the confirmation");

    /* The question. */
    m = receive_message(socket);
    check(medseal_session_message_decode(m.bytes, m.len, &sealed, &err), "decoding the question");
    text_len = sizeof(text);
    check(medseal_session_open(session, sealed, BYTES("question"), text, &text_len, &err), "opening the question");
    printf("main node: the question is \"%.*s\"\n", (int)text_len, (const char *)text);
    medseal_session_message_free(sealed);

    /* The answer. */
    check(medseal_session_seal(session, BYTES("in the archive"), BYTES("answer"), 1, &sealed, &err),
          "sealing the answer");
    m = empty();
    check(medseal_session_message_encode(sealed, m.bytes, &m.len, &err), "encoding the answer");
    send_message(socket, &m);
    medseal_session_message_free(sealed);

    /* The main node rejects the same request a second time. */
    medseal_accepted_request_free(accepted);
    if (medseal_main_node_accept(c->main_node, request, registry, cache, now_ms(), &accepted, &err) !=
        MEDSEAL_ERR_REQUEST_REPLAYED) {
        fail("a replayed request", "was accepted");
    }
    printf("main node: rejected a replay: %s\n", err.message);

    medseal_session_free(session);
    medseal_auth_confirmation_free(confirmation);
    medseal_awaiting_confirmation_free(awaiting);
    medseal_auth_reply_free(reply);
    medseal_disclosure_free(disclosure);
    medseal_auth_request_free(request);
    medseal_replay_cache_free(cache);
    medseal_verified_registry_free(registry);
}

int main(void) {
    int sockets[2], status = 0;
    program = "handshake";
    setvbuf(stdout, NULL, _IOLBF, 0); /* keeps the lines of both processes whole */
    consortium c = found_consortium();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) {
        fail("a socket", "cannot be made");
    }
    const pid_t child = fork();
    if (child < 0) {
        fail("a second process", "cannot be made");
    }
    if (child == 0) {
        program = "handshake: hospital";
        close(sockets[1]);
        run_hospital(&c, sockets[0]);
        free_consortium(&c);
        return EXIT_SUCCESS;
    }
    program = "handshake: main node";
    close(sockets[0]);
    run_main_node(&c, sockets[1]);
    free_consortium(&c);
    return waitpid(child, &status, 0) == child && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
