import HTTP
import JSON
import Testing
import TestSupport

struct CrossReferenceTests {
    private static let system = "https://opescare.com/fhir/"

    private func bench() async throws -> (bench: FHIRBench, id: String) {
        let bench = try await FHIRBench()
        let made = await bench.app.send(
            .post, "/api/v1/connect/patients/resolve", token: bench.token,
            json: """
                {"first_name":"Jean","last_name":"Mbarga","date_of_birth":"1990-03-02",
                "national_id":"CNI-556677","external_reference":"P-1"}
                """)
        return (bench, try #require(made["health_id"]?.string))
    }

    private func values(_ answer: Answer, _ id: String) -> [String] {
        (answer["parameter"]?.elements.map { $0 } ?? []).map {
            ($0.fhir("valueIdentifier.value") + $0.fhir("valueReference.reference"))
                .replacing(id, with: "ID")
        }
    }

    private static let lookups: [(String, [String])] = [
        ("client/demo_full_sandbox%7CP-1", ["ID", "CNI-556677", base]),
        ("health-id%7CID", ["CNI-556677", "P-1", base]),
        ("national-id/CM%7CCNI-556677", ["ID", "P-1", base]),
        ("health-id%7CID&targetSystem=S/client/demo_full_sandbox", ["P-1", base]),
        (
            "health-id%7CID&targetSystem=S/national-id/CM&targetSystem=S/client/demo_full_sandbox",
            ["CNI-556677", "P-1", base]
        ),
        ("national-id/CM%7CCNI-556677&targetSystem=S/national-id/GA", []),
    ]
    private static let base = "https://opescare.test/api/fhir/R4/Patient/ID"

    @Test(arguments: lookups) func theOtherNumbersAreNamed(
        _ query: String, _ expected: [String]
    ) async throws {
        let (bench, id) = try await bench()
        let filled = query.replacing("=S/", with: "=" + Self.system).replacing("ID", with: id)
        // The number itself has no such letters.
        let path = "Patient/$ihe-pix?sourceIdentifier=" + Self.system + filled
        let answer = await bench.get(path)
        #expect(answer["resourceType"]?.string == "Parameters", "\(answer.text)")
        #expect(values(answer, id) == expected)
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox crossReferencePatient R success \(id)"
            ])
    }

    private static let faults: [(String, Int, String, String)] = [
        (
            "health-id%7CCM-HID-7KQ9-MP42-X8D2", 404, "not-found",
            "sourceIdentifier Patient Identifier not found"
        ),
        (
            "client/demo_full_sandbox%7CP-2", 404, "not-found",
            "sourceIdentifier Patient Identifier not found"
        ),
        // Another client's own.
        (
            "client/opeshisos_production%7CP-1", 400, "code-invalid",
            "sourceIdentifier Assigning Authority not found"
        ),
        ("elsewhere%7CP-1", 400, "code-invalid", "sourceIdentifier Assigning Authority not found"),
        (
            "client/demo_full_sandbox%7CP-1&targetSystem=urn:oid:1.2.3", 403, "code-invalid",
            "targetSystem not found"
        ),
        ("client/demo_full_sandbox", 400, "invalid", ""), ("%7C", 400, "invalid", ""),
    ]

    @Test(arguments: faults) func whatIsUnknownIsSaidInTheProfilesWords(
        _ query: String, _ status: Int, _ code: String, _ diagnostics: String
    ) async throws {
        let (bench, _) = try await bench()
        let answer = await bench.get(
            "Patient/$ihe-pix?sourceIdentifier=" + Self.system + query)
        #expect(answer.status == status)
        #expect(answer.root?.fhir("issue[0].code") == code)
        #expect(answer.root?.fhir("issue[0].diagnostics") == diagnostics)
        #expect(await bench.get("Patient/$ihe-pix").status == 400)
    }

    @Test func theCapabilityStatementNamesTheOperations() async throws {
        let bench = try await FHIRBench()
        let rest = await bench.get("metadata")["rest"]?.at(0)
        let patient = rest?["resource"]?.elements.first { $0["type"]?.string == "Patient" }
        #expect(
            patient?["operation"]?.elements.map { $0.fhir("name") } == [
                "everything", "match", "ihe-pix", "summary", "export",
            ])
    }
}
