/* SPDX-License-Identifier: MIT */
/* The job as a tree of settings, each with its place, whether it stood in the file or came from the command line. */
#ifndef JOB_TREE_H
#define JOB_TREE_H

#include "job.h"

struct arena;

enum node_type { NODE_GROUP, NODE_LIST, NODE_NUMBER, NODE_FLAG, NODE_TEXT };

struct job_node {
	const char *name; /* NULL: an element of a list */
	enum node_type type;
	int line;           /* 0: the root */
	const char *origin; /* the option that set this node and what is in it: "--set KEY"; NULL: as its parent */
	int is_target;      /* origin names this very node, not one inside it */
	double number;      /* of a flag, too */
	const char *text;   /* of a text; of a single word from the command line as it was written; else NULL */
	uint32_t count;     /* of children */
	struct job_node *parent, *first, *last, *next;
	const char *file; /* of the root of a mapping: what it is called; NULL: the job file */
};

/* Reads the file and applies what overrides it.  *root is NULL where there is nothing to check on. */
int job_tree_read(const char *path, const struct job_overrides *overrides, struct arena *arena, struct job_node **root,
		  char sha256[65], struct problems *problems, struct crmval_error *error);

/* Parses a text that stands in `file`; *root is NULL where that is a problem. */
int job_tree_parse(const char *file, const char *text, struct arena *arena, struct job_node **root,
		   struct problems *problems, struct crmval_error *error);

/* A child by its name, or NULL; group may be NULL, or no group. */
struct job_node *node_get(const struct job_node *group, const char *name);

/* The key as --set takes it: "sources.[0].plugin". */
void node_path(const struct job_node *node, char *out, size_t size);

/* Where a node comes from: returns the option, or NULL and it stands in the file. */
const char *node_origin(const struct job_node *node);

/* The mapping that it stands in; NULL: the job. */
const char *node_file(const struct job_node *node);

#endif
