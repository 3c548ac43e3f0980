import API
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Synchronization
import Testing
import TestSupport
import Values

/// Receivers by URL, each with an answer of its own.
final class FakeTransport: WebhookTransport {
    enum Behavior: Sendable {
        case status(Int)
        case refuse
        case hang
    }

    private struct State {
        var behaviors: [String: Behavior] = [:]
        var messages: [WebhookMessage] = []
        var verifications: [WebhookMessage] = []
        var hanging: [@Sendable (Delivery.Attempt?) -> Void] = []
    }

    private let state = Mutex(State())

    subscript(_ url: String) -> Behavior {
        get { state.withLock { $0.behaviors[url] ?? .status(200) } }
        set { state.withLock { $0.behaviors[url] = newValue } }
    }

    func set(_ url: String, _ behavior: Behavior) {
        state.withLock { $0.behaviors[url] = behavior }
    }

    /// Without the verifications.
    var messages: [WebhookMessage] { state.withLock { $0.messages } }

    var verifications: [WebhookMessage] { state.withLock { $0.verifications } }

    func messages(to url: String) -> [WebhookMessage] { messages.filter { $0.url == url } }

    func send(
        _ message: WebhookMessage, completion: @escaping @Sendable (Delivery.Attempt?) -> Void
    ) {
        let behavior = state.withLock { state in
            let type = (try? JSONDocument(message.body))?.root["type"]?.string
            if type == StoredEvent.verificationType {
                state.verifications.append(message)
            } else {
                state.messages.append(message)
            }
            let behavior = state.behaviors[message.url] ?? .status(200)
            if case .hang = behavior { state.hanging.append(completion) }
            return behavior
        }
        switch behavior {
        case .status(let status):
            completion(
                Delivery.Attempt(
                    at: message.at, durationMilliseconds: 1, status: status, response: "body"))
        case .refuse:
            completion(
                Delivery.Attempt(
                    at: message.at, durationMilliseconds: 1, status: nil,
                    error: "connection refused"))
        case .hang: break
        }
    }

    func close() {
        let hanging = state.withLock { state in
            defer { state.hanging = [] }
            return state.hanging
        }
        for completion in hanging { completion(nil) }
    }
}

/// A server, its receivers and its worker.
struct WebhookBench {
    static let hook = "https://a.example/hook"
    static let subscriptions = "/api/v1/connect/webhooks/subscriptions"

    let app: TestApp
    let transport = FakeTransport()
    let worker: WebhookWorker
    let token: String

    init() async throws {
        app = try TestApp()
        worker = try Self.worker(app, transport)
        token = try await app.token()
    }

    static func worker(_ app: TestApp, _ transport: FakeTransport) throws -> WebhookWorker {
        try WebhookWorker(
            app: app.app, transport: transport, clock: Clock(now: { app.now }))
    }

    @discardableResult
    func subscribe(
        _ url: String = hook, _ events: String = "*", token other: String? = nil
    ) async throws -> Answer {
        let answer = await app.send(
            .post, Self.subscriptions, token: other ?? token,
            json: #"{"callback_url":"\#(url)","subscribed_events":"\#(events)"}"#)
        #expect(answer.status == 201)
        // The receiver is verified, where it answers.
        try await settle()
        return answer
    }

    func push(_ number: Int, patient: String = "OPC-2024-DEMO1") async throws {
        // A fresh one where the test has let months pass.
        let token = app.now == TestApp.start ? token : try await app.token()
        let answer = await app.send(
            .post, "/api/v1/connect/records/lab-results", token: token,
            json: """
                {"health_id":"\(patient)","test_name":"HbA1c","result_value":"\(number)",
                "external_lab_order_id":"LAB-\(number)"}
                """)
        #expect(answer.status == 201)
    }

    /// Lets the worker do all it can do now.
    func settle() async throws {
        while try await worker.turn() {}
    }

    /// Deliveries of events, without the verifications.
    func count(_ state: String) throws -> Int {
        try app.read { tx in
            try tx.first(
                """
                SELECT COUNT(*) FROM webhook_deliveries WHERE state = ? AND event_seq NOT IN (
                    SELECT verification_seq FROM webhook_subscriptions)
                """, [.text(state)]
            ) { $0.int(0) } ?? 0
        }
    }
}
