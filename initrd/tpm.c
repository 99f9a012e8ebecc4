// SPDX-License-Identifier: MIT
/* The mark in a TPM's PCR; see tpm.h. */
#include "tpm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include "digest.h"
#include "format.h"
#include "json.h"
#include "sysfile.h"

#define TPM_DEVICE_MANAGED "/dev/tpmrm0"
#define TPM_DEVICE "/dev/tpm0"
#define TAG_SESSIONS 0x8002
#define TAG_NO_SESSIONS 0x8001
#define COMMAND_PCR_EVENT 0x0000013c
#define COMMAND_GET_CAPABILITY 0x0000017a
#define CAPABILITY_PCRS 0x00000005
#define SESSION_PASSWORD 0x40000009
#define HEADER_SIZE 10
#define BANKS_MAX 16 /* TPML_PCR_SELECTION; HASH_COUNT of the reference implementation is less */
#define TIMEOUT_MS 30000

/* TPM_ALG_ID, and what the TCG's registry calls it. */
static const struct {
	unsigned int id, bank;
	enum digest_algo algo;
	const char *name;
} algorithms[] = {{0x0004, TPM_BANK_SHA1, DIGEST_SHA1, "sha1"},
	{0x000b, TPM_BANK_SHA256, DIGEST_SHA256, "sha256"},
	{0x000c, TPM_BANK_SHA384, DIGEST_SHA384, "sha384"},
	{0x000d, TPM_BANK_SHA512, DIGEST_SHA512, "sha512"}};

static uint8_t *put16(uint8_t *at, size_t value)
{
	*at++ = (uint8_t)(value >> 8);
	*at++ = (uint8_t)value;
	return at;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value & 0xffff);
}

/* The header, with the length of what was written up to end. */
static size_t finish(uint8_t *command, unsigned int tag, uint32_t code, const uint8_t *end)
{
	size_t len = (size_t)(end - command);

	(void)put32(put32(put16(command, tag), (uint32_t)len), code);
	return len;
}

size_t tpm_banks_command(uint8_t ret[static TPM_COMMAND_MAX])
{
	uint8_t *at = ret + HEADER_SIZE;

	at = put32(at, CAPABILITY_PCRS);
	at = put32(at, 0); /* property: none here */
	at = put32(at, 1); /* they are told all at once */
	return finish(ret, TAG_NO_SESSIONS, COMMAND_GET_CAPABILITY, at);
}

