import API
import Database
import HTTP
import Registry
import Values

/// Reading one record by its id, in its versions too.
struct ClinicalReading: Sendable {
    let kind: ClinicalResource
    let request: FHIRRequest
    /// In our spelling; `nil` for what cannot be one.
    private let id: String?

    init(_ kind: ClinicalResource, _ request: FHIRRequest) {
        self.kind = kind
        self.request = request
        id = ResourceID.own(request.http.parameter("id") ?? "")
    }

    func current(_ context: Context) async throws -> HTTPResponse {
        try await context.read(auditing: .read, .few) { tx, entry in
            if let group = try bloodGroup(context, auditing: &entry, in: tx) {
                return respond(group)
            }
            let (line, chart) = try find(context, auditing: &entry, in: tx)
            return respond(try ClinicalRecord(line, in: chart, tx))
        }
    }

    func version(_ context: Context) async throws -> HTTPResponse {
        let asked = request.http.parameter("version") ?? ""
        return try await context.read(auditing: .read, .few) { tx, entry in
            if let group = try bloodGroup(context, auditing: &entry, in: tx), group.version == asked
            {
                return respond(group)
            }
            let (line, chart) = try find(context, auditing: &entry, in: tx)
            let versions = [line] + (try RecordStore.earlier(than: line, of: chart.people, in: tx))
            guard let version = versions.first(where: { String($0.version) == asked }) else {
                throw notFound
            }
            return respond(try ClinicalRecord(version, in: chart, tx))
        }
    }

    func history(_ context: Context) async throws -> HTTPResponse {
        let path = "\(kind.type.rawValue)/\(request.http.parameter("id") ?? "")/_history"
        return try await context.read(auditing: .read) { tx, entry in
            var bundle = Bundle(kind: .history, links: [("self", request.url(path))])
            if let group = try bloodGroup(context, auditing: &entry, in: tx) {
                bundle.entries = [
                    Bundle.Entry(
                        type: kind.type, id: group.id, resource: group.json, mode: nil,
                        version: (group.version, group.changedAt))
                ]
                bundle.total = 1
                return bundle.response(request, at: context.now)
            }
            let (line, chart) = try find(context, auditing: &entry, in: tx)
            for version in [line] + (try RecordStore.earlier(than: line, of: chart.people, in: tx))
            {
                let record = try ClinicalRecord(version, in: chart, tx)
                guard kind.shows(record) else { continue }
                bundle.entries.append(
                    Bundle.Entry(
                        type: kind.type, id: record.id, resource: kind.json(record), mode: nil,
                        version: (String(record.version), record.changedAt)))
            }
            bundle.total = bundle.entries.count
            return bundle.response(request, at: context.now)
        }
    }

    /// The record's current version, and the chart in which it lies.
    private func find(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (line: RecordStore.Line, chart: Chart) {
        guard let id,
            let type = kind.records.first(where: { id.hasPrefix($0.idPrefix.description) }),
            let found = try RecordStore.find(id, type, in: tx),
            let patient = try PatientStore.survivor(withID: found.patientID, in: tx)
        else { throw notFound }
        try entry.name(patient, named: found.patientID, in: tx)
        let chart = try Chart(
            of: patient, [type], besides: kind.besides, for: kind.type, context,
            auditing: &entry, in: tx)
        guard kind.shows(try ClinicalRecord(found.line, of: chart.healthID)) else { throw notFound }
        return (found.line, chart)
    }

    private func bloodGroup(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> BloodGroupObservation? {
        guard kind.type == .observation, let id,
            let healthID = BloodGroupObservation.healthID(in: id)
        else { return nil }
        let patient = try PatientStore.patient(named: healthID, auditing: &entry, in: tx).patient
        guard context.client.mayRead(kind.type) else { throw Chart.forbidden(kind.type) }
        let chart = try Chart(
            of: patient, [], for: kind.type, context, auditing: &entry, in: tx)
        guard let group = try BloodGroupObservation(of: chart, in: tx) else { throw notFound }
        return group
    }

    private func respond(_ group: BloodGroupObservation) -> HTTPResponse {
        request.answer(group.json, version: group.version, at: group.changedAt)
    }

    private func respond(_ record: ClinicalRecord) -> HTTPResponse {
        request.answer(kind.json(record), version: String(record.version), at: record.changedAt)
    }

    private var notFound: Refusal {
        Refusal(.notFound, "There is no \(kind.type.rawValue) with this id.")
    }
}

extension FHIRRequest {
    /// One version of a resource, to whoever does not have it (FHIR R4 § 3.1.0.1.5).
    func answer(_ resource: [UInt8], version: String, at time: Timestamp) -> HTTPResponse {
        let tag = "W/\"\(version)\""
        var response =
            http.holds(tag) ? HTTPResponse(.notModified) : answer(resource)
        response.setField("ETag", tag)
        response.setField("Last-Modified", HTTPDate.text(Int(time.seconds)))
        return response
    }
}
