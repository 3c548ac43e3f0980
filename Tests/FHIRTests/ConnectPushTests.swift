import JSON
import Testing
import TestSupport

/// A resource and Connect's push of the same content leave the same behind.
struct ConnectPushTests {
    private static let pairs: [(String, String, String, String)] = [
        (
            "lab-results",
            #""external_lab_order_id":"L1","test_name":"Hb","test_code":"718-7","result_value":"12.10","unit":"g/dL","flagged":true,"flag_level":"L","reference_range":"12 - 16","interpretation":"mild","status":"final","occurred_at":"2026-05-30T08:00:00Z""#,
            "Observation",
            #""identifier":[{"value":"L1"}],"status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"718-7"}],"text":"Hb"},"valueQuantity":{"value":12.10,"unit":"g/dL"},"interpretation":[{"coding":[{"code":"L"}]}],"referenceRange":[{"text":"12 - 16"}],"note":[{"text":"mild"}],"effectiveDateTime":"2026-05-30T08:00:00Z""#
        ),
        (
            "lab-results",
            #""external_lab_order_id":"L2","test_name":"Film","result_value":"None seen","status":"final","occurred_at":"2026-05-30""#,
            "DiagnosticReport",
            #""identifier":[{"value":"L2"}],"status":"final","code":{"text":"Film"},"conclusion":"None seen","effectiveDateTime":"2026-05-30""#
        ),
        (
            "prescriptions",
            #""external_prescription_id":"P1","medication_name":"Amoxicilline","medication_code":"J01CA04","dose":"500 mg","route":"oral","quantity":21,"instructions":"With food","status":"active","occurred_at":"2026-05-30T08:00:00Z""#,
            "MedicationRequest",
            #""identifier":[{"system":"https://opescare.com/fhir/facility/\#(FHIRBench.facility)/prescription","value":"P1"},{"system":"x","value":"other"}],"status":"active","intent":"order","medicationCodeableConcept":{"coding":[{"code":"J01CA04"}],"text":"Amoxicilline"},"dosageInstruction":[{"text":"500 mg","route":{"text":"oral"},"patientInstruction":"With food"}],"dispenseRequest":{"quantity":{"value":21}},"authoredOn":"2026-05-30T08:00:00Z""#
        ),
        (
            "encounters",
            #""external_encounter_id":"E1","encounter_type":"Outpatient","chief_complaint":"Fever","status":"finished","ended_at":"2026-05-30T09:00:00Z","occurred_at":"2026-05-30T08:00:00Z""#,
            "Encounter",
            #""identifier":[{"value":"E1"}],"status":"finished","class":{"code":"AMB"},"type":[{"text":"Outpatient"}],"reasonCode":[{"text":"Fever"}],"period":{"start":"2026-05-30T08:00:00Z","end":"2026-05-30T09:00:00Z"}"#
        ),
        (
            "encounters",
            #""external_encounter_id":"E2","encounter_type":"AMB","status":"cancelled""#,
            "Encounter",
            #""identifier":[{"value":"E2"}],"status":"cancelled","class":{"code":"AMB"}"#
        ),
    ]

    @Test(arguments: pairs) func connectsPushOfTheSameIsTheSame(
        _ kind: String, _ members: String, _ type: String, _ elements: String
    ) async throws {
        let (connect, fhir) = (try await FHIRBench(), try await FHIRBench())
        try await connect.push(kind, members)
        let sent = await fhir.post(type, fhir.resource(type, elements))
        #expect(sent.status == 201, "\(sent.text)")
        #expect(try connect.rows() == fhir.rows())
        #expect(try connect.events() == fhir.events())
        #expect(
            try fhir.audit(1)
                == ["client:demo_full_sandbox create\(type) C success \(fhir.patient)"])
    }

    @Test func theSameAgainIsKnownAndAnotherWordAmends() async throws {
        let bench = try await FHIRBench()
        func send(_ status: String) async -> Answer {
            await bench.post(
                "Encounter",
                bench.resource(
                    "Encounter",
                    #""identifier":[{"value":"E"}],"status":"\#(status)","class":{"code":"AMB"}"#))
        }
        #expect(await send("in-progress").status == 201)
        #expect(await send("in-progress").status == 200)
        let amended = await send("finished")
        #expect(amended.status == 201)
        #expect(amended.field("ETag") == "W/\"2\"")
        #expect(amended["status"]?.string == "finished")
        #expect(try bench.events().suffix(2) == ["encounter.created", "encounter.closed"])
        _ = await send("entered-in-error")
        #expect(try bench.events().last == "encounter.amended")
    }

    @Test(arguments: [
        ("return=minimal", ""), ("return=representation", "Encounter"), ("", "Encounter"),
        ("return=OperationOutcome", "OperationOutcome"),
    ])
    func theAnswerIsWhatIsPreferredAndGivenAgain(_ preference: String, _ type: String) async throws
    {
        let bench = try await FHIRBench()
        let visit = bench.resource("Encounter", #""status":"finished","class":{"code":"AMB"}"#)
        func send() async -> Answer {
            await bench.post(
                "Encounter", visit, fields: [("Prefer", preference), ("Idempotency-Key", "k1")])
        }
        let (first, again) = (await send(), await send())
        #expect(first.status == 201)
        #expect((first["resourceType"]?.string ?? "") == type)
        #expect(again.field("Idempotency-Replayed") == "true")
        #expect(first.text == again.text)
        #expect(first.field("Location") == again.field("Location"))
        #expect(try bench.rows().count == 1)
    }
}
