/// How a CSV file is written, guessed from its beginning.
struct CSVDialect: Equatable {
    var delimiter = UInt8(ascii: ",")
    var endsWithCR = false
    /// Bytes before the row of the column names: byte order mark and Excel's `sep=` line.
    var headerOffset = 0
    var hasByteOrderMark = false
    var encoding = TextEncoding.utf8

    static let delimiters = [
        UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
    ]
    /// How much of a file `init` wants to see.
    static let sniffedBytes = 64 * 1024

    /// - Throws: `FileRefusal` when it is no CSV file at all, `FileWait` when somebody must say how its
    ///   letters are to be read.
    init(of input: borrowing InputFile, _ configuration: AgentConfiguration) throws {
        let head = try input.read(at: 0, count: Self.sniffedBytes)
        if head.isEmpty { throw FileRefusal("The file is empty.") }
        try Self.refuseOtherFormats(head)
        let encoding = try EncodingSurvey.encoding(of: input, configured: configuration.encoding)
        try self.init(sniffing: head, encoding)
    }

    /// - Parameter head: the first `sniffedBytes` of the file, or all of it.
    init(sniffing head: [UInt8], _ encoding: TextEncoding = .utf8) throws(FileRefusal) {
        try Self.refuseOtherFormats(head)
        self.encoding = encoding
        var head = head
        if case .utf16(let isBigEndian) = encoding {
            var reader = UTF16Reader(isBigEndian: isBigEndian)
            head = reader.utf8(head)
        }
        if head.starts(with: [0xEF, 0xBB, 0xBF]) {
            hasByteOrderMark = true
            headerOffset = 3
        }
        let text = head[headerOffset...]
        // The first end of a line that is outside quotes tells how lines end.
        var isQuoted = false
        for (index, byte) in zip(text.indices, text) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard !isQuoted else { continue }
            if byte == UInt8(ascii: "\n") { break }
            if byte == UInt8(ascii: "\r") {
                endsWithCR = index + 1 < text.endIndex && text[index + 1] != UInt8(ascii: "\n")
                break
            }
        }
        if let announced = Self.announcedDelimiter(text, endsWithCR: endsWithCR) {
            delimiter = announced.delimiter
            headerOffset = announced.end
        } else {
            delimiter = guess(text)
        }
    }

    /// `sep=;` as the first line: an instruction to Excel, quoted or not.
    private static func announcedDelimiter(
        _ text: ArraySlice<UInt8>, endsWithCR: Bool
    ) -> (delimiter: UInt8, end: Int)? {
        var at = text.startIndex
        let isQuoted = text.first == UInt8(ascii: "\"")
        if isQuoted { at += 1 }
        guard text[at...].count >= 5,
            text[at..<(at + 4)].map({ $0 | 0x20 }).elementsEqual("sep=".utf8.map { $0 | 0x20 })
        else { return nil }
        let delimiter = text[at + 4]
        guard delimiters.contains(delimiter) else { return nil }
        at += 5
        if isQuoted {
            guard at < text.endIndex, text[at] == UInt8(ascii: "\"") else { return nil }
            at += 1
        }
        if at < text.endIndex, text[at] == UInt8(ascii: "\r") { at += 1 }
        if at < text.endIndex, text[at] == UInt8(ascii: "\n") { at += 1 }
        return (delimiter, at)
    }

    /// The delimiter under which the row of the column names has the most that we know, then the most
    /// fields. That is the first row unless it is none under any delimiter.
    private func guess(_ text: ArraySlice<UInt8>) -> UInt8 {
        let candidates = Self.delimiters.map { delimiter in
            (
                delimiter: delimiter,
                rows: Self.firstRows(of: text, delimiter, endsWithCR: endsWithCR)
            )
        }
        let isFirst = candidates.contains { candidate in
            candidate.rows.first.map { FileHeading.isHeading($0, encoding) } ?? false
        }
        var best = (delimiter: Self.delimiters[0], known: -1, fields: -1)
        for (delimiter, rows) in candidates {
            for row in isFirst ? rows.prefix(1) : rows[...] {
                let known = FileHeading.knownCount(row, encoding)
                // Of rows of data the first tells as much as any.
                guard known > 0 || row.number == rows[0].number else { continue }
                if (known, row.count) > (best.known, best.fields) {
                    best = (delimiter, known, row.count)
                }
            }
        }
        return best.delimiter
    }

    /// The filled rows among those in which column names are looked for; the first wherever it is.
    private static func firstRows(
        of text: ArraySlice<UInt8>, _ delimiter: UInt8, endsWithCR: Bool
    ) -> [CSVRow] {
        var parser = CSVParser(delimiter: delimiter, endsWithCR: endsWithCR)
        parser.append(Array(text))
        parser.finish()
        var rows: [CSVRow] = []
        var row = CSVRow()
        while parser.next(into: &row), rows.isEmpty || row.number <= FileHeading.searchedRows {
            if !row.isBlank { rows.append(row) }
        }
        return rows
    }

    private static func refuseOtherFormats(_ head: [UInt8]) throws(FileRefusal) {
        if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            throw FileRefusal(
                "This is an Excel workbook, not CSV. Open it and choose Save As, CSV UTF-8.")
        }
        if head.starts(with: Array("%PDF".utf8)) {
            throw FileRefusal("This is a PDF document, not CSV. Export the table as CSV.")
        }
    }
}

/// Why a whole file is put aside, in a sentence for whoever put it there.
struct FileRefusal: Error, Equatable {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
