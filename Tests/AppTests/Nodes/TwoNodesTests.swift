import API
import Database
import Foundation
import HTTP
import JSON
import Registry
import TestSupport
import Testing
import Values

/// Two servers on one database of PostgreSQL, asked at once.
@Suite(.enabled(if: TestDatabase.isAvailable))
struct TwoNodesTests {
    let nodes: [TestApp]
    let token: String

    init() async throws {
        let first = try TestApp(isOnPostgres: true)
        nodes = [first, try TestApp(beside: first, isOnPostgres: true)]
        token = try await first.token("demo_full_sandbox")
    }

    /// The answers to as many requests as there are numbers, sent to the nodes by turns.
    private func race(
        _ count: Int, _ path: String, fields: [(String, String)] = [],
        _ json: @escaping @Sendable (Int) -> String
    ) async -> [Answer] {
        await withTaskGroup(of: Answer.self) { group in
            for number in 0..<count {
                let node = nodes[number % 2]
                group.addTask { [token] in
                    await node.send(
                        .post, "/api/v1/connect/" + path, token: token, fields: fields,
                        json: json(number))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func person(_ phone: String = "") -> String {
        """
        {"first_name":"Marie","last_name":"Fouda","date_of_birth":"1990-07-22","country_code":"CM",
        "sex":"female"\(phone)}
        """
    }

    @Test func nobodyIsRegisteredTwice() async throws {
        let answers = await race(64, "patients/resolve") { _ in Self.person() }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.status == 200 } == 63)
        #expect(Set(answers.map { $0["health_id"]?.string }).count == 1)
        #expect(try nodes[1].count("SELECT COUNT(*) FROM patients WHERE last_name = 'Fouda'") == 1)
        #expect(
            try nodes[0].count("SELECT COUNT(*) FROM events WHERE type = 'patient.created'") == 1)
    }

    /// Who looks alike at once is seen by whoever comes second.
    @Test func twoAlikeOpenOneCase() async throws {
        _ = await race(2, "patients/resolve") { number in
            Self.person(#","phone_number":"+23767712345\#(number)""#)
                .replacing("Marie", with: number == 0 ? "Marie" : "Mariee")
        }
        #expect(try nodes[0].count("SELECT COUNT(*) FROM patients WHERE last_name = 'Fouda'") == 2)
        #expect(
            try nodes[0].count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") == 1)
    }

    @Test func anIdempotencyKeyCountsOnBoth() async throws {
        let before = try nodes[0].count("SELECT COUNT(*) FROM records")
        let answers = await race(
            16, "records/lab-results", fields: [("Idempotency-Key", "k-1")]
        ) { _ in #"{"health_id":"OPC-2024-DEMO1","test_name":"Hb","result_value":"12"}"# }
        #expect(Set(answers.map(\.status)) == [201])
        #expect(Set(answers.map { $0["record_id"]?.string }).count == 1)
        #expect(answers.count { $0.field("Idempotency-Replayed") == "true" } == 15)
        #expect(try nodes[0].count("SELECT COUNT(*) FROM records") == before + 1)
    }

    @Test func anExternalIDIsStoredOnce() async throws {
        let answers = await race(16, "records/lab-results") { _ in
            """
            {"health_id":"OPC-2024-DEMO1","test_name":"Hb","result_value":"12",
            "external_lab_order_id":"L-1"}
            """
        }
        #expect(answers.allSatisfy { $0.status == 201 || $0.status == 200 })
        #expect(Set(answers.map { $0["record_id"]?.string }).count == 1)
        #expect(try nodes[1].count("SELECT COUNT(*) FROM records WHERE external_id = 'L-1'") == 1)
    }

    @Test func whatOneRevokesTheOtherRefusesAtOnce() async throws {
        let path = "/api/v1/connect/patients/verify/CM-HID-7KQ9-MP42-X8D1"
        for node in nodes { #expect(await node.send(.get, path, token: token).status == 200) }
        _ = try await nodes[0].administer { origin, entry, tx in
            try Clients.setStatus(
                .suspended, of: "demo_full_sandbox", from: origin, auditing: &entry, in: tx)
        }
        for node in nodes.reversed() {
            #expect(await node.send(.get, path, token: token).status == 401)
        }
    }

    /// One chain, whoever writes.
    @Test func theAuditLogIsOneChain() async throws {
        _ = await race(40, "patients/resolve") { number in
            Self.person().replacing("Fouda", with: "Fouda" + String(repeating: "b", count: number))
        }
        let node = nodes[1]
        let head = try node.read { try AuditStore.head(in: $0) }
        #expect(head.seq >= 40)
        #expect(
            try node.read { try AuditStore.verify(after: .empty, count: 1000, in: $0) }
                == .intact(head: head))
        let numbers = try node.read { tx in
            try tx.all("SELECT seq FROM audit_log ORDER BY seq") { $0.int64(0) }
        }
        #expect(numbers == Array(1...head.seq))
    }

    /// An export that runs is its server's: another one that starts leaves it alone.
    @Test func whoStartsLeavesTheExportsOfOthers() async throws {
        try await nodes[0].app.writer.write { tx in
            try FHIRExportStore.insert(
                "exp_1", clientID: "demo_full_sandbox",
                FHIRExport.Asked(request: "x", base: "x", target: "/$export?", scope: ""),
                until: nodes[0].now.adding(seconds: 60), in: tx)
        }
        let third = try TestApp(beside: nodes[0], isOnPostgres: true)
        #expect(
            try third.count(
                "SELECT COUNT(*) FROM fhir_exports WHERE state = 'running' AND attempts = 1") == 1)
    }

    /// A U+0000, which PostgreSQL cannot store, is on record all the same.
    @Test(arguments: [("a\0b", "why"), ("a", "\0"), ("\0\0", "\0w")])
    func whatCannotBeStoredIsAudited(_ entity: String, _ purpose: String) async throws {
        let node = nodes[0]
        var entry = AuditEntry(
            recordedAt: node.now, requestID: "req_1", principal: "system", operation: "test",
            action: .read)
        (entry.entity, entry.purpose) = (entity, purpose)
        try await node.app.writer.append { [entry] tx in try AuditStore.append(entry, in: tx) }
        let newest = try node.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx)
        }
        #expect(newest.first?.entry.entity == entity.replacing("\0", with: "\u{FFFD}"))
        #expect(newest.first?.entry.purpose == purpose.replacing("\0", with: "\u{FFFD}"))
        let head = try node.read { try AuditStore.head(in: $0) }
        #expect(
            try node.read { try AuditStore.verify(after: .empty, count: 100, in: $0) }
                == .intact(head: head))
    }

    /// One of them does what is done for all, and the other when that one has gone.
    @Test func theDutiesAreOnes() throws {
        let (first, second) = (nodes[0].app.duties, nodes[1].app.duties)
        #expect(first.areOurs())
        #expect(!second.areOurs())
        #expect(first.areOurs())
        first.close()
        // PostgreSQL needs a moment to see that the first has gone.
        let end = ContinuousClock.now + .seconds(30)
        while !second.areOurs(), ContinuousClock.now < end {}
        #expect(second.areOurs())
        #expect(!first.areOurs())
    }
}
