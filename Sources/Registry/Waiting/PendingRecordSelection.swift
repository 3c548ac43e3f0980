import Database

/// Which waiting records a call is about: by their ids, or those of a filter.
package struct PendingRecordSelection: Sendable {
    /// Ascending.
    package let ids: [Int64]?
    package var filter = PendingRecords.Filter()
    package let facilityName: String?
    /// Where the call before ended.
    package var after: Int64
    package let note: String?

    /// - Returns: the first of them, ascending, and the last of these when there are more.
    func part(
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (ids: [Int64], end: Int64?) {
        var filter = filter
        filter.facilityID = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx).id
        }
        entry.entity = "pending_records"
        let limit = ResolvedPart.limit
        let found =
            try ids?.filter { $0 > after }
            ?? PendingRecordStore.waiting(filter, after: after, limit: limit + 1, in: tx)
        let first = Array(found.prefix(limit))
        return (first, found.count > limit ? first.last : nil)
    }

    package init(
        ids: [Int64]?, filter: PendingRecords.Filter = PendingRecords.Filter(),
        facilityName: String?, after: Int64 = 0, note: String?
    ) {
        self.ids = ids
        self.filter = filter
        self.facilityName = facilityName
        self.after = after
        self.note = note
    }
}
