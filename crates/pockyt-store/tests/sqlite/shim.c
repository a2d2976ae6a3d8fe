/* Stands between a program and the disk, for the files of one folder (SHIM_FOLDER); to be preloaded.
 *
 * SHIM_DISK  a folder that holds each file as it was at its last successful sync: what a power cut leaves when
 *            everything that was not synced is lost. `NAME.entry` is there once the folder was synced with NAME.
 * SHIM_LOG   a file to which a line is added for each sync, write and word on standard output, in their order.
 * SHIM_FAIL  `sync:N` or `write:N`: the Nth such call fails, counted from 1. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))
typedef ssize_t (*write_fn)(int, const void *, size_t);
typedef ssize_t (*pwrite_fn)(int, const void *, size_t, off_t);
typedef int (*fd_fn)(int);
typedef int (*truncate_fn)(int, off_t);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t really_write(int fd, const void *bytes, size_t size) {
    return REAL("write", write_fn)(fd, bytes, size);
}

/* One line; the lock keeps lines in the order of what they tell. */
static void tell(const char *what, const char *whom, size_t size) {
    const char *log = getenv("SHIM_LOG");
    if (!log) return;
    char line[PATH_MAX];
    int length = snprintf(line, sizeof line, "%s %.*s\n", what, (int)size, whom);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0) {
        really_write(fd, line, length);
        close(fd);
    }
}

/* The name of an open file within the folder, "." for the folder itself, or nothing. */
static const char *watched(int fd, char path[PATH_MAX]) {
    const char *folder = getenv("SHIM_FOLDER");
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = folder ? readlink(link, path, PATH_MAX - 1) : -1;
    if (length < 0) return NULL;
    path[length] = 0;
    size_t prefix = strlen(folder);
    if (strncmp(path, folder, prefix)) return NULL;
    if (!path[prefix]) return ".";
    return path[prefix] == '/' ? path + prefix + 1 : NULL;
}

static int fails(const char *what, int *count) {
    const char *fail = getenv("SHIM_FAIL");
    size_t length = strlen(what);
    if (!fail || strncmp(fail, what, length) || fail[length] != ':') return 0;
    return ++*count == atoi(fail + length + 1);
}

/* The file as it is now goes to the disk, at once or not at all. */
static void keep(int from, const char *name) {
    char whole[PATH_MAX], part[PATH_MAX], bytes[1 << 16], path[64];
    const char *disk = getenv("SHIM_DISK");
    if (!disk) return;
    snprintf(whole, sizeof whole, "%s/%s", disk, name);
    snprintf(part, sizeof part, "%s/.part", disk);
    snprintf(path, sizeof path, "/proc/self/fd/%d", from);
    int in = open(path, O_RDONLY | O_CLOEXEC);
    int out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (ssize_t n; (n = read(in, bytes, sizeof bytes)) > 0;) really_write(out, bytes, n);
    close(in);
    close(out);
    rename(part, whole);
}

static void keep_entries(void) {
    const char *folder = getenv("SHIM_FOLDER"), *disk = getenv("SHIM_DISK");
    DIR *files = disk ? opendir(folder) : NULL;
    for (struct dirent *file; files && (file = readdir(files));) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s.entry", disk, file->d_name);
        close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
    if (files) closedir(files);
}

static int sync_file(int fd, fd_fn real) {
    static int count;
    char path[PATH_MAX];
    const char *name = watched(fd, path);
    if (!name) return real(fd);
    pthread_mutex_lock(&lock);
    int result = -1;
    if (fails("sync", &count)) {
        errno = EIO;
    } else if ((result = real(fd)) == 0) {
        if (name[0] == '.') keep_entries();
        else keep(fd, name);
        tell("sync", name, strlen(name));
    }
    pthread_mutex_unlock(&lock);
    return result;
}

/* Whether a write may go on. */
static int may_write(int fd) {
    static int count;
    char path[PATH_MAX];
    const char *name = watched(fd, path);
    if (!name) return 1;
    pthread_mutex_lock(&lock);
    int failed = fails("write", &count);
    tell(failed ? "full" : "write", name, strlen(name));
    pthread_mutex_unlock(&lock);
    if (failed) errno = ENOSPC;
    return !failed;
}

int fsync(int fd) { return sync_file(fd, REAL("fsync", fd_fn)); }
int fdatasync(int fd) { return sync_file(fd, REAL("fdatasync", fd_fn)); }

ssize_t write(int fd, const void *bytes, size_t size) {
    if (fd == STDOUT_FILENO) {
        pthread_mutex_lock(&lock);
        size_t line = strcspn(bytes, "\n");
        tell("say", bytes, line < size ? line : size);
        pthread_mutex_unlock(&lock);
    } else if (!may_write(fd)) {
        return -1;
    }
    return really_write(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    return may_write(fd) ? REAL("pwrite", pwrite_fn)(fd, bytes, size, at) : -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) { return pwrite(fd, bytes, size, at); }

int ftruncate(int fd, off_t size) {
    return may_write(fd) ? REAL("ftruncate", truncate_fn)(fd, size) : -1;
}

int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }
