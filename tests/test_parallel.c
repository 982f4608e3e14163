/* SPDX-License-Identifier: MIT */
/* Work shared out to threads: each item once, and of failures the first. */
#include "../core/parallel.h"

#include "../core/error.h"
#include "suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { ITEMS = 1000 };

struct work {
	atomic_int done[ITEMS];
	atomic_int bad;
	unsigned threads;
	uint64_t fails_from; /* items from here on fail */
	int code;
};

static int item(void *context, unsigned thread, uint64_t i, struct crmval_error *error)
{
	struct work *work = context;
	if (thread >= work->threads || i >= ITEMS) {
		atomic_fetch_add(&work->bad, 1);
		return CRMVAL_OK;
	}
	atomic_fetch_add(&work->done[i], 1);
	return i < work->fails_from ? CRMVAL_OK : fail(error, work->code, "item %u", (unsigned)i);
}

static void test_each_once(void)
{
	static const unsigned threads[] = {0, 1, 2, 7, 64};
	static const uint64_t counts[] = {0, 1, 2, 63, ITEMS};
	for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++)
		for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
			struct work work = {.threads = threads[t] ? threads[t] : 1, .fails_from = ITEMS};
			struct crmval_error error = {.struct_size = sizeof error};
			CU_ASSERT_EQUAL(parallel_run(threads[t], counts[c], item, &work, &error), CRMVAL_OK);
			CU_ASSERT_EQUAL(atomic_load(&work.bad), 0);
			for (uint64_t i = 0; i < ITEMS; i++)
				CU_ASSERT_EQUAL(atomic_load(&work.done[i]), i < counts[c]);
			CU_ASSERT_EQUAL(error.message[0], 0);
		}
}

/* One thread stops at once; several finish what they have begun. */
static void test_failure(void)
{
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct work work = {.threads = threads, .fails_from = 100, .code = CRMVAL_EDATA};
		struct crmval_error error = {.struct_size = sizeof error};
		int done = 0;
		CU_ASSERT_EQUAL(parallel_run(threads, ITEMS, item, &work, &error), CRMVAL_EDATA);
		CU_ASSERT_EQUAL(error.code, CRMVAL_EDATA);
		CU_ASSERT_EQUAL(strncmp(error.message, "item 1", 6), 0);
		for (uint64_t i = 0; i < ITEMS; i++)
			done += atomic_load(&work.done[i]);
		CU_ASSERT(done >= 101 && done <= 100 + (int)threads);
		if (threads == 1)
			CU_ASSERT_STRING_EQUAL(error.message, "item 100");
		CU_ASSERT_EQUAL(parallel_run(threads, ITEMS, item, &work, NULL), CRMVAL_EDATA);
	}
}

/* Both items are under way before either fails. */
struct meeting {
	pthread_barrier_t *met;
	int codes[2];
};

static int meet(void *context, unsigned thread, uint64_t i, struct crmval_error *error)
{
	(void)thread;
	struct meeting *meeting = context;
	pthread_barrier_wait(meeting->met);
	return fail(error, meeting->codes[i], "item %u", (unsigned)i);
}

/* Of several failures that of the lowest item, but one who was told to stop is not the culprit. */
static void test_culprit(void)
{
	static const struct {
		int codes[2], expected;
		const char *message;
	} cases[] = {
		{{CRMVAL_EDATA, CRMVAL_EIO}, CRMVAL_EDATA, "item 0"},
		{{CRMVAL_ESTOP, CRMVAL_EIO}, CRMVAL_EIO, "item 1"},
		{{CRMVAL_EDATA, CRMVAL_ESTOP}, CRMVAL_EDATA, "item 0"},
	};
	for (int round = 0; round < 50; round++)
		for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
			pthread_barrier_t met;
			struct meeting meeting = {&met, {cases[c].codes[0], cases[c].codes[1]}};
			struct crmval_error error = {.struct_size = sizeof error};
			pthread_barrier_init(&met, NULL, 2);
			CU_ASSERT_EQUAL(parallel_run(2, 2, meet, &meeting, &error), cases[c].expected);
			CU_ASSERT_STRING_EQUAL(error.message, cases[c].message);
			pthread_barrier_destroy(&met);
		}
}

static const struct test tests[] = {
	{"each item once", test_each_once},
	{"failure", test_failure},
	{"the culprit", test_culprit},
	{NULL, NULL},
};

const struct suite suite_parallel = {"parallel", tests};
