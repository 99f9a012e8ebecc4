// SPDX-License-Identifier: MIT
/* EVM's keys and its activation; see evm.h. */
#include "evm.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include "format.h"
#include "log.h"
#include "policy_model.h"
#include "rootfile.h"
#include "sysfile.h"

#define KEY_NAME "evm-key" /* the kernel looks for it under this name (evm_crypto.c, EVMKEY) */

/* The value that EVM shows: bits of what it was activated with. -1: unknown. */
static long shown_value(void)
{
	char text[32];

	return sysfile_read(EVM_FILE, text, sizeof(text)) > 0 ? strtol(text, NULL, 0) : -1;
}

/* The kernel's file cannot be opened. */
static int explain_open(int error, struct problem *problem)
{
	if (error == -ENOENT) {
		problem_set(problem, error, "this kernel has no EVM (no " EVM_FILE ")");
		problem_remedy(problem, "use a kernel with CONFIG_EVM, or set evm = off");
	} else {
		problem_set(problem, error, EVM_FILE " cannot be opened: %s", strerror(-error));
		problem_remedy(problem, "run as root");
	}
	return error;
}

/*
 * Reads a key's file, from the image or else from the root: not on a locked platform, where whoever can write to the root
 * could have made both keys, and with them security.evm of whatever file. Returns 0 or a negative errno.
 */
static int read_key(const struct evm *evm, const char *path, struct rootfile *ret, struct problem *problem)
{
	const struct certs_source *source = evm->source;
	int r = rootfile_read(source->image_fd, source->image, path, EVM_BLOB_MAX, ret, problem);

	if (r != -ENOENT || source->root_fd < 0 || evm->image_only)
		return r;
	return rootfile_read(source->root_fd, source->root, path, EVM_BLOB_MAX, ret, problem);
}

/* The first line of a key's file; NULL with *problem set. */
static char *read_line(const struct evm *evm, const char *path, int *ret_error, struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	const uint8_t *end;
	char *line;

	*ret_error = read_key(evm, path, &file, problem);
	if (*ret_error < 0)
		return NULL;
	end = memchr(file.bytes, '\n', file.len);
	line = strndup((const char *)file.bytes, end ? (size_t)(end - file.bytes) : file.len);
	explicit_bzero(file.bytes, file.len);
	if (!line)
		*ret_error = problem_set(problem, -ENOMEM, "out of memory");
	return line;
}

/* A secret does not stay in memory that is given back. */
static void free_secret(char *line)
{
	if (line)
		explicit_bzero(line, strlen(line));
	free(line);
}

static int explain_key(
	int error, const char *what, const char *path, const char *type, struct problem *problem)
{
	switch (error) {
	case -ENODEV:
		problem_set(problem, error, "%s (%s): this kernel has no keys of type %s", what, path, type);
		problem_remedy(problem,
			"use a kernel with CONFIG_ENCRYPTED_KEYS and CONFIG_TRUSTED_KEYS (and a TPM)");
		break;
	case -ENOKEY:
		problem_set(problem, error, "%s (%s): the master key that its blob names is not loaded", what,
			path);
		problem_remedy(problem,
			"put it at " EVM_MASTER_FILE ", or name it with masterkey= and masterkeytype=");
		break;
	case -EINVAL:
		problem_set(problem, error,
			"%s (%s): the kernel refuses the blob: it is damaged, or the master key is another "
			"one",
			what, path);
		problem_remedy(problem, "make it again with the master key of this machine: keyctl pipe");
		break;
	case -EPERM: /* whatever error the TPM answers with (trusted_tpm2.c, tpm2_load_cmd) */
		problem_set(problem, error,
			"%s (%s): the TPM refuses it: it was sealed by another TPM, or under a storage key "
			"or PCRs that have changed",
			what, path);
		problem_remedy(problem,
			"make it again on this machine (keyctl add trusted), and the HMAC key with it");
		break;
	default:
		problem_set(
			problem, error, "%s (%s): the kernel refuses it: %s", what, path, strerror(-error));
		break;
	}
	return error;
}

