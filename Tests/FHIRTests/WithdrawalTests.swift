import HTTP
import JSON
import Testing
import TestSupport

/// What is called a mistake must be found: a withdrawal of nothing is refused (contract, FHIR § 7).
struct WithdrawalTests {
    private func observation(_ bench: FHIRBench, _ members: String) async -> Answer {
        await bench.app.send(
            .post, FHIRBench.base + "Observation", token: bench.token,
            json: """
                {"resourceType":"Observation",\(members),"category":[{"coding":[{
                "system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
                "subject":{"reference":"Patient/\(bench.patient)"},"code":{"text":"Hb"},"valueString":"12"}
                """)
    }

    @Test func aMistakeNamesTheRecordThatIsMeant() async throws {
        let bench = try await FHIRBench()
        let number =
            #","identifier":[{"system":"https://opescare.com/fhir/facility/\#(FHIRBench.facility)/lab","value":"O-1"}]"#
        #expect(await observation(bench, #""status":"final""# + number).status == 201)
        let nameless = await observation(bench, #""status":"entered-in-error""#)
        #expect(nameless.status == 422)
        #expect(nameless.root?.fhir("issue[0].expression[0]") == "Observation.identifier")
        try await bench.grant()
        let path = "Observation?patient=\(bench.patient)"
        #expect(await bench.get(path)["total"]?.int == 1)
        #expect(await observation(bench, #""status":"entered-in-error""# + number).status == 201)
        #expect(await bench.get(path)["total"]?.int == 0)
    }
}
