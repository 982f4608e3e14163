/* SPDX-License-Identifier: MIT */
/* From an open file to a table that fits this program. */
#include "loader.h"
#include "error.h"
#include "text.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>

/* The symbol, if it is the plugin's own: dlsym finds those of the libraries that it is linked with, too. */
static const void *own_symbol(void *handle, const char *symbol)
{
	Dl_info info;
	struct link_map *map, *owner;
	const void *found = dlsym(handle, symbol);
	if (!found || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
		return NULL;
	if (!dladdr1(found, &info, (void **)&owner, RTLD_DL_LINKMAP))
		return NULL;
	return owner == map ? found : NULL;
}

static int wrong_version(unsigned major, unsigned minor, const char *remedy, struct crmval_error *error)
{
	return fail(error, CRMVAL_ECONF,
		    "is made for version %u.%u of the plugin interface, and this program has %u.%u: %s", major, minor,
		    CRMVAL_ABI_MAJOR, CRMVAL_ABI_MINOR, _(remedy));
}

#define REMEDY_NEWER N_("install a newer crmval, or the plugin's release for this one")
#define REMEDY_OLDER N_("install the plugin's release for this crmval")

/* Why there is no crmval_plugin_v1. */
static int no_symbol(void *handle, struct crmval_error *error)
{
	enum { MAJOR_MOST = 9 };
	for (unsigned major = 0; major <= MAJOR_MOST; major++) {
		char symbol[32];
		snprintf(symbol, sizeof symbol, "crmval_plugin_v%u", major);
		if (own_symbol(handle, symbol))
			return wrong_version(major, 0, major > CRMVAL_ABI_MAJOR ? REMEDY_NEWER : REMEDY_OLDER, error);
	}
	return fail(error, CRMVAL_ECONF,
		    "is no plugin of crmval: it does not export crmval_plugin_v%u; declare it with CRMVAL_EXPORT",
		    CRMVAL_ABI_MAJOR);
}

static int wrong_size(const char *what, uint32_t size, size_t ours, struct crmval_error *error)
{
	return fail(error, CRMVAL_ECONF, "has a struct_size of %u in struct %s, which has %zu: set it to sizeof", size,
		    what, ours);
}

static int check(const struct crmval_plugin *plugin, struct crmval_error *error)
{
	if (plugin->magic != CRMVAL_MAGIC)
		return fail(error, CRMVAL_ECONF,
			    "has the wrong magic number 0x%08x in its table: set it to CRMVAL_MAGIC", plugin->magic);
	if (plugin->abi_major != CRMVAL_ABI_MAJOR)
		return wrong_version(plugin->abi_major, plugin->abi_minor,
				     plugin->abi_major > CRMVAL_ABI_MAJOR ? REMEDY_NEWER : REMEDY_OLDER, error);
	if (plugin->abi_minor > CRMVAL_ABI_MINOR)
		return wrong_version(plugin->abi_major, plugin->abi_minor, REMEDY_NEWER, error);
	/* The sizes of each minor that we know: 1.1 made crmval_source longer by `mapping`, 1.3 by `plan_part`, 1.5 by
	   `store`; 1.4 made crmval_plugin longer by entities. */
	size_t source = plugin->abi_minor < 1   ? offsetof(struct crmval_source, mapping)
			: plugin->abi_minor < 3 ? offsetof(struct crmval_source, plan_part)
			: plugin->abi_minor < 5 ? offsetof(struct crmval_source, store)
						: sizeof(struct crmval_source);
	size_t whole = plugin->abi_minor < 4 ? offsetof(struct crmval_plugin, entities) : sizeof(struct crmval_plugin);
	if (plugin->struct_size != sizeof *plugin && plugin->struct_size != whole)
		return wrong_size("crmval_plugin", plugin->struct_size, whole, error);
	if (!plugin->dimension == !plugin->source)
		return fail(error, CRMVAL_ECONF, "has %s in its table: set exactly one",
			    plugin->dimension ? _("both a dimension and a source")
					      : _("neither a dimension nor a source"));
	if (plugin->dimension && plugin->dimension->struct_size != sizeof *plugin->dimension)
		return wrong_size("crmval_dimension", plugin->dimension->struct_size, sizeof *plugin->dimension, error);
	if (plugin->source && plugin->source->struct_size != sizeof *plugin->source &&
	    plugin->source->struct_size != source)
		return wrong_size("crmval_source", plugin->source->struct_size, source, error);
	return CRMVAL_OK;
}

int loader_load(int fd, const char *name, const struct crmval_plugin **plugin, struct crmval_error *error)
{
	char path[32];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	errno = 0;
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		int number = errno; /* dlopen tells it most times in words */
		const char *reason = dlerror();
		size_t length = strlen(path);
		if (reason && !strncmp(reason, path, length) && !strncmp(reason + length, ": ", 2))
			reason += length + 2; /* a path that says nothing to anybody */
		int is_full = number == ENOMEM || (reason && strstr(reason, strerror(ENOMEM)));
		return fail(error, is_full ? CRMVAL_ENOMEM : CRMVAL_ECONF, "cannot be loaded: %s",
			    reason ? reason : _("dlopen does not say why"));
	}
	const struct crmval_plugin *found = own_symbol(handle, "crmval_plugin_v1");
	int code = found ? check(found, error) : no_symbol(handle, error);
	if (!code && (!found->name || strcmp(found->name, name)))
		code = fail(error, CRMVAL_ECONF,
			    "calls itself \"%.64s\": a plugin's name and its file's must be the same",
			    found->name ? found->name : "");
	if (!code)
		*plugin = found;
	return code;
}
