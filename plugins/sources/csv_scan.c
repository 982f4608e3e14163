/* SPDX-License-Identifier: MIT */
/* The scanners: one way of working, compiled for AVX-512, for AVX2, and in plain C for any machine. */
#include "csv_scan.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* What one word of 64 bytes must know of the one before it. */
struct carry {
	uint64_t inside;         /* all ones: within quotes, had the scan begun outside */
	uint64_t cr;             /* 1: its last byte was CR */
	uint64_t before;         /* 1: its last byte may stand before an opening quote, or was a quote */
	uint64_t opened, closed; /* 1: its last byte was a quote that opens; that closes */
	uint64_t bad_outside, bad_inside, quotes, crs;
	uint64_t lines;
};

/*
 * A quote that opens stands behind a separator or, where it is the second of a pair, behind a quote; one that closes
 * stands before a separator or a quote.  Where all do, parity alone tells what is quoted.  Began the bytes inside
 * quotes, those that seem to open close, and the other way round: so both cases are judged in one go.
 */
INLINE void check_quotes(struct carry *carry, uint64_t quote, uint64_t separator)
{
	uint64_t inside = csv_prefix_xor(quote) ^ carry->inside;
	uint64_t open = quote & inside, close = quote & ~inside;
	uint64_t fine = separator | quote;
	uint64_t unled = ~(fine << 1 | carry->before);
	uint64_t behind_open = open << 1 | carry->opened, behind_close = close << 1 | carry->closed;
	carry->bad_outside |= (open & unled) | (behind_close & ~fine);
	carry->bad_inside |= (close & unled) | (behind_open & ~fine);
	carry->opened = open >> 63;
	carry->closed = close >> 63;
	carry->inside = (uint64_t)((int64_t)inside >> 63);
	carry->quotes |= quote;
}

INLINE void take_word(struct carry *carry, struct csv_word *word, uint64_t quote, uint64_t delimiter, uint64_t lf,
		      uint64_t cr)
{
	uint64_t separator = delimiter | lf | cr;
	word->quote = quote;
	word->delimiter = delimiter;
	word->line = cr | (lf & ~(cr << 1 | carry->cr));
	carry->lines += (uint64_t)__builtin_popcountll(word->line);
	if (quote | carry->opened | carry->closed)
		check_quotes(carry, quote, separator);
	carry->before = (separator | quote) >> 63;
	carry->cr = cr >> 63;
	carry->crs |= cr;
}

INLINE struct carry carry_start(const uint8_t *bytes)
{
	return (struct carry){.cr = bytes[-1] == '\r', .before = 1};
}

INLINE void carry_end(const struct carry *carry, int has_nul, struct csv_found *found)
{
	*found = (struct csv_found){.lines = carry->lines,
				    .is_odd = carry->inside & 1,
				    .bad_outside = carry->bad_outside != 0,
				    .bad_inside = carry->bad_inside != 0,
				    .has_quote = carry->quotes != 0,
				    .has_nul = has_nul != 0,
				    .has_cr = carry->crs != 0};
}

/*
 * Some at a time without asking whether there are so many, since a branch that is mispredicted at every word costs
 * more: what is written behind the last is written over by the next word.
 */
INLINE size_t list_bits(uint64_t bits, uint32_t base, uint32_t *to, size_t group)
{
	size_t count = (size_t)__builtin_popcountll(bits), done = 0;
	do {
		for (size_t i = 0; i < group; i++, bits &= bits - 1)
			to[done + i] = base + (uint32_t)__builtin_ctzll(bits | (uint64_t)1 << 63);
		done += group;
	} while (done < count);
	return count;
}

/* Which of 64 bytes lie within quotes; carries on whether those behind them do. */
INLINE uint64_t mask_inside(uint64_t quote, uint64_t *within)
{
	uint64_t mask = *within;
	if (quote) {
		mask ^= csv_prefix_xor(quote);
		*within = (uint64_t)((int64_t)mask >> 63);
	}
	return mask;
}

