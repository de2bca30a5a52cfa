#include <medseal.h>
#include <stdio.h>
#include <stdlib.h>

static medseal_error err = MEDSEAL_ERROR_INIT;

static void check(medseal_status status) {
    if (status != MEDSEAL_OK) {
        fprintf(stderr, "first: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
}

#define TEXT(literal) literal, sizeof(literal) - 1
#define BYTES(literal) (const uint8_t *)literal, sizeof(literal) - 1

int main(void) {
    /* An authority, and a doctor's key. */
    medseal_abe_master_key *authority;
    medseal_abe_public_key *everybody;
    medseal_attributes *attributes;
    medseal_abe_decryption_key *doctor;
    check(medseal_abe_master_key_generate(&authority, &err));
    check(medseal_abe_master_key_public(authority, &everybody, &err));
    check(medseal_attributes_parse(TEXT("role=doctor, clearance=4"), &attributes, &err));
    check(medseal_abe_issue(authority, attributes, &doctor, &err));

    /* Anyone with the public key seals a record under a fresh key, and wraps that key under a policy. */
    medseal_policy *policy;
    medseal_record_key *key;
    medseal_abe_wrapped_key *wrapped;
    uint8_t sealed[128], secret[MEDSEAL_RECORD_KEY_BYTES];
    size_t sealed_len = sizeof(sealed), secret_len = sizeof(secret);
    check(medseal_policy_parse(TEXT("role=doctor and (ward=12 or clearance>=3)"), &policy, &err));
    check(medseal_record_key_generate(&key, &err));
    check(medseal_record_seal(key, BYTES("HbA1c 7.2 %"), 0, 1, sealed, &sealed_len, NULL, &err));
    check(medseal_record_key_encode(key, secret, &secret_len, &err));
    check(medseal_abe_wrap(everybody, policy, secret, secret_len, BYTES("record 7"), NULL, &wrapped, &err));
    medseal_wipe(secret, sizeof(secret));
    medseal_record_key_free(key);

    /* The doctor unwraps it, and opens the record. */
    uint8_t record[32];
    size_t record_len = sizeof(record);
    check(medseal_abe_unwrap(doctor, wrapped, BYTES("record 7"), NULL, secret, &secret_len, &err));
    check(medseal_record_key_decode(secret, secret_len, &key, &err));
    medseal_wipe(secret, sizeof(secret));
    check(medseal_record_open(key, sealed, sealed_len, NULL, 1, record, &record_len, NULL, &err));
    printf("%.*s\n", (int)record_len, (const char *)record);

    medseal_record_key_free(key);
    medseal_abe_wrapped_key_free(wrapped);
    medseal_policy_free(policy);
    medseal_abe_decryption_key_free(doctor);
    medseal_attributes_free(attributes);
    medseal_abe_public_key_free(everybody);
    medseal_abe_master_key_free(authority);
    return 0;
}
