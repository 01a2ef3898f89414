/*
 * fifo PATH BYTE: writes the byte to a FIFO without end, as fast as its reader takes them.
 *
 * At most WINDOW of them are on their way at a time, as with `control flood`: a FIFO would hold 65,536, and whoever reads it would be busy with
 * what is old.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WINDOW = 8 };

int main(int argc, char **argv)
{
    const int fd = argc == 3 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) {
        perror("fifo");
        return 1;
    }
    for (;;) {
        int waiting = 0;
        if (ioctl(fd, FIONREAD, &waiting) < 0)
            return 1;
        if (waiting >= WINDOW)
            sched_yield();
        else if (write(fd, argv[2], 1) != 1)
            return 1;
    }
}
