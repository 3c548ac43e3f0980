internal import Synchronization

/// Totals since the server started, and what is open now.
package struct ServerStatistics: Sendable, Equatable {
    package var accepted = 0
    package var open = 0
    package var requests = 0
    /// Requests or connections the server itself refused.
    package var refused = 0
    package var bytesIn = 0
    package var bytesOut = 0
    package var handshakes = 0
    package var handshakeFailures = 0
    /// Connections ended by a deadline.
    package var timeouts = 0
}

/// One loop's counters. Only the loop's thread writes, so an addition is a load and a store.
final class LoopCounters: Sendable {
    enum Counter: Int, CaseIterable {
        case accepted, open, requests, refused, bytesIn, bytesOut
        case handshakes, handshakeFailures, timeouts
    }

    private let accepted = Atomic(0)
    private let open = Atomic(0)
    private let requests = Atomic(0)
    private let refused = Atomic(0)
    private let bytesIn = Atomic(0)
    private let bytesOut = Atomic(0)
    private let handshakes = Atomic(0)
    private let handshakeFailures = Atomic(0)
    private let timeouts = Atomic(0)

    @inline(__always)
    func add(_ amount: Int = 1, to counter: Counter) {
        switch counter {
        case .accepted: Self.bump(accepted, amount)
        case .open: Self.bump(open, amount)
        case .requests: Self.bump(requests, amount)
        case .refused: Self.bump(refused, amount)
        case .bytesIn: Self.bump(bytesIn, amount)
        case .bytesOut: Self.bump(bytesOut, amount)
        case .handshakes: Self.bump(handshakes, amount)
        case .handshakeFailures: Self.bump(handshakeFailures, amount)
        case .timeouts: Self.bump(timeouts, amount)
        }
    }

    @inline(__always)
    private static func bump(_ counter: borrowing Atomic<Int>, _ amount: Int) {
        counter.store(counter.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// Adds these counters to a sum over loops; any thread may read.
    func add(to sum: inout ServerStatistics) {
        sum.accepted += accepted.load(ordering: .relaxed)
        sum.open += open.load(ordering: .relaxed)
        sum.requests += requests.load(ordering: .relaxed)
        sum.refused += refused.load(ordering: .relaxed)
        sum.bytesIn += bytesIn.load(ordering: .relaxed)
        sum.bytesOut += bytesOut.load(ordering: .relaxed)
        sum.handshakes += handshakes.load(ordering: .relaxed)
        sum.handshakeFailures += handshakeFailures.load(ordering: .relaxed)
        sum.timeouts += timeouts.load(ordering: .relaxed)
    }
}
