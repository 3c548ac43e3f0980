import Crypto
package import Values

/// Under what a person is filed, so that a query for near matches looks at a handful of candidates
/// instead of everybody: each block holds people who share a fact, and within it a code of each name.
///
/// Phone and national id have indexes of their own; so have names that sound alike
/// (`MatchingKeys.sound`), which find wrong birth dates and swapped names.
package struct BlockingKeys: Sendable {
    /// Two numbers of 64 bits: the shared fact, and the phonetic code of one name.
    package struct Key: Hashable, Sendable {
        package let block: Int64
        package let code: Int64

        package init(block: Int64, code: Int64) {
            self.block = block
            self.code = code
        }
    }

    /// A block of up to so many people is looked at as a whole; of a larger one only those whose code
    /// agrees too.
    package static let wholeBlockLimit = 16

    /// Birth date, with each name's code: finds changed surnames and misspelt names.
    package private(set) var birth: [Key] = []
    /// Further pairs of names' codes, of people with several: the first pair is in the name key.
    package private(set) var names: [Key] = []
    /// The place, with each name's code and with the birth date.
    package private(set) var place: [Key] = []

    package var all: [Key] { birth + names + place }

    /// The codes of the given and the family names, each in one, in whatever order they came.
    package let sound: [String]

    package init(
        firstName: String, lastName: String, dateOfBirth: CalendarDate?, address: Address
    ) {
        self.init(
            WrittenName(first: firstName, last: lastName), dateOfBirth: dateOfBirth,
            address: address)
    }

    init(_ written: WrittenName, dateOfBirth: CalendarDate?, address: Address) {
        let name = written.name
        let isPlaceholder = written.saysNothing
        var given = BlockingKeys.codes(written.given)
        var family = BlockingKeys.codes(written.family)
        // Of the names as they are compared, in one: where a space is written must not decide who is
        // looked at (contract § 5).
        sound = [BlockingKeys.sound(of: name.given), BlockingKeys.sound(of: name.family)].sorted()
        if isPlaceholder { (given, family) = ([], []) }
        let codes = Set(given).union(family).sorted()
        let born = dateOfBirth.flatMap { Matching.isPlaceholder($0) ? nil : $0.description }
        if let born {
            // A block per date; without a name there is one row to be found by.
            let block = BlockingKeys.hash("birth", born)
            birth = codes.map { Key(block: block, code: BlockingKeys.hash("code", $0)) }
            if birth.isEmpty, !isPlaceholder { birth = [Key(block: block, code: 0)] }
        }
        var pairs: Set<[String]> = []
        for given in given {
            for family in family where given != family {
                pairs.insert([given, family].sorted())
            }
        }
        pairs.remove(sound)
        names = pairs.map { $0.joined(separator: " ") }.sorted().map {
            Key(block: BlockingKeys.hash("names", $0), code: 0)
        }
        let area = address.postalCode ?? address.district ?? address.city
        guard let area else { return }
        let block = BlockingKeys.hash("place", PersonName.tokens(of: area).joined())
        place = codes.map { Key(block: block, code: BlockingKeys.hash("code", $0)) }
        if let born { place.append(Key(block: block, code: BlockingKeys.hash("birth", born))) }
    }

    /// Under which people of several names are filed who have these two among them.
    package var amongSeveral: Key {
        Key(block: BlockingKeys.hash("names", sound.joined(separator: " ")), code: 0)
    }

    /// The article of "العتيبي" is not heard.
    private static func sound(of name: String) -> String {
        let isArticle = name.hasPrefix("ال") && name.unicodeScalars.count > 4
        return PhoneticCode.of(isArticle ? String(name.unicodeScalars.dropFirst(2)) : name)
    }

    /// At most two words of a name: the rest seldom decides, and every key is a row.
    private static func codes(_ name: NameTokens) -> [String] {
        name.tokens.sorted().prefix(2).map(PhoneticCode.of).filter { !$0.isEmpty }
    }

    private static func hash(_ kind: String, _ text: String) -> Int64 {
        let digest = SHA256.hash(Array((kind + "\0" + text).utf8)).bytes
        return Int64(bitPattern: digest[..<8].reduce(0) { $0 << 8 | UInt64($1) })
    }
}
