/*
 * Signals.
 *
 * Theory of operation. The signals that nitro cares about are blocked, but while it waits in poll(). So they
 * interrupt nothing else, no wakeup can be lost between looking and waiting, and a forked child starts with them
 * blocked: one that reaches it before exec stays pending until the child has put back the default dispositions,
 * and then has its usual effect. A handler does no more than set a flag.
 */
#define _GNU_SOURCE
#include "child.h"
#include <signal.h>
#include <string.h>

#ifndef NSIG
#define NSIG _NSIG
#endif

/* SIGALRM only has to interrupt a write (say.c). */
static const int caught[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGALRM };
enum { CAUGHT = sizeof(caught) / sizeof(caught[0]) };

static volatile sig_atomic_t came[NSIG], any_came;
static sigset_t inherited_mask, caught_set;
/* Ignored when we were started; so exec would hand that on to children. */
static bool inherited_ignore[NSIG];
static bool is_daemon;

static void on_signal(int number)
{
    came[number] = 1;
    any_came = 1;
}

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The C library keeps a few signals to itself, and refuses them in sigaction(). They too can have been ignored before we
 * were started. The kernel's structure begins with the handler, and is all zeros for the default.
 */
typedef union { void (*handler)(int); char room[64]; } KernelAction;
enum { FIRST_KEPT = 32, LAST_KEPT = 34 };

static bool is_kept_and_ignored(int number)
{
    KernelAction action;
    if (number < FIRST_KEPT || number > LAST_KEPT)
        return false;
    return syscall(SYS_rt_sigaction, number, NULL, &action, KERNEL_SET_SIZE) == 0 && action.handler == SIG_IGN;
}

static void set_default(int number)
{
    static const KernelAction none;
    child_set_action(number, &none);
}
#else
static bool is_kept_and_ignored(UNUSED int number) { return false; }
static void set_default(int number) { signal(number, SIG_DFL); }
#endif

static void set_action(int number, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = number == SIGCHLD ? SA_NOCLDSTOP : 0;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void catch_all(void)
{
    sigprocmask(SIG_SETMASK, &caught_set, NULL);
    for (int i = 0; i < CAUGHT; i++)
        /* nohup, and a shell's `&`, mean nitroctl too; the daemon decides for itself */
        if (is_daemon || caught[i] == SIGCHLD || caught[i] == SIGALRM || !inherited_ignore[caught[i]])
            set_action(caught[i], on_signal);
}

void signals_start(bool daemon)
{
    is_daemon = daemon;
    sigemptyset(&caught_set);
    for (int i = 0; i < CAUGHT; i++)
        sigaddset(&caught_set, caught[i]);
    sigprocmask(SIG_SETMASK, NULL, &inherited_mask);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (!daemon && sigismember(&caught_set, number) != 1)
            continue; /* nitroctl has no children, and leaves it as it is */
        const bool is_ignored = sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
        inherited_ignore[number] = is_ignored || is_kept_and_ignored(number);
    }
    catch_all();
}

void signals_for_child(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        if (inherited_ignore[number] || sigismember(&caught_set, number) == 1)
            set_default(number);
    sigemptyset(&none);
    child_set_mask(&none);
}

void signals_for_exec(void)
{
    for (int number = 1; number < NSIG; number++)
        if (inherited_ignore[number])
            set_action(number, SIG_IGN);
    sigprocmask(SIG_SETMASK, &inherited_mask, NULL);
}

void signals_after_exec(void)
{
    catch_all();
}

void signals_let_in(void)
{
    sigprocmask(SIG_UNBLOCK, &caught_set, NULL);
}

void signals_keep_out(void)
{
    sigprocmask(SIG_BLOCK, &caught_set, NULL);
}

void signals_let_alarm_in(bool in)
{
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(in ? SIG_UNBLOCK : SIG_BLOCK, &alarm, NULL);
}

bool signals_pending(void)
{
    return any_came != 0;
}

void signals_seen(void)
{
    any_came = 0;
}

/* ppoll lets no signal in while a descriptor is ready, so a flood of packets would keep them out for good. */
static void let_in_waiting(void)
{
    sigset_t waiting;
    sigpending(&waiting);
    for (int i = 0; i < CAUGHT; i++)
        if (sigismember(&waiting, caught[i]) == 1) {
            signals_let_in();
            signals_keep_out();
            return;
        }
}

bool signals_child_came(void)
{
    if (!came[SIGCHLD])
        let_in_waiting();
    const bool has_come = came[SIGCHLD] != 0;
    came[SIGCHLD] = 0;
    return has_come;
}

CALL(take_signals)
{
    static const int reported[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
    const int count = is_daemon ? 3 : 4;
    let_in_waiting();
    JSValue list = JS_NewArray(js);
    uint32_t length = 0;
    for (int i = 0; i < count; i++)
        if (came[reported[i]]) {
            came[reported[i]] = 0;
            JS_DefinePropertyValueUint32(js, list, length++, JS_NewInt32(js, reported[i]), JS_PROP_C_W_E);
        }
    return list;
}

#define SIGNAL(name) JS_PROP_INT32_DEF(#name, SIG##name, JS_PROP_ENUMERABLE)
static const JSCFunctionListEntry signals[] = {
    SIGNAL(HUP), SIGNAL(INT), SIGNAL(QUIT), SIGNAL(KILL), SIGNAL(USR1),
    SIGNAL(USR2), SIGNAL(ALRM), SIGNAL(TERM), SIGNAL(CONT), SIGNAL(STOP),
};

static const JSCFunctionListEntry entries[] = {
    JS_OBJECT_DEF("signals", signals, sizeof(signals) / sizeof(signals[0]), JS_PROP_ENUMERABLE),
    JS_CFUNC_DEF("takeSignals", 0, take_signals),
};
CALL_TABLE(signal_calls);
