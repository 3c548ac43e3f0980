import COpenSSL
import Foundation
import HTTP
import TLS
import Testing

@Suite(.ownThreads)
struct ServerTLSTests {
    private let get = "GET /?n=1 HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test(arguments: [(TLS1_2_VERSION, "TLSv1.2"), (TLS1_3_VERSION, "TLSv1.3")])
    func answersOverTLS(_ version: Int32, _ name: String) async throws {
        let certificate = try TestCertificate()
        let server = try TestServer(tls: certificate.configuration)
        let client = TestTLSClient(
            port: server.server.port, version: version,
            protocols: Array("\u{2}h2\u{8}http/1.1".utf8))
        try #require(client.isConnected)
        #expect(client.version == name)
        #expect(client.chosenProtocol == "http/1.1")
        for _ in 0..<3 {
            client.send(get)
            let text = String(decoding: client.receive(20), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            _ = client.receive(lengthOfRest)
        }
        client.send("GET /close HTTP/1.1\r\nHost: h\r\n\r\n")
        let last = String(decoding: client.receive(1 << 20), as: UTF8.self)
        #expect(last.contains("Connection: close"))
        #expect(client.sawProperEnd)
        #expect(server.server.addresses == ["https://127.0.0.1:\(server.server.port)"])
        await server.stop()
    }

    /// What follows the first 20 bytes of the answer to `get`.
    private var lengthOfRest: Int {
        let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        let head =
            "HTTP/1.1 200 OK\r\n\(date)Content-Type: text/plain\r\nContent-Length: 1\r\n\r\n1"
        return head.utf8.count - 20
    }

    @Test func carriesLargeContentBothWays() async throws {
        let certificate = try TestCertificate()
        let server = try TestServer(tls: certificate.configuration)
        let client = TestTLSClient(port: server.server.port)
        let content = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(content.count)\r\n\r\n")
        client.send(content)
        client.send("GET /big HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        let all = client.receive(.max)
        let start = try #require(all.firstRange(of: Array("\r\n\r\n".utf8))).upperBound
        #expect(Array(all[start..<(start + content.count)]) == content)
        #expect(all.suffix(4 << 20).allSatisfy { $0 == 65 })
        await server.stop()
    }

    @Test func refusesOldVersionsOtherProtocolsAndPlainText() async throws {
        let certificate = try TestCertificate()
        let server = try TestServer(tls: certificate.configuration)
        let port = server.server.port
        #expect(!TestTLSClient(port: port, version: TLS1_1_VERSION).isConnected)
        #expect(!TestTLSClient(port: port, protocols: Array("\u{2}h2".utf8)).isConnected)
        let plain = server.client()
        plain.send(get)
        #expect(!plain.receiveAll().contains("HTTP/1.1 200"))
        #expect(server.service.arrivalCount == 0)
        while server.server.statistics.handshakeFailures < 3 { await Task.yield() }
        await server.stop()
    }

    @Test func aSlowHandshakeEnds() async throws {
        let certificate = try TestCertificate()
        let server = try TestServer(tls: certificate.configuration) {
            $0.headDeadline = .milliseconds(100)
        }
        #expect(server.client().receiveAll() == "")
        await server.stop()
    }

    @Test func reloadsCertificatesAndKeepsTheOldOnesWhenTheNewAreBad() async throws {
        let certificate = try TestCertificate(name: "first")
        let server = try TestServer(tls: certificate.configuration)
        let port = server.server.port
        #expect(TestTLSClient(port: port).subject.contains("first"))
        try certificate.make(name: "second")
        #expect(TestTLSClient(port: port).subject.contains("first"))
        try server.server.reloadTLS()
        #expect(TestTLSClient(port: port).subject.contains("second"))
        try certificate.write("rubbish", to: certificate.configuration.keyFile)
        #expect(throws: ServerError.self) { try server.server.reloadTLS() }
        #expect(TestTLSClient(port: port).subject.contains("second"))
        await server.stop()
    }

    @Test func speaksPlainHTTPOnOneAddressAndTLSOnAnother() async throws {
        let certificate = try TestCertificate(name: "first")
        // Holds a port on one address, so that it is free on others.
        let probe = try Server(
            ServerConfiguration(host: "127.0.0.2", loopCount: 1), service: TestService())
        var configuration = ServerConfiguration(loopCount: 2, tls: certificate.configuration)
        func listen(_ address: String) throws {
            let text = "http://\(address):\(probe.port)"
            configuration.others = [try #require(.init(text, hasCertificate: true))]
        }
        try listen("127.0.0.2")
        #expect(throws: ServerError.portInUse(host: "127.0.0.2", port: probe.port)) {
            try Server(configuration, service: TestService())
        }
        try listen("127.0.0.1")
        let server = try Server(configuration, service: TestService())
        server.start()
        #expect(
            server.addresses == [
                "https://127.0.0.1:\(server.port)", "http://127.0.0.1:\(probe.port)",
            ])
        #expect(TestTLSClient(port: server.port).subject.contains("first"))
        let client = TestClient(port: probe.port)
        client.send("GET /?n=7 HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.response()?.text == "7")
        await server.shutdown(grace: .seconds(5))
    }

    @Test func aKeyThatOthersMayReadIsRefusedWhereItMustBePrivate() async throws {
        let certificate = try TestCertificate()
        let key = certificate.configuration.keyFile
        var tls = certificate.configuration
        tls.requiresPrivateKey = true
        func setMode(_ mode: Int) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key)
        }
        try setMode(0o640)
        let server = try Server(ServerConfiguration(tls: tls), service: TestService())
        for mode in [0o644, 0o601, 0o602] {
            try setMode(mode)
            #expect(throws: ServerError.tls(.keyReadableByOthers(file: key))) {
                try Server(ServerConfiguration(tls: tls), service: TestService())
            }
            #expect(throws: ServerError.tls(.keyReadableByOthers(file: key))) {
                try server.reloadTLS()
            }
        }
        #expect(TLSError.keyReadableByOthers(file: key).description.contains("chmod 600 \(key)"))
        #expect(throws: Never.self) {
            try Server(
                ServerConfiguration(tls: certificate.configuration), service: TestService())
        }
    }

    @Test func explainsUnusableFiles() throws {
        let one = try TestCertificate()
        let other = try TestCertificate()
        func error(_ certificate: String, _ key: String) -> String {
            let tls = TLSConfiguration(certificateChainFile: certificate, keyFile: key)
            do {
                _ = try Server(ServerConfiguration(tls: tls), service: TestService())
                return ""
            } catch {
                return error.description
            }
        }
        let (good, key) = (one.configuration.certificateChainFile, one.configuration.keyFile)
        #expect(error("/none.pem", key).contains("/none.pem: No such file"))
        #expect(error(good, "/none.pem").contains("private key from /none.pem"))
        #expect(error(good, other.configuration.keyFile).contains("does not belong"))
        #expect(error(key, key).hasPrefix("cannot read a PEM certificate"))
        #expect(error(good, key) == "")
    }
}
