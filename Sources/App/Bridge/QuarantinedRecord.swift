package import Values

/// A record that was refused, kept as it was sent.
package struct QuarantinedRecord: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// → replayed once it could be stored, → discarded by an administrator.
        case open
        case replayed, discarded
    }

    package let seq: Int64
    package let agentID: String
    package let facilityID: String
    /// The first batch that brought it.
    package let batchID: String
    /// Its place there, from 0.
    package let index: Int
    /// As sent.
    package let type: String?
    /// JSON, as sent.
    package let payload: [UInt8]
    /// The code and the sentence answered.
    package let error: String
    package let reason: String
    /// How often it came.
    package let arrivals: Int
    package let firstAt: Timestamp
    package let lastAt: Timestamp
    package let state: State
    package let note: String?
    package let resolvedAt: Timestamp?
    /// The principal, as in the audit log.
    package let resolvedBy: String?

    /// From the last arrival on; then it is forgotten, whatever its state.
    package static let retentionSeconds: Int64 = 90 * 86_400
    /// Of one facility; the oldest go first.
    package static let maximumCount = 100_000
}
