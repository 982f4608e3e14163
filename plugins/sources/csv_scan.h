/* SPDX-License-Identifier: MIT */
/* Finding the bytes that give a CSV file its structure, 64 at a time, before it is known what lies within quotes. */
#ifndef CSV_SCAN_H
#define CSV_SCAN_H

#include <stddef.h>
#include <stdint.h>

#define CSV_WORD 64 /* bytes to a word of masks */

/* The structure of 64 bytes; bit i stands for byte i. */
struct csv_word {
	uint64_t quote, delimiter;
	uint64_t line; /* line ends; of CR LF the CR alone */
};

/* What a scan learned besides. */
struct csv_found {
	uint64_t lines;      /* line ends, within quotes or not */
	uint8_t is_odd;      /* the number of quotes is odd */
	uint8_t bad_outside; /* some quote cannot be one that opens or closes, if the bytes begin outside of quotes; */
	uint8_t bad_inside;  /* if they begin inside.  Neither judges the first byte, nor what follows the last. */
	uint8_t has_quote, has_nul, has_cr;
};

/* Bit i of the result: is the number of bits set in 0..i odd? */
__attribute__((always_inline)) static inline uint64_t csv_prefix_xor(uint64_t bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	bits ^= bits << 16;
	bits ^= bits << 32;
	return bits;
}

/* What a processor may have. */
enum {
	CSV_AVX2 = 1 << 0,
	CSV_BMI = 1 << 1,
	CSV_BMI2 = 1 << 2,
	CSV_POPCNT = 1 << 3,
	CSV_AVX512F = 1 << 4,
	CSV_AVX512BW = 1 << 5,
	CSV_AVX512VBMI2 = 1 << 6,
};

struct csv_scanner {
	const char *name;
	unsigned needs; /* CSV_AVX2 and so on, all of them */
	/* Fills `count` words from count * 64 bytes; bytes[-1] is read too. */
	void (*scan)(const uint8_t *bytes, size_t count, uint8_t delimiter, struct csv_word *words,
		     struct csv_found *found);
	/*
	 * Lists what lies outside of quotes in `count` words, the first standing for bytes from `base` on: the places
	 * of all delimiters and line ends, and again those of line ends alone.  *inside, 0 or 1, is taken and left.
	 * Both arrays need room for 64 * count + CSV_LIST_SLACK.
	 */
	void (*list)(const struct csv_word *words, size_t count, uint32_t base, uint64_t *inside, uint32_t *separators,
		     size_t *separator_count, uint32_t *ends, size_t *end_count);
};

#define CSV_LIST_SLACK 16 /* entries behind the last that list() may scribble on */

/* All that there are on this architecture, the fastest first, ended by one without name; the last works anywhere. */
extern const struct csv_scanner csv_scanners[];

/* What this machine's processor has of CSV_AVX2 and so on. */
unsigned csv_processor(void);

/* The fastest for a processor that has these. */
const struct csv_scanner *csv_scanner_best(unsigned has);

#endif
