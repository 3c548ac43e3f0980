package import Values

/// What is known of one person, prepared for comparing: text is normalised once, not for each pair.
package struct PersonFacts: Sendable {
    /// A name's words and their letters in one.
    package struct Name: Sendable {
        package let tokens: [String]
        package let letters: [Unicode.Scalar]

        package init(_ name: NameTokens, isPlaceholder: Bool) {
            tokens = isPlaceholder ? [] : name.tokens
            letters = Array(tokens.joined().unicodeScalars)
        }
    }

    package let given: Name
    package let family: Name
    package let dateOfBirth: CalendarDate?
    package let sex: Sex?
    package let phone: String?
    package let nationalID: [UInt8]?
    let houseNumber: [UInt8]?
    package let street: [Unicode.Scalar]
    package let district: [Unicode.Scalar]
    package let city: [Unicode.Scalar]
    package let state: [Unicode.Scalar]
    package let postalCode: [UInt8]?

    /// - Parameter dateOfBirth: `nil` when nobody knows it.
    package init(
        firstName: String, lastName: String, dateOfBirth: CalendarDate?, sex: Sex? = nil,
        phoneNumber: String? = nil, nationalID: String? = nil, address: Address = Address()
    ) {
        self.init(
            WrittenName(first: firstName, last: lastName), dateOfBirth: dateOfBirth, sex: sex,
            phoneNumber: phoneNumber, nationalID: nationalID, address: address)
    }

    init(
        _ written: WrittenName, dateOfBirth: CalendarDate?, sex: Sex?, phoneNumber: String?,
        nationalID: String?, address: Address
    ) {
        // "Baby of", "Inconnu": such a word says nothing.
        given = Name(written.given, isPlaceholder: written.saysNothing)
        family = Name(written.family, isPlaceholder: written.saysNothing)
        self.dateOfBirth = dateOfBirth.flatMap { Matching.isPlaceholder($0) ? nil : $0 }
        self.sex = sex == .other ? nil : sex
        phone = phoneNumber.map(Matching.phoneKey)
        let id = nationalID.map { Array(Matching.identifierKey($0).utf8) } ?? []
        // 000000000 and the like are no numbers of anybody.
        self.nationalID = Matching.isIdentifier(String(decoding: id, as: UTF8.self)) ? id : nil
        let words = address.line.map(PersonName.tokens) ?? []
        let number = words.first { $0.utf8.first.map { (48...57).contains($0) } ?? false }
        houseNumber = number.map { Array($0.utf8) }
        street = Array(words.filter { $0 != number }.joined().unicodeScalars)
        district = PersonFacts.letters(address.district)
        city = PersonFacts.letters(address.city)
        state = PersonFacts.letters(address.state)
        let code = address.postalCode.map { Array(Matching.identifierKey($0).utf8) } ?? []
        postalCode = code.isEmpty ? nil : code
    }

    package init(_ patient: Patient, address: Address = Address()) {
        self.init(
            firstName: patient.firstName, lastName: patient.lastName,
            dateOfBirth: patient.dateOfBirth.compared, sex: patient.sex,
            phoneNumber: patient.phoneNumber,
            nationalID: patient.nationalID, address: address)
    }

    private static func letters(_ text: String?) -> [Unicode.Scalar] {
        text.map { Array(PersonName.tokens(of: $0).joined().unicodeScalars) } ?? []
    }
}
