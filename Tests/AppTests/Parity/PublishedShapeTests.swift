import HTTP
import JSON
import Database
import Testing
import TestSupport
import Values

/// Shapes of Connect that published pages and clients send, and those they print as answers.
struct PublishedShapeTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"
    private static let base = "/api/v1/connect/"

    private func push(_ app: TestApp, _ kind: String, _ fields: String) async throws -> Answer {
        await app.send(
            .post, Self.base + "records/" + kind, token: try await app.token(),
            json: #"{"health_id":"\#(Self.patient)",\#(fields)}"#)
    }

    /// A reader's token, with a grant for everything.
    private func reader(_ app: TestApp) async throws -> String {
        let token = try await app.token("demo_dev_sandbox")
        let granted = await app.send(
            .post, Self.base + "patient/\(Self.patient)/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2026-12-31T23:59:59Z"}"#)
        #expect(granted.status == 200)
        return token
    }

    private func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    // MARK: Encounters

    @Test func anEncounterMayDescribeItselfInAnObject() async throws {
        let app = try TestApp()
        let answer = try await push(
            app, "encounters",
            #"""
            "encounter":{"type":"outpatient","started_at":"2026-05-20T08:00:00Z",
            "ended_at":"2026-05-20T08:30:00Z","notes":"n","status":"finished","severity":"mild",
            "chief_complaint":"Fever","diagnoses":["Malaria","N/A"],
            "vitals":{"heart_rate":72,"temperature":39.1}}
            """#)
        #expect(answer.status == 201, "\(answer.text)")
        let token = try await reader(app)
        let read = await app.send(
            .get, Self.base + "patient/\(Self.patient)/records", token: token)
        let id = try #require(answer["record_id"]?.string)
        let visit = try #require(
            read["records"]?["encounters"]?.elements.first { $0["record_id"]?.string == id })
        #expect(visit["encounter_type"]?.string == "outpatient")
        #expect(visit["occurred_at"]?.string == "2026-05-20T08:00:00Z")
        #expect(visit["ended_at"]?.string == "2026-05-20T08:30:00Z")
        #expect(visit["notes"]?.string == "n")
        #expect(visit["severity"]?.string == "mild")
        #expect(visit["chief_complaint"]?.string == "Fever")
        func parts(_ kind: String) -> [JSONValue] {
            read["records"]?[kind]?.elements.filter { $0["encounter_id"]?.string == id } ?? []
        }
        #expect(parts("diagnoses").map { $0["display"]?.string } == ["Malaria"])
        #expect(Set(parts("vitals").map { $0["name"]?.string }) == ["heart_rate", "temperature"])
        #expect(parts("vitals").allSatisfy { $0["occurred_at"]?.string == "2026-05-20T08:00:00Z" })
        #expect(
            try events(app).filter { $0.hasPrefix("encounter") } == [
                "encounter.created", "encounter.closed",
            ])
    }

    /// What lies around the object counts before what lies in it, and neither is lost.
    @Test(arguments: [
        (#""encounter_type":"outer","encounter":{"type":"inner"}"#, "outer"),
        (#""encounter":{"visit_type":"inner"}"#, "inner"),
        (#""visit_type":"outer""#, "outer"), (#""encounter":{}"#, nil),
        (#""encounter":null"#, nil), (#""encounter":{"type":null}"#, nil),
        (#""encounter":{"type":"N/A"}"#, nil), (#""type":"outer""#, "outer"),
        (#""type":"encounter""#, nil), (#""encounter":{"kind":"inner"}"#, nil),
    ])
    func theTypeOfAVisit(_ fields: String, _ type: String?) async throws {
        let app = try TestApp()
        #expect(try await push(app, "encounters", fields).status == 201)
        let stored = try app.read { tx in
            try tx.all(
                "SELECT content ->> 'encounter_type' FROM records ORDER BY seq DESC LIMIT 1"
            ) { $0.textOrNil(0) }
        }
        #expect(stored == [type])
    }

    @Test(arguments: [
        (#""encounter":"outpatient""#, "encounter"), (#""encounter":[]"#, "encounter"),
        (#""encounter":{"started_at":"2026-02-30"}"#, "encounter.started_at"),
        (#""encounter":{"diagnoses":[1]}"#, "encounter.diagnoses.0"),
        (#""encounter":{"diagnoses":["Malaria",{"code":"B54"}]}"#, "encounter.diagnoses.0"),
        (##""encounter":{"vitals":{"heart_rate":"#REF!"}}"##, "encounter.vitals.heart_rate"),
        (#""encounter":{"vitals":[{"name":"pulse"}]}"#, "encounter.vitals.0.value"),
        (#""encounter":{"ended_at":"soon"}"#, "encounter.ended_at"),
    ])
    func aVisitThatCannotBeReadIsRefusedByItsPath(_ fields: String, _ path: String) async throws {
        let app = try TestApp()
        let before = try app.count("SELECT COUNT(*) FROM records")
        let answer = try await push(app, "encounters", fields)
        #expect(answer.status == 422)
        #expect(answer["errors"]?[path] != nil, "\(answer.text)")
        #expect(try app.count("SELECT COUNT(*) FROM records") == before)
        #expect(try events(app).isEmpty)
    }

    // MARK: Alerts

    /// Whether it is shown as a medicine, and whether as an alert; what subscribers are told.
    static let alerts: [(String, Bool, Bool, [String])] = [
        (#""medication_name":"Penicillin G","alert_type":"allergy""#, false, true, []),
        (#""alert_type":"allergy","message":"Penicillin G, do not administer""#, false, true, []),
        (#""alert_type":"interaction","medication":"W","status":"active""#, false, true, []),
        (#""alert_type":"interaction","medication":"W","status":"issued""#, false, true, []),
        (#""alert_type":true,"medication":"W""#, false, true, []),
        (#""alert_type":7,"medication":"W""#, false, true, []),
        (#""alert_type":"recall","medication":"W","status":"alert""#, false, true, []),
        (#""alert_type":"recall","medication":"W","status":"cancelled""#, false, false, []),
        (#""alert_type":"recall","medication":"W","status":"entered-in-error""#, false, false, []),
        (#""alert_type":"recall","medication":"W","status":"dispensed""#, false, true, []),
        (#""medication":"W","status":"alert""#, false, true, ["prescription.issued"]),
        // Neighbours that are prescriptions.
        (#""medication":"W""#, true, false, ["prescription.issued"]),
        (#""medication":"W","alert_type":null"#, true, false, ["prescription.issued"]),
        (#""medication":"W","alert_type":"""#, true, false, ["prescription.issued"]),
        (#""medication":"W","alert_type":"none""#, true, false, ["prescription.issued"]),
        (#""medication":"W","alert_type":"N/A""#, true, false, ["prescription.issued"]),
        (#""medication":"W","alert_type":false"#, true, false, ["prescription.issued"]),
        (#""medication":"W","alert_type":"aucun""#, true, false, ["prescription.issued"]),
        (#""medication":"W","alerts":[]"#, true, false, ["prescription.issued"]),
        (#""medication":"W","instructions":"alert""#, true, false, ["prescription.issued"]),
        (#""medication":"W","status":"on-hold""#, true, false, ["prescription.issued"]),
        (
            #""medication":"W","status":"Annulé""#, false, false,
            ["prescription.issued", "prescription.cancelled"]
        ),
        (
            #""medication":"W","status":"Entered in Error""#, false, false, []
        ),
    ]

    @Test(arguments: PublishedShapeTests.alerts)
    func anAlertIsNeverAMedicine(
        _ fields: String, _ isMedicine: Bool, _ isAlert: Bool, _ told: [String]
    ) async throws {
        let app = try TestApp()
        let answer = try await push(app, "prescriptions", fields)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(try events(app) == told)
        let id = try #require(answer["record_id"]?.string)
        let token = try await reader(app)
        for page in ["summary", "emergency-profile"] {
            let summary = await app.send(
                .get, Self.base + "patients/\(Self.patient)/\(page)", token: token)
            #expect(summary.status == 200)
            func has(_ name: String) -> Bool {
                summary[name]?.elements.contains { $0["record_id"]?.string == id } ?? false
            }
            #expect(has("active_medications") == isMedicine, "\(page)")
            #expect(has("medication_alerts") == isAlert, "\(page)")
        }
    }

    @Test func aPrescriptionWithoutMedicineOrAlertIsRefused() async throws {
        let app = try TestApp()
        for fields in [
            #""dose":"1""#, #""alert_type":"none""#, #""alert_type":null,"message":"m""#,
        ] {
            let answer = try await push(app, "prescriptions", fields)
            #expect(answer.status == 422)
            #expect(answer["errors"]?["medication_name"] != nil)
        }
        #expect(try events(app).isEmpty)
    }

    @Test func anAlertThroughTheBridgeIsOneToo() async throws {
        let app = try TestApp()
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"record_type":"prescription","health_id":"\(Self.patient)","external_id":"A-1",
                "medicine":"Penicillin G","alert_type":"allergy","message":"do not administer"}
                """)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try events(app).isEmpty)
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE status = 'alert'") == 1)
        // The same number becomes a prescription: from here on somebody may dispense it.
        _ = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"record_type":"prescription","health_id":"\(Self.patient)","external_id":"A-1",
                "medicine":"Penicillin G"}
                """)
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE status = 'alert'") == 0)
        #expect(try events(app) == ["prescription.issued"])
    }

    @Test func cancelledAndMistakenRecordsAreNotInTheSummary() async throws {
        let app = try TestApp()
        let token = try await reader(app)
        var ids: [String: Bool] = [:]
        var statuses: [String: String] = [:]
        for (status, isShown) in [
            ("final", true), ("preliminary", true), ("corrected", true), ("validé", true),
            ("cancelled", false), ("Entered-In-Error", false), ("saisi par erreur", false),
        ] {
            let answer = try await push(
                app, "lab-results",
                #""test_name":"T \#(status)","result_value":"4","status":"\#(status)""#)
            let id = try #require(answer["record_id"]?.string)
            ids[id] = isShown
            statuses[id] = status
        }
        let summary = await app.send(
            .get, Self.base + "patients/\(Self.patient)/summary", token: token)
        let shown = Set(
            (summary["recent_lab_results"]?.elements.compactMap { $0["record_id"]?.string }) ?? [])
        for (id, isShown) in ids { #expect(shown.contains(id) == isShown) }
        // Where all records are asked for, mistakes alone are left out.
        let all = await app.send(
            .get, Self.base + "patient/\(Self.patient)/records?type=lab_results", token: token)
        let listed = Set(
            (all["records"]?["lab_results"]?.elements.compactMap { $0["record_id"]?.string }) ?? [])
        for (id, status) in statuses {
            #expect(
                listed.contains(id) == !["Entered-In-Error", "saisi par erreur"].contains(status))
        }
    }

    // MARK: The summary

    @Test func theSummaryHasWhatTheSDKPagesPrint() async throws {
        let app = try TestApp()
        _ = try await push(
            app, "encounters",
            #""encounter":{"type":"outpatient","started_at":"2026-05-31","chief_complaint":"Fever"}"#
        )
        let token = try await reader(app)
        let summary = await app.send(
            .get, Self.base + "patients/\(Self.patient)/summary", token: token)
        #expect(summary.status == 200)
        #expect(summary["blood_group"]?.string == summary["blood_type"]?.string)
        for name in ["first_name", "last_name", "date_of_birth", "sex", "blood_group"] {
            #expect(summary["patient"]?[name]?.string == summary[name]?.string, "\(name)")
            #expect(summary["patient"]?[name]?.string?.isEmpty == false, "\(name)")
        }
        #expect(
            summary["active_allergies"]?.elements.map { $0["substance"]?.string }
                == summary["allergies"]?.elements.map(\.string))
        let visit = try #require(summary["recent_visits"]?.at(0))
        #expect(visit["visit_type"]?.string == "outpatient")
        #expect(visit["chief_complaint"]?.string == "Fever")
        #expect(visit["date"]?.string == "2026-05-31")
        #expect(visit["id"]?.string == summary["recent_encounters"]?.at(0)?["record_id"]?.string)
        #expect(visit["payload"] == nil)
        #expect(summary["recent_visits"]?.count == summary["recent_encounters"]?.count)
    }

    // MARK: Search

    /// Who is found, of the sandbox's patient under `PERSON` and `PHONE`.
    @Test(arguments: [
        (#"PERSON"#, 200, "found"), (#""search_type":"demographic",PERSON"#, 200, "found"),
        (#""search_type":"Demographics","query":{PERSON}"#, 200, "found"),
        (#""health_id":"CM-HID-7KQ9-MP42-X8D1""#, 200, "found"),
        (#""health_id":"CM-HID-7KQ9-MP42-X8D1","first_name":"Nobody""#, 200, "found"),
        (#""phone_number":PHONE"#, 200, "found"), (#""phone":PHONE"#, 200, "found"),
        (#""search_type":"phone","query":PHONE"#, 200, "found"),
        (#""search_type":"Phone Number","phone_number":PHONE"#, 200, "found"),
        (#""search_type":"health_id","query":"cm hid 7kq9 mp42 x8d1""#, 200, "found"),
        (
            #""first_name":"No","last_name":"Body","date_of_birth":"1990-01-02""#, 200, "not_found"
        ),
        (#""phone_number":699999991"#, 200, "not_found"),
        (#""national_id":"NOBODY-77-12""#, 200, "not_found"),
        // Neighbours that say too little.
        (#""first_name":"No""#, 422, "last_name"),
        (#""date_of_birth":"1990-01-02""#, 422, "first_name"),
        (
            #""first_name":"No","last_name":"Body","date_of_birth":"1990-02-30""#, 422,
            "date_of_birth"
        ),
        (#""purpose":"x""#, 422, "query"), (#""query":"x""#, 422, "search_type"),
        (#""search_type":"phone""#, 422, "query"),
        (#""search_type":"health","query":"x""#, 422, "search_type"),
        (#""national_id":"0000000000""#, 422, "query"),
        (#""search_type":"national_id","query":"0000000000""#, 422, "query"),
        (#""search_type":"national_id","query":"N/A""#, 422, "query"),
        (#""search_type":"demographic","query":"Marie""#, 422, "first_name"),
        (#""search_type":"health_id","query":7"#, 422, "query"),
    ])
    func searchTakesDemographicsWithoutAQuery(
        _ fields: String, _ status: Int, _ word: String
    ) async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let known = await app.send(
            .get, Self.base + "patient/search?health_id=" + Self.patient, token: token)
        func text(_ name: String) -> String { known[name]?.string ?? "" }
        let person = """
            "first_name":"\(text("first_name"))","last_name":"\(text("last_name"))",\
            "date_of_birth":"\(text("date_of_birth"))","country_code":"\(text("country_code"))"
            """
        let digits = text("phone_number").filter(\.isNumber)
        let body = fields.replacing("PERSON", with: person).replacing("PHONE", with: digits)
        let answer = await app.send(
            .post, Self.base + "patients/search", token: token, json: "{\(body)}")
        #expect(answer.status == status, "\(answer.text)")
        guard status == 200 else {
            #expect(answer["errors"]?[word] != nil, "\(answer.text)")
            return
        }
        #expect(answer["status"]?.string == word)
        #expect(answer["candidates"]?.count == 0)
        if word == "found" {
            #expect(answer["match_type"]?.string == "exact")
            #expect(answer["patient"]?["health_id"]?.string == Self.patient)
            #expect(answer["results"]?.count == 1)
            #expect(answer["next_action"]?.string == "use_health_id")
        } else {
            #expect(answer["match_type"]?.string == "none")
            #expect(answer["patient"]?.isNull == true)
            #expect(answer["next_action"]?.string == "register_patient")
        }
        #expect(try app.audit().last == "searchPatients R success")
    }

    // MARK: Stock

    /// What is stored: name and quantity, or group, component and units.
    @Test(arguments: [
        ("pharmacy", #""item_code":"X1","quantity":5"#, "X1 5"),
        ("pharmacy", #""item_code":77001,"quantity":5"#, "77001 5"),
        (
            "pharmacy", #""drug_code":"X1","generic_name":"Amoxicillin","units_available":5"#,
            "Amoxicillin 5"
        ),
        (
            "pharmacy", #""code":"X1","name":"Amoxil","generic_name":"Amoxicillin","quantity":5"#,
            "Amoxil 5"
        ),
        ("pharmacy", #""sku":"X1","name":"N/A","usable_units":"5""#, "X1 5"),
        ("pharmacy", #""item_code":"X1","units_available":9,"usable_units":5"#, "X1 5"),
        (
            "blood",
            #""blood_group":"O+","component_code":"PRBC","units_available":5,"screening":"screened_safe""#,
            "O+ packed_cells 5"
        ),
        (
            "blood",
            #""blood_group":"O+","component":"FFP","usable_units":5,"screening_status":"screened_safe""#,
            "O+ plasma 5"
        ),
        (
            "blood",
            #""blood_type":"O pos","component":"plasma","units_available":9,"usable_units":5,"screened_safe":true"#,
            "O+ plasma 5"
        ),
        // Neighbours that are left out.
        ("pharmacy", #""item_code":"X1""#, nil),
        ("pharmacy", #""generic_name":"A","quantity":5"#, nil),
        ("pharmacy", #""item_code":"0000","quantity":5"#, nil),
        ("pharmacy", #""item_code":"X1","units_available":"many""#, nil),
        ("pharmacy", #""item_code":"X1","quantity":-1"#, nil),
        (
            "blood",
            #""blood_group":"O+","component_code":"PRBC","units":5,"screening":"screened_unsafe""#,
            nil
        ),
        (
            "blood", #""blood_group":"O+","component_code":"PRBC","units":5,"screened_safe":false"#,
            nil
        ),
        ("blood", #""blood_group":"O+","component_code":"PRBC","units":5"#, nil),
        (
            "blood", #""blood_group":"O+","component_code":"XYZ","units":5,"screening":"screened""#,
            nil
        ),
        ("blood", #""blood_group":"O","component":"plasma","units":5,"screening":"screened""#, nil),
        (
            "blood",
            #""blood_group":"O+","component":"plasma","units_expected":5,"screening":"screened""#,
            nil
        ),
    ])
    func stockIsReadUnderItsPublishedNames(
        _ kind: String, _ line: String, _ stored: String?
    ) async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, Self.base + "inventory/\(kind)-stock/sync", token: try await app.token(),
            json: #"{"facility_reference":"FAC-001","items":[{"batch":"LOT-TEST",\#(line)}]}"#)
        #expect(answer.status == (stored == nil ? 422 : 200), "\(answer.text)")
        let found = try app.read { tx in
            try tx.all(
                """
                SELECT name || ' ' || quantity FROM pharmacy_stock WHERE batch = 'LOT-TEST' UNION ALL
                SELECT blood_group || ' ' || component || ' ' || units FROM blood_stock
                WHERE batch = 'LOT-TEST'
                """
            ) { $0.text(0) }
        }
        #expect(found == (stored.map { [$0] } ?? []))
    }

    @Test func anUnknownWordOfBloodIsNamed() async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, Self.base + "inventory/blood-stock/sync", token: try await app.token(),
            json:
                #"{"items":[{"blood_group":"Q+","component":"sap","units":1,"screening":"screened"}]}"#
        )
        #expect(answer["errors"]?["items.0.blood_group"]?.at(0)?.string?.contains("Q+") == true)
        #expect(answer["errors"]?["items.0.component"]?.at(0)?.string?.contains("sap") == true)
    }
}
