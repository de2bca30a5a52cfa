/* The tests of the C interface: main DIRECTORY GOLDEN STRIDE. It works in the empty DIRECTORY,
   reads the pinned objects in GOLDEN, and damages objects at every STRIDE-th byte. With STRIDE
   "threads", only the roles and the tests after the byte forms run; with "fork", only the tests of
   the first use. */
#include "test.h"

#define FREE(name) medseal_##name##_free(the_##name);
#define FREE_NULL(name) medseal_##name##_free(NULL);

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    bool all = strcmp(argv[3], "threads") != 0;
    if (strcmp(argv[3], "fork") == 0) {
        fork_first_use_run();
        puts("a fork during the first use does not hang");
        return 0;
    }
    roles_run(argv[1]);
    puts("every role does its work");
    resume_run();
    puts("what is interrupted is resumed");
    if (all) {
        written_run(argv[1]);
        puts("every object is written, for Rust to read");
        misuse_run();
        puts("misuse is refused");
        messages_run();
        puts("what is refused is named");
        forms_run((size_t)strtoul(argv[3], NULL, 10));
        puts("cut and damaged objects are refused");
        golden_run(argv[2]);
        puts("what Rust wrote is read");
        buffers_run();
        puts("every function that fills a buffer was given one that is a byte short");
    }
    threads_run();
    puts("threads share what is immutable");
    fork_state_run();
    puts("a forked process cannot seal on");
    lifetimes_run(all);
    puts("what is freed in use lives on, and nothing takes much memory");
    HANDLES(FREE_NULL)
    HANDLES(FREE)
    return 0;
}
