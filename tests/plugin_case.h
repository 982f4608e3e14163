/* SPDX-License-Identifier: MIT */
/* The plugins of tests/hostile, and a folder to which some of them are put. */
#ifndef PLUGIN_CASE_H
#define PLUGIN_CASE_H

#include "plugins.h"

#include <limits.h>
#include <sys/types.h>

extern char hostile_folder[PATH_MAX], scratch[64];

struct plugin_settings settings_of(const char *const *directory);

/* Sees to it that the hostile ones are where hostile_folder says. */
void find_hostile(void);

/* A folder of its own, and those of its files that a test put there. */
void make_scratch(void);
void remove_scratch(const char *const *files);

/* Puts a hostile one there, under a name; not 0: in vain. */
int copy_plugin(const char *from, const char *to, mode_t mode);

/* Opening it fails like this; `message` is a pattern of fnmatch(3). */
void expect_refusal(const char *directory, const char *name, double deadline, int code, const char *message);

/* Opens one that works; its summary says what it found out. */
int open_hostile(const char *name, enum job_sandbox sandbox, struct plugin *plugin);

#endif
