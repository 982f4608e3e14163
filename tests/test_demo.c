/* SPDX-License-Identifier: MIT */
/* The demo data set: the same for the same numbers, in the model's shape, and never over what is not its own. */
#include "demo.h"
#include "demo_sheet.h"
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 16 };
static const char *const files[FILES] = {
	"account.csv",     "contact.csv",     "relationship.csv",    "project_history.csv", "product.csv",
	"order.csv",       "opportunity.csv", "decision_member.csv", "activity.csv",        "resource_request.csv",
	"participant.csv", "expense.csv",     "employee.csv",        "growth_record.csv",   "strategic_goal.csv",
	"job.conf"};

/* The fields of the model, typed from its table of entities, without currency. */
static const char *const headers[FILES - 1] = {
	"id,name,owner,size_class,region,industry,key_market,churned_on\n",
	"id,account,name,title,department,email,phone,is_key,influence,reports_to,created_on,verified_on\n",
	"id,employee,contact,level,recorded_on\n",
	"id,account,name,product,vendor,ours,amount,signed_on,decision_maker,created_on,verified_on\n",
	"id,name,category,strategic\n",
	"id,account,opportunity,product,signed_on,amount,quantity\n",
	"id,account,owner,name,product,stage,project_size,amount,created_on,approved_on,closed_on,outcome,need,"
	"competitor,"
	"next_step,expected_close_on,budget_participation,tender_participation,customer_time_rank,competitor_minutes\n",
	"id,opportunity,contact,role,stance,value_proposition,value_fit,verified_on\n",
	"id,opportunity,account,employee,kind,occurred_on,minutes\n",
	"id,opportunity,function,requested_on,assigned_on,needed_on,ready_on,skill_match\n",
	"id,opportunity,employee,function,responsibility,score,acknowledged,disputed\n",
	"id,opportunity,kind,amount,spent_on\n",
	"id,name,team,region,manager,hired_on,left_on,sales\n",
	"id,employee,stage,entered_on\n",
	"id,name,owner,baseline,target,actual,weight\n"};

static char root[64];

static void path_of(char path[256], const char *directory, const char *file)
{
	snprintf(path, 256, "%s/%s%s%s", root, directory, *file ? "/" : "", file);
}

/* The whole of a file, ended by NUL; "" where there is none. */
static char *contents(const char *directory, const char *file, size_t *length)
{
	char path[256], *text = NULL;
	FILE *stream;
	path_of(path, directory, file);
	*length = 0;
	stream = fopen(path, "rb");
	for (size_t room = 1 << 22; stream; stream = NULL) {
		text = malloc(room);
		*length = text ? fread(text, 1, room - 1, stream) : 0;
		fclose(stream);
	}
	if (!text)
		return calloc(1, 1);
	text[*length] = '\0';
	return text;
}

