/* SPDX-License-Identifier: MIT */
/* The demo's tables of syllables and words, and how names are put together from them. */
#include "demo_words.h"

static const char *const industries[DEMO_INDUSTRIES] = {"machinery", "electronics", "pharma",     "energy",
							"logistics", "food",        "automotive", "software"};
static const char *const regions[DEMO_REGIONS] = {"East", "South", "North", "West", "Central", "Overseas"};
static const char *const categories[DEMO_CATEGORIES] = {"sensors", "controllers", "drives",   "analytics",
							"storage", "network",     "security", "services"};

const char *words_industry(int industry)
{
	return industries[industry];
}

const char *words_region(int region)
{
	return regions[region];
}

const char *words_category(unsigned category)
{
	return categories[category];
}

struct pair {
	const char *chinese, *latin;
};

static void add_lower(struct demo_text *text, const char *word)
{
	unsigned from = text->length;
	text_add(text, word);
	for (; from < text->length; from++)
		if (text->bytes[from] >= 'A' && text->bytes[from] <= 'Z')
			text->bytes[from] = (char)(text->bytes[from] - 'A' + 'a');
}

static void chinese_person(struct demo_random *random, struct demo_person *person)
{
	static const struct pair surnames[] = {
		{"王", "Wang"},  {"李", "Li"},   {"张", "Zhang"}, {"刘", "Liu"}, {"陈", "Chen"},     {"赵", "Zhao"},
		{"黄", "Huang"}, {"周", "Zhou"}, {"吴", "Wu"},    {"徐", "Xu"},  {"孙", "Sun"},      {"朱", "Zhu"},
		{"胡", "Hu"},    {"郭", "Guo"},  {"林", "Lin"},   {"何", "He"},  {"欧阳", "Ouyang"}, {"罗", "Luo"}};
	static const struct pair given[] = {{"伟", "wei"},  {"芳", "fang"},  {"娜", "na"},  {"敏", "min"},
					    {"静", "jing"}, {"强", "qiang"}, {"磊", "lei"}, {"洋", "yang"},
					    {"勇", "yong"}, {"艳", "yan"},   {"杰", "jie"}, {"涛", "tao"},
					    {"明", "ming"}, {"超", "chao"},  {"霞", "xia"}, {"晓", "xiao"},
					    {"雨", "yu"},   {"文", "wen"},   {"海", "hai"}, {"思", "si"}};
	struct pair surname = words_pick(random, surnames);
	text_add(&person->name, surname.chinese);
	add_lower(&person->email, surname.latin);
	text_add(&person->email, ".");
	for (int left = random_chance(random, 300) ? 1 : 2; left; left--) {
		struct pair syllable = words_pick(random, given);
		text_add(&person->name, syllable.chinese);
		text_add(&person->email, syllable.latin);
	}
}

static void english_person(struct demo_random *random, struct demo_person *person)
{
	static const char *const given[] = {"Alice",  "Ben",  "Clara", "David", "Emma", "Felix", "Grace",
					    "Henry",  "Iris", "Jack",  "Karen", "Leo",  "Marta", "Noah",
					    "Olivia", "Paul", "Rosa",  "Sam",   "Tina", "Victor"};
	static const char *const surnames[] = {"Adler",   "Brooks", "Carter", "Dawson", "Ellis",   "Fischer", "Grant",
					       "Hughes",  "Irving", "Jensen", "Keller", "Lambert", "Moreau",  "Novak",
					       "O'Neill", "Parker", "Quinn",  "Rossi",  "Schmidt", "Turner"};
	const char *first = words_pick(random, given), *last = words_pick(random, surnames);
	int comma = random_chance(random, 60); /* "Last, First": a name that CSV has to quote */
	text_add(&person->name, comma ? last : first);
	text_add(&person->name, comma ? ", " : " ");
	text_add(&person->name, comma ? first : last);
	add_lower(&person->email, first);
	text_add(&person->email, ".");
	add_lower(&person->email, last);
}

void words_person(struct demo_random *random, struct demo_person *person)
{
	int chinese = random_chance(random, 600);
	person->name.length = person->email.length = 0;
	if (chinese)
		chinese_person(random, person);
	else
		english_person(random, person);
	text_add_number(&person->email, random_below(random, 1000));
	text_add(&person->email, chinese ? "@example.cn" : "@example.com");
}

