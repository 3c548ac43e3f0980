/// What the rows of a file are, told by the file's name.
package enum FileType: String, Sendable, CaseIterable {
    case patient, encounter, visit, prescription, vital, diagnosis, appointment, payment
    case labResult = "lab_result"
    case pharmacyStock = "pharmacy_stock"
    case bloodStock = "blood_stock"

    /// What a file's name contains; the first four are the documented ones.
    package var token: String {
        switch self {
        case .patient: "patients_"
        case .encounter: "encounters_"
        case .labResult: "lab_results_"
        case .prescription: "prescriptions_"
        case .visit: "visits_"
        case .vital: "vitals_"
        case .diagnosis: "diagnoses_"
        case .appointment: "appointments_"
        case .payment: "payments_"
        case .pharmacyStock: "pharmacy_stock_"
        case .bloodStock: "blood_stock_"
        }
    }

    /// A later record replaces an earlier one, so that the same row may be due twice: stock goes from
    /// 10 to 5 and back to 10.
    var isState: Bool {
        switch self {
        case .pharmacyStock, .bloodStock, .appointment: true
        default: false
        }
    }

    /// By the longest token that the name contains, in any case of its letters.
    package init?(fileName: String) {
        let name = fileName.lowercased()
        let found = Self.allCases.filter { name.contains($0.token) }
        guard let longest = found.max(by: { $0.token.utf8.count < $1.token.utf8.count }) else {
            return nil
        }
        self = longest
    }
}
