import API
import Database
import HTTP
import JSON
import Registry
import Values

/// Resources sent together: a transaction, all or nothing; or a batch, one by one (FHIR R4 § 3.1.0.11).
enum BundleWriting {
    /// Most entries of one bundle.
    static let limit = 500

    static func write(_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse {
        let bundle = try SentResource.content(of: request)
        guard bundle["resourceType"]?.string == "Bundle" else {
            throw Refusal.validation("resourceType", "must be Bundle here")
        }
        let type = bundle["type"]?.string
        guard type == "transaction" || type == "batch" else {
            throw Refusal.validation("Bundle.type", "must be transaction or batch")
        }
        let sent = bundle["entry"]
        guard sent == nil || sent?.kind == .array, (sent?.count ?? 0) <= limit else {
            throw Refusal.validation("Bundle.entry", "must be a list of at most \(limit) entries")
        }
        let faults = ElementFaults(ofEnvelope: bundle, "Bundle")
        guard faults.complaints.isEmpty else { throw Refusal(invalid: faults.complaints) }
        let entries = sent?.elements.map { $0 } ?? []
        // Each is a request as good as one sent alone, which this one is already.
        try context.takeRequests(entries.count - 1)
        var kept =
            type == "transaction"
            ? try await transact(entries, request, context)
            : try await store(entries, request, context)
        kept.setField("Content-Type", request.format.contentType)
        return kept
    }

    // MARK: A transaction

    private static func transact(
        _ sent: [JSONValue], _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var entries = try sent.enumerated().map { index, json in
            try placing(index) { try BundleEntry(json, context) }
        }
        try requireDifferentURLs(of: entries)
        try await BundleEntry.prefetch(&entries, context)
        let ready = entries
        return try await context.write(auditing: .create) { tx, entry in
            let written = try transact(ready, context, auditing: &entry, in: tx)
            return answer("transaction-response", request) { json in
                for resource in written {
                    json.element { json in
                        resource.write(to: &json, below: request, request.hasResources)
                    }
                }
            }
        }
    }

    private static func requireDifferentURLs(of entries: [BundleEntry]) throws {
        var urls: Set<String> = []
        for (index, entry) in entries.enumerated() {
            guard let url = entry.fullURL, !urls.insert(url).inserted else { continue }
            throw Refusal.validation("Bundle.entry[\(index)].fullUrl", "appears twice")
        }
    }

    /// What others name comes before them: patients, visits, the rest, reports.
    private static func transact(
        _ entries: [BundleEntry], _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> [WrittenResource] {
        var references: [String: String] = [:]
        var written: [Int: WrittenResource] = [:]
        var audits: [AuditEntry] = []
        var cases = CaseAllowance()
        let order = entries.indices.sorted {
            (entries[$0].rank, $0) < (entries[$1].rank, $1)
        }
        for index in order {
            var own = entry
            do {
                let resource = try placing(index) {
                    try entries[index].store(
                        naming: references, within: &cases, context, auditing: &own, in: tx)
                }
                written[index] = resource
                if let url = entries[index].fullURL { references[url] = resource.reference }
            } catch {
                entry = own
                throw error
            }
            audits.append(own)
        }
        entry.name(audits)
        return entries.indices.compactMap { written[$0] }
    }

    /// The same refusal, with the entry's place before each expression.
    private static func placing<Value>(_ index: Int, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            guard var problem = Problem(refusing: error) else { throw error }
            let place = "Bundle.entry[\(index)]"
            problem.fieldErrors =
                problem.fieldErrors.isEmpty
                ? [(place, [problem.message])]
                : problem.fieldErrors.map { (BundleWriting.path($0.path, in: place), $0.messages) }
            throw problem
        }
    }

    /// - Parameter path: in the entry's resource, or in the entry.
    private static func path(_ path: String, in entry: String) -> String {
        let parts = path.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, FHIRResourceType(rawValue: String(parts[0])) != nil else {
            return "\(entry).\(path)"
        }
        return "\(entry).resource.ofType(\(parts[0])).\(parts[1])"
    }

    // MARK: A batch

    /// Each entry in a transaction of its own: others have their turn between them.
    private static func store(
        _ sent: [JSONValue], _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var entries: [Result<BundleEntry, any Error>] = sent.map { json in
            Result { try BundleEntry(json, context) }
        }
        try await BundleEntry.prefetch(&entries, context)
        let ready = entries
        let parts = ready.indices.map { $0..<$0 + 1 }
        let outcomes = try await context.writeParts(
            parts[...], from: BatchProgress(), auditing: .create
        ) { part, begun, tx, entry in
            var progress = begun
            do {
                let resource = try ready[part.lowerBound].get().store(
                    naming: [:], within: &progress.cases, context, auditing: &entry, in: tx)
                progress.outcomes.append(.success(resource))
            } catch {
                guard let problem = Problem(refusing: error) else { throw error }
                entry.outcome = problem.code.rawValue
                progress.outcomes.append(.failure(problem))
            }
            return progress
        }.outcomes
        return try await context.write(auditing: nil) { tx, entry in
            answer("batch-response", request) { json in
                for outcome in outcomes {
                    json.element { json in write(outcome, request, context, to: &json) }
                }
            }
        }
    }

    private static func write(
        _ outcome: Result<WrittenResource, Problem>, _ request: FHIRRequest, _ context: Context,
        to json: inout JSONWriter
    ) {
        switch outcome {
        case .success(let resource):
            resource.write(to: &json, below: request, request.hasResources)
        case .failure(let problem):
            json.member("response") { json in
                json.member("status", "\(problem.status.code) \(problem.status.reasonPhrase)")
                json.member("outcome") { json in
                    OperationOutcome(problem, requestID: context.requestID).write(to: &json)
                }
            }
        }
    }

    private static func answer(
        _ type: String, _ request: FHIRRequest, _ entries: (inout JSONWriter) -> Void
    ) -> HTTPResponse {
        var json = JSONWriter(reserving: 4096)
        json.object { json in
            json.member("resourceType", "Bundle")
            json.member("type", type)
            json.memberArrayUnlessEmpty("entry", entries)
        }
        return request.answer(json.finish())
    }
}

/// How far a batch has come.
private struct BatchProgress: Sendable {
    var outcomes: [Result<WrittenResource, Problem>] = []
    var cases = CaseAllowance()
}

extension FHIRRequest {
    fileprivate var hasResources: Bool { returned == .representation }
}

extension AuditEntry {
    /// A row for each patient of several entries, with whoever was merged into them.
    fileprivate mutating func name(_ entries: [AuditEntry]) {
        var seen: Set<Int64> = []
        let people = entries.filter { $0.patientID.map { seen.insert($0).inserted } ?? false }
        entity = people.first?.entity
        patientID = people.first?.patientID
        furtherPatients = people.dropFirst().compactMap { one in
            guard let entity = one.entity, let id = one.patientID else { return nil }
            return (entity, id)
        }
        batchPatientIDs = Set(entries.flatMap(\.batchPatientIDs)).sorted()
    }
}
