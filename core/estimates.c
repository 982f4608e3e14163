/* SPDX-License-Identifier: MIT */
/* A table of estimates by what they were made from; a later one takes an earlier one's place.  None is of 0 rows. */
#include "estimates.h"

#include <stdlib.h>
#include <string.h>

/* Sums by their bits, which are the same where they are equal, but for zeros of two signs, which are then kept apart. */
enum { WORDS = 1 + 5 * sizeof(quad) / sizeof(uint64_t) };
struct key {
	uint64_t word[WORDS];
	uint64_t is_share; /* all of the measure that estimate_value() asks for, of a ratio */
};

struct kept_estimate {
	struct key key;
	struct estimate estimate;
};

static struct key key_of(const struct crmval_measure *measure, const struct moments *moments)
{
	const quad sums[] = {moments->n, moments->d, moments->nn, moments->nd, moments->dd};
	struct key key = {.is_share = (measure->flags & CRMVAL_SHARE) != 0};
	key.word[0] = moments->rows;
	memcpy(key.word + 1, sums, sizeof sums);
	return key;
}

static size_t place_of(const struct key *key)
{
	uint64_t hash = key->is_share;
	for (int i = 0; i < WORDS; i++)
		hash = (hash ^ key->word[i]) * 0x9e3779b97f4a7c15 + (hash >> 29);
	return (hash ^ hash >> 32) * 0x9e3779b97f4a7c15 >> 52;
}
_Static_assert(ESTIMATES_KEPT == 1 << 12, "places have as many bits");

void estimates_open(struct estimates *estimates)
{
	estimates->kept = calloc(ESTIMATES_KEPT, sizeof *estimates->kept);
}

struct estimate estimates_value(struct estimates *estimates, const struct crmval_measure *measure,
				const struct moments *moments)
{
	if (!estimates->kept || measure->kind != CRMVAL_RATIO || moments->rows == 0)
		return estimate_value(measure, moments);
	struct key key = key_of(measure, moments);
	struct kept_estimate *kept = &estimates->kept[place_of(&key)];
	if (memcmp(&kept->key, &key, sizeof key) != 0) {
		kept->estimate = estimate_value(measure, moments);
		kept->key = key;
	}
	return kept->estimate;
}

void estimates_free(struct estimates *estimates)
{
	free(estimates->kept);
	estimates->kept = NULL;
}
