import HTTP
import JSON
import Testing
import TestSupport

struct ClinicalSearchTests {
    private func bench(_ tests: [(name: String, value: String, date: String)]) async throws
        -> FHIRBench
    {
        let bench = try await FHIRBench()
        for (name, value, date) in tests {
            try await bench.push(
                "lab-results",
                #""test_name":"\#(name)","test_code":"\#(name)","result_value":"\#(value)","occurred_at":"\#(date)""#
            )
        }
        try await bench.grant()
        return bench
    }

    private static let queries: [(String, [String])] = [
        ("date=2026-05", ["B", "A"]), ("date=2026", ["C", "B", "A"]),
        ("date=ge2026-05-02", ["C", "B"]),
        ("date=gt2026-05-02", ["C"]), ("date=lt2026-05-02", ["A"]),
        ("date=le2026-05-02", ["B", "A"]),
        ("date=ge2026-05-02&date=lt2026-05-03", ["B"]), ("date=2026-05-02T08:00:00Z", ["B"]),
        ("date=2026-05-02T08:00Z", ["B"]), ("date=2026-05-02T09:00:00%2B01:00", ["B"]),
        ("date=2026-05-02T09:00:00+01:00", ["B"]), ("date=2026-05-02,2026-05-01", ["B", "A"]),
        ("date=2025", []), ("code=A", ["A"]), ("code=A,C", ["C", "A"]),
        ("code=https://opescare.com/fhir/lab-code%7CB", ["B"]), ("code=http://loinc.org%7CB", []),
        ("code=%7CB", []), ("code=https://opescare.com/fhir/lab-code%7C", ["C", "B", "A"]),
        ("code=a", []), ("category=laboratory", ["C", "B", "A"]), ("_sort=date", ["A", "B", "C"]),
        ("_sort=-date", ["C", "B", "A"]), ("_lastUpdated=gt2026-01-01", ["C", "B", "A"]),
        ("_lastUpdated=gt2027", []), ("_lastUpdated=lt2000,gt2001", ["C", "B", "A"]),
        ("_id=nothing", []), ("_id=%21", []), ("_id=,", []), ("encounter=enc-x", []),
        ("_count=500", ["C", "B", "A"]),
        ("_format=json&_pretty=true", ["C", "B", "A"]),
    ]

    @Test(arguments: queries) func itFindsWhatItAsksFor(_ query: String, _ expected: [String])
        async throws
    {
        let bench = try await bench([
            ("A", "1", "2026-05-01T08:00:00Z"), ("B", "2", "2026-05-02T08:00:00Z"),
            ("C", "3", "2026-06-01T08:00:00Z"),
        ])
        let answer = await bench.get("Observation?patient=\(bench.patient)&\(query)")
        #expect(bench.matches(answer).map { $0.fhir("code.text") } == expected)
        #expect(answer["total"]?.int == Int64(expected.count))
        #expect(bench.warnings(answer) == [])
        // The same by a form.
        let form = await bench.app.send(
            .post, FHIRBench.base + "Observation/_search?" + query, token: bench.token,
            fields: [("Content-Type", "application/x-www-form-urlencoded")],
            form: "patient=\(bench.patient)")
        #expect(bench.matches(form).map { $0.fhir("code.text") } == expected)
    }

    /// Repeated, each `_id` must hold, and each beside the patient.
    @Test func idsNarrowASearch() async throws {
        let bench = try await bench([("A", "1", "2026-05-01"), ("B", "2", "2026-05-02")])
        let found = await bench.matches("Observation?patient=\(bench.patient)")
        let (b, a) = (found[0].fhir("id"), found[1].fhir("id"))
        let consents = await bench.matches("Consent?patient=\(bench.patient)")
        let consent = try #require(consents.first).fhir("id")
        let totals: [(String, Int64)] = [
            ("Observation?_id=\(a),\(b)", 2), ("Observation?_id=\(a)&_id=\(b)", 0),
            ("Observation?_id=\(a)&_id=\(a),\(b)", 1), ("Observation?_id=%21", 0),
            ("Observation?patient=\(FHIRBench.known)&code=882-1&_id=\(a)", 0),
            ("Consent?_id=\(consent)", 1), ("Consent?patient=\(bench.patient)&_id=\(consent)", 1),
            ("Consent?patient=\(FHIRBench.known)&_id=\(consent)", 0),
            ("AllergyIntolerance?patient=OPC-2024-DEMO1&_id=nothing", 0),
        ]
        for (path, total) in totals {
            #expect(await bench.get(path)["total"]?.int == total, "\(path)")
        }
    }

    @Test(arguments: [
        "date=sa2026", "date=xx2026", "date=2026-13", "date=yesterday", "date=ge", "_count=-1",
        "_count=many", "_sort=code", "_summary=text", "code:text=A", "date:missing=true",
        "_cursor=abc", "patient=OPC-2024-DEMO1",
    ]) func whatCannotBeReadIsRefused(_ query: String) async throws {
        let bench = try await bench([])
        let answer = await bench.get("Observation?patient=\(bench.patient)&\(query)")
        #expect([400, 422].contains(answer.status))
        #expect(answer.root?.fhir("issue[0].severity") == "error")
        #expect(answer.root?.fhir("issue[0].expression[0]").isEmpty == false)
    }

    @Test func withoutAPatientNobodyIsSearched() async throws {
        let bench = try await bench([])
        for query in ["", "?code=A", "?patient="] {
            let answer = await bench.get("Observation" + query)
            #expect(answer.status == 400)
            #expect(answer.root?.fhir("issue[0].code") == "required")
        }
    }

