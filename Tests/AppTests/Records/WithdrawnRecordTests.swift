import API
import Database
import HTTP
import JSON
import Testing
import TestSupport

/// What somebody calls a mistake is withdrawn: it stays, and no list shows it (contract, FHIR § 7).
struct WithdrawnRecordTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"
    private static let kinds: [(path: String, id: String, members: String)] = [
        (
            "encounters", "external_encounter_id",
            #""chief_complaint":"MARK","diagnoses":[{"display":"MARK"}],"vitals":[{"name":"x","value":"MARK"}]"#
        ),
        ("lab-results", "external_lab_order_id", #""test_name":"MARK","result_value":"1""#),
        ("prescriptions", "external_prescription_id", #""medication_name":"MARK""#),
    ]
    private let app: TestApp
    private let token: String

    init() async throws {
        app = try TestApp()
        token = try await app.token("demo_full_sandbox")
        let granted = await app.send(
            .post, "/api/v1/connect/patient/\(Self.patient)/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2026-12-31T23:59:59Z"}"#)
        #expect(granted.status == 200)
    }

    private func push(_ kind: Int, _ status: String) async -> Answer {
        let (path, id, members) = Self.kinds[kind]
        return await app.send(
            .post, "/api/v1/connect/records/" + path, token: token,
            json: #"{"health_id":"\#(Self.patient)","\#(id)":"X1",\#(members)\#(status)}"#)
    }

    /// Where the record's words are still to be read.
    private func readers() async -> [String] {
        var found: [String] = []
        for path in [
            "/api/v1/connect/patient/\(Self.patient)/records",
            "/api/v1/connect/patients/\(Self.patient)/summary",
            "/api/v1/connect/patients/\(Self.patient)/emergency-profile",
            "/api/v1/sdk/patients/\(Self.patient)/encounters",
            "/api/v1/sdk/patients/\(Self.patient)/summary",
        ] where await app.send(.get, path, token: token).text.contains("MARK") {
            found.append(path)
        }
        return found
    }

    private func events() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events WHERE type LIKE '%.%' ORDER BY seq") { $0.text(0) }
        }.filter { !$0.hasPrefix("consent") }
    }

    private static let words = [
        "entered-in-error", "entered_in_error", "Entered in error", "saisi par erreur",
        "wrong patient",
        "deleted", "nullified", "أدخل بالخطأ",
    ]

    @Test(arguments: [0, 1, 2]) func whatIsWithdrawnIsInNoList(_ kind: Int) async throws {
        for (turn, word) in Self.words.enumerated() {
            #expect(
                await push(kind, #","occurred_at":"2026-05-1\#(turn)T08:00:00Z""#).status == 201)
            #expect(await readers().isEmpty == false)
            let answer = await push(kind, #","status":"\#(word)""#)
            #expect(answer["amended"]?.bool == true, "\(word)")
            #expect(await readers() == [], "\(word)")
        }
        let name = ["encounter.amended", "lab_result.amended", "prescription.amended"][kind]
        // Once for each turn: withdrawn, and put right again.
        #expect(try events().filter { $0 == name }.count == 2 * Self.words.count - 1)
        #expect(try app.count("SELECT MAX(version) FROM records WHERE external_id = 'X1'") == 16)
    }

    /// A request that was delayed, or is sent again since its answer was lost.
    @Test(arguments: [0, 1, 2]) func whatWasWithdrawnIsNotBroughtBackByItsOldWords(
        _ kind: Int
    ) async throws {
        #expect(await push(kind, "").status == 201)
        #expect(await push(kind, #","occurred_at":"2026-05-10T08:00:00Z""#).status == 201)
        #expect(await push(kind, #","status":"entered-in-error""#).status == 201)
        for old in ["", #","occurred_at":"2026-05-10T08:00:00Z""#] {
            let answer = await push(kind, old)
            #expect(answer.status == 409)
            #expect(answer["error"]?.string == "conflict")
        }
        #expect(await push(kind, #","status":"entered-in-error""#)["duplicate"]?.bool == true)
        #expect(await readers() == [])
        #expect(try app.count("SELECT MAX(version) FROM records WHERE external_id = 'X1'") == 3)
        #expect(await push(kind, #","occurred_at":"2026-05-11T08:00:00Z""#).status == 201)
        #expect(await readers() != [])
    }

    /// Nobody is told of what never was.
    @Test(arguments: [0, 1, 2]) func whatComesAsAMistakeTellsNobody(_ kind: Int) async throws {
        #expect(await push(kind, #","status":"entered-in-error""#).status == 201)
        #expect(await readers() == [])
        #expect(try events() == [])
    }
}
