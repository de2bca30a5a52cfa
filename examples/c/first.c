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
    /* An authority, and a doctor's keys. */
    medseal_authority *authority;
    medseal_public_parameters *parameters;
    medseal_abe_public_key *everybody;
    medseal_attributes *attributes;
    medseal_member_keys *keys;
    medseal_abe_decryption_key *doctor;
    check(medseal_authority_setup(&authority, &err));
    check(medseal_authority_public_parameters(authority, &parameters, &err));
    check(medseal_public_parameters_abe(parameters, &everybody, &err));
    check(medseal_attributes_parse(TEXT("role=doctor, clearance=4"), &attributes, &err));
    check(medseal_authority_issue(authority, attributes, &keys, &err));
    check(medseal_member_keys_decryption(keys, &doctor, &err));

    /* Anyone with the public key seals a record for a policy. */
    medseal_policy *policy;
    medseal_abe_wrapped_key *wrapped;
    uint8_t sealed[128];
    size_t sealed_len = sizeof(sealed);
    check(medseal_policy_parse(TEXT("role=doctor and (ward=12 or clearance>=3)"), &policy, &err));
    check(medseal_seal_and_wrap(everybody, policy, BYTES("HbA1c 7.2 %"), NULL, sealed, &sealed_len, &wrapped, &err));

    /* The doctor opens it. */
    uint8_t record[32];
    size_t record_len = sizeof(record);
    check(medseal_unwrap_and_open(doctor, wrapped, sealed, sealed_len, NULL, record, &record_len, &err));
    printf("%.*s\n", (int)record_len, (const char *)record);

    medseal_abe_wrapped_key_free(wrapped);
    medseal_policy_free(policy);
    medseal_abe_decryption_key_free(doctor);
    medseal_member_keys_free(keys);
    medseal_attributes_free(attributes);
    medseal_abe_public_key_free(everybody);
    medseal_public_parameters_free(parameters);
    medseal_authority_free(authority);
    return 0;
}
