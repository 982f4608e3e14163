#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs in parts: what merging gives, what it refuses, what else a run would have left behind."""

import json
import os
import re

import kit

NUMBERS = ("1", "2", "3")


class Shards(kit.Case):
    def setUp(self):
        super().setUp()
        self.demo(scale="0.2")

    def demo_job(self, name="job.conf", more="", in_job=""):
        return self.job(['{ plugin = "csv"; directory = "demo"; }'], name=name, more=more,
                        in_job='name = "parts"; breakdown = "team,employee"; %s' % in_job)

    def parts(self, *words, job="job.conf", of=3, name="part", **more):
        """Writes all parts; returns their names."""
        names = ["%s-%d.gz" % (name, number) for number in range(1, of + 1)]
        for number, part in enumerate(names, 1):
            self.run_ok("run", job, "--shard", "%d/%d" % (number, of), "--output", part, *words, **more)
        return names

    def same(self, *words, **more):
        """Merged, three parts are what one run is, in all formats; returns the parts."""
        names = self.parts(*words, **more)
        for form in ("json", "csv", "text"):
            whole = self.run_raw("run", "job.conf", "--format", form, *words)
            merged = self.run_raw("merge", "--format", form, *names)
            self.assertEqual((merged.status, merged.output, merged.messages), (whole.status, whole.output, whole.messages))
        return names

    # ---- what comes of it

    def test_merged(self):
        self.demo_job()
        self.same()
        self.same("--breakdown", "size_class,region", "--period", "2025-01-01..2025-06-30", "--baseline", "2024-07-01..2024-12-28",
                  "--set", "score.aggregation=geometric")

    def test_one_part_and_many(self):
        self.demo_job()
        whole = self.run_ok("run", "job.conf", "--format", "json").output
        for count in (1, 2, 12):
            self.assertEqual(self.run_ok("merge", "--format", "json", *self.parts(of=count)).output, whole)

    def test_ids_in_several_parts(self):
        """Of rows with one id the first counts, wherever they are."""
        header, rows = kit.decode_table(self.read("demo/activity.csv"))
        deal = header.index("opportunity")
        twice = [row[:deal] + [rows[-1 - i][deal]] + row[deal + 1:] for i, row in enumerate(rows[:60])]
        self.write("demo/activity.csv", kit.encode_table(header, twice[:30] + rows + twice[30:]))
        self.demo_job()
        self.same()
        self.assertEqual(self.result()["data"]["activity"]["duplicates"] > 50, True)

    def test_limits_are_judged_on_the_whole(self):
        header, rows = kit.decode_table(self.read("demo/activity.csv"))
        place = header.index("minutes")
        for i in range(4):
            rows[i][place] = "bad %d" % i
        self.write("demo/activity.csv", kit.encode_table(header, rows))
        self.demo_job(more="limits = { unreadable_share = 1.0; examples = 3; };")
        self.same()
        whole = self.result()["data"]["activity"]
        share = whole["unreadable"]["minutes"] / len(rows)
        self.demo_job(more="limits = { unreadable_share = %.9f; };" % (share * 0.999))
        names = self.parts()  # which part has too many is not the question
        expected = self.run_raw("run", "job.conf")
        merged = self.run_raw("merge", *names)
        self.assertEqual((expected.status, merged.status), (65, 65))
        self.assertEqual(merged.messages, expected.messages)

    def test_nothing_may_be_missing(self):
        os.remove(self.path("demo/growth_record.csv"))
        self.demo_job(more='score = { missing = "fail"; };')
        names = self.parts()
        whole = self.run_raw("run", "job.conf", "--format", "json")
        merged = self.run_raw("merge", "--format", "json", *names)
        self.assertEqual((whole.status, merged.status, merged.messages), (65, 65, whole.messages))

    def test_alerts(self):
        self.demo_job(more='alerts = ( { score_below = 99; }, { score_below = 90; breakdown = "team"; }, { older_than = 9999; } );')
        names = self.parts()
        whole = self.run_raw("run", "job.conf", "--format", "json")
        merged = self.run_raw("merge", "--format", "json", *names)
        self.assertEqual((whole.status, merged.status), (1, 1))
        self.assertEqual((merged.output, merged.messages), (whole.output, whole.messages))

    def test_with_its_job(self):
        """The archive and the reports are what a run leaves."""
        self.demo_job(more='reports = ( { file = "r.json"; }, { file = "r.csv"; } ); archive = { directory = "archive"; };')
        os.mkdir(self.path("archive"))
        names = self.parts()
        self.assertEqual((os.listdir(self.path("archive")), os.path.exists(self.path("r.json"))), ([], False))
        self.run_ok("merge", *names)
        self.assertEqual(os.listdir(self.path("archive")), [])
        environment = kit.clean_environment(SOURCE_DATE_EPOCH="1768435200")
        names = self.parts(environment=environment)
        self.run_ok("merge", "--job", "job.conf", *names, environment=environment)
        merged = self.listing("archive"), self.read("r.json"), self.read("r.csv")
        self.assertEqual([name for name in merged[0] if name.endswith(".gz")], ["archive/parts-20260115T000000Z.gz"])
        for name in ("archive/parts-20260115T000000Z.gz", "r.json", "r.csv"):
            os.remove(self.path(name))
        self.run_ok("run", "job.conf", environment=environment)
        self.assertEqual((self.listing("archive"), self.read("r.json"), self.read("r.csv")), merged)
        self.demo_job(name="other.conf")
        self.refused(78, "merge", "--job", "other.conf", *names, says="other.conf is not the job that part-1.gz is a part of")
        self.refused(78, "merge", "--job", "job.conf", "--set", "score.min_coverage=0.1", *names, says="use the same file and "
                     "options")

    # ---- what is refused

    def test_sets_that_are_not_whole(self):
        self.demo_job()
        names = self.parts(of=4)
        self.refused(65, "merge", *names[:2], says="of 4 parts these are missing: 3, 4$")
        self.refused(65, "merge", names[1], says="missing: 1, 3, 4$")
        self.refused(65, "merge", *names, names[2], says="part-3.gz and part-3.gz are the same part, 3 of 4")
        self.run_ok("run", "job.conf", "--shard", "3/4", "--output", "again.gz")
        self.refused(65, "merge", *names, "again.gz", says="are the same part, 3 of 4: name each once")
        self.refused(65, "merge", *names[:3], *self.parts(of=2, name="half")[:1], says="is one of 4 parts, and half-1.gz one of 2")
        self.refused(66, "merge", *names[:3], "nowhere.gz", says="nowhere.gz")

    def test_parts_of_other_runs(self):
        self.demo_job()
        names = self.parts()

        def other(says, *words, job="job.conf", **more):
            self.run_ok("run", job, "--shard", "2/3", "--output", "other.gz", *words, **more)
            self.refused(65, "merge", names[0], "other.gz", names[2], says=says)
        other("part-1.gz and other.gz are not parts of one run: they differ in their job", "--set", "score.min_coverage=0.5")
        other("in their job", "--period", "2025-01-02..2026-01-01")
        self.demo_job(name="copy.conf", in_job="")
        other("in the day that they were run on; give all parts the same --date", "--date", "2025-06-01")
        self.write("demo/employee.csv", self.read("demo/employee.csv") + b"e-new,New,East,,,2025-01-01,,\n")
        other("differ in their inputs: the data were changed meanwhile")

    def test_data_that_changed_unseen(self):
        """Where sizes are the same and hashes were not asked for, ids and counts still tell."""
        self.demo_job(more='limits = { hash_inputs = "never"; };')
        names = self.parts()
        for entity, field, says in (("account", "id", "saw other rows of account"),
                                    ("activity", "opportunity", "saw other rows of activity"),
                                    ("contact", "created_on", "saw other rows of contact")):
            before = self.read("demo/%s.csv" % entity)
            header, rows = kit.decode_table(before)
            place = header.index(field)
            row = next(row for row in rows if row[place])
            row[place] = row[place][:-1] + "~"
            self.write("demo/%s.csv" % entity, kit.encode_table(header, rows))
            self.run_ok("run", "job.conf", "--shard", "2/3", "--output", "other.gz")
            self.refused(65, "merge", names[0], "other.gz", names[2], says=says)
            self.write("demo/%s.csv" % entity, before)

    def test_files_that_are_none(self):
        self.demo_job()
        names = self.parts(of=2)
        self.run_ok("run", "job.conf", "--format", "snapshot", "--output", "whole.gz")
        self.refused(65, "merge", "whole.gz", says="whole.gz: is no part of a run")
        self.refused(65, "show", names[0], says="part-1.gz: is part 1 of 2 of a run, and no result by itself; join all by "
                     "crmval merge")
        content = self.read(names[1])
        self.write("cut.gz", content[:-100])
        self.refused(65, "merge", names[0], "cut.gz", says="cut.gz")
        self.write("flipped.gz", content[:-2000] + bytes([content[-2000] ^ 1]) + content[-1999:])
        self.refused(65, "merge", names[0], "flipped.gz", says="flipped.gz")

    def test_words(self):
        self.demo_job()
        for shard in ("0/3", "4/3", "1", "1/", "/2", "1.5/2", "-1/2", "1/0", "x/2", "1/2/3", "1/10000", ""):
            self.refused(64, "run", "job.conf", "--shard", shard, "--output", "p.gz", says=re.escape("--shard " + shard))
        self.refused(64, "run", "job.conf", "--shard", "1/2", says="--output with the file that the part is written to")
        self.refused(64, "run", "job.conf", "--shard", "1/2", "--output", "p", "--format", "json", says="no other format")
        self.refused(64, "merge", says="takes all parts")
        names = self.parts(of=1)
        self.refused(64, "merge", *names, "--output", names[0], says="would replace a part")
        self.run_ok("run", "job.conf", "--shard", "1/2", "--output", "dry.gz", "--dry-run")
        self.assertFalse(os.path.exists(self.path("dry.gz")))

    def test_same_bytes_again(self):
        self.demo_job()
        environment = kit.clean_environment(SOURCE_DATE_EPOCH="1768435200")
        first = [self.read(name) for name in self.parts("--threads", "1", environment=environment)]
        again = [self.read(name) for name in self.parts("--threads", "7", environment=environment)]
        self.assertEqual(first, again)
        self.assertEqual(json.loads(self.run_ok("merge", "--format", "json", *self.parts()).output)["job"], "parts")


if __name__ == "__main__":
    kit.main()
