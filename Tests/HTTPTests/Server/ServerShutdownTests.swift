import Glibc
import HTTP
import Testing

@Suite(.ownThreads)
struct ServerShutdownTests {
    @Test func finishesRunningRequestsAndClosesIdleConnections() async throws {
        let server = try TestServer()
        let idle = server.client()
        idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(idle.response()?.status == 200)
        let busy = server.client()
        busy.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n")
        while server.service.arrivalCount < 2 { await Task.yield() }
        async let stopped: Void = server.server.shutdown(grace: .seconds(10))
        #expect(idle.receiveAll() == "")
        server.service.open()
        let response = try #require(busy.response())
        #expect(response.status == 200)
        #expect(response.head.contains("Connection: close"))
        await stopped
        await server.server.shutdown(grace: .zero)
        #expect(server.server.statistics.open == 0)
        // Nobody listens any more.
        let late = server.client()
        #expect(!late.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n") || late.response() == nil)
    }

    @Test func forcesWhatDoesNotFinishInTime() async throws {
        let server = try TestServer()
        let busy = server.client()
        busy.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n")
        while server.service.arrivalCount < 1 { await Task.yield() }
        await server.server.shutdown(grace: .milliseconds(50))
        #expect(busy.receiveAll() == "")
        #expect(server.server.statistics.open == 0)
        server.service.open()
    }

    @Test func underLoadEveryAcceptedRequestIsAnswered() async throws {
        let server = try TestServer()
        let service = server.service
        let port = server.server.port
        let answered = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let client = TestClient(port: port)
                    var answers = 0
                    while client.send("GET /later?n=1 HTTP/1.1\r\nHost: h\r\n\r\n"),
                        let response = client.response()
                    {
                        answers += response.status == 200 ? 1 : 0
                        await Task.yield()
                    }
                    return answers
                }
            }
            // Clients that gave up on a slow machine must fail the test, not hang it.
            let deadline = ContinuousClock.now + .seconds(60)
            while service.arrivalCount < 200, ContinuousClock.now < deadline {
                await Task.yield()
            }
            #expect(service.arrivalCount >= 200)
            await server.server.shutdown(grace: .seconds(10))
            return await group.reduce(0, +)
        }
        #expect(answered == service.arrivalCount)
    }
}
