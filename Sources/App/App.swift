import Foundation
package import HTTP
package import SQLite
import Synchronization

/// The service: one door, `respond(to:)`, that tests and the server both use.
package final class App: HTTPService {
    package let configuration: Configuration
    package let writer: Writer
    package let tokens: AccessTokens
    package let secrets: SecretHash
    package let webhookSecrets: WebhookSecrets
    package let webhookCounters = WebhookCounters()
    package let lockout = Lockout()
    /// Requests without a usable token. Counted apart, so that a partner whose token is wrong can
    /// still get a new one.
    let bearerLockout = Lockout()
    package let limiter = RateLimiter()
    let usage = KeyUsage()
    package let log: Log
    package let metrics: Metrics
    package let startedAt: Timestamp
    /// Counted once a minute, for /metrics.
    let quarantineCounts = Mutex<(open: Int, full: Int)?>(nil)
    let serverStatistics = Mutex<(@Sendable () -> ServerStatistics)?>(nil)
    /// When the disk was last seen to have room.
    let roomSeenAt = Mutex<ContinuousClock.Instant?>(nil)
    private let readers: [Reader]
    /// For what reads much: audit searches, statistics, exports.
    let slowReader: SlowReader
    let auditVerifier: AuditVerifier
    private let router: Router<Route>
    let clock: Clock
    private let crossOrigins: CrossOrigins

    /// Opens the data folder: migrates it, makes its keys when they are missing and, in a sandbox,
    /// loads the documented data.
    ///
    /// - Throws: `DatabaseError`, `CryptoError` or `StartError`, each with a sentence for the operator.
    package init(_ configuration: Configuration, clock: Clock = .system, log: Log) throws {
        self.configuration = configuration
        self.clock = clock
        self.log = log
        crossOrigins = CrossOrigins(configuration.corsOrigins)
        startedAt = clock.now()
        try DataFolder.prepare(configuration)
        let keys = try SigningKeys(folder: configuration.keysFolder, now: startedAt)
        tokens = AccessTokens(keys: keys, configuration: configuration)
        try Schema.migrate(path: configuration.databasePath, at: startedAt)
        writer = try Writer(path: configuration.databasePath)
        do {
            let readers = try (0..<configuration.loopCount).map { _ in
                try Reader(path: configuration.databasePath)
            }
            let (secrets, webhookSecrets) = try readers[0].read { tx in
                (
                    try SecretHash(folder: configuration.keysFolder, in: tx),
                    try WebhookSecrets(folder: configuration.keysFolder, in: tx)
                )
            }
            try Deployment.claim(for: configuration.environment, in: writer)
            switch configuration.environment {
            case .sandbox: try SandboxData.load(into: writer, secrets: secrets, at: startedAt)
            case .production: try SandboxData.refuseDocumentedSecrets(in: writer, secrets: secrets)
            }
            try Deployment.record(configuration.environment, in: writer)
            self.readers = readers
            slowReader = try SlowReader(path: configuration.databasePath)
            auditVerifier = AuditVerifier(path: configuration.databasePath)
            self.secrets = secrets
            self.webhookSecrets = webhookSecrets
        } catch {
            writer.close()
            throw error
        }
        let served = Routes.served
        router = Router(
            served.map { (method: $0.route.method, template: $0.template, value: $0.route) })
        metrics = Metrics(routes: Routes.all, loopCount: configuration.loopCount)
    }

    /// Finishes the queued writes and closes the database; nothing may be asked afterwards.
    package func close() {
        auditVerifier.stop()
        writer.close()
    }

    package func reader(_ loop: Int) -> Reader {
        readers[loop % readers.count]
    }

    /// The base of this server's own URLs, without a trailing slash.
    package func issuer(for request: HTTPRequest) -> String {
        if let issuer = configuration.issuer { return issuer }
        let scheme = request.isSecure ? "https" : "http"
        return scheme + "://" + (request.field("Host") ?? "localhost")
    }

    // MARK: The door

    package func bodyLimit(for head: HTTPRequest) -> Int {
        guard case .found(let route, _) = router.match(head), route.isBulk else {
            return configuration.bodyBytes
        }
        // Only who may call gets 16 MiB of memory; whoever may not is told so for less.
        let arrival = Arrival(requestID: "", now: clock.now(), address: callerAddress(of: head))
        guard (try? authenticate(head, for: route.access, arrival)) != nil else {
            return configuration.bodyBytes
        }
        return configuration.bulkBodyBytes
    }

    /// What is known of a request before anybody looks at it.
    struct Arrival: Sendable {
        let requestID: String
        let now: Timestamp
        let address: String
    }

    package func respond(to received: HTTPRequest) async -> HTTPResponse {
        let started = ContinuousClock.now
        let now = clock.now()
        let arrival = Arrival(
            requestID: RequestID.of(received) ?? Identifier.make("req_", at: now), now: now,
            address: callerAddress(of: received))
        var request = received
        var route: Route?
        var principal: Principal?
        var response: HTTPResponse
        var cause: String?
        do {
            switch router.match(request) {
            case .found(let match, let parameters):
                request.parameters = parameters
                route = match
                response = try await handle(request, match, arrival, principal: &principal)
            case .methodNotAllowed(let allow):
                response = try answer(request, allowing: allow)
            case .notFound:
                throw Problem(
                    .notFound, "There is no such path. The endpoints are listed in /openapi.yaml.")
            }
        } catch {
            let problem = Problem(reporting: error)
            cause = problem.cause
            response = problem.response(requestID: arrival.requestID)
        }
        finish(&response, requestID: arrival.requestID)
        crossOrigins.open(&response, to: received)
        let duration = ContinuousClock.now - started
        metrics.record(route, response.status, duration, loop: received.loop)
        log.request(
            Log.Request(
                method: received.method.rawValue, route: route,
                status: Int(response.status.code), duration: duration, arrival: arrival,
                principal: principal?.auditName, cause: cause))
        return response
    }

    /// The peer's address or, where the peer is a trusted proxy, the address it forwards for: the
    /// last one that is no trusted proxy itself, since callers can write anything before it.
    private func callerAddress(of request: HTTPRequest) -> String {
        let peer = request.peerText
        guard configuration.trustedProxies.contains(peer),
            let forwarded = request.field("X-Forwarded-For")
        else { return peer }
        let addresses = forwarded.split { $0 == "," || $0 == " " }.map(String.init)
        let caller = addresses.last { !configuration.trustedProxies.contains($0) }
        guard let caller, caller.utf8.count <= 45,
            caller.utf8.allSatisfy({ byte in
                switch byte {
                case 48...58, 65...70, 97...102: true
                default: byte == 46
                }
            })
        else { return peer }
        return caller
    }

    package func response(
        to failure: HTTPFailure, request: HTTPRequest?, from peer: PeerAddress
    ) -> HTTPResponse {
        let now = clock.now()
        let arrival = Arrival(
            requestID: request.flatMap(RequestID.of) ?? Identifier.make("req_", at: now),
            now: now, address: peer.description)
        var route: Route?
        if let request, case .found(let match, _) = router.match(request) { route = match }
        var response = Problem(failure).response(requestID: arrival.requestID)
        finish(&response, requestID: arrival.requestID)
        if let request { crossOrigins.open(&response, to: request) }
        metrics.record(route, response.status, .zero, loop: request?.loop ?? 0)
        log.request(
            Log.Request(
                method: request?.method.rawValue ?? "-", route: route,
                status: Int(response.status.code), duration: .zero, arrival: arrival,
                principal: nil, cause: failure.message.description))
        return response
    }

    /// A path that is served, for other methods: OPTIONS asks for them (RFC 9110 §9.3.7), and
    /// everything else is told.
    private func answer(_ request: HTTPRequest, allowing allow: String) throws -> HTTPResponse {
        if request.method == .options {
            var response = HTTPResponse(.noContent)
            response.setField("Allow", allow + ", OPTIONS")
            return response
        }
        var problem = Problem(
            .methodNotAllowed, "\(request.method.rawValue) is not allowed here. Use \(allow).")
        problem.responseFields = [("Allow", allow)]
        throw problem
    }

    private func handle(
        _ request: HTTPRequest, _ route: Route, _ arrival: Arrival, principal: inout Principal?
    ) async throws -> HTTPResponse {
        if case .open = route.access {
            try QueryParameters.requireKnown(request, by: route)
            let context = Context(
                arrival, app: self, route: route, loop: request.loop, principal: nil,
                idempotency: nil)
            return try await route.handler(request, context)
        }
        do {
            let caller = try authorize(request, for: route.access, arrival)
            principal = caller
            try AccessTokens.check(caller.scopes, for: route.access)
            try QueryParameters.requireKnown(request, by: route)
            let context = Context(
                arrival, app: self, route: route, loop: request.loop, principal: caller,
                idempotency: try Idempotency(request, of: caller))
            return try await route.handler(request, context)
        } catch {
            let problem = Problem(reporting: error)
            // Routes that ask for a token concern patients: who was refused is on record too.
            // Whoever hammers is not: the limit would be worth nothing if each refusal were a write.
            if !problem.isAudited, problem.code != .rateLimitExceeded, problem.code != .overloaded {
                let context = Context(
                    arrival, app: self, route: route, loop: request.loop, principal: principal,
                    idempotency: nil)
                try await context.auditRefusal(problem, about: request.namedPatient)
            }
            throw problem
        }
    }

    /// What every answer carries.
    private func finish(_ response: inout HTTPResponse, requestID: String) {
        response.setField("X-Request-Id", requestID)
        response.setField("X-Content-Type-Options", "nosniff" as StaticString)
    }
}

/// The time; tests set it.
package struct Clock: Sendable {
    package let now: @Sendable () -> Timestamp

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    package static let system = Clock {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
