import HTTP
import Database
import JSON
import Testing
import TestSupport

/// What is said against what was verified, by every path: nothing changes, and a person decides.
struct VerifiedContradictionTests {
    private let app: TestApp
    private let token: String
    private let admin: String

    init() async throws {
        app = try TestApp()
        token = try await app.token("demo_full_sandbox")
        admin = try await app.adminToken()
    }

    enum Fact: String, CaseIterable {
        case nothing, spelling, first_name, last_name, date_of_birth, sex, national_id, phone_number
    }

    /// How a word reaches somebody: by their Health ID, or by the number that the sender gave them.
    enum Path: String, CaseIterable {
        case connectID, connectNumber, bridgeID, bridgeNumber, fhirID, healthcare

        /// A sender's own number is somebody else's as soon as the person differs: they are registered, and
        /// put beside whom the number names.
        var registers: Bool { self == .connectNumber || self == .bridgeNumber }

        /// Desktop systems rewrite their files field by field; a national id they clear first.
        func refuses(_ fact: Fact) -> Bool { self == .healthcare && fact == .national_id }

        var operation: String {
            switch self {
            case .connectID, .connectNumber: "resolvePatient"
            case .bridgeID, .bridgeNumber: "syncRecords"
            case .fhirID: "createPatient"
            case .healthcare: "upsertPatient"
            }
        }
    }

    /// One of several who are nothing like each other.
    private struct Person {
        let number: Int
        var first: String
        var last: String
        var born: String
        var sex = "female"
        var nationalID: String
        var phone: String

        private static let names = [
            ("Odile", "Ngono"), ("Brigitte", "Atangana"), ("Fadimatou", "Sali"),
            ("Gisèle", "Kamdem"),
            ("Hortense", "Bikoï"), ("Justine", "Ewane"), ("Viviane", "Tchoumi"),
            ("Clarisse", "Yebga"),
        ]

        init(_ number: Int = 0, saying fact: Fact = .nothing) {
            self.number = number
            (first, last) = Person.names[number]
            born = "\(1990 - 3 * number)-03-1\(number)"
            nationalID = "CM-10020\(number)"
            phone = "+2376990001\(10 + number)"
            switch fact {
            case .nothing: break
            case .spelling: (first, last) = (first.uppercased(), last.uppercased())
            case .first_name: first = "Zacharie"
            case .last_name: last = "Wouri"
            case .date_of_birth: born = "1941-11-02"
            case .sex: sex = "male"
            case .national_id: nationalID = "CM-999888"
            case .phone_number: phone = "+237677555444"
            }
        }

        var members: String {
            #""first_name":"\#(first)","last_name":"\#(last)","date_of_birth":"\#(born)","sex":"\#(sex)","national_id":"\#(nationalID)","phone_number":"\#(phone)""#
        }

        func value(of fact: Fact) -> String {
            switch fact {
            case .first_name: first
            case .last_name: last
            case .date_of_birth: born
            case .sex: sex
            case .national_id: nationalID
            default: ""
            }
        }
    }

