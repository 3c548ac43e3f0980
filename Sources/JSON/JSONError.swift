/// Why a text is not acceptable JSON, and where.
///
/// `description` may be shown to the caller: it names places and member names, never values.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// A byte that the grammar does not allow here.
        case syntax
        case unexpectedEnd
        case invalidUTF8
        /// An unknown escape, bad hexadecimal digits, or half of a surrogate pair.
        case invalidEscape
        case invalidNumber
        /// A byte below 0x20 inside a string (RFC 8259 §7).
        case controlCharacter
        case tooDeep
        case tooLarge
        case tooManyValues
        case trailingBytes
        case byteOrderMark
        /// Nothing but whitespace.
        case empty
        /// The member's name, decoded and cut to at most 64 characters.
        case duplicateKey(String)
    }

    package let code: Code
    /// The first offending byte, counted from 0.
    package let offset: Int
    /// Counted from 1; only line feeds start a line.
    package let line: Int
    /// Counted from 1, in Unicode scalars.
    package let column: Int
    /// The value being read, as `records.3.health_id`; empty at the root.
    package let path: String

    package var description: String {
        var text = "\(reason) at line \(line), column \(column)"
        if !path.isEmpty { text += " (in \(path))" }
        return text
    }

    private var reason: String {
        switch code {
        case .syntax: "unexpected character"
        case .unexpectedEnd: "the text ends too early"
        case .invalidUTF8: "invalid UTF-8"
        case .invalidEscape: "invalid escape sequence"
        case .invalidNumber: "invalid number"
        case .controlCharacter: "unescaped control character in a string"
        case .tooDeep: "too many nested arrays and objects"
        case .tooLarge: "the text is too large"
        case .tooManyValues: "too many values"
        case .trailingBytes: "unexpected text after the end of the value"
        case .byteOrderMark: "byte order mark not allowed"
        case .empty: "the text is empty"
        case .duplicateKey(let name): "duplicate key \"\(name)\""
        }
    }
}

extension JSONError {
    /// Counts lines and columns up to `offset`; only a refused text pays for them.
    init(_ code: Code, at offset: Int, in bytes: Span<UInt8>, path: String) {
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.count) {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(code: code, offset: offset, line: line, column: column, path: path)
    }
}
