/* SPDX-License-Identifier: MIT */
/* The CSV source: its dialect, worked by hand; chunks of all sizes, against the naive reader; files that are refused. */
#define crmval_plugin_v1 csv_plugin
#include "../plugins/sources/csv.c"

#include "csv_naive.h"
#include "csv_trial.h"
#include "suite.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

static char folder[64];

/* ---- files ---- */

static const char *path_of(const char *name)
{
	static char paths[8][128];
	static int next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof *paths, "%s/%s", folder, name);
	return path;
}

static void make_folder(void)
{
	strcpy(folder, "/tmp/crmval-csv-XXXXXX");
	if (!mkdtemp(folder))
		abort();
}

static void remove_folder(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void write_bytes(const char *name, const void *bytes, size_t size)
{
	FILE *file = fopen(path_of(name), "w");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		abort();
}

static void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

/* Appends a gzip member. */
static void write_gzip(const char *name, const void *bytes, size_t size)
{
	gzFile file = gzopen(path_of(name), "ab");
	if (!file || gzwrite(file, bytes, (unsigned)size) != (int)size || gzclose(file))
		abort();
}

/* ---- what is expected ---- */

static void expect_line(struct csv_trial *trial, const char *expected, const char *what, unsigned line)
{
	int is_same = trial->size == strlen(expected) && !memcmp(trial->text, expected, trial->size);
	char text[1024];
	snprintf(text, sizeof text, "%.100s: expected {%.300s}, got {%.300s} %.200s", what, expected, trial->text,
		 trial->status ? trial->error.message : "");
	CU_assertImplementation(is_same && (trial->status || trial->rows <= trial->plan.rows_at_most), line, text,
				__FILE__, "", CU_FALSE);
	csv_trial_free(trial);
}

static void expect_error_line(struct csv_trial *trial, int code, const char *message, unsigned line)
{
	char text[1536];
	snprintf(text, sizeof text, "expected %d \"%s\", got %d \"%s\"", code, message, trial->status,
		 trial->error.message);
	CU_assertImplementation(trial->status == code && trial->error.code == code &&
					strstr(trial->error.message, message),
				line, text, __FILE__, "", CU_FALSE);
	csv_trial_free(trial);
}

/* Runs a trial and holds it against a text, or a code and part of a message. */
#define EXPECT(trial, expected) (csv_trial_run(trial), expect_line(trial, expected, #expected, __LINE__))
#define EXPECT_ERROR(trial, code, message) (csv_trial_run(trial), expect_error_line(trial, code, message, __LINE__))

static struct csv_trial trial_of(const char *const *files)
{
	return (struct csv_trial){.plugin = &csv_plugin, .directory = folder, .files = files};
}

/* A file of these bytes, in chunks of all sorts, by one thread and by three, must give the text expected. */
static void expect_dialect(const char *bytes, size_t size, const char *expected, unsigned line)
{
	static const char *const files[] = {"f.csv", NULL};
	static const double chunks[] = {64, 128, 1000, 0};
	write_bytes("f.csv", bytes, size);
	for (unsigned i = 0; i < 8; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = chunks[i % 4];
		trial.threads = i < 4 ? 1 : 3;
		csv_trial_run(&trial);
		expect_line(&trial, expected, bytes, line);
	}
}

#define DIALECT(bytes, expected) expect_dialect(bytes, sizeof(bytes) - 1, expected, __LINE__)

/* ---- the dialect ---- */

static void test_records(void)
{
	make_folder();
	DIALECT("a,b\n1,2\n3,4\n", "column a\ncolumn b\nrow 2 [1] [2]\nrow 3 [3] [4]\n");
	DIALECT("a,b\n1,2", "column a\ncolumn b\nrow 2 [1] [2]\n");
	DIALECT("a,b\r\n1,2\r\n3,4\r\n", "column a\ncolumn b\nrow 2 [1] [2]\nrow 3 [3] [4]\n");
	DIALECT("a,b\r1,2\r3,4", "column a\ncolumn b\nrow 2 [1] [2]\nrow 3 [3] [4]\n");
	DIALECT("a\n1\r\r\n\n2\n", "column a\nrow 2 [1]\nrow 5 [2]\nskip 2 blank lines\n");
	DIALECT("a\n", "column a\n");
	DIALECT("a", "column a\n");
	DIALECT("\r\n\na\n1\n", "column a\nrow 4 [1]\nskip 2 blank lines\n");
	DIALECT("a,b\n,\n 1 ,\t\n", "column a\ncolumn b\nrow 2 [] []\nrow 3 [ 1 ] [\t]\n");
	DIALECT("a,b\n1\n1,2,3\n1,2\n", "column a\ncolumn b\nreject 2 at 4: 1 field where the header has 2\n"
					"reject 3 at 6: 3 fields where the header has 2\nrow 4 [1] [2]\n");
	DIALECT("a,b\n1,\0\n1,2\n", "column a\ncolumn b\nreject 2 at 4: NUL byte\nrow 3 [1] [2]\n");
	DIALECT("\xef\xbb\xbf"
		"a,b\n1\n",
		"column a\ncolumn b\nreject 2 at 7: 1 field where the header has 2\n");
	remove_folder();
}

static void test_quotes(void)
{
	make_folder();
	DIALECT("a,b\n\"1\",\"\"\n", "column a\ncolumn b\nrow 2 [1] []\n");
	DIALECT("a\n\"\"\n", "column a\nrow 2 []\n");
	DIALECT("a,b\n\"1,\"\"2\"\"\",\"\"\"\"\n", "column a\ncolumn b\nrow 2 [1,\"2\"] [\"]\n");
	DIALECT("a,b\n\"x\r\ny\rz\n\",2\n3,4\n", "column a\ncolumn b\nrow 2 [x\r\ny\rz\n] [2]\nrow 6 [3] [4]\n");
	DIALECT("a,b\n5\" pipe,6\"\"\n \"q\",\"r\"\n",
		"column a\ncolumn b\nrow 2 [5\" pipe] [6\"\"]\nrow 3 [ \"q\"] [r]\n");
	DIALECT("a,b\n\"1\"x,2\n3,4\n",
		"column a\ncolumn b\nreject 2 at 4: text after a closing quote\nrow 3 [3] [4]\n");
	/* After such text the field is not quoted any more: what looks like a quoted comma and line end is none. */
	DIALECT("a,b\n\"1\"x\",2\n\"3\" \"4\n\",5\n6,7\n", "refused in line 4\n");
	DIALECT("a,b\n\"1\"x\",2\n\"3\" \"4\n5,6\n", "column a\ncolumn b\nreject 2 at 4: text after a closing quote\n"
						     "reject 3 at 12: text after a closing quote\nrow 4 [5] [6]\n");
	DIALECT("a,b\n1,2\n\"3,4\n5,6\n", "refused in line 3\n");
	DIALECT("a,b\n1,\"x\ny\"\n3,\"\"\"\n", "refused in line 4\n");
	DIALECT("a,b\n\"1\",\"2\"", "column a\ncolumn b\nrow 2 [1] [2]\n");
	DIALECT("\"a\nb\",\" c \"\"\"\n1,2\n", "column a\nb\ncolumn c \"\nrow 3 [1] [2]\n");
	remove_folder();
}

static void test_delimiters(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	struct csv_trial trial = trial_of(files);
	write_text("f.csv", "a;b\tc\n1,2;\"3;4\"\n");
	trial.delimiter = ";";
	EXPECT(&trial, "column a\ncolumn b\tc\nrow 2 [1,2] [3;4]\n");
	write_text("f.csv", "a,\tb\n1,\t2\n");
	trial.delimiter = "tab";
	EXPECT(&trial, "column a,\ncolumn b\nrow 2 [1,] [2]\n");
	trial.delimiter = "\t";
	EXPECT(&trial, "column a,\ncolumn b\nrow 2 [1,] [2]\n");
	static const char *const wrong[] = {"", "::", "\"", "\n", "\r", "\xc2\xa7", "\x80"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		trial.delimiter = wrong[i];
		EXPECT_ERROR(&trial, CRMVAL_ECONF, "delimiter");
	}
	remove_folder();
}

static void test_limits(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	write_text("f.csv", "a,b\n12345,1\n123456,1\n\"1234\",1\n\"12345\",1\n12345,12345\n12345,123456\n");
	for (int i = 0; i < 2; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = i ? 64 : 0;
		trial.max_field = 6;
		trial.max_row = 11;
		EXPECT(&trial, "column a\ncolumn b\nrow 2 [12345] [1]\nrow 3 [123456] [1]\nrow 4 [1234] [1]\n"
			       "reject 5 at 30: a field of more than 6 bytes\nrow 6 [12345] [12345]\n"
			       "reject 7 at 52: a row of more than 11 bytes\n");
	}
	struct csv_trial trial = trial_of(files);
	trial.max_columns = 1;
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "more than 1 columns");
	trial.max_columns = 2;
	trial.max_header = 3;
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "header has more than 3 bytes");
	trial.max_header = 4;
	csv_trial_run(&trial);
	CU_ASSERT_EQUAL(trial.status, CRMVAL_OK);
	csv_trial_free(&trial);
	remove_folder();
}

