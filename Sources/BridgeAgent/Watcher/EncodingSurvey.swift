/// Decides how a file's bytes are letters, over the whole of it.
///
/// A byte order mark or valid UTF-8 tells; else the reading under which its letters make words does.
/// Where two readings are possible, or none is, the file waits: a name that is read wrongly is
/// registered nationally.
struct EncodingSurvey {
    /// What `encoding` in the configuration may be, for people.
    static let names = (["utf-8"] + CodePage.allCases.map(\.rawValue)).joined(separator: ", ")

    /// - Parameter configured: settles it for what is not Unicode.
    /// - Throws: `FileWait`, `FileRefusal` or why the file cannot be read.
    static func encoding(
        of input: borrowing InputFile, configured: ConfiguredEncoding?
    ) throws -> TextEncoding {
        let head = try input.read(at: 0, count: 64)
        if let unicode = try unicode(head) { return unicode }
        var shape = ByteShape()
        try forEachPiece(of: input) { shape.take($0) }
        shape.finish()
        guard shape.hasHighBytes else { return .utf8 }
        if shape.isUTF8 {
            if shape.isAllDoubled, configured != .utf8 { try waitDoubled(input) }
            return .utf8
        }
        switch configured {
        case .utf8:
            throw FileWait(
                "encoding is utf-8 in bridge_config.json, and this file is not UTF-8: save it as CSV "
                    + "UTF-8, or correct encoding (\(names)).")
        case .page(let page): return .page(page, isMixed: false)
        case nil: break
        }
        var votes = EncodingVotes()
        try forEachPiece(of: input) { votes.take($0) }
        votes.finish()
        return try votes.decided()
    }

    /// - Returns: what a byte order mark tells, or the zeros of UTF-16 without one.
    private static func unicode(_ head: [UInt8]) throws(FileRefusal) -> TextEncoding? {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
        let isWide = head.count > 3 && head[2...].prefix(2) == [0, 0]
        if head.starts(with: [0xFF, 0xFE]), !isWide { return .utf16(isBigEndian: false) }
        if head.starts(with: [0xFE, 0xFF]), !isWide { return .utf16(isBigEndian: true) }
        guard head.contains(0) else { return nil }
        let zeros = (0..<2).map { rest in
            head.indices.count { $0 % 2 == rest && head[$0] == 0 }
        }
        let half = head.count / 2
        if half > 3, zeros[0] == 0, zeros[1] == half { return .utf16(isBigEndian: false) }
        if half > 3, zeros[1] == 0, zeros[0] >= half { return .utf16(isBigEndian: true) }
        throw FileRefusal("This file is not text. Save the table as CSV UTF-8.")
    }

    private static func forEachPiece(
        of input: borrowing InputFile, _ body: ([UInt8]) -> Void
    ) throws(FileError) {
        var offset = 0
        while true {
            let piece = try input.read(at: offset, count: FileImport.pieceBytes)
            if piece.isEmpty { return }
            offset += piece.count
            body(piece)
        }
    }

    private static func waitDoubled(_ input: borrowing InputFile) throws {
        var sample = DoubledSample()
        try forEachPiece(of: input) { sample.take($0) }
        throw FileWait(
            "Its letters were encoded twice: \(sample.written) is written for \(sample.meant). Export the "
                + "table again as CSV UTF-8, or set \"encoding\": \"utf-8\" in bridge_config.json to "
                + "send the letters as they are.")
    }
}

/// What the configuration says of files that are not Unicode.
enum ConfiguredEncoding: Sendable, Equatable {
    case utf8
    case page(CodePage)

    init?(_ name: String) {
        if ["utf-8", "utf8"].contains(name.lowercased()) {
            self = .utf8
        } else if let page = CodePage(name: name) {
            self = .page(page)
        } else {
            return nil
        }
    }
}

/// Why a file stays where it is until somebody decides, in a sentence for that person.
struct FileWait: Error, Equatable {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
