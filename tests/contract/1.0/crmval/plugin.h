/* SPDX-License-Identifier: MIT */
/*
 * crmval/plugin.h - the contract between crmval and its plugins.
 *
 * A plugin is a shared object that exports one constant, crmval_plugin_v1, and nothing else.  It either evaluates a
 * dimension of CRM value or reads a source of data.  One idea runs through all of it: declare a table, receive a
 * parallel array (inputs -> columns, options -> values, measures -> observations).
 *
 * Rules for all of it
 * - A plugin imports nothing from the program (link it with -Wl,-z,defs), is loaded RTLD_NOW | RTLD_LOCAL, never unloaded.
 * - Every table is constant for the life of the process.  Strings are UTF-8 and end in NUL.
 * - A struct that may grow starts with struct_size: whoever fills it sets it to sizeof.  Element structs, which stand in
 *   arrays, do not grow within a major version.  A minor version only appends.
 * - Who allocates, frees.  Nothing that one side allocated is ever freed by the other.
 * - [main]: called by one thread at a time.  [worker]: called by several threads at once.
 * - A function that can fail returns CRMVAL_OK or one of the negative codes below, and then has filled *error.
 */
#ifndef CRMVAL_PLUGIN_H
#define CRMVAL_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CRMVAL_MAGIC 0x4c56524du /* "MRVL" read as a little-endian word */
#define CRMVAL_ABI_MAJOR 1
#define CRMVAL_ABI_MINOR 0

#define CRMVAL_EXPORT __attribute__((visibility("default")))

/* ---- errors -------------------------------------------------------------------------------------------------------- */

enum {
	CRMVAL_OK = 0,
	CRMVAL_NO_TABLE = 1, /* a source has no such table, and the job did not say that it should */
	CRMVAL_ECONF = -1,   /* the job or its options are wrong */
	CRMVAL_EDATA = -2,   /* the data are refused */
	CRMVAL_EIO = -3,     /* reading or writing failed */
	CRMVAL_ENOMEM = -4,  /* out of memory */
	CRMVAL_EBUG = -5,    /* must not happen: a bug in whoever returns it */
	CRMVAL_ENOINPUT = -6, /* an input that the job names is not there */
	CRMVAL_EPERM = -7,   /* not permitted, or not trusted */
	CRMVAL_EAGAIN = -8,  /* an input is still being written: try later */
	CRMVAL_ESTOP = -9,   /* told to stop, by a signal or another thread's error; the message is not shown */
	CRMVAL_ECREATE = -10 /* an output cannot be created */
};

/* Owned by the caller.  Say what, where, and what to do, in one line without a final full stop. */
struct crmval_error {
	uint32_t struct_size;
	int32_t code;
	char message[1024];
};

/* ---- options: the settings of a source, the parameters of a dimension ------------------------------------------------ */

enum {
	CRMVAL_OPTION_NUMBER = 1, /* value.number */
	CRMVAL_OPTION_INTEGER,    /* value.number, a whole number */
	CRMVAL_OPTION_FLAG,       /* value.number, 0 or 1 */
	CRMVAL_OPTION_TEXT,       /* value.text */
	CRMVAL_OPTION_PATH,       /* value.text, made absolute: in a job, paths are relative to the job file */
	CRMVAL_OPTION_WORDS,      /* value.words: a list of strings; one string counts as a list of one */
	CRMVAL_OPTION_PATHS       /* value.words, each made absolute */
};

enum {
	CRMVAL_REQUIRED = 1 /* the job must set it */
};

struct crmval_option {
	const char *name;
	int32_t type;         /* CRMVAL_OPTION_... */
	uint32_t flags;       /* CRMVAL_REQUIRED */
	const char *initial;  /* the value where the job sets none, as text, words separated by commas; NULL: not set */
	double least, most;   /* both included; for numbers; both 0: any */
	const char *help;     /* one line */
};

/* The value of an option, checked against its type and range.  Owned by the program, valid as long as the plugin is. */
struct crmval_value {
	uint32_t is_set;    /* 0: neither the job nor the table gives a value; the rest is 0, NULL, and NaN for numbers */
	uint32_t word_count;
	double number;
	const char *text;
	const char *const *words;
};

/* ---- a dimension ------------------------------------------------------------------------------------------------------ */

