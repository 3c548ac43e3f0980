import HTTP
import JSON
import Testing
import TestSupport

/// What stored records are as resources: what was sent, and nothing that was not.
struct ClinicalResourceTests {
    private static func check(
        _ type: String, _ kind: String, _ members: String, _ expected: [(String, String)]
    ) async throws {
        let bench = try await FHIRBench()
        try await bench.push(kind, members)
        try await bench.grant()
        let found = await bench.matches("\(type)?patient=\(bench.patient)")
        let resource = try #require(found.first, "\(type) of \(members)")
        #expect(resource["resourceType"]?.string == type)
        #expect(resource.fhir("subject.reference") == "Patient/" + bench.patient)
        for (path, value) in expected {
            #expect(resource.fhir(path) == value, "\(path) of \(members)")
        }
    }

    private static let loinc = "http://loinc.org"

    private static let encounters: [(String, [(String, String)])] = [
        (
            #""encounter_type":"Outpatient","occurred_at":"2026-05-30T08:00:00Z","chief_complaint":"Fever","status":"closed","external_encounter_id":"E-1","notes":"a < b & c""#,
            [
                ("class.code", "AMB"), ("status", "finished"), ("type[0].text", "Outpatient"),
                ("period.start", "2026-05-30T08:00:00Z"), ("period.end", ""),
                ("reasonCode[0].text", "Fever"), ("identifier[0].value", "E-1"),
                (
                    "identifier[0].system",
                    "https://opescare.com/fhir/facility/\(FHIRBench.facility)/encounter"
                ),
                ("meta.versionId", "1"),
                ("serviceProvider.reference", "Organization/\(FHIRBench.facility)"),
                ("text.status", "additional"),
                (
                    "text.div",
                    "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Notes: a &lt; b &amp; c</p></div>"
                ),
            ]
        ),
        (
            #""visit_type":"Hospitalisation","status":"en cours""#,
            [("class.code", "IMP"), ("status", "in-progress"), ("period", ""), ("text", "")]
        ),
        (
            #""encounter_type":"Séance de kiné","status":"whatever""#,
            [
                ("class.code", "UNK"),
                ("class.system", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"),
                ("status", "unknown"), ("type[0].text", "Séance de kiné"),
            ]
        ),
        (
            #""encounter_type":"urgences","status":"annulée""#,
            [("class.code", "EMER"), ("status", "cancelled")]
        ),
        // What ends before it begins is a mistake of the sender's, and told as text alone.
        (
            #""occurred_at":"2026-05-30T08:00:00Z","discharged_at":"2026-05-29T08:00:00Z""#,
            [("period.start", "2026-05-30T08:00:00Z"), ("period.end", "")]
        ),
    ]

    @Test(arguments: encounters) func anEncounter(_ members: String, _ expected: [(String, String)])
        async throws
    {
        try await Self.check("Encounter", "encounters", members, expected)
    }

    private static let conditions: [(String, [(String, String)])] = [
        (
            #"{"system":"ICD-10","code":"B54","display":"Malaria","status":"active"}"#,
            [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10"),
                ("code.coding[0].code", "B54"), ("code.text", "Malaria"),
                ("clinicalStatus.coding[0].code", "active"),
                ("category[0].coding[0].code", "encounter-diagnosis"),
                ("recordedDate", "2026-06-01T09:30:00Z"), ("verificationStatus", ""),
            ]
        ),
        (
            #"{"system":"CIM-11","code":"1F4Z"}"#,
            [
                ("code.coding[0].system", "http://id.who.int/icd/release/11/mms"),
                ("code.text", ""), ("clinicalStatus", ""), ("extension", ""),
            ]
        ),
        (
            #"{"system":"https://who.example/x","code":"A1","status":"guérie"}"#,
            [
                ("code.coding[0].system", "https://who.example/x"),
                ("clinicalStatus.coding[0].code", "resolved"),
            ]
        ),
        (
            #"{"system":"our own list","code":"A1","status":"?"}"#,
            [("code.coding[0].system", ""), ("code.coding[0].code", "A1"), ("clinicalStatus", "")]
        ),
        (#"{"display":"Palu"}"#, [("code.coding", ""), ("code.text", "Palu")]),
    ]

    @Test(arguments: conditions) func aCondition(
        _ diagnosis: String, _ expected: [(String, String)]
    ) async throws {
        try await Self.check("Condition", "encounters", #""diagnoses":[\#(diagnosis)]"#, expected)
    }

    private static let vitalSigns: [(String, String, String, String)] = [
        (#"{"temperature":38.50}"#, "8310-5", "38.50", "Cel"),
        (#"{"pulse":"72"}"#, "8867-4", "72", "/min"),
        (#"{"weight_lb":150}"#, "29463-7", "150", "[lb_av]"),
        (#"{"weight":70}"#, "29463-7", "70", ""),
        (#"{"name":"Poids","value":"70,5","unit":"kg"}"#, "29463-7", "70.5", "kg"),
        (#"{"spo2":"98 %"}"#, "2708-6", "98", "%"),
        (#"{"name":"Perimetre cranien","value":"34","unit":"cm"}"#, "9843-4", "34", "cm"),
        (#"{"name":"Tour de taille","value":"80","unit":"cm"}"#, "", "80", "cm"),
    ]

    @Test(arguments: vitalSigns) func aVitalSign(
        _ vital: String, _ code: String, _ value: String, _ unit: String
    )
        async throws
    {
        try await Self.check(
            "Observation", "encounters", #""vitals":[\#(vital)]"#,
            [
                ("code.coding[0].code", code), ("valueQuantity.value", value),
                ("valueQuantity.code", unit), ("category[0].coding[0].code", "vital-signs"),
                ("status", "final"), ("effectiveDateTime", ""),
            ])
    }

    @Test(arguments: ["138/86", " 138 / 86 "])
    func aBloodPressureHasTwoComponents(_ value: String) async throws {
        try await Self.check(
            "Observation", "encounters", #""vitals":[{"blood_pressure":"\#(value)"}]"#,
            [
                ("code.coding[0].code", "85354-9"), ("component[0].code.coding[0].code", "8480-6"),
                ("component[0].valueQuantity.value", "138"),
                ("component[0].valueQuantity.code", "mm[Hg]"),
                ("component[1].code.coding[0].code", "8462-4"),
                ("component[1].valueQuantity.value", "86"), ("valueQuantity", ""),
                ("valueString", ""),
            ])
    }

    /// Validators demand both halves of whatever bears the code of one.
    @Test(arguments: [
        (#"{"name":"systolic","value":"138","unit":"mmHg"}"#, 0, "138"),
        (#"{"name":"PAD","value":"86"}"#, 1, "86"),
    ]) func halfABloodPressureSaysThatTheRestIsUnknown(
        _ vital: String, _ half: Int, _ value: String
    ) async throws {
        let (told, other) = ("component[\(half)]", "component[\(1 - half)]")
        try await Self.check(
            "Observation", "encounters", #""vitals":[\#(vital)]"#,
            [
                ("code.coding[0].code", "85354-9"), ("component[0].code.coding[0].code", "8480-6"),
                ("component[1].code.coding[0].code", "8462-4"),
                (told + ".valueQuantity.value", value), (told + ".dataAbsentReason", ""),
                (other + ".valueQuantity", ""),
                (other + ".dataAbsentReason.coding[0].code", "unknown"), ("valueQuantity", ""),
            ])
    }

    private static let results: [(String, [(String, String)])] = [
        (
            #""test_name":"Hb","test_code":"718-7","result_value":"12.10","unit":"g/dL","flag_level":"L","reference_range":"12 - 16","interpretation":"mild","occurred_at":"2026-05-30T08:00:00Z","external_lab_order_id":"L1""#,
            [
                ("code.coding[0].system", loinc), ("code.text", "Hb"),
                ("valueQuantity.value", "12.10"),
                ("valueQuantity.unit", "g/dL"), ("valueQuantity.code", "g/dL"),
                ("interpretation[0].coding[0].code", "L"), ("referenceRange[0].text", "12 - 16"),
                ("note[0].text", "mild"), ("effectiveDateTime", "2026-05-30T08:00:00Z"),
                ("issued", "2026-06-01T09:30:00Z"), ("identifier[0].value", "L1"),
                ("performer[0].reference", "Organization/\(FHIRBench.facility)"),
            ]
        ),
        // A wrong check digit is no LOINC.
        (
            #""test_name":"Hb","test_code":"718-8","result_value":"<5","flagged":true"#,
            [
                ("code.coding[0].system", "https://opescare.com/fhir/lab-code"),
                ("valueQuantity.value", "5"), ("valueQuantity.comparator", "<"),
                ("interpretation[0].coding[0].code", "A"),
            ]
        ),
        (
            #""test_name":"HIV","result_value":"Négatif","unit":"","flagged":false"#,
            [
                ("code.coding", ""), ("valueString", "Négatif"),
                ("interpretation[0].coding[0].code", "N"),
            ]
        ),
        (
            #""test_name":"Parasites","result_value":"1,250","unit":"/µL""#,
            [("valueQuantity", ""), ("valueString", "1,250 /µL"), ("interpretation", "")]
        ),
        (
            #""test_name":"Ht","result_value":"40,5 %","unit":"strange""#,
            [("valueQuantity.value", "40.5"), ("valueQuantity.unit", "%")]
        ),
        (
            #""test_name":"X","result_value":"12","unit":"bogus","status":"preliminary""#,
            [
                ("valueQuantity.unit", "bogus"), ("valueQuantity.code", ""),
                ("status", "preliminary"),
            ]
        ),
    ]

    @Test(arguments: results) func aResult(_ members: String, _ expected: [(String, String)])
        async throws
    {
        try await Self.check("Observation", "lab-results", members, expected)
    }

    @Test func aReportLeadsToItsResult() async throws {
        let bench = try await FHIRBench()
        let id = try await bench.push(
            "lab-results", #""test_name":"Hb","result_value":"12","interpretation":"mild""#)
        try await bench.grant()
        let report = await bench.get("DiagnosticReport/" + id)
        #expect(report.root?.fhir("result[0].reference") == "Observation/" + id)
        #expect(report["conclusion"]?.string == "mild")
        #expect(await bench.get("Observation/" + id).status == 200)
    }

    private static let prescriptions: [(String, [(String, String)])] = [
        (
            #""medication_name":"Amoxicillin","medication_code":"J01CA04","dose":"500 mg","frequency":"3x/day","duration":"7 days","route":"oral","quantity":"21","instructions":"after meals","occurred_at":"2026-05-30T08:00:00Z""#,
            [
                ("status", "active"), ("intent", "order"),
                ("medicationCodeableConcept.text", "Amoxicillin"),
                ("medicationCodeableConcept.coding[0].system", "http://www.whocc.no/atc"),
                ("authoredOn", "2026-05-30T08:00:00Z"),
                ("dosageInstruction[0].text", "500 mg, 3x/day, 7 days"),
                ("dosageInstruction[0].route.text", "oral"),
                ("dosageInstruction[0].patientInstruction", "after meals"),
                ("dispenseRequest.quantity.value", "21"),
            ]
        ),
        (
            #""medication_name":"X","medication_code":"D-77","status":"dispensed","quantity":"one box""#,
            [
                ("status", "completed"), ("dispenseRequest", ""), ("dosageInstruction", ""),
                (
                    "medicationCodeableConcept.coding[0].system",
                    "https://opescare.com/fhir/drug-code"
                ),
            ]
        ),
        (#""medication_name":"X","status":"on hold""#, [("status", "on-hold")]),
        (#""medication_name":"X","status":"arrêté""#, [("status", "stopped")]),
    ]

    @Test(arguments: prescriptions) func aMedicationRequest(
        _ members: String, _ expected: [(String, String)]
    ) async throws {
        try await Self.check("MedicationRequest", "prescriptions", members, expected)
    }

    /// A warning must not read as a prescription, in whatever status.
    @Test(arguments: ["", #","status":"active""#, #","status":"completed""#])
    func anAlertIsNoMedicationRequest(_ status: String) async throws {
        let bench = try await FHIRBench()
        let id = try await bench.push(
            "prescriptions", #""medication_name":"X","alert_type":"interaction"\#(status)"#)
        try await bench.grant()
        let answer = await bench.get("MedicationRequest?patient=\(bench.patient)")
        #expect(answer["total"]?.int == 0)
        #expect(await bench.get("MedicationRequest/" + id).status == 404)
    }

    /// Whatever was pushed, every answer is well-formed FHIR: TestApp looks at each.
    @Test(arguments: [
        #""\u0000\u0001""#, #""   ""#, #""\u2028\ufeff""#, #""a\u0000b""#,
        #""<script>&amp;</script>""#,
        #""🩺 \uFFFE""#, #""'; --""#, #""0""#, #""-0.0""#, #""1e400""#, #""00012.500""#, #"" ""#,
    ]) func absurdTextsStayWellFormed(_ text: String) async throws {
        let bench = try await FHIRBench()
        for (kind, members) in [
            (
                "encounters",
                #""encounter_type":"visit","notes":\#(text),"chief_complaint":\#(text),"status":\#(text),"diagnoses":[{"code":"A","display":\#(text),"system":\#(text)}]"#
            ),
            (
                "lab-results",
                #""test_name":"T","test_code":\#(text),"result_value":"1","unit":\#(text),"reference_range":\#(text),"interpretation":\#(text)"#
            ),
            ("lab-results", #""test_name":"T","result_value":\#(text)"#),
            (
                "prescriptions",
                #""medication_name":"M","dose":\#(text),"frequency":\#(text),"quantity":\#(text),"instructions":\#(text)"#
            ),
        ] {
            _ = await bench.app.send(
                .post, "/api/v1/connect/records/" + kind, token: bench.token,
                json: #"{"health_id":"\#(bench.patient)",\#(members)}"#)
        }
        try await bench.grant()
        for type in [
            "Encounter", "Condition", "Observation", "DiagnosticReport", "MedicationRequest",
        ] {
            let answer = await bench.get("\(type)?patient=\(bench.patient)")
            #expect(answer.status == 200)
        }
    }
}
