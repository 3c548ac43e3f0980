import HTTP
import JSON
import Testing
import TestSupport

/// What is kept of a resource as it was sent is FHIR at every depth: it is shown to others so.
struct SentElementTests {
    private static let visit = #""status":"finished","class":{"code":"AMB"}"#
    private static let result =
        #""status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"x"}"#
    private static let drug =
        #""status":"active","intent":"order","medicationCodeableConcept":{"text":"x"}"#
    private static let sick = #""code":{"text":"x"}"#

    /// A type, what is sent besides what it needs, and the element that is wrong.
    private static let refusals: [(String, String, String)] = [
        ("Observation", #""valueTime":"25:99:00""#, "valueTime"),
        ("Observation", #""valueTime":"10:15""#, "valueTime"),
        ("Observation", #""valueInteger":1.5"#, "valueInteger"),
        ("Observation", #""valueInteger":2147483648"#, "valueInteger"),
        ("Observation", #""valueInteger":"1""#, "valueInteger"),
        ("Observation", #""valueBoolean":"true""#, "valueBoolean"),
        ("Observation", #""valueQuantity":{"value":"5"}"#, "valueQuantity.value"),
        (
            "Observation", #""valueQuantity":{"value":5,"comparator":"~"}"#,
            "valueQuantity.comparator"
        ),
        ("Observation", #""valueQuantity":{"value":5,"code":"mg"}"#, "valueQuantity.system"),
        ("Observation", #""valueQuantity":[{"value":5}]"#, "valueQuantity"),
        (
            "Observation",
            #""valueString":"1","effectivePeriod":{"start":"2026-05-30","end":"2026-05-01"}"#,
            "effectivePeriod"
        ),
        (
            "Observation", #""valueString":"1","issued":"2026-05-30""#, "issued"
        ),
        (
            "Observation",
            #""valueString":"1","effectiveDateTime":"2026-05-30","effectiveInstant":"2026-05-30T00:00:00Z""#,
            "effectiveInstant"
        ),
        (
            "Observation", #""valueString":"1","referenceRange":[{"type":{"text":"x"}}]"#,
            "referenceRange[0]"
        ),
        (
            "Observation",
            #""valueString":"1","referenceRange":[{"low":{"value":5.5},"high":{"value":5.49}},{"age":{"low":{"value":5.5},"high":{"value":5.49}},"text":"x"}]"#,
            "referenceRange[1].age"
        ),
        ("Observation", #""valueString":"1","note":[{"time":"2026"}]"#, "note[0].text"),
        ("Observation", #""valueString":"1","note":{"text":"x"}"#, "note"),
        ("Observation", #""valueString":"1","device":{"type":"Device"}"#, "device"),
        (
            "Observation", #""valueString":"1","extension":[{"url":"http://x.test"}]"#,
            "extension[0]"
        ),
        (
            "Observation", #""valueString":"1","extension":[{"url":"http://x.test","valueFoo":1}]"#,
            "extension[0].valueFoo"
        ),
        (
            "Observation",
            #""valueString":"1","extension":[{"url":"http://x.test","valueCode":"a","valueString":"b"}]"#,
            "extension[0].valueString"
        ),
        ("Observation", #""valueString":"1","_status":{"id":"a","foo":1}"#, "_status.foo"),
        ("Observation", #""valueString":"1","_code":{"id":"a"}"#, "_code"),
        ("Encounter", #""priority":"urgent""#, "priority"),
        (
            "Encounter",
            #""period":{"start":"2026-05-30T10:00:00+01:00","end":"2026-05-30T08:59:59Z"}"#,
            "period"
        ),
        ("Encounter", #""period":{"start":"2026-05-30 10:00:00Z"}"#, "period.start"),
        (
            "Encounter", #""statusHistory":[{"status":"done","period":{"start":"2026"}}]"#,
            "statusHistory[0].status"
        ),
        ("Encounter", #""statusHistory":[{"status":"arrived"}]"#, "statusHistory[0].period"),
        (
            "Encounter", #""diagnosis":[{"condition":{"display":"x"},"rank":0}]"#,
            "diagnosis[0].rank"
        ),
        ("Encounter", #""identifier":[{"use":"mine","value":"1"}]"#, "identifier[0].use"),
        ("Encounter", #""identifier":[{"system":"a b","value":"1"}]"#, "identifier[0].system"),
        ("Encounter", #""type":[{"coding":[{"code":" a"}]}]"#, "type[0].coding[0].code"),
        ("Encounter", #""type":[{"coding":{"code":"a"}}]"#, "type[0].coding"),
        ("Encounter", #""type":[{"text":5}]"#, "type[0].text"),
        ("Encounter", #""type":[{"txt":"a"}]"#, "type[0].txt"),
        ("Encounter", #""id":"a_b""#, "id"),
        ("Encounter", #""meta":{"profile":"x"}"#, "meta.profile"),
        ("Encounter", #""text":{"status":"made","div":"<div/>"}"#, "text.status"),
        ("MedicationRequest", #""priority":"soon""#, "priority"),
        (
            "MedicationRequest",
            #""dosageInstruction":[{"timing":{"repeat":{"frequency":3,"period":1}}}]"#,
            "dosageInstruction[0].timing.repeat.periodUnit"
        ),
        (
            "MedicationRequest",
            #""dosageInstruction":[{"timing":{"repeat":{"dayOfWeek":["monday"]}}}]"#,
            "dosageInstruction[0].timing.repeat.dayOfWeek[0]"
        ),
        (
            "MedicationRequest",
            #""dosageInstruction":[{"asNeededBoolean":true,"asNeededCodeableConcept":{"text":"x"}}]"#,
            "dosageInstruction[0].asNeededCodeableConcept"
        ),
        (
            "MedicationRequest", #""dispenseRequest":{"numberOfRepeatsAllowed":-1}"#,
            "dispenseRequest.numberOfRepeatsAllowed"
        ),
        ("MedicationRequest", #""substitution":{"reason":{"text":"x"}}"#, "substitution.allowed"),
        ("MedicationRequest", #""instantiatesUri":["a","b c"]"#, "instantiatesUri[1]"),
        (
            "Observation", #""valueString":"1","dataAbsentReason":{"text":"x"}"#,
            "dataAbsentReason"
        ),
        (
            "Observation", ##""valueString":"1","specimen":{"reference":"#s"}"##,
            "specimen.reference"
        ),
        (
            "Observation",
            #""valueString":"1","contained":[{"resourceType":"Specimen","id":"s"}]"#,
            "contained[0]"
        ),
        (
            "Observation",
            ##""valueString":"1","specimen":{"reference":"#s"},"contained":[{"resourceType":"Specimen","id":"s","foo":1}]"##,
            "contained[0].foo"
        ),
        (
            "Observation",
            ##""valueString":"1","specimen":{"reference":"#s"},"contained":[{"resourceType":"Specimen","id":"s","meta":{"versionId":"1"}}]"##,
            "contained[0].meta.versionId"
        ),
        (
            "Observation",
            ##""valueString":"1","specimen":{"reference":"#s"},"contained":[{"resourceType":"Specimen"}]"##,
            "contained[0].id"
        ),
        (
            "Observation",
            ##""valueString":"1","specimen":{"reference":"#s"},"contained":[{"resourceType":"Specimen","id":"s"},{"resourceType":"Device","id":"s"}]"##,
            "contained[1]"
        ),
        (
            "Encounter",
            ##""reasonReference":[{"reference":"#c"}],"contained":[{"resourceType":"Condition","id":"c"}]"##,
            "contained[0].resourceType"
        ),
        (
            "Encounter",
            ##""participant":[{"individual":{"reference":"#c"}}],"contained":[{"resourceType":"Practitioner","id":"c","contained":[]}]"##,
            "contained[0].contained"
        ),
        (
            "Encounter",
            ##""serviceProvider":{"reference":"#c"},"contained":[{"resourceType":"Organization","id":"c","active":true}]"##,
            "contained[0]"
        ),
        (
            "Encounter",
            #""text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script/>x</div>"}"#,
            "text.div"
        ),
        ("Condition", #""stage":[{"type":{"text":"x"}}]"#, "stage[0]"),
        ("Condition", #""onsetDateTime":"2026-02-30""#, "onsetDateTime"),
        ("Condition", #""onsetString":"May","onsetDateTime":"2026""#, "onsetDateTime"),
    ]

    private static func needed(by type: String) -> String {
        ["Observation": result, "Encounter": visit, "MedicationRequest": drug][type] ?? sick
    }

    @Test func whatIsNoFHIRIsRefusedByItsPlace() async throws {
        let bench = try await FHIRBench()
        for (type, members, element) in Self.refusals {
            let sent = await bench.post(
                type, bench.resource(type, Self.needed(by: type) + "," + members))
            #expect(sent.status == 422, "\(members)")
            #expect(
                sent.root?.fhir("issue[0].expression[0]") == "\(type).\(element)", "\(sent.text)")
        }
        #expect(try bench.rows().isEmpty)
    }

    /// A type, and elements that come back exactly so: where ours stands beside, what is between `¶`.
    private static let kept: [(String, [String])] = [
        (
            "Observation",
            [
                #""valueString":"1""#, #""issued":"2026-05-30T10:00:00.125+01:00""#,
                #""_issued":{"extension":[{"url":"http://x.test/a","valueDecimal":1.50}]}"#,
                #""extension":[{"url":"http://x.test","extension":[{"url":"a","valueTime":"10:15:00.5"}]}]"#,
                #""referenceRange":[{¶"low":{"value":-1e-3,"unit":"g"},"high":{"value":10},"age":{"high":{"value":5}}¶}]"#,
                #""method":{"coding":[{"system":"urn:oid:1.2.3","code":"a b"}]}"#,
                #""meta":{¶"profile":["http://x.test/p"],"security":[{"system":"urn:x","code":"R"}],"tag":[{"code":"t"}]¶}"#,
                #""language":"fr""#,
                #""text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>x</b></div>"}"#,
                #""focus":[{"display":"the fetus"}]"#,
                ##""contained":[{"resourceType":"Specimen","id":"s","type":{"text":"Blood"},"collection":{"collectedDateTime":"2026-05-30"}}],"specimen":{"reference":"#s"}"##,
            ]
        ),
        (
            "Encounter",
            [
                #""period":{"start":"2026-05","end":"2026-05-30T10:00:00Z"}"#,
                #""length":{"value":20,"unit":"min","system":"http://unitsofmeasure.org","code":"min"}"#,
                #""identifier":[¶{"use":"old","system":"urn:x","value":"1","period":{"end":"9999-12-31"}}¶]"#,
                #""hospitalization":{"dischargeDisposition":{"text":"home"}}"#,
                #""serviceProvider":¶{"reference":"Organization/77","display":"Ward 3"}¶"#,
                #""type":[{"text":"Urgences"},{"coding":[{"system":"urn:x","code":"1"}]}]"#,
                #""reasonCode":[{"coding":[{"code":"a","display":"Fever"}]},{"text":"Cough"}]"#,
            ]
        ),
        (
            "MedicationRequest",
            [
                #""dosageInstruction":[{¶"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d","timeOfDay":["08:00:00"],"when":["PCM"]}},"doseAndRate":[{"doseQuantity":{"value":500,"unit":"mg"}}]¶}]"#,
                #""substitution":{"allowedBoolean":false}"#,
                #""instantiatesUri":["http://x.test/a"],"_instantiatesUri":[{"id":"b"}]"#,
            ]
        ),
        (
            "MedicationRequest",
            [
                #""dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"value":500,"unit":"mg"}}],"timing":{"code":{"text":"TID"}}},{"text":"at night: 1 g"}]"#,
                #""note":[{"text":"x"}]"#,
            ]
        ),
    ]

    @Test func whatIsFHIRComesBack() async throws {
        let bench = try await FHIRBench()
        for (type, members) in Self.kept {
            let sent = await bench.post(
                type,
                bench.resource(
                    type,
                    ([Self.needed(by: type)] + members).joined(separator: ",")
                        .replacing("¶", with: "")))
            #expect(sent.status == 201, "\(sent.text)")
            for member in members {
                let parts = member.split(separator: "¶")
                #expect(sent.text.contains(parts[parts.count / 2]), "\(sent.text)")
            }
            #expect(!sent.text.contains(#""text":"AMB""#))
        }
    }

    /// Of codes, codings and reasons the sender's own are shown, and what Connect's readers are told.
    private static let read: [(String, String, [(String, String)], String)] = [
        (
            "MedicationRequest",
            #""status":"active","intent":"order","medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"308182"}]}"#,
            [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm"
                ), ("medicationCodeableConcept.coding[1]", ""),
            ], #""medication_name":"308182""#
        ),
        (
            "MedicationRequest",
            ##""status":"active","intent":"order","medicationReference":{"reference":"#m"},"contained":[{"resourceType":"Medication","id":"m","code":{"coding":[{"system":"http://www.whocc.no/atc","code":"J01CA04"}],"text":"Amoxicillin"},"form":{"text":"capsule"}}]"##,
            [
                ("medicationReference.reference", "#m"), ("medicationCodeableConcept", ""),
                ("contained[0].form.text", "capsule"),
            ], #""medication_name":"Amoxicillin","medication_code":"J01CA04""#
        ),
        (
            "MedicationRequest",
            #""status":"active","intent":"order","medicationReference":{"reference":"Medication/7","display":"Quinine"}"#,
            [("medicationReference.display", "Quinine")], #""medication_name":"Quinine""#
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"https://lab.example","code":"HB"}]},"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"not-performed"}]}"#,
            [
                ("code.coding[0].system", "https://lab.example"), ("code.coding[1]", ""),
                ("dataAbsentReason.coding[0].code", "not-performed"), ("valueString", ""),
            ], #""result_value":"No value: not-performed""#
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"ECG"},"valueSampledData":{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2 3"}"#,
            [("valueSampledData.data", "1 2 3"), ("valueString", "")],
            #""result_value":"Sampled data""#
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"Onset"},"valueTime":"10:15:00""#,
            [("valueTime", "10:15:00"), ("valueString", "")], #""result_value":"at 10:15:00""#
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}],"text":"Systolic"},"valueQuantity":{"value":138,"unit":"mmHg"}},{"code":{"text":"Diastolic"},"dataAbsentReason":{"text":"not heard"}}]"#,
            [
                ("component[1].dataAbsentReason.text", "not heard"), ("valueString", ""),
                ("component[2]", ""),
            ], #""value":"Systolic: 138 mmHg; Diastolic: no value: not heard""#
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"focus":[{"display":"fetus"}],"valueQuantity":{"value":150,"unit":"/min"}"#,
            [
                ("code.coding[0].code", "8867-4"), ("code.text", ""), ("focus[0].display", "fetus"),
            ], #""name":"heart_rate (fetus)""#
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}],"text":"Puls"},"valueQuantity":{"value":72,"unit":"/min"}"#,
            [("code.text", "Puls"), ("code.coding[1]", "")], #""name":"heart_rate""#
        ),
        (
            "Observation",
            #""status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":138,"unit":"mmHg"}"#,
            [
                ("code.coding[0].code", "85354-9"), ("code.coding[1].code", "8480-6"),
                ("component[0].valueQuantity.value", "138"),
                ("component[0].valueQuantity.code", "mm[Hg]"), ("valueQuantity", ""),
            ], #""value":"138""#
        ),
        (
            "Encounter",
            #""status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"type":[{"text":"Urgences"}]"#,
            [("class.code", "AMB"), ("type[0].text", "Urgences")], #""encounter_type":"Urgences""#
        ),
        (
            "DiagnosticReport",
            #""status":"appended","code":{"text":"Film"},"conclusion":"x""#,
            [("status", "appended")], #""status":"appended""#
        ),
    ]

    @Test func whatTheSenderSaysIsNotOverruled() async throws {
        let bench = try await FHIRBench()
        for (type, members, expected, row) in Self.read {
            let sent = await bench.post(type, bench.resource(type, members))
            #expect(sent.status == 201, "\(sent.text)")
            for (path, value) in expected {
                #expect(sent.root?.fhir(path) == value, "\(path) of \(sent.text)")
            }
            let stored = try bench.rows().last ?? ""
            #expect(stored.contains(row), "\(stored)")
        }
    }

    /// Of two systems, one number is two records'; of one, it is one.
    @Test func numbersCountWithinTheirSystem() async throws {
        let bench = try await FHIRBench()
        func send(_ system: String, _ status: String) async -> Answer {
            await bench.post(
                "Encounter",
                bench.resource(
                    "Encounter",
                    #""status":"\#(status)","class":{"code":"AMB"},"identifier":[{\#(system)"value":"1"}]"#
                ))
        }
        let own = "https://opescare.com/fhir/facility/\(FHIRBench.facility)/encounter"
        for system in [#""system":"urn:a","#, #""system":"urn:b","#, #""system":"\#(own)","#] {
            let sent = await send(system, "arrived")
            #expect(sent.status == 201 && sent.field("ETag") == "W/\"1\"", "\(sent.text)")
            #expect(sent["identifier"]?.count == 1)
            #expect(await send(system, "finished").field("ETag") == "W/\"2\"")
        }
        // Without a system it is the facility's own.
        #expect(await send("", "cancelled").field("ETag") == "W/\"3\"")
        #expect(try bench.rows().count == 3)
    }

    /// A narrative tells what a diagnosis does, where diagnoses are told elsewhere.
    @Test(arguments: [("encounters", false), ("encounters diagnoses", true)])
    func aNarrativeOfAVisitNeedsTheConsentOfDiagnoses(
        _ types: String, _ isShown: Bool
    ) async throws {
        let bench = try await FHIRBench()
        let text =
            #""text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">MARK</div>"}"#
        let sent = await bench.post(
            "Encounter", bench.resource("Encounter", Self.visit + "," + text))
        #expect(sent.text.contains("MARK"))
        for type in types.split(separator: " ") { try await bench.grant(String(type)) }
        let listed = await bench.get("Encounter?patient=\(bench.patient)")
        #expect(listed.text.contains("MARK") == isShown, "\(listed.text)")
    }
}
