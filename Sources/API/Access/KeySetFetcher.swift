import HTTP
import Registry
import Synchronization

/// Gets keys from where clients publish them, behind the same guards as webhooks (contract § 8): nowhere
/// near this server's own network, and no redirect is followed.
package final class KeySetFetcher: KeySetTransport {
    private let target: WebhookTarget
    private let authorityFile: String?
    /// Made when it is first needed: it has a thread of its own.
    private let client = Mutex<HTTPClient?>(nil)

    package init(_ configuration: Configuration) {
        target = WebhookTarget(configuration)
        authorityFile = configuration.webhookAuthorityFile
    }

    package func close() { client.withLock { $0 }?.close() }

    package func fetch(_ url: String) async throws(KeySetFailure) -> KeySetAnswer {
        let checked: HTTPURL
        switch target.check(url) {
        case .success(let url): checked = url
        // Allowed when it was registered, and not by how this server runs now.
        case .failure(let refusal): throw KeySetFailure("the URL \(refusal.message)")
        }
        var request = ClientRequest(checked, method: .get)
        request.appendField("Accept", "application/jwk-set+json, application/json")
        request.appendField("User-Agent", "OpesCare-Keys/\(Version.current)")
        switch await (try connected()).send(request) {
        case .success(let response):
            guard response.status == 200 else {
                throw KeySetFailure("the answer was \(response.status)")
            }
            guard response.isComplete else {
                throw KeySetFailure("the answer is incomplete or longer than 64 KiB")
            }
            return KeySetAnswer(
                content: response.content, cacheControl: response.field("Cache-Control"))
        case .failure(let failure): throw KeySetFailure(failure.description)
        }
    }

    private func connected() throws(KeySetFailure) -> HTTPClient {
        try client.withLock { client throws(KeySetFailure) in
            if let client { return client }
            var limits = ClientLimits()
            limits.total = .seconds(5)
            limits.connect = .seconds(3)
            limits.contentBytes = ClientKeySet.maximumBytes
            limits.keptBytes = ClientKeySet.maximumBytes
            do {
                let made = try HTTPClient(
                    policy: target.policy, limits: limits, authorityFile: authorityFile)
                client = made
                return made
            } catch {
                throw KeySetFailure("\(error)")
            }
        }
    }
}
