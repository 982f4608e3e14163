/* SPDX-License-Identifier: MIT */
/* The language of texts. */
#include "text.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* gettext() remembers translations, until this changes: see "Being a gettext guru" in its manual. */
extern int _nl_msg_cat_cntr;

void text_use(const char *language)
{
	static char *wanted; /* LANGUAGE, as we were started with it */
	static int is_open;
	if (!is_open) {
		wanted = getenv("LANGUAGE") ? strdup(getenv("LANGUAGE")) : NULL;
		bindtextdomain("crmval", LOCALE_DIRECTORY);
		bind_textdomain_codeset("crmval", "UTF-8");
		textdomain("crmval");
		is_open = 1;
	}
	/* In the locale C gettext translates nothing, whatever LANGUAGE says; C.UTF-8 is there on every machine. */
	if (language) {
		setlocale(LC_MESSAGES, "C.UTF-8");
		setenv("LANGUAGE", language, 1);
	} else {
		setlocale(LC_MESSAGES, "");
		if (wanted)
			setenv("LANGUAGE", wanted, 1);
		else
			unsetenv("LANGUAGE");
	}
	_nl_msg_cat_cntr++;
}
