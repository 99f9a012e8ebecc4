// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/splash.c: what is said to plymouth's daemon, one that ends and one that does not, and consoles.
 * wrap: socket send poll read ioctl kill getsockopt
 */
#include "splash.h"
#include <linux/kd.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "capture.h"
#include "fakeroot.h"
#include "log.h"

#define WARNING(why) "test: the splash screen (plymouthd) does not end: " why "; it is killed\n"

static struct {
	int listener, client;
	struct buf calls;
	int socket_error, send_error, poll_result, read_error, mode, keyboard, set_error, peer_error;
	ssize_t send_length;
	int answers; /* reads with an answer before the end */
	pid_t peer;
	struct capture err;
} fake;

int __real_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol);
ssize_t __real_send(int fd, const void *bytes, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags);
int __wrap_poll(struct pollfd *set, nfds_t count, int timeout);
ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
int __wrap_ioctl(int fd, unsigned long request, unsigned long argument);
int __wrap_kill(pid_t pid, int number);
int __wrap_getsockopt(int fd, int level, int name, void *ret, socklen_t *ret_len);

int __wrap_socket(int domain, int type, int protocol)
{
	assert_true(type & SOCK_CLOEXEC);
	if (fake.socket_error) {
		errno = fake.socket_error;
		return -1;
	}
	fake.client = __real_socket(domain, type, protocol);
	return fake.client;
}

ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags)
{
	assert_int_equal(flags, MSG_NOSIGNAL);
	if (fake.send_error) {
		errno = fake.send_error;
		return -1;
	}
	return fake.send_length ? fake.send_length : __real_send(fd, bytes, len, flags);
}

int __wrap_poll(struct pollfd *set, nfds_t count, int timeout)
{
	assert_int_equal(set[0].fd, fake.client);
	assert_int_equal(count, 1);
	assert_int_equal(timeout, 10000);
	return fake.poll_result;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	struct stat st;

	/* The number may be that of a file by now. */
	if (fd != fake.client || fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode))
		return __real_read(fd, bytes, size);
	if (fake.answers) {
		fake.answers--;
		memset(bytes, 6, 1);
		return 1;
	}
	errno = fake.read_error;
	if (fake.read_error == EAGAIN)
		fake.read_error = 0;
	return errno ? -1 : 0;
}

int __wrap_ioctl(int fd, unsigned long request, unsigned long argument)
{
	int *ret = (int *)argument;

	(void)fd;
	errno = ENOTTY;
	if (fake.mode < 0)
		return -1;
	if (request == KDGETMODE)
		*ret = fake.mode;
	else if (request == KDGKBMODE)
		*ret = fake.keyboard;
	else
		buf_printf(&fake.calls, "%s %lu, ", request == KDSETMODE ? "mode" : "keyboard", argument);
	if (request == KDGETMODE || request == KDGKBMODE)
		return 0;
	assert_true(request == KDSETMODE || request == KDSKBMODE);
	errno = fake.set_error;
	return fake.set_error ? -1 : 0;
}

int __wrap_kill(pid_t pid, int number)
{
	buf_printf(&fake.calls, "kill %d %d, ", (int)pid, number);
	return 0;
}

int __wrap_getsockopt(int fd, int level, int name, void *ret, socklen_t *ret_len)
{
	struct ucred peer = {.pid = fake.peer};

	assert_int_equal(fd, fake.client);
	assert_int_equal(level, SOL_SOCKET);
	assert_int_equal(name, SO_PEERCRED);
	assert_int_equal(*ret_len, sizeof(peer));
	memcpy(ret, &peer, sizeof(peer));
	errno = EIO;
	return fake.peer_error ? -1 : 0;
}

/* The daemon's socket is below the folder that stands for the machine, as its files are. */
static void listen_there(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *name = fakeroot_path("/org/freedesktop/plymouthd");
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));

	memcpy(&address.sun_path[1], name, strlen(name));
	fake.listener = __real_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fake.listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(fake.listener, 8), 0);
}

static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	fake.listener = fake.client = -1;
	fake.poll_result = 1;
	fake.peer = 4711;
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_file("/dev/tty0", "");
	fakeroot_file("/dev/ttyS0", "");
	fakeroot_file("/proc/4711/comm", "plymouthd\n");
	fakeroot_file(PROC_CONSOLES, "tty0                 -WU (EC p  )    4:1\n");
	log_set_program("test");
	return 0;
}

static int stop(void **context)
{
	if (fake.listener >= 0)
		(void)close(fake.listener);
	buf_free(&fake.calls);
	return fakeroot_remove(context);
}

