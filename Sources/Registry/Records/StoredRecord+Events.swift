import Values

extension StoredRecord {
    /// What subscribers are told of a pushed record (contract § 8), whichever way it came in.
    package func events(of draft: RecordDraft, patientID: Int64, healthID: String) -> [Event] {
        kinds(of: draft).map { kind in
            Event(
                kind, patientID: patientID, data: [("record_id", id), ("health_id", healthID)])
        }
    }

    private func kinds(of draft: RecordDraft) -> [Event.Kind] {
        if draft.isMistake || previousStatus == RecordStatus.enteredInError.rawValue {
            return outcome == .amended ? amendment(of: draft) : []
        }
        return switch (draft.type, outcome) {
        case (_, .unchanged): []
        case (.encounter, .created): [.encounterCreated] + turn(of: draft)
        case (.labResult, .created): [.labResultReleased]
        case (.labResult, .amended): [.labResultAmended]
        // A warning is no prescription: nobody is to dispense it.
        case (.prescription, _) where draft.isAlert: []
        case (.prescription, .created): [.prescriptionIssued] + turn(of: draft)
        case (.prescription, .amended) where previousStatus == RecordStatus.alert.rawValue:
            [.prescriptionIssued] + turn(of: draft)
        case (.encounter, .amended), (.prescription, .amended): turn(of: draft)
        // The catalogue has no word for anything else.
        default: []
        }
    }

    /// A record was called a mistake, or is none any more: whoever has heard of it must look again.
    private func amendment(of draft: RecordDraft) -> [Event.Kind] {
        switch draft.type {
        case .encounter: [.encounterAmended]
        case .labResult: [.labResultAmended]
        case .prescription: draft.isAlert ? [] : [.prescriptionAmended]
        case .diagnosis, .vital: []
        }
    }

    /// What a status that was not there before says.
    private func turn(of draft: RecordDraft) -> [Event.Kind] {
        guard let status = draft.status, status != previousStatus else { return [] }
        return switch (draft.type, RecordStatus(rawValue: status)) {
        case (.encounter, .completed): [.encounterClosed]
        case (.prescription, .cancelled): [.prescriptionCancelled]
        case (.prescription, .dispensed): [.prescriptionDispensed]
        default: []
        }
    }
}
