/*
 * The start of nitro and nitroctl.
 *
 * Theory of operation. One binary holds both programs as bytecode; the name it is called by chooses. The engine gets the
 * intrinsics that the programs use, no parser and no modules, so nothing but that bytecode can ever run. The program
 * runs to its end inside one evaluation, and leaves by `host.exit`. If it does not, that is a bug: it is reported, and the process
 * exits 111; unless it is pid 1, which must not exit, and goes on reaping.
 */
#include "host.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK_SIZE = 256 * 1024, FAILED = 111 };
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

extern const uint8_t nitro_bytecode[], nitroctl_bytecode[];
extern const uint32_t nitro_bytecode_size, nitroctl_bytecode_size;

static bool is_control(const char *name)
{
    static const char *const names[] = { "nitroctl", "init", "halt", "poweroff", "reboot" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static const char *program_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path ? path : "";
}

static JSContext *new_context(void)
{
#ifdef SANITIZED
    JSRuntime *runtime = JS_NewRuntime(); /* the sanitizer wants to see each block, and more stack */
    const size_t stack_size = 4 * STACK_SIZE;
#else
    JSRuntime *runtime = JS_NewRuntime2(&memory_functions, NULL);
    const size_t stack_size = STACK_SIZE;
#endif
    if (!runtime)
        return NULL;
    JS_SetMaxStackSize(runtime, stack_size);
    return JS_NewContextRaw(runtime);
}

static void add_host(JSContext *js, int argc, char **argv)
{
    const CallTable *const tables[] = { &signal_calls, &poll_calls, &descriptor_calls, &file_calls, &socket_calls,
                                        &process_calls, &self_calls, &say_calls, &machine_calls };
    JSValue host = JS_NewObject(js), args = JS_NewArray(js), global = JS_GetGlobalObject(js);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        JS_SetPropertyFunctionList(js, host, tables[i]->entries, tables[i]->count);
    for (int i = 0; i < argc; i++)
        JS_DefinePropertyValueUint32(js, args, (uint32_t)i, text_out(js, argv[i], strlen(argv[i])), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(js, host, "args", args, JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(js, global, "host", host, JS_PROP_C_W_E);
    JS_FreeValue(js, global);
}

/*
 * The program as a function. It is read before any intrinsic is added: then its names get the very numbers that they have
 * in the bytecode, and the engine can execute it where it is, in the binary's read-only memory, instead of a copy.
 */
static JSValue load(JSContext *js, bool control)
{
    const uint8_t *code = control ? nitroctl_bytecode : nitro_bytecode;
    const uint32_t size = control ? nitroctl_bytecode_size : nitro_bytecode_size;
    return JS_ReadObject(js, code, size, JS_READ_OBJ_BYTECODE | JS_READ_OBJ_ROM_DATA);
}

static void report(JSContext *js, const char *name)
{
    char message[4096];
    JSValue error = JS_GetException(js);
    JSValue stack = JS_IsObject(error) ? JS_GetPropertyStr(js, error, "stack") : JS_UNDEFINED;
    const char *what = JS_ToCString(js, error);
    const char *where = JS_IsString(stack) ? JS_ToCString(js, stack) : NULL;
    snprintf(message, sizeof(message), "- %s: %s\n%s", name, what ? what : "unknown error", where ? where : "");
    say(message, strlen(message));
}

/* The program has failed. */
__attribute__((noreturn)) static void give_up(void)
{
    sigset_t child;
    if (getpid() != 1)
        _exit(FAILED);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD); /* blocked, see signals.c */
    for (;;) {
        int number;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        sigwait(&child, &number);
    }
}

int main(int argc, char **argv)
{
    const char *name = program_name(argc > 0 ? argv[0] : NULL);
    const bool control = is_control(name);
    descriptors_open_standard();
    if (!control) {
        descriptors_take_over();
        if (!getenv("PATH"))
            setenv("PATH", DEFAULT_PATH, 1);
    }
    signals_start(!control);
    sockets_start(!control);

    JSContext *js = new_context();
    if (!js)
        give_up();
    JSValue program = load(js, control);
    if (!JS_IsException(program)) {
        JS_AddIntrinsicBaseObjects(js);
        JS_AddIntrinsicMapSet(js);
        add_host(js, argc, argv);
        program = JS_EvalFunction(js, program);
    }
    if (JS_IsException(program))
        report(js, control ? "nitroctl" : "nitro");
    give_up();
}
