package import Values

/// One person, as Connect knows them. A class, since a patient is handed through many calls: copying fourteen
/// members each time was a fiftieth of a search.
package final class Patient: Sendable {
    package enum VerificationStatus: String, Sendable {
        case unverified, verified
    }

    package enum IdentityStatus: String, Sendable {
        case active, merged
    }

    package let id: Int64
    package let healthID: String
    package let firstName: String
    package let lastName: String
    package let dateOfBirth: BirthDate
    package let countryCode: String
    package let sex: Sex?
    package let phoneNumber: String?
    package let nationalID: String?
    package let bloodType: String?
    /// A JSON array of strings.
    package let allergies: String
    package let verificationStatus: VerificationStatus
    package let identityStatus: IdentityStatus
    /// A year, a month or a day; `unknown` of somebody who has died, nobody knows when; `nil` of whom nobody
    /// said so.
    package let dateOfDeath: String?

    /// People with one name have no family name.
    package var displayName: String {
        lastName.isEmpty ? firstName : firstName + " " + lastName
    }

    package init(
        id: Int64, healthID: String, firstName: String, lastName: String, dateOfBirth: BirthDate,
        countryCode: String, sex: Sex? = nil, phoneNumber: String? = nil, nationalID: String? = nil,
        bloodType: String? = nil, allergies: String, verificationStatus: VerificationStatus,
        identityStatus: IdentityStatus, dateOfDeath: String? = nil
    ) {
        self.id = id
        self.healthID = healthID
        self.firstName = firstName
        self.lastName = lastName
        self.dateOfBirth = dateOfBirth
        self.countryCode = countryCode
        self.sex = sex
        self.phoneNumber = phoneNumber
        self.nationalID = nationalID
        self.bloodType = bloodType
        self.allergies = allergies
        self.verificationStatus = verificationStatus
        self.identityStatus = identityStatus
        self.dateOfDeath = dateOfDeath
    }

    /// The same person, some of whose members are others: `nil` leaves one as it is, a variable that is `nil`
    /// takes it away.
    package convenience init(
        _ other: Patient, firstName: String? = nil, lastName: String? = nil,
        dateOfBirth: BirthDate? = nil, sex: Sex?? = nil, phoneNumber: String?? = nil,
        nationalID: String?? = nil, bloodType: String?? = nil, allergies: String? = nil
    ) {
        self.init(
            id: other.id, healthID: other.healthID, firstName: firstName ?? other.firstName,
            lastName: lastName ?? other.lastName, dateOfBirth: dateOfBirth ?? other.dateOfBirth,
            countryCode: other.countryCode, sex: sex ?? other.sex,
            phoneNumber: phoneNumber ?? other.phoneNumber,
            nationalID: nationalID ?? other.nationalID, bloodType: bloodType ?? other.bloodType,
            allergies: allergies ?? other.allergies, verificationStatus: other.verificationStatus,
            identityStatus: other.identityStatus, dateOfDeath: other.dateOfDeath)
    }
}

extension Patient {
    /// As registered: nothing beyond what was said.
    ///
    /// - Parameter allergies: as JSON, which is nothing that identity knows of.
    package convenience init(
        _ demographics: Demographics, id: Int64, healthID: String, allergies: String = "[]"
    ) {
        self.init(
            id: id, healthID: healthID, firstName: demographics.firstName,
            lastName: demographics.lastName, dateOfBirth: demographics.dateOfBirth,
            countryCode: demographics.countryCode, sex: demographics.sex,
            phoneNumber: demographics.phoneNumber, nationalID: demographics.nationalID,
            bloodType: demographics.facts.bloodType?.rawValue,
            allergies: allergies, verificationStatus: .unverified,
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

    package init(
        firstName: String? = nil, lastName: String? = nil, dateOfBirth: BirthDate? = nil,
        countryCode: String? = nil, sex: Sex? = nil, phoneNumber: String? = nil,
        nationalID: String? = nil, address: Address = Address(),
        facts: EmergencyFacts = EmergencyFacts(), warnings: [String] = []
    ) {
        self.firstName = firstName
        self.lastName = lastName
        self.dateOfBirth = dateOfBirth
        self.countryCode = countryCode
        self.sex = sex
        self.phoneNumber = phoneNumber
        self.nationalID = nationalID
        self.address = address
        self.facts = facts
        self.warnings = warnings
    }
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
    /// What a search found before the transaction that needs it: of Registry, which alone knows what it
    /// is; `nil` where there was none.
    package var search: (any Sendable)?

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
        search = nil
    }

    /// Works the keys out ahead, where there is time: a transaction holds up everybody.
    package mutating func prepareKeys() {
        keys = MatchingKeys(self)
    }

    package var matchingKeys: MatchingKeys { keys ?? MatchingKeys(self) }
}
