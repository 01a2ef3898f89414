/*
 * What a child does from its first instruction to its exec.
 *
 * Theory of operation. It comes to life with the caught signals blocked (signals.c) and with copies of all our descriptors, which exec closes; so it has
 * only to put in place what the script shall find, by the calls of child.h.
 */
#define _GNU_SOURCE
#include "child.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EXEC_FAILED = 111 };

__attribute__((noreturn)) static void fail(int status, int failure)
{
    char digits[12], *start = digits + sizeof(digits);
    unsigned number = (unsigned)-failure;
    do
        *--start = (char)('0' + number % 10);
    while (number /= 10);
    child_write(status, start, (size_t)(digits + sizeof(digits) - start));
    child_exit(EXEC_FAILED);
}

/* A copy of `fd` that is none of the numbers to be filled: 0, 1, 2 and `taken`. It stays close-on-exec. */
static int out_of_the_way(int fd, int taken)
{
    if (fd < 0 || (fd > 2 && fd != taken))
        return fd; /* fd < 0: opening it failed, and it says why */
    const int copy = child_fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return copy == taken ? child_fcntl(fd, F_DUPFD_CLOEXEC, 3) : copy;
}

static int open_nothing(void)
{
    int ends[2];
    const int null = child_open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        return null;
    const int failure = child_pipe2(ends, O_CLOEXEC);
    if (failure < 0)
        return failure;
    child_close(ends[1]); /* so reading finds the end of the file */
    return ends[0];
}

/* Both errors pass by themselves, and would otherwise be taken for one of the exec, which does not. */
static int put_at(int source, int number)
{
    for (;;) {
        const int put = child_dup2(source, number);
        if (put != -EINTR && put != -EBUSY)
            return put;
    }
}

/*
 * All sources are moved away first, so no order of filling can overwrite one that is still needed. But 0, 1 and 2 of our own that keep
 * their numbers are as a script is to find them.
 */
static int arrange_descriptors(Child *child)
{
    const int notification = child->notification_fd;
    int sources[] = { child->standard[0] < 0 ? open_nothing() : child->standard[0], child->standard[1],
                      child->standard[2], child->ready[1] };
    const int status = out_of_the_way(child->status[1], notification);
    if (status < 0)
        return status;
    child->status[1] = status;
    const int count = notification ? 4 : 3;
    for (int i = 0; i < count; i++)
        if ((i > 2 || sources[i] != i) && (sources[i] = out_of_the_way(sources[i], notification)) < 0)
            return sources[i];
    for (int i = 0; i < count; i++) {
        const int put = i > 2 || sources[i] != i ? put_at(sources[i], i < 3 ? i : notification) : 0;
        if (put < 0)
            return put;
    }
    return 0;
}

void child_execute(Child *child)
{
    child_setsid();
    int failure = arrange_descriptors(child);
    if (failure >= 0)
        failure = child_chdir(child->directory);
    if (failure >= 0) {
        if (child->terminal)
            child_ioctl(0, TIOCSCTTY); /* no terminal, no harm */
        descriptors_limit_original();
        signals_for_child();
        failure = child_execv(child->file, child->argv, environ);
    }
    fail(child->status[1], failure);
}
