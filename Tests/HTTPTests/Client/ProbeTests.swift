import HTTP
import Testing

@Suite(.ownThreads)
struct ProbeTests {
    @Test func readsHostPortAndTarget() throws {
        let plain = try Probe("http://example.org")
        #expect(!plain.isTLS)
        #expect(plain.host == "example.org")
        #expect(plain.port == 80)
        #expect(plain.target == "/")
        let full = try Probe("https://[::1]:8443/ready?x=1#top")
        #expect(full.isTLS)
        #expect(full.host == "::1")
        #expect(full.port == 8443)
        #expect(full.target == "/ready?x=1")
        #expect(try Probe("https://h?q").target == "/?q")
        #expect(try Probe("https://h").port == 443)
    }

    @Test(arguments: [
        "", "health", "ftp://h/", "http://", "http://:80/", "http://h:0/", "http://h:+8/",
        "http://h:65536/", "http://h:/", "http://[::1]x/", "http://u@h/", "http://h/a b",
        "http://h/\r\nX: y",
    ])
    func refusesWhatIsNoURL(_ text: String) {
        #expect(throws: ProbeError.notAURL(text)) { try Probe(text) }
    }

    @Test func findsALivingServer() async throws {
        let server = try TestServer()
        #expect(try Probe("http://127.0.0.1:\(server.server.port)/").status() == 200)
        #expect(try Probe("http://127.0.0.1:\(server.server.port)/empty").status() == 204)
        await server.stop()
    }

    @Test func findsALivingServerOverTLS() async throws {
        let certificate = try TestCertificate(name: "elsewhere")
        let server = try TestServer(tls: certificate.configuration)
        #expect(try Probe("https://127.0.0.1:\(server.server.port)/").status() == 200)
        await server.stop()
    }

    /// TLS spoken to a plain port, and plain text to a TLS port, are no answers.
    @Test func noticesTheWrongProtocol() async throws {
        let certificate = try TestCertificate()
        let plain = try TestServer()
        let secure = try TestServer(tls: certificate.configuration)
        #expect(throws: ProbeError.self) {
            try Probe("https://127.0.0.1:\(plain.server.port)/").status()
        }
        #expect(throws: ProbeError.self) {
            try Probe("http://127.0.0.1:\(secure.server.port)/").status()
        }
        await plain.stop()
        await secure.stop()
    }

    @Test func noticesADeadServer() async throws {
        let server = try TestServer()
        let port = server.server.port
        await server.stop()
        let dead = try Probe("http://127.0.0.1:\(port)/")
        #expect(throws: ProbeError.self) { try dead.status() }
    }

    @Test func givesUpOnASilentServer() async throws {
        let server = try TestServer()
        let silent = try Probe("http://127.0.0.1:\(server.server.port)/gate")
        #expect(throws: ProbeError.noAnswer(host: "127.0.0.1", port: server.server.port)) {
            try silent.status(within: 1)
        }
        await server.stop()
    }
}
