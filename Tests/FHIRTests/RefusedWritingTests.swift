import HTTP
import JSON
import Testing
import TestSupport

/// What is not taken, since a reader would learn something else than the sender meant.
struct RefusedWritingTests {
    private static let visit = #""status":"finished","class":{"code":"AMB"}"#
    private static let result =
        #""status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"x"}"#
    private static let drug = #""medicationCodeableConcept":{"text":"x"}"#

    /// A type, what is sent, and the element that is the reason.
    private static let refusals: [(String, String, String)] = [
        ("Encounter", #""class":{"code":"AMB"}"#, "Encounter.status"),
        ("Encounter", #""status":"stopped","class":{"code":"AMB"}"#, "Encounter.status"),
        ("Encounter", #""status":"finished""#, "Encounter.class"),
        ("Encounter", visit + #","vitals":[]"#, "Encounter.vitals"),
        (
            "Encounter",
            #""status":"finished","class":{"code":"AMB","modifierExtension":[{"url":"x"}]}"#,
            "Encounter.class.modifierExtension"
        ),
        ("Encounter", visit + #","type":[null]"#, "Encounter.type[0]"),
        ("Encounter", visit + #","type":[{"text":""}]"#, "Encounter.type[0].text"),
        ("Encounter", visit + #","period":{"start":"30/05/2026"}"#, "Encounter.period.start"),
        (
            "Encounter", visit + #","contained":[{"resourceType":"Patient"}]"#,
            "Encounter.contained[0].resourceType"
        ),
        ("Encounter", visit + #","implicitRules":"x""#, "Encounter.implicitRules"),
        (
            "Condition",
            #""code":{"text":"x"},"verificationStatus":{"coding":[{"code":"refuted"}]}"#,
            "Condition.verificationStatus"
        ),
        ("Condition", #""code":{"text":"x"},"abatementString":"May""#, "Condition.clinicalStatus"),
        ("Condition", #""note":[{"text":"x"}]"#, "Condition.code"),
        (
            "MedicationRequest", #""status":"active","intent":"order","doNotPerform":true,"# + drug,
            "MedicationRequest.doNotPerform"
        ),
        (
            "MedicationRequest", #""status":"draft","intent":"order","# + drug,
            "MedicationRequest.status"
        ),
        (
            "MedicationRequest", #""status":"active","intent":"plan","# + drug,
            "MedicationRequest.intent"
        ),
        (
            "MedicationRequest", #""status":"active","intent":"order""#,
            "MedicationRequest.medicationCodeableConcept"
        ),
        ("Observation", result, "Observation.value"),
        (
            "Observation", #""status":"final","code":{"text":"smoker"},"valueBoolean":true"#,
            "Observation.category"
        ),
        (
            "Observation", result + #","valueString":"1","focus":[{"reference":"Patient/x"}]"#,
            "Observation.focus.reference"
        ),
        (
            "Observation",
            result + #","valueString":"1","encounter":{"reference":"Encounter/enc-1"}"#,
            "Observation.encounter.reference"
        ),
        (
            "DiagnosticReport",
            #""status":"final","category":[{"coding":[{"code":"RAD"}]}],"code":{"text":"x"},"conclusion":"y""#,
            "DiagnosticReport.category"
        ),
        ("AllergyIntolerance", #""code":{"text":"NKDA"}"#, "AllergyIntolerance.code"),
        (
            "AllergyIntolerance",
            #""code":{"text":"x"},"verificationStatus":{"coding":[{"code":"refuted"}]}"#,
            "AllergyIntolerance.verificationStatus"
        ),
        (
            "AllergyIntolerance",
            #""code":{"text":"x"},"clinicalStatus":{"coding":[{"code":"resolved"}]}"#,
            "AllergyIntolerance.clinicalStatus"
        ),
    ]

    @Test func whatWouldTurnItsMeaningIsRefused() async throws {
        let bench = try await FHIRBench()
        for (type, members, expression) in Self.refusals {
            let sent = await bench.post(type, bench.resource(type, members))
            #expect(sent.status == 422, "\(type) \(members)")
            #expect(sent.root?.fhir("issue[0].expression[0]") == expression, "\(sent.text)")
        }
        #expect(try bench.rows().isEmpty)
    }

    /// A long name above many faults, and faults without end.
    @Test func absurdResourcesAreAnsweredShortly() async throws {
        let bench = try await FHIRBench()
        let name = String(repeating: "n", count: 100_000)
        let many = [String](repeating: "null", count: 20_000).joined(separator: ",")
        for elements in [
            #""type":[{"\#(name)":[\#(many)]}]"#, #""type":[\#(many)]"#,
            #""type":[{"text":"\#(name)","x":"\#(name)","y":"\#(name)"}]"#,
        ] {
            let sent = await bench.post(
                "Encounter", bench.resource("Encounter", Self.visit + "," + elements))
            #expect([413, 422].contains(sent.status))
            #expect(sent.body.count < 32_768)
        }
    }

    @Test func otherContentsAndCallersAreRefused() async throws {
        let bench = try await FHIRBench()
        let visit = bench.resource("Encounter", Self.visit)
        func send(as contentType: String) async -> Int {
            await bench.app.send(
                .post, FHIRBench.base + "Encounter", token: bench.token,
                fields: [("Content-Type", contentType)], form: visit
            ).status
        }
        #expect(await send(as: "text/plain") == 415)
        #expect(await send(as: "application/fhir+json; charset=utf-8") == 201)
        #expect(await bench.post("Condition", visit).status == 422)
        let reader = try await bench.app.token("demo_full_sandbox", scope: "patient:read")
        #expect(await bench.post("Encounter", visit, token: reader).status == 403)
    }

    private static let scopes: [(String, String, Int)] = [
        ("system/Encounter.c", "Encounter", 201), ("system/Encounter.rs", "Encounter", 403),
        ("system/Condition.c", "Encounter", 403), ("system/*.c", "Encounter", 201),
        ("system/Patient.rs", "AllergyIntolerance", 403),
        ("patient:read", "AllergyIntolerance", 403),
    ]

    @Test(arguments: scopes) func eachTypeHasItsScope(
        _ scope: String, _ type: String, _ status: Int
    ) async throws {
        let bench = try await FHIRBench()
        try await bench.app.grant(scope, to: "demo_full_sandbox")
        let token = try await bench.app.token("demo_full_sandbox", scope: scope)
        let resource = bench.resource(
            type, type == "Encounter" ? Self.visit : #""code":{"text":"Nuts"}"#)
        #expect(await bench.post(type, resource, token: token).status == status)
        let bundle =
            #"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":\#(resource),"request":{"method":"POST","url":"\#(type)"}}]}"#
        #expect(await bench.post("", bundle, token: token).status == (status == 201 ? 200 : 403))
    }
}
