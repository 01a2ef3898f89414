/*
 * What the files of the host share.
 *
 * Theory of operation. The host is nitro's hands: it turns each call of `runtime/os.ts` into one or a few
 * system calls, and knows nothing of services. main.c starts the engine and runs the bytecode of the program
 * that argv[0] names. Each of the other files has one subject, and a table of the calls it offers to
 * TypeScript; main.c collects the tables in one object, the global `host`.
 *
 * Rules. An expected failure is returned as minus the errno. An exception means a bug on the other side (a
 * wrong type, a character above 255) or no memory. Descriptors are opened close-on-exec. There is one thread.
 */
#ifndef HOST_H
#define HOST_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "quickjs.h"

#define UNUSED __attribute__((unused))

/* A function that TypeScript can call. argv holds at least as many values as its table entry says. */
#define CALL(name) \
    static JSValue name(UNUSED JSContext *js, UNUSED JSValueConst self, UNUSED int argc, UNUSED JSValueConst *argv)

/* The calls of one file. */
typedef struct {
    const JSCFunctionListEntry *entries;
    int count;
} CallTable;

#define CALL_TABLE(name) const CallTable name = { entries, (int)(sizeof(entries) / sizeof(entries[0])) }

extern const CallTable signal_calls, poll_calls, descriptor_calls, file_calls, socket_calls, process_calls, self_calls,
    say_calls, machine_calls;

/* ---- values.c: across the border ---- */

enum { BUFFER_SIZE = 65536 };
/* For data on its way to a JS string. No call keeps anything here. */
extern char buffer[BUFFER_SIZE];

/* The bytes of a byte string, NUL-terminated; NULL with an exception if `value` is none. Give back with text_free. */
const char *text_in(JSContext *js, JSValueConst value, size_t *length);
void text_free(JSContext *js, const char *text);
/* A byte string of these bytes. */
JSValue text_out(JSContext *js, const char *bytes, size_t length);
/* An integer argument. false with an exception if it is none. */
bool int_in(JSContext *js, JSValueConst value, int *number);
/* Call `act` with a path, answer with what it returned; -EINVAL for a path with a NUL byte. */
JSValue with_path(JSContext *js, JSValueConst value, int (*act)(const char *path));
/* The same for a question: true if it returned 1. */
JSValue ask_path(JSContext *js, JSValueConst value, int (*act)(const char *path));
/* A list of byte strings, as argv for exec; NULL with an exception. */
char **arguments_in(JSContext *js, JSValueConst list);
void arguments_free(JSContext *js, char **arguments);

/* What a system call returned, or minus the errno. */
static inline int result(long returned) { return returned < 0 ? -errno : (int)returned; }
static inline JSValue answer(JSContext *js, long returned) { return JS_NewInt32(js, result(returned)); }

/* ---- memory.c ---- */

extern const JSMallocFunctions memory_functions;

/* ---- descriptors.c: limits, and what was inherited ---- */

/* Make sure that 0, 1 and 2 are open. */
void descriptors_open_standard(void);
/* Connect those that led nowhere for want of /dev/null to it, now that there may be one. */
void descriptors_retry_standard(void);
/* Close everything else that was inherited, and raise the limit as far as allowed. */
void descriptors_take_over(void);
/* The limit nitro was started with, for a child or an exec; and back. Async-signal-safe. */
void descriptors_limit_original(void);
void descriptors_limit_raised(void);

/* ---- signals.c ---- */

/* Catch the signals. The daemon also catches those that it was started to ignore. */
void signals_start(bool daemon);
/* Whose sockets these are: see sockets.c. */
void sockets_start(bool daemon);
/* Default dispositions, then an empty mask: for a forked child. Async-signal-safe. */
void signals_for_child(void);
/* What was inherited, for an exec in place; and back, if that failed. */
void signals_for_exec(void);
void signals_after_exec(void);
/* Let signals in from here (they interrupt system calls) until signals_keep_out. */
void signals_let_in(void);
void signals_keep_out(void);
/* Let only SIGALRM in, or keep it out again. */
void signals_let_alarm_in(bool in);
/* Did a signal come since the last call of signals_seen? */
bool signals_pending(void);
void signals_seen(void);
/* Has SIGCHLD come since the last call? One that waits to be let in has. */
bool signals_child_came(void);

/* ---- say.c ---- */

/* Write to stderr without blocking: 0 or minus the errno. */
int say(const char *text, size_t length);
/* stderr is /dev/console now. */
void say_on_console(void);

#endif
