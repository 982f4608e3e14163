/* SPDX-License-Identifier: MIT */
/* Everything that can be wrong with a job file, each with its line and its advice. */
#include "suite.h"

#include "job_text.h"

#include <string.h>

struct problem_case {
	const char *text;
	const char *expected[6];
};

static void check_all(const struct problem_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct job_text read = job_text_of(cases[i].text);
		CU_ASSERT_EQUAL(read.code, CRMVAL_OK);
		job_text_expect(&read, cases[i].expected);
		job_text_free(&read);
	}
}

#define CHECK_ALL(cases) check_all(cases, sizeof(cases) / sizeof(cases)[0])

/* Two lines, and line 3 is what is tested. */
#define REST JOB_LINE SOURCE_LINE
#define JOB(settings) SOURCE_LINE "job = { period = [\"2025-01-01\", \"2025-12-31\"];\n" settings "\n};\n"
#define SOURCE(settings) JOB_LINE "sources = ( { plugin = \"fake\"; directory = \"in\";\n" settings "\n} );\n"
#define ENTITY(settings)                                                                                               \
	JOB_LINE "sources = ( { plugin = \"fake\"; directory = \"in\"; entities = { opportunity = {\n" settings        \
		 "\n}; }; } );\n"
#define DIMENSION(settings) REST "dimensions = ( { plugin = \"fake\"; " settings " } );\n"
#define MEASURE(settings) DIMENSION("measures = { coverage = {\n" settings "\n}; };")

static void test_top(void)
{
	static const struct problem_case cases[] = {
		{"",
		 {"FILE: job: is missing; write job = { period = [\"YYYY-MM-DD\", \"YYYY-MM-DD\"]; };",
		  "FILE: sources: is missing; write sources = ( { plugin = \"csv\"; directory = \"DIR\"; } );"}},
		{REST "scores = { };\n", {"FILE:3: scores: is not a known key; did you mean \"score\"?"}},
		{REST "LIMITS = { };\n", {"FILE:3: LIMITS: is not a known key; did you mean \"limits\"?"}},
		{REST "jbo = { };\n", {"FILE:3: jbo: is not a known key; did you mean \"job\"?"}}, /* one swap */
		{REST "sxxre = { };\n", {"FILE:3: sxxre: is not a known key; did you mean \"score\"?"}},
		{REST "zebra = 1;\n",
		 {"FILE:3: zebra: is not a known key; known here: job, sources, dimensions, score, limits, plugins, "
		  "archive, reports, alerts"}},
		{SOURCE_LINE "job = 5;\n", {"FILE:2: job: must be a group, not a number; write { KEY = VALUE; }"}},
		{REST "score = ( 1 );\n", {"FILE:3: score: must be a group, not a list; write { KEY = VALUE; }"}},
		/* all of them, not only the first */
		{REST "score = { agregation = \"geometric\";\nmissing = \"none\"; min_coverage = 2; ranges = \"all\"; "
		      "};\nlimit = { };\n",
		 {"FILE:5: limit: is not a known key; did you mean \"limits\"?",
		  "FILE:3: score.agregation: is not a known key; did you mean \"aggregation\"?",
		  "FILE:4: score.min_coverage: must be between 0 and 1, not 2",
		  "FILE:4: score.missing: \"none\" is not known; known here: renormalise, zero, fail",
		  "FILE:4: score.ranges: \"all\" is not known; known here: model, cautious"}},
	};
	CHECK_ALL(cases);
}

