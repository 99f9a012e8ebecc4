// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/tpm.c: the bytes of the one command, what a TPM may answer, and the event's record.
 * wrap: open poll read write digest_bytes realloc
 */
#include "tpm.h"
#include <poll.h>
#include "digest.h"
#include "fakeroot.h"

static struct {
	int managed_error, plain_error; /* what opening the two devices gives; 0: they are there */
	struct buf calls;
	uint8_t command[256]; /* what was written */
	size_t command_len;
	int write_error, poll_result, read_error;
	size_t write_most; /* bytes that one write takes; 0: all */
	const void *answer;
	size_t answer_len;
	bool no_digest, no_memory;
} fake;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, mode_t mode);
int __wrap_poll(struct pollfd *list, nfds_t count, int timeout);
ssize_t __real_read(int fd, void *ret, size_t size);
ssize_t __wrap_read(int fd, void *ret, size_t size);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __real_digest_bytes(unsigned int algo, const void *bytes, size_t len, uint8_t *ret);
int __wrap_digest_bytes(unsigned int algo, const void *bytes, size_t len, uint8_t *ret);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

/* The devices are opened for both, without O_NONBLOCK, and closed on exec. */
int __wrap_open(const char *path, int flags, mode_t mode)
{
	const char *name = strstr(path, "/dev/tpm");
	int error;

	if (!name)
		return __real_open(path, flags, mode);
	assert_int_equal(flags, O_RDWR | O_CLOEXEC | O_NOCTTY);
	assert_string_equal(path, fakeroot_path(name));
	buf_printf(&fake.calls, "%s ", name);
	error = string_equal(name, "/dev/tpmrm0") ? fake.managed_error : fake.plain_error;
	errno = error;
	return error ? -1 : __real_open("/dev/null", O_RDWR | O_CLOEXEC);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	(void)fd;
	assert_true(len <= sizeof(fake.command));
	buf_puts(&fake.calls, "write ");
	memcpy(fake.command, bytes, len);
	fake.command_len = len;
	errno = fake.write_error;
	return fake.write_error ? -1 : (ssize_t)(fake.write_most ? fake.write_most : len);
}

int __wrap_poll(struct pollfd *list, nfds_t count, int timeout)
{
	assert_int_equal(count, 1);
	assert_int_equal(list->events, POLLIN);
	assert_int_equal(timeout, 30000);
	buf_puts(&fake.calls, "poll ");
	errno = EINTR;
	return fake.poll_result;
}

ssize_t __wrap_read(int fd, void *ret, size_t size)
{
	(void)fd;
	buf_puts(&fake.calls, "read ");
	errno = fake.read_error;
	if (fake.read_error)
		return -1;
	assert_true(fake.answer_len <= size);
	memcpy(ret, fake.answer, fake.answer_len);
	return (ssize_t)fake.answer_len;
}

int __wrap_digest_bytes(unsigned int algo, const void *bytes, size_t len, uint8_t *ret)
{
	return fake.no_digest ? -EOPNOTSUPP : __real_digest_bytes(algo, bytes, len, ret);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return fake.no_memory ? NULL : __real_realloc(pointer, size);
}

/* TPM2_PCR_Extend's answer: tag, size, code, size of the parameters, the session's acknowledgement. */
static const uint8_t success[] = {0x80, 0x02, 0, 0, 0, 19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0};

static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	fake.poll_result = 1;
	fake.answer = success;
	fake.answer_len = sizeof(success);
	return fakeroot_new(context);
}

static int stop(void **context)
{
	buf_free(&fake.calls);
	return fakeroot_remove(context);
}

