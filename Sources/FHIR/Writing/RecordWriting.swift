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
    /// What the sender should know of how it was read.
    private let remarks: [String]
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
        (draft, remarks) =
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
        try SentNames(in: resource).require(of: found.patient.id, context, in: tx)
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
            status: stored.outcome == .unchanged ? .ok : .created, resource: kind.json(record),
            issues: remarks.map {
                .init(severity: .warning, code: "informational", text: $0)
            })
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
