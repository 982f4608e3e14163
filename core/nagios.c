/* SPDX-License-Identifier: MIT */
/* The state is the worst of what alerts, dimensions and age say; the line names the first cause of it. */
#include "nagios.h"

#include "archive.h"
#include "score.h"
#include "text.h"
#include "utf8.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static const char *const state_names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

enum { CAUSE_SIZE = 1500 };

struct verdict {
	enum nagios_state state;
	uint32_t causes;
	char cause[CAUSE_SIZE]; /* the first of the worst */
};

__attribute__((format(printf, 3, 4))) static void find(struct verdict *verdict, enum nagios_state state,
						       const char *format, ...)
{
	va_list arguments;
	verdict->causes++;
	if (state <= verdict->state)
		return;
	verdict->state = state;
	va_start(arguments, format);
	vsnprintf(verdict->cause, sizeof verdict->cause, _(format), arguments);
	va_end(arguments);
}

static void judge(struct verdict *verdict, const struct result *result, const struct scorecard *card, double age,
		  double max_age)
{
	char reason[TEXT_REASON_SIZE];

	if (age > max_age)
		find(verdict, NAGIOS_CRITICAL, "the last result is %.1f hours old", age / 3600);
	if (card->overall.reason)
		find(verdict, NAGIOS_CRITICAL, "no score: %s", text_reason(card->overall.reason, reason));
	for (uint32_t i = 0; i < result->alert_count; i++)
		if (result->alerts[i].fired > 0)
			find(verdict, result->alerts[i].is_critical ? NAGIOS_CRITICAL : NAGIOS_WARNING, "%s",
			     result->alerts[i].message);
	for (uint32_t m = 0; m < result->measure_count; m++)
		if (result->measures[m].failed &&
		    (m == 0 || result->measures[m - 1].dimension != result->measures[m].dimension))
			find(verdict, NAGIOS_WARNING, "%s: %s", result->dimensions[result->measures[m].dimension].id,
			     result->measures[m].failed);
}

/* Texts of others must not end the line, or begin the performance data. */
static void put_plain(struct output *output, const char *text)
{
	char plain[CAUSE_SIZE];
	utf8_printable(plain, sizeof plain, text, strlen(text));
	for (char *p = plain; *p; p++)
		if (*p == '|' || *p == '\n' || *p == '\r')
			*p = ' ';
	output_text(output, plain);
}

/* 'label'=value;;;0;100, which a state of no score leaves out. */
static void put_score(struct output *output, const char *label, const struct score *score)
{
	char number[OUTPUT_NUMBER_SIZE];
	if (score->reason)
		return;
	output_number_text(score->score, number);
	output_text(output, " ");
	output_text(output, label);
	output_text(output, "=");
	output_text(output, number);
	output_text(output, ";;;0;100");
}

static void put_line(struct output *output, const struct verdict *verdict, const struct result *result,
		     const struct scorecard *card, double age)
{
	char text[160], made[INSTANT_SIZE];
	instant_format(result->made, made);
	snprintf(text, sizeof text, "CRMVAL %s: ", state_names[verdict->state]);
	output_text(output, text);
	put_plain(output, result->name);
	if (!card->overall.reason) {
		snprintf(text, sizeof text, _(" %.1f (%.1f to %.1f)"), card->overall.score, card->overall.low,
			 card->overall.high);
		output_text(output, text);
	}
	snprintf(text, sizeof text, _(", made %s"), made);
	output_text(output, text);
	if (verdict->causes > 0) {
		output_text(output, "; ");
		put_plain(output, verdict->cause);
	}
	if (verdict->causes > 1) {
		snprintf(text, sizeof text, _(", and %u more"), verdict->causes - 1);
		output_text(output, text);
	}
	output_text(output, " |");
	put_score(output, "overall", &card->overall);
	for (uint32_t d = 0; d < result->dimension_count; d++)
		put_score(output, result->dimensions[d].id, &card->dimensions[d]);
	snprintf(text, sizeof text, " coverage=%.4g;;;0;1 age=%.0fs;;;0\n", card->overall.coverage, age);
	output_text(output, text);
}

enum nagios_state nagios_report(const struct result *result, int64_t now, double max_age, struct output *output,
				struct crmval_error *error)
{
	struct verdict verdict = {0};
	struct scorecard *card;
	/* A clock that was set back makes nothing younger than new. */
	double age = now > result->made ? (double)(now - result->made) : 0;
	if (score_new(result, &card, error) != CRMVAL_OK)
		return nagios_unknown(error->message, output);
	score_scope(card, -1, 0, NULL);
	judge(&verdict, result, card, age, max_age);
	put_line(output, &verdict, result, card, age);
	score_free(card);
	return verdict.state;
}

enum nagios_state nagios_unknown(const char *message, struct output *output)
{
	output_text(output, "CRMVAL UNKNOWN: ");
	put_plain(output, message);
	output_text(output, "\n");
	return NAGIOS_UNKNOWN;
}
