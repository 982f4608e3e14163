/* SPDX-License-Identifier: MIT */
/* Which jobs there are, and a process for each. */
#include "job_list.h"

#include "error.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int add(struct job_list *list, char *path, struct crmval_error *error)
{
	char **paths = path ? realloc(list->paths, (list->count + 1) * sizeof *paths) : NULL;
	if (!paths) {
		free(path);
		return fail_memory(error);
	}
	list->paths = paths;
	list->paths[list->count++] = path;
	return CRMVAL_OK;
}

static int is_job(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct job_list *list, const char *folder, struct crmval_error *error)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_job, by_bytes), code = CRMVAL_OK;
	if (count < 0)
		return fail(error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_EIO, "%s: cannot be read: %s", folder,
			    strerror(errno));
	if (count == 0)
		code = fail(error, CRMVAL_ENOINPUT, "%s: no job is in this folder; their names end in .conf", folder);
	for (int i = 0; i < count; i++) {
		char *path = NULL;
		if (code == CRMVAL_OK) {
			if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
				path = NULL;
			code = add(list, path, error);
		}
		free(entries[i]);
	}
	free(entries);
	return code;
}

int job_list_open(struct job_list *list, int count, char *const *words, struct crmval_error *error)
{
	struct stat status;
	int code = CRMVAL_OK;
	*list = (struct job_list){0};
	for (int i = 0; i < count && code == CRMVAL_OK; i++) {
		if (stat(words[i], &status) == 0 && S_ISDIR(status.st_mode))
			code = add_folder(list, words[i], error);
		else
			code = add(list, strdup(words[i]), error); /* the job itself says if it is not there */
	}
	return code;
}

void job_list_free(struct job_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
}

/* ---- processes ---- */

static volatile sig_atomic_t running; /* the child, while there is one */

/* What ends us ends the child first, which then leaves the old state. */
static void pass_on(int number)
{
	if (running > 0)
		kill((pid_t)running, number);
	signal(number, SIG_DFL);
	raise(number);
}

static int wait_for(pid_t child)
{
	int status;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 70;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int job_list_fork(const struct job_list *list, int *statuses, struct crmval_error *error)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction saved[3], passing = {.sa_handler = pass_on}, children = {.sa_handler = SIG_DFL};
	pid_t parent = getpid();
	for (int i = 0; i < 3; i++) {
		sigaction(signals[i], NULL, &saved[i]);
		if (saved[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &passing, NULL);
	}
	sigaction(SIGCHLD, &children, NULL);
	for (uint32_t i = 0; i < list->count; i++) {
		pid_t child = fork();
		if (child == 0) {
			for (int s = 0; s < 3; s++)
				sigaction(signals[s], &saved[s], NULL);
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			if (getppid() != parent)
				_exit(128 + SIGTERM);
			return (int)i;
		}
		running = child;
		if (child < 0)
			fail(error, CRMVAL_EAGAIN, "%s: no process could be started for it: %s", list->paths[i],
			     strerror(errno));
		statuses[i] = child < 0 ? 71 : wait_for(child);
		running = 0;
	}
	return -1;
}
