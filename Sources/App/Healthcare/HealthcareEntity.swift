/// What clinics' desktop systems sync (contract § 7).
package enum HealthcareEntity: String, Sendable, CaseIterable {
    case clinic, doctor, patient, appointment

    package var plural: String { rawValue + "s" }

    /// Whether an answer says a Health ID: `null` where there is none yet.
    package var isOfPatient: Bool { self == .patient || self == .appointment }

    /// The documented fields, in the documents' order: so they are stored, and given back.
    package var fields: [HealthcareField] {
        switch self {
        case .clinic: HealthcareField.clinic
        case .doctor: HealthcareField.doctor
        case .patient: HealthcareField.patient
        case .appointment: HealthcareField.appointment
        }
    }

    /// Members of an answer that come back when a caller sends what it has read; never stored.
    package var answered: [StaticString] {
        switch self {
        case .clinic: ["id", "createdAt", "updatedAt"]
        case .doctor: ["id", "createdAt", "updatedAt", "clinics"]
        case .patient: ["id", "createdAt", "updatedAt", "healthId"]
        case .appointment: ["id", "createdAt", "updatedAt", "healthId"]
        }
    }
}

/// One documented field of an entity.
package struct HealthcareField: Sendable {
    package enum Kind: Sendable {
        /// Trimmed; numbers count as the text they are written as.
        case text(maximum: Int)
        case flag
        /// A list of codes, or one text with commas.
        case codes
        /// `YYYY-MM-DD`.
        case day
        /// A day, shown as the documents print it: `2026-06-15T00:00:00`.
        case dayAtMidnight
        /// `HH:MM:SS`.
        case clockTime
    }

    package let name: StaticString
    package let kind: Kind
    /// What rows are found by: an empty text says nothing of it, and never clears it.
    package let isKey: Bool
    /// Says where to look, and is no part of what is stored.
    package let isCommand: Bool

    var isDay: Bool {
        switch kind {
        case .day, .dayAtMidnight: true
        default: false
        }
    }

    private init(
        _ name: StaticString, _ kind: Kind = .text(maximum: 255), isKey: Bool = false,
        isCommand: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.isKey = isKey
        self.isCommand = isCommand
    }

    private static let long = Kind.text(maximum: 4_000)

    fileprivate static let clinic = [
        HealthcareField("name", isKey: true), HealthcareField("code", isKey: true),
        HealthcareField("number"), HealthcareField("specialization"),
        HealthcareField("clinicType"), HealthcareField("branch"), HealthcareField("floor"),
        HealthcareField("location"), HealthcareField("accountNo"),
        HealthcareField("costCenterNo"), HealthcareField("address", long),
        HealthcareField("phone"), HealthcareField("email"), HealthcareField("isActive", .flag),
    ]

    fileprivate static let doctor = [
        HealthcareField("name", isKey: true), HealthcareField("aName"),
        HealthcareField("code", isKey: true), HealthcareField("branch"),
        HealthcareField("gender"), HealthcareField("dateOfBirth", .day),
        HealthcareField("medicalRegNumber"), HealthcareField("idNumber"),
        HealthcareField("accountNo"), HealthcareField("costCenter"),
        HealthcareField("description", long), HealthcareField("email"),
        HealthcareField("phone"), HealthcareField("specialization"),
        HealthcareField("licenseNumber", isKey: true), HealthcareField("isActive", .flag),
        HealthcareField("clinicCodes", .codes),
    ]

    fileprivate static let patient = [
        HealthcareField("name", isKey: true), HealthcareField("patientNo", isKey: true),
        HealthcareField("firstName"), HealthcareField("secondName"),
        HealthcareField("lastName"), HealthcareField("mobile", isKey: true),
        HealthcareField("dateOfBirth", .day), HealthcareField("gender"),
        HealthcareField("nationalID", isKey: true), HealthcareField("email"),
        HealthcareField("phone"), HealthcareField("bloodType"),
        HealthcareField("isActive", .flag),
    ]

    fileprivate static let appointment = [
        HealthcareField("patientNo", isKey: true), HealthcareField("nationalID", isKey: true),
        HealthcareField("doctorCode"), HealthcareField("clinicCode"),
        HealthcareField("date", .dayAtMidnight, isKey: true),
        HealthcareField("timeFrom", .clockTime, isKey: true),
        HealthcareField("timeTo", .clockTime), HealthcareField("status"),
        HealthcareField("notes", long), HealthcareField("externalId", isKey: true),
        HealthcareField("previousDate", .day, isCommand: true),
        HealthcareField("previousTimeFrom", .clockTime, isCommand: true),
    ]
}