/* In KiB.  A sanitizer of addresses keeps what is freed for a while. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MOST (512 * 1024)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_MOST (512 * 1024)
#endif
#endif
#ifndef MEMORY_MOST
#define MEMORY_MOST (24 * 1024)
#endif

/* A field of 1 GiB costs no more memory than a row may have. */
static void test_endless_field(void)
{
	static const char *const files[] = {"f.csv", NULL};
	static const char end[] = "\",1\n2,3\n";
	struct rusage before, after;
	make_folder();
	write_text("f.csv", "a,b\n\"");
	int file = open(path_of("f.csv"), O_WRONLY);
	CU_ASSERT_EQUAL(pwrite(file, end, sizeof end - 1, 1 << 30), (ssize_t)sizeof end - 1);
	close(file);
	struct csv_trial trial = trial_of(files);
	trial.max_row = 1 << 20;
	trial.threads = 2;
	getrusage(RUSAGE_SELF, &before);
	EXPECT(&trial, "column a\ncolumn b\nreject 2 at 4: a row of more than 1048576 bytes\nrow 3 [2] [3]\n");
	getrusage(RUSAGE_SELF, &after);
	CU_ASSERT(after.ru_maxrss - before.ru_maxrss < MEMORY_MOST);
	remove_folder();
}

