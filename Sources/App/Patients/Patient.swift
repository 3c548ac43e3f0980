package import Values

/// One person, as Connect knows them.
package struct Patient: Sendable {
    package enum VerificationStatus: String, Sendable {
        case unverified, verified
    }

    package enum IdentityStatus: String, Sendable {
        case active, merged
    }

    package var id: Int64
    package var healthID: String
    package var firstName: String
    package var lastName: String
    package var dateOfBirth: BirthDate
    package var countryCode: String
    package var sex: Sex?
    package var phoneNumber: String?
    package var nationalID: String?
    package var bloodType: String?
    /// A JSON array of strings.
    package var allergies: String
    package var verificationStatus: VerificationStatus
    package var identityStatus: IdentityStatus

    /// People with one name have no family name.
    package var displayName: String {
        lastName.isEmpty ? firstName : firstName + " " + lastName
    }
}

extension Patient {
    /// As registered: nothing beyond what was said.
    package init(_ demographics: Demographics, id: Int64, healthID: String) {
        self.init(
            id: id, healthID: healthID, firstName: demographics.firstName,
            lastName: demographics.lastName, dateOfBirth: demographics.dateOfBirth,
            countryCode: demographics.countryCode, sex: demographics.sex,
            phoneNumber: demographics.phoneNumber, nationalID: demographics.nationalID,
            bloodType: demographics.facts.bloodType?.rawValue,
            allergies: demographics.facts.allergiesJSON, verificationStatus: .unverified,
            identityStatus: .active)
    }
}

/// What a caller says of a person, field by field.
package struct DemographicClaims: Sendable {
    package var firstName: String?
    package var lastName: String?
    package var dateOfBirth: BirthDate?
    package var countryCode: String?
    package var sex: Sex?
    package var phoneNumber: String?
    package var nationalID: String?
    package var address = Address()
    package var facts = EmergencyFacts()
    /// What was sent beside that and cannot be kept, to be told.
    package var warnings: [String] = []
}

/// What a caller knows of a person: enough to look for them, and to register them.
package struct Demographics: Sendable {
    package let firstName: String
    package let lastName: String
    package let dateOfBirth: BirthDate
    /// ISO 3166-1 alpha-2, upper case.
    package let countryCode: String
    package var sex: Sex? { didSet { forget() } }
    package var phoneNumber: String? { didSet { forget() } }
    package var nationalID: String? { didSet { forget() } }
    package var address = Address() { didSet { forget() } }
    /// Nobody is looked for by these.
    package var facts = EmergencyFacts()
    private var keys: MatchingKeys?
    /// What was found before the transaction that needs it; `nil` where nobody looked.
    package internal(set) var nearMatches: NearMatchSearch?

    package init(
        firstName: String, lastName: String, dateOfBirth: BirthDate, countryCode: String
    ) {
        self.firstName = firstName
        self.lastName = lastName
        self.dateOfBirth = dateOfBirth
        self.countryCode = countryCode
    }

    package init(_ patient: Patient) {
        self.init(
            firstName: patient.firstName, lastName: patient.lastName,
            dateOfBirth: patient.dateOfBirth, countryCode: patient.countryCode)
        sex = patient.sex
        phoneNumber = patient.phoneNumber
        nationalID = patient.nationalID
    }

    private mutating func forget() {
        keys = nil
        nearMatches = nil
    }

    /// Works the keys out ahead, where there is time: a transaction holds up everybody.
    package mutating func prepareKeys() {
        keys = MatchingKeys(self)
    }

    package var matchingKeys: MatchingKeys { keys ?? MatchingKeys(self) }
}
