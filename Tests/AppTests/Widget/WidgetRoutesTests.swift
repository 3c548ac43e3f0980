import API
import HTTP
import JSON
import Registry
import Synchronization
import Testing
import TestSupport
import Values

struct WidgetRoutesTests {
    private let bench: WidgetBench

    init() throws {
        bench = try WidgetBench()
    }

    @Test func getWidgetStateHoldsNothingOfThePatient() async throws {
        let session = await bench.named(#","actor":"Dr Etoa""#)
        let answer = await bench.app.send(.get, "/widget/v1/state", token: session.token)
        #expect(answer["state"]?.string == "consent_required")
        #expect(answer["shows_record"]?.bool == true)
        #expect(answer["client_name"]?.string == "Sandbox developer")
        #expect(answer["facility_name"]?.string == "Hôpital Central de Yaoundé")
        for word in ["Mbarga", "HID", "OPC", "1975", "Etoa"] {
            #expect(!answer.text.contains(word), "\(word)")
        }
    }

    @Test func answerInWidgetGrantsWhereThePatientIsPresent() async throws {
        let session = await bench.named(#","actor":"Dr Etoa""#)
        #expect(await bench.summary(session).error == "consent_required")
        let granted = await bench.decide(session, "granted")
        #expect(granted.status == 200)
        #expect(granted["state"]?.string == "access_granted")
        #expect(granted["expires_at"]?.string == "2026-07-01T09:30:00Z")
        #expect(await bench.state(session) == "access_granted")
        #expect(try bench.events() == ["consent.granted demo_dev_sandbox"])
        #expect(
            try bench.app.count(
                """
                SELECT COUNT(*) FROM consents
                WHERE verification_method = 'widget:presence' AND state = 'active'
                """) == 1)
        #expect(
            try bench.audit(1) == [
                "widget:\(session.id) answerInWidget patient/CM-HID-VT4F-5V37-E3SM success"
            ])
        #expect(
            try bench.app.count(
                "SELECT COUNT(*) FROM audit_log WHERE purpose LIKE 'widget wgs_% for Dr Etoa'")
                == 3)
    }

    /// A second yes changes nothing.
    @Test func answerInWidgetGrantsOnce() async throws {
        let session = await bench.named()
        for _ in 0..<2 {
            #expect(await bench.decide(session, "granted")["state"]?.string == "access_granted")
        }
        #expect(await bench.decide(session, "denied").status == 409)
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents") == 1)
        #expect(try bench.events() == ["consent.granted demo_dev_sandbox"])
    }

    @Test func answerInWidgetTellsOfANo() async throws {
        let session = await bench.named()
        let denied = await bench.decide(session, "denied")
        #expect(denied["state"]?.string == "declined")
        #expect(await bench.state(session) == "declined")
        #expect(await bench.summary(session).status == 403)
        #expect(try bench.events() == ["consent.denied demo_dev_sandbox"])
        // The patient may change their mind.
        #expect(await bench.decide(session, "granted")["state"]?.string == "access_granted")
    }

    /// What a client asked for is answered where the patient sees it.
    @Test func answerInWidgetAnswersWhatTheClientAsked() async throws {
        let token = try await bench.app.token("demo_dev_sandbox")
        let asked = await bench.app.send(
            .post, "/api/v1/connect/consents/request", token: token,
            json: """
                {"health_id":"OPC-2024-XK7T9","purpose":"care","requested_scopes":["full_record"],
                "validity_period_days":7}
                """)
        let session = await bench.named()
        let granted = await bench.decide(session, "granted")
        #expect(granted["consent_id"]?.string == asked["consent_id"]?.string)
        #expect(granted["expires_at"]?.string == "2026-06-08T09:30:00Z")
        let polled = await bench.app.send(
            .get, "/api/v1/connect/patient/OPC-2024-XK7T9/consent", token: token)
        #expect(polled["state"]?.string == "active")
        #expect(
            try bench.events() == [
                "consent.requested demo_dev_sandbox", "consent.granted demo_dev_sandbox",
            ])
    }

    @Test func getWidgetSummaryShowsWhatConsentCovers() async throws {
        let session = await bench.named(#","scopes":["prescriptions"]"#)
        _ = await bench.decide(session, "granted")
        let answer = await bench.summary(session)
        #expect(answer.status == 200)
        #expect(answer["full_name"]?.string == "Jean-Pierre Mbarga")
        #expect(answer["health_id"]?.string == "OPC-2024-XK7T9")
        #expect(answer["age"]?.int == 50)
        #expect(answer["allergies"]?.elements.compactMap(\.string) == ["Sulfonamides", "Peanuts"])
        #expect(
            answer["withheld"]?.elements.compactMap(\.string) == [
                "recent_lab_results", "recent_visits",
            ])
        #expect(answer["recent_lab_results"]?.count == 0)
        #expect(!answer.text.contains("payload"))
        #expect(!answer.text.contains("notes"))
        #expect(
            try bench.audit(1) == [
                "widget:\(session.id) getWidgetSummary patient/CM-HID-VT4F-5V37-E3SM success"
            ])
        let full = await bench.named()
        #expect(await bench.decide(full, "granted").status == 200)
        let whole = await bench.summary(full)
        #expect(whole["withheld"]?.count == 0)
        #expect(whole["recent_lab_results"]?.count ?? 0 > 0)
    }

    @Test func identifyInWidgetVerifiesAHealthID() async throws {
        let session = bench.session(await bench.fromPage(#"{"widget_type":"health_id_verify"}"#))
        #expect(await bench.state(session) == "identify")
        let answer = await bench.identify(session)
        #expect(answer.status == 200)
        #expect(answer["health_id"]?.string == "OPC-2024-XK7T9")
        #expect(answer["state"]?.string == "ready")
        #expect(!answer.text.contains("Mbarga"))
        #expect(try bench.events() == ["health_id.verified demo_dev_sandbox"])
        #expect(
            try bench.audit(1) == [
                "widget:\(session.id) identifyInWidget patient/CM-HID-VT4F-5V37-E3SM success"
            ])
        #expect(await bench.identify(session).status == 409)
        #expect(await bench.decide(session, "granted").status == 403)
    }

    /// Whom a client's server names, nobody else can turn out to be.
    @Test func identifyInWidgetIsForWhomTheClientNamed() async throws {
        let session = await bench.named(#","widget_type":"health_id_verify""#)
        let other = await bench.identify(session, as: "OPC-2024-DEMO1", born: "1988-03-14")
        #expect(other.status == 422)
        #expect(
            await bench.identify(session, as: "CM-HID-VT4F-5V37-E3SM")["state"]?.string == "ready")
    }

    @Test(arguments: ["1975", "1975-11", "", "soon", "2975-11-02"])
    func identifyInWidgetAsksForADay(_ born: String) async throws {
        let session = bench.session(await bench.fromPage())
        let answer = await bench.identify(session, born: born)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["date_of_birth"] != nil)
    }

    // MARK: Codes

    @Test func answerInWidgetWaitsForTheCode() async throws {
        let session = await bench.identified()
        let asked = await bench.decide(session, "granted")
        #expect(asked.status == 202)
        #expect(asked["state"]?.string == "consent_pending")
        #expect(asked["code_sent"]?.bool == true)
        #expect(asked["code_sent_to"]?.string == "•• 02")
        #expect(!asked.text.contains("+237"))
        let code = try #require(asked["sandbox_code"]?.string)
        #expect(code.count == 6)
        #expect(await bench.state(session) == "consent_pending")
        let granted = await bench.decide(session, "granted", code: code)
        #expect(granted.status == 200)
        #expect(granted["state"]?.string == "access_granted")
        #expect(
            try bench.app.count(
                """
                SELECT COUNT(*) FROM consents
                WHERE verification_method = 'widget:code' AND state = 'active'
                """) == 1)
        #expect(
            try bench.events() == [
                "health_id.verified demo_dev_sandbox", "consent.requested demo_dev_sandbox",
                "consent.granted demo_dev_sandbox",
            ])
        // Nobody vouches for the page: it shows no record all the same.
        #expect(await bench.summary(session).error == "invalid_scope")
    }

    /// Phones show a code in two groups, and people type it in the digits of their script.
    @Test(arguments: ["ascii", "grouped", "hyphen", "arabic", "persian", "marked"])
    func aCodeIsReadAsPeopleTypeIt(_ way: String) async throws {
        let session = await bench.identified()
        let code = try #require(await bench.decide(session, "granted")["sandbox_code"]?.string)
        let digits: [String: UInt32] = ["arabic": 0x660, "persian": 0x6F0]
        var scalars = String.UnicodeScalarView()
        for scalar in code.unicodeScalars {
            let zero = digits[way] ?? 48
            scalars.append(try #require(Unicode.Scalar(scalar.value - 48 + zero)))
        }
        var typed = String(scalars)
        let group = ["grouped": " ", "arabic": "\u{A0}", "hyphen": "\u{2011}"][way] ?? ""
        typed.insert(contentsOf: group, at: typed.index(typed.startIndex, offsetBy: 3))
        if way == "marked" { typed = "\u{200F}" + typed + "\u{200E}" }
        #expect(await bench.decide(session, "granted", code: typed).status == 200)
    }

    @Test func answerInWidgetWithoutAPhoneWaitsForTheFacility() async throws {
        try await bench.change("UPDATE patients SET phone_number = NULL")
        let session = await bench.identified()
        let asked = await bench.decide(session, "granted")
        #expect(asked["code_sent"]?.bool == false)
        #expect(asked["sandbox_code"] == nil)
        #expect(await bench.decide(session, "granted", code: "000000").status == 409)
        let admin = try await bench.app.adminToken()
        let id = try #require(asked["consent_id"]?.string)
        let answered = await bench.app.send(
            .post, "/api/v1/admin/consents/\(id)/grant", token: admin)
        #expect(answered.status == 200)
        #expect(await bench.state(session) == "access_granted")
    }

    @Test func aCodeIsGoodForTenMinutesAndFiveTries() async throws {
        let session = await bench.identified()
        let code = try #require(
            await bench.decide(session, "granted")["sandbox_code"]?.string)
        let wrong = code == "123456" ? "654321" : "123456"
        for left in [4, 3, 2, 1, 0] {
            let answer = await bench.decide(session, "granted", code: wrong)
            #expect(answer.status == 422)
            #expect(answer["tries_left"]?.string == String(left))
        }
        #expect(await bench.decide(session, "granted", code: code).status == 409)
        let later = bench.session(await bench.fromPage(#"{"expires_in":3600}"#))
        _ = await bench.identify(later)
        let other = try #require(await bench.decide(later, "granted")["sandbox_code"]?.string)
        bench.app.advance(seconds: 600)
        #expect(await bench.decide(later, "granted", code: other).status == 409)
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents WHERE state = 'active'") == 0)
    }

    /// Whoever has somebody's Health ID and birth date cannot make their phone ring all day.
    @Test func fiveCodesAnHourAreSentToAPatient() async throws {
        for number in 0..<6 {
            let session = await bench.identified()
            let answer = await bench.decide(session, "granted")
            #expect(answer["code_sent"]?.bool == (number < 5))
        }
    }

    /// Families share a phone: in any spelling it gets ten messages an hour, whomever they are about.
    @Test func tenCodesAnHourAreSentToAPhone() async throws {
        try await bench.change("UPDATE patients SET phone_number = '+237 699 88 77 02'")
        let people = [
            ("OPC-2024-XK7T9", "1975-11-02"), ("OPC-2024-DEMO1", "1988-03-14"),
            ("CM-HID-7KQ9-MP42-X8D1", "1990-04-15"),
        ]
        try await bench.change(
            """
            UPDATE patients SET phone_number = '00237699887702', date_of_birth = '1990-04-15'
            WHERE health_id = 'CM-HID-7KQ9-MP42-X8D1'
            """)
        var sent: [Bool] = []
        for person in people {
            for _ in 0..<5 {
                bench.app.advance(seconds: 10)
                let session = bench.session(await bench.fromPage())
                let known = await bench.identify(session, as: person.0, born: person.1)
                #expect(known.status == 200)
                sent.append(await bench.decide(session, "granted")["code_sent"]?.bool == true)
            }
        }
        #expect(sent == Array(repeating: true, count: 10) + Array(repeating: false, count: 5))
    }
}
