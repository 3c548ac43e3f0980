import API
import Identity
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// What is looked up before the transaction must come to what a search within it finds.
struct NearMatchSearchTests {
    /// SplitMix64: the same stream for the same seed.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }

    private static let principal = Principal(
        administrator: AdminToken(
            id: "adm_1", prefix: "adm", name: "tester", createdAt: TestApp.start),
        epoch: 0)

    /// People of few names, so that most are like somebody; every fifth is born on one day.
    private static func stream(
        _ count: Int, seed: UInt64, comeAgain: Bool = false
    ) throws -> [Demographics] {
        var random = Random(state: seed)
        let given = [
            "Maryam", "Mariam", "Mohamed", "Muhammad", "Mahmoud", "Jean", "Jeanne", "Bih",
            "Pauline",
            "Chantal", "Chantale", "Marie Claire", "مريم", "Solange", "Odette", "Fru",
        ]
        let family = [
            "Atangana", "Atanganna", "Fouda", "Foudda", "Nkeng", "Nkengue", "Mbarga", "Ngo Bassa",
            "Tchoupo", "Choupo", "Eyong", "Biya",
        ]
        var people: [Demographics] = []
        var names: Set<String> = []
        while people.count < count {
            if comeAgain, people.count % 7 == 6, var known = people.randomElement(using: &random) {
                // Somebody comes again, and more is known of them.
                known.phoneNumber = "67700000\(random.next() % 10)"
                known.sex = known.sex ?? .female
                people.append(known)
                continue
            }
            let born =
                random.next().isMultiple(of: 5)
                ? "1988-03-14"
                : "\(1950 + random.next() % 50)-0\(1 + random.next() % 9)-1\(random.next() % 10)"
            var person = Demographics(
                firstName: given.randomElement(using: &random) ?? "",
                lastName: family.randomElement(using: &random) ?? "",
                dateOfBirth: try #require(BirthDate(born)), countryCode: "CM")
            let isNew = names.insert(person.firstName + person.lastName + born).inserted
            guard isNew || comeAgain else { continue }
            person.sex = [.male, .female, nil].randomElement(using: &random) ?? nil
            if random.next().isMultiple(of: 3) {
                person.phoneNumber = "6770000\(10 + random.next() % 40)"
            }
            if random.next().isMultiple(of: 4) {
                person.nationalID = "CM\(1000 + random.next() % 60)"
            }
            if random.next().isMultiple(of: 4) {
                person.address = Address(
                    line: "\(random.next() % 5) rue Joffre", district: "Akwa", city: "Douala")
            }
            people.append(person)
        }
        for index in people.indices { people[index].prepareKeys() }
        return people
    }

    private static func register(
        _ people: [Demographics], in app: TestApp
    ) async throws -> [String] {
        try await app.app.writer.write { tx in
            try people.map { person in
                let query = ResolveQuery(
                    reference: nil, demographics: person, claims: DemographicClaims(),
                    externalReference: nil, purpose: nil)
                let origin = Origin(
                    facilityID: nil, clientID: nil, requestID: "req_1", now: TestApp.start)
                var cases = CaseAllowance()
                let found = try PatientStore.findOrRegister(
                    query, by: principal, mayCreate: true, within: &cases, origin: origin, in: tx)
                return "\(found?.patient.id ?? 0) \(found?.decision.rawValue ?? "")"
                    + " \(found?.candidates ?? 0)"
            }
        }
    }

    private static func cases(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT patient_id, candidate_id, bits, band, comparison FROM duplicate_cases
                ORDER BY patient_id, candidate_id
                """
            ) { "\($0.int64(0)) \($0.int64(1)) \($0.real(2)) \($0.text(3)) \($0.text(4))" }
        }
    }

    /// Facts learnt in another transaction after the snapshot count as learnt later; those learnt in
    /// the same one count.
    @Test(arguments: [1, 2, 3] as [UInt64], [(1, true), (3, false)])
    func lookingAheadOpensTheSameCases(
        seed: UInt64, _ arm: (transactions: Int, comeAgain: Bool)
    ) async throws {
        let within = try TestApp()
        let ahead = try TestApp()
        let people = try Self.stream(400, seed: seed, comeAgain: arm.comeAgain)
        let expected = try await Self.register(people, in: within)
        var random = Random(state: seed &+ 100)
        var found: [String] = []
        var rest = people[...]
        while !rest.isEmpty {
            // Transactions of any length follow one snapshot.
            let ends = (0..<arm.transactions).map { _ in Int(random.next() % 20) + 1 }
            var group = Array(rest.prefix(ends.reduce(0, +)))
            rest = rest.dropFirst(group.count)
            try ahead.read { tx in
                for index in group.indices where !random.next().isMultiple(of: 10) {
                    group[index].nearMatches = try NearMatchSearch(for: group[index], in: tx)
                }
            }
            var waiting = group[...]
            for count in ends {
                found += try await Self.register(Array(waiting.prefix(count)), in: ahead)
                waiting = waiting.dropFirst(count)
            }
        }
        let changed = zip(found, expected).filter { $0 != $1 }.prefix(3)
        #expect(changed.isEmpty, "ahead, within: \(Array(changed))")
        #expect(found.count == expected.count)
        let cases = try Self.cases(within)
        #expect(cases.count > 400)
        let difference = Set(try Self.cases(ahead)).symmetricDifference(cases)
        #expect(difference.isEmpty, "\(difference.sorted().prefix(2))")
    }

    /// A search that is older than a thousand registrations is made anew.
    @Test func anOldSnapshotLosesNobody() async throws {
        let app = try TestApp()
        var last = try #require(try Self.stream(1, seed: 9).first)
        try app.read { tx in last.nearMatches = try NearMatchSearch(for: last, in: tx) }
        let twin = Demographics(
            firstName: last.firstName, lastName: last.lastName + "s",
            dateOfBirth: last.dateOfBirth, countryCode: "CM")
        _ = try await Self.register([twin], in: app)
        try await app.app.writer.write { tx in
            try tx.run(
                """
                WITH RECURSIVE numbers (n) AS (
                    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1100)
                INSERT INTO patients (health_id, first_name, last_name, date_of_birth,
                    country_code, verification_status, identity_status, created_by, created_at,
                    updated_at)
                SELECT 'GH-HID-' || n, 'Kofi', 'Mensah', '2001-02-03', 'GH', 'unverified',
                    'active', 'system', 0, 0
                FROM numbers
                """)
        }
        let found = try await Self.register([last], in: app)
        #expect(found[0].hasSuffix("possible_duplicate 1"))
    }
}
