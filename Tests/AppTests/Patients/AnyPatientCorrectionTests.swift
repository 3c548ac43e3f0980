import HTTP
import JSON
import Testing
import TestSupport

/// What administrators correct of any patient, with the exact audit rows.
struct AnyPatientCorrectionTests {
    private let app: TestApp
    private let admin: String
    private let path: String

    init() async throws {
        app = try TestApp()
        let token = try await app.token("demo_full_sandbox")
        admin = try await app.adminToken()
        let person = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: #"{"first_name":"Odil","last_name":"Ngono","date_of_birth":"1990-03-15"}"#)
        path = "/api/v1/admin/patients/\(person["health_id"]?.string ?? "")"
    }

    private func correct() async -> Answer {
        await app.send(
            .patch, path, token: admin, json: #"{"first_name":"Odile","reason":"her passport"}"#)
    }

    @Test func correctAnyPatient() async throws {
        let answer = await correct()
        #expect(answer["patient"]?["first_name"]?.string == "Odile", "\(answer.text)")
        #expect(try app.audit().last == "correctAnyPatient U success")
        #expect(
            try app.count("SELECT COUNT(*) FROM audit_log WHERE purpose = 'her passport'") == 1)
        #expect(
            try app.count("SELECT COUNT(*) FROM patient_corrections WHERE made_by = 'admin:tester'")
                == 1)
    }

    @Test func verifyAnyPatient() async throws {
        let answer = await app.send(
            .post, path + "/verification", token: admin,
            json: #"{"verification_method":"registry"}"#)
        #expect(answer["patient"]?["verification_status"]?.string == "verified", "\(answer.text)")
        #expect(try app.audit().last == "verifyAnyPatient U success")
    }

    @Test func listAnyPatientsCorrections() async throws {
        _ = await correct()
        let answer = await app.send(.get, path + "/corrections", token: admin)
        let one = answer["corrections"]?.elements.first { _ in true }
        #expect(one?["changes"]?["first_name"]?["from"]?.string == "Odil", "\(answer.text)")
        #expect(one?["made_by"]?.string == "admin:tester")
        #expect(try app.audit().last == "listAnyPatientsCorrections R success")
    }

    @Test func undoAnyPatientsCorrection() async throws {
        let made = await correct()
        let undo = path + "/corrections/\(made["correction_id"]?.string ?? "")/undo"
        let answer = await app.send(.post, undo, token: admin, json: "{}")
        #expect(answer["undone_by"]?.string == "admin:tester", "\(answer.text)")
        #expect(await app.send(.post, undo, token: admin, json: "{}").status == 409)
        #expect(
            try app.audit().suffix(2) == [
                "undoAnyPatientsCorrection U success", "undoAnyPatientsCorrection U conflict",
            ])
    }
}
