import Foundation
import Identity
import Values

/// A registry in memory with the server's rules for finding and creating: who has the same names,
/// birth date and country is a candidate, `Matching.decide` has the word.
struct Registry {
    private struct Key: Hashable {
        let name: PersonName
        let born: BirthDate
    }

    private struct Entry {
        var patient: Patient
        /// Whose record it is.
        let owner: Int
        let address: Address
        /// Where they are known.
        var facilities: Set<Int>
        let year: Int
    }

    private var entries: [Entry] = []
    private var byKey: [Key: [Int]] = [:]
    private var countOfName: [PersonName: Int] = [:]
    private var countOfGiven: [String: Int] = [:]
    private var countOfFamily: [String: Int] = [:]
    private var countOfDay: [BirthDate: Int] = [:]
    private var countOfFacility: [Int: Int] = [:]
    private var countOfDistrict: [Int: Int] = [:]
    private let map: CountryMap

    init(in country: Country) {
        map = country.map
    }

    enum Outcome {
        case right, wrong, created
    }

    /// - Parameters:
    ///   - person: who it is in truth.
    ///   - year: since the registry was opened.
    mutating func resolve(
        _ query: Demographics, of person: Int, at facility: Int, in year: Int
    ) -> Outcome {
        let name = PersonName(first: query.firstName, last: query.lastName)
        let key = Key(name: name, born: query.dateOfBirth)
        let same = byKey[key] ?? []
        let decision = Matching.decide(
            query, reference: nil,
            candidates: same.map { Matching.Candidate(patient: entries[$0].patient) }
        ) { candidate in
            evidence(
                for: entries[Int(candidate.patient.id)], query, name, namesakes: same.count,
                at: facility, in: year)
        }
        if case .link(let id, _) = decision {
            learn(query, at: Int(id), from: facility)
            return entries[Int(id)].owner == person ? .right : .wrong
        }
        byKey[key, default: []].append(entries.count)
        add(query, name, of: person, at: facility, in: year)
        return .created
    }

    private mutating func add(
        _ query: Demographics, _ name: PersonName, of person: Int, at facility: Int, in year: Int
    ) {
        countOfName[name, default: 0] += 1
        countOfGiven[name.given, default: 0] += 1
        countOfFamily[name.family, default: 0] += 1
        countOfDay[query.dateOfBirth, default: 0] += 1
        countOfFacility[facility, default: 0] += 1
        countOfDistrict[CountryMap.district(of: facility), default: 0] += 1
        entries.append(
            Entry(
                patient: Patient(query, id: Int64(entries.count), healthID: ""), owner: person,
                address: query.address, facilities: [facility], year: year))
    }

    private func place(of entry: Entry, seenFrom facility: Int) -> MatchEvidence.Place {
        if entry.facilities.contains(facility) { return .here }
        let districts = entry.facilities.map(CountryMap.district)
        let district = CountryMap.district(of: facility)
        if districts.contains(district) { return .sameDistrict }
        let capital = map.capital(of: district)
        return districts.contains { map.capital(of: $0) == capital } ? .sameRegion : .otherRegion
    }

    private func evidence(
        for entry: Entry, _ query: Demographics, _ name: PersonName, namesakes: Int,
        at facility: Int, in year: Int
    ) -> MatchEvidence {
        let place = self.place(of: entry, seenFrom: facility)
        let district = CountryMap.district(of: facility)
        let neighbours = place == .here ? countOfFacility[facility] : countOfDistrict[district]
        return MatchEvidence(
            counts: MatchEvidence.Counts(
                namesakes: min(
                    (countOfName[name] ?? 0) - namesakes, MatchEvidence.namesakeLimit),
                given: countOfGiven[name.given] ?? 0, family: countOfFamily[name.family] ?? 0,
                born: countOfDay[query.dateOfBirth] ?? 0, neighbours: neighbours ?? 0,
                registered: entries.count),
            place: place, home: MatchEvidence.Home(entry.address, query.address),
            isYearOnly: query.dateOfBirth.standsForYear,
            isSexKnown: query.sex != nil && entry.patient.sex != nil,
            ageInYears: year - entry.year)
    }

    /// As the server does: what was not known is filled in. Who was treated somewhere is known there,
    /// four times in five.
    private mutating func learn(_ query: Demographics, at index: Int, from facility: Int) {
        let known = entries[index].patient
        let (sex, phone, nationalID) = (
            known.sex ?? query.sex, known.phoneNumber ?? query.phoneNumber,
            known.nationalID ?? query.nationalID
        )
        entries[index].patient = Patient(
            known, sex: sex, phoneNumber: phone, nationalID: nationalID)
        if index % 5 != 0 { entries[index].facilities.insert(facility) }
    }
}

