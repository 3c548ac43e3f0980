import CLinux
import Glibc
import CSQLite
package import Database

/// Copies the database at `source` to a new file, while servers go on reading and writing it.
///
/// The copy is one snapshot, mode 0600, and durable on return; it appears under its name only when
/// it is whole. The source's log cannot start afresh while the copy runs.
///
/// - Throws: `DatabaseError.cannotOpen` when `destination` exists: nothing is overwritten.
package func backup(from source: String, to destination: String) throws(DatabaseError) {
    let partial = destination + ".partial"
    guard unsafe access(destination, F_OK) != 0 else { throw exists(destination) }
    // What an interrupted backup left behind is of no use to anyone.
    unsafe unlink(partial)
    do throws(DatabaseError) {
        try copy(from: source, to: partial)
        try synchronise(partial)
        // Unlike rename, link refuses a name that somebody has taken meanwhile.
        guard unsafe link(partial, destination) == 0 else {
            throw errno == EEXIST ? exists(destination) : failure(destination)
        }
    } catch {
        unsafe unlink(partial)
        throw error
    }
    unsafe unlink(partial)
    let folder = destination.lastIndex(of: "/").map { String(destination[...$0]) } ?? "."
    try synchronise(folder)
}

private func copy(from source: String, to partial: String) throws(DatabaseError) {
    let from = try Connection.reading(
        path: source, cacheBytes: 8 << 20, busyTimeout: .seconds(5))
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(partial) }
    let isOwned = unsafe opescare_inherit_owner(descriptor, partial) == 0
    close(descriptor)
    guard isOwned else { throw failure(partial) }
    var to: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = unsafe sqlite3_open_v2(partial, &to, flags, nil)
    guard let to = unsafe to else { throw .other(code: code, message: "no memory") }
    defer { unsafe sqlite3_close(to) }
    guard code == SQLITE_OK else { throw DatabaseError(on: to) }
    // Until it is whole nobody needs it, so it needs no journal; it is flushed once at its end.
    unsafe sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nil, nil, nil)
    guard let run = unsafe sqlite3_backup_init(to, "main", from.handle, "main") else {
        throw DatabaseError(on: to)
    }
    // All pages in one step: one read transaction, which no writer can make start over.
    let stepped = unsafe sqlite3_backup_step(run, -1)
    let finished = unsafe sqlite3_backup_finish(run)
    guard stepped == SQLITE_DONE, finished == SQLITE_OK else {
        throw DatabaseError(on: to)
    }
}

/// Flushes a file or a folder to the disk.
private func synchronise(_ path: String) throws(DatabaseError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
}

private func exists(_ path: String) -> DatabaseError {
    .cannotOpen(reason: "\(path): exists already and is not overwritten")
}

private func failure(_ path: String) -> DatabaseError {
    let code = errno
    if code == ENOSPC { return .full }
    return .cannotOpen(reason: "\(path): \(DatabaseError.reason(code) ?? "?")")
}
