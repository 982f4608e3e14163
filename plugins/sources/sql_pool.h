/* SPDX-License-Identifier: MIT */
/* The sessions of a source, which the threads take in turns; all see the same state of the data. */
#ifndef SQL_POOL_H
#define SQL_POOL_H

#include "sql_driver.h"

#include <pthread.h>

struct sql_pool {
	const struct sql_driver *driver;
	const struct sql_settings *settings;
	struct sql_session *first; /* what it sees, all do; NULL: closed */
	struct sql_session *idle;
	uint32_t count, most; /* of sessions that read, idle or not */
	int has_read;         /* some rows were handed over, so that the state they are of must stay */
	pthread_mutex_t lock;
	pthread_cond_t given;
};

int sql_pool_init(struct sql_pool *pool, const struct sql_driver *driver, const struct sql_settings *settings,
		  struct crmval_error *error);
void sql_pool_free(struct sql_pool *pool);
/* Opens the first session, unless there is one. */
int sql_pool_open(struct sql_pool *pool, struct crmval_error *error);
/* Ends all sessions, none of which is in use. */
void sql_pool_close(struct sql_pool *pool);
/* A session for this thread alone, which waits for one if it must. */
int sql_pool_take(struct sql_pool *pool, struct sql_session **session, struct crmval_error *error);
/* has_read: rows that it read were handed over. */
void sql_pool_give(struct sql_pool *pool, struct sql_session *session, int has_read);

#endif
