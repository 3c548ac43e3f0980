import JSON
package import Registry
import Values

/// Hands one-time codes to a program of the deployment's, which knows a way to the patient: an HTTPS
/// endpoint, signed as webhooks are (contract, SDK § 3).
package struct CodeSender: Sendable {
    private let url: String
    private let transport: any WebhookTransport
    private let signature: WebhookSignature

    package init(url: String, transport: any WebhookTransport, secret: String) {
        self.url = url
        self.transport = transport
        signature = WebhookSignature(secret: secret)
    }

    /// Where it goes, as far as a log may say: a path or a query may be a secret.
    var host: String { WebhookSender.host(of: url) }

    /// - Parameter status: whose session it is, so that the message can say who asks.
    /// - Returns: why the endpoint did not take it, `nil` when it did. It is sent once: the patient asks for
    ///   another.
    func send(
        _ code: WidgetConsents.Code, for status: WidgetStatus, at now: Timestamp
    ) async -> String? {
        let id = Identifier.make("msg_", at: now)
        let terms = status.session.terms
        var json = JSONWriter()
        json.object { json in
            json.member("id", id)
            json.member("type", "consent.code")
            json.member("created_at", now.rfc3339)
            json.member("data") { json in
                json.member("phone", code.phone)
                json.member("code", code.text)
                json.member("language", terms.language ?? WidgetSession.fallbackLanguage)
                json.member("expires_at", code.expiresAt.rfc3339)
                json.member("client_name", status.clientName)
                json.member("facility_name", status.facilityName)
                json.member("consent_type", terms.coverage.text)
            }
        }
        let message = WebhookMessage(
            url: url, eventID: id, attempt: 1, at: now, body: json.finish(),
            signatures: [signature])
        let attempt = await withCheckedContinuation { continuation in
            transport.send(message) { continuation.resume(returning: $0) }
        }
        return CodeSender.cause(of: attempt)
    }

    private static func cause(of attempt: Delivery.Attempt?) -> String? {
        guard let attempt else { return "given up because the server stops" }
        guard let status = attempt.status else { return attempt.error ?? "no answer" }
        if attempt.isSuccess { return nil }
        return (300..<400).contains(status)
            ? "status \(status); redirects are not followed" : "status \(status)"
    }

    package func close() { transport.close() }
}