/* ---- chunks ---- */

/* What must not be torn, at every place relative to the end of a chunk. */
static void test_chunk_ends(void)
{
	static const char *const files[] = {"f.csv", NULL};
	static const struct {
		const char *bytes, *expected;
	} cases[] = {
		{"\r\n1,2\n", "] [x]\nrow 3 [1] [2]\n"},
		{"\r\r1,2\r", "] [x]\nrow 4 [1] [2]\nskip 1 blank lines\n"},
		{"\n\"\"\"\",\"\"\n", "] [x]\nrow 3 [\"] []\n"},
		{"\n\"a\"\"b\",\"c\n,d\"\n1,2", "] [x]\nrow 3 [a\"b] [c\n,d]\nrow 5 [1] [2]\n"},
		{"\n\"a\"b,c\n1,2", NULL},
		{"\n\"a\"\",\"\"\r\n\"\"b\",3\n4,5\n", "] [x]\nrow 3 [a\",\"\r\n\"b] [3]\nrow 5 [4] [5]\n"},
	};
	make_folder();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int width = 40; width < 200; width++) {
			char bytes[512], row[256], expected[1024];
			memset(row, 'x', sizeof row);
			snprintf(bytes, sizeof bytes, "a,b\n%.*s,x%s", width, row, cases[i].bytes);
			if (cases[i].expected)
				snprintf(expected, sizeof expected, "column a\ncolumn b\nrow 2 [%.*s%s", width, row,
					 cases[i].expected);
			else
				snprintf(expected, sizeof expected,
					 "column a\ncolumn b\nrow 2 [%.*s] [x]\nreject 3 at %d: text after a closing "
					 "quote\nrow 4 [1] [2]\n",
					 width, row, 4 + width + 3);
			write_text("f.csv", bytes);
			struct csv_trial trial = trial_of(files);
			trial.chunk = 64;
			trial.threads = width % 2 ? 1 : 2;
			csv_trial_run(&trial);
			expect_line(&trial, expected, cases[i].bytes, __LINE__);
		}
	}
	remove_folder();
}

static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* Bytes that are mostly structure: all that can go wrong does. */
static size_t random_bytes(uint64_t *state, uint8_t *bytes, size_t most)
{
	static const char pieces[][10] = {"\"", "\"\"",  ",",      "\n",    "\r",       "\r\n",
					  "x",  "\",\"", "\"\n\"", "1,2\n", "long text"};
	static const char tame[][8] = {"\"a\"", ",", "\n", "x,y\n", "\"p,\n\"", "12345", "\"\"", ",,"};
	size_t size = 0, target = next_random(state) % most;
	int is_tame = next_random(state) % 2;
	memcpy(bytes, "a,b\n", size = 4);
	while (size < target) {
		uint32_t i = next_random(state);
		const char *piece = is_tame ? tame[i % 8] : pieces[i % 11];
		memcpy(bytes + size, piece, strlen(piece));
		size += strlen(piece);
	}
	if (next_random(state) % 16 == 0)
		bytes[next_random(state) % size] = 0;
	return size;
}

