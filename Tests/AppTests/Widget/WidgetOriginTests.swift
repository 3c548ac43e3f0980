import HTTP
import JSON
import Testing
import TestSupport

/// Where a session's frame may stand, once its client's pages change.
struct WidgetOriginTests {
    private let bench: WidgetBench
    private let admin: String

    init() async throws {
        bench = try WidgetBench()
        admin = try await bench.app.adminToken()
    }

    private func register(_ origins: [String]) async {
        let list = origins.map { #""\#($0)""# }.joined(separator: ",")
        let set = await bench.app.send(
            .put, "/api/v1/admin/clients/demo_dev_sandbox/origins", token: admin,
            json: #"{"origins":[\#(list)]}"#)
        #expect(set.status == 200)
    }

    private func ancestors(_ session: WidgetBench.Session) async -> String? {
        let answer = await bench.app.send(.get, "/widget/v1/frame?s=" + session.id)
        return answer.field("Content-Security-Policy")?.split(separator: "; ").last
            .map { String($0.dropFirst("frame-ancestors ".count)) }
    }

    @Test func anOriginThatIsRemovedIsNoneOfItsSessions() async throws {
        await register(["https://one.example", "https://two.example"])
        let both = await bench.named(
            #","allowed_origins":["https://one.example","https://two.example"]"#)
        let one = await bench.named(#","allowed_origin":"https://one.example""#)
        #expect(await ancestors(both) == "https://one.example https://two.example")
        await register(["https://two.example"])
        #expect(await ancestors(both) == "https://two.example")
        let state = await bench.app.send(.get, "/widget/v1/state", token: both.token)
        #expect(state["allowed_origins"]?.elements.compactMap(\.string) == ["https://two.example"])
        #expect(await bench.summary(both).error == "consent_required")
        // Without a page it has ended, and its frame is the one of an unknown session.
        #expect(await ancestors(one) == "*")
        let frame = await bench.app.send(.get, "/widget/v1/frame?s=" + one.id)
        #expect(!frame.text.contains("<script"))
        #expect(await bench.state(one) == "token_expired")
        #expect(await bench.decide(one, "granted").error == "token_expired")
        #expect(await bench.identify(one).error == "token_expired")
        #expect(await bench.summary(one).error == "token_expired")
        #expect(try bench.app.count("SELECT COUNT(*) FROM consents") == 0)
    }

    /// A frame that was shown for the page that is gone takes no other session's token.
    @Test func aFrameAtAPageThatIsRemovedGoesOnWithNothing() async throws {
        await register(["https://one.example", "https://two.example"])
        let one = await bench.named(#","allowed_origin":"https://one.example""#)
        let both = await bench.named(
            #","allowed_origins":["https://one.example","https://two.example"]"#)
        let two = await bench.named(#","allowed_origin":"https://two.example""#)
        func state(_ session: WidgetBench.Session, in frame: WidgetBench.Session) async -> Int {
            await bench.app.send(
                .get, "/widget/v1/state?frame=" + frame.id, token: session.token
            ).status
        }
        #expect(await state(both, in: one) == 200)
        await register(["https://two.example"])
        #expect(await state(both, in: one) == 401)
        // It may have been shown there too.
        #expect(await state(two, in: both) == 401)
        #expect(await state(both, in: two) == 200)
    }

    @Test func aPagesTokenThatLosesAnOriginEndsItsSessionsThere() async throws {
        await register(["https://one.example", "https://two.example"])
        let made = await bench.app.send(
            .post, "/api/v1/admin/sdk-tokens", token: admin,
            json: """
                {"client_id":"demo_dev_sandbox","label":"Page","kind":"publishable",
                "origins":["https://one.example","https://two.example"]}
                """)
        let token = try #require(made["token"]?.string)
        let id = try #require(made["id"]?.string)
        let one = bench.session(
            await bench.fromPage(token: token, origin: "https://one.example"))
        let two = bench.session(
            await bench.fromPage(token: token, origin: "https://two.example"))
        let changed = await bench.app.send(
            .patch, "/api/v1/admin/sdk-tokens/" + id, token: admin,
            json: #"{"origins":["https://two.example"]}"#)
        #expect(changed.status == 200)
        #expect(await bench.state(one) == "token_expired")
        #expect(await bench.state(two) == "identify")
    }

    /// What a sandbox adds is no registration's.
    @Test func aSandboxKeepsTheOwnMachine() async throws {
        await register(["https://one.example", "http://localhost:3000"])
        let all = await bench.named()
        let local = await bench.named(#","allowed_origin":"http://localhost:3000""#)
        await register([])
        #expect(
            await ancestors(all)
                == "http://localhost:3000 http://localhost:* http://127.0.0.1:* "
                + "https://opescare.test")
        #expect(await ancestors(local) == "http://localhost:3000")
        #expect(await bench.state(local) == "consent_required")
    }
}
