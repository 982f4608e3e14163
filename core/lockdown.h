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
