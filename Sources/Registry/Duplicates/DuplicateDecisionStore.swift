package import Database
import Values

/// What was decided about cases, and by whom. The standing decision of a case is the state it is in.
package enum DuplicateDecisionStore {
    private static func decision(_ row: borrowing Row) throws -> DuplicateDecision {
        DuplicateDecision(
            id: row.text(0), state: DuplicateCase.State(rawValue: row.text(1)) ?? .closed,
            mergeID: row.textOrNil(2), note: row.textOrNil(3),
            decidedAt: Timestamp(milliseconds: row.int64(4)), decidedBy: row.text(5))
    }

    static func standing(
        of caseID: String, in tx: borrowing Transaction
    ) throws -> DuplicateDecision? {
        try tx.first(
            """
            SELECT id, decision, merge_id, note, decided_at, decided_by FROM duplicate_decisions
            WHERE case_id = ? AND undone_at IS NULL
            """, [.text(caseID)], decision)
    }

    /// The case must be open.
    static func decide(
        _ state: DuplicateCase.State, _ one: DuplicateCase, mergeID: String?, note: String?,
        by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO duplicate_decisions (id, case_id, decision, merge_id, note, opened_at,
                decided_at, decided_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(Identifier.make("dec_", at: now)), .text(one.id), .text(state.rawValue),
                .optional(mergeID), .optional(note), .integer(one.createdAt.milliseconds),
                .integer(now.milliseconds), .text(principal),
            ])
        try DuplicateCaseStore.setState(state, of: one.id, in: tx)
    }

    /// The question is open again.
    static func undo(
        of caseID: String, by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE duplicate_decisions SET undone_at = ?, undone_by = ?
            WHERE case_id = ? AND undone_at IS NULL
            """, [.integer(now.milliseconds), .text(principal), .text(caseID)])
        try DuplicateCaseStore.setState(.open, of: caseID, in: tx)
    }

    /// Cases that were decided that way, the last decision first.
    package static func decided(
        _ state: DuplicateCase.State, before id: String?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        let found = try tx.all(
            """
            SELECT id, decision, merge_id, note, decided_at, decided_by, case_id
            FROM duplicate_decisions
            WHERE undone_at IS NULL AND decision = ? AND id < ? ORDER BY id DESC LIMIT ?
            """, [.text(state.rawValue), .text(id ?? "~"), .int(limit)]
        ) { (try decision($0), $0.text(6)) }
        return try found.compactMap { decision, caseID in
            var one = try DuplicateCaseStore.find(caseID, in: tx)
            one?.decision = decision
            return one
        }
    }

    /// Decisions since a moment, the last one first.
    static func forEach(
        since start: Timestamp, limit: Int, in tx: borrowing Transaction,
        _ body: (DuplicateStatistics.Decision) -> Void
    ) throws {
        try tx.forEach(
            """
            SELECT CASE decision WHEN 'merged' THEN 1 WHEN 'dismissed' THEN 2 ELSE 3 END,
                decided_by, opened_at, decided_at, undone_at
            FROM duplicate_decisions WHERE id >= ? ORDER BY id DESC LIMIT ?
            """, [.text(Identifier.lowest("dec_", at: start)), .int(limit)]
        ) { row in
            body(
                DuplicateStatistics.Decision(
                    state: row.int(0) == 1 ? .merged : row.int(0) == 2 ? .dismissed : .closed,
                    decidedBy: row.text(1),
                    waited: max(0, row.int64(3) &- row.int64(2)), isUndone: !row.isNull(4)))
        }
    }
}
