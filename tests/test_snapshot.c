/* SPDX-License-Identifier: MIT */
/* Snapshots: what is read is what was written; what was changed, cut off or made up is refused. */
#include "../core/snapshot.h"
#include "../core/report.h"
#include "sample.h"
#include "snapshot_case.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct crmval_translation translations[] = {{"de", "Alpha one", "Alpha eins"}, {"de", "Rows", "Zeilen"}};
static const struct crmval_option parameters[] = {
	{.name = "days", .type = CRMVAL_OPTION_INTEGER, .help = "Days"},
	{.name = "roles", .type = CRMVAL_OPTION_WORDS, .help = "Roles"},
	{.name = "limit", .type = CRMVAL_OPTION_NUMBER, .help = "Limit"},
};
static const char *const roles[] = {"user", "coach"};
static const struct crmval_value values[] = {
	{.is_set = 1, .number = 180},
	{.is_set = 1, .word_count = 2, .words = roles, .number = NAN},
	{.number = NAN},
};

static const struct result_input inputs[] = {
	{"a.csv", 9007199254740993, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	{"b.csv", 0, ""}};

/* All that a result can have. */
static void make(struct sample *sample)
{
	static const double ragged[][2] = {{0.5, 0.0625}, {1e7, 3e8}, {-7.25, 1}};
	sample_init(sample);
	sample_data(sample);
	sample->result.inputs = inputs;
	sample->dimension_tables[0].parameter_count = 3;
	sample->dimension_tables[0].parameters = parameters;
	sample->dimensions[0].parameters = values;
	sample->dimensions[0].translation_count = 2;
	sample->dimensions[0].translations = translations;
	sample->indicator_weights[1][1] = 0.1;
	sample->measures[1].weight = 1.0 / 3;
	sample->measures[2].stated_baseline = 0.25;
	sample->measures[2].no_data[1] = "orders start on 2024-02-01";
	sample->measures[4].failed = "beta: killed by signal 11";
	sample->tables[3].flags = CRMVAL_SHARE | CRMVAL_DAILY;
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample->tables[m].definition = sample->tables[m].formula = "Rows";
	sample->moments[0][0][0] = sample_rows(ragged, 3);
	sample->moments[2][1][1] = (struct moments){0};
	sample->result.currency = "EUR";
	sample->result.min_coverage = 0.125;
	sample->result.made = 1767225600;
	sample->result.job_sha256[0] = 0;
	for (int i = 0; i < 8; i++)
		strcat(sample->result.job_sha256, "00ff7a31");
}

static struct snapshot *read_back(int fd)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	int code = snapshot_read(fd, "case", &snapshot, &error);
	if (code != CRMVAL_OK)
		printf("%s\n", error.message);
	CU_ASSERT_EQUAL_FATAL(code, CRMVAL_OK);
	return snapshot;
}

