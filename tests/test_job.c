/* SPDX-License-Identifier: MIT */
/* Reading jobs: defaults, what a good job gives, the command line's part, and files that are not what they seem. */
#include "suite.h"

#include "job_text.h"

#include <nettle/sha2.h>
#include <string.h>
#include <unistd.h>

#define REST JOB_LINE SOURCE_LINE
#define NO_PROBLEM ((const char *const[]){NULL})

static void test_defaults(void)
{
	static const char *const five[] = {"customer_management", "deal_control", "resource_management",
					   "employee_growth", "strategic_alignment"};
	struct job_text read = job_text_of(REST);
	const struct job *job = read.job;
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_PTR_NOT_NULL_FATAL(job);
	CU_ASSERT_STRING_EQUAL(job->name, "weekly");
	CU_ASSERT_STRING_EQUAL(job->path, job_text_path());
	CU_ASSERT_STRING_EQUAL(job->directory, job_text_directory());
	CU_ASSERT_EQUAL(job->period.from, 20089); /* 55 years of 365 days and 14 leap days */
	CU_ASSERT_EQUAL(job->period.to, 20089 + 364);
	CU_ASSERT(!job->has_baseline && !job->period.is_baseline);
	CU_ASSERT(!job->breakdowns[0] && !job->breakdowns[1] && !job->breakdowns[2] && !job->breakdowns[3]);
	CU_ASSERT(!job->currency && !job->language);
	CU_ASSERT_EQUAL(job->aggregation, AGGREGATE_ARITHMETIC);
	CU_ASSERT_EQUAL(job->missing, MISSING_RENORMALISE);
	CU_ASSERT_EQUAL(job->ranges, RANGES_MODEL);
	CU_ASSERT_EQUAL(job->min_coverage, 0);
	CU_ASSERT_EQUAL(job->max_rejected_rows, UINT64_MAX);
	CU_ASSERT(job->limits.rejected_share == 1 && job->limits.unreadable_share == 1 &&
		  job->limits.dangling_share == 1);
	CU_ASSERT_EQUAL(job->max_examples, 5);
	CU_ASSERT_EQUAL(job->hashing, HASH_AUTO);
	CU_ASSERT_EQUAL(job->plugin_directory_count, 0);
	CU_ASSERT_EQUAL(job->sandbox, SANDBOX_DEFAULT);
	CU_ASSERT_EQUAL(job->plugin_deadline, 60);
	CU_ASSERT_EQUAL(job->plugin_memory, UINT64_C(1) << 30);
	CU_ASSERT_EQUAL(job->report_count, 0);
	CU_ASSERT(!job->archive.directory && keep_is_empty(&job->archive.keep));
	CU_ASSERT_EQUAL_FATAL(job->dimension_count, 5);
	for (int i = 0; i < 5; i++) {
		CU_ASSERT_STRING_EQUAL(job->dimensions[i].plugin, five[i]);
		CU_ASSERT_EQUAL(job->dimensions[i].weight, 1);
		CU_ASSERT_EQUAL(job->dimensions[i].line, 0);
	}
	job_text_free(&read);
}