static void test_job(void)
{
	static const struct problem_case cases[] = {
		{SOURCE_LINE "job = {\nname = \"x\"; };\n",
		 {"FILE:2: job.period: is missing; write [\"YYYY-MM-DD\", \"YYYY-MM-DD\"], or \"last-quarter\""}},
		{JOB("name = 5;"), {"FILE:3: job.name: must be a text, not a number; write it in quotes"}},
		{JOB("name = \"a/b\";"),
		 {"FILE:3: job.name: must have 1 to 100 bytes and neither a slash nor a line break, since files are "
		  "named "
		  "after it; choose a simple name"}},
		{JOB("name = \"\";"),
		 {"FILE:3: job.name: must have 1 to 100 bytes and neither a slash nor a line break, since files are "
		  "named "
		  "after it; choose a simple name"}},
		{JOB("name = \"\\xff\";"), {"FILE:3: job.name: is not valid UTF-8; save the job file as UTF-8"}},
		{JOB("name = \"\xc3\xa9\";"), {NULL}},
		{JOB("basline = \"none\";"), {"FILE:3: job.basline: is not a known key; did you mean \"baseline\"?"}},
		{JOB("breakdown = [\"team\",\n\"sizeclass\"];"),
		 {"FILE:4: job.breakdown.[1]: \"sizeclass\" is not known; did you mean \"size_class\"?"}},
		{JOB("breakdown = { };"),
		 {"FILE:3: job.breakdown: must be a list, not a group; write (\"team\", \"region\"), or () for none"}},
		{JOB("currency = \"Euro\";"),
		 {"FILE:3: job.currency: \"Euro\" is no currency; write its three letters, as in \"EUR\""}},
		{JOB("currency = \"E1R\";"),
		 {"FILE:3: job.currency: \"E1R\" is no currency; write its three letters, as in \"EUR\""}},
		{JOB("language = \"Deutsch\";"),
		 {"FILE:3: job.language: \"Deutsch\" is no language; write it as in \"en\" or \"zh_CN\""}},
		{JOB("language = \"zh_cn\";"),
		 {"FILE:3: job.language: \"zh_cn\" is no language; write it as in \"en\" or \"zh_CN\""}},
		{JOB("baseline = \"last-quartr\";"),
		 {"FILE:3: job.baseline: \"last-quartr\" is neither two dates (YYYY-MM-DD), nor FROM..TO, nor the name "
		  "of a "
		  "window that is known here; did you mean \"last-quarter\"?"}},
		{JOB("baseline = \"year-earlir\";"),
		 {"FILE:3: job.baseline: \"year-earlir\" is neither two dates (YYYY-MM-DD), nor FROM..TO, nor the name "
		  "of a "
		  "window that is known here; did you mean \"year-earlier\"?"}},
		{JOB("baseline = [\"2025-12-31\", \"2026-12-30\"];"),
		 {"FILE:3: job.baseline: overlaps the period (it is 2025-12-31 to 2026-12-30); let it end before the "
		  "period "
		  "begins"}},
		{JOB("baseline = [\"2024-01-01\", \"2025-01-01\"];"),
		 {"FILE:3: job.baseline: overlaps the period (it is 2024-01-01 to 2025-01-01); let it end before the "
		  "period "
		  "begins"}},
		{JOB("language = \"zh-CN\";"),
		 {"FILE:3: job.language: \"zh-CN\" is no language; write it as in \"en\" or \"zh_CN\""}},
		{JOB("language = \"zh_C\";"),
		 {"FILE:3: job.language: \"zh_C\" is no language; write it as in \"en\" or \"zh_CN\""}},
		{JOB("language = \"d\";"),
		 {"FILE:3: job.language: \"d\" is no language; write it as in \"en\" or \"zh_CN\""}},
		{JOB("language = \"deut\";"),
		 {"FILE:3: job.language: \"deut\" is no language; write it as in \"en\" or \"zh_CN\""}},
		{JOB("language = \"yue\";"), {NULL}},
		{JOB("baseline = [\"2024-12-31\", \"2024-01-01\"];"),
		 {"FILE:3: job.baseline: ends before it begins; write the earlier date first"}},
		{JOB("baseline = [\"2023-02-29\", \"2024-01-01\"];"),
		 {"FILE:3: job.baseline: is not two dates written YYYY-MM-DD, each a day that exists"}},
		{JOB("baseline = [\"2024-01-01\"];"),
		 {"FILE:3: job.baseline: has 1 elements and needs 2 or more; write [\"YYYY-MM-DD\", \"YYYY-MM-DD\"], "
		  "or the "
		  "name of a window"}},
		{JOB("baseline = [\"2024-01-01\", \"2024-12-31\", \"2024-12-31\"];"),
		 {"FILE:3: job.baseline: has more than two dates; leave out the others"}},
		{JOB("baseline = [2024, 2025];"),
		 {"FILE:3: job.baseline.[0]: must be a text, not a number; write it in quotes"}},
		/* an unusable period is one problem, not two */
		{SOURCE_LINE "job = { baseline = \"previous\";\nperiod = \"last-monht\"; };\n",
		 {"FILE:3: job.period: \"last-monht\" is neither two dates (YYYY-MM-DD), nor FROM..TO, nor the name of "
		  "a window "
		  "that is known here; did you mean \"last-month\"?"}},
	};
	CHECK_ALL(cases);
}