static char *report_of(const struct result *result, enum job_format format, size_t *size)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, size);
	struct crmval_error error = {.struct_size = sizeof error};
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(report_write(format, result, stream, NULL, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(fclose(stream), 0);
	return text;
}

/* Every report, and a snapshot of what was read, are the same bytes. */
static void test_round(void)
{
	static struct sample sample;
	make(&sample);
	int fd = snapshot_case_write(&sample.result);
	struct snapshot *snapshot = read_back(fd);
	for (int format = 0; format < FORMAT_NONE; format++) {
		size_t size, again;
		char *text = report_of(&sample.result, (enum job_format)format, &size);
		char *text_again = report_of(&snapshot->result, (enum job_format)format, &again);
		CU_ASSERT(size == again && memcmp(text, text_again, size) == 0);
		free(text);
		free(text_again);
	}
	const struct result_dimension *alpha = &snapshot->result.dimensions[0];
	CU_ASSERT(alpha->parameters[0].is_set && alpha->parameters[0].number == 180);
	CU_ASSERT_STRING_EQUAL(alpha->parameters[1].words[1], "coach");
	CU_ASSERT(!alpha->parameters[2].is_set);
	CU_ASSERT_STRING_EQUAL(alpha->table->parameters[2].help, "Limit");
	CU_ASSERT_STRING_EQUAL(alpha->translations[0].translated, "Alpha eins");
	CU_ASSERT_EQUAL(snapshot->result.measures[3].table->flags, CRMVAL_SHARE | CRMVAL_DAILY);
	CU_ASSERT_EQUAL(snapshot->result.made, 1767225600);
	snapshot_free(snapshot);
	close(fd);
}

static void test_sums(void)
{
	static struct sample sample;
	make(&sample);
	int fd = snapshot_case_write(&sample.result);
	struct snapshot *snapshot = read_back(fd);
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		for (int window = 0; window < 2; window++)
			for (int unit = -1; unit < SAMPLE_UNITS; unit++) {
				struct sums sums, again;
				int breakdown = unit < 0 ? -1 : BREAKDOWN_TEAM;
				sample.result.sums(&sample.result, m, window, breakdown, (uint32_t)unit, &sums);
				snapshot->result.sums(&snapshot->result, m, window, breakdown, (uint32_t)unit, &again);
				CU_ASSERT_EQUAL(memcmp(&sums, &again, sizeof sums), 0);
			}
	snapshot_free(snapshot);
	close(fd);
}

/* ---- more sums than a line takes ---- */

enum { MANY = 300 };

/* Another number at each place; every third has no row. */
static void many_sums(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		      struct sums *sums)
{
	(void)result;
	*sums = (struct sums){0};
	if (measure % 3 == 2)
		return;
	sums->rows = 1 + measure;
	sum_add_integer(&sums->n, 1000 * (breakdown + 1) + window);
	sum_add(&sums->d, unit + (measure % 2 ? 0.5 : 0));
}

static void many_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			 struct moments *moments)
{
	struct sums sums;
	many_sums(result, measure, window, breakdown, unit, &sums);
	sums_moments(&sums, moments);
}

static void test_many(void)
{
	static struct sample sample;
	static struct crmval_measure tables[MANY];
	static struct result_measure measures[MANY];
	static char ids[MANY][8];
	make(&sample);
	for (int m = 0; m < MANY; m++) {
		snprintf(ids[m], sizeof ids[m], "m%d", m);
		tables[m] = sample.tables[0];
		tables[m].id = ids[m];
		measures[m] = sample.measures[0];
		measures[m].table = &tables[m];
	}
	sample.dimension_tables[0].measures = tables;
	sample.dimension_tables[0].measure_count = MANY;
	sample.result.dimension_count = 1;
	sample.result.measure_count = MANY;
	sample.result.measures = measures;
	sample.result.sums = many_sums;
	sample.result.moments = many_moments;
	int fd = snapshot_case_write(&sample.result);
	struct snapshot *snapshot = read_back(fd);
	CU_ASSERT_EQUAL(snapshot->result.unit_counts[BREAKDOWN_TEAM], SAMPLE_UNITS);
	for (uint32_t m = 0; m < MANY; m++)
		for (int window = 0; window < 2; window++)
			for (int unit = -1; unit < SAMPLE_UNITS; unit++) {
				struct sums sums, again;
				int breakdown = unit < 0 ? -1 : BREAKDOWN_TEAM;
				many_sums(NULL, m, window, breakdown, unit < 0 ? 0 : (uint32_t)unit, &sums);
				snapshot->result.sums(&snapshot->result, m, window, breakdown, (uint32_t)unit, &again);
				CU_ASSERT_EQUAL(memcmp(&sums, &again, sizeof sums), 0);
			}
	snapshot_free(snapshot);
	close(fd);
}

