#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A source is held against the contract on the tables that a job reads through it."""

import os
import subprocess
import xml.etree.ElementTree

import kit
import test_vendors

# Twelve accounts in three splits; what is wrong with it is a test's.
SOURCE = r"""
#include <crmval/plugin.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"id", "name"}, *const inputs[] = {"memory"};
static uint32_t wanted_columns[2], wanted_count, plans;
static _Atomic int reads;

static int open_source(const struct crmval_value *options, void **source, struct crmval_error *error)
{
	*source = wanted_columns;
	return CRMVAL_OK;
}

static int table(void *source, const char *name, const struct crmval_value *options, int is_named,
		 struct crmval_table *found, struct crmval_error *error)
{
	found->column_count = 2, found->columns = columns, found->input_count = 1, found->inputs = inputs;
	return strcmp(name, "account") ? CRMVAL_NO_TABLE : CRMVAL_OK;
}

static int plan(void *source, void *rows, const uint32_t *wanted, uint32_t count, struct crmval_plan *splits,
		struct crmval_error *error)
{
	memcpy(wanted_columns, wanted, count * sizeof *wanted);
	wanted_count = count, plans++;
	splits->split_count = 3, splits->rows_at_most = 12;
	%(plan)s;
	return CRMVAL_OK;
}

static uint64_t line(const void *context, uint32_t row, uint32_t *input)
{
	*input = 0;
	return (uintptr_t)context * 4 + row + 1 %(line)s;
}

static int read_split(void *source, void *rows, uint32_t split, void *worker, const struct crmval_sink *sink,
		      struct crmval_error *error)
{
	char text[4 * 12];
	uint32_t start[4], length[4], count = 4;
	struct crmval_cells cells[2];
	for (uint32_t i = 0; i < 4; i++) {
		start[i] = i * 2, length[i] = 2;
		text[i * 2] = (char)('a' + split), text[i * 2 + 1] = (char)('0' + i);
	}
	reads++;
	%(read)s;
	for (uint32_t i = 0; i < wanted_count; i++)
		cells[i] = (struct crmval_cells){text, start, length};
	const struct crmval_rows handed = {sizeof handed, count, cells, line, (void *)(uintptr_t)split};
	return sink->take(sink, &handed, error);
}

static void close_source(void *source)
{
}

static const struct crmval_source source_table = {.struct_size = sizeof source_table, .open = open_source, .table = table,
						  .plan = plan, .read = read_split, .close = close_source};
CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	CRMVAL_MAGIC, CRMVAL_ABI_MAJOR, CRMVAL_ABI_MINOR, sizeof crmval_plugin_v1, 0, "%(name)s", "1", "a test", NULL,
	&source_table, NULL, NULL, 0};
"""


class Sources(test_vendors.Vendor):
    def source(self, name, plan="", line="", read=""):
        os.makedirs(self.path("plugins"), exist_ok=True)
        text = SOURCE % {"name": name, "plan": plan, "line": line, "read": read}
        subprocess.run([*self.compiler(), "-w", "-shared", "-fPIC", "-fvisibility=hidden", "-I",
                        os.path.join(kit.ROOT, "core"), "-o", self.path("plugins/%s.so" % name),
                        self.write(name + ".c", text)], check=True)
        return self.path("plugins/%s.so" % name)

    def failures(self, path, job):
        done = self.run_raw("plugin", "check", path, job, "--output", "report.xml")
        self.assertIn(done.status, (0, 1), done.messages)
        suite = xml.etree.ElementTree.fromstring(self.read("report.xml")).find("testsuite")
        return {case.get("name"): case.find("failure").get("message") for case in suite.iter("testcase")
                if case.find("failure") is not None}

    def job_for(self, name):
        return self.job(['{ plugin = "%s"; }' % name], more='plugins = { directories = "plugins"; };\n'
                        'dimensions = ( { plugin = "strategic_alignment"; } );')

    def test_a_good_one_passes(self):
        path = self.source("good")
        text = self.run_ok("plugin", "check", path, self.job_for("good")).output
        self.assertIn("every row once: 12 rows in 3 splits", text)
        self.assertRegex(text, r"\n9 passed, 0 failed")

    def test_what_breaks_the_rules(self):
        for name, flaw, trial, says in (
                ("twice", {"line": "- 4 * (context == (void *)2)"}, "every row once", "brought the row in line 5 of memory twice"),
                ("more", {"plan": "splits->rows_at_most = 11"}, "every row once", "announced 11 rows at most, and brought 12"),
                ("latin", {"read": "text[3] = (char)0xe9"}, "every row once", "row 2 of split 0 has a cell that is not UTF-8"),
                ("fewer", {"read": "count = reads > 3 ? 3 : 4"}, "the same rows again", "split 0 brought 4 rows at first, and then 3"),
                ("other", {"read": "if (reads > 3) text[0] = 'z'"}, "the same rows again", "brought other rows than at first"),
                ("splits", {"plan": "splits->split_count = plans > 1 ? 2 : 3"}, "the same rows again", "has 3 splits at first, and then 2"),
                ("columns", {"read": "count = wanted_count == 1 ? 3 : 4"}, "the same rows whichever columns are wanted",
                 "split 0 brought 4 rows at first, and then 3")):
            found = self.failures(self.source(name, **flaw), self.job_for(name))
            self.assertIn(says, found.get(trial, ""), (name, found))

    def test_the_job_must_read_through_it(self):
        path = self.source("good")
        self.table("account.csv", "id,name", "a1,Acme")
        self.refused(78, "plugin", "check", path, self.job(), says="the job reads no table through this file")

    def test_our_own(self):
        self.demo()
        for place in os.environ.get("CRMVAL_PLUGIN_PATH", "").split(":"):
            path = os.path.join(place, "csv.so")
            if os.path.exists(path):
                found = self.failures(path, "demo/job.conf")
                self.assertEqual({name: what for name, what in found.items() if "imports" not in name}, {})


if __name__ == "__main__":
    kit.main()
