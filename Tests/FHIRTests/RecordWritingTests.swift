import HTTP
import JSON
import Testing
import TestSupport

/// Records sent as resources: what is read afterwards, and that Connect's push of the same is the same.
struct RecordWritingTests {
    /// A type, what is sent, and what a read says.
    private static let resources: [(String, String, [(String, String)])] = [
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"718-7","display":"Hemoglobin"},{"system":"https://lab.example","code":"HB"}],"text":"Hb"},"effectiveDateTime":"2026-05-30T09:00:00+01:00","valueQuantity":{"value":12.10,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"},"interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"L","display":"Low"}]}],"referenceRange":[{"low":{"value":12.5},"high":{"value":16}}],"identifier":[{"system":"https://lab.example/orders","value":"L1"}],"method":{"text":"Cyanmethemoglobin"},"note":[{"text":"mild"},{"text":"again in June"}],"extension":[{"url":"https://lab.example/x","valueString":"y"}]"#,
            [
                ("status", "final"), ("code.coding[0].display", "Hemoglobin"),
                ("code.coding[1].code", "HB"), ("code.text", "Hb"),
                ("effectiveDateTime", "2026-05-30T09:00:00+01:00"),
                ("issued", "2026-06-01T09:30:00Z"), ("valueQuantity.value", "12.10"),
                ("interpretation[0].coding[0].display", "Low"), ("method.text", "Cyanmethemoglobin"),
                ("note[0].text", "mild"), ("note[1].text", "again in June"),
                ("referenceRange[0].low.value", "12.5"), ("referenceRange[0].text", "12.5 - 16"),
                ("identifier[1].value", "L1"), ("identifier[1].system", "https://lab.example/orders"),
                ("extension[0].url", "https://lab.example/x"), ("subject.display", "Odile"),
                ("performer[0].reference", "Organization/\(FHIRBench.facility)"), ("text", ""),
            ]
        ),
    ]

    @Test(arguments: resources) func whatIsSentIsRead(
        _ type: String, _ members: String, _ expected: [(String, String)]
    ) async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(type, bench.resource(type, members))
        #expect(sent.status == 201, "\(sent.text)")
        try await bench.grant()
        let id = try #require(sent["id"]?.string)
        let read = await bench.get("\(type)/\(id)")
        #expect(read.text == sent.text)
        for (path, value) in expected {
            #expect(read.root?.fhir(path) == value, "\(path) of \(read.text)")
        }
        #expect(sent.field("ETag") == "W/\"1\"")
        #expect(
            sent.field("Location")?.hasSuffix("/api/fhir/R4/\(type)/\(id)/_history/1") == true)
    }
}

extension FHIRBench {
    func resource(_ type: String, _ members: String) -> String {
        #"{"resourceType":"\#(type)","\#(type == "AllergyIntolerance" ? "patient" : "subject")":"#
            + #"{"reference":"Patient/\#(patient)","display":"Odile"},\#(members)}"#
    }

    func post(
        _ path: String, _ json: String, token: String? = nil, fields: [(String, String)] = []
    ) async -> Answer {
        await app.send(
            .post, Self.base + path, token: token ?? self.token, fields: fields, json: json)
    }
}
