import HTTP
import Synchronization
import TLS
import Testing

/// A service with one path for each thing the live tests need.
final class TestService: HTTPService {
    /// Handlers at `/gate` wait here until `open`.
    private let gate = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>(
        (false, []))
    private let arrivals = Atomic(0)
    private let chunksPulled = Atomic(0)

    /// Requests that reached a handler.
    var arrivalCount: Int { arrivals.load(ordering: .relaxed) }
    /// Chunks that streams were asked for.
    var pulledCount: Int { chunksPulled.load(ordering: .relaxed) }

    func open() {
        let waiting = gate.withLock { gate in
            gate.isOpen = true
            defer { gate.waiting = [] }
            return gate.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    private func passGate() async {
        await withCheckedContinuation { continuation in
            let isOpen = gate.withLock { gate in
                if !gate.isOpen { gate.waiting.append(continuation) }
                return gate.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func admit(_ head: HTTPRequest, hasContent: Bool) -> ContentAdmission {
        if head.path == "/nowhere", !hasContent { return .leave }
        return .read(
            limit: head.path == "/small" ? 10 : 1 << 20,
            of: ContentHolder(
                head.query("holder") ?? "", isKnown: head.query("holder") != nil))
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        arrivals.wrappingAdd(1, ordering: .relaxed)
        var response = HTTPResponse(.ok, contentType: "text/plain")
        response.holder = request.query("holder")
        switch request.path {
        case "/gate": await passGate()
        case "/empty": response.status = .noContent
        case "/close": response.closesConnection = true
        case "/nowhere":
            response.status = .notFound
            response.body = .bytes(Array("unread \(request.isContentUnread)".utf8))
        case "/big": response.body = .bytes([UInt8](repeating: 65, count: 4 << 20))
        case "/stream", "/cut", "/endless": response.body = stream(request.path)
        case "/later":
            // Suspends, and comes back from a thread that is not the loop's.
            await Task(executorPreference: OwnThreads()) {}.value
            response.body = .bytes(Array("later \(request.query("n") ?? "")".utf8))
        default:
            let text = request.query("n").map { Array($0.utf8) }
            response.body = .bytes(text ?? request.body)
        }
        return response
    }

    private func stream(_ path: String) -> HTTPBody {
        let count = Mutex(0)
        return .stream { [self] in
            let number = count.withLock { count in
                count += 1
                return count
            }
            chunksPulled.wrappingAdd(1, ordering: .relaxed)
            if path == "/endless" { return [UInt8](repeating: 66, count: 65_536) }
            if number == 4 {
                if path == "/cut" { throw HTTPFailure.overloaded }
                return nil
            }
            // An empty chunk is not the end of the stream.
            return number == 2 ? [] : Array("part \(number);".utf8)
        }
    }

    func response(
        to failure: HTTPFailure, request: HTTPRequest?, from peer: PeerAddress
    ) -> HTTPResponse {
        var text = "\(failure) \(peer)"
        if let request { text += " \(request.method.rawValue) \(request.path)" }
        return HTTPResponse(failure.status, contentType: "text/plain", body: Array(text.utf8))
    }
}

/// A running server for one test.
struct TestServer {
    let service = TestService()
    let server: Server

    init(
        loopCount: Int = 2, tls: TLSConfiguration? = nil,
        _ change: (inout Limits) -> Void = { _ in }
    ) throws {
        var limits = Limits.test
        change(&limits)
        let configuration = ServerConfiguration(loopCount: loopCount, limits: limits, tls: tls)
        server = try Server(configuration, service: service)
        server.start()
    }

    func client() -> TestClient { TestClient(port: server.port) }

    /// Stops the server and checks that it left no connection open.
    func stop() async {
        service.open()
        await server.shutdown(grace: .seconds(5))
        #expect(server.statistics.open == 0)
    }
}
