/* SPDX-License-Identifier: MIT */
/* The assembler takes the files in as they are. */
#include "embed.h"

#define EMBED(name, path)                                                                                              \
	__asm__(".pushsection .rodata\n"                                                                               \
		".hidden embedded_" #name "\n.globl embedded_" #name "\nembedded_" #name ":\n"                         \
		".incbin \"" path "\"\n"                                                                               \
		".hidden embedded_" #name "_end\n.globl embedded_" #name "_end\nembedded_" #name "_end:\n"             \
		".byte 0\n.popsection\n");                                                                             \
	extern const char embedded_##name[], embedded_##name##_end[];                                                  \
	struct embed embed_##name(void)                                                                                \
	{                                                                                                              \
		return (struct embed){embedded_##name, (size_t)(embedded_##name##_end - embedded_##name)};             \
	}

EMBED(chart_js, CHART_JS)
EMBED(report_js, EMBED_FOLDER "/report.js")
EMBED(report_css, EMBED_FOLDER "/report.css")
