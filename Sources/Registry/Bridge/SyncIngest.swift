import Identity
package import Database
import Values

/// Stores records of one facility in the caller's transaction, each by the rules of its type.
package struct SyncIngest {
    private let principal: Principal
    private let reading: SyncReading
    private var source: RecordStore.Source { reading.source }
    private let origin: Origin
    /// Who an id leads to, for batches with several records of one patient.
    private var subjects: [PatientReference: RecordSubject?] = [:]
    private var records: RecordIngest
    package private(set) var outcome = SyncOutcome()
    /// Whether accepted records close refused ones: not those that are replayed themselves.
    private let isCorrecting: Bool
    /// Whether the facility has refused records with a reference, once it was asked for.
    private var hasReferences: Bool?
    /// What the facility may still have in quarantine, once it was asked for.
    private var room: QuarantineStore.Room?

    /// - Parameter count: how many records will come, so that nothing has to grow.
    package init(
        for principal: Principal, in reading: SyncReading, origin: Origin,
        expecting count: Int = 0, isCorrecting: Bool = false
    ) {
        self.isCorrecting = isCorrecting
        subjects.reserveCapacity(count)
        outcome.patientIDs.reserveCapacity(count)
        self.principal = principal
        self.reading = reading
        self.origin = origin
        records = RecordIngest(in: reading, origin: origin)
    }

    /// Stores one record, or keeps the reason why not.
    ///
    /// - Throws: what loses the whole batch. A refusal comes before the record has changed anything.
    package mutating func ingest(_ record: SyncRecord, in tx: borrowing Transaction) throws {
        let (rejected, duplicates) = (outcome.rejected, outcome.duplicates)
        if isCorrecting, record.isCorrection,
            let mark = CorrectionMarks(of: record.payload, record.type, in: reading).named,
            let settled = try QuarantineStore.settled(
                mark, apartFrom: record, by: principal.auditName, facilityID: source.facilityID,
                in: tx)
        {
            return outcome.reject(record, settled.refusal, standsFor: settled.digest)
        }
        try takeByType(record, in: tx)
        guard isCorrecting, outcome.rejected == rejected else { return }
        try correct(by: record, isNew: outcome.duplicates == duplicates, in: tx)
    }

    private mutating func takeByType(
        _ record: SyncRecord, in tx: borrowing Transaction
    ) throws {
        do {
            switch record.content {
            case .patient(let query): try ingest(record, query, in: tx)
            case .clinical(let draft, let reference):
                try ingest(record, draft, for: reference, in: tx)
            case .appointment(let draft, let reference):
                try ingest(record, draft, for: reference, in: tx)
            case .stock(let item): try ingest(record, item, in: tx)
            case .payment(let payment): try ingest(record, payment, in: tx)
            case .refused(let refusal): outcome.reject(record, refusal)
            }
        } catch let refusal as Refusal {
            outcome.reject(record, refusal)
        } catch DatabaseError.unreadable(let row) {
            outcome.reject(record, Refusal(unreadable: row))
        }
    }

    /// The same, having stored some of a batch's records, whose patients the audit entry names.
    package func taking(
        _ records: ArraySlice<SyncRecord>, of batchID: String, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> SyncIngest {
        var ingest = self
        ingest.outcome.patientIDs.removeAll()
        for record in records { try ingest.ingest(record, in: tx) }
        entry.entity = "bridge_batch/" + batchID
        entry.batchPatientIDs = ingest.outcome.patientIDs.sorted()
        try ingest.audit(correctionsFrom: outcome.corrections.count, entry, in: tx)
        return ingest
    }

    /// Puts refused records into quarantine, once all of the batch was looked at.
    ///
    /// - Parameter part: their places among the rejections.
    package mutating func keepRejections(
        _ part: Range<Int>, of batchID: String, auditing entry: AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        guard !part.isEmpty else { return }
        let correctedCount = outcome.corrections.count
        var room = try room ?? QuarantineStore.room(of: source.facilityID, in: tx)
        for place in part {
            let rejection = outcome.rejections[place]
            let marks = CorrectionMarks(
                of: rejection.record.payload, rejection.record.type, in: reading)
            let isKept = try QuarantineStore.take(
                rejection, hasRoom: !room.isFull, batchID: batchID, agentID: principal.id,
                facilityID: source.facilityID, reference: marks.reference, at: origin.now, in: tx)
            if isKept {
                try replace(by: rejection, marks, in: tx)
                // One that came again took no room, which the next batch will find.
                room.take(rejection.record)
            }
            outcome.keepRejection(at: place, isKept)
        }
        self.room = room
        try audit(correctionsFrom: correctedCount, entry, in: tx)
    }

    /// Each refused record that was closed has an audit row of its own.
    private func audit(
        correctionsFrom start: Int, _ entry: AuditEntry, in tx: borrowing Transaction
    ) throws {
        for correction in outcome.corrections[start...] where correction.isNews {
            var closing = entry
            closing.action = .update
            closing.entity = "quarantine/\(correction.seq)"
            closing.status = 200
            closing.batchPatientIDs = []
            try AuditStore.append(closing, in: tx)
        }
    }

    /// Closes the refused records in whose place this one came: the one that it names, and where it is no
    /// repetition those of its reference.
    private mutating func correct(
        by record: SyncRecord, isNew: Bool, in tx: borrowing Transaction
    ) throws {
        guard record.isCorrection || isNew else { return }
        let known =
            try hasReferences ?? QuarantineStore.hasReferences(of: source.facilityID, in: tx)
        hasReferences = known
        guard record.isCorrection || known else { return }
        let marks = CorrectionMarks(of: record.payload, record.type, in: reading)
        var corrections: [QuarantineCorrection] = []
        if isNew, let reference = marks.reference {
            corrections = try QuarantineStore.open(
                reference: reference, correctedBy: record.index, facilityID: source.facilityID,
                in: tx)
        }
        if let mark = marks.named, !corrections.contains(where: { $0.digest == mark.digest }),
            let named = try QuarantineStore.named(
                mark, by: record, facilityID: source.facilityID, in: tx)
        {
            corrections.append(named)
        }
        try close(corrections, storing: record.digest, in: tx)
    }

    /// A refused record that stands for an earlier refused one takes its place in quarantine.
    private mutating func replace(
        by rejection: SyncOutcome.Rejection, _ marks: CorrectionMarks, in tx: borrowing Transaction
    ) throws {
        guard let mark = marks.named,
            let named = try QuarantineStore.named(
                mark, by: rejection.record, facilityID: source.facilityID, in: tx)
        else { return }
        try close([named], storing: [], in: tx)
    }

    private mutating func close(
        _ corrections: [QuarantineCorrection], storing digest: [UInt8], in tx: borrowing Transaction
    ) throws {
        for correction in corrections where correction.isNews {
            _ = try QuarantineStore.resolve(
                correction.seq, as: .corrected, storing: digest, note: origin.requestID,
                by: principal.auditName, at: origin.now, in: tx)
        }
        outcome.corrections += corrections
    }

    // MARK: By type

    private mutating func ingest(
        _ record: SyncRecord, _ query: ResolveQuery, in tx: borrowing Transaction
    ) throws {
        if let resolution = try repeated(record.digest, query, in: tx) {
            return accept(record, query, resolution, isDuplicate: true)
        }
        guard
            let resolution = try PatientStore.findOrRegister(
                query, by: principal, mayCreate: true, within: &outcome.cases, origin: origin,
                in: tx)
        else { preconditionFailure("Whoever may create gets a patient or an error.") }
        _ = try RecordDigestStore.insert(
            record.digest, patientID: resolution.patient.id, in: tx)
        accept(record, query, resolution, isDuplicate: false)
    }

    /// Whom the same record led to before; the survivor, if they were merged since. Nobody, when a
    /// merge was undone and the record now speaks against whom it led to.
    private func repeated(
        _ digest: [UInt8], _ query: ResolveQuery, in tx: borrowing Transaction
    ) throws -> Resolution? {
        guard let id = try RecordDigestStore.patientID(of: digest, in: tx),
            let patient = try PatientStore.find(id: id, in: tx),
            let healthID = HealthID(patient.healthID),
            let found = try PatientStore.find(.healthID(healthID), in: tx)
        else { return nil }
        let isMismatch = Matching.disagrees(query.claims, with: found.patient)
        guard try !isMismatch || wasKnown(as: query, found.patient, in: tx) else { return nil }
        var resolution = try Resolution(repeating: found.patient, by: principal, in: tx)
        resolution.isMismatch = isMismatch
        resolution.warnings = query.claims.warnings
        return resolution
    }

    /// A file that has not heard of a correction says what it said before, as under a caller's own number.
    private func wasKnown(
        as query: ResolveQuery, _ patient: Patient, in tx: borrowing Transaction
    ) throws -> Bool {
        guard query.reference == nil, let demographics = query.demographics,
            !Matching.contradicts(demographics, nil, .init(patient: patient))
        else { return false }
        return try PatientCorrections.wereKnown(as: demographics, patient, in: tx)
    }

    private mutating func accept(
        _ record: SyncRecord, _ query: ResolveQuery, _ resolution: Resolution, isDuplicate: Bool
    ) {
        var result = SyncOutcome.Result(
            index: record.index, type: .patient,
            verdict: resolution.isCreated ? .created : .found)
        result.isDuplicate = isDuplicate
        result.healthID = resolution.healthID
        result.externalReference = query.externalReference
        result.resolution = resolution
        outcome.patientIDs.insert(resolution.patient.id)
        if let replaced = resolution.replaced { outcome.patientIDs.insert(replaced.id) }
        outcome.accept(result)
    }

    private mutating func ingest(
        _ record: SyncRecord, _ draft: RecordDraft, for reference: PatientReference,
        in tx: borrowing Transaction
    ) throws {
        let type = SyncType.clinical(draft.type)
        guard let subject = try subject(of: reference, in: tx) else {
            return try wait(
                record, type, for: reference, externalID: draft.externalID, item: draft.item, in: tx
            )
        }
        outcome.patientIDs.insert(subject.patientID)
        // With an id of its own a record is known by that, and its content may change back.
        if draft.externalID == nil, try !RecordDigestStore.insert(record.digest, in: tx) {
            return accept(record, type, .duplicate, isDuplicate: true)
        }
        let stored = try records.store(draft, record, for: subject, in: tx)
        switch stored.outcome {
        case .created where record.remarks.isEmpty: outcome.accept(storedAs: stored.id)
        case .created: accept(record, type, .stored, id: stored.id)
        case .unchanged: accept(record, type, .duplicate, isDuplicate: true, id: stored.id)
        case .amended: accept(record, type, .amended, id: stored.id)
        }
    }

    private mutating func ingest(
        _ record: SyncRecord, _ draft: AppointmentDraft, for reference: PatientReference,
        in tx: borrowing Transaction
    ) throws {
        guard let subject = try subject(of: reference, in: tx) else {
            return try wait(
                record, .appointment, for: reference, externalID: draft.externalID, in: tx)
        }
        outcome.patientIDs.insert(subject.patientID)
        let stored = try records.store(draft, record, for: subject, in: tx)
        switch stored.outcome {
        case .created: accept(record, .appointment, .stored, id: stored.id)
        case .unchanged:
            accept(record, .appointment, .duplicate, isDuplicate: true, id: stored.id)
        case .amended: accept(record, .appointment, .amended, id: stored.id)
        }
    }

    /// A line of stock is the state of something: the same again only confirms it.
    private mutating func ingest(
        _ record: SyncRecord, _ item: StockItem, in tx: borrowing Transaction
    ) throws {
        let type: SyncType =
            switch item {
            case .pharmacy: .pharmacyStock
            case .blood: .bloodStock
            }
        let stored = try InventoryStore.store(
            item,
            from: StockSource(
                facilityID: source.facilityID, uploadID: record.uploadID ?? origin.requestID,
                line: record.digest), in: tx)
        let isKnown = stored == .unchanged || stored == .repeated
        accept(
            record, type, isKnown ? .duplicate : .stored, isDuplicate: isKnown,
            remark: stored.remark)
    }

    private mutating func ingest(
        _ record: SyncRecord, _ payment: Payment, in tx: borrowing Transaction
    ) throws {
        let stored = try PaymentStore.store(
            payment, facilityID: source.facilityID, clientID: source.clientID,
            uploadID: record.uploadID ?? origin.requestID, at: source.now, in: tx)
        if stored.isCompleted {
            try EventStore.append(
                payment.completed(facilityID: source.facilityID), from: origin, in: tx)
        }
        switch stored.outcome {
        case .created: accept(record, .payment, .stored)
        case .amended: accept(record, .payment, .amended)
        case .unchanged: accept(record, .payment, .duplicate, isDuplicate: true)
        }
    }

    private mutating func accept(
        _ record: SyncRecord, _ type: SyncType, _ verdict: SyncOutcome.Verdict,
        isDuplicate: Bool = false, id: String? = nil, remark: String? = nil
    ) {
        var result = SyncOutcome.Result(index: record.index, type: type, verdict: verdict)
        result.isDuplicate = isDuplicate
        result.recordID = id
        result.warnings = record.remarks + (remark.map { [$0] } ?? [])
        outcome.accept(result)
    }

    // MARK: Storing

    private mutating func subject(
        of reference: PatientReference, in tx: borrowing Transaction
    ) throws -> RecordSubject? {
        if let known = subjects[reference] { return known }
        let subject = try PatientStore.subject(of: reference, in: tx)
        if let subject, subject.namedID != subject.patientID {
            // Should the merge be undone, the access stands in the log of whom the id names too.
            outcome.patientIDs.formUnion(try MergedPatients.retired(from: subject.namedID, in: tx))
        }
        subjects[reference] = subject
        return subject
    }

    private mutating func wait(
        _ record: SyncRecord, _ type: SyncType, for reference: PatientReference,
        externalID: String?, item: String = "", in tx: borrowing Transaction
    ) throws {
        let earlier = try PendingRecordStore.insert(
            record, type: type, for: reference, externalID: externalID, item: item, from: source,
            requestID: origin.requestID, in: tx)
        // What an administrator has dealt with waits no more.
        let isWaiting = earlier == nil || earlier == .waiting
        var result = SyncOutcome.Result(
            index: record.index, type: type, verdict: isWaiting ? .pendingPatient : .duplicate)
        result.isDuplicate = earlier != nil
        result.healthID = reference.text
        outcome.accept(result)
    }
}
