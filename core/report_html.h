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

/* Every measure, dimension by dimension: what it says, its numbers, its scale. */
void html_measures(struct html *html, const struct scorecard *card);

/* The units of all breakdowns: the first of each in tables, all of them as data for the script. */
int html_units(struct html *html, struct scorecard *card, struct crmval_error *error);

/* How good the data are, and where they come from. */
void html_data(struct html *html, const struct result *result);
void html_provenance(struct html *html, const struct result *result);

#endif