static void test_header(void)
{
	static struct sample sample;
	struct snapshot_header header;
	struct crmval_error error = {.struct_size = sizeof error};
	struct stat status;
	make(&sample);
	sample.result.part = 2;
	sample.result.part_count = 7;
	int fd = snapshot_case_write(&sample.result);
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	CU_ASSERT_EQUAL_FATAL(snapshot_read_header(fd, "case", &header, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(header.version, 1);
	CU_ASSERT_STRING_EQUAL(header.job, "sample");
	CU_ASSERT_EQUAL(header.made, 1767225600);
	CU_ASSERT(header.period.from == 20089 && header.period.to == 20098);
	CU_ASSERT(header.has_baseline && header.baseline.from == 19723 && header.baseline.is_baseline);
	CU_ASSERT(header.part == 2 && header.part_count == 7);
	CU_ASSERT(header.overall.score == card->overall.score && header.overall.high == card->overall.high);
	CU_ASSERT_EQUAL_FATAL(header.dimension_count, 2);
	CU_ASSERT_STRING_EQUAL(header.dimensions[1].id, "beta");
	CU_ASSERT(header.dimensions[1].score == card->dimensions[1].score);
	CU_ASSERT(header.dimensions[1].coverage == card->dimensions[1].coverage);
	CU_ASSERT(fstat(fd, &status) == 0 && (uint64_t)status.st_size == header.size + header.gzip.bytes);
	score_free(card);
	snapshot_header_free(&header);
	close(fd);
}

/* What only a run's day changes, and what the definitions do not. */
static void test_hashes(void)
{
	static struct sample sample;
	struct snapshot *snapshots[4];
	for (int i = 0; i < 4; i++) {
		make(&sample);
		if (i == 1)
			sample.result.made += 86400;
		if (i == 2)
			sample.moments[0][0][0] = sample_value(0.25, 0);
		if (i == 3)
			sample.measures[0].weight = 2;
		int fd = snapshot_case_write(&sample.result);
		snapshots[i] = read_back(fd);
		close(fd);
	}
	CU_ASSERT_STRING_EQUAL(snapshots[1]->header.payload.sha256, snapshots[0]->header.payload.sha256);
	CU_ASSERT_STRING_NOT_EQUAL(snapshots[2]->header.payload.sha256, snapshots[0]->header.payload.sha256);
	CU_ASSERT_STRING_EQUAL(snapshots[2]->header.definitions, snapshots[0]->header.definitions);
	CU_ASSERT_STRING_NOT_EQUAL(snapshots[3]->header.definitions, snapshots[0]->header.definitions);
	for (int i = 0; i < 4; i++)
		snapshot_free(snapshots[i]);
}

/* ---- damage ---- */

static unsigned char *bytes_of(int fd, size_t *size)
{
	struct stat status;
	CU_ASSERT_EQUAL_FATAL(fstat(fd, &status), 0);
	*size = (size_t)status.st_size;
	unsigned char *bytes = malloc(*size);
	CU_ASSERT_FATAL(bytes && pread(fd, bytes, *size, 0) == (ssize_t)*size);
	return bytes;
}

/* Each byte in turn, by each single bit and by all: found, and said by name. */
static void test_flips(void)
{
	static const unsigned char masks[] = {1, 2, 4, 8, 16, 32, 64, 128, 255};
	static struct sample sample;
	struct crmval_error error = {.struct_size = sizeof error};
	size_t size, missed = 0;
	const char *path = getenv("SNAPSHOT_TO_FLIP"); /* a larger one, for those who have the time */
	make(&sample);
	int fd = snapshot_case_write(&sample.result);
	if (path) {
		int given = open(path, O_RDONLY);
		close(fd);
		unsigned char *copy = bytes_of(given, &size);
		fd = snapshot_case_file(copy, size);
		close(given);
		free(copy);
	}
	unsigned char *bytes = bytes_of(fd, &size);
	CU_ASSERT_EQUAL(snapshot_verify(fd, "case", &error), CRMVAL_OK);
	for (size_t i = 0; i < size; i++) {
		for (size_t m = 0; m < sizeof masks; m++) {
			unsigned char changed = bytes[i] ^ masks[m];
			CU_ASSERT_EQUAL(pwrite(fd, &changed, 1, (off_t)i), 1);
			missed += snapshot_verify(fd, "case", &error) != CRMVAL_EDATA ||
				  strncmp(error.message, "case:", 5) != 0;
		}
		CU_ASSERT_EQUAL(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
	}
	CU_ASSERT_EQUAL(missed, 0);
	CU_ASSERT_EQUAL(snapshot_verify(fd, "case", &error), CRMVAL_OK);
	free(bytes);
	close(fd);
}

/* A file with one byte changed, as snapshot_open() takes it; place: where.  Fills *snapshot where it is read. */
static int open_flipped(const unsigned char *bytes, size_t size, size_t place, struct snapshot **snapshot)
{
	struct crmval_error error = {.struct_size = sizeof error};
	unsigned char *copy = malloc(size);
	char path[64];
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	memcpy(copy, bytes, size);
	if (place < size)
		copy[place] ^= 1;
	int fd = snapshot_case_file(copy, size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int code = snapshot_open(path, snapshot, &error);
	close(fd);
	free(copy);
	return code;
}

/* Where the result need not be read, only it can be damaged unseen; the rest comes out as from a whole reading. */
static void test_lines_alone(void)
{
	static struct sample sample;
	struct snapshot *whole, *lines;
	size_t size, text_size, again_size, accepted = 0;
	make(&sample);
	int fd = snapshot_case_write(&sample.result);
	unsigned char *bytes = bytes_of(fd, &size);
	whole = read_back(fd);
	size_t member = whole->header.size, place = member + whole->header.lines.place;
	CU_ASSERT(place > member + 10 && place < size - 8);
	CU_ASSERT_EQUAL_FATAL(open_flipped(bytes, size, place - 20, &lines), CRMVAL_OK);
	char *text = report_of(&whole->result, FORMAT_SNAPSHOT, &text_size);
	char *again = report_of(&lines->result, FORMAT_SNAPSHOT, &again_size);
	CU_ASSERT(text_size == again_size && memcmp(text, again, text_size) == 0);
	free(again);
	snapshot_free(lines);
	/* The last eight bytes are gzip's own, of the whole member. */
	for (size_t i = 0; i < size - 8; i++) {
		if (i == member)
			i = place;
		int code = open_flipped(bytes, size, i, &lines);
		CU_ASSERT(code == CRMVAL_EDATA || (code == CRMVAL_OK && i > place));
		if (code == CRMVAL_OK) { /* compressed in another way that means the same: a nearer copy of a text */
			again = report_of(&lines->result, FORMAT_SNAPSHOT, &again_size);
			CU_ASSERT(text_size == again_size && memcmp(text, again, text_size) == 0);
			free(again);
			accepted++;
		}
		snapshot_free(lines);
	}
	CU_ASSERT(accepted < (size - place) / 100);
	free(text);
	snapshot_free(whole);
	free(bytes);
	close(fd);
}

/* At every length; and more bytes than there were. */
static void test_truncation(void)
{
	static struct sample sample;
	struct crmval_error error = {.struct_size = sizeof error};
	size_t size, missed = 0;
	make(&sample);
	int fd = snapshot_case_write(&sample.result);
	unsigned char *bytes = bytes_of(fd, &size);
	CU_ASSERT_EQUAL(pwrite(fd, "", 1, (off_t)size), 1);
	CU_ASSERT_EQUAL(snapshot_verify(fd, "case", &error), CRMVAL_EDATA);
	for (size_t length = size; length-- > 0;) {
		CU_ASSERT_EQUAL(ftruncate(fd, (off_t)length), 0);
		missed += snapshot_verify(fd, "case", &error) != CRMVAL_EDATA;
	}
	CU_ASSERT_EQUAL(missed, 0);
	free(bytes);
	close(fd);
}

/* ---- what is made up ---- */

static const char settings[] =
	"{\n}\n{\"settings\":{\"job\":\"j\",\"job_sha256\":"
	"\"0000000000000000000000000000000000000000000000000000000000000000\",\"program\":\"p\",\"period\":{\"from\":"
	"\"2025-01-01\",\"to\":\"2025-12-31\"},\"baseline\":null,\"part\":null,\"target\":0,\"fresh_on\":\"2025-12-"
	"31\","
	"\"language\":null,\"breakdowns\":[\"team\"]}}\n"
	"{\"scoring\":{\"currency\":null,\"aggregation\":\"arithmetic\",\"missing\":\"zero\",\"min_coverage\":0}}\n";
static const char measure[] =
	"{\"dimension\":{\"id\":\"d\",\"version\":null,\"weight\":1}}\n{\"indicator\":{\"id\":\"i\",\"weight\":1}}\n"
	"{\"measure\":{\"id\":\"m\",\"indicator\":\"i\",\"unit\":\"share\",\"kind\":\"ratio\",\"better\":\"higher\","
	"\"flags\":[],\"default_basis\":\"value\",\"default_scale\":[],\"basis\":\"value\",\"scale\":[[0,0],[1,100]],"
	"\"weight\":1,\"stated_baseline\":null}}\n";

/* Settings, and what comes after them. */
static int code_of(const char *first, const char *second)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	char *text;
	int length = asprintf(&text, "%s%s%s", settings, first, second);
	CU_ASSERT_FATAL(length > 0);
	int fd = snapshot_case_pack(text, (size_t)length);
	int code = snapshot_read(fd, "case", &snapshot, &error);
	snapshot_free(snapshot);
	close(fd);
	free(text);
	return code;
}

static void test_made_up(void)
{
	static const char *const good[] = {
		"",
		"{\"future\":{\"anything\":1}}\n",
		"{}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[[0,0,3,1,2,\"0x1p-1\",0,-3]]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[]}}\n"
		"{\"tally\":{\"breakdown\":\"team\",\"number\":0,\"unit\":\"A\",\"sums\":[[0,0,1,1,1,1,1,1]]}}\n"
		"{\"tally\":{\"breakdown\":\"team\",\"number\":0,\"unit\":\"A\",\"sums\":[[0,1,1,1,1,1,1,1]]}}\n"
		"{\"tally\":{\"breakdown\":\"team\",\"number\":1,\"unit\":\"(none)\",\"sums\":[]}}\n",
	};
	static const char *const bad[] = {
		"x\n",
		"[]\n",
		"{\"settings\":{}}\n",
		"{\"dimension\":{\"id\":\"d\",\"version\":null,\"weight\":-1}}\n",
		"{\"measure\":{}}\n",
		"{\"input\":{\"name\":\"late\",\"bytes\":1,\"sha256\":null}}\n",
		"{\"tally\":7}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[[1,0,3,1,2,1,0,3]]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[[0,2,3,1,2,1,0,3]]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[[0,0,0,0,0,0,0,0]]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[[0,0,3,1,2,1.5,0,3]]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[[0,0,3,1,2,1,0]]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[[0,1,1,1,1,1,1,1],[0,0,1,1,1,1,1,"
		"1]]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":1,\"unit\":null,\"sums\":[]}}\n",
		"{\"tally\":{\"breakdown\":\"team\",\"number\":0,\"unit\":\"A\",\"sums\":[]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[]}}\n"
		"{\"tally\":{\"breakdown\":\"region\",\"number\":0,\"unit\":\"A\",\"sums\":[]}}\n",
		"{\"tally\":{\"breakdown\":null,\"number\":0,\"unit\":null,\"sums\":[]}}\n"
		"{\"tally\":{\"breakdown\":\"team\",\"number\":0,\"unit\":\"B\",\"sums\":[]}}\n"
		"{\"tally\":{\"breakdown\":\"team\",\"number\":1,\"unit\":\"A\",\"sums\":[]}}\n",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CU_ASSERT_EQUAL(code_of(measure, good[i]), CRMVAL_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_EQUAL(code_of(measure, bad[i]), CRMVAL_EDATA);
	/* What a terminal would obey does not come through. */
	struct crmval_error error = {.struct_size = sizeof error};
	int fd = snapshot_case_pack("{\n\033[2J\n}\n", 9);
	CU_ASSERT_EQUAL(snapshot_verify(fd, "case", &error), CRMVAL_EDATA);
	sample_has(error.message, "case:3: a control character");
	close(fd);
}

/* A text that the first line has, exchanged for another. */
static int code_with_header(const char *from, const char *to, char *message)
{
	static struct sample sample;
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	size_t size;
	make(&sample);
	int fd = snapshot_case_write(&sample.result);
	unsigned char *bytes = bytes_of(fd, &size), *place = memmem(bytes, size, from, strlen(from));
	CU_ASSERT_PTR_NOT_NULL_FATAL(place);
	memcpy(place, to, strlen(to));
	/* The line's own check: after the gzip header and the block's come the line and its CRC. */
	size_t length = bytes[11] | (size_t)bytes[12] << 8;
	uint32_t crc = snapshot_case_crc(bytes + 15, length);
	for (int i = 0; i < 4; i++)
		bytes[15 + length + (size_t)i] = (unsigned char)(crc >> 8 * i);
	close(fd);
	fd = snapshot_case_file(bytes, size);
	int code = snapshot_read(fd, "case", &snapshot, &error);
	strcpy(message, error.message);
	snapshot_free(snapshot);
	close(fd);
	free(bytes);
	return code;
}

static void test_versions(void)
{
	char message[2048];
	CU_ASSERT_EQUAL(code_with_header("snapshot-1", "snapshot-1", message), CRMVAL_OK);
	CU_ASSERT_EQUAL(code_with_header("snapshot-1", "snapshot-2", message), CRMVAL_EDATA);
	sample_has(message,
		   "case: it is a snapshot of format 2, and this crmval reads up to format 1; read it with a newer");
	CU_ASSERT_EQUAL(code_with_header("snapshot-1", "snapshot-0", message), CRMVAL_EDATA);
	CU_ASSERT_EQUAL(code_with_header("snapshot-1", "snapshot-x", message), CRMVAL_EDATA);
	CU_ASSERT_EQUAL(code_with_header("2025-01-01", "2025-13-01", message), CRMVAL_EDATA);
	sample_has(message, "case:1: \"period\" is missing or wrong");
}

static void test_other_files(void)
{
	static const char *const files[] = {"", "\x1f\x8b", "hello", "{\"format\":\"crmval-snapshot-1\"}\n"};
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		int fd = snapshot_case_file(files[i], strlen(files[i]));
		CU_ASSERT_EQUAL(snapshot_read(fd, "case", &snapshot, &error), CRMVAL_EDATA);
		CU_ASSERT_PTR_NULL(snapshot);
		close(fd);
	}
	CU_ASSERT_EQUAL(snapshot_open("/nonexistent", &snapshot, &error), CRMVAL_ENOINPUT);
	CU_ASSERT_EQUAL(snapshot_open("/dev/null", &snapshot, &error), CRMVAL_EDATA);
	CU_ASSERT_EQUAL(snapshot_open("/", &snapshot, &error), CRMVAL_EDATA);
}

/* More than the header tells is not even decompressed. */
static void test_bomb(void)
{
	size_t size = 16 << 20;
	char *text = malloc(size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, ' ', size);
	int fd = snapshot_case_pack(text, size);
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *snapshot;
	CU_ASSERT_EQUAL(snapshot_read(fd, "case", &snapshot, &error), CRMVAL_EDATA);
	sample_has(error.message, "case:2: the line is too long");
	close(fd);
	free(text);
}

static const struct test tests[] = {
	{"what was written is read", test_round},
	{"sums", test_sums},
	{"more sums than a line takes", test_many},
	{"the first line", test_header},
	{"hashes", test_hashes},
	{"each byte flipped", test_flips},
	{"the lines without the result", test_lines_alone},
	{"each length", test_truncation},
	{"what is made up", test_made_up},
	{"versions", test_versions},
	{"other files", test_other_files},
	{"a bomb", test_bomb},
	{NULL, NULL},
};

const struct suite suite_snapshot = {"snapshot", tests};
