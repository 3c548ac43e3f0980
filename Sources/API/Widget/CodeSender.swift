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

    /// - Returns: whether the endpoint took it. It is sent once: the patient asks for another.
    func send(_ code: WidgetConsents.Code, language: String, at now: Timestamp) async -> Bool {
        let id = Identifier.make("msg_", at: now)
        var json = JSONWriter()
        json.object { json in
            json.member("id", id)
            json.member("type", "consent.code")
            json.member("created_at", now.rfc3339)
            json.member("data") { json in
                json.member("phone", code.phone)
                json.member("code", code.text)
                json.member("language", language)
                json.member("expires_at", code.expiresAt.rfc3339)
            }
        }
        let message = WebhookMessage(
            url: url, eventID: id, attempt: 1, at: now, body: json.finish(),
            signatures: [signature])
        let attempt = await withCheckedContinuation { continuation in
            transport.send(message) { continuation.resume(returning: $0) }
        }
        return attempt?.status.map { (200..<300).contains($0) } == true
    }

    package func close() { transport.close() }
}
