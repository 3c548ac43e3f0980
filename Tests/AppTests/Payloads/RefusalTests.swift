import API
import App
import HTTP
@testable import Registry
import Database
import Testing
import TestSupport

/// What strangers who knock leave behind.
struct RefusalTests {
    private let app: TestApp

    init() throws {
        app = try TestApp { $0.trustedProxies = [.loopback] }
    }

    private func rows() throws -> [(seq: Int64, entry: AuditEntry)] {
        try app.read { tx in try AuditStore.newest(AuditStore.Filter(), limit: 1000, in: tx) }
            .reversed()
    }

    private func knock(_ json: String = "[]", from address: String = "203.0.113.7") async -> Answer
    {
        await app.send(
            .post, "/api/v1/connect/auth/token", fields: [("X-Forwarded-For", address)],
            json: json)
    }

    @Test func aFloodFromOneAddressIsARowAndANumber() async throws {
        for _ in 0..<500 { #expect(await knock().status == 400) }
        #expect(try rows().count == 1)
        app.advance(seconds: 60)
        try await app.app.writeRefusals(at: app.now)
        try await app.app.writeRefusals(at: app.now)
        let rows = try rows()
        #expect(rows.count == 2)
        let sum = try #require(rows.last?.entry)
        #expect(sum.operation == "issueToken" && sum.outcome == "invalid_request")
        #expect(sum.principal == "anonymous" && sum.status == 400)
        #expect(sum.address == "203.0.113.7")
        #expect(
            sum.purpose == "499 more since 2026-06-01T09:30:00Z, not written one by one")
        // Then it begins anew.
        _ = await knock()
        #expect(try self.rows().count == 3)
    }

    @Test(.enabled(if: !TestDatabase.isPostgres))
    func whatCouldNotBeWrittenIsCountedOn() async throws {
        for _ in 0..<100 { _ = await knock() }
        try await app.app.writer.write { tx in
            try tx.run(
                "CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, ''); END")
        }
        for _ in 0..<3 {
            await #expect(throws: (any Error).self) {
                try await app.app.writeRefusals(at: app.now)
            }
            for number in 0..<300 { _ = await knock(from: "203.0.\(number / 250).\(number % 250)") }
        }
        try await app.app.writer.write { tx in try tx.execute("DROP TRIGGER full") }
        try await app.app.writeRefusals(at: app.now)
        let sums = try rows().compactMap { row in
            row.entry.purpose.flatMap { Int($0.prefix { $0.isNumber }) }
        }
        // What fails to become a row of its own has been refused with 503, and is counted nowhere.
        #expect(sums.contains { $0 >= 99 })
        #expect(sums.count <= 300)
        try await app.app.writeRefusals(at: app.now)
        #expect(try rows().count <= 301)
    }

    @Test func everyKindAndAddressHasItsFirstRow() async throws {
        _ = await knock()
        _ = await knock("{")
        _ = await knock(from: "203.0.113.8")
        _ = await app.send(.get, "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1")
        _ = await app.send(.get, "/api/v1/admin/clients")
        #expect(
            try app.audit() == [
                "issueToken E invalid_request", "issueToken E malformed_json",
                "issueToken E invalid_request", "searchPatient E token_missing",
                "listClients E token_missing",
            ])
    }

    /// A thousand networks, and a thousand patients named by one, are a bounded number of rows.
    @Test func whatIsTriedFromEverywhereIsBounded() async throws {
        for index in 0..<600 {
            _ = await knock(from: "2001:db8:\(index)::1")
            _ = await knock(from: "2001:db8:\(index)::2")
        }
        for index in 0..<40 {
            _ = await app.send(
                .get, "/api/v1/connect/patient/search?health_id=OPC-2024-A\(1000 + index)",
                fields: [("X-Forwarded-For", "2001:db8:0::3")])
        }
        let first = try rows().count
        #expect(first == 256 + 15)
        try await app.app.writeRefusals(at: app.now)
        let sums = try rows().dropFirst(first)
        #expect(sums.count == 256 + 2)
        let elsewhere = try #require(sums.first { $0.entry.address == nil }?.entry)
        #expect(
            elsewhere.operation == "several" && elsewhere.purpose?.hasPrefix("688 more") == true)
        let several = sums.filter { $0.entry.operation == "several" && $0.entry.address != nil }
        #expect(several.map { $0.entry.purpose?.hasPrefix("25 more") } == [true])
    }

    @Test func whoIsKnownIsOnRecordEachTime() async throws {
        let token = try await app.token("demo_dev_sandbox")
        for _ in 0..<3 {
            let answer = await app.send(
                .post, "/api/v1/connect/records/encounters", token: token, json: "{}")
            #expect(answer.error == "invalid_scope")
        }
        let refused = try rows().filter { $0.entry.outcome == "invalid_scope" }
        #expect(
            refused.map(\.entry.principal)
                == Array(repeating: "client:demo_dev_sandbox", count: 3))
    }

    @Test func aHeadAloneDecidesWhatStrangersAreTold() async throws {
        let token = try await app.token()
        func admits(_ path: String, _ fields: [(String, String)] = []) -> Int? {
            let head = HTTPRequest(.post, path, fields: fields + [("Content-Length", "900000")])
            guard case .read(let limit, _) = app.app.admit(head, hasContent: false) else {
                return nil
            }
            return limit
        }
        let bearer = [("Authorization", "Bearer " + token)]
        let agent = [
            ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"), ("X-Bridge-Agent-Key", "guess"),
        ]
        #expect(admits("/nowhere", bearer) == nil)
        #expect(admits("/health", bearer) == nil)
        #expect(admits("/api/v1/connect/patients/resolve") == nil)
        #expect(admits("/api/v1/connect/patients/resolve", [("Authorization", "Bearer x")]) == nil)
        #expect(admits("/v1/connect/patients/resolve", bearer) == 1 << 20)
        #expect(admits("/api/v1/bridge/sync", agent) == nil)
        #expect(admits("/api/v1/admin/clients", bearer) == nil)
        #expect(admits("/api/v1/connect/auth/token") == 64 * 1024)
    }
}
