/*
 * The machine: what only pid 1 does, and how the system ends.
 *
 * Theory of operation. On another system than Linux these calls answer -ENOSYS, and nitro runs as an ordinary
 * process or in a container. All but the ending of the system, which `reboot -f` may ask for, are refused to a process that
 * is not pid 1, so that no test and no mistake can reconfigure the machine it runs on.
 */
#define _GNU_SOURCE
#include "host.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mount.h>
#include <sys/reboot.h>
#endif

/* Which of the `count` words `value` is; throws if none. */
static int word_in(JSContext *js, JSValueConst value, const char *const words[], int count)
{
    size_t length;
    const char *text = text_in(js, value, &length);
    int found = -1;
    for (int i = 0; text && i < count; i++)
        if (strcmp(text, words[i]) == 0)
            found = i;
    if (text && found < 0)
        JS_ThrowRangeError(js, "unknown word: %s", text);
    if (text)
        text_free(js, text);
    return found;
}

static int mount_point(const char *path)
{
    struct stat here, above;
    const size_t length = strlen(path);
    if (length + 4 > BUFFER_SIZE || stat(path, &here) < 0)
        return 0;
    memcpy(buffer, path, length);
    memcpy(buffer + length, "/..", 4);
    return stat(buffer, &above) == 0 && (here.st_dev != above.st_dev || here.st_ino == above.st_ino);
}

CALL(is_mount_point) { return ask_path(js, argv[0], mount_point); }

static int not_pid_1(void)
{
    return getpid() == 1 ? 0 : -EPERM;
}

CALL(mount_system)
{
    static const char *const words[] = { "dev", "run" };
    const int what = word_in(js, argv[0], words, 2);
    if (what < 0)
        return JS_EXCEPTION;
    int outcome = not_pid_1();
#ifdef __linux__
    static const char *const types[] = { "devtmpfs", "tmpfs" }, *const paths[] = { "/dev", "/run" };
    static const unsigned long flags[] = { MS_NOSUID, MS_NOSUID | MS_NODEV };
    if (outcome == 0) {
        mkdir(paths[what], 0755); /* mostly there already */
        outcome = result(mount(types[what], paths[what], types[what], flags[what], "mode=0755"));
    }
#else
    outcome = outcome ? outcome : -ENOSYS;
#endif
    return JS_NewInt32(js, outcome);
}

CALL(open_console)
{
    int outcome = not_pid_1();
    /* Without O_NONBLOCK a serial console may wait for its carrier here. */
    const int fd = outcome ? -1 : open("/dev/console", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) {
        fcntl(fd, F_SETFL, 0);
        for (int standard = 0; standard <= 2; standard++)
            if (dup2(fd, standard) < 0)
                outcome = -errno;
        if (fd > 2)
            close(fd);
        say_on_console();
    } else if (outcome == 0) {
        outcome = -errno;
        descriptors_retry_standard();
    }
    return JS_NewInt32(js, outcome);
}

CALL(take_ctrl_alt_delete)
{
    int outcome = not_pid_1();
#ifdef __linux__
    if (outcome == 0)
        outcome = result(reboot(RB_DISABLE_CAD));
#else
    outcome = outcome ? outcome : -ENOSYS;
#endif
    return JS_NewInt32(js, outcome);
}

CALL(remount_root_read_only)
{
    int outcome = not_pid_1();
#ifdef __linux__
    if (outcome == 0)
        outcome = result(mount("none", "/", NULL, MS_REMOUNT | MS_RDONLY, NULL));
#else
    outcome = outcome ? outcome : -ENOSYS;
#endif
    return JS_NewInt32(js, outcome);
}

CALL(end_system)
{
    static const char *const words[] = { "poweroff", "reboot", "halt" };
    const int how = word_in(js, argv[0], words, 3);
    if (how < 0)
        return JS_EXCEPTION;
#ifdef __linux__
    static const int commands[] = { RB_POWER_OFF, RB_AUTOBOOT, RB_HALT_SYSTEM };
    return answer(js, reboot(commands[how]));
#else
    return JS_NewInt32(js, -ENOSYS);
#endif
}

CALL(write_buffers)
{
    sync();
    return JS_UNDEFINED;
}

/*
 * A record of wtmp as glibc and its tools know it, written out since other C libraries have only a stub. Most 64-bit
 * Linux systems share the layout of the 32-bit ones; aarch64 does not.
 */
typedef struct {
    int16_t type;
    int32_t pid;
    char line[32], id[4], user[32], host[256];
    int16_t termination, exit;
#ifdef __aarch64__
    int64_t session, seconds, microseconds;
#else
    int32_t session, seconds, microseconds;
#endif
    int32_t address[4];
    char unused[20];
} AccountingRecord;

enum { RECORD_RUN_LEVEL = 1, RECORD_BOOT = 2 };

CALL(write_accounting)
{
    static const char *const words[] = { "boot", "shutdown" }, *const users[] = { "reboot", "shutdown" };
    const int what = word_in(js, argv[0], words, 2);
    if (what < 0)
        return JS_EXCEPTION;
    struct timespec now;
    struct utsname system;
    clock_gettime(CLOCK_REALTIME, &now);
    if (uname(&system) < 0)
        system.release[0] = 0;
    AccountingRecord record;
    memset(&record, 0, sizeof(record));
    record.type = what == 0 ? RECORD_BOOT : RECORD_RUN_LEVEL;
    record.line[0] = '~';
    memset(record.id, '~', 2);
    memcpy(record.user, users[what], strlen(users[what]));
    snprintf(record.host, sizeof(record.host), "%s", system.release);
    record.seconds = (int32_t)now.tv_sec;
    record.microseconds = (int32_t)(now.tv_nsec / 1000);
    const int fd = open("/var/log/wtmp", O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return answer(js, -1);
    const ssize_t written = write(fd, &record, sizeof(record));
    const int outcome = written < 0 ? -errno : written < (ssize_t)sizeof(record) ? -ENOSPC : 0;
    close(fd);
    return JS_NewInt32(js, outcome);
}

static const JSCFunctionListEntry entries[] = {
    JS_CFUNC_DEF("isMountPoint", 1, is_mount_point),
    JS_CFUNC_DEF("mount", 1, mount_system),
    JS_CFUNC_DEF("openConsole", 0, open_console),
    JS_CFUNC_DEF("takeCtrlAltDelete", 0, take_ctrl_alt_delete),
    JS_CFUNC_DEF("remountRootReadOnly", 0, remount_root_read_only),
    JS_CFUNC_DEF("reboot", 1, end_system),
    JS_CFUNC_DEF("sync", 0, write_buffers),
    JS_CFUNC_DEF("writeAccounting", 1, write_accounting),
};
CALL_TABLE(machine_calls);
