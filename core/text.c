/* SPDX-License-Identifier: MIT */
/* The language of texts. */
#include "text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* gettext() remembers translations, until this changes: see "Being a gettext guru" in its manual. */
extern int _nl_msg_cat_cntr;

static int messages_are_for_programs;

/* A language is not set twice from one of our own texts, so the one that we were started with is kept. */
static const char *language_at_start(void)
{
	static char *wanted;
	static int is_open;
	if (!is_open) {
		const char *folder = secure_getenv("CRMVAL_LOCALE_PATH");
		wanted = getenv("LANGUAGE") ? strdup(getenv("LANGUAGE")) : NULL;
		bindtextdomain("crmval", folder && *folder ? folder : LOCALE_DIRECTORY);
		bind_textdomain_codeset("crmval", "UTF-8");
		bind_textdomain_codeset("libc", "UTF-8"); /* what strerror() and getopt() say */
		textdomain("crmval");
		is_open = 1;
	}
	return wanted;
}

/* What the environment says of messages, where the machine has no such locale. */
static const char *unknown_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return value;
	}
	return "";
}

static void set_language(const char *language)
{
	if (language && *language)
		setenv("LANGUAGE", language, 1);
	else
		unsetenv("LANGUAGE");
	_nl_msg_cat_cntr++;
	gettext("out of memory"); /* loads the catalogue */
}

void text_use(const char *language)
{
	const char *wanted = language_at_start();
	/* In the locale C gettext translates nothing, whatever LANGUAGE says; C.UTF-8 is there on every machine. */
	if (language) {
		setlocale(LC_MESSAGES, "C.UTF-8");
		set_language(language);
	} else if (setlocale(LC_MESSAGES, "")) {
		set_language(wanted);
	} else {
		setlocale(LC_MESSAGES, "C.UTF-8");
		set_language(wanted && *wanted ? wanted : unknown_locale());
	}
}

void text_use_messages(void)
{
	if (messages_are_for_programs)
		text_use("en");
	else
		text_use(NULL);
}

void text_messages_are_for_programs(void)
{
	messages_are_for_programs = 1;
	text_use_messages();
}

const char *text_language(void)
{
	static char name[24];
	const char *locale = setlocale(LC_MESSAGES, NULL), *language = getenv("LANGUAGE");
	if (!locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
		return NULL;
	if (!language || !*language)
		language = strncmp(locale, "C.", 2) == 0 ? "en" : locale;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(language, ":.@"), language);
	return strcmp(name, "en") == 0 || strncmp(name, "en_", 3) == 0 ? NULL : name;
}

/* Texts that name something, as they were formatted; no two fit the same. */
static const char *const formatted[] = {
	N_("not mapped: %s"),
	N_("orders start on %s"),
	N_("%s: rejected: %s fields where the header has %s (byte %s)"),
	N_("%s: rejected: %s field where the header has %s (byte %s)"),
	N_("%s: rejected: a row of more than %s bytes (byte %s)"),
	N_("%s: rejected: a field of more than %s bytes (byte %s)"),
	N_("%s: rejected: NUL byte (byte %s)"),
	N_("%s: rejected: text after a closing quote (byte %s)"),
	N_("blank lines"),
	N_("cells with text encoded twice"),
	N_("cells in conditions that are no flags"),
	N_("bytes that are not %s"),
	N_("deleted"), /* as conf/salesforce.conf calls it */
	N_("%s is not a date"),
	N_("%s is not a flag"),
	N_("%s is not a number"),
	N_("%s is not a Salesforce id: its check characters do not fit"),
	N_("%s is not a word that is known"),
	N_("%s is not text in UTF-8: set the encoding of the file"),
};
enum { NAMES_MOST = 4 };

struct names {
	int count;
	char name[NAMES_MOST][TEXT_REASON_SIZE];
};

/* What stands in a text where its format has %s; 0: it is of another format. */
static int names_of(const char *text, const char *format, struct names *names)
{
	names->count = 0;
	for (;;) {
		const char *next = strstr(format, "%s");
		size_t length = next ? (size_t)(next - format) : strlen(format);
		if (strncmp(text, format, length) != 0)
			return 0;
		text += length;
		if (!next)
			return *text == 0;
		format = next + 2;
		/* A name ends where the words after it begin, and the last one where the text does. */
		const char *after = strstr(format, "%s");
		size_t words = after ? (size_t)(after - format) : strlen(format), rest = strlen(text);
		const char *end = after && words  ? memmem(text, rest, format, words)
				  : rest >= words ? text + rest - words
						  : NULL;
		if (!end || names->count == NAMES_MOST)
			return 0;
		snprintf(names->name[names->count++], sizeof names->name[0], "%.*s", (int)(end - text), text);
		text = end;
	}
}

const char *text_reason(const char *reason, char text[TEXT_REASON_SIZE])
{
	struct names names = {0};
	for (size_t i = 0; i < sizeof formatted / sizeof formatted[0]; i++) {
		if (!names_of(reason, formatted[i], &names))
			continue;
		snprintf(text, TEXT_REASON_SIZE, _(formatted[i]), names.name[0], names.name[1], names.name[2],
			 names.name[3]);
		return text;
	}
	/* The others are translated whole. */
	return _(reason);
}
