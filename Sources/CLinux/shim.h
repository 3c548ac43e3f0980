// What Glibc's Swift module hides: epoll, eventfd, accept4, signalfd, getrandom, flock, inotify,
// malloc_trim.
#ifndef OPESCARE_CLINUX_H
#define OPESCARE_CLINUX_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

// accept4 is declared only under _GNU_SOURCE, which the importer does not set.
extern int accept4(int, struct sockaddr *, socklen_t *, int);

// memmem likewise.
extern void *memmem(const void *, size_t, const void *, size_t);

#endif
