package import Values

/// One request of an agent with records in it.
package struct SyncBatch: Sendable {
    /// `sync_…`
    package let id: String
    package let agentID: String
    package let facilityID: String
    package let requestID: String
    /// `ok`, `partial` or `rejected`.
    package let status: String
    package let recordCount: Int
    /// Duplicates and pending ones included.
    package let accepted: Int
    package let rejected: Int
    package let duplicates: Int
    package let pending: Int
    package let receivedAt: Timestamp
    package let duration: Duration

    /// How long the list of batches goes back.
    package static let retentionSeconds: Int64 = 90 * 86_400

    package var stored: Int { accepted - duplicates }

    package init(
        id: String, agentID: String, facilityID: String, requestID: String, status: String,
        recordCount: Int, accepted: Int, rejected: Int, duplicates: Int, pending: Int,
        receivedAt: Timestamp, duration: Duration
    ) {
        self.id = id
        self.agentID = agentID
        self.facilityID = facilityID
        self.requestID = requestID
        self.status = status
        self.recordCount = recordCount
        self.accepted = accepted
        self.rejected = rejected
        self.duplicates = duplicates
        self.pending = pending
        self.receivedAt = receivedAt
        self.duration = duration
    }
}

/// Sums over the batches of a span of time.
package struct SyncCounts: Sendable, Equatable {
    package var batches = 0
    /// Records that were new.
    package var stored = 0
    package var duplicates = 0
    package var rejected = 0

    package init() {}
}
