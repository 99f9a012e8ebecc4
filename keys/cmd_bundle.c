// SPDX-License-Identifier: MIT
/*
 * imactl bundle: what an image needs, checked, as an archive to append to an initramfs, or below a folder for an image
 * builder that brings the programs itself (dracut's module).
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>
#include "complain.h"
#include "cpio.h"
#include "gunzip.h"
#include "image.h"
#include "lint_main.h"
#include "outfile.h"
#include "verbs.h"

static const char *root_option, *out_option, *tree_option, *kernel_option, *config_option;
static bool check_option, no_compress_option, force_option;

/* ---- where it goes ----------------------------------------------------------------------------- */

/*
 * Folders that each initramfs of dracut has. They are left out of the archive: where one is a link in the image, as sbin
 * and hooks may be, the kernel would put a folder in its place (init/initramfs.c, clean_path).
 */
static bool is_standard(const char *path, size_t len)
{
	static const char *const standard[] = {"/etc", "/usr", "/usr/bin", "/usr/lib", "/usr/sbin",
		"/usr/lib/dracut", "/usr/lib/dracut/hooks", "/usr/lib/systemd", "/usr/lib/systemd/system"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(standard); i++)
		if (strlen(standard[i]) == len && memcmp(standard[i], path, len) == 0)
			return true;
	return false;
}

/* Adds the folders above a file that the file before it has not brought. */
static int add_folders(struct cpio *cpio, const char *path, const char *before)
{
	const char *slash = path;
	char name[4096];
	size_t len;
	int r = 0;

	while (r == 0 && (slash = strchr(slash + 1, '/'))) {
		len = (size_t)(slash - path);
		if (is_standard(path, len) || strncmp(path, before, len + 1) == 0)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)len - 1, path + 1);
		r = cpio_add(cpio, name, S_IFDIR | 0755, "", 0);
	}
	return r;
}

static int make_archive(const struct image *image, uint32_t mtime, struct buf *ret)
{
	struct cpio cpio = {.buf = ret, .mtime = mtime};
	const char *before = "";
	size_t i;
	int r = 0;

	for (i = 0; i < image->file_count && r == 0; i++) {
		const struct image_file *file = &image->files[i];

		r = add_folders(&cpio, file->path, before);
		if (r == 0)
			r = cpio_add(&cpio, file->path + 1,
				file->mode & S_IFMT ? file->mode : S_IFREG | file->mode, file->bytes,
				file->len);
		before = file->path;
	}
	cpio_end(&cpio);
	return buf_failed(ret) ? -ENOMEM : r;
}

/* A gzip file without name and date. */
static int compress_archive(const struct buf *archive, struct buf *ret)
{
	z_stream stream = {.next_in = (Bytef *)archive->data, .avail_in = (uInt)archive->len};
	_cleanup_free_ Bytef *bytes = NULL;
	uLong size;
	int r;

	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) !=
		Z_OK)
		return -ENOMEM;
	size = deflateBound(&stream, archive->len);
	bytes = malloc(size);
	stream.next_out = bytes;
	stream.avail_out = (uInt)size;
	r = bytes && deflate(&stream, Z_FINISH) == Z_STREAM_END ? 0 : -ENOMEM;
	if (r == 0)
		buf_add(ret, bytes, stream.total_out);
	(void)deflateEnd(&stream);
	return r < 0 || buf_failed(ret) ? -ENOMEM : 0;
}

static int write_archive(const struct image *image, uint32_t mtime)
{
	_cleanup_buf_ struct buf archive = {0}, packed = {0};
	_cleanup_problem_ struct problem problem = {0};
	const struct buf *bytes = no_compress_option ? &archive : &packed;

	if (make_archive(image, mtime, &archive) < 0 ||
		(!no_compress_option && compress_archive(&archive, &packed) < 0)) {
		log_error("bundle: out of memory");
		return EXIT_FAILED;
	}
	if (outfile_write(out_option, bytes->data, bytes->len, 0600, force_option, &problem) < 0)
		return complain(out_option, &problem);
	return EXIT_DONE;
}

