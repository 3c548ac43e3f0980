import HTTP
import JSON
import Database
import Testing
import TestSupport

/// What clinics send while two patients are merged stays with whom it was sent for.
struct HealthcareMergeTests {
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func post(_ path: String, _ json: String) async -> Answer {
        await HealthcareRoutesTests.post(app, path, json)
    }

    private func book(_ number: String, _ time: String, _ more: String = "") async -> Answer {
        await post(
            "appointment",
            #"{"patientNo":"\#(number)","date":"2026-06-20","timeFrom":"\#(time)"\#(more)}"#)
    }

    private func resolve(_ first: String, _ born: String) async throws -> String {
        let answer = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: try await app.token(),
            json: """
                {"first_name":"\(first)","last_name":"Atangana","date_of_birth":"\(born)"}
                """)
        return try #require(answer["health_id"]?.string)
    }

    private func merge(_ retired: String, into survivor: String) async throws -> String {
        let answer = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(survivor)","retired_health_id":"\#(retired)"}"#)
        return try #require(answer["id"]?.string)
    }

    private func undo(_ merge: String) async {
        let answer = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(answer.status == 200)
    }

    /// One name, phone and birth date under two numbers: two patients.
    private func twoFiles() async throws -> (one: String, two: String) {
        var healthIDs: [String] = []
        for number in ["P-1", "P-2"] {
            let synced = await post(
                "patient",
                """
                {"name":"Mona Ali","mobile":"0501234567","patientNo":"\(number)",
                "dateOfBirth":"1990-01-05"}
                """)
            healthIDs.append(try #require(synced["healthId"]?.string))
        }
        #expect(healthIDs[0] != healthIDs[1])
        return (healthIDs[0], healthIDs[1])
    }

    private func holders(_ sql: StaticString) throws -> [String] {
        try app.read { tx in try tx.all(sql) { $0.text(0) } }
    }

    @Test func twoFilesNeverShareASlotWhileMerged() async throws {
        let (one, two) = try await twoFiles()
        let first = await book("P-1", "09:00", #","notes":"one""#)
        let second = await book("P-2", "09:00", #","notes":"two","externalId":"A-2""#)
        #expect(first["id"]?.string != second["id"]?.string)
        let merge = try await merge(two, into: one)
        let again = await book("P-2", "09:00", #","notes":"two again""#)
        #expect(again["status"]?.string == "updated")
        #expect(again["id"]?.string == second["id"]?.string)
        #expect(again["healthId"]?.string == one)
        #expect(await book("P-1", "09:00", #","notes":"one""#)["status"]?.string == "unchanged")
        // A booking of the one file is not taken over by the other.
        let taken = await book("P-1", "08:00", #","externalId":"A-2""#)
        #expect(taken.status == 422)
        #expect(taken["errors"]?["externalId"] != nil)
        // What is new while they are merged.
        let later = await book("P-2", "10:00")
        #expect(later.status == 201)
        #expect(await book("P-1", "10:00").status == 201)
        let list = await HealthcareRoutesTests.get(app, "appointments")
        #expect(
            list["appointments"]?.elements.compactMap { $0["healthId"]?.string }
                == [String](repeating: one, count: 4))
        await undo(merge)
        for (answer, notes, healthID) in [
            (first, "one", one), (second, "two again", two), (later, nil, two),
        ] {
            let shown = await HealthcareRoutesTests.get(
                app, "appointments/\(answer["id"]?.string ?? "")")
            #expect(shown["notes"]?.string == notes)
            #expect(shown["healthId"]?.string == healthID)
        }
        #expect(await HealthcareRoutesTests.get(app, "patients/P-2")["healthId"]?.string == two)
    }

    @Test func whatAFileSaysWhileMergedGoesBackWithIt() async throws {
        let (one, two) = try await twoFiles()
        let merge = try await merge(two, into: one)
        let learnt = await post("patient", #"{"patientNo":"P-2","nationalID":"2000000010"}"#)
        #expect(learnt["healthId"]?.string == one)
        let renumbered = await post(
            "patient", #"{"patientNo":"P-9","nationalID":"2000000010","gender":"F"}"#)
        #expect(renumbered["status"]?.string == "updated")
        await undo(merge)
        #expect(await HealthcareRoutesTests.get(app, "patients/P-9")["healthId"]?.string == two)
        #expect(
            try holders(
                """
                SELECT p.health_id FROM external_references r JOIN patients p ON p.id = r.patient_id
                WHERE r.reference = 'P-9'
                """) == [two])
        #expect(
            try holders("SELECT health_id FROM patients WHERE national_id = '2000000010'") == [two])
        #expect(
            try holders(
                "SELECT health_id FROM patients WHERE sex = 'female' AND first_name = 'Mona'")
                == [two])
    }

    /// Found by what the retired patient is called: undone, it is theirs.
    @Test func aFileThatIsNewWhileMergedGoesBackToWhomItNames() async throws {
        let one = try await resolve("Maryam", "1971-04-12")
        let two = try await resolve("Mariam", "1971-12-04")
        let merge = try await merge(two, into: one)
        let file = await post(
            "patient",
            """
            {"name":"Mariam Atangana","patientNo":"P-5","dateOfBirth":"1971-12-04",
            "mobile":"677123456"}
            """)
        #expect(file["healthId"]?.string == one)
        #expect(await book("P-5", "09:00")["healthId"]?.string == one)
        await undo(merge)
        #expect(await HealthcareRoutesTests.get(app, "patients/P-5")["healthId"]?.string == two)
        let list = await HealthcareRoutesTests.get(app, "appointments")
        #expect(list["appointments"]?.at(0)?["healthId"]?.string == two)
        #expect(
            try holders("SELECT health_id FROM patients WHERE phone_number = '677123456'") == [two])
        #expect(
            try holders(
                """
                SELECT p.health_id FROM external_references r JOIN patients p ON p.id = r.patient_id
                WHERE r.reference = 'P-5'
                """) == [two])
    }

    /// An agent names patients by Health ID, the retired one or the survivor's.
    @Test func agentsBookForWhomTheyName() async throws {
        let (one, two) = try await twoFiles()
        let mine = await book("P-1", "09:00")
        let theirs = await book("P-2", "09:00")
        let merge = try await merge(two, into: one)
        func send(_ healthID: String, _ time: String, _ status: String) async {
            let record = """
                {"records":[{"record_type":"appointment","health_id":"\(healthID)",
                "date":"2026-06-20","time":"\(time)","status":"\(status)"}]}
                """
            #expect(await BridgeRoutesTests.send(app, .post, "sync", json: record).status == 200)
        }
        await send(two, "09:00", "arrived")
        await send(one, "09:00", "cancelled")
        await send(two, "12:00", "booked")
        await undo(merge)
        func shown(_ answer: Answer) async -> String? {
            await HealthcareRoutesTests.get(app, "appointments/\(answer["id"]?.string ?? "")")[
                "status"]?.string
        }
        #expect(await shown(mine) == "cancelled")
        #expect(await shown(theirs) == "checked_in")
        #expect(
            try holders(
                """
                SELECT p.health_id FROM appointments a JOIN patients p ON p.id = a.patient_id
                WHERE a.time_from = '12:00'
                """) == [two])
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 3)
    }

    /// A slot that one file cancelled is no place for the other's booking.
    @Test func aCancelledSlotStaysWithItsFileWhileMerged() async throws {
        let (one, two) = try await twoFiles()
        let mine = await book("P-1", "09:00", #","externalId":"A-1","status":"Cancelled""#)
        let merge = try await merge(two, into: one)
        let theirs = await book("P-2", "09:00", #","externalId":"A-2""#)
        let anew = await book("P-1", "09:00", #","externalId":"A-3""#)
        #expect([mine.status, theirs.status, anew.status] == [201, 201, 201])
        #expect(
            await book("P-1", "09:00", #","externalId":"A-1""#)["status"]?.string == "unchanged")
        await undo(merge)
        for (code, healthID) in [("A-1", one), ("A-2", two), ("A-3", one)] {
            let shown = await HealthcareRoutesTests.get(app, "appointments/" + code)
            #expect(shown["healthId"]?.string == healthID)
        }
        #expect(
            await book("P-1", "09:00", #","externalId":"A-1","status":"Confirmed""#).status == 409)
    }

    /// The number that an agent gave a patient names them here too; with their one file, its slots.
    @Test func anAgentsNumberLeadsToThePatientsFile() async throws {
        _ = await post(
            "patient",
            #"{"name":"Lina Haddad","patientNo":"L-1","nationalID":"2000000028","dateOfBirth":"1988-08-08"}"#
        )
        let booked = await book("L-1", "09:00")
        _ = await post("patient", #"{"patientNo":"L-2","nationalID":"2000000028"}"#)
        let again = await book("L-1", "09:00")
        #expect(again["id"]?.string == booked["id"]?.string)
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 1)
    }
}
