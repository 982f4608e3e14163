/* SPDX-License-Identifier: MIT */
/*
 * Freezes the binary contract: sizes, offsets and types of every struct in crmval/plugin.h, and the values of its constants.
 *
 * The numbers follow from the layout rules of LP64 alone.  A line here changes only together with the change log in
 * crmval-plugin(3), and within a major version only by lines that are added.
 */
#include "crmval/plugin.h"
#include "suite.h"

#include <stddef.h>
#include <stdio.h>

struct layout {
	const char *name;
	size_t is, expected;
	int has_type;
};

/* The type comes last, since that of a function holds commas. */
#define FIELD(structure, field, offset, ...)                                                                           \
	{                                                                                                              \
#structure "." #field, offsetof(struct structure, field), offset,                                      \
			__builtin_types_compatible_p(__typeof__(((struct structure *)0)->field), __VA_ARGS__)          \
	}
#define SIZE(structure, size)                                                                                          \
	{                                                                                                              \
		"sizeof " #structure, sizeof(struct structure), size, 1                                                \
	}

static const struct layout common[] = {
	FIELD(crmval_error, struct_size, 0, uint32_t),
	FIELD(crmval_error, code, 4, int32_t),
	FIELD(crmval_error, message, 8, char[1024]),
	SIZE(crmval_error, 1032),

	FIELD(crmval_option, name, 0, const char *),
	FIELD(crmval_option, type, 8, int32_t),
	FIELD(crmval_option, flags, 12, uint32_t),
	FIELD(crmval_option, initial, 16, const char *),
	FIELD(crmval_option, least, 24, double),
	FIELD(crmval_option, most, 32, double),
	FIELD(crmval_option, help, 40, const char *),
	SIZE(crmval_option, 48),

	FIELD(crmval_value, is_set, 0, uint32_t),
	FIELD(crmval_value, word_count, 4, uint32_t),
	FIELD(crmval_value, number, 8, double),
	FIELD(crmval_value, text, 16, const char *),
	FIELD(crmval_value, words, 24, const char *const *),
	SIZE(crmval_value, 32),

	FIELD(crmval_translation, language, 0, const char *),
	FIELD(crmval_translation, text, 8, const char *),
	FIELD(crmval_translation, translated, 16, const char *),
	SIZE(crmval_translation, 24),

	FIELD(crmval_plugin, magic, 0, uint32_t),
	FIELD(crmval_plugin, abi_major, 4, uint16_t),
	FIELD(crmval_plugin, abi_minor, 6, uint16_t),
	FIELD(crmval_plugin, struct_size, 8, uint32_t),
	FIELD(crmval_plugin, translation_count, 12, uint32_t),
	FIELD(crmval_plugin, name, 16, const char *),
	FIELD(crmval_plugin, version, 24, const char *),
	FIELD(crmval_plugin, summary, 32, const char *),
	FIELD(crmval_plugin, dimension, 40, const struct crmval_dimension *),
	FIELD(crmval_plugin, source, 48, const struct crmval_source *),
	FIELD(crmval_plugin, translations, 56, const struct crmval_translation *),
	FIELD(crmval_plugin, entities, 64, const struct crmval_entity *), /* 1.4 */
	FIELD(crmval_plugin, entity_count, 72, uint32_t),                 /* 1.4 */
	SIZE(crmval_plugin, 80),

	FIELD(crmval_field, name, 0, const char *), /* 1.4 */
	FIELD(crmval_field, type, 8, int32_t),
	FIELD(crmval_field, flags, 12, uint32_t),
	FIELD(crmval_field, target, 16, const char *),
	FIELD(crmval_field, words, 24, const char *const *),
	FIELD(crmval_field, help, 32, const char *),
	SIZE(crmval_field, 40),

	FIELD(crmval_entity, name, 0, const char *), /* 1.4 */
	FIELD(crmval_entity, title, 8, const char *),
	FIELD(crmval_entity, fields, 16, const struct crmval_field *),
	FIELD(crmval_entity, field_count, 24, uint32_t),
	FIELD(crmval_entity, money_date, 32, const char *),
	SIZE(crmval_entity, 40),
};

