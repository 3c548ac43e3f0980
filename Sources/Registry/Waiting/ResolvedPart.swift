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
        /// What became of one that was replayed or redirected.
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

extension ResolvedPart {
    /// Runs records again, each for itself; the entry names their patients.
    ///
    /// - Parameters:
    ///   - done: what one is that was accepted; one that could not be run is `otherwise`.
    ///   - run: runs the record with this number; `nil` when there is none to run.
    init(
        running ids: [Int64], end: Int64?, as done: Status, orElse otherwise: Status,
        auditing entry: inout AuditEntry,
        _ run: (Int64) throws -> Swift.Result<SyncOutcome, Refusal>?
    ) rethrows {
        var patientIDs: Set<Int64> = []
        results = try ids.map { id in
            switch try run(id) {
            case .success(let outcome):
                patientIDs.formUnion(outcome.patientIDs)
                return Result(id: id, status: done, outcome: outcome.verdict)
            case .failure(let refusal): return Result(id: id, status: .refused, refusal: refusal)
            case nil: return Result(id: id, status: otherwise)
            }
        }
        entry.batchPatientIDs = patientIDs.sorted()
        self.end = end
    }
}
