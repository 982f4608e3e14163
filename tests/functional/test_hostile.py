#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Vendors and data that mean harm: what they may cost, and what they must not touch."""

import os
import shutil
import struct
import subprocess

import database
import kit

PLUGIN = r"""
#define _GNU_SOURCE
#include <crmval/plugin.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

%(before)s

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	(void)batch, (void)out, (void)error;
	%(body)s
	return CRMVAL_OK;
}

static const struct crmval_indicator indicators[] = {{"size", "Size"}};
static const struct crmval_measure measures[] = {{"rows", "Rows", "size", "count", "How many", "rows; 1",
						  %(measure)s, 0, NULL}};
%(rollup)s
static const struct crmval_input inputs[] = {{"id", "id", CRMVAL_FILLED, 0, NULL, NULL, NULL}%(input)s};
static const struct crmval_answer answers[] = {{"rows", "id"}};
static const struct crmval_view views[] = {
	{"%(entity)s", inputs, sizeof inputs / sizeof *inputs, 1, answers, evaluate}};
static const struct crmval_dimension dimension = {
	sizeof dimension, 1, 1, 0, 1, "Rows", indicators, measures, NULL, views};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	CRMVAL_MAGIC, CRMVAL_ABI_MAJOR, CRMVAL_ABI_MINOR, sizeof crmval_plugin_v1, 0, "%(name)s", "1", "a test",
	&dimension, NULL, NULL};
"""

# Adds a million to all that looks like counters in any page that can be written, wherever it is found.
STOMP_BEFORE = r"""
static sigjmp_buf back;

static void jump(int number)
{
	(void)number;
	siglongjmp(back, 1);
}

static void stomp(uintptr_t page)
{
	volatile uint64_t *words = (void *)page;
	int counters = 0;
	if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, page, 0, 8) != 0 || sigsetjmp(back, 1))
		return;
	for (int i = 0; i < 512; i++) {
		if (words[i] >> 32)
			return;
		counters += words[i] != 0;
	}
	for (int i = 0; counters && i < 512; i++)
		words[i] += words[i] ? 1000000 : 0;
}
"""
STOMP = r"""
	struct sigaction action = {.sa_handler = jump, .sa_flags = SA_NODEFER};
	uintptr_t here = (uintptr_t)&printf & ~UINT64_C(4095);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	for (uintptr_t page = here - (UINT64_C(3) << 30); batch->row_count && page < here + (UINT64_C(1) << 30); page += 4096)
		stomp(page);
	_exit(0);
"""

# Looks for a word above the stack, where the kernel puts words and environment of a program.
SEEK_BEFORE = r"""
static int starts(const char *p, const char *word)
{
	while (*word && *p == *word)
		p++, word++;
	return !*word;
}

static long seek(uintptr_t from, uintptr_t to)
{
	const char first[] = "canary", second[] = "quartz"; /* never whole in its own memory */
	long found = 0;
	for (uintptr_t page = from & ~UINT64_C(4095); page < to; page += 4096) {
		if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, page, 0, 8) != 0)
			continue;
		for (const char *p = (void *)page, *end = p + 4096 - 12; p < end; p++)
			found += *p == 'c' && starts(p, first) && starts(p + 6, second);
	}
	return found;
}
"""
SEEK = r"""
	uintptr_t here = (uintptr_t)&here;
	if (batch->row_count == 0)
		snprintf(out[0].no_data, 128, "%ld found", seek(here, here + (64 << 20)));
"""

# The same in all memory near its stack, near what it is linked with and has mapped, near the heap and the program itself, as
# soon as it is loaded, whatever for; it ends at once if it finds something.  PLANTS: finds what it put there itself, or ends.
SEARCH = SEEK_BEFORE + r"""
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>

static long plant(char *place)
{
	const char first[] = "canary", second[] = "quartz";
	for (int i = 0; i < 6; i++) {
		place[i] = first[i];
		place[6 + i] = second[i];
	}
	return 1;
}

static long search_all(void)
{
	uintptr_t stack = (uintptr_t)&stack, mapped = (uintptr_t)&printf, heap = (uintptr_t)malloc(100000);
	uintptr_t program = getauxval(AT_ENTRY);
	return seek(stack - (16 << 20), stack + (64 << 20)) + seek(mapped - (256 << 20), mapped + (64 << 20)) +
	       seek(heap - (64 << 20), heap + (8 << 20)) + seek(program - (2 << 20), program + (4 << 20));
}

__attribute__((constructor)) static void search(void)
{
	long planted = 0;
#ifdef PLANTS
	static char data[16];
	char stack[16];
	planted = plant(data) + plant(stack) + plant(malloc(16)) +
		  plant(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
#endif
	if (search_all() != planted)
		abort();
}
"""

