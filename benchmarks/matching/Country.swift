import Foundation
import Identity
import Values

/// Where people live and are treated: districts of falling size in each region, each with a hospital and
/// two health centres that are connected.
struct CountryMap {
    static let facilitiesPerDistrict = 3
    static let quartersPerDistrict = 20

    /// The districts of each region, and the running sums of how many live in them.
    private var districts: [Range<Int>] = []
    private var sums: [[Double]] = []
    let districtCount: Int

    /// - Parameter shares: of the people, for each region. Cameroon has about 190 health districts.
    init(_ shares: [Double], districtCount: Int = 190) {
        var next = 0
        for share in shares {
            let count = max(1, Int(share * Double(districtCount)))
            districts.append(next..<next + count)
            next += count
            var sum = 0.0
            sums.append(
                (1...count).map { rank in
                    sum += 1 / pow(Double(rank), 0.6)
                    return sum
                })
        }
        self.districtCount = next
    }

    /// Half of a family's households live in its three districts, half of these in its village there;
    /// the others wherever people do.
    func home(
        ofFamily family: String, in region: Int, _ random: inout Generator
    ) -> (district: Int, quarter: Int) {
        var drawn = random
        if random.chance(0.5) {
            let place = Int.random(in: 0..<3, using: &random)
            // FNV-1a: the same three for the same name, in every run.
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for octet in "\(family) \(place)".utf8 {
                hash = (hash ^ UInt64(octet)) &* 0x100_0000_01b3
            }
            drawn = Generator(state: hash)
        }
        let district = district(in: region, &drawn)
        let own = Int.random(in: 0..<CountryMap.quartersPerDistrict, using: &drawn)
        let other = Int.random(in: 0..<CountryMap.quartersPerDistrict, using: &random)
        return (district, random.chance(0.5) ? own : other)
    }

    static func district(of facility: Int) -> Int { facility / facilitiesPerDistrict }

    func district(in region: Int, _ random: inout Generator) -> Int {
        let sums = sums[region]
        let at = Double.random(in: 0..<sums[sums.count - 1], using: &random)
        return districts[region].lowerBound + (sums.firstIndex { $0 > at } ?? 0)
    }

    /// The region's largest place, with the hospital that others send people to.
    func capital(of district: Int) -> Int {
        districts.first { $0.contains(district) }?.lowerBound ?? 0
    }

    /// Half go to the hospital.
    func facility(in district: Int, _ random: inout Generator) -> Int {
        let at = Double.random(in: 0..<1, using: &random)
        return district * CountryMap.facilitiesPerDistrict + (at < 0.5 ? 0 : at < 0.8 ? 1 : 2)
    }

    /// Anywhere, as many as live there.
    func anywhere(_ random: inout Generator) -> Int {
        facility(
            in: district(in: Int.random(in: 0..<sums.count, using: &random), &random), &random)
    }

    /// Most are registered where the household goes, some where they were sent or happened to be.
    func firstFacility(of person: Person, _ random: inout Generator) -> Int {
        let at = Double.random(in: 0..<1, using: &random)
        if at < 0.85 { return person.usualFacility }
        if at < 0.95 { return capital(of: person.home) * CountryMap.facilitiesPerDistrict }
        return anywhere(&random)
    }

    /// Three in four come to where they were registered, the others to a facility of their district, to the
    /// region's hospital, or anywhere: some have moved.
    func nextFacility(of person: Person, after first: Int, _ random: inout Generator) -> Int {
        let at = Double.random(in: 0..<1, using: &random)
        if at < 0.75 { return first }
        if at < 0.87 { return facility(in: person.home, &random) }
        if at < 0.95 { return capital(of: person.home) * CountryMap.facilitiesPerDistrict }
        return anywhere(&random)
    }
}

/// A country made up: how its people are named, and where they live.
struct Country {
    let name: String
    let regions: [Region]
    let map: CountryMap
    let isArabic: Bool

