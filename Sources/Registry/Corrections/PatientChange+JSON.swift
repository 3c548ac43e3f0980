import Identity
import JSON
package import Values

/// What a request asks to be put right of a person.
package struct PatientChange: Sendable {
    /// The new values; `nil` takes away what is known.
    package var fields: [PatientField: String?] = [:]
    package let reason: String
    /// What could not be read, for the answer.
    package var warnings: [String] = []

    /// All allergies that are to be known from now on.
    package init(allergies: [String], reason: String) {
        self.reason = reason
        var facts = EmergencyFacts()
        _ = facts.add(allergies, limit: .max)
        let text: String? = facts.allergies.isEmpty ? nil : facts.allergiesJSON
        fields = [.allergies: text]
    }
}

/// How somebody made sure who a person is.
package enum VerificationMethod: String, Sendable, CaseIterable {
    case document, biometric
    /// The civil registry was asked.
    case registry
    /// Somebody whom the facility knows vouched for them.
    case witness
}

/// What was looked at.
package enum VerificationDocument: String, Sendable, CaseIterable {
    case nationalID = "national_id"
    case passport
    case birthCertificate = "birth_certificate"
    case residencePermit = "residence_permit"
    case refugeeCard = "refugee_card"
    case driverLicence = "driver_licence"
    case voterCard = "voter_card"
    case other
}

extension PatientChange {
    /// Complaints gather in `body`. The same words and spellings are read as where people are registered.
    package init(_ body: inout ObjectReader, today: Timestamp) {
        reason = body.requiredText(["reason", "note"], maximum: 500)
        let claims = body.claims(today: today)
        warnings = claims.warnings
        if claims.countryCode != nil {
            body.refuse("country_code", "is the Health ID's, and cannot be corrected")
        }
        let address = claims.address
        let allergies = claims.facts.allergies.isEmpty ? nil : claims.facts.allergiesJSON
        let told: [(PatientField, String?)] = [
            (.firstName, claims.firstName), (.lastName, claims.lastName),
            (.dateOfBirth, claims.dateOfBirth?.description), (.sex, claims.sex?.rawValue),
            (.phoneNumber, claims.phoneNumber), (.nationalID, claims.nationalID),
            (.line, address.line), (.district, address.district), (.city, address.city),
            (.state, address.state), (.postalCode, address.postalCode),
            (.bloodType, claims.facts.bloodType?.rawValue), (.allergies, allergies),
            (.dateOfDeath, PatientChange.dateOfDeath(&body, today: today)),
        ]
        for (field, value) in told where value != nil { fields[field] = .some(value) }
        takeRemovals(&body)
        takeVerification(&body, isRequired: false)
    }

    /// A verification alone.
    package init(verification body: inout ObjectReader) {
        reason = body.text(["reason", "note"], maximum: 500) ?? "verified"
        takeVerification(&body, isRequired: true)
    }

    /// `null` is nothing said, so that what is to be taken away is named.
    private mutating func takeRemovals(_ body: inout ObjectReader) {
        guard let list = body.value(["remove", "clear"])?.value else { return }
        let names = list.elements.compactMap(\.string)
        guard list.kind == .array, names.count == list.count, names.count <= 50 else {
            return body.refuse("remove", "must be a list of names of fields")
        }
        let told = Set(fields.keys)
        for name in names {
            let removed = PatientField.removable.filter {
                $0.rawValue == name || $0.rawValue.hasPrefix(name + ".")
            }
            if removed.isEmpty || !told.isDisjoint(with: removed) {
                body.refuse(
                    "remove",
                    "may name \(PatientField.removable.map(\.rawValue).joined(separator: ", ")), and "
                        + "nothing that is given beside it")
            }
            for field in removed { fields[field] = .some(nil) }
        }
    }

    private mutating func takeVerification(_ body: inout ObjectReader, isRequired: Bool) {
        let method = body.word("verification_method", "method") {
            PatientChange.read($0, as: VerificationMethod.self)
        }
        let document = body.word("document_kind", "verification_document") {
            PatientChange.read($0, as: VerificationDocument.self)
        }
        if isRequired, method == nil { body.require(["verification_method"]) }
        if method == .document, document == nil { body.require(["document_kind"]) }
        if method == nil, document != nil { body.require(["verification_method"]) }
        guard let method else { return }
        fields[.verificationStatus] = "verified"
        fields[.verificationMethod] = .some(method.rawValue)
        fields[.verificationDocument] = .some(document?.rawValue)
    }

    private static func read<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, as type: Word.Type
    ) -> Reading<Word> {
        let plain = text.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
        if let word = Word(rawValue: plain) { return .value(word) }
        return .refused("must be \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    private static func dateOfDeath(_ body: inout ObjectReader, today: Timestamp) -> String? {
        let isDead = body.yesOrNo("deceased", "is_deceased")
        guard let died = body.birthDate("date_of_death", "deceased_at") else {
            if isDead == false {
                body.refuse("deceased", "is taken back by \"remove\": [\"date_of_death\"]")
            }
            return isDead == true ? "unknown" : nil
        }
        if isDead == false { body.refuse("deceased", "contradicts date_of_death") }
        if died.isFuture(at: today) {
            body.refuse("date_of_death", "must not lie in the future")
        }
        return died.description
    }
}
