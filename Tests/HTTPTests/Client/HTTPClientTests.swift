import Foundation
import TLS
import Testing

@testable import HTTP

@Suite(.ownThreads, .timeLimit(.minutes(1)))
struct HTTPClientTests {
    private static func client(
        _ policy: AddressPolicy = .globalAndPrivate, authority: String? = nil,
        _ change: (inout ClientLimits) -> Void = { _ in }
    ) throws -> HTTPClient {
        var limits = ClientLimits()
        limits.total = .seconds(5)
        change(&limits)
        return try HTTPClient(policy: policy, limits: limits, authorityFile: authority)
    }

    private static func request(
        _ port: UInt16, _ path: String = "/", host: String = "127.0.0.1", scheme: String = "http",
        body: String = "END"
    ) throws -> ClientRequest {
        ClientRequest(
            try HTTPURL("\(scheme)://\(host):\(port)\(path)"), body: Array(body.utf8))
    }

    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// A live server, shut down at the end.
    private static func withServer(
        tls: TLSConfiguration? = nil, _ body: (Server) async throws -> Void
    ) async throws {
        let server = try Server(
            ServerConfiguration(loopCount: 1, tls: tls), service: TestService())
        server.start()
        do {
            try await body(server)
        } catch {
            await server.shutdown(grace: .seconds(1))
            throw error
        }
        await server.shutdown(grace: .seconds(1))
    }

    @Test func postsAndReusesItsConnection() async throws {
        try await Self.withServer { server in
            let client = try Self.client()
            for number in 0..<20 {
                let answer = await client.send(
                    try Self.request(server.port, body: "body \(number)"))
                #expect(try answer.get().status == 200)
                #expect(try answer.get().content == Array("body \(number)".utf8))
            }
            #expect(server.statistics.accepted == 1)
            client.close()
        }
    }

