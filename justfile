# What a change has to pass.
ci:
    .ci/run

# The suite alone.
test:
    ./scripts/test

# Every interleaving of single-flight and of the table in memory, with more forced switches of threads than the suite tries.
loom preemptions="4":
    RUSTFLAGS="--cfg loom" LOOM_MAX_PREEMPTIONS={{preemptions}} cargo test --package cache-core --lib --release --target-dir target/loom flight::model
    RUSTFLAGS="--cfg loom" LOOM_MAX_PREEMPTIONS={{preemptions}} cargo test --package cache-backends --features ram --lib --release --target-dir target/loom ram::model

# The tests of the table in memory under AddressSanitizer or (with the component rust-src) ThreadSanitizer, on Linux.
sanitize sanitizer="address" *tests:
    ./scripts/sanitize {{sanitizer}} {{tests}}

# The decoder of stored entries, fed with arbitrary bytes. Needs `cargo install cargo-fuzz` and a nightly toolchain.
fuzz seconds="60":
    cargo +nightly fuzz run frame -- -max_total_time={{seconds}}

# Advisories, licences and sources of everything we depend on. Needs `cargo install cargo-deny`.
deny:
    cargo deny check

# What a cached HTTP response costs, beside no cache and beside other caches, or a part of that: hits, misses, sockets.
# Needs Rust 1.91.1, as one of them does.
bench-http *parts:
    cargo run --release --manifest-path benches/Cargo.toml --bin http -- {{parts}}

# What larder costs in memory, beside a plain map and other caches, or a part of that: hits, threads, async, parts-of-a-hit,
# misses, ratio (`--traces DIR`), memory, growth; `--chart FILE` draws the hits. Needs Rust 1.91.1, as `bench-http`.
bench-ram *parts:
    cargo run --release --manifest-path benches/Cargo.toml --bin ram -- {{parts}}

# What larder costs on disk, beside LMDB as it is and other caches, or a part of that: hits, async, sets, latency, processes,
# clearing, start, space. Needs a C compiler and Rust 1.92, and compares with Python's diskcache where `python3`, or what
# the variable PYTHON names, has it (`pip install diskcache`). It works in TMPDIR, which should lie on a disk.
bench-disk *parts:
    cargo run --release --manifest-path benches/Cargo.toml --features disk --bin disk -- {{parts}}

# What larder costs on Redis, beside a bare `GET` and other caches, or a part of that: hits, sets, commands, sync, near,
# invalidation, wake, clearing. Needs `redis-server`, of which it starts one of its own, and Rust 1.92.
bench-redis *parts:
    cargo run --release --manifest-path benches/Cargo.toml --features redis --bin redis -- {{parts}}

# What annotated functions cost to compile, beside the crate `cached`: time and memory.
bench-compile rounds="5":
    cargo run --release --manifest-path benches/Cargo.toml --bin compile -- {{rounds}}