    @Test(arguments: [
        "{}", "Patient/{}", "https://opescare.test/api/fhir/R4/Patient/{}", "lower",
    ]) func aPatientIsNamedInAnySpelling(_ form: String) async throws {
        let bench = try await bench([("A", "1", "2026-05-01")])
        let plain = bench.patient.lowercased().replacing("-", with: "")
        let name = form == "lower" ? plain : form.replacing("{}", with: bench.patient)
        for parameter in ["patient", "subject"] {
            #expect(await bench.matches("Observation?\(parameter)=\(name)").count == 1)
        }
    }

    @Test func whatIsUnknownIsPassedOverAloudOrRefused() async throws {
        let bench = try await bench([("A", "1", "2026-05-01")])
        let answer = await bench.get("Observation?patient=\(bench.patient)&foo=1")
        #expect(bench.matches(answer).count == 1)
        #expect(bench.warnings(answer).first?.hasPrefix("not-supported: foo") == true)
        #expect(answer.root?.fhir("link[0].url").contains("foo") == false)
        let strict = await bench.get(
            "Observation?patient=\(bench.patient)&foo=1", fields: [("Prefer", "handling=strict")])
        #expect(strict.status == 400)
    }

    /// Each resource once, in order, however small the pages are; the total is the whole's.
    @Test(arguments: ["", "&_sort=date", "&_sort=_lastUpdated"])
    func pagesLeadToEveryResourceOnce(_ sort: String) async throws {
        let bench = try await bench(
            (1...7).map { ("T\($0)", "1", "2026-05-0\($0 < 4 ? 1 : $0)T08:00:00Z") })
        var path: String? = "Observation?patient=\(bench.patient)&_count=3" + sort
        var names: [String] = []
        var pages = 0
        while let next = path, pages < 5 {
            let answer = await bench.get(next)
            #expect(answer["total"]?.int == 7)
            names += bench.matches(answer).map { $0.fhir("code.text") }
            path = answer["link"]?.elements.first { $0["relation"]?.string == "next" }?["url"]?
                .string
                .map { String($0.dropFirst("https://opescare.test/api/fhir/R4/".count)) }
            pages += 1
        }
        #expect(pages == 3)
        let whole = await bench.matches("Observation?patient=\(bench.patient)" + sort)
        #expect(names == whole.map { $0.fhir("code.text") })
        #expect(Set(names).count == 7)
    }

    @Test func aCountIsATotalAlone() async throws {
        let bench = try await bench([("A", "1", "2026-05-01")])
        for query in ["_summary=count", "_count=0"] {
            let answer = await bench.get("Observation?patient=\(bench.patient)&" + query)
            #expect(answer["total"]?.int == 1)
            #expect(answer["entry"] == nil)
        }
    }

    /// Nobody called them over; the answer says so.
    @Test func activeConditionsAreThoseWithoutAStatusToo() async throws {
        let bench = try await FHIRBench()
        try await bench.push(
            "encounters",
            #""diagnoses":[{"code":"A","status":"active"},{"code":"B","status":"resolved"},{"code":"C"}]"#
        )
        try await bench.grant()
        let answer = await bench.get("Condition?patient=\(bench.patient)&clinical-status=active")
        #expect(Set(bench.matches(answer).map { $0.fhir("code.coding[0].code") }) == ["A", "C"])
        #expect(bench.warnings(answer).contains { $0.contains("without a clinical status") })
        let resolved = await bench.matches(
            "Condition?patient=\(bench.patient)&clinical-status=resolved")
        #expect(resolved.map { $0.fhir("code.coding[0].code") } == ["B"])
    }

    @Test func versionsAreKept() async throws {
        let bench = try await FHIRBench()
        let id = try await bench.push(
            "lab-results", #""test_name":"Hb","result_value":"12","external_lab_order_id":"L1""#)
        bench.app.advance(seconds: 60)
        try await bench.push(
            "lab-results", #""test_name":"Hb","result_value":"13","external_lab_order_id":"L1""#)
        try await bench.grant()
        let now = await bench.get("Observation/" + id)
        #expect(now.root?.fhir("valueQuantity.value") == "13")
        #expect(now["status"]?.string == "amended")
        #expect(now.field("ETag") == "W/\"2\"")
        #expect(now.field("Last-Modified") == "Mon, 01 Jun 2026 09:31:00 GMT")
        let first = await bench.get("Observation/\(id)/_history/1")
        #expect(first.root?.fhir("valueQuantity.value") == "12")
        #expect(first["status"]?.string == "final")
        #expect(await bench.get("Observation/\(id)/_history/3").status == 404)
        let history = await bench.get("Observation/\(id)/_history")
        #expect(history["type"]?.string == "history")
        #expect(
            history["entry"]?.elements.map { $0.fhir("resource.meta.versionId") } == ["2", "1"])
        let held = await bench.get("Observation/" + id, fields: [("If-None-Match", "W/\"2\"")])
        #expect(held.status == 304)
        #expect(held.body.isEmpty)
    }

    /// Readers get it only by id or history.
    @Test func aMistakeIsInNoList() async throws {
        let bench = try await FHIRBench()
        let id = try await bench.push(
            "lab-results",
            #""test_name":"Hb","result_value":"12","status":"entered-in-error""#)
        try await bench.grant()
        #expect(await bench.get("Observation?patient=\(bench.patient)")["total"]?.int == 0)
        #expect(await bench.get("Observation/" + id)["status"]?.string == "entered-in-error")
    }

    @Test func eachRequestIsOneAuditRow() async throws {
        let bench = try await bench([("A", "1", "2026-05-01")])
        _ = await bench.get("Observation?patient=\(bench.patient)")
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox searchObservationResources R success \(bench.patient)"
            ])
    }
}
