import API
import HTTP
@testable import Registry
import Database
import Testing
import TestSupport

@Suite("Filing patients anew")
struct BlockingIndexTests {
    @Test func reindexingFilesPatientsAsRegisteringDid() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for (first, last, born) in [
            ("Awa", "Fon", "1990-07-22"), ("Awa", "Fon", "1990-07-23"),
            ("Awa", "Bih", "1990-07-22"),
            ("Jean Paul", "Mbarga", "1985-02-03"), ("محمد", "العتيبي", "1985-02-03"),
            ("Baby of Marie", "Fon", "2026-05-01"), ("Ngo", "Fon", "1900-01-01"),
        ] {
            let answer = await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token,
                json:
                    #"{"first_name":"\#(first)","last_name":"\#(last)","date_of_birth":"\#(born)"}"#
            )
            #expect(answer.status == 201)
        }
        let before = try Self.state(of: app)
        #expect(before.contains { $0.hasPrefix("count|") && $0.hasSuffix("|3") })
        let writer = try app.app.storage.openWriter()
        defer { writer.close() }
        // Twice: what was there is replaced.
        for _ in 0..<2 {
            try BlockingIndex.rebuild(writer: writer, reader: try app.app.storage.openReader()) {
                _, _, _ in
            }
        }
        #expect(try Self.state(of: app) == before)
    }

    private static func state(of app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT 'name|' || id || '|' || quote(name_key) || '|' || quote(name_ordinal) FROM patients
                UNION ALL SELECT 'key|' || block || '|' || code || '|' || patient_id FROM blocking_keys
                UNION ALL SELECT 'count|' || fact || '|' || people FROM fact_counts
                ORDER BY 1
                """
            ) { $0.text(0) }
        }
    }
}
