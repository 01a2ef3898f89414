/*
 * stamp: the `run` of every service of the benchmark. Its first act is to note when that was; then it does nothing.
 *
 * The record goes to the end of the file that NITRO_BENCH_STAMPS names (stamps.ts reads it). A record is small and appended by one
 * call, so those of many services do not mix.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int64_t record[2] = { (int64_t)now.tv_sec * 1000000000 + now.tv_nsec, getpid() };
    const char *path = getenv("NITRO_BENCH_STAMPS");
    const int fd = path ? open(path, O_WRONLY | O_APPEND) : -1;
    if (fd < 0 || write(fd, record, sizeof(record)) != sizeof(record))
        return 1;
    close(fd);
    for (;;)
        pause();
}
