/* SPDX-License-Identifier: MIT */
/* Ids that are numbers: each has a slot of its own, and nothing else has one of theirs. */
#include "../core/dense.h"
#include "../core/salesforce_id.h"
#include "suite.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 3000, MOST = 40 };

struct text {
	char bytes[MOST];
	uint32_t length;
};

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* A number in a base, of so many digits, behind a prefix and perhaps before check characters. */
static struct text text_of(const char *prefix, uint64_t number, unsigned base, int width, int is_checked)
{
	char reversed[20];
	int count = 0;
	struct text text = {.length = (uint32_t)strlen(prefix)};
	for (; number || count < width; number /= base)
		reversed[count++] = digits[number % base];
	memcpy(text.bytes, prefix, text.length);
	while (count > 0)
		text.bytes[text.length++] = reversed[--count];
	const char *id = text.bytes;
	char buffer[18];
	if (is_checked && salesforce_id_read(&id, &text.length, buffer) == CELL_OK)
		memcpy(text.bytes, buffer, text.length);
	return text;
}

static struct ident ident(const struct text *text)
{
	return ident_of(text->bytes, text->length);
}

static int is_among(const struct text *texts, uint32_t count, const struct text *text)
{
	int found = 0;
	for (uint32_t i = 0; i < count; i++)
		found |= texts[i].length == text->length && memcmp(texts[i].bytes, text->bytes, text->length) == 0;
	return found;
}

static struct dense plan(const struct text *texts, uint32_t count, uint64_t most, unsigned threads)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct ident *ids = calloc(count + (size_t)1, sizeof *ids);
	struct dense dense;
	for (uint32_t i = 0; i < count; i++)
		ids[i] = ident(&texts[i]);
	CU_ASSERT_EQUAL(dense_plan(&dense, ids, count + (uint64_t)1, most, threads, &error), CRMVAL_OK); /* with none */
	free(ids);
	return dense;
}

/* A text that is like one of them. */
static struct text like(const struct text *text, uint32_t n)
{
	struct text other = *text;
	uint32_t place = n / 256 % (text->length + 1);
	if (place < text->length && n % 9 != 0) {
		other.bytes[place] = (char)n;
	} else if (n % 2) {
		memmove(other.bytes + place + 1, other.bytes + place, other.length - place);
		other.bytes[place] = '0';
		other.length++;
	} else if (other.length > 1) {
		other.length--;
		if (place < other.length)
			memmove(other.bytes + place, other.bytes + place + 1, other.length - place);
	}
	return other;
}

/* No two ids have a slot in common, and no other text has the slot of any. */
static void check_slots(const struct text *texts, uint32_t count, const struct dense *dense)
{
	int bad = 0;
	uint8_t *used = calloc(dense->slots + 1, 1);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t slot = dense_slot(dense, ident(&texts[i]));
		bad += slot >= dense->slots || used[slot < dense->slots ? slot : 0]++;
	}
	CU_ASSERT_EQUAL(bad, 0);
	for (uint32_t n = 0; n < 50000; n++) {
		struct text other = like(&texts[n * 7919u % count], n);
		uint64_t slot = dense_slot(dense, ident(&other));
		if (slot == DENSE_NONE || (slot < dense->slots && !used[slot]))
			continue;
		bad += slot >= dense->slots || !is_among(texts, count, &other);
	}
	CU_ASSERT_EQUAL(bad, 0);
	free(used);
}

static void test_slots(void)
{
	static const struct {
		const char *prefix;
		uint64_t first, step;
		unsigned base;
		int width, is_checked;
	} kinds[] = {
		{"", 0, 1, 10, 1, 0},      /* 0, 1, ..., 2999 */
		{"", 98000, 2, 10, 1, 0},  /* of two lengths, every other one */
		{"", 990000, 7, 10, 8, 0}, /* with zeros in front */
		{"ACC-", 1, 1, 10, 6, 0},  /* behind a word */
		{"Kunde ", 123456000, 1, 10, 9, 0},
		{"001", 0, 3, 36, 5, 0},
		{"0065g00000", 3000000, 5, 62, 5, 0},
		{"0065g0zzzz", 3000000, 5, 62, 5, 1},
		{"A15g00000Q", 60000000, 1, 62, 5, 1},
	};
	struct text *texts = calloc(COUNT, sizeof *texts);
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		for (uint32_t i = 0; i < COUNT; i++)
			texts[i] = text_of(kinds[k].prefix, kinds[k].first + i * kinds[k].step, kinds[k].base,
					   kinds[k].width, kinds[k].is_checked);
		for (unsigned threads = 1; threads < 4; threads += 2) {
			struct dense dense = plan(texts, COUNT, 8 * COUNT, threads);
			CU_ASSERT_EQUAL(dense.slots,
					(COUNT - 1) * kinds[k].step + 1 -
						(k == 1 ? kinds[k].step - 1 : 0)); /* between two lengths */
			check_slots(texts, COUNT, &dense);
		}
	}
	free(texts);
}

