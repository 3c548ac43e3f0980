import API
import HTTP
import JSON
import Registry
import Database
import Testing
import TestSupport
import Values

struct WidgetSessionRoutesTests {
    private let bench: WidgetBench

    init() throws {
        bench = try WidgetBench()
    }

    @Test func createWidgetSessionGivesATokenForTenMinutes() async throws {
        let answer = await bench.app.send(
            .post, WidgetBench.path, token: WidgetBench.secret,
            json: #"{"health_id":"OPC-2024-XK7T9","allowed_origin":"http://localhost:3000"}"#)
        #expect(answer.status == 201)
        #expect(answer["session_id"]?.string?.hasPrefix("wgs_") == true)
        let token = try #require(answer["session_token"]?.string)
        #expect(token.hasPrefix("wgt_") && token.count == 4 + 26 + 1 + 43)
        #expect(answer["widget_session_token"]?.string == token)
        #expect(
            answer["embed_url"]?.string?.hasPrefix("https://opescare.test/widget/v1/frame?s=wgs_")
                == true)
        #expect(answer["allowed_origins"]?.elements.compactMap(\.string) == [WidgetBench.page])
        #expect(answer["expires_at"]?.string == "2026-06-01T09:40:00Z")
        #expect(answer["expires_in"]?.int == 600)
        #expect(answer.field("Cache-Control") == "no-store")
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox createWidgetSession patient/CM-HID-VT4F-5V37-E3SM success"
            ])
        #expect(try bench.events() == [])
    }

    @Test func anOriginThatIsNamedTwiceIsOne() async throws {
        let answer = await bench.app.send(
            .post, WidgetBench.path, token: WidgetBench.secret,
            json: #"{"allowed_origins":["http://localhost:3000","HTTP://localhost:3000/"]}"#)
        #expect(answer["allowed_origins"]?.elements.compactMap(\.string) == [WidgetBench.page])
    }

    /// Where nobody chose a language, the page around is asked for its own.
    @Test(arguments: [
        ("", nil), (#","language":null"#, nil), (#","language":"fr-CM""#, "fr"),
        (#","locale":"AR""#, "ar"), (#","language":"zz""#, "en"),
    ])
    func aSessionSpeaksTheLanguageThatWasChosen(_ more: String, _ language: String?) async throws {
        let opened = await bench.app.send(
            .post, WidgetBench.path, token: WidgetBench.secret,
            json: #"{"health_id":"OPC-2024-XK7T9"\#(more)}"#)
        let address = opened["embed_url"]?.string?.split(separator: "#").first
        #expect(address?.hasSuffix(language.map { "&lang=" + $0 } ?? "&theme=auto") == true)
        let session = bench.session(opened)
        let state = await bench.app.send(.get, "/widget/v1/state", token: session.token)
        #expect(state["language"]?.string == language)
    }

    @Test func createWidgetSessionShortTakesAClientsTokenToo() async throws {
        let token = try await bench.app.token("opeshisos_production")
        let answer = await bench.app.send(
            .post, "/v1/widgets/sessions", token: token,
            json: #"{"expires_in":60,"locale":"ar-EG","theme":"dark","actor":"Dr Etoa"}"#)
        #expect(answer.status == 201)
        #expect(answer["embed_url"]?.string?.contains("&theme=dark&lang=ar#token=wgt_") == true)
        #expect(
            answer["allowed_origins"]?.elements.compactMap(\.string) == [
                "http://localhost:*", "http://127.0.0.1:*", "https://opescare.test",
            ])
        #expect(answer["expires_in"]?.int == 60)
        let state = await bench.app.send(
            .get, "/widget/v1/state", token: answer["session_token"]?.string)
        #expect(state["language"]?.string == "ar")
        #expect(state["state"]?.string == "identify")
    }

    @Test(arguments: [
        (#"{"widget_type":"lab_report"}"#, "widget_type"), (#"{"theme":"red"}"#, "theme"),
        (#"{"expires_in":59}"#, "expires_in"), (#"{"expires_in":3601}"#, "expires_in"),
        (#"{"scopes":["everything"]}"#, "scopes"), (#"{"scopes":"allergies.read"}"#, "scopes"),
    ])
    func createWidgetSessionSaysWhatIsWrong(_ body: String, _ field: String) async throws {
        let answer = await bench.app.send(
            .post, WidgetBench.path, token: WidgetBench.secret, json: body)
        #expect(answer.status == 422)
        #expect(answer["errors"]?[field] != nil)
        #expect(try bench.app.count("SELECT COUNT(*) FROM widget_sessions") == 0)
    }

    @Test func createWidgetSessionIsForTheClientsOwnFacility() async throws {
        for (facility, status) in [("FAC-001", 201), ("FAC-404", 404)] {
            let answer = await bench.app.send(
                .post, WidgetBench.path, token: WidgetBench.secret,
                json: #"{"facility_id":"\#(facility)"}"#)
            #expect(answer.status == status)
        }
    }

    /// Registered origins alone, as they are spelt; a sandbox takes those of the own machine too.
    @Test(arguments: [
        ("https://portal.example", 201), ("https://portal.example/", 201),
        ("https://portal.example:8443", 422), ("http://portal.example", 422),
        ("https://other.example", 422), ("https://portal.example.evil.example", 422),
        ("null", 422), ("*", 422), ("http://localhost:5173", 201), ("file://", 422),
    ])
    func createWidgetSessionTakesExactOrigins(_ origin: String, _ status: Int) async throws {
        try await bench.change(
            """
            INSERT INTO client_origins (client_id, origin, created_at)
            VALUES ('demo_dev_sandbox', 'https://portal.example', 0)
            """)
        let answer = await bench.app.send(
            .post, WidgetBench.path, token: WidgetBench.secret,
            json: #"{"allowed_origins":["\#(origin)"]}"#)
        #expect(answer.status == status)
        if status == 422 { #expect(answer.error == "origin_not_allowed") }
    }

    @Test func endWidgetSessionEndsItAtOnce() async throws {
        let session = await bench.named()
        let stranger = try await bench.app.token("opeshisos_production")
        let path = WidgetBench.path + "/" + session.id
        #expect(await bench.app.send(.delete, path, token: stranger).status == 404)
        #expect(await bench.state(session) == "consent_required")
        let ended = await bench.app.send(.delete, path, token: WidgetBench.secret)
        #expect(ended.status == 200)
        #expect(ended["status"]?.string == "ended")
        #expect(await bench.state(session) == "token_expired")
        #expect(
            try bench.audit(2) == [
                "sdk:stk_demo_sandbox endWidgetSession widget_session/\(session.id) success",
                "anonymous getWidgetState - token_expired",
            ])
    }

    @Test func endWidgetSessionShortIsTheSame() async throws {
        let session = await bench.named()
        let path = "/api/v1/widgets/sessions/" + session.id
        #expect(
            await bench.app.send(.delete, path, token: WidgetBench.publishable).status == 403)
        #expect(await bench.app.send(.delete, path, token: WidgetBench.secret).status == 200)
        #expect(await bench.app.send(.delete, path, token: WidgetBench.secret).status == 200)
    }

    @Test func aPageMayReadTheAnswerWhereItMayOpenASession() async throws {
        let opened = await bench.fromPage()
        #expect(opened.status == 201)
        #expect(opened.field("Access-Control-Allow-Origin") == WidgetBench.page)
        #expect(opened["allowed_origins"]?.elements.compactMap(\.string) == [WidgetBench.page])
        let preflight = await bench.app.send(
            .options, WidgetBench.path, fields: [("Origin", WidgetBench.page)])
        #expect(preflight.status == 204)
        #expect(preflight.field("Access-Control-Allow-Origin") == WidgetBench.page)
        #expect(
            preflight.field("Access-Control-Allow-Headers")?.contains("Authorization") == true)
        let stranger = await bench.fromPage(origin: "https://evil.example")
        #expect(stranger.status == 422)
        #expect(stranger.field("Access-Control-Allow-Origin") == nil)
        let elsewhere = await bench.app.send(
            .get, "/widget/v1/state", token: bench.session(opened).token,
            fields: [("Origin", WidgetBench.page)])
        #expect(elsewhere.field("Access-Control-Allow-Origin") == nil)
    }

    @Test func aPageOpensTenSessionsAMinute() async throws {
        for _ in 0..<10 { #expect(await bench.fromPage().status == 201) }
        #expect(await bench.fromPage().status == 429)
        bench.app.advance(seconds: 60)
        #expect(await bench.fromPage().status == 201)
    }

    /// Nor where it was registered while the folder was a sandbox's.
    @Test(arguments: [false, true]) func productionTakesNoLoopback(_ isRegistered: Bool)
        async throws
    {
        if isRegistered {
            try await bench.change(
                "INSERT INTO client_origins VALUES ('demo_dev_sandbox', 'http://localhost:3000', 0)"
            )
        }
        let opening = WidgetSessions.Opening(
            terms: WidgetSession.Terms(
                kind: .patientSummary, coverage: .fullRecord, allowsConsent: true, language: "en",
                theme: .auto, actor: nil, expiresAt: bench.app.now.adding(seconds: 60)),
            patient: nil, facility: nil, origins: ["http://localhost:3000"], pageOrigin: nil,
            environment: .production, ownOrigin: "https://opescare.test")
        let client = try bench.app.read { tx in try ClientStore.find("demo_dev_sandbox", in: tx) }
        let token = SDKToken(
            id: "stk_demo_sandbox", clientID: "demo_dev_sandbox", prefix: "", label: "",
            kind: .secret, scopes: .all, createdAt: bench.app.now)
        let principal = Principal(sdkToken: token, of: try #require(client), epoch: 0)
        let now = bench.app.now
        await #expect(throws: Refusal.self) {
            try await bench.app.app.writer.write { tx in
                var entry = AuditEntry(
                    recordedAt: now, requestID: "r", principal: "p", operation: "o",
                    action: .create)
                let origin = Origin(
                    facilityID: nil, clientID: nil, requestID: "r", now: now)
                _ = try WidgetSessions.open(
                    "wgs_1", opening, by: principal, tokenHash: [1], from: origin,
                    auditing: &entry, in: tx)
            }
        }
    }

    /// Outside a sandbox a secret that stands in a page opens nothing there; the client's server it does.
    @Test(arguments: [("https://portal.example", 422), ("null", 422), (nil, 201)])
    func aSecretOpensNothingInAPage(_ origin: String?, _ status: Int) async throws {
        let app = try TestApp(.production)
        let admin = try await app.adminToken()
        func administer(_ method: HTTPMethod, _ path: String, _ json: String) async -> Answer {
            await app.send(method, "/api/v1/admin/" + path, token: admin, json: json)
        }
        _ = await administer(
            .post, "facilities", #"{"name":"One","reference":"FAC-1","country":"CM"}"#)
        let client = await administer(
            .post, "clients",
            #"{"client_id":"his","scopes":"health_id:verify patient:read","facility_id":"FAC-1"}"#)
        _ = await administer(
            .put, "clients/his/origins", #"{"origins":["https://portal.example"]}"#)
        let made = await administer(
            .post, "sdk-tokens", #"{"client_id":"his","label":"App","scopes":"widget_sessions"}"#)
        let access = await app.send(
            .post, "/api/v1/connect/auth/token",
            json: """
                {"grant_type":"client_credentials","client_id":"his",
                "client_secret":"\(client["client_secret"]?.string ?? "")"}
                """)
        let patient = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: access["access_token"]?.string,
            json: #"{"first_name":"Odile","last_name":"Ekani","date_of_birth":"1971-11-20"}"#)
        let answer = await app.send(
            .post, WidgetBench.path, token: try #require(made["token"]?.string, "\(made.text)"),
            fields: origin.map { [("Origin", $0)] } ?? [],
            json: #"{"health_id":"\#(patient["health_id"]?.string ?? "")"}"#)
        #expect(answer.status == status, "\(answer.text)")
        if origin != nil { #expect(answer.error == "origin_not_allowed") }
    }
}