static void test_like_naive(void)
{
	static const char *const files[] = {"f.csv", NULL};
	uint64_t state = 20250101;
	uint8_t bytes[2100];
	int refused = 0, told = 0;
	make_folder();
	for (int i = 0; i < 3000; i++) {
		struct naive_limits limits = {i % 3 ? 1 << 24 : 9, i % 5 ? 1 << 24 : 30, 4096, 1 << 20};
		size_t size = random_bytes(&state, bytes, i % 10 ? 300 : 2000), length;
		char *expected = naive_read(bytes, size, ',', &limits, 0, &length);
		write_bytes("f.csv", bytes, size);
		struct csv_trial trial = trial_of(files);
		trial.chunk = 64 * (1 + i % 4);
		trial.threads = i % 7 ? 1 : 3;
		trial.max_field = (double)limits.field;
		trial.max_row = (double)limits.row;
		trial.encoding = i % 2 ? "UTF-8" : "ISO-8859-1"; /* the same for these bytes, but read as a stream */
		csv_trial_run(&trial);
		if (!strcmp(expected, "refused\n") && trial.size > 8 && !memcmp(trial.text, "refused", 7))
			trial.text[7] = '\n', trial.size = 8;
		refused += expected[0] == 'r';
		told += expected[0] == 'c';
		expect_line(&trial, expected, "as the naive reader", __LINE__);
		free(expected);
	}
	CU_ASSERT(refused > 300 && told > 300);
	remove_folder();
}

/* Every scanner of this machine, bit by bit. */
static void test_scanners(void)
{
	enum { WORDS = 5, BYTES = WORDS * CSV_WORD };
	static const char alphabet[] = "\",\n\r\0xyz,\n\"\"";
	uint64_t state = 7;
	for (int round = 0; round < 2000; round++) {
		uint8_t bytes[1 + BYTES];
		uint32_t separators[BYTES + CSV_LIST_SLACK], ends[BYTES + CSV_LIST_SLACK];
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (uint8_t)(next_random(&state) % 4 ? 'x'
								     : alphabet[next_random(&state) % (8 + round % 5)]);
		for (const struct csv_scanner *scanner = csv_scanners; scanner->name; scanner++) {
			struct csv_word words[WORDS];
			struct csv_found found;
			uint64_t inside = (uint64_t)(round & 1), expected_inside = inside, lines = 0;
			size_t separator_count, end_count, n = 0, m = 0;
			int quotes = 0, nuls = 0, crs = 0, is_same = 1;
			if (!scanner->is_supported())
				continue;
			scanner->scan(bytes + 1, WORDS, ',', words, &found);
			scanner->list(words, WORDS, 1000, &inside, separators, &separator_count, ends, &end_count);
			for (unsigned i = 0; i < BYTES; i++) {
				uint8_t byte = bytes[i + 1];
				const struct csv_word *word = &words[i / CSV_WORD];
				unsigned bit = i % CSV_WORD;
				int is_line = byte == '\r' || (byte == '\n' && bytes[i] != '\r');
				is_same &= (word->quote >> bit & 1) == (byte == '"');
				is_same &= (word->delimiter >> bit & 1) == (byte == ',');
				is_same &= (word->line >> bit & 1) == (uint64_t)is_line;
				lines += (uint64_t)is_line;
				quotes += byte == '"';
				nuls += byte == 0;
				crs += byte == '\r';
				expected_inside ^= byte == '"';
				if (!expected_inside && (is_line || byte == ','))
					is_same &= n < separator_count && separators[n++] == 1000 + i;
				if (!expected_inside && is_line)
					is_same &= m < end_count && ends[m++] == 1000 + i;
			}
			CU_ASSERT(is_same && n == separator_count && m == end_count && inside == expected_inside);
			CU_ASSERT(found.lines == lines && found.is_odd == quotes % 2 &&
				  found.has_quote == (quotes > 0));
			CU_ASSERT(found.has_nul == (nuls > 0) && found.has_cr == (crs > 0));
		}
	}
}

/* ---- columns ---- */

