/* SPDX-License-Identifier: MIT */
/* By libelf, which sees bytes alone: it runs in the child all the same, since they are a stranger's. */
#include "conform_elf.h"

#include "confine.h"
#include "error.h"
#include "text.h"

#include <dlfcn.h>
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a linker adds by itself. */
static const char *const linkers_own[] = {"_init", "_fini", "__bss_start", "_edata", "_end", NULL};

struct image {
	char *bytes;
	Elf *elf;
};

static int open_image(struct image *image, struct crmval_error *error)
{
	struct stat status;
	GElf_Ehdr header;
	int fd = confine_plugin_fd();
	*image = (struct image){NULL, NULL};
	if (fstat(fd, &status) < 0 || !(image->bytes = malloc((size_t)status.st_size + 1)) ||
	    pread(fd, image->bytes, (size_t)status.st_size, 0) != status.st_size)
		return fail(error, CRMVAL_EIO, "cannot read it: %s", strerror(errno));
	elf_version(EV_CURRENT);
	image->elf = elf_memory(image->bytes, (size_t)status.st_size);
	if (!image->elf || elf_kind(image->elf) != ELF_K_ELF || !gelf_getehdr(image->elf, &header) ||
	    header.e_type != ET_DYN)
		return fail(error, CRMVAL_ECONF, "is no shared object: build it with -shared");
	return CRMVAL_OK;
}

static Elf_Scn *next_section(Elf *elf, Elf_Scn *section, GElf_Word type, GElf_Shdr *header)
{
	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, header) && header->sh_type == type && header->sh_entsize)
			return section;
	return NULL;
}

static int is_linkers_own(const char *name)
{
	const char *const *own = linkers_own;
	while (*own && strcmp(*own, name) != 0)
		own++;
	return *own != NULL;
}

/* Of each dynamic symbol, its entry and name; until check() says no. */
static int each_symbol(Elf *elf, int (*check)(void *context, const GElf_Sym *symbol, const char *name), void *context)
{
	GElf_Shdr header;
	Elf_Scn *section = next_section(elf, NULL, SHT_DYNSYM, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	size_t count = data ? (size_t)(header.sh_size / header.sh_entsize) : 0;
	for (size_t i = 1; i < count; i++) {
		GElf_Sym symbol;
		const char *name =
			gelf_getsym(data, (int)i, &symbol) ? elf_strptr(elf, header.sh_link, symbol.st_name) : NULL;
		if (name && *name && !check(context, &symbol, name))
			return 0;
	}
	return 1;
}

/* ---- exports ---- */

struct exports {
	int is_there;
	char others[400];
	unsigned other_count;
};

static int note_export(void *context, const GElf_Sym *symbol, const char *name)
{
	struct exports *exports = context;
	size_t used = strlen(exports->others);
	if (symbol->st_shndx == SHN_UNDEF || GELF_ST_BIND(symbol->st_info) == STB_LOCAL || is_linkers_own(name))
		return 1;
	if (strcmp(name, "crmval_plugin_v1") == 0)
		exports->is_there = GELF_ST_TYPE(symbol->st_info) == STT_OBJECT;
	else if (++exports->other_count <= 5)
		snprintf(exports->others + used, sizeof exports->others - used, "%s%.70s", used ? ", " : "", name);
	return 1;
}

int elf_trial_exports(void *context, struct crmval_error *error)
{
	struct image image;
	struct exports exports = {0};
	(void)context;
	int code = open_image(&image, error);
	if (code != CRMVAL_OK)
		return code;
	each_symbol(image.elf, note_export, &exports);
	if (!exports.is_there)
		return fail(error, CRMVAL_ECONF,
			    "does not export the constant crmval_plugin_v1: declare it with CRMVAL_EXPORT%s",
			    exports.other_count ? "" : _("; it exports nothing at all"));
	if (exports.other_count)
		return fail(error, CRMVAL_ECONF,
			    "exports %u symbols besides crmval_plugin_v1 (%s%s): compile with -fvisibility=hidden",
			    exports.other_count, exports.others, exports.other_count > 5 ? ", ..." : "");
	return CRMVAL_OK;
}

/* ---- imports ---- */

enum { LIBRARIES_MOST = 64 };

struct imports {
	void *libraries[LIBRARIES_MOST];
	unsigned library_count;
	const char *missing;
};

/* They are loaded, as the plugin is. */
static int open_libraries(Elf *elf, struct imports *imports, struct crmval_error *error)
{
	GElf_Shdr header;
	Elf_Scn *section = next_section(elf, NULL, SHT_DYNAMIC, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	size_t count = data ? (size_t)(header.sh_size / header.sh_entsize) : 0;
	for (size_t i = 0; i < count; i++) {
		GElf_Dyn entry;
		if (!gelf_getdyn(data, (int)i, &entry) || entry.d_tag != DT_NEEDED)
			continue;
		const char *name = elf_strptr(elf, header.sh_link, entry.d_un.d_val);
		void *library = name ? dlopen(name, RTLD_LAZY | RTLD_NOLOAD) : NULL;
		if (library && imports->library_count < LIBRARIES_MOST)
			imports->libraries[imports->library_count++] = library;
		else if (name)
			return fail(error, CRMVAL_ECONF, "is linked with %.100s, which was not loaded with it", name);
	}
	return CRMVAL_OK;
}

static int check_import(void *context, const GElf_Sym *symbol, const char *name)
{
	struct imports *imports = context;
	unsigned i = 0;
	if (symbol->st_shndx != SHN_UNDEF || GELF_ST_BIND(symbol->st_info) == STB_WEAK)
		return 1;
	while (i < imports->library_count && !dlsym(imports->libraries[i], name))
		i++;
	if (i == imports->library_count)
		imports->missing = name;
	return !imports->missing;
}

int elf_trial_imports(void *context, struct crmval_error *error)
{
	struct image image;
	struct imports imports = {.missing = NULL};
	const struct crmval_plugin *live;
	(void)context;
	int code = open_image(&image, error);
	if (code == CRMVAL_OK)
		code = confine_load(&live, error);
	if (code == CRMVAL_OK)
		code = open_libraries(image.elf, &imports, error);
	if (code == CRMVAL_OK && !each_symbol(image.elf, check_import, &imports))
		code = fail(error, CRMVAL_ECONF,
			    "imports %.200s, which is in none of the libraries that it is linked with, but happens to "
			    "be in "
			    "the program: link with -Wl,-z,defs",
			    imports.missing);
	return code;
}
