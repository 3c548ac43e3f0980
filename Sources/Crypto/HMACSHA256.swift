/// HMAC-SHA-256 (RFC 2104). Keyed once: both padded key blocks are hashed in advance, and a message
/// costs its own blocks plus two. Safe to share between threads.
package struct HMACSHA256: Sendable {
    private static let blockBytes = 64

    /// The hashes after the inner and the outer key block.
    private let inner: SHA256
    private let outer: SHA256

    package init(key: [UInt8]) {
        var block = key.count > Self.blockBytes ? SHA256.hash(key).bytes : key
        block.append(contentsOf: repeatElement(0, count: Self.blockBytes - block.count))
        for index in block.indices { block[index] ^= 0x36 }
        var inner = SHA256()
        inner.update(block)
        for index in block.indices { block[index] ^= 0x36 ^ 0x5C }
        var outer = SHA256()
        outer.update(block)
        self.inner = inner
        self.outer = outer
        erase(&block)
    }

    package func authenticate(_ message: Span<UInt8>) -> Digest {
        var hash = inner
        hash.update(message)
        return finish(hash)
    }

    package func authenticate(_ message: [UInt8]) -> Digest { authenticate(message.span) }
    package func authenticate(_ message: ArraySlice<UInt8>) -> Digest { authenticate(message.span) }
    package func authenticate(_ message: String) -> Digest { authenticate(message.utf8.span) }

    /// Authenticates `prefix` followed by `message`, without joining them.
    package func authenticate(_ prefix: String, _ message: [UInt8]) -> Digest {
        var hash = inner
        hash.update(prefix)
        hash.update(message)
        return finish(hash)
    }

    private func finish(_ hash: SHA256) -> Digest {
        var end = outer
        end.update(hash.finalize().storage.span)
        return end.finalize()
    }
}
