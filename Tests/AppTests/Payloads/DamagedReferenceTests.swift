import HTTP
import JSON
import Database
import Testing
import TestSupport

/// References in which a letter was lost are refused on every path, with the field and what to do.
struct DamagedReferenceTests {
    private static let bad = "F\u{FFFD}C-9"
    private static let connect = "/api/v1/connect/"

    @Test(arguments: [
        (
            "payments", "payments.0.reference",
            #"{"payments":[{"reference":"\#(bad)","amount":"5","currency":"XAF","paid_at":"2026-06-01"}]}"#
        ),
        (
            "payments", "facility_reference",
            #"{"facility_reference":"\#(bad)","payments":[{"reference":"A","amount":"5","currency":"XAF","paid_at":"2026-06-01"}]}"#
        ),
        (
            "inventory/pharmacy-stock/sync", "items.0.drug_code",
            #"{"facility_reference":"FAC-001","items":[{"drug_code":"\#(bad)","name":"I","quantity":5}]}"#
        ),
        (
            "patients/resolve", "external_reference",
            #"{"first_name":"Zohra","last_name":"Ali","date_of_birth":"1990-07-22","external_reference":"\#(bad)"}"#
        ),
    ])
    func partnersAreTold(_ path: String, _ field: String, _ json: String) async throws {
        let app = try TestApp()
        let patients = try app.count("SELECT COUNT(*) FROM patients")
        let answer = await app.send(
            .post, Self.connect + path, token: try await app.token(), json: json)
        #expect(answer.text.contains("\"\(field)\":[\"has the sign \u{FFFD}"), "\(answer.text)")
        #expect(answer.text.contains("enter the letter and export the row as UTF-8"))
        #expect(try app.count("SELECT COUNT(*) FROM patients") == patients)
        #expect(try app.count("SELECT COUNT(*) FROM payments WHERE reference LIKE '%-9'") == 0)
    }

    @Test(arguments: ["external_id", "test_code"])
    func agentsAreTold(_ field: String) async throws {
        let app = try TestApp()
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"sync_type":"lab_result","records":[{"health_id":"OPC-2024-DEMO1","test":"Na",
                "result":"1","\(field)":"\(Self.bad)"}]}
                """)
        #expect(answer["rejected"]?.int == 1)
        let sentence = answer["errors"]?.at(0)?["fields"]?[field]?.at(0)?.string
        #expect(sentence?.contains("in place of a letter that was lost") == true, "\(answer.text)")
    }

    @Test(arguments: [("patient", "patientNo"), ("clinic", "code"), ("appointment", "doctorCode")])
    func clinicsAreTold(_ path: String, _ field: String) async throws {
        let app = try TestApp()
        let answer = await HealthcareRoutesTests.post(
            app, path, #"{"name":"Zohra Ali","\#(field)":"\#(Self.bad)"}"#)
        #expect(answer.status == 422)
        let sentence = answer["errors"]?[field]?.at(0)?.string
        #expect(sentence?.contains("in place of a letter that was lost") == true, "\(answer.text)")
    }

    @Test(arguments: [
        ("facilities", "reference", #"{"name":"A","reference":"\#(bad)"}"#),
        ("agents", "facility_id", #"{"name":"A","facility_id":"\#(bad)"}"#),
        ("agents", "facility_reference", #"{"name":"A","facility_reference":"\#(bad)"}"#),
        (
            "clients", "facility_id",
            #"{"name":"A","scopes":"patient:read","facility_id":"\#(bad)"}"#
        ),
        ("quarantine/batch/replay", "facility_id", #"{"facility_id":"\#(bad)"}"#),
    ])
    func administratorsAreTold(_ path: String, _ field: String, _ json: String) async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, "/api/v1/admin/" + path, token: try await app.adminToken(), json: json)
        #expect(answer.status == 422)
        let sentence = answer["errors"]?[field]?.at(0)?.string
        #expect(sentence?.contains("in place of a letter that was lost") == true, "\(answer.text)")
    }

    /// As after a spreadsheet: a person's own number is not what a patient is known by here.
    @Test func aPatientIsRegisteredWithoutADamagedNumber() async throws {
        let app = try TestApp()
        let person =
            #""first_name":"Zohra","last_name":"Ali","date_of_birth":"1990-07-22","national_id""#
        let answer = await app.send(
            .post, Self.connect + "patients/resolve", token: try await app.token(),
            json: "{\(person):\"\(Self.bad)\"}")
        #expect(answer.status == 201)
        #expect(answer.text.contains("national_id: not kept; it has the sign \u{FFFD}"))
        let taken = await HealthcareRoutesTests.post(
            app, "patient", #"{"name":"Awa Diop","patientNo":"P2","nationalID":"\#(Self.bad)"}"#)
        #expect(taken.status < 300)
        #expect(taken.text.contains("nationalID: not kept nationally; it has the sign \u{FFFD}"))
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE national_id LIKE '%-9'") == 0)
    }
}
