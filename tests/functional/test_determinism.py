#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Same data and job, same bytes of result: whatever the threads, the order, the files, their form, the place."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys

import kit

ENTITIES = ("account", "contact", "relationship", "project_history", "product", "order", "opportunity",
            "decision_member", "activity", "resource_request", "participant", "expense", "employee", "growth_record",
            "strategic_goal")
BREAKDOWN = 'breakdown = ( "team", "employee", "region", "size_class" ); currency = "CNY"; name = "same";'


class Same(kit.Case):
    """Writes the demo data in other forms; each must give the result that the plain form gives."""

    def setUp(self):
        super().setUp()
        self.demo(scale="0.2", seed="11")
        self.tables = {}
        for entity in ENTITIES:
            header, rows = kit.decode_table(self.read("demo/%s.csv" % entity))
            first = {}  # of two rows with one id the first counts, so that order would matter
            for row in rows:
                first.setdefault(row[header.index("id")] or len(first), row)
            self.tables[entity] = (header, list(first.values()))
        self.random = random.Random(4)
        self.plain = None

    def write_all(self, folder, change=lambda entity, header, rows: (header, rows), **form):
        for entity, (header, rows) in self.tables.items():
            header, rows = change(entity, list(header), [list(row) for row in rows])
            self.write("%s/%s.csv" % (folder, entity), kit.encode_table(header, rows, **form))

    def facts_of(self, folder, each="", threads="2"):
        entities = "entities = { %s };" % " ".join("%s = { %s };" % (entity, each.replace("ENTITY", entity))
                                                   for entity in ENTITIES) if each else ""
        source = '{ plugin = "csv"; directory = "%s"; %s }' % (folder, entities)
        self.job([source], name="same.conf", in_job=BREAKDOWN)
        return kit.facts(self.result("same.conf", "--threads", threads))

    def check_same(self, folder, **how):
        if not self.plain:
            self.write_all("plain")
            self.plain = self.facts_of("plain")
            self.assertGreater(json.loads(self.plain)["data"]["order"]["rows"], 100)
        got = self.facts_of(folder, **how)
        if got != self.plain:  # the whole would be too much to read
            self.fail("%s: %s" % (folder, differences(json.loads(self.plain), json.loads(got))[:5]))

    # ---- order

    def test_order_of_rows(self):
        def shuffle(_, header, rows):
            self.random.shuffle(rows)
            return header, rows
        for number in range(3):
            self.write_all("shuffled%d" % number, shuffle)
            self.check_same("shuffled%d" % number)

    def test_order_of_columns_and_others_between(self):
        def mix(_, header, rows):
            places = list(range(len(header)))
            self.random.shuffle(places)
            return (["extra, \"1\""] + [header[place] for place in places] + ["备注", ""],
                    [['line\nbreak, "x"'] + [row[place] for place in places] + ["", "z"] for row in rows])
        self.write_all("columns", mix)
        self.check_same("columns")

    # ---- files

    def split(self, folder, gz=False):
        for entity, (header, rows) in self.tables.items():
            rows = list(rows)
            self.random.shuffle(rows)
            for part in range(3):
                mixed = header if part != 1 else header[::-1]
                own = [row if part != 1 else row[::-1] for row in rows[part::3]]
                self.write("%s/%s-%d.csv%s" % (folder, entity, part, ".gz" if gz and part else ""),
                           kit.encode_table(mixed, own))

    def test_pattern(self):
        self.split("parts")
        self.check_same("parts", each='file = "ENTITY-?.csv";')

    def test_list(self):
        self.split("list", gz=True)
        self.check_same("list", each='file = ( "ENTITY-2.csv.gz", "ENTITY-0.csv", "ENTITY-1.csv.gz" );')

    def test_several_sources(self):
        self.split("several")
        entities = ["entities = { %s };" % " ".join('%s = { file = "%s-%d.csv"; };' % (entity, entity, part)
                                                    for entity in ENTITIES) for part in range(3)]
        self.write_all("plain")
        self.plain = self.facts_of("plain").replace('"source": "csv"', '"source": "csv+csv+csv"')
        self.job(['{ plugin = "csv"; directory = "several"; %s }' % part for part in entities], name="same.conf",
                 in_job=BREAKDOWN)
        got = self.result("same.conf")
        plugins = got["provenance"]["plugins"]
        got["provenance"]["plugins"] = [plugin for i, plugin in enumerate(plugins) if plugin not in plugins[:i]]
        self.assertEqual(without_sources(kit.facts(got)), without_sources(self.plain))

    def test_gzip(self):
        self.write_all("gz")
        for entity in ENTITIES:
            self.write("gz/%s.csv.gz" % entity, self.read("gz/%s.csv" % entity))
            os.remove(self.path("gz/%s.csv" % entity))
        self.check_same("gz")

    def test_small_chunks(self):
        self.write_all("chunks")
        self.check_same("chunks", each="chunk_bytes = 64;")
        self.check_same("chunks", each="chunk_bytes = 4096;")

    # ---- form

    def test_line_ends(self):
        self.write_all("crlf", newline="\r\n")
        self.check_same("crlf")

    def test_no_line_end_at_the_end(self):
        self.write_all("cut")
        for entity in ENTITIES:
            self.write("cut/%s.csv" % entity, self.read("cut/%s.csv" % entity)[:-1])
        self.check_same("cut")

    def test_all_quoted(self):
        self.write_all("quoted", quoting=csv.QUOTE_ALL)
        self.check_same("quoted")

    def test_delimiters(self):
        for delimiter, said in ((";", ";"), ("\t", "tab"), ("|", "|"), ("^", "^")):
            self.write_all("delimiter", delimiter=delimiter)
            self.check_same("delimiter", each='delimiter = "%s";' % said)

    def test_encodings(self):
        for encoding, said in (("utf-8-sig", None), ("utf-16", None), ("utf-16-le", "UTF-16LE"),
                               ("utf-16-be", "UTF-16BE"), ("gb18030", "GB18030"), ("gbk", "GBK"),
                               ("utf-32-le", "UTF-32LE")):
            self.write_all("encoding", encoding=encoding)
            self.check_same("encoding", each='encoding = "%s";' % said if said else "")

    def test_white_space_around_cells(self):
        def pad(_, header, rows):
            texts = ("id", "name", "title")
            return header, [[cell if header[i] in texts else " \t%s " % cell for i, cell in enumerate(row)]
                            for row in rows]
        self.write_all("padded", pad)
        self.check_same("padded")

    # ---- the machine

    def test_threads(self):
        job = self.path("demo/job.conf")
        once = self.run_ok("run", job, "--format", "json", "--threads", "1").raw
        for threads in ("2", "3", "8", "64"):
            for form in ("json", "csv", "text"):
                again = self.run_ok("run", job, "--format", form, "--threads", threads).raw
                self.assertEqual(again, once if form == "json" else
                                 self.run_ok("run", job, "--format", form, "--threads", "1").raw)

    def test_threads_and_small_chunks(self):
        self.write_all("chunks")
        for threads in ("1", "2", "8"):
            self.check_same("chunks", threads=threads, each="chunk_bytes = 64;")

    def test_locale_and_time_zone(self):
        locales = self.path("locales")
        os.mkdir(locales)
        names = ["C", "C.UTF-8", "POSIX"]
        if shutil.which("locale"):  # all that are installed
            names += set(subprocess.run(["locale", "-a"], check=True, stdout=subprocess.PIPE).stdout.decode().split()) - set(names)
        if shutil.which("localedef"):
            for name, charmap in (("de_DE", "UTF-8"), ("tr_TR", "UTF-8"), ("zh_CN", "GB18030")):
                place = os.path.join(locales, "%s.%s" % (name, charmap))
                made = subprocess.run(["localedef", "--no-archive", "-i", name, "-f", charmap, place], check=False,
                                      capture_output=True)
                if made.returncode in (0, 1):  # 1: with warnings
                    names.append("%s.%s" % (name, charmap))
        environments = [{"LC_ALL": name, "LANG": name, "LOCPATH": locales} for name in names]
        environments += [{"TZ": zone} for zone in ("UTC", "Asia/Shanghai", "America/St_Johns", "Pacific/Kiritimati",
                                                   "XXX+12")]
        for form in ("json", "csv", "text"):
            words = ("run", "demo/job.conf", "--format", form)
            if form == "text":  # for people: in the locale's language, unless the job sets one
                words += ("--set", "job.language=en")
            once = self.run_ok(*words).raw
            for changes in environments:
                again = self.run_ok(*words, environment=kit.clean_environment(**changes)).raw
                self.assertEqual(again, once, changes)

    def test_processor(self):
        """Without the instructions by which the C library's functions come to other last digits."""
        without = "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable"
        tries = "import math, random; r = random.Random(1); print([math.exp(r.random()) for _ in range(20000)])"
        answers = [subprocess.run([sys.executable, "-c", tries], check=True, stdout=subprocess.PIPE,
                                  env=kit.clean_environment(GLIBC_TUNABLES=tunables)).stdout for tunables in (None, without)]
        if answers[0] == answers[1]:
            self.skipTest("this processor, or C library, knows no difference")
        for form in ("json", "csv", "text", "html"):
            self.assertEqual(self.run_ok("run", "demo/job.conf", "--format", form).raw,
                             self.run_ok("run", "demo/job.conf", "--format", form,
                                         environment=kit.clean_environment(GLIBC_TUNABLES=without)).raw, form)

    def test_working_folder(self):
        once = self.run_ok("run", "demo/job.conf", "--format", "json").raw
        self.assertEqual(self.run_ok("run", self.path("demo/job.conf"), "--format", "json", cwd="/").raw, once)
        self.assertEqual(self.run_ok("run", "job.conf", "--format", "json", cwd=self.path("demo")).raw, once)

    def test_program_by_another_path(self):
        once = self.run_ok("run", "demo/job.conf", "--format", "json").raw
        os.symlink(kit.PROGRAM, self.path("link"))
        process = subprocess.run(["./link", "run", "demo/job.conf", "--format", "json"], cwd=self.folder, check=True,
                                 stdout=subprocess.PIPE, env=kit.clean_environment(HOME="/nowhere"))
        self.assertEqual(process.stdout, once)


def differences(ours, theirs, path=""):
    if type(ours) is not type(theirs):
        return ["%s: %r / %r" % (path, ours, theirs)]
    if isinstance(ours, dict):
        if list(ours) != list(theirs):
            return ["%s: keys" % path]
        return [line for key in ours for line in differences(ours[key], theirs[key], path + "." + key)]
    if isinstance(ours, list):
        if len(ours) != len(theirs):
            return ["%s: length" % path]
        return [line for i, (a, b) in enumerate(zip(ours, theirs)) for line in differences(a, b, "%s[%d]" % (path, i))]
    return [] if ours == theirs else ["%s: %r / %r" % (path, ours, theirs)]


def without_sources(text):
    result = json.loads(text)
    for entity in result["data"].values():
        entity.pop("source")
    return json.dumps(result)


if __name__ == "__main__":
    kit.main()