static void test_sources(void)
{
	static const struct problem_case cases[] = {
		{JOB_LINE "sources = ();\n",
		 {"FILE:2: sources: has 0 elements and needs 1 or more; write sources = ( { plugin "
		  "= \"csv\"; directory = \"DIR\"; } );"}},
		{JOB_LINE "sources = {};\n",
		 {"FILE:2: sources: must be a list, not a group; write sources = ( { plugin = "
		  "\"csv\"; directory = \"DIR\"; } );"}},
		{JOB_LINE "sources = ( \"csv\" );\n",
		 {"FILE:2: sources.[0]: must be a group, not a text; write { KEY = VALUE; }"}},
		{JOB_LINE "sources = ( { directory = \"in\"; } );\n",
		 {"FILE:2: sources.[0].plugin: is missing; name the source, as in plugin = \"csv\""}},
		{JOB_LINE "sources = (\n{ plugin = \"../csv\"; } );\n",
		 {"FILE:3: sources.[0].plugin: \"../csv\" is no name of a plugin; it is the name of its file without "
		  ".so, made "
		  "of a-z, 0-9 and _"}},
		{JOB_LINE "sources = (\n{ plugin = \"Csv\"; } );\n",
		 {"FILE:3: sources.[0].plugin: \"Csv\" is no name of a plugin; it is the name of its file without .so, "
		  "made "
		  "of a-z, 0-9 and _"}},
		{JOB_LINE "sources = (\n{ plugin = \"cs.v\"; } );\n",
		 {"FILE:3: sources.[0].plugin: \"cs.v\" is no name of a plugin; it is the name of its file without "
		  ".so, made "
		  "of a-z, 0-9 and _"}},
		{JOB_LINE "sources = (\n{ plugin = \"a\"; directory = \"in\"; } );\n", {NULL}},
		{JOB_LINE "sources = ( { plugin = \"fake\"; directory = \"in\"; },\n{ plugin = \"fake\"; } );\n",
		 {"FILE:3: sources.[1].directory: is missing; say where the files are"}},
		{SOURCE("delimeter = \";\";"),
		 {"FILE:3: sources.[0].delimeter: is not a known key; did you mean \"delimiter\"?"}},
		{SOURCE("entitys = { };"),
		 {"FILE:3: sources.[0].entitys: is not a known key; did you mean \"entities\"?"}},
		{SOURCE("delimiter = 5;"),
		 {"FILE:3: sources.[0].delimiter: must be a text, not a number; write it in quotes"}},
		{SOURCE("size = 1.5;"), {"FILE:3: sources.[0].size: must be a whole number, not 1.5"}},
		{SOURCE("size = 0;"), {"FILE:3: sources.[0].size: must be between 1 and 5000, not 0"}},
		{SOURCE("size = 5000.5;"), {"FILE:3: sources.[0].size: must be between 1 and 5000, not 5000.5"}},
		{SOURCE("size = \"10\";"),
		 {"FILE:3: sources.[0].size: must be a number, not a text; write it without quotes"}},
		{SOURCE("ratio = 1e999;"),
		 {"FILE:3: sources.[0].ratio: is too large for a number; write a smaller one"}},
		{SOURCE("ratio = true;"),
		 {"FILE:3: sources.[0].ratio: must be a number, not true or false; write it without quotes"}},
		{SOURCE("strict = 1;"),
		 {"FILE:3: sources.[0].strict: must be true or false, not a number; write it without quotes"}},
		{SOURCE("also = (\"a\",\n5);"),
		 {"FILE:4: sources.[0].also.[1]: must be a text, not a number; write it in quotes"}},
		{SOURCE("also = \"\";"),
		 {"FILE:3: sources.[0].also: is an empty path; write . for the folder of the job file"}},
		{SOURCE("entities = (\n);"),
		 {"FILE:3: sources.[0].entities: must be a group, not a list; write { KEY = VALUE; }"}},
		{SOURCE("entities = {\nAccounts = { }; };"),
		 {"FILE:4: sources.[0].entities.Accounts: is no entity of the model; did you mean \"account\"?"}},
		{SOURCE("entities = { account = 5; };"),
		 {"FILE:3: sources.[0].entities.account: must be a group, not a number; write { KEY = VALUE; }"}},
		{ENTITY("tabel = \"t\";"),
		 {"FILE:3: sources.[0].entities.opportunity.tabel: is not a known key; did you mean \"table\"?"}},
		{ENTITY("valeus = ();"),
		 {"FILE:3: sources.[0].entities.opportunity.valeus: is not a known key; did you mean \"values\"?"}},
		{ENTITY("file = 5;"),
		 {"FILE:3: sources.[0].entities.opportunity.file: must be a list, not a number; write ( "
		  "\"ONE\", \"TWO\" )"}},
	};
	CHECK_ALL(cases);
}

