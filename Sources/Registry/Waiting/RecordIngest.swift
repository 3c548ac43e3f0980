import Database
import Values

/// Stores clinical records and appointments of patients who are known, with what is told of them.
struct RecordIngest {
    private let reading: SyncReading
    private var source: RecordStore.Source { reading.source }
    private let origin: Origin
    /// The source's number, once it was asked for.
    private var facility: Int64?
    /// The records with an id of their own that this request has stored or amended.
    private var told: Set<Told> = []

    private struct Told: Hashable {
        let type: SyncType
        let externalID: String
        var item = ""
    }

    init(in reading: SyncReading, origin: Origin) {
        self.reading = reading
        self.origin = origin
    }

    mutating func store(
        _ draft: RecordDraft, _ record: SyncRecord, for subject: RecordSubject,
        in tx: borrowing Transaction
    ) throws -> StoredRecord {
        let key = draft.externalID.map {
            Told(type: .clinical(draft.type), externalID: $0, item: draft.item)
        }
        let stored = try RecordStore.push(
            draft, for: subject, from: source, facility: facility(in: tx),
            isSameUpload: { [told] in
                try key.map(told.contains) ?? false || record.isOfUpload(ofContent: $1)
            },
            isRepeated: { try record.agrees(withContent: $1, in: reading) }, in: tx)
        if let key, stored.outcome != .unchanged { told.insert(key) }
        try EventStore.append(
            stored.events(of: draft, patientID: subject.namedID, healthID: subject.healthID),
            from: origin, in: tx)
        return stored
    }

    private mutating func facility(in tx: borrowing Transaction) throws -> Int64 {
        let facility = try facility ?? FacilityStore.seq(of: source.facilityID, in: tx)
        self.facility = facility
        return facility
    }

    mutating func store(
        _ draft: AppointmentDraft, _ record: SyncRecord, for subject: RecordSubject,
        in tx: borrowing Transaction
    ) throws -> StoredAppointment {
        let key = draft.externalID.map { Told(type: .appointment, externalID: $0) }
        let stored = try AppointmentStore.push(
            draft, for: subject, from: source, facility: facility(in: tx),
            isSameUpload: { [told] in
                try key.map(told.contains) ?? false || record.isOfUpload(of: $0)
            },
            isRepeated: { try record.agrees(with: $0, in: reading) }, in: tx)
        if let key, stored.outcome != .unchanged { told.insert(key) }
        try EventStore.append(
            stored.events(patientID: subject.namedID, healthID: subject.healthID),
            from: origin, in: tx)
        return stored
    }

    /// Stores a record that has waited for its patient, who is there now.
    ///
    /// - Returns: why it cannot be stored; nothing has changed then.
    mutating func attach(
        _ record: SyncRecord, to subject: RecordSubject, in tx: borrowing Transaction
    ) throws -> Refusal? {
        do {
            switch record.content {
            case .clinical(let draft, _): _ = try store(draft, record, for: subject, in: tx)
            case .appointment(let draft, _): _ = try store(draft, record, for: subject, in: tx)
            case .refused(let refusal): return refusal
            case .patient, .stock, .payment:
                return Refusal(.validationFailed, "A record of this type waits for nobody.")
            }
            return nil
        } catch let refusal as Refusal {
            return refusal
        } catch DatabaseError.unreadable(let row) {
            return Refusal(unreadable: row)
        }
    }
}
