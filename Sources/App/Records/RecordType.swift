/// The kinds of clinical record, with the words of the documents for each.
package enum RecordType: String, Sendable, CaseIterable {
    case encounter
    case diagnosis
    case vital
    case labResult = "lab_result"
    case prescription

    /// As `?type=`, consents and answers name many of them.
    package var plural: String {
        switch self {
        case .encounter: "encounters"
        case .diagnosis: "diagnoses"
        case .vital: "vitals"
        case .labResult: "lab_results"
        case .prescription: "prescriptions"
        }
    }

    /// What ids of this type begin with.
    var idPrefix: StaticString {
        switch self {
        case .encounter: "enc_"
        case .diagnosis: "dx_"
        case .vital: "vit_"
        case .labResult: "lab_"
        case .prescription: "rx_"
        }
    }

    /// Reads one record type in any of the spellings in use.
    package init?(reading word: String) {
        let word = word.lowercased()
        let match = RecordType.allCases.first { $0.rawValue == word || $0.plural == word }
        switch word {
        case "labs", "lab": self = .labResult
        case "medications": self = .prescription
        case "visits", "visit": self = .encounter
        default:
            guard let match else { return nil }
            self = match
        }
    }
}
