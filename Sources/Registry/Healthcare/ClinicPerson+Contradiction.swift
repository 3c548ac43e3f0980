package import Identity
import Values

/// What a record says that cannot be of the person whose file it names.
package enum Contradiction: String, Sendable {
    case nationalID = "national id"
    case birthDate = "birth date"
    case gender, name
}

extension ClinicPerson {
    /// What speaks against this record being of the person that a clinic's file is about: a number that
    /// was given to somebody else must not put their facts under the first one's Health ID (contract § 5).
    ///
    /// Another national id says it alone; another name, together with another birth date or gender. One
    /// of them alone is a correction: of a spelling or a date, or a married name. A file without a name
    /// yet speaks against none, unless the patient has one; where there is a name, "baby of" is another.
    ///
    /// - Parameters:
    ///   - file: what the file says.
    ///   - patient: whom it leads to, for what the file leaves open.
    package func contradictions(of file: ClinicPerson, _ patient: Patient?) -> [Contradiction] {
        let hasOtherName = isNamedOtherwise(than: file, patient)
        let hasOtherBirthDate = ClinicPerson.differ(
            claims.dateOfBirth, file.claims.dateOfBirth ?? patient?.dateOfBirth
        ) { Matching.isPlaceholder($0.date) }
        let hasOtherGender = ClinicPerson.differ(claims.sex, file.claims.sex ?? patient?.sex) {
            $0 == .other
        }
        var found: [Contradiction] = []
        if hasOtherName, hasOtherBirthDate || hasOtherGender {
            found.append(.name)
            if hasOtherBirthDate { found.append(.birthDate) }
            if hasOtherGender { found.append(.gender) }
        }
        // The file's may have been cleared so that it can be corrected.
        let isOtherThanPatient =
            file.nationalIDKey == nil && (hasOtherName || hasOtherBirthDate)
            && ClinicPerson.differ(
                nationalIDKey, patient?.nationalID.map(Matching.identifierKey)
            ) { _ in false }
        if isOtherThanPatient
            || ClinicPerson.differ(nationalIDKey, file.nationalIDKey, unless: { _ in false })
        {
            found.append(.nationalID)
        }
        return found
    }

    private var nationalIDKey: String? {
        let key = claims.nationalID.map(Matching.identifierKey)
        // 0000000000 and "N/A" are no numbers of anybody.
        return key.flatMap { Matching.isIdentifier($0) ? $0 : nil }
    }

    private static func differ<Value: Equatable>(
        _ left: Value?, _ right: Value?, unless isUnknown: (Value) -> Bool
    ) -> Bool {
        guard let left, let right, !isUnknown(left), !isUnknown(right) else { return false }
        return left != right
    }

    // MARK: Names

    /// Whether no way to read either name makes them one: in whole, or by its parts.
    private func isNamedOtherwise(than file: ClinicPerson, _ patient: Patient?) -> Bool {
        func words(_ names: [String]) -> [[String]] {
            names.map { NameTokens($0).tokens }.filter { !$0.isEmpty }
        }
        func realNames(_ names: [String]) -> [[String]] {
            words(names).filter { !ClinicPerson.isPlaceholder($0) }
        }
        let said = words(names)
        var known = realNames(file.names)
        if known.isEmpty, let patient {
            known = realNames(["\(patient.firstName) \(patient.lastName)"])
        }
        guard !said.isEmpty, !known.isEmpty else { return false }
        return !said.contains { name in
            known.contains { ClinicPerson.mayBeOne(name, $0) }
        }
    }

    /// The shorter name's words are all in the longer one, as far as spelling goes; a word between
    /// them more or less is usual.
    private static func mayBeOne(_ left: [String], _ right: [String]) -> Bool {
        let (short, long) = left.count <= right.count ? (left, right) : (right, left)
        var rest = long
        for word in short {
            guard let twin = rest.firstIndex(where: { mayBeOne(word, $0) }) else { return false }
            rest.remove(at: twin)
        }
        return true
    }

    private static func mayBeOne(_ left: String, _ right: String) -> Bool {
        let isArabic = { (word: String) in
            word.unicodeScalars.contains { (0x600...0x6ff).contains($0.value) }
        }
        // Letters of two scripts cannot be compared: nothing is clear.
        guard left != right, isArabic(left) == isArabic(right) else { return true }
        let agreement = NameAgreement(
            PersonFacts.Name(NameTokens(left), isPlaceholder: false),
            PersonFacts.Name(NameTokens(right), isPlaceholder: false))
        switch agreement {
        case .distant, .different: return false
        default: return true
        }
    }

    private static func isPlaceholder(_ words: [String]) -> Bool {
        PersonName(first: words[0], last: words.dropFirst().first ?? words[0]).isPlaceholder
    }
}
