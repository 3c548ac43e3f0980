package import Values

/// One signed event for one endpoint.
package struct WebhookMessage: Sendable {
    package let url: String
    package let eventID: String
    /// 1 for the first.
    package let attempt: Int
    package let at: Timestamp
    package let body: [UInt8]
    /// By the current secret first, then by the one before while a rotation lasts.
    package let signatures: [WebhookSignature]

    /// `X-OpesCare-Signature`, which can carry one signature only.
    package var opesCareSignature: String {
        signatures.first?.opesCare(seconds: at.seconds, body: body) ?? ""
    }

    /// `webhook-signature` (Standard Webhooks).
    package var standardSignature: String {
        signatures.map { $0.standard(id: eventID, seconds: at.seconds, body: body) }
            .joined(separator: " ")
    }

    package init(
        url: String, eventID: String, attempt: Int, at: Timestamp, body: [UInt8],
        signatures: [WebhookSignature]
    ) {
        self.url = url
        self.eventID = eventID
        self.attempt = attempt
        self.at = at
        self.body = body
        self.signatures = signatures
    }
}

/// How messages leave; tests put a fake in its place.
package protocol WebhookTransport: Sendable {
    /// Calls `completion` once, from wherever it likes: with what the attempt brought, or with `nil`
    /// when it was given up because the server stops.
    func send(
        _ message: WebhookMessage,
        completion: @escaping @Sendable (Delivery.Attempt?) -> Void)

    /// Gives up what runs.
    func close()
}
