/*
 * This process: who it is, where it was started from, and how it ends.
 *
 * Theory of operation. A program that is executed in nitro's place finds what nitro found: its limits, and its signal mask
 * and dispositions. If that fails, nitro goes on as before.
 */
#include "host.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#define RUN_DIRECTORY "/run"
#else
#define RUN_DIRECTORY "/var/run"
#endif

CALL(own_pid) { return JS_NewInt32(js, getpid()); }
CALL(session) { return JS_NewInt32(js, getsid(0)); }

CALL(environment)
{
    size_t length;
    const char *name = text_in(js, argv[0], &length);
    if (!name)
        return JS_EXCEPTION;
    const char *value = getenv(name);
    text_free(js, name);
    return value ? text_out(js, value, strlen(value)) : JS_UNDEFINED;
}

CALL(describe)
{
    int number;
    return int_in(js, argv[0], &number) ? JS_NewString(js, strerror(number)) : JS_EXCEPTION;
}

CALL(exec)
{
    size_t length;
    const char *path = text_in(js, argv[0], &length);
    char **arguments = path ? arguments_in(js, argv[1]) : NULL;
    int failure = -EINVAL;
    if (arguments && strlen(path) == length) {
        descriptors_limit_original();
        signals_for_exec();
        execv(path, arguments);
        failure = -errno;
        signals_after_exec();
        descriptors_limit_raised();
    }
    const bool valid = arguments != NULL;
    arguments_free(js, arguments);
    if (path)
        text_free(js, path);
    return valid ? JS_NewInt32(js, failure) : JS_EXCEPTION;
}

CALL(leave)
{
    int status;
    if (!int_in(js, argv[0], &status))
        return JS_EXCEPTION;
    exit(status);
}

#define ERROR(name) JS_PROP_INT32_DEF(#name, name, JS_PROP_ENUMERABLE)
static const JSCFunctionListEntry errors[] = {
    ERROR(EAGAIN), ERROR(ECONNREFUSED), ERROR(EEXIST), ERROR(EINTR), ERROR(EINVAL), ERROR(EIO), ERROR(EMFILE),
    ERROR(ENFILE), ERROR(ENOENT), ERROR(ENOMEM), ERROR(ENOTDIR), ERROR(ETXTBSY),
};

static const JSCFunctionListEntry entries[] = {
    JS_OBJECT_DEF("errno", errors, sizeof(errors) / sizeof(errors[0]), JS_PROP_ENUMERABLE),
    JS_PROP_STRING_DEF("runDirectory", RUN_DIRECTORY, JS_PROP_ENUMERABLE),
    JS_CFUNC_DEF("pid", 0, own_pid),
    JS_CFUNC_DEF("session", 0, session),
    JS_CFUNC_DEF("env", 1, environment),
    JS_CFUNC_DEF("describe", 1, describe),
    JS_CFUNC_DEF("exec", 2, exec),
    JS_CFUNC_DEF("exit", 1, leave),
};
CALL_TABLE(self_calls);
