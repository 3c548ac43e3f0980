import HTTP
import JSON
import Testing
import TestSupport

/// What ends a session or keeps it to itself, beside its time.
struct WidgetStandingTests {
    private let bench: WidgetBench

    init() throws {
        bench = try WidgetBench()
    }

    /// Everybody who sees a page has its token: nobody is handed what another was answered.
    @Test func aPagesSessionIsGivenToOneVisitorOnly() async throws {
        func open(_ origin: String?) async -> Answer {
            await bench.app.send(
                .post, WidgetBench.path, token: WidgetBench.publishable,
                fields: [("Idempotency-Key", "1")] + (origin.map { [("Origin", $0)] } ?? []),
                json: "{}")
        }
        let first = await open(WidgetBench.page)
        let second = await open(WidgetBench.page)
        #expect(first.status == 201)
        #expect(second.status == 201)
        #expect(first["session_token"]?.string != second["session_token"]?.string)
        #expect(await open("https://evil.example").error == "origin_not_allowed")
        #expect(await open(nil).error == "origin_not_allowed")
    }

    /// A frame stands where the session allows that it was shown for, and takes no token of others.
    @Test func aFrameTakesTokensOfItsOwnPagesOnly() async throws {
        let here = await bench.named(#","allowed_origin":"http://localhost:3001""#)
        let elsewhere = await bench.named(#","allowed_origin":"http://localhost:3002""#)
        let both = await bench.named(
            #","allowed_origins":["http://localhost:3001","http://localhost:3002"]"#)
        let another = await bench.named(
            #","allowed_origin":"http://localhost:3001""#,
            by: try await bench.app.token("opeshisos_production"))
        func state(_ session: WidgetBench.Session, in frame: String) async -> Int {
            await bench.app.send(
                .get, "/widget/v1/state?frame=" + frame, token: session.token
            ).status
        }
        #expect(await state(here, in: here.id) == 200)
        #expect(await state(both, in: here.id) == 200)
        #expect(await state(here, in: both.id) == 401)
        #expect(await state(here, in: elsewhere.id) == 401)
        #expect(await state(another, in: here.id) == 401)
        #expect(await state(here, in: "wgs_unknown") == 401)
    }

    @Test func aSessionEndsWithTheScopesThatOpenedIt() async throws {
        let byToken = await bench.named()
        let byClient = await bench.named(by: try await bench.app.token("opeshisos_production"))
        #expect(await bench.state(byToken) == "consent_required")
        #expect(await bench.state(byClient) == "consent_required")
        try await bench.app.grant("facility:sync", to: "opeshisos_production")
        try await bench.change(
            "UPDATE sdk_tokens SET scopes = 'read_stock' WHERE id = 'stk_demo_sandbox'")
        #expect(await bench.state(byToken) == "token_expired")
        #expect(await bench.state(byClient) == "token_expired")
        #expect(await bench.summary(byClient).status == 401)
    }

    /// What a suspension has ended, letting the client in again does not revive.
    @Test(arguments: ["suspend", "rotate"])
    func whatAnAdministratorEndsStaysEnded(_ verb: String) async throws {
        let session = await bench.named(by: try await bench.app.token("opeshisos_production"))
        #expect(await bench.state(session) == "consent_required")
        let admin = try await bench.app.adminToken()
        let path = "/api/v1/admin/clients/opeshisos_production/"
        let ended = await bench.app.send(
            .post, path + verb, token: admin,
            json: verb == "rotate" ? #"{"overlap_hours":0}"# : "{}")
        #expect(ended.status == 200)
        if verb == "suspend" {
            #expect(await bench.app.send(.post, path + "resume", token: admin).status == 200)
        }
        #expect(await bench.state(session) == "token_expired")
    }

    /// A suspension ends what was got with a credential. The credential itself, like a client's secret, works
    /// again once the client is let in.
    @Test func aSuspensionEndsSessionsAndPausesSDKTokens() async throws {
        let session = await bench.named()
        let admin = try await bench.app.adminToken()
        let path = "/api/v1/admin/clients/demo_dev_sandbox/"
        #expect(await bench.app.send(.post, path + "suspend", token: admin).status == 200)
        func introspect() async -> Answer {
            await bench.app.send(
                .get, "/api/v1/sdk/token/introspect", token: WidgetBench.secret)
        }
        #expect(await introspect().error == "sdk_token_inactive")
        #expect(await bench.fromPage().error == "sdk_token_inactive")
        #expect(await bench.app.send(.post, path + "resume", token: admin).status == 200)
        #expect(await introspect()["active"]?.bool == true)
        #expect(await bench.state(session) == "token_expired")
        #expect(await bench.state(await bench.named()) == "consent_required")
    }

    /// A key that was used before gets the first answer, which nothing follows from: the frame asks how the
    /// session stands.
    @Test func anAnswerGivenAgainGrantsNothing() async throws {
        let session = await bench.named()
        func grant() async -> Answer {
            await bench.app.send(
                .post, "/widget/v1/consent", token: session.token,
                fields: [("Idempotency-Key", "1")], json: #"{"decision":"granted"}"#)
        }
        let first = await grant()
        _ = await bench.app.send(
            .post, "/api/v1/connect/patient/OPC-2024-XK7T9/consent/revoke",
            token: try await bench.app.token("demo_dev_sandbox"))
        let again = await grant()
        #expect(again.field("Idempotency-Replayed") == "true")
        #expect(again.body == first.body)
        #expect(await bench.state(session) == "consent_required")
        #expect(await bench.summary(session).error == "consent_required")
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents WHERE state = 'active'") == 0)
        #expect(try bench.events().filter { $0.hasPrefix("consent.granted") }.count == 1)
    }

    @Test func aPageVouchesForNobody() async throws {
        let answer = await bench.fromPage(#"{"actor":"Dr Etoa"}"#)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["actor"] != nil)
    }

    /// A word for nothing is no wish for everything.
    @Test(arguments: [#""null""#, #""""#, "[]", #"[""]"#, #""N/A""#, #"["null"]"#])
    func noOriginIsNotAllOrigins(_ origins: String) async throws {
        for name in ["allowed_origin", "allowed_origins", "origin"] {
            let answer = await bench.app.send(
                .post, WidgetBench.path, token: WidgetBench.secret,
                json: #"{"health_id":"OPC-2024-XK7T9","\#(name)":\#(origins)}"#)
            #expect(answer.status == 422, "\(name)")
        }
        let unsaid = await bench.named(#","allowed_origins":null"#)
        #expect(await bench.state(unsaid) == "consent_required")
    }

    // MARK: Ended is ended

    private func admin(_ method: HTTPMethod, _ path: String, _ json: String) async throws -> Int {
        await bench.app.send(
            method, "/api/v1/admin/" + path, token: try await bench.app.adminToken(), json: json
        ).status
    }

    /// A token that leaked is revoked, and with it what it has opened.
    @Test func aSessionEndsWithTheAccessTokenThatOpenedIt() async throws {
        let token = try await bench.app.token("opeshisos_production")
        let session = await bench.named(by: token)
        let other = await bench.named(by: try await bench.app.token("opeshisos_production"))
        #expect(await bench.decide(session, "granted").status == 200)
        #expect(await bench.summary(session).status == 200)
        let revoked = await bench.app.send(
            .post, "/api/v1/connect/auth/revoke",
            json: """
                {"token":"\(token)","client_id":"opeshisos_production",
                "client_secret":"prod_secret_opeshisos_2026"}
                """)
        #expect(revoked.status == 200)
        #expect(await bench.summary(session).error == "token_expired")
        #expect(await bench.decide(session, "granted").status == 401)
        #expect(await bench.state(other) == "access_granted")
        // The list of revoked tokens is cleared once they have run out; the session stays ended.
        try await bench.change("DELETE FROM revoked_tokens")
        #expect(await bench.state(session) == "token_expired")
    }

    /// In production a session stands at registered origins alone.
    @Test func aSessionThatLostItsLastOriginStaysEnded() async throws {
        let path = "clients/demo_dev_sandbox/origins"
        let one = #"{"origins":["https://portal.example"]}"#
        #expect(try await admin(.put, path, one) == 200)
        let session = await bench.named(#","allowed_origin":"https://portal.example""#)
        let both = await bench.named(
            #","allowed_origins":["https://portal.example","http://localhost:3000"]"#)
        #expect(await bench.state(session) == "consent_required")
        #expect(try await admin(.put, path, #"{"origins":[]}"#) == 200)
        #expect(await bench.state(session) == "token_expired")
        #expect(try await admin(.put, path, one) == 200)
        #expect(await bench.state(session) == "token_expired")
        #expect(await bench.state(both) == "consent_required")
    }

    @Test func aSessionThatLostItsScopeStaysEnded() async throws {
        let session = await bench.named()
        let path = "sdk-tokens/stk_demo_sandbox"
        for scopes in ["read_stock", "*"] {
            #expect(try await admin(.patch, path, #"{"scopes":["\#(scopes)"]}"#) == 200)
            #expect(await bench.state(session) == "token_expired")
        }
    }

    @Test func aSessionThatAnExpiredTokenEndedStaysEnded() async throws {
        let made = await bench.app.send(
            .post, "/api/v1/admin/sdk-tokens", token: try await bench.app.adminToken(),
            json:
                #"{"client_id":"demo_dev_sandbox","label":"x","scopes":["*"],"expires_at":"2026-06-01T09:40:00Z"}"#
        )
        let token = try #require(made["token"]?.string)
        let session = await bench.named(#","expires_in":3600"#, by: token)
        #expect(await bench.state(session) == "consent_required")
        bench.app.advance(seconds: 900)
        #expect(await bench.state(session) == "token_expired")
        let id = made["id"]?.string ?? ""
        #expect(try await admin(.patch, "sdk-tokens/" + id, #"{"expires_at":"never"}"#) == 200)
        #expect(await bench.state(await bench.named(by: token)) == "consent_required")
        #expect(await bench.state(session) == "token_expired")
    }

    /// Two people ask the same patient at once: the second answer hears of the first.
    @Test func aYesThatComesTooLateNamesTheConsentThereIs() async throws {
        let (first, second) = (await bench.named(), await bench.named())
        let given = await bench.decide(first, "granted")
        let late = await bench.decide(second, "granted")
        #expect(late.status == 200)
        #expect(late["consent_id"]?.string == given["consent_id"]?.string)
        #expect(late["granted_at"]?.string == given["granted_at"]?.string)
        #expect(await bench.decide(second, "denied").error == "conflict")
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents WHERE state = 'active'") == 1)
    }

    // MARK: Whose name is shown

    /// The patient reads the facility's name beside the question: nobody borrows one.
    @Test(arguments: ["FAC-001", "fac-001", BridgeRoutesTests.facility, "FAC-777"])
    func aClientWithoutAFacilityNamesNone(_ name: String) async throws {
        let made = try await admin(
            .post, "clients", #"{"client_id":"nofac","scopes":["patient:read"]}"#)
        #expect(made == 201)
        for kind in [
            #""scopes":["*"]"#, #""kind":"publishable","origins":["\#(WidgetBench.page)"]"#,
        ] {
            _ = try await admin(
                .put, "clients/nofac/origins", #"{"origins":["\#(WidgetBench.page)"]}"#)
            let token = await bench.app.send(
                .post, "/api/v1/admin/sdk-tokens", token: try await bench.app.adminToken(),
                json: #"{"client_id":"nofac","label":"x",\#(kind)}"#)["token"]?.string
            func open(_ body: String) async -> Answer {
                await bench.fromPage(body, token: token ?? "")
            }
            let refused = await open(#"{"facility_id":"\#(name)"}"#)
            #expect(refused.status == 403)
            #expect(refused.error == "facility_forbidden")
            #expect(await open("{}").status == 201)
            let paths = ["facilities/\(name)", "facilities/\(name)/stock"]
            for path in paths where !kind.contains("publishable") {
                let answer = await bench.app.send(
                    .get, "/api/v1/sdk/" + path, token: token ?? "")
                #expect([403, 404].contains(answer.status), "\(path)")
            }
        }
    }

    // MARK: What is said to whoever brings the wrong token

    @Test func whoBringsNoSessionsTokenIsToldWhichOneItTakes() async throws {
        let access = try await bench.app.token("opeshisos_production")
        for token in [nil, WidgetBench.secret, WidgetBench.publishable, access] {
            let answer = await bench.app.send(.get, "/widget/v1/state", token: token)
            #expect(answer.status == 401)
            #expect(answer["message"]?.string?.contains("Bearer wgt_") == true)
            #expect(!answer.text.contains("auth/token"))
        }
    }

    /// Whoever guesses beside a frame does not hide from it that its session has ended.
    @Test func aLockoutHidesNoEnd() async throws {
        let session = await bench.named()
        let stolen = try await bench.app.token("opeshisos_production")
        #expect(
            await bench.app.send(
                .delete, WidgetBench.path + "/" + session.id, token: WidgetBench.secret
            ).status == 200)
        func state(_ token: String) async -> Int {
            await bench.app.send(.get, "/widget/v1/state", token: token).status
        }
        var last = 0
        for number in 0..<60 { last = await state("wgt_01kt189he0fm0f5g8b8qk0w5hs.x\(number)") }
        #expect(last == 429)
        #expect(await state(session.token) == 401)
        #expect(await bench.state(session) == "token_expired")
        #expect(await state(stolen) == 429)
        #expect(await state(await bench.named().token) == 200)
    }
}
