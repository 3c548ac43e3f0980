import Identity
import Testing

/// The rules for names against what a careful registrar would say.
struct NameCorpusTests {
    private static func agreement(_ left: String, _ right: String) -> NameAgreement? {
        NameAgreement(
            PersonFacts.Name(NameTokens(left), isPlaceholder: false),
            PersonFacts.Name(NameTokens(right), isPlaceholder: false))
    }

    private static func holds(_ claim: NameGroup.Claim, _ agreement: NameAgreement?) -> Bool {
        switch claim {
        case .same: agreement == .exact || agreement == .variant
        case .near: agreement == .variant || agreement == .close || agreement == .similar
        case .different: agreement == .distant || agreement == .different
        }
    }

    @Test(arguments: CameroonNames.groups + ArabicNames.groups)
    func namesAgreeAsARegistrarWouldSay(_ group: NameGroup) {
        for pair in group.pairs {
            for (left, right) in [(pair.left, pair.right), (pair.right, pair.left)] {
                let agreement = Self.agreement(left, right)
                #expect(
                    Self.holds(group.claim, agreement) != pair.isMiss,
                    "\(left) = \(right): \(agreement.map { "\($0)" } ?? "unknown")")
            }
        }
    }

    @Test func eachCorpusHasThreeHundredPairs() {
        for groups in [CameroonNames.groups, ArabicNames.groups] {
            let pairs = groups.flatMap(\.pairs)
            #expect(pairs.count >= 300)
            #expect(pairs.count { $0.isMiss } * 20 < pairs.count)
        }
    }

    /// A name in two rows would be two names at once.
    @Test func eachNameStandsInOneRow() {
        var rows: [String: Int] = [:]
        for (number, row) in NameVariants.rows.enumerated() {
            for name in Set(row.split(separator: " ").map(String.init)) {
                #expect(rows.updateValue(number, forKey: name) == nil, "\(name)")
                #expect(NameTokens(name).tokens == [name], "\(name) is not as it is looked up")
            }
        }
    }

    @Test(arguments: CameroonNames.swapped)
    func givenAndFamilyNamesAreSeenToBeSwapped(_ given: String, _ family: String) {
        let comparison = PersonComparison(
            PersonFacts(firstName: given, lastName: family, dateOfBirth: nil),
            PersonFacts(firstName: family, lastName: given, dateOfBirth: nil))
        #expect(comparison.fields.first?.agreement.description == "swapped")
        #expect(comparison.bits > 10)
    }
}
