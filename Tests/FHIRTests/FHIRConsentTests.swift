import Database
import HTTP
import JSON
import Testing
import TestSupport

/// Marked values in every clinical field of a patient: none is where it must not be.
struct FHIRConsentTests {
    /// What each type of record says, in every field that can hold a text.
    private static let marks = [
        "encounters": "MARKENC", "diagnoses": "MARKDX", "vitals": "MARKVIT",
        "lab_results": "MARKLAB",
        "prescriptions": "MARKRX",
    ]

    private func planted() async throws -> (bench: FHIRBench, ids: [String]) {
        let bench = try await FHIRBench()
        let visit = try await bench.push(
            "encounters",
            #"""
            "encounter_type":"MARKENC","notes":"MARKENC","chief_complaint":"MARKENC","severity":"MARKENC",
            "status":"MARKENC","external_encounter_id":"MARKENC","occurred_at":"2026-05-30T08:00:00Z",
            "diagnoses":[{"system":"MARKDX","code":"MARKDX","display":"MARKDX"}],
            "vitals":[{"name":"MARKVIT","value":"MARKVIT","unit":"MARKVIT"}]
            """#)
        let lab = try await bench.push(
            "lab-results",
            #"""
            "test_name":"MARKLAB","test_code":"MARKLAB","result_value":"MARKLAB","unit":"MARKLAB",
            "reference_range":"MARKLAB","interpretation":"MARKLAB","external_lab_order_id":"MARKLAB"
            """#)
        let prescription = try await bench.push(
            "prescriptions",
            #"""
            "medication_name":"MARKRX","medication_code":"MARKRX","dose":"MARKRX","frequency":"MARKRX",
            "instructions":"MARKRX","route":"MARKRX","external_prescription_id":"MARKRX"
            """#)
        return (
            bench,
            [
                "Encounter/" + visit, "Observation/" + lab, "DiagnosticReport/" + lab,
                "MedicationRequest/" + prescription,
            ]
        )
    }

    private static let types = [
        "Encounter", "Condition", "Observation", "DiagnosticReport", "MedicationRequest",
        "AllergyIntolerance", "Immunization",
    ]

    @Test(arguments: [
        "", "encounters", "diagnoses", "vitals", "lab_results", "prescriptions",
        "encounters diagnoses",
        "vitals lab_results", "full_record",
    ]) func whatIsNotCoveredIsNowhere(_ coverage: String) async throws {
        let (bench, ids) = try await planted()
        if !coverage.isEmpty { try await bench.grant(coverage) }
        let open =
            coverage == "full_record"
            ? Array(Self.marks.keys) : coverage.split(separator: " ").map(String.init)
        let closed = Self.marks.filter { !open.contains($0.key) }.map(\.value)
        var answers: [(String, Answer)] = []
        for type in Self.types {
            for query in [
                "", "&_count=0", "&_sort=_lastUpdated", "&date=ge2000",
                "&code=http://loinc.org%7C718-7",
            ] {
                let path = "\(type)?patient=\(bench.patient)\(query)"
                answers.append((path, await bench.get(path)))
            }
        }
        for id in ids {
            for path in [
                id, id + "/_history", id + "/_history/1", id.replacing("/", with: "?_id="),
            ] {
                answers.append((path, await bench.get(path)))
            }
        }
        for (path, answer) in answers {
            for mark in closed { #expect(!answer.text.contains(mark), "\(mark) in \(path)") }
            // A withheld list is never an empty list.
            let isEmpty = answer.status == 200 && answer["total"]?.int == 0
            if isEmpty, bench.warnings(answer).isEmpty {
                let type = String(path.prefix { $0.isLetter })
                #expect(
                    type == "AllergyIntolerance" || path.contains("code=")
                        || path.contains("date="),
                    "\(path) is empty in silence")
            }
        }
    }

    @Test func partOfASearchIsShownAndTheRestNamed() async throws {
        let (bench, _) = try await planted()
        try await bench.grant("lab_results")
        let answer = await bench.get("Observation?patient=\(bench.patient)")
        #expect(answer["total"]?.int == 1)
        #expect(
            bench.warnings(answer).contains {
                $0.hasPrefix("suppressed: ") && $0.contains("vitals")
            })
        let vitals = await bench.get("Observation?patient=\(bench.patient)&category=vital-signs")
        #expect(vitals.status == 403)
        #expect(vitals.root?.fhir("issue[0].details.coding[0].code") == "consent_required")
    }

    /// Which needs none.
    @Test func theBloodGroupIsShownToWhoeverAsksForItAlone() async throws {
        let bench = try await FHIRBench()
        let amina = "OPC-2024-DEMO1"
        #expect(await bench.get("Observation?patient=\(amina)").status == 403)
        let found = await bench.matches(
            "Observation?patient=\(amina)&code=http://loinc.org%7C882-1")
        let group = try #require(found.first)
        #expect(group.fhir("valueCodeableConcept.coding[0].system") == "http://snomed.info/sct")
        let id = group.fhir("id")
        #expect(await bench.get("Observation/" + id).root?.fhir("status") == "unknown")
        #expect(await bench.get("Observation?_id=" + id)["total"]?.int == 1)
        let version = group.fhir("meta.versionId")
        #expect(await bench.get("Observation/\(id)/_history/\(version)").root?.fhir("id") == id)
        let history = await bench.get("Observation/\(id)/_history")
        #expect(history["total"]?.int == 1)
        #expect(history["entry"]?.at(0)?.fhir("resource.meta.versionId") == version)
    }

    @Test func labScopeReadsLabResultsOnly() async throws {
        let (bench, ids) = try await planted()
        try await bench.grant()
        let token = try await bench.app.token("demo_full_sandbox", scope: "lab:results:read")
        let answer = await bench.get("Observation?patient=\(bench.patient)", token: token)
        #expect(answer["total"]?.int == 1)
        #expect(!answer.text.contains("MARKVIT"))
        #expect(bench.warnings(answer).contains { $0.contains("vitals") })
        for path in [
            "Observation?patient=\(bench.patient)&category=vital-signs", ids[0],
            "Observation?patient=\(FHIRBench.known)&code=http://loinc.org%7C882-1",
            "Observation/abo-\(FHIRBench.known)", "Observation?_id=abo-\(FHIRBench.known)",
            "Condition?patient=\(bench.patient)", "Patient/\(bench.patient)",
        ] {
            #expect(await bench.get(path, token: token).status == 403, "\(path)")
        }
        #expect(await bench.get(ids[1], token: token).status == 200)
    }

    /// A token for single types: an operation shows these, and fails for none of the others.
    @Test(arguments: [
        ("system/Patient.rs system/Condition.rs", ["Patient", "Condition"]),
        ("system/Patient.rs system/Observation.rs", ["Patient", "Observation"]),
        (
            "system/Patient.rs system/AllergyIntolerance.rs system/Encounter.rs",
            ["Patient", "Encounter"]
        ),
    ]) func operationsShowTheTypesOfTheToken(_ scope: String, _ types: [String]) async throws {
        let (bench, _) = try await planted()
        try await bench.grant()
        try await bench.app.grant(scope, to: "demo_full_sandbox")
        let token = try await bench.app.token("demo_full_sandbox", scope: scope)
        let all = await bench.get("Patient/\(bench.patient)/$everything", token: token)
        #expect(all.status == 200, "\(all.text)")
        let shown = Set(bench.matches(all).map { $0.fhir("resourceType") })
        #expect(shown == Set(types))
        #expect(await bench.get("Patient/\(bench.patient)/$summary", token: token).status == 200)
        let group = await bench.get(
            "Observation?patient=\(FHIRBench.known)&code=882-1", token: token)
        #expect(group.status == (types.contains("Observation") ? 200 : 403))
    }

    /// What was done with nobody's data is no patient's event.
    @Test func auditEventsAreOfPatients() async throws {
        let (bench, _) = try await planted()
        _ = await bench.app.send(.get, "/api/v1/connect/webhooks/events", token: bench.token)
        let rows = try bench.app.read { tx in
            try tx.all("SELECT seq, patient_id IS NOT NULL OR patients IS NOT NULL FROM audit_log")
            {
                (seq: $0.int64(0), isOfPatient: $0.bool(1))
            }
        }
        try await bench.app.grant("system/AuditEvent.rs", to: "demo_full_sandbox")
        let token = try await bench.app.token("demo_full_sandbox", scope: "system/AuditEvent.rs")
        #expect(rows.contains { !$0.isOfPatient } && rows.contains { $0.isOfPatient })
        for (seq, isOfPatient) in rows {
            let digits = String(seq)
            let id = "audit-" + String(repeating: "0", count: 12 - digits.count) + digits
            let answer = await bench.get("AuditEvent/" + id, token: token)
            #expect(answer.status == (isOfPatient ? 200 : 404), "\(id)")
        }
    }

    /// A client's own numbers are shown to it alone, wherever in a resource they stand.
    @Test(arguments: [
        "https://opescare.com/fhir/client/demo_full_sandbox",
        #"https:\/\/opescare.com\/fhir\/client\/demo_full_sandbox"#,
    ])
    func aClientsOwnNumbersAreOnNoRecord(_ system: String) async throws {
        let bench = try await FHIRBench()
        let answer = await bench.app.send(
            .post, FHIRBench.base + "Observation", token: bench.token,
            json: """
                {"resourceType":"Observation","status":"final","identifier":[{"system":"\(system)","value":"PRIVATE"}],
                "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",
                "code":"laboratory"}]}],"subject":{"reference":"Patient/\(bench.patient)",
                "identifier":{"system":"\(system)","value":"PRIVATE"}},"code":{"text":"Hb"},"valueString":"12"}
                """)
        #expect(answer.status == 201, "\(answer.text)")
        try await bench.grant()
        let found = await bench.get("Observation?patient=\(bench.patient)")
        #expect(found["total"]?.int == 1)
        #expect(!found.text.contains("https://opescare.com/fhir/client"))
        let id = try #require(bench.matches(found).first?.fhir("id"))
        for path in [
            "Observation/" + id, "Observation/\(id)/_history", "Observation/\(id)/_history/1",
        ] {
            #expect(!(await bench.get(path)).text.contains("fhir/client"))
        }
    }

    /// Ids of two patients' resources: one of them is shown, and the other named as missing.
    @Test func idsOfSeveralPatientsAreSaidToBe() async throws {
        let bench = try await FHIRBench()
        try await bench.grant()
        try await bench.grant(of: FHIRBench.known)
        var ids: [String] = []
        for patient in [bench.patient, FHIRBench.known] {
            ids.append(
                try await bench.push(
                    "lab-results", #""test_name":"x","result_value":"1""#, for: patient))
        }
        let answer = await bench.get("Observation?_id=" + ids.joined(separator: ","))
        #expect(answer["total"]?.int == 1)
        #expect(bench.warnings(answer).contains { $0.contains("several patients' resources") })
        let one = await bench.get("Observation?_id=" + ids[0])
        #expect(one["total"]?.int == 1 && bench.warnings(one) == [])
        for words in ["Nuts", "Latex"] {
            let sent = await bench.post(
                "AllergyIntolerance",
                bench.resource("AllergyIntolerance", #""code":{"text":"\#(words)"}"#).replacing(
                    bench.patient, with: words == "Nuts" ? bench.patient : FHIRBench.known))
            ids.append(try #require(sent["id"]?.string, "\(sent.text)"))
        }
        let allergies = await bench.get("AllergyIntolerance?_id=\(ids[2]),\(ids[3])")
        #expect(allergies["total"]?.int == 1)
        #expect(bench.warnings(allergies).contains { $0.contains("several patients' resources") })
        // A list of ids that shows several patients names them all in the audit log.
        var consents: [String] = []
        for patient in [bench.patient, FHIRBench.known] {
            consents += await bench.matches("Consent?patient=" + patient).map { $0.fhir("id") }
        }
        let listed = await bench.get("Consent?_id=" + consents.joined(separator: ","))
        #expect(listed["total"]?.int == 2)
        let row = "client:demo_full_sandbox searchConsentResources R success "
        #expect(
            Set(try bench.audit(2)) == [row + bench.patient, row + FHIRBench.known])
    }
}
