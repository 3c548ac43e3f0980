import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// Patients by id and by search (contract, FHIR § 3).
enum PatientReading {
    static func search(_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse {
        let filter = try PatientFilter(request, context)
        let query = filter.search
        return try await context.read(auditing: .read, .few) { tx, entry in
            let patients = try filter.patients(in: tx)
            var bundle = Bundle(links: [("self", query.link(request, "Patient"))])
            bundle.outcomes = query.warnings(request)
            bundle.total = patients.count
            guard !query.isCountOnly else {
                entry.name(patients)
                return bundle.response(request, at: context.now)
            }
            let shown = Array(patients.prefix(query.count))
            entry.name(shown)
            for patient in shown {
                let people = [patient.id] + (try MergedPatients.retired(into: patient.id, in: tx))
                let (_, json) = try resource(patient, people, context, in: tx)
                bundle.entries.append(
                    Bundle.Entry(type: .patient, id: patient.healthID, resource: json))
            }
            return bundle.response(request, at: context.now)
        }
    }

    static func current(_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse {
        try await context.read(auditing: .read, .few) { tx, entry in
            try show(request, context, auditing: &entry, in: tx)
        }
    }

    /// The one version that there is.
    static func version(_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse {
        let asked = request.http.parameter("version") ?? ""
        return try await context.read(auditing: .read, .few) { tx, entry in
            let answer = try show(request, context, auditing: &entry, in: tx)
            guard answer.field("ETag") == "W/\"\(asked)\"" else {
                throw Refusal(
                    .notFound, "Of patients the current version is kept, and this is another one.")
            }
            return answer
        }
    }

    static func history(_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse {
        try await context.read(auditing: .read, .few) { tx, entry in
            let found = try PatientStore.patient(
                named: request.http.parameter("id") ?? "", auditing: &entry, in: tx)
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            let (details, json) = try resource(found.patient, people, context, in: tx)
            let id = found.patient.healthID
            var bundle = Bundle(
                kind: .history, links: [("self", request.url("Patient/\(id)/_history"))])
            bundle.total = 1
            bundle.entries = [
                Bundle.Entry(
                    type: .patient, id: id, resource: json, mode: nil,
                    version: (String(details.updatedAt.milliseconds), details.updatedAt))
            ]
            return bundle.response(request, at: context.now)
        }
    }

    private static func show(
        _ request: FHIRRequest, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> HTTPResponse {
        let asked = ResourceID.id(in: request.http.parameter("id") ?? "", of: .patient)
        guard asked.utf8.first != UInt8(ascii: "_"), asked.utf8.first != UInt8(ascii: "$") else {
            throw Refusal(
                .notFound, "There is no such interaction. What is served stands in /metadata.")
        }
        let found = try PatientStore.patient(named: asked, auditing: &entry, in: tx)
        if found.isViaMergedAlias, let retired = try PatientStore.find(id: found.namedID, in: tx) {
            let details = try PatientDetails(retired, of: [retired.id], owner: "", in: tx)
            return request.answer(
                PatientResource.retired(
                    retired.healthID, replacedBy: found.patient.healthID, at: details.updatedAt),
                version: String(details.updatedAt.milliseconds), at: details.updatedAt)
        }
        let people = try entry.addMerged(of: found.patient.id, in: tx)
        let (details, json) = try resource(found.patient, people, context, in: tx)
        var answer = request.answer(
            json, version: String(details.updatedAt.milliseconds), at: details.updatedAt)
        if found.healthID != found.patient.healthID {
            answer.setField("Content-Location", request.url("Patient/" + found.patient.healthID))
        }
        return answer
    }

    /// A patient as this caller sees them.
    static func resource(
        _ patient: Patient, _ people: [Int64], _ context: Context, in tx: borrowing Transaction
    ) throws -> (details: PatientDetails, json: [UInt8]) {
        let (details, numbers) = try PatientNumbers(context.client)
            .all(of: patient, people, in: tx)
        let stated = PatientResource.json(details, numbers: numbers)
        guard let kept = details.kept.first(where: { $0.key == KeptResource.ofPerson }) else {
            return (details, stated)
        }
        let sent = try JSONDocument(kept.content, limits: .stored).root
        return (details, KeptPatient.merged(stated, with: sent))
    }
}
