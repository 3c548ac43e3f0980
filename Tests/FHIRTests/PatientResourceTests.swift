import HTTP
import JSON
import Testing
import TestSupport

struct PatientResourceTests {
    private static let patient = FHIRBench.known

    @Test func aPatientIsWhatWasTold() async throws {
        let bench = try await FHIRBench()
        let made = await bench.app.send(
            .post, "/api/v1/connect/patients/resolve", token: bench.token,
            json: """
                {"first_name":"Jean Paul","last_name":"Mbarga","date_of_birth":"1990-03","sex":"M",
                "phone_number":"+237671234567","national_id":"CNI-556677","external_reference":"P-1",
                "address":{"city":"Yaoundé","district":"Bastos"},"country_code":"CM"}
                """)
        let id = try #require(made["health_id"]?.string, "\(made.text)")
        let answer = await bench.get("Patient/" + id)
        let root = try #require(answer.root)
        let expected: [(String, String)] = [
            ("id", id), ("identifier[0].use", "official"), ("identifier[0].value", id),
            ("identifier[1].system", "https://opescare.com/fhir/national-id/CM"),
            ("identifier[1].value", "CNI-556677"), ("identifier[1].type.coding[0].code", "NI"),
            ("identifier[2].system", "https://opescare.com/fhir/client/demo_full_sandbox"),
            ("identifier[2].value", "P-1"), ("active", "true"), ("name[0].family", "Mbarga"),
            ("name[0].given[0]", "Jean Paul"), ("name[0].text", "Jean Paul Mbarga"),
            ("telecom[0].value", "+237671234567"), ("gender", "male"), ("birthDate", "1990-03"),
            ("address[0].city", "Yaoundé"), ("address[0].district", "Bastos"),
            ("address[0].country", "CM"),
        ]
        for (path, value) in expected {
            #expect(root.fhir(path) == value, "\(path)")
        }
        // A client's own number is shown to it alone.
        let other = try await bench.app.token()
        let theirs = await bench.get("Patient/" + id, token: other)
        #expect(!theirs.text.contains("\"P-1\""))
        #expect(
            try bench.audit(1) == ["client:opeshisos_production readPatient R success \(id)"])
    }

    private static let searches: [(String, Int)] = [
        ("identifier=CM-HID-7KQ9-MP42-X8D1", 1),
        ("identifier=https://opescare.com/fhir/health-id%7Ccmhid7kq9mp42x8d1", 1),
        ("identifier=https://opescare.com/fhir/national-id/CM%7CCM-HID-7KQ9-MP42-X8D1", 0),
        ("identifier=https://elsewhere.example%7CCM-HID-7KQ9-MP42-X8D1", 0),
        ("_id=CM-HID-7KQ9-MP42-X8D1", 1),
        ("_id=Patient/CM-HID-7KQ9-MP42-X8D1", 1), ("phone=%2B237677554403", 1),
        ("telecom=tel:%2B237677554403", 1),
        ("phone=677554403", 1), ("phone=phone%7C677554403", 1), ("phone=000", 0),
        ("family=Ngo%20Bassa&given=Brigitte&birthdate=1992-06-30", 1),
        ("family=NGO+BASSA&given=brigitte&birthdate=eq1992-06-30", 1),
        ("family=Ngo%20Bassa&given=Brigitte&birthdate=1992-06-29", 0),
        ("family=Bassa&given=Brigitte&birthdate=1992-06-30", 0),
        ("identifier=CM-HID-7KQ9-MP42-X8D1&gender=female", 1),
        ("identifier=CM-HID-7KQ9-MP42-X8D1&gender=male", 0),
        ("identifier=CM-HID-7KQ9-MP42-X8D1&birthdate=lt1990", 0),
        ("identifier=CM-HID-7KQ9-MP42-X8D1&active=true", 1),
        ("identifier=CM-HID-7KQ9-MP42-X8D1&active=false", 0),
        ("identifier=CM-HID-7KQ9-MP42-X8D1&address-country=cm", 1),
        ("identifier=CM-HID-7KQ9-MP42-X8D1&phone=699000000", 0),
        ("identifier=NOPE,CM-HID-7KQ9-MP42-X8D1", 1), ("identifier=%27--", 0),
        ("_id=CM-HID-7KQ9-MP42-X8D2", 0),
    ]

    @Test(arguments: searches) func aPatientIsFound(_ query: String, _ total: Int) async throws {
        let bench = try await FHIRBench()
        let answer = await bench.get("Patient?" + query)
        #expect(answer.status == 200)
        #expect(answer["total"]?.int == Int64(total), "\(query)")
        #expect(
            bench.matches(answer).map { $0.fhir("id") }
                == Array(repeating: Self.patient, count: total))
    }

    @Test(arguments: [
        "", "?family=Ngo", "?family=Ngo&given=Brigitte", "?birthdate=1992-06-30", "?gender=female",
        "?given=Brigitte&birthdate=1992-06-30", "?active=true", "?name=Brigitte", "?_count=500",
    ]) func nobodyListsTheNation(_ query: String) async throws {
        let bench = try await FHIRBench()
        let answer = await bench.get("Patient" + query)
        #expect(answer.status == 400)
        #expect(answer.root?.fhir("issue[0].code") == "required")
    }

    @Test func anAliasReadsAsThePatient() async throws {
        let bench = try await FHIRBench()
        let answer = await bench.get("Patient/OPC-2024-DEMO1")
        let id = try #require(answer["id"]?.string)
        #expect(id.hasPrefix("CM-HID-"))
        #expect(
            answer.field("Content-Location") == "https://opescare.test/api/fhir/R4/Patient/" + id)
        #expect(
            answer.text.contains(
                #"{"use":"old","system":"https://opescare.com/fhir/health-id","value":"OPC-2024-DEMO1"}"#
            ))
    }

    @Test func aRetiredIdReadsAsAStub() async throws {
        let bench = try await FHIRBench()
        let admin = try await bench.app.adminToken()
        let made = await bench.app.send(
            .post, "/api/v1/connect/patients/resolve", token: bench.token,
            json: #"{"first_name":"Zoe","last_name":"Abena","date_of_birth":"1980-01-02"}"#)
        let retired = try #require(made["health_id"]?.string)
        let merged = await bench.app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor":"\#(Self.patient)","retired":"\#(retired)","reason":"one person"}"#)
        #expect(merged.status < 300, "\(merged.text)")
        let stub = await bench.get("Patient/" + retired)
        #expect(stub["active"]?.raw.elementsEqual("false".utf8) == true)
        #expect(stub.root?.fhir("link[0].other.reference") == "Patient/" + Self.patient)
        #expect(stub.root?.fhir("link[0].type") == "replaced-by")
        #expect(!stub.text.contains("Abena"))
        let found = await bench.matches("Patient?identifier=" + retired)
        #expect(found.map { $0.fhir("id") } == [Self.patient])
    }

    private static let unknown: [(String, Int)] = [
        ("Patient/CM-HID-7KQ9-MP42-X8D2", 422), ("Patient/FR-HID-CQ64-3DZV-MXXK", 404),
        ("Patient/x", 422),
        ("Nothing/1", 404), ("Patient/\(patient)/_history/1", 404), ("Immunization/1", 404),
    ]

    @Test(arguments: unknown) func whatIsNotThereIsTold(_ path: String, _ status: Int) async throws
    {
        let bench = try await FHIRBench()
        let answer = await bench.get(path)
        #expect(answer.status == status)
        #expect(answer["resourceType"]?.string == "OperationOutcome")
    }

    private static let formats: [(String, String, String)] = [
        ("application/fhir+ndjson", "", "application/fhir+json; charset=utf-8"),
        ("application/fhir+json", "", "application/fhir+json; charset=utf-8"),
        ("*/*", "", "application/fhir+json; charset=utf-8"),
        ("application/json", "", "application/json"),
        ("application/json, text/plain, */*", "", "application/fhir+json; charset=utf-8"),
        ("application/fhir+xml;q=0.5, application/json;q=0.1", "", "application/json"),
        ("application/fhir+xml", "_format=json", "application/fhir+json; charset=utf-8"),
        (
            "application/json", "_format=application/fhir%2Bjson",
            "application/fhir+json; charset=utf-8"
        ),
        (
            "application/json", "_format=application/fhir+json",
            "application/fhir+json; charset=utf-8"
        ),
    ]

    @Test(arguments: formats) func theFormatIsWhatIsAccepted(
        _ accept: String, _ query: String, _ type: String
    )
        async throws
    {
        let bench = try await FHIRBench()
        let answer = await bench.get(
            "Patient/\(Self.patient)?" + query, fields: [("Accept", accept)])
        #expect(answer.status == 200)
        #expect(answer.field("Content-Type") == type)
    }

    @Test(arguments: [
        ("application/fhir+xml", ""), ("text/html", ""), ("*/*", "?_format=xml"),
        ("*/*", "?_format=ttl"),
    ])
    func otherFormatsAreNotAcceptable(_ accept: String, _ query: String) async throws {
        let bench = try await FHIRBench()
        let answer = await bench.get(
            "Patient/\(Self.patient)" + query, fields: [("Accept", accept)])
        #expect(answer.status == 406)
        #expect(answer.root?.fhir("issue[0].code") == "not-supported")
    }

    /// The published SDKs read `error_code` and `message`.
    @Test func aFailureToPlainJSONIsInBothShapes() async throws {
        let bench = try await FHIRBench()
        let answer = await bench.get(
            "Encounter?patient=\(Self.patient)", fields: [("Accept", "application/json")])
        #expect(answer.status == 403)
        #expect(answer["resourceType"]?.string == "OperationOutcome")
        #expect(answer["error_code"]?.string == "CONSENT_REQUIRED")
        #expect(answer["message"]?.string?.isEmpty == false)
    }

    @Test func withoutATokenTheStatementAloneIsRead() async throws {
        let bench = try await FHIRBench()
        let statement = await bench.app.send(.get, "/fhir/R4/metadata")
        #expect(statement["fhirVersion"]?.string == "4.0.1")
        // An identifier (invariant cpb-0).
        #expect(statement["name"]?.string == "OpesCareConnect")
        #expect(statement.root?.fhir("implementation.url") == "https://opescare.test/fhir/R4")
        let refused = await bench.app.send(.get, FHIRBench.base + "Patient/" + Self.patient)
        #expect(refused.status == 401)
        #expect(refused.root?.fhir("issue[0].code") == "login")
        let foreign = await bench.get(
            "Patient/\(Self.patient)", token: "sdk_test_demo_sandbox_2026")
        #expect(foreign.status == 401)
    }

    @Test(arguments: ["Patient/_history", "Patient/$nothing"])
    func whatIsNoInteractionIsNotFound(_ path: String) async throws {
        let bench = try await FHIRBench()
        let answer = await bench.get(path)
        #expect(answer.status == 404)
        #expect(answer.root?.fhir("issue[0].code") == "not-found")
    }
}

/// Why somebody asks stands in the audit log, whichever way they ask.
struct PurposeOfUseTests {
    @Test(arguments: [
        "/api/fhir/R4/Patient/\(FHIRBench.known)",
        "/api/v1/connect/patient/search?health_id=\(FHIRBench.known)",
        "/api/v1/connect/patients/\(FHIRBench.known)/emergency-profile",
    ]) func itStandsInTheAuditLog(_ path: String) async throws {
        let bench = try await FHIRBench()
        let answer = await bench.app.send(
            .get, path, token: bench.token, fields: [("X-Purpose-Of-Use", "TREAT")])
        #expect(answer.status == 200)
        let count = try bench.app.count("SELECT COUNT(*) FROM audit_log WHERE purpose = 'TREAT'")
        #expect(count == 1)
        let long = await bench.app.send(
            .get, path, token: bench.token,
            fields: [("X-Purpose-Of-Use", String(repeating: "a", count: 256))])
        #expect(long.status == 422)
    }
}
