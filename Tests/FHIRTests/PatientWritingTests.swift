import JSON
import Testing
import TestSupport

/// People and their allergies, sent as resources.
struct PatientWritingTests {
    private static let own = "https://opescare.com/fhir/client/demo_full_sandbox"
    private static func patient(
        _ number: String, given: String = "Awa", gender: String = "female", _ more: String = ""
    ) -> String {
        #"{"resourceType":"Patient","identifier":[{"system":"\#(own)","value":"\#(number)"},{"system":"https://opescare.com/fhir/national-id/CM","value":"NID-\#(number)"}],"name":[{"family":"Nkolo","given":["\#(given)","Marie"]}],"gender":"\#(gender)","birthDate":"1988-04","telecom":[{"system":"phone","value":"+237677001122"}],"address":[{"line":["12 rue X"],"city":"Douala","country":"CM"}]\#(more)}"#
    }

    @Test func aPersonIsRegisteredThenKnown() async throws {
        let bench = try await FHIRBench()
        let made = await bench.post("Patient", Self.patient("7"))
        #expect(made.status == 201, "\(made.text)")
        let expected: [(String, String)] = [
            ("name[0].family", "Nkolo"), ("name[0].given[0]", "Awa Marie"),
            ("birthDate", "1988-04"),
            ("gender", "female"), ("telecom[0].value", "+237677001122"),
            ("address[0].city", "Douala"), ("identifier[1].value", "NID-7"),
            ("identifier[2].system", Self.own), ("identifier[2].value", "7"),
        ]
        for (path, value) in expected { #expect(made.root?.fhir(path) == value, "\(path)") }
        let id = try #require(made["id"]?.string)
        #expect(try bench.audit(1) == ["client:demo_full_sandbox createPatient C success \(id)"])
        #expect(try bench.events().suffix(2) == ["patient.created", "health_id.created"])
        let again = await bench.post("Patient", Self.patient("7"))
        #expect(again.status == 200)
        #expect(again["id"]?.string == id)
        #expect(try bench.audit(1) == ["client:demo_full_sandbox createPatient R success \(id)"])
    }

    @Test func whatDiffersIsAWarningAndChangesNothing() async throws {
        let bench = try await FHIRBench()
        let id = try #require(await bench.post("Patient", Self.patient("7"))["id"]?.string)
        let other =
            #"{"resourceType":"Patient","identifier":[{"system":"https://opescare.com/fhir/health-id","value":"\#(id)"}],"name":[{"family":"Nkolo","given":["Awa"]}],"birthDate":"1950-01-01","maritalStatus":{"text":"x"}}"#
        let sent = await bench.post("Patient", other)
        #expect(sent.status == 200)
        #expect(sent.root?.fhir("issue[0].details.coding[0].code") == "demographics_mismatch")
        #expect(sent.root?.fhir("issue[1].code") == "not-supported")
        #expect(sent.field("Location")?.contains("/Patient/\(id)/_history/") == true)
        #expect(await bench.get("Patient/" + id)["birthDate"]?.string == "1988-04")
    }

    @Test func whoeverLooksAlikeIsRegisteredAndNamed() async throws {
        let bench = try await FHIRBench()
        _ = await bench.post("Patient", Self.patient("7"))
        let sent = await bench.post("Patient", Self.patient("8", given: "Hawa"))
        #expect(sent.status == 201)
        #expect(sent.root?.fhir("issue[0].code") == "duplicate", "\(sent.text)")
    }

    @Test(arguments: [
        ("identifier=\(own)%7C7", 200), ("identifier=\(own)%7C8", 201), ("phone=1", 400), ("", 400),
        ("identifier=%7C", 400),
        ("identifier=7", 400), ("identifier=\(own)%7C", 400),
        ("identifier=\(own)%7C7,\(own)%7C8", 400),
        ("identifier=\(own)%7C7&identifier=\(own)%7C7", 400),
    ])
    func whoeverExistsIsNotAskedAbout(_ condition: String, _ status: Int) async throws {
        let bench = try await FHIRBench()
        _ = await bench.post("Patient", Self.patient("7"))
        let stranger =
            #"{"resourceType":"Patient","name":[{"family":"Mbarga","given":["Paul"]}],"birthDate":"1960-02-03"}"#
        let sent = await bench.post("Patient", stranger, fields: [("If-None-Exist", condition)])
        #expect(sent.status == status, "\(sent.text)")
    }

    private static let refusals: [(String, String)] = [
        (#","active":false"#, "Patient.active"), (#","link":[{"type":"refer"}]"#, "Patient.link"),
        (#","modifierExtension":[{"url":"x"}]"#, "Patient.modifierExtension"),
    ]

    @Test(arguments: refusals) func otherPeopleAreRefused(
        _ member: String, _ expression: String
    ) async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post("Patient", Self.patient("7", member))
        #expect(sent.status == 422)
        #expect(sent.root?.fhir("issue[0].expression[0]") == expression)
    }

    @Test func whatIsMissingIsNamedByItsElement() async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "Patient", #"{"resourceType":"Patient","name":[{"text":"A B"}]}"#)
        #expect(sent.status == 422)
        for element in ["Patient.name.given", "Patient.name.family", "Patient.birthDate"] {
            #expect(sent.text.contains(element))
        }
    }

    @Test func anAllergyIsToldOnce() async throws {
        let bench = try await FHIRBench()
        func tell(_ words: String) async -> Answer {
            await bench.post(
                "AllergyIntolerance",
                bench.resource(
                    "AllergyIntolerance", #""code":{"text":"\#(words)"},"criticality":"high""#),
                fields: [("Prefer", "return=representation")])
        }
        let (first, again) = (await tell("Penicillin  V"), await tell("penicillin v"))
        #expect(again["criticality"]?.string == "high")
        #expect([first.status, again.status] == [201, 200])
        #expect(first["id"]?.string == again["id"]?.string)
        let found = await bench.matches("AllergyIntolerance?patient=\(bench.patient)")
        #expect(found.map { $0.fhir("code.text") } == ["Penicillin V"])
        #expect(found.first?["id"]?.string == first["id"]?.string)
        #expect(try bench.events().filter { $0 == "patient.updated" }.count == 1)
        #expect(
            try bench.audit(2).first
                == "client:demo_full_sandbox createAllergyIntolerance C success \(bench.patient)")
    }

    /// What a sender should know reaches it, whatever answer it prefers.
    @Test(arguments: [
        ("return=representation", "Patient"), ("return=minimal", ""),
        ("return=OperationOutcome", "OperationOutcome"), ("", "OperationOutcome"),
    ]) func warningsReachTheSender(_ preference: String, _ type: String) async throws {
        let bench = try await FHIRBench()
        _ = await bench.post("Patient", Self.patient("7"))
        func send() async -> Answer {
            await bench.post(
                "Patient", Self.patient("7", gender: "male", #","maritalStatus":{"text":"x"}"#),
                fields: [
                    ("Prefer", preference), ("If-None-Exist", "identifier=\(Self.own)%7C7"),
                    ("Idempotency-Key", "k"),
                ])
        }
        let (first, again) = (await send(), await send())
        for sent in [first, again] {
            #expect(sent.status == 200, "\(sent.text)")
            #expect((sent["resourceType"]?.string ?? "") == type)
            let told = sent.text + (sent.field("Warning") ?? "")
            #expect(told.contains("disagrees with what is registered"), "\(told)")
            #expect(told.contains("Not kept of a patient: maritalStatus."), "\(told)")
            #expect(
                (sent.field("Warning") != nil) == !["", "return=OperationOutcome"].contains(
                    preference))
        }
    }
}
