package import Database
import Values

/// Cases of what was said against what was verified.
package enum IdentityContradictionStore {
    /// Most open ones of one patient by one source: who says something else each time is answered, and
    /// opens no more.
    static let limit = 20

    /// Opens a case unless the same was said by the same source before; one that was closed is open again.
    ///
    /// - Returns: `false` where it has no case, because there are enough.
    static func open(
        _ facts: [PatientField: FieldChange], of patientID: Int64, from source: String,
        by principal: String, origin: Origin, in tx: borrowing Transaction
    ) throws -> Bool {
        let said = try facts.compactMapValues(\.to).json
        let state = try tx.first(
            """
            SELECT state FROM identity_contradictions
            WHERE patient_id = ? AND source = ? AND said = ?
            """, [.integer(patientID), .text(source), .text(said)]
        ) { $0.text(0) }
        guard state == nil || state == IdentityContradiction.State.closed.rawValue else {
            return true
        }
        guard try openCount(of: patientID, from: source, in: tx) < limit else { return false }
        try tx.run(
            """
            INSERT INTO identity_contradictions (id, patient_id, source, said, verified, said_by,
                facility_id, request_id, state, opened_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)
            ON CONFLICT (patient_id, source, said) DO UPDATE SET state = 'open',
                verified = excluded.verified, decided_at = NULL, decided_by = NULL, note = NULL
            """,
            [
                .text(Identifier.make("ctr_", at: origin.now)), .integer(patientID), .text(source),
                .text(said), .text(try facts.compactMapValues(\.from).json), .text(principal),
                .optional(origin.facilityID), .text(origin.requestID),
                .integer(origin.now.milliseconds),
            ])
        return true
    }

    private static func openCount(
        of patientID: Int64, from source: String, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first(
            """
            SELECT COUNT(*) FROM identity_contradictions
            WHERE patient_id = ? AND source = ? AND state = 'open'
            """, [.integer(patientID), .text(source)]
        ) { $0.int(0) } ?? 0
    }

    private static func contradiction(_ row: borrowing Row) throws -> IdentityContradiction {
        guard let said = try? PatientFields(json: row.text(2)),
            let verified = try? PatientFields(json: row.text(3))
        else { throw DatabaseError.unreadable(row: "identity_contradictions \(row.text(0))") }
        return IdentityContradiction(
            id: row.text(0), patientID: row.int64(1), said: said, verified: verified,
            saidBy: row.text(4), facilityID: row.textOrNil(5), requestID: row.text(6),
            state: IdentityContradiction.State(rawValue: row.text(7)) ?? .open,
            openedAt: Timestamp(milliseconds: row.int64(8)),
            decidedAt: row.int64OrNil(9).map { Timestamp(milliseconds: $0) },
            decidedBy: row.textOrNil(10), note: row.textOrNil(11))
    }

    static func find(
        _ id: String, in tx: borrowing Transaction
    ) throws -> IdentityContradiction? {
        try tx.first(
            """
            SELECT id, patient_id, said, verified, said_by, facility_id, request_id, state, opened_at,
                decided_at, decided_by, note
            FROM identity_contradictions WHERE id = ?
            """, [.text(id)], contradiction)
    }

    /// In one state, the newest first.
    package static func all(
        _ state: IdentityContradiction.State, before id: String?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [IdentityContradiction] {
        try tx.all(
            """
            SELECT id, patient_id, said, verified, said_by, facility_id, request_id, state, opened_at,
                decided_at, decided_by, note
            FROM identity_contradictions WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?
            """, [.text(state.rawValue), .text(id ?? "~"), .int(limit)], contradiction)
    }

    /// A patient's that nobody has decided.
    static func undecided(
        of patientID: Int64, in tx: borrowing Transaction
    ) throws -> [IdentityContradiction] {
        try tx.all(
            """
            SELECT id, patient_id, said, verified, said_by, facility_id, request_id, state, opened_at,
                decided_at, decided_by, note
            FROM identity_contradictions
            WHERE patient_id = ? AND (state = 'open' OR state = 'closed') ORDER BY id LIMIT 500
            """, [.integer(patientID)], contradiction)
    }

    package static func openCount(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT COUNT(*) FROM identity_contradictions WHERE state = 'open'") {
            $0.int(0)
        } ?? 0
    }

    /// - Parameter principal: who decides; `nil` where the case is open again.
    static func set(
        _ state: IdentityContradiction.State, of id: String, by principal: String?, note: String?,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE identity_contradictions SET state = ?, decided_at = ?, decided_by = ?, note = ?
            WHERE id = ?
            """,
            [
                .text(state.rawValue), .optional(principal.map { _ in now.milliseconds }),
                .optional(principal), .optional(note), .text(id),
            ])
    }
}
