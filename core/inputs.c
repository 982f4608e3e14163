/* SPDX-License-Identifier: MIT */
/* Several tables may come from one file, and one file may lie within another. */
#include "inputs.h"

#include "error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is read may be a file within a file: then the outer one.  Descriptions of other sources are no paths at all. */
static int outer_file(struct run *run, const char *path, const char **outer, struct crmval_error *error)
{
	struct stat status;
	char *file = arena_strdup(&run->arena, path), *slash;
	int found = -1;
	while (file && (found = stat(file, &status)) < 0) {
		if (errno == EIO || errno == ENOMEM)
			return fail(error, CRMVAL_EIO, "%s: cannot be looked at for its hash: %s", file,
				    strerror(errno));
		slash = strrchr(file, '/');
		if (!slash || slash == file)
			break;
		*slash = 0;
	}
	*outer = file && (found < 0 || !S_ISREG(status.st_mode)) ? arena_strdup(&run->arena, path) : file;
	return *outer ? CRMVAL_OK : fail_memory(error);
}

static int list(struct run *run, const struct reading *reading, struct inputs *inputs, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t n = 0; n < reading->table.input_count && code == CRMVAL_OK; n++)
		code = outer_file(run, reading->table.inputs[n], &inputs->paths[inputs->count++], error);
	return code;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(struct inputs *inputs)
{
	uint32_t count = 0;
	qsort(inputs->paths, inputs->count, sizeof *inputs->paths, by_name);
	for (uint32_t i = 0; i < inputs->count; i++)
		if (count == 0 || strcmp(inputs->paths[i], inputs->paths[count - 1]) != 0)
			inputs->paths[count++] = inputs->paths[i];
	inputs->count = count;
}

int inputs_find(struct run *run, struct inputs *inputs, struct crmval_error *error)
{
	const struct load *load = &run->load;
	int code = CRMVAL_OK;
	size_t most = run->job->source_count;
	for (uint32_t i = 0; i < load->feed_count; i++)
		most += load->feeds[i].reading.table.input_count;
	for (uint32_t i = 0; i < load->lookup_count; i++)
		most += load->lookups[i].reading.table.input_count;
	*inputs = (struct inputs){.paths = arena_array(&run->arena, most + 1, sizeof *inputs->paths)};
	if (!inputs->paths)
		return fail_memory(error);
	for (uint32_t i = 0; i < load->feed_count && code == CRMVAL_OK; i++)
		if (run->data->tables[load->feeds[i].entity].is_mapped)
			code = list(run, &load->feeds[i].reading, inputs, error);
	for (uint32_t i = 0; i < load->lookup_count && code == CRMVAL_OK; i++)
		if (load->lookups[i].is_there)
			code = list(run, &load->lookups[i].reading, inputs, error);
	if (code != CRMVAL_OK)
		return code;
	for (uint32_t s = 0; s < run->job->source_count; s++)
		if (run->job->sources[s].mapping.file)
			inputs->paths[inputs->count++] = run->job->sources[s].mapping.file;
	sort(inputs);
	return CRMVAL_OK;
}