/* How an input's column is delivered.  CRMVAL_AUTO: as the type of its field in the model says. */
enum {
	CRMVAL_AUTO = 0,
	CRMVAL_REFERENCE, /* int32_t: the number of the row that is referred to, or CRMVAL_MISSING, or CRMVAL_DANGLING; of an id,
	                     the number of the row itself: numbers compare, and mean no more */
	CRMVAL_SYMBOL,    /* uint32_t: 0 missing; with words: 1 + the place of the word, or one more than their number for
	                     any other; without: a number that is the same for the same word within a run, no more */
	CRMVAL_DATE,      /* int32_t: days since 1970-01-01, or CRMVAL_NO_DATE */
	CRMVAL_NUMBER,    /* double, NaN where missing; money is in the job's currency */
	CRMVAL_FLAG,      /* int8_t: 1 yes, 0 no, -1 missing */
	CRMVAL_FILLED,    /* uint8_t, of any field: 1 filled, 0 missing (unreadable and dangling count as missing) */
	CRMVAL_EMAIL,     /* uint8_t, of a text: 0 missing, 1 filled but not an e-mail address by its syntax, 2 is one */
	CRMVAL_PHONE      /* uint8_t, of a text: 0 missing, 1 filled but not a phone number by its syntax, 2 is one */
};

#define CRMVAL_MISSING (-1)        /* a reference that is not filled */
#define CRMVAL_DANGLING (-2)       /* a reference to an id that is not there */
#define CRMVAL_NO_DATE INT32_MIN

/* What a rollup makes of the child rows. */
enum {
	CRMVAL_COUNT = 1, /* NUMBER: how many */
	CRMVAL_SUM,       /* NUMBER: sum of `of`; missing counts as 0; no row: 0 */
	CRMVAL_MIN,       /* NUMBER or DATE: least `of`; none: missing */
	CRMVAL_MAX,       /* NUMBER or DATE: greatest `of`; none: missing */
	CRMVAL_LAST,      /* SYMBOL with words: `of` in the row with the latest `date`; on one day the later of the words */
	CRMVAL_DISTINCT,  /* NUMBER: how many different filled values of the symbol `of`; with words: only those count */
	CRMVAL_CURRENT    /* FLAG, of the view's own rows: see crmval_rollup.per */
};

/* A bound of a rollup's dates. */
enum {
	CRMVAL_ANY = 0,     /* no bound */
	CRMVAL_FROM,        /* the window's first day */
	CRMVAL_TO,          /* the window's last day */
	CRMVAL_BEFORE_FROM  /* the day before the window's first day */
};

/*
 * A value from many rows of another entity.  All names are paths that start at a child row.
 *
 * Rows that count: since <= date <= until (a missing date is within no bound, and always out if `date` is given),
 * and, where `ended` is given, those for which it is missing or after `until`.
 *
 * per: child rows fall into groups with the same `by` and the same `per` (a missing `per` is one group of its own; a row
 * with a missing `by` is in none); of each group only the row with the latest date counts; on one day, the one with the greatest `of`
 * (missing is least).  CRMVAL_MAX then takes the greatest over the groups.  CRMVAL_CURRENT asks, of the view's own rows,
 * which ones those are: exactly one in each group; entity is then the view's own, and `by` any reference of it.
 */
struct crmval_rollup {
	int32_t op;          /* CRMVAL_COUNT ... */
	int32_t since, until; /* CRMVAL_ANY ... */
	const char *entity;  /* whose rows */
	const char *by;      /* reference to the view's row; NULL: all rows, the same value for every row of the view */
	const char *of;      /* what is reduced; NULL for CRMVAL_COUNT */
	const char *date;    /* NULL: no bounds */
	const char *per;     /* NULL: every row counts */
	const char *ended;   /* NULL: no row is left out for it */
	const char *until_own; /* a path of the view's row to a date: until is the later of `until` and this; NULL: only `until` */
};

enum {
	CRMVAL_OPTIONAL = 1 /* an input that no measure needs: where it is not mapped, the column is all missing */
};

/*
 * What a view reads.  A path is a field ("amount"), a field of the row that a reference leads to
 * ("opportunity.account.key_market"), or the first that is filled of several ("account|opportunity.account").
 * Of alternatives only the first is needed, the others are used where they are mapped.
 */
struct crmval_input {
	const char *name;   /* how `needs` calls it; unique within the view */
	const char *path;   /* NULL where rollup is set */
	int32_t as;         /* CRMVAL_AUTO ... */
	uint32_t flags;     /* CRMVAL_OPTIONAL */
	const char *const *words; /* for a symbol, ended by NULL, ASCII lower case; NULL: none */
	const char *words_from;   /* instead: a parameter of type CRMVAL_OPTION_WORDS that gives them; at most 64 */
	const struct crmval_rollup *rollup; /* NULL: a value of the row itself */
};

