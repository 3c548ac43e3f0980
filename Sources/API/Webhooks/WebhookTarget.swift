package import HTTP
import Registry

/// Where webhooks may go: nowhere near this server's own network (contract § 8). Checked when a client
/// subscribes, and again on the address that a name leads to at each connection.
package struct WebhookTarget: Sendable {
    private let isSandbox: Bool
    package let policy: AddressPolicy

    /// - Parameter policy: where the URL may lead; `nil` for where those of clients may.
    package init(_ configuration: Configuration, policy: AddressPolicy? = nil) {
        isSandbox = configuration.environment == .sandbox
        let isPrivate = isSandbox && configuration.allowsPrivateWebhooks
        self.policy = policy ?? (isPrivate ? .globalAndPrivate : .globalOnly)
    }

    /// For a URL that the operator has set.
    package static func ofOperator(_ configuration: Configuration) -> WebhookTarget {
        WebhookTarget(configuration, policy: .anywhere)
    }

    /// The URL taken apart, or why nothing is sent there, in words that follow the field's name.
    package func check(_ text: String) -> Result<HTTPURL, Refusal> {
        let url: HTTPURL
        do {
            url = try HTTPURL(text)
        } catch {
            return .failure(Refusal(message: error.description))
        }
        guard url.isTLS || isSandbox else {
            return .failure(Refusal(message: "must begin with https://"))
        }
        let isInside =
            url.literalAddress.map { !policy.allows($0) }
            ?? (policy == .globalOnly && Self.isInternalName(url.host))
        guard !isInside else {
            return .failure(
                Refusal(message: "must not lead to a loopback, private or link-local address"))
        }
        return .success(url)
    }

    package struct Refusal: Error, Sendable {
        package let message: String
    }

    /// Names that never lead to the Internet (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal).
    private static func isInternalName(_ host: String) -> Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        return ["localhost", "local", "internal", "home.arpa"].contains { suffix in
            name == suffix || name.hasSuffix("." + suffix)
        }
    }
}
