// SPDX-License-Identifier: MIT
/*
 * The test guest's helper, static and alone in the initramfs beside busybox.
 *
 * As PID 1 it is the test machine's init: it mounts what every case wants, loads the modules listed in
 * /lib/modules.list, runs /bin/sh /case.sh, prints the kernel's log since then and reboots, all without a second
 * exec (a policy under test may forbid that). With arguments it does what busybox cannot: extended
 * attributes, key system calls, single steps of a policy transaction, bind guards. Each verb prints one
 * line, "ok" or a value or the name of the errno, and exits 0 unless it was misused: the case compares.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <linux/kd.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>

#define POLICY "/sys/kernel/security/ima/policy"
#define MAX_FILE (16 << 20)

static const struct {
	int number;
	const char *name;
} errnos[] = {
	{EPERM, "EPERM"},
	{ENOENT, "ENOENT"},
	{EINTR, "EINTR"},
	{EIO, "EIO"},
	{ENXIO, "ENXIO"},
	{E2BIG, "E2BIG"},
	{ENOEXEC, "ENOEXEC"},
	{EBADF, "EBADF"},
	{EAGAIN, "EAGAIN"},
	{ENOMEM, "ENOMEM"},
	{EACCES, "EACCES"},
	{EFAULT, "EFAULT"},
	{EBUSY, "EBUSY"},
	{EEXIST, "EEXIST"},
	{EXDEV, "EXDEV"},
	{ENODEV, "ENODEV"},
	{ENOTDIR, "ENOTDIR"},
	{EISDIR, "EISDIR"},
	{EINVAL, "EINVAL"},
	{ETXTBSY, "ETXTBSY"},
	{EFBIG, "EFBIG"},
	{ENOSPC, "ENOSPC"},
	{EROFS, "EROFS"},
	{ELOOP, "ELOOP"},
	{ENODATA, "ENODATA"},
	{EBADMSG, "EBADMSG"},
	{EOPNOTSUPP, "EOPNOTSUPP"},
	{ENOPKG, "ENOPKG"},
	{ENOKEY, "ENOKEY"},
	{EKEYEXPIRED, "EKEYEXPIRED"},
	{EKEYREVOKED, "EKEYREVOKED"},
	{EKEYREJECTED, "EKEYREJECTED"},
	{EDQUOT, "EDQUOT"},
	{ENOSYS, "ENOSYS"},
	{ERANGE, "ERANGE"},
};

// Names the outcome of a system call that returned `result`.
static const char *outcome(long result)
{
	static char unnamed[24];
	if (result >= 0)
		return "ok";
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (errnos[i].number == errno)
			return errnos[i].name;
	snprintf(unnamed, sizeof(unnamed), "errno-%d", errno);
	return unnamed;
}

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("guest: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(2);
}

// The attribute that attr and fdload are about; another one where the environment says so.
static const char *xattr_name(void)
{
	const char *name = getenv("XATTR");
	return name ? name : "security.ima";
}

static uint8_t *read_fd(int fd, size_t *ret_size)
{
	uint8_t *bytes = malloc(MAX_FILE);
	ssize_t got;
	*ret_size = 0;
	while (bytes && (got = read(fd, bytes + *ret_size, MAX_FILE - *ret_size)) > 0)
		*ret_size += (size_t)got;
	return bytes;
}

static uint8_t *read_file(const char *path, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s: %s", path, outcome(-1));
	uint8_t *bytes = read_fd(fd, ret_size);
	close(fd);
	return bytes;
}

static uint8_t *parse_hex(const char *hex, size_t *ret_size)
{
	uint8_t *bytes = calloc(1, strlen(hex) / 2 + 1);
	*ret_size = 0;
	for (; isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1]); hex += 2) {
		char pair[3] = {hex[0], hex[1], 0};
		bytes[(*ret_size)++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	if (*hex)
		die("not hexadecimal: %s", hex);
	return bytes;
}

// ---- PID 1 ----------------------------------------------------------------------------------

static void make_dir_and_mount(const char *type, const char *target, const char *options)
{
	mkdir(target, 0755);
	mount(type, target, type, 0, options);
}

static void load_modules(void)
{
	char path[PATH_MAX];
	FILE *list = fopen("/lib/modules.list", "re");
	while (list && fgets(path, sizeof(path), list)) {
		path[strcspn(path, "\n")] = 0;
		// Not finit_module(): a policy that appraises module files would refuse Debian's, signed inside.
		size_t size;
		uint8_t *bytes = read_file(path, &size);
		if (syscall(SYS_init_module, bytes, size, "") < 0 && errno != EEXIST)
			printf("@@MODULE %s %s\n", path, outcome(-1));
		free(bytes);
	}
	if (list)
		fclose(list);
}

// Opens the kernel's log; `first` chooses between its first record and what comes from now on.
static int log_open(bool first)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		lseek(fd, 0, first ? SEEK_SET : SEEK_END);
	return fd;
}

// Copies a log record's text, without its prefix "priority,sequence,usec,flags;" and its dictionary.
static ssize_t log_next(int fd, char *text, size_t size, unsigned long *ret_sequence)
{
	char record[8192];
	ssize_t got;
	do
		got = read(fd, record, sizeof(record) - 1);
	while (got < 0 && errno == EPIPE);
	if (got <= 0)
		return -1;
	record[got] = 0;
	*ret_sequence = strtoul(strchr(record, ',') + 1, NULL, 10);
	char *start = strchr(record, ';') + 1;
	start[strcspn(start, "\n")] = 0;
	snprintf(text, size, "%s", start);
	return (ssize_t)strlen(text);
}

static void log_dump(int fd)
{
	char text[8192];
	unsigned long sequence;
	while (log_next(fd, text, sizeof(text), &sequence) >= 0)
		if (strncmp(text, "@@", 2))
			printf("[kernel] %s\n", text);
}

// Ends the machine: QEMU runs with -no-reboot, so a reboot is its exit.
__attribute__((noreturn)) static void end_machine(int status)
{
	printf("@@END %d\n", status);
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static int run_case(int log)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		close(log);
		setsid();
		execl("/bin/sh", "sh", "/case.sh", NULL);
		printf("@@FAIL exec of /bin/sh: %s\n", outcome(-1));
		fflush(stdout);
		_exit(127);
	}
	for (pid_t done; (done = wait(&status)) != child;)
		if (done < 0 && errno == ECHILD)
			break;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

__attribute__((noreturn)) static void be_init(void)
{
	make_dir_and_mount("proc", "/proc", NULL);
	make_dir_and_mount("sysfs", "/sys", NULL);
	make_dir_and_mount("devtmpfs", "/dev", NULL);
	make_dir_and_mount("securityfs", "/sys/kernel/security", NULL);
	make_dir_and_mount("tmpfs", "/run", "mode=0755");
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	open("/dev/console", O_RDWR);
	dup(0);
	dup(0);
	struct termios tty;
	if (tcgetattr(1, &tty) == 0) {
		tty.c_oflag &= (tcflag_t)~ONLCR;
		tcsetattr(1, TCSANOW, &tty);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/", 1);
	unsetenv("TERM");
	load_modules();
	int log = log_open(false);
	printf("@@BEGIN\n");
	if (access("/case.pid1", F_OK) == 0) { // the case does the rest itself, `guest end` included
		int mark = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
		if (write(mark, "@@begin", 7) < 0)
			printf("@@FAIL no mark in the kernel's log: %s\n", outcome(-1));
		execl("/bin/sh", "sh", "/case.sh", NULL);
		end_machine(127);
	}
	int status = run_case(log);
	nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL); // audit records are late
	printf("@@LOG\n");
	log_dump(log);
	end_machine(status);
}

// ---- verbs ----------------------------------------------------------------------------------

static void attr_set(int fd, const uint8_t *value, size_t size)
{
	puts(outcome(fsetxattr(fd, xattr_name(), value, size, 0)));
}

static int verb_attr(int argc, char **argv)
{
	if (argc < 3)
		die("attr set FILE HEX | load FILE SIGNATURE-FILE | get FILE | rm FILE");
	const char *what = argv[1], *path = argv[2];
	size_t size;
	if (!strcmp(what, "get")) {
		uint8_t value[4096];
		ssize_t got = getxattr(path, xattr_name(), value, sizeof(value));
		if (got < 0) {
			puts(outcome(got));
			return 0;
		}
		for (ssize_t i = 0; i < got; i++)
			printf("%02x", value[i]);
		putchar('\n');
	} else if (!strcmp(what, "rm")) {
		puts(outcome(removexattr(path, xattr_name())));
	} else if (argc == 4) {
		uint8_t *value = strcmp(what, "load") ? parse_hex(argv[3], &size) : read_file(argv[3], &size);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			puts(outcome(fd));
		else
			attr_set(fd, value, size);
	} else
		die("attr %s: wrong number of arguments", what);
	return 0;
}

static long keyctl(int operation, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d)
{
	return syscall(SYS_keyctl, operation, a, b, c, d);
}

// Finds a keyring: @p @s @u (process, session, user), a number, or a name in /proc/keys.
static int32_t ring_find(const char *name)
{
	static const struct {
		const char *name;
		int32_t id;
	} special[] = {
		{"@t", KEY_SPEC_THREAD_KEYRING},
		{"@p", KEY_SPEC_PROCESS_KEYRING},
		{"@s", KEY_SPEC_SESSION_KEYRING},
		{"@u", KEY_SPEC_USER_KEYRING},
		{"@us", KEY_SPEC_USER_SESSION_KEYRING},
	};
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (!strcmp(name, special[i].name))
			return special[i].id;
	if (isdigit((unsigned char)name[0]))
		return (int32_t)strtol(name, NULL, 10);

	char line[1024];
	FILE *keys = fopen("/proc/keys", "re");
	int32_t found = 0;
	while (keys && !found && fgets(line, sizeof(line), keys)) {
		unsigned int id;
		char type[32], description[512];
		if (sscanf(line, "%x %*s %*s %*s %*s %*s %*s %31s %511[^\n]", &id, type, description) != 3 ||
			strcmp(type, "keyring"))
			continue;
		char *colon = strrchr(description, ':');
		if (colon)
			*colon = 0;
		if (!strcmp(description, name))
			found = (int32_t)id;
	}
	if (keys)
		fclose(keys);
	return found;
}

static int32_t key_add(int32_t ring, const char *type, const char *description, const char *path)
{
	size_t size;
	uint8_t *payload = read_file(path, &size);
	return (int32_t)syscall(SYS_add_key, type, description, payload, size, ring);
}

static void print_key(long id)
{
	if (id < 0)
		puts(outcome(id));
	else
		printf("%ld\n", id);
}

static void key_list(int32_t ring)
{
	int32_t ids[1024];
	long size = keyctl(KEYCTL_READ, (uintptr_t)ring, (uintptr_t)ids, sizeof(ids), 0);
	if (size < 0) {
		puts(outcome(size));
		return;
	}
	for (size_t i = 0; i < (size_t)size / sizeof(ids[0]) && i < 1024; i++) {
		char description[512] = "";
		keyctl(KEYCTL_DESCRIBE, (uintptr_t)ids[i], (uintptr_t)description, sizeof(description) - 1,
			0);
		printf("%d %s\n", ids[i], description);
	}
}

// key verify RING CERT INFO DIGEST SIGNATURE: adds the certificate to the ring and verifies with that key.
static void key_verify(char **argv)
{
	int32_t key = isdigit((unsigned char)argv[1][0])
			      ? (int32_t)strtol(argv[1], NULL, 10)
			      : key_add(ring_find(argv[0]), "asymmetric", "", argv[1]);
	if (key < 0) {
		printf("add %s\n", outcome(key));
		return;
	}
	size_t digest_size, signature_size;
	uint8_t *digest = read_file(argv[3], &digest_size), *signature = read_file(argv[4], &signature_size);
	struct keyctl_pkey_params parameters = {
		.key_id = key, .in_len = (uint32_t)digest_size, .in2_len = (uint32_t)signature_size};
	puts(outcome(keyctl(KEYCTL_PKEY_VERIFY, (uintptr_t)&parameters, (uintptr_t)argv[2], (uintptr_t)digest,
		(uintptr_t)signature)));
}

// key pipe RING TYPE DESCRIPTION: what a key of that name shows of itself, an encrypted one its blob.
static void key_pipe(int32_t ring, const char *type, const char *description)
{
	char payload[4096];
	long id = keyctl(KEYCTL_SEARCH, (uintptr_t)ring, (uintptr_t)type, (uintptr_t)description, 0);
	long size = id < 0 ? id : keyctl(KEYCTL_READ, (uintptr_t)id, (uintptr_t)payload, sizeof(payload), 0);
	if (size < 0)
		puts(outcome(size));
	else
		printf("%.*s\n", (int)size, payload);
}

static int verb_key(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	int32_t ring = argc > 2 ? ring_find(argv[2]) : 0;
	if (argc > 2 && !ring && strcmp(what, "ring")) {
		puts("no-ring");
		return 0;
	}
	if (!strcmp(what, "ring"))
		print_key(ring ? ring : (errno = ENOKEY, -1));
	else if (!strcmp(what, "add") && argc >= 4) // RING FILE [TYPE DESCRIPTION]
		puts(outcome(
			key_add(ring, argc > 5 ? argv[4] : "asymmetric", argc > 5 ? argv[5] : "", argv[3])));
	else if (!strcmp(what, "new") && argc == 4)
		print_key(syscall(SYS_add_key, "keyring", argv[3], NULL, 0, ring));
	else if (!strcmp(what, "search") && argc == 4) // RING id:xxxxxxxx
		print_key(keyctl(
			KEYCTL_SEARCH, (uintptr_t)ring, (uintptr_t) "asymmetric", (uintptr_t)argv[3], 0));
	else if (!strcmp(what, "list"))
		key_list(ring);
	else if (!strcmp(what, "clear"))
		puts(outcome(keyctl(KEYCTL_CLEAR, (uintptr_t)ring, 0, 0, 0)));
	else if (!strcmp(what, "unlink") && argc == 4)
		puts(outcome(
			keyctl(KEYCTL_UNLINK, (uintptr_t)strtol(argv[3], NULL, 10), (uintptr_t)ring, 0, 0)));
	else if (!strcmp(what, "pipe") && argc == 5)
		key_pipe(ring, argv[3], argv[4]);
	else if (!strcmp(what, "verify") && argc == 7)
		key_verify(argv + 2);
	else
		die("key ring NAME | add RING FILE [TYPE DESCRIPTION] | new RING NAME | search RING id:HEX | "
		    "list RING | clear RING | unlink RING KEY | pipe RING TYPE DESCRIPTION | verify RING "
		    "CERT|KEY INFO DIGEST SIGNATURE");
	return 0;
}

static const char *after(const char *step, const char *prefix)
{
	size_t length = strlen(prefix);
	return strncmp(step, prefix, length) ? NULL : step + length;
}

static long write_text(int fd, const char *text, const char *end)
{
	char line[PATH_MAX + 8192];
	int length = snprintf(line, sizeof(line), "%s%s", text, end);
	return write(fd, line, (size_t)length);
}

/*
 * policy STEP...: the steps of one or more transactions, in one process; prints "STEP RESULT" for each.
 * open, rdwr, read-open; again (a second open for writing); path=FILE; path-newline=FILE; rule=TEXT (a write that
 * succeeds prints its length); raw=TEXT (no newline is added); poison; seek (lseek and a write there); close; read.
 */
