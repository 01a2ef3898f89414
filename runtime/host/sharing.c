/*
 * Children that share nitro's memory until they execute something.
 *
 * Theory of operation. Most of what a fork costs is to share memory page by page, and then to copy each page that either side writes to. A child
 * that is to execute a script needs none of that: it can run in our own memory (CLONE_VM) until then. We go on meanwhile, unlike after a vfork, for
 * an exec may hang. So each such child has a slot: a stack, and its own copy of what it is told. The kernel gives the slot back: when the child is
 * through with our memory, by exec or by its end, it writes zero to `is_used` (CLONE_CHILD_CLEARTID).
 *
 * The slots are few, since children become no faster by being more than there are processors. If all are used nitro waits for a moment, and then
 * forks; so execs that hang hold up nobody. It also forks where sharing is not to be had: on processors whose words this file does not have, with
 * sanitizers, under valgrind, which knows no such child, and on Linux before 5.16, where a child that dumps core ends all that share its memory.
 */
#define _GNU_SOURCE
#include "child.h"

#ifdef CAN_SHARE_MEMORY
#include <sched.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The functions of child.c take some 300 bytes of stack, and all signals that have a handler are blocked. */
enum { SLOTS = 8, SLOT_SIZE = 2048, LOOKS = 20, BETWEEN_LOOKS_NS = 200000 };

typedef struct {
    _Alignas(16) int is_used; /* the kernel clears it */
    pid_t pid;
    Child child;
    void *texts;
} Use;

typedef struct {
    char stack[SLOT_SIZE - sizeof(Use)];
    Use use;
} Slot;

static Slot slots[SLOTS];

/* clone() with a stack of its own for the child, which begins with child_execute(child). The pid or minus the errno. */
static long clone_onto(char *stack_end, int *cleared, Child *child)
{
    register int *fourth __asm__("r10") = cleared;
    long returned;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %[child], %%rdi\n\t"
                     "call *%[execute]\n\t"
                     "ud2\n"
                     "1:"
                     : "=a"(returned)
                     : "a"(SYS_clone), "D"(CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD), "S"(stack_end), "d"(0), "r"(fourth),
                       [child] "r"(child), [execute] "r"(child_execute)
                     : "rcx", "r11", "memory");
    return returned;
}

/* As valgrind wants to be asked: rotations that leave rdi as it is, and an exchange that does nothing. 0 in rdx stays 0 elsewhere. */
static bool is_under_valgrind(void)
{
    enum { RUNNING_ON_VALGRIND = 0x1001 };
    const long request[6] = { RUNNING_ON_VALGRIND };
    long under = 0;
    __asm__ volatile("rolq $3, %%rdi\n\trolq $13, %%rdi\n\trolq $61, %%rdi\n\trolq $51, %%rdi\n\txchgq %%rbx, %%rbx"
                     : "+d"(under)
                     : "a"(request)
                     : "cc", "memory");
    return under != 0;
}

static bool may_share(void)
{
    enum { MAJOR = 5, MINOR = 16 };
    struct utsname kernel;
    if (uname(&kernel) < 0 || is_under_valgrind())
        return false;
    char *rest;
    const long major = strtol(kernel.release, &rest, 10);
    return major > MAJOR || (major == MAJOR && *rest == '.' && strtol(rest + 1, NULL, 10) >= MINOR);
}

static Slot *find_free(void)
{
    for (int i = 0; i < SLOTS; i++)
        if (!__atomic_load_n(&slots[i].use.is_used, __ATOMIC_ACQUIRE))
            return &slots[i];
    return NULL;
}

/* Once it was waited in vain it is not again before a slot came free. */
static Slot *take_slot(void)
{
    static bool is_stuck;
    const struct timespec moment = { 0, BETWEEN_LOOKS_NS };
    Slot *slot = find_free();
    for (int looks = 0; !slot && !is_stuck && looks < LOOKS; looks++) {
        nanosleep(&moment, NULL);
        slot = find_free();
    }
    is_stuck = !slot;
    return slot;
}

pid_t sharing_start(const Child *child, void *texts)
{
    static enum { UNKNOWN, SHARES, FORKS } way = UNKNOWN;
    if (way == UNKNOWN)
        way = may_share() ? SHARES : FORKS;
    Slot *slot = way == SHARES ? take_slot() : NULL;
    if (!slot)
        return 0;
    Use *use = &slot->use;
    free(use->texts);
    use->texts = NULL;
    use->child = *child;
    use->is_used = 1;
    const long pid = clone_onto(slot->stack + sizeof(slot->stack), &use->is_used, &use->child);
    if (pid > 0) {
        use->pid = (pid_t)pid;
        use->texts = texts;
        return use->pid;
    }
    use->is_used = 0;
    if (pid == -EAGAIN || pid == -ENOMEM)
        return (pid_t)pid;
    way = FORKS; /* a sandbox that does not know such a child, or forbids it */
    return 0;
}

/* For kernels that do not clear it after a core dump. */
void sharing_ended(pid_t pid)
{
    for (int i = 0; i < SLOTS; i++)
        if (slots[i].use.pid == pid)
            __atomic_store_n(&slots[i].use.is_used, 0, __ATOMIC_RELEASE);
}
#else
pid_t sharing_start(UNUSED const Child *child, UNUSED void *texts) { return 0; }
void sharing_ended(UNUSED pid_t pid) { }
#endif
