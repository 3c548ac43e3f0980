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
    private let resource: SentResource
    /// What was sent and no column holds.
    private let others: [String]
    private let death: PatientDeath?

    static let scopes: Scope = [.healthIDVerify, .patientRead]

    /// - Parameter condition: of `If-None-Exist`, as a query.
    /// - Throws: `Problem` with every element that is missing or wrong.
    init(_ resource: SentResource, ifNoneExist condition: String?, _ context: Context) throws {
        try context.requireWriting(.patient, or: PatientWriting.scopes)
        let body = PatientBody(resource, PatientNumbers(context.client).owners.map(\.system))
        query = try body.query(today: context.now)
        self.resource = resource
        others = body.others
        death = try PatientDeath(resource, context)
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
            try IdentityContradictions.review(
                query.claims, of: patient.id, by: context.client, within: &cases,
                from: context.origin, in: tx)
            return (
                try written(
                    patient, .ok, issues(ofKnown: patient), context, auditing: &entry, in: tx),
                patient
            )
        }
        try requireDeath(context, auditing: &entry, in: tx)
        let resolution = try PatientStore.findOrRegister(
            query, by: context.client, mayCreate: mayRegister(context), within: &cases,
            origin: context.origin, in: tx)
        guard let resolution else { throw PatientRoutes.creationForbidden }
        if resolution.isCreated { entry.action = .create }
        entry.match = resolution.explanation
        let patient = resolution.patient
        try entry.name(patient, named: resolution.namedID ?? patient.id, in: tx)
        let isOtherDeath = try keep(for: resolution, context, auditing: &entry, in: tx)
        return (
            try written(
                patient, resolution.isCreated ? .created : .ok,
                issues(resolution, isMismatch: resolution.isMismatch || isOtherDeath), context,
                auditing: &entry, in: tx), patient
        )
    }

    /// Before anything is changed.
    private func requireDeath(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        guard let death else { return }
        let (found, _) = try PatientStore.match(
            query, by: context.client, at: context.now, limit: 0, in: tx)
        // Of whom it is not, nothing is corrected.
        guard found?.isMismatch != true else { return }
        try death.require(
            of: found?.patient, born: query.demographics?.dateOfBirth, context, auditing: &entry,
            in: tx)
    }

    /// What no column holds stays with whom it was sent of, unless that may be somebody else.
    ///
    /// - Returns: whether another date of death is registered.
    private func keep(
        for resolution: Resolution, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> Bool {
        guard !resolution.isMismatch else { return false }
        let patient = resolution.patient
        let isOther = try death?.store(of: patient, context, in: tx) ?? false
        let people = try entry.addMerged(of: patient.id, in: tx)
        let shown = try PatientStore.find(id: patient.id, in: tx) ?? patient
        let (details, json) = try PatientReading.resource(shown, people, context, in: tx)
        // Nearly everybody is registered with no more than columns hold.
        guard
            details.kept.contains(where: { $0.key == KeptResource.ofPerson })
                || KeptPatient.adds(resource.json, to: json)
        else { return isOther }
        _ = try KeptResourceStore.keep(
            Array(resource.json.raw), under: KeptResource.ofPerson,
            of: resolution.namedID ?? patient.id, owner: context.client.referenceOwner,
            at: context.now, in: tx)
        return isOther
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

    private func issues(
        _ resolution: Resolution, isMismatch: Bool
    ) -> [OperationOutcome.Issue] {
        var issues = isMismatch ? [PatientWriting.mismatch] : []
        if resolution.decision == .possibleDuplicate {
            issues.append(
                warning(
                    "duplicate",
                    "\(resolution.candidates) registered people look alike: a person decides whether one of them is this patient.",
                    "possible_duplicate"))
        }
        issues += resolution.warnings.map { warning("informational", $0) }
        return resolution.isMismatch ? issues + unkept : issues
    }

    /// Of whom `If-None-Exist` names nothing is read but whether it agrees.
    private func issues(ofKnown patient: Patient) -> [OperationOutcome.Issue] {
        let isMismatch = Matching.disagrees(query.claims, with: patient)
        return (isMismatch ? [PatientWriting.mismatch] : []) + unkept
    }

    private var unkept: [OperationOutcome.Issue] {
        let names = others + (death == nil ? [] : ["deceased"])
        guard !names.isEmpty else { return [] }
        return [
            warning("not-supported", "Not kept of a patient: \(names.joined(separator: ", ")).")
        ]
    }

    private static let mismatch = OperationOutcome.Issue(
        severity: .warning, code: "conflict",
        text:
            "What was sent disagrees with what is registered, which was not changed: confirm who this is.",
        errorCode: "demographics_mismatch")

    private func warning(
        _ code: String, _ text: String, _ errorCode: String? = nil
    ) -> OperationOutcome.Issue {
        OperationOutcome.Issue(severity: .warning, code: code, text: text, errorCode: errorCode)
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
