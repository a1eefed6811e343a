//! What other caches call things, for those who come from there.

/// Names that are attributes elsewhere, and what larder has for the same wish.
const ELSEWHERE: [(&[&str], &str); 14] = [
    (
        &["time", "ttl_secs", "ttl_millis", "time_to_live", "expire", "expires", "duration"],
        "how long a result is fresh is written `ttl = 30` (seconds) or `ttl = \"500ms\"`",
    ),
    (
        &["size", "max_size", "capacity", "max_capacity", "max_entries", "limit", "unbound"],
        "how many results a function keeps in memory is written `threshold = 1000`, and how many all of them keep together \
         `.handler(\"ram\", Ram::builder().threshold(1000))` where the cache is built",
    ),
    (&["convert"], "what tells one result from another is written `key = EXPRESSION`"),
    (&["result", "option"], "`Ok` and `Some` alone are stored anyway: leave it out"),
    (&["sync_writes", "protected", "sync"], "concurrent callers of one key share one run anyway: leave it out"),
    (
        &["with_cached_flag"],
        "what is stored is asked with the companion `peek`, and how often with `stats`: leave it out",
    ),
    (&["result_fallback"], "what a failed run falls back to is the function's affair: leave it out"),
    (&["time_refresh", "refresh_ttl"], "a result is as old as its run, however often it is read: leave it out"),
    (&["map_error"], "a store that fails makes a miss, not an error of the function's: leave it out"),
    (&["in_impl"], "methods need no mark: leave it out"),
    (
        &["prefix", "cache_prefix", "namespace", "group"],
        "what a function is called in the store is written `name = \"users\"`",
    ),
    (
        &["condition", "unless"],
        "what is stored is said by `cache_if = |value| …`, and which calls go by the cache by `bypass = …`",
    ),
    (&["ignore", "exclude"], "arguments that are not part of the key are written `skip(argument)`"),
    (
        &["ty", "create", "store", "backend", "cache", "redis", "disk", "ram"],
        "where results are kept is written `handler = \"redis\"`",
    ),
];

/// What to write instead of `name`, if it is known from elsewhere.
pub(super) fn instead_of(name: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(names, _)| names.contains(&name)).map(|(_, instead)| *instead)
}
