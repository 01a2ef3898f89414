/*
 * Files and directories.
 *
 * Theory of operation. What a service directory holds is not trusted to be what it should be: a FIFO or a device in
 * place of a file must neither be opened for its side effects, nor block. So the kind of a file is looked at before
 * it is opened, again once it is open, and reading is limited.
 */
#define _GNU_SOURCE
#include "host.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int kind_of(const char *path)
{
    struct stat file;
    return stat(path, &file) < 0 ? -errno : (int)(file.st_mode & S_IFMT);
}

CALL(kind)
{
    JSValue mode = with_path(js, argv[0], kind_of);
    if (JS_IsException(mode) || JS_VALUE_GET_INT(mode) < 0)
        return mode;
    switch (JS_VALUE_GET_INT(mode)) {
    case S_IFDIR: return JS_NewString(js, "directory");
    case S_IFREG: return JS_NewString(js, "file");
    case S_IFSOCK: return JS_NewString(js, "socket");
    default: return JS_NewString(js, "other");
    }
}

static int executable(const char *path)
{
    return kind_of(path) == S_IFREG && access(path, X_OK) == 0;
}

CALL(is_executable) { return ask_path(js, argv[0], executable); }

/* The text of a link in the shared buffer: its length. */
static int link_target(const char *path)
{
    const ssize_t length = readlink(path, buffer, BUFFER_SIZE);
    return length == BUFFER_SIZE ? -ENAMETOOLONG : result(length);
}

CALL(read_link)
{
    JSValue length = with_path(js, argv[0], link_target);
    if (JS_IsException(length) || JS_VALUE_GET_INT(length) < 0)
        return length;
    return text_out(js, buffer, (size_t)JS_VALUE_GET_INT(length));
}

static int remove_file(const char *path) { return result(unlink(path)); }
CALL(unlink_path) { return with_path(js, argv[0], remove_file); }

static int enter(const char *path) { return result(chdir(path)); }
CALL(change_directory) { return with_path(js, argv[0], enter); }

CALL(working_directory)
{
    if (!getcwd(buffer, BUFFER_SIZE))
        return answer(js, -1);
    /* Linux says "(unreachable)/..." when the directory is not below the root. */
    return buffer[0] == '/' ? text_out(js, buffer, strlen(buffer)) : JS_NewInt32(js, -ENOENT);
}

/* Of one that is there, everything is asked by its descriptor: what the path leads to may change meanwhile. */
static int own_directory(const char *path)
{
    struct stat there;
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == ELOOP || errno == EMLINK || errno == ENOTDIR ? -EEXIST : -errno;
    int failure = result(fstat(fd, &there));
    if (!failure && there.st_uid != geteuid())
        failure = -EEXIST;
    else if (!failure && (there.st_mode & 077) != 0)
        failure = result(fchmod(fd, 0700));
    close(fd);
    return failure;
}

static int private_directory(const char *path)
{
    const mode_t before = umask(077);
    const int made = result(mkdir(path, 0700));
    umask(before);
    return made == -EEXIST ? own_directory(path) : made;
}

CALL(make_private_directory) { return with_path(js, argv[0], private_directory); }

