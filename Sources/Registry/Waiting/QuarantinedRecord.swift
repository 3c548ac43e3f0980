package import Values

/// A record that was refused, kept as it was sent.
package struct QuarantinedRecord: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// → replayed once it could be stored, → discarded by an administrator, → corrected by a record
        /// that came in its place.
        case open
        case replayed, discarded, corrected
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

    /// From its end on; an open one is never forgotten.
    package static let retentionSeconds: Int64 = 90 * 86_400
    /// Open ones of one facility; further ones are not kept, and their sender is told so.
    package static let maximumCount = 100_000
    /// What the open ones of one facility say in all; the one that reaches it is kept.
    package static let maximumBytes: Int64 = 256 << 20

    package static let fullSentence =
        "This facility's quarantine is full, so the record is not kept here: correct it at its source, "
        + "and have open records replayed or discarded (opescare quarantine list)."
}
