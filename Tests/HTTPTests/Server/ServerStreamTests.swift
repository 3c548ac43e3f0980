import HTTP
import Testing

@Suite(.ownThreads)
struct ServerStreamTests {
    @Test func sendsStreamsInChunksAndKeepsTheConnection() async throws {
        let server = try TestServer()
        let client = server.client()
        for _ in 0..<3 {
            client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
            let response = try #require(client.response())
            #expect(response.text == "part 1;part 3;")
            #expect(!response.head.contains("Content-Length"))
        }
        await server.stop()
    }

    @Test func sendsStreamsUntilCloseToHTTP10() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let all = client.receiveAll()
        #expect(all.hasSuffix("\r\n\r\npart 1;part 3;"))
        #expect(!all.contains("chunked"))
        #expect(all.contains("Connection: close"))
        await server.stop()
    }

    @Test func aFailedStreamEndsWithoutItsLastChunk() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send("GET /cut HTTP/1.1\r\nHost: h\r\n\r\n")
        let all = client.receiveAll()
        #expect(all.contains("part 3;"))
        #expect(!all.contains("0\r\n\r\n"))
        await server.stop()
    }

    @Test func aReaderThatStopsHoldsTheStreamThenLosesIt() async throws {
        let server = try TestServer { $0.writeDeadline = .milliseconds(300) }
        let client = TestClient(port: server.server.port, receiveBuffer: 4096)
        client.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n")
        while server.server.statistics.timeouts == 0 { await Task.yield() }
        let pulled = server.service.pulledCount
        // What the two sockets buffer and one chunk more, not a queue without end.
        #expect((2...400).contains(pulled))
        #expect(server.server.statistics.open == 0)
        await server.stop()
    }

    @Test func sendsMoreThanASocketHolds() async throws {
        let server = try TestServer()
        let client = TestClient(port: server.server.port, receiveBuffer: 4096)
        client.send(
            "GET /big HTTP/1.1\r\nHost: h\r\n\r\nGET /big HTTP/1.1\r\nHost: h\r\n\r\n")
        for _ in 0..<2 {
            let response = try #require(client.response())
            #expect(response.body.count == 4 << 20)
            #expect(response.body.allSatisfy { $0 == 65 })
        }
        await server.stop()
    }

    @Test func aStreamNobodyReadsAnyMoreStops() async throws {
        let server = try TestServer()
        do {
            let client = server.client()
            client.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = client.receive()
        }
        while server.server.statistics.open > 0 { await Task.yield() }
        await server.stop()
    }
}
