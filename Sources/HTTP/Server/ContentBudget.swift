internal import Synchronization

/// Whose content a request carries, as the service says: a caller it knows, or an address.
package struct ContentHolder: Sendable, Hashable {
    let name: String
    let isKnown: Bool

    /// - Parameter isKnown: whether the request bears valid credentials.
    package init(_ name: String, isKnown: Bool) {
        self.name = name
        self.isKnown = isKnown
    }
}

/// Content that is still arriving or being answered, over all loops: what a thousand callers may each
/// send is more than there is memory. Nobody can use up what the others need, and strangers together not
/// what the known callers do.
final class ContentBudget: Sendable {
    private struct Held {
        var total = 0
        var ofStrangers = 0
        var byHolder: [ContentHolder: Int] = [:]
    }

    private let held = Mutex(Held())
    private let limit: Int
    private let holderLimit: Int

    init(_ limits: Limits) {
        limit = limits.heldContentBytes
        // One request of the largest size always fits.
        holderLimit = max(limit / 2, limits.bodyBytes)
    }

    /// Notes that what a holder's requests keep grew or shrank.
    ///
    /// - Returns: whether all of it is within bounds.
    func change(by count: Int, of holder: ContentHolder) -> Bool {
        guard count != 0 else { return true }
        return held.withLock { held in
            held.total += count
            if !holder.isKnown { held.ofStrangers += count }
            let own = (held.byHolder[holder] ?? 0) + count
            held.byHolder[holder] = own == 0 ? nil : own
            return held.total <= limit && held.ofStrangers <= limit / 2
                && own <= (holder.isKnown ? holderLimit : limit / 16)
        }
    }
}
