/* SPDX-License-Identifier: MIT */
/* What a plugin's file exports and imports, read from its symbols, in the confined child. */
#ifndef CONFORM_ELF_H
#define CONFORM_ELF_H

#include "crmval/plugin.h"

/* Does the shared object export crmval_plugin_v1 and nothing else?  Nothing of it is run. */
int elf_trial_exports(void *context, struct crmval_error *error);

/* Once it is loaded: does each symbol that it imports come from a library that it is linked with? */
int elf_trial_imports(void *context, struct crmval_error *error);

#endif
