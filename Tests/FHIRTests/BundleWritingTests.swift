import API
import Database
import JSON
import Registry
import Testing
import TestSupport

/// Resources sent together.
struct BundleWritingTests {
    private static func entry(_ type: String, _ members: String, url: String = "") -> String {
        let name = url.isEmpty ? "" : #""fullUrl":"urn:uuid:\#(url)","#
        return
            #"{\#(name)"resource":{"resourceType":"\#(type)",\#(members)},"request":{"method":"POST","url":"\#(type)"}}"#
    }

    private static func bundle(_ type: String, _ entries: [String]) -> String {
        #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries.joined(separator: ","))]}"#
    }

    private static let person = entry(
        "Patient", #""name":[{"family":"Nkolo","given":["Awa"]}],"birthDate":"1988-04-02""#,
        url: "p")
    private static func visit(_ status: String, url: String = "v") -> String {
        entry(
            "Encounter",
            #""subject":{"reference":"urn:uuid:p"},"status":"\#(status)","class":{"code":"AMB"}"#,
            url: url)
    }
    private static let result = entry(
        "Observation",
        #""subject":{"reference":"urn:uuid:p"},"encounter":{"reference":"urn:uuid:v"},"status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"Hb"},"valueString":"12""#
    )

    @Test func aTransactionIsStoredWithItsReferences() async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "", Self.bundle("transaction", [Self.result, Self.visit("finished"), Self.person]),
            fields: [("Prefer", "return=representation"), ("Idempotency-Key", "t")])
        #expect(sent.status == 200, "\(sent.text)")
        #expect(sent["type"]?.string == "transaction-response")
        let patient = sent.root?.fhir("entry[2].resource.id") ?? ""
        let visit = sent.root?.fhir("entry[1].resource.id") ?? ""
        let root = try #require(sent.root)
        #expect(root.fhir("entry[0].resource.subject.reference") == "Patient/" + patient)
        #expect(root.fhir("entry[0].resource.encounter.reference") == "Encounter/" + visit)
        #expect(root.fhir("entry[0].response.status") == "201 Created")
        #expect(root.fhir("entry[1].response.location").hasSuffix("Encounter/\(visit)/_history/1"))
        #expect(try bench.audit(1) == ["client:demo_full_sandbox writeBundle C success \(patient)"])
        let again = await bench.post(
            "", Self.bundle("transaction", [Self.result, Self.visit("finished"), Self.person]),
            fields: [("Prefer", "return=representation"), ("Idempotency-Key", "t")])
        #expect(again.text == sent.text)
        try await bench.grant("full_record", of: patient)
        let found = await bench.get("Observation?patient=\(patient)&encounter=\(visit)")
        #expect(found["total"]?.int == 1)
        let other = await bench.get("Observation?patient=\(patient)&encounter=\(visit)x")
        #expect(other["total"]?.int == 0)
    }

    @Test func aTransactionIsAllOrNothing() async throws {
        let bench = try await FHIRBench()
        let before = try bench.events()
        let patients = try bench.app.count("SELECT COUNT(*) FROM patients")
        let records = try bench.app.count("SELECT COUNT(*) FROM records")
        for (fault, expression) in [
            (
                Self.visit("no such word", url: "w"),
                "Bundle.entry[2].resource.ofType(Encounter).status"
            ),
            (Self.visit("finished", url: "p"), "Bundle.entry[2].fullUrl"),
            (
                Self.visit("finished", url: "w").replacing("urn:uuid:p", with: "urn:uuid:q"),
                "Bundle.entry[2].resource.ofType(Encounter).subject"
            ),
            (
                Self.visit("finished").replacing("POST", with: "DELETE"),
                "Bundle.entry[2].request.method"
            ),
        ] {
            let sent = await bench.post(
                "", Self.bundle("transaction", [Self.person, Self.visit("finished"), fault]))
            #expect(sent.status == 422)
            #expect(sent.root?.fhir("issue[0].expression[0]") == expression, "\(sent.text)")
        }
        #expect(try bench.app.count("SELECT COUNT(*) FROM patients") == patients)
        #expect(try bench.app.count("SELECT COUNT(*) FROM records") == records)
        #expect(try bench.events() == before)
    }

    @Test func aBatchIsStoredOneByOne() async throws {
        let bench = try await FHIRBench()
        let good = Self.visit("finished").replacing("urn:uuid:p", with: "Patient/" + bench.patient)
        let sent = await bench.post(
            "",
            Self.bundle(
                "batch",
                [good, Self.visit("finished"), Self.entry("Immunization", #""status":"x""#), good]))
        #expect(sent.status == 200)
        #expect(sent["type"]?.string == "batch-response")
        let root = try #require(sent.root)
        let statuses = (0..<4).map { root.fhir("entry[\($0)].response.status") }
        #expect(
            statuses == [
                "201 Created", "422 Unprocessable Content", "422 Unprocessable Content",
                "201 Created",
            ])
        #expect(root.fhir("entry[1].response.outcome.resourceType") == "OperationOutcome")
        #expect(try bench.rows().count == 2)
        #expect(
            try bench.audit(4) == [
                "client:demo_full_sandbox writeBundle C success \(bench.patient)",
                "client:demo_full_sandbox writeBundle C validation_failed -",
                "client:demo_full_sandbox writeBundle C validation_failed -",
                "client:demo_full_sandbox writeBundle C success \(bench.patient)",
            ])
    }

    @Test(arguments: ["collection", "history"]) func othersAreRefused(_ type: String) async throws {
        let bench = try await FHIRBench()
        #expect(await bench.post("", Self.bundle(type, [])).status == 422)
        let many = [String](repeating: "{}", count: 501)
        #expect(await bench.post("", Self.bundle("batch", many)).status == 422)
    }

    /// What is passed over in silence may be what the sender relies on.
    private static let unknown: [(String, String, String)] = [
        (#""signature":{"who":{}},"#, "", "Bundle.signature"), (#""total":1,"#, "", "Bundle.total"),
        (#""foo":1,"#, "", "Bundle.foo"), (#""implicitRules":"x","#, "", "Bundle.implicitRules"),
        (#""extension":[],"#, "", "Bundle.extension"),
        (#""timestamp":"today","#, "", "Bundle.timestamp"),
        ("", #""foo":1,"#, "Bundle.entry[0].foo"),
        ("", #""search":{"mode":"match"},"#, "Bundle.entry[0].search"),
        ("", #""response":{"status":"200"},"#, "Bundle.entry[0].response"),
        ("", #""modifierExtension":[{"url":"x"}],"#, "Bundle.entry[0].modifierExtension"),
        (
            "", #""request":{"method":"POST","url":"Encounter","ifMatch":"W/1"},"#,
            "Bundle.entry[0].request.ifMatch"
        ),
        (
            "", #""request":{"method":"POST","url":"Encounter","ifNoneMatch":"*"},"#,
            "Bundle.entry[0].request.ifNoneMatch"
        ),
        ("", #""fullUrl":5,"#, "Bundle.entry[0].fullUrl"),
    ]

    @Test(arguments: unknown) func unknownMembersAreRefusedByPlace(
        _ member: String, _ ofEntry: String, _ expression: String
    ) async throws {
        let bench = try await FHIRBench()
        let good = Self.visit("finished", url: "").replacing(
            "urn:uuid:p", with: "Patient/" + bench.patient)
        // A second request would be a member named twice.
        let entry =
            ofEntry.contains("request")
            ? "{" + ofEntry + good.dropFirst().split(separator: #","request""#)[0] + "}"
            : "{" + ofEntry + good.dropFirst()
        for type in ["transaction", "batch"] {
            let sent = await bench.post(
                "", #"{"resourceType":"Bundle",\#(member)"type":"\#(type)","entry":[\#(entry)]}"#)
            let outcome =
                sent.status == 200 ? sent.root?["entry"]?.at(0)?["response"]?["outcome"] : sent.root
            let place =
                sent.status == 200
                ? String(expression.dropFirst("Bundle.entry[0].".count)) : expression
            #expect(outcome?.fhir("issue[0].expression[0]") == place, "\(sent.text)")
        }
        #expect(try bench.rows().isEmpty)
    }

    @Test func anEnvelopeMayBeFHIRs() async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "",
            #"{"resourceType":"Bundle","id":"b1","meta":{"lastUpdated":"2026-05-30T08:00:00Z"},"language":"fr","identifier":{"system":"urn:x","value":"1"},"timestamp":"2026-05-30T08:00:00Z","link":[{"relation":"self","url":"urn:x"}],"type":"batch","entry":[\#(Self.person)]}"#
        )
        #expect(sent.root?.fhir("entry[0].response.status") == "201 Created", "\(sent.text)")
    }

    /// So many entries are so many requests.
    @Test(arguments: [("transaction", 10), ("batch", 10)])
    func aBundleCountsByItsEntries(_ type: String, _ limit: Int) async throws {
        let bench = try await FHIRBench()
        try await bench.app.app.writer.write { tx in
            try tx.run(
                "UPDATE clients SET rate_limit = ? WHERE id = 'demo_full_sandbox'", [.int(limit)])
            try ClientStore.raiseEpoch(in: tx)
        }
        let token = try await bench.app.token("demo_full_sandbox")
        let visit = Self.visit("finished", url: "").replacing(
            "urn:uuid:p", with: "Patient/" + bench.patient)
        func send(_ count: Int) async -> Answer {
            await bench.post(
                "", Self.bundle(type, Array(repeating: visit, count: count)), token: token)
        }
        #expect(await send(6).status == 200)
        let refused = await send(6)
        #expect(refused.status == 429, "\(refused.text)")
        #expect(refused.root?.fhir("issue[0].code") == "throttled")
        // What has more entries than a minute has requests takes all of one, and is let through then.
        bench.app.advance(seconds: Int64(refused.field("Retry-After") ?? "") ?? 0)
        #expect(await send(6).status == 200)
        bench.app.advance(seconds: 60)
        #expect(await send(100).status == 200)
        #expect(await send(1).status == 429)
    }
}
