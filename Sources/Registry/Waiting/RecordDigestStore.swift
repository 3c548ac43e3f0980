package import Database

/// Contents that were stored, to know them again.
package enum RecordDigestStore {
    /// - Returns: `false` when it is there already.
    package static func insert(
        _ digest: [UInt8], patientID: Int64? = nil, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO record_digests (digest, patient_id) VALUES (?, ?)
            ON CONFLICT (digest) DO NOTHING
            """, [.blob(digest), .optional(patientID)]) == 1
    }

    /// Forgets a content that is not stored after all.
    package static func remove(_ digest: [UInt8], in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM record_digests WHERE digest = ?", [.blob(digest)])
    }

    /// Whom a patient record led to.
    package static func patientID(
        of digest: [UInt8], in tx: borrowing Transaction
    ) throws -> Int64? {
        try tx.first(
            "SELECT patient_id FROM record_digests WHERE digest = ?", [.blob(digest)]
        ) { $0.int64OrNil(0) } ?? nil
    }
}