static int verb_policy(int argc, char **argv)
{
	int fd = -1;
	for (int i = 1; i < argc; i++) {
		const char *step = argv[i], *text;
		long result;
		printf("%s%.*s ", i > 1 ? ", " : "", (int)strcspn(step, "="), step);
		if (!strcmp(step, "open"))
			result = fd = open(POLICY, O_WRONLY | O_CLOEXEC);
		else if (!strcmp(step, "rdwr"))
			result = open(POLICY, O_RDWR | O_CLOEXEC);
		else if (!strcmp(step, "again"))
			result = open(POLICY, O_WRONLY | O_CLOEXEC);
		else if ((text = after(step, "path=")))
			result = write_text(fd, text, "");
		else if ((text = after(step, "path-newline=")))
			result = write_text(fd, text, "\n");
		else if ((text = after(step, "rule="))) {
			result = write_text(fd, text, "\n");
			if (result >= 0) {
				printf("%ld", result);
				continue;
			}
		} else if ((text = after(step, "raw="))) {
			result = write_text(fd, text, "");
			if (result >= 0) {
				printf("%ld", result);
				continue;
			}
		} else if (!strcmp(step, "poison"))
			result = pwrite(fd, "x", 1, 1);
		else if (!strcmp(step, "close"))
			result = close(fd);
		else
			die("policy: unknown step %s", step);
		fputs(outcome(result), stdout);
	}
	putchar('\n');
	return 0;
}

