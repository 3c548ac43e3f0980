import HTTP
import Testing

@Suite(.ownThreads)
struct ServerLimitTests {
    @Test func aSlowHeadIsToldAndClosed() async throws {
        let server = try TestServer { $0.headDeadline = .milliseconds(500) }
        let client = server.client()
        client.send("GET / HTTP/1.1\r\nHos")
        #expect(client.receiveAll().contains("headTimeout"))
        #expect(server.server.statistics.timeouts >= 1)
        await server.stop()
    }

    @Test func slowContentIsToldAndClosed() async throws {
        let server = try TestServer {
            $0.bodyGrace = .milliseconds(100)
            $0.bodyBytesPerSecond = 1_000_000
        }
        let client = server.client()
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
        #expect(client.receiveAll().contains("bodyTimeout"))
        await server.stop()
    }

    /// Whoever waits for a `100 Continue` is told the end at once, and whoever does not is not read.
    @Test(
        arguments: ["Expect: 100-continue\r\n", ""],
        ["Content-Length: 900000", "Transfer-Encoding: chunked"])
    func contentThatNobodyWantsIsNotWaitedFor(_ expectation: String, _ framing: String) async throws
    {
        let server = try TestServer()
        let client = server.client()
        client.send("POST /nowhere HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\(expectation)\r\n")
        let answer = client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 404 "))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nunread true"))
        await server.stop()
    }

    @Test func contentThatCameAlongCostsNoConnection() async throws {
        let server = try TestServer()
        let client = server.client()
        for _ in 0..<2 {
            client.send("POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
            let answer = client.response()
            #expect(answer?.status == 404)
        }
        await server.stop()
    }

    @Test func nobodyHoldsWhatTheOthersNeed() async throws {
        let server = try TestServer(loopCount: 1) {
            $0.bodyBytes = 64 * 1024
            $0.heldContentBytes = 128 * 1024
        }
        let part = String(repeating: "x", count: 40_000)
        func hold(_ path: String) -> TestClient {
            let client = server.client()
            client.send(
                "POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: 40010\r\n\r\n" + part)
            return client
        }
        let first = hold("/?holder=a")
        // The one loop has read it once it answers who comes after it.
        let later = server.client()
        later.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(later.response()?.status == 200)
        // Half of all is one holder's, and the second part would be more.
        let excess = hold("/?holder=a")
        let refusal = excess.receiveAll()
        #expect(refusal.hasPrefix("HTTP/1.1 503 "))
        #expect(refusal.contains("contentOverloaded"))
        // What was refused takes no room, although its connection is open still.
        let small = server.client()
        small.send(
            "POST /?holder=a HTTP/1.1\r\nHost: h\r\nContent-Length: 20010\r\n\r\n"
                + part.prefix(20_000))
        small.send("0123456789")
        #expect(small.response()?.status == 200)
        withExtendedLifetime(excess) {}
        // A stranger has less still.
        #expect(hold("/").receiveAll().hasPrefix("HTTP/1.1 503 "))
        let other = hold("/?holder=b")
        for client in [first, other] {
            client.send("0123456789")
            #expect(client.response()?.status == 200)
        }
        // What was let go can be held again.
        let again = hold("/?holder=a")
        again.send("0123456789")
        #expect(again.response()?.status == 200)
        await server.stop()
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        let server = try TestServer { $0.idleDeadline = .milliseconds(100) }
        let fresh = server.client()
        #expect(fresh.receiveAll() == "")
        let used = server.client()
        used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(used.response()?.status == 200)
        #expect(used.receiveAll() == "")
        await server.stop()
    }

    @Test func aWorkingHandlerHasNoDeadline() async throws {
        let server = try TestServer {
            $0.idleDeadline = .milliseconds(50)
            $0.headDeadline = .milliseconds(50)
        }
        let client = server.client()
        client.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n")
        // Another connection's idle deadline passes meanwhile: time has gone by.
        #expect(server.client().receiveAll() == "")
        server.service.open()
        #expect(client.response()?.status == 200)
        await server.stop()
    }

    @Test func turnsAwayConnectionsAboveTheLimitAndRecovers() async throws {
        let server = try TestServer(loopCount: 1) { $0.connections = 8 }
        var clients = (0..<8).map { _ in server.client() }
        for client in clients {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.response()?.status == 200)
        }
        let late = server.client()
        let all = late.receiveAll()
        #expect(all.hasPrefix("HTTP/1.1 503 "))
        #expect(all.contains("Connection: close"))
        clients.removeAll()
        while server.server.statistics.open > 1 { await Task.yield() }
        let next = server.client()
        next.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(next.response()?.status == 200)
        await server.stop()
    }

    @Test func aBadPortOrAddressIsExplained() async throws {
        let server = try TestServer()
        let taken = ServerConfiguration(port: server.server.port, loopCount: 1)
        #expect(throws: ServerError.portInUse(host: "127.0.0.1", port: server.server.port)) {
            try Server(taken, service: TestService())
        }
        #expect(throws: ServerError.hostNotAnAddress("example.test")) {
            try Server(ServerConfiguration(host: "example.test"), service: TestService())
        }
        #expect(throws: ServerError.addressNotAvailable("192.0.2.1")) {
            try Server(ServerConfiguration(host: "192.0.2.1"), service: TestService())
        }
        await server.stop()
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1", 80, false), ("http://[::1]:8080", "::1", 8080, true),
        ("https://localhost:443", "localhost", 443, false),
    ])
    func anEndpointIsReadAsAnnounced(
        text: String, host: String, port: UInt16, isPlain: Bool
    ) throws {
        let endpoint = try #require(
            ServerConfiguration.Endpoint(text, hasCertificate: true))
        #expect(endpoint.host == host && endpoint.port == port && endpoint.isPlain == isPlain)
    }

    @Test(arguments: [
        "", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:0", "127.0.0.1:+80", "127.0.0.1:65536",
        "::1:80", "[127.0.0.1]:80", "[::1]", "example.test:80", "ftp://127.0.0.1:21",
        "http://127.0.0.1:80/", "https://127.0.0.1:443",
    ])
    func whatIsNoEndpointIsRefused(text: String) {
        #expect(ServerConfiguration.Endpoint(text, hasCertificate: false) == nil)
    }

    @Test func listensOnBothLoopbackAddressesForLocalhost() throws {
        let server = try Server(ServerConfiguration(host: "localhost"), service: TestService())
        #expect(server.addresses.first == "http://127.0.0.1:\(server.port)")
        #expect(server.addresses.dropFirst().allSatisfy { $0 == "http://[::1]:\(server.port)" })
        let all = try Server(ServerConfiguration(host: "::"), service: TestService())
        all.start()
        let client = TestClient(port: all.port)
        client.send("GET / HTTP/1.1\r\n\r\n")
        #expect(client.receiveAll().contains("malformedHost 127.0.0.1"))
    }
}
