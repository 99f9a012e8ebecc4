// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/tpm.c: the bytes of the two commands, what a TPM may answer, and the event's record.
 * wrap: open poll read write digest_bytes realloc
 */
#include "tpm.h"
#include <poll.h>
#include "digest.h"
#include "fakeroot.h"

static struct {
	int managed_error, plain_error; /* what opening the two devices gives; 0: they are there */
	struct buf calls;
	uint8_t command[2][256]; /* what was written */
	size_t command_len[2], commands;
	int write_error, poll_result, read_error;
	size_t write_most; /* bytes that one write takes; 0: all */
	const void *answer[2];
	size_t answer_len[2], answers;
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
	assert_true(fake.commands < 2 && len <= sizeof(fake.command[0]));
	buf_puts(&fake.calls, "write ");
	memcpy(fake.command[fake.commands], bytes, len);
	fake.command_len[fake.commands++] = len;
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
	assert_true(fake.answer_len[fake.answers] <= size);
	memcpy(ret, fake.answer[fake.answers], fake.answer_len[fake.answers]);
	return (ssize_t)fake.answer_len[fake.answers++];
}

int __wrap_digest_bytes(unsigned int algo, const void *bytes, size_t len, uint8_t *ret)
{
	return fake.no_digest ? -EOPNOTSUPP : __real_digest_bytes(algo, bytes, len, ret);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return fake.no_memory ? NULL : __real_realloc(pointer, size);
}

/* TPM2_PCR_Event's answer: tag, size, code, size of the parameters, no digest, the session's acknowledgement. */
static const uint8_t success[] = {0x80, 0x02, 0, 0, 0, 23, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0};

/* SHA-1 is there and not for PCR 12, SHA-256 for all, SHA-384 for 8 to 15, SM3 for none. */
static const uint8_t banks[] = {0x80, 0x01, 0, 0, 0, 43, 0, 0, 0, 0, /* the header */
	0, 0, 0, 0, 5, 0, 0, 0, 4,                                   /* no more; TPM_CAP_PCRS; four */
	0x00, 0x04, 3, 0xff, 0x00, 0xff, 0x00, 0x0b, 3, 0xff, 0xff, 0xff, 0x00, 0x0c, 3, 0x00, 0xff, 0x00,
	0x00, 0x12, 3, 0x00, 0x00, 0x00};

static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	fake.poll_result = 1;
	fake.answer[0] = banks;
	fake.answer_len[0] = sizeof(banks);
	fake.answer[1] = success;
	fake.answer_len[1] = sizeof(success);
	return fakeroot_new(context);
}

static int stop(void **context)
{
	buf_free(&fake.calls);
	return fakeroot_remove(context);
}

/* TPM 2.0 library, part 3, 22.3; part 1, 18 for the session; the numbers are those of part 2. */
static void event_command_is_the_specifications(void **context)
{
	static const uint8_t wanted[] = {0x80, 0x02, /* TPM_ST_SESSIONS */
		0x00, 0x00, 0x00, 0x20,              /* commandSize: 32 */
		0x00, 0x00, 0x01, 0x3c,              /* TPM_CC_PCR_Event */
		0x00, 0x00, 0x00, 0x0c,              /* pcrHandle: PCR 12 */
		0x00, 0x00, 0x00, 0x09,              /* authorizationSize */
		0x40, 0x00, 0x00, 0x09,              /* TPM_RS_PW */
		0x00, 0x00,                          /* nonceCaller: empty */
		0x00,                                /* sessionAttributes */
		0x00, 0x00,                          /* hmac: the empty password */
		0x00, 0x03, 'a', 'b', 'c'};          /* TPM2B_EVENT */
	uint8_t command[TPM_COMMAND_MAX];
	char event[TPM_EVENT_MAX + 2];
	uint8_t i;

	(void)context;
	assert_int_equal(tpm_event_command(12, "abc", command), sizeof(wanted));
	assert_memory_equal(command, wanted, sizeof(wanted));
	for (i = 0; i <= TPM_PCR_MAX; i++) {
		assert_int_equal(tpm_event_command(i, "abc", command), sizeof(wanted));
		assert_int_equal(command[13], i);
		assert_memory_equal(command, wanted, 13);
		assert_memory_equal(command + 14, wanted + 14, sizeof(wanted) - 14);
	}
	/* A longer text is cut, and fits. */
	memset(event, 'x', sizeof(event) - 1);
	event[sizeof(event) - 1] = '\0';
	assert_int_equal(tpm_event_command(0, event, command), sizeof(wanted) - 3 + TPM_EVENT_MAX);
	assert_true(sizeof(wanted) - 3 + TPM_EVENT_MAX <= TPM_COMMAND_MAX);
}

