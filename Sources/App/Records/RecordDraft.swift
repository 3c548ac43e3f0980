/// One clinical record as it was sent, read but not yet stored.
package struct RecordDraft: Sendable {
    package let type: RecordType
    /// The facility's own id.
    package let externalID: String?
    /// How far it has come, in lower case, as sent.
    package let status: String?
    /// The clinical time, as sent; `nil` when nothing was said.
    package let occurredAt: Timestamp?
    /// The normalised members, each with its JSON text.
    package let members: [(name: String, json: String)]
    /// What was sent, as JSON, byte for byte.
    package let payload: String
    /// Diagnoses and vitals inside an encounter.
    package var parts: [RecordDraft] = []
}

/// What became of a pushed record.
package struct StoredRecord: Sendable {
    package enum Outcome: Sendable {
        case created
        /// The same external id came again with other content: the old version is kept.
        case amended
        /// Word for word what is there.
        case unchanged
    }

    package let id: String
    package let version: Int
    package let outcome: Outcome
    package let receivedAt: Timestamp
}
