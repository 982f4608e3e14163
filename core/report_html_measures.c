/* SPDX-License-Identifier: MIT */
/* Measures in the HTML report. */
#include "report_html.h"

#include "report_findings.h"
#include "text.h"

#include <math.h>
#include <string.h>

static void put_number(struct html *html, double number)
{
	char text[OUTPUT_NUMBER_SIZE];

	/* Sums of money are long; what is behind the sixth place is in the JSON. */
	if (isnan(number))
		html_raw(html, "–");
	else if (number == rint(number) || fabs(number) >= 1e5)
		html_count(html, number);
	else {
		output_number_text(round(number * 1e4) / 1e4, text);
		html_raw(html, text);
	}
}

static void put_value(struct html *html, const struct result *result, const struct crmval_measure *table,
		      struct estimate value)
{
	char text[80];

	if (!estimate_is_known(value)) {
		html_raw(html, "–");
		return;
	}
	report_value_text(result, table, value.value, text);
	html_text(html, text);
}

static void put_scale(struct html *html, const struct result_measure *measure)
{
	int is_share = strcmp(measure->table->unit, "share") == 0 || measure->basis != CRMVAL_VALUE;

	for (uint32_t i = 0; i < measure->scale_count; i++) {
		html_raw(html, i ? "<br>" : "");
		html_format(html, is_share ? "%.4g%% → %.4g" : "%.4g → %.4g",
			    (is_share ? 100 : 1) * measure->scale[i].x, measure->scale[i].y);
	}
}

static const char *basis_text(int basis)
{
	return basis == CRMVAL_GROWTH ? _("growth") : basis == CRMVAL_CHANGE ? _("change") : _("value");
}

static void put_measure(struct html *html, const struct result *result, const struct result_measure *measure,
			const struct scored_measure *scored)
{
	const struct crmval_measure *table = measure->table;

	html_raw(html, "<tr><th scope=row>");
	html_text(html, table->title);
	html_raw(html, "<small>");
	html_text(html, table->definition);
	html_raw(html, "</small>");
	if (scored->score.reason) {
		char reason[TEXT_REASON_SIZE];
		html_raw(html, "<small class=fair>");
		html_text(html, text_reason(scored->score.reason, reason));
		html_raw(html, "</small>");
	}
	html_raw(html, "</th><td class=\"n strong\">");
	put_value(html, result, table, scored->period.value);
	html_raw(html, "</td><td class=n>");
	put_value(html, result, table, scored->baseline.value);
	html_raw(html, "</td><td class=n>");
	put_number(html, scored->period.numerator);
	html_raw(html, "</td><td class=n>");
	put_number(html, scored->period.denominator);
	html_raw(html, "</td><td class=n>");
	put_number(html, scored->period.is_counted ? (double)scored->period.rows : NAN);
	html_raw(html, "</td><td><span class=dim>");
	html_text(html, basis_text(measure->basis));
	html_raw(html, "</span><small>");
	put_scale(html, measure);
	html_raw(html, "</small></td>");
	html_score_cells(html, &scored->score);
	html_raw(html, "</tr>\n");
}

static void put_head(struct html *html)
{
	html_raw(html, "<thead><tr>");
	html_element(html, "th scope=col", _("measure"));
	html_element(html, "th scope=col class=n", _("value"));
	html_element(html, "th scope=col class=n", _("was"));
	html_element(html, "th scope=col class=n", _("numerator"));
	html_element(html, "th scope=col class=n", _("denominator"));
	html_element(html, "th scope=col class=n", _("rows"));
	html_element(html, "th scope=col", _("scale"));
	html_element(html, "th scope=col class=n", _("score"));
	html_element(html, "th scope=col class=n", _("95% range"));
	html_element(html, "th scope=col class=n", _("before"));
	html_element(html, "th scope=col class=n", _("gained"));
	html_raw(html, "</tr></thead>\n<tbody>\n");
}

void html_measures(struct html *html, const struct scorecard *card)
{
	const struct result *result = card->result;

	html_raw(html, "<section id=measures>\n");
	html_element(html, "h2", _("Measures"));
	for (uint32_t d = 0, m = 0; d < result->dimension_count; d++) {
		html_raw(html, "<details open><summary><span>");
		html_text(html, result->dimensions[d].table->title);
		html_raw(html, "</span> <b class=");
		html_raw(html, html_score_class(card->dimensions[d].score));
		html_raw(html, ">");
		html_points(html, card->dimensions[d].score, 0);
		html_raw(html, "</b></summary>\n<div class=scroll tabindex=0><table class=\"measures sortable\">\n");
		put_head(html);
		for (; m < result->measure_count && result->measures[m].dimension == d; m++)
			put_measure(html, result, &result->measures[m], &card->measures[m]);
		html_raw(html, "</tbody></table></div></details>\n");
	}
	html_raw(html, "</section>\n");
}
