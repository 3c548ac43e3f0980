import HTTP
import JSON
import Testing
import TestSupport

/// What registering and partial consents must not show.
struct AttackedReadingTests {
    private static let person =
        #""name":[{"family":"Nkolo","given":["Awa"]}],"birthDate":"1988-04-02","telecom":[{"system":"phone","value":"+237699000111"}]"#

    /// To register is not to read.
    @Test(arguments: ["health_id:verify", "system/Patient.c"])
    func whoRegistersSeesNoMoreThanResolveShows(_ scope: String) async throws {
        let bench = try await FHIRBench()
        let known = await bench.post(
            "Patient", #"{"resourceType":"Patient",\#(Self.person)}"#)
        #expect(known.status == 201)
        let id = known["id"]?.string ?? ""
        try await bench.app.grant(scope, to: "demo_full_sandbox")
        let token = try await bench.app.token("demo_full_sandbox", scope: scope)
        let system = "https://opescare.com/fhir/health-id"
        for fields in [
            [("If-None-Exist", "identifier=\(system)%7C\(id)")],
            [("Prefer", "return=representation")], [],
        ] {
            let found = await bench.post(
                "Patient", #"{"resourceType":"Patient",\#(Self.person)}"#, token: token,
                fields: fields)
            #expect(found.status == 200, "\(found.text)")
            #expect(
                !found.text.contains("699000111") && !found.text.contains("04-02"), "\(found.text)")
            #expect(found.root?.fhir("meta.tag[0].code") == "SUBSETTED")
        }
    }

    /// What a sender says of a reason is a diagnosis.
    @Test(arguments: [("encounters", false), ("encounters diagnoses", true)])
    func aVisitsDiagnosesNeedTheirConsent(_ types: String, _ isShown: Bool) async throws {
        let bench = try await FHIRBench()
        let sent = await bench.post(
            "Encounter",
            bench.resource(
                "Encounter",
                #""status":"finished","class":{"code":"AMB"},"reasonReference":[{"display":"MARK"}],"diagnosis":[{"condition":{"display":"MARK"}}]"#
            ))
        #expect(sent.status == 201, "\(sent.text)")
        try await bench.push(
            "encounters",
            #""chief_complaint":"Cough","diagnoses":[{"display":"MARK"}],"vitals":[{"name":"pulse","value":"MARK"}]"#
        )
        for type in types.split(separator: " ") { try await bench.grant(String(type)) }
        let listed = await bench.get("Encounter?patient=\(bench.patient)")
        #expect(listed["total"]?.int == 2)
        #expect(listed.text.contains("MARK") == isShown, "\(listed.text)")
        let connect = await bench.app.send(
            .get, "/api/v1/connect/patient/\(bench.patient)/records?type=encounters",
            token: bench.token)
        // Vital signs are withheld in both.
        #expect(!connect.text.contains("MARK"), "\(connect.text)")
        #expect(connect.text.contains(#""payload":null"#))
        #expect(connect.text.contains("Cough"))
        #expect(connect.text.contains(#""withheld":["#))
        for type in ["prescriptions", "lab_results"] { try await bench.grant(type) }
        let summary = await bench.app.send(
            .get, "/api/v1/connect/patients/\(bench.patient)/summary", token: bench.token)
        #expect(summary.status == 200)
        #expect(summary.text.contains("Cough"))
        #expect(!summary.text.contains("MARK"), "\(summary.text)")
    }
}
