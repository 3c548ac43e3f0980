package import Database

/// Which waiting records a call is about: by their ids, or those of a filter.
package struct PendingRecordChoice: Sendable {
    /// Ascending.
    package let ids: [Int64]?
    package var filter = PendingRecordStore.Filter()
    package let facilityName: String?
    /// Where the call before ended.
    package let after: Int64
    package let note: String?

    /// - Returns: up to `limit` ids, ascending, and whether there are more.
    package func ids(
        auditing entry: inout AuditEntry, limit: Int, in tx: borrowing Transaction
    ) throws -> (ids: [Int64], isMore: Bool) {
        var filter = filter
        filter.facilityID = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx).id
        }
        entry.entity = "pending_records"
        let found =
            try ids?.filter { $0 > after }
            ?? PendingRecordStore.waiting(filter, after: after, limit: limit + 1, in: tx)
        return (Array(found.prefix(limit)), found.count > limit)
    }

    package init(
        ids: [Int64]?, filter: PendingRecordStore.Filter = PendingRecordStore.Filter(),
        facilityName: String?, after: Int64, note: String?
    ) {
        self.ids = ids
        self.filter = filter
        self.facilityName = facilityName
        self.after = after
        self.note = note
    }
}
