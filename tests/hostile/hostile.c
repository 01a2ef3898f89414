/*
 * hostile: what hostile clients of nitro do, fast enough that they are not what is waited for.
 *
 *   hostile fuzz SOCKET DIRECTORY COUNT SEED NAME...  sends COUNT datagrams: some of random bytes, others requests about the NAMEs that are
 *                                             right but for a few bytes, from sockets in DIRECTORY, from one elsewhere, and from none. None is a
 *                                             shutdown or a reboot; some carry a descriptor.
 *   hostile ask SOCKET DIRECTORY COUNT TAG NAME       COUNT requests of TAG with the payload NAME, at most 5 unanswered, and all answers
 *   hostile flood SOCKET TAG NAME              the same request as fast as the kernel takes it, unanswered, until its stdin ends
 *   hostile deaf DIRECTORY COUNT NAME          COUNT listeners `NAME,I` that never read, until its stdin ends; says `ready`
 *   hostile orphans COUNT                      leaves COUNT processes behind that end, for whoever adopts them
 *
 * Each says at its end how often it did what it does. Bytes come from a generator with a seed, so that a run can be done again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHUTDOWN = 127, REBOOT = 128, SOURCES = 4, UNANSWERED_MAX = 5, LARGE = 70000 };

static uint32_t state;

static uint32_t random_below(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static void fail(const char *what)
{
    fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct sockaddr_un address(const char *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof to.sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    strcpy(to.sun_path, path);
    return to;
}

static int unbound(void)
{
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    return fd;
}

static int bound(const char *path)
{
    const struct sockaddr_un here = address(path);
    const int fd = unbound();
    unlink(path);
    if (bind(fd, (const struct sockaddr *)&here, sizeof here) < 0)
        fail(path);
    return fd;
}

static long drain(int fd)
{
    char data[8192];
    long count = 0;
    while (recv(fd, data, sizeof data, MSG_DONTWAIT) >= 0)
        count++;
    return count;
}

/* Send, and wait for room as long as it takes. False: nobody is there any more. */
static int send_to(int fd, const struct sockaddr_un *to, const void *data, size_t length)
{
    while (sendto(fd, data, length, 0, (const struct sockaddr *)to, sizeof *to) < 0) {
        if (errno == EMSGSIZE || errno == ENOBUFS)
            return 1;
        if (errno != EINTR)
            return 0;
    }
    return 1;
}

/* With a descriptor for the receiver, which it never asked for. */
static int send_with_descriptor(int fd, struct sockaddr_un *to, void *data, size_t length)
{
    union { char room[CMSG_SPACE(sizeof(int))]; struct cmsghdr aligned; } control = { .room = { 0 } };
    struct iovec content = { data, length };
    struct msghdr message = { .msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &content, .msg_iovlen = 1,
                              .msg_control = &control, .msg_controllen = sizeof control };
    struct cmsghdr *part = CMSG_FIRSTHDR(&message);
    const int given = 0;
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof given);
    memcpy(CMSG_DATA(part), &given, sizeof given);
    return sendmsg(fd, &message, 0) >= 0 || errno == EMSGSIZE || errno == ENOBUFS || errno == EINTR || errno == ETOOMANYREFS;
}

static size_t request(unsigned char *data, int tag, const char *name)
{
    const size_t length = strlen(name);
    data[0] = (unsigned char)length;
    data[1] = (unsigned char)(length >> 8);
    data[2] = (unsigned char)tag;
    memcpy(data + 3, name, length);
    return length + 3;
}

static size_t random_bytes(unsigned char *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        data[i] = (unsigned char)random_below(256);
    return length;
}

/* Frames and packets behind each other, with lengths that are mostly right. */
static size_t several_packets(unsigned char *data, char **names, int count)
{
    size_t length = 0;
    for (uint32_t left = 1 + random_below(5); left > 0; left--) {
        const size_t start = length;
        length += request(data + length, (int)random_below(256), names[random_below((uint32_t)count)]);
        if (random_below(4) == 0) {
            data[start] = (unsigned char)(0xfe + random_below(2));
            data[start + 1] = 0xff;
        }
    }
    return length;
}

/* One datagram of some kind. */
static size_t make(unsigned char *data, char **names, int count)
{
    size_t length;
    const uint32_t kind = random_below(16);
    if (kind < 3)
        return random_bytes(data, random_below(64));
    if (kind == 3)
        return several_packets(data, names, count);
    if (kind == 4) { /* large: of the length it says, and not */
        length = 3 + random_below(random_below(64) == 0 ? LARGE : 600);
        random_bytes(data, length);
        data[0] = (unsigned char)(length - 3);
        data[1] = (unsigned char)((length - 3) >> 8);
        data[2] = (unsigned char)(115 + random_below(32));
        return length;
    }
    length = request(data, 118 + (int)random_below(26), names[random_below((uint32_t)count)]);
    if (data[2] == 129) { /* a signal goes before the name */
        memmove(data + 4, data + 3, length - 3);
        data[3] = (unsigned char)random_below(72);
        length++;
        data[0]++;
    }
    if (data[2] == 124 || data[2] > 139) { /* a number */
        length = 3 + random_below(6);
        random_bytes(data + 3, length - 3);
        data[0] = (unsigned char)(length - 3);
        data[1] = 0;
    }
    for (uint32_t changes = random_below(3); kind > 9 && changes > 0; changes--)
        data[random_below((uint32_t)length)] = (unsigned char)random_below(256);
    if (kind == 15)
        length = random_below((uint32_t)length + 1);
    return length;
}

