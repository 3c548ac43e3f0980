package import Database
package import Values

/// Doctors of facilities, found by code or licence number.
package enum DoctorStore {
    private static func doctor(_ row: borrowing Row) throws -> Doctor {
        Doctor(
            row: HealthcareRow(
                "doc_", seq: row.int64(0), nonce: row.int64(1), fields: row.utf8(2),
                createdAt: Timestamp(milliseconds: row.int64(3)),
                updatedAt: Timestamp(milliseconds: row.int64(4))),
            codeKey: row.textOrNil(5), licenseKey: row.textOrNil(6))
    }

    package struct Doctor: Sendable {
        package let row: HealthcareRow
        package let codeKey: String?
        package let licenseKey: String?
    }

    package static func find(
        codeKey: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> Doctor? {
        try tx.first(
            """
            SELECT seq, nonce, fields, created_at, updated_at, code_key, license_key FROM doctors
            WHERE facility = ? AND code_key = ?
            """, [.integer(facility), .text(codeKey)], doctor)
    }

    package static func find(
        licenseKey: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> Doctor? {
        try tx.first(
            """
            SELECT seq, nonce, fields, created_at, updated_at, code_key, license_key FROM doctors
            WHERE facility = ? AND license_key = ?
            """, [.integer(facility), .text(licenseKey)], doctor)
    }

    package static func insert(
        _ draft: HealthcareDraft, facility: Int64, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> String {
        let nonce = Identifier.nonce()
        let row = try tx.insert(
            into: .doctors,
            """
            INSERT INTO doctors (seq, nonce, facility, code_key, license_key, fields, created_at,
                updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                nil, .integer(nonce), .integer(facility), .optional(draft.keys.codeKey),
                .optional(draft.keys.licenseKey), .utf8(draft.fields),
                .integer(now.milliseconds), .integer(now.milliseconds),
            ])
        return Identifier.make("doc_", at: now, nonce: nonce, row: row)
    }

    package static func update(
        _ row: HealthcareRow, codeKey: String?, licenseKey: String?, fields: [UInt8],
        at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE doctors SET code_key = ?, license_key = ?, fields = ?, updated_at = ?
            WHERE seq = ?
            """,
            [
                .optional(codeKey), .optional(licenseKey), .utf8(fields),
                .integer(now.milliseconds), .integer(row.seq),
            ])
    }

    package static func list(
        _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> [HealthcareRow] {
        try tx.all(
            """
            SELECT seq, nonce, fields, created_at, updated_at, code_key, license_key FROM doctors
            WHERE facility = ?1 AND updated_at >= ?2 AND (updated_at > ?3 OR seq > ?4)
            ORDER BY updated_at, seq LIMIT ?5
            """, page.bindings, doctor
        ).map(\.row)
    }
}
