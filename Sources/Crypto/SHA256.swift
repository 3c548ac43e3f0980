internal import COpenSSL

/// SHA-256 (FIPS 180-4). The state lies inside the value: nothing is allocated or locked, and a
/// copy is an independent hash that continues from the same point.
package struct SHA256: Sendable {
    private var state = SHA256_CTX()

    package init() {
        let isReady = unsafe opescare_sha256_init(&state)
        precondition(isReady == 1)
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe update(buffer)
        }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let address = bytes.baseAddress else { return }
        _ = unsafe opescare_sha256_update(&state, address, bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) { update(bytes.span) }
    package mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span) }
    package mutating func update(_ text: String) { update(text.utf8.span) }

    /// The digest of everything so far. The hash itself may go on.
    package func finalize() -> Digest {
        var state = state
        return unsafe Digest { _ = unsafe opescare_sha256_final($0, &state) }
    }

    package static func hash(_ bytes: Span<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func hash(_ bytes: [UInt8]) -> Digest { hash(bytes.span) }
    package static func hash(_ bytes: ArraySlice<UInt8>) -> Digest { hash(bytes.span) }
    package static func hash(_ text: String) -> Digest { hash(text.utf8.span) }
}
