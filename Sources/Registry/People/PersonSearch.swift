package import Database
package import Identity
package import Values

/// Looking for a person by whatever is known of them, in any spelling, with the reason of each hit: for
/// administrators, who are audited with everybody they are shown.
package struct PersonSearch: Sendable {
    /// By what somebody was found.
    package enum Reason: String, Sendable {
        case healthID = "health_id"
        case reference
        case nationalID = "national_id"
        case phoneNumber = "phone_number"
        case name
    }

    package struct Hit: Sendable {
        package let patient: Patient
        package let address: Address
        package var reasons: [Reason]
        /// How each field agrees, of who was found by name.
        package var comparison: PersonComparison?
    }

    /// Most that are shown: more would be a directory.
    package static let limit = 50

    private let number: String?
    private let phone: String?
    private let person: Demographics?

    /// Complaints gather in `body`.
    package init(_ body: inout ObjectReader, today: Timestamp) {
        number = body.scalar("number", "query", maximum: 255)
        let claims = body.claims(today: today)
        phone = claims.phoneNumber
        person = PersonSearch.person(claims)
        let isNamed = claims.firstName != nil || claims.lastName != nil
        if body.complaints.isEmpty, isNamed, person == nil {
            body.refuse(
                "last_name", "and first_name belong together: one name alone finds too many")
        }
        if body.complaints.isEmpty, number == nil, phone == nil, person == nil {
            body.refuse("number", "or first_name and last_name, or phone_number: one is needed")
        }
    }

    /// Without a birth date, one that stands for none, so that it counts neither for nor against anybody.
    private static func person(_ claims: DemographicClaims) -> Demographics? {
        guard let first = claims.firstName, let last = claims.lastName,
            let born = claims.dateOfBirth ?? BirthDate("1900-01-01")
        else { return nil }
        var person = Demographics(
            firstName: first, lastName: last, dateOfBirth: born,
            countryCode: claims.countryCode ?? "CM")
        person.sex = claims.sex
        person.phoneNumber = claims.phoneNumber
        person.nationalID = claims.nationalID
        person.address = claims.address
        return person
    }

    /// Numbers first, then the most alike.
    package func hits(in tx: borrowing Transaction) throws -> [Hit] {
        var hits: [Hit] = []
        func add(_ patients: [Patient], _ reason: Reason) throws {
            for patient in patients {
                if let place = hits.firstIndex(where: { $0.patient.id == patient.id }) {
                    hits[place].reasons.append(reason)
                } else {
                    hits.append(
                        Hit(
                            patient: patient,
                            address: try BlockingStore.address(of: patient.id, in: tx),
                            reasons: [reason]))
                }
            }
        }
        if let number {
            if let reference = PatientReference(number),
                let found = try PatientStore.find(reference, in: tx)
            {
                try add([found.patient], .healthID)
            }
            try add(PatientStore.find(anyonesReference: number, in: tx), .reference)
            try add(PatientStore.find(nationalID: number, in: tx), .nationalID)
            if case .value(let phone, _) = PhoneText.read(number) {
                try add(PatientStore.find(phone: phone, in: tx), .phoneNumber)
            }
        }
        if let phone { try add(PatientStore.find(phone: phone, in: tx), .phoneNumber) }
        if let person {
            for (patient, comparison) in try namesakes(of: person, in: tx) {
                try add([patient], .name)
                guard let place = hits.firstIndex(where: { $0.patient.id == patient.id }) else {
                    continue
                }
                hits[place].comparison = comparison
            }
        }
        return Array(hits.prefix(PersonSearch.limit))
    }

    /// Who is called like that, or sounds so, the most alike first.
    private func namesakes(
        of person: Demographics, in tx: borrowing Transaction
    ) throws -> [(Patient, PersonComparison)] {
        var found: [Int64: (Patient, PersonComparison)] = [:]
        let near = try NearMatchSearch.matches(of: person, in: tx)
        for match in near { found[match.patient.id] = (match.patient, match.comparison) }
        for id in try PatientStore.ids(soundingLike: person, in: tx) {
            guard let match = try BlockingStore.comparison(of: person, with: id, in: tx) else {
                continue
            }
            found[match.patient.id] = found[match.patient.id] ?? (match.patient, match.comparison)
        }
        return Array(
            found.values.sorted { ($0.1.bits, $1.0.id) > ($1.1.bits, $0.0.id) }
                .prefix(PersonSearch.limit))
    }
}

extension PatientStore {
    /// Entries of one sound that are read: of a very common name, the first registered.
    private static let soundLimit = 300

    fileprivate static func ids(
        soundingLike person: Demographics, in tx: borrowing Transaction
    ) throws -> [Int64] {
        let keys = person.matchingKeys
        let namesakes = try tx.all(
            "SELECT id FROM patients WHERE name_key BETWEEN ? AND ? LIMIT ?",
            [.integer(keys.sound.lowerBound), .integer(keys.sound.upperBound), .int(soundLimit)]
        ) { $0.int64(0) }
        // Of several given names people say one.
        return try namesakes
            + tx.all(
                "SELECT patient_id FROM blocking_keys WHERE block = ? AND code = ? LIMIT ?",
                [
                    .integer(keys.blocking.amongSeveral.block),
                    .integer(keys.blocking.amongSeveral.code), .int(soundLimit),
                ]
            ) { $0.int64(0) }
    }

    /// Whoever a number of any client or facility leads to.
    fileprivate static func find(
        anyonesReference reference: String, in tx: borrowing Transaction
    ) throws -> [Patient] {
        let ids = try tx.all(
            """
            SELECT DISTINCT patient_id FROM external_references
            WHERE reference = ? AND client_id IN (
                SELECT id FROM clients UNION ALL SELECT 'facility:' || id FROM facilities)
            ORDER BY patient_id LIMIT 20
            """, [.text(reference)]
        ) { $0.int64(0) }
        return try ids.compactMap { try survivor(withID: $0, in: tx) }
    }
}
