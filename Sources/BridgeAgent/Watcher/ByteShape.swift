import Values

/// Whether bytes that arrive in pieces are ASCII or UTF-8, and whether that was encoded twice.
struct ByteShape {
    private(set) var hasHighBytes = false
    private(set) var isUTF8 = true
    private var letters = 0
    private var doubled = 0
    /// The beginning of a character whose end has not arrived.
    private var rest: [UInt8] = []

    /// Whether every letter beyond ASCII stands for another: `JosÃ©` for `José`.
    var isAllDoubled: Bool { doubled > 0 && doubled * 2 == letters }

    mutating func take(_ piece: [UInt8]) {
        guard isUTF8 else { return }
        if rest.isEmpty, piece.allSatisfy({ $0 < 0x80 }) { return }
        hasHighBytes = true
        let bytes = rest + piece
        // A line's end is no part of a character; a file without any is cut at ASCII.
        let end =
            (bytes.lastIndex { $0 < 0x80 }).map { $0 + 1 }
            ?? (bytes.count > 1 << 20 ? bytes.count : 0)
        count(bytes[..<end])
        rest = Array(bytes[end...])
    }

    mutating func finish() {
        count(rest[...])
        rest = []
    }

    private mutating func count(_ bytes: ArraySlice<UInt8>) {
        guard isUTF8, !bytes.isEmpty else { return }
        guard TextEncoding.isUTF8(bytes) else {
            isUTF8 = false
            return
        }
        for index in bytes.indices where bytes[index] >= 0xC2 {
            letters += 1
            if LostLetters.isDoubled(bytes[index...]) { doubled += 1 }
        }
    }
}

/// The first word that was encoded twice, as it is written and as it was meant.
struct DoubledSample {
    private(set) var written = ""
    private(set) var meant = ""

    mutating func take(_ piece: [UInt8]) {
        guard written.isEmpty,
            let at = piece.indices.first(where: { LostLetters.isDoubled(piece[$0...]) })
        else { return }
        func isInside(_ byte: UInt8) -> Bool { byte >= 0x80 || (65...122).contains(byte) }
        let before = piece[..<at].suffix(40).reversed().prefix(while: isInside).count
        let after = piece[at...].prefix(60).prefix(while: isInside).count
        written = String(decoding: piece[(at - before)..<(at + after)], as: UTF8.self)
        meant = Self.undoubled(written)
    }

    private static func undoubled(_ text: String) -> String {
        let scalars = CodePage.windows1252.scalars
        let bytes = text.unicodeScalars.map { scalar -> UInt8 in
            if scalar.value < 0x80 { return UInt8(scalar.value) }
            return scalars.firstIndex { UInt32($0) == scalar.value }.map { UInt8($0 + 0x80) }
                ?? 0x3F
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
