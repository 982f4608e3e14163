/* SPDX-License-Identifier: MIT */
/* What the job itself names of its tables must be there. */
#ifndef MAPPING_CHECK_H
#define MAPPING_CHECK_H

#include "load.h"

/* Adds a problem for each column that is not; after all tables were found. */
void mapping_check(struct load *load, struct problems *problems);

#endif