static void test_wanted(void)
{
	static const char *const files[] = {"f.csv", NULL};
	static const uint32_t wanted[] = {2, 0, 2};
	make_folder();
	write_text("f.csv", "a,b,c\n1,2,\"3\"\"\"\n\"4\",5,6\n");
	struct csv_trial trial = trial_of(files);
	trial.wanted = wanted;
	trial.wanted_count = 3;
	EXPECT(&trial, "column a\ncolumn b\ncolumn c\nrow 2 [3\"] [1] [3\"]\nrow 3 [6] [4] [6]\n");
	trial.wanted_count = 0;
	EXPECT(&trial, "column a\ncolumn b\ncolumn c\nrow 2\nrow 3\n");
	remove_folder();
}

static void test_headers(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *message;
	} refused[] = {
		{"", 0, "no header"},
		{"\n\r\n", 3, "no header"},
		{"a,b, a \n1,2,3\n", 14, "columns 1 and 3 of the header are both called \"a\""},
		{"a,\"b\n1,2\n", 9, ":1: a quote is opened and never closed"},
		{"a,\"b\"c\n1,2\n", 11, "text after a closing quote in the header, column 2"},
		{"a\0,b\n", 5, "NUL byte in the header, column 1"},
		{"a,\xe9t\xe9\n", 6, "not UTF-8 in column 2"},
		{"(column 2),\n", 12, "both called \"(column 2)\""},
	};
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		write_bytes("f.csv", refused[i].bytes, refused[i].size);
		struct csv_trial trial = trial_of(files);
		csv_trial_run(&trial);
		expect_error_line(&trial, CRMVAL_EDATA, refused[i].message, __LINE__);
	}
	DIALECT(" a\t, b c ,\"\",\n", "column a\ncolumn b c\ncolumn (column 3)\ncolumn (column 4)\n");
	remove_folder();
}

/* ---- files ---- */

static void test_names(void)
{
	make_folder();
	struct csv_trial trial = trial_of(NULL);
	trial.entity = "account";
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "account.csv");
	trial.is_optional = 1;
	csv_trial_run(&trial);
	CU_ASSERT_EQUAL(trial.status, CRMVAL_NO_TABLE);
	csv_trial_free(&trial);
	write_gzip("account.csv.gz", "a\n1\n", 4);
	EXPECT(&trial, "column a\nrow 2 [1]\n");
	write_text("account.csv", "b\n2\n");
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "account.csv.gz");
	unlink(path_of("account.csv.gz"));
	EXPECT(&trial, "column b\nrow 2 [2]\n");
	CU_ASSERT_EQUAL(symlink("nowhere", path_of("lead.csv")), 0);
	trial.entity = "lead";
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "lead.csv: No such file");
	trial.directory = path_of("account.csv");
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "not a folder");
	trial.directory = path_of("nowhere");
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "No such file");
	remove_folder();
}

static void test_several_files(void)
{
	static const char *const pattern[] = {"p-*.csv", NULL}, *const none[] = {"q-*.csv", NULL};
	static const char *const list[] = {"p-b.csv", "p-B.csv", NULL}, *const twice[] = {"p-*.csv", "p-b.csv", NULL};
	static const char *const literal[] = {"[x].csv", NULL};
	make_folder();
	write_text("p-b.csv", "a,b\n1,2\n3\n");
	write_text("p-B.csv", "b,a\n\n5,6\n");
	struct csv_trial trial = trial_of(pattern);
	trial.threads = 2;
	EXPECT(&trial, "column b\ncolumn a\nrow 0: 3 [5] [6]\nrow 1: 2 [2] [1]\n"
		       "reject 1: 3 at 8: 1 field where the header has 2\nskip 1 blank lines\n");
	trial.files = list;
	EXPECT(&trial, "column a\ncolumn b\nrow 0: 2 [1] [2]\nreject 0: 3 at 8: 1 field where the header has 2\n"
		       "row 1: 3 [6] [5]\nskip 1 blank lines\n");
	trial.files = none;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "q-*.csv: no file matches");
	trial.files = twice;
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "the same file");
	write_text("p-c.csv", "a,b,c\n");
	trial.files = pattern;
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "p-B.csv has no column \"c\", but ");
	write_text("p-c.csv", "b\n");
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "p-c.csv has no column \"a\", but ");
	write_text("[x].csv", "z\n9\n");
	trial.files = literal;
	EXPECT(&trial, "column z\nrow 2 [9]\n");

	/* The folder's own name is no pattern. */
	CU_ASSERT_EQUAL(mkdir(path_of("[*]"), 0700), 0);
	write_text("[*]/p-1.csv", "y\n8\n");
	trial.files = pattern;
	trial.directory = path_of("[*]");
	EXPECT(&trial, "column y\nrow 2 [8]\n");
	remove_folder();
}