#define AT "FILE:3: sources.[0].entities.opportunity."

static void test_mapping(void)
{
	static const struct problem_case cases[] = {
		{ENTITY("fields = ( (\"ammount\", \"Deal Value\") );"),
		 {AT "fields.[0].[0]: opportunity has no field \"ammount\"; did you mean \"amount\"?"}},
		{ENTITY("fields = ( (\"id\", \"Id\") );"), {NULL}},
		{ENTITY("fields = ( (), (5, \"x\"), (\"amount\", \"y\") );"),
		 {AT "fields.[0]: has 0 elements and needs 2 or more; write ( (\"FIELD\", \"COLUMN\"), ... )",
		  AT "fields.[1].[0]: must be a text, not a number; write it in quotes"}},
		{ENTITY("fields = ( (\"amount\") );"),
		 {AT "fields.[0]: has 1 elements and needs 2 or more; write ( "
		     "(\"FIELD\", \"COLUMN\"), ... )"}},
		{ENTITY("fields = ( (\"amount\", \"a\", \"b\") );"),
		 {AT "fields.[0]: has 3 elements and needs 2; write ( (\"FIELD\", \"COLUMN\"), ... )"}},
		{ENTITY("fields = { amount = \"Deal Value\"; };"),
		 {AT "fields: must be a list, not a group; write ( (\"FIELD\", \"COLUMN\"), ... )"}},
		{ENTITY("fields = ( (\"amount\", 5) );"),
		 {AT "fields.[0].[1]: must be a text, not a number; write it in quotes"}},
		{ENTITY("fields = ( (\"amount\", \"a\"), (\"stage\", \"b\"), (\"amount\", \"c\") );"),
		 {AT "fields.[2].[0]: the field amount stands here twice; leave one of them out"}},
		{ENTITY("values = ( (\"amount\", ( (\"a\", \"1\") )) );"),
		 {AT "values.[0].[0]: amount is neither a word of a set nor a flag, so its values cannot be mapped; "
		     "leave it "
		     "out"}},
		{ENTITY("values = ( (\"outcome\", ( (\"Closed Won\", \"win\") )) );"),
		 {AT "values.[0].[1].[0].[1]: \"win\" is no value of outcome; did you mean \"won\"?"}},
		{ENTITY("values = ( (\"budget_participation\", ( (\"J\", \"ja\") )) );"),
		 {AT "values.[0].[1].[0].[1]: \"ja\" is no value of budget_participation; known here: true, false, "
		     "yes, no, "
		     "y, n, t, f, 1, 0"}},
		{ENTITY("values = ( (\"outcome\", ( (\"W\", \"won\"), (\"L\", \"lost\"), (\"W\", \"lost\") )) );"),
		 {AT "values.[0].[1].[2].[0]: \"W\" stands here twice; leave one of them out"}},
		{ENTITY("values = ( (\"outcome\", \"won\") );"),
		 {AT "values.[0].[1]: must be a list, not a text; write ( (\"IN THE DATA\", \"IN THE MODEL\"), ... )"}},
		{ENTITY("values = ( (\"outcome\", ( (\"W\", \"won\") )), (\"outcome\", ( (\"L\", \"lost\") )) );"),
		 {AT "values.[1].[0]: the field outcome stands here twice; leave one of them out"}},
		{ENTITY("date_format = \"%d/%m/%Q\";"),
		 {AT
		  "date_format: %Q is no part of a date that is known here; known are %Y %y %m %b %d %H %I %M %S %T %p "
		  "%%"}},
		{ENTITY("date_format = \"%d/%m/%Y%\";"),
		 {AT
		  "date_format: % is no part of a date that is known here; known are %Y %y %m %b %d %H %I %M %S %T %p "
		  "%%"}},
		{ENTITY("date_format = \"%m/%Y\";"),
		 {AT "date_format: \"%m/%Y\" does not tell a day; write year, month and day, as in %d/%m/%Y"}},
		{ENTITY("date_formats = ( (\"amount\", \"%d/%m/%Y\") );"),
		 {AT "date_formats.[0].[0]: amount is no date; leave it out"}},
		{ENTITY("date_formats = ( (\"closed_on\", 5) );"),
		 {AT "date_formats.[0].[1]: must be a text, not a number; write it in quotes"}},
	};
	CHECK_ALL(cases);
}

