/*
 * drain: a logger that loses nothing when it is told to end.
 *
 * `drain FILE [LAST]` appends its stdin to FILE, or copies it to stdout if FILE is `-`. At SIGTERM it goes on until nothing
 * is left to read, writes the line LAST behind it, if there is one, and exits 0. The signal is let in only while it waits, so none
 * can come between a read and its write.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void on_term(int signal)
{
    (void)signal;
    told = 1;
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            data += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static char data[65536];
    struct sigaction action = { .sa_handler = on_term };
    const struct timespec at_once = { 0, 0 };
    sigset_t shut, normal;

    if (argc < 2)
        return 2;
    int out = strcmp(argv[1], "-") == 0 ? 1 : open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (out < 0) {
        perror(argv[1]);
        return 1;
    }
    sigemptyset(&shut);
    sigaddset(&shut, SIGTERM);
    sigprocmask(SIG_BLOCK, &shut, &normal);
    sigdelset(&normal, SIGTERM);
    sigaction(SIGTERM, &action, NULL);
    for (;;) {
        struct pollfd in = { .fd = 0, .events = POLLIN };
        int ready = ppoll(&in, 1, told ? &at_once : NULL, &normal);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            break;
        ssize_t length = read(0, data, sizeof data);
        if (length <= 0)
            break;
        if (write_all(out, data, (size_t)length) < 0)
            return 1;
    }
    if (argc > 2 && (write_all(out, argv[2], strlen(argv[2])) < 0 || write_all(out, "\n", 1) < 0))
        return 1;
    return 0;
}
