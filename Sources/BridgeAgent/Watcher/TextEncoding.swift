/// How a file's bytes are letters, decided over the whole file by `EncodingSurvey`.
enum TextEncoding: Equatable, Sendable {
    /// ASCII too.
    case utf8
    case utf16(isBigEndian: Bool)
    /// - Parameter mixed: whether fields that are UTF-8 are read as such, as in a file that was joined
    ///   from several systems.
    case page(CodePage, isMixed: Bool)

    /// The field as UTF-8. Fields of a file in UTF-16 are UTF-8 already when rows are read.
    func utf8(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard case .page(let page, let isMixed) = self, !field.allSatisfy({ $0 < 0x80 }),
            !(isMixed && Self.isUTF8(field))
        else { return field }
        return page.utf8(field)[...]
    }

    func string(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: utf8(field), as: UTF8.self)
    }

    static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }
}

extension CodePage {
    func utf8(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let scalars = scalars
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            if byte < 0x80 { text.append(byte) } else { text.appendUTF8(scalars[Int(byte) - 0x80]) }
        }
        return text
    }

    func string(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: utf8(bytes), as: UTF8.self)
    }
}

extension [UInt8] {
    /// - Parameter scalar: no surrogate.
    fileprivate mutating func appendUTF8(_ scalar: UInt16) {
        if scalar < 0x80 {
            append(UInt8(truncatingIfNeeded: scalar))
        } else if scalar < 0x800 {
            append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        } else {
            append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        }
    }
}

/// Turns UTF-16 that arrives in pieces into UTF-8, without its byte order mark.
struct UTF16Reader {
    private let isBigEndian: Bool
    private var isAtStart = true
    /// An odd byte, or a high surrogate whose other half has not arrived.
    private var rest: [UInt8] = []

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    /// What is no UTF-16 becomes U+FFFD.
    mutating func utf8(_ piece: [UInt8]) -> [UInt8] {
        let bytes = rest + piece
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
        }
        var used = units.count * 2
        if let last = units.last, UTF16.isLeadSurrogate(last), !piece.isEmpty {
            units.removeLast()
            used -= 2
        }
        rest = Array(bytes[used...])
        if isAtStart, !units.isEmpty {
            isAtStart = false
            if units.first == 0xFEFF { units.removeFirst() }
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
