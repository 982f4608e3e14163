/* SPDX-License-Identifier: MIT */
/* Confined children: what they answer, how they fail, what they cannot do. */
#include "suite.h"

#include "confine.h"
#include "confine_child.h"
#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct confine_limits limits = {SANDBOX_BEST_EFFORT, 60, 256 << 20, 1 << 20};

static struct confine_task run_one(int (*body)(void *, struct crmval_error *), void *context,
				   const struct confine_limits *how)
{
	struct confine_task task = {.plugin_fd = -1, .name = "x", .body = body, .context = context};
	struct crmval_error error = {.struct_size = sizeof error};
	int code = confine_run(&task, 1, 1, how, &error);
	CU_ASSERT_EQUAL_FATAL(code, CRMVAL_OK);
	return task;
}

/* What became of a body that gives no answer. */
static void expect_failure(int (*body)(void *, struct crmval_error *), const struct confine_limits *how, int code,
			   const char *message)
{
	struct confine_task task = run_one(body, NULL, how);
	CU_ASSERT_EQUAL(task.code, code);
	CU_ASSERT_EQUAL(task.error.code, code);
	CU_ASSERT_STRING_EQUAL(task.error.message, message);
	CU_ASSERT_PTR_NULL(task.answer.bytes);
	CU_ASSERT_EQUAL(task.answer.size, 0);
}

/* ---- answers ---- */

static int say_hello(void *context, struct crmval_error *error)
{
	int code = confine_write("hello ", 6, error);
	return code ? code : confine_write(context, strlen(context), error);
}

