/*
 * Descriptors: those inherited, how many there may be, and reading and writing.
 *
 * Theory of operation. 0, 1 and 2 are open before anything else is, so that no pipe or socket can get one of these
 * numbers. The daemon closes whatever else it inherited, and raises its limit as far as it is allowed to, since
 * each service costs it some descriptors; a child, or a program executed in its place, gets the original limit back.
 */
#define _GNU_SOURCE
#include "child.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#ifndef SYS_close_range
#define SYS_close_range 436 /* the same on every architecture */
#endif
#endif

static struct rlimit original_limit, raised_limit;

void descriptors_open_standard(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        /* The lowest free number is given out, which is this one. A directory can be neither read nor written. */
        if (open("/dev/null", O_RDWR | O_NOCTTY) < 0)
            open("/", O_RDONLY);
    }
}

/* Does it lead nowhere for want of /dev/null? Seen from what it is, as `init` may have opened it before it executed nitro. */
static bool is_stand_in(int fd)
{
    struct stat file;
    return fstat(fd, &file) == 0 && S_ISDIR(file.st_mode);
}

void descriptors_retry_standard(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        const int null = is_stand_in(fd) ? open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
        if (null >= 0) {
            dup2(null, fd);
            close(null);
        }
    }
}

/* Close each descriptor from 3 on that a directory of them names; false if there is none. */
static bool close_listed(const char *directory)
{
    DIR *open_ones = opendir(directory);
    if (!open_ones)
        return false;
    struct dirent *entry;
    while ((entry = readdir(open_ones))) {
        const int fd = atoi(entry->d_name);
        if (fd >= 3 && fd != dirfd(open_ones))
            close(fd);
    }
    closedir(open_ones);
    return true;
}

void descriptors_take_over(void)
{
    bool closed = false;
    if (getrlimit(RLIMIT_NOFILE, &original_limit) < 0)
        original_limit.rlim_cur = original_limit.rlim_max = 1024;
#ifdef SYS_close_range
    closed = syscall(SYS_close_range, 3U, ~0U, 0U) == 0;
#endif
    if (!closed && !close_listed("/proc/self/fd") && !close_listed("/dev/fd"))
        for (int fd = 3; fd < 65536 && (rlim_t)fd < original_limit.rlim_max; fd++)
            close(fd);
    raised_limit = original_limit;
    raised_limit.rlim_cur = original_limit.rlim_max;
    descriptors_limit_raised();
}

void descriptors_limit_original(void)
{
    if (raised_limit.rlim_cur)
        child_limit(RLIMIT_NOFILE, &original_limit);
}

void descriptors_limit_raised(void)
{
    if (raised_limit.rlim_cur)
        setrlimit(RLIMIT_NOFILE, &raised_limit);
}

CALL(descriptor_limit)
{
    return JS_NewInt32(js, original_limit.rlim_cur < INT_MAX ? (int)original_limit.rlim_cur : INT_MAX);
}

CALL(make_pipe)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return answer(js, -1);
    JSValue pipe = JS_NewObject(js);
    JS_DefinePropertyValueStr(js, pipe, "read", JS_NewInt32(js, ends[0]), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(js, pipe, "write", JS_NewInt32(js, ends[1]), JS_PROP_C_W_E);
    return pipe;
}

CALL(read_text)
{
    int fd, max;
    if (!int_in(js, argv[0], &fd) || !int_in(js, argv[1], &max))
        return JS_EXCEPTION;
    if (max < 0)
        return JS_ThrowRangeError(js, "not a length");
    ssize_t length;
    do
        length = read(fd, buffer, max < BUFFER_SIZE ? (size_t)max : BUFFER_SIZE);
    while (length < 0 && errno == EINTR);
    return length < 0 ? answer(js, -1) : text_out(js, buffer, (size_t)length);
}

/*
 * Wait for room with the signals let in, then write no more than what fits there. So a reader that does not read
 * cannot keep nitroctl from being interrupted.
 */
static int write_patiently(int fd, const char *text, size_t length)
{
    sigset_t none;
    sigemptyset(&none);
    while (length > 0) {
        struct pollfd room = { fd, POLLOUT, 0 };
        if (ppoll(&room, 1, NULL, &none) < 0)
            return -errno;
        const ssize_t done = write(fd, text, length < PIPE_BUF ? length : PIPE_BUF);
        if (done < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        if (done > 0) {
            text += done;
            length -= (size_t)done;
        }
    }
    return 0;
}

CALL(write_text)
{
    int fd;
    size_t length;
    if (!int_in(js, argv[0], &fd))
        return JS_EXCEPTION;
    const char *text = text_in(js, argv[1], &length);
    if (!text)
        return JS_EXCEPTION;
    const int written = write_patiently(fd, text, length);
    text_free(js, text);
    return JS_NewInt32(js, written);
}

CALL(close_descriptor)
{
    int fd;
    if (!int_in(js, argv[0], &fd))
        return JS_EXCEPTION;
    close(fd);
    return JS_UNDEFINED;
}

CALL(is_terminal)
{
    int fd;
    return int_in(js, argv[0], &fd) ? JS_NewBool(js, isatty(fd)) : JS_EXCEPTION;
}

static const JSCFunctionListEntry entries[] = {
    JS_CFUNC_DEF("descriptorLimit", 0, descriptor_limit),
    JS_CFUNC_DEF("pipe", 0, make_pipe),
    JS_CFUNC_DEF("read", 2, read_text),
    JS_CFUNC_DEF("write", 2, write_text),
    JS_CFUNC_DEF("close", 1, close_descriptor),
    JS_CFUNC_DEF("isTerminal", 1, is_terminal),
};
CALL_TABLE(descriptor_calls);
