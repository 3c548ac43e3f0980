import SQLite

/// Which quarantined records a call is about: by their ids, or the open ones of an agent or a facility.
struct QuarantineChoice: Sendable {
    /// Ascending.
    let ids: [Int64]?
    let agentID: String?
    let facilityName: String?
    /// Where the call before ended.
    let after: Int64
    let note: String?

    /// - Returns: up to `limit` ids, ascending, and whether there are more.
    func ids(
        auditing entry: inout AuditEntry, limit: Int, in tx: borrowing Transaction
    ) throws -> (ids: [Int64], isMore: Bool) {
        let facility = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx)
        }
        entry.entity = "quarantine"
        let found =
            try ids?.filter { $0 > after }
            ?? QuarantineStore.open(
                agentID: agentID, facilityID: facility?.id, after: after, limit: limit + 1, in: tx)
        return (Array(found.prefix(limit)), found.count > limit)
    }
}
