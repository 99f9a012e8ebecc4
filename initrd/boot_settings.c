// SPDX-License-Identifier: MIT
/* The settings of a boot: configuration of the image, kernel command line, platform; see boot_internal.h. */
#include "boot_internal.h"

#include <errno.h>
#include <stdarg.h>
#include "format.h"
#include "log.h"
#include "platform.h"
#include "rootfile.h"
#include "securityfs.h"
#include "sysfile.h"

void boot_note(struct boot *boot, int level, const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	(void)format_args(text, sizeof(text), format, args);
	va_end(args);
	if (!boot->silent)
		log_message(level, "%s", text);
	if (report_add_message(boot->report, "%s", text) < 0)
		log_error("out of memory");
}

static void complain_config(size_t line, const char *text, void *context)
{
	boot_note(context, LOG_ERR, CONFIG_FILE ":%zu: %s", line, text);
}

static void complain_param(const char *text, void *context)
{
	boot_note(context, LOG_WARNING, "%s", text);
}

/* Reads the image's configuration; an absent file means the defaults. Returns 0 or a negative errno. */
static int read_config(struct boot *boot)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem problem = {0};
	struct config *config = &boot->settings.config;
	int r = rootfile_read(boot->image_fd, boot->image, CONFIG_FILE, CONFIG_SIZE_MAX, &file, &problem);

	if (r == 0)
		return config_parse((const char *)file.bytes, file.len, config, complain_config, boot);
	if ((r == -ENOENT && !problem.remedy) || r == -ENODATA)
		return 0;
	boot_note(boot, LOG_ERR, CONFIG_FILE ": %s", problem_reason_text(&problem));
	return r;
}

static void read_params(struct boot *boot)
{
	char line[CMDLINE_MAX + 1];
	ssize_t len = sysfile_read(PROC_CMDLINE, line, sizeof(line));

	if (len == -EFBIG) {
		boot_note(boot, LOG_WARNING,
			PROC_CMDLINE
			" is longer than 64 KiB: the kernel's parameters behind that are ignored");
		/* The last word may be the half of one. */
		for (len = CMDLINE_MAX; len && line[len - 1] != ' '; len--)
			;
	} else if (len < 0)
		log_warning(PROC_CMDLINE " cannot be read: %s; the kernel's parameters are ignored",
			strerror((int)-len));
	params_parse(line, len < 0 ? 0 : (size_t)len, &boot->params, complain_param, boot);
	settings_apply(
		&boot->settings, &boot->params, boot->locked, boot->locked_reason, complain_param, boot);
	log_set_debug(boot->settings.debug);
}

/* Lockdown and the policy file are read there. An initramfs without systemd has nobody else who mounts it. */
static void mount_securityfs(void)
{
	int r = securityfs_mount();

	if (r < 0)
		log_warning("securityfs cannot be mounted on " SECURITYFS_DIR ": %s", strerror(-r));
}

int boot_read_settings(struct boot *boot)
{
	int r;

	mount_securityfs();
	boot->locked = platform_is_locked(&boot->locked_reason);
	r = read_config(boot);
	read_params(boot);
	return r;
}

int boot_explain(const char *image, struct buf *ret)
{
	_cleanup_report_ struct report report = {0};
	struct boot boot = {.report = &report, .image = image, .image_fd = root_open(image), .root_fd = -1};
	int r;

	config_init(&boot.settings.config);
	r = boot.image_fd < 0 ? boot.image_fd : boot_read_settings(&boot);
	if (boot.image_fd >= 0) {
		buf_printf(ret, "platform: %s (%s)\n", boot.locked ? "locked" : "open", boot.locked_reason);
		settings_explain(&boot.settings, ret);
	}
	close_fd(&boot.image_fd);
	config_free(&boot.settings.config);
	return r;
}
