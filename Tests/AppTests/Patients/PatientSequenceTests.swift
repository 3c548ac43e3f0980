import Foundation
import HTTP
import JSON
import Synchronization
@testable import Registry
import Database
import Testing
import TestSupport

/// Corrections, verifications, merges and their undoing, thousands in random order and in parallel.
///
/// OPESCARE_TEST_CORRECTIONS says how many; without it a few hundred.
@Suite(.serialized)
struct PatientSequenceTests {
    private static let count =
        ProcessInfo.processInfo.environment["OPESCARE_TEST_CORRECTIONS"].flatMap { Int($0) } ?? 250
    private static let workers = 8
    private static let people = 24

    // MARK: What is asked

    /// Whoever is of one version has all of these of it: anything else is half a person.
    private struct Version {
        let number: Int
        static let given = [
            "Awa", "Bertrand", "Clarisse", "Djibril", "Estelle", "Fadimatou", "Gaston", "Hortense",
            "Ibrahim", "Jacqueline", "Kevin", "Ludovic",
        ]
        static let family = [
            "Abena", "Biya", "Chedjou", "Dongmo", "Essomba", "Fotso", "Guifo", "Hamadou", "Issa",
            "Jiomekong", "Kamga", "Lobe",
        ]
        static let count = given.count

        var first: String { Version.given[number] }
        var last: String { Version.family[number] }
        var born: String { "\(1950 + number)-03-15" }
        var phone: String { "+2376990001\(10 + number)" }
        var nationalID: String { "CM-70\(10 + number)" }

        var members: String {
            #""first_name":"\#(first)","last_name":"\#(last)","date_of_birth":"\#(born)","phone_number":"\#(phone)","national_id":"\#(nationalID)""#
        }

        /// Whether an answer about a person shows nothing of another version; lists show less.
        static func isWhole(_ person: JSONValue) -> Bool {
            guard
                let version = (0..<count).lazy.map(Version.init).first(where: {
                    let name = person["name"] ?? person["display_name"]
                    return name?.string == "\($0.first) \($0.last)"
                })
            else { return false }
            let shown = [
                ("first_name", version.first), ("last_name", version.last),
                ("date_of_birth", version.born), ("phone_number", version.phone),
                ("national_id", version.nationalID),
            ]
            return (person["year_of_birth"]?.int ?? Int64(1950 + version.number))
                == Int64(1950 + version.number)
                && shown.allSatisfy { name, value in
                    person[name] == nil || person[name]?.string == value
                }
        }
    }

    private enum Step: Sendable {
        case correct(person: Int, members: String)
        case verify(person: Int, members: String)
        case merge(survivor: Int, retired: Int)
        /// By the place of the step that made it.
        case undoCorrection(Int, person: Int)
        case undoMerge(Int)
        /// Says something against what may be verified: it changes nothing.
        case contradict(person: Int, members: String)
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }

    /// What a document says is corrected by a document, so most have one.
    private static let methods = [
        "", #","verification_method":"witness""#, #","verification_method":"registry""#,
        document, document, document, document,
    ]
    private static let document =
        #","verification_method":"document","document_kind":"passport""#

    private static let others = [
        #""sex":"female""#, #""sex":"male""#, #""remove":["sex"]"#, #""blood_type":"O+""#,
        #""blood_type":"A-","allergies":["Nuts","Latex"]"#, #""remove":["blood_type","allergies"]"#,
        #""allergies":["Latex"]"#, #""address":{"city":"Bafia","district":"Donenkeng"}"#,
        #""remove":["address"]"#, #""date_of_death":"2026-05""#, #""deceased":true"#,
        #""remove":["date_of_death"]"#,
    ]