static const struct layout dimension[] = {
	FIELD(crmval_rollup, op, 0, int32_t),
	FIELD(crmval_rollup, since, 4, int32_t),
	FIELD(crmval_rollup, until, 8, int32_t),
	FIELD(crmval_rollup, entity, 16, const char *),
	FIELD(crmval_rollup, by, 24, const char *),
	FIELD(crmval_rollup, of, 32, const char *),
	FIELD(crmval_rollup, date, 40, const char *),
	FIELD(crmval_rollup, per, 48, const char *),
	FIELD(crmval_rollup, ended, 56, const char *),
	FIELD(crmval_rollup, until_own, 64, const char *),
	SIZE(crmval_rollup, 72),

	FIELD(crmval_input, name, 0, const char *),
	FIELD(crmval_input, path, 8, const char *),
	FIELD(crmval_input, as, 16, int32_t),
	FIELD(crmval_input, flags, 20, uint32_t),
	FIELD(crmval_input, words, 24, const char *const *),
	FIELD(crmval_input, words_from, 32, const char *),
	FIELD(crmval_input, rollup, 40, const struct crmval_rollup *),
	SIZE(crmval_input, 48),

	FIELD(crmval_point, x, 0, double),
	FIELD(crmval_point, y, 8, double),
	SIZE(crmval_point, 16),

	FIELD(crmval_indicator, id, 0, const char *),
	FIELD(crmval_indicator, title, 8, const char *),
	SIZE(crmval_indicator, 16),

	FIELD(crmval_measure, id, 0, const char *),
	FIELD(crmval_measure, title, 8, const char *),
	FIELD(crmval_measure, indicator, 16, const char *),
	FIELD(crmval_measure, unit, 24, const char *),
	FIELD(crmval_measure, definition, 32, const char *),
	FIELD(crmval_measure, formula, 40, const char *),
	FIELD(crmval_measure, kind, 48, int32_t),
	FIELD(crmval_measure, better, 52, int32_t),
	FIELD(crmval_measure, basis, 56, int32_t),
	FIELD(crmval_measure, flags, 60, uint32_t),
	FIELD(crmval_measure, scale_count, 64, uint32_t),
	FIELD(crmval_measure, scale, 72, const struct crmval_point *),
	SIZE(crmval_measure, 80),

	FIELD(crmval_column, data, 0, const void *),
	FIELD(crmval_column, is_mapped, 8, uint32_t),
	FIELD(crmval_column, is_checked, 12, uint32_t),
	SIZE(crmval_column, 16),

	FIELD(crmval_window, from, 0, int32_t),
	FIELD(crmval_window, to, 4, int32_t),
	FIELD(crmval_window, is_baseline, 8, int32_t),
	SIZE(crmval_window, 12),

	FIELD(crmval_batch, struct_size, 0, uint32_t),
	FIELD(crmval_batch, row_count, 4, uint32_t),
	FIELD(crmval_batch, columns, 8, const struct crmval_column *),
	FIELD(crmval_batch, parameters, 16, const struct crmval_value *),
	FIELD(crmval_batch, window, 24, const struct crmval_window *),
	SIZE(crmval_batch, 32),

	FIELD(crmval_observations, numerator, 0, double *),
	FIELD(crmval_observations, denominator, 8, double *),
	FIELD(crmval_observations, no_data, 16, char *),
	SIZE(crmval_observations, 24),

	FIELD(crmval_answer, measure, 0, const char *),
	FIELD(crmval_answer, needs, 8, const char *),
	SIZE(crmval_answer, 16),

	FIELD(crmval_view, entity, 0, const char *),
	FIELD(crmval_view, inputs, 8, const struct crmval_input *),
	FIELD(crmval_view, input_count, 16, uint32_t),
	FIELD(crmval_view, answer_count, 20, uint32_t),
	FIELD(crmval_view, answers, 24, const struct crmval_answer *),
	FIELD(crmval_view, evaluate, 32,
	      int (*)(const struct crmval_batch *, const struct crmval_observations *, struct crmval_error *)),
	SIZE(crmval_view, 40),

	FIELD(crmval_dimension, struct_size, 0, uint32_t),
	FIELD(crmval_dimension, indicator_count, 4, uint32_t),
	FIELD(crmval_dimension, measure_count, 8, uint32_t),
	FIELD(crmval_dimension, parameter_count, 12, uint32_t),
	FIELD(crmval_dimension, view_count, 16, uint32_t),
	FIELD(crmval_dimension, title, 24, const char *),
	FIELD(crmval_dimension, indicators, 32, const struct crmval_indicator *),
	FIELD(crmval_dimension, measures, 40, const struct crmval_measure *),
	FIELD(crmval_dimension, parameters, 48, const struct crmval_option *),
	FIELD(crmval_dimension, views, 56, const struct crmval_view *),
	SIZE(crmval_dimension, 64),
};

