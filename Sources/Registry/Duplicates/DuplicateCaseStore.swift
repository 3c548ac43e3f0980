import Identity
package import Database
package import Values

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
                .text(Identifier.make("dup_", at: now)),
                // One case of two people, whichever of them was compared with the other.
                .integer(max(patientID, match.patient.id)),
                .integer(min(patientID, match.patient.id)), .real(match.comparison.bits),
                .text(match.band == .certain ? "certain" : "possible"),
                .text(match.comparison.explanation), .int(PersonComparison.ruleVersion),
                .integer(now.milliseconds),
            ])
    }

    private static func duplicate(_ row: borrowing Row) throws -> DuplicateCase {
        DuplicateCase(
            id: row.text(0), patientID: row.int64(1), candidateID: row.int64(2),
            bits: row.real(3), band: row.text(4), comparison: row.text(5),
            ruleVersion: row.int(6), state: DuplicateCase.State(rawValue: row.text(7)) ?? .open,
            createdAt: Timestamp(milliseconds: row.int64(8)),
            decidedAt: row.isNull(9) ? nil : Timestamp(milliseconds: row.int64(9)),
            decidedBy: row.textOrNil(10), note: row.textOrNil(11))
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> DuplicateCase? {
        try tx.first(
            """
            SELECT id, patient_id, candidate_id, bits, band, comparison, rule_version, state,
                created_at, decided_at, decided_by, note
            FROM duplicate_cases WHERE id = ?
            """, [.text(id)], duplicate)
    }

    /// The open ones, most alike first.
    ///
    /// - Parameter after: the last one of the page before.
    package static func open(
        after last: (bits: Double, id: String)?, limit: Int, in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        try tx.all(
            """
            SELECT id, patient_id, candidate_id, bits, band, comparison, rule_version, state,
                created_at, decided_at, decided_by, note
            FROM duplicate_cases
            WHERE state = 'open' AND (bits < ? OR bits = ? AND id < ?)
            ORDER BY bits DESC, id DESC LIMIT ?
            """,
            [
                .real(last?.bits ?? 1e9), .real(last?.bits ?? 1e9), .text(last?.id ?? "~"),
                .int(limit),
            ], duplicate)
    }

    /// Those that were decided that way, newest first.
    package static func decided(
        _ state: DuplicateCase.State, before id: String?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        try tx.all(
            """
            SELECT id, patient_id, candidate_id, bits, band, comparison, rule_version, state,
                created_at, decided_at, decided_by, note
            FROM duplicate_cases WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?
            """, [.text(state.rawValue), .text(id ?? "~"), .int(limit)], duplicate)
    }

    package static func openCount(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") { $0.int(0) }
            ?? 0
    }

    /// - Returns: `false` when it was decided before.
    package static func decide(
        _ state: DuplicateCase.State, _ id: String, note: String?, by principal: String,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE duplicate_cases SET state = ?, decided_at = ?, decided_by = ?, note = ?
            WHERE id = ? AND state = 'open'
            """,
            [
                .text(state.rawValue), .integer(now.milliseconds), .text(principal),
                .optional(note), .text(id),
            ]) == 1
    }

    /// The question is open again: a merge was undone.
    package static func reopen(_ id: String, in tx: borrowing Transaction) throws {
        try tx.execute(
            """
            UPDATE duplicate_cases SET state = 'open', decided_at = NULL, decided_by = NULL,
                note = NULL
            WHERE id = ?
            """, [.text(id)])
    }
}
