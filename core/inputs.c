/* SPDX-License-Identifier: MIT */
/* Several tables may come from one file, and one file may lie within another. */
#include "inputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is read may be a file within a file: then the outer one. */
static char *outer_file(struct run *run, const char *path)
{
	struct stat status;
	char *file = arena_strdup(&run->arena, path), *slash;
	int found = -1;
	while (file && (found = stat(file, &status)) < 0 && (slash = strrchr(file, '/')) != NULL && slash > file)
		*slash = 0;
	return file && (found < 0 || !S_ISREG(status.st_mode)) ? arena_strdup(&run->arena, path) : file;
}

static int list(struct run *run, const struct reading *reading, struct inputs *inputs)
{
	for (uint32_t n = 0; n < reading->table.input_count; n++)
		if (!(inputs->paths[inputs->count++] = outer_file(run, reading->table.inputs[n])))
			return -1;
	return 0;
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

int inputs_find(struct run *run, struct inputs *inputs)
{
	const struct load *load = &run->load;
	size_t most = run->job->source_count;
	for (uint32_t i = 0; i < load->feed_count; i++)
		most += load->feeds[i].reading.table.input_count;
	for (uint32_t i = 0; i < load->lookup_count; i++)
		most += load->lookups[i].reading.table.input_count;
	*inputs = (struct inputs){.paths = arena_array(&run->arena, most + 1, sizeof *inputs->paths)};
	if (!inputs->paths)
		return -1;
	for (uint32_t i = 0; i < load->feed_count; i++)
		if (run->data->tables[load->feeds[i].entity].is_mapped &&
		    list(run, &load->feeds[i].reading, inputs) != 0)
			return -1;
	for (uint32_t i = 0; i < load->lookup_count; i++)
		if (load->lookups[i].is_there && list(run, &load->lookups[i].reading, inputs) != 0)
			return -1;
	for (uint32_t s = 0; s < run->job->source_count; s++)
		if (run->job->sources[s].mapping.file)
			inputs->paths[inputs->count++] = run->job->sources[s].mapping.file;
	sort(inputs);
	return 0;
}