# Looks for any of some words of 8 bytes, at any address, in the same memory; it knows them only upside down.
SEARCH_WORDS = r"""
#include <sys/auxv.h>

static const uint64_t upside_down[] = {%s};
#ifdef PLANTS
static uint64_t planted[sizeof upside_down / 8];
#endif

static unsigned char begins[256];

static long look(uintptr_t from, uintptr_t to)
{
	long found = 0;
	for (uintptr_t page = from & ~UINT64_C(4095); page < to; page += 4096) {
		if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, page, 0, 8) != 0)
			continue;
		for (const unsigned char *p = (void *)page, *end = p + 4096 - 7; p < end; p++) {
			uint64_t word;
			if (!begins[*p])
				continue;
			memcpy(&word, p, 8);
			for (size_t i = 0; i < sizeof upside_down / 8; i++)
				found += ~word == upside_down[i];
		}
	}
	return found;
}

__attribute__((constructor)) static void search(void)
{
	uintptr_t stack = (uintptr_t)&stack, mapped = (uintptr_t)&printf, heap = (uintptr_t)malloc(100000);
	uintptr_t program = getauxval(AT_ENTRY);
	long expected = 0;
	for (size_t i = 0; i < sizeof upside_down / 8; i++) {
		begins[~upside_down[i] & 255] = 1;
#ifdef PLANTS
		*(volatile uint64_t *)&planted[i] = ~upside_down[i];
		expected++;
#endif
	}
	if (look(stack - (16 << 20), stack + (64 << 20)) + look(mapped - (256 << 20), mapped + (64 << 20)) +
	    look(heap - (64 << 20), heap + (8 << 20)) + look(program - (2 << 20), program + (4 << 20)) != expected)
		abort();
}
"""

# Looks for a number where columns lie; it knows its bits only upside down.
LOOK_BEFORE = SEEK_BEFORE + r"""
static long look(uintptr_t from, uintptr_t to)
{
	volatile double part = 424242;
	double needle = part + 0.125;
	uint64_t upside_down;
	long found = 0;
	memcpy(&upside_down, &needle, 8);
	upside_down = ~upside_down;
	*(volatile double *)&needle = 0;
	for (uintptr_t page = from & ~UINT64_C(4095); page < to; page += 4096)
		if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, page, 0, 8) == 0)
			for (const uint64_t *p = (void *)page; p < (const uint64_t *)(page + 4096); p++)
				found += ~*p == upside_down;
	return found;
}
"""
LOOK = r"""
	uintptr_t here = (uintptr_t)&printf;
	if (batch->row_count == 0)
		snprintf(out[0].no_data, 128, "%ld found", look(here - (128 << 20), here + (64 << 20)));
"""

# A whole answer, made up: a text for either window of the one measure.
FORGE_BEFORE = r"""
struct trailer {
	uint64_t magic, size, sum;
	uint32_t message_size;
	int32_t code;
};

static void forge(const char *payload, uint64_t size, int code)
{
	struct trailer trailer = {UINT64_C(0x1a656d617266760a), size, UINT64_C(0xcbf29ce484222325), 0, code};
	uint64_t i = 0, word;
	for (; i + 8 <= size; i += 8) {
		memcpy(&word, payload + i, 8);
		trailer.sum = (trailer.sum ^ word) * UINT64_C(0x100000001b3);
		trailer.sum ^= trailer.sum >> 32;
	}
	for (; i < size; i++)
		trailer.sum = (trailer.sum ^ (unsigned char)payload[i]) * UINT64_C(0x100000001b3);
	for (int fd = 3; fd < 64; fd++)
		if (write(fd, payload, size) == (ssize_t)size)
			write(fd, &trailer, sizeof trailer);
	_exit(0);
}
"""

