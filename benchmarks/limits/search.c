/* The limit of the audited search: the server's work in the least code.
 *
 * A bearer token checked by RS256 (and remembered), one patient read by Health ID, one row of the
 * hash-chained audit log durable before the answer leaves. Loops read through connections of their
 * own; one writer thread takes every waiting row into one COMMIT, synchronous=FULL. It works on a
 * copy of the server's own data folder: same tables, same indexes, same rows, same token.
 *
 * usage: search DATABASE SIGNING_KEY_PEM PORT LOOPS
 */
#include "search.h"
#include <sqlite3.h>

struct store {
    sqlite3 *database;
    sqlite3_stmt *find, *begin, *commit, *newest, *insert;
};

static const char *path;

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement;
    check(!sqlite3_prepare_v2(database, sql, -1, &statement, 0), sqlite3_errmsg(database));
    return statement;
}

static void step(sqlite3_stmt *statement) {
    check(sqlite3_step(statement) == SQLITE_DONE, sqlite3_errmsg(sqlite3_db_handle(statement)));
    sqlite3_reset(statement);
}

static struct store *open_store(void) {
    struct store *store = calloc(1, sizeof *store);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    check(!sqlite3_open_v2(path, &store->database, flags, 0), "cannot open the database");
    const char *setup = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                        "PRAGMA cache_size=-65536; PRAGMA journal_size_limit=16777216;";
    check(!sqlite3_exec(store->database, setup, 0, 0, 0), sqlite3_errmsg(store->database));
    sqlite3_busy_timeout(store->database, 5000);
    store->find = prepare(
        store->database,
        "SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,"
        " phone_number, national_id, blood_type, allergies, verification_status,"
        " identity_status FROM patients WHERE health_id = ?");
    store->begin = prepare(store->database, "BEGIN IMMEDIATE");
    store->commit = prepare(store->database, "COMMIT");
    store->newest = prepare(
        store->database, "SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1");
    store->insert = prepare(
        store->database, "INSERT INTO audit_log (seq, recorded_at, patient_id, status, request_id,"
                         " principal, operation, action, entity, outcome, address, hash)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    return store;
}

static void find(struct store *store, struct job *job) {
    sqlite3_bind_text(store->find, 1, job->health_id, -1, SQLITE_STATIC);
    const char *columns[13];
    int found = sqlite3_step(store->find) == SQLITE_ROW;
    for (int i = 0; found && i < 13; i++)
        columns[i] = (const char *)sqlite3_column_text(store->find, i);
    if (found) job->patient = sqlite3_column_int64(store->find, 0);
    write_answer(job, found ? columns : 0);
    sqlite3_reset(store->find);
}

static void store_batch(struct store *store, struct job *jobs) {
    step(store->begin);
    if (sqlite3_step(store->newest) == SQLITE_ROW) {
        seq = sqlite3_column_int64(store->newest, 0);
        memcpy(head, sqlite3_column_blob(store->newest, 1), 32);
    }
    sqlite3_reset(store->newest);
    for (struct job *job = jobs; job; job = job->next) {
        struct entry entry;
        chain(&entry, job);
        for (int i = 0; i < 4; i++) sqlite3_bind_int64(store->insert, i + 1, entry.numbers[i]);
        for (int i = 0; i < 7; i++)
            sqlite3_bind_text(store->insert, i + 5, entry.texts[i], -1, SQLITE_STATIC);
        sqlite3_bind_blob(store->insert, 12, head, 32, SQLITE_STATIC);
        step(store->insert);
    }
    step(store->commit);
}

int main(int count, char **arguments) {
    if (count < 5) return 2;
    path = arguments[1];
    /* Like the server: no global statistics, hence no global lock. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    serve(arguments[2], arguments[3], arguments[4]);
}
