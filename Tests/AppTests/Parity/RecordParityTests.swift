import HTTP
import JSON
import Database
import Testing
import TestSupport
import Values

private let refused = "(refused)"

/// What is told of a result, of blood and of the time of both means the same by Connect, by the bridge
/// and by a file that the agent reads (contract § 1).
///
/// One case at a time: each opens several databases, and a process has so many files.
@Suite(.serialized)
struct RecordParityTests {
    private struct Kind {
        let type: String
        let file: String
        let connect: String
        /// Beside the one that a case is about.
        let members: [(String, String)]
    }

    private static let lab = Kind(
        type: "lab_result", file: "lab_results_1.csv", connect: "lab-results",
        members: [
            ("health_id", #""CM-HID-7KQ9-MP42-X8D1""#), ("test", #""Hb""#), ("result", #""12.5""#),
            ("date", #""2026-05-01""#),
        ])
    private static let blood = Kind(
        type: "blood_stock", file: "blood_stock_1.csv", connect: "inventory/blood-stock/sync",
        members: [
            ("blood_group", #""O+""#), ("component", #""plasma""#), ("units", "3"),
            ("screening", #""screened""#),
        ])

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}"
    }

    /// By every path the text that `read` finds, or `refused`.
    private func outcomes(
        _ kind: Kind, _ name: String, _ value: String,
        _ read: (borrowing Transaction) throws -> String?
    ) async throws -> [String: String] {
        let members = kind.members.filter { $0.0 != name } + [(name, value)]
        var outcomes: [String: String] = [:]
        for path in ["bridge", "agent", "Connect"] {
            let app = try TestApp()
            let answer: Answer?
            switch path {
            case "bridge":
                answer = await BridgeRoutesTests.send(
                    app, .post, "sync",
                    json: Self.object([("record_type", #""\#(kind.type)""#)] + members))
            case "agent":
                guard AgentRow.isCell(value) else { continue }
                let record = try AgentRow.record(kind.file, members)
                answer =
                    if let record {
                        await BridgeRoutesTests.send(app, .post, "sync", json: record)
                    } else {
                        nil
                    }
            default:
                let isStock = kind.connect.hasPrefix("inventory")
                answer = await app.send(
                    .post, "/api/v1/connect/" + (isStock ? "" : "records/") + kind.connect,
                    token: try await app.token(),
                    json: isStock
                        ? #"{"items":[\#(Self.object(members))]}"# : Self.object(members))
            }
            guard let answer, answer.status != 422 else {
                outcomes[path] = refused
                continue
            }
            #expect([200, 201].contains(answer.status), "\(path) \(answer.text)")
            outcomes[path] = try app.read { try read($0) } ?? "(none)"
        }
        return outcomes
    }

    private func expect(_ outcomes: [String: String], _ expected: String) {
        for (path, found) in outcomes { #expect(found == expected, "\(path)") }
    }

    /// One member of a stored result, as JSON; empty where it has none.
    private static func member(
        _ name: String, in tx: borrowing Transaction
    ) throws -> String? {
        let content = try tx.first(
            "SELECT content FROM records ORDER BY seq DESC LIMIT 1"
        ) { $0.utf8(0) }
        guard let content else { return nil }
        let value = try JSONDocument(content).root[name]
        return value.map { $0.string ?? String(decoding: $0.raw, as: UTF8.self) } ?? ""
    }

    @Test(arguments: [
        (#""oui""#, "true"), (#""Non""#, "false"), (#""H""#, "true"), (#""HH""#, "true"),
        (#""N""#, "false"), (#""نعم""#, "true"), (#""1""#, "true"), (#""0""#, "false"),
        ("1", "true"), ("0", "false"), (#""*""#, "true"), (#""perhaps""#, ""), (#""""#, ""),
        ("null", ""), (#""N/A""#, ""), (#""not high""#, ""),
    ])
    func aFlagMeansTheSameOnEveryPath(_ value: String, _ expected: String) async throws {
        let found = try await outcomes(Self.lab, "flagged", value) {
            try Self.member("flagged", in: $0).map { $0 == "null" ? "" : $0 }
        }
        expect(found, expected)
    }

    @Test(arguments: [
        (#""2026-05-01""#, "2026-05-01T00:00:00Z"),
        (#""2026-05-01T08:30:00Z""#, "2026-05-01T08:30:00Z"),
        (#""2026-05-01T08:30:00+01:00""#, "2026-05-01T07:30:00Z"),
        (#""31/05/2026""#, "2026-05-31T00:00:00Z"),
        (#""1 mai 2026""#, "2026-05-01T00:00:00Z"), (#""٢٠٢٦-٠٥-٠١""#, "2026-05-01T00:00:00Z"),
        (#""20260501""#, "2026-05-01T00:00:00Z"), (#""2026-05-32""#, refused),
        (#""soon""#, refused), (#""03/04/2026""#, refused), (#""9999-12-31""#, ""),
        (#""0001-01-01T00:00:00""#, ""), (#""N/A""#, ""), (#""""#, ""), ("null", ""),
        (#""2026""#, refused), (#""1066-10-14""#, refused),
    ])
    func aTimeMeansTheSameOnEveryPath(_ value: String, _ expected: String) async throws {
        let found = try await outcomes(Self.lab, "date", value) { tx in
            try tx.first("SELECT occurred_at FROM records ORDER BY seq DESC LIMIT 1") { row in
                row.int64OrNil(0).map { Timestamp(milliseconds: $0).rfc3339 } ?? ""
            }
        }
        expect(found, expected)
    }

    @Test(arguments: [
        (#""Hb""#, "Hb"), (#"" Hb ""#, "Hb"), ("12", "12"), (#""12""#, "12"), (#""""#, refused),
        (#""N/A""#, refused), (#""null""#, refused), ("null", refused),
    ])
    func aTestMeansTheSameOnEveryPath(_ value: String, _ expected: String) async throws {
        let found = try await outcomes(Self.lab, "test", value) {
            try Self.member("test_name", in: $0)
        }
        expect(found, expected)
    }

    @Test(arguments: [
        (#""Packed Red Cells""#, "packed_cells"), (#""CGR""#, "packed_cells"),
        (#""PFC""#, "plasma"), (#""plasma""#, "plasma"), (#""Sang total""#, "whole_blood"),
        (#""Plaquettes""#, "platelets"), (#""whole blood""#, "whole_blood"),
        (#""water""#, refused), (#""""#, refused), (#""N/A""#, refused), ("7", refused),
        (#""no plasma""#, refused),
    ])
    func aComponentMeansTheSameOnEveryPath(_ value: String, _ expected: String) async throws {
        let found = try await outcomes(Self.blood, "component", value) { tx in
            try tx.first("SELECT component FROM blood_stock WHERE units = 3") { $0.text(0) }
        }
        expect(found, expected)
    }

    @Test(arguments: [
        (#""O+""#, "O+"), (#""o pos""#, "O+"), (#""AB négatif""#, "AB-"), (#""A Rh+""#, "A+"),
        (#""Q+""#, refused), (#""O""#, refused), (#""""#, refused), (#""N/A""#, refused),
        (#""A- positive""#, refused), (#""0""#, refused),
    ])
    func aBloodGroupMeansTheSameOnEveryPath(_ value: String, _ expected: String) async throws {
        let found = try await outcomes(Self.blood, "blood_group", value) { tx in
            try tx.first("SELECT blood_group FROM blood_stock WHERE units = 3") { $0.text(0) }
        }
        expect(found, expected)
    }

    @Test(arguments: [
        (#""screened""#, "3"), (#""Négatif""#, "3"), (#""oui""#, "3"), ("true", "3"),
        (#""pending""#, refused), (#""positive""#, refused), (#""no""#, refused),
        (#""""#, refused), (#""perhaps""#, refused),
    ])
    func aScreeningMeansTheSameOnEveryPath(_ value: String, _ expected: String) async throws {
        let found = try await outcomes(Self.blood, "screening", value) { tx in
            try tx.first("SELECT units FROM blood_stock WHERE units = 3") { String($0.int(0)) }
        }
        expect(found, expected)
    }

    // MARK: Numbers where text is meant

    @Test(arguments: [
        ("12", "12"), ("1.50", "1.50"), (#""12""#, "12"), (#"" x10/L ""#, "x10/L"),
        ("true", refused), ("false", refused), ("[1]", refused), ("{}", refused),
        (#"{"a":1}"#, refused),
    ])
    func aNumberIsTakenAsItsDigits(_ value: String, _ expected: String) async throws {
        let found = try await outcomes(Self.lab, "unit", value) {
            try Self.member("unit", in: $0)
        }
        expect(found, expected)
    }

    /// In quotes or not, it is the same order.
    @Test func anOrdersNumberMayHaveNoQuotes() async throws {
        let app = try TestApp()
        for (number, duplicates) in [("7701", 0), (#""7701""#, 1), ("7702", 0)] {
            let record = Self.object(
                [("record_type", #""lab_result""#), ("external_id", number)] + Self.lab.members)
            let answer = await BridgeRoutesTests.send(app, .post, "sync", json: record)
            #expect(answer["accepted"]?.int == 1)
            #expect(answer["duplicates"]?.int == Int64(duplicates), "\(number)")
        }
    }

    @Test(arguments: ["12", "1e5", "true", "[]", "{}"])
    func nobodyIsCalledByANumber(_ value: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        for name in ["first_name", "last_name"] {
            let names = ["first_name", "last_name"].filter { $0 != name }
            let members =
                [(name, value), ("date_of_birth", #""1990-01-02""#)]
                + names.map { ($0, #""Ada""#) }
            let answer = await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token,
                json: Self.object(members))
            #expect(answer.status == 422, "\(answer.text)")
            let record = Self.object([("record_type", #""patient""#)] + members)
            #expect(
                await BridgeRoutesTests.send(app, .post, "sync", json: record).status == 422)
        }
    }

    /// A number is no Health ID, and no subscription has it: told as such.
    @Test func aNumberForAnIDIsTold() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let one = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token, json: #"{"health_id":12}"#)
        #expect(one.error == "health_id_invalid", "\(one.text)")
        let other = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: #"{"record_type":"lab_result","health_id":12,"test":"Hb","result":1}"#)
        #expect(other["errors"]?.at(0)?["error"]?.string == "health_id_invalid")
    }
}
