import API
import App
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct QuarantineStoreTests {
    /// A laboratory result for an id whose check symbol is wrong.
    private static let bad =
        #"{"record_type":"lab_result","health_id":"OPC-2024-XXXXX","test":"","result":"1"}"#

    private func origin(_ app: TestApp) -> Origin {
        Origin(
            facilityID: nil, clientID: nil, requestID: "req_admin", now: app.now)
    }

    private func quarantined(_ app: TestApp) throws -> [QuarantinedRecord] {
        try app.read { try QuarantineStore.list(.init(), limit: 10, in: $0) }
    }

    /// Runs again by way of what changed meanwhile: here the payload itself, as no rule has.
    @Test func aReplayStoresTheRecordOnceItIsGood() async throws {
        let app = try TestApp()
        _ = await BridgeRoutesTests.send(
            app, .post, "sync",
            json:
                #"{"sync_type":"lab_result","records":[{"health_id":"OPC-2024-DEMO1","test":"","result":"1"}]}"#
        )
        let seq = try #require(try quarantined(app).first?.seq)
        let origin = origin(app)
        let refused = try await app.app.writer.write { tx in
            try QuarantineStore.replay(seq, by: "admin:x", origin: origin, in: tx)
        }
        guard case .failure(let problem) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(problem.code == .validationFailed)
        #expect(try quarantined(app).first?.state == .open)
        let stored = try await app.app.writer.write { tx in
            try tx.run(
                "UPDATE quarantined_records SET payload = replace(payload, '\"\"', '\"Na\"')")
            return try QuarantineStore.replay(seq, by: "admin:x", origin: origin, in: tx)
        }
        guard case .success = stored else {
            Issue.record("\(String(describing: stored))")
            return
        }
        let record = try #require(try quarantined(app).first)
        #expect(record.state == .replayed)
        #expect(record.resolvedBy == "admin:x")
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM records WHERE client_id = 'agent:BRIDGE-2024-DEMO-001'")
                == 1)
        #expect(
            try app.read { tx in
                try tx.all("SELECT type, request_id FROM events") { "\($0.text(0)) \($0.text(1))" }
            } == ["lab_result.released req_admin"])
        // Resolved is resolved.
        let again = try await app.app.writer.write { tx in
            try QuarantineStore.replay(seq, by: "admin:x", origin: origin, in: tx)
        }
        #expect(again == nil)
    }

    @Test func aDiscardKeepsTheNoteAndTheRecord() async throws {
        let app = try TestApp()
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: Self.bad)
        let seq = try #require(try quarantined(app).first?.seq)
        let now = app.now
        let results = try await app.app.writer.write { tx in
            try (1...2).map { _ in
                try QuarantineStore.discard(
                    seq, note: "a test row", by: "admin:x", at: now, in: tx)
            }
        }
        #expect(results == [true, false])
        let record = try #require(try app.read { try QuarantineStore.find(seq, in: $0) })
        #expect(record.state == .discarded)
        #expect(record.note == "a test row")
        var filter = Quarantine.Filter()
        filter.state = .open
        #expect(try app.read { try QuarantineStore.list(filter, limit: 10, in: $0) }.isEmpty)
        filter.state = .discarded
        filter.agentID = BridgeRoutesTests.agent
        filter.facilityID = BridgeRoutesTests.facility
        #expect(try app.read { try QuarantineStore.list(filter, limit: 10, in: $0) }.count == 1)
        #expect(
            try app.read { try QuarantineStore.list(filter, before: seq, limit: 10, in: $0) }
                .isEmpty)
    }

    @Test func anOpenRecordIsNeverForgottenAndAClosedOneAfterNinetyDays() async throws {
        let app = try TestApp()
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: Self.bad)
        app.advance(seconds: 400 * 86_400)
        try await app.app.watchAgents(at: app.now)
        let record = try #require(try quarantined(app).first)
        #expect(record.state == .open)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches") == 0)
        let closedAt = app.now
        _ = try await app.app.writer.write { tx in
            try QuarantineStore.discard(record.seq, note: nil, by: "admin:x", at: closedAt, in: tx)
        }
        app.advance(seconds: 90 * 86_400)
        try await app.app.watchAgents(at: app.now)
        #expect(try quarantined(app).count == 1)
        app.advance(seconds: 1)
        try await app.app.watchAgents(at: app.now)
        #expect(try quarantined(app).isEmpty)
        // The sums stay.
        let hours = try app.read { tx in
            try SyncBatchStore.hourly(
                agentID: nil, from: TestApp.start, to: app.now, in: tx)
        }
        #expect(hours.map(\.counts.rejected) == [1])
        #expect(hours.first?.hour.rfc3339 == "2026-06-01T09:00:00Z")
    }

    @Test func aFullQuarantineRefusesAloudAndDropsNothing() async throws {
        let app = try TestApp()
        let known = await BridgeRoutesTests.send(app, .post, "sync", json: Self.bad)
        #expect(known["errors"]?.at(0)?["kept"] == nil)
        try await app.app.writer.write { tx in
            try tx.run(
                """
                WITH RECURSIVE numbers (n) AS (
                    SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
                INSERT INTO quarantined_records (agent_id, facility_id, batch_id, record_index,
                    type, payload, bytes, digest, error, reason, arrivals, first_at, last_at, state)
                SELECT agent_id, facility_id, batch_id, n, type, payload, bytes, CAST(CAST(n AS TEXT) AS BLOB), error,
                    reason, 1, first_at, last_at, 'open' FROM quarantined_records, numbers
                """)
        }
        // What is there already is counted; what is new is not kept, and the sender is told so. What
        // is good is stored.
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: Self.bad)
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[\(Self.bad.replacing("\"1\"", with: "\"2\"")),
                {"record_type":"lab_result","health_id":"OPC-2024-DEMO1","test":"Na","result":"1"}]}
                """)
        #expect(answer.status == 200)
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["errors"]?.at(0)?["kept"]?.bool == false)
        #expect(
            answer["errors"]?.at(0)?["message"]?.string?.contains("quarantine is full") == true)
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records") == 100_000)
        #expect(
            try app.count("SELECT SUM(arrivals) FROM quarantined_records WHERE record_index = 0")
                == 2)
        let status = await BridgeRoutesTests.send(app, .get, "status")
        #expect(status["status"]?.string == "degraded")
        try await app.app.watchAgents(at: app.now)
        let metrics = await app.send(.get, "/metrics").text
        #expect(metrics.contains("\nopescare_quarantine_open 100000\n"))
        #expect(metrics.contains("\nopescare_quarantine_full 1\n"))
        let stats = await app.send(
            .get, "/api/v1/admin/stats", token: try await app.adminToken())
        #expect(stats["counts"]?["full_quarantines"]?.int == 1)
    }

    /// A few large records fill it as well as many small ones.
    @Test func aQuarantineHasAMostOfBytesToo() async throws {
        let app = try TestApp()
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: Self.bad)
        func send(_ result: Int) async -> Bool? {
            await BridgeRoutesTests.send(
                app, .post, "sync", json: Self.bad.replacing("\"1\"", with: "\"\(result)\"")
            )["errors"]?.at(0)?["kept"]?.bool
        }
        #expect(
            try app.count("SELECT SUM(bytes) FROM quarantined_records") == Self.bad.utf8.count)
        // As if it were long: one byte below the limit one more is taken.
        try await app.app.writer.write { tx in
            try tx.run(
                "UPDATE quarantined_records SET bytes = ?", [.int((256 << 20) - 1)])
        }
        #expect(await send(2) == nil)
        #expect(await send(3) == false)
        let status = await BridgeRoutesTests.send(app, .get, "status")
        #expect(status["status"]?.string == "degraded")
        try await app.app.watchAgents(at: app.now)
        #expect(await app.send(.get, "/metrics").text.contains("\nopescare_quarantine_full 1\n"))
        guard !TestDatabase.isPostgres else { return }
        let plan = try app.read { tx in
            try tx.all(
                """
                EXPLAIN QUERY PLAN SELECT COUNT(*), SUM(bytes) FROM quarantined_records
                WHERE facility_id = 'x' AND state = 'open'
                """
            ) { $0.text(3) }
        }
        #expect(plan.allSatisfy { $0.contains("COVERING INDEX") }, "\(plan)")
    }
}
