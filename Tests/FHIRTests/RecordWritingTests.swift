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
                ("interpretation[0].coding[0].display", "Low"),
                ("method.text", "Cyanmethemoglobin"),
                ("note[0].text", "mild"), ("note[1].text", "again in June"),
                ("referenceRange[0].low.value", "12.5"), ("referenceRange[0].text", "12.5 - 16"),
                ("identifier[0].value", "L1"), ("identifier[1]", ""),
                ("identifier[0].system", "https://lab.example/orders"),
                ("extension[0].url", "https://lab.example/x"), ("subject.display", "Odile"),
                ("performer[0].reference", "Organization/\(FHIRBench.facility)"), ("text", ""),
            ]
        ),
        (
            "Observation",
            #""status":"preliminary","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}],"text":"Blood pressure"},"effectivePeriod":{"start":"2026-05-30T08:00:00Z","end":"2026-05-30T08:05:00Z"},"bodySite":{"text":"Left arm"},"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":138,"unit":"mmHg"}},{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":86,"unit":"mmHg"}}]"#,
            [
                ("status", "preliminary"), ("effectivePeriod.end", "2026-05-30T08:05:00Z"),
                ("effectiveDateTime", ""), ("bodySite.text", "Left arm"),
                ("component[0].valueQuantity.value", "138"),
                ("component[1].valueQuantity.value", "86"), ("component[2]", ""),
            ]
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"HIV"},"effectiveDateTime":"2026","valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"260385009"}],"text":"Negative"}"#,
            [
                ("valueCodeableConcept.coding[0].code", "260385009"), ("valueString", ""),
                ("effectiveDateTime", "2026"), ("category[0].coding[0].code", "laboratory"),
            ]
        ),
        (
            "Encounter",
            #""status":"arrived","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OBSENC"},"period":{"start":"2026-05-30"},"reasonCode":[{"text":"Fever"},{"text":"Cough"}],"hospitalization":{"dischargeDisposition":{"text":"Home"}},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}"#,
            [
                ("status", "arrived"), ("class.code", "OBSENC"), ("period.start", "2026-05-30"),
                ("reasonCode[1].text", "Cough"), ("text.status", "generated"),
                ("hospitalization.dischargeDisposition.text", "Home"),
                ("serviceProvider.reference", "Organization/\(FHIRBench.facility)"),
            ]
        ),
        (
            "Condition",
            #""clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"recurrence"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B54"}],"text":"Malaria"},"onsetDateTime":"2026-05","recordedDate":"2026-05-30T08:00:00Z","severity":{"text":"severe"}"#,
            [
                ("clinicalStatus.coding[0].code", "recurrence"), ("onsetDateTime", "2026-05"),
                ("verificationStatus.coding[0].code", "confirmed"), ("severity.text", "severe"),
                ("recordedDate", "2026-05-30T08:00:00Z"), ("code.coding[0].code", "B54"),
                ("extension[0].valueDateTime", "2026-05-30T08:00:00Z"),
            ]
        ),
        (
            "MedicationRequest",
            #""status":"on-hold","intent":"order","doNotPerform":false,"medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"J01CA04"}],"text":"Amoxicilline"},"authoredOn":"2026-05-30","dosageInstruction":[{"text":"500 mg","timing":{"code":{"text":"TID"}},"route":{"text":"oral"},"patientInstruction":"With food"}],"dispenseRequest":{"quantity":{"value":21},"numberOfRepeatsAllowed":1},"priority":"urgent""#,
            [
                ("status", "on-hold"), ("medicationCodeableConcept.coding[0].code", "J01CA04"),
                ("dosageInstruction[0].text", "500 mg"), ("dosageInstruction[1]", ""),
                ("dosageInstruction[0].timing.code.text", "TID"), ("authoredOn", "2026-05-30"),
                ("dispenseRequest.numberOfRepeatsAllowed", "1"), ("priority", "urgent"),
            ]
        ),
        (
            "DiagnosticReport",
            #""status":"partial","code":{"text":"Blood film"},"effectiveDateTime":"2026-05-30T08:00:00Z","conclusion":"No parasites seen","conclusionCode":[{"text":"negative"}]"#,
            [
                ("status", "partial"), ("conclusion", "No parasites seen"),
                ("conclusionCode[0].text", "negative"), ("category[0].coding[0].code", "LAB"),
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
