import HTTP
import JSON
import Testing
import TestSupport

struct PatientMatchTests {
    private func match(_ bench: FHIRBench, _ body: String) async -> Answer {
        await bench.app.send(
            .post, FHIRBench.base + "Patient/$match", token: bench.token, json: body)
    }

    private func patient(_ given: String, _ more: String = "") -> String {
        #"""
        {"resourceType":"Patient","name":[{"family":"Ekani","given":["\#(given)"]}],
        "birthDate":"1971-11-20"\#(more)}
        """#
    }

    private func grades(_ answer: Answer) -> [String] {
        (answer["entry"]?.elements.map { $0 } ?? []).map {
            $0.fhir("search.extension[0].valueCode")
        }
    }

    private func counts(_ bench: FHIRBench) throws -> [Int] {
        [
            try bench.app.count("SELECT COUNT(*) FROM patients"),
            try bench.app.count("SELECT COUNT(*) FROM duplicate_cases"),
            try bench.app.count("SELECT COUNT(*) FROM events"),
            try bench.app.count("SELECT COUNT(*) FROM external_references"),
        ]
    }

    @Test func whomResolveWouldFindIsCertain() async throws {
        let bench = try await FHIRBench()
        let before = try counts(bench)
        let answer = await match(bench, patient("Odile"))
        #expect(grades(answer) == ["certain"])
        #expect(answer["total"]?.int == 1)
        let entry = answer["entry"]?.at(0)
        #expect(entry?["search"]?["score"]?.double == 1)
        #expect(entry?.fhir("search.mode") == "match")
        #expect(entry?.fhir("resource.birthDate") == "1971-11-20")
        #expect(try counts(bench) == before)
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox matchPatient E success \(bench.patient)"
            ])
    }

    @Test func whoIsMerelyAlikeIsShownAsASummary() async throws {
        let bench = try await FHIRBench()
        let before = try counts(bench)
        let answer = await match(
            bench, patient("Odille", #","telecom":[{"system":"phone","value":"+237699112233"}]"#))
        let entry = try #require(answer["entry"]?.at(0), "\(answer.text)")
        #expect(["probable", "possible"].contains(grades(answer).first ?? ""))
        let score = try #require(entry["search"]?["score"]?.double)
        #expect(score > 0 && score < 1)
        #expect(entry.fhir("resource.id") == bench.patient)
        #expect(entry.fhir("resource.birthDate") == "1971")
        #expect(entry.fhir("resource.name[0].text") == "Odile Ekani")
        #expect(entry.fhir("resource.name[0].family").isEmpty)
        #expect(entry.fhir("resource.meta.tag[0].code") == "SUBSETTED")
        #expect(try counts(bench) == before)
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox matchPatient E success \(bench.patient)"
            ])
        let certain = await match(
            bench,
            #"""
            {"resourceType":"Parameters","parameter":[
            {"name":"resource","resource":\#(patient("Odille"))},
            {"name":"onlyCertainMatches","valueBoolean":true}]}
            """#)
        #expect(certain["total"]?.int == 0)
    }

    /// As many as are asked for, and one row for all of them.
    @Test func soManyAreShown() async throws {
        let bench = try await FHIRBench()
        for given in ["Odyle", "Odilie", "Odil"] {
            let made = await bench.app.send(
                .post, "/api/v1/connect/patients/resolve", token: bench.token,
                json:
                    #"{"first_name":"\#(given)","last_name":"Ekani","date_of_birth":"1971-11-20"}"#)
            #expect(made.status == 201)
        }
        for (count, expected) in [(1, 1), (2, 2), (1000, 4)] {
            let answer = await match(
                bench,
                #"""
                {"resourceType":"Parameters","parameter":[
                {"name":"resource","resource":\#(patient("Odille"))},
                {"name":"count","valueInteger":\#(count)}]}
                """#)
            #expect(answer["total"]?.int == Int64(expected))
            let scores = answer["entry"]?.elements.map { $0["search"]?["score"]?.double ?? 0 } ?? []
            #expect(scores == scores.sorted(by: >))
        }
        #expect(
            try bench.audit(1) == ["client:demo_full_sandbox matchPatient E success -"])
        #expect(
            try bench.app.count(
                "SELECT COUNT(*) FROM audit_log WHERE patients IS NOT NULL AND operation = 'matchPatient'"
            ) == 2)
    }

    private static let faults: [(String, Int, String)] = [
        (#"{"resourceType":"Patient"}"#, 422, "Patient.name.given"),
        (
            #"{"resourceType":"Patient","name":[{"family":"Ekani","given":["Odile"]}]}"#, 422,
            "Patient.birthDate"
        ),
        (
            #"{"resourceType":"Patient","name":[{"family":"Ekani"}],"birthDate":"1971-11-20"}"#,
            422,
            "Patient.name.given"
        ),
        (
            #"{"resourceType":"Patient","name":"x","identifier":3,"birthDate":"tomorrow"}"#, 422,
            "Patient.birthDate"
        ),
        (#"{"resourceType":"Group"}"#, 400, "resourceType"),
        (#"{"resourceType":"Parameters"}"#, 400, "resource"),
        (
            #"{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}},{"name":"count","valueInteger":0}]}"#,
            400, "count"
        ), ("[]", 422, ""), ("{", 400, ""),
    ]

    @Test(arguments: faults) func whatCannotBeMatchedIsRefused(
        _ body: String, _ status: Int, _ path: String
    ) async throws {
        let bench = try await FHIRBench()
        let answer = await match(bench, body)
        #expect(answer.status == status, "\(answer.text)")
        #expect(path.isEmpty || answer.text.contains(path), "\(answer.text)")
    }

    @Test func eitherMediaTypeIsRead() async throws {
        let bench = try await FHIRBench()
        for (type, status) in [("application/fhir+json", 200), ("text/plain", 415)] {
            let answer = await bench.app.send(
                .post, FHIRBench.base + "Patient/$match", token: bench.token,
                fields: [("Content-Type", type)], form: patient("Odile"))
            #expect(answer.status == status)
        }
    }

    /// A patient as the server itself shows them is found again.
    @Test func whatIsReadIsFound() async throws {
        let bench = try await FHIRBench()
        let shown = await bench.get("Patient/" + FHIRBench.known)
        let answer = await match(bench, shown.text)
        #expect(grades(answer) == ["certain"], "\(answer.text)")
        #expect(bench.warnings(answer) == [])
        let other = patient(
            "Somebody",
            #","identifier":[{"system":"https://opescare.com/fhir/health-id","value":"\#(FHIRBench.known)"}]"#
        )
        let mismatch = await match(bench, other)
        #expect(bench.warnings(mismatch).first?.hasPrefix("conflict: ") == true)
    }

    /// Whoever tries names out sees people: 60 a minute, by either door.
    @Test func itHasALimitOfItsOwn() async throws {
        let bench = try await FHIRBench()
        for _ in 1...60 { #expect(await match(bench, patient("Odile")).status == 200) }
        let refused = await match(bench, patient("Odile"))
        #expect(refused.status == 429)
        #expect(refused.root?.fhir("issue[0].code") == "throttled")
        #expect(refused.field("Retry-After") != nil)
        #expect(await bench.get("Patient/" + bench.patient).status == 200)
        bench.app.advance(seconds: 1)
        #expect(await match(bench, patient("Odile")).status == 200)
    }

    /// Of several who are each as good as certain nobody is.
    @Test func siblingsAreNotAllCertain() async throws {
        let bench = try await FHIRBench()
        let shared =
            #""last_name":"Ekanimbarga","date_of_birth":"2001-11-20","phone_number":"+237699112233","address":{"line":"12 rue des Palmiers","district":"Bastos","city":"Yaounde"}"#
        for given in ["Marie Odile", "Marie Odille"] {
            let made = await bench.app.send(
                .post, "/api/v1/connect/patients/resolve", token: bench.token,
                json: #"{"first_name":"\#(given)",\#(shared)}"#)
            #expect(made.status == 201, "\(made.text)")
        }
        let asked = #"{"first_name":"Marie Odyle",\#(shared),"dry_run":true}"#
        let run = await bench.app.send(
            .post, "/api/v1/connect/patients/resolve", token: bench.token, json: asked)
        let candidates = run["candidates"]?.elements.map { $0 } ?? []
        #expect(candidates.count == 2, "\(run.text)")
        let bands = candidates.map { $0.fhir("band") }
        #expect(bands.count { $0 == "certain" } < 2, "\(run.text)")
        let sum = candidates.reduce(0) { $0 + ($1["probability"]?.double ?? 0) }
        #expect(sum <= 1.01, "\(run.text)")
    }
}
