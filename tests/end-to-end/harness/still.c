/*
 * still: a program that does nothing, so that /proc shows exactly what it was started with.
 *
 * As `#!still N` in the first line of a script it first writes a newline to descriptor N, also where N has more
 * digits than a shell can redirect.
 */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc > 1 && argv[1][0] >= '0' && argv[1][0] <= '9')
        if (write(atoi(argv[1]), "\n", 1) != 1)
            return 1;
    for (;;)
        pause();
}
