package import Values

/// Something that happened, to be told to subscribers (contract § 8). Ids only, no clinical values.
package struct Event: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case patientCreated = "patient.created"
        case patientUpdated = "patient.updated"
        case patientMerged = "patient.merged"
        case healthIDCreated = "health_id.created"
        case healthIDVerified = "health_id.verified"
        case consentRequested = "consent.requested"
        case consentGranted = "consent.granted"
        case consentDenied = "consent.denied"
        case consentRevoked = "consent.revoked"
        case consentExpired = "consent.expired"
        case encounterCreated = "encounter.created"
        case encounterClosed = "encounter.closed"
        case encounterAmended = "encounter.amended"
        case labOrderCreated = "lab_order.created"
        case labResultReleased = "lab_result.released"
        case labResultAmended = "lab_result.amended"
        case prescriptionIssued = "prescription.issued"
        case prescriptionCancelled = "prescription.cancelled"
        case prescriptionDispensed = "prescription.dispensed"
        case prescriptionAmended = "prescription.amended"
        case appointmentCreated = "appointment.created"
        case appointmentUpdated = "appointment.updated"
        case appointmentCheckedIn = "appointment.checked_in"
        case appointmentCancelled = "appointment.cancelled"
        case documentIssued = "document.issued"
        case documentVerified = "document.verified"
        case bridgeSyncFailed = "bridge_agent.sync_failed"
        case bridgeOffline = "bridge_agent.offline"
        case paymentCompleted = "payment.completed"
    }

    package let kind: Kind
    /// Whom it is about: of two who are merged the one who was named, as undoing the merge parts them.
    package let patientID: Int64?
    /// Members of the event's `data`, in order.
    package let data: [(name: String, value: String)]

    package init(_ kind: Kind, patientID: Int64?, data: [(name: String, value: String)]) {
        self.kind = kind
        self.patientID = patientID
        self.data = data
    }
}

extension Event.Kind {
    /// The catalogue's word, or an older spelling of it.
    package init?(reading word: String) {
        switch word {
        case "lab_result.ready": self = .labResultReleased
        case "prescription.ready": self = .prescriptionIssued
        case "patient.registered": self = .patientCreated
        default: self.init(rawValue: word)
        }
    }

    /// What a consent must cover for its holder to be told of other facilities' events; nothing where
    /// any consent will do, `nil` where none does: then the event is for the client and the facility
    /// concerned alone (contract § 8).
    package var coverage: Set<RecordType>? {
        switch self {
        case .patientCreated, .patientUpdated, .patientMerged: []
        case .encounterCreated, .encounterClosed, .encounterAmended, .appointmentCreated,
            .appointmentUpdated, .appointmentCheckedIn, .appointmentCancelled:
            [.encounter]
        case .labOrderCreated, .labResultReleased, .labResultAmended: [.labResult]
        case .prescriptionIssued, .prescriptionCancelled, .prescriptionDispensed,
            .prescriptionAmended:
            [.prescription]
        case .documentIssued, .documentVerified: Consent.Coverage.fullRecord.types
        case .healthIDCreated, .healthIDVerified, .consentRequested, .consentGranted,
            .consentDenied, .consentRevoked, .consentExpired, .bridgeSyncFailed, .bridgeOffline,
            .paymentCompleted:
            nil
        }
    }
}
