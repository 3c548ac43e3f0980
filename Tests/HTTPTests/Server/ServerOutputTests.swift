import HTTP
import Testing

/// Answers that nobody reads.
@Suite(.ownThreads)
struct ServerOutputTests {
    private static let request = "GET /big HTTP/1.1\r\nHost: h\r\n\r\n"

    /// The answers are of four mebibytes, of which the sockets take some.
    @Test func unreadAnswersOfOneAddressAreBoundedTogether() async throws {
        let server = try TestServer(loopCount: 1) { $0.heldOutputBytes = 12 << 20 }
        // Larger buffers would take an answer whole.
        let clients = (0..<12).map { _ in
            TestClient(port: server.server.port, receiveBuffer: 4096)
        }
        for client in clients { client.send(Self.request) }
        while server.service.arrivalCount < 12 { await Task.yield() }
        while server.server.statistics.open > 4 { await Task.yield() }
        #expect(server.server.statistics.refused >= 8)
        // Whoever reads is served all the same.
        let reader = server.client()
        reader.send("GET /?n=hello HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(reader.response()?.status == 200)
        _ = clients
        await server.stop()
    }

    /// However many addresses a credential is used from; others keep what they have.
    @Test func unreadAnswersOfOneCallerAreBoundedTogether() async throws {
        let server = try TestServer(loopCount: 1) { $0.heldOutputBytes = 24 << 20 }
        let port = server.server.port
        func ask(_ holder: String, from hosts: Range<UInt32>) -> [TestClient] {
            hosts.map { host in
                let client = TestClient(port: port, receiveBuffer: 4096, host: host)
                client.send("GET /big?holder=\(holder) HTTP/1.1\r\nHost: h\r\n\r\n")
                return client
            }
        }
        let others = ask("other", from: 2..<5)
        let greedy = ask("greedy", from: 10..<30)
        while server.service.arrivalCount < 23 { await Task.yield() }
        // Of four mebibytes each, of which the sockets take some, twenty are more than twelve.
        while server.server.statistics.open > 3 + 12 { await Task.yield() }
        // They are closed for what they hold; the write deadline would come to the others too.
        #expect(server.server.statistics.refused >= 8)
        for client in others { #expect(client.response()?.body.count == 4 << 20) }
        _ = greedy
        await server.stop()
    }

    @Test func oneAnswerMayBeLongerThanTheBudget() async throws {
        let server = try TestServer(loopCount: 1) { $0.heldOutputBytes = 1 << 20 }
        let client = server.client()
        client.send(Self.request)
        #expect(client.response()?.body.count == 4 << 20)
        await server.stop()
    }

    /// What left counts no more.
    @Test func theBudgetComesBack() async throws {
        let server = try TestServer(loopCount: 1) { $0.heldOutputBytes = 12 << 20 }
        for _ in 0..<20 {
            let client = server.client()
            client.send(Self.request)
            #expect(client.response()?.body.count == 4 << 20)
        }
        await server.stop()
    }
}
