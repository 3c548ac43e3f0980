import Foundation
import Database
import SQLite
import Testing

struct ReaderTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func aReadIsOneSnapshot() throws {
        let writer = try folder.writer()
        let reader = try SQLiteReader(path: folder.database)
        let counts = try reader.read { tx in
            let before = try tx.notes().count
            try writer.writeBlocking { try $0.addNote("meanwhile") }
            return [before, try tx.notes().count]
        }
        #expect(counts == [0, 0])
        #expect(try reader.read { try $0.notes() } == ["meanwhile"])
    }

    @Test func anAcknowledgedWriteIsSeenByEveryReader() async throws {
        let writer = try folder.writer()
        let readers = try (0..<3).map { _ in try SQLiteReader(path: folder.database) }
        await withTaskGroup { group in
            for task in 0..<12 {
                group.addTask {
                    for round in 0..<20 {
                        await #expect(throws: Never.self) {
                            let body = "\(task) \(round)"
                            try await writer.append { try $0.addNote(body) }
                            let isThere = try readers[(task + round) % 3].read { tx in
                                try tx.first(
                                    "SELECT 1 FROM notes WHERE body = ?", [.text(body)]
                                ) { $0.int(0) }
                            }
                            #expect(isThere == 1)
                        }
                    }
                }
            }
        }
    }

    @Test func aThrowEndsTheSnapshot() throws {
        let writer = try folder.writer()
        let reader = try SQLiteReader(path: folder.database)
        #expect(throws: Refusal()) {
            try reader.read { tx in
                _ = try tx.notes()
                throw Refusal()
            }
        }
        try writer.writeBlocking { try $0.addNote("new") }
        #expect(try reader.read { try $0.notes() } == ["new"])
    }

    @Test func anUnknownTableIsAnErrorThatNamesIt() throws {
        try folder.writer().close()
        let reader = try SQLiteReader(path: folder.database)
        let error = #expect(throws: DatabaseError.self) {
            try reader.read { try $0.execute("SELECT * FROM nothing") }
        }
        #expect(error?.description.contains("nothing") == true)
    }
}
