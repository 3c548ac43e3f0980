// SQLite, and the variadic calls and pointer-cast macros that Swift cannot import.
#ifndef OPESCARE_CSQLITE_H
#define OPESCARE_CSQLITE_H

#include <sqlite3.h>

/// SQLITE_TRANSIENT: SQLite copies the bound bytes before the call returns.
static inline sqlite3_destructor_type opescare_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/// Turns off the allocation statistics, whose global mutex every thread would share.
static inline int opescare_sqlite_disable_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// Extended result codes, which are macros over macros.
static inline int opescare_sqlite_constraint_unique(void) { return SQLITE_CONSTRAINT_UNIQUE; }
static inline int opescare_sqlite_constraint_primary_key(void) { return SQLITE_CONSTRAINT_PRIMARYKEY; }
static inline int opescare_sqlite_constraint_rowid(void) { return SQLITE_CONSTRAINT_ROWID; }
static inline int opescare_sqlite_constraint_foreign_key(void) { return SQLITE_CONSTRAINT_FOREIGNKEY; }
static inline int opescare_sqlite_constraint_check(void) { return SQLITE_CONSTRAINT_CHECK; }
static inline int opescare_sqlite_constraint_not_null(void) { return SQLITE_CONSTRAINT_NOTNULL; }

/// Per-connection hardening: SQL cannot corrupt the file, "x" is never a string, the schema is data.
static inline int opescare_sqlite_harden(sqlite3 *db) {
    int code = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    if (code == SQLITE_OK) code = sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
    if (code == SQLITE_OK) code = sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
    if (code == SQLITE_OK) code = sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
    return code;
}

#endif
