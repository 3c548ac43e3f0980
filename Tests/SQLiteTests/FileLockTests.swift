import Foundation
import Database
import SQLite
import Testing

struct FileLockTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func aSecondLockIsRefusedWithTheFirstOnesPid() throws {
        let path = folder.file("server.lock")
        do {
            let lock = try FileLock(path: path)
            let pid = ProcessInfo.processInfo.processIdentifier
            #expect(throws: DatabaseError.lockedBy(pid: pid)) { _ = try FileLock(path: path) }
            extendLifetime(lock)
        }
        // Free again, although the file with the old pid is still there.
        _ = try FileLock(path: path)
    }

    @Test func theLastPidIsReplacedWhole() throws {
        let path = folder.file("server.lock")
        try Data("99999999999999\n".utf8).write(to: URL(filePath: path))
        _ = try FileLock(path: path)
        let pid = ProcessInfo.processInfo.processIdentifier
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(pid)\n")
    }

    @Test(arguments: ["missing/server.lock", "."])
    func aPathThatCannotBeAFileIsRefused(_ name: String) {
        let error = #expect(throws: DatabaseError.self) {
            _ = try FileLock(path: folder.file(name))
        }
        guard case .cannotOpen = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
