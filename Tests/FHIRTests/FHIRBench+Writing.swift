import Database
import HTTP
import JSON
import TestSupport

extension FHIRBench {
    /// A resource about the bench's patient.
    func resource(_ type: String, _ members: String) -> String {
        #"{"resourceType":"\#(type)","\#(type == "AllergyIntolerance" ? "patient" : "subject")":"#
            + #"{"reference":"Patient/\#(patient)","display":"Odile"},\#(members)}"#
    }

    func post(
        _ path: String, _ json: String, token: String? = nil, fields: [(String, String)] = []
    ) async -> Answer {
        await app.send(
            .post, Self.base + path, token: token ?? self.token, fields: fields, json: json)
    }

    /// The patient's records, but for what was sent and where they lie.
    func rows() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT type || ' ' || COALESCE(external_id, '-') || ' ' || item || ' ' || version
                    || ' ' || COALESCE(status, '-') || ' ' || COALESCE(CAST(occurred_at AS TEXT), '-') || ' '
                    || client_id || ' ' || json_remove(content, '$.payload')
                FROM records WHERE patient_id = (SELECT id FROM patients WHERE health_id = ?)
                ORDER BY seq
                """, [.text(patient)]
            ) { $0.text(0) }
        }
    }

    func events() throws -> [String] {
        try app.read { tx in try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) } }
    }
}
