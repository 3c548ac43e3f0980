import JSON
package import Database
package import Values

/// What becomes of records that wait for a Health ID: they are stored once it appears, or an
/// administrator resolves them, in the caller's transaction. Whatever is refused is a `Refusal`, and the
/// entry names the record by then.
package enum PendingRecords {
    /// Which ones a list shows; `nil` leaves a condition out.
    package struct Filter: Sendable {
        package var healthID: String?
        package var agentID: String?
        package var facilityID: String?
        package var receivedBefore: Timestamp?
        package var state: PendingRecord.State?

        package init() {}
    }

    // MARK: Storing

    /// Stores what waits for an id, now that it leads to a patient. What cannot be stored is
    /// quarantined.
    package static func attach(
        under healthID: String, to subject: RecordSubject, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        for pending in try PendingRecordStore.take(for: healthID, in: tx) {
            guard let facility = try FacilityStore.find(pending.facilityID, in: tx) else {
                throw DatabaseError.corrupt
            }
            // It was received when it came, though it is told of now.
            let reading = SyncReading(
                facility: facility, clientID: pending.clientID, at: pending.receivedAt,
                isDelayed: true)
            let record = SyncRecord(
                try JSONDocument(pending.payload, limits: .stored).root, at: 0, of: pending.type,
                in: reading)
            let origin = Origin(
                facilityID: facility.id, clientID: pending.clientID,
                requestID: pending.requestID, now: now)
            var ingest = RecordIngest(in: reading, origin: origin)
            if let refusal = try ingest.attach(record, to: subject, in: tx) {
                try QuarantineStore.insert(
                    SyncOutcome.Rejection(record: record, refusal: refusal), batchID: "pending",
                    agentID: pending.agentID, facilityID: facility.id, at: now, in: tx)
            }
        }
    }

    // MARK: Reading

    /// The newest first; without what was sent.
    package static func list(
        _ filter: Filter, limit: Int, in tx: borrowing Transaction
    ) throws -> [PendingRecord] {
        try PendingRecordStore.list(filter, limit: limit, in: tx)
    }

    /// The same, older than `before`; of one facility, by id or reference, or all.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func page(
        _ filter: Filter, facilityName: String?, before: Int64, limit: Int,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [PendingRecord] {
        var filter = filter
        filter.facilityID = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx).id
        }
        entry.entity = "pending_records"
        return try PendingRecordStore.list(filter, before: before, limit: limit, in: tx)
    }

    /// One with what was sent. Whose data it is, as far as it is known, may see who looked.
    ///
    /// - Throws: `Refusal` 404 `not_found`.
    package static func show(
        _ id: Int64, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> PendingRecord {
        let record = try find(id, auditing: &entry, in: tx)
        let healthID = record.newHealthID ?? record.healthID
        entry.entity = "patient/" + healthID
        if let reference = PatientReference(healthID),
            let found = try PatientStore.find(reference, in: tx)
        {
            try entry.name(found.patient, named: found.namedID, in: tx)
        }
        return record
    }

    static func find(
        _ id: Int64, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> PendingRecord {
        entry.entity = "pending_record/\(id)"
        guard let record = try PendingRecordStore.find(id, in: tx) else {
            throw Refusal(
                .notFound,
                "There is no pending record with this id. It is stored and gone from here if its "
                    + "Health ID has appeared.")
        }
        return record
    }

    static func requireWaiting(_ record: PendingRecord) throws {
        guard record.state != .waiting else { return }
        throw Refusal(
            .conflict,
            "This record was \(record.state.rawValue) by \(record.resolvedBy ?? "somebody").")
    }

    // MARK: One

    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it waits no longer.
    package static func discard(
        _ id: Int64, note: String?, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> PendingRecord {
        try requireWaiting(find(id, auditing: &entry, in: tx))
        _ = try PendingRecordStore.discard(
            id, note: note, by: entry.principal, at: origin.now, in: tx)
        return try find(id, auditing: &entry, in: tx)
    }

    // MARK: Many

    /// The first hundred of the chosen ones.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func discard(
        _ choice: PendingRecordSelection, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> ResolvedPart {
        let (ids, end) = try choice.part(auditing: &entry, in: tx)
        let results: [ResolvedPart.Result] = try ids.map { id in
            let isDone = try PendingRecordStore.discard(
                id, note: choice.note, by: entry.principal, at: origin.now, in: tx)
            return .init(id: id, status: isDone ? .discarded : .notWaiting)
        }
        return ResolvedPart(results: results, end: end)
    }
}

extension QuarantineStore {
    /// Keeps a rejected record where there is room, or where it is kept already.
    ///
    /// - Returns: whether it is kept.
    package static func take(
        _ rejection: SyncOutcome.Rejection, hasRoom: Bool, batchID: String, agentID: String,
        facilityID: String, reference: String?, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        guard hasRoom else {
            return try repeated(
                payload: Array(rejection.record.payload), error: rejection.refusal.code.rawValue,
                reason: rejection.refusal.message, facilityID: facilityID, at: now, in: tx)
        }
        try insert(
            rejection, batchID: batchID, agentID: agentID, facilityID: facilityID,
            reference: reference, at: now, in: tx)
        return true
    }

    /// Whatever room there is: for what was accepted before.
    static func insert(
        _ rejection: SyncOutcome.Rejection, batchID: String, agentID: String, facilityID: String,
        reference: String? = nil, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try insert(
            payload: Array(rejection.record.payload), type: rejection.record.typeWord,
            error: rejection.refusal.code.rawValue, reason: rejection.refusal.message,
            reference: reference, standsFor: rejection.standsFor, index: rejection.record.index,
            batchID: batchID, agentID: agentID, facilityID: facilityID, at: now, in: tx)
    }
}
