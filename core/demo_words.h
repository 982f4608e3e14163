/* SPDX-License-Identifier: MIT */
/* Names for the demo data set, Chinese and English, put together from small tables; any likeness is by chance. */
#ifndef DEMO_WORDS_H
#define DEMO_WORDS_H

#include "demo_sheet.h"

struct demo_person {
	struct demo_text name, email;
};

void words_person(struct demo_random *random, struct demo_person *person);
void words_phone(struct demo_random *random, struct demo_text *phone);
void words_company(struct demo_random *random, int industry, struct demo_text *name);
void words_product(uint64_t product, struct demo_text *name);
void words_project(struct demo_random *random, uint64_t product, struct demo_text *name);
void words_team(unsigned team, struct demo_text *name);

const char *words_industry(int industry);
const char *words_region(int region);
const char *words_category(unsigned category);

/* One of a table of words. */
#define words_pick(random, table) ((table)[random_below((random), sizeof(table) / sizeof *(table))])

#endif
