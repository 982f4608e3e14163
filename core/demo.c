/* SPDX-License-Identifier: MIT */
/* The demo data set's way to disk: files written beside by two threads, then renamed, never over what is not ours. */
#include "demo.h"

#include "demo_entities.h"
#include "error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOB_NAME "job.conf"
#define PART_SUFFIX ".crmval-demo"
/* The first line of job.conf, by which a later run knows that the directory is a demo's. */
#define MARK "# Written by crmval demo"

struct entity {
	const char *name, *header;
	void (*rows)(const struct demo_world *world, struct demo_sheet *sheet, uint64_t parent);
	enum { PER_ACCOUNT, PER_OPPORTUNITY, PER_BOTH, PER_EMPLOYEE, PER_PRODUCT, PER_GOAL } per;
};

/* The largest files first, so that two threads end at about the same time. */
static const struct entity entities[DEMO_ENTITIES] = {
	{"activity", "id,opportunity,account,employee,kind,occurred_on,minutes", demo_activity_rows, PER_OPPORTUNITY},
	{"decision_member", "id,opportunity,contact,role,stance,value_proposition,value_fit,verified_on",
	 demo_decision_member_rows, PER_OPPORTUNITY},
	{"contact", "id,account,name,title,department,email,phone,is_key,influence,reports_to,created_on,verified_on",
	 demo_contact_rows, PER_ACCOUNT},
	{"opportunity",
	 "id,account,owner,name,product,stage,project_size,amount,created_on,approved_on,closed_on,outcome,"
	 "need,competitor,next_step,expected_close_on,budget_participation,tender_participation,"
	 "customer_time_rank,competitor_minutes",
	 demo_opportunity_rows, PER_OPPORTUNITY},
	{"order", "id,account,opportunity,product,signed_on,amount,quantity", demo_order_rows, PER_BOTH},
	{"relationship", "id,employee,contact,level,recorded_on", demo_relationship_rows, PER_ACCOUNT},
	{"project_history",
	 "id,account,name,product,vendor,ours,amount,signed_on,decision_maker,created_on,verified_on",
	 demo_project_history_rows, PER_ACCOUNT},
	{"participant", "id,opportunity,employee,function,responsibility,score,acknowledged,disputed",
	 demo_participant_rows, PER_OPPORTUNITY},
	{"resource_request", "id,opportunity,function,requested_on,assigned_on,needed_on,ready_on,skill_match",
	 demo_resource_request_rows, PER_OPPORTUNITY},
	{"expense", "id,opportunity,kind,amount,spent_on", demo_expense_rows, PER_OPPORTUNITY},
	{"account", "id,name,owner,size_class,region,industry,key_market,churned_on", demo_account_rows, PER_ACCOUNT},
	{"employee", "id,name,team,region,manager,hired_on,left_on,sales", demo_employee_rows, PER_EMPLOYEE},
	{"growth_record", "id,employee,stage,entered_on", demo_growth_record_rows, PER_EMPLOYEE},
	{"product", "id,name,category,strategic", demo_product_rows, PER_PRODUCT},
	{"strategic_goal", "id,name,owner,baseline,target,actual,weight", demo_strategic_goal_rows, PER_GOAL},
};

/* Takes the scale, whole and thousandths, and the seed. */
static const char job_text[] =
	"# job.conf - evaluates the demo data beside it: crmval run job.conf\n"
	"#\n"
	"# Scale %" PRIu64 ".%03" PRIu64 ", seed %" PRIu64
	": crmval demo writes the same data for the same two numbers.\n"
	"\n"
	"job = {\n"
	"\tname = \"demo\";\n"
	"\n"
	"\t# What is judged, and the time before it that it is compared with; both days included.\n"
	"\tperiod = [ \"2025-01-01\", \"2025-12-31\" ];\n"
	"\tbaseline = [ \"2024-01-01\", \"2024-12-31\" ];\n"
	"\n"
	"\t# Every score is given for the company, and again for each of these.\n"
	"\tbreakdown = [ \"team\", \"employee\", \"region\", \"size_class\" ];\n"
	"\n"
	"\t# The currency of all amounts.\n"
	"\tcurrency = \"CNY\";\n"
	"};\n"
	"\n"
	"# Where the data come from: account.csv, contact.csv and so on in the folder of this file. Files and columns\n"
	"# are called as the model calls them, so nothing needs to be mapped.\n"
	"sources = ( { plugin = \"csv\"; directory = \".\"; } );\n"
	"\n"
	"# Nothing is said about dimensions: all five count, with equal weights and the scales they come with.\n";