static void test_dimensions(void)
{
	static const struct problem_case cases[] = {
		{REST "dimensions = ();\n",
		 {"FILE:3: dimensions: has 0 elements and needs 1 or more; write ( { plugin = "
		  "\"deal_control\"; }, ... ), or leave it out for all five"}},
		{REST "dimensions = ( { weight = 1; } );\n",
		 {"FILE:3: dimensions.[0].plugin: is missing; name the dimension, as in plugin = \"deal_control\""}},
		{REST "dimensions = ( { plugin = \"fake\"; },\n{ plugin = \"fake\"; } );\n",
		 {"FILE:4: dimensions.[1].plugin: the dimension fake stands here twice; join the two"}},
		{DIMENSION("wieght = 1;"),
		 {"FILE:3: dimensions.[0].wieght: is not a known key; did you mean \"weight\"?"}},
		{DIMENSION("weight = -1;"),
		 {"FILE:3: dimensions.[0].weight: must be between 0 and 1000000000, not -1"}},
		{DIMENSION("weight = 0;"),
		 {"FILE:3: dimensions: all weights are 0; give one dimension at least a weight above 0"}},
		{DIMENSION("params = {\nwithin_day = 5; };"),
		 {"FILE:4: dimensions.[0].params.within_day: is not a known key; did you mean \"within_days\"?"}},
		{DIMENSION("params = {\nwithin_days = -1; };"),
		 {"FILE:4: dimensions.[0].params.within_days: must be between 0 and 36500, not -1"}},
		{DIMENSION("params = 5;"),
		 {"FILE:3: dimensions.[0].params: must be a group, not a number; write { KEY = VALUE; }"}},
		{DIMENSION("indicators = {\nraech = { }; };"),
		 {"FILE:4: dimensions.[0].indicators.raech: is no indicator of this dimension; did you mean "
		  "\"reach\"?"}},
		{DIMENSION("indicators = { reach = {\nweigth = 1; }; };"),
		 {"FILE:4: dimensions.[0].indicators.reach.weigth: is not a known key; did you mean \"weight\"?"}},
		{DIMENSION("indicators = { reach = { weight = 0; };\npace = { weight = 0; }; };"),
		 {"FILE:3: dimensions.[0]: all indicators have weight 0; set the weight of the dimension itself to 0"}},
		{DIMENSION("measures = {\ncovrage = { }; };"),
		 {"FILE:4: dimensions.[0].measures.covrage: is no measure of this dimension; did you mean "
		  "\"coverage\"?"}},
		{DIMENSION("measures = { coverage = { weight = 0; };\nsales = { weight = 0.0; }; };"),
		 {"FILE:3: dimensions.[0]: all measures of reach have weight 0; set the weight of reach itself to 0"}},
		{DIMENSION("indicators = { reach = {\nmeasures = { speed = { weight = 2; }; }; }; };"),
		 {"FILE:4: dimensions.[0].indicators.reach.measures.speed: is a measure of the indicator pace; move it "
		  "there"}},
		{DIMENSION("indicators = { pace = { measures = { speed = { weight = 2; }; }; }; };\n"
			   "measures = { speed = { weight = 2; }; };"),
		 {"FILE:4: dimensions.[0].measures.speed: is set in its indicator, too; join the two"}},
		/* growth of a sum has a scale of its own, its value has none */
		{DIMENSION("measures = {\nsales = { basis = \"value\"; }; };"),
		 {"FILE:4: dimensions.[0].measures.sales: the measure sales is scored by its value, for which it has "
		  "no scale; "
		  "write scale = ( (X, Y), (X, Y) ) in measures.sales"}},
		{DIMENSION("measures = {\nsales = { basis = \"change\"; }; };"), {NULL}},
		{DIMENSION("measures = {\nsales = { basis = \"value\"; weight = 0; }; };"), {NULL}},
	};
	CHECK_ALL(cases);
}