static void test_options(void)
{
	struct job_text read = job_text_of(JOB_LINE "sources = ( { plugin = \"fake\";\ndirectory = \"in\"; also = "
						    "(\"x\", \"/y\"); size = 10.0; ratio = 3; strict = false;\n"
						    "entities = {\norder = { file = \"o.csv\"; };\n}; } );\n");
	char path[100];
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_PTR_NOT_NULL_FATAL(read.job);
	const struct job_source *source = read.job->sources;
	const struct crmval_value *options = source->options;
	snprintf(path, sizeof path, "%s/in", job_text_directory());
	CU_ASSERT_STRING_EQUAL(options[0].text, path);
	CU_ASSERT_STRING_EQUAL(options[1].text, ",");
	CU_ASSERT(options[1].is_set && options[1].number == 0);
	CU_ASSERT_EQUAL(options[2].number, 10);
	CU_ASSERT_EQUAL(options[3].number, 3);
	CU_ASSERT(options[4].is_set && options[4].number == 0);
	CU_ASSERT_EQUAL(options[5].word_count, 2);
	snprintf(path, sizeof path, "%s/x", job_text_directory());
	CU_ASSERT_STRING_EQUAL(options[5].words[0], path);
	CU_ASSERT_STRING_EQUAL(options[5].words[1], "/y");
	CU_ASSERT_EQUAL_FATAL(source->mapping.part_count, 1);
	CU_ASSERT_STRING_EQUAL(source->mapping.parts[0].entity, "order");
	CU_ASSERT_EQUAL(source->mapping.parts[0].line, 5);
	CU_ASSERT_EQUAL(source->mapping.parts[0].table_options[0].word_count, 1);
	CU_ASSERT_STRING_EQUAL(source->mapping.parts[0].table_options[0].words[0], "o.csv");
	CU_ASSERT(!source->mapping.parts[0].table_options[1].is_set && !source->mapping.parts[0].table_options[1].text);
	CU_ASSERT_EQUAL_FATAL(source->default_table_options[0].word_count, 2);
	CU_ASSERT_STRING_EQUAL(source->default_table_options[0].words[0], "a.csv");
	CU_ASSERT_STRING_EQUAL(source->default_table_options[0].words[1], "b.csv");
	job_text_free(&read);

	read = job_text_of(REST); /* the table's own values */
	options = read.job->sources[0].options;
	CU_ASSERT(options[2].is_set && options[2].number == 1000);
	CU_ASSERT(!options[3].is_set && isnan(options[3].number));
	CU_ASSERT(options[4].is_set && options[4].number == 1);
	CU_ASSERT(!options[5].is_set && !options[5].words);
	job_text_free(&read);
}

