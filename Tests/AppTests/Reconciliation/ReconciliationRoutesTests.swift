import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct ReconciliationRoutesTests {
    private static let path = "/api/v1/connect/reconciliation?date="
    private static let payments = "/api/v1/connect/payments"

    @Test func getReconciliationTellsWhereTheSidesDisagree() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(.get, Self.path + "2026-06-01", token: token)
        #expect(answer.status == 200)
        for status in ["matched", "amount_mismatch", "missing_at_facility", "missing_at_provider"] {
            #expect(answer["summary"]?[status]?.int == 1, "\(status)")
        }
        let total = answer["totals"]?.elements.first { $0["currency"]?.string == "XAF" }
        #expect(total?["facility_amount_minor"]?.int == 20_500)
        #expect(total?["provider_amount_minor"]?.int == 24_500)
        #expect(total?["difference_minor"]?.int == -4_000)
        #expect(answer["records"]?.count == 4)
        let next = await app.send(.get, Self.path + "2026-06-02", token: token)
        #expect(next["records"]?.count == 1)
    }

    @Test func getReconciliationTakesTheFacilitysDay() async throws {
        let app = try TestApp()
        let token = try await app.token()
        // 23:30 UTC is half past midnight of the next day in Douala.
        _ = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"N-1","amount_minor":1,"paid_at":"2026-06-09T23:30:00Z"}"#)
        #expect(await app.send(.get, Self.path + "2026-06-09", token: token)["records"]?.count == 0)
        #expect(await app.send(.get, Self.path + "2026-06-10", token: token)["records"]?.count == 1)
    }

    @Test func getReconciliationIsATableWhenAskedForOne() async throws {
        let app = try TestApp()
        let token = try await app.token()
        _ = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"=SUM(A1),\"x\"","amount":"10","paid_at":"2026-06-01T10:00:00Z"}"#)
        let answer = await app.send(
            .get, Self.path + "2026-06-01", token: token, fields: [("Accept", "text/csv")])
        #expect(answer.field("Content-Type") == "text/csv; charset=utf-8")
        let lines = answer.text.split(separator: "\r\n")
        #expect(lines.count == 6)
        #expect(answer.text.contains("\"'=SUM(A1),\"\"x\"\"\""))
        #expect(lines.contains { $0.hasPrefix(#""MOMO-1002","amount_mismatch","12500","XAF","#) })
    }

    @Test(arguments: ["", "2026-02-30", "yesterday"])
    func getReconciliationNeedsADate(_ date: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        #expect(await app.send(.get, Self.path + date, token: token).status == 422)
    }

    @Test func recordPaymentsStoresAllOrNone() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let before = try app.count("SELECT COUNT(*) FROM payments")
        let bad = await app.send(
            .post, Self.payments, token: token,
            json: """
                {"payments":[{"reference":"A","amount_minor":5,"paid_at":"2026-06-01"},
                {"reference":"B","amount":"1.005","currency":"EUR","paid_at":"2026-06-01"}]}
                """)
        #expect(bad.status == 422)
        #expect(bad["errors"]?.members.map(\.key) == ["payments.1.amount"])
        #expect(try app.count("SELECT COUNT(*) FROM payments") == before)
        let good = await app.send(
            .post, Self.payments, token: token,
            json: """
                {"payments":[{"reference":"A","amount_minor":5,"paid_at":"2026-06-01"},
                {"reference":"B","amount":"1.50","currency":"EUR","paid_at":"2026-06-01",
                "side":"provider"}]}
                """)
        #expect(good.status == 201)
        #expect(good["accepted"]?.int == 2)
        #expect(try app.count("SELECT amount_minor FROM payments WHERE reference = 'B'") == 150)
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'payment.completed'") == 2)
        // The same again changes nothing and tells nobody.
        _ = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"A","amount_minor":5,"paid_at":"2026-06-01","payments":null}"#)
        #expect(try app.count("SELECT COUNT(*) FROM payments") == before + 2)
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'payment.completed'") == 2)
    }

    @Test func recordPaymentsRefusesAnotherFacilityAndAnEmptyList() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let other = await app.send(
            .post, Self.payments, token: token,
            json: """
                {"reference":"A","amount_minor":5,"paid_at":"2026-06-01","facility_id":"FAC-999"}
                """)
        #expect(other.status == 404)
        #expect(other.error == "facility_not_found")
        let empty = await app.send(.post, Self.payments, token: token, json: #"{"payments":[]}"#)
        #expect(empty["errors"]?.members.map(\.key) == ["payments"])
    }

    @Test func aFacilitySeesItsOwnPaymentsOnly() async throws {
        let app = try TestApp()
        let now = app.now
        let hash = app.app.secrets.hash("s")
        try await app.app.writer.write { tx in
            try FacilityStore.insert(
                Facility(
                    id: "00000000-0000-0000-0000-200000000002", reference: "FAC-002", name: "B",
                    countryCode: "CM", timeZone: "Africa/Douala"), at: now, in: tx)
            for (id, facility) in [("b", "00000000-0000-0000-0000-200000000002"), ("n", nil)] {
                try ClientStore.insert(
                    Client(
                        id: id, name: id, scopes: "patient:read", facilityID: facility,
                        status: .active, rateLimit: nil, createdAt: now), secretHash: hash, in: tx)
            }
        }
        func token(_ id: String) async throws -> String {
            try #require(
                await app.send(
                    .post, "/api/v1/connect/auth/token",
                    json:
                        #"{"grant_type":"client_credentials","client_id":"\#(id)","client_secret":"s"}"#
                )["access_token"]?.string)
        }
        let other = try await app.send(.get, Self.path + "2026-06-01", token: token("b"))
        #expect(other.status == 200)
        #expect(other["records"]?.count == 0)
        let unbound = try await app.send(.get, Self.path + "2026-06-01", token: token("n"))
        #expect(unbound.status == 403)
        #expect(unbound.error == "facility_forbidden")
    }

    /// Whose payments these are is never guessed.
    @Test(arguments: [
        ("facility_reference", "FAC-001", 201), ("facility_reference", "FAC-404", 404),
        ("facility_reference", "FAC-002", 403), ("facility_id", "FAC-002", 403),
        ("facility_id", "00000000-0000-0000-0000-100000000001", 201),
        ("facility_id", "00000000-0000-0000-0000-200000000002", 403),
        ("facility_id", "00000000-0000-0000-0000-300000000003", 404),
    ])
    func aPaymentThatNamesAnotherFacilityIsRefused(
        _ name: String, _ facility: String, _ status: Int
    ) async throws {
        let app = try TestApp()
        let now = app.now
        try await app.app.writer.write { tx in
            try FacilityStore.insert(
                Facility(
                    id: "00000000-0000-0000-0000-200000000002", reference: "FAC-002",
                    name: "Clinique", countryCode: "CM", timeZone: "Africa/Douala"),
                at: now, in: tx)
        }
        let token = try await app.token()
        let before = try app.count("SELECT COUNT(*) FROM payments")
        let named = #""\#(name)":"\#(facility)""#
        let payment = #""reference":"P-1","amount":"10","paid_at":"2026-06-01T10:00:00Z""#
        for body in ["{\(named),\(payment)}", "{\"payments\":[{\(named),\(payment)}]}"] {
            let answer = await app.send(.post, Self.payments, token: token, json: body)
            #expect(answer.status == status)
        }
        let seen = await app.send(
            .get, Self.path + "2026-06-01&\(name)=\(facility)", token: token)
        #expect(seen.status == (status == 201 ? 200 : status))
        let stored = try app.count("SELECT COUNT(*) FROM payments")
        #expect(stored == before + (status == 201 ? 1 : 0))
        let record = await app.send(
            .post, "/api/v1/connect/records/prescriptions", token: token,
            json: "{\"health_id\":\"OPC-2024-DEMO1\",\"medication_name\":\"x\",\(named)}")
        #expect(record.status == status)
    }
}