enum { CRMVAL_RATIO = 1, CRMVAL_SUM_OF = 2 };         /* sum of numerators over sum of denominators; sum of numerators */
enum { CRMVAL_HIGHER = 1, CRMVAL_LOWER = 2 };         /* which is better */
enum { CRMVAL_VALUE = 1, CRMVAL_GROWTH = 2, CRMVAL_CHANGE = 3 }; /* what is scored: the value, or set against the baseline */

enum {
	CRMVAL_STATE = 1, /* describes data that are overwritten as people work: computed for the period only */
	CRMVAL_SHARE = 2, /* a ratio that is a share: in every row the numerator lies between 0 and the denominator */
	CRMVAL_DAILY = 4  /* for growth, values are divided by the days of their window; sums always are */
};

struct crmval_point { double x, y; };

struct crmval_indicator {
	const char *id, *title;
};

struct crmval_measure {
	const char *id, *title;
	const char *indicator;  /* id of its indicator */
	const char *unit;       /* "share", "count", "money", "ratio", or the vendor's own word */
	const char *definition; /* one sentence: what it says about the business */
	const char *formula;    /* rows; numerator; denominator */
	int32_t kind;           /* CRMVAL_RATIO, CRMVAL_SUM_OF */
	int32_t better;         /* CRMVAL_HIGHER, CRMVAL_LOWER */
	int32_t basis;          /* default basis */
	uint32_t flags;         /* CRMVAL_STATE, CRMVAL_SHARE, CRMVAL_DAILY */
	uint32_t scale_count;   /* points of the default scale of basis `value`; 0: for a share 0..1 is 0..100, mirrored where */
	const struct crmval_point *scale; /* lower is better; else the job must give one.  x strictly rising, y monotone */
};

/* A column, in the rows of the batch. */
struct crmval_column {
	const void *data;   /* as crmval_input.as says; never NULL: a column that is not mapped is all missing */
	uint32_t is_mapped; /* 0: some field on the way to it is not mapped */
	uint32_t is_checked; /* references: 0 where no source maps the entity it refers to, so that none is ever dangling */
};

struct crmval_window {
	int32_t from, to;   /* days since 1970-01-01, both included */
	int32_t is_baseline; /* 0 the period, 1 the time before it */
};

struct crmval_batch {
	uint32_t struct_size;
	uint32_t row_count;  /* 0 in a call for the sake of no_data alone; rollups with by = NULL then still hold one value */
	const struct crmval_column *columns;      /* one per input of the view */
	const struct crmval_value *parameters;    /* one per parameter of the dimension */
	const struct crmval_window *window;
};

/* Where a view's answers go: one per entry of crmval_view.answers. */
struct crmval_observations {
	double *numerator;   /* row_count values, all NaN at first: a row left NaN is none of the measure's rows */
	double *denominator; /* row_count values, all 0 at first; not used of a sum */
	char *no_data;       /* 128 bytes, "" at first: a reason why this window has no data for the measure; must not
	                        depend on the rows of the batch */
};

/* A measure that a view answers. */
struct crmval_answer {
	const char *measure; /* id */
	const char *needs;   /* inputs without which it has no data, by name, separated by spaces; "a|b+c": a, or both b and c;
	                        "$name" holds where the parameter of that name is set.  A rollup that only measures with
	                        CRMVAL_STATE need is all missing in the baseline */
};

/* A view: for each row of an entity, the observations that it gives. */
struct crmval_view {
	const char *entity;
	const struct crmval_input *inputs;
	uint32_t input_count;
	uint32_t answer_count;
	const struct crmval_answer *answers;
	/*
	 * [worker] Pure: the same rows give the same observations whatever the batch; nothing is kept between calls.
	 * Observations must be finite and less than 2^63 in magnitude; of a share the numerator lies
	 * between 0 and the denominator, both included (where money is corrected, both may be negative).
	 */
	int (*evaluate)(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error);
};

struct crmval_dimension {
	uint32_t struct_size;
	uint32_t indicator_count, measure_count, parameter_count, view_count;
	const char *title;
	const struct crmval_indicator *indicators;
	const struct crmval_measure *measures;
	const struct crmval_option *parameters;
	const struct crmval_view *views; /* several views may answer one measure: their observations are added */
};

/* ---- a source ------------------------------------------------------------------------------------------------------------ */

/* Cells of one column: row i is base[start[i]] .. start[i] + length[i], or NULL where length[i] is CRMVAL_NULL. */
#define CRMVAL_NULL UINT32_MAX
struct crmval_cells {
	const char *base;        /* UTF-8, not ended by NUL */
	const uint32_t *start;
	const uint32_t *length;
};

