import Database
import HTTP
import JSON
import Testing
import TestSupport
import Values

/// A facility says that somebody whom it registered is a person who was registered before.
struct ReplacedRegistrationTests {
    private let app: TestApp
    private let token: String

    init() async throws {
        app = try TestApp()
        token = try await app.token("demo_full_sandbox")
    }

    private static let odile =
        #""first_name":"Odile","last_name":"Ngono","date_of_birth":"1990-03-15","sex":"female""#
    private static let alike =
        #""first_name":"Odille","last_name":"N'Gono","date_of_birth":"1990-03-15""#

    private func resolve(_ members: String) async -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token, json: "{\(members)}")
    }

    private func state() throws -> [Int] {
        [
            try app.count("SELECT COUNT(*) FROM patients WHERE identity_status = 'active'"),
            try app.count("SELECT COUNT(*) FROM merges WHERE undone_at IS NULL"),
            try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'"),
            try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'merged'"),
            try app.count("SELECT COUNT(*) FROM patient_corrections WHERE undone_at IS NULL"),
            try app.count("SELECT COUNT(*) FROM external_references"),
        ]
    }

    /// By the caller's number, by the id that was given, or both.
    @Test(arguments: [
        (#","external_reference":"H-1""#, #","external_reference":"H-1""#, [1, 1]),
        (#","external_reference":"H-1""#, #","external_reference":"H-1","replaces":"$B""#, [1, 1]),
        (#","external_reference":"H-1""#, #","replaces":"$B""#, [1, 1]),
        ("", #","replaces":"$B""#, [0, 0]),
        ("", #","external_reference":"H-2","replaces":"$B""#, [0, 1]),
    ])
    func aRegistrationEndsAndComesBack(
        _ given: String, _ named: String, _ references: [Int]
    ) async throws {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let new = await resolve(Self.alike + given)
        #expect(new["match"]?["decision"]?.string == "possible_duplicate", "\(new.text)")
        let second = new["health_id"]?.string ?? ""
        let before = try state()
        #expect(before == [before[0], 0, 1, 0, 0, references[0]])
        let audited = try app.audit().count
        let decision =
            Self.alike + #","health_id":"\#(first)","confirmed_by":"Sr. Amina""#
            + named.replacing("$B", with: second)
        var confirmation = ""
        for round in 0..<2 {
            let answer = await resolve(decision)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer["health_id"]?.string == first)
            #expect(answer["replaced"]?.string == (round == 0 ? second : nil))
            confirmation = answer["confirmation_id"]?.string ?? confirmation
        }
        #expect(try state() == [before[0] - 1, 1, 0, 1, 1, references[1]])
        // A row for each of the two, and one for the repetition.
        #expect(
            Array(try app.audit().dropFirst(audited))
                == [
                    "resolvePatient U success", "resolvePatient U success",
                    "resolvePatient R success",
                ]
        )
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'patient.merged'") == 1)
        let alias = await app.send(
            .get, "/api/v1/connect/patients/verify/" + second, token: token)
        #expect(alias["health_id"]?.string == first)
        #expect(alias["resolved_via_alias"]?.bool == true)
        // And everything back.
        let path = "/api/v1/connect/patients/\(first)/corrections"
        let undone = await app.send(.post, path + "/\(confirmation)/undo", token: token, json: "{}")
        #expect(undone.status == 200, "\(undone.text)")
        #expect(try state() == before)
        if !given.isEmpty {
            let found = await resolve(Self.alike + given)
            #expect(found["health_id"]?.string == second)
        }
    }

    /// Saying who somebody is gives no right to change them, nor to look at what was changed.
    @Test func whoeverWasThereBeforeStaysTheirRegistrarsToCorrect() async throws {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let second = await resolve(Self.alike)["health_id"]?.string ?? ""
        try await app.administer { _, _, tx in
            try tx.run(
                """
                INSERT INTO facilities (id, name, country_code, time_zone, created_at)
                VALUES ('elsewhere', 'Elsewhere', 'CM', 'Africa/Douala', 1)
                """)
            try tx.run(
                "UPDATE patients SET facility_id = 'elsewhere' WHERE health_id = ?", [.text(first)])
        }
        #expect(await decide(first, second).status == 200)
        let patients = "/api/v1/connect/patients/"
        for id in [first, second] {
            for (method, path) in [
                (HTTPMethod.patch, id), (.post, id + "/verification"), (.get, id + "/corrections"),
            ] {
                let answer = await app.send(
                    method, patients + path, token: token,
                    json: method == .get
                        ? nil
                        : #"{"phone_number":"+237699000111","method":"document","document_kind":"passport","reason":"as the caller says"}"#
                )
                #expect(answer.status == 403 || answer.status == 422, "\(path): \(answer.text)")
                if method != .post { #expect(answer.status == 403, "\(path): \(answer.text)") }
            }
        }
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE phone_number = '+237699000111'") == 0
        )
    }

    @Test func aSecondDecisionAboutARowIsRefusedByItsName() async throws {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let other = await resolve(
            #""first_name":"Odile","last_name":"Ngonno","date_of_birth":"1990-03-15""#)
        let second = await resolve(Self.alike)["health_id"]?.string ?? ""
        #expect(await decide(first, second).status == 200)
        let refused = await decide(other["health_id"]?.string ?? "", second)
        #expect(refused.status == 409)
        #expect(
            refused["message"]?.string?.hasPrefix("\(second) is \(first) already") == true,
            "\(refused.text)")
        // It stands in the log of whom it was about.
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM audit_log WHERE status = 409 AND patient_id = (
                    SELECT MIN(id) FROM patients WHERE last_name = 'Ngonno')
                """) == 1)
    }

    /// What an administrator has undone cannot be undone once more, nor said to have been.
    @Test func aConfirmationWhoseMergeWasUndoneSaysSo() async throws {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let second = await resolve(Self.alike)["health_id"]?.string ?? ""
        let confirmation = await decide(first, second)["confirmation_id"]?.string ?? ""
        let admin = try await app.adminToken()
        let merges = await app.send(.get, "/api/v1/admin/merges", token: admin)
        let merge = merges["merges"]?.elements.first { _ in true }?["id"]?.string ?? ""
        let undone = await app.send(
            .post, "/api/v1/admin/merges/\(merge)/undo", token: admin, json: "{}")
        #expect(undone.status == 200, "\(merges.text) \(undone.text)")
        let again = await app.send(
            .post, "/api/v1/connect/patients/\(first)/corrections/\(confirmation)/undo",
            token: token, json: "{}")
        #expect(again.status == 409, "\(again.text)")
        // It stands no more, nor does the number that came with it.
        #expect(try state().suffix(2) == [0, 0])
    }

    private func decide(_ first: String, _ second: String) async -> Answer {
        await resolve(
            Self.alike
                + #","health_id":"\#(first)","replaces":"\#(second)","confirmed_by":"Sr. Amina""#)
    }

    /// What makes it an administrator's decision: each leaves everything as it is.
    private static let obstacles: [(sql: StaticString, words: String)] = [
        (
            "UPDATE patients SET facility_id = NULL WHERE id = (SELECT MAX(id) FROM patients)",
            "not registered by your"
        ),
        (
            "UPDATE patients SET verification_status = 'verified' WHERE id = (SELECT MAX(id) FROM patients)",
            "was verified"
        ),
        ("UPDATE duplicate_cases SET state = 'dismissed'", "no open case"),
        ("DELETE FROM duplicate_cases", "no open case"),
        (
            """
            INSERT INTO external_references (client_id, reference, patient_id, facility_id, created_at)
            SELECT 'other', 'X-1', MAX(id), '00000000-0000-0000-0000-100000000002', 1 FROM patients
            """, "known elsewhere"
        ),
        (
            """
            INSERT INTO consents (id, client_id, patient_id, named_id, coverage, state, basis, created_at,
                expires_at)
            SELECT 'con_1', 'demo_full_sandbox', MAX(id), MAX(id), 'x', 'pending', 'patient', 1, 2 FROM patients
            """, "consents"
        ),
        (
            """
            INSERT INTO records (nonce, patient_id, type, facility, client_id, version, received_at,
                listed_at, content)
            SELECT 1, (SELECT MAX(id) FROM patients), 'vital',
                (SELECT MAX(seq) FROM facilities),
                'other', 1, 1, 1, '{}'
            """, "known elsewhere"
        ),
    ]

    @Test(arguments: obstacles.indices) func anAdministratorDecidesTheRest(_ index: Int)
        async throws
    {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let second = await resolve(Self.alike)["health_id"]?.string ?? ""
        let (sql, words) = Self.obstacles[index]
        try await app.administer { _, _, tx in
            try tx.run(
                """
                INSERT INTO facilities (id, name, country_code, time_zone, created_at)
                VALUES ('elsewhere', 'Elsewhere', 'CM', 'Africa/Douala', 1)
                """)
            try tx.run(sql)
        }
        let before = try state()
        let answer = await decide(first, second)
        #expect(answer.status == 409, "\(answer.text)")
        #expect(answer["error"]?.string == "merge_conflict")
        #expect(answer["message"]?.string?.contains(words) == true, "\(answer.text)")
        #expect(try state() == before)
        let shown = await candidates(of: [second])
        #expect(shown["results"]?.elements.first { _ in true }?["candidates"]?.count == 0)
    }

    @Test func whatIsNotMeantIsRefused() async throws {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let second = await resolve(Self.alike)["health_id"]?.string ?? ""
        let unknown = HealthID(country: "CM", random: 1).description
        let stranger = await resolve(
            #""first_name":"Jean","last_name":"Fouda","date_of_birth":"1975-02-03","external_reference":"J-1""#
        )
        for (members, status, field) in [
            (#","health_id":"\#(first)","replaces":"\#(second)""#, 422, "confirmed_by"),
            (
                #","health_id":"\#(first)","replaces":"\#(second)","confirmed_by":"-""#, 422,
                "confirmed_by"
            ),
            (
                #","health_id":"\#(first)","replaces":"\#(second)","confirmed_by":"x","dry_run":true"#,
                422, "dry_run"
            ),
            (#","replaces":"\#(second)","confirmed_by":"x""#, 422, "health_id"),
            (#","health_id":"\#(first)","replaces":"nobody","confirmed_by":"x""#, 422, "replaces"),
            (
                #","health_id":"\#(first)","replaces":"\#(unknown)","confirmed_by":"x""#,
                404, ""
            ),
            (
                #","health_id":"\#(first)","replaces":"\#(second)","external_reference":"J-1","confirmed_by":"x""#,
                409, ""
            ),
            (#","health_id":"\#(first)","external_reference":"J-1","confirmed_by":"x""#, 409, ""),
            // Whom nobody has chosen.
            (
                #","health_id":"\#(unknown)","external_reference":"H-9","confirmed_by":"x""#, 404,
                ""
            ),
            (#","health_id":"\#(unknown)","replaces":"\#(second)","confirmed_by":"x""#, 404, ""),
            // Another row's id, as where a spreadsheet was sorted by some of its columns.
            (
                #","health_id":"\#(first)","replaces":"\#(stranger["health_id"]?.string ?? "")","confirmed_by":"x""#,
                422, "replaces"
            ),
        ] {
            let answer = await resolve(Self.alike + members)
            #expect(answer.status == status, "\(members): \(answer.text)")
            if !field.isEmpty { #expect(answer["errors"]?[field] != nil, "\(answer.text)") }
        }
        #expect(stranger.status == 201)
        #expect(try state()[1] == 0)
        // The other way round, and the same id twice, are nobody's decision.
        #expect(await decide(first, first)["replaced"] == nil)
        #expect(try state()[1] == 0)
    }

    /// What the row said of the person is kept with the registration that ends, and shown of who stays.
    @Test func nothingIsCalledLostThatIsKept() async throws {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let facts = #","blood_type":"O+","allergies":["penicillin"]"#
        let second = await resolve(Self.alike + facts)["health_id"]?.string ?? ""
        let decided = await resolve(
            Self.alike + facts
                + #","health_id":"\#(first)","replaces":"\#(second)","confirmed_by":"Sr. Amina""#)
        #expect(decided["replaced"]?.string == second, "\(decided.text)")
        #expect(decided["warnings"] == nil, "\(decided.text)")
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM patients WHERE blood_type = 'O+' AND last_name LIKE 'N_Gono'")
                == 1)
    }

    /// Whoever did not hear the answer hears it again, until somebody has decided.
    @Test func aRepetitionIsToldOfTheSameDoubt() async throws {
        _ = await resolve(Self.odile)
        let row = #"{"records":[{"record_type":"patient",\#(Self.alike)}]}"#
        var heard: [[String?]] = []
        func hear(_ member: (String) -> JSONValue?) {
            heard.append([
                member("status")?.string, member("match")?["decision"]?.string,
                member("match")?["candidates"]?.int.map { "\($0)" },
            ])
        }
        for _ in 0..<2 {
            let pushed = await BridgeRoutesTests.send(app, .post, "sync", json: row)
            let result = try #require(pushed["results"]?.elements.first { _ in true })
            hear { result[$0] }
        }
        let lost =
            #""first_name":"Odile","last_name":"Ngonno","date_of_birth":"1990-03-15""#
        let answers = [await resolve(lost), await resolve(lost)]
        for answer in answers { hear { answer[$0] } }
        #expect(answers.map(\.status) == [201, 200])
        #expect(answers[1]["next_action"]?.string == "store_health_id_pending_review")
        #expect(
            heard == [
                ["created", "possible_duplicate", "1"], ["found", "possible_duplicate", "1"],
                ["created", "possible_duplicate", "2"], ["found", "possible_duplicate", "2"],
            ])
        try await app.administer { _, _, tx in
            try tx.run("UPDATE duplicate_cases SET state = 'dismissed'")
        }
        let decided = await BridgeRoutesTests.send(app, .post, "sync", json: row)
        #expect(
            decided["results"]?.elements.first { _ in true }?["match"]?["decision"]?.string
                == "exact")
        // Who was there before has no doubt about them, and other facilities none of their own.
        #expect(await resolve(Self.odile)["match"]?["decision"]?.string == "exact")
    }

    // MARK: By the agent

    private func candidates(of ids: [String]) async -> Answer {
        await BridgeRoutesTests.send(
            app, .post, "candidates",
            json: #"{"health_ids":[\#(ids.map { "\"\($0)\"" }.joined(separator: ","))]}"#)
    }

    @Test func listBridgeCandidatesShowsWhomARowMayMean() async throws {
        let first =
            await resolve(Self.odile + #","address":{"city":"Bafia"}"#)["health_id"]?.string ?? ""
        let pushed = await BridgeRoutesTests.send(
            app, .post, "sync",
            json:
                #"{"records":[{"record_type":"patient",\#(Self.alike),"external_reference":"H-1"}]}"#
        )
        let second =
            pushed["results"]?.elements.first { _ in true }?["health_id"]?.string ?? ""
        let audited = try app.audit().count
        let answer = await candidates(of: [second, first])
        #expect(answer.status == 200, "\(answer.text)")
        let results = answer["results"].map { Array($0.elements) } ?? []
        #expect(results.map { $0["health_id"]?.string } == [second, first])
        let shown = results.first?["candidates"]?.elements.first { _ in true }
        #expect(shown?["health_id"]?.string == first)
        #expect(shown?["place"]?.string == "Bafia")
        #expect(!answer.text.contains("1990-03-15"))
        #expect(try app.audit().dropFirst(audited) == ["listBridgeCandidates E success"])
        // What the technician says, as a row of a file; twice.
        for round in 0..<2 {
            let decided = await BridgeRoutesTests.send(
                app, .post, "sync",
                json:
                    #"{"records":[{"record_type":"patient",\#(Self.alike),"external_reference":"H-1","health_id":"\#(first)","replaces":"\#(second)","confirmed_by":"Sr. Amina"}]}"#
            )
            #expect(decided.status == 200, "\(decided.text)")
            let result = decided["results"]?.elements.first { _ in true }
            #expect(result?["health_id"]?.string == first)
            #expect(result?["replaced"]?.string == (round == 0 ? second : nil))
        }
        #expect(try state().dropFirst().prefix(4) == [1, 0, 1, 1])
        #expect(
            await candidates(of: [second])["results"]?.elements.first { _ in true }?["candidates"]?
                .count == 0)
    }

    /// A refusal in a batch leaves nothing behind, and the other records go on.
    @Test func aRowThatMayNotDecideIsKept() async throws {
        let first = await resolve(Self.odile)["health_id"]?.string ?? ""
        let second = await resolve(Self.alike)["health_id"]?.string ?? ""
        try await app.administer { _, _, tx in
            try tx.run("UPDATE duplicate_cases SET state = 'dismissed'")
        }
        let before = try state()
        let known = try app.count("SELECT COUNT(*) FROM patients WHERE blood_type = 'O+'")
        let pushed = await BridgeRoutesTests.send(
            app, .post, "sync",
            json:
                #"{"records":[{"record_type":"patient",\#(Self.alike),"blood_type":"O+","health_id":"\#(first)","replaces":"\#(second)","confirmed_by":"x"},{"record_type":"patient","first_name":"Awa","last_name":"Fon","date_of_birth":"1990-07-11"}]}"#
        )
        #expect(pushed["accepted"]?.int == 1, "\(pushed.text)")
        #expect(pushed["rejected"]?.int == 1)
        #expect(
            pushed["errors"]?.elements.first { _ in true }?["error"]?.string == "merge_conflict")
        #expect(try state() == [before[0] + 1] + before.dropFirst())
        #expect(try app.count("SELECT COUNT(*) FROM patients WHERE blood_type = 'O+'") == known)
    }

    @Test func whoAsksTooOftenOrWronglyIsStopped() async throws {
        let second = await resolve(Self.alike)["health_id"]?.string ?? ""
        for (ids, status) in [
            ([], 422), (["x"], 422), ([String](repeating: second, count: 21), 422),
        ] {
            #expect(await candidates(of: ids).status == status)
        }
        var statuses: [Int] = []
        for _ in 0..<4 {
            statuses.append(await candidates(of: [String](repeating: second, count: 20)).status)
        }
        #expect(statuses == [200, 200, 200, 429])
    }
}
