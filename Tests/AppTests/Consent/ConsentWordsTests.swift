import HTTP
import JSON
import Database
import Testing
import TestSupport

/// What the words mean that ask for consent (contract-sdk-widget.md § 2).
struct ConsentWordsTests {
    private static let base = "/api/v1/connect/"
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"

    private func request(_ app: TestApp, _ token: String, _ scopes: String) async -> Answer {
        await app.send(
            .post, Self.base + "consents/request", token: token,
            json:
                #"{"health_id":"\#(Self.patient)","purpose":"care","requested_scopes":\#(scopes)}"#)
    }

    private func verify(_ app: TestApp, _ token: String, _ scope: String) async -> Answer {
        await app.send(
            .post, Self.base + "consents/verify", token: token,
            json: #"{"health_id":"\#(Self.patient)","scope":"\#(scope)"}"#)
    }

    private func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    /// What a request for one word asks for; empty where none is needed, `nil` where it is refused.
    @Test(arguments: [
        ("full_record", "full_record"), ("FULL_RECORD", "full_record"), ("all", "full_record"),
        ("patients:read", "full_record"), ("patient:read", "full_record"),
        ("patient.read", "full_record"), ("patient.summary", "full_record"),
        ("patient:profile:read", "full_record"), ("patient:diagnostics:read", "full_record"),
        ("records:read", "full_record"), ("labs:read", "lab_results"), ("labs.read", "lab_results"),
        ("lab:results:read", "lab_results"), ("lab_results.read", "lab_results"),
        ("prescriptions:read", "prescriptions"), ("medications.read", "prescriptions"),
        ("encounters:read", "encounters"), ("vitals.read", "vitals"),
        ("diagnoses:read", "diagnoses"), ("Visits", "encounters"),
        ("allergies.read", ""), ("allergies:read", ""), ("labs:write", ""),
        ("encounters:write", ""),
        ("prescriptions.write", ""), ("patients:write", ""), ("encounter:push", ""),
        ("appointments:write", ""),
        // Neighbours.
        ("patients", nil), ("patients:delete", nil), ("labs:readwrite", nil), ("read:labs", nil),
        ("labs:", nil), (":read", nil), (":", nil), ("labs::read", nil), ("labs:read:all", nil),
        ("everything:write", nil), ("write", nil), ("*", nil), ("pharmacy:stock:read", nil),
        ("blood:inventory:read", nil), ("consents:read", nil), ("emergency:access", nil),
        ("health_id:verify", nil), ("labs-read", nil), ("allergies.read.write", nil),
    ])
    func aRequestReadsTheWordsOfPublishedClients(_ word: String, _ type: String?) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await request(app, token, #"["\#(word)"]"#)
        let isRefused = type == nil || type == ""
        #expect(answer.status == (isRefused ? 422 : 202), "\(answer.text)")
        #expect(answer["consent_type"]?.string == (isRefused ? nil : type))
        #expect(try events(app) == (isRefused ? [] : ["consent.requested"]))
        #expect(
            try app.audit().filter { $0 == "requestConsent C success" }.count
                == (isRefused ? 0 : 1))

        let verified = await verify(app, token, word)
        #expect(verified.status == (type == nil ? 422 : 200))
        #expect(verified["is_valid"]?.bool == (type == nil ? nil : type == ""))
        #expect(
            type == nil
                || verified["status"]?.string == (type == "" ? "not_required" : "pending"))
    }

    @Test func whatNeedsNoConsentIsLeftOutWithAWarning() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let asked = await request(
            app, token, #"["labs:read","allergies.read","labs:write","labs:write"]"#)
        #expect(asked.status == 202)
        #expect(asked["consent_type"]?.string == "lab_results")
        #expect(asked["warnings"]?.count == 2)
        #expect(asked["warnings"]?.at(0)?.string?.contains("allergies.read") == true)
        let granted = await app.send(
            .post, Self.base + "patient/\(Self.patient)/consent/grant", token: token,
            json:
                #"{"consent_type":"labs:read allergies.read","expires_at":"2026-12-31T00:00:00Z"}"#)
        #expect(granted.status == 200)
        #expect(granted["consent_type"]?.string == "lab_results")
        #expect(granted["warnings"]?.count == 1)
        let refused = await app.send(
            .post, Self.base + "patient/\(Self.patient)/consent/grant", token: token,
            json: #"{"consent_type":"allergies.read","expires_at":"2026-12-31T00:00:00Z"}"#)
        #expect(refused.status == 422)
        #expect(refused["errors"]?["consent_type"] != nil)
        #expect(try events(app) == ["consent.requested", "consent.granted"])
    }

    @Test func verifyingSaysGrantedAsTheDocumentsDo() async throws {
        let app = try TestApp()
        let token = try await app.token()
        func check(_ scope: String, _ isValid: Bool, _ status: String, _ state: String) async {
            let answer = await verify(app, token, scope)
            #expect(answer["is_valid"]?.bool == isValid, "\(scope)")
            #expect(answer["status"]?.string == status, "\(scope)")
            #expect(answer["state"]?.string == state, "\(scope)")
        }
        await check("labs:read", false, "denied", "none")
        await check("allergies.read", true, "not_required", "none")
        _ = await request(app, token, #"["labs:read"]"#)
        await check("labs:read", false, "pending", "pending")
        _ = await app.send(
            .post, Self.base + "patient/\(Self.patient)/consent/grant", token: token,
            json: #"{"consent_type":"labs:read","expires_at":"2026-12-31T00:00:00Z"}"#)
        await check("labs:read", true, "granted", "active")
        await check("labs:read allergies.read", true, "granted", "active")
        // A consent for something else is none for this.
        await check("patients:read", false, "denied", "active")
        await check("prescriptions:read labs:read", false, "denied", "active")
        _ = await app.send(
            .post, Self.base + "patient/\(Self.patient)/consent/revoke", token: token, json: "{}")
        await check("labs:read", false, "denied", "revoked")
        let unknown = await app.send(
            .post, Self.base + "consents/verify", token: token,
            json: #"{"health_id":"FR-HID-CQ64-3DZV-MXXK","scope":"allergies.read"}"#)
        #expect(unknown.status == 404)
    }
}
