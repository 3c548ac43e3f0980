import Crypto
import Foundation
import Database
import SQLite
import Synchronization

/// The agent's durable queue: what was read, what waits, what is on its way, and what is still to be
/// told to people. Everything here is on the disk when the call returns.
package final class BridgeQueue: Sendable {
    private let writer: any Writer
    private let lock: LockHolder
    private let prunedAt = Mutex<Int64>(0)

    /// Keeps the lock for as long as the queue lives.
    private final class LockHolder: Sendable {
        private let lock: FileLock
        init(_ lock: consuming FileLock) { self.lock = lock }
    }

    /// Opens the queue, made when there is none.
    ///
    /// - Throws: `AgentError` with a sentence when another agent has it or it cannot be used.
    package init(folder: String, path: String, lockPath: String) throws(AgentError) {
        do {
            try Folder.make(folder)
        } catch {
            throw AgentError(
                "The state folder \(folder) cannot be made (\(error)). Make it, or choose another "
                    + "with state_folder.")
        }
        do {
            lock = LockHolder(try FileLock(path: lockPath))
            var options = DatabaseOptions()
            options.writerCacheBytes = 16 << 20
            options.readerCacheBytes = 2 << 20
            options.reclaimsSpace = true
            try Migrator.migrate(
                path: path, QueueSchema.migrations, options: options,
                checksum: { SHA256.hash($0).hex }, now: Self.now)
            writer = try SQLiteWriter(path: path, options: options)
        } catch DatabaseError.lockedBy(let pid) {
            let holder = pid.map { " (process \($0))" } ?? ""
            throw AgentError(
                "Another opescare-bridge\(holder) already runs on the queue in \(folder). Stop it "
                    + "first, or give this one a state_folder and watch_folder of its own.")
        } catch {
            throw AgentError("The queue \(path) cannot be opened: \(error).")
        }
    }

    /// Closes the file; it is free for another agent when the queue itself is gone.
    package func close() { writer.close() }

    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Runs `body` in a transaction of its own and waits for the disk. `body` may run twice.
    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) throws -> T {
        try writer.writeBlocking(body)
    }

    /// Nobody else writes, so the writer's own connection reads the newest state.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) throws -> T {
        try writer.writeBlocking(body)
    }

    var depth: Int { get throws { try read { try QueueStore.depth(in: $0) } } }

    /// Unguessable, and visible ASCII as an `Idempotency-Key` must be.
    static func newKey() -> String { "bridge-" + Hex.encode(SecureRandom.bytes(16)) }

    /// Gives some of the space that delivered records took back to the disk.
    ///
    /// - Returns: whether there is more to give.
    func reclaimSpace() throws -> Bool {
        try write { tx in
            let free = try tx.first("PRAGMA freelist_count") { $0.int(0) } ?? 0
            // A queue that fills and empties every day keeps its few megabytes.
            guard free > 2048 else { return false }
            try tx.run("PRAGMA incremental_vacuum(1024)")
            return true
        }
    }

    /// Forgets files whose last word was said a month ago, at most once a day.
    func forgetOldFiles() throws {
        let now = Self.now
        let day: Int64 = 86_400_000
        let isDue = prunedAt.withLock { prunedAt in
            guard now - prunedAt > day || now < prunedAt else { return false }
            prunedAt = now
            return true
        }
        if isDue { try write { try QueueStore.prune(before: now - 30 * day, in: $0) } }
    }

    func note(_ name: String, _ value: String) throws {
        let now = Self.now
        try write { try QueueStore.note(name, value, at: now, in: $0) }
    }
}

/// Why the agent cannot go on, in sentences for a technician.
package struct AgentError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
