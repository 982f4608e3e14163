/* SPDX-License-Identifier: MIT */
/* An open-addressing table of words, read without a lock, extended under one. */
#include "symbol.h"

#include "ident.h"

#include <stdlib.h>
#include <string.h>

struct symbol_slots {
	struct symbol_slots *older;
	uint32_t mask;
	_Atomic(struct symbol_word *) words[];
};

static struct symbol_slots *slots_new(uint32_t size)
{
	struct symbol_slots *slots = calloc(1, sizeof *slots + size * sizeof slots->words[0]);
	if (slots)
		slots->mask = size - 1;
	return slots;
}

int symbols_init(struct symbols *symbols)
{
	memset(symbols, 0, sizeof *symbols);
	symbols->texts.kind = ARENA_HIDDEN;
	if (pthread_mutex_init(&symbols->lock, NULL) != 0)
		return -1;
	struct symbol_slots *slots = slots_new(256);
	if (!slots)
		return -1;
	atomic_init(&symbols->slots, slots);
	return 0;
}

void symbols_free(struct symbols *symbols)
{
	struct symbol_slots *slots = atomic_load(&symbols->slots);
	if (!slots)
		return;
	arena_free(&symbols->texts);
	for (struct symbol_slots *older; slots; slots = older) {
		older = slots->older;
		free(slots);
	}
	for (int k = 0; k < SYMBOL_SEGMENTS; k++)
		free(atomic_load(&symbols->segments[k]));
	pthread_mutex_destroy(&symbols->lock);
}

static uint32_t hash_of(const char *text, uint32_t length)
{
	struct ident id = ident_of(text, length);
	return (uint32_t)(ident_hash(id) >> 16);
}

/* The word, or NULL; *place is where it is, or would go. */
static struct symbol_word *find(struct symbol_slots *slots, const char *text, uint32_t length, uint32_t hash,
				uint32_t *place)
{
	for (uint32_t i = hash & slots->mask;; i = (i + 1) & slots->mask) {
		struct symbol_word *word = atomic_load_explicit(&slots->words[i], memory_order_acquire);
		*place = i;
		if (!word || (word->length == length && memcmp(word->text, text, length) == 0))
			return word;
	}
}

/* Which segment holds a code, and where in it. */
static int segment_of(uint32_t code, uint32_t *offset)
{
	uint32_t place = code - 1 + 1024;
	int segment = 31 - __builtin_clz(place) - 10;
	*offset = place - (UINT32_C(1024) << segment);
	return segment;
}

static int grow(struct symbols *symbols)
{
	struct symbol_slots *old = atomic_load(&symbols->slots), *slots = slots_new((old->mask + 1) * 2);
	if (!slots)
		return -1;
	for (uint32_t i = 0; i <= old->mask; i++) {
		struct symbol_word *word = atomic_load(&old->words[i]);
		uint32_t place;
		if (word) {
			find(slots, word->text, word->length, hash_of(word->text, word->length), &place);
			atomic_store(&slots->words[place], word);
		}
	}
	slots->older = old;
	atomic_store_explicit(&symbols->slots, slots, memory_order_release);
	return 0;
}

/* Under the lock: enter a word that was not there a moment ago. */
static uint32_t enter(struct symbols *symbols, const char *text, uint32_t length, uint32_t hash)
{
	uint32_t place, offset, count = atomic_load(&symbols->count);
	struct symbol_slots *slots = atomic_load(&symbols->slots);
	struct symbol_word *word = find(slots, text, length, hash, &place);
	if (word)
		return word->code;
	if (count >= SYMBOL_LIMIT)
		return 0;
	if (count * 2 > slots->mask) {
		if (grow(symbols) < 0)
			return 0;
		slots = atomic_load(&symbols->slots);
		find(slots, text, length, hash, &place);
	}
	int segment = segment_of(count + 1, &offset);
	struct symbol_word **words = atomic_load(&symbols->segments[segment]);
	if (!words) {
		words = calloc((size_t)1024 << segment, sizeof *words);
		if (!words)
			return 0;
		atomic_store(&symbols->segments[segment], words);
	}
	word = arena_alloc(&symbols->texts, sizeof *word + length + 1);
	if (!word)
		return 0;
	word->length = length;
	word->code = count + 1;
	memcpy(word->text, text, length);
	word->text[length] = 0;
	words[offset] = word;
	atomic_store(&symbols->count, count + 1);
	atomic_store_explicit(&slots->words[place], word, memory_order_release);
	return word->code;
}

uint32_t symbol_code(struct symbols *symbols, const char *text, uint32_t length)
{
	uint32_t place, hash = hash_of(text, length);
	struct symbol_slots *slots = atomic_load_explicit(&symbols->slots, memory_order_acquire);
	const struct symbol_word *word = find(slots, text, length, hash, &place);
	if (word)
		return word->code;
	pthread_mutex_lock(&symbols->lock);
	uint32_t code = enter(symbols, text, length, hash);
	pthread_mutex_unlock(&symbols->lock);
	return code;
}

const struct symbol_word *symbol_word(const struct symbols *symbols, uint32_t code)
{
	uint32_t offset;
	int segment = segment_of(code, &offset);
	return atomic_load(&symbols->segments[segment])[offset];
}
