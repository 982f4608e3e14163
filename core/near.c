/* SPDX-License-Identifier: MIT */
/* Names are near by their edit distance: letters changed, added, left out, or two neighbours swapped; case is free. */
#include "near.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

enum { NAME_LIMIT = 63 }; /* longer names are not compared */

static int fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c == '-' ? '_' : (unsigned char)c;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned distance_of(const char *a, const char *b)
{
	unsigned rows[3][NAME_LIMIT + 1]; /* two rows back, one back, this one, taking turns */
	size_t a_length = strlen(a), b_length = strlen(b);
	for (unsigned j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a_length; i++) {
		unsigned *this = rows[i % 3], *last = rows[(i + 2) % 3], *before_last = rows[(i + 1) % 3];
		this[0] = i;
		for (unsigned j = 1; j <= b_length; j++) {
			int x = fold(a[i - 1]), y = fold(b[j - 1]);
			this[j] = least(least(this[j - 1], last[j]) + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == fold(b[j - 2]) && y == fold(a[i - 2]))
				this[j] = least(this[j], before_last[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

void near_start(struct near *near, const char *wanted)
{
	*near = (struct near){.wanted = wanted};
}

void near_offer(struct near *near, const char *candidate)
{
	size_t used = strlen(near->known), wanted_length = strlen(near->wanted), length = strlen(candidate);
	snprintf(near->known + used, sizeof near->known - used, "%s%s", used ? ", " : "", candidate);
	if (wanted_length > NAME_LIMIT || length > NAME_LIMIT)
		return;
	unsigned distance = distance_of(near->wanted, candidate);
	unsigned limit = wanted_length < 5 ? 1 : 2 + (wanted_length > 12);
	if (distance <= limit && distance < length && (!near->best || distance < near->distance)) {
		near->best = candidate;
		near->distance = distance;
	}
}

void near_advice(const struct near *near, char *out, unsigned long size)
{
	size_t length = strlen(near->known);
	const char *cut = length + 1 == sizeof near->known ? "..." : "";
	if (near->best)
		snprintf(out, size, _("did you mean \"%s\"?"), near->best);
	else if (length)
		snprintf(out, size, _("known here: %s%s"), near->known, cut);
	else
		snprintf(out, size, _("nothing is known here"));
}
