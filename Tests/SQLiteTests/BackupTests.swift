import Foundation
import Database
import SQLite
import Testing

struct BackupTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func aBackupUnderLoadIsOneWholeSnapshot() async throws {
        let writer = try folder.writer()
        let before = 200
        for number in 0..<before { try writer.writeBlocking { try $0.addNote("\(number)") } }
        let copy = folder.file("copy.db")
        try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    // Two rows per write: a snapshot has both or none.
                    for round in 0..<50 {
                        try await writer.write { tx in
                            try tx.addNote("a \(task) \(round)")
                            try tx.addNote("b \(task) \(round)")
                        }
                    }
                }
            }
            group.addTask { try backup(from: folder.database, to: copy) }
            try await group.waitForAll()
        }
        #expect(try integrityCheck(path: copy) == [])
        let notes = try SQLiteReader(path: copy).read { try $0.notes() }
        #expect(notes.count >= before && (notes.count - before).isMultiple(of: 2))
        #expect(try folder.mode("copy.db") == 0o600)
        #expect(!folder.exists("copy.db.partial"))
        // The copy is a database like any other.
        try SQLiteWriter(path: copy).writeBlocking { try $0.addNote("restored") }
    }

    @Test func nothingIsOverwritten() throws {
        try folder.writer().close()
        try Data("precious".utf8).write(to: URL(filePath: folder.file("copy.db")))
        #expect(throws: DatabaseError.self) {
            try backup(from: folder.database, to: folder.file("copy.db"))
        }
        #expect(try String(contentsOfFile: folder.file("copy.db"), encoding: .utf8) == "precious")
    }

    @Test func aFailedBackupLeavesNothing() throws {
        #expect(throws: DatabaseError.self) {
            try backup(from: folder.file("none.db"), to: folder.file("copy.db"))
        }
        try folder.writer().close()
        #expect(throws: DatabaseError.self) {
            try backup(from: folder.database, to: folder.file("missing/copy.db"))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.allSatisfy { $0.hasPrefix("test.db") })
    }
}
