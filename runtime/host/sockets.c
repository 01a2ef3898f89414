/*
 * Datagram sockets of the file system.
 *
 * Theory of operation. A socket never blocks unless a time to wait is given: each call says so by MSG_DONTWAIT, so
 * that no mode has to be kept. Linux tells a full receiver by EAGAIN, the BSDs by ENOBUFS; both come out as EAGAIN.
 *
 * The mode of the daemon's socket says who may send to it. Where the kernel tells who did, that is checked again: a mode can be
 * changed by mistake, and a descriptor be handed on. Only root and the user that nitro runs as are heard.
 */
#define _GNU_SOURCE
#include "host.h"
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef MSG_CMSG_CLOEXEC
#define RECEIVE_CLOEXEC MSG_CMSG_CLOEXEC
#else
#define RECEIVE_CLOEXEC 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is caught anyway */
#endif

/*
 * The daemon's socket is for its owner. A client's is for all, in a directory that is not: a daemon of another user has to be
 * able to answer root.
 */
static mode_t kept_from_others = 0177;
static bool is_daemon;

void sockets_start(bool daemon)
{
    is_daemon = daemon;
    kept_from_others = daemon ? 0177 : 0;
}

#ifdef SCM_CREDENTIALS
typedef struct ucred Sender;

/* Have the kernel put the sender's credentials to each datagram. */
static int ask_for_senders(int fd)
{
    const int yes = 1;
    return is_daemon ? result(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes))) : 0;
}

static bool is_foreign(struct msghdr *message)
{
    Sender sender;
    if (!is_daemon)
        return false;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_CREDENTIALS) {
            memcpy(&sender, CMSG_DATA(part), sizeof(sender));
            return sender.uid != 0 && sender.uid != geteuid();
        }
    return true;
}
#else
typedef char Sender;
static int ask_for_senders(UNUSED int fd) { return 0; }
static bool is_foreign(UNUSED struct msghdr *message) { return false; }
#endif

static int address_of(const char *path, struct sockaddr_un *address)
{
    const size_t length = strlen(path);
    if (length == 0)
        return -ENOENT; /* Linux would take it for no name at all */
    if (length >= sizeof(address->sun_path))
        return -ENAMETOOLONG;
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length);
    return 0;
}

