/* SPDX-License-Identifier: MIT */
/* A small result made by hand, for the tests of scores and reports. */
#include "sample.h"

#include "../core/report.h"

#include <stdio.h>
#include <string.h>

static const struct crmval_point percent[] = {{0, 0}, {1, 100}};
static const struct crmval_indicator alpha_indicators[] = {{"a1", "Alpha one"}, {"a2", "Alpha two"}};
static const struct crmval_indicator beta_indicators[] = {{"b1", "Beta one"}, {"b2", "Beta two"}};

static void sample_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			   struct moments *moments)
{
	const struct sample *sample = result->tallies;
	uint32_t scope = breakdown < 0 ? 0 : 1 + unit % sample->repeat;

	CU_ASSERT(breakdown < 0 || unit < result->unit_counts[breakdown]);
	*moments = sample->moments[scope][measure][window];
}

/* Two doubles hold 106 bits, more than the tests' numbers have. */
static struct sum exactly(quad value)
{
	struct sum sum = {{0}};
	double high = (double)value;

	sum_add(&sum, high);
	sum_add(&sum, (double)(value - high));
	return sum;
}

static void sample_sums(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			struct sums *sums)
{
	struct moments moments;

	sample_moments(result, measure, window, breakdown, unit, &moments);
	*sums = (struct sums){moments.rows,        exactly(moments.n),  exactly(moments.d),
			      exactly(moments.nn), exactly(moments.nd), exactly(moments.dd)};
}

struct moments sample_rows(const double (*rows)[2], int count)
{
	struct moments moments = {.rows = (uint64_t)count};

	for (int i = 0; i < count; i++) {
		quad n = rows[i][0], d = rows[i][1];
		moments.n += n;
		moments.d += d;
		moments.nn += n * n;
		moments.nd += n * d;
		moments.dd += d * d;
	}
	return moments;
}

struct moments sample_value(double value, double standard_error)
{
	/* R = value; m/(m-1) = 2; each residual is the error e; 2 * 2 e^2 / 2^2 = e^2. */
	const double rows[2][2] = {{value - standard_error, 1}, {value + standard_error, 1}};

	return sample_rows(rows, 2);
}

static void fill_measures(struct sample *sample)
{
	static const char *const ids[] = {"m0", "m1", "m2", "m3", "m4"};
	static const char *const titles[] = {"Measure 0", "Measure 1", "Measure 2", "Measure 3", "Measure 4"};
	static const char *const indicators[] = {"a1", "a1", "a2", "b1", "b2"};

	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++) {
		sample->tables[m] = (struct crmval_measure){.id = ids[m],
							    .title = titles[m],
							    .indicator = indicators[m],
							    .unit = "ratio",
							    .kind = CRMVAL_RATIO,
							    .better = CRMVAL_HIGHER,
							    .basis = CRMVAL_VALUE};
		sample->measures[m] = (struct result_measure){.table = &sample->tables[m],
							      .dimension = m >= 3,
							      .indicator = m == 2 || m == 4,
							      .weight = 1,
							      .basis = CRMVAL_VALUE,
							      .scale_count = 2,
							      .scale = percent,
							      .stated_baseline = NAN};
		for (int scope = 0; scope < SAMPLE_SCOPES; scope++)
			for (int window = 0; window < 2; window++)
				sample->moments[scope][m][window] = sample_value(0.5, 0);
	}
}