static void put_file(const char *directory, const char *file, const char *text)
{
	char path[256];
	FILE *stream;
	path_of(path, directory, file);
	stream = fopen(path, "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	fputs(text, stream);
	fclose(stream);
}

static int file_is(const char *directory, const char *file, const char *text)
{
	size_t length;
	char *got = contents(directory, file, &length);
	int is = !strcmp(got, text);
	free(got);
	return is;
}

static int entries(const char *directory)
{
	char path[256];
	int count = 0;
	DIR *listing;
	path_of(path, directory, "");
	listing = opendir(path);
	if (!listing)
		return -1;
	while (readdir(listing))
		count++;
	closedir(listing);
	return count - 2; /* without . and .. */
}

static void clear(const char *directory)
{
	char path[512], base[256];
	struct dirent *entry;
	DIR *listing;
	path_of(base, directory, "");
	listing = opendir(base);
	while (listing && (entry = readdir(listing))) {
		snprintf(path, sizeof path, "%.250s/%.250s", base, entry->d_name);
		unlink(path);
	}
	if (listing)
		closedir(listing);
	rmdir(base);
}

static void begin(void)
{
	snprintf(root, sizeof root, "/tmp/crmval-demo-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
}

static void end(void)
{
	clear("a");
	clear("b");
	rmdir(root);
}

static int demo(const char *directory, double scale, uint64_t seed, struct crmval_error *error)
{
	char path[256];
	path_of(path, directory, "");
	*error = (struct crmval_error){.struct_size = sizeof *error};
	return demo_write(path, scale, seed, error);
}

/* How many files of the two directories have the same bytes. */
static int same_files(void)
{
	int same = 0;
	for (int i = 0; i < FILES; i++) {
		size_t one, other;
		char *left = contents("a", files[i], &one), *right = contents("b", files[i], &other);
		same += one > 0 && one == other && !memcmp(left, right, one);
		free(left);
		free(right);
	}
	return same;
}

/* Records, without the header; a line end within quotes ends none. */
static long records(const char *file)
{
	size_t length;
	char *text = contents("a", file, &length);
	long count = -1;
	int quoted = 0;
	for (size_t i = 0; i < length; i++) {
		quoted ^= text[i] == '"';
		count += text[i] == '\n' && !quoted;
	}
	CU_ASSERT_FALSE(quoted);
	free(text);
	return count;
}

static void random_numbers_are_the_published_ones(void)
{
	/* The first numbers of SplitMix64 from 1234567, as published with the algorithm. */
	struct demo_random random = {1234567};
	CU_ASSERT_EQUAL(random_next(&random), 6457827717110365317u);
	CU_ASSERT_EQUAL(random_next(&random), 3203168211198807973u);
	CU_ASSERT_EQUAL(random_next(&random), 9817491932198370423u);
}

static void same_numbers_same_bytes(void)
{
	struct crmval_error error;
	begin();
	CU_ASSERT_EQUAL(demo("a", 0.5, 7, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(demo("b", 0.5, 7, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(same_files(), FILES);
	/* Another seed, over the earlier demo: all but the products, which are the same in every world. */
	CU_ASSERT_EQUAL(demo("b", 0.5, 8, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(same_files(), 1);
	CU_ASSERT_EQUAL(entries("b"), FILES);
	end();
}

static void headers_are_the_model(void)
{
	struct crmval_error error;
	begin();
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(entries("a"), FILES);
	for (int i = 0; i < FILES - 1; i++) {
		size_t length;
		char *text = contents("a", files[i], &length);
		CU_ASSERT_FALSE(strncmp(text, headers[i], strlen(headers[i])));
		CU_ASSERT(length > 0 && text[length - 1] == '\n');
		free(text);
	}
	end();
}

static void counts(double scale, long accounts, long opportunities, long employees, long goals)
{
	struct crmval_error error;
	long all = 0, count;
	begin();
	CU_ASSERT_EQUAL(demo("a", scale, 3, &error), CRMVAL_OK);
	for (int i = 0; i < FILES - 1; i++)
		all += records(files[i]);
	CU_ASSERT(all > 9000 * scale && all < 13000 * scale);
	/* Accounts and opportunities come twice now and then. */
	count = records("account.csv");
	CU_ASSERT(count >= accounts && count <= accounts + 8);
	count = records("opportunity.csv");
	CU_ASSERT(count >= opportunities && count <= opportunities + 12);
	CU_ASSERT_EQUAL(records("employee.csv"), employees);
	CU_ASSERT_EQUAL(records("product.csv"), 24);
	CU_ASSERT_EQUAL(records("strategic_goal.csv"), goals);
	end();
}

static void rows_grow_with_scale(void)
{
	counts(1, 350, 600, 40, 13);
	counts(4, 1400, 2400, 80, 26);
	counts(0.5, 175, 300, 28, 9); /* 28 is the root of 800 */
}

/* One clean row, as a file of its own holds it. */
static void clean_row(char text[256], void (*cells)(struct demo_sheet *sheet))
{
	static char buffer[SHEET_BUFFER];
	const struct demo_world world = {.seed = 1};
	atomic_int stop = 0;
	struct demo_sheet sheet;
	int ends[2];
	ssize_t length;
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	sheet_open(&sheet, ends[1], buffer, &stop);
	sheet_begin(&sheet, &world, DEMO_ACCOUNT, 0, 1);
	cells(&sheet);
	sheet_end(&sheet);
	CU_ASSERT_EQUAL(sheet_close(&sheet), 0);
	length = read(ends[0], text, 255);
	text[length > 0 ? length : 0] = '\0';
	close(ends[0]);
	close(ends[1]);
}

static void date_cells(struct demo_sheet *sheet)
{
	put_date(sheet, 19782, 1023);
	put_date(sheet, 19783, 0);
	put_date(sheet, DAY_2026 - 1, 0);
	put_date(sheet, DAY_2014, 0);
	put_date(sheet, 21244, 0);
	put_date(sheet, NO_DAY, 0);
}

static void other_cells(struct demo_sheet *sheet)
{
	struct demo_text text = {0};
	text_add(&text, "a, \"b\"\n");
	text_add_number(&text, 0);
	put_text(sheet, &text, 0);
	put_number(sheet, -1204, 0);
	put_number(sheet, 0, 0);
	put_hundredths(sheet, 100, 0);
	put_hundredths(sheet, 7, 0);
	put_flag(sheet, 2, 0);
	put_flag(sheet, 0, 0);
	put_empty(sheet);
	put_symbol(sheet, "won", 0);
}

/* The last three characters say which of the 15 before them are capitals: X is the first of the second five, ... */
static void id_cells(struct demo_sheet *sheet)
{
	put_id(sheet, DEMO_ACCOUNT, 0);
	put_reference(sheet, DEMO_PRODUCT, 61, 0);
	put_id(sheet, DEMO_ACTIVITY, 10 + 62 * 11);
}

static void cells_are_written_well(void)
{
	char text[256];
	clean_row(text, date_cells);
	CU_ASSERT_STRING_EQUAL(text, "2024-02-29,2024-03-01,2025-12-31,2014-01-01,2028-03-01,\n");
	clean_row(text, other_cells);
	CU_ASSERT_STRING_EQUAL(text, "\"a, \"\"b\"\"\n0\",-1204,0,1.00,0.07,true,false,,won\n");
	clean_row(text, id_cells);
	CU_ASSERT_STRING_EQUAL(text, "0015gX000000000ABA,01t5gX00000000zABA,00T5gX0000000BAEBY\n");
}

static void foreign_files_are_left_alone(void)
{
	struct crmval_error error;
	char path[256];
	begin();
	path_of(path, "a", "");
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0777), 0);
	put_file("a", "account.csv", "precious\n");
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "account.csv"));
	CU_ASSERT(file_is("a", "account.csv", "precious\n"));
	/* A job file of somebody else does not make it ours. */
	put_file("a", "job.conf", "job = { name = \"mine\"; };\n");
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_EPERM);
	CU_ASSERT(file_is("a", "job.conf", "job = { name = \"mine\"; };\n"));
	CU_ASSERT_EQUAL(entries("a"), 2);
	end();
}

static void foreign_file_in_a_demo(void)
{
	struct crmval_error error;
	char path[256];
	begin();
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_OK);
	put_file("a", "notes.txt", "mine\n");
	CU_ASSERT_EQUAL(demo("a", 0.1, 2, &error), CRMVAL_EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "notes.txt"));
	CU_ASSERT_EQUAL(demo("b", 0.1, 1, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(same_files(), FILES);
	/* A link is not a file that a demo wrote. */
	path_of(path, "a", "notes.txt");
	CU_ASSERT_EQUAL(unlink(path), 0);
	path_of(path, "a", "order.csv");
	CU_ASSERT_EQUAL(unlink(path), 0);
	CU_ASSERT_EQUAL(symlink("../b/order.csv", path), 0);
	CU_ASSERT_EQUAL(demo("a", 0.1, 2, &error), CRMVAL_EPERM);
	CU_ASSERT_EQUAL(same_files(), FILES);
	end();
}

static void killed_run_is_taken_over(void)
{
	struct crmval_error error;
	char path[256];
	begin();
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(demo("b", 0.1, 1, &error), CRMVAL_OK);
	/* As if killed while it wrote, and between its renames, when there is no job file. */
	put_file("a", "job.conf.crmval-demo", "# Written by crmval demo\n");
	put_file("a", "order.csv.crmval-demo", "id,");
	path_of(path, "a", "job.conf");
	CU_ASSERT_EQUAL(unlink(path), 0);
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(entries("a"), FILES);
	CU_ASSERT_EQUAL(same_files(), FILES);
	end();
}

static void one_run_at_a_time(void)
{
	struct crmval_error error;
	char path[256];
	int fd;
	begin();
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_OK);
	path_of(path, "a", "");
	fd = open(path, O_RDONLY | O_DIRECTORY);
	CU_ASSERT_EQUAL(flock(fd, LOCK_EX), 0);
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_EAGAIN);
	close(fd);
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_OK);
	end();
}

