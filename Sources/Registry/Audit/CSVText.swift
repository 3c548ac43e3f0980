/// Rows of CSV (RFC 4180) for spreadsheets.
///
/// Every cell is quoted, and its bytes are looked at one by one: a quotation mark with a combining mark
/// behind it is one Character to Swift, and still ends a cell for whoever reads the file.
package enum CSVText {
    package static func append(_ cells: [String], to bytes: inout [UInt8]) {
        var isFirst = true
        for cell in cells {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(cell, to: &bytes)
        }
        bytes.append(contentsOf: [13, 10])
    }

    private static func append(_ cell: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if isFormula(cell) { bytes.append(UInt8(ascii: "'")) }
        for byte in cell.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A spreadsheet computes what begins like this, blanks or invisible marks before it or not; an
    /// apostrophe makes it text (OWASP, CSV injection).
    private static func isFormula(_ cell: String) -> Bool {
        for scalar in cell.unicodeScalars {
            switch scalar {
            case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}",
                "\u{FF20}":
                return true
            default:
                let properties = scalar.properties
                guard
                    properties.isWhitespace || properties.isDefaultIgnorableCodePoint
                        || properties.generalCategory == .control
                else { return false }
            }
        }
        return false
    }
}