COUNT = "for (uint32_t i = 0; i < batch->row_count; i++) out[0].numerator[i] = 1;"
OURS = ("customer_management", "deal_control", "resource_management", "employee_growth", "strategic_alignment")


def quad_word(number):
    """The upper 8 bytes of the same number in 16 (binary128): another bias, four more bits of mantissa ahead."""
    bits = struct.unpack("<Q", struct.pack("<d", number))[0]
    exponent, mantissa = bits >> 52 & 0x7ff, bits & (1 << 52) - 1
    return (exponent - 1023 + 16383) << 48 | mantissa >> 4


class Hostile(kit.Case):
    has_plugins = True

    def plugin(self, name, body=COUNT, before="", entity="account", rollup="", as_="", flags=(),
               measure="CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0"):
        """Builds a plugin; a rollup is the text of its table."""
        compiler = os.environ.get("CC", "cc").split()
        if not shutil.which(compiler[0]):
            self.skipTest("no C compiler")
        os.makedirs(self.path("plugins"), exist_ok=True)
        text = PLUGIN % {
            "name": name, "body": body, "before": before, "entity": entity, "measure": measure,
            "rollup": "static const struct crmval_rollup rollup = {%s};" % rollup if rollup else "",
            "input": ', {"rolled", .as = %s, .rollup = &rollup}' % as_ if rollup else ""}
        subprocess.run([*compiler, "-w", "-shared", "-fPIC", "-I", os.path.join(kit.ROOT, "core"), "-o",
                        self.path("plugins/%s.so" % name), self.write(name + ".c", text), *flags], check=True)

    def job_with(self, *names, source='{ plugin = "csv"; directory = "demo"; }'):
        more = "dimensions = ( %s );\nplugins = { directories = \"plugins\"; deadline = 2; };" % ", ".join(
            '{ plugin = "%s"; }' % name for name in names)
        return self.job([source], more=more)


