/* SPDX-License-Identifier: MIT */
/*
 * The dialect of CSV that is read, exactly.
 *
 * RFC 4180, in UTF-8, with a delimiter of choice:
 * - A record ends with LF, CR LF or a lone CR outside quotes, or with the file.  A line end within quotes is data,
 *   though it counts as a line in messages.
 * - A field whose first byte is `"` is quoted: it ends at the next `"` that is not doubled, `""` within it is one `"`.
 *   After the closing quote only a delimiter, a line end or the end of the file may follow; other text there refuses
 *   the record, and scanning goes on as in an unquoted field.
 * - A `"` in an unquoted field that does not start with one is data.
 * - A quote that is never closed loses everything behind it: the file is refused.
 * - The first record is the header.  Its names are trimmed of ASCII white space and must differ; a nameless column is
 *   called "(column N)" by its place.  Cells of the other records are not trimmed.
 * - A line without a single byte is passed over, wherever it stands.
 * - Where the delimiter is not given, it is the one of , ; tab | ^ ` that stands behind the first name, else a comma.
 *
 * A record is refused for the first of these that holds:
 *   it has more than max_row_bytes; a NUL byte; text after a closing quote; another number of fields than the header;
 *   a field of more than max_field_bytes.  Sizes are those of the text in the file, quotes and all.
 */
#ifndef CSV_DIALECT_H
#define CSV_DIALECT_H

#include "crmval/plugin.h"
#include "csv_text.h"

struct csv_dialect {
	uint8_t delimiter;  /* ASCII; not a quote or a line end; NUL: the header tells */
	enum csv_text text; /* encoding, unless the whole file is converted while it is read */
	uint32_t max_field_bytes, max_row_bytes, max_columns, max_header_bytes, max_gzip_ratio;
};

/* Where scanning stands with respect to quotes. */
enum csv_state {
	CSV_OUTSIDE, /* outside of quotes */
	CSV_INSIDE,  /* between an opening and a closing quote */
	CSV_CLOSED   /* right behind a quote that closes, unless the next byte is a quote too */
};

/* Bytes in which most headers end: no more is read before the rows are. */
#define CSV_HEADER_PIECE 8192

/* Where bytes come from, in order: at most room of them are stored to `to`; *got is 0 at the end and only there. */
struct csv_bytes {
	int (*read)(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *error);
	void *context;
};

/* May this byte stand before an opening quote and behind a closing one? */
static inline int csv_is_separator(uint8_t byte, uint8_t delimiter)
{
	return byte == delimiter || byte == '\n' || byte == '\r';
}

#endif
