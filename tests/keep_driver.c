/* SPDX-License-Identifier: MIT */
/*
 * Decides what is kept, for a script that decides the same by other means.  Each line of standard input is a timeline:
 * rules as the command line has them, a bar, now, and the instants of snapshots, oldest first.  For each one a line with
 * the reasons to keep each snapshot, as a number of bits.
 */
#include "keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096 };

static int decide(char *line)
{
	static int64_t instants[MOST];
	static uint32_t reasons[MOST];
	struct keep keep = {0};
	char *rest = line, *word;
	size_t count = 0;
	while ((word = strsep(&rest, " ")) && strcmp(word, "|") != 0)
		if (keep_parse(word, &keep))
			return -1;
	int64_t now = rest ? strtoll(rest, &rest, 10) : 0;
	while (rest && *rest == ' ' && count < MOST)
		instants[count++] = strtoll(rest, &rest, 10);
	keep_decide(&keep, instants, count, now, reasons);
	for (size_t i = 0; i < count; i++)
		printf("%s%" PRIu32, i ? " " : "", reasons[i]);
	putchar('\n');
	return 0;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	while (getline(&line, &size, stdin) > 0)
		if (decide(line) < 0)
			return 1;
	free(line);
	return 0;
}
