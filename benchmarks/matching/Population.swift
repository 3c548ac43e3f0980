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
    /// The district of the country they live in.
    let home: Int
    /// The quarter or village there.
    let quarter: Int
    /// Where the household goes first, and this person.
    let usualFacility: Int
}

/// Households of a country: parents, children, twins, one phone for most.
struct Population {
    let people: [Person]

    init(_ count: Int, of country: Country, _ random: inout Generator) {
        var people: [Person] = []
        people.reserveCapacity(count)
        var numbers = 0
        while people.count < count {
            let number = country.region(&random)
            let region = country.regions[number]
            let family = region.families.draw(&random)
            let (home, quarter) = country.map.home(ofFamily: family, in: number, &random)
            let father = region.male.draw(&random)
            let usual = country.map.facility(in: home, &random)
            numbers += 1
            // A number given up is given to somebody else.
            let shared = random.chance(0.03) ? Int.random(in: 0..<numbers, using: &random) : numbers
            let householdPhone = country.phone(shared)
            var size = Int.random(in: 1...9, using: &random)
            var twinOf: CalendarDate?
            var names: Set<String> = []
            while size > 0, people.count < count {
                size -= 1
                let sex: Sex = random.chance(0.5) ? .male : .female
                let pool = sex == .male ? region.male : region.female
                // Nobody gives a name to two children of a house.
                func newName() -> String {
                    while true {
                        let name = pool.draw(&random)
                        if names.insert(country.spelt(name)).inserted { return name }
                    }
                }
                var given = [newName()]
                if random.chance(region.secondName) {
                    given.append(country.isArabic ? father : newName())
                }
                let born = twinOf ?? country.birthDate(in: region, &random)
                let age = 2026 - born.year
                let ownPhone = age > 15 && random.chance(0.4)
                numbers += ownPhone ? 1 : 0
                let phone = ownPhone ? country.phone(numbers) : householdPhone
                people.append(
                    Person(
                        given: given, family: family, born: born, sex: sex,
                        phone: random.chance(0.85) ? phone : nil,
                        nationalID: age >= 20 && random.chance(0.7)
                            ? "CM\(100_000_000 + people.count)" : nil,
                        home: home, quarter: quarter,
                        usualFacility: random.chance(0.8)
                            ? usual : country.map.facility(in: home, &random)))
                // A birth of two, one in fifty.
                twinOf = twinOf == nil && random.chance(0.02) ? born : nil
                if twinOf != nil { size += 1 }
            }
        }
        self.people = people
    }
}
