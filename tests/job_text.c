/* SPDX-License-Identifier: MIT */
/* The folder lives as long as the program; each text replaces the one before. */
#include "job_text.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/crmval-job-XXXXXX";
static char path[sizeof directory + sizeof "/weekly.conf"];

const int32_t fake_today = 19858;

/* libconfig 1.5 forgets the text that stands where a syntax error is found. */
const char *__lsan_default_suppressions(void);

__attribute__((weak)) const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

static const struct crmval_option source_options[] = {
	{"directory", CRMVAL_OPTION_PATH, CRMVAL_REQUIRED, NULL, 0, 0, "say where the files are"},
	{"delimiter", CRMVAL_OPTION_TEXT, 0, ",", 0, 0, ""},
	{"size", CRMVAL_OPTION_INTEGER, 0, "1000", 1, 5000, ""},
	{"ratio", CRMVAL_OPTION_NUMBER, 0, NULL, 0, 0, ""},
	{"strict", CRMVAL_OPTION_FLAG, 0, "true", 0, 0, ""},
	{"also", CRMVAL_OPTION_PATHS, 0, NULL, 0, 0, ""},
};

static const struct crmval_option table_options[] = {
	{"file", CRMVAL_OPTION_WORDS, 0, "a.csv, b.csv", 0, 0, ""},
	{"table", CRMVAL_OPTION_TEXT, 0, NULL, 0, 0, ""},
};

const struct crmval_source fake_source = {
	.struct_size = sizeof fake_source,
	.option_count = 6,
	.table_option_count = 2,
	.options = source_options,
	.table_options = table_options,
};

static const struct crmval_indicator indicators[] = {{"reach", "Reach"}, {"pace", "Pace"}};

static const struct crmval_measure measures[] = {
	{.id = "coverage", .indicator = "reach", .basis = CRMVAL_VALUE, .flags = CRMVAL_SHARE},
	{.id = "sales", .indicator = "reach", .kind = CRMVAL_SUM_OF, .basis = CRMVAL_GROWTH},
	{.id = "speed", .indicator = "pace", .basis = CRMVAL_GROWTH},
};

static const struct crmval_option parameters[] = {
	{"within_days", CRMVAL_OPTION_INTEGER, 0, "180", 0, 36500, ""},
	{"roles", CRMVAL_OPTION_WORDS, 0, "user,coach", 0, 0, ""},
};

const struct crmval_dimension fake_dimension = {
	.struct_size = sizeof fake_dimension,
	.indicator_count = 2,
	.measure_count = 3,
	.parameter_count = 2,
	.indicators = indicators,
	.measures = measures,
	.parameters = parameters,
};

static void remove_directory(void)
{
	unlink(path);
	rmdir(directory);
}

const char *job_text_directory(void)
{
	if (!path[0]) {
		if (!mkdtemp(directory))
			abort();
		snprintf(path, sizeof path, "%s/weekly.conf", directory);
		atexit(remove_directory);
	}
	return directory;
}

const char *job_text_path(void)
{
	job_text_directory();
	return path;
}

void job_text_write(const char *text, size_t size)
{
	FILE *file = fopen(job_text_path(), "w");
	if (!file || fwrite(text, 1, size, file) != size || fclose(file) != 0)
		abort();
}

struct job_text job_text_read(const char *from, const struct job_overrides *overrides)
{
	struct job_text read = {0};
	read.code = job_read(from, overrides, &read.job, &read.problems, &read.error);
	for (uint32_t i = 0; read.job && i < read.job->source_count; i++)
		job_bind_source(read.job, i, &fake_source, &read.problems);
	for (uint32_t i = 0; read.job && i < read.job->dimension_count; i++)
		job_bind_dimension(read.job, i, &fake_dimension, &read.problems);
	return read;
}

struct job_text job_text_set(const char *text, const char *const *settings)
{
	struct job_overrides overrides = {.settings = settings, .today = fake_today};
	while (settings && settings[overrides.setting_count])
		overrides.setting_count++;
	job_text_write(text, strlen(text));
	return job_text_read(job_text_path(), &overrides);
}

struct job_text job_text_of(const char *text)
{
	return job_text_set(text, NULL);
}

void job_text_free(struct job_text *read)
{
	job_free(read->job);
	problems_free(&read->problems);
}

/* A problem begins with the path, "FILE" stands for it in what is expected. */
static int is_same(const char *text, const char *expected)
{
	size_t length = strlen(job_text_path());
	if (strncmp(expected, "FILE", 4) == 0 && strncmp(text, job_text_path(), length) == 0)
		return strcmp(text + length, expected + 4) == 0;
	return strcmp(text, expected) == 0;
}

static void expect(char *const *texts, size_t count, const char *const *expected)
{
	size_t i = 0;
	for (; expected[i]; i++) {
		int is_good = i < count && is_same(texts[i], expected[i]);
		if (!is_good)
			printf("expected: %s\nfound:    %s\n", expected[i], i < count ? texts[i] : "nothing");
		CU_ASSERT(is_good);
	}
	for (size_t extra = i; extra < count; extra++)
		printf("not expected: %s\n", texts[extra]);
	CU_ASSERT_EQUAL(count, i);
}

void job_text_expect(const struct job_text *read, const char *const *expected)
{
	expect(read->problems.texts, read->problems.count, expected);
}

void job_text_warns(const struct job_text *read, const char *const *expected)
{
	expect(read->problems.warnings, read->problems.warning_count, expected);
}
