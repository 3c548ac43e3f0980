import Crypto
import Values

/// Under what a person is looked for and filed, worked out once.
package struct MatchingKeys: Sendable {
    /// Country and names as one number: its upper half is the sound of the names, its lower half
    /// their normalised letters, so that names that sound alike lie together in the index.
    ///
    /// `nil` for placeholders: no name, or a birth date that stands for "unknown".
    package let name: Int64?
    /// The given names, the family name and the birth date, each by itself with the country, as they are
    /// counted; `nil` for placeholders.
    package let given: Int64?
    package let family: Int64?
    package let born: Int64?
    /// The name keys of everybody in the country whose names sound like these, in whatever order.
    package let sound: ClosedRange<Int64>
    package let blocking: BlockingKeys
    package let facts: PersonFacts

    init(_ demographics: Demographics) {
        let country = demographics.countryCode
        let written = WrittenName(first: demographics.firstName, last: demographics.lastName)
        let born = demographics.dateOfBirth.compared
        blocking = BlockingKeys(written, dateOfBirth: born, address: demographics.address)
        let first = MatchingKeys.hash([country] + blocking.sound)
        let lowest = Int64(bitPattern: UInt64(first) << 32)
        sound = lowest...(lowest | 0xffff_ffff)
        facts = PersonFacts(
            written, dateOfBirth: born, sex: demographics.sex,
            phoneNumber: demographics.phoneNumber, nationalID: demographics.nationalID,
            address: demographics.address)
        let person = written.name
        if person.isPlaceholder || Matching.isPlaceholder(demographics.dateOfBirth.date) {
            name = nil
            (given, family, self.born) = (nil, nil, nil)
        } else {
            name = lowest | Int64(MatchingKeys.hash([country, person.given, person.family]))
            given = MatchingKeys.fact(country, "given", person.given)
            family = MatchingKeys.fact(country, "family", person.family)
            self.born = MatchingKeys.fact(
                country, "born", demographics.dateOfBirth.description)
        }
    }

    /// What is counted of who is registered.
    ///
    /// - Parameter source: the facility that registers them; of a program of none, the program.
    package func facts(from source: String) -> [Int64] {
        [given, family, born].compactMap { $0 } + [MatchingKeys.fact(ofSource: source)]
    }

    package static func fact(ofSource source: String) -> Int64 {
        fact("", "source", source)
    }

    private static func fact(_ country: String, _ kind: String, _ text: String) -> Int64 {
        Int64(bitPattern: hash([country, kind, text], bytes: 8))
    }

    private static func hash(_ texts: [String]) -> UInt32 {
        UInt32(hash(texts, bytes: 4))
    }

    private static func hash(_ texts: [String], bytes: Int) -> UInt64 {
        let digest = SHA256.hash(Array(texts.joined(separator: "\0").utf8)).bytes
        return digest[..<bytes].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
