import Foundation
import Values

/// Two people side by side: how each field agrees, and what that says in bits.
///
/// A weight is log2 of how much more often the agreement is seen between two records of one person
/// than between strangers (Fellegi and Sunter). The sum and the size of the population give the odds
/// that they are one: 2^bits / population. The weights were set on the odd-numbered half of FEBRL 3
/// and 4, rounded to half bits, with those of places lowered because people move.
package struct PersonComparison: Sendable {
    /// Raised with any change to rules or weights; stored with each case.
    package static let ruleVersion = 2

    package struct Field: Sendable {
        package let name: StaticString
        package let agreement: StaticString
        package let bits: Double
    }

    package enum Band: String, Sendable {
        /// Odds of a thousand to one that they are one person. Even so nothing links by itself unless
        /// the names, birth date and country agree exactly (contract § 5).
        case certain
        case possible
        case unlikely
    }

    package private(set) var fields: [Field] = []
    /// The sum of the fields' weights.
    package private(set) var bits = 0.0
    /// The same family, birth date and home, but another given name: most likely a twin.
    private var isTwin = false

    package init(_ left: PersonFacts, _ right: PersonFacts) {
        let names = compareNames(left, right)
        let birth = compareBirthDates(left.dateOfBirth, right.dateOfBirth)
        compareSex(left.sex, right.sex)
        let isSamePhone = comparePhones(left.phone, right.phone)
        let isSameID = compareNationalIDs(left.nationalID, right.nationalID)
        let isSameHome = compareAddresses(left, right)
        isTwin =
            names.given == .different && (names.family ?? .different) == .exact && birth
            && (isSamePhone || isSameHome) && !isSameID
    }

    /// - Parameter population: how many people are registered.
    package func band(inPopulation population: Int) -> Band {
        if bits >= PersonComparison.certainBits(inPopulation: population), !isTwin {
            return .certain
        }
        return bits >= PersonComparison.possibleBits(inPopulation: population)
            ? .possible : .unlikely
    }

    /// That they are one person, where everybody registered is equally likely to be meant before anything
    /// is compared.
    package func probability(inPopulation population: Int) -> Double {
        1 / (1 + exp2(log2(Double(max(population, 2))) - bits))
    }

    /// A thousand to one is 10 bits.
    package static func certainBits(inPopulation population: Int) -> Double {
        log2(Double(max(population, 2))) + 10
    }

    /// From one in sixteen on a person should have a look.
    package static func possibleBits(inPopulation population: Int) -> Double {
        max(log2(Double(max(population, 2))) - 4, 10)
    }

    private mutating func add(_ name: StaticString, _ agreement: StaticString, _ bits: Double) {
        fields.append(Field(name: name, agreement: agreement, bits: bits))
        self.bits += bits
    }

    // MARK: Names

    private mutating func compareNames(
        _ left: PersonFacts, _ right: PersonFacts
    ) -> (given: NameAgreement?, family: NameAgreement?) {
        let straight = (
            given: NameAgreement(left.given, right.given),
            family: NameAgreement(left.family, right.family)
        )
        let swapped = (
            given: NameAgreement(left.given, right.family),
            family: NameAgreement(left.family, right.given)
        )
        func likeness(_ pair: (given: NameAgreement?, family: NameAgreement?)) -> Double {
            (pair.given?.similarity ?? 0.45) + (pair.family?.similarity ?? 0.45)
        }
        if likeness(swapped) > likeness(straight) + 0.2 {
            add("names", "swapped", -1.5)
            addGiven(swapped.given)
            addFamily(swapped.family)
            return swapped
        }
        addGiven(straight.given)
        addFamily(straight.family)
        return straight
    }

    private mutating func addGiven(_ agreement: NameAgreement?) {
        switch agreement {
        case .exact: add("first_name", "exact", 7.5)
        case .variant: add("first_name", "variant", 6.5)
        case .close: add("first_name", "close", 6.5)
        case .similar: add("first_name", "similar", 5.5)
        case .distant: add("first_name", "distant", 0.5)
        case .different: add("first_name", "different", -4)
        case nil: break
        }
    }

    private mutating func addFamily(_ agreement: NameAgreement?) {
        switch agreement {
        case .exact: add("last_name", "exact", 7)
        case .variant: add("last_name", "variant", 7)
        case .close: add("last_name", "close", 7)
        case .similar: add("last_name", "similar", 6)
        case .distant: add("last_name", "distant", 1.5)
        case .different: add("last_name", "different", -4)
        case nil: break
        }
    }

    // MARK: Birth date and sex

    /// - Returns: whether they agree in full.
    private mutating func compareBirthDates(_ left: CalendarDate?, _ right: CalendarDate?) -> Bool {
        guard let left, let right else { return false }
        if left == right {
            // Whoever does not know the day is registered on the first or last of the year.
            add("date_of_birth", "exact", left.standsForYear ? 6 : 14)
            return true
        }
        if left.year == right.year, left.standsForYear || right.standsForYear {
            add("date_of_birth", "year", 4)
            return false
        }
        if left.year == right.year, left.month == right.day, left.day == right.month {
            add("date_of_birth", "day_and_month_swapped", 5)
            return false
        }
        switch StringDistance.edits(left.digits, right.digits) {
        case 1: add("date_of_birth", "one_edit", 5)
        case 2: add("date_of_birth", "two_edits", -1)
        case 3: add("date_of_birth", "different", -4)
        default: add("date_of_birth", "different", -5)
        }
        return false
    }

    private mutating func compareSex(_ left: Sex?, _ right: Sex?) {
        guard let left, let right else { return }
        if left == right { add("sex", "exact", 1) } else { add("sex", "different", -4) }
    }

    // MARK: Identifiers

    /// Families share phones: agreement says little.
    private mutating func comparePhones(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return false }
        if left == right {
            add("phone_number", "exact", 6)
        } else {
            add("phone_number", "different", -1)
        }
        return left == right
    }

    /// - Returns: whether they agree but for one slip.
    private mutating func compareNationalIDs(_ left: [UInt8]?, _ right: [UInt8]?) -> Bool {
        guard let left, let right else { return false }
        let edits = StringDistance.edits(left, right)
        switch edits {
        case 0: add("national_id", "exact", 18)
        case 1: add("national_id", "one_edit", 12)
        case 2: add("national_id", "two_edits", 4)
        default: add("national_id", "different", -5)
        }
        return edits < 2
    }

    // MARK: Place

    /// - Returns: whether house and street agree.
    private mutating func compareAddresses(_ left: PersonFacts, _ right: PersonFacts) -> Bool {
        if let left = left.postalCode, let right = right.postalCode {
            switch StringDistance.edits(left, right) {
            case 0: add("postal_code", "exact", 8)
            case 1: add("postal_code", "one_edit", 3.5)
            default: add("postal_code", "different", -1.5)
            }
        }
        var isSameHome = false
        if let left = left.houseNumber, let right = right.houseNumber {
            switch StringDistance.edits(left, right) {
            case 0:
                add("house_number", "exact", 5)
                isSameHome = true
            case 1: add("house_number", "one_edit", -0.5)
            default: add("house_number", "different", -1)
            }
        }
        comparePlace("street", left.street, right.street, [9, 8, 5, -1, -1.5])
        comparePlace("district", left.district, right.district, [7, 7, 4, -0.5, -1])
        comparePlace("city", left.city, right.city, [5, 5, 3.5, 0, -1.5])
        if !left.state.isEmpty, !right.state.isEmpty {
            let isEqual = left.state == right.state
            add("state", isEqual ? "exact" : "different", isEqual ? 1.5 : -1.5)
        }
        return isSameHome && left.street == right.street && !left.street.isEmpty
    }

    /// - Parameter bits: for exact, close, similar, distant and different.
    private mutating func comparePlace(
        _ name: StaticString, _ left: [Unicode.Scalar], _ right: [Unicode.Scalar],
        _ bits: [Double]
    ) {
        guard !left.isEmpty, !right.isEmpty else { return }
        let similarity = StringDistance.jaroWinkler(left, right)
        switch similarity {
        case 1: add(name, "exact", bits[0])
        case 0.95...: add(name, "close", bits[1])
        case 0.88...: add(name, "similar", bits[2])
        case 0.8...: add(name, "distant", bits[3])
        default: add(name, "different", bits[4])
        }
    }
}

extension CalendarDate {
    /// `YYYYMMDD`.
    fileprivate var digits: [UInt8] { description.utf8.filter { $0 != UInt8(ascii: "-") } }
}

extension PersonComparison {
    /// How each field agrees, as a JSON array: what is stored with a case.
    package var explanation: String {
        let fields = fields.map { field in
            "{\"field\":\"\(field.name)\",\"agreement\":\"\(field.agreement)\",\"bits\":\(field.bits)}"
        }
        return "[" + fields.joined(separator: ",") + "]"
    }
}
