@testable import API
import Foundation
import HTTP
import JSON
import Registry
import Synchronization
import Testing
import TestSupport
import Values

/// What the deployment's own program gets to pass on.
struct CodeSenderTests {
    private final class Phones: WebhookTransport {
        let messages = Mutex<[WebhookMessage]>([])
        /// `nil` for no answer.
        let status: Mutex<Int?>
        /// What a slow hook has not answered yet.
        private let held = Mutex<[@Sendable () -> Void]>([])
        let isSlow = Mutex(false)

        init(status: Int?) {
            self.status = Mutex(status)
        }

        var heldCount: Int { held.withLock(\.count) }

        func answer() {
            let held = held.withLock { held in
                defer { held = [] }
                return held
            }
            for one in held { one() }
        }

        func send(
            _ message: WebhookMessage,
            completion: @escaping @Sendable (Delivery.Attempt?) -> Void
        ) {
            messages.withLock { $0.append(message) }
            let status = status.withLock { $0 }
            let attempt = Delivery.Attempt(
                at: message.at, durationMilliseconds: 1, status: status,
                error: status == nil ? "the certificate has expired" : nil)
            guard isSlow.withLock({ $0 }) else { return completion(attempt) }
            held.withLock { $0.append { completion(attempt) } }
        }

        func close() {}
    }

    private func bench(
        _ phones: Phones, log: Log = Log(format: .json, output: nil)
    ) throws -> WidgetBench {
        let bench = try WidgetBench(log: log)
        bench.app.app.codeSender.withLock {
            $0 = CodeSender(
                url: "https://sms.example/codes", transport: phones, secret: "whsec_c2VjcmV0")
        }
        return bench
    }

