/* SPDX-License-Identifier: MIT */
/* Two samples that are to be compared, and what is found in their comparison. */
#ifndef CHANGE_PAIR_H
#define CHANGE_PAIR_H

#include "sample.h"
#include "../core/compare.h"

/* The same but for their periods, of as many days, which have none in common. */
void pair_init(struct sample *old, struct sample *new);

/* What the company has of a measure in the period: a value with a standard error, or no row. */
void sample_set(struct sample *sample, uint32_t measure, double value, double standard_error);
void sample_lose(struct sample *sample, uint32_t measure);

/* Filled for the company; the caller frees it. */
struct change *pair_compare(const struct sample *old, const struct sample *new);

/* The part of a node, told by its id (NULL: the overall score), that is of an effect; where there is none, one of no node. */
const struct change_part *part_of(const struct change *change, const char *id, enum change_effect effect);

#endif
