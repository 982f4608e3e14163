#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Data that plugins declare: mapped, linked, counted, converted and broken down like the model's own."""

import os
import shutil
import subprocess

import kit

# A dimension that sums the field `of` over the rows of `entity`; what it declares is the test's.
PLUGIN = r"""
#include <crmval/plugin.h>

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	const double *values = batch->columns[0].data;
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++)
		out[0].numerator[i] = values[i];
	return CRMVAL_OK;
}

static const char *const urgencies[] = {"low", "high", NULL};
%(declared)s
static const struct crmval_indicator indicators[] = {{"size", "Size"}};
static const struct crmval_measure measures[] = {{"%(name)s_sum", "Sum", "size", "count", "How much", "rows; value",
						  CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL}};
static const struct crmval_rollup rollup = {CRMVAL_COUNT, 0, 0, "ticket", "account", NULL, NULL, NULL, NULL, NULL};
static const struct crmval_input inputs[] = {{"of", %(of)s, CRMVAL_NUMBER, 0, NULL, NULL, %(rollup)s}};
static const struct crmval_answer answers[] = {{"%(name)s_sum", "of"}};
static const struct crmval_view views[] = {{"%(entity)s", inputs, 1, 1, answers, evaluate}};
static const struct crmval_dimension dimension = {
	sizeof dimension, 1, 1, 0, 1, "Sums", indicators, measures, NULL, views};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	CRMVAL_MAGIC, CRMVAL_ABI_MAJOR, CRMVAL_ABI_MINOR, sizeof crmval_plugin_v1, 0, "%(name)s", "1", "a test",
	&dimension, NULL, NULL, entities, sizeof entities / sizeof *entities};
"""

TICKET = r"""
static const struct crmval_field fields[] = {
	{"account", CRMVAL_REFERENCE, 0, "account", NULL, "whose it is"},
	{"employee", CRMVAL_REFERENCE, 0, "employee", NULL, "who answers"},
	{"follows", CRMVAL_REFERENCE, 0, "ticket", NULL, "the one before"},
	{"urgency", CRMVAL_SYMBOL, 0, NULL, urgencies, "how urgent it is"},
	{"opened_on", CRMVAL_DATE, 0, NULL, NULL, "when it came"},
	{"cost", CRMVAL_MONEY, 0, NULL, NULL, "what it cost"},
	{"minutes", CRMVAL_NUMBER, 0, NULL, NULL, "how long it took"},
};
static const struct crmval_entity entities[] = {{"ticket", "A ticket", fields, 7, "opened_on"}};
"""
FURTHER = r"""
static const struct crmval_field fields[] = {{"seats", CRMVAL_NUMBER, 0, NULL, NULL, "how many use it"}};
static const struct crmval_entity entities[] = {{"account", "With seats", fields, 1, NULL}};
"""


