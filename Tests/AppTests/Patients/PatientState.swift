import API
import Database
@testable import Registry
import TestSupport

/// All that is stored of people, and all that they are found by; without what says when, and which of
/// several namesakes somebody is.
enum PatientState {
    static func rows(of app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT 'patient|' || quote(id) || '|' || quote(name_key) || '|' || quote(first_name)
                    || '|' || quote(last_name) || '|' || quote(date_of_birth) || '|' || quote(sex)
                    || '|' || quote(phone_number) || '|' || quote(phone_key) || '|'
                    || quote(national_id) || '|' || quote(national_id_key) || '|' || quote(blood_type)
                    || '|' || quote(allergies) || '|' || quote(date_of_death) || '|'
                    || quote(verification_status) || '|' || quote(verification_method) || '|'
                    || quote(verification_document) || '|' || quote(identity_status) || '|'
                    || quote(merged_into)
                FROM patients
                UNION ALL SELECT 'address|' || patient_id || '|' || quote(line) || '|'
                    || quote(district) || '|' || quote(city) || '|' || quote(state) || '|'
                    || quote(postal_code)
                FROM patient_addresses WHERE COALESCE(line, district, city, state, postal_code)
                    IS NOT NULL
                UNION ALL SELECT 'key|' || block || '|' || code || '|' || patient_id
                FROM blocking_keys
                UNION ALL SELECT 'count|' || fact || '|' || people FROM fact_counts
                WHERE people <> 0
                ORDER BY 1
                """
            ) { $0.text(0) }
        }
    }

    /// Files everybody anew, as after a change of the rules.
    static func refile(_ app: TestApp) throws {
        let writer = try app.app.storage.openWriter()
        defer { writer.close() }
        try BlockingIndex.rebuild(writer: writer, reader: try app.app.storage.openReader()) {
            _, _, _ in
        }
    }
}
