package import SQLite

/// Pairs of patients who may be one person, for an administrator to decide.
package enum DuplicateCaseStore {
    /// Puts a pair up for review, unless somebody has decided about it already.
    package static func open(
        _ match: BlockingStore.NearMatch, for patientID: Int64, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO duplicate_cases (id, patient_id, candidate_id, bits, band, comparison,
                rule_version, state, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?)
            ON CONFLICT (patient_id, candidate_id) DO NOTHING
            """,
            [
                .text(Identifier.make("dup_", at: now)), .integer(patientID),
                .integer(match.patient.id), .real(match.comparison.bits),
                .text(match.band == .certain ? "certain" : "possible"),
                .text(match.comparison.explanation), .int(PersonComparison.ruleVersion),
                .integer(now.milliseconds),
            ])
    }
}