    private func say(_ person: Person, by path: Path, of id: String) async -> Answer {
        switch path {
        case .connectID:
            await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token,
                json: #"{"health_id":"\#(id)",\#(person.members)}"#)
        case .connectNumber:
            await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token,
                json: #"{"external_reference":"K-\#(person.number)",\#(person.members)}"#)
        case .bridgeID:
            await BridgeRoutesTests.send(
                app, .post, "sync",
                json: #"{"record_type":"patient","health_id":"\#(id)",\#(person.members)}"#)
        case .bridgeNumber:
            await BridgeRoutesTests.send(
                app, .post, "sync",
                json:
                    #"{"record_type":"patient","external_reference":"K-\#(person.number)",\#(person.members)}"#
            )
        case .fhirID:
            await app.send(
                .post, "/api/fhir/R4/Patient", token: token,
                json:
                    #"{"resourceType":"Patient","identifier":[{"system":"https://opescare.com/fhir/health-id","value":"\#(id)"},{"system":"https://opescare.com/fhir/national-id/CM","value":"\#(person.nationalID)"}],"name":[{"family":"\#(person.last)","given":["\#(person.first)"]}],"gender":"\#(person.sex)","birthDate":"\#(person.born)","telecom":[{"system":"phone","value":"\#(person.phone)"}]}"#
            )
        case .healthcare:
            await HealthcareRoutesTests.post(
                app, "patient",
                #"{"patientNo":"K-\#(person.number)","name":"\#(person.first) \#(person.last)","firstName":"\#(person.first)","lastName":"\#(person.last)","dateOfBirth":"\#(person.born)","gender":"\#(person.sex)","nationalID":"\#(person.nationalID)","mobile":"\#(person.phone)"}"#
            )
        }
    }

    /// The person, known to the sender under a number.
    private func register(_ number: Int = 0, for path: Path) async throws -> String {
        let first: Path =
            switch path {
            case .bridgeID, .bridgeNumber: .bridgeNumber
            case .healthcare: .healthcare
            default: .connectNumber
            }
        let answer = await say(Person(number), by: first, of: "")
        let id = answer["health_id"] ?? answer["healthId"] ?? answer["results"]?.at(0)?["health_id"]
        return try #require(id?.string, "\(answer.text)")
    }

    private func verify(_ id: String, _ method: String = "witness") async {
        let answer = await app.send(
            .post, "/api/v1/admin/patients/\(id)/verification", token: admin,
            json: #"{"verification_method":"\#(method)","document_kind":"passport"}"#)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func contradictions() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT state || ' ' || said || ' ' || verified FROM identity_contradictions ORDER BY id
                """
            ) { $0.text(0) }
        }
    }

    private func cases() throws -> Int { try app.count("SELECT COUNT(*) FROM duplicate_cases") }

    @Test(arguments: Path.allCases, [false, true])
    func everyPathFollowsOneRule(_ path: Path, _ isVerified: Bool) async throws {
        for (number, fact) in Fact.allCases.enumerated() {
            try await look(path, fact, isVerified, number)
        }
    }

    private func look(
        _ path: Path, _ fact: Fact, _ isVerified: Bool, _ number: Int
    ) async throws {
        let (right, other) = (Person(number), Person(number, saying: fact))
        let id = try await register(number, for: path)
        if isVerified { await verify(id) }
        let (before, log) = (try PatientState.rows(of: app), try app.audit().count)
        let known = (try contradictions(), try cases())
        let sent = await say(other, by: path, of: id)
        let after = try PatientState.rows(of: app)
        let found = (
            try contradictions().filter { !known.0.contains($0) }, try cases() - known.1
        )
        // The identical word again.
        let again = await say(other, by: path, of: id)
        #expect(try contradictions().count == known.0.count + found.0.count)
        #expect(try cases() == known.1 + found.1)
        #expect(try PatientState.rows(of: app) == after)
        #expect(sent.status < 300 || path.refuses(fact), "\(sent.text)")
        #expect(again.status < 300 || path.refuses(fact), "\(again.text)")

        let contradicts = ![.nothing, .spelling, .phone_number].contains(fact)
        let isOther = path.registers && (contradicts || fact == .phone_number)
        if path.registers {
            #expect(found == ([], isOther ? 1 : 0))
        } else {
            let isCase = isVerified && contradicts && !path.refuses(fact)
            let (said, verified) = (other.value(of: fact), right.value(of: fact))
            #expect(
                found.0
                    == (isCase
                        ? [
                            #"open {"\#(fact.rawValue)":"\#(said)"} {"\#(fact.rawValue)":"\#(verified)"}"#
                        ]
                        : []),
                "\(path) \(fact) \(isVerified) \(found.0)")
            #expect(found.1 == 0)
            #expect(after == before)
        }
        let action = isOther && path == .connectNumber ? "C" : path == .healthcare ? "U" : "R"
        let first = path.operation + " " + (path.operation == "syncRecords" ? "C" : action)
        let second = path.operation + " " + (action == "C" ? "R" : first.suffix(1))
        let outcome = path.refuses(fact) ? "key_conflict" : "success"
        #expect(
            try Array(app.audit()[log...])
                == ["\(first) \(outcome)", "\(second) \(outcome)"], "\(path) \(fact)")
    }

    /// A number that is given to somebody else who is known.
    @Test(arguments: [Path.connectNumber, .bridgeNumber], [false, true])
    func aNumberThatLeadsElsewhereIsACase(_ path: Path, _ isVerified: Bool) async throws {
        let id = try await register(for: path)
        if isVerified { await verify(id) }
        var other = Person(0, saying: .first_name)
        (other.last, other.born, other.nationalID) = ("Mbarga", "1950-01-20", "CM-777666")
        other.phone = "+237677111222"
        let made = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: #"{\#(other.members)}"#)
        #expect(made.status == 201, "\(made.text)")
        for _ in 0..<2 {
            let sent = await say(other, by: path, of: "")
            #expect(sent.text.contains(made["health_id"]?.string ?? "?"), "\(sent.text)")
        }
        #expect(try cases() == (isVerified ? 1 : 0))
        #expect(try contradictions() == [])
    }

    /// What a clinic's file has said all along counts once somebody verifies the person.
    @Test func anUnchangedFileIsComparedOnceMore() async throws {
        let id = try await register(for: .healthcare)
        _ = await say(Person(0, saying: .date_of_birth), by: .healthcare, of: id)
        #expect(try contradictions() == [])
        await verify(id)
        let again = await say(Person(0, saying: .date_of_birth), by: .healthcare, of: id)
        #expect(again["status"]?.string == "unchanged")
        #expect(
            try contradictions() == [
                #"open {"date_of_birth":"1941-11-02"} {"date_of_birth":"1990-03-10"}"#
            ])
    }

    /// A program that has not heard of a correction repeats what was known before it.
    @Test(arguments: Path.allCases)
    func whatWasKnownBeforeACorrectionIsNoContradiction(_ path: Path) async throws {
        let id = try await register(for: path)
        let corrected = await app.send(
            .patch, "/api/v1/admin/patients/\(id)", token: admin,
            json:
                #"{"reason":"passport","first_name":"Odette","verification_method":"document","document_kind":"passport"}"#
        )
        #expect(corrected.status == 200)
        let before = try PatientState.rows(of: app)
        let sent = await say(Person(), by: path, of: id)
        #expect(sent.status < 300, "\(sent.text)")
        // The sender is told that something else is known.
        #expect(
            sent.text.contains("demographics_mismatch")
                || sent.text.contains("confirm who this is"),
            "\(sent.text)")
        #expect(try PatientState.rows(of: app) == before)
        #expect(try contradictions() == [])
        #expect(try cases() == 0)
    }

    /// A row without a number of its own is known by its content.
    @Test func aRowThatIsSentAgainAfterACorrectionRegistersNobody() async throws {
        func send() async -> Answer {
            await BridgeRoutesTests.send(
                app, .post, "sync", json: #"{"record_type":"patient",\#(Person().members)}"#)
        }
        let id = try #require(await send()["results"]?.at(0)?["health_id"]?.string)
        _ = await app.send(
            .patch, "/api/v1/admin/patients/\(id)", token: admin,
            json: #"{"reason":"x","first_name":"Odette","date_of_birth":"1990-03-16"}"#)
        let again = await send()
        #expect(again["results"]?.at(0)?["health_id"]?.string == id, "\(again.text)")
        #expect(again["results"]?.at(0)?["demographics_mismatch"]?.bool == true)
        #expect(try cases() == 0)
    }

    /// Who was merged is called as they were registered, and that is no contradiction.
    @Test func bothNamesOfWhoWasMergedAreTheirs() async throws {
        let id = try await register(for: .connectID)
        var married = Person(0, saying: .last_name)
        married.nationalID = "CM-555444"
        let other = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: #"{\#(married.members)}"#)["health_id"]?.string
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json:
                #"{"survivor_health_id":"\#(id)","retired_health_id":"\#(other ?? "")"}"#)
        #expect(merged.status == 200)
        await verify(id)
        let sent = await say(married, by: .connectID, of: other ?? "")
        #expect(sent["demographics_mismatch"]?.bool == true)
        #expect(try contradictions() == [])
        _ = await say(Person(0, saying: .first_name), by: .connectID, of: other ?? "")
        #expect(try contradictions().count == 1)
    }

    /// Whoever says something else each time opens no more than so many.
    @Test func oneSourceOpensSoManyOfOnePerson() async throws {
        let id = try await register(for: .connectID)
        await verify(id)
        for day in 1...25 {
            var person = Person()
            person.born = "1961-05-\(day < 10 ? "0" : "")\(day)"
            #expect(await say(person, by: .connectID, of: id).status == 200)
        }
        #expect(try contradictions().count == 20)
    }

    // MARK: Deciding

    private func open() async throws -> (id: String, patient: String) {
        let patient = try await register(for: .connectID)
        await verify(patient)
        _ = await say(Person(0, saying: .date_of_birth), by: .connectID, of: patient)
        let list = await app.send(.get, "/api/v1/admin/contradictions", token: admin)
        return (try #require(list["contradictions"]?.at(0)?["id"]?.string, "\(list.text)"), patient)
    }

    private func decide(_ id: String, _ verb: String) async -> Answer {
        await app.send(
            .post, "/api/v1/admin/contradictions/\(id)/\(verb)", token: admin,
            json: #"{"note":"asked the ward"}"#)
    }

    @Test func listContradictionsShowsNothingThatWasSaid() async throws {
        let (id, patient) = try await open()
        let list = await app.send(.get, "/api/v1/admin/contradictions?state=open", token: admin)
        let one = try #require(list["contradictions"]?.at(0))
        #expect(one["id"]?.string == id)
        #expect(one["health_id"]?.string == patient)
        #expect(one["fields"]?.elements.map(\.string) == ["date_of_birth"])
        #expect(one["said_by"]?.string == "client:demo_full_sandbox")
        #expect(!list.text.contains("1941") && !list.text.contains("Ngono"))
        #expect(try app.audit().last == "listContradictions R success")
        #expect(
            await app.send(.get, "/api/v1/admin/contradictions?state=x", token: admin).status == 422
        )
        #expect(await app.send(.get, "/api/v1/admin/contradictions", token: token).status == 401)
        let stats = await app.send(.get, "/api/v1/admin/stats", token: admin)
        #expect(stats["counts"]?["open_contradictions"]?.int == 1)
    }

    @Test func listContradictionsPagesThroughThem() async throws {
        let (_, patient) = try await open()
        for day in 1...4 {
            app.advance(seconds: 1)
            var person = Person()
            person.born = "1961-05-0\(day)"
            _ = await say(person, by: .connectID, of: patient)
        }
        var (found, cursor): ([String], String?) = ([], "")
        while let place = cursor {
            let page = await app.send(
                .get,
                "/api/v1/admin/contradictions?limit=2" + (place.isEmpty ? "" : "&cursor=" + place),
                token: admin)
            found += page["contradictions"]?.elements.compactMap { $0["id"]?.string } ?? []
            cursor = page["next_cursor"]?.string
        }
        #expect(found.count == 5)
        #expect(found == found.sorted(by: >))
    }

    @Test func showContradictionNamesThePatientInTheLog() async throws {
        let (id, patient) = try await open()
        let one = await app.send(.get, "/api/v1/admin/contradictions/\(id)", token: admin)
        #expect(one["facts"]?["date_of_birth"]?["said"]?.string == "1941-11-02")
        #expect(one["facts"]?["date_of_birth"]?["verified"]?.string == "1990-03-10")
        #expect(one["patient"]?["last_name"]?.string == "Ngono")
        let named = try app.read { tx in
            try tx.first(
                """
                SELECT a.entity || ' ' || p.health_id FROM audit_log a
                JOIN patients p ON p.id = a.patient_id ORDER BY a.seq DESC LIMIT 1
                """
            ) { $0.text(0) }
        }
        #expect(named == "contradiction/\(id) \(patient)")
        #expect(
            await app.send(.get, "/api/v1/admin/contradictions/ctr_none", token: admin).status
                == 404)
    }

    @Test func upholdContradictionEndsTheSameWord() async throws {
        let (id, patient) = try await open()
        let upheld = await decide(id, "uphold")
        #expect(upheld.status == 200, "\(upheld.text)")
        #expect(upheld["state"]?.string == "upheld")
        #expect(upheld["note"]?.string == "asked the ward")
        #expect(upheld["decided_by"]?.string == "admin:tester")
        #expect(await decide(id, "uphold").status == 409)
        _ = await say(Person(0, saying: .date_of_birth), by: .connectID, of: patient)
        #expect(try contradictions().map { $0.prefix(6) } == ["upheld"])
        // Another word is another case.
        _ = await say(Person(0, saying: .sex), by: .connectID, of: patient)
        #expect(try contradictions().map { $0.prefix(4) }.sorted() == ["open", "uphe"])
        #expect(await decide("ctr_none", "uphold").status == 404)
        #expect(
            try app.audit().suffix(4) == [
                "upholdContradiction U conflict", "resolvePatient R success",
                "resolvePatient R success", "upholdContradiction U not_found",
            ])
    }

    @Test func undoContradictionOpensItAgain() async throws {
        let (id, patient) = try await open()
        #expect(await decide(id, "undo").status == 409)
        _ = await decide(id, "uphold")
        #expect(await decide(id, "undo")["state"]?.string == "open")
        #expect(await decide("ctr_none", "undo").status == 404)
        // Right after all: the correction closes it, and its undo opens it.
        let corrected = await app.send(
            .patch, "/api/v1/admin/patients/\(patient)", token: admin,
            json: #"{"reason":"x","date_of_birth":"1941-11-02","verification_method":"registry"}"#)
        #expect(corrected.status == 200, "\(corrected.text)")
        #expect(try contradictions().map { $0.prefix(6) } == ["closed"])
        #expect(await decide(id, "uphold").status == 409)
        let undone = await app.send(
            .post,
            "/api/v1/admin/patients/\(patient)/corrections/\(corrected["correction_id"]?.string ?? "")/undo",
            token: admin, json: "{}")
        #expect(undone.status == 200, "\(undone.text)")
        #expect(try contradictions().map { $0.prefix(4) } == ["open"])
    }
}