    @Test func aCodeIsSignedAsWebhooksAre() async throws {
        let phones = Phones(status: 204)
        let bench = try bench(phones)
        let session = await bench.identified(#"{"language":"fr"}"#)
        let asked = await bench.decide(session, "granted")
        let message = try #require(phones.messages.withLock { $0.first })
        #expect(message.url == "https://sms.example/codes")
        #expect(message.opesCareSignature.hasPrefix("t=1780306200,v1="))
        let body = try JSONDocument(message.body).root
        #expect(body["type"]?.string == "consent.code")
        #expect(body["data"]?["phone"]?.string == "+237699887702")
        #expect(body["data"]?["language"]?.string == "fr")
        #expect(body["data"]?["code"]?.string == asked["sandbox_code"]?.string)
        #expect(try bench.app.count("SELECT COUNT(*) FROM events WHERE data LIKE '%code%'") == 0)
    }

    @Test func aPatientWhoIsNamedIsSentNone() async throws {
        let phones = Phones(status: 204)
        let bench = try bench(phones)
        _ = await bench.decide(await bench.named(), "granted")
        #expect(phones.messages.withLock { $0.isEmpty })
    }

    /// Whoever gets a code that they did not ask for reads who wants it.
    @Test func theMessageSaysWhoAsksForWhat() async throws {
        let phones = Phones(status: 204)
        let bench = try bench(phones)
        _ = await bench.decide(await bench.identified(), "granted")
        let message = try #require(phones.messages.withLock { $0.first })
        let data = try #require(try JSONDocument(message.body).root["data"])
        #expect(data["client_name"]?.string?.isEmpty == false)
        #expect(data["facility_name"]?.string == "Hôpital Central de Yaoundé")
        #expect(data["consent_type"]?.string == "full_record")
    }

    private static let failures: [(Int?, String)] = [
        (500, "status 500"), (307, "status 307; redirects are not followed"), (410, "status 410"),
        (nil, "the certificate has expired"),
    ]

    /// A sandbox is where a hook is tried out: it shows the code, and says that the hook did not take it.
    @Test(arguments: failures)
    func aFailingHookIsToldOfAndLogged(_ status: Int?, _ cause: String) async throws {
        let pipe = Pipe()
        let log = Log(format: .json, output: pipe.fileHandleForWriting)
        let bench = try bench(Phones(status: status), log: log)
        let asked = await bench.decide(await bench.identified(), "granted")
        #expect(asked.status == 202)
        #expect(asked["code_sent"]?.bool == false)
        #expect(asked["code_sent_to"]?.isNull == true)
        #expect(asked["sandbox_code"]?.string?.count == 6)
        log.finish()
        let lines = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            .split(separator: "\n").filter { $0.contains("code_not_sent") }
        let line = try JSONDocument(Array(try #require(lines.first).utf8)).root
        #expect(lines.count == 1)
        #expect(line["level"]?.string == "error")
        #expect(line["cause"]?.string == cause)
        #expect(line["host"]?.string == "sms.example")
        #expect(line["request_id"]?.string?.hasPrefix("req_") == true)
        let metrics = await bench.app.send(.get, "/metrics").text
        #expect(metrics.contains("opescare_code_failures_total 1\n"))
        #expect(metrics.contains("opescare_codes_sent_total 0\n"))
    }

    /// What nobody got uses up nothing; and a hook that fails is asked ten times an hour.
    @Test func codesThatWereNotSentAreCountedApart() async throws {
        let phones = Phones(status: 503)
        let bench = try bench(phones)
        func ask() async -> Bool? {
            bench.app.advance(seconds: 10)
            return await bench.decide(await bench.identified(), "granted")["code_sent"]?.bool
        }
        for _ in 0..<7 { #expect(await ask() == false) }
        phones.status.withLock { $0 = 204 }
        for _ in 0..<5 { #expect(await ask() == true) }
        #expect(await ask() == false)
        #expect(phones.messages.withLock { $0.count } == 12)
        bench.app.advance(seconds: 3600)
        phones.status.withLock { $0 = nil }
        for _ in 0..<12 { #expect(await ask() == false) }
        #expect(phones.messages.withLock { $0.count } == 22)
        bench.app.advance(seconds: 3600)
        phones.status.withLock { $0 = 200 }
        #expect(await ask() == true)
    }

    @Test func aCodeThatTheHookRefusedWorksInASandbox() async throws {
        let bench = try bench(Phones(status: 500))
        let session = await bench.identified()
        let code = await bench.decide(session, "granted")["sandbox_code"]?.string
        #expect(await bench.decide(session, "granted", code: code ?? "").status == 200)
    }

    /// The answer that is given again says what became of the message, and not what was hoped for.
    @Test(arguments: [(204, true), (503, false), (nil, false)])
    func anAnswerIsGivenAgainAsItBecame(_ status: Int?, _ isSent: Bool) async throws {
        let phones = Phones(status: status)
        let bench = try bench(phones)
        let session = await bench.identified()
        let first = await agree(session, bench)
        phones.status.withLock { $0 = 204 }
        let again = await agree(session, bench)
        #expect(first["code_sent"]?.bool == isSent)
        #expect(again.field("Idempotency-Replayed") == "true")
        #expect(again.body == first.body)
        #expect(phones.messages.withLock { $0.count } == 1)
    }

    @Test func aSecondRequestWaitsForTheHook() async throws {
        let phones = Phones(status: 500)
        phones.isSlow.withLock { $0 = true }
        let bench = try bench(phones)
        let session = await bench.identified()
        async let first = agree(session, bench)
        while phones.heldCount == 0 { await Task.yield() }
        async let second = agree(session, bench)
        async let other = bench.decide(session, "denied", code: "-")
        // Whoever asks for something else does not wait.
        #expect(await other.status == 422)
        while bench.app.app.repeats.waitingCount == 0 { await Task.yield() }
        phones.answer()
        #expect(await first["code_sent"]?.bool == false)
        #expect(await second.body == first.body)
        #expect(phones.messages.withLock { $0.count } == 1)
    }

    private func agree(_ session: WidgetBench.Session, _ bench: WidgetBench) async -> Answer {
        await bench.app.send(
            .post, "/widget/v1/consent", token: session.token,
            fields: [("Idempotency-Key", "1")], json: #"{"decision":"granted"}"#)
    }
}
