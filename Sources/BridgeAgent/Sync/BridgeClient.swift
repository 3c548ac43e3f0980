import Foundation
import HTTP
import JSON
import Synchronization

/// The server's bridge endpoints, called from threads that may wait.
final class BridgeClient: Sendable {
    private let configuration: AgentConfiguration
    private let client: HTTPClient
    private let clock: Mutex<ServerClock>
    /// Called when the server's time turns out to be another than was thought.
    private let clockChanged: @Sendable (ServerClock) -> Void

    /// The least that a connection must carry, in bytes a second: sending gets the time for that.
    private static let slowestRate = 4096

    init(
        _ configuration: AgentConfiguration, clock: ServerClock,
        clockChanged: @escaping @Sendable (ServerClock) -> Void
    ) throws(AgentError) {
        self.configuration = configuration
        self.clock = Mutex(clock)
        self.clockChanged = clockChanged
        var limits = ClientLimits()
        limits.total = configuration.requestTimeout
        limits.connect = min(configuration.requestTimeout, .seconds(15))
        limits.contentBytes = 32 << 20
        limits.keptBytes = 32 << 20
        do {
            client = try HTTPClient(
                policy: .anywhere, limits: limits, authorityFile: configuration.authorityFile)
        } catch {
            throw AgentError("\(error)")
        }
    }

    /// Ends requests in flight; they fail with `.closed`.
    func close() { client.close() }

    func sync(_ batch: Batch) -> SyncOutcome {
        do {
            let response = try send(.post, "sync", body: batch.body, key: batch.idempotencyKey)
            return SyncOutcome(response, count: batch.rows.count)
        } catch .closed {
            return .cancelled
        } catch {
            return .unavailable("\(error)", retryAfter: nil)
        }
    }

    /// As the kernel knows it: Foundation would ask a name server, and wait for it.
    private static let hostName = FileManager.default.contents(atPath: "/proc/sys/kernel/hostname")
        .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }

    /// What came of a heartbeat.
    enum HeartbeatAnswer: Equatable, Sendable {
        /// - Parameter facility: whose key it is, where the server says so.
        case accepted(facility: String?)
        /// The answer's `Date` has taught the right time.
        case clockWrong
        case denied(String)
        /// `facility_id` is not the key's.
        case wrongFacility(String)
        case other(status: Int)
        case none(String)
    }

    func heartbeat(queueDepth: Int) -> HeartbeatAnswer {
        var json = JSONWriter()
        json.object { json in
            json.member("agent_id", configuration.agentID)
            json.member("facility_id", configuration.facilityID)
            json.member("version", AgentVersion.current)
            json.member("environment", configuration.environment)
            json.member("queue_depth", queueDepth)
            json.memberIfPresent("hostname", Self.hostName)
            json.member("capabilities", ["csv_folder"] + FileType.allCases.map(\.rawValue))
        }
        do {
            let response = try send(.post, "heartbeat", body: json.finish(), key: nil)
            // A portal of the network answers 200 as well, with a page.
            let body = try? JSONDocument(response.content).root
            if response.status == 200, body?["status"]?.string == "ok" {
                return .accepted(facility: body?["facility_id"]?.string)
            }
            if body?["error"]?.string == "bridge_timestamp_invalid" { return .clockWrong }
            if [401, 403].contains(response.status), let message = body?["message"]?.string {
                let isFacility = body?["error"]?.string == SyncOutcome.wrongFacilityCode
                return isFacility ? .wrongFacility(message) : .denied(message)
            }
            return .other(status: response.status)
        } catch {
            return .none("\(error)")
        }
    }

    /// Who the rows may be that were registered as possible duplicates, by their new ids; `nil` for later.
    func candidates(
        for doubts: [PossibleDuplicate.Doubt]
    ) -> [String: [PossibleDuplicate]]? {
        let question = PossibleDuplicate.question(doubts, configuration)
        guard let response = try? send(.post, "candidates", body: question, key: nil),
            response.isComplete, response.status == 200
        else { return nil }
        return PossibleDuplicate.answer(response.content)
    }

    func status() throws(ClientFailure) -> ClientResponse {
        try send(.get, "status", body: [], key: nil)
    }

    var serverClock: ServerClock { clock.withLock { $0 } }

    private func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8], key: String?
    ) throws(ClientFailure) -> ClientResponse {
        let url: HTTPURL
        do {
            url = try configuration.endpoint(path)
        } catch {
            preconditionFailure("the configuration was checked: \(error)")
        }
        var request = ClientRequest(url, method: method, body: body)
        request.appendField("User-Agent", "opescare-bridge/" + AgentVersion.current)
        request.appendField("X-Bridge-Agent-ID", configuration.agentID)
        request.appendField("X-Bridge-Agent-Key", configuration.agentKey)
        let sentAt = Int(Date().timeIntervalSince1970)
        let timestamp = clock.withLock { $0.seconds(at: sentAt) }
        request.appendField("X-Bridge-Timestamp", String(timestamp))
        if method == .post { request.appendField("Content-Type", "application/json") }
        if let key { request.appendField("Idempotency-Key", key) }
        request.timeout =
            configuration.requestTimeout + .seconds(body.count / Self.slowestRate)
        let response = try wait(for: request).get()
        let now = Int(Date().timeIntervalSince1970)
        let changed = clock.withLock { clock in
            clock.learn(date: response.field("Date"), at: now) ? clock : nil
        }
        if let changed { clockChanged(changed) }
        return response
    }

    /// Blocks the calling thread until there is an answer or none.
    private func wait(for request: ClientRequest) -> Result<ClientResponse, ClientFailure> {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<ClientResponse, ClientFailure>?>(nil)
        client.send(request) { answer in
            result.withLock { $0 = answer }
            done.signal()
        }
        done.wait()
        return result.withLock { $0 } ?? .failure(.closed)
    }
}
