import HTTP
import JSON
import Database
import Testing
import TestSupport
import Values

/// Records in the shapes that published pages and clients send to the bridge.
struct TypedRecordTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"

    private func sync(_ app: TestApp, _ json: String) async -> Answer {
        await BridgeRoutesTests.send(app, .post, "sync", json: json)
    }

    private func record(_ type: String, _ more: String) -> String {
        #"{"record_type":"\#(type)","health_id":"\#(Self.patient)",\#(more)}"#
    }

    private struct Stored {
        let type: String
        let occurredAt: String?
        let status: String?
        let content: JSONValue
    }

    /// What the agent has sent, in order.
    private func stored(_ app: TestApp) throws -> [Stored] {
        try app.read { tx in
            try tx.all(
                """
                SELECT type, occurred_at, status, content FROM records
                WHERE client_id LIKE 'agent:%' ORDER BY seq
                """
            ) { row in
                Stored(
                    type: row.text(0),
                    occurredAt: row.int64OrNil(1).map { Timestamp(milliseconds: $0).rfc3339 },
                    status: row.textOrNil(2), content: try JSONDocument(row.utf8(3)).root)
            }
        }
    }

    private func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    // MARK: Batches

    /// A batch's word that names no type leaves it to the record; one that does decides.
    @Test(arguments: [
        ("full", #"{"type":"visit","notes":"n"}"#, "encounter"),
        ("delta", #"{"type":"lab_result","test":"K","result":"4"}"#, "lab_result"),
        ("ehr_records", #"{"type":"prescription","medicine":"A"}"#, "prescription"),
        ("ehr_records", #"{"record_type":"visit","notes":"n"}"#, "encounter"),
        ("incremental", #"{"type":"Lab Result","test":"K","result":"4"}"#, "lab_result"),
        ("manual", #"{"type":"consultation","notes":"n"}"#, "encounter"),
        ("lab_results", #"{"test":"K","result":"4"}"#, "lab_result"),
        ("LabResults", #"{"record_type":"Lab-Result","test":"K","result":"4"}"#, "lab_result"),
        ("vital", #"{"type":"pulse","value":70}"#, "vital"),
        ("encounters", #"{"record_type":"vitals","name":"pulse","value":70}"#, "vital"),
        ("Signes vitaux", #"{"name":"pulse","value":70}"#, "vital"),
        ("full", #"{"type":"pulse","value":70}"#, nil),
        ("full", #"{"notes":"n"}"#, nil),
        ("delta", #"{"type":"labz","test":"K","result":"4"}"#, nil),
        ("labz", #"{"test":"K","result":"4"}"#, nil),
        ("", #"{"notes":"n"}"#, nil),
    ])
    func aBatchWithoutATypeLeavesItToTheRecord(
        _ batch: String, _ fields: String, _ type: String?
    ) async throws {
        let app = try TestApp()
        let record = #"{"health_id":"\#(Self.patient)","# + fields.dropFirst()
        let answer = await sync(app, #"{"sync_type":"\#(batch)","records":[\#(record)]}"#)
        #expect(answer.status == (type == nil ? 422 : 200))
        #expect(try stored(app).map(\.type) == (type.map { [$0] } ?? []))
    }

    @Test(arguments: ["billing", "payment", "Payments", "full"])
    func billingIsPayments(_ word: String) async throws {
        let app = try TestApp()
        let answer = await sync(
            app,
            """
            {"sync_type":"\(word)","records":[{"type":"billing","reference":"B-1",
            "amount":"5000","paid_at":"2026-05-31T10:00:00Z"}]}
            """)
        #expect(answer.status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM payments WHERE reference = 'B-1'") == 1)
    }

    @Test func theWordForAVisitIsNoContent() async throws {
        let app = try TestApp()
        let fields = #""health_id":"\#(Self.patient)","visit_date":"2026-05-20","notes":"n""#
        for (body, duplicates) in [
            (#"{"record_type":"visit",\#(fields)}"#, 0),
            (#"{"sync_type":"full","records":[{"type":"visit",\#(fields)}]}"#, 1),
            (#"{"records":[{"type":"encounter","data":{\#(fields)}}]}"#, 1),
            (
                #"{"record_type":"visit",\#(fields.replacing("visit_date", with: "started_at"))}"#,
                1
            ),
            (#"{"record_type":"visit","type":"outpatient",\#(fields)}"#, 0),
        ] {
            let answer = await sync(app, body)
            #expect(answer.status == 200)
            #expect(answer["duplicates"]?.int == Int64(duplicates), "\(body)")
        }
        #expect(
            try stored(app).map { $0.content["encounter_type"]?.string } == [nil, "outpatient"])
    }

    // MARK: Times

    @Test(arguments: [
        ("visit", #""notes":"n","visit_date":"2026-05-20""#, "2026-05-20T00:00:00Z"),
        ("visit", #""notes":"n","visit_date":"20/05/2026 14:30""#, "2026-05-20T13:30:00Z"),
        ("encounter", #""encounter_date":"2026-05-20""#, "2026-05-20T00:00:00Z"),
        ("encounter", #""admission_date":"2026-05-20""#, "2026-05-20T00:00:00Z"),
        ("visit", #""started_at":"2026-05-20T08:00:00+01:00""#, "2026-05-20T07:00:00Z"),
        (
            "lab_result", #""test":"K","result":"4","test_date":"2026-05-20""#,
            "2026-05-20T00:00:00Z"
        ),
        (
            "lab_result", #""test":"K","result":"4","result_date":"2026-05-20""#,
            "2026-05-20T00:00:00Z"
        ),
        (
            "lab_result",
            #""test":"K","result":"4","result_date":"2026-05-21","collected_at":"2026-05-20""#,
            "2026-05-20T00:00:00Z"
        ),
        ("prescription", #""medicine":"A","prescribed_date":"2026-05-20""#, "2026-05-20T00:00:00Z"),
        ("prescription", #""medicine":"A","dispensed_at":"2026-05-20""#, "2026-05-20T00:00:00Z"),
        (
            "prescription",
            #""medicine":"A","dispensed_at":"2026-05-22","prescribed_at":"2026-05-20""#,
            "2026-05-20T00:00:00Z"
        ),
        ("vital", #""name":"pulse","value":70,"measured_at":"2026-05-20""#, "2026-05-20T00:00:00Z"),
        ("diagnosis", #""code":"B54","diagnosed_at":"2026-05-20""#, "2026-05-20T00:00:00Z"),
        (
            "encounter", #""occurred_at":"2026-05-20","visit_date":"2026-05-19""#,
            "2026-05-20T00:00:00Z"
        ),
        // Neighbours that are no clinical time.
        ("encounter", #""notes":"n","created_at":"2026-05-20""#, nil),
        ("encounter", #""notes":"n","updated_at":"2026-05-20""#, nil),
        ("encounter", #""notes":"n","exported_at":"2026-05-20""#, nil),
        ("encounter", #""notes":"n","next_visit_date":"2026-07-20""#, nil),
        ("encounter", #""notes":"n","discharged_at":"2026-05-20""#, nil),
        ("encounter", #""notes":"n","date_of_birth":"1990-05-20""#, nil),
        ("prescription", #""medicine":"A","expiry_date":"2028-05-20""#, nil),
        ("prescription", #""medicine":"A","end_date":"2028-05-20""#, nil),
        ("lab_result", #""test":"K","result":"4","ordered_at":"2026-05-20""#, nil),
        ("encounter", #""notes":"n","visit_date":"0001-01-01T00:00:00""#, nil),
    ])
    func theClinicalTimeIsReadUnderItsNames(
        _ type: String, _ fields: String, _ time: String?
    ) async throws {
        let app = try TestApp()
        let answer = await sync(app, record(type, fields))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try stored(app).map(\.occurredAt) == [time])
    }

    @Test(arguments: ["visit_date", "started_at", "admission_date", "encounter_date"])
    func anImpossibleVisitDateIsRefusedByItsName(_ name: String) async throws {
        let app = try TestApp()
        let answer = await sync(app, record("visit", #""notes":"n","\#(name)":"2026-02-30""#))
        #expect(answer.status == 422)
        #expect(answer["message"]?.string?.hasPrefix(name) == true)
        #expect(try stored(app).isEmpty)
    }

    // MARK: Vital signs

    @Test func oneVitalRecordOfSeveralMeasurementsIsOneVitalEach() async throws {
        let app = try TestApp()
        let answer = await sync(
            app,
            record(
                "vital",
                #"""
                "recorded_at":"2026-05-20T08:00:00Z","systolic_bp":120,"diastolic_bp":"80",
                "heart_rate":72.0,"temperature":37.2,"oxygen_saturation":"98",
                "respiratory_rate":16,"weight_kg":70,"height":{"value":170,"unit":"cm"},
                "source":"monitor"
                """#))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["accepted"]?.int == 1)
        let vitals = try stored(app)
        #expect(
            vitals.map {
                [
                    $0.content["name"]?.string, $0.content["value"]?.string,
                    $0.content["unit"]?.string,
                ]
            } == [
                ["systolic_bp", "120", "mmHg"], ["diastolic_bp", "80", "mmHg"],
                ["heart_rate", "72.0", "/min"], ["respiratory_rate", "16", "/min"],
                ["temperature", "37.2", "°C"], ["oxygen_saturation", "98", "%"],
                ["weight", "70", "kg"], ["height", "170", "cm"],
            ])
        #expect(vitals.allSatisfy { $0.type == "vital" && $0.occurredAt == "2026-05-20T08:00:00Z" })
        #expect(vitals[0].content["payload"]?["source"]?.string == "monitor")
        #expect(vitals[3].content["payload"]?["respiratory_rate"]?.int == 16)
        #expect(try events(app).isEmpty)
        #expect(try app.audit().last == "syncRecords C success")

        let token = try await app.token("demo_dev_sandbox")
        _ = await app.send(
            .post, "/api/v1/connect/patient/\(Self.patient)/consent/grant", token: token,
            json: #"{"consent_type":"vitals","expires_at":"2026-12-31T00:00:00Z"}"#)
        let list = await app.send(
            .get, "/api/v1/connect/patient/\(Self.patient)/records?type=vitals", token: token)
        let read = try #require(list["records"]?["vitals"]).elements.filter {
            $0["source"]?["client_id"]?.string == "agent:BRIDGE-2024-DEMO-001"
        }
        #expect(read.count == 8)
        // They are parts of each other, and of no visit.
        #expect(read.allSatisfy { $0["encounter_id"] == nil })
        #expect(Set(read.map { $0["record_id"]?.string }).count == 8)
    }

    @Test func measurementsSentAgainAreADuplicateAndCorrectedOnesAmend() async throws {
        let app = try TestApp()
        let first = record("vital", #""external_id":"V1","heart_rate":72,"temperature":37.2"#)
        #expect(await sync(app, first)["duplicates"]?.int == 0)
        #expect(await sync(app, first)["duplicates"]?.int == 1)
        let corrected = record("vital", #""external_id":"V1","heart_rate":74,"temperature":37.4"#)
        let answer = await sync(app, corrected)
        #expect(answer["results"]?.at(0)?["status"]?.string == "amended")
        #expect(
            try app.read { tx in
                try tx.all(
                    """
                    SELECT content ->> 'value' FROM records
                    WHERE client_id LIKE 'agent:%' AND replaced_at IS NULL ORDER BY seq
                    """
                ) { $0.text(0) }
            } == ["74", "37.4"])
        let unnamed = record("vital", #""pulse":70,"measured_at":"2026-05-20T08:00:00Z""#)
        #expect(await sync(app, unnamed)["duplicates"]?.int == 0)
        let respelt = record(
            "vital", #""pulse":"70","measured_at":"2026-05-20T09:00:00+01:00""#)
        #expect(await sync(app, respelt)["duplicates"]?.int == 1)
    }

    /// Name, value and unit of each vital.
    @Test(arguments: [
        (#""temperature":98.6"#, ["temperature 98.6 °F"]),
        (#""temperature":"37,5""#, ["temperature 37,5 °C"]),
        (#""temperature":60"#, ["temperature 60 -"]),
        (#""temp":37,"temperature_unit":"C""#, ["temperature 37 C"]),
        (#""temperature_f":99.1"#, ["temperature 99.1 °F"]),
        (#""blood_pressure":"120/80""#, ["blood_pressure 120/80 mmHg"]),
        (#""weight":70"#, ["weight 70 -"]),
        (#""weight":70,"weight_unit":"kg""#, ["weight 70 kg"]),
        (#""pulse":70,"heart_rate":"70""#, ["heart_rate 70 /min"]),
        (#""pulse":70,"heart_rate":71"#, ["heart_rate 71 /min", "heart_rate 70 /min"]),
        (#""pain_score":0"#, ["pain_score 0 -"]),
        (#""name":"BP","value":"120/80","heart_rate":71"#, ["BP 120/80 -", "heart_rate 71 /min"]),
        (#""heart_rate":71,"temperature":null,"spo2":"N/A","bmi":"""#, ["heart_rate 71 /min"]),
        (#""heart_rate":71,"temperature":"-""#, ["heart_rate 71 /min"]),
        (#""name":"temperature","value":"37""#, ["temperature 37 -"]),
        // Neighbours that are no measurement.
        (#""temperature":"N/A""#, []), (#""heart_rate":true"#, []),
        (##""heart_rate":"#DIV/0!""##, []), (#""heart_rate":"1.2E+02""#, []),
        (#""heart_rate":[70]"#, []), (#""heart_rate":{}"#, []), (#""heart_rate_zone":3"#, []),
        (#""note":"120/80""#, []), (#""temperature_note":"hot""#, []), (#""value":"37""#, []),
        (#""name":"temperature""#, []),
    ])
    func measurementsKeepTheirValueAndUnit(_ fields: String, _ expected: [String]) async throws {
        let app = try TestApp()
        let answer = await sync(app, record("vital", fields))
        #expect(answer.status == (expected.isEmpty ? 422 : 200), "\(answer.text)")
        #expect(
            try stored(app).map { vital in
                ["name", "value", "unit"].map { vital.content[$0]?.string ?? "-" }
                    .joined(separator: " ")
            } == expected)
    }

    @Test func theMeasurementsOfABatchHaveALimit() async throws {
        let app = try TestApp()
        let one = record(
            "vital", #""pulse":1,"temp":2,"spo2":3,"bmi":4,"weight":5,"height":6,"muac":7"#)
        let batch = (0..<2000).map { _ in one }.joined(separator: ",")
        let answer = await sync(app, #"{"records":[\#(batch)]}"#)
        #expect(answer.status == 413)
        #expect(try stored(app).isEmpty)
    }

    // MARK: Answers

    @Test(arguments: [
        (
            #"{"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1","result":"4"}"#,
            "test_name"
        ),
        (
            #"{"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D2","test":"K","result":"4"}"#,
            "Health ID"
        ),
        (#"{"record_type":"labz","health_id":"CM-HID-7KQ9-MP42-X8D1"}"#, "labz"),
        (#"{"record_type":"patient","first_name":"A"}"#, "last_name"),
        (#"{"record_type":"payment","reference":"R","paid_at":"2026-05-20"}"#, "amount"),
        (#"{"records":[{"record_type":"visit","notes":"n"}]}"#, "health_id"),
        (
            #"{"records":[{"record_type":"visit","notes":"n"},{"record_type":"visit"}]}"#,
            "health_id"
        ),
    ])
    func theMessageNamesTheFault(_ body: String, _ fault: String) async throws {
        let app = try TestApp()
        let answer = await sync(app, body)
        #expect(answer.status == 422)
        let message = try #require(answer["message"]?.string)
        #expect(message.contains(fault), "\(message)")
        #expect(answer["errors"]?.at(0)?["message"]?.string?.contains(fault) == true)
    }

    @Test func differentFaultsOfABatchAreListed() async throws {
        let app = try TestApp()
        let answer = await sync(
            app, #"{"records":[{"record_type":"visit"},{"record_type":"labz"}]}"#)
        #expect(answer["message"]?.string == "None of the 2 records is valid; see errors.")
    }
}
