package import Database

/// Which quarantined records a call is about: by their ids, or the open ones of an agent or a facility.
package struct QuarantineChoice: Sendable {
    /// Ascending.
    package let ids: [Int64]?
    package let agentID: String?
    package let facilityName: String?
    /// Where the call before ended.
    package let after: Int64
    package let note: String?

    /// - Returns: up to `limit` ids, ascending, and whether there are more.
    package func ids(
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

    package init(
        ids: [Int64]?, agentID: String?, facilityName: String?, after: Int64, note: String?
    ) {
        self.ids = ids
        self.agentID = agentID
        self.facilityName = facilityName
        self.after = after
        self.note = note
    }
}
