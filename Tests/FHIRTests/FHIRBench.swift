import API
import Database
import HTTP
import JSON
import Testing
import TestSupport

/// A sandbox with a client that pushes and reads, and what it reads as FHIR.
struct FHIRBench {
    static let base = "/api/fhir/R4/"
    /// Of the sandbox, with records of her own.
    static let known = "CM-HID-7KQ9-MP42-X8D1"
    static let facility = "00000000-0000-0000-0000-100000000001"

    let app: TestApp
    let token: String
    /// Somebody new, of whom nothing is recorded.
    let patient: String

    init() async throws {
        app = try TestApp()
        token = try await app.token("demo_full_sandbox")
        let made = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: #"{"first_name":"Odile","last_name":"Ekani","date_of_birth":"1971-11-20"}"#)
        patient = try #require(made["health_id"]?.string, "\(made.text)")
    }

    func get(
        _ path: String, token: String? = nil, fields: [(String, String)] = []
    ) async -> Answer {
        await app.send(.get, Self.base + path, token: token ?? self.token, fields: fields)
    }

    /// - Returns: the record's id, as FHIR has it.
    @discardableResult
    func push(
        _ kind: String, _ members: String, for patient: String? = nil
    ) async throws -> String {
        let answer = await app.send(
            .post, "/api/v1/connect/records/" + kind, token: token,
            json: #"{"health_id":"\#(patient ?? self.patient)",\#(members)}"#)
        let id = try #require(answer["record_id"]?.string, "\(answer.text)")
        return id.replacing("_", with: "-")
    }

    func grant(_ type: String = "full_record", of patient: String? = nil) async throws {
        let granted = await app.send(
            .post, "/api/v1/connect/patient/\(patient ?? self.patient)/consent/grant", token: token,
            json: #"{"consent_type":"\#(type)","expires_at":"2026-12-31T23:59:59Z"}"#)
        #expect(granted.status == 200)
    }

    /// The resources of a Bundle that match.
    func matches(_ answer: Answer) -> [JSONValue] {
        (answer["entry"]?.elements.map { $0 } ?? []).filter {
            $0["search"]?["mode"]?.string == "match"
        }.compactMap { $0["resource"] }
    }

    func matches(_ path: String) async -> [JSONValue] { matches(await get(path)) }

    /// What a Bundle warns of.
    func warnings(_ answer: Answer) -> [String] {
        var warnings: [String] = []
        for entry in answer["entry"]?.elements.map({ $0 }) ?? [] {
            guard entry["search"]?["mode"]?.string == "outcome" else { continue }
            for issue in entry["resource"]?["issue"]?.elements.map({ $0 }) ?? [] {
                warnings.append(issue.fhir("code") + ": " + issue.fhir("details.text"))
            }
        }
        return warnings
    }

    /// The last rows of the audit log.
    func audit(_ count: Int) throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT principal || ' ' || operation || ' ' || action || ' ' || outcome || ' '
                    || COALESCE((SELECT health_id FROM patients WHERE id = patient_id), '-')
                FROM audit_log ORDER BY seq DESC LIMIT ?
                """, [.int(count)]
            ) { $0.text(0) }
        }.reversed()
    }
}

extension JSONValue {
    /// What a path such as `code.coding[1].code` leads to, as JSON text; empty where it leads nowhere.
    func fhir(_ path: String) -> String {
        var value: JSONValue? = self
        for step in path.split(separator: ".") {
            let parts = step.split(separator: "[")
            value = value?[String(parts[0])]
            if parts.count > 1, let index = Int(parts[1].dropLast()) { value = value?.at(index) }
        }
        guard let value else { return "" }
        return value.string ?? String(decoding: value.raw, as: UTF8.self)
    }
}
