/* SPDX-License-Identifier: MIT */
/* Passwords: where they may come from, and keeping them from where they must not go. */
#ifndef SQL_SECRET_H
#define SQL_SECRET_H

#include "sql_driver.h"

/* From the file or the credential that the settings name, else NULL. */
int sql_secret_read(const struct sql_settings *settings, char **secret, struct crmval_error *error);
/* Overwrites it first. */
void sql_secret_free(char *secret);
/* From now on the process leaves no core and is traced by nobody of the same user, since it may hold a password. */
void sql_secret_guard(void);

#endif
