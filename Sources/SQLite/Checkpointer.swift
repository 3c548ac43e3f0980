import CSQLite
import Database

/// Keeps the write-ahead log short without making the writer wait.
///
/// A passive checkpoint copies pages into the database on a thread and connection of its own while
/// the writer goes on. Under constant load it never catches up with the log's end, which alone lets
/// the log start afresh; so when the log reaches its limit the writer stops for the short rest.
///
/// `@unchecked Sendable`: `nextStart` and `nextRestart` belong to the writer's thread.
final class Checkpointer: @unchecked Sendable {
    /// idle → asked → idle …; idle → stopped.
    private enum Phase { case idle, asked, stopped }

    private let thread: WorkerThread
    private let phase: Monitor<Phase>
    private let step: Int
    private let limit: Int
    /// Frames at which the next passive checkpoint starts.
    private var nextStart: Int
    /// Frames at which the writer next starts the log afresh.
    private var nextRestart: Int

    init(path: String, options: DatabaseOptions) throws(DatabaseError) {
        let connection = try Connection(
            path: path, access: .readWrite, cacheBytes: 1 << 20, busyTimeout: .zero)
        let pageBytes = try Int(connection.scalar("PRAGMA page_size") ?? "") ?? 4096
        step = max(options.checkpointBytes / pageBytes, 1)
        limit = max(options.walLimitBytes / pageBytes, 1)
        nextStart = step
        nextRestart = limit
        let phase = Monitor(Phase.idle)
        self.phase = phase
        let handover = Handover(connection)
        thread = try WorkerThread { Self.run(handover.connection, phase) }
    }

    /// `@unchecked Sendable`: carries the connection to its thread, once.
    private final class Handover: @unchecked Sendable {
        let connection: Connection
        init(_ connection: Connection) { self.connection = connection }
    }

    private static func run(_ connection: Connection, _ phase: Monitor<Phase>) {
        while phase.wait(for: { $0 == .idle ? nil : $0 }) == .asked {
            // A checkpoint that fails or is held back changes nothing; the next one repeats it,
            // and a disk that fails shows in the writer's COMMIT.
            try? connection.checkpoint(.passive, wait: 0)
            phase.notify { $0 = .idle }
        }
        connection.close()
    }

    /// Called by the writer after each batch, when its callers have been told.
    func afterCommit(on connection: Connection) {
        let frames = connection.logFrames
        // The log has started afresh.
        if frames < nextStart - step {
            nextStart = step
            nextRestart = limit
        }
        guard frames >= min(nextStart, nextRestart) else { return }
        let isIdle = phase.withLock { $0 == .idle }
        if frames >= nextRestart, isIdle || frames >= 2 * limit {
            // A disk that cannot follow must slow the writer down: the log has an end.
            phase.wait { $0 == .idle ? () : nil }
            // Readers that still need the old log hold this back; then the log grows a little more.
            try? connection.checkpoint(.restart, wait: 10)
            nextRestart = frames + step
        } else if frames >= nextStart, isIdle {
            nextStart = frames + step
            phase.notify { $0 = .asked }
        }
    }

    /// Returns when the checkpoint in progress has ended and its connection is closed.
    func stop() {
        phase.wait { $0 == .idle ? () : nil }
        phase.notify { $0 = .stopped }
        thread.wait()
    }
}

extension Connection {
    enum Checkpoint {
        /// What can be copied without waiting for anyone.
        case passive
        /// Everything, so that the next write starts the log afresh.
        case restart
        /// Everything, and leaves an empty log.
        case truncate
    }

    /// Waits `wait` milliseconds at most for readers and other checkpoints.
    func checkpoint(_ kind: Checkpoint, wait: Int32) throws(DatabaseError) {
        unsafe sqlite3_busy_timeout(handle, wait)
        defer { unsafe sqlite3_busy_timeout(handle, busyTimeout) }
        let mode =
            switch kind {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .restart: SQLITE_CHECKPOINT_RESTART
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, "main", mode, nil, nil)
        guard code == SQLITE_OK else { throw error() }
    }
}
