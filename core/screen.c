/* SPDX-License-Identifier: MIT */
/* Text for a screen of so many columns: cells that align whatever the script, flowing text, bars, colour. */
#include "screen.h"

#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <unistr.h>
#include <uniwidth.h>

/* One character made fit for a terminal. */
struct glyph {
	char bytes[8];
	size_t length, taken; /* in bytes: of the glyph, and of the text that it stands for */
	int width;            /* in columns */
};

static struct glyph next_glyph(const char *text)
{
	struct glyph glyph = {.length = 0};
	ucs4_t character;

	glyph.taken = (size_t)u8_mbtouc(&character, (const uint8_t *)text, strnlen(text, 4));
	glyph.width = uc_width(character, "UTF-8");
	/* Marks that turn the direction of writing are invisible, but could shuffle a whole line. */
	int turns = (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
	if (glyph.width < 0 || turns) {
		character = 0xfffd;
		glyph.width = 1;
	}
	glyph.length = (size_t)u8_uctomb((uint8_t *)glyph.bytes, character, sizeof glyph.bytes);
	return glyph;
}

int screen_text_width(const char *text)
{
	int width = 0;

	while (*text) {
		struct glyph glyph = next_glyph(text);
		width += glyph.width;
		text += glyph.taken;
	}
	return width;
}

static void start_tone(struct screen *screen, enum tone tone)
{
	static const char *const codes[] = {"", "\033[1m", "\033[2m", "\033[32m", "\033[33m", "\033[31m"};

	if (screen->colour)
		output_text(screen->output, codes[tone]);
}

static void end_tone(struct screen *screen, enum tone tone)
{
	if (screen->colour && tone != TONE_PLAIN)
		output_text(screen->output, "\033[0m");
}

static void put_glyph(struct screen *screen, const struct glyph *glyph)
{
	output_bytes(screen->output, glyph->bytes, glyph->length);
	screen->column += glyph->width;
}

static void put_spaces(struct screen *screen, int count)
{
	for (; count > 0; count--, screen->column++)
		output_bytes(screen->output, " ", 1);
}

/* Puts as much of the text as fits, the last of it an ellipsis if that is not all. */
static void put_cut(struct screen *screen, enum tone tone, const char *text, int width)
{
	int is_cut = screen_text_width(text) > width, room = is_cut ? width - 1 : width;

	if (!*text)
		return;
	start_tone(screen, tone);
	while (*text) {
		struct glyph glyph = next_glyph(text);
		if (glyph.width > room)
			break;
		put_glyph(screen, &glyph);
		room -= glyph.width;
		text += glyph.taken;
	}
	if (is_cut && width > 0) {
		output_text(screen->output, "…");
		screen->column++;
	}
	end_tone(screen, tone);
}

void screen_left(struct screen *screen, enum tone tone, const char *text, int width)
{
	int start = screen->column;

	put_cut(screen, tone, text, width);
	put_spaces(screen, start + width - screen->column);
}

void screen_right(struct screen *screen, enum tone tone, const char *text, int width)
{
	put_spaces(screen, width - screen_text_width(text));
	put_cut(screen, tone, text, width);
}

void screen_points(struct screen *screen, enum tone tone, double points, int is_difference, int width)
{
	char text[SCREEN_POINTS_SIZE];

	screen_right(screen, tone, screen_points_text(points, is_difference, text), width);
}

void screen_newline(struct screen *screen)
{
	output_text(screen->output, "\n");
	screen->column = 0;
	screen->space = 0;
}

static void continue_line(struct screen *screen)
{
	screen_newline(screen);
	put_spaces(screen, screen->indent);
}

/* One word; broken only where it alone is longer than a line, as a sentence without spaces may be. */
static void flow_word(struct screen *screen, const char *word, size_t length)
{
	const char *end = word + length;
	int width = 0;

	for (const char *at = word; at < end;) {
		struct glyph glyph = next_glyph(at);
		width += glyph.width;
		at += glyph.taken;
	}
	if (screen->column + screen->space + width > screen->width && screen->column > screen->indent)
		continue_line(screen);
	put_spaces(screen, screen->space);
	screen->space = 0;
	while (word < end) {
		struct glyph glyph = next_glyph(word);
		if (screen->column + glyph.width > screen->width)
			continue_line(screen);
		put_glyph(screen, &glyph);
		word += glyph.taken;
	}
}

void screen_flow(struct screen *screen, enum tone tone, const char *text)
{
	start_tone(screen, tone);
	while (*text) {
		size_t word = strcspn(text, " ");
		if (word > 0)
			flow_word(screen, text, word);
		text += word;
		if (*text == ' ') {
			screen->space = 1;
			text++;
		}
	}
	end_tone(screen, tone);
}

void screen_flow_format(struct screen *screen, enum tone tone, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, _(format), arguments);
	va_end(arguments);
	screen_flow(screen, tone, text);
}

void screen_bar(struct screen *screen, enum tone tone, double share, int width)
{
	static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	int eighths, rest = width;

	if (isnan(share)) {
		put_spaces(screen, width);
		return;
	}
	eighths = (int)lround(share * width * 8);
	start_tone(screen, tone);
	for (; eighths >= 8; eighths -= 8, rest--)
		output_text(screen->output, "█");
	if (eighths > 0) {
		output_text(screen->output, parts[eighths]);
		rest--;
	}
	end_tone(screen, tone);
	start_tone(screen, TONE_DIM);
	while (rest-- > 0)
		output_text(screen->output, "░");
	end_tone(screen, TONE_DIM);
	screen->column += width;
}

void screen_span(struct screen *screen, enum tone tone, double from, double to, int width)
{
	long start, end; /* in half columns */

	if (isnan(from) || isnan(to))
		return;
	start = lround(fmin(from, to) * width * 2);
	end = lround(fmax(from, to) * width * 2);
	if (end <= start)
		end = start + 1;
	if (end > 2L * width) {
		start -= start == 2L * width;
		end = 2L * width;
	}
	put_spaces(screen, (int)(start / 2));
	start_tone(screen, tone);
	for (long column = start / 2; column < (end + 1) / 2; column++, screen->column++)
		output_text(screen->output, column * 2 < start ? "▐" : column * 2 + 1 >= end ? "▌" : "█");
	end_tone(screen, tone);
}

void screen_rule(struct screen *screen)
{
	start_tone(screen, TONE_DIM);
	for (int i = 0; i < screen->width; i++)
		output_text(screen->output, "─");
	end_tone(screen, TONE_DIM);
	screen_newline(screen);
}

const char *screen_count_text(double count, char text[SCREEN_COUNT_SIZE])
{
	char digits[32];
	int length = snprintf(digits, sizeof digits, "%.0f", fabs(count)), to = 0;

	/* 24 digits are more than any count has, and with their commas still fit. */
	if (length > 24) {
		snprintf(text, SCREEN_COUNT_SIZE, "%g", count);
		return text;
	}
	if (count <= -0.5)
		text[to++] = '-';
	for (int i = 0; i < length; i++) {
		text[to++] = digits[i];
		if ((length - i) % 3 == 1 && i + 1 < length)
			text[to++] = ',';
	}
	text[to] = '\0';
	return text;
}

const char *screen_points_text(double points, int is_difference, char text[SCREEN_POINTS_SIZE])
{
	/* Nothing is ever -0.0. */
	double shown = fabs(points) < 0.05 ? 0 : points;

	if (isnan(points))
		snprintf(text, SCREEN_POINTS_SIZE, "–");
	else
		snprintf(text, SCREEN_POINTS_SIZE, is_difference ? "%+.1f" : "%.1f", shown);
	return text;
}
