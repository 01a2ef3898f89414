/*
 * Other processes: starting, ending, signalling.
 *
 * Theory of operation. A child is started (sharing.c, or a fork) and left alone: the parent never waits for its exec, which may hang in a file
 * system. It learns of the outcome from the status pipe, whose write end is closed by exec, and gets a number if exec
 * fails. What the child does until then is in child.c.
 */
#define _GNU_SOURCE
#include "child.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_pipe(const int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
}

/* A pipe whose reading end, ours, does not block. Only that end: a script need not expect it of its readiness descriptor. */
static bool open_ready(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

/* The pid, or minus the errno. `texts` is given back, or kept for as long as the child needs it. */
static int make_child(Child *child, void *texts)
{
    pid_t pid = sharing_start(child, texts);
    if (pid > 0)
        return pid;
    if (pid == 0) {
        pid = fork();
        if (pid == 0)
            child_execute(child);
        pid = result(pid);
    }
    free(texts);
    return pid;
}

/* The pid, or minus the errno with nothing left open; on success our ends are status[0] and ready[0]. */
static int start(Child *child, void *texts)
{
    int pid;
    if (pipe2(child->status, O_CLOEXEC | O_NONBLOCK) == 0 && (!child->notification_fd || open_ready(child->ready))) {
        pid = make_child(child, texts);
    } else {
        pid = -errno;
        free(texts);
    }
    if (pid < 0) {
        close_pipe(child->status);
        close_pipe(child->ready);
        return pid;
    }
    close(child->status[1]);
    if (child->ready[1] >= 0)
        close(child->ready[1]);
    return pid;
}

static bool int_property(JSContext *js, JSValueConst object, const char *name, int *number)
{
    JSValue value = JS_GetPropertyStr(js, object, name);
    const bool valid = !JS_IsException(value) && int_in(js, value, number);
    JS_FreeValue(js, value);
    return valid;
}

static const char *text_property(JSContext *js, JSValueConst object, const char *name, size_t *length)
{
    JSValue value = JS_GetPropertyStr(js, object, name);
    const char *text = JS_IsException(value) ? NULL : text_in(js, value, length);
    JS_FreeValue(js, value);
    return text;
}

/*
 * Have the child's texts in one block of the C library's memory, which free gives back: the engine's may change while a child needs them, and is not
 * there in a forked one (memory.c). NULL: no memory.
 */
static void *copy_texts(Child *child, char **arguments, const char *directory)
{
    size_t count = 0, size = strlen(directory) + 1 + 2 + strlen(arguments[0]) + 1;
    for (; arguments[count]; count++)
        size += strlen(arguments[count]) + 1;
    char **block = malloc((count + 1) * sizeof(*block) + size);
    if (!block)
        return NULL;
    char *to = (char *)(block + count + 1);
    child->argv = block;
    for (size_t i = 0; i < count; i++) {
        block[i] = to;
        to = stpcpy(to, arguments[i]) + 1;
    }
    block[count] = NULL;
    child->directory = to;
    to = stpcpy(to, directory) + 1;
    child->file = to;
    stpcpy(stpcpy(to, "./"), arguments[0]);
    return block;
}

static JSValue spawned(JSContext *js, int pid, const Child *child)
{
    JSValue answer = JS_NewObject(js);
    JS_DefinePropertyValueStr(js, answer, "pid", JS_NewInt32(js, pid), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(js, answer, "status", JS_NewInt32(js, child->status[0]), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(js, answer, "ready", JS_NewInt32(js, child->ready[0]), JS_PROP_C_W_E);
    return answer;
}

CALL(spawn)
{
    Child child = { .status = { -1, -1 }, .ready = { -1, -1 } };
    size_t length = 0;
    void *texts = NULL;
    JSValue outcome = JS_EXCEPTION;
    JSValue list = JS_GetPropertyStr(js, argv[0], "argv");
    JSValue terminal = JS_GetPropertyStr(js, argv[0], "terminal");
    child.terminal = JS_ToBool(js, terminal);
    const char *directory = text_property(js, argv[0], "directory", &length);
    char **arguments = directory ? arguments_in(js, list) : NULL;
    if (arguments && int_property(js, argv[0], "stdin", &child.standard[0]) &&
        int_property(js, argv[0], "stdout", &child.standard[1]) && int_property(js, argv[0], "stderr", &child.standard[2]) &&
        int_property(js, argv[0], "notificationFd", &child.notification_fd)) {
        if (!arguments[0] || strlen(directory) != length || child.notification_fd < 0) {
            outcome = JS_NewInt32(js, -EINVAL);
        } else if (!(texts = copy_texts(&child, arguments, directory))) {
            outcome = JS_NewInt32(js, -ENOMEM);
        } else {
            const int pid = start(&child, texts);
            outcome = pid < 0 ? JS_NewInt32(js, pid) : spawned(js, pid, &child);
        }
    }
    arguments_free(js, arguments);
    if (directory)
        text_free(js, directory);
    JS_FreeValue(js, terminal);
    JS_FreeValue(js, list);
    return outcome;
}

/*
 * The kernel looks at each child to answer, so it is asked only after a SIGCHLD, and then until it says that none has ended: one
 * signal may stand for many. Also at first, since what was executed here before may have left children. Any other error says nothing.
 */
CALL(reap)
{
    static bool may_have_ended = true;
    int status;
    if (!may_have_ended && !signals_child_came())
        return JS_NULL;
    may_have_ended = true;
    pid_t pid;
    do
        pid = waitpid(-1, &status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid <= 0) {
        may_have_ended = pid < 0 && errno != ECHILD;
        return JS_NULL;
    }
    sharing_ended(pid);
    JSValue child = JS_NewObject(js);
    JS_DefinePropertyValueStr(js, child, "pid", JS_NewInt32(js, pid), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(js, child, "status", JS_NewInt32(js, status), JS_PROP_C_W_E);
    return child;
}

CALL(childless)
{
    siginfo_t info;
    return JS_NewBool(js, waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD);
}

CALL(signal_process)
{
    int pid, number;
    if (!int_in(js, argv[0], &pid) || !int_in(js, argv[1], &number))
        return JS_EXCEPTION;
    return pid > 0 ? answer(js, kill(pid, number)) : JS_NewInt32(js, -EINVAL); /* never a group, never everything */
}

/* A process in uninterruptible sleep in the way of the kernel must not hold us up, so a child does it. */
CALL(signal_all)
{
    int number;
    if (!int_in(js, argv[0], &number))
        return JS_EXCEPTION;
    if (getpid() != 1)
        return JS_NewInt32(js, -EPERM);
    const pid_t pid = fork();
    if (pid > 0)
        return JS_NewInt32(js, 0);
    const int failure = result(kill(-1, number));
    if (pid == 0)
        _exit(0);
    return JS_NewInt32(js, failure);
}

static const JSCFunctionListEntry entries[] = {
    JS_CFUNC_DEF("spawn", 1, spawn),
    JS_CFUNC_DEF("reap", 0, reap),
    JS_CFUNC_DEF("childless", 0, childless),
    JS_CFUNC_DEF("kill", 2, signal_process),
    JS_CFUNC_DEF("killAll", 1, signal_all),
};
CALL_TABLE(process_calls);
