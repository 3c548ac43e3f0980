import Foundation
import HTTP
package import Registry
import Synchronization
package import Values

/// Sends messages over HTTP (contract § 8).
package final class WebhookSender: WebhookTransport {
    private let client: HTTPClient
    private let target: WebhookTarget
    /// URLs taken apart and judged.
    private let endpoints = Mutex<[String: Result<HTTPURL, WebhookTarget.Refusal>]>([:])
    private static let endpointLimit = 10_000

    /// - Throws: `ServerError` when the authority file cannot be read.
    package init(_ configuration: Configuration, to target: WebhookTarget) throws {
        self.target = target
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
                            ? nil : String(decoding: response.content, as: UTF8.self),
                        retryAfterSeconds: response.field("Retry-After").flatMap {
                            RetryAfter.seconds($0, at: message.at)
                        }))
            case .failure(.closed): completion(nil)
            case .failure(let failure):
                completion(
                    Delivery.Attempt(
                        at: message.at, durationMilliseconds: milliseconds, status: nil,
                        error: failure.description))
            }
        }
    }

    /// By what the places among all attempts are shared: the host that would be connected to.
    package static func host(of url: String) -> String {
        (try? HTTPURL(url).host) ?? url
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

/// `Retry-After`, which any receiver writes as it likes.
package enum RetryAfter {
    /// IMF-fixdate, and the two older forms that are still to be read (RFC 9110 §5.6.7).
    private static let formats = [
        "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
        "EEE MMM d HH:mm:ss yyyy",
    ]

    /// Seconds from now on, from seconds or from a date (RFC 9110 §10.2.3); `nil` for anything else.
    package static func seconds(_ text: String, at now: Timestamp) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 40 else { return nil }
        if text.utf8.allSatisfy({ (48...57).contains($0) }) { return Int64(text) ?? .max }
        let reader = DateFormatter()
        reader.locale = Locale(identifier: "en_US_POSIX")
        reader.timeZone = TimeZone(secondsFromGMT: 0)
        reader.isLenient = false
        for format in formats {
            reader.dateFormat = format
            guard let date = reader.date(from: text) else { continue }
            // A year of twelve digits is a date, too, and more seconds than fit.
            let seconds = Int64(exactly: date.timeIntervalSince1970.rounded(.down))
            return seconds.map { $0.subtractingReportingOverflow(now.seconds) }
                .flatMap { $0.overflow ? nil : $0.partialValue }
        }
        return nil
    }
}
