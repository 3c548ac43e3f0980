import SQLite

/// Which waiting records a call is about: by their ids, or those of a filter.
struct PendingRecordChoice: Sendable {
    /// Ascending.
    let ids: [Int64]?
    var filter = PendingRecordStore.Filter()
    let facilityName: String?
    /// Where the call before ended.
    let after: Int64
    let note: String?

    /// - Returns: up to `limit` ids, ascending, and whether there are more.
    func ids(
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
}
