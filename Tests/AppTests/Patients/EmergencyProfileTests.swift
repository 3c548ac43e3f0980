import HTTP
import JSON
import Database
import Testing
import TestSupport

/// Blood type and allergies, from whoever tells them to whoever needs them.
struct EmergencyProfileTests {
    private let app: TestApp
    private let token: String

    init() async throws {
        app = try TestApp()
        token = try await app.token()
    }

    private func resolve(_ more: String, _ first: String = "Marthe") async -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: """
                {"first_name":"\(first)","last_name":"Ebogo","date_of_birth":"1971-04-12"\(more)}
                """)
    }

    private func sync(_ more: String, _ first: String = "Marthe") async -> Answer {
        await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[{"record_type":"patient","first_name":"\(first)","last_name":"Ebogo",
                "dob":"1971-04-12"\(more)}]}
                """)
    }

    private func clinic(_ more: String) async -> Answer {
        await HealthcareRoutesTests.post(
            app, "patient",
            """
            {"patientNo":"P-1","name":"Marthe Ebogo","dateOfBirth":"1971-04-12"\(more)}
            """)
    }

    /// `O+ Penicillin|Latex`, the same in all three places that show it.
    private func profile(_ id: String?) async throws -> String {
        let id = try #require(id)
        let grant = await app.send(
            .post, "/api/v1/connect/patient/\(id)/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2030-01-01T00:00:00Z"}"#)
        #expect(grant.status == 200)
        var shown: Set<String> = []
        for path in [
            "patient/search?health_id=\(id)", "patients/\(id)/summary",
            "patients/\(id)/emergency-profile",
        ] {
            let answer = await app.send(.get, "/api/v1/connect/" + path, token: token)
            #expect(answer.status == 200)
            let allergies = answer["allergies"]?.elements.compactMap(\.string) ?? []
            shown.insert(
                "\(answer["blood_type"]?.string ?? "?") \(allergies.joined(separator: "|"))")
        }
        #expect(shown.count == 1, "\(shown)")
        return shown.first ?? ""
    }

    private func events() throws -> [String] {
        try app.read { tx in
            try tx.all(
                "SELECT type FROM events WHERE type LIKE 'patient%' ORDER BY seq"
            ) { $0.text(0) }
        }
    }

    private func merge(_ retired: String, into survivor: String) async throws -> String {
        let answer = await app.send(
            .post, "/api/v1/admin/merges", token: try await app.adminToken(),
            json: #"{"survivor_health_id":"\#(survivor)","retired_health_id":"\#(retired)"}"#)
        return try #require(answer["id"]?.string)
    }

    private func undo(_ merge: String) async throws {
        let answer = await app.send(
            .post, "/api/v1/admin/merges/\(merge)/undo", token: try await app.adminToken())
        #expect(answer.status == 200)
    }

    // MARK: Three ways in

    @Test func resolveRegistersWithBloodTypeAndAllergies() async throws {
        let facts =
            #","blood_type":"o Rh pos","allergies":["Penicillin"," penicillin ","NKDA","Latex"]"#
        let created = await resolve(facts)
        #expect(created.status == 201)
        #expect(created["warnings"] == nil)
        #expect(try await profile(created["health_id"]?.string) == "O+ Penicillin|Latex")
        let again = await resolve(facts)
        #expect(again.status == 200)
        #expect(again["demographics_mismatch"] == nil)
        #expect(try await profile(created["health_id"]?.string) == "O+ Penicillin|Latex")
        #expect(try events() == ["patient.created"])
    }

    @Test func resolveFillsInWhatWasNotKnown() async throws {
        let id = await resolve("")["health_id"]?.string
        #expect(try await profile(id) == "? ")
        #expect(await resolve(#","bloodType":"A neg""#)["health_id"]?.string == id)
        #expect(try await profile(id) == "A- ")
        _ = await resolve(#","allergy":"Penicillin; Latex, aucune""#)
        _ = await resolve(#","allergies":"LATEX,Iode","blood_group":"A-""#)
        #expect(try await profile(id) == "A- Penicillin|Latex|Iode")
        let all = ["patient.created"] + Array(repeating: "patient.updated", count: 3)
        #expect(try events() == all)
        // Whoever knows of none takes none away.
        _ = await resolve(#","allergies":[],"blood_type":null"#)
        _ = await resolve(#","allergies":"none","blood_type":"unknown""#)
        #expect(try await profile(id) == "A- Penicillin|Latex|Iode")
        #expect(try events() == all)
    }

    @Test func bridgeRecordsTellBloodTypeAndAllergies() async throws {
        let first = await sync(#","blood_group":"B positive","allergy":"Peanuts;Dust""#)
        let id = first["results"]?.at(0)?["health_id"]?.string
        #expect(try await profile(id) == "B+ Peanuts|Dust")
        // The same record, spelt otherwise.
        let same = await sync(#","blood_type":"B Rh+","allergies":["Peanuts","Dust"]"#)
        #expect(same["duplicates"]?.int == 1)
        #expect(try events() == ["patient.created"])
        // Another one, of the same person.
        let other = await sync(#","blood_type":"B+","allergies":["Peanuts","Latex"]"#)
        #expect(other["duplicates"]?.int == 0)
        #expect(other["results"]?.at(0)?["status"]?.string == "found")
        #expect(try await profile(id) == "B+ Peanuts|Dust|Latex")
        #expect(try events() == ["patient.created", "patient.updated"])
        let repeated = await sync(#","blood_type":"B+","allergies":["Peanuts","Latex"]"#)
        #expect(repeated["duplicates"]?.int == 1)
        #expect(try events() == ["patient.created", "patient.updated"])
    }

    @Test func clinicsFilesTellTheBloodType() async throws {
        let created = await clinic("")
        let id = created["healthId"]?.string
        #expect(try await profile(id) == "? ")
        #expect(await clinic(#","bloodType":"AB pos""#)["status"]?.string == "updated")
        #expect(try await profile(id) == "AB+ ")
        #expect(try events() == ["patient.created", "patient.updated"])
        #expect(await clinic(#","bloodType":"AB pos""#)["status"]?.string == "unchanged")
        #expect(try events() == ["patient.created", "patient.updated"])
        // What is cleared in the clinic's file is still known of the person.
        #expect(await clinic(#","bloodType":null"#)["status"]?.string == "updated")
        #expect(try await profile(id) == "AB+ ")
    }

    @Test func aNewFilesBloodTypeReachesAPatientWhoIsKnown() async throws {
        let id = await resolve(#","allergies":["Latex"]"#)["health_id"]?.string
        #expect(await clinic(#","bloodType":"O-""#)["healthId"]?.string == id)
        #expect(try await profile(id) == "O- Latex")
    }

    // MARK: What cannot be kept

    @Test func nobodyIsTurnedAwayForASideFact() async throws {
        let wild = #","blood_type":"Z+","allergies":["Latex",5,{"code":"x"},"a\u0000b"]"#
        let created = await resolve(wild)
        #expect(created.status == 201)
        let warnings = created["warnings"]?.elements.compactMap(\.string) ?? []
        #expect(warnings.count == 2)
        #expect(warnings.first?.hasPrefix("blood_type: ") == true)
        #expect(warnings.last?.hasPrefix("allergies: 3 not kept") == true)
        #expect(try await profile(created["health_id"]?.string) == "? Latex")
        for odd in [#"{"a":1}"#, "7", "true", "[[]]", #""\#(String(repeating: "x", count: 300))""#]
        {
            let answer = await resolve(#","blood_type":\#(odd),"allergies":\#(odd)"#)
            #expect(answer.status == 200)
            #expect(answer["warnings"]?.count == 2, "\(odd)")
        }
        let synced = await sync(wild)
        #expect(synced["accepted"]?.int == 1)
        #expect(synced["results"]?.at(0)?["warnings"]?.count == 2)
        #expect(try await profile(created["health_id"]?.string) == "? Latex")
    }

    @Test func aClinicsFileKeepsWhateverItSent() async throws {
        let created = await clinic(#","bloodType":"group O""#)
        #expect(created.status == 201)
        #expect(created["warnings"]?.at(0)?.string?.hasPrefix("bloodType: ") == true)
        #expect(try await profile(created["healthId"]?.string) == "? ")
        let shown = await HealthcareRoutesTests.get(app, "patients/P-1")
        #expect(shown["bloodType"]?.string == "group O")
        #expect(await clinic(#","bloodType":"inconnu""#)["warnings"] == nil)
    }

    @Test func noMoreThanFiftyAllergiesAreKept() async throws {
        func list(_ numbers: ClosedRange<Int>) -> String {
            #","allergies":["# + numbers.map { #""Pollen \#($0)""# }.joined(separator: ",") + "]"
        }
        let created = await resolve(list(1...60))
        #expect(created["warnings"]?.count == 1)
        let more = await resolve(list(45...60))
        #expect(more["warnings"]?.at(0)?.string?.hasPrefix("allergies: 10 not kept") == true)
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'patient.updated'") == 0)
        let answer = await app.send(
            .get, "/api/v1/connect/patient/search?health_id=\(created["health_id"]?.string ?? "")",
            token: token)
        #expect(answer["allergies"]?.count == 50)
    }

    // MARK: Contradictions

    /// Blood types are written down wrongly too often to tell people apart, and matter too much to
    /// be silent about.
    @Test func anotherBloodTypeIsAMismatchAndNobodyElse() async throws {
        let id = await resolve(#","blood_type":"O+""#)["health_id"]?.string
        let other = await resolve(#","blood_type":"A+","allergies":"Latex""#)
        #expect(other["status"]?.string == "found")
        #expect(other["health_id"]?.string == id)
        #expect(other["match"]?["decision"]?.string == "exact")
        #expect(other["demographics_mismatch"]?.bool == true)
        #expect(other["next_action"]?.string == "confirm_identity")
        #expect(other["warnings"]?.count == 1)
        // The allergy is theirs all the same.
        #expect(try await profile(id) == "O+ Latex")
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases") == 0)
        // A record that was stored is a duplicate, whatever it says of the blood.
        #expect(await sync(#","blood_type":"B-""#)["duplicates"]?.int == 0)
        let again = await sync(#","blood_type":"B neg""#)
        #expect(again["duplicates"]?.int == 1)
        #expect(again["results"]?.at(0)?["health_id"]?.string == id)
        #expect(try app.count("SELECT COUNT(*) FROM patients WHERE last_name = 'Ebogo'") == 1)
    }

    @Test func aClinicIsToldOfAnotherBloodType() async throws {
        let id = await resolve(#","blood_type":"O+""#)["health_id"]?.string
        let created = await clinic(#","bloodType":"A+""#)
        #expect(created["healthId"]?.string == id)
        #expect(created["warnings"]?.at(0)?.string?.contains("blood type") == true)
        #expect(
            await clinic(#","bloodType":"A+""#)["warnings"]?.at(0)?.string?.contains("blood type")
                == true)
        let mended = await clinic(#","bloodType":"O pos""#)
        #expect(mended["status"]?.string == "updated")
        #expect(mended["warnings"] == nil)
        #expect(try await profile(id) == "O+ ")
    }

    /// An id alone may be another person's, pasted; with names and birth date beside it, it is theirs.
    @Test func aHealthIDAloneTellsNothingNew() async throws {
        let id = try #require(await resolve(#","blood_type":"O+""#)["health_id"]?.string)
        func named(_ more: String) async -> Answer {
            await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token,
                json: #"{"health_id":"\#(id)"\#(more)}"#)
        }
        let alone = await named(#","allergies":["Latex"]"#)
        #expect(alone.status == 200)
        #expect(alone["warnings"]?.count == 1)
        // Nor whether it is what is known.
        let guesses = [
            await named(#","blood_type":"A-""#), await named(#","blood_type":"O+""#),
            await resolve(#","health_id":"\#(id)","blood_type":"A-""#, "Odile"),
            await resolve(#","health_id":"\#(id)","blood_type":"O+""#, "Odile"),
        ]
        #expect(guesses.map { $0["demographics_mismatch"]?.bool } == [nil, nil, true, true])
        #expect(Set(guesses.map { $0["warnings"]?.raw.map { $0 } ?? [] }).count == 1)
        let stranger = await resolve(#","health_id":"\#(id)","allergies":["Dust"]"#, "Odile")
        #expect(stranger["demographics_mismatch"]?.bool == true)
        #expect(stranger["warnings"]?.count == 1)
        #expect(try await profile(id) == "O+ ")
        let whole = await resolve(#","health_id":"\#(id)","allergies":["Latex"]"#)
        #expect(whole["match"]?["decision"]?.string == "health_id")
        #expect(whole["warnings"] == nil)
        #expect(try await profile(id) == "O+ Latex")
        #expect(try events() == ["patient.created", "patient.updated"])
    }

    // MARK: Merges

    private func rows() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT first_name || '|' || quote(blood_type) || '|' || allergies || '|' ||
                    updated_at
                FROM patients WHERE last_name = 'Ebogo' ORDER BY id
                """
            ) { $0.text(0) }
        }
    }

    @Test func aMergeLosesNothingAndUndoneGivesAllBack() async throws {
        let older = try #require(
            await resolve(#","allergies":["Latex","Dust"]"#)["health_id"]?.string)
        let newer = try #require(
            await resolve(#","blood_type":"A-","allergies":["latex","Iode"]"#, "Odile")[
                "health_id"]?.string)
        let before = try rows()
        let merge = try await merge(newer, into: older)
        for id in [older, newer] {
            #expect(try await profile(id) == "A- Latex|Dust|Iode")
        }
        #expect(try rows() == before)
        try await undo(merge)
        #expect(try rows() == before)
        #expect(try await profile(older) == "? Latex|Dust")
        #expect(try await profile(newer) == "A- latex|Iode")
    }

    @Test func whatIsToldWhileMergedStaysWithWhomItWasToldOf() async throws {
        let older = try #require(await resolve(#","blood_type":"O+""#)["health_id"]?.string)
        let newer = try #require(
            await resolve(#","blood_type":"A-""#, "Odile")["health_id"]?.string)
        let merge = try await merge(newer, into: older)
        // The survivor's counts.
        #expect(try await profile(newer) == "O+ ")
        app.advance(seconds: 60)
        let told = await resolve(#","allergies":["Iode"]"#, "Odile")
        #expect(told["health_id"]?.string == older)
        #expect(try await profile(older) == "O+ Iode")
        _ = await resolve(#","allergies":["Dust","Iode"]"#)
        #expect(try await profile(older) == "O+ Dust|Iode")
        let updates = try events().count
        // Known of the one is not yet known of the other: kept, though nothing more is shown.
        _ = await resolve(#","allergies":["Dust"]"#, "Odile")
        #expect(try events().count == updates)
        let byID = await resolve(#","health_id":"\#(newer)","allergies":["Wasps"]"#, "Odile")
        #expect(byID["resolved_via_alias"]?.bool == true)
        try await undo(merge)
        #expect(try await profile(older) == "O+ Dust|Iode")
        #expect(try await profile(newer) == "A- Iode|Dust|Wasps")
    }

    @Test func threeMergedInARowAreShownTogether() async throws {
        var ids: [String] = []
        for (first, facts) in [
            ("Marthe", #","allergies":["Latex"]"#), ("Odile", #","allergies":["Dust"]"#),
            ("Serge", #","blood_type":"B-","allergies":["Iode"]"#),
        ] {
            ids.append(try #require(await resolve(facts, first)["health_id"]?.string))
        }
        let first = try await merge(ids[2], into: ids[1])
        let second = try await merge(ids[1], into: ids[0])
        for id in ids { #expect(try await profile(id) == "B- Latex|Dust|Iode") }
        try await undo(second)
        #expect(try await profile(ids[0]) == "? Latex")
        #expect(try await profile(ids[2]) == "B- Dust|Iode")
        try await undo(first)
        #expect(try await profile(ids[1]) == "? Dust")
    }

    /// A clinic's file stays with the one of the two whom it was opened for.
    @Test func aMergedPatientsClinicTellsTheirBloodType() async throws {
        let older = try #require(await resolve("", "Odile")["health_id"]?.string)
        let newer = try #require(await clinic("")["healthId"]?.string)
        let merge = try await merge(newer, into: older)
        _ = await clinic(#","bloodType":"AB-""#)
        #expect(try await profile(older) == "AB- ")
        try await undo(merge)
        #expect(try await profile(older) == "? ")
        #expect(try await profile(newer) == "AB- ")
    }

    // MARK: Whose facts they are

    /// A number mistyped and put right again leaves nothing of the other person behind.
    @Test func whatAClinicSaidOfAnotherPersonIsNotLearntLater() async throws {
        let first = await clinic("")
        let id = first["healthId"]?.string
        let slip = await HealthcareRoutesTests.post(
            app, "patient",
            """
            {"patientNo":"P-1","name":"Bertha Nguema","dateOfBirth":"1971-04-12","bloodType":"O+",
            "mobile":"+237677000111"}
            """)
        #expect(slip["warnings"]?.count == 1)
        #expect(await clinic("")["status"]?.string == "updated")
        #expect(try await profile(id) == "? ")
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE phone_number LIKE '%677000111'") == 0
        )
        #expect(await clinic(#","bloodType":"A-""#)["status"]?.string == "updated")
        #expect(try await profile(id) == "A- ")
    }

    @Test func twoNewbornsUnderOneNumberAreTwo() async throws {
        func baby(_ mother: String, _ more: String) async -> Answer {
            await HealthcareRoutesTests.post(
                app, "patient",
                """
                {"patientNo":"N-1","name":"Baby of \(mother) Ebogo","firstName":"Baby of \(mother)",
                "lastName":"Ebogo","dateOfBirth":"2025-03-03"\(more)}
                """)
        }
        let first = await baby("Anna", "")
        let second = await baby("Bertha", #","bloodType":"O+","gender":"Female""#)
        #expect(second["warnings"]?.count == 1)
        #expect(try await profile(first["healthId"]?.string) == "? ")
        let own = await baby("Anna", #","bloodType":"A-""#)
        #expect(own["warnings"] == nil)
        #expect(try await profile(first["healthId"]?.string) == "A- ")
    }

    @Test(arguments: [
        (#","allergies":[],"allergy":["Latex"]"#, "? Latex", 0),
        (#","allergies":"NKDA","allergy":"Latex""#, "? Latex", 0),
        (#","allergies":["Latex"],"allergy":["Nuts","latex"]"#, "? Latex|Nuts", 0),
        (#","blood_type":"unknown","blood_group":"A+""#, "A+ ", 0),
        (#","blood_type":"zz","blood_group":"A+""#, "A+ ", 1),
        (#","blood_type":"B+","blood_group":"A+""#, "B+ ", 1),
    ])
    func everyWordForThemCounts(_ more: String, _ shown: String, _ warnings: Int) async throws {
        let answer = await resolve(more)
        #expect((answer["warnings"]?.count ?? 0) == warnings)
        #expect(try await profile(answer["health_id"]?.string) == shown)
    }

    /// Who saw it while they were one, both may read.
    @Test func aLookAtTheSurvivorIsInTheLogOfWhomWasMergedToo() async throws {
        let survivor = try #require(await resolve("")["health_id"]?.string)
        let retired = try #require(
            await resolve(#","allergies":["Latex"]"#, "Bertha")["health_id"]?.string)
        let admin = try await app.adminToken()
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: """
                {"survivor_health_id":"\(survivor)","retired_health_id":"\(retired)"}
                """)
        #expect(try await profile(survivor) == "? Latex")
        let reader = try await app.token("demo_dev_sandbox")
        _ = await app.send(
            .post, "/api/v1/connect/patient/\(survivor)/consent/grant", token: reader,
            json: #"{"consent_type":"full_record","expires_at":"2030-01-01T00:00:00Z"}"#)
        let listed = await app.send(
            .get, "/api/v1/connect/patient/\(survivor)/records", token: reader)
        #expect(listed.status == 200)
        let id = try #require(merged["id"]?.string)
        _ = await app.send(.post, "/api/v1/admin/merges/\(id)/undo", token: admin)
        let log = await app.send(
            .get, "/api/v1/admin/patients/\(retired)/access-log", token: admin)
        let looks = log["accesses"]?.elements.compactMap { $0["operation"]?.string } ?? []
        for operation in [
            "searchPatient", "getPatientSummary", "getEmergencyProfile", "listRecords",
        ] {
            #expect(looks.contains(operation), "\(operation)")
        }
    }
}
