/* SPDX-License-Identifier: MIT */
/*
 * Writing HTML: one file that needs no other, and may load none.  A strict policy stands in its head: no script and no
 * style but those whose hash is in it, no request.  Texts are escaped as they are written; there is no other way.
 */
#ifndef HTML_H
#define HTML_H

#include "output.h"

struct html {
	struct output *output;
	char *copy; /* of the last text that was not UTF-8; html_close() frees it */
	int is_out_of_memory;
};

/* From the doctype to the opened main element.  has_charts: the library comes along. */
void html_open(struct html *html, struct output *output, const char *title, const char *language, int has_charts);
int html_close(struct html *html, struct crmval_error *error);

/* Markup as it stands: literals only. */
static inline void html_raw(struct html *html, const char *markup)
{
	output_text(html->output, markup);
}

/* A text, within an element or a quoted attribute. */
void html_text(struct html *html, const char *text);

/* A format for texts, of which the result is escaped. */
__attribute__((format(printf, 2, 3))) void html_format(struct html *html, const char *format, ...);

/* <TAG>text</TAG>; tag may hold attributes: "td class=number". */
void html_element(struct html *html, const char *tag, const char *text);

/* "61.2", "+6.2"; nothing that is no number: a dash. */
void html_points(struct html *html, double points, int is_difference);

/* "1,234,567" */
void html_count(struct html *html, double count);

/* JSON as the content of a script element that is data: no "<" is left in it. */
void html_json(struct html *html, const char *id, const char *json, size_t size);

#endif
