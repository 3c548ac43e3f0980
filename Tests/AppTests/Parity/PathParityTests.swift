import HTTP
import JSON
import Database
import Testing
import TestSupport
import Values

private let refused = "(refused)"

/// One value means the same on every path: Connect, bridge, Healthcare, and a file that the agent reads
/// (contract § 1).
///
/// One case at a time: each opens several databases, and a process has so many files.
@Suite(.serialized)
struct PathParityTests {
    /// What is told of a person, under the names of Connect and Healthcare.
    enum Fact: String {
        case sex, date_of_birth, phone_number, national_id, blood_type, country_code

        var healthcareName: String {
            switch self {
            case .sex: "gender"
            case .date_of_birth: "dateOfBirth"
            case .phone_number: "mobile"
            case .national_id: "nationalID"
            case .blood_type: "bloodType"
            case .country_code: "countryCode"
            }
        }
    }

    private struct Path: Sendable {
        let name: String
        /// - Returns: `nil` where nothing is sent.
        let send: @Sendable (TestApp, Fact, String) async throws -> Answer?
    }

    private static func person(_ fact: Fact, _ value: String) -> String {
        let born = fact == .date_of_birth ? "" : #","date_of_birth":"1988-05-14""#
        return #""first_name":"Parity","last_name":"Ngassa"\#(born),"\#(fact.rawValue)":\#(value)"#
    }

    private static func agent(
        _ app: TestApp, _ file: String, _ cells: [(String, String)]
    ) async throws -> Answer? {
        guard let record = try AgentRow.record(file, cells) else { return nil }
        return await BridgeRoutesTests.send(app, .post, "sync", json: record)
    }