static void test_refused_files(void)
{
	const char *absent[] = {"absent.csv", NULL}, *pipe_file[] = {"pipe", NULL}, *device[] = {"/dev/zero", NULL};
	const char *sub[] = {"sub", NULL}, *none[] = {NULL}, *through[] = {"pipe/x.csv", NULL};
	make_folder();
	struct csv_trial trial = trial_of(absent);
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "absent.csv: No such file");
	CU_ASSERT_EQUAL(mkfifo(path_of("pipe"), 0600), 0);
	trial.files = pipe_file;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "is a pipe");
	trial.files = device;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "/dev/zero is a device");
	CU_ASSERT_EQUAL(mkdir(path_of("sub"), 0700), 0);
	trial.files = sub;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "is a folder");
	trial.files = none;
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "empty list");
	trial.files = through;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "Not a directory");
	remove_folder();
}

static void test_permission(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	write_text("f.csv", "a\n");
	chmod(path_of("f.csv"), 0);
	if (access(path_of("f.csv"), R_OK) == 0) {
		suite_skip("this user may read everything");
	} else {
		struct csv_trial trial = trial_of(files);
		EXPECT_ERROR(&trial, CRMVAL_EPERM, "Permission denied");
	}
	remove_folder();
}

static void append_row(void *name)
{
	FILE *file = fopen(path_of(name), "a");
	fputs("9\n", file);
	fclose(file);
}

static void replace_file(void *name)
{
	write_text("new", "a\n1\n");
	rename(path_of("new"), path_of(name));
}

static void test_changed_file(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	write_text("f.csv", "a\n1\n");
	struct csv_trial trial = trial_of(files);
	trial.context = (char[]){"f.csv"};
	trial.on_rows = append_row;
	EXPECT_ERROR(&trial, CRMVAL_EAGAIN, "f.csv changed while it was read");
	trial.on_rows = replace_file;
	EXPECT_ERROR(&trial, CRMVAL_EAGAIN, "f.csv changed while it was read");
	trial.on_rows = NULL;
	EXPECT(&trial, "column a\nrow 2 [1]\n");

	/* A quote that is open only because the file is not complete yet. */
	char bytes[256] = "a\n";
	for (int i = 0; i < 40; i++)
		strcat(bytes, "1\n");
	write_text("f.csv", strcat(bytes, "\"x"));
	trial.chunk = 64;
	trial.on_rows = append_row;
	EXPECT_ERROR(&trial, CRMVAL_EAGAIN, "f.csv changed while it was read");
	write_text("f.csv", bytes);
	trial.on_rows = NULL;
	EXPECT(&trial, "refused in line 42\n");
	remove_folder();
}

/* ---- streams ---- */

static void test_gzip(void)
{
	static const char *const files[] = {"f.gz", NULL};
	static const char first[] = "a,b\n1,\"x\n", second[] = "y\"\n3\n";
	unsigned char bytes[256];
	make_folder();
	write_gzip("f.gz", first, sizeof first - 1);
	write_gzip("f.gz", second, sizeof second - 1);
	struct csv_trial trial = trial_of(files);
	trial.chunk = 64;
	EXPECT(&trial, "column a\ncolumn b\nrow 2 [1] [x\ny]\nreject 4 at 12: 1 field where the header has 2\n");
	CU_ASSERT_EQUAL(trial.plan.split_count, 1);

	FILE *file = fopen(path_of("f.gz"), "r");
	size_t size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	write_bytes("f.gz", bytes, size - 3);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "cut short");
	bytes[size - 6] ^= 1; /* of the check sum */
	write_bytes("f.gz", bytes, size);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "corrupt");
	bytes[size - 6] ^= 1;
	bytes[size] = 'x';
	write_bytes("f.gz", bytes, size + 1);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "f.gz: the gzip file");
	write_text("f.gz", "a\n1\n");
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "not a gzip file");
	remove_folder();
}

