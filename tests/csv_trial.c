/* SPDX-License-Identifier: MIT */
/* The program's part of the contract of a source, in small. */
#include "csv_trial.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPS = 4 };

struct run {
	struct csv_trial *trial;
	const struct crmval_source *source;
	void *self;
	struct crmval_table table;
	struct split *splits;
	atomic_uint next;
	atomic_int status;
	atomic_ullong rows;
	pthread_mutex_t lock;
	struct {
		char what[128];
		uint64_t count;
	} skips[SKIPS];
};

/* Each split's text is its own, so that they can be joined in order. */
struct split {
	struct crmval_sink sink;
	struct run *run;
	FILE *out;
	char *text;
	size_t size;
};

/* ---- the sink ---- */

static void put_place(const struct split *split, const char *what, uint32_t input)
{
	fputs(what, split->out);
	if (split->run->table.input_count > 1)
		fprintf(split->out, " %u:", input);
}

static int take(const struct crmval_sink *sink, const struct crmval_rows *rows, struct crmval_error *error)
{
	const struct split *split = (const struct split *)sink;
	uint32_t columns = split->run->trial->wanted_count;
	uint32_t input = UINT32_MAX;
	rows->line(rows->context, rows->row_count - 1, &input); /* they may be asked for in any order */
	for (uint32_t i = 0; i < rows->row_count; i++) {
		unsigned long long line = rows->line(rows->context, i, &input);
		put_place(split, "row", input);
		fprintf(split->out, " %llu", line);
		for (uint32_t j = 0; j < columns; j++) {
			const struct crmval_cells *cells = &rows->columns[j];
			if (cells->length[i] == CRMVAL_NULL) {
				fputs(" -", split->out);
				continue;
			}
			fputs(" [", split->out);
			fwrite(cells->base + cells->start[i], 1, cells->length[i], split->out);
			fputc(']', split->out);
		}
		fputc('\n', split->out);
	}
	if (split->run->trial->on_rows)
		split->run->trial->on_rows(split->run->trial->context);
	uint64_t before = atomic_fetch_add(&split->run->rows, rows->row_count), most = split->run->trial->stop_after;
	if (most && before + rows->row_count >= most) {
		strcpy(error->message, "stopped by the sink");
		return error->code = CRMVAL_ESTOP;
	}
	return CRMVAL_OK;
}

static int reject(const struct crmval_sink *sink, uint32_t input, uint64_t line, uint64_t offset, const char *rule,
		  struct crmval_error *error)
{
	(void)error;
	const struct split *split = (const struct split *)sink;
	put_place(split, "reject", input);
	fprintf(split->out, " %llu at %llu: %s\n", (unsigned long long)line, (unsigned long long)offset, rule);
	return CRMVAL_OK;
}

static void skip(const struct crmval_sink *sink, const char *what, uint64_t count)
{
	struct run *run = ((const struct split *)sink)->run;
	pthread_mutex_lock(&run->lock);
	int i = 0;
	while (run->skips[i].count && strcmp(run->skips[i].what, what))
		i++;
	snprintf(run->skips[i].what, sizeof run->skips[i].what, "%s", what);
	run->skips[i].count += count;
	pthread_mutex_unlock(&run->lock);
}

/* ---- reading ---- */

static void *work(void *argument)
{
	struct run *run = argument;
	struct crmval_error error = {.struct_size = sizeof error};
	void *worker = NULL;
	int status = run->source->worker_open(run->self, &worker, &error);
	for (unsigned i; !status && (i = atomic_fetch_add(&run->next, 1)) < run->trial->plan.split_count;) {
		struct split *split = &run->splits[i];
		*split = (struct split){.sink = {sizeof split->sink, take, reject, skip}, .run = run};
		split->out = open_memstream(&split->text, &split->size);
		status = run->source->read(run->self, run->table.table, i, worker, &split->sink, &error);
		fclose(split->out);
	}
	/* No more splits are begun; the first error is kept, unless it only follows from another. */
	if (status) {
		atomic_fetch_add(&run->next, run->trial->plan.split_count);
		pthread_mutex_lock(&run->lock);
		int known = atomic_load(&run->status);
		if (known == CRMVAL_OK || known == CRMVAL_ESTOP) {
			atomic_store(&run->status, status);
			run->trial->error = error;
		}
		pthread_mutex_unlock(&run->lock);
	}
	if (worker)
		run->source->worker_close(worker);
	return NULL;
}