static const struct layout source[] = {
	FIELD(crmval_cells, base, 0, const char *),
	FIELD(crmval_cells, start, 8, const uint32_t *),
	FIELD(crmval_cells, length, 16, const uint32_t *),
	SIZE(crmval_cells, 24),

	FIELD(crmval_rows, struct_size, 0, uint32_t),
	FIELD(crmval_rows, row_count, 4, uint32_t),
	FIELD(crmval_rows, columns, 8, const struct crmval_cells *),
	FIELD(crmval_rows, line, 16, uint64_t (*)(const void *, uint32_t, uint32_t *)),
	FIELD(crmval_rows, context, 24, const void *),
	SIZE(crmval_rows, 32),

	FIELD(crmval_sink, struct_size, 0, uint32_t),
	FIELD(crmval_sink, take, 8,
	      int (*)(const struct crmval_sink *, const struct crmval_rows *, struct crmval_error *)),
	FIELD(crmval_sink, reject, 16,
	      int (*)(const struct crmval_sink *, uint32_t, uint64_t, uint64_t, const char *, struct crmval_error *)),
	FIELD(crmval_sink, skip, 24, void (*)(const struct crmval_sink *, const char *, uint64_t)),
	SIZE(crmval_sink, 32),

	FIELD(crmval_table, struct_size, 0, uint32_t),
	FIELD(crmval_table, column_count, 4, uint32_t),
	FIELD(crmval_table, columns, 8, const char *const *),
	FIELD(crmval_table, input_count, 16, uint32_t),
	FIELD(crmval_table, inputs, 24, const char *const *),
	FIELD(crmval_table, table, 32, void *),
	SIZE(crmval_table, 40),

	FIELD(crmval_plan, struct_size, 0, uint32_t),
	FIELD(crmval_plan, split_count, 4, uint32_t),
	FIELD(crmval_plan, rows_at_most, 8, uint64_t),
	FIELD(crmval_plan, is_part, 16, uint32_t), /* 1.3 */
	SIZE(crmval_plan, 24),

	FIELD(crmval_part, struct_size, 0, uint32_t),
	FIELD(crmval_part, number, 4, uint32_t),
	FIELD(crmval_part, count, 8, uint32_t),
	FIELD(crmval_part, key, 12, uint32_t),
	FIELD(crmval_part, id, 16, uint32_t),
	SIZE(crmval_part, 20),

	FIELD(crmval_source, struct_size, 0, uint32_t),
	FIELD(crmval_source, option_count, 4, uint32_t),
	FIELD(crmval_source, table_option_count, 8, uint32_t),
	FIELD(crmval_source, options, 16, const struct crmval_option *),
	FIELD(crmval_source, table_options, 24, const struct crmval_option *),
	FIELD(crmval_source, open, 32, int (*)(const struct crmval_value *, void **, struct crmval_error *)),
	FIELD(crmval_source, table, 40,
	      int (*)(void *, const char *, const struct crmval_value *, int, struct crmval_table *,
		      struct crmval_error *)),
	FIELD(crmval_source, plan, 48,
	      int (*)(void *, void *, const uint32_t *, uint32_t, struct crmval_plan *, struct crmval_error *)),
	FIELD(crmval_source, worker_open, 56, int (*)(void *, void **, struct crmval_error *)),
	FIELD(crmval_source, worker_close, 64, void (*)(void *)),
	FIELD(crmval_source, read, 72,
	      int (*)(void *, void *, uint32_t, void *, const struct crmval_sink *, struct crmval_error *)),
	FIELD(crmval_source, finish, 80, int (*)(void *, void *, struct crmval_error *)),
	FIELD(crmval_source, close, 88, void (*)(void *)),
	FIELD(crmval_source, mapping, 96, const char *), /* 1.1 */
	FIELD(crmval_source, plan_part, 104,
	      int (*)(void *, void *, const uint32_t *, uint32_t, const struct crmval_part *, struct crmval_plan *,
		      struct crmval_error *)), /* 1.3 */
	FIELD(crmval_source, store, 112,
	      int (*)(const struct crmval_value *, const struct crmval_store *, struct crmval_error *)), /* 1.5 */
	SIZE(crmval_source, 120),

	FIELD(crmval_store_column, name, 0, const char *),
	FIELD(crmval_store_column, type, 8, int32_t),
	FIELD(crmval_store_column, flags, 12, uint32_t),
	SIZE(crmval_store_column, 16),

	FIELD(crmval_store_table, name, 0, const char *),
	FIELD(crmval_store_table, column_count, 8, uint32_t),
	FIELD(crmval_store_table, key_count, 12, uint32_t),
	FIELD(crmval_store_table, columns, 16, const struct crmval_store_column *),
	SIZE(crmval_store_table, 24),

	FIELD(crmval_store_value, is_set, 0, uint32_t),
	FIELD(crmval_store_value, reserved, 4, uint32_t),
	FIELD(crmval_store_value, text, 8, const char *),
	FIELD(crmval_store_value, number, 16, double),
	FIELD(crmval_store_value, count, 24, int64_t),
	SIZE(crmval_store_value, 32),

	FIELD(crmval_store, struct_size, 0, uint32_t),
	FIELD(crmval_store, version, 4, uint32_t),
	FIELD(crmval_store, table_count, 8, uint32_t),
	FIELD(crmval_store, own_count, 12, uint32_t),
	FIELD(crmval_store, tables, 16, const struct crmval_store_table *),
	FIELD(crmval_store, own, 24, const struct crmval_store_value *),
	FIELD(crmval_store, next, 32,
	      int (*)(const struct crmval_store *, uint32_t, struct crmval_store_value *, struct crmval_error *)),
	SIZE(crmval_store, 40),
};

