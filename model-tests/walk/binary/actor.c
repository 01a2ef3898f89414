/*
 * actor: every script of a walk, and the hand that holds processes back.
 *
 * Theory of operation.  As the interpreter of a script (`#!/path/actor ROLE`) it connects to the stream socket $T/walk, says
 * `ROLE SERVICE PID ARG...`, and does what it is told there, a line a command:
 *   exit N      end                     signal N    die of a signal
 *   newline FD  report readiness        auto        end at SIGTERM; at once if that came, or if it is no `run`
 *   ping        say `pong`: behind every signal that was sent to it before it was asked
 *   orphan      leave a process behind that outlives it, ignores SIGTERM, and reports as `orphan`
 * Each signal that it can catch it reports as `signal N` and goes on.  It ends when the socket is closed.
 *
 * As `actor hold` it reads from stdin:
 *   hold PID       trace the process: when it dies, nobody can reap it (`held PID`, then `dead PID`) until
 *   release PID    it is let go
 *   lease FILE     every exec of the file hangs (`leased FILE`) until
 *   unlease FILE   the lease is given back
 *   limit PID N    soft limit of descriptors of a process; 0: back to what it was (`limited PID`)
 * A command that fails is answered with `failed TEXT`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELD_MAX = 512, LEASES_MAX = 512 };

static int link_fd = -1;
static volatile sig_atomic_t is_auto, was_told_to_end;

static void say(const char *text)
{
    if (write(link_fd, text, strlen(text)) < 0)
        _exit(0);
}

static void caught(int number)
{
    char text[] = "signal 00\n";
    text[7] = (char)('0' + number / 10);
    text[8] = (char)('0' + number % 10);
    if (number == SIGTERM)
        was_told_to_end = 1;
    if (is_auto && number == SIGTERM)
        _exit(0);
    if (write(link_fd, text, sizeof text - 1) < 0)
        _exit(0);
}

static void join(const char *role, int count, char **args)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    char where[4096] = "", text[8192];
    const char *name;
    int length;

    snprintf(to.sun_path, sizeof to.sun_path, "%s/walk", getenv("T") ? getenv("T") : ".");
    link_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link_fd < 0 || connect(link_fd, (struct sockaddr *)&to, sizeof to) < 0)
        _exit(0);
    if (!getcwd(where, sizeof where))
        _exit(0);
    name = strrchr(where, '/') + 1;
    length = snprintf(text, sizeof text, "%s %s %d", role, name, (int)getpid());
    for (int i = 0; i < count; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, " %s", args[i]);
    text[length++] = '\n';
    text[length] = 0;
    say(text);
}

static void act(const char *role);

static void leave_orphan(void)
{
    if (fork() != 0)
        return;
    setsid();
    close(link_fd);
    signal(SIGTERM, SIG_IGN);
    join("orphan", 0, NULL);
    act("orphan");
}

static void obey(const char *role, const char *line)
{
    int number = 0;

    if (sscanf(line, "exit %d", &number) == 1)
        _exit(number);
    if (sscanf(line, "signal %d", &number) == 1) {
        sigset_t none;
        sigemptyset(&none);
        signal(number, SIG_DFL);
        sigprocmask(SIG_SETMASK, &none, NULL);
        kill(getpid(), number);
    } else if (sscanf(line, "newline %d", &number) == 1) {
        if (write(number, "\n", 1) < 0)
            say("failed newline\n");
    } else if (strcmp(line, "auto") == 0) {
        is_auto = 1;
        if (strcmp(role, "run") != 0 || was_told_to_end)
            _exit(0);
    } else if (strcmp(line, "ping") == 0) {
        say("pong\n");
    } else if (strcmp(line, "orphan") == 0) {
        leave_orphan();
    }
}

static void act(const char *role)
{
    char input[4096];
    size_t held = 0;

    for (;;) {
        ssize_t length = read(link_fd, input + held, sizeof input - 1 - held);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            _exit(0);
        held += (size_t)length;
        input[held] = 0;
        for (char *end; (end = memchr(input, '\n', held)); ) {
            *end = 0;
            obey(role, input);
            held -= (size_t)(end + 1 - input);
            memmove(input, end + 1, held + 1);
        }
    }
}

static struct { pid_t pid; int dead; } processes[HELD_MAX];
static struct { char path[512]; int fd; } leases[LEASES_MAX];
static int process_count, lease_count;
static rlim_t limit_before;

/* Let a traced process that stopped go on, with the signal it stopped for; see when one is dead, but do not reap it. */
static void look(int i)
{
    siginfo_t seen = { .si_pid = 0 };
    pid_t pid = processes[i].pid;
    int status;

    while (!processes[i].dead && waitid(P_PID, (id_t)pid, &seen, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) == 0 && seen.si_pid == pid) {
        if (seen.si_code == CLD_EXITED || seen.si_code == CLD_KILLED || seen.si_code == CLD_DUMPED) {
            processes[i].dead = 1;
            printf("dead %d\n", (int)pid);
        } else if (waitpid(pid, &status, WNOHANG | __WALL) == pid && WIFSTOPPED(status)) {
            ptrace(PTRACE_CONT, pid, NULL, (void *)(long)(status >> 16 ? 0 : WSTOPSIG(status)));
        }
        seen.si_pid = 0;
    }
}

