/*
 * service: the `run` of every service of the guard. It adds one byte to the file that NITRO_GUARD_STARTS names, and rests.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    const char *path = getenv("NITRO_GUARD_STARTS");
    const int fd = path ? open(path, O_WRONLY | O_APPEND) : -1;
    if (fd < 0 || write(fd, "s", 1) != 1)
        return 1;
    close(fd);
    for (;;)
        pause();
}
