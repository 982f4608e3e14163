/* SPDX-License-Identifier: MIT */
/* Checking single settings of a job: each function takes a node that is there, reports what is wrong, and returns 1 if
 * nothing is. */
#ifndef CHECK_H
#define CHECK_H

#include "arena.h"
#include "job.h"
#include "job_tree.h"
#include "near.h"

struct checker {
	struct job *job;
	struct arena *arena;
	struct problems *problems;
	int is_full; /* out of memory: what was checked since is not complete */
};

struct checker checker_of(struct job *job, struct problems *problems);

/* Zeroed, never NULL for count 0; NULL: out of memory, which is_full remembers. */
void *check_array(struct checker *c, size_t count, size_t size);

/* Makes a problem of it where memory ran out. */
void check_memory(struct checker *c);

/* "FILE:LINE: KEY: ..." */
__attribute__((format(printf, 3, 4))) void check_problem(struct checker *c, const struct job_node *node,
							 const char *format, ...);
__attribute__((format(printf, 3, 4))) void check_warning(struct checker *c, const struct job_node *node,
							 const char *format, ...);
/* A key that a group should hold. */
void check_missing(struct checker *c, const struct job_node *group, const char *key, const char *advice);
/* "WHAT; did you mean ...?" */
void check_unknown(struct checker *c, const struct job_node *node, const char *what, const struct near *near);

int check_group(struct checker *c, const struct job_node *node);
/* A list, or an array, of at least so many elements. */
int check_list(struct checker *c, const struct job_node *node, uint32_t least, const char *advice);
int check_text(struct checker *c, const struct job_node *node, const char **text);
int check_flag(struct checker *c, const struct job_node *node, int *flag);
/* Finite, and within least..most. */
int check_number(struct checker *c, const struct job_node *node, double least, double most, double *number);
int check_integer(struct checker *c, const struct job_node *node, double least, double most, double *number);
/* One of some words, which end in NULL. */
int check_word(struct checker *c, const struct job_node *node, const char *const *words, int *place);
/* As the name of a plugin. */
int check_plugin_name(struct checker *c, const struct job_node *node, const char **name);
/* Made absolute: relative to the job file's folder. */
int check_path(struct checker *c, const struct job_node *node, const char **path);
/* A list of texts, or one; each a path if so told. */
int check_words(struct checker *c, const struct job_node *node, int are_paths, const char *const **words,
		uint32_t *count);
/* Every key of the group is one of these, which end in NULL. */
void check_keys(struct checker *c, const struct job_node *group, const char *const *known);

#endif
