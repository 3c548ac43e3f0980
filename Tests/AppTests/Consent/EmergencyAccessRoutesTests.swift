import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

struct EmergencyAccessRoutesTests {
    private let app: TestApp
    private let admin: String
    private let token: String

    init() async throws {
        app = try TestApp { $0.emergencyLimit = 2 }
        admin = try await app.adminToken()
        try await app.grant(
            "emergency:access patient:diagnostics:read patient:read consents:write",
            to: "demo_dev_sandbox")
        token = try await app.token("demo_dev_sandbox")
    }

    private func ask(_ healthID: String, _ reason: String = "unconscious") async -> Answer {
        await app.send(
            .post, "/api/v1/connect/emergency-access/request", token: token,
            json: #"{"health_id":"\#(healthID)","reason":"\#(reason)","emergency_type":"trauma"}"#)
    }

    @Test(arguments: [
        ("x", 422), ("", 422), ("..........", 422), ("aaaaaaaaaaaaaaaa", 422), ("0000000000", 422),
        ("abababababab", 422), ("emergency", 422), ("unconscious", 201),
        ("arrêt cardiaque", 201), ("فاقد الوعي بعد حادث", 201),
    ])
    func aReasonSaysWhy(_ reason: String, _ status: Int) async throws {
        let answer = await ask("OPC-2024-DEMO1", reason)
        #expect(answer.status == status)
        #expect(try app.count("SELECT COUNT(*) FROM consents") == (status == 201 ? 1 : 0))
    }

    @Test func aClientOpensSoManyRecordsAnHour() async throws {
        let first = await ask("OPC-2024-DEMO1")
        #expect(first.status == 201)
        // The same record again is the same access, and counts once.
        for _ in 1...5 {
            #expect(await ask("OPC-2024-DEMO1")["access_id"]?.string == first["access_id"]?.string)
        }
        app.advance(seconds: 600)
        #expect(await ask("OPC-2024-XK7T9").status == 201)
        let refused = await ask("CM-HID-7KQ9-MP42-X8D1")
        #expect(refused.status == 429)
        #expect(refused.field("Retry-After") == "3000")
        #expect(try app.audit().last == "requestEmergencyAccess E rate_limit_exceeded")
        #expect(try app.count("SELECT COUNT(*) FROM consents") == 2)
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'consent.granted'") == 2)
        app.advance(seconds: 2_999)
        #expect(await ask("CM-HID-7KQ9-MP42-X8D1").status == 429)
    }

    /// Whatever a caller says that it reads for, the mark is the server's.
    @Test func onlyBreakGlassMarksARead() async throws {
        let records = "/api/v1/connect/patient/OPC-2024-DEMO1/records"
        _ = await app.send(
            .post, "/api/v1/connect/patient/OPC-2024-DEMO1/consent/grant", token: token,
            json: #"{"consent_type":"lab_results","expires_at":"2026-12-31T00:00:00Z"}"#)
        let access = try #require(await ask("OPC-2024-DEMO1")["access_id"]?.string)
        for (target, mark) in [
            (records + "?type=lab_results&purpose=emergency-access%20\(access)", nil),
            (records + "?type=prescriptions&purpose=treatment", access),
            ("/api/v1/connect/patients/OPC-2024-DEMO1/summary", access),
            ("/api/v1/connect/patients/OPC-2024-DEMO1/emergency-profile", access),
        ] {
            #expect(await app.send(.get, target, token: token).status == 200)
            let row = try #require(
                try app.read { try AuditStore.newest(AuditStore.Filter(), limit: 1, in: $0) }.first)
            #expect(row.entry.emergencyAccessID == mark, "\(target)")
        }
        let verdict = try app.read {
            try AuditStore.verify(after: .empty, count: 1_000, in: $0)
        }
        guard case .intact = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test func listEmergencyAccessShowsNoReason() async throws {
        for id in ["OPC-2024-DEMO1", "OPC-2024-XK7T9"] {
            app.advance(seconds: 1)
            #expect(await ask(id).status == 201)
        }
        let path = "/api/v1/admin/emergency-access"
        let page = await app.send(.get, path + "?limit=1&state=open", token: admin)
        #expect(page["emergency_access"]?.count == 1)
        #expect(!page.text.contains("unconscious"))
        let cursor = try #require(page["next_cursor"]?.string)
        let rest = await app.send(
            .get, path + "?client_id=demo_dev_sandbox&cursor=" + cursor, token: admin)
        #expect(rest["emergency_access"]?.count == 1)
        #expect(rest["next_cursor"]?.isNull == true)
        for none in ["?client_id=nobody", "?state=reviewed"] {
            let answer = await app.send(.get, path + none, token: admin)
            #expect(answer["emergency_access"]?.count == 0)
        }
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM audit_log
                WHERE operation = 'listEmergencyAccess' AND patient_id IS NOT NULL
                """) == 0)
    }

    @Test func showEmergencyAccessStandsInThePatientsLog() async throws {
        let id = try #require(await ask("OPC-2024-DEMO1")["access_id"]?.string)
        let one = await app.send(.get, "/api/v1/admin/emergency-access/" + id, token: admin)
        #expect(one["reason"]?.string == "unconscious")
        #expect(one["emergency_type"]?.string == "trauma")
        #expect(one["client_id"]?.string == "demo_dev_sandbox")
        #expect(one["facility_name"]?.string == "Hôpital Central de Yaoundé")
        #expect(one["state"]?.string == "open")
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM audit_log
                WHERE operation = 'showEmergencyAccess' AND patient_id IS NOT NULL
                """) == 1)
        let unknown = await app.send(.get, "/api/v1/admin/emergency-access/cons_0", token: admin)
        #expect(unknown.status == 404)
        #expect(
            await app.send(.get, "/api/v1/admin/emergency-access/" + id, token: token).status
                == 401)
    }

    @Test func reviewEmergencyAccessIsDoneOnce() async throws {
        let id = try #require(await ask("OPC-2024-DEMO1")["access_id"]?.string)
        let path = "/api/v1/admin/emergency-access/\(id)/review"
        #expect(await openCount() == 1)
        let done = await app.send(.post, path, token: admin, json: #"{"note":"called the ward"}"#)
        #expect(done.status == 200)
        #expect(done["state"]?.string == "reviewed")
        #expect(done["reviewed_by"]?.string == "admin:tester")
        #expect(done["note"]?.string == "called the ward")
        #expect(await app.send(.post, path, token: admin).status == 409)
        let open = await app.send(
            .get, "/api/v1/admin/emergency-access?state=open", token: admin)
        #expect(open["emergency_access"]?.count == 0)
        #expect(await openCount() == 0)
    }

    private func openCount() async -> Int64? {
        let answer = await app.send(.get, "/api/v1/admin/stats", token: admin)
        return answer["counts"]?["open_emergency_accesses"]?.int
    }
}
