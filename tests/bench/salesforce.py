#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long a run on a weekly export takes, as a multiple of decompressing it alone, in turns of one after the other; and
as a multiple of decompressing it and finding its separators, which is the least that any reader of it does.

usage: salesforce.py CRMVAL INFLATE [MEGABYTES [PAIRS]]

CRMVAL_PLUGIN_PATH leads to the plugins; EXPORT_HEADERS, if set, to the columns of genuine exports, see salesforce_export.py.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import salesforce_export

JOB = """job = { period = [ "2024-01-01", "2024-12-31" ]; baseline = [ "2023-01-01", "2023-12-31" ]; currency = "EUR"; };
limits = { hash_inputs = "never"; };
sources = ( { plugin = "salesforce"; path = "WE_00D000000000000EAA_1.ZIP"; } );
"""


def seconds(*words):
    start = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def measure(program, inflate, folder, threads, pairs):
    archive, job = os.path.join(folder, "WE_00D000000000000EAA_1.ZIP"), os.path.join(folder, "job.conf")
    run = (program, "run", job, "--threads", str(threads), "--format", "json", "--output", os.path.join(folder, "r"))
    alone = (inflate, str(threads), archive)
    times = [(seconds(*run), seconds(*alone), seconds(*alone, "scan")) for _ in range(pairs + 1)][1:]
    middle = [statistics.median(column) for column in zip(*times)]
    print("%d threads: run %.2f s, decompressing %.2f s, ratio %.2f; with the separators %.2f s, ratio %.2f (of %d turns)" % (
        threads, *middle[:2], statistics.median(run / bare for run, bare, _ in times),
        middle[2], statistics.median(run / scanned for run, _, scanned in times), pairs))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    megabytes, pairs = (sys.argv[3:] + ["1000", "7"][len(sys.argv) - 3:])[:2]
    with tempfile.TemporaryDirectory() as folder:
        salesforce_export.write(os.path.join(folder, "WE_00D000000000000EAA_1.ZIP"), float(megabytes),
                                os.environ.get("EXPORT_HEADERS"))
        with open(os.path.join(folder, "job.conf"), "w", encoding="utf-8") as job:
            job.write(JOB)
        for threads in (1, 2):
            measure(sys.argv[1], sys.argv[2], folder, threads, int(pairs))
    print("memory: at most %d MB" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))


if __name__ == "__main__":
    main()
