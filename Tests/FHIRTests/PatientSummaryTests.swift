import HTTP
import JSON
import Testing
import TestSupport

struct PatientSummaryTests {
    private func bench() async throws -> FHIRBench {
        let bench = try await FHIRBench()
        try await bench.push(
            "encounters",
            #"""
            "encounter_type":"outpatient","occurred_at":"2026-05-01T08:00:00Z",
            "diagnoses":[{"system":"ICD-10","code":"B54","display":"Malaria <b>"}],
            "vitals":[{"name":"pulse","value":"72","unit":"/min"}]
            """#)
        try await bench.push("lab-results", #""test_name":"Hb","result_value":"12""#)
        try await bench.push("prescriptions", #""medication_name":"Coartem""#)
        try await bench.push(
            "prescriptions", #""medication_name":"Paracetamol","status":"stopped""#)
        return bench
    }

    private func sections(_ answer: Answer) -> [JSONValue] {
        answer["entry"]?.at(0)?["resource"]?["section"]?.elements.map { $0 } ?? []
    }

    @Test func itIsADocumentOfFiveSections() async throws {
        let bench = try await bench()
        try await bench.grant()
        let answer = await bench.get("Patient/\(bench.patient)/$summary")
        let root = try #require(answer.root)
        #expect(root.fhir("type") == "document")
        #expect(root.fhir("identifier.system") == "urn:ietf:rfc:3986")
        #expect(root.fhir("timestamp") == "2026-06-01T09:30:00Z")
        #expect(root.fhir("entry[0].resource.resourceType") == "Composition")
        #expect(root.fhir("entry[0].resource.type.coding[0].code") == "60591-5")
        #expect(
            sections(answer).map { $0.fhir("code.coding[0].code") } == [
                "11450-4", "48765-2", "10160-0", "30954-2", "8716-3",
            ])
        #expect(sections(answer).map { $0["entry"]?.count ?? 0 } == [1, 0, 1, 1, 1])
        #expect(
            sections(answer).map { $0.fhir("emptyReason.coding[0].code") } == [
                "", "unavailable", "", "", "",
            ])
        #expect(answer.text.contains("Malaria &lt;b&gt;"))
        #expect(!answer.text.contains("Paracetamol"))
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox summaryOfPatient R success \(bench.patient)"
            ])
    }

    /// Whatever it refers to.
    @Test func itHasAllThatItRefersTo() async throws {
        let bench = try await bench()
        try await bench.grant()
        let answer = await bench.get("Patient/\(bench.patient)/$summary")
        let base = "https://opescare.test/api/fhir/R4/"
        let urls = Set(answer["entry"]?.elements.map { $0.fhir("fullUrl") } ?? [])
        #expect(urls.allSatisfy { $0.hasPrefix(base) || $0.hasPrefix("urn:uuid:") })
        var references: [String] = []
        func collect(_ value: JSONValue) {
            for (name, member) in value.members {
                if name == "reference", let text = member.string { references.append(text) }
                collect(member)
            }
            for element in value.elements { collect(element) }
        }
        collect(try #require(answer.root))
        #expect(references.count > 8)
        for reference in references {
            #expect(urls.contains(reference) || urls.contains(base + reference), "\(reference)")
        }
    }

    @Test func withoutConsentItSaysSo() async throws {
        let bench = try await bench()
        let answer = await bench.get("Patient/\(bench.patient)/$summary")
        #expect(answer.status == 200)
        #expect(
            sections(answer).map { $0.fhir("emptyReason.coding[0].code") } == [
                "withheld", "unavailable", "withheld", "withheld", "withheld",
            ])
        for word in ["Malaria", "Coartem", "Hb", "72"] {
            #expect(!answer.text.contains("\(word) "), "\(word)")
        }
        try await bench.grant("vitals")
        let part = await bench.get("Patient/\(bench.patient)/$summary")
        #expect(
            sections(part).map { $0.fhir("emptyReason.coding[0].code") } == [
                "withheld", "unavailable", "withheld", "withheld", "",
            ])
    }

    @Test func allergiesNeedNoConsent() async throws {
        let bench = try await FHIRBench()
        let answer = await bench.get("Patient/OPC-2024-DEMO1/$summary")
        #expect((sections(answer).dropFirst().first?["entry"]?.count ?? 0) > 0)
        #expect(!answer.text.contains("abo-"))
        try await bench.grant(of: "OPC-2024-DEMO1")
        #expect(await bench.get("Patient/OPC-2024-DEMO1/$summary").text.contains("abo-"))
        #expect(await bench.get("Patient/CM-HID-7KQ9-MP42-X8D2/$summary").status == 422)
    }
}