static int new_socket(void)
{
    return result(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int bound(const char *path)
{
    struct sockaddr_un address;
    const int invalid = address_of(path, &address);
    const int fd = invalid ? invalid : new_socket();
    if (fd < 0)
        return fd;
    const mode_t before = umask(kept_from_others);
    int failure = ask_for_senders(fd);
    if (!failure)
        failure = result(bind(fd, (struct sockaddr *)&address, sizeof(address)));
    umask(before);
    if (failure)
        close(fd);
    return failure ? failure : fd;
}

CALL(bind_socket) { return with_path(js, argv[0], bound); }

static int reachable(const char *path)
{
    struct sockaddr_un address;
    const int invalid = address_of(path, &address);
    const int fd = invalid ? invalid : new_socket();
    if (fd < 0)
        return fd;
    const int failure = result(connect(fd, (struct sockaddr *)&address, sizeof(address)));
    close(fd);
    return failure;
}

CALL(probe) { return with_path(js, argv[0], reachable); }

CALL(receive)
{
    int fd;
    if (!int_in(js, argv[0], &fd))
        return JS_EXCEPTION;
    struct sockaddr_un sender;
    union { char room[CMSG_SPACE(sizeof(Sender))]; struct cmsghdr aligned; } control;
    struct iovec content = { buffer, BUFFER_SIZE };
    struct msghdr message = { .msg_name = &sender, .msg_namelen = sizeof(sender), .msg_iov = &content, .msg_iovlen = 1,
                              .msg_control = &control, .msg_controllen = sizeof(control) };
    ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT | RECEIVE_CLOEXEC);
    if (length < 0)
        return JS_NULL;
    socklen_t size = message.msg_namelen;
    if (is_foreign(&message)) { /* as if it had said nothing, to nobody; more may be waiting behind it */
        length = 0;
        size = 0;
    }
    /* No name, or an abstract one (which starts with a NUL byte), counts as none. */
    const size_t start = offsetof(struct sockaddr_un, sun_path);
    const size_t room = size > start ? size - start : 0;
    const size_t name = strnlen(sender.sun_path, room < sizeof(sender.sun_path) ? room : sizeof(sender.sun_path));
    JSValue datagram = JS_NewObject(js);
    JS_DefinePropertyValueStr(js, datagram, "from", text_out(js, sender.sun_path, name), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(js, datagram, "data", text_out(js, buffer, (size_t)length), JS_PROP_C_W_E);
    return datagram;
}

/*
 * What is sent and not yet received counts against the sender's socket. So a few listeners that never read can use up all
 * that ours may have under way, and nothing would reach anybody any more. A socket of its own, without a name, is free of that: the datagram
 * outlives it. Where the receiver itself is full, it fails just the same.
 */
static ssize_t send_by_another(const struct sockaddr_un *to, const char *data, size_t length)
{
    const int fd = new_socket();
    if (fd < 0) {
        errno = EAGAIN;
        return -1;
    }
    const ssize_t sent = sendto(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)to, sizeof(*to));
    const int failure = errno;
    close(fd);
    errno = failure;
    return sent;
}

static bool is_full(int failure)
{
    return failure == EAGAIN || failure == EWOULDBLOCK || failure == ENOBUFS;
}

/* Does the failure say nothing about the receiver, so that it is worth to try again at once? */
static bool is_passing(int failure)
{
    return failure == EINTR || failure == ENOMEM;
}

/* Send, and wait for room for at most so long, with the signals let in. */
static int deliver(int fd, const struct sockaddr_un *to, const char *data, size_t length, int wait_ms)
{
    const struct timeval patience = { wait_ms / 1000, wait_ms % 1000 * 1000 };
    ssize_t sent;
    if (wait_ms > 0) {
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        signals_let_in();
        errno = EINTR;
        sent = -1;
        if (!signals_pending())
            sent = sendto(fd, data, length, MSG_NOSIGNAL, (const struct sockaddr *)to, sizeof(*to));
        const int failure = errno;
        signals_keep_out();
        errno = failure;
    } else {
        int tries = 0;
        do
            sent = sendto(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)to, sizeof(*to));
        while (sent < 0 && is_passing(errno) && ++tries < 3);
        if (sent < 0 && is_full(errno))
            sent = send_by_another(to, data, length);
    }
    return sent >= 0 ? 0 : is_full(errno) ? -EAGAIN : -errno;
}

CALL(send_datagram)
{
    int fd, wait_ms, sent = -EINVAL;
    size_t path_length, length;
    if (!int_in(js, argv[0], &fd) || !int_in(js, argv[3], &wait_ms))
        return JS_EXCEPTION;
    const char *path = text_in(js, argv[1], &path_length);
    const char *data = path ? text_in(js, argv[2], &length) : NULL;
    if (data && strlen(path) == path_length) {
        struct sockaddr_un to;
        sent = address_of(path, &to);
        if (sent == 0)
            sent = deliver(fd, &to, data, length, wait_ms);
    }
    const bool valid = data != NULL;
    if (data)
        text_free(js, data);
    if (path)
        text_free(js, path);
    return valid ? JS_NewInt32(js, sent) : JS_EXCEPTION;
}

static const JSCFunctionListEntry entries[] = {
    JS_CFUNC_DEF("bind", 1, bind_socket),
    JS_CFUNC_DEF("probe", 1, probe),
    JS_CFUNC_DEF("receive", 1, receive),
    JS_CFUNC_DEF("send", 4, send_datagram),
};
CALL_TABLE(socket_calls);
