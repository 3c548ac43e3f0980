import Crypto
import Registry
import Synchronization

/// Verified tokens by their full bytes, bounded.
///
/// A slot is picked from the signature's last bytes, which are as good as random and which only a
/// holder of the signing key can choose; a newer token takes the slot of an older one.
final class TokenCache: Sendable {
    private struct Entry: Sendable {
        let token: [UInt8]
        let principal: Principal
    }

    private static let slotCount = 4096
    private static let shardCount = 16
    private let shards: [Shard]

    /// A lock of its own for each shard: event loops rarely meet.
    private final class Shard: Sendable {
        let entries = Mutex([Entry?](repeating: nil, count: slotCount / shardCount))
    }

    init() {
        shards = (0..<TokenCache.shardCount).map { _ in Shard() }
    }

    func principal(for token: ArraySlice<UInt8>) -> Principal? {
        let slot = slot(of: token)
        let entry = shards[slot % TokenCache.shardCount].entries.withLock {
            $0[slot / TokenCache.shardCount]
        }
        guard let entry, constantTimeEquals(entry.token[...], token) else { return nil }
        return entry.principal
    }

    func insert(_ principal: Principal, for token: ArraySlice<UInt8>) {
        let slot = slot(of: token)
        let entry = Entry(token: Array(token), principal: principal)
        shards[slot % TokenCache.shardCount].entries.withLock {
            $0[slot / TokenCache.shardCount] = entry
        }
    }

    func removeAll() {
        for shard in shards {
            shard.entries.withLock { entries in
                for index in entries.indices { entries[index] = nil }
            }
        }
    }

    private func slot(of token: ArraySlice<UInt8>) -> Int {
        // Base64url: six bits a byte, and the last byte carries fewer.
        var hash = 0
        for byte in token.dropLast().suffix(8) { hash = hash &* 31 &+ Int(byte) }
        return (hash & .max) % TokenCache.slotCount
    }
}
