import API
import HTTP
import JSON
import Database
import Testing
import TestSupport

struct SDKPatientRoutesTests {
    private static let summary = "/patients/\(SDKBench.patient)/summary"
    private static let encounters = "/patients/\(SDKBench.patient)/encounters"

    @Test func getSDKPatientIsConnectsSearch() async throws {
        let bench = try await SDKBench()
        for id in [SDKBench.patient, "OPC-2024-DEMO1", "cmhid7kq9mp42x8d1"] {
            let answer = await bench.get("/patient/" + id)
            #expect(answer.status == 200)
            let connect = await bench.app.send(
                .get, "/api/v1/connect/patient/search?health_id=" + id,
                token: try await bench.app.token())
            #expect(answer.text == connect.text)
        }
        _ = await bench.get("/patient/\(SDKBench.patient)?purpose=triage")
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox getSDKPatient R success patient/\(SDKBench.patient) "
                    + SDKBench.patient
            ])
        #expect(try bench.app.count("SELECT COUNT(*) FROM audit_log WHERE purpose = 'triage'") == 1)
    }

    @Test func whoIsUnknownIsNotFound() async throws {
        let bench = try await SDKBench()
        for path in ["/patient/{}", "/patients/{}/summary", "/patients/{}/encounters"] {
            for (id, error) in [
                ("OPC-2024-NOONE", "patient_not_found"),
                ("FR-HID-CQ64-3DZV-MXXK", "patient_not_found"),
                ("CM-HID-7KQ9-MP42-X8D2", "health_id_invalid"), ("%00", "health_id_invalid"),
                ("'%20OR%201=1", "health_id_invalid"),
                (String(repeating: "9", count: 500), "health_id_invalid"),
            ] {
                let answer = await bench.get(path.replacing("{}", with: id))
                #expect(answer.error == error, "\(path) \(id)")
            }
        }
    }

    // MARK: Summary

    @Test func getSDKPatientSummaryHasAllergiesAsObjects() async throws {
        let bench = try await SDKBench()
        let path = "/patients/OPC-2024-DEMO1/summary"
        try await bench.grant("full_record", of: "OPC-2024-DEMO1")
        let answer = await bench.get(path)
        #expect(answer.status == 200)
        #expect(answer["full_name"]?.string == "Amina Nkeng")
        #expect(answer["allergies"]?.at(0)?["substance"]?.string == "Penicillin")
        #expect(answer["allergies"]?.at(0)?["severity"]?.isNull == true)
        #expect(answer["allergy_names"]?.elements.map(\.string) == ["Penicillin"])
        #expect(answer["retrieved_at"]?.string == "2026-06-01T09:30:00Z")
        #expect(
            try bench.audit(1)[0].hasPrefix(
                "sdk:stk_demo_sandbox getSDKPatientSummary R success patient/"))
        // The rest is Connect's.
        let connect = await bench.app.send(
            .get, "/api/v1/connect" + path, token: try await bench.app.token("demo_dev_sandbox"))
        #expect(connect["allergies"]?.elements.map(\.string) == ["Penicillin"])
        for (name, value) in try #require(connect.root).members where name != "allergies" {
            #expect(answer[name]?.raw.elementsEqual(value.raw) == true, "\(name)")
        }
    }

    @Test(arguments: [summary, encounters])
    func withoutConsentNothingIsShown(_ path: String) async throws {
        let bench = try await SDKBench()
        func refused(_ state: String) async throws {
            let answer = await bench.get(path)
            #expect(answer.status == 403)
            #expect(answer.error == "consent_required")
            #expect(answer["consent_state"]?.string == state)
            #expect(!answer.text.contains("Brigitte"))
            let row = try bench.audit(1)[0]
            #expect(row.contains(" R consent_required patient/\(SDKBench.patient) "))
        }
        try await refused("none")
        try await bench.grant("prescriptions")
        try await refused("active")
        try await bench.grant("full_record")
        #expect(await bench.get(path).status == 200)
        // It is the client's own: another client's token sees nothing.
        let other = try await bench.stranger()
        #expect(await bench.get(path, other.token).error == "consent_required")
        _ = await bench.app.send(
            .post, "/api/v1/connect/patient/\(SDKBench.patient)/consent/revoke",
            token: try await bench.app.token("demo_dev_sandbox"))
        try await refused("revoked")
    }

    @Test func anExpiredConsentShowsNothing() async throws {
        let bench = try await SDKBench()
        try await bench.grant("full_record")
        bench.app.advance(seconds: 300 * 86_400)
        for path in [Self.summary, Self.encounters] {
            #expect(await bench.get(path)["consent_state"]?.string == "expired")
        }
    }

    // MARK: Encounters

    private static func push(_ bench: SDKBench, _ members: String) async throws {
        let answer = await bench.app.send(
            .post, "/api/v1/connect/records/encounters", token: try await bench.app.token(),
            json: #"{"health_id":"\#(SDKBench.patient)",\#(members)}"#)
        #expect(answer.status == 201, "\(answer.text)")
    }

    private static func diagnoses(_ displays: String...) -> String {
        let list = displays.map { #"{"system":"ICD-10","code":"B54","display":"\#($0)"}"# }
        return #""diagnoses":[\#(list.joined(separator: ","))]"#
    }

    @Test func listSDKEncountersJoinsTheirDiagnoses() async throws {
        let bench = try await SDKBench()
        try await Self.push(
            bench,
            #""encounter_type":"outpatient","occurred_at":"2026-05-30T23:30:00Z","chief_complaint":"Fever","status":"closed","#
                + Self.diagnoses("Malaria", "Anaemia"))
        try await Self.push(bench, #""chief_complaint":"Cough""#)
        try await bench.grant("encounters diagnoses")
        let answer = await bench.get(Self.encounters)
        let visits = answer["encounters"]?.elements.map { $0 } ?? []
        #expect(visits.count == 2)
        #expect(visits[0]["date"]?.isNull == true && visits[0]["occurred_at"]?.isNull == true)
        #expect(visits[0]["diagnosis"]?.isNull == true)
        #expect(visits[1]["visit_type"]?.string == "outpatient")
        #expect(visits[1]["chief_complaint"]?.string == "Fever")
        #expect(visits[1]["diagnosis"]?.string == "Malaria; Anaemia")
        #expect(visits[1]["date"]?.string == "2026-05-30")
        #expect(visits[1]["facility_id"]?.string == SDKBench.facility)
        #expect(visits[1]["id"]?.string?.hasPrefix("enc_") == true)
        #expect(answer["withheld"]?.count == 0)
        #expect(answer["retrieved_at"]?.string == "2026-06-01T09:30:00Z")
        #expect(answer["next_cursor"]?.isNull == true)
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox listSDKEncounters R success patient/\(SDKBench.patient) "
                    + SDKBench.patient
            ])
    }

    @Test func diagnosesNeedAConsentOfTheirOwn() async throws {
        let bench = try await SDKBench()
        try await Self.push(bench, Self.diagnoses("Malaria"))
        try await bench.grant("encounters")
        let answer = await bench.get(Self.encounters)
        #expect(answer.status == 200)
        #expect(answer["encounters"]?.at(0)?["diagnosis"]?.isNull == true)
        #expect(answer["withheld"]?.elements.map(\.string) == ["diagnosis"])
        #expect(!answer.text.contains("Malaria"))
    }

    @Test func whatWasTakenBackIsLeftOut() async throws {
        let bench = try await SDKBench()
        try await bench.grant("full_record")
        let name = #""external_encounter_id":"E-1","#
        try await Self.push(bench, name + Self.diagnoses("Malaria"))
        // An amendment's diagnoses take the place of the old ones.
        try await Self.push(bench, name + Self.diagnoses("Influenza"))
        let amended = await bench.get(Self.encounters)
        #expect(
            amended["encounters"]?.elements.map { $0["diagnosis"]?.string } == ["Influenza"])
        try await Self.push(bench, name + #""status":"entered_in_error""#)
        #expect(await bench.get(Self.encounters)["encounters"]?.count == 0)
    }

    @Test func listSDKEncountersPages() async throws {
        let bench = try await SDKBench()
        try await bench.grant("full_record")
        for number in 1...5 { try await Self.push(bench, #""chief_complaint":"\#(number)""#) }
        var seen: [String] = []
        var cursor = ""
        repeat {
            let page = await bench.get(Self.encounters + "?limit=2" + cursor)
            seen += page["encounters"]?.elements.compactMap { $0["chief_complaint"]?.string } ?? []
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
            if seen.count == 2 {
                // Another patient's list takes none of its places.
                try await bench.grant("full_record", of: "OPC-2024-XK7T9")
                let other = await bench.get("/patients/OPC-2024-XK7T9/encounters?limit=2" + cursor)
                #expect(other.status == 422)
            }
        } while !cursor.isEmpty
        #expect(seen == ["5", "4", "3", "2", "1"])
        for query in ["limit=501", "from=x", "cursor=x"] {
            #expect(await bench.get(Self.encounters + "?" + query).status == 422)
        }
    }

    /// What was sent for either id is the survivor's.
    @Test func mergedPatientsAreOne() async throws {
        let bench = try await SDKBench()
        try await Self.push(bench, Self.diagnoses("Malaria"))
        let merged = await bench.administer(
            .post, "merges",
            #"{"survivor_health_id":"OPC-2024-DEMO1","retired_health_id":"\#(SDKBench.patient)"}"#)
        #expect(merged.status < 300)
        try await bench.grant("full_record", of: "OPC-2024-DEMO1")
        let answer = await bench.get(Self.encounters)
        #expect(answer["resolved_via_alias"]?.bool == true)
        #expect(answer.text.contains("Malaria"))
        #expect(await bench.get(Self.summary)["full_name"]?.string == "Amina Nkeng")
        let patient = await bench.get("/patient/" + SDKBench.patient)
        #expect(patient["resolved_via_alias"]?.bool == true)
    }
}
