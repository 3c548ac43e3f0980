import Foundation
import HTTP
import JSON
import Synchronization

@testable import BridgeAgent

/// A server that takes records as the real one does, and answers otherwise where a test says so.
final class Receiver: HTTPService {
    struct Request: Sendable {
        let path: String
        let key: String?
        let timestamp: String?
        let agentKey: String?
        let body: [UInt8]
    }

    /// What to answer to the next requests to sync, before answering as usual.
    enum Answer: Sendable {
        case usual
        case status(Int, String, fields: [(StaticString, String)] = [])
        /// Applied, but the answer does not arrive.
        case lost
    }

    private struct State {
        var requests: [Request] = []
        var script: [Answer] = []
        /// What to say about possible duplicates; without any, to ask later.
        var candidates: String?
        /// Of the agent's key.
        var facility = "f"
        /// Answers by key, as the real server remembers them.
        var known: [String: (body: [UInt8], answer: [UInt8])] = [:]
        var stored: [String: Int] = [:]
    }

    private let state = Mutex(State())

    func script(_ answers: [Answer]) { state.withLock { $0.script += answers } }
    func setCandidates(_ answer: String?) { state.withLock { $0.candidates = answer } }
    func setFacility(_ id: String) { state.withLock { $0.facility = id } }
    var requests: [Request] { state.withLock { $0.requests } }
    var syncs: [Request] { requests.filter { $0.path.hasSuffix("/sync") } }
    var heartbeats: [Request] { requests.filter { $0.path.hasSuffix("/heartbeat") } }
    /// Each record's text, and how often it was applied.
    var stored: [String: Int] { state.withLock { $0.stored } }

    func admit(_ head: HTTPRequest, hasContent: Bool) -> ContentAdmission {
        .read(limit: 16 << 20, of: ContentHolder("agent", isKnown: true))
    }

    func response(
        to failure: HTTPFailure, request: HTTPRequest?, from peer: PeerAddress
    ) -> HTTPResponse { HTTPResponse(failure.status) }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let seen = Request(
            path: request.path, key: request.field("Idempotency-Key"),
            timestamp: request.field("X-Bridge-Timestamp"),
            agentKey: request.field("X-Bridge-Agent-Key"), body: request.body)
        return state.withLock { state in
            state.requests.append(seen)
            // A request without content, or not of JSON, names no facility.
            let named = (try? JSONDocument(seen.body))?.root["facility_id"]?.string
            if let named, named != state.facility {
                return Self.response(
                    403,
                    #"{"error":"facility_forbidden","message":"This key is for facility \#(state.facility)."}"#
                )
            }
            if seen.path.hasSuffix("/heartbeat") {
                return Self.response(
                    200, #"{"status":"ok","facility_id":"\#(state.facility)"}"#)
            }
            if seen.path.hasSuffix("/candidates") {
                guard let answer = state.candidates else {
                    return Self.response(429, #"{"error":"rate_limited","message":"m"}"#)
                }
                return Self.response(200, answer)
            }
            guard seen.path.hasSuffix("/sync") else {
                return Self.response(200, #"{"agent_id":"BRIDGE-1","facility_id":"f"}"#)
            }
            let next = state.script.isEmpty ? Answer.usual : state.script.removeFirst()
            if case .status(let status, let text, let fields) = next {
                return Self.response(status, text, fields)
            }
            let answer = Self.apply(seen, &state)
            if case .lost = next {
                // The connection ends in the middle of the content.
                var response = HTTPResponse(.ok)
                let isFirst = Mutex(true)
                response.body = .stream {
                    let first = isFirst.withLock { isFirst in
                        defer { isFirst = false }
                        return isFirst
                    }
                    guard first else { throw HTTPFailure.overloaded }
                    return Array(answer.prefix(20))
                }
                return response
            }
            return HTTPResponse(.ok, contentType: "application/json", body: answer)
        }
    }

    private static func response(
        _ status: Int, _ text: String, _ fields: [(StaticString, String)] = []
    ) -> HTTPResponse {
        var response = HTTPResponse(
            HTTPStatus(code: UInt16(status)), contentType: "application/json",
            body: Array(text.utf8))
        for (name, value) in fields { response.setField(name, value) }
        return response
    }

    private static func apply(_ request: Request, _ state: inout State) -> [UInt8] {
        if let key = request.key, let known = state.known[key] {
            return known.body == request.body
                ? known.answer : Array(#"{"error":"idempotency_conflict","message":"m"}"#.utf8)
        }
        guard let root = try? JSONDocument(request.body).root else { return Array("{}".utf8) }
        let records = root["records"].map { Array($0.elements) } ?? [root]
        var rejected = 0
        var json = JSONWriter()
        json.object { json in
            json.memberArray("results") { results in
                for (index, record) in records.enumerated() where record["test"]?.string != "bad" {
                    let text = String(decoding: record.raw, as: UTF8.self)
                    state.stored[text, default: 0] += 1
                    results.element { json in
                        json.member("index", index)
                        json.member("status", "accepted")
                        if record["record_type"]?.string == "patient" {
                            json.member("health_id", "CM-HID-\(index)")
                            if record["first_name"]?.string == "Odille", record["replaces"] == nil {
                                json.member("match") { json in
                                    json.member("decision", "possible_duplicate")
                                }
                            }
                        }
                    }
                }
            }
            json.memberArray("errors") { errors in
                for (index, record) in records.enumerated() where record["test"]?.string == "bad" {
                    rejected += 1
                    errors.element { json in
                        json.member("index", index)
                        json.member("error", "validation_failed")
                        json.member("message", "test is bad")
                    }
                }
            }
            json.member("accepted", records.count - rejected)
            json.member("rejected", rejected)
        }
        let answer = json.finish()
        if let key = request.key { state.known[key] = (request.body, answer) }
        return answer
    }
}

/// Runs blocking work on a thread of its own, so that no test holds one that others need.
func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
