/* SPDX-License-Identifier: MIT */
/*
 * Of ordinary pages: as virtual machines give free memory back by the huge page, the first touch of one may take
 * milliseconds, and columns and indexes are not found faster in them by as much.
 */
#include "region.h"

#include "error.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* More regions to spare than this are closed at once. */
enum { SPARES = 64 };

static struct region spares[SPARES];
static unsigned spare_count;
static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* One byte at least, so that it stays a region. */
static size_t whole_pages(size_t size)
{
	size_t page = page_size();
	return (size + page) / page * page;
}

int region_open(struct region *region, size_t size, struct crmval_error *error)
{
	size = whole_pages(size);
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		return fail(error, CRMVAL_ENOMEM, "out of memory: %zu bytes of address space for a column", size);
	*region = (struct region){bytes, size};
	return CRMVAL_OK;
}

/* Moves pages to spare to the front of a region, of so many bytes at most; *taken: how many that were. */
static int take_spares(struct region *region, size_t most, size_t *taken, struct crmval_error *error)
{
	int is_whole = 1;
	*taken = 0;
	pthread_mutex_lock(&spare_lock);
	while (*taken < most && spare_count && is_whole) {
		struct region *spare = &spares[spare_count - 1];
		size_t piece = spare->size < most - *taken ? spare->size : most - *taken;
		char *from = (char *)spare->bytes + spare->size - piece, *to = (char *)region->bytes + *taken;
		/* What is at `to` goes first, even if it then fails. */
		is_whole = mremap(from, piece, piece, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
		if (is_whole) {
			*taken += piece;
			spare->size -= piece;
			spare_count -= spare->size == 0;
		}
	}
	pthread_mutex_unlock(&spare_lock);
	return is_whole ? CRMVAL_OK
			: fail(error, CRMVAL_ENOMEM, "out of memory: %zu bytes of address space for a column", most);
}

int region_open_whole(struct region *region, size_t size, struct crmval_error *error)
{
	size_t taken;
	int code = region_open(region, size, error);
	if (code == CRMVAL_OK && (code = take_spares(region, region->size, &taken, error)) != CRMVAL_OK)
		region_close(region);
	if (code != CRMVAL_OK)
		return code;
	memset(region->bytes, 0, taken);
	/* Where that cannot be done at once, it is when they are touched. */
	if (taken < region->size)
		(void)madvise((char *)region->bytes + taken, region->size - taken, MADV_POPULATE_WRITE);
	return CRMVAL_OK;
}

int region_fill(struct region *region, size_t size, struct crmval_error *error)
{
	size_t taken;
	size = size / page_size() * page_size();
	return region->bytes ? take_spares(region, size < region->size ? size : region->size, &taken, error)
			     : CRMVAL_OK;
}

void region_trim(struct region *region, size_t size)
{
	size_t pages = whole_pages(size);
	if (!region->bytes || pages > region->size)
		return;
	memset((char *)region->bytes + size, 0, pages - size);
	if (pages < region->size) {
		munmap((char *)region->bytes + pages, region->size - pages);
		region->size = pages;
	}
}

void region_close(struct region *region)
{
	if (region->bytes)
		munmap(region->bytes, region->size);
	*region = (struct region){NULL, 0};
}

void region_spare(struct region *region)
{
	pthread_mutex_lock(&spare_lock);
	int is_kept = region->bytes && spare_count < SPARES;
	if (is_kept)
		spares[spare_count++] = *region;
	pthread_mutex_unlock(&spare_lock);
	if (is_kept)
		*region = (struct region){NULL, 0};
	else
		region_close(region);
}

void region_spare_none(void)
{
	pthread_mutex_lock(&spare_lock);
	while (spare_count)
		region_close(&spares[--spare_count]);
	pthread_mutex_unlock(&spare_lock);
}
