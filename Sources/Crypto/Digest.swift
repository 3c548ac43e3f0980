/// 32 bytes of SHA-256 output, held inline. Equality takes the same time wherever they differ.
package struct Digest: Sendable, Equatable, CustomStringConvertible {
    package static let byteCount = 32

    private(set) var storage = InlineArray<32, UInt8>(repeating: 0)

    /// Has `body` write all 32 bytes.
    init(filledBy body: (UnsafeMutablePointer<UInt8>) -> Void) {
        var span = storage.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { buffer in
            // An inline array is never empty, so it has an address.
            if let address = buffer.baseAddress { unsafe body(address) }
        }
    }

    /// A digest that was stored; `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        for (index, byte) in bytes.enumerated() { storage[index] = byte }
    }

    package var bytes: [UInt8] {
        unsafe storage.span.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }

    package var description: String { hex }

    package static func == (left: Digest, right: Digest) -> Bool {
        constantTimeEquals(left.storage.span, right.storage.span)
    }
}
