import HTTP
import JSON
import Database
import Testing
import TestSupport

/// Names that a program has damaged are refused on every path, and what is spelling is kept on each.
struct DamagedNameTests {
    private func resolve(_ app: TestApp, _ name: String) async throws -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: try await app.token(),
            json: #"{"first_name":"Zohra","last_name":"\#(name)","date_of_birth":"1990-07-22"}"#)
    }

    private func sync(_ app: TestApp, _ name: String) async -> Answer {
        await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"record_type":"patient","first_name":"Zohra","last_name":"\(name)","dob":"1990-07-22"}
                """)
    }

    private func clinic(_ app: TestApp, _ name: String) async -> Answer {
        await HealthcareRoutesTests.post(
            app, "patient",
            """
            {"name":"Zohra \(name)","firstName":"Zohra","lastName":"\(name)","patientNo":"P1",
            "dateOfBirth":"1990-07-22"}
            """)
    }

    @Test(arguments: [
        "Ng?g?", "Ng\u{FFFD}g\u{FFFD}", "?bd", "JosÃ©", "#REF!", "Andr?", "Andr&eacute;", "ÇÍãÏ",
        "Franâ€™ois", "Ng□g", "Jean\u{2028}Bassa",
    ])
    func areRefusedOnEveryPath(_ name: String) async throws {
        let app = try TestApp()
        let before = try app.count("SELECT COUNT(*) FROM patients")
        let resolved = try await resolve(app, name)
        #expect(resolved.status == 422)
        let sentence = try #require(resolved["errors"]?["last_name"]?.at(0)?.string)
        let synced = await sync(app, name)
        #expect(synced.status == 422)
        #expect(synced["errors"]?.at(0)?["fields"]?["last_name"]?.at(0)?.string == sentence)
        let taken = await clinic(app, name)
        #expect(taken.status == 422)
        #expect(taken["errors"]?["lastName"]?.at(0)?.string == sentence)
        let whole = await HealthcareRoutesTests.post(
            app, "patient", #"{"name":"\#(name)","patientNo":"P2"}"#)
        #expect(whole.status == 422)
        #expect(whole["errors"]?["name"] != nil)
        #expect(try app.count("SELECT COUNT(*) FROM patients") == before)
    }

    @Test(arguments: ["None", "nil", "Infinity", "System.Object[]", "[object Object]"])
    func whatProgramsWriteForNobodyIsNobody(_ name: String) async throws {
        let app = try TestApp()
        let resolved = try await resolve(app, name)
        #expect(resolved.status == 422)
        #expect(resolved["errors"]?["last_name"]?.at(0)?.string?.contains("required") == true)
        #expect(await sync(app, name).status == 422)
        let whole = await HealthcareRoutesTests.post(
            app, "patient", #"{"name":"\#(name)","patientNo":"P2"}"#)
        #expect(whole.status == 422)
        #expect(whole["errors"]?["name"]?.at(0)?.string == "is required")
        // By the whole name the clinic knows who it is.
        #expect(
            await HealthcareRoutesTests.post(
                app, "patient", #"{"name":"Zohra","lastName":"\#(name)","patientNo":"P3"}"#
            ).status < 300)
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM patients
                WHERE last_name IN ('None','nil','Infinity','System.Object[]','[object Object]')
                """) == 0)
    }

    /// A file in which the sign stands is refused before it is sent.
    @Test func theAgentRefusesThemToo() throws {
        #expect(
            try AgentRow.record(
                "patients_1.csv",
                [
                    ("first_name", #""Zohra""#), ("last_name", "\"Ng\u{FFFD}g\""),
                    ("dob", #""1990-07-22""#),
                ]
            ) == nil)
    }

    /// U+200C in Persian and after a virama is spelling: it is kept, and finds the same person without it.
    @Test(arguments: [
        ("علی\u{200C}رضا", "علیرضا"), ("ക്\u{200D}", "ക്"), ("শর\u{200D}্মা", "শর্মা"),
    ])
    func joinersAreSpelling(_ name: String, _ without: String) async throws {
        let app = try TestApp()
        let made = try await resolve(app, "\u{200F}" + name + "\u{200B}")
        #expect(made["status"]?.string == "created")
        let stored = try app.read { tx in
            try tx.all("SELECT last_name FROM patients WHERE first_name = 'Zohra'") { $0.text(0) }
        }
        #expect(stored.map { Array($0.unicodeScalars) } == [Array(name.unicodeScalars)])
        let again = try await resolve(app, without)
        #expect(again["health_id"]?.string == made["health_id"]?.string)
        #expect(await sync(app, without)["results"]?.at(0)?["status"]?.string == "found")
        #expect(await clinic(app, name)["healthId"]?.string == made["health_id"]?.string)
    }

    @Test(arguments: [
        "Mari\u{200D}e", "\u{200C}علی", "علی\u{200C}", "علی\u{200C} رضا", "Ali\u{200C}رضا",
    ])
    func straysAreDropped(_ name: String) async throws {
        let app = try TestApp()
        _ = try await resolve(app, name)
        let stored = try app.read { tx in
            try tx.all("SELECT last_name FROM patients WHERE first_name = 'Zohra'") { $0.text(0) }
        }
        #expect(stored.count == 1)
        #expect(
            stored.allSatisfy { $0.unicodeScalars.allSatisfy { !("\u{200B}"..."\u{200F}" ~= $0) } })
    }
}
