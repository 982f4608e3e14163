/* SPDX-License-Identifier: MIT */
/* Threads that take turns at an output. */
#include "report_units.h"

#include "error.h"
#include "parallel.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Units that are put out at once: enough that threads seldom wait, and so few that what they write stays in the cache. */
enum { UNITS = 16, SHARED_FROM = 8 * UNITS };

/* What a thread has for itself. */
struct writer {
	struct scorecard *card;
	struct output output; /* to memory */
	char *text;
	size_t size;
	void *own;
};

struct shift {
	const struct report_units *how;
	int breakdown;
	uint32_t count;
	struct writer *writers;
	struct output *output;
	pthread_mutex_t lock;
	pthread_cond_t turned;
	uint64_t turn; /* what comes next; those that failed have their turn, too */
	int is_failing;
};

static int writer_open(struct writer *writer, const struct report_units *how, struct crmval_error *error)
{
	writer->own = calloc(1, how->own_size + 1);
	writer->output.stream = open_memstream(&writer->text, &writer->size);
	if (!writer->own || !writer->output.stream)
		return fail_memory(error);
	int code = score_new(how->result, &writer->card, error);
	return code == CRMVAL_OK ? how->open(how->context, writer->own, &writer->output, error) : code;
}

static void writer_close(struct writer *writer, const struct report_units *how)
{
	if (writer->own)
		how->close(writer->own);
	free(writer->own);
	if (writer->output.stream)
		fclose(writer->output.stream);
	free(writer->text);
	score_free(writer->card);
}

/* Writes some of the units to memory. */
static int write_some(const struct shift *shift, struct writer *writer, uint32_t first, uint32_t end,
		      struct crmval_error *error)
{
	const struct result *result = shift->how->result;
	int code = CRMVAL_OK;
	rewind(writer->output.stream);
	for (uint32_t unit = first; unit < end && code == CRMVAL_OK; unit++) {
		code = score_scope(writer->card, shift->breakdown, unit, error);
		if (result->expect && unit + 1 < end)
			result->expect(result, shift->breakdown, unit + 1);
		if (code == CRMVAL_OK)
			code = shift->how->write(writer->own, writer->card, shift->breakdown, unit, error);
	}
	/* Memory can only run out. */
	if (code == CRMVAL_OK && output_finish(&writer->output, NULL) != CRMVAL_OK)
		code = fail_memory(error);
	return code;
}

static int take_some(void *context, unsigned thread, uint64_t i, struct crmval_error *error)
{
	struct shift *shift = context;
	struct writer *writer = &shift->writers[thread];
	uint32_t first = (uint32_t)i * UNITS, end = shift->count - first < UNITS ? shift->count : first + UNITS;
	int code = writer->own ? CRMVAL_OK : writer_open(writer, shift->how, error);
	if (code == CRMVAL_OK)
		code = write_some(shift, writer, first, end, error);
	pthread_mutex_lock(&shift->lock);
	while (shift->turn != i)
		pthread_cond_wait(&shift->turned, &shift->lock);
	shift->is_failing |= code != CRMVAL_OK;
	if (!shift->is_failing)
		output_bytes(shift->output, writer->text, writer->size);
	shift->turn++;
	/* An output that failed takes nothing more. */
	if (code == CRMVAL_OK && shift->output->failure)
		code = CRMVAL_ESTOP;
	pthread_cond_broadcast(&shift->turned);
	pthread_mutex_unlock(&shift->lock);
	return code;
}

int report_units(const struct report_units *how, int breakdown, struct output *output, struct crmval_error *error)
{
	const struct result *result = how->result;
	unsigned threads = result->threads && result->unit_counts[breakdown] >= SHARED_FROM ? result->threads : 1;
	struct shift shift = {.how = how,
			      .breakdown = breakdown,
			      .count = result->unit_counts[breakdown],
			      .output = output,
			      .lock = PTHREAD_MUTEX_INITIALIZER,
			      .turned = PTHREAD_COND_INITIALIZER};
	shift.writers = calloc(threads, sizeof *shift.writers);
	if (!shift.writers)
		return fail_memory(error);
	int code = parallel_run(threads, ((uint64_t)shift.count + UNITS - 1) / UNITS, take_some, &shift, error);
	for (unsigned i = 0; i < threads; i++)
		writer_close(&shift.writers[i], how);
	free(shift.writers);
	return output->failure ? CRMVAL_OK : code;
}