/* Leaves the splash, and checks what comes of it, what is said, and what was done. */
static void leave(int result, const char *said, const char *done)
{
	capture_begin(&fake.err, STDERR_FILENO);
	assert_int_equal(splash_leave(), result);
	assert_string_equal(capture_end(&fake.err), said);
	assert_buf(&fake.calls, done);
}

static void without_a_splash_nothing_is_done(void **context)
{
	(void)context;
	leave(0, "", "");
}

static void daemon_is_asked_to_quit(void **context)
{
	static const char quit[] = {'Q', 2, 1, 0};
	char bytes[16];
	int fd;

	(void)context;
	listen_there();
	fake.answers = 1;
	fake.read_error = EAGAIN;
	leave(0, "", "");
	fd = accept(fake.listener, NULL, NULL);
	assert_true(fd >= 0);
	assert_int_equal(__real_read(fd, bytes, sizeof(bytes)), sizeof(quit));
	assert_memory_equal(bytes, quit, sizeof(quit));
	(void)close(fd);
	fake.read_error = ECONNRESET;
	leave(0, "", "");
}

static void daemon_that_stays_is_killed(void **context)
{
	(void)context;
	listen_there();
	fake.poll_result = 0;
	leave(-ETIMEDOUT, WARNING("Connection timed out"), "kill 4711 9, ");
	fake.poll_result = 1;
	fake.read_error = EIO;
	leave(-EIO, WARNING("Input/output error"), "kill 4711 9, ");
	fake.send_error = EPIPE;
	leave(-EPIPE, WARNING("Broken pipe"), "kill 4711 9, ");
	fake.send_error = 0;
	fake.send_length = 2;
	leave(-EIO, WARNING("Input/output error"), "kill 4711 9, ");
}

/* Nobody else is killed: not init, not what has another name, and not an unknown process. */
static void only_the_daemon_is_killed(void **context)
{
	(void)context;
	listen_there();
	fake.poll_result = 0;
	fakeroot_file("/proc/1/comm", "plymouthd\n");
	fake.peer = 1;
	leave(-ETIMEDOUT, WARNING("Connection timed out"), "");
	fake.peer = 4712;
	leave(-ETIMEDOUT, WARNING("Connection timed out"), "");
	fakeroot_file("/proc/4712/comm", "plymouthd2\n");
	leave(-ETIMEDOUT, WARNING("Connection timed out"), "");
	fake.peer = 4711;
	fake.peer_error = 1;
	leave(-ETIMEDOUT, WARNING("Connection timed out"), "");
}

static void trouble_with_the_socket_is_told(void **context)
{
	(void)context;
	fake.socket_error = EMFILE;
	leave(-EMFILE, WARNING("Too many open files"), "");
	fake.socket_error = 0;
	sysfile_set_prefix(
		"/a-name-that-is-too-long-for-the-address-of-a-unix-domain-socket-since-that-has-no-more-"
		"than-108-bytes");
	leave(-ENAMETOOLONG, WARNING("File name too long"), "");
	sysfile_set_prefix(fakeroot);
}

/* A daemon that crashed leaves them so, too. */
static void consoles_are_set_back(void **context)
{
	(void)context;
	fake.mode = KD_GRAPHICS;
	leave(0, "", "mode 0, ");
	fake.keyboard = K_OFF;
	leave(0, "", "mode 0, keyboard 3, ");
	fake.mode = KD_TEXT;
	leave(0, "", "keyboard 3, ");
	/* A serial line knows no modes; what is not there is passed over. */
	fake.mode = -1;
	fakeroot_file(PROC_CONSOLES, "ttyS0  -W- (EC a)\nttyS1  -W- (EC a)\n");
	leave(0, "", "");
}

static void console_that_cannot_be_set_back_is_told(void **context)
{
	(void)context;
	fake.mode = KD_GRAPHICS;
	fake.keyboard = K_OFF;
	fake.set_error = EPERM;
	leave(0,
		"test: /dev/tty0 stays in graphics mode: Operation not permitted; use another console\n"
		"test: /dev/tty0 takes no keys: Operation not permitted; use another console\n",
		"mode 0, keyboard 3, ");
}

#define SPLASH_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPLASH_TEST(without_a_splash_nothing_is_done),
		SPLASH_TEST(daemon_is_asked_to_quit),
		SPLASH_TEST(daemon_that_stays_is_killed),
		SPLASH_TEST(only_the_daemon_is_killed),
		SPLASH_TEST(trouble_with_the_socket_is_told),
		SPLASH_TEST(consoles_are_set_back),
		SPLASH_TEST(console_that_cannot_be_set_back_is_told),
	};

	return RUN_TESTS(tests);
}