    private init(_ name: String, _ regions: [Region], isArabic: Bool = false) {
        self.name = name
        self.regions = regions
        self.isArabic = isArabic
        map = CountryMap(regions.map(\.share))
    }

    static let all = [cameroon, north, arabic]

    /// Five regions: few names in the north, where a father's name is the family name; many families in
    /// the west, fewer in the forests and on the coast.
    static let cameroon = Country(
        "Cameroon",
        [
            northern(share: 0.32),
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
        ])

    /// All of it like Cameroon's north.
    static let north = Country("few family names", [northern(share: 1)])

    /// Given name and father's name before a family name; each facility writes one of two scripts.
    static let arabic = Country(
        "Arabic names",
        [
            Region(
                share: 0.6, male: NamePool(500, exponent: 0.95, salt: 0),
                female: NamePool(600, exponent: 0.9, salt: 1),
                families: NamePool(4000, exponent: 0.8, salt: 0), secondName: 0.8, january: 0.02),
            Region(
                share: 0.4, male: NamePool(500, exponent: 0.95, salt: 0),
                female: NamePool(600, exponent: 0.9, salt: 1),
                families: NamePool(3000, exponent: 0.8, salt: 4), secondName: 0.8, january: 0.02),
        ], isArabic: true)

    private static func northern(share: Double) -> Region {
        Region(
            share: share, male: NamePool(350, exponent: 0.9, salt: 0),
            female: NamePool(350, exponent: 0.9, salt: 1),
            families: NamePool(900, exponent: 0.85, salt: 0), secondName: 0.1, january: 0.25)
    }

    func region(_ random: inout Generator) -> Int {
        var at = Double.random(in: 0..<1, using: &random)
        for (number, region) in regions.enumerated() {
            at -= region.share
            if at < 0 { return number }
        }
        return 0
    }

    func phone(_ number: Int) -> String {
        isArabic ? "+9665\(10_000_000 + number)" : "+2376\(70_000_000 + number)"
    }

    /// More young than old; where nobody knows the day, 1 January of a round year as often as not. In the
    /// Arabic country one in ten of the old has the day that was given to all of a year, by a calendar
    /// that is not ours: it moves from year to year.
    func birthDate(in region: Region, _ random: inout Generator) -> CalendarDate {
        let age = min(
            Int.random(in: 0...90, using: &random), Int.random(in: 0...90, using: &random))
        var year = 2025 - age
        var day = CalendarDate(
            daysSince1970: (year - 1970) * 36525 / 100 + Int.random(in: 0..<365, using: &random))
        if age > 10, random.chance(region.january) {
            if random.chance(0.5) { year -= year % 5 }
            day = CalendarDate("\(year)-01-01") ?? day
        } else if isArabic, age > 50, random.chance(0.1) {
            day = CalendarDate(daysSince1970: (year - 1970) * 35437 / 100 + 240)
        }
        return day
    }

    // MARK: Script

    /// Seven of ten facilities write Arabic letters.
    func writesArabic(_ facility: Int) -> Bool {
        isArabic && (facility &* 7) % 10 < 7
    }

    /// What tells names apart here.
    func spelt(_ name: String) -> String { isArabic ? Country.arabic(name) : name }

    /// Vowels that are short are not written; what Latin letters tell apart may be one.
    static func arabic(_ name: String) -> String {
        let letters: [Character: String] = [
            "b": "ب", "p": "ب", "d": "د", "f": "ف", "v": "ف", "g": "غ", "k": "ك", "l": "ل",
            "m": "م",
            "n": "ن", "r": "ر", "s": "س", "t": "ت", "c": "ت", "h": "ش", "w": "و", "y": "ي",
            "z": "ز",
            "a": "ا", "i": "ي", "o": "و", "u": "و",
        ]
        return name.lowercased().compactMap { letters[$0] }.joined()
    }
}
