package import SQLite
package import Values

/// Consents of one client for one patient; every query names both.
package enum ConsentStore {
    private static func consent(_ row: borrowing Row) throws -> Consent {
        Consent(
            id: row.text(0), coverage: Consent.Coverage(reading: row.text(1)) ?? .init(types: []),
            storedState: Consent.State(rawValue: row.text(2)) ?? .denied,
            basis: Consent.Basis(rawValue: row.text(3)) ?? .patient, purpose: row.textOrNil(4),
            grantedAt: row.isNull(5) ? nil : Timestamp(milliseconds: row.int64(5)),
            expiresAt: row.isNull(6) ? nil : Timestamp(milliseconds: row.int64(6)))
    }

    /// The newest first.
    package static func all(
        clientID: String, patientID: Int64, in tx: borrowing Transaction
    ) throws -> [Consent] {
        try tx.all(
            """
            SELECT id, coverage, state, basis, purpose, granted_at, expires_at FROM consents
            WHERE client_id = ? AND patient_id = ? ORDER BY created_at DESC, id DESC LIMIT 200
            """, [.text(clientID), .integer(patientID)], consent)
    }

    /// What today's consents come to: the active ones together, else the newest.
    package static func current(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Consent? {
        let all = try all(clientID: clientID, patientID: patientID, in: tx)
        let active = all.filter { $0.state(at: now) == .active && $0.basis == .patient }
        guard let newest = active.first else {
            return all.first { $0.state(at: now) == .active } ?? all.first
        }
        let types = active.reduce(into: Set<RecordType>()) { $0.formUnion($1.coverage.types) }
        return newest.covering(Consent.Coverage(types: types))
    }

    /// The active consents that together decide what may be read now.
    package static func active(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [Consent] {
        try all(clientID: clientID, patientID: patientID, in: tx)
            .filter { $0.state(at: now) == .active }
    }

    /// Whether active consents, of whatever basis, cover all of `types`.
    package static func covers(
        _ types: Set<RecordType>, of patientID: Int64, by clientID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        let active = try active(clientID: clientID, patientID: patientID, at: now, in: tx)
        return types.isSubset(
            of: active.reduce(into: Set<RecordType>()) { $0.formUnion($1.coverage.types) })
    }

    /// Lets a read pass that active consents cover in full.
    ///
    /// A read that only break-glass covers is marked as such in the audit log.
    ///
    /// - Throws: `Problem` 403 `consent_required`, with the reason.
    package static func require(
        _ types: Set<RecordType>, of patientID: Int64, by clientID: String, at now: Timestamp,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        let all = try all(clientID: clientID, patientID: patientID, in: tx)
        let active = all.filter { $0.state(at: now) == .active }
        func covered(_ consents: [Consent]) -> Set<RecordType> {
            consents.reduce(into: []) { $0.formUnion($1.coverage.types) }
        }
        if types.isSubset(of: covered(active.filter { $0.basis == .patient })) { return }
        if types.isSubset(of: covered(active)),
            let emergency = active.first(where: { $0.basis == .emergency })
        {
            entry.purpose = "emergency-access \(emergency.id)"
            return
        }
        let missing = RecordType.allCases.filter {
            types.contains($0) && !covered(active).contains($0)
        }.map(\.plural).joined(separator: ", ")
        let state = active.isEmpty ? all.first?.state(at: now) ?? .none : .active
        var problem = Problem(
            .consentRequired,
            state == .active
                ? "The patient's consent does not cover \(missing)."
                : "There is no active consent of this patient for this client (\(state.rawValue)). Ask for it, or record a grant."
        )
        problem.members = [("consent_state", state.rawValue)]
        throw problem
    }

    /// Given under an id that a merge has retired, it goes back with that id should the merge be undone:
    /// a grant never opens another chart (contract § 4).
    package static func insert(
        _ consent: Consent, clientID: String, for found: PatientStore.Found,
        verificationMethod: String?, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        if found.isViaMergedAlias {
            try MergeStore.note(consent: consent.id, under: found.namedID, in: tx)
        }
        try tx.execute(
            """
            INSERT INTO consents (id, client_id, patient_id, coverage, state, basis, purpose,
                verification_method, created_at, granted_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(consent.id), .text(clientID), .integer(found.patient.id),
                .text(consent.coverage.text), .text(consent.storedState.rawValue),
                .text(consent.basis.rawValue), .optional(consent.purpose),
                .optional(verificationMethod), .integer(now.milliseconds),
                .optional(consent.grantedAt?.milliseconds),
                .optional(consent.expiresAt?.milliseconds),
            ])
    }

    /// A grant answers what was asked before.
    package static func endPending(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            UPDATE consents SET state = 'revoked', ended_at = ?
            WHERE client_id = ? AND patient_id = ? AND state = 'pending'
            """, [.integer(now.milliseconds), .text(clientID), .integer(patientID)])
    }

    /// Ends every active or pending consent of the client for the patient.
    ///
    /// - Returns: the ids that were active.
    package static func revoke(
        clientID: String, patientID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [String] {
        let active = try active(clientID: clientID, patientID: patientID, at: now, in: tx)
        try tx.execute(
            """
            UPDATE consents SET state = 'revoked', ended_at = ?
            WHERE client_id = ? AND patient_id = ? AND state IN ('active', 'pending')
            """, [.integer(now.milliseconds), .text(clientID), .integer(patientID)])
        return active.map(\.id)
    }
}
