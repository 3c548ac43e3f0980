/// Reads CSV (RFC 4180) row by row from bytes that arrive in pieces, without I/O.
///
/// Any split of the same bytes gives the same rows. Memory is bounded by `rowBytes` and the size of
/// a piece, whatever the text. What the RFC leaves open is read as spreadsheets do: a quotation
/// mark inside an unquoted field is text. A misplaced quotation mark costs its own line, not the
/// rows that follow or the rest of the file.
struct CSVParser {
    static let rowBytes = 1 << 20
    static let fieldCount = 4096

    private let delimiter: UInt8
    /// Whether rows end with a lone CR, as on very old systems.
    private let endsWithCR: Bool
    private var buffer: [UInt8] = []
    /// Where the next row begins in `buffer`.
    private var start = 0
    private var isLast = false
    /// Set while the rest of a row that is too large goes by.
    private var isSkipping = false
    /// Of the row before.
    private var number: Int

    /// Bytes of the text up to the end of the last row returned.
    private(set) var offset: Int

    /// - Parameters:
    ///   - offset: where in the text the first piece begins, at the start of a row.
    ///   - number: of the row before that.
    init(delimiter: UInt8, endsWithCR: Bool = false, offset: Int = 0, number: Int = 0) {
        self.delimiter = delimiter
        self.endsWithCR = endsWithCR
        self.offset = offset
        self.number = number
    }

    mutating func append(_ piece: [UInt8]) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: piece)
    }

    /// No piece follows.
    mutating func finish() { isLast = true }

    /// The next row; `false` when more has to arrive, or at the end once `finish` was called.
    mutating func next(into row: inout CSVRow) -> Bool {
        if isSkipping, !skipRest() { return false }
        guard start < buffer.count else { return false }
        row.clear()
        let bytes = buffer
        switch scan(bytes.span, into: &row) {
        case .row(let end): advance(to: end)
        case .partial:
            guard buffer.count - start > Self.rowBytes else { return false }
            row.fault = .tooLarge
            abandonLine(&row)
        case .misquoted(let fault):
            splitLine(&row)
            row.fault = fault
            abandonLine(&row)
        case .tooLarge:
            row.fault = .tooLarge
            abandonLine(&row)
        }
        number += 1
        row.number = number
        return true
    }

    private mutating func advance(to end: Int) {
        offset += end - start
        start = end
    }

    private enum Scan {
        case row(end: Int)
        case partial, tooLarge
        case misquoted(CSVFault)
    }

    private func scan(_ text: Span<UInt8>, into row: inout CSVRow) -> Scan {
        let limit = min(text.count, start + Self.rowBytes)
        let isCut = limit < text.count
        var at = start
        /// Whether the field's last bytes came from outside quotes, where a CR may belong to CR LF.
        var isUnquoted = true
        while true {
            guard row.ends.count < Self.fieldCount else {
                row.fault = .tooManyFields
                // The fields so far are kept; the rest of the line goes by.
                if let end = endOfLine(text, from: at) { return .row(end: end) }
                if isLast { return .row(end: text.count) }
                return isCut ? .tooLarge : .partial
            }
            if at < limit, text[at] == Self.quote {
                at += 1
                quoted: while true {
                    let from = at
                    while at < limit, text[at] != Self.quote { at += 1 }
                    Self.append(text, from..<at, to: &row)
                    guard at < limit else {
                        return isCut || isLast ? .misquoted(.unterminatedQuote) : .partial
                    }
                    at += 1
                    guard at < text.count else {
                        if isLast { break quoted }
                        return .partial
                    }
                    guard text[at] == Self.quote else { break quoted }
                    row.bytes.append(Self.quote)
                    at += 1
                }
                let from = at
                while at < limit, !isEnd(text, at) { at += 1 }
                let rest = from..<at
                isUnquoted = false
                let hasText = rest.contains { index in
                    !CSVRow.isBlank(text[index]) && text[index] != Self.carriageReturn
                }
                if hasText {
                    // The line must be here as a whole before it can be given up.
                    let isHere = isLast || isCut || endOfLine(text, from: start) != nil
                    return isHere ? .misquoted(.textAfterQuote) : .partial
                }
            } else {
                isUnquoted = true
                let from = at
                while at < limit, !isEnd(text, at) { at += 1 }
                Self.append(text, from..<at, to: &row)
            }
            guard at < limit else {
                if isCut { return .tooLarge }
                guard isLast else { return .partial }
                // A CR before the end of the text ends the row like CR LF.
                if isUnquoted { dropCarriageReturn(&row) }
                row.ends.append(row.bytes.count)
                row.hasEnd = false
                return .row(end: at)
            }
            let ending = text[at]
            at += 1
            if ending == delimiter {
                row.ends.append(row.bytes.count)
                continue
            }
            if isUnquoted { dropCarriageReturn(&row) }
            row.ends.append(row.bytes.count)
            return .row(end: at)
        }
    }

    private func isEnd(_ text: Span<UInt8>, _ at: Int) -> Bool {
        let byte = text[at]
        if byte == delimiter { return true }
        return endsWithCR ? byte == Self.carriageReturn : byte == Self.lineFeed
    }

    /// Takes back the CR of CR LF, which scanning has taken for text.
    private func dropCarriageReturn(_ row: inout CSVRow) {
        if row.bytes.count > row.ends.last ?? 0, row.bytes.last == Self.carriageReturn {
            row.bytes.removeLast()
        }
    }

    private static func append(_ text: Span<UInt8>, _ range: Range<Int>, to row: inout CSVRow) {
        row.bytes.append(addingCapacity: range.count) { output in
            for index in range { output.append(text[index]) }
        }
    }

    // MARK: Giving up a line

    /// Goes on behind the next end of a line, quotes or not.
    private mutating func abandonLine(_ row: inout CSVRow) {
        if row.ends.isEmpty || row.bytes.count > row.ends.last ?? 0 {
            row.ends.append(row.bytes.count)
        }
        let bytes = buffer
        if let end = endOfLine(bytes.span, from: start) {
            advance(to: end)
        } else {
            isSkipping = true
            _ = skipRest()
        }
    }

    /// Takes the line for what it is without quotes: what follows it is read as rows of its own.
    private func splitLine(_ row: inout CSVRow) {
        row.clear()
        let end = min(endOfLine(buffer.span, from: start) ?? buffer.count, start + Self.rowBytes)
        var line = buffer[start..<end]
        while line.last == Self.lineFeed || line.last == Self.carriageReturn { line.removeLast() }
        for byte in line {
            if byte == delimiter, row.ends.count < Self.fieldCount - 1 {
                row.ends.append(row.bytes.count)
            } else {
                row.bytes.append(byte)
            }
        }
        row.ends.append(row.bytes.count)
    }

    /// Drops what belongs to a row given up; `true` once the next row may begin.
    private mutating func skipRest() -> Bool {
        let bytes = buffer
        if let end = endOfLine(bytes.span, from: start) {
            advance(to: end)
            isSkipping = false
            return true
        }
        advance(to: buffer.count)
        if isLast { isSkipping = false }
        return false
    }

    private func endOfLine(_ text: Span<UInt8>, from: Int) -> Int? {
        let ending = endsWithCR ? Self.carriageReturn : Self.lineFeed
        var at = from
        while at < text.count {
            if text[at] == ending { return at + 1 }
            at += 1
        }
        return nil
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
