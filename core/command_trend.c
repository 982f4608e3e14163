/* SPDX-License-Identifier: MIT */
/* crmval trend: an archive's scores over time. */
#include "command.h"

#include "text.h"
#include "trend.h"

struct content {
	const struct trend *trend;
	enum job_format format;
};

static int write_trend(void *context, FILE *stream, struct crmval_error *error)
{
	const struct content *content = context;
	struct report_style style = style_of(stream);
	struct output output = {.stream = stream};
	int code = CRMVAL_OK;
	if (content->format == FORMAT_JSON)
		code = trend_json(content->trend, &output, error);
	else if (content->format == FORMAT_CSV)
		code = trend_csv(content->trend, &output, error);
	else
		trend_text(content->trend, &output, &style);
	return code == CRMVAL_OK ? output_finish(&output, error) : code;
}

struct damage {
	const struct options *options;
	uint32_t count;
};

static void log_damage(void *context, const char *message)
{
	struct damage *damage = context;
	log_error(damage->options, message);
	damage->count++;
}

int command_trend(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct trend trend;
	struct damage damage = {.options = options};
	int status;
	if (count != 1)
		return usage_error("crmval trend takes the folder of an archive");
	int code = trend_open(&trend, words[0], log_damage, &damage, &error);
	if (code == CRMVAL_OK && output_format(options) == FORMAT_TEXT)
		code = trend_read_titles(&trend, words[0], text_language(), log_damage, &damage, &error);
	if (code == CRMVAL_OK) {
		struct content content = {&trend, output_format(options)};
		status = write_to(options, options->output, &(struct replace_content){write_trend, &content});
	} else {
		log_error(options, error.message);
		status = exit_status(code);
	}
	trend_close(&trend);
	return status == 0 && damage.count > 0 ? EXIT_DEGRADED : status;
}
