import CSQLite
package func x() -> Int32 { sqlite3_libversion_number() }
