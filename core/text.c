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

const char *text_reason(const char *reason, char text[TEXT_REASON_SIZE])
{
	/* Those that name something; the others are translated whole. */
	static const char *const formats[] = {N_("not mapped: %s"), N_("orders start on %s")};
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		size_t length = strlen(formats[i]) - 2;
		if (strncmp(reason, formats[i], length) == 0) {
			snprintf(text, TEXT_REASON_SIZE, _(formats[i]), reason + length);
			return text;
		}
	}
	return _(reason);
}