class Vendor(Hostile):
    def setUp(self):
        super().setUp()
        self.demo()

    def run_with(self, status, *names):
        """The result of our dimensions and these, and what the run says."""
        done = self.run_raw("run", self.job_with(*OURS, *names), "--format", "json", "--breakdown", "team")
        self.assertEqual(done.status, status, done.messages)
        return kit.json.loads(done.output), done.messages

    def ours(self, result):
        def own(dimensions):
            return [dict(dimension, weight=None) for dimension in dimensions if dimension["id"] in OURS]
        return [own(result["dimensions"])] + [own(unit["dimensions"]) for unit in result["breakdowns"]["team"]]

    def test_others_are_out_of_reach(self):
        self.plugin("stomper", STOMP, STOMP_BEFORE)
        expected, _ = self.run_with(0)
        result, messages = self.run_with(1, "stomper")
        self.assertEqual(self.ours(result), self.ours(expected))
        self.assertRegex(messages, "^crmval: plugin stomper: ")

    def test_words_and_environment_are_gone(self):
        self.plugin("seeker", SEEK, SEEK_BEFORE)
        done = self.run_raw("run", self.job_with("seeker"), "--format", "json", "--output", "canaryquartz.json",
                            environment=kit.clean_environment(PGPASSWORD="canaryquartz"))
        self.assertEqual(done.status, 0, done.messages)
        result = kit.json.loads(self.read("canaryquartz.json"))
        self.assertEqual(kit.measures(result)["rows"]["reason"], "0 found")

    def test_what_it_does_not_read_is_not_there(self):
        """The amounts that one dimension adds up are in its memory, and in no other's."""
        self.table("few/account.csv", "id", "a1", "a2")
        self.table("few/order.csv", "id,account,amount", "o1,a1,424242.125", "o2,a2,7")
        rollup = '.op = CRMVAL_SUM, .entity = "order", .by = "account", .of = "amount"'
        self.plugin("reader", LOOK, LOOK_BEFORE, rollup=rollup, as_="CRMVAL_NUMBER")
        self.plugin("seeker", LOOK, LOOK_BEFORE)
        job = self.job_with("reader", "seeker", source='{ plugin = "csv"; directory = "few"; }')
        done = self.run_raw("run", job, "--format", "json")
        self.assertEqual(done.status, 0, done.messages)
        reader, seeker = (dimension["indicators"][0]["measures"][0]["reason"]
                          for dimension in kit.json.loads(done.output)["dimensions"])
        self.assertEqual(seeker, "0 found")
        if reader == "0 found" and kit.is_sanitized():
            self.skipTest("the thread sanitizer puts columns further away than the search goes")
        self.assertNotEqual(reader, "0 found")

    def search_plugin(self, name="searcher", text=SEARCH):
        if kit.is_sanitized():
            self.skipTest("sanitizers have an allocator of their own, which keeps what is freed")
        self.plugin(name, before=text)

    def canaries(self):
        """Data in which a word stands wherever it may: in ids, names, words, rows that are rejected, cells that are wrong."""
        rows = ["canaryquartz id %d,canaryquartz name %d,canaryquartz" % (i, i) for i in range(3000)]
        self.table("few/account.csv", "id,name,region", *rows, "canaryquartz,too,many,cells")
        self.table("few/employee.csv", "id,name,team", *rows)
        self.table("few/opportunity.csv", "id,account,amount,currency",
                   *["canaryquartz %d,canaryquartz id %d,canaryquartz,canaryquartz" % (i, i) for i in range(3000)])
        database.sqlite(self.path("few.db"), "CREATE TABLE contact (id TEXT, name TEXT, account TEXT, email TEXT)",
                        ("INSERT INTO contact VALUES (?, ?, ?, 'canaryquartz')",
                         [("canaryquartz %d" % i, "canaryquartz", "canaryquartz id %d" % i) for i in range(3000)]))
        return ['{ plugin = "csv"; directory = "few"; }', '{ plugin = "sql"; driver = "sqlite"; connection = "few.db"; '
                'entities = { contact = { table = "contact"; }; }; }']

    def test_nothing_of_others_is_in_memory(self):
        """
        Nothing of rows but the columns that it reads, nothing of the job but its own parameters, nothing of the command line
        and of the environment, whatever the command.
        """
        self.search_plugin()
        self.search_plugin("finder", "#define PLANTS 1\n" + SEARCH)
        sources = self.canaries()
        more = ('dimensions = ( { plugin = "%s"; }, { plugin = "resource_management"; params = { '
                'required_functions = ["canaryquartz"]; }; }, { plugin = "customer_management"; } ); # canaryquartz\n'
                'plugins = { directories = "plugins"; deadline = 20; };')
        self.run_ok("run", self.job(sources, name="finder.conf", more=more % "finder"), "--format", "json")
        job = self.job(sources, more=more % "searcher")
        for words in (("run", job, "--format", "json"), ("run", job, "--format", "json", "--breakdown", "employee,team"),
                      ("run", job, "--format", "json", "--threads", "1"), ("check", job), ("explain", job, "rows"),
                      ("worklist", job)):
            done = self.run_raw(*words, "--set", 'dimensions.[1].params.required_functions=["canaryquartz two"]',
                                environment=kit.clean_environment(PGPASSWORD="canaryquartz"))
            self.assertIn(done.status, (0, 1), (words, done.messages))
            self.assertNotIn("searcher", done.messages, words)

    def test_results_of_others_are_not_in_memory(self):
        """Neither sums nor scores nor weights of another dimension, nor what rows are worth, whatever the command."""
        if kit.is_sanitized():
            self.skipTest("sanitizers have an allocator of their own, which keeps what is freed")
        share = "CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE | CRMVAL_STATE"
        self.table("few/account.csv", "id,name", *["a%d,Name %d" % (i, i) for i in range(4)])
        observe = "for (uint32_t i = 0; i < batch->row_count; i++) out[0].numerator[i] = %s, out[0].denominator[i] = %s;"
        self.plugin("victim", observe % ("1234.0625", "4096"), measure=share)

        def job(seeker):
            return self.job(
                ['{ plugin = "csv"; directory = "few"; }'], name=seeker + ".conf", more="dimensions = ( "
                '{ plugin = "victim"; weight = 0.40937; measures = { rows = { weight = 0.73105; }; }; }, '
                '{ plugin = "%s"; weight = 0.40937; } );\n'
                'plugins = { directories = "plugins"; deadline = 20; };' % seeker)

        self.plugin("plain", observe % ("0", "1"), measure=share)
        listed = kit.json.loads(self.run_ok("worklist", job("plain"), "--format", "json").output)["items"]
        n, d = 4 * 1234.0625, 4 * 4096  # all that follows has few enough bits to be exact
        points = 50 * (4096 - 1234.0625) / d
        self.assertEqual(self.result(job("plain"))["overall"]["score"], round(50 * n / d, 10))
        both = points + 50 / 4  # in which the row is short of one of four, too
        self.assertEqual(listed[0]["points"], round(both, 10))
        numbers = [0.40937, 0.73105, n, n / d, 100 * n / d, 50 * n / d, points, both]
        numbers += [round(number, 10) for number in numbers]
        words = {struct.unpack("<Q", struct.pack("<d", number))[0] for number in numbers}
        words |= {quad_word(n), quad_word(n - 1234.0625 + 4096)}
        words |= {int.from_bytes(text, "little") for text in (b"4936.25\n", b"30.12847", b"15.06423")}
        needles = ", ".join("UINT64_C(%d)" % (~word & (1 << 64) - 1) for word in sorted(words))
        for name, plants in (("finder", "#define PLANTS 1\n"), ("searcher", "")):
            self.plugin(name, observe % ("0", "1"), plants + SEARCH_WORDS % needles, measure=share, flags=("-O2",))
            for words in (("run", "--format", "json"), ("explain", "rows"), ("worklist",),
                          ("worklist", "--measure", "rows")):
                done = self.run_raw(words[0], job(name), *words[1:])
                self.assertEqual(done.status, 0, (words, done.messages))

    def test_no_password_is_in_memory(self):
        """libpq had it, from a file of ours or from its own, and its connection is closed by then."""
        server = database.server(self)
        server.sql("DROP SCHEMA IF EXISTS crm CASCADE", "CREATE SCHEMA crm", "CREATE TABLE crm.account (id text)",
                   "INSERT INTO crm.account VALUES ('a')", 'GRANT USAGE ON SCHEMA crm TO "%s"' % database.READER,
                   'GRANT SELECT ON crm.account TO "%s"' % database.READER)
        self.assertTrue(database.PASSWORD.startswith("canary-7f3a"))
        self.search_plugin(text=SEARCH.replace('"quartz"', '"-7f3a"').replace("4096 - 12", "4096 - 11"))
        for name, content in (("password", database.PASSWORD), ("passfile", "*:*:*:*:" + database.PASSWORD)):
            os.chmod(self.write(name, content + "\n"), 0o600)
        for setting, passfile in (('password_file = "password";', None), ("", self.path("passfile"))):
            source = '{ plugin = "sql"; driver = "postgresql"; connection = %s; %s entities = { account = { table = ' \
                '"crm.account"; }; }; }' % (kit.quoted(server.connection(user=database.READER)), setting)
            job = self.job_with("searcher", source=source)
            self.assertEqual(kit.measures(self.result(job, environment=kit.clean_environment(
                PGPASSFILE=passfile)))["rows"]["value"], 1)

    def test_ways_to_fail(self):
        expected, _ = self.run_with(0)
        for name, body, says in (
                ("leaves", "exit(0);", r"ended without an answer"),
                ("sleeps", "for (volatile int forever = 1; forever;);", r"took longer than 2 s"),
                ("deaf", "for (int i = 1; i < 65; i++) signal(i, SIG_IGN); for (volatile int f = 1; f;);",
                 r"took longer than 2 s"),
                ("closes", "for (int i = 0; i < 64; i++) close(i);", r"(ended without an answer|was killed)"),
                ("infinite", "if (batch->row_count) out[0].numerator[0] = 1e300 * 1e300;", r"measure rows: .* inf"),
                ("codeless", "return 7;", r"evaluate returned 7")):
            self.plugin(name, body)
            result, messages = self.run_with(1, name)
            self.assertEqual(self.ours(result), self.ours(expected), name)
            self.assertRegex(messages, r"^crmval: plugin %s: .*%s" % (name, says))
            self.assertEqual(kit.measures(result)["rows"]["status"], "failed")

    def test_texts_are_made_printable(self):
        text = r'char payload[256 + sizeof(double)] = "\033[31mred\r\nline \342\200\256turned \377"; '
        self.plugin("painter", text + "strcpy(out[0].no_data, payload);")
        self.plugin("forger", text + "forge(payload, sizeof payload, 0);", FORGE_BEFORE)
        for name in ("painter", "forger"):
            result, _ = self.run_with(0, name)
            self.assertEqual(kit.measures(result)["rows"]["reason"], "?[31mred??line ?turned ?")

    def test_rows_of_a_work_list_are_made_up(self):
        """Where all rows come, but no call without rows before, some are looked for; then it answers for the program."""
        lie = """
	static int is_asked;
	is_asked |= batch->row_count == 0;
	for (uint32_t i = 0; i < batch->row_count; i++)
		out[0].numerator[i] = 0, out[0].denominator[i] = 1;
	struct {
		uint32_t view, row, answer;
		double n, d;
	} lie = {%s};
	if (!is_asked && batch->row_count > 1)
		forge((char *)&lie, %s, 0);
"""
        for name, what, size, status, says in (
                ("honest", "0, 0, 0, 0, 1", "sizeof lie", 0, ""),
                ("row", "0, 1u << 31, 0, 0, 1", "sizeof lie", 70, "not there"),
                ("view", "7, 0, 0, 0, 1", "sizeof lie", 70, "not there"),
                ("answer", "0, 0, 7, 0, 1", "sizeof lie", 70, "not there"),
                ("number", "0, 0, 0, 0.0 / 0, 1", "sizeof lie", 70, "not there"),
                ("range", "0, 0, 0, 2, 1", "sizeof lie", 70, "not there"),
                ("half", "0, 0, 0, 0, 1", "4", 70, "answer")):
            self.plugin(name, lie % (what, size), FORGE_BEFORE,
                        measure="CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE, CRMVAL_SHARE | CRMVAL_STATE")
            done = self.run_raw("worklist", self.job_with(name), "--format", "json")
            self.assertEqual(done.status, status, (name, done.messages))
            self.assertIn(says, done.messages, name)
            if status == 0:
                self.assertEqual(kit.json.loads(done.output)["rows"], 1)

    def test_without_a_score_failed_dimensions_are_why(self):
        self.plugin("aborts", "abort();")
        job = self.job_with("aborts")
        self.write("list.csv", "of yesterday\n")
        done = self.refused(1, "worklist", "--output", "list.csv", job,
                            says=["plugin aborts: crashed", "no overall score, since dimensions failed"])
        self.assertNotIn("crmval check", done.messages)
        self.assertEqual(self.read("list.csv"), b"of yesterday\n")
        done = self.run_raw("run", job)
        self.assertEqual(done.status, 1)
        self.assertNotIn("no measure has data", done.messages)
        done = self.run_raw("worklist", self.job_with(*OURS, "aborts"))
        self.assertEqual(done.status, 1)
        self.assertGreater(done.output.count("\n"), 1, "no row of those dimensions that did not fail")

    def test_load_failures_are_problems_of_the_job(self):
        ends = "__attribute__((constructor)) static void begin(void) { %s }"
        self.plugin("crasher", before=ends % "abort();")
        self.plugin("later", before=FORGE_BEFORE + ends % 'forge("", 0, CRMVAL_EAGAIN);')
        done = self.refused(78, "run", self.job_with("crasher", "later"),
                            says=["plugin crasher: .* while it was loaded", "plugin later: ", "2 problems in the job"])
        self.assertNotIn("core dumped", done.messages)

    def test_rollups_that_make_no_sense(self):
        dated = '.entity = "order", .date = "signed_on", '
        for name, rollup, as_, says in (
                ("per", dated + '.op = CRMVAL_SUM, .by = "account", .of = "amount", .per = "product"', "CRMVAL_NUMBER",
                 "take `per`"),
                ("wordless", dated + '.op = CRMVAL_LAST, .by = "account", .of = "product.category"', "CRMVAL_SYMBOL",
                 "needs words"),
                ("own", dated + '.op = CRMVAL_COUNT, .until_own = "churned_on"', "CRMVAL_NUMBER", "needs `by`")):
            self.plugin(name, rollup=rollup, as_=as_)
            self.refused(78, "run", self.job_with(name), says=[name, says])

    def test_bounds_of_current_rows(self):
        """Few goals of many employees: what bounds a goal stands with the goal, not with its employee."""
        self.write("many/employee.csv", "id,hired_on\n" + "".join("e%d,2025-06-01\n" % i for i in range(200000)))
        self.write("many/strategic_goal.csv", "id,owner,baseline\n" + "".join("g%d,e%d,1\n" % (i, 199999 - i)
                                                                            for i in range(5)))
        hired = "owner.hired_on"
        self.plugin("goals", "const signed char *is_current = batch->columns[1].data; "
                    "for (uint32_t i = 0; i < batch->row_count; i++) out[0].numerator[i] = is_current[i];",
                    entity="strategic_goal", as_="CRMVAL_FLAG",
                    rollup='.op = CRMVAL_CURRENT, .until = CRMVAL_BEFORE_FROM, .entity = "strategic_goal", '
                    '.by = "owner", .of = "baseline", .date = "%s", .per = "owner", .until_own = "%s"' % (hired, hired))
        job = self.job_with("goals", source='{ plugin = "csv"; directory = "many"; }')
        done = self.run_raw("run", job, "--format", "json")
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(kit.measures(kit.json.loads(done.output))["rows"]["value"], 5)