/* Chunks of a stream follow each other, cells that are unescaped in place reach beyond them. */
static void test_long_stream(void)
{
	enum { ROWS = 20000 };
	static const char *const files[] = {"f.csv.gz", NULL};
	make_folder();
	char *bytes, *expected;
	size_t size, length;
	FILE *csv = open_memstream(&bytes, &size), *text = open_memstream(&expected, &length);
	fputs("a,b\n", csv);
	fputs("column a\ncolumn b\n", text);
	for (int i = 0, line = 2; i < ROWS; i++, line += 2) {
		fprintf(csv, "%d,\"a \"\"%d\"\",\n\"\"\"\"%0*d\"\r\n", i, i * i, i % 90, i);
		fprintf(text, "row %d [%d] [a \"%d\",\n\"\"%0*d]\n", line, i, i * i, i % 90, i);
	}
	fclose(csv);
	fclose(text);
	write_gzip("f.csv.gz", bytes, size);
	static const double chunks[] = {64, 4096, 0};
	for (int i = 0; i < 3; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = chunks[i];
		csv_trial_run(&trial);
		CU_ASSERT(trial.size == length && !memcmp(trial.text, expected, length));
		csv_trial_free(&trial);
	}
	free(bytes);
	free(expected);
	remove_folder();
}

