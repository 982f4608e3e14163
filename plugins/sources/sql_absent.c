/* SPDX-License-Identifier: MIT */
/* Drivers that this build does without. */
#include "sql_store.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifndef HAVE_SQLITE
const struct sql_driver *const sql_sqlite = NULL;
const struct sql_store_driver *const sql_store_sqlite = NULL;
#endif
#ifndef HAVE_POSTGRESQL
const struct sql_driver *const sql_postgresql = NULL;
const struct sql_store_driver *const sql_store_postgresql = NULL;
#endif
#ifndef HAVE_ODBC
const struct sql_driver *const sql_odbc = NULL;
#endif
