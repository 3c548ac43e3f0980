/* The limit of the plain path: epoll loops that answer any head with one fixed JSON text.
 *
 * usage: plain PORT THREADS
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 54\r\n\r\n"
    "{\"status\":\"ok\",\"service\":\"opescare\",\"version\":\"0.1.0\"}";
enum { answer_bytes = sizeof answer - 1, most_pipelined = 256 };
static int port;

static void *run(void *unused) {
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 1024)) exit(1);
    int poll = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.fd = listener}}, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    static _Thread_local char in[16384], out[most_pipelined * answer_bytes];
    for (int i = 0; i < most_pipelined; i++) memcpy(out + i * answer_bytes, answer, answer_bytes);
    for (;;) {
        int count = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    event.data.fd = fd;
                    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
                }
                continue;
            }
            ssize_t got = recv(fd, in, sizeof in, 0), heads = 0;
            char *at = in;
            while (got > 0 && heads < most_pipelined
                   && (at = memmem(at, in + got - at, "\r\n\r\n", 4)))
                heads++, at += 4;
            if (got <= 0 || send(fd, out, heads * answer_bytes, MSG_NOSIGNAL) < 0) close(fd);
        }
    }
    return unused;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    port = atoi(arguments[1]);
    pthread_t thread;
    for (int i = 1; i < atoi(arguments[2]); i++) pthread_create(&thread, 0, run, 0);
    run(0);
}