struct run {
	const char *directory; /* for messages */
	int fd;                /* of the directory */
	struct demo_world world;
	atomic_int next, stop; /* the next entity to write; not 0 after a failure */
	pthread_mutex_t lock;  /* of error */
	struct crmval_error *error;
	int status;
};

static int run_fail(struct run *run, const char *what, const char *name, int number)
{
	return fail(run->error, CRMVAL_EIO, "%s %s/%s: %s", what, run->directory, name, strerror(number));
}

/* The name of file `index`; the job file is the last. FILE, or FILE.crmval-demo as long as it is being written. */
static void file_name(char name[64], int index, int is_part)
{
	snprintf(name, 64, "%s%s%s", index < DEMO_ENTITIES ? entities[index].name : JOB_NAME,
		 index < DEMO_ENTITIES ? ".csv" : "", is_part ? PART_SUFFIX : "");
}

enum { FILES = DEMO_ENTITIES + 1 };

static int has_mark(int directory, const char *name)
{
	char start[sizeof MARK - 1];
	struct stat status;
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), is_marked = 0;
	if (fd < 0)
		return 0;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode))
		is_marked =
			read(fd, start, sizeof start) == (ssize_t)sizeof start && !memcmp(start, MARK, sizeof start);
	close(fd);
	return is_marked;
}

/* 1: a file that a demo leaves behind when it is done; 2: one that it leaves behind when it is killed; 0: neither. */
static int is_demo_name(const char *entry)
{
	char name[64];
	for (int index = 0; index < FILES; index++)
		for (int is_part = 0; is_part < 2; is_part++) {
			file_name(name, index, is_part);
			if (!strcmp(entry, name))
				return 1 + is_part;
		}
	return 0;
}

static int is_file(int directory, const char *name)
{
	struct stat status;
	return !fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode);
}

/* Refuses a directory that holds anything but an earlier demo. */
static int check_directory(struct run *run)
{
	int is_ours = has_mark(run->fd, JOB_NAME) || has_mark(run->fd, JOB_NAME PART_SUFFIX);
	int copy = fcntl(run->fd, F_DUPFD_CLOEXEC, 0);
	DIR *listing = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	int status = CRMVAL_OK;
	if (!listing) {
		if (copy >= 0)
			close(copy);
		return run_fail(run, "cannot list", "", errno);
	}
	while (!status && (errno = 0, entry = readdir(listing))) {
		int kind = is_demo_name(entry->d_name);
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if ((kind == 2 || (kind && is_ours)) && is_file(run->fd, entry->d_name))
			continue;
		status = fail(
			run->error, CRMVAL_EPERM,
			"%s holds %s, which is not of an earlier demo; nothing was written: name a new or an empty "
			"directory",
			run->directory, entry->d_name);
	}
	if (!status && errno)
		status = run_fail(run, "cannot list", "", errno);
	closedir(listing);
	return status;
}

static void remove_parts(const struct run *run)
{
	char name[64];
	for (int index = 0; index < FILES; index++) {
		file_name(name, index, 1);
		unlinkat(run->fd, name, 0);
	}
}

