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
    cargo test {{FILTER}}

# the second implementation, in Python, against the vectors
interop:
    python3 -m venv target/interop
    target/interop/bin/pip install -q -r tests/interop/requirements.txt
    target/interop/bin/python tests/interop/check.py

# the whole flow on a file (without one, on the sample record)
share *ARGS:
    cargo run --release --example share_record -- {{ARGS}}

# documentation of the public interface
doc:
    cargo doc --no-deps --all-features --open

# every operation that somebody waits for, at 1 to 300 attributes and 1 KiB to 256 MiB; `just bench abe` runs those whose name contains abe
bench *FILTER:
    cargo bench --bench schemes --bench record -- {{FILTER}}

# each operation beside the least work that its equation needs; writes floors.json into the target folder
floors:
    cargo bench --bench floors

# build the C library and install it, e.g. `just install-c --prefix ~/.local`; honours DESTDIR
install-c *ARGS:
    packaging/install {{ARGS}}
