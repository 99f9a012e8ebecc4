// SPDX-License-Identifier: MIT
/* Leaves a splash screen; see splash.h. */
#include "splash.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "format.h"
#include "log.h"
#include "sysfile.h"

#define DAEMON_SOCKET "/org/freedesktop/plymouthd" /* in the abstract namespace, unix(7) */
#define DAEMON_NAME "plymouthd\n"
#define DAEMON_MS 10000 /* that it gets to end */

/* "Quit", with an argument of one byte, the NUL at its end: the splash is not to stay on the screen. */
static const char quit_request[] = {'Q', '\002', 1, '\0'};

/* Returns a connected socket; -ECONNREFUSED: there is no daemon. */
static int connect_daemon(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char name[PATH_MAX];
	size_t len;
	int r = sysfile_path(DAEMON_SOCKET, name);

	if (fd < 0 || r < 0)
		return r < 0 ? r : -errno;
	len = strlen(name);
	if (len > sizeof(address.sun_path) - 1)
		return -ENAMETOOLONG;
	memcpy(&address.sun_path[1], name, len);
	if (connect(fd, (struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len)) < 0)
		return -errno;
	return take_fd(&fd);
}

/* Waits until the daemon has closed the connection: it answers once it has given the screen back, and then ends. */
static int wait_for_end(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char bytes[64];
	ssize_t n;

	while (poll(&wait, 1, DAEMON_MS) > 0) {
		n = read(fd, bytes, sizeof(bytes));
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -ETIMEDOUT;
}

/* Returns 0 once it has ended, or a negative errno. */
static int ask_to_quit(int fd)
{
	ssize_t n = send(fd, quit_request, sizeof(quit_request), MSG_NOSIGNAL);

	if (n != sizeof(quit_request))
		return n < 0 ? -errno : -EIO;
	return wait_for_end(fd);
}

/* Kills the process that listens at the other end, if it is what it should be. */
static void kill_daemon(int fd)
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	char path[64], name[64];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 || peer.pid <= 1)
		return;
	(void)format_text(path, sizeof(path), "/proc/%d/comm", (int)peer.pid);
	if (sysfile_read(path, name, sizeof(name)) > 0 && string_equal(name, DAEMON_NAME))
		(void)kill(peer.pid, SIGKILL);
}

/* "tty0                 -WU (EC p  )    4:1": virtual consoles alone know these requests. */
static bool reset_console(const char *line, void *context)
{
	_cleanup_close_ int fd = -1;
	char path[NAME_MAX + 16];
	int mode = 0;

	(void)context;
	if (format_text(path, sizeof(path), "/dev/%.*s", (int)strcspn(line, " "), line) >= sizeof(path))
		return true;
	fd = sysfile_open(path, O_RDWR | O_NONBLOCK);
	if (fd < 0 || ioctl(fd, KDGETMODE, &mode) < 0)
		return true;
	if (mode != KD_TEXT && ioctl(fd, KDSETMODE, KD_TEXT) < 0)
		log_warning("%s stays in graphics mode: %s; use another console", path, strerror(errno));
	if (ioctl(fd, KDGKBMODE, &mode) == 0 && mode == K_OFF && ioctl(fd, KDSKBMODE, K_UNICODE) < 0)
		log_warning("%s takes no keys: %s; use another console", path, strerror(errno));
	return true;
}

int splash_leave(void)
{
	_cleanup_close_ int fd = connect_daemon();
	int r = fd == -ECONNREFUSED ? 0 : fd < 0 ? fd : ask_to_quit(fd);

	if (r < 0)
		log_warning("the splash screen (plymouthd) does not end: %s; it is killed", strerror(-r));
	if (r < 0 && fd >= 0)
		kill_daemon(fd);
	(void)!sysfile_lines(PROC_CONSOLES, reset_console, NULL);
	return r;
}