    @Test func sendsManyAtOnce() async throws {
        try await Self.withServer { server in
            let client = try Self.client()
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let answer = await client.send(
                            try Self.request(server.port, "/later?n=\(number)"))
                        return String(decoding: try answer.get().content, as: UTF8.self)
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == Set((0..<200).map { "later \($0)" }))
            client.close()
        }
    }

    @Test func keepsTheFirstBytesOfALongAnswer() async throws {
        try await Self.withServer { server in
            let client = try Self.client()
            let answer = try await client.send(try Self.request(server.port, "/big")).get()
            #expect(answer.status == 200)
            #expect(answer.content == [UInt8](repeating: 65, count: 1024))
            // The rest was given up with its connection.
            #expect(try await client.send(try Self.request(server.port)).get().status == 200)
            #expect(server.statistics.accepted == 2)
        }
    }

    @Test func resolvesNames() async throws {
        try await Self.withServer { server in
            let client = try Self.client()
            let answer = await client.send(try Self.request(server.port, host: "localhost"))
            #expect(try answer.get().status == 200)
            let unknown = await client.send(try Self.request(1, host: "nobody.invalid"))
            guard case .failure(.unresolvable) = unknown else {
                Issue.record("\(unknown)")
                return
            }
        }
    }

    /// What a name leads to is judged, however the name is spelt.
    @Test(arguments: ["127.0.0.1", "localhost", "127.1", "0x7f000001", "[::ffff:127.0.0.1]"])
    func refusesTheInside(_ host: String) async throws {
        let server = ScriptedServer([[.read, .write(Self.ok)]])
        let client = try Self.client(.globalOnly)
        let answer = await client.send(try Self.request(server.port, host: host))
        #expect(answer == .failure(.addressRefused))
        #expect(server.acceptedCount == 0)
        client.close()
    }

    @Test func followsNoRedirect() async throws {
        let target = ScriptedServer([[.read, .write(Self.ok)]])
        let server = ScriptedServer([
            [
                .read,
                .write(
                    "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:\(target.port)/"
                        + "\r\nContent-Length: 0\r\n\r\n"),
            ]
        ])
        let client = try Self.client()
        let answer = await client.send(try Self.request(server.port))
        #expect(try answer.get().status == 307)
        #expect(target.acceptedCount == 0)
    }

    @Test func givesUpOnWhoHangs() async throws {
        let server = ScriptedServer([[.read, .wait(milliseconds: 3000)]])
        let client = try Self.client { $0.total = .milliseconds(200) }
        let start = ContinuousClock.now
        #expect(await client.send(try Self.request(server.port)) == .failure(.timedOut))
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    /// A byte now and then is no answer.
    @Test func givesUpOnWhoTrickles() async throws {
        let trickle = (0..<100).flatMap { _ in
            [ScriptedServer.Step.write("H"), .wait(milliseconds: 20)]
        }
        let server = ScriptedServer([[.read, .write("HTTP/1.1 200 OK\r\nA: ")] + trickle])
        let client = try Self.client { $0.total = .milliseconds(200) }
        #expect(await client.send(try Self.request(server.port)) == .failure(.timedOut))
    }

    @Test(arguments: [
        ([ScriptedServer.Step.read], ClientFailure.connectionLost),
        ([.read, .reset], .connectionLost),
        ([.read, .write("HTTP/1.1 200 OK\r\nContent-")], .connectionLost),
        ([.read, .write("SSH-2.0-OpenSSH_9.6\r\n")], .malformedResponse),
        ([.read, .write("HTTP/1.1 200 OK\nContent-Length: 0\n\n")], .malformedResponse),
    ])
    func saysWhyThereIsNoAnswer(_ script: [ScriptedServer.Step], _ failure: ClientFailure)
        async throws
    {
        let server = ScriptedServer([script])
        let client = try Self.client()
        #expect(await client.send(try Self.request(server.port)) == .failure(failure))
    }

    @Test func saysThatNobodyListens() async throws {
        let server = ScriptedServer([])
        let port = server.port
        _ = consume server
        let client = try Self.client()
        let answer = await client.send(try Self.request(port))
        #expect(answer == .failure(.unreachable("Connection refused")))
    }

    /// The status is the verdict, whatever happens to the content after it.
    @Test func anAnswerCutOffAfterItsHeadCounts() async throws {
        let server = ScriptedServer([
            [.read, .write("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nsorry")]
        ])
        let client = try Self.client()
        let answer = try await client.send(try Self.request(server.port)).get()
        #expect(answer.status == 503)
        #expect(answer.content == Array("sorry".utf8))
        #expect(!answer.isComplete)
    }

    @Test func tellsTheFieldsOfAnAnswer() async throws {
        let server = ScriptedServer([
            [
                .read,
                .write(
                    "HTTP/1.1 429 Slow\r\nRetry-After:  7 \r\nX-Empty:\r\nContent-Length: 2\r\n"
                        + "Retry-After: 9\r\n\r\nok"),
            ]
        ])
        let client = try Self.client()
        let answer = try await client.send(try Self.request(server.port)).get()
        #expect(answer.field("retry-after") == "7")
        #expect(answer.field("X-Empty") == "")
        #expect(answer.field("HTTP/1.1 429 Slow") == nil)
        #expect(answer.field("Date") == nil)
        #expect(answer.isComplete)
    }

    @Test func contentThatIsNotKeptIsIncomplete() async throws {
        try await Self.withServer { server in
            let client = try Self.client { $0.keptBytes = 4 }
            let answer = try await client.send(
                try Self.request(server.port, body: "12345")
            ).get()
            #expect(answer.content == Array("1234".utf8))
            #expect(!answer.isComplete)
        }
    }

    @Test func gets() async throws {
        try await Self.withServer { server in
            let client = try Self.client()
            let url = try HTTPURL("http://127.0.0.1:\(server.port)/?n=hello")
            let answer = try await client.send(ClientRequest(url, method: .get)).get()
            #expect(answer.content == Array("hello".utf8))
        }
    }

    @Test func aRequestMayHaveItsOwnDeadline() async throws {
        let server = ScriptedServer([[.read, .wait(milliseconds: 400)]])
        let client = try Self.client()
        var request = try Self.request(server.port)
        request.timeout = .milliseconds(50)
        #expect(await client.send(request) == .failure(.timedOut))
    }

    @Test func aKeptConnectionThatEndedIsReplaced() async throws {
        let server = ScriptedServer([
            [.read, .write(Self.ok), .read], [.read, .write(Self.ok)],
            [.read, .write(Self.ok)],
        ])
        let client = try Self.client()
        for _ in 0..<3 {
            #expect(try await client.send(try Self.request(server.port)).get().status == 200)
        }
        #expect(server.acceptedCount == 3)
    }

    /// What nobody asked for is never taken for the next answer.
    @Test func aConnectionThatSaysMoreIsNotKept() async throws {
        let server = ScriptedServer([
            [
                .read, .write(Self.ok), .wait(milliseconds: 50),
                .write("HTTP/1.1 204 No Content\r\n\r\n"), .read,
            ],
            [.read, .write(Self.ok)],
        ])
        let client = try Self.client()
        #expect(try await client.send(try Self.request(server.port)).get().status == 200)
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await client.send(try Self.request(server.port)).get().status == 200)
        #expect(server.acceptedCount == 2)
    }

    @Test func closingEndsWhatRuns() async throws {
        let server = ScriptedServer([[.read, .wait(milliseconds: 2000)]])
        let client = try Self.client()
        let request = try Self.request(server.port)
        async let answer = client.send(request)
        try await Task.sleep(for: .milliseconds(100))
        client.close()
        #expect(await answer == .failure(.closed))
        #expect(await client.send(request) == .failure(.closed))
    }

    // MARK: TLS

    @Test func trustsTheNamedAuthorityForTheNamedHost() async throws {
        let certificate = try TestCertificate()
        try await Self.withServer(tls: certificate.configuration) { server in
            let authority = certificate.configuration.certificateChainFile
            let client = try Self.client(authority: authority)
            for _ in 0..<3 {
                let answer = await client.send(
                    try Self.request(server.port, host: "localhost", scheme: "https", body: "x"))
                #expect(try answer.get().content == Array("x".utf8))
            }
            #expect(server.statistics.accepted == 1)
            // The certificate names the host, not its address.
            let address = await client.send(try Self.request(server.port, scheme: "https"))
            guard case .failure(.tls) = address else {
                Issue.record("\(address)")
                return
            }
        }
    }

    @Test func trustsNobodyElse() async throws {
        let certificate = try TestCertificate()
        let other = try TestCertificate()
        try await Self.withServer(tls: certificate.configuration) { server in
            for authority in [nil, other.configuration.certificateChainFile] {
                let client = try Self.client(authority: authority)
                let answer = await client.send(
                    try Self.request(server.port, host: "localhost", scheme: "https"))
                guard case .failure(.tls) = answer else {
                    Issue.record("\(answer)")
                    return
                }
            }
        }
        #expect(throws: ServerError.self) {
            try HTTPClient(policy: .globalOnly, authorityFile: "/nowhere")
        }
    }

    @Test func knowsPlainHTTPFromTLS() async throws {
        let server = ScriptedServer([[.write("HTTP/1.1 400 Bad Request\r\n\r\n")]])
        let client = try Self.client()
        let answer = await client.send(try Self.request(server.port, scheme: "https"))
        guard case .failure(.tls) = answer else {
            Issue.record("\(answer)")
            return
        }
    }
}