/* The master key; without a file for it, one that is loaded already may serve. */
static int load_master(struct evm *evm, struct problem *problem)
{
	_cleanup_problem_ struct problem absent = {0};
	const char *type = evm->master_is_user ? "user" : "trusted";
	const char *path = *evm->master_file     ? evm->master_file
			   : evm->master_is_user ? EVM_MASTER_USER_FILE
						 : EVM_MASTER_FILE;
	char *line, *payload;
	int r;

	line = read_line(evm, path, &r, &absent);
	if (r == -ENOENT && !*evm->master_file)
		return 0;
	if (r < 0)
		return problem_set(problem, r, "the master key %s: %s", path, problem_reason_text(&absent));
	payload = format_new("%s%s", evm->master_is_user ? "" : "load ", line);
	r = payload ? keyring_add_own(type, evm->master_is_user ? "kmk-user" : "kmk-trusted", payload,
			      strlen(payload), &evm->master)
		    : -ENOMEM;
	free_secret(payload);
	free_secret(line);
	return r < 0 ? explain_key(r, "the master key", path, type, problem) : 0;
}

/*
 * Before Linux 6.6, with the LSM bpf and none that labels files, EVM with an HMAC key reads from address 0 at the
 * next file that is made (security.c, security_inode_init_security: bpf's hook returns 0 without a label).
 */
static bool would_crash(void)
{
	struct utsname name;
	char lsms[256];
	unsigned int version;

	if (uname(&name) < 0 || kernel_version_parse(name.release, &version) < 0 || version >= KERNEL(6, 6))
		return false;
	if (sysfile_read(LSM_FILE, lsms, sizeof(lsms)) < 0)
		return false;
	return strstr(lsms, "bpf") && !strstr(lsms, "selinux") && !strstr(lsms, "smack");
}

static int refuse_crash(struct problem *problem)
{
	problem_set(problem, -EOPNOTSUPP,
		"with an HMAC key this kernel (older than Linux 6.6, with the LSM bpf) would crash at the "
		"next file that is made");
	problem_remedy(problem, "take bpf out of the kernel's LSMs (lsm=), use Linux 6.6 or later, or set "
				"evm = x509");
	return -EOPNOTSUPP;
}

static int load_hmac(struct evm *evm, struct problem *problem)
{
	_cleanup_problem_ struct problem absent = {0};
	const char *path = *evm->key_file ? evm->key_file : EVM_KEY_FILE;
	char *line, *payload;
	int r = load_master(evm, problem);

	if (r < 0)
		return r;
	line = read_line(evm, path, &r, &absent);
	if (r < 0) {
		problem_set(problem, r, "the HMAC key %s: %s", path, problem_reason_text(&absent));
		problem_remedy(problem,
			"put the blob of the encrypted key " KEY_NAME
			" there, in the image%s%s%s, or name it with "
			"evmkey=",
			evm->image_only ? " (the root's is not used: " : " or the root",
			evm->image_only ? evm->image_only : "", evm->image_only ? ")" : "");
		return r;
	}
	payload = format_new("load %s", line);
	r = payload ? keyring_add_own("encrypted", KEY_NAME, payload, strlen(payload), &evm->key) : -ENOMEM;
	free_secret(payload);
	free_secret(line);
	return r < 0 ? explain_key(r, "the HMAC key", path, "encrypted", problem) : 0;
}

static int load_x509(struct evm *evm, struct report *report, struct problem *problem)
{
	const char *extra = *evm->x509_file ? evm->x509_file : EVM_X509_FILE;
	size_t first = report->cert_count, count;
	int r = certs_load_evm(evm->source, extra, report, &count);

	certs_tell(report, first);
	if (r < 0)
		return problem_set(problem, r, "its keyring cannot be used: %s", strerror(-r));
	if (count)
		return 0;
	problem_set(problem, -ENOKEY, "no certificate for it was accepted");
	problem_remedy(problem, "put one into " EVM_CERTS_DIR " of the image");
	return -ENOKEY;
}

