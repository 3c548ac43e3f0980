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

#endif
