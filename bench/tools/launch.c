/*
 * launch PROGRAM [ARGUMENT...]: notes the time, as stamp.c does, and executes the program; ends when all is gone that came of it.
 *
 * What loses its parent becomes a child of ours, and is waited for. When none is left the time is noted again, with process 0, and the
 * exit status is that of the program: 128 and the signal if it was killed. The daemon that is measured is told to end when the benchmark
 * ends, even when that is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int stamps;

static int note(pid_t pid)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int64_t record[2] = { (int64_t)now.tv_sec * 1000000000 + now.tv_nsec, pid };
    return write(stamps, record, sizeof(record)) == sizeof(record);
}

static int become(char **command)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || !note(getpid()))
        return 127;
    execv(command[0], command);
    perror(command[0]);
    return 127;
}

int main(int argc, char **argv)
{
    const char *path = getenv("NITRO_BENCH_STAMPS");
    stamps = argc > 1 && path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (stamps < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) {
        perror("launch");
        return 1;
    }
    const pid_t daemon = fork();
    if (daemon == 0)
        _exit(become(argv + 1));
    int status = 0, result = 1;
    for (;;) {
        const pid_t gone = wait(&status);
        if (gone < 0 && errno != EINTR)
            break;
        if (gone == daemon)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return note(0) ? result : 1;
}
