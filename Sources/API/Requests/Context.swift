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
    /// Why the caller asks, as `X-Purpose-Of-Use` says it (contract, FHIR § 1).
    private let purposeOfUse: String?
    /// Who acts at the caller's, as `X-Acting-User` says it.
    private let actingUser: String?
    /// Which of the service's readers works for this request.
    let readerIndex: Int
    let idempotency: Idempotency?

    package init(
        _ arrival: Service.RequestMetadata, app: Service, route: Route, reader: Int,
        principal: Principal?,
        idempotency: Idempotency?, purposeOfUse: String? = nil,
        actingUser: String? = nil
    ) {
        self.app = app
        self.route = route
        self.principal = principal
        self.idempotency = idempotency
        self.purposeOfUse = purposeOfUse
        self.actingUser = actingUser
        readerIndex = reader
        requestID = arrival.requestID
        now = arrival.now
        address = arrival.address
    }

    /// For what a caller asked for and no request waits for any more.
    package convenience init(
        _ principal: Principal, app: Service, route: Route, requestID: String, at now: Timestamp
    ) {
        self.init(
            Service.RequestMetadata(requestID: requestID, now: now, address: ""), app: app,
            route: route, reader: 0, principal: principal, idempotency: nil)
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
        auditing action: AuditEntry.Action,
        _ body: (borrowing Transaction, inout AuditEntry) throws -> HTTPResponse
    ) async throws -> HTTPResponse { try await readOnReader(auditing: action, body) }

    private func readOnReader<Value: Sendable>(
        auditing action: AuditEntry.Action,
        _ body: (borrowing Transaction, inout AuditEntry) throws -> Value
    ) async throws -> Value {
        var entry = entry(action)
        let outcome = Result {
            try app.reader(readerIndex).read { tx in
                Context.answer(try body(tx, &entry), without: tx.unreadableCount)
            }
        }
        return try await conclude(outcome, entry)
    }

    /// Like `read`, for few rows or for many.
    ///
    /// What becomes an answer only afterwards is audited as a 200.
    package func read<Value: Sendable>(
        auditing action: AuditEntry.Action, _ extent: ReadExtent,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) async throws -> Value {
        switch extent {
        case .few: try await readOnWriter(auditing: action, .sideBySide, body)
        case .fewAndEvent: try await readOnWriter(auditing: action, .changesLast, body)
        case .many: try await readBesideLoops(auditing: action, body)
        }
    }

    private func readOnWriter<Value: Sendable>(
        auditing action: AuditEntry.Action, _ order: WriteOrder,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) async throws -> Value {
        do {
            return try await app.writer.submit(order) { [self] tx -> Result<Value, Problem> in
                var entry = entry(action)
                do {
                    let value: Value
                    do { value = try body(tx, &entry) } catch {
                        try confirmPrincipal(of: &entry, in: tx)
                        throw error
                    }
                    try confirmPrincipal(of: &entry, in: tx)
                    entry.status = 200
                    try AuditStore.append(entry, in: tx)
                    return .success(value)
                } catch {
                    // A refusal shares the batch, unless something was changed, which the writer takes back.
                    guard let problem = Problem(refusing: error), !tx.isDirty else {
                        throw FailedWrite(error: error, entry: entry)
                    }
                    return .failure(try audited(problem, entry, in: tx))
                }
            }.get()
        } catch let failed as FailedWrite {
            return try await conclude(.failure(failed.error), failed.entry)
        }
    }

    private func readBesideLoops<Value: Sendable>(
        auditing action: AuditEntry.Action,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) async throws -> Value {
        typealias Ended = (outcome: Result<Value, any Error>, entry: AuditEntry)
        let begun = entry(action)
        let ended = await app.slowReader.run { reader -> Ended in
            var entry = begun
            let outcome = Result {
                try reader.read { tx in
                    Context.answer(try body(tx, &entry), without: tx.unreadableCount)
                }
            }
            return (outcome, entry)
        }
        return try await conclude(ended.outcome, ended.entry)
    }

    /// A list that lacks rows says so.
    private static func answer<Value>(_ value: Value, without count: Int) -> Value {
        guard count > 0, var response = value as? HTTPResponse else { return value }
        response.setField("X-Unreadable-Rows", String(count))
        return response as? Value ?? value
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

    /// Changes data: the change, its audit row and, where an Idempotency-Key came, the answer to
    /// give again are one transaction, durable before the answer leaves.
    ///
    /// - Parameter action: `.none` leaves no row: for what is about nobody's data.
    package func write(
        auditing action: AuditEntry.Action?, _ order: ChangeOrder = .any,
        _ body:
            @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let entry = entry(action ?? .execute)
        do {
            return try await app.writer.submit(order == .any ? .any : .changesLast) { [self] tx in
                var entry = entry
                do {
                    try confirmPrincipal(in: tx)
                    let replay = try replay(into: &entry, in: tx)
                    let response = try replay ?? body(tx, &entry)
                    // A refusal that leaves something behind is not given again (contract § 1).
                    if replay == nil, response.status.code < 400 {
                        try keep(response, entry, in: tx)
                    }
                    if action != nil {
                        entry.status = Int(response.status.code)
                        try AuditStore.append(entry, in: tx)
                    }
                    return response
                } catch {
                    // Rolled back with the savepoint; what was learnt about the patient goes along.
                    throw FailedWrite(error: error, entry: entry)
                }
            }
        } catch let failed as FailedWrite {
            guard action != nil else { throw failed.error }
            return try await conclude(.failure(failed.error), failed.entry)
        }
    }

    private struct FailedWrite: Error {
        let error: any Error
        let entry: AuditEntry
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
    /// `write`. A caller who got none sends the list again, so what a part stores must be known again.
    ///
    /// - Returns: `nil` when the request was answered before.
    func writePart<Value: Sendable>(
        auditing action: AuditEntry.Action,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) async throws -> Value? {
        try await app.writer.submit(.changesLast) { [self] tx in
            var entry = entry(action)
            try confirmPrincipal(in: tx)
            guard try replay(into: &entry, in: tx) == nil else { return nil }
            let value = try body(tx, &entry)
            entry.status = Int((Problem.Code(rawValue: entry.outcome)?.status ?? .ok).code)
            try AuditStore.append(entry, in: tx)
            return value
        }
    }

    /// Runs what stores a part of a long list, or of one with new people, when it is this caller's turn.
    func inTurn<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        try await app.parts.enter(client.auditName, weight: 1)
        defer { app.parts.leave(weight: 1) }
        return try await body()
    }

    /// Stores `parts` one after another, each as `writePart` does, and returns what is known after the last.
    ///
    /// The parts are handed to the writer from the shared threads: on the one beside the event loops each
    /// would wait for the lists that are read there, and the writer for it.
    package func writeParts<Progress: Sendable>(
        _ parts: ArraySlice<Range<Int>>, from begun: Progress, auditing action: AuditEntry.Action,
        _ body:
            @escaping @Sendable (Range<Int>, Progress, borrowing Transaction, inout AuditEntry)
            throws -> Progress
    ) async throws -> Progress {
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            var progress = begun
            for part in parts {
                let before = progress
                let after = try await inTurn {
                    try await writePart(auditing: action) { tx, entry in
                        try body(part, before, tx, &entry)
                    }
                }
                guard let after else { break }
                progress = after
            }
            return progress
        }
    }

    /// The answer that the request's Idempotency-Key got before, if it has one and did.
    private func replay(
        into entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> HTTPResponse? {
        // A request that is still running holds the only writer: the second one waits for it here.
        guard let idempotency,
            let kept = try IdempotencyStore.find(idempotency.key, at: now, in: tx)
        else { return nil }
        return try idempotency.replay(kept, into: &entry, secrets: app.webhookSecrets)
    }

    /// Runs what goes on after its transaction: a second request with the same Idempotency-Key waits for it.
    func alone(_ body: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        guard let key = idempotency?.key else { return try await body() }
        await app.repeats.enter(key)
        defer { app.repeats.leave(key) }
        return try await body()
    }

    /// Keeps the answer to a request with an Idempotency-Key.
    private func keep(
        _ response: HTTPResponse, _ entry: AuditEntry, in tx: borrowing Transaction
    ) throws {
        guard let idempotency else { return }
        let kept = try idempotency.keep(response, entry, secrets: app.webhookSecrets)
        try IdempotencyStore.insert(kept, under: idempotency.key, at: now, in: tx)
    }

    /// Writes the audit row of a read or of a refusal, then answers or throws. Whoever was suspended or
    /// revoked by then is told nothing of what was read.
    private func conclude<Value>(
        _ outcome: Result<Value, any Error>, _ entry: AuditEntry
    ) async throws -> Value {
        var entry = entry
        switch outcome {
        case .success(let value):
            entry.status = Int(((value as? HTTPResponse)?.status ?? .ok).code)
            try await append(entry)
            return value
        case .failure(let error):
            guard var problem = Problem(refusing: error) else { throw error }
            entry.outcome = problem.code.rawValue
            entry.status = Int(problem.status.code)
            try await append(entry)
            problem.isAudited = true
            throw problem
        }
    }

    private func append(_ entry: AuditEntry) async throws {
        let refusal = try await app.writer.append { [self] tx -> Problem? in
            var confirmed = entry
            do {
                try confirmPrincipal(of: &confirmed, in: tx)
            } catch {
                guard let problem = Problem(refusing: error) else { throw error }
                return try audited(problem, confirmed, in: tx)
            }
            try AuditStore.append(entry, in: tx)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Behind a read, of which whoever was suspended or revoked by then is told nothing.
    private func confirmPrincipal(
        of entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        do {
            try confirmPrincipal(in: tx)
        } catch {
            entry = self.entry(entry.action)
            throw error
        }
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
        entry.purpose = purposeOfUse
        entry.actingUser = actingUser
        return entry
    }

    /// Credentials suspended or revoked since they were looked up count at once: the check shares the
    /// transaction with the change or, of what is read, with the audit row, behind which nothing is shown.
    private func confirmPrincipal(in tx: borrowing Transaction) throws {
        guard let principal, try ClientStore.epoch(in: tx) != principal.epoch else { return }
        let standing = try Principals.standing(of: principal, keys: app.tokens.keys, in: tx)
        try app.require(standing, of: principal, for: route.access)
    }
}
