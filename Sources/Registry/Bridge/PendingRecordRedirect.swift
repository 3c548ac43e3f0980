import JSON
package import Database
package import Values

extension PendingRecords {
    /// Takes a record for another Health ID.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it waits no longer, and whatever is wrong
    ///   with the record for its new patient.
    package static func redirect(
        _ id: Int64, to reference: PatientReference, note: String?,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> (record: PendingRecord, outcome: SyncOutcome) {
        let waiting = try find(id, auditing: &entry, in: tx)
        try requireWaiting(waiting)
        let redirect = try PendingRecordStore.redirect(
            id, to: reference, note: note, by: entry.principal, origin: origin, in: tx)
        guard let outcome = try redirect?.get() else { throw DatabaseError.corrupt }
        entry.batchPatientIDs = outcome.patientIDs.sorted()
        return (try find(id, auditing: &entry, in: tx), outcome)
    }

    /// The first hundred of the chosen ones.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func redirect(
        _ choice: PendingRecordSelection, to reference: PatientReference,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> ResolvedPart {
        let (ids, end) = try choice.part(auditing: &entry, in: tx)
        let principal = entry.principal
        return try ResolvedPart(
            running: ids, end: end, as: .redirected, orElse: .notWaiting, auditing: &entry
        ) { id in
            try PendingRecordStore.redirect(
                id, to: reference, note: choice.note, by: principal, origin: origin, in: tx)
        }
    }
}

extension PendingRecordStore {
    /// Takes a waiting record as if its agent had sent it, when it did, for another Health ID: its
    /// patient's. The row stays as it was sent, and says to whom the record went.
    ///
    /// - Parameter origin: the request that asks for it.
    /// - Returns: what became of it: stored for its patient, known to be stored, or waiting for the new
    ///   id; or why it is refused, and nothing has changed. `nil` when there is no such waiting record.
    static func redirect(
        _ seq: Int64, to reference: PatientReference, note: String?, by principal: String,
        origin: Origin, in tx: borrowing Transaction
    ) throws -> Result<SyncOutcome, Refusal>? {
        guard let pending = try find(seq, in: tx), pending.state == .waiting else { return nil }
        guard reference.text != pending.healthID else {
            return .failure(.validation("new_health_id", "is the one that it waits for"))
        }
        guard let agent = try BridgeAgentStore.find(pending.agentID, in: tx),
            let facility = try FacilityStore.find(pending.facilityID, in: tx)
        else { throw DatabaseError.corrupt }
        let reading = SyncReading(
            facility: facility, clientID: pending.clientID, at: pending.receivedAt,
            isDelayed: true)
        let record = SyncRecord(
            try JSONDocument(pending.payload(naming: reference), limits: .stored).root, at: 0,
            of: pending.type,
            in: reading)
        var ingest = SyncIngest(
            for: Principal(agent: agent, at: facility.id, epoch: 0), in: reading,
            origin: Origin(
                facilityID: facility.id, clientID: pending.clientID,
                requestID: origin.requestID, now: origin.now))
        try ingest.ingest(record, in: tx)
        if let rejection = ingest.outcome.rejections.first { return .failure(rejection.refusal) }
        _ = try resolve(
            seq, as: .redirected, newHealthID: reference.text, note: note, by: principal,
            at: origin.now, in: tx)
        return .success(ingest.outcome)
    }
}

extension PendingRecord {
    /// What was sent, with another Health ID wherever it names its patient; not a byte else differs.
    func payload(naming reference: PatientReference) throws -> [UInt8] {
        let root = try JSONDocument(payload, limits: .stored).root
        var named: [Range<Int>] = []
        for object in [root, RecordDigest.inner(of: root)].compactMap({ $0 }) {
            for name: StaticString in ["health_id", "patient_health_id"] {
                guard let value = object[name], value.string?.isEmpty == false else { continue }
                named.append(value.raw.startIndex..<value.raw.endIndex)
            }
        }
        var text = payload
        for range in named.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            text.replaceSubrange(range, with: "\"\(reference.text)\"".utf8)
        }
        return text
    }
}
