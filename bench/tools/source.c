/*
 * source: a service that notes when it was executed, waits, writes SOURCE_BYTES to its stdout, and rests.
 *
 * It writes lines of LINE bytes, a block of them at a time. Before and after it writes it notes the time in the file that
 * NITRO_BENCH_STAMPS names with `.flow` behind it, in records of three numbers: what, the time, bytes. It waits so that its logger has lived for
 * long enough to be restarted at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow.h"

enum { LINE = 100, LINES = 650, WAIT_MS = 1300 };

int main(void)
{
    static char block[LINE * LINES];
    const struct timespec wait = { WAIT_MS / 1000, WAIT_MS % 1000 * 1000000 };
    const char *bytes = getenv("SOURCE_BYTES");
    long long left = bytes ? atoll(bytes) : 0, written = 0;
    memset(block, 'x', sizeof(block));
    for (int i = 0; i < LINES; i++)
        block[i * LINE + LINE - 1] = '\n';
    stamp();
    nanosleep(&wait, NULL);
    note(BEGIN, 0);
    while (left > 0) {
        const size_t size = left < (long long)sizeof(block) ? (size_t)left : sizeof(block);
        const ssize_t got = write(1, block, size);
        if (got <= 0)
            return 1;
        left -= got;
        written += got;
    }
    note(WRITTEN, written);
    for (;;)
        pause();
}
