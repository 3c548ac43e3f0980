import Database
import HTTP
import JSON
import Testing
import TestSupport

struct RecordRoutesTests {
    private static let base = "/api/v1/connect/records/"
    private static let patient = "/api/v1/connect/patient/CM-HID-7KQ9-MP42-X8D1"

    private static func lab(_ value: String, more: String = "") -> String {
        """
        {"health_id":"CM-HID-7KQ9-MP42-X8D1","test_name":"HbA1c","result_value":"\(value)"\(more)}
        """
    }

    /// A token that reads, with a grant for everything.
    private static func reader(_ app: TestApp) async throws -> String {
        let token = try await app.token("demo_dev_sandbox")
        let granted = await app.send(
            .post, patient + "/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2026-12-31T23:59:59Z"}"#)
        #expect(granted.status == 200)
        return token
    }

    @Test func pushEncounterKeepsEverythingAndInventsNothing() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let body = """
            {"health_id":"CM-HID-7KQ9-MP42-X8D1","external_encounter_id":"E-1","clinical_note":"n",
            "colour":"green","encounter":{"chief_complaint":"Fever","diagnoses":[{"system":"ICD-10",
            "code":"B54","display":"Malaria"}],"vitals":[{"name":"temperature","value":39.1}]}}
            """
        let answer = await app.send(.post, Self.base + "encounters", token: token, json: body)
        #expect(answer.status == 201)
        #expect(answer["status"]?.string == "accepted")
        let id = try #require(answer["record_id"]?.string)
        #expect(id.hasPrefix("enc_"))
        #expect(answer["opescare_record_id"]?.string == id)
        #expect(answer["sync_status"]?.string == "synced")
        #expect(answer["received_at"]?.string == "2026-06-01T09:30:00Z")
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'encounter.created'") == 1)
        #expect(try app.audit().last == "pushEncounter C success")

