// What Glibc's Swift module hides: epoll, eventfd, accept4, signalfd, getrandom, flock, inotify,
// malloc_trim, prctl; and what takes several of them.
#ifndef OPESCARE_CLINUX_H
#define OPESCARE_CLINUX_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

// accept4 is declared only under _GNU_SOURCE, which the importer does not set.
extern int accept4(int, struct sockaddr *, socklen_t *, int);

// memmem likewise.
extern void *memmem(const void *, size_t, const void *, size_t);

// A detached thread with a stack of that many bytes; the usual 8 MiB of many would use up a process
// whose memory is limited. Returns 0 or an error number.
static inline int opescare_start_thread(size_t stack, void *(*body)(void *), void *context) {
    pthread_attr_t attributes;
    int result = pthread_attr_init(&attributes);
    if (result != 0) return result;
    pthread_t thread;
    result = pthread_attr_setstacksize(&attributes, stack);
    if (result == 0) result = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (result == 0) result = pthread_create(&thread, &attributes, body, context);
    pthread_attr_destroy(&attributes);
    return result;
}

// What root creates in a folder of somebody else's belongs to that user, who could not read it
// otherwise. Returns 0, or -1 with errno set.
static inline int opescare_inherit_owner(int descriptor, const char *path) {
    if (geteuid() != 0) return 0;
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t count = slash == NULL ? 0 : (size_t)(slash - path);
    if (count >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (slash == NULL) {
        memcpy(folder, ".", 2);
    } else {
        // Of a path from the root the slash is the folder.
        if (count == 0) count = 1;
        memcpy(folder, path, count);
        folder[count] = 0;
    }
    struct stat status;
    if (stat(folder, &status) != 0) return -1;
    return status.st_uid == 0 ? 0 : fchown(descriptor, status.st_uid, status.st_gid);
}

// The memory holds keys and patients' data: no core file of it, and no other process of the same
// user reads it. Returns 0, or -1 with errno set.
static inline int opescare_hide_memory(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#endif
