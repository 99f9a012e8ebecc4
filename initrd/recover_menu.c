// SPDX-License-Identifier: MIT
/* What the recovery says and asks at the consoles: the first screen, the menu, the clock; see recover.h. */
#include "recover.h"

#include <errno.h>
#include "format.h"
#include "log.h"
#include "out.h"
#include "splash.h"
#include "sysfile.h"
#include "sysrq.h"

#define INPUT_MAX (256 * 1024) /* bytes that are shown at once */
#define TICK_MS 500
#define PAUSE_SECONDS 60 /* then a long text goes on by itself */

/* ---- the clock ---- */

struct clock {
	bool runs;
	unsigned long deadline, told; /* in seconds, as recover_now() has them */
	const char *what;             /* the machine does then */
};

static const char *timeout_verb(enum config_timeout action)
{
	return action == TIMEOUT_POWEROFF ? "powers off" : action == TIMEOUT_HALT ? "halts" : "restarts";
}

/* The file says "stopped", or when the time is over; the first one who looks writes it. */
static void clock_read(const struct recover *recover, struct clock *ret)
{
	const struct config *config = &recover->boot.settings.config;
	char text[64];
	size_t len;

	*ret = (struct clock){.what = timeout_verb(config->timeout_action)};
	if (!config->recovery_timeout)
		return;
	if (sysfile_read(RUN_CLOCK, text, sizeof(text)) > 0) {
		ret->runs = *text >= '0' && *text <= '9';
		ret->deadline = strtoul(text, NULL, 10);
		return;
	}
	ret->runs = true;
	ret->deadline = recover_now() + config->recovery_timeout;
	len = format_text(text, sizeof(text), "%lu\n", ret->deadline);
	if (sysfile_replace(RUN_CLOCK, text, len, 0600) < 0)
		log_warning(RUN_CLOCK " cannot be written: the time begins anew with each question");
}

static void clock_stop(void)
{
	if (sysfile_replace(RUN_CLOCK, "stopped\n", strlen("stopped\n"), 0600) < 0)
		log_warning(RUN_CLOCK " cannot be written: the clock runs on");
}

/* Seconds that are told: those that are left at first, and each of the last five, tens in the last minute, minutes. */
static bool is_told(unsigned long left)
{
	return left <= 5 || (left <= 60 && left % 10 == 0) || left % 60 == 0;
}

static int clock_tick(struct consoles *consoles, void *context)
{
	struct clock *clock = context;
	unsigned long now = recover_now(), left = clock->deadline > now ? clock->deadline - now : 0;
	char text[128];

	if (!clock->runs)
		return -1;
	if (!left)
		return -ETIME;
	if ((!clock->told || is_told(left)) && clock->told != left) {
		(void)format_text(text, sizeof(text),
			"\nThe machine %s in %lu second%s; a key stops the clock.\n", clock->what, left,
			left == 1 ? "" : "s");
		consoles_write(consoles, text);
		clock->told = left;
	}
	return TICK_MS;
}

/* ---- the first screen and the menu ---- */

static bool print_line(const char *line, void *context)
{
	(void)context;
	out_printf("%s\n", line);
	return true;
}

int recover_screen(struct recover *recover)
{
	struct clock clock;

	if (!recover->dry_run) {
		(void)!splash_leave();
		sysrq_restrict();
	}
	out_printf("\n==== imaboot: recovery ====\n");
	if (sysfile_lines(RUN_FAILURE, print_line, NULL) < 0)
		out_printf("What failed is in the kernel's log.\n");
	out_printf("The whole report, without secrets: " RUN_REPORT ".\n");
	clock_read(recover, &clock);
	if (clock.runs)
		out_printf("The machine %s in %lu seconds by itself, unless a key is pressed.\n", clock.what,
			clock.deadline > recover_now() ? clock.deadline - recover_now() : 0);
	else
		out_printf("The machine does nothing by itself.\n");
	return EXIT_DONE;
}

/* Why an entry of the menu is not there; NULL where it is. */
static const char *why_absent(const struct recover *recover, const struct recover_action *action)
{
	if (action->effects && recover->gate == GATE_NOBODY)
		return recover->gate_reason;
	if (action->run == recover_firmware && !recover_has_firmware_setup())
		return "this firmware has no setup that can be asked for";
	return recover_why_absent(recover, action);
}

static const char *effects_text(unsigned int effects)
{
	if ((effects & RECOVER_WRITES) && (effects & RECOVER_WEAKENS))
		return "  [writes, weakens]";
	return effects & RECOVER_WRITES ? "  [writes]" : effects & RECOVER_WEAKENS ? "  [weakens]" : "";
}

int recover_menu(struct recover *recover)
{
	size_t i, hidden = 0;

	out_printf("\n");
	for (i = 0; i < recover_action_count && recover_actions[i].key; i++) {
		const struct recover_action *action = &recover_actions[i];

		if (!why_absent(recover, action))
			out_printf("%3zu %c  %s%s\n", i + 1, action->key, action->help,
				effects_text(action->effects));
		else
			hidden += action->effects != 0 && recover->gate == GATE_NOBODY;
	}
	if (hidden)
		out_printf("What weakens the boot, writes, or opens a shell is not here: %s, and there is no "
			   "password for the recovery in the image.\n",
			recover->gate_reason);
	else if (recover->gate == GATE_PASSWORD)
		out_printf("What is marked needs the password of the recovery.\n");
	return EXIT_DONE;
}

/* The entry of the menu with that number or letter, or NULL. */
static const struct recover_action *find_entry(const char *answer)
{
	size_t i, number = 0;

	for (i = 0; answer[i] >= '0' && answer[i] <= '9' && i < 3; i++)
		number = number * 10 + (size_t)(answer[i] - '0');
	if (i && !answer[i])
		return number && number <= recover_action_count && recover_actions[number - 1].key
			       ? &recover_actions[number - 1]
			       : NULL;
	for (i = 0; i < recover_action_count; i++)
		if (recover_actions[i].key && answer[0] == recover_actions[i].key && !answer[1])
			return &recover_actions[i];
	return NULL;
}

/* Tells what is wrong with an answer; returns the entry where nothing is. */
static const struct recover_action *judge(
	const struct recover *recover, struct consoles *consoles, const char *answer)
{
	const struct recover_action *action = find_entry(answer);
	const char *why = action ? why_absent(recover, action) : NULL;
	char text[512];

	if (action && !why)
		return action;
	if (why)
		(void)format_text(text, sizeof(text), "That entry is not there: %s.\n", why);
	else
		(void)format_text(text, sizeof(text), "That is no entry of the menu.\n");
	if (*answer)
		consoles_write(consoles, text);
	return NULL;
}

int recover_ask(struct recover *recover)
{
	_cleanup_consoles_ struct consoles consoles = {0};
	struct clock clock;
	const struct console_read how = {.tick = clock_tick, .context = &clock};
	const struct recover_action *action = NULL;
	char answer[CONSOLE_LINE_MAX];
	size_t index;
	int r = consoles_open(&consoles, NULL);

	while (r >= 0 && !action) {
		clock_read(recover, &clock);
		r = consoles_ask(&consoles, "\nNumber or letter, then Enter: ", &how, answer, &index);
		if (consoles.touched && clock.runs)
			clock_stop();
		if (r == -E2BIG) {
			r = 0;
			strcpy(answer, "?");
		}
		if (r >= 0)
			action = judge(recover, &consoles, answer);
	}
	if (r == -ETIME) {
		consoles_write(&consoles, "\n");
		out_printf("timeout\n");
		return EXIT_DONE;
	}
	if (r < 0) {
		log_error("ask: no console can be read (" PROC_CONSOLES "): %s", strerror(-r));
		return EXIT_FAILED;
	}
	out_printf("%s\n", action->name);
	return EXIT_DONE;
}

/* ---- texts ---- */

/* The length of the first lines, as many as a screen has. */
static size_t screen_length(const char *text)
{
	size_t i, lines = 0;

	for (i = 0; text[i] && lines < CONSOLE_LINES; i++)
		lines += text[i] == '\n';
	return i;
}

/* While the clock runs nothing waits for a person. */
static void show_screens(struct consoles *consoles, char *text, bool pause)
{
	const struct console_read how = {.seconds = PAUSE_SECONDS};
	char answer[CONSOLE_LINE_MAX];
	size_t len, index;

	while (*text) {
		char *next = text + (len = screen_length(text)), saved = *next;

		*next = '\0';
		consoles_write(consoles, text);
		*next = saved;
		text = next;
		if (*text && pause &&
			consoles_ask(consoles, "-- Enter: more; q and Enter: enough -- ", &how, answer,
				&index) > 0 &&
			*answer == 'q')
			return;
	}
}

static int read_input(struct buf *ret)
{
	char chunk[4096];
	ssize_t n;

	while (ret->len < INPUT_MAX && (n = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buf_add(ret, chunk, (size_t)n);
	}
	return ret->failed ? -ENOMEM : 0;
}

int recover_show(struct recover *recover)
{
	_cleanup_consoles_ struct consoles consoles = {0};
	_cleanup_buf_ struct buf input = {0}, lines = {0};
	struct clock clock;
	int r = read_input(&input);

	if (r == 0)
		r = consoles_open(&consoles, NULL);
	if (r < 0) {
		log_error("show: nothing can be shown on the consoles: %s", strerror(-r));
		return EXIT_FAILED;
	}
	console_wrap(buf_string(&input), &lines);
	clock_read(recover, &clock);
	if (lines.data)
		show_screens(&consoles, lines.data, !clock.runs);
	return EXIT_DONE;
}
