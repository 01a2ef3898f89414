/*
 * crash STAMPS WITHIN_MS PID...: kills each of the processes, and says how long it took until something was executed in its place.
 *
 * The time from just before the kill to the next record in the file STAMPS (see stamp.c), in nanoseconds, and what process that is, a
 * line each; -1 if there was none within WITHIN_MS. Only one is killed at a time, and there is a pause before each.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { GAP_MS = 30, LOOK_MS = 2 };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void rest(long ms)
{
    const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

int main(int argc, char **argv)
{
    const int fd = argc > 3 ? open(argv[1], O_RDONLY) : -1;
    int64_t record[2];
    if (fd < 0 || lseek(fd, 0, SEEK_END) < 0) {
        perror("crash");
        return 1;
    }
    const int64_t within_ns = atoll(argv[2]) * 1000000;
    for (int i = 3; i < argc; i++) {
        rest(GAP_MS);
        const int64_t killed = now_ns();
        if (kill((pid_t)atoll(argv[i]), SIGKILL) < 0) {
            perror(argv[i]);
            return 1;
        }
        ssize_t got = 0;
        while (got == 0 && now_ns() - killed < within_ns) {
            rest(LOOK_MS);
            got = read(fd, record, sizeof(record));
        }
        const int found = got == (ssize_t)sizeof(record);
        printf("%lld %lld\n", found ? (long long)(record[0] - killed) : -1LL, found ? (long long)record[1] : -1LL);
    }
    return 0;
}
