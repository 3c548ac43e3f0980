package import Values

/// How the service is used and doing, for administrators' charts (contract § 9).
package struct Statistics: Sendable {
    /// What one hour or one day brought.
    package struct Bucket: Sendable, Equatable {
        package let start: Timestamp
        package var batches = 0
        package var recordsSynced = 0
        package var duplicates = 0
        package var refused = 0
        /// Rows of the audit log: one for each request, and more where it concerned several patients.
        package var auditEntries: Int64 = 0
        package var deliveries: Int64 = 0
        package var deliveryFailures: Int64 = 0

        package init(start: Timestamp) {
            self.start = start
        }

        package mutating func add(_ other: Bucket) {
            batches += other.batches
            recordsSynced += other.recordsSynced
            duplicates += other.duplicates
            refused += other.refused
            auditEntries += other.auditEntries
            deliveries += other.deliveries
            deliveryFailures += other.deliveryFailures
        }
    }

    /// How many there are now.
    package struct Counts: Sendable {
        package var patients: Int64 = 0
        package var facilities = 0
        package var clients = 0
        package var agents = 0
        package var apiKeys = 0
        package var openDuplicates = 0
        package var openContradictions = 0
        /// Emergency accesses that nobody has reviewed.
        package var openEmergencyAccesses = 0
        package var quarantined = 0
        /// Facilities whose quarantine takes no more.
        package var fullQuarantines = 0
        package var pendingRecords = 0
        /// When the one that has waited longest was received.
        package var oldestPendingRecord: Timestamp?
        package var pendingDeliveries = 0
        package var exhaustedDeliveries = 0
    }

    package var counts = Counts()
    /// Active agents by liveness; `never` of those that were never heard of.
    package var agents: [(word: String, count: Int)] = []
    /// What active agents last said that they still have to send.
    package var queueDepth = 0
    /// The last 24 hours of the UTC clock, the current one included, oldest first.
    package var hours: [Bucket] = []
    /// The last 30 days in UTC, today included, oldest first.
    package var days: [Bucket] = []
}