static void fuzz(const char *socket_path, const char *directory, long count, char **names, int name_count)
{
    static unsigned char data[LARGE + 1024];
    struct sockaddr_un to = address(socket_path);
    char path[120];
    int from[SOURCES];
    long sent = 0, heard = 0;
    const char *const kinds[SOURCES - 1] = { "%s/,fuzz%d", "%s/ALL,fuzz%d", "%s/../elsewhere%d" };
    for (int i = 0; i < SOURCES - 1; i++) {
        snprintf(path, sizeof path, kinds[i], directory, (int)getpid());
        from[i] = bound(path);
    }
    from[SOURCES - 1] = unbound();
    while (sent < count) {
        const size_t length = make(data, names, name_count);
        if (length >= 3 && (data[2] == SHUTDOWN || data[2] == REBOOT))
            continue;
        const int source = from[random_below(SOURCES)];
        if (random_below(50) == 0 ? !send_with_descriptor(source, &to, data, length) : !send_to(source, &to, data, length))
            break;
        if (++sent % 16 == 0)
            for (int i = 0; i < SOURCES - 1; i++)
                heard += drain(from[i]);
    }
    printf("%ld sent, %ld heard\n", sent, heard);
}

static void ask(const char *socket_path, const char *directory, long count, int tag, const char *name)
{
    unsigned char data[256];
    const struct sockaddr_un to = address(socket_path);
    char path[120];
    long sent = 0, heard = 0;
    snprintf(path, sizeof path, "%s/,ask%d", directory, (int)getpid());
    const int fd = bound(path);
    const size_t length = request(data, tag, name);
    while (heard < count) {
        for (; sent < count && sent - heard < UNANSWERED_MAX; sent++)
            if (!send_to(fd, &to, data, length))
                fail("request");
        struct pollfd one = { fd, POLLIN, 0 };
        if (poll(&one, 1, 60000) <= 0)
            break;
        heard += drain(fd);
    }
    unlink(path);
    printf("%ld sent, %ld heard\n", sent, heard);
}

static void flood(const char *socket_path, int tag, const char *name)
{
    unsigned char data[256];
    const struct sockaddr_un to = address(socket_path);
    const int fd = unbound();
    const size_t length = request(data, tag, name);
    struct pollfd end = { 0, POLLIN, 0 };
    long sent = 0;
    do {
        for (int i = 0; i < 64; i++)
            sent += send_to(fd, &to, data, length);
    } while (poll(&end, 1, 0) == 0);
    printf("%ld sent\n", sent);
}

static void deaf(const char *directory, long count, const char *name)
{
    char path[120], byte;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (long i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s,%ld", directory, name, i);
        bound(path);
    }
    printf("ready\n");
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        continue;
}

static void orphans(long count)
{
    for (long made = 0; made < count;) {
        const pid_t parent = fork();
        if (parent < 0)
            fail("fork");
        if (parent == 0) {
            /* A batch that outlives this parent: each ends some moments after it. */
            for (int i = 0; i < 50; i++)
                if (fork() == 0) {
                    usleep(2000);
                    _exit(i);
                }
            _exit(0);
        }
        waitpid(parent, NULL, 0);
        made += 50;
        usleep(3000);
    }
    printf("%ld left\n", count);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    umask(0);
    if (strcmp(what, "fuzz") == 0 && argc > 6) {
        state = (uint32_t)strtoul(argv[5], NULL, 10) * 2654435761u | 1u;
        fuzz(argv[2], argv[3], atol(argv[4]), argv + 6, argc - 6);
    } else if (strcmp(what, "ask") == 0 && argc == 7) {
        ask(argv[2], argv[3], atol(argv[4]), atoi(argv[5]), argv[6]);
    } else if (strcmp(what, "flood") == 0 && argc == 5) {
        flood(argv[2], atoi(argv[3]), argv[4]);
    } else if (strcmp(what, "deaf") == 0 && argc == 5) {
        deaf(argv[2], atol(argv[3]), argv[4]);
    } else if (strcmp(what, "orphans") == 0 && argc == 3) {
        orphans(atol(argv[2]));
    } else {
        fprintf(stderr, "hostile: see the head of hostile.c\n");
        return 2;
    }
    return 0;
}
