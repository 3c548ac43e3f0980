/// One clinical record as it was sent, read but not yet stored.
package struct RecordDraft: Sendable {
    package let type: RecordType
    /// The facility's own id.
    package let externalID: String?
    /// How far it has come, in lower case, as sent.
    package let status: String?
    /// The clinical time, as sent; `nil` when nothing was said.
    package let occurredAt: Timestamp?
    /// The normalised members, in order; what was not sent has none.
    package let members: [(name: String, value: Member)]
    /// What was sent, as JSON, byte for byte.
    package let payload: ArraySlice<UInt8>
    /// Diagnoses and vitals inside an encounter.
    package var parts: [RecordDraft] = []

    package enum Member: Sendable {
        case text(String)
        /// `nil` is "unknown", and stands as null.
        case bool(Bool?)
    }
}

/// Whose record it is.
package struct RecordSubject: Sendable {
    package let patientID: Int64
    package let healthID: String
    /// The id that the record names, where a merge has retired it: undone, the record goes back.
    package var retiredID: String?

    package init(patientID: Int64, healthID: String) {
        self.patientID = patientID
        self.healthID = healthID
    }

    package init(_ found: PatientStore.Found) {
        self.init(patientID: found.patient.id, healthID: found.patient.healthID)
        retiredID = found.retiredID
    }
}

/// A record's id and view, made before it is known whether it is stored as a new one.
package struct RenderedRecord: Sendable {
    package let id: String
    /// Whom the view names.
    package let healthID: String
    package let view: [UInt8]
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
    /// What an amended record's status was before.
    package var previousStatus: String?
}
