import Registry
import Synchronization
package import Values

/// Counts failed authentications by name and by address, and slows down whoever fails too often
/// (contract § 1).
///
/// Only a failure is ever asked about: a right secret cannot be guessed, so whoever has it passes,
/// whatever is tried beside it, from the same address or under the same name.
package final class Lockout: Sendable {
    /// What was to be proved. Each has names and counts of its own, so that nothing said at one door
    /// closes another.
    package enum Realm: Sendable, CaseIterable {
        case client, agent, apiKey, bearer, administrator, panel
    }

    private struct Key: Hashable {
        let realm: Realm
        let network: String
        /// `nil`: all names tried from there.
        let name: String?
    }

    private struct Failures {
        var count: Int
        var since: Timestamp
    }

    /// Failures of one name from one address, or of any names from one address, in a window.
    private static let nameLimit = 10
    private static let addressLimit = 50
    private static let windowSeconds: Int64 = 300
    /// Beyond this many names windows end early: memory stays bounded.
    private static let entryLimit = 10_000

    private let failures = Mutex<[Key: Failures]>([:])

    package init() {}

    /// Notes that an authentication failed.
    ///
    /// - Parameters:
    ///   - name: who the caller claimed to be; `nil` when it said nothing of the kind.
    ///   - counts: `false` for what is no guess.
    /// - Throws: `Problem` 429 with the seconds to wait, when it failed too often already.
    package func fail(
        _ realm: Realm, _ name: String?, address: String, at now: Timestamp, counts: Bool = true
    ) throws {
        let network = Lockout.network(of: address)
        let any = Key(realm: realm, network: network, name: nil)
        let own = name.map { Key(realm: realm, network: network, name: $0) }
        let wait: Int64? = failures.withLock { failures in
            let waits = [
                Lockout.wait(failures[any], limit: Lockout.addressLimit, at: now),
                own.flatMap { Lockout.wait(failures[$0], limit: Lockout.nameLimit, at: now) },
            ].compactMap(\.self)
            guard waits.isEmpty, counts else { return waits.max() }
            for key in [any, own].compactMap(\.self) {
                if let known = failures[key], Lockout.isCurrent(known, at: now) {
                    failures[key] = Failures(count: known.count + 1, since: known.since)
                } else {
                    failures[key] = Failures(count: 1, since: now)
                }
            }
            Lockout.shrink(&failures, at: now)
            return nil
        }
        guard let wait else { return }
        var problem = Problem(
            .rateLimitExceeded,
            "Too many failed authentications. Wait \(wait) seconds and check the credentials.")
        problem.responseFields = [("Retry-After", String(wait))]
        throw problem
    }

    private static func shrink(_ failures: inout [Key: Failures], at now: Timestamp) {
        guard failures.count > entryLimit else { return }
        failures = failures.filter { isCurrent($0.value, at: now) }
        guard failures.count > entryLimit / 2 else { return }
        // Only those who are locked out must be remembered, if it is not the whole world.
        failures = failures.filter { $0.value.count >= nameLimit }
        if failures.count > entryLimit / 2 { failures = [:] }
    }

    /// Whom an address belongs to: an IPv6 subscriber has a whole /64 to guess from.
    package static func network(of address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.split(separator: "::", omittingEmptySubsequences: false)
            .map { $0.split(separator: ":") }
        guard let head = halves.first else { return address }
        let tail = halves.count > 1 ? halves[1] : []
        let zeros = [Substring](repeating: "0", count: max(0, 8 - head.count - tail.count))
        return (head + zeros + tail).prefix(4).joined(separator: ":") + "::/64"
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