/* One id, of any length. */
static void test_one(void)
{
	for (uint32_t length = 1; length <= 15; length++) {
		struct text text = {.length = length};
		memset(text.bytes, '-', length);
		struct dense dense = plan(&text, 1, 8, 1);
		CU_ASSERT_EQUAL(dense.slots, 1);
		check_slots(&text, 1, &dense);
	}
}

/* What is not of the kind, by one id among many. */
static void test_others(void)
{
	static const char *const odd[] = {"ACC-00012x",
					  "ACC-0001",
					  "ACC-000/23",
					  "ACC-000:23",
					  "acc-000123",
					  "-",
					  "x",
					  "0065g00000zzzzzABC",
					  "ACC-000\xb1\x32\x33",
					  "some name that is longer than what fits"};
	struct text *texts = calloc(COUNT, sizeof *texts);
	for (uint32_t i = 0; i < COUNT; i++)
		texts[i] = text_of("ACC-", i, 10, 6, 0);
	for (size_t k = 0; k < sizeof odd / sizeof odd[0]; k++) {
		texts[COUNT / 2].length = (uint32_t)strlen(odd[k]);
		memcpy(texts[COUNT / 2].bytes, odd[k], texts[COUNT / 2].length);
		struct dense dense = plan(texts, COUNT, 8 * COUNT, 2);
		/* Of a length of its own, it is but one number more. */
		int is_short = texts[COUNT / 2].length < 10;
		CU_ASSERT_EQUAL(dense.slots, is_short ? COUNT + 1 : 0);
		if (is_short)
			check_slots(texts, COUNT, &dense);
	}
	/* Too sparse by one. */
	for (uint32_t i = 0; i < COUNT; i++)
		texts[i] = text_of("ACC-", i * 3, 10, 6, 0);
	CU_ASSERT_EQUAL(plan(texts, COUNT, 3 * COUNT - 3, 2).slots, 0);
	CU_ASSERT_EQUAL(plan(texts, COUNT, 3 * COUNT - 2, 2).slots, 3 * COUNT - 2);
	/* No ids at all. */
	CU_ASSERT_EQUAL(plan(texts, 0, 8, 2).slots, 0);
	free(texts);
}

/* Of very many, most are only seen when they are counted. */
static void test_many(void)
{
	enum { MANY = 100000 };
	struct crmval_error error = {.struct_size = sizeof error};
	struct ident *ids = calloc(MANY, sizeof *ids);
	struct dense dense;
	for (uint32_t i = 0; i < MANY; i++) {
		struct text text = text_of("ACC-", i, 10, 6, 0);
		ids[i] = ident(&text);
	}
	CU_ASSERT_EQUAL(dense_plan(&dense, ids, MANY, MANY, 2, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(dense.slots, MANY);
	struct ident kept = ids[70001];
	static const char *const odd[] = {"ACC-x70001", "ADC-070001", "ACC-70001",
					  "some name that is longer than what fits"};
	for (size_t k = 0; k < sizeof odd / sizeof odd[0]; k++) {
		ids[70001] = ident_of(odd[k], (uint32_t)strlen(odd[k]));
		CU_ASSERT_EQUAL(dense_plan(&dense, ids, MANY, 4 * MANY, 2, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(dense.slots, 0);
	}
	ids[70001] = kept;
	free(ids);
}

static const struct test tests[] = {
	{"slots of ids that are numbers", test_slots},
	{"one id", test_one},
	{"ids that are not", test_others},
	{"very many ids", test_many},
	{NULL, NULL},
};

const struct suite suite_dense = {"dense", tests};
