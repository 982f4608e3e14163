/* SPDX-License-Identifier: MIT */
/* The outcome of a plugin's trials, for people and for what collects tests. */
#include "conform.h"

#include "text.h"
#include "utf8.h"

#include <string.h>

void conformance_text(const struct conformance *conformance, FILE *stream)
{
	static const char *const outcomes[] = {N_("passed"), N_("FAILED"), N_("skipped")};
	const char *group = "";
	fprintf(stream, "%s %s\n%s\n", conformance->name, conformance->version ? conformance->version : "",
		conformance->path);
	for (size_t i = 0; i < conformance->count; i++) {
		const struct trial *trial = &conformance->trials[i];
		if (strcmp(group, trial->group) != 0)
			fprintf(stream, "\n%s\n", trial->group);
		group = trial->group;
		fprintf(stream, "  %-7s %s%s%s\n", _(outcomes[trial->outcome]), trial->name, trial->message ? ": " : "",
			trial->message ? trial->message : "");
	}
	fprintf(stream, _("\n%zu passed, %zu failed"), conformance->count - conformance->failed - conformance->skipped,
		conformance->failed);
	if (conformance->skipped)
		fprintf(stream, _(", %zu skipped"), conformance->skipped);
	fprintf(stream, _(" (seed %llu)\n"), (unsigned long long)conformance->seed);
}

/* Messages may hold anything; what XML has no way to say becomes a question mark. */
static void put_xml(FILE *stream, const char *text)
{
	char printable[2048];
	utf8_printable(printable, sizeof printable, text, strlen(text));
	for (const char *p = printable; *p; p++) {
		switch (*p) {
		case '&':
			fputs("&amp;", stream);
			break;
		case '<':
			fputs("&lt;", stream);
			break;
		case '>':
			fputs("&gt;", stream);
			break;
		case '"':
			fputs("&quot;", stream);
			break;
		default:
			putc(*p, stream);
		}
	}
}

static void put_attribute(FILE *stream, const char *name, const char *value)
{
	fprintf(stream, " %s=\"", name);
	put_xml(stream, value);
	putc('"', stream);
}

static void put_trial(const struct trial *trial, FILE *stream)
{
	static const char *const elements[] = {"system-out", "failure", "skipped"};
	fputs("  <testcase", stream);
	put_attribute(stream, "classname", trial->group);
	put_attribute(stream, "name", trial->name);
	fprintf(stream, " time=\"%.3f\"", trial->seconds);
	if (!trial->message) {
		fputs("/>\n", stream);
		return;
	}
	fprintf(stream, "><%s", elements[trial->outcome]);
	if (trial->outcome == TRIAL_PASSED) {
		putc('>', stream);
		put_xml(stream, trial->message);
		fputs("</system-out></testcase>\n", stream);
	} else {
		put_attribute(stream, "message", trial->message);
		fputs("/></testcase>\n", stream);
	}
}

void conformance_junit(const struct conformance *conformance, FILE *stream)
{
	double seconds = 0;
	for (size_t i = 0; i < conformance->count; i++)
		seconds += conformance->trials[i].seconds;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite", stream);
	put_attribute(stream, "name", conformance->name);
	fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n",
		conformance->count, conformance->failed, conformance->skipped, seconds);
	fprintf(stream, "  <properties><property name=\"seed\" value=\"%llu\"/></properties>\n",
		(unsigned long long)conformance->seed);
	for (size_t i = 0; i < conformance->count; i++)
		put_trial(&conformance->trials[i], stream);
	fputs("</testsuite>\n</testsuites>\n", stream);
}
