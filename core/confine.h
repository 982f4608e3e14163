/* SPDX-License-Identifier: MIT */
/*
 * Confined children: code that is not trusted runs in a child process that can compute, write its answer to one pipe and
 * shared memory it was given, and nothing else.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include "crmval/plugin.h"
#include "job.h"

struct confine_limits {
	enum job_sandbox sandbox; /* SANDBOX_REQUIRE, _BEST_EFFORT or _OFF */
	double deadline;          /* seconds of wall time */
	uint64_t memory;          /* bytes that the child may take on top of what it inherits */
	size_t answer_limit;      /* bytes it may write */
};

/* In pages that no child inherits, so that what one says is not found by the next. */
struct confine_answer {
	unsigned char *bytes; /* what the body wrote, whole and checked; confine_answer_free() gives it back */
	size_t size;
	size_t capacity;
};

void confine_answer_free(struct confine_answer *answer);

/* Whole pages. */
struct confine_range {
	void *bytes;
	size_t size;
};

enum { CONFINE_BREADCRUMB = 128, CONFINE_MORE = 32 };

/* One child to run.  The caller fills the first part, confine_run() the second. */
struct confine_task {
	int plugin_fd;    /* the plugin's open file: the one file that the child can open, as /proc/self/fd/N */
	const char *name; /* for messages */
	/* More of them, CONFINE_MORE at most: sealed copies in memory, whose numbers are above those of the standard streams. */
	const int *more_fds;
	size_t more_count;
	/* Runs in the child, confined.  Writes its answer through confine_write(). */
	int (*body)(void *context, struct crmval_error *error);
	void *context;
	/* What the child was doing, shown if it dies: CONFINE_BREADCRUMB bytes of shared memory, ended by NUL; or NULL. */
	const char *breadcrumb;
	/* Memory marked MADV_DONTFORK, which this child is to inherit all the same. */
	void *shared;
	size_t shared_size; /* 0: none */
	const struct confine_range *ranges;
	size_t range_count;
	/* An answer of elements that is too long to be held: they are taken as they come, and count only if the task succeeds. */
	void (*take)(void *taker, const void *elements, size_t count); /* NULL: the answer is held */
	void *taker;
	size_t element; /* bytes; a multiple of 8 */

	int code; /* CRMVAL_OK, or why there is no answer: error */
	struct crmval_error
		error; /* "crashed (SIGSEGV) in ...", "took longer than 60 s", "ended without an answer (exit 0)", ... */
	struct confine_answer answer;
	char sandbox[64]; /* what was in force: "landlock 7, seccomp" */
	double seconds;   /* of processor time that it took */
	uint64_t memory;  /* bytes that it had in use at most, with what it shares */
};

/* Runs the tasks, at most `parallel` at once.  Fails only for want of memory or processes; what became of a task is in it. */
int confine_run(struct confine_task *tasks, size_t count, unsigned parallel, const struct confine_limits *limits,
		struct crmval_error *error);

/* In a body: append to the answer.  The answer counts only if the body then returns CRMVAL_OK. */
int confine_write(const void *bytes, size_t size, struct crmval_error *error);

/* In a body: the task's plugin_fd, as it is numbered there. */
int confine_plugin_fd(void);

/* In a body: dlopen the task's plugin and check it (magic, versions, sizes, that the symbol is the file's own); then take
   away what dlopen needed.  No code of the plugin may run before the confinement is in force. */
int confine_load(const struct crmval_plugin **plugin, struct crmval_error *error);

/* The same of several plugins that need not be kept from each other: plugin_fd and more_fds.  names, plugins: of each. */
int confine_load_all(const int *fds, const char *const *names, size_t count, const struct crmval_plugin **plugins,
		     struct crmval_error *error);

#endif
