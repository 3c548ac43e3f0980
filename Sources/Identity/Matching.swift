package import Values

/// Find or create, at its certain level (contract § 5): exact agreement links, anything less never
/// links by itself. A false link mixes two people's charts; a duplicate costs a review.
package enum Matching {
    /// A registered patient with the same normalised names, birth date and country.
    package struct Candidate: Sendable {
        package let patient: Patient
        /// The calling client's own number for this patient, if it gave one before.
        package let callerReference: String?
        /// Patients of whom an administrator said that they are somebody else.
        package let otherIDs: Set<Int64>

        package init(
            patient: Patient, callerReference: String? = nil, otherIDs: Set<Int64> = []
        ) {
            self.patient = patient
            self.callerReference = callerReference
            self.otherIDs = otherIDs
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

    /// What a link by names, birth date and country rests on beside them.
    package enum Reason: Sendable, Equatable {
        /// The phone, the national id or the caller's own number.
        case fact(Fact)
        /// How seldom somebody else of this name and birth date would come.
        case odds(MatchEvidence)
    }

    package enum Fact: String, Sendable {
        case nationalID = "national_id"
        case phoneNumber = "phone_number"
        case externalReference = "external_reference"
    }

    /// Why a candidate who agrees in names, birth date and country is not linked.
    package enum Doubt: Sendable, Equatable {
        /// Everybody who agrees is contradicted by a further fact.
        case contradiction
        /// Several are as certain.
        case several
        /// Who has one name shares it with too many.
        case singleName
        /// The name and birth date may well be somebody else's.
        case odds(MatchEvidence)
    }

    package enum Decision: Sendable, Equatable {
        case link(patientID: Int64, by: Reason)
        /// Nobody alike is registered.
        case create
        /// `candidates` people look alike, and none is certain: a new id, and a review.
        case createForReview(candidates: Int, since: Doubt)
    }

    /// Dates that stand for "unknown".
    package static func isPlaceholder(_ date: CalendarDate) -> Bool {
        date.year <= 1900
    }

    /// - Parameter evidence: for the one who agrees where no further fact does; asked for only then.
    package static func decide(
        _ query: Demographics, reference: Reference?, candidates: [Candidate],
        evidence: (Candidate) throws -> MatchEvidence
    ) rethrows -> Decision {
        guard !candidates.isEmpty else { return .create }
        func review(_ doubt: Doubt) -> Decision {
            .createForReview(candidates: candidates.count, since: doubt)
        }
        let agreeing = candidates.filter { !contradicts(query, reference, $0) }
        // A phone, a national id or the caller's own number on top of name and birth date.
        let corroborated = agreeing.compactMap { candidate in
            furtherFact(query, reference, candidate).map { (candidate.patient.id, $0) }
        }
        if corroborated.count == 1 {
            return .link(patientID: corroborated[0].0, by: .fact(corroborated[0].1))
        }
        guard !agreeing.isEmpty else { return review(.contradiction) }
        guard !query.lastName.isEmpty else { return review(.singleName) }
        guard let best = try nearest(of: agreeing, evidence) else { return review(.several) }
        return best.evidence.isEnough
            ? .link(patientID: best.id, by: .odds(best.evidence)) : review(.odds(best.evidence))
    }

    /// Most who agree that one of them is told from.
    private static let rivalLimit = 3

    /// The only one who is known where the question comes from, of several who may all be one person:
    /// registered twice, for lack of a further fact.
    private static func nearest(
        of agreeing: [Candidate], _ evidence: (Candidate) throws -> MatchEvidence
    ) rethrows -> (id: Int64, evidence: MatchEvidence)? {
        if agreeing.count == 1 { return (agreeing[0].patient.id, try evidence(agreeing[0])) }
        guard agreeing.count <= rivalLimit + 1, !areApart(agreeing) else { return nil }
        let known = try agreeing.map { (id: $0.patient.id, evidence: try evidence($0)) }
        let here = known.filter { $0.evidence.place == .here }
        guard here.count == 1, !known.contains(where: { $0.evidence.place == .sameDistrict })
        else { return nil }
        var best = here[0]
        best.evidence.rivals = agreeing.count - 1
        return best
    }

    /// Whether a fact or an administrator says that any two of them are two.
    private static func areApart(_ candidates: [Candidate]) -> Bool {
        for (index, left) in candidates.enumerated() {
            for right in candidates[(index + 1)...]
            where left.otherIDs.contains(right.patient.id)
                || right.otherIDs.contains(left.patient.id)
                || contradicts(Demographics(left.patient), nil, right)
            {
                return true
            }
        }
        return false
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
            return sharedIdentifier(query, patient) == nil
        }
        return false
    }

    private static func furtherFact(
        _ query: Demographics, _ reference: Reference?, _ candidate: Candidate
    ) -> Fact? {
        if let fact = sharedIdentifier(query, candidate.patient) { return fact }
        return reference != nil && candidate.callerReference == reference?.text
            ? .externalReference : nil
    }

    private static func sharedIdentifier(_ query: Demographics, _ patient: Patient) -> Fact? {
        if let left = query.nationalID, let right = patient.nationalID,
            identifierKey(left) == identifierKey(right)
        {
            return .nationalID
        }
        if let left = query.phoneNumber, let right = patient.phoneNumber,
            phoneKey(left) == phoneKey(right)
        {
            return .phoneNumber
        }
        return nil
    }

    /// Whether anything said speaks against a patient named by Health ID; what was not said does not.
    package static func disagrees(_ claims: DemographicClaims, with patient: Patient) -> Bool {
        disagreesInName(claims, with: patient)
            || claims.dateOfBirth.map { !$0.agrees(with: patient.dateOfBirth) } ?? false
            || differ(claims.countryCode, patient.countryCode)
            || differ(claims.sex, patient.sex)
            || differ(claims.phoneNumber.map(phoneKey), patient.phoneNumber.map(phoneKey))
            || differ(
                claims.nationalID.map(identifierKey), patient.nationalID.map(identifierKey))
    }

    private static func disagreesInName(
        _ claims: DemographicClaims, with patient: Patient
    ) -> Bool {
        guard claims.firstName != nil || claims.lastName != nil else { return false }
        let claimed = PersonName(
            first: claims.firstName ?? patient.firstName,
            last: claims.lastName ?? patient.lastName)
        guard claimed == PersonName(first: patient.firstName, last: patient.lastName) else {
            return true
        }
        // "Baby of Marie" and "Baby of Anne" are both without a name, and two.
        return claimed.isPlaceholder
            && (differ(claims.firstName.map(words), words(patient.firstName))
                || differ(claims.lastName.map(words), words(patient.lastName)))
    }

    /// What was not said differs from nothing.
    private static func differ<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
        guard let left, let right else { return false }
        return left != right
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
