import Crypto

/// Signs deliveries with one secret, in both families of contract § 8. The keys are hashed once.
package struct WebhookSignature: Sendable {
    /// `X-OpesCare-Signature` keys on the secret as a text.
    private let text: HMACSHA256
    /// `webhook-signature` keys on the bytes that the text encodes.
    private let decoded: HMACSHA256

    package init(secret: String) {
        text = HMACSHA256(key: Array(secret.utf8))
        let encoded = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
        // A secret of the client's own choice need not be base64: then it is the key itself.
        decoded = HMACSHA256(key: Base64.decode(encoded) ?? Array(encoded.utf8))
    }

    /// `t=<unix>,v1=<hex>`: exactly one of each and no spaces, since verifiers in use keep only the
    /// last of each.
    package func opesCare(seconds: Int64, body: [UInt8]) -> String {
        "t=\(seconds),v1=" + text.authenticate("\(seconds).", body).hex
    }

    /// `v1,<base64>` over `id.timestamp.body` (Standard Webhooks).
    package func standard(id: String, seconds: Int64, body: [UInt8]) -> String {
        "v1," + Base64.encode(decoded.authenticate("\(id).\(seconds).", body).bytes)
    }
}