static JSValue list_entries(JSContext *js, DIR *directory)
{
    JSValue list = JS_NewArray(js);
    uint32_t length = 0;
    struct dirent *entry;
    while (errno = 0, (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        JSValue name = text_out(js, entry->d_name, strlen(entry->d_name));
        if (JS_IsException(name) || JS_DefinePropertyValueUint32(js, list, length++, name, JS_PROP_C_W_E) < 0) {
            JS_FreeValue(js, list);
            return JS_EXCEPTION;
        }
    }
    if (errno == 0)
        return list;
    JSValue failure = answer(js, -1);
    JS_FreeValue(js, list);
    return failure;
}

CALL(list)
{
    size_t length;
    const char *path = text_in(js, argv[0], &length);
    if (!path)
        return JS_EXCEPTION;
    errno = EINVAL;
    DIR *directory = strlen(path) == length ? opendir(path) : NULL;
    JSValue entries = directory ? list_entries(js, directory) : answer(js, -1);
    if (directory)
        closedir(directory);
    text_free(js, path);
    return entries;
}

/*
 * What the kernel changes with the entries of a directory, and nobody can set back: its ctime. Two changes that come fast one after the other may
 * have the same: so one is shown only when it is older than any step of a clock.
 */
CALL(stamp_of)
{
    enum { SETTLED_S = 2 };
    struct { uint64_t device, inode; int64_t seconds, nanoseconds; } stamp;
    struct stat there;
    struct timespec now;
    size_t length;
    const char *path = text_in(js, argv[0], &length);
    if (!path)
        return JS_EXCEPTION;
    const bool found = strlen(path) == length && stat(path, &there) == 0;
    text_free(js, path);
    clock_gettime(CLOCK_REALTIME, &now);
    if (!found || now.tv_sec - there.st_ctim.tv_sec < SETTLED_S)
        return JS_NewString(js, "");
    stamp.device = there.st_dev;
    stamp.inode = there.st_ino;
    stamp.seconds = there.st_ctim.tv_sec;
    stamp.nanoseconds = there.st_ctim.tv_nsec;
    return text_out(js, (const char *)&stamp, sizeof(stamp));
}

/* A descriptor of a regular file, or minus the errno. */
static int open_regular(const char *path)
{
    const int before = kind_of(path);
    if (before != S_IFREG)
        return before < 0 ? before : before == S_IFDIR ? -EISDIR : -EINVAL;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct stat file;
    const int failure = result(fstat(fd, &file));
    if (!failure && S_ISREG(file.st_mode))
        return fd;
    close(fd);
    return failure ? failure : -EINVAL; /* it was replaced in between */
}

CALL(read_file)
{
    int max;
    if (!int_in(js, argv[1], &max))
        return JS_EXCEPTION;
    if (max < 0 || max > BUFFER_SIZE)
        return JS_ThrowRangeError(js, "not a length up to %d", BUFFER_SIZE);
    JSValue opened = with_path(js, argv[0], open_regular);
    if (JS_IsException(opened) || JS_VALUE_GET_INT(opened) < 0)
        return opened;
    const int fd = JS_VALUE_GET_INT(opened);
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < (size_t)max) {
        got = read(fd, buffer + length, (size_t)max - length);
        if (got > 0)
            length += (size_t)got;
    }
    JSValue text = got < 0 ? answer(js, -1) : text_out(js, buffer, length);
    close(fd);
    return text;
}

CALL(is_same_file)
{
    struct stat file[2];
    bool found = true;
    for (int i = 0; i < 2; i++) {
        size_t length;
        const char *path = text_in(js, argv[i], &length);
        if (!path)
            return JS_EXCEPTION;
        found = found && strlen(path) == length && stat(path, &file[i]) == 0;
        text_free(js, path);
    }
    return JS_NewBool(js, found && file[0].st_dev == file[1].st_dev && file[0].st_ino == file[1].st_ino);
}

CALL(set_umask)
{
    int mask;
    if (!int_in(js, argv[0], &mask))
        return JS_EXCEPTION;
    umask((mode_t)mask & 0777);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry entries[] = {
    JS_CFUNC_DEF("kind", 1, kind),
    JS_CFUNC_DEF("isExecutable", 1, is_executable),
    JS_CFUNC_DEF("readLink", 1, read_link),
    JS_CFUNC_DEF("unlink", 1, unlink_path),
    JS_CFUNC_DEF("changeDirectory", 1, change_directory),
    JS_CFUNC_DEF("workingDirectory", 0, working_directory),
    JS_CFUNC_DEF("makePrivateDirectory", 1, make_private_directory),
    JS_CFUNC_DEF("list", 1, list),
    JS_CFUNC_DEF("stampOf", 1, stamp_of),
    JS_CFUNC_DEF("readFile", 2, read_file),
    JS_CFUNC_DEF("isSameFile", 2, is_same_file),
    JS_CFUNC_DEF("setUmask", 1, set_umask),
};
CALL_TABLE(file_calls);
