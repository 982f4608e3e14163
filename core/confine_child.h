/* SPDX-License-Identifier: MIT */
/* The child's half of a confined run, and the frame by which it answers. */
#ifndef CONFINE_CHILD_H
#define CONFINE_CHILD_H

#include "confine.h"

#include <sys/types.h>

#define FRAME_MAGIC UINT64_C(0x1a656d617266760a)

/* Comes first, as soon as the confinement is in force: no code of the plugin has run by then. */
struct frame_header {
	uint64_t magic;
	int32_t landlock_abi, has_seccomp;
};

/*
 * Comes last, after what the body wrote and, where it failed, after the message.  An answer without it does not count, so
 * that a plugin that calls exit(0) has answered nothing.
 */
struct frame_trailer {
	uint64_t magic;
	uint64_t size;     /* of what the body wrote */
	uint64_t checksum; /* of all between header and trailer */
	uint32_t message_size;
	int32_t code;
};

/* After FNV-1a, by words of 8 bytes; starts from FRAME_CHECKSUM, and goes on after any number of whole words. */
#define FRAME_CHECKSUM UINT64_C(0xcbf29ce484222325)
uint64_t frame_checksum(uint64_t sum, const void *bytes, size_t size);

/* In the parent, before the first child: finds what each will have to erase. */
void confine_child_prepare(void);

enum { CONFINE_NAME = 256 };

/*
 * Shuts the process in, runs the task's body, writes the frame to `answer`, ends.  `null` is /dev/null, open both ways; name
 * is task->name, which a child may not inherit.
 */
_Noreturn void confine_child(const struct confine_task *task, const char name[CONFINE_NAME],
			     const struct confine_limits *limits, pid_t parent, int null, int answer);

#endif