#undef AT
#define AT "FILE:4: dimensions.[0].measures.coverage."

static void test_measures(void)
{
	static const struct problem_case cases[] = {
		{MEASURE("scales = ();"), {AT "scales: is not a known key; did you mean \"scale\"?"}},
		{MEASURE("basis = \"grow\";"), {AT "basis: \"grow\" is not known; known here: value, growth, change"}},
		{MEASURE("basis = \"groth\";"), {AT "basis: \"groth\" is not known; did you mean \"growth\"?"}},
		{MEASURE("baseline = 1e400;"), {AT "baseline: is too large for a number; write a smaller one"}},
		{MEASURE("weight = \"1\";"), {AT "weight: must be a number, not a text; write it without quotes"}},
		{MEASURE("scale = 5;"),
		 {AT "scale: must be a list, not a number; write ( (X, Y), (X, Y), ... ), two points at least"}},
		{MEASURE("scale = ( (0, 0) );"),
		 {AT "scale: has 1 elements and needs 2 or more; write ( (X, Y), (X, Y), ... "
		     "), two points at least"}},
		{MEASURE("scale = ( (0, 0), (1, 2, 3) );"), {AT "scale.[1]: has 3 elements and needs 2; write (X, Y)"}},
		{MEASURE("scale = ( (0, 0), 1 );"), {AT "scale.[1]: must be a list, not a number; write (X, Y)"}},
		{MEASURE("scale = ( (0, 0), (0.0, 5) );"),
		 {AT "scale.[1]: x must rise from point to point, but 0 follows 0; put the points in order"}},
		{MEASURE("scale = ( (1, 0), (0.5, 5) );"),
		 {AT "scale.[1]: x must rise from point to point, but 0.5 follows 1; put the points in order"}},
		{MEASURE("scale = ( (-1.7e308, 0), (1.7e308, 5) );"),
		 {AT "scale.[1]: x must rise from point to point, but 1.7e+308 follows -1.7e+308; put the points in "
		     "order"}},
		{MEASURE("scale = ( (0, 0), (1, 50), (2, 49) );"),
		 {AT "scale.[2]: y must only rise or only fall, but 49 follows 50 against the points before; a scale "
		     "has one "
		     "direction"}},
		{MEASURE("scale = ( (0, 50), (1, 0), (2, 0), (3, 1) );"),
		 {AT "scale.[3]: y must only rise or only fall, but 1 follows 0 against the points before; a scale has "
		     "one "
		     "direction"}},
		{MEASURE("scale = ( (0, -1), (1, 100.5) );"),
		 {AT "scale.[0].[1]: must be between 0 and 100, not -1",
		  AT "scale.[1].[1]: must be between 0 and 100, not 100.5"}},
		{MEASURE("scale = ( (0, 0), (1e999, 100) );"),
		 {AT "scale.[1].[0]: is too large for a number; write a smaller one"}},
		/* falling and flat scales are scales */
		{MEASURE("scale = ( (0, 100), (0.2, 0), (0.5, 0) );"), {NULL}},
		{MEASURE("scale = ( [0, 50], [1, 50] );"), {NULL}},
		{MEASURE("scale = ( (0, 0), (1, 50), (2, 50), (3, 60) );"), {NULL}},
		{MEASURE("scale = ( (0, 60), (1, 50), (2, 50), (3, 0) );"), {NULL}},
	};
	CHECK_ALL(cases);
}

