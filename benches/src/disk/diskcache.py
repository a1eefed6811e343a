# Python's diskcache, asked by the benchmark through a pipe: `get FROM COUNT` and `set FROM COUNT` say nanoseconds a call.
import sys
import time

try:
    import diskcache
except ImportError:
    print("missing", flush=True)
    sys.exit()

folder, size, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
cache = diskcache.Cache(folder, size_limit=1 << 34)
value = b"\xa5" * size
other = b"\x5a" * size
keys = ["%024x" % (number * 0x9E3779B97F4A7C15 % (1 << 96)) for number in range(count)]
with cache.transact():
    for key in keys:
        cache.set(key, value, expire=3600)
print("ready", flush=True)

for line in sys.stdin:
    what, first, calls = line.split()
    first, calls = int(first), int(calls)
    # A stride that meets each of them, in no order of the store.
    asked = [keys[(first + number * 7919) % count] for number in range(calls)]
    get, put = cache.get, cache.set
    began = time.perf_counter_ns()
    if what == "get":
        for key in asked:
            get(key)
    else:
        for key in asked:
            put(key, other, expire=3600)
        # Something else each time.
        value, other = other, value
    print((time.perf_counter_ns() - began) / calls, flush=True)