/*
 * dry PATH: a dry run of a policy file: the outcome of its write on the first line, then what the kernel logged.
 * The same as `guest log mark; guest policy open path=PATH poison close; guest log since MARK`, in one process.
 */
static int verb_dry(int argc, char **argv)
{
	if (argc != 2)
		die("dry PATH");
	char text[8192];
	unsigned long sequence;
	int log = log_open(false), fd = open(POLICY, O_WRONLY | O_CLOEXEC);
	printf("%s\n", fd < 0 ? outcome(fd) : outcome(write(fd, argv[1], strlen(argv[1]))));
	if (fd >= 0) {
		pwrite(fd, "x", 1, 1);
		close(fd);
	}
	/*
	 * Audit records reach the log later, from the kauditd thread; the last one of a transaction is 1802. With the rate
	 * limit it may never come.
	 */
	bool complete = fd < 0;
	for (int i = 0; i < 100; i++) {
		while (log_next(log, text, sizeof(text), &sequence) >= 0) {
			complete = complete || strstr(text, "op=policy_update cause=failed");
			puts(text);
		}
		if (complete)
			break;
		nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	}
	return 0;
}

static int verb_open(int argc, char **argv)
{
	if (argc != 3)
		die("open r|w|rw FILE");
	int flags = !strcmp(argv[1], "r") ? O_RDONLY : !strcmp(argv[1], "w") ? O_WRONLY : O_RDWR;
	puts(outcome(open(argv[2], flags | O_CLOEXEC)));
	return 0;
}

