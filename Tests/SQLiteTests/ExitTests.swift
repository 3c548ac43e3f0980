import CLinux
import Foundation
import Database
import SQLite
import Testing

/// What only a process of its own can show: death, a failing disk, misuse.
struct ExitTests {
    @Test(arguments: 0..<4)
    func killedInTheMiddleNothingAcknowledgedIsLost(_ round: Int) async throws {
        let folder = try TestFolder()
        let path = folder.database
        let acknowledged = folder.file("acknowledged")
        try folder.writer().close()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                path = path as String, acknowledged = acknowledged as String, round = round as Int
            ] in
            let writer = try SQLiteWriter(path: path)
            #expect(FileManager.default.createFile(atPath: acknowledged, contents: nil))
            let log = try #require(FileHandle(forWritingAtPath: acknowledged))
            await withTaskGroup { group in
                for task in 0..<16 {
                    group.addTask {
                        for number in 0..<10_000 {
                            let body = "\(task)-\(number)"
                            _ = try? await writer.append { tx in
                                try tx.run(
                                    "INSERT INTO notes (body) VALUES (?)", [.text(body)])
                            }
                            // The page cache survives the process.
                            try? log.write(contentsOf: Data("\(body)\n".utf8))
                            if task == 0, number == 20 + 31 * round { kill(getpid(), SIGKILL) }
                        }
                    }
                }
            }
        }
        let text = try String(contentsOfFile: acknowledged, encoding: .utf8)
        let told = text.split(separator: "\n").map(String.init)
        #expect(told.count > 100)
        let stored = try folder.writer().writeBlocking { try $0.notes() }
        #expect(Set(told).isSubset(of: stored))
        #expect(Set(stored).count == stored.count)
        // Beyond what was told: one write in flight for each task.
        #expect(stored.count <= told.count + 16)
        #expect(try integrityCheck(path: path) == [])
    }

    /// A limit on file sizes makes every write to the log fail, as a dying disk does.
    @Test func aFailingDiskFailsTheBatchAndRecoversByItself() async throws {
        let folder = try TestFolder()
        let path = folder.database
        try folder.writer().close()
        await #expect(processExitsWith: .success) { [path = path as String] in
            let writer = try SQLiteWriter(path: path)
            try await writer.append { tx in
                try tx.run("INSERT INTO notes (body) VALUES ('before')")
            }
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(1), &limit)
            let before = limit.rlim_cur
            limit.rlim_cur = 1024
            unsafe setrlimit(__rlimit_resource_t(1), &limit)
            await withTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        let error = await #expect(throws: DatabaseError.self) {
                            try await writer.append { tx in
                                try tx.run(
                                    "INSERT INTO notes (body) VALUES (?)", [.text("\(number)")])
                            }
                        }
                        guard case .ioError = error else {
                            Issue.record("\(String(describing: error))")
                            return
                        }
                    }
                }
            }
            limit.rlim_cur = before
            unsafe setrlimit(__rlimit_resource_t(1), &limit)
            try await writer.append { tx in
                try tx.run("INSERT INTO notes (body) VALUES ('after')")
            }
            writer.close()
        }
        let stored = try folder.writer().writeBlocking { try $0.notes() }
        #expect(stored == ["before", "after"])
    }

    @Test func aBlockingWriteInsideAWriteIsCaught() async throws {
        let folder = try TestFolder()
        let path = folder.database
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let writer = try SQLiteWriter(path: path)
            try writer.writeBlocking { _ in try writer.writeBlocking { _ in } }
        }
    }

    @Test func aReadInsideAReadOfOneReaderIsCaught() async throws {
        let folder = try TestFolder()
        let path = folder.database
        try folder.writer().close()
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let reader = try SQLiteReader(path: path)
            try reader.read { _ in try reader.read { _ in } }
        }
    }

    @Test func writingThroughAReaderIsCaught() async throws {
        let folder = try TestFolder()
        let path = folder.database
        try folder.writer().close()
        await #expect(processExitsWith: .failure) { [path = path as String] in
            try SQLiteReader(path: path).read { _ = try $0.execute("DELETE FROM notes") }
        }
    }

    @Test func endingTheTransactionInABodyIsCaught() async throws {
        let folder = try TestFolder()
        let path = folder.database
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let writer = try SQLiteWriter(path: path)
            try writer.writeBlocking { try $0.execute("/* */ COMMIT") }
        }
    }

    @Test func twoStatementsInOneAreCaught() async throws {
        let folder = try TestFolder()
        let path = folder.database
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let writer = try SQLiteWriter(path: path)
            try writer.writeBlocking { try $0.execute("SELECT 1; DROP TABLE notes") }
        }
    }

    @Test func theWrongNumberOfValuesIsCaught() async throws {
        let folder = try TestFolder()
        let path = folder.database
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let writer = try SQLiteWriter(path: path)
            try writer.writeBlocking { try $0.execute("SELECT ?, ?", [1]) }
        }
    }
}
