/*
 * lease: makes every exec of a file hang, as on a file system that does not answer.
 *
 * `lease FILE` takes a write lease on FILE and says `held`. Whoever opens the file then, an exec too, sleeps in the kernel
 * until the lease is given back; `wanted` is said when that begins. The end of stdin gives it back. (The kernel takes it
 * back by itself after /proc/sys/fs/lease-break-time, 45 s mostly.)  The file is not open for writing, or that exec would
 * fail with ETXTBSY.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void wanted(int signal)
{
    (void)signal;
    if (write(1, "wanted\n", 7) < 0)
        _exit(1);
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = wanted, .sa_flags = SA_RESTART };
    char byte;
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

    sigaction(SIGIO, &action, NULL);
    if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0) {
        perror("lease");
        return 1;
    }
    if (write(1, "held\n", 5) < 0)
        return 1;
    while (read(0, &byte, 1) > 0)
        ;
    return 0;
}
