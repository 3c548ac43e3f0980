import API
import Database
import HTTP
import JSON
import Registry
import Testing
import TestSupport

/// How many birth dates may be tried, and whom that hinders.
struct WidgetGuessTests {
    private let bench: WidgetBench

    init() throws {
        bench = try WidgetBench()
    }

    private func open(_ isPage: Bool = true, by token: String = WidgetBench.secret) async
        -> WidgetBench.Session
    {
        bench.app.advance(seconds: 10)
        guard !isPage else { return bench.session(await bench.fromPage()) }
        return bench.session(
            await bench.app.send(.post, WidgetBench.path, token: token, json: "{}"))
    }

    /// Wrong ones, each in a session of its own; 422 as long as they are looked at.
    private func guess(
        _ count: Int, as healthID: String = WidgetBench.patient, from address: String,
        isPage: Bool = true
    ) async -> [Int] {
        var statuses: [Int] = []
        for day in 0..<count {
            let session = await open(isPage)
            statuses.append(
                await bench.identify(
                    session, as: healthID, born: "1970-01-1\(day)", from: address
                ).status)
        }
        return statuses
    }

    /// Five of one Health ID from one address; then the right one too waits, and is told how long.
    @Test func anAddressTriesFiveDates() async throws {
        #expect(await guess(6, from: "203.0.113.1") == [422, 422, 422, 422, 422, 429])
        let session = await open()
        let late = await bench.identify(session, from: "203.0.113.1")
        #expect(late.status == 429)
        #expect(late.error == "rate_limit_exceeded")
        #expect(late.field("Retry-After") == "86340")
        #expect(
            try bench.audit(1) == [
                "widget:\(session.id) identifyInWidget patient/CM-HID-VT4F-5V37-E3SM rate_limit_exceeded"
            ])
        // It is no failure of the session, and no other patient's matter.
        let other = await bench.identify(
            session, as: "OPC-2024-DEMO1", born: "1988-03-14", from: "203.0.113.1")
        #expect(other.status == 200)
        bench.app.advance(seconds: 86_340)
        #expect(await bench.identify(await open(), from: "203.0.113.1").status == 200)
    }

    @Test func aStrangerElsewhereLocksNobodyOut() async throws {
        _ = await guess(6, from: "203.0.113.1")
        #expect(await bench.identify(await open(), from: "203.0.113.2").status == 200)
    }

    /// Twenty from everywhere, for everybody sees a page's token; where a client's server opens the
    /// sessions, twenty of its own.
    @Test func pagesTryTwentyDates() async throws {
        for host in 1...4 { _ = await guess(5, from: "203.0.113.\(host)") }
        let late = await bench.identify(await open(), from: "203.0.113.9")
        #expect(late.status == 429)
        let wait = try #require(late.field("Retry-After").flatMap { Int($0) })
        #expect((86_000..<86_400).contains(wait))
        #expect(await bench.identify(await open(false), from: "203.0.113.9").status == 200)
        for host in 1...4 { _ = await guess(5, from: "203.0.113.\(host)", isPage: false) }
        #expect(await bench.identify(await open(false), from: "203.0.113.9").status == 429)
        let his = try await bench.app.token("opeshisos_production")
        #expect(await bench.identify(await open(false, by: his), from: "203.0.113.9").status == 200)
    }

    /// Who is not registered is like who is.
    @Test func anUnknownHealthIDIsLockedAlike() async throws {
        let unknown = await guess(6, as: "OPC-2024-ZZZZZ", from: "203.0.113.1")
        #expect(unknown == [422, 422, 422, 422, 422, 429])
        #expect(await guess(1, as: " opc-2024-zzzzz ", from: "203.0.113.1") == [429])
        #expect(await guess(1, as: "OPC-2024-ZZZZY", from: "203.0.113.1") == [422])
    }

    /// Another spelling or an older id of one patient is no second try.
    @Test func onePatientIsCountedOnce() async throws {
        _ = await guess(3, from: "203.0.113.1")
        #expect(
            await guess(3, as: "cm hid vt4f 5v37 e3sm", from: "203.0.113.1") == [422, 422, 429])
    }

    /// Whoever got it right mistyped before.
    @Test func theRightDateForgivesItsAddress() async throws {
        _ = await guess(4, from: "203.0.113.1")
        #expect(await bench.identify(await open(), from: "203.0.113.1").status == 200)
        #expect(await guess(5, from: "203.0.113.1") == [422, 422, 422, 422, 422])
    }

    @Test func oldGuessesAreForgotten() async throws {
        _ = await guess(3, from: "203.0.113.1")
        #expect(try bench.app.count("SELECT SUM(count) FROM widget_guesses") == 3)
        bench.app.advance(seconds: 90_001)
        let now = bench.app.now
        _ = try await bench.app.app.writer.write { tx in
            try WidgetSessions.prune(at: now, limit: 10, in: tx)
        }
        #expect(try bench.app.count("SELECT COUNT(*) FROM widget_guesses") == 0)
    }
}
