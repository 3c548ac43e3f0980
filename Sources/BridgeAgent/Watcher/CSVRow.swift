/// One row of a CSV text, its fields without quotes.
struct CSVRow {
    /// The fields, one behind the other.
    var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    var ends: [Int] = []
    /// Counted as a spreadsheet counts: from 1, empty rows included.
    var number = 0
    var fault: CSVFault?
    /// Whether a line's end follows; a last row without one may have been cut off.
    var hasEnd = true

    var count: Int { ends.count }

    subscript(_ index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// Nothing between the delimiters, as in the empty rows that spreadsheets leave at the end.
    var isBlank: Bool { bytes.allSatisfy(CSVRow.isBlank) }

    /// Space, tab, or the mark by which programs of DOS end a file.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == 0x1A
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        fault = nil
        hasEnd = true
    }
}

/// Why a row cannot be trusted.
enum CSVFault: Equatable {
    case unterminatedQuote
    case textAfterQuote
    case tooLarge
    case tooManyFields

    var sentence: String {
        switch self {
        case .unterminatedQuote:
            "a quotation mark opens a field and never closes: write \"\" for a quotation mark "
                + "inside a quoted field"
        case .textAfterQuote:
            "text follows a closing quotation mark: write \"\" for a quotation mark inside a "
                + "quoted field"
        case .tooLarge: "the row is larger than \(CSVParser.rowBytes / 1024) KiB"
        case .tooManyFields: "the row has more than \(CSVParser.fieldCount) fields"
        }
    }
}