        let read = try await app.send(
            .get, Self.patient + "/records", token: Self.reader(app))
        let encounter = try #require(
            read["records"]?["encounters"]?.elements.first { $0["record_id"]?.string == id })
        #expect(encounter["occurred_at"]?.isNull == true)
        #expect(encounter["notes"]?.string == "n")
        #expect(encounter["payload"]?["colour"]?.string == "green")
        #expect(encounter["source"]?["client_id"]?.string == "opeshisos_production")
        let diagnosis = try #require(
            read["records"]?["diagnoses"]?.elements.first { $0["encounter_id"]?.string == id })
        #expect(diagnosis["code"]?.string == "B54")
        let vital = try #require(
            read["records"]?["vitals"]?.elements.first { $0["encounter_id"]?.string == id })
        #expect(vital["value"]?.string == "39.1")
    }

    @Test func notesKeepTheirLines() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.base + "encounters", token: token,
            json: #"{"health_id":"OPC-2024-DEMO1","clinical_note":"one\r\n\ttwo"}"#)
        #expect(answer.status == 201)
        let stored = try app.read { tx in
            try tx.all("SELECT content FROM records WHERE type = 'encounter'") { $0.text(0) }
        }
        #expect(stored.count { $0.contains(#"one\r\n\ttwo"#) } == 1)
    }

    @Test func pushLabResultComesBack() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.base + "lab-results", token: token,
            json: Self.lab(
                "9.2%", more: #","flagged":"H","occurred_at":"2026-06-01T10:00:00+02:00""#))
        #expect(answer.status == 201)
        #expect(answer["record_id"]?.string?.hasPrefix("lab_") == true)
        let read = try await app.send(
            .get, Self.patient + "/records?type=lab_results", token: Self.reader(app))
        let lab = try #require(
            read["records"]?["lab_results"]?.elements.first { $0["version"]?.int == 1 })
        #expect(lab["result_value"]?.string == "9.2%")
        #expect(lab["flagged"]?.bool == true)
        #expect(lab["occurred_at"]?.string == "2026-06-01T08:00:00Z")
        #expect(read["records"]?["encounters"]?.count == 0)
    }

    @Test(arguments: [
        ("\"yes\"", true), ("\"non\"", false), ("true", true), ("\"LL\"", true), ("0", false),
        ("\"maybe\"", nil), ("null", nil), ("{}", nil),
    ])
    func aFlagThatSaysNothingIsUnknownAndNeverNo(_ flag: String, _ expected: Bool?) async throws {
        let app = try TestApp()
        let token = try await app.token()
        _ = await app.send(
            .post, Self.base + "lab-results", token: token,
            json: Self.lab("1", more: #","flagged":\#(flag),"external_lab_order_id":"F""#))
        let read = try await app.send(
            .get, Self.patient + "/records?type=lab_results", token: Self.reader(app))
        let lab = read["records"]?["lab_results"]?.elements.first {
            $0["external_id"]?.string == "F"
        }
        #expect(lab?["flagged"]?.bool == expected)
        #expect(lab?["flagged"] != nil)
    }

    @Test func theSameExternalIDAgainIsAnAmendmentAndTheOldVersionIsKept() async throws {
        let app = try TestApp()
        let token = try await app.token()
        func push(_ value: String) async -> Answer {
            await app.send(
                .post, Self.base + "lab-results", token: token,
                json: Self.lab(value, more: #","external_lab_order_id":"L-9""#))
        }
        let first = await push("9.2%")
        let same = await push("9.2%")
        #expect(same["record_id"]?.string == first["record_id"]?.string)
        #expect(same["duplicate"]?.bool == true)
        let amended = await push("6.2%")
        #expect(amended.status == 201)
        #expect(amended["record_id"]?.string == first["record_id"]?.string)
        #expect(amended["version"]?.int == 2)
        #expect(amended["amended"]?.bool == true)
        #expect(try app.count("SELECT COUNT(*) FROM record_versions") == 1)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'lab_result.amended'") == 1)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'lab_result.released'") == 1)
    }

    @Test func anAmendedEncounterReplacesItsParts() async throws {
        let app = try TestApp()
        let token = try await app.token()
        func push(_ code: String) async -> Answer {
            await app.send(
                .post, Self.base + "encounters", token: token,
                json: """
                    {"health_id":"CM-HID-7KQ9-MP42-X8D1","external_encounter_id":"E-2",
                    "encounter":{"diagnoses":[{"code":"\(code)"}]}}
                    """)
        }
        let first = await push("B54")
        _ = await push("J18")
        _ = await push("A09")
        let read = try await app.send(
            .get, Self.patient + "/records", token: Self.reader(app))
        let codes = read["records"]?["diagnoses"]?.elements
            .filter { $0["encounter_id"]?.string == first["record_id"]?.string }
            .compactMap { $0["code"]?.string }
        #expect(codes == ["A09"])
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE replaced_at IS NOT NULL") == 2)
    }

    @Test func anExternalIDOfAnotherPatientsRecordIsRefused() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let id = #","external_lab_order_id":"L-9""#
        _ = await app.send(
            .post, Self.base + "lab-results", token: token, json: Self.lab("1", more: id))
        let other = await app.send(
            .post, Self.base + "lab-results", token: token,
            json: #"{"health_id":"OPC-2024-DEMO1","test_name":"x","result_value":"1"\#(id)}"#)
        #expect(other.status == 422)
    }

    @Test func pushPrescriptionIsStored() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.base + "prescriptions", token: token,
            json: #"{"health_id":"CM-HID-7KQ9-MP42-X8D1","medication":"Coartem","dose":4}"#)
        #expect(answer.status == 201)
        #expect(answer["record_id"]?.string?.hasPrefix("rx_") == true)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'prescription.issued'") == 1)
    }

    @Test func anIdempotencyKeyStoresOnce() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let before = try app.count("SELECT COUNT(*) FROM records")
        for _ in 0..<3 {
            let answer = await app.send(
                .post, Self.base + "lab-results", token: token,
                fields: [("Idempotency-Key", "k")], json: Self.lab("1"))
            #expect(answer.status == 201)
        }
        #expect(try app.count("SELECT COUNT(*) FROM records") == before + 1)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'lab_result.released'") == 1)
    }

    @Test(arguments: [
        ("encounters", "{}", 422), ("lab-results", #"{"health_id":"OPC-2024-DEMO1"}"#, 422),
        ("prescriptions", #"{"health_id":"OPC-2024-DEMO1","dose":"1"}"#, 422),
        (
            "lab-results",
            #"{"health_id":"SA-HID-3E28-JT97-KB6A","test_name":"x","result_value":"1"}"#, 404
        ),
        ("lab-results", #"{"health_id":"nonsense","test_name":"x","result_value":"1"}"#, 422),
        ("encounters", #"{"health_id":"OPC-2024-DEMO1","occurred_at":"2026-02-30"}"#, 422),
        ("encounters", #"{"health_id":"OPC-2024-DEMO1","encounter":{"diagnoses":[{}]}}"#, 422),
        ("encounters", #"{"health_id":"OPC-2024-DEMO1","encounter":{"diagnoses":{}}}"#, 422),
        ("encounters", #"{"health_id":"OPC-2024-DEMO1","encounter":{"vitals":[1]}}"#, 422),
        ("encounters", #"{"health_id":"OPC-2024-DEMO1","facility_id":"FAC-999"}"#, 404),
        ("encounters", #"{"health_id":"OPC-2024-DEMO1","encounter":"text"}"#, 422),
        ("encounters", #"{"health_id":"OPC-2024-DEMO1","severity":"a\nb"}"#, 422),
    ])
    func aBadPushStoresNothing(_ path: String, _ body: String, _ status: Int) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let before = try app.count("SELECT COUNT(*) FROM records")
        let answer = await app.send(.post, Self.base + path, token: token, json: body)
        #expect(answer.status == status)
        #expect(try app.count("SELECT COUNT(*) FROM records") == before)
        #expect(try app.count("SELECT COUNT(*) FROM events") == 0)
    }

    @Test func listRecordsNamesNestedFieldsInComplaints() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.base + "encounters", token: token,
            json: """
                {"health_id":"OPC-2024-DEMO1","encounter":{"vitals":[{"name":"t","value":1},{}]}}
                """)
        #expect(
            answer["errors"]?.members.map(\.key) == [
                "encounter.vitals.1.name", "encounter.vitals.1.value",
            ])
    }

    @Test func listRecordsPagesWithoutLossOrRepeat() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for index in 0..<23 {
            // Several at one moment: the id decides their order.
            _ = await app.send(
                .post, Self.base + "lab-results", token: token,
                json: Self.lab("\(index)", more: #","occurred_at":"2026-05-0\#(1 + index % 3)""#))
        }
        let reader = try await Self.reader(app)
        var seen: [String] = []
        var cursor: String? = ""
        while let next = cursor {
            let page = await app.send(
                .get, Self.patient + "/records?type=lab_results&limit=5&cursor=" + next,
                token: reader)
            #expect(page.status == 200)
            let rows = page["records"]?["lab_results"]?.elements.compactMap {
                $0["record_id"]?.string
            }
            #expect((rows?.count ?? 0) <= 5)
            seen += rows ?? []
            cursor = page["next_cursor"]?.string
        }
        #expect(seen.count == 24)
        #expect(Set(seen).count == 24)
    }

    @Test func listRecordsFiltersByTime() async throws {
        let app = try TestApp()
        let reader = try await Self.reader(app)
        func count(_ query: String) async -> Int? {
            await app.send(
                .get, Self.patient + "/records?type=lab_results&" + query, token: reader)[
                    "records"]?["lab_results"]?.count
        }
        #expect(await count("from=2026-03-18&to=2026-03-18") == 1)
        #expect(await count("from=2026-03-19") == 0)
        #expect(await count("to=2026-03-17") == 0)
        for bad in ["from=x", "limit=0", "limit=501", "cursor=%21", "purpose=%00"] {
            #expect(await count(bad) == nil)
        }
        let unknown = await app.send(.get, Self.patient + "/records?type=x", token: reader)
        #expect(unknown.status == 422)
    }

    @Test func listRecordsWithLabScopeReadsLabsOnly() async throws {
        let app = try TestApp()
        _ = try await Self.reader(app)
        let token = try await app.token("demo_dev_sandbox", scope: "lab:results:read")
        #expect(
            await app.send(.get, Self.patient + "/records?type=lab_results", token: token).status
                == 200)
        #expect(await app.send(.get, Self.patient + "/records", token: token).status == 403)
    }

    @Test func getPatientSummaryNeedsConsentAndShowsWhatMatters() async throws {
        let app = try TestApp()
        let path = "/api/v1/connect/patients/CM-HID-7KQ9-MP42-X8D1/summary"
        let bare = try await app.token("demo_dev_sandbox")
        #expect(await app.send(.get, path, token: bare).status == 403)
        let token = try await Self.reader(app)
        let answer = await app.send(.get, path, token: token)
        #expect(answer.status == 200)
        #expect(answer["name"]?.string == "Brigitte Ngo Bassa")
        #expect(answer["active_medications"]?.count == 1)
        #expect(answer["recent_lab_results"]?.count == 1)
    }

    @Test func getPatientSummaryLeavesEndedPrescriptionsOut() async throws {
        let app = try TestApp()
        let token = try await app.token()
        _ = await app.send(
            .post, Self.base + "prescriptions", token: token,
            json: """
                {"health_id":"CM-HID-7KQ9-MP42-X8D1","medication_name":"Metformin",
                "external_prescription_id":"SBX-RX-3","status":"Cancelled"}
                """)
        let answer = try await app.send(
            .get, "/api/v1/connect/patients/CM-HID-7KQ9-MP42-X8D1/summary",
            token: Self.reader(app))
        #expect(answer["active_medications"]?.count == 0)
    }

    @Test func getEmergencyProfileWithholdsMedicationsWithoutConsent() async throws {
        let app = try TestApp()
        let path = "/api/v1/connect/patients/CM-HID-7KQ9-MP42-X8D1/emergency-profile"
        let bare = try await app.token("demo_dev_sandbox")
        let closed = await app.send(.get, path, token: bare)
        #expect(closed["blood_type"]?.string == "B-")
        #expect(closed["medications_withheld"]?.bool == true)
        #expect(closed["active_medications"]?.count == 0)
        let open = try await app.send(.get, path, token: Self.reader(app))
        #expect(open["active_medications"]?.count == 1)
    }
}
