/*
 * bare SERVICES [SOCKET]: the least that a supervisor in C can do, as a floor for the figures of those that do more.
 *
 * Each directory in SERVICES is a service: its `run` is executed in it, with /dev/null as stdin, in a session of its own, and again when it ends after a
 * life of a second or more. SIGTERM brings all down, and it ends when none is left. Each request on SOCKET is answered as a QUERY about a service that is
 * UP (protocol.md); no list is looked into for it. There is one vfork a service, which waits for the exec, and nothing else: no states, no other
 * scripts, no logs, no messages, no listeners, and nothing is checked that a test does not need.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SERVICES_MAX = 20000, NAME_MAX_BYTES = 64, RESPAWN_MS = 1000, REQUEST_MAX = 256 };

typedef struct {
    char name[NAME_MAX_BYTES];
    pid_t pid;
    long long born_ms;
} Service;

static Service services[SERVICES_MAX];
static int count, alive;
static volatile sig_atomic_t is_ending;
static sigset_t unblocked;

static void on_signal(int number)
{
    if (number == SIGTERM)
        is_ending = 1;
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void start(Service *service)
{
    char *argv[] = { "run", NULL };
    service->born_ms = now_ms();
    service->pid = vfork();
    if (service->pid == 0) {
        setsid();
        const int null = open("/dev/null", O_RDONLY);
        if (null >= 0 && dup2(null, 0) == 0 && close(null) == 0 && chdir(service->name) == 0) {
            sigprocmask(SIG_SETMASK, &unblocked, NULL);
            execv("./run", argv);
        }
        _exit(111);
    }
    alive += service->pid > 0;
}

static void reap(void)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        for (int i = 0; i < count; i++)
            if (services[i].pid == pid) {
                services[i].pid = 0;
                alive--;
                if (!is_ending && now_ms() - services[i].born_ms >= RESPAWN_MS)
                    start(&services[i]);
                break;
            }
}

static void answer(int fd)
{
    /* STATE UP, PID 1, WSTATUS 0, UPTIME 0: as long as the answer of nitro. */
    static const char packets[] = "\1\0\146\4" "\4\0\147\1\0\0\0" "\4\0\150\0\0\0\0" "\4\0\151\0\0\0";
    char request[REQUEST_MAX];
    struct sockaddr_un client;
    socklen_t size = sizeof(client);
    if (recvfrom(fd, request, sizeof(request), MSG_DONTWAIT, (struct sockaddr *)&client, &size) > 0)
        sendto(fd, packets, sizeof(packets), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&client, size);
}

static int open_socket(const char *path)
{
    struct sockaddr_un own = { .sun_family = AF_UNIX };
    char notify[sizeof(own.sun_path)];
    const char *slash = strrchr(path, '/');
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (!slash || strlen(path) >= sizeof(own.sun_path) ||
        snprintf(notify, sizeof(notify), "%.*s/notify", (int)(slash - path), path) >= (int)sizeof(notify))
        return -1;
    strcpy(own.sun_path, path);
    mkdir(notify, 0700);
    return bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0 ? -1 : fd;
}

static void scan(void)
{
    DIR *directory = opendir(".");
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < NAME_MAX_BYTES && count < SERVICES_MAX)
            strcpy(services[count++].name, entry->d_name);
    closedir(directory);
}

int main(int argc, char **argv)
{
    sigset_t blocked, none;
    const int fd = argc == 3 ? open_socket(argv[2]) : -1;
    if (argc < 2 || chdir(argv[1]) < 0 || (argc == 3 && fd < 0)) {
        perror("bare");
        return 1;
    }
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &unblocked);
    signal(SIGCHLD, on_signal);
    signal(SIGTERM, on_signal);
    scan();
    for (int i = 0; i < count; i++)
        start(&services[i]);
    for (int was_told = 0; !is_ending || alive > 0;) {
        struct pollfd watched = { .fd = fd, .events = POLLIN };
        if (ppoll(&watched, 1, NULL, &none) > 0)
            answer(fd);
        else
            reap();
        for (int i = 0; is_ending && !was_told && i < count; i++)
            if (services[i].pid > 0)
                kill(services[i].pid, SIGTERM);
        was_told = is_ending;
    }
    return 0;
}
