/* SPDX-License-Identifier: MIT */
/* Opening sessions, lending them, ending them. */
#include "sql_pool.h"

#include "error.h"

#include <time.h>

int sql_pool_init(struct sql_pool *pool, const struct sql_driver *driver, const struct sql_settings *settings,
		  struct crmval_error *error)
{
	*pool = (struct sql_pool){.driver = driver, .settings = settings};
	if (pthread_mutex_init(&pool->lock, NULL) != 0)
		return fail_memory(error);
	if (pthread_cond_init(&pool->given, NULL) == 0)
		return CRMVAL_OK;
	pthread_mutex_destroy(&pool->lock);
	return fail_memory(error);
}

void sql_pool_free(struct sql_pool *pool)
{
	sql_pool_close(pool);
	pthread_cond_destroy(&pool->given);
	pthread_mutex_destroy(&pool->lock);
}

/* A server that is just being restarted deserves a second try. */
static int connect_twice(const struct sql_pool *pool, struct sql_session **session, struct crmval_error *error)
{
	const struct timespec pause = {.tv_nsec = 250000000};
	int status = pool->driver->connect(pool->settings, pool->first, session, error);
	if (status != CRMVAL_EUNREACHABLE)
		return status;
	nanosleep(&pause, NULL);
	return pool->driver->connect(pool->settings, pool->first, session, error);
}

int sql_pool_open(struct sql_pool *pool, struct crmval_error *error)
{
	struct sql_session *session;
	if (pool->first)
		return CRMVAL_OK;
	int status = connect_twice(pool, &session, error);
	if (status)
		return status;
	pool->first = session;
	pool->most = pool->settings->connections;
	if (pool->driver->most && pool->most > pool->driver->most)
		pool->most = pool->driver->most;
	if (pool->driver->first_reads) {
		pool->idle = session;
		pool->count = 1;
	}
	return CRMVAL_OK;
}

void sql_pool_close(struct sql_pool *pool)
{
	while (pool->idle) {
		struct sql_session *session = pool->idle;
		pool->idle = session->next;
		if (session != pool->first)
			pool->driver->disconnect(session);
	}
	if (pool->first)
		pool->driver->disconnect(pool->first);
	pool->first = NULL;
	pool->count = 0;
	pool->has_read = 0;
}

/* One that may be used, or NULL: a new one is to be opened, for which there is a place now. */
static struct sql_session *wait_for_one(struct sql_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	while (!pool->idle && pool->count >= pool->most)
		pthread_cond_wait(&pool->given, &pool->lock);
	struct sql_session *session = pool->idle;
	if (session)
		pool->idle = session->next;
	else
		pool->count++;
	pthread_mutex_unlock(&pool->lock);
	return session;
}

/* The new one could not be had: are there others to do with? */
static int do_with_less(struct sql_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	int can = --pool->count > 0;
	if (can)
		pool->most = pool->count;
	pthread_cond_signal(&pool->given);
	pthread_mutex_unlock(&pool->lock);
	return can;
}

int sql_pool_take(struct sql_pool *pool, struct sql_session **session, struct crmval_error *error)
{
	for (;;) {
		*session = wait_for_one(pool);
		if (*session && (*session)->is_broken) {
			sql_pool_give(pool, *session, 0);
			return fail(error, CRMVAL_EUNREACHABLE, "the connection to the database was lost");
		}
		if (*session)
			return CRMVAL_OK;
		int status = connect_twice(pool, session, error);
		if (status == CRMVAL_OK)
			return CRMVAL_OK;
		if (!do_with_less(pool) || status != CRMVAL_EAGAIN)
			return status;
	}
}

/* Nothing was handed over of what the only session saw, so another may take its place. */
static int may_replace(const struct sql_pool *pool)
{
	return !pool->has_read && pool->driver->most == 1;
}

static void replace_first(struct sql_pool *pool)
{
	struct sql_session *session;
	if (pool->driver->connect(pool->settings, NULL, &session, NULL) == CRMVAL_OK) {
		pool->driver->disconnect(pool->first);
		pool->first = session;
	}
}

void sql_pool_give(struct sql_pool *pool, struct sql_session *session, int has_read)
{
	pthread_mutex_lock(&pool->lock);
	pool->has_read |= has_read;
	if (session->is_broken && session != pool->first) {
		pool->count--;
		pool->driver->disconnect(session);
	} else {
		if (session->is_broken && may_replace(pool)) {
			replace_first(pool);
			session = pool->first;
		}
		session->next = pool->idle;
		pool->idle = session;
	}
	pthread_cond_signal(&pool->given);
	pthread_mutex_unlock(&pool->lock);
}
