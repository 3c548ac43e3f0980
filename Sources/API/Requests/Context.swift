package import HTTP
package import Registry
package import Database
package import Values

/// What a handler works with: who asks, what time it is, and the data, which it reaches only in
/// ways that leave their line in the audit log.
///
/// A class: handlers and their closures hold one reference.
package final class Context: Sendable {
    package let app: Service
    package let route: Route
    package let requestID: String
    package let now: Timestamp
    /// `nil` on open routes.
    package let principal: Principal?
    /// The peer's address, for the audit log.
    package let address: String
    private let reader: Int
    private let idempotency: Idempotency?

    package init(
        _ arrival: Service.Arrival, app: Service, route: Route, reader: Int, principal: Principal?,
        idempotency: Idempotency?
    ) {
        self.app = app
        self.route = route
        self.principal = principal
        self.idempotency = idempotency
        self.reader = reader
        requestID = arrival.requestID
        now = arrival.now
        address = arrival.address
    }

    /// The caller of a route that asks for credentials.
    package var client: Principal {
        guard let principal else {
            preconditionFailure("An open route has no principal; its scope must name one.")
        }
        return principal
    }

    /// What an event says about who caused it.
    package var origin: Origin {
        Origin(
            facilityID: principal?.facilityID, clientID: principal?.clientID,
            requestID: requestID, now: now)
    }

    // MARK: Data

    /// Reads one consistent snapshot and answers, once the audit row is durable.
    ///
    /// `body` names the patient and purpose in the entry it is given. What it throws is audited too.
    package func read(
        auditing action: AuditEntry.Action?,
        _ body: (borrowing Transaction, inout AuditEntry) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        var entry = entry(action ?? .read)
        let outcome = Result {
            try app.reader(reader).read { tx in
                try confirmPrincipal(in: tx)
                return Context.answer(try body(tx, &entry), without: tx.unreadableCount)
            }
        }
        return try await conclude(outcome, entry, isAudited: action != nil)
    }

    /// Like `read`, for what reads many rows: on a thread beside the event loops, one after another.
    package func readAside(
        auditing action: AuditEntry.Action,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        typealias Ended = (outcome: Result<HTTPResponse, any Error>, entry: AuditEntry)
        let begun = entry(action)
        let ended = await app.slowReader.run { [self] reader -> Ended in
            var entry = begun
            let outcome = Result {
                try reader.read { tx in
                    try confirmPrincipal(in: tx)
                    return Context.answer(try body(tx, &entry), without: tx.unreadableCount)
                }
            }
            return (outcome, entry)
        }
        return try await conclude(ended.outcome, ended.entry, isAudited: true)
    }

    /// A list that lacks rows says so.
    private static func answer(_ response: HTTPResponse, without count: Int) -> HTTPResponse {
        guard count > 0 else { return response }
        var response = response
        response.setField("X-Unreadable-Rows", String(count))
        return response
    }

    /// Like `read`, for a few rows found by their keys: `body` runs on the writer's connection, in the
    /// batch of its audit row.
    ///
    /// A reading connection forgets its pages whenever anything was committed, which under load is
    /// between any two requests; the writer's stay warm. In return the writes of others wait for
    /// `body`: what may read many rows belongs in `read`. The answer is audited as a 200. `body` may
    /// append an event to it, as its last step.
    package func lookUp<Value: Sendable>(
        auditing action: AuditEntry.Action,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) async throws -> Value {
        try await app.writer.append { [self] tx -> Result<Value, Problem> in
            var entry = entry(action)
            do {
                try confirmPrincipal(in: tx)
                let value = try body(tx, &entry)
                entry.status = 200
                try AuditStore.append(entry, in: tx)
                return .success(value)
            } catch {
                guard let problem = Problem(refusing: error) else { throw error }
                // Nothing was changed: the refusal can share the batch.
                return .failure(try audited(problem, entry, in: tx))
            }
        }.get()
    }

    private func audited(
        _ problem: Problem, _ entry: AuditEntry, in tx: borrowing Transaction
    ) throws -> Problem {
        var problem = problem
        var entry = entry
        entry.outcome = problem.code.rawValue
        entry.status = Int(problem.status.code)
        try AuditStore.append(entry, in: tx)
        problem.isAudited = true
        return problem
    }

    /// Reads what is nobody's data: clients and keys. The caller audits what comes of it.
    func readUnaudited<Value>(_ body: (borrowing Transaction) throws -> Value) throws -> Value {
        try app.reader(reader).read(body)
    }

    /// Changes data: the change, its audit row and, where an Idempotency-Key came, the answer to
    /// give again are one transaction, durable before the answer leaves.
    package func write(
        auditing action: AuditEntry.Action?,
        _ body:
            @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await change(auditing: action, isAppend: false, body)
    }

    /// Like `write`, for a body that throws, if at all, before it has changed anything.
    ///
    /// It spares the savepoint, for which SQLite copies every page before its first change and walks
    /// through the copies at the end of each statement: of a batch of thousands that is most of the
    /// time. A body that breaks its word runs again with one: slower, never wrong.
    package func append(
        auditing action: AuditEntry.Action?,
        _ body:
            @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await change(auditing: action, isAppend: true, body)
    }

    /// Rows that one transaction stores before the writes of others have their turn: a few hundredths of
    /// a second.
    static let rowsOfPart = 500
    /// A new person counts for as many: people with such names are compared.
    static let rowsOfPerson = 20

    /// One of the parts of a change that are stored before the last one, each with its own audit row,
    /// for lists so long that everybody would wait for them. `body` throws, if at all, before it has
    /// changed anything; of a part of which nothing was good it sets the entry's outcome.
    ///
    /// Whatever becomes of the parts behind it, a part stays; the answer comes with the last one, by
    /// `append`. A caller who got none sends the list again, so what a part stores must be known again.
    ///
    /// - Returns: `nil` when the request was answered before.
    func appendPart<Value: Sendable>(
        auditing action: AuditEntry.Action,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) async throws -> Value? {
        try await app.writer.submit(isAppend: true) { [self] tx in
            var entry = entry(action)
            try confirmPrincipal(in: tx)
            guard try replay(into: &entry, in: tx) == nil else { return nil }
            let value = try body(tx, &entry)
            entry.status = Int((Problem.Code(rawValue: entry.outcome)?.status ?? .ok).code)
            try AuditStore.append(entry, in: tx)
            return value
        }
    }

    /// The answer that the request's Idempotency-Key got before, if it has one and did.
    private func replay(
        into entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> HTTPResponse? {
        try idempotency?.replay(into: &entry, at: now, secrets: app.webhookSecrets, in: tx)
    }

    private func change(
        auditing action: AuditEntry.Action?, isAppend: Bool,
        _ body:
            @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let entry = entry(action ?? .execute)
        do {
            return try await app.writer.submit(isAppend: isAppend) { [self] tx in
                var entry = entry
                do {
                    try confirmPrincipal(in: tx)
                    let replay = try replay(into: &entry, in: tx)
                    let response = try replay ?? body(tx, &entry)
                    // A refusal that leaves something behind is not given again (contract § 1).
                    if replay == nil, response.status.code < 400 {
                        try idempotency?.store(
                            response, entry: entry, at: now, secrets: app.webhookSecrets, in: tx)
                    }
                    if action != nil {
                        entry.status = Int(response.status.code)
                        try AuditStore.append(entry, in: tx)
                    }
                    return response
                } catch {
                    // Rolled back with the savepoint; what was learnt about the patient goes along.
                    throw Refusal(error: error, entry: entry)
                }
            }
        } catch let refusal as Refusal {
            return try await conclude(
                .failure(refusal.error), refusal.entry, isAudited: action != nil)
        }
    }

    private struct Refusal: Error {
        let error: any Error
        let entry: AuditEntry
    }

    /// Writes the audit row of a read or of a refusal, then answers or throws.
    private func conclude(
        _ outcome: Result<HTTPResponse, any Error>, _ entry: AuditEntry, isAudited: Bool
    ) async throws -> HTTPResponse {
        var entry = entry
        switch outcome {
        case .success(let response):
            guard isAudited else { return response }
            entry.status = Int(response.status.code)
            try await append(entry)
            return response
        case .failure(let error):
            guard isAudited, var problem = Problem(refusing: error) else { throw error }
            entry.outcome = problem.code.rawValue
            entry.status = Int(problem.status.code)
            try await append(entry)
            problem.isAudited = true
            throw problem
        }
    }

    private func append(_ entry: AuditEntry) async throws {
        try await app.writer.append { tx in try AuditStore.append(entry, in: tx) }
    }

    /// Audits a request that was refused before or outside `read` and `write`.
    ///
    /// - Parameter patient: whom the request named, so that a refused look at a record is on record
    ///   with the patient too.
    func auditRefusal(_ problem: Problem, about patient: PatientReference? = nil) async throws {
        var entry = entry(.execute)
        entry.outcome = problem.code.rawValue
        entry.status = Int(problem.status.code)
        entry.entity = problem.auditedEntity ?? patient.map { "patient/" + $0.text }
        // Whoever has valid credentials is known and slowed down; of anybody else the first refusal of
        // each kind is a row, and the others a number.
        if principal == nil, !app.refusals.isFirst(entry) { return }
        let refused = entry
        try await app.writer.append { tx in
            var entry = refused
            if let patient, let found = try PatientStore.find(patient, in: tx) {
                try entry.name(found.patient, named: found.namedID, in: tx)
            }
            try AuditStore.append(entry, in: tx)
        }
    }

    private func entry(_ action: AuditEntry.Action) -> AuditEntry {
        var entry = AuditEntry(
            recordedAt: now, requestID: requestID, principal: principal?.auditName ?? "anonymous",
            operation: route.operation, action: action)
        entry.facilityID = principal?.facilityID
        entry.address = address
        return entry
    }

    /// Credentials suspended or revoked since they were looked up count at once: the check shares the snapshot with the data it guards.
    private func confirmPrincipal(in tx: borrowing Transaction) throws {
        guard let principal, try ClientStore.epoch(in: tx) != principal.epoch else { return }
        try app.confirm(principal, for: route.access, in: tx)
    }
}
