/// The places among all attempts that run at once, in memory and without I/O: a client or a host
/// whose receivers hang delays its own deliveries, and nobody else's. Several of them together do not
/// either: beyond the shared places there is one for each client that has none.
package struct DeliveryPlaces: Sendable {
    /// Attempts at once, and how many of them with receivers that have not proven themselves.
    private static let most = 640
    private static let all = 256
    private static let unproven = 128
    /// What one host and one client may take of those.
    private static let allOfOne = 96
    private static let unprovenOfOne = 8

    /// Who takes the places of a subscription's attempts.
    package struct Takers: Sendable {
        fileprivate let client: String
        fileprivate let host: String
        fileprivate var names: [String] { [client, host] }

        package init(clientID: String, host: String) {
            client = "client " + clientID
            self.host = "host " + host
        }
    }

    private struct Count {
        var all = 0
        var unproven = 0
    }

    private var total = Count()
    private var taken: [String: Count] = [:]

    package init() {}

    package var inFlight: Int { total.all }
    package var isFull: Bool { total.all >= Self.most }

    package func hasOne(for takers: Takers, isProven: Bool) -> Bool {
        if taken[takers.client] == nil {
            return !isFull && taken[takers.host]?.all ?? 0 < Self.allOfOne
        }
        guard total.all < Self.all, isProven || total.unproven < Self.unproven else {
            return false
        }
        return takers.names.allSatisfy { name in
            guard let count = taken[name] else { return true }
            return count.all < Self.allOfOne && (isProven || count.unproven < Self.unprovenOfOne)
        }
    }

    package mutating func take(for takers: Takers, isProven: Bool) {
        change(1, for: takers, isProven: isProven)
    }

    package mutating func giveBack(of takers: Takers, isProven: Bool) {
        change(-1, for: takers, isProven: isProven)
    }

    private mutating func change(_ change: Int, for takers: Takers, isProven: Bool) {
        total.all += change
        if !isProven { total.unproven += change }
        for name in takers.names {
            var count = taken[name] ?? Count()
            count.all += change
            if !isProven { count.unproven += change }
            taken[name] = count.all == 0 ? nil : count
        }
    }
}
