import HTTP
import Synchronization
import Values

/// Sends messages over HTTP (contract § 8).
package final class WebhookSender: WebhookTransport {
    private let client: HTTPClient
    private let target: WebhookTarget
    /// URLs taken apart and judged.
    private let endpoints = Mutex<[String: Result<HTTPURL, WebhookTarget.Refusal>]>([:])
    private static let endpointLimit = 10_000

    /// - Throws: `ServerError` when the authority file cannot be read.
    package init(_ configuration: Configuration) throws {
        target = WebhookTarget(configuration)
        client = try HTTPClient(
            policy: target.policy, authorityFile: configuration.webhookAuthorityFile)
    }

    package func close() { client.close() }

    package func send(
        _ message: WebhookMessage,
        completion: @escaping @Sendable (Delivery.Attempt?) -> Void
    ) {
        let url: HTTPURL
        switch endpoint(message.url) {
        case .success(let checked): url = checked
        case .failure(let refusal):
            // Allowed when it was subscribed, and not by how this server runs now.
            completion(
                Delivery.Attempt(
                    at: message.at, durationMilliseconds: 0, status: nil,
                    error: "the URL \(refusal.message)"))
            return
        }
        let start = ContinuousClock.now
        client.send(Self.request(message, to: url)) { result in
            let milliseconds = (ContinuousClock.now - start).microseconds / 1000
            switch result {
            case .success(let response):
                completion(
                    Delivery.Attempt(
                        at: message.at, durationMilliseconds: milliseconds,
                        status: response.status,
                        response: response.content.isEmpty
                            ? nil : String(decoding: response.content, as: UTF8.self)))
            case .failure(.closed): completion(nil)
            case .failure(let failure):
                completion(
                    Delivery.Attempt(
                        at: message.at, durationMilliseconds: milliseconds, status: nil,
                        error: failure.description))
            }
        }
    }

    private func endpoint(_ text: String) -> Result<HTTPURL, WebhookTarget.Refusal> {
        endpoints.withLock { endpoints in
            if let known = endpoints[text] { return known }
            if endpoints.count >= Self.endpointLimit { endpoints = [:] }
            let checked = target.check(text)
            endpoints[text] = checked
            return checked
        }
    }

    private static func request(_ message: WebhookMessage, to url: HTTPURL) -> ClientRequest {
        var request = ClientRequest(url, body: message.body)
        request.appendField("Content-Type", "application/json")
        request.appendField("User-Agent", "OpesCare-Webhooks/\(Version.current)")
        request.appendField("X-OpesCare-Signature", message.opesCareSignature)
        request.appendField("X-OpesCare-Event-Id", message.eventID)
        request.appendField("X-OpesCare-Delivery-Attempt", String(message.attempt))
        request.appendField("webhook-id", message.eventID)
        request.appendField("webhook-timestamp", String(message.at.seconds))
        request.appendField("webhook-signature", message.standardSignature)
        return request
    }
}