void words_phone(struct demo_random *random, struct demo_text *phone)
{
	/* 555-01xx is kept for fiction. */
	static const char *const heads[] = {"+1 (202) 555-01", "+1-312-555-01", "1.415.555.01", "+86 10 5550 01"};
	uint64_t number = random_below(random, 100);
	phone->length = 0;
	text_add(phone, words_pick(random, heads));
	text_add_number(phone, number / 10);
	text_add_number(phone, number % 10);
}

static void chinese_company(struct demo_random *random, int industry, struct demo_text *name)
{
	static const char *const cities[] = {"上海", "北京", "深圳", "苏州", "成都", "武汉", "青岛", "西安"};
	static const char *const first[] = {"恒", "瑞", "宏", "启", "博", "嘉", "信", "远", "鼎", "晟", "泓", "骏"};
	static const char *const second[] = {"达", "川", "图", "越", "峰", "润", "航", "泽", "源", "禾", "屿", "澜"};
	static const char *const trades[DEMO_INDUSTRIES] = {"机械", "电子", "医药",       "能源",
							    "物流", "食品", "汽车零部件", "软件"};
	text_add(name, words_pick(random, cities));
	text_add(name, words_pick(random, first));
	text_add(name, words_pick(random, second));
	text_add(name, trades[industry]);
	text_add(name, random_chance(random, 300) ? "股份有限公司" : "有限公司");
}

static void english_company(struct demo_random *random, int industry, struct demo_text *name)
{
	static const char *const first[] = {"Nor", "Vel", "Cast", "Brim", "Har", "Ost", "Quen", "Tarn", "Lund", "Mer"};
	static const char *const second[] = {"dale", "mont",  "wick", "field", "holm",
					     "gate", "stead", "ford", "bury",  "vane"};
	static const char *const trades[DEMO_INDUSTRIES] = {"Machinery", "Electronics", "Pharma",     "Energy",
							    "Logistics", "Foods",       "Auto Parts", "Software"};
	static const char *const forms[] = {" Ltd", " GmbH", " Group", ", Inc.", " & Sons"};
	int nicknamed = random_chance(random, 40);
	text_add(name, nicknamed ? "\"" : "");
	text_add(name, words_pick(random, first));
	text_add(name, words_pick(random, second));
	text_add(name, nicknamed ? "\" " : " ");
	text_add(name, trades[industry]);
	text_add(name, words_pick(random, forms));
}

void words_company(struct demo_random *random, int industry, struct demo_text *name)
{
	name->length = 0;
	if (random_chance(random, 600))
		chinese_company(random, industry, name);
	else
		english_company(random, industry, name);
	/* Somebody pasted it from a letterhead. */
	if (random_chance(random, 10))
		text_add(name, "\n(Head Office)");
}

void words_product(uint64_t product, struct demo_text *name)
{
	static const char *const nouns[DEMO_CATEGORIES] = {"Sensor", "Controller", "Drive",  "Insight",
							   "Vault",  "Link",       "Shield", "Care"};
	static const char *const models[] = {"S", "Pro", "Max"};
	name->length = 0;
	text_add(name, nouns[product % DEMO_CATEGORIES]);
	text_add(name, " ");
	text_add(name, models[product / DEMO_CATEGORIES % 3]);
}

void words_project(struct demo_random *random, uint64_t product, struct demo_text *name)
{
	static const char *const heads[] = {"New plant",  "Line 2 upgrade", "HQ renewal", "Pilot, phase 1", "Roll-out",
					    "数字化工厂", "二期扩建",       "智能仓储",   "设备更新",       "全国推广"};
	name->length = 0;
	text_add(name, words_pick(random, heads));
	text_add(name, " - ");
	text_add(name, categories[world_category(product)]);
}

void words_team(unsigned team, struct demo_text *name)
{
	name->length = 0;
	text_add(name, team % DEMO_REGIONS == 4 ? "大客户部" : regions[team % DEMO_REGIONS]);
	text_add(name, " ");
	text_add_number(name, team / DEMO_REGIONS + 1);
}
