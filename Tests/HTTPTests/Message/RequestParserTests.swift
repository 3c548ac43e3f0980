import Testing

@testable import HTTP

/// Reads `text` at once and byte by byte, checks that both agree, and returns the outcome.
func readHead(
    _ bytes: [UInt8], limits: Limits = .test
) -> Result<RequestHead?, HTTPFailure> {
    let whole = Result { () throws(HTTPFailure) in
        var parser = RequestParser(limits: limits)
        return try parser.readHead(bytes.span)
    }
    var parser = RequestParser(limits: limits)
    var trickled: Result<RequestHead?, HTTPFailure> = .success(nil)
    for count in 0...bytes.count {
        let prefix = Array(bytes[..<count])
        trickled = Result { () throws(HTTPFailure) in try parser.readHead(prefix.span) }
        if case .success(nil) = trickled { continue }
        break
    }
    switch (whole, trickled) {
    case (.failure(let one), .failure(let other)): #expect(one == other)
    case (.success(let one), .success(let other)):
        #expect(one?.byteCount == other?.byteCount)
        #expect(one?.framing == other?.framing)
        #expect(one?.fields.count == other?.fields.count)
    default: Issue.record("at once: \(whole), byte by byte: \(trickled)")
    }
    return whole
}

func readHead(_ text: String, limits: Limits = .test) -> Result<RequestHead?, HTTPFailure> {
    readHead(Array(text.utf8), limits: limits)
}

struct RequestParserTests {
    private func failure(_ text: String) -> HTTPFailure? {
        if case .failure(let failure) = readHead(text) { failure } else { nil }
    }

