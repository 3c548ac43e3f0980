// A webhook receiver as fast as one thread can be: 204 to every request, one epoll, keep-alive.
// receiver PORT; each second that brought requests prints how many.
// cc -O2 -o receiver receiver.c
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4096, BUFFER = 64 * 1024 };

static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";

struct connection {
    size_t count;
    char bytes[BUFFER];
};

static struct connection *connections[CONNECTIONS];

// The length of the first whole request in `bytes`, or 0.
static size_t request_length(const char *bytes, size_t count) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - bytes) + 4;
    const char *field = memmem(bytes, head, "Content-Length: ", 16);
    size_t total = head + (field ? strtoul(field + 16, NULL, 10) : 0);
    return count >= total ? total : 0;
}

static void drop(int number) {
    free(connections[number]);
    connections[number] = NULL;
    close(number);
}

// Answers what has arrived; returns how many requests that were.
static long serve(int number) {
    struct connection *c = connections[number];
    long requests = 0;
    for (;;) {
        ssize_t got = recv(number, c->bytes + c->count, BUFFER - c->count, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) return requests;
        if (got <= 0) {
            drop(number);
            return requests;
        }
        c->count += (size_t)got;
        size_t length;
        while ((length = request_length(c->bytes, c->count)) > 0) {
            memmove(c->bytes, c->bytes + length, c->count - length);
            c->count -= length;
            requests++;
            if (send(number, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) {
                drop(number);
                return requests;
            }
        }
        if (c->count == BUFFER) {
            drop(number);
            return requests;
        }
    }
}

int main(int argc, char **argv) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in name = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argc > 1 ? argv[1] : "9100")),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) || listen(listener, 1024)) {
        perror("receiver");
        return 1;
    }
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    long requests = 0;
    time_t second = time(NULL);
    for (;;) {
        int count = epoll_wait(epoll, events, 256, 200);
        for (int i = 0; i < count; i++) {
            int number = events[i].data.fd;
            if (number != listener) {
                if (connections[number]) requests += serve(number);
                continue;
            }
            int accepted = accept(listener, NULL, NULL);
            if (accepted < 0) continue;
            if (accepted >= CONNECTIONS || !(connections[accepted] = calloc(1, sizeof(struct connection)))) {
                close(accepted);
                continue;
            }
            setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            event = (struct epoll_event){.events = EPOLLIN, .data.fd = accepted};
            epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
        }
        if (time(NULL) != second) {
            second = time(NULL);
            if (requests) printf("%ld\n", requests);
            fflush(stdout);
            requests = 0;
        }
    }
}