struct constant {
	const char *name;
	int64_t is, expected;
};

#define CONSTANT(name, value)                                                                                          \
	{                                                                                                              \
#name, name, value                                                                                     \
	}

static const struct constant constants[] = {
	CONSTANT(CRMVAL_MAGIC, 'M' + 'R' * 0x100 + 'V' * 0x10000 + 'L' * 0x1000000),
	CONSTANT(CRMVAL_ABI_MAJOR, 1),
	CONSTANT(CRMVAL_ABI_MINOR, 5),

	CONSTANT(CRMVAL_OK, 0),
	CONSTANT(CRMVAL_NO_TABLE, 1),
	CONSTANT(CRMVAL_ECONF, -1),
	CONSTANT(CRMVAL_EDATA, -2),
	CONSTANT(CRMVAL_EIO, -3),
	CONSTANT(CRMVAL_ENOMEM, -4),
	CONSTANT(CRMVAL_EBUG, -5),
	CONSTANT(CRMVAL_ENOINPUT, -6),
	CONSTANT(CRMVAL_EPERM, -7),
	CONSTANT(CRMVAL_EAGAIN, -8),
	CONSTANT(CRMVAL_ESTOP, -9),
	CONSTANT(CRMVAL_ECREATE, -10),
	CONSTANT(CRMVAL_EUNREACHABLE, -11),

	CONSTANT(CRMVAL_OPTION_NUMBER, 1),
	CONSTANT(CRMVAL_OPTION_INTEGER, 2),
	CONSTANT(CRMVAL_OPTION_FLAG, 3),
	CONSTANT(CRMVAL_OPTION_TEXT, 4),
	CONSTANT(CRMVAL_OPTION_PATH, 5),
	CONSTANT(CRMVAL_OPTION_WORDS, 6),
	CONSTANT(CRMVAL_OPTION_PATHS, 7),
	CONSTANT(CRMVAL_REQUIRED, 1),

	CONSTANT(CRMVAL_AUTO, 0),
	CONSTANT(CRMVAL_REFERENCE, 1),
	CONSTANT(CRMVAL_SYMBOL, 2),
	CONSTANT(CRMVAL_DATE, 3),
	CONSTANT(CRMVAL_NUMBER, 4),
	CONSTANT(CRMVAL_FLAG, 5),
	CONSTANT(CRMVAL_FILLED, 6),
	CONSTANT(CRMVAL_EMAIL, 7),
	CONSTANT(CRMVAL_PHONE, 8),
	CONSTANT(CRMVAL_OPTIONAL, 1),
	CONSTANT(CRMVAL_MISSING, -1),
	CONSTANT(CRMVAL_DANGLING, -2),
	CONSTANT(CRMVAL_NO_DATE, -2147483648LL),

	CONSTANT(CRMVAL_COUNT, 1),
	CONSTANT(CRMVAL_SUM, 2),
	CONSTANT(CRMVAL_MIN, 3),
	CONSTANT(CRMVAL_MAX, 4),
	CONSTANT(CRMVAL_LAST, 5),
	CONSTANT(CRMVAL_DISTINCT, 6),
	CONSTANT(CRMVAL_CURRENT, 7),
	CONSTANT(CRMVAL_ANY, 0),
	CONSTANT(CRMVAL_FROM, 1),
	CONSTANT(CRMVAL_TO, 2),
	CONSTANT(CRMVAL_BEFORE_FROM, 3),

	CONSTANT(CRMVAL_STORE_TEXT, 1),
	CONSTANT(CRMVAL_STORE_NUMBER, 2),
	CONSTANT(CRMVAL_STORE_COUNT, 3),
	CONSTANT(CRMVAL_STORE_DAY, 4),

	CONSTANT(CRMVAL_RATIO, 1),
	CONSTANT(CRMVAL_SUM_OF, 2),
	CONSTANT(CRMVAL_HIGHER, 1),
	CONSTANT(CRMVAL_LOWER, 2),
	CONSTANT(CRMVAL_VALUE, 1),
	CONSTANT(CRMVAL_GROWTH, 2),
	CONSTANT(CRMVAL_CHANGE, 3),
	CONSTANT(CRMVAL_STATE, 1),
	CONSTANT(CRMVAL_SHARE, 2),
	CONSTANT(CRMVAL_DAILY, 4),

	CONSTANT(CRMVAL_NULL, 4294967295LL),

	CONSTANT(CRMVAL_TEXT, 16), /* 1.4 */
	CONSTANT(CRMVAL_MONEY, 17),
	CONSTANT(CRMVAL_FOLDED, 2),
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static void check_layout(const struct layout *table, size_t count)
{
	if (sizeof(long) != 8 || sizeof(void *) != 8) {
		suite_skip("the frozen layout is that of LP64");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (table[i].is != table[i].expected || !table[i].has_type)
			printf("%s: is %zu, was frozen as %zu%s\n", table[i].name, table[i].is, table[i].expected,
			       table[i].has_type ? "" : ", and has another type");
		CU_ASSERT_EQUAL(table[i].is, table[i].expected);
		CU_ASSERT(table[i].has_type);
	}
}

static void test_common(void)
{
	check_layout(common, COUNT(common));
}

static void test_dimension(void)
{
	check_layout(dimension, COUNT(dimension));
}

static void test_source(void)
{
	check_layout(source, COUNT(source));
}

static void test_constants(void)
{
	for (size_t i = 0; i < COUNT(constants); i++) {
		if (constants[i].is != constants[i].expected)
			printf("%s: is %lld, was frozen as %lld\n", constants[i].name, (long long)constants[i].is,
			       (long long)constants[i].expected);
		CU_ASSERT_EQUAL(constants[i].is, constants[i].expected);
	}
}

static const struct test tests[] = {
	{"structs of all plugins", test_common},
	{"structs of dimensions", test_dimension},
	{"structs of sources", test_source},
	{"constants", test_constants},
	{NULL, NULL},
};

const struct suite suite_abi = {"abi", tests};
