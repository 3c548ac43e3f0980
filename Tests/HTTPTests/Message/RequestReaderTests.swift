import Testing

@testable import HTTP

/// Feeds `bytes` in steps of `step` and returns the requests, and the failure that ended them.
/// What is not used is offered again with the next bytes, as a connection does.
func readRequests(
    _ bytes: [UInt8], step: Int, limit: Int = 1000
) -> (requests: [HTTPRequest], failure: HTTPFailure?) {
    let origin = RequestOrigin(peer: .loopback, isSecure: false, loop: 0)
    var reader = RequestReader(limits: .test, origin: origin)
    var requests: [HTTPRequest] = []
    var held: [UInt8] = []
    var start = 0
    do {
        while start < bytes.count {
            held += bytes[start..<min(start + step, bytes.count)]
            start += step
            var used = 0
            reading: while used < held.count {
                let rest = Array(held[used...])
                switch try reader.read(rest.span, used: &used) {
                case .partial: break reading
                case .announced: try reader.accept(limit: limit)
                case .request(let request): requests.append(request)
                }
            }
            held.removeFirst(used)
        }
    } catch {
        return (requests, error)
    }
    return (requests, nil)
}

struct RequestReaderTests {
    private static let pipeline = """
        GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\
        POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello\
        POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\
        5\r\nhello\r\n1\r\n!\r\n0\r\nT: v\r\n\r\n\
        \r\nPUT /4 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n\
        DELETE /5 HTTP/1.1\r\nHost: h\r\n\r\n
        """

    @Test(arguments: [1, 2, 3, 7, 64, 10_000])
    func readsAPipelineHoweverItIsSplit(_ step: Int) {
        let result = readRequests(Array(Self.pipeline.utf8), step: step)
        #expect(result.failure == nil)
        #expect(result.requests.map(\.path) == ["/1", "/2", "/3", "/4", "/5"])
        let bodies = result.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies == ["", "hello", "hello!", "", ""])
    }

    @Test(arguments: [(1000, nil), (5, nil), (4, HTTPFailure.contentTooLarge)])
    func refusesAnnouncedContentAboveTheLimit(_ limit: Int, _ expected: HTTPFailure?) {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nh"
        #expect(readRequests(Array(head.utf8), step: 1, limit: limit).failure == expected)
    }

    @Test func holdsTheServersOwnCeilingWhateverTheServiceAllows() {
        let length = Limits.test.bodyBytes + 1
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(length)\r\n\r\nh"
        let result = readRequests(Array(head.utf8), step: 100, limit: .max)
        #expect(result.failure == .contentTooLarge)
    }

    @Test func aSmuggledPrefixEndsTheConnectionNotTheNextRequest() {
        let attack = """
            POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 44\r\n\
            Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: h\r\n\r\n
            """
        let result = readRequests(Array(attack.utf8), step: 10_000)
        #expect(result.requests.isEmpty)
        #expect(result.failure == .ambiguousFraming)
    }
}