/* A plugin's own values are read by the same rules; wrong ones are its fault, and are said to be. */
static void test_table_values(void)
{
	static const struct crmval_option options[] = {
		{"number", CRMVAL_OPTION_NUMBER, 0, "5x", 0, 0, ""},
		{"range", CRMVAL_OPTION_NUMBER, 0, "9", 1, 5, ""},
		{"flag", CRMVAL_OPTION_FLAG, 0, "maybe", 0, 0, ""},
		{"no", CRMVAL_OPTION_FLAG, 0, "false", 0, 0, ""},
		{"one", CRMVAL_OPTION_FLAG, 0, "1", 0, 0, ""},
		{"unset", CRMVAL_OPTION_FLAG, 0, NULL, 0, 0, ""},
		{"words", CRMVAL_OPTION_WORDS, 0, "", 0, 0, ""},
		{"pair", CRMVAL_OPTION_WORDS, 0, " a b , c ", 0, 0, ""},
		{"path", CRMVAL_OPTION_PATH, 0, "/x", 0, 0, ""},
	};
	static const struct crmval_source source = {
		.struct_size = sizeof source, .option_count = sizeof options / sizeof options[0], .options = options};
	struct problems problems = {0};
	struct job_text read = job_text_of(JOB_LINE "sources = ( { plugin = \"other\"; } );\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(read.job);
	job_bind_source(read.job, 0, &source, &problems);
	CU_ASSERT_EQUAL_FATAL(problems.count, 3);
	CU_ASSERT_STRING_EQUAL(problems.texts[0],
			       "a plugin's own default: number: must be a number, not a text; write it "
			       "without quotes");
	CU_ASSERT_STRING_EQUAL(problems.texts[1], "a plugin's own default: range: must be between 1 and 5, not 9");
	CU_ASSERT_STRING_EQUAL(problems.texts[2],
			       "a plugin's own default: flag: must be true or false, not a text; write it "
			       "without quotes");
	const struct crmval_value *values = read.job->sources[0].options;
	CU_ASSERT(!values[0].is_set && isnan(values[0].number));
	CU_ASSERT(values[3].is_set && values[3].number == 0 && values[4].number == 1);
	CU_ASSERT(!values[5].is_set && isnan(values[5].number));
	CU_ASSERT(values[6].is_set && values[6].word_count == 0);
	CU_ASSERT_EQUAL_FATAL(values[7].word_count, 2);
	CU_ASSERT_STRING_EQUAL(values[7].words[0], "a b");
	CU_ASSERT_STRING_EQUAL(values[7].words[1], "c");
	CU_ASSERT_STRING_EQUAL(values[8].text, "/x");
	problems_free(&problems);
	job_text_free(&read);
}

static void test_mapping(void)
{
	struct job_text read = job_text_of(
		JOB_LINE "sources = ( { plugin = \"fake\"; directory = \"in\"; entities = { opportunity = {\n"
			 "fields = ( (\"amount\", \"Deal Value\"),\n(\"stage\", \"\") );\n"
			 "values = ( (\"outcome\", ( (\"Closed Won\", \"Won\"), (\"Open\", \"\") )),\n"
			 "           (\"budget_participation\", ( (\"J\", \"YES\") )) );\n"
			 "date_format = \"%d/%m/%Y\";\n"
			 "date_formats = ( (\"closed_on\", \"%m/%d/%y %I:%M %p\") ); }; }; } );\n");
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_PTR_NOT_NULL_FATAL(read.job);
	const struct job_part *entity = read.job->sources[0].mapping.parts;
	CU_ASSERT_EQUAL_FATAL(entity->field_count, 2);
	CU_ASSERT_STRING_EQUAL(entity->fields[0].field, "amount");
	CU_ASSERT_STRING_EQUAL(entity->fields[0].column, "Deal Value");
	CU_ASSERT_EQUAL(entity->fields[1].line, 4);
	CU_ASSERT_STRING_EQUAL(entity->fields[1].column, "");
	CU_ASSERT_EQUAL_FATAL(entity->value_map_count, 2);
	CU_ASSERT_STRING_EQUAL(entity->value_maps[0].field, "outcome");
	CU_ASSERT_EQUAL(entity->value_maps[0].count, 2);
	CU_ASSERT_STRING_EQUAL(entity->value_maps[0].from[0], "Closed Won");
	CU_ASSERT_STRING_EQUAL(entity->value_maps[0].to[0], "Won");
	CU_ASSERT_STRING_EQUAL(entity->value_maps[0].to[1], "");
	CU_ASSERT_EQUAL_FATAL(entity->date_format_count, 2);
	CU_ASSERT_STRING_EQUAL(entity->date_formats[0].field, "closed_on");
	CU_ASSERT_PTR_NULL(entity->date_formats[1].field);
	CU_ASSERT_STRING_EQUAL(entity->date_formats[1].format, "%d/%m/%Y");
	job_text_free(&read);
}

static void test_dimension(void)
{
	struct job_text read = job_text_of(
		REST "dimensions = ( { plugin = \"fake\"; weight = 2; params = { within_days = 90; };\n"
		     "indicators = { reach = { weight = 3; measures = { sales = { basis = \"value\"; scale = ( (0, 0), "
		     "(1e6, 100) ); }; }; }; };\n"
		     "measures = { coverage = { weight = 0; baseline = 0.5; }; }; } );\n");
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_PTR_NOT_NULL_FATAL(read.job);
	const struct job_dimension *dimension = read.job->dimensions;
	CU_ASSERT(read.job->dimension_count == 1 && dimension->weight == 2 && dimension->line == 3);
	CU_ASSERT_EQUAL(dimension->parameters[0].number, 90);
	CU_ASSERT_EQUAL(dimension->parameters[1].word_count, 2);
	CU_ASSERT(dimension->indicator_weights[0] == 3 && dimension->indicator_weights[1] == 1);
	CU_ASSERT(dimension->measures[0].weight == 0 && dimension->measures[0].baseline == 0.5);
	CU_ASSERT(dimension->measures[0].basis == 0 && dimension->measures[0].scale_count == 0);
	CU_ASSERT(isnan(dimension->measures[1].weight) && isnan(dimension->measures[1].baseline));
	CU_ASSERT_EQUAL(dimension->measures[1].basis, CRMVAL_VALUE);
	CU_ASSERT_EQUAL_FATAL(dimension->measures[1].scale_count, 2);
	CU_ASSERT(dimension->measures[1].scale[1].x == 1e6 && dimension->measures[1].scale[1].y == 100);
	job_text_free(&read);
}

static void test_core_sections(void)
{
	struct job_text read = job_text_of(
		SOURCE_LINE
		"job = { name = \"x\"; period = \"last-month\"; baseline = \"previous\"; breakdown = (\"region\", "
		"\"team\"); currency = \"eur\"; language = \"zh_CN\"; };\n"
		"score = { aggregation = \"geometric\"; missing = \"fail\"; min_coverage = 1; "
		"ranges = \"cautious\"; };\n"
		"limits = { rejected_rows = 3000000000L; rejected_share = 0; unreadable_share = .5; "
		"dangling_share = 0.25; examples = 0; hash_inputs = \"never\"; };\n"
		"plugins = { directories = (\"a\", \"/b\"); sandbox = \"off\"; deadline = 0.5; memory_mb = 2; };\n"
		"archive = { directory = \"old\"; keep = { last = 2; yearly = 10; within = \"6 months\"; }; };\n"
		"reports = ( { file = \"r.json\"; }, { file = \"/r\"; format = \"csv\"; language = \"en\"; } );\n");
	const struct job *job = read.job;
	char path[100];
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_PTR_NOT_NULL_FATAL(job);
	/* fake_today is in May 2024: 30 days of April, 31 of March, and a warning for neither. */
	CU_ASSERT(job->period.from == 19814 && job->period.to == 19843);
	CU_ASSERT(job->baseline.from == 19783 && job->baseline.to == 19813);
	CU_ASSERT(job->has_baseline && job->baseline.is_baseline);
	CU_ASSERT_EQUAL(read.problems.warning_count, 0);
	CU_ASSERT(job->breakdowns[BREAKDOWN_TEAM] && job->breakdowns[BREAKDOWN_REGION]);
	CU_ASSERT(!job->breakdowns[BREAKDOWN_EMPLOYEE] && !job->breakdowns[BREAKDOWN_SIZE_CLASS]);
	CU_ASSERT_STRING_EQUAL(job->currency, "EUR");
	CU_ASSERT_STRING_EQUAL(job->language, "zh_CN");
	CU_ASSERT(job->aggregation == AGGREGATE_GEOMETRIC && job->missing == MISSING_FAIL && job->min_coverage == 1);
	CU_ASSERT_EQUAL(job->ranges, RANGES_CAUTIOUS);
	CU_ASSERT_EQUAL(job->max_rejected_rows, UINT64_C(3000000000));
	CU_ASSERT(job->limits.rejected_share == 0 && job->limits.unreadable_share == 0.5 &&
		  job->limits.dangling_share == 0.25);
	CU_ASSERT(job->max_examples == 0 && job->hashing == HASH_NEVER);
	snprintf(path, sizeof path, "%s/a", job_text_directory());
	CU_ASSERT_STRING_EQUAL(job->plugin_directories[0], path);
	CU_ASSERT_STRING_EQUAL(job->plugin_directories[1], "/b");
	CU_ASSERT(job->sandbox == SANDBOX_OFF && job->plugin_deadline == 0.5 && job->plugin_memory == 2 << 20);
	snprintf(path, sizeof path, "%s/old", job_text_directory());
	CU_ASSERT_STRING_EQUAL(job->archive.directory, path);
	CU_ASSERT(job->archive.keep.counts[KEEP_LAST] == 2 && job->archive.keep.counts[KEEP_YEARLY] == 10);
	CU_ASSERT(job->archive.keep.counts[KEEP_DAILY] == 0 && job->archive.keep.within_months == 6);
	snprintf(path, sizeof path, "%s/r.json", job_text_directory());
	CU_ASSERT_STRING_EQUAL(job->reports[0].file, path);
	CU_ASSERT(job->reports[0].format == FORMAT_JSON && job->reports[1].format == FORMAT_CSV);
	CU_ASSERT_STRING_EQUAL(job->reports[0].language, "zh_CN");
	CU_ASSERT_STRING_EQUAL(job->reports[1].language, "en");
	job_text_free(&read);
}

static void test_lengths(void)
{
	struct job_text read = job_text_of(SOURCE_LINE "job = { period = \"2025-01-01..2025-12-31\";\n"
						       "baseline = \"2024-01-01..2024-12-29\"; };\n");
	job_text_expect(&read, NO_PROBLEM); /* 364 days are near enough */
	CU_ASSERT_EQUAL(read.problems.warning_count, 0);
	job_text_free(&read);
	read = job_text_of(SOURCE_LINE "job = { period = \"2025-01-01..2025-12-31\";\n"
				       "baseline = \"2024-01-01..2024-12-28\"; };\n");
	job_text_expect(&read, NO_PROBLEM);
	job_text_warns(&read,
		       (const char *const[]){"FILE:3: job.baseline: has 363 days and the period 365; windows of one "
					     "length compare better",
					     NULL});
	job_text_free(&read);
}

/* Without a name of its own a job is called like its file. */
static void test_file_names(void)
{
	static const char *const names[][2] = {
		{"a", "a"}, {"weekly.txt", "weekly.txt"}, {".conf", ".conf"}, {"a.conf", "a"}, {"x.y.conf", "x.y"}};
	struct job_overrides overrides = {.today = fake_today};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[200];
		job_text_write(REST, strlen(REST));
		snprintf(path, sizeof path, "%s/%s", job_text_directory(), names[i][0]);
		CU_ASSERT_EQUAL_FATAL(rename(job_text_path(), path), 0);
		struct job_text read = job_text_read(path, &overrides);
		CU_ASSERT_PTR_NOT_NULL_FATAL(read.job);
		CU_ASSERT_STRING_EQUAL(read.job->name, names[i][1]);
		job_text_free(&read);
		CU_ASSERT_EQUAL(unlink(path), 0);
	}
}

