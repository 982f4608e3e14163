/* SPDX-License-Identifier: MIT */
/* The parts of the HTML report, each a section of one page, in the order in which they stand. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "html.h"
#include "json.h"
#include "score.h"

/* A score's colour: "good", "fair", "bad" or "none". */
const char *html_score_class(double score);

/* A bar from 0 to 100 with the interval, which says by itself what it shows. */
void html_score_bar(struct html *html, const struct score *score);

/* <td>s: score with its colour, interval, before, gained, which is shaded where it may be chance. */
void html_score_cells(struct html *html, const struct score *score);

/* A canvas for the script to draw on, and what it shows, for those who cannot see it.  is_low: one of a few lines. */
void html_chart(struct html *html, const char *id, const char *label, int is_low);

/* The trend, and what changed since the result before: sections here, data for their charts into json, an open map. */
int html_history(struct html *html, struct json *json, const struct scorecard *card, struct crmval_error *error);

/* Every measure, dimension by dimension: what it says, its numbers, its scale. */
void html_measures(struct html *html, const struct scorecard *card);

/* The units of all breakdowns: the first of each in tables, all of them as data for the script. */
int html_units(struct html *html, struct scorecard *card, struct crmval_error *error);

/* How good the data are, and where they come from. */
void html_data(struct html *html, const struct result *result);
void html_provenance(struct html *html, const struct result *result);

#endif