static int read_all(struct run *run)
{
	pthread_t threads[8];
	unsigned count = run->trial->threads;
	run->splits = calloc(run->trial->plan.split_count, sizeof *run->splits);
	if (count > run->trial->plan.split_count)
		count = run->trial->plan.split_count; /* a thread without one would do nothing */
	if (count < 2) {
		work(run);
		return atomic_load(&run->status);
	}
	for (unsigned i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, work, run);
	for (unsigned i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return atomic_load(&run->status);
}

/* ---- options ---- */

static void set_defaults(const struct crmval_option *table, uint32_t count, struct crmval_value *values)
{
	for (uint32_t i = 0; i < count; i++) {
		values[i] = (struct crmval_value){.is_set = table[i].initial != NULL, .text = table[i].initial};
		if (values[i].is_set && table[i].type == CRMVAL_OPTION_INTEGER)
			values[i].number = strtod(table[i].initial, NULL);
	}
}

static struct crmval_value *find_value(const struct crmval_option *options, uint32_t count, struct crmval_value *values,
				       const char *name)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!strcmp(options[i].name, name))
			return &values[i];
	}
	return NULL;
}

static void set_words(struct crmval_value *value, const char *const *words)
{
	value->is_set = 1;
	value->words = words;
	while (words[value->word_count])
		value->word_count++;
}

void csv_trial_options(const struct csv_trial *trial, const struct crmval_option *options, uint32_t count,
		       struct crmval_value values[CSV_TRIAL_OPTIONS])
{
	const struct {
		const char *name;
		double number;
	} numbers[] = {{"max_field_bytes", trial->max_field},   {"max_row_bytes", trial->max_row},
		       {"max_columns", trial->max_columns},     {"max_header_bytes", trial->max_header},
		       {"chunk_bytes", trial->chunk},           {"max_zip_ratio", trial->max_ratio},
		       {"max_member_bytes", trial->max_member}, {"max_members", trial->max_members}};
	const struct {
		const char *name, *text;
	} texts[] = {{"directory", trial->directory ? trial->directory : "/"},
		     {"delimiter", trial->delimiter},
		     {"encoding", trial->encoding}};
	const struct {
		const char *name;
		const char *const *words;
	} lists[] = {{"path", trial->paths}, {"file", trial->files}};
	set_defaults(options, count, values);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct crmval_value *value = find_value(options, count, values, numbers[i].name);
		if (value && numbers[i].number > 0)
			value->number = numbers[i].number;
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct crmval_value *value = find_value(options, count, values, texts[i].name);
		if (value && texts[i].text)
			value->text = texts[i].text;
	}
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct crmval_value *value = find_value(options, count, values, lists[i].name);
		if (value && lists[i].words)
			set_words(value, lists[i].words);
	}
}

/* ---- the whole ---- */

/* Joins what the splits told; frees it. */
static void tell(struct run *run)
{
	struct csv_trial *trial = run->trial;
	FILE *out = open_memstream(&trial->text, &trial->size);
	if (trial->status == CRMVAL_EDATA) {
		const char *end = strstr(trial->error.message, ": a quote is opened"), *line = end;
		while (line && line[-1] != ':')
			line--;
		fputs("refused", out);
		if (line)
			fprintf(out, " in line %.*s", (int)(end - line), line);
		fputc('\n', out);
	}
	for (uint32_t i = 0; i < run->table.column_count && trial->status != CRMVAL_EDATA; i++)
		fprintf(out, "column %s\n", run->table.columns[i]);
	for (uint32_t i = 0; run->splits && i < trial->plan.split_count; i++) {
		if (trial->status != CRMVAL_EDATA && run->splits[i].text)
			fwrite(run->splits[i].text, 1, run->splits[i].size, out);
		free(run->splits[i].text);
	}
	for (int i = 0; i < SKIPS && run->skips[i].count && trial->status != CRMVAL_EDATA; i++)
		fprintf(out, "skip %llu %s\n", (unsigned long long)run->skips[i].count, run->skips[i].what);
	fclose(out);
	free(run->splits);
}