/* TPM 2.0 library, part 3, 22.2; part 1, 18 for the session; the numbers are those of part 2. */
static void command_is_the_specifications(void **context)
{
	static const uint8_t wanted[] = {0x80, 0x02, /* TPM_ST_SESSIONS */
		0x00, 0x00, 0x00, 0x41,              /* commandSize: 65 */
		0x00, 0x00, 0x01, 0x82,              /* TPM_CC_PCR_Extend */
		0x00, 0x00, 0x00, 0x0c,              /* pcrHandle: PCR 12 */
		0x00, 0x00, 0x00, 0x09,              /* authorizationSize */
		0x40, 0x00, 0x00, 0x09,              /* TPM_RS_PW */
		0x00, 0x00,                          /* nonceCaller: empty */
		0x00,                                /* sessionAttributes */
		0x00, 0x00,                          /* hmac: the empty password */
		0x00, 0x00, 0x00, 0x01,              /* TPML_DIGEST_VALUES: one */
		0x00, 0x0b,                          /* TPM_ALG_SHA256 */
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
		26, 27, 28, 29, 30, 31};
	uint8_t digest[TPM_DIGEST_SIZE], command[TPM_COMMAND_SIZE];
	uint8_t i;

	(void)context;
	assert_int_equal(sizeof(wanted), TPM_COMMAND_SIZE);
	for (i = 0; i < TPM_DIGEST_SIZE; i++)
		digest[i] = i;
	tpm_extend_command(12, digest, command);
	assert_memory_equal(command, wanted, sizeof(wanted));
	for (i = 0; i <= TPM_PCR_MAX; i++) {
		tpm_extend_command(i, digest, command);
		assert_int_equal(command[13], i);
		assert_memory_equal(command, wanted, 13);
		assert_memory_equal(command + 14, wanted + 14, sizeof(wanted) - 14);
	}
}

static void answer_is_taken_apart(void **context)
{
	uint8_t answer[] = {0x80, 0x01, 0, 0, 0, 10, 0x12, 0x34, 0x56, 0x78};
	uint32_t code = 1;

	(void)context;
	assert_int_equal(tpm_response_code(success, sizeof(success), &code), 0);
	assert_int_equal(code, 0);
	assert_int_equal(tpm_response_code(answer, sizeof(answer), &code), 0);
	assert_int_equal(code, 0x12345678);
}

static void malformed_answers_are_refused(void **context)
{
	uint8_t answer[sizeof(success) + 1] = {0};
	uint32_t code;
	size_t len;

	(void)context;
	memcpy(answer, success, sizeof(success));
	for (len = 0; len <= sizeof(answer); len++)
		assert_int_equal(
			tpm_response_code(answer, len, &code), len == sizeof(success) ? 0 : -EBADMSG);
	answer[2] = 1; /* a size of 16 MiB */
	assert_int_equal(tpm_response_code(answer, sizeof(success), &code), -EBADMSG);
	answer[2] = 0;
	answer[1] = 0xc4; /* TPM 1.2 */
	answer[0] = 0x00;
	assert_int_equal(tpm_response_code(answer, sizeof(success), &code), -EBADMSG);
	answer[0] = 0x80;
	answer[1] = 0x03;
	assert_int_equal(tpm_response_code(answer, sizeof(success), &code), -EBADMSG);
}

/* Marks PCR 12; the error and the words, and which calls were made. */
static void check_mark(int error, const char *reason, const char *remedy, const char *calls)
{
	struct problem problem = {0};

	assert_int_equal(tpm_mark(12, "abc", &problem), error);
	if (error)
		assert_problem(&problem, error, reason, remedy);
	assert_int_equal(problem.error, 0);
	assert_buf(&fake.calls, calls);
}

static void mark_is_the_digest_of_the_event(void **context)
{
	/* FIPS 180-4's example: SHA-256 of "abc" */
	static const uint8_t digest[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
		0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10,
		0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
	uint8_t command[TPM_COMMAND_SIZE];

	(void)context;
	check_mark(0, NULL, NULL, "/dev/tpmrm0 write poll read ");
	tpm_extend_command(12, digest, command);
	assert_int_equal(fake.command_len, TPM_COMMAND_SIZE);
	assert_memory_equal(fake.command, command, TPM_COMMAND_SIZE);
}

static void plain_device_is_taken_without_a_manager(void **context)
{
	static const int errors[] = {ENOENT, ENODEV};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fake.managed_error = errors[i];
		check_mark(0, NULL, NULL, "/dev/tpmrm0 /dev/tpm0 write poll read ");
	}
}

