import HTTP
import Testing

@Suite(.ownThreads)
struct ServerTests {
    private let get = "GET /?n=1 HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func answersOnAKeptConnection() async throws {
        let server = try TestServer()
        let client = server.client()
        for number in 0..<50 {
            client.send("GET /?n=\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            let response = try #require(client.response())
            #expect(response.status == 200)
            #expect(response.text == "\(number)")
            #expect(response.head.contains("\r\nDate: "))
            #expect(!response.head.contains("Connection:"))
        }
        #expect(server.server.statistics.accepted == 1)
        #expect(server.server.statistics.requests == 50)
        await server.stop()
    }

    @Test func answersTenThousandPipelinedRequestsInOrder() async throws {
        let server = try TestServer()
        let client = server.client()
        let text = (0..<10_000).map {
            "GET /\($0 % 100 == 0 ? "later" : "")?n=\($0) HTTP/1.1\r\nHost: h\r\n\r\n"
        }
        // Sent meanwhile, for neither side may wait until the other has finished.
        async let sent = client.send(text.joined())
        for number in 0..<10_000 {
            let response = try #require(client.response())
            #expect(response.text == (number % 100 == 0 ? "later \(number)" : "\(number)"))
        }
        #expect(await sent)
        await server.stop()
    }

    @Test func readsARequestThatComesByteByByte() async throws {
        let server = try TestServer()
        let client = server.client()
        let request =
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        for octet in request.utf8 { client.send([octet]) }
        #expect(client.response()?.text == "abc")
        await server.stop()
    }

    @Test func headSaysWhatGetWouldWithoutContent() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send("HEAD /?n=12345 HTTP/1.1\r\nHost: h\r\n\r\n" + get)
        let head = try #require(client.response(isHead: true))
        #expect(head.head.contains("Content-Length: 5"))
        #expect(client.response()?.text == "1")
        client.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n" + get)
        #expect(client.response(isHead: true)?.head.contains("chunked") == true)
        #expect(client.response()?.text == "1")
        await server.stop()
    }

    @Test func continuesWhenAsked() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send(
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        #expect(client.response()?.head == "HTTP/1.1 100 Continue")
        client.send("abc")
        #expect(client.response()?.text == "abc")
        // With content already on its way the interim response is left out.
        client.send(
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
        #expect(client.response()?.text == "abc")
        await server.stop()
    }

    @Test func refusesLargeContentBeforeAskingForIt() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send(
            "POST /small HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n")
        let response = try #require(client.response())
        #expect(response.status == 413)
        #expect(response.head.contains("Connection: close"))
        #expect(response.text == "contentTooLarge 127.0.0.1 POST /small")
        #expect(client.receiveAll() == "")
        await server.stop()
    }

    @Test func aClientStillSendingReadsTheRefusal() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n")
        client.send([UInt8](repeating: 1, count: 300_000))
        #expect(client.response()?.status == 413)
        await server.stop()
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501),
        ("GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505), ("\u{16}\u{3}\u{1}", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\n\r\n", 417),
        ("GET / HTTP/1.1\r\nHost: h\r\nA: b\n\r\n", 400),
    ])
    func refusesThenCloses(_ text: String, _ status: Int) async throws {
        let server = try TestServer()
        let client = server.client()
        // What follows a broken request is never read as another.
        client.send(get + text + get)
        #expect(client.response()?.status == 200)
        let response = try #require(client.response())
        #expect(response.status == status)
        #expect(response.head.contains("Connection: close"))
        #expect(client.receiveAll() == "")
        #expect(server.service.arrivalCount == 1)
        await server.stop()
    }

    @Test func closesWhenEitherSideAsks() async throws {
        let server = try TestServer()
        for request in [
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
            "GET /close HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
        ] {
            let client = server.client()
            client.send(request + get)
            let all = client.receiveAll()
            #expect(all.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(all.contains("Connection: close\r\n"))
            #expect(all.components(of: "HTTP/1.1 200") == 1)
        }
        let client = server.client()
        client.send("GET /?n=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(client.response()?.head.contains("Connection: keep-alive") == true)
        client.send(get)
        #expect(client.response()?.text == "1")
        await server.stop()
    }

    @Test func answersAClientThatHasFinishedSending() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send("GET /later?n=1 HTTP/1.1\r\nHost: h\r\n\r\n" + get)
        client.finishSending()
        #expect(client.response()?.text == "later 1")
        #expect(client.response()?.text == "1")
        #expect(client.receiveAll() == "")
        await server.stop()
    }

    @Test func sendsNoContentWithoutALength() async throws {
        let server = try TestServer()
        let client = server.client()
        client.send("GET /empty HTTP/1.1\r\nHost: h\r\n\r\n" + get)
        let response = try #require(client.response())
        #expect(response.status == 204)
        #expect(!response.head.contains("Content-Length"))
        #expect(client.response()?.text == "1")
        await server.stop()
    }

    @Test func survivesClientsThatVanish() async throws {
        let server = try TestServer()
        for request in [
            get, "GET /gate HTTP/1.1\r\nHost: h\r\n\r\n", "GET /big HTT",
            "GET /big HTTP/1.1\r\nHost: h\r\n\r\n",
        ] {
            let client = server.client()
            client.send(request)
            client.reset()
        }
        let client = server.client()
        client.send(get)
        #expect(client.response()?.text == "1")
        await server.stop()
    }
}

extension String {
    /// How often `text` occurs.
    func components(of text: String) -> Int { ranges(of: text).count }
}
