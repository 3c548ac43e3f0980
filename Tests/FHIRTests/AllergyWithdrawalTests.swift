import HTTP
import JSON
import Testing
import TestSupport

/// An allergy that was entered in error, and who has died.
struct AllergyWithdrawalTests {
    private static func allergy(_ words: String, _ status: String = "") -> String {
        #""code":{"text":"\#(words)"}"#
            + (status.isEmpty
                ? "" : #","verificationStatus":{"coding":[{"code":"\#(status)"}]}"#)
    }

    @Test func whatWasEnteredInErrorIsTakenBack() async throws {
        let bench = try await FHIRBench()
        for words in ["Penicillin", "Latex"] {
            let sent = await bench.post(
                "AllergyIntolerance",
                bench.resource("AllergyIntolerance", Self.allergy(words)))
            #expect(sent.status == 201, "\(sent.text)")
        }
        func withdraw(_ words: String) async -> Answer {
            await bench.post(
                "AllergyIntolerance",
                bench.resource(
                    "AllergyIntolerance", Self.allergy(words, "entered-in-error")
                ))
        }
        try await bench.app.grant(
            "health_id:verify patient:read patient:write", to: "demo_full_sandbox")
        let teller = try await bench.app.token("demo_full_sandbox", scope: "health_id:verify")
        let refused = await bench.post(
            "AllergyIntolerance",
            bench.resource("AllergyIntolerance", Self.allergy("Latex", "entered-in-error")),
            token: teller)
        #expect(refused.status == 403, "\(refused.text)")
        let done = await withdraw("PENICILLIN")
        #expect(done.status == 200, "\(done.text)")
        #expect(
            done.root?.fhir("verificationStatus.coding[0].code") == "entered-in-error")
        #expect(done["clinicalStatus"] == nil)
        let listed = await bench.get("AllergyIntolerance?patient=\(bench.patient)")
        #expect(bench.matches(listed).map { $0.fhir("code.text") } == ["Latex"])
        #expect(await withdraw("Penicillin").status == 422)
        #expect(
            try bench.app.count(
                "SELECT COUNT(*) FROM patient_corrections WHERE reason = 'entered in error'")
                == 1)
    }

    @Test(arguments: [
        (#""deceased":true"#, "deceasedBoolean", "true"),
        (#""date_of_death":"2026-05""#, "deceasedDateTime", "2026-05"),
    ]) func whoHasDiedIsSaid(_ members: String, _ name: String, _ value: String) async throws {
        let bench = try await FHIRBench()
        let corrected = await bench.app.send(
            .patch, "/api/v1/connect/patients/\(bench.patient)", token: bench.token,
            json: #"{"reason":"told by the family",\#(members)}"#)
        #expect(corrected.status == 200, "\(corrected.text)")
        let patient = await bench.get("Patient/\(bench.patient)")
        #expect(patient.root?.fhir(name) == value, "\(patient.text)")
    }
}
