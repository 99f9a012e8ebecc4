/* SPDX-License-Identifier: MIT */
/*
 * What goes into an initramfs image, collected from a system's root and checked on the way: the one place where it is
 * decided what an image must not have. `imactl bundle` writes it as a cpio archive or into a folder; dracut's module
 * calls that.
 *
 * Each finding is a line on stderr: plain for what makes the image unfit, "warning: …" for what is merely unwise,
 * "note: …" for what may interest. All of them are told before anything fails.
 */
#ifndef IMABOOT_IMAGE_H
#define IMABOOT_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "certview.h"
#include "config.h"
#include "policy_model.h"
#include "rootfile.h"

#define IMAGE_CONFIG_DIR "/etc/imaboot"
#define IMAGE_CONFIG_FILE IMAGE_CONFIG_DIR "/imaboot.conf"
#define IMAGE_PRIVATE_KEY "%s is a private key, which must never be in an image; take it out of there"
#define IMAGE_ROOT_POLICY "/etc/ima/ima-policy" /* must not be in an image */

struct image_file {
	char *path; /* in the image, absolute */
	void *bytes;
	size_t len;
	mode_t mode; /* permissions, of a regular file; or with the type */
};

struct image {
	const char *root; /* the folder of the system, for messages */
	int root_fd;
	const struct kernel_model *kernel; /* the one that policies are judged for */
	time_t now;
	struct config config;
	struct image_file *files;
	size_t file_count;
	struct certview *signers; /* those that verify the policies' signatures */
	size_t signer_count;
	struct buf certinfo; /* the summary of the certificates; empty where there are none */
	size_t refused;      /* how many findings make the image unfit */
};

/* Opens the root. Returns 0, or a negative errno after a message. The rest is filled in by the caller. */
_must_check_ int image_open(const char *root, struct image *ret);
void image_free(struct image *image);

/* Findings, each a line. */
void image_refuse(struct image *image, const char *format, ...) _printf_(2, 3);
void image_warn(const char *format, ...) _printf_(1, 2);
void image_note(const char *format, ...) _printf_(1, 2);

/* Adds a file; bytes are copied. Returns 0 or -ENOMEM. */
_must_check_ int image_add(struct image *image, const char *path, const void *bytes, size_t len, mode_t mode);

/* The file of that path, or NULL. */
const struct image_file *image_find(const struct image *image, const char *path);

/* Puts the files in the order of their paths. */
void image_sort(struct image *image);

/*
 * Reads a regular file of the system, by links inside its root alone, and refuses it where it cannot be read, but for a
 * directory, which the caller judges. Returns 0, or a negative errno; see rootfile_read().
 */
_must_check_ int image_read(struct image *image, const char *path, size_t max, struct rootfile *ret);

/* True where the bytes are a private key: none may be in an image. */
bool image_is_private_key(const void *bytes, size_t len);

/* True where nothing would be refused about the certificate, of a signer or of a CA. */
bool image_takes_cert(const struct certview *view, bool is_ca, time_t now);

/* These collect and check; each returns 0, findings included, or -ENOMEM. */
_must_check_ int image_take_config(struct image *image); /* /etc/imaboot, the policies apart; first */
_must_check_ int image_take_certs(struct image *image);  /* /etc/keys; then the summary of them */
_must_check_ int image_take_policies(
	struct image *image); /* the image's policy and stage0; after the certificates */
_must_check_ int image_take_programs(struct image *image); /* the boot program and dracut's hooks */
_must_check_ int image_take_recovery(struct image *image); /* after the configuration */

#endif
