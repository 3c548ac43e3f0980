import Crypto
import Database
import SQLite
import Testing

@testable import BridgeAgent

struct QueueSchemaTests {
    /// An agent is upgraded with rows in its queue, lines for people, and files that it has dealt with.
    @Test func anEarlierQueueGoesOn() throws {
        let folder = try AgentFolder()
        let configuration = try folder.configuration()
        try Folder.make(configuration.stateFolder)
        try Migrator.migrate(
            path: configuration.queuePath, [QueueSchema.migrations[0]],
            checksum: { SHA256.hash($0).hex }, now: 1)
        let writer = try SQLiteWriter(path: configuration.queuePath)
        try writer.writeBlocking { tx in
            for (id, state, queued, delivered) in [(1, "archived", 3, 3), (2, "read", 2, 1)] {
                try tx.run(
                    """
                    INSERT INTO files (id, name, scope_id, record_type, inode, size, modified_ns,
                        state, next_offset, next_row, archive_path, delimiter, has_bom, columns,
                        queued, delivered, created_at)
                    VALUES (?1, 'patients_' || ?1 || '.csv', ?1, 'patient', 1, 1, 1, ?2, 1, 1,
                        'a', ',', 0, 'dob', ?3, ?4, 5)
                    """, [.int(id), .text(state), .int(queued), .int(delivered)])
            }
            try tx.run(
                "INSERT INTO report_lines (file_id, kind, line) VALUES (2, 'errors', 'x')")
        }
        writer.close()
        // Beside an agent that was not started anew, `status` says what it can.
        let before = try AgentStatus(queuePath: configuration.queuePath)
        #expect(before.waitingLines == 1)
        #expect(before.tallies.isEmpty)
        let queue = try folder.queue()
        #expect(try queue.read { try QueueStore.waitingLines(in: $0) } == 1)
        let tallies = try queue.read { try QueueStore.tallies(limit: 9, in: $0) }
        #expect(tallies.map(\.name) == ["patients_2.csv", "patients_1.csv"])
        #expect(tallies.map(\.waiting) == [1, 0])
        #expect(tallies.map(\.closedAt) == [nil, 5])
        #expect(try queue.read { try QueueStore.finishedFiles(in: $0) }.isEmpty)
    }

    /// What is told of old files is forgotten with them.
    @Test func oldFilesAreForgotten() throws {
        let folder = try AgentFolder()
        let queue = try folder.queue()
        try queue.write { tx in
            let file = try QueueStore.add(
                name: "patients_1.csv", recordType: "patient", sharesScope: true,
                status: FileStatus(inode: 1, size: 1, modified: 1), state: .archived,
                nextOffset: 0, nextRow: 1, archivePath: "a", delimiter: 44,
                hasByteOrderMark: false, columns: [], at: 1000, in: tx)
            try QueueStore.addRefusal(
                ErrorID(digest: "d", row: 2), of: file.id, byServer: true, in: tx)
            try QueueStore.prune(before: 1000, in: tx)
        }
        #expect(try queue.read { try QueueStore.refusalCount(in: $0) } == 1)
        try queue.write { try QueueStore.prune(before: 1001, in: $0) }
        #expect(try queue.read { try QueueStore.refusalCount(in: $0) } == 0)
        #expect(try queue.read { try QueueStore.tallies(limit: 9, in: $0) }.isEmpty)
    }
}
