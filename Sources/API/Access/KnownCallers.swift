import Crypto
import HTTP
import Registry
import Synchronization
import Values

/// Who sent valid credentials within the last minute, for how much content may be held of whom, where an
/// event loop cannot look them up. It lets nobody in.
final class KnownCallers: Sendable {
    private struct Caller {
        let name: String
        let until: Timestamp
    }

    private let callers = Mutex<[[UInt8]: Caller]>([:])
    private static let seconds: Int64 = 60
    private static let limit = 10_000

    func name(of request: HTTPRequest, at now: Timestamp) -> String? {
        let key = Self.key(of: request)
        return callers.withLock { callers in
            callers[key].flatMap { $0.until > now ? $0.name : nil }
        }
    }

    func note(_ caller: Principal, by request: HTTPRequest, at now: Timestamp) {
        let known = Caller(
            name: caller.auditName, until: now.adding(seconds: Self.seconds))
        let key = Self.key(of: request)
        callers.withLock { callers in
            // Those that are forgotten are known again with their next request.
            if callers.count >= Self.limit { callers.removeAll(keepingCapacity: true) }
            callers[key] = known
        }
    }

    private static let fields: [StaticString] = [
        "Authorization", "Cookie", "X-API-Key", "X-Bridge-Agent-ID", "X-Bridge-Agent-Key",
    ]

    private static func key(of request: HTTPRequest) -> [UInt8] {
        // No field's value has a line's end.
        SHA256.hash(Array(fields.map { request.field($0) ?? "" }.joined(separator: "\n").utf8))
            .bytes
    }
}