static void banks_command_is_the_specifications(void **context)
{
	static const uint8_t wanted[] = {0x80, 0x01, /* TPM_ST_NO_SESSIONS */
		0x00, 0x00, 0x00, 0x16,              /* commandSize: 22 */
		0x00, 0x00, 0x01, 0x7a,              /* TPM_CC_GetCapability */
		0x00, 0x00, 0x00, 0x05,              /* TPM_CAP_PCRS */
		0x00, 0x00, 0x00, 0x00,              /* property */
		0x00, 0x00, 0x00, 0x01};             /* propertyCount */
	uint8_t command[TPM_COMMAND_MAX];

	(void)context;
	assert_int_equal(tpm_banks_command(command), sizeof(wanted));
	assert_memory_equal(command, wanted, sizeof(wanted));
}

static void check_banks(unsigned int pcr, unsigned int wanted)
{
	unsigned int found;

	assert_int_equal(tpm_banks(banks, sizeof(banks), pcr, &found), 0);
	assert_int_equal(found, wanted);
}

static void banks_are_told(void **context)
{
	uint8_t other[sizeof(banks)];
	unsigned int found;

	(void)context;
	check_banks(0, TPM_BANK_SHA1 | TPM_BANK_SHA256);
	check_banks(12, TPM_BANK_SHA256 | TPM_BANK_SHA384);
	check_banks(23, TPM_BANK_SHA1 | TPM_BANK_SHA256);
	memcpy(other, banks, sizeof(banks));
	other[sizeof(other) - 2] = 0x10;
	assert_int_equal(tpm_banks(other, sizeof(other), 12, &found), 0);
	assert_int_equal(found, TPM_BANK_SHA256 | TPM_BANK_SHA384 | TPM_BANK_OTHER);
	/* A bank whose selection is too short for the PCR does not have it. */
	assert_int_equal(tpm_banks(other, sizeof(other), 24, &found), 0);
	assert_int_equal(found, 0);
}

static void malformed_banks_are_refused(void **context)
{
	uint8_t other[sizeof(banks) + 1] = {0};
	unsigned int found;
	size_t len;

	(void)context;
	memcpy(other, banks, sizeof(banks));
	for (len = 0; len <= sizeof(other); len++)
		assert_int_equal(tpm_banks(other, len, 12, &found), len == sizeof(banks) ? 0 : -EBADMSG);
	other[14] = 6; /* another capability */
	assert_int_equal(tpm_banks(other, sizeof(banks), 12, &found), -EBADMSG);
	other[14] = 5;
	other[18] = 17; /* more banks than there can be */
	assert_int_equal(tpm_banks(other, sizeof(banks), 12, &found), -EBADMSG);
	other[18] = 3; /* bytes behind them */
	assert_int_equal(tpm_banks(other, sizeof(banks), 12, &found), -EBADMSG);
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
	unsigned int found = 0;

	fake.commands = fake.answers = 0;
	assert_int_equal(tpm_mark(12, "abc", &found, &problem), error);
	if (error)
		assert_problem(&problem, error, reason, remedy);
	else
		assert_int_equal(found, TPM_BANK_SHA256 | TPM_BANK_SHA384);
	assert_int_equal(problem.error, 0);
	assert_buf(&fake.calls, calls);
}

#define BANKS_ASKED "/dev/tpmrm0 write poll read "
#define BOTH_ASKED BANKS_ASKED "write poll read "

static void mark_is_the_event_in_each_bank(void **context)
{
	uint8_t command[TPM_COMMAND_MAX];

	(void)context;
	check_mark(0, NULL, NULL, BOTH_ASKED);
	assert_int_equal(fake.command_len[0], tpm_banks_command(command));
	assert_memory_equal(fake.command[0], command, fake.command_len[0]);
	assert_int_equal(fake.command_len[1], tpm_event_command(12, "abc", command));
	assert_memory_equal(fake.command[1], command, fake.command_len[1]);
}

