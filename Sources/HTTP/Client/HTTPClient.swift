internal import CLinux
internal import Glibc
internal import TLS

/// One request to somewhere else.
package struct ClientRequest: Sendable {
    package let method: HTTPMethod
    package let url: HTTPURL
    /// "Name: value" lines, each with its CR LF.
    private(set) var fieldLines: [UInt8] = []
    package let body: [UInt8]
    /// In place of `ClientLimits.total`.
    package var timeout: Duration?

    /// - Parameter method: `.get` or `.post`: an answer to HEAD is framed otherwise.
    package init(_ url: HTTPURL, method: HTTPMethod = .post, body: [UInt8] = []) {
        precondition(method == .get || method == .post, "the client reads no answer to HEAD")
        self.method = method
        self.url = url
        self.body = body
    }

    /// Adds a field. The client itself writes Host and Content-Length. CR, LF or NUL in a value is a
    /// programmer's error.
    package mutating func appendField(_ name: StaticString, _ value: String) {
        for octet in value.utf8 {
            precondition(
                Octet.isFieldValue(octet), "a control character in a field value would end it")
        }
        fieldLines.append(contentsOf: "\(name): \(value)\r\n".utf8)
    }

    /// As it goes out.
    var bytes: [UInt8] {
        let start = "\(method.rawValue) \(url.target) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        let end = "Content-Length: \(body.count)\r\n\r\n"
        var bytes: [UInt8] = []
        bytes.reserveCapacity(start.utf8.count + fieldLines.count + end.utf8.count + body.count)
        bytes.append(contentsOf: start.utf8)
        bytes.append(contentsOf: fieldLines)
        bytes.append(contentsOf: end.utf8)
        bytes.append(contentsOf: body)
        return bytes
    }
}

/// What came back.
package struct ClientResponse: Sendable, Equatable {
    package let status: Int
    /// Status line and fields, as received.
    private let head: [UInt8]
    /// The first bytes of the content.
    package let content: [UInt8]
    /// Whether `content` is all that was sent: the connection did not end before it did, and it was
    /// not longer than what is kept.
    package let isComplete: Bool

    init(status: Int, head: [UInt8], content: [UInt8], isComplete: Bool) {
        self.status = status
        self.head = head
        self.content = content
        self.isComplete = isComplete
    }

    /// The value of the first field of that name, whatever the case of its letters.
    package func field(_ name: StaticString) -> String? {
        let bytes = head.span
        var start = 0
        while let lineFeed = bytes.firstIndex(of: Octet.lineFeed, from: start) {
            let line = start..<lineFeed
            start = lineFeed + 1
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), from: line.lowerBound),
                colon < line.upperBound,
                bytes.extracting(line.lowerBound..<colon).matchesIgnoringCase(name)
            else { continue }
            // The line ends with CR LF, else it would not have been accepted.
            let value = bytes.trimmingBlanks((colon + 1)..<(line.upperBound - 1))
            return String(decoding: head[value], as: UTF8.self)
        }
        return nil
    }
}

/// Why nothing came back. Texts are safe to show to whoever owns the URL.
package enum ClientFailure: Error, Equatable, Sendable, CustomStringConvertible {
    case unresolvable(String)
    /// The name leads to an address where nothing may be sent.
    case addressRefused
    case unreachable(String)
    case tls(String)
    case timedOut
    case connectionLost
    case malformedResponse
    case overloaded
    /// The client was closed.
    case closed

    package var description: String {
        switch self {
        case .unresolvable(let reason): "the name could not be resolved: \(reason)"
        case .addressRefused: "the name leads to a loopback, private or link-local address"
        case .unreachable(let reason): "no connection: \(reason)"
        case .tls(let reason): "no TLS connection: \(reason)"
        case .timedOut: "no answer in time"
        case .connectionLost: "the connection ended before an answer"
        case .malformedResponse: "the answer is not HTTP/1.1"
        case .overloaded: "too many requests at once"
        case .closed: "the program is stopping"
        }
    }
}

/// Every maximum of a client.
package struct ClientLimits: Sendable {
    /// From `send` to the last byte of the answer.
    package var total: Duration = .seconds(10)
    /// For one address to accept, TLS included.
    package var connect: Duration = .seconds(5)
    /// How long a connection waits for its next request.
    package var idle: Duration = .seconds(30)
    /// How long a resolved name is believed.
    package var nameAge: Duration = .seconds(30)
    package var exchanges = 1024
    package var idlePerOrigin = 8
    package var idleConnections = 256
    /// Names being resolved at once; each keeps a thread. As many as strangers whose names nobody
    /// answers for can ask for in the time that one takes: nobody else's name waits behind theirs.
    package var lookups = 512
    /// How much content of an answer is read before the connection is given up, and how much kept.
    package var contentBytes = 64 * 1024
    package var keptBytes = 1024

    package init() {}
}

/// An HTTP/1.1 client for GET and POST: non-blocking, keep-alive, certificates and names verified, no
/// redirects followed, and no address reached that `AddressPolicy` forbids.
///
/// It has an event loop of its own instead of sharing the server's: strangers decide how long its
/// connections take and how much they send, and none of that may touch the answer to a request.
/// One thread is enough, since it computes nothing but TLS. Names are resolved on threads of their
/// own (`Resolver`); the address that the policy approved is the one connected to, so a name that
/// changes its mind in between gains nothing.
///
/// A kept-alive connection that ends before the first byte of an answer is replaced once by a fresh
/// one, since the other side may have closed it before the request arrived. The request may then
/// arrive twice: it must be one that can.
package final class HTTPClient: Sendable {
    private let loop: ClientLoop

    /// - Parameter authorityFile: PEM certificates to trust beside the system's.
    package init(
        policy: AddressPolicy, limits: ClientLimits = ClientLimits(), authorityFile: String? = nil
    ) throws(ServerError) {
        // OpenSSL writes without MSG_NOSIGNAL; a receiver that leaves must not end the process.
        _ = signal(SIGPIPE, SIG_IGN)
        let tls: ClientTLS
        do {
            tls = try ClientTLS(
                trusting: .system(andFile: authorityFile), protocolName: "http/1.1")
        } catch {
            throw .tls(error)
        }
        loop = try ClientLoop(policy: policy, limits: limits, tls: tls)
        loop.start()
    }

    deinit { loop.close() }

    /// Sends and calls `completion` once, from the client's thread: it must be quick.
    package func send(
        _ request: ClientRequest,
        completion: @escaping @Sendable (Result<ClientResponse, ClientFailure>) -> Void
    ) {
        loop.submit(request, completion)
    }

    package func send(_ request: ClientRequest) async -> Result<ClientResponse, ClientFailure> {
        await withCheckedContinuation { continuation in
            loop.submit(request) { continuation.resume(returning: $0) }
        }
    }

    /// Ends every exchange with `.closed`, and refuses those that come later. Returns when the
    /// thread has ended; calling it again is harmless. Not to be called by a completion.
    package func close() { loop.close() }
}