/* In a child, with files limited to so many bytes: 0 if it failed as it should. */
static int child_runs_into_limit(const char *directory, rlim_t bytes)
{
	struct rlimit limit = {bytes, bytes};
	struct crmval_error error;
	int status;
	pid_t child = fork();
	if (!child) {
		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit))
			_exit(1);
		status = demo(directory, 0.5, 9, &error);
		_exit(status != CRMVAL_EIO                      ? 2
		      : !strstr(error.message, root)            ? 3
		      : !strstr(error.message, strerror(EFBIG)) ? 4
								: 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void full_device_is_reported(void)
{
	struct crmval_error error;
	begin();
	/* At 30,000 bytes an entity fails, at 10 the job file does; neither leaves anything. */
	CU_ASSERT_EQUAL(child_runs_into_limit("a", 30000), 0);
	CU_ASSERT_EQUAL(entries("a"), -1);
	CU_ASSERT_EQUAL(child_runs_into_limit("a", 10), 0);
	CU_ASSERT_EQUAL(entries("a"), -1);
	/* What was there before stays whole. */
	CU_ASSERT_EQUAL(demo("a", 0.1, 1, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(demo("b", 0.1, 1, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(child_runs_into_limit("a", 30000), 0);
	CU_ASSERT_EQUAL(entries("a"), FILES);
	CU_ASSERT_EQUAL(same_files(), FILES);
	end();
}

static void bad_arguments(void)
{
	static const double scales[] = {0, -1, 0.009, 100001, INFINITY, NAN};
	struct crmval_error error;
	char path[256];
	begin();
	for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++)
		CU_ASSERT_EQUAL(demo("a", scales[i], 1, &error), CRMVAL_ECONF);
	CU_ASSERT_EQUAL(entries("a"), -1);
	CU_ASSERT_EQUAL(demo("a/b", 0.1, 1, &error), CRMVAL_ECREATE);
	path_of(path, "a/b", "");
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, path));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, strerror(ENOENT)));
	end();
}

static const struct test tests[] = {{"random numbers are the published ones", random_numbers_are_the_published_ones},
				    {"same numbers, same bytes", same_numbers_same_bytes},
				    {"headers are the model's", headers_are_the_model},
				    {"rows grow with scale", rows_grow_with_scale},
				    {"cells are written well", cells_are_written_well},
				    {"foreign files are left alone", foreign_files_are_left_alone},
				    {"a foreign file in a demo", foreign_file_in_a_demo},
				    {"a killed run is taken over", killed_run_is_taken_over},
				    {"one run at a time", one_run_at_a_time},
				    {"a full device is reported", full_device_is_reported},
				    {"bad arguments", bad_arguments},
				    {NULL, NULL}};

extern const struct suite suite_demo;
const struct suite suite_demo = {"demo", tests};
