/* SPDX-License-Identifier: MIT */
/*
 * Calls that fail where a test wants it: what the code under test asks of the C library comes by here, since the linker
 * gives it these in their stead (--wrap, in tests/Makemodule.am).  Only calls of the thread that asked for it fail.
 */
#ifndef FAILING_H
#define FAILING_H

enum failing {
	FAILING_NONE,
	FAILING_MEMORY, /* malloc() and its like */
	FAILING_OPEN,
	FAILING_READ,    /* pread() */
	FAILING_LISTING, /* fdopendir() */
	FAILING_READDIR,
	FAILING_STAT, /* of what is open, or in a folder that is */
	FAILING_LOOK, /* stat(), lstat() */
	FAILING_LOCK,
	FAILING_MKDIR,
	FAILING_CHMOD,
	FAILING_WRITE,
	FAILING_SYNC,
	FAILING_SYNC_BEGIN, /* sync_file_range() */
	FAILING_CLOSE,      /* it closes nevertheless */
	FAILING_RENAME,
	FAILING_UNLINK,
	FAILING_DUPLICATE, /* fcntl() */
	FAILING_STREAM,    /* fopen(), fopencookie() */
	FAILING_MAP,
	FAILING_MOVE,   /* mremap() */
	FAILING_ADVICE, /* madvise() */
	FAILING_SEEK,
	FAILING_JSON,     /* yajl_gen_alloc() */
	FAILING_GLOB,     /* the number is what it returns, as of the next */
	FAILING_INFLATE,  /* inflateInit2(), inflate() */
	FAILING_ENCODING, /* iconv_open() */
};

/* Of the calls of this kind that come now, the one of this number fails, once, with this errno; number 0: none. */
void failing_begin(enum failing kind, unsigned at, int number);
/* All succeed again.  Returns how many calls of the kind there were. */
unsigned failing_end(void);

/* From now on fstatat() finds whatever it is asked for, or does so no more. */
void failing_to_miss(int is_on);

/* From now on fstat() and stat() tell each file as the first of a file system of its own, one of another number than it
   has, or one of another file system. */
enum failing_identity { FAILING_AS_IT_IS, FAILING_FIRST_OF_ITS_OWN, FAILING_OTHER_NUMBER, FAILING_OTHER_DEVICE };
void failing_to_identify(enum failing_identity identity);

/* What the next fopen() reads, whatever it opens. */
void failing_read(const char *text);

/* Pieces of memory, and mappings, that this thread has taken and not given back, by calls that come by here; and how often
   it closed what is no file at all. */
long failing_held(void);
/* Files that are open. */
unsigned failing_files(void);

#endif
