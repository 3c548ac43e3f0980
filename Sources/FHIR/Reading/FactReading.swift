import API
import Database
import HTTP
import Identity
import Registry
import Values

/// What is kept with a person and needs no consent: allergies; and what is not kept at all (contract,
/// FHIR § 3).
enum FactReading {
    static func allergies(_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse {
        let query = try query(request)
        return try await context.read(auditing: .read, .few) { tx, entry in
            var bundle = bundle(.allergyIntolerance, request, query)
            let ids = query.ids
            let people = Set(
                ids?.compactMap { AllergyIntoleranceResource.healthID(in: $0) } ?? []
            ).sorted()
            let asked = try query.patient()
            if asked == nil, people.count > 1 { bundle.outcomes.append(SearchQuery.otherPatients) }
            guard let named = asked ?? people.first else {
                bundle.total = 0
                return bundle.response(request, at: context.now)
            }
            let details = try details(named, context, auditing: &entry, in: tx)
            let found = try AllergyIntoleranceResource.all(of: details).filter {
                (ids?.contains($0.id) ?? true) && query.hasChanged(at: details.updatedAt)
            }
            bundle.total = found.count
            if !query.isCountOnly {
                bundle.entries = found.prefix(query.count).map {
                    Bundle.Entry(type: .allergyIntolerance, id: $0.id, resource: $0.json)
                }
            }
            return bundle.response(request, at: context.now)
        }
    }

    static func allergy(_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse {
        try await show(request, context) { _ in true }
    }

    static func allergyVersion(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await show(request, context) { $0.version.id == request.http.parameter("version") }
    }

    private static func show(
        _ request: FHIRRequest, _ context: Context,
        where isAsked: @escaping @Sendable (AllergyIntoleranceResource) -> Bool
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read, .few) { tx, entry in
            let allergy = try find(request, context, auditing: &entry, in: tx)
            guard isAsked(allergy) else { throw noAllergy }
            return request.answer(
                allergy.json, version: allergy.version.id, at: allergy.version.time)
        }
    }

    static func allergyHistory(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read, .few) { tx, entry in
            let allergy = try find(request, context, auditing: &entry, in: tx)
            let path = "AllergyIntolerance/\(allergy.id)/_history"
            var bundle = Bundle(kind: .history, links: [("self", request.url(path))])
            bundle.total = 1
            bundle.entries = [
                Bundle.Entry(
                    type: .allergyIntolerance, id: allergy.id, resource: allergy.json, mode: nil,
                    version: allergy.version)
            ]
            return bundle.response(request, at: context.now)
        }
    }

    private static func find(
        _ request: FHIRRequest, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> AllergyIntoleranceResource {
        let id = request.http.parameter("id") ?? ""
        guard let healthID = AllergyIntoleranceResource.healthID(in: id) else { throw noAllergy }
        let details = try details(healthID, context, auditing: &entry, in: tx)
        guard
            let found = try AllergyIntoleranceResource.all(of: details).first(where: { $0.id == id }
            )
        else { throw noAllergy }
        return found
    }

    private static var noAllergy: Refusal {
        Refusal(.notFound, "There is no AllergyIntolerance with this id.")
    }

    /// Nobody sends them: an empty list would say that there were none.
    static func immunizations(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let query = try query(request)
        return try await context.read(auditing: .read, .few) { tx, entry in
            if let named = try query.patient() {
                _ = try PatientStore.patient(named: named, auditing: &entry, in: tx)
            }
            var bundle = bundle(.immunization, request, query)
            bundle.total = 0
            bundle.outcomes.append(
                OperationOutcome.Issue(
                    severity: .warning, code: "not-supported",
                    text:
                        "Immunizations are not kept here: this list says nothing of what was given."
                ))
            return bundle.response(request, at: context.now)
        }
    }

    static func noImmunization(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        throw Refusal(.notFound, "Immunizations are not kept here.")
    }

    private static func query(_ request: FHIRRequest) throws -> SearchQuery {
        let query = try SearchQuery(request, names: ClinicalSearch.common)
        guard try query.patient() != nil || !query.values("_id").isEmpty else {
            throw SearchQuery.required(
                "patient", "Name a patient: ?patient=CM-HID-7KQ9-MP42-X8D1, or an _id.")
        }
        return query
    }

    private static func bundle(
        _ type: FHIRResourceType, _ request: FHIRRequest, _ query: SearchQuery
    ) -> Bundle {
        var bundle = Bundle(links: [("self", query.link(request, type.rawValue))])
        bundle.outcomes = query.warnings(request)
        return bundle
    }

    private static func details(
        _ named: String, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> PatientDetails {
        let found = try PatientStore.patient(named: named, auditing: &entry, in: tx)
        let people = try entry.addMerged(of: found.patient.id, in: tx)
        return try PatientDetails(
            found.patient, of: people, owner: context.client.referenceOwner, in: tx)
    }
}
