/* The limit of the audited search on PostgreSQL: the server's work in the least code, with libpq.
 *
 * As search.c, but what waits is one transaction, a group: its turn (LOCK TABLE), the patients in one
 * flight, and then the rows of the hash chain and the COMMIT in another.
 *
 * usage: search_pg CONNINFO SIGNING_KEY_PEM PORT LOOPS
 */
#include "search.h"
#include <endian.h>
#include <libpq-fe.h>

struct store {
    PGconn *connection;
};

static const char *conninfo;

static void require(struct store *store, int holds) { check(holds, PQerrorMessage(store->connection)); }

static void prepare(struct store *store, const char *name, const char *sql) {
    PGresult *result = PQprepare(store->connection, name, sql, 0, 0);
    require(store, PQresultStatus(result) == PGRES_COMMAND_OK);
    PQclear(result);
}

static struct store *open_store(void) {
    struct store *store = calloc(1, sizeof *store);
    store->connection = PQconnectdb(conninfo);
    require(store, PQstatus(store->connection) == CONNECTION_OK);
    PQclear(PQexec(store->connection, "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; "
                                      "SET enable_bitmapscan = off; SET enable_sort = off; SET jit = off"));
    prepare(store, "begin", "BEGIN ISOLATION LEVEL REPEATABLE READ");
    prepare(store, "turn", "LOCK TABLE write_turn IN EXCLUSIVE MODE");
    prepare(store, "commit", "COMMIT");
    prepare(store, "newest", "SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1");
    prepare(store, "find",
            "SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,"
            " phone_number, national_id, blood_type, allergies, verification_status,"
            " identity_status FROM patients WHERE health_id = $1");
    prepare(store, "insert",
            "INSERT INTO audit_log (seq, recorded_at, patient_id, status, request_id, principal,"
            " operation, action, entity, outcome, address, hash)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
    require(store, PQenterPipelineMode(store->connection));
    return store;
}

/* In the group instead. */
static void find(struct store *store, struct job *job) { (void)store, (void)job; }

static void ask(struct store *store, const char *name) {
    require(store, PQsendQueryPrepared(store->connection, name, 0, 0, 0, 0, 1));
}

/* The next result of the pipeline, which is followed by a NULL. */
static PGresult *take(struct store *store) {
    PGresult *result = PQgetResult(store->connection), *end;
    ExecStatusType status = PQresultStatus(result);
    require(store, status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
                       || status == PGRES_PIPELINE_SYNC);
    if (status != PGRES_PIPELINE_SYNC && (end = PQgetResult(store->connection))) PQclear(end);
    return result;
}

static void store_batch(struct store *store, struct job *jobs) {
    PGconn *connection = store->connection;
    ask(store, "begin");
    ask(store, "turn");
    ask(store, "newest");
    for (struct job *job = jobs; job; job = job->next) {
        const char *values[] = {job->health_id};
        require(store, PQsendQueryPrepared(connection, "find", 1, values, 0, 0, 0));
    }
    PQpipelineSync(connection);
    PQclear(take(store));
    PQclear(take(store));
    PGresult *result = take(store);
    if (PQntuples(result)) {
        long long number;
        memcpy(&number, PQgetvalue(result, 0, 0), 8);
        seq = be64toh(number);
        memcpy(head, PQgetvalue(result, 0, 1), 32);
    }
    PQclear(result);
    for (struct job *job = jobs; job; job = job->next) {
        result = take(store);
        const char *columns[13];
        int found = PQntuples(result) == 1;
        for (int i = 0; found && i < 13; i++) columns[i] = PQgetvalue(result, 0, i);
        if (found) job->patient = atoll(columns[0]);
        write_answer(job, found ? columns : 0);
        PQclear(result);
    }
    PQclear(take(store));
    for (struct job *job = jobs; job; job = job->next) {
        struct entry entry;
        chain(&entry, job);
        long long numbers[4];
        const char *values[12];
        int lengths[12] = {8, 8, 8, 8}, formats[12] = {1, 1, 1, 1};
        for (int i = 0; i < 4; i++) {
            numbers[i] = htobe64(entry.numbers[i]);
            values[i] = (const char *)&numbers[i];
        }
        for (int i = 0; i < 7; i++) values[i + 4] = entry.texts[i];
        values[11] = (const char *)head;
        lengths[11] = 32;
        formats[11] = 1;
        require(store, PQsendQueryPrepared(connection, "insert", 12, values, lengths, formats, 1));
    }
    ask(store, "commit");
    PQpipelineSync(connection);
    for (struct job *job = jobs; job; job = job->next) PQclear(take(store));
    PQclear(take(store));
    PQclear(take(store));
}

int main(int count, char **arguments) {
    if (count < 5) return 2;
    conninfo = arguments[1];
    serve(arguments[2], arguments[3], arguments[4]);
}
