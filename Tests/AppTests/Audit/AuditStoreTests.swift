import API
@testable import Registry
import Database
import Testing
import TestSupport

struct AuditStoreTests {
    private static func append(_ count: Int, to app: TestApp, patientID: Int64? = nil) async throws
    {
        let now = app.now
        for index in 0..<count {
            var entry = AuditEntry(
                recordedAt: now, requestID: "req_\(index)", principal: "system",
                operation: "test", action: .read)
            entry.patientID = patientID
            try await app.app.writer.append { [entry] tx in try AuditStore.append(entry, in: tx) }
        }
    }

    /// What somebody with the file in hand could do; the triggers stop everybody else.
    private static func tamper(_ app: TestApp, _ sql: StaticString) async throws {
        try await app.app.writer.write { tx in
            try TestApp.dropAuditGuards(in: tx)
            try tx.run(sql)
        }
    }

    private static func verdict(_ app: TestApp) throws -> AuditStore.Verdict {
        try app.read { try AuditStore.verify(after: .empty, count: 1000, in: $0) }
    }

    @Test func aWholeChainIsIntact() async throws {
        let app = try TestApp()
        try await Self.append(20, to: app)
        guard case .intact(let head) = try Self.verdict(app) else {
            Issue.record("broken")
            return
        }
        #expect(head.seq == 20)
        #expect(try app.read { try AuditStore.head(in: $0) } == head)
    }

    @Test(arguments: [
        ("UPDATE audit_log SET outcome = 'denied' WHERE seq = 7" as StaticString, Int64(7)),
        ("UPDATE audit_log SET recorded_at = recorded_at + 1 WHERE seq = 3", 3),
        ("UPDATE audit_log SET purpose = '' WHERE seq = 5", 5),
        ("UPDATE audit_log SET address = NULL, patient_id = 9 WHERE seq = 20", 20),
        ("DELETE FROM audit_log WHERE seq = 9", 10),
        ("UPDATE audit_log SET hash = zeroblob(32) WHERE seq = 1", 1),
        ("UPDATE audit_log SET seq = 100 WHERE seq = 20", 100),
    ])
    func theFirstTamperedRowIsFound(_ sql: StaticString, _ seq: Int64) async throws {
        let app = try TestApp()
        try await Self.append(20, to: app)
        try await Self.tamper(app, sql)
        guard case .broken(let found, _) = try Self.verdict(app) else {
            Issue.record("intact")
            return
        }
        #expect(found == seq)
    }

    @Test func fieldsCannotFlowIntoEachOther() async throws {
        let app = try TestApp()
        try await Self.append(1, to: app)
        try await Self.tamper(
            app, "UPDATE audit_log SET request_id = 'req_0s', principal = 'ystem' WHERE seq = 1")
        #expect(try Self.verdict(app) != .intact(head: .empty))
        guard case .broken(1, _) = try Self.verdict(app) else {
            Issue.record("intact")
            return
        }
    }

    @Test func theDatabaseRefusesChangesToTheLog() async throws {
        let app = try TestApp()
        try await Self.append(1, to: app)
        for sql: StaticString in ["UPDATE audit_log SET purpose = 'x'", "DELETE FROM audit_log"] {
            await #expect(throws: DatabaseError.self) {
                try await app.app.writer.write { tx in _ = try tx.execute(sql) }
            }
        }
    }

    @Test func aRolledBackWriteLeavesTheChainWhole() async throws {
        struct Stop: Error {}
        let app = try TestApp()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    var entry = AuditEntry(
                        recordedAt: TestApp.start, requestID: "req_\(index)", principal: "system",
                        operation: "test", action: .read)
                    entry.purpose = "\(index)"
                    do {
                        try await app.app.writer.write { [entry] tx in
                            try AuditStore.append(entry, in: tx)
                            if index.isMultiple(of: 3) { throw Stop() }
                        }
                    } catch is Stop {}
                }
            }
            try await group.waitForAll()
        }
        guard case .intact(let head) = try Self.verdict(app) else {
            Issue.record("broken")
            return
        }
        #expect(head.seq == 133)
    }

    @Test func aPatientsRowsAreFoundBeforeAndAfterIndexing() async throws {
        let app = try TestApp()
        try await Self.append(3, to: app, patientID: 1)
        try await Self.append(2, to: app, patientID: 2)
        func seqs(limit: Int = 100) throws -> [Int64] {
            try app.read { try AuditStore.newest(patientID: 1, limit: limit, in: $0) }.map(\.seq)
        }
        #expect(try seqs() == [3, 2, 1])
        let indexer = AuditIndexer(writer: app.app.writer, reader: app.app.reader(0))
        try await indexer.run(isFinal: true)
        #expect(try app.count("SELECT COUNT(*) FROM audit_patients") == 5)
        #expect(try seqs() == [3, 2, 1])
        try await Self.append(1, to: app, patientID: 1)
        #expect(try seqs() == [6, 3, 2, 1])
        #expect(try seqs(limit: 2) == [6, 3])
        try await indexer.run(isFinal: true)
        #expect(try seqs() == [6, 3, 2, 1])
    }
}