static int open_part(struct run *run, int index, char name[64], int *fd)
{
	file_name(name, index, 1);
	*fd = openat(run->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	return *fd < 0 ? errno : 0;
}

static int close_part(int fd, int number)
{
	if (!number && fsync(fd))
		number = errno;
	if (close(fd) && !number)
		number = errno;
	return number;
}

static uint64_t parents(const struct demo_world *world, const struct entity *entity)
{
	switch (entity->per) {
	case PER_ACCOUNT:
		return world->accounts;
	case PER_OPPORTUNITY:
		return world->opportunities;
	case PER_BOTH:
		return world->accounts + world->opportunities;
	case PER_EMPLOYEE:
		return world->employees;
	case PER_PRODUCT:
		return DEMO_PRODUCTS;
	case PER_GOAL:
		break;
	}
	return world->goals;
}

static int write_entity(struct run *run, int index, char *buffer, char name[64])
{
	const struct entity *entity = &entities[index];
	uint64_t end = parents(&run->world, entity);
	struct demo_sheet sheet;
	int fd, number = open_part(run, index, name, &fd);
	if (number)
		return number;
	sheet_open(&sheet, fd, buffer, &run->stop);
	sheet_line(&sheet, entity->header);
	for (uint64_t parent = 0; parent < end && !sheet.failed; parent++)
		entity->rows(&run->world, &sheet, parent);
	return close_part(fd, sheet_close(&sheet));
}

/* A thread: writes entities until none is left, or one of the threads has failed. */
static void *write_entities(void *argument)
{
	struct run *run = argument;
	char *buffer = malloc(SHEET_BUFFER), name[64] = "";
	int index, number = buffer ? 0 : ENOMEM;
	while (!number && !atomic_load(&run->stop) && (index = atomic_fetch_add(&run->next, 1)) < DEMO_ENTITIES)
		number = write_entity(run, index, buffer, name);
	free(buffer);
	if (!number)
		return NULL;
	pthread_mutex_lock(&run->lock);
	if (!run->status) /* the first failure is the cause, a later one may be its effect */
		run->status = buffer ? run_fail(run, "cannot write", name, number) : fail_memory(run->error);
	pthread_mutex_unlock(&run->lock);
	atomic_store(&run->stop, 1);
	return NULL;
}

static int write_job(struct run *run, uint64_t thousandths)
{
	char text[sizeof job_text + sizeof MARK + 64], name[64];
	const char *from = text;
	int fd, number = open_part(run, DEMO_ENTITIES, name, &fd);
	size_t left = (size_t)snprintf(text, sizeof text, MARK "\n");
	left += (size_t)snprintf(text + left, sizeof text - left, job_text, thousandths / 1000, thousandths % 1000,
				 run->world.seed);
	if (number)
		return run_fail(run, "cannot write", name, number);
	while (left && !number) {
		ssize_t written = write(fd, from, left);
		if (written < 0 && errno != EINTR)
			number = errno;
		if (written > 0) {
			from += written;
			left -= (size_t)written;
		}
	}
	number = close_part(fd, number);
	return number ? run_fail(run, "cannot write", name, number) : CRMVAL_OK;
}

/* All is written: put it in place.  The job file goes first and comes last, so no job reads half old, half new data. */
static int rename_parts(struct run *run)
{
	char part[64], name[64];
	if (unlinkat(run->fd, JOB_NAME, 0) && errno != ENOENT)
		return run_fail(run, "cannot remove", JOB_NAME, errno);
	for (int index = 0; index < FILES; index++) {
		file_name(part, index, 1);
		file_name(name, index, 0);
		if (renameat(run->fd, part, run->fd, name))
			return run_fail(run, "cannot rename to", name, errno);
	}
	return fsync(run->fd) ? run_fail(run, "cannot sync", "", errno) : CRMVAL_OK;
}

static int write_files(struct run *run, uint64_t thousandths)
{
	pthread_t helper;
	/* The job file's part is the first: its mark vouches for all the others, should this be killed. */
	run->status = write_job(run, thousandths);
	if (!run->status) {
		/* If there is no second thread, one does it all. */
		int is_helped = !pthread_create(&helper, NULL, write_entities, run);
		write_entities(run);
		if (is_helped)
			pthread_join(helper, NULL);
	}
	if (!run->status)
		return rename_parts(run); /* should it fail halfway, the parts left let the next run begin anew */
	remove_parts(run);
	return run->status;
}

int demo_write(const char *directory, double scale, uint64_t seed, struct crmval_error *error)
{
	struct run run = {.directory = directory, .fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER, .error = error};
	int is_new, status;
	if (!(scale >= DEMO_LEAST_SCALE && scale <= DEMO_MOST_SCALE))
		return fail(error, CRMVAL_ECONF, "the scale of a demo must be from 0.01 to 100000");
	run.world = world_of(scale, seed);
	is_new = !mkdir(directory, 0777);
	if (!is_new && errno != EEXIST)
		return fail(error, CRMVAL_ECREATE, "cannot make the directory %s: %s", directory, strerror(errno));
	run.fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run.fd < 0)
		return fail(error, CRMVAL_ECREATE, "cannot open the directory %s: %s", directory, strerror(errno));
	if (flock(run.fd, LOCK_EX | LOCK_NB))
		status = fail(error, CRMVAL_EAGAIN, "another crmval demo is writing to %s: try later", directory);
	else
		status = check_directory(&run);
	if (!status) {
		remove_parts(&run); /* of a run that was killed */
		status = write_files(&run, (uint64_t)(scale * 1000 + 0.5));
	}
	close(run.fd);
	if (status && is_new)
		rmdir(directory);
	return status;
}
