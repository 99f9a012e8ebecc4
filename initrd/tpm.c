// SPDX-License-Identifier: MIT
/* The mark in a TPM's PCR; see tpm.h. */
#include "tpm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include "digest.h"
#include "json.h"
#include "sysfile.h"

#define TPM_DEVICE_MANAGED "/dev/tpmrm0"
#define TPM_DEVICE "/dev/tpm0"
#define TAG_SESSIONS 0x8002
#define TAG_NO_SESSIONS 0x8001
#define COMMAND_PCR_EXTEND 0x00000182
#define SESSION_PASSWORD 0x40000009
#define ALGORITHM_SHA256 0x000b
#define HEADER_SIZE 10
#define TIMEOUT_MS 30000

static uint8_t *put16(uint8_t *at, unsigned int value)
{
	*at++ = (uint8_t)(value >> 8);
	*at++ = (uint8_t)value;
	return at;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value & 0xffff);
}

void tpm_extend_command(
	unsigned int pcr, const uint8_t digest[static TPM_DIGEST_SIZE], uint8_t ret[static TPM_COMMAND_SIZE])
{
	uint8_t *at = ret;

	at = put16(at, TAG_SESSIONS);
	at = put32(at, TPM_COMMAND_SIZE);
	at = put32(at, COMMAND_PCR_EXTEND);
	at = put32(at, pcr);
	at = put32(at, 9); /* bytes of the authorization area: handle, nonce, attributes, password */
	at = put32(at, SESSION_PASSWORD);
	at = put16(at, 0);
	*at++ = 0;
	at = put16(at, 0);
	at = put32(at, 1); /* one digest */
	at = put16(at, ALGORITHM_SHA256);
	memcpy(at, digest, TPM_DIGEST_SIZE);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

int tpm_response_code(const uint8_t *response, size_t len, uint32_t *ret)
{
	unsigned int tag;

	if (len < HEADER_SIZE || get32(response + 2) != len)
		return -EBADMSG;
	tag = (unsigned int)response[0] << 8 | response[1];
	if (tag != TAG_SESSIONS && tag != TAG_NO_SESSIONS)
		return -EBADMSG;
	*ret = get32(response + 6);
	return 0;
}

/* Opens the resource manager's device, or the plain one where the kernel has no manager. */
static int open_device(struct problem *problem)
{
	int fd = sysfile_open(TPM_DEVICE_MANAGED, O_RDWR);

	if (fd == -ENOENT || fd == -ENODEV)
		fd = sysfile_open(TPM_DEVICE, O_RDWR);
	if (fd >= 0)
		return fd;
	if (fd == -EBUSY) {
		problem_set(problem, -EBUSY, "the TPM is in use by another program");
		problem_remedy(problem, "stop what holds " TPM_DEVICE " open");
		return -EBUSY;
	}
	if (fd != -ENOENT && fd != -ENODEV && fd != -ENXIO)
		return problem_set(problem, fd, "the TPM cannot be opened: %s", strerror(-fd));
	problem_set(
		problem, -ENODEV, "there is no TPM 2.0 (neither " TPM_DEVICE_MANAGED " nor " TPM_DEVICE ")");
	problem_remedy(problem, "switch the TPM on in the firmware setup, and put its driver into the image");
	return -ENODEV;
}

/* Sends the command and waits, within bounds, for the response. Returns its length or a negative errno. */
static ssize_t exchange(int fd, const uint8_t *command, uint8_t *response, size_t size)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	ssize_t n = write(fd, command, TPM_COMMAND_SIZE);

	if (n != TPM_COMMAND_SIZE)
		return n < 0 ? -errno : -EIO;
	/* A blocking TPM device has its answer when write returns (drivers/char/tpm/tpm-dev-common.c). */
	n = poll(&wait, 1, TIMEOUT_MS);
	if (n <= 0)
		return n < 0 ? -errno : -ETIMEDOUT;
	n = read(fd, response, size);
	return n < 0 ? -errno : n;
}

int tpm_mark(unsigned int pcr, const char *event, struct problem *problem)
{
	_cleanup_close_ int fd = open_device(problem);
	uint8_t digest[DIGEST_MAX], command[TPM_COMMAND_SIZE], response[256];
	uint32_t code = 0;
	ssize_t len;
	int r;

	if (fd < 0)
		return fd;
	r = digest_bytes(DIGEST_SHA256, event, strlen(event), digest);
	if (r < 0)
		return problem_set(problem, r, "its event cannot be hashed");
	tpm_extend_command(pcr, digest, command);
	len = exchange(fd, command, response, sizeof(response));
	if (len < 0)
		return problem_set(problem, (int)len, "the TPM does not answer: %s", strerror((int)-len));
	if (tpm_response_code(response, (size_t)len, &code) < 0)
		return problem_set(problem, -EPROTO, "the TPM's answer is not one of a TPM 2.0");
	if (code)
		return problem_set(problem, -EPROTO, "the TPM refuses to extend PCR %u: response code 0x%03x",
			pcr, code);
	return 0;
}

char *tpm_event_record(unsigned int pcr, const char *event)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	char hex[65];

	digest_sha256_hex(event, strlen(event), hex);
	buf_putc(&text, 0x1e);
	json_object_begin(&json, NULL);
	json_number(&json, "pcr", pcr);
	json_array_begin(&json, "digests");
	json_object_begin(&json, NULL);
	json_string(&json, "hashAlg", "sha256");
	json_string(&json, "digest", hex);
	json_object_end(&json);
	json_array_end(&json);
	json_string(&json, "content_type", "imaboot");
	json_object_begin(&json, "content");
	json_string(&json, "string", event);
	json_object_end(&json);
	json_object_end(&json);
	buf_putc(&text, '\n');
	return buf_take(&text);
}
