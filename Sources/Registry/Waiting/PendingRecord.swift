package import Values

/// A record for a Health ID that nobody had when it came.
package struct PendingRecord: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// → stored and gone once its id appears, → redirected to another id or discarded by an
        /// administrator.
        case waiting
        case redirected, discarded
    }

    package let seq: Int64
    /// Which it is for, in the canonical spelling.
    package let healthID: String
    package let facilityID: String
    package let clientID: String
    package let type: String
    /// The facility's own id for it.
    package let externalID: String?
    /// What makes it known when it is sent again.
    package let digest: [UInt8]
    /// JSON, as sent.
    package let payload: [UInt8]
    package let requestID: String
    package let receivedAt: Timestamp
    package let state: State
    /// Whom it was redirected to.
    package let newHealthID: String?
    package let note: String?
    package let resolvedAt: Timestamp?
    /// The principal, as in the audit log.
    package let resolvedBy: String?

    package var agentID: String { String(clientID.dropFirst("agent:".count)) }
}
