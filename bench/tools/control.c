/*
 * control: a client of nitro's control socket that measures (protocol.md).
 *
 *   control query SOCKET SERVICE COUNT DAEMON_PID DAEMON_CPU CLIENT_CPU
 *       COUNT times QUERY and its answer, the daemon and the client each on its processor (-1: on any).
 *       Says the least, the median and the greatest time from the one to the other, in nanoseconds.
 *   control flood SOCKET SERVICE COUNT WINDOW
 *       COUNT times QUERY, up to WINDOW of them at a time on their way. Says how long that took, in nanoseconds.
 *   control await SOCKET COUNT WITHIN_MS
 *       Lists until COUNT services are STARTING or UP. Says when that was (CLOCK_MONOTONIC, in nanoseconds).
 *
 * The client's own socket is beside the daemon's, in notify/, as the protocol wants it. An answer that does not come within
 * ANSWER_S is a failure: a message on stderr, exit 1.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <time.h>

enum { STATE = 102, SERVICE = 100, LIST = 124, QUERY = 125, STARTING = 3, UP = 4, OPENS = 0xffff, CLOSES = 0xfffe };
enum { ANSWER_S = 10, HEADER = 3, ROOM = 65536, LOOK_MS = 1 };

#include "client.h"

static unsigned char answer[ROOM];

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static size_t put_packet(unsigned char *to, unsigned char tag, const void *payload, size_t length)
{
    to[0] = (unsigned char)length;
    to[1] = (unsigned char)(length >> 8);
    to[2] = tag;
    memcpy(to + HEADER, payload, length);
    return HEADER + length;
}

static void put(const unsigned char *request, size_t length)
{
    /* By its path each time, as nitroctl does it. */
    if (sendto(fd, request, length, MSG_NOSIGNAL, (struct sockaddr *)&daemon_address, sizeof(daemon_address)) < 0)
        fail("no request was taken");
}

static size_t get(void)
{
    const ssize_t length = recv(fd, answer, sizeof(answer), 0);
    if (length < 0)
        fail("no answer");
    return (size_t)length;
}

static size_t query_packet(unsigned char *to, const char *service)
{
    return put_packet(to, QUERY, service, strnlen(service, 63));
}

/* The answer to a QUERY about a service that there is begins with its state. */
static void check_query(size_t length)
{
    if (length > HEADER && answer[2] == STATE)
        return;
    errno = EPROTO;
    fail("not the answer to a QUERY");
}

static void run_on(pid_t pid, int processor)
{
    cpu_set_t set;
    if (processor < 0)
        return;
    CPU_ZERO(&set);
    CPU_SET((size_t)processor, &set);
    if (sched_setaffinity(pid, sizeof(set), &set) < 0)
        fail("sched_setaffinity");
}

static int by_size(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void query(const char *service, int count)
{
    unsigned char request[HEADER + 64];
    const size_t size = query_packet(request, service);
    int64_t *taken = calloc((size_t)count, sizeof(*taken));
    if (!taken)
        fail("memory");
    for (int i = 0; i < count; i++) {
        const int64_t begun = now_ns();
        put(request, size);
        const size_t length = get();
        taken[i] = now_ns() - begun;
        check_query(length);
    }
    qsort(taken, (size_t)count, sizeof(*taken), by_size);
    printf("%lld %lld %lld\n", (long long)taken[0], (long long)taken[count / 2], (long long)taken[count - 1]);
}

static void flood(const char *service, int count, int window)
{
    unsigned char request[HEADER + 64];
    const size_t size = query_packet(request, service);
    const int64_t begun = now_ns();
    for (int sent = 0, answered = 0; answered < count;) {
        for (; sent < count && sent - answered < window; sent++)
            put(request, size);
        check_query(get());
        answered++;
    }
    printf("%lld\n", (long long)(now_ns() - begun));
}

/* Services in a page of the list; those that are STARTING or UP are added to `running`. */
static uint32_t read_page(size_t length, uint32_t *running)
{
    uint32_t services = 0;
    for (size_t at = 0; at + HEADER <= length;) {
        const unsigned size = answer[at] | (unsigned)answer[at + 1] << 8, tag = answer[at + 2];
        at += HEADER;
        if (size == OPENS && tag == SERVICE)
            services++;
        if (size == OPENS || size == CLOSES)
            continue;
        if (tag == STATE && size == 1 && at < length && (answer[at] == STARTING || answer[at] == UP))
            ++*running;
        at += size;
    }
    return services;
}

static uint32_t count_running(void)
{
    uint32_t known = 0, running = 0;
    for (;;) {
        unsigned char request[HEADER + 4];
        const unsigned char start[4] = { known & 0xff, known >> 8 & 0xff, known >> 16 & 0xff, known >> 24 };
        put(request, put_packet(request, LIST, start, known ? sizeof(start) : 0));
        const uint32_t services = read_page(get(), &running);
        if (services == 0)
            return running;
        known += services;
    }
}

static void await(uint32_t count, int64_t within_ms)
{
    const struct timespec moment = { 0, LOOK_MS * 1000000 };
    const int64_t end = now_ns() + within_ms * 1000000;
    while (count_running() < count) {
        errno = ETIME;
        if (now_ns() > end)
            fail("services are missing");
        nanosleep(&moment, NULL);
    }
    printf("%lld\n", (long long)now_ns());
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    if (argc > 2)
        open_socket(argv[2]);
    if (strcmp(what, "query") == 0 && argc == 8) {
        run_on((pid_t)atoi(argv[5]), atoi(argv[6]));
        run_on(0, atoi(argv[7]));
        query(argv[3], atoi(argv[4]));
    } else if (strcmp(what, "flood") == 0 && argc == 6) {
        flood(argv[3], atoi(argv[4]), atoi(argv[5]));
    } else if (strcmp(what, "await") == 0 && argc == 5) {
        await((uint32_t)atoi(argv[3]), atoll(argv[4]));
    } else {
        fprintf(stderr, "control: see the head of control.c\n");
        finish(2);
    }
    finish(0);
}
