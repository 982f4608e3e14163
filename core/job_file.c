/* SPDX-License-Identifier: MIT */
/*
 * Reading a job file with distrust.  libconfig 1.5 truncates integers, cuts texts, and follows @include into a FIFO; none
 * of it shows after parsing, so a scanner with the same idea of texts and comments looks at the file first.
 */
#include "job_file.h"

#include "error.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE_LIMIT = 1024 * 1024, DEPTH_LIMIT = 32 };

static int fail_open(const char *path, struct crmval_error *error)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return fail(error, CRMVAL_ENOINPUT, "%s: there is no such file; check the path", path);
	if (errno == EACCES || errno == EPERM)
		return fail(error, CRMVAL_EPERM, "%s: not permitted; make it readable for this user", path);
	if (errno == ENOMEM)
		return fail_memory(error);
	return fail(error, CRMVAL_EIO, "%s: cannot be opened: %s", path, strerror(errno));
}

/* Reads up to size bytes, fewer only at the file's end. */
static ssize_t read_all(int fd, char *bytes, size_t size)
{
	size_t done = 0;
	while (done < size) {
		ssize_t count = read(fd, bytes + done, size - done);
		if (count == 0)
			break;
		if (count < 0 && errno != EINTR)
			return -1;
		if (count > 0)
			done += (size_t)count;
	}
	return (ssize_t)done;
}

static int line_of(const char *text, const char *place)
{
	int line = 1;
	for (; text < place; text++)
		line += *text == '\n';
	return line;
}

