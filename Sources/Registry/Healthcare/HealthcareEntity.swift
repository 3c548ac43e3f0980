package import Values

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

    /// What a record is found by, or where it points to.
    package enum Meaning: Sendable {
        case name, code, licenseNumber, patientNo, nationalID, mobile, externalID, date, timeFrom
        case partOfName, timeTo, doctorCode, clinicCode, status, gender, bloodType
        case previousDate, previousTimeFrom
    }

    package let name: StaticString
    package let kind: Kind
    package let meaning: Meaning?

    /// Which days it may name: without a meaning it is somebody's birth.
    package var days: ClosedRange<CalendarDate> {
        meaning == nil ? CalendarDate.births : CalendarDate.events
    }

    /// What rows are found by: an empty text says nothing of it, and never clears it.
    package var isKey: Bool {
        switch meaning {
        case .name, .code, .licenseNumber, .patientNo, .nationalID, .mobile, .externalID, .date,
            .timeFrom:
            true
        case .partOfName, .timeTo, .doctorCode, .clinicCode, .status, .gender, .bloodType,
            .previousDate, .previousTimeFrom, nil:
            false
        }
    }

    /// Says where to look, and is no part of what is stored.
    package var isCommand: Bool { meaning == .previousDate || meaning == .previousTimeFrom }

    /// The one kind of day that may be known in part.
    var isBirth: Bool {
        if case .day = kind { !isCommand } else { false }
    }

    package var isDay: Bool {
        switch kind {
        case .day, .dayAtMidnight: true
        default: false
        }
    }

    private init(
        _ name: StaticString, _ kind: Kind = .text(maximum: 255), _ meaning: Meaning? = nil
    ) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }

    /// A text that means something.
    private init(_ name: StaticString, _ meaning: Meaning) {
        self.init(name, .text(maximum: 255), meaning)
    }

    private static let long = Kind.text(maximum: 4_000)

    fileprivate static let clinic = [
        HealthcareField("name", .name), HealthcareField("code", .code),
        HealthcareField("number"), HealthcareField("specialization"),
        HealthcareField("clinicType"), HealthcareField("branch"), HealthcareField("floor"),
        HealthcareField("location"), HealthcareField("accountNo"),
        HealthcareField("costCenterNo"), HealthcareField("address", long),
        HealthcareField("phone"), HealthcareField("email"), HealthcareField("isActive", .flag),
    ]

    fileprivate static let doctor = [
        HealthcareField("name", .name), HealthcareField("aName"),
        HealthcareField("code", .code), HealthcareField("branch"),
        HealthcareField("gender"), HealthcareField("dateOfBirth", .day),
        HealthcareField("medicalRegNumber"), HealthcareField("idNumber"),
        HealthcareField("accountNo"), HealthcareField("costCenter"),
        HealthcareField("description", long), HealthcareField("email"),
        HealthcareField("phone"), HealthcareField("specialization"),
        HealthcareField("licenseNumber", .licenseNumber), HealthcareField("isActive", .flag),
        HealthcareField("clinicCodes", .codes),
    ]

    fileprivate static let patient = [
        HealthcareField("name", .name), HealthcareField("patientNo", .patientNo),
        HealthcareField("firstName", .partOfName), HealthcareField("secondName", .partOfName),
        HealthcareField("lastName", .partOfName), HealthcareField("mobile", .mobile),
        HealthcareField("dateOfBirth", .day), HealthcareField("gender", .gender),
        HealthcareField("nationalID", .nationalID), HealthcareField("email"),
        HealthcareField("phone"), HealthcareField("bloodType", .bloodType),
        HealthcareField("isActive", .flag),
    ]

    fileprivate static let appointment = [
        HealthcareField("patientNo", .patientNo), HealthcareField("nationalID", .nationalID),
        HealthcareField("doctorCode", .doctorCode), HealthcareField("clinicCode", .clinicCode),
        HealthcareField("date", .dayAtMidnight, .date),
        HealthcareField("timeFrom", .clockTime, .timeFrom),
        HealthcareField("timeTo", .clockTime, .timeTo), HealthcareField("status", .status),
        HealthcareField("notes", long), HealthcareField("externalId", .externalID),
        HealthcareField("previousDate", .day, .previousDate),
        HealthcareField("previousTimeFrom", .clockTime, .previousTimeFrom),
    ]
}
