import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// `Patient/$match`: whom resolving a person would find, without anything being created (contract, FHIR
/// § 4).
struct PatientMatch: Sendable {
    private let query: ResolveQuery
    private let onlyCertain: Bool
    private let count: Int

    private static let defaultCount = 10
    private static let maximumCount = 20

    private init(_ request: FHIRRequest, _ context: Context) throws {
        let body = try request.resource()
        var patient = body
        var (onlyCertain, count) = (false, Self.defaultCount)
        if body["resourceType"]?.string == "Parameters" {
            guard let resource = Self.parameter("resource", of: body)?["resource"] else {
                throw SearchQuery.required("resource", "Parameters need a Patient as resource.")
            }
            patient = resource
            let flag = Self.parameter("onlyCertainMatches", of: body)
            onlyCertain = flag?["valueBoolean"]?.bool ?? false
            count = try Self.count(Self.parameter("count", of: body))
        }
        self.onlyCertain = onlyCertain
        self.count = count
        query = try PatientReader(patient, PatientNumbers(context.client)).query(at: context.now)
    }

    private static func parameter(_ name: String, of parameters: JSONValue) -> JSONValue? {
        parameters["parameter"]?.elements.first { $0["name"]?.string == name }
    }

    private static func count(_ parameter: JSONValue?) throws -> Int {
        guard let parameter else { return defaultCount }
        let value = parameter["valueInteger"] ?? parameter["valuePositiveInt"]
        guard let count = value?.int, count > 0 else {
            throw SearchQuery.invalid("count", "must be an integer from 1 up")
        }
        return Int(min(count, Int64(maximumCount)))
    }

    static func response(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let asked = try PatientMatch(request, context)
        try DryRun.takePlace(context)
        return try await context.read(auditing: .execute) { tx, entry in
            var bundle = Bundle(links: [("self", request.url("Patient/$match"))])
            let (found, alike) = try PatientStore.match(
                asked.query, by: context.client, at: context.now,
                limit: asked.onlyCertain ? 0 : asked.count, in: tx)
            entry.match = found?.explanation
            if let found {
                try show(found, in: &bundle, context, auditing: &entry, in: tx)
            } else {
                bundle.entries = alike.map(entry(of:))
                entry.name(all: alike.map(\.patient))
            }
            bundle.total = bundle.entries.count
            return bundle.response(request, at: context.now)
        }
    }

    private static func show(
        _ found: Resolution, in bundle: inout Bundle, _ context: Context,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        let patient = found.patient
        try entry.name(patient, named: found.namedID ?? patient.id, in: tx)
        let people = try entry.addMerged(of: patient.id, in: tx)
        let (_, json) = try PatientReading.resource(patient, people, context, in: tx)
        bundle.entries = [
            Bundle.Entry(
                type: .patient, id: patient.healthID, resource: json, score: (1, "certain"))
        ]
        guard found.isMismatch else { return }
        bundle.outcomes.append(
            OperationOutcome.Issue(
                severity: .warning, code: "conflict",
                text:
                    "The Health ID is this patient's, and what else was sent disagrees with them.",
                errorCode: "demographics_mismatch"))
    }

    private static func entry(of match: BlockingStore.NearMatch) -> Bundle.Entry {
        // Three digits are more than the odds can tell, and certainty is for what links.
        let score = min((match.probability * 1000).rounded() / 1000, 0.999)
        return Bundle.Entry(
            type: .patient, id: match.patient.healthID,
            resource: PatientResource.summary(of: match.patient),
            score: (score, match.band == .certain ? "probable" : "possible"))
    }
}

extension AuditEntry {
    /// Several patients in one row, which each of them finds.
    mutating func name(all patients: [Patient]) {
        if patients.count == 1 { return name(patients[0]) }
        batchPatientIDs = Set(patients.map(\.id)).sorted()
    }
}

extension FHIRRequest {
    /// What was sent, as JSON of either type.
    func resource() throws -> JSONValue {
        if http.mediaType != "application/fhir+json" {
            try ObjectReader.requireMediaType("application/json", of: http)
        }
        return try ObjectReader(json: http.body).object
    }
}
