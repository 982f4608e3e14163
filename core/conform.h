/* SPDX-License-Identifier: MIT */
/* Does a plugin keep the contract?  Trials of a plugin's file, each with its outcome. */
#ifndef CONFORM_H
#define CONFORM_H

#include "arena.h"
#include "plugins.h"

enum trial_outcome { TRIAL_PASSED, TRIAL_FAILED, TRIAL_SKIPPED };

struct trial {
	const char *group, *name; /* "tables", "names and types"; "view of account", "random rows" */
	enum trial_outcome outcome;
	const char *message; /* why it failed or was skipped, or what was found out; NULL: nothing */
	double seconds;
};

struct conformance {
	const char *path, *name, *version; /* of the plugin; version NULL where it could not be described */
	char sha256[65];                   /* "" then, too */
	int is_source;
	uint64_t seed;
	struct trial *trials;
	size_t count, capacity, failed, skipped;
	struct arena arena;
};

/*
 * Tries the plugin in a file.  All random rows follow from the seed.  Fails only for want of memory or processes: what was
 * found is in the trials.  Freed by conformance_free() in any case.
 */
int conformance_try(struct conformance *conformance, const char *path, const struct plugin_settings *settings,
		    uint64_t seed, struct crmval_error *error);
void conformance_free(struct conformance *conformance);

/* Adds a trial: NULL code and message where it passed.  For those that try. */
struct trial *conformance_add(struct conformance *conformance, const char *group, const char *name,
			      enum trial_outcome outcome, const char *message);

/* Reports: as lines of text, and as JUnit XML. */
void conformance_text(const struct conformance *conformance, FILE *stream);
void conformance_junit(const struct conformance *conformance, FILE *stream);

#endif