static int stop_at_row(const struct crmval_sink *sink, const struct crmval_rows *rows, struct crmval_error *error)
{
	(void)sink;
	return rows->row_count ? error->code = CRMVAL_ESTOP : CRMVAL_OK;
}

static int ignore_reject(const struct crmval_sink *sink, uint32_t input, uint64_t line, uint64_t offset,
			 const char *rule, struct crmval_error *error)
{
	(void)sink, (void)input, (void)line, (void)offset, (void)rule, (void)error;
	return CRMVAL_OK;
}

static void ignore_skip(const struct crmval_sink *sink, const char *what, uint64_t count)
{
	(void)sink, (void)what, (void)count;
}

/* Reads no column until a row comes. */
static int probe(struct run *run)
{
	const struct crmval_sink sink = {sizeof sink, stop_at_row, ignore_reject, ignore_skip};
	struct crmval_plan plan = {.struct_size = sizeof plan};
	struct crmval_error *error = &run->trial->error;
	void *worker = NULL;
	int status = run->source->plan(run->self, run->table.table, NULL, 0, &plan, error);
	if (!status)
		status = run->source->worker_open(run->self, &worker, error);
	for (uint32_t i = 0; !status && i < plan.split_count; i++)
		status = run->source->read(run->self, run->table.table, i, worker, &sink, error);
	run->source->worker_close(worker);
	return status == CRMVAL_ESTOP ? CRMVAL_OK : status;
}

static int run_table(struct run *run)
{
	struct csv_trial *trial = run->trial;
	const struct crmval_source *source = run->source;
	struct crmval_value values[CSV_TRIAL_OPTIONS];
	csv_trial_options(trial, source->table_options, source->table_option_count, values);
	int status = source->table(run->self, trial->entity ? trial->entity : "it", values, !trial->is_optional,
				   &run->table, &trial->error);
	if (status)
		return status;
	uint32_t *all = calloc(run->table.column_count, sizeof *all);
	for (uint32_t i = 0; i < run->table.column_count; i++)
		all[i] = i;
	if (!trial->wanted)
		trial->wanted_count = run->table.column_count;
	if (trial->is_probed)
		status = probe(run);
	if (!status)
		status = source->plan(run->self, run->table.table, trial->wanted ? trial->wanted : all,
				      trial->wanted_count, &trial->plan, &trial->error);
	free(all);
	if (!status)
		status = read_all(run);
	trial->rows = atomic_load(&run->rows);
	if (!status)
		status = source->finish(run->self, run->table.table, &trial->error);
	return status;
}

int csv_trial_run(struct csv_trial *trial)
{
	struct run run = {.trial = trial, .source = trial->plugin->source, .table.struct_size = sizeof run.table};
	struct crmval_value values[CSV_TRIAL_OPTIONS];
	pthread_mutex_init(&run.lock, NULL);
	trial->error = (struct crmval_error){.struct_size = sizeof trial->error};
	trial->plan = (struct crmval_plan){.struct_size = sizeof trial->plan};
	csv_trial_options(trial, run.source->options, run.source->option_count, values);
	trial->status = run.source->open(values, &run.self, &trial->error);
	if (!trial->status)
		trial->status = run_table(&run);
	tell(&run);
	if (run.self)
		run.source->close(run.self);
	pthread_mutex_destroy(&run.lock);
	return trial->status;
}

void csv_trial_free(struct csv_trial *trial)
{
	free(trial->text);
	trial->text = NULL;
}
