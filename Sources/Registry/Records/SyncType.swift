package import Values

/// The kinds of record that an agent sends (contract § 6).
package enum SyncType: Hashable, Sendable {
    case patient
    case clinical(RecordType)
    case pharmacyStock
    case bloodStock
    case appointment
    case payment

    /// Reads the documents' words, their plurals and the ones file names have; space, accent, case and
    /// language do not tell them apart.
    package init?(reading word: String) {
        if let type = RecordType(rawValue: word) {
            self = .clinical(type)
        } else if let type = SyncType.words[word] {
            self = type
        } else if let type = RecordType(reading: word) {
            self = .clinical(type)
        } else {
            return nil
        }
    }

    private static let words = WordList<SyncType>([
        (.patient, "patient,patients,registration,registrations,demographics,مريض,مرضى"),
        (
            .pharmacyStock,
            "pharmacy stock,pharmacy stocks,pharmacy,pharmacy inventory,drug stock,medicine stock,"
                + "stock pharmacie,stock de pharmacie"
        ),
        (
            .bloodStock,
            "blood stock,blood stocks,blood,blood inventory,blood bank,stock sang,stock de sang,"
                + "banque de sang"
        ),
        (.appointment, "appointment,appointments,rendez-vous,rdv,موعد,مواعيد"),
        (
            .payment,
            "payment,payments,billing,paiement,paiements,règlement,facturation,مدفوعات,دفعة"
        ),
    ])

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
