/* SPDX-License-Identifier: MIT */
/* What has no score though the job says that nothing may be missing (score.missing = "fail"). */
#ifndef MISSING_H
#define MISSING_H

#include "score.h"

/* Of a filled card: CRMVAL_EDATA, and a message that names what has weight and no score; CRMVAL_OK where all have one. */
int missing_refuse(const struct scorecard *card, struct crmval_error *error);

#endif