    private static func step(
        _ made: [(step: Int, person: Int)], _ merges: [Int], _ random: inout SplitMix
    ) -> Step {
        let person = Int.random(in: 0..<people, using: &random)
        let version = Version(number: Int.random(in: 0..<Version.count, using: &random))
        let method = methods.randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: return .correct(person: person, members: version.members + method)
        case 30..<50:
            return .correct(
                person: person, members: (others.randomElement(using: &random) ?? "") + method)
        case 50..<60:
            let word = method.isEmpty ? methods[1] : method
            return .verify(person: person, members: String(word.dropFirst()))
        case 60..<68:
            return .merge(
                survivor: person, retired: Int.random(in: 0..<people, using: &random))
        case 68..<76:
            guard let merge = merges.suffix(6).randomElement(using: &random) else { fallthrough }
            return .undoMerge(merge)
        case 76..<95:
            guard let one = made.suffix(40).randomElement(using: &random) else { fallthrough }
            return .undoCorrection(one.step, person: one.person)
        default: return .contradict(person: person, members: version.members)
        }
    }

    // MARK: Running

    /// A server with its people, and the ids that steps have got on it.
    private final class World: Sendable {
        struct Made {
            /// By step: the id of a correction or merge.
            var ids: [Int: String] = [:]
            var corrections: [(step: Int, person: Int)] = []
            var merges: [Int] = []
            var accepted: [Int: Step] = [:]
            var statuses: [Int: Int] = [:]
            var next = 0
        }

        let app: TestApp
        let token: String
        let admin: String
        let people: [String]
        let made = Mutex(Made())

        init() async throws {
            app = try TestApp()
            token = try await app.token("demo_full_sandbox")
            admin = try await app.adminToken()
            var people: [String] = []
            for number in 0..<PatientSequenceTests.people {
                // One by one, each in the number of their own: nobody is found to be another.
                let person = await app.send(
                    .post, "/api/v1/connect/patients/resolve", token: token,
                    json:
                        #"{"first_name":"Zenobie","last_name":"Nobody","date_of_birth":"1999-01-02","external_reference":"p\#(number)","national_id":"X-55\#(100 + number)"}"#
                )
                people.append(try #require(person["health_id"]?.string, "\(person.text)"))
            }
            self.people = people
            #expect(Set(people).count == people.count)
            for (number, id) in people.enumerated() {
                let whole = await app.send(
                    .patch, "/api/v1/connect/patients/\(id)", token: token,
                    json: #"{"reason":"x",\#(Version(number: number % Version.count).members)}"#)
                #expect(whole.status == 200, "\(whole.text)")
            }
        }

        func take(_ step: Step, _ number: Int) async -> Answer {
            switch step {
            case .correct(let person, let members):
                await send(.patch, "connect/patients/\(people[person])", members, number)
            case .verify(let person, let members):
                await send(
                    .post, "connect/patients/\(people[person])/verification", members, number)
            case .merge(let survivor, let retired):
                await send(
                    .post, "admin/merges",
                    #""survivor_health_id":"\#(people[survivor])","retired_health_id":"\#(people[retired])""#,
                    number)
            case .undoCorrection(let step, let person):
                await send(
                    .post,
                    "connect/patients/\(people[person])/corrections/\(id(step))/undo", nil, number)
            case .undoMerge(let step):
                await send(.post, "admin/merges/\(id(step))/undo", nil, number)
            case .contradict(let person, let members):
                await send(
                    .post, "connect/patients/resolve",
                    #""health_id":"\#(people[person])",\#(members)"#, number)
            }
        }

        private func id(_ step: Int) -> String { made.withLock { $0.ids[step] ?? "none" } }

        private func send(
            _ method: HTTPMethod, _ path: String, _ members: String?, _ number: Int
        ) async -> Answer {
            await app.send(
                method, "/api/v1/" + path, token: path.hasPrefix("admin") ? admin : token,
                fields: [("X-Request-Id", "step-\(number)")],
                json: "{" + (members.map { #""reason":"step \#(number)","# + $0 } ?? "") + "}")
        }

        /// Somebody whom a correction changed: of whom it was made may be apart from them since.
        func changed(by step: Int) throws -> Int {
            let id = id(step)
            let healthID = try app.read { tx in
                try tx.first(
                    """
                    SELECT p.health_id FROM patient_corrections c JOIN patients p ON p.id = c.patient_id
                    WHERE c.id = ? ORDER BY c.patient_id
                    """, [.text(id)]
                ) { $0.text(0) }
            }
            return people.firstIndex(of: healthID ?? "") ?? 0
        }

        func note(_ answer: Answer, of step: Step, _ number: Int) {
            made.withLock { made in
                made.statuses[answer.status, default: 0] += 1
                guard answer.status == 200 else { return }
                switch step {
                case .correct, .verify:
                    // What differs from nothing that is known is no correction.
                    guard let id = answer["correction_id"]?.string,
                        let person = people.firstIndex(of: answer["health_id"]?.string ?? "")
                    else { return }
                    made.ids[number] = id
                    // Of whom it is, should a merge be undone meanwhile.
                    made.corrections.append((number, person))
                case .merge:
                    made.ids[number] = answer["id"]?.string
                    made.merges.append(number)
                case .undoCorrection(let one, _): made.corrections.removeAll { $0.step == one }
                case .undoMerge(let one): made.merges.removeAll { $0 == one }
                case .contradict: return
                }
                made.accepted[number] = step
            }
        }

        /// One worker: steps until there were enough.
        func work(_ seed: UInt64) async {
            var random = SplitMix(state: seed)
            while true {
                let (number, corrections, merges) = made.withLock { made in
                    made.next += 1
                    return (made.next, made.corrections, made.merges)
                }
                guard number <= PatientSequenceTests.count else { return }
                let step = PatientSequenceTests.step(corrections, merges, &random)
                let answer = await take(step, number)
                if ![200, 404, 409, 422].contains(answer.status) {
                    Issue.record("\(step): \(answer.text)")
                }
                note(answer, of: step, number)
            }
        }

        /// Reads until the others are done; the number of people that it saw.
        func watch(_ seed: UInt64) async -> Int {
            var random = SplitMix(state: seed)
            var seen = 0
            while made.withLock({ $0.next }) < PatientSequenceTests.count {
                let id = people[Int.random(in: 0..<people.count, using: &random)]
                let version = Version(number: Int.random(in: 0..<Version.count, using: &random))
                let (one, page, found) = (
                    await app.send(
                        .get, "/api/v1/connect/patient/search?health_id=\(id)", token: token),
                    await app.send(.get, "/api/v1/admin/patients/\(id)", token: admin),
                    await app.send(
                        .post, "/api/v1/connect/patients/search", token: token,
                        json: #"{"search_type":"phone","query":"\#(version.phone)"}"#)
                )
                let people =
                    [one.root, page.root].compactMap { $0 }
                    + (found["results"]?.elements.map { $0 } ?? [])
                for person in people where !Version.isWhole(person) {
                    Issue.record("half a person: \(String(decoding: person.raw, as: UTF8.self))")
                }
                seen += people.count
            }
            return seen
        }

        /// The steps that were accepted, in the order in which they were applied: that of their audit rows.
        func accepted() throws -> [(number: Int, step: Step)] {
            let order = try app.read { tx in
                try tx.all(
                    """
                    SELECT request_id FROM audit_log
                    WHERE request_id LIKE 'step-%' AND outcome = 'success' ORDER BY seq
                    """
                ) { Int($0.text(0).dropFirst(5)) ?? 0 }
            }
            let accepted = made.withLock { $0.accepted }
            // An undone merge has a row for each of the two.
            var seen: Set<Int> = []
            return order.filter { seen.insert($0).inserted }.compactMap { number in
                accepted[number].map { (number, $0) }
            }
        }
    }

    // MARK: The claim

    @Test func whatWasAcceptedInParallelIsWhatItGivesInOrder() async throws {
        let world = try await World()
        let start = try PatientState.rows(of: world.app)
        let begun = Date()
        let seen = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<Self.workers {
                group.addTask {
                    await world.work(UInt64(worker))
                    return 0
                }
            }
            for watcher in 0..<2 { group.addTask { await world.watch(UInt64(100 + watcher)) } }
            return await group.reduce(0, +)
        }
        let seconds = Date().timeIntervalSince(begun)
        let end = try PatientState.rows(of: world.app)
        let steps = try world.accepted()
        #expect(steps.count == world.made.withLock { $0.accepted.count })
        print(
            "corrections: \(Self.count) steps in \(seconds) s, \(steps.count) accepted,",
            "answers \(world.made.withLock { $0.statuses }), \(seen) people read meanwhile")
        // As filed anew.
        try PatientState.refile(world.app)
        #expect(try PatientState.rows(of: world.app) == end)
        // As one after the other.
        let again = try await World()
        #expect(try PatientState.rows(of: again.app) == start)
        for (number, step) in steps {
            let answer = await again.take(step, number)
            #expect(answer.status == 200, "\(number) \(step): \(answer.text)")
            again.note(answer, of: step, number)
        }
        #expect(try PatientState.rows(of: again.app) == end)
        try await unwind(again, steps)
        #expect(try PatientState.rows(of: again.app) == start)
        #expect(seen > 0)
    }

    /// Takes back what stands, the last first.
    private func unwind(_ world: World, _ steps: [(number: Int, step: Step)]) async throws {
        var undone: Set<Int> = []
        for (_, step) in steps {
            if case .undoCorrection(let one, _) = step { undone.insert(one) }
            if case .undoMerge(let one) = step { undone.insert(one) }
        }
        for (number, step) in steps.reversed() where !undone.contains(number) {
            let back: Step
            switch step {
            case .correct, .verify:
                back = .undoCorrection(number, person: try world.changed(by: number))
            case .merge: back = .undoMerge(number)
            default: continue
            }
            let answer = await world.take(back, 1_000_000 + number)
            // What only somebody else had lost by it was given back when their merge was undone.
            let wasGivenBack = answer["message"]?.string == "This correction was undone before."
            #expect(answer.status == 200 || wasGivenBack, "\(number) \(step): \(answer.text)")
        }
    }
}
