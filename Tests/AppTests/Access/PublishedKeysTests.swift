import API
import Crypto
import HTTP
import JSON
import Registry
import Synchronization
import Testing
import TestSupport
import Values

/// What lies at a client's URL, as a test has it.
final class FakeKeySets: KeySetTransport {
    private struct State {
        var answer: Result<KeySetAnswer, KeySetFailure> = .failure(KeySetFailure("no answer"))
        var count = 0
        var held: [CheckedContinuation<Void, Never>]?
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func publish(_ pairs: [KeyPair], cacheControl: String? = nil) {
        let set = ClientKeySetTests.set(pairs.map { ClientKeySetTests.text(of: $0) })
        let answer = KeySetAnswer(content: Array(set.utf8), cacheControl: cacheControl)
        state.withLock { $0.answer = .success(answer) }
    }

    func publish(_ text: String) {
        let answer = KeySetAnswer(content: Array(text.utf8), cacheControl: nil)
        state.withLock { $0.answer = .success(answer) }
    }

    func fail() { state.withLock { $0.answer = .failure(KeySetFailure("no answer in time")) } }

    /// Answers wait from now on, until `release`.
    func hold() { state.withLock { $0.held = [] } }

    func release() {
        let held = state.withLock { state in
            defer { state.held = nil }
            return state.held ?? []
        }
        for one in held { one.resume() }
    }

    func fetch(_ url: String) async throws(KeySetFailure) -> KeySetAnswer {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                state.count += 1
                guard state.held != nil else { return false }
                state.held?.append(continuation)
                return true
            }
            if !isHeld { continuation.resume() }
        }
        return try state.withLock { $0.answer }.get()
    }

    func close() {}
}

struct PublishedKeysTests {
    private static let url = "https://keys.example/jwks.json"
    private let app: TestApp
    private let published = FakeKeySets()

    init() async throws {
        app = try TestApp()
        app.app.publishedKeys.use(published)
        let admin = try await app.adminToken()
        let set = await app.send(
            .put, "/api/v1/admin/clients/demo_smart_sandbox/keys", token: admin,
            json: #"{"jwks_uri":"\#(Self.url)"}"#)
        #expect(set.status == 200, "\(set.text)")
        #expect(set["jwks_uri"]?.string == Self.url)
    }

    private func ask(_ index: Int = 0) async throws -> Int {
        let pair = TestApp.smartKeys[index]
        return try await Assertion(pair, index == 0 ? .rs384 : .es384, at: app.now)
            .post(to: app).status
    }

    @Test func keysAreFetchedOnceAQuarterOfAnHour() async throws {
        published.publish([TestApp.smartKeys[0]])
        #expect(try await ask() == 200)
        #expect(try await ask() == 200)
        app.advance(seconds: 899)
        #expect(try await ask() == 200)
        #expect(published.count == 1)
        app.advance(seconds: 1)
        #expect(try await ask() == 200)
        #expect(published.count == 2)
    }

    @Test func anUnknownNameIsFetchedForAndNotTooOften() async throws {
        published.publish([TestApp.smartKeys[0]])
        #expect(try await ask() == 200)
        // Rotated: both are there for a while, then the old one is not.
        published.publish([TestApp.smartKeys[1], TestApp.smartKeys[0]])
        #expect(try await ask(1) == 401)
        #expect(published.count == 1)
        app.advance(seconds: 10)
        #expect(try await ask(1) == 200)
        #expect(published.count == 2)
        published.publish([TestApp.smartKeys[1]])
        app.advance(seconds: 900)
        #expect(try await ask(0) == 401)
        #expect(try await ask(1) == 200)
        #expect(published.count == 3)
    }

    @Test func whileNothingCanBeFetchedOldKeysServeUntilTheirEnd() async throws {
        published.publish([TestApp.smartKeys[0]], cacheControl: "public, max-age=60")
        #expect(try await ask() == 200)
        published.fail()
        app.advance(seconds: 30)
        #expect(try await ask(1) == 401)
        #expect(published.count == 2)
        #expect(try await ask() == 200)
        app.advance(seconds: 30)
        #expect(try await ask() == 401)
        #expect(published.count == 3)
        published.publish([TestApp.smartKeys[0]])
        app.advance(seconds: 10)
        #expect(try await ask() == 200)
    }

    @Test func whatIsNoKeySetServesNobody() async throws {
        published.publish([TestApp.smartKeys[0]])
        #expect(try await ask() == 200)
        app.advance(seconds: 900)
        for text in [
            "", "{}", "<html>", String(decoding: KeyPair.set(TestApp.smartKeys), as: UTF8.self),
        ] {
            published.publish(text)
            app.advance(seconds: 10)
            #expect(try await ask() == 401)
        }
    }

    @Test func oneFetchServesAllWhoWait() async throws {
        published.publish([TestApp.smartKeys[0]])
        published.hold()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try await ask() } }
            while published.count == 0 { await Task.yield() }
            // Others are answered meanwhile: nobody's loop waits.
            #expect(await app.send(.get, "/health").status == 200)
            published.release()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 20))
        #expect(published.count == 1)
    }

    @Test func anotherURLHasOtherKeys() async throws {
        published.publish([TestApp.smartKeys[0]])
        #expect(try await ask() == 200)
        let admin = try await app.adminToken()
        let set = await app.send(
            .put, "/api/v1/admin/clients/demo_smart_sandbox/keys", token: admin,
            json: #"{"jwks_uri":"https://keys.example/other.json"}"#)
        #expect(set.status == 200)
        published.publish([TestApp.smartKeys[1]])
        #expect(try await ask() == 401)
        #expect(published.count == 2)
    }

    private static let fields: [(String?, Int64)] = [
        (nil, 900), ("", 900), ("max-age=60", 60), ("public, MAX-AGE = \"30\"", 30),
        ("max-age=86400", 900), ("max-age=0", 10), ("no-store", 10), ("no-cache, max-age=60", 10),
        ("max-age=-1", 10), ("max-age=99999999999999999999", 900), ("max-age=x", 10),
        ("max-age", 900), ("s-maxage=5", 900),
    ]

    @Test(arguments: fields)
    func anAnswerSaysHowLongItIsBelieved(_ field: String?, _ seconds: Int64) {
        #expect(PublishedKeys.seconds(field) == seconds)
    }
}
