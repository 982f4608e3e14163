/* SPDX-License-Identifier: MIT */
/*
 * What people read, in their language, by gettext: _("A whole sentence.") where a text is used, N_("...") where it stands
 * in a table and goes through _() later.  The language is the process's, and changes from one report to the next.
 */
#ifndef TEXT_H
#define TEXT_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

/*
 * From now on texts are in this language ("zh_CN"); NULL: in the one that the environment names.  It need not be installed
 * on the machine.  Not to be called while other threads run.
 */
void text_use(const char *language);

#endif
