import Testing

@testable import HTTP

/// Decodes at once and byte by byte, checks that both agree, and returns the content and how many
/// bytes were used; `nil` when it is incomplete.
func decodeChunks(
    _ bytes: [UInt8], limit: Int = 1000
) -> Result<(content: [UInt8], used: Int)?, HTTPFailure> {
    typealias Outcome = Result<(content: [UInt8], used: Int)?, HTTPFailure>
    func decode(step: Int) -> Outcome {
        Outcome { () throws(HTTPFailure) in
            var decoder = ChunkedDecoder()
            var content: [UInt8] = []
            var used = 0
            while used < bytes.count, !decoder.isComplete {
                let piece = Array(bytes[used..<min(used + step, bytes.count)])
                used += try decoder.decode(piece.span, into: &content, limit: limit)
            }
            return decoder.isComplete ? (content, used) : nil
        }
    }
    let whole = decode(step: max(1, bytes.count))
    for step in [1, 2, 3] {
        switch (whole, decode(step: step)) {
        case (.failure(let one), .failure(let other)): #expect(one == other)
        case (.success(let one), .success(let other)):
            #expect(one?.content == other?.content)
            #expect(one?.used == other?.used)
        case (let one, let other): Issue.record("at once: \(one), in steps: \(other)")
        }
    }
    return whole
}

struct ChunkedDecoderTests {
    private func decode(_ text: String, limit: Int = 1000) throws -> String? {
        try decodeChunks(Array(text.utf8), limit: limit).get()
            .map { String(decoding: $0.content, as: UTF8.self) }
    }

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n", "hello world"),
        ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("0000000A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n", "hello"),
        ("5 ;a\r\nhello\r\n0\r\n\r\n", "hello"),
        ("1\r\n\n\r\n0\r\nTrailer: v\r\nOther:\r\n\r\n", "\n"),
    ])
    func decodes(_ coded: String, _ content: String) throws {
        #expect(try decode(coded) == content)
    }

    @Test func leavesTheNextRequestAlone() throws {
        let coded = Array("1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1".utf8)
        let result = try #require(try decodeChunks(coded).get())
        #expect(result.used == 11)
    }

    @Test(arguments: [
        "\r\n", "g\r\n", "+5\r\n", "-1\r\n", "0x5\r\n", " 5\r\n", "5 \r\n", "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhelloX\r\n", "123456789\r\n",
        "FFFFFFFFFFFFFFFFF\r\n", "5\rhello", "5;a\nhello", "5;\u{0}\r\n", "5 x\r\n", "5\t5\r\n",
        "0\r\nX\r\n\r\n", "0\r\n: v\r\n\r\n", "0\r\n folded\r\n\r\n", "0\r\nA: b\n\r\n",
        "0\r\nA b: c\r\n\r\n", "0\n\n", "0\r\n\n", "0\r\n\rX", "0\r\nA: \u{0}\r\n\r\n", ";a\r\n",
    ])
    func refusesMalformedChunks(_ coded: String) {
        #expect(throws: HTTPFailure.malformedChunk) { try decode(coded) }
    }

    @Test func stopsAtTheLimitBeforeTheContentArrives() throws {
        #expect(try decode("5\r\nhello\r\n0\r\n\r\n", limit: 5) == "hello")
        #expect(throws: HTTPFailure.contentTooLarge) { try decode("6\r\n", limit: 5) }
        #expect(throws: HTTPFailure.contentTooLarge) {
            try decode("3\r\nabc\r\n3\r\n", limit: 5)
        }
        #expect(throws: HTTPFailure.contentTooLarge) { try decode("FFFFFFFF\r\n") }
    }

    @Test func boundsExtensionsAndTrailers() {
        let many = String(repeating: "x", count: ChunkedDecoder.extensionBytes)
        #expect(throws: HTTPFailure.malformedChunk) { try decode("1;\(many)\r\nx\r\n0\r\n\r\n") }
        // Each line is short; together they are a flood.
        let flood = String(repeating: "1;xxxxxxx\r\nx\r\n", count: 1000)
        #expect(throws: HTTPFailure.malformedChunk) { try decode(flood, limit: 10_000) }
        let trailers = String(repeating: "A: b\r\n", count: ChunkedDecoder.trailerBytes / 6 + 1)
        #expect(throws: HTTPFailure.fieldsTooLarge) { try decode("0\r\n\(trailers)\r\n") }
    }

    @Test func isIncompleteUntilTheLastByte() throws {
        let coded = Array("5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n".utf8)
        for count in 0..<coded.count {
            #expect(try decodeChunks(Array(coded[..<count])).get() == nil)
        }
    }
}
