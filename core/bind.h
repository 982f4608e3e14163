/* SPDX-License-Identifier: MIT */
/* A dimension's views bound to the data: what each input is, where it comes from, and which measures have what they need. */
#ifndef BIND_H
#define BIND_H

#include "plugins.h"
#include "rollup.h"

struct bound_input {
	const struct crmval_input *table;
	int32_t as;            /* never CRMVAL_AUTO */
	struct route route;    /* of a value of the row itself */
	struct rollup *rollup; /* or NULL */
	const char *const *words;
	uint32_t *translation; /* of a symbol with words: by code */
	int is_mapped, is_checked;
	int is_event; /* needed by a measure that is computed for the baseline too, or by none in particular */
};

struct bound_view {
	const struct crmval_view *table;
	uint32_t entity;
	struct bound_input *inputs;
	uint32_t *measures; /* by answer: its place in the dimension */
	int is_event;       /* some measure that it answers is computed for the baseline too */
};

struct bound_dimension {
	const struct plugin *plugin;
	const struct crmval_dimension *table;
	const struct crmval_value *parameters; /* a copy: no child inherits the job's own */
	struct bound_view *views;
	const char **no_data; /* by measure: fields that are not mapped, or NULL */
	struct arena arena;   /* with pages of its own, which no other dimension's child inherits */
};

/* Resolves all paths and asks for all columns. */
int bind_dimension(struct bound_dimension *bound, const struct plugin *plugin, const struct crmval_value *parameters,
		   struct data *data, struct crmval_error *error);

/* Once it is known what is mapped: which inputs are, and which measures have no data. */
int bind_mapped(struct bound_dimension *bound, const struct data *data, struct crmval_error *error);

/*
 * After loading, for all dimensions at once: the numbers of words, and the rollups of both windows (the baseline only if there
 * is one), shared out to the threads.
 */
int bind_loaded(struct bound_dimension *dimensions, uint32_t count, const struct data *data, const struct job *job,
		unsigned threads, struct crmval_error *error);

void bind_free(struct bound_dimension *bound);

#endif
