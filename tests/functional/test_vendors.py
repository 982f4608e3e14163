#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The way of a vendor: a project that builds as it stands, and a check that finds what is wrong with a plugin."""

import csv
import glob
import io
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

import kit

EXAMPLE = os.path.join(kit.ROOT, "plugins", "example")

# A dimension over accounts, in which a test changes something; built of the one of the kit's parts that it needs.
PLUGIN = r"""
#define _GNU_SOURCE
#include <crmval/plugin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

%(before)s
static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	const int32_t *churned = batch->columns[1].data;
	const double days = batch->parameters[0].number;
	(void)error, (void)churned, (void)days;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		out[0].numerator[i] = 1;
		out[0].denominator[i] = 1;
		%(row)s;
	}
	%(batch)s;
	return CRMVAL_OK;
}

static const struct crmval_option parameters[] = {
	{"days", CRMVAL_OPTION_INTEGER, 0, %(initial)s, 0, 365, "how many"},
	{"words", CRMVAL_OPTION_WORDS, CRMVAL_REQUIRED, NULL, 0, 0, "which"}};
static const struct crmval_indicator indicators[] = {{"size", "Size"}};
static const struct crmval_measure measures[] = {{"rows", "Rows", "size", "share", "How many", "rows; 1; 1",
						  CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE, 0, NULL}};
static const struct crmval_input inputs[] = {{"id", "id", CRMVAL_FILLED, 0, NULL, NULL, NULL},
					     {"churned", "%(path)s", CRMVAL_DATE, 0, NULL, NULL, NULL}};
static const struct crmval_answer answers[] = {{"rows", "id"}};
static const struct crmval_view views[] = {{"account", inputs, 2, 1, answers, evaluate}};
static const struct crmval_dimension dimension = {
	sizeof dimension, 1, 1, 2, 1, "Rows", indicators, measures, parameters, views};
CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	CRMVAL_MAGIC, CRMVAL_ABI_MAJOR, CRMVAL_ABI_MINOR, sizeof crmval_plugin_v1, 0, "%(name)s", "1", "a test",
	&dimension, NULL, NULL, NULL, 0};
"""


class Vendor(kit.Case):
    has_plugins = True

    def compiler(self):
        compiler = os.environ.get("CC", "cc").split()
        if not shutil.which(compiler[0]):
            self.skipTest("no C compiler")
        return compiler


