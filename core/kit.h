/* SPDX-License-Identifier: MIT */
/* The project that a vendor's plugin starts from. */
#ifndef KIT_H
#define KIT_H

#include "crmval/plugin.h"

/* Writes the project into a new folder of the plugin's name, in the folder at hand. */
int kit_write(const char *name, struct crmval_error *error);

#endif
