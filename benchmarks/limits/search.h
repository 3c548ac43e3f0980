/* What the limits of the audited search share: HTTP, the token, the hash chain and the queue of the writer.
 * Where the rows lie is search.c's (SQLite) and search_pg.c's (PostgreSQL). */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct job {
    struct job *next;
    struct loop *loop;
    int fd, length;
    long long patient;
    char health_id[32], client[64], request_id[36], answer[1400];
};

/* Of the including program. */
struct store;
static struct store *open_store(void);
/* Looks the patient up, where that is done on the loop, and fills the answer in. */
static void find(struct store *store, struct job *job);
/* Audits all of the jobs durably. */
static void store_batch(struct store *store, struct job *jobs);

struct loop {
    int poll, wake;
    struct store *store;
    pthread_mutex_t lock;
    struct job *done, *spare;
    struct { int length; char text[2048], client[64]; long expires; } token;
};

static int port;
static EVP_PKEY *key;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t waiting = PTHREAD_COND_INITIALIZER;
static struct job *first, **last = &first;

static void check(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "search: %s\n", what);
    exit(1);
}

/* Base64url without padding; the number of bytes, or -1. */
static int decode(const char *text, int length, unsigned char *out) {
    unsigned bits = 0, held = 0, count = 0;
    for (int i = 0; i < length; i++) {
        char c = text[i];
        int v = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26
              : c >= '0' && c <= '9' ? c - '0' + 52 : c == '-' ? 62 : c == '_' ? 63 : -1;
        if (v < 0) return -1;
        held = held << 6 | v;
        if ((bits += 6) >= 8) out[count++] = held >> (bits -= 8);
    }
    return count;
}

static int verify(struct loop *loop, const char *text, int length) {
    if (loop->token.length == length && !memcmp(loop->token.text, text, length))
        return time(0) < loop->token.expires;
    if (length >= (int)sizeof loop->token.text) return 0;
    const char *dot = memchr(text, '.', length), *end = memrchr(text, '.', length);
    if (!dot || dot == end) return 0;
    unsigned char signature[1024], claims[2048];
    int signed_bytes = decode(end + 1, text + length - end - 1, signature);
    int claim_bytes = decode(dot + 1, end - dot - 1, claims);
    if (signed_bytes < 0 || claim_bytes < 0) return 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int valid = EVP_DigestVerifyInit(context, 0, EVP_sha256(), 0, key) == 1
        && EVP_DigestVerify(context, signature, signed_bytes, (const void *)text, end - text) == 1;
    EVP_MD_CTX_free(context);
    claims[claim_bytes] = 0;
    char *subject = strstr((char *)claims, "\"sub\":\"");
    char *expiry = strstr((char *)claims, "\"exp\":");
    if (!valid || !subject || !expiry) return 0;
    snprintf(loop->token.client, sizeof loop->token.client, "client:%.*s",
             (int)strcspn(subject + 7, "\""), subject + 7);
    memcpy(loop->token.text, text, loop->token.length = length);
    loop->token.expires = atol(expiry + 6);
    return time(0) < loop->token.expires;
}

static void identify(char *out) {
    static const char symbols[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char random[26];
    check(getrandom(random, 16, 0) == 16, "no randomness");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long at = now.tv_sec * 1000 + now.tv_nsec / 1000000;
    memcpy(out, "req_", 4);
    for (int i = 0; i < 10; i++) out[4 + i] = symbols[at >> (45 - 5 * i) & 31];
    for (int i = 0; i < 16; i++) out[14 + i] = symbols[random[i] & 31];
    out[30] = 0;
}

/* The answer with what the columns hold, id first; NULL when there is no such patient. */
static void write_answer(struct job *job, const char *const *c) {
    char body[1000];
    int bytes, status = c ? 200 : 404;
    if (c)
            bytes = snprintf(
                body, sizeof body,
                "{\"health_id\":\"%s\",\"name\":\"%s %s\",\"first_name\":\"%s\","
                "\"last_name\":\"%s\",\"date_of_birth\":\"%s\",\"sex\":\"%s\",\"blood_type\":null,"
                "\"allergies\":%s,\"country_code\":\"%s\",\"phone_number\":\"%s\","
                "\"verification_status\":\"%s\",\"identity_status\":\"%s\"}",
                c[1], c[2], c[3], c[2], c[3], c[4], c[6], c[10], c[5], c[7], c[11], c[12]);
    else
        bytes = snprintf(body, sizeof body, "{\"error\":\"patient_not_found\"}");
    job->length = snprintf(
        job->answer, sizeof job->answer,
        "HTTP/1.1 %d\r\nContent-Type: application/json\r\nX-Request-Id: %s\r\n"
        "Content-Length: %d\r\n\r\n%s", status, job->request_id, bytes, body);
}

/* The request's job, or NULL when it was refused. */
static struct job *answer(struct loop *loop, int fd, char *in, int length) {
    char *id = memmem(in, length, "health_id=", 10);
    char *token = memmem(in, length, "Authorization: Bearer ", 22);
    char *end = token ? memchr(token, '\r', in + length - token) : 0;
    if (!id || !end || !verify(loop, token + 22, end - token - 22)) return 0;
    struct job *job = loop->spare;
    if (job) loop->spare = job->next; else job = malloc(sizeof *job);
    *job = (struct job){.loop = loop, .fd = fd};
    snprintf(job->health_id, sizeof job->health_id, "%.*s", (int)strcspn(id + 10, " &"), id + 10);
    strcpy(job->client, loop->token.client);
    identify(job->request_id);
    find(loop->store, job);
    return job;
}

static unsigned char head[32];
static long long seq;

static int put(unsigned char *out, const char *text) {
    unsigned length = strlen(text);
    unsigned char prefix[4] = {length >> 24, length >> 16, length >> 8, length};
    memcpy(out, prefix, 4);
    memcpy(out + 4, text, length);
    return length + 4;
}

struct entry {
    long long numbers[4];
    const char *texts[7];
    char entity[48];
};

/* Makes the next row of the chain. */
static void chain(struct entry *entry, struct job *job) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long long at = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
    *entry = (struct entry){
        {++seq, at, job->patient, 200},
        {job->request_id, job->client, "searchPatient", "R", entry->entity, "success", "127.0.0.1"}};
    snprintf(entry->entity, sizeof entry->entity, "patient/%s", job->health_id);
    unsigned char bytes[512];
    int count = 0;
    memcpy(bytes, head, 32);
    count += 32;
    memcpy(bytes + count, entry->numbers, sizeof entry->numbers);
    count += sizeof entry->numbers;
    for (int i = 0; i < 7; i++) count += put(bytes + count, entry->texts[i]);
    SHA256(bytes, count, head);
}