class Kit(Vendor):
    def test_new_writes_the_example(self):
        self.run_ok("plugin", "new", "example")
        written = {name[len("example/"):]: content for name, content in self.listing("example").items()}
        self.assertEqual(set(written), {"Makefile", "README.md", "example.c", "test/account.csv", "test/employee.csv",
                                        "test/expected.csv", "test/job.conf", "test/support_ticket.csv"})
        for name, content in written.items():
            with open(os.path.join(EXAMPLE, name), "rb") as file:
                self.assertEqual(content, file.read(), name)

    def test_new_under_another_name(self):
        self.run_ok("plugin", "new", "service_levels")
        written = self.listing("service_levels")
        self.assertIn("service_levels/service_levels.c", written)
        for name, content in written.items():
            self.assertNotIn(b"example", content, name)

    def test_new_refuses(self):
        self.run_ok("plugin", "new", "mine")
        before = self.listing()
        self.refused(73, "plugin", "new", "mine", says="mine is there already")
        for name in ("Mine", "../mine", "", "a" * 61, "1st"):
            self.refused(78, "plugin", "new", name, says="no name of a plugin")
        self.assertEqual(self.listing(), before)

    def test_the_dimension_is_short(self):
        with open(os.path.join(EXAMPLE, "example.c"), encoding="utf-8") as file:
            code = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        self.assertLess(sum(bool(line.strip()) for line in code.splitlines()), 60)

    def make(self, *words):
        self.write("crmval.pc", "Name: crmval\nDescription: here\nVersion: 0\nCflags: -I%s\n" %
                   os.path.join(kit.ROOT, "core"))
        return subprocess.run(["make", "-C", "service", "CRMVAL=" + kit.PROGRAM, *words], cwd=self.folder, check=False,
                              env=kit.clean_environment(PKG_CONFIG_PATH=self.folder), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def test_builds_and_checks_as_it_stands(self):
        """As C99 and C++17, with each compiler that is here: without a warning, and its own test passes."""
        for tool in ("make", "pkg-config"):
            if not shutil.which(tool):
                self.skipTest("no " + tool)
        self.compiler()
        self.run_ok("plugin", "new", "service")
        strict = "-pedantic -Wall -Wextra -Werror"
        for compiler, flags in (("cc", "-O2 -Wall -Wextra -Werror"), ("gcc", "-std=c99 " + strict),
                                ("clang", "-std=c99 " + strict), ("g++ -x c++", "-std=c++17 " + strict),
                                ("clang++ -x c++", "-std=c++17 -Wno-deprecated " + strict)):
            if not shutil.which(compiler.split()[0]):
                continue
            done = self.make("clean", "check", "CC=" + compiler, "CFLAGS=" + flags)
            self.assertEqual(done.returncode, 0, (compiler, done.stdout))

    def test_its_texts_show(self):
        """Translations, ranges and help come from the tables alone."""
        compiler = self.compiler()
        self.run_ok("plugin", "new", "service")
        subprocess.run([*compiler, "-w", "-shared", "-fPIC", "-I", os.path.join(kit.ROOT, "core"), "-o",
                        self.path("service/service.so"), self.path("service/service.c")], check=True)
        job, titles = "service/test/job.conf", ("按时解决率", "客户支持")
        described = self.run_ok("plugin", "describe", "service", "--directory", "service", "--language", "zh_CN").output
        explained = self.run_ok("explain", job, "resolved_in_time", "--set", 'job.language="zh_CN"').output
        checked = self.run_ok("check", job, "--set", 'job.language="zh_CN"').output
        for text in (described, explained):
            for title in titles:
                self.assertIn(title, text)
        self.assertIn("客户支持 > 按时解决率\n", checked)
        described = self.run_ok("plugin", "describe", "service", "--directory", "service").output
        explained = self.run_ok("explain", job, "resolved_in_time").output
        self.assertIn("whole number from 0 to 365, default 3", described)
        self.assertIn("the day on which it was given; empty until then", described)
        self.assertIn("2, from 0 to 365  (a ticket resolved within so many days is in time)", explained)
        self.refused(78, "check", job, "--set", "dimensions.[0].params.days=366", says="must be between 0 and 365, not 366")

    def test_its_measures_are_like_ours(self):
        """
        Breakdowns, intervals, the rows that fall short, work lists, comparisons and reports, from what the kit writes and an
        installed header; numbers by hand from the tickets of its test: 4 of 2025, of which 2 within two days, and 3 within 9.
        """
        compiler = self.compiler()
        self.run_ok("plugin", "new", "service")
        subprocess.run([*compiler, "-w", "-shared", "-fPIC", "-I", os.path.join(kit.ROOT, "core"), "-o",
                        self.path("service/service.so"), self.path("service/service.c")], check=True)
        self.table("tickets/support_ticket.csv", "id,account,employee,opened_on,resolved_on",
                   "t1,a1,e1,2025-02-01,2025-02-02", "t2,a1,e1,2025-03-01,2025-03-03", "t3,a2,e2,2025-04-01,2025-04-10",
                   "t4,a2,e2,2025-05-01,", "t5,a1,e1,2024-05-01,2024-05-02", "t6,a2,e2,2024-06-01,")
        self.table("tickets/account.csv", "id,name,owner", "a1,One,e2", "a2,Two,e1")
        self.table("tickets/employee.csv", "id,name,team", "e1,Ann,East", "e2,Bob,West")
        form = ('dimensions = ( { plugin = "service"; params = { days = %d; }; } );\n'
                'plugins = { directories = "service"; };\narchive = { directory = "%s"; };')
        source = ['{ plugin = "csv"; directory = "tickets"; }']
        units = 'breakdown = ["team", "employee"];'
        job = self.job(source, in_job=units, more=form % (2, "two"))
        result = self.result(job)
        measure = kit.measures(result)["resolved_in_time"]
        self.assertEqual([measure[key] for key in ("status", "rows", "numerator", "denominator", "value")],
                         ["ok", 4, 2, 4, 0.5])
        self.assertEqual([measure["baseline"][key] for key in ("rows", "numerator")], [2, 1])
        self.assertLess(measure["low"], measure["score"])
        self.assertGreater(measure["high"], measure["score"])
        for breakdown, names in (("team", ["East", "West"]), ("employee", ["e1", "e2"])):
            found = {unit["unit"]: kit.measures(unit)["resolved_in_time"] for unit in result["breakdowns"][breakdown]}
            self.assertEqual({name: (of["numerator"], of["denominator"]) for name, of in found.items()},
                             {names[0]: (2, 2), names[1]: (0, 2)})
        explained = self.run_ok("explain", job, "resolved_in_time").output
        self.assertIn("Resolved in time", explained)
        rows = list(csv.DictReader(io.StringIO(self.run_ok("worklist", job).output)))
        self.assertEqual({row["id"]: row["owner"] for row in rows}, {"t3": "e2", "t4": "e2"})
        self.assertTrue(all(float(row["points"]) == 25 for row in rows), rows)
        longer = self.job(source, name="longer.conf", in_job=units, more=form % (9, "nine"))
        self.run_ok("run", longer)
        old, new = (glob.glob(self.path(folder + "/*.gz"))[0] for folder in ("two", "nine"))
        change = kit.json.loads(self.run_ok("compare", old, new, "--format", "json").output)
        self.assertEqual([part["measure"] for part in change["parts"] if part["points"]], ["resolved_in_time"])
        self.assertAlmostEqual(change["change"], 25)
        stricter = form.replace("days = %d; }; }", 'days = %d; }; indicators = { support = { measures = { resolved_in_time = { '
                                "scale = ( ( 0, 0 ), ( 0.5, 100 ) ); }; }; }; }; }")
        other = self.job(source, name="other.conf", in_job=units, more=stricter % (2, "other"))
        rescored = self.run_raw("rescore", old, other, "--format", "json")
        self.assertEqual(rescored.status, 0, rescored.messages)
        self.assertIn("100", rescored.output)
        html = self.run_ok("run", job, "--format", "html", "--set", 'job.language="zh_CN"').output
        for text in ("按时解决率", "客户支持"):
            self.assertIn(text, html)

    def test_its_test_can_fail(self):
        if not shutil.which("make") or not shutil.which("pkg-config"):
            self.skipTest("no make, no pkg-config")
        self.compiler()
        self.run_ok("plugin", "new", "service")
        source = self.read("service/service.c")
        self.write("service/service.c", source.replace(b"<= opened[i] + days", b"< opened[i] + days"))
        self.assertNotEqual(self.make("check").returncode, 0)


class Check(Vendor):
    def plugin(self, name="rows", row="", batch="", before="", initial='"3"', path="churned_on", flags=()):
        text = PLUGIN % {"name": name, "row": row, "batch": batch, "before": before, "initial": initial, "path": path}
        os.makedirs(self.path("plugins"), exist_ok=True)
        subprocess.run([*self.compiler(), "-w", "-shared", "-fPIC", "-fvisibility=hidden",
                        "-I", os.path.join(kit.ROOT, "core"), "-o", self.path("plugins/%s.so" % name),
                        self.write(name + ".c", text), *flags], check=True)
        return self.path("plugins/%s.so" % name)

    def failures(self, path):
        """What fails, by trial, as the JUnit report has it."""
        done = self.run_raw("plugin", "check", path, "--output", "report.xml")
        self.assertIn(done.status, (0, 1), done.messages)
        suite = xml.etree.ElementTree.fromstring(self.read("report.xml")).find("testsuite")
        failed = {(case.get("classname"), case.get("name")): case.find("failure").get("message")
                  for case in suite.iter("testcase") if case.find("failure") is not None}
        self.assertEqual(int(suite.get("failures")), len(failed))
        self.assertEqual(int(suite.get("tests")), len(list(suite.iter("testcase"))))
        self.assertEqual(done.status, 1 if failed else 0)
        return failed

    def test_a_good_one_passes(self):
        path = self.plugin()
        self.assertEqual(self.failures(path), {})
        text = self.run_ok("plugin", "check", path, "--seed", "42").output
        self.assertRegex(text, r"passed +time and memory: [0-9.]+ s and [0-9.]+ MiB per million rows")
        self.assertTrue(text.endswith("12 passed, 0 failed (seed 42)\n"), text)

    def test_what_breaks_the_rules(self):
        """Each flaw shows in random rows, in words that say which it is."""
        for name, flaw, says in (
                ("counter", {"before": "static int calls;", "batch": "if (batch->row_count && ++calls > 9) out[0].numerator[0] = 0"},
                 "it must depend on the row alone"),
                ("place", {"row": "out[0].numerator[i] = i % 2"}, r"row 8197 has the numerator 0 in a batch of 7 rows and 1 in one of 4096"),
                ("neighbour", {"row": "out[0].numerator[i] = i + 1 < batch->row_count && churned[i + 1] > churned[i]"},
                 "it must depend on the row alone"),
                ("nan", {"row": "out[0].denominator[i] = NAN"}, "denominator -?nan, which is not allowed of a share"),
                ("infinite", {"row": "out[0].numerator[i] = INFINITY"}, "numerator inf"),
                ("more", {"row": "out[0].numerator[i] = 1.5"}, "numerator 1.5 and denominator 1, which is not allowed"),
                ("reasons", {"batch": 'if (batch->row_count) strcpy(out[0].no_data, "none")'}, "no_data is \"none\" with rows"),
                ("endless", {"batch": "memset(out[0].no_data, 'x', 128)"}, "no_data does not end within its 128 bytes"),
                ("codes", {"batch": "return 7"}, "evaluate returned 7, which is no code"),
                ("wordless", {"batch": "return CRMVAL_EDATA"}, "evaluate returned -2 and did not say why")):
            failed = self.failures(self.plugin(name, **flaw))
            self.assertRegex(failed.get(("view of account", "random rows"), ""), says, name)

    def test_what_strays(self):
        """Writing into columns, past its arrays, reading past columns: pages that nobody may touch are in the way."""
        for name, flaw in (("writes", "((int32_t *)churned)[0] = 0"), ("beyond", "out[0].numerator[batch->row_count] = 0"),
                           ("behind", "out[0].denominator[batch->row_count + 10] = 0"),
                           ("reads", "out[0].numerator[0] = churned[batch->row_count] == 0")):
            failed = self.failures(self.plugin(name, batch="if (batch->row_count) " + flaw))
            self.assertRegex(failed[("view of account", "random rows")],
                             r"(crashed \(SIGSEGV\)|ended without an answer .*) while it evaluated random rows", name)

    def test_what_is_not_the_same_twice(self):
        failed = self.failures(self.plugin("pids", row="out[0].numerator[i] = getpid() % 2"))
        failed.update(self.failures(self.plugin("times", before="static double drawn(void) { static double known = -1; "
                      "if (known < 0) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); known = t.tv_nsec / 2e9; } "
                      "return known; }", row="out[0].numerator[i] = drawn()")))
        self.assertTrue(any("second process" in name for _, name in failed), failed)

    def test_what_is_left_behind(self):
        failed = self.failures(self.plugin("leaks", batch="memset(malloc(64 * batch->row_count), 1, 64 * batch->row_count)"))
        self.assertRegex(failed[("view of account", "time and memory")], "nothing may be kept between calls")

    def test_symbols(self):
        path = self.plugin("exports", before='CRMVAL_EXPORT int helper(void);\nCRMVAL_EXPORT int helper(void) { return 1; }')
        self.assertIn("exports 1 symbols besides crmval_plugin_v1 (helper)",
                      self.failures(path)[("file", "exports one constant")])
        if os.environ.get("CC", "").count("sanitize"):
            return
        path = self.plugin("imports", before="extern void config_init(void *);",
                           batch="if (!batch->row_count && batch->parameters[0].number < 0) config_init(0)")
        self.assertIn("imports config_init, which is in none of the libraries",
                      self.failures(path)[("file", "imports nothing from the program")])

    def test_tables(self):
        failed = self.failures(self.plugin("default", initial='"many"'))
        self.assertIn("days: must be a number", failed[("tables", "defaults of parameters")])
        failed = self.failures(self.plugin("field", path="churned"))
        self.assertIn('account has no field "churned"', failed[("tables", "entities, fields and types")])
        failed = self.failures(self.plugin("type", path="name"))
        self.assertIn("cannot be delivered as asked", failed[("tables", "entities, fields and types")])

    def test_files(self):
        self.write("plugins/text.so", "no shared object")
        os.makedirs(self.path("plugins"), exist_ok=True)
        (failure,) = self.failures(self.path("plugins/text.so")).values()
        self.assertRegex(failure, "plugin text: cannot be loaded: .*(invalid ELF header|file too short)")
        (failure,) = self.failures(self.path("plugins/none.so")).values()
        self.assertIn("No such file", failure)
        path = self.plugin()
        os.chmod(path, 0o666)
        (failure,) = self.failures(path).values()
        self.assertIn("can be changed by anybody", failure)
        self.refused(64, "plugin", "check", path, "--format", "json", says="text or junit")

    def test_ours_conform(self):
        for folder in os.environ.get("CRMVAL_PLUGIN_PATH", "").split(":"):
            for name in ("employee_growth", "strategic_alignment"):
                path = os.path.join(folder, name + ".so")
                if os.path.exists(path):
                    copy = shutil.copyfile(os.path.realpath(path), self.path(name + ".so"))
                    os.chmod(copy, 0o644)
                    self.assertEqual({key: what for key, what in self.failures(copy).items() if key[0] != "file"}, {})


if __name__ == "__main__":
    kit.main()
