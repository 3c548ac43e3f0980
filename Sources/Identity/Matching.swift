package import Values

/// Find or create, at its certain level (contract § 5): exact agreement links, anything less never
/// links by itself. A false link mixes two people's charts; a duplicate costs a review.
package enum Matching {
    /// A registered patient with the same normalised names, birth date and country.
    package struct Candidate: Sendable {
        package let patient: Patient
        /// The calling client's own number for this patient, if it gave one before.
        package let callerReference: String?

        package init(patient: Patient, callerReference: String? = nil) {
            self.patient = patient
            self.callerReference = callerReference
        }
    }

    /// What the caller brings beside the demographics.
    package struct Reference: Sendable {
        package let text: String
        /// Another client of the same facility uses this number for another patient.
        package let isHeldByOther: Bool

        package init(text: String, isHeldByOther: Bool) {
            self.text = text
            self.isHeldByOther = isHeldByOther
        }
    }

    package enum Decision: Sendable, Equatable {
        case link(patientID: Int64)
        /// Nobody alike is registered.
        case create
        /// `candidates` people look alike, and none is certain: a new id, and a review.
        case createForReview(candidates: Int)
    }

    /// So many others of the same name, born on other days, show that name and birth date may meet by
    /// chance: one in 25,000 strangers of a name shares a birth date, and a name that two people bear is
    /// borne by more.
    package static let sameNameLimit = 1
    /// So many bearers of a full name are to be expected, as often as its parts are met, before it may
    /// meet by chance although nobody else bears it yet. Both limits were set with `matching population`
    /// (benchmarks/README.md), to stay below one false link in a million (matching.md § 4).
    package static let bearerLimit = 0.2

    /// Whether a name and birth date tell who somebody is, without a further fact.
    ///
    /// - Parameters:
    ///   - sameNameCount: others of the same name, born on other days.
    ///   - expectedBearers: how many others would bear the name if given and family names were given
    ///     out by chance.
    package static func isDistinctive(
        _ born: BirthDate, sameNameCount: Int, expectedBearers: Double
    ) -> Bool {
        // Whoever does not know the day is registered on 1 January: a year tells nobody apart.
        sameNameCount < sameNameLimit && expectedBearers < bearerLimit && !born.standsForYear
    }

    /// - Parameters:
    ///   - given: how many patients bear the given names, this one included; `family` alike.
    ///   - registered: how many patients there are.
    package static func expectedBearers(given: Int, family: Int, registered: Int) -> Double {
        Double(max(given - 1, 0)) * Double(max(family - 1, 0)) / Double(max(registered, 1))
    }

    /// Dates that stand for "unknown".
    package static func isPlaceholder(_ date: CalendarDate) -> Bool {
        date.year <= 1900
    }

    /// - Parameter isDistinctive: whether name and birth date alone tell who somebody is; asked for only
    ///   where it matters.
    package static func decide(
        _ query: Demographics, reference: Reference?, candidates: [Candidate],
        isDistinctive: @autoclosure () throws -> Bool
    ) rethrows -> Decision {
        let agreeing = candidates.filter { !contradicts(query, reference, $0) }
        // A phone, a national id or the caller's own number on top of name and birth date.
        let corroborated = agreeing.filter { hasFurtherFact(query, reference, $0) }
        let certain =
            try !corroborated.isEmpty || agreeing.isEmpty
            ? corroborated : isDistinctive() ? agreeing : []
        if certain.count == 1 { return .link(patientID: certain[0].patient.id) }
        return candidates.isEmpty ? .create : .createForReview(candidates: candidates.count)
    }

    /// A fact on both sides that says they are two people.
    package static func contradicts(
        _ query: Demographics, _ reference: Reference?, _ candidate: Candidate
    ) -> Bool {
        let patient = candidate.patient
        if let left = query.sex, let right = patient.sex, left != right,
            left != .other, right != .other
        {
            return true
        }
        if let left = query.nationalID, let right = patient.nationalID,
            identifierKey(left) != identifierKey(right)
        {
            return true
        }
        if let left = query.phoneNumber, let right = patient.phoneNumber,
            phoneKey(left) != phoneKey(right)
        {
            return true
        }
        guard let reference else { return false }
        if reference.isHeldByOther { return true }
        // The caller itself counts two people, and nothing strong says that it is mistaken.
        if let own = candidate.callerReference, own != reference.text {
            return !sharesIdentifier(query, patient)
        }
        return false
    }

    private static func hasFurtherFact(
        _ query: Demographics, _ reference: Reference?, _ candidate: Candidate
    ) -> Bool {
        sharesIdentifier(query, candidate.patient)
            || (reference != nil && candidate.callerReference == reference?.text)
    }

    private static func sharesIdentifier(_ query: Demographics, _ patient: Patient) -> Bool {
        if let left = query.nationalID, let right = patient.nationalID,
            identifierKey(left) == identifierKey(right)
        {
            return true
        }
        if let left = query.phoneNumber, let right = patient.phoneNumber,
            phoneKey(left) == phoneKey(right)
        {
            return true
        }
        return false
    }

    /// Whether anything said speaks against a patient named by Health ID; what was not said does not.
    package static func disagrees(_ claims: DemographicClaims, with patient: Patient) -> Bool {
        let name = PersonName(first: patient.firstName, last: patient.lastName)
        let claimed = PersonName(
            first: claims.firstName ?? patient.firstName,
            last: claims.lastName ?? patient.lastName)
        func differ<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
            guard let left, let right else { return false }
            return left != right
        }
        // "Baby of Marie" and "Baby of Anne" are both without a name, and two.
        let isOtherChild =
            claimed.isPlaceholder
            && (differ(claims.firstName.map(words), words(patient.firstName))
                || differ(claims.lastName.map(words), words(patient.lastName)))
        return name != claimed || isOtherChild
            || claims.dateOfBirth.map { !$0.agrees(with: patient.dateOfBirth) } ?? false
            || differ(claims.countryCode, patient.countryCode)
            || differ(claims.sex, patient.sex)
            || differ(claims.phoneNumber.map(phoneKey), patient.phoneNumber.map(phoneKey))
            || differ(
                claims.nationalID.map(identifierKey), patient.nationalID.map(identifierKey))
    }

    private static func words(_ name: String) -> [Substring] {
        name.lowercased().split(whereSeparator: \.isWhitespace)
    }

    /// The same person under a known Health ID: nothing the caller says speaks against it.
    package static func agrees(_ query: Demographics, with patient: Patient) -> Bool {
        PersonName(first: query.firstName, last: query.lastName)
            == PersonName(first: patient.firstName, last: patient.lastName)
            && query.dateOfBirth == patient.dateOfBirth
            && query.countryCode == patient.countryCode
    }

    /// The last eight digits: with or without +237, 00237 or a trunk zero, it is one number.
    package static func phoneKey(_ phone: String) -> String {
        if phone.utf8.allSatisfy({ $0 < 0x80 }) {
            let digits = phone.utf8.filter { (0x30...0x39).contains($0) }
            return String(decoding: digits.suffix(8), as: UTF8.self)
        }
        return String(
            phone.compactMap(\.wholeNumberValue).suffix(8).map { Character(String($0 % 10)) })
    }

    /// Letters and digits in upper case; one number in whichever digits it is written.
    package static func identifierKey(_ identifier: String) -> String {
        if identifier.utf8.allSatisfy({ $0 < 0x80 }) {
            return String(
                decoding: identifier.utf8.compactMap { octet in
                    switch octet {
                    case 48...57, 65...90: octet
                    case 97...122: octet - 32
                    default: nil
                    }
                }, as: UTF8.self)
        }
        return identifier.plainCode.uppercased().filter { $0.isLetter || $0.isNumber }
    }

    /// Whether a key can be one person's: 0000000000 and "N/A" are no numbers of anybody.
    package static func isIdentifier(_ key: String) -> Bool {
        key.contains(where: \.isNumber) && !Placeholder.isNoIdentifier(key)
    }
}
