/* SPDX-License-Identifier: MIT */
/* ZIP archives for tests, byte by byte: good ones, and ones with any defect. */
#ifndef ZIP_CASE_H
#define ZIP_CASE_H

#include <stddef.h>
#include <stdint.h>

/* A member.  What is 0 or NULL is as it ought to be; the rest is what the archive says, true or not. */
struct zip_case {
	const char *name;
	const void *content;
	size_t size;
	int is_stored, is_zip64; /* zip64: sizes and place stand in extra fields */
	int has_descriptor;      /* sizes come behind the data, not before */
	uint16_t method, flags;
	uint32_t wrong_checksum;
	uint64_t wrong_size, wrong_packed;
	const char *local_name; /* in its own header */
	size_t name_size;       /* for names with NUL in them */
	size_t cut;             /* bytes taken off the end of its data */
	size_t pad;             /* bytes of 0 put there instead */
	int is_twin;            /* it lies where the one before it does */
};

/* The archive of members up to one without name; the caller's to free. */
uint8_t *zip_case_build(const struct zip_case *members, size_t *size);

/* A raw DEFLATE stream of some bytes; the caller's to free. */
uint8_t *zip_case_deflate(const void *bytes, size_t size, size_t *packed);

#endif