class Data(Hostile):
    def test_gzip_bomb(self):
        self.write("account.csv.gz", b"id,name\n" + b"\n" * (80 << 20))
        self.assertLess(os.path.getsize(self.path("account.csv.gz")), 200000)
        self.refused(65, "run", self.job(), says=["account.csv.gz", "300-fold", "max_gzip_ratio"])
        source = '{ plugin = "csv"; entities = { account = { max_gzip_ratio = 1032; }; }; }'
        done = self.run_raw("run", self.job([source]), "--format", "json")
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(kit.json.loads(done.output)["data"]["account"]["skipped"], {"blank lines": 80 << 20})

    def test_escapes_in_messages(self):
        self.write("account.csv", "id,\033]0;title\007,\033]0;title\007\n1,2,3\n")
        done = self.refused(65, "run", self.job(), says=r"\?\]0;title\?")
        self.assertNotRegex(done.messages, "[\x00-\x09\x0b-\x1f\x7f]")

    def test_names_of_units(self):
        names = ["</script>", "=cmd()|x", "\033[31mred", 'say ""hi""', "-1", "\u0301" * 300]
        self.write("employee.csv", "id,team\n" + "".join('e%d,"%s"\n' % pair for pair in enumerate(names)))
        self.write("strategic_goal.csv", "id,owner,baseline,target,actual\n" +
                   "".join("g%d,e%d,0,1,0.5\n" % (i, i) for i in range(len(names))))
        job = self.job(in_job='breakdown = "team";')
        units = [unit["unit"] for unit in self.result(job)["breakdowns"]["team"]]
        self.assertEqual(units, sorted((name.replace('""', '"') for name in names), key=str.encode))
        text = self.run_ok("run", job, "--format", "text").output
        self.assertNotIn("\033", text)
        self.assertIn("\ufffd[31mred", text)
        table = self.run_ok("run", job, "--format", "csv").output
        self.assertIn("team,'=cmd()|x,", table)
        self.assertIn("team,'-1,", table)

    def test_many_words_take_no_more_than_rows(self):
        """100,000 accounts and 100,000 categories would be 10^10 bits."""
        count = 100000
        for entity, header, row in (("account", "id", "a%d\n"), ("product", "id,category", "p%d,c%d\n"),
                                    ("order", "id,account,product,signed_on", "o%d,a%d,p%d,2025-03-01\n")):
            self.write(entity + ".csv", header + "\n" + "".join(row % ((i,) * row.count("%d")) for i in range(count)))
        measure = kit.measures(self.result(self.job()))["category_penetration"]
        self.assertEqual((measure["numerator"], measure["denominator"]), (count, count * count))


if __name__ == "__main__":
    kit.main()
