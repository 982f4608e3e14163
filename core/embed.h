/* SPDX-License-Identifier: MIT */
/* Files that are part of the program: what HTML reports carry in them. */
#ifndef EMBED_H
#define EMBED_H

#include <stddef.h>

struct embed {
	const char *bytes;
	size_t size;
};

struct embed embed_chart_js(void); /* the library Chart.js */
struct embed embed_report_js(void);
struct embed embed_report_css(void);

#endif
