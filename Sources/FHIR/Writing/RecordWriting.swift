import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// A clinical record sent as a resource: Connect's push (contract § 4), and what a read shows of it.
struct RecordWriting: Sendable {
    private let kind: ClinicalResource
    private let resource: SentResource
    private let draft: RecordDraft
    private let subject: String
    private let facilityID: String

    /// - Throws: `Problem` 403 where the caller may not, 422 for what cannot be kept.
    init(_ resource: SentResource, _ kind: ClinicalResource, _ context: Context) throws {
        guard let facilityID = context.client.facilityID else {
            throw Problem(
                .facilityForbidden, "This client belongs to no facility, so it has no records.")
        }
        try RecordWriting.require(resource, by: context)
        self.kind = kind
        self.resource = resource
        self.facilityID = facilityID
        draft =
            switch kind.type {
            case .encounter: try EncounterWriting.draft(resource, of: facilityID)
            case .condition: try ConditionWriting.draft(resource, of: facilityID)
            case .medicationRequest: try MedicationRequestWriting.draft(resource, of: facilityID)
            case .diagnosticReport: try DiagnosticReportWriting.draft(resource, of: facilityID)
            default: try ObservationWriting.draft(resource, of: facilityID)
            }
        guard let subject = resource["subject"]?["reference"]?.string else {
            throw Refusal.validation("\(kind.type.rawValue).subject.reference", "is required")
        }
        self.subject = subject
    }

    /// Connect's scope for pushing such a record; of observations that of the kind that is sent.
    private static func require(_ resource: SentResource, by context: Context) throws {
        try context.requireWriting(
            resource.type, or: scopes(for: resource.type, ObservationWriting.type(of: resource)))
    }

    static func scopes(for type: FHIRResourceType, _ record: RecordType? = nil) -> Scope {
        switch type {
        case .medicationRequest: .prescriptionsWrite
        case .diagnosticReport: .labsWrite
        case .observation:
            switch record {
            case nil: [.encountersWrite, .labsWrite]
            case .labResult: .labsWrite
            default: .encountersWrite
            }
        default: .encountersWrite
        }
    }

    static func create(
        _ kind: ClinicalResource, _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let content = try SentResource.content(of: request)
        guard request.http.field("If-None-Exist") == nil else { throw unconditional }
        let writing = try RecordWriting(SentResource(content, kind.type), kind, context)
        let kept = try await context.write(auditing: .create, .changesLast) { tx, entry in
            try writing.store(context, auditing: &entry, in: tx).kept(below: request)
        }
        return try request.answered(kept)
    }

    static let unconditional = Refusal.validation(
        "If-None-Exist", "is for patients: a record is known again by its identifier")

    /// No read consent is asked for: these are the facility's own records.
    func store(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WrittenResource {
        let found = try PatientStore.patient(named: subject, auditing: &entry, in: tx)
        try requireSameSubject(found.patient.id, context, in: tx)
        let facility = try FacilityStore.seq(of: facilityID, in: tx)
        // A withdrawal of nothing would be answered as if there were something to withdraw.
        if draft.isMistake, try !RecordStore.isKnown(draft, facility: facility, in: tx) {
            throw Refusal.validation(
                "\(kind.type.rawValue).identifier", "must name the record that is called a mistake")
        }
        let source = RecordStore.Source(
            facilityID: facilityID, clientID: context.client.clientID, now: context.now)
        let stored: StoredRecord
        do {
            stored = try RecordStore.push(
                draft, for: RecordSubject(found), from: source,
                facility: facility, in: tx)
        } catch let refusal as Refusal where !refusal.fieldErrors.isEmpty {
            throw Refusal.validation(
                "\(kind.type.rawValue).identifier",
                refusal.fieldErrors.first?.messages.first ?? refusal.message)
        }
        try EventStore.append(
            stored.events(of: draft, patientID: found.namedID, healthID: found.healthID),
            from: context.origin, in: tx)
        return try written(stored, found.patient.healthID, in: tx)
    }

    private func written(
        _ stored: StoredRecord, _ healthID: String, in tx: borrowing Transaction
    ) throws -> WrittenResource {
        guard let line = try RecordStore.find(stored.id, draft.type, in: tx)?.line else {
            throw DatabaseError.corrupt
        }
        let record = try ClinicalRecord(line, of: healthID)
        return WrittenResource(
            type: kind.type, id: record.id, version: String(record.version),
            time: record.changedAt,
            status: stored.outcome == .unchanged ? .ok : .created, resource: kind.json(record))
    }

    // MARK: Whom it names

    /// Whatever of ours a resource names is the same patient's, and its numbers are its sender's: a report
    /// must not lead to a stranger's results, nor a facility speak for another.
    private func requireSameSubject(
        _ patientID: Int64, _ context: Context, in tx: borrowing Transaction
    ) throws {
        let names = SentNames(in: resource)
        for name in names.references where try !isOf(patientID, name, in: tx) {
            throw Refusal.validation(name.path, "names no \(name.kind.prefix(64)) of this patient")
        }
        for name in names.numbers where try !isOwn(name, patientID, context, in: tx) {
            throw Refusal.validation(name.path, "is somebody else's number")
        }
    }

    private func isOf(
        _ patientID: Int64, _ name: SentNames.Name, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let type = FHIRResourceType(rawValue: name.kind) else { return true }
        if type == .patient { return try isPatient(patientID, name.value, in: tx) }
        guard let kind = ClinicalResource.all.first(where: { $0.type == type }) else { return true }
        guard let id = ResourceID.own(name.value) else { return false }
        for type in kind.records {
            guard let found = try RecordStore.find(id, type, in: tx) else { continue }
            return try PatientStore.survivor(withID: found.patientID, in: tx)?.id == patientID
        }
        return false
    }

    private func isPatient(
        _ patientID: Int64, _ text: String, in tx: borrowing Transaction
    ) throws -> Bool {
        try PatientReference(text).flatMap { try PatientStore.find($0, in: tx) }?.patient.id
            == patientID
    }

    private func isOwn(
        _ name: SentNames.Name, _ patientID: Int64, _ context: Context,
        in tx: borrowing Transaction
    ) throws -> Bool {
        if name.kind.utf8.elementsEqual(FHIRSystem.healthID.utf8) {
            return try isPatient(patientID, name.value, in: tx)
        }
        let system = name.kind.utf8
        if system.starts(with: FHIRSystem.client("").utf8) {
            return system.elementsEqual(
                FHIRSystem.client(context.client.referenceOwner).utf8)
        }
        return !system.starts(with: FHIRSystem.ofFacilities.utf8)
            || system.starts(with: FHIRSystem.facility(facilityID, "").utf8)
    }
}

extension Context {
    /// What a resource's route asks for, where the route is of several types.
    func requireWriting(_ type: FHIRResourceType, or scopes: Scope) throws {
        guard
            client.smartScopes.allows(type, .create) || !client.scopes.isDisjoint(with: scopes)
        else {
            throw Problem(.invalidScope, "Writing such a \(type.rawValue) needs another scope.")
        }
    }
}
