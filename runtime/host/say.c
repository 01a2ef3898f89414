/*
 * Messages to stderr, which nobody may be reading.
 *
 * Theory of operation. Descriptor 2 is shared with other processes, so its mode is not ours to change. A pipe or a
 * terminal is therefore opened once more, the console of pid 1 by its name and others through /proc/self/fd, as a descriptor of
 * our own that does not block. Where that is not possible (no /proc, or a pipe that belongs to another user) the write is done
 * when poll() promises room, and as another writer may take that room first, a timer ends a write that hangs all the same. A
 * terminal refuses a writer also while another one is at it; that is waited for, but only as long as messages get through, so
 * that one which is stopped costs a moment once. A message is written whole or not at all; one of more than PIPE_BUF bytes, in
 * pieces of that size.
 */
#define _GNU_SOURCE
#include "host.h"
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { HANG_MS = 10, TRIES_MAX = 3 };

/* Our own descriptor of what 2 leads to; -1: none (yet). */
static int own = -1;

void say_on_console(void)
{
    if (own >= 0)
        close(own);
    own = isatty(STDERR_FILENO) ? open("/dev/console", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
}

static ssize_t write_guarded(const char *text, size_t length)
{
    struct pollfd room = { STDERR_FILENO, POLLOUT, 0 };
    if (poll(&room, 1, 0) <= 0) {
        errno = EAGAIN;
        return -1;
    }
    /* It fires again and again, as it may fire for the first time just before the write. */
    const struct timeval moment = { 0, HANG_MS * 1000 };
    const struct itimerval timer = { moment, moment }, no_timer = { { 0, 0 }, { 0, 0 } };
    signals_let_alarm_in(true);
    setitimer(ITIMER_REAL, &timer, NULL);
    const ssize_t written = write(STDERR_FILENO, text, length);
    const int failure = errno;
    setitimer(ITIMER_REAL, &no_timer, NULL);
    signals_let_alarm_in(false);
    errno = failure == EINTR ? EAGAIN : failure;
    return written;
}

static ssize_t write_own(const char *text, size_t length)
{
    static bool was_refused;
    const int tries = !was_refused && isatty(own) ? TRIES_MAX : 1;
    ssize_t written = write(own, text, length);
    for (int tried = 1; tried < tries && written < 0 && errno == EAGAIN; tried++) {
        struct pollfd room = { own, POLLOUT, 0 };
        poll(&room, 1, HANG_MS);
        written = write(own, text, length);
    }
    was_refused = written < 0;
    return written;
}

static ssize_t write_piece(const char *text, size_t length)
{
    struct stat file;
    if (own >= 0)
        return write_own(text, length);
    if (fstat(STDERR_FILENO, &file) < 0)
        return -1;
    if (S_ISSOCK(file.st_mode))
        return send(STDERR_FILENO, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!S_ISFIFO(file.st_mode) && !isatty(STDERR_FILENO))
        return write(STDERR_FILENO, text, length);
    own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return own >= 0 ? write_own(text, length) : write_guarded(text, length);
}

int say(const char *text, size_t length)
{
    while (length > 0) {
        const size_t piece = length < PIPE_BUF ? length : PIPE_BUF;
        const ssize_t written = write_piece(text, piece);
        if (written < 0)
            return -errno;
        if ((size_t)written < piece)
            return -EAGAIN; /* only a terminal or a full disk takes a part */
        text += piece;
        length -= piece;
    }
    return 0;
}

CALL(say_text)
{
    size_t length;
    const char *text = text_in(js, argv[0], &length);
    if (!text)
        return JS_EXCEPTION;
    const int said = say(text, length);
    text_free(js, text);
    return JS_NewInt32(js, said);
}

static const JSCFunctionListEntry entries[] = {
    JS_CFUNC_DEF("say", 1, say_text),
};
CALL_TABLE(say_calls);
