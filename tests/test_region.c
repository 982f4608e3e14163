/* SPDX-License-Identifier: MIT */
/* Regions: what is in their pages, new ones and those that were to spare. */
#include "../core/region.h"
#include "failing.h"
#include "suite.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static size_t page;

static int is_all(const struct region *region, size_t from, size_t size, unsigned char byte)
{
	const unsigned char *bytes = region->bytes;
	for (size_t i = from; i < from + size; i++)
		if (bytes[i] != byte)
			return 0;
	return 1;
}

/* A region of so many pages, full of a byte, that is to spare. */
static void spare(size_t pages, unsigned char byte)
{
	struct region region;
	CU_ASSERT_EQUAL_FATAL(region_open(&region, pages * page - 1, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(region.size, pages * page);
	CU_ASSERT(is_all(&region, 0, region.size, 0));
	memset(region.bytes, byte, region.size);
	region_spare(&region);
	CU_ASSERT_PTR_NULL(region.bytes);
}

static void begin(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	region_spare_none();
}

/* Pages of others are at the front, those of the last first; what is behind them is new. */
static void test_fill(void)
{
	struct region region;
	begin();
	spare(2, 'a');
	spare(3, 'b');
	CU_ASSERT_EQUAL_FATAL(region_open(&region, 8 * page - 1, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(region_fill(&region, 5 * page - 1, NULL), CRMVAL_OK); /* four whole pages */
	CU_ASSERT(is_all(&region, 0, 3 * page, 'b'));
	CU_ASSERT(is_all(&region, 3 * page, page, 'a'));
	CU_ASSERT(is_all(&region, 4 * page, 4 * page, 0));
	region_close(&region);
	CU_ASSERT_EQUAL_FATAL(region_open(&region, 2 * page - 1, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(region_fill(&region, 9 * page, NULL), CRMVAL_OK); /* there is one left */
	CU_ASSERT(is_all(&region, 0, page, 'a'));
	CU_ASSERT(is_all(&region, page, page, 0));
	region_close(&region);
	CU_ASSERT_EQUAL(region_fill(&region, page, NULL), CRMVAL_OK); /* which is none */
	CU_ASSERT_PTR_NULL(region.bytes);
}

static void test_whole(void)
{
	struct region region;
	begin();
	spare(3, 'a');
	for (size_t pages = 2; pages < 6; pages += 3) { /* of spare ones, and of one of these and new ones */
		CU_ASSERT_EQUAL_FATAL(region_open_whole(&region, pages * page - 1, NULL), CRMVAL_OK);
		CU_ASSERT_EQUAL(region.size, pages * page);
		CU_ASSERT(is_all(&region, 0, region.size, 0));
		memset(region.bytes, 'b', region.size);
		region_close(&region);
	}
}

/* What others left of a page is not in the one that is handed on. */
static void test_trim(void)
{
	struct region region;
	begin();
	spare(3, 'a');
	CU_ASSERT_EQUAL_FATAL(region_open(&region, 4 * page - 1, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(region_fill(&region, 3 * page, NULL), CRMVAL_OK);
	region_trim(&region, page + 5);
	CU_ASSERT_EQUAL(region.size, 2 * page);
	CU_ASSERT(is_all(&region, 0, page + 5, 'a'));
	CU_ASSERT(is_all(&region, page + 5, page - 5, 0));
	memset(region.bytes, 'b', region.size);
	region_trim(&region, 2 * page - 1); /* nothing to give back */
	CU_ASSERT_EQUAL(region.size, 2 * page);
	CU_ASSERT(is_all(&region, 0, 2 * page - 1, 'b'));
	CU_ASSERT(is_all(&region, 2 * page - 1, 1, 0));
	region_close(&region);
}

static void test_spare_none(void)
{
	struct region region = {NULL, 0};
	begin();
	region_spare(&region);
	for (int i = 0; i < 100; i++) /* more than are kept */
		spare(1, 'a');
	region_spare_none();
	CU_ASSERT_EQUAL_FATAL(region_open(&region, 2 * page, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(region_fill(&region, 2 * page, NULL), CRMVAL_OK);
	CU_ASSERT(is_all(&region, 0, 2 * page, 0));
	region_close(&region);
}

/* Pages that cannot be moved are to spare as before; the region is of no use. */
static void test_fails(void)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct region region;
	begin();
	spare(1, 'a');
	failing_begin(FAILING_MOVE, 1, ENOMEM);
	CU_ASSERT_EQUAL(region_open_whole(&region, page, &error), CRMVAL_ENOMEM);
	failing_end();
	CU_ASSERT_PTR_NULL(region.bytes);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "out of memory: "));
	CU_ASSERT_EQUAL_FATAL(region_open(&region, page, NULL), CRMVAL_OK);
	failing_begin(FAILING_MOVE, 1, ENOMEM);
	CU_ASSERT_EQUAL(region_fill(&region, page, &error), CRMVAL_ENOMEM);
	failing_end();
	region_close(&region);
	CU_ASSERT_EQUAL_FATAL(region_open(&region, page, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(region_fill(&region, page, NULL), CRMVAL_OK);
	CU_ASSERT(is_all(&region, 0, page, 'a'));
	region_close(&region);
}

static const struct test tests[] = {
	{"filled with pages to spare", test_fill},
	{"of zeros", test_whole},
	{"trimmed", test_trim},
	{"none to spare", test_spare_none},
	{"pages that cannot be moved", test_fails},
	{NULL, NULL},
};

const struct suite suite_region = {"region", tests};
