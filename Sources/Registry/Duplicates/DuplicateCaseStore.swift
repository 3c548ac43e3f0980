package import Database
import Identity
package import Values

/// Pairs of patients who may be one person, for an administrator to decide.
package enum DuplicateCaseStore {
    /// Puts a pair up for review, unless somebody has decided about it already.
    ///
    /// - Parameter isCorrected: a correction made them alike.
    package static func open(
        _ match: BlockingStore.NearMatch, for patientID: Int64, isCorrected: Bool = false,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        // One case of two people, whichever of them was compared with the other.
        let (later, earlier) = (
            max(patientID, match.patient.id), min(patientID, match.patient.id)
        )
        let id = Identifier.make("dup_", at: now)
        let stored = try tx.first(
            """
            INSERT INTO duplicate_cases (id, patient_id, candidate_id, facility_id, is_corrected,
                bits, band, rank, comparison, rule_version, state, created_at)
            VALUES (?, ?, ?, (SELECT facility_id FROM patients WHERE id = ?), ?, ?, ?, ?, ?, ?,
                'open', ?)
            ON CONFLICT (patient_id, candidate_id) DO UPDATE SET bits = excluded.bits,
                band = excluded.band, rank = excluded.rank, comparison = excluded.comparison,
                rule_version = excluded.rule_version, is_corrected = excluded.is_corrected,
                state = 'open'
            WHERE duplicate_cases.state = 'closed'
            RETURNING id
            """,
            [
                .text(id), .integer(later), .integer(earlier),
                .integer(later), .int(isCorrected ? 1 : 0), .real(match.comparison.bits),
                .text(match.band == .certain ? "certain" : "possible"),
                .integer(DuplicateRank.value(match.band, bits: match.comparison.bits)),
                .text(match.comparison.explanation), .int(PersonComparison.ruleVersion),
                .integer(now.milliseconds),
            ]
        ) { $0.text(0) }
        guard let stored, stored != id else { return }
        try DuplicateDecisionStore.undo(of: stored, by: "system", at: now, in: tx)
    }

    static func duplicate(_ row: borrowing Row) throws -> DuplicateCase {
        DuplicateCase(
            id: row.text(0), patientID: row.int64(1), candidateID: row.int64(2),
            facilityID: row.textOrNil(3), bits: row.real(4), band: row.text(5),
            comparison: row.text(6), ruleVersion: row.int(7),
            state: DuplicateCase.State(rawValue: row.text(8)) ?? .open,
            createdAt: Timestamp(milliseconds: row.int64(9)), rank: row.int64(10))
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> DuplicateCase? {
        var found = try tx.first(
            """
            SELECT id, patient_id, candidate_id, facility_id, bits, band, comparison, rule_version,
                state, created_at, rank
            FROM duplicate_cases WHERE id = ?
            """, [.text(id)], duplicate)
        if found != nil { found?.decision = try DuplicateDecisionStore.standing(of: id, in: tx) }
        return found
    }

    static func find(
        _ one: Int64, _ other: Int64, in tx: borrowing Transaction
    ) throws -> DuplicateCase? {
        try tx.first(
            "SELECT id FROM duplicate_cases WHERE patient_id = ? AND candidate_id = ?",
            [.integer(max(one, other)), .integer(min(one, other))]
        ) { $0.text(0) }.flatMap { try find($0, in: tx) }
    }

    // MARK: Lists

    /// A page of the open ones.
    package static func open(
        _ selection: DuplicateSelection, limit: Int, in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        let ranks = DuplicateRank.range(of: selection.band)
        // Before every id, and before all of the band.
        let last = selection.last ?? (ranks.lowerBound, "")
        let end = selection.openedBefore.map { Identifier.lowest("dup_", at: $0) } ?? "~"
        let facility = selection.facilityID.map { [SQLValue.text($0)] } ?? []
        let bounds: [SQLValue] = [.integer(ranks.upperBound), .text(end), .int(limit)]
        switch selection.order {
        case .certainty:
            let place: [SQLValue] = [.integer(last.rank), .text(last.id)]
            return try tx.all(
                facility.isEmpty ? byCertainty : byCertaintyOfFacility, facility + place + bounds,
                duplicate)
        case .age:
            let place: [SQLValue] = [.text(last.id), .integer(ranks.lowerBound)]
            return try tx.all(
                facility.isEmpty ? byAge : byAgeOfFacility, facility + place + bounds, duplicate)
        }
    }

    private static let byCertainty: StaticString = """
        SELECT id, patient_id, candidate_id, facility_id, bits, band, comparison, rule_version,
            state, created_at, rank
        FROM duplicate_cases
        WHERE state = 'open' AND (rank, id) > (?, ?) AND rank <= ? AND id < ?
        ORDER BY rank, id LIMIT ?
        """

    private static let byCertaintyOfFacility: StaticString = """
        SELECT id, patient_id, candidate_id, facility_id, bits, band, comparison, rule_version,
            state, created_at, rank
        FROM duplicate_cases
        WHERE state = 'open' AND facility_id = ? AND (rank, id) > (?, ?) AND rank <= ? AND id < ?
        ORDER BY rank, id LIMIT ?
        """

    private static let byAge: StaticString = """
        SELECT id, patient_id, candidate_id, facility_id, bits, band, comparison, rule_version,
            state, created_at, rank
        FROM duplicate_cases
        WHERE state = 'open' AND id > ? AND rank >= ? AND rank <= ? AND id < ?
        ORDER BY id LIMIT ?
        """

    private static let byAgeOfFacility: StaticString = """
        SELECT id, patient_id, candidate_id, facility_id, bits, band, comparison, rule_version,
            state, created_at, rank
        FROM duplicate_cases
        WHERE state = 'open' AND facility_id = ? AND id > ? AND rank >= ? AND rank <= ? AND id < ?
        ORDER BY id LIMIT ?
        """

    package static func openCount(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") { $0.int(0) }
            ?? 0
    }

    /// How many ask whether a registration is somebody's who was registered before.
    static func openCount(asking patientID: Int64, in tx: borrowing Transaction) throws -> Int {
        try tx.first(
            "SELECT COUNT(*) FROM duplicate_cases WHERE patient_id = ? AND state = 'open'",
            [.integer(patientID)]
        ) { $0.int(0) } ?? 0
    }

    /// How many were opened within a time and wait.
    static func openCount(
        _ band: PersonComparison.Band, from start: Timestamp?, to end: Timestamp?,
        in tx: borrowing Transaction
    ) throws -> Int {
        let ranks = DuplicateRank.range(of: band)
        return try tx.first(
            """
            SELECT COUNT(*) FROM duplicate_cases
            WHERE state = 'open' AND id >= ? AND id < ? AND rank >= ? AND rank <= ?
            """,
            [
                .text(start.map { Identifier.lowest("dup_", at: $0) } ?? ""),
                .text(end.map { Identifier.lowest("dup_", at: $0) } ?? "~"),
                .integer(ranks.lowerBound), .integer(ranks.upperBound),
            ]
        ) { $0.int(0) } ?? 0
    }

    // MARK: Those of one person

    /// Open ones, whichever of the two a patient is.
    static func openIDs(
        of patientID: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [String] {
        try tx.all(
            """
            SELECT id FROM duplicate_cases
            WHERE state = 'open' AND (patient_id = ?1 OR candidate_id = ?1) LIMIT ?2
            """, [.integer(patientID), .int(limit)]
        ) { $0.text(0) }
    }

    /// All whose question a merge answered, or may have.
    static func cases(
        _ state: DuplicateCase.State, of patientID: Int64, in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        try tx.all(
            """
            SELECT id, patient_id, candidate_id, facility_id, bits, band, comparison, rule_version,
                state, created_at, rank
            FROM duplicate_cases WHERE state = ?2 AND (patient_id = ?1 OR candidate_id = ?1)
            """, [.integer(patientID), .text(state.rawValue)], duplicate)
    }

    /// Open ones of a patient that nothing but a correction of one of the two had opened.
    static func correctedCases(
        of patientID: Int64, in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        try tx.all(
            """
            SELECT id, patient_id, candidate_id, facility_id, bits, band, comparison, rule_version,
                state, created_at, rank
            FROM duplicate_cases
            WHERE state = 'open' AND is_corrected = 1 AND (patient_id = ?1 OR candidate_id = ?1)
            """, [.integer(patientID)], duplicate)
    }

    static func setState(
        _ state: DuplicateCase.State, of id: String, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE duplicate_cases SET state = ? WHERE id = ?",
            [.text(state.rawValue), .text(id)])
    }
}