static void hold(pid_t pid)
{
    if (process_count == HELD_MAX || ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0) {
        printf("failed hold %d: %s\n", (int)pid, strerror(errno));
        return;
    }
    processes[process_count].pid = pid;
    processes[process_count++].dead = 0;
    printf("held %d\n", (int)pid);
}

/* Reaping it as the tracer hands it to its parent. One that lives is interrupted, and then let go. */
static void release(pid_t pid)
{
    int status;

    for (int i = 0; i < process_count; i++) {
        if (processes[i].pid != pid)
            continue;
        if (!processes[i].dead)
            ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
        if (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
            ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)(status >> 16 ? 0 : WSTOPSIG(status)));
        processes[i] = processes[--process_count];
        printf("released %d\n", (int)pid);
        return;
    }
    printf("failed release %d\n", (int)pid);
}

static void lease(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (lease_count == LEASES_MAX || fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0) {
        printf("failed lease %s: %s\n", path, strerror(errno));
        return;
    }
    snprintf(leases[lease_count].path, sizeof leases[0].path, "%.511s", path);
    leases[lease_count++].fd = fd;
    printf("leased %s\n", path);
}

static void unlease(const char *path)
{
    for (int i = 0; i < lease_count; i++) {
        if (strcmp(leases[i].path, path) != 0)
            continue;
        close(leases[i].fd);
        leases[i] = leases[--lease_count];
        printf("unleased %s\n", path);
        return;
    }
    printf("failed unlease %s\n", path);
}

static void limit(pid_t pid, rlim_t number)
{
    struct rlimit old, new;

    if (prlimit(pid, RLIMIT_NOFILE, NULL, &old) == 0) {
        if (number)
            limit_before = old.rlim_cur;
        new = (struct rlimit){ number ? number : limit_before, old.rlim_max };
        if (prlimit(pid, RLIMIT_NOFILE, &new, NULL) == 0) {
            printf("limited %d\n", (int)pid);
            return;
        }
    }
    printf("failed limit %d: %s\n", (int)pid, strerror(errno));
}

static void command(char *line)
{
    unsigned long number;
    int pid;

    if (sscanf(line, "hold %d", &pid) == 1)
        hold(pid);
    else if (sscanf(line, "release %d", &pid) == 1)
        release(pid);
    else if (sscanf(line, "limit %d %lu", &pid, &number) == 2)
        limit(pid, number);
    else if (strncmp(line, "lease ", 6) == 0)
        lease(line + 6);
    else if (strncmp(line, "unlease ", 8) == 0)
        unlease(line + 8);
}

static int hand(void)
{
    struct pollfd input = { .fd = 0, .events = POLLIN };
    char text[65536];
    size_t kept = 0;

    signal(SIGIO, SIG_IGN);
    for (;;) {
        if (poll(&input, 1, process_count > 0 ? 2 : -1) > 0) {
            ssize_t length = read(0, text + kept, sizeof text - 1 - kept);
            if (length <= 0)
                return 0;
            kept += (size_t)length;
            for (char *end; (end = memchr(text, '\n', kept)); ) {
                *end = 0;
                command(text);
                kept -= (size_t)(end + 1 - text);
                memmove(text, end + 1, kept);
            }
        }
        for (int i = 0; i < process_count; i++)
            look(i);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    static const int reported[] = { SIGTERM, SIGCONT, SIGHUP, SIGALRM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 };

    if (argc < 2)
        return 2;
    if (strcmp(argv[1], "hold") == 0)
        return hand();
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    /* Signals are caught before anybody is told that this runs; they are held back until there is somebody to tell. */
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    for (unsigned i = 0; i < sizeof reported / sizeof *reported; i++)
        sigaction(reported[i], &(struct sigaction){ .sa_handler = caught, .sa_flags = SA_RESTART }, NULL);
    join(argv[1], argc > 3 ? argc - 3 : 0, argv + 3);
    sigprocmask(SIG_SETMASK, &before, NULL);
    act(argv[1]);
}