class Entities(kit.Case):
    has_plugins = True

    def plugin(self, name, declared=TICKET, of='"minutes"', rollup="NULL", entity="ticket"):
        compiler = os.environ.get("CC", "cc").split()
        if not shutil.which(compiler[0]):
            self.skipTest("no C compiler")
        os.makedirs(self.path("plugins"), exist_ok=True)
        text = PLUGIN % {"name": name, "declared": declared, "of": of, "rollup": rollup, "entity": entity}
        subprocess.run([*compiler, "-w", "-shared", "-fPIC", "-I", os.path.join(kit.ROOT, "core"), "-o",
                        self.path("plugins/%s.so" % name), self.write(name + ".c", text)], check=True)

    def job_with(self, *names, source='{ plugin = "csv"; }', **more):
        text = "dimensions = ( %s );\nplugins = { directories = \"plugins\"; };" % ", ".join(
            '{ plugin = "%s"; }' % name for name in names)
        return self.job([source], more=text, **more)

    def data(self):
        self.table("account.csv", "id,region,owner,seats", "a1,East,e2,10", "a2,West,e2,5")
        self.table("employee.csv", "id,team", "e1,North", "e2,South")
        self.table("ticket.csv", "id,account,employee,follows,urgency,opened_on,cost,minutes,currency",
                   "t1,a1,e1,,High,2025-02-01,10,30,USD",
                   "t2,a1,,t1,low,2025-03-01,20,45,EUR",
                   "t3,a2,e1,t9,urgent,2025-08-01,40,60,",
                   "t4,a9,,,,,,x,")
        self.table("exchange_rate.csv", "currency,from_on,rate", "USD,2025-01-01,0.5")

    def test_like_the_model_s_own(self):
        self.plugin("minutes")
        self.data()
        result = self.result(self.job_with("minutes"), "--breakdown", "team,region")
        self.assertEqual(kit.measures(result)["minutes_sum"]["numerator"], 135)
        self.assertEqual(result["data"]["ticket"]["rows"], 4)
        self.assertEqual(result["data"]["ticket"]["unreadable"], {"minutes": 1})
        self.assertEqual(result["data"]["ticket"]["dangling"], {"account": 1})
        # The employee of a ticket, else the owner of its account; its account's region.
        for breakdown, expected in (("team", {"North": 90, "South": 45}), ("region", {"East": 75, "West": 60})):
            found = {unit["unit"]: kit.measures(unit)["minutes_sum"]["numerator"]
                     for unit in result["breakdowns"][breakdown]}
            self.assertEqual({unit: value for unit, value in found.items() if value}, expected)

    def test_words_and_references_of_its_own(self):
        self.plugin("words", of='"follows.minutes"')
        self.data()
        result = self.result(self.job_with("words"))
        self.assertEqual(kit.measures(result)["words_sum"]["numerator"], 30)
        self.assertEqual(result["data"]["ticket"]["dangling"], {"follows": 1})

    def test_money(self):
        self.plugin("costs", of='"cost"')
        self.data()
        result = self.result(self.job_with("costs", in_job='currency = "EUR";'))
        self.assertEqual(kit.measures(result)["costs_sum"]["numerator"], 10 * 0.5 + 20 + 40)

    def test_money_without_a_rate(self):
        self.plugin("costs", of='"cost"')
        self.data()
        os.remove(self.path("exchange_rate.csv"))
        result = self.result(self.job_with("costs", in_job='currency = "EUR";'))
        self.assertEqual(kit.measures(result)["costs_sum"]["numerator"], 60)
        self.assertEqual(result["data"]["ticket"]["unreadable"], {"cost": 1})

    def test_rollups_over_it_and_further_fields(self):
        self.plugin("counts", of="NULL", rollup="&rollup", entity="account")
        self.plugin("seats", FURTHER, of='"seats"', entity="account")
        self.data()
        measures = kit.measures(self.result(self.job_with("counts", "seats")))
        self.assertEqual(measures["counts_sum"]["numerator"], 3)
        self.assertEqual(measures["seats_sum"]["numerator"], 15)

    def test_in_parts(self):
        """Shared out like the model's own, with the account that alone is looked up; kept whole where it refers to itself."""
        self.plugin("minutes")
        self.plugin("words", of='"follows.minutes"')
        self.plugin("counts", of="NULL", rollup="&rollup", entity="account")
        self.data()
        for names, words in ((("minutes",), "by account"), (("counts",), "by account"), (("minutes", "words", "counts"), "all 4 rows")):
            job = self.job_with(*names)
            whole = self.run_ok("run", job, "--breakdown", "team,region", "--format", "json").output
            for number in (1, 2, 3):
                done = self.run_raw("run", job, "--breakdown", "team,region", "--shard", "%d/3" % number, "--verbose",
                                    "--output", "part-%d.gz" % number)
                self.assertRegex(done.messages, "ticket: .*" + words)
            parts = ["part-%d.gz" % number for number in (1, 2, 3)]
            self.assertEqual(self.run_ok("merge", "--format", "json", *parts).output, whole)

    def test_mapped_in_the_job(self):
        self.plugin("minutes")
        self.table("cases.csv", "Number,Minutes,Who", "1,20,e1", "2,22,e1")
        source = ('{ plugin = "csv"; entities = { ticket = { from = "cases"; '
                  'fields = ( ("id", "Number"), ("minutes", "Minutes"), ("employee", "Who") ); }; }; }')
        self.assertEqual(kit.measures(self.result(self.job_with("minutes", source=source)))["minutes_sum"]["value"], 42)
        wrong = source.replace('("minutes"', '("minuts"')
        self.refused(78, "run", self.job_with("minutes", source=wrong), says='did you mean "minutes"')
        self.refused(78, "run", self.job([source]), says='"?ticket"? is no entity|no entity')

    def test_check_tells_what_is_missing(self):
        self.plugin("minutes")
        self.table("ticket.csv", "id,account", "t1,a1")
        text = self.run_ok("check", self.job_with("minutes")).output
        self.assertRegex(text, r"minutes \(plugin minutes\): how long it took")
        self.assertRegex(text, r"minutes_sum +not mapped: ticket.minutes")
        self.assertNotIn("whose it is", text)

    def test_two_plugins(self):
        self.plugin("minutes")
        self.plugin("costs", of='"cost"')
        self.data()
        measures = kit.measures(self.result(self.job_with("minutes", "costs", in_job='currency = "EUR";')))
        self.assertEqual((measures["minutes_sum"]["value"], measures["costs_sum"]["value"]), (135, 65))
        self.plugin("other", TICKET.replace('"minutes", CRMVAL_NUMBER', '"minutes", CRMVAL_DATE'), of='"cost"')
        self.refused(78, "run", self.job_with("minutes", "other"),
                     says="plugin other declares ticket.minutes otherwise than plugin minutes does")

    def test_described(self):
        self.plugin("minutes")
        text = self.run_ok("plugin", "describe", "minutes", "--directory", "plugins").output
        self.assertRegex(text, r"(?s)Data: ticket: A ticket.*account +reference to account.*urgency +word: low, high")


if __name__ == "__main__":
    kit.main()