INLINE void list_all(const struct csv_word *words, size_t count, uint32_t base, uint64_t *inside, uint32_t *separators,
		     size_t *separator_count, uint32_t *ends, size_t *end_count)
{
	uint64_t within = *inside ? ~(uint64_t)0 : 0;
	size_t n = 0, m = 0;
	for (size_t i = 0; i < count; i++, base += CSV_WORD) {
		uint64_t outside = ~mask_inside(words[i].quote, &within);
		n += list_bits((words[i].delimiter | words[i].line) & outside, base, separators + n, 8);
		m += list_bits(words[i].line & outside, base, ends + m, 1);
	}
	*inside = within & 1;
	*separator_count = n;
	*end_count = m;
}

/* ---- plain C ---- */

static uint64_t load_little(const uint8_t *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* One bit for each of the eight bytes of word that equals that of pattern. */
static uint64_t equal_bytes(uint64_t word, uint64_t pattern)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7full;
	uint64_t differ = word ^ pattern;
	uint64_t same = ~(((differ & low) + low) | differ | low);
	return (same >> 7) * 0x0102040810204080ull >> 56;
}

static void scan_plain(const uint8_t *bytes, size_t count, uint8_t delimiter, struct csv_word *words,
		       struct csv_found *found)
{
	const uint64_t ones = 0x0101010101010101ull;
	struct carry carry = carry_start(bytes);
	uint64_t nul = 0;
	for (size_t i = 0; i < count; i++, bytes += CSV_WORD) {
		uint64_t quote = 0, separator = 0, lf = 0, cr = 0;
		for (unsigned j = 0; j < CSV_WORD; j += 8) {
			uint64_t word = load_little(bytes + j);
			quote |= equal_bytes(word, '"' * ones) << j;
			separator |= equal_bytes(word, delimiter * ones) << j;
			lf |= equal_bytes(word, '\n' * ones) << j;
			cr |= equal_bytes(word, '\r' * ones) << j;
			nul |= equal_bytes(word, 0);
		}
		take_word(&carry, &words[i], quote, separator, lf, cr);
	}
	carry_end(&carry, nul != 0, found);
}

static void list_plain(const struct csv_word *words, size_t count, uint32_t base, uint64_t *inside,
		       uint32_t *separators, size_t *separator_count, uint32_t *ends, size_t *end_count)
{
	list_all(words, count, base, inside, separators, separator_count, ends, end_count);
}

/* ---- x86-64 ---- */

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi2,avx2,bmi,bmi2,popcnt,lzcnt")))

AVX2 static inline uint64_t equal_avx2(__m256i low, __m256i high, __m256i byte)
{
	uint32_t first = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte));
	uint32_t second = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte));
	return first | (uint64_t)second << 32;
}

AVX2 static void scan_avx2(const uint8_t *bytes, size_t count, uint8_t delimiter, struct csv_word *words,
			   struct csv_found *found)
{
	__m256i quote = _mm256_set1_epi8('"'), separator = _mm256_set1_epi8((char)delimiter);
	__m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r'), least = _mm256_set1_epi8(-1);
	struct carry carry = carry_start(bytes);
	for (size_t i = 0; i < count; i++, bytes += CSV_WORD) {
		__m256i low = _mm256_loadu_si256((const void *)bytes);
		__m256i high = _mm256_loadu_si256((const void *)(bytes + 32));
		least = _mm256_min_epu8(least, _mm256_min_epu8(low, high));
		take_word(&carry, &words[i], equal_avx2(low, high, quote), equal_avx2(low, high, separator),
			  equal_avx2(low, high, lf), equal_avx2(low, high, cr));
	}
	carry_end(&carry, _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())), found);
}

AVX2 static void list_avx2(const struct csv_word *words, size_t count, uint32_t base, uint64_t *inside,
			   uint32_t *separators, size_t *separator_count, uint32_t *ends, size_t *end_count)
{
	list_all(words, count, base, inside, separators, separator_count, ends, end_count);
}

