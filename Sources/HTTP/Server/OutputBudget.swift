internal import Synchronization

/// Answers that wait for their readers, over all loops: one that nobody reads must not cost others
/// theirs. Neither an address nor a caller, behind however many addresses, holds more than half.
final class OutputBudget: Sendable {
    /// What one connection holds.
    struct Share: Sendable {
        var count = 0
        /// Whose answer it is, where the service knows.
        var holder: String?
    }

    private struct Held {
        var total = 0
        var byAddress: [PeerAddress: Int] = [:]
        var byHolder: [String: Int] = [:]

        mutating func add(_ count: Int, _ share: Share, of peer: PeerAddress) {
            total += count
            let ofAddress = (byAddress[peer] ?? 0) + count
            byAddress[peer] = ofAddress == 0 ? nil : ofAddress
            guard let holder = share.holder else { return }
            let ofHolder = (byHolder[holder] ?? 0) + count
            byHolder[holder] = ofHolder == 0 ? nil : ofHolder
        }

        /// The most that this share is a part of, by half of the budget.
        func largest(_ share: Share, of peer: PeerAddress) -> Int {
            max(byAddress[peer] ?? 0, share.holder.flatMap { byHolder[$0] } ?? 0)
        }
    }

    private let held = Mutex(Held())
    private let limit: Int

    init(_ limits: Limits) {
        limit = limits.heldOutputBytes
    }

    /// Notes that a connection holds another share than before.
    ///
    /// - Returns: whether all of it is within bounds. Alone, a connection may have one answer of any
    ///   length.
    func replace(_ old: Share, by new: Share, of peer: PeerAddress) -> Bool {
        held.withLock { held in
            held.add(-old.count, old, of: peer)
            held.add(new.count, new, of: peer)
            let largest = held.largest(new, of: peer)
            return (held.total <= limit || held.total == new.count)
                && (largest <= limit / 2 || largest == new.count)
        }
    }
}
