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

    private var patients: [Patient] = []
    /// Whose record it is.
    private var owners: [Int] = []
    private var byKey: [Key: [Int]] = [:]
    private var countOfName: [PersonName: Int] = [:]
    private var countOfGiven: [String: Int] = [:]
    private var countOfFamily: [String: Int] = [:]

    enum Outcome {
        case right, wrong, created
    }

    mutating func resolve(_ query: Demographics, of person: Int) -> Outcome {
        let name = PersonName(first: query.firstName, last: query.lastName)
        let key = Key(name: name, born: query.dateOfBirth)
        let same = byKey[key] ?? []
        let decision = Matching.decide(
            query, reference: nil,
            candidates: same.map { Matching.Candidate(patient: patients[$0]) },
            isDistinctive: Matching.isDistinctive(
                query.dateOfBirth, sameNameCount: (countOfName[name] ?? 0) - same.count,
                expectedBearers: Matching.expectedBearers(
                    given: countOfGiven[name.given] ?? 0, family: countOfFamily[name.family] ?? 0,
                    registered: patients.count)))
        if case .link(let id) = decision {
            learn(query, at: Int(id))
            return owners[Int(id)] == person ? .right : .wrong
        }
        byKey[key, default: []].append(patients.count)
        countOfName[name, default: 0] += 1
        countOfGiven[name.given, default: 0] += 1
        countOfFamily[name.family, default: 0] += 1
        owners.append(person)
        patients.append(Patient(query, id: Int64(patients.count), healthID: ""))
        return .created
    }

    /// As the server does: what was not known is filled in.
    private mutating func learn(_ query: Demographics, at index: Int) {
        patients[index].sex = patients[index].sex ?? query.sex
        patients[index].phoneNumber = patients[index].phoneNumber ?? query.phoneNumber
        patients[index].nationalID = patients[index].nationalID ?? query.nationalID
    }
}

/// What a desk writes down of somebody: not all that is so, and not all of it right.
func statement(of person: Person, isFirst: Bool, _ random: inout Generator) -> Demographics {
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
    var query = Demographics(
        firstName: given.joined(separator: " "), lastName: family, dateOfBirth: BirthDate(born),
        countryCode: "CM")
    if random.chance(0.97) { query.sex = person.sex }
    if random.chance(0.65) {
        // Another number than last time, one in seven: that of a new card, or a neighbour's.
        query.phoneNumber =
            !isFirst && random.chance(0.15)
            ? "+2376\(70_000_000 + Int.random(in: 0..<600_000, using: &random))" : person.phone
    }
    if random.chance(0.4) { query.nationalID = person.nationalID }
    return query
}

/// One letter left out, or two swapped.
private func slip(in name: String, _ random: inout Generator) -> String {
    var letters = Array(name)
    let at = Int.random(in: 1..<letters.count, using: &random)
    if random.chance(0.5) { letters.remove(at: at) } else { letters.swapAt(at - 1, at) }
    return String(letters)
}

/// Registers everybody once, then a quarter of them come again; counts who got somebody else's record.
///
/// - Returns: whether it was less than one in a million.
func measurePopulation(of count: Int, runs: Int) -> Bool {
    var firstWrong = 0
    var laterWrong = 0
    var laterCreated = 0
    var laterTotal = 0
    for run in 0..<runs {
        var random = Generator(state: UInt64(run) + 2026)
        let people = Population(count, &random).people
        var registry = Registry()
        var wrong = 0
        for (index, person) in people.enumerated() {
            let query = statement(of: person, isFirst: true, &random)
            if registry.resolve(query, of: index) == .wrong { wrong += 1 }
        }
        firstWrong += wrong
        for _ in 0..<count / 4 {
            let index = Int.random(in: 0..<count, using: &random)
            let query = statement(of: people[index], isFirst: false, &random)
            laterTotal += 1
            switch registry.resolve(query, of: index) {
            case .right: break
            case .wrong: laterWrong += 1
            case .created: laterCreated += 1
            }
        }
    }
    let total = runs * count + laterTotal
    let rate = Double(firstWrong + laterWrong) * 1_000_000 / Double(total)
    print(
        String(
            format: """
                %d people registered, %d come again, %d runs
                first time: %d got somebody else's record, %.2f in a million
                again: %d got somebody else's record, %.2f in a million; %.1f %% a new one
                together: %.2f in a million
                """,
            count, laterTotal / runs, runs, firstWrong,
            Double(firstWrong) * 1_000_000 / Double(runs * count), laterWrong,
            Double(laterWrong) * 1_000_000 / Double(laterTotal),
            Double(laterCreated) * 100 / Double(laterTotal), rate))
    return rate < 1
}
