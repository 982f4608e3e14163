/* SPDX-License-Identifier: MIT */
/* The parent's half of confined runs: starts children, reads their answers, kills the late, says what became of each. */
#include "confine.h"
#include "confine_child.h"
#include "error.h"
#include "lockdown.h"
#include "text.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A child that runs. */
struct run {
	struct confine_task *task;
	pid_t pid;
	int fd;          /* where its frame comes in */
	double deadline; /* on the monotonic clock */
	struct confine_answer frame;
	size_t taken;      /* bytes of the answer that came before those in the frame, and were handed on */
	uint64_t checksum; /* of those */
};

struct pool {
	const struct confine_limits *limits;
	struct run *runs; /* the first `running` are in use */
	struct pollfd *polls;
	unsigned running;
	int null;
};

void confine_answer_free(struct confine_answer *answer)
{
	if (answer->bytes)
		munmap(answer->bytes, answer->capacity);
	*answer = (struct confine_answer){NULL, 0, 0};
}

enum ending { ENDED, LATE, TOO_LONG };

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- what became of a child ---- */

__attribute__((format(printf, 3, 4))) static void task_fails(struct confine_task *task, int code, const char *format,
							     ...)
{
	char what[sizeof task->error.message], doing[CONFINE_BREADCRUMB] = "";
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, _(format), arguments);
	va_end(arguments);
	if (task->breadcrumb)
		utf8_printable(doing, sizeof doing, task->breadcrumb, CONFINE_BREADCRUMB);
	task->code = fail(&task->error, code, "plugin %s: %.800s%s%s", task->name, what, *doing ? _(" while ") : "",
			  *doing ? _(doing) : "");
}

static const char *signal_name(int number, char *buffer, size_t size)
{
	const char *name = sigabbrev_np(number);
	if (name)
		snprintf(buffer, size, "SIG%s", name);
	else
		snprintf(buffer, size, "signal %d", number);
	return buffer;
}

static void task_died(struct confine_task *task, int status, size_t answered)
{
	char name[32];
	if (answered <
	    sizeof(struct frame_header)) /* until then libraries work that do not look at what malloc gives */
		task_fails(task, CRMVAL_ENOMEM,
			   "its process ended before it was confined, most likely since memory ran out");
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		task_fails(task, CRMVAL_EBUG,
			   "was killed (SIGKILL): it closed its answer and went on, or memory ran out");
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		task_fails(task, CRMVAL_EBUG, "took too much processor time");
	else if (WIFSIGNALED(status))
		task_fails(task, CRMVAL_EBUG, "crashed (%s)", signal_name(WTERMSIG(status), name, sizeof name));
	else
		task_fails(task, CRMVAL_EBUG,
			   answered > sizeof(struct frame_header) ? N_("ended before its answer was whole (exit %d)")
								  : N_("ended without an answer (exit %d)"),
			   WEXITSTATUS(status));
}

/* A child may say any number.  Of inputs that come later, and of whether the program is to stop, it knows nothing. */
static int code_of_child(int code)
{
	return (code <= CRMVAL_ECONF && code >= CRMVAL_EBUG) || code == CRMVAL_EPERM ? code : CRMVAL_EBUG;
}

/* Hands on so many elements from the start of what is held of the answer. */
static void hand_on(struct run *run, size_t count)
{
	struct confine_task *task = run->task;
	unsigned char *payload = run->frame.bytes + sizeof(struct frame_header);
	size_t size = count * task->element;
	task->take(task->taker, payload, count);
	run->checksum = frame_checksum(run->checksum, payload, size);
	run->taken += size;
	run->frame.size -= size;
	memmove(payload, payload + size, run->frame.size - sizeof(struct frame_header));
}

/* As long as more comes: what can be neither trailer nor message. */
static void hand_on_surely(struct run *run)
{
	const struct confine_task *task = run->task;
	size_t other = sizeof(struct frame_header) + sizeof(struct frame_trailer) + sizeof task->error.message;
	if (task->take && run->frame.size >= other + task->element)
		hand_on(run, (run->frame.size - other) / task->element);
}

/* Whether a whole frame came in; then the task has its answer or its error. */
static int take_frame(struct run *run)
{
	struct confine_task *task = run->task;
	struct frame_trailer trailer;
	const size_t header = sizeof(struct frame_header);
	if (run->frame.size < header + sizeof trailer)
		return 0;
	const unsigned char *payload = run->frame.bytes + header;
	size_t size = run->frame.size - header - sizeof trailer, held;
	memcpy(&trailer, payload + size, sizeof trailer);
	if (trailer.magic != FRAME_MAGIC || __builtin_sub_overflow(trailer.size, run->taken, &held) || held > size ||
	    size - held != trailer.message_size || frame_checksum(run->checksum, payload, size) != trailer.checksum)
		return 0;
	if (trailer.code != CRMVAL_OK) {
		char message[sizeof task->error.message];
		utf8_printable(message, sizeof message, (const char *)payload + held, trailer.message_size);
		task->code = fail(&task->error, code_of_child(trailer.code), "plugin %s: %.900s", task->name,
				  *message ? message : _("failed and does not say why"));
		return 1;
	}
	if (task->take && held % task->element != 0)
		return 0;
	task->code = CRMVAL_OK;
	if (task->take) {
		hand_on(run, held / task->element);
		return 1;
	}
	memmove(run->frame.bytes, payload, held);
	task->answer = run->frame;
	task->answer.size = held;
	run->frame = (struct confine_answer){NULL, 0, 0};
	return 1;
}