    private func head(_ text: String) throws -> RequestHead {
        try #require(try readHead(text).get())
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 1, true),
        ("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 1, true),
        ("GET / HTTP/1.0\r\n\r\n", 0, false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 0, true),
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\n", 1, false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", 0, false),
        ("GET / HTTP/1.9\r\nHost:\r\n\r\n", 1, true),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 1, true),
        ("GET http://h/a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 1, true),
    ])
    func readsVersionsAndPersistence(_ text: String, _ minor: UInt8, _ keeps: Bool) throws {
        let head = try head(text)
        #expect(head.minorVersion == minor)
        #expect(head.keepsAlive == keeps)
        #expect(head.byteCount == text.utf8.count)
    }

    @Test(arguments: [
        "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
        "GET /", "GET", "GET / ", "/ HTTP/1.1", "GET / HTTP/11", "GET / http/1.1",
        "GET / HTTP/1.", "GET / HTTP/1.10", "GET / HTTP/1,1", "G\u{1}T / HTTP/1.1",
        "GET\t/\tHTTP/1.1", "G(T / HTTP/1.1", "\u{16}\u{3}\u{1}",
    ])
    func refusesMalformedRequestLines(_ line: String) {
        let failure = failure("\(line)\r\nHost: h\r\n\r\n")
        #expect(failure == .malformedRequestLine || failure == .malformedTarget)
        #expect(failure?.status.code == 400)
    }

    @Test(arguments: [
        "GET /a#b HTTP/1.1", "GET /a\u{7f} HTTP/1.1", "GET /é HTTP/1.1", "GET a HTTP/1.1",
        "GET * HTTP/1.1", "OPTIONS ** HTTP/1.1", "GET http:// HTTP/1.1",
        "GET http:///a HTTP/1.1", "GET ftp://h/ HTTP/1.1", "GET http://u@h/ HTTP/1.1",
        "GET http://h:x/ HTTP/1.1", "GET h:80 HTTP/1.1", "GET /a\u{0}b HTTP/1.1",
    ])
    func refusesMalformedTargets(_ line: String) {
        #expect(failure("\(line)\r\nHost: h\r\n\r\n") == .malformedTarget)
    }

    @Test(arguments: [
        ("BREW / HTTP/1.1", HTTPFailure.methodUnknown), ("get / HTTP/1.1", .methodUnknown),
        ("CONNECT h:443 HTTP/1.1", .methodUnknown), ("BREW / HTTP/1.1", .methodUnknown),
        ("GET / HTTP/2.0", .versionUnsupported), ("PRI * HTTP/2.0", .versionUnsupported),
        ("GET / HTTP/0.9", .versionUnsupported),
    ])
    func tellsWhatItDoesNotImplement(_ line: String, _ expected: HTTPFailure) {
        #expect(failure("\(line)\r\nHost: h\r\n\r\n") == expected)
    }

    @Test(arguments: [
        "Name : v", ": v", "Name", "Na me: v", "Name: a\u{0}b", "Name: a\rb", "Name: a\u{7f}",
        " folded", "\tfolded", "A: b\r\n folded", "Na\u{e9}me: v", "Name\u{0}: v", "X: \u{b}v",
        "(): v", "A: b\nC: d", "A: b\n", "\nA: b",
    ])
    func refusesMalformedFields(_ field: String) {
        #expect(failure("GET / HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n") == .malformedField)
    }

    @Test func refusesBareLineFeedsAtOnce() {
        #expect(failure("GET / HTTP/1.1\n") == .malformedRequestLine)
        #expect(failure("GET / HTTP/1.1\r\nHost: h\n") == .malformedField)
        #expect(failure("GET / HTTP/1.1\r\nHost: h\r\n\n") == .malformedField)
        #expect(failure("\nGET / HTTP/1.1\r\n") == .malformedRequestLine)
        #expect(failure("\r\n\r\nGET / HTTP/1.1\r\n") == .malformedRequestLine)
    }

    @Test(arguments: [
        "Accept: x", "Host: a\r\nHost: a", "Host: a, b", "Host: a b", "Host: a/b", "Host: u@h",
        "Host: h:", "Host: h:80x", "Host: [::1", "Host: [x]", "Host: :80", "Host: a\r\nhost: b",
        "Host: h:123456",
    ])
    func refusesAnythingButOneHost(_ fields: String) {
        let failure = failure("GET / HTTP/1.1\r\n\(fields)\r\n\r\n")
        // An empty port is within the grammar.
        #expect(failure == (fields == "Host: h:" ? nil : .malformedHost))
    }

    @Test(arguments: [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5, 5",
        "Content-Length: +5", "Content-Length: -5", "Content-Length: 5 5", "Content-Length: 0x5",
        "Content-Length: 5.0", "Content-Length:", "Content-Length: 1_0", "Content-Length: ٥",
        "Content-Length: 9223372036854775808", "Content-Length: 18446744073709551621",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: gzip", "Transfer-Encoding: identity", "Transfer-Encoding:",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked;a=b",
        "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked x",
    ])
    func refusesAmbiguousFraming(_ fields: String) {
        let text = "POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n"
        #expect(failure(text) == .ambiguousFraming)
    }

    @Test func refusesTransferCodingsItLacksAndThoseOfHTTP10() {
        let start = "POST / HTTP/1.1\r\nHost: h\r\n"
        #expect(
            failure(start + "Transfer-Encoding: gzip, chunked\r\n\r\n")
                == .transferCodingUnsupported)
        #expect(
            failure("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == .ambiguousFraming)
        #expect(failure(start + "Transfer-Encoding : chunked\r\n\r\n") == .malformedField)
        #expect(failure(start + "Transfer-Encoding:\u{b}chunked\r\n\r\n") == .malformedField)
    }

    @Test(arguments: [
        ("Content-Length: 0", ContentFraming.none), ("Content-Length: 007", .length(7)),
        ("content-length:5", .length(5)), ("CONTENT-LENGTH: \t5\t ", .length(5)),
        ("Content-Length: 999999999999999999", .length(999_999_999_999_999_999)),
        ("Transfer-Encoding: ChUnKeD", .chunked), ("X: 1", .none),
    ])
    func readsFraming(_ field: String, _ framing: ContentFraming) throws {
        let text = "POST / HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n"
        #expect(try head(text).framing == framing)
    }

    @Test func readsExpectations() throws {
        let start = "POST / HTTP/1.1\r\nHost: h\r\nExpect: "
        #expect(try head(start + "100-Continue\r\n\r\n").expectsContinue)
        #expect(failure(start + "200-ok\r\n\r\n") == .expectationUnsupported)
        let old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"
        #expect(try head(old).expectsContinue == false)
    }

    @Test func holdsEachLimitToTheByte() throws {
        let limits = Limits.test
        let rest = " HTTP/1.1\r\nHost: h\r\n"
        let target = "/" + String(repeating: "a", count: limits.targetBytes - 1)
        #expect(try head("GET \(target)\(rest)\r\n").target.count == limits.targetBytes)
        #expect(failure("GET \(target)a\(rest)\r\n") == .targetTooLong)

        let start = "GET /\(rest)"
        let fields = String(repeating: "A: b\r\n", count: limits.fieldCount - 1)
        #expect(try head("\(start)\(fields)\r\n").fields.count == limits.fieldCount)
        #expect(failure("\(start)\(fields)A: b\r\n\r\n") == .tooManyFields)

        let overhead = start.utf8.count + "A: \r\n\r\n".utf8.count
        let value = String(repeating: "v", count: limits.headBytes - overhead)
        #expect(try head("\(start)A: \(value)\r\n\r\n").byteCount == limits.headBytes)
        #expect(failure("\(start)A: \(value)v\r\n\r\n") == .fieldsTooLarge)
        #expect(failure(start + String(repeating: "v", count: 4096)) == .fieldsTooLarge)
        #expect(failure("GET /" + String(repeating: "v", count: 4096)) == .targetTooLong)
    }

    @Test func saysNilUntilTheHeadIsComplete() throws {
        let text = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n"
        for count in 0..<text.utf8.count {
            #expect(try readHead(Array(text.utf8.prefix(count))).get()?.byteCount == nil)
        }
    }
}
