/*
 * A child between fork and exec: what it is told, and the system calls that it may make.
 *
 * Theory of operation. The child may share nitro's memory until its exec (sharing.c), and nitro goes on meanwhile. So it must not change anything there
 * but what is its own: no function of the C library that keeps something, and not even errno, which nitro may be about to read. Its system calls are
 * therefore made directly where memory can be shared; elsewhere it is a forked child, and they are the C library's. Each returns minus the errno if it
 * fails.
 */
#ifndef CHILD_H
#define CHILD_H

#include "host.h"
#include <signal.h>
#include <sys/resource.h>

typedef struct {
    const char *directory;
    const char *file; /* "./" and argv[0] */
    char **argv;
    int standard[3], notification_fd, terminal;
    int status[2], ready[2]; /* pipes; -1 where there is none */
} Child;

/* Put in place what the script is to find, and execute it. If that fails: the errno to the status pipe, as a decimal number, and the end. */
__attribute__((noreturn)) void child_execute(Child *child);

/* ---- sharing.c ---- */

/*
 * Start a child that executes what `child` says and shares our memory until then; its pid. `texts`, a block of malloc that `child` points into, is
 * sharing.c's from then on. 0: fork one instead. Minus the errno: there cannot be one now.
 */
pid_t sharing_start(const Child *child, void *texts);
/* A child was reaped, so it uses nothing of ours any more. */
void sharing_ended(pid_t pid);

#ifdef __linux__
#include <sys/syscall.h>
/* Of the kernel's set of signals, in bytes. */
enum { KERNEL_SET_SIZE = 8 };
#endif

#if defined(__linux__) && defined(__x86_64__) && defined(__LP64__) && !defined(SANITIZED)
#define CAN_SHARE_MEMORY

static inline int direct(long number, long a, long b, long c, long d)
{
    register long fourth __asm__("r10") = d;
    long returned;
    __asm__ volatile("syscall" : "=a"(returned) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth) : "rcx", "r11", "memory");
    return (int)returned;
}

#define DIRECT(name, a, b, c, d) direct(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d))

static inline void child_setsid(void) { DIRECT(setsid, 0, 0, 0, 0); }
static inline int child_open(const char *path, int flags) { return DIRECT(open, path, flags, 0, 0); }
static inline int child_close(int fd) { return DIRECT(close, fd, 0, 0, 0); }
static inline int child_pipe2(int ends[2], int flags) { return DIRECT(pipe2, ends, flags, 0, 0); }
static inline int child_fcntl(int fd, int command, int value) { return DIRECT(fcntl, fd, command, value, 0); }
static inline int child_dup2(int from, int to) { return DIRECT(dup2, from, to, 0, 0); }
static inline int child_chdir(const char *path) { return DIRECT(chdir, path, 0, 0, 0); }
static inline int child_ioctl(int fd, unsigned long request) { return DIRECT(ioctl, fd, request, 0, 0); }
static inline int child_write(int fd, const void *bytes, size_t size) { return DIRECT(write, fd, bytes, size, 0); }
static inline int child_limit(int what, const struct rlimit *limit) { return DIRECT(prlimit64, 0, what, limit, 0); }
static inline int child_set_mask(const sigset_t *mask) { return DIRECT(rt_sigprocmask, SIG_SETMASK, mask, 0, KERNEL_SET_SIZE); }
static inline int child_set_action(int signal, const void *action) { return DIRECT(rt_sigaction, signal, action, 0, KERNEL_SET_SIZE); }
static inline int child_execv(const char *path, char **argv, char **environment) { return DIRECT(execve, path, argv, environment, 0); }
__attribute__((noreturn)) static inline void child_exit(int status)
{
    for (;;)
        DIRECT(exit_group, status, 0, 0, 0);
}
#else
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

static inline void child_setsid(void) { setsid(); }
static inline int child_open(const char *path, int flags) { return result(open(path, flags)); }
static inline int child_close(int fd) { return result(close(fd)); }
static inline int child_pipe2(int ends[2], int flags) { return result(pipe2(ends, flags)); }
static inline int child_fcntl(int fd, int command, int value) { return result(fcntl(fd, command, value)); }
static inline int child_dup2(int from, int to) { return result(dup2(from, to)); }
static inline int child_chdir(const char *path) { return result(chdir(path)); }
static inline int child_ioctl(int fd, unsigned long request) { return result(ioctl(fd, request, 0)); }
static inline int child_write(int fd, const void *bytes, size_t size) { return result(write(fd, bytes, size)); }
static inline int child_limit(int what, const struct rlimit *limit) { return result(setrlimit(what, limit)); }
static inline int child_set_mask(const sigset_t *mask) { return result(sigprocmask(SIG_SETMASK, mask, NULL)); }
#ifdef __linux__
/* As the kernel has it: the C library keeps some signals to itself (signals.c). */
static inline int child_set_action(int signal, const void *action) { return result(syscall(SYS_rt_sigaction, signal, action, NULL, KERNEL_SET_SIZE)); }
#endif
static inline int child_execv(const char *path, char **argv, char **environment) { return result(execve(path, argv, environment)); }
__attribute__((noreturn)) static inline void child_exit(int status) { _exit(status); }
#endif

#endif
