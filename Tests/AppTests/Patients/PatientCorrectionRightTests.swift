import HTTP
import Database
import JSON
import Testing
import TestSupport

/// Who may correct whom: nobody changes, or reads, a stranger.
struct PatientCorrectionRightTests {
    /// A correction is undone under its own patient alone.
    @Test func nobodyUndoesAStrangersCorrection() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_full_sandbox")
        var ids: [String] = []
        for name in ["Awa", "Bih"] {
            let person = await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token,
                json: #"{"first_name":"\#(name)","last_name":"Fon","date_of_birth":"1990-07-22"}"#)
            ids.append(try #require(person["health_id"]?.string))
        }
        let made = await app.send(
            .patch, "/api/v1/connect/patients/\(ids[0])", token: token,
            json: #"{"reason":"x","sex":"female"}"#)
        let correction = try #require(made["correction_id"]?.string)
        let undone = await app.send(
            .post, "/api/v1/connect/patients/\(ids[1])/corrections/\(correction)/undo",
            token: token, json: "{}")
        #expect(undone.status == 404)
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM patients WHERE sex = 'female' AND last_name = 'Fon'") == 1)
    }

    private static let id = "CM-HID-7KQ9-MP42-X8D1"
    private static let path = "/api/v1/connect/patients/" + id

    /// A client of another facility that has sent records of a patient.
    private static func stranger(_ app: TestApp, _ admin: String) async throws -> String {
        let facility = await app.send(
            .post, "/api/v1/admin/facilities", token: admin,
            json:
                #"{"name":"Elsewhere","reference":"FAC-002","country_code":"CM","time_zone":"Africa/Douala"}"#
        )
        let caller = await app.send(
            .post, "/api/v1/admin/clients", token: admin,
            json:
                #"{"client_id":"b","facility_id":"\#(facility["id"]?.string ?? "")","scopes":"patient:write patient:profile:read lab:push consents:write emergency:access health_id:verify"}"#
        )
        let issued = await app.send(
            .post, "/api/v1/connect/auth/token",
            json:
                #"{"grant_type":"client_credentials","client_id":"b","client_secret":"\#(caller["client_secret"]?.string ?? "")"}"#
        )
        let token = try #require(issued["access_token"]?.string, "\(issued.text)")
        let pushed = await app.send(
            .post, "/api/v1/connect/records/lab-results", token: token,
            json: #"{"health_id":"\#(id)","test_name":"x","result_value":"1"}"#)
        #expect(pushed.status == 201)
        return token
    }

    /// Who somebody is cannot be rewritten in an emergency, nor by whoever may read one kind of record.
    @Test(arguments: ["emergency", "vitals", "full_record"])
    func onlyConsentForAllOpensCorrections(_ consent: String) async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let token = try await Self.stranger(app, admin)
        let opened =
            consent == "emergency"
            ? await app.send(
                .post, "/api/v1/connect/emergency-access/request", token: token,
                json:
                    #"{"health_id":"\#(Self.id)","emergency_type":"cardiac_arrest","reason":"Unconscious, no relatives here"}"#
            )
            : await app.send(
                .post, "/api/v1/connect/patient/\(Self.id)/consent/grant", token: token,
                json:
                    #"{"consent_type":"\#(consent)","expires_at":"2026-12-31T23:59:59Z"}"#)
        #expect(opened.status < 300, "\(opened.text)")
        let answer = await app.send(
            .patch, Self.path, token: token, json: #"{"reason":"x","phone_number":"+237677000001"}"#
        )
        #expect(answer.status == (consent == "full_record" ? 200 : 403), "\(answer.text)")
    }

    /// What an administrator or another facility corrected is theirs to take back.
    @Test func nobodyUndoesWhatOthersCorrected() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let token = try await app.token("demo_full_sandbox")
        let made = await app.send(
            .patch, "/api/v1/admin/patients/" + Self.id, token: admin,
            json: #"{"reason":"x","phone_number":"+237677000001"}"#)
        let correction = try #require(made["correction_id"]?.string, "\(made.text)")
        let undo = "/corrections/\(correction)/undo"
        #expect(await app.send(.post, Self.path + undo, token: token, json: "{}").status == 403)
        #expect(
            await app.send(
                .post, "/api/v1/admin/patients/" + Self.id + undo, token: admin, json: "{}"
            ).status == 200)
    }

    /// Whoever confirmed a number takes it back, merged or not.
    @Test func aConfirmationIsUndoneByWhoeverMadeIt() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let token = try await Self.stranger(app, admin)
        let linked = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json:
                #"{"health_id":"\#(Self.id)","first_name":"Odette","last_name":"Fouda","date_of_birth":"1975-03-20","external_reference":"B-1","confirmed_by":"desk"}"#
        )
        #expect(linked.status == 200, "\(linked.text)")
        let confirmation = try app.read { tx in
            try tx.first("SELECT id FROM patient_corrections") { $0.text(0) }
        }
        let other = await app.send(
            .post, "/api/v1/connect/patients/resolve",
            token: try await app.token("demo_full_sandbox"),
            json: #"{"first_name":"Zacharie","last_name":"Wouri","date_of_birth":"1931-01-02"}"#)
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json:
                #"{"survivor_health_id":"\#(other["health_id"]?.string ?? "")","retired_health_id":"\#(Self.id)"}"#
        )
        #expect(merged.status == 200)
        let undone = await app.send(
            .post, Self.path + "/corrections/\(confirmation ?? "")/undo", token: token, json: "{}")
        #expect(undone.status == 200, "\(undone.text)")
        #expect(
            try app.count("SELECT COUNT(*) FROM external_references WHERE reference = 'B-1'") == 0)
    }

    /// A correction sent again does not take away what a colleague corrected meanwhile.
    @Test func aKeyedCorrectionCountsOnce() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        func correct(_ phone: String, _ key: String) async -> Answer {
            await app.send(
                .patch, "/api/v1/admin/patients/" + Self.id, token: admin,
                fields: [("Idempotency-Key", key)],
                json: #"{"reason":"x","phone_number":"\#(phone)"}"#)
        }
        let first = await correct("+237677000001", "k1")
        #expect(await correct("+237677000002", "k2").status == 200)
        #expect(await correct("+237677000001", "k1").text == first.text)
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE phone_number = '+237677000002'") == 1
        )
        #expect(await correct("+237677000003", "k1").status == 409)
    }
}