static void test_other_sections(void)
{
	static const struct problem_case cases[] = {
		{REST "limits = { rejected_rows = -1; };\n",
		 {"FILE:3: limits.rejected_rows: must be between 0 and 1e+15, not -1"}},
		{REST "limits = { rejected_rows = 0.5; };\n",
		 {"FILE:3: limits.rejected_rows: must be a whole number, not 0.5"}},
		{REST "limits = { rejected_share = 1.01; };\n",
		 {"FILE:3: limits.rejected_share: must be between 0 and 1, not 1.01"}},
		{REST "limits = { unreadable_share = -0.1; };\n",
		 {"FILE:3: limits.unreadable_share: must be between 0 and 1, not -0.1"}},
		{REST "limits = { dangling_share = \"1\"; };\n",
		 {"FILE:3: limits.dangling_share: must be a number, not a text; write it without quotes"}},
		{REST "limits = { example = 5; };\n",
		 {"FILE:3: limits.example: is not a known key; did you mean \"examples\"?"}},
		{REST "limits = { hash_inputs = \"allways\"; };\n",
		 {"FILE:3: limits.hash_inputs: \"allways\" is not known; did you mean \"always\"?"}},
		{REST "plugins = { sandbox = \"best_effort\"; };\n",
		 {"FILE:3: plugins.sandbox: \"best_effort\" is not known; did you mean \"best-effort\"?"}},
		{REST "plugins = { deadline = 0; };\n",
		 {"FILE:3: plugins.deadline: must be between 0.1 and 1000000, not 0"}},
		{REST "plugins = { memory_mb = 0; };\n",
		 {"FILE:3: plugins.memory_mb: must be between 1 and 16777216, not 0"}},
		{REST "plugins = { directories = 1; };\n",
		 {"FILE:3: plugins.directories: must be a list, not a number; write ( \"ONE\", \"TWO\" )"}},
		{REST "archive = { };\n", {"FILE:3: archive.directory: is missing; name the folder of the snapshots"}},
		{REST "archive = { directory = \"\"; };\n",
		 {"FILE:3: archive.directory: is an empty path; write . for the folder of the job file"}},
		{REST "archive = { directory = \"a\"; keep = { }; };\n",
		 {"FILE:3: archive.keep: has no rule, and would keep nothing; write one, or leave it out to keep all"}},
		{REST "archive = { directory = \"a\"; keep = { daily = 0; future = 1; }; };\n",
		 {"FILE:3: archive.keep.future: is not a known key; known here: last, hourly, daily, weekly, monthly, "
		  "quarterly, yearly, within",
		  "FILE:3: archive.keep.daily: must be between 1 and 100000, not 0"}},
		{REST "archive = { directory = \"a\"; keep = { within = \"90\"; }; };\n",
		 {"FILE:3: archive.keep.within: \"90\" is no duration; write one as in \"90 days\": hours, days, "
		  "weeks, "
		  "months or years"}},
		{REST "archive = { directory = \"a\"; keep = { within = 90; }; };\n",
		 {"FILE:3: archive.keep.within: must be a text, not a number; write it in quotes"}},
		{REST "reports = { };\n",
		 {"FILE:3: reports: must be a list, not a group; write ( { file = \"FILE\"; } )"}},
		{REST "reports = ( { format = \"json\"; } );\n",
		 {"FILE:3: reports.[0].file: is missing; name the file to write, or a plugin that stores the result"}},
		{REST "reports = ( { file = \"a.pdf\"; } );\n",
		 {"FILE:3: reports.[0].file: does not end in .txt, .json, .csv, .html or .prom; add format = "
		  "\"text\", \"json\", \"csv\", \"html\" or \"prometheus\""}},
		{REST "reports = ( { file = \"a\"; format = \"jsn\"; } );\n",
		 {"FILE:3: reports.[0].format: \"jsn\" is not known; did you mean \"json\"?"}},
		{REST "reports = ( { file = \"a.csv\"; language = \"German\"; } );\n",
		 {"FILE:3: reports.[0].language: \"German\" is no language; write it as in \"en\" or \"zh_CN\""}},
		{REST "reports = ( { file = \"a.csv\"; },\n{ file = \"a.csv\"; format = \"json\"; } );\n",
		 {"FILE:4: reports.[1].file: is written by another report, too; name another file"}},
	};
	CHECK_ALL(cases);
}

