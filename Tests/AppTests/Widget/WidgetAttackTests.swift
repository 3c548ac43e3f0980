import API
import HTTP
import JSON
import Registry
import Database
import Testing
import TestSupport
import Values

/// What somebody tries who is not meant to.
struct WidgetAttackTests {
    private let bench: WidgetBench

    init() throws {
        bench = try WidgetBench()
    }

    @Test(arguments: [nil, "null", "https://evil.example", "https://localhost.evil.example"])
    func aPageElsewhereOpensNoSession(_ origin: String?) async throws {
        let answer = await bench.fromPage(origin: origin)
        #expect(answer.status == 422)
        #expect(answer.error == "origin_not_allowed")
        #expect(try bench.app.count("SELECT COUNT(*) FROM widget_sessions") == 0)
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_publishable createWidgetSession - origin_not_allowed"
            ])
    }

    @Test func aPageNamesNoPatient() async throws {
        let answer = await bench.fromPage(#"{"health_id":"OPC-2024-XK7T9"}"#)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["health_id"] != nil)
    }

    @Test(arguments: [
        nil, "wgt_", "wgt_01kt189he0y1z5rv8pbx0qk3n7.AAAA", WidgetBench.secret,
        WidgetBench.publishable,
    ])
    func onlyASessionsTokenOpensTheFrame(_ token: String?) async throws {
        for path in ["/widget/v1/state", "/widget/v1/summary"] {
            #expect(await bench.app.send(.get, path, token: token).status == 401)
        }
    }

    @Test func aSessionsTokenOpensNothingElse() async throws {
        let session = await bench.named()
        _ = await bench.decide(session, "granted")
        for path in [
            "/api/v1/connect/patient/OPC-2024-XK7T9/records", "/api/v1/admin/clients",
            "/api/v1/connect/patients/OPC-2024-XK7T9/summary",
        ] {
            #expect(await bench.app.send(.get, path, token: session.token).status == 401)
        }
        let opened = await bench.app.send(
            .post, WidgetBench.path, token: session.token, json: "{}")
        #expect(opened.status == 401)
    }

    @Test func eachSessionHasItsOwnPatient() async throws {
        let one = await bench.named()
        _ = await bench.decide(one, "granted")
        let other = bench.session(
            await bench.app.send(
                .post, WidgetBench.path, token: WidgetBench.secret,
                json: #"{"health_id":"OPC-2024-DEMO1"}"#))
        #expect(await bench.state(other) == "consent_required")
        #expect(await bench.summary(other).status == 403)
        #expect(
            await bench.app.send(
                .get, "/widget/v1/summary?health_id=OPC-2024-DEMO1", token: one.token)["health_id"]?
                .string == "OPC-2024-XK7T9")
    }

    @Test func aSessionEndsWithItsTimeItsTokenAndItsClient() async throws {
        let first = await bench.named()
        bench.app.advance(seconds: 600)
        #expect(await bench.state(first) == "token_expired")
        let second = await bench.named()
        try await bench.change(
            "UPDATE sdk_tokens SET status = 'revoked' WHERE id = 'stk_demo_sandbox'")
        #expect(await bench.state(second) == "token_expired")
        #expect(await bench.summary(second).status == 401)
        let third = await bench.named(by: try await bench.app.token("opeshisos_production"))
        #expect(await bench.state(third) == "consent_required")
        try await bench.change(
            "UPDATE clients SET status = 'suspended' WHERE id = 'opeshisos_production'")
        #expect(await bench.decide(third, "granted").status == 401)
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents") == 0)
    }

    @Test func guessingBirthDatesEndsTheSession() async throws {
        let session = bench.session(await bench.fromPage())
        for day in 1...4 {
            let answer = await bench.identify(session, born: "1975-11-1\(day)")
            #expect(answer.status == 422)
        }
        #expect(await bench.identify(session, born: "1975-11-15").error == "token_expired")
        #expect(await bench.identify(session).error == "token_expired")
        #expect(try bench.events() == [])
        #expect(
            try bench.audit(2) == [
                "widget:\(session.id) identifyInWidget patient/CM-HID-VT4F-5V37-E3SM token_expired",
                "anonymous identifyInWidget - token_expired",
            ])
    }

    @Test func anUnknownHealthIDIsLikeAWrongBirthDate() async throws {
        let session = bench.session(await bench.fromPage())
        let wrong = await bench.identify(session, born: "1975-11-03")
        let unknown = await bench.identify(session, as: "OPC-2024-ZZZZZ")
        #expect(wrong.status == unknown.status)
        #expect(wrong["message"]?.string == unknown["message"]?.string)
        #expect(wrong.error == unknown.error)
        #expect(wrong.body.count == unknown.body.count)
        #expect(try bench.app.count("SELECT failures FROM widget_sessions") == 2)
    }

    /// Names, blood group, allergies, drugs, tests: none of it in any answer of a page's session.
    @Test func aPagesSessionShowsNothingClinical() async throws {
        let session = bench.session(await bench.fromPage())
        var texts = [await bench.identify(session).text]
        let asked = await bench.decide(session, "granted")
        texts.append(asked.text)
        let code = asked["sandbox_code"]?.string
        texts.append(await bench.decide(session, "granted", code: code).text)
        for path in ["/widget/v1/state", "/widget/v1/summary"] {
            texts.append(await bench.app.send(.get, path, token: session.token).text)
        }
        let named = await bench.named()
        let record = await bench.summary(named)
        #expect(record.status == 200)
        var words = ["Mbarga", "Jean-Pierre", "male", "699887702"]
        words += [record["blood_group"]?.string].compactMap(\.self)
        words += record["allergies"]?.elements.compactMap(\.string) ?? []
        for list in ["active_medications", "recent_lab_results", "recent_visits"] {
            for line in record[list].map({ Array($0.elements) }) ?? [] {
                for name in ["medication_name", "test_name", "chief_complaint", "dose"] {
                    words += [line[name]?.string].compactMap(\.self)
                }
            }
        }
        #expect(words.count > 8)
        for text in texts {
            for word in words { #expect(!text.contains(word), "\(word) in \(text)") }
        }
    }

    @Test func consentRevokedMeanwhileClosesTheRecord() async throws {
        let session = await bench.named()
        _ = await bench.decide(session, "granted")
        #expect(await bench.summary(session).status == 200)
        let token = try await bench.app.token("demo_dev_sandbox")
        _ = await bench.app.send(
            .post, "/api/v1/connect/patient/OPC-2024-XK7T9/consent/revoke", token: token)
        #expect(await bench.state(session) == "consent_required")
        #expect(await bench.summary(session).error == "consent_required")
    }

    @Test(arguments: [
        "{}", #"{"decision":"active"}"#, #"{"decision":true}"#,
        #"{"decision":"granted ","code":["1"]}"#,
    ])
    func aForgedDecisionIsNone(_ body: String) async throws {
        let session = await bench.named()
        let answer = await bench.app.send(
            .post, "/widget/v1/consent", token: session.token, json: body)
        #expect(answer.status == 422)
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents") == 0)
    }

    @Test func aSessionWithoutConsentAsksForNone() async throws {
        let session = await bench.named(#","allow_consent":false"#)
        #expect(await bench.decide(session, "granted").status == 403)
        let page = bench.session(await bench.fromPage())
        #expect(await bench.decide(page, "granted").status == 409)
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents") == 0)
    }

    /// No patient vouches for it: a yes without a code stays a question.
    @Test func aPageCannotConsentWithoutTheCode() async throws {
        let session = await bench.identified()
        #expect(await bench.decide(session, "granted", code: "123456").status == 409)
        _ = await bench.decide(session, "granted")
        _ = await bench.decide(session, "granted")
        #expect(await bench.state(session) == "consent_pending")
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents WHERE state = 'active'") == 0)
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents") == 1)
    }

    @Test func aCodeIsGoodOnceAndInItsOwnSession() async throws {
        let one = await bench.identified()
        let code = try #require(await bench.decide(one, "granted")["sandbox_code"]?.string)
        let other = await bench.identified()
        let second = try #require(await bench.decide(other, "granted")["sandbox_code"]?.string)
        if code != second {
            #expect(await bench.decide(other, "granted", code: code).status == 422)
        }
        #expect(await bench.decide(one, "granted", code: code).status == 200)
        let token = try await bench.app.token("demo_dev_sandbox")
        _ = await bench.app.send(
            .post, "/api/v1/connect/patient/OPC-2024-XK7T9/consent/revoke", token: token)
        #expect(await bench.decide(one, "granted", code: code).status == 409)
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents WHERE state = 'active'") == 0)
    }

    @Test func aNewCodeReplacesTheOneBefore() async throws {
        let session = await bench.identified()
        let code = try #require(await bench.decide(session, "granted")["sandbox_code"]?.string)
        let next = try #require(await bench.decide(session, "granted")["sandbox_code"]?.string)
        if code != next {
            #expect(await bench.decide(session, "granted", code: code).status == 422)
        }
        #expect(await bench.decide(session, "granted", code: next).status == 200)
    }

    /// A session stays with the person whom it names, whomever they are merged with and parted from.
    @Test func aMergedPatientTakesNoOtherRecordAlong() async throws {
        let session = await bench.named()
        _ = await bench.decide(session, "granted")
        let other = bench.session(
            await bench.app.send(
                .post, WidgetBench.path, token: WidgetBench.secret,
                json: #"{"health_id":"OPC-2024-DEMO1"}"#))
        _ = await bench.decide(other, "denied")
        let admin = try await bench.app.adminToken()
        bench.app.advance(seconds: 1)
        let merge = await bench.app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: """
                {"survivor_health_id":"OPC-2024-DEMO1","retired_health_id":"OPC-2024-XK7T9"}
                """)
        let id = try #require(merge["id"]?.string)
        // The other person said no since: of one record of both, nothing is shown.
        #expect(await bench.state(session) != "access_granted")
        #expect(await bench.summary(session).error == "consent_required")
        bench.app.advance(seconds: 1)
        let undone = await bench.app.send(
            .post, "/api/v1/admin/merges/\(id)/undo", token: admin)
        #expect(undone.status == 200)
        #expect(await bench.summary(session)["health_id"]?.string == "OPC-2024-XK7T9")
        #expect(await bench.summary(other).status == 403)
    }

    /// A patient reads "30 days at most": no request makes it more.
    @Test func aRequestForYearsIsGrantedForAMonth() async throws {
        _ = await bench.app.send(
            .post, "/api/v1/connect/consents/request",
            token: try await bench.app.token("demo_dev_sandbox"),
            json: """
                {"health_id":"OPC-2024-XK7T9","purpose":"care","requested_scopes":["full_record"],
                "validity_period_days":3650}
                """)
        let granted = await bench.decide(await bench.named(), "granted")
        #expect(granted["expires_at"]?.string == "2026-07-01T09:30:00Z")
    }

    /// A request that nobody answered in time makes room for the next.
    @Test func anOverdueRequestIsAskedAgain() async throws {
        _ = await bench.decide(await bench.identified(), "granted")
        bench.app.advance(seconds: 31 * 86_400)
        let session = await bench.identified()
        #expect(await bench.decide(session, "granted").status == 202)
        let again = await bench.named()
        #expect(await bench.decide(again, "denied")["state"]?.string == "declined")
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents WHERE state = 'expired'") == 1)
        #expect(try bench.events().filter { $0 == "consent.expired demo_dev_sandbox" }.count == 1)
    }

    @Test func oldSessionsAreForgotten() async throws {
        _ = await bench.decide(await bench.identified(), "granted")
        _ = await bench.named()
        bench.app.advance(seconds: 90_001)
        let now = bench.app.now
        let count = try await bench.app.app.writer.write { tx in
            try WidgetSessions.prune(at: now, limit: 10, in: tx)
        }
        #expect(count == 2)
        #expect(try bench.app.count("SELECT COUNT(*) FROM widget_codes") == 0)
    }
}
