/*
 * Waiting, and the clock.
 *
 * Theory of operation. The watched descriptors are an array of struct pollfd, as the system wants it, kept from one
 * call to the next. `slot` tells for each descriptor where in the array it is (plus 1; 0: not watched). The last
 * entry takes the place of one that is removed, so adding and removing cost the same however many there are.
 */
#define _GNU_SOURCE
#include "host.h"
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct pollfd *watched;
static int watched_count, watched_room;
static int *slot, slot_room;

/* Make room for `needed` entries of `size` bytes. */
static bool grow(void **array, int *room, int needed, size_t size)
{
    if (needed <= *room)
        return true;
    int wanted = *room ? *room : 16;
    while (wanted < needed)
        wanted *= 2;
    char *bigger = realloc(*array, (size_t)wanted * size);
    if (!bigger)
        return false;
    memset(bigger + (size_t)*room * size, 0, (size_t)(wanted - *room) * size);
    *array = bigger;
    *room = wanted;
    return true;
}

CALL(watch)
{
    int fd;
    if (!int_in(js, argv[0], &fd))
        return JS_EXCEPTION;
    if (fd < 0 || fd >= INT_MAX / 2)
        return JS_ThrowRangeError(js, "not a descriptor");
    if (!grow((void **)&slot, &slot_room, fd + 1, sizeof(*slot)))
        return JS_ThrowOutOfMemory(js);
    if (slot[fd])
        return JS_UNDEFINED;
    if (!grow((void **)&watched, &watched_room, watched_count + 1, sizeof(*watched)))
        return JS_ThrowOutOfMemory(js);
    watched[watched_count].fd = fd;
    watched[watched_count].events = POLLIN;
    slot[fd] = ++watched_count;
    return JS_UNDEFINED;
}

CALL(unwatch)
{
    int fd;
    if (!int_in(js, argv[0], &fd))
        return JS_EXCEPTION;
    if (fd < 0 || fd >= slot_room || !slot[fd])
        return JS_UNDEFINED;
    const struct pollfd last = watched[--watched_count];
    watched[slot[fd] - 1] = last;
    slot[last.fd] = slot[fd];
    slot[fd] = 0;
    return JS_UNDEFINED;
}

CALL(wait_for_something)
{
    double timeout_ms;
    if (JS_ToFloat64(js, &timeout_ms, argv[0]))
        return JS_EXCEPTION;
    const bool forever = timeout_ms < 0;
    const int ms = signals_pending() || !(timeout_ms >= 0) ? 0 : timeout_ms < INT_MAX ? (int)timeout_ms : INT_MAX;
    const struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };
    sigset_t none;
    sigemptyset(&none);
    int ready = ppoll(watched, (nfds_t)watched_count, forever && !signals_pending() ? NULL : &limit, &none);
    if (ready < 0 && errno != EINTR) {
        const struct timespec moment = { 0, 10000000L }; /* the kernel has no memory: do not spin */
        nanosleep(&moment, NULL);
    }
    signals_seen();
    JSValue list = JS_NewArray(js);
    uint32_t length = 0;
    for (int i = 0; ready > 0 && i < watched_count; i++)
        if (watched[i].revents) {
            JS_DefinePropertyValueUint32(js, list, length++, JS_NewInt32(js, watched[i].fd), JS_PROP_C_W_E);
            ready--;
        }
    return list;
}

/* Counted from the first call, so that the numbers stay small integers for the first 24 days. */
CALL(now)
{
    static int64_t start;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    const int64_t ms = (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
    if (!start)
        start = ms - 1;
    return JS_NewInt64(js, ms - start);
}

static const JSCFunctionListEntry entries[] = {
    JS_CFUNC_DEF("watch", 1, watch),
    JS_CFUNC_DEF("unwatch", 1, unwatch),
    JS_CFUNC_DEF("poll", 1, wait_for_something),
    JS_CFUNC_DEF("now", 0, now),
};
CALL_TABLE(poll_calls);
