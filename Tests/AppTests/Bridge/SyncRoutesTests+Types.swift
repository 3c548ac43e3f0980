import API
import App
import Crypto
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import SQLite
import Testing
import TestSupport
import Values

extension SyncRoutesTests {
    // MARK: Types

    @Test func everyTypeIsTakenInTheSpellingsOfExports() async throws {
        let app = try TestApp()
        let answer = await sync(
            app,
            """
            {"records":[
            {"record_type":"patient","first_name":"Paul","last_name":"Essomba","dob":"1980-01-31","sex":"M","phone":"677000111","external_id":"P-7"},
            {"record_type":"encounter","patient_health_id":"\(Self.patient)","notes":"Cough","severity":"mild","date":"2026-06-01"},
            {"record_type":"visit","health_id":"\(Self.patient)","notes":"Back","date":"2026-06-01 08:30","status":"closed"},
            {"record_type":"lab_result","health_id":"\(Self.patient)","test":"Na","result":"140","flagged":"","date":""},
            {"record_type":"prescription","health_id":"\(Self.patient)","medicine":"Zinc","dose":"20 mg","frequency":"daily"},
            {"record_type":"vital","health_id":"\(Self.patient)","type":"pulse","value":"72"},
            {"record_type":"diagnosis","health_id":"\(Self.patient)","code":"I10"},
            {"record_type":"pharmacy_stock","drug_code":"ZN20","name":"Zinc","quantity":"50"},
            {"record_type":"blood_stock","blood_group":"O+","component":"plasma","units":"3","screening":"screened"},
            {"record_type":"appointment","health_id":"\(Self.patient)","date":"2026-06-15","time_from":"8:30","doctor_code":"D1"},
            {"record_type":"payment","reference":"R-1","amount":"1500","currency":"XAF","paid_at":"2026-06-01T08:00:00Z"}]}
            """)
        #expect(answer["status"]?.string == "ok")
        #expect(answer["accepted"]?.int == 11)
        let results = try #require(answer["results"])
        #expect(results.elements.map { $0["status"]?.string ?? "" } == ["created"])
        let patient = try #require(results.elements.first { _ in true })
        #expect(patient["health_id"]?.string?.hasPrefix("CM-HID-") == true)
        #expect(patient["external_reference"]?.string == "P-7")
        #expect(patient["next_action"]?.string == "store_health_id")
        #expect(
            try events(app) == [
                "patient.created", "health_id.created", "encounter.created",
                "encounter.created", "encounter.closed", "lab_result.released",
                "prescription.issued", "appointment.created", "payment.completed",
            ])
        #expect(try app.count("SELECT quantity FROM pharmacy_stock WHERE drug_code = 'ZN20'") == 50)
        #expect(
            try app.count(
                "SELECT units FROM blood_stock WHERE blood_group = 'O+' AND component = 'plasma'")
                == 3)
        #expect(
            try app.read { tx in
                try tx.first("SELECT time_from FROM appointments") { $0.text(0) }
            } == "08:30")
        // 08:30 on a clock in Douala.
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM records WHERE type = 'encounter'
                    AND occurred_at = 1780299000000
                """) == 1)
        let again = await sync(
            app,
            #"{"records":[{"record_type":"patient","first_name":"Paul","last_name":"Essomba","dob":"1980-01-31","sex":"M","phone":"677000111","external_id":"P-7"}]}"#
        )
        #expect(again["duplicates"]?.int == 1)
        #expect(
            again["results"]?.elements.first { _ in true }?["health_id"]?.string
                == patient["health_id"]?.string)
    }

    @Test(
        arguments: [
            ("\"H\"", true), ("\"HH\"", true), ("\"L\"", true), ("\"LL\"", true), ("\"A\"", true),
            ("\"oui\"", true), ("\"Yes\"", true), ("true", true), ("1", true), ("\"non\"", false),
            ("\"no\"", false), ("\"N\"", false), ("0", false), ("\"perhaps\"", nil), ("\"\"", nil),
            ("null", nil), ("7", nil),
        ] as [(String, Bool?)])
    func aFlagIsReadOrUnknown(_ flag: String, _ expected: Bool?) async throws {
        let app = try TestApp()
        #expect(await sync(app, Self.lab("1", #","flagged":\#(flag)"#)).status == 200)
        let content = try #require(
            try app.read { tx in
                try tx.first("SELECT content FROM records WHERE client_id LIKE 'agent:%'") {
                    try JSONDocument($0.utf8(0))
                }
            })
        #expect(content.root["flagged"]?.bool == expected)
        #expect(expected != nil || content.root["flagged"]?.isNull == true)
    }

    @Test func onePersonSeveralTimesInABatchGetsOneId() async throws {
        let app = try TestApp()
        func person(_ first: String, _ number: String) -> String {
            #"{"record_type":"patient","first_name":"\#(first)","last_name":"Owona","dob":"1979-05-06","external_reference":"\#(number)"}"#
        }
        let answer = await sync(
            app,
            "{\"records\":[\(person("Alain", "1")),\(person("ALAIN", "1")),\(person("Berthe", "2"))]}"
        )
        let results = try #require(answer["results"]).elements.map { $0 }
        let ids = results.compactMap { $0["health_id"]?.string }
        #expect(ids.count == 3)
        #expect(ids[0] == ids[1])
        #expect(ids[0] != ids[2])
        #expect(results.compactMap { $0["status"]?.string } == ["created", "found", "created"])
        #expect(try events(app).filter { $0 == "patient.created" }.count == 2)
    }

    /// Two men without a name are two men, however alike their registrations look.
    @Test func placeholdersAreTwoPeopleUnlessTheRecordIsTheSame() async throws {
        let app = try TestApp()
        func unknown(_ note: String) async -> String? {
            let answer = await sync(
                app,
                """
                {"record_type":"patient","first_name":"Inconnu","last_name":"Inconnu",
                "date_of_birth":"1900-01-01","sex":"male","notes":"\(note)"}
                """)
            return answer["results"]?.elements.first { _ in true }?["health_id"]?.string
        }
        let road = try #require(await unknown("route 1"))
        let market = try #require(await unknown("market"))
        #expect(road != market)
        #expect(await unknown("route 1") == road)
    }

    /// Whichever id were taken, it might be the wrong chart.
    @Test(arguments: [
        #""patient_health_id":"OPC-2024-DEMO1""#,
        #""data":{"health_id":"OPC-2024-DEMO1","test":"x","result":"1"}"#,
    ])
    func twoIdsInOneRecordAreRefused(_ more: String) async throws {
        let app = try TestApp()
        let answer = await sync(app, #"{"records":[\#(Self.lab("1", "," + more))]}"#)
        #expect(answer.status == 422)
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records") == 1)
        let same = await sync(
            app,
            #"{"records":[\#(Self.lab("1", #","patient_health_id":"cm hid 7kq9 mp42 x8d1""#))]}"#)
        #expect(same.status == 200)
    }

    @Test func anAmendedPaymentKeepsWhatWasSaidBefore() async throws {
        let app = try TestApp()
        func pay(_ amount: String) async -> String? {
            let answer = await sync(
                app,
                """
                {"record_type":"payment","reference":"R-77","amount":"\(amount)","currency":"XAF",
                "paid_at":"2026-06-01T08:00:00Z"}
                """)
            return answer["results"]?.elements.first { _ in true }?["status"]?.string
        }
        #expect(await pay("1 500") == nil)
        #expect(await pay("1600") == "amended")
        #expect(await pay("1600") == "duplicate")
        #expect(
            try app.count("SELECT amount_minor FROM payments WHERE reference = 'R-77'") == 1600)
        #expect(
            try app.count("SELECT amount_minor FROM payment_versions WHERE reference = 'R-77'")
                == 1500)
    }

    /// A neighbour who guesses must not keep the agent out.
    @Test func wrongKeysLockOutWhoeverSendsThemAndNotTheAgent() async throws {
        let app = try TestApp()
        for _ in 0..<12 {
            _ = await app.send(
                .get, "/api/v1/bridge/status",
                fields: [
                    ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"), ("X-Bridge-Agent-Key", "guess"),
                ])
        }
        let guess = await app.send(
            .get, "/api/v1/bridge/status",
            fields: [
                ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"), ("X-Bridge-Agent-Key", "guess"),
            ])
        #expect(guess.status == 429)
        let agent = await app.send(
            .get, "/api/v1/bridge/status",
            fields: [
                ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"),
                ("X-Bridge-Agent-Key", "demo_bridge_key_sandbox_2026"),
            ])
        #expect(agent.status == 200)
    }

    /// A count is the state of something: the same number again after another one is news.
    @Test func stockIsReplacedAndAnOlderCountChangesNothing() async throws {
        let app = try TestApp()
        func report(_ quantity: Int, _ more: String = "") async -> Int64? {
            await sync(
                app,
                #"{"sync_type":"pharmacy_stock","records":[{"drug_code":"X1","name":"X","quantity":\#(quantity)\#(more)}]}"#
            )["duplicates"]?.int
        }
        #expect(await report(50) == 0)
        #expect(await report(50) == 1)
        #expect(await report(40) == 0)
        #expect(await report(50) == 0)
        #expect(await report(7, #","as_of":"2026-05-30T08:00:00Z""#) == 0)
        #expect(try app.count("SELECT quantity FROM pharmacy_stock WHERE drug_code = 'X1'") == 50)
    }

    @Test func anAppointmentMovesAndIsCancelled() async throws {
        let app = try TestApp()
        func send(_ members: String) async -> Answer {
            await sync(
                app,
                #"{"record_type":"appointment","health_id":"\#(Self.patient)",\#(members)}"#)
        }
        _ = await send(#""external_id":"A1","date":"2026-06-15","time_from":"09:00""#)
        _ = await send(#""external_id":"A2","date":"2026-06-15","time_from":"10:00""#)
        #expect(
            await send(#""external_id":"A1","date":"2026-06-15","time_from":"09:00""#)[
                "duplicates"]?.int == 1)
        let taken = await send(#""external_id":"A1","date":"2026-06-15","time_from":"10:00""#)
        #expect(taken.status == 422)
        _ = await send(#""external_id":"A1","date":"2026-06-16","time_from":"09:00""#)
        _ = await send(#""date":"2026-06-16","time_from":"09:00","status":"arrived""#)
        _ = await send(
            #""external_id":"A2","date":"2026-06-15","time_from":"10:00","status":"canceled""#)
        _ = await send(#""starts_at":"2026-06-20T23:30:00Z""#)
        #expect(await send(#""date":"2026-06-15","status":"perhaps""#).status == 422)
        #expect(await send(#""date":"2026-06-15","time_from":"25:00""#).status == 422)
        #expect(await send(#""time_from":"09:00""#).status == 422)
        #expect(
            try events(app).filter { $0.hasPrefix("appointment") } == [
                "appointment.created", "appointment.created", "appointment.updated",
                "appointment.checked_in", "appointment.cancelled", "appointment.created",
            ])
        let slots = try app.read { tx in
            try tx.all("SELECT date, time_from, status FROM appointments ORDER BY date") {
                "\($0.text(0)) \($0.text(1)) \($0.text(2))"
            }
        }
        // Half past midnight in Douala.
        #expect(
            slots == [
                "2026-06-15 10:00 cancelled", "2026-06-16 09:00 checked_in",
                "2026-06-21 00:30 booked",
            ])
        #expect(try app.count("SELECT COUNT(*) FROM appointment_versions") == 3)
    }
}
