/* SPDX-License-Identifier: MIT */
/* What the data were like, and where all of it comes from, in the HTML report. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "report_html.h"

#include "text.h"

#include <math.h>

static void put_count(struct html *html, uint64_t count)
{
	html_raw(html, count ? "<td class=\"n fair\">" : "<td class=\"n dim\">");
	html_count(html, (double)count);
	html_raw(html, "</td>");
}

static void put_field_counts(struct html *html, const struct result_entity *entity)
{
	char said[TEXT_REASON_SIZE];

	for (uint32_t i = 0; i < entity->field_count; i++) {
		const struct result_field_count *field = &entity->fields[i];
		if (field->dangling > 0) {
			html_format(html, "%s: %llu dangling", field->field, (unsigned long long)field->dangling);
			html_raw(html, "<br>");
		}
		if (field->unreadable > 0) {
			html_format(html, "%s: %llu unreadable", field->field, (unsigned long long)field->unreadable);
			html_raw(html, "<br>");
		}
	}
	for (uint32_t i = 0; i < entity->skipped_count; i++) {
		html_format(html, "passed over: %llu %s", (unsigned long long)entity->skipped[i].count,
			    text_reason(entity->skipped[i].what, said));
		html_raw(html, "<br>");
	}
}

static void put_entity(struct html *html, const struct result_entity *entity)
{
	html_raw(html, "<tr>");
	html_element(html, "th scope=row", entity->entity);
	html_raw(html, "<td>");
	html_text(html, entity->source ? entity->source : _("not mapped"));
	html_raw(html, "</td><td class=n>");
	html_count(html, (double)entity->rows);
	html_raw(html, "</td>");
	put_count(html, entity->rejected);
	put_count(html, entity->duplicates);
	html_raw(html, "<td>");
	put_field_counts(html, entity);
	html_raw(html, "</td><td class=dim>");
	for (uint32_t i = 0; entity->source && i < entity->missing_field_count; i++)
		html_format(html, "%s%s", i ? ", " : "", entity->missing_fields[i]);
	html_raw(html, "</td></tr>\n");
}

static void put_examples(struct html *html, const struct result *result)
{
	char said[TEXT_REASON_SIZE];
	uint32_t count = 0;

	for (uint32_t e = 0; e < result->entity_count; e++)
		count += result->entities[e].example_count;
	if (count == 0)
		return;
	html_raw(html, "<details><summary>");
	html_text(html, _("The first rejected rows and unreadable cells"));
	html_raw(html, "</summary><ul class=examples>\n");
	for (uint32_t e = 0; e < result->entity_count; e++)
		for (uint32_t i = 0; i < result->entities[e].example_count; i++) {
			html_element(html, "li", text_reason(result->entities[e].examples[i], said));
			html_raw(html, "\n");
		}
	html_raw(html, "</ul></details>\n");
}

void html_data(struct html *html, const struct result *result)
{
	html_raw(html, "<section id=data>\n");
	html_element(html, "h2", _("Data quality"));
	html_raw(html, "<div class=scroll tabindex=0><table class=sortable>\n<thead><tr>");
	html_element(html, "th scope=col", _("entity"));
	html_element(html, "th scope=col", _("source"));
	html_element(html, "th scope=col class=n", _("rows"));
	html_element(html, "th scope=col class=n", _("rejected"));
	html_element(html, "th scope=col class=n", _("duplicates"));
	html_element(html, "th scope=col", _("fields"));
	html_element(html, "th scope=col", _("not mapped"));
	html_raw(html, "</tr></thead>\n<tbody>\n");
	for (uint32_t e = 0; e < result->entity_count; e++)
		put_entity(html, &result->entities[e]);
	html_raw(html, "</tbody></table></div>\n");
	put_examples(html, result);
	html_raw(html, "</section>\n");
}

void html_provenance(struct html *html, const struct result *result)
{
	html_raw(html, "<section id=provenance>\n");
	html_element(html, "h2", _("Provenance"));
	html_raw(html, "<dl>\n<dt>");
	html_text(html, _("program"));
	html_raw(html, "</dt><dd>crmval " PACKAGE_VERSION "</dd>\n<dt>");
	html_text(html, _("job file, SHA-256"));
	html_raw(html, "</dt><dd><code>");
	html_text(html, result->job_sha256);
	html_raw(html, "</code></dd>\n<dt>");
	html_text(html, _("plugins"));
	html_raw(html, "</dt><dd>");
	for (uint32_t i = 0; i < result->plugin_count; i++) {
		const struct result_plugin *plugin = &result->plugins[i];
		html_format(html, plugin->sandbox ? "%s %s (%s)" : "%s %s", plugin->name, plugin->version,
			    plugin->sandbox ? plugin->sandbox : "");
		html_raw(html, "<br>");
	}
	html_raw(html, "</dd></dl>\n<div class=scroll tabindex=0><table>\n<thead><tr>");
	html_element(html, "th scope=col", _("input"));
	html_element(html, "th scope=col class=n", _("bytes"));
	html_element(html, "th scope=col", "SHA-256");
	html_raw(html, "</tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < result->input_count; i++) {
		html_raw(html, "<tr>");
		html_element(html, "th scope=row", result->inputs[i].name);
		html_raw(html, "<td class=n>");
		html_count(html, (double)result->inputs[i].bytes);
		html_raw(html, "</td><td><code>");
		html_text(html, result->inputs[i].sha256);
		html_raw(html, "</code></td></tr>\n");
	}
	html_raw(html, "</tbody></table></div></section>\n");
}
