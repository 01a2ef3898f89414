/*
 * ask: a client of nitro's control socket that lets the daemon come to rest after each request (protocol.md).
 *
 *   ask SOCKET DAEMON_PID
 *
 * Reads orders from stdin, a line each, and answers each with `done` when it is done:
 *
 *   query SERVICE COUNT    COUNT times QUERY and its answer
 *   list START COUNT       COUNT times the page of the list that begins with service START
 *   brisk SERVICE COUNT    as `query`, but without waiting for rest in between
 *
 * The daemon is at rest when the kernel says that it sleeps. Then what a request costs is the same each time: no request is found
 * by the daemon in the course of the one before. An answer that does not come within ANSWER_S is a failure: exit 1.
 */
#define _GNU_SOURCE
#include <time.h>

enum { LIST = 124, QUERY = 125, HEADER = 3, ANSWER_S = 60, LOOK_US = 100, LOOKS = 3 };

#include "../tools/client.h"

static char status_path[64];

/* The letter after the name, which may hold anything and ends with the last parenthesis. */
static char state_of_daemon(void)
{
    char text[512];
    FILE *file = fopen(status_path, "r");
    const size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    if (!file || length == 0)
        fail(status_path);
    fclose(file);
    text[length] = 0;
    const char *name_end = strrchr(text, ')');
    return name_end && name_end[1] ? name_end[2] : '?';
}

static void wait_for_rest(void)
{
    const struct timespec moment = { 0, LOOK_US * 1000 };
    for (int asleep = 0; asleep < LOOKS; nanosleep(&moment, NULL))
        asleep = state_of_daemon() == 'S' ? asleep + 1 : 0;
}

static void ask(const unsigned char *request, size_t length)
{
    static unsigned char answer[65536];
    if (sendto(fd, request, length, MSG_NOSIGNAL, (struct sockaddr *)&daemon_address, sizeof(daemon_address)) < 0)
        fail("no request was taken");
    const ssize_t size = recv(fd, answer, sizeof(answer), 0);
    if (size < 0)
        fail("no answer");
}

int main(int argc, char **argv)
{
    char kind[8], what[72];
    unsigned count;
    if (argc != 3) {
        fprintf(stderr, "usage: ask SOCKET DAEMON_PID\n");
        return 2;
    }
    snprintf(status_path, sizeof(status_path), "/proc/%s/stat", argv[2]);
    open_socket(argv[1]);
    while (scanf("%7s %71s %u", kind, what, &count) == 3) {
        unsigned char request[HEADER + 72] = { 0, 0, QUERY };
        size_t length = strlen(what);
        if (strcmp(kind, "list") == 0) {
            const unsigned long start = strtoul(what, NULL, 10);
            request[2] = LIST;
            length = start ? 4 : 0;
            for (size_t i = 0; i < length; i++)
                request[HEADER + i] = (unsigned char)(start >> 8 * i);
        } else {
            memcpy(request + HEADER, what, length);
        }
        request[0] = (unsigned char)length;
        while (count-- > 0) {
            ask(request, HEADER + length);
            if (kind[0] != 'b')
                wait_for_rest();
        }
        wait_for_rest();
        if (puts("done") < 0 || fflush(stdout) != 0)
            fail("stdout");
    }
    unlink(own.sun_path);
    return 0;
}