int evm_prepare(struct evm *evm, struct report *report)
{
	static const char *const names[] = {[EVM_HMAC] = "hmac", [EVM_X509] = "x509", [EVM_BOTH] = "both"};
	struct problem *problem = &evm->record->problem;
	long shown;
	int r = 0;

	evm->fd = -1;
	evm->key = evm->master = 0;
	if (evm->mode == EVM_OFF)
		return 0;
	evm->record->mode = names[evm->mode];
	shown = shown_value();
	if (shown > 0 && ((unsigned long)shown & evm->mode) == evm->mode) {
		evm->record->result = EVM_PRESENT;
		return 0;
	}
	if (evm->look_only) {
		problem_set(problem, -ENODATA, "the initramfs did not activate it");
		problem_remedy(problem, "see what it said in the kernel's log (dmesg)");
		return -ENODATA;
	}
	evm->fd = sysfile_open(EVM_FILE, O_WRONLY);
	if (evm->fd < 0)
		return explain_open(evm->fd, problem);
	if (evm->mode & EVM_HMAC && would_crash())
		r = refuse_crash(problem);
	if (r == 0 && evm->mode & EVM_X509)
		r = load_x509(evm, report, problem);
	if (r == 0 && evm->mode & EVM_HMAC)
		r = load_hmac(evm, problem);
	if (r < 0) {
		close_fd(&evm->fd);
		evm->fd = -1;
	}
	return r;
}

/* The kernel's errno of the write (evm_secfs.c, evm_write_key) in words. */
static int explain_write(int error, struct problem *problem)
{
	switch (error) {
	case -EPERM:
		problem_set(problem, error,
			"the kernel refuses to activate it: its setting is fixed for this boot already "
			"(" EVM_FILE " shows %ld)",
			shown_value());
		problem_remedy(problem, "reboot, and see what activates it before imaboot (dracut's module "
					"integrity does)");
		break;
	case -EINVAL:
		problem_set(problem, error, "the kernel refuses to activate it: it does not know this mode");
		problem_remedy(problem, "set evm = hmac, or use Linux 4.16 or later");
		break;
	case -ENOENT:
	case -ENOKEY:
		problem_set(problem, error,
			"the kernel refuses to activate it: it does not find the key " KEY_NAME);
		problem_remedy(problem, "see the kernel's log (dmesg) for lines with evm");
		break;
	default:
		problem_set(problem, error, "the kernel refuses to activate it: %s", strerror(-error));
		break;
	}
	return error;
}

int evm_activate(struct evm *evm)
{
	unsigned int value = evm->mode | EVM_SETUP_COMPLETE;
	char text[16];
	size_t len;

	if (evm->mode == EVM_OFF || evm->fd < 0)
		return 0;
	len = format_text(text, sizeof(text), "0x%x", value);
	if (write(evm->fd, text, len) < 0)
		return explain_write(-errno, &evm->record->problem);
	evm->record->value = value;
	evm->record->result = EVM_ACTIVE;
	return 0;
}

bool evm_lacks_label(int fd)
{
	return fgetxattr(fd, "security.evm", NULL, 0) < 0 && errno == ENODATA;
}

void evm_free(struct evm *evm)
{
	close_fd(&evm->fd);
	evm->fd = -1;
	if (evm->key && keyring_unlink_own(evm->key) < 0)
		log_warning("EVM: the key " KEY_NAME " stays in the keyring of this process until it ends");
	if (evm->master && keyring_unlink_own(evm->master) < 0)
		log_warning("EVM: the master key stays in the keyring of this process until it ends");
	evm->key = evm->master = 0;
}
