/* SPDX-License-Identifier: MIT */
/* The demo data set: made-up but lifelike CRM data, with the mess that real data have, and the job file for them. */
#ifndef DEMO_H
#define DEMO_H

#include "crmval/plugin.h"

#include <stdint.h>

#define DEMO_LEAST_SCALE 0.01
#define DEMO_MOST_SCALE 100000.0

/*
 * Writes ENTITY.csv for every entity of the model, and job.conf, to a directory that is empty, not there yet, or holds
 * nothing but an earlier demo.  Scale 1 is about 10,000 rows; it counts in steps of 0.001.  The same scale and seed
 * give the same bytes on every machine.
 */
int demo_write(const char *directory, double scale, uint64_t seed, struct crmval_error *error);

#endif
