package import Database
package import Values

/// What a client sent of a person as a FHIR resource, beside what is registered.
package struct KeptResource: Sendable {
    /// Of the person's own; others have an allergy's words.
    package static let ofPerson = ""

    package let key: String
    package let owner: String
    package let content: [UInt8]
    package let receivedAt: Timestamp
}

/// Resources that were sent of people, the current one of each owner.
package enum KeptResourceStore {
    private static func resource(_ row: borrowing Row) -> KeptResource {
        KeptResource(
            key: row.text(0), owner: row.text(1), content: row.utf8(2),
            receivedAt: Timestamp(milliseconds: row.int64(3)))
    }

    /// Allergies that anybody sent, and the owner's own of the person; the newest first.
    package static func all(
        of patientID: Int64, owner: String, in tx: borrowing Transaction
    ) throws -> [KeptResource] {
        try tx.all(
            """
            SELECT key, owner, content, received_at FROM kept_resources
            WHERE patient_id = ?1 AND replaced_at IS NULL AND (key <> '' OR owner = ?2)
            ORDER BY seq DESC
            """, [.integer(patientID), .text(owner)], resource)
    }

    /// - Returns: since when it is kept, and whether that is now.
    package static func keep(
        _ content: [UInt8], under key: String, of patientID: Int64, owner: String,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> (since: Timestamp, isNew: Bool) {
        let known = try tx.first(
            """
            SELECT key, owner, content, received_at FROM kept_resources
            WHERE patient_id = ? AND key = ? AND owner = ? AND replaced_at IS NULL
            """, [.integer(patientID), .text(key), .text(owner)], resource)
        if let known, known.content == content { return (known.receivedAt, false) }
        try tx.run(
            """
            UPDATE kept_resources SET replaced_at = ?
            WHERE patient_id = ? AND key = ? AND owner = ? AND replaced_at IS NULL
            """, [.integer(now.milliseconds), .integer(patientID), .text(key), .text(owner)])
        try tx.run(
            """
            INSERT INTO kept_resources (patient_id, key, owner, content, received_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .integer(patientID), .text(key), .text(owner), .utf8(content),
                .integer(now.milliseconds),
            ])
        return (now, true)
    }

    /// What was sent of an allergy goes with it, and comes back with it.
    static func withdraw(
        _ key: String, of patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE kept_resources SET replaced_at = ?
            WHERE patient_id = ? AND key = ? AND replaced_at IS NULL
            """, [.integer(now.milliseconds), .integer(patientID), .text(key)])
    }

    /// - Parameter time: when it was withdrawn.
    static func restore(
        _ key: String, of patientID: Int64, withdrawnAt time: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE kept_resources SET replaced_at = NULL
            WHERE patient_id = ?1 AND key = ?2 AND replaced_at = ?3 AND NOT EXISTS (
                SELECT 1 FROM kept_resources AS later
                WHERE later.patient_id = ?1 AND later.key = ?2
                    AND later.owner = kept_resources.owner AND later.seq > kept_resources.seq)
            """, [.integer(patientID), .text(key), .integer(time.milliseconds)])
    }
}
