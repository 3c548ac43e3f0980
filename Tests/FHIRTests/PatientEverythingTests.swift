import HTTP
import JSON
import Testing
import TestSupport

struct PatientEverythingTests {
    /// A visit with a diagnosis and a vital sign, two results and a prescription.
    private func bench() async throws -> FHIRBench {
        let bench = try await FHIRBench()
        try await bench.push(
            "encounters",
            #"""
            "encounter_type":"outpatient","occurred_at":"2026-05-01T08:00:00Z",
            "diagnoses":[{"system":"ICD-10","code":"B54","display":"Malaria"}],
            "vitals":[{"name":"pulse","value":"72","unit":"/min"}]
            """#)
        for (name, date) in [("Hb", "2026-05-03"), ("WBC", "2026-05-10")] {
            try await bench.push(
                "lab-results",
                #""test_name":"\#(name)","result_value":"12","occurred_at":"\#(date)T08:00:00Z""#)
        }
        bench.app.advance(seconds: 1800)
        try await bench.push(
            "prescriptions",
            #""medication_name":"Coartem","occurred_at":"2026-05-02T08:00:00Z""#)
        return bench
    }

    private func names(_ answer: Answer) -> [String] {
        (answer["entry"]?.elements.map { $0 } ?? []).map {
            $0.fhir("resource.resourceType") + ($0.fhir("search.mode") == "include" ? "+" : "")
        }
    }

    @Test func thePatientComesFirstThenTheNewest() async throws {
        let bench = try await bench()
        try await bench.grant()
        let answer = await bench.get("Patient/\(bench.patient)/$everything")
        #expect(
            names(answer) == [
                "Patient", "DiagnosticReport", "Observation", "DiagnosticReport", "Observation",
                "MedicationRequest", "Observation", "Condition", "Encounter", "Consent",
                "Organization+",
            ])
        #expect(answer["total"]?.int == 10)
        #expect(bench.warnings(answer) == [])
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox everythingOfPatient R success \(bench.patient)"
            ])
    }

    private static let queries: [(String, [String])] = [
        ("_type=Patient", ["Patient"]), ("_type=Condition", ["Condition"]),
        ("_type=Condition,Organization", ["Condition", "Organization+"]),
        ("_type=Observation&start=2026-05-03&end=2026-05-03", ["Observation"]),
        ("_type=Observation&start=2026-05-04", ["Observation"]),
        ("_type=Encounter&end=2026-04", []), ("_type=Encounter&end=2026-05", ["Encounter"]),
        ("_type=MedicationRequest,Encounter&_since=2026-06-01T10:00:00Z", ["MedicationRequest"]),
        ("_type=Encounter&_count=0", []), ("_type=AllergyIntolerance", []),
        ("_type=Consent", ["Consent"]), ("_type=Consent&_since=2026-06-02T00:00:00Z", []),
    ]

    @Test(arguments: queries) func itReturnsWhatIsAskedFor(
        _ query: String, _ expected: [String]
    ) async throws {
        let bench = try await bench()
        try await bench.grant()
        let answer = await bench.get("Patient/\(bench.patient)/$everything?" + query)
        #expect(names(answer) == expected)
        let isCount = query.contains("_count=0")
        #expect(
            answer["total"]?.int
                == Int64(isCount ? 1 : expected.filter { !$0.hasSuffix("+") }.count))
    }

    @Test(arguments: [
        "start=soon", "end=ge2026", "_since=x", "_cursor=abc", "_count=-1",
    ]) func whatCannotBeReadIsRefused(_ query: String) async throws {
        let bench = try await FHIRBench()
        try await bench.grant()
        #expect(await bench.get("Patient/\(bench.patient)/$everything?" + query).status == 400)
    }

    @Test func unknownTypesAreNamed() async throws {
        let bench = try await FHIRBench()
        try await bench.grant()
        let answer = await bench.get(
            "Patient/\(bench.patient)/$everything?_type=Patient,Immunization")
        #expect(names(answer) == ["Patient", "OperationOutcome"])
        #expect(bench.warnings(answer).first?.hasPrefix("not-supported: Immunization") == true)
    }

    /// Each resource once, in order, however small the pages are.
    @Test(arguments: [1, 2, 4]) func pagesLeadToEveryResourceOnce(_ count: Int) async throws {
        let bench = try await bench()
        try await bench.grant()
        func id(_ resource: JSONValue) -> String {
            resource.fhir("resourceType") + resource.fhir("id")
        }
        let path = "Patient/\(bench.patient)/$everything"
        let whole = await bench.matches(path).map(id)
        var next: String? = path + "?_count=\(count)"
        var found: [String] = []
        while let path = next, found.count < 20 {
            let answer = await bench.get(path)
            #expect(answer["total"]?.int == 10)
            found += bench.matches(answer).map(id)
            next = answer["link"]?.elements.first { $0["relation"]?.string == "next" }?["url"]?
                .string.map { String($0.dropFirst("https://opescare.test/api/fhir/R4/".count)) }
        }
        #expect(found == whole)
        #expect(Set(found).count == 10)
    }

    @Test func withoutConsentThereIsNothing() async throws {
        let bench = try await bench()
        let refused = await bench.get("Patient/\(bench.patient)/$everything")
        #expect(refused.status == 403)
        #expect(refused.root?.fhir("issue[0].details.coding[0].code") == "consent_required")
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox everythingOfPatient R consent_required \(bench.patient)"
            ])
        try await bench.grant("lab_results")
        let part = await bench.get("Patient/\(bench.patient)/$everything")
        #expect(part["total"]?.int == 6)
        #expect(!part.text.contains("Coartem") && !part.text.contains("Malaria"))
        let warning = bench.warnings(part).first { $0.hasPrefix("suppressed: ") } ?? ""
        for name in ["encounters", "diagnoses", "prescriptions", "vitals"] {
            #expect(warning.contains(name))
        }
    }

    @Test func allergiesAndTheBloodGroupComeAlong() async throws {
        let bench = try await FHIRBench()
        let amina = "OPC-2024-DEMO1"
        try await bench.grant(of: amina)
        let answer = await bench.get(
            "Patient/\(amina)/$everything?_type=AllergyIntolerance,Observation")
        let found = bench.matches(answer)
        #expect(found.contains { $0.fhir("id").hasPrefix("abo-") })
        #expect(found.contains { $0.fhir("id").hasPrefix("alg-") })
        #expect(answer["total"]?.int == Int64(found.count))
    }

    @Test func itNeedsThePatientScope() async throws {
        let bench = try await bench()
        try await bench.grant()
        let token = try await bench.app.token("demo_full_sandbox", scope: "lab:results:read")
        let answer = await bench.get("Patient/\(bench.patient)/$everything", token: token)
        #expect(answer.status == 403)
    }

    /// A facility's own appointments come along, and what a token does not open is named.
    @Test func appointmentsAndConsentsComeAlong() async throws {
        let bench = try await bench()
        try await bench.grant()
        for (date, time) in [("2026-06-15", "09:00"), ("2026-07-20", "10:00")] {
            let booked = await bench.app.send(
                .post, "/api/v1/sdk/appointments", token: "sdk_test_demo_sandbox_2026",
                json:
                    #"{"health_id":"\#(bench.patient)","scheduled_at":"\#(date)T\#(time):00+01:00"}"#
            )
            #expect(booked.status == 201, "\(booked.text)")
        }
        let path = "Patient/\(bench.patient)/$everything"
        let queries: [(String, [String])] = [
            ("?_type=Appointment", ["2026-07-20", "2026-06-15"]),
            ("?_type=Appointment&start=2026-07-01", ["2026-07-20"]),
            ("?_type=Appointment&end=2026-07-01", ["2026-06-15"]),
            ("?_type=Appointment&_since=2027-01-01T00:00:00Z", []),
        ]
        for (query, days) in queries {
            let found = await bench.matches(path + query)
            #expect(
                found.map { String($0.fhir("start").prefix(10)) } == days, "\(query)")
        }
        // Newest first, whatever else there is; page after page, each once.
        #expect(
            names(await bench.get(path + "?_type=Appointment,Encounter,Consent")) == [
                "Appointment", "Appointment", "Encounter", "Consent",
            ])
        let first = await bench.get(path + "?_type=Appointment,Encounter&_count=1")
        let next = first.root?.fhir("link[1].url") ?? ""
        let second = await bench.get(
            String(next.dropFirst("https://opescare.test/api/fhir/R4/".count)))
        #expect(
            bench.matches(second).map { String($0.fhir("start").prefix(10)) } == ["2026-06-15"])
        let token = try await bench.app.token("demo_full_sandbox", scope: "patient:read")
        let part = await bench.get(path, token: token)
        #expect(!names(part).contains("Appointment") && names(part).contains("Consent"))
        #expect(
            bench.warnings(part).contains {
                $0.hasPrefix("suppressed: ") && $0.hasSuffix(": Appointment.")
            })
    }
}