    private static let paths = [
        Path(name: "agent") { app, fact, value in
            let born = fact == .date_of_birth ? [] : [("date_of_birth", #""1988-05-14""#)]
            return try await agent(
                app, "patients_1.csv",
                [("first_name", #""Parity""#), ("last_name", #""Ngassa""#)] + born
                    + [(fact.rawValue, value)])
        },
        Path(name: "Connect") { app, fact, value in
            await app.send(
                .post, "/api/v1/connect/patients/resolve", token: try await app.token(),
                json: "{\(person(fact, value))}")
        },
        Path(name: "bridge") { app, fact, value in
            await BridgeRoutesTests.send(
                app, .post, "sync", json: #"{"record_type":"patient",\#(person(fact, value))}"#)
        },
        Path(name: "Healthcare") { app, fact, value in
            let born = fact == .date_of_birth ? "" : #","dateOfBirth":"1988-05-14""#
            return await app.send(
                .post, "/api/healthcare/patient",
                fields: [("X-API-Key", "demo_healthcare_key_sandbox_2026")],
                json: """
                    {"patientNo":"PAR-1","name":"Parity Ngassa","firstName":"Parity",
                    "lastName":"Ngassa"\(born),"\(fact.healthcareName)":\(value)}
                    """)
        },
    ]

    /// What stands in the national record, empty for nothing.
    private static func outcome(
        _ path: Path, _ fact: Fact, _ value: String
    ) async throws -> String {
        let app = try TestApp()
        guard let answer = try await path.send(app, fact, value), answer.status != 422 else {
            return refused
        }
        #expect(answer.status == 200 || answer.status == 201, "\(path.name) \(answer.text)")
        let rows = try app.read { tx in
            try tx.all(
                """
                SELECT sex, date_of_birth, phone_number, national_id, blood_type, country_code
                FROM patients WHERE first_name = 'Parity'
                """
            ) { row in (0..<6).map { row.textOrNil($0) ?? "" } }
        }
        guard let row = rows.first else { return "(nobody)" }
        switch fact {
        case .sex: return row[0]
        case .date_of_birth: return row[1]
        case .phone_number: return row[2]
        case .national_id: return row[3]
        case .blood_type: return row[4]
        case .country_code: return row[5]
        }
    }

    static let facts: [(Fact, String, String)] = [
        (.sex, #""male""#, "male"), (.sex, #""F""#, "female"), (.sex, #"" Féminin ""#, "female"),
        (.sex, #""ذكر""#, "male"), (.sex, #""Mâle""#, "male"), (.sex, #""autre""#, "other"),
        (.sex, #""unknown""#, ""), (.sex, #""N/A""#, ""), (.sex, #""""#, ""), (.sex, "null", ""),
        (.date_of_birth, #""1990-07-22""#, "1990-07-22"),
        (.date_of_birth, #""22/07/1990""#, "1990-07-22"),
        (.date_of_birth, #""1990""#, "1990"), (.date_of_birth, "1990", "1990"),
        (.date_of_birth, #""1990-07""#, "1990-07"),
        (.date_of_birth, #""١٩٩٠-٠٧-٢٢""#, "1990-07-22"),
        (.date_of_birth, #""1990/07/22""#, "1990-07-22"),
        (.date_of_birth, #""22 juillet 1990""#, "1990-07-22"),
        (.date_of_birth, #""1990-07-22T00:00:00""#, "1990-07-22"),
        (.date_of_birth, #""1990-02-30""#, refused), (.date_of_birth, #""2090-01-01""#, refused),
        (.date_of_birth, #""9999-12-31""#, refused), (.date_of_birth, #""1700-01-01""#, refused),
        (.date_of_birth, #""yesterday""#, refused), (.date_of_birth, "true", refused),
        (.phone_number, #""+237 671 23 45 67""#, "+237 671 23 45 67"),
        (.phone_number, "671234567", "671234567"), (.phone_number, #""671234567.0""#, "671234567"),
        (.phone_number, #""tel:671234567""#, "671234567"), (.phone_number, #""N/A""#, ""),
        (.phone_number, #""0000000000""#, ""), (.phone_number, #""2.37671E+11""#, ""),
        (.phone_number, #""call me""#, refused), (.phone_number, "[1]", refused),
        (.national_id, #""CNI-8843-21""#, "CNI-8843-21"), (.national_id, "104829374", "104829374"),
        (.national_id, #""104829374.0""#, "104829374"),
        (.national_id, #""١٠٤٨٢٩٣٧٤""#, "104829374"),
        (.national_id, #""0000000000""#, ""), (.national_id, #""N/A""#, ""),
        (.national_id, #""néant""#, ""), (.national_id, ##""#N/A""##, ""),
        (.national_id, #""1.04829E+11""#, ""), (.national_id, "{}", refused),
        (.blood_type, #""O+""#, "O+"), (.blood_type, #""o pos""#, "O+"),
        (.blood_type, #""AB négatif""#, "AB-"), (.blood_type, #""inconnu""#, ""),
        (.blood_type, #""Q+""#, ""), (.blood_type, #""A- positive""#, ""),
        (.country_code, #""CM""#, "CM"), (.country_code, #""Cameroun""#, "CM"),
        (.country_code, #""CMR""#, "CM"), (.country_code, #""cameroon""#, "CM"),
        (.country_code, #""Tchad""#, "TD"), (.country_code, #""N/A""#, "CM"),
        (.country_code, #""""#, "CM"), (.country_code, #""Atlantis""#, refused),
    ]

    @Test(arguments: PathParityTests.facts)
    func aFactOfAPersonMeansTheSameOnEveryPath(
        _ fact: Fact, _ value: String, _ expected: String
    ) async throws {
        for path in Self.paths where path.name != "agent" || AgentRow.isCell(value) {
            // A clinic's desktop system knows no countries.
            if fact == .country_code, path.name == "Healthcare" { continue }
            let found = try await Self.outcome(path, fact, value)
            #expect(found == expected, "\(path.name)")
        }
    }

    /// Where the contract wants another answer. Healthcare keeps every field as it was sent (§ 7), so that
    /// a sex or gender in other words is stored in the clinic's file and left out of the national record.
    @Test(arguments: [#""Q""#, #""12""#, #""mail""#])
    func anUnknownGenderIsKeptInTheClinicsFileAlone(_ value: String) async throws {
        for path in Self.paths {
            let found = try await Self.outcome(path, .sex, value)
            #expect(found == (path.name == "Healthcare" ? "" : refused), "\(path.name)")
        }
    }

    /// Appointments come by the bridge and by Healthcare: the status, and the times.
    @Test(arguments: [
        (#""status":"No Show""#, "no_show 08:30"), (#""status":"no-show""#, "no_show 08:30"),
        (#""status":"Annulé""#, "cancelled 08:30"), (#""status":"Confirmed""#, "booked 08:30"),
        (#""status":"ملغي""#, "cancelled 08:30"), (#""status":null"#, "booked 08:30"),
        (#""status":"""#, "booked 08:30"), (#""status":"N/A""#, "booked 08:30"),
        (#""status":"perhaps""#, refused), (#""status":"show""#, refused),
        (#""status":"7""#, refused), (#""status":"not cancelled""#, refused),
        (#""FROM":"8:30""#, "booked 08:30"), (#""FROM":"08h30""#, "booked 08:30"),
        (#""FROM":"8:30 AM""#, "booked 08:30"), (#""FROM":"20:30:00""#, "booked 20:30"),
        (#""FROM":"٠٨:٣٠""#, "booked 08:30"), (#""FROM":"0830""#, "booked 08:30"),
        (#""FROM":"25:00""#, refused), (#""FROM":"8:75""#, refused),
        (#""FROM":"0.354166667""#, refused), (#""FROM":"morning""#, refused),
    ])
    func anAppointmentMeansTheSameOnEveryPath(_ field: String, _ expected: String) async throws {
        func stored(_ app: TestApp, _ answer: Answer) throws -> String {
            if answer.status == 422 { return refused }
            #expect(answer.status == 200 || answer.status == 201, "\(answer.text)")
            return try app.read { tx in
                try tx.first(
                    "SELECT status || ' ' || substr(time_from, 1, 5) FROM appointments WHERE date = '2026-12-15'"
                ) { $0.text(0) } ?? "(none)"
            }
        }
        let bridge = try TestApp()
        let from = field.contains("FROM") ? "" : #","time_from":"08:30""#
        let one = await BridgeRoutesTests.send(
            bridge, .post, "sync",
            json: """
                {"record_type":"appointment","health_id":"CM-HID-7KQ9-MP42-X8D1",
                "date":"2026-12-15"\(from),\(field.replacing("FROM", with: "time_from"))}
                """)
        #expect(try stored(bridge, one) == expected, "bridge")
        let (name, value) = Self.member(field.replacing("FROM", with: "time_from"))
        let file = try TestApp()
        let row = try await Self.agent(
            file, "appointments_1.csv",
            [
                ("health_id", #""CM-HID-7KQ9-MP42-X8D1""#), ("date", #""2026-12-15""#),
                (name, value),
            ] + (name == "time_from" ? [] : [("time_from", #""08:30""#)]))
        #expect(try row.map { try stored(file, $0) } ?? refused == expected, "agent")
        let healthcare = try TestApp()
        let key = [("X-API-Key", "demo_healthcare_key_sandbox_2026")]
        let patient = await healthcare.send(
            .post, "/api/healthcare/patient", fields: key,
            json: #"{"patientNo":"PAR-2","name":"Parity Ngassa"}"#)
        #expect(patient.status == 201)
        let hour = field.contains("FROM") ? "" : #","timeFrom":"08:30""#
        let other = await healthcare.send(
            .post, "/api/healthcare/appointment", fields: key,
            json: """
                {"patientNo":"PAR-2","date":"2026-12-15"\(hour),
                \(field.replacing("FROM", with: "timeFrom"))}
                """)
        #expect(try stored(healthcare, other) == expected, "Healthcare")
    }

    /// Payments and stock come by Connect and by the bridge: the amount, or the quantity.
    @Test(arguments: [
        ("payment", #""amount":"5 000""#, 5000), ("payment", #""amount":"5000,00""#, 5000),
        ("payment", #""amount":5000"#, 5000), ("payment", #""amount_minor":"5000""#, 5000),
        ("payment", #""amount":"٥٠٠٠""#, 5000),
        ("payment", #""amount":5000,"status":"Réussi""#, 5000),
        ("payment", #""amount":5000,"status":"perhaps""#, nil),
        ("payment", #""amount":5000,"side":"neither""#, nil), ("payment", #""amount":"-5""#, nil),
        ("payment", #""amount":"five""#, nil), ("payment", ##""amount":"#REF!""##, nil),
        ("payment", #""amount":"1E+05""#, nil), ("payment", #""amount":5000,"currency":"Q""#, nil),
        ("stock", #""quantity":"1 200""#, 1200), ("stock", #""quantity":"120.0""#, 120),
        ("stock", #""quantity":120"#, 120), ("stock", #""quantity":"١٢٠""#, 120),
        ("stock", #""quantity":"-1""#, nil), ("stock", #""quantity":"1.5""#, nil),
        ("stock", #""quantity":"many""#, nil), ("stock", #""quantity":"1E+05""#, nil),
        ("stock", #""quantity":"N/A""#, nil),
    ])
    func anAmountMeansTheSameOnEveryPath(
        _ kind: String, _ field: String, _ expected: Int?
    ) async throws {
        func stored(_ app: TestApp, _ answer: Answer) throws -> Int? {
            if answer.status == 422 { return nil }
            #expect(answer.status == 200 || answer.status == 201, "\(answer.text)")
            return try app.read { tx in
                try tx.first(
                    """
                    SELECT amount_minor FROM payments WHERE reference = 'PAR-3' UNION ALL
                    SELECT quantity FROM pharmacy_stock WHERE drug_code = 'PAR-3'
                    """
                ) { $0.int(0) }
            }
        }
        let line =
            kind == "payment"
            ? #""reference":"PAR-3","paid_at":"2026-05-20T10:00:00Z",\#(field)"#
            : #""drug_code":"PAR-3","name":"n",\#(field)"#
        let bridge = try TestApp()
        let type = kind == "payment" ? "payment" : "pharmacy_stock"
        let one = await BridgeRoutesTests.send(
            bridge, .post, "sync", json: #"{"record_type":"\#(type)",\#(line)}"#)
        #expect(try stored(bridge, one) == expected, "bridge")
        let file = try TestApp()
        let members = (line.split(separator: ",\"").map { $0.hasPrefix("\"") ? $0 : "\"" + $0 }).map
        {
            Self.member(String($0))
        }
        let row = try await Self.agent(
            file, "\(type)s_1.csv".replacing("stocks", with: "stock"), members)
        #expect(try row.flatMap { try stored(file, $0) } == expected, "agent")
        let connect = try TestApp()
        let path = kind == "payment" ? "payments" : "inventory/pharmacy-stock/sync"
        let other = await connect.send(
            .post, "/api/v1/connect/" + path, token: try await connect.token(),
            json: kind == "payment" ? "{\(line)}" : #"{"items":[{\#(line)}]}"#)
        #expect(try stored(connect, other) == expected, "Connect")
    }

    /// `"name":value`.
    private static func member(_ text: String) -> (String, String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        return (String(parts[0].dropFirst().dropLast()), parts[1])
    }
}