size_t tpm_event_command(unsigned int pcr, const char *event, uint8_t ret[static TPM_COMMAND_MAX])
{
	size_t len = strnlen(event, TPM_EVENT_MAX);
	uint8_t *at = ret + HEADER_SIZE;

	at = put32(at, pcr);
	at = put32(at, 9); /* bytes of the authorization area: handle, nonce, attributes, password */
	at = put32(at, SESSION_PASSWORD);
	at = put16(at, 0);
	*at++ = 0;
	at = put16(at, 0);
	at = put16(at, len);
	memcpy(at, event, len);
	return finish(ret, TAG_SESSIONS, COMMAND_PCR_EVENT, at + len);
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

static unsigned int bank_of(unsigned int id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (algorithms[i].id == id)
			return algorithms[i].bank;
	return TPM_BANK_OTHER;
}

/* moreData, capability, then a TPML_PCR_SELECTION: a bit for each PCR that a bank has. */
int tpm_banks(const uint8_t *response, size_t len, unsigned int pcr, unsigned int *ret)
{
	const uint8_t *at = response + HEADER_SIZE + 9, *end = response + len;
	uint32_t count;

	*ret = 0;
	if (len < HEADER_SIZE + 9 || get32(response + HEADER_SIZE + 1) != CAPABILITY_PCRS)
		return -EBADMSG;
	count = get32(response + HEADER_SIZE + 5);
	if (count > BANKS_MAX)
		return -EBADMSG;
	for (; count; count--) {
		size_t size;

		if (end - at < 3 || end - at < 3 + at[2])
			return -EBADMSG;
		size = at[2];
		if (pcr / 8 < size && at[3 + pcr / 8] & 1u << pcr % 8)
			*ret |= bank_of((unsigned int)at[0] << 8 | at[1]);
		at += 3 + size;
	}
	return at == end ? 0 : -EBADMSG;
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

/* Sends a command and waits, within bounds, for the response. Returns its length or a negative errno. */
static ssize_t exchange(int fd, const uint8_t *command, size_t command_len, uint8_t *response, size_t size)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	ssize_t n = write(fd, command, command_len);

	if (n != (ssize_t)command_len)
		return n < 0 ? -errno : -EIO;
	/* A blocking TPM device has its answer when write returns (drivers/char/tpm/tpm-dev-common.c). */
	n = poll(&wait, 1, TIMEOUT_MS);
	if (n <= 0)
		return n < 0 ? -errno : -ETIMEDOUT;
	n = read(fd, response, size);
	return n < 0 ? -errno : n;
}

/* The same with what is wrong in words; returns the length of a response that says "success". */
static ssize_t ask(int fd, const uint8_t *command, size_t command_len, uint8_t *response, size_t size,
	struct problem *problem)
{
	ssize_t len = exchange(fd, command, command_len, response, size);
	uint32_t code = 0;

	if (len < 0)
		return problem_set(problem, (int)len, "the TPM does not answer: %s", strerror((int)-len));
	if (tpm_response_code(response, (size_t)len, &code) < 0)
		return problem_set(problem, -EPROTO, "the TPM's answer is not one of a TPM 2.0");
	if (code)
		return problem_set(
			problem, -EPROTO, "the TPM refuses the command: response code 0x%03x", code);
	return len;
}

int tpm_mark(unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem)
{
	_cleanup_close_ int fd = open_device(problem);
	uint8_t command[TPM_COMMAND_MAX], response[1024];
	ssize_t len;

	*ret_banks = 0;
	if (fd < 0)
		return fd;
	len = ask(fd, command, tpm_banks_command(command), response, sizeof(response), problem);
	if (len < 0)
		return (int)len;
	if (tpm_banks(response, (size_t)len, pcr, ret_banks) < 0)
		return problem_set(problem, -EPROTO, "the TPM's list of its PCRs is malformed");
	if (!*ret_banks) {
		problem_set(problem, -ENODEV, "the TPM has no bank of PCR %u", pcr);
		problem_remedy(problem, "choose another one (pcr = in " CONFIG_FILE
					" of the image), or allocate its bank in the firmware setup");
		return -ENODEV;
	}
	len = ask(fd, command, tpm_event_command(pcr, event, command), response, sizeof(response), problem);
	return len < 0 ? (int)len : 0;
}

static void add_digest(struct json *json, const char *name, unsigned int algo, const char *event)
{
	uint8_t digest[DIGEST_MAX];
	char hex[DIGEST_HEX_MAX];
	size_t i, size = digest_size(algo);

	if (digest_bytes(algo, event, strlen(event), digest) < 0)
		return;
	for (i = 0; i < size; i++)
		(void)format_text(hex + 2 * i, 3, "%02x", digest[i]);
	json_object_begin(json, NULL);
	json_string(json, "hashAlg", name);
	json_string(json, "digest", hex);
	json_object_end(json);
}

char *tpm_event_record(unsigned int pcr, const char *event, unsigned int banks)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	size_t i;

	buf_putc(&text, 0x1e);
	json_object_begin(&json, NULL);
	json_number(&json, "pcr", pcr);
	json_array_begin(&json, "digests");
	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (banks & algorithms[i].bank)
			add_digest(&json, algorithms[i].name, algorithms[i].algo, event);
	json_array_end(&json);
	json_string(&json, "content_type", "imaboot");
	json_object_begin(&json, "content");
	json_string(&json, "string", event);
	json_object_end(&json);
	json_object_end(&json);
	buf_putc(&text, '\n');
	return buf_take(&text);
}
