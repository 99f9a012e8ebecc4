// SPDX-License-Identifier: MIT
/* What runs in an image: the program, dracut's hook, the recovery; see image.h. */
#include "image.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <sys/stat.h>

#define PROGRAM_MAX (16 * 1024 * 1024)
#define HOOK_MAX (64 * 1024)
#define MODULE_DIR "/usr/lib/dracut/modules.d/50imaboot"
/* From dracut 106 on "hooks" is a link to where they are. */
#define HOOK_DIR "/usr/lib/dracut/hooks"
/* What systemd itself has is at one of these in any image of dracut's; drop-ins count from each folder. */
#define UNIT_DIR "/usr/lib/systemd/system"
#define PROGRAM_TARGET "/usr/sbin/imaboot"
#define RECOVERY_DIR "/usr/lib/imaboot"

/* Reads the first of the paths that is there. Returns 0, or a negative errno: -ENOENT where there is none. */
static int read_first(struct image *image, const char *const *paths, size_t max, struct rootfile *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = -ENOENT;

	for (; *paths && r == -ENOENT; paths++) {
		r = rootfile_read(image->root_fd, image->root, *paths, max, ret, &problem);
		if (r < 0 && r != -ENOENT)
			image_refuse(image, "%s %s", *paths, problem_reason_text(&problem));
	}
	return r;
}

/* True for a program that is whole, and needs no loader and no libraries. */
static bool is_static(const struct rootfile *file)
{
	const uint8_t *bytes = file->bytes;
	bool is_loaded = false;
	ElfW(Ehdr) header;
	ElfW(Phdr) segment;
	size_t i;

	if (file->len < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(segment) ||
		header.e_phoff > file->len || (file->len - header.e_phoff) / sizeof(segment) < header.e_phnum)
		return false;
	for (i = 0; i < header.e_phnum; i++) {
		memcpy(&segment, bytes + header.e_phoff + i * sizeof(segment), sizeof(segment));
		if (segment.p_type == PT_INTERP || segment.p_offset > file->len ||
			file->len - segment.p_offset < segment.p_filesz)
			return false;
		is_loaded |= segment.p_type == PT_LOAD;
	}
	return is_loaded;
}

/* What is taken from the first of the paths that is there. */
struct wanted {
	const char *const *paths;
	size_t max; /* bytes */
	bool is_program;
	const char *target, *missing;
	mode_t mode; /* 0: 0755 */
};

static int take(struct image *image, const struct wanted *wanted)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r = read_first(image, wanted->paths, wanted->max, &file);

	if (r == -ENOENT)
		image_refuse(image, "%s", wanted->missing);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (wanted->is_program && !is_static(&file)) {
		image_refuse(image,
			"%s of the system is not a whole static program, and an image has no libraries for "
			"it; "
			"install imaboot anew",
			wanted->target);
		return 0;
	}
	return image_add(image, wanted->target, file.bytes, file.len, wanted->mode ? wanted->mode : 0755);
}

/*
 * What the image may have besides is not known. A policy in it, which its systemd would load before any key, makes room
 * for a link to nothing, as the kernel unpacks the archive behind the image (init/initramfs.c, do_symlink()): then
 * systemd finds none there (access() in ima_setup()).
 */
static int take_place_of_policy(struct image *image)
{
	static const char nowhere[] = "../imaboot/not-in-the-image/ima-policy";

	return image_add(image, IMAGE_ROOT_POLICY, nowhere, strlen(nowhere), S_IFLNK | 0777);
}

/* What runs the program at boot, and what is in front of every way past it: see the files. */
static int take_hooks(struct image *image)
{
	static const struct {
		const char *name, *target;
		mode_t mode;
	} hooks[] = {
		{"imaboot-pre-pivot.sh", HOOK_DIR "/pre-pivot/95-imaboot-pre-pivot.sh", 0755},
		{"imaboot-alone.sh", HOOK_DIR "/pre-pivot/00-imaboot-alone.sh", 0755},
		{"imaboot-emergency.sh", HOOK_DIR "/emergency/00-imaboot-emergency.sh", 0755},
		{"imaboot-gate.conf", UNIT_DIR "/initrd-switch-root.service.d/50-imaboot.conf", 0644},
		{"imaboot-pre-pivot.conf", UNIT_DIR "/dracut-pre-pivot.service.d/50-imaboot.conf", 0644},
	};
	char path[128], missing[256];
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(hooks) && r == 0; i++) {
		const char *const paths[] = {path, NULL};

		(void)snprintf(path, sizeof(path), MODULE_DIR "/%s", hooks[i].name);
		(void)snprintf(missing, sizeof(missing),
			"a file of dracut's module is not in the system (%s): install imaboot there", path);
		r = take(image,
			&(struct wanted){paths, HOOK_MAX, false, hooks[i].target, missing, hooks[i].mode});
	}
	return r;
}

int image_take_programs(struct image *image)
{
	static const char *const programs[] = {
		"/usr/sbin/imaboot", "/usr/local/sbin/imaboot", "/sbin/imaboot", "/usr/bin/imaboot", NULL};
	static const struct wanted wanted = {programs, PROGRAM_MAX, true, PROGRAM_TARGET,
		"the program imaboot is not in the system (/usr/sbin, /usr/local/sbin): install it", 0};
	int r = take(image, &wanted);

	if (r == 0)
		r = take_hooks(image);
	return r < 0 ? r : take_place_of_policy(image);
}

/* Where a password is configured, what checks it must be there. */
static int take_checker(struct image *image)
{
	static const char *const checkers[] = {
		"/usr/lib/imaboot/imaboot-auth", "/usr/local/lib/imaboot/imaboot-auth", NULL};

	static const struct wanted wanted = {checkers, PROGRAM_MAX, true, RECOVERY_DIR "/imaboot-auth",
		IMAGE_CONFIG_FILE
		" has a recovery-password, and imaboot-auth, which checks it, is missing: install it",
		0};

	return *image->config.recovery_password ? take(image, &wanted) : 0;
}

int image_take_recovery(struct image *image)
{
	static const char *const scripts[] = {
		"/usr/lib/imaboot/recovery", "/usr/local/lib/imaboot/recovery", NULL};
	static const char *const shells[] = {
		"/usr/bin/busybox", "/bin/busybox", "/usr/sbin/busybox", "/sbin/busybox", NULL};
	_cleanup_rootfile_ struct rootfile script = {.fd = -1}, busybox = {.fd = -1};
	bool is_asked_for =
		image->config.lines[KEY_ON_FAILURE] && image->config.on_failure == FAILURE_RECOVERY;
	const char *missing = NULL;
	int r;

	if (read_first(image, scripts, PROGRAM_MAX, &script) < 0)
		missing = RECOVERY_DIR "/recovery is not in the system";
	else if (read_first(image, shells, PROGRAM_MAX, &busybox) < 0)
		missing = "busybox is not in the system";
	else if (!is_static(&busybox))
		missing = "busybox is not a static program";
	if (!missing) {
		r = image_add(image, RECOVERY_DIR "/recovery", script.bytes, script.len, 0755);
		if (r == 0)
			r = image_add(image, RECOVERY_DIR "/busybox", busybox.bytes, busybox.len, 0755);
		return r < 0 ? r : take_checker(image);
	}
	if (is_asked_for)
		image_refuse(
			image, IMAGE_CONFIG_FILE " says on-failure = recovery, and %s: install it", missing);
	else
		image_warn(
			"the image has no recovery environment, and a boot that fails stops the machine: %s",
			missing);
	return 0;
}
