import Database
import HTTP
import JSON
import Testing
import TestSupport

/// What is sent of people and their allergies, and no column holds, comes back.
struct KeptResourceTests {
    private static let system = "https://opescare.com/fhir/"
    private static let person =
        #""name":[{"use":"official","family":"Nkolo","given":["Awa","Marie"],"prefix":["Dr"]},{"use":"maiden","family":"Fouda"}],"birthDate":"1988-04-02","gender":"female","telecom":[{"system":"phone","value":"+237677001122","use":"mobile"},{"system":"email","value":"awa@a.example"}],"address":[{"use":"home","city":"Douala","country":"CM"},{"use":"work","city":"Edéa"}]"#
    private static let more =
        ##""meta":{"profile":["http://a.example/p"],"tag":[{"system":"urn:x","code":"t"}],"security":[{"system":"urn:x","code":"R"}]},"language":"fr","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Awa</div>"},"identifier":[{"system":"https://a.example/mrn","value":"M-1"},{"system":"https://opescare.com/fhir/client/demo_full_sandbox","value":"7"}],"maritalStatus":{"text":"married"},"contact":[{"name":{"text":"Paul"}}],"communication":[{"language":{"text":"fr"}}],"managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","name":"Clinique"}],"extension":[{"url":"http://a.example/x","valueString":"y"}],"deceasedBoolean":false"##

    private static let expected: [(String, String)] = [
        ("name[0].given[0]", "Awa Marie"), ("name[0].prefix[0]", "Dr"), ("name[0].use", "official"),
        ("name[1].family", "Fouda"), ("name[2]", ""), ("telecom[0].use", "mobile"),
        ("telecom[1].value", "awa@a.example"), ("telecom[2]", ""), ("address[0].use", "home"),
        ("address[1].city", "Edéa"), ("address[2]", ""), ("meta.profile[0]", "http://a.example/p"),
        ("meta.tag[0].code", "t"), ("meta.security[0].code", "R"), ("language", "fr"),
        ("text.div", #"<div xmlns="http://www.w3.org/1999/xhtml">Awa</div>"#),
        ("maritalStatus.text", "married"), ("contact[0].name.text", "Paul"),
        ("communication[0].language.text", "fr"), ("contained[0].name", "Clinique"),
        ("managingOrganization.reference", "#o"), ("extension[0].valueString", "y"),
        ("deceasedBoolean", "false"), ("birthDate", "1988-04-02"), ("active", "true"),
    ]

    @Test func whatIsSentOfAPersonComesBackToTheSender() async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "Patient", #"{"resourceType":"Patient",\#(Self.person),\#(Self.more)}"#)
        #expect(sent.status == 201, "\(sent.text)")
        let id = try #require(sent["id"]?.string)
        let read = await bench.get("Patient/" + id)
        for (path, value) in Self.expected {
            #expect(read.root?.fhir(path) == value, "\(path) of \(read.text)")
        }
        #expect(read.text.contains("M-1"))
        #expect(read.field("ETag") == sent.field("ETag"))
        // Others see what is registered, and no more.
        let other = try await bench.app.token()
        let theirs = await bench.get("Patient/" + id, token: other)
        for word in ["married", "Paul", "M-1", "awa@", "Fouda", "Clinique", "Edéa", "Dr"] {
            #expect(!theirs.text.contains(word), "\(word)")
        }
        // What is sent anew takes its place, and what is registered since is ours to say.
        _ = await bench.post("Patient", #"{"resourceType":"Patient",\#(Self.person)}"#)
        #expect(await bench.get("Patient/" + id)["maritalStatus"] == nil)
        #expect(
            try bench.app.count("SELECT COUNT(*) FROM kept_resources WHERE replaced_at IS NULL")
                == 1)
    }

