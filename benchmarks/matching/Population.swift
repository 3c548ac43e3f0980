import Foundation
import Values

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }
}

/// Names of falling frequency: the nth is n^-exponent as frequent as the first (Zipf).
struct NamePool {
    private let sums: [Double]
    private let names: [String]

    init(_ count: Int, exponent: Double, salt: Int) {
        var sum = 0.0
        sums = (1...count).map { rank in
            sum += 1 / pow(Double(rank), exponent)
            return sum
        }
        names = (0..<count).map { NamePool.spell($0 &* 8 &+ salt) }
    }

    func draw(_ random: inout Generator) -> String {
        let at = Double.random(in: 0..<sums[sums.count - 1], using: &random)
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > at { high = middle } else { low = middle + 1 }
        }
        return names[low]
    }

    /// A name for a number, in syllables; no two numbers share one.
    private static func spell(_ number: Int) -> String {
        let syllables = [
            "ba", "be", "bo", "da", "di", "fo", "ga", "ka", "ke", "ko", "la", "li", "ma", "me",
            "mo",
            "na", "ndo", "ngo", "nya", "ro", "sa", "su", "ta", "tchu", "wa", "ya", "ze", "zo", "ra",
            "tu", "pi", "vi",
        ]
        var rest = number
        var name = ""
        repeat {
            name += syllables[rest % syllables.count]
            rest /= syllables.count
        } while rest > 0
        return name.prefix(1).uppercased() + name.dropFirst() + "n"
    }
}

/// A part of the country: how people are named, and how often nobody knows the day of birth.
struct Region {
    let share: Double
    let male: NamePool
    let female: NamePool
    let families: NamePool
    /// How often somebody has a second given name.
    let secondName: Double
    /// How often the birth date on file is 1 January.
    let january: Double

    /// Five, after Cameroon: few names in the north, where a father's name is the family name; many
    /// families in the west, fewer in the forests and on the coast.
    static let all = [
        Region(
            share: 0.32, male: NamePool(350, exponent: 0.9, salt: 0),
            female: NamePool(350, exponent: 0.9, salt: 1),
            families: NamePool(900, exponent: 0.85, salt: 0), secondName: 0.1, january: 0.25),
        Region(
            share: 0.22, male: NamePool(1500, exponent: 0.85, salt: 2),
            female: NamePool(1500, exponent: 0.85, salt: 3),
            families: NamePool(4000, exponent: 0.8, salt: 4), secondName: 0.65, january: 0.06),
        Region(
            share: 0.2, male: NamePool(1500, exponent: 0.85, salt: 2),
            female: NamePool(1500, exponent: 0.85, salt: 3),
            families: NamePool(15_000, exponent: 0.7, salt: 5), secondName: 0.6, january: 0.06),
        Region(
            share: 0.11, male: NamePool(1500, exponent: 0.85, salt: 2),
            female: NamePool(1500, exponent: 0.85, salt: 3),
            families: NamePool(5000, exponent: 0.75, salt: 6), secondName: 0.6, january: 0.04),
        Region(
            share: 0.15, male: NamePool(1200, exponent: 0.85, salt: 2),
            female: NamePool(1200, exponent: 0.85, salt: 3),
            families: NamePool(8000, exponent: 0.75, salt: 7), secondName: 0.5, january: 0.05),
    ]

    static func draw(_ random: inout Generator) -> Region {
        var at = Double.random(in: 0..<1, using: &random)
        for region in all {
            at -= region.share
            if at < 0 { return region }
        }
        return all[0]
    }
}

/// One who lives, as their papers have it.
struct Person {
    let given: [String]
    let family: String
    let born: CalendarDate
    let sex: Sex
    /// The number they give: their household's, or their own.
    let phone: String?
    let nationalID: String?
}

/// Households of a country: parents, children, twins, one phone for most.
struct Population {
    let people: [Person]

    init(_ count: Int, _ random: inout Generator) {
        var people: [Person] = []
        people.reserveCapacity(count)
        var numbers = 0
        while people.count < count {
            let region = Region.draw(&random)
            let family = region.families.draw(&random)
            numbers += 1
            // A number given up is given to somebody else.
            let shared = random.chance(0.03) ? Int.random(in: 0..<numbers, using: &random) : numbers
            let householdPhone = "+2376\(70_000_000 + shared)"
            var size = Int.random(in: 1...9, using: &random)
            var twinOf: CalendarDate?
            var names: Set<String> = []
            while size > 0, people.count < count {
                size -= 1
                let sex: Sex = random.chance(0.5) ? .male : .female
                let pool = sex == .male ? region.male : region.female
                // Nobody calls two children of a house alike.
                var given = [pool.draw(&random)]
                while names.contains(given[0]) { given = [pool.draw(&random)] }
                names.insert(given[0])
                if random.chance(region.secondName) { given.append(pool.draw(&random)) }
                let born = twinOf ?? Population.birthDate(in: region, &random)
                let age = 2026 - born.year
                let ownPhone = age > 15 && random.chance(0.4)
                numbers += ownPhone ? 1 : 0
                let phone = ownPhone ? "+2376\(70_000_000 + numbers)" : householdPhone
                people.append(
                    Person(
                        given: given, family: family, born: born, sex: sex,
                        phone: random.chance(0.85) ? phone : nil,
                        nationalID: age >= 20 && random.chance(0.7)
                            ? "CM\(100_000_000 + people.count)" : nil))
                // A birth of two, one in fifty.
                twinOf = twinOf == nil && random.chance(0.02) ? born : nil
                if twinOf != nil { size += 1 }
            }
        }
        self.people = people
    }

    /// More young than old; where nobody knows the day, 1 January of a round year as often as not.
    private static func birthDate(
        in region: Region, _ random: inout Generator
    ) -> CalendarDate {
        let age = min(
            Int.random(in: 0...90, using: &random), Int.random(in: 0...90, using: &random))
        var year = 2025 - age
        var day = CalendarDate(
            daysSince1970: (year - 1970) * 36525 / 100 + Int.random(in: 0..<365, using: &random))
        if age > 10, random.chance(region.january) {
            if random.chance(0.5) { year -= year % 5 }
            day = CalendarDate("\(year)-01-01") ?? day
        }
        return day
    }
}
