/// Base64 with padding (RFC 4648 §4), strict.
package enum Base64 {
    private static let alphabet = Base64Alphabet(lastSymbols: "+/", isPadded: true)

    package static func encode(_ bytes: Span<UInt8>) -> String {
        String(decoding: alphabet.encode(bytes), as: UTF8.self)
    }

    package static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }
    package static func encode(_ bytes: ArraySlice<UInt8>) -> String { encode(bytes.span) }
    package static func encodeUTF8(_ bytes: Span<UInt8>) -> [UInt8] { alphabet.encode(bytes) }

    /// `nil` for anything but the one spelling of some bytes.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? { alphabet.decode(text) }
    package static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text.span) }
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? { decode(text.span) }
    package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8.span) }
}

/// Base64url without padding (RFC 4648 §5, RFC 7515 §2), strict.
package enum Base64URL {
    private static let alphabet = Base64Alphabet(lastSymbols: "-_", isPadded: false)

    package static func encode(_ bytes: Span<UInt8>) -> String {
        String(decoding: alphabet.encode(bytes), as: UTF8.self)
    }

    package static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }
    package static func encode(_ bytes: ArraySlice<UInt8>) -> String { encode(bytes.span) }
    package static func encodeUTF8(_ bytes: Span<UInt8>) -> [UInt8] { alphabet.encode(bytes) }

    /// `nil` for anything but the one spelling of some bytes.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? { alphabet.decode(text) }
    package static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text.span) }
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? { decode(text.span) }
    package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8.span) }
}
