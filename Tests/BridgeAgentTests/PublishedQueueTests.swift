import Foundation
import Database
import SQLite
import Testing

@testable import BridgeAgent

struct PublishedQueueTests {
    private let folder: AgentFolder
    private let queue: BridgeQueue
    private let path: String

    init() throws {
        folder = try AgentFolder()
        queue = try folder.queue()
        path = folder.path + "/bridge_queue.db"
    }

    /// As the Python agent makes it.
    private func leave(
        _ records: [(type: String, payload: String, key: String?, status: String)]
    ) throws {
        let writer = try SQLiteWriter(path: path)
        try writer.writeBlocking { tx in
            try tx.run(
                """
                CREATE TABLE IF NOT EXISTS queued_records (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, record_type TEXT, payload TEXT,
                    idempotency_key TEXT, status TEXT, attempt_count INTEGER, created_at TEXT,
                    last_attempt_at TEXT, error_message TEXT)
                """)
            for record in records {
                try tx.run(
                    """
                    INSERT INTO queued_records (record_type, payload, idempotency_key, status,
                                                attempt_count, created_at)
                    VALUES (?, ?, ?, ?, 3, '2026-06-01')
                    """,
                    [
                        .text(record.type), .text(record.payload), .optional(record.key),
                        .text(record.status),
                    ])
            }
        }
        writer.close()
    }

    private func adopt() throws -> Int? {
        try PublishedQueue.adopt(path, into: queue, .test, log: .silent)
    }

    /// Every waiting request: its key and its bytes.
    private func requests() throws -> [String] {
        var requests: [String] = []
        while let batch = try queue.batch() {
            requests.append(
                batch.idempotencyKey + " " + String(decoding: batch.body, as: UTF8.self))
            try queue.settle(
                batch,
                batch.rows.map { _ in .delivered(Delivery()) })
        }
        return requests
    }

    @Test func sendsWhatWasNotDeliveredAsItWasSent() throws {
        try leave([
            ("patient", #"{"record_type": "patient", "first_name": "A"}"#, "k1", "pending"),
            ("lab_result", #"{"health_id": "X", "test": "Hb"}"#, "k2", "sending"),
            ("encounter", "{}", "k3", "failed"),
            ("patient", #"{"first_name": "B"}"#, "k4", "delivered"),
        ])
        #expect(try adopt() == 3)
        #expect(
            try requests() == [
                #"k1 {"record_type": "patient", "first_name": "A"}"#,
                #"k2 {"record_type": "lab_result", "health_id": "X", "test": "Hb"}"#,
                #"k3 {"record_type": "encounter"}"#,
            ])
        #expect(folder.text("bridge_queue.db") == nil)
        #expect(folder.text("bridge_queue.db.adopted") != nil)
        #expect(try adopt() == nil)
    }

    @Test func tellsOfRecordsInAStateItDoesNotKnow() throws {
        try leave([
            ("patient", #"{"first_name": "A"}"#, "k1", "pending"),
            ("patient", #"{"first_name": "B"}"#, "k2", "delivered"),
            ("patient", #"{"first_name": "C"}"#, "k3", "on_hold"),
            ("patient", #"{"first_name": "D"}"#, "k4", "on_hold"),
            ("patient", #"{"first_name": "E"}"#, "k5", "?"),
        ])
        let path = folder.path + "/log"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let log = AgentLog(
            level: .warning, format: .text, output: FileHandle(forWritingAtPath: path))
        #expect(try PublishedQueue.adopt(self.path, into: queue, .test, log: log) == 1)
        let lines = folder.lines("log")
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#"2 are "on_hold", 1 are "?""#) == true)
        #expect(lines.first?.contains("bridge_queue.db.adopted") == true)
        // They are where they were.
        let kept = try SQLiteReader(path: self.path + ".adopted").read { tx in
            try tx.first("SELECT count(*) FROM queued_records") { $0.int(0) }
        }
        #expect(kept == 5)
    }

    /// A crash came between the copy and the new name: nothing is copied twice.
    @Test func isTakenOverOnce() throws {
        try leave([("patient", #"{"first_name": "A"}"#, "k1", "pending")])
        #expect(try adopt() == 1)
        try Folder.move(path + ".adopted", to: path)
        try queue.write { try $0.execute("UPDATE files SET state = 'read'") }
        #expect(try adopt() == 0)
        #expect(try requests().count == 1)
        #expect(folder.text("bridge_queue.db") == nil)
    }

    /// The Python agent ran once more, and left another queue.
    @Test func aSecondQueueIsTakenOverToo() throws {
        try leave([("patient", #"{"first_name": "A"}"#, "k1", "pending")])
        #expect(try adopt() == 1)
        try leave([
            ("patient", #"{"first_name": "A"}"#, "k1", "pending"),
            ("patient", #"{"first_name": "B"}"#, "k2", "pending"),
        ])
        #expect(try adopt() == 1)
        #expect(try requests().map { $0.prefix(2) } == ["k1", "k2"])
        #expect(folder.text("bridge_queue.db.adopted-2") != nil)
    }

    @Test func rowsThatWaitAreNotForgotten() throws {
        try folder.drop("patients_1.csv", "first_name\nX\nY\n")
        _ = try FolderWatcher(
            try folder.configuration(), queue: queue, log: .silent, isStopped: { false },
            progress: { _, _, _, _ in }
        ).look(at: .now)
        try leave([("patient", #"{"first_name": "A"}"#, "k1", "pending")])
        #expect(try adopt() == 1)
        try folder.drop("patients_2.csv", "first_name\nZ\n")
        let requests = try requests()
        #expect(requests.count == 2)
        #expect(requests[0].contains("\"X\"") && requests[0].contains("\"Y\""))
        #expect(requests[1].hasPrefix("k1 "))
    }

    @Test func whatIsNoRecordIsReported() throws {
        try leave([
            ("patient", "not json", "k1", "pending"),
            ("patient", #"{"first_name": "A"}"#, nil, "failed"),
            ("patient", #"{"first_name": "B"}"#, "a key\n", "failed"),
        ])
        #expect(try adopt() == 2)
        try ReportWriter(queue: queue, errorsFolder: folder.path + "/data/errors").flush()
        let lines = folder.lines("data/errors/bridge_queue.db.adopted.errors.csv")
        #expect(lines.count == 2)
        #expect(lines.first == "error_row,error_reason,error_id,payload")
        #expect(lines.last?.hasPrefix("1,the payload is no JSON object,r1-") == true)
        #expect(lines.last?.hasSuffix(",not json") == true)
        for request in try requests() { #expect(request.hasPrefix("bridge-")) }
    }

    @Test func leavesOtherDatabasesAlone() throws {
        let writer = try SQLiteWriter(path: path)
        try writer.writeBlocking { _ = try $0.execute("CREATE TABLE other (id INTEGER)") }
        writer.close()
        #expect(try adopt() == nil)
        #expect(folder.text("bridge_queue.db") != nil)
    }
}
