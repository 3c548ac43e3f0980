import Identity
package import Database
package import Values

/// Consents of one client for one patient; every query names both.
package enum ConsentStore {
    private static func consent(_ row: borrowing Row) throws -> Consent {
        Consent(
            id: row.text(0), coverage: Consent.Coverage(reading: row.text(1)) ?? .init(types: []),
            // To the client a superseded one is as good as revoked.
            storedState: Consent.State(rawValue: row.text(2)) ?? .revoked,
            basis: Consent.Basis(rawValue: row.text(3)) ?? .patient, purpose: row.textOrNil(4),
            grantedAt: row.isNull(5) ? nil : Timestamp(milliseconds: row.int64(5)),
            expiresAt: Timestamp(milliseconds: row.int64(6)))
    }

    /// The one place that says which consents are in force; no limit cuts it short. The newest first.
    private static func inForce<Value>(
        of patientID: Int64, by clientID: String?, at now: Timestamp, in tx: borrowing Transaction,
        _ value: (borrowing Row) throws -> Value
    ) throws -> [Value] {
        try tx.all(
            """
            SELECT id, coverage, state, basis, purpose, granted_at, expires_at, client_id
            FROM consents
            WHERE patient_id = ?1 AND state = 'active' AND expires_at > ?2
                AND (CAST(?3 AS TEXT) IS NULL OR client_id = ?3)
            ORDER BY created_at DESC, id DESC
            """, [.integer(patientID), .integer(now.milliseconds), .optional(clientID)], value)
    }

    /// The active consents that together decide what may be read now.
    package static func active(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [Consent] {
        try inForce(of: patientID, by: clientID, at: now, in: tx, consent)
    }

    /// The clients that a patient lets read anything now.
    package static func readers(
        of patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Set<String> {
        Set(try inForce(of: patientID, by: nil, at: now, in: tx) { $0.text(7) })
    }

    /// Who lets a client read anything now, ascending.
    package static func patientIDs(
        clientID: String, after id: Int64, limit: Int, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT DISTINCT patient_id FROM consents
            WHERE client_id = ? AND patient_id > ? AND state = 'active' AND expires_at > ?
            ORDER BY patient_id LIMIT ?
            """, [.text(clientID), .integer(id), .integer(now.milliseconds), .int(limit)]
        ) { $0.int64(0) }
    }

    /// All that a client asked or was given of a patient, or one of it by its id.
    package static func all(
        clientID: String, patientID: Int64?, id: String? = nil, in tx: borrowing Transaction
    ) throws -> [(consent: Consent, patientID: Int64)] {
        try tx.all(
            """
            SELECT id, coverage, state, basis, purpose, granted_at, expires_at, patient_id
            FROM consents
            WHERE client_id = ?1 AND (CAST(?2 AS BIGINT) IS NULL OR patient_id = ?2) AND (CAST(?3 AS TEXT) IS NULL OR id = ?3)
            ORDER BY created_at DESC, id DESC LIMIT 1000
            """, [.text(clientID), .optional(patientID), .optional(id)]
        ) { (consent: try consent($0), patientID: $0.int64(7)) }
    }

    /// What was last asked or given, whatever became of it.
    private static func newest(
        clientID: String, patientID: Int64, in tx: borrowing Transaction
    ) throws -> Consent? {
        try tx.first(
            """
            SELECT id, coverage, state, basis, purpose, granted_at, expires_at FROM consents
            WHERE client_id = ? AND patient_id = ? ORDER BY created_at DESC, id DESC LIMIT 1
            """, [.text(clientID), .integer(patientID)], consent)
    }

    /// What today's consents come to: the active ones together, else the newest.
    package static func current(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Consent? {
        let active = try active(clientID: clientID, patientID: patientID, at: now, in: tx)
        let given = active.filter { $0.basis == .patient }
        guard let newest = given.first else {
            return try active.first ?? newest(clientID: clientID, patientID: patientID, in: tx)
        }
        return newest.covering(Consent.Coverage(types: covered(by: given)))
    }

    private static func covered(by consents: [Consent]) -> Set<RecordType> {
        consents.reduce(into: []) { $0.formUnion($1.coverage.types) }
    }

    /// Whether there are active consents, of whatever basis, and they cover all of `types`.
    package static func covers(
        _ types: Set<RecordType>, of patientID: Int64, by clientID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        let active = try active(clientID: clientID, patientID: patientID, at: now, in: tx)
        return !active.isEmpty && types.isSubset(of: covered(by: active))
    }

    /// Whether active consents cover all of `types` for a read, which is marked in the audit log where
    /// only break-glass does.
    package static func opens(
        _ types: Set<RecordType>, of patientID: Int64, by clientID: String, at now: Timestamp,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Bool {
        let active = try active(clientID: clientID, patientID: patientID, at: now, in: tx)
        return opens(types, active, auditing: &entry)
    }

    private static func opens(
        _ types: Set<RecordType>, _ active: [Consent], auditing entry: inout AuditEntry
    ) -> Bool {
        if types.isSubset(of: covered(by: active.filter { $0.basis == .patient })) { return true }
        guard types.isSubset(of: covered(by: active)),
            let emergency = active.first(where: { $0.basis == .emergency })
        else { return false }
        entry.emergencyAccessID = emergency.id
        entry.purpose = "emergency-access \(emergency.id)"
        return true
    }

    /// Those of `types` that active consents cover, for a read, which is marked in the audit log where
    /// break-glass opens any of them.
    package static func opened(
        _ types: Set<RecordType>, of patientID: Int64, by clientID: String, at now: Timestamp,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Set<RecordType> {
        let active = try active(clientID: clientID, patientID: patientID, at: now, in: tx)
        let opened = types.intersection(covered(by: active))
        _ = opens(opened, active, auditing: &entry)
        return opened
    }

    /// Those that they do not cover.
    package static func withheld(
        _ types: Set<RecordType>, of patientID: Int64, by clientID: String, at now: Timestamp,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Set<RecordType> {
        types.subtracting(
            try opened(
                types, of: patientID, by: clientID, at: now, auditing: &entry, in: tx))
    }

    /// Lets a read pass that active consents cover in full.
    ///
    /// - Throws: `Refusal` 403 `consent_required`, with the reason.
    package static func require(
        _ types: Set<RecordType>, of patientID: Int64, by clientID: String, at now: Timestamp,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        let active = try active(clientID: clientID, patientID: patientID, at: now, in: tx)
        if opens(types, active, auditing: &entry) { return }
        let covered = covered(by: active)
        let missing = RecordType.allCases.filter {
            types.contains($0) && !covered.contains($0)
        }.map(\.plural).joined(separator: ", ")
        let newest = try newest(clientID: clientID, patientID: patientID, in: tx)
        let state = active.isEmpty ? newest?.state(at: now) ?? .none : .active
        var refusal = Refusal(
            .consentRequired,
            state == .active
                ? "The patient's consent does not cover \(missing)."
                : "There is no active consent of this patient for this client (\(state.rawValue)). Ask for it, or record a grant."
        )
        refusal.members = [("consent_state", state.rawValue)]
        throw refusal
    }

    // MARK: Changes

    /// What this client asked of the patient for the same records, as long as it may be answered.
    package static func pending(
        _ coverage: Consent.Coverage, clientID: String, patientID: Int64, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Consent? {
        try tx.first(
            """
            SELECT id, coverage, state, basis, purpose, granted_at, expires_at FROM consents
            WHERE patient_id = ? AND state = 'pending' AND expires_at + 0 > ? AND client_id = ?
                AND coverage = ?
            ORDER BY created_at DESC, id DESC LIMIT 1
            """,
            [
                .integer(patientID), .integer(now.milliseconds), .text(clientID),
                .text(coverage.text),
            ], consent)
    }

    /// Given under an id that a merge has retired, it goes back with that id should the merge be undone:
    /// a grant never opens another chart (contract § 4).
    ///
    /// - Parameter askedIn: the widget session in which it is asked, by a visitor and not by the client.
    package static func insert(
        _ consent: Consent, clientID: String, for found: PatientStore.Found,
        verificationMethod: String?, askedIn session: String? = nil, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO consents (id, client_id, patient_id, named_id, coverage, state, basis,
                purpose, verification_method, widget_session_id, created_at, granted_at,
                expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(consent.id), .text(clientID), .integer(found.patient.id),
                .integer(found.namedID), .text(consent.coverage.text),
                .text(consent.storedState.rawValue), .text(consent.basis.rawValue),
                .optional(consent.purpose), .optional(verificationMethod), .optional(session),
                .integer(now.milliseconds), .optional(consent.grantedAt?.milliseconds),
                .integer(consent.expiresAt.milliseconds),
            ])
    }

    /// Whether a request was asked in a widget session alone.
    package static func isAsked(
        _ id: String, inSession session: String, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            "SELECT 1 FROM consents WHERE id = ? AND widget_session_id = ?",
            [.text(id), .text(session)]
        ) { _ in true } ?? false
    }

    /// What was asked in a widget session is the client's request from now on.
    package static func adopt(_ id: String, in tx: borrowing Transaction) throws {
        try tx.run(
            "UPDATE consents SET widget_session_id = NULL WHERE id = ?", [.text(id)])
    }

    /// A grant answers what was asked before.
    package static func endPending(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE consents SET state = 'revoked', ended_at = ?1
            WHERE client_id = ?2 AND patient_id = ?3 AND state = 'pending'
            """, [.integer(now.milliseconds), .text(clientID), .integer(patientID)])
    }

    /// Ends whatever the client was given or asks for, for good: what a merge has superseded does not
    /// come back with its undoing.
    ///
    /// - Returns: the ids that were active or superseded.
    package static func revoke(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [String] {
        let given = try tx.all(
            """
            SELECT id FROM consents
            WHERE client_id = ?1 AND patient_id = ?2 AND state IN ('active', 'superseded')
                AND expires_at > ?3
            ORDER BY created_at DESC, id DESC
            """, [.text(clientID), .integer(patientID), .integer(now.milliseconds)]
        ) { $0.text(0) }
        try tx.run(
            """
            UPDATE consents SET state = 'revoked', ended_at = ?
            WHERE client_id = ? AND patient_id = ?
                AND state IN ('active', 'superseded', 'pending')
            """, [.integer(now.milliseconds), .text(clientID), .integer(patientID)])
        return given
    }

    // MARK: Merges

    /// The survivor's consents are those of both.
    package static func merge(
        _ retiredID: Int64, into survivorID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE consents SET patient_id = ? WHERE patient_id = ?",
            [.integer(survivorID), .integer(retiredID)])
        try settle(survivorID, in: tx)
    }

    /// Undoes it: the consents of `people`, the retired patient first, are that patient's again.
    package static func part(
        _ people: [Int64], from survivorID: Int64, in tx: borrowing Transaction
    ) throws {
        for id in people {
            try tx.run(
                "UPDATE consents SET patient_id = ? WHERE patient_id = ? AND named_id = ?",
                [.integer(people[0]), .integer(survivorID), .integer(id)])
        }
        try settle(survivorID, in: tx)
        try settle(people[0], in: tx)
    }

    /// The last word of a person counts: what was given under one of the ids that are merged is
    /// superseded where more was refused or taken back under another of them since. It follows from the
    /// rows alone, whatever was merged and undone in which order.
    private static func settle(_ patientID: Int64, in tx: borrowing Transaction) throws {
        try tx.run(
            """
            WITH refusals AS MATERIALIZED (
                SELECT client_id, named_id, MAX(COALESCE(ended_at, created_at)) AS refused_at
                FROM consents
                WHERE patient_id = ?1
                    AND (state = 'denied' OR state = 'revoked' AND granted_at IS NOT NULL)
                GROUP BY client_id, named_id)
            UPDATE consents SET state = CASE WHEN EXISTS (
                    SELECT 1 FROM refusals r
                    WHERE r.client_id = consents.client_id AND r.named_id <> consents.named_id
                        AND r.refused_at >= COALESCE(consents.granted_at, consents.created_at))
                THEN 'superseded' ELSE 'active' END
            WHERE patient_id = ?1 AND state IN ('active', 'superseded')
            """, [.integer(patientID)])
    }
}