/* Control characters in a quoted value must not reach the terminal, nor a very long one flood it. */
static void test_hostile_values(void)
{
	char text[17000], letters[8001];
	struct job_text read = job_text_of(JOB("currency = \"\\x1b[2J\n\";"));
	job_text_expect(&read, (const char *const[]){"FILE:3: job.currency: \"?[2J?\" is no currency; write its three "
						     "letters, as in \"EUR\"",
						     NULL});
	job_text_free(&read);
	memset(letters, 'a', sizeof letters - 1);
	letters[sizeof letters - 1] = 0;
	snprintf(text, sizeof text, REST "score = { missing = \"%s\"; %s = 1; };\n", letters, letters);
	read = job_text_of(text);
	CU_ASSERT_EQUAL_FATAL(read.problems.count, 2);
	CU_ASSERT(strlen(read.problems.texts[0]) < 1500);
	CU_ASSERT(strlen(read.problems.texts[1]) < 300);
	job_text_free(&read);
}

static const struct test tests[] = {
	{"the whole", test_top},
	{"the section job", test_job},
	{"sources", test_sources},
	{"mappings", test_mapping},
	{"dimensions", test_dimensions},
	{"measures", test_measures},
	{"score, limits, plugins, archive, reports", test_other_sections},
	{"hostile values", test_hostile_values},
	{NULL, NULL},
};

const struct suite suite_job_problems = {"job_problems", tests};
