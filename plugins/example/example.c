/* How well support keeps its promise: a dimension with one measure, over data that crmval itself does not know. */
#include <crmval/plugin.h>

/* Which data are read besides the model's own: jobs map a table support_ticket to it. */
static const struct crmval_field fields[] = {
	{"account", CRMVAL_REFERENCE, 0, "account", NULL, "the account that needs help"},
	{"employee", CRMVAL_REFERENCE, 0, "employee", NULL, "who answers for it"},
	{"opened_on", CRMVAL_DATE, 0, NULL, NULL, "the day on which help was asked for"},
	{"resolved_on", CRMVAL_DATE, 0, NULL, NULL, "the day on which it was given; empty until then"},
};
static const struct crmval_entity entities[] = {{"support_ticket", "A request for help", fields, 4, NULL}};

/* What a job may set in params. */
enum { DAYS };
static const struct crmval_option parameters[] = {
	{"days", CRMVAL_OPTION_INTEGER, 0, "3", 0, 365, "a ticket resolved within so many days is in time"}};

/* What is measured. */
static const struct crmval_indicator indicators[] = {{"support", "Support"}};
static const struct crmval_measure measures[] = {
	{"resolved_in_time", "Resolved in time", "support", "share", "How often help comes within the days promised",
	 "tickets opened in the window; 1 if resolved within `days`; 1", CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE,
	 CRMVAL_SHARE, 0, NULL},
};

/* The view that answers it: which fields of which rows, and what each row adds. */
enum { OPENED, RESOLVED };
static const struct crmval_input inputs[] = {{"opened", "opened_on", CRMVAL_DATE, 0, NULL, NULL, NULL},
					     {"resolved", "resolved_on", CRMVAL_DATE, 0, NULL, NULL, NULL}};
static const struct crmval_answer answers[] = {{"resolved_in_time", "opened resolved"}};

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	const int32_t *opened = (const int32_t *)batch->columns[OPENED].data;
	const int32_t *resolved = (const int32_t *)batch->columns[RESOLVED].data;
	const double days = batch->parameters[DAYS].number;

	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		if (opened[i] == CRMVAL_NO_DATE || opened[i] < batch->window->from || opened[i] > batch->window->to)
			continue;
		out[0].numerator[i] = resolved[i] != CRMVAL_NO_DATE && resolved[i] <= opened[i] + days;
		out[0].denominator[i] = 1;
	}
	return CRMVAL_OK;
}

static const struct crmval_view views[] = {{"support_ticket", inputs, 2, 1, answers, evaluate}};
static const struct crmval_dimension dimension = {sizeof dimension, 1,          1,        1,          1,
						  "Support",        indicators, measures, parameters, views};

/* Texts of the tables in other languages. */
static const struct crmval_translation translations[] = {
	{"zh_CN", "Support", "客户支持"},
	{"zh_CN", "Resolved in time", "按时解决率"},
	{"zh_CN", "How often help comes within the days promised", "有多少支持请求在承诺的天数内得到解决"},
};

const struct crmval_plugin crmval_plugin_v1 = {
	CRMVAL_MAGIC,
	CRMVAL_ABI_MAJOR,
	CRMVAL_ABI_MINOR,
	sizeof crmval_plugin_v1,
	3,
	"example",
	"1.0",
	"how well support keeps its promise",
	&dimension,
	NULL,
	translations,
	entities,
	1,
};