/* Makes the folders above a path. Returns 0 or a negative errno. */
static int make_folders(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static int write_tree(const struct image *image)
{
	size_t i;

	for (i = 0; i < image->file_count; i++) {
		const struct image_file *file = &image->files[i];
		_cleanup_problem_ struct problem problem = {0};
		_cleanup_free_ char *path = NULL;
		int r;

		if (asprintf(&path, "%s%s", tree_option, file->path) < 0)
			path = NULL;
		r = path ? make_folders(path) : -ENOMEM;
		if (r < 0)
			problem_set(&problem, r, "its folder cannot be made: %s", strerror(-r));
		else
			r = outfile_write(path, file->bytes, file->len, file->mode, true, &problem);
		if (r < 0)
			return complain(path ? path : file->path, &problem);
	}
	return EXIT_DONE;
}

/* ---- the verb ---------------------------------------------------------------------------------- */

static int check_options(void)
{
	int targets = (out_option != NULL) + (tree_option != NULL) + check_option;

	if (targets == 1)
		return 0;
	log_error("bundle: %s; give one of --out, --tree and --check",
		targets ? "there is more than one target" : "a target is missing");
	return EXIT_USAGE;
}

/* The date of all entries; see reproducible-builds.org/specs/source-date-epoch. */
static int read_epoch(uint32_t *ret)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	unsigned long long value;
	char *end;

	*ret = 0;
	if (!text)
		return 0;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || value > UINT32_MAX) {
		log_error("bundle: SOURCE_DATE_EPOCH is '%s'; set it to seconds since 1970, or not at all",
			text);
		return EXIT_USAGE;
	}
	*ret = (uint32_t)value;
	return 0;
}

/* Whether the folder that becomes an image has what must not be in one. */
static int check_tree(struct image *image)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s%s", tree_option, IMAGE_ROOT_POLICY) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (lstat(path, &st) == 0)
		image_refuse(image, IMAGE_ROOT_POLICY
			" is in the image, and must not be: systemd in the initramfs would load it before "
			"any key, and freeze where it is refused; put it at " IMAGE_CONFIG_DIR
			"/policy, with its signature at " IMAGE_CONFIG_DIR "/policy.sig");
	return 0;
}

static int collect(struct image *image)
{
	int r = image_take_config(image);

	if (r == 0)
		r = image_take_certs(image);
	if (r == 0)
		r = image_take_policies(image);
	if (r == 0 && tree_option)
		r = check_tree(image);
	if (r == 0 && !tree_option)
		r = image_take_programs(image);
	if (r == 0 && !tree_option)
		r = image_take_recovery(image);
	image_sort(image);
	return r;
}

static int write_image(struct image *image, uint32_t mtime)
{
	if (collect(image) < 0) {
		log_error("bundle: out of memory");
		return EXIT_FAILED;
	}
	if (image->refused)
		return EXIT_FAILED;
	if (check_option)
		return EXIT_DONE;
	return tree_option ? write_tree(image) : write_archive(image, mtime);
}

static int run_bundle(size_t count, char **operands)
{
	static const struct lint_program program = {.name = "imactl", .max = INT32_MAX, .unpack = gunzip};
	struct image image = {.root_fd = -1};
	struct kernel_model kernel;
	uint32_t mtime;
	int status = check_options();

	(void)count;
	(void)operands;
	if (!status)
		status = read_epoch(&mtime);
	if (!status)
		status = lint_model(&program, kernel_option, config_option, &kernel);
	if (status)
		return status;
	if (image_open(root_option ? root_option : "/", &image) == 0) {
		image.kernel = &kernel;
		status = write_image(&image, mtime);
	} else {
		status = EXIT_FAILED;
	}
	image_free(&image);
	return status;
}

static const struct verb_option options[] = {
	{.name = "root",
		.argument = "DIR",
		.help = "the system that the files are of (/)",
		.value = &root_option},
	{.name = "out",
		.argument = "FILE",
		.help = "write an archive to append to an image",
		.value = &out_option},
	{.name = "tree",
		.argument = "DIR",
		.help = "write the files below DIR, the programs left out",
		.value = &tree_option},
	{.name = "check", .help = "write nothing", .flag = &check_option},
	{.name = "kernel",
		.argument = "VERSION",
		.help = "the kernel of the image, for its policy",
		.value = &kernel_option},
	{.name = "config",
		.argument = "FILE",
		.help = "and the configuration of that kernel",
		.value = &config_option},
	{.name = "no-compress", .help = "write the archive without gzip", .flag = &no_compress_option},
	{.name = "force", .help = "let --out replace a file", .flag = &force_option},
	{0},
};

const struct verb verb_bundle = {
	.name = "bundle",
	.operands = "",
	.summary = "put into an archive what an initramfs needs",
	.details = "Taken are the boot program, dracut's hooks, the recovery with busybox, /etc/imaboot and "
		   "/etc/keys. "
		   "What\n"
		   "would make the image unfit is told, and nothing is written. Dates in the archive are\n"
		   "SOURCE_DATE_EPOCH, or 1970.",
	.options = options,
	.run = run_bundle,
};
