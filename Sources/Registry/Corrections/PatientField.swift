/// What of a person can be corrected, under the name by which requests and answers have it.
package enum PatientField: String, Sendable, CaseIterable, CodingKeyRepresentable, Codable {
    case firstName = "first_name"
    case lastName = "last_name"
    case dateOfBirth = "date_of_birth"
    case sex
    case phoneNumber = "phone_number"
    case nationalID = "national_id"
    case line = "address.line"
    case district = "address.district"
    case city = "address.city"
    case state = "address.state"
    case postalCode = "address.postal_code"
    case bloodType = "blood_type"
    /// A JSON array of texts.
    case allergies
    /// A year, a month or a day; `unknown` of somebody who has died, nobody knows when.
    case dateOfDeath = "date_of_death"
    case verificationStatus = "verification_status"
    case verificationMethod = "verification_method"
    case verificationDocument = "verification_document"

    /// Who somebody is: what a document was compared with.
    package static let identity: Set<PatientField> = [
        .firstName, .lastName, .dateOfBirth, .sex, .nationalID,
    ]

    /// By what somebody is found again.
    static let matching = identity.union([
        .phoneNumber, .line, .district, .city, .state, .postalCode,
    ])

    /// Without these nobody is registered.
    package static let required: Set<PatientField> = [.firstName, .lastName, .dateOfBirth]

    /// What a correction may take away; what a verification says is its own.
    package static let removable = allCases.filter {
        ![.verificationStatus, .verificationMethod, .verificationDocument].contains($0)
            && !required.contains($0)
    }
}

/// What is known of a person, as text; what is absent is not known.
package typealias PatientFields = [PatientField: String]

/// What a field said before, and what it says since.
package struct FieldChange: Sendable, Equatable, Codable {
    package let from: String?
    package let to: String?
}
