import CLinux
import CSQLite
import Foundation
import Database
import SQLite
import Testing

/// What a file system, a disk or another process can do to a database.
struct DiskTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Ways to be no database, each with the error it deserves.
    @Test(arguments: ["missing/test.db", "", ":memory:", "folder", "a\0b", "garbage", "text"])
    func whatIsNoDatabaseIsRefused(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("folder"), withIntermediateDirectories: false)
        let garbage = Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 197 >> 3) })
        try garbage.write(to: URL(filePath: folder.file("garbage")))
        try Data("Nom,Prénom\n".utf8).write(to: URL(filePath: folder.file("text")))
        let isAbsolute = name.isEmpty || name.hasPrefix(":")
        let path = isAbsolute ? name : folder.file(name)
        let writing = #expect(throws: DatabaseError.self) { try SQLiteWriter(path: path) }
        let reading = #expect(throws: DatabaseError.self) { try SQLiteReader(path: path) }
        if ["garbage", "text"].contains(name) {
            #expect(writing == .notADatabase && reading == .notADatabase)
        } else {
            for error in [writing, reading] {
                guard case .cannotOpen(let reason) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(name.isEmpty || name.contains("\0") || reason.contains(path))
            }
        }
    }

    @Test func aReaderDoesNotCreateTheFile() throws {
        #expect(throws: DatabaseError.self) { try SQLiteReader(path: folder.database) }
        #expect(!folder.exists("test.db"))
    }

    /// Root may write anywhere, so the thread gives up its rights over files for a moment.
    private func asNobody<T>(_ body: () throws -> T) rethrows -> T {
        let before = setfsuid(65_534)
        defer { setfsuid(UInt32(bitPattern: before)) }
        return try body()
    }

    @Test func aReadOnlyFileIsRefusedForWriting() throws {
        try folder.writer().close()
        try folder.setMode(0o444, of: "test.db")
        try folder.setMode(0o777, of: "")
        let error = asNobody {
            #expect(throws: DatabaseError.self) { try SQLiteWriter(path: folder.database) }
        }
        #expect(error == .readOnly)
        try folder.setMode(0o666, of: "test.db")
        try asNobody { try folder.writer().writeBlocking { try $0.addNote("again") } }
    }

    @Test func aReadOnlyFolderIsRefusedForWriting() throws {
        try folder.writer().close()
        try folder.setMode(0o666, of: "test.db")
        try folder.setMode(0o555, of: "")
        defer { try? folder.setMode(0o755, of: "") }
        let existing = asNobody {
            #expect(throws: DatabaseError.self) { try SQLiteWriter(path: folder.database) }
        }
        let new = asNobody {
            #expect(throws: DatabaseError.self) { try SQLiteWriter(path: folder.file("new.db")) }
        }
        for error in [existing, new] {
            let isClear =
                switch error {
                case .readOnly, .cannotOpen: true
                default: false
                }
            #expect(isClear, "\(String(describing: error))")
        }
    }

    /// As on a full disk, or where a backup is mounted read-only: there is no room for a -shm.
    @Test(arguments: ["test.db", "a?mode=rw#1%2e é.db"])
    func whatNobodyWritesIsReadWithoutRoomBesideIt(_ name: String) throws {
        let writer = try folder.writer()
        try writer.writeBlocking { try $0.addNote("kept") }
        writer.close()
        if name != "test.db" {
            try FileManager.default.moveItem(atPath: folder.database, toPath: folder.file(name))
        }
        try folder.setMode(0o444, of: name)
        try folder.setMode(0o555, of: "")
        defer { try? folder.setMode(0o755, of: "") }
        func notes() throws -> Int? {
            try asNobody {
                try SQLiteReader(path: folder.file(name)).read { tx in
                    try tx.first("SELECT COUNT(*) FROM notes") { $0.int(0) }
                }
            }
        }
        #expect(try notes() == 1)
        // What a log holds would be missing.
        try Data([0]).write(to: URL(filePath: folder.file(name + "-wal")))
        try folder.setMode(0o444, of: name + "-wal")
        #expect(throws: DatabaseError.self) { try notes() }
    }

    /// `max_page_count` makes SQLite believe that the disk is full.
    @Test func aFullDiskFailsTheWriteAndRecoversByItself() async throws {
        let writer = try folder.writer()
        try await writer.write { tx in try tx.addNote("before") }
        let pages = try await writer.write { tx in
            try tx.first("PRAGMA page_count") { $0.int(0) }
        }
        #expect(try #require(pages) < 20)
        try await writer.write { tx in
            _ = try tx.first("PRAGMA max_page_count = 20") { $0.int(0) }
        }
        let long = String(repeating: "x", count: 90_000)
        let outcomes = await withTaskGroup(of: DatabaseError?.self) { group in
            for number in 0..<30 {
                group.addTask {
                    do {
                        try await writer.append { tx in
                            try tx.addNote("\(number)" + (number % 3 == 0 ? long : ""))
                        }
                        return nil
                    } catch {
                        return error as? DatabaseError ?? .closed
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(.full))
        #expect(outcomes.allSatisfy { $0 == nil || $0 == .full })
        let stored = try SQLiteReader(path: folder.database).read { try $0.notes().count }
        #expect(stored == 1 + outcomes.count { $0 == nil })
        try await writer.write { tx in
            _ = try tx.first("PRAGMA max_page_count = 2000") { $0.int(0) }
        }
        try await writer.write { tx in try tx.addNote(long) }
        #expect(try quickCheck(path: folder.database) == [])
    }

    @Test func anotherProcessLockIsBusyThenFree() async throws {
        var options = DatabaseOptions()
        options.busyTimeout = .milliseconds(20)
        let writer = try folder.writer(options)
        let other = try SQLiteWriter(path: folder.database, options: options)
        let gate = DispatchSemaphore(value: 0)
        await withTaskGroup { group in
            await withCheckedContinuation { started in
                group.addTask {
                    _ = try? await other.write { tx in
                        started.resume()
                        gate.wait()
                        try tx.addNote("other")
                    }
                }
            }
            await #expect(throws: DatabaseError.busy) {
                try await writer.write { tx in try tx.addNote("mine") }
            }
            gate.signal()
        }
        try await writer.write { tx in try tx.addNote("mine, later") }
        #expect(try writer.writeBlocking { try $0.notes() } == ["other", "mine, later"])
    }

    private func filled() throws {
        let writer = try folder.writer()
        try writer.writeBlocking { tx in
            for number in 0..<500 {
                try tx.addNote("\(number) " + String(repeating: "y", count: 300))
            }
        }
        writer.close()
    }

    @Test func aDamagedHeaderIsNoDatabase() throws {
        try filled()
        try folder.overwrite("test.db", at: 0, with: Array("NoSQLite format!".utf8))
        #expect(throws: DatabaseError.notADatabase) { try SQLiteWriter(path: folder.database) }
        #expect(throws: DatabaseError.notADatabase) { try quickCheck(path: folder.database) }
    }

    @Test func aDamagedPageIsReportedAndTheRestStaysReadable() throws {
        try filled()
        #expect(try integrityCheck(path: folder.database) == [])
        try folder.overwrite("test.db", at: 4096 * 9, with: .init(repeating: 0xff, count: 4096))
        #expect(try !quickCheck(path: folder.database).isEmpty)
        #expect(try !integrityCheck(path: folder.database).isEmpty)
        let reader = try SQLiteReader(path: folder.database)
        #expect(throws: DatabaseError.corrupt) { try reader.read { try $0.notes() } }
        let first = try reader.read { tx in
            try tx.first("SELECT body FROM notes WHERE id = 1") { $0.text(0) }
        }
        #expect(first?.hasPrefix("0 ") == true)
    }

    @Test func aTruncatedFileIsCorrupt() throws {
        try filled()
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.database))
        try handle.truncate(atOffset: 4096 * 7)
        try handle.close()
        #expect(try !quickCheck(path: folder.database).isEmpty)
        #expect(throws: DatabaseError.corrupt) {
            try SQLiteReader(path: folder.database).read { try $0.notes() }
        }
    }

    @Test func aForeignKeyToNothingIsFound() throws {
        var connection: OpaquePointer?
        unsafe sqlite3_open(folder.database, &connection)
        // Plain SQLite does not enforce foreign keys.
        let sql = """
            CREATE TABLE a (id INTEGER PRIMARY KEY);
            CREATE TABLE b (a INTEGER REFERENCES a (id));
            INSERT INTO b (a) VALUES (7);
            """
        #expect(unsafe sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK)
        unsafe sqlite3_close(connection)
        #expect(try quickCheck(path: folder.database) == [])
        #expect(try integrityCheck(path: folder.database) == ["a row of b refers to nothing in a"])
    }

    @Test func errorsThatAnOperatorMeetsSayWhatToDo() {
        let words: [(DatabaseError, String)] = [
            (.full, "free some space"), (.readOnly, "writable"), (.corrupt, "restore"),
            (.cannotOpen(reason: "x"), "check that the path"), (.lockedBy(pid: 7), "stop it"),
            (.lockedBy(pid: 7), "pid 7"), (.notADatabase, "check the configured path"),
        ]
        for (error, word) in words { #expect(error.description.contains(word)) }
    }
}
