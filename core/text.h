/* SPDX-License-Identifier: MIT */
/*
 * What people read, in their language, by gettext: _("A whole sentence.") where a text is used, N_("...") where it stands
 * in a table and goes through _() later.  What formats messages and reports (fail(), check_problem(), html_format(), ...)
 * translates its format by itself; po/extract lists it.
 *
 * The language is the process's.  It is changed by the main thread alone, while no other one runs, and the catalogue is in
 * memory from then on, so that confined children, which can open no file, have it, too.
 */
#ifndef TEXT_H
#define TEXT_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

/*
 * From now on texts are in a report's language ("zh_CN"); NULL: in the one that the environment names.  It need not be
 * installed on the machine.
 */
void text_use(const char *language);

/* Back to the language of messages: the environment's, or English where programs read them. */
void text_use_messages(void);
void text_messages_are_for_programs(void);

/* The language that texts are in, as plugins name it ("zh_CN"); NULL: English, or none. */
const char *text_language(void);

/*
 * A reason, or an example of what is wrong with the data, as results, JSON and snapshots have it, which is English in every
 * language, so that programs can rely on it; translated into at most so many bytes where it is one of the program's own.
 */
enum { TEXT_REASON_SIZE = 1200 };
const char *text_reason(const char *reason, char text[TEXT_REASON_SIZE]);

#endif