/// What a desk writes down of somebody: not all that is so, and not all of it right.
func statement(
    of person: Person, in country: Country, at facility: Int, isFirst: Bool,
    _ random: inout Generator
) -> Demographics {
    var given = person.given
    var family = person.family
    var born = person.born
    if !isFirst {
        if random.chance(0.08) { given.swapAt(0, given.count - 1) }
        if given.count > 1, random.chance(0.12) { given.removeLast() }
        if random.chance(0.05) { given[0] = slip(in: given[0], &random) }
        if random.chance(0.05) { family = slip(in: family, &random) }
        if random.chance(0.03),
            let swapped = CalendarDate(
                String(
                    format: "%04d-%02d-%02d", born.year, min(born.day, 12),
                    min(born.month, 28)))
        {
            born = swapped
        } else if random.chance(0.03) {
            born = CalendarDate("\(born.year)-01-01") ?? born
        }
    }
    if country.writesArabic(facility) {
        given = given.map(Country.arabic)
        family = Country.arabic(family)
    } else if country.isArabic, random.chance(0.15) {
        // Latin letters have more than one way to write it.
        family = family.replacingOccurrences(of: "o", with: "u")
    }
    var query = Demographics(
        firstName: given.joined(separator: " "), lastName: family, dateOfBirth: BirthDate(born),
        countryCode: country.isArabic ? "SA" : "CM")
    if random.chance(0.97) { query.sex = person.sex }
    if random.chance(0.65) {
        // Another number than last time, one in seven: that of a new card, or a neighbour's.
        query.phoneNumber =
            !isFirst && random.chance(0.15)
            ? country.phone(Int.random(in: 0..<600_000, using: &random)) : person.phone
    }
    if random.chance(0.4) { query.nationalID = person.nationalID }
    if random.chance(0.65) {
        // The quarter or village; one in five writes it otherwise, or has moved to the next.
        let quarter = random.chance(0.2) ? person.quarter + 1 : person.quarter
        query.address = Address(district: "Quarter \(person.home) \(quarter)")
    }
    return query
}

/// One letter left out, or two swapped.
private func slip(in name: String, _ random: inout Generator) -> String {
    var letters = Array(name)
    let at = Int.random(in: 1..<letters.count, using: &random)
    if random.chance(0.5) { letters.remove(at: at) } else { letters.swapAt(at - 1, at) }
    return String(letters)
}

/// What came of those who came, and who got somebody else's record.
struct Outcomes {
    var total = 0
    var firstWrong = 0
    var laterTotal = 0
    var laterWrong = 0
    var laterCreated = 0

    static func += (left: inout Outcomes, right: Outcomes) {
        left.total += right.total
        left.firstWrong += right.firstWrong
        left.laterTotal += right.laterTotal
        left.laterWrong += right.laterWrong
        left.laterCreated += right.laterCreated
    }

    var falseLinks: Int { firstWrong + laterWrong }
    /// In a million resolves.
    var rate: Double { Double(falseLinks) * 1_000_000 / Double(max(total, 1)) }
    /// The limits of a 95 % confidence interval, Poisson's: by Wilson and Hilferty.
    var interval: (low: Double, high: Double) {
        func bound(_ count: Double, _ z: Double) -> Double {
            count <= 0 ? 0 : count * pow(1 - 1 / (9 * count) + z / (3 * count.squareRoot()), 3)
        }
        let scale = 1_000_000 / Double(max(total, 1))
        return (
            bound(Double(falseLinks), -1.96) * scale, bound(Double(falseLinks + 1), 1.96) * scale
        )
    }
    /// Of those who come again, in percent.
    var newIDs: Double { Double(laterCreated) * 100 / Double(max(laterTotal, 1)) }
    /// The lower limit of its 95 % confidence interval.
    var leastNewIDs: Double {
        newIDs - 1.96 * (newIDs * (100 - newIDs) / Double(max(laterTotal, 1))).squareRoot()
    }
}

/// Registers everybody once, in the course of twelve years, then a quarter of them come again.
func measure(_ country: Country, of count: Int, seed: Int) -> Outcomes {
    var random = Generator(state: UInt64(seed))
    let people = Population(count, of: country, &random).people
    var registry = Registry(in: country)
    var outcomes = Outcomes()
    var first: [Int32] = []
    first.reserveCapacity(count)
    for (index, person) in people.enumerated() {
        let facility = country.map.firstFacility(of: person, &random)
        first.append(Int32(facility))
        let query = statement(of: person, in: country, at: facility, isFirst: true, &random)
        let came = registry.resolve(query, of: index, at: facility, in: index * 12 / count)
        if came == .wrong { outcomes.firstWrong += 1 }
    }
    for _ in 0..<count / 4 {
        let index = Int.random(in: 0..<count, using: &random)
        let facility = country.map.nextFacility(
            of: people[index], after: Int(first[index]), &random)
        let query = statement(
            of: people[index], in: country, at: facility, isFirst: false, &random)
        switch registry.resolve(query, of: index, at: facility, in: 12) {
        case .right: break
        case .wrong: outcomes.laterWrong += 1
        case .created: outcomes.laterCreated += 1
        }
    }
    outcomes.laterTotal = count / 4
    outcomes.total = count + count / 4
    return outcomes
}

/// Counts who gets somebody else's record, in each country, and who gets a new one.
///
/// - Parameter seed: of the first run; those below 1000 are for setting weights.
/// - Returns: whether nothing speaks against 31 new ids in a hundred and one false link in a million: the
///   intervals of what was run do not lie above them.
func measurePopulation(of count: Int, runs: Int, seed: Int) async -> Bool {
    var isGood = true
    for (number, country) in Country.all.enumerated() {
        let outcomes = await withTaskGroup(of: Outcomes.self) { group in
            for run in 0..<runs {
                group.addTask { measure(country, of: count, seed: seed + run) }
            }
            return await group.reduce(into: Outcomes()) { $0 += $1 }
        }
        print(
            String(
                format: "%@ %d runs, %d resolves: %d + %d got somebody else's record, %.2f in a "
                    + "million (95 %%: %.2f to %.2f); again: %.2f %% a new id",
                country.name.padding(toLength: 18, withPad: " ", startingAt: 0), runs,
                outcomes.total, outcomes.firstWrong, outcomes.laterWrong, outcomes.rate,
                outcomes.interval.low, outcomes.interval.high, outcomes.newIDs))
        isGood = isGood && outcomes.interval.low <= 1 && (number > 0 || outcomes.leastNewIDs <= 31)
    }
    return isGood
}
