import API
import Database
import HTTP
import JSON
import Testing
import TestSupport

/// Who is sent as having died: Connect's correction, by its rules.
struct PatientDeathTests {
    private static let person =
        #""resourceType":"Patient","name":[{"family":"Nkolo","given":["Awa"]}],"birthDate":"1988-04-02","telecom":[{"system":"phone","value":"+237699000111"}]"#

    private func send(_ bench: FHIRBench, _ member: String, token: String? = nil) async -> Answer {
        await bench.post("Patient", "{\(Self.person)\(member)}", token: token)
    }

    /// What is sent, what the sender reads, and what Connect says.
    private static let told: [(String, String, String, String)] = [
        (#""deceasedBoolean":true"#, "deceasedBoolean", "true", #""deceased":true}"#),
        (
            #""deceasedDateTime":"2026-05""#, "deceasedDateTime", "2026-05",
            #""deceased":true,"date_of_death":"2026-05"}"#
        ),
        (
            #""deceasedDateTime":"2026-05-30T23:30:00-05:00""#, "deceasedDateTime",
            "2026-05-30T23:30:00-05:00", #""deceased":true,"date_of_death":"2026-05-30"}"#
        ),
        (#""deceasedBoolean":false"#, "deceasedBoolean", "false", #""identity_status":"active"}"#),
    ]

    @Test(arguments: told, [true, false]) func whoHasDiedIsRegisteredSo(
        _ told: (String, String, String, String), _ isNew: Bool
    ) async throws {
        let bench = try await FHIRBench()
        if !isNew { #expect(await send(bench, "").status == 201) }
        let sent = await send(bench, "," + told.0)
        #expect(sent.status == (isNew ? 201 : 200), "\(sent.text)")
        let id = try #require(sent["id"]?.string)
        let read = await bench.get("Patient/" + id)
        #expect(read.root?.fhir(told.1) == told.2, "\(read.text)")
        let shown = await bench.app.send(
            .get, "/api/v1/connect/patient/search?health_id=\(id)", token: bench.token)
        #expect(shown.text.hasSuffix(told.3), "\(shown.text)")
        let corrections = told.2 == "false" ? 0 : 1
        #expect(
            try bench.app.count("SELECT COUNT(*) FROM patient_corrections") == corrections)
        #expect(
            try bench.events().filter { $0 == "patient.updated" }.count == corrections)
        // The same again says nothing new.
        #expect(await send(bench, "," + told.0).status == 200)
        #expect(
            try bench.app.count("SELECT COUNT(*) FROM patient_corrections") == corrections)
    }

    private static let refusals: [(String, String, Int)] = [
        (#""deceasedDateTime":"2026-07-01""#, "", 422),
        (#""deceasedDateTime":"1987""#, "", 422),
        (#""deceasedDateTime":"soon""#, "", 422),
        (#""deceasedBoolean":true,"deceasedDateTime":"2026""#, "", 422),
        (#""deceasedBoolean":true"#, "health_id:verify patient:read", 403),
    ]

    /// As Connect refuses it, and nobody is registered.
    @Test(arguments: refusals) func whatIsNoDeathIsRefused(
        _ member: String, _ scope: String, _ status: Int
    ) async throws {
        let bench = try await FHIRBench()
        let before = try bench.app.count("SELECT COUNT(*) FROM patients")
        let token =
            scope.isEmpty ? nil : try await bench.app.token("demo_full_sandbox", scope: scope)
        let sent = await send(bench, "," + member, token: token)
        #expect(sent.status == status, "\(sent.text)")
        #expect(try bench.app.count("SELECT COUNT(*) FROM patients") == before)
    }

    /// Another facility's patient is not declared dead, in a batch neither.
    @Test func anotherFacilitysPatientIsNotDeclaredDead() async throws {
        let bench = try await FHIRBench()
        let made = await send(bench, "")
        #expect(made.status == 201)
        try await bench.app.app.writer.write { tx in
            try tx.run("UPDATE patients SET facility_id = NULL WHERE last_name = 'Nkolo'", [])
        }
        let before = try bench.events()
        let member = #","deceasedBoolean":true"#
        let sent = await send(bench, member)
        #expect(sent.status == 403, "\(sent.text)")
        #expect(sent.root?.fhir("issue[0].details.coding[0].code") == "facility_forbidden")
        for type in ["batch", "transaction"] {
            let bundle = await bench.post(
                "",
                #"{"resourceType":"Bundle","type":"\#(type)","entry":[{"resource":{\#(Self.person)\#(member)},"request":{"method":"POST","url":"Patient"}}]}"#
            )
            #expect(
                type == "batch"
                    ? bundle.root?.fhir("entry[0].response.status").hasPrefix("403") == true
                    : bundle.status == 403, "\(bundle.text)")
        }
        #expect(try bench.events() == before)
        #expect(try bench.app.count("SELECT COUNT(*) FROM patient_corrections") == 0)
    }

    /// What is registered stays, and the sender is told.
    @Test func anotherDateIsAWarning() async throws {
        let bench = try await FHIRBench()
        let first = await send(bench, #","deceasedDateTime":"2026-05-01""#)
        #expect(first.status == 201)
        let other = await send(bench, #","deceasedDateTime":"2026-04-01""#)
        #expect(other.status == 200)
        #expect(other.root?.fhir("issue[0].details.coding[0].code") == "demographics_mismatch")
        let id = try #require(first["id"]?.string)
        #expect(await bench.get("Patient/" + id)["deceasedDateTime"]?.string == "2026-05-01")
    }
}
