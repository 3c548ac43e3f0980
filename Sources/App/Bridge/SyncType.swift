/// The kinds of record that an agent sends (contract § 6).
package enum SyncType: Hashable, Sendable {
    case patient
    case clinical(RecordType)
    case pharmacyStock
    case bloodStock
    case appointment
    case payment

    /// Reads the documents' words, their plurals and the ones file names have.
    package init?(reading word: String) {
        switch word.lowercased() {
        case "patient", "patients", "registration", "registrations": self = .patient
        case "pharmacy_stock", "pharmacy_stocks", "pharmacy": self = .pharmacyStock
        case "blood_stock", "blood_stocks", "blood", "blood_inventory": self = .bloodStock
        case "appointment", "appointments": self = .appointment
        case "payment", "payments": self = .payment
        default:
            guard let type = RecordType(reading: word) else { return nil }
            self = .clinical(type)
        }
    }

    /// As answers and tables name it.
    package var word: String {
        switch self {
        case .patient: "patient"
        case .clinical(let type): type.rawValue
        case .pharmacyStock: "pharmacy_stock"
        case .bloodStock: "blood_stock"
        case .appointment: "appointment"
        case .payment: "payment"
        }
    }
}