/* ---- the command line ---- */

static struct job_text set(const char *setting)
{
	return job_text_set(REST "score = { missing = \"zero\"; };\n", (const char *const[]){setting, NULL});
}

static void test_set(void)
{
	struct job_text read = set("score.aggregation=geometric");
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT(read.job->aggregation == AGGREGATE_GEOMETRIC && read.job->missing == MISSING_ZERO);
	job_text_free(&read);
	read = set("limits.rejected_share=0.5"); /* the group is made */
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_EQUAL(read.job->limits.rejected_share, 0.5);
	job_text_free(&read);
	read = set("dimensions.[1].weight=2"); /* of the five that stand for none */
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT(read.job->dimensions[1].weight == 2 && read.job->dimensions[0].weight == 1);
	job_text_free(&read);
	read = set("dimensions=({plugin=\"fake\";})");
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_EQUAL(read.job->dimension_count, 1);
	job_text_free(&read);
	read = set("job.period=[\"2024-01-01\", \"2024-01-31\"]");
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_EQUAL(read.job->period.to - read.job->period.from, 30);
	job_text_free(&read);
	read = set("job.period.[0]=2025-07-01");
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT_EQUAL(read.job->period.from, 20089 + 181);
	job_text_free(&read);
	/* what is no value of libconfig is a text, and a number is one where a text is wanted */
	static const char *const texts[] = {"2025",  "a b",    "x/*.csv",        "http://x/y",        "",        "true",
					    "it\"s", "1; y=2", "@include \"x\"", "99999/99999999999", "a=b # c", "0x"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char setting[64];
		snprintf(setting, sizeof setting, "sources.[0].delimiter=%s", texts[i]);
		read = set(setting);
		job_text_expect(&read, NO_PROBLEM);
		CU_ASSERT_STRING_EQUAL(read.job->sources[0].options[1].text, texts[i]);
		job_text_free(&read);
	}
	read = set("sources.[0].delimiter=\"\\\"5\"");
	CU_ASSERT_STRING_EQUAL(read.job->sources[0].options[1].text, "\"5");
	job_text_free(&read);
}