void sample_init(struct sample *sample)
{
	memset(sample, 0, sizeof *sample);
	sample->dimension_tables[0] = (struct crmval_dimension){.title = "Alpha, first",
								.indicator_count = 2,
								.measure_count = 3,
								.indicators = alpha_indicators,
								.measures = &sample->tables[0]};
	sample->dimension_tables[1] = (struct crmval_dimension){.title = "Beta",
								.indicator_count = 2,
								.measure_count = 2,
								.indicators = beta_indicators,
								.measures = &sample->tables[3]};
	for (int d = 0; d < 2; d++) {
		sample->indicator_weights[d][0] = sample->indicator_weights[d][1] = 1;
		sample->dimensions[d] = (struct result_dimension){.id = d ? "beta" : "alpha",
								  .table = &sample->dimension_tables[d],
								  .original = &sample->dimension_tables[d],
								  .weight = 1,
								  .indicator_weights = sample->indicator_weights[d]};
	}
	fill_measures(sample);
	sample->unit_names[0] = "East";
	sample->unit_names[1] = "West";
	sample->unit_names[2] = "(none)";
	sample->repeat = SAMPLE_UNITS;
	sample->result = (struct result){.name = "sample",
					 .program = "crmval " PACKAGE_VERSION,
					 .period = {20089, 20098, 0},   /* 2025-01-01 to 2025-01-10 */
					 .baseline = {19723, 19742, 1}, /* 2024-01-01 to 2024-01-20 */
					 .has_baseline = 1,
					 .breakdowns = {[BREAKDOWN_TEAM] = 1},
					 .dimension_count = 2,
					 .measure_count = SAMPLE_MEASURES,
					 .dimensions = sample->dimensions,
					 .measures = sample->measures,
					 .unit_counts = {SAMPLE_UNITS, 0, 0, 0},
					 .unit_names = {sample->unit_names, NULL, NULL, NULL},
					 .moments = sample_moments,
					 .sums = sample_sums,
					 .tallies = sample};
}

struct scorecard *sample_card(const struct sample *sample, int breakdown, uint32_t unit, int expected_status,
			      struct crmval_error *error)
{
	struct scorecard *card = NULL;

	*error = (struct crmval_error){.struct_size = sizeof *error};
	CU_ASSERT_EQUAL_FATAL(score_new(&sample->result, &card, error), CRMVAL_OK);
	CU_ASSERT_EQUAL(score_scope(card, breakdown, unit, error), expected_status);
	return card;
}

void sample_data(struct sample *sample)
{
	static const struct result_field_count fields[] = {{"owner", 3, 0}, {"created_on", 0, 2}};
	static const struct result_count skipped[] = {{"blank line", 4}};
	static const char *const missing[] = {"industry", "churned_on"};
	static const char *const examples[] = {"accounts.csv:7: created_on: \"soon\" is not a date"};
	static const struct result_entity entities[] = {{.entity = "account",
							 .source = "csv",
							 .rows = 1234567,
							 .newest = 20097, /* 2025-01-09 */
							 .rejected = 1,
							 .duplicates = 5,
							 .field_count = 2,
							 .fields = fields,
							 .skipped_count = 1,
							 .skipped = skipped,
							 .missing_field_count = 2,
							 .missing_fields = missing,
							 .example_count = 1,
							 .examples = examples},
							{.entity = "expense", .newest = CRMVAL_NO_DATE}};
	static const struct result_input inputs[] = {{"a.csv", 9007199254740993, "ab12"}, {"b.csv", 0, ""}};
	static const struct result_plugin plugins[] = {{"csv", "0.1.0", "source", NULL},
						       {"alpha", "1.2", "dimension", "seccomp"}};

	strcpy(sample->result.job_sha256, "00ff");
	sample->result.entity_count = 2;
	sample->result.entities = entities;
	sample->result.input_count = 2;
	sample->result.inputs = inputs;
	sample->result.plugin_count = 2;
	sample->result.plugins = plugins;
}

char *sample_report(const struct sample *sample, enum job_format format, int width, int colour)
{
	struct report_style style = {width, colour};
	char *text = NULL;
	size_t size;
	struct crmval_error error = {.struct_size = sizeof error};
	FILE *stream = open_memstream(&text, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(report_write(format, &sample->result, stream, &style, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(fclose(stream), 0);
	return text;
}

void sample_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		printf("no \"%s\" in\n%s\n", part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}
