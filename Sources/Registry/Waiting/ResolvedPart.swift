/// What became of some of the records that a call is about, in one transaction: each for itself.
package struct ResolvedPart: Sendable {
    package enum Status: String, Sendable {
        case replayed, redirected, discarded, refused
        case notOpen = "not_open"
        case notWaiting = "not_waiting"
    }

    package struct Result: Sendable {
        package let id: Int64
        package let status: Status
        /// What became of one that was redirected.
        package var outcome: SyncOutcome.Verdict?
        /// Why one is refused.
        package var refusal: Refusal?
    }

    /// Ascending by id.
    package let results: [Result]
    /// The last record of this part, when further ones are chosen.
    package let end: Int64?

    /// The most records of one part: they hold the only writer meanwhile.
    static let limit = 100
}