static void test_set_problems(void)
{
	static const char *const cases[][3] = {
		{"score.aggregation", "--set: score.aggregation has no value; write KEY=VALUE"},
		{"=5", "--set : is no key; write KEY.KEY=VALUE, as in --set score.aggregation=geometric"},
		{"score..x=5",
		 "--set score..x: is no key; write KEY.KEY=VALUE, as in --set score.aggregation=geometric"},
		{"score.aggregation=harmonic",
		 "--set score.aggregation: \"harmonic\" is not known; known here: arithmetic, geometric"},
		{"score={aggregation=\"x\";}",
		 "--set score: score.aggregation: \"x\" is not known; known here: arithmetic, geometric"},
		{"score.agregation=geometric",
		 "--set score.agregation: is not a known key; did you mean \"aggregation\"?"},
		{"scor.aggregation=geometric",
		 "--set scor.aggregation: scor: is not a known key; did you mean \"score\"?"},
		{"score.min_coverage=\"0.5\"",
		 "--set score.min_coverage: must be a number, not a text; write it without "
		 "quotes"},
		{"score.min_coverage=1e999",
		 "--set score.min_coverage: is too large for a number; write a smaller one"},
		{"limits.rejected_rows=3000000000",
		 "--set limits.rejected_rows: the integer 3000000000 does not fit 32 bits; append an L: 3000000000L"},
		{"job.name=\"a\\x00b\"", "--set job.name: \\x00 cuts the text off; leave it out"},
		{"job.name=\"a\nb\\x00\"", "--set job.name: \\x00 cuts the text off; leave it out",
		 "--set job.name: must have 1 to 100 bytes and neither a slash nor a line break, since files are named "
		 "after "
		 "it; choose a simple name"},
		{"dimensions.[5].weight=1",
		 "--set dimensions.[5].weight: dimensions has no element [5]; write the list into "
		 "the job file"},
		{"dimensions.[x].weight=1",
		 "--set dimensions.[x].weight: [x] is no place in a list; write [0] for the first"},
		{"dimensions.weight=1",
		 "--set dimensions.weight: dimensions is no group, so nothing in it has a name; name an "
		 "element by its place: [0]"},
		{"dimensions.[1x].weight=1",
		 "--set dimensions.[1x].weight: [1x] is no place in a list; write [0] for the first"},
		{"dimensions.[-1].weight=1",
		 "--set dimensions.[-1].weight: [-1] is no place in a list; write [0] for the first"},
		{"score.missing.x=1", "--set score.missing.x: score.missing is no group, so nothing in it has a name"},
		{"dimensions.[0].weight=-1", "--set dimensions.[0].weight: must be between 0 and 1000000000, not -1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct job_text read = set(cases[i][0]);
		job_text_expect(&read, (const char *const[]){cases[i][1], cases[i][2], NULL});
		job_text_free(&read);
	}
}

static struct job_text with(struct job_overrides overrides)
{
	static const char text[] = SOURCE_LINE "job = { period = \"last-year\"; breakdown = (\"team\"); };\n";
	overrides.today = fake_today;
	job_text_write(text, strlen(text));
	return job_text_read(job_text_path(), &overrides);
}

static void test_overrides(void)
{
	struct job_text read = with((struct job_overrides){
		.period = "2024-04-01..2024-04-30", .baseline = "previous", .breakdown = "employee,size_class"});
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT(read.job->period.from == 19814 && read.job->baseline.from == 19783);
	CU_ASSERT(!read.job->breakdowns[BREAKDOWN_TEAM] && read.job->breakdowns[BREAKDOWN_EMPLOYEE]);
	CU_ASSERT(read.job->breakdowns[BREAKDOWN_SIZE_CLASS] && !read.job->breakdowns[BREAKDOWN_REGION]);
	job_text_free(&read);
	read = with((struct job_overrides){.baseline = "none", .breakdown = ""});
	job_text_expect(&read, NO_PROBLEM);
	CU_ASSERT(!read.job->has_baseline && !read.job->breakdowns[BREAKDOWN_TEAM]);
	job_text_free(&read);
	read = with((struct job_overrides){.period = "2024-04-01..2024-03-01", .breakdown = "team,employe"});
	job_text_expect(
		&read,
		(const char *const[]){
			"--period: \"2024-04-01..2024-03-01\" ends before it begins; write the earlier date first",
			"--breakdown: \"employe\" is not known; did you mean \"employee\"?", NULL});
	job_text_free(&read);
}

static void test_hash(void)
{
	static const char *const one[] = {"a=b", "c=d", NULL}, *const other[] = {"a=bc=d", NULL};
	struct sha256_ctx context;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char expected[65];
	struct job_text read = job_text_of(REST);
	sha256_init(&context);
	sha256_update(&context, strlen(REST), (const uint8_t *)REST);
	sha256_digest(&context, sizeof digest, digest);
	for (int i = 0; i < SHA256_DIGEST_SIZE; i++)
		snprintf(expected + 2 * i, 3, "%02x", digest[i]);
	CU_ASSERT_STRING_EQUAL(read.job->sha256, expected);
	job_text_free(&read);
	read = job_text_set(REST, one);
	struct job_text again = job_text_set(REST, other);
	CU_ASSERT(strcmp(read.job->sha256, expected) != 0);
	CU_ASSERT(strcmp(read.job->sha256, again.job->sha256) != 0);
	job_text_free(&read);
	job_text_free(&again);
}

static const struct test tests[] = {
	{"defaults", test_defaults},
	{"options of a source", test_options},
	{"values of a plugin's table", test_table_values},
	{"mappings of an entity", test_mapping},
	{"settings of a dimension", test_dimension},
	{"the core's sections", test_core_sections},
	{"windows of unlike length", test_lengths},
	{"names of files", test_file_names},
	{"--set", test_set},
	{"--set with problems", test_set_problems},
	{"--period, --baseline, --breakdown", test_overrides},
	{"the job's hash", test_hash},
	{NULL, NULL},
};

const struct suite suite_job = {"job", tests};
