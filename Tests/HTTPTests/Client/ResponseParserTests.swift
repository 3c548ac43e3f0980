import Testing

@testable import HTTP

struct ResponseParserTests {
    private static func read(
        _ text: String, step: Int = .max, isEnded: Bool = false
    ) throws -> (parser: ResponseParser, isComplete: Bool) {
        var parser = ResponseParser(keptBytes: 8, contentBytes: 64)
        let bytes = Array(text.utf8)
        var index = 0
        var isComplete = false
        while index < bytes.count {
            let end = index + min(step, bytes.count - index)
            isComplete = try parser.read(bytes[index..<end].span) == .complete
            index = end
        }
        if isEnded {
            try parser.end()
            isComplete = true
        }
        return (parser, isComplete)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func anySplitGivesTheSame(_ step: Int) throws {
        let text =
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: v\r\n\r\n"
        let (parser, isComplete) = try Self.read(text, step: step)
        #expect(isComplete)
        #expect(parser.status == 503)
        #expect(parser.kept == Array("hello wo".utf8))
        #expect(parser.keepsAlive)
    }

    @Test(arguments: [
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, true),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, true),
        ("HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 2\r\n\r\nok", 200, false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", 200, true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK", 200, false),
    ])
    func knowsWhetherAnotherRequestMayFollow(_ text: String, _ status: Int, _ keeps: Bool) throws {
        let (parser, isComplete) = try Self.read(text)
        #expect(isComplete)
        #expect(parser.status == status)
        #expect(parser.keepsAlive == keeps)
    }

    @Test func contentMayEndWithTheConnection() throws {
        let text = "HTTP/1.1 200 OK\r\n\r\nhello"
        #expect(try !Self.read(text).isComplete)
        let (parser, _) = try Self.read(text, isEnded: true)
        #expect(parser.kept == Array("hello".utf8))
        #expect(!parser.keepsAlive)
    }

    @Test(arguments: [
        "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 600 x\r\n\r\n", "HTTP/1.1 000 x\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n", "ICY 200 OK\r\n\r\n", "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName : x\r\n\r\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\u{0}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func refusesWhatTwoCouldReadDifferently(_ text: String) {
        #expect(throws: ResponseError.malformed) { try Self.read(text) }
    }

    @Test func boundsEverything() {
        let long = String(repeating: "x", count: 17_000)
        #expect(throws: ResponseError.tooLarge) {
            try Self.read("HTTP/1.1 200 OK\r\nA: \(long)")
        }
        let many = String(repeating: "A: b\r\n", count: 101)
        #expect(throws: ResponseError.tooLarge) {
            try Self.read("HTTP/1.1 200 OK\r\n\(many)\r\n")
        }
        #expect(throws: ResponseError.tooLarge) {
            try Self.read("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 65))
        }
        let hints = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 2000)
        #expect(throws: ResponseError.tooLarge) { try Self.read(hints) }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    ])
    func noticesWhatWasCutOff(_ text: String) {
        #expect(throws: ResponseError.truncated) { try Self.read(text, isEnded: true) }
    }

    @Test func randomBytesNeverTrapIt() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
            "\r\n",
            "5\r\nhello\r\n", "0\r\n\r\n", "\n", "HTTP/1.0 100 x\r\n\r\n", "\u{0}", "abc",
            "A: b\r\n",
        ].map { Array($0.utf8) }
        for _ in 0..<20_000 {
            var parser = ResponseParser(keptBytes: 4, contentBytes: 16)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                var bytes = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                if Int.random(in: 0..<8, using: &generator) == 0, !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
                        in: 0...255, using: &generator)
                }
                // What it makes of them does not matter here.
                guard let progress = try? parser.read(bytes.span) else { break }
                if progress == .complete { break }
            }
            #expect(parser.kept.count <= 4)
        }
    }
}
