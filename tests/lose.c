/* SPDX-License-Identifier: MIT */
/*
 * lose CALL,CALL,... PROGRAM WORD...: runs a program as on a kernel that does not have these calls.  Exit status 99: that
 * cannot be done here.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = argc > 2 ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
	int failed = !filter;
	for (char *name = failed ? NULL : strtok(argv[1], ","); name && !failed; name = strtok(NULL, ",")) {
		int call = seccomp_syscall_resolve_name(name);
		/* libseccomp may not know of Landlock yet. */
		if (call == __NR_SCMP_ERROR && strcmp(name, "landlock_create_ruleset") == 0)
			call = 444;
		failed = call == __NR_SCMP_ERROR || seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0) < 0;
	}
	if (failed || seccomp_load(filter) < 0)
		return 99;
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
