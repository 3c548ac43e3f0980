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
            ]
        ),
        (
            "Encounter",
            [
                #""period":{"start":"2026-05","end":"2026-05-30T10:00:00Z"}"#,
                #""length":{"value":20,"unit":"min","system":"http://unitsofmeasure.org","code":"min"}"#,
                #""identifier":[¶{"use":"old","system":"urn:x","value":"1","period":{"end":"9999-12-31"}}¶]"#,
                #""hospitalization":{"dischargeDisposition":{"text":"home"}}"#,
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
}