static void test_answer(void)
{
	char who[] = "world";
	struct confine_task task = run_one(say_hello, who, &limits);
	CU_ASSERT_EQUAL(task.code, CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(task.answer.size, 11);
	CU_ASSERT(!memcmp(task.answer.bytes, "hello world", 11));
	confine_answer_free(&task.answer);
}

static int say_nothing(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	return CRMVAL_OK;
}

static void test_empty_answer(void)
{
	struct confine_task task = run_one(say_nothing, NULL, &limits);
	CU_ASSERT_EQUAL(task.code, CRMVAL_OK);
	CU_ASSERT_EQUAL(task.answer.size, 0);
	confine_answer_free(&task.answer);
}

/* What the child before said, for as long as an answer may be. */
static int repeat_another(void *context, struct crmval_error *error)
{
	const struct confine_task *before = context;
	return confine_write(before->answer.bytes, before->answer.size, error);
}

static void test_answers_of_others(void)
{
	char who[] = "world";
	struct confine_task tasks[2] = {
		{.plugin_fd = -1, .name = "first", .body = say_hello, .context = who},
		{.plugin_fd = -1, .name = "second", .body = repeat_another, .context = &tasks[0]},
	};
	struct crmval_error error = {.struct_size = sizeof error};
	CU_ASSERT_EQUAL_FATAL(confine_run(tasks, 2, 1, &limits, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(tasks[0].answer.size, 11);
	CU_ASSERT_NOT_EQUAL(tasks[1].code, CRMVAL_OK);
	CU_ASSERT_PTR_NULL(tasks[1].answer.bytes);
	confine_answer_free(&tasks[0].answer);
}

/* 16-bit numbers, in pieces that fit no buffer evenly. */
static int count_up(void *context, struct crmval_error *error)
{
	uint16_t piece[1000];
	uint32_t numbers = *(uint32_t *)context;
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < numbers && !code; i += 1000) {
		for (uint32_t j = 0; j < 1000; j++)
			piece[j] = (uint16_t)(i + j);
		code = confine_write(piece, sizeof piece, error);
	}
	return code;
}

static void test_long_answer(void)
{
	uint32_t numbers = 500 * 1000, wrong = 0;
	struct confine_task task = run_one(count_up, &numbers, &limits);
	CU_ASSERT_EQUAL_FATAL(task.code, CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(task.answer.size, 1000 * 1000);
	for (uint32_t i = 0; i < numbers; i++) {
		uint16_t number;
		memcpy(&number, task.answer.bytes + 2 * i, 2);
		wrong += number != (uint16_t)i;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	confine_answer_free(&task.answer);
}

/* Elements of 20 such numbers, which have to come in order. */
struct taker {
	uint32_t numbers, wrong, most; /* bytes at once */
};

static void take_numbers(void *context, const void *elements, size_t count)
{
	struct taker *taker = context;
	const uint16_t *numbers = elements;
	for (size_t i = 0; i < 20 * count; i++)
		taker->wrong += numbers[i] != (uint16_t)taker->numbers++;
	if (40 * count > taker->most)
		taker->most = (uint32_t)(40 * count);
}

static int end_in_an_element(void *context, struct crmval_error *error)
{
	int code = count_up(context, error);
	return code ? code : confine_write("half", 4, error);
}

static int count_and_complain(void *context, struct crmval_error *error)
{
	int code = count_up(context, error);
	return code ? code : fail(error, CRMVAL_EDATA, "and no further");
}

static struct taker take_from(int (*body)(void *, struct crmval_error *), uint32_t numbers, int code)
{
	struct taker taker = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	struct confine_task task = {.plugin_fd = -1,
				    .name = "x",
				    .body = body,
				    .context = &numbers,
				    .take = take_numbers,
				    .taker = &taker,
				    .element = 40};
	CU_ASSERT_EQUAL_FATAL(confine_run(&task, 1, 1, &limits, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(task.code, code);
	CU_ASSERT_PTR_NULL(task.answer.bytes);
	CU_ASSERT_EQUAL(taker.wrong, 0);
	return taker;
}

static void test_taken_answer(void)
{
	CU_ASSERT_EQUAL(take_from(say_nothing, 0, CRMVAL_OK).numbers, 0);
	CU_ASSERT_EQUAL(take_from(count_up, 1000, CRMVAL_OK).numbers, 1000);
	struct taker taker = take_from(count_up, 500 * 1000, CRMVAL_OK);
	CU_ASSERT_EQUAL(taker.numbers, 500 * 1000);
	CU_ASSERT(taker.most <= 64 * 1024); /* as much as is held at a time */
	/* What was taken does not count where the end is wrong: an error, half an element, more than is allowed. */
	take_from(count_and_complain, 300 * 1000, CRMVAL_EDATA);
	take_from(end_in_an_element, 1000, CRMVAL_EBUG);
	take_from(count_up, 525 * 1000, CRMVAL_EBUG);
}

/* 524288 numbers fill the limit of a mebibyte to the byte; a thousand more do not fit. */
static int fill_to_the_limit(void *context, struct crmval_error *error)
{
	static const char mebibyte[1 << 20];
	int code = confine_write(mebibyte, sizeof mebibyte, error);
	return !code && context ? confine_write("x", 1, error) : code;
}

static int overfill(void *context, struct crmval_error *error)
{
	(void)context;
	return fill_to_the_limit(error, error);
}

static void test_answer_limit(void)
{
	struct confine_task task = run_one(fill_to_the_limit, NULL, &limits);
	CU_ASSERT_EQUAL(task.code, CRMVAL_OK);
	CU_ASSERT_EQUAL(task.answer.size, 1 << 20);
	confine_answer_free(&task.answer);
	expect_failure(overfill, &limits, CRMVAL_EBUG,
		       "plugin x: wrote more than the 1048576 bytes that an answer may have");
}

/* Past confine_write(), as only a hostile plugin does it. */
static int flood(void *context, struct crmval_error *error)
{
	static const char junk[65536];
	(void)context, (void)error;
	for (int fd = 3;; fd = fd == 63 ? 3 : fd + 1) {
		if (write(fd, junk, sizeof junk) < 0 && errno != EBADF)
			break;
	}
	return CRMVAL_OK;
}

static void test_flood(void)
{
	expect_failure(flood, &limits, CRMVAL_EBUG,
		       "plugin x: wrote more than the 1048576 bytes that an answer may have");
}

/* ---- failures ---- */

static int complain(void *context, struct crmval_error *error)
{
	(void)context;
	confine_write("half an answer", 14, NULL);
	return fail(error, CRMVAL_EDATA, "row 7 is \x1b[31mred\xff and \xc3\xa9t\xc3\xa9");
}

static int complain_silently(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	return CRMVAL_EIO;
}

static int return_nonsense(void *context, struct crmval_error *error)
{
	(void)context;
	return fail(error, 4711, "nonsense");
}

static int pretend_to_be_stopped(void *context, struct crmval_error *error)
{
	(void)context;
	return fail(error, CRMVAL_ESTOP, "stop");
}

static void test_errors(void)
{
	expect_failure(complain, &limits, CRMVAL_EDATA, "plugin x: row 7 is ?[31mred? and \xc3\xa9t\xc3\xa9");
	expect_failure(complain_silently, &limits, CRMVAL_EIO, "plugin x: failed and does not say why");
	expect_failure(return_nonsense, &limits, CRMVAL_EBUG, "plugin x: nonsense");
	expect_failure(pretend_to_be_stopped, &limits, CRMVAL_EBUG, "plugin x: stop");
}

static int end_early(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	_exit(3);
}

static int end_early_with_half_an_answer(void *context, struct crmval_error *error)
{
	static const char much[100 * 1000];
	(void)context;
	confine_write(much, sizeof much, error);
	_exit(0);
}

static int die(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would exit */
	raise(SIGSEGV);
	return CRMVAL_OK;
}

static int give_up(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	signal(SIGABRT, SIG_DFL);
	abort();
}

static int never_end(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	for (volatile int forever = 1; forever;)
		;
	return CRMVAL_OK;
}

static void test_endings(void)
{
	struct confine_limits brief = limits;
	brief.deadline = 0.2;
	expect_failure(end_early, &limits, CRMVAL_EBUG, "plugin x: ended without an answer (exit 3)");
	expect_failure(end_early_with_half_an_answer, &limits, CRMVAL_EBUG,
		       "plugin x: ended before its answer was whole (exit 0)");
	expect_failure(die, &limits, CRMVAL_EBUG, "plugin x: crashed (SIGSEGV)");
	expect_failure(give_up, &limits, CRMVAL_EBUG, "plugin x: crashed (SIGABRT)");
	expect_failure(never_end, &brief, CRMVAL_EBUG, "plugin x: took longer than 0.2 s");
}

/* A frame as the child's half writes it, made by the plugin itself, with one thing wrong. */
enum forgery { RIGHT, WRONG_MAGIC, WRONG_SUM, WRONG_SIZE, WRONG_MESSAGE, WRAPPED, FORGERIES };

static int forge(void *context, struct crmval_error *error)
{
	enum forgery forgery = *(enum forgery *)context;
	struct {
		char payload[8];
		struct frame_trailer trailer;
	} frame = {"payload", {FRAME_MAGIC, 8, frame_checksum(FRAME_CHECKSUM, "payload", 8), 0, CRMVAL_OK}};
	(void)error;
	frame.trailer.magic ^= forgery == WRONG_MAGIC;
	frame.trailer.checksum ^= forgery == WRONG_SUM;
	frame.trailer.size -= forgery == WRONG_SIZE;
	frame.trailer.message_size += forgery == WRONG_MESSAGE;
	if (forgery == WRAPPED) { /* the sum is right, modulo 2^64 */
		frame.trailer.message_size = 1 << 30;
		frame.trailer.size = 8 - (uint64_t)frame.trailer.message_size;
	}
	for (int fd = 3; fd < 64; fd++) {
		if (write(fd, &frame, sizeof frame) > 0)
			break;
	}
	_exit(0);
}

static void test_forged_frames(void)
{
	for (enum forgery forgery = RIGHT; forgery < FORGERIES; forgery++) {
		struct confine_task task = run_one(forge, &forgery, &limits);
		CU_ASSERT_EQUAL(task.code, forgery == RIGHT ? CRMVAL_OK : CRMVAL_EBUG);
		CU_ASSERT_EQUAL(task.answer.size, forgery == RIGHT ? 8 : 0);
		confine_answer_free(&task.answer);
	}
}

static int leave_a_trace(void *context, struct crmval_error *error)
{
	memset(context, '#', CONFINE_BREADCRUMB); /* not ended by NUL, as it should be */
	memcpy(context, "batch 12\n", 9);
	return die(NULL, error);
}

static void test_breadcrumb(void)
{
	char expected[256] = "plugin x: crashed (SIGSEGV) while batch 12?";
	char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct confine_task task = {
		.plugin_fd = -1, .name = "x", .body = leave_a_trace, .context = shared, .breadcrumb = shared};
	CU_ASSERT_FATAL(shared != MAP_FAILED);
	CU_ASSERT_EQUAL(confine_run(&task, 1, 1, &limits, NULL), CRMVAL_OK);
	memset(expected + strlen(expected), '#', CONFINE_BREADCRUMB - 9 - 1); /* what fits beside the final NUL */
	CU_ASSERT_STRING_EQUAL(task.error.message, expected);
	munmap(shared, 4096);
}

static void test_ignored_children(void)
{
	struct sigaction saved, ignored = {.sa_handler = SIG_IGN};
	struct sigaction after;
	sigaction(SIGCHLD, &ignored, &saved);
	expect_failure(end_early, &limits, CRMVAL_EBUG, "plugin x: ended without an answer (exit 3)");
	sigaction(SIGCHLD, &saved, &after);
	CU_ASSERT_PTR_EQUAL(after.sa_handler, SIG_IGN);
}

/* ---- several ---- */

static int open_descriptors(void)
{
	int count = 0;
	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_many(void)
{
	enum { COUNT = 20 };
	struct confine_task tasks[COUNT];
	char texts[COUNT][12];
	int before = open_descriptors(), right = 0;
	for (int i = 0; i < COUNT; i++) {
		snprintf(texts[i], sizeof texts[i], "%d", i);
		tasks[i] = (struct confine_task){
			.plugin_fd = -1, .name = "x", .body = i == 5 ? die : say_hello, .context = texts[i]};
	}
	CU_ASSERT_EQUAL(confine_run(tasks, COUNT, 3, &limits, NULL), CRMVAL_OK);
	for (int i = 0; i < COUNT; i++) {
		char expected[20];
		snprintf(expected, sizeof expected, "hello %d", i);
		right += tasks[i].code == CRMVAL_OK && tasks[i].answer.size == strlen(expected) &&
			 !memcmp(tasks[i].answer.bytes, expected, tasks[i].answer.size);
		confine_answer_free(&tasks[i].answer);
	}
	CU_ASSERT_EQUAL(right, COUNT - 1);
	CU_ASSERT_EQUAL(tasks[5].code, CRMVAL_EBUG);
	CU_ASSERT_EQUAL(open_descriptors(), before);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD); /* none is left */
	CU_ASSERT_EQUAL(confine_run(NULL, 0, 4, &limits, NULL), CRMVAL_OK);
}

/* There are descriptors for one child, not for two: nothing is left behind. */
static int without_processes(void)
{
	struct confine_task tasks[2] = {{.plugin_fd = -1, .name = "x", .body = say_nothing},
					{.plugin_fd = -1, .name = "y", .body = say_nothing}};
	struct crmval_error error = {.struct_size = sizeof error};
	struct rlimit files = {6, 6}; /* beside the standard streams: /dev/null, a pipe */
	closefrom(3);
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		return 77;
	if (confine_run(tasks, 2, 2, &limits, &error) != CRMVAL_ENOMEM || !strstr(error.message, "cannot make a pipe"))
		return 1;
	if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD || open_descriptors() != 3)
		return 2;
	return tasks[0].answer.bytes == NULL && tasks[0].code == CRMVAL_EBUG ? 0 : 3;
}

static int forked(int (*check)(void))
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0)
		_exit(check());
	CU_ASSERT_FATAL(pid > 0);
	waitpid(pid, &status, 0);
	return status;
}

static void test_no_processes(void)
{
	int status = forked(without_processes);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		suite_skip("the limit of open files cannot be set under valgrind");
	else
		CU_ASSERT_EQUAL(status, 0);
}

static void test_outside_of_a_child(void)
{
	const struct crmval_plugin *plugin;
	CU_ASSERT_EQUAL(confine_write("x", 1, NULL), CRMVAL_EBUG);
	CU_ASSERT_EQUAL(confine_load(&plugin, NULL), CRMVAL_EBUG);
}

static const struct test tests[] = {{"answer", test_answer},
				    {"empty answer", test_empty_answer},
				    {"answers of others", test_answers_of_others},
				    {"long answer", test_long_answer},
				    {"taken answer", test_taken_answer},
				    {"answer limit", test_answer_limit},
				    {"flood", test_flood},
				    {"errors", test_errors},
				    {"endings", test_endings},
				    {"forged frames", test_forged_frames},
				    {"breadcrumb", test_breadcrumb},
				    {"SIGCHLD ignored", test_ignored_children},
				    {"many at once", test_many},
				    {"no processes to be had", test_no_processes},
				    {"outside of a child", test_outside_of_a_child},
				    {NULL, NULL}};

const struct suite suite_confine = {"confine", tests};
