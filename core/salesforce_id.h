/* SPDX-License-Identifier: MIT */
/*
 * Ids as Salesforce writes them: 15 letters and digits of which the case counts, or the same with 3 check characters that
 * tell which of them are capitals.  Both are one record's.
 */
#ifndef SALESFORCE_ID_H
#define SALESFORCE_ID_H

#include "cell.h"

/*
 * Reads a trimmed cell that is not missing.  CELL_OK: *text and *length are the id's one form, as they stand or, of 15
 * characters, in buffer with the check characters appended; what has another shape stays as it stands.  CELL_MISSING:
 * the id that stands for none, all zeros.  CELL_UNREADABLE: 18 letters and digits with the wrong check characters.
 */
enum cell_state salesforce_id_read(const char **text, uint32_t *length, char buffer[18]);

#endif
