/* SPDX-License-Identifier: MIT */
/* Jobs from texts, for the tests: written to a file of a folder of their own, read, and bound to tables made up for it. */
#ifndef JOB_TEXT_H
#define JOB_TEXT_H

#include "../core/job.h"

/* What a job in a test needs besides what is tested.  One line each. */
#define JOB_LINE "job = { period = [\"2025-01-01\", \"2025-12-31\"]; };\n"
#define SOURCE_LINE "sources = ( { plugin = \"fake\"; directory = \"in\"; } );\n"

struct job_text {
	struct job *job;
	struct problems problems;
	struct crmval_error error;
	int code;
};

extern const struct crmval_source fake_source;
extern const struct crmval_dimension fake_dimension;

/* Wednesday, 2024-05-15. */
extern const int32_t fake_today;

/* The file that the texts are written to, and its folder. */
const char *job_text_path(void);
const char *job_text_directory(void);

/* Writes size bytes to the file; job_text_read() reads it and binds every section to the tables above. */
void job_text_write(const char *text, size_t size);
struct job_text job_text_read(const char *path, const struct job_overrides *overrides);
/* Both, without overrides, or with such settings, which end in NULL. */
struct job_text job_text_of(const char *text);
struct job_text job_text_set(const char *text, const char *const *settings);
void job_text_free(struct job_text *read);

/* Fails the test unless the problems are these, in this order, "FILE" standing for the path; ends in NULL. */
void job_text_expect(const struct job_text *read, const char *const *expected);
void job_text_warns(const struct job_text *read, const char *const *expected);

#endif