static void describe_sandbox(struct run *run)
{
	struct frame_header header = {0};
	char landlock[24] = "";
	if (run->frame.size >= sizeof header)
		memcpy(&header, run->frame.bytes, sizeof header);
	if (header.landlock_abi)
		snprintf(landlock, sizeof landlock, "landlock %d", header.landlock_abi);
	snprintf(run->task->sandbox, sizeof run->task->sandbox, "%s%s%s", landlock,
		 header.landlock_abi && header.has_seccomp ? ", " : "",
		 header.has_seccomp    ? "seccomp"
		 : header.landlock_abi ? ""
				       : "none");
}

/*
 * Kills the child, which by now has ended or is to end, and waits for it.  Ending closes the pipe after the
 * status is settled, so one that ended by itself keeps its status.
 */
static int reap(struct run *run)
{
	int status = 0;
	struct rusage used = {0};
	kill(-run->pid, SIGKILL); /* what it may have started, where nothing kept it from that */
	kill(run->pid, SIGKILL);
	while (wait4(run->pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	run->task->seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
			     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
	run->task->memory = (uint64_t)used.ru_maxrss * 1024;
	close(run->fd);
	return status;
}

static void conclude(struct pool *pool, struct run *run, enum ending ending)
{
	struct confine_task *task = run->task;
	int status = reap(run);
	describe_sandbox(run);
	if (ending == LATE)
		task_fails(task, CRMVAL_EBUG, "took longer than %g s", pool->limits->deadline);
	else if (ending == TOO_LONG)
		task_fails(task, CRMVAL_EBUG, "wrote more than the %zu bytes that an answer may have",
			   pool->limits->answer_limit);
	else if (!take_frame(run))
		task_died(task, status, run->frame.size);
	confine_answer_free(&run->frame);
	*run = pool->runs[--pool->running];
}

/* ---- running ---- */

/* What a child inherits is settled while it is made. */
static int set_inherited(const struct confine_task *task, int how)
{
	int failed = task->shared_size && madvise(task->shared, task->shared_size, how) < 0;
	for (size_t i = 0; i < task->range_count; i++)
		failed |= madvise(task->ranges[i].bytes, task->ranges[i].size, how) < 0;
	return failed;
}

static int start(struct pool *pool, struct confine_task *task, struct crmval_error *error)
{
	int ends[2];
	pid_t parent = getpid();
	char name[CONFINE_NAME];
	snprintf(name, sizeof name, "%s", task->name);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(error, CRMVAL_ENOMEM, "cannot make a pipe to a confined process: %s", strerror(errno));
	if (set_inherited(task, MADV_DOFORK)) {
		int code =
			fail(error, CRMVAL_ENOMEM, "cannot share memory with a confined process: %s", strerror(errno));
		set_inherited(task, MADV_DONTFORK);
		close(ends[0]);
		close(ends[1]);
		return code;
	}
	pid_t pid = fork();
	if (pid == 0)
		confine_child(task, name, pool->limits, parent, pool->null, ends[1]);
	set_inherited(task, MADV_DONTFORK);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return fail(error, CRMVAL_ENOMEM, "cannot start a confined process: %s", strerror(errno));
	}
	pool->runs[pool->running++] = (struct run){
		.task = task,
		.pid = pid,
		.fd = ends[0],
		.deadline = now() + pool->limits->deadline,
		.checksum = FRAME_CHECKSUM,
	};
	return CRMVAL_OK;
}

/* Room for more bytes of a frame, of which there can be so many; 0: none is left. */
static size_t room(const struct run *run, const struct confine_limits *limits)
{
	size_t around = sizeof(struct frame_header) + sizeof(struct frame_trailer) + sizeof run->task->error.message;
	size_t most = limits->answer_limit < SIZE_MAX - around ? limits->answer_limit + around : SIZE_MAX;
	return most - run->taken - run->frame.size;
}

static int grow(struct confine_answer *frame)
{
	enum { FIRST = 64 * 1024 }; /* bytes, a multiple of any page's */
	void *bytes;
	if (frame->size < frame->capacity)
		return 0;
	if (frame->bytes)
		bytes = mremap(frame->bytes, frame->capacity, 2 * frame->capacity, MREMAP_MAYMOVE);
	else
		bytes = mmap(NULL, FIRST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return -1;
	frame->capacity = frame->bytes ? 2 * frame->capacity : FIRST;
	frame->bytes = bytes;
	return madvise(bytes, frame->capacity, MADV_DONTFORK);
}

/* Reads what is there. */
static int receive(struct pool *pool, struct run *run, struct crmval_error *error)
{
	size_t most = room(run, pool->limits);
	unsigned char beyond;
	if (most > 0 && grow(&run->frame) < 0)
		return fail_memory(error);
	size_t left = run->frame.capacity - run->frame.size;
	ssize_t got = most > 0 ? read(run->fd, run->frame.bytes + run->frame.size, left < most ? left : most)
			       : read(run->fd, &beyond, 1);
	if (got < 0 && errno == EINTR)
		return CRMVAL_OK;
	if (got < 0)
		return fail(error, CRMVAL_EIO, "cannot read the answer of a confined process: %s", strerror(errno));
	if (got == 0)
		conclude(pool, run, ENDED);
	else if (most == 0)
		conclude(pool, run, TOO_LONG);
	else {
		run->frame.size += (size_t)got;
		hand_on_surely(run);
	}
	return CRMVAL_OK;
}

/* Milliseconds until the first deadline, rounded up. */
static int patience(const struct pool *pool)
{
	double first = pool->runs[0].deadline;
	for (unsigned i = 1; i < pool->running; i++)
		first = pool->runs[i].deadline < first ? pool->runs[i].deadline : first;
	double left = (first - now()) * 1000;
	return left <= 0 ? 0 : left < 1e9 ? (int)left + 1 : (int)1e9;
}

static int attend(struct pool *pool, struct crmval_error *error)
{
	for (unsigned i = 0; i < pool->running; i++)
		pool->polls[i] = (struct pollfd){.fd = pool->runs[i].fd, .events = POLLIN};
	if (poll(pool->polls, pool->running, patience(pool)) < 0 && errno != EINTR)
		return fail(error, CRMVAL_ENOMEM, "cannot wait for confined processes: %s", strerror(errno));
	double time = now();
	for (unsigned i = pool->running; i-- > 0;) { /* backwards, since what ends is replaced by the last */
		int code = CRMVAL_OK;
		if (pool->runs[i].deadline <= time)
			conclude(pool, &pool->runs[i], LATE);
		else if (pool->polls[i].revents)
			code = receive(pool, &pool->runs[i], error);
		if (code)
			return code;
	}
	return CRMVAL_OK;
}

static void prepare(struct confine_task *tasks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tasks[i].code = CRMVAL_EBUG;
		tasks[i].error = (struct crmval_error){.struct_size = sizeof tasks[i].error};
		tasks[i].answer = (struct confine_answer){NULL, 0, 0};
		tasks[i].sandbox[0] = '\0';
	}
}

static int run_all(struct pool *pool, struct confine_task *tasks, size_t count, unsigned parallel,
		   struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (size_t next = 0; !code && (next < count || pool->running > 0);) {
		if (next < count && pool->running < parallel)
			code = start(pool, &tasks[next++], error);
		else
			code = attend(pool, error);
	}
	while (pool->running > 0) {
		struct run *run = &pool->runs[--pool->running];
		reap(run);
		confine_answer_free(&run->frame);
	}
	return code;
}

int confine_run(struct confine_task *tasks, size_t count, unsigned parallel, const struct confine_limits *limits,
		struct crmval_error *error)
{
	int code;
	struct sigaction saved, children = {.sa_handler = SIG_DFL};
	struct pool pool = {.limits = limits, .null = -1};
	if (parallel == 0)
		parallel = 1;
	if (parallel > count)
		parallel = (unsigned)count;
	prepare(tasks, count);
	confine_child_prepare();
	lockdown_prepare();
	sigaction(SIGCHLD, &children, &saved); /* where it is ignored, nobody learns how a child ended */
	pool.runs = calloc(parallel + 1, sizeof *pool.runs);
	pool.polls = calloc(parallel + 1, sizeof *pool.polls);
	if (!pool.runs || !pool.polls) {
		code = fail_memory(error);
		goto out;
	}
	pool.null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (pool.null < 0) {
		code = fail(error, CRMVAL_EIO, "cannot open /dev/null: %s", strerror(errno));
		goto out;
	}
	code = run_all(&pool, tasks, count, parallel, error);
out:
	for (size_t i = 0; code && i < count; i++) {
		confine_answer_free(&tasks[i].answer);
	}
	if (pool.null >= 0)
		close(pool.null);
	free(pool.runs);
	free(pool.polls);
	sigaction(SIGCHLD, &saved, NULL);
	return code;
}
