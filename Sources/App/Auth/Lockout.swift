import Synchronization
package import Values

/// Counts failed authentications by client and by address, and locks out whoever fails too often
/// (contract § 1). A client is locked for one address only, so that a stranger who guesses cannot
/// lock the partner out.
package final class Lockout: Sendable {
    private struct Failures {
        var count: Int
        var since: Timestamp
    }

    /// Failures of one client from one address, or of any clients from one address, in a window.
    private static let clientLimit = 10
    private static let addressLimit = 50
    private static let windowSeconds: Int64 = 300
    /// Beyond this many names the oldest window ends early: memory stays bounded.
    private static let entryLimit = 10_000

    private let failures = Mutex<[String: Failures]>([:])

    package init() {}

    /// - Parameter client: `nil` asks for the address with all the names tried from it.
    /// - Throws: `Problem` 429 with the seconds to wait.
    package func check(client: String?, address: String, at now: Timestamp) throws {
        let address = Lockout.network(of: address)
        let wait = failures.withLock { failures in
            guard let client else {
                return Lockout.wait(failures[address], limit: Lockout.addressLimit, at: now)
            }
            return Lockout.wait(
                failures[address + " " + client], limit: Lockout.clientLimit, at: now)
        }
        guard let wait else { return }
        var problem = Problem(
            .rateLimitExceeded,
            "Too many failed authentications. Wait \(wait) seconds and check the credentials.")
        problem.responseFields = [("Retry-After", String(wait))]
        throw problem
    }

    /// Whom an address belongs to: an IPv6 subscriber has a whole /64 to guess from.
    private static func network(of address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.split(separator: "::", omittingEmptySubsequences: false)
            .map { $0.split(separator: ":") }
        guard let head = halves.first else { return address }
        let tail = halves.count > 1 ? halves[1] : []
        let zeros = [Substring](repeating: "0", count: max(0, 8 - head.count - tail.count))
        return (head + zeros + tail).prefix(4).joined(separator: ":") + "::/64"
    }

    package func recordFailure(client: String?, address: String, at now: Timestamp) {
        let address = Lockout.network(of: address)
        failures.withLock { failures in
            for key in [address, client.map { address + " " + $0 }].compactMap({ $0 }) {
                if let known = failures[key], Lockout.isCurrent(known, at: now) {
                    failures[key] = Failures(count: known.count + 1, since: known.since)
                } else {
                    failures[key] = Failures(count: 1, since: now)
                }
            }
            guard failures.count > Lockout.entryLimit else { return }
            failures = failures.filter { Lockout.isCurrent($0.value, at: now) }
            guard failures.count > Lockout.entryLimit else { return }
            // Only those who are locked out must be remembered.
            failures = failures.filter { $0.value.count >= Lockout.clientLimit }
        }
    }

    package func recordSuccess(client: String, address: String) {
        let address = Lockout.network(of: address)
        failures.withLock { failures in
            failures[address + " " + client] = nil
        }
    }

    private static func isCurrent(_ failures: Failures, at now: Timestamp) -> Bool {
        // A clock that was set back must not make a window of five minutes last for days.
        failures.since <= now && now < failures.since.adding(seconds: windowSeconds)
    }

    private static func wait(_ failures: Failures?, limit: Int, at now: Timestamp) -> Int64? {
        guard let failures, failures.count >= limit, isCurrent(failures, at: now) else {
            return nil
        }
        return max(1, failures.since.seconds + windowSeconds - now.seconds)
    }
}
