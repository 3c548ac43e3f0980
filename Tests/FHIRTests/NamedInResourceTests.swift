import HTTP
import JSON
import Testing
import TestSupport

/// What a sent record names is the same patient's, and its numbers are its sender's.
struct NamedInResourceTests {
    private static let result = """
        "status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"Hb"},"valueString":"12"
        """
    private static let visit = #""status":"finished","class":{"code":"AMB"}"#

    /// A type, what names somebody else's, and where it stands. `@lab` and `@visit` are a stranger's records.
    private static let others: [(String, String, String)] = [
        (
            "Observation", result + #","hasMember":[{"reference":"Observation/@lab"}]"#,
            "hasMember.reference"
        ),
        (
            "Observation", result + #","derivedFrom":[{"reference":"Observation/@lab"}]"#,
            "derivedFrom.reference"
        ),
        (
            "Observation",
            result + #","derivedFrom":[{"reference":"Observation/@lab/_history/1"}]"#,
            "derivedFrom.reference"
        ),
        (
            "Observation", result + #","encounter":{"reference":"Encounter/@visit"}"#,
            "encounter.reference"
        ),
        (
            "Observation",
            result + #","encounter":{"reference":"https://a.example/fhir/Encounter/@visit"}"#,
            "encounter.reference"
        ),
        (
            "Observation", result + #","specimen":{"reference":"Patient/@stranger"}"#,
            "specimen.reference"
        ),
        (
            "Observation", result + #","hasMember":[{"reference":"Observation/nothing"}]"#,
            "hasMember.reference"
        ),
        ("Encounter", visit + #","partOf":{"reference":"Encounter/@visit"}"#, "partOf.reference"),
        (
            "Encounter", visit + #","diagnosis":[{"condition":{"reference":"Condition/dx-1"}}]"#,
            "diagnosis.condition.reference"
        ),
        (
            "Observation",
            result
                + #","identifier":[{"system":"@facility/00000000-0000-0000-0000-200000000002/lab","value":"1"}]"#,
            "identifier"
        ),
        (
            "Observation", result + #","identifier":[{"system":"@health-id","value":"@stranger"}]"#,
            "identifier"
        ),
        (
            "Observation",
            result + #","identifier":[{"system":"@client/opeshisos_production","value":"1"}]"#,
            "identifier"
        ),
        (
            "Observation",
            result + #","performer":[{"identifier":{"system":"@facility/x/clinic","value":"1"}}]"#,
            "performer.identifier"
        ),
    ]

    @Test(arguments: others) func whatIsSomebodyElsesIsRefused(
        _ type: String, _ members: String, _ path: String
    ) async throws {
        let bench = try await FHIRBench()
        let stranger = FHIRBench.known
        let lab = try await bench.push(
            "lab-results", #""test_name":"x","result_value":"1""#, for: stranger)
        let visit = try await bench.push("encounters", #""chief_complaint":"x""#, for: stranger)
        let before = try bench.rows()
        let sent = members.replacing("@lab", with: lab).replacing("@visit", with: visit)
            .replacing("@stranger", with: stranger)
            .replacing("@facility", with: "https://opescare.com/fhir/facility")
            .replacing("@health-id", with: "https://opescare.com/fhir/health-id")
            .replacing("@client", with: "https://opescare.com/fhir/client")
        let answer = await bench.post(type, bench.resource(type, sent))
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer.root?.fhir("issue[0].expression[0]") == "\(type).\(path)")
        #expect(try bench.rows() == before)
    }

    /// The patient's own, the caller's own, and what is none of ours.
    @Test(arguments: [
        #""hasMember":[{"reference":"Observation/@own"}]"#,
        #""specimen":{"reference":"Specimen/1"}"#,
        #""identifier":[{"system":"https://opescare.com/fhir/facility/\#(FHIRBench.facility)/lab","value":"1"}]"#,
        #""identifier":[{"system":"https://opescare.com/fhir/client/demo_full_sandbox","value":"1"}]"#,
        #""identifier":[{"system":"https://lab.example","value":"1"}]"#,
        #""performer":[{"reference":"Practitioner/1"},{"display":"Dr"}]"#,
    ]) func whatIsTheSamePatientsIsTaken(_ member: String) async throws {
        let bench = try await FHIRBench()
        let own = try await bench.push("lab-results", #""test_name":"x","result_value":"1""#)
        let sent = Self.result + "," + member.replacing("@own", with: own)
        let answer = await bench.post("Observation", bench.resource("Observation", sent))
        #expect(answer.status == 201, "\(answer.text)")
    }

    @Test(arguments: ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31", "2201-01-01T00:00:00Z"])
    func momentsThatNothingHappenedAtAreRefused(_ time: String) async throws {
        let bench = try await FHIRBench()
        let sent = Self.result + #","effectiveDateTime":"\#(time)""#
        let answer = await bench.post("Observation", bench.resource("Observation", sent))
        #expect(answer.status == 422, "\(answer.text)")
    }

    /// Of nothing there is nothing to withdraw.
    @Test(arguments: [
        ("", 422), (#","identifier":[{"system":"https://lab.example","value":"unknown"}]"#, 422),
        (#","identifier":[{"system":"https://lab.example","value":"O-1"}]"#, 201),
    ]) func aMistakeNamesTheRecordThatIsMeant(_ member: String, _ status: Int) async throws {
        let bench = try await FHIRBench()
        let number = #","identifier":[{"system":"https://lab.example","value":"O-1"}]"#
        let first = await bench.post(
            "Observation", bench.resource("Observation", Self.result + number))
        #expect(first.status == 201)
        let mistake = Self.result.replacing("final", with: "entered-in-error") + member
        let answer = await bench.post("Observation", bench.resource("Observation", mistake))
        #expect(answer.status == status, "\(answer.text)")
        try await bench.grant()
        let listed = await bench.get("Observation?patient=\(bench.patient)")
        #expect(listed["total"]?.int == (status == 201 ? 0 : 1))
    }
}
