package import JSON
package import Database

extension Quarantine {
    /// Runs a record again, as it was sent or as an administrator has corrected it. Where it is refused
    /// still, it keeps the new reason, and the entry has it.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is not open.
    package static func replay(
        _ id: Int64, as corrected: JSONValue? = nil, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Result<(record: QuarantinedRecord, outcome: SyncOutcome), Refusal> {
        try requireOpen(find(id, auditing: &entry, in: tx))
        let replay = try QuarantineStore.replay(
            id, as: corrected, by: entry.principal, origin: origin, in: tx)
        switch replay {
        case .success(let outcome):
            entry.batchPatientIDs = outcome.patientIDs.sorted()
            return .success((try find(id, auditing: &entry, in: tx), outcome))
        case .failure(let refusal):
            entry.outcome = refusal.code.rawValue
            return .failure(refusal)
        case nil: throw Refusal.unknown("quarantined record")
        }
    }

    /// The first hundred of the chosen ones.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func replay(
        _ choice: QuarantineSelection, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> ResolvedPart {
        let (ids, end) = try choice.part(auditing: &entry, in: tx)
        let principal = entry.principal
        return try ResolvedPart(
            running: ids, end: end, as: .replayed, orElse: .notOpen, auditing: &entry
        ) { try QuarantineStore.replay($0, by: principal, origin: origin, in: tx) }
    }
}

extension QuarantineStore {
    /// Runs a record again, as its agent's facility sent it or as an administrator has corrected it. What
    /// was sent stays as it is.
    ///
    /// - Parameters:
    ///   - corrected: what is stored in its place, which then is `corrected`; where it is refused, the
    ///     record keeps its own reason.
    ///   - origin: the request that asks for it; the record itself is received now.
    /// - Returns: what is stored now, or known to be stored, or why it is refused still; `nil` when there
    ///   is no such open record.
    static func replay(
        _ seq: Int64, as corrected: JSONValue? = nil, by principal: String,
        origin: Origin, in tx: borrowing Transaction
    ) throws -> Result<SyncOutcome, Refusal>? {
        guard let quarantined = try find(seq, in: tx), quarantined.state == .open,
            let agent = try BridgeAgentStore.find(quarantined.agentID, in: tx),
            let facility = try FacilityStore.find(quarantined.facilityID, in: tx)
        else { return nil }
        let owner = Principal(agent: agent, at: facility.id, epoch: 0)
        let reading = SyncReading(facility: facility, clientID: owner.clientID, at: origin.now)
        var record = SyncRecord(
            try corrected ?? JSONDocument(quarantined.payload, limits: .stored).root,
            at: quarantined.index,
            of: quarantined.type, in: reading)
        // Somebody has decided: it is compared with no other line of its file any more.
        record.uploadID = nil
        var ingest = SyncIngest(
            for: owner, in: reading,
            origin: Origin(
                facilityID: facility.id, clientID: owner.clientID, requestID: origin.requestID,
                now: origin.now))
        try ingest.ingest(record, in: tx)
        if let rejection = ingest.outcome.rejections.first {
            if corrected == nil {
                try noteFailure(
                    seq, error: rejection.refusal.code.rawValue,
                    reason: rejection.refusal.message, in: tx)
            }
            return .failure(rejection.refusal)
        }
        _ = try resolve(
            seq, as: corrected == nil ? .replayed : .corrected, storing: record.digest,
            note: corrected == nil ? nil : origin.requestID, by: principal, at: origin.now, in: tx)
        return .success(ingest.outcome)
    }
}
