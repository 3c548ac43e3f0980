extension StoredRecord {
    /// What subscribers are told of a pushed record (contract § 8), whichever way it came in.
    package func events(of draft: RecordDraft, patientID: Int64, healthID: String) -> [Event] {
        kinds(of: draft).map { kind in
            Event(
                kind, patientID: patientID, data: [("record_id", id), ("health_id", healthID)])
        }
    }

    private func kinds(of draft: RecordDraft) -> [Event.Kind] {
        switch (draft.type, outcome) {
        case (_, .unchanged): []
        case (.encounter, .created): [.encounterCreated] + turn(of: draft)
        case (.labResult, .created): [.labResultReleased]
        case (.labResult, .amended): [.labResultAmended]
        case (.prescription, .created): [.prescriptionIssued] + turn(of: draft)
        case (.encounter, .amended), (.prescription, .amended): turn(of: draft)
        // The catalogue has no word for anything else.
        default: []
        }
    }

    /// What a status that was not there before says.
    private func turn(of draft: RecordDraft) -> [Event.Kind] {
        guard let status = draft.status, status != previousStatus else { return [] }
        return switch (draft.type, status) {
        case (.encounter, "closed"), (.encounter, "finished"), (.encounter, "completed"),
            (.encounter, "discharged"):
            [.encounterClosed]
        case (.prescription, "cancelled"), (.prescription, "canceled"): [.prescriptionCancelled]
        case (.prescription, "dispensed"): [.prescriptionDispensed]
        default: []
        }
    }
}
