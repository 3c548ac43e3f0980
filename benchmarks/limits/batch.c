/* The limit of batches from agents: the rows that 500 laboratory results leave behind, in the least
 * code. No request is read and no answer written.
 *
 * For each record a patient is found by Health ID, a digest of the content is made and entered unless
 * it is known, and the record, its place among the patient's records and the event are inserted; then
 * COMMIT, synchronous=FULL. One thread, which is all that SQLite lets write. It works on a copy of the
 * server's own data folder: same tables, same indexes, rows of the same length.
 *
 * usage: batch DATABASE SECONDS
 */
#define _GNU_SOURCE
#include <openssl/sha.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH = 500, CONTENT = 420, EVENT = 110 };

static sqlite3 *database;

static void check(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "batch: %s: %s\n", what, database ? sqlite3_errmsg(database) : "?");
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(!sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0), sql);
    return statement;
}

static void run(const char *sql) { check(!sqlite3_exec(database, sql, 0, 0, 0), sql); }

static void finish(sqlite3_stmt *statement) {
    check(sqlite3_step(statement) == SQLITE_DONE, "insert");
    sqlite3_reset(statement);
}

static double clock_of(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    check(count == 3, "usage: batch DATABASE SECONDS");
    check(!sqlite3_open_v2(arguments[1], &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0),
          "open");
    run("PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096");
    int patients = 0, room = 0;
    char (*ids)[24] = 0;
    sqlite3_stmt *all = prepare("SELECT health_id FROM patients");
    while (sqlite3_step(all) == SQLITE_ROW) {
        if (patients == room) ids = realloc(ids, (room = room * 2 + 1024) * sizeof *ids);
        snprintf(ids[patients++], sizeof *ids, "%s", sqlite3_column_text(all, 0));
    }
    sqlite3_finalize(all);
    check(patients > 0, "no patients");
    sqlite3_stmt *find = prepare("SELECT id, merged_into FROM patients WHERE health_id = ?");
    sqlite3_stmt *digest = prepare(
        "INSERT INTO record_digests (digest) VALUES (?) ON CONFLICT DO NOTHING");
    sqlite3_stmt *record = prepare(
        "INSERT INTO records (nonce, patient_id, type, facility, client_id, version, occurred_at, "
        "received_at, listed_at, content) VALUES (?, ?, 'lab_result', 1, 'agent:BRIDGE-2024-DEMO-001', "
        "1, ?, ?, ?, ?)");
    sqlite3_stmt *event = prepare(
        "INSERT INTO events (nonce, type, created_at, facility_id, client_id, patient_id, request_id, "
        "data) VALUES (?, 'lab_result.released', ?, '00000000-0000-0000-0000-100000000001', "
        "'BRIDGE-2024-DEMO-001', ?, 'req_01m7yrxr3z67bcrhzqtgxsq9nc', ?)");
    char content[CONTENT], data[EVENT];
    memset(content, 'x', sizeof content);
    memset(data, 'x', sizeof data);
    srand((unsigned)time(0));
    double seconds = atof(arguments[2]), start = clock_of(CLOCK_MONOTONIC);
    double spent = clock_of(CLOCK_PROCESS_CPUTIME_ID), elapsed = 0;
    long long records = 0;
    for (; elapsed < seconds; elapsed = clock_of(CLOCK_MONOTONIC) - start) {
        run("BEGIN IMMEDIATE");
        long long now = time(0) * 1000LL, day = now - rand() % 28 * 86400000LL;
        for (int i = 0; i < BATCH; i++, records++) {
            sqlite3_bind_text(find, 1, ids[rand() % patients], -1, SQLITE_STATIC);
            check(sqlite3_step(find) == SQLITE_ROW, "patient");
            long long patient = sqlite3_column_int64(find, 0);
            sqlite3_reset(find);
            snprintf(content, sizeof content, "%llx-%llx-%d", now, records, rand());
            unsigned char hash[32], key[16];
            SHA256((unsigned char *)content, 200, hash);
            /* As the server's: day, facility and type first, which keeps a batch on few pages. */
            long long number = day / 86400000;
            for (int byte = 0; byte < 3; byte++) key[byte] = number >> (16 - 8 * byte);
            memset(key + 3, 1, 3);
            memcpy(key + 6, hash, 10);
            sqlite3_bind_blob(digest, 1, key, sizeof key, SQLITE_STATIC);
            finish(digest);
            check(sqlite3_changes(database) == 1, "a digest met before");
            long long nonce = rand();
            sqlite3_bind_int64(record, 1, nonce);
            sqlite3_bind_int64(record, 2, patient);
            sqlite3_bind_int64(record, 3, day + i * 60000);
            sqlite3_bind_int64(record, 4, now);
            sqlite3_bind_int64(record, 5, day + i * 60000);
            sqlite3_bind_text(record, 6, content, sizeof content, SQLITE_STATIC);
            finish(record);
            sqlite3_bind_int64(event, 1, nonce);
            sqlite3_bind_int64(event, 2, now);
            sqlite3_bind_int64(event, 3, patient);
            sqlite3_bind_text(event, 4, data, sizeof data, SQLITE_STATIC);
            finish(event);
        }
        run("COMMIT");
    }
    spent = clock_of(CLOCK_PROCESS_CPUTIME_ID) - spent;
    printf("%.0f records/s, %.1f us CPU a record\n", records / elapsed, spent * 1e6 / records);
    return 0;
}
