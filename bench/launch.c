/*
 * launch PROGRAM [ARGUMENT...]: notes the time, as stamp.c does, and becomes the program.
 *
 * The daemon that is measured is told to end when the benchmark ends, even when that is killed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct timespec now;
    const char *path = getenv("NITRO_BENCH_STAMPS");
    const int fd = argc > 1 && path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (fd < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) {
        perror("launch");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int64_t record[2] = { (int64_t)now.tv_sec * 1000000000 + now.tv_nsec, getpid() };
    if (write(fd, record, sizeof(record)) == sizeof(record))
        execv(argv[1], argv + 1);
    perror(argv[1]);
    return 1;
}