AVX512 static void scan_avx512(const uint8_t *bytes, size_t count, uint8_t delimiter, struct csv_word *words,
			       struct csv_found *found)
{
	__m512i quote = _mm512_set1_epi8('"'), separator = _mm512_set1_epi8((char)delimiter);
	__m512i lf = _mm512_set1_epi8('\n'), cr = _mm512_set1_epi8('\r'), least = _mm512_set1_epi8(-1);
	struct carry carry = carry_start(bytes);
	for (size_t i = 0; i < count; i++, bytes += CSV_WORD) {
		__m512i all = _mm512_loadu_si512(bytes);
		least = _mm512_min_epu8(least, all);
		take_word(&carry, &words[i], _mm512_cmpeq_epi8_mask(all, quote), _mm512_cmpeq_epi8_mask(all, separator),
			  _mm512_cmpeq_epi8_mask(all, lf), _mm512_cmpeq_epi8_mask(all, cr));
	}
	carry_end(&carry, _mm512_testn_epi8_mask(least, least) != 0, found);
}

/* Sixteen at a time: the numbers of the bits are what is left of 0..63 when the other ones are pressed out. */
AVX512 static inline size_t list_bits_avx512(uint64_t bits, uint32_t base, __m512i numbers, uint32_t *to)
{
	size_t count = (size_t)__builtin_popcountll(bits), done = 0;
	__m512i places = _mm512_maskz_compress_epi8(bits, numbers), first = _mm512_set1_epi32((int)base);
	do {
		__m512i some = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
		_mm512_storeu_si512(to + done, _mm512_add_epi32(some, first));
		places = _mm512_alignr_epi64(places, places, 2);
		done += 16;
	} while (done < count);
	return count;
}

AVX512 static void list_avx512(const struct csv_word *words, size_t count, uint32_t base, uint64_t *inside,
			       uint32_t *separators, size_t *separator_count, uint32_t *ends, size_t *end_count)
{
	uint8_t identity[CSV_WORD];
	for (unsigned i = 0; i < CSV_WORD; i++)
		identity[i] = (uint8_t)i;
	__m512i numbers = _mm512_loadu_si512(identity);
	uint64_t within = *inside ? ~(uint64_t)0 : 0;
	size_t n = 0, m = 0;
	for (size_t i = 0; i < count; i++, base += CSV_WORD) {
		uint64_t outside = ~mask_inside(words[i].quote, &within);
		uint64_t line = words[i].line & outside;
		n += list_bits_avx512((words[i].delimiter & outside) | line, base, numbers, separators + n);
		m += list_bits(line, base, ends + m, 1);
	}
	*inside = within & 1;
	*separator_count = n;
	*end_count = m;
}
#endif

#define FOR_AVX2 (CSV_AVX2 | CSV_BMI | CSV_BMI2 | CSV_POPCNT)
#define FOR_AVX512 (FOR_AVX2 | CSV_AVX512F | CSV_AVX512BW | CSV_AVX512VBMI2)

const struct csv_scanner csv_scanners[] = {
#ifdef __x86_64__
	{"avx512", FOR_AVX512, scan_avx512, list_avx512},
	{"avx2", FOR_AVX2, scan_avx2, list_avx2},
#endif
	{"plain", 0, scan_plain, list_plain},
	{0}};

/* The bit where the processor has what compilers call so; without a jump, of which tests would see one side. */
#define BIT_OF(name, has) ((unsigned)!!__builtin_cpu_supports(name) * (has))

unsigned csv_processor(void)
{
#ifdef __x86_64__
	return BIT_OF("avx2", CSV_AVX2) | BIT_OF("bmi", CSV_BMI) | BIT_OF("bmi2", CSV_BMI2) |
	       BIT_OF("popcnt", CSV_POPCNT) | BIT_OF("avx512f", CSV_AVX512F) | BIT_OF("avx512bw", CSV_AVX512BW) |
	       BIT_OF("avx512vbmi2", CSV_AVX512VBMI2);
#else
	return 0;
#endif
}

const struct csv_scanner *csv_scanner_best(unsigned has)
{
	const struct csv_scanner *scanner = csv_scanners;
	while (scanner->needs & ~has)
		scanner++;
	return scanner;
}
