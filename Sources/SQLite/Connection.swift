import CLinux
import Glibc
import CSQLite
import Database

/// One SQLite connection with its prepared statements. Whoever holds it must keep it to one thread
/// at a time: it is opened without SQLite's own mutexes.
@safe final class Connection {
    enum Access {
        case readOnly, readWrite
        /// Creates the file, readable by this user alone, when there is none.
        case create
    }

    let handle: OpaquePointer
    let access: Access
    /// In milliseconds.
    let busyTimeout: Int32
    var batchState: (any Sendable)?
    /// Rows that the transaction in progress has left out because they cannot be read.
    var unreadableCount = 0
    /// Where the write body in progress stands towards its savepoint.
    var savepoint = Savepoint.none
    /// True once the write body in progress has changed anything.
    var isDirty = false
    /// What the last failing step reported, for a body that swallowed it.
    var lastError: DatabaseError?
    /// Frames in the write-ahead log after this connection's last commit.
    var logFrames = 0

    private var isClosed = false
    /// Set by the authorizer when the SQL being prepared is one of the library's own kind.
    private var hasMetControl = false
    /// By address of the SQL, which identifies a `StaticString` without reading it.
    private var byAddress: [UInt: Statement] = [:]
    /// By text, for equal literals at several addresses.
    private var byText: [String: Statement] = [:]

    enum Savepoint {
        /// The body runs without one.
        case none
        /// Opened before the body's first change; → open.
        case wanted
        /// → none, released or rolled back by the writer.
        case open
    }

    init(
        path: String, access: Access, cacheBytes: Int, busyTimeout: Duration,
        reclaimsSpace: Bool = false, isStanding: Bool = false
    ) throws(DatabaseError) {
        // Both name databases that vanish with the connection.
        guard !path.isEmpty, path != ":memory:", !path.utf8.contains(0) else {
            throw .cannotOpen(reason: "the path \"\(path)\" does not name a file")
        }
        guard Self.isConfigured else { throw .cannotOpen(reason: "SQLite does not start") }
        if access == .create { try Self.createFile(path) }
        try Self.checkFile(path)
        self.access = access
        let parts = busyTimeout.components
        let milliseconds = parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000
        self.busyTimeout = Int32(clamping: milliseconds)
        let mode = access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            isStanding ? Self.standing(path) : path, &opened,
            isStanding ? flags | SQLITE_OPEN_URI : flags, nil)
        guard let opened = unsafe opened else { throw .other(code: code, message: "no memory") }
        // From here on deinit closes what was opened.
        unsafe handle = opened
        guard code == SQLITE_OK else { throw located(path) }
        try configure(path: path, cacheBytes: cacheBytes, reclaimsSpace: reclaimsSpace)
    }

    /// A reader needs a -shm beside the file, for which a disk that is full or read-only has no room.
    /// Where there is no log, nobody is writing: then the file is read as it stands.
    static func reading(
        path: String, cacheBytes: Int, busyTimeout: Duration
    ) throws(DatabaseError) -> Connection {
        func open(isStanding: Bool) throws(DatabaseError) -> Connection {
            try Connection(
                path: path, access: .readOnly, cacheBytes: cacheBytes, busyTimeout: busyTimeout,
                isStanding: isStanding)
        }
        do {
            return try open(isStanding: false)
        } catch {
            switch error {
            case .cannotOpen, .full, .ioError, .readOnly: break
            default: throw error
            }
            guard hasNoLog(path) else { throw error }
            return try open(isStanding: true)
        }
    }

    deinit { close() }

    /// Closes the file; nothing else may be called afterwards. The last connection to a database
    /// removes its -wal and -shm.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        byAddress = [:]
        byText = [:]
        // Every statement is gone, so this cannot be refused.
        unsafe sqlite3_close(handle)
    }

    /// Process-wide, before the first open: no global allocation statistics, hence no global lock.
    private static let isConfigured =
        opescare_sqlite_disable_memory_statistics() == SQLITE_OK
        && sqlite3_initialize() == SQLITE_OK

    /// Creates an empty file with mode 0600, which SQLite's -wal and -shm then inherit. A file that
    /// exists is not opened: closing any descriptor of it would drop every lock this process has.
    private static func createFile(_ path: String) throws(DatabaseError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            defer { Glibc.close(descriptor) }
            guard unsafe opescare_inherit_owner(descriptor, path) == 0 else {
                throw .cannotOpen(reason: "\(path): \(DatabaseError.reason(errno) ?? "?")")
            }
        } else if errno != EEXIST {
            let reason = DatabaseError.reason(errno) ?? "?"
            throw .cannotOpen(reason: "\(path): \(reason)")
        }
    }

    /// The URI of a file that nobody changes. Every byte is escaped: a path may hold any.
    private static func standing(_ path: String) -> String {
        let escapes = path.utf8.map { ($0 < 16 ? "%0" : "%") + String($0, radix: 16) }
        return "file:" + escapes.joined() + "?immutable=1"
    }

    /// Whether the log beside a database, where what was written last lies, is absent or empty.
    private static func hasNoLog(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path + "-wal", &status) == 0 ? status.st_size == 0 : errno == ENOENT
    }

    /// A folder, a device or a pipe would open, and fail with a riddle at the first read.
    private static func checkFile(_ path: String) throws(DatabaseError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw .cannotOpen(reason: "\(path): \(DatabaseError.reason(errno) ?? "?")")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotOpen(reason: "\(path): not a file")
        }
    }

    private func configure(
        path: String, cacheBytes: Int, reclaimsSpace: Bool
    ) throws(DatabaseError) {
        unsafe sqlite3_busy_timeout(handle, self.busyTimeout)
        guard unsafe opescare_sqlite_harden(handle) == SQLITE_OK else { throw error() }
        watchForControl()
        // SQLite opens a file that it may not write read-only, without a word. Asked before the
        // first read, which would leave a -wal behind that nobody may write either.
        if access != .readOnly, unsafe sqlite3_db_readonly(handle, "main") != 0 { throw .readOnly }
        do {
            try run("PRAGMA foreign_keys = ON")
            try run("PRAGMA temp_store = MEMORY")
            try run("PRAGMA synchronous = FULL")
            try run("PRAGMA cache_size = -\(max(cacheBytes, 1 << 20) >> 10)")
            if access != .readOnly {
                // Only an empty file takes it, so it comes before anything is written.
                if reclaimsSpace { try run("PRAGMA auto_vacuum = INCREMENTAL") }
                try configureWriting()
            } else {
                // The first read of the file shows whether it is a database at all.
                try run("SELECT count(*) FROM sqlite_schema")
            }
        } catch .cannotOpen(let reason) {
            throw .cannotOpen(reason: "\(path): \(reason)")
        }
    }

    private func configureWriting() throws(DatabaseError) {
        guard try scalar("PRAGMA journal_mode = WAL") == "wal" else {
            throw .cannotOpen(reason: "its file system has no shared memory for a WAL")
        }
        // A log that a long reader has made grow is cut back when it next starts afresh.
        try run("PRAGMA journal_size_limit = \(16 << 20)")
        // Checkpoints are the writer's decision; the hook only takes notes.
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        let hook:
            @convention(c) (
                UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32
            ) -> Int32 = { context, _, _, frames in
                guard let context = unsafe context else { return SQLITE_OK }
                let connection = unsafe Unmanaged<Connection>.fromOpaque(context)
                unsafe connection.takeUnretainedValue().logFrames = Int(frames)
                return SQLITE_OK
            }
        unsafe sqlite3_wal_hook(handle, hook, me)
    }

    /// Lets SQLite's own parser tell which SQL begins or ends transactions or attaches files.
    private func watchForControl() {
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        let watch:
            @convention(c) (
                UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
                UnsafePointer<CChar>?, UnsafePointer<CChar>?
            ) -> Int32 = { context, action, _, _, _, _ in
                let control = [SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH]
                guard control.contains(action), let context = unsafe context else {
                    return SQLITE_OK
                }
                let connection = unsafe Unmanaged<Connection>.fromOpaque(context)
                unsafe connection.takeUnretainedValue().hasMetControl = true
                return SQLITE_OK
            }
        unsafe sqlite3_set_authorizer(handle, watch, me)
    }

    /// The error just reported by SQLite on this connection.
    func error() -> DatabaseError { unsafe DatabaseError(on: handle) }

    private func located(_ path: String) -> DatabaseError {
        let error = error()
        guard case .cannotOpen(let reason) = error else { return error }
        return .cannotOpen(reason: "\(path): \(reason)")
    }
}