static void test_encodings(void)
{
	static const struct {
		const char *encoding, *bytes;
		size_t size;
		const char *expected;
	} cases[] = {
		{NULL,
		 "\xef\xbb\xbf"
		 "a\n\xc3\xa9\n",
		 8, "column a\nrow 2 [\xc3\xa9]\n"},
		{"ISO-8859-1", "a\n\xe9\n", 4, "column a\nrow 2 [\xc3\xa9]\n"},
		/* the second byte of a character may look like structure */
		{"GB18030", "a\n\xd6\xd0\x81\x30\x81\x30\n", 9, "column a\nrow 2 [\xe4\xb8\xad\xc2\x80]\n"},
		{"GB18030",
		 "\x84\x31\x95\x33"
		 "a\n\xd6\xd0\n",
		 9, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{"SHIFT_JIS", "a|b\n\x83\x7c|x\n", 9, "column a\ncolumn b\nrow 2 [\xe3\x83\x9d] [x]\n"},
		{NULL,
		 "\xff\xfe"
		 "a\0\n\0\x2d\x4e\n\0",
		 10, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{NULL,
		 "\xfe\xff"
		 "\0a\0\n\x4e\x2d\0\n",
		 10, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{NULL,
		 "\xff\xfe\0\0"
		 "a\0\0\0\n\0\0\0\x2d\x4e\0\0",
		 16, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{NULL,
		 "\0\0\xfe\xff"
		 "\0\0\0a\0\0\0\n\0\0\x4e\x2d",
		 16, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{"UTF-16LE", "a\0\n\0\x2d\x4e", 6, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		/* half a surrogate pair, and half a unit at the end */
		{"UTF-16LE", "a\0\n\0\0\xd8x\0\n\0y", 11,
		 "column a\nrow 2 [\xef\xbf\xbdx]\nrow 3 [\xef\xbf\xbd]\nskip 3 bytes that are not UTF-16LE\n"},
		{"ASCII", "a\nx\xe9\xe8\n", 6,
		 "column a\nrow 2 [x\xef\xbf\xbd\xef\xbf\xbd]\nskip 2 bytes that are not ASCII\n"},
		/* not looked at: the core reads what it can of it */
		{"utf8", "a\n\xe9\n", 4, "column a\nrow 2 [\xe9]\n"},
	};
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_bytes("f.csv", cases[i].bytes, cases[i].size);
		struct csv_trial trial = trial_of(files);
		trial.encoding = cases[i].encoding;
		trial.delimiter = "|";
		csv_trial_run(&trial);
		expect_line(&trial, cases[i].expected, cases[i].encoding ? cases[i].encoding : "by mark", __LINE__);
	}
	struct csv_trial trial = trial_of(files);
	trial.encoding = "EBCDIC-OF-ATLANTIS";
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "unknown encoding \"EBCDIC-OF-ATLANTIS\"");
	remove_folder();
}

/* ---- threads ---- */

/* A sink that stops must not leave a thread waiting for a chunk that nobody reads. */
static void test_stop(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	FILE *file = fopen(path_of("f.csv"), "w");
	fputs("a\n", file);
	for (int i = 0; i < 5000; i++)
		fprintf(file, "%d\n", i);
	fclose(file);
	for (int i = 0; i < 20; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = 64;
		trial.threads = 3;
		trial.stop_after = (uint64_t)(1 + i * 100);
		EXPECT_ERROR(&trial, CRMVAL_ESTOP, "");
	}
	remove_folder();
}

static void cut_file(const void *name)
{
	CU_ASSERT_EQUAL(truncate(path_of(name), 1000), 0);
}

/* Nor must a chunk that cannot be read. */
static void test_failed_chunk(void)
{
	make_folder();
	FILE *file = fopen(path_of("f.csv"), "w");
	fputs("a\n", file);
	for (int i = 0; i < 1000; i++)
		fprintf(file, "%d\n", i);
	fclose(file);
	const char *name = "f.csv", *directory = folder;
	const struct crmval_source *source = csv_plugin.source;
	struct crmval_value option = {.is_set = 1, .text = directory}, values[TABLE_OPTIONS] = {{0}};
	struct crmval_error error = {.struct_size = sizeof error};
	struct crmval_table table = {.struct_size = sizeof table};
	struct crmval_plan plan = {.struct_size = sizeof plan};
	struct crmval_sink sink = {.struct_size = sizeof sink};
	void *self, *worker;
	values[FILE_WORDS] = (struct crmval_value){.is_set = 1, .words = &name, .word_count = 1};
	values[DELIMITER].text = ",";
	values[ENCODING].text = "UTF-8";
	values[MAX_FIELD].number = values[MAX_ROW].number = values[MAX_COLUMNS].number = values[MAX_HEADER].number =
		1000;
	values[CHUNK].number = 64;
	CU_ASSERT_EQUAL(source->open(&option, &self, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(source->table(self, "it", values, 1, &table, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(source->plan(self, table.table, NULL, 0, &plan, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(source->worker_open(self, &worker, &error), CRMVAL_OK);
	cut_file(name);
	CU_ASSERT_EQUAL(source->read(self, table.table, 0, worker, &sink, &error), CRMVAL_EAGAIN);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "f.csv changed while it was read"));
	CU_ASSERT_EQUAL(source->read(self, table.table, 1, worker, &sink, &error), CRMVAL_EAGAIN);
	source->worker_close(worker);
	source->close(self);
	remove_folder();
}

static void test_chain(void)
{
	enum csv_state state;
	uint64_t line;
	struct csv_chain *chain = csv_chain_new(3, 7);
	CU_ASSERT(csv_chain_wait(chain, 0, &state, &line) == 0 && state == CSV_OUTSIDE && line == 7);
	csv_chain_publish(chain, 0, CSV_CLOSED, 1ull << 40);
	CU_ASSERT(csv_chain_wait(chain, 1, &state, &line) == 0 && state == CSV_CLOSED && line == 1ull << 40);
	csv_chain_fail(chain, 1);
	CU_ASSERT(csv_chain_wait(chain, 2, &state, &line) != 0);
	csv_chain_free(chain);
}

/* ---- data of others ---- */

/* The same text in several encodings, written by another program; the last two follow the mark of UTF-16 by UTF-32. */
static void test_foreign_marks(void)
{
	static const char *const names[] = {"UTF8", "UTF16LE", "UTF16BE", "UTF32LE", "UTF32BE"};
	const char *root = getenv("SRCDIR");
	char path[512], *first = NULL;
	const char *files[] = {path, NULL};
	make_folder();
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof path, "%s/../shared/data/dataloader/csvtext_BOM_%s.csv", root ? root : ".",
			 names[i]);
		if (path[0] != '/') {
			char *absolute = realpath(path, NULL);
			snprintf(path, sizeof path, "%s", absolute ? absolute : "");
			free(absolute);
		}
		if (access(path, R_OK) < 0) {
			suite_skip("../shared/data is not there");
			break;
		}
		struct csv_trial trial = trial_of(files);
		csv_trial_run(&trial);
		if (!first)
			first = strdup(trial.text);
		CU_ASSERT(i < 3 ? trial.rows > 0 && !strcmp(trial.text, first) : trial.status == CRMVAL_EDATA);
		csv_trial_free(&trial);
	}
	free(first);
	remove_folder();
}

static const struct test tests[] = {
	{"records", test_records},
	{"quotes", test_quotes},
	{"delimiters", test_delimiters},
	{"limits", test_limits},
	{"a field without end", test_endless_field},
	{"chunk ends", test_chunk_ends},
	{"as the naive reader", test_like_naive},
	{"scanners", test_scanners},
	{"columns wanted", test_wanted},
	{"headers", test_headers},
	{"files by name", test_names},
	{"several files", test_several_files},
	{"files refused", test_refused_files},
	{"permission", test_permission},
	{"files that change", test_changed_file},
	{"gzip", test_gzip},
	{"a long stream", test_long_stream},
	{"encodings", test_encodings},
	{"a sink that stops", test_stop},
	{"a chunk that fails", test_failed_chunk},
	{"the chain", test_chain},
	{"byte order marks of others", test_foreign_marks},
	{0},
};

const struct suite suite_csv = {"csv", tests};