static void *write_batches(void *unused) {
    struct store *store = open_store();
    for (;;) {
        pthread_mutex_lock(&lock);
        while (!first) pthread_cond_wait(&waiting, &lock);
        struct job *jobs = first;
        first = 0;
        last = &first;
        pthread_mutex_unlock(&lock);
        store_batch(store, jobs);
        for (struct job *job = jobs, *next; job; job = next) {
            next = job->next;
            struct loop *loop = job->loop;
            pthread_mutex_lock(&loop->lock);
            int must_wake = !loop->done;
            job->next = loop->done;
            loop->done = job;
            pthread_mutex_unlock(&loop->lock);
            if (must_wake) eventfd_write(loop->wake, 1);
        }
    }
    return unused;
}

static void send_answers(struct loop *loop) {
    eventfd_t count;
    eventfd_read(loop->wake, &count);
    pthread_mutex_lock(&loop->lock);
    struct job *done = loop->done;
    loop->done = 0;
    pthread_mutex_unlock(&loop->lock);
    for (struct job *next; done; done = next) {
        next = done->next;
        if (send(done->fd, done->answer, done->length, MSG_NOSIGNAL) < 0) close(done->fd);
        done->next = loop->spare;
        loop->spare = done;
    }
}

static void *run(void *unused) {
    struct loop *loop = calloc(1, sizeof *loop);
    pthread_mutex_init(&loop->lock, 0);
    loop->store = open_store();
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    check(!bind(listener, (void *)&address, sizeof address) && !listen(listener, 1024), "bind");
    loop->poll = epoll_create1(0);
    loop->wake = eventfd(0, EFD_NONBLOCK);
    struct epoll_event event = {EPOLLIN, {.fd = listener}}, events[256];
    epoll_ctl(loop->poll, EPOLL_CTL_ADD, listener, &event);
    event.data.fd = loop->wake;
    epoll_ctl(loop->poll, EPOLL_CTL_ADD, loop->wake, &event);
    char in[16384];
    for (;;) {
        int count = epoll_wait(loop->poll, events, 256, -1);
        struct job *batch = 0, **end = &batch;
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == loop->wake) {
                send_answers(loop);
            } else if (fd == listener) {
                while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    event.data.fd = fd;
                    epoll_ctl(loop->poll, EPOLL_CTL_ADD, fd, &event);
                }
            } else {
                ssize_t got = recv(fd, in, sizeof in, 0);
                struct job *job = got > 0 ? answer(loop, fd, in, got) : 0;
                if (job) *end = job, end = &job->next; else close(fd);
            }
        }
        if (!batch) continue;
        pthread_mutex_lock(&lock);
        *last = batch;
        last = end;
        pthread_cond_signal(&waiting);
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

static void serve(const char *key_file, const char *at, const char *loops) {
    port = atoi(at);
    FILE *file = fopen(key_file, "r");
    check(file && (key = PEM_read_PrivateKey(file, 0, 0, 0)), "cannot read the key");
    fclose(file);
    pthread_t thread;
    pthread_create(&thread, 0, write_batches, 0);
    for (int i = 1; i < atoi(loops); i++) pthread_create(&thread, 0, run, 0);
    run(0);
}
