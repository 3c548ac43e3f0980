import Values

extension RecordType {
    /// The members that say when a record's matter happened; the first that says something counts.
    ///
    /// What is nearest to the patient comes first: a sample is taken before its result is there.
    var clinicalTimes: [StaticString] {
        switch self {
        case .encounter: RecordType.encounterTimes
        case .diagnosis: RecordType.diagnosisTimes
        case .vital: RecordType.vitalTimes
        case .labResult: RecordType.labTimes
        case .prescription: RecordType.prescriptionTimes
        }
    }

    private static let encounterTimes: [StaticString] =
        common + [
            "encounter_date", "visit_date", "started_at", "start_date", "admission_date",
            "admitted_at", "encounter_datetime", "visit_datetime", "encounter_at", "visited_at",
            "consultation_date", "date_of_visit", "recorded_at",
        ]
    private static let diagnosisTimes: [StaticString] =
        common + [
            "diagnosed_at", "diagnosis_date", "date_diagnosed", "recorded_at", "encounter_date",
            "visit_date",
        ]
    private static let vitalTimes: [StaticString] =
        common + [
            "recorded_at", "measured_at", "observed_at", "taken_at", "collected_at",
            "measurement_date", "vital_date",
            "observation_date", "encounter_date", "visit_date",
        ]
    private static let labTimes: [StaticString] =
        common + [
            "collected_at", "collection_date", "sample_date", "sampled_at", "specimen_collected_at",
            "specimen_date", "test_date", "tested_at", "performed_at", "result_date", "resulted_at",
            "released_at", "reported_at", "recorded_at", "encounter_date", "visit_date",
        ]
    private static let prescriptionTimes: [StaticString] =
        common + [
            "prescribed_at", "prescribed_date", "prescription_date", "date_prescribed", "issued_at",
            "issue_date", "ordered_at", "authored_on", "recorded_at", "dispensed_at",
            "dispensed_date", "encounter_date", "visit_date",
        ]
    private static let common: [StaticString] = ["occurred_at", "date"]
}