    /// What was corrected since is not said the old way beside it.
    @Test func aCorrectionIsNotContradicted() async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "Patient", #"{"resourceType":"Patient",\#(Self.person),\#(Self.more)}"#)
        let id = try #require(sent["id"]?.string)
        let corrected = await bench.app.send(
            .patch, "/api/v1/connect/patients/\(id)", token: bench.token,
            json:
                #"{"reason":"misspelt","last_name":"Nkollo","remove":["phone_number","sex"],"address":{"city":"Yaoundé"}}"#
        )
        #expect(corrected.status == 200, "\(corrected.text)")
        let read = await bench.get("Patient/" + id)
        #expect(read.root?.fhir("name[0].family") == "Nkollo")
        #expect(read.root?.fhir("address[0].city") == "Yaoundé")
        for word in [#""Nkolo""#, "677001122", "gender", "Douala", #""Dr""#] {
            #expect(!read.text.contains(word), "\(word) in \(read.text)")
        }
        #expect(read.root?.fhir("maritalStatus.text") == "married")
    }

    @Test func plainPeopleLeaveNothingBeside() async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "Patient",
            #"{"resourceType":"Patient","name":[{"family":"Nkolo","given":["Awa"]}],"birthDate":"1988-04-02"}"#
        )
        #expect(sent.status == 201)
        #expect(try bench.app.count("SELECT COUNT(*) FROM kept_resources") == 0)
    }

    // MARK: Allergies

    private static let severe =
        #""code":{"coding":[{"system":"http://snomed.info/sct","code":"764146007"}],"text":"Penicillin"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"confirmed"}]},"criticality":"high","category":["medication"],"reaction":[{"manifestation":[{"text":"anaphylaxis"}],"severity":"severe"}],"onsetString":"May","note":[{"text":"told by her mother"}],"meta":{"tag":[{"code":"t"}]},"identifier":[{"system":"https://opescare.com/fhir/client/demo_full_sandbox","value":"PRIVATE"},{"system":"urn:x","value":"A-1"}]"#

    @Test func whatIsSentOfAnAllergyComesBack() async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "AllergyIntolerance", bench.resource("AllergyIntolerance", Self.severe))
        #expect(sent.status == 201, "\(sent.text)")
        let expected: [(String, String)] = [
            ("code.coding[0].code", "764146007"), ("code.text", "Penicillin"),
            ("verificationStatus.coding[0].code", "confirmed"),
            ("verificationStatus.coding[1]", ""), ("clinicalStatus.coding[1]", ""),
            ("criticality", "high"), ("reaction[0].severity", "severe"), ("onsetString", "May"),
            ("note[0].text", "told by her mother"), ("meta.tag[0].code", "t"),
            ("patient.display", "Odile"), ("patient.reference", "Patient/" + bench.patient),
        ]
        let other = try await bench.app.token()
        for token in [bench.token, other] {
            let found = await bench.get(
                "AllergyIntolerance?patient=\(bench.patient)", token: token)
            let one = try #require(bench.matches(found).first)
            for (path, value) in expected { #expect(one.fhir(path) == value, "\(path)") }
            #expect(found.text.contains("A-1"))
            #expect(found.text.contains("PRIVATE") == (token == bench.token))
        }
    }

    /// What one sender knows is not hidden by another who knows less.
    @Test func sendersAddToEachOther() async throws {
        let bench = try await FHIRBench()
        let other = try await bench.app.token()
        let bare =
            #""code":{"text":"PENICILLIN"},"criticality":"low","onsetDateTime":"2020","reaction":[{"manifestation":[{"text":"rash"}]}]"#
        for (members, token) in [(Self.severe, bench.token), (bare, other)] {
            let sent = await bench.post(
                "AllergyIntolerance", bench.resource("AllergyIntolerance", members), token: token)
            #expect(sent.status < 300, "\(sent.text)")
        }
        let found = await bench.matches("AllergyIntolerance?patient=\(bench.patient)")
        #expect(found.count == 1)
        let one = try #require(found.first)
        #expect(one["reaction"]?.count == 2)
        #expect(one.fhir("code.text") == "Penicillin")
        #expect(one.fhir("criticality") == "low")
        #expect(one.fhir("onsetDateTime") == "2020")
        #expect(one["onsetString"] == nil)
    }

    @Test func whatIsTakenBackIsNotShownWhenItIsToldAgain() async throws {
        let bench = try await FHIRBench()
        func tell(_ members: String) async -> Answer {
            await bench.post("AllergyIntolerance", bench.resource("AllergyIntolerance", members))
        }
        _ = await tell(Self.severe)
        let withdrawn = await tell(
            #""code":{"text":"Penicillin"},"verificationStatus":{"coding":[{"code":"entered-in-error"}]}"#
        )
        #expect(withdrawn.status == 200, "\(withdrawn.text)")
        let correction = try bench.app.read { tx in
            try tx.first("SELECT id FROM patient_corrections") { $0.text(0) }
        }
        let undone = await bench.app.send(
            .post,
            "/api/v1/connect/patients/\(bench.patient)/corrections/\(correction ?? "")/undo",
            token: bench.token, json: "{}")
        #expect(undone.status == 200, "\(undone.text)")
        let back = await bench.matches("AllergyIntolerance?patient=\(bench.patient)")
        #expect(back.first?.fhir("criticality") == "high")
        _ = await tell(
            #""code":{"text":"Penicillin"},"verificationStatus":{"coding":[{"code":"entered-in-error"}]}"#
        )
        let resolved = await bench.app.send(
            .post, "/api/v1/connect/patients/resolve", token: bench.token,
            json:
                #"{"first_name":"Odile","last_name":"Ekani","date_of_birth":"1971-11-20","allergies":["Penicillin"]}"#
        )
        #expect(resolved.status == 200)
        let again = await bench.matches("AllergyIntolerance?patient=\(bench.patient)")
        #expect(again.count == 1)
        #expect(again.first?["criticality"] == nil)
    }

    private static let refused: [(String, String)] = [
        (#""encounter":{"reference":"Encounter/x"}"#, "AllergyIntolerance.encounter"),
        (
            ##""recorder":{"reference":"#r"},"contained":[{"resourceType":"Practitioner","id":"r"}]"##,
            "AllergyIntolerance.contained"
        ),
        (
            #""note":[{"text":"\#(String(repeating: "n", count: 17_000))"}]"#, "AllergyIntolerance"
        ),
        (
            #""recorder":{"identifier":{"system":"https://opescare.com/fhir/client/opeshisos_production","value":"1"}}"#,
            "AllergyIntolerance.recorder.identifier"
        ),
        (
            #""asserter":{"reference":"Patient/\#(FHIRBench.known)"}"#,
            "AllergyIntolerance.asserter.reference"
        ),
    ]

    @Test(arguments: refused) func whatOthersMayNotSeeIsRefused(
        _ members: String, _ expression: String
    ) async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "AllergyIntolerance",
            bench.resource("AllergyIntolerance", #""code":{"text":"Nuts"},"# + members))
        #expect(sent.status == 422)
        #expect(sent.root?.fhir("issue[0].expression[0]") == expression, "\(sent.text)")
        #expect(try bench.app.count("SELECT COUNT(*) FROM kept_resources") == 0)
    }

    /// Who only tells must not hear from the answer what others know.
    @Test(arguments: ["", Self.severe])
    func tellingDoesNotTellWhatIsKnown(_ known: String) async throws {
        let bench = try await FHIRBench()
        if !known.isEmpty {
            _ = await bench.post(
                "AllergyIntolerance", bench.resource("AllergyIntolerance", known))
        }
        bench.app.advance(seconds: 60)
        try await bench.app.grant("system/AllergyIntolerance.c", to: "demo_full_sandbox")
        let token = try await bench.app.token(
            "demo_full_sandbox", scope: "system/AllergyIntolerance.c")
        let bare = bench.resource("AllergyIntolerance", #""code":{"text":"Penicillin"}"#)
        for _ in 1...2 {
            let sent = await bench.post("AllergyIntolerance", bare, token: token)
            #expect(sent.status == 201)
            #expect(sent.root?.fhir("meta.lastUpdated") == "2026-06-01T09:31:00Z")
            #expect(sent["reaction"] == nil && sent["criticality"] == nil)
        }
    }
}
