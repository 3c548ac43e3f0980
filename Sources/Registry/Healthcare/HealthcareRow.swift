package import Values

/// A stored row of a desktop system's.
package struct HealthcareRow: Sendable {
    package let seq: Int64
    /// `cln_…`, `doc_…`, `pfl_…`, `apt_…`
    package let id: String
    /// JSON: the documented fields, then `extra`.
    package let fields: [UInt8]
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    /// Of a patient or an appointment, once there is one: the survivor's, while they are merged.
    package var healthID: String?
    package var patientID: Int64?
    /// Whom it leads to by itself, whoever they are merged into.
    package var ownerID: Int64?

    package init(
        seq: Int64, id: String, fields: [UInt8], createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.seq = seq
        self.id = id
        self.fields = fields
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// A row whose number makes its id.
    init(
        _ prefix: StaticString, seq: Int64, nonce: Int64, fields: [UInt8], createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.init(
            seq: seq, id: Identifier.make(prefix, at: createdAt, nonce: nonce, row: seq),
            fields: fields, createdAt: createdAt, updatedAt: updatedAt)
    }
}

/// One facility's rows as they changed, oldest change first.
package struct HealthcarePage: Sendable {
    package let facility: Int64
    /// Only what changed at this moment or later.
    package var since = Timestamp(milliseconds: 0)
    /// The last row of the page before.
    package var after: (updatedAt: Int64, seq: Int64)?
    package var limit = 50

    package init(facility: Int64) {
        self.facility = facility
    }
}
