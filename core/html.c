/* SPDX-License-Identifier: MIT */
/* The frame of a page, and escaping. */
#include "html.h"

#include "embed.h"
#include "error.h"
#include "screen.h"
#include "text.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* How a policy names a script or a style. */
static void put_hash(struct html *html, struct embed content)
{
	struct sha256_ctx sha256;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = {0};
	sha256_init(&sha256);
	sha256_update(&sha256, content.size, (const uint8_t *)content.bytes);
	sha256_digest(&sha256, sizeof digest, digest);
	base64_encode_raw(text, sizeof digest, digest);
	html_raw(html, " 'sha256-");
	html_raw(html, text);
	html_raw(html, "'");
}

static void put_content(struct html *html, const char *tag, struct embed content)
{
	html_raw(html, "<");
	html_raw(html, tag);
	html_raw(html, ">");
	output_bytes(html->output, content.bytes, content.size);
	html_raw(html, "</");
	html_raw(html, tag);
	html_raw(html, ">\n");
}

void html_open(struct html *html, struct output *output, const char *title, const char *language, int has_charts)
{
	*html = (struct html){.output = output};
	html_raw(html, "<!DOCTYPE html>\n<html lang=\"");
	html_text(html, language && strncmp(language, "zh", 2) == 0 ? "zh-CN" : language ? language : "en");
	html_raw(html, "\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""
		       "default-src 'none'; base-uri 'none'; form-action 'none'; style-src");
	put_hash(html, embed_report_css());
	html_raw(html, "; script-src");
	if (has_charts)
		put_hash(html, embed_chart_js());
	put_hash(html, embed_report_js());
	html_raw(html, "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		       "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
		       "content=\"no-referrer\">\n");
	html_element(html, "title", title);
	put_content(html, "style", embed_report_css());
	if (has_charts)
		put_content(html, "script", embed_chart_js());
	html_raw(html, "</head>\n<body>\n<main>\n");
}

int html_close(struct html *html, struct crmval_error *error)
{
	html_raw(html, "</main>\n");
	put_content(html, "script", embed_report_js());
	html_raw(html, "</body>\n</html>\n");
	free(html->copy);
	html->copy = NULL;
	return html->is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}

static const char *escape_of(unsigned char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return byte < 0x20 && byte != '\n' && byte != '\t' ? "\xef\xbf\xbd"
		       : byte == 0x7f                              ? "\xef\xbf\xbd"
								   : NULL;
	}
}

void html_text(struct html *html, const char *text)
{
	const char *valid = output_valid_text(text ? text : "", &html->copy), *start;
	if (!valid) {
		html->is_out_of_memory = 1;
		return;
	}
	for (start = valid; *valid; valid++) {
		const char *escape = escape_of((unsigned char)*valid);
		if (!escape)
			continue;
		output_bytes(html->output, start, (size_t)(valid - start));
		output_text(html->output, escape);
		start = valid + 1;
	}
	output_bytes(html->output, start, (size_t)(valid - start));
}

void html_format(struct html *html, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&text, _(format), arguments) < 0)
		html->is_out_of_memory = 1;
	else
		html_text(html, text);
	va_end(arguments);
	free(text);
}

void html_element(struct html *html, const char *tag, const char *text)
{
	html_raw(html, "<");
	html_raw(html, tag);
	html_raw(html, ">");
	html_text(html, text);
	html_raw(html, "</");
	output_bytes(html->output, tag, strcspn(tag, " "));
	html_raw(html, ">");
}

void html_points(struct html *html, double points, int is_difference)
{
	char text[SCREEN_POINTS_SIZE];
	html_text(html, screen_points_text(points, is_difference, text));
}

void html_count(struct html *html, double count)
{
	char text[SCREEN_COUNT_SIZE];
	html_text(html, screen_count_text(count, text));
}

void html_json(struct html *html, const char *id, const char *json, size_t size)
{
	html_raw(html, "<script type=\"application/json\" id=\"");
	html_text(html, id);
	html_raw(html, "\">");
	/* In JSON, "<" stands in strings alone, where it may be written as an escape. */
	for (const char *end = json + size; json < end;) {
		const char *less = memchr(json, '<', (size_t)(end - json));
		output_bytes(html->output, json, (size_t)((less ? less : end) - json));
		if (less)
			output_text(html->output, "\\u003c");
		json = less ? less + 1 : end;
	}
	html_raw(html, "</script>\n");
}
