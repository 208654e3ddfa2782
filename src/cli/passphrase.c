/* SPDX-License-Identifier: Apache-2.0 */
/* Passphrases: from a descriptor, from a command, or typed with the echo off; never from an argument. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/show.h"
#include "cli/signals.h"

extern char **environ;

static const char *passphrase_command(void)
{
	const char *command = getenv("VALISE_PASSPHRASE_COMMAND");
	return command && *command ? command : NULL;
}

bool passphrase_can_be_had(const struct cli *c)
{
	return c->passphrases.fd >= 0 || passphrase_command() || can_ask(c);
}

void passphrases_wipe(struct passphrases *p)
{
	explicit_bzero(p->last, sizeof p->last);
	p->has_last = false;
}

/* One line, byte by byte so that what follows is left to whoever reads next. Returns its length, or -1: nothing there, or too long. */
static ssize_t read_line(int fd, char *ret, size_t max)
{
	size_t n = 0;
	for (;;) {
		char one;
		ssize_t got = read(fd, &one, 1);
		if (got < 0 && errno == EINTR && !interrupted())
			continue;
		if (got < 0 || (got == 0 && n == 0))
			return -1;
		if (got == 0 || one == '\n')
			return (ssize_t)n;
		if (n == max)
			return -1;
		ret[n++] = one;
	}
}

/* ---- A descriptor: a line for each passphrase asked; the last one again where there are no more ---- */

static int give_from_fd(struct passphrases *p, char *ret, size_t max, size_t *ret_len)
{
	char line[sizeof p->last];
	ssize_t n = read_line(p->fd, line, sizeof line);
	if (n >= 0) {
		memcpy(p->last, line, (size_t)n);
		p->last_len = (size_t)n;
		p->has_last = true;
	}
	explicit_bzero(line, sizeof line);
	if (!p->has_last || p->last_len > max)
		return -1;
	memcpy(ret, p->last, p->last_len);
	*ret_len = p->last_len;
	return 0;
}

/* ---- A command's first line of output ---- */

static int spawn_command(const char *command, const char *title, int out, pid_t *ret)
{
	char *argv[] = {(char *)(uintptr_t) "/bin/sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	if (setenv("VALISE_PASSPHRASE_TITLE", title, 1) || posix_spawn_file_actions_init(&files))
		return -1;
	if (posix_spawnattr_init(&attributes)) {
		(void)posix_spawn_file_actions_destroy(&files);
		return -1;
	}
	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	int r = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	if (!r)
		r = posix_spawnattr_setsigdefault(&attributes, &defaults);
	if (!r)
		r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	if (!r)
		r = posix_spawn(ret, argv[0], &files, &attributes, argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);
	return r ? -1 : 0;
}

static int give_from_command(const struct cli *c, const char *title, char *ret, size_t max, size_t *ret_len)
{
	int pipe_fds[2], status = 0;
	pid_t child;
	if (pipe2(pipe_fds, O_CLOEXEC))
		return -1;
	int r = spawn_command(passphrase_command(), title, pipe_fds[1], &child);
	(void)close(pipe_fds[1]);
	ssize_t n = r ? -1 : read_line(pipe_fds[0], ret, max);
	(void)close(pipe_fds[0]);
	while (!r && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	/* A closed pipe after the first line is no failure of the command. */
	bool well = !r && ((WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
			   (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE));
	if (!well || n < 0) {
		warn(c, "VALISE_PASSPHRASE_COMMAND gave no passphrase");
		return -1;
	}
	*ret_len = (size_t)n;
	return 0;
}

/* ---- The terminal ---- */

/* Reads one line with the echo off; whatever happens, the terminal is left as it was. */
static ssize_t type_hidden(int tty, const char *prompt, char *ret, size_t max)
{
	struct termios before, hidden;
	if (tcgetattr(tty, &before))
		return -1;
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	hidden.c_lflag |= ICANON | ISIG;
	hidden.c_cc[VSUSP] = _POSIX_VDISABLE; /* a shell would come back without an echo */
	if (tcsetattr(tty, TCSAFLUSH, &hidden))
		return -1;
	(void)dprintf(tty, "%s ", prompt);
	ssize_t n = read_line(tty, ret, max);
	(void)dprintf(tty, "\n");
	(void)tcsetattr(tty, TCSAFLUSH, &before);
	return n;
}

static int give_from_terminal(const char *title, bool again, char *ret, size_t max, size_t *ret_len)
{
	char prompt[320], repeated[1024];
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0)
		return -1;
	(void)snprintf(prompt, sizeof prompt, again ? "Passphrase for %s (choose one)?" : "Passphrase for %s?",
		       SHOW(title));
	ssize_t n = type_hidden(tty, prompt, ret, max), m = n;
	while (again && n >= 0) {
		m = n > 0 ? type_hidden(tty, "The same again?", repeated, sizeof repeated) : 0;
		if (m < 0 || (n > 0 && m == n && memcmp(ret, repeated, (size_t)n) == 0))
			break;
		(void)dprintf(tty, n > 0 ? "They differ.\n" : "It cannot be empty.\n");
		n = type_hidden(tty, prompt, ret, max);
	}
	explicit_bzero(repeated, sizeof repeated);
	(void)close(tty);
	if (n < 0 || m < 0)
		return -1;
	*ret_len = (size_t)n;
	return 0;
}

int passphrase_give(void *context, const char *title, bool again, char *ret, size_t max, size_t *ret_len)
{
	struct cli *c = context;
	progress_clear(&c->progress);
	if (c->passphrases.fd >= 0)
		return give_from_fd(&c->passphrases, ret, max, ret_len);
	if (passphrase_command())
		return give_from_command(c, title, ret, max, ret_len);
	/* Letters may come through a pipe while a person sits there; a job without either stream has nobody to ask. */
	if ((!c->terminal.in && !c->terminal.err) || c->shared.json)
		return -1;
	return give_from_terminal(title, again, ret, max, ret_len);
}
