#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""limits.memory: what does not fit is refused before it is read, with the figure needed and the shards that would fit."""

import json
import os
import re
import unittest

import kit


class Memory(kit.Case):
    def refusal(self, *words):
        done = self.run_raw("run", *words, "--threads", "2", "--dry-run")
        self.assertEqual((done.status, done.output), (65, ""), done.messages)
        found = re.search(r"about (\d+) MiB of memory.*\((\d+)\)[;,] (?:(\d+) shards would fit|and no number)",
                          done.messages)
        self.assertTrue(found, done.messages)
        return tuple(int(number) if number else 0 for number in found.groups())

    def runs(self, *words):
        done = self.run_raw("run", *words, "--threads", "2", "--dry-run", "--format", "json")
        self.assertEqual(done.status, 0, done.messages)
        return kit.facts(json.loads(done.output))

    def test_figure_is_what_fits_and_shards_fit(self):
        demo = self.demo("15")
        # Pieces small enough that a file has several, so that rows are told from the first.
        entities = " ".join("%s = { chunk_bytes = 65536; };" % name[:-4] for name in os.listdir(self.path(demo))
                            if name.endswith(".csv"))
        job = self.job(['{ plugin = "csv"; directory = "%s"; entities = { %s }; }' % (demo, entities)])
        need, limit, shards = self.refusal(job, "--set", "limits.memory=1")
        self.assertEqual((limit, shards), (1, 0))
        self.assertTrue(12 < need < 40, need)
        self.assertEqual(self.runs(job, "--set", "limits.memory=%d" % (need + 1)), self.runs(job))
        tight = need - 2
        figure, limit, shards = self.refusal(job, "--set", "limits.memory=%d" % tight)
        self.assertEqual((figure, limit), (need, tight))
        self.assertGreater(shards, 1)
        part = ("--output", "part", "--set", "limits.memory=%d" % tight)
        done = self.run_raw("run", job, "--threads", "2", "--shard", "1/%d" % shards, *part)
        self.assertEqual(done.status, 0, done.messages)
        if shards > 2:
            done = self.run_raw("run", job, "--threads", "2", "--shard", "1/%d" % (shards - 1), *part)
            self.assertEqual(done.status, 65)

    def test_a_table_in_one_piece_is_refused_while_it_is_read(self):
        demo = self.demo("30")
        os.mkdir(self.path("zipped"))
        for name in os.listdir(self.path(demo)):
            if name.endswith(".csv"):
                with open(self.path(demo + "/" + name), "rb") as plain:
                    self.write("zipped/" + name + ".gz", plain.read())
        job = self.job(['{ plugin = "csv"; directory = "zipped"; }'])
        self.runs(job, "--set", "limits.memory=100")
        done = self.run_raw("run", job, "--threads", "2", "--dry-run", "--set", "limits.memory=16")
        self.assertEqual((done.status, done.output), (65, ""), done.messages)
        self.assertRegex(done.messages, "16 MiB of memory that limits.memory allows, and not all is read")

    def test_values(self):
        self.job(more="limits = { memory = 0; };")
        self.refused(78, "run", "job.conf", says="memory")


if __name__ == "__main__":
    kit.main()
