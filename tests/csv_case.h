/* SPDX-License-Identifier: MIT */
/* Files for tests of CSV, in a folder of their own, and what is expected of reading them. */
#ifndef CSV_CASE_H
#define CSV_CASE_H

#include "csv_trial.h"

extern const struct crmval_plugin csv_plugin;

extern char folder[64];
void make_folder(void);
void remove_folder(void);

/* The path of a file in the folder; it is good for the next seven calls. */
const char *path_of(const char *name);
void write_bytes(const char *name, const void *bytes, size_t size);
void write_text(const char *name, const char *text);
/* Appends a gzip member. */
void write_gzip(const char *name, const void *bytes, size_t size);

struct csv_trial trial_of(const char *const *files);

/* Runs a trial and holds it against a text, or a code and part of a message. */
#define EXPECT(trial, expected) (csv_trial_run(trial), expect_line(trial, expected, #expected, __LINE__))
#define EXPECT_ERROR(trial, code, message) (csv_trial_run(trial), expect_error_line(trial, code, message, __LINE__))

/* A file of these bytes, in chunks of all sorts, by one thread and by three, must give the text expected. */
#define DIALECT(bytes, expected) expect_dialect(bytes, sizeof(bytes) - 1, expected, __LINE__)

void expect_line(struct csv_trial *trial, const char *expected, const char *what, unsigned line);
void expect_error_line(struct csv_trial *trial, int code, const char *message, unsigned line);
void expect_dialect(const char *bytes, size_t size, const char *expected, unsigned line);

#endif
