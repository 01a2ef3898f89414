/*
 * sink: a logger that counts what it reads.
 *
 * What it has read it notes (see flow.h) when it has read SOURCE_BYTES in all its lives together; it ends with its stdin. If SINK_DIES is that many bytes
 * above 0, its first life kills itself when it has read so much: after it has noted that, so that whatever is lost is not its own fault.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "flow.h"

/* What was read by earlier lives: one record each. */
static long long read_before(void)
{
    char path[200];
    int64_t record[3];
    long long sum = 0;
    const char *stamps = getenv("NITRO_BENCH_STAMPS");
    snprintf(path, sizeof(path), "%s.flow", stamps ? stamps : "");
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && read(fd, record, sizeof(record)) == sizeof(record))
        sum += record[0] == READ ? record[2] : 0;
    if (fd >= 0)
        close(fd);
    return sum;
}

int main(void)
{
    static char block[65536];
    const char *bytes = getenv("SOURCE_BYTES"), *dies = getenv("SINK_DIES");
    const long long before = read_before(), all = bytes ? atoll(bytes) : 0, die = dies ? atoll(dies) : 0;
    long long got = 0;
    stamp();
    for (;;) {
        const ssize_t size = read(0, block, sizeof(block));
        if (size <= 0)
            return 0;
        got += size;
        if (before == 0 && die > 0 && got >= die) {
            note(READ, got);
            raise(SIGKILL);
        }
        if (before + got == all)
            note(READ, got);
    }
}