static int verb_access(int argc, char **argv)
{
	if (argc != 3)
		die("access r|w|x FILE");
	int mode = *argv[1] == 'r' ? R_OK : *argv[1] == 'w' ? W_OK : X_OK;
	puts(outcome(access(argv[2], mode)));
	return 0;
}

// openat2 ROOT PATH: opens PATH as a process chrooted to ROOT would see it, links included.
static int verb_openat2(int argc, char **argv)
{
	if (argc != 3)
		die("openat2 ROOT PATH");
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int root = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
	puts(outcome(syscall(SYS_openat2, root, argv[2], &how, sizeof(how))));
	return 0;
}

static int verb_guard(int argc, char **argv)
{
	const char *path = argc > 2 ? argv[2] : POLICY;
	long result = -1;
	if (argc >= 2 && !strcmp(argv[1], "on")) {
		result = mount(path, path, NULL, MS_BIND, NULL);
		if (result == 0)
			result = mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
	} else if (argc >= 2 && !strcmp(argv[1], "off"))
		result = umount2(path, MNT_DETACH);
	else
		die("guard on|off [FILE]");
	puts(outcome(result));
	return 0;
}

// exec FILE [ARGUMENT...]: prints the errno when the kernel refuses, else what the program prints.
static int verb_exec(int argc, char **argv)
{
	if (argc < 2)
		die("exec FILE [ARGUMENT...]");
	execv(argv[1], argv + 1);
	puts(outcome(-1));
	return 0;
}