int job_file_read(const char *path, struct arena *arena, char **text, size_t *size, struct problems *problems,
		  struct crmval_error *error)
{
	int code = CRMVAL_OK;
	struct stat status;
	*text = NULL;
	*size = 0;
	/* A FIFO or a terminal must not make us wait. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail_open(path, error);
	if (fstat(fd, &status) < 0) {
		code = fail_open(path, error);
		goto out;
	}
	if (!S_ISREG(status.st_mode)) {
		problems_add(problems, path, 0, "is not a regular file; name a job file");
		goto out;
	}
	if (status.st_size > SIZE_LIMIT) {
		problems_add(problems, path, 0, "is larger than 1 MiB; it cannot be a job file");
		goto out;
	}
	char *bytes = arena_alloc(arena, (size_t)status.st_size + 1);
	if (!bytes) {
		code = fail_memory(error);
		goto out;
	}
	ssize_t count = read_all(fd, bytes, (size_t)status.st_size);
	if (count < 0) {
		code = fail(error, CRMVAL_EIO, "%s: cannot be read: %s", path, strerror(errno));
		goto out;
	}
	const char *nul = memchr(bytes, 0, (size_t)count);
	if (nul) {
		problems_add(problems, path, line_of(bytes, nul),
			     "holds a NUL byte, so it is no text; save it as UTF-8");
		goto out;
	}
	*text = bytes;
	*size = (size_t)count;
out:
	close(fd);
	return code;
}

char *job_file_text(char *text)
{
	return strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
}

/* ---- the scanner ---- */

struct scanner {
	char *p;
	const char *file;
	int line, depth;
	int counts_lines; /* 0: in one line of its own, which has no number */
	struct problems *problems;
	int is_unsafe;
};

/* Of a scanner: what is wrong at its line. */
#define scanner_problem(s, ...)                                                                                        \
	do {                                                                                                           \
		if ((s)->problems)                                                                                     \
			problems_add((s)->problems, (s)->file, (s)->line, __VA_ARGS__);                                \
	} while (0)

static void scanner_unsafe(struct scanner *s, const char *what)
{
	scanner_problem(s, "%s", what);
	s->is_unsafe = 1;
}

static void scan_newlines(struct scanner *s, const char *from, const char *to)
{
	for (; s->counts_lines && from < to; from++)
		s->line += *from == '\n';
}

/* p is after the opening quote. */
static void scan_text(struct scanner *s)
{
	char *p = s->p, *from = s->p;
	for (; *p && *p != '"'; p++) {
		if (*p != '\\')
			continue;
		if ((p[1] == 'x' || p[1] == 'X') && p[2] == '0' && p[3] == '0') {
			scan_newlines(s, from, p);
			from = p;
			scanner_problem(s, _("\\x00 cuts the text off; leave it out"));
			if (s->problems)
				p[2] = '2'; /* now a space */
		}
		p += p[1] != 0;
	}
	if (!*p)
		scanner_unsafe(s, _("the text that begins here has no closing quote"));
	scan_newlines(s, from, p);
	s->p = p + (*p != 0);
}

/* Steps over a comment at p, if there is one. */
static int scan_comment(struct scanner *s)
{
	if (s->p[0] == '#' || (s->p[0] == '/' && s->p[1] == '/')) {
		s->p += strcspn(s->p, "\n");
		return 1;
	}
	if (s->p[0] != '/' || s->p[1] != '*')
		return 0;
	char *end = strstr(s->p + 2, "*/");
	if (!end) {
		scanner_unsafe(s, _("the comment that begins here is not closed by */"));
		end = s->p + strlen(s->p);
	}
	scan_newlines(s, s->p, end);
	s->p = end + (*end ? 2 : 0);
	return 1;
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* An integer that does not fit is read as another number, without a word.  It lies at p, up to end. */
static void scan_integer(struct scanner *s, const char *end, int base)
{
	char rough[32];
	int is_negative = *s->p == '-', is_long = *end == 'L';
	uint64_t limit = is_long ? (uint64_t)INT64_MAX : INT32_MAX;
	errno = 0;
	uint64_t number = strtoull(s->p + (*s->p == '-'), NULL, base);
	if (errno == 0 && number <= limit + (uint64_t)is_negative)
		return;
	int shown = end - s->p > 32 ? 32 : (int)(end - s->p);
	if (errno == 0 && !is_long && number <= (uint64_t)INT64_MAX + (uint64_t)is_negative)
		scanner_problem(s, _("the integer %.*s does not fit 32 bits; append an L: %.*sL"), shown, s->p, shown,
				s->p);
	else
		scanner_problem(s, _("the integer %.*s does not fit 64 bits; write a smaller one"), shown, s->p);
	if (!s->problems)
		return;
	/* Without a decimal point, since that is the locale's; it is shorter than what it overwrites. */
	int length = snprintf(rough, sizeof rough, "%s%.0e", is_negative ? "-" : "", (double)number);
	memset(s->p, ' ', (size_t)(end - s->p) + strspn(end, "L"));
	memcpy(s->p, rough, (size_t)length);
}

/* Steps over a number at p, if there is one. */
static int scan_number(struct scanner *s)
{
	char *p = s->p + (*s->p == '-' || *s->p == '+'), *end;
	if (!is_digit(*p) && !(*p == '.' && is_digit(p[1])))
		return 0;
	if (p == s->p && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		end = p + 2 + strspn(p + 2, "0123456789abcdefABCDEF");
		scan_integer(s, end, 16);
		s->p = end;
		return 1;
	}
	char *digits_end = end = p + strspn(p, "0123456789");
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	if (*end == 'e' || *end == 'E') {
		char *exponent = end + 1 + (end[1] == '-' || end[1] == '+');
		if (is_digit(*exponent))
			end = exponent + strspn(exponent, "0123456789");
	}
	if (end == digits_end)
		scan_integer(s, end, 10);
	s->p = end;
	return 1;
}

static void scan_other(struct scanner *s)
{
	char c = *s->p;
	if (c == '(' || c == '[' || c == '{') {
		if (++s->depth == DEPTH_LIMIT)
			scanner_unsafe(s, _("is nested deeper than any job needs; close the brackets before"));
	} else if ((c == ')' || c == ']' || c == '}') && s->depth > 0) {
		s->depth--;
	} else if (c == '@' && strncmp(s->p, "@include", 8) == 0) {
		scanner_unsafe(s, _("@include is not read, since it can hang or include itself; write one file, or set "
				    "what differs by --set"));
	}
	scan_newlines(s, s->p, s->p + 1);
	s->p++;
}

int job_file_scan(char *text, const char *file, int line, struct problems *problems)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*";
	static const char name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*0123456789_-";
	struct scanner s = {.p = text, .file = file, .line = line, .counts_lines = line > 0, .problems = problems};
	while (*s.p) {
		if (*s.p == '"') {
			s.p++;
			scan_text(&s);
		} else if (strchr(letters, *s.p)) {
			s.p += strspn(s.p, name);
		} else if (!scan_comment(&s) && !scan_number(&s)) {
			scan_other(&s);
		}
	}
	return s.is_unsafe;
}
