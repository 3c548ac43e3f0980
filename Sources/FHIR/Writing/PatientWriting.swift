import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// A person sent as a Patient: resolve (contract § 4), and what a read shows of who it is.
struct PatientWriting: Sendable {
    private(set) var query: ResolveQuery
    /// `If-None-Exist`: whoever bears this is not asked about.
    private let known: PatientFilter?
    /// What was sent and has no place with a person.
    private let unkept: [String]

    static let scopes: Scope = [.healthIDVerify, .patientRead]

    /// - Parameter condition: of `If-None-Exist`, as a query.
    /// - Throws: `Problem` with every element that is missing or wrong.
    init(_ resource: SentResource, ifNoneExist condition: String?, _ context: Context) throws {
        try context.requireWriting(.patient, or: PatientWriting.scopes)
        let body = PatientBody(resource, PatientNumbers(context.client).owners.map(\.system))
        query = try body.query(today: context.now)
        unkept = body.unkept
        known = try condition.map { try PatientFilter(condition: $0, context) }
    }

    static func create(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let content = try SentResource.content(of: request)
        var writings = [
            try PatientWriting(
                SentResource(content, .patient),
                ifNoneExist: request.http.field("If-None-Exist"), context)
        ]
        try await prefetch(&writings, context)
        let writing = writings[0]
        let kept = try await context.write(auditing: .read, .changesLast) { tx, entry in
            var cases = CaseAllowance()
            let (written, _) = try writing.store(
                within: &cases, context, auditing: &entry, in: tx)
            return written.kept(below: request)
        }
        return try request.answered(kept)
    }

    static func prefetch(_ writings: inout [PatientWriting], _ context: Context) async throws {
        var queries = writings.map(\.query)
        try await context.prefetchNearMatches(for: &queries, \.demographics)
        for index in writings.indices { writings[index].query = queries[index] }
    }

    func store(
        within cases: inout CaseAllowance, _ context: Context,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (written: WrittenResource, patient: Patient) {
        if let patient = try known?.onePatient(in: tx) {
            entry.name(patient)
            return (
                try written(patient, .ok, [], context, auditing: &entry, in: tx), patient
            )
        }
        let resolution = try PatientStore.findOrRegister(
            query, by: context.client, mayCreate: mayRegister(context), within: &cases,
            origin: context.origin, in: tx)
        guard let resolution else { throw PatientRoutes.creationForbidden }
        if resolution.isCreated { entry.action = .create }
        entry.match = resolution.explanation
        let patient = resolution.patient
        try entry.name(patient, named: resolution.namedID ?? patient.id, in: tx)
        return (
            try written(
                patient, resolution.isCreated ? .created : .ok, issues(resolution), context,
                auditing: &entry, in: tx), patient
        )
    }

    private func mayRegister(_ context: Context) -> Bool {
        PatientRoutes.mayRegister(context) || context.client.smartScopes.allows(.patient, .create)
    }

    private func written(
        _ patient: Patient, _ status: HTTPStatus, _ issues: [OperationOutcome.Issue],
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WrittenResource {
        let people = try entry.addMerged(of: patient.id, in: tx)
        let shown = try PatientStore.find(id: patient.id, in: tx) ?? patient
        let (details, json) = try PatientReading.resource(shown, people, context, in: tx)
        // To register somebody is not to read whoever was found: as much as resolve's summary says.
        let resource =
            context.client.mayRead(.patient) ? json : PatientResource.summary(of: shown)
        return WrittenResource(
            type: .patient, id: shown.healthID, version: String(details.updatedAt.milliseconds),
            time: details.updatedAt, status: status, resource: resource, issues: issues)
    }

    private func issues(_ resolution: Resolution) -> [OperationOutcome.Issue] {
        var issues: [OperationOutcome.Issue] = []
        func warn(_ code: String, _ text: String, _ errorCode: String? = nil) {
            issues.append(
                OperationOutcome.Issue(
                    severity: .warning, code: code, text: text, errorCode: errorCode))
        }
        if resolution.isMismatch {
            warn(
                "conflict",
                "What was sent disagrees with what is registered, which was not changed: confirm who this is.",
                "demographics_mismatch")
        }
        if resolution.decision == .possibleDuplicate {
            warn(
                "duplicate",
                "\(resolution.candidates) registered people look alike: a person decides whether one of them is this patient.",
                "possible_duplicate")
        }
        for text in resolution.warnings { warn("informational", text) }
        if !unkept.isEmpty {
            warn("not-supported", "Not kept of a patient: \(unkept.joined(separator: ", ")).")
        }
        return issues
    }
}

extension PatientFilter {
    /// The one who fits; `nil` for nobody.
    ///
    /// - Throws: `Problem` 412 for several.
    fileprivate func onePatient(in tx: borrowing Transaction) throws -> Patient? {
        let found = try patients(in: tx)
        guard found.count < 2 else {
            var problem = Problem(
                .conflict, "If-None-Exist fits \(found.count) patients: nobody is registered.")
            problem.status = .preconditionFailed
            throw problem
        }
        return found.first
    }
}