// log mark: the sequence number of the newest record; log since MARK: the records after it.
static int verb_log(int argc, char **argv)
{
	char text[8192];
	unsigned long sequence = 0, mark = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	if (argc < 2)
		die("log mark | since MARK | dump");
	int fd = log_open(true);
	while (log_next(fd, text, sizeof(text), &sequence) >= 0)
		if (strcmp(argv[1], "mark") && (argc < 3 || sequence > mark))
			puts(text);
	if (!strcmp(argv[1], "mark"))
		printf("%lu\n", sequence);
	return 0;
}

// Puts the policy into a memfd or a new file and signs it there; returns its descriptor.
static int fdload_create(const char *where, const char *policy_path, const char *signature_path)
{
	size_t size;
	uint8_t *bytes = read_file(policy_path, &size);
	int fd = strcmp(where, "memfd") ? open(where, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
					: memfd_create("policy", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	printf("create %s, ", outcome(fd));
	if (write(fd, bytes, size) != (ssize_t)size)
		printf("write %s, ", outcome(-1));
	if (strcmp(signature_path, "none")) {
		bytes = read_file(signature_path, &size);
		printf("xattr %s, ", outcome(fsetxattr(fd, xattr_name(), bytes, size, 0)));
	}
	return fd;
}

/*
 * fdload memfd|FILE POLICY SIGNATURE-FILE|none [dry] [keep-writer]: makes the file, reopens it read-only and gives the
 * kernel "/proc/self/fd/N" as the policy's path. fdload =FILE - - […] takes a file that is there.
 */
static int verb_fdload(int argc, char **argv)
{
	if (argc < 4)
		die("fdload memfd|FILE|=FILE POLICY SIGNATURE-FILE|none [dry] [keep-writer]");
	bool keep = false, dry = false;
	for (int i = 4; i < argc; i++) {
		keep = keep || !strcmp(argv[i], "keep-writer");
		dry = dry || !strcmp(argv[i], "dry");
	}
	char path[64];
	int reader;
	if (argv[1][0] == '=') {
		reader = open(argv[1] + 1, O_RDONLY | O_CLOEXEC);
	} else {
		int fd = fdload_create(argv[1], argv[2], argv[3]);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		reader = open(path, O_RDONLY | O_CLOEXEC);
		if (!keep)
			close(fd);
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", reader);
	printf("reopen %s", outcome(reader));
	int file = open(POLICY, O_WRONLY | O_CLOEXEC);
	printf(", open %s", outcome(file));
	printf(", path %s", outcome(write(file, path, strlen(path))));
	if (dry)
		printf(", poison %s", outcome(pwrite(file, "x", 1, 1)));
	printf(", close %s\n", outcome(close(file)));
	return 0;
}

// hold FILE COMMAND...: runs the command while FILE is open for writing.
static int verb_hold(int argc, char **argv)
{
	if (argc < 3)
		die("hold FILE COMMAND...");
	if (open(argv[1], O_WRONLY) < 0)
		die("%s: %s", argv[1], outcome(-1));
	execvp(argv[2], argv + 2);
	return 2;
}

// end [STATUS]: the end of a case that runs as PID 1: the kernel's log since it began, then the reboot.
static int verb_end(int argc, char **argv)
{
	char text[8192] = "";
	unsigned long sequence;
	int log = log_open(true);
	while (strcmp(text, "@@begin") && log_next(log, text, sizeof(text), &sequence) >= 0)
		;
	printf("@@LOG\n");
	log_dump(log);
	end_machine(argc > 1 ? atoi(argv[1]) : 0);
}

/* console [graphics]: how the screen is, "text" or "graphics", and whether it takes keys; or as a graphical splash has it. */
static int verb_console(int argc, char **argv)
{
	int mode, keyboard, fd = open("/dev/tty0", O_RDWR | O_CLOEXEC | O_NOCTTY);

	(void)argv;
	if (fd >= 0 && argc > 1 && (ioctl(fd, KDSETMODE, KD_GRAPHICS) < 0 || ioctl(fd, KDSKBMODE, K_OFF) < 0))
		die("/dev/tty0: %s", outcome(-1));
	if (fd < 0 || ioctl(fd, KDGETMODE, &mode) < 0 || ioctl(fd, KDGKBMODE, &keyboard) < 0)
		puts(outcome(-1));
	else
		printf("%s, %s\n", mode == KD_TEXT ? "text" : "graphics",
			keyboard == K_OFF ? "no keys" : "keys");
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"console", verb_console},
	{"attr", verb_attr},
	{"key", verb_key},
	{"policy", verb_policy},
	{"dry", verb_dry},
	{"open", verb_open},
	{"access", verb_access},
	{"openat2", verb_openat2},
	{"guard", verb_guard},
	{"exec", verb_exec},
	{"log", verb_log},
	{"fdload", verb_fdload},
	{"hold", verb_hold},
	{"end", verb_end},
};

int main(int argc, char **argv)
{
	if (getpid() == 1 && !strcmp(argv[0], "/init"))
		be_init();
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	fputs("guest:", stderr);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(stderr, " %s", verbs[i].name);
	fputc('\n', stderr);
	return 2;
}
