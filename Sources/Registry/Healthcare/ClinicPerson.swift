package import Identity
package import Values

/// A clinic's patient as the national registry asks for people: given names, family name, birth date
/// (contract § 5).
package struct ClinicPerson: Sendable {
    /// Names as far as they can be told apart.
    package let claims: DemographicClaims
    /// All that a registration needs; `nil` while the family name or the birth date is missing.
    package var demographics: Demographics?
    /// The name as it may be read: in whole, and by its parts.
    package let names: [String]

    /// - Parameter name: the whole name, for what the parts leave open.
    package init(
        name: String?, first: String?, second: String?, last: String?, born: BirthDate?,
        gender: String?, phone: String?, nationalID: String?, bloodType: String?,
        countryCode: String
    ) {
        let (name, first, second, last) = (
            name?.withoutStrayMarks, first?.withoutStrayMarks, second?.withoutStrayMarks,
            last?.withoutStrayMarks
        )
        let words = (name ?? "").split(separator: " ").map(String.init)
        var given = first.map { [$0] } ?? []
        if first != nil, let second, !ClinicPerson.isParticle(second) { given.append(second) }
        var family = last
        if family == nil, words.count > 1 { family = words.last }
        if given.isEmpty, words.count > 1 {
            given = words.dropLast().filter { !ClinicPerson.isParticle($0) }
        }
        var claims = DemographicClaims()
        claims.firstName = given.isEmpty ? nil : given.joined(separator: " ")
        claims.lastName = family
        claims.dateOfBirth = born
        claims.countryCode = countryCode
        claims.sex = gender.flatMap { Sex.read($0).value }
        // What is no number tells nobody apart.
        claims.phoneNumber = phone.flatMap { PhoneText.read($0).value }
        claims.nationalID = nationalID.flatMap { IdentifierText.read($0).value }
        claims.facts.bloodType = bloodType.flatMap(BloodGroup.init(reading:))
        self.claims = claims
        let parts = name == nil || first != nil && last != nil ? [first, second, last] : []
        names = [name, parts.isEmpty ? nil : parts.compactMap { $0 }.joined(separator: " ")]
            .compactMap { $0 }
        guard let first = claims.firstName, let last = claims.lastName, let born else {
            demographics = nil
            return
        }
        var demographics = Demographics(
            firstName: first, lastName: last, dateOfBirth: born, countryCode: countryCode)
        demographics.sex = claims.sex
        demographics.phoneNumber = claims.phoneNumber
        demographics.nationalID = claims.nationalID
        demographics.facts = claims.facts
        self.demographics = demographics
    }

    /// "Son of", "daughter of": between names, and none itself.
    private static func isParticle(_ word: String) -> Bool {
        ["bin", "ibn", "ben", "bint", "بن", "ابن", "بنت"].contains(word.lowercased())
    }

    /// Whether a Saudi number (ten digits, the first 1 or 2) has the check digit it should: Luhn.
    /// Others have none that is known. The documents' own example fails, so it only warns.
    package static func isChecked(nationalID: String) -> Bool {
        let digits = nationalID.utf8.map { Int($0) - 48 }
        guard digits.count == 10, digits.allSatisfy({ (0...9).contains($0) }),
            digits[0] == 1 || digits[0] == 2
        else { return true }
        var sum = 0
        for (place, digit) in digits.enumerated() {
            let doubled = place.isMultiple(of: 2) ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return sum.isMultiple(of: 10)
    }
}
