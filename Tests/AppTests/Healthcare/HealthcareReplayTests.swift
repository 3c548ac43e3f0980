import HTTP
import JSON
import Database
import Testing
import TestSupport

/// What a clinic has said ends in the same state, however its requests arrive, as long as what is said
/// of one key keeps its order: the last word on each field counts.
struct HealthcareReplayTests {
    /// One key's records, in their order.
    private struct History {
        let path: String
        let records: [String]
    }

    /// Changes of a clinic that looks real: `records` of each kind, each sent in several versions.
    private static func histories(
        _ path: String, count: Int, versions: Int, using random: inout SeededRandom
    ) -> [History] {
        (0..<count).map { number in
            History(
                path: path,
                records: (0..<versions).map { version in
                    record(path, number, version, using: &random)
                })
        }
    }

    private static func record(
        _ path: String, _ number: Int, _ version: Int, using random: inout SeededRandom
    ) -> String {
        var members: [String] = []
        // The first version is whole; later ones leave out, clear or change.
        func add(_ name: String, _ value: String) {
            switch version == 0 ? 0 : Int(random.next() % 4) {
            case 0, 1: members.append("\"\(name)\":\"\(value) \(version / 2)\"")
            case 2: members.append("\"\(name)\":null")
            default: break
            }
        }
        switch path {
        case "clinics":
            members.append("\"code\":\"C-\(number)\",\"name\":\"Clinic \(number)\"")
            for name in ["floor", "location", "address", "colour"] { add(name, "x") }
        case "doctors":
            members.append("\"code\":\"D-\(number)\",\"name\":\"د. سارة \(number)\"")
            if version == 0 || random.next() % 2 == 0 {
                members.append("\"clinicCodes\":[\"C-\(random.next() % 50)\"]")
            }
            for name in ["description", "specialization", "gender"] { add(name, "y") }
        case "patients":
            members.append(
                """
                "patientNo":"P-\(number)","name":"G\(word(number)) F\(word(number / 7))",\
                "dateOfBirth":"19\(50 + number % 49)-0\(1 + number % 9)-1\(number % 10)"
                """)
            members.append("\"mobile\":\"+96650\(1_000_000 + number)\"")
            for name in ["email", "bloodType", "colour"] { add(name, "z") }
        default:
            members.append(
                """
                "patientNo":"P-\(number % 60)","date":"2026-06-\(10 + number % 18)",\
                "timeFrom":"0\(number % 8):\(10 + number / 60)"
                """)
            if random.next() % 2 == 0 { members.append("\"doctorCode\":\"D-\(number % 20)\"") }
            for name in ["notes", "colour"] { add(name, "n") }
            let words = ["Confirmed", "Arrived", "Completed", "Cancelled"]
            members.append("\"status\":\"\(words[Int(random.next() % 4)])\"")
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Names that neither look nor sound alike.
    private static func word(_ number: Int) -> String {
        let syllables = ["ba", "ke", "mo", "ti", "ru", "sha", "de", "fo", "ni", "zu"]
        return [number % 10, number / 10 % 10, number / 100 % 10].map { syllables[$0] }.joined()
    }

    private func state(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT code_key || fields FROM clinics ORDER BY code_key") { $0.text(0) }
                + tx.all("SELECT code_key || fields FROM doctors ORDER BY code_key") { $0.text(0) }
                + tx.all(
                    """
                    SELECT f.patient_no_key || f.fields || p.first_name || p.date_of_birth
                    FROM patient_files f JOIN patients p ON p.id = f.patient_id
                    ORDER BY f.patient_no_key
                    """
                ) { $0.text(0) }
                + tx.all(
                    """
                    SELECT f.patient_no_key || a.date || a.time_from || a.status || a.fields
                        || COALESCE(a.doctor_code, '-')
                    FROM appointments a JOIN patient_files f ON f.seq = a.file_seq
                    ORDER BY 1
                    """
                ) { $0.text(0) }
                + tx.all("SELECT 'patients ' || COUNT(*) FROM patients") { $0.text(0) }
        }
    }

    /// Sends histories in lanes that run side by side: each key keeps to its lane, and keys take turns
    /// at random.
    private func replay(
        _ histories: [History], into app: TestApp, lanes: Int, seed: UInt64
    ) async throws {
        var random = SeededRandom(state: seed)
        var requests: [[(path: String, json: String)]] = Array(repeating: [], count: lanes)
        for lane in 0..<lanes {
            var waiting = histories.indices.filter { $0 % lanes == lane }.map {
                (path: histories[$0].path, records: histories[$0].records[...])
            }
            var batch: [String] = []
            while !waiting.isEmpty {
                let turn = lanes == 1 ? 0 : Int(random.next() % UInt64(waiting.count))
                guard let record = waiting[turn].records.popFirst() else {
                    waiting.remove(at: turn)
                    continue
                }
                batch.append(record)
                // Exporters that get no answer send again.
                if lanes > 1, random.next() % 4 == 0 { batch.append(record) }
                if batch.count >= 1 + Int(random.next() % 80) {
                    requests[lane].append(
                        (histories[0].path, "[" + batch.joined(separator: ",") + "]"))
                    batch = []
                }
            }
            if !batch.isEmpty {
                requests[lane].append(
                    (histories[0].path, "[" + batch.joined(separator: ",") + "]"))
            }
        }
        let planned = requests
        let failed = await withTaskGroup(of: Int.self) { group in
            for lane in planned {
                group.addTask {
                    var failed = 0
                    for (path, json) in lane {
                        let answer = await HealthcareRoutesTests.post(app, path, json)
                        if answer.status != 200 || answer["failed"]?.int != 0 { failed += 1 }
                    }
                    return failed
                }
            }
            return await group.reduce(0, +)
        }
        #expect(failed == 0)
    }

    @Test func theStateDoesNotDependOnTheOrderOfKeys() async throws {
        var random = SeededRandom(state: 7)
        let stages = [
            Self.histories("clinics", count: 50, versions: 8, using: &random),
            Self.histories("doctors", count: 60, versions: 8, using: &random),
            Self.histories("patients", count: 150, versions: 6, using: &random),
            Self.histories("appointments", count: 240, versions: 5, using: &random),
        ]
        let inOrder = try TestApp()
        let shuffled = try TestApp()
        for (number, stage) in stages.enumerated() {
            try await replay(stage, into: inOrder, lanes: 1, seed: 1)
            try await replay(stage, into: shuffled, lanes: 4, seed: UInt64(100 + number))
        }
        let expected = try state(inOrder)
        #expect(expected.count > 450)
        #expect(try state(shuffled) == expected)
        // Sent once more in whole, the last word of every key changes nothing.
        for stage in stages {
            let last = stage.compactMap(\.records.last)
            let answer = await HealthcareRoutesTests.post(
                shuffled, stage[0].path, "[" + last.joined(separator: ",") + "]")
            #expect(answer["unchanged"]?.int == Int64(last.count))
        }
    }
}

/// SplitMix64: the same numbers in every run.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