static void missing_tpm_is_told(void **context)
{
	static const int errors[] = {ENOENT, ENODEV, ENXIO};
	size_t i;

	(void)context;
	fake.managed_error = ENOENT;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fake.plain_error = errors[i];
		check_mark(-ENODEV, "there is no TPM 2.0 (neither /dev/tpmrm0 nor /dev/tpm0)",
			"switch the TPM on in the firmware setup, and put its driver into the image",
			"/dev/tpmrm0 /dev/tpm0 ");
	}
}

static void device_that_cannot_be_opened_is_told(void **context)
{
	(void)context;
	fake.managed_error = EACCES;
	check_mark(-EACCES, "the TPM cannot be opened: Permission denied", NULL, "/dev/tpmrm0 ");
	fake.managed_error = ENOENT;
	fake.plain_error = EBUSY;
	check_mark(-EBUSY, "the TPM is in use by another program", "stop what holds /dev/tpm0 open",
		"/dev/tpmrm0 /dev/tpm0 ");
}

static void silent_tpm_is_told(void **context)
{
	(void)context;
	fake.poll_result = 0;
	check_mark(
		-ETIMEDOUT, "the TPM does not answer: Connection timed out", NULL, "/dev/tpmrm0 write poll ");
	fake.poll_result = -1;
	check_mark(
		-EINTR, "the TPM does not answer: Interrupted system call", NULL, "/dev/tpmrm0 write poll ");
	fake.write_error = EPIPE;
	check_mark(-EPIPE, "the TPM does not answer: Broken pipe", NULL, "/dev/tpmrm0 write ");
	fake.write_error = 0;
	fake.write_most = 64;
	check_mark(-EIO, "the TPM does not answer: Input/output error", NULL, "/dev/tpmrm0 write ");
	fake.write_most = 0;
	fake.poll_result = 1;
	fake.read_error = ETIME;
	check_mark(-ETIME, "the TPM does not answer: Timer expired", NULL, "/dev/tpmrm0 write poll read ");
}

static void refusal_of_the_tpm_is_told(void **context)
{
	static const uint8_t locality[] = {0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x09, 0x07};

	(void)context;
	fake.answer = locality;
	fake.answer_len = sizeof(locality);
	check_mark(-EPROTO, "the TPM refuses to extend PCR 12: response code 0x907", NULL,
		"/dev/tpmrm0 write poll read ");
	fake.answer_len = 9;
	check_mark(-EPROTO, "the TPM's answer is not one of a TPM 2.0", NULL, "/dev/tpmrm0 write poll read ");
	fake.answer_len = 0;
	check_mark(-EPROTO, "the TPM's answer is not one of a TPM 2.0", NULL, "/dev/tpmrm0 write poll read ");
}

static void event_that_cannot_be_hashed_is_told(void **context)
{
	(void)context;
	fake.no_digest = true;
	check_mark(-EOPNOTSUPP, "its event cannot be hashed", NULL, "/dev/tpmrm0 ");
}

static void record_is_a_json_text_sequence(void **context)
{
	char *record = tpm_event_record(12, "abc");

	(void)context;
	assert_non_null(record);
	assert_string_equal(record, "\x1e{\"pcr\":12,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":"
				    "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}],"
				    "\"content_type\":\"imaboot\",\"content\":{\"string\":\"abc\"}}\n");
	free(record);
	fake.no_memory = true;
	record = tpm_event_record(12, "abc");
	fake.no_memory = false;
	assert_null(record);
}

#define TPM_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TPM_TEST(command_is_the_specifications),
		TPM_TEST(answer_is_taken_apart),
		TPM_TEST(malformed_answers_are_refused),
		TPM_TEST(mark_is_the_digest_of_the_event),
		TPM_TEST(plain_device_is_taken_without_a_manager),
		TPM_TEST(missing_tpm_is_told),
		TPM_TEST(device_that_cannot_be_opened_is_told),
		TPM_TEST(silent_tpm_is_told),
		TPM_TEST(refusal_of_the_tpm_is_told),
		TPM_TEST(event_that_cannot_be_hashed_is_told),
		TPM_TEST(record_is_a_json_text_sequence),
	};

	return RUN_TESTS(tests);
}
