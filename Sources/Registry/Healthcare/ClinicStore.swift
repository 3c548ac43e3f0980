package import Database
package import Values

/// Clinics of facilities, found by their codes.
package enum ClinicStore {
    private static func clinic(_ row: borrowing Row) throws -> HealthcareRow {
        HealthcareRow(
            "cln_", seq: row.int64(0), nonce: row.int64(1), fields: row.utf8(2),
            createdAt: Timestamp(milliseconds: row.int64(3)),
            updatedAt: Timestamp(milliseconds: row.int64(4)))
    }

    package static func find(
        codeKey: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> HealthcareRow? {
        try tx.first(
            """
            SELECT seq, nonce, fields, created_at, updated_at FROM clinics
            WHERE facility = ? AND code_key = ?
            """, [.integer(facility), .text(codeKey)], clinic)
    }

    package static func insert(
        _ draft: HealthcareDraft, codeKey: String, facility: Int64, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> String {
        let nonce = Identifier.nonce()
        let row = try tx.insert(
            into: .clinics,
            """
            INSERT INTO clinics (seq, nonce, facility, code_key, fields, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                nil, .integer(nonce), .integer(facility), .text(codeKey), .utf8(draft.fields),
                .integer(now.milliseconds), .integer(now.milliseconds),
            ])
        return Identifier.make("cln_", at: now, nonce: nonce, row: row)
    }

    package static func update(
        _ row: HealthcareRow, to fields: [UInt8], at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE clinics SET fields = ?, updated_at = ? WHERE seq = ?",
            [.utf8(fields), .integer(now.milliseconds), .integer(row.seq)])
    }

    package static func list(
        _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> [HealthcareRow] {
        try tx.all(
            """
            SELECT seq, nonce, fields, created_at, updated_at FROM clinics
            WHERE facility = ?1 AND updated_at >= ?2 AND (updated_at > ?3 OR seq > ?4)
            ORDER BY updated_at, seq LIMIT ?5
            """, page.bindings, clinic)
    }
}

extension HealthcarePage {
    /// Facility, first moment, and the place after which the page begins; the last is how many.
    var bindings: [SQLValue] {
        [
            .integer(facility),
            .integer(max(since.milliseconds, after?.updatedAt ?? 0)),
            .integer(after?.updatedAt ?? -1), .integer(after?.seq ?? -1), .int(limit),
        ]
    }
}
