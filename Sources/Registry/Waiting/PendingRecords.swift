import JSON
package import Database
package import Values

/// Records that have waited for a Health ID to appear.
package enum PendingRecords {
    /// Stores what waits for an id, now that it leads to a patient. What cannot be stored is
    /// quarantined.
    package static func attach(
        under healthID: String, to subject: RecordSubject, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        for pending in try PendingRecordStore.take(for: healthID, in: tx) {
            let agentID = pending.agentID
            guard let agent = try BridgeAgentStore.find(agentID, in: tx),
                let facility = try FacilityStore.find(pending.facilityID, in: tx)
            else { throw DatabaseError.corrupt }
            // It was received when it came, though it is told of now.
            let reading = SyncReading(
                facility: facility, clientID: pending.clientID, at: pending.receivedAt,
                isBelated: true)
            let record = SyncRecord(
                try JSONDocument(pending.payload, limits: .stored).root, at: 0, of: pending.type,
                in: reading)
            let origin = EventStore.Origin(
                facilityID: facility.id, clientID: pending.clientID,
                requestID: pending.requestID, now: now)
            var ingest = SyncIngest(
                for: Principal(agent: agent, at: facility.id, epoch: 0), in: reading, origin: origin
            )
            try ingest.attach(record, to: subject, in: tx)
            for rejection in ingest.outcome.rejections {
                try QuarantineStore.insert(
                    rejection, batchID: "pending", agentID: agentID, facilityID: facility.id,
                    at: now, in: tx)
            }
        }
    }

    /// Whose data a record is, as far as it is known: they may see who looked.
    package static func name(
        _ record: PendingRecord, in entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        let healthID = record.newHealthID ?? record.healthID
        entry.entity = "patient/" + healthID
        guard let reference = PatientReference(healthID),
            let found = try PatientStore.find(reference, in: tx)
        else { return }
        try entry.name(found.patient, named: found.namedID, in: tx)
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
                payload: Array(rejection.record.payload), error: rejection.problem.code.rawValue,
                reason: rejection.problem.message, facilityID: facilityID, at: now, in: tx)
        }
        try insert(
            rejection, batchID: batchID, agentID: agentID, facilityID: facilityID,
            reference: reference, at: now, in: tx)
        return true
    }

    /// Whatever room there is: for what was accepted before.
    package static func insert(
        _ rejection: SyncOutcome.Rejection, batchID: String, agentID: String, facilityID: String,
        reference: String? = nil, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try insert(
            payload: Array(rejection.record.payload), type: rejection.record.typeWord,
            error: rejection.problem.code.rawValue, reason: rejection.problem.message,
            reference: reference, index: rejection.record.index, batchID: batchID, agentID: agentID,
            facilityID: facilityID, at: now, in: tx)
    }
}
