/* SPDX-License-Identifier: MIT */
/* Clocks. */
#include "spent.h"

#include <sys/resource.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

struct spent spent_so_far(void)
{
	struct rusage children;
	getrusage(RUSAGE_CHILDREN, &children);
	return (struct spent){
		.wall = seconds_of(CLOCK_MONOTONIC),
		.cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) + seconds(children.ru_utime) + seconds(children.ru_stime),
	};
}

struct spent spent_since(struct spent then)
{
	struct spent now = spent_so_far();
	return (struct spent){now.wall - then.wall, now.cpu - then.cpu};
}

uint64_t spent_by_thread(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

uint64_t spent_memory(void)
{
	struct rusage own, children;
	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	long most = own.ru_maxrss > children.ru_maxrss ? own.ru_maxrss : children.ru_maxrss;
	return (uint64_t)most * 1024; /* Linux counts in kilobytes */
}
