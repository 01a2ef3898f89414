/*
 * dgram: Unix datagram sockets for test programs that have none of their own.
 *
 * Theory of operation.  `dgram [-d] PATH...` binds one socket to each PATH and says `ready`.  Each datagram
 * that arrives becomes one line on stdout: `INDEX MICROSECONDS HEX`, the index of the socket it came in on, the
 * monotonic time it was taken in, and its bytes (`-` for none).  Each line on stdin is a datagram to send:
 * `INDEX HEX PATH`, the index of the socket to send from, or `u` for one that is bound to nothing.  The path goes to the
 * end of the line.  A send that fails becomes the line `INDEX MICROSECONDS !ERRNO TEXT`.
 *
 * Sending never keeps it from receiving: while the receiver's queue is full, it takes in what comes and tries again,
 * so that it cannot deadlock with what it tests.  With -d it receives nothing, like a listener that hangs, until
 * the line `read` arrives.  It ends at the end of its stdin.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SOCKETS = 64, MAX_DATAGRAM = 256 * 1024 };

static int sockets[MAX_SOCKETS];
static int count, unbound, deaf;

static long long microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "dgram: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int address(struct sockaddr_un *to, const char *path)
{
    memset(to, 0, sizeof *to);
    to->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof to->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(to->sun_path, path);
    return 0;
}

/*
 * Print all that has come in.  The last socket is read first and printed last: so what was sent to a socket before something
 * was sent to a later one (an announcement, and then a reply) is printed before it.
 */
static void receive(void)
{
    static unsigned char data[MAX_DATAGRAM];
    char *text[MAX_SOCKETS];

    if (deaf)
        return;
    for (int i = count - 1; i >= 0; i--) {
        size_t size;
        ssize_t length;
        FILE *lines = open_memstream(&text[i], &size);
        if (!lines)
            fail("memory");
        while ((length = recv(sockets[i], data, sizeof data, MSG_DONTWAIT)) >= 0) {
            fprintf(lines, "%d %lld ", i, microseconds());
            if (length == 0)
                putc('-', lines);
            for (ssize_t n = 0; n < length; n++)
                fprintf(lines, "%02x", data[n]);
            putc('\n', lines);
        }
        fclose(lines);
    }
    for (int i = 0; i < count; i++) {
        fputs(text[i], stdout);
        free(text[i]);
    }
    fflush(stdout);
}

static int nibble(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* Carry out one line of stdin. */
static void command(char *line)
{
    static unsigned char data[MAX_DATAGRAM];
    struct sockaddr_un to;
    size_t length = 0;
    char *hex, *path;

    if (strcmp(line, "read") == 0) {
        deaf = 0;
        return;
    }
    hex = strchr(line, ' ');
    path = hex ? strchr(hex + 1, ' ') : NULL;
    if (!path) {
        fprintf(stderr, "dgram: malformed line: %s\n", line);
        exit(1);
    }
    *hex++ = 0;
    *path++ = 0;
    if (*hex != '-')
        for (; hex[0] && hex[1] && length < sizeof data; hex += 2)
            data[length++] = (unsigned char)(nibble(hex[0]) << 4 | nibble(hex[1]));
    int from = *line == 'u' ? unbound : sockets[atoi(line) % MAX_SOCKETS];
    int error = address(&to, path) < 0 ? errno : 0;
    while (!error && sendto(from, data, length, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to) < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            error = errno;
        } else {
            receive();
            usleep(200);
        }
    }
    if (error) {
        printf("%s %lld !%d %s\n", line, microseconds(), error, strerror(error));
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    static char input[4 * MAX_DATAGRAM];
    struct pollfd polled[MAX_SOCKETS + 1];
    size_t held = 0;
    int first = 1;

    if (argc > first && strcmp(argv[first], "-d") == 0) {
        deaf = 1;
        first++;
    }
    /* Open to a nitro that runs as another user; the directory is private. */
    umask(0);
    unbound = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int i = first; i < argc && count < MAX_SOCKETS; i++) {
        struct sockaddr_un here;
        int one = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (one < 0 || address(&here, argv[i]) < 0 || bind(one, (struct sockaddr *)&here, sizeof here) < 0)
            fail(argv[i]);
        sockets[count++] = one;
    }
    printf("ready\n");
    fflush(stdout);

    for (;;) {
        polled[0] = (struct pollfd){ .fd = 0, .events = POLLIN };
        for (int i = 0; i < count; i++)
            polled[i + 1] = (struct pollfd){ .fd = deaf ? -1 : sockets[i], .events = POLLIN };
        if (poll(polled, (nfds_t)count + 1, -1) < 0 && errno != EINTR)
            fail("poll");
        receive();
        if (polled[0].revents) {
            ssize_t length = read(0, input + held, sizeof input - 1 - held);
            if (length <= 0)
                return 0;
            held += (size_t)length;
            char *line = input, *end;
            while ((end = memchr(line, '\n', held - (size_t)(line - input)))) {
                *end = 0;
                command(line);
                line = end + 1;
            }
            held -= (size_t)(line - input);
            memmove(input, line, held);
            if (held == sizeof input - 1) {
                errno = E2BIG;
                fail("stdin");
            }
        }
    }
}
