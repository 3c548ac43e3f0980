package import Database
import Synchronization
package import Values

/// When API keys and administrators' tokens were last used and agents last heard of, gathered in memory
/// and written once a minute: an operator wants to know which are idle, and no request should cost a
/// write for it.
package final class KeyUsage: Sendable {
    private let used = Mutex<[String: Timestamp]>([:])

    package init() {}

    package func recordUse(_ id: String, last: Timestamp?, at now: Timestamp) {
        if let last, last <= now, now < last.adding(seconds: 60) { return }
        used.withLock { $0[id] = now }
    }

    package func flush(to writer: any Writer) async throws {
        let taken = used.withLock { used in
            defer { used = [:] }
            return used
        }
        guard !taken.isEmpty else { return }
        try await writer.write { tx in
            for (id, time) in taken {
                try APIKeyStore.markUsed(id, at: time, in: tx)
                try SDKTokenStore.markUsed(id, at: time, in: tx)
                try AdminTokenStore.markUsed(id, at: time, in: tx)
                try AdminSessionStore.markUsed(id, at: time, in: tx)
                try BridgeAgentStateStore.markSeen(id, at: time, in: tx)
            }
        }
    }
}
