package import Registry
import Synchronization
package import Values

/// What lies at the URL of a client's keys.
package struct KeySetAnswer: Sendable {
    package let content: [UInt8]
    /// `Cache-Control` (RFC 9111 §5.2).
    package let cacheControl: String?

    package init(content: [UInt8], cacheControl: String?) {
        self.content = content
        self.cacheControl = cacheControl
    }
}

/// Fetches keys over HTTP.
package protocol KeySetTransport: Sendable {
    /// - Throws: `KeySetFailure`.
    func fetch(_ url: String) async throws(KeySetFailure) -> KeySetAnswer
    func close()
}

/// Why nothing came, in words for the log.
package struct KeySetFailure: Error, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// The keys that clients publish at URLs of their own, kept for a while (contract, FHIR § 5).
///
/// Strangers can name any client and any key: a client's URL is asked by one request at a time, and not
/// again within some seconds.
package final class PublishedKeys: Sendable {
    private struct Known {
        let url: String
        var keys: ClientKeySet?
        /// From when on they count for nothing.
        var end: Timestamp
        var askedAt: Timestamp?
        var running: Task<Void, Never>?
    }

    private static let longestSeconds: Int64 = 900
    private static let pauseSeconds: Int64 = 10

    /// One for each client with a URL, of which administrators make few.
    private let clients = Mutex<[String: Known]>([:])
    private let transport: Mutex<any KeySetTransport>
    private let log: Log

    package init(_ transport: any KeySetTransport, log: Log) {
        self.transport = Mutex(transport)
        self.log = log
    }

    /// Fetches by other means from now on.
    package func use(_ other: any KeySetTransport) { transport.withLock { $0 = other } }

    package func close() { transport.withLock { $0 }.close() }

    /// The key of that name, fetched where it is unknown or what is known is too old.
    ///
    /// - Returns: `nil` where there is none, or nothing can be fetched and what was known is too old.
    package func key(
        _ kid: String, of clientID: String, at url: String, now: Timestamp
    ) async -> ClientKeySet.Key? {
        if let key = known(kid, of: clientID, at: url, now) { return key }
        guard let fetch = fetch(of: clientID, at: url, now) else { return nil }
        await fetch.value
        return known(kid, of: clientID, at: url, now)
    }

    private func known(
        _ kid: String, of clientID: String, at url: String, _ now: Timestamp
    ) -> ClientKeySet.Key? {
        clients.withLock { clients in
            guard let known = clients[clientID], known.url == url, now < known.end else {
                return nil
            }
            return known.keys?.key(kid)
        }
    }

    /// What runs already or begins now; `nil` where the URL was asked a moment ago.
    private func fetch(
        of clientID: String, at url: String, _ now: Timestamp
    ) -> Task<Void, Never>? {
        clients.withLock { clients in
            var known =
                clients[clientID].flatMap { $0.url == url ? $0 : nil }
                ?? Known(url: url, end: now)
            if let running = known.running { return running }
            // A clock that was set back must not keep keys from being fetched.
            if let asked = known.askedAt, asked <= now,
                now < asked.adding(seconds: Self.pauseSeconds)
            {
                return nil
            }
            known.askedAt = now
            let fetch = Task { await self.refresh(clientID, at: url, now) }
            known.running = fetch
            clients[clientID] = known
            return fetch
        }
    }

    private func refresh(_ clientID: String, at url: String, _ now: Timestamp) async {
        let found: (keys: ClientKeySet, seconds: Int64)?
        do throws(KeySetFailure) {
            let answer = try await transport.withLock { $0 }.fetch(url)
            found = (try Self.keys(answer), Self.seconds(answer.cacheControl))
        } catch {
            log.event(
                "client_keys_unreachable", level: "warning",
                [("client", clientID), ("cause", error.message)], at: now)
            found = nil
        }
        clients.withLock { clients in
            // The operator may have given another URL meanwhile.
            guard clients[clientID]?.url == url else { return }
            clients[clientID]?.running = nil
            guard let found else { return }
            clients[clientID]?.keys = found.keys
            clients[clientID]?.end = now.adding(seconds: found.seconds)
        }
    }

    private static func keys(_ answer: KeySetAnswer) throws(KeySetFailure) -> ClientKeySet {
        do {
            return try ClientKeySet(answer.content)
        } catch {
            throw KeySetFailure("what lies there " + error.message)
        }
    }

    /// How long an answer is believed: its `max-age`, a quarter of an hour at most, and as long as it is
    /// not asked for again at least.
    package static func seconds(_ cacheControl: String?) -> Int64 {
        var age = longestSeconds
        for directive in (cacheControl ?? "").lowercased().split(separator: ",") {
            let words = directive.split(separator: "=", maxSplits: 1)
                .map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
            switch words.first {
            case "no-store", "no-cache": age = 0
            case "max-age" where words.count == 2:
                let digits = words[1].utf8.allSatisfy { (48...57).contains($0) }
                age = min(age, digits ? Int64(words[1]) ?? longestSeconds : 0)
            default: break
            }
        }
        return max(pauseSeconds, age)
    }
}