/* The TPM would say that all is well, and change nothing. */
static void pcr_without_a_bank_is_told(void **context)
{
	uint8_t none[sizeof(banks)];

	(void)context;
	memcpy(none, banks, sizeof(banks));
	none[29] = none[35] = 0;
	fake.answer[0] = none;
	check_mark(-ENODEV, "the TPM has no bank of PCR 12",
		"choose another one (pcr = in /etc/imaboot/imaboot.conf of the image), or allocate its bank "
		"in the "
		"firmware setup",
		BANKS_ASKED);
	none[14] = 6;
	check_mark(-EPROTO, "the TPM's list of its PCRs is malformed", NULL, BANKS_ASKED);
}

static void plain_device_is_taken_without_a_manager(void **context)
{
	static const int errors[] = {ENOENT, ENODEV};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fake.managed_error = errors[i];
		check_mark(0, NULL, NULL, "/dev/tpmrm0 /dev/tpm0 write poll read write poll read ");
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
	fake.write_most = 21;
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
	fake.answer[1] = locality;
	fake.answer_len[1] = sizeof(locality);
	check_mark(-EPROTO, "the TPM refuses the command: response code 0x907", NULL, BOTH_ASKED);
	fake.answer_len[1] = 9;
	check_mark(-EPROTO, "the TPM's answer is not one of a TPM 2.0", NULL, BOTH_ASKED);
	fake.answer[0] = locality;
	fake.answer_len[0] = sizeof(locality);
	check_mark(-EPROTO, "the TPM refuses the command: response code 0x907", NULL, BANKS_ASKED);
	fake.answer_len[0] = 0;
	check_mark(-EPROTO, "the TPM's answer is not one of a TPM 2.0", NULL, BANKS_ASKED);
}

/* The digests are those that the TPM makes: FIPS 180-4's examples of "abc". */
static void record_is_a_json_text_sequence(void **context)
{
	char *record = tpm_event_record(12, "abc", TPM_BANK_SHA256 | TPM_BANK_OTHER);

	(void)context;
	assert_non_null(record);
	assert_string_equal(record, "\x1e{\"pcr\":12,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":"
				    "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}],"
				    "\"content_type\":\"imaboot\",\"content\":{\"string\":\"abc\"}}\n");
	free(record);
	record = tpm_event_record(12, "abc", TPM_BANK_SHA1 | TPM_BANK_SHA384 | TPM_BANK_SHA512);
	assert_non_null(record);
	assert_string_equal(record,
		"\x1e{\"pcr\":12,\"digests\":[{\"hashAlg\":\"sha1\",\"digest\":"
		"\"a9993e364706816aba3e25717850c26c9cd0d89d\"},{\"hashAlg\":\"sha384\",\"digest\":"
		"\"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134"
		"c825a7\"},"
		"{\"hashAlg\":\"sha512\",\"digest\":"
		"\"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3"
		"feebbd"
		"454d4423643ce80e2a9ac94fa54ca49f\"}],\"content_type\":\"imaboot\",\"content\":{\"string\":"
		"\"abc\"}}\n");
	free(record);
	/* A digest that cannot be made is left out. */
	fake.no_digest = true;
	record = tpm_event_record(12, "abc", TPM_BANK_SHA256);
	fake.no_digest = false;
	assert_non_null(strstr(record, "\"digests\":[]"));
	free(record);
	fake.no_memory = true;
	record = tpm_event_record(12, "abc", TPM_BANK_SHA256);
	fake.no_memory = false;
	assert_null(record);
}

#define TPM_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TPM_TEST(event_command_is_the_specifications),
		TPM_TEST(banks_command_is_the_specifications),
		TPM_TEST(banks_are_told),
		TPM_TEST(malformed_banks_are_refused),
		TPM_TEST(answer_is_taken_apart),
		TPM_TEST(malformed_answers_are_refused),
		TPM_TEST(mark_is_the_event_in_each_bank),
		TPM_TEST(pcr_without_a_bank_is_told),
		TPM_TEST(plain_device_is_taken_without_a_manager),
		TPM_TEST(missing_tpm_is_told),
		TPM_TEST(device_that_cannot_be_opened_is_told),
		TPM_TEST(silent_tpm_is_told),
		TPM_TEST(refusal_of_the_tpm_is_told),
		TPM_TEST(record_is_a_json_text_sequence),
	};

	return RUN_TESTS(tests);
}
