/// A statement as PostgreSQL takes it: `?` and `?n` of the text that both engines share become `$n`.
///
/// As in SQLite a `?` has the number after the highest one so far. Quotes, comments and dollar quotes are
/// left as they are.
struct StatementText: Equatable, Sendable {
    let sql: String
    /// The highest number of a parameter.
    private(set) var parameterCount = 0
    /// BEGIN, COMMIT and their kind: the library runs them, a transaction's body must not.
    let isControl: Bool
    let isRead: Bool

    private static let control: Set<String> = [
        "ABORT", "BEGIN", "COMMIT", "END", "PREPARE", "RELEASE", "ROLLBACK", "SAVEPOINT", "START",
    ]

    init(_ text: String) {
        var scanner = Scanner(text: Array(text.utf8))
        var result: [UInt8] = []
        var firstWord = ""
        while let token = scanner.next() {
            switch token {
            case .parameter(let number):
                let number = number ?? parameterCount + 1
                parameterCount = max(parameterCount, number)
                result += Array("$\(number)".utf8)
            case .word(let range):
                if firstWord.isEmpty {
                    firstWord = String(decoding: scanner.text[range], as: UTF8.self).uppercased()
                }
                result += scanner.text[range]
            case .other(let range): result += scanner.text[range]
            }
        }
        sql = String(decoding: result, as: UTF8.self)
        isControl = Self.control.contains(firstWord)
        isRead = firstWord == "SELECT"
    }
    /// The statements of a script, without what stands between them.
    static func parts(of script: String) -> [String] {
        var scanner = Scanner(text: Array(script.utf8))
        var parts: [String] = []
        var part: [UInt8] = []
        while let token = scanner.next() {
            switch token {
            case .other(let range) where scanner.text[range].elementsEqual([UInt8(ascii: ";")]):
                parts.append(String(decoding: part, as: UTF8.self))
                part = []
            case .other(let range) where part.isEmpty && scanner.isBlank(range): continue
            case .word(let range), .other(let range): part += scanner.text[range]
            case .parameter: part.append(UInt8(ascii: "?"))
            }
        }
        return part.isEmpty ? parts : parts + [String(decoding: part, as: UTF8.self)]
    }
}

private struct Scanner {
    enum Token {
        /// The number that is written, if one is.
        case parameter(Int?)
        case word(Range<Int>)
        case other(Range<Int>)
    }

    let text: [UInt8]
    private var at = 0

    init(text: [UInt8]) { self.text = text }

    /// Whether nothing but space or a comment stands there.
    func isBlank(_ range: Range<Int>) -> Bool {
        text[range].allSatisfy { $0 <= 0x20 } || text[range].starts(with: [0x2D, 0x2D])
            || text[range].starts(with: [0x2F, 0x2A])
    }

    /// The byte `offset` places ahead; 0 behind the end.
    private func peek(_ offset: Int = 0) -> UInt8 {
        at + offset < text.count ? text[at + offset] : 0
    }

    mutating func next() -> Token? {
        guard at < text.count else { return nil }
        let start = at
        let byte = text[at]
        at += 1
        switch byte {
        case UInt8(ascii: "?"): return .parameter(number())
        case UInt8(ascii: "'"), UInt8(ascii: "\""): skipQuoted(by: byte, escapes: false)
        case UInt8(ascii: "-") where peek() == UInt8(ascii: "-"):
            while at < text.count, text[at] != UInt8(ascii: "\n") { at += 1 }
        case UInt8(ascii: "/") where peek() == UInt8(ascii: "*"): skipComment()
        case UInt8(ascii: "$"): skipDollarQuoted()
        case _ where Self.isWord(byte):
            while at < text.count, Self.isWord(text[at]) || text[at] == UInt8(ascii: "$") {
                at += 1
            }
            let isEscaping = at == start + 1 && (byte | 0x20) == UInt8(ascii: "e")
            guard isEscaping, peek() == UInt8(ascii: "'") else { return .word(start..<at) }
            at += 1
            skipQuoted(by: UInt8(ascii: "'"), escapes: true)
        default: break
        }
        return .other(start..<at)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == 0x5F || byte >= 0x80
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

    private mutating func number() -> Int? {
        var number: Int?
        while Self.isDigit(peek()), (number ?? 0) < 10_000 {
            number = (number ?? 0) * 10 + Int(peek() - 0x30)
            at += 1
        }
        return number
    }

    /// A doubled quote ends one part and begins the next.
    private mutating func skipQuoted(by quote: UInt8, escapes: Bool) {
        while at < text.count, text[at] != quote {
            at += escapes && text[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        at = min(at + 1, text.count)
        if escapes, peek() == quote {
            at += 1
            skipQuoted(by: quote, escapes: true)
        }
    }

    /// PostgreSQL's comments nest.
    private mutating func skipComment() {
        var depth = 1
        at += 1
        while at < text.count, depth > 0 {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                at += 2
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                at += 2
            } else {
                at += 1
            }
        }
        at = min(at, text.count)
    }

    /// A tag, such as `$tag$`, up to its like; a `$` that begins no tag stands for itself.
    private mutating func skipDollarQuoted() {
        var end = at
        while end < text.count, Self.isWord(text[end]) { end += 1 }
        guard end < text.count, text[end] == UInt8(ascii: "$"), !Self.isDigit(peek()) else {
            return
        }
        let tag = text[at - 1...end]
        at = end + 1
        while at < text.count, !text[at...].starts(with: tag) { at += 1 }
        at = min(at + tag.count, text.count)
    }
}
