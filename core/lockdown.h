/* SPDX-License-Identifier: MIT */
/* Taking away from this process, for good, whatever code that is not trusted has no need of. */
#ifndef LOCKDOWN_H
#define LOCKDOWN_H

#include "confine.h"

/* What is in force. */
struct lockdown {
	int landlock_abi; /* 0: no Landlock */
	int has_seccomp;
};

/* In the parent: makes what all children are shut in by, where that is possible; without it each makes its own. */
void lockdown_prepare(void);

/* In a child: the descriptor of that, which lockdown_enter() closes; -1: there is none. */
int lockdown_descriptor(void);

/* Address space, processor time, open files: what the kernel bounds by itself. */
int lockdown_limit(const struct confine_limits *limits, struct crmval_error *error);

/*
 * Landlock and seccomp.  What stays possible: memory, time, reading and writing of open files, and opening
 * system libraries and the plugin for reading.  plugin_fd may be -1.  Fails where `sandbox` requires what is not there.
 */
int lockdown_enter(enum job_sandbox sandbox, int plugin_fd, struct lockdown *lockdown, struct crmval_error *error);

/* Takes away the opening of files, too. */
int lockdown_tighten(const struct lockdown *lockdown, struct crmval_error *error);

#endif
