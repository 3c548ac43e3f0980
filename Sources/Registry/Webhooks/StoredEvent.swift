package import Values

/// An event as it stands in the outbox.
package struct StoredEvent: Sendable {
    package let seq: Int64
    /// The random half of its id.
    package let nonce: Int64
    package let type: String
    package let createdAt: Timestamp
    package let facilityID: String?
    package let clientID: String?
    /// Whom it is about, or whom they were merged into.
    package var patientID: Int64?
    package let requestID: String
    /// A JSON object.
    package var data: [UInt8]

    package init(
        seq: Int64, nonce: Int64, type: String, createdAt: Timestamp, facilityID: String?,
        clientID: String?, patientID: Int64?, requestID: String, data: [UInt8]
    ) {
        self.seq = seq
        self.nonce = nonce
        self.type = type
        self.createdAt = createdAt
        self.facilityID = facilityID
        self.clientID = clientID
        self.patientID = patientID
        self.requestID = requestID
        self.data = data
    }

    package static let idPrefix: StaticString = "evt_"

    /// Asks whoever owns a URL whether it wants events, before any is sent there; tells of no patient.
    package static let verificationType = "webhook.verification"

    package var isVerification: Bool { type == Self.verificationType }

    package var id: String {
        Identifier.make(Self.idPrefix, at: createdAt, nonce: nonce, row: seq)
    }
}

/// Who may be told of events (contract § 8).
package struct Audience: Sendable, Hashable {
    package let clientID: String
    package let facilityID: String?

    package init(clientID: String, facilityID: String?) {
        self.clientID = clientID
        self.facilityID = facilityID
    }

    package init(_ subscription: Subscription) {
        self.init(clientID: subscription.clientID, facilityID: subscription.facilityID)
    }

    /// Its own facility's events, and those that it caused.
    package func owns(_ event: StoredEvent) -> Bool {
        event.clientID == clientID || (facilityID != nil && event.facilityID == facilityID)
    }
}