/* Rows handed over; everything in it is borrowed until the call returns. */
struct crmval_rows {
	uint32_t struct_size;
	uint32_t row_count;
	const struct crmval_cells *columns; /* one per column asked for */
	/* Where row i stands, for messages: a line of a file counted from 1, or a row number, and in *input, which of
	   crmval_table.inputs it is in.  Slow, seldom called. */
	uint64_t (*line)(const void *context, uint32_t row, uint32_t *input);
	const void *context;
};

/* What the program gives to read().  All three functions are safe in every [worker] thread. */
struct crmval_sink {
	uint32_t struct_size;
	/* Take rows.  Not CRMVAL_OK: stop and return that code; *error is filled. */
	int (*take)(const struct crmval_sink *sink, const struct crmval_rows *rows, struct crmval_error *error);
	/* Count a row that cannot be taken: which of crmval_table.inputs, the line it starts on, its byte offset there, the rule
	   that it breaks ("12 fields where the header has 14").  Not CRMVAL_OK: stop and return that code. */
	int (*reject)(const struct crmval_sink *sink, uint32_t input, uint64_t line, uint64_t offset, const char *rule,
	              struct crmval_error *error);
	/* Count rows or bytes passed over by design: what ("blank line"), how many. */
	void (*skip)(const struct crmval_sink *sink, const char *what, uint64_t count);
};

/* The shape of a table, filled by table(). */
struct crmval_table {
	uint32_t struct_size;
	uint32_t column_count;
	const char *const *columns;  /* names, in UTF-8; where one stands twice, the source has refused it or told them apart */
	uint32_t input_count;
	const char *const *inputs;   /* what is read: paths of files, or a description; for messages and provenance */
	void *table;                 /* the source's own */
};

/* How it is read, filled by plan(). */
struct crmval_plan {
	uint32_t struct_size;
	uint32_t split_count;  /* depends on the size of the data alone; all splits together give each row exactly once */
	uint64_t rows_at_most; /* no more than so many rows can come; 0: not known */
};

struct crmval_source {
	uint32_t struct_size;
	uint32_t option_count, table_option_count;
	const struct crmval_option *options;        /* of the source */
	const struct crmval_option *table_options;  /* of one entity in it */
	/* [main] */
	int (*open)(const struct crmval_value *options, void **source, struct crmval_error *error);
	/*
	 * [main] Find an entity's table.  is_named: the job lists the entity, so it must be there; else CRMVAL_NO_TABLE is
	 * no error.  What *table points to lives until close().
	 */
	int (*table)(void *source, const char *entity, const struct crmval_value *table_options, int is_named,
	             struct crmval_table *table, struct crmval_error *error);
	/* [main] The columns wanted, by their place in crmval_table.columns; the array is the caller's. */
	int (*plan)(void *source, void *table, const uint32_t *wanted, uint32_t wanted_count, struct crmval_plan *plan,
	            struct crmval_error *error);
	/* [main] Working storage of one thread; called after plan().  NULL in the struct: none is needed. */
	int (*worker_open)(void *source, void **worker, struct crmval_error *error);
	void (*worker_close)(void *worker);
	/*
	 * [worker] Read one split and hand its rows to sink, in their order.  Splits of a table are begun in rising order, and a
	 * split that was begun goes on to its end, so that one may wait for what an earlier one hands over.
	 * Rereading a split gives the same rows in the same order.
	 */
	int (*read)(void *source, void *table, uint32_t split, void *worker, const struct crmval_sink *sink,
	            struct crmval_error *error);
	/* [main] What is known only after all splits were read: an input changed meanwhile.  NULL: nothing. */
	int (*finish)(void *source, void *table, struct crmval_error *error);
	void (*close)(void *source);
};

/* ---- the plugin ---------------------------------------------------------------------------------------------------------- */

/* A text of the plugin's tables in another language; looked up by the text as the tables have it. */
struct crmval_translation {
	const char *language; /* "zh_CN" */
	const char *text;
	const char *translated;
};

struct crmval_plugin {
	uint32_t magic;        /* CRMVAL_MAGIC */
	uint16_t abi_major, abi_minor;
	uint32_t struct_size;
	uint32_t translation_count;
	const char *name;      /* as jobs call it: [a-z][a-z0-9_]*, the file's name without .so */
	const char *version;
	const char *summary;   /* one line */
	const struct crmval_dimension *dimension; /* exactly one of the two is set */
	const struct crmval_source *source;
	const struct crmval_translation *translations;
};

CRMVAL_EXPORT extern const struct crmval_plugin crmval_plugin_v1;

#ifdef __cplusplus
}
#endif

#endif
