import Database

/// Which quarantined records a call is about: by their ids, or the open ones of an agent or a facility.
package struct QuarantineSelection: Sendable {
    /// Ascending.
    package let ids: [Int64]?
    package let agentID: String?
    package let facilityName: String?
    /// Where the call before ended.
    package var after: Int64
    package let note: String?

    /// - Returns: the first of them, ascending, and the last of these when there are more.
    func part(
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (ids: [Int64], end: Int64?) {
        let facility = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx)
        }
        entry.entity = "quarantine"
        let limit = ResolvedPart.limit
        let found =
            try ids?.filter { $0 > after }
            ?? QuarantineStore.open(
                agentID: agentID, facilityID: facility?.id, after: after, limit: limit + 1, in: tx)
        let first = Array(found.prefix(limit))
        return (first, found.count > limit ? first.last : nil)
    }

    package init(
        ids: [Int64]?, agentID: String?, facilityName: String?, after: Int64 = 0, note: String?
    ) {
        self.ids = ids
        self.agentID = agentID
        self.facilityName = facilityName
        self.after = after
        self.note = note
    }
}
