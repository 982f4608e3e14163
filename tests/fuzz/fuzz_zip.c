/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an archive: the source plugin reads the table X of it, or refuses it.  The first byte of the input
 * chooses how; the rest is the file, or with 16 in the first byte a recipe for one, since checksums and places keep changed
 * bytes from getting deep: members, each as its name and what is wrong with it, the length of its content, the content;
 * after a last one that is empty come changes of single bytes, each as a place and what is added to it.
 */
#include "../csv_trial.h"
#include "../zip_case.h"
#include "input.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What is left of the input. */
struct recipe {
	const uint8_t *at, *end;
};

static uint8_t next(struct recipe *recipe)
{
	return recipe->at < recipe->end ? *recipe->at++ : 0;
}

static struct zip_case next_member(struct recipe *recipe)
{
	static const char *const names[] = {"X.csv",    "WE_1/X.csv", "Y.csv",  "x.CSV",
					    "../X.csv", "/X.csv",     "X.csv/", ""};
	uint8_t form = next(recipe), wrong = next(recipe);
	size_t size = next(recipe), left = (size_t)(recipe->end - recipe->at);
	struct zip_case member = {.name = names[form & 7],
				  .content = recipe->at,
				  .size = size < left ? size : left,
				  .is_stored = form >> 3 & 1,
				  .is_zip64 = form >> 4 & 1,
				  .has_descriptor = form >> 5 & 1,
				  .is_twin = form >> 6 & 1,
				  .method = wrong & 1 ? next(recipe) : 0,
				  .flags = wrong & 2 ? next(recipe) : 0,
				  .wrong_checksum = wrong & 4,
				  .wrong_size = wrong & 8 ? next(recipe) : 0,
				  .wrong_packed = wrong & 16 ? next(recipe) : 0,
				  .local_name = wrong & 32 ? "other.csv" : NULL,
				  .pad = wrong & 128 ? 1 : 0};
	left = (size_t)(recipe->end - recipe->at);
	member.content = recipe->at;
	member.size = member.size < left ? member.size : left;
	member.cut = member.size && wrong & 64; /* of nothing, nothing can be cut off */
	recipe->at += member.size;
	return member;
}

static uint8_t *cook(const uint8_t *bytes, size_t size, size_t *cooked)
{
	enum { MEMBERS = 4 };
	struct recipe recipe = {bytes, bytes + size};
	struct zip_case members[MEMBERS + 1] = {{0}};
	for (int i = 0; i < MEMBERS; i++) {
		members[i] = next_member(&recipe);
		if (i == 0)
			members[i].is_twin = 0;
		if (members[i].size == 0) {
			if (i > 0)
				members[i].name = NULL;
			break;
		}
	}
	uint8_t *archive = zip_case_build(members, cooked);
	while (recipe.end - recipe.at >= 3) {
		size_t place = next(&recipe);
		place |= (size_t)next(&recipe) << 8;
		archive[place % *cooked] += next(&recipe);
	}
	return archive;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!size)
		return 0;
	size_t length = size - 1;
	uint8_t *cooked = bytes[0] & 16 ? cook(bytes + 1, size - 1, &length) : NULL;
	const char *const paths[] = {input_file(cooked ? cooked : bytes + 1, length), NULL};
	free(cooked);
	struct csv_trial trial = {.plugin = &crmval_plugin_v1,
				  .paths = paths,
				  .entity = "X",
				  .chunk = bytes[0] & 1 ? 64 : 4096,
				  .max_row = bytes[0] & 2 ? 100 : 1 << 20,
				  .max_member = 1 << 22,
				  .max_header = 1 << 16,
				  .threads = bytes[0] & 4 ? 3 : 1,
				  .is_probed = bytes[0] & 8};
	csv_trial_run(&trial);
	if (!trial.status && trial.rows > trial.plan.rows_at_most)
		abort();
	csv_trial_free(&trial);
	return 0;
}
