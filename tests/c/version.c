/* Prints the version, if header and library agree on it: a first program with the installed library. */
#include <stdio.h>
#include <string.h>

#include <medseal.h>

int main(void) {
    if (medseal_version_number() != MEDSEAL_VERSION_NUMBER) {
        fputs("the library has another number than the header\n", stderr);
        return 1;
    }
    if (strcmp(medseal_version_text(), MEDSEAL_VERSION_TEXT) != 0) {
        fputs("the library has another text than the header\n", stderr);
        return 1;
    }
    puts(medseal_version_text());
    return 0;
}
