"""The protocol of a peer: says "ready", then answers every line with one JSON line. See bench/child.ts."""
import json
import os
import resource
import sys
import time

import numpy as np

BONE_HU = 226
LEVEL_HU = 400


def volume(inputs):
    """The feet as an array (z, y, x) and the spacing (x, y, z), mm."""
    with open(os.path.join(inputs, "feet.json")) as f:
        head = json.load(f)
    data = np.fromfile(os.path.join(inputs, "feet.raw"), "<i2")
    return data.reshape(head["size"][::-1]), head["spacingMm"]


def mesh(inputs, name):
    """Vertices (n, 3) and triangles (m, 3)."""
    with open(os.path.join(inputs, name + ".mesh"), "rb") as f:
        vertices, triangles = np.fromfile(f, "<u4", 2)
        points = np.fromfile(f, "<f8", 3 * vertices).reshape(-1, 3)
        return points, np.fromfile(f, "<u4", 3 * triangles).reshape(-1, 3)


def say(value):
    print(json.dumps(value), flush=True)


def serve(operations):
    """`operations`: name -> function(inputs) that loads and returns (run, answer)."""
    run, answer = operations[sys.argv[1]](sys.argv[2])
    say("ready")
    for _ in sys.stdin:
        cpu = time.process_time()
        start = time.perf_counter()
        result = run()
        ms = 1000 * (time.perf_counter() - start)
        cpu_ms = 1000 * (time.process_time() - cpu)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say({"ms": ms, "cpuMs": cpu_ms, "peakMb": peak, "answer": answer(result)})
