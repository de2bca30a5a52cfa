# Recipes are the commands people run; `just` lists them.
default:
    @just --list

# everything that must hold before a change lands
ci:
    .ci/run

# format the code
fmt:
    cargo fmt --all

# lints as errors
lint:
    cargo clippy --all-targets --all-features -- -D warnings

# unit, property, attack and documentation tests; `just test abe` runs those whose name contains abe
test *FILTER:
    cargo test --all-features {{FILTER}}

# symbolic models of the handshake; `just models verifpal` or `just models proverif`
# runs those of one tool
models *TOOL:
    docs/models/run {{TOOL}}

# the second implementation, in Python, against the vectors
interop:
    python3 -m venv target/interop
    target/interop/bin/pip install -q -r tests/interop/requirements.txt
    target/interop/bin/python tests/interop/check.py

# the whole flow on a file (without one, on the sample record)
share *ARGS:
    cargo run --example share_record -- {{ARGS}}

# documentation of the public interface
doc:
    cargo doc --no-deps --all-features --open

# every user-visible operation, at 1 to 300 attributes and 1 KiB to 256 MiB; `just bench abe` runs
# those whose name contains abe
bench *FILTER:
    cargo bench --bench schemes --bench record -- {{FILTER}}

# the main operations beside the least work that their equation needs; `just floors abe` runs those
# whose name contains abe
floors *FILTER:
    cargo bench --bench floors -- {{FILTER}}

# the same in instructions, which valgrind counts alike on a busy machine
instructions:
    cargo bench --bench floors -- instructions

# how a search grows with the ledger, and what hints save
search-scale:
    cargo bench --bench search_scale

# medseal beside other libraries; `just peers quick` only sees that it runs
peers *ARGS:
    cargo run --release --manifest-path benches/peers/Cargo.toml -- measure {{ARGS}}

# the tables in docs/performance, from what was measured last
render-performance:
    cargo run --release --manifest-path benches/peers/Cargo.toml -- render

# everything that docs/performance shows: about 25 minutes of an idle machine
performance: floors search-scale peers render-performance

# the C library as its users meet it: headers, installed files, examples
test-c:
    tests/c/run

# the ledger in PostgreSQL, with failures; needs the server: `apt-get install postgresql`
test-postgres:
    cargo test --locked --manifest-path examples/postgres_ledger/Cargo.toml --target-dir target

# nodes, client, stores and commands for several machines; installs the servers that its tests need
test-consortium:
    consortium/check

# the reference of the C and C++ interface, into target/doxygen
doc-c:
    doxygen docs/Doxyfile

# build the C library and install it, e.g. `just install-c --prefix ~/.local`; honours DESTDIR
install-c *ARGS:
    include/packaging/install {{ARGS}}

# fuzz a target until it is stopped, e.g. `just fuzz policy`; needs cargo-fuzz;
# `just fuzz policy -max_total_time=600` for ten minutes
fuzz TARGET *ARGS:
    fuzz/seed
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{TARGET}} -- -timeout=30 -dict=fuzz/policy.dict {{ARGS}}

# fuzz every target for some seconds; needs cargo-fuzz
fuzz-all SECONDS="5":
    fuzz/all {{SECONDS}}

# whether a branch or an address depends on a secret; needs valgrind and clang
constant-time:
    tests/constant_time/check

# whether secrets show in how long operations take: for a quiet machine
timing:
    cargo run --release --manifest-path tests/constant_time/Cargo.toml --features timing --bin timing

# change the library in one place at a time and see whether a test fails, e.g.
# `just mutants --file src/abs/verify.rs`; needs cargo-mutants
mutants *ARGS:
    cargo mutants {{ARGS}}
