/* SPDX-License-Identifier: MIT */
/*
 * The entities of the evaluation model, their fields and types: data, looked up by name.  Plugins may declare further ones,
 * which stay for the one run that the process is about: from model_extend(), before anything is bound, to model_reset().
 */
#ifndef MODEL_H
#define MODEL_H

#include "crmval/plugin.h"

#include <stdint.h>

enum { MODEL_MAX_ENTITIES = 64, MODEL_MAX_FIELDS = 48 };

enum field_type {
	FIELD_KEY,
	FIELD_REFERENCE,
	FIELD_SYMBOL,
	FIELD_DATE,
	FIELD_NUMBER,
	FIELD_MONEY,
	FIELD_FLAG,
	FIELD_TEXT
};

struct field {
	const char *name;
	enum field_type type;
	const char *target;       /* of a reference: the entity; else NULL */
	const char *const *words; /* of a closed set of words, in rising order, ended by NULL, lower case; else NULL */
	int is_optional;          /* no measure needs it */
	int is_folded;            /* a symbol whose words are compared in ASCII lower case */
	int is_planned;           /* a day that somebody hopes for: says nothing of how new the data are */
	const char *plugin;       /* that declared it; NULL: the model's own */
	const char *help;         /* what it holds, one line, where a plugin declared it; else NULL */
};

struct entity {
	const char *name;
	const struct field *fields;
	uint32_t field_count;
	const char *
		money_date; /* the field whose day gives the exchange rate of its money; NULL: the entity has no money */
	const char *plugin; /* that declared it; NULL: the model's own */
};

extern const struct entity *model_entities;
extern uint32_t model_entity_count;

/* The place of an entity, or of a field in an entity; -1: there is none. */
int model_entity_index(const char *name);
int model_field_index(const struct entity *entity, const char *name);

/* Adds what a plugin declares, copied.  What another one has declared otherwise is CRMVAL_ECONF, and then nothing is added. */
int model_extend(const struct crmval_plugin *plugin, struct crmval_error *error);
void model_reset(void);

#endif