extension Connection {
    /// The cached statement for `sql`, prepared when it is new.
    func statement(_ sql: StaticString) throws(DatabaseError) -> Statement {
        let address = unsafe UInt(bitPattern: sql.utf8Start)
        if let known = byAddress[address] { return known }
        let text = sql.description
        if let known = byText[text] {
            byAddress[address] = known
            return known
        }
        let statement = try prepare(text)
        byAddress[address] = statement
        byText[text] = statement
        return statement
    }

    /// Prepares one statement outside the cache.
    func prepare(_ sql: String) throws(DatabaseError) -> Statement {
        let bytes = Array(sql.utf8)
        var offset = 0
        guard let statement = try prepareNext(bytes, from: &offset) else {
            preconditionFailure("no SQL in \"\(sql)\"")
        }
        let rest = try prepareNext(bytes, from: &offset)
        precondition(rest == nil, "one statement at a time: \(sql)")
        return statement
    }

    /// Prepares the statement at `offset` of a script and moves `offset` behind it; nil at the end.
    func prepareNext(_ script: [UInt8], from offset: inout Int) throws(DatabaseError) -> Statement?
    {
        while offset < script.count {
            hasMetControl = false
            var prepared: OpaquePointer?
            var used = 0
            let rest = script[offset...]
            let code = unsafe rest.withUnsafeBytes { bytes in
                let text = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                var tail: UnsafePointer<CChar>?
                let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
                let code = unsafe sqlite3_prepare_v3(
                    handle, text, Int32(clamping: bytes.count), flags, &prepared, &tail)
                if let text = unsafe text, let tail = unsafe tail { used = unsafe tail - text }
                return code
            }
            guard code == SQLITE_OK else { throw error() }
            offset += max(used, 1)
            guard let prepared = unsafe prepared else { continue }  // Only a comment.
            return Statement(prepared, of: self, isControl: hasMetControl)
        }
        return nil
    }

    /// Runs one statement that takes no values, outside the cache.
    func run(_ sql: String) throws(DatabaseError) {
        let statement = try prepare(sql)
        while try step(statement) {}
    }

    /// The first column of the first row as text.
    func scalar(_ sql: String) throws(DatabaseError) -> String? {
        let statement = try prepare(sql)
        guard try step(statement) else { return nil }
        return Row(statement).textOrNil(0)
    }
}
