/*
 * A client's socket for nitro's control protocol (protocol.md): beside the daemon's, in notify/, as the protocol wants it.
 *
 * An answer that does not come within ANSWER_S, which the including file defines, is an error of the receive. `fail` says what failed, removes the
 * socket and ends with 1.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un own = { .sun_family = AF_UNIX }, daemon_address = { .sun_family = AF_UNIX };
static int fd = -1;

__attribute__((noreturn)) static void finish(int status)
{
    if (own.sun_path[0])
        unlink(own.sun_path);
    exit(status);
}

__attribute__((noreturn)) static void fail(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    finish(1);
}

static void open_socket(const char *path)
{
    const struct timeval patience = { ANSWER_S, 0 };
    const char *slash = strrchr(path, '/');
    struct sockaddr_un mine = { .sun_family = AF_UNIX };
    const int size = snprintf(mine.sun_path, sizeof(mine.sun_path), "%.*s/notify/,bench_%d",
                              slash ? (int)(slash - path) : 0, path, (int)getpid());
    errno = ENAMETOOLONG;
    if (!slash || size >= (int)sizeof(mine.sun_path) || strlen(path) >= sizeof(daemon_address.sun_path))
        fail(path);
    strcpy(daemon_address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&mine, sizeof(mine)) < 0)
        fail(mine.sun_path);
    own = mine;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}
