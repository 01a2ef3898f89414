/*
 * stamp: the `run` of every service of the benchmark. Its first act is to note when that was; then it does nothing.
 *
 * The record goes to the end of the file that NITRO_BENCH_STAMPS names (instance.ts reads it). A record is small and appended by one
 * call, so those of many services do not mix. Compiled with READY it then tells on descriptor 3 that it is ready; with STUBBORN it does not
 * end on SIGTERM; with LOGGER it reads its stdin, and ends with that.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int64_t record[2] = { (int64_t)now.tv_sec * 1000000000 + now.tv_nsec, getpid() };
#ifdef STUBBORN
    signal(SIGTERM, SIG_IGN);
#endif
    const char *path = getenv("NITRO_BENCH_STAMPS");
    const int fd = path ? open(path, O_WRONLY | O_APPEND) : -1;
    if (fd < 0 || write(fd, record, sizeof(record)) != sizeof(record))
        return 1;
    close(fd);
#ifdef READY
    /* runit connects nothing to it. */
    if (fcntl(3, F_GETFD) >= 0) {
        if (write(3, "\n", 1) != 1)
            return 1;
        close(3);
    }
#endif
#ifdef LOGGER
    char block[4096];
    while (read(0, block, sizeof(block)) > 0)
        ;
    return 0;
#else
    for (;;)
        pause();
#endif
}
