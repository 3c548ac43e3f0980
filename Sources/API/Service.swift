import Foundation
package import HTTP
package import Registry
package import Database
package import Synchronization
package import Values

/// The service: one door, `respond(to:)`, that tests and the server both use.
package final class Service: HTTPService {
    package let configuration: Configuration
    package let storage: any Storage
    package let writer: any Writer
    package let tokens: AccessTokens
    package let secrets: SecretHash
    package let webhookSecrets: WebhookSecrets
    package let webhookCounters = WebhookCounters()
    /// One-time codes, by whether the code hook took them.
    package let codeCounters = WebhookCounters()
    package let lockout = Lockout()
    package let refusals = RefusalTally()
    package let limiter = RateLimiter()
    package let usage = KeyUsage()
    package let log: Log
    package let metrics: Metrics
    package let startedAt: Timestamp
    private let isProxyNoticed = Atomic(false)
    /// Counted once a minute, for /metrics.
    package let quarantineCounts = Mutex<(open: Int, full: Int)?>(nil)
    /// Where one-time codes go; `nil` where no hook is configured.
    package let codeSender = Mutex<CodeSender?>(nil)
    package let publishedKeys: PublishedKeys
    let serverStatistics = Mutex<(@Sendable () -> ServerStatistics)?>(nil)
    package let readiness: Readiness
    /// One for each event loop, unless reading waits for a network; then one for each of the queues
    /// beside them.
    private let readers: [any Reader]
    private let asides: AsideQueues
    private let knownCallers = KnownCallers()
    /// For what reads much: audit searches, statistics, exports.
    package let slowReader: SlowReader
    package let auditVerifier: AuditVerifier
    package let exports: ExportJobs
    /// What one of several servers does for all.
    package let duties: any Duties
    private let router: Router<Route>
    private let errorFormats: [ErrorFormat]
    package let clock: Clock
    private let crossOrigins: CrossOrigins

    /// What the service works with, opened by the program.
    package struct Resources {
        package let storage: any Storage
        package let writer: any Writer
        /// As many as `Configuration.readerCount`.
        package let readers: [any Reader]
        package let slowReader: SlowReader
        package let auditVerifier: AuditVerifier
        package let keys: SigningKeys
        package let secrets: SecretHash
        package let webhookSecrets: WebhookSecrets

        package init(
            storage: any Storage, writer: any Writer, readers: [any Reader],
            slowReader: SlowReader, auditVerifier: AuditVerifier, keys: SigningKeys,
            secrets: SecretHash, webhookSecrets: WebhookSecrets
        ) {
            self.storage = storage
            self.writer = writer
            self.readers = readers
            self.slowReader = slowReader
            self.auditVerifier = auditVerifier
            self.keys = keys
            self.secrets = secrets
            self.webhookSecrets = webhookSecrets
        }
    }

    package init(
        _ configuration: Configuration, clock: Clock, log: Log, startedAt: Timestamp,
        routes: [Route], errorFormats: [ErrorFormat] = [], _ resources: Resources
    ) {
        self.configuration = configuration
        self.clock = clock
        self.log = log
        self.startedAt = startedAt
        crossOrigins = CrossOrigins(configuration.corsOrigins)
        tokens = AccessTokens(keys: resources.keys, configuration: configuration)
        storage = resources.storage
        writer = resources.writer
        readers = resources.readers
        asides = AsideQueues(
            count: configuration.asideCount(readsWait: storage.readsWait),
            firstReader: configuration.readerCount(readsWait: storage.readsWait)
                - configuration.asideCount(readsWait: storage.readsWait))
        slowReader = resources.slowReader
        auditVerifier = resources.auditVerifier
        exports = ExportJobs(dataFolder: configuration.dataFolder)
        readiness = Readiness(
            storage, writer: writer, keys: resources.keys, roomBytes: configuration.roomBytes)
        self.errorFormats = errorFormats
        publishedKeys = PublishedKeys(KeySetFetcher(configuration), log: log)
        secrets = resources.secrets
        webhookSecrets = resources.webhookSecrets
        duties = resources.storage.openDuties()
        router = Router(
            routes.flatMap { route in
                route.templates.map { (method: route.method, template: $0, value: route) }
            })
        metrics = Metrics(routes: routes, loopCount: configuration.loopCount)
    }

    /// Finishes the queued writes and closes the database; nothing may be asked afterwards.
    package func close() {
        auditVerifier.stop()
        publishedKeys.close()
        duties.close()
        writer.close()
    }

    package func reader(_ index: Int) -> any Reader {
        readers[index % readers.count]
    }

    /// Larger contents take more than a moment to parse, hash and check: that happens on threads
    /// beside the event loops, each with a reader of its own.
    private static let asideBytes = 16 * 1024

    /// A list this short is worked on at once: it cannot have many rows.
    private static let listBytes = 512
    /// A list has a place for each so many bytes; one that would need more than there are is worked on alone.
    private static let bytesOfPlace = 128 * 1024
    private let lists = Turnstile()
    /// For parts of long lists and of lists with new people: one is stored while the next waits. What
    /// waits for the writer together is one transaction, and everybody else's behind it.
    let parts = Turnstile(places: 2)
    let repeats = RepeatTurns()

    private func isAside(_ request: HTTPRequest, _ route: Route) -> Bool {
        route.isAside || route.readsData && storage.readsWait
            || request.body.count > (route.isBulk ? Service.listBytes : Service.asideBytes)
    }

    /// Runs on a thread beside the event loops what waits there, with the index of a reader for it.
    func aside<Value: Sendable>(
        _ body: (_ reader: Int) async throws -> Value
    ) async rethrows -> Value {
        let (index, queue) = asides.enter()
        defer { asides.leave(index) }
        return try await withTaskExecutorPreference(queue) {
            try await body(asides.firstReader + index)
        }
    }

    /// While a database does not answer, requests gather before the threads that ask it: who would be
    /// answered after the caller has gone is told at once.
    ///
    /// - Throws: `Problem` 503.
    private func requireTime(since started: ContinuousClock.Instant) throws {
        guard storage.readsWait, ContinuousClock.now - started > .seconds(10) else { return }
        throw DatabaseError.unavailable(
            reason: "others have waited for the database for ten seconds")
    }

    private func loopIndex(of request: HTTPRequest) -> Int {
        request.loop % configuration.loopCount
    }

    /// For the one that delivers webhooks.
    func openOutbox() throws -> WebhookOutbox {
        WebhookOutbox(writer: writer, reader: try storage.openReader())
    }

    /// The base of this server's own URLs, without a trailing slash.
    package func issuer(for request: HTTPRequest) -> String {
        if let issuer = configuration.issuer { return issuer }
        let scheme = request.isSecure ? "https" : "http"
        return scheme + "://" + (request.field("Host") ?? "localhost")
    }

    // MARK: The door

    /// What a stranger may send before it is known who it is: credentials are small.
    private static let openBodyBytes = 64 * 1024

    package func admit(_ head: HTTPRequest, hasContent: Bool) -> ContentAdmission {
        let stranger = { [self] in
            ContentHolder(Lockout.network(of: callerAddress(of: head)), isKnown: false)
        }
        // What came along takes no memory that is not taken already.
        if hasContent, configuration.bodyBytes >= Service.openBodyBytes {
            return .read(limit: configuration.bodyBytes, of: ContentHolder("", isKnown: false))
        }
        guard case .found(let route, _) = router.match(head) else { return .leave }
        if case .open = route.access {
            return .read(
                limit: min(configuration.bodyBytes, Service.openBodyBytes), of: stranger())
        }
        let limit = route.isBulk ? configuration.bulkBodyBytes : configuration.bodyBytes
        guard !storage.readsWait else {
            // An event loop asks no network: whoever was not known lately shares what strangers have.
            let known = knownCallers.name(of: head, at: clock.now())
            return .read(
                limit: limit, of: known.map { ContentHolder($0, isKnown: true) } ?? stranger())
        }
        // Whoever may not call is told so by the head alone.
        let caller = try? identify(
            head, for: route.access, at: clock.now(), loopIndex(of: head))
        guard let caller else { return .leave }
        return .read(limit: limit, of: ContentHolder(caller.auditName, isKnown: true))
    }

    /// What is known of a request before anybody looks at it.
    package struct RequestMetadata: Sendable {
        package let requestID: String
        package let now: Timestamp
        package let address: String
    }

    package func respond(to received: HTTPRequest) async -> HTTPResponse {
        let started = ContinuousClock.now
        let now = clock.now()
        let arrival = RequestMetadata(
            requestID: RequestID.of(received) ?? Identifier.make("req_", at: now), now: now,
            address: callerAddress(of: received))
        var request = received
        var route: Route?
        var principal: Principal?
        var response: HTTPResponse
        var cause: String?
        do {
            guard request.fieldCount("Authorization") < 2 else {
                // Which of them counts, two readers could see differently.
                throw Problem(
                    .malformedRequest, "Send one Authorization field: there are several.")
            }
            switch router.match(request) {
            case .found(let match, let parameters):
                request.parameters = parameters
                route = match
                if isAside(request, match) {
                    let large = request
                    response = try await aside { reader in
                        try requireTime(since: started)
                        return try await handle(
                            large, match, arrival, reader: reader, principal: &principal)
                    }
                } else {
                    response = try await handle(
                        request, match, arrival, reader: loopIndex(of: request),
                        principal: &principal)
                }
            case .methodNotAllowed(let allow):
                response = try answer(request, allowing: allow)
            case .notFound:
                throw Problem(
                    .notFound, "There is no such path. The endpoints are listed in /openapi.yaml.")
            }
        } catch {
            let problem = Problem(reporting: error)
            cause = problem.cause
            response = answer(problem, to: request, requestID: arrival.requestID)
        }
        finish(&response, requestID: arrival.requestID, for: route, isSecure: received.isSecure)
        crossOrigins.open(&response, to: received)
        await openToPages(&response, to: received)
        response.holder = principal?.key
        let duration = ContinuousClock.now - started
        metrics.record(route, response.status, duration, loop: received.loop)
        log.request(
            Log.Request(
                method: received.method.rawValue, route: route,
                status: Int(response.status.code), duration: duration, arrival: arrival,
                principal: principal?.auditName, cause: cause))
        return response
    }

    /// A failure in the words of the path's readers.
    private func answer(
        _ problem: Problem, to request: HTTPRequest?, requestID: String
    ) -> HTTPResponse {
        guard !errorFormats.isEmpty, let request,
            let format = errorFormats.first(where: { $0.covers(request.path) })
        else { return problem.response(requestID: requestID) }
        return format.response(problem, request, requestID)
    }

    /// The peer's address or, where the peer is a trusted proxy, the address it forwards for: the
    /// last one that is no trusted proxy itself, since callers can write anything before it.
    private func callerAddress(of request: HTTPRequest) -> String {
        guard configuration.trustedProxies.contains(request.peer) else {
            noticeIgnoredProxy(request)
            return request.peerText
        }
        guard let forwarded = request.field("X-Forwarded-For") else { return request.peerText }
        var caller = request.peer
        for word in forwarded.utf8.split(separator: UInt8(ascii: ",")).reversed() {
            let text = String(Substring(word)).trimmingCharacters(in: .whitespaces)
            // Behind what is no address nothing can be believed.
            guard let address = PeerAddress(forwarded: text) else { break }
            caller = address
            guard configuration.trustedProxies.contains(address) else { break }
        }
        return caller.description
    }

    /// Says once that a proxy seems to stand in front that nobody named: behind it, whoever guesses
    /// slows all others down, and the audit log does not know who called.
    private func noticeIgnoredProxy(_ request: HTTPRequest) {
        guard !isProxyNoticed.load(ordering: .relaxed),
            request.peer.reach == .loopback || request.peer.reach == .privateNetwork,
            request.fieldCount("X-Forwarded-For") > 0,
            !isProxyNoticed.exchange(true, ordering: .relaxed)
        else { return }
        log.event(
            "forwarded_address_ignored", level: "warning",
            [
                ("peer", request.peerText),
                (
                    "cause",
                    "X-Forwarded-For came from an address that --trusted-proxies does not name."
                ),
            ], at: clock.now())
    }

    package func response(
        to failure: HTTPFailure, request: HTTPRequest?, from peer: PeerAddress
    ) -> HTTPResponse {
        let now = clock.now()
        let arrival = RequestMetadata(
            requestID: request.flatMap(RequestID.of) ?? Identifier.make("req_", at: now),
            now: now, address: request.map(callerAddress) ?? peer.description)
        var route: Route?
        if let request, case .found(let match, _) = router.match(request) { route = match }
        var response = answer(Problem(failure), to: request, requestID: arrival.requestID)
        finish(
            &response, requestID: arrival.requestID, for: route,
            isSecure: request?.isSecure ?? false)
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
        _ request: HTTPRequest, _ route: Route, _ arrival: RequestMetadata, reader: Int,
        principal: inout Principal?
    ) async throws -> HTTPResponse {
        if case .open = route.access {
            try QueryParameters.requireKnown(request, by: route)
            let context = Context(
                arrival, app: self, route: route, reader: reader,
                principal: nil,
                idempotency: nil)
            try requireContent(of: request)
            return try await route.handler(request, context)
        }
        do {
            let caller = try authorize(request, for: route.access, arrival, reader)
            if storage.readsWait { knownCallers.note(caller, by: request, at: arrival.now) }
            principal = caller
            try AccessTokens.check(caller.rights, for: route.access)
            try requireContent(of: request)
            try QueryParameters.requireKnown(request, by: route)
            let context = Context(
                arrival, app: self, route: route, reader: reader,
                principal: caller,
                idempotency: try Idempotency(request, of: caller),
                purposeOfUse: try QueryParameters.purposeOfUse(of: request),
                actingUser: try QueryParameters.actingUser(
                    of: request, caller, isRequired: configuration.requiresActingUser))
            guard route.isBulk, request.body.count > Service.listBytes else {
                return try await route.handler(request, context)
            }
            let weight = min(1 + request.body.count / Service.bytesOfPlace, Turnstile.places)
            try await lists.enter(caller.auditName, weight: weight)
            defer { lists.leave(weight: weight) }
            return try await route.handler(request, context)
        } catch {
            let problem = Problem(reporting: error)
            // Routes that ask for a token concern patients: who was refused is on record too.
            // Whoever hammers is not: the limit would be worth nothing if each refusal were a write.
            if !problem.isAudited, problem.code != .rateLimitExceeded, problem.code != .overloaded {
                let context = Context(
                    arrival, app: self, route: route, reader: reader,
                    principal: principal,
                    idempotency: nil)
                try await context.auditRefusal(problem, about: request.namedPatient)
            }
            throw problem
        }
    }

    /// The head was refused when it came, and is not any more: the credentials were resumed meanwhile.
    /// No handler may take the missing content for an empty one.
    private func requireContent(of request: HTTPRequest) throws {
        guard request.isContentUnread else { return }
        var problem = Problem(.overloaded, "The content was not read. Send the request again.")
        problem.responseFields = [("Retry-After", "1")]
        throw problem
    }

    /// What every answer carries.
    private func finish(
        _ response: inout HTTPResponse, requestID: String, for route: Route?, isSecure: Bool
    ) {
        response.setField("X-Request-Id", requestID)
        response.setField("X-Content-Type-Options", "nosniff" as StaticString)
        if let route, route.access.isGuarded {
            // Patients or credentials: no copy on the way, nor in a browser.
            response.setField("Cache-Control", "no-store" as StaticString)
        }
        if isSecure {
            response.setField("Strict-Transport-Security", "max-age=31536000" as StaticString)
        }
    }
}
