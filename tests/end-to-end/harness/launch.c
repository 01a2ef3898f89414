/*
 * launch: executes a program with inherited state that a shell cannot arrange.
 *
 * `launch [-i SIGNAL]... [-b SIGNAL]... [-o FD]... [-c FD]... [-n LIMIT] [-r] [-t] FILE ARGV0 ARG...`
 *   -i  ignore the signal            -b  block it
 *   -o  FD is open on /dev/null      -c  FD is closed
 *   -n  soft limit of descriptors
 *   -r  be the reaper of orphans among what it starts
 *   -t  stdin is a terminal that no session has; a child of ours holds its other end open
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Keep the other end of the terminal open as long as what is executed lives. */
static void hold(int terminal)
{
    char text[256];

    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(0);
    while (read(terminal, text, sizeof text) > 0 || errno == EIO)
        usleep(10000);
    _exit(0);
}

int main(int argc, char **argv)
{
    struct rlimit limit;
    sigset_t blocked;
    int option, fd;

    sigemptyset(&blocked);
    while ((option = getopt(argc, argv, "+i:b:o:c:n:rt")) != -1) {
        int number = atoi(optarg ? optarg : "");
        switch (option) {
        case 'i':
            signal(number, SIG_IGN);
            break;
        case 'b':
            sigaddset(&blocked, number);
            break;
        case 'o':
            fd = open("/dev/null", O_RDWR);
            if (fd != number) {
                dup2(fd, number);
                close(fd);
            }
            break;
        case 'c':
            close(number);
            break;
        case 'n':
            getrlimit(RLIMIT_NOFILE, &limit);
            limit.rlim_cur = (rlim_t)number;
            setrlimit(RLIMIT_NOFILE, &limit);
            break;
        case 'r':
            prctl(PR_SET_CHILD_SUBREAPER, 1);
            break;
        case 't':
            fd = posix_openpt(O_RDWR | O_NOCTTY);
            if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
                return 2;
            number = fd;
            fd = open(ptsname(number), O_RDWR | O_NOCTTY);
            dup2(fd, 0);
            close(fd);
            hold(number);
            close(number);
            break;
        default:
            return 2;
        }
    }
    if (argc - optind < 2)
        return 2;
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    execv(argv[optind], argv + optind + 1);
    fprintf(stderr, "launch: %s: %s\n", argv[optind], strerror(errno));
    return 127;
}
